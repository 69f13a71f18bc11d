using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>What was said about one purpose, by whom, and how it was heard.</summary>
public class RecordConsent
{
    public const int WordsMaxLength = 1_000;

    public const int LanguageMaxLength = 35;

    /// <summary>Made with the form, so that a double click decides once.</summary>
    public Guid Id { get; set; }

    public Purpose Purpose { get; set; }

    /// <summary>Whom it is for, when the purpose is asked for one person or one service.</summary>
    public Guid? RecipientId { get; set; }

    /// <summary>The one visit, record or project it is limited to; at most one of these and <see cref="RecipientId"/>.</summary>
    public Guid? SessionId { get; set; }

    public Guid? VoiceRecordId { get; set; }

    public Guid? ProjectId { get; set; }

    public ConsentEventType? Decision { get; set; }

    public DecidedBy? DecidedBy { get; set; }

    /// <summary>Which parent or carer decided.</summary>
    public Guid? DecidedByRelationshipId { get; set; }

    /// <summary>For the council under a care order: how senior whoever decided is.</summary>
    public DecisionGrade? Grade { get; set; }

    /// <summary>Whether the child could decide this today; asked where the rules need it.</summary>
    public CompetenceOutcome? Competence { get; set; }

    public string? CompetenceRationale { get; set; }

    public Understands? WhatItIs { get; set; }

    public Understands? WhatFor { get; set; }

    public Understands? WhoWillSee { get; set; }

    public Understands? CanSayNo { get; set; }

    public Understands? WhatMayHappen { get; set; }

    public FreeFromPressure? FreeFromPressure { get; set; }

    /// <summary>What the child said that shows what they understood.</summary>
    public string? CompetenceWords { get; set; }

    public string? Support { get; set; }

    public string? SecondOpinion { get; set; }

    public DateOnly? ReviewOn { get; set; }

    public ChildPosition? ChildPosition { get; set; }

    public string? ChildPositionReason { get; set; }

    public ConsentMethod? Method { get; set; }

    public Guid? WordingId { get; set; }

    /// <summary>The name that stood in the words, of whom or what it is for. The page sets it; what a form sends for it counts for nothing.</summary>
    public string? Recipient { get; set; }

    /// <summary>What the words on the page were, as <see cref="ConsentService.MarkOf"/> makes it; null of what came without a page.</summary>
    public string? Seen { get; set; }

    /// <summary>What the child or adult said about it.</summary>
    public string? Words { get; set; }

    /// <summary>Why. Never asked for when somebody says no or stop.</summary>
    public string? Reason { get; set; }

    /// <summary>What they want done with what is there, when they stop it and say so.</summary>
    public WithdrawWants? Wants { get; set; }

    public bool RaisedByChild { get; set; }

    /// <summary>Who asked, when that was not who writes it down: somebody else of their team.</summary>
    public Guid? AskedById { get; set; }

    public string? LanguageUsed { get; set; }

    public bool InterpreterPresent { get; set; }

    public string? Present { get; set; }

    /// <summary>A file kept for this child as evidence.</summary>
    public Guid? EvidenceFileId { get; set; }

    /// <summary>From when a yes counts, when later than now.</summary>
    public DateTime? ValidFrom { get; set; }

    /// <summary>A last day sooner than the usual one.</summary>
    public DateOnly? ExpiresOn { get; set; }

    public List<ExpiryCause> ExpiresWhen { get; set; } = [];

    /// <summary>Where it was written down offline, and when by that device's clock.</summary>
    public DeviceClock? Device { get; set; }
}

