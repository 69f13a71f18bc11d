using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Children;

public abstract class AssignPerson
{
    /// <summary>Made with the form, so that a double click assigns once.</summary>
    public Guid Id { get; set; }

    public Guid? PersonId { get; set; }
}

public class AssignOfficer : AssignPerson
{
    public AssignmentReason? Reason { get; set; }
}

/// <summary>Only a child can want an advocate: without the day and whom they told, nobody is assigned.</summary>
public class AssignAdvocate : AssignPerson
{
    public bool ChildWantsOne { get; set; }

    public DateOnly? WishedOn { get; set; }

    public ToldTo? ToldTo { get; set; }
}

public sealed class AssignOfficerValidator : AbstractValidator<AssignOfficer>
{
    public AssignOfficerValidator()
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(i => i.PersonId).NotNull().WithMessage("Choose a reviewing officer");
        RuleFor(i => i.Reason).Must(r => r is AssignmentReason.ReviewsCare or AssignmentReason.ChairsConference).WithMessage("Choose what they do for the child");
    }
}

public sealed class AssignAdvocateValidator : AbstractValidator<AssignAdvocate>
{
    public AssignAdvocateValidator(TimeProvider clock)
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(i => i.PersonId).NotNull().WithMessage("Choose an advocate");
        RuleFor(i => i.ChildWantsOne).Equal(true).WithMessage("An advocate is for a child who wants one. Ask the child first");
        RuleFor(i => i.WishedOn).Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter the day on which the child said so")
            .Must(on => on <= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The day on which the child said so must be today or before");
        RuleFor(i => i.ToldTo).Must(t => t is { } told && Enum.IsDefined(told)).WithMessage("Choose whom the child told");
    }
}

/// <summary>Who reads what a child said beside those who work with them: reviewing officers and advocates.</summary>
public sealed class AssignmentService(AppDbContext db, TimeProvider clock)
{
    private DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    /// <returns>Null when the child is not one the actor reaches.</returns>
    public Task<Outcome?> AssignAsync(Guid childId, AssignOfficer input, Actor actor, CancellationToken cancel) =>
        AssignAsync(childId, input, Role.ReviewingOfficer, input.Reason!.Value, null, null, actor, cancel);

    /// <returns>Null when the child is not one the actor reaches.</returns>
    public Task<Outcome?> AssignAsync(Guid childId, AssignAdvocate input, Actor actor, CancellationToken cancel) =>
        AssignAsync(childId, input, Role.Advocate, AssignmentReason.ChildWantsOne, input.WishedOn, input.ToldTo, actor, cancel);

    /// <summary>Closes the child to them from their next click on.</summary>
    /// <returns>Null when the child has no such assignment that the actor may end: a child's worker ends an advocate's, because the child took it back.</returns>
    public async Task<Outcome?> EndAsync(Guid childId, Guid assignmentId, AssignmentEnd reason, Actor actor, CancellationToken cancel)
    {
        var assignment = await db.Assignments.SingleOrDefaultAsync(a => a.Id == assignmentId && a.ChildId == childId, cancel);
        if (assignment is null || (reason == AssignmentEnd.ChildTookItBack ? assignment.Role != Role.Advocate : !actor.Can(Capability.AssignPeople))) return null;
        if (assignment.EndedOn is not null) return Outcome.Done;
        End(db, assignment, reason, actor, clock);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody else ended it this very moment, and it is over all the same.
            db.ChangeTracker.Clear();
        }

        return Outcome.Done;
    }

    /// <summary>For the caller to save, with what it ends for.</summary>
    internal static void End(AppDbContext db, Assignment assignment, AssignmentEnd reason, Actor actor, TimeProvider clock)
    {
        (assignment.EndedOn, assignment.EndedById, assignment.EndReason) = (ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime), actor.PersonId, reason);
        db.Add(AuditEntry.For(AuditActions.AssignmentEnded, actor, assignment.ChildId, assignment.Id, clock, $"{assignment.Role} {reason}"));
    }

    private async Task<Outcome?> AssignAsync(Guid childId, AssignPerson input, Role role, AssignmentReason reason, DateOnly? wishedOn, ToldTo? toldTo, Actor actor, CancellationToken cancel)
    {
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        if (!await db.Users.AnyAsync(p => p.Id == input.PersonId && p.AuthorityId == actor.AuthorityId && p.Role == role && p.LeftAt == null, cancel))
        {
            return Outcome.Refused(nameof(input.PersonId), role == Role.Advocate ? "Choose an advocate from the list" : "Choose a reviewing officer from the list");
        }

        // What a child took back is not had again by writing down the day on which they had first said so.
        if (wishedOn is { } said && await db.Assignments.AnyAsync(a => a.ChildId == childId && a.EndReason == AssignmentEnd.ChildTookItBack && a.EndedOn > said, cancel))
        {
            return Outcome.Refused(nameof(AssignAdvocate.WishedOn), "The child took it back after that day. Ask them, and enter the day on which they said so again");
        }

        var person = input.PersonId!.Value;
        if (await IsOpenAsync()) return Outcome.Done;
        db.Add(new Assignment
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            PersonId = person,
            Role = role,
            Reason = reason,
            WishedOn = wishedOn,
            WishToldTo = toldTo,
            StartedOn = Today,
            AssignedAt = clock.GetUtcNow().UtcDateTime,
            AssignedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.PersonAssigned, actor, childId, input.Id, clock, $"{role} {reason}"));
        // The same form sent twice at once made the other one; a forged id that is somebody else's made none.
        return await db.SaveOnceAsync(IsOpenAsync, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);

        Task<bool> IsOpenAsync() => db.Assignments.AnyAsync(a => a.ChildId == childId && a.PersonId == person && a.EndedOn == null, cancel);
    }
}
