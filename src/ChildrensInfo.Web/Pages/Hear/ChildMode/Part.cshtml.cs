using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Mvc;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>A page about one activity: of the child who holds the device, or the one that it was lent for.</summary>
public abstract class PartPage(ParticipationService participation) : ChildModePage
{
    /// <summary>Which of the child's activities, on a visit.</summary>
    [FromQuery]
    public Guid? Of { get; set; }

    public ParticipationOpened Activity { get; private set; } = null!;

    public bool IsGroup => Mode.ChildId is null;

    /// <summary>What names the activity in an address, where the device is lent for more than this one.</summary>
    public string Query => Mode.ActivityId is null ? $"?of={Of}" : "";

    public string Home => ChildModeGate.Part + Query;

    protected async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if ((Mode.ActivityId ?? Of) is not { } id || (await participation.OpenAsync(Mode.ChildId, cancel, id)).SingleOrDefault() is not { } activity) return false;
        Activity = activity;
        return true;
    }
}

/// <summary>First of all: what it is for, what can change and what cannot.</summary>
public class PartModel(ParticipationService participation, ICurrentActor current) : PartPage(participation)
{
    private readonly ParticipationService participation = participation;

    [BindProperty]
    public Guid StepId { get; set; }

    /// <summary>Just now the child said how much of a say they had.</summary>
    [FromQuery]
    public bool Told { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        StepId = Guid.CreateVersion7();
        return await LoadAsync(cancel) ? Page() : Redirect(ChildModeGate.Home);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return Redirect(ChildModeGate.Home);
        // Whoever pressed twice sees how it stands.
        await participation.TakeAsync(Mode.ChildId, Activity.Activity.Id, new() { Id = StepId, Kind = ParticipationStepKind.Shown }, current.Actor!, cancel);
        return Redirect(Home);
    }
}
