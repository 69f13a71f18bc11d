using System.Globalization;
using System.Net;
using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// Signing in with a council's own account (OpenID Connect). The provider's word is taken once, for who it is and what they do; from then on the sign-in is one of ours, listed, timed
/// and ended as every other. No token is kept.
/// </summary>
public static class SingleSignOn
{
    public const string Root = "/account/with";

    /// <summary>Between the notice of having signed out here and the way to sign out there as well.</summary>
    public const string SignedOutKey = "SignedOutOf";

    private const string AgainItem = "portal:again";
    private const string AskedItem = "portal:asked-at";

    /// <summary>How long somebody may take at the provider.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>By how much the provider's clock may differ from ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public static string StartOf(IdentityProvider provider, string? returnUrl = null) =>
        $"{Root}/{provider.Key}" + (string.IsNullOrEmpty(returnUrl) ? "" : $"?returnUrl={Uri.EscapeDataString(returnUrl)}");

    public static string AgainOf(IdentityProvider provider) => $"{Root}/{provider.Key}/again";

    public static string OutOf(IdentityProvider provider) => $"{Root}/{provider.Key}/out";

    public static void AddSingleSignOn(this AuthenticationBuilder authentication, IdentityProviders providers, bool isLocal, Action<CookieBuilder, string> name)
    {
        foreach (var provider in providers.All)
        {
            authentication.AddOpenIdConnect(SchemeOf(provider), options => Set(options, provider, providers.Site!, isLocal, name));
        }
    }

    public static void MapSingleSignOn(this WebApplication app)
    {
        app.MapGet(Root + "/{provider}", StartAsync).AllowAnonymous();
        app.MapGet(Root + "/{provider}/again", AgainAsync);
        app.MapGet(Root + "/{provider}/out", OutAsync).AllowAnonymous();
        // Of a provider that is set up, its handler answers before this is reached.
        app.MapGet(Root + "/{provider}/back", () => Results.NotFound()).AllowAnonymous();
    }

    /// <returns>The address at which the provider ends its own sign-in; null when it has none, or does not answer.</returns>
    public static async Task<string?> EndOfAsync(HttpContext context, IdentityProvider provider) =>
        (await ConfigurationAsync(context, provider))?.EndSessionEndpoint is { Length: > 0 } end ? end : null;

    private static string SchemeOf(IdentityProvider provider) => $"With {provider.Key}";

    private static string BackOf(IdentityProvider provider) => $"{Root}/{provider.Key}/back";

    private static void Set(OpenIdConnectOptions options, IdentityProvider provider, Uri site, bool isLocal, Action<CookieBuilder, string> name)
    {
        options.Authority = provider.Authority.AbsoluteUri;
        options.RequireHttpsMetadata = !isLocal;
        options.BackchannelHttpHandler = new OutwardsOnly(isLocal);
        options.BackchannelTimeout = TimeSpan.FromSeconds(15);
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // Comes back as a link would, so that our cookies need no wider reach than Lax.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.SaveTokens = false;
        options.GetClaimsFromUserInfoEndpoint = false;
        options.MapInboundClaims = false;
        // What they are read from is the token as it was signed.
        options.ClaimActions.Clear();
        options.Scope.Clear();
        foreach (var scope in (string[])["openid", "profile", "email"]) options.Scope.Add(scope);
        options.CallbackPath = BackOf(provider);
        options.RemoteSignOutPath = PathString.Empty;
        options.SignInScheme = IdentityConstants.ExternalScheme;
        options.RemoteAuthenticationTimeout = Patience;
        name(options.CorrelationCookie, $"portal-{provider.Key}-state.");
        name(options.NonceCookie, $"portal-{provider.Key}-nonce.");
        options.NonceCookie.Path = options.CorrelationCookie.Path = "/";
        options.TokenValidationParameters.ClockSkew = Skew;
        if (provider.Issuers.Count > 0)
        {
            options.TokenValidationParameters.IssuerValidator = (issuer, _, _) =>
                provider.Issuers.Contains(issuer) ? issuer : throw new SecurityTokenInvalidIssuerException("The token is of an issuer that is not allowed.");
        }

        options.Events = new OpenIdConnectEvents
        {
            OnRedirectToIdentityProvider = context =>
            {
                context.ProtocolMessage.RedirectUri = new Uri(site, BackOf(provider)).AbsoluteUri;
                return Task.CompletedTask;
            },
            OnTicketReceived = context =>
            {
                context.HandleResponse();
                return context.Properties?.Items.ContainsKey(AgainItem) == true ? ProveAsync(context, provider) : EnterAsync(context, provider);
            },
            OnAccessDenied = context =>
            {
                context.HandleResponse();
                context.Response.Redirect("/Account/SignIn");
                return Task.CompletedTask;
            },
            OnRemoteFailure = async context =>
            {
                context.HandleResponse();
                await RefuseAsync(context.HttpContext, provider, null, "not valid");
            },
        };
    }

