using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Configuration;

namespace ChildrensInfo.Core.Access;

/// <summary>A council's own service of accounts, such as Entra ID, that says who somebody is: what it is called, where it is and how its words become ours.</summary>
/// <param name="Key">What its identities are bound under, for good; also the part of our addresses that means it.</param>
/// <param name="Name">Whose account it is, as people say it on the button.</param>
/// <param name="PersonClaim">What names the person and is never given to another.</param>
/// <param name="AddressClaim">What names them as an administrator would write it down; only for the first time, and for people made from what it says.</param>
/// <param name="Councils">Our code of a council, by what <paramref name="AuthorityClaim"/> says of it. Whoever it does not name stays out.</param>
/// <param name="Issuers">Whose tokens are taken; when none are named, only those of the issuer that the provider itself states.</param>
/// <param name="SecondFactorClasses">What it calls a sign-in with a second factor (acr), beside <c>mfa</c> among its methods (amr).</param>
/// <param name="Only">Whoever has signed in with it once signs in with it only: whoever has left the council is out here too.</param>
/// <param name="CreatesPeople">Makes a person of whomever it lets in and we do not know.</param>
public sealed record IdentityProvider(
    string Key, string Name, Uri Authority, string ClientId, string? ClientSecret, string PersonClaim, string AddressClaim, string AuthorityClaim, string RoleClaim,
    IReadOnlyDictionary<string, string> Councils, IReadOnlyDictionary<string, Role> Roles, IReadOnlyList<string> Issuers, IReadOnlyList<string> SecondFactorClasses, bool Only, bool CreatesPeople)
{
    public const int KeyMaxLength = 40;

    /// <summary>Never the secret.</summary>
    public override string ToString() => Key;

    /// <returns>What was said, or in a code why it does not do and of which council it was all the same.</returns>
    public (ProviderSays? Says, string? Refusal, string? CouncilCode) Read(ClaimsPrincipal claims)
    {
        if (One(claims, "iss") is not { } issuer || One(claims, PersonClaim) is not { } subject || !IsPlain(issuer) || !IsPlain(subject)) return (null, "person", null);
        List<string> councils = [.. claims.FindAll(AuthorityClaim).Select(c => Councils.GetValueOrDefault(c.Value)).OfType<string>().Distinct()];
        if (councils.Count != 1) return (null, "council", null);
        List<Role> roles = [.. claims.FindAll(RoleClaim).Where(c => Roles.ContainsKey(c.Value)).Select(c => Roles[c.Value]).Distinct()];
        // One person has one role: whoever would have two is for the council to decide about, not for the order of a list.
        if (roles.Count != 1) return (null, roles.Count == 0 ? "role" : "roles", councils[0]);
        // A mail address that nobody has seen to belong to them could be anybody's; a name within the council's own directory is the council's word.
        var address = One(claims, AddressClaim);
        var verified = One(claims, "email_verified");
        var isTheirs = AddressClaim == "email" ? verified == "true" : verified is null or "true";
        return (new ProviderSays(
            issuer, subject, councils[0], roles[0], isTheirs && address is not null && IsPlain(address) ? PersonIdentity.Normal(address) : null, One(claims, "name"),
            claims.FindAll("amr").Any(c => c.Value == "mfa") || claims.FindAll("acr").Any(c => SecondFactorClasses.Contains(c.Value))), null, councils[0]);
    }

    private static string? One(ClaimsPrincipal claims, string type) => claims.FindAll(type).Select(c => c.Value).ToList() is [{ Length: > 0 } value] ? value : null;

    private static bool IsPlain(string value) => value.Length <= PersonIdentity.SubjectMaxLength && value.All(c => c is > ' ' and <= '~');
}

/// <summary>What a provider says of somebody who has just signed in there, in our words.</summary>
public sealed record ProviderSays(string Issuer, string Subject, string CouncilCode, Role Role, string? Address, string? Name, bool HasSecondFactor);

/// <summary>Which providers the site takes sign-ins from: none, unless they are set up.</summary>
public sealed class IdentityProviders
{
    public const string Section = "Oidc";

    private const string Told = "Oidc__Providers__";

    private const string Microsoft = "login.microsoftonline.com";

    public static readonly IdentityProviders None = new([], null);

    private IdentityProviders(IReadOnlyList<IdentityProvider> all, Uri? site) => (All, Site) = (all, site);

    public IReadOnlyList<IdentityProvider> All { get; }

    /// <summary>Where browsers reach this site; providers send people back there. Not from the request: whoever asks can write any host into it.</summary>
    public Uri? Site { get; }

    public IdentityProvider? Find(string? key) => All.FirstOrDefault(p => p.Key == key);

    /// <exception cref="InvalidOperationException">A setting is missing or would let in whom it must not.</exception>
    public static IdentityProviders From(IConfiguration configuration, bool isLocal)
    {
        var faults = FaultsOf(configuration, isLocal).ToList();
        if (faults.Count > 0) throw new InvalidOperationException($"Not started: {string.Join(' ', faults)}");
        List<IdentityProvider> all = [.. Sections(configuration).Select(Read)];
        return all.Count == 0 ? None : new IdentityProviders(all, new Uri(configuration[$"{Section}:SiteAddress"]!));
    }

