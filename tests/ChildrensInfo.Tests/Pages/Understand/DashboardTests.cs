using System.Globalization;
using System.IO.Compression;
using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class DashboardTests(TestSite site)
{
    private static readonly string[] Addresses =
    [
        "/understand", "/understand/heard", "/understand/flow", "/understand/journeys", "/understand/population", "/understand/indicators", "/understand/indicators/N01", "/understand/indicators/N01/about",
        "/understand/indicators/N01/change", "/understand/indicators/new", "/understand/indicators/N01?handler=Csv",
    ];

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Other_roles_are_refused_and_the_signed_out_are_led_to_sign_in(Role role)
    {
        var world = await World.CreateAsync(site);
        foreach (var address in Addresses)
        {
            using var refused = await site.ClientFor(world.PersonOf(role)).GetAsync(address);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            using var led = await site.ClientFor(null).GetAsync(address);
            Assert.Equal(HttpStatusCode.Redirect, led.StatusCode);
        }
    }

    [Fact]
    public async Task Without_a_return_the_page_says_what_to_do()
    {
        var world = await World.CreateAsync(site);
        var page = await site.ClientFor(world.DataLead).PageAsync("/understand");
        Assert.NotNull(page.QuerySelector(".empty a[href='/understand/returns/upload']"));
    }

    [Fact]
    public async Task Only_the_fixed_days_dimensions_and_groups_can_be_asked_for_and_what_is_shown_is_audited()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(1204, heard: 0, need: "N1");
        await need.AddAsync(40, heard: 40, need: "N4", sex: "M");
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        foreach (var query in new[] { "?on=2020-01-01", "?on=tomorrow", "?group=need-N1,need-N2", "?group=not-N1", "?group=age-7", "?by=postcode", "?against=xyz" })
        {
            using var refused = await client.GetAsync("/understand/indicators/N01" + query);
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, query);
        }

        foreach (var missing in new[] { "/understand/indicators/X99", "/understand/indicators/n01", "/understand/weather" })
        {
            using var none = await client.GetAsync(missing);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        var page = await client.PageAsync("/understand");
        Assert.Contains("about 1,245 children were in need. 3% of them had been heard", page.QuerySelector("main .govuk-body-l")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(page.QuerySelectorAll("td"), td => td.TextContent == "1,205");
        Assert.All(page.QuerySelectorAll("section.chart"), chart => Assert.NotNull(chart.QuerySelector("table")));
        Assert.NotNull(page.QuerySelector(".chart__line svg path"));
        // Beside each number of a breakdown, how many of these children were heard: on the overview, and in an indicator's own words, on the page and in the file.
        foreach (var (address, shares) in new[] { ("/understand", false), ("/understand/indicators/N12", true) })
        {
            var table = (await client.PageAsync(address)).QuerySelectorAll("section.chart table").First(t => t.TextContent.Contains("heard", StringComparison.Ordinal));
            Assert.Contains(table.QuerySelectorAll("tr"), tr => tr.QuerySelectorAll("td").Select(td => td.TextContent.Trim()).SequenceEqual(shares ? ["40", "3%", "100%"] : ["40", "100%"]));
            Assert.Contains(table.QuerySelectorAll("tr"), tr => tr.QuerySelectorAll("td").Select(td => td.TextContent.Trim()).SequenceEqual(shares ? ["1,205", "97%", "0%"] : ["1,205", "0%"]));
        }

        using (var own = await client.GetAsync("/understand/indicators/N12?handler=Csv"))
            Assert.Contains((await own.Content.ReadAsStringAsync()).Split("\r\n"), line => line.EndsWith(",40,3,40,40,100", StringComparison.Ordinal));
        var view = await client.PageAsync("/understand/indicators/N01?by=sex");
        Assert.Contains(view.QuerySelectorAll("td"), td => td.TextContent == "40");
        // What the chart says first is one sentence, and the table stands under it.
        Assert.Equal("P", view.QuerySelector("section.chart h2")!.NextElementSibling!.TagName);
        Assert.Contains(await need.World.AuditAsync(AuditActions.DashboardRead), a => a.Detail == "N01 newest sex all");

        // Beside what is published, labelled with source and year.
        var beside = await client.PageAsync("/understand/indicators/N01?against=301");
        Assert.Contains("England, 2024", beside.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("332.9", beside.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // Of what is counted by its parts, each part beside the published one.
        foreach (var (key, label, published) in new[] { ("N12", "Abuse, neglect and exploitation", "58.1%"), ("N14", "2 years or more", "35.5%") })
        {
            var parts = (await client.PageAsync($"/understand/indicators/{key}")).QuerySelectorAll("section.chart").Single(c => c.QuerySelector("h2")!.TextContent.StartsWith("Beside published", StringComparison.Ordinal));
            Assert.Contains("England, 2024", parts.TextContent, StringComparison.Ordinal);
            Assert.Equal(published, parts.QuerySelectorAll("tbody tr").Single(tr => tr.QuerySelector("th")!.TextContent == label).QuerySelectorAll("td")[^1].TextContent);
        }

        Assert.Contains("Neighbour: ", beside.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Department for Education", beside.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Children_who_were_offered_only_what_they_cannot_use_are_counted_among_those_who_are_not_heard()
    {
        var need = await NeedWorld.CreateAsync(site);
        var children = await need.AddAsync(40, heard: 10);
        children.AddRange(await need.AddAsync(3, sex: "M"));
        VoiceSession Offered(Child child, NotUsedReason why) => new()
        {
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            PractitionerId = need.World.Practitioner.Id,
            OccurredOn = NeedWorld.Day.AddDays(-5),
            Offered = [VoiceKind.Drawing],
            NotUsedReason = why,
            RecordedAt = DateTime.UtcNow,
        };
        VoiceRecord SaidIn(VoiceSession visit, DateTime? movedAt = null) => new()
        {
            AuthorityId = visit.AuthorityId,
            ChildId = visit.ChildId,
            SessionId = visit.Id,
            Speaker = Speaker.Child,
            Kind = VoiceKind.TypedText,
            Subjects = [SubjectMatter.MyLife],
            HeardOn = visit.OccurredOn,
            SealedAt = DateTime.UtcNow,
            SealedById = need.World.Practitioner.Id,
            ContentSeal = [1],
            MovedAt = movedAt,
            MovedById = movedAt is null ? null : need.World.Practitioner.Id,
        };
        // Who spoke in another way was not offered only that; of who was heard before, nobody wrote down what was offered; and what was moved was another child’s visit.
        var spoke = children.Take(10).Select(c => Offered(c, NotUsedReason.CouldNotUseIt)).ToList();
        var moved = children.Take(6).Select(c => Offered(c, NotUsedReason.CouldNotUseIt)).ToList();
        await need.SaveAsync(
        [
            .. spoke, .. spoke.Select(s => SaidIn(s)), .. moved, .. moved.Select(m => SaidIn(m, DateTime.UtcNow)),
            .. children.Skip(10).Take(20).Select(c => Offered(c, NotUsedReason.CouldNotUseIt)), .. children.Skip(30).Take(10).Select(c => Offered(c, NotUsedReason.DidNotWantIt)), .. children.Skip(40).Select(c => Offered(c, NotUsedReason.CouldNotUseIt)),
        ]);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var tile = (await client.PageAsync("/understand/heard")).QuerySelector("a[href='/understand/indicators/V06']")!.Closest("li")!;
        // 23 of 43, each rounded.
        Assert.Equal("56%", tile.QuerySelector(".stat__figure")!.TextContent);
        var sexes = (await client.PageAsync("/understand/indicators/V06?by=sex")).QuerySelectorAll("section.chart table tbody tr").ToDictionary(r => r.QuerySelector("th")!.TextContent.Trim(), r => r.QuerySelectorAll("td").Select(c => c.TextContent.Trim()).ToList());
        foreach (var few in new[] { "Boys", "Girls" }) Assert.Equal(["c", "c"], sexes[few]);
    }

    [Fact]
    public async Task A_number_from_1_to_5_stands_in_no_view_page_file_or_picture()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(60, heard: 25);
        await need.AddAsync(3, need: "N2", age: 12, sex: "M", ethnicity: "BAFR", disability: ["AUT"], heard: 2);
        await need.AddAsync(4, need: "N5", age: 16, sex: "M", ethnicity: "OOTH", heard: 1);
        await need.AddAsync(20, need: "N4", age: 2, sex: "M", ethnicity: "MWBC", heard: 9);
        await need.CalculateAsync();
        foreach (var by in NeedDimension.Fixed)
        {
            // One person takes no more files in a minute than anybody does by hand.
            using var client = site.ClientFor(await need.World.AddPersonAsync(Role.DataLead, $"Dara Fenn {by.Key}"));
            foreach (var group in new[] { "" }.Concat(NeedDimension.PrimaryNeed.Groups.Select(g => "&group=need-" + g.Key)))
            {
                var address = $"/understand/indicators/N13?by={by.Key}{group}";
                var page = await client.PageAsync(address);
                foreach (var cell in page.QuerySelectorAll("main td, .chart__value, .stat__figure")) Small(cell.TextContent, address);
                using var csv = await client.GetAsync(address + "&handler=Csv");
                Assert.Equal(HttpStatusCode.OK, csv.StatusCode);
                var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n").TakeWhile(l => l.Length > 0).Select(l => l.Split(',')).ToList();
                var shares = lines[0].Select(c => c.Contains("ercent", StringComparison.Ordinal)).ToArray();
                foreach (var line in lines.Skip(1))
                    foreach (var (cell, _) in line.Zip(shares).Skip(1).Where(c => !c.Second)) Small(cell, address);
            }
        }

        // The data lead may see names; the file that leaves is protected all the same, says what it is, and is written down.
        using var lead = site.ClientFor(need.World.DataLead);
        using var file = await lead.GetAsync("/understand/indicators/N01?by=ethnicity&handler=Xlsx");
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Content.Headers.ContentType!.MediaType);
        using var zip = new ZipArchive(await file.Content.ReadAsStreamAsync());
        using var sheet = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
        Assert.Contains(">c</t>", await sheet.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var about = new StreamReader(zip.GetEntry("xl/worksheets/sheet2.xml")!.Open());
        Assert.Contains("could point to a child", await about.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var svg = await lead.GetAsync("/understand/indicators/N01?by=ethnicity&handler=Svg");
        var picture = await svg.Content.ReadAsStringAsync();
        Assert.StartsWith("<svg", picture, StringComparison.Ordinal);
        Assert.Contains("url(#hidden)", picture, StringComparison.Ordinal);
        Assert.Equal("attachment", svg.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Contains(await need.World.AuditAsync(AuditActions.FiguresDownloaded), a => a.Detail == "N01 newest ethnicity all xlsx");

        static void Small(string text, string view)
        {
            if (int.TryParse(text, NumberStyles.Integer | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number)) Assert.True(number == 0 || (number >= 10 && number % 5 == 0), $"{view}: {text}");
        }
    }

    [Fact]
    public async Task Words_are_quoted_only_with_permission_without_names_and_from_enough_children()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, heard: 8, mayQuote: true, age: 16, words: "Nobody told me why");
        await need.AddAsync(30, heard: 8, mayQuote: false, age: 16, words: "This is only for my worker", need: "N4");
        await need.AddAsync(30, heard: 8, mayQuote: true, age: 16, words: "My name is Sorrel", need: "N5");
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var text = (await client.PageAsync("/understand/indicators/N01?group=need-N1")).QuerySelector("main")!.TextContent;
        Assert.Contains("Nobody told me why", text, StringComparison.Ordinal);
        Assert.Contains("aged 16 or over", text, StringComparison.Ordinal);
        foreach (var group in new[] { "N4", "N5" })
        {
            var other = (await client.PageAsync("/understand/indicators/N01?group=need-" + group)).QuerySelector("main")!.TextContent;
            Assert.DoesNotContain("only for my worker", other, StringComparison.Ordinal);
            Assert.DoesNotContain("Sorrel", other, StringComparison.Ordinal);
            Assert.DoesNotContain("Nobody told me why", other, StringComparison.Ordinal);
        }

        Assert.NotEmpty(await need.World.AuditAsync(AuditActions.VoiceQuoted));

        // A group of whom fewer than six were heard has no words, permitted or not.
        var few = await NeedWorld.CreateAsync(site);
        await few.AddAsync(30, heard: 5, mayQuote: true, age: 16, words: "Nobody told me why");
        await few.CalculateAsync();
        Assert.DoesNotContain("Nobody told me why", (await site.ClientFor(few.World.DataLead).PageAsync("/understand/indicators/N01")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_is_refused_beside_its_field_or_kept_with_its_reason_and_audited()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var good = new Dictionary<string, string?>
        {
            ["Input.Name"] = "Boys on a plan",
            ["Input.Domain"] = "Ours",
            ["Input.Unit"] = "Percent",
            ["Input.Polarity"] = "Neutral",
            ["Input.Fact"] = "protection-plan",
            ["Input.Window"] = "OpenOnDay",
            ["Input.Where[0].Field"] = "category",
            ["Input.Where[0].Test"] = "Is",
            ["Input.Where[0].Values"] = "NEG",
            ["Input.Numerator"] = "Plans",
            ["Input.Denominator"] = "All plans",
            ["Input.DefinedBy"] = "Us",
            ["Input.Source"] = "Our minutes",
            ["Input.VoiceShaped"] = "The young people’s group",
            ["Input.CannotTell"] = "Why",
            ["Input.Reason"] = "They asked",
        };
        foreach (var (field, value, message) in new[] { ("Input.Name", "", "Enter the name"), ("Input.Fact", "children; --", "Choose what is counted"), ("Input.Where[0].Values", "XYZ", "has no value"), ("Input.Reason", "", "Enter why") })
        {
            var bad = new Dictionary<string, string?>(good) { [field] = value };
            using var refused = await client.SubmitAsync("/understand/indicators/new", bad);
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
            Assert.Contains(message, (await TestClient.ParseAsync(refused)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        Assert.Empty(await world.AuditAsync(AuditActions.IndicatorAdded));
        // A double click makes one.
        var form = await client.PageAsync("/understand/indicators/new");
        for (var click = 0; click < 2; click++)
        {
            using var kept = await client.SubmitAsync(form, "/understand/indicators/new", good);
            Assert.Equal("/understand/indicators/L01/about", kept.Headers.Location!.ToString());
        }

        Assert.Contains("They asked", (await client.PageAsync("/understand/indicators/L01/about")).QuerySelector(".versions")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await world.AuditAsync(AuditActions.IndicatorAdded));

        // It can be measured no longer, and again.
        foreach (var (at, retire) in new[] { ("/understand/indicators/L01/about", "true"), ("/understand/indicators", "false") })
        {
            using var done = await client.SubmitAsync(at, new Dictionary<string, string?>(), "form[action*=Retire]");
            Assert.Equal("/understand/indicators", done.Headers.Location!.ToString());
            Assert.Equal(retire == "true", (await client.PageAsync("/understand/indicators")).QuerySelector("#retired")?.TextContent.Contains("Boys on a plan", StringComparison.Ordinal) ?? false);
        }

        using var small = await client.SubmitAsync("/understand/population", new Dictionary<string, string?> { ["Input.Year"] = "2025", ["Input.Children"] = "7", ["Input.Source"] = "ONS" });
        Assert.Contains("from 1,000", (await TestClient.ParseAsync(small)).QuerySelector(".govuk-error-message")!.TextContent, StringComparison.Ordinal);
        using var whole = await client.SubmitAsync("/understand/population", new Dictionary<string, string?> { ["Input.Year"] = "2025", ["Input.Children"] = "70000", ["Input.Source"] = "ONS" });
        Assert.Equal(HttpStatusCode.Redirect, whole.StatusCode);
        Assert.Single(await world.AuditAsync(AuditActions.PopulationKept));
    }

    [Fact]
    public async Task A_version_made_without_a_change_counts_the_same_and_one_of_something_else_no_longer_names_the_return()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var shipped = ShippedIndicators.Load().Indicators.Where(i => i.Definition.Counts is not null).ToList();
        foreach (var indicator in shipped)
        {
            var form = await client.PageAsync($"/understand/indicators/{indicator.Key}/change");
            for (var click = 0; click < (indicator == shipped[0] ? 2 : 1); click++)
            {
                using var made = await client.SubmitAsync(form, $"/understand/indicators/{indicator.Key}/change", new Dictionary<string, string?> { ["Input.Reason"] = "Nothing changes" });
                Assert.True(made.StatusCode == HttpStatusCode.Redirect, $"{indicator.Key}: {(await TestClient.ParseAsync(made)).QuerySelector(".govuk-error-summary")?.TextContent}");
            }
        }

        using (var changed = await client.SubmitAsync("/understand/indicators/N05/change", new Dictionary<string, string?> { ["Input.Fact"] = "enquiry", ["Input.By"] = "then", ["Input.Reason"] = "Enquiries instead" }))
            Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        using var scope = site.As(World.ActorOf(world.DataLead));
        var now = await scope.Get<IndicatorService>().CurrentAsync(TestContext.Current.CancellationToken);
        foreach (var indicator in shipped)
        {
            var current = now.Single(i => i.Key == indicator.Key);
            Assert.Equal((true, indicator.Key == "N05" ? indicator.Version + 2 : indicator.Version + 1), (current.IsOwn, current.Version.Number));
            if (indicator.Key == "N05") Assert.Equal("Section 47 enquiry, as this portal holds it", current.Definition.Returns);
            else Assert.Equal((indicator.Definition with { PublishedBy = null }).Write(), (current.Definition with { PublishedBy = null }).Write());
            Assert.Equal(indicator.Key == "N05" ? null : indicator.Definition.PublishedBy?.OrderBy(c => c.Key), current.Definition.PublishedBy?.OrderBy(c => c.Key));
        }
    }

    [Fact]
    public async Task A_rate_is_for_the_children_of_the_newer_year_whether_published_or_the_councils_own()
    {
        var published = PublishedFigures.All.Places.Where(p => p.Level == PublishedLevel.Council && p["population"] is not null).MaxBy(p => (p.Year, p.Code))!;
        var world = await World.CreateAsync(site);
        using var scope = site.As(world.Whole);
        var actor = World.ActorOf(world.DataLead);
        await using (var owner = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await owner.OpenAsync(TestContext.Current.CancellationToken);
            await using var named = new NpgsqlCommand("update authorities set code = $1 where id = $2", owner) { Parameters = { new() { Value = published.Code }, new() { Value = world.Authority.Id } } };
            await named.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var figures = scope.Get<NeedFigures>();
        foreach (var (own, year) in new[] { (published.Year - 2, published.Year - 1), (published.Year - 1, published.Year - 1), (published.Year, published.Year) })
        {
            Assert.True((await figures.KeepPopulationAsync(own, 12_345, "ONS", actor, default)).IsDone);
            var (of, children, _) = (await figures.PopulationAsync(NeedWorld.Day, default))!.Value;
            Assert.Equal((year, own < published.Year - 1 ? (int)published["population"]! : 12_345), (of, children));
        }
    }
}
