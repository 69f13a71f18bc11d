using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
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
/// <param name="FileId">The drawing or photo.</param>
/// <param name="Interpretations">What workers think, only when it was asked for.</param>
public sealed record BookletItem(
    Guid RecordId, VoiceKind Kind, string? Text, string? Asked, string Language, DateOnly HeardOn, int? Age, WordsProvenance Provenance, Guid? FileId, int? Seconds, bool IsCorrection,
    IReadOnlyList<BookletInterpretation> Interpretations);

public sealed record BookletInterpretation(string Text, string By, DateOnly On);

/// <param name="Safety">How many were left out because they say that somebody is not safe.</param>
/// <param name="Family">How many were left out because somebody in the family must not be told.</param>
/// <param name="Held">How many recordings and pictures were left out because somebody has asked us to stop, or another voice on it has not said yes.</param>
public sealed record Booklet(string CalledName, IReadOnlyList<BookletItem> Items, int Safety, int Family, int Held);

/// <summary>
/// Puts together what a child said, for the child: their own words and drawings and nobody else's, in the order they were said. What must not be
/// told to those who may see it stays out, and so does what says that somebody is not safe.
/// </summary>
public sealed class BookletService(AppDbContext db, DoNotTellService doNotTell, ConsentService consent, TranscriptService transcripts, KeyRing keys, TimeProvider clock)
{
    /// <summary>The child's own records that the actor may read.</summary>
    public IQueryable<VoiceRecord> OwnRecords(Guid childId, Actor actor) => doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking())
        .Where(r => r.ChildId == childId && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.Kind != VoiceKind.ObservedNonVerbal && r.Kind != VoiceKind.Declined);

    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Booklet?> MakeAsync(Guid childId, MakeBooklet input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        var records = await OwnRecords(childId, actor).AsSplitQuery().Where(r => input.Records.Contains(r.Id))
            .Include(r => r.Words).Include(r => r.Interpretations).ThenInclude(i => i.Showings).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).OrderBy(r => r.HeardOn).ThenBy(r => r.SealedAt).ThenBy(r => r.Id).ToListAsync(cancel);
        var rules = await doNotTell.StandingAsync(childId, cancel);
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        var authors = records.SelectMany(r => r.Interpretations).Select(i => i.AuthorId).Distinct().ToList();
        var names = await db.Users.Where(u => authors.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        await keys.LoadAsync([childId], cancel);
        var written = await transcripts.AcceptedAsync(childId, [.. records.Where(r => r.Kind == VoiceKind.Audio).Select(r => r.Id)], actor, cancel);

        var items = new List<BookletItem>();
        int safety = 0, family = 0, held = 0;
        foreach (var record in records)
        {
            if (record.Sensitivity == Sensitivity.Disclosure)
            {
                safety++;
                continue;
            }

            // Whoever is named: a booklet on a kitchen table is read by all of them.
            if (input.FamilyMaySee == true && rules.Exists(rule => (rule.RelationshipId is not null || rule.Role == DoNotTellRole.Family) && DoNotTellRules.Covers(rule, record)))
            {
                family++;
                continue;
            }

            if (VoiceHolds.Of(record, permissions) != HoldState.None)
            {
                held++;
                continue;
            }

            items.Add(new(
                record.Id, record.Kind,
                record.Words is { } words ? AnswerSheet.TextOf(record.Kind, record.ToolVersionId, await keys.OpenAsync(childId, words.Sealed, record.Id, SealPart.Words, cancel)) : written.GetValueOrDefault(record.Id)?.Text,
                record.Words?.PromptSealed is { } prompt ? await keys.OpenAsync(childId, prompt, record.Id, SealPart.Prompt, cancel) : null,
                record.Language, record.HeardOn, record.AgeAtTime, record.Provenance, record.Kind is VoiceKind.Drawing or VoiceKind.Photo ? record.FileId : null, record.DurationSeconds,
                record.CorrectsId is not null, input.Interpretations ? await InterpretationsAsync(record, names, cancel) : []));
        }

        await transcripts.RelyAsync(childId, written.Where(w => items.Exists(i => i.RecordId == w.Key)).ToDictionary(), VoiceSurface.Print, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.BookletMade, actor, childId, null, clock, $"{input.For}, {items.Count} in, {safety + family + held} left out"));
        await db.SaveChangesAsync(cancel);
        return new(child.CalledName, items, safety, family, held);
    }

    private async Task<List<BookletInterpretation>> InterpretationsAsync(VoiceRecord record, Dictionary<Guid, string> names, CancellationToken cancel)
    {
        var latest = new List<BookletInterpretation>();
        foreach (var i in VoiceCopyService.ForTheChild(record).OrderBy(i => i.CreatedAt))
        {
            latest.Add(new(await keys.OpenAsync(record.ChildId, i.Sealed, i.Id, SealPart.Interpretation, cancel), names.GetValueOrDefault(i.AuthorId, "A worker"), ConsentRules.LocalDay(i.CreatedAt)));
        }

        return latest;
    }
}
