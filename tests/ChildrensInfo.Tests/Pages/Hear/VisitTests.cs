using System.Net;
using System.Text;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class VisitTests(TestSite site)
{
    private static Dictionary<string, string?> Visit(params (string, string?)[] instead)
    {
        var fields = new Dictionary<string, string?> { ["Input.Place"] = "School", ["Input.SeenAlone"] = "PartOfTheTime", ["Input.Present"] = "Her aunt, in the kitchen; could hear." };
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
        Assert.Equal("Her aunt, in the kitchen; could hear.", await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, session.PresentSealed!, session.Id, SealPart.Present, CancellationToken.None));
        Assert.DoesNotContain("kitchen", Encoding.UTF8.GetString(session.PresentSealed!));
        Assert.Equal(session.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.SessionStarted, hearing.Child.Id)).SubjectId);
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
    public async Task What_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(string field, string? value, string id, string message)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", Visit((field, value)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await TestClient.ParseAsync(answer);
        Assert.Contains(message, page.QuerySelector($"#{id}-error")!.TextContent);
        Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal("Her aunt, in the kitchen; could hear.", page.QuerySelector("textarea")!.TextContent.Trim());
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
