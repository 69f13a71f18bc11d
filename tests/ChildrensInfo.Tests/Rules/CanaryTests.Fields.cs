using System.Collections;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>That the journey plants a word in every field there is, and not in those that somebody remembered.</summary>
public partial class CanaryTests
{
    /// <summary>Where forms were sent to, and the names of their fields that held a word.</summary>
    private readonly ConcurrentDictionary<(string Path, string Field), bool> planted = [];

    /// <summary>What forms offered to choose, or sent along unseen.</summary>
    private readonly HashSet<(string Page, string Field)> chosen = [];

    private void Remember(HttpRequestMessage request)
    {
        if (request.Method != HttpMethod.Post || request.Content is null) return;
        var body = request.Content.ReadAsStringAsync(Cancel).GetAwaiter().GetResult();
        var fields = request.Content is FormUrlEncodedContent
            ? body.Split('&').Select(f => f.Split('=')).Where(f => Holds(f[1], mark)).Select(f => WebUtility.UrlDecode(f[0]))
            : Part().Matches(body).Where(p => Holds(p.Groups[2].Value, mark)).Select(p => p.Groups[1].Value);
        foreach (var field in fields) planted.TryAdd((request.RequestUri!.AbsolutePath, Index().Replace(field, "[]")), true);
    }

    /// <summary>
    /// Sends every form anybody was shown that has a text nobody typed into yet, with a word of its own in each, whether it is then taken or refused. What is chosen or hidden in a form is not typed.
    /// </summary>
    private async Task FillInWhatIsLeftAsync(IReadOnlyDictionary<Role, TestClient> clients)
    {
        var pages = PageAddresses();
        var filled = planted.Keys.Select(p => (Page: PageAt(pages, p.Path), p.Field)).ToHashSet();
        foreach (var shown in answers.Where(a => a.To is not null && a.Text.Contains("<form", StringComparison.Ordinal)).DistinctBy(a => (a.To, a.Address)).ToList())
        {
            // What somebody signs in with is tried elsewhere: another password or address would end the journey.
            if (PageAt(pages, shown.Address.Split('?')[0]) is not { } page || page.StartsWith("/Account/", StringComparison.Ordinal)) continue;
            using var document = await new HtmlParser().ParseDocumentAsync(shown.Text[shown.Text.IndexOf('<', StringComparison.Ordinal)..], Cancel);
            foreach (var form in document.QuerySelectorAll<IHtmlFormElement>("main form[method=post]"))
            {
                var fields = new Dictionary<string, string?>();
                foreach (var control in form.Elements)
                {
                    switch (control)
                    {
                        case IHtmlTextAreaElement { Name.Length: > 0 } area:
                            fields[area.Name!] = null;
                            break;
                        case IHtmlInputElement { Type: "text" or "email" or "search" or "tel" or "password", Name.Length: > 0 } input when input.GetAttribute("inputmode") != "numeric":
                            fields[input.Name!] = input.Type == "email" ? "@council.example" : null;
                            break;
                        case IHtmlInputElement { Name.Length: > 0 } input:
                            chosen.Add((page, Index().Replace(input.Name!, "[]")));
                            break;
                        case IHtmlSelectElement { Name.Length: > 0 } select:
                            chosen.Add((page, Index().Replace(select.Name!, "[]")));
                            break;
                    }
                }

                var fresh = fields.Keys.Where(f => filled.Add((page, Index().Replace(f, "[]")))).ToList();
                if (fresh.Count == 0) continue;
                foreach (var (name, end) in fields.ToList()) fields[name] = Word($"F{filled.Count}n{fields.Keys.ToList().IndexOf(name)}") is var typing && end is null ? typing : Bare(typing) + end;
                foreach (var radio in form.QuerySelectorAll<IHtmlInputElement>("input[type=radio]").GroupBy(r => r.Name!).Where(g => !g.Any(r => r.IsChecked))) fields[radio.Key] = radio.First().Value;
                foreach (var select in form.QuerySelectorAll<IHtmlSelectElement>("select").Where(s => s.Name is not null && string.IsNullOrEmpty(s.Value))) fields[select.Name!] = select.Options.Select(o => o.Value).FirstOrDefault(v => v.Length > 0);
                using var answer = await clients[shown.To!.Value].SubmitAsync(form, shown.Address, fields);
                Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{page} failed.");
            }
        }
    }

