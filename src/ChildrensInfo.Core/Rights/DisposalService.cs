using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Rights;

/// <summary>What a second person says to a disposal that was proposed.</summary>
public class DecideDisposal
{
    public Guid Id { get; set; }

    public bool? Agree { get; set; }

    public string? Reason { get; set; }
}

public sealed class DecideDisposalValidator : AbstractValidator<DecideDisposal>
{
    public DecideDisposalValidator()
    {
        RuleFor(d => d.Id).NotEmpty();
        RuleFor(d => d.Agree).NotNull().WithMessage("Choose whether it is destroyed");
        RuleFor(d => d.Reason).Written("Say what you looked at", "this", DutyNote.TextMaxLength);
    }
}

public class LogErasure
{
    public Guid Id { get; set; }

    public Requester? Requester { get; set; }

    public DateOnly? ReceivedOn { get; set; }

    /// <summary>One record; null for everything.</summary>
    public Guid? RecordId { get; set; }

    public string? Asked { get; set; }
}

public sealed class LogErasureValidator : AbstractValidator<LogErasure>
{
    public LogErasureValidator(TimeProvider clock)
    {
        RuleFor(e => e.Id).NotEmpty();
        RuleFor(e => e.Requester).WhoAsks();
        RuleFor(e => e.ReceivedOn).DayItCame(clock);
        RuleFor(e => e.Asked).Written("Write down what they ask, in their words", "this", DutyNote.TextMaxLength);
    }
}

public class AnswerErasure
{
    public Guid Id { get; set; }

    public ErasureGround? Ground { get; set; }

    public string? Answer { get; set; }
}

