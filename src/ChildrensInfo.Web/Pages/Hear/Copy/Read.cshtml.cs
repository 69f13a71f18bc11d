using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Copy;

/// <summary>
/// What is in a copy, read through by its worker before anybody else has it; then the copy itself, to be printed. Everything is chosen and left out by
/// <see cref="VoiceCopyService"/>: what this page sends can leave out more and never add anything.
/// </summary>
public class ReadModel(AppDbContext db, VoiceCopyService copies, RecipientNames recipients, ICurrentActor current, TimeProvider clock) : CopyPage
{
    /// <summary>What was read, in no words: see <see cref="CopyReading.Read"/>.</summary>
    [BindProperty]
    public string? Read { get; set; }

    /// <summary>Places left out, each as <see cref="ValueOf"/> writes it.</summary>
    [BindProperty]
    public List<string> Leave { get; set; } = [];

    /// <summary>Words left out wherever they stand, a line each.</summary>
    [BindProperty]
    public string? Phrases { get; set; }

    public CopyReading Reading { get; private set; } = null!;

    /// <summary>The copy, once it was made.</summary>
    public MadeCopy? Made { get; private set; }

    public IReadOnlyDictionary<Guid, string> Workers { get; private set; } = new Dictionary<Guid, string>();

    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    public string MadeBy => current.Actor!.DisplayName;

    public string Council { get; private set; } = "";

    public string CheckPage => $"/hear/{ChildId}/copy/check{Request.QueryString}";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (Recipient() is not { } recipient) return await AskForWhomAsync(db, cancel);
        if (await copies.ReadAsync(ChildId, recipient, current.Actor!, cancel) is not { } reading) return NotFound();
        await ShowAsync(reading, reading.Records, cancel);
        if (Plan.Records.Count == 0) return Redirect(CheckPage);
        // Somebody in the family has no need of others' names; a service may well have.
        if (recipient.Kind == ListenerKind.Relation) Leave = [.. reading.Passages.Values.SelectMany(p => p.Found.Select(s => ValueOf(p, s)))];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (Recipient() is not { } recipient) return await AskForWhomAsync(db, cancel);
        var phrases = Spans.PhrasesOf(Phrases);
        var leaveOut = new LeaveOut(Read, Leave.Select(SpanOf).OfType<(string Key, RedactionSpan Span)>().ToLookup(s => s.Key, s => s.Span), phrases ?? []);
        if (phrases is null)
        {
            if (await copies.ReadAsync(ChildId, recipient, current.Actor!, cancel) is not { } again) return NotFound();
            ModelState.AddModelError(nameof(Phrases), $"Write {Spans.MostPhrases} lines or fewer, of {Spans.LongestPhrase} characters or fewer");
            await ShowAsync(again, again.Records, cancel);
            return Page();
        }

        if (await copies.MakeAsync(ChildId, recipient, leaveOut, current.Actor!, cancel) is not { } answer) return NotFound();
        if (answer.Refusal is { } refusal)
        {
            ModelState.AddModelError(refusal.Field, refusal.Message);
            // What it was read as is now another.
            ModelState.Remove(nameof(Read));
        }

        Made = answer.Made;
        if (Made is not null) Access.KeptReceipt.Give(HttpContext);
        await ShowAsync(answer.Reading, answer.Made?.Records ?? answer.Reading.Records, cancel);
        return Plan.Records.Count == 0 ? Redirect(CheckPage) : Page();
    }

    /// <summary>A place as a form sends it, and whose.</summary>
    public static string ValueOf(CopyPassage passage, RedactionSpan span) => $"{passage.Key}|{Spans.ValueOf(span)}";

    private static (string Key, RedactionSpan Span)? SpanOf(string value) =>
        value.Split('|', 2) is [var key, var place] && Spans.Parse(place) is { } span ? (key, span) : null;

    /// <summary>The passages of one record and what stands beside it, in the order in which they are read.</summary>
    public IEnumerable<CopyPassage> PassagesOf(CopiedRecord copied) => VoiceCopyService.KeysOf(copied).Select(key => Reading.Passages[key]);

    /// <summary>A place with a little of what stands round it, so that its worker sees which one is meant.</summary>
    public static (string Before, string Words, string After) Round(CopyPassage passage, RedactionSpan span)
    {
        const int Around = 30;
        var from = Math.Max(0, span.Start - Around);
        var before = Spans.Of(passage.Text, span with { Start = from, End = span.Start });
        var after = Spans.Of(passage.Text, span with { Start = span.End, End = span.End + Around });
        return ((from > 0 ? "…" : "") + before, Spans.Of(passage.Text, span), after + (passage.Text.EnumerateRunes().Count() > span.End + Around ? "…" : ""));
    }

    private async Task ShowAsync(CopyReading reading, IReadOnlyList<CopiedRecord> records, CancellationToken cancel)
    {
        (Reading, Plan, Read) = (reading, reading.Plan, reading.Read);
        await NameAsync(recipients, cancel);
        Council = (await CouncilNames.OfActorAsync(db, cancel)).English;
        var authors = records.SelectMany(r => r.Interpretations).Select(i => i.Interpretation.AuthorId).Distinct().ToList();
        Workers = await db.Users.Where(u => authors.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
    }

    /// <summary>What the child said to what a worker thinks, when it is in the copy: with the same left out as where it stands by itself.</summary>
    public CopiedRecord? Answer(Interpretation interpretation) => interpretation.Answer is { } id ? (Made?.Records ?? Reading.Records).FirstOrDefault(r => r.Record.Id == id) : null;

    /// <summary>What a record is called on the copy.</summary>
    public string LabelOf(VoiceRecord record) => record switch
    {
        { Speaker: Speaker.ParentOrCarer } => $"{record.SpeakerRelationship?.Name ?? "A parent or carer"}, in their own words",
        { Speaker: Speaker.Practitioner } => "The worker’s own words",
        { Speaker: Speaker.Group, Kind: VoiceKind.TypedText } => $"Said by {Words.Group(record)}, {Plan.Child.CalledName} among them",
        { Speaker: Speaker.Group } => $"{Words.Of(record.Kind, record.Speaker)}, by {Words.Group(record)}",
        { Kind: VoiceKind.TypedText, Provenance: not WordsProvenance.Observed } => $"{Plan.Child.CalledName}’s own words",
        _ => Words.Of(record.Kind, record.Speaker),
    };
}
