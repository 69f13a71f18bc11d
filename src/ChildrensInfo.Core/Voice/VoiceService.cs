using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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

namespace ChildrensInfo.Core.Voice;

/// <summary>A visit that is about to be recorded.</summary>
public class StartSession
{
    /// <summary>Made with the form, so that a double click starts one visit.</summary>
    public Guid Id { get; set; }

    public DateOnly? OccurredOn { get; set; }

    public Place? Place { get; set; }

    public SeenAlone? SeenAlone { get; set; }

    /// <summary>Who else was there. What is left empty is nobody.</summary>
    public List<SomebodyPresent> Present { get; set; } = [];

    /// <summary>The planned visit that this one is.</summary>
    public Guid? PlannedId { get; set; }

    /// <summary>What follows need not be filled in: a quick visit stays quick.</summary>
    public List<VoiceKind> Offered { get; set; } = [];

    public NotUsedReason? NotUsedReason { get; set; }

    public VisitOutcome? Outcome { get; set; }

    public DeviceHeldBy? DeviceHeldBy { get; set; }

    public SpokeFreely? SpokeFreely { get; set; }

    public ToldHow? ToldHow { get; set; }

    public Understanding? Understanding { get; set; }
}

/// <summary>Somebody else who was at a visit.</summary>
public class SomebodyPresent
{
    public string? Who { get; set; }

    public PresentAs? Role { get; set; }

    public InEarshot? InEarshot { get; set; }

    public bool IsNobody => string.IsNullOrWhiteSpace(Who) && Role is null && InEarshot is null;
}

public sealed class SomebodyPresentValidator : AbstractValidator<SomebodyPresent>
{
    public SomebodyPresentValidator()
    {
        RuleFor(p => p.Who).Must(w => WrittenText.Length(w) <= PresentPerson.WhoMaxLength).WithMessage($"Keep who it was to {PresentPerson.WhoMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(p => p.Role).NotNull().WithMessage("Choose what they are to the child").IsInEnum().WithMessage("Choose what they are to the child");
        RuleFor(p => p.InEarshot).NotNull().WithMessage("Say whether they could hear").IsInEnum().WithMessage("Say whether they could hear");
    }
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
        RuleFor(s => s.Present).Must(p => p.Count <= VoiceSession.PresentMost).WithMessage($"Write down {VoiceSession.PresentMost} people at most");
        RuleForEach(s => s.Present).Where(p => !p.IsNobody).SetValidator(new SomebodyPresentValidator());
        RuleForEach(s => s.Offered).IsInEnum().NotEqual(VoiceKind.Declined).OverridePropertyName(nameof(StartSession.Offered)).WithMessage("Choose from the list");
        RuleFor(s => s.NotUsedReason).IsInEnum().WithMessage("Choose from the list")
            .Must((s, why) => why is null || s.Offered.Count > 0).WithMessage("Choose what you offered, or leave this empty");
        RuleFor(s => s.Outcome).IsInEnum().WithMessage("Choose from the list");
        RuleFor(s => s.DeviceHeldBy).IsInEnum().WithMessage("Choose from the list");
        RuleFor(s => s.SpokeFreely).IsInEnum().WithMessage("Choose from the list");
        RuleFor(s => s.ToldHow).IsInEnum().WithMessage("Choose from the list");
        RuleFor(s => s.Understanding).IsInEnum().WithMessage("Choose from the list");
    }
}

/// <summary>Something somebody said or drew, about to be sealed.</summary>
public class RecordVoice : HowWordsCame
{
    /// <summary>Made with the form, so that a double click seals one record.</summary>
    public Guid Id { get; set; }

    public VoiceKind Kind { get; set; }

    /// <summary>What is asked last, whichever way it was said.</summary>
    public BeforeSealing Before { get; set; } = new();

    public Speaker? Speaker { get; set; }

    /// <summary>Which parent or carer spoke.</summary>
    public Guid? SpeakerRelationshipId { get; set; }

    /// <summary>How many spoke together.</summary>
    public int? GroupSize { get; set; }

    public List<SubjectMatter> Subjects { get; set; } = [];

    public Layer? Layer { get; set; }

    public string? Language { get; set; }

    /// <summary>The words exactly as they are to be kept.</summary>
    public string? Text { get; set; }

    /// <summary>The recording or drawing that was sent before this form.</summary>
    public Guid? FileId { get; set; }

    /// <summary>Of a photo: whether a person can be recognised on it.</summary>
    public bool? ShowsPerson { get; set; }

    /// <summary>How long the recorder says it ran.</summary>
    public long? DurationMs { get; set; }

    /// <summary>From a device: when the recording was begun there, or the photo taken, by its clock.</summary>
    public DateTimeOffset? BegunAt { get; set; }

    /// <summary>Where the recorder says it heard nothing: a JSON list of <see cref="RecordingGap"/>.</summary>
    public string? Gaps { get; set; }

