using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChildrensInfo.Tests.Core.Research;

/// <summary>Tables built by the real builder, alone and beside what was released before.</summary>
public class ExtractTableTests(TestSite site)
{
    /// <summary>On which everything is said of the children.</summary>
    private static readonly DateOnly Today = ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_counts_each_permitted_child_once_hides_the_small_and_says_how()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 320, i => i % 8 == 0 ? null : i % 8 == 1 ? ConsentEventType.Refused : ConsentEventType.Given);
        var extract = await AskAsync(world, [VariableCatalogue.Sex, VariableCatalogue.AgeBand], measure: VariableCatalogue.Referrals);
        await RunAsync(world, extract.Id);
        var (built, zip) = await BuiltAsync(world, extract.Id);
        var rows = Csv(zip["data.csv"]);
        Assert.Equal([VariableCatalogue.AgeBand, VariableCatalogue.Sex, "children", "children_flag", "mean", "mean_flag"], rows[0]);

        var variables = new VariableCatalogue(Today).Choose([VariableCatalogue.AgeBand, VariableCatalogue.Sex]);
        var permitted = children.Where((_, i) => i % 8 > 1).ToList();
        long TruthOf(string[] row) => permitted.Count(child =>
            variables.Select((v, i) => row[i] is "all" || row[i] == v.Read(new ChildFacts(child.Id, child.BornOn, null, child.Sex, null, [], Today, null, null, 1, 0, null), Today)).All(x => x));
        Assert.Equal(1 + 7 + 3 + 21, rows.Count - 1);
        Assert.Equal(["all", "all", "240", ""], rows[1][..4]);
        foreach (var row in rows.Skip(1))
        {
            var truth = TruthOf(row);
            if (row[2].Length == 0)
            {
                Assert.Equal("c", row[3]);
            }
            else
            {
                var shown = int.Parse(row[2], CultureInfo.InvariantCulture);
                Assert.True(shown == 0 ? truth == 0 : shown >= 10 && shown % 5 == 0 && Math.Abs(shown - truth) <= 2);
            }

            Assert.False(truth is > 0 and < 10 && row[2].Length > 0);
            Assert.True(row[4].Length == 0 || (row[2].Length > 0 && row[0] != "all" && row[1] != "all"));
        }

        Assert.Contains(rows, r => r[4].Length > 0);
        Assert.Equal(240, await site.ReadAsync(world, db => db.ExtractChildren.CountAsync(e => e.ExtractId == extract.Id, Cancel)));
        Assert.Equal("240", Assert.Single(await world.AuditAsync(AuditActions.ExtractBuilt)).Detail);
        var report = ExtractReport.Read(built.ReportJson)!;
        Assert.Equal((ExtractReport.TierOne, "About 240", 10), (report.Tier, report.Table!.Children, report.Table.Threshold));
        Assert.Contains("solves all the equations", Encoding.UTF8.GetString(zip["report.txt"]), StringComparison.Ordinal);
        using var descriptor = JsonDocument.Parse(zip["datapackage.json"]);
        Assert.Equal("integer", descriptor.RootElement.GetProperty("resources")[0].GetProperty("schema").GetProperty("fields")[2].GetProperty("type").GetString());
        var everything = string.Join('\n', zip.Select(e => e.Key + Encoding.UTF8.GetString(e.Value)));
        foreach (var child in permitted) Assert.DoesNotContain(child.LaChildId, everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_same_table_says_the_same_and_one_child_fewer_is_never_one_fewer()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 160, i => i < 150 ? ConsentEventType.Given : null);
        var first = await AskAsync(world, [VariableCatalogue.Sex, VariableCatalogue.AgeBand]);
        await RunAsync(world, first.Id);
        var before = (await BuiltAsync(world, first.Id)).Zip["data.csv"];

        // Another project's, and one family who came since: they are held back, so nothing moves.
        await world.DecideAsync(site, children[155].Id, ConsentEventType.Given);
        var second = await AskAsync(world, [VariableCatalogue.AgeBand, VariableCatalogue.Sex]);
        await RunAsync(world, second.Id);
        Assert.Equal(before, (await BuiltAsync(world, second.Id)).Zip["data.csv"]);

        // One who went takes at least nine others along, whoever asks, and for rows too.
        await world.DecideAsync(site, children[3].Id, ConsentEventType.Withdrawn);
        var third = await AskAsync(world, [VariableCatalogue.AgeBand, VariableCatalogue.Sex]);
        await RunAsync(world, third.Id);
        var (inFirst, inThird) = (await IdsInAsync(world, first.Id), await IdsInAsync(world, third.Id));
        Assert.DoesNotContain(children[3].Id, inThird);
        Assert.Equal((0, EarlierReleases.Apart), (inThird.Except(inFirst).Count(), inFirst.Except(inThird).Count()));
        var rows = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, variables: [VariableCatalogue.Sex]), ExtractState.Approved);
        await RunAsync(world, rows.Id);
        var inRows = await IdsInAsync(world, rows.Id);
        // A mean tells of the number behind it too: one referral more of one child, found out since, and the child is not in the next, though the code of four or more is the same.
        async Task ReferredAsync(IReadOnlyCollection<Guid> referred, int times)
        {
            using var scope = site.As(world.Whole);
            foreach (var known in await scope.Db.NeedEpisodes.Where(e => referred.Contains(e.ChildId) && e.ClosedOn == null).ToListAsync(Cancel))
            {
                for (var i = 0; i < times; i++) scope.Db.Add(new ChildrensInfo.Core.Need.NeedEpisode { AuthorityId = known.AuthorityId, ChildId = known.ChildId, ReferredOn = Today.AddDays(-1_600 - times - i), ClosedOn = Today.AddDays(-1_550), PrimaryNeedCode = "N1", ReturnId = known.ReturnId });
            }

            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        // Many are given so many, for some of them may be drawn by lot to be left out of the next, as they were of the one before.
        var often = inRows.Take(40).ToList();
        await ReferredAsync(often, 5);
        var mean = await AskAsync(world, [VariableCatalogue.Sex], measure: VariableCatalogue.Referrals);
        await RunAsync(world, mean.Id);
        var one = (await IdsInAsync(world, mean.Id)).Intersect(often).First();
        await ReferredAsync([one], 1);
        var later = await AskAsync(world, [VariableCatalogue.Sex], measure: VariableCatalogue.Referrals);
        await RunAsync(world, later.Id);
        Assert.DoesNotContain(one, await IdsInAsync(world, later.Id));
        foreach (var other in new[] { inFirst, inThird })
        {
            Assert.False(other.Except(inRows).Count() is > 0 and < EarlierReleases.Apart || inRows.Except(other).Count() is > 0 and < EarlierReleases.Apart);
        }
    }

    [Fact]
    public async Task Tables_from_which_hidden_numbers_could_be_worked_out_together_are_refused_with_the_reason_across_projects()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 200);
        async Task<string?> AnswerAsync(string[] variables, (string, string)? only = null, string? measure = null)
        {
            var extract = await AskAsync(world, variables, only, measure);
            await RunAsync(world, extract.Id);
            return (await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.Id == extract.Id, Cancel))).FailedBecause;
        }

        Assert.Null(await AnswerAsync([VariableCatalogue.AgeBand, VariableCatalogue.Sex]));
        // One shared variable, and a table of one of them.
        Assert.Null(await AnswerAsync([VariableCatalogue.Sex, VariableCatalogue.HeardLately]));
        Assert.Null(await AnswerAsync([VariableCatalogue.Sex], measure: VariableCatalogue.Referrals));
        // The pair stands in both, so the third variable may come to it.
        Assert.Null(await AnswerAsync([VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.ReferralYear]));
        // A ring of three pairs; more shared than is shown in both; means of a whole and its parts. A choice of whom to count is a variable of the table.
        Assert.Contains("close a ring", await AnswerAsync([VariableCatalogue.AgeBand, VariableCatalogue.HeardLately]), StringComparison.Ordinal);
        Assert.Contains("close a ring", await AnswerAsync([VariableCatalogue.AgeBand], (VariableCatalogue.HeardLately, "no")), StringComparison.Ordinal);
        Assert.Contains("“Age band”, “Sex”, “Year of referral” was released", await AnswerAsync([VariableCatalogue.Sex, VariableCatalogue.ReferralYear]), StringComparison.Ordinal);
        Assert.Contains("Ask for counts only", await AnswerAsync([VariableCatalogue.AgeBand], measure: VariableCatalogue.Referrals), StringComparison.Ordinal);
        Assert.Equal(4, (await world.AuditAsync(AuditActions.ExtractFailed)).Count(a => a.Detail == "differencing"));
        Assert.Equal(4, await site.ReadAsync(world, db => db.Files.CountAsync(f => f.Kind == FileKind.Extract, Cancel)));
    }

    [Fact]
    public async Task Where_a_table_is_refused_the_nearest_that_can_stand_beside_is_offered_whatever_the_numbers_are()
    {
        var offers = new List<string>();
        foreach (var size in new[] { 90, 200 })
        {
            var world = await World.CreateAsync(site);
            await world.AddChildrenInNeedAsync(site, size);
            async Task<Extract> MadeAsync(string[] variables, (string, string)? only = null, string? measure = null)
            {
                var extract = await AskAsync(world, variables, only, measure);
                await RunAsync(world, extract.Id);
                return await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.Id == extract.Id, Cancel));
            }

            Assert.Null((await MadeAsync([VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.ReferralYear], measure: VariableCatalogue.TimesHeard)).Offer);
            foreach (var (variables, only, measure) in new (string[], (string, string)?, string?)[]
            {
                ([VariableCatalogue.Sex, VariableCatalogue.ReferralYear], null, null),
                ([VariableCatalogue.AgeBand], null, VariableCatalogue.TimesHeard),
                ([VariableCatalogue.Sex, VariableCatalogue.Disability], (VariableCatalogue.ReferralYear, "earlier"), null),
                ([VariableCatalogue.Sex, VariableCatalogue.ReferralYear, VariableCatalogue.Disability, VariableCatalogue.AgeBand], null, VariableCatalogue.TimesHeard),
            })
            {
                var refused = await MadeAsync(variables, only, measure);
                Assert.Equal(ExtractState.Failed, refused.State);
                var offer = Assert.IsType<TableOffer>(refused.Offer);
                Assert.True(offer.Variables.Count < variables.Length || (measure is not null && !offer.KeepsMean));
                offers.Add($"{string.Join('+', offer.Variables)} {offer.KeepsGroup} {offer.KeepsMean}");
                // It does stand beside what was released; that alone is promised, and not that something can be shown.
                var taken = await MadeAsync([.. offer.Variables], offer.KeepsGroup ? only : null, offer.KeepsMean ? measure : null);
                Assert.True(taken.State == ExtractState.Ready || taken.FailedBecause!.Contains("in which anything could be shown", StringComparison.Ordinal), taken.FailedBecause);
            }
        }

        Assert.Equal(["sex False False", "age_band False False", "disability True False", "age_band+sex+referral_year False True"], offers[..4]);
        Assert.Equal(offers[..4], offers[4..]);
    }

    [Fact]
    public async Task Of_two_that_are_made_at_once_the_second_is_measured_against_the_first()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 120);
        var first = await AskAsync(world, [VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.ReferralYear]);
        var second = await AskAsync(world, [VariableCatalogue.Sex, VariableCatalogue.ReferralYear]);
        using var one = site.As(world.Whole);
        using var two = site.As(world.Whole);
        var (slow, quick) = (BuilderIn(one), BuilderIn(two));
        var prepared = await slow.PrepareAsync(second.Id, Cancel);
        Assert.True(await quick.ReleaseAsync(first.Id, (await quick.PrepareAsync(first.Id, Cancel))!, world.Whole, Cancel));
        Assert.False(await slow.ReleaseAsync(second.Id, prepared!, world.Whole, Cancel));
    }

    [Fact]
    public async Task A_choice_that_isolates_somebody_and_a_council_of_few_get_no_table()
    {
        var world = await World.CreateAsync(site);
        // One boy of one group among many, and everybody but him.
        await world.AddChildrenInNeedAsync(site, 90, change: (i, child) => (child.EthnicityCode, child.Sex) = i == 0 ? ("OOTH", "M") : ("WBRI", i % 2 == 0 ? "M" : "F"));
        foreach (var only in new[] { (VariableCatalogue.EthnicityGroup, "other"), (VariableCatalogue.EthnicityGroup, "white") })
        {
            var one = await AskAsync(world, [VariableCatalogue.Sex], only);
            await RunAsync(world, one.Id);
            Assert.Contains("in which anything could be shown", (await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.Id == one.Id, Cancel))).FailedBecause, StringComparison.Ordinal);
        }

        var few = await World.CreateAsync(site);
        await few.AddChildrenInNeedAsync(site, ResearchLimits.SmallestForTable - 1);
        var table = await AskAsync(few, [VariableCatalogue.Sex]);
        await RunAsync(few, table.Id);
        Assert.Contains("Fewer than 50 children could be counted", (await site.ReadAsync(few, db => db.Extracts.SingleAsync(Cancel))).FailedBecause, StringComparison.Ordinal);
        Assert.Empty(await few.AuditAsync(AuditActions.ExtractBuilt));
    }

    private static readonly string[] Everything =
    [
        .. ResearchWorld.Described, VariableCatalogue.ReferralYear, VariableCatalogue.EpisodeLength, VariableCatalogue.Referrals, VariableCatalogue.HeardLately, VariableCatalogue.TimesHeard,
    ];

    /// <summary>A table of a project of its own.</summary>
    private async Task<Extract> AskAsync(World world, string[] variables, (string Key, string Code)? only = null, string? measure = null) =>
        await world.AskAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, variables: Everything), variables, form: ExtractForm.Table, only: only, measure: measure);

    private async Task RunAsync(World world, Guid extractId)
    {
        using var scope = site.As(world.Whole);
        var job = new Job { AuthorityId = world.Authority.Id, Kind = JobKind.BuildExtract, SubjectId = extractId, State = JobState.Done, RequestedById = world.DataLead.Id, RequestedAt = DateTime.UtcNow };
        scope.Db.Add(job);
        await scope.Db.SaveChangesAsync(Cancel);
        await BuilderIn(scope).RunAsync(extractId, world.Whole, new JobProgress(site.Services.GetRequiredService<IServiceScopeFactory>(), world.Whole, job.Id), Cancel);
    }

    private static ExtractBuilder BuilderIn(Scope scope) => new(scope.Db, scope.Get<ExtractPopulation>(), scope.Get<ExtractWords>(), scope.Get<FileStore>(), new ResearchLimits(50), TimeProvider.System);

    private async Task<(Extract Extract, Dictionary<string, byte[]> Zip)> BuiltAsync(World world, Guid extractId)
    {
        using var scope = site.As(world.Whole);
        var extract = await scope.Db.Extracts.SingleAsync(e => e.Id == extractId, Cancel);
        Assert.Null(extract.FailedBecause);
        using var zip = new ZipArchive(await scope.Get<FileStore>().OpenAsync(await scope.Db.Files.SingleAsync(f => f.Id == extract.FileId, Cancel), Cancel));
        var parts = new Dictionary<string, byte[]>();
        foreach (var entry in zip.Entries)
        {
            await using var stream = await entry.OpenAsync(Cancel);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Cancel);
            parts.Add(entry.FullName, bytes.ToArray());
        }

        return (extract, parts);
    }

    private Task<HashSet<Guid>> IdsInAsync(World world, Guid extractId) =>
        site.ReadAsync(world, async db => (await db.ExtractChildren.Where(e => e.ExtractId == extractId).Select(e => e.ChildId).ToListAsync(Cancel)).ToHashSet());

    /// <summary>The data of a table holds codes and numbers only, so nothing is quoted.</summary>
    private static List<string[]> Csv(byte[] bytes) => [.. Encoding.UTF8.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))];
}
