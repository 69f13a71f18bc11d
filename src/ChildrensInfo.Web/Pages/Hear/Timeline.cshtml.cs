using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

public enum TimelineKind
{
    Voice,
    Interpretation,
    Permission,
    Ask,
}

/// <summary>One child over time: what was said, what workers made of it, what was asked and what came of it, the newest first.</summary>
public class TimelineModel(AppDbContext db, DoNotTellService doNotTell, ResponseService responses, KeyRing keys, AskedNotTo askedNotTo, ICurrentActor current) : PageModel
{
    public const int RowsPerPage = 40;

    /// <summary>How much of what was said is shown; all of it is one click away.</summary>
    private const int TextShown = 280;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromQuery]
    public int P { get; set; } = 1;

    public Child Child { get; private set; } = null!;

    public bool KeepsSomething { get; private set; }

    public int Total { get; private set; }

    public int Pages => (Total + RowsPerPage - 1) / RowsPerPage;

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public sealed record Row(TimelineKind Kind, DateOnly On, string Title, Beginning? Text, string? Language, string? Link)
    {
        /// <summary>Of what was said: how close the words are to it.</summary>
        public WordsProvenance? Provenance { get; init; }

        /// <summary>What we were asked to stop doing with it.</summary>
        public IEnumerable<string> AskedNotTo { get; init; } = [];

        /// <summary>What puts it right: it stands under what was said first.</summary>
        public IReadOnlyList<Correction> Corrections { get; init; } = [];

        /// <summary>What was said about it.</summary>
        public IReadOnlyList<SaidOf> SaidOf { get; init; } = [];

        /// <summary>Of what a worker thinks: what the child said to it.</summary>
        public (Guid Id, DateOnly On)? Answer { get; init; }

        /// <summary>Of what a worker thinks: whether a newer version of it is gone.</summary>
        public bool NewerIsGone { get; init; }
    }

    public sealed record Correction(string Label, DateOnly On, Beginning? Text, string Language, WordsProvenance Provenance);

    /// <summary>How something begins, letter for letter: that it goes on is said beside the words and not in them.</summary>
    public sealed record Beginning(string Text, bool IsWhole);

    private sealed record Happened(TimelineKind Kind, Guid Id, DateOnly On, DateTime At);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Child = (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel))!;
        if (Child is null) return NotFound();
        KeepsSomething = await doNotTell.KeepsFromAsync(ChildId, current.Actor!, cancel);
        var readable = doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Where(r => r.ChildId == ChildId);
        var versions = await doNotTell.VersionsAsync(ChildId, cancel);
        var replaced = versions.Replaced;
        var all = (await readable.Where(r => r.CorrectsId == null).Select(r => new { r.Id, r.HeardOn, r.SealedAt }).ToListAsync(cancel)).Select(r => new Happened(TimelineKind.Voice, r.Id, r.HeardOn, r.SealedAt))
            .Concat((await doNotTell.InterpretationsReadableBy(current.Actor!).Where(i => i.ChildId == ChildId && !replaced.Contains(i.Id))
                .Select(i => new { i.Id, i.CreatedAt }).ToListAsync(cancel)).Select(i => new Happened(TimelineKind.Interpretation, i.Id, ConsentRules.LocalDay(i.CreatedAt), i.CreatedAt)))
            .Concat((await db.ConsentEvents.Where(e => e.ChildId == ChildId)
                .Select(e => new { e.Id, e.OccurredAt }).ToListAsync(cancel)).Select(e => new Happened(TimelineKind.Permission, e.Id, ConsentRules.LocalDay(e.OccurredAt), e.OccurredAt)))
            // An ask is as secret as what it was made from.
            .Concat((await db.AskSteps.Where(s => s.ChildId == ChildId && s.Ask!.Voices.All(v => readable.Any(r => r.Id == v.VoiceRecordId)))
                .Select(s => new { s.Id, s.On, s.At }).ToListAsync(cancel)).Select(s => new Happened(TimelineKind.Ask, s.Id, s.On, s.At)))
            .OrderByDescending(h => h.On).ThenByDescending(h => h.At).ThenByDescending(h => h.Id).ToList();
        Total = all.Count;
        P = Math.Clamp(P, 1, Math.Max(1, Pages));
        var shown = all.Skip((P - 1) * RowsPerPage).Take(RowsPerPage).ToList();
        await keys.LoadAsync([ChildId], cancel);
        var rows = new List<Row>(shown.Count);
        var voices = await VoicesAsync(readable, IdsOf(TimelineKind.Voice), cancel);
        var interpretations = await InterpretationsAsync(readable, IdsOf(TimelineKind.Interpretation), versions, cancel);
        var permissions = await PermissionsAsync(IdsOf(TimelineKind.Permission), cancel);
        var asks = await AsksAsync(IdsOf(TimelineKind.Ask), cancel);
        var saidOf = await responses.SaidOfAsync(responses.ReadableBy(current.Actor!).Where(a => a.ChildId == ChildId), IdsOf(TimelineKind.Voice), IdsOf(TimelineKind.Interpretation), cancel);
        foreach (var happened in shown)
        {
            rows.Add((happened.Kind switch
            {
                TimelineKind.Voice => voices,
                TimelineKind.Interpretation => interpretations,
                TimelineKind.Ask => asks,
                _ => permissions,
            })[happened.Id] with
            { On = happened.On, SaidOf = [.. saidOf[happened.Id]] });
        }

        Rows = rows;
        return Page();

        List<Guid> IdsOf(TimelineKind kind) => [.. shown.Where(h => h.Kind == kind).Select(h => h.Id)];
    }

    private async Task<Dictionary<Guid, Row>> VoicesAsync(IQueryable<VoiceRecord> readable, List<Guid> ids, CancellationToken cancel)
    {
        var rows = new Dictionary<Guid, Row>();
        var marks = await askedNotTo.OfAsync(ids, cancel);
        async Task<Beginning?> TextAsync(VoiceRecord r) => BeginningOf(AnswerSheet.TextOf(r, await keys.SaidInAsync(r, cancel)));
        var records = await readable.Where(r => ids.Contains(r.Id) || ids.Contains(r.CorrectsId!.Value)).Include(r => r.Words).Include(r => r.SpeakerRelationship).ToListAsync(cancel);
        foreach (var r in records.Where(r => r.CorrectsId is null))
        {
            var corrections = new List<Correction>();
            foreach (var c in records.Where(c => c.CorrectsId == r.Id).OrderBy(c => c.SealedAt).ThenBy(c => c.Id)) corrections.Add(new(c.CorrectionReason == CorrectionReason.Statement ? Words.Statement(c.Speaker) : "Put right later", c.HeardOn, await TextAsync(c), c.Language, c.Provenance));
            var who = r.Speaker switch
            {
                Speaker.ParentOrCarer => r.SpeakerRelationship?.Name ?? "A parent or carer",
                Speaker.Practitioner => "A practitioner",
                Speaker.Group => Words.Capital(Words.Group(r)),
                _ => Child.CalledName,
            };
            var title = r.Kind switch
            {
                VoiceKind.Audio => $"{who} was recorded",
                VoiceKind.Drawing => $"{who} drew",
                VoiceKind.Photo => $"{who} showed something they made",
                VoiceKind.SignOrGesture => $"{who} signed or showed",
                VoiceKind.ObservedNonVerbal => $"What was seen of {Child.CalledName}",
                VoiceKind.Declined => "Nothing was said, and why",
                VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer or VoiceKind.SymbolChoice => $"{who} answered",
                _ => $"{who} said",
            };
            rows[r.Id] = new(TimelineKind.Voice, r.HeardOn, title, await TextAsync(r), r.Language, ChildModel.AddressOf(ChildId, r.Id)) { Provenance = r.Provenance, AskedNotTo = marks[r.Id], Corrections = corrections };
        }

        return rows;
    }

    private async Task<Dictionary<Guid, Row>> InterpretationsAsync(IQueryable<VoiceRecord> readable, List<Guid> ids, Versions versions, CancellationToken cancel)
    {
        var found = await db.Interpretations.AsNoTracking().Where(i => i.ChildId == ChildId && ids.Contains(i.Id)).Include(i => i.Showings).ToListAsync(cancel);
        var answers = found.Select(i => i.Answer).OfType<Guid>().ToList();
        var answered = await readable.Where(r => answers.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => r.HeardOn, cancel);
        var authors = found.Select(i => i.AuthorId).ToList();
        var names = await db.Users.Where(u => authors.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var rows = new Dictionary<Guid, Row>();
        foreach (var i in found)
        {
            rows[i.Id] = new(TimelineKind.Interpretation, default, $"{names.GetValueOrDefault(i.AuthorId, "A worker")} wrote what they think it means",
                BeginningOf(await keys.OpenAsync(ChildId, i.Sealed, i.Id, SealPart.Interpretation, cancel)), null, ChildModel.AddressOf(ChildId, i.VoiceRecordId))
            {
                Answer = i.Answer is { } answer && answered.TryGetValue(answer, out var on) ? (answer, on) : null,
                NewerIsGone = versions.StandsAgain(i.Id),
            };
        }

        return rows;
    }

    private async Task<Dictionary<Guid, Row>> PermissionsAsync(List<Guid> ids, CancellationToken cancel) =>
        (await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == ChildId && ids.Contains(e.Id)).Include(e => e.DecidedByRelationship).ToListAsync(cancel)).ToDictionary(e => e.Id, e =>
        {
            var who = e.DecidedBy switch
            {
                DecidedBy.LocalAuthority => "The council",
                DecidedBy.ChildForSelf or null => Child.CalledName,
                _ => e.DecidedByRelationship?.Name ?? "A parent or carer",
            };
            var what = Words.Of(e.Purpose).ToLowerInvariant();
            var title = e.Type switch
            {
                ConsentEventType.Told => $"{who} was told: {what}",
                ConsentEventType.Asked => $"{who} was asked: {what}",
                ConsentEventType.Given or ConsentEventType.Renewed => $"{who} said yes: {what}",
                ConsentEventType.Refused => $"{who} said no: {what}",
                ConsentEventType.Deferred => $"{who} wants to think: {what}",
                ConsentEventType.Withdrawn => $"{who} changed it to no: {what}",
                ConsentEventType.Objected => $"{who} does not want: {what}",
                _ => $"A decision was put right: {what}",
            };
            return new Row(TimelineKind.Permission, default, title, null, null, Permissions.IndexModel.AddressOf(ChildId, e));
        });

    private async Task<Dictionary<Guid, Row>> AsksAsync(List<Guid> ids, CancellationToken cancel) =>
        (await db.AskSteps.AsNoTracking().Where(s => s.ChildId == ChildId && ids.Contains(s.Id)).Include(s => s.Ask).ToListAsync(cancel)).ToDictionary(s => s.Id, s => new Row(
            TimelineKind.Ask, default, s.Kind == StepKind.Heard ? $"Asked of us, about: {Words.Of(s.Ask!.About)}" : $"What was asked about {Words.Of(s.Ask!.About)}: {Words.Of(s.Kind).ToLowerInvariant()}",
            null, null, $"/hear/{ChildId}/asks/{s.AskId}"));

    private static Beginning? BeginningOf(string? text)
    {
        if (text is null) return null;
        if (text.Length <= TextShown) return new(text, IsWhole: true);
        var end = text.LastIndexOf(' ', TextShown);
        return new(text[..(end > TextShown / 2 ? end : char.IsHighSurrogate(text[TextShown - 1]) ? TextShown - 1 : TextShown)], IsWhole: false);
    }
}
