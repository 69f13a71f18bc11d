using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

/// <summary>What is said about a figure or a project stands beside it: never from few children, never without permission.</summary>
public class SaidAboutTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task FileAsync(World world, InformationThing thing, int children, bool told = true)
    {
        using var scope = site.As(world.Whole);
        var records = await scope.Db.VoiceRecords.AsNoTracking().Include(r => r.Words).OrderBy(r => r.Id).Take(children).ToListAsync(Cancel);
        Assert.Equal(children, records.Count);
        foreach (var record in records)
        {
            var words = await scope.Get<ChildrensInfo.Core.Keys.KeyRing>().OpenAsync(record.ChildId, record.Words!.Sealed, record.Id, ChildrensInfo.Core.Keys.SealPart.Words, Cancel);
            var outcome = await scope.Get<ResponseService>().RaiseAsync(record.ChildId, new RaiseAsk
            {
                Id = Guid.CreateVersion7(),
                Records = [record.Id],
                Words = words,
                Wanted = Wanted.DoSomething,
                Thing = thing.ToString(),
                DueOn = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(9),
            }, world.Whole, Cancel);
            Assert.True(outcome!.IsDone, outcome.Refusal?.Message);
            scope.Db.ChangeTracker.Clear();
            if (!told) continue;
            scope.Db.Add(new ConsentEvent
            {
                AuthorityId = world.Authority.Id,
                ChildId = record.ChildId,
                Purpose = Purpose.Stats,
                Scope = ConsentScope.Purpose,
                Type = ConsentEventType.Told,
                Method = ConsentMethod.Spoken,
                OccurredAt = DateTime.UtcNow.AddMinutes(-1),
                RecordedAt = DateTime.UtcNow,
                RecordedById = world.Practitioner.Id,
            });
            scope.Db.Add(AuditEntry.For(AuditActions.ConsentRecorded, world.Whole, record.ChildId, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            scope.Db.ChangeTracker.Clear();
        }
    }

    [Theory]
    [InlineData(5, true, null)]
    [InlineData(7, false, null)]
    [InlineData(7, true, null)]
    [InlineData(8, true, "About 10 children’s records hold")]
    [InlineData(13, true, "About 15 children’s records hold")]
    public async Task Beside_a_figure_only_from_enough_children_who_were_told(int children, bool told, string? shown)
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, heard: 14, mayQuote: true, age: 16, words: "Why is my age a number");
        await FileAsync(need.World, InformationThing.Figure(NeedDimension.Age), children, told);
        await need.CalculateAsync();
        var said = (await site.ClientFor(need.World.DataLead).PageAsync("/understand/indicators/N01?by=age")).QuerySelectorAll(".said-about");
        if (shown is null)
        {
            Assert.Empty(said);
            return;
        }

        var only = Assert.Single(said);
        Assert.Contains(shown, only.TextContent, StringComparison.Ordinal);
        Assert.Contains("still waits for an answer", only.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, only.QuerySelectorAll(".words").Length);
        Assert.Contains(await need.World.AuditAsync(AuditActions.VoiceQuoted), a => a.Detail == "information");
    }

    [Fact]
    public async Task Counted_without_permission_to_quote_it_stands_without_words()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, heard: 12, mayQuote: false, age: 16, words: "Only for my worker");
        await FileAsync(need.World, InformationThing.Dashboard, 12);
        await need.CalculateAsync();
        var page = (await site.ClientFor(need.World.DataLead).PageAsync("/understand")).QuerySelector("main")!;
        Assert.Empty(Assert.Single(page.QuerySelectorAll(".said-about")).QuerySelectorAll(".words"));
        Assert.DoesNotContain("Only for my worker", page.TextContent, StringComparison.Ordinal);

        // One child says yes to this one thing, though no to the rest; and later yes to the rest, though no to this one.
        using var client = site.ClientFor(need.World.DataLead);
        async Task<(int, int)> QuotedAsync() => (
            (await client.PageAsync("/understand")).QuerySelectorAll(".said-about .words").Length, (await client.PageAsync("/understand/indicators/N01")).QuerySelectorAll(".quotes .words").Length);
        Guid child, record;
        using (var scope = site.As(need.World.Whole)) (child, record) = await scope.Db.VoiceRecords.OrderBy(r => r.Id).Select(r => new ValueTuple<Guid, Guid>(r.ChildId, r.Id)).FirstAsync(Cancel);
        async Task SayAsync(ConsentEventType decision, Guid? about = null)
        {
            using var scope = site.As(need.World.Whole);
            var input = new RecordConsent { Id = Guid.CreateVersion7(), Purpose = Purpose.QuoteService, VoiceRecordId = about, Decision = decision, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken, RaisedByChild = true };
            Assert.True((await scope.Get<ConsentService>().RecordAsync(child, input, need.World.Whole, Cancel))!.IsDone);
        }

        await SayAsync(ConsentEventType.Refused);
        await SayAsync(ConsentEventType.Given, record);
        Assert.Equal((1, 1), await QuotedAsync());
        using (var scope = site.As(need.World.Whole)) Assert.Empty(await scope.Get<ConsentService>().LeftAloneAsync([record], Purpose.QuoteService, DateTime.UtcNow, Cancel));
        await SayAsync(ConsentEventType.Withdrawn, record);
        await SayAsync(ConsentEventType.Given);
        Assert.Equal((0, 0), await QuotedAsync());
        using (var scope = site.As(need.World.Whole)) Assert.Equal([record], (await scope.Get<ConsentService>().LeftAloneAsync([record], Purpose.QuoteService, DateTime.UtcNow, Cancel)).Keys);
    }

    [Fact]
    public async Task Beside_an_indicator_and_beside_the_forms_that_workers_fill_in()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, heard: 10, mayQuote: true, age: 16, words: "Too many boxes");
        await FileAsync(need.World, InformationThing.Figure("N01"), 10);
        await FileAsync(need.World, InformationThing.Form(InformationThing.VisitForm), 10, told: false);
        await FileAsync(need.World, InformationThing.Form(InformationThing.PermissionForm), 10, told: false);
        await need.CalculateAsync();
        using (var lead = site.ClientFor(need.World.DataLead))
        {
            foreach (var page in new[] { "/understand/indicators/N01", "/understand/indicators/N01/about" }) Assert.Equal(2, Assert.Single((await lead.PageAsync(page)).QuerySelectorAll(".said-about")).QuerySelectorAll(".words").Length);
        }

        using (var lead = site.ClientFor(need.World.DataLead))
        {
            // In a pack that goes round, too.
            var edition = await PackTests.MakeAsync(site, need.World, await PackTests.AddAsync(lead, "/understand/indicators/N01/pack", "In need", "new", "Need"));
            Assert.Contains("Too many boxes", Assert.Single((await lead.PageAsync($"/understand/packs/editions/{edition.Id}")).QuerySelectorAll(".pack-view .said-about")).TextContent, StringComparison.Ordinal);
        }

        using var hearing = new Hearing(site, need.World, await need.World.AddChildAsync(need.World.Practitioner));
        foreach (var page in new[] { "visits/new", "permissions/ask?purpose=Audio" })
        {
            var said = Assert.Single((await hearing.Client.PageAsync($"{hearing.ChildPage}/{page}")).QuerySelectorAll(".said-about"));
            Assert.Contains("About 10 children’s records hold something said about", said.TextContent, StringComparison.Ordinal);
            Assert.Contains("Too many boxes", said.TextContent, StringComparison.Ordinal);
        }

        Assert.Empty((await hearing.Client.PageAsync(hearing.WordsPage(await hearing.VisitAsync()))).QuerySelectorAll(".said-about"));
    }

    [Fact]
    public async Task Of_all_figures_together_on_every_page_of_them_and_of_one_beside_it()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, heard: 10, mayQuote: true, age: 16, words: "Too many numbers");
        await FileAsync(need.World, InformationThing.Dashboard, 10);
        await FileAsync(need.World, InformationThing.Figure("N09"), 10, told: false);
        await need.CalculateAsync();
        using var lead = site.ClientFor(need.World.DataLead);
        foreach (var page in new[] { "", "/flow", "/journeys", "/care", "/wellbeing", "/care-leavers", "/communication", "/heard" })
        {
            var said = (await lead.PageAsync($"/understand{page}")).QuerySelectorAll("main .said-about");
            Assert.Equal(page == "/flow" ? 2 : 1, said.Length);
            Assert.All(said, s => Assert.Contains("Too many numbers", s.TextContent, StringComparison.Ordinal));
            Assert.Equal($"What is said about {Words.Of(InformationThing.Dashboard)}", said[0].GetAttribute("aria-label"));
        }
    }

    [Fact]
    public async Task Beside_a_project_for_its_researcher_and_those_who_decide()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, heard: 10, mayQuote: true, age: 16, words: "Nobody asked me");
        var project = await need.World.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(need.World.Researcher);
        Assert.Null((await researcher.PageAsync($"/use/projects/{project.Id}")).QuerySelector(".said-about"));
        await FileAsync(need.World, InformationThing.Project(project.Id), 10);
        var said = (await researcher.PageAsync($"/use/projects/{project.Id}")).QuerySelector(".said-about")!;
        Assert.Contains("About 10 children’s records hold something said about this project", said.TextContent, StringComparison.Ordinal);
        // Those who can hold or end it see it too.
        using (var reviewer = site.ClientFor(need.World.DataLead)) Assert.NotNull((await reviewer.PageAsync($"/use/decisions/projects/{project.Id}")).QuerySelector(".said-about"));
        Assert.Contains("this project", (await researcher.PageAsync("/act")).QuerySelector(".register .said-about")!.TextContent, StringComparison.Ordinal);
        using (var hears = site.ClientFor(need.World.Practitioner)) Assert.Null((await hears.PageAsync("/act")).QuerySelector(".said-about"));
        Assert.Null((await researcher.PageAsync($"/research/{need.World.Authority.Code}")).QuerySelector(".said-about"));
        // Nobody whose work is something else is told, whatever calls.
        var practitioner = World.ActorOf(need.World.Practitioner);
        using var scope = site.As(practitioner);
        Assert.Equal(SaidAbout.Nothing, await scope.Get<QuoteService>().AboutAsync(InformationThing.Project(project.Id), 2, practitioner, Cancel));
    }
}
