using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Use;

public class ProjectPagesTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Administrator)]
    [InlineData(Role.InformationGovernance)]
    public async Task Only_researchers_have_projects(Role role)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var path in Paths(project.Id))
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task Somebody_signed_out_is_sent_to_sign_in()
    {
        using var client = site.ClientFor(null);
        foreach (var path in Paths(Guid.NewGuid()))
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            Assert.Contains("/Account/SignIn", response.Headers.Location!.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Another_authoritys_and_another_researchers_project_are_not_there()
    {
        var here = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        var second = await here.AddResearcherAsync(site);
        var theirs = await there.AddProjectAsync(site, ProjectState.Approved);
        var seconds = await here.AddProjectAsync(site, ProjectState.Approved, second);
        using var client = site.ClientFor(here.Researcher);
        foreach (var path in Paths(theirs.Id).Skip(2).Concat(Paths(seconds.Id).Skip(2)))
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_empty_list_says_how_to_start()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Researcher);
        Assert.Contains("You have no projects yet", (await client.PageAsync("/use/projects")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_is_saved_and_audited_once_however_often_it_is_sent()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Researcher);
        var page = await client.PageAsync("/use/projects/new");
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.SubmitAsync(page, "/use/projects/new", Good());
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        }

        var saved = Assert.Single(await site.ReadAsync(world, db => db.ResearchProjects.ToListAsync(Cancel)));
        Assert.Equal(("Zażółć <script>", ProjectState.Draft, world.Researcher.Id), (saved.Title, saved.State, saved.OwnerId));
        Assert.Equal([ResearchPopulation.Usual.Key], saved.Populations);
        Assert.Equal([(VariableCatalogue.AgeBand, "To compare younger and older")], saved.Variables.Select(v => (v.Key, v.Why)));
        Assert.Equal(world.Researcher.Id, Assert.Single(await world.AuditAsync(AuditActions.ProjectCreated)).ActorId);
    }

    [Theory]
    [InlineData("Input.Title", "", "Enter a title")]
    [InlineData("Input.Question", " ", "Enter the question")]
    [InlineData("Input.PlainWords", "About a boy born on 3 May 2016.", ExactDates.Message)]
    [InlineData("Input.PublicBenefit", "Those born on 2016-05-03.", ExactDates.Message)]
    [InlineData("Input.ShapedBy", "By one born 03/05/2016.", ExactDates.Message)]
    [InlineData("Input.HowTheyHear", "On May 3rd, 2027.", ExactDates.Message)]
    [InlineData("Input.PublicBenefit", "", "Say who is better off when the question is answered")]
    [InlineData("Input.ExpiresOn.Year", "2001", "The project must end after today")]
    [InlineData("Input.ExpiresOn.Year", "2199", "The project must end within 3 years")]
    [InlineData("Input.PlainWords", "", "Say what it is about in words a young person understands")]
    [InlineData("Input.EthicsReference", "", "Enter the reference of the ethics opinion, or why none is needed")]
    [InlineData("Input.People", "", "Say who will work with the data")]
    [InlineData("Input.Place", null, "Choose where the data will be worked with")]
    [InlineData("Input.PlaceName", "", "Say which place that is")]
    [InlineData("Input.ShapedBy", "", "Say how children and families shaped this, or that they did not")]
    [InlineData("Input.HowTheyHear", "", "Say how children and families will hear what came of it")]
    [InlineData("Input.Retention", "", "Say what is kept when the project ends")]
    [InlineData("Input.DestroyOn.Year", "2001", "Copies are destroyed on the day the project ends or after it")]
    [InlineData("Input.DestroyOn.Year", "2199", "Copies must be destroyed within a year of the project’s end")]
    [InlineData("Input.Populations", null, "Choose at least one group of children")]
    [InlineData("Input.Populations", "everybody_but_one", "Choose at least one group of children")]
    [InlineData("Input.Chosen", "times_heard_quarter", "Choose from the variables on this page only")]
    [InlineData("Input.Chosen", null, "Choose at least one variable that describes the child, such as age band")]
    [InlineData("Input.Chosen", "given_name", "Choose from the variables on this page only")]
    [InlineData("Input.Chosen", "heard_12_weeks", "Choose at least one variable that describes the child, such as age band")]
    [InlineData("Input.Why[age_band]", "", "Say why you need “Age band”")]
    public async Task What_is_wrong_is_said_beside_the_field_and_nothing_is_saved(string field, string? value, string message)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Researcher);
        using var response = await client.SubmitAsync("/use/projects/new", Good(field, value));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var page = await TestClient.ParseAsync(response);
        Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(page.QuerySelectorAll("main .govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        Assert.Empty(await site.ReadAsync(world, db => db.ResearchProjects.ToListAsync(Cancel)));
    }

    [Fact]
    public async Task A_draft_can_be_changed_then_sent_and_then_not_changed()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site);
        using var client = site.ClientFor(world.Researcher);
        using (var changed = await client.SubmitAsync($"/use/projects/{project.Id}/edit", new Dictionary<string, string?> { ["Input.Title"] = "A better title" }))
        {
            Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        }

        using (var sent = await client.SubmitAsync($"/use/projects/{project.Id}", new Dictionary<string, string?>(), "form[action*=Submit]"))
        {
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }

        var now = await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel));
        Assert.Equal(("A better title", ProjectState.Submitted, 6), (now.Title, now.State, now.Variables.Count));
        Assert.Single(await world.AuditAsync(AuditActions.ProjectChanged));
        Assert.Single(await world.AuditAsync(AuditActions.ProjectSubmitted));
        using var again = await client.GetAsync($"/use/projects/{project.Id}/edit");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task Two_windows_do_not_overwrite_each_other()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site);
        using var client = site.ClientFor(world.Researcher);
        var first = await client.PageAsync($"/use/projects/{project.Id}/edit");
        var second = await client.PageAsync($"/use/projects/{project.Id}/edit");
        using var saved = await client.SubmitAsync(first, $"/use/projects/{project.Id}/edit", new Dictionary<string, string?> { ["Input.Title"] = "First" });
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        using var refused = await client.SubmitAsync(second, $"/use/projects/{project.Id}/edit", new Dictionary<string, string?> { ["Input.Title"] = "Second" });
        var page = await TestClient.ParseAsync(refused);
        Assert.Contains("Somebody changed this while you had it open", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("First", (await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel))).Title);
    }

    [Fact]
    public async Task A_forged_project_id_in_the_form_changes_nothing()
    {
        var world = await World.CreateAsync(site);
        var second = await world.AddResearcherAsync(site);
        var mine = await world.AddProjectAsync(site);
        var others = await world.AddProjectAsync(site, owner: second);
        using var client = site.ClientFor(world.Researcher);
        using var response = await client.SubmitAsync($"/use/projects/{mine.Id}/edit", new Dictionary<string, string?> { ["Input.Id"] = others.Id.ToString(), ["Input.Title"] = "Mine now" });
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain("Mine now", (await site.ReadAsync(world, db => db.ResearchProjects.ToListAsync(Cancel))).Select(p => p.Title));
        Assert.NotEmpty(await world.AuditAsync(AuditActions.AccessRefused));
    }

    private static Dictionary<string, string?> Good(string? field = null, string? value = null)
    {
        var end = World.Today.AddMonths(6);
        var fields = new Dictionary<string, string?>
        {
            ["Input.Title"] = "Zażółć <script>",
            ["Input.Question"] = "Are younger children heard as soon?",
            ["Input.PlainWords"] = "We look at who is heard first.",
            ["Input.PublicBenefit"] = "Teams learn whom they miss.",
            ["Input.EthicsReference"] = "REC 22/1",
            ["Input.People"] = "Reza Holt",
            ["Input.Place"] = "SafeSetting",
            ["Input.PlaceName"] = "The safe room",
            ["Input.ShapedBy"] = "The group asked for it.",
            ["Input.HowTheyHear"] = "At its next meeting.",
            ["Input.Retention"] = "Nothing.",
            ["Input.DestroyOn.Day"] = $"{end.Day}",
            ["Input.DestroyOn.Month"] = $"{end.Month}",
            ["Input.DestroyOn.Year"] = $"{end.Year}",
            ["Input.Chosen"] = VariableCatalogue.AgeBand,
            ["Input.Why[age_band]"] = "To compare younger and older",
            ["Input.ExpiresOn.Day"] = $"{end.Day}",
            ["Input.ExpiresOn.Month"] = $"{end.Month}",
            ["Input.ExpiresOn.Year"] = $"{end.Year}",
        };
        if (field is not null) fields[field] = value;
        return fields;
    }

    private static IEnumerable<string> Paths(Guid id) =>
        ["/use/projects", "/use/projects/new", $"/use/projects/{id}", $"/use/projects/{id}/edit", $"/use/projects/{id}/request", $"/use/projects/{id}/extracts/{id}", $"/use/projects/{id}/extracts/{id}/download/{id:N}"];
}
