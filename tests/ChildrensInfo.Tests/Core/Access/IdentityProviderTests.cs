using System.Net;
using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Access;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ChildrensInfo.Tests.Core.Access;

/// <summary>How a provider may be set up, and how its words become ours.</summary>
public class IdentityProviderTests
{
    private const string Tenant = "https://login.microsoftonline.com/6f6b2c1e-0000-4000-8000-000000000001/v2.0";

    [Fact]
    public void Entra_needs_no_claims_but_those_of_council_and_role()
    {
        Assert.Empty(IdentityProviders.FaultsOf(Settings(), isLocal: false));
        var provider = Assert.Single(IdentityProviders.From(Settings(), isLocal: false).All);
        Assert.Equal(("oid", "preferred_username", "823", Role.Practitioner), (provider.PersonClaim, provider.AddressClaim, provider.Councils["a-tenant"], provider.Roles["portal.practitioner"]));
        Assert.Equal((false, false, "harrowmere"), (provider.Only, provider.CreatesPeople, provider.ToString()));
        Assert.Equal("sub", Assert.Single(IdentityProviders.From(Settings(("Authority", "https://accounts.example/")), isLocal: false).All).PersonClaim);
        Assert.Empty(IdentityProviders.From(new ConfigurationBuilder().Build(), isLocal: false).All);
    }

    [Theory]
    [InlineData("Oidc:SiteAddress", null, "set Oidc__SiteAddress")]
    [InlineData("Oidc:SiteAddress", "http://portal.example", "set Oidc__SiteAddress")]
    [InlineData("Oidc:SiteAddress", "http://localhost:5080", "set Oidc__SiteAddress")]
    [InlineData("Key", null, "Key must be a short name")]
    [InlineData("Key", "../x", "Key must be a short name")]
    [InlineData("Name", null, "Name must say")]
    [InlineData("Authority", null, "Authority must be")]
    [InlineData("Authority", "http://accounts.example", "Authority must be")]
    [InlineData("Authority", "http://127.0.0.1:8080", "Authority must be")]
    [InlineData("Authority", "file:///etc/passwd", "Authority must be")]
    [InlineData("Authority", "https://someone:secret@accounts.example", "Authority must be")]
    [InlineData("Authority", "https://login.microsoftonline.com/common/v2.0", "Issuers must name the tenants")]
    [InlineData("Authority", "https://login.microsoftonline.com/organizations/v2.0", "Issuers must name the tenants")]
    [InlineData("Issuers:0", "accounts.example", "Issuers must each begin")]
    [InlineData("ClientId", null, "ClientId is not set")]
    [InlineData("ClientSecret", null, "ClientSecret is not set")]
    [InlineData("AuthorityClaim", null, "AuthorityClaim must name")]
    [InlineData("RoleClaim", null, "RoleClaim must name")]
    [InlineData("Councils:0:Value", null, "Councils must have")]
    [InlineData("Councils:0:Code", "8231", "Councils must have")]
    [InlineData("Roles:0:Role", "Owner", "Roles must have")]
    [InlineData("Roles:0:Role", "3", "Roles must have")]
    [InlineData("Only", "perhaps", "Only is neither")]
    [InlineData("CreatesPeople", "1", "CreatesPeople is neither")]
    public void What_is_missing_or_would_let_in_the_wrong_ones_is_one_line(string setting, string? value, string says)
    {
        var configuration = Settings((setting, value));
        Assert.Contains(says, Assert.Single(IdentityProviders.FaultsOf(configuration, isLocal: false)), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => IdentityProviders.From(configuration, isLocal: false));
    }

    [Theory]
    [InlineData("email", "true", "a@b.example", "a@b.example")]
    [InlineData("email", "True", "a@b.example", null)]
    [InlineData("email", "false", "a@b.example", null)]
    [InlineData("email", null, "a@b.example", null)]
    [InlineData("preferred_username", null, "A@B.example", "a@b.example")]
    [InlineData("preferred_username", "false", "a@b.example", null)]
    [InlineData("preferred_username", null, "a\u043e@b.example", null)]
    public void An_address_counts_when_it_is_seen_to_be_theirs(string claim, string? verified, string address, string? counts)
    {
        var provider = Assert.Single(IdentityProviders.From(Settings(("AddressClaim", claim)), isLocal: false).All);
        List<Claim> claims = [new("iss", Tenant), new("oid", "someone"), new("tid", "a-tenant"), new("roles", "portal.practitioner"), new(claim, address)];
        if (verified is not null) claims.Add(new Claim("email_verified", verified));
        Assert.Equal(counts, provider.Read(new ClaimsPrincipal(new ClaimsIdentity(claims))).Says!.Address);
        // Two persons in one token are none.
        Assert.Equal("person", provider.Read(new ClaimsPrincipal(new ClaimsIdentity([.. claims, new Claim("oid", "another")]))).Refusal);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:a9fe:a9fe", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("239.1.1.1", false)]
    [InlineData("20.190.128.1", true)]
    [InlineData("10.4.0.7", true)]
    [InlineData("2603:1006:2000::1", true)]
    public void The_site_speaks_to_no_provider_on_its_own_machine_or_link(string address, bool may) => Assert.Equal(may, OutwardAddress.Is(IPAddress.Parse(address)));

    private static IConfiguration Settings(params (string Setting, string? Value)[] changes)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Oidc:SiteAddress"] = "https://portal.example",
            ["Oidc:Providers:0:Key"] = "harrowmere",
            ["Oidc:Providers:0:Name"] = "Harrowmere",
            ["Oidc:Providers:0:Authority"] = Tenant,
            ["Oidc:Providers:0:ClientId"] = "an-id",
            ["Oidc:Providers:0:ClientSecret"] = "a-secret",
            ["Oidc:Providers:0:AuthorityClaim"] = "tid",
            ["Oidc:Providers:0:RoleClaim"] = "roles",
            ["Oidc:Providers:0:Councils:0:Value"] = "a-tenant",
            ["Oidc:Providers:0:Councils:0:Code"] = "823",
            ["Oidc:Providers:0:Roles:0:Value"] = "portal.practitioner",
            ["Oidc:Providers:0:Roles:0:Role"] = "Practitioner",
        };
        foreach (var (setting, value) in changes) settings[setting.StartsWith("Oidc:", StringComparison.Ordinal) ? setting : $"Oidc:Providers:0:{setting}"] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }
}
