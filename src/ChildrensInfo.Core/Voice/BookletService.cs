using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>What the booklet is for.</summary>
public enum BookletFor
{
    TheChild,
    LifeStory,
    SubjectAccess,
}

/// <summary>A booklet of a child's own words, about to be printed.</summary>
public class MakeBooklet
{
    public BookletFor? For { get; set; }

    /// <summary>Whether somebody in the family is likely to see it: a booklet is read where the child lives.</summary>
    public bool? FamilyMaySee { get; set; }

    public bool Interpretations { get; set; }

    public List<Guid> Records { get; set; } = [];
}

public sealed class MakeBookletValidator : AbstractValidator<MakeBooklet>
{
    public MakeBookletValidator()
    {
        RuleFor(b => b.For).NotNull().WithMessage("Choose what the booklet is for").IsInEnum().WithMessage("Choose what the booklet is for");
        RuleFor(b => b.FamilyMaySee).NotNull().WithMessage("Say whether somebody in the family may see it");
        RuleFor(b => b.Records).NotEmpty().WithMessage("Choose at least one thing to put in");
    }
}

/// <param name="Text">Null for what was drawn or photographed, and for a recording that nobody has written down and accepted.</param>
/// <param name="Asked">What they were asked, word for word; null when nobody asked or wrote it down.</param>
/// <param name="Sheet">What was answered with a tool, with the pictures it was answered by; <paramref name="Text"/> says the same.</param>
/// <param name="FileId">The drawing or photo.</param>
/// <param name="Corrections">What the child put right later, under what was said first.</param>
/// <param name="Interpretations">What workers think, only when it was asked for.</param>
/// <param name="SaidOf">What the child said about this, or about what of a worker's is in the booklet.</param>
public sealed record BookletItem(
    Guid RecordId, VoiceKind Kind, string? Text, AnswerSheet? Sheet, string? Asked, string Language, DateOnly HeardOn, int? Age, WordsProvenance Provenance, Guid? FileId, int? Seconds,
    IReadOnlyList<BookletCorrection> Corrections, IReadOnlyList<BookletInterpretation> Interpretations, IReadOnlyList<SaidOf> SaidOf);

public sealed record BookletCorrection(CorrectionReason Reason, string Text, string Language, DateOnly HeardOn, WordsProvenance Provenance);

/// <param name="Answer">What the child said to it, when that may be in the booklet.</param>
public sealed record BookletInterpretation(string Text, string By, DateOnly On, bool NewerIsGone, BookletAnswer? Answer);

public sealed record BookletAnswer(VoiceKind Kind, string Text, string Language, DateOnly HeardOn, WordsProvenance Provenance);

/// <param name="Safety">How many were left out because they say that somebody is not safe.</param>
/// <param name="Family">How many were left out because somebody in the family must not be told.</param>
/// <param name="Held">How many recordings and pictures were left out because there is no yes to them, nobody has said yet whether another voice is on it, or one that is has not said yes.</param>
public sealed record Booklet(string CalledName, IReadOnlyList<BookletItem> Items, int Safety, int Family, int Held);

