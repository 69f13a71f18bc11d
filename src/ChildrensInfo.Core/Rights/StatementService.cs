using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

/// <summary>What somebody says of a record that they ask to be put right, in their own words.</summary>
public class PutStatement
{
    /// <summary>Made with the form, so that a double click puts one.</summary>
    public Guid Id { get; set; }

    public Guid? RecordId { get; set; }

    public Requester? Requester { get; set; }

    /// <summary>The name of whoever in the child's life asks, as it is kept.</summary>
    public string? RelationName { get; set; }

    public DateOnly? ReceivedOn { get; set; }

    /// <summary>Who they are and how that is known.</summary>
    public string? Who { get; set; }

    public string? Text { get; set; }

    public WordsProvenance? Provenance { get; set; }

    public string? Language { get; set; }
}

public sealed class PutStatementValidator : AbstractValidator<PutStatement>
{
    /// <summary>How a statement can come to the council.</summary>
    public static readonly IReadOnlyList<WordsProvenance> Provenances = [WordsProvenance.OwnHand, WordsProvenance.VerbatimAtTheTime, WordsProvenance.ViaInterpreter, WordsProvenance.ReportedByOther];

    public PutStatementValidator(TimeProvider clock)
    {
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.RecordId).NotNull().WithMessage("Choose beside which record it stands");
        RuleFor(s => s.Requester).NotNull().WithMessage("Choose who asks").IsInEnum().WithMessage("Choose who asks");
        RuleFor(s => s.RelationName).Must(n => !string.IsNullOrWhiteSpace(n)).When(s => s.Requester == Rights.Requester.Relation).WithMessage("Enter their name as it is on the child’s record");
        RuleFor(s => s.ReceivedOn).Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter the day it came")
            .Must(on => on <= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The day it came must be today or in the past");
        RuleFor(s => s.Who).Written("Say who they are and how you know", "this", DutyNote.TextMaxLength);
        RuleFor(s => s.Text).Written("Write down what they say, in their words", "this", VoiceRecord.WordsMaxLength);
        RuleFor(s => s.Provenance).Must(p => p is { } one && Provenances.Contains(one)).WithMessage("Choose where the words came from");
        RuleFor(s => s.Language).Must(l => l is not null && Languages.Names.ContainsKey(l)).WithMessage("Choose the language");
    }
}

/// <summary>
/// Rectification on request (UK GDPR article 16): information governance, which reads no word of the record, seals what whoever asks says of it beside it. The record stays as it was and is still shown first.
/// </summary>
public sealed class StatementService(AppDbContext db, DutyNotes notes, KeyRing keys, TimeProvider clock)
{
    /// <returns>Null when there is no such child before the actor.</returns>
    public async Task<Outcome?> PutAsync(Guid childId, PutStatement input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel) is not { } child) return null;
        Task<bool> IsThere() => db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        // Those that the page names: what explains or corrects another stands with that one.
        if (await DutyService.Kept(db, childId).SingleOrDefaultAsync(r => r.Id == input.RecordId, cancel) is not { } first)
        {
            return await db.RefuseForgedAsync(childId, input.RecordId, actor, nameof(input.RecordId), "Choose something that is kept of this child", "record", clock, cancel);
        }

        var on = input.ReceivedOn!.Value;
        if (on < first.HeardOn) return Outcome.Refused(nameof(input.ReceivedOn), "The day it came must be on or after the day of the record");
        Guid? relation = null;
        if (input.Requester == Requester.Relation)
        {
            relation = await AccessRequestService.RelationAsync(db, childId, input.RelationName!, cancel);
            if (relation is null) return Outcome.Refused(nameof(input.RelationName), "Nobody in this child’s life is kept under that name. Their worker adds them first, so that their words stand under their name");
        }

        var text = input.Text!;
        db.Add(new VoiceRecord
        {
            Id = input.Id,
            AuthorityId = first.AuthorityId,
            ChildId = childId,
            SessionId = first.SessionId,
            // Whoever acts for the child speaks for the child; how close the words are says the provenance.
            Speaker = relation is null ? VoiceService.SpeakerOf(child, on) : Speaker.ParentOrCarer,
            SpeakerRelationshipId = relation,
            AgeAtTime = child.AgeOn(on),
            Layer = first.Layer,
            Subjects = first.Subjects,
            Sensitivity = first.Sensitivity,
            Kind = VoiceKind.TypedText,
            Provenance = input.Provenance!.Value,
            Language = input.Language!,
            HeardOn = on,
            SealedAt = clock.GetUtcNow().UtcDateTime,
            SealedById = actor.PersonId,
            CorrectsId = first.Id,
            CorrectionReason = CorrectionReason.Statement,
            ContentSeal = await keys.FingerprintAsync(childId, Encoding.UTF8.GetBytes(text), cancel),
        });
        db.Add(new VoiceWords { VoiceRecordId = input.Id, AuthorityId = first.AuthorityId, ChildId = childId, Sealed = await keys.SealAsync(childId, text, input.Id, SealPart.Words, cancel) });
        await notes.AddAsync(childId, input.Id, DutyNoteKind.StatementAsked, input.Who!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.StatementPut, actor, childId, input.Id, clock, $"{input.Requester}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }
}
