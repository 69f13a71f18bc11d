using System.IO.Compression;
using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
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
        async Task<string> PreviewAsync(Guid? of = null) => (await client.PageAsync($"/use/projects/{of ?? project.Id}/request")).QuerySelector("main .govuk-inset-text")!.TextContent;
        Assert.Contains("Fewer than 10 children", await PreviewAsync(), StringComparison.Ordinal);
        await world.AddChildrenInNeedAsync(site, 9);
        Assert.Contains("Fewer than 10 children", await PreviewAsync((await world.AddProjectAsync(site, ProjectState.Approved)).Id), StringComparison.Ordinal);
        var children = await world.AddChildrenInNeedAsync(site, 54);
        Assert.Contains("Fewer than 10 children", await PreviewAsync(), StringComparison.Ordinal);
        project = await world.AddProjectAsync(site, ProjectState.Approved);
        var before = await PreviewAsync();
        Assert.Contains("About 65 children", before, StringComparison.Ordinal);
        Assert.Contains("too few for a file of rows", before, StringComparison.Ordinal);
        foreach (var child in children.Take(20)) await world.DecideAsync(site, child.Id, ConsentEventType.Withdrawn);
        Assert.Equal(before, await PreviewAsync());
        // Once for each project, as it is worked out.
        Assert.Equal(3, (await world.AuditAsync(AuditActions.ProjectPreviewed)).Select(a => a.SubjectId).Distinct().Count());
        Assert.Equal(3, (await world.AuditAsync(AuditActions.ProjectPreviewed)).Count);
    }

    [Fact]
    public async Task The_preview_tells_of_no_group_that_is_a_few_short_of_another()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 90);
        var day = ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow));
        async Task<string[]> PreviewAsync(int closed, params ResearchPopulation[] populations)
        {
            var ids = children.Take(closed).Select(c => c.Id).ToList();
            using (var scope = site.As(world.Whole)) await scope.Db.NeedEpisodes.Where(e => ids.Contains(e.ChildId) && e.ClosedOn == null).ExecuteUpdateAsync(e => e.SetProperty(p => p.ClosedOn, day.AddDays(-10)), Cancel);
            var project = await world.AddProjectAsync(site, ProjectState.Approved, populations: populations);
            using var client = site.ClientFor(world.Researcher);
            return [.. (await client.PageAsync($"/use/projects/{project.Id}/request")).QuerySelectorAll("#about li").Select(l => System.Text.RegularExpressions.Regex.Match(l.TextContent, "About [0-9]+|not told").Value)];
        }

        // Nobody is in one and not in the other; then nine are, which both numbers would show; then twelve. It is the same for a project that has only the one.
        Assert.Equal(["About 90", "About 90", "About 90", "not told"], await PreviewAsync(0, ResearchPopulation.Usual, ResearchPopulation.InNeedOnTheDay, ResearchPopulation.LookedAfter));
        Assert.Equal(["About 90", "About 90", "not told"], await PreviewAsync(9, ResearchPopulation.Usual, ResearchPopulation.InNeedOnTheDay));
        Assert.Equal(["not told"], await PreviewAsync(9, ResearchPopulation.InNeedOnTheDay));
        Assert.Equal(["About 80"], await PreviewAsync(12, ResearchPopulation.InNeedOnTheDay));
    }

    [Fact]
    public async Task The_preview_goes_by_permissions_as_the_day_began_in_London()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        // Half an hour after midnight in summer, which is the day before by universal time.
        var now = new DateTime(DateTime.UtcNow.Year - 1, 7, 10, 23, 30, 0, DateTimeKind.Utc);
        var children = await world.AddChildrenInNeedAsync(site, 90, _ => null);
        using var scope = site.As(world.Whole);
        foreach (var child in children) scope.Db.Add(ResearchWorld.Decision(world, child.Id, ConsentEventType.Given, at: now.AddHours(-12)));
        scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
        var service = new ExtractService(scope.Db, scope.Get<ExtractPopulation>(), scope.Get<ExtractWords>(), scope.Get<ExtractLinks>(), scope.Get<ReleasedCountsCache>(), new ResearchLimits(), new StoppedClock(now));
        // Some of them were in need by then, and what their families said at noon counts.
        Assert.NotNull((await service.PreviewAsync(project.Id, World.ActorOf(world.Researcher), Cancel))!.Populations[0].About);
    }

    private sealed class StoppedClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public async Task What_would_be_left_of_the_detail_is_told_in_three_words_and_the_same_however_it_is_asked()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 320);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var client = site.ClientFor(world.Researcher);
        async Task<string[]> PreviewAsync(string query = "") => [.. (await client.PageAsync($"/use/projects/{project.Id}/request{query}")).QuerySelectorAll("main table td").Select(c => c.TextContent)];
        var before = await PreviewAsync();
        Assert.Equal(project.Variables.Count, before.Length);
        Assert.All(before, d => Assert.Contains(d, new[] { "Likely as detailed as the register allows", "Likely coarser", "Likely not given" }));
        Assert.Contains("Likely not given", before);

        // One variable at a time, in the address or in the form, gives no other answer, and nor does what changes in the day.
        foreach (var variable in project.Variables)
        {
            Assert.Equal(before, await PreviewAsync($"?Input.Variables={variable.Key}&variables={variable.Key}"));
            using var sent = await client.SubmitAsync($"/use/projects/{project.Id}/request", new Dictionary<string, string?> { ["Input.Variables"] = variable.Key, ["Input.Purpose"] = "" });
            Assert.Equal(before, (await TestClient.ParseAsync(sent)).QuerySelectorAll("main table td").Select(c => c.TextContent));
        }

        await world.AddChildrenInNeedAsync(site, 90);
        Assert.Equal(before, await PreviewAsync());
        Assert.Single(await site.ReadAsync(world, db => db.ProjectPreviews.ToListAsync(Cancel)));
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
        // What each variable can say stands on the page of the project.
        Assert.Equal(["F", "M", "U"], (await client.PageAsync($"/use/projects/{project.Id}")).QuerySelectorAll("main details").Single(d => d.TextContent.Contains("Codes of “Sex”", StringComparison.Ordinal)).QuerySelectorAll("tbody th").Select(c => c.TextContent));
        Assert.Single(await world.AuditAsync(AuditActions.ExtractRequested));
        Assert.Empty(await site.ReadAsync(world, db => db.Jobs.Where(j => j.SubjectId == extract.Id).ToListAsync(Cancel)));
    }

    [Fact]
    public async Task A_table_is_asked_for_and_whoever_decides_reads_what_it_is_of()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: [VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.Referrals]);
        using var client = site.ClientFor(world.Researcher);
        using var response = await client.SubmitAsync($"/use/projects/{project.Id}/request", new Dictionary<string, string?>
        {
            ["Input.Purpose"] = "A first look",
            ["Input.Form"] = "Table",
            ["Input.Variables"] = VariableCatalogue.AgeBand,
            ["Input.Only"] = "sex=F",
            ["Input.Measure"] = VariableCatalogue.Referrals,
        });
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var extract = Assert.Single(await site.ReadAsync(world, db => db.Extracts.ToListAsync(Cancel)));
        Assert.Equal((ExtractForm.Table, "sex", "F", VariableCatalogue.Referrals), (extract.Form, extract.OnlyKey, extract.OnlyCode, extract.Measure));
        Assert.Single(await world.AuditAsync(AuditActions.ExtractRequested));
        using var lead = site.ClientFor(world.DataLead);
        Assert.Contains("A table of counts, of Sex: Female. Mean number of referrals", (await lead.PageAsync($"/use/decisions/extracts/{extract.Id}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Input.Form", "Everything", "")]
    [InlineData("Input.Variables", "age_band,sex,ethnicity_group,disability,primary_need", "A table has four variables or fewer")]
    [InlineData("Input.Variables", "given_name", "Choose only from the variables that were approved")]
    [InlineData("Input.Only", "sex=F,M", "Choose a group of a variable that was approved")]
    [InlineData("Input.Only", "sex", "Choose a group of a variable that was approved")]
    [InlineData("Input.Only", "age_band=5_9", "Choose a group of a variable that was approved")]
    [InlineData("Input.Only", "primary_school=1", "Choose a group of a variable that was approved")]
    [InlineData("Input.Measure", VariableCatalogue.TimesHeard, "Choose a mean of a variable that was approved")]
    [InlineData("Input.Measure", VariableCatalogue.Sex, "Choose a mean of a variable that was approved")]
    public async Task A_table_of_what_was_not_approved_or_cannot_be_is_said_beside_the_field(string field, string value, string message)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: [.. ResearchWorld.Described, VariableCatalogue.Referrals]);
        using var client = site.ClientFor(world.Researcher);
        var fields = new Dictionary<string, string?> { ["Input.Purpose"] = "A first look", ["Input.Form"] = "Table", ["Input.Variables"] = VariableCatalogue.AgeBand };
        if (field != "Input.Variables") fields[field] = value;
        var page = await client.PageAsync($"/use/projects/{project.Id}/request");
        if (field == "Input.Variables")
        {
            // Several boxes are several fields of one name.
            foreach (var box in page.QuerySelectorAll("input[name='Input.Variables']").OfType<AngleSharp.Html.Dom.IHtmlInputElement>()) box.IsChecked = value.Split(',').Contains(box.Value);
            if (value.Contains(',', StringComparison.Ordinal)) fields.Remove("Input.Variables");
            else fields["Input.Variables"] = value;
        }

        using var response = await client.SubmitAsync(page, $"/use/projects/{project.Id}/request", fields);
        Assert.Contains((await TestClient.ParseAsync(response)).QuerySelectorAll("main .govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        Assert.Empty(await site.ReadAsync(world, db => db.Extracts.ToListAsync(Cancel)));
    }

    [Theory]
    [InlineData("Input.Purpose", "", "Say what this extract is for")]
    [InlineData("Input.Purpose", "Of those born on 1 September 2012", "Leave exact dates out")]
    [InlineData("Input.Purpose", "Before 2012-09-01", "Leave exact dates out")]
    [InlineData("Input.Population", null, "Choose which children it is of")]
    [InlineData("Input.Population", "known", "Choose only from the groups of children that were approved")]
    [InlineData("Input.Period", "month", "Choose the period in which what happened is counted")]
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
    [InlineData(ProjectState.AskedBack)]
    [InlineData(ProjectState.Suspended)]
    [InlineData(ProjectState.Closed)]
    [InlineData(ProjectState.Approved)]
    public async Task Nothing_can_be_asked_of_a_project_that_is_not_running(ProjectState state)
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, state, expiresOn: World.Today.AddDays(state == ProjectState.Approved ? -2 : 20));
        using var client = site.ClientFor(world.Researcher);
        using var response = await client.GetAsync($"/use/projects/{project.Id}/request");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var scope = site.As(World.ActorOf(world.Researcher));
        var outcome = await scope.Get<ExtractService>().RequestAsync(
            project.Id, new RequestExtract { Id = Guid.CreateVersion7(), Purpose = "Still", Population = ResearchPopulation.Usual.Key, Period = ResearchPeriod.Year.Key, Variables = [VariableCatalogue.Sex] }, World.ActorOf(world.Researcher), Cancel);
        Assert.False(outcome!.IsDone);
    }

    [Fact]
    public async Task A_table_that_was_refused_beside_others_names_one_that_can_stand_and_the_form_begins_with_it()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: [VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.Referrals]);
        var refused = await world.AddRefusedTableAsync(site, project);
        using var client = site.ClientFor(world.Researcher);
        var page = await client.PageAsync($"/use/projects/{project.Id}/extracts/{refused.Id}");
        Assert.Contains("a table by “Age band”, of Sex: Female, with counts only. That follows from what the tables are of", page.QuerySelector("#offer")!.TextContent, StringComparison.Ordinal);
        var form = page.QuerySelectorAll("main a.govuk-button").Single(a => a.TextContent.Trim() == "Ask for that table").GetAttribute("href")!;
        using (var asked = await client.SubmitAsync(form, new Dictionary<string, string?>())) Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        var extract = await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.State == ExtractState.Requested, Cancel));
        Assert.Equal((ExtractForm.Table, "age_band", "sex", "F", null, "A second look."), (extract.Form, string.Join(',', extract.Variables), extract.OnlyKey, extract.OnlyCode, extract.Measure, extract.Purpose));

        // Of another's there is nothing to begin with.
        var other = await world.AddResearcherAsync(site);
        var theirs = await world.AddProjectAsync(site, ProjectState.Approved, other, variables: [VariableCatalogue.AgeBand, VariableCatalogue.Sex]);
        using var second = site.ClientFor(other);
        Assert.Equal("", (await second.PageAsync($"/use/projects/{theirs.Id}/request?instead={refused.Id}")).QuerySelector("textarea")!.TextContent.Trim());
    }

    [Fact]
    public async Task The_person_who_asked_fetches_it_once_by_a_link_and_that_is_written_down_first()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        using (var borrowed = site.ClientFor(world.Researcher))
        {
            // A screen that was left behind gives nothing out.
            var found = await LinkAsync(borrowed, extract);
            await Account.StepUpTests.AgeAsync(site, world.Researcher);
            Assert.Equal("Show that it is you", (await TestClient.ParseAsync(await borrowed.SubmitAsync(found, new Dictionary<string, string?>()))).QuerySelector("h1")!.TextContent);
        }

        using var client = site.ClientFor(world.Researcher);
        var link = await LinkAsync(client, extract);
        Assert.NotNull((await client.PageAsync(link)).QuerySelector("main form"));
        Assert.Empty(await world.AuditAsync(AuditActions.ExtractDownloaded));
        using var response = await client.SubmitAsync(link, new Dictionary<string, string?>());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Matches("^extract-[0-9a-f]{8}\\.zip$", response.Content.Headers.ContentDisposition.FileName!.Trim('"'));
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(ExtractPackage.Names, zip.Entries.Select(e => e.FullName));
        Assert.Equal((world.Researcher.Id, extract.Id), (await world.AuditAsync(AuditActions.ExtractDownloaded)).Select(a => (a.ActorId!.Value, a.SubjectId!.Value)).Single());
        using var lead = site.ClientFor(world.DataLead);
        Assert.Contains("It was downloaded once.", (await lead.PageAsync($"/use/decisions/extracts/{extract.Id}")).Body!.TextContent, StringComparison.Ordinal);
        var every = await lead.PageAsync("/use/decisions/extracts");
        Assert.Contains("1 file of rows or tables was released, of 100 at the most", every.QuerySelector("#room")!.TextContent, StringComparison.Ordinal);
        var row = every.QuerySelector("tbody tr")!.TextContent;
        foreach (var told in new[] { world.Researcher.DisplayName, "60", "At most 1 in ", "Ready" }) Assert.Contains(told, row, StringComparison.Ordinal);

        // Its words are in no table, and it works no second time.
        await using (var connection = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var command = new Npgsql.NpgsqlCommand("select count(*) from extract_links where encode(token_hash, 'escape') like $1", connection) { Parameters = { new() { Value = $"%{link.Split('/')[^1]}%" } } };
            Assert.Equal(0L, await command.ExecuteScalarAsync(Cancel));
        }

        var used = await client.PageAsync(link);
        Assert.Contains("This link was used", used.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Null(used.QuerySelector("main form"));
        Assert.Equal("used", Assert.Single(await world.AuditAsync(AuditActions.ExtractLinkRefused)).Detail);
        Assert.Single(await world.AuditAsync(AuditActions.ExtractDownloaded));
    }

    [Fact]
    public async Task Of_two_who_use_a_link_at_once_one_gets_the_file()
    {
        var world = await World.CreateAsync(site);
        var extract = await world.AddReadyExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved));
        using var client = site.ClientFor(world.Researcher);
        var link = await LinkAsync(client, extract);
        var page = await client.PageAsync(link);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.SubmitAsync(page, link, new Dictionary<string, string?>())));
        Assert.Single(answers, r => r.Content.Headers.ContentType!.MediaType == "application/zip");
        Assert.Single(await world.AuditAsync(AuditActions.ExtractDownloaded));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task A_link_that_is_too_old_or_replaced_or_of_a_project_that_stopped_is_refused_and_written_down()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        using var client = site.ClientFor(world.Researcher);
        async Task RefusedAsync(string link, string code, string message)
        {
            foreach (var page in new[] { await client.PageAsync(link), await TestClient.ParseAsync(await PostAsync(client, link)) })
            {
                Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
            }

            Assert.Equal([code, code], (await world.AuditAsync(AuditActions.ExtractLinkRefused)).Select(a => a.Detail).TakeLast(2));
        }

        var first = await LinkAsync(client, extract);
        var second = await LinkAsync(client, extract);
        await RefusedAsync(first, "expired", "too old or another one was made");
        await using (var connection = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var command = new Npgsql.NpgsqlCommand($"update extract_links set expires_at = now() where extract_id = '{extract.Id}'", connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await RefusedAsync(second, "expired", "too old");
        var third = await LinkAsync(client, extract);
        async Task ChangeAsync(Action<ResearchProject> change)
        {
            using var scope = site.As(world.Whole);
            change(await scope.Db.ResearchProjects.SingleAsync(p => p.Id == project.Id, Cancel));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        await ChangeAsync(p => p.ExpiresOn = World.Today.AddDays(-2));
        await RefusedAsync(third, "stopped", "can no longer be fetched");
        foreach (var state in new[] { ProjectState.Suspended, ProjectState.Closed })
        {
            await ChangeAsync(p => (p.ExpiresOn, p.State) = (World.Today.AddDays(20), state));
            await RefusedAsync(third, "stopped", "can no longer be fetched");
        }

        using var none = await PostAsync(client, $"/use/projects/{project.Id}/extracts/{extract.Id}?handler=Link");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Empty(await world.AuditAsync(AuditActions.ExtractDownloaded));
    }

    [Fact]
    public async Task Nobody_else_uses_somebodys_link()
    {
        var world = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        using var owner = site.ClientFor(world.Researcher);
        var link = await LinkAsync(owner, extract);
        var second = await world.AddResearcherAsync(site);
        var seconds = await world.AddProjectAsync(site, ProjectState.Approved, second);
        var made = $"/use/projects/{project.Id}/extracts/{extract.Id}/download/{Guid.NewGuid():N}";
        foreach (var (person, address, expected) in new[]
        {
            (second, link, HttpStatusCode.NotFound),
            (second, link.Replace($"{project.Id}", $"{seconds.Id}", StringComparison.Ordinal), HttpStatusCode.NotFound),
            (there.Researcher, link, HttpStatusCode.NotFound),
            (world.Researcher, made, HttpStatusCode.NotFound),
            (world.DataLead, link, HttpStatusCode.Forbidden),
            (world.InformationGovernance, link, HttpStatusCode.Forbidden),
            (world.Administrator, link, HttpStatusCode.Forbidden),
        })
        {
            using var client = site.ClientFor(person);
            using var opened = await client.GetAsync(address);
            Assert.Equal(expected, opened.StatusCode);
            if (person.Role != ChildrensInfo.Core.Access.Role.Researcher) continue;
            using var sent = await PostAsync(client, address);
            Assert.Equal(expected, sent.StatusCode);
        }

        var refusals = await world.AuditAsync(AuditActions.ExtractLinkRefused);
        Assert.Equal(4, refusals.Count(a => a.Detail == "another-person" && a.ActorId == second.Id));
        Assert.Equal(2, refusals.Count(a => a.Detail == "unknown" && a.ActorId == world.Researcher.Id));
        Assert.Equal(2, (await there.AuditAsync(AuditActions.ExtractLinkRefused)).Count);
        Assert.Empty(await world.AuditAsync(AuditActions.ExtractDownloaded));
    }

    [Fact]
    public async Task When_a_family_says_stop_the_file_is_fetched_no_more_and_its_holder_is_told_until_it_is_destroyed()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        using var client = site.ClientFor(world.Researcher);
        using var lead = site.ClientFor(world.DataLead);
        var link = await LinkAsync(client, extract);
        Assert.DoesNotContain("Researchers to notify", (await lead.PageAsync("/use/decisions")).Body!.TextContent, StringComparison.Ordinal);
        var stopped = await site.ReadAsync(world, db => db.ExtractChildren.Where(c => c.ExtractId == extract.Id).Select(c => c.ChildId).FirstAsync(Cancel));
        await world.DecideAsync(site, stopped, ConsentEventType.Withdrawn);

        // Nobody is told who or how many said so.
        var notify = (await lead.PageAsync("/use/decisions")).QuerySelector($"a[href='/use/decisions/extracts/{extract.Id}']")!;
        Assert.Contains(world.Researcher.DisplayName, notify.ParentElement!.TextContent, StringComparison.Ordinal);
        // Why, to whoever decides, and not to who holds the file: a stop is another thing than a yes that there never was.
        Assert.Contains("Because somebody in it has said stop.", notify.ParentElement.TextContent, StringComparison.Ordinal);
        using (var scope = site.As(world.Whole))
        {
            var corrections = scope.Get<ConsentCorrections>();
            var others = await scope.Db.ConsentEvents.Where(e => e.ChildId != stopped && e.Type == ConsentEventType.Given && scope.Db.ExtractChildren.Any(c => c.ExtractId == extract.Id && c.ChildId == e.ChildId)).Take(2).ToListAsync(Cancel);
            foreach (var other in others) scope.Db.AddRange(await scope.Get<KeyRing>().NewForChildAsync(other.ChildId, world.Authority.Id, Cancel), AuditEntry.For(AuditActions.ChildChanged, world.Whole, other.ChildId, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            Assert.True((await corrections.MarkAsMistakeAsync(others[0].ChildId, others[0].Id, Guid.CreateVersion7(), "Of their sister.", world.Whole, Cancel))!.IsDone);
            Assert.True((await corrections.InvalidateAsync(others[1].ChildId, others[1].Id, Guid.CreateVersion7(), "Pressed.", world.Whole, Cancel))!.IsDone);
        }

        notify = (await lead.PageAsync("/use/decisions")).QuerySelector($"a[href='/use/decisions/extracts/{extract.Id}']")!;
        Assert.Contains("Because somebody in it has said stop, it rested on a yes that should not have been relied on and it rested on a yes that had been recorded in error.", notify.ParentElement!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Because", (await client.PageAsync("/use/projects")).Body!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await client.PageAsync("/use/projects")).QuerySelector($"a[href='/use/projects/{project.Id}/extracts/{extract.Id}']"));
        Assert.Contains("can no longer be fetched", (await client.PageAsync(link)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);

        // Another is asked for in its place, as the first one was.
        var page = await client.PageAsync($"/use/projects/{project.Id}/extracts/{extract.Id}");
        Assert.Null(page.QuerySelector("#link"));
        var again = page.QuerySelector("a[href*='replaces=']")!.GetAttribute("href")!;
        using (var asked = await client.SubmitAsync(again, new Dictionary<string, string?>())) Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        var replacement = await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.ReplacesId == extract.Id, Cancel));
        Assert.Equal((ExtractState.Requested, "A first look."), (replacement.State, replacement.Purpose));
        Assert.Equal([VariableCatalogue.Sex], replacement.Variables);
        // Whoever decides reads beside which file of the same children it would stand.
        Assert.Equal($"/use/decisions/extracts/{extract.Id}", Assert.Single((await lead.PageAsync($"/use/decisions/extracts/{replacement.Id}")).QuerySelectorAll("#beside a")).GetAttribute("href"));
        Assert.Contains("Another was asked for in its place", (await lead.PageAsync("/use/decisions")).Body!.TextContent, StringComparison.Ordinal);

        // A certificate ends it, and takes the portal's own copy.
        var today = DateTime.UtcNow;
        var certificate = new Dictionary<string, string?> { ["Input.On.Day"] = $"{today.Day}", ["Input.On.Month"] = $"{today.Month}", ["Input.On.Year"] = $"{today.Year}", ["Input.How"] = "Erased from the safe room’s disk." };
        using (var half = await client.SubmitAsync($"/use/projects/{project.Id}/extracts/{extract.Id}", certificate, "#certify"))
        {
            Assert.Contains("Confirm that no copy is left", (await TestClient.ParseAsync(half)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        certificate["Input.IsEveryCopy"] = "true";
        using (var whole = await client.SubmitAsync($"/use/projects/{project.Id}/extracts/{extract.Id}", certificate, "#certify")) Assert.Equal(HttpStatusCode.Redirect, whole.StatusCode);
        Assert.Equal(world.Researcher.Id, Assert.Single(await world.AuditAsync(AuditActions.ExtractDestroyed)).ActorId);
        Assert.DoesNotContain("Researchers to notify", (await lead.PageAsync("/use/decisions")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Erased from the safe room’s disk.", (await lead.PageAsync($"/use/decisions/extracts/{extract.Id}")).Body!.TextContent, StringComparison.Ordinal);
        await using var connection = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var pieces = new Npgsql.NpgsqlCommand($"select count(*) from file_pieces p join files f on f.id = p.file_id where p.authority_id = '{world.Authority.Id}' and f.kind = 'Extract'", connection);
        Assert.Equal(0L, await pieces.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task Only_the_holder_certifies_and_only_takes_the_place_of_their_own()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        var extract = await world.AddReadyExtractAsync(site, project);
        var second = await world.AddResearcherAsync(site);
        var seconds = await world.AddProjectAsync(site, ProjectState.Approved, second);
        var certificate = new CertifyDestruction { Version = extract.Version, On = World.Today, How = "Gone", IsEveryCopy = true };
        foreach (var person in new[] { second, world.DataLead, world.InformationGovernance })
        {
            using var scope = site.As(World.ActorOf(person));
            Assert.Null(await scope.Get<ExtractService>().CertifyAsync(project.Id, extract.Id, certificate, World.ActorOf(person), Cancel));
            Assert.Null(await scope.Get<ExtractService>().MakeLinkAsync(project.Id, extract.Id, World.ActorOf(person), Cancel));
        }

        using var theirs = site.As(World.ActorOf(second));
        var outcome = await theirs.Get<ExtractService>().RequestAsync(seconds.Id, new RequestExtract { Id = Guid.CreateVersion7(), Population = ResearchPopulation.Usual.Key, Period = ResearchPeriod.Year.Key, Purpose = "Mine", Variables = [VariableCatalogue.Sex], Replaces = extract.Id }, World.ActorOf(second), Cancel);
        Assert.Contains("no such extract", outcome!.Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(ExtractState.Ready, (await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel))).State);
    }

    [Fact]
    public async Task What_is_not_finished_has_nothing_to_fetch()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var client = site.ClientFor(world.Researcher);
        foreach (var state in new[] { ExtractState.Requested, ExtractState.Refused, ExtractState.Failed, ExtractState.Approved })
        {
            var extract = await world.AddExtractAsync(site, project, state);
            Assert.Null((await client.PageAsync($"/use/projects/{project.Id}/extracts/{extract.Id}")).QuerySelector("#link, #certify"));
            using var response = await PostAsync(client, $"/use/projects/{project.Id}/extracts/{extract.Id}?handler=Link");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Empty(await site.ReadAsync(world, db => db.ExtractLinks.ToListAsync(Cancel)));
    }

    [Fact]
    public async Task Approval_sets_the_site_to_work_and_too_few_children_are_told_in_words()
    {
        var world = await World.CreateAsync(site);
        var children = await world.AddChildrenInNeedAsync(site, 60);
        var extract = await world.AddExtractAsync(site, await world.AddProjectAsync(site, ProjectState.Approved));
        using var lead = site.ClientFor(world.DataLead);
        // Somebody's name in what the file would repeat is told to whoever approves, and to nobody who asks.
        async Task NameAsync(string title)
        {
            using var scope = site.As(world.Whole);
            (await scope.Db.ResearchProjects.SingleAsync(Cancel)).Title = title;
            await scope.Db.SaveChangesAsync(Cancel);
        }

        // Of a child who died no file is, and their name stands in none.
        using (var scope = site.As(world.Whole))
        {
            (await scope.Db.Children.SingleAsync(c => c.Id == children[7].Id, Cancel)).DiedOn = World.Today.AddDays(-2);
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        await NameAsync($"What became of {children[7].GivenName} {children[7].FamilyName}?");
        using (var named = await lead.SubmitAsync($"/use/decisions/extracts/{extract.Id}", new Dictionary<string, string?> { ["Input.Approve"] = "true", ["Input.Reason"] = "No more than is needed." }))
        {
            Assert.Contains("holds the full name or a number of somebody on record", (await TestClient.ParseAsync(named)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        await NameAsync("What became of them?");
        // Work that is broken off again and again is given up, and so is the extract: another can be asked for.
        var given = await world.AddExtractAsync(site, await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel)), ExtractState.Approved);
        using (var scope = site.As(world.Whole))
        {
            scope.Db.Add(new Job { AuthorityId = world.Authority.Id, Kind = JobKind.BuildExtract, SubjectId = given.Id, State = JobState.Running, TimesBegun = Job.MostBeginnings, RequestedById = world.DataLead.Id, RequestedAt = DateTime.UtcNow });
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using var response = await lead.SubmitAsync($"/use/decisions/extracts/{extract.Id}", new Dictionary<string, string?> { ["Input.Approve"] = "true", ["Input.Reason"] = "No more than is needed." });
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        for (var i = 0; i < 600 && await site.ReadAsync(world, db => db.Jobs.AnyAsync(j => j.SubjectId == extract.Id && j.FinishedAt == null, Cancel)); i++) await Task.Delay(100, Cancel);
        var job = Assert.Single(await site.ReadAsync(world, db => db.Jobs.Where(j => j.SubjectId == extract.Id).ToListAsync(Cancel)));
        Assert.Equal((JobKind.BuildExtract, JobState.Done), (job.Kind, job.State));
        using var client = site.ClientFor(world.Researcher);
        Assert.Contains("Could not be built", (await client.PageAsync($"/use/projects/{extract.ProjectId}/extracts/{given.Id}")).QuerySelector("main .govuk-tag")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await world.AuditAsync(AuditActions.ExtractFailed), a => a.Detail == "given-up" && a.SubjectId == given.Id);
        var page = await client.PageAsync($"/use/projects/{extract.ProjectId}/extracts/{extract.Id}");
        Assert.Contains("Fewer than 200 children could be included", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("No more than is needed.", page.Body.TextContent, StringComparison.Ordinal);
    }

    internal static async Task<string> LinkAsync(TestClient client, Extract extract)
    {
        using var made = await client.SubmitAsync($"/use/projects/{extract.ProjectId}/extracts/{extract.Id}", new Dictionary<string, string?>(), "#link");
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        return made.Headers.Location!.OriginalString;
    }

    private static async Task<HttpResponseMessage> PostAsync(TestClient client, string path)
    {
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", await client.AntiforgeryTokenAsync("/use/projects/new"))]);
        return await client.Http.PostAsync(path, form, Cancel);
    }
}
