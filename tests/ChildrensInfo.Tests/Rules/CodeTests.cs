using System.Reflection;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>Promises about the code that no compiler keeps.</summary>
public partial class CodeTests(TestSite site)
{
    /// <summary>Every place that may answer to another actor than the one signed in. A new one is added here by somebody who has thought about it.</summary>
    private static readonly string[] MayActAs =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Rules/acting-as.txt")).Where(l => l.Length > 0 && l[0] != '#'),
    ];

    [Fact]
    public void Who_answers_to_another_actor_is_named() =>
        Assert.Equal(MayActAs.Order(), Sources("*.cs").Where(f => f.Path != "src/ChildrensInfo.Core/Data/AppDbContext.cs" && ActingAs().IsMatch(f.Text)).Select(f => f.Path).Order());

    [Fact]
    public void Time_comes_from_the_clock_that_tests_can_set() =>
        Assert.Empty(Sources("*.cs").Where(f => Now().IsMatch(f.Text)).Select(f => f.Path));

    [Fact]
    public void Nothing_about_a_child_is_changed_past_the_audit_guard()
    {
        using var scope = site.As(null);
        var sets = scope.Db.Model.GetEntityTypes().Where(e => typeof(IAboutChild).IsAssignableFrom(e.ClrType)).Select(e => e.ClrType.Name)
            .Concat(typeof(AppDbContext).GetProperties().Where(p => p.PropertyType.IsGenericType && typeof(IAboutChild).IsAssignableFrom(p.PropertyType.GenericTypeArguments[0])).Select(p => p.Name)).ToList();
        var found = Sources("*.cs").SelectMany(f => Bulk().Matches(f.Text).Select(m => (f.Path, Statement: m.Value)))
            .Where(b => sets.Any(s => Regex.IsMatch(b.Statement, $@"\b{s}\b"))).Select(b => b.Path);
        Assert.Empty(found);
    }

    [Fact]
    public void Pages_hold_no_script_no_style_and_no_handler_of_their_own() =>
        Assert.Empty(Sources("*.cshtml").SelectMany(f => Inline().Matches(f.Text).Select(m => $"{f.Path}: {m.Value}")));

    [Fact]
    public void Every_form_that_posts_carries_its_token() =>
        // The form tag helper adds the token unless the form names its own action; then the page has to ask for it.
        Assert.Empty(Sources("*.cshtml").SelectMany(f => Form().Matches(f.Text).Select(m => (f.Path, Tag: m.Value)))
            .Where(f => f.Tag.Contains("method=\"post\"", StringComparison.OrdinalIgnoreCase))
            // The forms that send a return, and what a device saved, put their token first themselves, because the file after it is only read once the token is found good.
            .Where(f => f.Path is not ("src/ChildrensInfo.Web/Pages/Understand/Returns/Upload.cshtml" or "src/ChildrensInfo.Web/Pages/Devices/Rescue.cshtml"))
            .Where(f => f.Tag.Contains("asp-antiforgery=\"false\"", StringComparison.Ordinal)
                || (Regex.IsMatch(f.Tag, @"\saction=""[^""]+""") && !f.Tag.Contains("asp-antiforgery=\"true\"", StringComparison.Ordinal)))
            .Select(f => $"{f.Path}: {f.Tag}"));

    [Fact]
    public void What_is_typed_is_kept_until_it_has_arrived_in_every_form_that_takes_words()
    {
        // keep.js keeps each form that is sent with post and is no search; a layout that does not load it, and a form that goes another way, is named here by somebody who has thought about it.
        string[] otherwise =
        [
            // Sealed on the device as it is typed, under the PIN.
            "Pages/Offline/Index.cshtml", "Pages/Offline/_Own.cshtml",
            // What somebody looks for is kept nowhere.
            "Pages/Admin/Allocations/Index.cshtml", "Pages/Admin/Audit/Index.cshtml", "Pages/Admin/People/Index.cshtml", "Pages/Hear/Search.cshtml",
        ];
        var takesWords = new Regex("<(govuk-)?textarea|<govuk-input(?![^>]*type=\"password\")|<input[^>]*type=\"text\"");
        var found = new List<string>();
        foreach (var (path, text) in Sources("*.cshtml"))
        {
            var rest = Regex.Replace(text, @"<form\b.*?</form>", form =>
            {
                var tag = Form().Match(form.Value).Value;
                if (takesWords.IsMatch(form.Value) && (!tag.Contains("method=\"post\"", StringComparison.Ordinal) || tag.Contains("role=\"search\"", StringComparison.Ordinal))) found.Add(path);
                return "";
            }, RegexOptions.Singleline);
            // A part of a form stands in a part of a page.
            if (takesWords.IsMatch(rest) && !Path.GetFileName(path).StartsWith('_')) found.Add(path);
        }

        Assert.Equal(otherwise.Order(StringComparer.Ordinal), found.Select(f => f["src/ChildrensInfo.Web/".Length..]).Distinct().Order(StringComparer.Ordinal));
        foreach (var (layout, script) in new[] { ("_Layout", "site"), ("_ChildLayout", "child") })
        {
            var page = File.ReadAllText(Path.Combine(Repository.Root, $"src/ChildrensInfo.Web/Pages/Shared/{layout}.cshtml"));
            foreach (var part in new[] { $"~/lib/{script}.js", "name=\"person\"", "name=\"received\"" }) Assert.Contains(part, page, StringComparison.Ordinal);
            Assert.Matches(@"import ([^;]* from )?'\./keep\.js';", File.ReadAllText(Path.Combine(Repository.Root, $"src/ChildrensInfo.Web/Scripts/{script}.js")));
        }
    }

    [Fact]
    public void Which_pages_go_without_the_usual_check_of_the_token_is_named()
    {
        var without = typeof(Program).Assembly.GetTypes().Where(t => t.IsDefined(typeof(IgnoreAntiforgeryTokenAttribute), inherit: false)).Select(t => t.Name);
        // The pages for returns and for what a device saved read their body as it arrives and check the token themselves.
        Assert.Equal(["ProblemModel", "RescueModel", "UploadModel"], without.Order());
    }

    [Fact]
    public void Which_pages_may_have_the_microphone_is_named() =>
        Assert.Equal(
            ["Hear.ChildMode.SayModel", "Hear.Permissions.AskModel", "Hear.Records.NewModel", "Offline.IndexModel"],
            typeof(Program).Assembly.GetTypes().Where(t => t.IsDefined(typeof(SecurityHeaders.MayUseMicrophoneAttribute), inherit: false)).Select(t => t.FullName!["ChildrensInfo.Web.Pages.".Length..]).Order(StringComparer.Ordinal));

    [Fact]
    public void No_key_of_anybodys_lies_among_the_files()
    {
        string[] kinds = [".cs", ".cshtml", ".js", ".mjs", ".sql", ".json", ".md", ".txt", ".csv", ".yml", ".sh", ".props", ""];
        var kept = new[] { "src", "tests", "docs", ".ci" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*", SearchOption.AllDirectories)).Concat(Directory.EnumerateFiles(Repository.Root))
            .Where(f => !Regex.IsMatch(Path.GetRelativePath(Repository.Root, f), @"(^|[/\\])(obj|bin|node_modules|\.data|wwwroot[/\\]lib)[/\\]")).ToList();
        Assert.DoesNotContain(kept, f => Path.GetExtension(f) is ".pfx" or ".p12" or ".pem" or ".key" or ".env" or ".snk");
        Assert.DoesNotContain(kept, f => kinds.Contains(Path.GetExtension(f)) && Secret().IsMatch(File.ReadAllText(f)));
    }

    /// <summary>By default, what is larger than 64 KB waits in a file in the clear. The pages for returns and for what a device saved read their body as it arrives and bind no file.</summary>
    [Fact]
    public void A_file_that_comes_with_a_form_never_waits_on_disk()
    {
        var models = typeof(Program).Assembly.GetTypes().Where(t => typeof(PageModel).IsAssignableFrom(t)).ToList();
        var withFile = models.Where(m => m.GetProperties().Any(p => p.PropertyType == typeof(IFormFile) && p.CanWrite)).ToList();
        Assert.NotEmpty(withFile);
        Assert.Empty(withFile.Where(m => m.GetCustomAttribute<RequestFormLimitsAttribute>() is not { } limits || limits.MemoryBufferThreshold < limits.MultipartBodyLengthLimit || !m.IsDefined(typeof(RequestSizeLimitAttribute))).Select(m => m.FullName));
        Assert.DoesNotContain(models.SelectMany(m => m.GetMethods()).Where(h => h.Name.StartsWith("On", StringComparison.Ordinal)).SelectMany(h => h.GetParameters()), p => typeof(IFormFile).IsAssignableFrom(p.ParameterType) || typeof(IFormFileCollection).IsAssignableFrom(p.ParameterType));
    }

    /// <summary>Decision 0002. A migration without its two attributes is never run; with the picture of all tables that `dotnet ef` writes beside it, every start takes longer.</summary>
    [Fact]
    public void Every_migration_says_which_it_is_and_holds_no_picture_of_all_tables()
    {
        var migrations = typeof(Migrator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Migration))).ToList();
        Assert.NotEmpty(migrations);
        Assert.Empty(migrations.Where(m => !m.IsDefined(typeof(MigrationAttribute)) || !m.IsDefined(typeof(DbContextAttribute)) || m.GetMethod("BuildTargetModel", BindingFlags.Instance | BindingFlags.NonPublic)!.DeclaringType == m).Select(m => m.Name));
    }

    [Fact]
    public void No_page_binds_an_entity()
    {
        using var scope = site.As(null);
        var entities = scope.Db.Model.GetEntityTypes().Select(e => e.ClrType).ToHashSet();
        bool Holds(Type type, HashSet<Type> seen)
        {
            var plain = Nullable.GetUnderlyingType(type) ?? type;
            if (plain.IsArray) plain = plain.GetElementType()!;
            if (entities.Contains(plain)) return true;
            if (plain.IsGenericType && plain.GetGenericArguments().Any(a => Holds(a, seen))) return true;
            return plain.Namespace?.StartsWith("ChildrensInfo", StringComparison.Ordinal) == true && plain.IsClass && seen.Add(plain)
                && plain.GetProperties().Any(p => p.CanWrite && Holds(p.PropertyType, seen));
        }

        var models = typeof(Program).Assembly.GetTypes().Where(t => typeof(PageModel).IsAssignableFrom(t)).ToList();
        Assert.NotEmpty(models);
        var bound = models.SelectMany(m => m.GetProperties().Where(p => p.IsDefined(typeof(BindPropertyAttribute)) || m.IsDefined(typeof(BindPropertiesAttribute)))
            .Where(p => Holds(p.PropertyType, [])).Select(p => $"{m.FullName}.{p.Name}"));
        var parameters = models.SelectMany(m => m.GetMethods().Where(h => h.Name.StartsWith("On", StringComparison.Ordinal) && h.DeclaringType == m)
            .SelectMany(h => h.GetParameters()).Where(p => Holds(p.ParameterType, [])).Select(p => $"{m.FullName} {p.Name}"));
        Assert.Empty(bound.Concat(parameters));
    }

    [Fact]
    public void Every_page_and_file_of_figures_gets_them_from_the_one_service_that_protects_them()
    {
        // A page that had the database could count for itself. Those that may have it show returns, tools and who made a definition, and no figure about children.
        string[] mayAsk = ["Returns/", "Tools/", "Indicators/About.cshtml.cs"];
        const string pages = "src/ChildrensInfo.Web/Pages/Understand/";
        Assert.Empty(Sources("*.cs*").Where(f => f.Path.StartsWith(pages, StringComparison.Ordinal) && !mayAsk.Any(m => f.Path[pages.Length..].StartsWith(m, StringComparison.Ordinal)))
            .Where(f => f.Text.Contains("AppDbContext", StringComparison.Ordinal) || f.Text.Contains("Npgsql", StringComparison.Ordinal)).Select(f => f.Path));
        // What is released is made in one place, from what the one protection gives; and read in one.
        Assert.Equal(["src/ChildrensInfo.Core/Need/IndicatorCalculation.cs"], Sources("*.cs").Where(f => f.Text.Contains("new IndicatorRelease", StringComparison.Ordinal)).Select(f => f.Path));
        Assert.Equal(
            ["src/ChildrensInfo.Core/Data/AppDbContext.cs", "src/ChildrensInfo.Core/Need/IndicatorCalculation.cs", "src/ChildrensInfo.Core/Need/NeedFigures.cs"],
            Sources("*.cs").Where(f => f.Text.Contains("IndicatorReleases", StringComparison.Ordinal)).Select(f => f.Path).Order());
        Assert.Equal(["src/ChildrensInfo.Core/Need/IndicatorCalculation.cs"], Sources("*.cs").Where(f => f.Text.Contains("CubeProtection.Protect", StringComparison.Ordinal)).Select(f => f.Path));
        // A page is handed figures that do not hold what they hide: no slice or release has a plain count.
        Assert.All(typeof(ChildrensInfo.Core.Disclosure.Slice).GetProperties(), p => Assert.True(p.PropertyType == typeof(ChildrensInfo.Core.Disclosure.Figure) || p.PropertyType == typeof(double?), p.Name));
    }

    [Fact]
    public void Core_knows_nothing_of_http()
    {
        string[] web = ["Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Mvc", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Razor"];
        Assert.Empty(typeof(AppDbContext).Assembly.GetReferencedAssemblies().Where(a => web.Any(w => a.Name!.StartsWith(w, StringComparison.Ordinal))).Select(a => a.Name));
        Assert.Empty(Sources("*.cs").Where(f => f.Path.StartsWith("src/ChildrensInfo.Core/", StringComparison.Ordinal) && web.Any(w => f.Text.Contains(w, StringComparison.Ordinal))).Select(f => f.Path));
    }

    private static IEnumerable<(string Path, string Text)> Sources(string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal))
            .Select(f => (f, File.ReadAllText(Path.Combine(Repository.Root, f))));

    [GeneratedRegex(@"\.ActingAs\(")]
    private static partial Regex ActingAs();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b")]
    private static partial Regex Now();

    /// <summary>The statement that ends in a bulk change, from its start.</summary>
    [GeneratedRegex(@"[^;{}]*\.Execute(Update|Delete)(Async)?\(")]
    private static partial Regex Bulk();

    [GeneratedRegex(@"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=\s*""|\son[a-z]+\s*=\s*""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    /// <summary>A private key, or a word that opens somebody's account: of Amazon's, GitHub's, Google's, Slack's or Azure's form.</summary>
    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|AIza[0-9A-Za-z_-]{35}|xox[baprs]-[0-9A-Za-z-]{10}|AccountKey=[A-Za-z0-9+/]{20}")]
    private static partial Regex Secret();

    [GeneratedRegex(@"<form\b[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