/// <summary>
/// Puts together what a child said, for the child: their own words and drawings and nobody else's, in the order they were said. What must not be
/// told to those who may see it stays out, and so does what says that somebody is not safe.
/// </summary>
public sealed class BookletService(AppDbContext db, DoNotTellService doNotTell, ConsentService consent, TranscriptService transcripts, ResponseService responses, KeyRing keys, TimeProvider clock)
{
    /// <summary>What the child said first and not through others, of what the actor may read. What puts it right comes with it.</summary>
    public IQueryable<VoiceRecord> OwnRecords(Guid childId, Actor actor) => doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking())
        .Where(r => r.ChildId == childId && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.Kind != VoiceKind.ObservedNonVerbal && r.Kind != VoiceKind.Declined
            && r.Provenance != WordsProvenance.ReportedByOther && r.CorrectsId == null);

    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Booklet?> MakeAsync(Guid childId, MakeBooklet input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        var records = await OwnRecords(childId, actor).AsSplitQuery().Where(r => input.Records.Contains(r.Id))
            .Include(r => r.Words).Include(r => r.Corrections).ThenInclude(c => c.Words).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).OrderBy(r => r.HeardOn).ThenBy(r => r.SealedAt).ThenBy(r => r.Id).ToListAsync(cancel);
        var rules = await doNotTell.StandingAsync(childId, cancel);
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        var readings = await doNotTell.ReadingsAsync(childId, actor, cancel);
        List<Interpretation> ReadBy(Guid recordId) => input.Interpretations ? [.. readings.Of(recordId).Where(i => i.IsForTheChild)] : [];
        var thought = records.SelectMany(r => ReadBy(r.Id)).DistinctBy(i => i.Id).ToList();
        var authors = thought.Select(i => i.AuthorId).Distinct().ToList();
        var names = await db.Users.Where(u => authors.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var answered = thought.Select(i => i.Answer).OfType<Guid>().ToList();
        var answers = await OwnRecords(childId, actor).Where(r => answered.Contains(r.Id)).Include(r => r.Words).ToDictionaryAsync(r => r.Id, cancel);
        var saidOf = await responses.SaidOfAsync(
            responses.ReadableBy(actor).Where(a => a.ChildId == childId && (a.Speaker == Speaker.Child || a.Speaker == Speaker.YoungPerson)), [.. records.Select(r => r.Id)],
            [.. thought.Select(i => i.Id)], cancel);
        var saidIn = saidOf.SelectMany(s => s).SelectMany(s => s.Records).Distinct().ToList();
        var said = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).AsSplitQuery().Where(r => r.ChildId == childId && saidIn.Contains(r.Id)).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).ToDictionaryAsync(r => r.Id, cancel);
        var beside = records.Concat(answers.Values).Concat(said.Values).SelectMany(r => new[] { r.ExplainsId, r.CorrectsId }).OfType<Guid>().ToList();
        var besides = await db.VoiceRecords.AsNoTracking().Where(r => r.ChildId == childId && beside.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancel);
        // What explains a drawing says what the drawing says, and what puts something right what was said first.
        List<VoiceRecord> WithDrawing(VoiceRecord r) => [r, .. new[] { r.ExplainsId, r.CorrectsId }.OfType<Guid>().Select(id => besides.GetValueOrDefault(id)).OfType<VoiceRecord>()];
        bool NotSafe(VoiceRecord record) => WithDrawing(record).Exists(r => r.Sensitivity == Sensitivity.Disclosure);
        // Whoever is named: a booklet on a kitchen table is read by all of them.
        bool KeptFromFamily(VoiceRecord record) => input.FamilyMaySee == true
            && rules.Exists(rule => (rule.RelationshipId is not null || rule.Role == DoNotTellRole.Family) && WithDrawing(record).Exists(r => DoNotTellRules.Covers(rule, r)));
        // What was said about something is in the booklet where everything it was said in might be.
        bool MayBeIn(Guid id) => said.TryGetValue(id, out var record) && record.Provenance is not (WordsProvenance.ReportedByOther or WordsProvenance.Observed)
            && !NotSafe(record) && !KeptFromFamily(record) && VoiceHolds.Of(record, permissions) == HoldState.None;
        await keys.LoadAsync([childId], cancel);
        var written = await transcripts.AcceptedAsync(childId, [.. records.Where(r => r.Kind == VoiceKind.Audio).Select(r => r.Id)], actor, cancel);

        // A booklet that somebody else reads, too, leaves out what is marked to be left out.
        var isTheirsAlone = input is { For: not BookletFor.LifeStory, FamilyMaySee: false };
        // What a worker thinks stands in it only where all that it rests on does: it says something of each.
        var inBooklet = records.Where(r => !NotSafe(r) && !KeptFromFamily(r) && VoiceHolds.Of(r, permissions) == HoldState.None).Select(r => r.Id).ToHashSet();
        var items = new List<BookletItem>();
        int safety = 0, family = 0, held = 0;
        foreach (var record in records)
        {
            if (NotSafe(record))
            {
                safety++;
                continue;
            }

            if (KeptFromFamily(record))
            {
                family++;
                continue;
            }

            if (VoiceHolds.Of(record, permissions) != HoldState.None)
            {
                held++;
                continue;
            }

            var corrections = new List<BookletCorrection>();
            foreach (var c in record.Corrections.Where(c => c.Speaker is Speaker.Child or Speaker.YoungPerson && c.Provenance is not (WordsProvenance.ReportedByOther or WordsProvenance.Observed)).OrderBy(c => c.SealedAt).ThenBy(c => c.Id))
            {
                corrections.Add(new(c.CorrectionReason!.Value, (await TextAsync(c, cancel))!, c.Language, c.HeardOn, c.Provenance));
            }

            var under = ReadBy(record.Id).Where(i => i.Under().All(r => inBooklet.Contains(r.Id))).ToList();
            var interpretations = await InterpretationsAsync(under, readings, names, answers.Values.Where(a => !NotSafe(a) && !KeptFromFamily(a)).ToDictionary(a => a.Id), cancel);
            var aboutThis = under.Select(i => i.Id).Prepend(record.Id);
            var opened = await keys.SaidInAsync(record, cancel);
            var sheet = AnswerSheet.Of(record.Kind, record.ToolVersionId, opened);
            items.Add(new(
                record.Id, record.Kind, sheet?.AsText() ?? opened ?? (written.GetValueOrDefault(record.Id) is { } w ? (isTheirsAlone ? w.AsGivenToTheChild(record) : w.AsGiven).Text : null), sheet,
                record.Words?.PromptSealed is { } prompt ? await keys.OpenAsync(childId, prompt, record.Id, SealPart.Prompt, cancel) : null,
                record.Language, record.HeardOn, record.AgeAtTime, record.Provenance, record.Kind is VoiceKind.Drawing or VoiceKind.Photo ? record.FileId : null, record.DurationSeconds,
                corrections, interpretations, [.. aboutThis.SelectMany(id => saidOf[id]).Where(s => s.Records.Count > 0 && s.Records.All(MayBeIn))]));
        }

        await transcripts.RelyAsync(childId, written.Where(w => items.Exists(i => i.RecordId == w.Key)).ToDictionary(), VoiceSurface.Print, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.BookletMade, actor, childId, null, clock, $"{input.For}, {items.Count} in, {safety + family + held} left out"));
        await db.SaveChangesAsync(cancel);
        return new(child.CalledName, items, safety, family, held);
    }

    private async Task<string?> TextAsync(VoiceRecord record, CancellationToken cancel) => AnswerSheet.TextOf(record, await keys.SaidInAsync(record, cancel));

    private async Task<List<BookletInterpretation>> InterpretationsAsync(List<Interpretation> under, Readings readings, Dictionary<Guid, string> names, Dictionary<Guid, VoiceRecord> answers, CancellationToken cancel)
    {
        var latest = new List<BookletInterpretation>();
        foreach (var i in under)
        {
            var answer = i.Answer is { } id && answers.TryGetValue(id, out var said) && await TextAsync(said, cancel) is { } text ? new BookletAnswer(said.Kind, text, said.Language, said.HeardOn, said.Provenance) : null;
            latest.Add(new(await keys.OpenAsync(i.ChildId, i.Sealed, i.Id, SealPart.Interpretation, cancel), names.GetValueOrDefault(i.AuthorId, "A worker"), ConsentRules.LocalDay(i.CreatedAt), readings.StandsAgain(i), answer));
        }

        return latest;
    }
}
