using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What the child writes, draws or speaks.</summary>
public class MySay : MyOwn
{
    public string? Text { get; set; }

    public Guid? FileId { get; set; }

    public long? DurationMs { get; set; }

    /// <summary>Where the recorder heard nothing, as it noted it.</summary>
    public string? Gaps { get; set; }
}

/// <summary>The child writes, draws or speaks, sees it again, says whether it is what they meant, and it is sealed.</summary>
[SecurityHeaders.MayUseMicrophone]
public class SayModel(AppDbContext db, VoiceService voice, RecordingService recordings, IValidator<RecordVoice> validator, ICurrentActor current) : ChildModePage
{
    /// <summary>The drawing made just now that this is about.</summary>
    [FromQuery(Name = "explains")]
    public Guid? ExplainsId { get; set; }

    [FromQuery(Name = "as")]
    public VoiceKind As { get; set; }

    [BindProperty]
    public MySay Input { get; set; } = new();

    public bool ReadingBack { get; private set; }

    /// <summary>What stands in the way, as a key of the child's words.</summary>
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await MayAsync(cancel)) return NotKept();
        Input.Id = Guid.CreateVersion7();
        return Page();
    }

    /// <summary>Shows what was written, as it will be kept.</summary>
    public async Task<IActionResult> OnPostReadBackAsync(CancellationToken cancel)
    {
        await MayAsync(cancel);
        (As, Input.Text) = (VoiceKind.TypedText, FormText.AsTyped(Input.Text));
        Problem = ProblemOf(Input.Text);
        ReadingBack = Problem is null;
        ModelState.Clear();
        return Page();
    }

    public async Task<IActionResult> OnPostChangeAsync(CancellationToken cancel)
    {
        await MayAsync(cancel);
        (As, Input.Text, Input.Changed) = (VoiceKind.TypedText, FormText.AsTyped(Input.Text), true);
        ModelState.Clear();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await MayAsync(cancel)) return NotKept();
        Input.Text = FormText.AsTyped(Input.Text);
        if (As == VoiceKind.TypedText && ProblemOf(Input.Text) is { } unfit) return Again(unfit);
        var record = RecordOf();
        if (!(await validator.ValidateAsync(record, cancel)).IsValid) return Again(As switch { VoiceKind.Drawing => "draw-empty", VoiceKind.Audio => "speak-empty", _ => "empty" });
        var outcome = await voice.RecordAsync(ChildId, SessionId, record, current.Actor!, cancel, byChild: true);
        if (outcome is null) return NotKept();
        if (!outcome.IsDone) return Again(Input.AfterRefusal(outcome));
        return Redirect($"{Access.ChildModeGate.Home}?kept={Input.Id}");
    }

    private RecordVoice RecordOf()
    {
        var record = Input.AsRecord(Mode, As);
        record.Provenance = WordsProvenance.OwnHand;
        record.Text = As == VoiceKind.TypedText ? Input.Text : null;
        record.FileId = As == VoiceKind.TypedText ? null : Input.FileId;
        record.DurationMs = Input.DurationMs;
        record.Gaps = Input.Gaps;
        record.ExplainsId = ExplainsId;
        return record;
    }

    private static string? ProblemOf(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "empty" : !WrittenText.CanBeKept(text) ? "trouble" : WrittenText.Length(text) > VoiceRecord.WordsMaxLength ? "long" : null;

    private IActionResult Again(string problem)
    {
        Problem = problem;
        ModelState.Clear();
        return Page();
    }

    /// <summary>Whether this way is open to the child now; forgets a drawing that is not one of just now.</summary>
    private async Task<bool> MayAsync(CancellationToken cancel)
    {
        if (ExplainsId is { } id && !await MadeNow(db).AnyAsync(r => r.Id == id && r.Kind == VoiceKind.Drawing, cancel)) ExplainsId = null;
        return As switch
        {
            VoiceKind.TypedText or VoiceKind.Drawing => true,
            VoiceKind.Audio => await recordings.MayRecordAsync(ChildId, SessionId, Input.FileId, current.Actor!, cancel),
            _ => false,
        };
    }
}
