using System.Net;
using System.Text;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class InformationMapTests(TestSite site)
{
    private const string Say = "/understand/map/say?domain=Need";

    [Fact]
    public async Task It_shows_what_is_measured_who_is_heard_and_what_is_missing_and_keeps_what_people_say_of_it()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40, heard: 20);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var page = await client.PageAsync("/understand/map");
        var domain = Section(page, "Need");
        Assert.NotNull(domain.QuerySelector("a[href='/understand/indicators/N01']"));
        Assert.Contains("50% of these children", domain.TextContent, StringComparison.Ordinal);
        Assert.Contains("Nobody has said", domain.TextContent, StringComparison.Ordinal);
        // What cannot be worked out here is a gap, with a way to mend it.
        var gap = Section(page, "Need measure");
        Assert.Contains("Nothing is measured", gap.TextContent, StringComparison.Ordinal);
        Assert.NotNull(gap.QuerySelector("a[href='/understand/indicators/N37/about']"));
        Assert.NotNull(gap.QuerySelector("a[href='/understand/indicators/new']"));
        // So is what only waits for somebody to say how many children of each ethnic group live here: its own page says that, and where.
        Assert.Contains("Nothing is measured", Section(page, "Equity").TextContent, StringComparison.Ordinal);
        Assert.Contains("/understand/population/ethnic-groups", (await client.PageAsync(Section(page, "Equity").QuerySelector("a[href='/understand/indicators/N39']")!.GetAttribute("href")!)).QuerySelector("main")!.InnerHtml, StringComparison.Ordinal);
        using (var given = await client.SubmitAsync("/understand/population/ethnic-groups", RelativeRateTests.Good()))
            Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        Assert.Contains("All of it is measured here.", Section(await client.PageAsync("/understand/map"), "Equity").TextContent, StringComparison.Ordinal);

        using (var empty = await client.SubmitAsync(Say, new Dictionary<string, string?>()))
            Assert.NotNull((await TestClient.ParseAsync(empty)).QuerySelector("#Input_UsedFor-error"));
        foreach (var use in new[] { "Nothing yet", "Deciding who is visited first" })
        {
            using var said = await client.SubmitAsync(Say, new Dictionary<string, string?> { ["Input.WrittenWhere"] = "In case notes", ["Input.UsedFor"] = use });
            Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        }

        domain = Section(await client.PageAsync("/understand/map"), "Need");
        Assert.Contains("Deciding who is visited first", domain.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing yet", domain.TextContent, StringComparison.Ordinal);
        var kept = await site.ReadAsync(need.World, db => db.DomainUses.ToListAsync());
        Assert.Equal(2, kept.Count);
        Assert.All(kept, u => Assert.DoesNotContain("Nothing yet", Encoding.UTF8.GetString(u.Sealed), StringComparison.Ordinal));
        Assert.Equal(2, (await need.World.AuditAsync(AuditActions.DomainUseSaid)).Count);

        using var unknown = await client.GetAsync("/understand/map/say?domain=Weather");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var elsewhere = site.ClientFor((await World.CreateAsync(site)).DataLead);
        Assert.DoesNotContain("Deciding who", (await elsewhere.PageAsync("/understand/map")).Body!.TextContent, StringComparison.Ordinal);
    }

    private static AngleSharp.Dom.IElement Section(AngleSharp.Dom.IParentNode page, string name) => page.QuerySelectorAll("section").Single(s => s.QuerySelector("h2")!.TextContent == name);
}
