using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Copy;

/// <summary>
/// What would be in a copy and what would not, and why; and, once it is asked for, the copy itself, to be printed. Everything is chosen and left out
/// by <see cref="VoiceCopyService"/>: this page cannot add anything.
/// </summary>
public class CheckModel(AppDbContext db, VoiceCopyService copies, ICurrentActor current, TimeProvider clock) : PageModel
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

    public CopyPlan Plan { get; private set; } = null!;

    /// <summary>The copy, once it was made.</summary>
    public IReadOnlyList<CopiedRecord>? Copy { get; private set; }

    public IReadOnlyDictionary<Guid, string> Workers { get; private set; } = new Dictionary<Guid, string>();

    public DateOnly Today { get; private set; }

    public string MadeBy => current.Actor!.DisplayName;

    public string Council { get; private set; } = "";

    /// <summary>Whom it is for, as it stands on the copy.</summary>
    public string For => Plan.Recipient.Kind switch
    {
        ListenerKind.Child => Plan.Child.CalledName,
        ListenerKind.Relation => Named(Plan.Sharing[0].Person!),
        _ => Words.Of(Plan.Recipient.Service!.Value),
    };

    public static string Named(Relationship person) => $"{person.Name} ({Words.Of(person.Kind).ToLowerInvariant()})";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (Recipient() is not { } recipient) return Redirect($"/hear/{ChildId}/copy");
        if (await copies.PlanAsync(ChildId, recipient, current.Actor!, cancel) is not { } plan) return NotFound();
        Plan = plan;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (Recipient() is not { } recipient) return Redirect($"/hear/{ChildId}/copy");
        if (await copies.MakeAsync(ChildId, recipient, current.Actor!, cancel) is not var (plan, records)) return NotFound();
        (Plan, Copy) = (plan, records);
        Today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        Council = (await CouncilNames.OfActorAsync(db, cancel)).English;
        var authors = records.SelectMany(r => r.Interpretations).Select(i => i.Interpretation.AuthorId).Distinct().ToList();
        Workers = await db.Users.Where(u => authors.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return Page();
    }

    /// <summary>What a record is called on the copy.</summary>
    public string LabelOf(VoiceRecord record) => record switch
    {
        { Speaker: Speaker.ParentOrCarer } => $"{record.SpeakerRelationship?.Name ?? "A parent or carer"}, in their own words",
        { Speaker: Speaker.Practitioner } => "The worker’s own words",
        { Kind: VoiceKind.TypedText, Provenance: not WordsProvenance.Observed } => $"{Plan.Child.CalledName}’s own words",
        _ => Words.Of(record.Kind, record.Speaker),
    };

    private CopyRecipient? Recipient() => To switch
    {
        ForChild => CopyRecipient.TheChild,
        ForService when Service is { } service && Enum.IsDefined(service) => CopyRecipient.To(service, [.. There.Distinct()]),
        _ when Guid.TryParse(To, out var person) => CopyRecipient.Person(person),
        _ => null,
    };
}
