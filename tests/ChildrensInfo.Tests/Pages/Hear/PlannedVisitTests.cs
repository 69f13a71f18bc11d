using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What the first page says besides the children: visits to come, permissions about to lapse.</summary>
public class PlannedVisitTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DateOnly Today => ConsentRules.LocalDay(DateTime.UtcNow);

    private static Dictionary<string, string?> Planned(DateOnly on) => new()
    {
        ["Input.PlannedOn.Day"] = $"{on.Day}",
        ["Input.PlannedOn.Month"] = $"{on.Month}",
        ["Input.PlannedOn.Year"] = $"{on.Year}",
        ["Input.Place"] = "School",
    };

    [Fact]
    public async Task A_visit_is_planned_shown_and_becomes_a_visit_on_the_day()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Planned");
        var page = await TestClient.ParseAsync(await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/plan", Planned(Today.AddDays(-1))));
        Assert.Contains("today or later", page.GetElementById("Input_PlannedOn-error")!.TextContent);
        using (var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/plan", Planned(Today))) Assert.Equal("/hear", answer.Headers.Location!.OriginalString);
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/plan", Planned(Today.AddDays(3)))) { }
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.VisitPlanned, hearing.Child.Id)).Count);

        var home = await hearing.Client.PageAsync("/hear");
        var visits = home.QuerySelectorAll("#visits + .entries .entry").Select(e => e.TextContent).ToList();
        Assert.Equal(2, visits.Count);
        Assert.Contains("Today", visits[0]);
        Assert.Contains("at school", visits[0]);
        Assert.Contains("In 3 days", visits[1]);
        var link = Assert.Single(home.QuerySelectorAll("#visits + .entries a[href*='planned=']")).GetAttribute("href")!;
        using (var other = site.ClientFor(hearing.World.OtherPractitioner))
        {
            Assert.Null((await other.PageAsync("/hear")).QuerySelector("#visits"));
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"{hearing.ChildPage}/visits/plan")).StatusCode);
        }

        var form = await hearing.Client.PageAsync(link);
        Assert.Equal("School", form.QuerySelector("input[name='Input.Place'][checked]")!.GetAttribute("value"));
        using (await hearing.Client.SubmitAsync(form, link, new Dictionary<string, string?> { ["Input.SeenAlone"] = "Yes" })) { }
        home = await hearing.Client.PageAsync("/hear");
        Assert.Contains("In 3 days", Assert.Single(home.QuerySelectorAll("#visits + .entries .entry")).TextContent);
        using (await hearing.Client.SubmitAsync(home, "/hear", new Dictionary<string, string?>(), "form[action*='CallOff' i]")) { }
        Assert.Null((await hearing.Client.PageAsync("/hear")).QuerySelector("#visits"));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VisitCalledOff, hearing.Child.Id));
        using var scope = site.As(hearing.World.Whole);
        var session = await scope.Db.VoiceSessions.SingleAsync(s => s.ChildId == hearing.Child.Id, Cancel);
        Assert.Equal(session.Id, (await scope.Db.PlannedVisits.SingleAsync(p => p.ChildId == hearing.Child.Id && p.PlannedOn == Today, Cancel)).SessionId);
    }

    [Fact]
    public async Task A_yes_that_ends_within_a_month_is_shown_unless_somebody_said_no_since()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 16, givenName: "Lapsing");
        var later = await hearing.AnotherChildAsync();
        var refused = await hearing.AnotherChildAsync();
        await GiveAsync(hearing, hearing.Child.Id, Today.AddDays(30));
        await GiveAsync(hearing, later.Id, Today.AddDays(31));
        await GiveAsync(hearing, refused.Id, Today.AddDays(10));
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused, refused);
        // One that has run out is asked for again, of whoever may decide now; for one person too.
        var over = await hearing.AnotherChildAsync();
        var mother = await hearing.World.AddRelationshipAsync(over);
        await GiveAsync(hearing, over.Id, Today.AddDays(-1));
        await GiveAsync(hearing, over.Id, Today.AddDays(-1), mother.Id);
        // Of one research project: while it runs, it is asked about again; once it is over, it is not.
        var (runs, ended) = (await hearing.World.AddProjectAsync(site, ProjectState.Approved), await hearing.World.AddProjectAsync(site, ProjectState.Closed));
        await GiveAsync(hearing, later.Id, Today.AddDays(9), project: runs.Id);
        await GiveAsync(hearing, later.Id, Today.AddDays(-9), project: ended.Id);
        var home = await hearing.Client.PageAsync("/hear");
        var again = home.QuerySelectorAll("#ask-again + .entries .entry").ToList();
        Assert.Equal([$"/hear/{over.Id}/permissions/ask?purpose=Audio", $"/hear/{over.Id}/permissions/ask?purpose=ShareParent&recipient={mother.Id}"], again.Select(e => e.QuerySelector("a")!.GetAttribute("href")));
        Assert.All(again, e => Assert.Contains("The yes ran out", e.TextContent, StringComparison.Ordinal));
        Assert.Contains("Marigold Thistlebrook", again[1].TextContent, StringComparison.Ordinal);
        var (project, entry) = home.QuerySelectorAll("#lapsing + .entries .entry").ToList() is [var sooner, var next] ? (sooner, next) : throw new InvalidOperationException("Two are about to lapse.");
        Assert.Equal($"/hear/{later.Id}/permissions/ask?purpose=ResearchExtract&project={runs.Id}", project.QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains(runs.Title, project.TextContent, StringComparison.Ordinal);
        Assert.Contains("Lapsing Thistlebrook: record their voice", entry.TextContent);
        Assert.Contains("in 30 days", entry.TextContent);
    }

    private async Task GiveAsync(Hearing hearing, Guid childId, DateOnly expiresOn, Guid? recipient = null, Guid? project = null)
    {
        using var scope = site.As(hearing.World.Whole);
        var given = new ConsentEvent
        {
            AuthorityId = hearing.World.Authority.Id,
            ChildId = childId,
            Purpose = project is not null ? Purpose.ResearchExtract : recipient is null ? Purpose.Audio : Purpose.ShareParent,
            Scope = project is not null ? ConsentScope.Project : recipient is null ? ConsentScope.Purpose : ConsentScope.Recipient,
            ScopeId = project ?? recipient,
            ExpiresWhen = project is null ? [] : [ExpiryCause.ProjectEnds],
            Type = ConsentEventType.Given,
            DecidedBy = DecidedBy.CourtOrAttorney,
            ChildPosition = ChildPosition.Assents,
            Method = ConsentMethod.Spoken,
            ExpiresOn = expiresOn,
            OccurredAt = DateTime.UtcNow.AddDays(-100),
            RecordedAt = DateTime.UtcNow.AddDays(-100),
            RecordedById = hearing.World.Practitioner.Id,
        };
        scope.Db.AddRange(given, AuditEntry.For(AuditActions.ConsentRecorded, hearing.World.Whole, childId, given.Id, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
    }
}
