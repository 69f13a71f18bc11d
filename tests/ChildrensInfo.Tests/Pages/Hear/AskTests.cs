using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static ChildrensInfo.Tests.Pages.Hear.Asking;

namespace ChildrensInfo.Tests.Pages.Hear;

public class AskTests(TestSite site)
{
    private static string[] Pages(Guid child, Guid ask) =>
        [$"/hear/{child}/asks/new", $"/hear/{child}/asks/{ask}", $"/hear/{child}/asks/{ask}/steps/new?kind=Considered", $"/hear/{child}/asks/{ask}/agree"];

    [Theory]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Other_roles_are_told_no(Role role)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var client = site.ClientFor(hearing.World.PersonOf(role));
        foreach (var address in Pages(hearing.Child.Id, Guid.NewGuid()).Append("/hear/asks"))
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_practitioner_cannot_open_the_managers_page_nor_a_manager_the_practitioners()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using (var answer = await hearing.Client.GetAsync($"/hear/{hearing.Child.Id}/asks/{Guid.NewGuid()}/agree")) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using var manager = site.ClientFor(hearing.World.TeamManager);
        using (var answer = await manager.GetAsync($"/hear/{hearing.Child.Id}/asks/new")) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Somebody_signed_out_is_sent_to_sign_in()
    {
        using var client = site.ClientFor(null);
        foreach (var address in Pages(Guid.NewGuid(), Guid.NewGuid()).Append("/hear/asks"))
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Another_councils_or_anothers_child_is_not_there_and_the_try_is_written_down()
    {
        using var mine = await Hearing.BeginAsync(site);
        using var elsewhere = await Hearing.BeginAsync(site);
        var ask = await elsewhere.AskAsync("Can I see my nan");
        var colleagues = await mine.World.AddChildAsync(mine.World.OtherPractitioner);
        foreach (var child in new[] { elsewhere.Child.Id, colleagues.Id })
        {
            foreach (var address in Pages(child, Guid.Parse(ask.Split('/')[^1])).SkipLast(1))
            {
                using var answer = await mine.Client.GetAsync(address);
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }
        }

        // Another's ask under a child of one's own is not there either.
        using (var answer = await mine.Client.GetAsync($"{mine.ChildPage}/asks/{ask.Split('/')[^1]}")) Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(7, (await mine.World.AuditAsync(AuditActions.AccessRefused)).Count);
        Assert.Empty(await mine.World.AuditAsync(AuditActions.ChildRead));
    }

    [Theory]
    [InlineData("Input.Words", "", "Enter what they ask")]
    [InlineData("Input.Words", "Something nobody said", "each line must stand in a record")]
    [InlineData("Input.Records", null, "Choose at least one record")]
    [InlineData("Input.Wanted", null, "Choose what they want")]
    [InlineData("Input.Thing", "Figure:height", "Choose what it speaks of from the list")]
    [InlineData("Input.Thing", "Elsewhere", "Say which file or letter it is")]
    [InlineData("Input.IsRightsRequest", "true", "speaks of something")]
    [InlineData("Input.DueOn.Year", "2035", "Choose a day from today, within 28 days")]
    public async Task A_mistake_is_shown_beside_the_field_and_nothing_is_kept(string field, string? value, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("Can I see my nan");
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", Asked("Can I see my nan", record, (field, value)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(page.QuerySelectorAll(".govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        using var scope = site.As(hearing.World.Whole);
        Assert.False(await scope.Db.Asks.AnyAsync(a => a.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_ask_is_made_from_the_childs_words_sealed_and_audited()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var record = await hearing.SayAsync("I had pasta.\nCan I see my nan more?\nand the dog");
        // The form comes with the words of the record; what is not part of the ask is taken out.
        var form = await hearing.Client.PageAsync($"{hearing.ChildPage}/asks/new?record={record}");
        Assert.Contains("I had pasta", form.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(form.QuerySelector($"input[value='{record}'][checked]"));
        using var answer = await hearing.Client.SubmitAsync(form, $"{hearing.ChildPage}/asks/new?record={record}", Asked("Can I see my  nan more?", record));
        var address = answer.Headers.Location!.OriginalString;
        var ask = await hearing.KeptAsync(site, address);
        Assert.True(ask.WordsAreQuoted);
        Assert.Equal([record], ask.Voices.Select(v => v.VoiceRecordId));
        Assert.Equal(AskState.Heard, StateOf(ask));
        Assert.Equal(ConsentRules.LocalDay(ask.RaisedAt).AddDays(ResponseRules.DaysToAnswer), ask.Steps.Single().DueOn);
        Assert.Equal(ask.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.AskRaised, hearing.Child.Id)).SubjectId);
        Assert.DoesNotContain("nan", System.Text.Encoding.UTF8.GetString(ask.WordsSealed), StringComparison.Ordinal);
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal("Can I see my  nan more?", await scope.Get<KeyRing>().OpenAsync(ask.ChildId, ask.WordsSealed, ask.Id, SealPart.Ask, TestContext.Current.CancellationToken));

        var page = await hearing.Client.PageAsync(address);
        Assert.Equal("Can I see my  nan more?", page.QuerySelector(".words__text")!.TextContent);
        Assert.Contains("Nothing is decided yet", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(await hearing.World.AuditAsync(AuditActions.ChildRead, hearing.Child.Id));
        // Beside the words it came from, and on the list.
        var child = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.NotNull(child.QuerySelector($"#record-{record} a[href='{address}']"));
        Assert.NotNull((await hearing.Client.PageAsync("/hear/asks")).QuerySelector($"main a[href='{address}']"));
        Assert.NotEmpty(await hearing.World.AuditAsync(AuditActions.AskListed));
    }

    [Fact]
    public async Task What_a_recording_asks_is_the_workers_wording_and_says_so()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var (_, record) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", Asked("A room of his own", record));
        var page = await hearing.Client.PageAsync(answer.Headers.Location!.OriginalString);
        Assert.Null(page.QuerySelector(".words"));
        Assert.Contains("as a worker heard or saw it", page.QuerySelector(".interpretation")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_of_another_child_or_of_two_people_makes_no_ask()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var record = await hearing.SayAsync("Can I see my nan");
        var hers = await hearing.SayAsync("Can I see my nan", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", mother.Id.ToString()));
        using var other = await Hearing.BeginAsync(site);
        var foreign = await other.SayAsync("Can I see my nan");
        using (var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", Asked("Can I see my nan", foreign)))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("Choose from the records of this child", (await TestClient.ParseAsync(answer)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        Assert.Equal(foreign, Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id)).SubjectId);
        using var scope = site.As(World.ActorOf(hearing.World.Practitioner));
        var outcome = await scope.Get<ResponseService>().RaiseAsync(
            hearing.Child.Id, new RaiseAsk { Id = Guid.CreateVersion7(), Records = [record, hers], Words = "Can I see my nan", Wanted = Wanted.NotSure, DueOn = DateOnly.MaxValue },
            World.ActorOf(hearing.World.Practitioner), TestContext.Current.CancellationToken);
        Assert.Contains("one person", outcome!.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_said_about_information_waits_on_the_first_page_until_an_ask_is_made_of_it()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.SayAsync("I like the dog");
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        var record = await hearing.SayAsync("I did not know you kept that", ("Input.Subjects", "MyInformation"));
        var longAgo = await SayOnAsync(hearing, today.AddDays(-ResponseRules.DaysToAnswer - 2), "Ask me, not my mum", ("Input.Subjects", "MyInformation"));
        using var manager = site.ClientFor(hearing.World.TeamManager);
        foreach (var (client, linkOf) in new (TestClient, Func<Guid, string>)[] { (hearing.Client, r => $"{hearing.ChildPage}/asks/new?record={r}"), (manager, r => $"{hearing.ChildPage}?record={r}#record-{r}") })
        {
            var waiting = (await client.PageAsync("/hear")).QuerySelectorAll("section[aria-labelledby=without-ask] li").ToList();
            Assert.Equal([linkOf(longAgo), linkOf(record)], waiting.Select(w => w.QuerySelector("a")!.GetAttribute("href")));
            Assert.Contains("2 days late", waiting[0].TextContent, StringComparison.Ordinal);
            Assert.Contains($"due in {ResponseRules.DaysToAnswer} days", waiting[1].TextContent, StringComparison.Ordinal);
        }

        // What is late is due at once, and no later for being written down as an ask only now.
        async Task<DateOnly> DueAsync(Guid from)
        {
            var form = await hearing.Client.PageAsync($"{hearing.ChildPage}/asks/new?record={from}");
            int Part(string name) => int.Parse(form.QuerySelector($"[name='Input.DueOn.{name}']")!.GetAttribute("value")!, System.Globalization.CultureInfo.InvariantCulture);
            return new(Part("Year"), Part("Month"), Part("Day"));
        }

        Assert.Equal((today, today.AddDays(ResponseRules.DaysToAnswer)), (await DueAsync(longAgo), await DueAsync(record)));
        foreach (var (id, words) in new[] { (record, "I did not know you kept that"), (longAgo, "Ask me, not my mum") })
        {
            using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", Asked(words, id, ("Input.Wanted", "JustBeHeard")))) { }
        }

        foreach (var client in new[] { hearing.Client, manager }) Assert.Null((await client.PageAsync("/hear")).QuerySelector("#without-ask"));
    }

    [Fact]
    public async Task What_is_late_stands_first_for_who_works_with_the_child_and_for_their_manager()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.AskAsync("A lamp for the landing.");
        var record = await hearing.SayAsync("See Gran on Sundays.");
        using (var scope = site.As(hearing.World.Whole))
        {
            // Written down ten days ago, for yesterday.
            var ask = new RaiseAsk { Id = Guid.CreateVersion7(), Records = [record], Words = "See Gran on Sundays.", Wanted = Wanted.DoSomething, DueOn = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(-1) };
            Assert.True((await scope.Get<ResponseService>().RaiseAsync(hearing.Child.Id, ask, hearing.World.Whole, TestContext.Current.CancellationToken))!.IsDone);
        }

        using var manager = site.ClientFor(hearing.World.TeamManager);
        foreach (var client in new[] { hearing.Client, manager })
        {
            Assert.Contains("Asks to answer: 2, 1 late", (await client.PageAsync("/hear")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            var list = (await client.PageAsync("/hear/asks")).QuerySelector("main")!;
            Assert.Equal(["Late (1)", "To answer (1)"], list.QuerySelectorAll("h2").Select(h => h.TextContent.Trim()));
        }
    }

    /// <summary>With what puts it right, and with what a worker made of it: on the child's page, over time, where it is found and on what is printed of it.</summary>
    [Fact]
    public async Task What_is_said_about_a_record_stands_beside_that_record_wherever_it_is_shown()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("I go to dance on Mondays.");
        var correction = await hearing.CorrectAsync(record, "I go to dance on Tuesdays.");
        await hearing.InterpretAsync(record, "Dance tires her");
        var thought = await site.ReadAsync(hearing.World, db => db.Interpretations.Select(i => i.Id).SingleAsync());
        await hearing.AskAsync("Take that out.", ("Input.Thing", $"Record:{record}"));
        await hearing.AskAsync("That is still wrong.", ("Input.Thing", $"Record:{correction}"));
        await hearing.AskAsync("It does not.", ("Input.Thing", $"Interpretation:{thought}"));
        // What a worker thinks in other words now: what was said about it goes on standing there.
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation?supersedes={thought}", new Dictionary<string, string?> { ["Input.Text"] = "Dance may tire her", ["Input.Kind"] = "Observation" })) { }
        string[] said = ["Take that out.", "That is still wrong.", "It does not."];

        string[] In(AngleSharp.Dom.IParentNode page, string where)
        {
            // How near they are to what was said stands under them, as under all words.
            var words = page.QuerySelectorAll(where).ToList();
            Assert.All(words, w => Assert.Contains("ery close", (w.LocalName == "q" ? w.ParentElement! : w).NextElementSibling?.TextContent ?? "", StringComparison.Ordinal));
            return [.. words.Select(w => w.TextContent.Trim())];
        }

        Assert.Equal(said.Order(), In(await hearing.Client.PageAsync(hearing.ChildPage), $"#record-{record} .about-this__words").Order());
        var timeline = await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline");
        Assert.Equal(said[..2], In(timeline, ".timeline__item--voice .about-this__words"));
        Assert.Equal(said[2..], In(timeline, ".timeline__item--interpretation .about-this__words"));
        using (var found = await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "dance" }, "form[role=search]"))
        {
            var page = await TestClient.ParseAsync(found);
            Assert.Equal(said[..1], In(page.QuerySelectorAll(".found")[0], ".about-this__words"));
            Assert.Equal(said[1..2], In(page.QuerySelectorAll(".found")[1], ".about-this__words"));
            Assert.Equal(said[2..], In(page, "[aria-labelledby=interpreted] .about-this__words"));
        }

        using (var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>())) Assert.Equal(said, In(await TestClient.ParseAsync(copy), ".copy .about-this__words"));
        foreach (var (thoughts, stands) in new[] { (null, said[..2]), ("true", said) })
        {
            using var booklet = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "true", ["Input.Interpretations"] = thoughts, ["Input.Records"] = record.ToString() });
            Assert.Equal(stands, In(await TestClient.ParseAsync(booklet), ".booklet .booklet__about q"));
        }
    }

    [Fact]
    public async Task What_is_said_about_a_record_is_kept_from_whom_the_record_is_kept_in_which_it_was_said()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.ShareAsync(hearing.World, hearing.Child);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.ShareParent, ConsentEventType.Given, change: c => c.RecipientId = mother.Id);
        var record = await hearing.SayAsync("I go to dance on Mondays.");
        var ask = await hearing.KeptAsync(site, await hearing.AskAsync("Dad made me say that.", ("Input.Thing", $"Record:{record}")));
        foreach (var who in new[] { "Family", "OtherPractitioners" }) await hearing.KeepFromAsync(who, DoNotTellScope.Record, ask.Voices[0].VoiceRecordId);

