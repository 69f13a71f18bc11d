using System.Net;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What surrounds an answer: when somebody may be asked again, in which format, on which proof, their copy, and what is to become of what is there.</summary>
public class AskingTests(TestSite site)
{
    private static Dictionary<string, string?> Answer(string decision, params (string, string?)[] more)
    {
        var fields = new Dictionary<string, string?> { ["Input.Decision"] = decision };
        foreach (var (name, value) in more) fields[name] = value;
        return fields;
    }

    private static string Ask(Hearing hearing, string more = "", Purpose purpose = Purpose.Audio) => $"{hearing.ChildPage}/permissions/ask?purpose={purpose}{more}";

    [Fact]
    public async Task A_no_is_not_asked_about_again_for_a_while_unless_the_child_brings_it_up()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        async Task<HttpStatusCode> SendAsync(string decision, string more = "")
        {
            using var sent = await hearing.Client.SubmitAsync(Ask(hearing, more), Answer(decision));
            return sent.StatusCode;
        }

        var opened = await hearing.Client.PageAsync(Ask(hearing));
        Assert.Equal(HttpStatusCode.Redirect, await SendAsync("Refused"));
        // A form that was open in another tab is no way round it. What was written in it is not lost, and a no is heard at any time.
        foreach (var answer in new[] { "Given", "Deferred" })
        {
            using var sent = await hearing.Client.SubmitAsync(opened, Ask(hearing), Answer(answer, ("Input.Words", "I like my voice.")));
            var refused = await TestClient.ParseAsync(sent);
            Assert.Contains("Wait until", refused.QuerySelector(".answers .govuk-error-message")!.TextContent, StringComparison.Ordinal);
            Assert.Contains("I like my voice.", refused.QuerySelector("#Input_Words")!.TextContent, StringComparison.Ordinal);
        }

        using (var no = await hearing.Client.SubmitAsync(opened, Ask(hearing), Answer("Refused"))) Assert.Equal(HttpStatusCode.Redirect, no.StatusCode);
        var early = await hearing.Client.PageAsync(Ask(hearing));
        Assert.Contains("not asked again before", early.QuerySelector(".govuk-inset-text")!.TextContent);
        Assert.Empty(early.QuerySelectorAll("button[name='Input.Decision']"));
        // Another no is written down without anybody saying that the child brought it up.
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var another = (await hearing.Client.PageAsync(Ask(hearing, "&adult=true"))).QuerySelectorAll("main a").Single(a => a.TextContent == "An adult says no, too").GetAttribute("href")!;
        var onlyNo = await hearing.Client.PageAsync(another);
        Assert.Equal(["Refused"], onlyNo.QuerySelectorAll("button[name='Input.Decision']").Select(b => b.GetAttribute("value")));
        using (var no = await hearing.Client.SubmitAsync(onlyNo, another, Answer("Refused", ("By", $"{mother.Id}")))) Assert.Equal(HttpStatusCode.Redirect, no.StatusCode);
        Assert.Contains("unless Sorrel brings it up", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!.TextContent);