    /// <summary>What they were asked, word for word.</summary>
    public string? Prompt { get; set; }

    public PromptedBy? PromptedBy { get; set; }

    /// <summary>The record this explains.</summary>
    public Guid? ExplainsId { get; set; }

    public NotHeardReason? NotHeardReason { get; set; }

    /// <summary>What was offered before nothing was said.</summary>
    public List<VoiceKind> Offered { get; set; } = [];

    public Guid? ToolVersionId { get; set; }

    public List<GivenAnswer> Answers { get; set; } = [];

    /// <summary>Symbols in the order they were pointed at.</summary>
    public string? Order { get; set; }

    /// <summary>The child wanted none of the tool.</summary>
    public bool Skipped { get; set; }

    /// <summary>What was said while answering with a tool.</summary>
    public string? Said { get; set; }
}

public sealed class RecordVoiceValidator : AbstractValidator<RecordVoice>
{
    public RecordVoiceValidator()
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.Kind).IsInEnum();
        RuleFor(r => r.Before).SetValidator(new BeforeSealingValidator());
        RuleFor(r => r.Before.AnybodyElseHeard).Must((r, _) => r.Before.NamesAnybody).When(r => r is { Kind: VoiceKind.Audio, Before.AnybodyElseHeard: true, Speaker: not Voice.Speaker.Group }).WithMessage(OthersOnRecordingValidator.SayWho);
        RuleFor(r => r.Speaker).NotNull().When(r => AsksWhose(r.Kind), ApplyConditionTo.CurrentValidator).WithMessage("Choose whose words these are").IsInEnum().WithMessage("Choose whose words these are");
        RuleFor(r => r.SpeakerRelationshipId).NotNull().When(r => r.Speaker == Speaker.ParentOrCarer).WithMessage("Choose which parent or carer");
        RuleFor(r => r.GroupSize).Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter how many took part").InclusiveBetween(VoiceRecord.GroupMin, VoiceRecord.GroupMax)
            .WithMessage($"Enter how many took part, the child among them: a whole number from {VoiceRecord.GroupMin} to {VoiceRecord.GroupMax}").When(r => r.Speaker == Speaker.Group);
        RuleFor(r => r.Subjects).NotEmpty().When(r => r.Kind != VoiceKind.Declined).WithMessage("Choose what it is about");
        RuleForEach(r => r.Subjects).IsInEnum().OverridePropertyName(nameof(RecordVoice.Subjects)).WithMessage("Choose what it is about");
        RuleFor(r => r.Layer).NotNull().When(r => r.Kind != VoiceKind.Declined, ApplyConditionTo.CurrentValidator).WithMessage("Choose which part it speaks to").IsInEnum().WithMessage("Choose which part it speaks to");
        RuleFor(r => r.Provenance).NotNull().When(r => AsksProvenance(r), ApplyConditionTo.CurrentValidator).WithMessage("Choose where the words came from").IsInEnum().WithMessage("Choose where the words came from");
        RuleFor(r => r.Provenance).Must(p => p?.IsOnlyOfTool() != true).When(r => AsksProvenance(r)).WithMessage("Choose where the words came from");
        RuleFor(r => r.Provenance).Must(p => p?.IsOfTool() != false).When(r => AsksWhoseHand(r)).WithMessage(SayWhoseHand);
        RuleFor(r => r.Language).NotEmpty().WithMessage("Choose the language").MaximumLength(35).WithMessage("Choose the language")
            .Matches("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$").WithMessage("Choose the language");
        When(IsInterpreted, () => Include(new InterpretedValidator()));
        When(r => !r.Kind.IsFile() && (r.ToolVersionId is null || !r.Kind.MayUseTool()), () =>
            RuleFor(r => r.Text).Cascade(CascadeMode.Stop)
                .NotEmpty().When(r => r.Kind != VoiceKind.Declined || r.NotHeardReason == NotHeardReason.NotOffered, ApplyConditionTo.CurrentValidator)
                .WithMessage(r => r.Kind switch
                {
                    VoiceKind.SymbolChoice => "Enter the symbols that were chosen",
                    VoiceKind.SignOrGesture => "Enter what was signed or shown",
                    VoiceKind.ObservedNonVerbal => "Enter what was seen",
                    VoiceKind.Declined => "Enter why nothing was offered",
                    _ => "Enter what was said",
                })
                .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
                .Must(t => WrittenText.Length(t) <= VoiceRecord.WordsMaxLength)
                .WithMessage(r => $"What was said must be {VoiceRecord.WordsMaxLength:N0} characters or fewer. It has {WrittenText.Length(r.Text):N0}"));
        RuleFor(r => r.FileId).NotNull().When(r => r.Kind == VoiceKind.Audio).WithMessage("Record something before you seal it");
        RuleFor(r => r.FileId).NotNull().When(r => r.Kind == VoiceKind.Drawing).WithMessage("Draw something before you seal it");
        RuleFor(r => r.FileId).NotNull().When(r => r.Kind == VoiceKind.Photo).WithMessage("Choose a photo first");
        RuleFor(r => r.Observer).NotNull().When(r => r.Kind == VoiceKind.ObservedNonVerbal, ApplyConditionTo.CurrentValidator).WithMessage("Choose who saw it").IsInEnum().WithMessage("Choose who saw it");
        RuleFor(r => r.Observer).IsInEnum().NotEqual(Voice.Observer.Practitioner).When(r => AsksProvenance(r) && r.Provenance == WordsProvenance.ReportedByOther).WithMessage("Choose who told you");
        RuleFor(r => r.WrittenUp).IsInEnum().WithMessage("Choose from the list");
        RuleFor(r => r.PromptedBy).IsInEnum().WithMessage("Choose from the list");
        RuleFor(r => r.Prompt).Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= VoiceRecord.PromptMaxLength).WithMessage($"Keep the question to {VoiceRecord.PromptMaxLength} characters or fewer")
            .Must((r, t) => string.IsNullOrWhiteSpace(t) || r.PromptedBy != Voice.PromptedBy.Nobody).WithMessage("You say that nobody asked. Leave the question empty, or choose how it was asked");
        RuleFor(r => r.NotHeardReason).NotNull().When(r => r.Kind == VoiceKind.Declined, ApplyConditionTo.CurrentValidator).WithMessage("Choose why nothing was said").IsInEnum().WithMessage("Choose why nothing was said");
        RuleForEach(r => r.Offered).IsInEnum().NotEqual(VoiceKind.Declined).OverridePropertyName(nameof(RecordVoice.Offered)).WithMessage("Choose from the list");
        RuleFor(r => r.Offered).NotEmpty().When(r => r.Kind == VoiceKind.Declined && r.NotHeardReason is not null and not Voice.NotHeardReason.NotOffered).WithMessage("Choose what was offered");
        RuleFor(r => r.ToolVersionId).NotNull().When(r => r.Kind is VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer).WithMessage("Choose a tool");
        RuleFor(r => r.DurationMs).InclusiveBetween(0, VoiceRecord.AudioTakenSeconds * 1000L).When(r => r.Kind == VoiceKind.Audio)
            .OverridePropertyName(nameof(RecordVoice.FileId)).WithMessage("A recording can be up to 3 hours long");
    }

    /// <summary>Whose it is goes without saying when it was seen, or when nothing was said.</summary>
    private static bool AsksWhose(VoiceKind kind) => kind is not (VoiceKind.ObservedNonVerbal or VoiceKind.Declined);

    public const string SayWhoseHand = "Choose who tapped or wrote it";

    public static bool AsksWhoseHand(RecordVoice input) => input.Kind.MayUseTool() && input.ToolVersionId is not null;

    /// <summary>Of words it is where they came from; of a recording and of answers with a tool it stands beside that.</summary>
    internal static bool IsInterpreted(RecordVoice input) => AsksProvenance(input)
        ? input.Provenance == WordsProvenance.ViaInterpreter
        : (input.Kind == VoiceKind.Audio || AsksWhoseHand(input)) && (input.Interpreter is not null || !string.IsNullOrEmpty(input.SpokenLanguage));

    internal static bool AsksProvenance(RecordVoice input) => input.Kind is VoiceKind.TypedText or VoiceKind.SignOrGesture || (input.Kind == VoiceKind.SymbolChoice && input.ToolVersionId is null);
}

