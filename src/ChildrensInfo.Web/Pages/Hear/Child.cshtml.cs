using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>One child: what they and those around them said, newest first, each in their own words before anybody else's.</summary>
public class ChildModel(AppDbContext db, KeyRing keys, ConsentService consent, DoNotTellService doNotTell, TranscriptService transcripts, AskedNotTo askedNotTo, TimeProvider clock) : PageModel
{
    public const int RecordsPerPage = 20;

    private readonly Dictionary<Guid, List<Explanation>> explanations = [];

    private Dictionary<Guid, StoredFile> files = [];

    private HashSet<Guid> erased = [];

    private IReadOnlyList<string>? askToHear;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromQuery]
    public int P { get; set; } = 1;

    /// <summary>A record that is looked for: the page on which it stands is shown.</summary>
    [FromQuery(Name = "record")]
    public Guid? SoughtId { get; set; }

    /// <summary>Where a record stands, on whichever page.</summary>
    public static string AddressOf(Guid childId, Guid recordId) => $"/hear/{childId}?record={recordId}#record-{recordId}";

    public Child Child { get; private set; } = null!;

    public int? Age { get; private set; }

    public ChildPermissions Permissions { get; private set; } = ChildPermissions.None;

    /// <summary>By what was said, what we were asked to stop doing with it.</summary>
    public ILookup<Guid, string> AskedNotTo { get; private set; } = null!;

    public ConsentDecision Recording => Permissions[Purpose.Audio];

    /// <summary>Whether to offer what a reader such as a team manager may not do.</summary>
    public bool MayRecord => db.Actor!.Can(Capability.HearChildren);

    /// <summary>Whether to offer what somebody who is only assigned to the child may not open.</summary>
    public bool MayFollow => db.Actor!.Can(Capability.FollowVoice);

    public int Total { get; private set; }

    public int Pages => (Total + RecordsPerPage - 1) / RecordsPerPage;

    public IReadOnlyList<Row> Records { get; private set; } = [];

    public sealed record Row(
        Guid Id, VoiceKind Kind, string Label, string By, string? Text, string Language, WordsProvenance Provenance, Layer Layer, IReadOnlyList<SubjectMatter> Subjects, DateOnly HeardOn,
        Place Place, SeenAlone SeenAlone, IReadOnlyList<string> Present, string? HowItWas, Guid? FileId, int? Seconds, HoldState Hold, (AcceptedTranscript Accepted, string By)? Transcript, string SealedBy)
    {
        public required Said Said { get; init; }

        public required IReadOnlyList<string> HowItWasKept { get; init; }

        /// <summary>A child's own typed words: of what was said, only such are ever quoted.</summary>
        public bool MayBeQuoted { get; init; }

        /// <summary>It is locked because somebody said stop, and not only until there is a yes.</summary>
        public bool IsStopped { get; init; }

        /// <summary>It was said at a visit the reader made.</summary>
        public bool IsOfMyVisit { get; init; }
    }

    /// <summary>What _Said.cshtml shows of a record beyond its words.</summary>
    /// <param name="HowItCame">Where the words came from, with who interpreted or saw.</param>
    /// <param name="Asked">What they were asked, word for word.</param>
    public sealed record Said(
        Guid ChildId, Guid SessionId, string Called, AnswerSheet? Sheet, string HowItCame, NotHeardReason? NotHeardReason, IReadOnlyList<VoiceKind> Offered,
        IReadOnlyList<RecordingGap> Gaps, IReadOnlyList<Explanation> Explanations, bool MayListen, bool MayExplain, PromptedBy? PromptedBy, string? Asked)
    {
        /// <summary>Of somebody who is assigned to the child: who can play a recording to them.</summary>
        public IReadOnlyList<string>? AskToHear { get; init; }
    }

    /// <summary>What somebody said about a drawing or photo; without text when they said it on a recording.</summary>
    public sealed record Explanation(Guid Id, string? Text, string Language, WordsProvenance Provenance, bool IsCorrection);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return NotFound();
        Child = child;
        Age = child.AgeOn(ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime));
        Permissions = await consent.DecideAllNowAsync(ChildId, cancel);
        // The first of what was said, and for each what stands around it; nothing that is kept from this reader.
        var readable = doNotTell.ReadableBy(db.Actor!, db.VoiceRecords).Where(r => r.ChildId == ChildId && r.CorrectsId == null);
        Total = await readable.CountAsync(cancel);
        if (SoughtId is { } sought && await FirstOfAsync(readable, sought, cancel) is var (on, at))
        {
            P = (await readable.CountAsync(r => r.HeardOn > on || (r.HeardOn == on && r.SealedAt > at), cancel) / RecordsPerPage) + 1;
        }

        P = Math.Clamp(P, 1, Math.Max(1, Pages));
        if (Total == 0) return Page();

        var records = await readable.AsNoTracking().AsSplitQuery()
            .OrderByDescending(r => r.HeardOn).ThenByDescending(r => r.SealedAt).ThenByDescending(r => r.Id)
            .Skip((P - 1) * RecordsPerPage).Take(RecordsPerPage)
            .Include(r => r.Session).ThenInclude(s => s!.Present).Include(r => r.SpeakerRelationship).Include(r => r.Words).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers)
            .ToListAsync(cancel);
        var written = await transcripts.AcceptedAsync(ChildId, [.. records.Where(r => r.Kind == VoiceKind.Audio).Select(r => r.Id)], db.Actor!, cancel);
        await transcripts.RelyOnPageAsync(ChildId, written, db.Actor!, cancel);
        var workers = records.Select(r => r.SealedById).Concat(written.Values.Select(t => t.AcceptedById)).Distinct().ToList();
        var names = await db.Users.Where(u => workers.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var media = records.Select(r => r.FileId).OfType<Guid>().ToList();
        if (db.Actor!.Reach == Reach.Assigned && records.Exists(r => r.Kind == VoiceKind.Audio))
        {
            askToHear = await db.Allocations.Where(a => a.ChildId == ChildId && a.EndedOn == null).Join(db.Users, a => a.PractitionerId, u => u.Id, (_, u) => u.DisplayName).Order().ToListAsync(cancel);
        }

        files = await db.Files.AsNoTracking().Where(f => media.Contains(f.Id) && f.Sha256 != null).ToDictionaryAsync(f => f.Id, cancel);
        erased = await db.MediaErasures.Where(e => media.Contains(e.FileId)).Select(e => e.FileId).ToHashSetAsync(cancel);
        await keys.LoadAsync([ChildId], cancel);
        var shown = records.Where(r => r.Kind is VoiceKind.Drawing or VoiceKind.Photo).Select(r => r.Id).ToList();
        var about = await doNotTell.ReadableBy(db.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Words).Where(r => r.ChildId == ChildId && r.ExplainsId != null && shown.Contains(r.ExplainsId.Value))
            .OrderBy(r => r.SealedAt).ThenBy(r => r.Id).ToListAsync(cancel);
        // What puts an explanation right stands under it.
        foreach (var one in about.Where(r => r.CorrectsId is null).SelectMany(first => about.Where(r => r.Id == first.Id || r.CorrectsId == first.Id).OrderBy(r => r.CorrectsId is not null)))
        {
            if (!explanations.TryGetValue(one.ExplainsId!.Value, out var list)) explanations[one.ExplainsId.Value] = list = [];
            var said = AnswerSheet.TextOf(one, await keys.SaidInAsync(one, cancel));
            list.Add(new(one.CorrectsId ?? one.Id, said, one.Language, one.Provenance, one.CorrectsId is not null));
        }

        AskedNotTo = await askedNotTo.OfAsync(records.ConvertAll(r => r.Id), cancel);
        var rows = new List<Row>(records.Count);
        foreach (var record in records) rows.Add(await RowOfAsync(record, names, written.GetValueOrDefault(record.Id), cancel));
        Records = rows;
        return Page();
    }

    /// <summary>When the record was heard and sealed; of one that puts another right, the other. Null when this reader may not read of it.</summary>
    private async Task<(DateOnly, DateTime)?> FirstOfAsync(IQueryable<VoiceRecord> readable, Guid recordId, CancellationToken cancel) =>
        await readable.Where(r => r.Id == recordId || db.VoiceRecords.Any(c => c.Id == recordId && c.CorrectsId == r.Id)).Select(r => new { r.HeardOn, r.SealedAt }).FirstOrDefaultAsync(cancel) is { } found
            ? (found.HeardOn, found.SealedAt)
            : null;

    private async Task<Row> RowOfAsync(VoiceRecord record, Dictionary<Guid, string> names, AcceptedTranscript? written, CancellationToken cancel)
    {
        var text = await keys.SaidInAsync(record, cancel);
        var there = new List<string>();
        foreach (var one in record.Session!.Present.OrderBy(p => p.Position))
        {
            there.Add(Words.Of(one, one.WhoSealed is { } who ? await keys.OpenAsync(ChildId, who, one.Id, SealPart.Present, cancel) : null));
        }

        var sealedBy = names.GetValueOrDefault(record.SealedById, "a worker");
        var (owner, by) = record.Speaker switch
        {
            Speaker.ParentOrCarer when record.SpeakerRelationship is { } relation => (relation.Name, $"{relation.Name}, {Words.Of(relation.Kind).ToLowerInvariant()}"),
            Speaker.ParentOrCarer => ("The parent or carer", "Parent or carer"),
            Speaker.Practitioner => ("The practitioner", $"{sealedBy}, practitioner"),
            Speaker.Group => (Words.Group(record), $"{Words.Capital(Words.Group(record))}, {Child.CalledName} among them: nobody’s own words alone"),
            _ => (Child.CalledName, record.AgeAtTime is { } age ? $"{Child.CalledName}, aged {age} then" : Child.CalledName),
        };
        var label = record switch
        {
            { Kind: VoiceKind.Drawing } => $"Drawn by {owner}",
            { Kind: VoiceKind.Photo } => $"Made by {owner}",
            { Kind: VoiceKind.ObservedNonVerbal } => "What was seen",
            { Kind: VoiceKind.Declined } => "Nothing was said",
            { Speaker: Speaker.Group } => record.Kind switch
            {
                VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer => $"Answered by {owner}",
                VoiceKind.SymbolChoice => $"Said by {owner}, in symbols",
                VoiceKind.SignOrGesture => $"Said by {owner}, in signs or gestures",
                VoiceKind.Audio => $"Said by {owner}, recorded",
                _ => $"Said by {owner}",
            },
            { Kind: VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer } => $"{owner}’s own answers",
            { Kind: VoiceKind.SymbolChoice } => $"{owner}, in symbols",
            { Kind: VoiceKind.SignOrGesture } => $"{owner}, in signs or gestures",
            { Kind: VoiceKind.Audio } => $"{owner}, recorded",
            { Provenance: WordsProvenance.Observed } => "What was seen",
            _ => $"{owner}’s own words",
        };
        return new(
            record.Id, record.Kind, label, by, text, record.Language, record.Provenance, record.Layer, record.Subjects, record.HeardOn, record.Session.Place,
            record.Session.SeenAlone, there, Words.HowItWas(record.Session, Child.CalledName), record.FileId, record.DurationSeconds,
            record.FileId is { } held && erased.Contains(held) ? HoldState.Deleted : VoiceHolds.Of(record, Permissions),
            written is null ? null : (written, names.GetValueOrDefault(written.AcceptedById, "a worker")), sealedBy)
        {
            MayBeQuoted = record is { Kind: VoiceKind.TypedText, Speaker: Speaker.Child or Speaker.YoungPerson },
            IsStopped = VoiceHolds.IsStopped(record, Permissions),
            IsOfMyVisit = record.Session.PractitionerId == db.Actor!.PersonId,
            HowItWasKept = Words.HowItWasKept(record, record.FileId is { } fileId ? files.GetValueOrDefault(fileId) : null),
            Said = new(
                ChildId, record.SessionId, Child.CalledName, AnswerSheet.Of(record.Kind, record.ToolVersionId, text), Words.HowItCame(record), record.NotHeardReason, record.Offered,
                RecordingGap.Read(record.GapsJson),
                explanations.GetValueOrDefault(record.Id, []), MayRecord, MayRecord && record.Kind is (VoiceKind.Drawing or VoiceKind.Photo),
                record.PromptedBy, record.Words?.PromptSealed is { } prompt ? await keys.OpenAsync(ChildId, prompt, record.Id, SealPart.Prompt, cancel) : null)
            { AskToHear = askToHear },
        };
    }
}
