using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

public enum HoldCause
{
    /// <summary>A public inquiry, such as the one into child sexual abuse, that asked for nothing to be destroyed.</summary>
    Inquiry,
    Court,
    Police,
    Complaint,

    /// <summary>The child, or somebody for them, needs it for a claim of their own.</summary>
    TheirClaim,
    Other,
}

/// <summary>
/// While it stands nothing of the child, or of any child when it names none, is deleted, disposed of or destroyed. The database refuses too (destroy_words, erase_recording).
/// </summary>
public class LegalHold : IMayBeAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>Null for every child of the council.</summary>
    public Guid? ChildId { get; init; }

    public HoldCause Cause { get; init; }

    public Guid PlacedById { get; init; }

    public DateTime PlacedAt { get; init; }

    public Guid? LiftedById { get; set; }

    public DateTime? LiftedAt { get; set; }

    public uint Version { get; init; }
}

public class PlaceHold
{
    /// <summary>Made with the form, so that a double click places one.</summary>
    public Guid Id { get; set; }

    public HoldCause? Cause { get; set; }

    public string? Reason { get; set; }
}

public sealed class PlaceHoldValidator : AbstractValidator<PlaceHold>
{
    public PlaceHoldValidator()
    {
        RuleFor(h => h.Id).NotEmpty();
        RuleFor(h => h.Cause).NotNull().WithMessage("Choose what it is for").IsInEnum().WithMessage("Choose what it is for");
        RuleFor(h => h.Reason).Written("Say who asked for it and what it covers", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>One thing of several on a page, and why something becomes of it.</summary>
public class GiveReason
{
    public Guid Id { get; set; }

    public string? Reason { get; set; }
}

public sealed class GiveReasonValidator : AbstractValidator<GiveReason>
{
    public GiveReasonValidator()
    {
        RuleFor(g => g.Id).NotEmpty().WithMessage("Choose which");
        RuleFor(g => g.Reason).Written("Say why", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>Places and lifts legal holds, each with a reason.</summary>
public sealed class LegalHoldService(AppDbContext db, DutyNotes notes, WithdrawalService withdrawals, TimeProvider clock)
{
    public const string Stands = "A legal hold stands, so nothing may be destroyed";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The holds that keep a child's record: their own, and those on every child.</summary>
    public static IQueryable<LegalHold> Over(AppDbContext db, Guid childId) => db.LegalHolds.AsNoTracking().Where(h => h.LiftedAt == null && (h.ChildId == null || h.ChildId == childId));

    /// <summary>
    /// Whether one stands, asked inside the transaction that would destroy something: until that ends no other can be placed in the authority, so that none comes in between.
    /// </summary>
    public static async Task<bool> StandsAsync(AppDbContext db, Guid childId, CancellationToken cancel)
    {
        await KeepOutAsync(db, cancel);
        return await Over(db, childId).AnyAsync(cancel);
    }

    /// <summary>Until the transaction ends no hold can be placed in the authority, for what is about many children at once.</summary>
    public static Task KeepOutAsync(AppDbContext db, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"select no_hold_meanwhile()", cancel);

    /// <param name="childId">Null for every child of the council.</param>
    /// <returns>Null when there is no such child before the actor.</returns>
    public async Task<Outcome?> PlaceAsync(Guid? childId, PlaceHold input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (childId is not null && !await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        Task<bool> IsThere() => db.LegalHolds.AnyAsync(h => h.Id == input.Id && h.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        db.Add(new LegalHold { Id = input.Id, AuthorityId = actor.AuthorityId, ChildId = childId, Cause = input.Cause!.Value, PlacedById = actor.PersonId, PlacedAt = Now });
        await notes.AddAsync(childId, input.Id, DutyNoteKind.HoldPlaced, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.HoldPlaced, actor, childId, input.Id, clock, $"{input.Cause}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>Lifts a hold. What somebody wanted deleted meanwhile, and was kept because of it, is deleted in the same save, unless another still stands.</summary>
    /// <returns>Null when there is no such hold.</returns>
    public async Task<Outcome?> LiftAsync(Guid? childId, GiveReason input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.LegalHolds.SingleOrDefaultAsync(h => h.Id == input.Id && h.ChildId == childId, cancel) is not { } hold) return null;
        if (hold.LiftedAt is not null) return Outcome.Done;
        (hold.LiftedAt, hold.LiftedById) = (Now, actor.PersonId);
        await notes.AddAsync(childId, hold.Id, DutyNoteKind.HoldLifted, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.HoldLifted, actor, childId, hold.Id, clock, $"{hold.Cause}"));
        await using var both = await db.Database.BeginTransactionAsync(cancel);
        var saved = await db.SaveOrRefuseAsync(cancel);
        if (!saved.IsDone) return saved;
        await withdrawals.EraseKeptBackAsync(childId, actor, cancel);
        await both.CommitAsync(cancel);
        return Outcome.Done;
    }
}
