using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Children;

public enum ResponsibilityKind
{
    Parental,
    Delegated,
    Status,
}

/// <summary>That somebody may decide, or what a child is in law, from one day to another.</summary>
public class RecordResponsibility
{
    /// <summary>Made with the form, so that a double click records one.</summary>
    public Guid Id { get; set; }

    public ResponsibilityKind? Kind { get; set; }

    /// <summary>Whose it is; not for a legal status.</summary>
    public Guid? RelationshipId { get; set; }

    public LegalStatusKind? Status { get; set; }

    /// <summary>What a carer may decide about.</summary>
    public List<Purpose> Purposes { get; set; } = [];

    /// <summary>The first day; empty when it held since before the council knew.</summary>
    public DateOnly? FromOn { get; set; }

    /// <summary>The last day; empty while it holds.</summary>
    public DateOnly? ToOn { get; set; }

    public ResponsibilityEvidence? Evidence { get; set; }
}

public sealed class RecordResponsibilityValidator : AbstractValidator<RecordResponsibility>
{
    public RecordResponsibilityValidator(TimeProvider clock)
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(i => i.Kind).Must(k => k is { } kind && Enum.IsDefined(kind)).WithMessage("Choose what you want to record");
        RuleFor(i => i.Status).Must(s => s is { } status && Enum.IsDefined(status)).When(i => i.Kind == ResponsibilityKind.Status).WithMessage("Choose the legal status");
        RuleFor(i => i.RelationshipId).NotNull().When(i => i.Kind is ResponsibilityKind.Parental or ResponsibilityKind.Delegated).WithMessage("Choose who it is");
        RuleFor(i => i.Purposes).Must(p => p.Count > 0 && p.TrueForAll(Enum.IsDefined)).When(i => i.Kind == ResponsibilityKind.Delegated).WithMessage("Choose what they may decide about");
        RuleFor(i => i.Evidence).Must(e => e is { } evidence && Enum.IsDefined(evidence)).When(i => i.Kind is ResponsibilityKind.Parental or ResponsibilityKind.Delegated).WithMessage("Choose what you have seen");
        RuleFor(i => i.Evidence).NotEqual(ResponsibilityEvidence.ToldOnly).When(i => i.Kind == ResponsibilityKind.Delegated)
            .WithMessage("What a carer may decide is written down by whoever handed it to them. Choose the paper you have seen");
        RuleFor(i => i.FromOn).Must(on => on is null || on <= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The first day must be today or in the past");
        RuleFor(i => i.ToOn).Must((i, on) => on is null || i.FromOn is null || on >= i.FromOn).WithMessage("The last day must be the first day or later");
    }
}