    private static async Task<IResult> StartAsync(HttpContext context, string provider, string? returnUrl, IdentityProviders providers)
    {
        if (providers.Find(provider) is not { } found) return Results.NotFound();
        var way = WayBack(returnUrl);
        if (context.User.Identity?.IsAuthenticated == true) return Results.LocalRedirect(way);
        return await ConfigurationAsync(context, found) is null
            ? Results.LocalRedirect(Pages.Account.NotOpenedModel.Again)
            : Results.Challenge(new AuthenticationProperties { RedirectUri = way }, [SchemeOf(found)]);
    }

    /// <summary>Somebody who is signed in shows at the provider once more that it is them.</summary>
    private static async Task<IResult> AgainAsync(HttpContext context, string provider, IdentityProviders providers, TimeProvider clock)
    {
        if (providers.Find(provider) is not { } found || SignInGate.Of(context.User) is not { } signIn) return Results.NotFound();
        if (await ConfigurationAsync(context, found) is null) return Results.LocalRedirect(Pages.Account.NotOpenedModel.Again);
        var properties = new OpenIdConnectChallengeProperties { Prompt = OpenIdConnectPrompt.Login, MaxAge = TimeSpan.Zero, RedirectUri = "/" };
        properties.Items[AgainItem] = signIn.ToString();
        properties.Items[AskedItem] = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Results.Challenge(properties, [SchemeOf(found)]);
    }

    private static async Task<IResult> OutAsync(HttpContext context, string provider, IdentityProviders providers)
    {
        if (providers.Find(provider) is not { } found || await EndOfAsync(context, found) is not { } end) return Results.NotFound();
        var back = new Uri(providers.Site!, "/account/signin").AbsoluteUri;
        return Results.Redirect(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(end, new Dictionary<string, string?> { ["client_id"] = found.ClientId, ["post_logout_redirect_uri"] = back }));
    }

