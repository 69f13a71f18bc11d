using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Web.Access;

namespace ChildrensInfo.Web.Shared;

/// <param name="Name">What people read, such as "Act and learn".</param>
/// <param name="Href">Its first page for this person.</param>
/// <param name="Root">It is the current section while the address starts with this.</param>
public sealed record Section(string Name, string Href, string Root)
{
    public bool Contains(PathString path) => path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What the layout shows of the person who is signed in: the sections they may open, their name and their council.</summary>
public class SectionNavigation
{
    private static readonly (Section Section, Capability Capability)[] All =
    [
        (new("Hear", "/hear", "/hear"), Capability.ReadVoice),
        (new("Understand", "/understand", "/understand"), Capability.UnderstandNeed),
        (new("Use", "/use/projects", "/use"), Capability.UseExtracts),
        (new("Use", "/use/decisions", "/use"), Capability.ReviewProjects),
        (new("Govern", "/govern", "/govern"), Capability.GovernInformation),
        (new("People", "/admin/people", "/admin/people"), Capability.LookAfterPeople),
        (new("Allocations", "/admin/allocations", "/admin/allocations"), Capability.LookAfterPeople),
        (new("Audit log", "/admin/audit", "/admin/audit"), Capability.ReadAudit),
        (new("Act and learn", "/act", "/act"), Capability.ActAndLearn),
    ];

    public IReadOnlyList<Section> For(ClaimsPrincipal person) =>
        PortalClaims.ToActor(person) is { } actor ? [.. All.Where(s => actor.Can(s.Capability)).Select(s => s.Section)] : [];

    public string? NameOf(ClaimsPrincipal person) => PortalClaims.ToActor(person)?.DisplayName;

    public string? CouncilOf(ClaimsPrincipal person) => person.FindFirstValue(PortalClaims.AuthorityName);
}
