using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Use;

public class RegisterTests(TestSite site)
{
    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Everybody_reads_what_was_approved_here_and_nothing_else(Role role)
    {
        var here = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        using var client = site.ClientFor(here.PersonOf(role));
        Assert.Contains("No research is approved", (await client.PageAsync("/act")).Body!.TextContent, StringComparison.Ordinal);
        await there.AddProjectAsync(site, ProjectState.Approved);
        foreach (var state in new[] { ProjectState.Draft, ProjectState.Submitted, ProjectState.AskedBack, ProjectState.Refused }) await here.AddProjectAsync(site, state);
        Assert.Empty((await client.PageAsync("/act")).QuerySelectorAll(".register"));
        await here.AddProjectAsync(site, ProjectState.Approved);
        var entry = Assert.Single((await client.PageAsync("/act")).QuerySelectorAll(".register")).TextContent;
        Assert.Contains("We look at who is heard first, and who has to wait.", entry, StringComparison.Ordinal);
        Assert.Contains(ResearchPopulation.Usual.Title, entry, StringComparison.Ordinal);
        Assert.Contains("Two people of the council said yes on ", entry, StringComparison.Ordinal);
        Assert.DoesNotContain(here.Researcher.DisplayName, entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_signed_out_is_sent_to_sign_in()
    {
        using var client = site.ClientFor(null);
        using var response = await client.GetAsync("/act");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    [Fact]
    public async Task Anybody_reads_the_register_without_signing_in_and_it_names_and_counts_nobody()
    {
        var world = await World.CreateAsync(site);
        var other = await World.CreateAsync(site);
        foreach (var state in Enum.GetValues<ProjectState>()) await world.AddProjectAsync(site, state);
        await other.AddProjectAsync(site, ProjectState.Approved);
        await world.AddReadyExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved, expiresOn: World.Today.AddDays(3)));
        using var client = site.ClientFor(null);
        Assert.NotNull((await client.PageAsync("/research")).QuerySelector($"a[href='/research/{world.Authority.Code}']"));
        var page = await client.PageAsync($"/research/{world.Authority.Code}");
        Assert.Equal(["Ended", "Going on now", "Going on now", "Stopped for now"], page.QuerySelectorAll(".register .govuk-tag").Select(t => t.TextContent).Order());
        var text = page.Body!.TextContent;
        foreach (var person in new[] { world.Researcher, world.DataLead, world.InformationGovernance }) Assert.DoesNotContain(person.DisplayName, text, StringComparison.Ordinal);
        Assert.DoesNotContain("The safe room", text, StringComparison.Ordinal);
        Assert.DoesNotContain("60", text, StringComparison.Ordinal);
        foreach (var code in new[] { "000", "zzz" })
        {
            using var nobodys = await client.GetAsync($"/research/{code}");
            Assert.Equal(HttpStatusCode.NotFound, nobodys.StatusCode);
        }
    }

    [Fact]
    public async Task The_page_itself_is_in_words_that_a_young_person_reads()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(null);
        var said = string.Join("\n", (await client.PageAsync($"/research/{world.Authority.Code}")).QuerySelectorAll("main p.govuk-body").Select(p => p.TextContent));
        Assert.InRange(ChildrensInfo.Core.Responses.ReadingAge.Of(said)!.Value, 5, 12);
    }
}
