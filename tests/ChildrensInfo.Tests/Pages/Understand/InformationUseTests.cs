using System.Net;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class InformationUseTests(TestSite site)
{
    private const string New = "/understand/information-use/new";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Dictionary<string, string?> Good => new()
    {
        ["Input.About"] = "N12",
        ["Input.Question"] = "Do the youngest say what they need?",
        ["Input.VoiceShaped"] = "The children’s council",
        ["Input.VoiceMissing"] = "Babies",
        ["Input.WillTry"] = "Watch and write down",
        ["Input.TakesPart"] = "Two health visitors",
    };

    [Fact]
    public async Task It_grows_out_of_a_reflection_and_is_seen_beside_it_its_indicator_and_its_domain()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var noticed = new Dictionary<string, string?> { ["Input.Noticed"] = "More", ["Input.NotKnown"] = "Why", ["Input.VoiceMissing"] = "Children under five", ["Input.WillDo"] = "Ask the nurseries" };
        using var written = await client.SubmitAsync("/understand/indicators/N12/reflect", noticed);
        var reflection = written.Headers.Location!.OriginalString;
        var begin = (await client.PageAsync(reflection)).QuerySelector($"a[href^='{New}']")!.GetAttribute("href")!;
        // What was thought there is not typed again.
        var form = await client.PageAsync(begin);
        Assert.Equal("Children under five", form.QuerySelector("[name='Input.VoiceMissing']")!.TextContent.Trim());
        Assert.Equal("N12", form.QuerySelector("select option[selected]")!.GetAttribute("value"));
        var address = await DoneAsync(client, begin, new() { ["Input.Question"] = "Do the youngest say what they need?", ["Input.VoiceShaped"] = "Nobody’s yet", ["Input.TakesPart"] = "Nursery workers" });

        var domain = (await site.ReadAsync(need.World, db => db.InformationUseProjects.SingleAsync(Cancel))).Domain;
        foreach (var beside in new[] { reflection, "/understand/indicators/N12/about", "/understand/information-use" }) Assert.NotNull((await client.PageAsync(beside)).QuerySelector($"a[href='{address}']"));
        var map = (await client.PageAsync("/understand/map")).QuerySelectorAll("section").Where(s => s.QuerySelector($"a[href='{address}']") is not null);
        Assert.Equal(domain, Assert.Single(map).QuerySelector("h2")!.TextContent);
        Assert.NotNull((await client.PageAsync(address)).QuerySelector($"a[href='{reflection}']"));
        var kept = await site.ReadAsync(need.World, db => db.InformationUseVersions.SingleAsync(Cancel));
        Assert.DoesNotContain("youngest", Encoding.UTF8.GetString(kept.Sealed), StringComparison.Ordinal);
        Assert.Single(await need.World.AuditAsync(AuditActions.InformationUseWritten));
    }

    [Fact]
    public async Task It_cannot_end_without_saying_what_children_were_told_or_why_not_yet()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var address = await DoneAsync(client, New, Good);
        // Nothing is learned before anything is done.
        await RefusedAsync(client, address, new() { ["Input.Kind"] = "Ended", ["Input.Text"] = "x", ["Input.Data"] = "x", ["Input.Information"] = "x", ["Input.Use"] = "x", ["Input.WereTold"] = "false", ["Input.WhyNotTold"] = "x" }, "Input_Kind");
        await DoneAsync(client, address, new() { ["Input.Kind"] = "Doing", ["Input.Text"] = "We watch" });
        var soon = DateTime.UtcNow.AddDays(20);
        await DoneAsync(client, address, new() { ["Input.Kind"] = "Reviewed", ["Input.Text"] = "They point", ["Input.ReviewOn.Day"] = $"{soon.Day}", ["Input.ReviewOn.Month"] = $"{soon.Month}", ["Input.ReviewOn.Year"] = $"{soon.Year}" });
        var id = Guid.Parse(address.Split('/')[^1]);
        Assert.Equal(DateOnly.FromDateTime(soon), (await OneAsync(world, id)).DueOn);

        Dictionary<string, string?> end = new() { ["Input.Kind"] = "Ended", ["Input.Text"] = "They know", ["Input.Data"] = "Nothing", ["Input.Information"] = "A new count", ["Input.Use"] = "Nothing" };
        await RefusedAsync(client, address, end, "Input_WereTold");
        await RefusedAsync(client, address, new(end) { ["Input.WereTold"] = "false" }, "Input_WhyNotTold");
        await RefusedAsync(client, address, new(end) { ["Input.WereTold"] = "true", ["Input.Told"] = "All of it" }, "Input_ToldOn");
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            scope.Db.Add(new InformationUseStep { AuthorityId = world.Authority.Id, ProjectId = id, Kind = InformationUseStepKind.Ended, Sealed = [1], ById = world.DataLead.Id, At = DateTime.UtcNow });
            await Assert.ThrowsAsync<DbUpdateException>(() => scope.Db.SaveChangesAsync(Cancel));
        }

        await DoneAsync(client, address, new(end) { ["Input.WereTold"] = "false", ["Input.WhyNotTold"] = "They come on Monday" });
        var page = await client.PageAsync(address);
        foreach (var said in new[] { "We watch", "They point", "They know", "A new count", "Children are not told yet:", "They come on Monday" }) Assert.Contains(said, page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Children are not told yet", (await client.PageAsync("/understand/information-use")).Body!.TextContent, StringComparison.Ordinal);
        using (var late = await client.GetAsync($"{address}/change")) Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        var yesterday = DateTime.UtcNow.AddDays(-1);
        await DoneAsync(client, address, new() { ["Input.Kind"] = "Told", ["Input.Told"] = "All of it", ["Input.ToldOn.Day"] = $"{yesterday.Day}", ["Input.ToldOn.Month"] = $"{yesterday.Month}", ["Input.ToldOn.Year"] = $"{yesterday.Year}" });
        Assert.False((await OneAsync(world, id)).WaitsToBeTold);
        await RefusedAsync(client, address, new() { ["Input.Kind"] = "Doing", ["Input.Text"] = "x" }, "Input_Kind");
        Assert.Equal(4, (await world.AuditAsync(AuditActions.InformationUseStepTaken)).Count);
    }

    [Fact]
    public async Task Other_councils_may_read_only_a_text_without_small_numbers_that_somebody_vouches_for()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var address = await DoneAsync(client, New, Good);
        var id = Guid.Parse(address.Split('/')[^1]);
        Dictionary<string, string?> share = new() { ["Input.Kind"] = "Shared", ["Input.HoldsNoWords"] = "true" };
        foreach (var small in new[] { "We asked 4 children.", "Of 30 children 2 wrote", "(3) came" }) await RefusedAsync(client, address, new(share) { ["Input.ForOthers"] = small }, "Input_ForOthers");
        await RefusedAsync(client, address, new() { ["Input.Kind"] = "Shared", ["Input.ForOthers"] = "We asked" }, "Input_HoldsNoWords");
        Assert.Null((await OneAsync(world, id)).Shared);
        await DoneAsync(client, address, new(share) { ["Input.ForOthers"] = "From 2026-05-01 we asked about 40 children, 5% of all, by N1." });
        Assert.NotNull((await OneAsync(world, id)).Shared);
        await DoneAsync(client, address, new() { ["Input.Kind"] = "NotShared", ["Input.Text"] = "It is out of date" });
        Assert.Null((await OneAsync(world, id)).Shared);
    }

    [Fact]
    public async Task The_text_is_changed_by_a_version_with_a_reason_and_what_is_left_out_is_said_beside_its_field()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        using (var empty = await client.SubmitAsync(New, new Dictionary<string, string?> { ["Input.ReviewOn.Day"] = "1", ["Input.ReviewOn.Month"] = "1", ["Input.ReviewOn.Year"] = "2020" }))
        {
            var page = await TestClient.ParseAsync(empty);
            foreach (var field in new[] { "About", "Question", "VoiceShaped", "VoiceMissing", "WillTry", "TakesPart", "ReviewOn" }) Assert.NotNull(page.QuerySelector($"#Input_{field}-error"));
        }

        await RefusedAsync(client, New, new(Good) { ["Input.About"] = "N99" }, "Input_About");
        var address = await DoneAsync(client, New, Good);
        var before = await client.PageAsync($"{address}/change");
        await RefusedAsync(client, $"{address}/change", new() { ["Input.Question"] = "Another" }, "Input_Reason");
        Assert.Equal(address, await DoneAsync(client, $"{address}/change", new() { ["Input.Question"] = "Do babies say it too?", ["Input.Reason"] = "A health visitor asked" }));
        var text = (await client.PageAsync(address)).Body!.TextContent;
        foreach (var said in new[] { "Do babies say it too?", "Do the youngest say what they need?", "A health visitor asked" }) Assert.Contains(said, text, StringComparison.Ordinal);
        using (var late = await client.SubmitAsync(before, $"{address}/change", new Dictionary<string, string?> { ["Input.Question"] = "Mine", ["Input.Reason"] = "x" }))
            Assert.Contains("Somebody else changed it", (await TestClient.ParseAsync(late)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, await site.ReadAsync(world, db => db.InformationUseVersions.CountAsync(Cancel)));
        Assert.Single(await world.AuditAsync(AuditActions.InformationUseChanged));
    }

    [Fact]
    public async Task Only_who_sees_figures_sees_it_nobody_another_councils_and_nobody_changes_or_signs_for_another()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var address = await DoneAsync(client, New, Good);
        string[] paths = [address, $"{address}/change", New, "/understand/information-use"];
        foreach (var role in Enum.GetValues<Role>().Where(r => r != Role.DataLead))
        {
            using var other = site.ClientFor(world.PersonOf(role));
            foreach (var path in paths)
            {
                using var refused = await other.GetAsync(path);
                Assert.True(refused.StatusCode == HttpStatusCode.Forbidden, $"{role} {path}");
            }
        }

        var elsewhere = await World.CreateAsync(site);
        using var stranger = site.ClientFor(elsewhere.DataLead);
        foreach (var path in paths[..2])
        {
            using var hidden = await stranger.GetAsync(path);
            Assert.True(hidden.StatusCode == HttpStatusCode.NotFound, path);
        }

        using (var theirs = site.As(World.ActorOf(elsewhere.DataLead)))
        {
            Assert.Empty(await theirs.Db.InformationUseProjects.IgnoreQueryFilters().ToListAsync(Cancel));
            Assert.Empty(await theirs.Db.InformationUseVersions.IgnoreQueryFilters().ToListAsync(Cancel));
            Assert.Empty(await theirs.Db.InformationUseSteps.IgnoreQueryFilters().ToListAsync(Cancel));
        }

        using var scope = site.As(World.ActorOf(world.DataLead));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.InformationUseVersions.ExecuteUpdateAsync(s => s.SetProperty(v => v.Sealed, new byte[] { 1 }), Cancel));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.InformationUseProjects.ExecuteDeleteAsync(Cancel));
        scope.Db.Add(new InformationUseStep { AuthorityId = world.Authority.Id, ProjectId = Guid.Parse(address.Split('/')[^1]), Kind = InformationUseStepKind.Doing, Sealed = [1], ById = world.Practitioner.Id, At = DateTime.UtcNow });
        await Assert.ThrowsAsync<DbUpdateException>(() => scope.Db.SaveChangesAsync(Cancel));
    }

    private static async Task<string> DoneAsync(TestClient client, string path, Dictionary<string, string?> fields)
    {
        using var response = await client.SubmitAsync(path, fields);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent);
        return response.Headers.Location!.OriginalString;
    }

    private static async Task RefusedAsync(TestClient client, string path, Dictionary<string, string?> fields, string field)
    {
        using var response = await client.SubmitAsync(path, fields);
        Assert.NotNull((await TestClient.ParseAsync(response)).QuerySelector($"#{field}-error"));
    }

    private Task<InformationUseProject> OneAsync(World world, Guid id) => site.ReadAsync(world, db => db.InformationUseProjects.Include(p => p.Versions).Include(p => p.Steps).SingleAsync(p => p.Id == id, Cancel));
}
