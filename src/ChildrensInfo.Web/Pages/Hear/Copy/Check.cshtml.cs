using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace ChildrensInfo.Web.Pages.Hear.Copy;

/// <summary>What would be in a copy and what would not, and why. It opens no word.</summary>
public class CheckModel(AppDbContext db, VoiceCopyService copies, RecipientNames recipients, ICurrentActor current) : CopyPage
{
    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (Recipient() is not { } recipient) return await AskForWhomAsync(db, cancel);
        if (await copies.PlanAsync(ChildId, recipient, current.Actor!, cancel) is not { } plan) return NotFound();
        Plan = plan;
        await NameAsync(recipients, cancel);
        return Page();
    }
}
