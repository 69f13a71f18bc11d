using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Web.Access;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>A child chooses a picture: how much of a say they had.</summary>
public class FeltModel(ParticipationService participation, IValidator<AccountForParticipation> validator, ICurrentActor current) : PartPage(participation)
{
    private readonly ParticipationService participation = participation;

    [BindProperty]
    public AccountForParticipation Input { get; set; } = new();

    /// <summary>The child before, of a group, has chosen.</summary>
    [FromQuery]
    public bool Told { get; set; }

    /// <summary>What stands in the way, as a key of the child's words.</summary>
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return Redirect(ChildModeGate.Home);
        if (!Activity.Next.Contains(ParticipationStepKind.Felt)) return Redirect(Home);
        Input = new() { Id = Guid.CreateVersion7() };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return Redirect(ChildModeGate.Home);
        // Nothing but the picture is asked here.
        Input = new() { Id = Input.Id, Kind = ParticipationStepKind.Felt, Degree = Input.Degree };
        if (!(await validator.ValidateAsync(Input, cancel)).IsValid)
        {
            ModelState.Clear();
            Problem = "choose-empty";
            return Page();
        }

        if (await participation.TakeAsync(Mode.ChildId, Activity.Activity.Id, Input, current.Actor!, cancel) is not { IsDone: true }) return Redirect(Home);
        // The next child of a group finds the pictures as they were.
        return Redirect(IsGroup ? "/hear/my-say/felt?told=true" : Home + (Query.Length == 0 ? "?" : "&") + "told=true");
    }
}
