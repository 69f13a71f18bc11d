using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Govern;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>Sealed records stay as they are: what puts them right stands beside them, and everybody is told how close they are.</summary>
public class KeptTrueTests(TestSite site)
{
    [Theory]
    [InlineData("/records/{0}/correct")]
    [InlineData("/records/{0}/others")]
    [InlineData("/records/{0}/mark")]
    [InlineData("/interpretations/{0}/shown")]
    public async Task Pages_about_a_record_open_only_for_the_childs_own_worker(string page)
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.OpensOnlyForTheChildsOwnWorkerAsync(hearing, child => $"/hear/{child}{string.Format(System.Globalization.CultureInfo.InvariantCulture, page, Guid.NewGuid())}");
    }

    [Fact]
    public async Task A_correction_stands_beside_the_first_words_which_stay_first()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var first = await hearing.SayAsync("I hate Monday's.");
        var path = $"{hearing.ChildPage}/records/{first}/correct";
        using var empty = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>());
        var errors = await TestClient.ParseAsync(empty);
        Assert.Contains("Choose why", errors.QuerySelector("#Input_Reason-error")!.TextContent);
        Assert.Contains("Enter what it should say", errors.QuerySelector("#Input_Text-error")!.TextContent);

        var form = await hearing.Client.PageAsync(path);
        Assert.Equal("I hate Monday's.", form.QuerySelector(".words__text")!.TextContent);
        var fields = new Dictionary<string, string?> { ["Input.Text"] = "I hate moldy <i>cheese</i>.", ["Input.Reason"] = "WorkerTypo", ["Input.Provenance"] = "OwnHand", ["Input.Before.ReadBack"] = "ChangeIt" };
        // It is read back too: whoever changes it goes back to the words, and nothing is sealed.
        using (var back = await hearing.Client.SubmitAsync(form, path, fields))
        {
            var again = await TestClient.ParseAsync(back);
            Assert.Contains("Nothing is sealed yet", again.QuerySelector("#Input_Before_ReadBack-error")!.TextContent);
            Assert.Equal("I hate moldy <i>cheese</i>.", again.QuerySelector("#Input_Text")!.TextContent.TrimStart('\n'));
            Assert.Null(again.QuerySelector("[name='Input.Before.ReadBack'][checked]"));
            form = again;
        }

        (fields["Input.Before.ReadBack"], fields["Input.Before.ReadBackHow"]) = ("Yes", "ReadAloud");
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => hearing.Client.SubmitAsync(form, path, fields)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));

        var record = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record")!;
        Assert.Equal(["I hate Monday's.", "I hate moldy <i>cheese</i>."], record.QuerySelectorAll(".words__text").Select(w => w.TextContent));
        Assert.Contains("written it down wrongly", record.QuerySelector(".correction__why")!.TextContent);
        Assert.Contains("By their own hand", record.QuerySelector(".correction .words__closeness")!.TextContent);
        const string readBack = "Read aloud to them by the worker: they changed it, and then it was what they meant.";
        Assert.Contains(readBack, record.QuerySelector(".correction .record__facts")!.TextContent, StringComparison.Ordinal);
        using (var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>())) Assert.Contains(readBack, (await TestClient.ParseAsync(copy)).QuerySelector(".copy .correction")!.TextContent, StringComparison.Ordinal);
        var line = Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceCorrected, hearing.Child.Id));
        Assert.Equal("WorkerTypo", line.Detail);
        var correction = await site.RecordAsync(hearing.World, line.SubjectId!.Value);
        Assert.Equal(first, correction.CorrectsId);
        Assert.NotNull((await hearing.Client.PageAsync($"{hearing.ChildPage}?record={correction.Id}")).GetElementById($"record-{correction.Id}"));
        // One thing was said, and it is counted once.
        Assert.Contains("1 record", (await hearing.Client.PageAsync("/hear")).QuerySelector("main")!.TextContent);
    }

    [Fact]
    public async Task What_puts_words_right_says_through_whom_it_was_said_and_how_long_after_as_the_first_do()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var first = await hearing.SayAsync("Mam.");
        var path = $"{hearing.ChildPage}/records/{first}/correct";
        Dictionary<string, string?> Right(string provenance, params (string Name, string Value)[] more)
        {
            var fields = new Dictionary<string, string?> { ["Input.Text"] = "Nan.", ["Input.Reason"] = "ChangedMind", ["Input.Provenance"] = provenance };
            foreach (var (name, value) in more) fields[name] = value;
            return fields;
        }

        using (var nobody = await hearing.Client.SubmitAsync(path, Right("ViaInterpreter")))
        {
            var page = await TestClient.ParseAsync(nobody);
            Assert.Contains("Choose who interpreted", page.QuerySelector("#Input_Interpreter-error")!.TextContent);
            Assert.Contains("Choose the language they spoke or signed", page.QuerySelector("#Input_SpokenLanguage-error")!.TextContent);
        }

        using (var me = await hearing.Client.SubmitAsync(path, Right("ReportedByOther", ("Input.Observer", "Practitioner")))) Assert.Contains("Choose who told you", (await TestClient.ParseAsync(me)).QuerySelector("#Input_Observer-error")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceCorrected));
        // What belongs to another answer is not kept.
        (string Name, string Value)[] all = [("Input.Interpreter", "SignLanguageInterpreter"), ("Input.SpokenLanguage", "cy"), ("Input.WrittenUp", "NextDay"), ("Input.Observer", "SchoolOrNursery")];
        foreach (var (provenance, said) in new[] { ("ViaInterpreter", "Through a sign language interpreter, from Welsh"), ("WrittenUpLater", "Written up later, from memory, the next day"), ("ReportedByOther", "Told to the worker by somebody at school or nursery") })
        {
            using var good = await hearing.Client.SubmitAsync(path, Right(provenance, all));
            Assert.Equal(HttpStatusCode.Redirect, good.StatusCode);
            Assert.StartsWith(said, (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll(".correction .record__facts")[^1].TextContent.Trim(), StringComparison.Ordinal);
        }

        var kept = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.CorrectsId == first).OrderBy(r => r.SealedAt).ToListAsync());
        Assert.Equal(
            [(InterpreterRole.SignLanguageInterpreter, "cy", null, null), (null, null, WrittenUp.NextDay, null), (null, null, null, Observer.SchoolOrNursery)],
            kept.Select(r => ((InterpreterRole?)r.Interpreter, (string?)r.SpokenLanguage, (WrittenUp?)r.WrittenUp, (Observer?)r.Observer)));
    }

    [Fact]
    public async Task A_correction_of_a_correction_or_in_another_childs_visit_is_refused()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var first = await hearing.SayAsync("One.");
        var other = await hearing.AnotherChildAsync();
        var theirs = await hearing.VisitAsync(other);
        var path = $"{hearing.ChildPage}/records/{first}/correct";
        var fields = new Dictionary<string, string?> { ["Input.Text"] = "Two.", ["Input.Reason"] = "ChangedMind", ["Input.Provenance"] = "OwnHand", ["Input.SessionId"] = theirs.ToString() };
        using var forged = await hearing.Client.SubmitAsync(path, fields);
        Assert.Contains("Choose a visit to this child", (await TestClient.ParseAsync(forged)).QuerySelector("#Input_SessionId-error")!.TextContent);
        Assert.Equal(theirs, Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id)).SubjectId);
        fields.Remove("Input.SessionId");
        using var good = await hearing.Client.SubmitAsync(path, fields);
        Assert.Equal(HttpStatusCode.Redirect, good.StatusCode);
        var correction = (await hearing.World.AuditAsync(AuditActions.VoiceCorrected)).Single().SubjectId;
        // What a worker thinks of it stands under the first, too.
        foreach (var page in new[] { "correct", "interpretation" })
        {
            using var again = await hearing.Client.GetAsync($"{hearing.ChildPage}/records/{correction}/{page}");
            Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        }
    }

    [Fact]
    public async Task Change_it_leads_back_to_the_words_with_nothing_lost_and_nothing_sealed()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var path = hearing.WordsPage(await hearing.VisitAsync());
        using var back = await hearing.Client.SubmitAsync(path, Hearing.Said("I like the dig.", ("Input.Before.ReadBack", "ChangeIt")));
        var page = await TestClient.ParseAsync(back);
        Assert.Contains("nothing is lost", page.QuerySelector("#Input_Before_ReadBack-error")!.TextContent);
        Assert.Equal("I like the dig.", page.QuerySelector<IHtmlTextAreaElement>("textarea[name='Input.Text']")!.Value);
        Assert.Empty(page.QuerySelectorAll("input[name='Input.Before.ReadBack'][checked]"));
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));

        using var good = await hearing.Client.SubmitAsync(page, path, Hearing.Said("I like the dog.", ("Input.Before.ReadBack", "Yes")));
        Assert.Equal(HttpStatusCode.Redirect, good.StatusCode);
        var record = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id));
        Assert.Equal(ReadBack.YesAfterChange, record.ReadBack);
        Assert.Contains("they changed it, and then it was what they meant", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector("main")!.TextContent);
    }

    [Theory]
    [InlineData("Yes", ReadBack.Yes, null, null, "Read back to them: yes, that is what they meant.")]
    [InlineData("Yes", ReadBack.Yes, "ReadAloud", ReadBackHow.ReadAloud, "Read aloud to them by the worker: yes, that is what they meant.")]
    [InlineData("NotSure", ReadBack.NotSure, "InSigns", ReadBackHow.InSigns, "Signed to them by the worker: not sure it is what they meant.")]
    [InlineData("DidNotWant", ReadBack.DidNotWant, "InPictures", null, "They did not want it read back.")]
    [InlineData(null, ReadBack.NotOffered, "ReadThemselves", null, "Not read back to them.")]
    public async Task What_they_said_to_hearing_it_back_is_sealed_with_it_and_how_it_was_read(string? answer, ReadBack kept, string? how, ReadBackHow? keptHow, string said)
    {
        using var hearing = await Hearing.BeginAsync(site);
        var id = await hearing.SayAsync("I like the dog.", ("Input.Before.ReadBack", answer), ("Input.Before.ReadBackHow", how));
        var record = await site.RecordAsync(hearing.World, id);
        Assert.Equal((kept, keptHow), (record.ReadBack, record.ReadBackHow));
        Assert.Contains(said, (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector("main")!.TextContent);
        using var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>());
        Assert.Contains(said, (await TestClient.ParseAsync(copy)).QuerySelector(".copy")!.TextContent);
    }

    [Fact]
    public async Task A_newer_interpretation_replaces_the_older_which_stays_and_two_cannot_replace_the_same()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("I like the dog.");
        var path = $"{hearing.ChildPage}/records/{record}/interpretation";
        using var bare = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Text"] = "Misses home.", ["Input.Kind"] = "Hypothesis" });
        Assert.Contains("Say what it is based on", (await TestClient.ParseAsync(bare)).QuerySelector("#Input_BasedOn-error")!.TextContent);
        using var first = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>
        {
            ["Input.Text"] = "Misses home.",
            ["Input.Kind"] = "Hypothesis",
            ["Input.Confidence"] = "Guess",
            ["Input.BasedOn"] = "Went quiet.",
            ["Input.Alternative"] = "Or is tired.",
        });
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        var old = Assert.Single(await hearing.World.AuditAsync(AuditActions.InterpretationAdded)).SubjectId;
        var newer = await hearing.Client.PageAsync($"{path}?supersedes={old}");
        using var second = await hearing.Client.SubmitAsync(newer, $"{path}?supersedes={old}", new Dictionary<string, string?> { ["Input.Text"] = "Wants a dog.", ["Input.Kind"] = "Observation", ["Input.Confidence"] = "Sure" });
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        using var late = await hearing.Client.SubmitAsync($"{path}?supersedes={old}", new Dictionary<string, string?> { ["Input.Text"] = "Too late.", ["Input.Kind"] = "Observation" });
        Assert.Contains("newer version while you were writing", (await TestClient.ParseAsync(late)).QuerySelector(".govuk-error-summary")!.TextContent);

        var shown = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".interpretation")!;
        Assert.Equal("What the worker thinks this means", shown.QuerySelector(".interpretation__heading")!.TextContent);
        Assert.Equal("Wants a dog.", shown.QuerySelector(".interpretation__text")!.TextContent);
        Assert.Contains("How sure: Sure: more than one thing says so.", shown.TextContent);
        Assert.Contains("what it might mean (a guess, to be asked about): Misses home.", shown.QuerySelector("details")!.TextContent);
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.InterpretationAdded)).Count);
    }

    [Fact]
    public async Task What_a_worker_reads_over_two_visits_stands_under_both_and_only_for_whoever_may_read_both()
    {
        const string pattern = "Nan is where it is calm.";
        using var hearing = await Hearing.BeginAsync(site);
        await site.ShareAsync(hearing.World, hearing.Child);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        var first = await hearing.SayAsync("I slept at Nan’s.");
        var second = await hearing.SayAsync("I was at Nan’s again.");
        var apart = await hearing.SayAsync("I like the dog.");
        var correction = await hearing.CorrectAsync(apart, "I like the cat.");
        var path = $"{hearing.ChildPage}/records/{first}/interpretation";
        var fields = new Dictionary<string, string?> { ["Input.Text"] = pattern, ["Input.Kind"] = "Observation" };
        foreach (var forged in new[] { correction, (await hearing.AnotherChildAsync()).Id })
        {
            using var refused = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>(fields) { ["Input.Further"] = forged.ToString() });
            Assert.Contains("Choose from what this child said", (await TestClient.ParseAsync(refused)).QuerySelector("#Input_Further-error")!.TextContent);
        }

        Assert.Empty(await hearing.World.AuditAsync(AuditActions.InterpretationAdded));
        using (await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>(fields) { ["Input.Further"] = second.ToString() })) { }
        var old = Assert.Single(await hearing.World.AuditAsync(AuditActions.InterpretationAdded)).SubjectId;
        // A newer version rests on the same unless somebody says otherwise.
        var newer = await hearing.Client.PageAsync($"{path}?supersedes={old}");
        Assert.Equal([second.ToString()], newer.QuerySelectorAll("input[name='Input.Further'][checked]").Select(c => c.GetAttribute("value")));
        using (await hearing.Client.SubmitAsync(newer, $"{path}?supersedes={old}", new Dictionary<string, string?>(fields) { ["Input.Confidence"] = "Sure" })) { }

        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        foreach (var (record, words, other) in new[] { (first, "I slept at Nan’s.", second), (second, "I was at Nan’s again.", first) })
        {
            var article = page.GetElementById($"record-{record}")!;
            Assert.Equal([words, pattern], article.QuerySelectorAll(".words__text, .interpretation__text").Select(e => e.TextContent));
            Assert.NotNull(article.QuerySelector($".interpretation a[href$='#record-{other}']"));
            Assert.NotNull(article.QuerySelector($".interpretation a[href^='{path}?supersedes=']"));
            Assert.Contains(pattern, article.QuerySelector(".interpretation details")!.TextContent);
        }

        Assert.Null(page.GetElementById($"record-{apart}")!.QuerySelector(".interpretation"));
        async Task<List<string>> CopiedAsync()
        {
            using var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>());
            return [.. (await TestClient.ParseAsync(copy)).QuerySelectorAll(".copy .words__text, .copy .interpretation__text").Select(e => e.TextContent)];
        }

        async Task<int> InBookletAsync(params Guid[] records)
        {
            var chosen = new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false", ["Input.Interpretations"] = "true", ["Input.Records"] = null };
            for (var i = 0; i < records.Length; i++) chosen[$"Input.Records[{i}]"] = records[i].ToString();
            using var made = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", chosen);
            return (await TestClient.ParseAsync(made)).QuerySelectorAll(".booklet .interpretation__text").Length;
        }

        Assert.Equal(["I slept at Nan’s.", pattern, "I was at Nan’s again.", pattern, "I like the dog.", "I like the cat."], await CopiedAsync());
        Assert.Equal((0, 2), (await InBookletAsync(first), await InBookletAsync(first, second)));

        // Whoever may not read one of them reads nothing of it under the other, finds nothing and writes no version of it.
        var newest = await site.ReadAsync(hearing.World, db => db.Interpretations.Where(i => i.SupersedesId == old).Select(i => i.Id).SingleAsync());
        async Task<int> ColleagueFindsAsync()
        {
            var seen = (await colleague.PageAsync(hearing.ChildPage)).QuerySelectorAll(".interpretation__text").Length + (await colleague.PageAsync($"{hearing.ChildPage}/timeline")).QuerySelectorAll(".interpretation__text").Length;
            using var found = await colleague.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "calm" });
            foreach (var address in new[] { $"{path}?supersedes={newest}", $"{hearing.ChildPage}/interpretations/{newest}/shown" })
            {
                using var opened = await colleague.GetAsync(address);
                if (opened.StatusCode == HttpStatusCode.OK) seen++;
            }

            return seen + (await TestClient.ParseAsync(found)).QuerySelectorAll(".interpretation__text").Length;
        }

        Assert.Equal(6, await ColleagueFindsAsync());
        await hearing.KeepFromAsync("OtherPractitioners", DoNotTellScope.Record, second);
        Assert.Equal(0, await ColleagueFindsAsync());
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{second}/mark", new Dictionary<string, string?> { ["Input.Sensitivity"] = "Disclosure" })) { }
        Assert.Equal(["I slept at Nan’s.", "I like the dog.", "I like the cat."], await CopiedAsync());
        Assert.Equal(0, await InBookletAsync(first, second));
    }

    [Fact]
    public async Task What_a_reading_may_rest_on_is_told_apart_where_day_and_kind_are_alike()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("I slept at Nan’s.");
        var others = new List<Guid>();
        foreach (var said in new[] { "I like the dog.", "I like the cat.", "I like the goat." }) others.Add(await hearing.SayAsync(said));
        var at = DateTime.UtcNow.Date.AddDays(-1).AddHours(12);
        await using (var owner = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await owner.OpenAsync();
            // A sealed record never changes but by the database's owner.
            for (var i = 0; i < others.Count; i++)
            {
                await using var command = new NpgsqlCommand($"set session_replication_role = replica; update voice_records set sealed_at = '{at.AddMinutes(i == 0 ? 0 : 7):O}' where id = '{others[i]}'", owner);
                await command.ExecuteNonQueryAsync();
            }
        }

        var form = await hearing.Client.PageAsync($"{hearing.ChildPage}/records/{record}/interpretation");
        var labels = others.ConvertAll(id => form.QuerySelector($"label[for='{form.QuerySelector($"input[value='{id}']")!.Id}']")!.TextContent.Trim());
        Assert.EndsWith($"(sealed {Words.Time(at)})", labels[0], StringComparison.Ordinal);
        string[] numbered = [$"(sealed {Words.Time(at.AddMinutes(7))}), number 1 of 2", $"(sealed {Words.Time(at.AddMinutes(7))}), number 2 of 2"];
        Assert.Equal(numbered, labels.Skip(1).Select(l => l[l.IndexOf('(', StringComparison.Ordinal)..]));
    }

    [Fact]
    public async Task When_a_newer_reading_went_with_another_childs_words_the_older_stands_again_everywhere_and_can_be_followed()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var other = await hearing.World.AddChildAsync(hearing.World.Practitioner, givenName: "Rowan");
        var record = await hearing.SayAsync("I slept at Nan’s.");
        var wrong = await hearing.SayAsync("I was at Nan’s again.");
        var path = $"{hearing.ChildPage}/records/{record}/interpretation";
        async Task<Guid> ThinkAsync(string text, Guid? before = null, Guid? further = null)
        {
            using var kept = await hearing.Client.SubmitAsync($"{path}{(before is null ? "" : $"?supersedes={before}")}", new Dictionary<string, string?> { ["Input.Text"] = text, ["Input.Kind"] = "Observation", ["Input.Further"] = further?.ToString() });
            Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
            return await site.ReadAsync(hearing.World, db => db.Interpretations.OrderByDescending(i => i.CreatedAt).Select(i => i.Id).FirstAsync());
        }

        async Task<List<(string Text, bool NewerIsGone)>> EverywhereAsync()
        {
            using var found = await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "calm" });
            using var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>());
            using var booklet = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false", ["Input.Interpretations"] = "true", ["Input.Records"] = null, ["Input.Records[0]"] = $"{record}" });
            IEnumerable<IHtmlDocument> pages = [await hearing.Client.PageAsync(hearing.ChildPage), await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline"), await TestClient.ParseAsync(found), await TestClient.ParseAsync(copy), await TestClient.ParseAsync(booklet)];
            return [.. pages.SelectMany(p => p.QuerySelectorAll(".interpretation")).Select(i => (i.QuerySelector(".interpretation__text")!.TextContent, i.QuerySelectorAll(".interpretation__part").Any(t => t.TextContent == Words.NewerIsGone)))];
        }

        var first = await ThinkAsync("Calm there.");
        var second = await ThinkAsync("Always calm there.", first, wrong);
        Assert.DoesNotContain(("Calm there.", false), await EverywhereAsync());
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{wrong}/wrong-child", new Dictionary<string, string?> { ["Input.ToChildId"] = other.Id.ToString() })) { }
        Assert.Equal(Enumerable.Repeat(("Calm there.", true), 5), await EverywhereAsync());

        // It is followed by another, as if the one that is gone had never been between them; and that one only once.
        var page = await hearing.Client.PageAsync($"{path}?supersedes={first}");
        await ThinkAsync("Calm, and quiet.", first);
        using (var late = await hearing.Client.SubmitAsync(page, $"{path}?supersedes={first}", new Dictionary<string, string?> { ["Input.Text"] = "Too late.", ["Input.Kind"] = "Observation" })) Assert.Contains("newer version while you were writing", (await TestClient.ParseAsync(late)).QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal(Enumerable.Repeat(("Calm, and quiet.", false), 5), await EverywhereAsync());
        var versions = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".interpretation details")!.TextContent;
        Assert.Contains("The version before", versions, StringComparison.Ordinal);
        Assert.Contains("Calm there.", versions, StringComparison.Ordinal);
        Assert.Equal(second, await site.ReadAsync(hearing.World, db => db.Interpretations.OrderByDescending(i => i.CreatedAt).Select(i => i.SupersedesId).FirstAsync()));
    }

    [Fact]
    public async Task The_childs_answer_to_an_interpretation_is_their_own_record()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("I like the dog.");
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Misses home.", ["Input.Kind"] = "Observation" }))
        {
        }

        var id = Assert.Single(await hearing.World.AuditAsync(AuditActions.InterpretationAdded)).SubjectId;
        var path = $"{hearing.ChildPage}/interpretations/{id}/shown";
        using var none = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>());
        Assert.Contains("Choose whether they saw it", (await TestClient.ParseAsync(none)).QuerySelector("#Input_Saw-error")!.TextContent);
        using var why = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Saw"] = "NotAppropriate" });
        Assert.Contains("Say why", (await TestClient.ParseAsync(why)).QuerySelector("#Input_Why-error")!.TextContent);
        var answer = await hearing.SayAsync("No I don't, I just like dogs.");
        var others = await hearing.AnotherChildAsync();
        using var forged = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Saw"] = "Yes", ["Input.ResponseRecordId"] = others.Id.ToString() });
        Assert.Equal(HttpStatusCode.OK, forged.StatusCode);
        using var good = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Saw"] = "Yes", ["Input.ResponseRecordId"] = answer.ToString() });
        Assert.Equal(HttpStatusCode.Redirect, good.StatusCode);
        var shown = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".interpretation")!;
        Assert.Contains("has seen this", shown.TextContent);
        Assert.NotNull(shown.QuerySelector($".interpretation a[href$='#record-{answer}']"));
        Assert.Equal("Yes, answered", Assert.Single(await hearing.World.AuditAsync(AuditActions.InterpretationShown)).Detail);
    }

    [Fact]
    public async Task A_reading_that_is_not_right_to_show_the_child_stays_out_of_their_booklet()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("I like the dog.");
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Afraid of somebody at home.", ["Input.Kind"] = "Observation" }))
        {
        }

        var id = Assert.Single(await hearing.World.AuditAsync(AuditActions.InterpretationAdded)).SubjectId;
        async Task<bool> IsInTheBookletAsync()
        {
            using var made = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?>
            {
                ["Input.For"] = "TheChild",
                ["Input.FamilyMaySee"] = "false",
                ["Input.Records"] = record.ToString(),
                ["Input.Interpretations"] = "true",
            });
            var booklet = (await TestClient.ParseAsync(made)).QuerySelector(".booklet")!;
            Assert.Contains("I like the dog.", booklet.TextContent);
            return booklet.TextContent.Contains("Afraid of somebody", StringComparison.Ordinal);
        }

        Assert.True(await IsInTheBookletAsync());
        using var kept = await hearing.Client.SubmitAsync(
            $"{hearing.ChildPage}/interpretations/{id}/shown", new Dictionary<string, string?> { ["Input.Saw"] = "NotAppropriate", ["Input.Why"] = "It speaks of somebody else." });
        Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
        Assert.False(await IsInTheBookletAsync());
    }

    [Fact]
    public async Task A_mark_after_sealing_goes_up_only_and_is_read_wherever_it_is_asked()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var (_, drawing) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        var meaning = await hearing.SayAboutAsync(drawing, "He hits me there.");
        var correction = await hearing.CorrectAsync(meaning, "He hits me in there.");
        var other = await hearing.SayAsync("I like the dog.");
        var path = $"{hearing.ChildPage}/records/{drawing}/mark";
        using var none = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>());
        Assert.Contains("Choose what it is", (await TestClient.ParseAsync(none)).QuerySelector("#Input_Sensitivity-error")!.TextContent);
        using (var down = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Sensitivity"] = "Normal" })) Assert.Contains("never taken back", (await TestClient.ParseAsync(down)).QuerySelector("#Input_Sensitivity-error")!.TextContent);
        var form = await hearing.Client.PageAsync(path);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.Sensitivity"] = "Disclosure" })));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        Assert.Equal("Disclosure", Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceMarked, hearing.Child.Id)).Detail);
        using (var back = await hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.Id"] = Guid.CreateVersion7().ToString(), ["Input.Sensitivity"] = "Sensitive" })) Assert.Contains("never taken back", (await TestClient.ParseAsync(back)).QuerySelector("#Input_Sensitivity-error")!.TextContent);

        foreach (var (id, marked) in new[] { (drawing, Sensitivity.Disclosure), (meaning, Sensitivity.Disclosure), (correction, Sensitivity.Disclosure), (other, Sensitivity.Normal) }) Assert.Equal(marked, (await site.RecordAsync(hearing.World, id)).Sensitivity);
        Assert.Contains("Marked: ", (await hearing.Client.PageAsync(hearing.ChildPage)).GetElementById($"record-{drawing}")!.TextContent);
        using var copied = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>());
        Assert.Equal(["I like the dog."], (await TestClient.ParseAsync(copied)).QuerySelectorAll(".copy .words__text").Select(w => w.TextContent));

        // The database lets nothing go up without a mark, and nothing down with one; not even its owner.
        await using var owner = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString);
        await owner.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var change in new[] { $"update voice_records set sensitivity = 'Sensitive' where id = '{other}'", $"update voice_records set sensitivity = 'Normal' where id = '{drawing}'", $"delete from sensitivity_marks where voice_record_id = '{drawing}'" })
        {
            await using var command = new Npgsql.NpgsqlCommand(change, owner);
            Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken))).SqlState);
        }
    }

    [Fact]
    public async Task A_recording_with_somebody_else_on_it_is_held_until_each_has_said_yes()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var nan = await hearing.World.AddRelationshipAsync(hearing.Child, ChildrensInfo.Core.Children.RelationshipKind.Grandparent, holdsResponsibility: false, change: r => r.Name = "Hester Quill");
        // Whoever was near enough stands beside the question, and those of them who are known are ticked; which it is has to be said.
        Guid visit;
        using (var begun = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", new Dictionary<string, string?>
        {
            ["Input.Place"] = "Home",
            ["Input.SeenAlone"] = "No",
            ["Input.Present[0].Who"] = "Mum",
            ["Input.Present[0].Role"] = "ParentOrCarer",
            ["Input.Present[0].InEarshot"] = "Partly",
            ["Input.Present[1].Role"] = "OtherFamily",
            ["Input.Present[1].InEarshot"] = "No",
        })) visit = Guid.Parse(begun.Headers.Location!.OriginalString.Split('/')[4]);
        var file = await hearing.RecordAsync(visit);
        var asking = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        Assert.Contains("You wrote down that these were there: Mum (a parent or carer), who could hear part of the time.", asking.QuerySelector("#Input_Before_AnybodyElseHeard-hint")!.TextContent, StringComparison.Ordinal);
        Assert.Equal([mother.Id.ToString()], asking.QuerySelectorAll<IHtmlInputElement>("input[name='Input.Before.OthersHeard']:checked").Select(i => i.Value));
        Assert.Empty(asking.QuerySelectorAll("input[name='Input.Before.AnybodyElseHeard']:checked"));
        async Task<string> RefusedAsync(params (string, string?)[] instead)
        {
            using var refused = await hearing.Client.SubmitAsync(asking, hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(file, 4000, instead), "form[data-ask-before-leaving]");
            return (await TestClient.ParseAsync(refused)).QuerySelector("#Input_Before_AnybodyElseHeard-error")!.TextContent;
        }

        Assert.Contains("Say whether anybody else can be heard on it", await RefusedAsync(("Input.Before.AnybodyElseHeard", null)), StringComparison.Ordinal);
        Assert.Contains("Say who can be heard", await RefusedAsync(("Input.Before.AnybodyElseHeard", "true"), ("Input.Before.OthersHeard", null)), StringComparison.Ordinal);
        using var sealing = await hearing.Client.SubmitAsync(
            asking, hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(file, 4000, ("Input.Before.AnybodyElseHeard", "true"), ("Input.Before.OthersHeard", mother.Id.ToString()), ("Input.Before.OthersDescribed", "A friend who was visiting")), "form[data-ask-before-leaving]");
        Assert.Equal(HttpStatusCode.Redirect, sealing.StatusCode);
        var record = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id));
        var play = $"{hearing.ChildPage}/media/{file}";
        async Task<HttpStatusCode> PlayAsync()
        {
            using var answer = await hearing.Client.GetAsync(play);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Forbidden, await PlayAsync());
        var waiting = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Empty(waiting.QuerySelectorAll("audio"));
        Assert.Contains("Marigold Thistlebrook, mother: not asked yet", waiting.QuerySelector(".held")!.TextContent);

        var path = $"{hearing.ChildPage}/records/{record.Id}/others";
        var voices = (await hearing.Client.PageAsync(path)).QuerySelectorAll<IHtmlInputElement>("input[name='Input.VoiceId']").Select(i => i.Value).ToList();
        using var bad = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Allowed"] = "true" });
        Assert.Contains("Say who said so", (await TestClient.ParseAsync(bad)).QuerySelector("#Input_SaidBy-error")!.TextContent);
        await AnswerAsync(voices[0], "true");
        Assert.Equal(HttpStatusCode.Forbidden, await PlayAsync());
        await AnswerAsync(voices[1], "true");
        Assert.Equal(HttpStatusCode.OK, await PlayAsync());
        Assert.NotEmpty((await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll("audio"));
        await AnswerAsync(voices[1], "false");
        Assert.Equal(HttpStatusCode.Forbidden, await PlayAsync());
        Assert.Equal(["yes", "yes", "no"], (await hearing.World.AuditAsync(AuditActions.ThirdPartyDecided, hearing.Child.Id)).Select(a => a.Detail));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceHeard));
        await AnswerAsync(voices[1], "true");
        Assert.Equal(HttpStatusCode.OK, await PlayAsync());
        // Somebody is heard whom nobody named before it was sealed.
        using (var who = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>(), "form#name")) Assert.Contains("Say who can be heard", (await TestClient.ParseAsync(who)).QuerySelector("#Named_Described-error")!.TextContent);
        using (var twice = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Named.RelationshipId"] = mother.Id.ToString() }, "form#name")) Assert.Contains("named already", (await TestClient.ParseAsync(twice)).QuerySelector("#Named_RelationshipId-error")!.TextContent);
        using (var named = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Named.Described"] = "A neighbour" }, "form#name")) Assert.Equal(HttpStatusCode.Redirect, named.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await PlayAsync());
        Assert.Contains("A neighbour: not asked yet", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".held")!.TextContent);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ThirdPartyNamed, hearing.Child.Id));
        // Of a recording on which nobody was named the page is there; of anything else it is not. What was ticked under the other answer does not count.
        var (soundOfOne, alone) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio, ("Input.Before.OthersHeard", nan.Id.ToString()), ("Input.Interpreter", "ProfessionalInterpreter"), ("Input.SpokenLanguage", "cy"));
        using (var played = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{soundOfOne}")) Assert.Equal(HttpStatusCode.OK, played.StatusCode);
        // Their own voice is on it, and who interpreted stands beside that.
        Assert.Equal((WordsProvenance.Recorded, InterpreterRole.ProfessionalInterpreter, "cy"), await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.Id == alone).Select(r => new ValueTuple<WordsProvenance, InterpreterRole, string>(r.Provenance, r.Interpreter!.Value, r.SpokenLanguage!)).SingleAsync()));
        Assert.Equal([true, false], await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).Select(r => r.AnybodyElseHeard!.Value).ToListAsync()));
        Assert.NotNull((await hearing.Client.PageAsync($"{hearing.ChildPage}/records/{alone}/others")).QuerySelector("form#name"));
        using (var words = await hearing.Client.GetAsync($"{hearing.ChildPage}/records/{await hearing.SayAsync("Typed.")}/others")) Assert.Equal(HttpStatusCode.NotFound, words.StatusCode);

        async Task AnswerAsync(string voice, string allowed)
        {
            using var answer = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.VoiceId"] = voice, ["Input.Allowed"] = allowed, ["Input.SaidBy"] = "They themselves" });
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
    }

    /// <summary>Whatever was typed comes back from storage, on the page, in a copy and in what is given to whoever asks for what is held, character for character, and under the seal that was put on it.</summary>
    [Fact]
    public async Task Any_text_at_all_survives_storage_page_print_and_export_character_for_character()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var actor = World.ActorOf(hearing.World.Practitioner);
        var session = await hearing.VisitAsync();
        var sealedIds = new Dictionary<Guid, string>();
        foreach (var text in AnyText.Some(24))
        {
            using var scope = site.As(actor);
            var id = Guid.CreateVersion7();
            var outcome = await scope.Get<VoiceService>().RecordAsync(hearing.Child.Id, session, new RecordVoice
            {
                Id = id,
                Kind = VoiceKind.TypedText,
                Text = text,
                Speaker = Speaker.Child,
                Provenance = WordsProvenance.OwnHand,
                Subjects = [SubjectMatter.MyLife],
                Layer = Layer.Data,
                Language = "en",
            }, actor, CancellationToken.None);
            Assert.True(outcome!.IsDone);
            sealedIds[id] = text;
        }

        using var reading = site.As(actor);
        var copies = reading.Get<VoiceCopyService>();
        var read = await copies.ReadAsync(hearing.Child.Id, CopyRecipient.TheChild, actor, CancellationToken.None);
        var copy = (await copies.MakeAsync(hearing.Child.Id, CopyRecipient.TheChild, new LeaveOut(read!.Read, Array.Empty<RedactionSpan>().ToLookup(_ => ""), []), actor, CancellationToken.None))!.Made;
        Assert.Equal(sealedIds.Count, copy!.Records.Count);
        foreach (var copied in copy.Records)
        {
            Assert.Equal(sealedIds[copied.Record.Id], copied.Text, StringComparer.Ordinal);
            Assert.Equal(copied.Record.ContentSeal, await reading.Get<KeyRing>().FingerprintAsync(hearing.Child.Id, System.Text.Encoding.UTF8.GetBytes(copied.Text!), CancellationToken.None));
        }

        // As a browser reads them: HTML itself turns a carriage return into a line feed and knows no form for a few control characters.
        static string AsHtml(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var printed = await TestClient.ParseAsync(await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>()));
        Assert.Equal(sealedIds.Values.Select(AsHtml).Order(StringComparer.Ordinal), printed.QuerySelectorAll(".words__text").Select(w => AsHtml(w.TextContent)).Order(StringComparer.Ordinal));
        var shown = new List<string>();
        for (var p = 1; p <= ((sealedIds.Count + 19) / 20); p++) shown.AddRange((await hearing.Client.PageAsync($"{hearing.ChildPage}?p={p}")).QuerySelectorAll(".words__text").Select(w => AsHtml(w.TextContent)));
        Assert.Equal(sealedIds.Values.Select(AsHtml).Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        // What leaves in one file: the story, in which a parser of ours would take the last character there is for its end, and the same for programs, to the letter.
        var (story, data) = await AccessRequestTests.GiveAsync(site, hearing.World, hearing.Child);
        Assert.Equal(
            sealedIds.Values.Order(StringComparer.Ordinal),
            System.Text.RegularExpressions.Regex.Matches(story, "<blockquote>(.*?)</blockquote>", System.Text.RegularExpressions.RegexOptions.Singleline).Select(b => WebUtility.HtmlDecode(b.Groups[1].Value)).Order(StringComparer.Ordinal));
        using var held = System.Text.Json.JsonDocument.Parse(data);
        Assert.Equal(
            sealedIds.Values.Order(StringComparer.Ordinal),
            held.RootElement.GetProperty("held").EnumerateArray().SelectMany(i => i.GetProperty("lines").EnumerateArray()).Where(l => l.GetProperty("voice").GetString() == "OwnWords").Select(l => l.GetProperty("text").GetString()!).Order(StringComparer.Ordinal));
    }
}
