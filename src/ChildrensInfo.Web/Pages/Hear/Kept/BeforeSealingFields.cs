using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>What <c>_BeforeSealing</c> draws: the last questions of every form that seals something. Its fields are called Input.Before.…, as the form's page binds them.</summary>
/// <param name="Input">Holds the answers under the name that the page binds.</param>
/// <param name="Near">Who was near enough at the visit to be heard.</param>
public sealed record BeforeSealingFields(BeforeSealingFields.Bound Input, VoiceKind Kind, string Name, IReadOnlyList<SelectListItem> People, IReadOnlyList<(PresentPerson Person, string? Who)> Near)
{
    public BeforeSealingFields(BeforeSealing before, VoiceKind kind, string name, IReadOnlyList<SelectListItem> people, IReadOnlyList<(PresentPerson Person, string? Who)> near) : this(new Bound(before), kind, name, people, near)
    {
    }

    public sealed record Bound(BeforeSealing Before);
}
