using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
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
    }
}
