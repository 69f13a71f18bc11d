using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

/// <summary>Why a record is frozen (UK GDPR article 18(1)).</summary>
public enum RestrictionGround
{
    /// <summary>They say that it is wrong, and that is being looked into.</summary>
    SaidToBeWrong,

    /// <summary>It should not have been kept, and they want it frozen rather than destroyed.</summary>
    UnlawfulButKept,

    /// <summary>We need it no longer; they need it for a claim.</summary>
    TheirClaim,

    /// <summary>They object, and whose reasons weigh more is being looked into.</summary>
    ObjectionLookedInto,
}

/// <summary>For what somebody may read what is frozen (article 18(2)). For nothing else.</summary>
public enum RestrictedReading
{
    TheyAgreed,
    LegalClaim,
    ProtectSomebody,
    PublicInterest,
}

/// <summary>
/// That a child's record, or one record of it, is frozen: it is kept, and nobody reads its words, finds, counts, quotes, copies or gives them away until it is lifted, but for whom it was opened.
/// </summary>
public class Restriction : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>The one record, with what corrects and explains it; null for everything.</summary>
    public Guid? VoiceRecordId { get; init; }

    public RestrictionGround Ground { get; init; }

    public Guid PlacedById { get; init; }

    public DateTime PlacedAt { get; init; }

    public Guid? LiftedById { get; set; }

    public DateTime? LiftedAt { get; set; }

    public uint Version { get; init; }
}

/// <summary>That one worker may read what is frozen, for a purpose the law names and for a day.</summary>
public class RestrictionOpening : IAboutChild
{
    public const int Hours = 24;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid RestrictionId { get; init; }

    public Guid PersonId { get; init; }

    public RestrictedReading Purpose { get; init; }

    public Guid OpenedById { get; init; }

    public DateTime OpenedAt { get; init; }

    public DateTime Until { get; init; }
}

public class PlaceRestriction
{
    /// <summary>Made with the form, so that a double click places one.</summary>
    public Guid Id { get; set; }

    /// <summary>One record; null for everything.</summary>
    public Guid? RecordId { get; set; }

    public RestrictionGround? Ground { get; set; }

    public string? Reason { get; set; }
}

public sealed class PlaceRestrictionValidator : AbstractValidator<PlaceRestriction>
{
    public PlaceRestrictionValidator()
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.Ground).NotNull().WithMessage("Choose why it is restricted").IsInEnum().WithMessage("Choose why it is restricted");
        RuleFor(r => r.Reason).Written("Say who asked and what is being looked into", "this", DutyNote.TextMaxLength);
    }
}

public class OpenRestriction
{
    public Guid Id { get; set; }

    public Guid? RestrictionId { get; set; }

    public Guid? PersonId { get; set; }

    public RestrictedReading? Purpose { get; set; }

    public string? Reason { get; set; }
}

public sealed class OpenRestrictionValidator : AbstractValidator<OpenRestriction>
{
    public OpenRestrictionValidator()
    {
        RuleFor(o => o.Id).NotEmpty();
        RuleFor(o => o.RestrictionId).NotNull().WithMessage("Choose which");
        RuleFor(o => o.PersonId).NotNull().WithMessage("Choose who may read it");
        RuleFor(o => o.Purpose).NotNull().WithMessage("Choose what for").IsInEnum().WithMessage("Choose what for");
        RuleFor(o => o.Reason).Written("Say why they need to read it", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>Freezes records, opens them to one person for a purpose the law names, and lifts that again. The reading itself is refused by the query filter, row-level security and the decision.</summary>
public sealed class RestrictionService(AppDbContext db, DutyNotes notes, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <returns>Null when there is no such child before the actor.</returns>
    public async Task<Outcome?> PlaceAsync(Guid childId, PlaceRestriction input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        Task<bool> IsThere() => db.Restrictions.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.RecordId is { } record && !await db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AnyAsync(r => r.Id == record && r.ChildId == childId && r.DestroyedAt == null && r.MovedAt == null, cancel))
        {
            return await db.RefuseForgedAsync(childId, record, actor, nameof(input.RecordId), "Choose something that is kept of this child", "record", clock, cancel);
        }

        if (await db.Restrictions.AnyAsync(r => r.ChildId == childId && r.LiftedAt == null && (r.VoiceRecordId == null || r.VoiceRecordId == input.RecordId), cancel)) return Outcome.Refused(nameof(input.RecordId), "That is restricted already");
        db.Add(new Restriction { Id = input.Id, AuthorityId = actor.AuthorityId, ChildId = childId, VoiceRecordId = input.RecordId, Ground = input.Ground!.Value, PlacedById = actor.PersonId, PlacedAt = Now });
        await notes.AddAsync(childId, input.Id, DutyNoteKind.RestrictionPlaced, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.RestrictionPlaced, actor, childId, input.Id, clock, $"{input.Ground}{(input.RecordId is null ? "" : " one record")}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>Lets one of the child's own workers read it for a day.</summary>
    public async Task<Outcome?> OpenAsync(Guid childId, OpenRestriction input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        Task<bool> IsThere() => db.RestrictionOpenings.AnyAsync(o => o.Id == input.Id && o.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (!await db.Restrictions.AnyAsync(r => r.Id == input.RestrictionId && r.ChildId == childId && r.LiftedAt == null, cancel)) return Outcome.Refused(nameof(input.RestrictionId), "Choose one that stands");
        if (!await db.Allocations.AnyAsync(a => a.ChildId == childId && a.PractitionerId == input.PersonId && a.EndedOn == null, cancel)) return await db.RefuseForgedAsync(childId, input.PersonId, actor, nameof(input.PersonId), "Choose one of the child’s workers", "worker", clock, cancel);
        var now = Now;
        db.Add(new RestrictionOpening
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            RestrictionId = input.RestrictionId!.Value,
            PersonId = input.PersonId!.Value,
            Purpose = input.Purpose!.Value,
            OpenedById = actor.PersonId,
            OpenedAt = now,
            Until = now.AddHours(RestrictionOpening.Hours),
        });
        await notes.AddAsync(childId, input.RestrictionId.Value, DutyNoteKind.RestrictionOpened, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.RestrictionOpened, actor, childId, input.PersonId, clock, $"{input.Purpose}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    public async Task<Outcome?> LiftAsync(Guid childId, GiveReason input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.Restrictions.SingleOrDefaultAsync(r => r.Id == input.Id && r.ChildId == childId, cancel) is not { } restriction) return null;
        if (restriction.LiftedAt is not null) return Outcome.Done;
        (restriction.LiftedAt, restriction.LiftedById) = (Now, actor.PersonId);
        await notes.AddAsync(childId, restriction.Id, DutyNoteKind.RestrictionLifted, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.RestrictionLifted, actor, childId, restriction.Id, clock));
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>What of a child's record is closed to whoever is signed in: all of it, or how many records of it.</summary>
    public async Task<(bool All, int Records)> ClosedAsync(Guid childId, CancellationToken cancel)
    {
        var now = Now;
        var actor = db.Actor?.PersonId;
        var standing = await db.Restrictions.AsNoTracking()
            .Where(r => r.ChildId == childId && r.LiftedAt == null && !db.RestrictionOpenings.Any(o => o.RestrictionId == r.Id && o.PersonId == actor && o.Until > now)).Select(r => r.VoiceRecordId).ToListAsync(cancel);
        return (standing.Contains(null), standing.Count(r => r is not null));
    }
}
