using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Packs;

/// <param name="Address">The view as it is now.</param>
public sealed record EditionPart(int Number, EditionView View, string Address, IReadOnlyList<Quote> Quotes);

/// <summary>An edition of a pack, made to be printed: the figures as they were, and words that may be quoted now.</summary>
public class EditionModel(PackService packs, NeedFigures figures, QuoteService quotes, IValidator<WriteForeword> validator, ICurrentActor current) : PageModel
{
    private const int QuotesShown = 2;

    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public WriteForeword Input { get; set; } = new();

    public EditionOpened Opened { get; private set; } = null!;

    public IReadOnlyList<EditionPart> Parts { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Text = Opened.Foreword, Seen = Opened.Edition.ForewordAt?.Ticks ?? 0 };
        return Page();
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => KeepAsync(false, cancel);

    public Task<IActionResult> OnPostPublishAsync(CancellationToken cancel) => KeepAsync(true, cancel);

    private async Task<IActionResult> KeepAsync(bool publish, CancellationToken cancel)
    {
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            var outcome = await packs.WriteForewordAsync(Id, Input, publish, current.Actor!, cancel);
            if (outcome is null) return NotFound();
            if (ModelState.Accept(outcome, nameof(Input)))
            {
                TempData["Success"] = publish ? "Published. It stays as it is from now on." : "Kept. You can go on with it until the edition is published.";
                return Redirect($"/understand/packs/editions/{Id}");
            }
        }

        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var actor = current.Actor!;
        if (await packs.EditionAsync(Id, actor, cancel) is not { } opened) return false;
        Opened = opened;
        var parts = new List<EditionPart>();
        foreach (var view in opened.Views)
        {
            var then = new NeedView(view.Key, view.Picture?.Day, view.By, view.Group);
            parts.Add(new(parts.Count + 1, view, (then with { Day = null }).Address, view.Picture is { } picture ? await QuotesAsync(then, picture, actor, cancel) : []));
        }

        Parts = parts;
        await figures.AuditReadAsync($"pack {NeedView.Iso(opened.Edition.Month)}", false, actor, cancel);
        return true;
    }

    /// <summary>
    /// The group must be seen to be large enough, on the page and by what is shown of it today: that there are words at all would otherwise say that it is. Of a
    /// definition that has changed other children could be behind the same name.
    /// </summary>
    private async Task<IReadOnlyList<Quote>> QuotesAsync(NeedView view, ViewPicture picture, Actor actor, CancellationToken cancel)
    {
        if (picture.Voice?.HeardAbout is not > QuoteService.FewestHeard) return [];
        var (look, gone) = await packs.LookAsync(view, actor, cancel);
        if (gone is not null || look!.Indicator.Version.Number != picture.Version) return [];
        return await quotes.OfViewAsync(look.Indicator, picture.Day, look.Filter, look.Slice, QuotesShown, actor, cancel);
    }
}
