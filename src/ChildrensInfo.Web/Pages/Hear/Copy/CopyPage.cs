using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Hear.Copy;

/// <summary>What the pages about one copy have in common: whom it is for.</summary>
public abstract class CopyPage : PageModel
{
    public const string ForChild = "child";

    public const string ForService = "service";

    [FromRoute]
    public Guid ChildId { get; set; }

    /// <summary>The child, a service, or the id of somebody in the child's life.</summary>
    [FromQuery]
    public string? To { get; set; }

    [FromQuery]
    public OutsideService? Service { get; set; }

    [FromQuery]
    public List<Guid> There { get; set; } = [];

    public CopyPlan Plan { get; protected set; } = null!;

    /// <summary>Whom it is for, as it stands on the copy.</summary>
    public string For => Plan.Recipient.Kind switch
    {
        ListenerKind.Child => Plan.Child.CalledName,
        ListenerKind.Relation => Named(Plan.Sharing[0].Person!),
        _ => Words.Of(Plan.Recipient.Service!.Value),
    };

    public static string Named(Relationship person) => $"{person.Name} ({Words.Of(person.Kind).ToLowerInvariant()})";

    protected CopyRecipient? Recipient() => To switch
    {
        ForChild => CopyRecipient.TheChild,
        ForService when Service is { } service && Enum.IsDefined(service) => CopyRecipient.To(service, [.. There.Distinct()]),
        _ when Guid.TryParse(To, out var person) => CopyRecipient.Person(person),
        _ => null,
    };
}
