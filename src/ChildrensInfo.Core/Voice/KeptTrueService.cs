using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>Words that stand beside the first ones, with a reason.</summary>
public class CorrectVoice
{
    /// <summary>Made with the form, so that a double click makes one.</summary>
    public Guid Id { get; set; }

    public CorrectionReason? Reason { get; set; }

    /// <summary>The visit in which it was put right; the first record's when nothing else is chosen.</summary>
    public Guid? SessionId { get; set; }

    public WordsProvenance? Provenance { get; set; }

    public string? Text { get; set; }
}

public sealed class CorrectVoiceValidator : AbstractValidator<CorrectVoice>
{
    public CorrectVoiceValidator()
    {
        RuleFor(c => c.Id).NotEmpty();
        RuleFor(c => c.Reason).NotNull().WithMessage("Choose why").IsInEnum().WithMessage("Choose why");
        RuleFor(c => c.Provenance).NotNull().WithMessage("Choose where the words came from").IsInEnum().WithMessage("Choose where the words came from");
        RuleFor(c => c.Text).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Enter what it should say")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= VoiceRecord.WordsMaxLength).WithMessage($"Keep this to {VoiceRecord.WordsMaxLength:N0} characters or fewer");
    }
}

/// <summary>What somebody who can be heard on a recording, or who decides for them, said.</summary>
public class AnswerThirdParty
{
    /// <summary>Made with the form, so that a double click decides once.</summary>
    public Guid Id { get; set; }

    public Guid VoiceId { get; set; }

    public bool? Allowed { get; set; }

    public string? SaidBy { get; set; }
}

public sealed class AnswerThirdPartyValidator : AbstractValidator<AnswerThirdParty>
{
    public AnswerThirdPartyValidator()
    {
        RuleFor(a => a.Id).NotEmpty();
        RuleFor(a => a.Allowed).NotNull().WithMessage("Choose what they said");
        RuleFor(a => a.SaidBy).Must(s => !string.IsNullOrWhiteSpace(s)).WithMessage("Say who said so")
            .Must(s => WrittenText.Length(s) <= ThirdPartyAnswer.SaidByMaxLength).WithMessage($"Keep this to {ThirdPartyAnswer.SaidByMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
    }
}

/// <summary>Whether the child saw what a worker thinks, and what they answered.</summary>
public class ShowInterpretation
{
    public Guid Id { get; set; }

    public ChildSaw? Saw { get; set; }

    public string? Why { get; set; }

