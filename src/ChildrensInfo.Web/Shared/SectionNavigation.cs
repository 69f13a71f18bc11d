using System.Security.Claims;

namespace ChildrensInfo.Web.Shared;

/// <param name="Name">What people read, such as "Act and learn".</param>
/// <param name="Href">Its first page. It is the current section while the address starts with it.</param>
public sealed record Section(string Name, string Href)
{
    public bool Contains(PathString path) => path.StartsWithSegments(Href, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What the layout shows of the person who is signed in: the sections they may open, their name and their council.</summary>
public class SectionNavigation
{
    public IReadOnlyList<Section> For(ClaimsPrincipal person) => person.Identity?.IsAuthenticated == true
        ? [new("Hear", "/Hear"), new("Understand", "/Understand"), new("Use", "/Use"), new("Act and learn", "/Act"), new("Administration", "/Admin")]
        : [];

    public string? NameOf(ClaimsPrincipal person) =>
        person.Identity?.IsAuthenticated == true ? person.FindFirstValue("display_name") ?? person.Identity.Name : null;

    public string? CouncilOf(ClaimsPrincipal person) =>
        person.Identity?.IsAuthenticated == true ? person.FindFirstValue("authority_name") : null;
}
