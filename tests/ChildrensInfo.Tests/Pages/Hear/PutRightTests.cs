using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>A mistake, a yes that should not have been relied on and two answers in doubtful order are put right beside what was written, never in its place.</summary>
public class PutRightTests(TestSite site)
{
    /// <summary>Above it stands the one that ends covering.</summary>
    private const string Reason = "main form:has(textarea)";

    private static Dictionary<string, string?> Form(string? what, string? reason) => new() { ["Input.What"] = what, ["Input.Reason"] = reason };

    private async Task<Guid> LastAsync(Hearing hearing)
    {
        using var scope = site.As(hearing.World.Whole);
        return (await scope.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).OrderByDescending(e => e.OccurredAt).FirstAsync(TestContext.Current.CancellationToken)).Id;
    }

    private static async Task<string> CardAsync(Hearing hearing) => (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!.TextContent;

    [Fact]
    public async Task A_mistake_stays_in_the_history_with_its_reason_and_counts_for_nothing()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var yes = await LastAsync(hearing);
        var page = $"{hearing.ChildPage}/permissions/{yes}/put-right";
        using (var nothing = await hearing.Client.SubmitAsync(page, Form(null, "It was her sister")))
        {
            Assert.Contains("Choose what is wrong with it", await nothing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        using (var why = await hearing.Client.SubmitAsync(page, Form("Mistake", " ")))
        {
            Assert.Contains("Say what was wrong", await why.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Contains("Yes", await CardAsync(hearing), StringComparison.Ordinal);
        using (var marked = await hearing.Client.SubmitAsync(page, Form("Mistake", "It was her sister who said yes")))
        {
            Assert.Equal($"{hearing.ChildPage}/permissions#Audio", marked.Headers.Location?.OriginalString);
        }

        var card = await CardAsync(hearing);
        Assert.Contains("Not asked", card, StringComparison.Ordinal);
        Assert.Contains("History (2)", card, StringComparison.Ordinal);
        Assert.Contains("It was her sister who said yes", card, StringComparison.Ordinal);
        Assert.DoesNotContain("Put it right", card, StringComparison.Ordinal);
        // A second click, or a second person, marks nothing twice.
        using (await hearing.Client.SubmitAsync(page, Form("Mistake", "Again"))) Assert.Contains("History (2)", await CardAsync(hearing), StringComparison.Ordinal);

        using var governs = site.ClientFor(hearing.World.InformationGovernance);
        var register = (await governs.PageAsync("/govern/register")).QuerySelector("[aria-label='Put right']")!.TextContent;
        Assert.Contains(hearing.Child.LaChildId, register, StringComparison.Ordinal);
        Assert.DoesNotContain("sister", register, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_yes_that_should_not_have_been_relied_on_locks_what_was_made_under_it_and_counts_its_uses()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var yes = await LastAsync(hearing);
        var recording = $"{hearing.ChildPage}/media/{(await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio)).FileId}";
        using (var plays = await hearing.Client.GetAsync(recording)) Assert.Equal(HttpStatusCode.OK, plays.StatusCode);
        using (var marked = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/permissions/{yes}/put-right", Form("NotToBeReliedOn", "Her uncle stood beside her"))) Assert.Equal(HttpStatusCode.Redirect, marked.StatusCode);

        Assert.Contains("should not have been relied on", await CardAsync(hearing), StringComparison.Ordinal);
        using (var locked = await hearing.Client.GetAsync(recording)) Assert.NotEqual(HttpStatusCode.OK, locked.StatusCode);
        using var governs = site.ClientFor(hearing.World.InformationGovernance);
        var row = (await governs.PageAsync("/govern/register")).QuerySelector("[aria-label='Put right'] tbody tr")!;
        Assert.NotEqual("0", row.QuerySelector("td:last-child")!.TextContent.Trim());
        // It is a task for information governance until it is in the log of breaches.
        async Task<bool> IsTaskAsync() => (await governs.PageAsync("/govern")).QuerySelector("main")!.TextContent.Contains("1 yes should not have been relied on", StringComparison.Ordinal);
        Assert.True(await IsTaskAsync());
        var assess = row.QuerySelector("a[href*='/govern/breaches/']")!.GetAttribute("href")!;
        var logged = await governs.DoneAsync(assess, "main form[method=post]", ("Input.Happened", "An uncle stood beside a child who was asked"));
        Assert.Equal(logged, (await governs.PageAsync("/govern/register")).QuerySelector("[aria-label='Put right'] tbody tr a")!.GetAttribute("href"));
        Assert.False(await IsTaskAsync());
        // Said of the wrong yes, it can be put right itself; and then it is open again.
        var mark = await LastAsync(hearing);
        var putRight = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector($"#Audio a[href$='{mark}/put-right']")!.GetAttribute("href")!;
        using (var marked = await hearing.Client.SubmitAsync(putRight, new Dictionary<string, string?> { ["Input.Reason"] = "Her uncle was at another visit" })) Assert.Equal(HttpStatusCode.Redirect, marked.StatusCode);
        using (var plays = await hearing.Client.GetAsync(recording)) Assert.Equal(HttpStatusCode.OK, plays.StatusCode);
        // A no is not a yes that somebody relied on.
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused);
        var no = await LastAsync(hearing);
        Assert.DoesNotContain("should not have been relied on", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions/{no}/put-right")).QuerySelector("main form")!.TextContent, StringComparison.Ordinal);
        using var refused = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/permissions/{no}/put-right", Form("NotToBeReliedOn", "Her uncle stood beside her"));
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Contains("Choose what is wrong with it", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_no_that_a_child_tapped_themselves_is_nobodys_mistake()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn, change: c => c.Method = ConsentMethod.TappedByChild);
        var no = await LastAsync(hearing);
        using var refused = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/permissions/{no}/put-right", Form("Mistake", "She did not mean it"));
        Assert.Contains("They said this themselves", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("History (2)", await CardAsync(hearing), StringComparison.Ordinal);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.ConsentCorrected, hearing.Child.Id));
    }

    [Fact]
    public async Task Whoever_covers_can_take_a_yes_away_and_bring_none_back()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var now = DateTime.UtcNow;
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var yes = await LastAsync(hearing);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused, change: c => c.Device = new(Guid.NewGuid(), now.AddMinutes(-20), now, 0));
        Guid no;
        using (var scope = site.As(hearing.World.Whole)) no = (await scope.Db.ConsentEvents.SingleAsync(e => e.ChildId == hearing.Child.Id && e.Type == ConsentEventType.Refused, TestContext.Current.CancellationToken)).Id;
        using var covers = site.ClientFor(hearing.World.OtherPractitioner);
        using (var opened = await covers.SubmitAsync("/hear/cover", new Dictionary<string, string?> { ["Input.Number"] = hearing.Child.LaChildId, ["Input.Reason"] = "Their worker is ill and the child has rung" })) Assert.Equal(hearing.ChildPage, opened.Headers.Location?.OriginalString);

        using (var mistake = await covers.SubmitAsync($"{hearing.ChildPage}/permissions/{no}/put-right", Form("Mistake", "She meant yes"), Reason)) Assert.Contains("for the child’s own worker", WebUtility.HtmlDecode(await mistake.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        var order = $"{hearing.ChildPage}/permissions/{no}/order/{yes}";
        using (var last = await covers.SubmitAsync(order, new Dictionary<string, string?> { ["Input.LastId"] = $"{yes}", ["Input.Reason"] = "She meant yes" }, Reason)) Assert.Contains("for the child’s own worker", WebUtility.HtmlDecode(await last.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Contains("Another answer may have come after this one", await CardAsync(hearing), StringComparison.Ordinal);
        // That the no came last, or that the yes was none, protects: it need not wait.
        using (var protects = await covers.SubmitAsync(order, new Dictionary<string, string?> { ["Input.LastId"] = $"{no}", ["Input.Reason"] = "She rang and said no" }, Reason)) Assert.Equal(HttpStatusCode.Redirect, protects.StatusCode);
        using (var away = await covers.SubmitAsync($"{hearing.ChildPage}/permissions/{yes}/put-right", Form("Mistake", "It was her sister"), Reason)) Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
        using var after = site.As(World.ActorOf(hearing.World.Practitioner));
        Assert.Equal(ConsentState.Refused, (await after.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, TestContext.Current.CancellationToken)).State);
    }

    [Fact]
    public async Task Somebody_elses_event_or_child_is_not_found()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var yes = await LastAsync(hearing);
        var other = await hearing.AnotherChildAsync();
        using (var wrong = await hearing.Client.GetAsync($"/hear/{other.Id}/permissions/{yes}/put-right")) Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        using (var wrong = await hearing.Client.GetAsync($"/hear/{other.Id}/permissions/{yes}/order/{yes}")) Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        using var unallocated = await colleague.GetAsync($"{hearing.ChildPage}/permissions/{yes}/put-right");
        Assert.Equal(HttpStatusCode.NotFound, unallocated.StatusCode);
    }

    [Fact]
    public async Task Two_answers_in_doubtful_order_are_no_until_a_person_says_which_came_last()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var now = DateTime.UtcNow;
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var yes = await LastAsync(hearing);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused, change: c => c.Device = new(Guid.NewGuid(), now.AddMinutes(-20), now, 0));
        var link = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio a[href*='/order/']")!.GetAttribute("href")!;
        using (var none = await hearing.Client.SubmitAsync(link, new Dictionary<string, string?> { ["Input.Reason"] = "Asked her" })) Assert.Contains("Choose which was said last", await none.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using (var why = await hearing.Client.SubmitAsync(link, new Dictionary<string, string?> { ["Input.LastId"] = $"{yes}" })) Assert.Contains("Say how you know", await why.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using (var forged = await hearing.Client.SubmitAsync(link, new Dictionary<string, string?> { ["Input.LastId"] = $"{Guid.NewGuid()}", ["Input.Reason"] = "Asked her" })) Assert.Equal(HttpStatusCode.OK, forged.StatusCode);
        Assert.Contains("Another answer may have come after this one", await CardAsync(hearing), StringComparison.Ordinal);

        var form = await hearing.Client.PageAsync(link);
        using (var said = await hearing.Client.SubmitAsync(form, link, new Dictionary<string, string?> { ["Input.LastId"] = $"{yes}", ["Input.Reason"] = "Asked her: she changed her mind to yes" })) Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        // Clicked twice, it is said once.
        using (var twice = await hearing.Client.SubmitAsync(form, link, new Dictionary<string, string?> { ["Input.LastId"] = $"{yes}", ["Input.Reason"] = "Asked her: she changed her mind to yes" })) Assert.Equal(HttpStatusCode.Redirect, twice.StatusCode);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ConsentOrdered, hearing.Child.Id));
        var card = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!;
        Assert.Equal("Yes", card.QuerySelector(".govuk-tag")!.TextContent);
        Assert.Null(card.QuerySelector("a[href*='/order/']"));
    }
}
