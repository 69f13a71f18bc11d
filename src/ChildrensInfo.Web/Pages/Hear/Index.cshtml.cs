using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Pages.Hear.Permissions;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>
/// Where a day begins: what somebody is to know, whom they mean to meet, which permissions are about to lapse, and the children they work
/// with, those who have not been heard for long first.
/// </summary>
public class IndexModel(AppDbContext db, CoverService cover, ConsentService consent, DoNotTellService doNotTell, RectificationService rectifications, PlannedVisitService planned, ResponseService responses, RecipientNames recipients, RecordingService recordings, TimeProvider clock) : PageModel
{
    public const int WeeksHeardLately = 12;

    /// <summary>How long before its end a permission is worth asking about again.</summary>
    public const int LapseWithinDays = 30;

    public sealed record Row(Guid Id, string Name, int? Age, DateOnly? LastHeardOn, int Records, DateTime? CoveredUntil);

    /// <param name="By">Who planned it, when that was somebody else.</param>
    public sealed record VisitRow(Guid Id, Guid ChildId, string Name, DateOnly On, Place Place, string? By);

    /// <param name="Arrived">It came from a device when there was no permission for it.</param>
    /// <param name="IsLocked">There is no yes to it; otherwise only its answer is missing.</param>
    /// <param name="Unanswered">The photo of which nobody has said whether a person can be recognised on it, or the recording of which nobody has said whether anybody else can be heard.</param>
    public sealed record WaitingRow(Guid ChildId, string Name, DateOnly On, VoiceKind Kind, bool Arrived, bool IsLocked, Guid? Unanswered);

    /// <param name="Recipient">Whom it is for, when it is asked for one person or service.</param>
    public sealed record LapsingRow(Guid ChildId, string Name, Purpose Purpose, Guid? ScopeId, string? Recipient, DateOnly On);

    /// <param name="Says">Why it has to be asked again, and of whom.</param>
    public sealed record AskAgainRow(Guid ChildId, string Name, Purpose Purpose, Guid? ScopeId, string? Recipient, string Says);

    /// <param name="On">The day on which the child said that they want it.</param>
    public sealed record WantedRow(Guid ChildId, string Name, Purpose Purpose, Guid? ScopeId, string? Recipient, DateOnly On);

    /// <param name="DueOn">By when they were to hear what came of it.</param>
    public sealed record ToHearRow(Guid ChildId, Guid ActivityId, string Name, DateOnly DueOn);

    public bool OfTeam => db.Actor!.Reach == Reach.Team;

    public static string TitleFor(Actor actor) => actor.Reach switch
    {
        Reach.Team => "Children of your team",
        Reach.Assigned => "Children you are assigned to",
        _ => "Children you work with",
    };

    public string Title => TitleFor(db.Actor!);

    public bool MayFollow => db.Actor!.Can(Capability.FollowVoice);

    public bool MayRecord => db.Actor!.Can(Capability.HearChildren);

    public DateOnly Today { get; private set; }

    public IReadOnlyList<CoverNotice> Notices { get; private set; } = [];

    /// <summary>What was put beside records of theirs, for somebody who asked the council.</summary>
    public IReadOnlyList<StatementNotice> Statements { get; private set; } = [];

    /// <summary>Stops that somebody else was told, with the name of whom or what each is limited to.</summary>
    public IReadOnlyList<(StopNotice Stop, string? For)> Stops { get; private set; } = [];

    public int Asks { get; private set; }

    public int LateAsks { get; private set; }

    /// <summary>Said about information, and no ask made of it: it is owed an answer.</summary>
    public IReadOnlyList<WithoutAsk> WithoutAsk { get; private set; } = [];

    public IReadOnlyList<VisitRow> Visits { get; private set; } = [];

    /// <summary>What children want and nobody has decided since: they were told that their worker talks it through.</summary>
    public IReadOnlyList<WantedRow> Wanted { get; private set; } = [];

    /// <summary>Children who took part in something and have not been told what came of it.</summary>
    public IReadOnlyList<ToHearRow> ToHear { get; private set; } = [];

    public IReadOnlyList<LapsingRow> Lapsing { get; private set; } = [];

    /// <summary>Yeses that have run out or are to be said again, by whoever may decide now.</summary>
    public IReadOnlyList<AskAgainRow> ToAskAgain { get; private set; } = [];

    /// <summary>Recordings whose page went away before they were sealed, and nobody came back to.</summary>
    /// <remarks>By is who recorded it, where that was somebody who works with the child no more.</remarks>
    public IReadOnlyList<(UnfinishedRecording Recording, string Name, string? By)> Unfinished { get; private set; } = [];

