using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Asks;

/// <summary>What one child and those around them asked, opened for the pages that show it. Only who reaches the child finds anything.</summary>
public sealed class AsksOfChild(AppDbContext db, ResponseService responses, IndicatorService indicators, DoNotTellService doNotTell, KeyRing keys, ICurrentActor current, TimeProvider clock)
{
    private const int RecordsToChooseFrom = 30;

    /// <param name="Asker">Who asks, such as the child's name.</param>
    /// <param name="Provenance">Where the words came from: of several records, the furthest from what was said.</param>
    /// <param name="ThingName">What it speaks of, when it speaks of information.</param>
    /// <param name="BesideRecordId">The record beside which it is shown, because it speaks of that record or of what a worker made of it.</param>
    public sealed record Row(
        Ask Ask, string Asker, string Words, WordsProvenance? Provenance, string? ThingName, Guid? BesideRecordId, Progress Progress, IReadOnlyList<StepRow> Steps, IReadOnlyList<Guid> Records, DateOnly Today)
    {
        public string Link => $"/hear/{Ask.ChildId}/asks/{Ask.Id}";
    }

    public sealed record StepRow(AskStep Step, string By, string? Words, int? ReadingAge);

    public sealed record RecordChoice(Guid Id, Speaker Speaker, IReadOnlyList<SubjectMatter> Subjects, DateOnly HeardOn, string Text, bool HasWords);

    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    public async Task<IReadOnlyList<Row>> LoadAsync(Child child, CancellationToken cancel, Guid? only = null)
    {
        var asks = await responses.ReadableBy(current.Actor!).AsNoTracking().AsSplitQuery().Include(a => a.Steps).Include(a => a.Voices).ThenInclude(v => v.VoiceRecord)
            .Where(a => a.ChildId == child.Id && (only == null || a.Id == only)).ToListAsync(cancel);
        if (asks.Count == 0) return [];
        await keys.LoadAsync([child.Id], cancel);
        var workers = asks.SelectMany(a => a.Steps).Select(s => s.ById).Distinct().ToList();
        var names = await db.Users.Where(u => workers.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var relations = await db.Relationships.Where(r => r.ChildId == child.Id).ToDictionaryAsync(r => r.Id, r => r.Name, cancel);
        var things = asks.Where(a => a.ThingId is not null).Select(a => a.ThingId!.Value).ToList();
        // What it speaks of may be kept from this reader, and then so is the day.
        var readable = doNotTell.ReadableBy(current.Actor!, db.VoiceRecords).Where(r => r.ChildId == child.Id);
        var recorded = await readable.Where(r => things.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => (r.HeardOn, First: r.CorrectsId ?? r.Id), cancel);
        var interpreted = await doNotTell.InterpretationsReadableBy(current.Actor!).Where(i => i.ChildId == child.Id && things.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => (i.VoiceRecordId, i.CreatedAt), cancel);
        var projects = await db.ResearchProjects.Where(p => things.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Title, cancel);
        var rows = new List<Row>(asks.Count);
        foreach (var ask in asks)
        {
            var steps = new List<StepRow>(ask.Steps.Count);
            foreach (var step in ask.Steps.OrderBy(s => s.Number))
            {
                var words = step.WordsSealed is { } text ? await keys.OpenAsync(child.Id, text, step.Id, SealPart.AskStep, cancel) : null;
                var forReading = step.Kind is StepKind.Decided or StepKind.Told && ask.Language == "en";
                steps.Add(new(step, names.GetValueOrDefault(step.ById, "a worker"), words, forReading ? ReadingAge.Of(words) : null));
            }

            var thing = ask.ThingKind switch
            {
                null => null,
                ThingKind.Elsewhere => await keys.OpenAsync(child.Id, ask.ElsewhereSealed!, ask.Id, SealPart.AskElsewhere, cancel),
                ThingKind.Record when recorded.TryGetValue(ask.ThingId!.Value, out var record) => $"what was written down on {Words.Day(record.HeardOn)}",
                ThingKind.Interpretation when interpreted.TryGetValue(ask.ThingId!.Value, out var i) => $"what a worker thought on {Words.DayOf(i.CreatedAt)}",
                ThingKind.Project when projects.TryGetValue(ask.ThingId!.Value, out var title) => $"the project “{title}”",
                _ => Words.Of(ask.Thing!),
            };
            var beside = ask.ThingKind switch
            {
                // What corrects a record stands with it.
                ThingKind.Record when recorded.TryGetValue(ask.ThingId!.Value, out var record) => (Guid?)record.First,
                ThingKind.Interpretation when interpreted.TryGetValue(ask.ThingId!.Value, out var i) => i.VoiceRecordId,
                _ => null,
            };
            rows.Add(new(
                ask, Words.Asker(ask.Speaker, child.CalledName, ask.SpeakerRelationshipId is { } relation ? relations.GetValueOrDefault(relation) : null),
                await keys.OpenAsync(child.Id, ask.WordsSealed, ask.Id, SealPart.Ask, cancel), ask.Voices.Max(v => v.VoiceRecord?.Provenance), thing, beside, ResponseService.ProgressOf(ask), steps, [.. ask.Voices.Select(v => v.VoiceRecordId)], Today));
        }

        return [.. rows.OrderBy(r => !r.Progress.IsOpen).ThenBy(r => r.Progress.DueOn).ThenByDescending(r => r.Ask.RaisedAt)];
    }

    /// <summary>The child's records, newest first, to choose from.</summary>
    /// <param name="also">A record that must be among them, however old.</param>
    public async Task<IReadOnlyList<RecordChoice>> RecordsAsync(Child child, Guid? also, CancellationToken cancel)
    {
        var records = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Words).Where(r => r.ChildId == child.Id)
            .OrderByDescending(r => r.Id == also).ThenByDescending(r => r.HeardOn).ThenByDescending(r => r.SealedAt).Take(RecordsToChooseFrom).ToListAsync(cancel);
        var choices = new List<RecordChoice>(records.Count);
        foreach (var record in records)
        {
            // The answers of a tool are a sheet, not a sentence.
            var text = record is { Words: { } words, ToolVersionId: null } ? await keys.OpenAsync(child.Id, words.Sealed, record.Id, SealPart.Words, cancel) : null;
            var without = record.Kind switch { VoiceKind.Audio => "A recording", VoiceKind.Drawing => "A drawing", VoiceKind.Photo => "A photo", _ => "Answers with pictures or a scale" };
            choices.Add(new(record.Id, record.Speaker, record.Subjects, record.HeardOn, text ?? without, ResponseService.IsProse(record)));
        }

        return choices;
    }

