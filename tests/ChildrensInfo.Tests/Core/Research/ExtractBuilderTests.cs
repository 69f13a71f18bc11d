using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChildrensInfo.Tests.Core.Research;

public class ExtractBuilderTests(TestSite site)
{
    private static readonly string[] Everything =
    [
        .. ResearchWorld.Described, VariableCatalogue.ReferralYear, VariableCatalogue.EpisodeLength, VariableCatalogue.Referrals, VariableCatalogue.HeardLately, VariableCatalogue.TimesHeard,
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_holds_children_who_may_be_in_it_and_in_it_everybody_looks_like_four_others()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 320, i => i % 8 == 0 ? null : i % 8 == 1 ? ConsentEventType.Refused : ConsentEventType.Given);
        var extract = await ApprovedAsync(world, Everything);
        await RunAsync(world, extract.Id);

        var (built, zip) = await BuiltAsync(world, extract.Id);
        Assert.Equal(ExtractState.Ready, built.State);
        var table = Csv(zip["data.csv"]);
        Assert.Equal([VariableCatalogue.PersonColumn, .. new VariableCatalogue(World.Today).Choose(Everything).Select(v => v.Key)], table[0]);
        var rows = table.Skip(1).ToList();
        Assert.InRange(rows.Count, 228, 240);
        Assert.All(rows.GroupBy(r => string.Join('|', r.Skip(1).Take(6))), alike => Assert.True(alike.Count() >= 5));
        Assert.Equal(rows.Count, rows.Select(r => r[0]).Distinct().Count());
        Assert.Equal(rows.Select(r => r[0]).Order(StringComparer.Ordinal), rows.Select(r => r[0]));

