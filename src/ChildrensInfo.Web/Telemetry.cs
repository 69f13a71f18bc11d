using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Audit;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ChildrensInfo.Web;

/// <summary>
/// Figures and traces for those who keep the site running, both off until they are set: <c>Telemetry:OtlpEndpoint</c> is a collector that gets both,
/// <c>Telemetry:MetricsToken</c> opens <c>/metrics</c> to who brings it. What leaves says which page and how long, never whose.
/// </summary>
public static class Telemetry
{
    public const string MetricsPath = "/metrics";
    public const int ShortestToken = 32;
    private const string Endpoint = "Telemetry:OtlpEndpoint";
    private const string Token = "Telemetry:MetricsToken";

    public static IEnumerable<string> FaultsOf(IConfiguration configuration)
    {
        if (configuration[Endpoint] is { Length: > 0 } endpoint
            && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))))
        {
            yield return "Telemetry__OtlpEndpoint is not the https address of a collector (http only on this very machine).";
        }

        if (configuration[Token] is { Length: > 0 and < ShortestToken }) yield return $"Telemetry__MetricsToken is shorter than {ShortestToken} characters.";
    }

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var collector = builder.Configuration[Endpoint] is { Length: > 0 } endpoint ? new Uri(endpoint.TrimEnd('/') + "/") : null;
        var scraped = builder.Configuration[Token] is { Length: > 0 };
        if (collector is null && !scraped) return;

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(r => r.AddService("childrens-information-portal"));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(PortalMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql");
            if (collector is not null) metrics.AddOtlpExporter(o => To(o, "v1/metrics"));
            if (scraped) metrics.AddPrometheusExporter();
        });
        if (collector is null) return;
        telemetry.WithTracing(tracing => tracing
            .AddAspNetCoreInstrumentation()
            .AddNpgsql()
            .AddProcessor(new OnlyWhatNamesNobody())
            .AddOtlpExporter(o => To(o, "v1/traces")));

        void To(OtlpExporterOptions options, string path)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri(collector, path);
        }
    }

    /// <summary>To whoever does not bring the token the page is nowhere, as it is where none is set.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        if (app.Configuration[Token] is not { Length: > 0 } token) return;
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token));
        app.MapPrometheusScrapingEndpoint(MetricsPath, meterProvider: null, branch => branch.Use(async (context, next) =>
        {
            if (CryptographicOperations.FixedTimeEquals(expected, SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString())))) await next(context);
            else context.Response.StatusCode = (int)HttpStatusCode.NotFound;
        }), optionsName: null).AllowAnonymous();
    }

    /// <summary>
    /// Takes every tag from a trace that is not on the list: a path has a child's number in it, a question to the database says who asks. A question that
    /// failed is not sent at all, because PostgreSQL's message may quote what was written, and a message cannot be taken out again.
    /// </summary>
    private sealed class OnlyWhatNamesNobody : BaseProcessor<Activity>
    {
        private static readonly FrozenSet<string> Kept = FrozenSet.Create(
            "http.request.method", "http.route", "http.response.status_code", "network.protocol.version", "url.scheme", "error.type", "db.system", "db.system.name", "db.operation.name", "db.response.status_code");

        public override void OnEnd(Activity data)
        {
            if (data.Events.Any())
            {
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
                return;
            }

            foreach (var (name, _) in data.TagObjects.ToList())
            {
                if (!Kept.Contains(name)) data.SetTag(name, null);
            }

            if (data.StatusDescription is not null) data.SetStatus(data.Status);
            data.DisplayName = data.GetTagItem("http.route") is string route ? $"{data.GetTagItem("http.request.method")} {route}" : data.Source.Name;
        }
    }
}
