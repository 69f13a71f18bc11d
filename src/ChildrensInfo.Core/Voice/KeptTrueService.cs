using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Voice;

/// <summary>Words that stand beside the first ones, with a reason.</summary>
public class CorrectVoice : HowWordsCame
{
    /// <summary>Made with the form, so that a double click makes one.</summary>
    public Guid Id { get; set; }

    public CorrectionReason? Reason { get; set; }

    /// <summary>The visit in which it was put right; the first record's when nothing else is chosen.</summary>
    public Guid? SessionId { get; set; }

    public string? Text { get; set; }

    /// <summary>Whether it was read back to whoever said it. How it is handled is as the first.</summary>
    public BeforeSealing Before { get; set; } = new();
}

public sealed class CorrectVoiceValidator : AbstractValidator<CorrectVoice>
{
    public CorrectVoiceValidator()
    {
        RuleFor(c => c.Id).NotEmpty();
        RuleFor(c => c.Before).SetValidator(new BeforeSealingValidator());
        RuleFor(c => c.Reason).NotNull().WithMessage("Choose why").IsInEnum().WithMessage("Choose why").NotEqual(CorrectionReason.Statement).WithMessage("Choose why");
        RuleFor(c => c.Provenance).NotNull().WithMessage("Choose where the words came from").Must(p => p?.IsOnlyOfTool() != true).WithMessage("Choose where the words came from").IsInEnum().WithMessage("Choose where the words came from");
        When(c => c.Provenance == WordsProvenance.ViaInterpreter, () => Include(new InterpretedValidator()));
        RuleFor(c => c.Observer).IsInEnum().NotEqual(Observer.Practitioner).When(c => c.Provenance == WordsProvenance.ReportedByOther).WithMessage("Choose who told you");
        RuleFor(c => c.WrittenUp).IsInEnum().WithMessage("Choose from the list");
        RuleFor(c => c.Text).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Enter what it should say")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= VoiceRecord.WordsMaxLength).WithMessage($"Keep this to {VoiceRecord.WordsMaxLength:N0} characters or fewer");
    }
}

/// <summary>How a sealed record is to be handled from now on.</summary>
public class MarkVoice
{
    /// <summary>Made with the form, so that a double click marks once.</summary>
    public Guid Id { get; set; }

    public Sensitivity? Sensitivity { get; set; }
}

public sealed class MarkVoiceValidator : AbstractValidator<MarkVoice>
{
    public MarkVoiceValidator()
    {
        RuleFor(m => m.Id).NotEmpty();
        RuleFor(m => m.Sensitivity).NotNull().WithMessage("Choose what it is").IsInEnum().WithMessage("Choose what it is");
    }
}

/// <summary>Whether a person can be recognised on a photo, said after it was sealed.</summary>
public class AnswerPhoto
{
    /// <summary>Made with the form, so that a double click answers once.</summary>
    public Guid Id { get; set; }

    public bool? ShowsPerson { get; set; }
}

public sealed class AnswerPhotoValidator : AbstractValidator<AnswerPhoto>
{
    public AnswerPhotoValidator()
    {
        RuleFor(a => a.Id).NotEmpty();
        RuleFor(a => a.ShowsPerson).NotNull().WithMessage(VoiceMediaService.SayWhetherPerson);
    }
}

/// <summary>Whether anybody else can be heard on a recording, said after it was sealed.</summary>
public class AnswerRecording : OthersOnRecording
{
    /// <summary>Made with the form, so that a double click answers once.</summary>
    public Guid Id { get; set; }
}

public sealed class AnswerRecordingValidator : AbstractValidator<AnswerRecording>
{
    public AnswerRecordingValidator()
    {
        Include(new OthersOnRecordingValidator());
        RuleFor(a => a.Id).NotEmpty();
        RuleFor(a => a.AnybodyElseHeard).NotNull().WithMessage(OthersOnRecordingValidator.SayWhether);
        RuleFor(a => a.AnybodyElseHeard).Must((a, _) => a.NamesAnybody).When(a => a.AnybodyElseHeard == true).WithMessage(OthersOnRecordingValidator.SayWho);
    }
}

/// <summary>That somebody else can be heard on a recording, found after it was sealed.</summary>
public class NameThirdParty
{
    /// <summary>Made with the form, so that a double click names one.</summary>
    public Guid Id { get; set; }

    /// <summary>Somebody in the child's life; otherwise <see cref="Described"/> says who.</summary>
    public Guid? RelationshipId { get; set; }

    public string? Described { get; set; }
}

