using System.Net;
using System.Net.Sockets;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Account;

public class SignInTests(TestSite site)
{
    private const string Password = "heron lantern biscuit velvet";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_password_opens_the_door_and_signing_out_makes_every_copy_of_the_cookie_void()
    {
        var world = await WithPasswordAsync();
        using var client = site.ClientFor(null);
        // Left behind by a page that was lost in a child's hands: whoever signs in has the device.
        client.Take(site.Address, (ChildModeGate.LentCookie, "1"));
        var response = await SignInAsync(client, world.Researcher.Email!, Password);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.DoesNotContain(client.CookiesOf(site.Address), c => c.Name == ChildModeGate.LentCookie);
        var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("portal=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
        using var copy = new TestClient(site.Address, ("portal", cookie.Split(';')[0]["portal=".Length..]));
        Assert.NotEqual(HttpStatusCode.Redirect, (await copy.GetAsync("/use/projects")).StatusCode);

        // Signing in once more ends the one before, wherever a copy of its cookie is.
        using (var again = new FormUrlEncodedContent(new Dictionary<string, string> { ["Input.Email"] = world.Researcher.Email!, ["Input.Password"] = Password, ["__RequestVerificationToken"] = await client.AntiforgeryTokenAsync("/use/projects") }))
        {
            Assert.Equal(HttpStatusCode.Redirect, (await client.Http.PostAsync("/account/signin", again, Cancel)).StatusCode);
        }

        Assert.Equal("/Account/SignIn", (await copy.GetAsync("/use/projects")).Headers.Location?.AbsolutePath);
        Assert.Single(await world.AuditAsync(AuditActions.SignedOut));
        using var copyOfSecond = new TestClient(site.Address, client.CookiesOf(site.Address).Single(c => c.Name == "portal"));
        Assert.NotEqual(HttpStatusCode.Redirect, (await copyOfSecond.GetAsync("/use/projects")).StatusCode);

        var signedOut = await client.SubmitAsync("/account/signout", new Dictionary<string, string?>());
        Assert.Equal(HttpStatusCode.Redirect, signedOut.StatusCode);
        // What somebody else has sealed in this browser and not sent yet is not this person's to empty, so the browser has to have looked first.
        Assert.Equal("\"cache\"", string.Join(',', signedOut.Headers.GetValues("Clear-Site-Data")));
        Assert.Equal("/Account/SignIn", (await copyOfSecond.GetAsync("/use/projects")).Headers.Location?.AbsolutePath);
        Assert.Equal(2, (await world.AuditAsync(AuditActions.SignedIn)).Count);
        Assert.Equal(2, (await world.AuditAsync(AuditActions.SignedOut)).Count);
    }

    [Fact]
    public async Task Unknown_wrong_locked_left_and_not_yet_welcome_get_the_same_words()
    {
        var world = await WithPasswordAsync();
        var (locked, left) = await WithLockedAndLeftAsync(world);
        var said = new HashSet<string>();
        foreach (var (email, password) in new[]
        {
            ("nobody@nowhere.example", Password), (world.Researcher.Email!, "wrong " + Password), (locked, Password), (left, Password), (world.Practitioner.Email!, Password),
        })
        {
            using var client = site.ClientFor(null);
            var response = await SignInAsync(client, email, password);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            said.Add((await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")!.TextContent);
        }

        Assert.Single(said);
        Assert.Equal(4, (await world.AuditAsync(AuditActions.SignInRefused)).Count);
    }

    [Fact]
    public async Task Guessing_at_one_address_ends_in_429_and_the_real_person_still_gets_in_at_another()
    {
        var world = await WithPasswordAsync();
        using var guesser = From("127.0.3.1");
        for (var i = 0; i < SignInLimits.TriesAtAccount; i++) Assert.Equal(HttpStatusCode.OK, (await SignInAsync(guesser, world.Researcher.Email!, $"guess {i}")).StatusCode);
        var refused = await SignInAsync(guesser, world.Researcher.Email!.ToUpperInvariant(), Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), SignInLimits.Window);
        Assert.Contains("Too many tries", (await TestClient.ParseAsync(refused)).QuerySelector("h1")!.TextContent);
        using var real = From("127.0.3.2");
        Assert.Equal(HttpStatusCode.Redirect, (await SignInAsync(real, world.Researcher.Email!, Password)).StatusCode);
    }

    [Fact]
    public async Task Guessing_from_many_addresses_locks_the_account()
    {
        var world = await WithPasswordAsync();
        for (var i = 0; i < 6; i++)
        {
            using var guesser = From($"127.0.4.{i + 1}");
            Assert.Equal(HttpStatusCode.OK, (await SignInAsync(guesser, world.Researcher.Email!, $"guess {i}")).StatusCode);
        }

        using var right = From("127.0.4.100");
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(right, world.Researcher.Email!, Password)).StatusCode);
        Assert.Contains(await world.AuditAsync(AuditActions.SignInRefused), a => a.Detail == "locked");
    }

