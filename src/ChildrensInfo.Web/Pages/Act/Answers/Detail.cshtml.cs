using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Act.Answers;

/// <summary>One answer as children will read it, and the second person's decision.</summary>
public class DetailModel(AppDbContext db, GroupAnswerService answers, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public bool? Publish { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public GroupAnswer Answer { get; private set; } = null!;

    public string By { get; private set; } = "";

    public string? DecidedBy { get; private set; }

    public bool MayDecide => Answer.State == GroupAnswerState.Waiting && Answer.WrittenById != current.Actor!.PersonId;

    public bool IsMine => Answer.WrittenById == current.Actor!.PersonId;

    /// <summary>About how old a reader has to be.</summary>
    public int? ReadingAge => Core.Responses.ReadingAge.Of($"{Answer.YouSaid}\n{Answer.WeDid}\n{Answer.CouldNot}\n{Answer.CouldNotWhy}");

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    /// <summary>Nothing is sent here without saying what is to be done.</summary>
    public IActionResult OnPost() => NotFound();

    public async Task<IActionResult> OnPostDecideAsync(CancellationToken cancel) =>
        await AnswerAsync(await answers.DecideAsync(Id, Publish, Reason, current.Actor!, cancel), Publish == true ? "Children can read it now." : "Sent back.", cancel);

    public async Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancel) =>
        await AnswerAsync(await answers.WithdrawAsync(Id, Reason, current.Actor!, cancel), "Taken away.", cancel);

    private async Task<IActionResult> AnswerAsync(Outcome? outcome, string done, CancellationToken cancel)
    {
        if (outcome is null || !await LoadAsync(cancel)) return NotFound();
        if (!ModelState.Accept(outcome, "")) return Page();
        TempData["Success"] = done;
        return Redirect($"/act/answers/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await db.GroupAnswers.AsNoTracking().SingleOrDefaultAsync(a => a.Id == Id, cancel) is not { } answer) return false;
        Answer = answer;
        var names = await db.Users.Where(u => u.Id == answer.WrittenById || u.Id == answer.DecidedById).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        (By, DecidedBy) = (names.GetValueOrDefault(answer.WrittenById, ""), answer.DecidedById is { } id ? names.GetValueOrDefault(id) : null);
        return true;
    }
}