/// <summary>What a worker thinks a record means.</summary>
public class InterpretVoice
{
    public Guid Id { get; set; }

    /// <summary>The version it replaces, which stays to be read.</summary>
    public Guid? SupersedesId { get; set; }

    public InterpretationKind? Kind { get; set; }

    public Confidence? Confidence { get; set; }

    public string? Text { get; set; }

    public string? BasedOn { get; set; }

    public string? Alternative { get; set; }

    /// <summary>What else this child said that it rests on.</summary>
    public List<Guid> Further { get; set; } = [];
}

public sealed class InterpretVoiceValidator : AbstractValidator<InterpretVoice>
{
    public InterpretVoiceValidator()
    {
        RuleFor(i => i.Id).NotEmpty();
        RuleFor(i => i.Kind).NotNull().WithMessage("Choose what kind of reading this is").IsInEnum().WithMessage("Choose what kind of reading this is");
        RuleFor(i => i.Confidence).IsInEnum().WithMessage("Choose from the list");
        RuleFor(i => i.Further).Must(f => f.Count <= Interpretation.FurtherMost).WithMessage($"Choose {Interpretation.FurtherMost} or fewer");
        RuleFor(i => i.BasedOn).NotEmpty().When(i => i.Kind is not (null or InterpretationKind.Observation), ApplyConditionTo.CurrentValidator).WithMessage("Say what it is based on")
            .Must(t => WrittenText.Length(t) <= Interpretation.BasedOnMaxLength).WithMessage($"Keep this to {Interpretation.BasedOnMaxLength:N0} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(i => i.Alternative).Must(t => WrittenText.Length(t) <= Interpretation.BasedOnMaxLength).WithMessage($"Keep this to {Interpretation.BasedOnMaxLength:N0} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(i => i.Text).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Enter what you think it means")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= Interpretation.TextMaxLength)
            .WithMessage(i => $"What you think it means must be {Interpretation.TextMaxLength:N0} characters or fewer. It has {WrittenText.Length(i.Text):N0}");
    }
}

/// <summary>Visits, the words heard in them, and what workers think they mean. Everything typed is sealed under the child's key.</summary>
public sealed class VoiceService(AppDbContext db, KeyRing keys, FileStore files, ConsentService consent, DoNotTellService doNotTell, VoiceMediaService media, OtherVoices others, TimeProvider clock)
{
    /// <summary>One question for all that every seal needs, and gone through by EF Core once and not each time: somebody waits while it is answered.</summary>
    private static readonly Func<AppDbContext, Guid, Guid, CancellationToken, Task<ForSealing?>> ForSealingAsync = EF.CompileAsyncQuery((AppDbContext db, Guid childId, Guid sessionId, CancellationToken cancel) =>
        db.VoiceSessions.AsNoTracking().Where(s => s.Id == sessionId && s.ChildId == childId)
            .Select(s => new ForSealing(s, s.Child, db.ChildKeys.SingleOrDefault(k => k.ChildId == childId))).SingleOrDefault());

