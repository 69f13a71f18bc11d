using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Returns;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

/// <summary>The council's own codes that returns brought, each given its meaning in the statutory list once.</summary>
public class CodesModel(AppDbContext db, CodeMappingService mappings, ICurrentActor current) : PageModel
{
    private const int MostShown = 100;

    [BindProperty]
    public List<MapCode> Codes { get; set; } = [];

    public IReadOnlyList<MapCode> Unknown { get; private set; } = [];

    /// <summary>Further ones follow once these are said.</summary>
    public bool AreMore { get; private set; }

    public IReadOnlyList<Mapped> Known { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Known = await db.CodeMappings.OrderBy(m => m.Field).ThenBy(m => m.LocalCode).Select(m => new Mapped(m.Id, m.Field, m.LocalCode, m.Code)).ToListAsync(cancel);
        var fields = CodeMap.Fields.Keys.ToList();
        var met = await (from r in db.ReturnRejections
                         where r.Reason == Rejection.UnknownCode && fields.Contains(r.Field) && r.Value != null && r.Value.Trim().Length > 0 && r.Value.Trim().Length <= CodeMapping.CodeMaxLength
                         select new { r.Field, LocalCode = r.Value!.Trim() } into r
                         where !db.CodeMappings.Any(m => m.Field == r.Field && m.LocalCode == r.LocalCode)
                         group r by new { r.Field, r.LocalCode } into g
                         orderby g.Key.Field, g.Key.LocalCode
                         select new { g.Key.Field, g.Key.LocalCode, Times = g.Count() }).Take(MostShown + 1).ToListAsync(cancel);
        AreMore = met.Count > MostShown;
        Unknown = [.. met.Take(MostShown).Select(m => new MapCode { Field = m.Field, LocalCode = m.LocalCode, Times = m.Times })];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        await mappings.MapAsync([.. Codes.Where(c => !string.IsNullOrEmpty(c.Code))], current.Actor!, cancel);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostForgetAsync(Guid mapping, CancellationToken cancel) =>
        await mappings.ForgetAsync(mapping, current.Actor!, cancel) ? RedirectToPage() : NotFound();

    public sealed record Mapped(Guid Id, string Field, string LocalCode, string Code);
}
