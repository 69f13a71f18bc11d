using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

public class IndexModel : PageModel
{
}
