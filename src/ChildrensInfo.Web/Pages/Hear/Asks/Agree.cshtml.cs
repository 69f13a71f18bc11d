using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Asks;

/// <summary>A manager agrees that somebody is told later, or does not. Never the person who asks for it.</summary>
public class AgreeModel(AppDbContext db, ResponseService responses, AsksOfChild asks, IValidator<TakeStep> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid AskId { get; set; }

    [BindProperty]
    public TakeStep Input { get; set; } = new();

    [BindProperty]
    public bool? Agrees { get; set; }

    public Child Child { get; private set; } = null!;

    public AsksOfChild.Row Ask { get; private set; } = null!;

    public AsksOfChild.StepRow Asked => Ask.Steps.Last(s => s.Step.Kind == StepKind.CannotTell);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (Ask.Progress.State != AskState.CannotTellYet) return Redirect(Ask.Link);
        Input = new() { Id = Guid.CreateVersion7(), After = Ask.Steps[^1].Step.Number };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!Ask.Steps.Any(s => s.Step.Kind == StepKind.CannotTell)) return Redirect(Ask.Link);
        Input.Words = FormText.AsTyped(Input.Words);
        Input.Kind = Agrees == true ? StepKind.DelayAgreed : StepKind.DelayRefused;
        if (Agrees is null) ModelState.AddModelError(nameof(Agrees), "Choose whether you agree");
        if (Agrees is null || !await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await responses.TakeAsync(ChildId, AskId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Written down.";
        return Redirect(Ask.Link);
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return false;
        if ((await asks.LoadAsync(child, cancel, AskId)).SingleOrDefault() is not { } ask) return false;
        (Child, Ask) = (child, ask);
        return true;
    }
}