public sealed class RecordConsentValidator : AbstractValidator<RecordConsent>
{
    public RecordConsentValidator()
    {
        RuleFor(c => c.Id).NotEmpty();
        RuleFor(c => c.Purpose).IsInEnum();
        RuleFor(c => c.Decision).NotNull().WithMessage("Choose what was decided")
            .Must(d => d is null or (>= ConsentEventType.Told and <= ConsentEventType.Objected and not ConsentEventType.Renewed))
            .WithMessage("Choose what was decided");
        RuleFor(c => c.DecidedBy).NotNull().When(c => c.Decision is not (null or ConsentEventType.Told or ConsentEventType.Asked)).WithMessage("Choose who decided").IsInEnum();
        RuleFor(c => c.DecidedByRelationshipId).NotNull()
            .When(c => c.DecidedBy is DecidedBy.ParentalResponsibility or DecidedBy.DelegatedAuthority).WithMessage("Choose which parent or carer decided");
        RuleFor(c => c.ChildPosition).NotNull()
            .When(c => c.Decision == ConsentEventType.Given && c.DecidedBy is not (null or DecidedBy.ChildForSelf)).WithMessage("Choose how the child feels about it").IsInEnum();
        RuleFor(c => c.ChildPositionReason).NotEmpty()
            .When(c => c.Decision == ConsentEventType.Given && c.DecidedBy is not (null or DecidedBy.ChildForSelf) && c.ChildPosition == ChildPosition.NotAsked).WithMessage("Say why they could not be asked");
        RuleFor(c => c.Method).NotNull().WithMessage("Choose how they told you").IsInEnum();
        RuleFor(c => c.Competence).IsInEnum();
        RuleFor(c => c.Grade).IsInEnum();
        RuleFor(c => c.WhatItIs).IsInEnum();
        RuleFor(c => c.WhatFor).IsInEnum();
        RuleFor(c => c.WhoWillSee).IsInEnum();
        RuleFor(c => c.CanSayNo).IsInEnum();
        RuleFor(c => c.WhatMayHappen).IsInEnum();
        RuleFor(c => c.FreeFromPressure).IsInEnum();
        RuleFor(c => c.Wants).IsInEnum();
        RuleFor(c => c.LanguageUsed).MaximumLength(RecordConsent.LanguageMaxLength).WithMessage("Choose a language");
        foreach (var text in new System.Linq.Expressions.Expression<Func<RecordConsent, string?>>[] { c => c.CompetenceRationale, c => c.SecondOpinion, c => c.Support })
        {
            RuleFor(text).Must(t => WrittenText.Length(t) <= CompetenceAssessment.RationaleMaxLength)
                .WithMessage($"Keep this to {CompetenceAssessment.RationaleMaxLength} characters or fewer").Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        }

        foreach (var text in new System.Linq.Expressions.Expression<Func<RecordConsent, string?>>[] { c => c.Words, c => c.Reason, c => c.Present, c => c.ChildPositionReason, c => c.CompetenceWords })
        {
            RuleFor(text).MaximumLength(RecordConsent.WordsMaxLength).WithMessage($"Keep this to {RecordConsent.WordsMaxLength} characters or fewer")
                .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        }
    }
}

/// <summary>
/// The only place that answers "may this be used for that", and the only one that writes what was decided. It fails closed: who is not visible, not known or
/// not plainly allowed is denied. <see cref="ConsentEffects"/> says what each answer does on each surface.
/// </summary>
public sealed class ConsentService(AppDbContext db, KeyRing keys, FileStore files, PurposeService purposes, WithdrawalService withdrawals, TimeProvider clock)
{
    /// <summary>More children than this are asked about as everybody is: finding each by itself would take longer.</summary>
    private const int AskedAboutOneByOne = 2_000;

    /// <summary>The pages of a child that show what they said, as the audit log names them; a rule test holds that none is missing.</summary>
    internal static readonly string?[] PagesWithWords =
    [
        "/Hear/Asks/Agree", "/Hear/Asks/Detail", "/Hear/Asks/New", "/Hear/Asks/Step", "/Hear/Child", "/Hear/Kept/Correct", "/Hear/Kept/DoNotTell", "/Hear/Kept/Others",
        "/Hear/Kept/Shown", "/Hear/Kept/Themes", "/Hear/Kept/WrongChild", "/Hear/Records/Interpretation", "/Hear/Records/Transcript", "/Hear/Timeline",
    ];

    /// <summary>The surfaces on which something leaves those who work with the child.</summary>
    private static readonly VoiceSurface[] GoesOut = [VoiceSurface.Print, VoiceSurface.Share, VoiceSurface.Quote, VoiceSurface.Extract, VoiceSurface.Network];

    /// <summary>What is relied on for one copy is written within this time.</summary>
    private static readonly TimeSpan OneCopy = TimeSpan.FromSeconds(10);

    private readonly ConsentFactsReader reader = new(db);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <param name="scopeId">The session, record, recipient or project it is for; null for the purpose as such.</param>
    public async Task<ConsentDecision> DecideAsync(Guid childId, Purpose purpose, Guid? scopeId, DateTime at, CancellationToken cancel) =>
        (await DecideManyAsync([childId], purpose, scopeId, at, cancel)).GetValueOrDefault(childId, ConsentDecision.NothingKnown);

    public Task<ConsentDecision> DecideNowAsync(Guid childId, Purpose purpose, Guid? scopeId, CancellationToken cancel) =>
        DecideAsync(childId, purpose, scopeId, Now, cancel);

    /// <summary>The same decision for many children in one question. A child who is not in the answer is denied.</summary>
    public async Task<Dictionary<Guid, ConsentDecision>> DecideManyAsync(
        IReadOnlyCollection<Guid> childIds, Purpose purpose, Guid? scopeId, DateTime at, CancellationToken cancel)
    {
        if (childIds.Count == 0) return [];
        if (childIds.Count <= AskedAboutOneByOne)
        {
            return (await reader.ReadAsync(childIds, [purpose], cancel)).ToDictionary(k => k.Key, k => k.Value.Decide(purpose, scopeId, at));
        }

        var everybody = await DecideEverybodyAsync(purpose, scopeId, at, cancel);
        return childIds.Distinct().Where(everybody.ContainsKey).ToDictionary(id => id, id => everybody[id]);
    }

    /// <summary>The same decision for every child the actor may see, in one question however many they are: for figures and extracts.</summary>
    public async Task<Dictionary<Guid, ConsentDecision>> DecideEverybodyAsync(Purpose purpose, Guid? scopeId, DateTime at, CancellationToken cancel)
    {
        var known = await reader.ReadAsync(null, [purpose], cancel);
        var decisions = new Dictionary<Guid, ConsentDecision>(known.Count);
        foreach (var (id, child) in known) decisions.Add(id, child.Decide(purpose, scopeId, at));
        return decisions;
    }