public sealed class AnswerErasureValidator : AbstractValidator<AnswerErasure>
{
    public AnswerErasureValidator()
    {
        RuleFor(e => e.Id).NotEmpty();
        RuleFor(e => e.Ground).NotNull().WithMessage("Choose what the answer rests on").IsInEnum().WithMessage("Choose what the answer rests on");
        RuleFor(e => e.Answer).Written("Write the answer in plain words, as it is told to them", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>
/// The one way in which what a child said is destroyed, when its time is over and when erasure was granted: one person proposes, another agrees, and the database takes every sealed text, every
/// piece of every file and the key away in that one transaction (destroy_words). That it was said, permissions and the audit log stay.
/// </summary>
public sealed class DisposalService(AppDbContext db, KeyRing keys, DutyNotes notes, RetentionService retention, TimeProvider clock)
{
    private const string SomebodyElse = "Somebody else changed this at the same moment. Look at it again";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Proposes that everything said by and about the child is destroyed because its time is over.</summary>
    /// <returns>Null when there is no such child before the actor.</returns>
    public async Task<Outcome?> ProposeAsync(Guid childId, GiveReason input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        Task<bool> IsThere() => db.Disposals.AnyAsync(d => d.Id == input.Id && d.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        var retained = (await retention.OfChildAsync(childId, cancel))!;
        if (!retained.IsDueOn(retention.Today))
        {
            return Outcome.Refused("", retained.IsOpen ? "The council still works with them, so no period runs" : retained.KeepUntil is { } until ? $"It is kept until {until:d MMMM yyyy}" : "Until when it is kept cannot be worked out, so it is kept");
        }

        if (await WhyNotAsync(childId, cancel) is { } why) return Outcome.Refused("", why);
        db.Add(New(input.Id, childId, null, DisposalCause.Retention, actor, retained.Longest!.Rule.Key, retained.KeepUntil));
        await notes.AddAsync(childId, input.Id, DutyNoteKind.DisposalProposed, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.DisposalProposed, actor, childId, input.Id, clock, $"{DisposalCause.Retention} {retained.Longest.Rule.Key}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", "A disposal is proposed already");
    }

    /// <summary>A second person agrees, and it is destroyed; or anybody says no.</summary>
    /// <returns>Null when there is none before the actor.</returns>
    public async Task<Outcome?> DecideAsync(Guid childId, DecideDisposal input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.Disposals.SingleOrDefaultAsync(d => d.Id == input.Id && d.ChildId == childId, cancel) is not { } disposal) return null;
        if (disposal.State != DisposalState.Proposed) return (disposal.State == DisposalState.Done) == input.Agree ? Outcome.Done : Outcome.Refused("", SomebodyElse);
        await notes.AddAsync(childId, disposal.Id, DutyNoteKind.DisposalDecided, input.Reason!, actor, cancel);
        if (input.Agree == false)
        {
            (disposal.State, disposal.DecidedById, disposal.DecidedAt) = (DisposalState.Refused, actor.PersonId, Now);
            db.Add(AuditEntry.For(AuditActions.DisposalRefused, actor, childId, disposal.Id, clock));
            return await db.SaveOrRefuseAsync(cancel);
        }

        if (disposal.ProposedById == actor.PersonId) return Refused(nameof(input.Agree), "You proposed this yourself, so somebody else of information governance agrees");
        // What became known since it was proposed may keep it longer.
        if (disposal.Cause == DisposalCause.Retention && !(await retention.OfChildAsync(childId, cancel))!.IsDueOn(retention.Today)) return Refused("", "It is not due any more: something became known since it was proposed");
        await using var both = await db.Database.BeginTransactionAsync(cancel);
        if (await LegalHoldService.StandsAsync(db, childId, cancel)) return Refused("", LegalHoldService.Stands);
        if (await WhyNotAsync(childId, cancel, disposal.Id) is { } why) return Refused("", why);
        db.Add(AuditEntry.For(AuditActions.DisposalDone, actor, childId, disposal.Id, clock, $"{disposal.Cause}{(disposal.VoiceRecordId is null ? "" : " one record")}"));
        await db.SaveChangesAsync(cancel);
        var key = await keys.ReplacementAsync(childId, disposal.AuthorityId, cancel);
        var backups = ConsentRules.LocalDay(Now).AddDays(Purposes.DaysInBackups);
        try
        {
            await db.Database.ExecuteSqlAsync($"select destroy_words({disposal.Id}, {key.WrappedKey}, {key.AuthorityKeyId}, {Now}, {backups})", cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // A colleague was faster.
            return Refused("", SomebodyElse);
        }

        await both.CommitAsync(cancel);
        return Outcome.Done;
    }

    public async Task<Outcome?> LogErasureAsync(Guid childId, LogErasure input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        Task<bool> IsThere() => db.ErasureRequests.AnyAsync(e => e.Id == input.Id && e.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.RecordId is { } record && !await db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AnyAsync(r => r.Id == record && r.ChildId == childId && r.DestroyedAt == null && r.MovedAt == null, cancel))
        {
            return await db.RefuseForgedAsync(childId, record, actor, nameof(input.RecordId), "Choose something that is kept of this child", "record", clock, cancel);
        }

        db.Add(new ErasureRequest { Id = input.Id, AuthorityId = actor.AuthorityId, ChildId = childId, VoiceRecordId = input.RecordId, Requester = input.Requester!.Value, ReceivedOn = input.ReceivedOn!.Value, LoggedById = actor.PersonId, LoggedAt = Now });
        await notes.AddAsync(childId, input.Id, DutyNoteKind.ErasureAsked, input.Asked!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.ErasureLogged, actor, childId, input.Id, clock, $"{input.Requester}{(input.RecordId is null ? "" : " one record")}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>Answers a request for erasure. Granting it proposes the disposal, which a second person agrees to; the ground says which it is.</summary>
    public async Task<Outcome?> AnswerErasureAsync(Guid childId, AnswerErasure input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.ErasureRequests.SingleOrDefaultAsync(e => e.Id == input.Id && e.ChildId == childId, cancel) is not { } request) return null;
        if (request.DecidedAt is not null) return request.Ground == input.Ground ? Outcome.Done : Outcome.Refused("", "It was answered already");
        var granted = ErasureRequest.Grants(input.Ground!.Value);
        if (granted)
        {
            if (await WhyNotAsync(childId, cancel) is { } why) return Refused(nameof(input.Ground), why);
            if (request.VoiceRecordId is { } record && !await db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AnyAsync(r => r.Id == record && r.ChildId == childId && r.DestroyedAt == null && r.MovedAt == null, cancel)) return Refused("", "There is no such record any more");
            var id = Guid.CreateVersion7();
            db.Add(New(id, childId, request.VoiceRecordId, DisposalCause.Erasure, actor, null, null, request.Id));
            await notes.AddAsync(childId, id, DutyNoteKind.DisposalProposed, input.Answer!, actor, cancel);
            db.Add(AuditEntry.For(AuditActions.DisposalProposed, actor, childId, id, clock, $"{DisposalCause.Erasure}"));
        }

        (request.Granted, request.Ground, request.DecidedById, request.DecidedAt) = (granted, input.Ground, actor.PersonId, Now);
        await notes.AddAsync(childId, request.Id, DutyNoteKind.ErasureAnswered, input.Answer!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.ErasureAnswered, actor, childId, request.Id, clock, $"{(granted ? "granted" : "refused")} {input.Ground}"));
        try
        {
            return await db.SaveOrRefuseAsync(cancel);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return Refused("", "A disposal is proposed already");
        }
    }

    private Disposal New(Guid id, Guid childId, Guid? recordId, DisposalCause cause, Actor actor, string? rule, DateOnly? until, Guid? request = null) => new()
    {
        Id = id,
        AuthorityId = actor.AuthorityId,
        ChildId = childId,
        VoiceRecordId = recordId,
        Cause = cause,
        ErasureRequestId = request,
        RuleKey = rule,
        KeptUntil = until,
        ProposedById = actor.PersonId,
        ProposedAt = Now,
    };

    /// <param name="but">The disposal that is being decided.</param>
    private async Task<string?> WhyNotAsync(Guid childId, CancellationToken cancel, Guid? but = null)
    {
        if (await LegalHoldService.Over(db, childId).AnyAsync(cancel)) return LegalHoldService.Stands;
        if (await db.AccessRequests.AnyAsync(r => r.ChildId == childId && (r.State == AccessState.Open || r.State == AccessState.ForRelease || r.State == AccessState.Building), cancel)) return "Somebody has asked for what is held on this child. Answer that first";
        return await db.Disposals.AnyAsync(d => d.ChildId == childId && d.State == DisposalState.Proposed && d.Id != but, cancel) ? "A disposal is proposed already" : null;
    }

    private Outcome Refused(string field, string why)
    {
        db.ChangeTracker.Clear();
        return Outcome.Refused(field, why);
    }
}
