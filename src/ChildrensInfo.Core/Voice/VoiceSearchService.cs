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

/// <summary>Words to look for in what children said.</summary>
public class SearchVoices
{
    public string? Words { get; set; }
}

public sealed class SearchVoicesValidator : AbstractValidator<SearchVoices>
{
    public SearchVoicesValidator() =>
        RuleFor(s => s.Words).Cascade(CascadeMode.Stop)
            .Must(w => SoughtWords.Read(w) is not null).WithMessage("Enter a word to look for")
            .MaximumLength(SoughtWords.MaxLength).WithMessage($"Keep it to {SoughtWords.MaxLength} characters or fewer");
}

/// <param name="Kind">The way it was said; of what puts something right, the way that was said first.</param>
/// <param name="CorrectsId">What was said first, which this puts right.</param>
/// <param name="IsStatement">Somebody asked the council for that, and says this of it.</param>
/// <param name="SaidOf">What was said about it.</param>
public sealed record FoundVoice(
    Guid ChildId, Guid RecordId, string ChildName, Speaker Speaker, VoiceKind Kind, DateOnly HeardOn, WordsProvenance Provenance, string Language, Guid? CorrectsId, bool IsStatement, IReadOnlyList<Piece> Around, IReadOnlyList<SaidOf> SaidOf);

/// <param name="AnswerId">What the child said to it: a record of their own.</param>
/// <param name="SaidOf">What was said about it.</param>
public sealed record FoundThought(Guid ChildId, Guid RecordId, Guid InterpretationId, string ChildName, DateOnly HeardOn, Guid? AnswerId, DateOnly? AnsweredOn, bool NewerIsGone, IReadOnlyList<Piece> Around, IReadOnlyList<SaidOf> SaidOf);

/// <param name="Listed">The first of them; more were found when there are very many.</param>
public sealed record Hits<T>(IReadOnlyList<T> Listed, int Count);

/// <param name="Own">Own words: children's before others', the newest first, and what puts something right after what was said first.</param>
/// <param name="Seen">What somebody saw and nobody said, and why nothing was said: the words are a worker's.</param>
/// <param name="Interpreted">What workers think it means, never mixed with the words.</param>
public sealed record VoicesFound(Hits<FoundVoice> Own, Hits<FoundVoice> Seen, Hits<FoundThought> Interpreted);

/// <summary>
/// Looks for words in what the children whom somebody works with said. Everything is opened in memory, one text after the other, and thrown
/// away; what was looked for is written nowhere. Only what the actor may read is opened, counted or listed.
/// </summary>
public sealed class VoiceSearchService(AppDbContext db, DoNotTellService doNotTell, TranscriptService transcripts, ResponseService responses, KeyRing keys, TimeProvider clock)
{
    /// <summary>More than these are a reason to look for another word, not to turn pages.</summary>
    public const int Listed = 60;

    public async Task<VoicesFound> SearchAsync(SoughtWords sought, Actor actor, CancellationToken cancel)
    {
        var names = (await db.Children.AsNoTracking().ToListAsync(cancel)).ToDictionary(c => c.Id, c => c.DisplayName);
        await keys.LoadAsync(names.Keys, cancel);
        // Erased keys leave nothing to open.
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).Where(r => db.ChildKeys.Any(k => k.ChildId == r.ChildId));

        var found = new List<FoundVoice>();
        var ofChild = new Dictionary<Guid, int>();
        var texts = readable.Where(r => r.Words != null && r.FileId == null).Select(r => new
        {
            r.Id,
            r.ChildId,
            r.Kind,
            r.ToolVersionId,
            r.Language,
            r.HeardOn,
            r.Speaker,
            r.Provenance,
            r.CorrectsId,
            IsStatement = r.CorrectionReason == CorrectionReason.Statement,
            FirstKind = readable.Where(first => first.Id == r.CorrectsId).Select(first => (VoiceKind?)first.Kind).FirstOrDefault(),
            r.Words!.Sealed,
        });
        // One at a time as they arrive: a caseload of long texts never stands in memory at once.
        await foreach (var row in texts.AsAsyncEnumerable().WithCancellation(cancel))
        {
            var text = AnswerSheet.TextOf(row.Kind, row.ToolVersionId, await keys.OpenAsync(row.ChildId, row.Sealed, row.Id, SealPart.Words, cancel));
            if (sought.FindIn(text, row.Language) is not { } around) continue;
            Count(row.ChildId);
            found.Add(new(row.ChildId, row.Id, names[row.ChildId], row.Speaker, row.IsStatement ? row.Kind : row.FirstKind ?? row.Kind, row.HeardOn, row.Provenance, row.Language, row.CorrectsId, row.IsStatement, around, []));
        }

