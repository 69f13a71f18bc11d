using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Act.Answers;

/// <summary>What many children said, summed up by a worker, and what became of it.</summary>
public class NewModel(AppDbContext db, GroupAnswerService answers, IValidator<WriteGroupAnswer> validator, ICurrentActor current) : PageModel
{
    /// <summary>One that was sent back, to be written again.</summary>
    [FromQuery]
    public Guid? From { get; set; }

    [BindProperty]
    public WriteGroupAnswer Input { get; set; } = new();

    public string? SentBackBecause { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Input = new() { Id = Guid.CreateVersion7() };
        if (From is null) return Page();
        if (await db.GroupAnswers.AsNoTracking().SingleOrDefaultAsync(a => a.Id == From, cancel) is not { } old) return NotFound();
        SentBackBecause = old.State == GroupAnswerState.SentBack ? old.Reason : null;
        (Input.Themes, Input.GroupSize, Input.HowCounted, Input.YouSaid) = (old.Themes, old.GroupSize, old.HowCounted, old.YouSaid);
        (Input.WeDid, Input.CouldNot, Input.CouldNotWhy, Input.PublishedWhere) = (old.WeDid, old.CouldNot, old.CouldNotWhy, old.PublishedWhere);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (!ModelState.Accept(await answers.WriteAsync(Input, current.Actor!, cancel), nameof(Input))) return Page();
        TempData["Success"] = "Written. Somebody else reads it before children do.";
        return Redirect($"/act/answers/{Input.Id}");
    }
}
