using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Pages.Understand.Reflections;

/// <summary>One reflection with the picture it is about, what others answered and what it became.</summary>
public class DetailModel(ReflectionService reflections, InformationUseService projects, ParticipationService participation, IValidator<AddToReflection> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public AddToReflection Input { get; set; } = new();

    public ReflectionOpened Reflection { get; private set; } = null!;

    /// <summary>What groups are asked to take part in.</summary>
    public IReadOnlyList<SelectListItem> Activities { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Versions { get; private set; } = [];

    /// <summary>What grew out of it.</summary>
    public IReadOnlyList<InformationUseOpened> Projects { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7() };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await reflections.AddAsync(Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Added.";
        return Redirect($"/understand/reflections/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if ((await reflections.OpenAsync(current.Actor!, cancel, only: Id)).SingleOrDefault() is not { } found) return false;
        Reflection = found;
        Projects = await projects.OpenAsync(current.Actor!, cancel, reflection: Id);
        var activities = await participation.OpenAsync(null, cancel);
        if (activities.Count > 0) Activities = [.. activities.Select(a => new SelectListItem($"{Words.Of(a.Activity.PlannedFor)}: {a.Plan.Purpose}", a.Activity.Id.ToString()))];
        var versions = await reflections.VersionsSinceAsync(found.Reflection, cancel);
        if (versions.Count > 0) Versions = [.. versions.Select(v => new SelectListItem($"Version {v.Number}: {v.Reason}", v.Id.ToString()))];
        return true;
    }
}
