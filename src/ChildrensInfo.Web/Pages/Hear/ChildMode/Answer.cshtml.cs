using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What the child answers with a tool.</summary>
public class MyAnswers : MyOwn
{
    public List<GivenAnswer> Answers { get; set; } = [];

    /// <summary>Symbols in the order they were pointed at.</summary>
    public string? Order { get; set; }

    /// <summary>The child wanted none of it.</summary>
    public bool Skipped { get; set; }
}

/// <summary>
/// The child answers with a tool by themselves: points at faces or symbols, sets a number, or opens one house after the other, in whichever order
/// and under whichever name. It is shown again before it is sealed.
/// </summary>
public class AnswerModel(AppDbContext db, VoiceService voice, IValidator<RecordVoice> validator, ICurrentActor current) : ChildModePage
{
    [FromQuery(Name = "tool")]
    public Guid ToolId { get; set; }

    [BindProperty]
    public MyAnswers Input { get; set; } = new();

    public ToolVersion Version { get; private set; } = null!;

    public ToolKind Kind => Version.Tool!.Kind;

    public IReadOnlyList<ToolItem> Items { get; private set; } = [];

    /// <summary>The house that is open.</summary>
    public ToolItem? Opened { get; private set; }

    /// <summary>What will be kept, shown again.</summary>
    public AnswerSheet? Sheet { get; private set; }

    /// <summary>What stands in the way, as a key of the child's words.</summary>
    public string? Problem { get; private set; }

    public GivenAnswer Given(ToolItem item) => Input.Answers.First(a => a.Item == item.Key);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotKept();
        Input.Id = Guid.CreateVersion7();
        return Page();
    }

    /// <summary>Opens one of the houses: which is opened first is the child's to say.</summary>
    public async Task<IActionResult> OnPostOpenAsync(string? item, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotKept();
        Opened = Kind == ToolKind.Houses ? Items.FirstOrDefault(i => i.Key == item) : null;
        if (Opened is not null) Given(Opened).Place ??= Input.Answers.Max(a => a.Place ?? 0) + 1;
        return Page();
    }

    /// <summary>Back to all of them, with what was put in so far.</summary>
    public async Task<IActionResult> OnPostShutAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotKept();

    public async Task<IActionResult> OnPostReadBackAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotKept();
        Input.Skipped = false;
        ReadThrough();
        return Page();
    }

    /// <summary>The child wants none of it, and is asked like for any answer whether that is what they meant.</summary>
    public async Task<IActionResult> OnPostSkipAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotKept();
        Input.Skipped = true;
        ReadThrough();
        return Page();
    }

    public async Task<IActionResult> OnPostChangeAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotKept();
        (Input.Changed, Input.Skipped) = (true, false);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotKept();
        ReadThrough();
        if (Sheet is null) return Page();
        var record = RecordOf();
        if (!(await validator.ValidateAsync(record, cancel)).IsValid)
        {
            (Sheet, Problem) = (null, "trouble");
            return Page();
        }

        var outcome = await voice.RecordAsync(ChildId, SessionId, record, current.Actor!, cancel, byChild: true);
        if (outcome is { IsDone: false })
        {
            Problem = Input.AfterRefusal(outcome);
            return Page();
        }

        return outcome is null ? NotKept() : Redirect($"{Access.ChildModeGate.Home}?kept={Input.Id}");
    }

    public RecordVoice RecordOf()
    {
        var record = Input.AsRecord(Mode, VoiceService.KindOf(Kind));
        // The labels are in the language of the tool, which may not be had in the child's.
        (record.ToolVersionId, record.Language, record.Answers, record.Order, record.Skipped) = (Version.Id, Version.Language, InOrder(), Input.Order, Input.Skipped);
        return record;
    }

    /// <summary>Makes of the answers what would be kept, or says what is missing.</summary>
    private void ReadThrough()
    {
        var (sheet, refusals) = ToolAnswers.Read(Version.Tool!.Key, Kind, Version.Number, Version.Title, Version.Definition, InOrder(), Input.Order, Input.Skipped, null);
        Sheet = sheet;
        if (sheet is not null) return;
        Problem = ProblemOf();
        if (Kind == ToolKind.Scale) foreach (var refusal in refusals) ModelState.AddModelError($"{nameof(Input)}.{refusal.Field}", Words["answer-this"]);
    }

    /// <summary>
    /// The answers as they are kept: houses in the order they were opened, then those that never were. The form goes on without places for these, so
    /// that one opened after all comes after the others.
    /// </summary>
    private List<GivenAnswer> InOrder() => Kind != ToolKind.Houses
        ? Input.Answers
        : [.. Input.Answers.OrderBy(a => a.Place ?? int.MaxValue).Select((a, i) => new GivenAnswer { Item = a.Item, OwnName = a.OwnName, Words = a.Words, Place = i + 1 })];

    private string ProblemOf()
    {
        var typed = Input.Answers.SelectMany(a => new (string? Text, int Most)[] { (a.Words, VoiceRecord.WordsMaxLength), (a.OwnName, ToolAnswers.OwnNameMaxLength) }).ToList();
        return typed.Exists(t => !WrittenText.CanBeKept(t.Text)) ? "trouble"
            : typed.Exists(t => WrittenText.Length(t.Text) > t.Most) ? "long"
            : Kind switch { ToolKind.Scale => "answer-all", ToolKind.Houses => "empty", _ when string.IsNullOrWhiteSpace(Input.Order) => "choose-empty", _ => "long" };
    }

    /// <summary>Whatever was sent, there is one answer for each item of the tool, in the tool's order. A tool made for children of another age is none of this screen's, whatever the address says.</summary>
    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await db.ToolVersions.AsNoTracking().Include(v => v.Tool).SingleOrDefaultAsync(v => v.Id == ToolId, cancel) is not { } version || !version.IsFor(Age)) return false;
        Version = version;
        Items = version.Definition.Items;
        Input.Answers = [.. Items.Select(i => Input.Answers.Find(a => a.Item == i.Key) ?? new() { Item = i.Key })];
        foreach (var answer in Input.Answers) answer.Words = FormText.AsTyped(answer.Words);
        ModelState.Clear();
        return true;
    }
}
