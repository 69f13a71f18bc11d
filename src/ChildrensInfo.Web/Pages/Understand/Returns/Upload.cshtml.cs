using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

/// <summary>Takes a return's file as it arrives. The limit is the file store's, told beside the field; the token is checked by UploadedFile.</summary>
[ReadsOwnBody]
[IgnoreAntiforgeryToken]
[DisableRequestSizeLimit]
public class UploadModel(ReturnService returns, ICurrentActor current) : PageModel
{
    /// <summary>What a form with a file is larger than the file.</summary>
    private const long FormAround = 64 * 1024;

    /// <summary>Only names the field; the file is never bound.</summary>
    public IFormFile? ReturnFile => null;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (Request.ContentLength > StoredFile.ReturnMaxBytes + FormAround) return Refuse(ReturnService.TooLarge);
        try
        {
            if (await UploadedFile.OpenAsync(HttpContext, ReturnService.FileField, cancel) is not { } content) return Refuse(ReturnService.NothingChosen);
            var (id, refusal) = await returns.ReceiveAsync(content, current.Actor!, cancel);
            return refusal is null ? RedirectToPage("Detail", new { id }) : Refuse(refusal.Message);
        }
        catch (AntiforgeryValidationException)
        {
            return BadRequest();
        }
        catch (InvalidDataException)
        {
            return BadRequest();
        }
        catch (IOException) when (!cancel.IsCancellationRequested)
        {
            // The sender went away, or what they sent ended in the middle of the form.
            return Refuse("The file did not arrive whole. Send it again");
        }
    }

    private PageResult Refuse(string message)
    {
        ModelState.AddModelError(ReturnService.FileField, message);
        return Page();
    }
}
