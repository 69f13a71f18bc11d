using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Voice;

/// <summary>A visit that is about to be recorded.</summary>
public class StartSession
{
    /// <summary>Made with the form, so that a double click starts one visit.</summary>
    public Guid Id { get; set; }

    public DateOnly? OccurredOn { get; set; }

    public Place? Place { get; set; }

    public SeenAlone? SeenAlone { get; set; }

    /// <summary>Who else was there.</summary>
    public string? Present { get; set; }

    /// <summary>The planned visit that this one is.</summary>
    public Guid? PlannedId { get; set; }
}

public sealed class StartSessionValidator : AbstractValidator<StartSession>
{
    public StartSessionValidator(TimeProvider clock)
    {
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.OccurredOn).Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter the date of the visit")
            .Must(on => on <= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The date of the visit must be today or in the past");
        RuleFor(s => s.Place).NotNull().WithMessage("Choose where you met").IsInEnum().WithMessage("Choose where you met");
        RuleFor(s => s.SeenAlone).NotNull().WithMessage("Say whether the child was seen alone").IsInEnum().WithMessage("Say whether the child was seen alone");
        RuleFor(s => s.Present).Must(p => WrittenText.Length(p) <= VoiceSession.PresentMaxLength).WithMessage($"Keep who else was there to {VoiceSession.PresentMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
    }
}

/// <summary>Something somebody said or drew, about to be sealed.</summary>
public class RecordVoice
{
    /// <summary>Made with the form, so that a double click seals one record.</summary>
    public Guid Id { get; set; }

    public VoiceKind Kind { get; set; }

    public Speaker? Speaker { get; set; }

    /// <summary>Which parent or carer spoke.</summary>
    public Guid? SpeakerRelationshipId { get; set; }

    public SubjectMatter? SubjectMatter { get; set; }

    public Layer? Layer { get; set; }

    /// <summary>Asked for words only: a recording is recorded, and a drawing is by the hand that drew it.</summary>
    public WordsProvenance? Provenance { get; set; }

    public string? Language { get; set; }

    /// <summary>The words exactly as they are to be kept.</summary>
    public string? Text { get; set; }

    /// <summary>The recording or drawing that was sent before this form.</summary>
    public Guid? FileId { get; set; }

    /// <summary>How long the recorder says it ran.</summary>
    public long? DurationMs { get; set; }
}

public sealed class RecordVoiceValidator : AbstractValidator<RecordVoice>
{
    public RecordVoiceValidator()
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.Kind).IsInEnum();
        RuleFor(r => r.Speaker).NotNull().WithMessage("Choose whose words these are").IsInEnum().WithMessage("Choose whose words these are");
        RuleFor(r => r.SpeakerRelationshipId).NotNull().When(r => r.Speaker == Speaker.ParentOrCarer).WithMessage("Choose which parent or carer");
        RuleFor(r => r.SubjectMatter).NotNull().WithMessage("Choose what it is about").IsInEnum().WithMessage("Choose what it is about");
        RuleFor(r => r.Layer).NotNull().WithMessage("Choose which part it speaks to").IsInEnum().WithMessage("Choose which part it speaks to");
        RuleFor(r => r.Provenance).NotNull().When(r => r.Kind == VoiceKind.TypedText).WithMessage("Choose where the words came from").IsInEnum().WithMessage("Choose where the words came from");
        RuleFor(r => r.Language).NotEmpty().WithMessage("Choose the language").MaximumLength(35).WithMessage("Choose the language")
            .Matches("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$").WithMessage("Choose the language");
        When(r => r.Kind == VoiceKind.TypedText, () =>
            RuleFor(r => r.Text).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Enter what was said")
                .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
                .Must(t => WrittenText.Length(t) <= VoiceRecord.WordsMaxLength)
                .WithMessage(r => $"What was said must be {VoiceRecord.WordsMaxLength:N0} characters or fewer. It has {WrittenText.Length(r.Text):N0}"));
        RuleFor(r => r.FileId).NotNull().When(r => r.Kind == VoiceKind.Audio).WithMessage("Record something before you seal it");
        RuleFor(r => r.FileId).NotNull().When(r => r.Kind == VoiceKind.Drawing).WithMessage("Draw something before you seal it");
        RuleFor(r => r.DurationMs).InclusiveBetween(0, VoiceRecord.AudioMaxSeconds * 1000L).When(r => r.Kind == VoiceKind.Audio)
            .OverridePropertyName(nameof(RecordVoice.FileId)).WithMessage("A recording can be up to 3 hours long");
    }
}

/// <summary>What a worker thinks a record means.</summary>
public class InterpretVoice
{
    public Guid Id { get; set; }

