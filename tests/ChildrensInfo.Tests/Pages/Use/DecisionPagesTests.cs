using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
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
    [InlineData(Role.TeamManager)]
    public async Task Only_those_who_review_decide(Role role)
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
    public async Task Information_governance_reviews_projects_and_releases_no_extract()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        var extract = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved));
        using var client = site.ClientFor(world.InformationGovernance);
        Assert.NotNull((await client.PageAsync("/use/decisions")).QuerySelector($"a[href='/use/decisions/projects/{project.Id}']"));
        foreach (var path in new[] { $"/use/decisions/extracts/{extract.Id}", "/use/decisions/extracts" })
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        using var scope = site.As(World.ActorOf(world.InformationGovernance));
        Assert.Null(await scope.Get<ExtractService>().DecideExtractAsync(extract.Id, new Decide { Version = extract.Version, Approve = true, Reason = "Yes" }, World.ActorOf(world.InformationGovernance), Cancel));
    }

    [Theory]
    [InlineData("Input.Answer", null, "Choose what you decide")]
    [InlineData("Input.Answer", "Closed", "Choose what you decide")]
    [InlineData("Input.Reason", "", "Give the reason for your decision")]
    [InlineData("Input.Safes", "Project", "To approve, all five have to be safe")]
    public async Task A_decision_needs_a_choice_a_reason_and_all_five(string field, string? value, string message)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.DataLead);
        using var response = await ReviewAsync(client, project.Id, ProjectStepKind.Approved, (field, value));
        Assert.Contains(message, (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Submitted, await StateAsync(world));
        Assert.Empty(await world.AuditAsync(AuditActions.ProjectDecided));
    }

    [Fact]
    public async Task A_project_runs_when_both_sides_have_said_yes_and_not_before()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var lead = site.ClientFor(world.DataLead);
        using var governance = site.ClientFor(world.InformationGovernance);
        var page = (await lead.PageAsync($"/use/decisions/projects/{project.Id}")).Body!.TextContent;
        foreach (var told in new[] { "To compare groups.", "Reza Holt, University of Testshire", "The young people’s group asked for it.", "Nothing is kept." }) Assert.Contains(told, page, StringComparison.Ordinal);
        using (var first = await ReviewAsync(lead, project.Id, ProjectStepKind.Approved, ("Input.Conditions", "Show us the tables first."))) Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal(ProjectState.Submitted, await StateAsync(world));

        // The same side cannot say yes for the other one.
        Assert.Null((await lead.PageAsync($"/use/decisions/projects/{project.Id}")).QuerySelector("#review"));
        var secondLead = await world.AddPersonAsync(Role.DataLead, "Lorn Pike");
        using (var scope = site.As(World.ActorOf(secondLead)))
        {
            var now = await scope.Db.ResearchProjects.AsNoTracking().SingleAsync(Cancel);
            Assert.False((await scope.Get<ProjectService>().ReviewAsync(project.Id, Yes(now.Version), World.ActorOf(secondLead), Cancel))!.IsDone);
        }

        // What everybody will read names no child on record, whoever they are: which field it is, whoever approves is told.
        async Task ShapedByAsync(string text)
        {
            using var scope = site.As(world.Whole);
            (await scope.Db.ResearchProjects.SingleAsync(Cancel)).ShapedBy = text;
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using (var scope = site.As(world.Whole))
        {
            scope.Db.Add(new Child { AuthorityId = world.Authority.Id, LaChildId = $"{world.Authority.Code}-bram", GivenName = "Bram", FamilyName = "Quillfeather", DiedOn = World.Today.AddYears(-1), CreatedAt = DateTime.UtcNow });
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        await ShapedByAsync("The parents of Bram Quillfeather asked for it.");
        using (var named = await ReviewAsync(governance, project.Id, ProjectStepKind.Approved)) Assert.Contains("under “How children and families shaped it” holds the full name", (await TestClient.ParseAsync(named)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Submitted, await StateAsync(world));
        await ShapedByAsync("The parents of a boy asked for it.");
        using (var second = await ReviewAsync(governance, project.Id, ProjectStepKind.Approved)) Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        Assert.Equal(ProjectState.Approved, await StateAsync(world));
        Assert.Equal([world.DataLead.Id, world.InformationGovernance.Id], (await world.AuditAsync(AuditActions.ProjectDecided)).OrderBy(a => a.At).Select(a => a.ActorId!.Value));
        using var researcher = site.ClientFor(world.Researcher);
        Assert.Contains("Show us the tables first.", (await researcher.PageAsync($"/use/projects/{project.Id}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProjectStepKind.AskedBack, ProjectState.AskedBack)]
    [InlineData(ProjectStepKind.Refused, ProjectState.Refused)]
    public async Task One_side_that_asks_or_refuses_is_enough_and_a_new_text_needs_two_new_yeses(ProjectStepKind answer, ProjectState expected)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var lead = site.ClientFor(world.DataLead);
        using var governance = site.ClientFor(world.InformationGovernance);
        using var researcher = site.ClientFor(world.Researcher);
        (await ReviewAsync(lead, project.Id, ProjectStepKind.Approved)).Dispose();
        (await ReviewAsync(governance, project.Id, answer, ("Input.Safes", "Project"))).Dispose();
        Assert.Equal(expected, await StateAsync(world));
        var told = (await researcher.PageAsync($"/use/projects/{project.Id}")).Body!.TextContent;
        Assert.Contains("Not yet safe: people, data, setting, output", told, StringComparison.Ordinal);

        (await researcher.SubmitAsync($"/use/projects/{project.Id}/edit", new Dictionary<string, string?> { ["Input.People"] = "Nobody else" })).Dispose();
        (await researcher.SubmitAsync($"/use/projects/{project.Id}", new Dictionary<string, string?>(), "form[action*=Submit]")).Dispose();
        (await ReviewAsync(governance, project.Id, ProjectStepKind.Approved)).Dispose();
        Assert.Equal(ProjectState.Submitted, await StateAsync(world));
        (await ReviewAsync(lead, project.Id, ProjectStepKind.Approved)).Dispose();
        Assert.Equal(ProjectState.Approved, await StateAsync(world));
    }

    [Fact]
    public async Task What_was_decided_meanwhile_is_not_decided_again()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.DataLead);
        using var governance = site.ClientFor(world.InformationGovernance);
        var late = await client.PageAsync($"/use/decisions/projects/{project.Id}");
        (await ReviewAsync(governance, project.Id, ProjectStepKind.Refused)).Dispose();
        late.TickAllSafes();
        using var refused = await client.SubmitAsync(late, $"/use/decisions/projects/{project.Id}", Fields(ProjectStepKind.Approved), "#review");
        Assert.Contains("not waiting for a decision", (await TestClient.ParseAsync(refused)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Refused, await StateAsync(world));
    }

    [Fact]
    public async Task Of_two_who_decide_at_once_the_second_is_told()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var lead = site.ClientFor(world.DataLead);
        using var governance = site.ClientFor(world.InformationGovernance);
        var late = await governance.PageAsync($"/use/decisions/projects/{project.Id}");
        (await ReviewAsync(lead, project.Id, ProjectStepKind.Approved)).Dispose();
        late.TickAllSafes();
        using var second = await governance.SubmitAsync(late, $"/use/decisions/projects/{project.Id}", Fields(ProjectStepKind.Approved), "#review");
        Assert.Contains("Somebody changed this while you had it open", (await TestClient.ParseAsync(second)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Submitted, await StateAsync(world));
    }

    [Fact]
    public async Task A_held_project_gives_nothing_out_until_somebody_else_lets_it_go_on()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var lead = site.ClientFor(world.DataLead);
        using var governance = site.ClientFor(world.InformationGovernance);
        using var researcher = site.ClientFor(world.Researcher);
        using (var silent = await HoldAsync(lead, project.Id, "Suspend", "")) Assert.Contains("Give the reason", (await TestClient.ParseAsync(silent)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        (await HoldAsync(lead, project.Id, "Suspend", "A laptop was lost.")).Dispose();
        Assert.Equal(ProjectState.Suspended, await StateAsync(world));
        // What was on its way waits, and says so; it is in the queue again when the project goes on.
        var extract = await world.AddExtractAsync(site, project, ExtractState.Approved);
        Assert.Contains("held too", (await researcher.PageAsync($"/use/projects/{project.Id}/extracts/{extract.Id}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("A laptop was lost.", (await researcher.PageAsync($"/use/projects/{project.Id}")).Body!.TextContent, StringComparison.Ordinal);
        using (var asking = await researcher.GetAsync($"/use/projects/{project.Id}/request")) Assert.Equal(HttpStatusCode.NotFound, asking.StatusCode);

        using (var own = await HoldAsync(lead, project.Id, "Resume", "Found again.")) Assert.Contains("Somebody else than the person who held it", (await TestClient.ParseAsync(own)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ProjectState.Suspended, await StateAsync(world));
        (await HoldAsync(governance, project.Id, "Resume", "Found, and it was encrypted.")).Dispose();
        Assert.Equal(ProjectState.Approved, await StateAsync(world));
        Assert.Equal(world.DataLead.Id, Assert.Single(await site.ReadAsync(world, db => db.Jobs.Where(j => j.SubjectId == extract.Id).ToListAsync(Cancel))).RequestedById);
        (await HoldAsync(governance, project.Id, "Close", "Answered.")).Dispose();
        Assert.Equal(ProjectState.Closed, await StateAsync(world));
        Assert.Equal((world.DataLead.Id, world.InformationGovernance.Id), ((await world.AuditAsync(AuditActions.ProjectSuspended)).Single().ActorId!.Value, (await world.AuditAsync(AuditActions.ProjectResumed)).Single().ActorId!.Value));
        Assert.Single(await world.AuditAsync(AuditActions.ProjectClosed));
    }

    [Fact]
    public async Task Nobody_decides_on_what_they_asked_for_neither_by_the_service_nor_by_the_database()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted, world.DataLead);
        var running = await world.AddProjectAsync(site, ProjectState.Approved, await world.AddResearcherAsync(site));
        var extract = await world.AddExtractAsync(site, running);
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            var outcome = await scope.Get<ProjectService>().ReviewAsync(project.Id, Yes(project.Version), World.ActorOf(world.DataLead), Cancel);
            Assert.Equal("Nobody decides on their own project", outcome!.Refusal!.Message);
        }

        const string safes = "array['Project', 'People', 'Data', 'Setting', 'Output']";
        string Step(Guid by, string role, string kind = "Approved") =>
            $"insert into project_steps (id, authority_id, project_id, owner_id, round, kind, by_id, by_role, at, reason, safes) values (gen_random_uuid(), '{world.Authority.Id}', '{project.Id}', '{world.DataLead.Id}', 1, '{kind}', '{by}', '{role}', now(), 'x', {safes})";
        foreach (var (sql, constraint) in new[]
        {
            (Step(world.DataLead.Id, "DataLead"), "ck_project_steps_second_person"),
            (Step(world.DataLead.Id, "DataLead", "Resumed"), "ck_project_steps_second_person"),
            (Step(world.Researcher.Id, "Researcher"), "ck_project_steps_reviewer"),
            (Step(world.InformationGovernance.Id, "InformationGovernance").Replace(safes, "array['Project']", StringComparison.Ordinal), "ck_project_steps_five_safes"),
            ($"update research_projects set state = 'Approved' where id = '{project.Id}'", "ck_research_projects_two_agreed"),
            // One person in two hats is one person, and a yes to an earlier text is none to this one.
            ($"{Step(world.InformationGovernance.Id, "InformationGovernance")}; {Step(world.InformationGovernance.Id, "DataLead")}", "ux_project_steps_one_yes_a_person"),
            ($"{Step(world.InformationGovernance.Id, "InformationGovernance")}; update research_projects set state = 'Approved' where id = '{project.Id}'", "ck_research_projects_two_agreed"),
            ($"update research_projects set round = 2 where id = '{running.Id}'", "ck_research_projects_two_agreed"),
            ($"update extracts set decided_by_id = requested_by_id where id = '{extract.Id}'", "ck_extracts_second_person"),
            ($"update extracts set state = 'Ready' where id = '{extract.Id}'", "ck_extracts_file"),
            ($"update extracts set state = 'Destroyed' where id = '{extract.Id}'", "ck_extracts_certificate"),
        })
        {
            await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand(sql, connection);
            var error = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
            Assert.Equal(constraint, error.ConstraintName);
        }

        // What was decided is not undone, and nobody signs with another's name.
        await using (var connection = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand($"update project_steps set kind = 'Refused' where project_id = '{running.Id}'", connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
        }

        using var forger = site.As(World.ActorOf(world.Researcher));
        var mine = await forger.Db.ResearchProjects.AsNoTracking().FirstAsync(p => p.Id == project.Id, Cancel);
        forger.Db.Add(ResearchWorld.YesOf(mine, world.InformationGovernance));
        await Assert.ThrowsAsync<DbUpdateException>(() => forger.Db.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task A_researcher_who_posts_an_approval_of_their_own_request_is_refused_by_role()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Submitted);
        using var client = site.ClientFor(world.Researcher);
        var token = await client.AntiforgeryTokenAsync("/use/projects/new");
        foreach (var handler in new[] { "", "?handler=Suspend", "?handler=Resume", "?handler=Close" })
        {
            using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("Input.Answer", "Approved"), new("Input.Reason", "Yes"), new("Hold.Reason", "Yes"), new("Input.Version", $"{project.Version}")]);
            using var response = await client.Http.PostAsync($"/use/decisions/projects/{project.Id}{handler}", form, Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        using var scope = site.As(World.ActorOf(world.Researcher));
        Assert.Null(await scope.Get<ProjectService>().ReviewAsync(project.Id, Yes(project.Version), World.ActorOf(world.Researcher), Cancel));
        Assert.Equal(ProjectState.Submitted, await StateAsync(world));
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
        var extract = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, expiresOn: World.Today.AddDays(-2)));
        using var client = site.ClientFor(world.DataLead);
        using var response = await client.SubmitAsync($"/use/decisions/extracts/{extract.Id}", Decision("true"));
        Assert.Contains("The project has ended", (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(ExtractState.Requested, (await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel))).State);
    }

    private static ReviewProject Yes(uint version) => new() { Version = version, Answer = ProjectStepKind.Approved, Reason = "Yes", Safes = [.. Enum.GetValues<Safe>()] };

    private static Dictionary<string, string?> Fields(ProjectStepKind answer) => new() { ["Input.Answer"] = $"{answer}", ["Input.Reason"] = "It is what the question needs." };

    /// <summary>Fills the form of a review with all five ticked, and sends it.</summary>
    private static async Task<HttpResponseMessage> ReviewAsync(TestClient client, Guid projectId, ProjectStepKind answer, params (string Field, string? Value)[] changes)
    {
        var path = $"/use/decisions/projects/{projectId}";
        var page = await client.PageAsync(path);
        if (!changes.Any(c => c.Field == "Input.Safes")) page.TickAllSafes();
        var fields = Fields(answer);
        foreach (var (field, value) in changes) fields[field] = value;
        return await client.SubmitAsync(page, path, fields, "#review");
    }

    private static async Task<HttpResponseMessage> HoldAsync(TestClient client, Guid projectId, string handler, string reason)
    {
        var page = await client.PageAsync($"/use/decisions/projects/{projectId}");
        page.QuerySelector("#hold")!.SetAttribute("action", $"/use/decisions/projects/{projectId}?handler={handler}");
        return await client.SubmitAsync(page, "", new Dictionary<string, string?> { ["Hold.Reason"] = reason }, "#hold");
    }

    private async Task<ProjectState> StateAsync(World world) => (await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel))).State;

    private static Dictionary<string, string?> Decision(string choice) => new() { ["Input.Approve"] = choice, ["Input.Reason"] = "It is what the question needs." };
}
