using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Children;

/// <summary>That somebody must not be told.</summary>
public class RecordDoNotTell
{
    /// <summary>Made with the form, so that a double click makes one.</summary>
    public Guid Id { get; set; }

    /// <summary>A relationship's id or the name of a <see cref="DoNotTellRole"/>: one question, one answer.</summary>
    public string? Who { get; set; }

    public DoNotTellScope? Scope { get; set; }

    public Guid? VoiceRecordId { get; set; }

    public SubjectMatter? SubjectMatter { get; set; }

    public DoNotTellReason? Reason { get; set; }

    public DoNotTellSaidBy? SaidBy { get; set; }

    public string? Words { get; set; }

    public DateOnly? UntilOn { get; set; }

    public DoNotTellRole? Role => Enum.TryParse<DoNotTellRole>(Who, out var role) && Enum.IsDefined(role) && !char.IsAsciiDigit(Who![0]) ? role : null;

    public Guid? RelationshipId => Guid.TryParse(Who, out var id) ? id : null;
}

public sealed class RecordDoNotTellValidator : AbstractValidator<RecordDoNotTell>
{
    public RecordDoNotTellValidator(TimeProvider clock)
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(i => i.Who).Must((i, _) => i.Role is not null || i.RelationshipId is not null).WithMessage("Choose who must not be told");
        RuleFor(i => i.Scope).NotNull().WithMessage("Choose what they must not be told").IsInEnum().WithMessage("Choose what they must not be told");
        RuleFor(i => i.VoiceRecordId).NotNull().When(i => i.Scope == DoNotTellScope.Record).OverridePropertyName(nameof(RecordDoNotTell.Scope))
            .WithMessage("To keep one thing from somebody, open this form from that record");
        RuleFor(i => i.SubjectMatter).NotNull().When(i => i.Scope == DoNotTellScope.Subject).WithMessage("Choose the subject").IsInEnum().WithMessage("Choose the subject");
        RuleFor(i => i.Reason).NotNull().WithMessage("Choose why").IsInEnum().WithMessage("Choose why");
        RuleFor(i => i.SaidBy).NotNull().WithMessage("Choose who said so").IsInEnum().WithMessage("Choose who said so");
        RuleFor(i => i.Words).Must(w => WrittenText.Length(w) <= DoNotTell.WordsMaxLength).WithMessage($"Keep this to {DoNotTell.WordsMaxLength:N0} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(i => i.UntilOn).Must(on => on is null || on >= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The last day must be today or later");
    }
}

/// <summary>That a rule no longer stands.</summary>
public class EndDoNotTell
{
    public Guid RuleId { get; set; }

    public string? EndReason { get; set; }
}

public sealed class EndDoNotTellValidator : AbstractValidator<EndDoNotTell>
{
    public EndDoNotTellValidator() =>
        RuleFor(i => i.EndReason).Cascade(CascadeMode.Stop)
            .Must(r => (r?.Trim().Length ?? 0) >= DoNotTell.EndReasonMinLength).WithMessage($"Say why it no longer stands, in at least {DoNotTell.EndReasonMinLength} characters")
            .Must(r => WrittenText.Length(r) <= DoNotTell.WordsMaxLength).WithMessage($"Keep this to {DoNotTell.WordsMaxLength:N0} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
}

/// <summary>
/// Who must not be told what. Every page, list, search, count, copy and file of records asks here; none leaves anything out by itself.
/// </summary>
public sealed class DoNotTellService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    private DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    /// <summary>The rules that stand today, of whichever children.</summary>
    private IQueryable<DoNotTell> Standing
    {
        get
        {
            var today = Today;
            return db.DoNotTells.Where(d => d.EndedAt == null && d.FromOn <= today && (d.UntilOn == null || d.UntilOn >= today));
        }
    }

    /// <summary>
    /// Those of the records that somebody who signs in may read, whichever children they are about: for a page, a list, a search or a count.
    /// What was moved to another child is not among them.
    /// </summary>
    public IQueryable<VoiceRecord> ReadableBy(Actor actor, IQueryable<VoiceRecord> records)
    {
        var me = actor.PersonId;
        if (actor.Reach != Reach.Assigned)
        {
            return NotCovered(records, mustKnow: true, Standing.Where(d => (d.Role == DoNotTellRole.OtherPractitioners && d.RecordedById != me)
                || (d.Role == DoNotTellRole.CoveringPractitioners && !db.Allocations.Any(a => a.ChildId == d.ChildId && a.PractitionerId == me && a.EndedOn == null))));
        }

        var mine = actor.Role == Role.Advocate ? DoNotTellRole.Advocate : DoNotTellRole.ReviewingOfficer;
        // That somebody may not be safe is a reviewing officer's to know, and not an advocate's: neither what was said of it, nor what explains a drawing of it that they do
        // not see themselves.
        var marked = actor.Role != Role.Advocate;
        return NotCovered(records.Where(r => marked || (r.Sensitivity != Sensitivity.Disclosure && (r.ExplainsId == null || db.VoiceRecords.Any(e => e.Id == r.ExplainsId)))), mustKnow: false, Standing.Where(d => d.Role == mine || d.Role == DoNotTellRole.OtherServices || d.Role == DoNotTellRole.CoveringPractitioners || d.Role == DoNotTellRole.OtherPractitioners));
    }

