using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Act;

public class GroupAnswerTests(TestSite site)
{
    public static Dictionary<string, string?> Written(params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?>
        {
            ["Input.Themes"] = "Letters",
            ["Input.GroupSize"] = "42",
            ["Input.HowCounted"] = "At three meetings in May",
            ["Input.YouSaid"] = "The letters are too long.",
            ["Input.WeDid"] = "We made them one page.",
            ["Input.CouldNot"] = "The judge’s letter is still long.",
            ["Input.CouldNotWhy"] = "The court writes it.",
            ["Input.PublishedWhere"] = "On the wall of the hub",
        };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    private static async Task<string> WriteAsync(TestClient client)
    {
        using var answer = await client.SubmitAsync("/act/answers/new", Written());
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Others_read_answers_and_write_none(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var address in new[] { "/act/answers", "/act/answers/new", $"/act/answers/{Guid.NewGuid()}" })
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        Assert.NotEmpty(await world.AuditAsync(AuditActions.AccessRefused));
        Assert.Null((await client.PageAsync("/act/you-said-we-did")).QuerySelector("a[href='/act/answers']"));
    }

    [Fact]
    public async Task Signed_out_leads_to_sign_in()
    {
        using var client = site.ClientFor(null);
        foreach (var address in new[] { "/act/you-said-we-did", "/act/answers" })
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Another_councils_answer_is_not_there()
    {
        var here = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        using var writer = site.ClientFor(there.DataLead);
        var answer = await WriteAsync(writer);
        using var client = site.ClientFor(here.DataLead);
        using var asked = await client.GetAsync(answer);
        Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
    }

    [Theory]
    [InlineData("Input.GroupSize", "5", "would point to who said it")]
    [InlineData("Input.GroupSize", "0", "would point to who said it")]
    [InlineData("Input.GroupSize", null, "Enter how many children said so")]
    [InlineData("Input.YouSaid", " ", "Enter what they said")]
    [InlineData("Input.CouldNotWhy", "", "Say why it could not change")]
    public async Task A_mistake_is_shown_beside_the_field_and_nothing_is_kept(string field, string? value, string message)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        using var answer = await client.SubmitAsync("/act/answers/new", Written((field, value)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains((await TestClient.ParseAsync(answer)).QuerySelectorAll(".govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        Assert.Empty(await site.ReadAsync(world, db => db.GroupAnswers.ToListAsync()));
    }

    [Fact]
    public async Task One_writes_another_publishes_and_children_read_it_until_it_is_taken_away()
    {
        var world = await World.CreateAsync(site);
        using var lead = site.ClientFor(world.DataLead);
        using var manager = site.ClientFor(world.TeamManager);
        using var practitioner = site.ClientFor(world.Practitioner);
        var answer = await WriteAsync(lead);
        Assert.Single(await world.AuditAsync(AuditActions.GroupAnswerWritten));
        Assert.DoesNotContain("too long", (await practitioner.PageAsync("/act/you-said-we-did")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        // The writer has no form to decide with, and the service refuses them too.
        Assert.Null((await lead.PageAsync(answer)).QuerySelector("#decide"));
        var id = Guid.Parse(answer.Split('/')[^1]);
        var writer = World.ActorOf(world.DataLead);
        using (var scope = site.As(writer)) Assert.False((await scope.Get<GroupAnswerService>().DecideAsync(id, true, null, writer, TestContext.Current.CancellationToken))!.IsDone);

        using (var published = await manager.SubmitAsync(answer, new Dictionary<string, string?> { ["Publish"] = "true" }, "#decide")) Assert.Equal(answer, published.Headers.Location?.OriginalString);
        var page = (await practitioner.PageAsync("/act/you-said-we-did")).QuerySelector("main")!;
        Assert.Equal("42 of you said", page.QuerySelector(".you-said__title")!.TextContent);
        Assert.Contains("The court writes it.", page.TextContent, StringComparison.Ordinal);
        Assert.Contains("A worker wrote down what you said in short", page.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector("[data-print]"));

        // A child opens it from their own screen.
        var child = await world.AddChildAsync(world.Practitioner);
        using (var visit = await practitioner.SubmitAsync($"/hear/{child.Id}/visits/new", new Dictionary<string, string?> { ["Input.Place"] = "Home", ["Input.SeenAlone"] = "Yes" }))
        using (await practitioner.SubmitAsync(visit.Headers.Location!.OriginalString.Split("/words")[0] + "/hand-over", new Dictionary<string, string?> { ["Input.NewPin"] = "4827" })) { }
        Assert.NotNull((await practitioner.PageAsync(ChildModeGate.Home)).QuerySelector("a[href='/hear/my-say/you-said']"));
        var own = (await practitioner.PageAsync("/hear/my-say/you-said")).QuerySelector("main")!;
        Assert.Equal("42 of you said", Assert.Single(own.QuerySelectorAll(".you-said__part--said h3")).TextContent);
        Assert.Contains("The court writes it.", own.TextContent, StringComparison.Ordinal);
        using (await practitioner.SubmitAsync("/hear/my-say/give-back", new Dictionary<string, string?> { ["pin"] = "4827" }, "main form")) { }

        using (var without = await lead.SubmitAsync(answer, new Dictionary<string, string?>(), "#withdraw"))
        {
            Assert.Contains("Say why it is taken away", (await TestClient.ParseAsync(without)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        using (var gone = await lead.SubmitAsync(answer, new Dictionary<string, string?> { ["Reason"] = "A mistake" }, "#withdraw")) Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
        Assert.DoesNotContain("too long", (await practitioner.PageAsync("/act/you-said-we-did")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, (await world.AuditAsync(AuditActions.GroupAnswerDecided)).Count);
    }

    [Fact]
    public async Task What_is_sent_back_says_why_and_is_written_again()
    {
        var world = await World.CreateAsync(site);
        using var lead = site.ClientFor(world.DataLead);
        using var manager = site.ClientFor(world.TeamManager);
        var answer = await WriteAsync(lead);
        using (var silent = await manager.SubmitAsync(answer, new Dictionary<string, string?> { ["Publish"] = "false" }, "#decide"))
        {
            Assert.Contains("Say what has to be written another way", (await TestClient.ParseAsync(silent)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        using (await manager.SubmitAsync(answer, new Dictionary<string, string?> { ["Publish"] = "false", ["Reason"] = "Shorter words" }, "#decide")) { }
        var again = await lead.PageAsync($"/act/answers/new?from={answer.Split('/')[^1]}");
        Assert.Contains("Shorter words", again.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("The letters are too long.", again.QuerySelector("textarea")!.TextContent.Trim());
    }

    [Fact]
    public async Task The_database_publishes_nothing_small_nothing_by_one_person_and_changes_no_text()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var id = (await WriteAsync(client)).Split('/')[^1];
        async Task<string?> TryAsync(string connectionString, string set)
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand($"update group_answers set {set} where id = '{id}'", connection);
            return (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken))).SqlState;
        }

        Assert.Equal(PostgresErrorCodes.CheckViolation, await TryAsync(site.SuperuserConnectionString, "decided_by_id = written_by_id"));
        Assert.Equal(PostgresErrorCodes.CheckViolation, await TryAsync(site.SuperuserConnectionString, $"state = 'Published', group_size = 5, decided_by_id = '{world.TeamManager.Id}'"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await TryAsync(site.SiteConnectionString, "we_did = 'Nothing'"));
    }
}
