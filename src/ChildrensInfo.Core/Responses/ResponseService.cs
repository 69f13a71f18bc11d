using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Responses;

/// <summary>An ask about to be written down, made from what is sealed.</summary>
public class RaiseAsk
{
    /// <summary>Made with the form, so that a double click makes one ask.</summary>
    public Guid Id { get; set; }

    /// <summary>The records in which it was said.</summary>
    public List<Guid> Records { get; set; } = [];

    /// <summary>The ask in the person's words.</summary>
    public string? Words { get; set; }

    public Wanted? Wanted { get; set; }

    /// <summary>An <see cref="InformationThing"/>, when it speaks of information.</summary>
    public string? Thing { get; set; }

    /// <summary>Which file or letter, when it is kept somewhere else.</summary>
    public string? Elsewhere { get; set; }

    public bool IsRightsRequest { get; set; }

    public DateOnly? DueOn { get; set; }
}

public sealed class RaiseAskValidator : AbstractValidator<RaiseAsk>
{
    public RaiseAskValidator(TimeProvider clock)
    {
        RuleFor(a => a.Id).NotEmpty();
        RuleFor(a => a.Records).NotEmpty().WithMessage("Choose at least one record in which it was said").Must(r => r.Count <= 20).WithMessage("Choose 20 records or fewer");
        RuleFor(a => a.Words).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Enter what they ask, in their words")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= Ask.WordsMaxLength).WithMessage($"Keep what they ask to {Ask.WordsMaxLength:N0} characters or fewer");
        RuleFor(a => a.Wanted).NotNull().WithMessage("Choose what they want").IsInEnum().WithMessage("Choose what they want");
        RuleFor(a => a.Thing).Must(t => InformationThing.TryParse(t, out _)).When(a => !string.IsNullOrEmpty(a.Thing)).WithMessage("Choose what it speaks of from the list");
        RuleFor(a => a.Elsewhere).NotEmpty().When(a => a.Thing == InformationThing.Elsewhere.ToString()).WithMessage("Say which file or letter it is")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= Ask.ElsewhereMaxLength).WithMessage($"Keep which file or letter it is to {Ask.ElsewhereMaxLength} characters or fewer");
        RuleFor(a => a.IsRightsRequest).Equal(false).When(a => string.IsNullOrEmpty(a.Thing)).WithMessage("A request about their information speaks of something: choose what");
        RuleFor(a => a.DueOn).Must(on => Today(clock) is var today && on >= today && on <= today.AddDays(ResponseRules.DaysToAnswer))
            .When(a => !a.IsRightsRequest).WithMessage($"Choose a day from today, within {ResponseRules.DaysToAnswer} days");
    }

    private static DateOnly Today(TimeProvider clock) => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
}

/// <summary>The next step of an ask.</summary>
public class TakeStep
{
    /// <summary>Made with the form, so that a double click takes one step.</summary>
    public Guid Id { get; set; }

    public StepKind Kind { get; set; }

    /// <summary>The number of the last step that was seen: two people cannot both go on from it.</summary>
    public int After { get; set; }

    /// <summary>The day they were told; today for any other step.</summary>
    public DateOnly? On { get; set; }

    public Decision? Decision { get; set; }

    public HowTold? HowTold { get; set; }

    /// <summary>With <see cref="StepKind.Told"/> too, when it showed at once.</summary>
    public Reaction? Reaction { get; set; }

    /// <summary>What they said to it.</summary>
    public Guid? VoiceRecordId { get; set; }

    /// <summary>Or what they said to it, character for character, to be sealed as their own words in the same save.</summary>
    public string? Said { get; set; }

    /// <summary>How <see cref="Said"/> came to be written down.</summary>
    public WordsProvenance? SaidProvenance { get; set; }

    /// <summary>The visit in which <see cref="Said"/> was said; null for one that is written down with it.</summary>
    public Guid? SaidVisitId { get; set; }

    public Place? SaidPlace { get; set; }

    public SeenAlone? SaidAlone { get; set; }

    /// <summary>Whether <see cref="Said"/> was read back to them. It is handled as what they asked is.</summary>
    public BeforeSealing Before { get; set; } = new();

    public bool HasSaid => !string.IsNullOrWhiteSpace(Said);

    public DateOnly? ReviewOn { get; set; }

    public string? Words { get; set; }
}

