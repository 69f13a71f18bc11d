using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Reading;

public class IndexModel(WordsReviewService review, ICurrentActor current) : PageModel
{
    public IReadOnlyList<WordsToReview> Waiting { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Waiting = await review.ListAsync(current.Actor!, cancel);
}
