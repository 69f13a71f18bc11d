using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Act;

/// <summary>What groups of children said and what became of it, for children to read: few words, large, and nobody named.</summary>
public class YouSaidModel(AppDbContext db, ICurrentActor current) : PageModel
{
    public IReadOnlyList<GroupAnswer> Answers { get; private set; } = [];

    public bool MayAnswer => current.Actor!.Can(Capability.AnswerGroups);

    public async Task OnGetAsync(CancellationToken cancel) =>
        // Looked at again on the way out: nothing small is ever shown, however it got in.
        Answers = await db.GroupAnswers.AsNoTracking().Where(a => a.State == GroupAnswerState.Published && a.GroupSize >= GroupAnswerService.SmallestGroup)
            .OrderByDescending(a => a.DecidedAt).ToListAsync(cancel);
}
