using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web;

/// <summary>What every answer tells the browser not to do.</summary>
public static class SecurityHeaders
{
    /// <summary>Every script and style is a file of ours; nothing inline, nothing from elsewhere.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
        // Browsers that know the first take no notice of the second.
        + $"report-to {ReportGroup}; report-uri {PolicyReports.Address}";

    private const string ReportGroup = "policy";

    /// <param name="local">A machine of one's own has no TLS.</param>
    public static HeaderPolicyCollection Policy(bool local)
    {
        var policy = Everywhere();
        // Here, and not by the framework's own, which files of the site answered without.
        return local ? policy : policy.AddStrictTransportSecurityMaxAgeIncludeSubDomains((int)TimeSpan.FromDays(730).TotalSeconds);
    }

    private static HeaderPolicyCollection Everywhere() => new HeaderPolicyCollection()
        .AddContentTypeOptionsNoSniff()
        .AddReferrerPolicyNoReferrer()
        .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
        .AddCrossOriginResourcePolicy(policy => policy.SameOrigin())
        .AddCustomHeader("X-Frame-Options", "DENY")
        .AddCustomHeader("Reporting-Endpoints", $"{ReportGroup}=\"{PolicyReports.Address}\"");

    /// <summary>For what a person sent: whatever it turns out to be, it may do nothing in the browser but be played or shown.</summary>
    private const string Sandbox = "default-src 'none'; sandbox";

    public static Task SetContentSecurityPolicy(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.ContentSecurityPolicy = IsSandboxed(context) ? Sandbox : ContentSecurityPolicy;
            return Task.CompletedTask;
        });
        return next(context);
    }

    private static bool IsSandboxed(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<SandboxedAttribute>() is not null) return true;
        // Of a page one handler may be marked: the one that was asked for by its name.
        return context.Request.Query["handler"].ToString() is { Length: > 0 } handler && endpoint?.Metadata.GetMetadata<CompiledPageActionDescriptor>() is { } page
            && page.HandlerMethods.Any(h => string.Equals(h.Name, handler, StringComparison.OrdinalIgnoreCase) && h.MethodInfo.IsDefined(typeof(SandboxedAttribute), inherit: true));
    }

    /// <summary>Marks an address, or a handler of a page, that answers with what a person sent.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class SandboxedAttribute : Attribute;

    /// <summary>Marks a page that may ask for the microphone: one on which somebody speaks. A test names them.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class MayUseMicrophoneAttribute : Attribute;
}

/// <summary>Stands before everything else that answers, the framework's own look at the host among it: from whom it comes, and what every answer carries.</summary>
public sealed class AnswersFirst(IConfiguration configuration, IWebHostEnvironment environment) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // First, so that everything after it knows whether and from where.
        app.UseProxy(configuration);
        app.UseSecurityHeaders(SecurityHeaders.Policy(local: environment.IsDevelopment() || environment.IsEnvironment("Testing")));
        app.Use(SecurityHeaders.SetContentSecurityPolicy);
        app.Use(RefuseTwoLengths);
        next(app);
    };

    /// <summary>
    /// A body that says twice how long it is may end elsewhere for a proxy than here. Kestrel goes by the one (RFC 9112, 6.1) and keeps the other under this name; nothing that asks us honestly sends both.
    /// </summary>
    private static Task RefuseTwoLengths(HttpContext context, RequestDelegate next)
    {
        var request = context.Request.Headers;
        if (request.TransferEncoding.Count == 0 || !request.ContainsKey("X-Content-Length")) return next(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }
}

/// <summary>
/// Rules for whatever is not a static file: only GET, HEAD and POST (and PUT where an endpoint says so), never kept by a cache, and no
/// microphone or camera but on the page that records.
/// </summary>
public sealed class PageRules(RequestDelegate next)
{
    private const string ServiceWorker = "/lib/offline/service-worker.js";

    public Task InvokeAsync(HttpContext context)
    {
        // A problem page is read, however the request that failed was sent; its form may be what cannot be read.
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            if (!HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
            context.Request.ContentType = null;
        }

        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsPost(method) && !HttpMethods.IsPut(method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        context.Response.OnStarting(() =>
        {
            var endpoint = context.GetEndpoint();
            var isFile = endpoint?.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is not null;
            if (!isFile) context.Response.Headers.CacheControl = "no-store";
            // It lies with the other files and answers for one page only.
            if (isFile && context.Request.Path == ServiceWorker) context.Response.Headers["Service-Worker-Allowed"] = "/offline";
            var page = endpoint?.Metadata.GetMetadata<CompiledPageActionDescriptor>();
            var microphone = page?.ModelTypeInfo?.IsDefined(typeof(SecurityHeaders.MayUseMicrophoneAttribute), inherit: true) == true;
            context.Response.Headers["Permissions-Policy"] =
                $"microphone=({(microphone ? "self" : "")}), camera=(), geolocation=(), payment=(), usb=(), browsing-topics=()";
            return Task.CompletedTask;
        });
        return next(context);
    }
}

/// <summary>What is nowhere answers 404. A page without a handler for the method would be drawn with nothing loaded; it answers 405 instead.</summary>
public sealed class EndpointRules(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        // What is nowhere is not found, whoever asks: nobody is led to sign in for it.
        if (context.GetEndpoint() is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) return next(context);
        var page = context.GetEndpoint()?.Metadata.GetMetadata<CompiledPageActionDescriptor>();
        if (page is null || page.HandlerMethods.Any(h => string.Equals(h.HttpMethod, method, StringComparison.OrdinalIgnoreCase))) return next(context);
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }
}
