using System.Net;
using System.Text;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Use;

public class OutputPagesTests(TestSite site)
{
    private const string Table = "need,F,M\r\n=SUM(1),40,3\r\nN2,20,25\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Results_are_checked_cell_by_cell_released_by_somebody_else_and_fetched_once()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        var output = await SentAsync(world, researcher, project, Table);
        Assert.Equal("text/csv", Assert.Single(await world.AuditAsync(AuditActions.OutputSubmitted)).Detail);
        var own = $"/use/projects/{project.Id}/outputs/{output.Id}";
        Assert.Null((await researcher.PageAsync(own)).QuerySelector("#link"));

        using var reviewer = site.ClientFor(world.InformationGovernance);
        var page = await reviewer.PageAsync($"/use/decisions/outputs/{output.Id}");
        Assert.Equal(["Fewer than 10 children"], page.QuerySelectorAll("main tbody tr:first-child td:nth-child(3) strong").Select(f => f.TextContent));
        Assert.Empty(page.QuerySelectorAll("main tbody tr:nth-child(2) strong"));
        using (var unsaid = await reviewer.SubmitAsync(page, $"/use/decisions/outputs/{output.Id}", new Dictionary<string, string?> { ["Input.Answer"] = "Submitted", ["Input.Reason"] = "" }))
        {
            var answer = await TestClient.ParseAsync(unsaid);
            Assert.Equal(2, answer.QuerySelectorAll("main .govuk-form-group .govuk-error-message").Length);
        }

        using (var released = await reviewer.SubmitAsync(page, $"/use/decisions/outputs/{output.Id}", new Dictionary<string, string?> { ["Input.Answer"] = "Released", ["Input.Reason"] = "The three are in the published figures." }))
        {
            Assert.Equal(HttpStatusCode.Redirect, released.StatusCode);
        }

