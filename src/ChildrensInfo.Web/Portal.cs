using System.Globalization;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.GovUk;
using ChildrensInfo.Web.Jobs;
using ChildrensInfo.Web.Pages.Hear;
using ChildrensInfo.Web.Pages.Understand.Tools;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace ChildrensInfo.Web;

/// <summary>What the site is made of, and in which order a request meets it.</summary>
public static class Portal
{
    public const string Alive = "/account/alive";

    public static void AddPortalLogging(this WebApplicationBuilder builder)
    {
        builder.Services.AddSerilog(log =>
        {
            log.ReadFrom.Configuration(builder.Configuration)
                .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
                // It warns of every cookie from before a restart; not news.
                .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Warning)
                // Said in one line by Program.
                .Filter.ByExcluding(e => IsAddressTaken(e.Exception))
                .Enrich.FromLogContext();
            if (builder.Configuration["Logs:Folder"] is { Length: > 0 } folder)
            {
                log.WriteTo.File(new CompactJsonFormatter(), Path.Combine(folder, "portal-.json"), rollingInterval: RollingInterval.Day, shared: true);
            }

            if (builder.Environment.IsDevelopment()) log.WriteTo.Console(restrictedToMinimumLevel: LogEventLevel.Warning, formatProvider: CultureInfo.InvariantCulture);
            else log.WriteTo.Console(new CompactJsonFormatter());
        }, preserveStaticLogger: true); // A log of its own, closed with the site: of two sites in one process the first to stop would close the other's.
    }

    /// <summary>Something else answers at the address the site was told to listen on.</summary>
    public static bool IsAddressTaken(Exception? error) => error is IOException { InnerException: AddressInUseException };

    public static void AddPortal(this WebApplicationBuilder builder, string connectionString)
    {
        var services = builder.Services;
        var local = builder.Environment.IsDevelopment() || builder.Environment.IsEnvironment("Testing");
        // A line that ends as no line of HTTP does ends there for us and may go on for a proxy: where the two do not agree, one request hides in another.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        services.AddHttpContextAccessor();
        services.AddScoped<ICurrentActor, CurrentActor>();
        services.AddSingleton(new ResearchLimits(builder.Configuration.GetValue("Research:SmallestPopulation", ResearchLimits.UsualPopulation)));
        services.AddSingleton(TranscriberCatalogue.From(builder.Configuration));
        services.AddSingleton(new BreachedPasswords(builder.Configuration[BreachedPasswords.Setting]));
        var providers = IdentityProviders.From(builder.Configuration, local);
        services.AddSingleton(providers);
        // Before the framework looks whether the name that was asked for is one of ours: what it refuses by itself goes out with every header too.
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, AnswersFirst>());
        services.AddPortalCore(connectionString);
        var keys = KeySource.From(builder.Configuration);
        services.AddSingleton<IKeyProvider>(_ => new KeyProviders(keys));
        services.AddValidatorsFromAssemblyContaining<AppDbContext>();
        services.AddValidatorsFromAssemblyContaining<CurrentActor>();
        if (builder.Configuration.GetValue("Jobs:Run", true))
        {
            services.AddHostedService<JobRunner>();
            services.AddHostedService<AuditSealer>();
            services.AddHostedService<PackClock>();
            services.AddHostedService<HourlyKeeper>();
            services.AddHostedService<FiveMinuteKeeper>();
        }

        services.AddScoped<RecipientNames>();
        services.AddScoped<AskedNotTo>();
        services.AddScoped<ChildAsks>();
        services.AddScoped<Pages.Hear.Asks.AsksOfChild>();
        services.AddSingleton<PolicyReports>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<StepUpPace>();
        services.AddSingleton<KnownDevices>();
        services.AddSingleton(SecondFactorRule.From(builder.Configuration, local));
        services.AddDataProtection().SetApplicationName("ChildrensInfo")
            .PersistKeysToFileSystem(new DirectoryInfo(builder.Configuration["Keys:CookieKeysFolder"] ?? throw new InvalidOperationException("Keys:CookieKeysFolder is not set.")));
        if (!local) services.AddOptions<KeyManagementOptions>().Configure<IKeyProvider>((options, provider) => options.XmlEncryptor = new CookieKeySeal(provider));

        services.AddIdentityCore<AppUser>()
            .AddSignInManager()
            .AddTokenProvider<WelcomeLinks>(PeopleService.LinkProvider)
            .AddTokenProvider<AuthenticatorCodes>(TokenOptions.DefaultAuthenticatorProvider)
            .AddClaimsPrincipalFactory<PortalClaimsFactory>();
        // Checked at each request: somebody who left, or whose role changed, is out at their next click.
        services.Configure<SecurityStampValidatorOptions>(o =>
        {
            o.ValidationInterval = TimeSpan.Zero;
            o.OnRefreshingPrincipal = context =>
            {
                SignInGate.KeepClaims(context);
                return Task.CompletedTask;
            };
        });
        var authentication = services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(SecondStep.Scheme, cookie =>
        {
            Name(cookie.Cookie, "portal-step");
            cookie.ExpireTimeSpan = SecondStep.Lasts;
            cookie.SlidingExpiration = false;
        });
        authentication.AddIdentityCookies();
        authentication.AddSingleSignOn(providers, local, Name);
        // Between the browser's question for a passkey and its answer.
        services.Configure<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme, o => Name(o.Cookie, "portal-passkey"));
        services.Configure<IdentityPasskeyOptions>(Passkeys.Rules);
        services.ConfigureApplicationCookie(cookie =>
        {
            Name(cookie.Cookie, "portal");
            cookie.LoginPath = "/Account/SignIn";
            cookie.ReturnUrlParameter = "returnUrl";
            // How long it is good for is the sign-in's to say; the cookie only outlives it.
            cookie.ExpireTimeSpan = SignIn.Longest;
            cookie.SlidingExpiration = false;
            cookie.Events.OnValidatePrincipal = SignInGate.ValidateAsync;
            cookie.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });
        services.AddAntiforgery(o =>
        {
            Name(o.Cookie, "portal-form");
            o.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<Microsoft.AspNetCore.Mvc.CookieTempDataProviderOptions>(o => Name(o.Cookie, "portal-notice"));
        services.AddAuthorization(FolderAccess.AddPolicies);
        services.AddRazorPages(options => FolderAccess.Apply(options.Conventions))
            .AddMvcOptions(mvc =>
            {
                mvc.Filters.Add<StepUp>();
                mvc.Filters.Add<RestrictedGate>();
                mvc.Filters.Add<ChildReadAudit>();
                mvc.Filters.Add<CoverBanner>();
                mvc.Filters.Add<KeptReceipt>();
            })
            .AddJsonOptions(json => json.JsonSerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        services.AddScoped<Pages.Hear.Kept.KeptOfChild>();
        services.AddGovUk();
        services.Configure<Microsoft.AspNetCore.Mvc.MvcOptions>(CleanTextBinder.Use);
        services.AddRouting(o => o.LowercaseUrls = true);
        services.AddProxy(builder.Configuration);
        builder.AddTelemetry();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        Stopping.AddTo(services);

        // Only this very host, only over TLS, and from no script; a machine of one's own has no TLS.
        void Name(CookieBuilder cookie, string name)
        {
            cookie.Name = local ? name : "__Host-" + name;
            cookie.SecurePolicy = local ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
            cookie.SameSite = SameSiteMode.Lax;
        }
    }

    public static void UsePortal(this WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<Stopping>().AnswerAsync);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = "/problem/500",
            StatusCodeSelector = error => error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        });
        var local = app.Environment.IsDevelopment() || app.Environment.IsEnvironment("Testing");
        if (!local) app.UseTlsOnly();
        app.UseStatusCodePagesWithReExecute("/problem/{0}");
        app.UseMiddleware<PageRules>();
        app.UseRouting();
        app.UseMiddleware<EndpointRules>();
        app.UseAuthentication();
        app.UseMiddleware<ChildModeGate>();
        app.UseMiddleware<SecondFactorGate>();
        app.UseMiddleware<RefusalAudit>();
        app.UseAuthorization();

        // Answered before anybody is asked for: a page has some twenty of them, and an answer that renews a sign-in is one that no browser keeps.
        app.MapStaticAssets().AllowAnonymous().ShortCircuit();
        // As the files: what a page sends by itself renews nobody's sign-in.
        app.MapPost(PolicyReports.Address, (PolicyReports reports, HttpContext context) => reports.ReceiveAsync(context)).AllowAnonymous().ShortCircuit();
        app.MapRazorPages().WithStaticAssets();
        app.MapMedia();
        app.MapToolPictures();
        // Asked by a page that stands open (alive.js): by GET when it is used without anything being sent, so that the sign-in goes on; by HEAD whether it is still to be shown, which is no use.
        app.MapMethods(Alive, [HttpMethods.Get, HttpMethods.Head], MadeFor.Answer);
        app.MapOffline();
        app.MapSingleSignOn();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = SayHealthAsync }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = SayHealthAsync }).AllowAnonymous();
        app.MapMetrics();
    }

    private static Task SayHealthAsync(HttpContext context, Microsoft.Extensions.Diagnostics.HealthChecks.HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(report.Status.ToString());
    }
}
