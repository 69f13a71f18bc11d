using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using QRCoder;

namespace ChildrensInfo.Web.Pages.Account.SecondFactor;

/// <summary>Gives a key to an authenticator app. Nothing is kept of it until the app has shown a code made with it.</summary>
public class AppModel(SecondFactorService factors, IValidator<CodeInput> validator, IDataProtectionProvider protection, AppDbContext db, ICurrentActor current) : PageModel
{
    private const string Issuer = "Children’s Information Portal";

    private static readonly TimeSpan Open = TimeSpan.FromHours(1);

    private byte[] key = [];

    [BindProperty]
    public CodeInput Input { get; set; } = new();

    /// <summary>The key between the page and its answer, sealed for this person: it stands nowhere else until it is used.</summary>
    [BindProperty]
    public string Kept { get; set; } = "";

    public string Key => Totp.Spelled(key);

    public string Picture { get; private set; } = "";

    private ITimeLimitedDataProtector Protector => protection.CreateProtector("Authenticator app", current.Actor!.PersonId.ToString()).ToTimeLimitedDataProtector();

    public Task OnGetAsync(CancellationToken cancel) => BeginAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        try
        {
            key = Protector.Unprotect(Convert.FromBase64String(Kept));
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            ModelState.Clear();
            await BeginAsync(cancel);
            ModelState.AddModelError("Input.Code", "This page was open too long. Add the account to your app again with the picture below, then enter its code.");
            return Page();
        }

        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            var (outcome, codes) = await factors.AddAppAsync(key, Input.Code!, current.Actor!, cancel);
            if (ModelState.Accept(outcome, nameof(Input)))
            {
                await SignInGate.RenewAsync(HttpContext, current.Actor!, endOthers: true);
                IndexModel.KeepCodes(this, codes);
                TempData["Success"] = "The app is set up. From now on you are asked for its code when you sign in.";
                return RedirectToPage("Index");
            }
        }

        await DrawAsync(cancel);
        return Page();
    }

    private Task BeginAsync(CancellationToken cancel)
    {
        key = RandomNumberGenerator.GetBytes(Totp.KeyBytes);
        Kept = Convert.ToBase64String(Protector.Protect(key, Open));
        return DrawAsync(cancel);
    }

    private async Task DrawAsync(CancellationToken cancel)
    {
        var email = await db.Users.Where(u => u.Id == current.Actor!.PersonId).Select(u => u.Email).SingleAsync(cancel);
        using var picture = new QRCodeGenerator().CreateQrCode(Totp.Address(Issuer, email!, key), QRCodeGenerator.ECCLevel.M);
        Picture = new SvgQRCode(picture).GetGraphic(new System.Drawing.Size(220, 220), "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
