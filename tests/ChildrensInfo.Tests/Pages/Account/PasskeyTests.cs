using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Account;

public class PasskeyTests(TestSite site, Browser browser)
{
    private const string Password = "heron lantern biscuit velvet";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passkey_made_in_the_browser_signs_in_without_password_or_code_until_it_is_removed()
    {
        var world = await World.CreateAsync(site);
        using (var scope = site.As(null))
        {
            var person = await scope.Db.Users.SingleAsync(u => u.Id == world.Researcher.Id, Cancel);
            person.PasswordHash = scope.Get<IPasswordHasher<AppUser>>().HashPassword(person, Password);
            await scope.Db.SaveChangesAsync(Cancel);
        }

        await using var visitor = await browser.OpenAsync(site, world.Researcher);
        var page = visitor.Page;
        var device = await page.Context.NewCDPSessionAsync(page);
        await device.SendAsync("WebAuthn.enable");
        await device.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });

        await visitor.GoAsync("/account/second-factor/app");
        await visitor.LookWideAndNarrowAsync("authenticator-app");
        await visitor.GoAsync("/account/second-factor/passkey");
        await visitor.LookWideAndNarrowAsync("passkey-new");
        await page.GetByLabel("What you call it").FillAsync("work laptop");
        await visitor.Button("Add a passkey").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Keep these recovery codes now" })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("second-factor");
        Assert.Single(await world.AuditAsync(AuditActions.PasskeyAdded));

        // The password is no longer enough, and the passkey needs none.
        using (var client = new TestClient(new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri, IPAddress.Parse("127.0.12.1")))
        {
            var asked = await client.SubmitAsync("/account/signin", new Dictionary<string, string?> { ["Input.Email"] = world.Researcher.Email, ["Input.Password"] = Password });
            Assert.StartsWith("/account/code", asked.Headers.Location!.OriginalString, StringComparison.OrdinalIgnoreCase);
        }

        await ForgetSignInAsync(visitor);
        await visitor.GoAsync("/account/signin?returnUrl=/account/second-factor");
        await visitor.LookAsync("sign-in-passkey");
        await visitor.Button("Sign in with a passkey").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "How you sign in" })).ToBeVisibleAsync();
        Assert.Single(await world.AuditAsync(AuditActions.SignedIn));

        // A while later, before something that a borrowed screen must not do, it shows again who they are; somebody else's, or what is none, does not.
        await StepUpTests.AgeAsync(site, world.Researcher);
        await visitor.Button("Remove work laptop").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Show that it is you" })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("prove-again-passkey");
        await visitor.Button("Go on").ClickAsync();
        await Assertions.Expect(page.GetByText("That is not your password.").First).ToBeVisibleAsync();
        await page.EvaluateAsync("document.querySelector('[data-passkey-answer]').value = '{}'");
        await visitor.Button("Use your passkey").ClickAsync();
        await Assertions.Expect(page.GetByText("That passkey did not work here.").First).ToBeVisibleAsync();
        Assert.Empty(await world.AuditAsync(AuditActions.PasskeyRemoved));
        Assert.Equal(2, (await world.AuditAsync(AuditActions.SignInRefused)).Count);
        await visitor.Button("Use your passkey").ClickAsync();
        await Assertions.Expect(page.GetByText("The passkey is removed")).ToBeVisibleAsync();
        Assert.Single(await world.AuditAsync(AuditActions.PasskeyRemoved));
        await ForgetSignInAsync(visitor);
        await visitor.GoAsync("/account/signin");
        await visitor.Button("Sign in with a passkey").ClickAsync();
        // The site says so, or on a busy machine the browser gives up before it: nobody is signed in either way.
        await Assertions.Expect(page.GetByText("That passkey did not work here").Or(page.GetByText("No passkey was used"))).ToBeVisibleAsync();
        Assert.Single(await world.AuditAsync(AuditActions.SignedIn));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}""")]
    public async Task What_is_no_passkey_signs_nobody_in_and_is_added_to_nobody(string? credential)
    {
        var world = await World.CreateAsync(site);
        foreach (var asksFirst in new[] { false, true })
        {
            using var client = new TestClient(new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri, IPAddress.Parse("127.0.13.1"));
            if (asksFirst) await AskAsync(client, "/account/signin", "PasskeyOptions");
            var refused = await client.SubmitAsync("/account/signin", new Dictionary<string, string?> { ["Credential"] = credential }, "form[data-passkey]");
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
            Assert.Contains("did not work here", (await TestClient.ParseAsync(refused)).QuerySelector(".govuk-error-summary")!.TextContent);

            using var person = site.ClientFor(world.Practitioner);
            if (asksFirst) await AskAsync(person, "/account/second-factor/passkey", "Options");
            var form = await TestClient.ParseAsync(await person.SubmitAsync("/account/second-factor/passkey", new Dictionary<string, string?> { ["Input.Name"] = "key", ["Input.Credential"] = credential }));
            Assert.NotNull(form.GetElementById("Input_Name-error"));
        }

        Assert.Empty(await world.AuditAsync(AuditActions.PasskeyAdded));
    }

    /// <summary>Off the site first: an answer still on its way would bring the cookie back.</summary>
    private static async Task ForgetSignInAsync(Visitor visitor)
    {
        // An answer that is still on its way would bring the cookie back.
        await visitor.WholeAsync();
        await visitor.Page.GotoAsync("about:blank");
        await visitor.Page.Context.ClearCookiesAsync();
    }

    [Fact]
    public async Task Somebody_elses_passkey_shows_nothing_of_whoever_is_signed_in()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.OtherPractitioner);
        using var mine = new SoftPasskey();
        using var theirs = new SoftPasskey();
        var (me, them) = (world.Practitioner, world.OtherPractitioner);
        using var client = site.ClientFor(me);
        using var other = site.ClientFor(them);
        await AddAsync(client, mine);
        await AddAsync(other, theirs);
        await StepUpTests.AgeAsync(site, me);
        var asked = await TestClient.ParseAsync(await client.SubmitAsync("/hear/cover", new Dictionary<string, string?> { ["Input.Number"] = child.LaChildId, ["Input.Reason"] = "Their worker is ill" }));

        Task<string> QuestionAsync(TestClient of) => AskAsync(of, "/account/signin", "PasskeyOptions", "/hear");
        async Task<HttpResponseMessage> ShowAsync(string signed) => await client.SubmitAsync(asked, "/hear/cover", new Dictionary<string, string?> { ["StepUp.Proof"] = "", ["StepUp.Passkey"] = signed }, "#prove-again");
        async Task RefusedAsync(string signed)
        {
            using var answer = await ShowAsync(signed);
            Assert.Contains("That passkey did not work here.", (await TestClient.ParseAsync(answer)).GetElementById("StepUp_Proof-error")!.TextContent);
        }

        // To the question of this browser; to one that was asked of them and brought here, which their key answers truly; and as if it were mine.
        await RefusedAsync(theirs.Sign(await QuestionAsync(client), site.Address, them.Id));
        var question = await QuestionAsync(other);
        client.Take(site.Address, other.CookiesOf(site.Address).Single(c => c.Name == "portal-passkey"));
        await RefusedAsync(theirs.Sign(question, site.Address, them.Id));
        await RefusedAsync(theirs.Sign(await QuestionAsync(client), site.Address, me.Id));
        Assert.Empty(await world.AuditAsync(AuditActions.BreakGlassOpened));
        Assert.All(await world.AuditAsync(AuditActions.SignInRefused), a => Assert.Equal((me.Id, "asked again"), (a.SubjectId!.Value, a.Detail)));

        using var shown = await ShowAsync(mine.Sign(await QuestionAsync(client), site.Address, me.Id));
        Assert.Equal($"/hear/{child.Id}", shown.Headers.Location?.OriginalString);
    }

    internal static async Task AddAsync(TestClient client, SoftPasskey passkey)
    {
        const string path = "/account/second-factor/passkey";
        using var added = await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Name"] = "key", ["Input.Credential"] = passkey.Make(await AskAsync(client, path, "Options"), client.Http.BaseAddress!) });
        Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
    }

    /// <param name="pageWithToken">When the page itself is not shown: whoever is signed in is led on from the page where one signs in.</param>
    internal static async Task<string> AskAsync(TestClient client, string path, string handler, string? pageWithToken = null)
    {
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", await client.AntiforgeryTokenAsync(pageWithToken ?? path))]);
        using var options = await client.Http.PostAsync($"{path}?handler={handler}", form, Cancel);
        var asked = await options.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("\"challenge\"", asked, StringComparison.Ordinal);
        return asked;
    }
}