        Assert.Equal("Released", Assert.Single(await world.AuditAsync(AuditActions.OutputDecided)).Detail);
        Assert.Contains(await world.AuditAsync(AuditActions.OutputOpened), a => a.ActorId == world.InformationGovernance.Id);
        // It is decided once, by the second of two people at once too.
        using (var again = await reviewer.SubmitAsync(page, $"/use/decisions/outputs/{output.Id}", new Dictionary<string, string?> { ["Input.Answer"] = "Refused", ["Input.Reason"] = "No." }))
        {
            Assert.Contains("not waiting for a decision", (await TestClient.ParseAsync(again)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        using var made = await researcher.SubmitAsync(own, new Dictionary<string, string?>(), "#link");
        var link = made.Headers.Location!.OriginalString;
        using (var second = site.ClientFor(await world.AddResearcherAsync(site)))
        using (var other = await second.GetAsync(link))
        {
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        }

        using (var file = await researcher.SubmitAsync(link, new Dictionary<string, string?>()))
        {
            Assert.Matches("^\"?output-[0-9a-f]{8}\\.csv\"?$", file.Content.Headers.ContentDisposition!.FileName);
            Assert.Equal("need,F,M\r\n'=SUM(1),40,3\r\nN2,20,25\r\n", await file.Content.ReadAsStringAsync(Cancel));
        }

        Assert.Contains("works once", (await researcher.PageAsync(link)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await world.AuditAsync(AuditActions.OutputDownloaded));
        Assert.Equal(["another-person", "used"], (await world.AuditAsync(AuditActions.OutputLinkRefused)).Select(a => a.Detail!).Order());

        // When the project is over, by its day or by somebody, what was released is found and read, and fetched no more: neither by a new link nor by one made before.
        using var late = await researcher.SubmitAsync(own, new Dictionary<string, string?>(), "#link");
        foreach (var (state, until) in new[] { (ProjectState.Approved, World.Today.AddDays(-2)), (ProjectState.Closed, project.ExpiresOn) })
        {
            using (var scope = site.As(world.Whole))
            {
                var over = await scope.Db.ResearchProjects.SingleAsync(Cancel);
                (over.State, over.ExpiresOn) = (state, until);
                await scope.Db.SaveChangesAsync(Cancel);
            }

            Assert.Null((await researcher.PageAsync(own)).QuerySelector("#link"));
            using (var ended = site.As(World.ActorOf(world.Researcher))) Assert.Null(await ended.Get<OutputService>().MakeLinkAsync(project.Id, output.Id, World.ActorOf(world.Researcher), Cancel));
            Assert.NotNull((await researcher.PageAsync(late.Headers.Location!.OriginalString)).QuerySelector(".govuk-error-summary"));
        }

        var closed = await researcher.PageAsync($"/use/projects/{project.Id}");
        Assert.Null(closed.QuerySelector("a[href$='/outputs/new']"));
        Assert.NotNull(closed.QuerySelector($"main a[href='{own}']"));
    }

    [Theory]
    [InlineData("AskedBack")]
    [InlineData("Refused")]
    public async Task What_was_not_released_is_not_fetched_and_no_other_council_sees_it(string answer)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        var output = await SentAsync(world, researcher, project, Table);
        using var reviewer = site.ClientFor(world.DataLead);
        using (var decided = await reviewer.SubmitAsync($"/use/decisions/outputs/{output.Id}", new Dictionary<string, string?> { ["Input.Answer"] = answer, ["Input.Reason"] = "Three are too few." }))
        {
            Assert.Equal(HttpStatusCode.Redirect, decided.StatusCode);
        }

        var own = await researcher.PageAsync($"/use/projects/{project.Id}/outputs/{output.Id}");
        Assert.Contains("Three are too few.", own.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(own.QuerySelector("main a[href$='/outputs/new']"));
        // Others can be sent in answer while the project runs, and not after it.
        foreach (var state in new[] { ProjectState.Suspended, ProjectState.Closed })
        {
            using (var over = site.As(world.Whole))
            {
                (await over.Db.ResearchProjects.SingleAsync(Cancel)).State = state;
                await over.Db.SaveChangesAsync(Cancel);
            }

            Assert.Null((await researcher.PageAsync($"/use/projects/{project.Id}/outputs/{output.Id}")).QuerySelector("main a[href$='/outputs/new']"));
            using var none = await researcher.GetAsync($"/use/projects/{project.Id}/outputs/new");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        using var scope = site.As(World.ActorOf(world.Researcher));
        Assert.Null(await scope.Get<OutputService>().MakeLinkAsync(project.Id, output.Id, World.ActorOf(world.Researcher), Cancel));
        var elsewhere = await World.CreateAsync(site);
        using var stranger = site.ClientFor(elsewhere.DataLead);
        using var hidden = await stranger.GetAsync($"/use/decisions/outputs/{output.Id}");
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        // Not even with the database in hand does a decision change, nor somebody decide on their own.
        using var whole = site.As(world.Whole);
        var stored = await whole.Db.ResearchOutputs.SingleAsync(Cancel);
        stored.State = OutputState.Released;
        await Assert.ThrowsAnyAsync<Exception>(() => whole.Db.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task A_picture_is_kept_without_what_stands_around_it_and_shown_to_who_reviews_it()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        var output = await SentAsync(world, researcher, project, PictureFileTests.Png(20, 20, ("tEXt", "Comment\0Sorrel Thistlebrook")), OutputKind.Picture);
        using var reviewer = site.ClientFor(world.DataLead);
        var address = (await reviewer.PageAsync($"/use/decisions/outputs/{output.Id}")).QuerySelector("main img")!.GetAttribute("src")!;
        using var picture = await reviewer.GetAsync(address);
        Assert.Equal("image/png", picture.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("Sorrel", Encoding.Latin1.GetString(await picture.Content.ReadAsByteArrayAsync(Cancel)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Picture", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "made of code (SVG)")]
    [InlineData("Picture", "need,n\nN1,40", "not a picture")]
    [InlineData("Table", "PK\u0003\u0004sheet", "cannot be read")]
    [InlineData("Text", "PK\u0003\u0004sheet", "another packed file")]
    [InlineData("Table", "need,n\nN1,4\0", "not a table in plain text")]
    [InlineData("Table", "need,n\nN1,40,3", "as many cells as there are headings")]
    [InlineData("Table", "need,n", "at least one row below")]
    [InlineData("Text", "", "Choose a file,The file is empty")]
    [InlineData("Table", "more rows", "500 rows and 40 columns or fewer")]
    [InlineData("Text", "too large", "up to 5 MB")]
    public async Task A_file_is_what_its_content_says_and_anything_else_is_refused_beside_the_field(string kind, string content, string message)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        var bytes = content switch
        {
            "more rows" => Encoding.UTF8.GetBytes("need,n\n" + string.Concat(Enumerable.Repeat("N1,40\n", ResearchOutput.MostRows + 1))),
            "too large" => new byte[ResearchOutput.FileMaxBytes + 1],
            _ => Encoding.UTF8.GetBytes(content),
        };
        using var response = await SendAsync(researcher, project, bytes, kind);
        var said = (await TestClient.ParseAsync(response)).QuerySelectorAll("main .govuk-error-message").Select(e => e.TextContent).ToList();
        Assert.Contains(said, e => message.Split(',').Any(m => e.Contains(m, StringComparison.Ordinal)));
        Assert.Empty(await site.ReadAsync(world, db => db.ResearchOutputs.ToListAsync(Cancel)));
        Assert.Empty(await site.ReadAsync(world, db => db.Files.Where(f => f.Kind == FileKind.Output).ToListAsync(Cancel)));
    }

    private Task<ResearchOutput> SentAsync(World world, TestClient client, ResearchProject project, string content) => SentAsync(world, client, project, Encoding.UTF8.GetBytes(content), OutputKind.Table);

    private async Task<ResearchOutput> SentAsync(World world, TestClient client, ResearchProject project, byte[] content, OutputKind kind)
    {
        using var response = await SendAsync(client, project, content, kind.ToString());
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return Assert.Single(await site.ReadAsync(world, db => db.ResearchOutputs.ToListAsync(Cancel)));
    }

    private static Task<HttpResponseMessage> SendAsync(TestClient client, ResearchProject project, byte[] content, string kind) =>
        client.UploadAsync($"/use/projects/{project.Id}/outputs/new", "Results", content, "../../=evil\u202Ecsv.exe", new Dictionary<string, string?> { ["Input.Title"] = "Who is heard", ["Input.How"] = "Counted from the first extract.", ["Input.Kind"] = kind });
}