    public Guid? ResponseRecordId { get; set; }
}

public sealed class ShowInterpretationValidator : AbstractValidator<ShowInterpretation>
{
    public ShowInterpretationValidator()
    {
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.Saw).NotNull().WithMessage("Choose whether they saw it").IsInEnum().WithMessage("Choose whether they saw it");
        RuleFor(s => s.Why).Must(w => !string.IsNullOrWhiteSpace(w)).When(s => s.Saw == ChildSaw.NotAppropriate, ApplyConditionTo.CurrentValidator).WithMessage("Say why it is not right to show it")
            .Must(w => WrittenText.Length(w) <= InterpretationShowing.WhyMaxLength).WithMessage($"Keep this to {InterpretationShowing.WhyMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(s => s.ResponseRecordId).Null().When(s => s.Saw != ChildSaw.Yes).WithMessage("Only somebody who saw it can answer it");
    }
}

/// <summary>What keeps a sealed record true: words beside it that put it right, the voices of others on it, what the child says of a worker's view.</summary>
public sealed class KeptTrueService(AppDbContext db, KeyRing keys, DoNotTellService doNotTell, TimeProvider clock)
{
    /// <summary>Puts other words beside a record. The record itself is not touched: it stays the first to be read.</summary>
    /// <returns>Null when there is no such record of a child the actor may see.</returns>
    public async Task<Outcome?> CorrectAsync(Guid childId, Guid recordId, CorrectVoice input, Actor actor, CancellationToken cancel)
    {
        var first = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).Include(r => r.Child)
            .SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId && r.CorrectsId == null, cancel);
        if (first?.Child is not { } child) return null;
        Task<bool> IsThere() => db.VoiceRecords.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (first.Kind == VoiceKind.Declined) return Outcome.Refused(nameof(input.Text), "Nothing was said, so there are no words to put right. Record what was said now in a visit");
        var sessionId = input.SessionId ?? first.SessionId;
        var session = await db.VoiceSessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == sessionId && s.ChildId == childId, cancel);
        if (session is null || session.OccurredOn < first.HeardOn) return await db.RefuseForgedAsync(childId, sessionId, actor, nameof(input.SessionId), "Choose a visit to this child on or after the first one", "visit", clock, cancel);

        db.Add(new VoiceRecord
        {
            Id = input.Id,
            AuthorityId = first.AuthorityId,
            ChildId = childId,
            SessionId = session.Id,
            Speaker = first.Speaker,
            SpeakerRelationshipId = first.SpeakerRelationshipId,
            GroupSize = first.GroupSize,
            AgeAtTime = child.AgeOn(session.OccurredOn),
            Layer = first.Layer,
            Subjects = first.Subjects,
            Sensitivity = first.Sensitivity,
            Kind = VoiceKind.TypedText,
            Provenance = input.Provenance!.Value,
            Language = first.Language,
            HeardOn = session.OccurredOn,
            SealedAt = clock.GetUtcNow().UtcDateTime,
            SealedById = actor.PersonId,
            CorrectsId = first.Id,
            CorrectionReason = input.Reason!.Value,
            ContentSeal = await keys.FingerprintAsync(childId, Encoding.UTF8.GetBytes(input.Text!), cancel),
        });
        db.Add(new VoiceWords { VoiceRecordId = input.Id, AuthorityId = first.AuthorityId, ChildId = childId, Sealed = await keys.SealAsync(childId, input.Text!, input.Id, SealPart.Words, cancel) });
        db.Add(AuditEntry.For(AuditActions.VoiceCorrected, actor, childId, input.Id, clock, input.Reason.ToString()));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>Records what somebody else on a recording said. When the last of them has said yes, it can be played.</summary>
    /// <returns>Null when there is no such voice on a recording of a child the actor may see.</returns>
    public async Task<Outcome?> AnswerAsync(Guid childId, Guid recordId, AnswerThirdParty input, Actor actor, CancellationToken cancel)
    {
        if (!await doNotTell.ReadableBy(actor, db.VoiceRecords).AnyAsync(r => r.Id == recordId && r.ChildId == childId, cancel)) return null;
        var voice = await db.ThirdPartyVoices.AsNoTracking().SingleOrDefaultAsync(v => v.Id == input.VoiceId && v.VoiceRecordId == recordId && v.ChildId == childId, cancel);
        if (voice is null) return null;
        Task<bool> IsThere() => db.ThirdPartyAnswers.AnyAsync(a => a.Id == input.Id && a.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        db.Add(new ThirdPartyAnswer
        {
            Id = input.Id,
            AuthorityId = voice.AuthorityId,
            ChildId = childId,
            ThirdPartyVoiceId = voice.Id,
            Allowed = input.Allowed!.Value,
            SaidBySealed = await keys.SealAsync(childId, input.SaidBy!.Trim(), input.Id, SealPart.PermissionSaidBy, cancel),
            RecordedAt = clock.GetUtcNow().UtcDateTime,
            RecordedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.ThirdPartyDecided, actor, childId, voice.Id, clock, input.Allowed.Value ? "yes" : "no"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>Records whether the child saw what a worker thinks, and links what they said to it.</summary>
    /// <returns>Null when there is no such interpretation under a record of a child the actor may see.</returns>
    public async Task<Outcome?> ShowAsync(Guid childId, Guid interpretationId, ShowInterpretation input, Actor actor, CancellationToken cancel)
    {
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords);
        var interpretation = await db.Interpretations.AsNoTracking()
            .SingleOrDefaultAsync(i => i.Id == interpretationId && i.ChildId == childId && readable.Any(r => r.Id == i.VoiceRecordId), cancel);
        if (interpretation is null) return null;
        Task<bool> IsThere() => db.InterpretationShowings.AnyAsync(s => s.Id == input.Id && s.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.ResponseRecordId is { } response
            && !await readable.AnyAsync(r => r.Id == response && r.ChildId == childId && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson), cancel))
        {
            return await db.RefuseForgedAsync(childId, response, actor, nameof(input.ResponseRecordId), "Choose something this child said", "answer", clock, cancel);
        }

        db.Add(new InterpretationShowing
        {
            Id = input.Id,
            AuthorityId = interpretation.AuthorityId,
            ChildId = childId,
            InterpretationId = interpretationId,
            Saw = input.Saw!.Value,
            WhySealed = string.IsNullOrWhiteSpace(input.Why) ? null : await keys.SealAsync(childId, input.Why, input.Id, SealPart.ShowingWhy, cancel),
            ResponseRecordId = input.ResponseRecordId,
            RecordedAt = clock.GetUtcNow().UtcDateTime,
            RecordedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.InterpretationShown, actor, childId, interpretationId, clock, input.ResponseRecordId is null ? $"{input.Saw}" : $"{input.Saw}, answered"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }
}
