using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Map;

/// <summary>What the council says of one domain; its name stands in the address.</summary>
public class SayModel(InformationMap map, IValidator<SayDomainUse> validator, ICurrentActor current) : PageModel
{
    [FromQuery]
    public string? Domain { get; set; }

    [BindProperty]
    public SayDomainUse Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if ((await map.ReadAsync(current.Actor!, cancel)).SingleOrDefault(d => d.Name == Domain) is not { } domain) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), WrittenWhere = domain.Words?.WrittenWhere, UsedFor = domain.Words?.UsedFor };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Input.Domain = Domain;
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await map.SayAsync(Input, current.Actor!, cancel) is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Kept.";
        return Redirect("/understand/map");
    }
}
