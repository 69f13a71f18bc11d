using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>A page of the child's own screen. Whose it is comes from the sign-in cookie and the database, never from the address.</summary>
public abstract class ChildModePage : PageModel
{
    public Core.Voice.ChildMode Mode => (Core.Voice.ChildMode)HttpContext.Items[typeof(Core.Voice.ChildMode)]!;

    public ChildWords Words => new(Mode.Language, Mode.Look);
}
