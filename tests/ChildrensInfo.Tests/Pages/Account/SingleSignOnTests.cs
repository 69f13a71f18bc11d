using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Account;

/// <summary>Signing in with a council's own account, against a real provider: who gets in, as what, and who does not.</summary>
public class SingleSignOnTests(TestSite site, SingleSignOnTests.Accounts with) : IClassFixture<SingleSignOnTests.Accounts>
{
    private const string Refused = "/account/not-opened";
    private const string TryAgain = "/account/not-opened?again=true";
    private const string Password = "heron lantern biscuit velvet";

    private static int people;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_provider_nothing_is_shown_and_nothing_answers()
    {
        using var nobody = site.ClientFor(null);
        using var somebody = site.ClientFor(with.Here.Practitioner);
        foreach (var path in new[] { "/account/with/plain", "/account/with/plain/back?code=a&state=b", "/account/with/plain/out", Refused }) Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await somebody.GetAsync("/account/with/plain/again")).StatusCode);
        Assert.Empty((await nobody.PageAsync("/account/signin")).QuerySelectorAll("main a[href*='/account/with']"));
        // Nor does one that is not set up beside others that are.
        using var there = with.Client();
        foreach (var path in new[] { "/account/with/absent", "/account/with/absent/back?code=a&state=b" }) Assert.Equal(HttpStatusCode.NotFound, (await there.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Whom_an_administrator_let_in_signs_in_with_it_and_out_again()
    {
        var person = await NewAsync(Role.Practitioner, "Wilf Alder");
        using var elsewhere = with.Client(with.There.Administrator);
        using (var form = new FormUrlEncodedContent([new("__RequestVerificationToken", await elsewhere.AntiforgeryTokenAsync("/admin/people/new")), new("Allow.Provider", "plain"), new("Allow.Address", "w@here.example")]))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await elsewhere.Http.PostAsync($"/admin/people/{person.Id}?handler=Allow", form)).StatusCode);
        }

        using var administrator = with.Client(with.Here.Administrator);
        var path = $"/admin/people/{person.Id}";
        Assert.Contains("Choose which account", await administrator.RefusedAsync(path, "#allow", ("Allow.Address", "w alder")));
        await administrator.DoneAsync(path, "#allow", ("Allow.Provider", "plain"), ("Allow.Address", " Wilf@Here.example"));
        Assert.Equal("plain", Assert.Single(await LinesAsync(AuditActions.IdentityAllowed, person)).Detail);

        with.Says("wilf-1", address: "wilf@here.example");
        using var browser = with.Client();
        var button = (await browser.PageAsync("/account/signin?returnUrl=%2Fhear")).QuerySelector("main a[href*='/account/with/plain']")!;
        Assert.Equal("Sign in with Harrowmere’s account", button.TextContent);
        Assert.Equal("/hear", await with.GoAsync(browser, button.GetAttribute("href")!));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/hear")).StatusCode);
        Assert.Equal("plain", Assert.Single(await LinesAsync(AuditActions.IdentityBound, person)).Detail);
        Assert.Equal("plain", Assert.Single(await LinesAsync(AuditActions.SignedIn, person)).Detail);
        var signIn = Assert.Single(await site.ReadAsync(with.Here, db => db.SignIns.AsNoTracking().Where(s => s.PersonId == person.Id).ToListAsync(Cancel)));
        Assert.Equal(("plain", false), (signIn.Provider, signIn.SecondFactorThere));

        // Bound is who it is, not what they are called; whoever has the address after them is nobody here.
        with.Says("wilf-1", address: "wilf.alder@here.example");
        using var later = with.Client();
        Assert.Equal("/", await with.GoAsync(later, "/account/with/plain"));
        with.Says("wilf-2", address: "wilf@here.example");
        using var successor = with.Client();
        Assert.Equal(Refused, await with.GoAsync(successor, "/account/with/plain"));

        var held = browser.CookiesOf(with.Address);
        Assert.Equal("/account/signin", await browser.DoneAsync("/Account/SignOut", "main form"));
        Assert.Contains("sign out of Harrowmere’s account too", (await browser.PageAsync("/Account/SignIn")).QuerySelector("main")!.TextContent);
        using var replayed = new TestClient(with.Address, held.Single(c => c.Name == "portal"));
        Assert.Equal("/Account/SignIn", (await replayed.GetAsync("/hear")).Headers.Location?.AbsolutePath);
        var end = (await browser.GetAsync("/account/with/plain/out")).Headers.Location!;
        Assert.Equal((with.Provider.Address.Port, "/connect/end", new Uri(with.Address, "/account/signin").AbsoluteUri), (end.Port, end.AbsolutePath, QueryHelpers.ParseQuery(end.Query)["post_logout_redirect_uri"].ToString()));

        // Taken away, it opens nothing, at once.
        Assert.Equal(HttpStatusCode.OK, (await later.GetAsync("/hear")).StatusCode);
        await administrator.DoneAsync(path, "form[action*='Disallow' i]");
        Assert.Equal(HttpStatusCode.Redirect, (await later.GetAsync("/hear")).StatusCode);
        with.Says("wilf-1", address: "wilf@here.example");
        Assert.Equal(Refused, await with.GoAsync(successor, "/account/with/plain"));
    }

    [Theory]
    [InlineData("subject", "nobody-knows", "unknown")]
    [InlineData("council", "there", "unknown")]
    [InlineData("council", "nowhere", "council")]
    [InlineData("council", null, "council")]
    [InlineData("role", "caretaker", "role")]
    [InlineData("role", null, "role")]
    [InlineData("role", "worker,lead", "roles")]
    public async Task What_does_not_fit_is_refused_and_says_nothing_of_anybody(string claim, string? value, string why)
    {
        var person = await NewAsync(Role.Practitioner, "Petra Finch");
        await BindAsync(person);
        // The address is that of somebody who is here, and binds nothing by itself.
        with.Says(claim == "subject" ? value! : SubjectOf(person), address: person.Email, council: claim == "council" ? value : "here", role: claim == "role" ? value : "worker");
        var before = (await RefusalsAsync()).Select(l => l.Id).ToHashSet();
        using var browser = with.Client();
        Assert.Equal(Refused, await with.GoAsync(browser, "/account/with/plain"));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/hear")).StatusCode);
        Assert.DoesNotContain("Petra", (await browser.PageAsync(Refused)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // Of another council it is an account that nobody has there, and stands in that one's log.
        var line = Assert.Single(await RefusalsAsync(), l => !before.Contains(l.Id));
        Assert.Equal(($"plain: {why}", why == "council" ? null : value == "there" ? with.There.Authority.Id : with.Here.Authority.Id), (line.Detail, line.AuthorityId));
    }

    [Theory]
    [InlineData(CouncilAccounts.Fault.OtherNonce)]
    [InlineData(CouncilAccounts.Fault.OtherKey)]
    [InlineData(CouncilAccounts.Fault.Expired)]
    [InlineData(CouncilAccounts.Fault.OtherAudience)]
    public async Task A_token_that_is_not_what_it_should_be_opens_nothing(CouncilAccounts.Fault fault)
    {
        var person = await NewAsync(Role.Practitioner, "Tilda Rook");
        await BindAsync(person);
        with.Says(person);
        with.Provider.Wrong = fault;
        using var browser = with.Client();
        Assert.Equal(TryAgain, await with.GoAsync(browser, "/account/with/plain"));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/hear")).StatusCode);
        // Not because nothing works.
        with.Provider.Wrong = null;
        Assert.Equal("/", await with.GoAsync(browser, "/account/with/plain"));
    }

    [Fact]
    public async Task What_comes_back_is_taken_once_in_the_browser_that_asked_and_of_issuers_that_are_allowed()
    {
        var person = await NewAsync(Role.Practitioner, "Hazel Thorn");
        await BindAsync(person);
        with.Says(person);
        using var browser = with.Client();
        using var other = with.Client();
        var back = await with.BackAsync(browser, "/account/with/plain");
        Assert.Equal(TryAgain, (await other.GetAsync(back)).Headers.Location?.OriginalString);
        Assert.Equal(TryAgain, (await browser.GetAsync(back.Replace("state=", "state=A", StringComparison.Ordinal))).Headers.Location?.OriginalString);
        Assert.Equal("/", (await browser.GetAsync(back)).Headers.Location?.OriginalString);
        Assert.Equal(TryAgain, (await browser.GetAsync(back)).Headers.Location?.OriginalString);
        // An answer for one provider is none for another.
        back = await with.BackAsync(other, "/account/with/plain");
        Assert.Equal(TryAgain, (await other.GetAsync(back.Replace("/plain/", "/newcomers/", StringComparison.Ordinal))).Headers.Location?.OriginalString);
        Assert.Equal(TryAgain, await with.GoAsync(other, "/account/with/tenants"));
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/hear")).StatusCode);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Sign_in_leads_nowhere_else_whatever_address_or_host_it_was_begun_with(string returnUrl)
    {
        var person = await NewAsync(Role.Practitioner, "Robin Sedge");
        await BindAsync(person);
        with.Says(person);
        using var browser = with.Client();
        Assert.Equal("/", await with.GoAsync(browser, $"/account/with/plain?returnUrl={Uri.EscapeDataString(returnUrl)}"));
        // Begun by another name of this host, people come back by the one that is set.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/account/with/plain");
        request.Headers.Host = $"127.0.0.1:{with.Address.Port}";
        using var another = with.Client();
        var asked = QueryHelpers.ParseQuery((await another.Http.SendAsync(request, Cancel)).Headers.Location!.Query);
        Assert.Equal(new Uri(with.Address, "/account/with/plain/back").AbsoluteUri, asked["redirect_uri"].ToString());
        Assert.Equal("S256", asked["code_challenge_method"].ToString());
    }

    [Fact]
    public async Task People_are_made_only_where_that_is_set_and_never_from_an_address_that_is_somebody_s()
    {
        with.Says("new-1", address: "new.one@here.example", name: "Nora\u0007 Newcomb");
        using var browser = with.Client();
        Assert.Equal(Refused, await with.GoAsync(browser, "/account/with/plain"));
        Assert.Equal("/", await with.GoAsync(browser, "/account/with/newcomers"));
        var made = await site.ReadAsync(with.Here, db => db.Users.AsNoTracking().SingleAsync(u => u.Email == "new.one@here.example", Cancel));
        Assert.Equal((with.Here.Authority.Id, null, Role.Practitioner, "Nora Newcomb", null), (made.AuthorityId, made.TeamId, made.Role, made.DisplayName, made.PasswordHash));
        Assert.Equal("newcomers: Practitioner", Assert.Single(await LinesAsync(AuditActions.PersonCreated, made)).Detail);
        Assert.Empty(await site.ReadAsync(with.Here, db => db.Allocations.Where(a => a.PractitionerId == made.Id).ToListAsync(Cancel)));

        // Somebody's address, at this council or another, and one that nobody has seen to be theirs.
        foreach (var (address, verified) in new[] { (with.Here.OtherPractitioner.Email!, true), (with.There.Practitioner.Email!, true), ("new.two@here.example", false) })
        {
            with.Says(Guid.NewGuid().ToString("N"), address: address, verified: verified);
            using var another = with.Client();
            Assert.Equal(Refused, await with.GoAsync(another, "/account/with/newcomers"));
        }

        // One account opens one person, of whichever council it says it is of.
        with.Says("new-1", address: "new.three@there.example", council: "there");
        using var twice = with.Client();
        Assert.Equal(Refused, await with.GoAsync(twice, "/account/with/newcomers"));
        Assert.False(await site.ReadAsync(with.There, db => db.Users.AnyAsync(u => u.Email == "new.three@there.example", Cancel)));
    }

    [Fact]
    public async Task The_role_is_the_provider_s_word_at_each_sign_in()
    {
        var person = await NewAsync(Role.Practitioner, "Rory Plum");
        var child = await with.Here.AddChildAsync(person);
        await BindAsync(person);
        using var before = with.Client(person);
        Assert.Equal(HttpStatusCode.OK, (await before.GetAsync($"/hear/{child.Id}")).StatusCode);
        with.Says(person, role: "lead", factor: true);
        using var browser = with.Client();
        Assert.Equal("/", await with.GoAsync(browser, "/account/with/plain"));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/understand")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync($"/hear/{child.Id}/looked")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await before.GetAsync("/hear")).StatusCode);
        Assert.Equal("plain: DataLead", Assert.Single(await LinesAsync(AuditActions.RoleFromProvider, person)).Detail);
        Assert.NotNull(Assert.Single(await site.ReadAsync(with.Here, db => db.Allocations.AsNoTracking().Where(a => a.PractitionerId == person.Id).ToListAsync(Cancel))).EndedOn);
        Assert.Single(await with.Here.AuditAsync(AuditActions.AllocationEnded, child.Id));

        // A council is never left without an administrator.
        await BindAsync(with.There.Administrator);
        with.Says(with.There.Administrator, council: "there");
        using var last = with.Client();
        Assert.Equal(Refused, await with.GoAsync(last, "/account/with/plain"));
        Assert.Equal(Role.Administrator, await site.ReadAsync(with.There, db => db.Users.Where(u => u.Id == with.There.Administrator.Id).Select(u => u.Role).SingleAsync(Cancel)));
        Assert.Contains(await with.There.AuditAsync(AuditActions.SignInRefused), l => l.Detail == "plain: last administrator" && l.SubjectId == with.There.Administrator.Id);
    }

    [Fact]
    public async Task Whoever_has_left_here_is_out_at_once_and_stays_out()
    {
        var person = await NewAsync(Role.Practitioner, "Lena Fell");
        await BindAsync(person);
        with.Says(person, address: person.Email);
        using var browser = with.Client();
        await with.GoAsync(browser, "/account/with/plain");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/hear")).StatusCode);
        using var administrator = with.Client(with.Here.Administrator);
        await administrator.DoneAsync($"/admin/people/{person.Id}", "form[action*='Leave' i]");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/hear")).StatusCode);
        Assert.Equal(Refused, await with.GoAsync(browser, "/account/with/plain"));
        Assert.Empty(await site.ReadAsync(with.Here, db => db.PersonIdentities.Where(i => i.PersonId == person.Id).ToListAsync(Cancel)));
        // Had the account stayed theirs, they would be out all the same.
        await BindAsync(person);
        Assert.Equal(Refused, await with.GoAsync(browser, "/account/with/plain"));
        Assert.Contains(await LinesAsync(AuditActions.SignInRefused, person), l => l.Detail == "plain: left");
    }

    [Fact]
    public async Task A_second_factor_there_counts_here_and_without_it_ours_is_asked_for()
    {
        var lead = await NewAsync(Role.DataLead, "Dilys Combe");
        await BindAsync(lead);
        with.Says(lead, role: "lead");
        using var without = with.Client();
        await with.GoAsync(without, "/account/with/plain");
        Assert.Equal("/account/second-factor", (await without.GetAsync("/understand")).Headers.Location?.OriginalString);
        foreach (var (claim, value) in new[] { ("amr", "mfa"), ("acr", "urn:council:two") })
        {
            with.Says(lead, role: "lead");
            with.Provider.Next.Add((claim, value));
            using var shown = with.Client();
            await with.GoAsync(shown, "/account/with/plain");
            Assert.Equal(HttpStatusCode.OK, (await shown.GetAsync("/understand")).StatusCode);
        }

        with.Says(lead, role: "lead");
        with.Provider.Next.Add(("acr", "urn:council:one"));
        using var lower = with.Client();
        await with.GoAsync(lower, "/account/with/plain");
        Assert.Equal("/account/second-factor", (await lower.GetAsync("/understand")).Headers.Location?.OriginalString);

        // Whoever has an app here is asked for its code, unless it was shown there.
        var key = RandomNumberGenerator.GetBytes(Totp.KeyBytes);
        using (var own = site.As(World.ActorOf(lead)))
        {
            await own.Get<SecondFactorService>().AddAppAsync(key, AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(DateTimeOffset.UtcNow)), World.ActorOf(lead), Cancel);
        }

        await AsSuperuserAsync($"update second_factors set last_step = 0 where person_id = '{lead.Id}'");
        with.Says(lead, role: "lead");
        using var browser = with.Client();
        var step = await with.GoAsync(browser, "/account/with/plain?returnUrl=%2Funderstand");
        Assert.Equal("/account/code?ReturnUrl=%2Funderstand", step);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/understand")).StatusCode);
        Assert.Equal("/understand", await browser.DoneAsync(step, "form[action='/account/code']", ("Input.Code", AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(DateTimeOffset.UtcNow)))));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/understand")).StatusCode);
        Assert.Equal("plain", (await site.ReadAsync(with.Here, db => db.SignIns.AsNoTracking().Where(s => s.PersonId == lead.Id).OrderByDescending(s => s.StartedAt).FirstAsync(Cancel))).Provider);
        with.Says(lead, role: "lead", factor: true);
        using var straight = with.Client();
        Assert.Equal("/", await with.GoAsync(straight, "/account/with/plain"));
    }

    [Fact]
    public async Task Whoever_has_no_password_shows_again_there_that_it_is_them()
    {
        var person = await NewAsync(Role.Practitioner, "Stan Weir");
        var child = await with.Here.AddChildAsync(with.Here.OtherPractitioner);
        await BindAsync(person);
        with.Says(person);
        using var browser = with.Client();
        await with.GoAsync(browser, "/account/with/plain");
        await AsSuperuserAsync($"update sign_ins set proven_at = now() - interval '11 minutes' where person_id = '{person.Id}'");
        var asked = await TestClient.ParseAsync(await browser.SubmitAsync("/hear/cover", new Dictionary<string, string?> { ["Input.Number"] = child.LaChildId, ["Input.Reason"] = "Their worker is ill" }));
        var link = asked.QuerySelector("#prove-again a[target=_blank]")!.GetAttribute("href")!;
        var soon = await TestClient.ParseAsync(await browser.SubmitAsync(asked, "/hear/cover", new Dictionary<string, string?> { ["StepUp.Proof"] = "" }, "#prove-again"));
        Assert.Contains("Show first with Harrowmere’s account", soon.GetElementById("StepUp_Proof-error")!.TextContent);

        // Not the one who was there an hour ago, and not somebody else.
        with.Provider.SignedInAgo = TimeSpan.FromHours(1);
        Assert.Equal(TryAgain, await with.GoAsync(browser, link));
        with.Provider.SignedInAgo = TimeSpan.Zero;
        var other = await NewAsync(Role.Practitioner, "Otto Weir");
        await BindAsync(other);
        with.Says(other);
        Assert.Equal(TryAgain, await with.GoAsync(browser, link));
        Assert.Equal(2, (await LinesAsync(AuditActions.SignInRefused, person)).Count(l => l.Detail == "plain: asked again"));
        Assert.Equal(HttpStatusCode.OK, (await browser.SubmitAsync(asked, "/hear/cover", new Dictionary<string, string?>(), "#prove-again")).StatusCode);

        with.Says(person);
        Assert.Equal("/account/shown", await with.GoAsync(browser, link));
        Assert.Equal(("login", "0"), (with.Provider.Asked[^1].Prompt, with.Provider.Asked[^1].MaxAge?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Single(await LinesAsync(AuditActions.Proven, person));
        var done = await browser.SubmitAsync(asked, "/hear/cover", new Dictionary<string, string?>(), "#prove-again");
        Assert.Equal($"/hear/{child.Id}", done.Headers.Location?.OriginalString);
        Assert.Equal("plain", (await site.ReadAsync(with.Here, db => db.SignIns.AsNoTracking().Where(s => s.PersonId == person.Id && s.EndedAt == null).SingleAsync(Cancel))).Provider);
    }

    [Fact]
    public async Task Where_the_council_s_account_is_the_only_way_no_password_opens_anything()
    {
        var person = await NewAsync(Role.Practitioner, "Ivy Marl");
        await WithPasswordAsync(person);
        string code;
        using (var scope = site.As(World.ActorOf(with.Here.Administrator))) code = (await scope.Get<PeopleService>().MakeLinkAsync(person.Id, World.ActorOf(with.Here.Administrator), Cancel))!;
        var welcome = $"/account/welcome?person={person.Id}&code={Uri.EscapeDataString(code)}";
        var byPassword = new Dictionary<string, string?> { ["Input.Email"] = person.Email, ["Input.Password"] = Password };
        using var browser = with.Client();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync("/account/signin", byPassword)).StatusCode);
        await browser.DoneAsync("/Account/SignOut", "main form");
        Assert.NotNull((await browser.PageAsync(welcome)).GetElementById("Input_Password"));

        await BindAsync(person, "strict");
        var refused = await TestClient.ParseAsync(await browser.SubmitAsync("/account/signin", byPassword));
        Assert.Contains("do not match", refused.QuerySelector(".govuk-error-message")!.TextContent);
        Assert.Null((await browser.PageAsync(welcome)).GetElementById("Input_Password"));
        with.Says(person);
        Assert.Equal("/", await with.GoAsync(browser, "/account/with/strict"));
        Assert.Empty((await browser.PageAsync("/account/second-factor")).QuerySelectorAll("main a[href='/account/second-factor/password']"));
        Assert.Contains("need no password here", await browser.RefusedAsync("/account/second-factor/password", "main form", ("Input.Password", "otter " + Password)));
        using var administrator = with.Client(with.Here.Administrator);
        Assert.Empty((await administrator.PageAsync($"/admin/people/{person.Id}")).QuerySelectorAll("form[action*='handler=Link' i]"));
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", await administrator.AntiforgeryTokenAsync($"/admin/people/{person.Id}"))]);
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.Http.PostAsync($"/admin/people/{person.Id}?handler=Link", form)).StatusCode);
    }

    [Fact]
    public async Task The_database_alone_keeps_the_accounts_of_councils_apart()
    {
        var person = await NewAsync(Role.Practitioner, "Mabel Quoin");
        await BindAsync(person);
        foreach (var (actor, seen) in new[] { (World.ActorOf(with.Here.Administrator), 1), (World.ActorOf(person), 1), (World.ActorOf(with.Here.DataLead), 0), (World.ActorOf(with.There.Administrator), 0) })
        {
            using var scope = site.As(actor);
            Assert.Equal(seen, await scope.Db.PersonIdentities.IgnoreQueryFilters().CountAsync(i => i.PersonId == person.Id, Cancel));
        }

        // What is bound stays bound: the site may not give an account to another subject.
        using var administrator = site.As(World.ActorOf(with.Here.Administrator));
        Assert.Equal(0, await administrator.Db.PersonIdentities.Where(i => i.PersonId == person.Id).ExecuteUpdateAsync(i => i.SetProperty(x => x.Subject, "somebody-else"), Cancel));
    }

    /// <summary>Whatever council they are of, and when they are of none.</summary>
    private async Task<List<AuditEntry>> RefusalsAsync()
    {
        await using var db = new AppDbContext(new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(site.SuperuserConnectionString).UsePortalConventions().Options, new FixedActor(null));
        return await db.AuditEntries.IgnoreQueryFilters().AsNoTracking().Where(a => a.Action == AuditActions.SignInRefused && a.Detail!.StartsWith("plain: ")).ToListAsync(Cancel);
    }

    private Task<AppUser> NewAsync(Role role, string name) => with.Here.AddPersonAsync(role, $"{name} {Interlocked.Increment(ref people)}");

    private static string SubjectOf(AppUser person) => person.Id.ToString("N");

    private async Task<List<AuditEntry>> LinesAsync(string action, AppUser person) => [.. (await with.Here.AuditAsync(action)).Where(l => l.SubjectId == person.Id)];

    /// <summary>As it stands once somebody has signed in with their account.</summary>
    private async Task BindAsync(AppUser person, string provider = "plain")
    {
        using var scope = site.As(IdentityService.ServiceOf(person.AuthorityId));
        scope.Db.Add(new PersonIdentity
        {
            AuthorityId = person.AuthorityId,
            PersonId = person.Id,
            Provider = provider,
            Issuer = with.Provider.Address.AbsoluteUri,
            Subject = SubjectOf(person),
            AddedAt = DateTime.UtcNow,
            BoundAt = DateTime.UtcNow,
        });
        await scope.Db.SaveChangesAsync(Cancel);
    }

    private Task WithPasswordAsync(AppUser who) => World.GivePasswordAsync(site, who, Password);

    private async Task AsSuperuserAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>The site with providers set up for two councils, all of them at one place with different rules.</summary>
    public sealed class Accounts(TestSite site) : IAsyncLifetime
    {
        private IAsyncDisposable? stop;

        public World Here { get; private set; } = null!;

        public World There { get; private set; } = null!;

        public CouncilAccounts Provider { get; private set; } = null!;

        public Uri Address { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            (Here, There) = (await World.CreateAsync(site), await World.CreateAsync(site));
            using (var scope = site.As(Here.Whole))
            {
                // This site asks administrators for a second factor; how they got theirs is not tried here.
                await scope.Db.Users.Where(u => u.Id == Here.Administrator.Id || u.Id == There.Administrator.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.TwoFactorEnabled, true), Cancel);
            }

            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            Address = new Uri($"http://localhost:{port}/");
            Provider = await CouncilAccounts.StartAsync(back => back?.StartsWith(new Uri(Address, "/account/with/").AbsoluteUri, StringComparison.Ordinal) == true);
            var settings = new Dictionary<string, string> { ["Oidc:SiteAddress"] = Address.AbsoluteUri, ["SecondFactor:RequiredOf"] = "Roles" };
            Add(0, "plain", "Harrowmere", ("SecondFactorClasses:0", "urn:council:two"));
            Add(1, "newcomers", "Newcomers", ("CreatesPeople", "true"));
            Add(2, "strict", "Strictford", ("Only", "true"));
            Add(3, "tenants", "Tenants", ("Issuers:0", "https://accounts.example/"));
            (_, stop) = site.StartAnother(settings, port);
            // The first question of each provider is asked here and until it is answered: the site waits for one so long and no longer, and on a busy machine the first takes its time.
            foreach (var key in new[] { "plain", "newcomers", "strict", "tenants" })
            {
                using var first = Client();
                while ((await first.GetAsync($"/account/with/{key}")).Headers.Location?.IsAbsoluteUri != true) await Task.Delay(100, Cancel);
            }

            void Add(int number, string key, string name, (string Name, string Value) rule)
            {
                foreach (var (setting, value) in new[]
                {
                    ("Key", key), ("Name", name), ("Authority", Provider.Address.AbsoluteUri), ("ClientId", CouncilAccounts.ClientId), ("ClientSecret", CouncilAccounts.Secret),
                    ("AuthorityClaim", "council"), ("RoleClaim", "role"), ("Councils:0:Value", "here"), ("Councils:0:Code", Here.Authority.Code), ("Councils:1:Value", "there"), ("Councils:1:Code", There.Authority.Code),
                    ("Roles:0:Value", "worker"), ("Roles:0:Role", "Practitioner"), ("Roles:1:Value", "lead"), ("Roles:1:Role", "DataLead"), rule,
                })
                {
                    settings[$"Oidc:Providers:{number}:{setting}"] = value;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (stop is not null) await stop.DisposeAsync();
            await Provider.DisposeAsync();
        }

        public TestClient Client(AppUser? person = null) => new(Address, person is null ? null : site.CookieFor(person));

        public void Says(AppUser person, string? address = null, string? council = "here", string? role = "worker", bool factor = false) => Says(SubjectOf(person), address, council, role, factor);

        public void Says(string subject, string? address = null, string? council = "here", string? role = "worker", bool factor = false, string? name = null, bool verified = true)
        {
            Provider.Next = [("sub", subject), ("email_verified", verified ? "true" : "false")];
            if (address is not null) Provider.Next.Add(("email", address));
            if (council is not null) Provider.Next.Add(("council", council));
            if (name is not null) Provider.Next.Add(("name", name));
            if (factor) Provider.Next.AddRange([("amr", "pwd"), ("amr", "mfa")]);
            foreach (var one in role?.Split(',') ?? []) Provider.Next.Add(("role", one));
        }

        /// <summary>Begins at an address of the site and signs in at the provider.</summary>
        /// <returns>Where that leads back to, not followed yet.</returns>
        public async Task<string> BackAsync(TestClient browser, string path)
        {
            using var begun = await browser.GetAsync(path);
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
            using var answered = await http.GetAsync(begun.Headers.Location, Cancel);
            return answered.Headers.Location?.PathAndQuery ?? throw new InvalidOperationException($"The provider answered {(int)answered.StatusCode} and not with a way back.");
        }

        /// <returns>Where the site leads once it has heard from the provider.</returns>
        public async Task<string> GoAsync(TestClient browser, string path)
        {
            using var done = await browser.GetAsync(await BackAsync(browser, path));
            return done.Headers.Location?.OriginalString ?? throw new InvalidOperationException($"The site answered {(int)done.StatusCode}.");
        }
    }
}
