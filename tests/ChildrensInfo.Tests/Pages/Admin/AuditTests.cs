using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Tests.Pages.Account;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Admin;

public class AuditTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    public async Task Another_role_is_refused(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/admin/audit")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/admin/audit/download")).StatusCode);
    }

    [Fact]
    public async Task Signed_out_leads_to_sign_in()
    {
        using var client = site.ClientFor(null);
        Assert.Equal("/Account/SignIn", (await client.GetAsync("/admin/audit")).Headers.Location!.AbsolutePath);
    }

    [Fact]
    public async Task It_shows_this_authority_only_and_reading_it_is_a_line()
    {
        var world = await World.CreateAsync(site);
        var other = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        var foreign = await other.AddChildAsync();
        using var client = site.ClientFor(world.Administrator);
        var page = (await client.PageAsync("/admin/audit")).QuerySelector("main")!.TextContent;
        Assert.Contains(child.LaChildId, page);
        Assert.Contains("Added a child", page);
        Assert.DoesNotContain(foreign.LaChildId, page);
        Assert.DoesNotContain(child.GivenName!, page);
        Assert.DoesNotContain(child.FamilyName!, page);
        Assert.Equal(world.Administrator.Id, Assert.Single(await world.AuditAsync(AuditActions.AuditRead)).ActorId);
    }

    [Fact]
    public async Task It_can_be_narrowed_and_the_childs_number_never_stands_in_the_address()
    {
        var world = await World.CreateAsync(site);
        var one = await world.AddChildAsync();
        var two = await world.AddChildAsync();
        using var client = site.ClientFor(world.Administrator);
        var response = await client.SubmitAsync("/admin/audit", new Dictionary<string, string?> { ["ChildNumber"] = one.LaChildId, ["Do"] = AuditActions.ChildCreated });
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var address = response.Headers.Location!.ToString();
        Assert.DoesNotContain(one.LaChildId, address, StringComparison.OrdinalIgnoreCase);
        var rows = (await client.PageAsync(address)).QuerySelectorAll("tbody tr");
        Assert.Contains(one.LaChildId, Assert.Single(rows).TextContent);
        Assert.DoesNotContain(two.LaChildId, rows[0].TextContent);

        var tomorrow = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(1);
        Assert.Contains("No lines", (await client.PageAsync($"/admin/audit?from={tomorrow:yyyy-MM-dd}")).QuerySelector("main")!.TextContent);
        Assert.NotEmpty((await client.PageAsync($"/admin/audit?to={tomorrow:yyyy-MM-dd}&person={world.Administrator.Id}")).QuerySelectorAll("tbody tr"));
        var wrong = await TestClient.ParseAsync(await client.SubmitAsync("/admin/audit", new Dictionary<string, string?> { ["ChildNumber"] = "no such number" }));
        Assert.Contains("No child has that number", wrong.GetElementById("ChildNumber-error")!.TextContent);
        foreach (var odd in new[] { "from=x", "after=1.2", "after=99999999999999999999.0", "after=9223372036854775807.00000000000000000000000000000000", "to=9999-12-31", "person=me", "do=%00", "child=0" })
        {
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/admin/audit?" + odd)).StatusCode);
        }
    }

    [Fact]
    public async Task Turning_pages_shows_every_line_once_newest_first()
    {
        var world = await World.CreateAsync(site);
        using (var scope = site.As(world.Whole))
        {
            // The same moment for many lines: a page must not end in the middle of it and lose some.
            var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
            for (var i = 0; i < 130; i++) scope.Db.Add(AuditEntry.For(AuditActions.DashboardRead, World.ActorOf(world.DataLead), null, null, clock, $"number {i}."));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using var client = site.ClientFor(world.Administrator);
        var seen = new List<string>();
        var address = $"/admin/audit?do={AuditActions.DashboardRead}";
        for (var pages = 0; address is not null && pages < 10; pages++)
        {
            var page = await client.PageAsync(address);
            seen.AddRange(page.QuerySelectorAll("tbody tr .quiet").Select(e => e.TextContent).Where(t => t.StartsWith("number", StringComparison.Ordinal)));
            address = page.QuerySelector("a[rel=next]")?.GetAttribute("href");
        }

        Assert.Equal(130, seen.Count);
        Assert.Equal(130, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_line_altered_later_shows_on_the_page_and_in_the_download()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildAsync();
        await using (var connection = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var alter = new NpgsqlCommand("set session_replication_role = replica; update audit_entries set actor_id = $1 where authority_id = $2", connection);
            alter.CommandText = $"set session_replication_role = replica; update audit_entries set actor_id = '{world.Practitioner.Id}' where authority_id = '{world.Authority.Id}'";
            Assert.Equal(1, await alter.ExecuteNonQueryAsync(Cancel));
        }

        using var client = site.ClientFor(world.Administrator);
        Assert.Contains("Altered after it was written", Assert.Single((await client.PageAsync($"/admin/audit?do={AuditActions.ChildCreated}")).QuerySelectorAll("tbody tr")).TextContent);
        Assert.DoesNotContain("Altered", (await client.PageAsync($"/admin/audit?do={AuditActions.AuditRead}")).QuerySelector("tbody")!.TextContent);
        var csv = await (await client.SubmitAsync($"/admin/audit?do={AuditActions.ChildCreated}", new Dictionary<string, string?>(), "#download")).Content.ReadAsStringAsync(Cancel);
        Assert.Contains("NO: altered", csv);
    }

    [Fact]
    public async Task The_download_holds_the_lines_runs_no_formula_and_is_itself_a_line()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(change: null);
        using (var scope = site.As(world.Whole))
        {
            scope.Db.Add(AuditEntry.For(AuditActions.DashboardRead, World.ActorOf(world.DataLead), child.Id, null, TimeProvider.System, "=HYPERLINK(\"x\")"));
            (await scope.Db.Users.FindAsync([world.DataLead.Id], Cancel))!.DisplayName = "@Dara, \"Fenn\"";
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using var client = site.ClientFor(world.Administrator);
        // By a link it shows the page, and from a screen that was left alone it asks first.
        Assert.Equal("text/html", (await client.GetAsync("/admin/audit/download")).Content.Headers.ContentType!.MediaType);
        await StepUpTests.AgeAsync(site, world.Administrator);
        Assert.Equal("Show that it is you", (await TestClient.ParseAsync(await client.SubmitAsync("/admin/audit", new Dictionary<string, string?>(), "#download"))).QuerySelector("h1")!.TextContent);
        await StepUpTests.AgeAsync(site, world.Administrator, minutes: 0);
        Assert.DoesNotContain(await world.AuditAsync(AuditActions.AuditRead), a => a.Detail!.StartsWith("download", StringComparison.Ordinal));
        var lines = (await world.AuditAsync()).Count + 1;
        var response = await client.SubmitAsync("/admin/audit", new Dictionary<string, string?>(), "#download");
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        var csv = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("\"'@Dara, \"\"Fenn\"\"\",Data lead,Read a dashboard," + child.LaChildId + ",\"'=HYPERLINK(\"\"x\"\")\",yes\r\n", csv);
        Assert.Contains(await world.AuditAsync(AuditActions.AuditRead), a => a.Detail == $"download, lines: {lines}");
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@a", "'@a")]
    [InlineData("\ta", "\"'\ta\"")]
    [InlineData("\ra", "\"'\ra\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a=1", "a=1")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("", "")]
    public void A_cell_is_never_a_formula(string text, string cell) => Assert.Equal(cell + "\r\n", SafeCsv.Line(text));

    [Fact]
    public void Every_action_has_words() =>
        Assert.Equal(
            typeof(AuditActions).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
            AuditWords.All.Keys.Order(StringComparer.Ordinal));
}
