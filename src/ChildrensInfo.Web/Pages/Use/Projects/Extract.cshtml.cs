using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class ExtractModel(AppDbContext db, ExtractService extracts, IValidator<CertifyDestruction> validator, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid ProjectId { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public CertifyDestruction Input { get; set; } = new();

    public Extract Extract { get; private set; } = null!;

    public IReadOnlyList<Variable> Variables { get; private set; } = [];

    public ExtractReport? Report { get; private set; }

    public DateOnly Today => extracts.Today;

    public bool MayDownload { get; private set; }

    /// <summary>Whether a family in it has said stop since, or their yes was a mistake.</summary>
    public bool IsRecalled { get; private set; }

    public string Progress { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Version = Extract.Version;
        return Page();
    }

    /// <summary>Nothing is sent here without saying what is to be done.</summary>
    public IActionResult OnPost() => NotFound();

    public async Task<IActionResult> OnPostLinkAsync(CancellationToken cancel) =>
        await extracts.MakeLinkAsync(ProjectId, Id, current.Actor!, cancel) is { } token ? Redirect($"/use/projects/{ProjectId}/extracts/{Id}/download/{token}") : NotFound();

    public async Task<IActionResult> OnPostCertifyAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await extracts.CertifyAsync(ProjectId, Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Your certificate is on record.";
        return Redirect($"/use/projects/{ProjectId}/extracts/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var extract = await extracts.ExtractsFor(current.Actor!).AsNoTracking().Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == Id && e.ProjectId == ProjectId, cancel);
        if (extract is null) return false;
        Extract = extract;
        Variables = new VariableCatalogue(extracts.Today).Known(extract.Variables);
        MayDownload = extract.State == ExtractState.Ready && extract.Project!.IsOpenOn(extracts.Today);
        IsRecalled = extract.State == ExtractState.Ready && await extracts.RecalledBecauseAsync(Id, ProjectId, current.Actor!, cancel) != RecallCauses.None;
        Report = ExtractReport.Read(extract.ReportJson);
        if (extract.State == ExtractState.Approved)
        {
            var job = await db.Jobs.AsNoTracking().Where(j => j.Kind == JobKind.BuildExtract && j.SubjectId == Id).OrderByDescending(j => j.RequestedAt)
                .Select(j => new { j.State, j.Message }).FirstOrDefaultAsync(cancel);
            Progress = job switch
            {
                { State: JobState.Running, Message: { } message } => $"{message}.",
                { State: JobState.Failed, Message: { } message } => message,
                { State: JobState.Failed or JobState.Cancelled } => "The work stopped. Ask for another extract.",
                _ => "Waiting for its turn.",
            };
        }

        return true;
    }
}
