using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>How many children of each ethnic group live in the council's area: what ethnic groups are compared by.</summary>
[RequestSizeLimit(LargestForm)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestForm, MemoryBufferThreshold = LargestForm)]
public class EthnicGroupsModel(EthnicPopulationService populations, IValidator<KeepEthnicPopulation> validator, ICurrentActor current) : PageModel
{
    /// <summary>More than the largest file, so that one too large is told so beside the field.</summary>
    private const int LargestForm = 10 * EthnicPopulationFile.MaxBytes;

    [BindProperty]
    public IFormFile? Numbers { get; set; }

    [BindProperty]
    public KeepEthnicPopulation Input { get; set; } = new();

    public IReadOnlyList<(EthnicPopulation Kept, string By)> Versions { get; private set; } = [];

    /// <summary>What is wrong in the file that was sent, line by line.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>The newest of the newest year; null when nobody has said.</summary>
    public EthnicPopulation? Now => Versions.Count == 0 ? null : Versions[0].Kept;

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Versions = await populations.VersionsAsync(cancel);
        Input = new()
        {
            Id = Guid.CreateVersion7(),
            Year = Now?.Year,
            Asian = Now?.Asian,
            Black = Now?.Black,
            Mixed = Now?.Mixed,
            White = Now?.White,
            Other = Now?.Other,
            Source = Now?.Source,
        };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            var outcome = await populations.KeepAsync(Input, current.Actor!, cancel);
            if (outcome is null) return NotFound();
            if (ModelState.Accept(outcome, nameof(Input)))
            {
                TempData["Success"] = "Kept. Ethnic groups are compared by these children from now on.";
                return Redirect("/understand/population/ethnic-groups");
            }
        }

        Versions = await populations.VersionsAsync(cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostFileAsync(CancellationToken cancel)
    {
        if (Numbers is null) ModelState.AddModelError(nameof(Numbers), "Choose a file");
        else if (Numbers.Length > EthnicPopulationFile.MaxBytes) ModelState.AddModelError(nameof(Numbers), "The file is larger than a table of a few numbers. Send the lines that are to be kept and nothing else");
        else if (await TextAsync(Numbers, cancel) is not { } text) ModelState.AddModelError(nameof(Numbers), "This is not plain text. Save it as CSV (UTF-8) and send that");
        else
        {
            var faults = await populations.KeepFileAsync(Input.Id, text, current.Actor!, cancel);
            if (faults is null) return NotFound();
            if (faults.Count == 0)
            {
                TempData["Success"] = "Kept. Ethnic groups are compared by these children from now on.";
                return Redirect("/understand/population/ethnic-groups");
            }

            Faults = faults;
            ModelState.AddModelError(nameof(Numbers), faults.Count == 1 ? faults[0] : $"{faults[0]}. {faults.Count - 1} more of this kind are listed beside the file");
        }

        Versions = await populations.VersionsAsync(cancel);
        return Page();
    }

    private static async Task<string?> TextAsync(IFormFile file, CancellationToken cancel)
    {
        try
        {
            using var reader = new StreamReader(file.OpenReadStream(), new UTF8Encoding(false, throwOnInvalidBytes: true));
            return await reader.ReadToEndAsync(cancel);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