    /// <summary>Recordings and photos that nobody may open: there was no permission when they arrived, or it is not known who is on them. Whoever works with the child now is asked, and not only who sealed them: they may have left.</summary>
    public IReadOnlyList<WaitingRow> Waiting { get; private set; } = [];

    public IReadOnlyList<Row> NotHeardLately { get; private set; } = [];

    public IReadOnlyList<Row> HeardLately { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var actor = db.Actor!;
        var now = clock.GetUtcNow().UtcDateTime;
        Today = ConsentRules.LocalDay(now);
        var mine = db.AllocatedTo(actor.PersonId);
        var covered = await db.BreakGlasses.Where(b => b.PersonId == actor.PersonId && b.EndedAt == null && b.ExpiresAt > now).Where(b => !mine.Contains(b.ChildId))
            .GroupBy(b => b.ChildId).Select(g => new { g.Key, Until = g.Max(b => b.ExpiresAt) }).ToDictionaryAsync(g => g.Key, g => g.Until, cancel);
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords);
        var children = (await db.Children.AsNoTracking()
                .Select(c => new
                {
                    Child = c,
                    // The child was heard when the child spoke: a parent's or a worker's words are not theirs, and nothing said is nothing heard.
                    LastHeardOn = readable.Where(r => r.ChildId == c.Id && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.NotHeardReason == null && r.CorrectionReason != CorrectionReason.Statement).Max(r => (DateOnly?)r.HeardOn),
                    Records = readable.Count(r => r.CorrectsId == null && r.ChildId == c.Id),
                }).ToListAsync(cancel))
            .Select(c => new Row(c.Child.Id, c.Child.DisplayName, c.Child.AgeOn(Today), c.LastHeardOn, c.Records, covered.TryGetValue(c.Child.Id, out var until) ? until : null)).ToList();
        var longAgo = Today.AddDays(-7 * WeeksHeardLately);
        NotHeardLately = [.. children.Where(c => c.LastHeardOn is null || c.LastHeardOn < longAgo).OrderBy(c => c.LastHeardOn ?? DateOnly.MinValue).ThenBy(c => c.Name, StringComparer.CurrentCulture)];
        HeardLately = [.. children.Where(c => c.LastHeardOn >= longAgo).OrderBy(c => c.LastHeardOn).ThenBy(c => c.Name, StringComparer.CurrentCulture)];

        var names = children.ToDictionary(c => c.Id, c => c.Name);
        if (MayFollow)
        {
            Notices = await cover.UnreadAsync(actor, cancel);
            Statements = await rectifications.UnreadAsync(actor, cancel);
            var stops = new List<(StopNotice, string?)>();
            foreach (var stop in await consent.UnreadStopsAsync(actor, cancel)) stops.Add((stop, await recipients.OfAsync(stop.ChildId, stop.Purpose, stop.ScopeId, cancel)));
            Stops = stops;
            var asks = await responses.OpenAsksAsync(actor, cancel);
            (Asks, LateAsks) = (asks.Count, asks.Count(a => a.IsOverdue));
            WithoutAsk = await responses.WithoutAskAsync(actor, cancel);
        }

        if (MayRecord)
        {
            Visits = [.. (await planned.Coming(actor).AsNoTracking().Take(50)
                    .Select(p => new { p.Id, p.ChildId, p.PlannedOn, p.Place, By = p.PractitionerId == actor.PersonId ? null : db.Users.Where(u => u.Id == p.PractitionerId).Select(u => u.DisplayName).FirstOrDefault() }).ToListAsync(cancel))
                .Select(p => new VisitRow(p.Id, p.ChildId, names[p.ChildId], p.PlannedOn, p.Place, p.By))];
            ToHear = [.. (await db.ParticipationSteps.AsNoTracking()
                    .Where(s => s.Kind == ParticipationStepKind.Held && s.FeedbackDueOn != null && mine.Contains(s.ChildId!.Value) && !db.ParticipationSteps.Any(o => o.ActivityId == s.ActivityId && o.Kind == ParticipationStepKind.Outcome))
                    .OrderBy(s => s.FeedbackDueOn).ThenBy(s => s.Id).Take(50).Select(s => new { ChildId = s.ChildId!.Value, s.ActivityId, DueOn = s.FeedbackDueOn!.Value }).ToListAsync(cancel))
                .Select(s => new ToHearRow(s.ChildId, s.ActivityId, names[s.ChildId], s.DueOn))];
            var left = (await recordings.LeftBehindAsync(actor, cancel)).Where(u => names.ContainsKey(u.ChildId)).ToList();
            var recordedBy = left.Select(u => u.VisitBy).Where(id => id != actor.PersonId).ToList();
            var others = await db.Users.Where(u => recordedBy.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
            Unfinished = [.. left.Select(u => (u, names[u.ChildId], others.GetValueOrDefault(u.VisitBy)))];

            var (wished, given, kept) = (await WishedAsync(cancel), await GivenAsync(cancel), await UnsureAsync(readable.Where(r => mine.Contains(r.ChildId)), cancel));
            // One question for the three: it reads the same events of the same children.
            var decisions = await consent.DecideEachAsync([.. wished.Select(w => w.Asked), .. given, .. kept.Select(r => (r.ChildId, r.RestsOn!.Value, (Guid?)r.SessionId))], now, cancel);
            Wanted = await WantedAsync(wished.Zip(decisions), names, cancel);
            (Lapsing, ToAskAgain) = await YesesAsync(given.Zip(decisions.Skip(wished.Count)), names, cancel);
            Waiting = WaitingOf(kept.Zip(decisions.Skip(wished.Count + given.Count)), names);
        }

        db.Add(AuditEntry.For(AuditActions.ChildListed, actor, null, null, clock, children.Count == 1 ? "1 child" : $"{children.Count} children"));
        await db.SaveChangesAsync(cancel);
    }

