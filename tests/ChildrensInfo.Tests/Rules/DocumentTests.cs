using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Shared;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>What a data protection officer reads is what the program does.</summary>
public partial class DocumentTests
{
    [Fact]
    public void The_table_of_roles_is_the_one_in_the_program()
    {
        var said = Rows("access.md", "| Role | Reach | Capabilities |").ToDictionary(r => r[0], r => (Reach: r[1], Can: r[2].Split(", ").Order().ToArray()));
        Assert.Equal(Enum.GetNames<Role>().Order(), said.Keys.Order());
        foreach (var role in Enum.GetValues<Role>())
        {
            Assert.Equal(Roles.ReachOf(role).ToString(), said[role.ToString()].Reach);
            Assert.Equal(Enum.GetValues<Capability>().Where(c => Roles.Has(role, c)).Select(c => c.ToString()).Order(), said[role.ToString()].Can);
        }

        Assert.Equal(Enum.GetValues<Role>().Select(r => $"{r} {(Roles.MustHaveSecondFactor(r) ? "must" : "may")}").Order(), Rows("access.md", "| Role | Second factor |").Select(r => $"{r[0]} {r[1]}").Order());
        Assert.Equal(Enum.GetValues<Capability>().Select(c => $"{c} {Words.Of(c)}").Order(), Rows("access.md", "| Capability | Means |").Select(r => $"{r[0]} {r[1]}").Order());
    }

    [Fact]
    public void The_table_of_pages_is_the_one_in_the_program() =>
        Assert.Equal(
            FolderAccess.Map.Select(m => $"{m.Key} {m.Value}").Order(),
            Rows("access.md", "| Pages | Capability |").Select(r => $"{r[0]} {r[1]}").Order());

    [Fact]
    public void The_table_of_pages_that_differ_from_their_folder_is_the_one_in_the_program() =>
        Assert.Equal(
            FolderAccess.Pages.Select(m => $"{m.Key} {m.Value}").Order(),
            Rows("access.md", "| Page | Capability |").Select(r => $"{r[0]} {r[1]}").Order());

    [Fact]
    public void The_table_of_rows_is_the_one_in_the_database_scripts()
    {
        var said = Rows("access.md", "| Rows | Register | Need | Whole |").ToDictionary(r => r[0], r => r[1..]);
        Assert.Equal(["yes", "yes", "yes"], said["children"]);
        Assert.Equal(["yes", "yes", "yes"], said["allocations"]);
        Assert.Equal(["yes", "yes", "yes"], said["assignments"]);
        var migrations = Path.Combine(Repository.Root, "src/ChildrensInfo.Core/Data/Migrations");
        var script = File.ReadAllText(Path.Combine(migrations, "RowSecurity1.sql"));
        Assert.Equal(2, Regex.Count(script, @"on children\s+using \(authority_id = \(select app_authority\(\)\)\s+and \(\(select app_reach\(\)\) in \('Register', 'Need', 'Whole'\)|policy reads on allocations for select using \(\s+authority_id = \(select app_authority\(\)\)\s+and \(\(select app_reach\(\)\) in \('Register', 'Need', 'Whole'\)"));
        // What a later script says of a table takes the place of what the first one said.
        var later = Directory.EnumerateFiles(migrations, "*.sql").Where(f => Path.GetFileName(f) != "RowSecurity1.sql").Select(File.ReadAllText);
        var rows = later.Prepend(script).SelectMany(s => ReachRow().Matches(s)).GroupBy(m => m.Groups[1].Value).ToDictionary(g => g.Key, g => g.Last().Groups[2].Value);
        Assert.Equal(rows.Keys.Order(), said.Keys.Except(["children", "allocations", "assignments"]).Order());
        foreach (var (table, reaches) in rows)
        {
            Assert.Equal(["no", reaches.Contains("Need", StringComparison.Ordinal) ? "yes" : "no", reaches.Contains("Whole", StringComparison.Ordinal) ? "yes" : "no"], said[table]);
        }
    }

    [Fact]
    public void The_list_of_audited_actions_is_the_one_in_the_program() =>
        Assert.Equal(
            AuditWords.All.Select(a => $"`{a.Key}` {a.Value}").Order(),
            Rows("audit.md", "| Action | In words | Names |").Select(r => $"{r[0]} {r[1]}").Order());

    private static IEnumerable<string[]> Rows(string document, string heading) =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", document)).SkipWhile(l => l != heading).Skip(2).TakeWhile(l => l.StartsWith('|'))
            .Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    /// <summary>A line such as ('voice_words', '''Whole''').</summary>
    [GeneratedRegex(@"\('(\w+)', '((?:''\w+''(?:, )?)+)'\)")]
    private static partial Regex ReachRow();
}