        Assert.Equal(HttpStatusCode.Redirect, await SendAsync("Given", "&raised=true"));
        using var check = site.As(hearing.World.Whole);
        Assert.Equal([false, false, false, true], await check.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).OrderBy(e => e.OccurredAt).Select(e => e.RaisedByChild).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Sorrel brought it up", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio .history")!.TextContent);
    }

    [Fact]
    public async Task A_council_sets_how_long_a_yes_lasts_and_a_no_is_left_alone()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        using var governs = site.ClientFor(hearing.World.InformationGovernance);
        using (var set = await governs.SubmitAsync("/govern/purposes/Audio", new Dictionary<string, string?> { ["Input.MonthsValid"] = "3", ["Input.MonthsValidForYoungChild"] = "2", ["Input.Reason"] = "Minute 7" })) Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        using var scope = site.As(hearing.World.Whole);
        var yes = await scope.Db.ConsentEvents.SingleAsync(e => e.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken);
        Assert.Equal(ConsentRules.LocalDay(yes.OccurredAt).AddMonths(3), yes.ExpiresOn);
    }

    [Fact]
    public async Task Words_come_in_the_format_that_suits_and_the_answer_is_pinned_to_those()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 9);
        var page = await hearing.Client.PageAsync(Ask(hearing));
        var easy = page.QuerySelectorAll("main a").Single(a => a.TextContent == "Easy read").GetAttribute("href")!;
        Assert.True((await hearing.Client.PageAsync(easy)).QuerySelectorAll(".read-out .wording--easyread .wording__line").Length > 4);
        using var sent = await hearing.Client.SubmitAsync(easy, Answer("Refused"));
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        using var scope = site.As(hearing.World.Whole);
        var kept = await scope.Db.ConsentEvents.Include(e => e.Wording).SingleAsync(e => e.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken);
        Assert.Equal(WordingFormat.EasyRead, kept.Wording!.Format);
        Assert.Equal(kept.Wording.BodyHash, kept.WordingHash);
    }

    [Fact]
    public async Task Proof_is_kept_sealed_shown_to_the_childs_worker_alone_and_never_taken_for_what_a_child_said()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var other = await hearing.AnotherChildAsync();
        var signature = Guid.CreateVersion7();
        Task<HttpStatusCode> SignAsync(Guid childId) => SendAsync(childId, signature, PictureFileTests.Png(40, 30));
        async Task<HttpStatusCode> SendAsync(Guid childId, Guid fileId, byte[] bytes)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/hear/{childId}/proof/{fileId}/0") { Content = new ByteArrayContent(bytes) };
            request.Headers.Add("X-Total-Length", $"{bytes.Length}");
            request.Headers.Add("RequestVerificationToken", await hearing.Client.AntiforgeryTokenAsync("/hear"));
            using var response = await hearing.Client.Http.SendAsync(request, cancel);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Created, await SignAsync(hearing.Child.Id));
        // It cannot be sealed as a drawing, nor be somebody else's signature.
        using (var drawing = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.Drawing), Hearing.Sent(signature, null))) Assert.Equal(HttpStatusCode.OK, drawing.StatusCode);
        using (var forged = await hearing.Client.SubmitAsync($"/hear/{other.Id}/permissions/ask?purpose=Audio&proof=Signature", Answer("Refused", ("Input.EvidenceFileId", signature.ToString())))) Assert.Equal(HttpStatusCode.OK, forged.StatusCode);
        Assert.Contains(await hearing.World.AuditAsync(AuditActions.AccessRefused, other.Id), a => a.SubjectId == signature);

        using (var sent = await hearing.Client.SubmitAsync(Ask(hearing, "&proof=Signature"), Answer("Given", ("Input.EvidenceFileId", signature.ToString()), ("Input.Method", "Signature"), ("Input.InterpreterPresent", "true"), ("Input.LanguageUsed", "pl"), ("Input.Present", "Aunt Marigold, as witness")))) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        using (var scope = site.As(hearing.World.Whole))
        {
            var kept = await scope.Db.ConsentEvents.SingleAsync(e => e.ChildId == hearing.Child.Id, cancel);
            Assert.Equal((true, "pl", signature), (kept.InterpreterPresent, kept.LanguageUsed, kept.EvidenceFileId));
            Assert.Equal(32, kept.EvidenceHash!.Length);
            Assert.DoesNotContain("Marigold", Encoding.UTF8.GetString(kept.PresentSealed!));
            Assert.Equal(FileKind.ConsentEvidence, (await scope.Db.Files.SingleAsync(f => f.Id == signature, cancel)).Kind);
        }

        var link = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelectorAll("#Audio .history a").Single(a => a.TextContent.StartsWith("Proof", StringComparison.Ordinal)).GetAttribute("href")!;
        using (var shown = await hearing.Client.GetAsync(link)) Assert.Equal("image/png", shown.Content.Headers.ContentType?.MediaType);
        using (var asMedia = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{signature}")) Assert.Equal(HttpStatusCode.NotFound, asMedia.StatusCode);
        using (var colleague = site.ClientFor(hearing.World.OtherPractitioner))
        using (var refused = await colleague.GetAsync(link)) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using (var manager = site.ClientFor(hearing.World.TeamManager))
        using (var refused = await manager.GetAsync(link)) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        // A clip of the answer is heard as long as there is no stop to recording.
        var clip = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.Created, await SendAsync(hearing.Child.Id, clip, Hearing.Webm()));
        using (var sent = await hearing.Client.SubmitAsync(Ask(hearing, "&proof=Recording", Purpose.ImagePerson), Answer("Given", ("Input.EvidenceFileId", clip.ToString())))) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var heard = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelectorAll("#ImagePerson .history a").Single(a => a.TextContent.StartsWith("Proof", StringComparison.Ordinal)).GetAttribute("href")!;
        using (var played = await hearing.Client.GetAsync(heard)) Assert.Equal("audio/webm", played.Content.Headers.ContentType?.MediaType);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn);
        using (var locked = await hearing.Client.GetAsync(heard)) Assert.Equal(HttpStatusCode.Forbidden, locked.StatusCode);

        // A scan of the paper needs no permission to photograph what a child made.
        using (var paper = await hearing.Client.UploadAsync(Ask(hearing, "&proof=Paper", Purpose.QuoteService), "Paper", PictureFileTests.Jpeg(640, 480), "form.jpg", Answer("Given"))) Assert.Equal(HttpStatusCode.Redirect, paper.StatusCode);
        using (var wrong = await hearing.Client.UploadAsync(Ask(hearing, "&proof=Paper", Purpose.ImageWork), "Paper", "no picture"u8.ToArray(), "form.jpg", Answer("Given"))) Assert.NotNull((await TestClient.ParseAsync(wrong)).QuerySelector("#Paper-error"));

        // While all of their record is restricted it is closed with the page that leads to it.
        using var governor = site.ClientFor(hearing.World.InformationGovernance);
        await governor.DoneAsync($"/govern/duties/{hearing.Child.Id}", "#restrict", ("Restrict.Ground", "ObjectionLookedInto"), ("Restrict.Reason", "They object"));
        using (var closed = await hearing.Client.GetAsync(link)) Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
    }

    [Fact]
    public async Task Stopping_is_done_before_anything_else_is_asked_and_everybody_gets_their_copy()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        string stopped;
        using (var sent = await hearing.Client.SubmitAsync(Ask(hearing), Answer("Withdrawn"))) stopped = sent.Headers.Location!.OriginalString;
        Assert.EndsWith("/stopped", stopped, StringComparison.Ordinal);
        using (var scope = site.As(hearing.World.Whole)) Assert.Equal(ConsentState.Withdrawn, (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, TestContext.Current.CancellationToken)).State);
        Assert.Contains("Nothing changes about the help", (await hearing.Client.PageAsync(stopped)).QuerySelector("main")!.TextContent);
        // They do not want to say: while it is locked, the card leads back to where it can be said.
        string? WayOn(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelector("#Audio a[href$='/stopped']")?.GetAttribute("href");
        Assert.Equal(stopped, WayOn(await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")));
        using (var chosen = await hearing.Client.SubmitAsync(stopped, new Dictionary<string, string?> { ["wants"] = "StopFromNow" })) Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        Assert.Null(WayOn(await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")));
        using (var chosen = await hearing.Client.SubmitAsync(stopped, new Dictionary<string, string?> { ["wants"] = "TakeOut" })) Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.WithdrawalDecided, hearing.Child.Id)).Count);
        Assert.Contains("not to be used any more", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!.TextContent);

        var copy = stopped.Replace("/stopped", "/copy", StringComparison.Ordinal);
        var page = await hearing.Client.PageAsync(copy);
        Assert.Contains("I said stop", page.QuerySelector(".receipt")!.TextContent);
        Assert.Contains("The help I get stays the same", page.QuerySelector(".receipt")!.TextContent);
        Assert.NotNull(page.QuerySelector(".receipt .wording"));
        using (var given = await hearing.Client.SubmitAsync(copy, new Dictionary<string, string?> { ["form"] = "Printed" })) Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ReceiptIssued, hearing.Child.Id));

        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        using var nobody = site.ClientFor(null);
        using var manager = site.ClientFor(hearing.World.TeamManager);
        foreach (var address in new[] { stopped, copy })
        {
            using (var theirs = await colleague.GetAsync(address)) Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
            using (var role = await manager.GetAsync(address)) Assert.Equal(HttpStatusCode.Forbidden, role.StatusCode);
            using var signIn = await nobody.GetAsync(address);
            Assert.Contains("/Account/SignIn", signIn.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task A_data_lead_sees_three_different_numbers_and_none_that_is_small()
    {
        var world = await World.CreateAsync(site);
        for (var i = 0; i < 30; i++)
        {
            var child = await world.AddChildAsync(world.Practitioner, age: 16);
            if (i is < 14 and not 13) continue;
            using var scope = site.As(World.ActorOf(world.Practitioner));
            var decision = i == 13 ? ConsentEventType.Withdrawn : i < 22 ? ConsentEventType.Refused : ConsentEventType.Deferred;
            var kept = await scope.Get<ConsentService>().RecordAsync(child.Id, new() { Id = Guid.CreateVersion7(), Purpose = Purpose.Audio, Decision = decision, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken }, World.ActorOf(world.Practitioner), CancellationToken.None);
            Assert.True(kept!.IsDone);
        }

        using var lead = site.ClientFor(world.DataLead);
        var page = await lead.PageAsync("/understand/permissions?purpose=ImageWork");
        string Cell(AngleSharp.Dom.IElement row, ConsentState state) => row.QuerySelector($"[data-state={state}]")!.TextContent.Trim();
        var audio = page.QuerySelectorAll("table:first-of-type tbody tr").Single(r => r.QuerySelector("th")!.TextContent.Contains("Record their voice", StringComparison.Ordinal));
        // One child said stop: that is hidden, and so is another number, or it could be worked out.
        Assert.Equal("c", Cell(audio, ConsentState.Withdrawn));
        Assert.Equal(2, audio.QuerySelectorAll(".suppressed").Length);
        var photos = page.QuerySelectorAll("table:first-of-type tbody tr").Single(r => r.QuerySelector("th")!.TextContent.Contains("Photograph their drawings", StringComparison.Ordinal));
        Assert.Equal("30", Cell(photos, ConsentState.NotAsked));
        Assert.Equal("0", Cell(photos, ConsentState.Refused));
        Assert.Equal(3, page.QuerySelectorAll("table").Skip(1).Count());
        using (var purpose = await lead.GetAsync("/understand/permissions?purpose=ShareParent")) Assert.Equal(HttpStatusCode.NotFound, purpose.StatusCode);
        var grouped = await lead.PageAsync("/understand/permissions?purpose=Audio");
        Assert.Contains("Put together, because one of them is small", grouped.QuerySelector("main")!.TextContent);
        Assert.NotEmpty(await world.AuditAsync(AuditActions.DashboardRead));
        using var practitioner = site.ClientFor(world.Practitioner);
        using var refused = await practitioner.GetAsync("/understand/permissions");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Every_cell_of_the_states_by_team_age_and_ethnic_group_holds_the_children_who_stand_there()
    {
        var world = await World.CreateAsync(site);
        var (_, elsewhere) = await world.AddTeamAsync("Long term", "Lorna Pike");
        for (var i = 0; i < 50; i++)
        {
            // A birthday is the first day of the next group.
            var born = World.Today.AddYears(i < 20 ? -12 : -16).AddDays(i < 20 ? 1 : 0);
            var worker = i < 30 ? world.Practitioner : elsewhere;
            var child = await world.AddChildAsync(worker, change: c => (c.BornOn, c.EthnicityCode) = (born, i % 2 == 0 ? "WBRI" : "BAFR"));
            if (i % 10 > 4) continue;
            using var scope = site.As(World.ActorOf(worker));
            Assert.True((await scope.Get<ConsentService>().RecordAsync(child.Id, new() { Id = Guid.CreateVersion7(), Purpose = Purpose.Audio, Decision = ConsentEventType.Refused, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken }, World.ActorOf(worker), CancellationToken.None))!.IsDone);
        }

        using var lead = site.As(World.ActorOf(world.DataLead));
        var counted = (await lead.Get<ConsentCounts>().ByGroupAsync(Purpose.Audio, CancellationToken.None))!;
        Assert.Empty(counted.PutTogether);
        string[] Cells(string by)
        {
            var table = counted.By.Single(b => b.Name == by).Table;
            return [.. table.Rows.SelectMany((row, r) => counted.Shown.Select((state, c) => $"{row}, {state}: {table[r, c]}")).Where(cell => !cell.EndsWith(": 0", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }

        Assert.Equal(["Assessment, NotAsked: 15", "Assessment, Refused: 15", "Long term, NotAsked: 10", "Long term, Refused: 10"], Cells("Team"));
        Assert.Equal(["16 and over, NotAsked: 15", "16 and over, Refused: 15", "8 to 11, NotAsked: 10", "8 to 11, Refused: 10"], Cells("Age"));
        Assert.Equal(["Black, NotAsked: 15", "Black, Refused: 10", "White, NotAsked: 10", "White, Refused: 15"], Cells("Ethnic group").Select(c => c.StartsWith("Black", StringComparison.Ordinal) ? $"Black{c[c.LastIndexOf(',')..]}" : c));
    }

    [Fact]
    public async Task The_register_goes_out_as_files_without_a_word_that_was_said()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var governs = site.ClientFor(hearing.World.InformationGovernance);
        Assert.Equal(5, (await governs.PageAsync("/govern/register")).QuerySelectorAll("a[download]").Length);
        foreach (var (part, head) in new[] { ("purposes", "purpose,basis"), ("wordings", "purpose,age"), ("overrides", "id,child_number"), ("putright", "id,child_number"), ("uses", "purpose,used_as") })
        {
            using var file = await governs.GetAsync($"/govern/register/{part}");
            Assert.Equal("text/csv", file.Content.Headers.ContentType?.MediaType);
            Assert.StartsWith(head, (await file.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimStart('\uFEFF'), StringComparison.Ordinal);
        }

        Assert.Equal(5, (await hearing.World.AuditAsync(AuditActions.RegisterExported)).Count);
        using var lead = site.ClientFor(hearing.World.DataLead);
        using var refused = await lead.GetAsync("/govern/register/uses");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }
}