    public string? Text { get; set; }
}

public sealed class InterpretVoiceValidator : AbstractValidator<InterpretVoice>
{
    public InterpretVoiceValidator()
    {
        RuleFor(i => i.Id).NotEmpty();
        RuleFor(i => i.Text).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Enter what you think it means")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= Interpretation.TextMaxLength)
            .WithMessage(i => $"What you think it means must be {Interpretation.TextMaxLength:N0} characters or fewer. It has {WrittenText.Length(i.Text):N0}");
    }
}

/// <summary>Visits, the words heard in them, and what workers think they mean. Everything typed is sealed under the child's key.</summary>
public sealed class VoiceService(AppDbContext db, KeyRing keys, FileStore files, ConsentService consent, TimeProvider clock)
{
    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> StartAsync(Guid childId, StartSession input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        Task<bool> IsThere() => db.VoiceSessions.AnyAsync(s => s.Id == input.Id && s.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (input.OccurredOn < child.BornOn) return Outcome.Refused(nameof(input.OccurredOn), "The date of the visit must be after the child was born");

        db.Add(new VoiceSession
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            PractitionerId = actor.PersonId,
            OccurredOn = input.OccurredOn!.Value,
            Place = input.Place!.Value,
            SeenAlone = input.SeenAlone!.Value,
            PresentSealed = string.IsNullOrWhiteSpace(input.Present) ? null : await keys.SealAsync(child.Id, input.Present, input.Id, SealPart.Present, cancel),
            RecordedAt = clock.GetUtcNow().UtcDateTime,
        });
        if (input.PlannedId is { } plannedId
            && await db.PlannedVisits.SingleOrDefaultAsync(p => p.Id == plannedId && p.ChildId == childId && p.SessionId == null, cancel) is { } planned)
        {
            planned.SessionId = input.Id;
        }

        db.Add(AuditEntry.For(AuditActions.SessionStarted, actor, child.Id, input.Id, clock));
        return await SaveOnceAsync(IsThere, childId, input.Id, actor, cancel);
    }

    /// <summary>Seals what was said or drawn. From here on nobody can change it, the person who wrote it down included.</summary>
    /// <returns>Null when there is no such visit to a child the actor may see.</returns>
    public async Task<Outcome?> RecordAsync(Guid childId, Guid sessionId, RecordVoice input, Actor actor, CancellationToken cancel)
    {
        Task<bool> IsThere() => db.VoiceRecords.AnyAsync(r => r.Id == input.Id && r.ChildId == childId, cancel);
        // One question for all that every seal needs: somebody waits while it is answered.
        var found = await db.VoiceSessions.AsNoTracking().Where(s => s.Id == sessionId && s.ChildId == childId).Select(s => new
        {
            Session = s,
            s.Child,
            Key = db.ChildKeys.SingleOrDefault(k => k.ChildId == childId),
            IsThere = db.VoiceRecords.Any(r => r.Id == input.Id && r.ChildId == childId),
        }).SingleOrDefaultAsync(cancel);
        if (found?.Child is not { } child) return null;
        if (found.IsThere) return Outcome.Done;
        var session = found.Session;
        if (found.Key is { } key) await keys.HoldAsync(key, cancel);

        if (input.Speaker == Speaker.ParentOrCarer && !await db.Relationships.AnyAsync(r => r.Id == input.SpeakerRelationshipId && r.ChildId == childId, cancel))
        {
            return await RefuseForgedAsync(childId, input.SpeakerRelationshipId, actor, nameof(input.SpeakerRelationshipId), "Choose a parent or carer of this child", "speaker", cancel);
        }

        StoredFile? file = null;
        int? seconds = null;
        if (input.Kind.IsFile())
        {
            if (input.Kind == VoiceKind.Audio && !(await consent.DecideNowAsync(childId, Purpose.Audio, null, cancel)).Allowed)
            {
                return Outcome.Refused(nameof(input.FileId), "There is no permission to record. You can write down what they say");
            }

            file = await db.Files.SingleOrDefaultAsync(f => f.Id == input.FileId, cancel);
            if (file is null || file.ChildId != childId || file.OwnerId != actor.PersonId || file.Kind != FileKind.VoiceMedia || MediaType.Kept(file).Kind != input.Kind)
            {
                return await RefuseForgedAsync(childId, input.FileId, actor, nameof(input.FileId), "That file is not one you sent for this child. Record or draw it again", "file", cancel);
            }

            if (await db.VoiceRecords.AnyAsync(r => r.FileId == file.Id, cancel)) return Outcome.Refused(nameof(input.FileId), "That recording or drawing is sealed already");
            if (!await files.CompleteAsync(file, cancel)) return Outcome.Refused(nameof(input.FileId), "Some of it has not arrived. Send it again");
            if (input.Kind == VoiceKind.Audio)
            {
                var (refusal, length) = await LengthAsync(file, input, cancel);
                if (refusal is not null) return refusal;
                seconds = length;
            }
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var text = input.Kind == VoiceKind.TypedText ? input.Text! : null;
        db.Add(new VoiceRecord
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            SessionId = session.Id,
            Speaker = input.Speaker!.Value,
            SpeakerRelationshipId = input.Speaker == Speaker.ParentOrCarer ? input.SpeakerRelationshipId : null,
            AgeAtTime = child.AgeOn(session.OccurredOn),
            Layer = input.Layer!.Value,
            SubjectMatter = input.SubjectMatter!.Value,
            Kind = input.Kind,
            Provenance = input.Kind switch
            {
                VoiceKind.Audio => WordsProvenance.Recorded,
                VoiceKind.Drawing => WordsProvenance.OwnHand,
                _ => input.Provenance!.Value,
            },
            Language = input.Language!,
            FileId = file?.Id,
            DurationSeconds = seconds,
            HeardOn = session.OccurredOn,
            SealedAt = now,
            SealedById = actor.PersonId,
            ContentSeal = await keys.FingerprintAsync(child.Id, text is null ? file!.Sha256! : Encoding.UTF8.GetBytes(text), cancel),
        });
        if (text is not null)
        {
            db.Add(new VoiceWords
            {
                VoiceRecordId = input.Id,
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                Sealed = await keys.SealAsync(child.Id, text, input.Id, SealPart.Words, cancel),
            });
        }

        db.Add(AuditEntry.For(AuditActions.VoiceRecorded, actor, child.Id, input.Id, clock, input.Kind.ToString()));
        return await SaveOnceAsync(IsThere, childId, input.Id, actor, cancel);
    }

