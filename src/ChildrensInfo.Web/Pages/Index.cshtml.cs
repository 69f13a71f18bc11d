using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages;

/// <summary>The front door leads each person to the first section that is theirs.</summary>
public class IndexModel(SectionNavigation navigation) : PageModel
{
    public IActionResult OnGet() => LocalRedirect(navigation.For(User)[0].Href);
}