        // What a recording says is their own words too, once somebody has listened and accepted how it was written down.
        var recordings = await readable.Where(r => db.TranscriptAcceptances.Any(a => a.VoiceRecordId == r.Id)).Select(r => new { r.Id, r.ChildId, r.Kind, r.Language, r.HeardOn, r.Speaker, r.Provenance }).ToListAsync(cancel);
        foreach (var ofOne in recordings.GroupBy(r => r.ChildId))
        {
            var written = await transcripts.AcceptedAsync(ofOne.Key, [.. ofOne.Select(r => r.Id)], actor, cancel);
            var heard = new Dictionary<Guid, AcceptedTranscript>();
            foreach (var row in ofOne)
            {
                if (!written.TryGetValue(row.Id, out var transcript) || sought.FindIn(TranscriptText.WithoutTimes(transcript.Text), row.Language) is not { } around) continue;
                Count(row.ChildId);
                heard.Add(row.Id, transcript);
                found.Add(new(row.ChildId, row.Id, names[row.ChildId], row.Speaker, row.Kind, row.HeardOn, row.Provenance, row.Language, null, false, around, []));
            }

            await transcripts.RelyAsync(ofOne.Key, heard, VoiceSurface.Search, actor, cancel);
        }

        // What puts something right stands after what was said first, however much later it was said.
        var days = found.ToDictionary(f => f.RecordId, f => f.HeardOn);
        Hits<FoundVoice> InOrder(Func<FoundVoice, bool> which)
        {
            List<FoundVoice> hits = [.. found.Where(which)];
            return new([.. hits.OrderByDescending(f => f.Speaker is Speaker.Child or Speaker.YoungPerson).ThenByDescending(f => f.CorrectsId is { } first && days.TryGetValue(first, out var on) ? on : f.HeardOn)
                .ThenBy(f => f.CorrectsId ?? f.RecordId).ThenBy(f => f.CorrectsId is not null).ThenBy(f => f.HeardOn).ThenBy(f => f.RecordId).Take(Listed)], hits.Count);
        }

        var interpreted = new List<FoundThought>();
        var interpretedCount = 0;
        var versions = await doNotTell.VersionsAsync(null, cancel);
        var replaced = versions.Replaced;
        var interpretations = doNotTell.InterpretationsReadableBy(actor).AsNoTracking().Where(i => !replaced.Contains(i.Id) && db.ChildKeys.Any(k => k.ChildId == i.ChildId))
            .Select(i => new
            {
                i.Id,
                i.ChildId,
                i.VoiceRecordId,
                i.Sealed,
                i.VoiceRecord!.HeardOn,
                AnswerId = i.Showings.OrderByDescending(s => s.RecordedAt).ThenByDescending(s => s.Id).Select(s => s.ResponseRecordId).FirstOrDefault(),
            })
            .OrderByDescending(i => i.HeardOn).ThenBy(i => i.Id);
        await foreach (var row in interpretations.AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (sought.FindIn(await keys.OpenAsync(row.ChildId, row.Sealed, row.Id, SealPart.Interpretation, cancel), "en") is not { } around) continue;
            interpretedCount++;
            Count(row.ChildId);
            if (interpreted.Count < Listed) interpreted.Add(new(row.ChildId, row.VoiceRecordId, row.Id, names[row.ChildId], row.HeardOn, row.AnswerId, null, versions.StandsAgain(row.Id), around, []));
        }

        var answers = interpreted.Select(i => i.AnswerId).OfType<Guid>().ToList();
        var answered = await readable.Where(r => answers.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => r.HeardOn, cancel);

        // A find is a reading: one line for each child, saying how many and never what.
        foreach (var (childId, count) in ofChild) db.Add(AuditEntry.For(AuditActions.VoiceSearched, actor, childId, null, clock, count == 1 ? "1 found" : $"{count} found"));
        await db.SaveChangesAsync(cancel);
        var (own, seen) = (InOrder(f => !IsSeen(f)), InOrder(IsSeen));
        List<Guid> listed = [.. own.Listed.Concat(seen.Listed).Select(f => f.RecordId)];
        var saidOf = await responses.SaidOfAsync(responses.ReadableBy(actor), listed, [.. interpreted.Select(i => i.InterpretationId)], cancel);
        return new(
            WithSaid(own), WithSaid(seen),
            new([.. interpreted.Select(i => i with { SaidOf = [.. saidOf[i.InterpretationId]], AnsweredOn = i.AnswerId is { } answer && answered.TryGetValue(answer, out var on) ? on : null })], interpretedCount));

        Hits<FoundVoice> WithSaid(Hits<FoundVoice> hits) => hits with { Listed = [.. hits.Listed.Select(f => f with { SaidOf = [.. saidOf[f.RecordId]] })] };

        static bool IsSeen(FoundVoice hit) => hit.Kind is VoiceKind.ObservedNonVerbal or VoiceKind.Declined || hit.Provenance == WordsProvenance.Observed;

        void Count(Guid childId) => ofChild[childId] = ofChild.GetValueOrDefault(childId) + 1;
    }
}
