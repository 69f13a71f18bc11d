using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What a team manager reads, and what they may not do.</summary>
public class TeamManagerTests(TestSite site)
{
    [Fact]
    public async Task A_manager_reads_what_the_children_of_the_team_said_and_records_nothing()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Inside");
        var world = hearing.World;
        var (_, elsewhere) = await world.AddTeamAsync("Court", "Ossian Pike");
        var outside = await world.AddChildAsync(elsewhere, givenName: "Outside");
        var session = await hearing.VisitAsync();
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(session), Hearing.Said("I want my bike back"))) { }

        using var manager = site.ClientFor(world.TeamManager);
        var list = await manager.PageAsync("/hear");
        Assert.Equal("Children of your team", list.QuerySelector("h1")!.TextContent);
        Assert.Equal(["Inside Thistlebrook"], list.QuerySelectorAll(".entry__title").Select(e => e.TextContent.Trim()));
        var page = await manager.PageAsync(hearing.ChildPage);
        Assert.Contains("I want my bike back", page.Body!.TextContent);
        Assert.Empty(page.QuerySelectorAll("a[href*='/new'], a[href*='/interpretation'], a[href*='permissions/ask']"));
        Assert.Empty((await manager.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelectorAll("a[href*='permissions/ask']"));
        Assert.Equal(2, (await world.AuditAsync(AuditActions.ChildRead, hearing.Child.Id)).Count(a => a.ActorId == world.TeamManager.Id));

        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/hear/{outside.Id}")).StatusCode);
        foreach (var path in new[] { $"{hearing.ChildPage}/visits/new", hearing.WordsPage(session), $"{hearing.ChildPage}/people", $"{hearing.ChildPage}/permissions/ask?purpose=Audio" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task A_manager_sees_drawings_and_plays_no_recording()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (drawing, _) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        var (recording, _) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        using var manager = site.ClientFor(hearing.World.TeamManager);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"{hearing.ChildPage}/media/{drawing}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync($"{hearing.ChildPage}/media/{recording}")).StatusCode);
        var page = await manager.PageAsync(hearing.ChildPage);
        Assert.Empty(page.QuerySelectorAll("audio"));
        Assert.Contains("can play recordings", page.Body!.TextContent);
        using var practitioner = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{recording}");
        Assert.Equal(HttpStatusCode.OK, practitioner.StatusCode);
    }
}
