using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Packs;

/// <summary>Puts one view into a pack: the address after the indicator is the view's own, but for the day.</summary>
public class AddModel(NeedFigures figures, PackService packs, IValidator<AddPackView> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public string Key { get; set; } = "";

    [FromQuery]
    public string? By { get; set; }

    [FromQuery]
    public string? Group { get; set; }

    [BindProperty]
    public AddPackView Input { get; set; } = new();

    public NeedView View { get; private set; } = null!;

    public string Name { get; private set; } = "";

    /// <summary>Null when there is nothing to see yet.</summary>
    public ViewPicture? Picture { get; private set; }

    public IReadOnlyList<PackOpened> Packs { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        Input = new() { Id = Guid.CreateVersion7(), Title = Name };
        if (Picture is not null) await figures.AuditReadAsync(View.Detail, false, current.Actor!, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await packs.AddViewAsync(View, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "It is in the pack.";
        var pack = (await packs.OpenAsync(current.Actor!, cancel)).First(p => p.Pack.Views.Exists(v => v.Id == Input.Id));
        return Redirect($"/understand/packs/{pack.Pack.Id}");
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        View = NeedViews.Parse(Key, null, By, Group)!;
        var (look, gone) = await packs.LookAsync(View, current.Actor!, cancel);
        if (look is null || gone is ViewGone.NotCounted) return gone is ViewGone.NoSuchGroup ? BadRequest() : NotFound();
        (Name, Picture) = (look.Indicator.Definition.Name, gone is null ? ViewPicture.Of(look) : null);
        Packs = await packs.OpenAsync(current.Actor!, cancel);
        return null;
    }
}
