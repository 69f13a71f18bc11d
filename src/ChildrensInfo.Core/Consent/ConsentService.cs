using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>What was decided about one purpose, by whom.</summary>
public class RecordConsent
{
    public const int WordsMaxLength = 1_000;

    /// <summary>Made with the form, so that a double click decides once.</summary>
    public Guid Id { get; set; }

    public Purpose Purpose { get; set; }

    /// <summary>Whom it is for, when the purpose is asked for one person or one service.</summary>
    public Guid? RecipientId { get; set; }

    public ConsentEventType? Decision { get; set; }

    public DecidedBy? DecidedBy { get; set; }

    /// <summary>Which parent or carer decided.</summary>
    public Guid? DecidedByRelationshipId { get; set; }

    /// <summary>Whether the child could decide this today; asked where the rules need it.</summary>
    public CompetenceOutcome? Competence { get; set; }

    public string? CompetenceRationale { get; set; }

    public ChildPosition? ChildPosition { get; set; }

    public ConsentMethod? Method { get; set; }

    public Guid? WordingId { get; set; }

    /// <summary>What the child or adult said about it.</summary>
    public string? Words { get; set; }
}

public sealed class RecordConsentValidator : AbstractValidator<RecordConsent>
{
    public RecordConsentValidator()
    {
        RuleFor(c => c.Id).NotEmpty();
        RuleFor(c => c.Purpose).IsInEnum();
        RuleFor(c => c.Decision).NotNull().WithMessage("Choose what was decided")
            .Must(d => d is null or ConsentEventType.Told or ConsentEventType.Given or ConsentEventType.Refused or ConsentEventType.Deferred or ConsentEventType.Withdrawn or ConsentEventType.Objected)
            .WithMessage("Choose what was decided");
        RuleFor(c => c.DecidedBy).NotNull().When(c => c.Decision is not (null or ConsentEventType.Told)).WithMessage("Choose who decided").IsInEnum();
        RuleFor(c => c.DecidedByRelationshipId).NotNull()
            .When(c => c.DecidedBy is DecidedBy.ParentalResponsibility or DecidedBy.DelegatedAuthority).WithMessage("Choose which parent or carer decided");
        RuleFor(c => c.ChildPosition).NotNull()
            .When(c => c.Decision == ConsentEventType.Given && c.DecidedBy is not (null or DecidedBy.ChildForSelf)).WithMessage("Choose how the child feels about it").IsInEnum();
        RuleFor(c => c.Method).NotNull().WithMessage("Choose how they told you").IsInEnum();
        RuleFor(c => c.Competence).IsInEnum();
        RuleFor(c => c.CompetenceRationale).MaximumLength(CompetenceAssessment.RationaleMaxLength)
            .WithMessage($"Keep this to {CompetenceAssessment.RationaleMaxLength} characters or fewer").Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(c => c.Words).MaximumLength(RecordConsent.WordsMaxLength).WithMessage($"Keep this to {RecordConsent.WordsMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
    }
}

/// <summary>The only place that answers "may this be used for that". It fails closed.</summary>
public sealed class ConsentService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <param name="scopeId">The session, record, recipient or project it is for; null for the purpose as such.</param>
    public async Task<ConsentDecision> DecideAsync(Guid childId, Purpose purpose, Guid? scopeId, DateTime at, CancellationToken cancel) =>
        (await DecideManyAsync([childId], purpose, scopeId, at, cancel)).GetValueOrDefault(childId, ConsentDecision.NothingKnown);

    public Task<ConsentDecision> DecideNowAsync(Guid childId, Purpose purpose, Guid? scopeId, CancellationToken cancel) =>
        DecideAsync(childId, purpose, scopeId, clock.GetUtcNow().UtcDateTime, cancel);

    /// <summary>The same decision for many children in three questions. A child who is not in the answer is denied.</summary>
    public async Task<Dictionary<Guid, ConsentDecision>> DecideManyAsync(
        IReadOnlyCollection<Guid> childIds, Purpose purpose, Guid? scopeId, DateTime at, CancellationToken cancel)
    {
        var born = await db.Children.Where(c => childIds.Contains(c.Id)).Select(c => new { c.Id, c.BornOn }).ToListAsync(cancel);
        var events = (await db.ConsentEvents.AsNoTracking().Where(e => childIds.Contains(e.ChildId) && e.Purpose == purpose)
            .Select(e => new
            {
                e.ChildId,
                Fact = new ConsentFact(e.Id, e.Type, e.Scope, e.ScopeId, e.DecidedBy, e.DecidedByRelationshipId, e.ChildPosition, e.ExpiresOn, e.OccurredAt, e.CorrectsEventId),
                e.CompetenceAssessmentId,
            }).ToListAsync(cancel)).ToLookup(e => e.ChildId);
        return born.ToDictionary(
            child => child.Id,
            child => ConsentRules.Decide(purpose, events[child.Id].Select(e => e.Fact), new ConsentFacts(child.BornOn, AbleSince(events[child.Id].Select(e => (e.Fact, e.CompetenceAssessmentId)))), scopeId, at));
    }

