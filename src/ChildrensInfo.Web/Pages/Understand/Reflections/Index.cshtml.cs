using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Reflections;

/// <summary>Every reflection of the council, what is due to be looked at again first.</summary>
public class IndexModel(ReflectionService reflections, ICurrentActor current) : PageModel
{
    public IReadOnlyList<ReflectionOpened> Reflections { get; private set; } = [];

    public DateOnly Today => reflections.Today;

    public async Task OnGetAsync(CancellationToken cancel) => Reflections = await reflections.OpenAsync(current.Actor!, cancel);
}