/// <summary>
/// Who may decide for a child, and what the child is in law. What changes here makes yeses count no longer, from the day it changed and not from the day
/// it was written down.
/// </summary>
public sealed class ResponsibilityService(AppDbContext db, ConsentService consent, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <returns>Null when the child is not one the actor may see; otherwise what came of it, and every use made of somebody's yes since the day it began or ended, when that day is past.</returns>
    public async Task<(Outcome Outcome, IReadOnlyList<UseMade> UsedMeanwhile)?> RecordAsync(Guid childId, RecordResponsibility input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        if (input.RelationshipId is { } id && !await db.Relationships.AnyAsync(r => r.Id == id && r.ChildId == childId, cancel))
        {
            return (await db.RefuseForgedAsync(childId, id, actor, nameof(input.RelationshipId), "Choose somebody in this child’s life", "relationship", clock, cancel), []);
        }

        if (await IsThereAsync()) return (Outcome.Done, []);
        var (row, action, code) = Of(child, input, actor);
        db.Add(row);
        db.Add(AuditEntry.For(action, actor, childId, input.Id, clock, code));
        if (await db.SaveOnceAsync(IsThereAsync, cancel) is not null) return (Outcome.Refused("", FormSaving.UsedBefore), []);
        var day = input.FromOn ?? input.ToOn?.AddDays(1);
        return (Outcome.Done, day is { } since && since < ConsentRules.LocalDay(Now) ? await consent.UsesSinceAsync(childId, since, Now, cancel) : []);

        async Task<bool> IsThereAsync() => input.Kind switch
        {
            ResponsibilityKind.Parental => await db.ParentalResponsibilities.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel),
            ResponsibilityKind.Delegated => await db.DelegatedAuthorities.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel),
            _ => await db.LegalStatuses.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel),
        };
    }

    /// <summary>Says on which day something held for the last time. It can be ended once.</summary>
    /// <returns>Null when the child has no such row that the actor may see; otherwise as <see cref="RecordAsync"/>.</returns>
    public async Task<(Outcome Outcome, IReadOnlyList<UseMade> UsedMeanwhile)?> EndAsync(Guid childId, ResponsibilityKind kind, Guid rowId, DateOnly? lastDay, Actor actor, CancellationToken cancel)
    {
        IHoldsForATime? row = kind switch
        {
            ResponsibilityKind.Parental => await db.ParentalResponsibilities.SingleOrDefaultAsync(r => r.Id == rowId && r.ChildId == childId, cancel),
            ResponsibilityKind.Delegated => await db.DelegatedAuthorities.SingleOrDefaultAsync(r => r.Id == rowId && r.ChildId == childId, cancel),
            _ => await db.LegalStatuses.SingleOrDefaultAsync(r => r.Id == rowId && r.ChildId == childId, cancel),
        };
        if (row is null) return null;
        if (row.ToOn is not null) return (Outcome.Done, []);
        var today = ConsentRules.LocalDay(Now);
        if (lastDay is not { } last || last > today) return (Outcome.Refused("LastDay", "The last day must be today or in the past"), []);
        if (row.FromOn > last) return (Outcome.Refused("LastDay", "The last day must be the first day or later"), []);
        var action = AuditActions.ResponsibilityEnded;
        switch (row)
        {
            case ParentalResponsibility held:
                (held.ToOn, held.EndRecordedAt, held.EndRecordedById) = (last, Now, actor.PersonId);
                break;
            case DelegatedAuthority delegated:
                (delegated.ToOn, delegated.EndRecordedAt, delegated.EndRecordedById) = (last, Now, actor.PersonId);
                action = AuditActions.DelegationEnded;
                break;
            case LegalStatus status:
                (status.ToOn, status.EndRecordedAt, status.EndRecordedById) = (last, Now, actor.PersonId);
                action = AuditActions.LegalStatusEnded;
                break;
        }

        db.Add(AuditEntry.For(action, actor, childId, rowId, clock));
        await db.SaveChangesAsync(cancel);
        return (Outcome.Done, last < today ? await consent.UsesSinceAsync(childId, last.AddDays(1), Now, cancel) : []);
    }

    /// <summary>Records whether somebody must have no contact with the child. Nothing more is shown to them from then on.</summary>
    /// <returns>Null when the child has no such person that the actor may see.</returns>
    public async Task<Outcome?> SetNoContactAsync(Guid childId, Guid relationshipId, bool noContact, Actor actor, CancellationToken cancel)
    {
        var person = await db.Relationships.SingleOrDefaultAsync(r => r.Id == relationshipId && r.ChildId == childId, cancel);
        if (person is null) return null;
        if (person.NoContactSince is not null == noContact) return Outcome.Done;
        (person.NoContactSince, person.NoContactSetById) = (noContact ? Now : null, actor.PersonId);
        db.Add(AuditEntry.For(AuditActions.NoContactSet, actor, childId, relationshipId, clock, noContact ? "yes" : "no"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    private (object Row, string Action, string Code) Of(Child child, RecordResponsibility input, Actor actor) => input.Kind switch
    {
        ResponsibilityKind.Parental => (new ParentalResponsibility
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            RelationshipId = input.RelationshipId!.Value,
            FromOn = input.FromOn,
            ToOn = input.ToOn,
            Evidence = input.Evidence!.Value,
            RecordedAt = Now,
            RecordedById = actor.PersonId,
        }, AuditActions.ResponsibilityRecorded, input.Evidence.ToString()!),
        ResponsibilityKind.Delegated => (new DelegatedAuthority
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            RelationshipId = input.RelationshipId!.Value,
            Purposes = [.. input.Purposes.Distinct()],
            FromOn = input.FromOn,
            ToOn = input.ToOn,
            Evidence = input.Evidence!.Value,
            RecordedAt = Now,
            RecordedById = actor.PersonId,
        }, AuditActions.DelegationRecorded, input.Evidence.ToString()!),
        _ => (new LegalStatus
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            Kind = input.Status!.Value,
            FromOn = input.FromOn,
            ToOn = input.ToOn,
            RecordedAt = Now,
            RecordedById = actor.PersonId,
        }, AuditActions.LegalStatusRecorded, input.Status.ToString()!),
    };
}
