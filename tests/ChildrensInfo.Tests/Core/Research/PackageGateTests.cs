using System.IO.Compression;
using System.Text;
using ChildrensInfo.Core.Research;
using Xunit;

namespace ChildrensInfo.Tests.Core.Research;

/// <summary>A good package passes; each way of spoiling it is refused by name.</summary>
public class PackageGateTests
{
    private static readonly DateOnly Day = new(2026, 6, 1);

    private static readonly IReadOnlyList<Variable> Variables = new VariableCatalogue(Day).Choose([VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.Referrals]);

    [Fact]
    public async Task A_good_package_passes() => await CheckAsync(await SpoiltAsync());

    [Theory]
    [InlineData("data.csv", "BBBBBBBBBBBBBBBB,5_9,F,1\r\n", "", "row-count")]
    [InlineData("data.csv", ",5_9,F,1", ",under_1,F,1", "class-size")]
    [InlineData("data.csv", ",F,2\r\n", ",F,1\r\n", "class-diversity")]
    [InlineData("data.csv", "person,", "child_id,", "columns")]
    [InlineData("data.csv", "referrals\r\n", "postcode\r\n", "columns")]
    [InlineData("data.csv", ",F,", ",=1+1,", "unregistered-value")]
    [InlineData("data.csv", ",5_9,", ",0_9,", "unregistered-value")]
    [InlineData("data.csv", "CCCCCCCCCCCCCCCC,", "1CCCCCCCCCCCCCCC,", "person-code")]
    [InlineData("data.csv", "CCCCCCCCCCCCCCCC,", "ZZZZZZZZZZZZZZZZ,", "person-order")]
    [InlineData("data.csv", "CCCCCCCCCCCCCCCC,", "BBBBBBBBBBBBBBBB,", "person-order")]
    [InlineData("README.txt", "RULES", "Sorrel  THISTLEBROOK", "somebody-in-README.txt")]
    [InlineData("README.txt", "RULES", "Sorrel Sorrel Thistlebrook", "somebody-in-README.txt")]
    [InlineData("report.txt", "WHAT", "LA-90210", "somebody-in-report.txt")]
    [InlineData("report.json", "\"tier\"", "\"A123456789012\"", "somebody-in-report.json")]
    [InlineData("README.txt", "RULES", "born 3 May 2016", "somebody-in-README.txt")]
    [InlineData("README.txt", "RULES", "03/05/2016", "somebody-in-README.txt")]
    [InlineData("codebook.csv", "Female", "Femala", "descriptor-hash")]
    [InlineData("codebook.html", "Female", "Femala", "manifest-hash")]
    [InlineData("report.txt", "WHAT THIS", "What this", "manifest-hash")]
    [InlineData("manifest.json", "\"path\": \"data.csv\"", "\"path\": \"rows.csv\"", "manifest-files")]
    [InlineData("manifest.json", "\"software\"", "\"Sorrel Thistlebrook\"", "somebody-in-manifest.json")]
    [InlineData("data.parquet", "10_15", "16_15", "parquet-values")]
    [InlineData("data.parquet", "referrals", "postcodes", "parquet-columns")]
    [InlineData("data.csv", ",F,2\r\n", ",F,4_plus\r\n", "class-harm")]
    [InlineData("zip", "", "birthdays.csv", "zip-names")]
    [InlineData("time", "", "", "zip-times")]
    public async Task Anything_else_is_refused(string part, string from, string to, string code)
    {
        var spoilt = await SpoiltAsync(part, from, to);
        Assert.Equal(code, (await Assert.ThrowsAsync<PackageRefusedException>(() => CheckAsync(spoilt))).Message);
    }

    [Theory]
    [InlineData("I like [NAME] and the dog", null)]
    [InlineData("Ring 0161 496 0999 for me", "words-tell")]
    [InlineData("I am on @sorrel_t", "words-tell")]
    [InlineData("Mail sorrel@home.example", "words-tell")]
    [InlineData("We moved to ab1 2cd", "words-tell")]
    [InlineData("He is Bramble Thistlebrook", "somebody-in-data.csv")]
    [InlineData("bramble   thistlebrook, that is who", "somebody-in-data.csv")]
    [InlineData("Sorrel Thistlebrook is me", "somebody-in-data.csv")]
    [InlineData("We live at Alder Brook", "somebody-in-data.csv")]
    [InlineData("My foster carer says it. I will hope", null)]
    [InlineData("", "words-tell")]
    public async Task Words_leave_when_nothing_in_them_tells(string words, string? code)
    {
        var age = new ExtractColumn(new VariableCatalogue(Day).Find(VariableCatalogue.AgeBand)!, ExtractWords.AgeLevel);
        var data = ExtractData.OfWords([new ExtractRow("BBBBBBBBBBBBBBBB", ["0_9", words]), new ExtractRow("AAAAAAAAAAAAAAAA", ["10_plus", "My room is blue"])]);
        var report = new ExtractReport(ExtractReport.TierThree, Day, Day.AddYears(-1), "Test", 10, null, 0, 2, 0, 0, 0, "None", "Not kept", 0, AnalysisPlace.SafeSetting, [], [], [], null, new ReportWords("About 10", "Fewer than 8", new Dictionary<string, string>(), new Dictionary<string, int>()));
        using var package = await WrittenAsync([age], data, report, new ExtractProvenance(Guid.NewGuid(), Guid.NewGuid(), [], null, null, "Testshire", "Listening", "What do they say?", "To listen.", Day.AddYears(1), Day.AddYears(1), AnalysisPlace.SafeSetting));
        ForbiddenValues[] forbidden = [new(Guid.NewGuid(), "LA-90210", null, "Sorrel", "Thistlebrook", null, null) { People = ["Bramble Thistlebrook", "Mum", "Foster carer"], Ward = "Alder Brook" }, new(Guid.NewGuid(), "1", null, "Will", "Hope", null, null)];
        var check = () => PackageGate.CheckWordsAsync(package, age, 2, forbidden.ToAsyncEnumerable(), [Day], default);
        if (code is null) await check();
        else Assert.Equal(code, (await Assert.ThrowsAsync<PackageRefusedException>(check)).Message);
    }