public sealed class TakeStepValidator : AbstractValidator<TakeStep>
{
    public TakeStepValidator(TimeProvider clock)
    {
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.Kind).IsInEnum();
        RuleFor(s => s.Words).Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= AskStep.WordsMaxLength).WithMessage($"Keep this to {AskStep.WordsMaxLength:N0} characters or fewer");
        RuleFor(s => s.Decision).NotNull().When(s => s.Kind == StepKind.Decided).WithMessage("Choose what was decided").IsInEnum().WithMessage("Choose what was decided");
        RuleFor(s => s.Words).NotEmpty().When(s => s.Kind == StepKind.Decided && s.Decision is { } d && ResponseRules.NeedsReason(d)).WithMessage("Give the reason in plain words");
        RuleFor(s => s.Words).NotEmpty().When(s => s.Kind == StepKind.Acted).WithMessage("Say what was done");
        RuleFor(s => s.Words).NotEmpty().When(s => s.Kind == StepKind.CannotTell).WithMessage("Say why they cannot be told yet");
        RuleFor(s => s.Words).NotEmpty().When(s => s.Kind == StepKind.DelayRefused).WithMessage("Say why they should be told now");
        RuleFor(s => s.Words).NotEmpty().When(s => s.Kind == StepKind.Reopened).WithMessage("Say what has to be looked at again");
        RuleFor(s => s.ReviewOn).NotNull().When(s => s.Kind == StepKind.CannotTell).WithMessage("Enter the day to look at it again");
        When(s => s.Kind == StepKind.Told, () =>
        {
            RuleFor(s => s.On).Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter the day they were told")
                .Must(on => on <= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The day they were told must be today or in the past");
            RuleFor(s => s.HowTold).NotNull().WithMessage("Choose how they were told").IsInEnum().WithMessage("Choose how they were told");
            RuleFor(s => s.Words).NotEmpty().WithMessage("Write down the words that were used");
        });
        RuleFor(s => s.Reaction).NotNull().When(s => s.Kind == StepKind.Responded || (s.Kind == StepKind.Told && s.HasSaid)).WithMessage("Choose how they took it").IsInEnum().WithMessage("Choose how they took it");
        // How, where and whom is asked as of anything else they say; what was interpreted, recorded or drawn is sealed by its own page and chosen here.
        RuleFor(s => s.Said).Empty().When(s => s.Kind is not (StepKind.Told or StepKind.Responded)).WithMessage("Write this where it is written how they took it");
        When(s => s.HasSaid, () =>
        {
            RuleFor(s => s.Before).SetValidator(new BeforeSealingValidator());
            RuleFor(s => s.Said).Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
                .Must(t => WrittenText.Length(t) <= VoiceRecord.WordsMaxLength).WithMessage($"Keep this to {VoiceRecord.WordsMaxLength:N0} characters or fewer");
            RuleFor(s => s.Reaction).NotEqual(Reaction.NotReached).WithMessage("Whoever was not reached said nothing to it");
            RuleFor(s => s.VoiceRecordId).Null().WithMessage("Choose what is recorded, or write their words, not both");
            RuleFor(s => s.SaidProvenance).NotNull().WithMessage("Choose where the words came from")
                .Must(p => p is null or WordsProvenance.OwnHand or WordsProvenance.VerbatimAtTheTime).WithMessage("Choose where the words came from");
            RuleFor(s => s.SaidPlace).NotNull().When(s => s.SaidVisitId is null).WithMessage("Choose the visit, or where it was said").IsInEnum().WithMessage("Choose where it was said");
            RuleFor(s => s.SaidAlone).NotNull().When(s => s.SaidVisitId is null).WithMessage("Say whether they were seen alone").IsInEnum().WithMessage("Say whether they were seen alone");
        });
    }
}

/// <summary>An ask to which something still has to happen, for a list. It holds no words.</summary>
/// <param name="DueOn">By when; the day to look again for one that was closed before they were told.</param>
/// <param name="WaitsForManager">Somebody asked whether they may be told later.</param>
public sealed record OpenAsk(
    Guid Id, Guid ChildId, string ChildName, Speaker Speaker, IReadOnlyList<SubjectMatter> About, ThingKind? Thing, bool IsRightsRequest, DateOnly SaidOn, AskState State, DateOnly DueOn, bool IsOverdue, bool WaitsForManager);

