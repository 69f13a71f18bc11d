using System.Net;
using System.Text;
using AngleSharp.Dom;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class TypedWordsTests(TestSite site)
{
    [Fact]
    public async Task What_they_were_asked_who_told_and_how_late_it_was_written_stand_beside_the_words()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Asked");
        var page = hearing.WordsPage(await hearing.VisitAsync());
        foreach (var (wrong, field, message) in new[]
        {
            ("PromptedBy", "Nobody", "You say that nobody asked"),
            ("Prompt", new string('?', 501), "500 characters or fewer"),
            ("Observer", "Practitioner", "Choose who told you"),
        })
        {
            var fields = Hearing.Said("Mum", ("Input.Provenance", "ReportedByOther"), ("Input.Prompt", "Who?"), ("Input." + wrong, field));
            using var refused = await hearing.Client.SubmitAsync(page, fields);
            Assert.Contains(message, (await TestClient.ParseAsync(refused)).QuerySelector(".govuk-error-summary")!.TextContent);
        }

        const string question = "You do like it there, don’t you?  <b>";
        using (var kept = await hearing.Client.SubmitAsync(page, Hearing.Said("Yes", ("Input.Provenance", "WrittenUpLater"), ("Input.WrittenUp", "NextDay"), ("Input.Prompt", question), ("Input.PromptedBy", "LeadingQuestion"), ("Input.Observer", "HealthWorker")))) Assert.Equal(hearing.ChildPage, kept.Headers.Location?.OriginalString);
        using (await hearing.Client.SubmitAsync(page, Hearing.Said("Mum", ("Input.Provenance", "ReportedByOther"), ("Input.Observer", "SchoolOrNursery")))) { }
        var shown = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal($"A leading question: the answer was in it: {question}", Assert.Single(shown.QuerySelectorAll(".words ~ .record__asked")).TextContent.Trim());
        Assert.Contains("Told to the worker by somebody at school or nursery", shown.QuerySelectorAll(".record")[0].TextContent);
        Assert.Contains("the next day", shown.QuerySelectorAll(".record")[1].TextContent);
        using (var booklet = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false" }))
        {
            Assert.Equal($"I was asked: {question}", Assert.Single((await TestClient.ParseAsync(booklet)).QuerySelectorAll(".booklet .booklet__words ~ .booklet__asked")).TextContent);
        }

        using (var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>()))
        {
            Assert.Equal($"A leading question: the answer was in it: {question}", Assert.Single((await TestClient.ParseAsync(copy)).QuerySelectorAll(".copy .words ~ .record__asked")).TextContent.Trim());
        }

        using var scope = site.As(hearing.World.Whole);
        var records = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([((Observer?)null, (WrittenUp?)WrittenUp.NextDay), (Observer.SchoolOrNursery, null)], records.Select(r => (r.Observer, r.WrittenUp)));
        Assert.Equal(-1, records[0].Words!.PromptSealed.AsSpan().IndexOf("like it"u8));
        Assert.Null(records[1].Words!.PromptSealed);
    }

    /// <summary>10,000 characters as people count them, of every kind that has been garbled somewhere before.</summary>
    private static string Difficult()
    {
        var start = "I don't want to go.\n\n  \tTŷ fy nhad: ŵyr, tân, hôl 😀👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿 أنا خائف من الليل \u202Eright to left\u202C <script>alert('x')</script> & &amp; \"quotes\" 'n' \u00A0 e\u0301 vs é \u200B…\n";
        var text = new StringBuilder(start);
        while (WrittenText.Length(text.ToString()) < VoiceRecord.WordsMaxLength) text.Append("aβ😀"[text.Length % 2]);
        return text.ToString();
    }

    [Fact]
    public async Task Words_come_back_exactly_and_are_nowhere_readable_in_the_database()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var text = Difficult();
        Assert.Equal(VoiceRecord.WordsMaxLength, WrittenText.Length(text));
        // As a browser sends it: every line break of the box as CR LF.
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said(text.Replace("\n", "\r\n")));
        Assert.Equal(hearing.ChildPage, answer.Headers.Location?.OriginalString);

        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal(text, page.QuerySelector(".words__text")!.TextContent);
        Assert.Empty(page.QuerySelectorAll("main script"));
        Assert.Contains("Sealed", page.QuerySelector(".govuk-notification-banner--success")!.TextContent);

        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.Include(r => r.Words).SingleAsync(r => r.ChildId == hearing.Child.Id);
        Assert.Equal(9, record.AgeAtTime);
        var stored = Encoding.UTF8.GetString(record.Words!.Sealed);
        Assert.DoesNotContain("I don't want", stored);
        Assert.DoesNotContain("script", stored);
        Assert.Equal(await scope.Get<KeyRing>().FingerprintAsync(hearing.Child.Id, Encoding.UTF8.GetBytes(text), CancellationToken.None), record.ContentSeal);
        Assert.Equal(record.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id)).SubjectId);
    }

    [Fact]
    public async Task A_double_click_seals_one_record()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var path = hearing.WordsPage(await hearing.VisitAsync());
        var page = await hearing.Client.PageAsync(path);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => hearing.Client.SubmitAsync(page, path, Hearing.Said("I like the dog."))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(1, await scope.Db.VoiceRecords.CountAsync(r => r.ChildId == hearing.Child.Id));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id));
    }

    [Theory]
    [InlineData("Input.Speaker", null, "Input_Speaker", "Choose whose words these are")]
    [InlineData("Input.Speaker", "9", "Input_Speaker", "not something we recognise")]
    [InlineData("Input.Provenance", null, "Input_Provenance", "Choose where the words came from")]
    [InlineData("Input.Subjects", null, "Input_Subjects", "Choose what it is about")]
    [InlineData("Input.Subjects", "9", "Input_Subjects", "not something we recognise")]
    [InlineData("Input.Layer", null, "Input_Layer", "Choose which part it speaks to")]
    [InlineData("Input.Language", "<script>", "Input_Language", "Choose the language")]
    public async Task What_is_missing_is_said_beside_the_field_and_the_words_are_kept(string field, string? value, string id, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said("\n  I like 😀 <b>the dog</b>.", (field, value)));
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(message, page.QuerySelector($"#{id}-error")!.TextContent);
        Assert.Equal("\n  I like 😀 <b>the dog</b>.", ((AngleSharp.Html.Dom.IHtmlTextAreaElement)page.QuerySelector("textarea")!).DefaultValue);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));
    }

    [Theory]
    [InlineData("", "Enter what was said")]
    [InlineData("   \r\n ", "Enter what was said")]
    [InlineData("before\0after \uFEFF", "that cannot be kept")]
    public async Task Words_that_cannot_be_kept_are_refused_beside_the_box(string text, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        // As a browser sends this form: in parts. In the other encoding a NUL is refused before any page sees it.
        using var answer = await hearing.Client.UploadAsync(hearing.WordsPage(await hearing.VisitAsync()), "nothing", [], "nothing", Hearing.Said(text));
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(message, page.QuerySelector("#Input_Text-error")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));
    }

    [Fact]
    public async Task One_character_too_many_is_refused_with_the_count()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said(new string('a', VoiceRecord.WordsMaxLength + 1)));
        Assert.Contains("It has 10,001", (await TestClient.ParseAsync(answer)).QuerySelector("#Input_Text-error")!.TextContent);
    }

    [Fact]
    public void Half_a_character_cannot_be_kept()
    {
        foreach (var text in new[] { "\uD83D", "\uDE00 alone", "\uDE00\uD83D", "end \uD83D", "a\0" })
        {
            Assert.False(WrittenText.CanBeKept(text));
            Assert.Contains(new RecordVoiceValidator().Validate(new RecordVoice { Text = text }).Errors, e => e.PropertyName == nameof(RecordVoice.Text));
        }

        Assert.True(WrittenText.CanBeKept("whole 😀 ŷ"));
    }

    [Theory]
    [InlineData(null, "Enter how many took part")]
    [InlineData("1", "a whole number from 2 to 500")]
    [InlineData("501", "a whole number from 2 to 500")]
    [InlineData("several", "Input_GroupSize")]
    public async Task How_many_a_group_were_is_asked_beside_its_field(string? size, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said("We all want the park back.", ("Input.Speaker", "Group"), ("Input.GroupSize", size)));
        Assert.Contains(message, (await TestClient.ParseAsync(answer)).QuerySelector("#Input_GroupSize-error")!.OuterHtml);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));
    }

    [Fact]
    public async Task What_a_group_said_is_shown_as_theirs_and_counts_as_hearing_nobody()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var visit = await hearing.VisitAsync();
        using (var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said("We all want the park back.", ("Input.Speaker", "Group"), ("Input.GroupSize", "5")))) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var record = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id));
        Assert.Equal((Speaker.Group, 5), (record.Speaker, record.GroupSize));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id));

        var words = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".words")!.TextContent;
        Assert.Contains("Said by a group of 5", words);
        Assert.Contains("Sam among them", words);
        Assert.DoesNotContain("Sam’s own words", words);
        Assert.Contains("A group of 5 said", (await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline")).Body!.TextContent);
        Assert.Contains("A group of 5", (await hearing.Client.PageAsync($"{hearing.ChildPage}/copy/read?to=child")).Body!.TextContent.Replace("a group of 5", "A group of 5", StringComparison.Ordinal));

        // Nobody was heard by it: not on the first page, not in what a manager counts, not in the child's own booklet.
        Assert.Contains("Not heard yet", (await hearing.Client.PageAsync("/hear")).Body!.TextContent);
        Assert.DoesNotContain("park back", (await hearing.Client.PageAsync($"{hearing.ChildPage}/booklet")).Body!.TextContent);
        // What it says of the child when it is put right is said by the same group.
        using (var put = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record.Id}/correct", new Dictionary<string, string?> { ["Input.Text"] = "We all want the big park back.", ["Input.Reason"] = "WorkerTypo", ["Input.Provenance"] = "VerbatimAtTheTime" })) { }
        Assert.All(await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).ToListAsync()), r => Assert.Equal(5, r.GroupSize));

        // A recording of them is held until the others have said yes, though nobody wrote down that they are on it.
        await hearing.DecideAsync(ChildrensInfo.Core.Consent.Purpose.Audio, ChildrensInfo.Core.Consent.ConsentEventType.Given);
        var file = await hearing.RecordAsync(visit);
        using (var sealing = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(file, 4000, ("Input.Speaker", "Group"), ("Input.GroupSize", "5")))) Assert.Equal(HttpStatusCode.Redirect, sealing.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{file}")).StatusCode);
        Assert.Contains("The others in the group of 5: not asked yet", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".held")!.TextContent);

        // The others were not asked: their words go to nobody else on paper.
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(ChildrensInfo.Core.Consent.Purpose.ShareParent, ChildrensInfo.Core.Consent.ConsentEventType.Given, change: c => c.RecipientId = mother.Id);
        Assert.Contains("somebody else’s words", (await hearing.Client.PageAsync($"{hearing.ChildPage}/copy/check?to={mother.Id}")).QuerySelector(".entry")!.TextContent);
    }

    [Fact]
    public async Task What_is_said_may_be_about_more_than_one_thing()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var said = Hearing.Said("My plan says I hit people and I do not.", ("Input.Subjects", null), ("Input.Subjects[0]", "MyInformation"), ("Input.Subjects[1]", "APlan"), ("Input.Subjects[2]", "APlan"));
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), said);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal([SubjectMatter.APlan, SubjectMatter.MyInformation], (await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id))).Subjects);
        Assert.Contains("About a plan or a decision and their information:", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record__facts")!.TextContent);

        // Whoever must not be told of either is not told.
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(ChildrensInfo.Core.Consent.Purpose.ShareParent, ChildrensInfo.Core.Consent.ConsentEventType.Given, change: c => c.RecipientId = mother.Id);
        await hearing.KeepFromAsync(mother.Id.ToString(), ChildrensInfo.Core.Children.DoNotTellScope.Subject, subject: SubjectMatter.MyInformation);
        Assert.Contains("must not be told", (await hearing.Client.PageAsync($"{hearing.ChildPage}/copy/check?to={mother.Id}")).QuerySelector(".entry")!.TextContent);
    }

    [Fact]
    public async Task A_parent_speaks_under_their_own_name_and_only_a_parent_of_this_child()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var visit = await hearing.VisitAsync();
        using var good = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said("She sleeps badly.", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", mother.Id.ToString())));
        Assert.Equal(HttpStatusCode.Redirect, good.StatusCode);
        Assert.Contains("Marigold Thistlebrook, mother", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".words__source")!.TextContent);

        var other = await hearing.AnotherChildAsync();
        var theirs = await hearing.World.AddRelationshipAsync(other);
        using var forged = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said("Forged.", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", theirs.Id.ToString())));
        var page = await TestClient.ParseAsync(forged);
        Assert.Contains("Choose a parent or carer of this child", page.QuerySelector("#Input_SpeakerRelationshipId-error")!.TextContent);
        Assert.Contains("Forged.", page.QuerySelector("textarea")!.TextContent);
        Assert.Equal(theirs.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id)).SubjectId);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));
    }

    [Fact]
    public async Task A_visit_to_another_child_is_not_there()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var other = await hearing.AnotherChildAsync();
        var theirs = await hearing.VisitAsync(other);
        var mine = await hearing.VisitAsync();
        var page = await hearing.Client.PageAsync(hearing.WordsPage(mine));
        page.QuerySelector("main form")!.SetAttribute("action", hearing.WordsPage(theirs));
        using var answer = await hearing.Client.SubmitAsync(page, "", Hearing.Said("Put elsewhere."));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(hearing.Child.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused)).SubjectId);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));
    }

    [Fact]
    public async Task The_newest_words_come_first_twenty_to_a_page_and_every_reading_is_written_down()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var empty = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal("Nothing recorded yet", empty.QuerySelector(".empty__title")!.TextContent);
        var visit = await hearing.VisitAsync();
        for (var i = 1; i <= 21; i++)
        {
            using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said($"Saying number {i}."));
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }

        var first = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal(Enumerable.Range(2, 20).Reverse().Select(i => $"Saying number {i}."), first.QuerySelectorAll(".words__text").Select(e => e.TextContent));
        var facts = first.QuerySelector(".record__facts")!.TextContent;
        Assert.Contains("Written down word for word as they spoke: very close", first.QuerySelector(".words__closeness")!.TextContent);
        Assert.Contains("seen alone", facts);
        Assert.Contains("aged 9 then", first.QuerySelector(".words__source")!.TextContent);
        var second = await hearing.Client.PageAsync($"{hearing.ChildPage}?p=2");
        Assert.Equal(["Saying number 1."], second.QuerySelectorAll(".words__text").Select(e => e.TextContent));
        var beyond = await hearing.Client.PageAsync($"{hearing.ChildPage}?p=99");
        Assert.Equal(["Saying number 1."], beyond.QuerySelectorAll(".words__text").Select(e => e.TextContent));
        // A link to a record leads to the page on which it stands.
        var oldest = second.QuerySelector(".record")!.Id!;
        Assert.NotNull((await hearing.Client.PageAsync($"{hearing.ChildPage}?record={oldest["record-".Length..]}")).GetElementById(oldest));
        Assert.NotNull((await hearing.Client.PageAsync($"{hearing.ChildPage}?record={Guid.NewGuid()}")).GetElementById(first.QuerySelector(".record")!.Id!));
        Assert.Equal(6, (await hearing.World.AuditAsync(AuditActions.ChildRead, hearing.Child.Id)).Count(a => a.Detail == "/Hear/Child"));
    }

    [Fact]
    public async Task An_interpretation_is_a_row_of_its_own_below_the_words()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var sealing = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said("I like the dog."));
        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id);
        var path = $"{hearing.ChildPage}/records/{record.Id}/interpretation";
        using var empty = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>());
        Assert.Contains("Enter what you think it means", (await TestClient.ParseAsync(empty)).QuerySelector("#Input_Text-error")!.TextContent);
        var form = await hearing.Client.PageAsync(path);
        Assert.Equal("I like the dog.", form.QuerySelector(".words__text")!.TextContent);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.Text"] = "Misses <i>home</i>.", ["Input.Kind"] = "Observation" })));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));

        var article = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record")!;
        Assert.Equal("I like the dog.", article.QuerySelector(".words__text")!.TextContent);
        Assert.Equal("Misses <i>home</i>.", Assert.Single(article.QuerySelectorAll(".interpretation .interpretation__text")).TextContent);
        Assert.Null(article.QuerySelector(".words .interpretation"));
        var kept = await scope.Db.Interpretations.SingleAsync(i => i.ChildId == hearing.Child.Id);
        Assert.DoesNotContain("home", Encoding.UTF8.GetString(kept.Sealed));
        Assert.Equal(kept.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.InterpretationAdded, hearing.Child.Id)).SubjectId);

        var other = await hearing.AnotherChildAsync();
        using var elsewhere = await hearing.Client.GetAsync($"/hear/{other.Id}/records/{record.Id}/interpretation");
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }
}
