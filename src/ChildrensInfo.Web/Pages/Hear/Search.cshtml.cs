using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>
/// Finds words in what one's children said. They travel in the body of a POST and come back with the answer: never in an address, a log or a cache.
/// </summary>
public class SearchModel(VoiceSearchService voices, AskedNotTo askedNotTo, IValidator<SearchVoices> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public SearchVoices Input { get; set; } = new();

    public VoicesFound? Found { get; private set; }

    /// <summary>By what was said, what we were asked to stop doing with it; null while nothing was looked for.</summary>
    public ILookup<Guid, string>? AskedNotTo { get; private set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        Found = await voices.SearchAsync(SoughtWords.Read(Input.Words)!, current.Actor!, cancel);
        AskedNotTo = await askedNotTo.OfAsync([.. Found.Own.Listed.Concat(Found.Seen.Listed).Select(f => f.CorrectsId ?? f.RecordId)], cancel);
        return Page();
    }

    /// <summary>Not a space more than the words have: a page's own layout would add some.</summary>
    public static IHtmlContent Marked(IEnumerable<Piece> pieces)
    {
        var html = new HtmlContentBuilder();
        foreach (var piece in pieces)
        {
            if (piece.Found) html.AppendHtml("<mark class=\"found__mark\">").Append(piece.Text).AppendHtml("</mark>");
            else html.Append(piece.Text);
        }

        return html;
    }

    public static string LabelOf(FoundVoice hit) => hit switch
    {
        { Kind: VoiceKind.ObservedNonVerbal } => "What was seen, not said",
        { Kind: VoiceKind.Declined } => "Why nothing was said, in a worker’s words",
        { Kind: VoiceKind.Audio, Speaker: Speaker.Child or Speaker.YoungPerson } => "What the child says in a recording",
        { Kind: VoiceKind.Audio } => "What is said in a recording",
        { Speaker: Speaker.ParentOrCarer } => "A parent’s or carer’s own words",
        { Speaker: Speaker.Practitioner } => "A practitioner’s own words",
        { Speaker: Speaker.Group } => "What a group of children said together",
        _ => "The child’s own words",
    };
}