    /// <summary>Everything that words about information can be filed against, for this child.</summary>
    public async Task<IReadOnlyList<SelectListItem>> ThingsAsync(Child child, IReadOnlyList<RecordChoice> records, CancellationToken cancel)
    {
        var ids = records.Select(r => r.Id).ToList();
        var interpretations = await doNotTell.InterpretationsReadableBy(current.Actor!).AsNoTracking().Where(i => i.ChildId == child.Id && ids.Contains(i.VoiceRecordId)).OrderByDescending(i => i.CreatedAt).ToListAsync(cancel);
        var items = new List<SelectListItem>();
        void Add(InformationThing thing, string text) => items.Add(new(char.ToUpperInvariant(text[0]) + text[1..], thing.ToString()));
        foreach (var i in interpretations)
        {
            Add(new(ThingKind.Interpretation, i.Id, null), $"what a worker thought on {Words.DayOf(i.CreatedAt)}: “{Excerpt(await keys.OpenAsync(child.Id, i.Sealed, i.Id, SealPart.Interpretation, cancel))}”");
        }

        foreach (var record in records) Add(new(ThingKind.Record, record.Id, null), $"what was written down on {Words.Day(record.HeardOn)}: “{Excerpt(record.Text)}”");
        Add(InformationThing.Elsewhere, Words.Of(InformationThing.Elsewhere));
        Add(InformationThing.Dashboard, Words.Of(InformationThing.Dashboard));
        foreach (var dimension in NeedDimension.Fixed) Add(InformationThing.Figure(dimension), Words.Of(InformationThing.Figure(dimension)));
        foreach (var indicator in await indicators.CurrentAsync(cancel)) Add(InformationThing.Figure(indicator.Key), $"how children are counted: {indicator.Definition.Name}");
        foreach (var form in InformationThing.Forms) Add(InformationThing.Form(form), Words.OfForm(form));
        foreach (var project in await db.ResearchProjects.Where(p => p.State == ProjectState.Approved || p.State == ProjectState.Suspended || p.State == ProjectState.Closed).OrderBy(p => p.Title).Select(p => new { p.Id, p.Title }).ToListAsync(cancel))
        {
            Add(InformationThing.Project(project.Id), $"the research project “{Excerpt(project.Title)}”");
        }

        return items;
    }

    public static string Excerpt(string text, int length = 60)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= length) return line;
        var end = char.IsHighSurrogate(line[length - 1]) ? length - 1 : length;
        return line[..end] + "…";
    }
}
