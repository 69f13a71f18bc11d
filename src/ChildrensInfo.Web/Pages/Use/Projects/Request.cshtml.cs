using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class RequestModel(ProjectService projects, ExtractService extracts, ResearchLimits limits, IValidator<RequestExtract> validator, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public RequestExtract Input { get; set; } = new();

    public string ProjectTitle { get; private set; } = "";

    public IReadOnlyList<Variable> Variables { get; private set; } = [];

    public bool MayAskForWords { get; private set; }

    public IReadOnlyList<(PreviewedPopulation Told, ResearchPopulation Of, ResearchPeriod Over)> Preview { get; private set; } = [];

    public IReadOnlyList<ResearchPopulation> Populations { get; private set; } = [];

    public int SmallestPopulation => limits.SmallestPopulation;

    /// <summary>On which everything in a file of today is said of the children.</summary>
    public DateOnly Day => ExtractPopulation.DayOf(projects.Today);

    /// <summary>The groups that a table can be limited to.</summary>
    public IEnumerable<SelectListItem> Groups => Variables.SelectMany(v => v.Codes.Select(c => new SelectListItem($"{v.Title}: {c.Label}", $"{v.Key}={c.Value}")));

    public IReadOnlyList<SelectListItem> Measures => [.. Variables.Where(v => v.Measure is not null).Select(v => new SelectListItem(v.Measure!.Title, v.Key))];

    /// <param name="replaces">A released extract in whose place another is asked for: the form begins as that one was.</param>
    /// <param name="instead">A table that could not be released: the form begins as the one that was offered in its place.</param>
    public async Task<IActionResult> OnGetAsync(Guid? replaces, Guid? instead, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Id = Guid.CreateVersion7();
        Input.Variables = [.. Variables.Select(v => v.Key)];
        (Input.Population, Input.Period) = (Populations[0].Key, ResearchPeriod.Year.Key);
        if (replaces is { } before && await extracts.ExtractsFor(current.Actor!).AsNoTracking().SingleOrDefaultAsync(e => e.Id == before && e.ProjectId == Id, cancel) is { } extract)
        {
            (Input.Replaces, Input.Purpose, Input.Variables) = (before, extract.Purpose, Approved(extract.Variables));
            (Input.Form, Input.Only, Input.Measure) = (extract.Form, extract.OnlyKey is null ? null : $"{Approved(extract.OnlyKey)}={extract.OnlyCode}", Approved(extract.Measure));
            (Input.Population, Input.Period) = (extract.Population, extract.Period);
        }

        if (instead is { } refused && await extracts.ExtractsFor(current.Actor!).AsNoTracking().SingleOrDefaultAsync(e => e.Id == refused && e.ProjectId == Id, cancel) is { Offer: { } offer } asked)
        {
            (Input.Purpose, Input.Form, Input.Variables) = (asked.Purpose, asked.Form, Approved(offer.Variables));
            (Input.Only, Input.Measure) = (offer.KeepsGroup ? $"{Approved(asked.OnlyKey)}={asked.OnlyCode}" : null, offer.KeepsMean ? Approved(asked.Measure) : null);
            (Input.Population, Input.Period) = (asked.Population, asked.Period);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await extracts.RequestAsync(Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Asked for. A data lead will decide.";
        return Redirect($"/use/projects/{Id}/extracts/{Input.Id}");
    }

    /// <summary>The key a variable was approved under, whatever period it counts in.</summary>
    private string? Approved(string? key) => new VariableCatalogue(projects.Today).Find(key)?.ApprovedAs;

    private List<string> Approved(IEnumerable<string> keys) => [.. keys.Select(Approved).OfType<string>()];

    /// <summary>Only a project that is open has this page.</summary>
    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var project = await projects.ProjectsFor(current.Actor!).AsNoTracking().SingleOrDefaultAsync(p => p.Id == Id, cancel);
        if (project?.IsOpenOn(projects.Today) != true || await extracts.PreviewAsync(Id, current.Actor!, cancel) is not { } preview) return false;
        ProjectTitle = project.Title;
        MayAskForWords = project is { WordsWhy: not null, Place: AnalysisPlace.SafeSetting };
        Variables = new VariableCatalogue(projects.Today).Known([.. project.Variables.Select(v => v.Key)]);
        Populations = [.. ResearchPopulation.All.Where(p => project.Populations.Contains(p.Key))];
        Preview = [.. preview.Populations.Select(p => (p, ResearchPopulation.Find(p.Key)!, ResearchPeriod.Find(p.Period)!))];
        return true;
    }
}