        var relied = await site.ReadAsync(world, db => db.ExtractChildren.Where(e => e.ExtractId == extract.Id).ToListAsync(Cancel));
        Assert.Equal(rows.Count, relied.Count);
        var mayBe = children.Where((_, i) => i % 8 > 1).Select(c => c.Id).ToHashSet();
        Assert.All(relied, r => Assert.Contains(r.ChildId, mayBe));
        var events = await site.ReadAsync(world, db => db.ConsentEvents.ToDictionaryAsync(e => e.Id, Cancel));
        Assert.All(relied, r => Assert.Equal((r.ChildId, ConsentEventType.Given), (events[r.ConsentEventId].ChildId, events[r.ConsentEventId].Type)));
        Assert.Equal($"{rows.Count}", Assert.Single(await world.AuditAsync(AuditActions.ExtractBuilt)).Detail);
        // By what was said of each, and nobody twice.
        Assert.Equal(["Nobody has been asked yet: About 40", "Said no: About 40"], ExtractReport.Read(built.ReportJson)!.NotIncluded.Where(n => n.Children != "None").Select(n => $"{n.State}: {n.Children}"));
    }

    [Fact]
    public async Task Nobodys_name_number_birthday_or_id_is_in_any_byte_of_it()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 120);
        var extract = await ApprovedAsync(world, Everything);
        await RunAsync(world, extract.Id);
        var (_, zip) = await BuiltAsync(world, extract.Id);
        var everything = string.Join('\n', zip.Select(e => e.Key + Encoding.UTF8.GetString(e.Value)));
        var today = World.Today;
        foreach (var child in children)
        {
            foreach (var value in new[] { child.GivenName!, child.FamilyName!, child.LaChildId, child.Upn!, child.Id.ToString(), child.Id.ToString("N"), $"{child.BornOn:yyyy-MM-dd}", $"{child.BornOn:dd/MM/yyyy}" })
            {
                Assert.DoesNotContain(value, everything, StringComparison.OrdinalIgnoreCase);
            }
        }

        Assert.DoesNotContain("Reza Holt", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("Dara Fenn", everything, StringComparison.Ordinal);
        Assert.Contains(today.Year.ToString(System.Globalization.CultureInfo.InvariantCulture), everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_package_describes_every_column_and_the_bytes_it_describes_are_there()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 120);
        var extract = await ApprovedAsync(world, Everything);
        using (var scope = site.As(world.Whole))
        {
            // Approved some days before it is made.
            (await scope.Db.Extracts.SingleAsync(Cancel)).DecidedAt = DateTime.UtcNow.AddDays(-3);
            await scope.Db.SaveChangesAsync(Cancel);
        }

        await RunAsync(world, extract.Id);
        var (_, zip) = await BuiltAsync(world, extract.Id);
        Assert.Equal(ExtractPackage.Names, zip.Keys);
        using var package = JsonDocument.Parse(zip["datapackage.json"]);
        Assert.Equal("https://datapackage.org/profiles/2.0/datapackage.json", package.RootElement.GetProperty("$schema").GetString());
        var codebook = Csv(zip["codebook.csv"]);
        foreach (var resource in package.RootElement.GetProperty("resources").EnumerateArray())
        {
            var path = resource.GetProperty("path").GetString()!;
            var bytes = zip[path];
            Assert.Equal("table", resource.GetProperty("type").GetString());
            Assert.Equal(bytes.Length, resource.GetProperty("bytes").GetInt32());
            Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)), resource.GetProperty("hash").GetString());
            var fields = resource.GetProperty("schema").GetProperty("fields").EnumerateArray().ToList();
            Assert.Equal(path.EndsWith(".csv", StringComparison.Ordinal) ? Csv(bytes)[0] : Csv(zip["data.csv"])[0], fields.Select(f => f.GetProperty("name").GetString()!));
            Assert.All(fields, f => Assert.Equal(("string", true), (f.GetProperty("type").GetString(), f.GetProperty("description").GetString()!.Length > 0)));
            Assert.True(resource.GetProperty("schema").GetProperty("missingValues").GetArrayLength() > 0);
        }

        using var manifest = JsonDocument.Parse(zip["manifest.json"]);
        Assert.Equal(zip.Keys.Where(k => k != "manifest.json"), manifest.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("path").GetString()!));
        Assert.All(manifest.RootElement.GetProperty("files").EnumerateArray(), f => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(zip[f.GetProperty("path").GetString()!])), f.GetProperty("sha256").GetString()));
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        Assert.Equal(
            [(world.DataLead.Id, "DataLead", $"{today:yyyy-MM-dd}"), (world.InformationGovernance.Id, "InformationGovernance", $"{today:yyyy-MM-dd}"), (world.DataLead.Id, "DataLead", $"{today.AddDays(-3):yyyy-MM-dd}")],
            manifest.RootElement.GetProperty("approvals").EnumerateArray().Select(a => (a.GetProperty("by").GetGuid(), a.GetProperty("role").GetString()!, a.GetProperty("on").GetString()!)));
        Assert.Equal($"{ExtractPopulation.DayOf(today):yyyy-MM-dd}", manifest.RootElement.GetProperty("valuesOn").GetString());

        // Which view of the database it is of, and by what it was made: the same hash for the same parameters, whoever is in it.
        Assert.Matches("^x[0-9]+x[0-9]+x", manifest.RootElement.GetProperty("snapshot").GetString()!);
        var parameters = manifest.RootElement.GetProperty("parametersSha256").GetString();
        var provenance = package.RootElement.GetProperty("provenance");
        Assert.Equal((manifest.RootElement.GetProperty("snapshot").GetString(), parameters), (provenance.GetProperty("snapshot").GetString(), provenance.GetProperty("parametersSha256").GetString()));
        async Task<string> ParametersAsync(params string[] variables)
        {
            var other = await ApprovedAsync(world, variables);
            await RunAsync(world, other.Id);
            using var its = JsonDocument.Parse((await BuiltAsync(world, other.Id)).Zip["manifest.json"]);
            return its.RootElement.GetProperty("parametersSha256").GetString()!;
        }

        Assert.Equal(parameters, await ParametersAsync(Everything));
        Assert.NotEqual(parameters, await ParametersAsync(Everything[..^1]));
        var citation = Encoding.UTF8.GetString(zip["CITATION.cff"]).Split('\n');
        Assert.Equal(["cff-version: 1.2.0", $"  - name: \"{world.Authority.Name}\"", $"date-released: \"{today:yyyy-MM-dd}\""], new[] { citation[0], citation[5], citation[6] });
        Assert.Equal(["title: \"Who is heard soonest?\"", $"version: \"Research extract {ExtractPackage.FileName(extract.Id)[8..^4]}\""], new[] { citation[3], citation[7] });

        var data = Csv(zip["data.csv"]);
        for (var c = 1; c < data[0].Length; c++)
        {
            var codes = codebook.Where(r => r[0] == data[0][c]).Select(r => r[5]).ToHashSet();
            Assert.All(data.Skip(1), r => Assert.Contains(r[c], codes));
        }

        // The other form of the data, read by a program, says the same; the page for people names every column.
        using var parquet = new MemoryStream(zip["data.parquet"]);
        await using var reader = await Parquet.ParquetReader.CreateAsync(parquet, cancellationToken: Cancel);
        using var group = reader.OpenRowGroupReader(0);
        for (var c = 0; c < data[0].Length; c++)
        {
            var column = new string?[data.Count - 1];
            await group.ReadAsync(reader.Schema.DataFields[c], column.AsMemory(), cancellationToken: Cancel);
            Assert.Equal(data.Skip(1).Select(r => r[c]), column);
        }

        var page = Encoding.UTF8.GetString(zip["codebook.html"]);
        Assert.All(data[0], name => Assert.Contains($"<h2>{name}: ", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Outside_a_safe_setting_everybody_looks_like_nine_others()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 320);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, place: AnalysisPlace.Outside, variables: Everything);
        var extract = await world.AddExtractAsync(site, project, ExtractState.Approved);
        await RunAsync(world, extract.Id);
        var (built, zip) = await BuiltAsync(world, extract.Id);
        var rows = Csv(zip["data.csv"]).Skip(1).ToList();
        Assert.InRange(rows.Count, 304, 320);
        Assert.All(rows.GroupBy(r => string.Join('|', r.Skip(1).Take(6))), alike => Assert.True(alike.Count() >= 10));
        Assert.Equal((10, 0), (ExtractReport.Read(built.ReportJson)!.K, ExtractReport.Read(built.ReportJson)!.PercentInSmallClasses));
    }

    [Fact]
    public async Task What_people_typed_is_run_by_no_spreadsheet_and_no_browser()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 60);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: [VariableCatalogue.Sex]);
        using (var scope = site.As(world.Whole))
        {
            var typed = await scope.Db.ResearchProjects.SingleAsync(Cancel);
            (typed.Title, typed.Question) = ("=HYPERLINK(\"https://example.com\")<script>alert(1)</script>", "../../@SUM(1)");
            await scope.Db.SaveChangesAsync(Cancel);
        }

        var extract = await world.AddExtractAsync(site, project, ExtractState.Approved);
        await RunAsync(world, extract.Id);
        var (_, zip) = await BuiltAsync(world, extract.Id);
        Assert.Equal(ExtractPackage.Names, zip.Keys);
        Assert.DoesNotContain("<script", Encoding.UTF8.GetString(zip["codebook.html"]), StringComparison.OrdinalIgnoreCase);
        foreach (var csv in new[] { "data.csv", "codebook.csv" }) Assert.All(Csv(zip[csv]).SelectMany(r => r), cell => Assert.False(cell.Length > 0 && "=+-@\t".Contains(cell[0], StringComparison.Ordinal)));
        Assert.Matches("^extract-[0-9a-f]{8}\\.zip$", ExtractPackage.FileName(extract.Id));
    }

    [Fact]
    public async Task Two_files_never_differ_by_a_few_children()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 160, i => i < 150 ? ConsentEventType.Given : null);
        var first = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        await RunAsync(world, first.Id);

        // One family says stop and one says yes: the one who came is held back, and as many go as hide the one who went.
        var inFirst = await IdsInAsync(world, first.Id);
        await world.DecideAsync(site, inFirst.First(), ConsentEventType.Withdrawn);
        await world.DecideAsync(site, children[155].Id, ConsentEventType.Given);
        var second = await world.AddExtractAsync(site, await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel)), ExtractState.Approved);
        await RunAsync(world, second.Id);
        var inSecond = await IdsInAsync(world, second.Id);
        Assert.Empty(inSecond.Except(inFirst));
        Assert.InRange(inFirst.Except(inSecond).Count(), EarlierReleases.Apart, EarlierReleases.Apart + 9);
        Assert.DoesNotContain(inFirst.First(), inSecond);

        // Nobody in another project either, nor by asking for the rest.
        var third = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        await RunAsync(world, third.Id);
        var inThird = await IdsInAsync(world, third.Id);
        foreach (var before in new[] { inFirst, inSecond })
        {
            Assert.True(before.Except(inThird).Count() is 0 or >= EarlierReleases.Apart && inThird.Except(before).Count() is 0 or >= EarlierReleases.Apart);
        }
    }

    [Fact]
    public async Task What_two_files_tell_of_the_same_children_never_differs_of_a_few()
    {
        var world = await World.CreateAsync(site);
        var day = ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow));
        // The first is ten on the day after the one on which everything is said, and has been referred four times.
        await world.AddChildrenInNeedAsync(site, 150, change: (i, child) => child.BornOn = i == 0 ? day.AddYears(-10).AddDays(1) : child.BornOn);
        Child one;
        using (var scope = site.As(world.Whole))
        {
            one = await scope.Db.Children.SingleAsync(c => c.GivenName == "Sorrel0", Cancel);
            var known = await scope.Db.NeedEpisodes.Where(e => e.ChildId == one.Id).ToListAsync(Cancel);
            for (var i = known.Count; i < 4; i++) scope.Db.Add(new NeedEpisode { AuthorityId = one.AuthorityId, ChildId = one.Id, ReferredOn = day.AddDays(-1_600 - i), ClosedOn = day.AddDays(-1_500), PrimaryNeedCode = "N1", ReturnId = known[0].ReturnId });
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        string[] variables = [VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.Referrals];
        var first = await ApprovedAsync(world, variables);
        await RunAsync(world, first.Id);
        Assert.Contains("age_band=5_9", await site.ReadAsync(world, db => db.ExtractChildren.Where(c => c.ChildId == one.Id).Select(c => c.Told).SingleAsync(Cancel)), StringComparison.Ordinal);
        async Task ChangeAsync(IReadOnlyCollection<Guid> ids)
        {
            using var scope = site.As(world.Whole);
            foreach (var child in await scope.Db.Children.Where(c => ids.Contains(c.Id)).ToListAsync(Cancel)) child.Sex = child.Sex == "F" ? "M" : "F";
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        // A return puts one child right, in the same quarter: they are not in the next file, and others are left out with them. Nor is a file released that is found to differ when all others are there.
        await ChangeAsync([one.Id]);
        var inFirst = await IdsInAsync(world, first.Id);
        var second = await ApprovedAsync(world, variables);
        using (var scope = site.As(world.Whole))
        {
            var builder = BuilderIn(scope);
            var prepared = (await builder.PrepareAsync(second.Id, Cancel))!;
            var careless = prepared with { Tells = [.. prepared.Tells.Select((line, i) => i == 0 ? "sex=U" : line)] };
            Assert.False(await builder.ReleaseAsync(second.Id, careless, world.Whole, Cancel));
            Assert.DoesNotContain(one.Id, prepared.ChildIds);
            Assert.InRange(inFirst.Except(prepared.ChildIds).Count(), EarlierReleases.Apart, EarlierReleases.Apart + 9);
            // Of those who are left nobody has the harmful value, and the last look goes by them.
            Assert.Equal(0, Assert.Single(prepared.Harmful).Rate);
        }

        // Where many are put right who were alike before, nobody stands out.
        static string Alike(string told) => told[..told.IndexOf(" referrals", StringComparison.Ordinal)];
        var told = await site.ReadAsync(world, db => db.ExtractChildren.Where(c => c.ExtractId == first.Id).ToDictionaryAsync(c => c.ChildId, c => c.Told!, Cancel));
        await ChangeAsync([.. told.Where(t => t.Key != one.Id && Alike(t.Value) == Alike(told[one.Id])).Select(t => t.Key).Take(EarlierReleases.Apart)]);
        using (var scope = site.As(world.Whole)) Assert.Contains(one.Id, (await BuilderIn(scope).PrepareAsync(second.Id, Cancel))!.ChildIds);
    }

    [Fact]
    public async Task Three_files_together_leave_nobody_by_themselves_though_no_two_of_them_would()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 103);
        async Task<Extract> AskAsync(Func<int, bool> saysNo)
        {
            var extract = await ApprovedAsync(world, [VariableCatalogue.Sex]);
            for (var i = 0; i < children.Count; i++)
            {
                if (saysNo(i)) await world.DecideAsync(site, children[i].Id, ConsentEventType.Refused, extract.ProjectId);
            }

            await RunAsync(world, extract.Id);
            return await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.Id == extract.Id, Cancel));
        }

        // Fifty and fifty others; then everybody, of whom three are in neither: they are held back.
        await AskAsync(i => i >= 50);
        await AskAsync(i => i < 50 || i >= 100);
        var all = await AskAsync(_ => false);
        Assert.Equal(ExtractState.Ready, all.State);
        Assert.Equal(children.Take(100).Select(c => c.Id).Order(), (await IdsInAsync(world, all.Id)).Order());

        // The other way about nobody can be held back, so the third is refused, and says why.
        var other = await World.CreateAsync(site);
        (world, children) = (other, await other.AddChildrenInNeedAsync(site, 103));
        Assert.Equal(ExtractState.Ready, (await AskAsync(_ => false)).State);
        Assert.Equal(ExtractState.Ready, (await AskAsync(i => i >= 50)).State);
        var third = await AskAsync(i => i < 50 || i >= 100);
        Assert.Equal(ExtractState.Failed, third.State);
        Assert.Contains("less those of the others, would be theirs", third.FailedBecause, StringComparison.Ordinal);
        Assert.Equal("differencing", Assert.Single(await world.AuditAsync(AuditActions.ExtractFailed)).Detail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_groups_one_within_the_other_who_is_only_in_one_looks_like_others_too(bool narrowFirst)
    {
        var world = await World.CreateAsync(site);
        var day = ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow));
        var children = await world.AddChildrenInNeedAsync(site, 220, change: (i, child) => child.Sex = i < 20 ? "U" : i % 2 == 0 ? "M" : "F");
        // Of 38 the case was closed since: two of one sex, six of another who all had it open equally long, and thirty.
        var closed = children.Take(2).Concat(children.Where(c => c.Sex == "F").Take(6)).Concat(children.Where(c => c.Sex == "M").Take(30)).ToList();
        await CloseAsync(world, closed.ConvertAll(c => c.Id), day.AddDays(-10), closed.Where(c => c.Sex == "F").Select(c => c.Id).ToList(), day.AddDays(-200));
        ResearchPopulation[] order = narrowFirst ? [ResearchPopulation.InNeedOnTheDay, ResearchPopulation.Usual] : [ResearchPopulation.Usual, ResearchPopulation.InNeedOnTheDay];
        var files = new List<HashSet<Guid>>();
        foreach (var population in order)
        {
            var extract = await AskAsync(world, population, VariableCatalogue.Sex, VariableCatalogue.EpisodeLength);
            await RunAsync(world, extract.Id);
            Assert.Contains(population.Title, Encoding.UTF8.GetString((await BuiltAsync(world, extract.Id)).Zip["report.txt"]), StringComparison.Ordinal);
            files.Add(await IdsInAsync(world, extract.Id));
        }

        var (wide, narrow) = narrowFirst ? (files[1], files[0]) : (files[0], files[1]);
        var told = await site.ReadAsync(world, db => db.ExtractChildren.ToDictionaryAsync(c => (c.ExtractId, c.ChildId), c => c.Told!, Cancel));
        var only = told.Where(t => wide.Contains(t.Key.ChildId) && !narrow.Contains(t.Key.ChildId)).Select(t => t.Value.Split(' ')).ToList();
        Assert.True(only.Count >= 30);
        Assert.Empty(narrow.Except(wide));
        Assert.All(only.GroupBy(t => t[0]), alike => Assert.True(alike.Count() >= ResearchLimits.KInSafeSetting && alike.Select(t => t[1]).Distinct().Count() > 1));
        // Who came and would stand out is held back; where they went, others like them go too.
        if (narrowFirst) Assert.Equal(30, only.Count);
        else Assert.True(only.Count(t => t[0] == "sex=U") >= ResearchLimits.KInSafeSetting);
    }

    [Fact]
    public async Task Groups_that_differ_by_few_or_leave_few_to_all_but_them_are_never_told_apart()
    {
        var world = await World.CreateAsync(site);
        var day = ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow));
        var children = await world.AddChildrenInNeedAsync(site, 103, change: (i, child) => child.BornOn = i < 3 ? null : day.AddYears(i < 53 ? -5 : -12));
        async Task<Extract> MadeAsync(ResearchPopulation population)
        {
            var extract = await AskAsync(world, population, VariableCatalogue.Sex);
            await RunAsync(world, extract.Id);
            return await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.Id == extract.Id, Cancel));
        }

        // All; those under ten; and the rest, which would leave three whose age is not known.
        Assert.Equal(ExtractState.Ready, (await MadeAsync(ResearchPopulation.Usual)).State);
        var young = await MadeAsync(ResearchPopulation.UnderTen);
        Assert.Equal(children.Skip(3).Take(50).Select(c => c.Id).Order(), (await IdsInAsync(world, young.Id)).Order());
        var rest = await MadeAsync(ResearchPopulation.FromTen);
        Assert.Contains("less those of the others, would be theirs", rest.FailedBecause, StringComparison.Ordinal);

        // Nobody is in care; and of three more whose case was closed long ago nothing moves, because they are held back.
        Assert.Contains("Fewer than 50 children", (await MadeAsync(ResearchPopulation.LookedAfter)).FailedBecause, StringComparison.Ordinal);
        var more = await world.AddChildrenInNeedAsync(site, 3);
        await CloseAsync(world, more.ConvertAll(c => c.Id), day.AddYears(-2), more.ConvertAll(c => c.Id), day.AddYears(-3));
        var known = await MadeAsync(ResearchPopulation.Known);
        Assert.Equal(children.Select(c => c.Id).Order(), (await IdsInAsync(world, known.Id)).Order());
        Assert.Equal("Fewer than 8", ExtractReport.Read(known.ReportJson)!.NotIncluded.Single(n => n.State.StartsWith("Said yes, and held back", StringComparison.Ordinal)).Children);

        // What a project was not approved for is not made, whatever a row in the table says.
        var other = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, populations: [ResearchPopulation.Known]), ExtractState.Approved);
        using var scope = site.As(world.Whole);
        await Assert.ThrowsAsync<InvalidOperationException>(() => BuilderIn(scope).PrepareAsync(other.Id, Cancel));
    }

    [Fact]
    public async Task Each_group_is_of_the_children_it_says_and_counts_in_its_period()
    {
        var world = await World.CreateAsync(site);
        var day = ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow));
        var children = await world.AddChildrenInNeedAsync(site, 60, change: (i, child) => child.BornOn = i == 0 ? day.AddYears(-10) : i == 1 ? day.AddYears(-10).AddDays(1) : i == 2 ? day.AddYears(-11) : child.BornOn);
        // Closed on the day, half a year ago and long ago; the fourth in care, the fifth no more, the sixth for short breaks; the seventh on a plan, the eighth half a year ago.
        await CloseAsync(world, [children[0].Id], day, [], day);
        await CloseAsync(world, [children[1].Id], day.AddDays(-180), [children[1].Id], day.AddDays(-400));
        await CloseAsync(world, [children[2].Id], day.AddDays(-800), [children[2].Id], day.AddDays(-1_600));
        using (var scope = site.As(world.Whole))
        {
            var episodes = await scope.Db.NeedEpisodes.ToListAsync(Cancel);
            NeedEpisode Of(int i) => episodes.First(e => e.ChildId == children[i].Id);
            CareEpisode Care(int i, DateOnly? to, string status) => new() { AuthorityId = world.Authority.Id, ChildId = children[i].Id, ReturnId = Of(i).ReturnId, StartedOn = day.AddDays(-300), EndedOn = to, LegalStatus = status };
            ProtectionPlan Plan(int i, DateOnly? to) => new() { AuthorityId = world.Authority.Id, ChildId = children[i].Id, EpisodeId = Of(i).Id, StartedOn = day.AddDays(-300), EndedOn = to };
            scope.Db.AddRange(Care(3, null, "C2"), Care(4, day, "C2"), Care(5, null, "V4"), Plan(6, null), Plan(7, day.AddDays(-180)));
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            async Task<string> IndexesAsync(ResearchPopulation of, ResearchPeriod over)
            {
                var ids = (await scope.Get<ExtractPopulation>().IdsAsync(of, over, day, Cancel)).ToHashSet();
                return string.Concat(children.Take(8).Select(c => ids.Contains(c.Id) ? '+' : '-'));
            }

            Assert.Equal("++-+++++", await IndexesAsync(ResearchPopulation.Usual, ResearchPeriod.Year));
            Assert.Equal("+--+++++", await IndexesAsync(ResearchPopulation.Usual, ResearchPeriod.Quarter));
            Assert.Equal("---+++++", await IndexesAsync(ResearchPopulation.InNeedOnTheDay, ResearchPeriod.Year));
            Assert.Equal("++++++++", await IndexesAsync(ResearchPopulation.Known, ResearchPeriod.Year));
            Assert.Equal("---+----", await IndexesAsync(ResearchPopulation.LookedAfter, ResearchPeriod.Year));
            Assert.Equal("------++", await IndexesAsync(ResearchPopulation.OnAPlan, ResearchPeriod.Year));
            Assert.Equal("------+-", await IndexesAsync(ResearchPopulation.OnAPlan, ResearchPeriod.Quarter));
            Assert.Equal("+-", (await IndexesAsync(ResearchPopulation.FromTen, ResearchPeriod.Year))[..2]);
            Assert.Equal("-+-", (await IndexesAsync(ResearchPopulation.UnderTen, ResearchPeriod.Year))[..3]);
        }

        Extract extract;
        // Asked for over a quarter, what happened is counted in it, by a name of its own.
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: [VariableCatalogue.Sex, VariableCatalogue.TimesHeard]);
        using (var scope = site.As(World.ActorOf(world.Researcher)))
        {
            var input = new RequestExtract { Id = Guid.CreateVersion7(), Purpose = "A look.", Variables = [VariableCatalogue.Sex, VariableCatalogue.TimesHeard], Population = ResearchPopulation.Usual.Key, Period = ResearchPeriod.Quarter.Key };
            Assert.True((await scope.Get<ExtractService>().RequestAsync(project.Id, input, World.ActorOf(world.Researcher), Cancel))!.IsDone);
        }

        using (var scope = site.As(world.Whole))
        {
            await scope.Db.Extracts.ExecuteUpdateAsync(e => e.SetProperty(p => p.State, ExtractState.Approved).SetProperty(p => p.DecidedById, world.DataLead.Id).SetProperty(p => p.DecidedAt, DateTime.UtcNow), Cancel);
            extract = await scope.Db.Extracts.SingleAsync(Cancel);
        }

        await RunAsync(world, extract.Id);
        var (built, zip) = await BuiltAsync(world, extract.Id);
        Assert.Equal(["person", "sex", "times_heard_quarter"], Csv(zip["data.csv"])[0]);
        using var manifest = JsonDocument.Parse(zip["manifest.json"]);
        var said = manifest.RootElement.GetProperty("population");
        Assert.Equal((ResearchPopulation.Usual.Title, ResearchPeriod.Quarter.Title, day.AddMonths(-3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)), (said.GetProperty("of").GetString(), said.GetProperty("period").GetString(), said.GetProperty("from").GetString()));
        Assert.Contains(ResearchPeriod.Quarter.Title, Encoding.UTF8.GetString(zip["README.txt"]), StringComparison.Ordinal);
        Assert.DoesNotContain(children[1].Id, await IdsInAsync(world, extract.Id));
        Assert.Equal(day.AddMonths(-3), ExtractReport.Read(built.ReportJson)!.From);
    }

    /// <summary>Closes the episodes of children on a day; of some it also began on one.</summary>
    private async Task CloseAsync(World world, IReadOnlyCollection<Guid> ids, DateOnly on, IReadOnlyCollection<Guid> began, DateOnly from)
    {
        using var scope = site.As(world.Whole);
        await scope.Db.NeedEpisodes.Where(e => ids.Contains(e.ChildId) && e.ClosedOn == null).ExecuteUpdateAsync(e => e.SetProperty(p => p.ClosedOn, on), Cancel);
        await scope.Db.NeedEpisodes.Where(e => began.Contains(e.ChildId) && e.ClosedOn == on).ExecuteUpdateAsync(e => e.SetProperty(p => p.ReferredOn, from), Cancel);
    }

    /// <summary>Rows of a population, of a project of its own.</summary>
    private async Task<Extract> AskAsync(World world, ResearchPopulation population, params string[] variables) =>
        await world.AskAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, populations: ResearchPopulation.All, variables: variables), variables, population: population);

    [Fact]
    public async Task Two_that_are_built_at_once_do_not_slip_past_each_other()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 120);
        var first = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        var second = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        await world.DecideAsync(site, children[0].Id, ConsentEventType.Refused, first.ProjectId);
        using var one = site.As(world.Whole);
        using var two = site.As(world.Whole);
        var (slow, quick) = (BuilderIn(one), BuilderIn(two));
        var prepared = await slow.PrepareAsync(second.Id, Cancel);
        Assert.True(await quick.ReleaseAsync(first.Id, (await quick.PrepareAsync(first.Id, Cancel))!, world.Whole, Cancel));
        Assert.False(await slow.ReleaseAsync(second.Id, prepared!, world.Whole, Cancel));
        await RunAsync(world, second.Id);
        Assert.DoesNotContain(children[0].Id, await IdsInAsync(world, second.Id));
    }

    [Fact]
    public async Task Whoever_holds_one_file_gets_no_other_with_which_to_tell_its_children_apart()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 320);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: Everything);
        async Task<Extract> AskAsync(params string[] variables)
        {
            var extract = await world.AddExtractAsync(site, project, ExtractState.Approved, variables);
            await RunAsync(world, extract.Id);
            return await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.Id == extract.Id, Cancel));
        }

        var whole = await AskAsync(ResearchWorld.Described);
        var levels = ExtractReport.Read(whole.ReportJson)!.Columns.ToDictionary(c => c.Key, c => c.Level);
        Assert.Contains(levels.Values, l => l > 0);
        // A part of it: alone it could be finer, beside the first it is not.
        var part = await AskAsync([.. levels.Where(l => l.Value > 0).Select(l => l.Key)]);
        Assert.Equal(ExtractState.Ready, part.State);
        Assert.All(ExtractReport.Read(part.ReportJson)!.Columns, c => Assert.True(c.Level >= levels[c.Key]));
        // Something the others have not: refused, until what is held is certified to be gone.
        var other = await AskAsync(VariableCatalogue.ReferralYear);
        Assert.Equal(ExtractState.Failed, other.State);
        Assert.Contains("still holds a file without “Year of referral”", other.FailedBecause, StringComparison.Ordinal);
        foreach (var held in new[] { whole, part })
        {
            using var scope = site.As(World.ActorOf(world.Researcher));
            var certified = await scope.Get<ExtractService>().CertifyAsync(project.Id, held.Id, new CertifyDestruction { Version = held.Version, On = World.Today, How = "Erased", IsEveryCopy = true }, World.ActorOf(world.Researcher), Cancel);
            Assert.True(certified!.IsDone);
        }

        Assert.Equal(ExtractState.Ready, (await AskAsync(VariableCatalogue.ReferralYear)).State);
    }

    [Fact]
    public async Task The_report_says_whom_the_file_no_longer_speaks_for_and_counts_no_few()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 400);
        var extract = await ApprovedAsync(world, ResearchWorld.Described);
        await RunAsync(world, extract.Id);
        var (built, zip) = await BuiltAsync(world, extract.Id);
        var report = ExtractReport.Read(built.ReportJson)!;
        Assert.StartsWith("About ", report.LeftOut, StringComparison.Ordinal);
        Assert.NotEmpty(report.LeftOutOf);
        // What stands for two numbers only is not told.
        Assert.Equal(["None", "Fewer than 8", "Fewer than 8", "Fewer than 8", "About 10", "About 10", "About 15"], new[] { 0, 1, 6, 7, 8, 12, 13 }.Select(ExtractReport.Told));
        Assert.All(report.LeftOutOf, g => Assert.Matches("^(About [0-9]+|Fewer than 8)$", g.Children));
        var text = Encoding.UTF8.GetString(zip["report.txt"]);
        Assert.Contains("WHAT IT CANNOT PROMISE", text, StringComparison.Ordinal);
        Assert.Contains("the council's records are the population", text, StringComparison.Ordinal);
        // How alike they were and are, and what each column lost.
        Assert.Equal(report.Groups, report.Alike!.Sizes.Sum(s => s.Groups));
        Assert.True(report.Alike.SmallestBefore < report.SmallestClass && report.Alike.MeanChanceBefore > report.MeanChance);
        Assert.Equal(ResearchWorld.Described.Order(), report.Alike.Loss.Keys.Order());
        Assert.All(report.Columns, c => Assert.True(c.Level == 0 ? report.Alike.Loss[c.Key] == 0 : report.Alike.Loss[c.Key] is > 0 and <= 100));
        Assert.Contains("Groups by how many rows look alike: 5 to 9: ", text, StringComparison.Ordinal);
        Assert.Contains($"one and the same value: {report.Alike.MostOf(report.Columns)}.", text, StringComparison.Ordinal);
        // With what certainty somebody's main need is learnt by whoever knows all else of them: as it can be counted in the file.
        var needs = await ApprovedAsync(world, [VariableCatalogue.Sex, VariableCatalogue.PrimaryNeed]);
        await RunAsync(world, needs.Id);
        var (counted, its) = await BuiltAsync(world, needs.Id);
        var most = Csv(its["data.csv"]).Skip(1).GroupBy(r => r[1]).Max(g => g.CountBy(r => r[2]).Max(n => 100.0 * n.Value / g.Count()));
        Assert.InRange(most, 40, 80);
        Assert.Equal((int)Math.Ceiling(most), ExtractReport.Read(counted.ReportJson)!.Alike!.Most![VariableCatalogue.PrimaryNeed]);
        Assert.Contains($"Primary need: {Math.Ceiling(most)}%.", Encoding.UTF8.GetString(its["report.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_extracts_of_the_same_children_share_no_codes()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 120);
        var codes = new List<HashSet<string>>();
        for (var i = 0; i < 2; i++)
        {
            var extract = await ApprovedAsync(world, ResearchWorld.Described);
            await RunAsync(world, extract.Id);
            codes.Add([.. Csv((await BuiltAsync(world, extract.Id)).Zip["data.csv"]).Skip(1).Select(r => r[0])]);
        }

        Assert.Empty(codes[0].Intersect(codes[1]));
        Assert.All(codes, c => Assert.True(c.Count > 100));
    }

    [Fact]
    public async Task A_withdrawal_while_it_is_made_voids_it_and_the_next_try_is_without_the_child()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 120);
        var extract = await ApprovedAsync(world, ResearchWorld.Described);
        Guid left;
        using (var scope = site.As(world.Whole))
        {
            var builder = BuilderIn(scope);
            var prepared = await builder.PrepareAsync(extract.Id, Cancel);
            left = prepared!.ChildIds[0];
            await world.DecideAsync(site, left, ConsentEventType.Withdrawn);
            Assert.False(await builder.ReleaseAsync(extract.Id, prepared, world.Whole, Cancel));
        }

        await NothingIsLeftAsync(world, extract.Id);
        await RunAsync(world, extract.Id);
        var (built, _) = await BuiltAsync(world, extract.Id);
        Assert.Equal(ExtractState.Ready, built.State);
        Assert.DoesNotContain(left, await site.ReadAsync(world, db => db.ExtractChildren.Select(e => e.ChildId).ToListAsync(Cancel)));
    }

    [Fact]
    public async Task A_no_to_one_project_keeps_the_child_out_of_that_project_only()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 120);
        var first = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        var second = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        // As many as may be seen to differ between two files, and alike.
        var some = children.FindAll(c => c.Sex == children[0].Sex)[..EarlierReleases.Apart];
        foreach (var child in some) await world.DecideAsync(site, child.Id, ConsentEventType.Refused, first.ProjectId);
        await RunAsync(world, first.Id);
        await RunAsync(world, second.Id);
        var relied = await site.ReadAsync(world, db => db.ExtractChildren.Where(e => e.ChildId == children[0].Id).Select(e => e.ExtractId).ToListAsync(Cancel));
        Assert.Equal([second.Id], relied);
    }

    [Fact]
    public async Task Work_killed_while_it_stores_leaves_nothing_and_can_be_done_again()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 120);
        var extract = await ApprovedAsync(world, ResearchWorld.Described);
        using (var scope = site.As(world.Whole))
        {
            var prepared = await BuilderIn(scope).PrepareAsync(extract.Id, Cancel);
            var dying = new DyingClock();
            var builder = new ExtractBuilder(
                scope.Db, scope.Get<ExtractPopulation>(), scope.Get<ExtractWords>(), new FileStore(scope.Db, scope.Get<KeyRing>(), dying), new ResearchLimits(50), TimeProvider.System);
            await Assert.ThrowsAsync<OperationCanceledException>(() => builder.ReleaseAsync(extract.Id, prepared!, world.Whole, Cancel));
            Assert.Equal(2, dying.Asked);
        }

        await NothingIsLeftAsync(world, extract.Id);
        await RunAsync(world, extract.Id);
        Assert.Equal(ExtractState.Ready, (await BuiltAsync(world, extract.Id)).Extract.State);
        await RunAsync(world, extract.Id);
        Assert.Single(await world.AuditAsync(AuditActions.ExtractBuilt));
    }

    [Fact]
    public async Task Too_few_children_are_refused_and_the_floor_cannot_be_lowered()
    {
        Assert.Equal(50, new ResearchLimits(1).SmallestPopulation);
        Assert.Equal(200, new ResearchLimits().SmallestPopulation);
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 60, i => i < 49 ? ConsentEventType.Given : null);
        var extract = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        await RunAsync(world, extract.Id, new ResearchLimits(1));
        var failed = await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel));
        Assert.Equal(ExtractState.Failed, failed.State);
        Assert.Contains("Fewer than 50 children", failed.FailedBecause, StringComparison.Ordinal);
        Assert.Equal("disclosure", Assert.Single(await world.AuditAsync(AuditActions.ExtractFailed)).Detail);
        await NothingIsLeftAsync(world, extract.Id);
    }

    [Fact]
    public async Task A_project_that_was_closed_meanwhile_gets_no_file()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 60);
        var extract = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        using (var scope = site.As(world.Whole))
        {
            var builder = BuilderIn(scope);
            var prepared = await builder.PrepareAsync(extract.Id, Cancel);
            using (var other = site.As(world.Whole))
            {
                (await other.Db.ResearchProjects.SingleAsync(Cancel)).State = ProjectState.Closed;
                await other.Db.SaveChangesAsync(Cancel);
            }

            Assert.False(await builder.ReleaseAsync(extract.Id, prepared!, world.Whole, Cancel));
        }

        // While it is held it waits.
        foreach (var (state, expected) in new[] { (ProjectState.Suspended, ExtractState.Approved), (ProjectState.Closed, ExtractState.Failed) })
        {
            using (var scope = site.As(world.Whole))
            {
                (await scope.Db.ResearchProjects.SingleAsync(Cancel)).State = state;
                await scope.Db.SaveChangesAsync(Cancel);
            }

            await RunAsync(world, extract.Id);
            Assert.Equal(expected, (await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel))).State);
        }

        Assert.Equal("The project has ended, so nothing was made.", (await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel))).FailedBecause);
    }

    [Fact]
    public async Task Nobody_but_a_job_can_read_for_an_extract()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 60);
        var extract = await ApprovedAsync(world, [VariableCatalogue.Sex]);
        using var scope = site.As(World.ActorOf(world.Researcher));
        await Assert.ThrowsAsync<ChildrensInfo.Core.Disclosure.DisclosureRefusedException>(() => BuilderIn(scope).PrepareAsync(extract.Id, Cancel));
    }

    private static ExtractBuilder BuilderIn(Scope scope, ResearchLimits? limits = null) =>
        new(scope.Db, scope.Get<ExtractPopulation>(), scope.Get<ExtractWords>(), scope.Get<FileStore>(), limits ?? new ResearchLimits(50), TimeProvider.System);

    private async Task<Extract> ApprovedAsync(World world, string[] variables) =>
        await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, variables: variables), ExtractState.Approved);

    private async Task RunAsync(World world, Guid extractId, ResearchLimits? limits = null)
    {
        using var scope = site.As(world.Whole);
        // Finished already, so that the site's own runner leaves it alone.
        var job = new Job { AuthorityId = world.Authority.Id, Kind = JobKind.BuildExtract, SubjectId = extractId, State = JobState.Done, RequestedById = world.DataLead.Id, RequestedAt = DateTime.UtcNow };
        scope.Db.Add(job);
        await scope.Db.SaveChangesAsync(Cancel);
        await BuilderIn(scope, limits).RunAsync(extractId, world.Whole, new JobProgress(site.Services.GetRequiredService<IServiceScopeFactory>(), world.Whole, job.Id), Cancel);
    }

    private async Task<(Extract Extract, Dictionary<string, byte[]> Zip)> BuiltAsync(World world, Guid extractId)
    {
        using var scope = site.As(world.Whole);
        var extract = await scope.Db.Extracts.SingleAsync(e => e.Id == extractId, Cancel);
        Assert.Null(extract.FailedBecause);
        var file = await scope.Db.Files.SingleAsync(f => f.Id == extract.FileId, Cancel);
        using var zip = new ZipArchive(await scope.Get<FileStore>().OpenAsync(file, Cancel));
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

    private async Task NothingIsLeftAsync(World world, Guid extractId)
    {
        Assert.Empty(await site.ReadAsync(world, db => db.Files.Where(f => f.Kind == FileKind.Extract).ToListAsync(Cancel)));
        Assert.Empty(await site.ReadAsync(world, db => db.ExtractChildren.Where(e => e.ExtractId == extractId).ToListAsync(Cancel)));
        Assert.Empty(await world.AuditAsync(AuditActions.ExtractBuilt));
        // Not even through the wall: the pieces themselves are gone.
        await using var connection = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var pieces = new Npgsql.NpgsqlCommand($"select count(*) from file_pieces where authority_id = '{world.Authority.Id}'", connection);
        Assert.Equal(0L, await pieces.ExecuteScalarAsync(Cancel));
    }

    /// <summary>Splits plain lines; the data and code book of an extract quote only texts.</summary>
    private static List<string[]> Csv(byte[] bytes)
    {
        using var parser = new StringReader(Encoding.UTF8.GetString(bytes));
        var rows = new List<string[]>();
        while (parser.ReadLine() is { } line)
        {
            var fields = new List<string>();
            foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(line, "(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,]*))"))
            {
                fields.Add(match.Groups[1].Success ? match.Groups[1].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : match.Groups[2].Value);
            }

            rows.Add([.. fields]);
        }

        return rows;
    }

    /// <summary>Stops the work when the stored file is about to be called whole.</summary>
    private sealed class DyingClock : TimeProvider
    {
        public int Asked { get; private set; }

        public override DateTimeOffset GetUtcNow() => ++Asked == 2 ? throw new OperationCanceledException() : base.GetUtcNow();
    }
}