/// <summary>Something that was said about information, of which nobody has made an ask yet. It holds no words.</summary>
public sealed record WithoutAsk(Guid RecordId, Guid ChildId, string ChildName, DateOnly HeardOn)
{
    /// <summary>The answer is owed from the day on which it was said, not from that on which somebody makes an ask of it.</summary>
    public DateOnly DueOn => ResponseRules.DueForInformation(HeardOn);
}

/// <summary>What somebody said about a record, or about what a worker made of it: it stands beside that wherever that is shown.</summary>
/// <param name="SpeakerName">The parent or carer who said it, when we know which.</param>
/// <param name="IsOfInterpretation">Whether it speaks of what a worker thinks, and not of what was written down.</param>
/// <param name="AreQuoted">Whether the words stand in a record; otherwise a worker wrote down what a recording or drawing says.</param>
/// <param name="Provenance">Of words that are quoted: where they came from; of several records, the furthest from what was said.</param>
/// <param name="Records">In which records it was said.</param>
public sealed record SaidOf(
    Guid ChildId, Guid AskId, Speaker Speaker, string? SpeakerName, string Words, string Language, DateOnly On, bool IsOfInterpretation, bool AreQuoted, WordsProvenance? Provenance, IReadOnlyList<Guid> Records);

/// <summary>What was asked of us and what became of it. Words are sealed under the child's key; every step is a row of its own that nobody changes.</summary>
public sealed class ResponseService(AppDbContext db, DoNotTellService doNotTell, VoiceService voice, KeyRing keys, TimeProvider clock)
{
    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    /// <summary>
    /// The asks that wait for something, of the children whom the actor reaches: a practitioner's own, or all of a manager's team. The longest overdue first.
    /// </summary>
    public async Task<IReadOnlyList<OpenAsk>> OpenAsksAsync(Actor actor, CancellationToken cancel)
    {
        var today = Today;
        var asks = await ReadableBy(actor).AsNoTracking()
            .Select(a => new { Ask = a, a.Child, Last = a.Steps.OrderByDescending(s => s.Number).Select(s => new { s.State, s.DueOn }).First() })
            .Where(a => a.Last.DueOn != null).ToListAsync(cancel);
        return
        [
            .. asks.Select(a => new OpenAsk(
                a.Ask.Id, a.Ask.ChildId, a.Child!.DisplayName, a.Ask.Speaker, a.Ask.About, a.Ask.ThingKind, a.Ask.IsRightsRequest, a.Ask.SaidOn, a.Last.State, a.Last.DueOn!.Value,
                a.Last.DueOn < today, a.Last.State == AskState.CannotTellYet)).OrderBy(a => a.DueOn).ThenBy(a => a.ChildName, StringComparer.CurrentCulture).ThenBy(a => a.Id),
        ];
    }

