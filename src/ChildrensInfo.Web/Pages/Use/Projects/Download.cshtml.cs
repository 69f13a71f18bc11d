using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

/// <summary>
/// A link to one file, for one person, once. Opening it shows what it is; only the button uses it up, so that nothing which looks at links beforehand
/// can. It is written down before a byte is sent.
/// </summary>
public class DownloadModel(AppDbContext db, ExtractService extracts, FileStore files, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid ProjectId { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    public string Name => ExtractPackage.FileName(Id);

    public bool Works { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await extracts.OpenLinkAsync(ProjectId, Id, Token, use: false, current.Actor!, cancel) is not { } answer) return NotFound();
        if (answer.Refusal is { } refusal) ModelState.AddModelError("", refusal.Message);
        Works = answer.FileId is not null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await extracts.OpenLinkAsync(ProjectId, Id, Token, use: true, current.Actor!, cancel) is not { } answer) return NotFound();
        if (!ModelState.Accept(new(answer.Refusal), "")) return Page();
        var file = await db.Files.AsNoTracking().SingleAsync(f => f.Id == answer.FileId && f.Kind == FileKind.Extract && f.CompletedAt != null, cancel);
        return File(await files.OpenAsync(file, cancel), file.ContentType, Name);
    }
}