    /// <summary>What workers think, as far as somebody may read all that it rests on: what says something of several records is as secret as the most secret of them.</summary>
    public IQueryable<Interpretation> InterpretationsReadableBy(Actor actor)
    {
        var readable = ReadableBy(actor, db.VoiceRecords);
        return db.Interpretations.Where(i => readable.Any(r => r.Id == i.VoiceRecordId) && i.Further.All(v => readable.Any(r => r.Id == v.VoiceRecordId)));
    }

    /// <summary>The same of one child, to be shown under the records.</summary>
    public async Task<Readings> ReadingsAsync(Guid childId, Actor actor, CancellationToken cancel) => new(
        await InterpretationsReadableBy(actor).AsNoTracking().AsSplitQuery().Where(i => i.ChildId == childId)
            .Include(i => i.VoiceRecord).Include(i => i.Further).ThenInclude(v => v.VoiceRecord).Include(i => i.Showings).OrderBy(i => i.CreatedAt).ThenBy(i => i.Id).ToListAsync(cancel),
        await VersionsAsync(childId, cancel));

    /// <summary>How the versions of what workers think follow each other, of a child or of all whom somebody works with.</summary>
    public async Task<Versions> VersionsAsync(Guid? childId, CancellationToken cancel) => new(
        (await db.Interpretations.IgnoreQueryFilters([AppDbContext.DestroyedLock]).Where(i => i.SupersedesId != null && (childId == null || i.ChildId == childId))
            .Select(i => new { i.Id, Before = i.SupersedesId!.Value, IsGone = i.Further.Any(v => db.VoiceRecords.Any(r => r.Id == v.VoiceRecordId && (r.MovedAt != null || r.DestroyedAt != null))) })
            .ToListAsync(cancel)).ConvertAll(n => (n.Id, n.Before, n.IsGone)));

    /// <summary>Those that nobody at all is to be kept from: only these may be quoted where anybody might read them.</summary>
    public IQueryable<VoiceRecord> FreeOfRules(IQueryable<VoiceRecord> records) => NotCovered(records, mustKnow: false, Standing);

    /// <summary>What <see cref="DoNotTellRules.Covers"/> says, of all the rules and records at once.</summary>
    /// <param name="mustKnow"><see cref="DoNotTellRules.MustKnow"/>: no rule keeps from them that somebody is not safe.</param>
    private IQueryable<VoiceRecord> NotCovered(IQueryable<VoiceRecord> records, bool mustKnow, IQueryable<DoNotTell> rules) =>
        records.Where(r => r.MovedAt == null && ((mustKnow && r.Sensitivity == Sensitivity.Disclosure) || !rules.Any(d => d.ChildId == r.ChildId
            && (d.Scope == DoNotTellScope.Everything
                || (d.Scope == DoNotTellScope.Record && (d.VoiceRecordId == r.Id || d.VoiceRecordId == r.CorrectsId || d.VoiceRecordId == r.ExplainsId))
                || (d.Scope == DoNotTellScope.Subject && (r.Subjects.Contains(d.SubjectMatter!.Value) || db.VoiceRecords.Any(e => e.Id == r.ExplainsId && e.Subjects.Contains(d.SubjectMatter!.Value))))))));

    /// <summary>Whether anything of a child's is kept from this worker. How much is not said: a number would tell, too.</summary>
    public async Task<bool> KeepsFromAsync(Guid childId, Actor actor, CancellationToken cancel)
    {
        var ofChild = db.VoiceRecords.Where(r => r.ChildId == childId && r.MovedAt == null);
        return await ofChild.CountAsync(cancel) > await ReadableBy(actor, ofChild).CountAsync(cancel);
    }