    /// <summary>
    /// Sends a file that is longer than what is held in memory without being asked to every form anybody was shown that takes one: none is put into a folder on its way. What a device saved is sealed.
    /// </summary>
    /// <param name="notShown">Where a page asks for one only when something was chosen first.</param>
    private async Task NoFileLiesAboutAsync(IReadOnlyDictionary<Role, TestClient> clients, params (Role Role, string Address, string Field)[] notShown)
    {
        var pages = PageAddresses();
        var sent = new HashSet<string>();
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{Word("Spooled")},40\n", 10_000)));
        foreach (var shown in answers.Where(a => a.To is not null && a.Text.Contains("type=\"file\"", StringComparison.Ordinal)).DistinctBy(a => (a.To, a.Address)).ToList())
        {
            if (PageAt(pages, shown.Address.Split('?')[0]) is not { } page || page == "/Devices/Rescue") continue;
            using var document = await new HtmlParser().ParseDocumentAsync(shown.Text[shown.Text.IndexOf('<', StringComparison.Ordinal)..], Cancel);
            foreach (var input in document.QuerySelectorAll<IHtmlInputElement>("main form[method=post] input[type=file][name]"))
            {
                if (!sent.Add($"{page} {input.Name}")) continue;
                using var answer = await clients[shown.To!.Value].UploadAsync(input.Form!, shown.Address, input.Name!, file, "numbers.csv");
                Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{page} failed.");
            }
        }

        foreach (var (role, address, field) in notShown)
        {
            sent.Add($"{address} {field}");
            using var answer = await clients[role].UploadAsync(address, field, file, "numbers.csv");
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{field} failed.");
        }

        var taken = typeof(Program).Assembly.GetTypes().Where(t => typeof(PageModel).IsAssignableFrom(t)).SelectMany(t => t.GetProperties()).Where(p => p.PropertyType == typeof(IFormFile) && p.CanWrite).Select(p => p.Name);
        Assert.Empty(taken.Except(sent.Select(s => s[(s.LastIndexOf(' ') + 1)..])));
        // Once this one has been noticed, so has every one before it.
        var last = $"last-{mark}";
        await File.WriteAllTextAsync(Path.Combine(TestSite.SpoolFolder, last), "", Cancel);
        for (var i = 0; i < 100 && !TestSite.Spooled.Contains(last); i++) await Task.Delay(100, Cancel);
        Assert.Equal([last], TestSite.Spooled);
    }

    /// <summary>Every text a page takes from a form was typed into, or stands with its reason in canary-fields.txt.</summary>
    private async Task EveryFieldIsPlantedAsync()
    {
        var loader = site.Services.GetRequiredService<PageLoader>();
        var endpoints = PageAddresses();
        var sent = planted.Keys.Select(p => (Page: PageAt(endpoints, p.Path), p.Field)).Concat(chosen.Select(c => (Page: (string?)c.Page, c.Field))).ToHashSet();
        var bare = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var page in endpoints.Select(e => (e.Metadata, Page: e.Metadata.GetMetadata<PageActionDescriptor>()!)).DistinctBy(e => e.Page.ViewEnginePath))
        {
            var compiled = await loader.LoadAsync(page.Page, page.Metadata);
            var bound = compiled.BoundProperties.Where(p => p.BindingInfo?.BindingSource != BindingSource.Path && p.BindingInfo?.BindingSource != BindingSource.Query).SelectMany(p => Texts(p.Name, p.ParameterType, []));
            var parameters = compiled.HandlerMethods.Where(h => h.HttpMethod == "Post").SelectMany(h => h.Parameters).SelectMany(p => Texts(p.Name, p.ParameterType, []));
            bare.UnionWith(bound.Concat(parameters).Where(f => !sent.Contains((page.Page.ViewEnginePath, f))).Select(f => $"{page.Page.ViewEnginePath} {f}"));
        }

        var reasons = Named("canary-fields.txt");
        Assert.True(bare.SetEquals(reasons), "\n" + string.Join('\n', bare.Except(reasons).Select(f => "not planted: " + f).Concat(reasons.Except(bare).Select(f => "planted, or there no more: " + f))));
    }

    /// <summary>What a list of exceptions names; the reason stands after it.</summary>
    private static List<string> Named(string list) => [.. File.ReadLines(Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Rules", list)).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(" | ")[0])];

    private List<RouteEndpoint> PageAddresses() => [.. site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null)];

    private static string? PageAt(List<RouteEndpoint> pages, string path) =>
        pages.Where(e => new TemplateMatcher(TemplateParser.Parse(e.RoutePattern.RawText!), []).TryMatch(path, [])).OrderBy(e => e.RoutePattern.InboundPrecedence)
            .Select(e => e.Metadata.GetMetadata<PageActionDescriptor>()!.ViewEnginePath).FirstOrDefault();

    private static IEnumerable<string> Texts(string name, Type type, Type[] above)
    {
        if (type == typeof(string)) return [name];
        if (type.IsGenericType && typeof(IDictionary).IsAssignableFrom(type)) return Texts(name + "[]", type.GenericTypeArguments[1], above);
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type)) return type.GenericTypeArguments[0] == typeof(string) ? [name] : Texts(name + "[]", type.GenericTypeArguments[0], above);
        if (!type.IsClass || type.Namespace?.StartsWith("ChildrensInfo", StringComparison.Ordinal) != true || above.Contains(type)) return [];
        return type.GetProperties().Where(p => p.CanWrite).SelectMany(p => Texts($"{name}.{p.Name}", p.PropertyType, [.. above, type]));
    }

    [GeneratedRegex("name=\"?([^\"\\r\\n;]+)\"?[^\\r\\n]*\\r\\n\\r\\n(.*?)\\r\\n--", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex("\\[[^\\]]*\\]")]
    private static partial Regex Index();
}