    /// <summary>Decisions about different children, purposes and recipients in one question, in the order asked.</summary>
    public async Task<IReadOnlyList<ConsentDecision>> DecideEachAsync(IReadOnlyList<(Guid ChildId, Purpose Purpose, Guid? ScopeId)> asked, DateTime at, CancellationToken cancel)
    {
        if (asked.Count == 0) return [];
        var known = await reader.ReadAsync([.. asked.Select(a => a.ChildId).Distinct()], [.. asked.Select(a => a.Purpose).Distinct()], cancel);
        return [.. asked.Select(a => known.GetValueOrDefault(a.ChildId)?.Decide(a.Purpose, a.ScopeId, at) ?? ConsentDecision.NothingKnown)];
    }

    /// <summary>Of some records, those about which somebody was asked by themselves, and to which there is no yes now: whatever else a purpose would let be done with them, they are left alone.</summary>
    /// <returns>By the record, what was said instead.</returns>
    public async Task<Dictionary<Guid, ConsentDecision>> LeftAloneAsync(IReadOnlyCollection<Guid> recordIds, Purpose purpose, DateTime at, CancellationToken cancel)
    {
        var asked = (await db.ConsentEvents.AsNoTracking().Where(e => e.Purpose == purpose && e.Scope == ConsentScope.VoiceRecord && recordIds.Contains(e.ScopeId!.Value))
            .Select(e => new { e.ChildId, e.ScopeId }).Distinct().ToListAsync(cancel)).ConvertAll(e => (e.ChildId, purpose, e.ScopeId));
        var decisions = await DecideEachAsync(asked, at, cancel);
        return asked.Zip(decisions).Where(d => !d.Second.Allowed).ToDictionary(d => d.First.ScopeId!.Value, d => d.Second);
    }

    /// <summary>The state of every purpose for one child at an instant, in one question, for a page that lists them.</summary>
    public async Task<ChildPermissions> DecideAllAsync(Guid childId, DateTime at, CancellationToken cancel) =>
        new((await reader.ReadAsync([childId], Enum.GetValues<Purpose>(), cancel)).GetValueOrDefault(childId), at);

    public Task<ChildPermissions> DecideAllNowAsync(Guid childId, CancellationToken cancel) => DecideAllAsync(childId, Now, cancel);

    /// <summary>
    /// Writes down that a permission was relied on, for the caller to save with the use itself. Nothing is written where nobody had to say yes.
    /// </summary>
    public void Rely(ConsentDecision decision, Guid childId, Purpose purpose, Guid? scopeId, VoiceSurface surface, Guid subjectId, Actor actor)
    {
        if (!decision.Allowed || decision.State != ConsentState.Given) return;
        db.Add(new ConsentUse
        {
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            Purpose = purpose,
            ScopeId = scopeId,
            Surface = surface,
            EventId = decision.EventId!.Value,
            SubjectId = subjectId,
            UsedAt = Now,
            UsedById = actor.PersonId,
        });
    }

    /// <summary>
    /// Every use made since a day of a yes that somebody gave for the child: what to look at when it becomes known late that they could not decide from
    /// that day on. Each opening of what the child said, each find and each booklet is among them too: no permission is needed for those (the council keeps the record and
    /// the child is told), but they say who has come to know. Newest first; extracts are in it by the day they were released.
    /// </summary>
    /// <param name="until">When the council came to know: what was used later was used knowing it.</param>
    public async Task<IReadOnlyList<UseMade>> UsesSinceAsync(Guid childId, DateOnly day, DateTime until, CancellationToken cancel)
    {
        var since = ConsentRules.StartOf(day);
        var uses = await db.ConsentUses.AsNoTracking().Where(u => u.ChildId == childId && u.UsedAt >= since && u.UsedAt <= until && u.Event!.DecidedBy != DecidedBy.ChildForSelf)
            .Select(u => new UseMade(u.Purpose, u.Surface, u.UsedAt, (Guid?)u.EventId, u.SubjectId, u.UsedById)).ToListAsync(cancel);
        var extracts = await (
            from included in db.ExtractChildren.AsNoTracking()
            join extract in db.Extracts on included.ExtractId equals extract.Id
            join given in db.ConsentEvents on included.ConsentEventId equals given.Id
            where included.ChildId == childId && extract.ReleasedAt >= since && extract.ReleasedAt <= until && given.DecidedBy != DecidedBy.ChildForSelf
            select new UseMade(given.Purpose, VoiceSurface.Extract, extract.ReleasedAt!.Value, given.Id, extract.Id, extract.RequestedById)).ToListAsync(cancel);
        var opened = await db.AuditEntries.AsNoTracking()
            .Where(a => a.ChildId == childId && a.At >= since && a.At <= until && a.ActorId != null
                && (a.Action == AuditActions.VoiceSearched || a.Action == AuditActions.BookletMade || (a.Action == AuditActions.ChildRead && a.SubjectId == null && PagesWithWords.Contains(a.Detail))))
            .Select(a => new { a.Action, a.At, a.ActorId }).ToListAsync(cancel);
        var readings = opened.Select(a => new UseMade(
            Purpose.KeepRecord, a.Action == AuditActions.VoiceSearched ? VoiceSurface.Search : a.Action == AuditActions.BookletMade ? VoiceSurface.Print : VoiceSurface.Page, a.At, null, childId, a.ActorId!.Value));
        return [.. uses.Concat(extracts).Concat(readings).OrderByDescending(u => u.At)];
    }

