using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Records;

/// <summary>One thing somebody said or drew in a visit: written down, recorded or drawn, then sealed.</summary>
[SecurityHeaders.MayUseMicrophone]
public class NewModel(AppDbContext db, VoiceService voice, ConsentService consent, IValidator<RecordVoice> validator, ICurrentActor current) : PageModel
{
    /// <summary>From this age the portal speaks of a young person.</summary>
    private const int YoungPersonAge = 13;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid SessionId { get; set; }

    /// <summary>Which of the three ways was chosen.</summary>
    [FromQuery(Name = "as")]
    public VoiceKind As { get; set; } = VoiceKind.TypedText;

    [BindProperty]
    public RecordVoice Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceSession Session { get; private set; } = null!;

    public ConsentDecision Recording { get; private set; } = ConsentDecision.NothingKnown;

    /// <summary>The no is the child's own, and not somebody's for them: only then may the page say that the child said it.</summary>
    public bool ChildSaidNo { get; private set; }

    public IReadOnlyList<SelectListItem> ParentsAndCarers { get; private set; } = [];

    public IReadOnlyList<SelectListItem> LanguageItems { get; private set; } = [];

    /// <summary>What this child is as a speaker, by their age on the day.</summary>
    public Speaker ChildAsSpeaker => Child.AgeOn(Session.OccurredOn) >= YoungPersonAge ? Speaker.YoungPerson : Speaker.Child;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), Language = Child.PreferredLanguage };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Kind = As;
        Input.Text = FormText.AsTyped(Input.Text);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await voice.RecordAsync(ChildId, SessionId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Sealed. Nobody can change it now.";
        return Redirect($"/hear/{ChildId}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (As is not (VoiceKind.TypedText or VoiceKind.Audio or VoiceKind.Drawing)) As = VoiceKind.TypedText;
        var session = await db.VoiceSessions.AsNoTracking().Include(s => s.Child).SingleOrDefaultAsync(s => s.Id == SessionId && s.ChildId == ChildId, cancel);
        if (session?.Child is not { } child) return false;
        (Session, Child) = (session, child);
        Recording = await consent.DecideNowAsync(ChildId, Purpose.Audio, null, cancel);
        ChildSaidNo = Recording.EventId is { } id && await db.ConsentEvents.AnyAsync(
            e => e.Id == id && e.ChildId == ChildId && (e.DecidedBy == DecidedBy.ChildForSelf || e.ChildPosition == ChildPosition.Dissents), cancel);
        ParentsAndCarers = [.. (await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId).OrderBy(r => r.Name).ToListAsync(cancel))
            .Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];
        var known = Languages.Names.Select(l => new SelectListItem(l.Value, l.Key)).ToList();
        if (!Languages.Names.ContainsKey(child.PreferredLanguage)) known.Insert(0, new(child.PreferredLanguage, child.PreferredLanguage));
        LanguageItems = known;
        return true;
    }
}
