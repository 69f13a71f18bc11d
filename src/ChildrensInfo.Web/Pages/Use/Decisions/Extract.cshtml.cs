using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

public class ExtractModel(AppDbContext db, ExtractService extracts, IValidator<Decide> validator, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public Decide Input { get; set; } = new();

    public string Owner { get; private set; } = "";

    public Extract Extract { get; private set; } = null!;

    public IReadOnlyList<(Variable Variable, string? Why)> Variables { get; private set; } = [];

    public ExtractReport? Report { get; private set; }

    public int Downloads { get; private set; }

    /// <summary>Files of rows of the same group of children that were released before: what two of them show together, no report of one says.</summary>
    public IReadOnlyList<Extract> Beside { get; private set; } = [];

    public DateOnly Today => extracts.Today;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Version = Extract.Version;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await extracts.DecideExtractAsync(Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = Input.Approve == true ? "Approved. The extract is being made." : "The extract is refused.";
        return Redirect("/use/decisions");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var extract = await extracts.ExtractsFor(current.Actor!).AsNoTracking().Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == Id, cancel);
        if (extract is null) return false;
        Extract = extract;
        Owner = await db.Users.Where(u => u.Id == extract.RequestedById).Select(u => u.DisplayName).SingleAsync(cancel);
        Variables = [.. new VariableCatalogue(Today).Known(extract.Variables).Select(v => (v, (string?)extract.Project!.Variables.First(w => w.Key == v.ApprovedAs).Why))];
        Report = ExtractReport.Read(extract.ReportJson);
        if (extract is { Form: ExtractForm.Rows, State: ExtractState.Requested })
        {
            var rows = await extracts.ExtractsFor(current.Actor!).AsNoTracking().Include(e => e.Project).Where(e => e.Form == ExtractForm.Rows && e.ReleasedAt != null).OrderByDescending(e => e.ReleasedAt).ToListAsync(cancel);
            Beside = rows.FindAll(e => ResearchPopulation.GroupOf(e.Population, e.Period) == ResearchPopulation.GroupOf(extract.Population, extract.Period));
        }

        Downloads = await db.AuditEntries.CountAsync(a => a.Action == AuditActions.ExtractDownloaded && a.SubjectId == Id, cancel);
        return true;
    }
}
