using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>A child passes from one worker to another, or is covered for, and access follows at once.</summary>
public class HandoverTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Dictionary<string, string?> Asked(string number, string? reason = "Their worker is ill and the child has rung") =>
        new() { ["Input.Number"] = number, ["Input.Reason"] = reason };

    [Theory]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    [InlineData(Role.TeamManager)]
    public async Task Another_role_cannot_cover(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/hear/cover")).StatusCode);
    }

    [Fact]
    public async Task Reallocating_a_child_moves_access_at_once_pages_open_in_another_tab_included()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var world = hearing.World;
        using var next = site.ClientFor(world.OtherPractitioner);
        Assert.Equal(HttpStatusCode.NotFound, (await next.GetAsync(hearing.ChildPage)).StatusCode);
        var session = await hearing.VisitAsync();
        var openForm = await hearing.Client.PageAsync(hearing.WordsPage(session));

        await ReallocateAsync(hearing);
        Assert.Equal(HttpStatusCode.NotFound, (await hearing.Client.GetAsync(hearing.ChildPage)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await hearing.Client.SubmitAsync(openForm, hearing.WordsPage(session), Hearing.Said("Too late"))).StatusCode);
        Assert.DoesNotContain("Thistlebrook", (await hearing.Client.PageAsync("/hear")).Body!.TextContent);
        Assert.Contains("Thistlebrook", (await next.PageAsync("/hear")).Body!.TextContent);
        Assert.Equal(HttpStatusCode.OK, (await next.GetAsync(hearing.ChildPage)).StatusCode);
        using var check = site.As(world.Whole);
        Assert.False(await check.Db.VoiceRecords.AnyAsync(r => r.ChildId == hearing.Child.Id, Cancel));
    }

    [Fact]
    public async Task What_waits_is_asked_of_whoever_works_with_the_child_now_and_of_nobody_who_has_left_or_only_covers()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Handed");
        var world = hearing.World;
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var (_, heard) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var (_, secret) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await hearing.KeepFromAsync($"{DoNotTellRole.OtherPractitioners}", DoNotTellScope.Record, secret);
        var photo = Guid.CreateVersion7();
        using (await hearing.Client.UploadAsync(hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.Photo), "Photo", Hearing.Png(), "x.png", Hearing.Said(null, ("Input.Id", $"{photo}"), ("Input.ShowsPerson", "false")))) { }
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/plan", new Dictionary<string, string?> { ["Input.PlannedOn.Day"] = $"{today.Day}", ["Input.PlannedOn.Month"] = $"{today.Month}", ["Input.PlannedOn.Year"] = $"{today.Year}", ["Input.Place"] = "School" })) { }
        await using (var owner = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString))
        {
            // As they are where nobody has answered: sealed by a child, or before it was asked.
            await owner.OpenAsync(Cancel);
            await using var command = new Npgsql.NpgsqlCommand($"set session_replication_role = replica; update voice_records set anybody_else_heard = null where id in ('{heard}', '{secret}'); update voice_records set shows_person = null where id = '{photo}'", owner);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        async Task<IReadOnlyList<string>> WaitingAsync(TestClient client) => [.. (await client.PageAsync("/hear")).QuerySelectorAll("section[aria-labelledby=waiting] a[href*='/records/']").Select(a => a.GetAttribute("href")!.Split('/')[4]).Distinct().Order()];
        Assert.Equal(new[] { $"{heard}", $"{secret}", $"{photo}" }.Order(), await WaitingAsync(hearing.Client));
        var (_, coverer) = await world.AddTeamAsync("Court", "Ossian Pike");
        await world.CoverAsync(hearing.Child, coverer, openedHoursAgo: 1);
        // What was recorded and not sealed would be gone in a month: nobody could open it any more.
        var visit = await hearing.VisitAsync();
        var unsealed = await hearing.RecordAsync(visit);
        await ReallocateAsync(hearing);
        Assert.Contains(await world.AuditAsync(AuditActions.ChildAllocated, hearing.Child.Id), a => a.Detail == "told who covers: 1; recordings not sealed, passed on: 1");

        // Nobody is left who has to come back for it; what is kept from the new worker is not even named to them.
        using var next = site.ClientFor(world.OtherPractitioner);
        Assert.Equal(new[] { $"{heard}", $"{photo}" }.Order(), await WaitingAsync(next));
        var home = await next.PageAsync("/hear");
        Assert.Contains("Perry Wren recorded it, and does not work with them any more", Assert.Single(home.QuerySelectorAll("#unfinished + .entries .entry")).TextContent, StringComparison.Ordinal);
        using (var mine = await hearing.Client.GetAsync(hearing.Recording(visit, unsealed))) Assert.Equal(HttpStatusCode.NotFound, mine.StatusCode);
        using (var now = await next.GetAsync(hearing.Recording(visit, unsealed))) Assert.Equal(HttpStatusCode.OK, now.StatusCode);
        using (var sealing = await next.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(unsealed))) Assert.Equal(hearing.ChildPage, sealing.Headers.Location?.OriginalString);
        Assert.Contains("planned by Perry Wren", Assert.Single(home.QuerySelectorAll("#visits + .entries .entry")).TextContent, StringComparison.Ordinal);
        Assert.Contains("planned", (await next.PageAsync("/hear/take-along")).QuerySelector("main")!.TextContent, StringComparison.OrdinalIgnoreCase);
        var plan = home.QuerySelector("#visits + .entries a[href*='planned=']")!.GetAttribute("href")!;
        using (var taken = await next.GetAsync($"{hearing.ChildPage}/take-along")) Assert.Contains(plan.Split('=')[1], await taken.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var covering = site.ClientFor(coverer);
        var theirs = await covering.PageAsync("/hear");
        Assert.Contains("Handed Thistlebrook", theirs.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(theirs.QuerySelector("#visits, #waiting"));
        var callOff = home.QuerySelector("form[action*='CallOff' i]")!.GetAttribute("action")!;
        var token = await covering.AntiforgeryTokenAsync("/hear/cover");
        using (var forged = await covering.Http.PostAsync(callOff, new FormUrlEncodedContent([new("__RequestVerificationToken", token)]), Cancel)) Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);

        using (var said = await next.SubmitAsync($"{hearing.ChildPage}/records/{heard}/others", new Dictionary<string, string?> { ["Heard.AnybodyElseHeard"] = "false" }, "form#heard")) Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        Assert.Equal([$"{photo}"], await WaitingAsync(next));
        using (await next.SubmitAsync(home, "/hear", new Dictionary<string, string?>(), "form[action*='CallOff' i]")) { }
        Assert.Null((await next.PageAsync("/hear")).QuerySelector("#visits"));
        Assert.Equal(world.OtherPractitioner.Id, Assert.Single(await world.AuditAsync(AuditActions.VisitCalledOff, hearing.Child.Id)).ActorId);
    }

    [Fact]
    public async Task Bad_input_shows_its_message_by_the_field_and_opens_nothing()
    {
        var world = await World.CreateAsync(site);
        var elsewhere = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.OtherPractitioner);
        var theirs = await elsewhere.AddChildAsync(elsewhere.Practitioner);
        using var client = site.ClientFor(world.Practitioner);
        var page = await TestClient.ParseAsync(await client.SubmitAsync("/hear/cover", Asked(" ", "short")));
        Assert.Contains("Enter the child’s number", page.GetElementById("Input_Number-error")!.TextContent);
        Assert.Contains("at least 10 characters", page.GetElementById("Input_Reason-error")!.TextContent);

        // Not half of it, not in other letters, not another council's: the number itself.
        foreach (var number in new[] { child.LaChildId[..^1], child.LaChildId.ToLowerInvariant(), theirs.LaChildId, "%" })
        {
            if (number == child.LaChildId) continue;
            page = await TestClient.ParseAsync(await client.SubmitAsync("/hear/cover", Asked(number)));
            Assert.Contains("no child with that number", page.GetElementById("Input_Number-error")!.TextContent);
        }

        Assert.Empty(await world.AuditAsync(AuditActions.BreakGlassOpened));
        Assert.NotEmpty(await world.AuditAsync(AuditActions.AccessRefused));
        while ((await world.AuditAsync(AuditActions.AccessRefused)).Count < CoverService.WrongNumbersAnHour) { using var again = await client.SubmitAsync("/hear/cover", Asked("XX")); }
        page = await TestClient.ParseAsync(await client.SubmitAsync("/hear/cover", Asked(child.LaChildId)));
        Assert.Contains("tried several numbers", page.GetElementById("Input_Number-error")!.TextContent);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{child.Id}")).StatusCode);
    }

    [Fact]
    public async Task Whoever_covers_is_let_in_for_a_day_and_those_whose_child_it_is_are_told()
    {
        var world = await World.CreateAsync(site);
        var (_, coverer) = await world.AddTeamAsync("Court", "Ossian Pike");
        var child = await world.AddChildAsync(world.Practitioner, givenName: "Coveredchild");
        var other = await world.AddChildAsync(world.Practitioner);
        using var client = site.ClientFor(coverer);
        var form = await client.PageAsync("/hear/cover");
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.SubmitAsync(form, "/hear/cover", Asked($" {child.LaChildId} "))));
        Assert.All(both, r => Assert.Equal($"/hear/{child.Id}", r.Headers.Location!.OriginalString));

        var page = await client.PageAsync($"/hear/{child.Id}");
        Assert.Contains("You are covering for a colleague", page.QuerySelector(".cover")!.TextContent);
        Assert.Contains("You are covering", (await client.PageAsync("/hear")).QuerySelector(".entry")!.TextContent);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{other.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/hear/{child.Id}/visits/new")).StatusCode);

        BreakGlass grant;
        using (var scope = site.As(world.Whole))
        {
            grant = await scope.Db.BreakGlasses.SingleAsync(b => b.ChildId == child.Id, Cancel);
            Assert.Equal(TimeSpan.FromHours(24), grant.ExpiresAt - grant.OpenedAt);
            Assert.Equal("Their worker is ill and the child has rung", await scope.Get<KeyRing>().OpenAsync(child.Id, grant.ReasonSealed, grant.Id, SealPart.CoverReason, Cancel));
            Assert.Equal(new[] { world.Practitioner.Id, world.TeamManager.Id }.Order(), (await scope.Db.Notices.Where(n => n.SubjectId == grant.Id).Select(n => n.PersonId).ToListAsync(Cancel)).Order());
        }

        var line = Assert.Single(await world.AuditAsync(AuditActions.BreakGlassOpened));
        Assert.Equal((coverer.Id, child.Id, grant.Id, "told: 2"), (line.ActorId, line.ChildId, line.SubjectId, line.Detail));

        // Told until read; another's notice is nobody else's to put away.
        using var practitioner = site.ClientFor(world.Practitioner);
        using var colleague = site.ClientFor(world.OtherPractitioner);
        var home = await practitioner.PageAsync("/hear");
        Assert.Contains("Ossian Pike opened the record of Coveredchild Thistlebrook", home.QuerySelector(".govuk-notification-banner")!.TextContent);
        Assert.Contains("Their worker is ill", home.QuerySelector(".govuk-notification-banner")!.TextContent);
        Assert.Empty(home.QuerySelectorAll("form[action*='EndCover' i]"));
        Assert.Null((await colleague.PageAsync("/hear")).QuerySelector(".govuk-notification-banner"));
        var token = await colleague.AntiforgeryTokenAsync("/hear/cover");
        var readAction = home.QuerySelector("form[action*='Read' i]")!.GetAttribute("action")!;
        using (var forged = await colleague.Http.PostAsync(readAction, new FormUrlEncodedContent([new("__RequestVerificationToken", token)]), Cancel)) Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        using (await practitioner.SubmitAsync(home, "/hear", new Dictionary<string, string?>(), "main form[action*='Read' i]")) { }
        Assert.Null((await practitioner.PageAsync("/hear")).QuerySelector(".govuk-notification-banner"));
        Assert.Equal(grant.Id, Assert.Single(await world.AuditAsync(AuditActions.NoticeRead)).SubjectId);

        // Given to somebody else meanwhile: they are told who covers, once. Their manager knows already.
        var administrator = World.ActorOf(world.Administrator);
        using (var scope = site.As(administrator))
        {
            var allocation = await scope.Db.Allocations.SingleAsync(a => a.ChildId == child.Id, Cancel);
            await scope.Get<ChildService>().EndAllocationAsync(child.Id, allocation.Id, administrator, Cancel);
            for (var i = 0; i < 2; i++) Assert.True((await scope.Get<ChildService>().AllocateAsync(child.Id, world.OtherPractitioner.Id, administrator, Cancel))!.IsDone);
        }

        var handed = Assert.Single((await colleague.PageAsync("/hear")).QuerySelectorAll(".govuk-notification-banner"));
        Assert.Contains("Ossian Pike opened the record of Coveredchild Thistlebrook", handed.TextContent, StringComparison.Ordinal);
        Assert.Contains("Their worker is ill", handed.TextContent, StringComparison.Ordinal);
        Assert.Contains(await world.AuditAsync(AuditActions.ChildAllocated, child.Id), a => a.Detail == "told who covers: 1");
        using (var manages = site.ClientFor(world.TeamManager)) Assert.Single((await manages.PageAsync("/hear")).QuerySelectorAll(".govuk-notification-banner"));

        // A no can be written down at once; a yes cannot be taken.
        Assert.True((await DecideAsync(child, coverer, ConsentEventType.Refused)).IsDone);
        Assert.Contains("covering", (await DecideAsync(child, coverer, ConsentEventType.Given)).Refusal!.Message);

        // The manager does not agree: closed at the next click.
        using var manager = site.ClientFor(world.TeamManager);
        using (var answer = await manager.SubmitAsync("/hear", new Dictionary<string, string?>(), "main form[action*='EndCover' i]")) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{child.Id}")).StatusCode);
        Assert.Equal(world.TeamManager.Id, Assert.Single(await world.AuditAsync(AuditActions.BreakGlassEnded)).ActorId);
    }

    [Fact]
    public async Task It_closes_by_itself_and_a_colleague_cannot_end_it()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.OtherPractitioner);
        var grant = await world.CoverAsync(child, world.Practitioner, openedHoursAgo: 23.9);
        using var client = site.ClientFor(world.Practitioner);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/hear/{child.Id}")).StatusCode);
        using (var scope = site.As(null)) Assert.Null(await scope.Get<CoverService>().EndAsync(grant.Id, World.ActorOf(world.OtherPractitioner), Cancel));

        var old = await world.AddChildAsync(world.OtherPractitioner);
        await world.CoverAsync(old, world.Practitioner, openedHoursAgo: 24.1);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{old.Id}")).StatusCode);
        // And can be opened anew, with a new reason.
        using (var again = await client.SubmitAsync("/hear/cover", Asked(old.LaChildId))) Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/hear/{old.Id}")).StatusCode);

        // Whoever covers says that they are done.
        using (var done = await client.SubmitAsync($"/hear/{old.Id}", new Dictionary<string, string?>(), "form[action*='EndCover' i]")) Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{old.Id}")).StatusCode);
    }

    [Fact]
    public async Task Recordings_that_were_not_sealed_go_to_whoever_is_left_when_a_worker_leaves_or_a_cover_is_over()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var world = hearing.World;
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await site.ShareAsync(world, hearing.Child);
        var (_, covered) = await world.AddTeamAsync("Court", "Ossian Pike");
        var (_, covers) = await world.AddTeamAsync("Care", "Ivo Lark");
        await world.CoverAsync(hearing.Child, covered, openedHoursAgo: 30);
        await world.CoverAsync(hearing.Child, covers, openedHoursAgo: 1);
        var visit = await hearing.VisitAsync();
        var mine = await hearing.RecordAsync(visit);
        foreach (var person in new[] { covered, covers })
        {
            // As if they had recorded it.
            var theirs = await hearing.RecordAsync(visit);
            await using var owner = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString);
            await owner.OpenAsync(Cancel);
            await using var command = new Npgsql.NpgsqlCommand($"update files set owner_id = '{person.Id}' where id = '{theirs}'", owner);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        async Task<int> PassAsync()
        {
            using var keeper = site.As(null);
            return await keeper.Get<UnsealedMedia>().PassOnAsync(Actor.ServiceOf(world.Authority.Id), Cancel);
        }

        using var next = site.ClientFor(world.OtherPractitioner);
        async Task<int> UnfinishedAsync() => (await next.PageAsync("/hear")).QuerySelectorAll("#unfinished + .entries .entry").Length;
        Assert.Equal((0, 1, 0, 1), (await UnfinishedAsync(), await PassAsync(), await PassAsync(), await UnfinishedAsync()));
        using (var leaving = site.As(World.ActorOf(world.Administrator))) Assert.True((await leaving.Get<PeopleService>().LeaveAsync(world.Practitioner.Id, World.ActorOf(world.Administrator), Cancel))!.IsDone);
        Assert.Equal((1, 2), (await PassAsync(), await UnfinishedAsync()));
        Assert.Equal(new (Guid?, string?)[] { (world.OtherPractitioner.Id, "1"), (world.OtherPractitioner.Id, "1") }, (await world.AuditAsync(AuditActions.MediaPassedOn, hearing.Child.Id)).Select(a => (a.SubjectId, a.Detail)));
        using var heard = await next.GetAsync(hearing.Recording(visit, mine));
        Assert.Equal(HttpStatusCode.OK, heard.StatusCode);
    }

    private async Task ReallocateAsync(Hearing hearing)
    {
        var administrator = World.ActorOf(hearing.World.Administrator);
        using var scope = site.As(administrator);
        var allocation = await scope.Db.Allocations.SingleAsync(a => a.ChildId == hearing.Child.Id, Cancel);
        await scope.Get<ChildService>().EndAllocationAsync(hearing.Child.Id, allocation.Id, administrator, Cancel);
        await scope.Get<ChildService>().AllocateAsync(hearing.Child.Id, hearing.World.OtherPractitioner.Id, administrator, Cancel);
    }

    private async Task<Outcome> DecideAsync(Child child, AppUser by, ConsentEventType decision)
    {
        using var scope = site.As(World.ActorOf(by));
        return (await scope.Get<ConsentService>().RecordAsync(child.Id, new RecordConsent
        {
            Id = Guid.CreateVersion7(),
            Purpose = Purpose.Audio,
            Decision = decision,
            DecidedBy = DecidedBy.ChildForSelf,
            Method = ConsentMethod.Spoken,
            Competence = CompetenceOutcome.Competent,
            CompetenceRationale = "Said back what it is for, who hears it and that no is fine.",
        }, World.ActorOf(by), Cancel))!;
    }
}
