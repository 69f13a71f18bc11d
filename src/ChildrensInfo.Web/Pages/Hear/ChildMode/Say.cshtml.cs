using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What the child does by themselves. Whose it is, whose hand and whose child is never asked of the form.</summary>
public class MySay
{
    public Guid Id { get; set; }

    public string? Text { get; set; }

    public Guid? FileId { get; set; }

    public long? DurationMs { get; set; }

    public SubjectMatter About { get; set; }

    /// <summary>Whether it was changed after it was read back.</summary>
    public bool Changed { get; set; }

    public ReadBack? Meant { get; set; }
}

/// <summary>The child writes, draws or speaks, sees it again, says whether it is what they meant, and it is sealed.</summary>
[SecurityHeaders.MayUseMicrophone]
public class SayModel(VoiceService voice, ConsentService consent, IValidator<RecordVoice> validator, ICurrentActor current) : ChildModePage
{
    [FromQuery(Name = "as")]
    public VoiceKind As { get; set; }

    [BindProperty]
    public MySay Input { get; set; } = new();

    public bool ReadingBack { get; private set; }

    /// <summary>What stands in the way, as a key of the child's words.</summary>
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await MayAsync(cancel)) return Redirect(Access.ChildModeGate.Home);
        Input.Id = Guid.CreateVersion7();
        return Page();
    }

    /// <summary>Shows what was written, as it will be kept.</summary>
    public IActionResult OnPostReadBack()
    {
        (As, Input.Text) = (VoiceKind.TypedText, FormText.AsTyped(Input.Text));
        Problem = ProblemOf(Input.Text);
        ReadingBack = Problem is null;
        ModelState.Clear();
        return Page();
    }

    public IActionResult OnPostChange()
    {
        (As, Input.Text, Input.Changed) = (VoiceKind.TypedText, FormText.AsTyped(Input.Text), true);
        ModelState.Clear();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await MayAsync(cancel)) return Redirect(Access.ChildModeGate.Home);
        Input.Text = FormText.AsTyped(Input.Text);
        if (As == VoiceKind.TypedText && ProblemOf(Input.Text) is { } unfit) return Again(unfit);
        var record = RecordOf();
        if (!(await validator.ValidateAsync(record, cancel)).IsValid) return Again(As switch { VoiceKind.Drawing => "draw-empty", VoiceKind.Audio => "speak-empty", _ => "empty" });
        var outcome = await voice.RecordAsync(Mode.ChildId, Mode.SessionId, record, current.Actor!, cancel);
        if (outcome is null) return Redirect(Access.ChildModeGate.Home);
        if (!outcome.IsDone) return Again(As switch { VoiceKind.Audio => "speak-empty", VoiceKind.Drawing => "draw-empty", _ => "trouble" });
        return Redirect($"{Access.ChildModeGate.Home}?kept={Input.Id}");
    }

    private RecordVoice RecordOf()
    {
        var child = Mode.Child!;
        var about = Enum.IsDefined(Input.About) ? Input.About : SubjectMatter.MyLife;
        return new()
        {
            Id = Input.Id,
            Kind = As,
            Speaker = child.AgeOn(Mode.Session!.OccurredOn) >= YoungPersonAge ? Speaker.YoungPerson : Speaker.Child,
            SubjectMatter = about,
            Layer = about == SubjectMatter.MyInformation ? Layer.Information : Layer.Data,
            Provenance = WordsProvenance.OwnHand,
            Language = child.PreferredLanguage,
            Text = As == VoiceKind.TypedText ? Input.Text : null,
            FileId = As == VoiceKind.TypedText ? null : Input.FileId,
            DurationMs = Input.DurationMs,
            Before = new()
            {
                Changed = Input.Changed,
                ReadBack = Input.Meant switch
                {
                    ReadBack.Yes => ReadBackAnswer.Yes,
                    ReadBack.NotSure => ReadBackAnswer.NotSure,
                    ReadBack.DidNotWant => ReadBackAnswer.DidNotWant,
                    _ => ReadBackAnswer.NotOffered,
                },
            },
        };
    }

    /// <summary>From this age the portal speaks of a young person.</summary>
    private const int YoungPersonAge = 13;

    private static string? ProblemOf(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "empty" : !WrittenText.CanBeKept(text) ? "trouble" : WrittenText.Length(text) > VoiceRecord.WordsMaxLength ? "long" : null;

    private IActionResult Again(string problem)
    {
        Problem = problem;
        ModelState.Clear();
        return Page();
    }

    private async Task<bool> MayAsync(CancellationToken cancel) => As switch
    {
        VoiceKind.TypedText or VoiceKind.Drawing => true,
        VoiceKind.Audio => (await consent.DecideNowAsync(Mode.ChildId, Purpose.Audio, null, cancel)).Allowed,
        _ => false,
    };
}
