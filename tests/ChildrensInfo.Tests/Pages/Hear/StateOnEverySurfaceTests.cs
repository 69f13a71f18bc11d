using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>
/// The table of states, asked of the site itself: for each state a permission can stand in, what its surfaces do over HTTP is what the row says. What quotes and
/// extracts do is asked where their groups are made (quotes beside figures, extracts of many children).
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
    public async Task Recordings_photos_copies_and_the_machine_do_what_the_row_says(ConsentState state, WithdrawWants? wants)
    {
        // Seventeen: old enough to decide, and a parent’s yes from two years ago has to be asked for again.
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World);
        await hearing.SayAsync("I like the dog.");
        // What is there was made under a yes that turned out to be a mistake: as if it had never been, so that each state begins from nothing.
        await WriteAsync(hearing, Purpose.Audio, null, Event(ConsentEventType.Given, 60));
        await WriteAsync(hearing, Purpose.ImageWork, null, Event(ConsentEventType.Given, 60));
        var (sound, recording) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        using (var taken = await hearing.Client.UploadAsync(hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.Photo), "Photo", Hearing.Png(), "x.png", Hearing.Said(null, ("Input.Provenance", null)))) Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        Guid photo;
        using (var scope = site.As(hearing.World.Whole)) photo = (await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id && r.Kind == VoiceKind.Photo, Cancel)).FileId!.Value;
        foreach (var purpose in new[] { Purpose.Audio, Purpose.ImageWork })
        {
            await MistakeAsync(hearing, purpose);
            await ArriveAsync(hearing, purpose, null, state, wants, mother);
        }

        await ArriveAsync(hearing, Purpose.TranscribeMachine, null, state, wants, mother);
        await ArriveAsync(hearing, Purpose.ShareParent, mother.Id, state, wants, mother);
        var row = ConsentEffects.Of(state, wants);

        // The state itself, and what the worker is told of it.
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var consent = scope.Get<ConsentService>();
            foreach (var (purpose, of) in new[] { (Purpose.Audio, (Guid?)null), (Purpose.ImageWork, null), (Purpose.TranscribeMachine, null), (Purpose.ShareParent, mother.Id) })
            {
                var decision = await consent.DecideNowAsync(hearing.Child.Id, purpose, of, Cancel);
                Assert.Equal((state, wants, state == ConsentState.Given), (decision.State, decision.Wants, decision.Allowed));
            }
        }

        // Capture: the control, and the server behind it.
        var visit = await hearing.VisitAsync();
        Assert.Equal(row.Capture == CaptureEffect.On, (await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio))).QuerySelector("[data-recorder]") is not null);
        using (var piece = await hearing.PutAsync(Guid.CreateVersion7(), 0, Hearing.Webm())) Assert.Equal(row.Capture == CaptureEffect.On, piece.StatusCode == HttpStatusCode.Created);
        using (var goesOn = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/permission")) Assert.Equal(row.Capture == CaptureEffect.On, goesOn.StatusCode != HttpStatusCode.Conflict);

        // What is there: the stream, the picture, the page and the booklet.
        var shown = row.View == ViewEffect.Shown;
        foreach (var file in new[] { sound, photo })
        {
            using var stream = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{file}");
            Assert.Equal(shown, stream.StatusCode == HttpStatusCode.OK);
        }

        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal(shown ? (1, 1) : (0, 0), (page.QuerySelectorAll(".record audio").Length, page.QuerySelectorAll($".record img[src$='{photo}']").Length));
        using (var booklet = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false" }))
        {
            // A young person's own booklet is no sharing: it has what the team may still show.
            Assert.Equal(shown, (await TestClient.ParseAsync(booklet)).QuerySelector($"img[src$='{photo}']") is not null);
        }

        // Sharing, on paper: to the one person who was named.
        var copying = $"{hearing.ChildPage}/copy/check?to={mother.Id}";
        Assert.Equal(row.Share == ShareEffect.NamedRecipient, (await hearing.Client.PageAsync(copying)).QuerySelector("main form[method=post]") is not null);
        using (var copy = await hearing.Client.Http.PostAsync(copying, new FormUrlEncodedContent([new("__RequestVerificationToken", await hearing.Client.AntiforgeryTokenAsync("/hear"))]), Cancel))
        {
            Assert.Equal(row.Share == ShareEffect.NamedRecipient, (await copy.Content.ReadAsStringAsync(Cancel)).Contains("I like the dog.", StringComparison.Ordinal));
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

    private async Task ArriveAsync(Hearing hearing, Purpose purpose, Guid? recipient, ConsentState state, WithdrawWants? wants, Relationship mother)
    {
        var given = Event(ConsentEventType.Given, 40);
        switch (state)
        {
            case ConsentState.NotAsked:
                break;
            case ConsentState.Asked:
                await WriteAsync(hearing, purpose, recipient, Event(ConsentEventType.Asked, 10, e => (e.By, e.Position) = (null, null)));
                break;
            case ConsentState.Deferred:
                await WriteAsync(hearing, purpose, recipient, Event(ConsentEventType.Deferred, 10));
                break;
            case ConsentState.Given:
                await WriteAsync(hearing, purpose, recipient, given);
                break;
            case ConsentState.Refused:
                await WriteAsync(hearing, purpose, recipient, Event(ConsentEventType.Refused, 10));
                break;
            case ConsentState.Withdrawn:
                await WriteAsync(hearing, purpose, recipient, given, Event(ConsentEventType.Withdrawn, 10, e => e.Wants = wants));
                break;
            case ConsentState.Expired:
                await WriteAsync(hearing, purpose, recipient, Event(ConsentEventType.Given, 40, e => e.LastDay = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-2)));
                break;
            case ConsentState.NeedsRefresh:
                // Given by a parent two years ago, before the young person was sixteen.
                await WriteAsync(hearing, purpose, recipient, Event(ConsentEventType.Given, 730, e => (e.By, e.Relation, e.Position) = (DecidedBy.ParentalResponsibility, mother.Id, ChildPosition.Assents)));
                break;
            case ConsentState.Invalidated:
                await WriteAsync(hearing, purpose, recipient, given, Event(ConsentEventType.Invalidated, 10, e => (e.By, e.Position) = (null, null)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(state), state, "No way to this state.");
        }
    }

    private async Task WriteAsync(Hearing hearing, Purpose purpose, Guid? recipient, params (ConsentEventType Type, int DaysAgo, Action<ConsentEventDraft>? Change)[] events)
    {
        using var scope = site.As(hearing.World.Whole);
        foreach (var (type, daysAgo, change) in events)
        {
            var draft = new ConsentEventDraft();
            change?.Invoke(draft);
            var at = DateTime.UtcNow.AddDays(-daysAgo);
            var written = new ConsentEvent
            {
                Id = Guid.CreateVersion7(),
                AuthorityId = hearing.World.Authority.Id,
                ChildId = hearing.Child.Id,
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
                RecordedById = hearing.World.Practitioner.Id,
            };
            scope.Db.AddRange(written, AuditEntry.For(AuditActions.ConsentRecorded, hearing.World.Whole, hearing.Child.Id, written.Id, TimeProvider.System));
        }

        await scope.Db.SaveChangesAsync(Cancel);
    }

    private async Task MistakeAsync(Hearing hearing, Purpose purpose)
    {
        using var scope = site.As(World.ActorOf(hearing.World.Practitioner));
        var yes = scope.Db.ConsentEvents.Single(e => e.ChildId == hearing.Child.Id && e.Purpose == purpose);
        Assert.True((await scope.Get<ConsentCorrections>().MarkAsMistakeAsync(hearing.Child.Id, yes.Id, Guid.CreateVersion7(), "To begin from nothing", World.ActorOf(hearing.World.Practitioner), Cancel))!.IsDone);
    }
}
