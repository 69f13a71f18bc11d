using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Use;

public class DecisionPagesTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Only_data_leads_decide(Role role)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var path in new[] { "/use/decisions", $"/use/decisions/projects/{project.Id}", $"/use/decisions/extracts/{project.Id}" })
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        using var signedOut = site.ClientFor(null);
        using var toSignIn = await signedOut.GetAsync("/use/decisions");
        Assert.Equal(HttpStatusCode.Redirect, toSignIn.StatusCode);
    }

    [Fact]
    public async Task Another_authoritys_projects_and_anybodys_drafts_are_not_there()
    {
        var here = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        var theirs = await there.AddProjectAsync(site, ProjectState.Submitted);
        var draft = await here.AddProjectAsync(site);
        using var client = site.ClientFor(here.DataLead);
        foreach (var id in new[] { theirs.Id, draft.Id })
        {
            using var response = await client.GetAsync($"/use/decisions/projects/{id}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Contains("Nothing is waiting for you", (await client.PageAsync("/use/decisions")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_needs_a_choice_and_a_reason()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.DataLead);
        using var response = await client.SubmitAsync($"/use/decisions/projects/{project.Id}", new Dictionary<string, string?>());
        var summary = (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")!.TextContent;
        Assert.Contains("Choose whether you approve", summary, StringComparison.Ordinal);
        Assert.Contains("Give the reason for your decision", summary, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Submitted, (await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel))).State);
    }

    [Theory]
    [InlineData("true", ProjectState.Approved)]
    [InlineData("false", ProjectState.Refused)]
    public async Task A_project_is_approved_or_refused_with_the_reason_on_record(string choice, ProjectState expected)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.DataLead);
        Assert.Contains("To compare groups.", (await client.PageAsync($"/use/decisions/projects/{project.Id}")).Body!.TextContent, StringComparison.Ordinal);
        using var response = await client.SubmitAsync($"/use/decisions/projects/{project.Id}", Decision(choice));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var decided = await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel));
        Assert.Equal((expected, world.DataLead.Id, "It is what the question needs."), (decided.State, decided.DecidedById!.Value, decided.DecisionReason));
        Assert.Equal(expected.ToString(), Assert.Single(await world.AuditAsync(AuditActions.ProjectDecided)).Detail);
        using var researcher = site.ClientFor(world.Researcher);
        Assert.Contains("It is what the question needs.", (await researcher.PageAsync($"/use/projects/{project.Id}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_decided_meanwhile_is_not_decided_again()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.DataLead);
        var first = await client.PageAsync($"/use/decisions/projects/{project.Id}");
        var second = await client.PageAsync($"/use/decisions/projects/{project.Id}");
        using var done = await client.SubmitAsync(first, $"/use/decisions/projects/{project.Id}", Decision("false"));
        using var late = await client.SubmitAsync(second, $"/use/decisions/projects/{project.Id}", Decision("true"));
        Assert.Contains("not waiting for a decision", (await TestClient.ParseAsync(late)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Refused, (await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel))).State);
    }

    [Fact]
    public async Task Nobody_decides_on_what_they_asked_for_neither_by_the_service_nor_by_the_database()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted, world.DataLead);
        var extract = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, await world.AddResearcherAsync(site)));
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            var outcome = await scope.Get<ResearchService>().DecideProjectAsync(project.Id, new Decide { Version = project.Version, Approve = true, Reason = "Mine" }, World.ActorOf(world.DataLead), Cancel);
            Assert.Equal("Nobody decides on their own project", outcome!.Refusal!.Message);
        }

        foreach (var (sql, constraint) in new[]
        {
            ($"update research_projects set decided_by_id = owner_id where id = '{project.Id}'", "ck_research_projects_second_person"),
            ($"update extracts set decided_by_id = requested_by_id where id = '{extract.Id}'", "ck_extracts_second_person"),
            ($"update extracts set state = 'Ready' where id = '{extract.Id}'", "ck_extracts_file"),
        })
        {
            await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand(sql, connection);
            var error = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
            Assert.Equal(constraint, error.ConstraintName);
        }
    }

    [Fact]
    public async Task A_researcher_who_posts_an_approval_of_their_own_request_is_refused_by_role()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.Researcher);
        var token = await client.AntiforgeryTokenAsync("/use/projects/new");
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("Input.Approve", "true"), new("Input.Reason", "Yes"), new("Input.Version", $"{project.Version}")]);
        using var response = await client.Http.PostAsync($"/use/decisions/projects/{project.Id}", form, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        using var scope = site.As(World.ActorOf(world.Researcher));
        Assert.Null(await scope.Get<ResearchService>().DecideProjectAsync(project.Id, new Decide { Version = project.Version, Approve = true, Reason = "Yes" }, World.ActorOf(world.Researcher), Cancel));
        Assert.Equal(ProjectState.Submitted, (await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel))).State);
    }

    [Fact]
    public async Task Refusing_an_extract_queues_nothing()
    {
        var world = await World.CreateAsync(site);
        var extract = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved));
        using var client = site.ClientFor(world.DataLead);
        using var response = await client.SubmitAsync($"/use/decisions/extracts/{extract.Id}", Decision("false"));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(ExtractState.Refused, (await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel))).State);
        Assert.Empty(await site.ReadAsync(world, db => db.Jobs.Where(j => j.Kind == JobKind.BuildExtract).ToListAsync(Cancel)));
        Assert.Single(await world.AuditAsync(AuditActions.ExtractDecided));
    }

    [Fact]
    public async Task An_extract_of_a_project_that_ended_cannot_be_approved()
    {
        var world = await World.CreateAsync(site);
        var extract = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, expiresOn: DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-2)));
        using var client = site.ClientFor(world.DataLead);
        using var response = await client.SubmitAsync($"/use/decisions/extracts/{extract.Id}", Decision("true"));
        Assert.Contains("The project has ended", (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ExtractState.Requested, (await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel))).State);
    }

    private static Dictionary<string, string?> Decision(string choice) => new() { ["Input.Approve"] = choice, ["Input.Reason"] = "It is what the question needs." };
}
