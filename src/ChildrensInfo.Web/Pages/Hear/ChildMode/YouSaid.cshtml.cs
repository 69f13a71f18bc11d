using ChildrensInfo.Core.Responses;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What groups of children said and what became of it.</summary>
public class YouSaidModel(GroupAnswerService answers) : ChildModePage
{
    public IReadOnlyList<GroupAnswer> Answers { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Answers = await answers.Published().ToListAsync(cancel);
}
