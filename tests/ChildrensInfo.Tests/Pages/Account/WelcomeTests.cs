using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Account;

public class WelcomeTests(TestSite site)
{
    private const string GoodPassword = "heron lantern biscuit velvet ŵy 🦔";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_link_sets_a_password_once_and_the_person_signs_in_with_it()
    {
        var world = await World.CreateAsync(site);
        var link = await LinkForAsync(world, world.Researcher);
        using var client = site.ClientFor(null);
        var form = await client.PageAsync(link);
        Assert.Equal("new-password", form.QuerySelector("input[type=password]")!.GetAttribute("autocomplete"));
        var set = await client.SubmitAsync(form, link, new Dictionary<string, string?> { ["Input.Password"] = GoodPassword });
        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        Assert.Equal(world.Researcher.Id, Assert.Single(await world.AuditAsync(AuditActions.PasswordChosen)).SubjectId);

        Assert.Contains("does not work", (await client.PageAsync(link)).QuerySelector("h1")!.TextContent);
        var again = await TestClient.ParseAsync(await client.SubmitAsync(form, link, new Dictionary<string, string?> { ["Input.Password"] = GoodPassword + "2" }));
        Assert.Contains("does not work", again.QuerySelector("h1")!.TextContent);
        var signedIn = await client.SubmitAsync("/Account/SignIn", new Dictionary<string, string?> { ["Input.Email"] = world.Researcher.Email, ["Input.Password"] = GoodPassword });
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Single(await world.AuditAsync(AuditActions.SignedIn));
    }

    [Theory]
    [InlineData("short and sweet", "mostly words", false)]
    [InlineData("too short 1234", "15 characters or more", true)]
    [InlineData("passwordpassword", "first that a guesser", true)]
    [InlineData("Qwertyuiop 12345", "first that a guesser", true)]
    [InlineData("111111111111111", "", true)]
    [InlineData("Childrens-Information-Portal-2026", "mostly words", true)]
    [InlineData("Reza Holt 1234567", "mostly words", true)]
    [InlineData("kind words matter", "mostly words", true)]
    [InlineData("", "Enter a password", true)]
    public async Task A_password_that_is_easily_guessed_is_refused_and_the_link_still_works(string password, string says, bool refused)
    {
        var world = await World.CreateAsync(site);
        var link = await LinkForAsync(world, world.Researcher);
        using var client = site.ClientFor(null);
        var response = await client.SubmitAsync(link, new Dictionary<string, string?> { ["Input.Password"] = password });
        Assert.Equal(refused ? HttpStatusCode.OK : HttpStatusCode.Redirect, response.StatusCode);
        if (!refused) return;
        Assert.Contains(says, (await TestClient.ParseAsync(response)).GetElementById("Input_Password-error")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.PasswordChosen));
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(link, new Dictionary<string, string?> { ["Input.Password"] = GoodPassword })).StatusCode);
    }

    [Fact]
    public async Task A_long_password_counts_to_its_end()
    {
        var world = await World.CreateAsync(site);
        var link = await LinkForAsync(world, world.Researcher);
        using var client = site.ClientFor(null);
        var common = string.Concat(Enumerable.Range(0, 12).Select(i => $"heron{i}lamp"));
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(link, new Dictionary<string, string?> { ["Input.Password"] = common + "-the-end" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.SubmitAsync("/Account/SignIn", new Dictionary<string, string?> { ["Input.Email"] = world.Researcher.Email, ["Input.Password"] = common + "-another" })).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync("/Account/SignIn", new Dictionary<string, string?> { ["Input.Email"] = world.Researcher.Email, ["Input.Password"] = common + "-the-end" })).StatusCode);
    }

    [Fact]
    public async Task A_link_of_somebody_else_altered_replaced_or_of_somebody_who_left_does_not_work()
    {
        var world = await World.CreateAsync(site);
        var link = await LinkForAsync(world, world.Researcher);
        using var client = site.ClientFor(null);
        async Task<string> Heading(string path) => (await client.PageAsync(path)).QuerySelector("h1")!.TextContent;
        Assert.Contains("Choose your password", await Heading(link));
        Assert.Contains("does not work", await Heading(link.Replace(world.Researcher.Id.ToString(), world.DataLead.Id.ToString(), StringComparison.OrdinalIgnoreCase)));
        for (var at = link.Length - 30; at < link.Length; at += 7)
        {
            Assert.Contains("does not work", await Heading(link[..at] + (link[at] == 'A' ? 'B' : 'A') + link[(at + 1)..]));
        }

        Assert.Contains("does not work", await Heading("/account/welcome"));
        Assert.Contains("does not work", await Heading("/account/welcome?person=1&code=%00"));
        var newer = await LinkForAsync(world, world.Researcher);
        Assert.Contains("does not work", await Heading(link));
        Assert.Contains("Choose your password", await Heading(newer));
        using (var scope = site.As(World.ActorOf(world.Administrator)))
        {
            await scope.Get<PeopleService>().LeaveAsync(world.Researcher.Id, World.ActorOf(world.Administrator), Cancel);
        }

        Assert.Contains("does not work", await Heading(newer));
    }

    [Fact]
    public async Task A_link_lives_for_24_hours()
    {
        var world = await World.CreateAsync(site);
        using var scope = site.As(null);
        var configured = scope.Get<IOptions<WelcomeLinks.Lifespan>>();
        Assert.Equal(TimeSpan.FromHours(24), configured.Value.TokenLifespan);
        // The same provider with no life left: the code it makes is too old at once.
        var users = scope.Get<UserManager<AppUser>>();
        var old = new WelcomeLinks(scope.Get<IDataProtectionProvider>(), Options.Create(new WelcomeLinks.Lifespan { TokenLifespan = TimeSpan.FromTicks(-1) }), NullLogger<DataProtectorTokenProvider<AppUser>>.Instance);
        var person = await scope.Db.Users.SingleAsync(u => u.Id == world.Researcher.Id, Cancel);
        var code = await old.GenerateAsync(UserManager<AppUser>.ResetPasswordTokenPurpose, users, person);
        Assert.False(await old.ValidateAsync(UserManager<AppUser>.ResetPasswordTokenPurpose, code, users, person));
        Assert.True(await users.VerifyUserTokenAsync(person, PeopleService.LinkProvider, UserManager<AppUser>.ResetPasswordTokenPurpose, code));
    }

    /// <summary>As an administrator makes it, from the page; the path only.</summary>
    private async Task<string> LinkForAsync(World world, AppUser person)
    {
        using var client = site.ClientFor(world.Administrator);
        var path = $"/admin/people/{person.Id}";
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(path, new Dictionary<string, string?>(), "main form[action*='Link' i]")).StatusCode);
        return new Uri((await client.PageAsync(path)).QuerySelector(".handover code")!.TextContent).PathAndQuery;
    }
}