    [Fact]
    public async Task Who_comes_back_to_their_own_device_gets_in_whatever_others_guess()
    {
        var world = await WithPasswordAsync();
        var email = world.Researcher.Email!;
        using var own = From("127.0.6.1");
        (await SignInAsync(own, email, Password)).Dispose();
        (await own.SubmitAsync("/account/signout", new Dictionary<string, string?>())).Dispose();
        for (var i = 0; i < 8; i++)
        {
            using var guesser = From($"127.0.6.{i + 10}");
            (await SignInAsync(guesser, email, $"guess {i}")).Dispose();
        }

        // From the same address as the device, too.
        using (var beside = From("127.0.6.1"))
        {
            for (var i = 0; i <= SignInLimits.TriesAtAccount; i++) (await SignInAsync(beside, email, $"guess {i}")).Dispose();
            Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInAsync(beside, email, Password)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Redirect, (await SignInAsync(own, email, Password)).StatusCode);
        // When the browser has looked and keeps nothing that was not sent, all that it stores goes.
        using (var emptied = await own.SubmitAsync("/account/signout", new Dictionary<string, string?> { ["NothingKept"] = "true" })) Assert.Equal("\"cache\", \"storage\"", string.Join(',', emptied.Headers.GetValues("Clear-Site-Data")));
        // A device guesses no more often than an address, and knows nobody but who signed in on it.
        for (var i = 0; i < SignInLimits.TriesAtAccount; i++) Assert.Equal(HttpStatusCode.OK, (await SignInAsync(own, email, $"guess {i}")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInAsync(own, email, Password)).StatusCode);

        // After a change of password the device is one like any other.
        using var scope = site.As(null);
        var person = await scope.Db.Users.SingleAsync(u => u.Id == world.Researcher.Id, Cancel);
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        var devices = scope.Get<KnownDevices>();
        devices.Remember(context, person);
        var cookie = context.Response.Headers.SetCookie.ToString().Split(';')[0];
        Assert.DoesNotContain(person.Id.ToString("N"), cookie, StringComparison.OrdinalIgnoreCase);
        context.Request.Headers.Cookie = cookie;
        Assert.NotNull(devices.Of(context, person));
        Assert.Null(devices.Of(context, new AppUser { Id = Guid.NewGuid(), SecurityStamp = person.SecurityStamp }));
        person.SecurityStamp = "another";
        Assert.Null(devices.Of(context, person));
        context.Request.Headers.Cookie = cookie[..^2] + "xx";
        Assert.Null(devices.Of(context, person));
    }