    [Theory]
    [InlineData("I will hope, and so does my foster carer", null)]
    [InlineData("so does my foster auntie", null)]
    [InlineData("Will Hope was there", "Will Hope")]
    [InlineData("that is bramble thistlebrook", "bramble thistlebrook")]
    [InlineData("it was 3 May 2016", "3 may 2016")]
    public async Task What_of_any_child_stands_in_words_is_named_to_whoever_reads_them(string words, string? found)
    {
        ForbiddenValues[] children = [new(Guid.NewGuid(), "1", null, "Will", "Hope", null, null) { People = ["Foster carer", "Foster auntie"] }, new(Guid.NewGuid(), "2", null, "Sorrel", "Thistlebrook", null, new DateOnly(2016, 5, 3)) { People = ["Bramble Thistlebrook"] }];
        var told = await PackageGate.TellsAsync(["Will", "Hope", words], children.ToAsyncEnumerable(), TestContext.Current.CancellationToken);
        Assert.Equal((found is null ? (int?)null : 2, found), ((int?)told?.Text, told?.Found));
    }

    /// <summary>A part is read in blocks of 65,536 characters.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(12)]
    public async Task A_name_is_found_where_one_block_ends_and_the_next_begins(int inTheFirst)
    {
        var pad = 65_536 - inTheFirst;
        var spoilt = await SpoiltAsync("README.txt", "A title", string.Concat(Enumerable.Repeat("x ", pad / 2)) + new string(' ', pad % 2) + "Sorrel Thistlebrook");
        Assert.Equal("somebody-in-README.txt", (await Assert.ThrowsAsync<PackageRefusedException>(() => CheckAsync(spoilt))).Message);
    }

    [Fact]
    public async Task Sabotage_of_the_rows_alone_is_seen_by_their_hash_too()
    {
        // The same rows in another spelling of the line ends: every class stands, the bytes are not those described.
        var spoilt = await SpoiltAsync("data.csv", "\r\n", "\n");
        Assert.Equal("descriptor-bytes", (await Assert.ThrowsAsync<PackageRefusedException>(() => CheckAsync(spoilt))).Message);
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("all,F,60", "all,F,9", "small-count")]
    [InlineData("all,F,60", "all,F,61", "small-count")]
    [InlineData("all,F,60", "all,F,+60", "count-shape")]
    [InlineData("5_9,F,,c,,c", "5_9,F,,,,c", "count-shape")]
    [InlineData("5_9,F,,c,,c", "5_9,F,,c,1.5,", "mean-of-hidden")]
    [InlineData("all,F,60,,,c", "all,F,60,,1.5,", "mean-of-hidden")]
    [InlineData("10_15,F,30,,2.1,", "10_15,F,30,,=2.1,", "mean-shape")]
    [InlineData("5_9,F", "5_9,=F", "unregistered-value")]
    [InlineData("5_9,F", "0_9,F", "unregistered-value")]
    [InlineData("5_9,M", "5_9,F", "row-twice")]
    [InlineData("all,F,60", "all,F,35", "sum-tells")]
    public async Task A_table_is_read_back_figure_by_figure(string from, string to, string? code)
    {
        var variables = new VariableCatalogue(Day).Choose([VariableCatalogue.AgeBand, VariableCatalogue.Sex]);
        var table = new ExtractTable(variables, null, null, new Measure("Mean number of referrals", (_, _) => 1));
        string[] lines =
        [
            "all,all,140,,,c", "5_9,all,,c,,c", "10_15,all,,c,,c", "all,F,60,,,c", "all,M,80,,,c",
            "5_9,F,,c,,c", "5_9,M,,c,,c", "10_15,F,30,,2.1,", "10_15,M,,c,,c",
        ];
        var rows = lines.Select(line => (line == lines.FirstOrDefault(l => from.Length > 0 && l.StartsWith(from, StringComparison.Ordinal)) ? to + line[from.Length..] : line).Split(',')).ToList();
        var report = new ExtractReport(
            ExtractReport.TierOne, Day, Day.AddYears(-1), "Portal", 10, null, 0, rows.Count, 0, 0, 0, "None", "None", 0, AnalysisPlace.SafeSetting, [], [], [], new ReportTable("About 140", 10, 5, rows.Count, 5, null, null));
        await using var package = await WrittenAsync(
            [.. variables.Select(v => new ExtractColumn(v, 0))], ExtractData.OfTable(table, rows), report,
            new ExtractProvenance(Guid.NewGuid(), Guid.NewGuid(), [], null, null, "Testshire Council", "A title", "A question", "A purpose", new DateOnly(2027, 6, 1), new DateOnly(2027, 6, 1), AnalysisPlace.SafeSetting));
        var check = PackageGate.CheckTableAsync(package, variables, true, rows.Count, 10, AsyncEnumerable.Empty<ForbiddenValues>(), [Day], TestContext.Current.CancellationToken);
        if (code is null) await check;
        else Assert.Equal(code, (await Assert.ThrowsAsync<PackageRefusedException>(() => check)).Message);
    }

