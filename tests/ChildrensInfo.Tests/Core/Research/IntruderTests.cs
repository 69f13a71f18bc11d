using System.IO.Compression;
using System.Text;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Core.Research;

/// <summary>
/// An intruder who wants to find children in files that were released, and has more than any real one could: every file of the council, whoever asked for it, who is in each, and of every child
/// all that describes them on the day of each. What they lack is what nobody should learn.
/// </summary>
public class IntruderTests(TestSite site)
{
    private const int K = ResearchLimits.KInSafeSetting;

    private static readonly string[] Wanted = [VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.EthnicityGroup, VariableCatalogue.PrimaryNeed, VariableCatalogue.EpisodeLength, VariableCatalogue.Referrals];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_has_all_files_and_knows_all_that_describes_each_child_finds_nobody()
    {
        var world = await World.CreateAsync(site);
        // Those from the four hundredth are asked after the first quarter, thirty of them alike in all that is asked for.
        var children = await world.AddChildrenInNeedAsync(site, 500, i => i < 400 ? ConsentEventType.Given : null, (i, child) =>
        {
            if (i is >= 400 and < 430) (child.Sex, child.EthnicityCode, child.BornOn) = ("F", "WBRI", World.Today.AddYears(-7).AddDays(-i % 30));
        });
        await NeedAsync(world, [.. children.Skip(400).Take(30).Select(c => c.Id)], "N1");
        var files = new List<Released>();
        var researchers = new[] { world.Researcher, await world.AddResearcherAsync(site), await world.AddResearcherAsync(site) };
        var projects = new List<ResearchProject>();
        foreach (var researcher in researchers) projects.Add(await world.AddProjectAsync(site, ProjectState.Approved, researcher, populations: ResearchPopulation.All, variables: [.. Wanted, VariableCatalogue.Disability]));

        // One file alone; another project's of the same children in the same quarter, with other variables.
        await ReleaseAsync(projects[0], Wanted);
        await ReleaseAsync(projects[1], [VariableCatalogue.AgeBand, VariableCatalogue.Disability, VariableCatalogue.Referrals]);
        // A quarter later some have said yes, some no, everybody is older, and of some the need is another.
        await DecideAsync(world, children.Skip(400), ConsentEventType.Given);
        await DecideAsync(world, children.Take(15), ConsentEventType.Withdrawn);
        await NeedAsync(world, [.. children.Skip(20).Take(12).Select(c => c.Id)], "N5");
        await ReleaseAsync(projects[0], Wanted, quartersLater: 1);
        // A third project's, of those under ten: what is left of everybody is the others.
        await ReleaseAsync(projects[2], Wanted, quartersLater: 1, ResearchPopulation.UnderTen);

        // Of those who came since the alike are in, so that it is not held by leaving everybody out; and most are who were in before.
        var came = files[2].In.Keys.Except(files[0].In.Keys).ToList();
        Assert.InRange(came.Count(id => children.FindIndex(c => c.Id == id) < 430), 20, 30);
        TestContext.Current.SendDiagnosticMessage($"in {string.Join(", ", files.Select(f => f.In.Count))}; came {came.Count}; went {files[0].In.Keys.Except(files[2].In.Keys).Count()}");
        Assert.True(files[2].In.Count > 200);
        return;

        async Task ReleaseAsync(ResearchProject project, string[] variables, int quartersLater = 0, ResearchPopulation? population = null)
        {
            var clock = new LaterClock(quartersLater);
            var extract = await world.AskAsync(site, project, variables, population: population);
            await world.ReleaseAsync(site, extract.Id, clock);
            var file = await ReadAsync(world, extract.Id, ExtractPopulation.DayOf(ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)));
            AttackOne(file);
            foreach (var before in files) Subtract(before, file);
            AttackAll(files, file);
            files.Add(file);
        }
    }

    /// <summary>Looks for each child in one file: whoever is in it (prosecutor), whoever may be (journalist), and as many as can be had (marketer).</summary>
    private static void AttackOne(Released file)
    {
        var rows = file.Rows.ToLookup(r => r.Alike);
        Assert.All(file.Everybody.Values, child => Assert.True(rows[file.AlikeOf(child)].Count() is 0 or >= K));
        Assert.All(file.In.Values, child => Assert.True(rows[file.AlikeOf(child)].Count() >= K));
        Assert.True(rows.Count / (double)file.Rows.Count <= 1.0 / K);
        foreach (var secret in file.Secrets) Assert.All(rows, alike => Assert.True(alike.Select(r => r.Secrets[secret]).Distinct().Count() >= 2));
        // What the intruder knows is true: they would have drawn the file themselves, but for what nobody should learn.
        Assert.Equal(file.In.Values.Select(file.AlikeOf).Order(StringComparer.Ordinal), file.Rows.Select(r => r.Alike).Order(StringComparer.Ordinal));
    }

    /// <summary>Takes the rows of one file from those of another, in what both tell: where nobody went and nobody became another, what is left is those who came.</summary>
    private static void Subtract(Released before, Released now)
    {
        var keys = now.Levels.Keys.Intersect(before.Levels.Keys).ToDictionary(key => key, key => Math.Max(now.Levels[key], before.Levels[key]));
        foreach (var (one, other) in new[] { (before, now), (now, before) })
        {
            var alike = other.In.GroupBy(c => other.AlikeOf(c.Value, keys)).ToDictionary(g => g.Key, g => g.Select(c => c.Key).ToHashSet());
            foreach (var group in one.In.GroupBy(c => one.AlikeOf(c.Value, keys)))
            {
                var more = alike.GetValueOrDefault(group.Key, []);
                if (!group.All(c => more.Contains(c.Key)) || more.Count == group.Count()) continue;
                Assert.True(more.Count - group.Count() >= K, $"{more.Count - group.Count()} rows are left of {group.Key}");
            }
        }
    }

    /// <summary>Whoever changes places with nobody else in all files is told apart by all of them together.</summary>
    private static void AttackAll(IReadOnlyList<Released> files, Released now)
    {
        var known = files.Select(f => (File: f, Keys: now.Levels.Keys.Intersect(f.Levels.Keys).ToDictionary(key => key, key => Math.Max(now.Levels[key], f.Levels[key]))))
            .ToList();
        string Before(Guid id) => string.Join('|', known.Select(k => k.File.In.TryGetValue(id, out var child) ? k.File.AlikeOf(child, k.Keys) : "-"));
        string Now(Guid id) => now.In.TryGetValue(id, out var child) ? string.Join('|', known.Select(k => now.AlikeOf(child, k.Keys))) : "-";
        var nowhere = string.Join('|', known.Select(_ => "-"));
        foreach (var together in files.SelectMany(f => f.In.Keys).Concat(now.In.Keys).Distinct().GroupBy(Before))
        {
            var parted = together.GroupBy(Now).ToList();
            if (parted.Count == 1 && together.Key != nowhere) continue;
            foreach (var part in parted)
            {
                Assert.True(part.Count() >= K, $"{part.Count()} of {together.Count()} are parted: {together.Key} and {part.Key}");
                foreach (var file in files.Append(now).Where(f => f.In.ContainsKey(part.First())))
                {
                    foreach (var secret in file.Secrets) Assert.True(part.Select(id => file.In[id][secret]).Distinct().Count() >= 2, $"{part.Count()} of {part.Key} have one {secret}");
                }
            }
        }
    }

    private async Task DecideAsync(World world, IEnumerable<Child> children, ConsentEventType type)
    {
        using var scope = site.As(world.Whole);
        foreach (var child in children) scope.Db.Add(ResearchWorld.Decision(world, child.Id, type, at: DateTime.UtcNow.AddMilliseconds(-5)));
        scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
    }

    private async Task NeedAsync(World world, List<Guid> ids, string need)
    {
        using var scope = site.As(world.Whole);
        await scope.Db.NeedEpisodes.Where(e => ids.Contains(e.ChildId)).ExecuteUpdateAsync(e => e.SetProperty(p => p.PrimaryNeedCode, need), Cancel);
    }

    /// <summary>The file as its bytes tell it, and what is true of everybody on its day.</summary>
    private async Task<Released> ReadAsync(World world, Guid extractId, DateOnly day)
    {
        using var scope = site.As(world.Whole);
        var extract = await scope.Db.Extracts.SingleAsync(e => e.Id == extractId, Cancel);
        var report = ExtractReport.Read(extract.ReportJson)!;
        var file = await scope.Db.Files.SingleAsync(f => f.Id == extract.FileId, Cancel);
        using var zip = new ZipArchive(await scope.Get<FileStore>().OpenAsync(file, Cancel));
        using var data = new StreamReader(await zip.GetEntry("data.csv")!.OpenAsync(Cancel), Encoding.UTF8);
        var lines = (await data.ReadToEndAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')).ToList();
        var catalogue = new VariableCatalogue(day);
        var levels = report.Columns.Where(c => c.Role == nameof(VariableRole.QuasiIdentifier)).ToDictionary(c => c.Key, c => c.Level);
        List<string> secrets = [.. report.Columns.Where(c => c.Role == nameof(VariableRole.Sensitive)).Select(c => c.Key)];
        var rows = lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(c => c.First, c => c.Second))
            .Select(row => (string.Join(' ', levels.Keys.Select(key => row[key])), secrets.ToDictionary(s => s, s => row[s]))).ToList();

        var children = await scope.Db.Children.AsNoTracking().ToListAsync(Cancel);
        var episodes = (await scope.Db.NeedEpisodes.AsNoTracking().ToListAsync(Cancel)).ToLookup(e => e.ChildId);
        var everybody = children.ToDictionary(c => c.Id, c =>
        {
            var latest = episodes[c.Id].OrderBy(e => e.ReferredOn).Last();
            var facts = new ChildFacts(c.Id, c.BornOn, null, c.Sex, c.EthnicityCode, c.DisabilityCodes, latest.ReferredOn, latest.ClosedOn, latest.PrimaryNeedCode, episodes[c.Id].Count(), 0, null);
            return catalogue.All.ToDictionary(v => v.Key, v => v.Read(facts, day));
        });
        var inside = (await scope.Db.ExtractChildren.Where(c => c.ExtractId == extractId).Select(c => c.ChildId).ToListAsync(Cancel)).ToDictionary(id => id, id => everybody[id]);
        return new Released(catalogue, rows, levels, secrets, everybody, inside);
    }

    /// <param name="Everybody">By child, what is true of them.</param>
    /// <param name="In">Those of them who are in the file.</param>
    private sealed record Released(
        VariableCatalogue Catalogue, List<(string Alike, Dictionary<string, string> Secrets)> Rows, Dictionary<string, int> Levels, IReadOnlyList<string> Secrets, Dictionary<Guid, Dictionary<string, string>> Everybody, Dictionary<Guid, Dictionary<string, string>> In)
    {
        public string AlikeOf(Dictionary<string, string> child) => AlikeOf(child, Levels);

        public string AlikeOf(Dictionary<string, string> child, Dictionary<string, int> levels) => string.Join(' ', levels.Select(l => Catalogue.Find(l.Key)!.Levels[l.Value].FromFinest[child[l.Key]]));
    }

    private sealed class LaterClock(int quarters) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMonths(3 * quarters);
    }
}
