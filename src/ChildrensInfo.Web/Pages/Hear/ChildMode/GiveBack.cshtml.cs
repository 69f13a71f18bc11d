using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>The child gives the device back, and the worker's PIN opens the rest of it.</summary>
public class GiveBackModel(ChildModeService modes, SignInService signIns, UserManager<AppUser> users, SignInManager<AppUser> signIn, ICurrentActor current) : ChildModePage
{
    /// <summary>For the worker, so in English.</summary>
    public string? Problem { get; private set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(string? pin, CancellationToken cancel)
    {
        var mode = Mode;
        var person = (await users.GetUserAsync(User))!;
        switch (await modes.TakeBackAsync(mode.Id, pin, current.Actor!, cancel))
        {
            case PinAnswer.Right:
                await signIn.SignInWithClaimsAsync(person, isPersistent: false, [User.FindFirst(SignInGate.Claim)!]);
                Response.Headers["Clear-Site-Data"] = "\"cache\"";
                return Redirect(mode.ActivityId is { } activity ? mode.ChildId is { } child ? $"/hear/{child}/taking-part/{activity}" : $"/act/taking-part/{activity}" : $"/hear/{mode.ChildId}");
            case PinAnswer.TooMany:
                // No copy of the cookie may outlive this.
                await signIns.EndAsync(SignInGate.Of(User)!.Value, current.Actor!, cancel);
                await signIn.SignOutAsync();
                Response.Headers["Clear-Site-Data"] = "\"cache\"";
                return Redirect("/Account/SignIn");
            case PinAnswer.Wait:
                Problem = "Wait a little before you try again.";
                return Page();
            default:
                Problem = "That is not the PIN.";
                return Page();
        }
    }
}
