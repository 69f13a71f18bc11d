using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus.Rules;
using ChildrensInfo.Core.Returns.Ssda903.Rules;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

/// <summary>
/// Takes a return's files as they arrive. The limit is the file store's, told beside the field; the token is checked by UploadedFile. Tables that are sent
/// apart are put together on the way.
/// </summary>
[ReadsOwnBody]
[IgnoreAntiforgeryToken]
[DisableRequestSizeLimit]
public class UploadModel(ReturnService returns, ICurrentActor current) : PageModel
{
    /// <summary>What a form with a file is larger than the file.</summary>
    private const long FormAround = 64 * 1024;

    public const string Mixed = "Send the tables of one return, or one XML file or zip alone";

    /// <summary>Only names the field; the files are never bound.</summary>
    public IFormFile? ReturnFile => null;

    /// <summary>Only names the field, for the same reason.</summary>
    public string? CollectionYear => null;

    /// <summary>What the return will be known by, so that a double click loads it once.</summary>
    public Guid Next { get; } = Guid.CreateVersion7();

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (Request.ContentLength > StoredFile.ReturnMaxBytes + FormAround) return Refuse(ReturnService.TooLarge);
        try
        {
            var values = new Dictionary<string, string>();
            await using var files = UploadedFile.ReadAsync(HttpContext, ReturnService.FileField, values, cancel).GetAsyncEnumerator(cancel);
            if (!await files.MoveNextAsync()) return Refuse(ReturnService.NothingChosen);
            int? year = values.GetValueOrDefault(nameof(CollectionYear)) is { Length: > 0 } text && CinYear.TryParse(text, out var given, Ssda903Year.Supported) ? given : null;
            var next = Guid.TryParse(values.GetValueOrDefault(nameof(Next)), out var made) && made != Guid.Empty ? made : Next;
            var (id, refusal) = ReturnPackage.IsTable(files.Current.Name) ? await ReceiveTablesAsync(next, files, year, cancel) : await returns.ReceiveAsync(next, files.Current.Content, year, current.Actor!, cancel);
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

    private async Task<(Guid? Id, Refusal? Refusal)> ReceiveTablesAsync(Guid next, IAsyncEnumerator<(string Name, Stream Content)> files, int? year, CancellationToken cancel)
    {
        var mixed = false;
        var (zip, packing) = ReturnPackage.Pack(async add =>
        {
            do
            {
                if (ReturnPackage.IsTable(files.Current.Name)) await add(files.Current.Name, files.Current.Content);
                else mixed = true;
            }
            while (!mixed && await files.MoveNextAsync());
            if (mixed) throw new MixedFilesException();
        });
        try
        {
            await using (zip) return await returns.ReceiveAsync(next, zip, year, current.Actor!, cancel);
        }
        catch (MixedFilesException)
        {
            return (null, new Refusal(ReturnService.FileField, Mixed));
        }
        finally
        {
            await packing;
        }
    }

    private PageResult Refuse(string message)
    {
        ModelState.AddModelError(ReturnService.FileField, message);
        return Page();
    }

    private sealed class MixedFilesException : Exception;
}
