using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace ChildrensInfo.Web;

/// <summary>
/// Where somebody else ends TLS, that one says how and from where a request came (X-Forwarded-Proto, X-Forwarded-For), and nobody else is believed: whoever could
/// choose their own address would never be slowed down. Which host was asked for is never taken from a header.
/// </summary>
public static class BehindProxy
{
    private const string Setting = "Proxy:Networks";

    public const string Told = "Proxy__Networks";

    public static void AddProxy(this IServiceCollection services, IConfiguration configuration) => services.Configure<ForwardedHeadersOptions>(options =>
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        options.ForwardLimit = 1;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in Networks(configuration)) options.KnownIPNetworks.Add(network ?? throw new InvalidOperationException($"{Told} is not right."));
    });

    /// <summary>With no proxy named, nobody is one: the framework itself would take that for everybody.</summary>
    public static void UseProxy(this IApplicationBuilder app, IConfiguration configuration)
    {
        if (Networks(configuration).Count > 0) app.UseForwardedHeaders();
    }

    /// <summary>Pages asked for without TLS are led to the same page with it; nothing else is answered without, but whether the site is well.</summary>
    public static void UseTlsOnly(this WebApplication app) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        if (request.IsHttps || request.Path.StartsWithSegments("/health"))
        {
            await next();
        }
        else if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            context.Response.Headers.Location = $"https://{request.Host.Host}{request.PathBase}{request.Path}{request.QueryString}";
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    });

    /// <summary>What is wrong with how TLS is set up, for the guard of the start.</summary>
    public static string? FaultOf(IConfiguration configuration)
    {
        var networks = Networks(configuration);
        if (networks.Contains(null)) return $"{Told} takes addresses and networks, such as 127.0.0.1 or 10.0.4.0/24, with commas between.";
        return networks.Count > 0 || ListensWithTls(configuration) ? null
            : $"the site neither ends TLS itself nor knows who does. Set {Told} to the addresses of the proxy in front of it, or listen on https.";
    }

    private static bool ListensWithTls(IConfiguration configuration) =>
        (configuration["urls"] ?? "").Contains("https://", StringComparison.OrdinalIgnoreCase) || !string.IsNullOrEmpty(configuration["https_ports"])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(e => e["Url"]?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true);

    private static List<IPNetwork?> Networks(IConfiguration configuration) =>
    [
        .. (configuration[Setting] ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text =>
            IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : (IPNetwork?)null),
    ];
}
