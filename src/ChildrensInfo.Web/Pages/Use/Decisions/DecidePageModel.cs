using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

/// <summary>What the pages that decide have in common: the form.</summary>
public abstract class DecidePageModel : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public Decide Input { get; set; } = new();

    public string Owner { get; protected set; } = "";
}
