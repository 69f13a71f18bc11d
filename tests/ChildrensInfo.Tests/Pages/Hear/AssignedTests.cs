using System.Net;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>Reviewing officers and advocates: what they read of a child they are assigned to, and that they do nothing else.</summary>
public class AssignedTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.ReviewingOfficer)]
    [InlineData(Role.Advocate)]
    public async Task Whoever_is_assigned_reads_that_child_and_writes_nothing(Role role)
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Bryony");
        var (world, home) = (hearing.World, hearing.ChildPage);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said("I want my bike back"))) { }
        var record = await site.ReadAsync(world, db => db.VoiceRecords.SingleAsync(Cancel));
        using (await hearing.Client.SubmitAsync($"{home}/records/{record.Id}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "The bike is how they get to friends", ["Input.Kind"] = "Observation" })) { }
        var ask = await hearing.Client.DoneAsync($"{home}/asks/new?record={record.Id}", "main form[method=post]", ("Input.Words", "I want my bike back"), ("Input.Records", record.Id.ToString()), ("Input.Wanted", "DoSomething"));
        var (drawing, _) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        var (recording, _) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var other = await hearing.AnotherChildAsync();
        await world.AssignAsync(hearing.Child, world.PersonOf(role));

        using var client = site.ClientFor(world.PersonOf(role));
        Assert.Equal("/hear", (await client.GetAsync("/")).Headers.Location!.OriginalString);
        var list = await client.PageAsync("/hear");
        Assert.Equal("Children you are assigned to", list.QuerySelector("h1")!.TextContent);
        Assert.Equal(["Bryony Thistlebrook"], list.QuerySelectorAll("main a").Select(a => a.TextContent.Trim()));
        Assert.Equal(["Hear"], list.QuerySelectorAll(".govuk-service-navigation__item").Select(e => e.TextContent.Trim()));

        var page = await client.PageAsync(home);
        var said = page.QuerySelector("main")!.TextContent;
        Assert.Contains("I want my bike back", said);
        Assert.Contains("The bike is how they get to friends", said);
        Assert.Contains("ask whoever works with Bryony: Perry Wren", said);
        Assert.Empty(page.QuerySelectorAll("audio, main form, main button"));
        // Whatever a page of theirs leads to opens.
        var seen = new HashSet<string> { home };
        var open = new Queue<IHtmlDocument>([list, page]);
        while (open.TryDequeue(out var from))
        {
            foreach (var link in from.QuerySelectorAll("main a[href^='/hear'], .govuk-back-link").Select(a => a.GetAttribute("href")!.Split('#')[0]).Where(seen.Add)) open.Enqueue(await client.PageAsync(link));
        }

        Assert.All([$"{home}/timeline", $"{home}/permissions", ask], link => Assert.Contains(link, seen));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{home}/media/{drawing}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync($"{home}/media/{recording}")).StatusCode);
        foreach (var closed in new[] { "/hear/asks", "/hear/search", "/act", $"{home}/looked", $"{home}/disclosures", $"{home}/assigned", $"{home}/copy", $"{home}/booklet", $"{home}/permissions/export", $"{home}/do-not-tell", $"/admin/allocations/{hearing.Child.Id}/assigned" })
        {
            Assert.Equal((closed, HttpStatusCode.Forbidden), (closed, (await client.GetAsync(closed)).StatusCode));
        }

        foreach (var form in new[] { "/hear?handler=Read", "/hear/search", hearing.WordsPage(visit), $"{ask}/steps/new", $"{home}/permissions/ask", $"{home}/disclosures", $"{home}/assigned?handler=TakeBack" })
        {
            using var sent = await client.Http.PostAsync(form, new FormUrlEncodedContent([new("__RequestVerificationToken", await client.AntiforgeryTokenAsync("/account/sign-ins"))]), Cancel);
            Assert.Equal((form, HttpStatusCode.Forbidden), (form, sent.StatusCode));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{other.Id}")).StatusCode);
        var there = await World.CreateAsync(site);
        using var foreigner = site.ClientFor(there.PersonOf(role));
        Assert.Equal(HttpStatusCode.NotFound, (await foreigner.GetAsync(home)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await foreigner.GetAsync($"{home}/media/{drawing}")).StatusCode);

        // The child can see that they looked.
        var looked = (await hearing.Client.PageAsync($"{home}/looked")).QuerySelectorAll(".lookers li.card").Single(l => l.TextContent.Contains(world.PersonOf(role).DisplayName, StringComparison.Ordinal)).TextContent;
        Assert.Contains(role == Role.Advocate ? "Advocate" : "Reviewing officer", looked);
        Assert.Contains("opened your pages", looked);
    }

    [Theory]
    [InlineData(Role.TeamManager)]
    [InlineData(Role.ReviewingOfficer)]
    [InlineData(Role.Advocate)]
    public async Task A_stop_can_be_told_to_any_worker_who_sees_the_child_and_nothing_else_can(Role role)
    {
        using var hearing = await Hearing.BeginAsync(site);
        var (world, home) = (hearing.World, hearing.ChildPage);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (file, recording) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var mother = (await world.AddRelationshipAsync(hearing.Child)).Id;
        var other = await hearing.AnotherChildAsync();
        var person = world.PersonOf(role);
        if (role != Role.TeamManager) await world.AssignAsync(hearing.Child, person);
        using var client = site.ClientFor(person);
        using (var played = await hearing.Client.GetAsync($"{home}/media/{file}")) Assert.Equal(HttpStatusCode.OK, played.StatusCode);

        var card = (await client.PageAsync($"{home}/permissions")).GetElementById("Audio")!;
        Assert.Equal("Somebody said stop: record their voice", Assert.Single(card.QuerySelectorAll("a.govuk-link")).TextContent.Trim(), ignoreCase: true);
        var stop = card.QuerySelector("a.govuk-link")!.GetAttribute("href")!;
        Assert.Empty((await client.PageAsync(stop)).QuerySelectorAll("main textarea, main input[type=file]"));
        await client.DoneAsync(stop, "main form[method=post]", ("By", ""), ("Method", "Spoken"));
        using (var played = await hearing.Client.GetAsync($"{home}/media/{file}")) Assert.NotEqual(HttpStatusCode.OK, played.StatusCode);
        var said = await site.ReadAsync(world, db => db.ConsentEvents.SingleAsync(e => e.ChildId == hearing.Child.Id && e.Type == ConsentEventType.Withdrawn, Cancel));
        Assert.Equal((person.Id, DecidedBy.ChildForSelf, (Guid?)null, (Guid?)null), (said.RecordedById, said.DecidedBy!.Value, said.WordingId, said.EvidenceFileId));
        var line = (await world.AuditAsync(AuditActions.ConsentRecorded, hearing.Child.Id)).Single(a => a.SubjectId == said.Id);
        Assert.Equal((person.Id, "Audio Withdrawn"), (line.ActorId!.Value, line.Detail));
        Assert.Contains($"Written down by {person.DisplayName}", (await hearing.Client.PageAsync($"{home}/permissions")).GetElementById("Audio")!.TextContent);

        // A parent's no is told to them as well; of what a child is told, the child objects.
        await client.DoneAsync($"{home}/permissions/stop?purpose=QuoteService", "main form[method=post]", ("By", $"{mother}"), ("Method", "Phone"));
        await client.DoneAsync($"{home}/permissions/stop?purpose=Stats", "main form[method=post]", ("Method", "Spoken"));
        Assert.Equal([(Purpose.Stats, ConsentEventType.Objected, null), (Purpose.QuoteService, ConsentEventType.Refused, mother)], (await site.ReadAsync(world, db => db.ConsentEvents
            .Where(e => e.ChildId == hearing.Child.Id && e.Purpose != Purpose.Audio && e.RecordedById == person.Id).ToListAsync(Cancel))).Select(e => (e.Purpose, e.Type, e.DecidedByRelationshipId)).OrderBy(e => e.DecidedByRelationshipId is not null));
        Assert.Contains("Choose who said it", await client.RefusedAsync($"{home}/permissions/stop?purpose=QuoteService", "main form[method=post]", ("By", $"{Guid.NewGuid()}"), ("Method", "Phone")));
        if (role != Role.TeamManager) Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/hear/{other.Id}/permissions/stop?purpose=Audio")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{home}/permissions/stop?purpose=SharePro")).StatusCode);

        // No yes, whatever is sent: neither the service nor the database takes one from them.
        using var scope = site.As(World.ActorOf(person));
        var yes = new RecordConsent { Id = Guid.CreateVersion7(), Purpose = Purpose.ImageWork, Decision = ConsentEventType.Given, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken };
        Assert.Contains("a no or a stop", (await scope.Get<ConsentService>().RecordAsync(hearing.Child.Id, yes, World.ActorOf(person), Cancel))!.Refusal!.Message);
        foreach (var (type, by) in new[] { (ConsentEventType.Given, person.Id), (ConsentEventType.Asked, person.Id), (ConsentEventType.Withdrawn, world.Practitioner.Id), (ConsentEventType.Withdrawn, person.Id) })
        {
            var ofOther = (type, by) == (ConsentEventType.Withdrawn, person.Id);
            if (ofOther && role == Role.TeamManager) continue;
            scope.Db.Add(new ConsentEvent { Id = Guid.CreateVersion7(), AuthorityId = world.Authority.Id, ChildId = ofOther ? other.Id : hearing.Child.Id, Purpose = Purpose.ImageWork, Type = type, DecidedBy = type == ConsentEventType.Asked ? null : DecidedBy.ChildForSelf, ChildPosition = ChildPosition.DecidedThemselves, Method = ConsentMethod.Spoken, OccurredAt = DateTime.UtcNow, RecordedAt = DateTime.UtcNow, RecordedById = by });
            scope.Db.Add(AuditEntry.For(AuditActions.ConsentRecorded, World.ActorOf(person), ofOther ? other.Id : hearing.Child.Id, null, TimeProvider.System));
            Assert.Equal("42501", Assert.IsType<Npgsql.PostgresException>((await Assert.ThrowsAsync<DbUpdateException>(() => scope.Db.SaveChangesAsync(Cancel))).InnerException).SqlState);
            scope.Db.ChangeTracker.Clear();
        }
    }

    [Theory]
    [InlineData(Role.TeamManager)]
    [InlineData(Role.ReviewingOfficer)]
    [InlineData(Role.Advocate)]
    public async Task A_stop_that_somebody_else_was_told_is_passed_on_to_those_who_work_with_the_child(Role role)
    {
        using var hearing = await Hearing.BeginAsync(site);
        var (world, home) = (hearing.World, hearing.ChildPage);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var mother = await world.AddRelationshipAsync(hearing.Child);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var over = await world.AddProjectAsync(site, ProjectState.Closed);
        var person = world.PersonOf(role);
        if (role != Role.TeamManager) await world.AssignAsync(hearing.Child, person);
        using var client = site.ClientFor(person);
        await client.DoneAsync($"{home}/permissions/stop?purpose=Audio", "main form[method=post]", ("By", ""), ("Method", "Spoken"));
        await client.DoneAsync($"{home}/permissions/stop?purpose=QuoteService", "main form[method=post]", ("By", $"{mother.Id}"), ("Method", "Phone"));
        await client.DoneAsync($"{home}/permissions/stop?purpose=ResearchExtract", "main form[method=post]", ("By", ""), ("Only", $"{project.Id}"), ("Method", "Spoken"));
        Assert.DoesNotContain($"{over.Id}", (await client.PageAsync($"{home}/permissions/stop?purpose=ResearchExtract")).Body!.InnerHtml);
        Assert.Contains("Choose what they said stop to", await client.RefusedAsync($"{home}/permissions/stop?purpose=ResearchExtract", "main form[method=post]", ("By", ""), ("Only", $"{over.Id}"), ("Method", "Spoken")));
        var stops = await site.ReadAsync(world, db => db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id && e.RecordedById == person.Id).OrderBy(e => e.RecordedAt).ToListAsync(Cancel));
        Assert.Equal([(Purpose.Audio, null), (Purpose.QuoteService, null), (Purpose.ResearchExtract, (Guid?)project.Id)], stops.Select(e => (e.Purpose, e.ScopeId)));

        // One line each, in the save of the stop, and a notice for the worker alone.
        Assert.Equal(stops.Select(e => (e.Id, "told: 1")).Order(), (await world.AuditAsync(AuditActions.StopPassedOn, hearing.Child.Id)).Select(a => (a.SubjectId!.Value, a.Detail!)).Order());
        Assert.Empty((await client.PageAsync("/hear")).QuerySelectorAll(".govuk-notification-banner"));
        using (var another = site.ClientFor(world.OtherPractitioner)) Assert.Empty((await another.PageAsync("/hear")).QuerySelectorAll(".govuk-notification-banner"));
        string[] Told(AngleSharp.Dom.IDocument page) => [.. page.QuerySelectorAll(".govuk-notification-banner__heading").Select(h => string.Join(' ', h.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
        var name = hearing.Child.CalledName;
        var told = await hearing.Client.PageAsync("/hear");
        Assert.Equal([$"{name} said no: {Words.Of(Purpose.ResearchExtract).ToLowerInvariant()}, {project.Title}.", $"{mother.Name} said no for {name}: {Words.Of(Purpose.QuoteService).ToLowerInvariant()}.", $"{name} said stop: {Words.Of(Purpose.Audio).ToLowerInvariant()}."], Told(told));
        Assert.Contains($"{person.DisplayName} was told and wrote it down", told.QuerySelector(".govuk-notification-banner")!.TextContent);
        Assert.NotNull((await hearing.Client.PageAsync($"{home}/permissions")).GetElementById("Audio"));
        await hearing.Client.DoneAsync("/hear", ".govuk-notification-banner form");
        Assert.Equal(2, Told(await hearing.Client.PageAsync("/hear")).Length);

        // What one writes down about a child of one's own is passed on to nobody; and nobody passes on what is not a stop of theirs.
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Refused);
        Assert.Equal(3, (await world.AuditAsync(AuditActions.StopPassedOn, hearing.Child.Id)).Count);
        var others = await site.ReadAsync(world, db => db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id && e.RecordedById != person.Id).Select(e => e.Id).ToListAsync(Cancel));
        using var scope = site.As(World.ActorOf(person));
        foreach (var id in others.Append(Guid.NewGuid()))
        {
            Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => scope.Db.Database.SqlQuery<int>($"select pass_on_stop({id}) as \"Value\"").SingleAsync(Cancel))).SqlState);
        }
        Assert.Equal(0, await scope.Db.Database.SqlQuery<int>($"select pass_on_stop({stops[0].Id}) as \"Value\"").SingleAsync(Cancel));

        // Whoever works with the child no more learns nothing of it.
        using (var whole = site.As(world.Whole))
        {
            (await whole.Db.Allocations.SingleAsync(a => a.ChildId == hearing.Child.Id && a.PractitionerId == world.Practitioner.Id, Cancel)).EndedOn = World.Today;
            whole.Db.Add(AuditEntry.For(AuditActions.AllocationEnded, world.Whole, hearing.Child.Id, null, TimeProvider.System));
            await whole.Db.SaveChangesAsync(Cancel);
        }

        Assert.Empty((await hearing.Client.PageAsync("/hear")).QuerySelectorAll(".govuk-notification-banner"));
    }

    [Fact]
    public async Task What_says_that_somebody_may_not_be_safe_and_what_the_child_keeps_from_them_stays_so()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var (world, home) = (hearing.World, hearing.ChildPage);
        var visit = await hearing.VisitAsync();
        async Task<Guid> SayAsync(string text, params (string, string?)[] with)
        {
            var id = Guid.CreateVersion7();
            using (await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said(text, [("Input.Id", id.ToString()), .. with]))) { }
            return id;
        }

        await SayAsync("Otters are free");
        var danger = await SayAsync("Danger lives here", ("Input.Before.Sensitivity", "Disclosure"));
        var fromAdvocate = await SayAsync("Advocate hush");
        var fromOfficer = await SayAsync("Officer hush");
        var fromOthers = await SayAsync("Services hush");
        await hearing.Client.DoneAsync($"{home}/asks/new?record={danger}", "main form[method=post]", ("Input.Words", "Danger lives here"), ("Input.Records", danger.ToString()), ("Input.Wanted", "DoSomething"));
        foreach (var (who, record) in new[] { ("Advocate", fromAdvocate), ("ReviewingOfficer", fromOfficer), ("OtherServices", fromOthers) })
        {
            await hearing.Client.DoneAsync($"{home}/do-not-tell?record={record}", "form#add", ("Input.Who", who), ("Input.Scope", "Record"), ("Input.Reason", "Private"), ("Input.SaidBy", "Child"));
        }

        // Sealed in the moment in which the drawing was marked: a row of which the mark has not heard.
        var (_, drawing) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing, ("Input.Before.Sensitivity", "Disclosure"));
        await hearing.SayAboutAsync(drawing, "It is a cage");
        await using (var owner = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString))
        {
            await owner.OpenAsync(Cancel);
            await using var unmark = new Npgsql.NpgsqlCommand($"set session_replication_role = replica; update voice_records set sensitivity = 'Normal' where explains_id = '{drawing}'", owner);
            Assert.Equal(1, await unmark.ExecuteNonQueryAsync(Cancel));
        }
        await world.AssignAsync(hearing.Child, world.ReviewingOfficer);
        await world.AssignAsync(hearing.Child, world.Advocate);
        foreach (var (person, reads, not) in new[] { (world.ReviewingOfficer, new[] { "Otters", "Danger", "Advocate hush", "a cage" }, new[] { "Officer hush", "Services hush" }), (world.Advocate, ["Otters", "Officer hush"], ["Danger", "Advocate hush", "Services hush", "a cage"]) })
        {
            using var client = site.ClientFor(person);
            foreach (var path in new[] { home, $"{home}/timeline" })
            {
                var text = (await client.PageAsync(path)).QuerySelector("main")!.TextContent;
                Assert.All(reads, r => Assert.Contains(r, text));
                Assert.All(not, r => Assert.DoesNotContain(r, text));
                if (person == world.Advocate) Assert.DoesNotContain("sked of us", text);
            }

            var page = (await client.PageAsync(home)).QuerySelector("main")!.TextContent;
            Assert.Contains("is not shown to you", page);
            Assert.DoesNotContain(person == world.Advocate ? "Their advocate" : "Their reviewing officer", page);
        }
    }

    [Fact]
    public async Task A_restricted_record_stays_closed_to_whoever_is_assigned()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var world = hearing.World;
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said("Leave it be"))) { }
        await world.AssignAsync(hearing.Child, world.ReviewingOfficer);
        using var governor = site.ClientFor(world.InformationGovernance);
        await governor.DoneAsync($"/govern/duties/{hearing.Child.Id}", "#restrict", ("Restrict.Ground", "TheirClaim"), ("Restrict.Reason", "They say that it is wrong"));
        using var client = site.ClientFor(world.ReviewingOfficer);
        using var answer = await client.GetAsync(hearing.ChildPage);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var page = await TestClient.ParseAsync(answer);
        Assert.DoesNotContain("Leave it be", page.Body!.TextContent);
        Assert.Empty(page.QuerySelectorAll("main a[href*='visits']"));
    }

    [Fact]
    public async Task A_manager_or_administrator_assigns_and_ends_at_the_next_click()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        var (_, elsewhere) = await world.AddTeamAsync("Court", "Ossian Pike");
        var outside = await world.AddChildAsync(elsewhere);
        var page = $"/admin/allocations/{child.Id}/assigned";
        using var officer = site.ClientFor(world.ReviewingOfficer);
        using var manager = site.ClientFor(world.TeamManager);
        using var administrator = site.ClientFor(world.Administrator);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/admin/allocations/{outside.Id}/assigned")).StatusCode);
        using (var practitioner = site.ClientFor(world.Practitioner)) Assert.Equal(HttpStatusCode.Forbidden, (await practitioner.GetAsync(page)).StatusCode);

        Assert.Contains("Choose what they do", await manager.RefusedAsync(page, "#officer", ("Officer.PersonId", world.ReviewingOfficer.Id.ToString())));
        Assert.Contains("from the list", await manager.RefusedAsync(page, "#officer", ("Officer.PersonId", world.Advocate.Id.ToString()), ("Officer.Reason", "ReviewsCare")));
        foreach (var who in new[] { manager, administrator })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await officer.GetAsync($"/hear/{child.Id}")).StatusCode);
            await who.DoneAsync(page, "#officer", ("Officer.PersonId", world.ReviewingOfficer.Id.ToString()), ("Officer.Reason", "ChairsConference"));
            Assert.Equal(HttpStatusCode.OK, (await officer.GetAsync($"/hear/{child.Id}")).StatusCode);
            await who.DoneAsync(page, "form.entry__action");
        }

        Assert.Equal(HttpStatusCode.NotFound, (await officer.GetAsync($"/hear/{child.Id}")).StatusCode);
        Assert.Equal(2, (await world.AuditAsync(AuditActions.PersonAssigned, child.Id)).Count);
        Assert.Equal(2, (await world.AuditAsync(AuditActions.AssignmentEnded, child.Id)).Count);

        // Whoever leaves is assigned to nobody, and is not again when they come back.
        await manager.DoneAsync(page, "#officer", ("Officer.PersonId", world.ReviewingOfficer.Id.ToString()), ("Officer.Reason", "ReviewsCare"));
        using var scope = site.As(World.ActorOf(world.Administrator));
        Assert.True((await scope.Get<PeopleService>().LeaveAsync(world.ReviewingOfficer.Id, World.ActorOf(world.Administrator), Cancel))!.IsDone);
        Assert.All(await site.ReadAsync(world, db => db.Assignments.ToListAsync(Cancel)), a => Assert.NotNull(a.EndedOn));
    }

    [Fact]
    public async Task An_advocate_needs_the_childs_wish_and_the_worker_writes_down_that_it_is_taken_back()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        var page = $"/admin/allocations/{child.Id}/assigned";
        using var manager = site.ClientFor(world.TeamManager);
        using (var refused = await manager.SubmitAsync(page, new Dictionary<string, string?> { ["Advocate.PersonId"] = world.Advocate.Id.ToString() }, "#advocate"))
        {
            var said = await TestClient.ParseAsync(refused);
            Assert.Contains("Ask the child first", said.GetElementById("Advocate_ChildWantsOne-error")!.TextContent);
            Assert.Contains("Enter the day", said.GetElementById("Advocate_WishedOn-error")!.TextContent);
            Assert.Contains("Choose whom", said.GetElementById("Advocate_ToldTo-error")!.TextContent);
        }

        using var advocate = site.ClientFor(world.Advocate);
        Assert.Equal(HttpStatusCode.NotFound, (await advocate.GetAsync($"/hear/{child.Id}")).StatusCode);
        // The database asks for it too.
        using (var whole = site.As(world.Whole))
        {
            whole.Db.Add(new Assignment { AuthorityId = world.Authority.Id, ChildId = child.Id, PersonId = world.Advocate.Id, Role = Role.Advocate, Reason = AssignmentReason.ChildWantsOne, StartedOn = World.Today, AssignedAt = DateTime.UtcNow, AssignedById = world.Administrator.Id });
            whole.Db.Add(AuditEntry.For(AuditActions.PersonAssigned, world.Whole, child.Id, null, TimeProvider.System));
            await Assert.ThrowsAsync<DbUpdateException>(() => whole.Db.SaveChangesAsync(Cancel));
        }

        await manager.DoneAsync(page, "#advocate", ("Advocate.PersonId", world.Advocate.Id.ToString()), ("Advocate.ChildWantsOne", "true"), ("Advocate.WishedOn.Day", "1"), ("Advocate.WishedOn.Month", "2"), ("Advocate.WishedOn.Year", "2026"), ("Advocate.ToldTo", "Carer"));
        await world.AssignAsync(child, world.ReviewingOfficer);
        Assert.Equal(HttpStatusCode.OK, (await advocate.GetAsync($"/hear/{child.Id}")).StatusCode);

        using var worker = site.ClientFor(world.Practitioner);
        var assigned = await worker.PageAsync($"/hear/{child.Id}/assigned");
        Assert.Contains("Said on 1 February 2026", assigned.QuerySelector("main")!.TextContent);
        // Only the advocate's is the child's to take back.
        Assert.Single(assigned.QuerySelectorAll("main form"));
        var officers = await site.ReadAsync(world, db => db.Assignments.SingleAsync(a => a.Role == Role.ReviewingOfficer, Cancel));
        using (var forged = await worker.Http.PostAsync($"/hear/{child.Id}/assigned?handler=TakeBack&assignmentId={officers.Id}", new FormUrlEncodedContent([new("__RequestVerificationToken", await worker.AntiforgeryTokenAsync("/hear"))]), Cancel)) Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        // Pressed here and by the manager at the same moment: it ends once, and both see that it has.
        var theirs = await manager.PageAsync($"/hear/{child.Id}/assigned");
        var both = await AtOnce.SaveAsync(site, "assignments", () => worker.SubmitAsync(assigned, $"/hear/{child.Id}/assigned", new Dictionary<string, string?>(), "main form"), () => manager.SubmitAsync(theirs, $"/hear/{child.Id}/assigned", new Dictionary<string, string?>(), "main form"));
        Assert.All(both, b => Assert.Equal(HttpStatusCode.Redirect, b.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, (await advocate.GetAsync($"/hear/{child.Id}")).StatusCode);
        Assert.Equal("Advocate ChildTookItBack", Assert.Single(await world.AuditAsync(AuditActions.AssignmentEnded, child.Id)).Detail);
        Assert.Contains("the child took it back", (await worker.PageAsync($"/hear/{child.Id}/assigned")).QuerySelector("main")!.TextContent);
        // The wish they took back is not had again by its old day; a new one is.
        (string Name, string Value)[] Wish(DateOnly on) => [("Advocate.PersonId", world.Advocate.Id.ToString()), ("Advocate.ChildWantsOne", "true"), ("Advocate.WishedOn.Day", $"{on.Day}"), ("Advocate.WishedOn.Month", $"{on.Month}"), ("Advocate.WishedOn.Year", $"{on.Year}"), ("Advocate.ToldTo", "Carer")];
        using (var old = await manager.SubmitAsync(page, Wish(new(2026, 2, 1)).ToDictionary(f => f.Name, f => (string?)f.Value), "#advocate")) Assert.Contains("took it back after that day", (await TestClient.ParseAsync(old)).GetElementById("Advocate_WishedOn-error")!.TextContent);
        Assert.Equal(HttpStatusCode.NotFound, (await advocate.GetAsync($"/hear/{child.Id}")).StatusCode);
        await manager.DoneAsync(page, "#advocate", Wish(ConsentRules.LocalDay(DateTime.UtcNow)));
        Assert.Equal(HttpStatusCode.OK, (await advocate.GetAsync($"/hear/{child.Id}")).StatusCode);
    }
}
