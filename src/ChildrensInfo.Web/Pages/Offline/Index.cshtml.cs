using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Pages.Offline;

/// <summary>
/// The one page that a device keeps for visits without a connection. It is the same for everybody and says nothing of anybody: who is signed in makes no
/// difference to it, and whatever it shows of a child comes from the device's own sealed store.
/// </summary>
[SecurityHeaders.MayUseMicrophone]
public class IndexModel : PageModel
{
    /// <summary>Room for these on the device; with a connection there is room for more.</summary>
    private const int PresentMost = 5;

    // What the forms are made of; a script fills in names and reads the answers, and nothing is ever posted here.
    public StartSession Visit { get; } = new() { Present = [.. Enumerable.Range(0, PresentMost).Select(_ => new SomebodyPresent())] };

    public RecordVoice Words { get; } = new();

    public RecordVoice Sound { get; } = new();

    public RecordVoice Photo { get; } = new();

    public RecordVoice Drawing { get; } = new();

    public RecordVoice Tool { get; } = new();

    public TakeBack TakenBack { get; } = new();

    public RecordConsent Consent { get; } = new();

    public IReadOnlyList<SelectListItem> LanguageItems { get; } = [.. Languages.Names.Where(l => l.Key != "und").Select(l => new SelectListItem(l.Value, l.Key))];
}
