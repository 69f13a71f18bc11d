using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Retention;

/// <summary>One rule: how long, on what it rests, and what it was before.</summary>
public class RuleModel(RetentionService retention, AppDbContext db, IValidator<SetRetention> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public string Key { get; set; } = "";

    [BindProperty]
    public SetRetention Input { get; set; } = new();

    public RetentionInForce InForce { get; private set; } = null!;

    public IReadOnlyDictionary<Guid, string> People { get; private set; } = new Dictionary<Guid, string>();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), Years = InForce.Rule.Years };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Reason = FormText.AsTyped(Input.Reason);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await retention.SetAsync(Key, Input, current.Actor!, cancel) is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Set. It holds from now on.";
        return Redirect($"/govern/retention/{Key}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if ((await retention.RulesAsync(cancel)).FirstOrDefault(r => r.Rule.Key == Key) is not { } rule) return false;
        InForce = rule;
        People = await db.Users.Where(u => u.AuthorityId == current.Actor!.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return true;
    }
}