    /// <summary>The state of every purpose for one child, in two questions, for a page that lists them.</summary>
    public async Task<IReadOnlyDictionary<Purpose, ConsentDecision>> DecideAllNowAsync(Guid childId, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var born = await db.Children.Where(c => c.Id == childId).Select(c => c.BornOn).ToListAsync(cancel);
        if (born.Count == 0) return Enum.GetValues<Purpose>().ToDictionary(p => p, _ => ConsentDecision.NothingKnown);
        var events = (await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == childId).ToListAsync(cancel)).ToLookup(e => e.Purpose);
        return Enum.GetValues<Purpose>().ToDictionary(
            purpose => purpose,
            purpose => ConsentRules.Decide(purpose, events[purpose].Select(ConsentFact.Of),
                new ConsentFacts(born[0], AbleSince(events[purpose].Select(e => (ConsentFact.Of(e), e.CompetenceAssessmentId)))), null, now));
    }

    /// <summary>The words for a purpose, for somebody of that age, in their language or else in English: the newest in force.</summary>
    public async Task<Wording?> WordingAsync(Purpose purpose, AgeBand band, string language, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return (await db.Wordings.AsNoTracking()
                .Where(w => w.Purpose == purpose && w.AgeBand == band && w.Format == WordingFormat.Text && w.EffectiveFrom <= now && (w.Language == language || w.Language == "en"))
                .ToListAsync(cancel))
            .OrderBy(w => w.Language == language ? 0 : 1).ThenByDescending(w => w.Number).FirstOrDefault();
    }

    /// <summary>A child's own assessed decision shows when they were last found able to decide; the rationale stays sealed.</summary>
    private static DateTime? AbleSince(IEnumerable<(ConsentFact Fact, Guid? AssessmentId)> events) =>
        events.Where(e => e.AssessmentId is not null && e.Fact.DecidedBy == DecidedBy.ChildForSelf).Select(e => (DateTime?)e.Fact.OccurredAt).Max();

    /// <summary>Records a decision. The rule that refuses one is named beside the field.</summary>
    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> RecordAsync(Guid childId, RecordConsent input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        if (await db.ConsentEvents.AnyAsync(e => e.Id == input.Id && e.ChildId == childId, cancel)) return Outcome.Done;
        var now = clock.GetUtcNow().UtcDateTime;
        var today = ConsentRules.LocalDay(now);
        if (await RefusalAsync(child, input, today, actor, cancel) is { } refusal) return refusal;

        var wording = input.WordingId is { } wordingId ? await db.Wordings.SingleOrDefaultAsync(w => w.Id == wordingId && w.Purpose == input.Purpose, cancel) : null;
        if (input.WordingId is not null && wording is null) return await db.RefuseForgedAsync(childId, input.WordingId, actor, nameof(input.WordingId), "Choose the words that were used", "wording", clock, cancel);

        Guid? assessmentId = null;
        if (input.Competence is { } outcome && input.CompetenceRationale is { Length: > 0 } rationale)
        {
            var id = Guid.CreateVersion7();
            db.Add(new CompetenceAssessment
            {
                Id = id,
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                Purpose = input.Purpose,
                AssessedOn = today,
                AssessedAt = now,
                AssessorId = actor.PersonId,
                Outcome = outcome,
                RationaleSealed = await keys.SealAsync(child.Id, rationale, id, SealPart.Rationale, cancel),
            });
            db.Add(AuditEntry.For(AuditActions.CompetenceAssessed, actor, child.Id, id, clock, $"{input.Purpose} {outcome}"));
            assessmentId = id;
        }

        var type = input.Decision!.Value;
        db.Add(new ConsentEvent
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            Purpose = input.Purpose,
            Scope = input.RecipientId is null ? ConsentScope.Purpose : ConsentScope.Recipient,
            ScopeId = input.RecipientId,
            Type = type,
            DecidedBy = type == ConsentEventType.Told ? null : input.DecidedBy,
            DecidedByRelationshipId = input.DecidedBy is DecidedBy.ParentalResponsibility or DecidedBy.DelegatedAuthority ? input.DecidedByRelationshipId : null,
            ChildPosition = input.DecidedBy == DecidedBy.ChildForSelf ? ChildPosition.DecidedThemselves : input.ChildPosition,
            CompetenceAssessmentId = assessmentId,
            Method = input.Method!.Value,
            WordingId = wording?.Id,
            WordingHash = wording?.BodyHash,
            ExpiresOn = type == ConsentEventType.Given ? today.AddMonths(child.AgeOn(today) < Purposes.YoungChildAge ? Purposes.MonthsValidForYoungChild : Purposes.MonthsValid) : null,
            OccurredAt = now,
            RecordedAt = now,
            RecordedById = actor.PersonId,
            WordsSealed = input.Words is { Length: > 0 } words ? await keys.SealAsync(child.Id, words, input.Id, SealPart.ConsentWords, cancel) : null,
        });
        db.Add(AuditEntry.For(AuditActions.ConsentRecorded, actor, child.Id, input.Id, clock, $"{input.Purpose} {type}"));
        return await db.SaveOnceAsync(() => db.ConsentEvents.AnyAsync(e => e.Id == input.Id && e.ChildId == childId, cancel), cancel) is null
            ? Outcome.Done
            : await db.RefuseForgedAsync(childId, input.Id, actor, "", FormSaving.UsedBefore, "id", clock, cancel);
    }

    private async Task<Outcome?> RefusalAsync(Child child, RecordConsent input, DateOnly today, Actor actor, CancellationToken cancel)
    {
        if (input.RecipientId is not null != Purposes.IsForOneRecipient(input.Purpose)) return Outcome.Refused("", "Choose whom it is for");
        if (input.Purpose == Purpose.ShareParent && !await db.Relationships.AnyAsync(r => r.Id == input.RecipientId && r.ChildId == child.Id, cancel))
        {
            return await db.RefuseForgedAsync(child.Id, input.RecipientId, actor, "", "Choose somebody in this child’s life", "recipient", clock, cancel);
        }

        var age = child.AgeOn(today);
        if (Purposes.BasisOf(input.Purpose) == PurposeBasis.NoticeOnly)
        {
            return input.Decision is ConsentEventType.Told or ConsentEventType.Objected ? null
                : Outcome.Refused(nameof(input.Decision), "The child is told about this, not asked: record that they were told, or that they object");
        }

        if (input.Decision is ConsentEventType.Told or ConsentEventType.Objected) return Outcome.Refused(nameof(input.Decision), "Choose what was decided");
        if (input.DecidedByRelationshipId is { } id && input.DecidedBy is DecidedBy.ParentalResponsibility or DecidedBy.DelegatedAuthority)
        {
            var relation = await db.Relationships.SingleOrDefaultAsync(r => r.Id == input.DecidedByRelationshipId && r.ChildId == child.Id, cancel);
            if (relation is null) return await db.RefuseForgedAsync(child.Id, id, actor, nameof(input.DecidedByRelationshipId), "Choose a parent or carer of this child", "relationship", clock, cancel);
            if (input.Decision == ConsentEventType.Given && input.DecidedBy == DecidedBy.ParentalResponsibility && !await db.ParentalResponsibilities.AnyAsync(p => p.RelationshipId == relation.Id && (p.FromOn == null || p.FromOn <= today) && (p.ToOn == null || p.ToOn >= today), cancel))
            {
                return Outcome.Refused(nameof(input.DecidedByRelationshipId), "Only somebody who holds parental responsibility can say yes for a child");
            }

            if (input.Decision == ConsentEventType.Given && input.DecidedBy == DecidedBy.DelegatedAuthority)
            {
                return Outcome.Refused(nameof(input.DecidedBy), "No delegated authority for this decision is on record, so a carer cannot say yes");
            }
        }

        // A no never needs proof of anything.
        if (input.Decision != ConsentEventType.Given) return null;
        // Whoever covers can hear a no at once; a yes that lasts a year waits for the child's own worker.
        if (actor.Reach == Reach.Caseload && !await db.Allocations.AnyAsync(a => a.ChildId == child.Id && a.PractitionerId == actor.PersonId && a.EndedOn == null, cancel))
        {
            return Outcome.Refused(nameof(input.Decision), "You are covering for a colleague. You can write down a no; a yes is for the child’s own worker to ask for");
        }

        if (input.DecidedBy == DecidedBy.LocalAuthority) return Outcome.Refused(nameof(input.DecidedBy), "No care order is on record, so the council cannot say yes for this child");
        if (input.DecidedBy == DecidedBy.ChildForSelf && (age is null || age < Purposes.DecidesFromAge))
        {
            if (input.Competence != CompetenceOutcome.Competent) return Outcome.Refused(nameof(input.Competence), "A child under 16 can say yes only if they understand what it means. Say whether they do");
        }
        else if (input.DecidedBy != DecidedBy.ChildForSelf && age >= Purposes.DecidesFromAge)
        {
            return Outcome.Refused(nameof(input.DecidedBy), "From 16, young people decide this for themselves");
        }
        else if (input.DecidedBy != DecidedBy.ChildForSelf && age >= Purposes.AssessFromAge)
        {
            if (input.Competence is null) return Outcome.Refused(nameof(input.Competence), "Say whether the child could decide this themselves");
            if (input.Competence == CompetenceOutcome.Competent) return Outcome.Refused(nameof(input.DecidedBy), "The child can decide this, so it is the child’s decision");
        }
        else
        {
            return null;
        }

        return (input.CompetenceRationale?.Trim().Length ?? 0) < CompetenceAssessment.RationaleMinLength && (age is null || age < Purposes.DecidesFromAge)
            ? Outcome.Refused(nameof(input.CompetenceRationale), $"Say what they understood, in at least {CompetenceAssessment.RationaleMinLength} characters")
            : null;
    }
}
