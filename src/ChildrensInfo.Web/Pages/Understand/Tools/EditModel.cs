using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Tools;

/// <summary>A new tool, or the next version of one, with a look at it before it is kept. Pictures stay in memory until they are without what they carry besides.</summary>
[RequestSizeLimit(LargestForm)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestForm, MemoryBufferThreshold = LargestForm)]
public class EditModel(AppDbContext db, ToolService tools, IValidator<MakeTool> validator, ICurrentActor current) : PageModel
{
    private const int SpareRows = 6;

    /// <summary>Twice what all pictures of the largest tool have, so that one too large is told so beside its field.</summary>
    private const int LargestForm = 2 * (ToolDefinition.MostItems + 2) * ToolPicture.MaxBytes;

    /// <summary>The tool whose next version is made; null for a new tool.</summary>
    [FromRoute]
    public Guid? Id { get; set; }

    /// <summary>Which of its languages it begins with.</summary>
    [FromQuery]
    public string? Language { get; set; }

    [BindProperty]
    public MakeTool Input { get; set; } = new();

    public ToolVersion? Before { get; private set; }

    public ToolDefinition? Preview { get; private set; }

    public string Address => Id is null ? "/understand/tools/new" : $"/understand/tools/{Id}/change?language={Uri.EscapeDataString(Language ?? "en")}";

    public IReadOnlyList<SelectListItem> LanguageItems { get; } = [.. Languages.Names.Where(l => l.Key != "und").Select(l => new SelectListItem(l.Value, l.Key))];

    public IReadOnlyList<SelectListItem> PictureItems { get; } = [.. Pictures.All.Values.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new SelectListItem(p.Shows, p.Key))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (Before is { } before)
        {
            var shown = before.Definition;
            Input = new()
            {
                Kind = before.Tool!.Kind,
                Language = before.Language,
                Title = before.Title,
                AgeFrom = before.AgeFrom,
                AgeTo = before.AgeTo,
                Ask = shown.Ask,
                Min = shown.Scale?.Min,
                Max = shown.Scale?.Max,
                MinLabel = shown.Scale?.MinLabel,
                MaxLabel = shown.Scale?.MaxLabel,
                Low = AtPoint(shown.Scale?.Min),
                High = AtPoint(shown.Scale?.Max),
                Items = [.. shown.Items.Select(i => new MakeItem { Key = i.Key, Label = i.Label, Picture = i.Picture, Shows = i.Shows })],
            };
            MakePicture AtPoint(int? value) => shown.Scale?.Points.FirstOrDefault(p => p.Value == value) is { } point ? new() { Picture = point.Picture, Shows = point.Shows } : new();
        }
        else
        {
            Input = new() { Language = "en" };
        }

        AddRows();
        return Page();
    }

    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        await KeepPicturesAsync(cancel);
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) Preview = ToolService.DefinitionOf(Input, Before?.Definition);
        AddRows();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        await KeepPicturesAsync(cancel);
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            if ((Id is { } id ? await tools.ChangeAsync(id, Input, current.Actor!, cancel) : await tools.AddAsync(Input, current.Actor!, cancel)) is not { } done) return NotFound();
            if (ModelState.Accept(done.Outcome, nameof(Input)))
            {
                TempData["Success"] = Id is null ? "Added. Practitioners are offered it from now on." : "The new version is offered from now on. Old answers keep theirs.";
                return Redirect("/understand/tools");
            }
        }

        AddRows();
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (Id is not { } id) return true;
        Before = await db.ToolVersions.AsNoTracking().Include(v => v.Tool).Where(v => v.ToolId == id)
            .OrderByDescending(v => v.Language == (Language ?? "en")).ThenByDescending(v => v.Number).FirstOrDefaultAsync(cancel);
        return Before is not null;
    }

    /// <summary>Keeps what was chosen before anything else is looked at: a field that is wrong must not cost it.</summary>
    private async Task KeepPicturesAsync(CancellationToken cancel)
    {
        foreach (var (field, place) in Input.Places)
        {
            place.File = null;
            if (Request.Form.Files[$"{nameof(Input)}.{field}.{nameof(place.File)}"] is not { FileName.Length: > 0 } chosen) continue;
            using var bytes = new MemoryStream((int)chosen.Length);
            await chosen.CopyToAsync(bytes, cancel);
            place.File = bytes.ToArray();
            // What is shown in its field from now on is what was kept, and not what stood there when it was sent.
            ModelState.Remove($"{nameof(Input)}.{field}.{nameof(place.Picture)}");
        }

        foreach (var refusal in await tools.KeepPicturesAsync(Input, current.Actor!, cancel)) ModelState.Accept(new(refusal), nameof(Input));
    }

    private void AddRows()
    {
        var wanted = Math.Min(ToolDefinition.MostItems, Input.Items.FindLastIndex(i => !string.IsNullOrWhiteSpace(i.Label)) + 1 + SpareRows);
        while (Input.Items.Count < wanted) Input.Items.Add(new());
    }
}
