using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

/// <summary>A link to released results, as <see cref="DownloadModel"/> is one to an extract.</summary>
public class OutputDownloadModel(AppDbContext db, OutputService outputs, FileStore files, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid ProjectId { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    public bool Works { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await outputs.OpenLinkAsync(ProjectId, Id, Token, use: false, current.Actor!, cancel) is not { } answer) return NotFound();
        if (answer.Refusal is { } refusal) ModelState.AddModelError("", refusal.Message);
        Works = answer.FileId is not null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await outputs.OpenLinkAsync(ProjectId, Id, Token, use: true, current.Actor!, cancel) is not { } answer) return NotFound();
        if (!ModelState.Accept(new(answer.Refusal), "")) return Page();
        var output = await outputs.OutputsFor(current.Actor!).AsNoTracking().SingleAsync(o => o.Id == Id, cancel);
        var file = await db.Files.AsNoTracking().SingleAsync(f => f.Id == answer.FileId && f.Kind == FileKind.Output && f.CompletedAt != null, cancel);
        return File(await files.OpenAsync(file, cancel), file.ContentType, output.FileName(file.ContentType));
    }
}
