using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Pages.Use;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>
/// The table of states, asked of the site itself: for each state a permission can stand in, what its surfaces do over HTTP is what the row says.
/// </summary>
public class StateOnEverySurfaceTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<ConsentState, WithdrawWants?> States() => new()
    {
        { ConsentState.NotAsked, null },
        { ConsentState.Asked, null },
        { ConsentState.Deferred, null },
        { ConsentState.Given, null },
        { ConsentState.Refused, null },
        { ConsentState.Withdrawn, null },
        { ConsentState.Withdrawn, WithdrawWants.StopFromNow },
        { ConsentState.Withdrawn, WithdrawWants.TakeOut },
        { ConsentState.Expired, null },
        { ConsentState.NeedsRefresh, null },
        { ConsentState.Invalidated, null },
    };

    [Fact]
    public void Every_state_of_a_permission_is_asked_for() =>
        Assert.Equal(
            Enum.GetValues<ConsentState>().Except([ConsentState.Told, ConsentState.Objected]).Order(),
            States().Select(s => s.Data.Item1).Distinct().Order());

    [Theory]
    [MemberData(nameof(States))]
    public async Task Recordings_copies_and_the_machine_do_what_the_row_says(ConsentState state, WithdrawWants? wants)
    {
        // Seventeen: old enough to decide, and a parent’s yes from two years ago has to be asked for again.
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World);
        await hearing.SayAsync("I like the dog.");
        // What is there was made under a yes that turned out to be a mistake: as if it had never been, so that each state begins from nothing.
        await WriteAsync(hearing.World, hearing.Child, Purpose.Audio, null, Event(ConsentEventType.Given, 60));
        var (sound, recording) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await MistakeAsync(hearing.World, hearing.Child, Purpose.Audio);
        await ArriveAsync(hearing.World, hearing.Child, Purpose.Audio, null, state, wants, mother);
        await ArriveAsync(hearing.World, hearing.Child, Purpose.TranscribeMachine, null, state, wants, mother);
        await ArriveAsync(hearing.World, hearing.Child, Purpose.ShareParent, mother.Id, state, wants, mother);
        var row = ConsentEffects.Of(state, wants);

        // The state itself, and what the worker is told of it.
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var consent = scope.Get<ConsentService>();
            foreach (var (purpose, of) in new[] { (Purpose.Audio, (Guid?)null), (Purpose.TranscribeMachine, null), (Purpose.ShareParent, mother.Id) })
            {
                var decision = await consent.DecideNowAsync(hearing.Child.Id, purpose, of, Cancel);
                Assert.Equal((state, wants, state == ConsentState.Given), (decision.State, decision.Wants, decision.Allowed));
            }
        }

        // Capture: the control, and the server behind it.
        var visit = await hearing.VisitAsync();
        Assert.Equal(row.Capture == CaptureEffect.On, (await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio))).QuerySelector("[data-recorder]") is not null);
        using (var piece = await hearing.AppendAsync(visit, Guid.CreateVersion7(), 0, Hearing.Webm())) Assert.Equal(row.Capture == CaptureEffect.On, piece.StatusCode == HttpStatusCode.Created);
        using (var goesOn = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/permission")) Assert.Equal(row.Capture == CaptureEffect.On, goesOn.StatusCode != HttpStatusCode.Conflict);

        // What their worker is asked to do: on the first page, in the next visit, on the card; and information governance.
        Assert.Equal(row.Prompt is PromptEffect.Renew or PromptEffect.AskWhoMayDecideNow, (await hearing.Client.PageAsync("/hear")).QuerySelector("#ask-again + .entries a[href*='purpose=Audio']") is not null);
        Assert.Equal(row.Prompt == PromptEffect.WhenReady, (await hearing.Client.PageAsync(hearing.WordsPage(visit))).QuerySelector("#when-ready a[href*='purpose=Audio']") is not null);
        var card = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio .card__action")!.TextContent;
        Assert.Equal(row.Prompt is PromptEffect.CoolingOff or PromptEffect.TellWhatCanBeUndone, card.Contains("Not asked again before", StringComparison.Ordinal));
        using (var governs = site.ClientFor(hearing.World.InformationGovernance))
        {
            Assert.Equal(row.Prompt == PromptEffect.AssessBreach, (await governs.PageAsync("/govern")).QuerySelector("main")!.TextContent.Contains("look at it as a breach", StringComparison.Ordinal));
        }

        // What is there: the stream, the picture, the page and the booklet.
        var shown = row.View == ViewEffect.Shown;
        using (var stream = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{sound}")) Assert.Equal(shown, stream.StatusCode == HttpStatusCode.OK);
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal(shown ? 1 : 0, page.QuerySelectorAll(".record audio").Length);

        // Sharing, on paper: to the one person who was named.
        var copying = $"{hearing.ChildPage}/copy/check?to={mother.Id}";
        var shared = row.Share == ShareEffect.NamedRecipient;
        Assert.Equal(shared, (await hearing.Client.PageAsync(copying)).QuerySelector("main a[href*='/copy/read']") is not null);
        var reading = copying.Replace("/check", "/read", StringComparison.Ordinal);
        using (var copy = shared ? await hearing.Client.SubmitAsync(reading, new Dictionary<string, string?>())
            : await hearing.Client.Http.PostAsync(reading, new FormUrlEncodedContent([new("__RequestVerificationToken", await hearing.Client.AntiforgeryTokenAsync("/hear"))]), Cancel))
        {
            Assert.Equal(shared, (await copy.Content.ReadAsStringAsync(Cancel)).Contains("I like the dog.", StringComparison.Ordinal));
        }

        // The machine hears only under a yes to it, of a recording that may be heard.
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var asked = await scope.Get<TranscriptService>().AskDraftAsync(hearing.Child.Id, recording, Guid.NewGuid(), World.ActorOf(hearing.World.Practitioner), Cancel);
            Assert.Equal(state == ConsentState.Given, asked is { IsDone: true });
        }

        // What was written down is kept as it was, whatever became of the recording.
        Assert.Contains("I like the dog.", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>Photos of what they made rest on one permission, photos of people on another: the one stands in this state while the other does with what is there what this one does not.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public async Task Photos_of_what_they_made_and_photos_of_people_do_what_the_row_of_their_own_permission_says(ConsentState state, WithdrawWants? wants)
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var row = ConsentEffects.Of(state, wants);
        var shown = row.View == ViewEffect.Shown;
        foreach (var (of, other) in new[] { (Purpose.ImageWork, Purpose.ImagePerson), (Purpose.ImagePerson, Purpose.ImageWork) })
        {
            var child = of == Purpose.ImageWork ? hearing.Child : await hearing.World.AddChildAsync(hearing.World.Practitioner, 17);
            var mother = await hearing.World.AddRelationshipAsync(child);
            var (visit, page) = (await hearing.VisitAsync(child), $"/hear/{child.Id}");
            async Task<Guid?> TakeAsync(Purpose purpose)
            {
                var id = Guid.CreateVersion7();
                using var taken = await hearing.Client.UploadAsync(hearing.WordsPage(visit, VoiceKind.Photo, child), "Photo", Hearing.Png(), "x.png", Hearing.Said(null, ("Input.Id", $"{id}"), ("Input.ShowsPerson", purpose == Purpose.ImagePerson ? "true" : "false")));
                return taken.StatusCode == HttpStatusCode.Redirect ? (await site.RecordAsync(hearing.World, id)).FileId : null;
            }

            foreach (var purpose in new[] { of, other }) await WriteAsync(hearing.World, child, purpose, null, Event(ConsentEventType.Given, 60));
            var (photo, beside) = ((await TakeAsync(of))!.Value, (await TakeAsync(other))!.Value);
            foreach (var purpose in new[] { of, other }) await MistakeAsync(hearing.World, child, purpose);
            await ArriveAsync(hearing.World, child, of, null, state, wants, mother);
            await ArriveAsync(hearing.World, child, other, null, shown ? ConsentState.Withdrawn : ConsentState.Given, null, mother);

            // The stream, the page, the booklet, and what may be taken anew.
            foreach (var (file, isShown) in new[] { (photo, shown), (beside, !shown) })
            {
                using var stream = await hearing.Client.GetAsync($"{page}/media/{file}");
                Assert.Equal(isShown, stream.StatusCode == HttpStatusCode.OK);
            }

            using var booklet = await hearing.Client.SubmitAsync($"{page}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false" });
            // A young person's own booklet is no sharing: it has what the team may still show.
            foreach (var paper in new[] { await hearing.Client.PageAsync(page), await TestClient.ParseAsync(booklet) })
            {
                Assert.Equal((shown, !shown), (paper.QuerySelector($"img[src$='{photo}']") is not null, paper.QuerySelector($"img[src$='{beside}']") is not null));
            }

            Assert.Equal(row.Capture == CaptureEffect.On || !shown, (await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Photo, child))).QuerySelector("input[type=file]") is not null);
            if (row.Capture == CaptureEffect.On || !shown) Assert.Equal((row.Capture == CaptureEffect.On, !shown), (await TakeAsync(of) is not null, await TakeAsync(other) is not null));
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task Quotes_rows_of_an_extract_and_the_link_to_one_do_what_the_row_says(ConsentState state, WithdrawWants? wants)
    {
        var need = await NeedWorld.CreateAsync(site);
        var world = need.World;
        // Heard from enough children for words beside a figure, of whom one may be quoted or may not.
        var heard = await need.AddAsync(30, heard: 8, age: 17, words: "Nobody told me why");
        await need.CalculateAsync();
        var (child, inTheFile) = (heard[0], heard[1]);
        var mother = await world.AddRelationshipAsync(child);
        await ArriveAsync(world, child, Purpose.QuoteService, null, state, wants, mother);
        await ArriveAsync(world, child, Purpose.ResearchExtract, null, state, wants, mother);
        await WriteAsync(world, inTheFile, Purpose.ResearchExtract, null, Event(ConsentEventType.Given, 60));
        var row = ConsentEffects.Of(state, wants);

        // Quoted beside a figure, and that permission was relied on for it is written down.
        using var lead = site.ClientFor(world.DataLead);
        var figure = (await lead.PageAsync("/understand/indicators/N01")).QuerySelector("main")!.TextContent;
        Assert.Equal(row.Dashboard == DashboardEffect.Quoted, figure.Contains("Nobody told me why 0", StringComparison.Ordinal));
        Assert.DoesNotContain("Nobody told me why 1", figure, StringComparison.Ordinal);
        Assert.Equal(row.Dashboard == DashboardEffect.Quoted, await site.ReadAsync(world, db => db.ConsentUses.AnyAsync(u => u.ChildId == child.Id && u.Surface == VoiceSurface.Quote, Cancel)));

        // A row in an extract, and otherwise one of those whom the file says it left out.
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        var rows = await site.ReadAsync(world, db => db.ExtractChildren.Where(e => e.ExtractId == extract.Id).Select(e => e.ChildId).ToListAsync(Cancel));
        Assert.Equal(row.ExtractCode is null, rows.Contains(child.Id));
        Assert.Contains(inTheFile.Id, rows);
        var report = ExtractReport.Read(await site.ReadAsync(world, db => db.Extracts.Where(e => e.Id == extract.Id).Select(e => e.ReportJson).SingleAsync(Cancel)))!;
        // The others were never asked; so few in another state are told of, and not how many.
        Assert.Equal(state is ConsentState.Given or ConsentState.NotAsked ? 0 : 1, report.NotIncluded.Count(e => e.Children == "Fewer than 8"));
        if (state is not (ConsentState.Given or ConsentState.NotAsked)) Assert.Equal(row.ExtractCode, report.NotIncluded.Single(e => e.Children == "Fewer than 8").Code);

        // A link made before somebody in the file comes to stand in this state: what ran out by itself is not called back, everything else that is no yes is.
        using var researcher = site.ClientFor(world.Researcher);
        var link = await ExtractPagesTests.LinkAsync(researcher, extract);
        await site.ReadAsync(world, db =>
        {
            db.AddRange(
                new Allocation { AuthorityId = world.Authority.Id, ChildId = inTheFile.Id, PractitionerId = world.Practitioner.Id, TeamId = world.Team.Id, StartedOn = World.Today.AddDays(-30) },
                AuditEntry.For(AuditActions.ChildAllocated, world.Whole, inTheFile.Id, null, TimeProvider.System));
            return db.SaveChangesAsync(Cancel);
        });
        await MistakeAsync(world, inTheFile, Purpose.ResearchExtract);
        await ArriveAsync(world, inTheFile, Purpose.ResearchExtract, null, state, wants, await world.AddRelationshipAsync(inTheFile));
        using var fetched = await researcher.Http.PostAsync(link, new FormUrlEncodedContent([new("__RequestVerificationToken", await researcher.AntiforgeryTokenAsync("/use/projects"))]), Cancel);
        var fetches = state is ConsentState.Given or ConsentState.Expired or ConsentState.NeedsRefresh;
        Assert.Equal(fetches, fetched.Content.Headers.ContentType?.MediaType == "application/zip");
        Assert.Equal(fetches ? 1 : 0, (await world.AuditAsync(AuditActions.ExtractDownloaded)).Count);
        Assert.Equal(!fetches, (await lead.PageAsync("/use/decisions")).QuerySelector("main")!.TextContent.Contains("to be destroyed now", StringComparison.Ordinal));
    }

    private static (ConsentEventType Type, int DaysAgo, Action<ConsentEventDraft>? Change) Event(ConsentEventType type, int daysAgo, Action<ConsentEventDraft>? change = null) => (type, daysAgo, change);

    /// <summary>What differs from the young person's own spoken answer.</summary>
    private sealed class ConsentEventDraft
    {
        public DecidedBy? By { get; set; } = DecidedBy.ChildForSelf;

        public Guid? Relation { get; set; }

        public ChildPosition? Position { get; set; } = ChildPosition.DecidedThemselves;

        public DateOnly? LastDay { get; set; }

        public WithdrawWants? Wants { get; set; }
    }

    private async Task ArriveAsync(World world, Child child, Purpose purpose, Guid? recipient, ConsentState state, WithdrawWants? wants, Relationship mother)
    {
        var given = Event(ConsentEventType.Given, 40);
        switch (state)
        {
            case ConsentState.NotAsked:
                break;
            case ConsentState.Asked:
                await WriteAsync(world, child, purpose, recipient, Event(ConsentEventType.Asked, 10, e => (e.By, e.Position) = (null, null)));
                break;
            case ConsentState.Deferred:
                await WriteAsync(world, child, purpose, recipient, Event(ConsentEventType.Deferred, 10));
                break;
            case ConsentState.Given:
                await WriteAsync(world, child, purpose, recipient, given);
                break;
            case ConsentState.Refused:
                await WriteAsync(world, child, purpose, recipient, Event(ConsentEventType.Refused, 10));
                break;
            case ConsentState.Withdrawn:
                await WriteAsync(world, child, purpose, recipient, given, Event(ConsentEventType.Withdrawn, 10, e => e.Wants = wants));
                break;
            case ConsentState.Expired:
                await WriteAsync(world, child, purpose, recipient, Event(ConsentEventType.Given, 40, e => e.LastDay = World.Today.AddDays(-2)));
                break;
            case ConsentState.NeedsRefresh:
                // Given by a parent two years ago, before the young person was sixteen.
                await WriteAsync(world, child, purpose, recipient, Event(ConsentEventType.Given, 730, e => (e.By, e.Relation, e.Position) = (DecidedBy.ParentalResponsibility, mother.Id, ChildPosition.Assents)));
                break;
            case ConsentState.Invalidated:
                await WriteAsync(world, child, purpose, recipient, given, Event(ConsentEventType.Invalidated, 10, e => (e.By, e.Position) = (null, null)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(state), state, "No way to this state.");
        }
    }

    private async Task WriteAsync(World world, Child child, Purpose purpose, Guid? recipient, params (ConsentEventType Type, int DaysAgo, Action<ConsentEventDraft>? Change)[] events)
    {
        using var scope = site.As(world.Whole);
        foreach (var (type, daysAgo, change) in events)
        {
            var draft = new ConsentEventDraft();
            change?.Invoke(draft);
            var at = DateTime.UtcNow.AddDays(-daysAgo);
            var written = new ConsentEvent
            {
                Id = Guid.CreateVersion7(),
                AuthorityId = world.Authority.Id,
                ChildId = child.Id,
                Purpose = purpose,
                Scope = recipient is null ? ConsentScope.Purpose : ConsentScope.Recipient,
                ScopeId = recipient,
                Type = type,
                DecidedBy = draft.By,
                DecidedByRelationshipId = draft.Relation,
                ChildPosition = draft.Position,
                Method = ConsentMethod.Spoken,
                ExpiresOn = draft.LastDay,
                Wants = draft.Wants,
                OccurredAt = at,
                RecordedAt = at,
                RecordedById = world.Practitioner.Id,
            };
            scope.Db.AddRange(written, AuditEntry.For(AuditActions.ConsentRecorded, world.Whole, child.Id, written.Id, TimeProvider.System));
        }

        await scope.Db.SaveChangesAsync(Cancel);
    }

    private async Task MistakeAsync(World world, Child child, Purpose purpose)
    {
        using var scope = site.As(World.ActorOf(world.Practitioner));
        var yes = scope.Db.ConsentEvents.Single(e => e.ChildId == child.Id && e.Purpose == purpose);
        Assert.True((await scope.Get<ConsentCorrections>().MarkAsMistakeAsync(child.Id, yes.Id, Guid.CreateVersion7(), "To begin from nothing", World.ActorOf(world.Practitioner), Cancel))!.IsDone);
    }
}
