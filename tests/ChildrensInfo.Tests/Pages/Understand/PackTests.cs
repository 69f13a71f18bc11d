using System.Net;
using AngleSharp.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class PackTests(TestSite site)
{
    private const string Add = "/understand/indicators/N12/pack";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    // 1 June in London, while it is still May in UTC.
    [InlineData("2027-05-31T22:59:00Z", "2027-05-31T23:30:00Z", null, true)]
    [InlineData("2027-05-31T22:59:00Z", "2027-05-31T22:59:30Z", null, false)]
    [InlineData("2027-05-31T23:00:00Z", "2027-06-30T22:00:00Z", null, false)]
    [InlineData("2027-03-10T09:00:00Z", "2027-06-12T09:00:00Z", "2027-05-01", true)]
    [InlineData("2027-03-10T09:00:00Z", "2027-06-12T09:00:00Z", "2027-06-01", false)]
    public void An_edition_is_due_once_a_month_from_the_first_of_it_in_London(string made, string now, string? before, bool isDue)
    {
        static DateTime At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime;
        var pack = new MonthlyPack { Title = "Need", CreatedAt = At(made), MadeFor = before is null ? null : DateOnly.Parse(before, System.Globalization.CultureInfo.InvariantCulture) };
        Assert.Equal(isDue, pack.IsDue(At(now)));
        pack.StoppedAt = At(made);
        Assert.False(pack.IsDue(At(now)));
    }

    [Fact]
    public async Task An_edition_is_made_when_its_month_comes_and_stays_as_it_was_small_numbers_hidden()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40, need: "N1", heard: 20);
        await need.AddAsync(12, need: "N2");
        await need.AddAsync(3, need: "N4");
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var pack = await AddAsync(client, Add, "By need", "new", "For the partnership");
        Assert.Equal(pack, await AddAsync(client, "/understand/indicators/N01/pack?by=sex&group=need-N1", "Girls and boys", pack.ToString(), null));
        var address = $"/understand/packs/{pack}";
        var detail = await client.PageAsync(address);
        Assert.Contains("first of next month", detail.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["By need", "Girls and boys"], detail.QuerySelectorAll("ol > li h3 a").Select(a => a.TextContent));
        using (var moved = await client.SubmitAsync(detail, address, new Dictionary<string, string?> { ["change"] = "Earlier" }, "ol > li:nth-child(2) form")) Assert.Equal(HttpStatusCode.Redirect, moved.StatusCode);

        // Not before its month has come.
        Assert.DoesNotContain(pack, await AskedAsync());
        await AgeAsync(pack);
        await AskedAsync();
        for (var i = 0; i < 600 && await site.ReadAsync(need.World, db => db.PackEditions.CountAsync(e => e.PackId == pack, Cancel)) == 0; i++) await Task.Delay(100, Cancel);
        var edition = await site.ReadAsync(need.World, db => db.PackEditions.SingleAsync(e => e.PackId == pack, Cancel));
        Assert.Equal(["Girls and boys", "By need"], edition.ReadViews().Select(v => v.Title));
        var kept = edition.ReadViews()[1].Picture!;
        Assert.Null(kept.Rows.Single(r => r.Label.Contains("acute stress", StringComparison.Ordinal)).Figure);
        Assert.Single(await need.World.AuditAsync(AuditActions.PackMade));
        Assert.Equal(2, (await need.World.AuditAsync(AuditActions.PackChanged)).Count);
        Assert.Single(await need.World.AuditAsync(AuditActions.EditionMade));

        await need.AddAsync(60, need: "N1");
        await need.CalculateAsync();
        var page = await client.PageAsync($"/understand/packs/editions/{edition.Id}");
        var shown = page.QuerySelectorAll(".pack-view");
        Assert.Equal(["Girls and boys", "By need"], shown.Select(s => s.QuerySelector("h2")!.TextContent));
        var rows = shown[1].QuerySelectorAll(".figures tbody tr").Select(r => r.TextContent).ToList();
        Assert.Contains(rows, r => r.Contains("Abuse", StringComparison.Ordinal) && r.Contains("40", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.Contains("acute stress", StringComparison.Ordinal) && !r.Any(char.IsDigit));
        // What it means, who was heard of these children, and who was not.
        Assert.Contains("50% of them were heard", shown[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Of 50% of these children nothing was heard", shown[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("in the last 4 weeks", shown[0].TextContent, StringComparison.Ordinal);
        foreach (var said in new[] { "Who defined it", "Whose voice shaped it", "Whose voice is missing", "What it cannot tell" }) Assert.All(shown, s => Assert.Contains(said, s.TextContent, StringComparison.Ordinal));
        Assert.Contains("c = not shown", page.Body!.TextContent, StringComparison.Ordinal);

        // A second look in the same month makes no second one.
        Assert.DoesNotContain(pack, await AskedAsync());
        using var scope = site.As(need.World.Whole);
        await scope.Get<PackService>().MakeAsync(pack, need.World.Whole, null, Cancel);
        Assert.Equal(1, await scope.Db.PackEditions.CountAsync(e => e.PackId == pack, Cancel));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => scope.Get<PackService>().MakeAsync(pack, World.ActorOf(need.World.DataLead), null, Cancel));
    }

    [Fact]
    public async Task An_edition_keeps_the_line_and_the_themes_that_the_page_showed_and_no_more()
    {
        var need = await NeedWorld.CreateAsync(site);
        var children = await need.AddAsync(40, need: "N1", heard: 40);
        var others = await need.AddAsync(12, need: "N2", heard: 9);
        // Half a year ago there were few, and so the line is broken there.
        await need.AddAsync(4, need: "N1", referred: NeedWorld.Day.AddDays(-250));
        await SayAsync(site, need, children.Take(26).Concat(others.Take(9)), "home", CodedBy.Child);
        await SayAsync(site, need, children.Skip(20).Take(16), "school", CodedBy.Worker);
        await SayAsync(site, need, children.Take(4), "health", CodedBy.Child);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        string[] views = ["/understand/indicators/N01", "/understand/indicators/N01?group=need-N2", "/understand/indicators/N35?by=sex"];
        Guid? pack = null;
        foreach (var view in views) pack = await AddAsync(client, view.Contains('?', StringComparison.Ordinal) ? view.Replace("?", "/pack?", StringComparison.Ordinal) : $"{view}/pack", view, pack?.ToString() ?? "new", "Need");
        var shown = new List<(string Line, string Themes)>();
        foreach (var view in views) shown.Add(LineAndThemes((await client.PageAsync(view)).QuerySelector("main")!));
        Assert.Contains("Home", shown[0].Themes, StringComparison.Ordinal);
        Assert.Contains("35", shown[0].Themes, StringComparison.Ordinal);
        Assert.Contains(" c", shown[0].Line, StringComparison.Ordinal);
        // Of one group by itself there is no line; and all nine of it who were heard spoke of home, but that all but three were heard is hidden.
        Assert.Equal(("", ""), shown[1]);

        var edition = await MakeAsync(need.World, pack!.Value);
        Assert.DoesNotContain("sleep and food", edition.ViewsJson, StringComparison.Ordinal);
        // What is said and counted after it changes nothing in it.
        await SayAsync(site, need, children.Skip(26), "home", CodedBy.Child);
        await need.AddAsync(30, need: "N1", referred: NeedWorld.Day.AddDays(-250));
        await need.CalculateAsync();
        Assert.NotEqual(shown[0], LineAndThemes((await client.PageAsync(views[0])).QuerySelector("main")!));
        var parts = (await client.PageAsync($"/understand/packs/editions/{edition.Id}")).QuerySelectorAll(".pack-view");
        Assert.Equal(shown, parts.Select(LineAndThemes));
        // The sentence before the line, the table after it.
        var line = parts[0].QuerySelector("section.chart:has([data-chart])")!;
        Assert.Equal(["chart__summary", "chart__note chart__note--before", "chart__line", "govuk-details"], line.Children.Skip(1).Select(e => e.ClassName));
        var charts = parts[0].QuerySelectorAll("section.chart");
        var themes = charts[charts.Length - 1];
        Assert.StartsWith("Most spoke of: Home", themes.QuerySelector(".chart__summary")!.TextContent, StringComparison.Ordinal);
        var ids = parts.SelectMany(p => p.QuerySelectorAll("[id]")).Select(e => e.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        // Each number of the edition's line and themes is a rounded one.
        foreach (var view in edition.ReadViews())
        {
            Assert.All(view.Themes!, t => Assert.True(t.Figure.TryGet(out var n) && n >= 10 && n % 5 == 0, t.Key));
            if (view.Key == "N01") Assert.All(view.Line!, p => Assert.True(p.Value is null || p.Value % 5 == 0, p.Text));
        }
    }

    [Fact]
    public async Task Words_stand_in_an_edition_only_while_they_may_be_quoted_and_are_never_kept_with_it()
    {
        var need = await NeedWorld.CreateAsync(site);
        var children = await need.AddAsync(40, heard: 12, mayQuote: true, age: 16, words: "Nobody told me why");
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var pack = await AddAsync(client, "/understand/indicators/N01/pack", "In need", "new", "Need");
        var edition = await MakeAsync(need.World, pack);
        Assert.DoesNotContain("Nobody told me", edition.ViewsJson, StringComparison.Ordinal);
        var address = $"/understand/packs/editions/{edition.Id}";
        Assert.Contains("Nobody told me why", (await client.PageAsync(address)).QuerySelector(".pack-view .quotes")!.TextContent, StringComparison.Ordinal);
        await need.SaveAsync([.. children.Take(12).Select(c => new ConsentEvent
        {
            AuthorityId = need.World.Authority.Id,
            ChildId = c.Id,
            Purpose = Purpose.QuoteService,
            Scope = ConsentScope.Purpose,
            Type = ConsentEventType.Withdrawn,
            DecidedBy = DecidedBy.CourtOrAttorney,
            ChildPosition = ChildPosition.Assents,
            Method = ConsentMethod.Spoken,
            OccurredAt = DateTime.UtcNow,
            RecordedAt = DateTime.UtcNow,
            RecordedById = need.World.Practitioner.Id,
        })]);
        Assert.Null((await client.PageAsync(address)).QuerySelector(".quotes"));

        // Of a definition that has changed, other children could be behind the same name.
        var later = await NeedWorld.CreateAsync(site);
        await later.AddAsync(40, heard: 12, mayQuote: true, age: 16, words: "Nobody told me why");
        await later.CalculateAsync();
        using var other = site.ClientFor(later.World.DataLead);
        var before = $"/understand/packs/editions/{(await MakeAsync(later.World, await AddAsync(other, "/understand/indicators/N01/pack", "In need", "new", "Need"))).Id}";
        Assert.NotNull((await other.PageAsync(before)).QuerySelector(".quotes"));
        await AddIndicatorAsync(later, "N01", "N01", 2);
        Assert.Null((await other.PageAsync(before)).QuerySelector(".quotes"));
    }

    [Fact]
    public async Task A_foreword_is_written_until_the_edition_is_published_and_then_stays_with_who_and_when()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var pack = await AddAsync(client, Add, "By need", "new", "Need");
        var id = (await MakeAsync(need.World, pack)).Id;
        var address = $"/understand/packs/editions/{id}";
        var first = await client.PageAsync(address);
        Assert.Contains("Nobody has written a foreword yet", first.Body!.TextContent, StringComparison.Ordinal);
        using (var tooLong = await client.SubmitAsync(address, Foreword(new string('x', PackEdition.ForewordMaxLength + 1))))
            Assert.Contains("Keep the foreword to 4,000", (await TestClient.ParseAsync(tooLong)).QuerySelector("#Input_Text-error")!.TextContent, StringComparison.Ordinal);
        using (var kept = await client.SubmitAsync(address, Foreword("Read it with the children in mind"))) Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
        Assert.Equal("Read it with the children in mind", (await client.PageAsync(address)).QuerySelector("p.as-typed")!.TextContent);
        Assert.DoesNotContain("Read it", System.Text.Encoding.UTF8.GetString((await EditionAsync(need.World, id)).Foreword!), StringComparison.Ordinal);

        // Whoever had the page open before takes nothing from who wrote meanwhile, and loses nothing typed.
        using (var late = await client.SubmitAsync(first, address, Foreword("Mine")))
        {
            var answer = await TestClient.ParseAsync(late);
            Assert.Contains("Somebody else wrote", answer.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("Mine", answer.QuerySelector("textarea")!.TextContent.Trim());
        }

        var draft = await client.PageAsync(address);
        using (var published = await PublishAsync(client, draft, address, "Read it with them")) Assert.Equal(HttpStatusCode.Redirect, published.StatusCode);
        var page = await client.PageAsync(address);
        Assert.Null(page.QuerySelector("textarea"));
        foreach (var said in new[] { "Read it with them", $"Published by {need.World.DataLead.DisplayName}" }) Assert.Contains(said, page.Body!.TextContent, StringComparison.Ordinal);
        using (var after = await PublishAsync(client, draft, address, "Changed")) Assert.Contains("published before", (await TestClient.ParseAsync(after)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await need.World.AuditAsync(AuditActions.EditionPublished));
        Assert.Equal(2, (await need.World.AuditAsync(AuditActions.ForewordWritten)).Count);

        using var scope = site.As(World.ActorOf(need.World.DataLead));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.PackEditions.Where(e => e.Id == id).ExecuteUpdateAsync(s => s.SetProperty(e => e.Foreword, new byte[] { 1 }), Cancel));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.PackEditions.Where(e => e.Id == id).ExecuteDeleteAsync(Cancel));
        // Figures are frozen from the first, and nobody publishes in another's name.
        var next = await MakeAsync(need.World, await AddAsync(client, Add, "By need", "new", "Another"));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.PackEditions.Where(e => e.Id == next.Id).ExecuteUpdateAsync(s => s.SetProperty(e => e.ViewsJson, "[]"), Cancel));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.PackEditions.Where(e => e.Id == next.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(e => e.PublishedById, need.World.Practitioner.Id).SetProperty(e => e.PublishedAt, DateTime.UtcNow), Cancel));
        using (var silent = await PublishAsync(client, await client.PageAsync($"/understand/packs/editions/{next.Id}"), $"/understand/packs/editions/{next.Id}", "")) Assert.Equal(HttpStatusCode.Redirect, silent.StatusCode);
        Assert.Contains("came out without a foreword", (await client.PageAsync($"/understand/packs/editions/{next.Id}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retired_indicator_is_said_and_not_left_out_and_what_it_showed_before_stays()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        var own = await AddIndicatorAsync(need, "L01", "N12", 1);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var pack = await AddAsync(client, "/understand/indicators/L01/pack", "Ours", "new", "Need");
        var before = await MakeAsync(need.World, pack);
        using (var scope = site.As(need.World.Whole))
        {
            (await scope.Db.Indicators.SingleAsync(i => i.Id == own.Id, Cancel)).RetiredAt = DateTime.UtcNow;
            await scope.Db.SaveChangesAsync(Cancel);
        }

        var detail = await client.PageAsync($"/understand/packs/{pack}");
        Assert.Contains("L01 was retired", detail.QuerySelector(".govuk-inset-text")!.TextContent, StringComparison.Ordinal);
        var after = await MakeAsync(need.World, await AddToNewAsync(need.World, "L01"));
        var page = await client.PageAsync($"/understand/packs/editions/{after.Id}");
        Assert.Contains("L01 was retired", page.QuerySelector(".pack-view")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await client.PageAsync($"/understand/packs/editions/{before.Id}")).QuerySelector(".pack-view .figures"));

        using (var takenOut = await client.SubmitAsync(detail, $"/understand/packs/{pack}", new Dictionary<string, string?> { ["change"] = "TakeOut" }, "ol > li form")) Assert.Equal(HttpStatusCode.Redirect, takenOut.StatusCode);
        Assert.Contains("no view is in it", (await client.PageAsync($"/understand/packs/{pack}")).Body!.TextContent, StringComparison.Ordinal);
        using (var stopped = await client.SubmitAsync($"/understand/packs/{pack}", new Dictionary<string, string?>(), "#stop")) Assert.Equal(HttpStatusCode.Redirect, stopped.StatusCode);
        Assert.Contains("No more editions", (await client.PageAsync("/understand/packs")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_said_beside_its_field_and_nothing_is_put_in()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        using (var empty = await client.SubmitAsync(Add, new Dictionary<string, string?> { ["Input.Title"] = "", ["Input.PackTitle"] = "" }))
        {
            var page = await TestClient.ParseAsync(empty);
            foreach (var field in new[] { "Title", "PackTitle" }) Assert.NotNull(page.QuerySelector($"#Input_{field}-error"));
        }

        foreach (var (query, status) in new[] { ("/understand/indicators/N12/pack?by=postcode", HttpStatusCode.BadRequest), ("/understand/indicators/N12/pack?group=not-N1", HttpStatusCode.BadRequest), ("/understand/indicators/L99/pack", HttpStatusCode.NotFound) })
        {
            using var refused = await client.GetAsync(query);
            Assert.True(refused.StatusCode == status, query);
        }

        var pack = await AddAsync(client, Add, "By need", "new", "Need");
        using (var forged = await client.SubmitAsync(Add, new Dictionary<string, string?> { ["Input.Title"] = "x", ["Input.Pack"] = Guid.NewGuid().ToString() }))
            Assert.Contains("Choose from the list", (await TestClient.ParseAsync(forged)).QuerySelector("#Input_Pack-error")!.TextContent, StringComparison.Ordinal);
        for (var i = 1; i < MonthlyPack.MostViews; i++) await AddAsync(client, Add, $"View {i}", pack.ToString(), null);
        using (var full = await client.SubmitAsync(Add, new Dictionary<string, string?> { ["Input.Title"] = "x", ["Input.Pack"] = pack.ToString() }))
            Assert.Contains("up to 12 views", (await TestClient.ParseAsync(full)).QuerySelector("#Input_Pack-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(MonthlyPack.MostViews, await site.ReadAsync(need.World, db => db.PackViews.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Only_who_sees_figures_sees_packs_and_nobody_another_councils()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var lead = site.ClientFor(need.World.DataLead);
        var pack = await AddAsync(lead, Add, "By need", "new", "Need");
        var edition = await MakeAsync(need.World, pack);
        string[] paths = ["/understand/packs", $"/understand/packs/{pack}", $"/understand/packs/editions/{edition.Id}"];
        foreach (var role in Enum.GetValues<Role>().Where(r => r != Role.DataLead))
        {
            using var other = site.ClientFor(need.World.PersonOf(role));
            foreach (var path in paths.Append(Add))
            {
                using var refused = await other.GetAsync(path);
                Assert.True(refused.StatusCode == HttpStatusCode.Forbidden, $"{role} {path}");
            }
        }

        var elsewhere = await World.CreateAsync(site);
        using var stranger = site.ClientFor(elsewhere.DataLead);
        foreach (var path in paths[1..])
        {
            using var hidden = await stranger.GetAsync(path);
            Assert.True(hidden.StatusCode == HttpStatusCode.NotFound, path);
        }

        foreach (var actor in new[] { World.ActorOf(elsewhere.DataLead), World.ActorOf(need.World.Practitioner), World.ActorOf(need.World.Researcher) })
        {
            using var scope = site.As(actor);
            // The query filter off: only row-level security stands.
            Assert.Empty(await scope.Db.MonthlyPacks.IgnoreQueryFilters().ToListAsync(Cancel));
            Assert.Empty(await scope.Db.PackViews.IgnoreQueryFilters().ToListAsync(Cancel));
            Assert.Empty(await scope.Db.PackEditions.IgnoreQueryFilters().ToListAsync(Cancel));
        }

        using var runner = site.As(Actor.Runner);
        Assert.NotEmpty(await runner.Db.MonthlyPacks.ToListAsync(Cancel));
        Assert.Empty(await runner.Db.PackEditions.IgnoreQueryFilters().ToListAsync(Cancel));
    }

    /// <summary>As if the pack had been made in a month before.</summary>
    internal static async Task AgeAsync(TestSite site, Guid pack)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var age = new NpgsqlCommand("update monthly_packs set created_at = created_at - interval '40 days' where id = $1", connection);
        age.Parameters.Add(new() { Value = pack });
        Assert.Equal(1, await age.ExecuteNonQueryAsync(Cancel));
    }

    /// <summary>This month's edition of a pack, as the job makes it.</summary>
    internal static async Task<PackEdition> MakeAsync(TestSite site, World world, Guid pack)
    {
        await AgeAsync(site, pack);
        using var scope = site.As(world.Whole);
        await scope.Get<PackService>().MakeAsync(pack, world.Whole, null, Cancel);
        scope.Db.ChangeTracker.Clear();
        return await scope.Db.PackEditions.AsNoTracking().SingleAsync(e => e.PackId == pack, Cancel);
    }

    private Task AgeAsync(Guid pack) => AgeAsync(site, pack);

    private Task<PackEdition> MakeAsync(World world, Guid pack) => MakeAsync(site, world, pack);

    private async Task<IReadOnlyList<Guid>> AskedAsync()
    {
        using (var scope = site.As(null)) await scope.Get<PackCalendar>().AskAsync(Cancel);
        using var runner = site.As(Actor.Runner);
        return await runner.Db.Jobs.Where(j => j.Kind == JobKind.MakeEdition && (j.State == JobState.Waiting || j.State == JobState.Running)).Select(j => j.SubjectId).ToListAsync(Cancel);
    }

    /// <summary>Codings of children who were told that what they say is counted.</summary>
    internal static async Task SayAsync(TestSite site, NeedWorld need, IEnumerable<Child> children, string theme, CodedBy by)
    {
        var records = await site.ReadAsync(need.World, db => db.VoiceRecords.AsNoTracking().ToDictionaryAsync(r => r.ChildId, Cancel));
        await need.SaveAsync([.. children.SelectMany(c => new object[]
        {
            new VoiceCoding { AuthorityId = c.AuthorityId, ChildId = c.Id, VoiceRecordId = records[c.Id].Id, Theme = theme, CodedBy = by, CoderId = need.World.Practitioner.Id, CodedAt = DateTime.UtcNow },
            new ConsentEvent
            {
                AuthorityId = c.AuthorityId,
                ChildId = c.Id,
                Purpose = Purpose.Stats,
                Scope = ConsentScope.Purpose,
                Type = ConsentEventType.Told,
                Method = ConsentMethod.Spoken,
                OccurredAt = DateTime.UtcNow.AddMinutes(-1),
                RecordedAt = DateTime.UtcNow,
                RecordedById = need.World.Practitioner.Id,
            },
        })]);
    }

    /// <summary>The rows under the line over three years, and those of what children spoke of; nothing where there is none.</summary>
    private static (string Line, string Themes) LineAndThemes(IElement part)
    {
        string Rows(string title) => string.Join("; ", part.QuerySelectorAll("section.chart").Where(s => s.QuerySelector(".chart__title")!.TextContent.EndsWith(title, StringComparison.OrdinalIgnoreCase))
            .SelectMany(s => s.QuerySelectorAll("tbody tr")).Select(r => string.Join(' ', r.Children.Select(c => c.TextContent.Trim()))));
        return (Rows("over three years"), Rows("what the children heard spoke of"));
    }

    private Task<PackEdition> EditionAsync(World world, Guid id) => site.ReadAsync(world, db => db.PackEditions.AsNoTracking().SingleAsync(e => e.Id == id, Cancel));

    /// <summary>An indicator of the council's own, defined as another is.</summary>
    private async Task<Indicator> AddIndicatorAsync(NeedWorld need, string key, string like, int number)
    {
        var shipped = (await site.ReadAsync(need.World, db => IndicatorService.CurrentAsync(db, Cancel))).Single(i => i.Key == like);
        var own = new Indicator { AuthorityId = need.World.Authority.Id, Key = key, CreatedAt = DateTime.UtcNow };
        await need.SaveAsync(own, new IndicatorVersion { IndicatorId = own.Id, AuthorityId = own.AuthorityId, Number = number, DefinitionJson = shipped.Version.DefinitionJson, Reason = "Ours", CreatedAt = DateTime.UtcNow, CreatedById = need.World.DataLead.Id });
        return own;
    }

    private async Task<Guid> AddToNewAsync(World world, string indicator)
    {
        using var scope = site.As(World.ActorOf(world.DataLead));
        var input = new AddPackView { Id = Guid.CreateVersion7(), Title = "Again", Pack = AddPackView.NewPack, PackTitle = "Again" };
        Assert.True((await scope.Get<PackService>().AddViewAsync(new NeedView(indicator, null, null, null), input, World.ActorOf(world.DataLead), Cancel))!.IsDone);
        return await scope.Db.PackViews.Where(v => v.Id == input.Id).Select(v => v.PackId).SingleAsync(Cancel);
    }

    private static Dictionary<string, string?> Foreword(string text) => new() { ["Input.Text"] = text };

    private static Task<HttpResponseMessage> PublishAsync(TestClient client, AngleSharp.Html.Dom.IHtmlDocument page, string address, string foreword)
    {
        var button = page.QuerySelector("button[formaction]")!;
        page.QuerySelector("main form[method=post]")!.SetAttribute("action", button.GetAttribute("formaction")!);
        return client.SubmitAsync(page, address, Foreword(foreword));
    }

    internal static async Task<Guid> AddAsync(TestClient client, string path, string title, string pack, string? packTitle)
    {
        using var response = await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Title"] = title, ["Input.Pack"] = pack, ["Input.PackTitle"] = packTitle });
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent);
        return Guid.Parse(response.Headers.Location!.OriginalString.Split('/')[^1]);
    }
}