    [Theory]
    [InlineData("/Identity/Account/Register")]
    [InlineData("/Identity/Account/Login")]
    [InlineData("/Account/Register")]
    [InlineData("/register")]
    public async Task Nobody_makes_an_account_for_themselves(string path)
    {
        using var client = site.ClientFor(null);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Trying_many_accounts_from_one_address_ends_in_429_whatever_headers_claim()
    {
        using var guesser = From("127.0.5.1");
        var form = await guesser.PageAsync("/account/signin");
        var last = HttpStatusCode.OK;
        for (var i = 0; i <= SignInLimits.TriesFromAddress; i++)
        {
            guesser.Http.DefaultRequestHeaders.Remove("X-Forwarded-For");
            guesser.Http.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i}");
            last = (await guesser.SubmitAsync(form, "/account/signin", new Dictionary<string, string?> { ["Input.Email"] = $"spray{i}@nowhere.example", ["Input.Password"] = "summer" })).StatusCode;
            if (i < SignInLimits.TriesFromAddress) Assert.Equal(HttpStatusCode.OK, last);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public void Limits_count_failures_forget_with_success_and_end_with_their_window()
    {
        var clock = new FakeTimeProvider();
        var limits = new SignInLimits(clock);
        var here = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 300; i++) limits.Begin(here, $"person {i}", out _)!.Succeeded();
        for (var i = 0; i < SignInLimits.TriesAtAccount; i++) Assert.NotNull(limits.Begin(here, "a", out _));
        Assert.Null(limits.Begin(here, "a", out var wait));
        Assert.Equal(SignInLimits.Window, wait);
        Assert.NotNull(limits.Begin(here.MapToIPv6(), "b", out _));
        Assert.Null(limits.Begin(here.MapToIPv6(), "a", out _));
        Assert.NotNull(limits.Begin(IPAddress.Parse("192.0.2.2"), "a", out _));
        clock.Advance(SignInLimits.Window);
        Assert.NotNull(limits.Begin(here, "a", out _));
    }

    /// <summary>Hashing is nearly all the time that an answer takes: with as much of it for everybody, time tells nothing.</summary>
    [Fact]
    public async Task Whether_somebody_exists_cannot_be_told_from_the_time_it_takes()
    {
        var world = await WithPasswordAsync();
        var hasher = new CountingHasher();
        var (address, stop) = site.StartAnother(new Dictionary<string, string>(), replace: services => services.AddSingleton<IPasswordHasher<AppUser>>(hasher));
        await using var stopping = stop;
        using var client = new TestClient(address, cookie: null);
        async Task<int> HashedAsync(string email)
        {
            var before = hasher.Hashed;
            Assert.Equal(HttpStatusCode.OK, (await SignInAsync(client, email, "wrong wrong wrong")).StatusCode);
            return hasher.Hashed - before;
        }

        // The first time there is no such person makes the hash that nobody's password is tried against.
        await HashedAsync("first@nowhere.example");
        Assert.Equal(1, await HashedAsync("unknown@nowhere.example"));
        Assert.Equal(1, await HashedAsync(world.Researcher.Email!));
        Assert.Equal(1, await HashedAsync(world.Practitioner.Email!));
        var (locked, left) = await WithLockedAndLeftAsync(world);
        Assert.Equal((1, 1), (await HashedAsync(locked), await HashedAsync(left)));
    }

    /// <summary>With every turn to hash taken, and everybody waiting who may, whoever comes is told so at once, and neither loses a try nor is refused for good.</summary>
    [Fact]
    public async Task When_too_many_passwords_wait_to_be_hashed_people_are_told_to_try_again()
    {
        var world = await WithPasswordAsync();
        using var hashing = new Hashing();
        var (address, stop) = site.StartAnother(new Dictionary<string, string>(), replace: services => services.AddSingleton(hashing));
        await using var stopping = stop;
        using var client = new TestClient(address, cookie: null);
        (await SignInAsync(client, world.Researcher.Email!, Password)).Dispose();
        await StepUpTests.AgeAsync(site, world.Researcher);
        var form = await TestClient.ParseAsync(await client.SubmitAsync("/account/second-factor/password", new Dictionary<string, string?> { ["Input.Password"] = "otter " + Password }));

        var turns = Enumerable.Range(0, Hashing.AtOnce + Hashing.MostWaiting).Select(_ => hashing.TurnAsync(Cancel)).ToList();
        Assert.Equal(Hashing.AtOnce, turns.Count(t => t.IsCompleted));
        using var other = new TestClient(address, cookie: null);
        for (var i = 0; i <= SignInLimits.TriesAtAccount; i++)
        {
            using var busy = await SignInAsync(other, world.Researcher.Email!, Password);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.StatusCode);
            Assert.Contains("Very many people", (await TestClient.ParseAsync(busy)).QuerySelector(".govuk-error-summary")!.TextContent);
        }

        using (var asked = await client.SubmitAsync(form, "/account/second-factor/password", new Dictionary<string, string?> { ["StepUp.Proof"] = Password }, "#prove-again"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, asked.StatusCode);
            form = await TestClient.ParseAsync(asked);
            Assert.Contains("Very many people", form.GetElementById("StepUp_Proof-error")!.TextContent);
        }

        using (var own = site.As(World.ActorOf(world.Researcher)))
        {
            var people = new PeopleService(own.Db, own.Get<UserManager<AppUser>>(), own.Get<ProviderRule>(), hashing, TimeProvider.System);
            Assert.Equal(Hashing.Busy, (await people.ChangePasswordAsync("otter " + Password, World.ActorOf(world.Researcher), Cancel)).Refusal!.Message);
            var code = await own.Get<UserManager<AppUser>>().GeneratePasswordResetTokenAsync(await own.Db.Users.SingleAsync(u => u.Id == world.Researcher.Id, Cancel));
            Assert.Equal(Hashing.Busy, (await people.ChoosePasswordAsync(world.Researcher.Id, code, "otter " + Password, Cancel))!.Refusal!.Message);
        }

        // One after the other they are let in.
        foreach (var turn in turns) (await turn)!.Dispose();
        Assert.Equal(HttpStatusCode.Redirect, (await SignInAsync(other, world.Researcher.Email!, Password)).StatusCode);
        using var proven = await client.SubmitAsync(form, "/account/second-factor/password", new Dictionary<string, string?> { ["StepUp.Proof"] = Password }, "#prove-again");
        Assert.Contains("Enter a password", (await TestClient.ParseAsync(proven)).GetElementById("Input_Password-error")!.TextContent);
    }

