using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
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
        using var answer = await client.SubmitAsync(page, address, Scale());
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

    [Fact]
    public async Task The_database_refuses_to_change_a_version_and_to_let_the_site_make_a_shipped_tool()
    {
        await using var connection = new NpgsqlConnection(site.SiteConnectionString);
        await connection.OpenAsync(Cancel);
        foreach (var sql in new[]
        {
            "update tool_versions set title = 'x'", "delete from tool_versions", "delete from tools", "update tools set key = 'x'",
            "insert into tools (id, key, kind, created_at) values (gen_random_uuid(), 'theirs', 'Faces', now())",
        })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
        }
    }
}
