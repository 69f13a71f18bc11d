using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Devices;

/// <summary>
/// On the way to <see cref="RescueModel"/>, which reads its form itself and so cannot be asked again with what was sent: by the time this is reached, whoever brings a file has shown that
/// it is them (<see cref="Access.StepUp"/>).
/// </summary>
public class ProveModel : PageModel
{
    public IActionResult OnGet() => RedirectToPage("Rescue");

    public IActionResult OnPost() => RedirectToPage("Rescue");
}