        using (var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to={mother.Id}", new Dictionary<string, string?>())) await TellsAsync(copy, ".copy", "on Mondays", false);
        using (var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>())) await TellsAsync(copy, ".copy", "on Mondays", true);
        foreach (var familyMaySee in new[] { true, false })
        {
            using var booklet = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = familyMaySee ? "true" : "false", ["Input.Records"] = record.ToString() });
            await TellsAsync(booklet, ".booklet", "on Mondays", !familyMaySee);
        }

        foreach (var (person, isTold) in new[] { (hearing.World.Practitioner, true), (hearing.World.OtherPractitioner, false) })
        {
            using var client = site.ClientFor(person);
            using (var timeline = await client.GetAsync($"{hearing.ChildPage}/timeline")) await TellsAsync(timeline, "main", "on Mondays", isTold);
            using var found = await client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "mondays" }, "form[role=search]");
            await TellsAsync(found, ".found", "Mondays", isTold);
        }

        static async Task TellsAsync(HttpResponseMessage answer, string where, string record, bool tells)
        {
            var text = (await TestClient.ParseAsync(answer)).QuerySelector(where)!.TextContent;
            Assert.Contains(record, text, StringComparison.Ordinal);
            Assert.Equal(tells, text.Contains("Dad made me", StringComparison.Ordinal));
        }
    }

    private static (string Name, string? Value)[] DayOf(string field, DateOnly day) => [($"{field}.Day", $"{day.Day}"), ($"{field}.Month", $"{day.Month}"), ($"{field}.Year", $"{day.Year}")];

    /// <summary>Seals words in a visit of another day.</summary>
    private static async Task<Guid> SayOnAsync(Hearing hearing, DateOnly day, string words, params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?> { ["Input.Place"] = "Home", ["Input.SeenAlone"] = "Yes" };
        foreach (var (name, value) in DayOf("Input.OccurredOn", day)) fields[name] = value;
        using var visit = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", fields);
        var record = Guid.CreateVersion7();
        using var sealing = await hearing.Client.SubmitAsync(hearing.WordsPage(Guid.Parse(visit.Headers.Location!.OriginalString.Split('/')[4])), Hearing.Said(words, [("Input.Id", record.ToString()), .. instead]));
        Assert.Equal(HttpStatusCode.Redirect, sealing.StatusCode);
        return record;
    }

    [Fact]
    public async Task Nobody_was_told_before_it_was_decided()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var yesterday = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(-1);
        var record = await SayOnAsync(hearing, yesterday, "Can I see my nan");
        using var raised = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", Asked("Can I see my nan", record));
        var ask = raised.Headers.Location!.OriginalString;
        await hearing.StepAsync(ask, StepKind.Considered);
        await hearing.StepAsync(ask, StepKind.Decided, ("Decision", "NotOurs"), ("Words", "School decides that."));
        using var early = await hearing.TryStepAsync(ask, StepKind.Told, [("HowTold", "Card"), ("Words", "You can."), .. DayOf("On", yesterday)]);
        Assert.Contains("before it was decided", (await TestClient.ParseAsync(early)).QuerySelector("#Input_On-error")!.TextContent, StringComparison.Ordinal);
        await hearing.StepAsync(ask, StepKind.Told, ("HowTold", "Card"), ("Words", "You can."));
    }

    [Fact]
    public async Task From_heard_to_closed_and_reopened_and_every_step_is_a_line()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var ask = await hearing.AskAsync("Can I see my nan more?");
        // Closing, or telling, before anything is decided is not offered and not taken.
        using (var early = await hearing.Client.GetAsync($"{ask}/steps/new?kind=Closed")) Assert.Equal(ask, early.Headers.Location!.OriginalString);
        await hearing.StepAsync(ask, StepKind.Considered);
        await hearing.StepAsync(ask, StepKind.Decided, ("Decision", "NotDone"), ("Words", "Nan lives far away. She is ill now."));
        Assert.Contains("They have not been told", (await hearing.Client.PageAsync(ask)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await hearing.StepAsync(ask, StepKind.Told, ("HowTold", "Card"), ("Words", "Nan is ill. You can ring her."), ("Reaction", "NotHappy"));
        var page = await hearing.Client.PageAsync(ask);
        Assert.Equal("Reopen it", page.QuerySelector("main .govuk-button-group .govuk-button")!.TextContent.Trim());
        var said = await hearing.SayAsync("That is not fair");
        await hearing.StepAsync(ask, StepKind.Reopened, ("Words", "Sam wants to visit when she is well"), ("VoiceRecordId", said.ToString()));
        await hearing.StepAsync(ask, StepKind.Considered);
        await hearing.StepAsync(ask, StepKind.Decided, ("Decision", "Done"));
        await hearing.StepAsync(ask, StepKind.Acted, ("Words", "A visit in May is booked"));
        await hearing.StepAsync(ask, StepKind.Told, ("HowTold", "FaceToFace"), ("Words", "You go to Nan in May"));
        await hearing.StepAsync(ask, StepKind.Responded, ("Reaction", "Happy"));
        await hearing.StepAsync(ask, StepKind.Closed);
        var kept = await hearing.KeptAsync(site, ask);
        Assert.Equal(AskState.Closed, StateOf(kept));
        Assert.Equal(Enumerable.Range(0, kept.Steps.Count), kept.Steps.Select(s => s.Number).Order());
        Assert.Equal(kept.Steps.Count - 1, (await hearing.World.AuditAsync(AuditActions.AskStepTaken, hearing.Child.Id)).Count);
        Assert.Contains(kept.Steps, s => s.VoiceRecordId == said);
        Assert.Null((await hearing.Client.PageAsync("/hear/asks")).QuerySelector($"main a[href='{ask}']"));
        var done = await hearing.Client.PageAsync(ask);
        Assert.Contains(done.QuerySelectorAll(".steps__words"), w => w.TextContent == "Nan is ill. You can ring her.");
    }

    [Fact]
    public async Task Who_is_not_told_can_wait_only_when_a_manager_agrees()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var ask = await hearing.AskAsync("Can I go home?");
        await hearing.StepAsync(ask, StepKind.Considered);
        await hearing.StepAsync(ask, StepKind.Decided, ("Decision", "NotDone"), ("Words", "It is not safe at home yet."));
        var review = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(20);
        await hearing.StepAsync(ask, StepKind.CannotTell, ("Words", "The court meets first."), ("ReviewOn.Day", $"{review.Day}"), ("ReviewOn.Month", $"{review.Month}"), ("ReviewOn.Year", $"{review.Year}"));

        // The practitioner cannot agree, whatever is posted; nor does the page offer it.
        var practitioner = World.ActorOf(hearing.World.Practitioner);
        using (var scope = site.As(practitioner))
        {
            var tried = await scope.Get<ResponseService>().TakeAsync(
                hearing.Child.Id, Guid.Parse(ask.Split('/')[^1]), new TakeStep { Id = Guid.CreateVersion7(), Kind = StepKind.DelayAgreed, After = 3 }, practitioner, TestContext.Current.CancellationToken);
            Assert.False(tried!.IsDone);
        }

        using var manager = site.ClientFor(hearing.World.TeamManager);
        Assert.Contains("Wait for you to agree (1)", (await manager.PageAsync("/hear/asks")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await manager.PageAsync(ask)).QuerySelector($"a[href='{ask}/agree']"));
        using (var undecided = await manager.SubmitAsync($"{ask}/agree", new Dictionary<string, string?>()))
        {
            Assert.Contains("Choose whether you agree", (await TestClient.ParseAsync(undecided)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        // Two managers at the same moment: one agreement counts, and the other is told.
        using var another = site.ClientFor(await hearing.World.AddPersonAsync(ChildrensInfo.Core.Access.Role.TeamManager, "Ottilie Reed", inTeam: true));
        var (mine, theirs) = (await manager.PageAsync($"{ask}/agree"), await another.PageAsync($"{ask}/agree"));
        Task<HttpResponseMessage> AgreeAsync(TestClient who, AngleSharp.Html.Dom.IHtmlDocument form) => who.SubmitAsync(form, $"{ask}/agree", new Dictionary<string, string?> { ["Agrees"] = "true" });
        var both = await AtOnce.SaveAsync(site, "ask_steps", () => AgreeAsync(manager, mine), () => AgreeAsync(another, theirs));
        Assert.Equal(ask, both.Single(b => b.StatusCode == HttpStatusCode.Redirect).Headers.Location?.OriginalString);
        Assert.Contains("Somebody took a step meanwhile", (await TestClient.ParseAsync(both.Single(b => b.StatusCode == HttpStatusCode.OK))).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Single((await hearing.KeptAsync(site, ask)).Steps, s => s.Kind == StepKind.DelayAgreed);
        await hearing.StepAsync(ask, StepKind.Closed);
        var kept = await hearing.KeptAsync(site, ask);
        Assert.Equal(AskState.Closed, StateOf(kept));
        Assert.Equal(review, kept.Steps.MaxBy(s => s.Number)!.DueOn);
        // Closed and not told: it stays on the list until it is looked at again.
        Assert.NotNull((await hearing.Client.PageAsync("/hear/asks")).QuerySelector($"main a[href='{ask}']"));
    }

    [Fact]
    public async Task What_they_say_to_the_answer_is_sealed_as_their_own_words_with_the_step_or_not_at_all()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var hearing = await Hearing.BeginAsync(site);
        var other = await hearing.AnotherChildAsync();
        var visitToOther = await hearing.VisitAsync(other);
        var first = await hearing.SayAsync("Can I see my nan?", ("Input.Before.Sensitivity", "Sensitive"));
        string ask;
        using (var asked = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", Asked("Can I see my nan?", first))) ask = asked.Headers.Location!.OriginalString;
        await hearing.StepAsync(ask, StepKind.Considered);
        await hearing.StepAsync(ask, StepKind.Decided, ("Decision", "NotDone"), ("Words", "Nan is ill."));
        const string words = "That’s not fair!!  I cud ring her 😢";
        (string, string?)[] told = [("HowTold", "FaceToFace"), ("Words", "Nan is ill."), ("Said", words)];
        (string, string?)[] whole = [.. told, ("Reaction", "NotHappy"), ("SaidProvenance", "VerbatimAtTheTime")];
        (string, string?)[] Instead(string name, string value) => [.. whole.Where(f => f.Item1 != name), (name, value)];
        foreach (var (fields, message) in new ((string, string?)[], string)[]
        {
            (told, "Choose how they took it"), (told, "Choose where the words came from"), (told, "Choose the visit, or where it was said"), (Instead("Reaction", "NotReached"), "Whoever was not reached said nothing to it"),
            (Instead("SaidProvenance", "WrittenUpLater"), "Choose where the words came from"), (Instead("SaidVisitId", $"{visitToOther}"), "Choose a visit to this child"),
            ([.. whole, ("Before.ReadBack", "ChangeIt")], "Nothing is sealed yet"),
        })
        {
            using var refused = await hearing.TryStepAsync(ask, StepKind.Told, fields);
            var page = await TestClient.ParseAsync(refused);
            Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(words, ((AngleSharp.Html.Dom.IHtmlTextAreaElement)page.QuerySelector("textarea[name='Input.Said']")!).Value);
        }

        // Refused, and that somebody tried stays written.
        Assert.Equal(visitToOther, Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id)).SubjectId);
        // Somebody took a step meanwhile: neither the step nor the words are there.
        var late = await hearing.Client.PageAsync($"{ask}/steps/new?kind=Told");
        (string, string?)[] itself = [.. whole, ("SaidPlace", "School"), ("SaidAlone", "Yes"), ("Before.ReadBack", "NotSure"), ("Before.ReadBackHow", "ReadAloud")];
        await hearing.StepAsync(ask, StepKind.Told, ("HowTold", "Card"), ("Words", "Nan is ill."));
        using (var stale = await hearing.Client.SubmitAsync(late, $"{ask}/steps/new?kind=Told", itself.ToDictionary(f => $"Input.{f.Item1}", f => f.Item2))) Assert.Contains("Somebody took a step meanwhile", await stale.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
        Assert.Single(await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).ToListAsync(cancel)));

        // Pressed twice at once it is said once.
        var form = await hearing.Client.PageAsync($"{ask}/steps/new?kind=Responded");
        var pressed = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => hearing.Client.SubmitAsync(form, $"{ask}/steps/new?kind=Responded", itself.ToDictionary(f => $"Input.{f.Item1}", f => f.Item2))));
        Assert.All(pressed, p => Assert.Equal(ask, p.Headers.Location?.OriginalString));
        var kept = await hearing.KeptAsync(site, ask);
        var step = Assert.Single(kept.Steps, s => s.Kind == StepKind.Responded);
        var record = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.Id == step.VoiceRecordId, cancel));
        Assert.Equal((VoiceKind.TypedText, WordsProvenance.VerbatimAtTheTime, Speaker.Child, Sensitivity.Sensitive, Layer.InformationUse), (record.Kind, record.Provenance, record.Speaker, record.Sensitivity, record.Layer));
        Assert.Equal(kept.About, record.Subjects);
        Assert.Equal((ReadBack.NotSure, ReadBackHow.ReadAloud), (record.ReadBack, record.ReadBackHow));
        Assert.Equal((Place.School, SeenAlone.Yes), await site.ReadAsync(hearing.World, async db => (await db.VoiceSessions.SingleAsync(s => s.Id == record.SessionId, cancel)) is var s ? (s.Place, s.SeenAlone) : default));
        Assert.Contains((await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll(".words__text"), w => w.TextContent == words);
        Assert.NotNull((await hearing.Client.PageAsync(ask)).QuerySelector($"main a[href*='{record.Id}']"));
        Assert.Equal([AuditActions.VoiceRecorded, AuditActions.AskStepTaken], (await hearing.World.AuditAsync(childId: hearing.Child.Id)).Where(a => a.Action is AuditActions.VoiceRecorded or AuditActions.AskStepTaken).TakeLast(2).Select(a => a.Action));
    }

    [Fact]
    public async Task Two_people_do_not_take_the_same_step()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var ask = await hearing.AskAsync("Can I see my nan?");
        var form = await hearing.Client.PageAsync($"{ask}/steps/new?kind=Considered");
        await hearing.StepAsync(ask, StepKind.Considered);
        using (var late = await hearing.Client.SubmitAsync(form, $"{ask}/steps/new?kind=Considered", new Dictionary<string, string?> { ["Input.Words"] = "Asked the school" }))
        {
            Assert.Contains("Somebody took a step meanwhile", (await TestClient.ParseAsync(late)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        // The same form sent twice is one step.
        var decide = await hearing.Client.PageAsync($"{ask}/steps/new?kind=Decided");
        var fields = new Dictionary<string, string?> { ["Input.Decision"] = "Done" };
        foreach (var _ in new[] { 1, 2 })
        {
            using var sent = await hearing.Client.SubmitAsync(decide, $"{ask}/steps/new?kind=Decided", fields);
            Assert.Equal(ask, sent.Headers.Location?.OriginalString);
        }

        Assert.Equal(3, (await hearing.KeptAsync(site, ask)).Steps.Count);
    }

    [Fact]
    public async Task Hard_words_are_pointed_out_once_and_can_be_kept()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 7);
        var ask = await hearing.AskAsync("Can I see my nan?");
        await hearing.StepAsync(ask, StepKind.Considered);
        const string hard = "Following consultation with professional colleagues the proposed arrangements cannot currently be accommodated.";
        using (var hinted = await hearing.TryStepAsync(ask, StepKind.Decided, ("Decision", "NotDone"), ("Words", hard)))
        {
            var page = await TestClient.ParseAsync(hinted);
            Assert.Contains("for readers of about 18 years", page.QuerySelector("[role=status]")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(hard, page.QuerySelector("textarea")!.TextContent.TrimStart('\n'));
        }

        using (var kept = await hearing.Client.SubmitAsync($"{ask}/steps/new?kind=Decided", new Dictionary<string, string?> { ["Input.Decision"] = "NotDone", ["Input.Words"] = hard, ["KeepWords"] = "true" }))
        {
            Assert.Equal(ask, kept.Headers.Location?.OriginalString);
        }

        Assert.Contains("for readers of about 18 years", (await hearing.Client.PageAsync(ask)).QuerySelector(".steps")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StepKind.Decided, "Decision", "NotDone", "Give the reason in plain words")]
    [InlineData(StepKind.Decided, "Words", "Because.", "Choose what was decided")]
    [InlineData(StepKind.Decided, "Decision", "Corrected", "Choose what was decided")]
    [InlineData(StepKind.CannotTell, "ReviewOn.Year", "2035", "Say why they cannot be told yet")]
    public async Task A_step_without_what_it_needs_is_refused_beside_its_field(StepKind kind, string field, string value, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        var ask = await hearing.AskAsync("Can I see my nan?");
        await hearing.StepAsync(ask, StepKind.Considered);
        List<(string, string?)> fields = [(field, value)];
        if (value == "Corrected") fields.Add(("Words", "We put it right."));
        using var answer = await hearing.TryStepAsync(ask, kind, [.. fields]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(page.QuerySelectorAll(".govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        Assert.Equal(2, (await hearing.KeptAsync(site, ask)).Steps.Count);
    }

    [Fact]
    public async Task Steps_and_asks_cannot_be_changed_by_the_site()
    {
        using var scope = site.As((await World.CreateAsync(site)).Whole);
        foreach (var table in new[] { "asks", "ask_voices", "ask_steps" })
        {
            await using var connection = new Npgsql.NpgsqlConnection(site.SiteConnectionString);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            foreach (var sql in new[] { $"update {table} set child_id = child_id", $"delete from {table}" })
            {
                await using var command = new Npgsql.NpgsqlCommand(sql, connection);
                var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
                Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
            }
        }
    }

    [Fact]
    public async Task What_is_kept_from_a_manager_is_kept_from_them_as_an_ask_too()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var ask = await hearing.AskAsync("Can I see my nan?");
        using var manager = site.ClientFor(hearing.World.TeamManager);
        Assert.NotNull((await manager.PageAsync("/hear/asks")).QuerySelector($"main a[href='{ask}']"));
        var practitioner = World.ActorOf(hearing.World.Practitioner);
        using (var scope = site.As(practitioner))
        {
            var kept = await scope.Get<ChildrensInfo.Core.Children.DoNotTellService>().RecordAsync(hearing.Child.Id, new()
            {
                Id = Guid.CreateVersion7(),
                Who = "CoveringPractitioners",
                Scope = ChildrensInfo.Core.Children.DoNotTellScope.Everything,
                Reason = Enum.GetValues<ChildrensInfo.Core.Children.DoNotTellReason>()[0],
                SaidBy = Enum.GetValues<ChildrensInfo.Core.Children.DoNotTellSaidBy>()[0],
            }, practitioner, TestContext.Current.CancellationToken);
            Assert.True(kept!.IsDone, kept.Refusal?.Message);
        }

        Assert.Null((await manager.PageAsync("/hear/asks")).QuerySelector($"main a[href='{ask}']"));
        using (var answer = await manager.GetAsync(ask)) Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Null((await manager.PageAsync(hearing.ChildPage)).QuerySelector("#asks-title"));
        // The worker who was told goes on.
        Assert.NotNull((await hearing.Client.PageAsync("/hear/asks")).QuerySelector($"main a[href='{ask}']"));
    }
}
