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
        foreach (var state in new[] { ProjectState.Draft, ProjectState.Submitted, ProjectState.Refused }) await here.AddProjectAsync(site, state);
        Assert.Empty((await client.PageAsync("/act")).QuerySelectorAll(".register"));
        await here.AddProjectAsync(site, ProjectState.Approved);
        var entry = Assert.Single((await client.PageAsync("/act")).QuerySelectorAll(".register")).TextContent;
        Assert.Contains("Are younger children heard as soon as older ones?", entry, StringComparison.Ordinal);
        Assert.Contains("Since ", entry, StringComparison.Ordinal);
        Assert.DoesNotContain(here.Researcher.DisplayName, entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_signed_out_is_sent_to_sign_in()
    {
        using var client = site.ClientFor(null);
        using var response = await client.GetAsync("/act");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }
}