    /// <summary>
    /// What was said about information is owed an answer whoever said it, also when they only wanted to be heard: what still waits for an ask, the longest
    /// ago first, of the children whom the actor reaches.
    /// </summary>
    public async Task<IReadOnlyList<WithoutAsk>> WithoutAskAsync(Actor actor, CancellationToken cancel)
    {
        var waiting = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking())
            .Where(r => r.Subjects.Contains(SubjectMatter.MyInformation) && r.CorrectsId == null && r.NotHeardReason == null
                && !db.AskVoices.Any(v => v.ChildId == r.ChildId && (v.VoiceRecordId == r.Id || r.Corrections.Any(c => c.Id == v.VoiceRecordId))))
            .OrderBy(r => r.HeardOn).ThenBy(r => r.Id).Take(MostListed).Select(r => new { r.Id, r.Child, r.HeardOn }).ToListAsync(cancel);
        return waiting.ConvertAll(r => new WithoutAsk(r.Id, r.Child!.Id, r.Child.DisplayName, r.HeardOn));
    }

    private const int MostListed = 50;

    /// <summary>The asks that somebody who signs in may read: what is kept from them in a record is kept from them in what was asked there.</summary>
    public IQueryable<Ask> ReadableBy(Actor actor)
    {
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords);
        return db.Asks.Where(a => a.Voices.All(v => readable.Any(r => r.Id == v.VoiceRecordId)));
    }

    /// <summary>
    /// What was said about records and about what workers made of them, opened: by the record or the newest version of the interpretation, the first said first. What speaks of something that was put
    /// right, or of an earlier version, stands with it.
    /// </summary>
    /// <param name="asks">Those that whoever will read it may have.</param>
    public async Task<ILookup<Guid, SaidOf>> SaidOfAsync(IQueryable<Ask> asks, IReadOnlyCollection<Guid> records, IReadOnlyCollection<Guid> interpretations, CancellationToken cancel)
    {
        var standsWith = records.Concat(interpretations).ToDictionary(id => id);
        foreach (var c in await db.VoiceRecords.Where(r => r.CorrectsId != null && records.Contains(r.CorrectsId.Value)).Select(r => new { r.Id, First = r.CorrectsId!.Value }).ToListAsync(cancel)) standsWith.TryAdd(c.Id, c.First);
        var earlier = await db.Interpretations.Where(i => i.SupersedesId != null && db.Interpretations.Any(n => n.ChildId == i.ChildId && n.VoiceRecordId == i.VoiceRecordId && interpretations.Contains(n.Id)))
            .Select(i => new { i.Id, Before = i.SupersedesId!.Value }).ToDictionaryAsync(i => i.Id, i => i.Before, cancel);
        foreach (var newest in interpretations)
        {
            for (var version = newest; earlier.TryGetValue(version, out var before); version = before) standsWith.TryAdd(before, newest);
        }

        var things = standsWith.Keys.ToList();
        var found = await asks.AsNoTracking().Include(a => a.Voices).Where(a => (a.ThingKind == ThingKind.Record || a.ThingKind == ThingKind.Interpretation) && things.Contains(a.ThingId!.Value))
            .OrderBy(a => a.SaidOn).ThenBy(a => a.RaisedAt).ThenBy(a => a.Id).ToListAsync(cancel);
        await keys.LoadAsync([.. found.Select(a => a.ChildId).Distinct()], cancel);
        var people = found.Select(a => a.SpeakerRelationshipId).OfType<Guid>().ToList();
        var names = await db.Relationships.Where(r => people.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => r.Name, cancel);
        var spoken = found.SelectMany(a => a.Voices).Select(v => v.VoiceRecordId).ToList();
        var cameBy = await db.VoiceRecords.Where(r => spoken.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => (WordsProvenance?)r.Provenance, cancel);
        var said = new List<(Guid With, SaidOf Said)>();
        foreach (var ask in found)
        {
            said.Add((standsWith[ask.ThingId!.Value], new(
                ask.ChildId, ask.Id, ask.Speaker, ask.SpeakerRelationshipId is { } person ? names.GetValueOrDefault(person) : null, await keys.OpenAsync(ask.ChildId, ask.WordsSealed, ask.Id, SealPart.Ask, cancel),
                ask.Language, ask.SaidOn, ask.ThingKind == ThingKind.Interpretation, ask.WordsAreQuoted,
                ask.WordsAreQuoted ? ask.Voices.Max(v => cameBy.GetValueOrDefault(v.VoiceRecordId)) : null, [.. ask.Voices.Select(v => v.VoiceRecordId)])));
        }

        return said.ToLookup(s => s.With, s => s.Said);
    }

    /// <summary>Where an ask stands, from its steps.</summary>
    public static Progress ProgressOf(Ask ask)
    {
        var steps = ask.Steps.OrderBy(s => s.Number).ToList();
        return ResponseRules.After(
            ResponseRules.Begin(ask.IsAboutInformation, ask.IsRightsRequest, steps[0].DueOn!.Value),
            steps.Skip(1).Select(s => new Step(s.Kind, s.ById, s.On, s.Decision, s.Reaction, s.ReviewOn, s.WordsSealed is not null)));
    }

    /// <summary>Writes down what somebody asked, from what they said.</summary>
    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> RaiseAsync(Guid childId, RaiseAsk input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        Task<bool> IsThere() => db.Asks.AnyAsync(a => a.Id == input.Id && a.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;

        var wanted = input.Records.Distinct().ToList();
        var records = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).Include(r => r.Words).Where(r => r.ChildId == childId && wanted.Contains(r.Id)).ToListAsync(cancel);
        if (records.Count != wanted.Count)
        {
            return await db.RefuseForgedAsync(childId, wanted.Except(records.Select(r => r.Id)).First(), actor, nameof(input.Records), "Choose from the records of this child", "record", clock, cancel);
        }

        var first = records.OrderBy(r => r.HeardOn).First();
        // A practitioner's words are the practitioner's who sealed them.
        if (records.Any(r => SpeakerOf(r) != SpeakerOf(first))) return Outcome.Refused(nameof(input.Records), "Choose records of one person, or of one group. What somebody else asks is an ask of its own");
        InformationThing? thing = null;
        if (!string.IsNullOrEmpty(input.Thing))
        {
            if (!InformationThing.TryParse(input.Thing, out thing)) return Outcome.Refused(nameof(input.Thing), "Choose what it speaks of from the list");
            if (!await IsThingAsync(childId, thing!, cancel)) return await db.RefuseForgedAsync(childId, thing!.Id, actor, nameof(input.Thing), "Choose what it speaks of from the list", "thing", clock, cancel);
        }

        var isQuoted = records.TrueForAll(r => IsProse(r));
        if (isQuoted)
        {
            var said = new List<string>();
            foreach (var record in records) said.Add(await keys.OpenAsync(childId, record.Words!.Sealed, record.Id, SealPart.Words, cancel));
            // Whoever shortens an ask into their own words has begun to answer it.
            if (!StandsIn(input.Words!, said)) return Outcome.Refused(nameof(input.Words), "Use their own words: each line must stand in a record you chose");
        }

        var today = Today;
        var saidOn = records.Min(r => r.HeardOn);
        var begin = ResponseRules.Begin(thing is not null, input.IsRightsRequest, input.IsRightsRequest ? ResponseRules.DueForRights(saidOn) : input.DueOn!.Value);
        var now = clock.GetUtcNow().UtcDateTime;
        db.Add(new Ask
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = childId,
            Speaker = first.Speaker,
            SpeakerRelationshipId = first.SpeakerRelationshipId,
            Wanted = input.Wanted!.Value,
            About = [.. records.SelectMany(r => r.Subjects).Distinct().Order()],
            WordsSealed = await keys.SealAsync(childId, input.Words!, input.Id, SealPart.Ask, cancel),
            WordsAreQuoted = isQuoted,
            Language = first.Language,
            ThingKind = thing?.Kind,
            ThingId = thing?.Id,
            ThingKey = thing?.Key,
            ElsewhereSealed = thing?.Kind == ThingKind.Elsewhere ? await keys.SealAsync(childId, input.Elsewhere!, input.Id, SealPart.AskElsewhere, cancel) : null,
            IsRightsRequest = input.IsRightsRequest,
            SaidOn = saidOn,
            RaisedAt = now,
            RaisedById = actor.PersonId,
            Voices = [.. records.Select(r => new AskVoice { AskId = input.Id, VoiceRecordId = r.Id, AuthorityId = child.AuthorityId, ChildId = childId })],
            Steps = [new AskStep { AuthorityId = child.AuthorityId, ChildId = childId, AskId = input.Id, Kind = StepKind.Heard, State = begin.State, DueOn = begin.DueOn, On = today, At = now, ById = actor.PersonId }],
        });
        db.Add(AuditEntry.For(AuditActions.AskRaised, actor, childId, input.Id, clock, thing?.Kind.ToString()));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : await db.RefuseForgedAsync(childId, input.Id, actor, "", FormSaving.UsedBefore, "id", clock, cancel);
    }

    /// <summary>Takes the next step of an ask, if <see cref="ResponseRules"/> lets it.</summary>
    /// <returns>Null when there is no such ask of a child the actor may see.</returns>
    public async Task<Outcome?> TakeAsync(Guid childId, Guid askId, TakeStep input, Actor actor, CancellationToken cancel)
    {
        var ask = await ReadableBy(actor).AsNoTracking().Include(a => a.Steps).Include(a => a.Child).SingleOrDefaultAsync(a => a.Id == askId && a.ChildId == childId, cancel);
        if (ask is null) return null;
        Task<bool> IsThere() => db.AskSteps.AnyAsync(s => s.Id == input.Id && s.AskId == askId, cancel);
        if (ask.Steps.Exists(s => s.Id == input.Id)) return Outcome.Done;
        var needed = input.Kind is StepKind.DelayAgreed or StepKind.DelayRefused ? Capability.AgreeForTeam : Capability.HearChildren;
        if (!actor.Can(needed)) return await db.RefuseForgedAsync(childId, askId, actor, "", "This is for somebody else to do", $"{input.Kind}", clock, cancel);

        var number = ask.Steps.Max(s => s.Number);
        if (number != input.After) return Outcome.Refused("", "Somebody took a step meanwhile. Look at how it stands now, then go on");
        if (input.VoiceRecordId is { } voiceId && !await doNotTell.ReadableBy(actor, db.VoiceRecords).AnyAsync(r => r.Id == voiceId && r.ChildId == childId, cancel))
        {
            return await db.RefuseForgedAsync(childId, voiceId, actor, nameof(input.VoiceRecordId), "Choose from the records of this child", "record", clock, cancel);
        }

        if (input.HasSaid && input.SaidVisitId is { } visitId && !await db.VoiceSessions.AnyAsync(s => s.Id == visitId && s.ChildId == childId, cancel))
        {
            return await db.RefuseForgedAsync(childId, visitId, actor, nameof(input.SaidVisitId), "Choose a visit to this child", "visit", clock, cancel);
        }

        var on = input.Kind == StepKind.Told ? input.On!.Value : Today;
        if (on < ask.SaidOn) return Outcome.Refused(nameof(input.On), "They cannot have been told before they asked");
        if (input.Kind == StepKind.Told && ask.Steps.Exists(s => s.Kind is StepKind.Decided or StepKind.Acted && s.On > on)) return Outcome.Refused(nameof(input.On), "They cannot have been told before it was decided or done");
        // Their words and the step are there together, or neither is.
        await using var both = await db.Database.BeginTransactionAsync(cancel);
        var saidId = input.VoiceRecordId;
        if (input.HasSaid)
        {
            if (await SealSaidAsync(ask, input, on, actor, cancel) is { IsDone: false } refused) return refused;
            saidId = input.Id;
        }

        var progress = ProgressOf(ask);
        var kinds = input.Kind == StepKind.Told && input.Reaction is not null ? new[] { StepKind.Told, StepKind.Responded } : [input.Kind];
        foreach (var kind in kinds)
        {
            var isLast = kind == kinds[^1];
            var step = new Step(
                kind, actor.PersonId, on, kind == StepKind.Decided ? input.Decision : null, kind == StepKind.Responded ? input.Reaction : null,
                kind == StepKind.CannotTell ? input.ReviewOn : null, kind == kinds[0] && !string.IsNullOrWhiteSpace(input.Words));
            var (after, refusal) = ResponseRules.Take(progress, step);
            if (after is null) return Outcome.Refused(FieldOf(kind), refusal!);
            progress = after;
            var id = kind == kinds[0] ? input.Id : Guid.CreateVersion7();
            db.Add(new AskStep
            {
                Id = id,
                AuthorityId = ask.AuthorityId,
                ChildId = childId,
                AskId = askId,
                Number = ++number,
                Kind = kind,
                State = after.State,
                DueOn = after.DueOn,
                On = on,
                Decision = step.Decision,
                HowTold = kind == StepKind.Told ? input.HowTold : null,
                Reaction = step.Reaction,
                ReviewOn = step.ReviewOn,
                VoiceRecordId = isLast && kind is StepKind.Responded or StepKind.Reopened ? saidId : null,
                WordsSealed = step.HasWords ? await keys.SealAsync(childId, input.Words!, id, SealPart.AskStep, cancel) : null,
                At = clock.GetUtcNow().UtcDateTime,
                ById = actor.PersonId,
            });
            db.Add(AuditEntry.For(AuditActions.AskStepTaken, actor, childId, askId, clock, $"{kind}"));
        }

        var taken = await db.SaveOnceAsync(IsThere, cancel);
        if (taken is null)
        {
            await both.CommitAsync(cancel);
            return Outcome.Done;
        }

        await both.RollbackAsync(cancel);
        return taken switch
        {
            AskStepNumber => Outcome.Refused("", "Somebody took a step meanwhile. Look at how it stands now, then go on"),
            _ => await db.RefuseForgedAsync(childId, input.Id, actor, "", FormSaving.UsedBefore, "id", clock, cancel),
        };
    }

    /// <summary>
    /// Seals what they said to the answer as a record of its own, in a visit of theirs or in one that is written down with it. Both have the step's id, so that a double click says it once. It is
    /// handled with at least the care of what they asked.
    /// </summary>
    private async Task<Outcome> SealSaidAsync(Ask ask, TakeStep input, DateOnly on, Actor actor, CancellationToken cancel)
    {
        if (ask.Speaker is not (Speaker.Child or Speaker.YoungPerson or Speaker.ParentOrCarer)) return Outcome.Refused(nameof(input.Said), "Record what they said in a visit, then choose it here");
        if (input.SaidVisitId is null)
        {
            var visit = new StartSession { Id = input.Id, OccurredOn = on, Place = input.SaidPlace, SeenAlone = input.SaidAlone };
            if (await voice.StartAsync(ask.ChildId, visit, actor, cancel) is { IsDone: false } refused) return Outcome.Refused(nameof(input.SaidPlace), refused.Refusal!.Message);
        }

        var sensitivity = await db.VoiceRecords.Where(r => r.ChildId == ask.ChildId && db.AskVoices.Any(v => v.AskId == ask.Id && v.VoiceRecordId == r.Id)).Select(r => r.Sensitivity).ToListAsync(cancel);
        var said = new RecordVoice
        {
            Id = input.Id,
            Kind = VoiceKind.TypedText,
            Text = input.Said,
            Speaker = ask.Speaker == Speaker.ParentOrCarer ? ask.Speaker : VoiceService.SpeakerOf(ask.Child!, on),
            SpeakerRelationshipId = ask.SpeakerRelationshipId,
            Provenance = input.SaidProvenance,
            Subjects = [.. ask.About],
            Layer = Layer.InformationUse,
            Language = ask.Language,
            Before = new() { ReadBack = input.Before.ReadBack, ReadBackHow = input.Before.ReadBackHow, Changed = input.Before.Changed, Sensitivity = sensitivity.DefaultIfEmpty().Max() },
        };
        var outcome = await voice.RecordAsync(ask.ChildId, input.SaidVisitId ?? input.Id, said, actor, cancel);
        return outcome is { IsDone: true } ? outcome : Outcome.Refused(nameof(input.Said), outcome?.Refusal!.Message ?? "The visit is not there any more. Open the page again");
    }

    /// <summary>The beside-field of what the rules refuse.</summary>
    private static string FieldOf(StepKind kind) => kind switch
    {
        StepKind.Decided => nameof(TakeStep.Decision),
        StepKind.CannotTell => nameof(TakeStep.ReviewOn),
        StepKind.Responded => nameof(TakeStep.Reaction),
        StepKind.Closed => nameof(TakeStep.Words),
        _ => "",
    };

    /// <summary>Whether the words of a record are somebody's own, to be quoted; not answers on a sheet, nor what a worker saw.</summary>
    public static bool IsProse(VoiceRecord record) =>
        record is { Kind: VoiceKind.TypedText, ToolVersionId: null, Words: not null } && record.Provenance != WordsProvenance.Observed;

    private static (Speaker Speaker, Guid? Who) SpeakerOf(VoiceRecord record) =>
        (record.Speaker == Speaker.YoungPerson ? Speaker.Child : record.Speaker, record.Speaker switch
        {
            Speaker.Practitioner => record.SealedById,
            // Two groups are the same only within one visit.
            Speaker.Group => record.SessionId,
            _ => record.SpeakerRelationshipId,
        });

    /// <summary>Whether each line stands in what was said, however it is spaced.</summary>
    private static bool StandsIn(string words, List<string> said)
    {
        static string Spaced(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var whole = said.ConvertAll(Spaced);
        return words.Split('\n').Select(Spaced).Where(l => l.Length > 0).All(line => whole.Exists(w => w.Contains(line, StringComparison.Ordinal)));
    }

    private async Task<bool> IsThingAsync(Guid childId, InformationThing thing, CancellationToken cancel) => thing.Kind switch
    {
        ThingKind.Record => await db.VoiceRecords.AnyAsync(r => r.Id == thing.Id && r.ChildId == childId, cancel),
        ThingKind.Interpretation => await db.Interpretations.AnyAsync(i => i.Id == thing.Id && i.ChildId == childId, cancel),
        ThingKind.Figure when NeedDimension.Fixed.All(d => d.Key != thing.Key) => await db.Indicators.AnyAsync(i => i.Key == thing.Key, cancel),
        ThingKind.Project => await db.ResearchProjects.AnyAsync(p => p.Id == thing.Id && (p.State == ProjectState.Approved || p.State == ProjectState.Suspended || p.State == ProjectState.Closed), cancel),
        _ => true,
    };

    internal const string AskStepNumber = "ux_ask_steps_number";
}