    /// <summary>
    /// To whom what was made or said under a permission went before: who is to be told that it has stopped. A use for one person or service names them; a recording that went on paper
    /// did so in the copies of that day.
    /// </summary>
    public async Task<IReadOnlyList<SharedBefore>> SharedBeforeAsync(Guid childId, Purpose purpose, Guid? scopeId, CancellationToken cancel)
    {
        var oneRecipient = Purposes.IsForOneRecipient(purpose);
        var uses = await db.ConsentUses.AsNoTracking()
            .Where(u => u.ChildId == childId && u.Purpose == purpose && (!oneRecipient || u.ScopeId == scopeId) && GoesOut.Contains(u.Surface))
            .Select(u => new { u.Surface, u.SubjectId, u.UsedAt, u.UsedById }).ToListAsync(cancel);
        var copied = oneRecipient || uses.Count == 0 ? []
            : await db.ConsentUses.AsNoTracking().Where(u => u.ChildId == childId && u.Surface == VoiceSurface.Print && (u.Purpose == Purpose.ShareParent || u.Purpose == Purpose.SharePro))
                .Select(u => new { u.Purpose, u.ScopeId, u.SubjectId, u.UsedAt, u.UsedById }).ToListAsync(cancel);
        var shared = new HashSet<SharedBefore>();
        foreach (var use in uses)
        {
            var day = ConsentRules.LocalDay(use.UsedAt);
            var to = copied.FindAll(c => use.Surface == VoiceSurface.Print && c.SubjectId == use.SubjectId && c.UsedById == use.UsedById && (c.UsedAt - use.UsedAt).Duration() < OneCopy);
            if (to.Count == 0) shared.Add(new(use.Surface, oneRecipient ? purpose : null, oneRecipient ? scopeId : null, null, day, use.UsedById));
            foreach (var copy in to) shared.Add(new(use.Surface, copy.Purpose, copy.ScopeId, null, day, use.UsedById));
        }

        var extracts = oneRecipient ? [] : await (
            from included in db.ExtractChildren.AsNoTracking()
            join extract in db.Extracts on included.ExtractId equals extract.Id
            join given in db.ConsentEvents on included.ConsentEventId equals given.Id
            where included.ChildId == childId && extract.ReleasedAt != null && given.Purpose == purpose
            select new { extract.ReleasedAt, extract.RequestedById, extract.Project!.Title }).ToListAsync(cancel);
        return [.. shared.Concat(extracts.Select(e => new SharedBefore(VoiceSurface.Extract, null, null, e.Title, ConsentRules.LocalDay(e.ReleasedAt!.Value), e.RequestedById))).OrderByDescending(s => s.On)];
    }

