using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

/// <summary>A data lead makes the tools that children answer with; what was answered keeps its words.</summary>
public class ToolPagesTests(TestSite site)
{
    private const string List = "/understand/tools";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static Dictionary<string, string?> Scale(params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?>
        {
            ["Input.Kind"] = "Scale",
            ["Input.Language"] = "en",
            ["Input.Title"] = "How football was",
            ["Input.Ask"] = "How was it?",
            ["Input.AgeFrom"] = "6",
            ["Input.AgeTo"] = "12",
            ["Input.Min"] = "1",
            ["Input.Max"] = "5",
            ["Input.MinLabel"] = "Rubbish",
            ["Input.MaxLabel"] = "Brilliant",
            ["Input.Items[0].Label"] = "Training",
            ["Input.Items[0].Picture"] = "play",
        };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    [Fact]
    public async Task Only_a_data_lead_makes_tools()
    {
        var world = await World.CreateAsync(site);
        foreach (var person in new[] { world.Practitioner, world.Researcher, world.Administrator })
        {
            using var client = site.ClientFor(person);
            foreach (var path in new[] { List, List + "/new", $"{List}/{Guid.NewGuid()}/change" })
            {
                using var answer = await client.GetAsync(path);
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            }
        }

        using var lead = site.ClientFor(world.DataLead);
        using var missing = await lead.GetAsync($"{List}/{Guid.NewGuid()}/change");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("Input.MinLabel", "", "Enter the words at the low end")]
    [InlineData("Input.MaxLabel", " ", "Enter the words at the high end")]
    [InlineData("Input.Max", "", "Enter the highest number")]
    [InlineData("Input.Max", "1", "The highest number must be above the lowest")]
    [InlineData("Input.Title", "", "Enter the name of the tool")]
    [InlineData("Input.AgeTo", "5", "must not be below the youngest")]
    [InlineData("Input.Items[0].Label", "", "Enter at least one question")]
    [InlineData("Input.Items[0].Picture", "../../etc/passwd", "Choose a picture from the list")]
    [InlineData("Input.Language", "xx", "Choose the language")]
    public async Task A_tool_that_is_not_whole_is_refused_beside_its_field(string field, string value, string says)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        using var answer = await client.SubmitAsync(List + "/new", Scale((field, value)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(says, page.QuerySelector($"[name='{field}']")!.Closest(".govuk-form-group")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.ToolAdded));
    }

    [Fact]
    public async Task A_preview_shows_it_as_the_child_will_see_it_and_keeps_nothing()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var page = await client.PageAsync(List + "/new");
        var address = page.QuerySelector("button[formaction]")!.GetAttribute("formaction")!;
        page.QuerySelector("main form[method=post]")!.SetAttribute("action", address);
        // Whatever is typed: of a text with this in it .NET knows no form.
        using var answer = await client.SubmitAsync(page, address, Scale(("Input.Items[0].Label", "Train\uFFFEing")));
        var shown = await TestClient.ParseAsync(answer);
        Assert.Equal(6, shown.QuerySelectorAll(".preview input[type=radio]").Length);
        Assert.Contains("1: Rubbish", shown.QuerySelector(".preview .scale__ends")!.TextContent);
        Assert.NotNull(shown.QuerySelector(".preview svg.picture"));
        using var scope = site.As(world.Whole);
        Assert.False(await scope.Db.Tools.AnyAsync(t => t.AuthorityId == world.Authority.Id, Cancel));
    }

    [Fact]
    public async Task A_new_tool_is_offered_without_a_release_and_a_new_version_never_relabels_an_old_answer()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var lead = site.ClientFor(hearing.World.DataLead);
        using (var made = await lead.SubmitAsync(List + "/new", Scale())) Assert.Equal(List, made.Headers.Location?.OriginalString);
        var line = Assert.Single(await hearing.World.AuditAsync(AuditActions.ToolAdded));
        Assert.Equal("version 1 en", line.Detail);

