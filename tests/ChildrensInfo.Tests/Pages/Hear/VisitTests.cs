using System.Net;
using System.Text;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class VisitTests(TestSite site)
{
    private static Dictionary<string, string?> Visit(params (string, string?)[] instead)
    {
        var fields = new Dictionary<string, string?> { ["Input.Place"] = "School", ["Input.SeenAlone"] = "PartOfTheTime", ["Input.Present[0].Who"] = "Her aunt, in the kitchen", ["Input.Present[0].Role"] = "OtherFamily", ["Input.Present[0].InEarshot"] = "Partly" };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    [Fact]
    public async Task A_visit_is_kept_sealed_and_audited_and_leads_straight_to_the_words()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", Visit());
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var scope = site.As(hearing.World.Whole);
        var session = await scope.Db.VoiceSessions.SingleAsync(s => s.ChildId == hearing.Child.Id);
        Assert.Equal($"{hearing.ChildPage}/visits/{session.Id}/words/new", answer.Headers.Location!.OriginalString);
        Assert.Equal(hearing.World.Practitioner.Id, session.PractitionerId);
        var aunt = await scope.Db.PresentPersons.SingleAsync(p => p.SessionId == session.Id);
        Assert.Equal((PresentAs.OtherFamily, InEarshot.Partly), (aunt.Role, aunt.InEarshot));
        Assert.Equal("Her aunt, in the kitchen", await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, aunt.WhoSealed!, aunt.Id, SealPart.Present, CancellationToken.None));
        Assert.DoesNotContain("kitchen", Encoding.UTF8.GetString(aunt.WhoSealed!));
        Assert.Equal(session.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.SessionStarted, hearing.Child.Id)).SubjectId);
    }

    [Fact]
    public async Task Each_who_was_there_could_hear_or_could_not_and_whoever_reads_the_words_is_told()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12, givenName: "Sam");
        var path = $"{hearing.ChildPage}/visits/new";
        // There is room for one more at each press, and what was written stays.
        var page = await hearing.Client.PageAsync(path);
        page.QuerySelector("main form")!.SetAttribute("action", $"{path}?handler=Another");
        using (var more = await hearing.Client.SubmitAsync(page, path, Visit(("Input.Place", null)))) page = await TestClient.ParseAsync(more);
        Assert.Empty(page.QuerySelectorAll(".govuk-error-message"));
        Assert.Equal("Her aunt, in the kitchen", page.QuerySelector("details[open] [name='Input.Present[0].Who']")!.GetAttribute("value"));
        Assert.NotNull(page.QuerySelector("#present-1 [name='Input.Present[1].Who']"));
        // What is sent next is the visit, and not for one more.
        Assert.Equal(path, page.QuerySelector("main form[method=post]")!.GetAttribute("action"));
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.SessionStarted));
        using (var answer = await hearing.Client.SubmitAsync(page, path, Visit(("Input.Present[1].Role", "ParentOrCarer"), ("Input.Present[1].InEarshot", "Yes")))) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var visit = await site.ReadAsync(hearing.World, db => db.VoiceSessions.Include(s => s.Present).SingleAsync(s => s.ChildId == hearing.Child.Id));
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(visit.Id), Hearing.Said("I am fine here."))) { }

        Assert.Contains(
            "Also there: Her aunt, in the kitchen (somebody else in the family), who could hear part of the time; a parent or carer, who could hear.",
            (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record__facts")!.TextContent);
        // On a copy what they are is told and nobody's name; to a person in the child's life nothing of it.
        using (var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>()))
        {
            var copied = (await TestClient.ParseAsync(copy)).Body!.TextContent;
            Assert.Contains("Also there: somebody else in the family, who could hear part of the time; a parent or carer, who could hear.", copied);
            Assert.DoesNotContain("aunt", copied);
        }

        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(ChildrensInfo.Core.Consent.Purpose.ShareParent, ChildrensInfo.Core.Consent.ConsentEventType.Given, change: c => c.RecipientId = mother.Id);
        using (var copy = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to={mother.Id}", new Dictionary<string, string?>()))
        {
            var copied = (await TestClient.ParseAsync(copy)).Body!.TextContent;
            Assert.Contains("I am fine here.", copied);
            Assert.DoesNotContain("Also there", copied);
        }

        // Written once, and never another child's.
        await using var db = Npgsql.NpgsqlDataSource.Create(site.MigratorConnectionString);
        await using var change = db.CreateCommand("update present_persons set in_earshot = 'No' where id = $1");
        change.Parameters.AddWithValue(visit.Present[0].Id);
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => change.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task Another_child_who_was_seen_too_has_a_visit_of_their_own_and_neither_record_says_anything_of_the_other()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var sister = await hearing.World.AddChildAsync(hearing.World.Practitioner, givenName: "Robin");
        var friend = await hearing.World.AddChildAsync(hearing.World.Practitioner, givenName: "Ash", change: c => c.FamilyName = "Quillfeather");
        var nobodys = await hearing.AnotherChildAsync(mine: false);
        // Before both were born would be refused; a week ago they were.
        var on = DateTime.UtcNow.AddDays(-7);
        using (var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", Visit(
            ("Input.OccurredOn.Day", $"{on.Day}"), ("Input.OccurredOn.Month", $"{on.Month}"), ("Input.OccurredOn.Year", $"{on.Year}"), ("Input.SeenAlone", "Yes"), ("Input.SpokeFreely", "ChildSaysNo"),
            ("Input.Present[1].Who", "Robin, on the stairs"), ("Input.Present[1].Role", "BrotherOrSister"), ("Input.Present[1].InEarshot", "No")))) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var first = await site.ReadAsync(hearing.World, db => db.VoiceSessions.SingleAsync(s => s.ChildId == hearing.Child.Id));
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(first.Id), Hearing.Said("I do not like the stairs."))) { }

        // From the words of the visit, and once from the child's page.
        var path = $"{hearing.ChildPage}/visits/{first.Id}/too";
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(first.Id), Hearing.Said("Nor the door."))) { }
        foreach (var from in new[] { hearing.WordsPage(first.Id), hearing.ChildPage }) Assert.Single((await hearing.Client.PageAsync(from)).QuerySelectorAll($"a[href='{path}']"));
        var chosen = await hearing.Client.PageAsync(path);
        Assert.Equal(["Robin Thistlebrook", "Ash Quillfeather"], chosen.QuerySelectorAll("button[formaction]").Select(b => b.TextContent));
        Assert.Contains("Ash", chosen.QuerySelector("details")!.TextContent);
        Assert.Contains("Children who were there are left out", chosen.QuerySelector("main")!.TextContent);
        Assert.DoesNotContain("stairs", chosen.DocumentElement.OuterHtml);

        chosen.QuerySelector("main form[method=post]")!.SetAttribute("action", chosen.QuerySelector("button[formaction]")!.GetAttribute("formaction")!);
        var hers = $"/hear/{sister.Id}/visits/new";
        using var begun = await hearing.Client.SubmitAsync(chosen, path, new Dictionary<string, string?>());
        Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        var form = await TestClient.ParseAsync(begun);
        Assert.Empty(form.QuerySelectorAll(".govuk-error-message"));
        foreach (var ofSam in new[] { "Sam", $"{hearing.Child.Id}", $"{first.Id}" }) Assert.DoesNotContain(ofSam, form.QuerySelector("main")!.OuterHtml);
        // How it was is each child's own: only what is the same for both is filled in.
        Assert.Equal("School", form.QuerySelector("[name='Input.Place'][checked]")!.GetAttribute("value"));
        Assert.Null(form.QuerySelector("[name='Input.SeenAlone'][checked], [name='Input.SpokeFreely'][checked]"));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.SessionStarted));
        using (var unsaid = await hearing.Client.SubmitAsync(form, hers, new Dictionary<string, string?>())) Assert.Contains("Say whether the child was seen alone", await unsaid.Content.ReadAsStringAsync());
        using (var kept = await hearing.Client.SubmitAsync(form, hers, new Dictionary<string, string?> { ["Input.SeenAlone"] = "No" })) Assert.StartsWith($"/hear/{sister.Id}/visits/", kept.Headers.Location?.OriginalString);

        using (var scope = site.As(hearing.World.Whole))
        {
            var second = await scope.Db.VoiceSessions.Include(s => s.Present).SingleAsync(s => s.ChildId == sister.Id);
            Assert.Equal((first.OccurredOn, first.Place, SeenAlone.No, (SpokeFreely?)null), (second.OccurredOn, second.Place, second.SeenAlone, second.SpokeFreely));
            var aunt = Assert.Single(second.Present);
            Assert.Equal((PresentAs.OtherFamily, InEarshot.Partly), (aunt.Role, aunt.InEarshot));
            Assert.Equal("Her aunt, in the kitchen", await scope.Get<KeyRing>().OpenAsync(sister.Id, aunt.WhoSealed!, aunt.Id, SealPart.Present, CancellationToken.None));
            using (await hearing.Client.SubmitAsync(hearing.WordsPage(second.Id, child: sister), Hearing.Said("I like the dog."))) { }
        }

        foreach (var (page, other) in new[] { (hearing.ChildPage, sister), ($"/hear/{sister.Id}", hearing.Child) })
        {
            var shown = (await hearing.Client.PageAsync(page)).QuerySelector("main")!.OuterHtml;
            Assert.DoesNotContain($"{other.Id}", shown);
            if (other.Id == hearing.Child.Id) foreach (var said in new[] { "Sam", "stairs", "Nor the door" }) Assert.DoesNotContain(said, shown);
            else Assert.DoesNotContain("I like the dog", shown);
        }

        // Not a visit to another child, not one that somebody else made, and not for a child of nobody's.
        foreach (var wrong in new[] { $"/hear/{sister.Id}/visits/{first.Id}/too", $"/hear/{nobodys.Id}/visits/{first.Id}/too" })
        {
            using var answer = await hearing.Client.GetAsync(wrong);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        chosen.QuerySelector("main form[method=post]")!.SetAttribute("action", $"/hear/{nobodys.Id}/visits/new?handler=Too");
        using (var nobody = await hearing.Client.SubmitAsync(chosen, path, new Dictionary<string, string?>())) Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        await site.ShareAsync(hearing.World, hearing.Child);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        Assert.Empty((await colleague.PageAsync(hearing.ChildPage)).QuerySelectorAll($"a[href='{path}']"));
        using var others = await colleague.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, others.StatusCode);
    }

    [Fact]
    public async Task The_same_form_sent_twice_at_once_makes_one_visit()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var path = $"{hearing.ChildPage}/visits/new";
        var page = await hearing.Client.PageAsync(path);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => hearing.Client.SubmitAsync(page, path, Visit())));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(1, await scope.Db.VoiceSessions.CountAsync(s => s.ChildId == hearing.Child.Id));
        Assert.Single(await hearing.World.AuditAsync(AuditActions.SessionStarted, hearing.Child.Id));
    }

    [Theory]
    [InlineData("Input.OccurredOn.Year", "2999", "Input_OccurredOn", "The date of the visit must be today or in the past")]
    [InlineData("Input.OccurredOn.Year", "1999", "Input_OccurredOn", "The date of the visit must be after the child was born")]
    [InlineData("Input.OccurredOn.Day", "", "Input_OccurredOn", "must include a day")]
    [InlineData("Input.Place", null, "Input_Place", "Choose where you met")]
    [InlineData("Input.Place", "77", "Input_Place", "not something we recognise")]
    [InlineData("Input.SeenAlone", null, "Input_SeenAlone", "Say whether the child was seen alone")]
    [InlineData("Input.Present[0].Role", null, "Input_Present_0__Role", "Choose what they are to the child")]
    [InlineData("Input.Present[0].InEarshot", null, "Input_Present_0__InEarshot", "Say whether they could hear")]
    [InlineData("Input.Present[0].InEarshot", "77", "Input_Present_0__InEarshot", "not something we recognise")]
    public async Task What_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(string field, string? value, string id, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", Visit((field, value)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(message, page.QuerySelector($"#{id}-error")!.TextContent);
        Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal("Her aunt, in the kitchen", page.QuerySelector("details[open] [name='Input.Present[0].Who']")!.GetAttribute("value"));
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.SessionStarted));
    }

    [Fact]
    public async Task An_id_that_is_another_childs_visit_is_refused_and_written_down()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var other = await hearing.AnotherChildAsync();
        var taken = await hearing.VisitAsync(other);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", Visit(("Input.Id", taken.ToString())));
        Assert.Contains("This form was used before", await answer.Content.ReadAsStringAsync());
        var refused = Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id));
        Assert.Equal(taken, refused.SubjectId);
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(other.Id, (await scope.Db.VoiceSessions.SingleAsync(s => s.Id == taken)).ChildId);
    }
}