    /// <summary>Records what was told, asked or decided. The rule that refuses it is named beside the field.</summary>
    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> RecordAsync(Guid childId, RecordConsent input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        if (await IsThereAsync()) return Outcome.Done;
        var now = Now;
        var at = input.Device?.SaidAt is { } said && said < now ? said : now;
        if (await RefusalAsync(child, input, at, actor, cancel) is { } refusal) return refusal;

        var wording = input.WordingId is { } wordingId ? await db.Wordings.SingleOrDefaultAsync(w => w.Id == wordingId && w.Purpose == input.Purpose, cancel) : null;
        if (input.WordingId is not null && wording is null) return await db.RefuseForgedAsync(childId, input.WordingId, actor, nameof(input.WordingId), "Choose the words that were used", "wording", clock, cancel);
        var evidence = input.EvidenceFileId is { } fileId
            ? await db.Files.SingleOrDefaultAsync(f => f.Id == fileId && f.ChildId == childId && f.Kind == FileKind.ConsentEvidence, cancel) : null;
        if (input.EvidenceFileId is not null && evidence is null) return await db.RefuseForgedAsync(childId, input.EvidenceFileId, actor, nameof(input.EvidenceFileId), "Add the evidence again", "evidence", clock, cancel);
        if (evidence is not null && !await files.CompleteAsync(evidence, cancel)) return Outcome.Refused(nameof(input.EvidenceFileId), "Some of it has not arrived. Send it again");

        var shown = wording is null ? null : await ShownAsync(db, child.AuthorityId, wording, input.Recipient, cancel);
        var type = input.Decision!.Value;
        if (input.Seen is { } seen && seen != MarkOf(shown))
        {
            if (type == ConsentEventType.Given) return Outcome.Refused("", NamesChanged);
            // A no is heard at any time; which names were before them nobody knows.
            shown = null;
        }

        var assessmentId = await AssessAsync(child, input, at, actor, cancel);
        var decides = type is not (ConsentEventType.Told or ConsentEventType.Asked);
        var (scope, scopeId) = ScopeOf(input);
        var before = decides ? (await DecideAsync(childId, input.Purpose, scopeId, at, cancel)).EventId : null;
        var today = ConsentRules.LocalDay(at);
        var rules = await purposes.RulesAsync(input.Purpose, at, cancel);
        var written = new ConsentEvent
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            Purpose = input.Purpose,
            Scope = scope,
            ScopeId = scopeId,
            Type = type,
            // Whoever was told has decided nothing, but for somebody who objected and says that they let it be.
            DecidedBy = decides || type == ConsentEventType.Told ? input.DecidedBy : null,
            DecidedByRelationshipId = decides && input.DecidedBy is DecidedBy.ParentalResponsibility or DecidedBy.DelegatedAuthority ? input.DecidedByRelationshipId : null,
            Grade = input.DecidedBy == DecidedBy.LocalAuthority ? input.Grade : null,
            ChildPosition = input.DecidedBy == DecidedBy.ChildForSelf ? ChildPosition.DecidedThemselves : input.ChildPosition,
            ChildPositionReasonSealed = await SealAsync(input.ChildPositionReason, SealPart.ConsentPosition),
            CompetenceAssessmentId = assessmentId,
            Method = input.Method!.Value,
            WordingId = wording?.Id,
            WordingHash = wording?.BodyHash,
            ShownSealed = await SealAsync(shown, SealPart.ConsentShown),
            ValidFrom = input.ValidFrom,
            ExpiresOn = type == ConsentEventType.Given ? LastDay(child, input, rules, today) : null,
            // A yes for one project is none for what comes after it.
            ExpiresWhen = type != ConsentEventType.Given ? [] : scope == ConsentScope.Project ? [.. input.ExpiresWhen.Union([ExpiryCause.ProjectEnds])] : input.ExpiresWhen,
            OccurredAt = at,
            RecordedAt = now,
            ClockSource = input.Device is null ? ClockSource.Server : ClockSource.Device,
            DeviceId = input.Device?.DeviceId,
            DeviceTime = input.Device?.SaidAt,
            DeviceOffsetMinutes = input.Device?.OffsetMinutes,
            ClockSkewMs = input.Device?.SkewAt(now),
            SupersedesEventId = before,
            RecordedById = actor.PersonId,
            RaisedByChild = input.RaisedByChild,
            AskedById = input.AskedById == actor.PersonId ? null : input.AskedById,
            LanguageUsed = string.IsNullOrEmpty(input.LanguageUsed) ? wording?.Language : input.LanguageUsed,
            InterpreterPresent = input.InterpreterPresent,
            PresentSealed = await SealAsync(input.Present, SealPart.ConsentPresent),
            EvidenceFileId = evidence?.Id,
            EvidenceHash = evidence?.Sha256,
            WordsSealed = await SealAsync(input.Words, SealPart.ConsentWords),
            ReasonSealed = await SealAsync(input.Reason, SealPart.ConsentReason),
            Wants = Stops(type) ? input.Wants : null,
        };
        db.Add(written);
        db.Add(AuditEntry.For(AuditActions.ConsentRecorded, actor, child.Id, input.Id, clock, $"{input.Purpose} {type}"));
        await using var both = await db.Database.BeginTransactionAsync(cancel);
        var taken = await db.SaveOnceAsync(IsThereAsync, cancel);
        if (taken is null && written.Wants == WithdrawWants.DeleteRecording) await withdrawals.EraseAsync(written, actor, cancel);
        if (taken is null && written is { Purpose: Purpose.TranscribeMachine, Type: not ConsentEventType.Deferred } && ConsentRules.Denies(ConsentFact.Of(written))) await withdrawals.ThrowAwayDraftsAsync(written, actor, cancel);
        if (taken is null && Stops(type)) await PassOnAsync(written, actor, cancel);
        if (taken is not null) await both.RollbackAsync(cancel);
        else await both.CommitAsync(cancel);
        return taken is null ? Outcome.Done : await db.RefuseForgedAsync(childId, input.Id, actor, "", FormSaving.UsedBefore, "id", clock, cancel);

