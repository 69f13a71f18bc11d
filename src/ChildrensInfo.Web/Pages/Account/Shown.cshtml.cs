using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

/// <summary>The end of showing again, with one's council's account and in a tab of its own, who one is.</summary>
public class ShownModel : PageModel
{
    public void OnGet()
    {
    }
}
