using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web;
using ChildrensInfo.Web.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Account;

public class SignInsTests(TestSite site, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("seen_at = now() - interval '19 minutes'", true)]
    [InlineData("seen_at = now() - interval '21 minutes'", false)]
    [InlineData("started_at = now() - interval '9 hours 59 minutes'", true)]
    [InlineData("started_at = now() - interval '10 hours 1 minute'", false)]
    [InlineData("ended_at = now()", false)]
    [InlineData("started_at = now() + interval '45 minutes', seen_at = now() + interval '45 minutes'", true)]
    [InlineData("started_at = now() + interval '1 day', seen_at = now() + interval '1 day'", false)]
    [InlineData("person_id = (select id from people where id <> person_id and authority_id = sign_ins.authority_id limit 1)", false)]
    public async Task A_cookie_is_worth_as_much_as_its_sign_in(string change, bool stillIn)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Administrator);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/admin/people")).StatusCode);
        await AsSuperuserAsync($"update sign_ins set {change} where person_id = '{world.Administrator.Id}'");
        using var answer = await client.GetAsync("/admin/people");
        Assert.Equal(stillIn ? HttpStatusCode.OK : HttpStatusCode.Redirect, answer.StatusCode);
        if (!stillIn) Assert.Equal("/Account/SignIn", answer.Headers.Location!.AbsolutePath);
        // Use is noted, so that going on working keeps it.
        else Assert.InRange(Assert.Single(await OpenOfAsync(world, world.Administrator)).SeenAt, DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow.AddMinutes(10));
    }

    [Fact]
    public async Task No_clock_that_is_put_back_brings_back_a_sign_in_whose_time_was_over_and_none_that_was_ahead_ends_it()
    {
        var world = await World.CreateAsync(site);
        var clock = new WrongClock { By = TimeSpan.FromMinutes(15) };
        var (address, stop) = site.StartAnother(new Dictionary<string, string>(), replace: services => services.AddSingleton<TimeProvider>(clock));
        await using var ending = stop;
        var (working, over, unused) = (site.CookieFor(world.Practitioner), site.CookieFor(world.DataLead), site.CookieFor(world.TeamManager));
        async Task<bool> IsInAsync((string, string) cookie, bool wrong = false)
        {
            using var client = new TestClient(wrong ? address : site.Address, cookie);
            using var answer = await client.GetAsync("/account/sign-ins");
            return answer.StatusCode == HttpStatusCode.OK;
        }

        Task<bool> IsInElsewhereAsync((string, string) cookie) => IsInAsync(cookie, wrong: true);
        Task AgoAsync(AppUser person, int minutes) => AsSuperuserAsync($"update sign_ins set seen_at = now() - interval '{minutes} minutes' where person_id = '{person.Id}'");

        // A server whose clock is ahead, and whose clock then is behind, beside one that is right: everybody who works goes on, and who does not is let in again where the clock is right.
        Assert.True(await IsInAsync(working) && await IsInElsewhereAsync(working) && await IsInAsync(working));
        Assert.InRange(Assert.Single(await OpenOfAsync(world, world.Practitioner)).SeenAt, DateTime.UtcNow.AddMinutes(-2), DateTime.UtcNow.AddMinutes(2));
        Assert.True(await IsInElsewhereAsync(working));
        clock.By = TimeSpan.FromMinutes(-15);
        Assert.True(await IsInElsewhereAsync(working) && await IsInAsync(working));
        await AgoAsync(world.Practitioner, 10);
        clock.By = TimeSpan.FromMinutes(15);
        Assert.False(await IsInElsewhereAsync(working));
        Assert.True(await IsInAsync(working));

        // Over where the clock is right, it is over for good: what was used too late there, and what nobody used again.
        await AgoAsync(world.DataLead, 21);
        Assert.False(await IsInAsync(over));
        await AgoAsync(world.TeamManager, 21);
        using (var keeper = site.As(null)) Assert.Equal(1, await keeper.Get<SignInService>().EndOverAsync(Actor.ServiceOf(world.Authority.Id), Cancel));
        clock.By = TimeSpan.FromMinutes(-15);
        Assert.False(await IsInElsewhereAsync(over) || await IsInElsewhereAsync(unused));
        clock.By = TimeSpan.FromDays(-1);
        Assert.False(await IsInElsewhereAsync(over) || await IsInElsewhereAsync(unused) || await IsInElsewhereAsync(working));
        Assert.True(await IsInAsync(working));
    }

    /// <summary>The clock of a server that is wrong.</summary>
    private sealed class WrongClock : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
    }

    [Fact]
    public async Task A_cookie_with_one_byte_altered_opens_nothing_and_breaks_nothing()
    {
        var world = await World.CreateAsync(site);
        var (name, value) = site.CookieFor(world.Administrator);
        for (var at = 0; at < value.Length - 4; at += 11)
        {
            using var altered = new TestClient(site.Address, (name, value[..at] + (value[at] == 'A' ? 'B' : 'A') + value[(at + 1)..]));
            Assert.Equal("/Account/SignIn", (await altered.GetAsync("/admin/people")).Headers.Location?.AbsolutePath);
        }

        using var cut = new TestClient(site.Address, (name, value[..^20]));
        Assert.Equal("/Account/SignIn", (await cut.GetAsync("/admin/people")).Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task A_device_left_behind_is_signed_out_from_another_and_at_once()
    {
        var world = await World.CreateAsync(site);
        using var left = site.ClientFor(world.Practitioner);
        var behind = Assert.Single(await OpenOfAsync(world, world.Practitioner));
        using var here = site.ClientFor(world.Practitioner);
        using var third = site.ClientFor(world.Practitioner);
        using var colleague = site.ClientFor(world.OtherPractitioner);
        var foreign = Assert.Single(await OpenOfAsync(world, world.OtherPractitioner));

        var page = await here.PageAsync("/account/sign-ins");
        Assert.Equal(3, page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("(this one)", page.QuerySelector("tbody")!.TextContent);
        // One that is not theirs looks as if it were not there.
        Assert.Equal(HttpStatusCode.NotFound, (await here.SubmitAsync("/account/sign-ins", new Dictionary<string, string?> { ["id"] = foreign.Id.ToString() }, "tbody form")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await colleague.GetAsync("/hear")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await here.SubmitAsync("/account/sign-ins", new Dictionary<string, string?> { ["id"] = behind.Id.ToString() }, "tbody form")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await left.GetAsync("/hear")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await third.GetAsync("/hear")).StatusCode);
        Assert.Equal((world.Practitioner.Id, "sign-ins: 1"), await EndedLineAsync());

        // Signing out here leaves the others; then all but this one.
        await here.SubmitAsync("/Account/SignOut", new Dictionary<string, string?>(), "main form");
        Assert.Equal(HttpStatusCode.Redirect, (await here.GetAsync("/hear")).StatusCode);
        using var fourth = site.ClientFor(world.Practitioner);
        Assert.Equal(HttpStatusCode.Redirect, (await third.SubmitAsync("/account/sign-ins", new Dictionary<string, string?>(), "main > form")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await fourth.GetAsync("/hear")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await third.GetAsync("/hear")).StatusCode);

        async Task<(Guid?, string?)> EndedLineAsync()
        {
            var line = Assert.Single(await world.AuditAsync(AuditActions.SignInEnded));
            Assert.Equal(world.Practitioner.Id, line.SubjectId);
            return (line.ActorId, line.Detail);
        }
    }

    [Fact]
    public async Task An_administrator_signs_somebody_out_everywhere_and_nobody_of_another_council()
    {
        var world = await World.CreateAsync(site);
        var elsewhere = await World.CreateAsync(site);
        using var person = site.ClientFor(world.DataLead);
        using var stranger = site.ClientFor(elsewhere.Administrator);
        using var administrator = site.ClientFor(world.Administrator);
        var token = await stranger.AntiforgeryTokenAsync($"/admin/people/{elsewhere.Practitioner.Id}");
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Http.PostAsync($"/admin/people/{world.DataLead.Id}?handler=SignOut", form)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/understand")).StatusCode);
        await administrator.SubmitAsync($"/admin/people/{world.DataLead.Id}", new Dictionary<string, string?>(), "form[action*='SignOut' i][action*=handler]");
        Assert.Equal(HttpStatusCode.Redirect, (await person.GetAsync("/understand")).StatusCode);
        Assert.Equal(world.Administrator.Id, Assert.Single(await world.AuditAsync(AuditActions.SignInEnded)).ActorId);
    }

    [Fact]
    public async Task A_page_says_so_before_its_sign_in_ends_and_typing_keeps_it()
    {
        var world = await World.CreateAsync(site);
        await using var visitor = await browser.OpenAsync(site, world.Administrator);
        var page = visitor.Page;
        await page.Clock.InstallAsync();
        await visitor.GoAsync("/admin/people/new");
        var notice = page.GetByRole(AriaRole.Alert);
        await page.Clock.RunForAsync(17 * 60_000);
        await Assertions.Expect(notice).ToHaveCountAsync(0);

        // Typing is use, though nothing is sent.
        await AsSuperuserAsync($"update sign_ins set seen_at = now() - interval '17 minutes' where person_id = '{world.Administrator.Id}'");
        await page.GetByLabel("Name").PressSequentiallyAsync("Wilf");
        await page.RunAndWaitForResponseAsync(() => page.Clock.RunForAsync(10_000), r => r.Url.EndsWith("/account/alive", StringComparison.Ordinal) && r is { Status: 204, Request.Method: "GET" });
        Assert.True(Assert.Single(await OpenOfAsync(world, world.Administrator)).SeenAt > DateTime.UtcNow.AddMinutes(-10));
        await page.Clock.RunForAsync(17 * 60_000);
        await Assertions.Expect(notice).ToHaveCountAsync(0);

        await page.Clock.RunForAsync(80_000);
        await Assertions.Expect(notice).ToContainTextAsync("signed out in 2 minutes");
        await visitor.LookWideAndNarrowAsync("signed-out-soon");
        await visitor.Button("Stay signed in").ClickAsync();
        await Assertions.Expect(notice).ToHaveCountAsync(0);

        await page.Clock.RunForAsync(19 * 60_000);
        await AsSuperuserAsync($"update sign_ins set ended_at = now() where person_id = '{world.Administrator.Id}'");
        await page.Clock.RunForAsync(3 * 60_000);
        await Assertions.Expect(notice).ToContainTextAsync("because nothing was done here for a while. What you typed on this page is still here");
        await NothingAsync();
        await visitor.LookWideAndNarrowAsync("signed-out");

        // It comes back for nobody else, and for the same person as they left it: asked of the server, whichever way somebody comes to it. Where nobody answers it stays as it is.
        await visitor.SignInAsAsync(site, world.TeamManager);
        await LookedAtAsync();
        await Assertions.Expect(notice).ToContainTextAsync("Somebody else is signed in here now");
        await NothingAsync();
        await visitor.LookAsync("page-closed");
        await page.Context.SetOfflineAsync(true);
        await LookedAtAsync();
        await NothingAsync();
        await page.Context.SetOfflineAsync(false);
        await visitor.SignInAsAsync(site, world.Administrator);
        await LookedAtAsync();
        await Assertions.Expect(page.GetByLabel("Name")).ToHaveValueAsync("Wilf");
        Assert.StartsWith("Add a person", await page.TitleAsync());
        await page.Context.SetOfflineAsync(true);
        await FrozenAsync();
        await Assertions.Expect(page.GetByLabel("Name")).ToHaveValueAsync("Wilf");
        // Each question is answered before the sign-in ends: a page that came back is loaded anew when the answer is no.
        await page.RunAndWaitForResponseAsync(() => page.Context.SetOfflineAsync(false), IsAlive);
        await page.RunAndWaitForResponseAsync(FrozenAsync, IsAlive);
        await Assertions.Expect(page.GetByLabel("Name")).ToHaveValueAsync("Wilf");

        // In another tab of the browser it is heard of at once that they have signed out there.
        await AsSuperuserAsync($"update sign_ins set ended_at = now() where person_id = '{world.Administrator.Id}'");
        var tab = await page.Context.NewPageAsync();
        await tab.GotoAsync(page.Url);
        await Assertions.Expect(notice).ToContainTextAsync("You were signed out. What you typed");
        await NothingAsync();
        await visitor.SignInAsAsync(site, world.Administrator);
        await tab.GotoAsync(page.Url);
        await tab.CloseAsync();
        await Assertions.Expect(page.GetByLabel("Name")).ToHaveValueAsync("Wilf");
        await AsSuperuserAsync($"update sign_ins set ended_at = now() where person_id = '{world.Administrator.Id}'");

        // Sent all the same, it comes back after signing in, and goes when it has arrived. The email address was no word that has arrived, and a form that came back with a mistake is no receipt.
        await visitor.Button("Add and make a link").ClickAsync();
        await Assertions.Expect(visitor.Button("Sign in")).ToBeVisibleAsync();
        await visitor.SignInAsAsync(site, world.Administrator);
        await visitor.GoAsync("/admin/people/new");
        await Assertions.Expect(page.GetByText("What you had typed here and not sent is back.")).ToBeVisibleAsync();
        Assert.Equal("Wilf", await page.GetByLabel("Name").InputValueAsync());
        await visitor.LookAsync("words-back");
        await visitor.Button("Add and make a link").ClickAsync();
        await Assertions.Expect(page.Locator(".govuk-error-summary")).ToBeVisibleAsync();
        Assert.Equal(1, await KeptAsync());

        // After a working day nobody can stay: the page says so in time, and what is typed meanwhile stays too.
        await AsSuperuserAsync($"update sign_ins set started_at = now() - interval '9 hours 50 minutes' where person_id = '{world.Administrator.Id}' and ended_at is null");
        await visitor.GoAsync("/admin/people/new");
        await page.Clock.RunForAsync(4 * 60_000);
        await Assertions.Expect(notice).ToHaveCountAsync(0);
        await page.GetByLabel("Email address").FillAsync("wilf@teststead.example");
        await page.Clock.RunForAsync(70_000);
        await Assertions.Expect(notice).ToContainTextAsync("It cannot be made longer");
        await visitor.LookWideAndNarrowAsync("day-over-soon");
        Assert.Equal("/account/signin?again=true", await notice.GetByRole(AriaRole.Link).GetAttributeAsync("href"));
        // Another tab in which they sign in again before that.
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(page.Url.Replace("/admin/people/new", "/account/signin?again=true", StringComparison.Ordinal));
        await Assertions.Expect(other.GetByLabel("Password")).ToBeVisibleAsync();
        await other.CloseAsync();
        await page.Clock.RunForAsync(11 * 60_000);
        await AsSuperuserAsync($"update sign_ins set started_at = now() - interval '10 hours 1 minute' where person_id = '{world.Administrator.Id}' and ended_at is null");
        await page.Clock.RunForAsync(3 * 60_000);
        await Assertions.Expect(notice).ToContainTextAsync("because a sign-in lasts one working day. What you typed on this page is still here");
        Assert.Equal(1, await KeptAsync());

        // Whoever signs out with the button leaves nothing in the tab.
        await visitor.SignInAsAsync(site, world.Administrator);
        await visitor.GoAsync("/admin/people/new");
        Assert.Equal("wilf@teststead.example", await page.GetByLabel("Email address").InputValueAsync());
        await visitor.Button("Sign out").ClickAsync();
        await Assertions.Expect(visitor.Button("Sign in")).ToBeVisibleAsync();
        Assert.Equal(0, await KeptAsync());

        Task LookedAtAsync() => page.EvaluateAsync("async () => { document.dispatchEvent(new Event('visibilitychange')); await fetch('/account/alive', { method: 'HEAD', redirect: 'manual' }).catch(() => {}); }");

        static bool IsAlive(IResponse response) => response.Url.EndsWith("/account/alive", StringComparison.Ordinal);

        Task FrozenAsync() => page.EvaluateAsync("['pagehide', 'pageshow'].forEach(name => dispatchEvent(new PageTransitionEvent(name, { persisted: true })))");

        async Task NothingAsync()
        {
            // The browser's clock runs ahead of the server here, so a question may be given up and asked again: until it is answered the page only says that the time is over.
            await Assertions.Expect(page).ToHaveTitleAsync("Children’s Information Portal");
            await Assertions.Expect(page.GetByLabel("Name")).ToHaveCountAsync(0);
            Assert.DoesNotContain(world.Administrator.DisplayName, await page.ContentAsync());
        }

        Task<int> KeptAsync() => page.EvaluateAsync<int>("Object.keys(sessionStorage).filter(k => k.startsWith('kept ')).length");
    }

    [Fact]
    public async Task A_page_is_told_whether_it_is_still_theirs_and_asking_is_no_use()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Practitioner);
        using var manager = site.ClientFor(world.TeamManager);
        var mine = await MadeForAsync(client, "/hear");
        Assert.NotEqual(mine, await MadeForAsync(manager, "/hear"));
        await AsSuperuserAsync($"update sign_ins set seen_at = now() - interval '17 minutes' where person_id = '{world.Practitioner.Id}'");
        Assert.Equal(HttpStatusCode.NoContent, await AliveAsync(client, mine));
        Assert.Equal(HttpStatusCode.Conflict, await AliveAsync(manager, mine));
        Assert.True(Assert.Single(await OpenOfAsync(world, world.Practitioner)).SeenAt < DateTime.UtcNow.AddMinutes(-10));
        Assert.Equal(HttpStatusCode.NoContent, await AliveAsync(client, mine, isUse: true));
        Assert.True(Assert.Single(await OpenOfAsync(world, world.Practitioner)).SeenAt > DateTime.UtcNow.AddMinutes(-10));
        await AsSuperuserAsync($"update sign_ins set ended_at = now() where person_id = '{world.Practitioner.Id}'");
        Assert.Equal(HttpStatusCode.Redirect, await AliveAsync(client, mine));
    }

    internal static async Task<string> MadeForAsync(TestClient client, string page) => (await client.PageAsync(page)).QuerySelector("meta[name=made-for]")!.GetAttribute("content")!;

    /// <summary>What a page that stands open is told. An answer that comes late must not bring an older cookie back, so it brings none.</summary>
    internal static async Task<HttpStatusCode> AliveAsync(TestClient client, string madeFor, bool isUse = false)
    {
        using var request = new HttpRequestMessage(isUse ? HttpMethod.Get : HttpMethod.Head, Portal.Alive);
        request.Headers.Add(MadeFor.Header, madeFor);
        using var answer = await client.Http.SendAsync(request, Cancel);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        return answer.StatusCode;
    }

    private async Task<List<SignIn>> OpenOfAsync(World world, AppUser person)
    {
        using var scope = site.As(world.Whole);
        return await scope.Db.SignIns.AsNoTracking().Where(s => s.PersonId == person.Id && s.EndedAt == null).OrderBy(s => s.StartedAt).ToListAsync(Cancel);
    }

    private async Task AsSuperuserAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
