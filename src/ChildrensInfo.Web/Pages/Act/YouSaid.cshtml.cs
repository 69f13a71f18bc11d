using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Responses;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Act;

/// <summary>What groups of children said and what became of it, for children to read: few words, large, and nobody named.</summary>
public class YouSaidModel(GroupAnswerService answers, ICurrentActor current) : PageModel
{
    public IReadOnlyList<GroupAnswer> Answers { get; private set; } = [];

    public bool MayAnswer => current.Actor!.Can(Capability.AnswerGroups);

    public async Task OnGetAsync(CancellationToken cancel) => Answers = await answers.Published().ToListAsync(cancel);
}
