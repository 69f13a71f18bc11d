using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Account;

public class SecondFactorTests(TestSite site, SecondFactorTests.Strict strict) : IClassFixture<SecondFactorTests.Strict>
{
    private const string Password = "heron lantern biscuit velvet";
    private const string Page = "/account/second-factor";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_RFC_6238(long at, string code)
    {
        var key = "12345678901234567890"u8.ToArray();
        var now = DateTimeOffset.FromUnixTimeSeconds(at);
        Assert.Equal(code, AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(now)));
        Assert.Equal("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", Totp.Spelled(key));
        foreach (var (late, counts) in new[] { (-30, true), (0, true), (30, true), (60, false) }) Assert.Equal(counts, Totp.StepOf(key, code, now.AddSeconds(late), 0) is not null);
        Assert.Null(Totp.StepOf(key, code, now, AuthenticatorApp.StepAt(now)));
    }

    [Fact]
    public async Task An_app_is_set_up_with_its_code_and_then_a_password_alone_opens_nothing()
    {
        var world = await WithPasswordAsync();
        using var client = site.ClientFor(world.Researcher);
        using var elsewhere = site.ClientFor(world.Researcher);
        var form = await client.PageAsync(Page + "/app");
        Assert.Empty(form.QuerySelectorAll("[style]"));
        Assert.Empty(form.QuerySelectorAll("svg style, svg script"));
        Assert.NotNull(form.QuerySelector(".app-key svg"));
        var spelled = form.QuerySelector(".app-key__text")!.TextContent;
        var wrong = await TestClient.ParseAsync(await client.SubmitAsync(form, Page + "/app", Code("000000")));
        Assert.Contains("does not work", wrong.GetElementById("Input_Code-error")!.TextContent);
        // The same key again: it may be in the app already.
        Assert.Equal(spelled, wrong.QuerySelector(".app-key__text")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.AppAdded));

        var key = Unspelled(spelled);
        var first = Now(key);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(wrong, Page + "/app", Code(first))).StatusCode);
        Assert.Equal(world.Researcher.Id, Assert.Single(await world.AuditAsync(AuditActions.AppAdded)).SubjectId);
        var shown = await client.PageAsync(Page);
        var codes = shown.QuerySelectorAll(".recovery-codes code").Select(c => c.TextContent).ToList();
        Assert.Equal(SecondFactor.RecoveryCodeCount, codes.Distinct().Count());
        Assert.Empty((await client.PageAsync(Page)).QuerySelectorAll(".recovery-codes"));
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.GetAsync("/use/projects")).StatusCode);

        // Nothing that stands in the database or was logged makes a code.
        foreach (var column in await RowAsync(world.Researcher))
        {
            Assert.DoesNotContain(Convert.ToHexString(key), column, StringComparison.OrdinalIgnoreCase);
            foreach (var code in codes) Assert.DoesNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(code.Replace("-", "", StringComparison.Ordinal))), column, StringComparison.OrdinalIgnoreCase);
        }

        using var other = await AfterPasswordAsync(world.Researcher, "127.0.8.1");
        foreach (var path in new[] { "/", "/use/projects", Page, "/account/sign-ins" }) Assert.Equal("/Account/SignIn", (await other.GetAsync(path)).Headers.Location?.AbsolutePath);
        Assert.Equal("/account/signin", (await site.ClientFor(null).GetAsync("/account/code")).Headers.Location?.OriginalString, ignoreCase: true);
        // The code that set it up is used.
        Assert.Contains("does not work", (await TestClient.ParseAsync(await other.SubmitAsync("/account/code", Code(first)))).GetElementById("Input_Code-error")!.TextContent);
        await AsSuperuserAsync($"update second_factors set last_step = 0 where person_id = '{world.Researcher.Id}'");
        foreach (var none in new[] { AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(DateTimeOffset.UtcNow) - 3), Now(RandomNumberGenerator.GetBytes(Totp.KeyBytes)) })
        {
            Assert.Equal(HttpStatusCode.OK, (await other.SubmitAsync("/account/code", Code(none))).StatusCode);
        }

        Assert.Equal(3, (await world.AuditAsync(AuditActions.SignInRefused)).Count(a => a.Detail == "code"));
        var signedIn = await other.SubmitAsync("/account/code?returnUrl=/use/projects", Code(Now(key).Insert(3, " ")));
        Assert.Equal("/use/projects", signedIn.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/use/projects")).StatusCode);
        using var again = await AfterPasswordAsync(world.Researcher, "127.0.8.2");
        Assert.Equal(HttpStatusCode.OK, (await again.SubmitAsync("/account/code", Code(Now(key)))).StatusCode);

        // A recovery code instead, once.
        Assert.Equal(HttpStatusCode.Redirect, (await again.SubmitAsync("/account/code", Code(codes[3].ToUpperInvariant()))).StatusCode);
        Assert.Equal("left: 9", Assert.Single(await world.AuditAsync(AuditActions.RecoveryCodeUsed)).Detail);
        using var once = await AfterPasswordAsync(world.Researcher, "127.0.8.3");
        Assert.Equal(HttpStatusCode.OK, (await once.SubmitAsync("/account/code", Code(codes[3]))).StatusCode);
        // New ones end those before.
        await again.SubmitAsync(Page, new Dictionary<string, string?>(), "form[action*=Codes]");
        var renewed = (await again.PageAsync(Page)).QuerySelectorAll(".recovery-codes code").Select(c => c.TextContent).ToList();
        Assert.Equal(HttpStatusCode.OK, (await once.SubmitAsync("/account/code", Code(codes[4]))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await once.SubmitAsync("/account/code", Code(renewed[0]))).StatusCode);

        // Removed, the password is enough again where nobody must have one.
        Assert.Equal(HttpStatusCode.Redirect, (await again.SubmitAsync(Page, new Dictionary<string, string?>(), "form[action*=RemoveApp]")).StatusCode);
        Assert.Contains("Set up an authenticator app", (await again.PageAsync(Page)).QuerySelector("main")!.TextContent);
        using var after = From("127.0.8.4");
        Assert.Equal("/", (await SignInAsync(after, world.Researcher)).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Guessing_codes_locks_whoever_knows_the_password_and_the_password_does_not_start_the_count_again()
    {
        var world = await WithPasswordAsync();
        var key = await AddAppAsync(world.Researcher);
        for (var i = 0; i < 6; i++)
        {
            using var guesser = await AfterPasswordAsync(world.Researcher, $"127.0.9.{i + 1}");
            Assert.Equal(HttpStatusCode.OK, (await guesser.SubmitAsync("/account/code", Code($"00000{i}"))).StatusCode);
        }

        using var locked = From("127.0.9.50");
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(locked, world.Researcher)).StatusCode);
        Assert.Contains(await world.AuditAsync(AuditActions.SignInRefused), a => a.Detail == "code, locked");

        // At one address the tries end before that.
        var there = await WithPasswordAsync();
        await AddAppAsync(there.Researcher);
        using var one = await AfterPasswordAsync(there.Researcher, "127.0.9.60");
        for (var i = 0; i < SignInLimits.TriesAtAccount; i++) Assert.Equal(HttpStatusCode.OK, (await one.SubmitAsync("/account/code", Code("000000"))).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await one.SubmitAsync("/account/code", Code(Now(key)))).StatusCode);
    }

    [Fact]
    public async Task On_a_device_of_their_own_the_password_forgets_no_wrong_code_and_no_lock_keeps_them_out()
    {
        var world = await WithPasswordAsync();
        var key = await AddAppAsync(world.Researcher);
        using var own = await AfterPasswordAsync(world.Researcher, "127.0.15.1");
        Assert.Equal(HttpStatusCode.Redirect, (await own.SubmitAsync("/account/code", Code(Now(key)))).StatusCode);
        await AsSuperuserAsync($"update second_factors set last_step = 0 where person_id = '{world.Researcher.Id}'");
        (await own.SubmitAsync("/account/signout", new Dictionary<string, string?>())).Dispose();
        for (var i = 0; i < 6; i++)
        {
            using var guesser = await AfterPasswordAsync(world.Researcher, $"127.0.15.{i + 10}");
            Assert.Equal(HttpStatusCode.OK, (await guesser.SubmitAsync("/account/code", Code($"00000{i}"))).StatusCode);
            // Its owner gives the password, and no code.
            if (i < 5) Assert.StartsWith("/account/code", (await SignInAsync(own, world.Researcher)).Headers.Location!.OriginalString, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains(await world.AuditAsync(AuditActions.SignInRefused), a => a.Detail == "code, locked");
        Assert.StartsWith("/account/code", (await SignInAsync(own, world.Researcher)).Headers.Location!.OriginalString, StringComparison.OrdinalIgnoreCase);
        Assert.NotNull((await FreshAsync(world.Researcher)).LockoutEnd);
        Assert.Equal(HttpStatusCode.Redirect, (await own.SubmitAsync("/account/code", Code(Now(key)))).StatusCode);
        // With both shown the lock is lifted for their other devices too.
        using var elsewhere = await AfterPasswordAsync(world.Researcher, "127.0.15.50");

        // Nor does a lock stand between them and what asks again who they are.
        await AsSuperuserAsync($"update second_factors set last_step = 0 where person_id = '{world.Researcher.Id}'; update people set lockout_end = now() + interval '1 hour' where id = '{world.Researcher.Id}'");
        await StepUpTests.AgeAsync(site, world.Researcher);
        const string path = "/account/second-factor";
        var asked = await TestClient.ParseAsync(await own.SubmitAsync(path, new Dictionary<string, string?>(), "form[action*=Codes]"));
        using var shown = await own.SubmitAsync(asked, path, new Dictionary<string, string?> { ["StepUp.Proof"] = Now(key) }, "#prove-again");
        Assert.Equal(HttpStatusCode.Redirect, shown.StatusCode);
    }

    [Fact]
    public async Task Two_tries_at_once_use_a_code_once()
    {
        var world = await WithPasswordAsync();
        var key = await AddAppAsync(world.Researcher);
        var clients = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => AfterPasswordAsync(world.Researcher, $"127.0.10.{i}")));
        var forms = await Task.WhenAll(clients.Select(c => c.PageAsync("/account/code")));
        var code = Now(key);
        var answers = await Task.WhenAll(clients.Zip(forms).Select(c => c.First.SubmitAsync(c.Second, "/account/code", Code(code))));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Redirect);
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task An_administrator_takes_it_off_for_a_reason_for_others_of_their_council_and_never_their_own()
    {
        var world = await WithPasswordAsync();
        var elsewhere = await World.CreateAsync(site);
        await AddAppAsync(world.Researcher);
        await AddAppAsync(world.Administrator);
        using var person = site.ClientFor(await FreshAsync(world.Researcher));
        using var administrator = site.ClientFor(await FreshAsync(world.Administrator));
        using var stranger = site.ClientFor(elsewhere.Administrator);
        using var lead = site.ClientFor(world.DataLead);
        var path = $"/admin/people/{world.Researcher.Id}";
        var good = new Dictionary<string, string?> { ["TakeOff.Reason"] = "Lost", ["TakeOff.KnowsThem"] = "true" };

        Assert.Equal(HttpStatusCode.Forbidden, (await lead.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(stranger, $"/admin/people/{elsewhere.Researcher.Id}", path, good)).StatusCode);
        Assert.Null((await administrator.PageAsync($"/admin/people/{world.Administrator.Id}")).QuerySelector("#take-off"));
        var own = await TestClient.ParseAsync(await PostAsync(administrator, path, $"/admin/people/{world.Administrator.Id}", good));
        Assert.Contains("cannot take off your own", own.QuerySelector(".govuk-error-summary")!.TextContent);
        var empty = await TestClient.ParseAsync(await administrator.SubmitAsync(path, new Dictionary<string, string?>(), "#take-off"));
        Assert.Contains("Choose what happened", empty.GetElementById("TakeOff_Reason-error")!.TextContent);
        Assert.Contains("Make sure first", empty.GetElementById("TakeOff_KnowsThem-error")!.TextContent);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/use/projects")).StatusCode);

        Assert.Equal(HttpStatusCode.Redirect, (await administrator.SubmitAsync(path, good, "#take-off")).StatusCode);
        var line = Assert.Single(await world.AuditAsync(AuditActions.SecondFactorTakenOff));
        Assert.Equal((world.Administrator.Id, world.Researcher.Id, "Lost"), (line.ActorId, line.SubjectId, line.Detail));
        Assert.Equal(HttpStatusCode.Redirect, (await person.GetAsync("/use/projects")).StatusCode);
        using var password = From("127.0.11.1");
        Assert.Equal("/", (await SignInAsync(password, world.Researcher)).Headers.Location?.OriginalString);
        Assert.NotEmpty(await RowAsync(world.Administrator));
        Assert.Empty(await RowAsync(world.Researcher));
    }

    [Fact]
    public async Task Whoever_must_have_one_is_led_to_set_it_up_before_anything_else_opens()
    {
        var world = await World.CreateAsync(site);
        foreach (var (role, home) in new[] { (Role.DataLead, "/understand"), (Role.Researcher, "/use/projects"), (Role.InformationGovernance, "/govern"), (Role.Administrator, "/admin/people") })
        {
            using var led = new TestClient(strict.Address, site.CookieFor(world.PersonOf(role)));
            foreach (var path in new[] { "/", home, "/account/sign-ins" }) Assert.Equal(Page, (await led.GetAsync(path)).Headers.Location?.OriginalString);
            Assert.Contains("needs a second step", (await led.PageAsync(Page)).QuerySelector("main")!.TextContent);
            Assert.Equal(HttpStatusCode.OK, (await led.GetAsync("/lib/site.css")).StatusCode);
            Assert.Equal(HttpStatusCode.NoContent, (await led.GetAsync("/account/alive")).StatusCode);
        }

        using var free = new TestClient(strict.Address, site.CookieFor(world.Practitioner));
        Assert.Equal(HttpStatusCode.OK, (await free.GetAsync("/hear")).StatusCode);

        using var client = new TestClient(strict.Address, site.CookieFor(world.Administrator));
        var form = await client.PageAsync(Page + "/app");
        await client.SubmitAsync(form, Page + "/app", Code(Now(Unspelled(form.QuerySelector(".app-key__text")!.TextContent))));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/admin/people")).StatusCode);
        // And keeps one.
        var kept = await TestClient.ParseAsync(await client.SubmitAsync(Page, new Dictionary<string, string?>(), "form[action*=RemoveApp]"));
        Assert.Contains("You need a second step", kept.QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/admin/people")).StatusCode);
    }

    private static Dictionary<string, string?> Code(string code) => new() { ["Input.Code"] = code };

    private static string Now(byte[] key) => AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(DateTimeOffset.UtcNow));

    private static byte[] Unspelled(string text)
    {
        var bits = string.Concat(text.Where(char.IsLetterOrDigit).Select(c => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal).ToString("B5", CultureInfo.InvariantCulture)));
        return [.. bits.Chunk(8).Select(b => Convert.ToByte(new string(b), 2))];
    }

    private static Task<HttpResponseMessage> SignInAsync(TestClient client, AppUser person) =>
        client.SubmitAsync("/account/signin", new Dictionary<string, string?> { ["Input.Email"] = person.Email, ["Input.Password"] = Password });

    /// <summary>A form of one page, sent to another address.</summary>
    private static async Task<HttpResponseMessage> PostAsync(TestClient client, string from, string to, Dictionary<string, string?> fields)
    {
        var token = await client.AntiforgeryTokenAsync(from);
        using var form = new FormUrlEncodedContent(fields.Append(new("__RequestVerificationToken", token)).Select(f => new KeyValuePair<string, string>(f.Key, f.Value!)));
        return await client.Http.PostAsync(to + "?handler=TakeOff", form, Cancel);
    }

    private async Task<TestClient> AfterPasswordAsync(AppUser person, string from)
    {
        var client = From(from);
        var response = await SignInAsync(client, person);
        Assert.StartsWith("/account/code", response.Headers.Location!.OriginalString, StringComparison.OrdinalIgnoreCase);
        return client;
    }

    /// <summary>An app that was set up a while ago.</summary>
    private async Task<byte[]> AddAppAsync(AppUser person)
    {
        var key = RandomNumberGenerator.GetBytes(Totp.KeyBytes);
        using (var own = site.As(World.ActorOf(person))) Assert.True((await own.Get<SecondFactorService>().AddAppAsync(key, Now(key), World.ActorOf(person), Cancel)).Outcome.IsDone);
        await AsSuperuserAsync($"update second_factors set last_step = 0 where person_id = '{person.Id}'");
        return key;
    }

    private async Task<AppUser> FreshAsync(AppUser person)
    {
        using var scope = site.As(null);
        return await scope.Db.Users.AsNoTracking().SingleAsync(u => u.Id == person.Id, Cancel);
    }

    private async Task<World> WithPasswordAsync()
    {
        var world = await World.CreateAsync(site);
        await World.GivePasswordAsync(site, world.Researcher, Password);
        return world;
    }

    /// <summary>A client at another address of this machine.</summary>
    private TestClient From(string address) => new(new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri, IPAddress.Parse(address));

    /// <summary>Every column of the person's row, as somebody reads it who has the whole database.</summary>
    private async Task<List<string>> RowAsync(AppUser person)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand($"select to_jsonb(f)::text from second_factors f where person_id = '{person.Id}'", connection);
        return await command.ExecuteScalarAsync(Cancel) is string row ? [row] : [];
    }

    private async Task AsSuperuserAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>The site as it is outside Development in this one thing.</summary>
    public sealed class Strict(TestSite site) : IAsyncLifetime
    {
        private IAsyncDisposable? stop;

        public Uri Address { get; private set; } = null!;

        public ValueTask InitializeAsync()
        {
            (Address, stop) = site.StartAnother(SecondFactorRule.Setting, nameof(SecondFactorRule.Wanted.Roles));
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => stop?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
