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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_lives_for_24_hours_or_for_one_when_there_was_a_password(bool hadOne)
    {
        var world = await World.CreateAsync(site);
        using var scope = site.As(null);
        var (welcome, reset) = (scope.Get<IOptions<WelcomeLinks.Lifespan>>(), scope.Get<IOptions<WelcomeLinks.ResetLifespan>>());
        Assert.Equal(TimeSpan.FromHours(24), welcome.Value.TokenLifespan);
        Assert.Equal(TimeSpan.FromHours(1), reset.Value.TokenLifespan);
        // The same provider with no life left in one of the two: the code it makes is too old at once.
        var none = TimeSpan.FromTicks(-1);
        var users = scope.Get<UserManager<AppUser>>();
        var old = new WelcomeLinks(
            scope.Get<IDataProtectionProvider>(), hadOne ? welcome : Options.Create(new WelcomeLinks.Lifespan { TokenLifespan = none }), hadOne ? Options.Create(new WelcomeLinks.ResetLifespan { TokenLifespan = none }) : reset, NullLogger<DataProtectorTokenProvider<AppUser>>.Instance);
        var person = await scope.Db.Users.SingleAsync(u => u.Id == world.Researcher.Id, Cancel);
        if (hadOne) person.PasswordHash = "something";
        var code = await old.GenerateAsync(UserManager<AppUser>.ResetPasswordTokenPurpose, users, person);
        Assert.False(await old.ValidateAsync(UserManager<AppUser>.ResetPasswordTokenPurpose, code, users, person));
        Assert.True(await users.VerifyUserTokenAsync(person, PeopleService.LinkProvider, UserManager<AppUser>.ResetPasswordTokenPurpose, code));
        // A code of one kind is none of the other.
        person.PasswordHash = hadOne ? null : "something";
        Assert.False(await users.VerifyUserTokenAsync(person, PeopleService.LinkProvider, UserManager<AppUser>.ResetPasswordTokenPurpose, code));
    }

    [Fact]
    public async Task A_new_email_address_ends_links_and_sign_ins_made_with_the_old_one()
    {
        var world = await World.CreateAsync(site);
        var link = await LinkForAsync(world, world.Researcher);
        using var fresh = site.As(null);
        using var person = site.ClientFor(await fresh.Db.Users.AsNoTracking().SingleAsync(u => u.Id == world.Researcher.Id, Cancel));
        using var administrator = site.ClientFor(world.Administrator);
        var path = $"/admin/people/{world.Researcher.Id}";
        foreach (var (email, says) in new[] { ("not an address", "right form"), (world.DataLead.Email!.ToUpperInvariant(), "already signs in") })
        {
            var refused = await TestClient.ParseAsync(await administrator.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Email"] = email }));
            Assert.Contains(says, refused.GetElementById("Input_Email-error")!.TextContent);
        }

        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/use/projects")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Email"] = $"new@{world.Authority.Code}.example" })).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await person.GetAsync("/use/projects")).StatusCode);
        using var client = site.ClientFor(null);
        Assert.Contains("does not work", (await client.PageAsync(link)).QuerySelector("h1")!.TextContent);
        Assert.Single(await world.AuditAsync(AuditActions.PersonChanged));
    }

    [Fact]
    public async Task Somebody_chooses_another_password_for_themselves_and_is_signed_out_elsewhere()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Researcher);
        using var elsewhere = site.ClientFor(world.Researcher);
        const string path = "/account/second-factor/password";
        var refused = await TestClient.ParseAsync(await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Password"] = "Reza Holt 1234567" }));
        Assert.Contains("mostly words", refused.GetElementById("Input_Password-error")!.TextContent);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/use/projects")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Password"] = GoodPassword })).StatusCode);
        Assert.Equal(world.Researcher.Id, Assert.Single(await world.AuditAsync(AuditActions.PasswordChosen)).ActorId);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/use/projects")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.GetAsync("/use/projects")).StatusCode);
        using var again = site.ClientFor(null);
        Assert.Equal(HttpStatusCode.Redirect, (await again.SubmitAsync("/Account/SignIn", new Dictionary<string, string?> { ["Input.Email"] = world.Researcher.Email, ["Input.Password"] = GoodPassword })).StatusCode);
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