    public async Task<IActionResult> OnPostReadAsync(Guid id, CancellationToken cancel) =>
        await cover.ReadAsync(id, db.Actor!, cancel) is null ? NotFound() : RedirectToPage();

    public async Task<IActionResult> OnPostEndCoverAsync(Guid id, CancellationToken cancel)
    {
        if (await cover.EndAsync(id, db.Actor!, cancel) is null) return NotFound();
        TempData["Success"] = "Ended. The record is closed to whoever covered.";
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostCallOffAsync(Guid id, CancellationToken cancel)
    {
        if (await planned.CallOffAsync(id, db.Actor!, cancel) is null) return NotFound();
        TempData["Success"] = "Called off.";
        return RedirectToPage();
    }

    /// <summary>Recordings and photos that nobody may open yet, or of which something is not known.</summary>
    private async Task<List<VoiceRecord>> UnsureAsync(IQueryable<VoiceRecord> ofMine, CancellationToken cancel)
    {
        var kept = await ofMine.AsNoTracking()
            .Where(r => (r.ArrivedUnpermitted || (r.Kind == VoiceKind.Photo && (r.ShowsPerson == null || r.ShowsPersonSince != null)) || (r.Kind == VoiceKind.Audio && r.AnybodyElseHeard == null))
                && !db.MediaErasures.Any(e => e.FileId == r.FileId)).ToListAsync(cancel);
        kept.RemoveAll(r => r.RestsOn is null);
        return kept;
    }

    /// <summary>A task that nobody ticks off: it is there until there is a yes, or until it is deleted.</summary>
    private static IReadOnlyList<WaitingRow> WaitingOf(IEnumerable<(VoiceRecord Record, ConsentDecision Decision)> kept, Dictionary<Guid, string> names)
    {
        // What somebody said stop to waits for no answer.
        static bool IsAnswerMissing(VoiceRecord r, ConsentDecision decision) => r is { Kind: VoiceKind.Audio, AnybodyElseHeard: null } && decision.ViewOf(r.MadeAt) == ViewEffect.Shown;
        return
        [
            .. kept.Select(k => (k.Record, IsLocked: k.Record.WasNotAskedFor && !k.Decision.AllowsWhatBegan(k.Record.CertainlyBegunBy), IsAnswerMissing: IsAnswerMissing(k.Record, k.Decision)))
                .Where(k => k.IsLocked || k.IsAnswerMissing).OrderBy(k => k.Record.HeardOn)
                .Select(k => new WaitingRow(k.Record.ChildId, names[k.Record.ChildId], k.Record.HeardOn, k.Record.Kind, k.Record.ArrivedUnpermitted, k.IsLocked,
                    k.IsAnswerMissing || k.Record is { Kind: VoiceKind.Photo, ShowsPerson: null } ? k.Record.Id : null)),
        ];
    }

    /// <summary>A child's "I want it" to which nobody has said anything since: it opens nothing by itself, and waits for whoever finds out who may decide. One for a visit waits no longer than its day.</summary>
    private async Task<List<((Guid ChildId, Purpose Purpose, Guid? ScopeId) Asked, DateOnly On)>> WishedAsync(CancellationToken cancel) =>
    [
        .. (await db.ConsentEvents.AsNoTracking()
                .Where(w => w.Type == ConsentEventType.Asked && w.DecidedBy == DecidedBy.ChildForSelf && w.ChildPosition == ChildPosition.Assents
                    && (w.Scope != ConsentScope.Session || db.VoiceSessions.Any(v => v.Id == w.ScopeId && v.OccurredOn >= Today))
                    && !db.ConsentEvents.Any(e => e.ChildId == w.ChildId && (e.CorrectsEventId == w.Id
                        || (e.Purpose == w.Purpose && (e.ScopeId == null || e.ScopeId == w.ScopeId) && e.OccurredAt > w.OccurredAt && e.DecidedBy != null && e.Type != ConsentEventType.Asked))))
                .Select(w => new { w.ChildId, w.Purpose, w.ScopeId, w.OccurredAt }).ToListAsync(cancel))
            .GroupBy(w => (w.ChildId, w.Purpose, w.ScopeId)).Select(g => (g.Key, ConsentRules.LocalDay(g.Max(w => w.OccurredAt)))),
    ];

    private async Task<IReadOnlyList<WantedRow>> WantedAsync(IEnumerable<(((Guid ChildId, Purpose Purpose, Guid? ScopeId) Asked, DateOnly On) Wish, ConsentDecision Decision)> wished, Dictionary<Guid, string> names, CancellationToken cancel)
    {
        var wanted = new List<WantedRow>();
        foreach (var (((childId, purpose, scopeId), on), decision) in wished)
        {
            if (decision.Allowed || decision.IsRestricted) continue;
            wanted.Add(new(childId, names[childId], purpose, scopeId, await recipients.OfAsync(childId, purpose, scopeId, cancel), on));
        }

        return [.. wanted.OrderBy(w => w.On).ThenBy(w => w.Name, StringComparer.CurrentCulture).ThenBy(w => w.Purpose)];
    }

    /// <summary>What somebody has said yes to, as such, for one recipient or for one project.</summary>
    private async Task<List<(Guid ChildId, Purpose Purpose, Guid? ScopeId)>> GivenAsync(CancellationToken cancel) =>
        (await db.ConsentEvents.AsNoTracking()
            .Where(e => (e.Type == ConsentEventType.Given || e.Type == ConsentEventType.Renewed) && (e.Scope == ConsentScope.Purpose || e.Scope == ConsentScope.Recipient || e.Scope == ConsentScope.Project))
            .Select(e => new { e.ChildId, e.Purpose, e.ScopeId }).Distinct().ToListAsync(cancel))
        .ConvertAll(e => (e.ChildId, e.Purpose, e.ScopeId));

    /// <summary>
    /// Yeses that stand today and will not in a month, and those that do not count any more: asked of the rules, since a later no may have overtaken the one that expires.
    /// </summary>
    private async Task<(IReadOnlyList<LapsingRow> Lapsing, IReadOnlyList<AskAgainRow> ToAskAgain)> YesesAsync(IEnumerable<((Guid ChildId, Purpose Purpose, Guid? ScopeId) Asked, ConsentDecision Decision)> given, Dictionary<Guid, string> names, CancellationToken cancel)
    {
        var last = Today.AddDays(LapseWithinDays);
        var ended = await db.ResearchProjects.Where(p => p.State == ProjectState.Closed || p.ExpiresOn < Today).Select(p => p.Id).ToListAsync(cancel);
        var (lapsing, again) = (new List<LapsingRow>(), new List<AskAgainRow>());
        foreach (var ((childId, purpose, scopeId), decision) in given)
        {
            var lapses = decision.Effects.Prompt == PromptEffect.BeforeItExpires && decision.ExpiresOn <= last;
            // Somebody who must have no contact is not asked for.
            var over = decision.Effects.Prompt is PromptEffect.Renew or PromptEffect.AskWhoMayDecideNow && decision.Because != RefreshCause.NoContact;
            // A project that is over is asked about no more.
            if (decision.IsRestricted || !(lapses || (over && !(Purposes.MayBeForOneProject(purpose) && scopeId is { } project && ended.Contains(project))))) continue;
            var recipient = await recipients.OfAsync(childId, purpose, scopeId, cancel);
            if (lapses) lapsing.Add(new(childId, names[childId], purpose, scopeId, recipient, decision.ExpiresOn!.Value));
            else again.Add(new(childId, names[childId], purpose, scopeId, recipient, Words.Of(decision, names[childId])));
        }

        return ([.. lapsing.OrderBy(r => r.On).ThenBy(r => r.Name, StringComparer.CurrentCulture)], [.. again.OrderBy(r => r.Name, StringComparer.CurrentCulture).ThenBy(r => r.Purpose)]);
    }
}