        var visit = await hearing.VisitAsync();
        async Task<string> LinkAsync() => (await hearing.Client.PageAsync(hearing.WordsPage(visit))).QuerySelectorAll(".ways__groups a").Single(a => a.TextContent.Contains("football", StringComparison.Ordinal)).GetAttribute("href")!;
        var first = await LinkAsync();
        var open = await hearing.Client.PageAsync(first);
        using (var answer = await hearing.Client.SubmitAsync(first, Hearing.Said(null, ("Input.Provenance", "OwnHand"), ("Input.Answers[0].Value", "5")))) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);

        using (var changed = await lead.SubmitAsync($"{List}/{line.SubjectId}/change?language=en", Scale(("Input.Max", "10"), ("Input.MaxLabel", "The best ever"), ("Input.Items[0].Label", "The match"))))
        {
            Assert.Equal(List, changed.Headers.Location?.OriginalString);
        }

        Assert.Equal("version 2 en", Assert.Single(await hearing.World.AuditAsync(AuditActions.ToolChanged)).Detail);
        var second = await LinkAsync();
        Assert.NotEqual(first, second);
        // A form that was open when the tool changed is answered on the scale that was shown.
        using (var late = await hearing.Client.SubmitAsync(open, first, Hearing.Said(null, ("Input.Provenance", "OwnHand"), ("Input.Answers[0].Value", "6")))) Assert.Contains("Choose a number from 1 to 5", await late.Content.ReadAsStringAsync());
        using (var answer = await hearing.Client.SubmitAsync(second, Hearing.Said(null, ("Input.Provenance", "OwnHand"), ("Input.Answers[0].Value", "5")))) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);

        using var scope = site.As(hearing.World.Whole);
        var sheets = new List<AnswerSheet>();
        foreach (var record in await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).ToListAsync(Cancel))
        {
            sheets.Add(AnswerSheet.Read(await scope.Get<KeyRing>().OpenAsync(record.ChildId, record.Words!.Sealed, record.Id, SealPart.Words, Cancel)));
        }

        Assert.Equal([(1, "Training", 5, "Brilliant"), (2, "The match", 10, (string?)null)], sheets.Select(s => (s.Version, s.Answers[0].Label, s.Answers[0].Max!.Value, s.Answers[0].ValueLabel)));
        Assert.Equal(sheets[0].Answers[0].Item, sheets[1].Answers[0].Item);

        // Stopped and offered again.
        var page = await lead.PageAsync(List);
        using (var stop = await lead.SubmitAsync(page, List, new Dictionary<string, string?>())) Assert.Equal(List, stop.Headers.Location?.OriginalString);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ToolRetired));
        Assert.DoesNotContain("football", (await hearing.Client.PageAsync(hearing.WordsPage(visit))).QuerySelector(".ways")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Training", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changing_a_shipped_tool_changes_it_for_one_council_only_and_keeps_its_welsh()
    {
        var (here, there) = (await World.CreateAsync(site), await World.CreateAsync(site));
        Guid shipped;
        using (var scope = site.As(here.Whole)) shipped = (await scope.Db.Tools.SingleAsync(t => t.Key == "three-houses" && t.AuthorityId == null, Cancel)).Id;
        using var client = site.ClientFor(here.DataLead);
        using (var changed = await client.SubmitAsync($"{List}/{shipped}/change?language=en", new Dictionary<string, string?> { ["Input.Title"] = "Three Rooms" })) Assert.Equal(List, changed.Headers.Location?.OriginalString);
        using (var again = await client.SubmitAsync($"{List}/{shipped}/change?language=en", new Dictionary<string, string?> { ["Input.Title"] = "Three Boats" })) Assert.Contains("has its own version", await again.Content.ReadAsStringAsync());
        async Task<string> TitleAsync(World world, string language)
        {
            using var scope = site.As(world.Whole);
            return (await scope.Get<ToolService>().OfferedAsync(language, Cancel)).Single(t => t.Tool.Key == "three-houses").Version.Title;
        }

        Assert.Equal("Three Rooms", await TitleAsync(here, "en"));
        Assert.Equal("Tri Thŷ", await TitleAsync(here, "cy"));
        Assert.Equal("Three Houses", await TitleAsync(there, "en"));
        using var other = site.ClientFor(there.DataLead);
        using (var scope = site.As(here.Whole))
        {
            var own = await scope.Db.Tools.SingleAsync(t => t.AuthorityId == here.Authority.Id, Cancel);
            using var notTheirs = await other.GetAsync($"{List}/{own.Id}/change");
            Assert.Equal(HttpStatusCode.NotFound, notTheirs.StatusCode);
        }
    }

    public static TheoryData<string, byte[], string> Unfit => new()
    {
        { "drawn.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(), "made of code (SVG)" },
        { "page.png", "<!doctype html><script>alert(1)</script>"u8.ToArray(), "made of code" },
        { "moving.gif", [.. "GIF89a"u8, .. new byte[40]], "moving picture" },
        { "cut.jpg", PictureFileTests.Jpeg(640, 480)[..120], "damaged or not whole" },
        { "empty.png", [], "damaged or not whole" },
        { "large.jpg", [.. PictureFileTests.Jpeg(640, 480), .. new byte[ToolPicture.MaxBytes]], "It can have up to 500: save a smaller copy" },
        { "wide.png", PictureFileTests.Png(4000, 2001), "4,000 dots wide and 2,001 high" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task A_file_that_is_no_picture_for_a_tool_is_refused_beside_its_field(string name, byte[] file, string says)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        foreach (var field in new[] { "Input.Items[0].File", "Input.Low.File" })
        {
            using var answer = await client.UploadAsync(List + "/new", field, file, name, Scale());
            var page = await TestClient.ParseAsync(answer);
            Assert.Contains(says, page.QuerySelector($"[name='{field}']")!.Closest(".govuk-form-group")!.QuerySelector(".govuk-error-message")!.TextContent);
            Assert.NotNull(page.QuerySelector($"[name='{field}']")!.Closest("details")!.GetAttribute("open"));
            // What was chosen before it stays.
            Assert.Equal("play", page.QuerySelector("[name='Input.Items[0].Picture'] option[selected]")!.GetAttribute("value"));
        }

        Assert.Empty(await world.AuditAsync(AuditActions.ToolPictureKept));
        Assert.Empty(await world.AuditAsync(AuditActions.ToolAdded));
    }

    [Fact]
    public async Task A_councils_own_picture_outlives_a_wrong_field_is_kept_bare_and_once_and_is_never_served_as_anything_but_a_picture()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var lead = site.ClientFor(hearing.World.DataLead);
        var (photo, bare) = (PictureFileTests.Jpeg(640, 480, 6), PictureFile.Clean(PictureFileTests.Jpeg(640, 480, 6)).Bytes!);
        Assert.NotEqual(photo, bare);

        // Two fields are wrong; the picture is kept, shown and chosen.
        using var open = await lead.UploadAsync(List + "/new", "Input.Items[0].File", photo, "IMG_0001.jpg", Scale(("Input.MinLabel", "")));
        var form = await TestClient.ParseAsync(open);
        Assert.Contains("Enter the words at the low end", form.QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Contains("Say what the picture shows", form.QuerySelector("[name='Input.Items[0].Shows']")!.Closest(".govuk-form-group")!.TextContent);
        var address = form.QuerySelector(".make-items img.picture")!.GetAttribute("src")!;
        Assert.EndsWith(form.QuerySelector("[name='Input.Items[0].Picture'] option[selected]")!.GetAttribute("value")!, address, StringComparison.Ordinal);
        // The same one again, at an end this time: it is there once.
        var element = form.QuerySelector<IHtmlFormElement>("main form[method=post]")!;
        using (var made = await lead.UploadAsync(element, List + "/new", "Input.High.File", photo, "again.jpg", new Dictionary<string, string?> { ["Input.MinLabel"] = "Rubbish", ["Input.Items[0].Shows"] = "Our pitch", ["Input.High.Shows"] = "The cup" })) Assert.Equal(List, made.Headers.Location?.OriginalString);
        var kept = Assert.Single(await hearing.World.AuditAsync(AuditActions.ToolPictureKept));
        Assert.Equal(("image/jpeg, details taken out", $"/tools/pictures/{kept.SubjectId}"), (kept.Detail, address));

        // One that was chosen by mistake, and another just now, are in no tool: the first goes once it is a day old, and what a tool uses stays, however old.
        var (mistake, justNow) = (PictureFileTests.Png(31, 20), PictureFileTests.Png(32, 20));
        foreach (var unused in new[] { mistake, justNow })
        {
            using var shown = await lead.UploadAsync(List + "/new", "Input.Items[0].File", unused, "oops.png", Scale(("Input.Title", "")));
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }

        var ids = (await hearing.World.AuditAsync(AuditActions.ToolPictureKept)).Select(a => a.SubjectId!.Value).Where(id => id != kept.SubjectId).ToList();
        await using (var owner = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await owner.OpenAsync(Cancel);
            await using var older = new NpgsqlCommand($"set session_replication_role = replica; update tool_pictures set created_at = now() - interval '25 hours' where id in ('{kept.SubjectId}', '{ids[0]}')", owner);
            await older.ExecuteNonQueryAsync(Cancel);
        }

        foreach (var gone in new[] { 1, 0 })
        {
            using var keeper = site.As(null);
            Assert.Equal(gone, await keeper.Get<ToolService>().ForgetPicturesAsync(Actor.ServiceOf(hearing.World.Authority.Id), Cancel));
        }

        Assert.Equal(ids[0], Assert.Single(await hearing.World.AuditAsync(AuditActions.ToolPictureForgotten)).SubjectId);
        Assert.Equal(new[] { kept.SubjectId!.Value, ids[1] }.Order(), (await site.ReadAsync(hearing.World, db => db.ToolPictures.Select(p => p.Id).ToListAsync(Cancel))).Order());
        // Whatever the program asks for, the database lets nothing go that a tool uses or that is new, whoever asks; and a data lead takes none away.
        foreach (var (id, who) in new[] { (kept.SubjectId.Value, hearing.World.Whole), (ids[1], hearing.World.Whole), (ids[1], World.ActorOf(hearing.World.DataLead)) })
        {
            using var scope = site.As(who);
            scope.Db.Remove(await scope.Db.ToolPictures.SingleAsync(p => p.Id == id, Cancel));
            var error = await Assert.ThrowsAnyAsync<DbUpdateException>(() => scope.Db.SaveChangesAsync(Cancel));
            Assert.True(error is DbUpdateConcurrencyException || error.InnerException is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }, error.ToString());
        }

        // Whoever hears children or makes tools sees it, bare; nobody else, and nobody of another council.
        foreach (var (person, status) in new[] { (hearing.World.Practitioner, HttpStatusCode.OK), (hearing.World.ReviewingOfficer, HttpStatusCode.OK), (hearing.World.DataLead, HttpStatusCode.OK), (hearing.World.Researcher, HttpStatusCode.Forbidden), (hearing.World.Administrator, HttpStatusCode.Forbidden) })
        {
            using var client = site.ClientFor(person);
            using var answer = await client.GetAsync(address);
            Assert.Equal(status, answer.StatusCode);
            if (status != HttpStatusCode.OK) continue;
            Assert.Equal(bare, await answer.Content.ReadAsByteArrayAsync(Cancel));
            Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.ToString());
            Assert.Equal(("nosniff", "default-src 'none'; sandbox", "same-origin"), (answer.Headers.GetValues("X-Content-Type-Options").Single(), answer.Headers.GetValues("Content-Security-Policy").Single(), answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single()));
        }

        var elsewhere = await World.CreateAsync(site);
        using var theirs = site.ClientFor(elsewhere.DataLead);
        using (var notTheirs = await theirs.GetAsync(address)) Assert.Equal(HttpStatusCode.NotFound, notTheirs.StatusCode);
        using (var forged = await lead.GetAsync($"/tools/pictures/{Guid.NewGuid()}")) Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        using (var taken = await theirs.SubmitAsync(List + "/new", Scale(("Input.Items[0].Picture", $"{kept.SubjectId}"), ("Input.Items[0].Shows", "Theirs")))) Assert.Contains("Choose a picture from the list", await taken.Content.ReadAsStringAsync());
        Assert.Empty(await elsewhere.AuditAsync(AuditActions.ToolAdded));
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            // Whoever sees it adds none.
            scope.Db.Add(new ToolPicture { AuthorityId = hearing.World.Authority.Id, Sha256 = System.Security.Cryptography.SHA256.HashData(photo), ContentType = "image/jpeg", Bytes = photo, CreatedAt = DateTime.UtcNow, CreatedById = hearing.World.Practitioner.Id });
            var error = await Assert.ThrowsAsync<DbUpdateException>(() => scope.Db.SaveChangesAsync(Cancel));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, Assert.IsType<PostgresException>(error.InnerException).SqlState);
        }
    }

    [Fact]
    public async Task A_councils_own_pictures_are_on_the_workers_form_the_childs_own_screen_beside_old_answers_in_the_booklet_and_taken_along()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var lead = site.ClientFor(hearing.World.DataLead);
        using (var made = await lead.UploadAsync(List + "/new", "Input.High.File", Hearing.Png(), "cup.png", Scale(("Input.High.Shows", "The cup")))) Assert.Equal(List, made.Headers.Location?.OriginalString);
        var tool = Assert.Single(await hearing.World.AuditAsync(AuditActions.ToolAdded)).SubjectId;
        var cup = $"/tools/pictures/{Assert.Single(await hearing.World.AuditAsync(AuditActions.ToolPictureKept)).SubjectId}";

        var visit = await hearing.VisitAsync();
        async Task<string> LinkAsync() => (await hearing.Client.PageAsync(hearing.WordsPage(visit))).QuerySelectorAll(".ways__groups a").Single(a => a.TextContent.Contains("football", StringComparison.Ordinal)).GetAttribute("href")!;
        var link = await LinkAsync();
        var shown = (await hearing.Client.PageAsync(link)).QuerySelector(".tool label img.picture")!;
        Assert.Equal((cup, "The cup"), (shown.GetAttribute("src"), shown.GetAttribute("alt")));
        using (var answer = await hearing.Client.SubmitAsync(link, Hearing.Said(null, ("Input.Provenance", "OwnHand"), ("Input.Answers[0].Value", "5")))) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);

        // The next version has another, and says it is of something else; what was answered keeps what was shown.
        using (var changed = await lead.UploadAsync($"{List}/{tool}/change?language=en", "Input.High.File", PictureFileTests.Png(30, 20), "medal.png", new Dictionary<string, string?> { ["Input.High.Shows"] = "A medal" })) Assert.Equal(List, changed.Headers.Location?.OriginalString);
        var medal = (await hearing.Client.PageAsync(await LinkAsync())).QuerySelector(".tool label img.picture")!;
        Assert.NotEqual(cup, medal.GetAttribute("src"));
        Assert.Equal("A medal", medal.GetAttribute("alt"));
        var booklet = await TestClient.ParseAsync(await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false" }));
        foreach (var page in new[] { await hearing.Client.PageAsync(hearing.ChildPage), booklet })
        {
            var then = page.QuerySelector(".answers img.picture")!;
            Assert.Equal((cup, "The cup"), (then.GetAttribute("src"), then.GetAttribute("alt")));
            Assert.Contains("5 on a scale from 1 to 5: Brilliant", page.QuerySelector(".answers")!.TextContent);
        }

        // A device fetches it by its id; the portal's own go along as shapes.
        var along = (await hearing.Client.Http.GetFromJsonAsync<JsonElement>($"{hearing.ChildPage}/take-along", Cancel)).GetProperty("tools").EnumerateArray().Single(t => t.GetProperty("title").GetString() == "How football was");
        var point = along.GetProperty("asks").GetProperty("scale").GetProperty("points").EnumerateArray().Single();
        Assert.Equal((medal.GetAttribute("src"), "A medal"), ($"/tools/pictures/{point.GetProperty("picture").GetString()}", point.GetProperty("shows").GetString()));
        Assert.Equal(["play"], along.GetProperty("pictures").EnumerateObject().Select(p => p.Name));

        // On a lent device, where hardly anything else opens.
        using (var lent = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/{visit}/hand-over", new Dictionary<string, string?> { ["Input.NewPin"] = "4827", ["Input.Language"] = "en" })) Assert.Equal(ChildModeGate.Home, lent.Headers.Location?.OriginalString);
        var own = (await hearing.Client.PageAsync(ChildModeGate.Home)).QuerySelectorAll("a.own__tile").Single(a => a.TextContent.Trim() == "How football was").GetAttribute("href")!;
        var offered = await hearing.Client.PageAsync(own);
        Assert.Equal(medal.GetAttribute("src"), offered.QuerySelector(".tool label img.picture")!.GetAttribute("src"));
        using (var picture = await hearing.Client.GetAsync(medal.GetAttribute("src")!)) Assert.Equal((HttpStatusCode.OK, "image/png"), (picture.StatusCode, picture.Content.Headers.ContentType!.ToString()));
        offered.QuerySelector("main form")!.SetAttribute("action", own + "&handler=ReadBack");
        var again = await TestClient.ParseAsync(await hearing.Client.SubmitAsync(offered, own, new Dictionary<string, string?> { ["Input.Answers[0].Value"] = "5" }, "main form"));
        Assert.Equal("A medal", again.QuerySelector(".own__given img.picture")!.GetAttribute("alt"));
    }

    [Fact]
    public async Task The_database_refuses_to_change_a_version_and_to_let_the_site_make_a_shipped_tool()
    {
        await using var connection = new NpgsqlConnection(site.SiteConnectionString);
        await connection.OpenAsync(Cancel);
        foreach (var sql in new[]
        {
            "update tool_versions set title = 'x'", "delete from tool_versions", "delete from tools", "update tools set key = 'x'",
            "update tool_pictures set content_type = 'image/png'", "truncate tool_pictures",
            "insert into tools (id, key, kind, created_at) values (gen_random_uuid(), 'theirs', 'Faces', now())",
        })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
        }
    }
}
