using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChildrensInfo.Web.Access;

/// <summary>Who is signed in, read from their cookie. Nobody, when anything is missing.</summary>
public sealed class CurrentActor(IHttpContextAccessor http) : ICurrentActor
{
    public Actor? Actor => http.HttpContext?.User is { Identity.IsAuthenticated: true } user ? PortalClaims.ToActor(user) : null;
}

/// <summary>What the cookie says of a person, in claims of our own.</summary>
public static class PortalClaims
{
    public const string Authority = "portal:authority";
    public const string AuthorityName = "portal:authority-name";
    public const string Role = "portal:role";
    public const string Team = "portal:team";
    public const string DisplayName = "portal:display-name";

    /// <summary>Whether the person has a second factor; asked of the database at each request, like the others.</summary>
    public const string SecondFactor = "portal:second-factor";

    public static Actor? ToActor(ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var person)
        && Guid.TryParse(user.FindFirstValue(Authority), out var authority)
        && Enum.TryParse<Role>(user.FindFirstValue(Role), out var role)
            ? Actor.For(person, authority, role, Guid.TryParse(user.FindFirstValue(Team), out var team) ? team : null, user.FindFirstValue(DisplayName) ?? "")
            : null;
}

/// <summary>Writes the claims at sign-in, and again at each request, since the security stamp is checked every time.</summary>
public sealed class PortalClaimsFactory(UserManager<AppUser> users, IOptions<IdentityOptions> options, AppDbContext db)
    : UserClaimsPrincipalFactory<AppUser>(users, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(AppUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(PortalClaims.Authority, user.AuthorityId.ToString()));
        identity.AddClaim(new Claim(PortalClaims.AuthorityName, await db.Authorities.Where(a => a.Id == user.AuthorityId).Select(a => a.Name).SingleAsync()));
        identity.AddClaim(new Claim(PortalClaims.Role, user.Role.ToString()));
        identity.AddClaim(new Claim(PortalClaims.DisplayName, user.DisplayName));
        if (user.TeamId is { } team) identity.AddClaim(new Claim(PortalClaims.Team, team.ToString()));
        if (user.TwoFactorEnabled) identity.AddClaim(new Claim(PortalClaims.SecondFactor, "yes"));
        return identity;
    }
}
