using System.Net;
using AngleSharp.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Admin;

public class UnusualTests(TestSite site)
{
    /// <summary>The start of yesterday in London: every hour of it is within the days shown, whenever the test runs.</summary>
    private static readonly DateTime Yesterday = ConsentRules.StartOf(ConsentRules.LocalDay(DateTime.UtcNow).AddDays(-1));

    [Fact]
    public async Task Each_rule_finds_whom_it_says_and_nobody_else()
    {
        var world = await World.CreateAsync(site);
        var elsewhere = await World.CreateAsync(site);
        var namesake = await world.AddChildAsync(change: c => c.FamilyName = "marsh");
        var children = new List<Child>();
        for (var i = 0; i < 25; i++) children.Add(await world.AddChildAsync());
        var olive = World.ActorOf(world.OtherPractitioner);
        var perry = World.ActorOf(world.Practitioner);
        var tamsin = World.ActorOf(world.TeamManager);

        await LineAsync(world, olive, AuditActions.ChildRead, namesake, 10);
        await LineAsync(world, perry, AuditActions.ChildRead, namesake, 10);
        // Half of a double name, either way round; and a child who only shares the small words.
        await LineAsync(world, perry, AuditActions.ChildRead, await world.AddChildAsync(change: c => c.FamilyName = "Loft\uFFFE-Wrén"), 11);
        using (var scope = site.As(null))
        {
            (await scope.Db.Users.SingleAsync(u => u.Id == world.DataLead.Id)).DisplayName = "Ann van der Marsh-Poole";
            await scope.Db.SaveChangesAsync();
        }

        var ann = World.ActorOf(world.DataLead);
        await LineAsync(world, ann, AuditActions.ChildRead, namesake, 11);
        await LineAsync(world, ann, AuditActions.ChildRead, await world.AddChildAsync(change: c => c.FamilyName = "Van der Ann"), 11);
        // 25 within an hour of the clock by one, and by another across two, who looks at some of them again; 24 by a third, and the last when the first is an hour ago.
        for (var i = 0; i < 25; i++) await LineAsync(world, perry, AuditActions.ChildRead, children[i], 12 + (i / 60.0));
        for (var i = 0; i < 24; i++) await LineAsync(world, tamsin, AuditActions.ChildRead, children[i], 12 + (i / 60.0));
        for (var i = 0; i < 9; i++) await LineAsync(world, tamsin, AuditActions.ChildRead, children[i], 12.8);
        await LineAsync(world, tamsin, AuditActions.ChildRead, children[24], 13.1);
        for (var i = 0; i < 24; i++) await LineAsync(world, ann, AuditActions.ChildRead, children[i], 15 + (i / 60.0));
        await LineAsync(world, ann, AuditActions.ChildRead, children[24], 16);
        await LineAsync(world, tamsin, AuditActions.VoiceHeard, children[3], 3.5);
        for (var i = 0; i < 3; i++) await LineAsync(world, olive, AuditActions.BreakGlassOpened, children[i], 9 + i);
        for (var i = 0; i < 2; i++) await LineAsync(world, perry, AuditActions.BreakGlassOpened, children[i], 9 + i);
        for (var i = 0; i < 10; i++) await LineAsync(world, olive, AuditActions.AccessRefused, null, 14 + (i / 60.0));
        for (var i = 0; i < 9; i++) await LineAsync(world, perry, AuditActions.AccessRefused, null, 14 + (i / 60.0));
        // Too long ago, and in another council.
        await LineAsync(world, tamsin, AuditActions.ChildRead, children[5], 3.5 - (24 * 31));
        await LineAsync(elsewhere, World.ActorOf(elsewhere.OtherPractitioner), AuditActions.ChildRead, await elsewhere.AddChildAsync(change: c => c.FamilyName = "Marsh"), 3.5);

        using var client = site.ClientFor(world.InformationGovernance);
        var page = await client.PageAsync("/admin/audit/unusual");
        Assert.Equal(["Ann van der Marsh-Poole 1 child", "Olive Marsh 1 child", "Perry Wren 1 child"], Found("own-name").Order());
        Assert.Equal(["Perry Wren 25 children", "Tamsin Rowe 25 children"], Found("fast").Order());
        Assert.Equal(["Tamsin Rowe 1 child"], Found("night"));
        Assert.Equal(["Olive Marsh 3 records"], Found("covers"));
        Assert.Equal(["Olive Marsh 10 refusals"], Found("refusals"));
        var main = page.QuerySelector("main")!.TextContent;
        Assert.DoesNotContain("Sorrel", main);
        Assert.DoesNotContain(namesake.LaChildId, main);
        Assert.Contains(await world.AuditAsync(AuditActions.AuditRead), a => a.ActorId == world.InformationGovernance.Id && a.Detail == "unusual, days: 30");

        // The lines themselves are one click away.
        var lines = await client.PageAsync(page.QuerySelector("#night ~ table a")!.GetAttribute("href")!);
        Assert.Contains("Played a recording", lines.QuerySelector("main")!.TextContent);

        foreach (var bad in new[] { "0", "91", "many" }) Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/admin/audit/unusual?days={bad}")).StatusCode);

        IEnumerable<string> Found(string rule) => page.QuerySelectorAll($"section[aria-labelledby={rule}] tbody tr")
            .Select(r => $"{r.Children[0].TextContent.Trim()} {r.Children[2].TextContent.Trim()}");
    }

    [Fact]
    public async Task Somebody_who_opens_very_many_records_within_an_hour_is_noticed_once()
    {
        var world = await World.CreateAsync(site);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        async Task<int> LookAsync()
        {
            using var scope = site.As(null);
            return await new ReadingWatch(scope.Db, clock).LookAsync(Actor.ServiceOf(world.Authority.Id), default);
        }

        var (first, other) = (World.ActorOf(world.TeamManager), World.ActorOf(world.Practitioner));
        using (var scope = site.As(world.Whole))
        {
            for (var i = 0; i < ReadingWatch.ManyChildren; i++)
            {
                // One opens as many different children as it takes; another the same few again and again.
                scope.Db.Add(AuditEntry.For(AuditActions.ChildRead, first, Guid.NewGuid(), null, clock));
                scope.Db.Add(AuditEntry.For(AuditActions.ChildRead, other, i < 5 ? Guid.NewGuid() : world.Practitioner.Id, null, clock));
            }

            await scope.Db.SaveChangesAsync();
        }

        Assert.Equal(1, await LookAsync());
        Assert.Equal(0, await LookAsync());
        var line = Assert.Single(await world.AuditAsync(AuditActions.ManyRead));
        Assert.Equal((world.TeamManager.Id, null, $"{ReadingWatch.ManyChildren} children"), (line.SubjectId, line.ChildId, line.Detail));
        // An hour on they are forgotten.
        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(0, await LookAsync());
    }

    private async Task LineAsync(World world, Actor actor, string action, Child? child, double hoursIntoYesterday)
    {
        using var scope = site.As(world.Whole);
        scope.Db.Add(AuditEntry.For(action, actor, child?.Id, null, new FakeTimeProvider(new DateTimeOffset(Yesterday.AddHours(hoursIntoYesterday)))));
        await scope.Db.SaveChangesAsync();
    }
}
