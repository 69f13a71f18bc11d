using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Devices;

/// <summary>
/// Takes in a file of what a device could not send. Whoever brings it sees kinds, times and what became of each thing, and nothing of what was said or of whom. What is in the file
/// is closed, so it may stand on the server's disk for as long as it is read.
/// </summary>
[ReadsOwnBody]
[IgnoreAntiforgeryToken]
[DisableRequestSizeLimit]
public class RescueModel(RescueService rescue, ICurrentActor current, TimeProvider clock) : PageModel
{
    private const long FormAround = 64 * 1024;
    private const int AtOnce = 80 * 1024;

    /// <summary>Only names the field; the file is never bound.</summary>
    public IFormFile? SavedFile => null;

    public Rescued? Rescued { get; private set; }

    /// <summary>Nobody is asked in the middle of a file: who brings one shows before that it is them (<see cref="StepUp"/>).</summary>
    public bool MayBring => StepUp.IsFresh(HttpContext, clock);

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!MayBring) return Refuse("Show first that it is you, then choose the file again");
        if (Request.ContentLength > RescueService.FileMaxBytes + FormAround) return Refuse(RescueService.TooLarge);
        try
        {
            await using var files = UploadedFile.ReadAsync(HttpContext, nameof(SavedFile), [], cancel).GetAsyncEnumerator(cancel);
            if (!await files.MoveNextAsync()) return Refuse(RescueService.NothingChosen);
            var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            await using var kept = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
            var buffer = new byte[AtOnce];
            for (int read; (read = await files.Current.Content.ReadAsync(buffer, cancel)) > 0;)
            {
                if (kept.Length + read > RescueService.FileMaxBytes) return Refuse(RescueService.TooLarge);
                await kept.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            kept.Position = 0;
            (Rescued, var refusal) = await rescue.TakeInAsync(kept, current.Actor!, cancel);
            return refusal is null ? Page() : Refuse(refusal.Message);
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
            return Refuse(RescueService.NotWhole);
        }
    }

    private PageResult Refuse(string message)
    {
        ModelState.AddModelError(nameof(SavedFile), message);
        return Page();
    }
}
