using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What a child does not want told is kept from those named: on the page, in the list, in the count, in the file and in every copy.</summary>
public class DoNotTellPageTests(TestSite site)
{
    [Theory]
    [InlineData("/do-not-tell")]
    [InlineData("/copy")]
    [InlineData("/copy/check?to=child")]
    [InlineData("/copy/read?to=child")]
    public async Task Its_pages_open_only_for_the_childs_own_worker(string page)
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.OpensOnlyForTheChildsOwnWorkerAsync(hearing, child => $"/hear/{child}{page}");
    }

    [Theory]
    [InlineData("Input.Who", null, "Input_Who", "Choose who must not be told")]
    [InlineData("Input.Who", "9", "Input_Who", "Choose who must not be told")]
    [InlineData("Input.Scope", null, "Input_Scope", "Choose what they must not be told")]
    [InlineData("Input.Scope", "Subject", "Input_SubjectMatter", "Choose the subject")]
    [InlineData("Input.Reason", null, "Input_Reason", "Choose why")]
    [InlineData("Input.SaidBy", null, "Input_SaidBy", "Choose who said so")]
    public async Task What_is_missing_is_said_beside_the_field(string field, string? value, string id, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/do-not-tell", Kept.Rule("Family", more: (field, value)), "form#add");
        Assert.Contains(message, (await TestClient.ParseAsync(answer)).QuerySelector($"#{id}-error")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.DoNotTellRecorded));
    }

    [Fact]
    public async Task Other_workers_find_nothing_of_it_on_the_page_in_the_list_in_the_count_or_in_the_file_until_it_ends()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.ShareAsync(hearing.World, hearing.Child);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        var secret = await hearing.SayAsync("Only you.");
        await hearing.SayAsync("Anybody.");
        var (file, drawing) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        await hearing.KeepFromAsync("OtherPractitioners", DoNotTellScope.Record, secret);
        await hearing.KeepFromAsync("OtherPractitioners", DoNotTellScope.Record, drawing);

        var page = await colleague.PageAsync(hearing.ChildPage);
        Assert.Equal(["Anybody."], page.QuerySelectorAll(".words__text").Select(w => w.TextContent));
        Assert.Contains("is not shown to you", page.QuerySelector("main")!.TextContent);
        Assert.Contains("1 record", (await colleague.PageAsync("/hear")).QuerySelector("main")!.TextContent);
        foreach (var address in new[] { $"{hearing.ChildPage}/media/{file}", $"{hearing.ChildPage}/records/{secret}/interpretation", $"{hearing.ChildPage}/records/{secret}/correct", $"{hearing.ChildPage}/records/{secret}/wrong-child", $"{hearing.ChildPage}/do-not-tell?record={secret}" })
        {
            using var absent = await colleague.GetAsync(address);
            Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        }

        using var copy = await colleague.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>());
        Assert.Equal(["Anybody."], (await TestClient.ParseAsync(copy)).QuerySelectorAll(".words__text").Select(w => w.TextContent));
        Assert.Equal(3, (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll("article.record").Length);

        using var hasty = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/do-not-tell", new Dictionary<string, string?> { ["Ended.EndReason"] = "no" }, ".card--rule form");
        Assert.Contains("at least 10 characters", (await TestClient.ParseAsync(hasty)).QuerySelector(".card--rule .govuk-error-message")!.TextContent);
        for (var i = 0; i < 2; i++)
        {
            using var ended = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/do-not-tell", new Dictionary<string, string?> { ["Ended.EndReason"] = "Said they may know now." }, ".card--rule form");
            Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        }

        Assert.Equal(3, (await colleague.PageAsync(hearing.ChildPage)).QuerySelectorAll("article.record").Length);
        Assert.Equal(["OtherPractitioners Record", "OtherPractitioners Record"], (await hearing.World.AuditAsync(AuditActions.DoNotTellRecorded, hearing.Child.Id)).Select(a => a.Detail));
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.DoNotTellEnded, hearing.Child.Id)).Count);
    }

    [Fact]
    public async Task What_says_that_somebody_is_not_safe_is_never_kept_from_a_worker()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.ShareAsync(hearing.World, hearing.Child);
        await hearing.SayAsync("He hits me.", ("Input.Before.Sensitivity", "Disclosure"));
        await hearing.KeepFromAsync("OtherPractitioners");
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        Assert.Equal("He hits me.", (await colleague.PageAsync(hearing.ChildPage)).QuerySelector(".words__text")!.TextContent);
        using var copy = await hearing.Client.GetAsync($"{hearing.ChildPage}/copy/check?to=child");
        Assert.Contains("tell it in person", await copy.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Whom_a_rule_keeps_something_from_learns_neither_how_it_was_put_nor_the_day_it_was_said()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.ShareAsync(hearing.World, hearing.Child);
        var secret = await hearing.SayAsync("Only you.");
        await hearing.AskAsync("Take that out.", ("Input.Thing", $"Record:{secret}"));
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/do-not-tell?record={secret}", Kept.Rule("OtherPractitioners", DoNotTellScope.Record, ("Input.Words", "Olive knows my dad.")), "form#add")) { }
        foreach (var (person, isTold) in new[] { (hearing.World.Practitioner, true), (hearing.World.OtherPractitioner, false) })
        {
            using var client = site.ClientFor(person);
            var card = (await client.PageAsync($"{hearing.ChildPage}/do-not-tell")).QuerySelector(".card--rule")!.TextContent;
            Assert.Equal(isTold, card.Contains("Olive knows my dad.", StringComparison.Ordinal));
            Assert.Equal(isTold, card.Contains("what was said on", StringComparison.Ordinal));
            var page = (await client.PageAsync(hearing.ChildPage)).QuerySelector("main")!.TextContent;
            Assert.Contains("Take that out.", page);
            Assert.Equal(isTold, page.Contains("what was written down on", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_explains_a_drawing_leaves_with_the_drawing_or_not_at_all()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var (_, drawing) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing, ("Input.Subjects", "MyHelp"));
        var meaning = await hearing.SayAboutAsync(drawing, "That is my social worker.");
        var right = await hearing.CorrectAsync(meaning, "That is my teacher.");
        var (_, danger) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing, ("Input.Before.Sensitivity", "Disclosure"));
        var told = await hearing.SayAboutAsync(danger, "He hits me there.");
        Assert.Equal(Sensitivity.Disclosure, (await site.RecordAsync(hearing.World, told)).Sensitivity);
        await hearing.SayAsync("I like the dog.");
        await hearing.KeepFromAsync("Family", DoNotTellScope.Subject, subject: SubjectMatter.MyHelp);
        await hearing.DecideAsync(Purpose.ShareParent, ConsentEventType.Given, change: c => c.RecipientId = mother.Id);

        using var copied = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to={mother.Id}", new Dictionary<string, string?>());
        Assert.Equal(["I like the dog."], (await TestClient.ParseAsync(copied)).QuerySelectorAll(".copy .words__text").Select(w => w.TextContent));
        using var made = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "LifeStory", ["Input.FamilyMaySee"] = "true" });
        var booklet = await TestClient.ParseAsync(made);
        Assert.Equal(["I like the dog."], booklet.QuerySelectorAll(".booklet__words").Select(w => w.TextContent));
        Assert.Empty(booklet.QuerySelectorAll(".booklet__picture"));
        // On the child's own page all of it stands, the first before what puts it right.
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal(["That is my social worker.", "That is my teacher."], page.GetElementById($"record-{drawing}")!.QuerySelectorAll(".meaning .words__text").Select(w => w.TextContent));
        Assert.Contains("put right later", page.GetElementById($"record-{drawing}")!.QuerySelectorAll(".meaning__label")[1].TextContent);
        Assert.NotEmpty(page.QuerySelectorAll(".meaning .words__closeness"));
        Assert.NotEqual(right, meaning);
    }

    [Fact]
    public async Task Somebody_of_another_childs_life_cannot_be_named()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var theirs = await hearing.World.AddRelationshipAsync(await hearing.AnotherChildAsync());
        using var forged = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/do-not-tell", Kept.Rule(theirs.Id.ToString()), "form#add");
        Assert.Contains("Choose somebody in this child’s life", (await TestClient.ParseAsync(forged)).QuerySelector("#Input_Who-error")!.TextContent);
        Assert.Equal(theirs.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id)).SubjectId);
        using var copy = await hearing.Client.GetAsync($"{hearing.ChildPage}/copy/check?to={theirs.Id}");
        Assert.Equal(HttpStatusCode.NotFound, copy.StatusCode);
    }

    [Fact]
    public async Task A_copy_for_a_parent_has_what_they_may_have_and_the_worker_sees_what_was_left_out_and_why()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var father = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Father);
        await hearing.SayAsync("I like the dog.");
        var secret = await hearing.SayAsync("Not for Mum.");
        await hearing.SayAsync("Mum’s words.", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", mother.Id.ToString()));
        await hearing.SayAsync("Dad’s words.", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", father.Id.ToString()));
        var danger = await hearing.SayAsync("He hits me.", ("Input.Before.Sensitivity", "Disclosure"));
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{secret}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "A worker’s thought.", ["Input.Kind"] = "Observation" })) { }
        await hearing.KeepFromAsync(mother.Id.ToString(), DoNotTellScope.Record, secret);
        var address = $"{hearing.ChildPage}/copy/check?to={mother.Id}";

        // Nobody has said yes: she has only her own words.
        Assert.Equal(["Mum’s words."], await CopiedAsync(address));
        await PermitAsync(mother.Id);
        var check = await hearing.Client.PageAsync(address);
        var left = check.QuerySelectorAll(".entry").Select(e => e.TextContent).ToList();
        Assert.Equal(3, left.Count);
        Assert.Contains(left, l => l.Contains("must not be told", StringComparison.Ordinal));
        Assert.Contains(left, l => l.Contains("may not be safe", StringComparison.Ordinal));
        Assert.Contains(left, l => l.Contains("somebody else’s words", StringComparison.Ordinal));
        foreach (var words in new[] { "Not for Mum.", "He hits me.", "Dad’s words.", "A worker’s thought." }) Assert.DoesNotContain(words, check.QuerySelector("main")!.TextContent);
        Assert.Equal(["I like the dog.", "Mum’s words."], await CopiedAsync(address));
        var line = (await hearing.World.AuditAsync(AuditActions.VoiceCopied, hearing.Child.Id))[^1];
        Assert.Equal(("for Mother: 2 in, 3 left out", mother.Id), (line.Detail, line.SubjectId));

        // The father was not asked about, whatever the mother may have.
        Assert.Equal(["Dad’s words."], await CopiedAsync($"{hearing.ChildPage}/copy/check?to={father.Id}"));
        // A rule about everything leaves nothing at all, whatever was permitted.
        await hearing.KeepFromAsync(mother.Id.ToString());
        Assert.Contains("there is nothing to print", (await hearing.Client.PageAsync(address)).QuerySelector("main")!.TextContent);
        Assert.Empty(await CopiedAsync($"{hearing.ChildPage}/copy/check?to=service&service=School&there={mother.Id}"));
        Assert.NotEqual(danger, secret);

        async Task PermitAsync(Guid recipient)
        {
            using var answer = await hearing.Client.SubmitAsync(
                $"{hearing.ChildPage}/permissions/ask?purpose=ShareParent&recipient={recipient}",
                new Dictionary<string, string?> { ["Input.Decision"] = "Given", ["Input.Competence"] = "Competent", ["Input.CompetenceRationale"] = "Said who would see it and that no is fine." });
            Assert.Equal($"{hearing.ChildPage}/copy", answer.Headers.Location?.OriginalString);
        }

        async Task<List<string>> CopiedAsync(string path)
        {
            var read = path.Replace("/check", "/read", StringComparison.Ordinal);
            using var asked = await hearing.Client.GetAsync(read);
            // With nothing in it there is nothing to read through, and no form.
            if (asked.StatusCode == HttpStatusCode.Redirect)
            {
                Assert.Equal(path, asked.Headers.Location?.OriginalString);
                return [];
            }

            using var answer = await hearing.Client.SubmitAsync(read, new Dictionary<string, string?>());
            return [.. (await TestClient.ParseAsync(answer)).QuerySelectorAll(".copy .words__text").Select(w => w.TextContent)];
        }
    }

    [Fact]
    public async Task A_service_is_asked_about_by_itself_and_gets_what_workers_think_apart_from_the_words()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12);
        var record = await hearing.SayAsync("I like the dog.");
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Misses home.", ["Input.Kind"] = "Observation" })) { }
        using (await hearing.Client.SubmitAsync(
            $"{hearing.ChildPage}/permissions/ask?purpose=SharePro&recipient={CopyRecipient.ScopeOf(OutsideService.School)}",
            new Dictionary<string, string?> { ["Input.Decision"] = "Given", ["Input.Competence"] = "Competent", ["Input.CompetenceRationale"] = "Said who would see it and that no is fine." })) { }
        var school = await TestClient.ParseAsync(await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=service&service=School", new Dictionary<string, string?>()));
        Assert.Equal("I like the dog.", school.QuerySelector(".copy .words__text")!.TextContent);
        Assert.Equal("Misses home.", school.QuerySelector(".copy .interpretation .interpretation__text")!.TextContent);
        Assert.Null(school.QuerySelector(".words .interpretation"));
        Assert.Contains("there is nothing to print", (await hearing.Client.PageAsync($"{hearing.ChildPage}/copy/check?to=service&service=Police")).QuerySelector("main")!.TextContent);
        Assert.Equal("for School: 1 in, 0 left out", Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceCopied)).Detail);
    }

    [Fact]
    public async Task Each_service_that_is_named_is_asked_about_by_itself()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        await hearing.SayAsync("I like the dog.");
        Task<string> NameAsync(string name) => hearing.Client.DoneAsync($"{hearing.ChildPage}/copy", "main form[method=post]", ("Another", name));
        var first = await NameAsync("Rainbow Clinic");
        Assert.DoesNotContain("Rainbow", first, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Rainbow Clinic", (await hearing.Client.PageAsync(first)).QuerySelector("select[name=Service]")!.TextContent, StringComparison.Ordinal);
        // However it is written it is the same one.
        Assert.Equal(first, await NameAsync(" rainbow  clinic"));
        var second = await NameAsync("Star Club");
        Assert.Contains("Enter which service", await hearing.Client.RefusedAsync($"{hearing.ChildPage}/copy", "main form[method=post]", ("Another", " ")), StringComparison.Ordinal);
        using (var scope = site.As(hearing.World.Whole)) Assert.All(await scope.Db.NamedRecipients.Where(n => n.ChildId == hearing.Child.Id).ToListAsync(), n => Assert.DoesNotContain("Clinic", System.Text.Encoding.UTF8.GetString(n.NameSealed), StringComparison.OrdinalIgnoreCase));

        string Check(string address) => address.Replace("/copy?", "/copy/check?", StringComparison.Ordinal);
        async Task<string> AskAsync(string address) => (await hearing.Client.PageAsync(Check(address))).QuerySelector("main a[href*='purpose=SharePro']")!.GetAttribute("href")!;
        var ask = await AskAsync(first);
        Assert.Contains("Rainbow Clinic", (await hearing.Client.PageAsync(ask)).QuerySelector(".read-out .wording")!.TextContent, StringComparison.Ordinal);
        using (var given = await hearing.Client.SubmitAsync(ask, new Dictionary<string, string?> { ["Input.Decision"] = "Given" })) Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        Assert.Contains("1 record", (await hearing.Client.PageAsync(Check(first))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("there is nothing to print", (await hearing.Client.PageAsync(Check(second))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var copy = await TestClient.ParseAsync(await hearing.Client.SubmitAsync(first.Replace("/copy?", "/copy/read?", StringComparison.Ordinal), new Dictionary<string, string?>()));
        Assert.Contains("A copy for Rainbow Clinic", copy.QuerySelector(".copy__for")!.TextContent, StringComparison.Ordinal);
        // Another service without a name is nobody, and what was named for another child is not theirs.
        var other = await hearing.AnotherChildAsync();
        foreach (var nobody in new[] { $"{hearing.ChildPage}/copy/check?to=service&service=OtherService", $"/hear/{other.Id}/copy/check{first[first.IndexOf('?', StringComparison.Ordinal)..]}" })
        {
            using var answer = await hearing.Client.GetAsync(nobody);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var forged = await hearing.Client.GetAsync($"/hear/{other.Id}/permissions/ask{ask[ask.IndexOf('?', StringComparison.Ordinal)..]}");
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        using var service = site.As(World.ActorOf(hearing.World.Practitioner));
        var unnamed = new RecordConsent { Id = Guid.CreateVersion7(), Purpose = Purpose.SharePro, RecipientId = CopyRecipient.ScopeOf(OutsideService.OtherService), Decision = ConsentEventType.Given, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken };
        Assert.Contains("Say which service", (await service.Get<ConsentService>().RecordAsync(hearing.Child.Id, unnamed, World.ActorOf(hearing.World.Practitioner), CancellationToken.None))!.Refusal!.Message, StringComparison.Ordinal);
        (unnamed.Id, unnamed.RecipientId) = (Guid.CreateVersion7(), Guid.NewGuid());
        Assert.Contains("Choose whom it is for", (await service.Get<ConsentService>().RecordAsync(hearing.Child.Id, unnamed, World.ActorOf(hearing.World.Practitioner), CancellationToken.None))!.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_about_somebody_else_is_left_out_of_a_copy_and_stays_in_the_record()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12);
        await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Sibling, change: r => r.Name = "Bramble Thistlebrook");
        const string Said = "😀 Bramble cried. My number is 07700 900123. The man with the red van came.";
        var record = await hearing.SayAsync(Said);
        var address = $"{hearing.ChildPage}/copy/read?to=child";
        var read = await hearing.Client.PageAsync(address);
        Assert.Equal(Said, read.QuerySelector(".words__text")!.TextContent);
        var boxes = read.QuerySelectorAll<IHtmlInputElement>("input[name=Leave]").ToList();
        Assert.Equal(["Bramble (a name)", "07700 900123 (a phone number)"], boxes.Select(b => $"{b.ParentElement!.QuerySelector("strong")!.TextContent} {b.ParentElement!.QuerySelector("label")!.LastChild!.TextContent.Trim()}"));
        // It is the child's own copy: nothing is ticked for them. None of what a form sends is a word that was said.
        Assert.All(boxes, b => Assert.False(b.IsChecked));
        Assert.All(boxes, b => Assert.Matches(@"^[0-9a-f]{32}\.words\|\d+\|\d+\|[A-Z][a-z]+$", b.Value));

        using var made = await hearing.Client.SubmitAsync(address, new Dictionary<string, string?> { ["Leave"] = boxes[0].Value, ["Phrases"] = "the RED van\r\n" });
        var copy = await TestClient.ParseAsync(made);
        Assert.Equal("😀 [NAME] cried. My number is 07700 900123. The man with [WORDS] came.", copy.QuerySelector(".copy .words__text")!.TextContent);
        Assert.Contains("something about somebody else was left out", copy.QuerySelector(".copy")!.TextContent);
        Assert.Equal("for Child: 1 in, 0 left out, 2 places hidden", Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceCopied, hearing.Child.Id)).Detail);
        Assert.Equal(Said, (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector($"#r-{record} .words__text, .words__text")!.TextContent);
    }

    [Fact]
    public async Task A_copy_for_somebody_in_the_family_leaves_others_names_out_unless_its_worker_lets_them_in_and_never_the_childs_or_their_own()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Sibling, change: r => r.Name = "Bramble Thistlebrook");
        await hearing.SayAsync($"I am {hearing.Child.GivenName}. {mother.Name.Split(' ')[0]} and Bramble sang.", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", mother.Id.ToString()));
        var address = $"{hearing.ChildPage}/copy/read?to={mother.Id}";
        var box = Assert.Single((await hearing.Client.PageAsync(address)).QuerySelectorAll<IHtmlInputElement>("input[name=Leave]"));
        Assert.True(box.IsChecked);
        using var made = await hearing.Client.SubmitAsync(address, new Dictionary<string, string?>());
        Assert.Equal($"I am {hearing.Child.GivenName}. {mother.Name.Split(' ')[0]} and [NAME] sang.", (await TestClient.ParseAsync(made)).QuerySelector(".copy .words__text")!.TextContent);
    }

    [Fact]
    public async Task Nothing_is_made_from_a_form_that_is_wrong_or_was_read_before_something_came()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12);
        var record = await hearing.SayAsync("I like the dog.");
        var address = $"{hearing.ChildPage}/copy/read?to=child";
        using var nowhere = await hearing.Client.SubmitAsync(address, new Dictionary<string, string?> { ["Phrases"] = "dog\nthe cat" });
        Assert.Contains("“the cat” is nowhere in the copy", (await TestClient.ParseAsync(nowhere)).QuerySelector("#Phrases-error")!.TextContent);
        using var half = await hearing.Client.SubmitAsync(address, new Dictionary<string, string?> { ["Phrases"] = "do" });
        Assert.Contains("“do” is nowhere", (await TestClient.ParseAsync(half)).QuerySelector("#Phrases-error")!.TextContent);

        var form = await hearing.Client.PageAsync(address);
        await hearing.SayAsync("And the cat.");
        using var late = await hearing.Client.SubmitAsync(form, address, new Dictionary<string, string?>());
        var again = await TestClient.ParseAsync(late);
        Assert.Contains("Read it again", again.QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal(2, again.QuerySelectorAll(".words__text").Length);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceCopied, hearing.Child.Id));

        // What a form makes up can leave out more, and no more than there is.
        foreach (var (forged, left) in new[] { ($"{record:N}.words|0|4000|Name", "[NAME]"), ($"{record:N}.words|9|3|Name", "I like the dog."), ($"{Guid.NewGuid():N}.words|0|4|Name", "I like the dog."), ("x|y|z", "I like the dog."), ($"{record:N}.words|-4|2|9", "I like the dog.") })
        {
            using var made = await hearing.Client.SubmitAsync(address, new Dictionary<string, string?> { ["Leave"] = forged });
            Assert.Contains(left, (await TestClient.ParseAsync(made)).QuerySelectorAll(".copy .words__text").Select(w => w.TextContent));
        }
    }
}
