using System.IO.Compression;
using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Use;

public class ExtractPagesTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_preview_is_rounded_hidden_when_small_and_the_same_all_day()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var client = site.ClientFor(world.Researcher);
        async Task<string> PreviewAsync() => (await client.PageAsync($"/use/projects/{project.Id}/request")).QuerySelector("main .govuk-inset-text")!.TextContent;
        Assert.Contains("Fewer than 10 children", await PreviewAsync(), StringComparison.Ordinal);
        await world.AddChildrenInNeedAsync(site, 9);
        Assert.Contains("Fewer than 10 children", await PreviewAsync(), StringComparison.Ordinal);
        var children = await world.AddChildrenInNeedAsync(site, 54);
        var before = await PreviewAsync();
        Assert.Contains("About 65 children", before, StringComparison.Ordinal);
        Assert.Contains("too few for a file of rows", before, StringComparison.Ordinal);
        foreach (var child in children.Take(20)) await world.DecideAsync(site, child.Id, ConsentEventType.Withdrawn);
        Assert.Equal(before, await PreviewAsync());
    }

    [Fact]
    public async Task An_extract_is_asked_for_once_and_audited()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var client = site.ClientFor(world.Researcher);
        var page = await client.PageAsync($"/use/projects/{project.Id}/request");
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.SubmitAsync(page, $"/use/projects/{project.Id}/request", new Dictionary<string, string?> { ["Input.Purpose"] = "A first look", ["Input.Variables"] = VariableCatalogue.Sex, ["Input.K"] = "1", ["k"] = "1" });
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        }

        var extract = Assert.Single(await site.ReadAsync(world, db => db.Extracts.ToListAsync(Cancel)));
        Assert.Equal((ExtractState.Requested, world.Researcher.Id), (extract.State, extract.RequestedById));
        Assert.Equal([VariableCatalogue.Sex], extract.Variables);
        Assert.Single(await world.AuditAsync(AuditActions.ExtractRequested));
        Assert.Empty(await site.ReadAsync(world, db => db.Jobs.Where(j => j.SubjectId == extract.Id).ToListAsync(Cancel)));
    }

    [Theory]
    [InlineData("Input.Purpose", "", "Say what this extract is for")]
    [InlineData("Input.Variables", null, "Choose at least one variable")]
    [InlineData("Input.Variables", "given_name", "Choose only from the variables that were approved for this project")]
    [InlineData("Input.Variables", VariableCatalogue.PrimaryNeed, "Choose only from the variables that were approved for this project")]
    [InlineData("Input.Variables", VariableCatalogue.HeardLately, "Choose at least one variable that describes the child")]
    public async Task What_is_wrong_or_was_not_approved_is_said_beside_the_field(string field, string? value, string message)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: [VariableCatalogue.Sex, VariableCatalogue.HeardLately]);
        using var client = site.ClientFor(world.Researcher);
        using var response = await client.SubmitAsync($"/use/projects/{project.Id}/request", new Dictionary<string, string?> { ["Input.Purpose"] = "A first look", [field] = value });
        var page = await TestClient.ParseAsync(response);
        Assert.Contains(page.QuerySelectorAll("main .govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        Assert.Empty(await site.ReadAsync(world, db => db.Extracts.ToListAsync(Cancel)));
    }

    [Theory]
    [InlineData(ProjectState.Draft)]
    [InlineData(ProjectState.Submitted)]
    [InlineData(ProjectState.Refused)]
    [InlineData(ProjectState.Closed)]
    [InlineData(ProjectState.Approved)]
    public async Task Nothing_can_be_asked_of_a_project_that_is_not_running(ProjectState state)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, state, expiresOn: DateOnly.FromDateTime(DateTime.UtcNow).AddDays(state == ProjectState.Approved ? -2 : 20));
        using var client = site.ClientFor(world.Researcher);
        using var response = await client.GetAsync($"/use/projects/{project.Id}/request");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var scope = site.As(World.ActorOf(world.Researcher));
        var outcome = await scope.Get<ResearchService>().RequestAsync(
            project.Id, new RequestExtract { Id = Guid.CreateVersion7(), Purpose = "Still", Variables = [VariableCatalogue.Sex] }, World.ActorOf(world.Researcher), Cancel);
        Assert.False(outcome!.IsDone);
    }

    [Fact]
    public async Task The_person_who_asked_downloads_it_and_that_is_written_down_first()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        using var client = site.ClientFor(world.Researcher);
        Assert.NotNull((await client.PageAsync($"/use/projects/{project.Id}/extracts/{extract.Id}")).QuerySelector($"a[href='/use/projects/{project.Id}/extracts/{extract.Id}/download']"));
        using var response = await client.GetAsync($"/use/projects/{project.Id}/extracts/{extract.Id}/download");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Matches("^extract-[0-9a-f]{8}\\.zip$", response.Content.Headers.ContentDisposition.FileName!.Trim('"'));
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(6, zip.Entries.Count);
        Assert.Equal((world.Researcher.Id, extract.Id), (await world.AuditAsync(AuditActions.ExtractDownloaded)).Select(a => (a.ActorId!.Value, a.SubjectId!.Value)).Single());
        using var lead = site.ClientFor(world.DataLead);
        Assert.Contains("It was downloaded once.", (await lead.PageAsync($"/use/decisions/extracts/{extract.Id}")).Body!.TextContent, StringComparison.Ordinal);

        // A family says stop: whoever holds the file is to destroy it, and nobody is told who or how many said so.
        Assert.DoesNotContain("Researchers to notify", (await lead.PageAsync("/use/decisions")).Body!.TextContent, StringComparison.Ordinal);
        var stopped = await site.ReadAsync(world, db => db.ExtractChildren.Where(c => c.ExtractId == extract.Id).Select(c => c.ChildId).FirstAsync(Cancel));
        await world.DecideAsync(site, stopped, ConsentEventType.Withdrawn);
        var notify = (await lead.PageAsync("/use/decisions")).QuerySelector($"a[href='/use/decisions/extracts/{extract.Id}']")!;
        Assert.Contains(world.Researcher.DisplayName, notify.ParentElement!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await client.PageAsync("/use/projects")).QuerySelector($"a[href='/use/projects/{project.Id}/extracts/{extract.Id}']"));
    }

    [Fact]
    public async Task Nobody_else_downloads_it_and_nobody_after_the_end()
    {
        var world = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        var path = $"/use/projects/{project.Id}/extracts/{extract.Id}/download";
        var second = await world.AddResearcherAsync(site);
        var seconds = await world.AddProjectAsync(site, ProjectState.Approved, second);
        foreach (var (person, address, expected) in new[]
        {
            (second, path, HttpStatusCode.NotFound),
            (second, $"/use/projects/{seconds.Id}/extracts/{extract.Id}/download", HttpStatusCode.NotFound),
            (there.Researcher, path, HttpStatusCode.NotFound),
            (world.DataLead, path, HttpStatusCode.Forbidden),
            (world.Administrator, path, HttpStatusCode.Forbidden),
        })
        {
            using var client = site.ClientFor(person);
            using var response = await client.GetAsync(address);
            Assert.Equal(expected, response.StatusCode);
        }

        async Task RefusedAsync(Action<ResearchProject> change)
        {
            using (var scope = site.As(world.Whole))
            {
                change(await scope.Db.ResearchProjects.SingleAsync(p => p.Id == project.Id, Cancel));
                await scope.Db.SaveChangesAsync(Cancel);
            }

            using var owner = site.ClientFor(world.Researcher);
            using var response = await owner.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        await RefusedAsync(p => p.ExpiresOn = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-2));
        await RefusedAsync(p => (p.ExpiresOn, p.State) = (DateOnly.FromDateTime(DateTime.UtcNow).AddDays(20), ProjectState.Closed));
        Assert.Empty(await world.AuditAsync(AuditActions.ExtractDownloaded));
    }

    [Fact]
    public async Task What_is_not_finished_has_nothing_to_download()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var client = site.ClientFor(world.Researcher);
        foreach (var state in new[] { ExtractState.Requested, ExtractState.Refused, ExtractState.Failed, ExtractState.Approved })
        {
            var extract = await world.AddExtractAsync(site, project, state);
            using var response = await client.GetAsync($"/use/projects/{project.Id}/extracts/{extract.Id}/download");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Null((await client.PageAsync($"/use/projects/{project.Id}/extracts/{extract.Id}")).QuerySelector("a[href$=download]"));
        }
    }

    [Fact]
    public async Task Approval_sets_the_site_to_work_and_too_few_children_are_told_in_words()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 60);
        var extract = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved));
        using var lead = site.ClientFor(world.DataLead);
        using var response = await lead.SubmitAsync($"/use/decisions/extracts/{extract.Id}", new Dictionary<string, string?> { ["Input.Approve"] = "true", ["Input.Reason"] = "No more than is needed." });
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        for (var i = 0; i < 600 && await site.ReadAsync(world, db => db.Jobs.AnyAsync(j => j.SubjectId == extract.Id && j.FinishedAt == null, Cancel)); i++) await Task.Delay(100, Cancel);
        var job = Assert.Single(await site.ReadAsync(world, db => db.Jobs.Where(j => j.SubjectId == extract.Id).ToListAsync(Cancel)));
        Assert.Equal((JobKind.BuildExtract, JobState.Done), (job.Kind, job.State));
        using var client = site.ClientFor(world.Researcher);
        var page = await client.PageAsync($"/use/projects/{extract.ProjectId}/extracts/{extract.Id}");
        Assert.Contains("Fewer than 200 children could be included", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("No more than is needed.", page.Body.TextContent, StringComparison.Ordinal);
    }
}
