using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Children;

/// <summary>A child whom no return has brought yet.</summary>
public class CreateChild
{
    /// <summary>Made with the form, so that a double click makes one child.</summary>
    public Guid Id { get; set; }

    public string LaChildId { get; set; } = "";

    public string? GivenName { get; set; }

    public string? FamilyName { get; set; }

    public string? KnownAs { get; set; }

    public DateOnly? BornOn { get; set; }
}

public sealed class CreateChildValidator : AbstractValidator<CreateChild>
{
    public CreateChildValidator(TimeProvider clock)
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(i => i.LaChildId).Cascade(CascadeMode.Stop)
            .Must(n => !string.IsNullOrWhiteSpace(n)).WithMessage("Enter the child’s number")
            .MaximumLength(Child.LaChildIdMaxLength).WithMessage($"The child’s number must be {Child.LaChildIdMaxLength} characters or fewer")
            .Must(n => n.Trim().All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '/' or '_')).WithMessage("The child’s number must be letters, numbers, hyphens, slashes and underscores only");
        foreach (var name in new (System.Linq.Expressions.Expression<Func<CreateChild, string?>> Of, string Says)[]
            { (i => i.GivenName, "First name"), (i => i.FamilyName, "Last name"), (i => i.KnownAs, "What the child likes to be called") })
        {
            RuleFor(name.Of).MaximumLength(Child.NameMaxLength).WithMessage($"{name.Says} must be {Child.NameMaxLength} characters or fewer");
        }

        RuleFor(i => i.BornOn).Must(born => born is null || (born <= DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) && born > new DateOnly(1990, 1, 1)))
            .WithMessage("Date of birth must be in the past and after 1990");
    }
}

/// <summary>Somebody in a child's life.</summary>
public class AddRelationship
{
    /// <summary>Made with the form, so that a double click adds one.</summary>
    public Guid Id { get; set; }

    public string Name { get; set; } = "";

    public RelationshipKind? Kind { get; set; }

    public bool? HoldsParentalResponsibility { get; set; }
}

public sealed class AddRelationshipValidator : AbstractValidator<AddRelationship>
{
    public AddRelationshipValidator()
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(i => i.Name).Must(n => !string.IsNullOrWhiteSpace(n)).WithMessage("Enter their name")
            .MaximumLength(Child.NameMaxLength).WithMessage($"Name must be {Child.NameMaxLength} characters or fewer");
        RuleFor(i => i.Kind).Must(k => k is { } kind && Enum.IsDefined(kind)).WithMessage("Choose who they are to the child");
        RuleFor(i => i.HoldsParentalResponsibility).NotNull().WithMessage("Choose whether they hold parental responsibility");
    }
}

/// <summary>Children as the authority lists them, who works with them, and who is in their lives.</summary>
public sealed class ChildService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>Makes a child and the key that what they say will be sealed with.</summary>
    public async Task<Outcome> CreateAsync(CreateChild input, Actor actor, CancellationToken cancel)
    {
        if (await db.Children.AnyAsync(c => c.Id == input.Id, cancel)) return Outcome.Done;
        var child = new Child
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            LaChildId = input.LaChildId.Trim(),
            GivenName = Given(input.GivenName),
            FamilyName = Given(input.FamilyName),
            KnownAs = Given(input.KnownAs),
            BornOn = input.BornOn,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
        db.Add(child);
        db.Add(await keys.NewForChildAsync(child.Id, actor.AuthorityId, cancel));
        db.Add(AuditEntry.For(AuditActions.ChildCreated, actor, child.Id, null, clock));
        return await db.SaveOnceAsync(() => db.Children.AnyAsync(c => c.Id == input.Id, cancel), cancel) is null
            ? Outcome.Done
            : Outcome.Refused(nameof(input.LaChildId), "There is already a child with that number");
    }

    /// <returns>Null when the actor's authority has no such child.</returns>
    public async Task<Outcome?> AllocateAsync(Guid childId, Guid? practitionerId, Actor actor, CancellationToken cancel)
    {
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        var practitioner = await db.Users.AsNoTracking()
            .SingleOrDefaultAsync(p => p.Id == practitionerId && p.AuthorityId == actor.AuthorityId && p.Role == Role.Practitioner && p.LeftAt == null, cancel);
        if (practitioner is null) return Outcome.Refused("PractitionerId", "Choose a practitioner from the list");
        if (await IsOpenAsync()) return Outcome.Done;
        var allocation = new Allocation { AuthorityId = actor.AuthorityId, ChildId = childId, PractitionerId = practitioner.Id, TeamId = practitioner.TeamId, StartedOn = Today };
        db.Add(allocation);
        db.Add(AuditEntry.For(AuditActions.ChildAllocated, actor, childId, practitioner.Id, clock));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { ConstraintName: "ux_allocations_open" })
        {
            // The same form sent twice at once.
            db.ChangeTracker.Clear();
        }

        return Outcome.Done;

        Task<bool> IsOpenAsync() => db.Allocations.AnyAsync(a => a.ChildId == childId && a.PractitionerId == practitioner.Id && a.EndedOn == null, cancel);
    }

    /// <returns>Null when the child has no such allocation.</returns>
    public async Task<Outcome?> EndAllocationAsync(Guid childId, Guid allocationId, Actor actor, CancellationToken cancel)
    {
        var allocation = await db.Allocations.SingleOrDefaultAsync(a => a.Id == allocationId && a.ChildId == childId, cancel);
        if (allocation is null) return null;
        if (allocation.EndedOn is not null) return Outcome.Done;
        allocation.EndedOn = Today;
        db.Add(AuditEntry.For(AuditActions.AllocationEnded, actor, childId, allocation.Id, clock));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <returns>Null when the child is not one the actor works with.</returns>
    public async Task<Outcome?> AddRelationshipAsync(Guid childId, AddRelationship input, Actor actor, CancellationToken cancel)
    {
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        if (await IsThereAsync()) return Outcome.Done;
        var relationship = new Relationship
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            Name = input.Name.Trim(),
            Kind = input.Kind!.Value,
        };
        db.Add(relationship);
        if (input.HoldsParentalResponsibility == true)
        {
            db.Add(new ParentalResponsibility
            {
                AuthorityId = actor.AuthorityId,
                ChildId = childId,
                RelationshipId = relationship.Id,
                Evidence = ResponsibilityEvidence.ToldOnly,
                RecordedAt = clock.GetUtcNow().UtcDateTime,
                RecordedById = actor.PersonId,
            });
        }

        db.Add(AuditEntry.For(AuditActions.RelationshipAdded, actor, childId, relationship.Id, clock, relationship.Kind.ToString()));
        // A forged id that is somebody else's must not look as if it had been saved.
        return await db.SaveOnceAsync(IsThereAsync, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);

        Task<bool> IsThereAsync() => db.Relationships.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