    private static Task CheckAsync(Stream package) => PackageGate.CheckAsync(
        package, Variables, 12, 5, 2, [new HarmfulValue(VariableCatalogue.Referrals, "4_plus", 0.01)],
        new[] { new ForbiddenValues(Guid.NewGuid(), "LA-90210", "A123456789012", "Sorrel", "Thistlebrook", null, new DateOnly(2016, 5, 3)), new ForbiddenValues(Guid.NewGuid(), "12", null, "May", "Rose", null, Day) }.ToAsyncEnumerable(),
        [Day, new DateOnly(2027, 6, 1), Day.AddYears(-1)], TestContext.Current.CancellationToken);

    private static async Task<MemoryStream> WrittenAsync(IReadOnlyList<ExtractColumn> columns, ExtractData data, ExtractReport report, ExtractProvenance from)
    {
        var package = new MemoryStream();
        await ExtractPackage.WriteAsync(package, columns, data, report, from, TestContext.Current.CancellationToken);
        package.Position = 0;
        return package;
    }

    private static async Task<MemoryStream> SpoiltAsync(string? part = null, string from = "", string to = "")
    {
        var rows = Enumerable.Range(0, 12).Select(i => new ExtractRow(new string((char)('A' + i), 16), [i < 6 ? "5_9" : "10_15", "F", i % 2 == 0 ? "2" : "1"])).ToList();
        var report = new ExtractReport(ExtractReport.TierTwo, Day, Day.AddYears(-1), "Portal", 5, 2, 0.05, 12, 2, 6, 0.1667, "None", "None", 100, AnalysisPlace.SafeSetting, [], [], []);
        await using var good = await WrittenAsync(
            [.. Variables.Select(v => new ExtractColumn(v, 0))], ExtractData.OfChildren(rows), report,
            new ExtractProvenance(Guid.NewGuid(), Guid.NewGuid(), [], null, null, "Testshire Council", "A title", "A question", "A purpose", new DateOnly(2027, 6, 1), new DateOnly(2027, 6, 1), AnalysisPlace.SafeSetting));
        using var read = new ZipArchive(good, ZipArchiveMode.Read);
        var spoilt = new MemoryStream();
        using (var write = new ZipArchive(spoilt, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in read.Entries)
            {
                var encoding = EncodingOf(entry.FullName);
                using var reader = new StreamReader(entry.Open(), encoding, detectEncodingFromByteOrderMarks: false);
                var text = await reader.ReadToEndAsync();
                if (entry.FullName == part)
                {
                    Assert.Contains(from, text, StringComparison.Ordinal);
                    text = entry.FullName == "data.csv" && from.StartsWith(",5_9,F", StringComparison.Ordinal) ? Once(text, from, to) : text.Replace(from, to, StringComparison.Ordinal);
                }

                Put(write, entry.FullName, text, part == "time" ? DateTimeOffset.UnixEpoch.AddYears(30) : ExtractPackage.NoTime);
            }

            if (part == "zip") Put(write, to, "x", ExtractPackage.NoTime);
        }

        spoilt.Position = 0;
        return spoilt;
    }

    private static string Once(string text, string from, string to)
    {
        var at = text.IndexOf(from, StringComparison.Ordinal);
        return text[..at] + to + text[(at + from.Length)..];
    }

    private static void Put(ZipArchive zip, string name, string text, DateTimeOffset time)
    {
        var entry = zip.CreateEntry(name);
        entry.LastWriteTime = time;
        using var writer = new StreamWriter(entry.Open(), EncodingOf(name));
        writer.Write(text);
    }

    /// <summary>So that what is no text comes back byte for byte.</summary>
    private static Encoding EncodingOf(string name) => name == "data.parquet" ? Encoding.Latin1 : new UTF8Encoding(false);
}
