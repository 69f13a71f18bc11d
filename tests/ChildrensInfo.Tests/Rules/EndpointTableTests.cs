using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>
/// Every address of the site, asked over HTTP by everybody: it lets in, refuses (403) or leads to sign-in exactly as endpoints.txt says. A
/// new page fails here until somebody has written down who may open it.
/// </summary>
public class EndpointTableTests(TestSite site)
{
    /// <summary>Says what went wrong, however the request that failed was sent.</summary>
    private static readonly string[] NeedNoToken = ["POST /problem/{code:int}", "PUT /problem/{code:int}"];

    /// <summary>Counts what browsers tell, and knows nobody; and the child's own screen, which is nowhere but on a lent device and is asked there (ChildModeTests).</summary>
    private static bool IsAskedElsewhere(string route) => route == PolicyReports.Address || route.StartsWith(ChildModeGate.Home + "/", StringComparison.Ordinal);

    private static readonly Role?[] Askers = [null, .. Enum.GetValues<Role>().Select(r => (Role?)r)];

    [Fact]
    public async Task Every_address_answers_everybody_as_the_table_says()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        var clients = Askers.Select(r => site.ClientFor(r is { } role ? world.PersonOf(role) : null)).ToList();
        var loader = site.Services.GetRequiredService<Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure.PageLoader>();
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var tokenless = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null) continue;
            IEnumerable<string> methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                var compiled = await loader.LoadAsync(page, endpoint.Metadata);
                methods = compiled.HandlerMethods.Select(h => h.HttpMethod.ToUpperInvariant()).Append("GET").Distinct();
            }

            var route = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            foreach (var method in methods)
            {
                var answers = new List<string>();
                foreach (var client in clients)
                {
                    var (answer, status) = await AskAsync(client, method, Fill(endpoint, child.Id));
                    answers.Add(answer);
                    if (answer == "in" && method is "POST" or "PUT" && status != HttpStatusCode.BadRequest && !IsAskedElsewhere(route)) tokenless.Add($"{method} {route}");
                }

                lines.Add($"{method,-5}{route,-70} {string.Join(' ', answers.Select(a => $"{a,-8}")).TrimEnd()}");
            }
        }

        foreach (var client in clients) client.Dispose();
        var path = Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Rules/endpoints.txt");
        var written = File.ReadAllLines(path).Where(l => l.Length > 0 && l[0] != '#').ToList();
        var missing = lines.Except(written).Select(l => "not in the table: " + l);
        var gone = written.Except(lines).Select(l => "not so any more:  " + l);
        Assert.True(lines.SetEquals(written), "\n" + string.Join('\n', missing.Concat(gone)));
        // Whoever is let in and brings no token of a form of ours is refused.
        Assert.True(tokenless.SetEquals(NeedNoToken), string.Join('\n', tokenless));
    }

    [Fact]
    public async Task Files_of_the_site_are_for_everybody()
    {
        using var client = site.ClientFor(null);
        foreach (var path in new[] { "/lib/site.css", "/lib/site.js" }) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    /// <summary>The address of a page, with ids that lead nowhere but to the child.</summary>
    internal static string Fill(RouteEndpoint endpoint, Guid childId)
    {
        var segments = endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { IsOptional: true } => "",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "childId" } => childId.ToString(),
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "code" } => "404",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter when parameter.ParameterPolicies.Any(c => c.Content is "int" or "long") => "0",
            _ => Guid.Empty.ToString(),
        })));
        return "/" + string.Join('/', segments.Where(s => s.Length > 0));
    }

    /// <summary>Nothing is changed by asking: forms are sent without their token, and ids lead nowhere.</summary>
    private static async Task<(string Answer, HttpStatusCode Status)> AskAsync(TestClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT") request.Content = new ByteArrayContent([]);
        using var response = await client.Http.SendAsync(request);
        var answer = response.StatusCode switch
        {
            HttpStatusCode.Forbidden => "403",
            HttpStatusCode.Redirect when response.Headers.Location!.OriginalString.Contains("/Account/SignIn", StringComparison.OrdinalIgnoreCase) => "sign-in",
            >= HttpStatusCode.InternalServerError => $"FAILS{(int)response.StatusCode}",
            _ => "in",
        };
        return (answer, response.StatusCode);
    }
}