public sealed class NameThirdPartyValidator : AbstractValidator<NameThirdParty>
{
    public NameThirdPartyValidator()
    {
        RuleFor(n => n.Id).NotEmpty();
        RuleFor(n => n.Described).Must(d => !string.IsNullOrWhiteSpace(d)).When(n => n.RelationshipId is null, ApplyConditionTo.CurrentValidator).WithMessage("Say who can be heard")
            .Must(d => WrittenText.Length(d) <= ThirdPartyVoice.DescribedMaxLength).WithMessage($"Keep this to {ThirdPartyVoice.DescribedMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
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
public sealed class KeptTrueService(AppDbContext db, KeyRing keys, DoNotTellService doNotTell, WithdrawalService withdrawals, OtherVoices others, TimeProvider clock)
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
            Interpreter = input.Provenance == WordsProvenance.ViaInterpreter ? input.Interpreter : null,
            SpokenLanguage = input.Provenance == WordsProvenance.ViaInterpreter ? input.SpokenLanguage : null,
            Observer = input.Provenance == WordsProvenance.ReportedByOther ? input.Observer : null,
            WrittenUp = input.Provenance == WordsProvenance.WrittenUpLater ? input.WrittenUp : null,
            Language = first.Language,
            HeardOn = session.OccurredOn,
            SealedAt = clock.GetUtcNow().UtcDateTime,
            SealedById = actor.PersonId,
            ReadBack = input.Before.AsSealed,
            ReadBackHow = input.Before.HowAsSealed,
            CorrectsId = first.Id,
            ExplainsId = first.ExplainsId,
            CorrectionReason = input.Reason!.Value,
            ContentSeal = await keys.FingerprintAsync(childId, Encoding.UTF8.GetBytes(input.Text!), cancel),
        });
        db.Add(new VoiceWords { VoiceRecordId = input.Id, AuthorityId = first.AuthorityId, ChildId = childId, Sealed = await keys.SealAsync(childId, input.Text!, input.Id, SealPart.Words, cancel) });
        db.Add(AuditEntry.For(AuditActions.VoiceCorrected, actor, childId, input.Id, clock, input.Reason.ToString()));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>Marks a record, what corrects it and what explains it. A mark only ever goes up.</summary>
    /// <returns>Null when there is no such first record of a child the actor may see.</returns>
    public async Task<Outcome?> MarkAsync(Guid childId, Guid recordId, MarkVoice input, Actor actor, CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId && r.CorrectsId == null, cancel);
        if (record is null) return null;
        Task<bool> IsThere() => db.SensitivityMarks.AnyAsync(m => m.Id == input.Id && m.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.Sensitivity <= record.Sensitivity) return Outcome.Refused(nameof(input.Sensitivity), "It is marked so already, or as more. A mark is never taken back");
        db.Add(new SensitivityMark
        {
            Id = input.Id,
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            Sensitivity = input.Sensitivity!.Value,
            MarkedAt = clock.GetUtcNow().UtcDateTime,
            MarkedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.VoiceMarked, actor, childId, recordId, clock, $"{input.Sensitivity}"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>
    /// Says, after it was sealed, whether a person can be recognised on a photo: where nobody had said, or where one can be though it was said that nobody can. That one can is never taken back.
    /// What somebody who said stop to photos of people wanted deleted is deleted with it.
    /// </summary>
    /// <returns>Null when there is no such photo of a child the actor may see.</returns>
    public async Task<Outcome?> AnswerPhotoAsync(Guid childId, Guid recordId, AnswerPhoto input, Actor actor, CancellationToken cancel)
    {
        var photo = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId && r.Kind == VoiceKind.Photo, cancel);
        if (photo is null) return null;
        Task<bool> IsThere() => db.PhotoAnswers.AnyAsync(a => a.Id == input.Id && a.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (photo.ShowsPerson == true) return Outcome.Refused(nameof(input.ShowsPerson), "It was said that a person can be recognised on it. That is not taken back: take another photo");
        const string before = "That was said before";
        if (input.ShowsPerson == photo.ShowsPerson) return Outcome.Refused(nameof(input.ShowsPerson), before);
        db.Add(new PhotoAnswer
        {
            Id = input.Id,
            AuthorityId = photo.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            ShowsPerson = input.ShowsPerson!.Value,
            AnsweredAt = clock.GetUtcNow().UtcDateTime,
            AnsweredById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.PhotoAnswered, actor, childId, recordId, clock, input.ShowsPerson == true ? "a person can be recognised" : "nobody can be recognised"));
        await using var both = await db.Database.BeginTransactionAsync(cancel);
        var saved = await SaveAnswerAsync(IsThere, () => db.VoiceRecords.AnyAsync(r => r.Id == recordId && r.ChildId == childId && r.ShowsPerson != photo.ShowsPerson, cancel), nameof(input.ShowsPerson), before, cancel);
        if (!saved.IsDone) return saved;
        if (input.ShowsPerson == true) await withdrawals.EraseFoundOutAsync(childId, Purpose.ImagePerson, actor, cancel);
        await both.CommitAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Says, after it was sealed, whether anybody else can be heard on a recording of which nobody had said. It is said once; somebody found later is named (<see cref="NameAsync"/>).</summary>
    /// <returns>Null when there is no such recording of a child the actor may see.</returns>
    public async Task<Outcome?> AnswerRecordingAsync(Guid childId, Guid recordId, AnswerRecording input, Actor actor, CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).Include(r => r.ThirdPartyVoices)
            .SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId && r.Kind == VoiceKind.Audio, cancel);
        if (record is null) return null;
        Task<bool> IsThere() => db.RecordingAnswers.AnyAsync(a => a.Id == input.Id && a.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        const string before = "That was said before. If somebody else can be heard after all, write it down below";
        if (record.AnybodyElseHeard is not null) return Outcome.Refused(nameof(input.AnybodyElseHeard), before);
        db.Add(new RecordingAnswer
        {
            Id = input.Id,
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            AnybodyElseHeard = input.AnybodyElseHeard!.Value,
            AnsweredAt = clock.GetUtcNow().UtcDateTime,
            AnsweredById = actor.PersonId,
        });
        // Somebody may have named one of them before the question was answered.
        input.OthersHeard.RemoveAll(id => record.ThirdPartyVoices.Exists(v => v.RelationshipId == id));
        if (await others.AddAsync(childId, recordId, input, nameof(input.OthersHeard), [], actor, cancel) is { } refused) return refused;
        db.Add(AuditEntry.For(AuditActions.RecordingAnswered, actor, childId, recordId, clock, input.AnybodyElseHeard == true ? "somebody else can be heard" : "nobody else can be heard"));
        return await SaveAnswerAsync(IsThere, () => db.VoiceRecords.AnyAsync(r => r.Id == recordId && r.ChildId == childId && r.AnybodyElseHeard != null, cancel), nameof(input.AnybodyElseHeard), before, cancel);
    }

    /// <summary>Saves what is said once of a record. Two people may say it in the same moment: the database takes the first (say_who_is_on_photo, say_who_is_heard), and the other is told.</summary>
    private async Task<Outcome> SaveAnswerAsync(Func<Task<bool>> isThere, Func<Task<bool>> isAnswered, string field, string before, CancellationToken cancel)
    {
        try
        {
            return await db.SaveOnceAsync(isThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
        {
            db.ChangeTracker.Clear();
            if (!await isAnswered()) throw;
            return Outcome.Refused(field, before);
        }
    }

    /// <summary>Writes down that somebody else can be heard on a recording. From then on it is held until they have said yes.</summary>
    /// <returns>Null when there is no such recording of a child the actor may see.</returns>
    public async Task<Outcome?> NameAsync(Guid childId, Guid recordId, NameThirdParty input, Actor actor, CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId && r.Kind == VoiceKind.Audio, cancel);
        if (record is null) return null;
        Task<bool> IsThere() => db.ThirdPartyVoices.AnyAsync(v => v.Id == input.Id && v.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.RelationshipId is { } relation)
        {
            if (!await db.Relationships.AnyAsync(r => r.Id == relation && r.ChildId == childId, cancel))
            {
                return await db.RefuseForgedAsync(childId, relation, actor, nameof(input.RelationshipId), "Choose somebody in this child’s life", "other voice", clock, cancel);
            }

            if (await db.ThirdPartyVoices.AnyAsync(v => v.VoiceRecordId == recordId && v.RelationshipId == relation, cancel)) return Outcome.Refused(nameof(input.RelationshipId), "They are named already");
        }

        db.Add(new ThirdPartyVoice
        {
            Id = input.Id,
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            RelationshipId = input.RelationshipId,
            DescribedSealed = input.RelationshipId is null ? await keys.SealAsync(childId, input.Described!.Trim(), input.Id, SealPart.ThirdParty, cancel) : null,
        });
        db.Add(AuditEntry.For(AuditActions.ThirdPartyNamed, actor, childId, input.Id, clock));
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
        var interpretation = await doNotTell.InterpretationsReadableBy(actor).AsNoTracking().SingleOrDefaultAsync(i => i.Id == interpretationId && i.ChildId == childId, cancel);
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
