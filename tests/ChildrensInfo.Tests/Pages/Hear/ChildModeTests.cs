using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Account;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>A child holds the worker's device, and nothing else opens on it.</summary>
public class ChildModeTests(TestSite site)
{
    private const string Pin = "4827";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_childs_own_practitioner_hands_the_device_over()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var page = HandOver(hearing, await hearing.VisitAsync());
        foreach (var role in new[] { Role.DataLead, Role.Researcher, Role.Administrator })
        {
            using var other = site.ClientFor(hearing.World.PersonOf(role));
            using var answer = await other.GetAsync(page);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            using var own = await other.GetAsync(ChildModeGate.Home);
            Assert.Equal(HttpStatusCode.Forbidden, own.StatusCode);
        }

        using var signedOut = site.ClientFor(null);
        using var led = await signedOut.GetAsync(ChildModeGate.Home);
        Assert.Equal("/Account/SignIn", led.Headers.Location!.AbsolutePath, ignoreCase: true);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        using var refused = await colleague.GetAsync(page);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        // With nothing lent, the child's screen is nobody's.
        using var none = await hearing.Client.GetAsync(ChildModeGate.Home);
        Assert.Equal("/hear", none.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("", "Choose a PIN")]
    [InlineData("123", "4 to 8 digits")]
    [InlineData("123456789", "4 to 8 digits")]
    [InlineData("12a4", "4 to 8 digits")]
    [InlineData("١٢٣٥", "4 to 8 digits")]
    [InlineData("1111", "first a child would try")]
    [InlineData("4321", "first a child would try")]
    public async Task A_pin_that_cannot_be_used_is_said_beside_it(string pin, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync(HandOver(hearing, await hearing.VisitAsync()), new Dictionary<string, string?> { ["Input.NewPin"] = pin });
        Assert.Contains(message, (await TestClient.ParseAsync(answer)).QuerySelector(".govuk-error-message")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.ChildModeStarted));
    }

    [Fact]
    public async Task One_tap_hands_it_over_once_there_is_a_pin_which_is_kept_as_a_hash_only()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        using (var without = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), new Dictionary<string, string?>(), "form#hand-over")) Assert.Equal(HandOver(hearing, visit), without.Headers.Location!.OriginalString);
        await LendAsync(hearing, visit);
        // The key of what a child began stands on their own screen only, and is the same when they hold the device again.
        var begun = await BegunAsync(ChildModeGate.Home);
        Assert.NotNull(begun);
        using (var back = await TakeBackAsync(hearing, Pin)) Assert.Equal(hearing.ChildPage, back.Headers.Location!.OriginalString);
        Assert.Null(await BegunAsync(hearing.WordsPage(visit)));
        using (var once = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), new Dictionary<string, string?>(), "form#hand-over")) Assert.Equal(ChildModeGate.Home, once.Headers.Location!.OriginalString);
        Assert.Equal(begun, await BegunAsync("/hear/my-say/say?as=TypedText"));
        using (await TakeBackAsync(hearing, Pin)) { }
        var other = await hearing.AnotherChildAsync();
        using (var mine = site.As(World.ActorOf(hearing.World.Practitioner))) Assert.DoesNotContain((await mine.Get<ChildModeService>().KeyOfBegunAsync(other.Id, Cancel))!.Value.Name, begun);
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.ChildModeStarted, hearing.Child.Id)).Count);
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.ChildModeEnded, hearing.Child.Id)).Count);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.PinChosen));
        using var scope = site.As(hearing.World.Whole);
        var hash = await scope.Db.Users.Where(u => u.Id == hearing.World.Practitioner.Id).Select(u => u.PinHash).SingleAsync(Cancel);
        Assert.DoesNotContain(Pin, hash!);
        Assert.True(hash!.Length > 60);

        async Task<string?> BegunAsync(string address) => (await hearing.Client.PageAsync(address)).QuerySelector("meta[name=own]")?.OuterHtml;
    }

    [Fact]
    public async Task Every_address_of_the_site_answers_with_the_childs_screen()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        var other = await hearing.AnotherChildAsync();
        await LendAsync(hearing, visit);
        var loader = site.Services.GetRequiredService<Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure.PageLoader>();
        var (asked, own) = (0, 0);
        var wrong = new List<string>();
        foreach (var endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null) continue;
            var page = endpoint.Metadata.GetMetadata<PageActionDescriptor>();
            IEnumerable<string> methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            if (page is not null) methods = (await loader.LoadAsync(page, endpoint.Metadata)).HandlerMethods.Select(h => h.HttpMethod.ToUpperInvariant()).Append("GET").Distinct();
            foreach (var method in methods)
            {
                // The child's own screen takes nothing that its own forms did not send: what is refused leads to its beginning.
                if (page is not null && ChildModeGate.IsChildsOwn(page.ViewEnginePath))
                {
                    if (method == "GET") continue;
                    using var refused = await hearing.Client.Http.PostAsync("/" + endpoint.RoutePattern.RawText, new ByteArrayContent([]), Cancel);
                    if (refused.Headers.Location?.OriginalString != ChildModeGate.Home) wrong.Add($"{method} {endpoint.RoutePattern.RawText}: {(int)refused.StatusCode}, without its token");
                    own++;
                    continue;
                }

                // Signing out is allowed and tried below: it ends everything.
                if (page?.ViewEnginePath == "/Account/SignOut" && method == "POST") continue;
                // Counts what a browser was kept from, asks nobody who they are, and shows nothing.
                if (endpoint.RoutePattern.RawText == PolicyReports.Address) continue;
                // Says to whoever asks which version of the site it is, and nothing else.
                if (endpoint.RoutePattern.RawText == "/offline/version") continue;
                // Told why it waits, and whether a page is still theirs, below.
                if (endpoint.RoutePattern.RawText is "/hear/offline/token" or Portal.Alive) continue;
                foreach (var child in new[] { hearing.Child, other })
                {
                    var path = Fill(endpoint, child.Id, visit);
                    // Asked by the child's own screen: keep this piece of what I recorded or drew; throw it away again; may I still be recorded?
                    if (child == hearing.Child && ((method == "PUT" && path.Contains("/media/", StringComparison.Ordinal)) || path.EndsWith("/media/permission", StringComparison.Ordinal)
                        || (method is "PUT" or "POST" && path.Contains($"/visits/{visit}/recording/", StringComparison.Ordinal)))) continue;
                    using var request = new HttpRequestMessage(new HttpMethod(method), path);
                    if (method is "POST" or "PUT") request.Content = new ByteArrayContent([]);
                    using var answer = await hearing.Client.Http.SendAsync(request, Cancel);
                    asked++;
                    if (answer.StatusCode != HttpStatusCode.Redirect || answer.Headers.Location!.OriginalString != ChildModeGate.Home) wrong.Add($"{method} {endpoint.RoutePattern.RawText}: {(int)answer.StatusCode} {answer.Headers.Location}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(asked > 100 && own >= 5, $"{asked}, {own}");
        foreach (var path in new[] { "/nothing/here", "/hear/../hear", "/HEAR", "/hear/", "/hear?x=1", "/Account/SignIn?returnUrl=/hear", "/problem/404", "/hear/my-say/nothing", "/%68ear" })
        {
            using var answer = await hearing.Client.GetAsync(path);
            Assert.Equal(ChildModeGate.Home, answer.Headers.Location?.OriginalString);
        }

        // Nothing of what was asked names the child to whoever looks at the screen.
        var shown = await hearing.Client.PageAsync(ChildModeGate.Home);
        Assert.DoesNotContain("Thistlebrook", shown.DocumentElement.OuterHtml);
        Assert.DoesNotContain("Perry", shown.DocumentElement.OuterHtml);
        Assert.Null(shown.QuerySelector("nav, a[href='/'], form[action*=SignOut]"));
        using var left = await hearing.Client.GetAsync("/hear");
        Assert.Contains("no-store", left.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Another_browser_of_the_same_worker_goes_on_and_a_cookie_taken_away_signs_out()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var elsewhere = site.ClientFor(hearing.World.Practitioner);
        await LendAsync(hearing, await hearing.VisitAsync());
        await elsewhere.PageAsync("/hear");
        using var cleared = site.ClientFor(null);
        using var answer = await cleared.GetAsync(hearing.ChildPage);
        Assert.Equal("/Account/SignIn", answer.Headers.Location!.AbsolutePath, ignoreCase: true);
    }

    [Fact]
    public async Task Signing_afterends_everything_and_shows_sign_in_only()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await LendAsync(hearing, await hearing.VisitAsync());
        var token = await hearing.Client.AntiforgeryTokenAsync("/hear/my-say/give-back");
        using var signedOut = await hearing.Client.Http.PostAsync("/Account/SignOut", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]), Cancel);
        Assert.Equal("/Account/SignIn", signedOut.Headers.Location!.OriginalString, ignoreCase: true);
        foreach (var path in new[] { "/hear", hearing.ChildPage, ChildModeGate.Home })
        {
            using var answer = await hearing.Client.GetAsync(path);
            Assert.Equal("/Account/SignIn", answer.Headers.Location!.AbsolutePath, ignoreCase: true);
        }
    }

    [Fact]
    public async Task When_the_child_is_no_longer_the_workers_the_device_shows_sign_in()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await LendAsync(hearing, await hearing.VisitAsync());
        using (var scope = site.As(hearing.World.Whole))
        {
            var allocation = await scope.Db.Allocations.SingleAsync(a => a.ChildId == hearing.Child.Id, Cancel);
            allocation.EndedOn = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            scope.Db.Add(AuditEntry.For(AuditActions.AllocationEnded, hearing.World.Whole, hearing.Child.Id, allocation.Id, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using var answer = await hearing.Client.GetAsync(ChildModeGate.Home);
        Assert.Equal("/Account/SignIn", answer.Headers.Location!.OriginalString);
        using var after = await hearing.Client.GetAsync("/hear");
        Assert.Equal("/Account/SignIn", after.Headers.Location!.AbsolutePath, ignoreCase: true);
    }

    [Fact]
    public async Task Wrong_pins_are_slowed_down_written_down_and_end_the_session()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await LendAsync(hearing, await hearing.VisitAsync());
        for (var i = 0; i < 3; i++)
        {
            using var wrong = await TakeBackAsync(hearing, "9999");
            Assert.Contains("not the PIN", (await TestClient.ParseAsync(wrong)).QuerySelector(".own__problem")!.TextContent);
        }

        // Now even the right one waits: otherwise waiting would tell a guesser which one is right.
        using (var waits = await TakeBackAsync(hearing, Pin)) Assert.Contains("Wait", (await TestClient.ParseAsync(waits)).QuerySelector(".own__problem")!.TextContent);
        Assert.Equal(3, (await hearing.World.AuditAsync(AuditActions.PinRefused, hearing.Child.Id)).Count);
        await WaitIsOverAsync(hearing);
        using (var right = await TakeBackAsync(hearing, Pin)) Assert.Equal(hearing.ChildPage, right.Headers.Location!.OriginalString);

        await LendAsync(hearing, await hearing.VisitAsync());
        for (var i = 0; i < ChildMode.MostWrongPins - 1; i++)
        {
            using var wrong = await TakeBackAsync(hearing, "0001");
            await WaitIsOverAsync(hearing);
        }

        using var last = await TakeBackAsync(hearing, "0001");
        Assert.Equal("/Account/SignIn", last.Headers.Location!.OriginalString);
        using var after = await hearing.Client.GetAsync("/hear");
        Assert.Equal("/Account/SignIn", after.Headers.Location!.AbsolutePath, ignoreCase: true);
    }

    [Fact]
    public async Task Many_pins_at_once_gain_nothing()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await LendAsync(hearing, await hearing.VisitAsync());
        var token = await hearing.Client.AntiforgeryTokenAsync("/hear/my-say/give-back");
        var tries = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => hearing.Client.Http.PostAsync(
            "/hear/my-say/give-back", new FormUrlEncodedContent([new("pin", $"{9000 + n}"), new("__RequestVerificationToken", token)]), Cancel)));
        foreach (var answer in tries) answer.Dispose();
        var looked = (await hearing.World.AuditAsync(AuditActions.PinRefused, hearing.Child.Id)).Count;
        Assert.InRange(looked, 1, 3);
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(looked, await scope.Db.ChildModes.Where(m => m.ChildId == hearing.Child.Id).Select(m => m.WrongPins).SingleAsync(Cancel));
    }

    [Fact]
    public async Task What_the_child_writes_is_read_back_and_sealed_as_their_own_hand()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        await LendAsync(hearing, visit);
        const string words = "  I dont like it wen he shouts 😟\n\nأنا خائف <b>x</b> ";
        const string say = "/hear/my-say/say?as=TypedText";
        using (var empty = await SayAsync(hearing, say, "&handler=ReadBack", " ")) Assert.NotNull((await TestClient.ParseAsync(empty)).QuerySelector(".own__problem"));
        AngleSharp.Html.Dom.IHtmlDocument page;
        using (var read = await SayAsync(hearing, say, "&handler=ReadBack", words)) page = await TestClient.ParseAsync(read);
        Assert.Equal(words, page.QuerySelector(".own__words")!.TextContent);
        Assert.Contains("Is this what you meant?", page.QuerySelector("h1")!.TextContent);
        page.QuerySelector("main form")!.SetAttribute("action", say + "&handler=Change");
        using (var change = await hearing.Client.SubmitAsync(page, say + "&handler=Change", new Dictionary<string, string?>(), "main form")) page = await TestClient.ParseAsync(change);
        Assert.Equal(words, page.QuerySelector("textarea")!.TextContent);
        var id = page.QuerySelector("input[name='Input.Id']")!.GetAttribute("value")!;
        using (var sealing = await hearing.Client.SubmitAsync(page, say, new Dictionary<string, string?> { ["Input.Meant"] = "Yes", ["Input.About[0]"] = "APlan", ["Input.About[1]"] = "MyInformation", ["Input.Speaker"] = "Practitioner", ["Input.SessionId"] = Guid.NewGuid().ToString() }, "main form"))
        {
            Assert.Equal($"{ChildModeGate.Home}?kept={id}", sealing.Headers.Location!.OriginalString);
        }

        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.Include(r => r.Words).SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel);
        Assert.Equal((visit, Speaker.Child, WordsProvenance.OwnHand, VoiceKind.TypedText, Layer.Information), (record.SessionId, record.Speaker, record.Provenance, record.Kind, record.Layer));
        Assert.Equal([SubjectMatter.APlan, SubjectMatter.MyInformation], record.Subjects);
        Assert.Equal((ReadBack.YesAfterChange, ReadBackHow.ReadThemselves), (record.ReadBack, record.ReadBackHow!.Value));
        Assert.Equal(words, await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, record.Words!.Sealed, record.Id, SealPart.Words, Cancel));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id));
    }

    [Fact]
    public async Task The_child_draws_and_records_only_with_a_yes_and_into_this_visit_only()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6);
        var other = await hearing.AnotherChildAsync();
        await LendAsync(hearing, await hearing.VisitAsync());
        var home = await hearing.Client.PageAsync(ChildModeGate.Home);
        Assert.Null(home.QuerySelector("a[href*=Audio]"));
        using (var audio = await hearing.Client.GetAsync("/hear/my-say/say?as=Audio")) Assert.Equal(ChildModeGate.Home, audio.Headers.Location!.OriginalString);
        const string draw = "/hear/my-say/say?as=Drawing";
        var page = await hearing.Client.PageAsync(draw);
        var token = page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var file = Guid.CreateVersion7();
        using (var elsewhere = await hearing.PutAsync(Guid.CreateVersion7(), 0, Hearing.Png(), childId: other.Id, token: token)) Assert.Equal(HttpStatusCode.Redirect, elsewhere.StatusCode);
        using (var sent = await hearing.PutAsync(file, 0, Hearing.Png(), token: token)) Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        using (var sealing = await hearing.Client.SubmitAsync(page, draw, new Dictionary<string, string?> { ["Input.FileId"] = file.ToString(), ["Input.Meant"] = "DidNotWant" }, "main form"))
        {
            Assert.StartsWith(ChildModeGate.Home + "?kept=", sealing.Headers.Location!.OriginalString);
        }

        using (var nothing = await hearing.Client.SubmitAsync(draw, new Dictionary<string, string?> { ["Input.Meant"] = "Yes" }, "main form")) Assert.Contains("no drawing yet", (await TestClient.ParseAsync(nothing)).QuerySelector(".own__problem")!.TextContent);
        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel);
        Assert.Equal((VoiceKind.Drawing, ReadBack.DidNotWant), (record.Kind, record.ReadBack));
        Assert.False(await scope.Db.Files.AnyAsync(f => f.ChildId == other.Id, Cancel));
    }

    [Fact]
    public async Task The_child_opens_the_houses_in_their_own_order_and_names_them()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await LendAsync(hearing, await hearing.VisitAsync());
        var answer = await ToolAsync(hearing, "Three Houses");
        var page = await hearing.Client.PageAsync(answer);
        Assert.Contains("start with any of them", page.QuerySelector("h1")!.TextContent);
        page = await PressAsync(hearing, page, answer, "&handler=ReadBack");
        Assert.Contains("nothing here yet", page.QuerySelector(".own__problem")!.TextContent);

        // The last house first, under a name of the child's own; the first one second; the one between stays shut.
        page = await PressAsync(hearing, page, answer, "&handler=Open&item=dreams", ("Input.About", "APlan"));
        Assert.Contains("House of dreams", page.QuerySelector("h1")!.TextContent);
        page = await PressAsync(hearing, page, answer, "&handler=Shut", ("Input.Answers[2].Words", "  a dog 🐕\n"), ("Input.Answers[2].OwnName", "Sky castle"));
        Assert.Contains("Sky castle", page.QuerySelector(".own__tiles")!.TextContent);
        Assert.Single(page.QuerySelectorAll(".own__has"));
        page = await PressAsync(hearing, page, answer, "&handler=Open&item=worries");
        page = await PressAsync(hearing, page, answer, "&handler=Shut", ("Input.Answers[0].Words", "shouting"));
        page = await PressAsync(hearing, page, answer, "&handler=ReadBack");
        Assert.Equal(["Sky castle", "House of worries", "House of good things"], page.QuerySelectorAll(".own__given strong").Select(e => e.TextContent));
        page = await PressAsync(hearing, page, answer, "&handler=Change");
        page = await PressAsync(hearing, page, answer, "&handler=ReadBack");
        var id = page.QuerySelector("input[name='Input.Id']")!.GetAttribute("value");
        var press = new Dictionary<string, string?> { ["Input.Meant"] = "Yes" };
        using (var kept = await hearing.Client.SubmitAsync(page, answer, press, "main form")) Assert.Equal($"{ChildModeGate.Home}?kept={id}", kept.Headers.Location!.OriginalString);
        // Pressed twice it is one; gone back and answered otherwise it is another, and never in the place of the first.
        using (var twice = await hearing.Client.SubmitAsync(page, answer, press, "main form")) Assert.Equal($"{ChildModeGate.Home}?kept={id}", twice.Headers.Location!.OriginalString);
        press["Input.Answers[0].Words"] = "no shouting";
        using (var back = await hearing.Client.SubmitAsync(page, answer, press, "main form")) page = await TestClient.ParseAsync(back);
        Assert.Contains("Press again to keep this one too", page.QuerySelector(".own__problem")!.TextContent);
        using (var again = await hearing.Client.SubmitAsync(page, answer, press, "main form")) Assert.StartsWith($"{ChildModeGate.Home}?kept=", again.Headers.Location!.OriginalString);

        using var scope = site.As(hearing.World.Whole);
        var records = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).ToListAsync(Cancel);
        Assert.Equal(2, records.Count);
        Assert.Equal((VoiceKind.ToolAnswer, Speaker.Child, WordsProvenance.OwnHand, ReadBack.YesAfterChange, SubjectMatter.APlan), (records[0].Kind, records[0].Speaker, records[0].Provenance, records[0].ReadBack, Assert.Single(records[0].Subjects)));
        var sheet = AnswerSheet.Read(await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, records[0].Words!.Sealed, records[0].Id, SealPart.Words, Cancel));
        Assert.Equal([("dreams", "Sky castle", "  a dog 🐕\n", false), ("worries", null, "shouting", false), ("good-things", null, null, true)], sheet.Answers.Select(a => (a.Item, a.OwnName, a.Words, a.Skipped)));
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id)).Count);
    }

    [Fact]
    public async Task The_child_sets_numbers_skips_and_points_and_a_number_that_is_not_on_the_line_is_refused()
    {
        using var hearing = await Hearing.BeginAsync(site);
        // No tool is to be had in Polish: what is answered is in the language that was shown.
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/facts", new Dictionary<string, string?> { ["Input.PreferredLanguage"] = "pl" })) { }
        var visit = await hearing.VisitAsync();
        await LendAsync(hearing, visit);
        using (var nothing = await hearing.Client.GetAsync($"/hear/my-say/answer?tool={Guid.NewGuid()}")) Assert.Equal(ChildModeGate.Home, nothing.Headers.Location!.OriginalString);
        var scale = await ToolAsync(hearing, "Scaling, 1 to 10");
        // Made for children of another age: not offered at nine, not opened by its address, and nothing is kept of what is sent to it.
        var others = await site.ReadAsync(hearing.World, db => db.ToolVersions.Where(v => v.AuthorityId == null && v.Language == "en" && (v.AgeFrom > 9 || v.AgeTo < 9)).Select(v => v.Id).ToListAsync(Cancel));
        Assert.Equal(2, others.Count);
        var offered = (await hearing.Client.PageAsync(ChildModeGate.Home)).QuerySelectorAll("a[href*='answer?tool=']").Select(a => a.GetAttribute("href")!).ToList();
        foreach (var other in others.Select(id => $"/hear/my-say/answer?tool={id}"))
        {
            Assert.DoesNotContain(other, offered);
            using (var opened = await hearing.Client.GetAsync(other)) Assert.Equal(ChildModeGate.Home, opened.Headers.Location?.OriginalString);
            var form = await hearing.Client.PageAsync(scale);
            form.QuerySelector("main form")!.SetAttribute("action", other);
            using var sent = await hearing.Client.SubmitAsync(form, other, new Dictionary<string, string?> { ["Input.Skipped"] = "true", ["Input.Meant"] = "Yes" }, "main form");
            Assert.Equal(ChildModeGate.Home, sent.Headers.Location?.OriginalString);
        }

        var page = await hearing.Client.PageAsync(scale);
        page = await PressAsync(hearing, page, scale, "&handler=ReadBack", ("Input.Answers[0].Value", "11"), ("Input.Answers[1].Value", "skip"));
        Assert.Contains("one more to answer", page.QuerySelector(".own__problem")!.TextContent);
        Assert.Equal(2, page.QuerySelectorAll(".tool__item--error").Length);
        page = await PressAsync(hearing, page, scale, "&handler=ReadBack", ("Input.Answers[0].Value", "1"), ("Input.Answers[1].Value", "skip"), ("Input.Answers[2].Value", "10"));
        Assert.Equal(["1 out of 10", "You skipped this", "10 out of 10"], page.QuerySelectorAll(".own__gave").Select(e => Regex.Replace(e.TextContent.Trim(), "^.*: ", "")));
        // What the form carries is looked at again when it is sealed.
        using (var forged = await hearing.Client.SubmitAsync(page, scale, new Dictionary<string, string?> { ["Input.Meant"] = "Yes", ["Input.Answers[2].Value"] = "11" }, "main form")) Assert.NotNull((await TestClient.ParseAsync(forged)).QuerySelector(".own__problem"));
        using (var kept = await hearing.Client.SubmitAsync(page, scale, new Dictionary<string, string?> { ["Input.Meant"] = "NotSure" }, "main form")) Assert.StartsWith($"{ChildModeGate.Home}?kept=", kept.Headers.Location!.OriginalString);

        var board = await ToolAsync(hearing, "Symbol board");
        page = await PressAsync(hearing, await hearing.Client.PageAsync(board), board, "&handler=ReadBack");
        Assert.Contains("Choose a picture first", page.QuerySelector(".own__problem")!.TextContent);
        var keys = page.QuerySelectorAll(".choice").Select(c => c.GetAttribute("data-key")).ToList();
        page = await PressAsync(hearing, page, board, "&handler=ReadBack", ("Input.Order", $"{keys[3]} {keys[1]} {keys[3]}"));
        Assert.Equal(3, page.QuerySelectorAll(".own__given").Length);
        using (var kept = await hearing.Client.SubmitAsync(page, board, new Dictionary<string, string?> { ["Input.Meant"] = "Yes" }, "main form")) Assert.StartsWith($"{ChildModeGate.Home}?kept=", kept.Headers.Location!.OriginalString);

        var faces = await ToolAsync(hearing, "Feelings");
        page = await PressAsync(hearing, await hearing.Client.PageAsync(faces), faces, "&handler=Skip");
        Assert.Equal("You skipped this", page.QuerySelector(".own__given")!.TextContent.Trim());
        using (var kept = await hearing.Client.SubmitAsync(page, faces, new Dictionary<string, string?> { ["Input.Meant"] = "DidNotWant" }, "main form")) Assert.StartsWith($"{ChildModeGate.Home}?kept=", kept.Headers.Location!.OriginalString);

        using var scope = site.As(hearing.World.Whole);
        var records = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).ToListAsync(Cancel);
        Assert.Equal([VoiceKind.ScaleAnswer, VoiceKind.SymbolChoice, VoiceKind.ToolAnswer], records.Select(r => r.Kind));
        var sheets = new List<AnswerSheet>();
        foreach (var record in records) sheets.Add(AnswerSheet.Read(await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, record.Words!.Sealed, record.Id, SealPart.Words, Cancel)));
        Assert.Equal([(1, false), (null, true), (10, false)], sheets[0].Answers.Select(a => (a.Value, a.Skipped)));
        Assert.Equal([keys[3], keys[1], keys[3]], sheets[1].Answers.Select(a => a.Item));
        Assert.True(Assert.Single(sheets[2].Answers).Skipped);
        Assert.Equal([null, null, NotHeardReason.DidNotWantTo], records.Select(r => r.NotHeardReason));
        Assert.All(records, r => Assert.Equal("en", r.Language));
    }

    [Fact]
    public async Task What_the_child_says_about_a_drawing_of_just_now_belongs_to_it_and_holes_in_a_recording_are_kept()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (_, before) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        var visit = await hearing.VisitAsync();
        await LendAsync(hearing, visit);
        var page = await hearing.Client.PageAsync("/hear/my-say/say?as=Drawing");
        var token = page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var (picture, sound) = (Guid.CreateVersion7(), await hearing.RecordAsync(visit, token: token));
        using (await hearing.PutAsync(picture, 0, Hearing.Png(), token: token)) { }
        Guid drawing;
        using (var sealing = await hearing.Client.SubmitAsync(page, "/hear/my-say/say?as=Drawing", new Dictionary<string, string?> { ["Input.FileId"] = picture.ToString(), ["Input.Meant"] = "Yes" }, "main form")) drawing = Guid.Parse(sealing.Headers.Location!.OriginalString.Split('=')[1]);
        var links = (await hearing.Client.PageAsync($"{ChildModeGate.Home}?kept={drawing}")).QuerySelectorAll($"a[href*='explains={drawing}']").Select(a => a.GetAttribute("href")!).ToList();
        Assert.Equal(2, links.Count);
        using (await SayAsync(hearing, links[0], "", "that is my cat", ("Input.Meant", "Yes"))) { }
        using (var spoken = await hearing.Client.SubmitAsync(links[1], new Dictionary<string, string?> { ["Input.FileId"] = sound.ToString(), ["Input.DurationMs"] = "4000", ["Input.Gaps"] = """[{"fromMs":1000,"toMs":2000,"why":"muted"}]""" }, "main form")) Assert.StartsWith(ChildModeGate.Home, spoken.Headers.Location!.OriginalString);
        // What was drawn before the device was handed over is nothing that this screen speaks of.
        using (await SayAsync(hearing, $"/hear/my-say/say?as=TypedText&explains={before}", "", "of long ago", ("Input.Meant", "Yes"))) { }
        using var scope = site.As(hearing.World.Whole);
        var said = await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id && r.Kind != VoiceKind.Drawing).OrderBy(r => r.SealedAt).ToListAsync(Cancel);
        Assert.Equal([drawing, drawing, null], said.Select(r => r.ExplainsId));
        Assert.Contains("muted", said[1].GapsJson);
        await IsHeldUntilAnsweredAsync(hearing, said[1], sound);
    }

    /// <summary>The child is not asked about other people: their recording is held wherever it would be heard or read until their worker has said whether anybody else is on it, once.</summary>
    private async Task IsHeldUntilAnsweredAsync(Hearing hearing, VoiceRecord record, Guid sound)
    {
        var others = $"{hearing.ChildPage}/records/{record.Id}/others";
        async Task<HttpStatusCode> PlaysAsync()
        {
            using var answer = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{sound}");
            return answer.StatusCode;
        }

        using (var back = await TakeBackAsync(hearing, Pin)) Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        Assert.Equal((null, HttpStatusCode.Forbidden), (record.AnybodyElseHeard, await PlaysAsync()));
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Empty(page.QuerySelectorAll("audio"));
        Assert.Contains("Nobody has said yet whether anybody else can be heard", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Nobody has said yet", (await hearing.Client.PageAsync($"{hearing.ChildPage}/records/{record.Id}/transcript")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var home = await hearing.Client.PageAsync("/hear");
        Assert.NotNull(home.QuerySelector($"section[aria-labelledby=waiting] a[href='{others}']"));

        using (var none = await hearing.Client.SubmitAsync(others, new Dictionary<string, string?>(), "form#heard")) Assert.Contains("Say whether anybody else can be heard on it", (await TestClient.ParseAsync(none)).QuerySelector("#Heard_AnybodyElseHeard-error")!.TextContent, StringComparison.Ordinal);
        using (var nobody = await hearing.Client.SubmitAsync(others, new Dictionary<string, string?> { ["Heard.AnybodyElseHeard"] = "true" }, "form#heard")) Assert.Contains("Say who can be heard", (await TestClient.ParseAsync(nobody)).QuerySelector("#Heard_AnybodyElseHeard-error")!.TextContent, StringComparison.Ordinal);
        // Two people say it in the same moment: one is told that it was said. Pressed twice it is said once; and what was said is not said otherwise.
        var forms = new[] { await hearing.Client.PageAsync(others), await hearing.Client.PageAsync(others) };
        Task<HttpResponseMessage> SayAsync(IHtmlDocument form) => hearing.Client.SubmitAsync(form, others, new Dictionary<string, string?> { ["Heard.AnybodyElseHeard"] = "true", ["Heard.OthersDescribed"] = "A cousin" }, "form#heard");
        var both = await AtOnce.SaveAsync(site, "recording_answers", () => SayAsync(forms[0]), () => SayAsync(forms[1]));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Redirect], both.Select(b => b.StatusCode).Order());
        Assert.Contains("That was said before", await both.Single(b => b.StatusCode == HttpStatusCode.OK).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var form = forms[both[0].StatusCode == HttpStatusCode.Redirect ? 0 : 1];
        using (var same = await SayAsync(form)) Assert.Equal(HttpStatusCode.Redirect, same.StatusCode);
        using (var turned = await hearing.Client.SubmitAsync(form, others, new Dictionary<string, string?> { ["Heard.Id"] = $"{Guid.CreateVersion7()}", ["Heard.AnybodyElseHeard"] = "false" }, "form#heard")) Assert.Contains("That was said before", await turned.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal("somebody else can be heard", Assert.Single(await hearing.World.AuditAsync(AuditActions.RecordingAnswered, hearing.Child.Id)).Detail);
        var asked = await hearing.Client.PageAsync(others);
        Assert.Null(asked.QuerySelector("form#heard"));
        Assert.Single(asked.QuerySelectorAll("input[name='Input.VoiceId']"));
        Assert.Equal(HttpStatusCode.Forbidden, await PlaysAsync());
        using (var yes = await hearing.Client.SubmitAsync(asked, others, new Dictionary<string, string?> { ["Input.VoiceId"] = asked.QuerySelector("input[name='Input.VoiceId']")!.GetAttribute("value"), ["Input.Allowed"] = "true", ["Input.SaidBy"] = "They themselves" })) Assert.Equal(HttpStatusCode.Redirect, yes.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await PlaysAsync());
        Assert.Null((await hearing.Client.PageAsync("/hear")).QuerySelector($"a[href='{others}']"));

        await using var owner = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString);
        await owner.OpenAsync(Cancel);
        foreach (var change in new[]
                 {
                     $"update voice_records set anybody_else_heard = false where id = '{record.Id}'",
                     $"update voice_records set anybody_else_heard = null where id = '{record.Id}'",
                     $"insert into recording_answers select gen_random_uuid(), authority_id, child_id, voice_record_id, false, now(), answered_by_id from recording_answers where voice_record_id = '{record.Id}'",
                     $"delete from recording_answers where voice_record_id = '{record.Id}'",
                 })
        {
            await using var command = new Npgsql.NpgsqlCommand(change, owner);
            Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
        }
    }

    [Fact]
    public async Task The_child_says_who_must_not_know_and_it_becomes_a_rule()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.World.AssignAsync(hearing.Child, hearing.World.Advocate);
        await LendAsync(hearing, await hearing.VisitAsync());
        Guid record;
        using (var read = await SayAsync(hearing, "/hear/my-say/say?as=TypedText", "", "It is at home", ("Input.Meant", "NotSure"))) record = Guid.Parse(read.Headers.Location!.OriginalString.Split('=')[1]);
        var page = await hearing.Client.PageAsync($"/hear/my-say/who?record={record}");
        Assert.Contains("Mum", page.Body!.TextContent);
        Assert.DoesNotContain("Marigold", page.Body.TextContent);
        // Whoever is assigned to them now, and nobody whom they do not have.
        Assert.Contains("My advocate", page.Body.TextContent);
        Assert.DoesNotContain("My reviewing officer", page.Body.TextContent);
        using (var none = await hearing.Client.SubmitAsync(page, $"/hear/my-say/who?record={record}", new Dictionary<string, string?>(), "main form")) Assert.NotNull((await TestClient.ParseAsync(none)).QuerySelector(".own__problem"));
        // What is not kept is not said to be: this number is another rule's already.
        var (other, taken) = (await hearing.AnotherChildAsync(), Guid.CreateVersion7());
        var worker = World.ActorOf(hearing.World.Practitioner);
        using (var before = site.As(worker)) Assert.True((await before.Get<DoNotTellService>().RecordAsync(other.Id, new() { Id = taken, Who = "Family", Scope = DoNotTellScope.Everything, Reason = DoNotTellReason.Private, SaidBy = DoNotTellSaidBy.Child }, worker, Cancel))!.IsDone);
        using (var used = await hearing.Client.SubmitAsync(page, $"/hear/my-say/who?record={record}", new Dictionary<string, string?> { ["Choices[0].Id"] = taken.ToString(), ["Choices[0].Chosen"] = "true" }, "main form"))
        {
            Assert.Equal(HttpStatusCode.OK, used.StatusCode);
            Assert.Contains("could not be kept", (await TestClient.ParseAsync(used)).QuerySelector(".own__problem")!.TextContent, StringComparison.Ordinal);
        }

        using (var told = await hearing.Client.SubmitAsync(page, $"/hear/my-say/who?record={record}", new Dictionary<string, string?> { ["Choices[0].Chosen"] = "true", ["Choices[4].Chosen"] = "true" }, "main form")) Assert.Equal($"{ChildModeGate.Home}?told=true", told.Headers.Location!.OriginalString);
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(record, (await scope.Db.DoNotTells.SingleAsync(d => d.ChildId == hearing.Child.Id && d.Role == DoNotTellRole.Advocate, Cancel)).VoiceRecordId);
        var rule = await scope.Db.DoNotTells.SingleAsync(d => d.ChildId == hearing.Child.Id && d.Role == null, Cancel);
        Assert.Equal((mother.Id, DoNotTellScope.Record, record, DoNotTellSaidBy.Child), (rule.RelationshipId, rule.Scope, rule.VoiceRecordId, rule.SaidBy));
    }

    [Fact]
    public async Task The_child_says_who_may_see_it_and_only_for_that_person()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 16);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var father = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Father);
        var uncle = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.OtherRelative, change: r => r.NoContactSince = DateTime.UtcNow);
        var stranger = await hearing.World.AddRelationshipAsync(await hearing.AnotherChildAsync());
        var worker = World.ActorOf(hearing.World.Practitioner);
        Guid evening;
        using (var scope = site.As(worker)) evening = (await scope.Get<NamedRecipientService>().NameAsync(hearing.Child.Id, Purpose.TrainPublish, "An evening for foster carers", worker, Cancel))!.Value.Id!.Value;
        await hearing.DecideAsync(Purpose.TrainPublish, ConsentEventType.Given, change: c => c.RecipientId = evening);
        var visit = await hearing.VisitAsync();
        await LendAsync(hearing, visit);
        Assert.NotNull((await hearing.Client.PageAsync(ChildModeGate.Home)).QuerySelector("a[href='/hear/my-say/permissions#who-may']"));
        var links = (await hearing.Client.PageAsync("/hear/my-say/permissions")).QuerySelectorAll("a[href*='person=']").ToDictionary(a => a.GetAttribute("href")!, a => a.TextContent);
        Assert.Equal(3, links.Count);
        Assert.DoesNotContain(links.Keys, l => l.Contains(uncle.Id.ToString(), StringComparison.Ordinal));
        var show = links.Single(l => l.Value.Contains("Mum", StringComparison.Ordinal)).Key;
        Assert.Contains("Mum", (await hearing.Client.PageAsync(show)).QuerySelector(".own__words--asked")!.TextContent, StringComparison.Ordinal);
        foreach (var person in new[] { uncle.Id, stranger.Id, Guid.NewGuid() })
        {
            using var led = await hearing.Client.GetAsync($"/hear/my-say/permission?of=ShareParent&person={person}");
            Assert.Equal(ChildModeGate.Home, led.Headers.Location?.OriginalString);
        }

        using (var yes = await hearing.Client.SubmitAsync(show, new Dictionary<string, string?> { ["answer"] = "Given" }, "main form")) Assert.EndsWith("answered=Given", yes.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var scope = site.As(hearing.World.Whole))
        {
            var consent = scope.Get<ConsentService>();
            Assert.True((await consent.DecideNowAsync(hearing.Child.Id, Purpose.ShareParent, mother.Id, Cancel)).Allowed);
            Assert.False((await consent.DecideNowAsync(hearing.Child.Id, Purpose.ShareParent, father.Id, Cancel)).Allowed);
        }

        // What they were asked about by their worker is theirs to stop here, too.
        var training = links.Single(l => l.Value.Contains("An evening for foster carers", StringComparison.Ordinal)).Key;
        Assert.Contains("An evening for foster carers", (await hearing.Client.PageAsync(training)).QuerySelector(".own__words--asked")!.TextContent, StringComparison.Ordinal);
        using (var stop = await hearing.Client.SubmitAsync(training, new Dictionary<string, string?> { ["answer"] = "Withdrawn" }, "main form")) Assert.Contains("stopped=", stop.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var scope = site.As(hearing.World.Whole)) Assert.False((await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.TrainPublish, evening, Cancel)).Allowed);
        // Stopping is the same tap, on the same page.
        using (var stop = await hearing.Client.SubmitAsync(show, new Dictionary<string, string?> { ["answer"] = "Withdrawn" }, "main form")) Assert.Contains("stopped=", stop.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var scope = site.As(hearing.World.Whole)) Assert.False((await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.ShareParent, mother.Id, Cancel)).Allowed);

        // A yes to recording may be for this visit alone: one tap as well, and so is stopping it.
        const string record = "/hear/my-say/permission?of=Audio";
        async Task<bool> MaySpeakAsync() => (await hearing.Client.PageAsync(ChildModeGate.Home)).QuerySelector("a[href='/hear/my-say/say?as=Audio']") is not null;
        Assert.False(await MaySpeakAsync());
        Assert.Null((await hearing.Client.PageAsync(show)).QuerySelector("[name=thisVisit]"));
        using (var yes = await hearing.Client.SubmitAsync(record, new Dictionary<string, string?> { ["thisVisit"] = "true" }, "main form")) Assert.EndsWith("answered=Given", yes.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.True(await MaySpeakAsync());
        Assert.EndsWith($"?visit={visit}", (await hearing.Client.PageAsync("/hear/my-say/say?as=Audio")).QuerySelector("[data-recorder]")!.GetAttribute("data-permission-url"), StringComparison.Ordinal);
        Assert.Contains("Yes", (await hearing.Client.PageAsync("/hear/my-say/permissions")).QuerySelector("a[href='/hear/my-say/permission?of=Audio'] .own__state")!.TextContent, StringComparison.Ordinal);
        using (var scope = site.As(hearing.World.Whole)) Assert.False((await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, Cancel)).Allowed);
        using (var stop = await hearing.Client.SubmitAsync(record, new Dictionary<string, string?> { ["answer"] = "Withdrawn" }, "main form"))
        {
            var stopped = await hearing.Client.PageAsync(stop.Headers.Location!.OriginalString);
            Assert.NotEmpty(stopped.QuerySelectorAll("[name=wants]"));
            // What could not be undone is told, too.
            Assert.Contains("What people already know, we cannot take back.", stopped.Body!.TextContent, StringComparison.Ordinal);
        }

        Assert.False(await MaySpeakAsync());
        using (var scope = site.As(hearing.World.Whole)) Assert.All(await scope.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id && e.Purpose == Purpose.Audio).ToListAsync(Cancel), e => Assert.Equal((ConsentScope.Session, visit), (e.Scope, e.ScopeId)));
    }

    [Fact]
    public async Task A_young_child_who_wants_it_shown_opens_nothing_and_can_say_no_by_themselves()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await LendAsync(hearing, await hearing.VisitAsync());
        var show = $"/hear/my-say/permission?of=ShareParent&person={mother.Id}";
        using var worker = site.ClientFor(hearing.World.Practitioner);
        foreach (var (answer, state) in new[] { ("Given", ConsentState.Asked), ("Refused", ConsentState.Refused) })
        {
            using (var answered = await hearing.Client.SubmitAsync(show, new Dictionary<string, string?> { ["answer"] = answer }, "main form")) Assert.Equal(HttpStatusCode.Redirect, answered.StatusCode);
            // The child was told that their worker talks it through: it stands on the worker's first page until somebody has said something to it.
            Assert.Equal(answer == "Given" ? $"/hear/{hearing.Child.Id}/permissions/ask?purpose=ShareParent&recipient={mother.Id}" : null, (await worker.PageAsync("/hear")).QuerySelector("#wanted ~ .entries a")?.GetAttribute("href"));
            using var scope = site.As(hearing.World.Whole);
            var decision = await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.ShareParent, mother.Id, Cancel);
            Assert.Equal((state, false), (decision.State, decision.Allowed));
        }
    }

    [Fact]
    public void What_the_recorder_and_the_drawing_sheet_say_is_there_in_Welsh_too()
    {
        string Script(string name) => File.ReadAllText(Path.Combine(Repository.Root, "src/ChildrensInfo.Web/Scripts", name));
        const string text = "'((?:[^'\\\\]|\\\\.)*)'";
        var welsh = Regex.Matches(Script("welsh.js"), $"^  {text}: {text},$", RegexOptions.Multiline).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        var said = new[] { "recorder.js", "drawing.js" }.Select(Script).SelectMany(s => Regex.Matches(s, $"\\bt\\((?:\\w+ === 1 \\? {text} : )?{text}")).SelectMany(m => m.Groups.Values.Skip(1).Where(g => g.Success).Select(g => g.Value)).ToList();
        said.AddRange(Regex.Matches(Script("upload.js"), $"(?:new Refused\\(|standard = ){text}").Select(m => m.Groups[1].Value));
        // And what the server answers when it does not keep a piece, which those scripts pass on.
        var service = File.ReadAllText(Path.Combine(Repository.Root, "src/ChildrensInfo.Core/Voice/VoiceMediaService.cs"));
        var refusals = Regex.Matches(service[service.IndexOf("> KeepAsync(", StringComparison.Ordinal)..], "\"([^\"]+\\.)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.True(refusals.Count > 8);
        said.AddRange([.. refusals, TakenBack.NotKept, UnsealedMedia.TooMuch]);
        Assert.True(said.Count > 50);
        Assert.DoesNotContain(said, s => !welsh.ContainsKey(s));
        foreach (var (english, translated) in welsh) Assert.Equal(Regex.Matches(english, "\\{\\w+\\}").Select(m => m.Value).Order(), Regex.Matches(translated, "\\{\\w+\\}").Select(m => m.Value).Order());
        // Nothing is said without asking for the language first.
        foreach (var name in new[] { "recorder.js", "drawing.js" }) Assert.DoesNotMatch("\\b(button|say|announce|finish|changed|lost)\\('[^']", Script(name));
    }

    [Fact]
    public async Task In_Welsh_and_for_each_age_every_sentence_is_there()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/ChildrensInfo.Web/Pages"), "*.cshtml", SearchOption.AllDirectories).Where(f => f.Contains("ChildMode", StringComparison.Ordinal) || f.EndsWith("_ChildLayout.cshtml", StringComparison.Ordinal));
        // Where there is no connection, a script puts them in.
        pages = pages.Append(Path.Combine(Repository.Root, "src/ChildrensInfo.Web/Pages/Offline/_Own.cshtml")).Append(Path.Combine(Repository.Root, "src/ChildrensInfo.Web/Scripts/offline/own.js"));
        foreach (var key in pages.SelectMany(f => Regex.Matches(File.ReadAllText(f), """[wW]ords(\["(?<key>[^"]+)"\]|="(?<key>[^"@]+)"|\('(?<key>[^']+)'\))""")).Select(used => used.Groups["key"].Value)) Assert.NotEqual(new ChildWords("en", ChildModeLook.From8To11)[key], new ChildWords("cy", ChildModeLook.From8To11)[key]);
        var words = new ChildWords("cy", ChildModeLook.From4To7);
        foreach (var key in Enum.GetNames<RelationshipKind>().Select(k => "kin-" + k).Concat(Enum.GetNames<SubjectMatter>().Select(s => "about-" + s)).Concat(["explain-ask", "answer-this", "answer-all", "choose-empty", "again"])) Assert.NotEmpty(words[key]);

        using var hearing = await Hearing.BeginAsync(site, age: 6);
        await LendAsync(hearing, await hearing.VisitAsync(), "cy");
        var page = await hearing.Client.PageAsync(ChildModeGate.Home);
        Assert.Equal("cy", page.DocumentElement.GetAttribute("lang"));
        Assert.Contains("own--from4to7", page.Body!.ClassName);
        Assert.Contains("Bydd dy weithiwr yn ei ddarllen", page.Body.TextContent);
    }

    /// <summary>Without a connection the page for visits alone knows that a child has it; it leaves word of that in a cookie.</summary>
    [Fact]
    public async Task While_the_page_for_visits_is_in_a_childs_hands_whoever_asks_for_anything_else_is_signed_out_and_what_waits_is_not_sent()
    {
        using var hearing = await Hearing.BeginAsync(site);
        foreach (var address in new[] { hearing.ChildPage, "/hear", "/hear/my-say", "/nothing-there" })
        {
            using var client = site.ClientFor(hearing.World.Practitioner);
            client.Take(site.Address, (ChildModeGate.LentCookie, "1"));
            using (var page = await client.GetAsync("/offline")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            foreach (var waiting in new[] { "/hear/offline/token", $"{hearing.ChildPage}/media/permission" })
            {
                using var waits = await client.GetAsync(waiting);
                Assert.Equal((HttpStatusCode.Locked, ""), (waits.StatusCode, await waits.Content.ReadAsStringAsync(Cancel)));
            }

            using (var answer = await client.GetAsync(address)) Assert.Equal("/Account/SignIn", answer.Headers.Location?.OriginalString);
            // Nor is there anything left that it could open once it is taken back.
            Assert.DoesNotContain(client.CookiesOf(site.Address), c => c.Name == ChildModeGate.LentCookie || c.Name == site.CookieFor(hearing.World.Practitioner).Name);
        }

        // Lent with a connection, what was kept without one waits as well, and every page of the worker's that stands open closes; the child's own does when the device is given back.
        var workers = await SignInsTests.MadeForAsync(hearing.Client, "/hear");
        Assert.Equal(HttpStatusCode.NoContent, await SignInsTests.AliveAsync(hearing.Client, workers));
        await LendAsync(hearing, await hearing.VisitAsync());
        var childs = await SignInsTests.MadeForAsync(hearing.Client, ChildModeGate.Home);
        Assert.Equal(HttpStatusCode.Conflict, await SignInsTests.AliveAsync(hearing.Client, workers));
        Assert.Equal(HttpStatusCode.NoContent, await SignInsTests.AliveAsync(hearing.Client, childs));
        using var lent = await hearing.Client.GetAsync("/hear/offline/token");
        Assert.Equal(HttpStatusCode.Locked, lent.StatusCode);
        using (await hearing.Client.SubmitAsync($"{ChildModeGate.Home}/give-back", new Dictionary<string, string?> { ["pin"] = Pin })) { }
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Conflict), (await SignInsTests.AliveAsync(hearing.Client, workers), await SignInsTests.AliveAsync(hearing.Client, childs)));
    }

    [Fact]
    public async Task When_too_many_wait_to_be_hashed_a_PIN_is_looked_at_later_and_no_try_is_lost()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        var actor = World.ActorOf(hearing.World.Practitioner);
        using var hashing = new Hashing();
        using var scope = site.As(actor);
        var modes = new ChildModeService(scope.Db, scope.Get<IPasswordHasher<AppUser>>(), hashing, scope.Get<KeyRing>(), TimeProvider.System);
        var input = new HandOver { Look = ChildModeLook.From8To11, Language = "en", NewPin = Pin };
        var lent = (await modes.StartAsync(hearing.Child.Id, visit, input, actor, Cancel))!.Value.Id;
        var turns = Enumerable.Range(0, Hashing.AtOnce + Hashing.MostWaiting).Select(_ => hashing.TurnAsync(Cancel)).ToList();
        Assert.Equal(Hashing.Busy, (await modes.StartAsync(hearing.Child.Id, visit, input, actor, Cancel))!.Value.Refusal!.Message);
        Assert.Equal(PinAnswer.Wait, await modes.TakeBackAsync(lent, Pin, actor, Cancel));
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.PinRefused));
        foreach (var turn in turns) (await turn)!.Dispose();
        Assert.Equal(PinAnswer.Right, await modes.TakeBackAsync(lent, Pin, actor, Cancel));
    }

    private static string HandOver(Hearing hearing, Guid visit) => $"{hearing.ChildPage}/visits/{visit}/hand-over";

    private static async Task LendAsync(Hearing hearing, Guid visit, string language = "en")
    {
        using var answer = await hearing.Client.SubmitAsync(HandOver(hearing, visit), new Dictionary<string, string?> { ["Input.NewPin"] = Pin, ["Input.Language"] = language });
        Assert.Equal(ChildModeGate.Home, answer.Headers.Location?.OriginalString);
        Assert.Equal("\"cache\"", string.Join(',', answer.Headers.GetValues("Clear-Site-Data")));
    }

    private static Task<HttpResponseMessage> TakeBackAsync(Hearing hearing, string pin) =>
        hearing.Client.SubmitAsync("/hear/my-say/give-back", new Dictionary<string, string?> { ["pin"] = pin }, "main form");

    private static async Task<HttpResponseMessage> SayAsync(Hearing hearing, string path, string handler, string text, params (string Name, string Value)[] more)
    {
        var page = await hearing.Client.PageAsync(path);
        page.QuerySelector("main form")!.SetAttribute("action", path + handler);
        var fields = new Dictionary<string, string?> { ["Input.Text"] = text };
        foreach (var (name, value) in more) fields[name] = value;
        return await hearing.Client.SubmitAsync(page, path, fields, "main form");
    }

    /// <summary>The address of a tool on the child's own screen.</summary>
    private static async Task<string> ToolAsync(Hearing hearing, string title) =>
        (await hearing.Client.PageAsync(ChildModeGate.Home)).QuerySelectorAll("a.own__tile").Single(a => a.TextContent.Trim() == title).GetAttribute("href")!;

    /// <summary>Presses a button of the form on a page of the child's own, and comes to the next.</summary>
    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> PressAsync(Hearing hearing, AngleSharp.Html.Dom.IHtmlDocument page, string path, string handler, params (string Name, string Value)[] fields)
    {
        page.QuerySelector("main form")!.SetAttribute("action", path + handler);
        using var answer = await hearing.Client.SubmitAsync(page, path, fields.ToDictionary(f => f.Name, string? (f) => f.Value), "main form");
        return await TestClient.ParseAsync(answer);
    }

    private async Task WaitIsOverAsync(Hearing hearing)
    {
        using var scope = site.As(hearing.World.Whole);
        foreach (var mode in await scope.Db.ChildModes.Where(m => m.ChildId == hearing.Child.Id).ToListAsync(Cancel)) mode.WaitUntil = null;
        scope.Db.Add(AuditEntry.For(AuditActions.ChildRead, hearing.World.Whole, hearing.Child.Id, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
    }

    private static string Fill(RouteEndpoint endpoint, Guid child, Guid visit)
    {
        var segments = endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { IsOptional: true } => "",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "childId" } => child.ToString(),
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "sessionId" } => visit.ToString(),
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "code" } => "404",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter when parameter.ParameterPolicies.Any(c => c.Content is "int" or "long") => "0",
            _ => Guid.Empty.ToString(),
        })));
        return "/" + string.Join('/', segments.Where(s => s.Length > 0));
    }
}
