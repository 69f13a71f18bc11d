using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

public class LogRectification
{
    /// <summary>Made with the form, so that a double click logs one.</summary>
    public Guid Id { get; set; }

    /// <summary>The record; null for something else that is held.</summary>
    public Guid? RecordId { get; set; }

    public Requester? Requester { get; set; }

    /// <summary>The name of whoever in the child's life asks, as it is kept.</summary>
    public string? RelationName { get; set; }

    public DateOnly? ReceivedOn { get; set; }

    /// <summary>Who they are and how that is known.</summary>
    public string? Who { get; set; }

    public string? Asked { get; set; }
}

public sealed class LogRectificationValidator : AbstractValidator<LogRectification>
{
    public LogRectificationValidator(TimeProvider clock)
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.Requester).WhoAsks();
        RuleFor(r => r.RelationName).NameOfRelation(r => r.Requester);
        RuleFor(r => r.ReceivedOn).DayItCame(clock);
        RuleFor(r => r.Who).Written("Say who they are and how you know", "this", DutyNote.TextMaxLength);
        RuleFor(r => r.Asked).Written("Write down what they ask, in their words", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>An answer that puts nothing beside a record.</summary>
public class AnswerRectification
{
    public Guid Id { get; set; }

    public RectificationAnswer? Answer { get; set; }

    /// <summary>As it is told to whoever asked: what was put right, or why it is not.</summary>
    public string? Told { get; set; }
}

public sealed class AnswerRectificationValidator : AbstractValidator<AnswerRectification>
{
    public AnswerRectificationValidator()
    {
        RuleFor(a => a.Id).NotEmpty().WithMessage("Choose which request you answer");
        RuleFor(a => a.Answer).Must(a => a is RectificationAnswer.PutRight or RectificationAnswer.Refused).WithMessage("Choose the answer");
        RuleFor(a => a.Told).Written("Write the answer in plain words, as it is told to them", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>What somebody says of a record that they ask to be put right, in their own words: the answer to their request.</summary>
public class PutStatement
{
    /// <summary>Made with the form, so that a double click puts one.</summary>
    public Guid Id { get; set; }

    public Guid? RequestId { get; set; }

    public Guid? RecordId { get; set; }

    public string? Text { get; set; }

    public WordsProvenance? Provenance { get; set; }

    public string? Language { get; set; }
}

public sealed class PutStatementValidator : AbstractValidator<PutStatement>
{
    /// <summary>How a statement can come to the council.</summary>
    public static readonly IReadOnlyList<WordsProvenance> Provenances = [WordsProvenance.OwnHand, WordsProvenance.VerbatimAtTheTime, WordsProvenance.ViaInterpreter, WordsProvenance.ReportedByOther];

    public PutStatementValidator()
    {
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.RequestId).NotNull().WithMessage("Choose which request it answers");
        RuleFor(s => s.RecordId).NotNull().WithMessage("Choose beside which record it stands");
        RuleFor(s => s.Text).Written("Write down what they say, in their words", "this", VoiceRecord.WordsMaxLength);
        RuleFor(s => s.Provenance).Must(p => p is { } one && Provenances.Contains(one)).WithMessage("Choose where the words came from");
        RuleFor(s => s.Language).Must(l => l is not null && Languages.Names.ContainsKey(l)).WithMessage("Choose the language");
    }
}

/// <summary>That a statement stands beside a record of a child somebody works with, and none of its words.</summary>
/// <param name="RecordId">The record.</param>
/// <param name="HeardOn">Its day.</param>
public sealed record StatementNotice(Guid Id, Guid ChildId, string ChildName, Guid RecordId, DateOnly HeardOn, Speaker Speaker);

/// <summary>
/// Rectification on request (UK GDPR article 16): information governance, which reads no word of the record, logs who asks and answers them once. When it seals what they say of a record beside it,
/// the record stays as it was and is still shown first, and those who work with the child are told.
/// </summary>
public sealed class RectificationService(AppDbContext db, DutyNotes notes, KeyRing keys, DoNotTellService doNotTell, TimeProvider clock)
{
    private const string NotKept = "Choose something that is kept of this child";

    private const string Answered = "It was answered already";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <returns>Null when there is no such child before the actor.</returns>
    public async Task<Outcome?> LogAsync(Guid childId, LogRectification input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        Task<bool> IsThere() => db.RectificationRequests.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.RecordId is { } record)
        {
            var about = await DutyService.Kept(db, childId).SingleOrDefaultAsync(r => r.Id == record, cancel);
            if (about is null) return await db.RefuseForgedAsync(childId, record, actor, nameof(input.RecordId), NotKept, "record", clock, cancel);
            if (input.ReceivedOn < about.HeardOn) return Outcome.Refused(nameof(input.ReceivedOn), "The day it came must be on or after the day of the record");
        }

        Guid? relation = null;
        if (input.Requester == Requester.Relation)
        {
            relation = await AccessRequestService.RelationAsync(db, childId, input.RelationName!, cancel);
            if (relation is null) return Outcome.Refused(nameof(input.RelationName), "Nobody in this child’s life is kept under that name. Their worker adds them first, so that their words stand under their name");
        }

        db.Add(new RectificationRequest
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            VoiceRecordId = input.RecordId,
            Requester = input.Requester!.Value,
            RelationshipId = relation,
            ReceivedOn = input.ReceivedOn!.Value,
            LoggedById = actor.PersonId,
            LoggedAt = Now,
        });
        await notes.AddAsync(childId, input.Id, DutyNoteKind.StatementAsked, input.Who!, actor, cancel);
        await notes.AddAsync(childId, input.Id, DutyNoteKind.RectificationAsked, input.Asked!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.RectificationLogged, actor, childId, input.Id, clock, $"{input.Requester}{(input.RecordId is null ? "" : " one record")}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>That it takes two months longer, said within the first month with the reason.</summary>
    public async Task<Outcome?> ExtendAsync(Guid childId, GiveReason input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await OfChildAsync(childId, input.Id, cancel) is not { } request) return null;
        if (request.Answer is not null) return Outcome.Refused("", Answered);
        if (RequestRules.WhyNotLater(request.DueOn, request.ExtendedAt, ConsentRules.LocalDay(Now)) is { } why) return Outcome.Refused("", why);
        request.ExtendedAt = Now;
        await notes.AddAsync(childId, request.Id, DutyNoteKind.RectificationLater, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.RectificationExtended, actor, childId, request.Id, clock));
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>Answers a request by saying that it is put right, or why it is not.</summary>
    public async Task<Outcome?> AnswerAsync(Guid childId, AnswerRectification input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await OfChildAsync(childId, input.Id, cancel) is not { } request) return null;
        if (request.Answer is not null) return request.Answer == input.Answer ? Outcome.Done : Outcome.Refused("", Answered);
        Decide(request, input.Answer!.Value, null, actor);
        await notes.AddAsync(childId, request.Id, DutyNoteKind.RectificationAnswered, input.Told!, actor, cancel);
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>Answers a request by putting what whoever asks says beside the record, and tells those who work with the child.</summary>
    /// <returns>Null when there is no such child or request before the actor.</returns>
    public async Task<Outcome?> PutAsync(Guid childId, PutStatement input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel) is not { } child || await OfChildAsync(childId, input.RequestId!.Value, cancel) is not { } request) return null;
        Task<bool> IsThere() => db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (request.Answer is not null) return Outcome.Refused("", Answered);
        // Those that the page names: what explains or corrects another stands with that one.
        if (await DutyService.Kept(db, childId).SingleOrDefaultAsync(r => r.Id == input.RecordId, cancel) is not { } first)
        {
            return await db.RefuseForgedAsync(childId, input.RecordId, actor, nameof(input.RecordId), NotKept, "record", clock, cancel);
        }

        var on = request.ReceivedOn;
        if (on < first.HeardOn) return Outcome.Refused(nameof(input.RecordId), "The request came before the day of that record");
        var (text, now) = (input.Text!, Now);
        db.Add(new VoiceRecord
        {
            Id = input.Id,
            AuthorityId = first.AuthorityId,
            ChildId = childId,
            SessionId = first.SessionId,
            // Whoever acts for the child speaks for the child; how close the words are says the provenance.
            Speaker = request.RelationshipId is null ? VoiceService.SpeakerOf(child, on) : Speaker.ParentOrCarer,
            SpeakerRelationshipId = request.RelationshipId,
            AgeAtTime = child.AgeOn(on),
            Layer = first.Layer,
            Subjects = first.Subjects,
            Sensitivity = first.Sensitivity,
            Kind = VoiceKind.TypedText,
            Provenance = input.Provenance!.Value,
            Language = input.Language!,
            HeardOn = on,
            SealedAt = now,
            SealedById = actor.PersonId,
            CorrectsId = first.Id,
            CorrectionReason = CorrectionReason.Statement,
            ContentSeal = await keys.FingerprintAsync(childId, Encoding.UTF8.GetBytes(text), cancel),
        });
        db.Add(new VoiceWords { VoiceRecordId = input.Id, AuthorityId = first.AuthorityId, ChildId = childId, Sealed = await keys.SealAsync(childId, text, input.Id, SealPart.Words, cancel) });
        var workers = await db.Allocations.Where(a => a.ChildId == childId && a.EndedOn == null).Select(a => a.PractitionerId).Distinct().ToListAsync(cancel);
        db.AddRange(workers.Select(worker => new Notice { AuthorityId = first.AuthorityId, ChildId = childId, PersonId = worker, Kind = NoticeKind.Statement, SubjectId = input.Id, CreatedAt = now }));
        Decide(request, RectificationAnswer.StatementBeside, input.Id, actor);
        db.Add(AuditEntry.For(AuditActions.StatementPut, actor, childId, input.Id, clock, $"{request.Requester}"));
        var saved = await db.SaveOrRefuseAsync(cancel);
        return saved.IsDone || await IsThere() ? Outcome.Done : saved;
    }

    /// <summary>
    /// The statements of which the actor is to know and has not said that they do, newest first. Asked as the actor: what is kept from them, is restricted or is of a child who moved on to somebody else
    /// is not named, and is once that has ended.
    /// </summary>
    public async Task<IReadOnlyList<StatementNotice>> UnreadAsync(Actor actor, CancellationToken cancel)
    {
        var unread = await db.Notices.AsNoTracking().Where(n => n.PersonId == actor.PersonId && n.ReadAt == null && n.Kind == NoticeKind.Statement)
            .Join(doNotTell.ReadableBy(actor, db.VoiceRecords), n => n.SubjectId, s => s.Id, (n, s) => new { Notice = n, s.Speaker, s.CorrectsId })
            .Join(db.VoiceRecords, n => n.CorrectsId, r => r.Id, (n, r) => new { n.Notice, n.Speaker, r.Id, r.HeardOn })
            .Join(db.Children, n => n.Notice.ChildId, c => c.Id, (n, c) => new { n.Notice, n.Speaker, n.Id, n.HeardOn, Child = c })
            .OrderByDescending(n => n.Notice.CreatedAt).Take(50).ToListAsync(cancel);
        return [.. unread.Select(n => new StatementNotice(n.Notice.Id, n.Child.Id, n.Child.DisplayName, n.Id, n.HeardOn, n.Speaker))];
    }

    private Task<RectificationRequest?> OfChildAsync(Guid childId, Guid id, CancellationToken cancel) => db.RectificationRequests.SingleOrDefaultAsync(r => r.Id == id && r.ChildId == childId, cancel);

    private void Decide(RectificationRequest request, RectificationAnswer answer, Guid? statement, Actor actor)
    {
        (request.Answer, request.StatementId, request.DecidedById, request.DecidedAt) = (answer, statement, actor.PersonId, Now);
        db.Add(AuditEntry.For(AuditActions.RectificationAnswered, actor, request.ChildId, request.Id, clock, $"{answer}"));
    }
}
