using System.Net;
using AngleSharp.Dom;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Pages.Hear.Permissions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class PermissionTests(TestSite site)
{
    private static Dictionary<string, string?> Answer(string decision, params (string, string?)[] more)
    {
        var fields = new Dictionary<string, string?> { ["Input.Decision"] = decision };
        foreach (var (name, value) in more) fields[name] = value;
        return fields;
    }

    private static readonly (string, string?)[] Able = [("Input.Competence", "Competent"), ("Input.CompetenceRationale", "Said back that it is only to remember the words.")];

    private static string Ask(Child child, Purpose purpose = Purpose.Audio, string more = "") => $"/hear/{child.Id}/permissions/ask?purpose={purpose}{more}";

    [Fact]
    public async Task Each_age_and_language_gets_its_own_words_and_the_answer_is_pinned_to_them()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var young = await hearing.World.AddChildAsync(hearing.World.Practitioner, age: 5);
        var teenager = await hearing.World.AddChildAsync(hearing.World.Practitioner, age: 14);
        var welsh = await hearing.World.AddChildAsync(hearing.World.Practitioner, age: 9, change: c => c.PreferredLanguage = "cy");
        var polish = await hearing.World.AddChildAsync(hearing.World.Practitioner, age: 9, change: c => c.PreferredLanguage = "pl");
        async Task<string> WordsFor(Child child, string more = "") => (await hearing.Client.PageAsync(Ask(child, Purpose.Audio, more))).QuerySelector(".read-out .wording__line")!.TextContent;
        var texts = new[] { await WordsFor(hearing.Child), await WordsFor(young), await WordsFor(teenager), await WordsFor(welsh), await WordsFor(hearing.Child, "&adult=true") };
        Assert.Equal(4, texts[..4].Distinct().Count());
        Assert.All(texts[..4], t => Assert.Contains(hearing.World.Authority.Name, t));
        Assert.DoesNotContain(texts, t => t.Contains('{'));
        Assert.Contains("Ga i recordio dy lais di", texts[3], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(texts[0], await WordsFor(polish));

        using var given = await hearing.Client.SubmitAsync(Ask(hearing.Child), Answer("Given", Able));
        Assert.Equal($"/hear/{hearing.Child.Id}/permissions", given.Headers.Location?.OriginalString);
        using var scope = site.As(hearing.World.Whole);
        var kept = await scope.Db.ConsentEvents.Include(e => e.Wording).SingleAsync(e => e.ChildId == hearing.Child.Id);
        Assert.Equal(AgeBand.From8To11, kept.Wording!.AgeBand);
        Assert.Equal(kept.Wording.BodyHash, kept.WordingHash);
        Assert.Equal(DecidedBy.ChildForSelf, kept.DecidedBy);
        Assert.Equal(kept.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.ConsentRecorded, hearing.Child.Id)).SubjectId);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.CompetenceAssessed, hearing.Child.Id));

        var card = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!;
        Assert.Equal("Yes", card.QuerySelector(".govuk-tag")!.TextContent);
        Assert.Contains("Sorrel, by saying so", card.TextContent);
        Assert.Contains("Lapses on", card.TextContent);
        Assert.Equal(texts[0], card.QuerySelector(".govuk-details__text .wording__line")!.TextContent);
    }

    [Fact]
    public async Task No_takes_as_many_taps_as_yes_and_stopping_no_more_than_either()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var first = await hearing.Client.PageAsync(Ask(hearing.Child));
        Assert.Equal(["Given", "Refused", "Deferred"], first.QuerySelectorAll("button[name='Input.Decision']").Select(b => b.GetAttribute("value")));
        // Enter presses the first button of a form: one that decides nothing.
        Assert.Equal((true, false, false), first.QuerySelector("main form[method=post] button") is { } nothing ? (nothing.HasAttribute("hidden"), nothing.HasAttribute("name"), nothing.HasAttribute("disabled")) : default);
        Assert.Single(first.QuerySelectorAll("button[name='Input.Decision']").Select(b => b.ClassName).Distinct());
        foreach (var answer in new[] { "Given", "Withdrawn", "Deferred", "Refused" })
        {
            // Nothing else is touched on the page: one tap each.
            using var sent = await hearing.Client.SubmitAsync(Ask(hearing.Child, more: "&raised=true"), Answer(answer));
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
            if (answer == "Given") Assert.Contains("Withdrawn", (await hearing.Client.PageAsync(Ask(hearing.Child))).QuerySelectorAll("button[name='Input.Decision']").Select(b => b.GetAttribute("value")));
        }

        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(4, await scope.Db.ConsentEvents.CountAsync(e => e.ChildId == hearing.Child.Id));
    }

    [Theory]
    [InlineData(9, "", "Given", "Input_Competence", "A child under 16 can say yes only if they understand")]
    [InlineData(9, "", null, null, "Choose what was decided")]
    [InlineData(9, "&adult=true", "Given", "By", "Choose who decided")]
    public async Task What_is_missing_is_said_beside_the_field_and_what_they_said_is_kept(int age, string more, string? decision, string? id, string message)
    {
        using var hearing = await Hearing.BeginAsync(site, age);
        await hearing.World.AddRelationshipAsync(hearing.Child);
        using var answer = await hearing.Client.SubmitAsync(Ask(hearing.Child, Purpose.Audio, more), new Dictionary<string, string?> { ["Input.Decision"] = decision, ["Input.Words"] = "Only if nobody laughs." });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(message, page.QuerySelector(id is null ? ".govuk-error-message" : $"#{id}-error")!.TextContent);
        Assert.Contains("Only if nobody laughs.", page.QuerySelector("#Input_Words")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.ConsentRecorded));
    }

    [Fact]
    public async Task A_parent_decides_with_the_childs_feeling_beside_it_and_a_childs_no_wins()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        async Task SayAsync(string position)
        {
            using var sent = await hearing.Client.SubmitAsync(Ask(hearing.Child, Purpose.Audio, "&adult=true"), Answer("Given", ("By", mother.Id.ToString()), ("Input.ChildPosition", position)));
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }

        await SayAsync("Assents");
        Assert.Equal("Yes", await StateAsync(hearing));
        Assert.Contains("Marigold Thistlebrook, mother", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!.TextContent);
        await SayAsync("Dissents");
        // A no after a yes: something may have been recorded in between, and is locked.
        Assert.Equal("Changed to no", await StateAsync(hearing));
        var stopped = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio a[href$='/stopped']")!.GetAttribute("href")!;
        using (var chosen = await hearing.Client.SubmitAsync(stopped, new Dictionary<string, string?> { ["wants"] = "TakeOut" })) Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        Assert.Contains("not to be used any more", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!.TextContent);
        Assert.Contains("We were asked to stop recording Sorrel", (await hearing.Client.PageAsync(hearing.WordsPage(await hearing.VisitAsync()))).QuerySelector(".govuk-inset-text")!.TextContent);
    }

    [Fact]
    public async Task A_young_childs_no_ends_when_the_child_wants_it_and_not_before()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        async Task<IDocument> SayAsync(string more, params (string, string?)[] fields)
        {
            using var sent = await hearing.Client.SubmitAsync(Ask(hearing.Child, Purpose.Audio, more), fields.ToDictionary(f => f.Item1, f => f.Item2));
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
            return await hearing.Client.PageAsync(sent.Headers.Location!.OriginalString);
        }

        Task<IDocument> YesAsync(string more) => SayAsync("&adult=true" + more, ("Input.Decision", "Given"), ("By", mother.Id.ToString()), ("Input.ChildPosition", "Assents"));
        Assert.Empty((await hearing.Client.PageAsync(Ask(hearing.Child))).QuerySelectorAll("button[name='WantsIt']"));
        await SayAsync("", ("Input.Decision", "Refused"));
        Assert.Contains("still no, until Sorrel wants it", (await YesAsync("&raised=true")).QuerySelector(".govuk-notification-banner")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("No", await StateAsync(hearing));
        var wants = (await hearing.Client.PageAsync(Ask(hearing.Child, more: "&adult=true"))).QuerySelectorAll(".govuk-inset-text a").Single(a => a.TextContent == "Sorrel has changed their mind").GetAttribute("href")!;
        Assert.NotNull((await hearing.Client.PageAsync(wants)).QuerySelector("button[name='WantsIt']"));
        // It opens nothing by itself; whoever decides is asked at once.
        var adult = await SayAsync("&raised=true", ("WantsIt", "true"), ("Input.Words", "I am brave now"));
        Assert.NotNull(adult.QuerySelector("input[name='Input.ChildPosition']"));
        Assert.Equal("Asked, no answer yet", await StateAsync(hearing));
        using (var scope = site.As(hearing.World.Whole))
        {
            var wish = await scope.Db.ConsentEvents.OrderBy(e => e.OccurredAt).LastAsync(e => e.ChildId == hearing.Child.Id);
            Assert.Equal((ConsentEventType.Asked, DecidedBy.ChildForSelf, ChildPosition.Assents, ConsentMethod.Spoken, true), (wish.Type, wish.DecidedBy, wish.ChildPosition, wish.Method, wish.WordsSealed is not null));
        }

        await YesAsync("");
        Assert.Equal("Yes", await StateAsync(hearing));
    }

    [Fact]
    public async Task Each_training_and_report_is_asked_about_by_itself_and_what_was_shown_comes_back_as_it_was()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        async Task<string> UseAsync(string use) => await hearing.Client.DoneAsync($"{hearing.ChildPage}/permissions/use", "main form[method=post]", ("Use", use));
        Assert.Contains("Enter which training or report", await hearing.Client.RefusedAsync($"{hearing.ChildPage}/permissions/use", "main form[method=post]", ("Use", "")), StringComparison.Ordinal);
        var (evening, report) = (await UseAsync("An evening for new foster carers"), await UseAsync("The yearly report"));
        var asked = await hearing.Client.PageAsync(evening);
        Assert.Contains("An evening for new foster carers", asked.QuerySelector(".read-out .wording")!.TextContent, StringComparison.Ordinal);
        using (var given = await hearing.Client.SubmitAsync(asked, evening, Answer("Given"))) Assert.EndsWith("/permissions", given.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (var refused = await hearing.Client.SubmitAsync(report, Answer("Refused"))) Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        var cards = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelectorAll("[id^=TrainPublish]").ToDictionary(c => c.QuerySelector("h2")!.TextContent, c => c.QuerySelector(".govuk-tag")!.TextContent);
        Assert.Equal(["No", "Yes"], cards.OrderByDescending(c => c.Key).Select(c => c.Value));

        // Her name in the words is the name that was read out, whatever she is called later.
        var aunt = await hearing.World.AddRelationshipAsync(hearing.Child);
        var share = Ask(hearing.Child, Purpose.ShareParent, $"&recipient={aunt.Id}");
        var open = await hearing.Client.PageAsync(share);
        var words = open.QuerySelector(".read-out .wording")!.TextContent;
        Assert.Contains(aunt.Name, words, StringComparison.Ordinal);
        using (var given = await hearing.Client.SubmitAsync(open, share, Answer("Given"))) Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        using (var scope = site.As(hearing.World.Whole)) await scope.Db.Relationships.Where(r => r.Id == aunt.Id).ExecuteUpdateAsync(r => r.SetProperty(x => x.Name, "Marigold Fernley"));
        var card = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector($"#ShareParent-{aunt.Id}")!;
        Assert.Equal(words, card.QuerySelector(".wording")!.TextContent);
        var copy = card.QuerySelectorAll(".history a").Single(a => a.TextContent.StartsWith("Their copy", StringComparison.Ordinal)).GetAttribute("href")!;
        Assert.Equal(words, (await hearing.Client.PageAsync(copy)).QuerySelector(".receipt .wording")!.TextContent);
        // Nor does anybody answer to a name that was not before them.
        using (var late = await hearing.Client.SubmitAsync(open, share, Answer("Given", ("Input.Id", Guid.CreateVersion7().ToString()))))
        {
            Assert.Contains("A name in the words has changed", (await TestClient.ParseAsync(late)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        Assert.Contains("Marigold Fernley", (await hearing.Client.PageAsync(share)).QuerySelector(".read-out .wording")!.TextContent, StringComparison.Ordinal);
        // A stop is heard all the same.
        using (var stop = await hearing.Client.SubmitAsync(open, share, Answer("Withdrawn", ("Input.Id", Guid.CreateVersion7().ToString())))) Assert.Equal(HttpStatusCode.Redirect, stop.StatusCode);
        Assert.Contains("those of then were not kept", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector($"#ShareParent-{aunt.Id}")!.TextContent, StringComparison.Ordinal);
        using var check = site.As(hearing.World.Whole);
        var kept = await check.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).OrderBy(e => e.OccurredAt).Select(e => e.ShownSealed).ToListAsync();
        Assert.Equal([true, true, true, false], kept.Select(s => s is not null));
        Assert.All(kept.OfType<byte[]>(), s => Assert.DoesNotContain("change", System.Text.Encoding.UTF8.GetString(s), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_yes_lasts_as_long_as_was_agreed_and_for_the_research_it_is_about()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        async Task<ConsentEvent> GivenAsync(string address, params (string, string?)[] more)
        {
            using var sent = await hearing.Client.SubmitAsync(address, Answer("Given", more));
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
            using var scope = site.As(hearing.World.Whole);
            return await scope.Db.ConsentEvents.OrderBy(e => e.OccurredAt).LastAsync(e => e.ChildId == hearing.Child.Id);
        }

        (string, string?)[] Until(DateOnly day) => [("Lasts", "Until"), ("Input.ExpiresOn.Day", $"{day.Day}"), ("Input.ExpiresOn.Month", $"{day.Month}"), ("Input.ExpiresOn.Year", $"{day.Year}")];
        var audio = Ask(hearing.Child);
        foreach (var (fields, says) in new ((string, string?)[], string)[]
        {
            ([("Lasts", "Until")], "Enter the last day"), (Until(today.AddDays(-1)), "must be today or later"),
            ([("Lasts", "Until"), ("Input.ExpiresOn.Day", "31"), ("Input.ExpiresOn.Month", "2"), ("Input.ExpiresOn.Year", "2031")], "real date"),
        })
        {
            using var refused = await hearing.Client.SubmitAsync(audio, Answer("Given", fields));
            Assert.Contains(says, (await TestClient.ParseAsync(refused)).QuerySelector("#Input_ExpiresOn-error")!.TextContent, StringComparison.Ordinal);
        }

        Assert.Equal(today.AddDays(20), (await GivenAsync(audio, Until(today.AddDays(20)))).ExpiresOn);
        var visit = await GivenAsync(audio, ("Lasts", "Today"), ("EndsWithCase", "true"));
        Assert.Equal((today, true), (visit.ExpiresOn, visit.ExpiresWhen.SequenceEqual([ExpiryCause.CaseClosed])));
        // No date stands in the way of a no.
        using (var no = await hearing.Client.SubmitAsync(audio, Answer("Withdrawn", ("Lasts", "Until"), ("Input.ExpiresOn.Day", "x")))) Assert.Equal(HttpStatusCode.Redirect, no.StatusCode);

        var project = await hearing.World.AddProjectAsync(site, ProjectState.Approved);
        var link = (await hearing.Client.PageAsync(Ask(hearing.Child, Purpose.ResearchExtract))).QuerySelectorAll("main a").Single(a => a.TextContent == project.Title).GetAttribute("href")!;
        Assert.Contains(project.PlainWords, (await hearing.Client.PageAsync(link)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var one = await GivenAsync(link);
        Assert.Equal((ConsentScope.Project, project.Id, true), (one.Scope, one.ScopeId!.Value, one.ExpiresWhen.Contains(ExpiryCause.ProjectEnds)));
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var consent = scope.Get<ConsentService>();
            Assert.True((await consent.DecideNowAsync(hearing.Child.Id, Purpose.ResearchExtract, project.Id, CancellationToken.None)).Allowed);
            Assert.False((await consent.DecideNowAsync(hearing.Child.Id, Purpose.ResearchExtract, Guid.NewGuid(), CancellationToken.None)).Allowed);
            var forged = new RecordConsent { Id = Guid.CreateVersion7(), Purpose = Purpose.ResearchExtract, ProjectId = Guid.NewGuid(), Decision = ConsentEventType.Given, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken };
            Assert.Contains("Choose a project", (await consent.RecordAsync(hearing.Child.Id, forged, World.ActorOf(hearing.World.Practitioner), CancellationToken.None))!.Refusal!.Message, StringComparison.Ordinal);
        }

        var card = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector($"#ResearchExtract-{project.Id}")!;
        Assert.Contains(project.Title, card.QuerySelector("h2")!.TextContent, StringComparison.Ordinal);
        using (var stopped = await hearing.Client.SubmitAsync(card.QuerySelector(".card__action a")!.GetAttribute("href")!, Answer("Withdrawn"))) Assert.EndsWith("/stopped", stopped.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var after = site.As(hearing.World.Whole);
        Assert.Equal((ConsentScope.Project, ConsentEventType.Withdrawn), await after.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).OrderBy(e => e.OccurredAt).Select(e => new ValueTuple<ConsentScope, ConsentEventType>(e.Scope, e.Type)).LastAsync());
    }

    [Fact]
    public async Task Each_part_of_what_a_child_understood_is_kept_sealed_and_one_that_is_not_understood_is_no_yes()
    {
        using var hearing = await Hearing.BeginAsync(site);
        (string, string?)[] parts =
        [
            .. Able, ("Input.WhatItIs", "Yes"), ("Input.WhatFor", "WithSupport"), ("Input.CanSayNo", "Yes"), ("Input.FreeFromPressure", "Yes"),
            ("Input.CompetenceWords", "You keep my voice in a box"), ("Input.Support", "Picture cards"), ("Input.SecondOpinion", "Her teacher thinks so too"),
        ];
        foreach (var (field, value, says) in new[] { ("WhoWillSee", "No", "does not understand this part"), ("FreeFromPressure", "No", "pressed for is no yes"), ("WhatItIs", "Perhaps", "") })
        {
            using var answer = await hearing.Client.SubmitAsync(Ask(hearing.Child), Answer("Given", [.. parts, ($"Input.{field}", value)]));
            var page = await TestClient.ParseAsync(answer);
            Assert.Contains(says, page.GetElementById($"Input_{field}-error")!.TextContent, StringComparison.Ordinal);
            // It stands open, with what was filled in.
            Assert.True(page.GetElementById($"Input_{field}")!.Closest("details")!.HasAttribute("open"));
            Assert.Equal("You keep my voice in a box", page.GetElementById("Input_CompetenceWords")!.TextContent.Trim());
        }

        Assert.Empty(await hearing.World.AuditAsync(AuditActions.CompetenceAssessed));
        using (var given = await hearing.Client.SubmitAsync(Ask(hearing.Child), Answer("Given", parts))) Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        using var scope = site.As(hearing.World.Whole);
        var kept = await scope.Db.CompetenceAssessments.SingleAsync(a => a.ChildId == hearing.Child.Id);
        Assert.Equal((Understands.Yes, Understands.WithSupport, null, Understands.Yes, FreeFromPressure.Yes), (kept.WhatItIs, kept.WhatFor, kept.WhoWillSee, kept.CanSayNo, kept.FreeFromPressure));
        var keys = scope.Get<ChildrensInfo.Core.Keys.KeyRing>();
        Assert.Equal("You keep my voice in a box", await keys.OpenAsync(hearing.Child.Id, kept.ChildWordsSealed!, kept.Id, ChildrensInfo.Core.Keys.SealPart.CompetenceWords, TestContext.Current.CancellationToken));
        Assert.Equal("Picture cards", await keys.OpenAsync(hearing.Child.Id, kept.SupportSealed!, kept.Id, ChildrensInfo.Core.Keys.SealPart.CompetenceSupport, TestContext.Current.CancellationToken));
        Assert.Equal("Her teacher thinks so too", await keys.OpenAsync(hearing.Child.Id, kept.SecondOpinionSealed!, kept.Id, ChildrensInfo.Core.Keys.SealPart.SecondOpinion, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_court_a_manager_under_a_care_order_and_a_carer_with_delegated_authority_decide_and_anybody_else_does_not()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6);
        var carer = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.FosterCarer, holdsResponsibility: false);
        var adult = Ask(hearing.Child, Purpose.Audio, "&adult=true");
        async Task<IEnumerable<string?>> OfferedAsync() => (await hearing.Client.PageAsync(adult)).QuerySelectorAll("input[name=By]").Select(i => i.GetAttribute("value"));
        async Task RefusedAsync(string by, string field, string says, params (string, string?)[] more)
        {
            using var answer = await hearing.Client.SubmitAsync(adult, Answer("Given", [("By", by), ("Input.ChildPosition", "Assents"), .. more]));
            var error = (await TestClient.ParseAsync(answer)).GetElementById($"{field}-error");
            Assert.Contains(says, error?.TextContent ?? "", StringComparison.Ordinal);
        }

        async Task<ConsentEvent> GivenAsync(string by, params (string, string?)[] more)
        {
            using var answer = await hearing.Client.SubmitAsync(adult, Answer("Given", [("By", by), ("Input.ChildPosition", "Assents"), .. more]));
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal("Yes", await StateAsync(hearing));
            using var scope = site.As(hearing.World.Whole);
            return await scope.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).OrderBy(e => e.RecordedAt).LastAsync();
        }

        Assert.Equal([AskModel.ByCourt], await OfferedAsync());
        await RefusedAsync(AskModel.ByCourt, "Input_Reason", "Say which order");
        // What the page does not offer is refused on the server, too.
        await RefusedAsync(AskModel.ByCouncil, "By", "No care order", ("Input.Grade", "Director"));
        await RefusedAsync($"{carer.Id}", "By", "holds parental responsibility");
        await RefusedAsync("anybody", "By", "Choose who decided");
        await RefusedAsync(AskModel.ByCourt, "Input_ChildPositionReason", "Say why", ("Input.Reason", "Order of 1 May"), ("Input.ChildPosition", "NotAsked"));
        Assert.Equal(DecidedBy.CourtOrAttorney, (await GivenAsync(AskModel.ByCourt, ("Input.Reason", "Specific issue order of 1 May"))).DecidedBy);

        using (var scope = site.As(hearing.World.Whole))
        {
            scope.Db.AddRange(
                new LegalStatus { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, Kind = LegalStatusKind.CareOrder, RecordedAt = DateTime.UtcNow },
                new DelegatedAuthority { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, RelationshipId = carer.Id, Purposes = [Purpose.Audio], Evidence = ResponsibilityEvidence.PlacementPlan, RecordedAt = DateTime.UtcNow },
                AuditEntry.For(AuditActions.LegalStatusRecorded, hearing.World.Whole, hearing.Child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal([$"{carer.Id}", AskModel.ByCouncil, AskModel.ByCourt], await OfferedAsync());
        await RefusedAsync(AskModel.ByCouncil, "Input_Grade", "a team manager", ("Input.Grade", "SocialWorker"));
        var council = await GivenAsync(AskModel.ByCouncil, ("Input.Grade", "ServiceManager"));
        Assert.Equal((DecidedBy.LocalAuthority, DecisionGrade.ServiceManager), (council.DecidedBy, council.Grade));
        var delegated = await GivenAsync($"{carer.Id}");
        Assert.Equal((DecidedBy.DelegatedAuthority, carer.Id), (delegated.DecidedBy, delegated.DecidedByRelationshipId));
    }

    [Fact]
    public async Task A_parents_no_is_not_said_to_be_the_childs()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        using var sent = await hearing.Client.SubmitAsync(Ask(hearing.Child, Purpose.Audio, "&adult=true"), Answer("Refused", ("By", mother.Id.ToString())));
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Contains("The answer to recording Sorrel is no.", (await hearing.Client.PageAsync(hearing.WordsPage(await hearing.VisitAsync()))).QuerySelector(".govuk-inset-text")!.TextContent);
    }

    [Fact]
    public async Task Forged_people_words_and_forms_are_refused_and_written_down()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6);
        await hearing.World.AddRelationshipAsync(hearing.Child);
        var other = await hearing.AnotherChildAsync();
        var theirs = await hearing.World.AddRelationshipAsync(other);
        Guid wrongWords;
        using (var scope = site.As(hearing.World.Whole)) wrongWords = await scope.Db.Wordings.Where(w => w.Purpose == Purpose.ResearchExtract).Select(w => w.Id).FirstAsync();
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused, other);
        Guid takenId;
        using (var scope = site.As(hearing.World.Whole)) takenId = await scope.Db.ConsentEvents.Where(e => e.ChildId == other.Id).Select(e => e.Id).SingleAsync();

        var adult = Ask(hearing.Child, Purpose.Audio, "&adult=true");
        var forged = new[]
        {
            (adult, Answer("Given", ("By", theirs.Id.ToString()), ("Input.ChildPosition", "Assents")), theirs.Id),
            (Ask(hearing.Child), Answer("Refused", ("Input.WordingId", wrongWords.ToString())), wrongWords),
            (Ask(hearing.Child), Answer("Refused", ("Input.Id", takenId.ToString())), takenId),
            (Ask(hearing.Child), Answer("Refused", ("Input.AskedById", hearing.World.TeamManager.Id.ToString())), hearing.World.TeamManager.Id),
        };
        foreach (var (path, fields, id) in forged)
        {
            using var answer = await hearing.Client.SubmitAsync(path, fields);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id), a => a.SubjectId == id);
        }

        // Nor does anything past the pages take a yes or a wish for somebody in another child's life, or a wish in words whose names have changed since.
        var (actor, mine) = (World.ActorOf(hearing.World.Practitioner), await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Father));
        using (var direct = site.As(actor))
        {
            var yes = new RecordConsent { Id = Guid.CreateVersion7(), Purpose = Purpose.ShareParent, RecipientId = theirs.Id, Decision = ConsentEventType.Refused, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken };
            Assert.Equal("Choose somebody in this child’s life", (await direct.Get<ConsentService>().RecordAsync(hearing.Child.Id, yes, actor, CancellationToken.None))!.Refusal!.Message);
            var words = await direct.Db.Wordings.Where(w => w.Purpose == Purpose.ShareParent).Select(w => w.Id).FirstAsync();
            async Task<string?> WantAsync(Guid whom, string? seen) => (await direct.Get<AskingService>().WantAsync(
                hearing.Child.Id, new() { Id = Guid.CreateVersion7(), Purpose = Purpose.ShareParent, RecipientId = whom, Recipient = "Dad", WordingId = words, Seen = seen }, actor, CancellationToken.None))!.Value.Why;
            Assert.Equal("Choose whom it is for", await WantAsync(theirs.Id, null));
            Assert.Equal("A name in the words has changed since this page was opened. Read them again", await WantAsync(mine.Id, ConsentService.MarkOf("May I show it to Daddy?")));
        }

        Assert.Equal(3, (await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id)).Count(a => a.SubjectId == theirs.Id));
        using (var without = await hearing.Client.SubmitAsync(Ask(hearing.Child), Answer("Refused", ("Input.WordingId", null)))) Assert.Contains("The words to ask with are missing", await without.Content.ReadAsStringAsync());
        using var check = site.As(hearing.World.Whole);
        Assert.False(await check.Db.ConsentEvents.AnyAsync(e => e.ChildId == hearing.Child.Id));
    }

    [Fact]
    public async Task A_double_click_decides_once()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var page = await hearing.Client.PageAsync(Ask(hearing.Child));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => hearing.Client.SubmitAsync(page, Ask(hearing.Child), Answer("Given"))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ConsentRecorded));
    }

    [Fact]
    public async Task Every_purpose_that_is_asked_in_general_can_be_asked_and_the_others_are_not_there()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        foreach (var purpose in Enum.GetValues<Purpose>())
        {
            using var answer = await hearing.Client.GetAsync(Ask(hearing.Child, purpose));
            Assert.Equal(Purposes.AskedInGeneral.Contains(purpose) ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
            if (answer.StatusCode != HttpStatusCode.OK) continue;
            var told = Purposes.BasisOf(purpose) == PurposeBasis.NoticeOnly;
            using var sent = await hearing.Client.SubmitAsync(Ask(hearing.Child, purpose), Answer(told ? "Told" : "Given"));
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }

        var page = await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions");
        Assert.Equal(Purposes.AskedInGeneral.Count, page.QuerySelectorAll(".card").Length);
        Assert.Equal(["Told", "Told", .. Enumerable.Repeat("Yes", Purposes.AskedInGeneral.Count - 2)], page.QuerySelectorAll(".card .govuk-tag").Select(t => t.TextContent));
    }

    [Fact]
    public async Task What_it_was_used_for_stands_on_its_card_and_to_whom_it_went_once_it_has_stopped()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var (world, child, actor) = (hearing.World, hearing.Child, World.ActorOf(hearing.World.Practitioner));
        var mother = await world.AddRelationshipAsync(child);
        var project = await world.AddProjectAsync(site, ChildrensInfo.Core.Research.ProjectState.Approved);
        var extract = await world.AddExtractAsync(site, project, ChildrensInfo.Core.Research.ExtractState.Approved);
        foreach (var purpose in new[] { Purpose.QuoteService, Purpose.TranscribeMachine, Purpose.ResearchExtract }) await hearing.DecideAsync(purpose, ConsentEventType.Given);
        await hearing.DecideAsync(Purpose.ShareParent, ConsentEventType.Given, change: c => c.RecipientId = mother.Id);
        var record = Guid.NewGuid();
        using (var scope = site.As(actor))
        {
            var consent = scope.Get<ConsentService>();
            foreach (var (purpose, scopeId, surface) in new[] { (Purpose.QuoteService, record, VoiceSurface.Quote), (Purpose.TranscribeMachine, record, VoiceSurface.Transcriber), (Purpose.TranscribeMachine, record, VoiceSurface.Print), (Purpose.ShareParent, mother.Id, VoiceSurface.Print) })
            {
                consent.Rely(await consent.DecideNowAsync(child.Id, purpose, scopeId, CancellationToken.None), child.Id, purpose, scopeId, surface, record, actor);
            }

            scope.Db.Add(AuditEntry.For(AuditActions.ConsentUsed, actor, child.Id, record, TimeProvider.System));
            await scope.Db.SaveChangesAsync();
        }

        using (var scope = site.As(world.Whole))
        {
            var yes = await scope.Db.ConsentEvents.SingleAsync(e => e.ChildId == child.Id && e.Purpose == Purpose.ResearchExtract);
            scope.Db.Add(new ChildrensInfo.Core.Research.ExtractChild { AuthorityId = world.Authority.Id, ExtractId = extract.Id, ChildId = child.Id, ConsentEventId = yes.Id });
            var released = await scope.Db.Extracts.SingleAsync(e => e.Id == extract.Id);
            released.ReleasedAt = DateTime.UtcNow;
            scope.Db.Add(AuditEntry.For(AuditActions.ConsentUsed, world.Whole, child.Id, extract.Id, TimeProvider.System));
            await scope.Db.SaveChangesAsync();
        }

        var page = await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions");
        foreach (var (card, used) in new[] { ("QuoteService", "quoted"), ("TranscribeMachine", "turned into writing by a computer"), ("ResearchExtract", "in a file for researchers"), ($"ShareParent-{mother.Id}", "copied for somebody") })
        {
            Assert.Contains(used, page.GetElementById(card)!.TextContent, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("It went to others", page.GetElementById(card)!.TextContent, StringComparison.Ordinal);
        }

        foreach (var purpose in new[] { Purpose.QuoteService, Purpose.TranscribeMachine, Purpose.ResearchExtract }) await hearing.DecideAsync(purpose, ConsentEventType.Withdrawn);
        await hearing.DecideAsync(Purpose.ShareParent, ConsentEventType.Withdrawn, change: c => c.RecipientId = mother.Id);
        page = await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions");
        foreach (var (card, to) in new[] { ("QuoteService", "Quoted, on"), ("TranscribeMachine", "for Marigold Thistlebrook"), ("ResearchExtract", $"for {project.Title}"), ($"ShareParent-{mother.Id}", "for Marigold Thistlebrook") })
        {
            Assert.Contains(to, page.GetElementById(card)!.TextContent, StringComparison.Ordinal);
            var stopped = await hearing.Client.PageAsync(page.GetElementById(card)!.QuerySelector("a[href$='/stopped']")!.GetAttribute("href")!);
            Assert.Contains(to, stopped.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }

        // In the register, too: as a use of its month, and before a yes that should not have been relied on.
        using var governs = site.ClientFor(world.InformationGovernance);
        Assert.Contains("in a file for researchers", (await governs.PageAsync("/govern/register")).QuerySelector("[aria-label=Uses]")!.TextContent, StringComparison.Ordinal);
        using (var scope = site.As(actor))
        {
            var yes = await scope.Db.ConsentEvents.SingleAsync(e => e.ChildId == child.Id && e.Purpose == Purpose.ResearchExtract && e.Type == ConsentEventType.Given);
            Assert.True((await scope.Get<ConsentCorrections>().InvalidateAsync(child.Id, yes.Id, Guid.CreateVersion7(), "Pressed", actor, CancellationToken.None))!.IsDone);
        }

        Assert.Equal("1", (await governs.PageAsync("/govern/register")).QuerySelector("[aria-label='Put right'] tbody tr td:last-child")!.TextContent.Trim());
    }

    [Fact]
    public async Task Who_objected_is_not_counted_because_a_worker_told_them_again_and_says_so_themselves()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 9);
        var visit = await hearing.VisitAsync();
        const string notTold = "has not been told yet that what they say is written down";
        foreach (var address in new[] { $"{hearing.ChildPage}/visits/new", hearing.WordsPage(visit) }) Assert.Contains(notTold, (await hearing.Client.PageAsync(address)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var tell = (await hearing.Client.PageAsync(hearing.WordsPage(visit))).QuerySelector("main a[href*='purpose=KeepRecord']")!.GetAttribute("href")!;
        using (var told = await hearing.Client.SubmitAsync(tell, Answer("Told"))) Assert.StartsWith($"{hearing.ChildPage}/visits/{visit}", told.Headers.Location!.OriginalString, StringComparison.Ordinal);
        foreach (var address in new[] { $"{hearing.ChildPage}/visits/new", hearing.WordsPage(visit) }) Assert.DoesNotContain(notTold, (await hearing.Client.PageAsync(address)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var stats = Ask(hearing.Child, Purpose.Stats);
        async Task<string> AfterAsync(string field, string value)
        {
            using (var sent = await hearing.Client.SubmitAsync(stats, new Dictionary<string, string?> { [field] = value })) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
            return (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Stats .govuk-tag")!.TextContent;
        }

        Assert.Equal("Does not want this", await AfterAsync("Input.Decision", "Objected"));
        Assert.Equal("Does not want this", await AfterAsync("Input.Decision", "Told"));
        Assert.NotNull((await hearing.Client.PageAsync(stats)).QuerySelector("button[name=LetsItBe]"));
        Assert.Equal("Told", await AfterAsync("LetsItBe", "true"));
        Assert.Null((await hearing.Client.PageAsync(stats)).QuerySelector("button[name=LetsItBe]"));
    }

    [Fact]
    public async Task Asked_in_the_middle_of_a_visit_leads_back_to_it()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var visit = await hearing.VisitAsync();
        var link = (await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio))).QuerySelector("main a.govuk-button")!.GetAttribute("href")!;
        using var yes = await hearing.Client.SubmitAsync(link, Answer("Given"));
        Assert.Equal($"{hearing.ChildPage}/visits/{visit}/words/new?as=Audio", yes.Headers.Location?.OriginalString);
        Assert.NotNull((await hearing.Client.PageAsync(yes.Headers.Location!.OriginalString)).QuerySelector("[data-recorder]"));

        // What they wanted to think about before the visit stands in it; what they want to think about today waits for the next.
        await hearing.DecideAsync(Purpose.QuoteService, ConsentEventType.Deferred, change: c => c.Device = new(Guid.NewGuid(), DateTime.UtcNow.AddDays(-2), DateTime.UtcNow, 0));
        await hearing.DecideAsync(Purpose.ImagePerson, ConsentEventType.Deferred);
        Assert.Equal([Ask(hearing.Child, Purpose.QuoteService)], (await hearing.Client.PageAsync(hearing.WordsPage(visit))).QuerySelectorAll("#when-ready a").Select(a => a.GetAttribute("href")));
    }

    [Fact]
    public async Task A_yes_for_one_visit_is_for_that_visit_and_for_nothing_else()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var (first, second, other) = (await hearing.VisitAsync(), await hearing.VisitAsync(), await hearing.VisitAsync());
        Assert.Empty((await hearing.Client.PageAsync(Ask(hearing.Child))).QuerySelectorAll("input[name=Lasts][value=Visit]"));
        Assert.Empty((await hearing.Client.PageAsync(Ask(hearing.Child, Purpose.QuoteService, $"&visit={first}"))).QuerySelectorAll("input[name=Lasts][value=Visit]"));
        using (var nobodys = await hearing.Client.GetAsync(Ask(hearing.Child, Purpose.Audio, $"&visit={await hearing.VisitAsync(await hearing.AnotherChildAsync())}"))) Assert.Equal(HttpStatusCode.NotFound, nobodys.StatusCode);
        async Task<HttpStatusCode> MayAsync(Guid? visit) { using var answer = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/permission{(visit is null ? "" : $"?visit={visit}")}"); return answer.StatusCode; }
        async Task<HttpStatusCode> PlaysAsync(Guid file) { using var answer = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{file}"); return answer.StatusCode; }
        async Task<(Guid File, Guid Record)> KeepAsync(Guid visit)
        {
            var link = (await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio))).QuerySelector("main a.govuk-button")!.GetAttribute("href")!;
            using (var yes = await hearing.Client.SubmitAsync(link, Answer("Given", ("Lasts", "Visit")))) Assert.Equal($"{hearing.ChildPage}/visits/{visit}/words/new?as=Audio", yes.Headers.Location?.OriginalString);
            Assert.EndsWith($"?visit={visit}", (await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio))).QuerySelector("[data-recorder]")!.GetAttribute("data-permission-url"), StringComparison.Ordinal);
            var (file, record) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            foreach (var (where, status) in new[] { (other, HttpStatusCode.Forbidden), (visit, HttpStatusCode.Created) })
            {
                using var part = await hearing.AppendAsync(where, file, 0, Hearing.Webm(), ended: true);
                Assert.Equal(status, part.StatusCode);
            }

            using (var heard = await hearing.Client.GetAsync(hearing.Recording(visit, file))) Assert.Equal(HttpStatusCode.OK, heard.StatusCode);

            using var sealedNow = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(file, instead: ("Input.Id", record.ToString())));
            Assert.Equal(hearing.ChildPage, sealedNow.Headers.Location?.OriginalString);
            return (file, record);
        }

        var (kept, _) = await KeepAsync(first);
        var (stays, staysRecord) = await KeepAsync(second);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.Conflict), (await MayAsync(first), await MayAsync(other), await MayAsync(null)));
        Assert.Null((await hearing.Client.PageAsync(hearing.WordsPage(other, VoiceKind.Audio))).QuerySelector("[data-recorder]"));
        // What was recorded under it goes into no other visit.
        var astray = Guid.CreateVersion7();
        using (var part = await hearing.AppendAsync(first, astray, 0, Hearing.Webm(), ended: true)) Assert.Equal(HttpStatusCode.Created, part.StatusCode);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var input = new RecordVoice { Id = Guid.CreateVersion7(), Kind = VoiceKind.Audio, FileId = astray, Speaker = Speaker.Child, Subjects = [SubjectMatter.MyLife], Layer = Layer.Data, Language = "en", Before = new() { AnybodyElseHeard = false } };
            Assert.Contains("no permission to record", (await scope.Get<VoiceService>().RecordAsync(hearing.Child.Id, other, input, World.ActorOf(hearing.World.Practitioner), CancellationToken.None))!.Refusal!.Message, StringComparison.Ordinal);
        }

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await PlaysAsync(kept), await PlaysAsync(stays)));
        var page = await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions");
        var card = page.QuerySelector($"#Audio-{first}")!;
        Assert.Equal(("Not asked yet", "Yes"), (page.QuerySelector("#Audio .govuk-tag")!.TextContent, card.QuerySelector(".govuk-tag")!.TextContent));
        Assert.Contains("only the visit on", card.QuerySelector("h2")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("What it was used for", card.QuerySelectorAll("summary").Select(s => s.TextContent.Trim()));
        Assert.Contains("only the visit on", (await hearing.Client.PageAsync(card.QuerySelectorAll(".history a")[0].GetAttribute("href")!)).QuerySelector(".receipt__answer")!.TextContent, StringComparison.Ordinal);

        // A stop to it is a stop to that visit, and what they want gone is what was made there.
        string stopped;
        using (var stop = await hearing.Client.SubmitAsync(card.QuerySelector(".card__action a")!.GetAttribute("href")!, Answer("Withdrawn"))) stopped = stop.Headers.Location!.OriginalString;
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NoContent), (await MayAsync(first), await MayAsync(second)));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await PlaysAsync(kept), await PlaysAsync(stays)));
        var stopId = Guid.Parse(stopped.Split('/')[^2]);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var actor = World.ActorOf(hearing.World.Practitioner);
            Assert.Equal((ConsentScope.Session, first), await scope.Db.ConsentEvents.Where(e => e.Id == stopId).Select(e => new ValueTuple<ConsentScope, Guid>(e.Scope, e.ScopeId!.Value)).SingleAsync());
            Assert.True((await scope.Get<WithdrawalService>().DecideAsync(hearing.Child.Id, stopId, WithdrawWants.DeleteRecording, actor, CancellationToken.None))!.IsDone);
            // The database says the same to whoever goes past the program.
            var erasure = Guid.CreateVersion7();
            scope.Db.AddRange(
                new MediaErasure { Id = erasure, AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, VoiceRecordId = staysRecord, FileId = stays, EventId = stopId, ErasedAt = DateTime.UtcNow, ErasedById = actor.PersonId },
                AuditEntry.For(AuditActions.MediaErased, actor, hearing.Child.Id, null, TimeProvider.System));
            await using var both = await scope.Db.Database.BeginTransactionAsync();
            await scope.Db.SaveChangesAsync();
            Assert.Contains("no such recording", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => scope.Db.Database.ExecuteSqlAsync($"select erase_recording({erasure})"))).MessageText, StringComparison.Ordinal);
        }

        Assert.Equal((HttpStatusCode.Gone, HttpStatusCode.OK), (await PlaysAsync(kept), await PlaysAsync(stays)));
        // A no to all of it ends each yes for a visit.
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Forbidden), (await MayAsync(second), await PlaysAsync(stays)));

        // Photos: the same.
        var photo = hearing.WordsPage(other, VoiceKind.Photo);
        using (var yes = await hearing.Client.SubmitAsync((await hearing.Client.PageAsync(photo)).QuerySelector("main a.govuk-button")!.GetAttribute("href")!, Answer("Given", ("Lasts", "Visit")))) Assert.Equal(photo, yes.Headers.Location!.OriginalString);
        using (var sent = await hearing.Client.UploadAsync(photo, "Photo", PictureFileTests.Jpeg(640, 480), "tower.jpg", Hearing.Said(null, ("Input.ShowsPerson", "false")))) Assert.Equal(hearing.ChildPage, sent.Headers.Location?.OriginalString);
        Assert.Null((await hearing.Client.PageAsync(hearing.WordsPage(second, VoiceKind.Photo))).QuerySelector("input[type=file]"));
    }

    [Fact]
    public async Task One_thing_that_was_said_is_asked_about_by_itself()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        async Task<Guid> SayAsync(Child? child = null)
        {
            var id = Guid.CreateVersion7();
            using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync(child), child: child), Hearing.Said("Let me finish my dinner first.", ("Input.Id", id.ToString())));
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            return id;
        }

        var (one, another) = (await SayAsync(), await SayAsync());
        var theirs = await SayAsync(await hearing.AnotherChildAsync());
        await hearing.DecideAsync(Purpose.QuoteService, ConsentEventType.Refused);
        foreach (var missing in new[] { Ask(hearing.Child, Purpose.QuoteService, $"&record={theirs}"), Ask(hearing.Child, Purpose.Stats, $"&record={one}") })
        {
            using var answer = await hearing.Client.GetAsync(missing);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        // After a no to all of it only the child brings it up.
        var link = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll($"#record-{one} .record__more a").Single(a => a.TextContent.StartsWith("Ask whether", StringComparison.Ordinal)).GetAttribute("href")!;
        var raised = (await hearing.Client.PageAsync(link)).QuerySelectorAll("main a").Single(a => a.TextContent.Contains("has brought it up", StringComparison.Ordinal)).GetAttribute("href")!;
        using (var yes = await hearing.Client.SubmitAsync(raised, Answer("Given"))) Assert.Equal($"{hearing.ChildPage}?record={one}#record-{one}", yes.Headers.Location?.OriginalString);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var consent = scope.Get<ConsentService>();
            async Task<bool> MayAsync(Guid? record) => (await consent.DecideNowAsync(hearing.Child.Id, Purpose.QuoteService, record, CancellationToken.None)).Allowed;
            Assert.Equal((true, false, false), (await MayAsync(one), await MayAsync(another), await MayAsync(null)));
            var forged = new RecordConsent { Id = Guid.CreateVersion7(), Purpose = Purpose.QuoteService, VoiceRecordId = theirs, Decision = ConsentEventType.Refused, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken };
            Assert.Contains("something this child said", (await consent.RecordAsync(hearing.Child.Id, forged, World.ActorOf(hearing.World.Practitioner), CancellationToken.None))!.Refusal!.Message, StringComparison.Ordinal);
        }

        var page = await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions");
        Assert.Equal(("No", "Yes"), (page.QuerySelector("#QuoteService .govuk-tag")!.TextContent, page.QuerySelector($"#QuoteService-{one} .govuk-tag")!.TextContent));
        Assert.Contains("only one thing said on", page.QuerySelector($"#QuoteService-{one} h2")!.TextContent, StringComparison.Ordinal);
        // What stays in the record says what it is not to be used for any more: this one thing for that, and all of it for her.
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        foreach (var decision in new[] { ConsentEventType.Given, ConsentEventType.Withdrawn }) await hearing.DecideAsync(Purpose.ShareParent, decision, change: c => c.RecipientId = mother.Id);
        await hearing.DecideAsync(Purpose.QuoteService, ConsentEventType.Withdrawn, change: c => c.VoiceRecordId = one);
        using var found = await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "dinner" }, "form[role=search]");
        foreach (var (marked, where) in new[]
        {
            (await hearing.Client.PageAsync(hearing.ChildPage), "#record-{0}"), (await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline"), ".timeline__item:has(a[href*='{0}'])"), (await TestClient.ParseAsync(found), ".found:has(a[href*='{0}'])"),
        })
        {
            foreach (var (record, quoted) in new[] { (one, true), (another, false) })
            {
                var mark = marked.QuerySelector($"{where.Replace("{0}", record.ToString(), StringComparison.Ordinal)} .record__stopped")!.TextContent;
                Assert.Equal((true, quoted), (mark.Contains(mother.Name, StringComparison.Ordinal), mark.Contains("use their words", StringComparison.Ordinal)));
            }
        }

        // A computer may write down one recording: the question is the same.
        Assert.Equal(HttpStatusCode.OK, (await hearing.Client.GetAsync(Ask(hearing.Child, Purpose.TranscribeMachine, $"&record={one}"))).StatusCode);
    }

    [Fact]
    public async Task Who_asked_is_told_apart_from_who_writes_it_down()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        Assert.Equal(["I did", "Olive Marsh"], (await hearing.Client.PageAsync(Ask(hearing.Child))).QuerySelectorAll("#Input_AskedById option").Select(o => o.TextContent));
        using (var sent = await hearing.Client.SubmitAsync(Ask(hearing.Child), Answer("Given", ("Input.AskedById", hearing.World.OtherPractitioner.Id.ToString())))) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var card = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!;
        Assert.Contains($"Asked by Olive Marsh. Written down by {hearing.World.Practitioner.DisplayName}", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("I was asked by Olive Marsh.", (await hearing.Client.PageAsync(card.QuerySelectorAll(".history a")[0].GetAttribute("href")!)).QuerySelector(".receipt")!.TextContent, StringComparison.Ordinal);
    }

    private static async Task<string> StateAsync(Hearing hearing) =>
        (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio .govuk-tag")!.TextContent;
}