        Task<bool> IsThereAsync() => db.ConsentEvents.AnyAsync(e => e.Id == input.Id && e.ChildId == childId, cancel);
        async Task<byte[]?> SealAsync(string? text, int part) => text is { Length: > 0 } ? await keys.SealAsync(child.Id, text, input.Id, part, cancel) : null;
    }

    /// <summary>Stops that somebody else was told about children the actor works with, and that the actor has not said they have read, newest first.</summary>
    public async Task<IReadOnlyList<StopNotice>> UnreadStopsAsync(Actor actor, CancellationToken cancel)
    {
        // As the actor: of a child who has moved on to somebody else nothing is told.
        var unread = await db.Notices.AsNoTracking().Where(n => n.PersonId == actor.PersonId && n.ReadAt == null && n.Kind == NoticeKind.Stop)
            .Join(db.ConsentEvents, n => n.SubjectId, e => e.Id, (n, e) => new { Notice = n, Said = e })
            .Join(db.Children, n => n.Notice.ChildId, c => c.Id, (n, c) => new
            {
                n.Notice.Id,
                n.Said,
                Child = c,
                By = db.Users.Where(u => u.Id == n.Said.RecordedById).Select(u => u.DisplayName).FirstOrDefault(),
                SaidBy = db.Relationships.Where(r => r.Id == n.Said.DecidedByRelationshipId).Select(r => r.Name).FirstOrDefault(),
            })
            .OrderByDescending(n => n.Said.RecordedAt).Take(50).ToListAsync(cancel);
        return [.. unread.Select(n => new StopNotice(n.Id, n.Child.Id, n.Child.CalledName, n.Said.Purpose, n.Said.ScopeId, n.Said.Type, n.SaidBy, n.By ?? "A colleague", n.Said.RecordedAt))];
    }

    /// <summary>Tells those who work with the child of a stop that somebody else was told, inside the transaction that writes it.</summary>
    private async Task PassOnAsync(ConsentEvent stop, Actor actor, CancellationToken cancel)
    {
        if (await db.Allocations.AnyAsync(a => a.ChildId == stop.ChildId && a.PractitionerId == actor.PersonId && a.EndedOn == null, cancel)) return;
        // Whoever was told may not see who works with the child, nor write to them: the database does both.
        var told = await db.Database.SqlQuery<int>($"select pass_on_stop({stop.Id}) as \"Value\"").SingleAsync(cancel);
        db.Add(AuditEntry.For(AuditActions.StopPassedOn, actor, stop.ChildId, stop.Id, clock, $"told: {told}"));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>The words as they stand before somebody now; null where nobody knows whose name stands in them.</summary>
    internal static async Task<string?> ShownAsync(AppDbContext db, Guid authorityId, Wording wording, string? recipient, CancellationToken cancel)
    {
        var council = await db.Authorities.Where(a => a.Id == authorityId).Select(a => wording.Language == "cy" ? a.WelshName ?? a.Name : a.Name).SingleAsync(cancel);
        return wording.FilledFor(council, recipient);
    }

    /// <summary>Who of the actor's team may have asked, where the actor only writes it down.</summary>
    public static IQueryable<AppUser> Askers(AppDbContext db, Actor actor) =>
        db.Users.AsNoTracking().Where(u => u.TeamId != null && u.TeamId == actor.TeamId && u.LeftAt == null && u.Id != actor.PersonId && Hearing.Contains(u.Role));

    /// <summary>Who on record may decide about something for the child on a day, by name, and as what.</summary>
    public static async Task<IReadOnlyList<(Relationship Person, DecidedBy As)>> ResponsibleAsync(AppDbContext db, Guid childId, Purpose purpose, DateOnly day, CancellationToken cancel)
    {
        var people = await db.Relationships.AsNoTracking().Where(r => r.ChildId == childId)
            .Select(r => new
            {
                Person = r,
                Holds = r.Responsibilities.Any(p => (p.FromOn == null || p.FromOn <= day) && (p.ToOn == null || p.ToOn >= day)),
                Delegated = db.DelegatedAuthorities.Any(d => d.RelationshipId == r.Id && d.ChildId == childId && d.Purposes.Contains(purpose) && (d.FromOn == null || d.FromOn <= day) && (d.ToOn == null || d.ToOn >= day)),
            })
            .Where(r => r.Holds || r.Delegated).OrderBy(r => r.Person.Name).ToListAsync(cancel);
        return people.ConvertAll(p => (p.Person, p.Holds ? DecidedBy.ParentalResponsibility : DecidedBy.DelegatedAuthority));
    }

    private static readonly Role[] Hearing = [.. Enum.GetValues<Role>().Where(r => Roles.Has(r, Capability.HearChildren))];

    internal const string NamesChanged = "A name in the words has changed since this page was opened. Read them again";

    /// <summary>By which a page says which words stood on it.</summary>
    public static string MarkOf(string? shown) => Convert.ToHexStringLower(Wording.HashOf(shown ?? "", null));

    private async Task<Guid?> AssessAsync(Child child, RecordConsent input, DateTime at, Actor actor, CancellationToken cancel)
    {
        if (input.Competence is not { } outcome || input.CompetenceRationale is not { Length: > 0 } rationale) return null;
        var id = Guid.CreateVersion7();
        db.Add(new CompetenceAssessment
        {
            Id = id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            Purpose = input.Purpose,
            AssessedOn = ConsentRules.LocalDay(at),
            AssessedAt = at,
            AssessorId = actor.PersonId,
            Outcome = outcome,
            WhatItIs = input.WhatItIs,
            WhatFor = input.WhatFor,
            WhoWillSee = input.WhoWillSee,
            CanSayNo = input.CanSayNo,
            WhatMayHappen = input.WhatMayHappen,
            FreeFromPressure = input.FreeFromPressure,
            ChildWordsSealed = await SealAsync(input.CompetenceWords, SealPart.CompetenceWords),
            SupportSealed = await SealAsync(input.Support, SealPart.CompetenceSupport),
            RationaleSealed = await keys.SealAsync(child.Id, rationale, id, SealPart.Rationale, cancel),
            SecondOpinionSealed = await SealAsync(input.SecondOpinion, SealPart.SecondOpinion),
            ReviewOn = input.ReviewOn,
        });
        db.Add(AuditEntry.For(AuditActions.CompetenceAssessed, actor, child.Id, id, clock, $"{input.Purpose} {outcome}"));
        return id;

        async Task<byte[]?> SealAsync(string? text, int part) => text is { Length: > 0 } ? await keys.SealAsync(child.Id, text, id, part, cancel) : null;
    }

    private static bool Stops(ConsentEventType type) => type is ConsentEventType.Withdrawn or ConsentEventType.Refused or ConsentEventType.Objected;

    private static (ConsentScope Scope, Guid? Id) ScopeOf(RecordConsent input) =>
        input.RecipientId is { } recipient ? (ConsentScope.Recipient, recipient)
        : input.SessionId is { } session ? (ConsentScope.Session, session)
        : input.VoiceRecordId is { } record ? (ConsentScope.VoiceRecord, record)
        : input.ProjectId is { } project ? (ConsentScope.Project, project)
        : (ConsentScope.Purpose, null);

    /// <summary>The last day of a yes that is said today, when no sooner one is agreed.</summary>
    public static DateOnly UsualEnd(Child child, PurposeRules rules, DateOnly today) => today.AddMonths(child.AgeOn(today) < Purposes.YoungChildAge ? rules.MonthsValidForYoungChild : rules.MonthsValid);

    private static DateOnly LastDay(Child child, RecordConsent input, PurposeRules rules, DateOnly today)
    {
        var usual = UsualEnd(child, rules, today);
        return input.ExpiresOn is { } sooner && sooner < usual ? sooner : usual;
    }

    private async Task<Outcome?> RefusalAsync(Child child, RecordConsent input, DateTime at, Actor actor, CancellationToken cancel)
    {
        // The database refuses it too. What is to become of what is there is asked by whoever works with them.
        if (actor.Can(Capability.TakeStops) && (!Stops(input.Decision!.Value) || input.Wants is not null)) return Outcome.Refused(nameof(input.Decision), "You can write down a no or a stop. Everything else is for the child’s own worker to ask");
        if (input.RecipientId is not null != Purposes.IsForOneRecipient(input.Purpose)) return Outcome.Refused("", "Choose whom it is for");
        if (new[] { input.RecipientId, input.SessionId, input.VoiceRecordId, input.ProjectId }.Count(id => id is not null) > 1) return Outcome.Refused("", "A decision is limited to one thing, or to none");
        if (input.RecipientId is { } recipient && !await NamedRecipientService.IsThereAsync(db, child.Id, input.Purpose, recipient, cancel))
        {
            return await db.RefuseForgedAsync(child.Id, recipient, actor, "", NamedRecipientService.MayBeNamed(input.Purpose) ? "Choose whom it is for" : "Choose somebody in this child’s life", "recipient", clock, cancel);
        }

        // From before services had names: it can be stopped, and not begun again.
        if (input is { Purpose: Purpose.SharePro, Decision: ConsentEventType.Given, RecipientId: { } any } && CopyRecipient.ServiceOf(any) == OutsideService.OtherService)
        {
            return Outcome.Refused(nameof(input.Decision), "Say which service. A yes for one is no yes for another");
        }

        if (input.SessionId is { } session && (!Purposes.MayBeForOneVisit(input.Purpose) || !await db.VoiceSessions.AnyAsync(s => s.Id == session && s.ChildId == child.Id, cancel)))
        {
            return await db.RefuseForgedAsync(child.Id, session, actor, "", "Choose a visit to this child", "visit", clock, cancel);
        }

        if (input.VoiceRecordId is { } record && (!Purposes.MayBeForOneRecord(input.Purpose) || !await db.VoiceRecords.AnyAsync(r => r.Id == record && r.ChildId == child.Id, cancel)))
        {
            return await db.RefuseForgedAsync(child.Id, record, actor, "", "Choose something this child said", "record", clock, cancel);
        }

        if (input.AskedById is { } asker && asker != actor.PersonId && !await Askers(db, actor).AnyAsync(u => u.Id == asker, cancel))
        {
            return await db.RefuseForgedAsync(child.Id, asker, actor, nameof(input.AskedById), "Choose somebody of your team", "asker", clock, cancel);
        }

        if (input.ProjectId is { } project && (!Purposes.MayBeForOneProject(input.Purpose) || !await db.ResearchProjects.AnyAsync(p => p.Id == project && ResearchRegister.Shown.Contains(p.State), cancel)))
        {
            return await db.RefuseForgedAsync(child.Id, project, actor, "", "Choose a project of this council’s research", "project", clock, cancel);
        }

        var rules = await purposes.RulesAsync(input.Purpose, at, cancel);
        if (rules.Basis == PurposeBasis.NoticeOnly)
        {
            // Where it was asked before, a no may still come in, and is heard whatever it is called.
            return input.Decision is ConsentEventType.Told or ConsentEventType.Objected || (Purposes.MayBeTold(input.Purpose) && input.Decision is ConsentEventType.Refused or ConsentEventType.Withdrawn) ? null
                : Outcome.Refused(nameof(input.Decision), "The child is told about this, not asked: record that they were told, or that they object");
        }

        if (input.Decision is ConsentEventType.Told or ConsentEventType.Objected) return Outcome.Refused(nameof(input.Decision), "Choose what was decided");
        if (input.Decision != ConsentEventType.Asked && input.DecidedByRelationshipId is { } id && input.DecidedBy is DecidedBy.ParentalResponsibility or DecidedBy.DelegatedAuthority
            && !await db.Relationships.AnyAsync(r => r.Id == input.DecidedByRelationshipId && r.ChildId == child.Id, cancel))
        {
            return await db.RefuseForgedAsync(child.Id, input.DecidedByRelationshipId, actor, nameof(input.DecidedByRelationshipId), "Choose a parent or carer of this child", "relationship", clock, cancel);
        }

        var known = (await reader.ReadAsync([child.Id], [input.Purpose], cancel)).GetValueOrDefault(child.Id);
        if (known is null) return Outcome.Refused("", "The child’s record could not be read. Open the page again");
        // Whoever covers can hear a no at once; a yes that lasts a year waits for the child's own worker.
        if (input.Decision == ConsentEventType.Given && await CoverService.IsCoveringAsync(db, child.Id, actor, cancel))
        {
            return Outcome.Refused(nameof(input.Decision), "You are covering for a colleague. You can write down a no; a yes is for the child’s own worker to ask for");
        }

        // Nor is a form that was opened before the no a way round it. A no, and a stop, are heard at any time.
        if (input.Decision is ConsentEventType.Asked or ConsentEventType.Given or ConsentEventType.Deferred && !input.RaisedByChild && AskAgainFrom(known, input.Purpose, ScopeOf(input).Id, at, rules) is { } from && from > ConsentRules.LocalDay(at))
        {
            return Outcome.Refused(nameof(input.Decision), $"They said no. Wait until {from:d MMMM yyyy} before asking again, unless the child brings it up");
        }

        // A no never needs proof of anything.
        if (input.Decision != ConsentEventType.Given) return null;
        var day = ConsentRules.LocalDay(at);
        if (input.ExpiresOn < day) return Outcome.Refused(nameof(input.ExpiresOn), "The last day must be today or later");
        var statuses = await db.LegalStatuses.AsNoTracking().Where(s => s.ChildId == child.Id && (s.FromOn == null || s.FromOn <= day) && (s.ToOn == null || s.ToOn >= day)).Select(s => s.Kind).ToListAsync(cancel);
        return WhoDecides.Refuse(input, known.FactsOf(input.Purpose), statuses, day, at) is { } refusal ? new Outcome(refusal) : null;
    }

    /// <summary>The day from which somebody who said no may be asked again; null when nobody did. A child who brings it up is heard at any time.</summary>
    public async Task<DateOnly?> AskAgainFromAsync(Guid childId, Purpose purpose, Guid? scopeId, CancellationToken cancel)
    {
        var known = (await reader.ReadAsync([childId], [purpose], cancel)).GetValueOrDefault(childId);
        return known is null ? null : AskAgainFrom(known, purpose, scopeId, Now, await purposes.RulesAsync(purpose, Now, cancel));
    }

    private static DateOnly? AskAgainFrom(ConsentFactsReader.Known known, Purpose purpose, Guid? scopeId, DateTime at, PurposeRules rules) =>
        ConsentRules.SaidNoAt(known.EventsOf(purpose), known.Decide(purpose, scopeId, at), scopeId) is { } no ? rules.AskAgainFrom(no) : null;
}

/// <summary>Where something went under a permission, on one day.</summary>
/// <param name="For">With <paramref name="RecipientId"/>: the purpose under which somebody got it; null when it was for the child, or for many.</param>
/// <param name="Project">The research it was released to.</param>
public sealed record SharedBefore(VoiceSurface Surface, Purpose? For, Guid? RecipientId, string? Project, DateOnly On, Guid ById);

/// <summary>A permission relied on: for what, where, when and on which decision.</summary>
/// <param name="EventId">The yes it was made on; null where no yes is needed.</param>
/// <param name="SubjectId">What was used: a record or an extract; the child, when what was opened is their record.</param>
public sealed record UseMade(Purpose Purpose, VoiceSurface Surface, DateTime At, Guid? EventId, Guid SubjectId, Guid ById);

/// <summary>A stop that somebody else was told, for whoever works with the child.</summary>
/// <param name="SaidBy">The parent or carer who said it; null for the child.</param>
/// <param name="By">Who was told and wrote it down.</param>
public sealed record StopNotice(Guid Id, Guid ChildId, string ChildName, Purpose Purpose, Guid? ScopeId, ConsentEventType Said, string? SaidBy, string By, DateTime At);