    /// <returns>Null when there is no such record of a child the actor may see.</returns>
    public async Task<Outcome?> InterpretAsync(Guid childId, Guid recordId, InterpretVoice input, Actor actor, CancellationToken cancel)
    {
        var record = await db.VoiceRecords.AsNoTracking().SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId, cancel);
        if (record is null) return null;
        Task<bool> IsThere() => db.Interpretations.AnyAsync(i => i.Id == input.Id && i.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;

        db.Add(new Interpretation
        {
            Id = input.Id,
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            AuthorId = actor.PersonId,
            Sealed = await keys.SealAsync(childId, input.Text!, input.Id, SealPart.Interpretation, cancel),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.InterpretationAdded, actor, childId, input.Id, clock));
        return await SaveOnceAsync(IsThere, childId, input.Id, actor, cancel);
    }

    /// <summary>How long a recording runs: what the file itself shows, where it shows it, before what the recorder said.</summary>
    private async Task<(Outcome? Refusal, int? Seconds)> LengthAsync(StoredFile file, RecordVoice input, CancellationToken cancel)
    {
        var seconds = (int?)((input.DurationMs + 999) / 1000);
        if (file.ContentType == "audio/webm")
        {
            await using var content = await files.OpenAsync(file, cancel);
            var read = await WebmLength.ReadAsync(content, cancel);
            if (read.IsSilent) return (Outcome.Refused(nameof(input.FileId), "There is no sound in this recording. Check the microphone and record again"), null);
            if (read.AtLeast?.TotalSeconds > VoiceRecord.AudioMaxSeconds) return (Outcome.Refused(nameof(input.FileId), "A recording can be up to 3 hours long"), null);
            if (read.AtLeast is { } atLeast && (seconds is null || seconds < atLeast.TotalSeconds)) seconds = (int)Math.Ceiling(atLeast.TotalSeconds);
        }

        return (null, seconds is > 0 ? seconds : null);
    }

    /// <summary>
    /// Saves; an id that is taken means the form came twice at once, which is one record, or that somebody chose an id that is not theirs.
    /// </summary>
    private async Task<Outcome> SaveOnceAsync(Func<Task<bool>> isThere, Guid childId, Guid id, Actor actor, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return await isThere()
                ? Outcome.Done
                : await RefuseForgedAsync(childId, id, actor, "", "This form was used before, so nothing was saved. Open the page again", "id", cancel);
        }
    }

    /// <summary>Refuses an id that the page never offered, and writes that it was tried.</summary>
    private async Task<Outcome> RefuseForgedAsync(Guid childId, Guid? forgedId, Actor actor, string field, string message, string what, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.AccessRefused, actor, childId, forgedId, clock, $"{what} does not belong to the child"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Refused(field, message);
    }
}
