using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ChildrensInfo.Tests.Support;

/// <summary>A council's own accounts: a real OpenID provider on loopback. A test says who signs in there next, and what it gets wrong.</summary>
public sealed class CouncilAccounts : IAsyncDisposable
{
    public const string ClientId = "portal";

    public const string Secret = "a-secret-that-must-stay-out-of-logs-91c4";

    private readonly WebApplication app;

    private CouncilAccounts(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    /// <summary>What it says of whoever signs in next: several values of one claim are an array.</summary>
    public List<(string Type, string Value)> Next { get; set; } = [];

    /// <summary>When they last signed in there; now, unless a test says otherwise.</summary>
    public TimeSpan SignedInAgo { get; set; }

    public Fault? Wrong { get; set; }

    /// <summary>What it was asked, oldest first.</summary>
    public List<OpenIddictRequest> Asked { get; } = [];

    public enum Fault
    {
        OtherNonce,
        OtherKey,
        Expired,
        OtherAudience,
    }

    public static async Task<CouncilAccounts> StartAsync(Func<string?, bool> isRegistered)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0));
        CouncilAccounts? self = null;
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetEndSessionEndpointUris("connect/end");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.RegisterScopes(Scopes.Email, Scopes.Profile);
            server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            // Without a store: it knows one client, and whom the test names.
            server.EnableDegradedMode();
            server.UseAspNetCore().DisableTransportSecurityRequirement();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(h => h.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || !isRegistered(context.RedirectUri)) context.Reject(Errors.InvalidClient);
                return default;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(h => h.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != Secret) context.Reject(Errors.InvalidClient);
                return default;
            }));
            server.AddEventHandler<ValidateEndSessionRequestContext>(h => h.UseInlineHandler(_ => default));
            server.AddEventHandler<HandleAuthorizationRequestContext>(h => h.UseInlineHandler(context =>
            {
                self!.Asked.Add(context.Request);
                var identity = new ClaimsIdentity("A test");
                foreach (var claim in self.Next.GroupBy(c => c.Type))
                {
                    if (claim.Key == Claims.EmailVerified) identity.SetClaim(claim.Key, claim.Single().Value == "true");
                    else if (claim.Count() == 1) identity.SetClaim(claim.Key, claim.Single().Value);
                    else identity.SetClaims(claim.Key, [.. claim.Select(c => c.Value)]);
                }

                identity.SetClaim(Claims.AuthenticationTime, DateTimeOffset.UtcNow.Subtract(self.SignedInAgo).ToUnixTimeSeconds());
                identity.SetDestinations(_ => [Destinations.IdentityToken]);
                context.SignIn(new ClaimsPrincipal(identity).SetScopes(context.Request.GetScopes()));
                return default;
            }));
            server.AddEventHandler<ProcessSignInContext>(h => h.SetOrder(OpenIddictServerHandlers.PrepareIdentityTokenPrincipal.Descriptor.Order + 1).UseInlineHandler(context =>
            {
                if (context.IdentityTokenPrincipal is not { } token) return default;
                if (self!.Wrong == Fault.OtherNonce) token.SetClaim(Claims.Nonce, "another");
                if (self.Wrong == Fault.Expired) token.SetCreationDate(DateTimeOffset.UtcNow.AddHours(-2)).SetExpirationDate(DateTimeOffset.UtcNow.AddHours(-1));
                if (self.Wrong == Fault.OtherAudience) token.SetAudiences("somebody-else");
                return default;
            }));
            server.AddEventHandler<GenerateTokenContext>(h => h.SetOrder(int.MinValue + 100_000).UseInlineHandler(context =>
            {
                if (self!.Wrong == Fault.OtherKey && context.TokenType.Contains("id_token", StringComparison.Ordinal))
                {
                    context.SigningCredentials = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)), SecurityAlgorithms.RsaSha256);
                }

                return default;
            }));
        });
        var app = builder.Build();
        app.UseAuthentication();
        self = new CouncilAccounts(app);
        await app.StartAsync();
        return self;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
