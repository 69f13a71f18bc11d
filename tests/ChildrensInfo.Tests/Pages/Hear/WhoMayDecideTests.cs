using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>The pages on which it is written down who may decide for a child, and that somebody is told without permission.</summary>
public class WhoMayDecideTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("responsibility")]
    [InlineData("disclosures")]
    public async Task Another_role_is_refused_and_a_child_who_is_not_yours_is_not_there(string page)
    {
        var world = await World.CreateAsync(site);
        var other = await World.CreateAsync(site);
        var mine = await world.AddChildAsync(world.Practitioner);
        foreach (var role in new[] { Role.Administrator, Role.DataLead, Role.Researcher })
        {
            using var refused = site.ClientFor(world.PersonOf(role));
            Assert.Equal(HttpStatusCode.Forbidden, (await refused.GetAsync($"/hear/{mine.Id}/{page}")).StatusCode);
        }

        using var nobody = site.ClientFor(null);
        Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync($"/hear/{mine.Id}/{page}")).StatusCode);
        using var client = site.ClientFor(world.Practitioner);
        var form = await client.PageAsync($"/hear/{mine.Id}/{page}");
        foreach (var id in new[] { (await world.AddChildAsync(world.OtherPractitioner)).Id, (await other.AddChildAsync(other.Practitioner)).Id, Guid.NewGuid() })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{id}/{page}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.SubmitAsync(form, $"/hear/{id}/{page}", new Dictionary<string, string?>(), "main form[id]")).StatusCode);
        }
    }

    [Fact]
    public async Task Who_may_decide_is_written_down_and_ended_and_what_was_used_meanwhile_is_shown()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6);
        var (world, child, client) = (hearing.World, hearing.Child, hearing.Client);
        var address = $"/hear/{child.Id}/responsibility";
        var mother = await world.AddRelationshipAsync(child);
        var carer = await world.AddRelationshipAsync(child, RelationshipKind.FosterCarer, holdsResponsibility: false);
        var tomorrow = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(1);
        var bad = await TestClient.ParseAsync(await client.SubmitAsync(address, new Dictionary<string, string?>
        {
            ["Input.Kind"] = "Delegated",
            ["Input.FromOn.Day"] = $"{tomorrow.Day}",
            ["Input.FromOn.Month"] = $"{tomorrow.Month}",
            ["Input.FromOn.Year"] = $"{tomorrow.Year}",
        }, "#add"));
        Assert.Contains("what they may decide", bad.GetElementById("Input_Purposes-error")!.TextContent);
        Assert.Contains("who it is", bad.GetElementById("Input_RelationshipId-error")!.TextContent);
        Assert.Contains("what you have seen", bad.GetElementById("Input_Evidence-error")!.TextContent);
        Assert.Contains("today or in the past", bad.GetElementById("Input_FromOn-error")!.TextContent);

        using (var delegated = await client.SubmitAsync(address, new Dictionary<string, string?>
        {
            ["Input.Kind"] = "Delegated",
            ["Input.RelationshipId"] = $"{carer.Id}",
            ["Input.Purposes"] = "ImageWork",
            ["Input.Evidence"] = "PlacementPlan",
        }, "#add")) Assert.Equal(HttpStatusCode.Redirect, delegated.StatusCode);
        using (var status = await client.SubmitAsync(address, new Dictionary<string, string?> { ["Input.Kind"] = "Status", ["Input.Status"] = "CareOrder" }, "#add")) Assert.Equal(HttpStatusCode.Redirect, status.StatusCode);
        using (var away = await client.SubmitAsync(await client.PageAsync(address), $"{address}?handler=NoContact", new Dictionary<string, string?> { ["PersonId"] = $"{mother.Id}" }, "main form:has(input[name=PersonId])")) Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);

        // Recorded on the carer's word, which was then found to have ended before.
        using (var scope = site.As(World.ActorOf(world.Practitioner)))
        {
            var yes = new RecordConsent
            {
                Id = Guid.CreateVersion7(),
                Purpose = Purpose.ImageWork,
                Decision = ConsentEventType.Given,
                DecidedBy = DecidedBy.DelegatedAuthority,
                DecidedByRelationshipId = carer.Id,
                ChildPosition = ChildPosition.Assents,
                Method = ConsentMethod.Signature,
            };
            Assert.True((await scope.Get<ConsentService>().RecordAsync(child.Id, yes, World.ActorOf(world.Practitioner), Cancel))!.IsDone);
            scope.Db.ChangeTracker.Clear();
            scope.Get<ConsentService>().Rely(new(ConsentState.Given, true, yes.Id, null), child.Id, Purpose.ImageWork, null, VoiceSurface.Print, child.Id, World.ActorOf(world.Practitioner));
            scope.Db.Add(AuditEntry.For(AuditActions.ConsentUsed, World.ActorOf(world.Practitioner), child.Id, child.Id, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            var row = await scope.Db.DelegatedAuthorities.SingleAsync(d => d.ChildId == child.Id, Cancel);
            var fields = new Dictionary<string, string?> { ["EndKind"] = "Delegated", ["EndId"] = $"{row.Id}", ["LastDay"] = "" };
            var ending = await client.PageAsync(address);
            var none = await TestClient.ParseAsync(await client.SubmitAsync(ending, $"{address}?handler=End", fields, "main form:has(input[name=EndId])"));
            Assert.Contains("last day", none.GetElementById($"last-{row.Id}-error")!.TextContent);
            fields["LastDay"] = $"{tomorrow.AddDays(-5):yyyy-MM-dd}";
            string used;
            using (var ended = await client.SubmitAsync(ending, $"{address}?handler=End", fields, "main form:has(input[name=EndId])")) used = ended.Headers.Location!.OriginalString;
            // It can be read again, whenever, and says who.
            Assert.Equal(used, (await client.PageAsync(address)).QuerySelector("main a[href*=meanwhile]")!.GetAttribute("href"));
            Assert.Contains($"copied for somebody, on {Words.DayOf(DateTime.UtcNow)}, by {world.Practitioner.DisplayName}", (await client.PageAsync(used)).QuerySelector(".govuk-inset-text")!.TextContent);
            using var unknown = await client.GetAsync($"{address}?meanwhile={Guid.NewGuid()}");
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        Assert.Equal((1, 1, 1, 1), (
            (await world.AuditAsync(AuditActions.DelegationRecorded, child.Id)).Count, (await world.AuditAsync(AuditActions.DelegationEnded, child.Id)).Count,
            (await world.AuditAsync(AuditActions.LegalStatusRecorded, child.Id)).Count, (await world.AuditAsync(AuditActions.NoContactSet, child.Id)).Count));
    }

    [Fact]
    public async Task One_person_proposes_to_tell_and_a_manager_decides_and_the_reasons_are_kept()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var (world, child, client) = (hearing.World, hearing.Child, hearing.Client);
        var address = $"/hear/{child.Id}/disclosures";
        var bad = await TestClient.ParseAsync(await client.SubmitAsync(address, new Dictionary<string, string?> { ["Input.ChildInformed"] = "NotSafe" }, "#propose"));
        foreach (var field in new[] { "What", "ToWhom", "Why", "Basis", "NotInformedBecause", "ReviewOn" }) Assert.NotNull(bad.GetElementById($"Input_{field}-error"));
        var review = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(6);
        using (var proposed = await client.SubmitAsync(address, new Dictionary<string, string?>
        {
            ["Input.What"] = "That he is afraid to go home",
            ["Input.ToWhom"] = "His school",
            ["Input.Why"] = "They let him go at three",
            ["Input.Basis"] = "Welfare",
            ["Input.ChildInformed"] = "Yes",
            ["Input.ReviewOn.Day"] = $"{review.Day}",
            ["Input.ReviewOn.Month"] = $"{review.Month}",
            ["Input.ReviewOn.Year"] = $"{review.Year}",
        }, "#propose")) Assert.Equal(HttpStatusCode.Redirect, proposed.StatusCode);
        var own = await client.PageAsync(address);
        Assert.Contains("Waiting for a manager", own.QuerySelector(".card")!.TextContent);
        Assert.Null(own.QuerySelector("[name=Agree]"));

        using var manager = site.ClientFor(world.TeamManager);
        var page = await manager.PageAsync(address);
        const string decide = "main form:has(input[name=DecisionId])";
        var missing = await TestClient.ParseAsync(await manager.SubmitAsync(page, $"{address}?handler=Decide", new Dictionary<string, string?>(), decide));
        Assert.Contains("whether they are told", missing.GetElementById("Agree-error")!.TextContent);
        using (var agreed = await manager.SubmitAsync(page, $"{address}?handler=Decide", new Dictionary<string, string?> { ["Agree"] = "true", ["Reason"] = "He must not be sent home today" }, decide)) Assert.Equal(HttpStatusCode.Redirect, agreed.StatusCode);
        Assert.Contains("He must not be sent home today", (await client.PageAsync(address)).QuerySelector(".card")!.TextContent);
        Assert.Equal((1, 1), ((await world.AuditAsync(AuditActions.DisclosureProposed, child.Id)).Count, (await world.AuditAsync(AuditActions.DisclosureDecided, child.Id)).Count));
    }
}
