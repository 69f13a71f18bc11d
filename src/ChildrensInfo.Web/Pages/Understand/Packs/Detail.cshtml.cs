using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Packs;

/// <param name="Says">Which indicator, of whom and by what.</param>
public sealed record PackLine(PackView View, ViewGone? Gone, string Says);

/// <summary>One pack: the order of its views, and its editions.</summary>
public class DetailModel(PackService packs, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    public PackOpened Opened { get; private set; } = null!;

    public IReadOnlyList<PackLine> Lines { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if ((await packs.OpenAsync(current.Actor!, cancel, Id)).SingleOrDefault() is not { } opened) return NotFound();
        Opened = opened;
        var lines = new List<PackLine>();
        foreach (var view in PackService.InOrder(opened.Pack))
        {
            var (look, gone) = await packs.LookAsync(view.View, current.Actor!, cancel);
            lines.Add(new(view, gone, look is null ? view.IndicatorKey : Says(look)));
        }

        Lines = lines;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(PackChange? change, Guid? viewId, CancellationToken cancel)
    {
        if (change is null || !Enum.IsDefined(change.Value) || !await packs.ChangeAsync(Id, change.Value, viewId, current.Actor!, cancel)) return NotFound();
        TempData["Success"] = change switch
        {
            PackChange.TakeOut => "It was taken out. Editions that hold it keep it.",
            PackChange.Stop => "No more editions are made.",
            PackChange.GoOn => "Editions are made again, from the first of next month at the latest.",
            _ => "It was moved.",
        };
        return Redirect($"/understand/packs/{Id}");
    }

    private static string Says(NeedLook look)
    {
        var by = look.Dimension?.Name ?? look.OwnField;
        return $"{look.View.Indicator} {look.Indicator.Definition.Name}{(look.Filter is { } filter ? $", {filter.Dimension.Name}: {filter.Group.Label}" : "")}{(by is null ? "" : $", by {by.ToLowerInvariant()}")}";
    }
}
