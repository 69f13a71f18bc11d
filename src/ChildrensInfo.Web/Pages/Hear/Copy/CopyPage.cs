using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

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

    /// <summary>A kind of service, or the id of one that was named.</summary>
    [FromQuery]
    public string? Service { get; set; }

    [FromQuery]
    public List<Guid> There { get; set; } = [];

    public CopyPlan Plan { get; protected set; } = null!;

    /// <summary>Whom it is for, as it stands on the copy.</summary>
    public string For => Plan.Recipient.Kind switch
    {
        ListenerKind.Child => Plan.Child.CalledName,
        ListenerKind.Relation => Named(Plan.Sharing[0].Person!),
        _ => ServiceName,
    };

    /// <summary>The service it is for, when it is for one.</summary>
    protected string ServiceName { get; private set; } = "";

    public static string Named(Relationship person) => $"{person.Name} ({Words.Of(person.Kind).ToLowerInvariant()})";

    protected async Task NameAsync(RecipientNames recipients, CancellationToken cancel)
    {
        if (Plan.Recipient.Kind == ListenerKind.Service) ServiceName = await recipients.OfAsync(ChildId, Purpose.SharePro, Plan.Recipient.ServiceScope, cancel) ?? "";
    }

    /// <summary>Where whom it is for is asked, once that is missing; nowhere for whoever does not work with the child.</summary>
    protected async Task<IActionResult> AskForWhomAsync(AppDbContext db, CancellationToken cancel) =>
        await db.Children.AnyAsync(c => c.Id == ChildId, cancel) ? Redirect($"/hear/{ChildId}/copy") : NotFound();

    protected CopyRecipient? Recipient() => To switch
    {
        ForChild => CopyRecipient.TheChild,
        ForService when Guid.TryParse(Service, out var named) => CopyRecipient.ToNamed(named, [.. There.Distinct()]),
        ForService when Enum.TryParse<OutsideService>(Service, out var service) && Enum.IsDefined(service) => CopyRecipient.To(service, [.. There.Distinct()]),
        _ when Guid.TryParse(To, out var person) => CopyRecipient.Person(person),
        _ => null,
    };
}
