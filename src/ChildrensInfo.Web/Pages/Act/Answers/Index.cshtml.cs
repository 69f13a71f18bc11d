using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Act.Answers;

/// <summary>Answers to groups, those that wait for a second person first.</summary>
public class IndexModel(AppDbContext db) : PageModel
{
    public sealed record Row(Guid Id, string Themes, int GroupSize, GroupAnswerState State, DateTime WrittenAt, string By);

    public IReadOnlyList<Row> Answers { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) =>
        Answers = await db.GroupAnswers.AsNoTracking().OrderBy(a => a.State != GroupAnswerState.Waiting).ThenByDescending(a => a.WrittenAt)
            .Select(a => new Row(a.Id, a.Themes, a.GroupSize, a.State, a.WrittenAt, db.Users.Where(u => u.Id == a.WrittenById).Select(u => u.DisplayName).Single())).ToListAsync(cancel);
}
