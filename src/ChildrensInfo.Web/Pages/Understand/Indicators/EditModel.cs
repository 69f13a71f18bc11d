using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Pages.Understand.Indicators;

/// <summary>A new indicator, or the next version of one, put together from the fixed words that definitions are made of.</summary>
public class EditModel(IndicatorService indicators, IValidator<MakeIndicator> validator, ICurrentActor current) : PageModel
{
    private const int FewestRows = 3;

    /// <summary>The indicator whose next version is made; null for a new one.</summary>
    [FromRoute]
    public string? Key { get; set; }

    [BindProperty]
    public MakeIndicator Input { get; set; } = new();

    public CurrentIndicator? Before { get; private set; }

    public IReadOnlyList<SelectListItem> FactItems { get; } = [new("", ""), .. NeedFacts.All.Select(f => new SelectListItem(f.Name, f.Key))];

    public IReadOnlyList<SelectListItem> FieldItems { get; } = [new("", ""), .. NeedFacts.All.SelectMany(f =>
    {
        var group = new SelectListGroup { Name = f.Name };
        return f.Fields.Select(field => new SelectListItem(field.Name, field.Key) { Group = group });
    }).DistinctBy(i => i.Value)];

    public IReadOnlyList<SelectListItem> TestItems { get; } =
        [new("is", nameof(CountTest.Is)), new("is not", nameof(CountTest.IsNot)), new("at least", nameof(CountTest.AtLeast)), new("at most", nameof(CountTest.AtMost))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7() };
        if (Before is { Definition: var was, Definition.Counts: { } counts })
        {
            Input = new()
            {
                Id = Input.Id,
                Name = was.Name,
                Domain = was.Domain,
                Unit = was.Unit,
                Polarity = was.Polarity,
                Numerator = was.Numerator,
                Denominator = was.Denominator,
                DefinedBy = was.DefinedBy,
                Source = was.Source,
                VoiceShaped = was.VoiceShaped,
                CannotTell = was.CannotTell,
                Fact = counts.Fact,
                Window = counts.Window,
                Of = [.. counts.Of.Select(Row)],
                Where = [.. counts.Where.Select(Row)],
                By = counts.By,
                Value = counts.Value,
            };
        }

        Fill();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            var (key, outcome) = Key is null ? await indicators.AddAsync(Input, current.Actor!, cancel) : (Key, await indicators.ChangeAsync(Key, Input, current.Actor!, cancel));
            if (outcome is null) return NotFound();
            if (ModelState.Accept(outcome, nameof(Input)))
            {
                await indicators.AskToCalculateAsync(current.Actor!, cancel);
                TempData["Success"] = "Kept. The figures are being worked out with it.";
                return Redirect($"/understand/indicators/{key}/about");
            }
        }

        Fill();
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (Key is null) return true;
        Before = await indicators.FindAsync(Key, cancel);
        return Before is not null;
    }

    private static MakeCondition Row(CountCondition condition) => new() { Field = condition.Field, Test = condition.Test, Values = string.Join(", ", condition.Values) };

    private void Fill()
    {
        // One is always free, and none that is in use is left out: what is not in the form would not be in the version.
        foreach (var rows in new[] { Input.Of, Input.Where })
            while (rows.Count < FewestRows || !string.IsNullOrEmpty(rows[^1].Field)) rows.Add(new());
    }
}
