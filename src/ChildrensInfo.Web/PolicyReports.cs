using System.Collections.Frozen;
using System.Text.Json;
using System.Threading.RateLimiting;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Shared;
using Microsoft.AspNetCore.Diagnostics;

namespace ChildrensInfo.Web;

/// <summary>
/// Where browsers tell what the policy of a page kept them from. It is counted, by the rule that was broken, and nothing of it is kept: an address in it may name a child. Anybody can send
/// here, so it is small, and only so much of it is listened to.
/// </summary>
public sealed class PolicyReports : IDisposable
{
    public const string Address = "/policy-reports";

    public const int AMinute = 120;

    private const int MostBytes = 16 * 1024;
    private const int MostAtOnce = 20;

    private static readonly FrozenSet<string> Rules = FrozenSet.Create(
        "default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "img-src", "media-src", "font-src", "connect-src", "manifest-src", "form-action", "frame-ancestors",
        "frame-src", "worker-src", "base-uri", "object-src");

    private readonly FixedWindowRateLimiter limiter = new(new() { PermitLimit = AMinute, Window = TimeSpan.FromMinutes(1) });

    public async Task<IResult> ReceiveAsync(HttpContext context)
    {
        // A browser reads no page that says what went wrong.
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
        using var lease = limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            context.Response.Headers.RetryAfter = "60";
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var buffer = new byte[MostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MostBytes) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        try
        {
            using var sent = JsonDocument.Parse(buffer.AsMemory(0, length), SentJson.Document with { MaxDepth = 8 });
            foreach (var rule in RulesOf(sent.RootElement)) PortalMeter.PolicyBroken.Add(1, new KeyValuePair<string, object?>("rule", Rules.Contains(rule) ? rule : "other"));
            return Results.NoContent();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Results.BadRequest();
        }
    }

    public void Dispose() => limiter.Dispose();

    /// <summary>As the Reporting API sends them, in a list, and as browsers without it do, one by itself.</summary>
    private static IEnumerable<string> RulesOf(JsonElement sent) => sent.ValueKind == JsonValueKind.Array
        ? [.. sent.EnumerateArray().Take(MostAtOnce).Where(one => one.GetProperty("type").ValueEquals("csp-violation")).Select(one => Text(one.GetProperty("body"), "effectiveDirective"))]
        : [Text(sent.GetProperty("csp-report"), "effective-directive")];

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
