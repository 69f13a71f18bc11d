using ChildrensInfo.Core.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

/// <summary>Where somebody comes back to whom their council's account did not let in. It is the same for everybody, whoever they are here.</summary>
public class NotOpenedModel(IdentityProviders providers) : PageModel
{
    public const string Address = "/account/not-opened";

    public const string Again = Address + "?again=true";

    [BindProperty(SupportsGet = true, Name = "again")]
    public bool MayTryAgain { get; set; }

    public IActionResult OnGet() => providers.All.Count == 0 ? NotFound() : Page();
}
