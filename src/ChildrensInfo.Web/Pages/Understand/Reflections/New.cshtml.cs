using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Reflections;

/// <summary>A reflection on one view: the address after the indicator is the view's own.</summary>
public class NewModel(NeedFigures figures, ReflectionService reflections, IValidator<WriteReflection> validator, ICurrentActor current) : PageModel
{
    /// <summary>How far ahead the day to look again is suggested.</summary>
    private const int MonthsToReview = 3;

    [FromRoute]
    public string Key { get; set; } = "";

    [FromQuery]
    public string? On { get; set; }

    [FromQuery]
    public string? By { get; set; }

    [FromQuery]
    public string? Group { get; set; }

    [BindProperty]
    public WriteReflection Input { get; set; } = new();

    public NeedLook Look { get; private set; } = null!;

    /// <summary>Null when there is nothing to see yet.</summary>
    public ViewPicture? Picture => Look.Released is null ? null : ViewPicture.Of(Look);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        Input = new() { Id = Guid.CreateVersion7(), Seen = Look.State.CalculatedAt?.Ticks ?? 0, ReviewOn = reflections.Today.AddMonths(MonthsToReview) };
        if (Picture is not null) await figures.AuditReadAsync(Look.View.Detail, false, current.Actor!, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await reflections.WriteAsync(Look, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (ModelState.Accept(outcome, nameof(Input)))
        {
            TempData["Success"] = "Kept, with the picture as it is now.";
            return Redirect($"/understand/reflections/{Input.Id}");
        }

        // The picture shown now is the one that is kept next time.
        Input.Seen = Look.State.CalculatedAt?.Ticks ?? 0;
        ModelState.Remove($"{nameof(Input)}.{nameof(Input.Seen)}");
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        if (NeedViews.Parse(Key, On, By, Group) is not { } view) return BadRequest();
        var (look, isGood) = await figures.LookAsync(view, current.Actor!, cancel);
        if (look is null || look.Indicator.Definition.Counts is null) return isGood ? NotFound() : BadRequest();
        Look = look;
        return null;
    }
}