    /// <summary>One line for each setting that must be mended before the site may start.</summary>
    /// <param name="isLocal">On one's own machine, where there is no TLS.</param>
    public static IEnumerable<string> FaultsOf(IConfiguration configuration, bool isLocal)
    {
        var sections = Sections(configuration).ToList();
        if (sections.Count == 0) yield break;
        if (AddressOf(configuration[$"{Section}:SiteAddress"], isLocal) is not { AbsolutePath: "/" }) yield return "set Oidc__SiteAddress to where browsers reach the site, such as https://portal.council.example.";
        foreach (var twice in sections.GroupBy(s => s["Key"]).Where(g => g.Count() > 1)) yield return $"{Told}…__Key is the same for two providers.";
        foreach (var section in sections)
        {
            foreach (var fault in FaultsOf(section, isLocal)) yield return $"{Told}{section.Key}__{fault}";
        }
    }

    private static IEnumerable<string> FaultsOf(IConfigurationSection section, bool isLocal)
    {
        if (section["Key"] is not { Length: > 0 and <= IdentityProvider.KeyMaxLength } key || !key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            yield return $"Key must be a short name of small letters, digits and dashes, up to {IdentityProvider.KeyMaxLength}; it must never change.";
        }

        if (string.IsNullOrWhiteSpace(section["Name"])) yield return "Name must say whose account it is, as the button does.";
        var address = AddressOf(section["Authority"], isLocal);
        if (address is null) yield return "Authority must be the provider’s address and begin with https://.";
        var manyTenants = address is not null && address.Host == Microsoft && address.Segments is [_, "common/" or "organizations/" or "consumers/" or "common" or "organizations" or "consumers", ..];
        var issuers = Values(section, "Issuers");
        if (manyTenants && issuers.Count == 0) yield return "Issuers must name the tenants that may sign in, since its Authority serves every tenant there is.";
        if (issuers.Any(i => AddressOf(i, isLocal) is null)) yield return "Issuers must each begin with https://.";
        if (string.IsNullOrWhiteSpace(section["ClientId"])) yield return "ClientId is not set.";
        if (string.IsNullOrEmpty(section["ClientSecret"])) yield return "ClientSecret is not set; hand it over as a file in Settings__Folder.";
        if (string.IsNullOrWhiteSpace(section["AuthorityClaim"])) yield return "AuthorityClaim must name the claim that says of which council somebody is.";
        if (string.IsNullOrWhiteSpace(section["RoleClaim"])) yield return "RoleClaim must name the claim that says what somebody does.";
        var councils = section.GetSection("Councils").GetChildren().ToList();
        if (councils.Count == 0 || councils.Any(c => string.IsNullOrEmpty(c["Value"]) || c["Code"] is not { Length: 3 })) yield return "Councils must have a Value and a three-letter Code each, and at least one.";
        if (councils.GroupBy(c => c["Value"]).Any(g => g.Count() > 1)) yield return "Councils has one Value twice.";
        var roles = section.GetSection("Roles").GetChildren().ToList();
        if (roles.Count == 0 || roles.Any(r => string.IsNullOrEmpty(r["Value"]) || RoleOf(r["Role"]) is null))
        {
            yield return $"Roles must have a Value and a Role each, and at least one. Roles are {string.Join(", ", Enum.GetNames<Role>())}.";
        }

        if (roles.GroupBy(r => r["Value"]).Any(g => g.Count() > 1)) yield return "Roles has one Value twice.";
        foreach (var flag in (string[])["Only", "CreatesPeople"])
        {
            if (section[flag] is { Length: > 0 } text && !bool.TryParse(text, out _)) yield return $"{flag} is neither true nor false.";
        }
    }

    private static IdentityProvider Read(IConfigurationSection section)
    {
        var authority = new Uri(section["Authority"]!);
        var isMicrosoft = authority.Host == Microsoft;
        return new IdentityProvider(
            section["Key"]!, section["Name"]!.Trim(), authority, section["ClientId"]!, section["ClientSecret"],
            // Entra names a person by another sub in each application; oid is theirs in the whole tenant, and what administrators see.
            Or("PersonClaim", isMicrosoft ? "oid" : "sub"), Or("AddressClaim", isMicrosoft ? "preferred_username" : "email"), section["AuthorityClaim"]!, section["RoleClaim"]!,
            section.GetSection("Councils").GetChildren().ToDictionary(c => c["Value"]!, c => c["Code"]!.ToUpperInvariant(), StringComparer.Ordinal),
            section.GetSection("Roles").GetChildren().ToDictionary(r => r["Value"]!, r => RoleOf(r["Role"])!.Value, StringComparer.Ordinal),
            Values(section, "Issuers"), Values(section, "SecondFactorClasses"), section.GetValue("Only", false), section.GetValue("CreatesPeople", false));

        string Or(string name, string usual) => section[name] is { Length: > 0 } given ? given : usual;
    }

    private static IEnumerable<IConfigurationSection> Sections(IConfiguration configuration) =>
        configuration.GetSection($"{Section}:Providers").GetChildren().OrderBy(s => int.TryParse(s.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue);

    private static List<string> Values(IConfigurationSection section, string name) => [.. section.GetSection(name).GetChildren().Select(c => c.Value ?? "").Where(v => v.Length > 0)];

    private static Role? RoleOf(string? text) => Enum.GetNames<Role>().Contains(text) ? Enum.Parse<Role>(text!) : null;

    private static Uri? AddressOf(string? text, bool isLocal) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (isLocal && address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) ? address : null;
}
