using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class PeopleTests(TestSite site)
{
    [Fact]
    public async Task What_decides_how_a_child_is_spoken_to_is_changed_by_their_own_worker_only()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.OpensOnlyForTheChildsOwnWorkerAsync(hearing, child => $"/hear/{child}/facts");
        await hearing.World.CoverAsync(hearing.Child, hearing.World.OtherPractitioner, openedHoursAgo: 1);
        using var covering = site.ClientFor(hearing.World.OtherPractitioner);
        Assert.Equal(HttpStatusCode.OK, (await covering.GetAsync(hearing.ChildPage)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await covering.GetAsync($"{hearing.ChildPage}/facts")).StatusCode);

        var path = $"{hearing.ChildPage}/facts";
        var form = await hearing.Client.PageAsync(path);
        using var bad = await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.PreferredLanguage"] = "!", ["Input.KnownAs"] = new string('x', 101) });
        var errors = await TestClient.ParseAsync(bad);
        Assert.Contains("Choose the language", errors.QuerySelector("#Input_PreferredLanguage-error")!.TextContent);
        using (var unknown = await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.CommunicatesWith[0]"] = "99" })) Assert.NotNull((await TestClient.ParseAsync(unknown)).QuerySelector(".govuk-error-summary"));
        Assert.Contains("100 characters or fewer", errors.QuerySelector("#Input_KnownAs-error")!.TextContent);
        using var good = await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.KnownAs"] = " Bee ", ["Input.PreferredLanguage"] = "cy", ["Input.CommunicatesWith[0]"] = "Writing", ["Input.CommunicatesWith[1]"] = "Makaton", ["Input.CommunicatesWith[2]"] = "Makaton", ["Input.CommunicationNeeds"] = "Her sign for home is a roof" });
        Assert.Equal(hearing.ChildPage, good.Headers.Location?.OriginalString);
        var lead = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".lead-in")!.TextContent;
        const string communicates = "Makaton; Writing or typing. Her sign for home is a roof";
        Assert.Contains($"prefers Welsh · {communicates}", lead);
        Assert.Contains(communicates, (await hearing.Client.PageAsync($"{hearing.ChildPage}/visits/new")).QuerySelector("#communicates")!.TextContent);
        var again = await hearing.Client.PageAsync(path);
        Assert.Equal(["Makaton", "Writing"], again.QuerySelectorAll("input[name='Input.CommunicatesWith'][checked]").Select(c => c.GetAttribute("value")));
        Assert.Equal("name used, language, communication", Assert.Single(await hearing.World.AuditAsync(AuditActions.ChildChanged, hearing.Child.Id)).Detail);
        // Taking one away is a change too; it is kept as it was asked.
        using (await hearing.Client.SubmitAsync(again, path, new Dictionary<string, string?> { ["Input.CommunicatesWith"] = null, ["Input.CommunicatesWith[0]"] = "Makaton" })) { }
        Assert.Equal(["name used, language, communication", "communication"], (await hearing.World.AuditAsync(AuditActions.ChildChanged, hearing.Child.Id)).Select(a => a.Detail));
        Assert.Equal([CommunicationWay.Makaton], (await site.ReadAsync(hearing.World, db => db.Children.SingleAsync(c => c.Id == hearing.Child.Id))).CommunicatesWith);
        using (var whole = site.As(hearing.World.Whole))
        {
            var held = await whole.Get<HeldRecords>().ReadAsync(hearing.Child.Id, Requester.Child, null, World.Today, Cancel);
            Assert.Contains(held, h => h.Lines.Any(l => l is { Label: "Communicates with", Text: "Makaton" }));
        }

        using var late = await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.KnownAs"] = "Wasp" });
        Assert.Contains("Somebody else changed this", (await TestClient.ParseAsync(late)).QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal("Bee", (await site.ReadAsync(hearing.World, db => db.Children.SingleAsync(c => c.Id == hearing.Child.Id))).KnownAs);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Administrator)]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    public async Task Another_role_is_refused(Role role)
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        using var client = site.ClientFor(world.PersonOf(role));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync($"/hear/{child.Id}/people")).StatusCode);
    }

    [Fact]
    public async Task Signed_out_leads_to_sign_in_and_a_child_who_is_not_yours_is_not_there()
    {
        var world = await World.CreateAsync(site);
        var other = await World.CreateAsync(site);
        using var nobody = site.ClientFor(null);
        var notMine = await world.AddChildAsync(world.OtherPractitioner);
        var foreign = await other.AddChildAsync(other.Practitioner);
        Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync($"/hear/{notMine.Id}/people")).StatusCode);
        var mine = await world.AddChildAsync(world.Practitioner);
        using var client = site.ClientFor(world.Practitioner);
        var form = await client.PageAsync($"/hear/{mine.Id}/people");
        foreach (var id in new[] { notMine.Id, foreign.Id, Guid.NewGuid() })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{id}/people")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.SubmitAsync(form, $"/hear/{id}/people", Mother())).StatusCode);
        }

        Assert.Empty(await world.AuditAsync(AuditActions.RelationshipAdded));
    }

    [Fact]
    public async Task Bad_input_shows_its_message_by_the_field()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        using var client = site.ClientFor(world.Practitioner);
        var page = await TestClient.ParseAsync(await client.SubmitAsync($"/hear/{child.Id}/people", new Dictionary<string, string?> { ["Input.Name"] = "  ", ["Input.Kind"] = "Neighbour" }));
        Assert.Contains("Enter their name", page.GetElementById("Input_Name-error")!.TextContent);
        Assert.NotNull(page.GetElementById("Input_Kind-error"));
        Assert.Contains("parental responsibility", page.GetElementById("Input_HoldsParentalResponsibility-error")!.TextContent);
    }

    [Fact]
    public async Task Somebody_in_the_childs_life_is_added_once_and_audited()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        using var client = site.ClientFor(world.Practitioner);
        var form = await client.PageAsync($"/hear/{child.Id}/people");
        var twice = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.SubmitAsync(form, $"/hear/{child.Id}/people", Mother())));
        Assert.All(twice, r => Assert.Equal(HttpStatusCode.Redirect, r.StatusCode));
        using var scope = site.As(world.Whole);
        var added = await scope.Db.Relationships.Include(r => r.Responsibilities).SingleAsync(r => r.ChildId == child.Id, Cancel);
        Assert.Equal(("Gwenllïan <Fern>", RelationshipKind.Mother, true), (added.Name, added.Kind, added.Responsibilities is [{ FromOn: null, ToOn: null, Evidence: ResponsibilityEvidence.ToldOnly }]));
        Assert.Equal((child.Id, added.Id), (Assert.Single(await world.AuditAsync(AuditActions.RelationshipAdded)).ChildId, added.Id));
        Assert.Contains("Gwenllïan <Fern>", (await client.PageAsync($"/hear/{child.Id}/people")).QuerySelector(".entries")!.TextContent);
    }

    private static Dictionary<string, string?> Mother() => new() { ["Input.Name"] = "Gwenllïan <Fern>", ["Input.Kind"] = "Mother", ["Input.HoldsParentalResponsibility"] = "true" };
}
