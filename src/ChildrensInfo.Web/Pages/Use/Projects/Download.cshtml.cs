using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

/// <summary>The finished file, to the person who asked for it, while the project runs; written down before a byte is sent.</summary>
public class DownloadModel(AppDbContext db, ResearchService research, FileStore files, ICurrentActor current) : PageModel
{
    public async Task<IActionResult> OnGetAsync(Guid projectId, Guid id, CancellationToken cancel)
    {
        if (await research.DownloadAsync(projectId, id, current.Actor!, cancel) is not { } fileId) return NotFound();
        var file = await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == fileId && f.Kind == FileKind.Extract && f.CompletedAt != null, cancel);
        return file is null ? NotFound() : File(await files.OpenAsync(file, cancel), file.ContentType, ExtractPackage.FileName(id));
    }
}
