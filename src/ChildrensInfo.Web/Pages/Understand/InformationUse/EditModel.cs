using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Pages.Understand.InformationUse;

/// <summary>A new project, or the next version of the text of one.</summary>
public class EditModel(InformationUseService projects, ReflectionService reflections, IValidator<WriteInformationUse> validator, ICurrentActor current) : PageModel
{
    /// <summary>How far ahead the day to look again is suggested.</summary>
    private const int MonthsToReview = 3;

    /// <summary>The project whose text is changed; null for a new one.</summary>
    [FromRoute]
    public Guid? Id { get; set; }

    /// <summary>The reflection a new one grows out of.</summary>
    [FromQuery(Name = "reflection")]
    public Guid? From { get; set; }

    /// <summary>What a new one is about, as the form has it.</summary>
    [FromQuery]
    public string? About { get; set; }

    [BindProperty]
    public WriteInformationUse Input { get; set; } = new();

    public InformationUseOpened? Project { get; private set; }

    public ReflectionOpened? Reflection { get; private set; }

    public IReadOnlyList<SelectListItem> Subjects { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = Project is { Words: var words, Project.Newest: var newest }
            ? new()
            {
                Seen = newest.Number,
                Question = words.Question,
                VoiceShaped = words.VoiceShaped,
                VoiceMissing = words.VoiceMissing,
                WillTry = words.WillTry,
                TakesPart = words.TakesPart,
                StartsOn = newest.StartsOn,
                ReviewOn = newest.ReviewOn,
            }
            : new()
            {
                About = Reflection?.Reflection.IndicatorKey ?? About,
                VoiceMissing = Reflection?.Words.VoiceMissing,
                WillTry = Reflection?.Words.WillDo,
                StartsOn = projects.Today,
                ReviewOn = projects.Today.AddMonths(MonthsToReview),
            };
        Input.Id = Guid.CreateVersion7();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        // Which of the two it is, and what it grows out of, is the address’s to say.
        Input.ReflectionId = From;
        Input.Seen = Project is null ? 0 : Math.Max(1, Input.Seen);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = Id is { } id ? await projects.ChangeAsync(id, Input, current.Actor!, cancel) : await projects.WriteAsync(Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = Id is null ? "Begun. Add what is being done as it goes on." : "Kept. What was written before is kept too.";
        return Redirect($"/understand/information-use/{Id ?? Input.Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var actor = current.Actor!;
        if (Id is { } id)
        {
            Project = (await projects.OpenAsync(actor, cancel, only: id)).SingleOrDefault();
            return Project is not null;
        }

        if (From is { } from)
        {
            Reflection = (await reflections.OpenAsync(actor, cancel, only: from)).SingleOrDefault();
            if (Reflection is null) return false;
        }

        Subjects = [.. (await projects.SubjectsAsync(cancel)).Select(s => new SelectListItem(s.Indicator is { } indicator ? $"{s.Domain}: {indicator.Definition.Name}" : $"{s.Domain}, as a whole", s.Key))];
        return true;
    }
}
