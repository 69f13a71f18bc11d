using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
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

/// <summary>What decides how a child is spoken to.</summary>
public class ChangeFacts
{
    public const int NeedsMaxLength = 500;

    /// <summary>Of the child as it was read: what somebody else changed meanwhile is not written over.</summary>
    public uint Version { get; set; }

    public string? KnownAs { get; set; }

    public string? PreferredLanguage { get; set; }

    public List<CommunicationWay> CommunicatesWith { get; set; } = [];

    public string? CommunicationNeeds { get; set; }
}

public sealed class ChangeFactsValidator : AbstractValidator<ChangeFacts>
{
    public ChangeFactsValidator()
    {
        RuleFor(f => f.KnownAs).MaximumLength(Child.NameMaxLength).WithMessage($"What the child likes to be called must be {Child.NameMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(f => f.PreferredLanguage).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Choose the language").MaximumLength(35).WithMessage("Choose the language")
            .Matches("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$").WithMessage("Choose the language");
        RuleForEach(f => f.CommunicatesWith).IsInEnum().OverridePropertyName(nameof(ChangeFacts.CommunicatesWith)).WithMessage("Choose from the list");
        RuleFor(f => f.CommunicationNeeds).Must(n => WrittenText.Length(n) <= ChangeFacts.NeedsMaxLength).WithMessage($"Keep this to {ChangeFacts.NeedsMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
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
        // Whoever looks after people sees neither who covers, nor what anybody is told, nor what was recorded.
        using var acting = db.ActingAs(actor.AsJob());
        var now = clock.GetUtcNow().UtcDateTime;
        var covered = await CoverService.TellAsync(db, childId, practitioner, now, cancel);
        var passed = await UnsealedMedia.PassOnAsync(db, childId, [practitioner.Id, .. await WorkersAsync(db, childId, null, cancel)], practitioner.Id, now, cancel);
        var allocation = new Allocation { AuthorityId = actor.AuthorityId, ChildId = childId, PractitionerId = practitioner.Id, TeamId = practitioner.TeamId, StartedOn = Today };
        db.Add(allocation);
        db.Add(AuditEntry.For(AuditActions.ChildAllocated, actor, childId, practitioner.Id, clock, DetailOf((covered, "told who covers"), (passed, PassedOn))));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { ConstraintName: "ux_allocations_open" })
        {
            // The same form sent twice at once.
            db.ChangeTracker.Clear();
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("PractitionerId", SavedMeanwhile);
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
        using var acting = db.ActingAs(actor.AsJob());
        allocation.EndedOn = Today;
        var others = await WorkersAsync(db, childId, allocationId, cancel);
        var passed = others.Count == 0 ? 0 : await UnsealedMedia.PassOnAsync(db, childId, others, others[0], clock.GetUtcNow().UtcDateTime, cancel);
        db.Add(AuditEntry.For(AuditActions.AllocationEnded, actor, childId, allocation.Id, clock, DetailOf((passed, PassedOn))));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", SavedMeanwhile);
        }

        return Outcome.Done;
    }

    private const string SavedMeanwhile = "Something that this child said was being saved at the same moment. Press the button again";

    private const string PassedOn = "recordings not sealed, passed on";

    private static string? DetailOf(params (int Count, string What)[] parts) => string.Join("; ", parts.Where(p => p.Count > 0).Select(p => $"{p.What}: {p.Count}")) is { Length: > 0 } detail ? detail : null;

    /// <summary>Who works with the child, whoever does so for the shortest time first.</summary>
    internal static Task<List<Guid>> WorkersAsync(AppDbContext db, Guid childId, Guid? without, CancellationToken cancel) =>
        db.Allocations.Where(a => a.ChildId == childId && a.EndedOn == null && a.Id != without).OrderByDescending(a => a.StartedOn).ThenBy(a => a.Id).Select(a => a.PractitionerId).ToListAsync(cancel);

    /// <summary>Changes what decides how a child is spoken to. For those who are allocated to the child.</summary>
    /// <returns>Null when the child is not one the actor works with.</returns>
    public async Task<Outcome?> ChangeFactsAsync(Guid childId, ChangeFacts input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null || !await db.Allocations.AnyAsync(a => a.ChildId == childId && a.PractitionerId == actor.PersonId && a.EndedOn == null, cancel)) return null;
        static string? Kept(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
        if (child.Version != input.Version) return Outcome.Refused("", ChangedMeanwhile);
        var before = (child.KnownAs, child.PreferredLanguage, child.CommunicatesWith, child.CommunicationNeeds);
        (child.KnownAs, child.PreferredLanguage, child.CommunicatesWith, child.CommunicationNeeds) = (Kept(input.KnownAs), input.PreferredLanguage!, [.. input.CommunicatesWith.Distinct().Order()], Kept(input.CommunicationNeeds));
        // Which of them, and never what they say.
        var changed = new[] { (child.KnownAs != before.KnownAs, "name used"), (child.PreferredLanguage != before.PreferredLanguage, "language"), (child.CommunicationNeeds != before.CommunicationNeeds || !child.CommunicatesWith.SequenceEqual(before.CommunicatesWith), "communication") }
            .Where(c => c.Item1).Select(c => c.Item2).ToList();
        if (changed.Count == 0) return Outcome.Done;
        db.Add(AuditEntry.For(AuditActions.ChildChanged, actor, childId, null, clock, string.Join(", ", changed)));
        try
        {
            await db.SaveChangesAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", ChangedMeanwhile);
        }
    }

    private const string ChangedMeanwhile = "Somebody else changed this while you were writing. Open the page again and look at it first";

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
