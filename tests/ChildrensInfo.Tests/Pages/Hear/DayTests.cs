using System.Net;
using AngleSharp.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>Searching, a child's timeline, a booklet of their words, and who of a team has not been heard.</summary>
public class DayTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.DataLead, "/hear/search")]
    [InlineData(Role.Researcher, "/hear/search")]
    [InlineData(Role.Administrator, "/hear/search")]
    [InlineData(Role.Practitioner, "/hear/team")]
    [InlineData(Role.DataLead, "/hear/team")]
    public async Task Another_role_is_refused(Role role, string path)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Signed_out_leads_to_sign_in_and_a_colleagues_child_is_not_there()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var colleagues = await hearing.World.AddChildAsync(hearing.World.OtherPractitioner);
        using var nobody = site.ClientFor(null);
        foreach (var page in new[] { "timeline", "booklet" })
        {
            Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync($"{hearing.ChildPage}/{page}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await hearing.Client.GetAsync($"/hear/{colleagues.Id}/{page}")).StatusCode);
        }

        using var manager = site.ClientFor(hearing.World.TeamManager);
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync($"{hearing.ChildPage}/booklet")).StatusCode);
    }

    [Fact]
    public async Task Search_finds_own_words_before_what_workers_think_among_ones_own_children_only_and_leaves_no_trace_of_the_question()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Finder");
        var world = hearing.World;
        var record = await SayAsync(hearing, "I worried about my bicycle <b>all</b> night");
        await SayAsync(hearing, "Mum lost her bicycle", ("Input.Speaker", "Practitioner"));
        await SayAsync(hearing, "Nothing to do with it");
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "The bicycles may stand for being free", ["Input.Kind"] = "Observation" })) { }
        var others = await world.AddChildAsync(world.OtherPractitioner);
        await SealAsync(world, others, "A bicycle of somebody else’s child");

        var page = await TestClient.ParseAsync(await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = " " }));
        Assert.Contains("Enter a word", page.GetElementById("Input_Words-error")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.VoiceSearched));

        using var answer = await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "BICYCLES" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        page = await TestClient.ParseAsync(answer);
        Assert.Contains("2 records of what was said and 1 note", page.QuerySelector("[role=status]")!.TextContent);
        Assert.Equal(["The child’s own words", "A practitioner’s own words"], page.QuerySelectorAll(".words__label").Select(e => e.TextContent));
        Assert.Equal("I worried about my bicycle <b>all</b> night", page.QuerySelector(".words__text")!.TextContent);
        Assert.Equal("bicycle", page.QuerySelector("mark")!.TextContent);
        // The words first, then and apart the interpretation.
        Assert.Equal(["own", "interpreted"], page.QuerySelectorAll("main h2[id]").Select(e => e.Id!));
        Assert.Contains("bicycles may stand", page.QuerySelector(".interpretation__text")!.TextContent);
        Assert.DoesNotContain("somebody else", page.Body!.TextContent);
        var line = Assert.Single(await world.AuditAsync(AuditActions.VoiceSearched));
        Assert.Equal((hearing.Child.Id, "3 found", null), (line.ChildId, line.Detail, line.SubjectId));

        using var manager = site.ClientFor(world.TeamManager);
        page = await TestClient.ParseAsync(await manager.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "bicycle" }));
        Assert.Contains("3 records of what was said", page.QuerySelector("[role=status]")!.TextContent);
    }

    [Fact]
    public async Task The_timeline_begins_what_was_said_letter_for_letter_and_says_beside_it_that_there_is_more()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var words = string.Join(' ', Enumerable.Range(1, 120).Select(i => $"day{i}"));
        var record = await hearing.SayAsync(words);
        await hearing.SayAsync("And that is all.");
        var items = (await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline")).QuerySelectorAll(".timeline__item--voice").ToList();
        var begun = Assert.Single(items, i => i.TextContent.Contains("day1 day2", StringComparison.Ordinal));
        var shown = begun.QuerySelector(".words__text")!.TextContent;
        Assert.StartsWith(shown + " ", words, StringComparison.Ordinal);
        Assert.EndsWith($"#record-{record}", begun.QuerySelectorAll("a").Single(a => a.TextContent.StartsWith("There is more", StringComparison.Ordinal)).GetAttribute("href"), StringComparison.Ordinal);
        Assert.DoesNotContain("There is more", items.Single(i => i != begun).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_must_not_be_told_is_neither_found_nor_counted_nor_on_the_timeline()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var world = hearing.World;
        await SayAsync(hearing, "My secret umbrella", ("Input.Subjects", "MyHelp"));
        await SayAsync(hearing, "An umbrella for everybody");
        await ForbidAsync(world, hearing.Child, DoNotTellRole.CoveringPractitioners);
        using var manager = site.ClientFor(world.TeamManager);
        var page = await TestClient.ParseAsync(await manager.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "umbrella" }));
        Assert.Contains("1 record of what was said", page.QuerySelector("[role=status]")!.TextContent);
        Assert.DoesNotContain("secret", page.Body!.TextContent);
        var timeline = (await manager.PageAsync($"{hearing.ChildPage}/timeline")).Body!.TextContent;
        Assert.DoesNotContain("secret", timeline);
        Assert.Contains("kept from you", timeline);
        Assert.Contains("secret", (await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline")).Body!.TextContent);
    }

    [Fact]
    public async Task The_timeline_holds_words_what_workers_think_and_permissions_and_is_audited()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Timely");
        var record = await SayAsync(hearing, "I want to see my brother");
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Misses him", ["Input.Kind"] = "Observation" })) { }
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused);
        var page = await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline");
        Assert.Equal(
            ["Timely said no: record their voice", "Perry Wren wrote what they think it means", "Timely said"],
            page.QuerySelectorAll(".timeline__title").Select(e => e.TextContent.Trim()));
        Assert.Equal("I want to see my brother", page.QuerySelector(".words__text")!.TextContent);
        Assert.Equal($"{hearing.ChildPage}?record={record}#record-{record}", page.QuerySelector(".timeline__item--voice a")!.GetAttribute("href"));
        Assert.Contains(await hearing.World.AuditAsync(AuditActions.ChildRead, hearing.Child.Id), a => a.Detail == "/Hear/Timeline");
    }

    [Fact]
    public async Task A_booklet_holds_the_childs_own_words_exactly_and_leaves_out_what_the_family_must_not_be_told()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Booker");
        var world = hearing.World;
        const string exact = "  fuck   school 😀\nI want <i>Nan</i>";
        await SayAsync(hearing, exact);
        await SayAsync(hearing, "Dad shouts", ("Input.Subjects", "MyHelp"));
        await SayAsync(hearing, "A worker’s own view", ("Input.Speaker", "Practitioner"));
        await SayAsync(hearing, "Mum says he likes it", ("Input.Provenance", "ReportedByOther"), ("Input.Observer", "ParentOrCarer"));
        var drawn = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        await ForbidAsync(world, hearing.Child, DoNotTellRole.Family);
        var path = $"{hearing.ChildPage}/booklet";

        var form = await hearing.Client.PageAsync(path);
        Assert.Equal(3, form.QuerySelectorAll("input[name='Input.Records'][checked]").Length);
        Assert.DoesNotContain("worker’s own view", form.Body!.TextContent);
        Assert.DoesNotContain("Mum says", form.Body.TextContent);
        var page = await TestClient.ParseAsync(await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?>()));
        Assert.Contains("Choose what the booklet is for", page.GetElementById("Input_For-error")!.TextContent);
        Assert.Contains("Say whether somebody in the family", page.GetElementById("Input_FamilyMaySee-error")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.BookletMade));

        page = await TestClient.ParseAsync(await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "true" }));
        Assert.Equal([exact], page.QuerySelectorAll(".booklet__words").Select(e => e.TextContent));
        Assert.Equal($"{hearing.ChildPage}/media/{drawn.FileId}", page.QuerySelector(".booklet__picture")!.GetAttribute("src"));
        Assert.Equal("I drew this.", page.QuerySelector(".booklet__picture + .booklet__closeness")!.TextContent);
        Assert.DoesNotContain("Dad shouts", page.Body!.TextContent);
        Assert.Contains("1 thing that somebody in the family must not be told", page.QuerySelector(".booklet-note")!.TextContent);
        Assert.Empty(page.QuerySelectorAll(".interpretation"));
        Assert.Equal("TheChild, 2 in, 1 left out", Assert.Single(await world.AuditAsync(AuditActions.BookletMade, hearing.Child.Id)).Detail);

        page = await TestClient.ParseAsync(await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.For"] = "LifeStory", ["Input.FamilyMaySee"] = "false" }));
        Assert.Equal([exact, "Dad shouts"], page.QuerySelectorAll(".booklet__words").Select(e => e.TextContent).Order());

        // A forged id of another child's record brings nothing in.
        var other = await hearing.AnotherChildAsync();
        var theirs = await SealAsync(world, other, "Not Booker’s words");
        page = await TestClient.ParseAsync(await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.For"] = "LifeStory", ["Input.FamilyMaySee"] = "false", ["Input.Records"] = theirs.ToString() }));
        Assert.DoesNotContain("Not Booker", page.Body!.TextContent);
    }

    /// <summary>In a search, on the timeline, in a booklet and in a copy: the first before what puts it right, own words apart from what was seen, and beside what a worker thinks what the child says to it.</summary>
    [Fact]
    public async Task What_was_said_first_stands_first_and_what_the_child_answers_beside_what_a_worker_thinks()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Ordered");
        var first = await SayAsync(hearing, "I want a kite");
        var answer = await SayAsync(hearing, "No I just like wind");
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.ObservedNonVerbal), Hearing.Said("Looked at the kite for long", ("Input.Observer", "Practitioner")))) { }
        await hearing.CorrectAsync(first, "I want a red kite", "WrittenUpLater");
        await hearing.InterpretAsync(first, "The kite may be freedom", answer);

        var found = await TestClient.ParseAsync(await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "kite" }));
        Assert.Equal(["own", "seen", "interpreted"], found.QuerySelectorAll("main h2[id]").Select(e => e.Id!));
        var own = found.QuerySelectorAll("section[aria-labelledby=own] .words").ToList();
        Assert.Equal(["I want a kite", "I want a red kite"], own.Select(w => w.QuerySelector(".words__text")!.TextContent));
        Assert.Equal([false, true], own.Select(w => w.QuerySelector(".words__label")!.TextContent.Contains("put right later", StringComparison.Ordinal)));
        Assert.Contains("Written up later", own[1].QuerySelector(".words__closeness")!.TextContent);
        Assert.Equal("What was seen, not said", found.QuerySelector("section[aria-labelledby=seen] .words__label")!.TextContent);
        var link = $"{hearing.ChildPage}?record={answer}#record-{answer}";
        Assert.NotNull(found.QuerySelector($"section[aria-labelledby=interpreted] .interpretation a[href='{link}']"));

        var timeline = await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline");
        var item = timeline.QuerySelectorAll(".timeline__item--voice").Single(e => e.TextContent.Contains("red kite", StringComparison.Ordinal));
        Assert.Equal([("Ordered said", "I want a kite"), ("Put right later", "I want a red kite")], item.QuerySelectorAll(".words").Select(w => (w.QuerySelector(".words__label")!.TextContent, w.QuerySelector(".words__text")!.TextContent)));
        Assert.Equal(2, item.QuerySelectorAll(".words__closeness").Length);
        Assert.NotNull(timeline.QuerySelector($".timeline__item--interpretation .interpretation a[href='{link}']"));

        using var made = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false", ["Input.Records"] = first.ToString(), ["Input.Interpretations"] = "true" });
        var booklet = (await TestClient.ParseAsync(made)).QuerySelector(".booklet__item")!;
        Assert.Equal(["I want a kite", "I want a red kite"], booklet.QuerySelectorAll(".booklet__words").Select(w => w.TextContent));
        Assert.Contains("No I just like wind", booklet.QuerySelector(".interpretation + .booklet__said")!.TextContent);
        // How near each is to what was said, in words that whoever said it can read.
        var close = "A worker wrote this down while I said it. It is very close to what I said.";
        Assert.Equal([close, "A worker wrote this down later. Some of what I said may be lost.", close], booklet.QuerySelectorAll(".booklet__closeness").Select(e => e.TextContent));
        Assert.All(Enum.GetValues<VoiceKind>().SelectMany(k => Enum.GetValues<WordsProvenance>().Select(p => Words.InMyBooklet(k, p))), said => Assert.True(ReadingAge.Of(said) is null or <= 8, said));
        using var copied = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>());
        Assert.Equal("No I just like wind", (await TestClient.ParseAsync(copied)).QuerySelector(".copy .interpretation + .words .words__text")!.TextContent);
    }

    [Fact]
    public async Task A_manager_sees_numbers_of_every_team_protected_and_names_of_their_own_only()
    {
        var world = await World.CreateAsync(site);
        var (_, outside) = await world.AddTeamAsync("Court", "Ossian Pike");
        var never = await world.AddChildAsync(world.Practitioner, givenName: "Never");
        var heard = await world.AddChildAsync(world.Practitioner, givenName: "Heard");
        await SealAsync(world, heard, "hello");
        await SealAsync(world, never, null);
        for (var i = 0; i < 20; i++) await world.AddChildAsync(world.OtherPractitioner, givenName: "Waiting");
        for (var i = 0; i < 9; i++) await world.AddChildAsync(outside, givenName: "Elsewhere");
        for (var i = 0; i < 2; i++) await SealAsync(world, await world.AddChildAsync(outside, givenName: "Elsewhere"), "hello");

        using var manager = site.ClientFor(world.TeamManager);
        var page = await manager.PageAsync("/hear/team");
        var chart = page.QuerySelector(".chart")!;
        Assert.DoesNotContain("Thistlebrook", chart.TextContent);
        Assert.Equal(["Assessment", "Court"], chart.QuerySelectorAll("tbody th").Select(e => e.TextContent));
        // Two of Court's eleven were heard: nine not heard would give them away.
        Assert.DoesNotContain("9", chart.QuerySelectorAll("tbody tr").Single(r => r.TextContent.StartsWith("Court", StringComparison.Ordinal)).TextContent);
        var listed = page.QuerySelectorAll(".scroll tbody th").Select(e => e.TextContent.Trim()).ToList();
        Assert.Equal(21, listed.Count);
        Assert.Contains("Never Thistlebrook", listed);
        Assert.DoesNotContain(listed, n => n.StartsWith("Heard", StringComparison.Ordinal) || n.StartsWith("Elsewhere", StringComparison.Ordinal));
        Assert.Contains(page.QuerySelectorAll(".scroll a"), a => a.GetAttribute("href") == $"/hear/{never.Id}");
        using var practitioner = site.ClientFor(world.Practitioner);
        Assert.Contains("Never Thistlebrook", (await practitioner.PageAsync("/hear")).QuerySelector("section[aria-labelledby=not-heard]")!.TextContent);
        var line = Assert.Single(await world.AuditAsync(AuditActions.CoverageRead));
        Assert.Equal((world.TeamManager.Id, world.Team.Id, "21 children"), (line.ActorId, line.SubjectId!.Value, line.Detail));
    }

    private static async Task<Guid> SayAsync(Hearing hearing, string text, params (string, string?)[] instead)
    {
        var id = Guid.CreateVersion7();
        var fields = Hearing.Said(text, instead);
        fields["Input.Id"] = id.ToString();
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), fields);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return id;
    }

    /// <summary>Words of a child of anybody's, sealed as the service would; without any, a tool of which they wanted nothing.</summary>
    private async Task<Guid> SealAsync(World world, Child child, string? text)
    {
        using var scope = site.As(world.Whole);
        var tool = text is null ? await scope.Db.ToolVersions.FirstAsync(v => v.Tool!.Kind == ToolKind.Faces && v.Language == "en", Cancel) : null;
        var voice = scope.Get<VoiceService>();
        var (session, id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Assert.True((await voice.StartAsync(child.Id, new StartSession { Id = session, OccurredOn = ConsentRules.LocalDay(DateTime.UtcNow), Place = Place.Home, SeenAlone = SeenAlone.Yes }, world.Whole, Cancel))!.IsDone);
        var outcome = await voice.RecordAsync(child.Id, session, new RecordVoice
        {
            Id = id,
            Kind = tool is null ? VoiceKind.TypedText : VoiceKind.ToolAnswer,
            Speaker = Speaker.Child,
            Subjects = [SubjectMatter.MyLife],
            Layer = Layer.Data,
            Provenance = WordsProvenance.OwnHand,
            Language = "en",
            Text = text,
            ToolVersionId = tool?.Id,
            Skipped = tool is not null,
        }, world.Whole, Cancel);
        Assert.True(outcome!.IsDone, outcome.Refusal?.Message);
        return id;
    }

    /// <summary>The child does not want what they said about the help they get to be told to somebody.</summary>
    private async Task ForbidAsync(World world, Child child, DoNotTellRole role)
    {
        using var scope = site.As(World.ActorOf(world.Practitioner));
        var outcome = await scope.Get<DoNotTellService>().RecordAsync(child.Id, new RecordDoNotTell
        {
            Id = Guid.CreateVersion7(),
            Who = role.ToString(),
            Scope = DoNotTellScope.Subject,
            SubjectMatter = SubjectMatter.MyHelp,
            Reason = DoNotTellReason.Afraid,
            SaidBy = DoNotTellSaidBy.Child,
        }, World.ActorOf(world.Practitioner), Cancel);
        Assert.True(outcome!.IsDone, outcome.Refusal?.Message);
    }
}
