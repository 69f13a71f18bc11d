using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Pages.Hear;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class LookedTests(TestSite site)
{
    [Fact]
    public async Task A_child_can_be_shown_everybody_who_looked_and_nobody_who_looked_at_another()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        var another = await world.AddChildAsync(world.OtherPractitioner);
        using var worker = site.ClientFor(world.Practitioner);
        Assert.Contains("Nobody has looked yet", (await worker.PageAsync($"/hear/{child.Id}/looked")).QuerySelector("main")!.TextContent);

        using var colleague = site.ClientFor(world.OtherPractitioner);
        Assert.Equal(HttpStatusCode.NotFound, (await colleague.GetAsync($"/hear/{child.Id}/looked")).StatusCode);
        await colleague.PageAsync($"/hear/{another.Id}");
        await colleague.SubmitAsync("/hear/cover", new Dictionary<string, string?> { ["Input.Number"] = child.LaChildId, ["Input.Reason"] = "Their worker is ill and the child has rung" });
        await colleague.PageAsync($"/hear/{child.Id}");
        using var manager = site.ClientFor(world.TeamManager);
        await manager.PageAsync($"/hear/{another.Id}");

        var lookers = (await worker.PageAsync($"/hear/{child.Id}/looked")).QuerySelectorAll(".lookers > li").Select(l => string.Join(' ', l.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Equal(2, lookers.Count);
        var own = Assert.Single(lookers, l => l.StartsWith("Perry Wren (you who are signed in) Practitioner Looked on 1 day, last on ", StringComparison.Ordinal));
        Assert.EndsWith("opened your pages", own);
        Assert.Contains(lookers, l => l.StartsWith("Olive Marsh Practitioner Looked on 1 day", StringComparison.Ordinal) && l.EndsWith("opened your pages stood in for your worker", StringComparison.Ordinal));
        Assert.Contains(await world.AuditAsync(AuditActions.ChildRead, child.Id), a => a.Detail == "/Hear/Looked");

        // In roles that never open their pages, too.
        using (var scope = site.As(world.Whole))
        {
            scope.Db.Add(AuditEntry.For(AuditActions.AccessRead, World.ActorOf(world.InformationGovernance), child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync();
        }

        Assert.Contains("Ines Garth", (await worker.PageAsync($"/hear/{child.Id}/looked")).QuerySelector(".lookers")!.TextContent);
    }

    [Fact]
    public void Every_action_is_said_to_be_looking_or_not_and_each_that_is_has_words_for_a_child()
    {
        var said = File.ReadLines(Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Rules/looks.txt")).Where(l => !l.StartsWith('#')).Select(l => l.Split(' ')).ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(AuditWords.All.Keys.Order(), said.Keys.Order());
        Assert.Equal(said.Where(s => s.Value == "looks").Select(s => s.Key).Order(), LookedModel.Ways.Keys.Order());
        Assert.All(said.Values, v => Assert.Contains(v, new[] { "looks", "no" }));
    }
}
