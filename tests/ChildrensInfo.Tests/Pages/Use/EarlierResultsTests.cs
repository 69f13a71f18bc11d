using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Use;

/// <summary>Results sent for review beside what was released before.</summary>
public class EarlierResultsTests(TestSite site)
{
    private const string Few = "Fewer than 10 children apart from release 1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    // The same table for one more child.
    [InlineData("need,F,M\nN1,40,33\nN2,25,20", "need,F,M\nN1,41,33\nN2,25,20", "0,1 " + Few + "|0,0 " + Few + ", taken together|-1,1 " + Few + ", taken together|-1,0 " + Few + ", taken together")]
    // A group left off, so that the sum is all but a few.
    [InlineData("need,n\nN1,40\nN2,30\nTotal,75", "need,n\nN1,40\nN2,30", "-1,1 " + Few + ", taken together")]
    // All but a few of a whole that was counted before.
    [InlineData("sex,n\nFemale,52\nMale,48", "children,n\nWithout a plan,97", "0,1 " + Few)]
    // The whole of which all but a few were counted before.
    [InlineData("children,n\nWithout a plan,97", "what,n\nTotal,100", "0,1 " + Few)]
    // The same counts by codes in one shape and by words in another.
    [InlineData("Primary need,sex,children\nN1,F,40\nN1,M,33\nN4,F,25\nN4,M,20", "need,female,male\nn1,36,33\nN4,25,20", "0,1 " + Few + "|0,0 " + Few + ", taken together|-1,1 " + Few + ", taken together|-1,0 " + Few + ", taken together")]
    // What one hides the other shows.
    [InlineData("need,n\nN1,40\nN2,c\nN3,c\nTotal,90", "need,n\nN1,40\nN2,30\nN3,c\nTotal,90", "1,1 Hidden in release 1")]
    [InlineData("need,n\nN1,40\nN2,30\nN3,c\nTotal,90", "need,n\nN1,40\nN2,c\nN3,c\nTotal,90", "1,1 Shown in release 1")]
    // The same, ten or more apart, and other things.
    [InlineData("need,n\nN1,40\nN2,30", "need,n\nN2,30\nN1,40", "")]
    [InlineData("need,n\nN1,40\nN2,30", "need,n\nN1,50\nN2,42", "")]
    [InlineData("need,n\nN1,40\nN2,40", "area,n\nNorth,41\nSouth,20", "")]
    [InlineData("disability,n\nyes,40\nno,60", "heard_12_weeks,n\nyes,41\nno,29", "")]
    public async Task What_differs_by_few_from_earlier_results_is_said_beside_the_cell_to_whoever_reviews(string before, string now, string expected)
    {
        var world = await World.CreateAsync(site);
        using var reviewer = site.ClientFor(world.DataLead);
        var other = await world.AddResearcherAsync(site);
        using (var second = site.ClientFor(other))
        {
            await ReleaseAsync(reviewer, await SendAsync(second, await world.AddProjectAsync(site, ProjectState.Approved, other), before, "What others found"));
        }

        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        var sent = await SendAsync(researcher, project, now, "What we found");
        var page = await reviewer.PageAsync($"/use/decisions/outputs/{sent}");
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries).Order(), FoundOn(page).Where(f => f.Contains("release", StringComparison.Ordinal)).Order());
        var told = page.QuerySelector("main")!.TextContent;
        Assert.Contains("Compared with the one table or file of rows released before.", told, StringComparison.Ordinal);
        Assert.Equal(expected.Length == 0, told.Contains("Nothing was found.", StringComparison.Ordinal));
        Assert.Equal(expected.Length == 0 ? [] : ["Results “What others found” of “Who is heard soonest?”"], page.QuerySelectorAll("#earlier a").Select(a => a.TextContent));
        if (expected.Length > 0) Assert.Matches("is left with a few children|can be worked out|no longer hides", page.QuerySelector("#earlier li")!.TextContent);

        // Whoever sent it learns nothing of what others have.
        var own = (await researcher.PageAsync($"/use/projects/{project.Id}/outputs/{sent}")).QuerySelector("main")!.TextContent;
        Assert.DoesNotContain("release", own, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("What others found", own, StringComparison.Ordinal);
        using var scope = site.As(World.ActorOf(world.Researcher));
        var output = await scope.Db.ResearchOutputs.SingleAsync(o => o.Id == sent, Cancel);
        Assert.Null(await scope.Get<OutputService>().CompareAsync(output, OutputFile.TableOf(now), World.ActorOf(world.Researcher), Cancel));
    }

    [Fact]
    public async Task Only_what_was_released_before_the_decision_and_by_the_same_council_is_compared()
    {
        var elsewhere = await World.CreateAsync(site);
        using (var their = site.ClientFor(elsewhere.Researcher))
        using (var lead = site.ClientFor(elsewhere.DataLead))
        {
            await ReleaseAsync(lead, await SendAsync(their, await elsewhere.AddProjectAsync(site, ProjectState.Approved), "need,n\nN1,41"));
        }

        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        using var reviewer = site.ClientFor(world.InformationGovernance);
        var waiting = await SendAsync(researcher, project, "need,n\nN1,42");
        var first = await SendAsync(researcher, project, "need,n\nN1,40");
        Assert.Contains("No table or file of rows was released before.", await ToldAsync(first), StringComparison.Ordinal);
        await ReleaseAsync(reviewer, first);
        await ReleaseAsync(reviewer, await SendAsync(researcher, project, "Most were heard.", kind: "Text"));
        var second = await SendAsync(researcher, project, "need,n\nN1,41");
        Assert.Contains("1 more release could not be compared", await ToldAsync(second), StringComparison.Ordinal);
        await ReleaseAsync(reviewer, second);
        Assert.Contains("No table or file of rows was released before.", await ToldAsync(first), StringComparison.Ordinal);
        Assert.Contains("Compared with the one table", await ToldAsync(second), StringComparison.Ordinal);
        Assert.Contains("Compared with the 2 tables", await ToldAsync(waiting), StringComparison.Ordinal);
        Assert.Contains("apart from release 2", await ToldAsync(waiting), StringComparison.Ordinal);

        async Task<string> ToldAsync(Guid id) => (await reviewer.PageAsync($"/use/decisions/outputs/{id}")).QuerySelector("main")!.TextContent;
    }

    [Fact]
    public async Task Results_are_counted_against_rows_and_tables_that_were_released()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        var girls = await site.ReadAsync(world, db => db.ExtractChildren.CountAsync(e => e.ExtractId == extract.Id && db.Children.Any(c => c.Id == e.ChildId && c.Sex == "F"), Cancel));
        using var researcher = site.ClientFor(world.Researcher);
        using var reviewer = site.ClientFor(world.DataLead);
        async Task<string[]> FoundAsync(string table) =>
            [.. FoundOn(await reviewer.PageAsync($"/use/decisions/outputs/{await SendAsync(researcher, project, table)}")).Where(f => f.Contains("release", StringComparison.Ordinal))];

        Assert.Equal(["0,1 " + Few], await FoundAsync($"sex,n\nFemale,{girls - 1}\nTotal,60"));
        Assert.Empty(await FoundAsync($"sex,n\nFemale,{girls}\nMale,{60 - girls}\nTotal,60"));
        Assert.Equal(["0,1 " + Few], await FoundAsync("what,n\nTotal,57"));

        // They were read once and are not read again: the page needs nothing of what is stored.
        await using (var connection = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var gone = new Npgsql.NpgsqlCommand($"delete from file_pieces where file_id = (select file_id from extracts where id = '{extract.Id}')", connection);
            Assert.True(await gone.ExecuteNonQueryAsync(Cancel) > 0);
        }

        Assert.Equal(["0,1 " + Few], await FoundAsync($"sex,n\nFemale,{girls - 2}\nTotal,60"));

        // Of rows that are destroyed it is still known how many they were.
        using (var scope = site.As(world.Whole))
        {
            var stored = await scope.Db.Extracts.SingleAsync(Cancel);
            (stored.State, stored.FileId, stored.DestroyedOn, stored.DestroyedHow, stored.CertifiedAt) = (ExtractState.Destroyed, null, World.Today, "Deleted.", DateTime.UtcNow);
            await scope.Db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(["1,1 " + Few], await FoundAsync($"sex,n\nFemale,{girls - 1}\nTotal,57"));

        // A table is rounded: what is within its rounding is the same.
        var rounded = await BuildTableAsync(world, project);
        Assert.Equal(60, rounded["all"]);
        var page = await reviewer.PageAsync($"/use/decisions/outputs/{await SendAsync(researcher, project, $"sex,n\nF,{rounded["F"] - 2}\nM,{rounded["M"] + 4}")}");
        Assert.Equal(["1,1 Fewer than 10 children apart from release 2"], FoundOn(page).Where(f => f.StartsWith("1,1", StringComparison.Ordinal) || f.StartsWith("0,1", StringComparison.Ordinal)));
        Assert.Contains("A table of counts for “Who is heard soonest?”", page.QuerySelector("#earlier")!.TextContent, StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, int>> BuildTableAsync(World world, ResearchProject project)
    {
        var table = await world.AskAsync(site, project, [VariableCatalogue.Sex], form: ExtractForm.Table);
        using var scope = site.As(world.Whole);
        var builder = new ExtractBuilder(scope.Db, scope.Get<ExtractPopulation>(), scope.Get<ExtractWords>(), scope.Get<FileStore>(), new ResearchLimits(50), TimeProvider.System);
        var prepared = (await builder.PrepareAsync(table.Id, Cancel))!;
        var rows = prepared.Holds.Rows.Where(r => r[1].Length > 0).ToDictionary(r => r[0], r => int.Parse(r[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(await builder.ReleaseAsync(table.Id, prepared, world.Whole, Cancel));
        return rows;
    }

    /// <summary>What stands beside each cell, as "row,column words".</summary>
    private static IEnumerable<string> FoundOn(IHtmlDocument page) => page.QuerySelectorAll("main tr").SelectMany((row, r) => row.Children.SelectMany((cell, c) => cell.QuerySelectorAll("strong").Select(f => $"{r - 1},{c} {f.TextContent}")));

    internal static async Task<Guid> SendAsync(TestClient client, ResearchProject project, string content, string title = "Who is heard", string kind = "Table")
    {
        using var response = await client.UploadAsync(
            $"/use/projects/{project.Id}/outputs/new", "Results", Encoding.UTF8.GetBytes(content), "results.csv", new Dictionary<string, string?> { ["Input.Title"] = title, ["Input.How"] = "Counted from the first extract.", ["Input.Kind"] = kind });
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return Guid.Parse(response.Headers.Location!.OriginalString.Split('/')[^1]);
    }

    internal static async Task ReleaseAsync(TestClient reviewer, Guid output)
    {
        using var released = await reviewer.SubmitAsync($"/use/decisions/outputs/{output}", new Dictionary<string, string?> { ["Input.Answer"] = "Released", ["Input.Reason"] = "Nobody can be found in it." });
        Assert.Equal(HttpStatusCode.Redirect, released.StatusCode);
    }
}