    private static async Task EnterAsync(TicketReceivedContext context, IdentityProvider provider)
    {
        var http = context.HttpContext;
        var (services, cancel) = (http.RequestServices, http.RequestAborted);
        var here = (await http.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Principal;
        if (here?.HasClaim(c => c.Type == ChildModeGate.Claim) == true)
        {
            // Begun before the device was lent: a child holds it now.
            context.Response.Redirect(ChildModeGate.Home);
            return;
        }

        var (person, says, _) = await services.GetRequiredService<IdentityService>().EnterAsync(provider, context.Principal!, cancel);
        if (person is null)
        {
            context.Response.Redirect(Pages.Account.NotOpenedModel.Address);
            return;
        }

        var way = WayBack(context.ReturnUri);
        if (person.TwoFactorEnabled && !says!.HasSecondFactor)
        {
            await SecondStep.BeginAsync(http, person, provider.Key);
            context.Response.Redirect($"/account/code?ReturnUrl={Uri.EscapeDataString(way)}");
            return;
        }

        var begun = await services.GetRequiredService<SignInService>().BeginAsync(person, SignInGate.DeviceOf(http.Request.Headers.UserAgent), cancel, provider.Key, says!.HasSecondFactor);
        await SignInGate.EnterAsync(services.GetRequiredService<SignInManager<AppUser>>(), person, begun);
        context.Response.Redirect(way);
    }

    private static async Task ProveAsync(TicketReceivedContext context, IdentityProvider provider)
    {
        var http = context.HttpContext;
        var items = context.Properties!.Items;
        if ((await http.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Principal is not { } here || here.HasClaim(c => c.Type == ChildModeGate.Claim)
            || PortalClaims.ToActor(here) is not { } actor || SignInGate.Of(here)?.ToString() != items[AgainItem])
        {
            await RefuseAsync(http, provider, null, "asked again");
            return;
        }

        http.User = here;
        // A provider that takes no notice of max_age says when the person was there last: then they have shown nothing now.
        var shownAt = long.TryParse(context.Principal!.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : 0;
        var askedAt = long.Parse(items[AskedItem]!, CultureInfo.InvariantCulture);
        if (shownAt < askedAt - (long)Skew.TotalSeconds || !await http.RequestServices.GetRequiredService<IdentityService>().IsAsync(provider, context.Principal!, actor, http.RequestAborted))
        {
            await RefuseAsync(http, provider, actor, "asked again");
            return;
        }

        await SignInGate.RenewAsync(http, actor, endOthers: false);
        context.Response.Redirect("/account/shown");
    }

    /// <summary>What came back does not do. Each counts as a failed try from its address, so that nobody fills the audit log.</summary>
    private static async Task RefuseAsync(HttpContext http, IdentityProvider provider, Actor? actor, string why)
    {
        var (services, cancel) = (http.RequestServices, http.RequestAborted);
        if (services.GetRequiredService<SignInLimits>().Begin(http.Connection.RemoteIpAddress, $"provider {http.TraceIdentifier}", out var wait) is null)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return;
        }

        var db = services.GetRequiredService<AppDbContext>();
        db.Add(AuditEntry.For(AuditActions.SignInRefused, actor, null, actor?.PersonId, services.GetRequiredService<TimeProvider>(), $"{provider.Key}: {why}"));
        await db.SaveChangesAsync(cancel);
        http.Response.Redirect(Pages.Account.NotOpenedModel.Again);
    }

    private static async Task<OpenIdConnectConfiguration?> ConfigurationAsync(HttpContext context, IdentityProvider provider)
    {
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(SchemeOf(provider));
        try
        {
            return await options.ConfigurationManager!.GetConfigurationAsync(context.RequestAborted);
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or HttpRequestException)
        {
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SingleSignOn)).LogWarning("The provider {Provider} does not answer", provider.Key);
            return null;
        }
    }

    /// <summary>As after a password: a page of ours, or the first one.</summary>
    private static string WayBack(string? returnUrl) => RedirectHttpResult.IsLocalUrl(returnUrl) && returnUrl!.All(c => c is > ' ' and <= '~') ? returnUrl : "/";

    /// <summary>
    /// How the site itself speaks to providers: over TLS, without following redirects, and to nothing on this machine or beside it, whatever a name or the provider's own document leads to.
    /// </summary>
    private sealed class OutwardsOnly : DelegatingHandler
    {
        private readonly bool isLocal;

        public OutwardsOnly(bool isLocal) : base(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectCallback = isLocal ? null : OutwardAddress.ConnectAsync }) => this.isLocal = isLocal;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            isLocal || request.RequestUri?.Scheme == Uri.UriSchemeHttps ? base.SendAsync(request, cancellationToken) : throw new HttpRequestException("A provider is only spoken to over TLS.");
    }
}