    private sealed class CountingHasher : PasswordHasher<AppUser>
    {
        public int Hashed { get; private set; }

        public override PasswordVerificationResult VerifyHashedPassword(AppUser user, string hashedPassword, string providedPassword)
        {
            Hashed++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/%09//evil.example")]
    [InlineData("\t//evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/caf\u00e9\u4e2d")]
    [InlineData("/a\r\nSet-Cookie: x=1")]
    [InlineData("~//evil.example")]
    [InlineData("\0")]
    public async Task A_way_back_that_leads_elsewhere_is_not_taken(string returnUrl)
    {
        var world = await WithPasswordAsync();
        using var client = site.ClientFor(null);
        var path = $"/account/signin?returnUrl={Uri.EscapeDataString(returnUrl)}";
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
        var response = await client.SubmitAsync("/account/signin", new Dictionary<string, string?> { ["Input.Email"] = world.Researcher.Email, ["Input.Password"] = Password, ["ReturnUrl"] = returnUrl });
        Assert.True(response.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.OK or HttpStatusCode.BadRequest, response.StatusCode.ToString());
        if (response.StatusCode == HttpStatusCode.Redirect)
        {
            var to = response.Headers.Location!;
            Assert.True(!to.IsAbsoluteUri && to.OriginalString.StartsWith('/') && !to.OriginalString.StartsWith("//", StringComparison.Ordinal) && !to.OriginalString.Contains("evil", StringComparison.Ordinal) || to.OriginalString == "/%09//evil.example", to.OriginalString);
        }
    }

    private static Task<HttpResponseMessage> SignInAsync(TestClient client, string email, string password) =>
        client.SubmitAsync("/account/signin", new Dictionary<string, string?> { ["Input.Email"] = email, ["Input.Password"] = password });

    private async Task<World> WithPasswordAsync()
    {
        var world = await World.CreateAsync(site);
        await World.GivePasswordAsync(site, world.Researcher, Password);
        return world;
    }

    /// <summary>Somebody whose account is locked and somebody who left, each with a password that let them in before, so that nothing else refuses them.</summary>
    private async Task<(string Locked, string Left)> WithLockedAndLeftAsync(World world)
    {
        using var scope = site.As(null);
        var (locked, left) = (await scope.Db.Users.SingleAsync(u => u.Id == world.DataLead.Id, Cancel), await scope.Db.Users.SingleAsync(u => u.Id == world.Administrator.Id, Cancel));
        foreach (var person in new[] { locked, left }) person.PasswordHash = scope.Get<IPasswordHasher<AppUser>>().HashPassword(person, Password);
        await scope.Db.SaveChangesAsync(Cancel);
        foreach (var person in new[] { locked, left })
        {
            using var before = site.ClientFor(null);
            Assert.Equal(HttpStatusCode.Redirect, (await SignInAsync(before, person.Email!, Password)).StatusCode);
            await scope.Db.Entry(person).ReloadAsync(Cancel);
        }

        (locked.LockoutEnd, left.LeftAt) = (DateTimeOffset.MaxValue, DateTime.UnixEpoch);
        await scope.Db.SaveChangesAsync(Cancel);
        return (locked.Email!, left.Email!);
    }

    /// <summary>A client at another address of this machine.</summary>
    private TestClient From(string address) => new(new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri, IPAddress.Parse(address));
}