    private sealed record ForSealing(VoiceSession Session, Child? Child, ChildKey? Key);

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
            RecordedAt = clock.GetUtcNow().UtcDateTime,
            Offered = [.. input.Offered.Distinct()],
            NotUsedReason = input.NotUsedReason,
            Outcome = input.Outcome,
            DeviceHeldBy = input.DeviceHeldBy,
            SpokeFreely = input.SpokeFreely,
            ToldHow = input.ToldHow,
            Understanding = input.Understanding,
        });
        foreach (var (position, present) in input.Present.Where(p => !p.IsNobody).Index())
        {
            var id = Guid.CreateVersion7();
            db.Add(new PresentPerson
            {
                Id = id,
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                SessionId = input.Id,
                Position = position,
                WhoSealed = string.IsNullOrWhiteSpace(present.Who) ? null : await keys.SealAsync(child.Id, present.Who, id, SealPart.Present, cancel),
                Role = present.Role!.Value,
                InEarshot = present.InEarshot!.Value,
            });
        }

        if (input.PlannedId is { } plannedId
            && await db.PlannedVisits.SingleOrDefaultAsync(p => p.Id == plannedId && p.ChildId == childId && p.SessionId == null, cancel) is { } planned)
        {
            planned.SessionId = input.Id;
        }

        db.Add(AuditEntry.For(AuditActions.SessionStarted, actor, child.Id, input.Id, clock));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : await db.RefuseForgedAsync(childId, input.Id, actor, "", FormSaving.UsedBefore, "id", clock, cancel);
    }

    /// <summary>Seals what was said or drawn. From here on nobody can change it, the person who wrote it down included.</summary>
    /// <param name="device">
    /// It was made on a device without a connection, by the permission that was known there. A recording that has none now is kept and held, where one made
    /// here would be refused: nobody loses what was said, and nobody hears it.
    /// </param>
    /// <param name="byChild">A child sealed it on their own screen: it is by their own hand, and they are not asked who else can be heard. A recording is held until their worker has said.</param>
    /// <returns>Null when there is no such visit to a child the actor may see.</returns>
    public async Task<Outcome?> RecordAsync(Guid childId, Guid sessionId, RecordVoice input, Actor actor, CancellationToken cancel, DeviceClock? device = null, bool byChild = false)
    {
        var found = await ForSealingAsync(db, childId, sessionId, cancel);
        if (found?.Child is not { } child) return null;
        var session = found.Session;
        if (found.Key is { } key) await keys.HoldAsync(key, cancel);

        // The answers are read before anything else: they decide what the words are.
        var (text, answersRefused) = await TextAsync(input, cancel);
        if (answersRefused is not null) return answersRefused;

        // What was sealed on a device before it was asked there comes without an answer, and is taken as it was meant then: by their own hand.
        if (device is null && !byChild && input.Provenance is null && RecordVoiceValidator.AsksWhoseHand(input)) return Outcome.Refused(nameof(input.Provenance), RecordVoiceValidator.SayWhoseHand);

        if (input.Speaker == Speaker.ParentOrCarer && !await db.Relationships.AnyAsync(r => r.Id == input.SpeakerRelationshipId && r.ChildId == childId, cancel))
        {
            return await db.RefuseForgedAsync(childId, input.SpeakerRelationshipId, actor, nameof(input.SpeakerRelationshipId), "Choose a parent or carer of this child", "speaker", clock, cancel);
        }

        Sensitivity? ofExplained = null;
        if (input.ExplainsId is { } explained)
        {
            // What somebody made where there was no connection they saw themselves, whatever they may read of the child now.
            var explainable = device is null ? doNotTell.ReadableBy(actor, db.VoiceRecords) : db.VoiceRecords.Where(r => r.SealedById == actor.PersonId);
            ofExplained = await explainable.Where(r => r.Id == explained && r.ChildId == childId).Select(r => (Sensitivity?)r.Sensitivity).SingleOrDefaultAsync(cancel);
            if (ofExplained is null) return await db.RefuseForgedAsync(childId, explained, actor, "", "What this explains is not a record of this child. Open the page again", "explained record", clock, cancel);
        }

        StoredFile? file = null;
        int? seconds = null;
        var unpermitted = false;
        if (input.Kind.IsFile())
        {
            // Asked first for a file only, which is sealed once: of words that come again, saving itself tells.
            if (await IsSameAsync(childId, input, null, cancel) is { } again) return again ? Outcome.Done : Outcome.Refused("", SealedBefore);
            // What was sealed on a device before it was asked there comes without an answer, and is kept as if it were yes.
            if (device is null && input is { Kind: VoiceKind.Photo, ShowsPerson: null }) return Outcome.Refused(nameof(input.ShowsPerson), VoiceMediaService.SayWhetherPerson);
            // Likewise: it is held then.
            if (device is null && !byChild && input is { Kind: VoiceKind.Audio, Before.AsKept: null }) return Outcome.Refused("Before.AnybodyElseHeard", OthersOnRecordingValidator.SayWhether);
            var decision = VoiceMediaService.PermissionFor(input.Kind, input.ShowsPerson) is { } purpose ? await consent.DecideNowAsync(childId, purpose, sessionId, cancel) : null;
            Outcome NotPermitted() => input is { Kind: VoiceKind.Photo, ShowsPerson: true } ? Outcome.Refused(nameof(input.ShowsPerson), VoiceMediaService.NoPhotosOfPeople)
                : Outcome.Refused(nameof(input.FileId), input.Kind == VoiceKind.Photo ? VoiceMediaService.NoPhotos : "There is no permission to record. You can write down what they say");
            if (device is null && decision is { Allowed: false, EndedWithVisitOn: null }) return NotPermitted();
            file = await db.Files.SingleOrDefaultAsync(f => f.Id == input.FileId, cancel);
            if (file is null || file.ChildId != childId || file.OwnerId != actor.PersonId || (file.SessionId is { } visit && visit != sessionId) || !IsOf(file, input.Kind, device is not null))
            {
                return await db.RefuseForgedAsync(childId, input.FileId, actor, nameof(input.FileId), "That file is not one you sent for this child. Record, draw or choose it again", "file", clock, cancel);
            }

            if (device is null && decision?.AllowsWhatBegan(file.CreatedAt) == false) return NotPermitted();
            if (await db.VoiceRecords.AnyAsync(r => r.FileId == file.Id, cancel)) return Outcome.Refused(nameof(input.FileId), "That recording or drawing is sealed already");
            if (!await files.CompleteAsync(file, cancel)) return Outcome.Refused(nameof(input.FileId), "Some of it has not arrived. Send it again");
            if (input.Kind == VoiceKind.Drawing && !await IsPlainAsync(file, cancel))
            {
                return Outcome.Refused(nameof(input.FileId), "This is not a drawing from the sheet. Choose “Photo” for a picture taken with a camera");
            }

            if (input.Kind == VoiceKind.Photo && device is not null)
            {
                var (kept, why) = await media.CleanSentAsync(childId, file, input.Id, actor, cancel);
                if (kept is null) return Outcome.Refused(nameof(input.FileId), why!);
                file = kept;
            }

            if (input.Kind == VoiceKind.Audio)
            {
                var (refusal, length) = await LengthAsync(file, input, cancel);
                if (refusal is not null) return refusal;
                seconds = length;
            }

            var arrived = clock.GetUtcNow().UtcDateTime;
            unpermitted = device is not null && decision?.AllowsWhatBegan(ConsentRules.CertainlyBegunBy(device.SaidAt, input.BegunAt?.UtcDateTime, device.SkewAt(arrived), seconds, arrived)) == false;
        }

        var provenance = input.Kind switch
        {
            VoiceKind.Audio => WordsProvenance.Recorded,
            VoiceKind.Drawing or VoiceKind.Photo => WordsProvenance.OwnHand,
            _ when RecordVoiceValidator.AsksWhoseHand(input) && byChild => WordsProvenance.OwnHand,
            // What the worker put in as they heard it from somebody else came through them; a hand and a finger say the same in every language.
            _ when RecordVoiceValidator.AsksWhoseHand(input) => input.Provenance == WordsProvenance.EnteredAsSaid && RecordVoiceValidator.IsInterpreted(input) ? WordsProvenance.ViaInterpreter : input.Provenance ?? WordsProvenance.OwnHand,
            VoiceKind.ObservedNonVerbal => input.Observer == Observer.Practitioner ? WordsProvenance.Observed : WordsProvenance.ReportedByOther,
            VoiceKind.Declined => WordsProvenance.Observed,
            _ => input.Provenance!.Value,
        };
        var interpreted = RecordVoiceValidator.IsInterpreted(input);
        var isTold = RecordVoiceValidator.AsksProvenance(input);
        var isAsked = isTold || RecordVoiceValidator.AsksWhoseHand(input) || input.Kind is VoiceKind.Audio or VoiceKind.Drawing;
        var prompt = isAsked && !string.IsNullOrWhiteSpace(input.Prompt) ? input.Prompt : null;
        var now = clock.GetUtcNow().UtcDateTime;
        db.Add(new VoiceRecord
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            SessionId = session.Id,
            ReadBack = input.Before.AsSealed,
            ReadBackHow = input.Before.HowAsSealed,
            // What a drawing means is to be handled like the drawing.
            Sensitivity = (Sensitivity)Math.Max((int)(input.Before.Sensitivity ?? Sensitivity.Normal), (int)(ofExplained ?? Sensitivity.Normal)),
            Speaker = input.Speaker ?? SpeakerOf(child, session.OccurredOn),
            SpeakerRelationshipId = input.Speaker == Speaker.ParentOrCarer ? input.SpeakerRelationshipId : null,
            GroupSize = input.Speaker == Speaker.Group ? input.GroupSize : null,
            AgeAtTime = child.AgeOn(session.OccurredOn),
            // Nothing said is about nothing; the layer says the plainest.
            Layer = input.Layer ?? Layer.Data,
            Subjects = input.Kind == VoiceKind.Declined ? [] : [.. input.Subjects.Distinct().Order()],
            Kind = input.Kind,
            Provenance = provenance,
            Interpreter = interpreted ? input.Interpreter : null,
            SpokenLanguage = interpreted ? input.SpokenLanguage : null,
            Observer = input.Kind == VoiceKind.ObservedNonVerbal || (isTold && provenance == WordsProvenance.ReportedByOther) ? input.Observer : null,
            PromptedBy = isAsked ? input.PromptedBy : null,
            WrittenUp = isTold && provenance == WordsProvenance.WrittenUpLater ? input.WrittenUp : null,
            ToolVersionId = input.Kind.MayUseTool() ? input.ToolVersionId : null,
            ExplainsId = input.ExplainsId,
            NotHeardReason = input.Kind == VoiceKind.Declined ? input.NotHeardReason
                : AnswerSheet.Of(input.Kind, input.ToolVersionId, text)?.IsSkipped == true ? NotHeardReason.DidNotWantTo : null,
            Offered = input.Kind == VoiceKind.Declined && input.NotHeardReason != NotHeardReason.NotOffered ? [.. input.Offered.Distinct()] : [],
            GapsJson = input.Kind == VoiceKind.Audio ? GapsOf(input.Gaps) : null,
            Language = input.Language!,
            FileId = file?.Id,
            ShowsPerson = input.Kind == VoiceKind.Photo ? input.ShowsPerson : null,
            AnybodyElseHeard = input.Kind == VoiceKind.Audio ? input.Before.AsKept : null,
            ArrivedUnpermitted = unpermitted,
            DurationSeconds = seconds,
            HeardOn = session.OccurredOn,
            SealedAt = now,
            SealedById = actor.PersonId,
            ClockSource = device is null ? ClockSource.Server : ClockSource.Device,
            DeviceId = device?.DeviceId,
            DeviceSequence = device?.Sequence,
            DeviceTime = device?.SaidAt,
            DeviceOffsetMinutes = device?.OffsetMinutes,
            DeviceBegunAt = device is null || file is null ? null : input.BegunAt?.UtcDateTime,
            ClockSkewMs = device?.SkewAt(now),
            ContentSeal = await keys.FingerprintAsync(child.Id, file?.Sha256 ?? Encoding.UTF8.GetBytes(text ?? ""), cancel),
        });
        if (text is not null || prompt is not null)
        {
            db.Add(new VoiceWords
            {
                VoiceRecordId = input.Id,
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                Sealed = text is null ? [] : await keys.SealAsync(child.Id, text, input.Id, SealPart.Words, cancel),
                PromptSealed = prompt is null ? null : await keys.SealAsync(child.Id, prompt, input.Id, SealPart.Prompt, cancel),
            });
        }

        if (input.Kind == VoiceKind.Audio)
        {
            // Of a group the others are on the recording whether or not anybody wrote them down.
            string[] together = input.Speaker == Speaker.Group ? [$"The others in the group of {input.GroupSize}"] : [];
            if (await others.AddAsync(child.Id, input.Id, input.Before, "Before.OthersHeard", together, actor, cancel) is { } refused) return refused;
        }

        db.Add(AuditEntry.For(AuditActions.VoiceRecorded, actor, child.Id, input.Id, clock, input.Kind.ToString()));
        bool? same = true;
        try
        {
            if (await db.SaveOnceAsync(async () => (same = await IsSameAsync(childId, input, text, cancel)) is not null, cancel) is not null)
            {
                return await db.RefuseForgedAsync(childId, input.Id, actor, "", FormSaving.UsedBefore, "id", clock, cancel);
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused(nameof(input.FileId), "More of this recording came meanwhile: another page is still recording it, or it was discarded there. Look at that page, then open this one again");
        }

        return same == true ? Outcome.Done : Outcome.Refused("", SealedBefore);
    }

    /// <returns>Null when there is no such first record of a child the actor may see.</returns>
    public async Task<Outcome?> InterpretAsync(Guid childId, Guid recordId, InterpretVoice input, Actor actor, CancellationToken cancel)
    {
        // What is thought stands under the first, where it is shown.
        var record = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId && r.CorrectsId == null, cancel);
        if (record is null) return null;
        Task<bool> IsThere() => db.Interpretations.AnyAsync(i => i.Id == input.Id && i.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;

        var follows = input.SupersedesId;
        if (input.SupersedesId is { } before)
        {
            if (!await doNotTell.InterpretationsReadableBy(actor).AnyAsync(i => i.Id == before && i.VoiceRecordId == recordId && i.ChildId == childId, cancel))
            {
                return await db.RefuseForgedAsync(childId, before, actor, "", "That version is not of this record. Open the page again", "interpretation", clock, cancel);
            }

            var versions = await doNotTell.VersionsAsync(childId, cancel);
            if (versions.Replaced.Contains(before))
            {
                return Outcome.Refused("", "Somebody wrote a newer version while you were writing. Copy what you wrote, open the page again and read theirs first");
            }

            follows = versions.NewestOf(before);
        }

        List<Guid> further = [.. input.Further.Where(id => id != recordId).Distinct()];
        var readable = await doNotTell.ReadableBy(actor, db.VoiceRecords).Where(r => r.ChildId == childId && r.CorrectsId == null && further.Contains(r.Id)).Select(r => r.Id).ToListAsync(cancel);
        if (further.Except(readable).Take(1).ToList() is [var forged]) return await db.RefuseForgedAsync(childId, forged, actor, nameof(input.Further), "Choose from what this child said", "record", clock, cancel);

        db.Add(new Interpretation
        {
            Id = input.Id,
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            Further = [.. further.Select(id => new InterpretationVoice { InterpretationId = input.Id, VoiceRecordId = id, AuthorityId = record.AuthorityId, ChildId = childId })],
            AuthorId = actor.PersonId,
            Kind = input.Kind!.Value,
            Confidence = input.Confidence,
            Sealed = await keys.SealAsync(childId, input.Text!, input.Id, SealPart.Interpretation, cancel),
            BasedOnSealed = string.IsNullOrWhiteSpace(input.BasedOn) ? null : await keys.SealAsync(childId, input.BasedOn, input.Id, SealPart.BasedOn, cancel),
            AlternativeSealed = string.IsNullOrWhiteSpace(input.Alternative) ? null : await keys.SealAsync(childId, input.Alternative, input.Id, SealPart.Alternative, cancel),
            SupersedesId = follows,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.InterpretationAdded, actor, childId, input.Id, clock, input.SupersedesId is null ? $"{input.Kind}" : $"{input.Kind}, a new version"));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : await db.RefuseForgedAsync(childId, input.Id, actor, "", FormSaving.UsedBefore, "id", clock, cancel);
    }

    /// <summary>Said when a form that was sealed before comes again with something else in it: the browser's back button.</summary>
    public const string SealedBefore = "This form was sealed before. What it holds now is not kept yet: press Seal again to keep it as a record of its own, or leave the page";

    /// <summary>Who a child is as a speaker, by their age on a day.</summary>
    public static Speaker SpeakerOf(Child child, DateOnly day) => child.AgeOn(day) >= YoungPersonAge ? Speaker.YoungPerson : Speaker.Child;

    /// <summary>From this age the portal speaks of a young person.</summary>
    private const int YoungPersonAge = 13;

    /// <summary>A photo is only ever what came in as one, with its place taken out; a drawing never is. From a device it comes as it was taken, and the place is taken out with the record.</summary>
    private static bool IsOf(StoredFile file, VoiceKind kind, bool fromDevice) => kind == VoiceKind.Photo
        ? fromDevice ? file.Kind == FileKind.VoiceMedia && MediaType.Kept(file).Kind is VoiceKind.Photo or VoiceKind.Drawing : file.Kind == FileKind.VoicePhoto
        : file.Kind == FileKind.VoiceMedia && MediaType.Kept(file).Kind == kind;

    /// <summary>Whether a drawing is only that: a browser's sheet writes no place, no camera and no time into it.</summary>
    private async Task<bool> IsPlainAsync(StoredFile file, CancellationToken cancel)
    {
        await using var content = await files.OpenAsync(file, cancel);
        var bytes = new byte[file.Length];
        await content.ReadExactlyAsync(bytes, cancel);
        return PictureFile.Clean(bytes) is { Bytes: not null, HadMetadata: false };
    }

    /// <summary>What is to be sealed as the words of a record: as typed, or the sheet of a tool's answers; null when there are none.</summary>
    private async Task<(string? Text, Outcome? Refused)> TextAsync(RecordVoice input, CancellationToken cancel)
    {
        if (input.Kind.IsFile()) return (null, null);
        if (!input.Kind.MayUseTool() || input.ToolVersionId is null) return (string.IsNullOrEmpty(input.Text) ? null : input.Text, null);
        var version = await db.ToolVersions.AsNoTracking().Include(v => v.Tool).SingleOrDefaultAsync(v => v.Id == input.ToolVersionId, cancel);
        if (version?.Tool is not { } tool || KindOf(tool.Kind) != input.Kind) return (null, Outcome.Refused(nameof(input.ToolVersionId), "Choose a tool from the list"));
        var (sheet, refusals) = ToolAnswers.Read(tool.Key, tool.Kind, version.Number, version.Title, version.Definition, input.Answers, input.Order, input.Skipped, input.Said);
        return sheet is null ? (null, new(refusals[0])) : (sheet.Write(), null);
    }

    /// <summary>What an answer with a tool is called as a record.</summary>
    public static VoiceKind KindOf(ToolKind kind) => kind switch
    {
        ToolKind.Scale => VoiceKind.ScaleAnswer,
        ToolKind.Symbols => VoiceKind.SymbolChoice,
        _ => VoiceKind.ToolAnswer,
    };

    /// <returns>Whether what this form sealed before is what it holds now; null when it sealed nothing yet.</returns>
    private async Task<bool?> IsSameAsync(Guid childId, RecordVoice input, string? text, CancellationToken cancel)
    {
        var before = await db.VoiceRecords.AsNoTracking().Where(r => r.Id == input.Id && r.ChildId == childId).Select(r => new { r.Kind, r.FileId, r.ContentSeal }).SingleOrDefaultAsync(cancel);
        if (before is null) return null;
        if (before.Kind != input.Kind) return false;
        // A photo from a device stands under the id of its record.
        if (input.Kind.IsFile()) return before.FileId == input.FileId || (input.Kind == VoiceKind.Photo && before.FileId == input.Id);
        var sealedNow = await keys.FingerprintAsync(childId, Encoding.UTF8.GetBytes(text ?? ""), cancel);
        return CryptographicOperations.FixedTimeEquals(before.ContentSeal, sealedNow);
    }

    /// <summary>The gaps a recorder noted, as far as they can be believed: numbers within the longest recording and known reasons.</summary>
    public static string? GapsOf(string? sent)
    {
        if (string.IsNullOrEmpty(sent) || sent.Length > 50_000) return null;
        try
        {
            const long most = VoiceRecord.AudioTakenSeconds * 1000L;
            var gaps = JsonSerializer.Deserialize<List<RecordingGap>>(sent, SentJson.Options)?
                .Where(g => g is { FromMs: >= 0 and <= most, Why: "muted" or "lost" } && (g.ToMs is null || (g.ToMs >= g.FromMs && g.ToMs <= most))).Take(500).ToList();
            return gaps is { Count: > 0 } ? JsonSerializer.Serialize(gaps, JsonSerializerOptions.Web) : null;
        }
        catch (JsonException)
        {
            // The recording matters more than its notes.
            return null;
        }
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
            if (read.AtLeast?.TotalSeconds > VoiceRecord.AudioTakenSeconds) return (Outcome.Refused(nameof(input.FileId), "A recording can be up to 3 hours long"), null);
            if (read.AtLeast is { } atLeast && (seconds is null || seconds < atLeast.TotalSeconds)) seconds = (int)Math.Ceiling(atLeast.TotalSeconds);
        }

        return (null, seconds is > 0 ? seconds : null);
    }
}
