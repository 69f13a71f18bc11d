using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Asks;

/// <summary>What somebody asks, in their words, from what is already sealed; and, when it speaks of information, of which.</summary>
public class NewModel(AppDbContext db, ResponseService responses, AsksOfChild asks, IValidator<RaiseAsk> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    /// <summary>The record from whose page it was opened.</summary>
    [FromQuery]
    public Guid? Record { get; set; }

    [BindProperty]
    public RaiseAsk Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public IReadOnlyList<AsksOfChild.RecordChoice> Records { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Things { get; private set; } = [];

    public DateOnly Today => responses.Today;

    public bool AboutInformation { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        var from = Records.FirstOrDefault(r => r.Id == Record);
        if (Record is not null && from is null) return NotFound();
        AboutInformation = from?.Subjects.Contains(SubjectMatter.MyInformation) == true;
        var due = AboutInformation ? ResponseRules.DueForInformation(from!.HeardOn) : Today.AddDays(ResponseRules.DaysToAnswer);
        Input = new() { Id = Guid.CreateVersion7(), DueOn = due < Today ? Today : due, Records = from is null ? [] : [from.Id], Words = from is { HasWords: true } ? from.Text : null };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Words = FormText.AsTyped(Input.Words);
        AboutInformation = !string.IsNullOrEmpty(Input.Thing);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await responses.RaiseAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Written down. It is open until they know what became of it.";
        return Redirect($"/hear/{ChildId}/asks/{Input.Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return false;
        Child = child;
        Records = await asks.RecordsAsync(child, Record, cancel);
        Things = await asks.ThingsAsync(child, Records, cancel);
        return true;
    }
}
