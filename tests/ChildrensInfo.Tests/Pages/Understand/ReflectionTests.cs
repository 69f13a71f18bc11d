using System.Net;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class ReflectionTests(TestSite site)
{
    private const string View = "/understand/indicators/N12/reflect";

    [Fact]
    public async Task The_picture_stays_as_it_was_seen_small_numbers_hidden_while_the_figures_move_on()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40, need: "N1");
        await need.AddAsync(12, need: "N2");
        await need.AddAsync(3, need: "N4");
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var (address, id) = await WriteAsync(client, View);

        await need.AddAsync(60, need: "N1");
        await need.CalculateAsync();
        var page = await client.PageAsync(address);
        // Hidden with them is the next small one, or theirs could be worked out from the total.
        var rows = page.QuerySelectorAll(".figures tbody tr").Select(r => r.TextContent).ToList();
        Assert.Contains(rows, r => r.Contains("Abuse", StringComparison.Ordinal) && r.Contains("40", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.Contains("acute stress", StringComparison.Ordinal) && !r.Any(char.IsDigit));
        var now = await client.PageAsync("/understand/indicators/N12");
        Assert.Contains(now.QuerySelectorAll(".figures tbody tr").Select(r => r.TextContent), r => r.Contains("Abuse", StringComparison.Ordinal) && r.Contains("100", StringComparison.Ordinal));

        var kept = await site.ReadAsync(need.World, db => db.Reflections.SingleAsync(r => r.Id == id));
        Assert.Null(kept.Picture.Rows.Single(r => r.Label.Contains("acute stress", StringComparison.Ordinal)).Figure);
        Assert.DoesNotContain("Noticed something", Encoding.UTF8.GetString(kept.Sealed), StringComparison.Ordinal);
        Assert.Single(await need.World.AuditAsync(AuditActions.ReflectionWritten));
    }

    [Fact]
    public async Task Figures_that_moved_while_somebody_wrote_are_shown_again_and_nothing_typed_is_lost()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        using var response = await client.SubmitAsync(View, new Dictionary<string, string?>(Good) { ["Input.Seen"] = "12" });
        var page = await TestClient.ParseAsync(response);
        Assert.Contains("worked out again", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Noticed something", page.QuerySelector("[name='Input.Noticed']")!.TextContent.Trim());
        using var again = await client.SubmitAsync(page, View, new Dictionary<string, string?>());
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task What_is_left_out_is_said_beside_its_field()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        using var response = await client.SubmitAsync(View, new Dictionary<string, string?> { ["Input.ReviewOn.Day"] = "1", ["Input.ReviewOn.Month"] = "1", ["Input.ReviewOn.Year"] = "2020" });
        var page = await TestClient.ParseAsync(response);
        foreach (var field in new[] { "Noticed", "NotKnown", "VoiceMissing", "WillDo", "ReviewOn" }) Assert.NotNull(page.QuerySelector($"#Input_{field}-error"));
        Assert.Empty(await need.World.AuditAsync(AuditActions.ReflectionWritten));
        foreach (var query in new[] { "?on=2020-01-01", "?by=postcode", "?group=not-N1" })
        {
            using var refused = await client.GetAsync(View + query);
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, query);
        }
    }

    [Fact]
    public async Task Others_answer_it_it_is_looked_at_again_and_what_it_became_is_named()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var (address, id) = await WriteAsync(client, View);
        var soon = DateTime.UtcNow.AddDays(20);

        await AddAsync(client, address, nameof(ReflectionStepKind.Answered), "We see it too", null);
        // Nothing is planned and no version made yet, so neither can be named; an id from elsewhere is refused.
        using (var forged = await client.SubmitAsync(address, new Dictionary<string, string?> { ["Input.Kind"] = "BecameTakingPart", ["Input.Text"] = "x", ["Input.ActivityId"] = Guid.NewGuid().ToString() }))
            Assert.Contains("Choose from the list", (await TestClient.ParseAsync(forged)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        var plan = new Dictionary<string, string?> { ["Input.Purpose"] = "Letters", ["Input.Negotiable"] = "Words", ["Input.NotNegotiable"] = "Law", ["Input.Invited"] = "All", ["Input.Layer"] = "Data" };
        using (var planned = await client.SubmitAsync("/act/taking-part/new", plan)) Assert.Equal(HttpStatusCode.Redirect, planned.StatusCode);
        var activity = await site.ReadAsync(need.World, db => db.ParticipationActivities.Select(a => a.Id).SingleAsync());
        await AddAsync(client, address, nameof(ReflectionStepKind.BecameTakingPart), "We ask children", ("Input.ActivityId", activity.ToString()));

        using (var reviewed = await client.SubmitAsync(address, new Dictionary<string, string?>
        {
            ["Input.Kind"] = "Reviewed",
            ["Input.Text"] = "Still so",
            ["Input.IsClosed"] = "false",
            ["Input.ReviewOn.Day"] = $"{soon.Day}",
            ["Input.ReviewOn.Month"] = $"{soon.Month}",
            ["Input.ReviewOn.Year"] = $"{soon.Year}",
        })) Assert.Equal(HttpStatusCode.Redirect, reviewed.StatusCode);
        Assert.Equal(DateOnly.FromDateTime(soon), (await OneAsync(need.World, id)).DueOn);
        await AddAsync(client, address, nameof(ReflectionStepKind.Reviewed), "Done", ("Input.IsClosed", "true"));
        Assert.Null((await OneAsync(need.World, id)).DueOn);
        var page = await client.PageAsync(address);
        foreach (var text in new[] { "We see it too", "We ask children", "Still so", "Done", "Closed" }) Assert.Contains(text, page.Body!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector($"a[href='/act/taking-part/{activity}']"));
        Assert.Null(page.QuerySelector("[value='Reviewed']"));
        Assert.Equal(4, (await need.World.AuditAsync(AuditActions.ReflectionAddedTo)).Count);
    }

    [Fact]
    public async Task What_is_due_is_counted_on_the_overview()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        await WriteAsync(client, View);
        Assert.Equal("Thinking space", (await client.PageAsync("/understand")).QuerySelector("a[href='/understand/reflections']")!.TextContent);
        using (var scope = site.As(World.ActorOf(need.World.DataLead)))
        {
            var kept = await scope.Db.Reflections.AsNoTracking().SingleAsync();
            scope.Db.Add(new Reflection
            {
                AuthorityId = kept.AuthorityId,
                IndicatorKey = kept.IndicatorKey,
                Address = kept.Address,
                PictureJson = kept.PictureJson,
                AuthorityKeyId = kept.AuthorityKeyId,
                Sealed = kept.Sealed,
                ReviewOn = World.Today.AddDays(-1),
                WrittenById = kept.WrittenById,
                WrittenAt = kept.WrittenAt,
            });
            await scope.Db.SaveChangesAsync();
        }

        Assert.Equal("Thinking space (1 to look at again)", (await client.PageAsync("/understand")).QuerySelector("a[href='/understand/reflections']")!.TextContent);
    }

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    [InlineData(Role.InformationGovernance)]
    public async Task Only_who_sees_figures_thinks_about_them_and_nobody_sees_another_councils(Role role)
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var lead = site.ClientFor(need.World.DataLead);
        var (address, _) = await WriteAsync(lead, View);
        using var other = site.ClientFor(need.World.PersonOf(role));
        foreach (var path in new[] { address, "/understand/reflections", View })
        {
            using var refused = await other.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        var elsewhere = await World.CreateAsync(site);
        using var stranger = site.ClientFor(elsewhere.DataLead);
        using var hidden = await stranger.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        using var scope = site.As(World.ActorOf(elsewhere.DataLead));
        Assert.Empty(await scope.Db.Reflections.IgnoreQueryFilters().ToListAsync());
    }

    [Fact]
    public async Task The_database_lets_nobody_change_or_sign_for_another()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(40);
        await need.CalculateAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var (_, id) = await WriteAsync(client, View);
        using var scope = site.As(World.ActorOf(need.World.DataLead));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Reflections.ExecuteDeleteAsync());
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Reflections.ExecuteUpdateAsync(s => s.SetProperty(r => r.ReviewOn, DateOnly.MaxValue)));
        scope.Db.Add(new ReflectionStep { AuthorityId = need.World.Authority.Id, ReflectionId = id, Kind = ReflectionStepKind.Answered, AuthorityKeyId = (await scope.Db.AuthorityKeys.SingleAsync(k => k.AuthorityId == need.World.Authority.Id, TestContext.Current.CancellationToken)).Id, Sealed = [1], ById = need.World.Practitioner.Id, At = DateTime.UtcNow });
        await Assert.ThrowsAsync<DbUpdateException>(() => scope.Db.SaveChangesAsync());
    }

    private static Dictionary<string, string?> Good => new()
    {
        ["Input.Noticed"] = "Noticed something",
        ["Input.NotKnown"] = "How it feels",
        ["Input.VoiceMissing"] = "Children under 5",
        ["Input.WillDo"] = "Ask them",
    };

    private static async Task<(string Address, Guid Id)> WriteAsync(TestClient client, string path)
    {
        using var response = await client.SubmitAsync(path, Good);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent);
        var address = response.Headers.Location!.OriginalString;
        return (address, Guid.Parse(address.Split('/')[^1]));
    }

    private static async Task AddAsync(TestClient client, string address, string kind, string text, (string Name, string Value)? more)
    {
        var fields = new Dictionary<string, string?> { ["Input.Kind"] = kind, ["Input.Text"] = text };
        if (more is { } m) fields[m.Name] = m.Value;
        using var response = await client.SubmitAsync(address, fields);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent);
    }

    private Task<Reflection> OneAsync(World world, Guid id) => site.ReadAsync(world, db => db.Reflections.Include(r => r.Steps).SingleAsync(r => r.Id == id));
}