    /// <summary>A child's rules that stand today, newest first.</summary>
    public Task<List<DoNotTell>> StandingAsync(Guid childId, CancellationToken cancel) =>
        Standing.AsNoTracking().Include(d => d.Relationship).Where(d => d.ChildId == childId).OrderByDescending(d => d.RecordedAt).ToListAsync(cancel);

    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> RecordAsync(Guid childId, RecordDoNotTell input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        Task<bool> IsThere() => db.DoNotTells.AnyAsync(d => d.Id == input.Id && d.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.RelationshipId is { } relation && !await db.Relationships.AnyAsync(r => r.Id == relation && r.ChildId == childId, cancel))
        {
            return await db.RefuseForgedAsync(childId, relation, actor, nameof(input.Who), "Choose somebody in this child’s life", "relationship", clock, cancel);
        }

        Guid? recordId = null;
        if (input.Scope == DoNotTellScope.Record)
        {
            var record = await ReadableBy(actor, db.VoiceRecords).Where(r => r.Id == input.VoiceRecordId && r.ChildId == childId)
                .Select(r => new { First = r.CorrectsId ?? r.Id }).SingleOrDefaultAsync(cancel);
            if (record is null) return await db.RefuseForgedAsync(childId, input.VoiceRecordId, actor, nameof(input.Scope), "That record is not one of this child’s", "record", clock, cancel);
            recordId = record.First;
        }

        await AddAsync(child, input, input.RelationshipId, input.Role, recordId, actor, cancel);
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>
    /// What a child said by themselves where there was no connection, for the caller to save with what it is about. Whoever is in their life no more, or not in the life of the child with whom it was put, is kept out
    /// with all the family: nothing that a child wanted kept is told for that.
    /// </summary>
    internal async Task AddAsync(Guid childId, IEnumerable<RecordDoNotTell> said, Actor actor, CancellationToken cancel)
    {
        foreach (var input in said)
        {
            var child = await db.Children.AsNoTracking().SingleAsync(c => c.Id == childId, cancel);
            var person = await db.Relationships.Where(r => r.Id == input.RelationshipId && r.ChildId == childId).Select(r => (Guid?)r.Id).SingleOrDefaultAsync(cancel);
            await AddAsync(child, input, person, person is null ? input.Role ?? DoNotTellRole.Family : null, input.VoiceRecordId, actor, cancel);
        }
    }

    private async Task AddAsync(Child child, RecordDoNotTell input, Guid? person, DoNotTellRole? role, Guid? recordId, Actor actor, CancellationToken cancel)
    {
        db.Add(new DoNotTell
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            RelationshipId = person,
            Role = role,
            Scope = input.Scope!.Value,
            VoiceRecordId = recordId,
            SubjectMatter = input.Scope == DoNotTellScope.Subject ? input.SubjectMatter : null,
            Reason = input.Reason!.Value,
            SaidBy = input.SaidBy!.Value,
            WordsSealed = string.IsNullOrWhiteSpace(input.Words) ? null : await keys.SealAsync(child.Id, input.Words, input.Id, SealPart.DoNotTellWords, cancel),
            FromOn = Today,
            UntilOn = input.UntilOn,
            RecordedById = actor.PersonId,
            RecordedAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.DoNotTellRecorded, actor, child.Id, input.Id, clock, $"{role?.ToString() ?? "Person"} {input.Scope}"));
    }

    /// <summary>Ends a rule, with a reason that stays. What it kept back is told from then on.</summary>
    /// <returns>Null when there is no such rule of a child the actor may see.</returns>
    public async Task<Outcome?> EndAsync(Guid childId, EndDoNotTell input, Actor actor, CancellationToken cancel)
    {
        var rule = await db.DoNotTells.SingleOrDefaultAsync(d => d.Id == input.RuleId && d.ChildId == childId, cancel);
        if (rule is null) return null;
        if (rule.EndedAt is not null) return Outcome.Done;
        // Whoever it keeps out could otherwise let themselves in.
        var allocated = await db.Allocations.AnyAsync(a => a.ChildId == childId && a.PractitionerId == actor.PersonId && a.EndedOn == null, cancel);
        if (!allocated) return Outcome.Refused(nameof(input.EndReason), "Only a worker who is allocated to the child can end this");
        rule.EndedAt = clock.GetUtcNow().UtcDateTime;
        rule.EndedById = actor.PersonId;
        rule.EndReasonSealed = await keys.SealAsync(childId, input.EndReason!, rule.Id, SealPart.DoNotTellEnd, cancel);
        db.Add(AuditEntry.For(AuditActions.DoNotTellEnded, actor, childId, rule.Id, clock, $"{rule.Role?.ToString() ?? "Person"} {rule.Scope}"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }
}
