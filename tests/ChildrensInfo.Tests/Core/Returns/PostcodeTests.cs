using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

public class PostcodeTests(TestSite site)
{
    /// <summary>As the Office for National Statistics writes it, with columns that nobody reads; the places are invented.</summary>
    private const string Tiny = """
        pcd,pcds,doterm,oseast1m,osnrth1m,ctry
        "CM1 1AA","CM1 1AA",,"570000","207000","E92000001"
        "CM2 2BB","CM2 2BB",201905,"602186","207000","E92000001"
        "CM3 3DD","CM3 3DD",,"602187","207000","E92000001"
        "CM4 4DD","CM4 4DD",,"","","E92000001"
        "BT1 1AA","BT1 1AA",,"333900","374300","N92000002"
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_directory_is_loaded_by_a_command_in_the_place_of_the_one_before_and_one_that_cannot_be_read_changes_nothing()
    {
        var database = await site.NewDatabaseAsync(Cancel);
        using var command = new CommandLine();
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Migrator"] = database.Migrator };
        Task<(int ExitCode, string Output, string Error)> LoadAsync(string text, string edition = "Tiny, August 2026") => CommandLine.RunHereAsync(settings, "", "load-postcodes", "--edition", edition, command.Write("places.csv", text));
        var (exitCode, output, error) = await LoadAsync(Tiny);
        Assert.True(exitCode == 0, error);
        Assert.Contains("3 postcodes loaded", output, StringComparison.Ordinal);
        Assert.Contains("2 without a place", output, StringComparison.Ordinal);
        Assert.Equal(["CM11AA 570000 207000", "CM22BB 602186 207000", "CM33DD 602187 207000"], await PlacesAsync(database.Superuser));

        foreach (var (text, because) in new[]
        {
            (Tiny.Replace("oseast1m", "x", StringComparison.Ordinal), "no column oseast1m"),
            (Tiny.Replace("\"602187\"", "\"far\"", StringComparison.Ordinal), "Row 4 has no place"),
            (Tiny.Replace("CM3 3DD", "CM1 1AA", StringComparison.Ordinal), "twice"),
            ("pcds,oseast1m,osnrth1m\r\nCM5 5EE,1,2\r\nCM6", "Row 3 is too short"),
            ("pcds,oseast1m,osnrth1m\r\nSORREL THISTLEBROOK,1,2", "Row 2 has no postcode"),
            ("pcds,oseast1m,osnrth1m\r\nCM1\u00001AA,1,2", "Row 2 has no postcode"),
            ("pcds,oseast1m,osnrth1m\r\n", "No postcode"),
            ("", "empty"),
        })
        {
            (exitCode, _, error) = await LoadAsync(text, "Broken");
            Assert.Equal(2, exitCode);
            Assert.Contains(because, error, StringComparison.Ordinal);
            Assert.DoesNotContain("SORREL", error, StringComparison.Ordinal);
            Assert.Equal(3, (await PlacesAsync(database.Superuser)).Count);
        }

        (exitCode, _, error) = await LoadAsync("PCDS,OSEAST1M,OSNRTH1M\r\ncm9  9zz,100,200\r\n", "Newer");
        Assert.True(exitCode == 0, error);
        Assert.Equal(["CM99ZZ 100 200"], await PlacesAsync(database.Superuser));
        Assert.Equal(["Newer 1", "Tiny, August 2026 3"], await QueryAsync(database.Superuser, "select edition || ' ' || postcodes from postcode_directories order by 1"));

        // The site reads places and changes none.
        await using var own = new NpgsqlConnection(database.Site);
        await own.OpenAsync(Cancel);
        foreach (var sql in new[] { "delete from postcode_places", "insert into postcode_places values ('CM11AA', 1, 1)", "update postcode_directories set edition = 'x'" })
        {
            await using var refused = new NpgsqlCommand(sql, own);
            await Assert.ThrowsAsync<PostgresException>(() => refused.ExecuteNonQueryAsync(Cancel));
        }
    }

    [Fact]
    public async Task The_distance_from_home_is_worked_out_when_a_return_is_loaded_and_is_not_known_where_a_postcode_is_in_no_directory()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(1);
        using var client = site.ClientFor(need.World.DataLead);
        const string lacking = "no directory of postcodes was ever loaded";
        async Task<string> SaidAsync() => (await client.PageAsync("/understand/indicators/N28")).QuerySelector("main")!.TextContent;
        var file = Ssda903File.Valid().Change("e2.HOME_POST=cm11aa");
        var before = await Loading.LoadAsync(site, need.World, Loading.Zip(file));
        Assert.True(before.State == ReturnState.Loaded, before.RefusedBecause);
        Assert.All(await MilesAsync(need), m => Assert.Null(m));
        await need.CalculateAsync();
        // Only this test loads a directory into the tests' site.
        Assert.Contains(lacking, await SaidAsync(), StringComparison.Ordinal);

        using (var csv = new StringReader(Tiny)) await PostcodeLoader.LoadAsync(site.MigratorConnectionString, csv, "Tiny", DateTime.UtcNow, null, Cancel);
        // The same return again changes the distances and nothing else.
        var after = await Loading.LoadAsync(site, need.World, Loading.Zip(file));
        Assert.Equal((0, 2), (after.EpisodesAdded, after.EpisodesChanged));
        var miles = await MilesAsync(need);
        // K1 first lived 20 miles from home less a metre, then a metre more; K2 has no postcode, and K3's carers are at one that has no place.
        Assert.Equal([32_186 / 1609.344, 32_187 / 1609.344, null, null, null], miles);
        Assert.True(miles[0] < 20 && miles[1] > 20);
        Assert.DoesNotContain(lacking, await SaidAsync(), StringComparison.Ordinal);

        // Home is not known any more, and so neither is how far it is; and undone, it is again.
        var moved = await Loading.LoadAsync(site, need.World, Loading.Zip(Ssda903File.Valid().Change("e2.HOME_POST=ZZ9 9ZZ")));
        Assert.Equal([miles[0], null, null, null, null], await MilesAsync(need));
        await Loading.UndoAsync(site, need.World, moved);
        Assert.Equal(miles, await MilesAsync(need));
        // Of a child of whom not all could be read, what was left out stays as it was; but another home is another distance, or none that is known.
        var partly = await Loading.LoadAsync(site, need.World, Loading.Zip(Ssda903File.Valid().Change("e1.HOME_POST=").Change("e1.PL_POST=").Change("e2.HOME_POST=ZZ9 9ZZ").Change("r1.REVIEW=31/02/2025")));
        Assert.Equal([miles[0], null, null, null, null], await MilesAsync(need));
        await Loading.UndoAsync(site, need.World, partly);
        Assert.Equal(miles, await MilesAsync(need));
        // Nothing more of a postcode is kept than the return said.
        Assert.Equal(["CM1 1AA", "cm11aa"], await QueryAsync(site.SuperuserConnectionString, $"select distinct home_postcode collate \"C\" from care_episodes where authority_id = '{need.World.Authority.Id}' and home_postcode is not null order by 1"));
    }

    [Fact]
    public async Task Placed_more_than_20_miles_from_home_is_a_share_of_those_of_whom_it_is_known_and_the_others_are_counted_as_not_known()
    {
        var need = await NeedWorld.CreateAsync(site);
        await AddAsync(need, 18, 20);
        await AddAsync(need, 12, 20.001);
        await AddAsync(need, 10, null);
        await AddAsync(need, 15, 40, status: "V4");
        await need.CalculateAsync();
        var far = (await need.ViewAsync("N28")).Total(null);
        Assert.Equal((Figure.Of(10), Figure.Of(30)), (far.Count, far.Whole));
        Assert.Equal([("near", Figure.Of(20)), ("far", Figure.Of(10)), ("unknown", Figure.Of(10))], (await need.ViewAsync("H05")).By.Select(v => (v.Key, v.Figure)));

        // Few far away are hidden, and so are those who are not.
        var few = await NeedWorld.CreateAsync(site);
        await AddAsync(few, 30, 3);
        await AddAsync(few, 4, 50);
        await few.CalculateAsync();
        Assert.True((await few.ViewAsync("N28")).Total(null).Count.IsSuppressed);
        Assert.True((await few.ViewAsync("H05")).By.Single(v => v.Key == "far").Figure.IsSuppressed);
    }

    private async Task AddAsync(NeedWorld need, int children, double? miles, string status = "C2")
    {
        // Where they live now, not where they lived before.
        foreach (var child in await need.AddAsync(children))
        {
            var (first, now) = (need.Care(child, NeedWorld.Day.AddDays(-300), NeedWorld.Day.AddDays(-100), "S", status, "U6"), need.Care(child, NeedWorld.Day.AddDays(-100), null, "P", status, "U6"));
            (first.MilesFromHome, now.MilesFromHome) = (90, miles);
            await need.SaveAsync(first, now);
        }
    }

    private async Task<List<double?>> MilesAsync(NeedWorld need) => await site.ReadAsync(need.World, db =>
        db.CareEpisodes.OrderBy(e => db.Children.Single(c => c.Id == e.ChildId).LaChildId).ThenBy(e => e.StartedOn).Select(e => e.MilesFromHome).ToListAsync(Cancel));

    private static Task<List<string>> PlacesAsync(string connection) => QueryAsync(connection, "select postcode || ' ' || easting || ' ' || northing from postcode_places order by 1");

    private static async Task<List<string>> QueryAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync(Cancel);
        var found = new List<string>();
        while (await rows.ReadAsync(Cancel)) found.Add(rows.GetString(0));
        return found;
    }
}
