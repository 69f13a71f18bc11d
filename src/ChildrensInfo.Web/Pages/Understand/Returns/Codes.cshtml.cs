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

    public IReadOnlyList<Mapped> Known { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Known = await db.CodeMappings.OrderBy(m => m.Field).ThenBy(m => m.LocalCode).Select(m => new Mapped(m.Id, m.Field, m.LocalCode, m.Code)).ToListAsync(cancel);
        var known = Known.Select(m => (m.Field, m.LocalCode)).ToHashSet();
        var met = await (from r in db.ReturnRejections
                         where r.Reason == Rejection.UnknownCode && r.Value != null && r.Value.Length <= CodeMapping.CodeMaxLength
                         group r by new { r.Field, r.Value } into g
                         orderby g.Key.Field, g.Key.Value
                         select new { g.Key.Field, g.Key.Value, Times = g.Count() }).Take(MostShown).ToListAsync(cancel);
        Unknown = [.. met.Where(m => CodeMap.Fields.ContainsKey(m.Field)).Select(m => new MapCode { Field = m.Field, LocalCode = m.Value!.Trim(), Times = m.Times })
            .Where(m => !known.Contains((m.Field, m.LocalCode)))];
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
