using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

public class AdminJourneys(TestSite site, Browser browser)
{
    private const string Password = "heron lantern biscuit velvet";

    private const string LongName = "Gwenllian Elisabeth Featherstonehaugh-Cholmondeley";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_colleague_is_let_in_given_a_child_and_leaves_again()
    {
        var world = await World.CreateAsync(site);
        using (var scope = site.As(null))
        {
            var person = await scope.Db.Users.SingleAsync(u => u.Id == world.Administrator.Id, Cancel);
            person.PasswordHash = scope.Get<IPasswordHasher<AppUser>>().HashPassword(person, Password);
            await scope.Db.SaveChangesAsync(Cancel);
        }

        var email = $"gwenllian.featherstonehaugh-cholmondeley@{world.Authority.Code.ToLowerInvariant()}.example";
        await using var administrator = await browser.OpenAsync(site, null);
        var page = administrator.Page;

        // Signing in, with every mistake first.
        await administrator.GoAsync("/account/signin");
        await LookAsync(administrator, "signin");
        // Nor does another site show it in a frame of its own.
        var elsewhere = await page.Context.NewPageAsync();
        await elsewhere.SetContentAsync($"<iframe src=\"{site.Address}account/signin\"></iframe>");
        Assert.StartsWith("chrome-error:", elsewhere.Frames[1].Url, StringComparison.Ordinal);
        await elsewhere.CloseAsync();
        await administrator.Button("Sign in").ClickAsync();
        await Assertions.Expect(page.Locator(".govuk-error-summary")).ToBeVisibleAsync();
        await LookAsync(administrator, "signin-empty");
        await page.GetByLabel("Email address").FillAsync(world.Administrator.Email!);
        await page.GetByLabel("Password").FillAsync("not this one at all");
        await administrator.Button("Sign in").ClickAsync();
        await Assertions.Expect(page.Locator(".govuk-error-summary")).ToContainTextAsync("do not match");
        await LookAsync(administrator, "signin-wrong");
        await page.GetByLabel("Password").FillAsync(Password);
        await administrator.Button("Sign in").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).Not.ToHaveTextAsync("Sign in");

        // Nobody to allocate yet.
        await administrator.GoAsync("/admin/allocations");
        await LookAsync(administrator, "allocations-empty");

        // A new colleague.
        await administrator.GoAsync("/admin/people");
        await LookAsync(administrator, "people");
        await administrator.Button("Add a person").ClickAsync();
        await administrator.Button("Add and make a link").ClickAsync();
        await Assertions.Expect(page.Locator(".govuk-error-summary")).ToBeVisibleAsync();
        await LookAsync(administrator, "person-new-errors");
        await page.GetByLabel("Email address").FillAsync(email);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(LongName);
        await administrator.Radio("What they do here", "Practitioner").CheckAsync();
        await administrator.Button("Add and make a link").ClickAsync();
        var link = await page.Locator(".handover code").TextContentAsync();
        await LookAsync(administrator, "person-link");
        var personPage = page.Url;

        // The colleague chooses a password with the link and signs in with it.
        await using var colleague = await browser.OpenAsync(site, null);
        await colleague.GoAsync(new Uri(link!).PathAndQuery);
        await LookAsync(colleague, "welcome");
        await colleague.Page.GetByLabel("Password").FillAsync("short");
        await colleague.Button("Set password").ClickAsync();
        await Assertions.Expect(colleague.Page.Locator(".govuk-error-summary")).ToBeVisibleAsync();
        await LookAsync(colleague, "welcome-errors");
        await colleague.Page.GetByLabel("Password").FillAsync("lantern heron velvet biscuit");
        await colleague.Button("Set password").ClickAsync();
        if (colleague.Page.Url.Contains("signin", StringComparison.OrdinalIgnoreCase))
        {
            await LookAsync(colleague, "signin-after-welcome");
            await colleague.Page.GetByLabel("Email address").FillAsync(email);
            await colleague.Page.GetByLabel("Password").FillAsync("lantern heron velvet biscuit");
            await colleague.Button("Sign in").ClickAsync();
        }

        await Assertions.Expect(colleague.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/hear$"));
        await using (var late = await browser.OpenAsync(site, null))
        {
            await late.GoAsync(new Uri(link!).PathAndQuery);
            await Assertions.Expect(late.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("This link does not work");
            await LookAsync(late, "welcome-used");
        }

        // A child, allocated to them.
        await administrator.GoAsync("/admin/allocations/new-child");
        await administrator.Button("Add child").ClickAsync();
        await Assertions.Expect(page.Locator(".govuk-error-summary")).ToBeVisibleAsync();
        await LookAsync(administrator, "child-new-errors");
        await page.GetByLabel("Child’s number").FillAsync("TEST-000000000000042");
        await page.GetByLabel("First name (optional)").FillAsync("Bartholomew-Alexander");
        await page.GetByLabel("Last name (optional)").FillAsync("Featherstonehaugh-Cholmondeley");
        await administrator.Button("Add child").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Bartholomew");
        await LookAsync(administrator, "child-nobody");
        await page.GetByLabel("Allocate to a practitioner").SelectOptionAsync(new SelectOptionValue { Label = await OptionAsync(page, LongName) });
        await administrator.Button("Allocate").ClickAsync();
        await Assertions.Expect(page.Locator(".entry__title")).ToHaveTextAsync(LongName);
        await LookAsync(administrator, "child-allocated");
        await world.AddChildAsync();
        await administrator.GoAsync("/admin/allocations");
        await LookAsync(administrator, "allocations");
        await page.GetByLabel("Search by child’s number or name").FillAsync("nobody is called so");
        await administrator.Button("Search").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("0 children found");
        await LookAsync(administrator, "allocations-none-found");

        await colleague.GoAsync("/hear");
        await Assertions.Expect(colleague.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("Bartholomew");
        await colleague.GoAsync("/admin/people");
        await Assertions.Expect(colleague.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await LookAsync(colleague, "wrong-role");
        Assert.Single(await world.AuditAsync(AuditActions.AccessRefused));

        // They leave: the next click leads to sign-in, and the child waits for somebody else.
        await page.GotoAsync(personPage);
        await LookAsync(administrator, "person");
        await administrator.Button("Mark as left").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("They cannot sign in");
        await LookAsync(administrator, "person-left");
        await colleague.GoAsync("/hear");
        await Assertions.Expect(colleague.Button("Sign in")).ToBeVisibleAsync();
        await administrator.GoAsync("/admin/people");
        await LookAsync(administrator, "people-left");
        await administrator.GoAsync("/admin/allocations");
        await Assertions.Expect(page.GetByText("Nobody yet")).ToHaveCountAsync(2);

        // All of it stands in the audit log.
        await administrator.GoAsync("/admin/audit");
        await Assertions.Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync(LongName);
        await LookAsync(administrator, "audit");
        await page.GetByText("Choose what to see").ClickAsync();
        await page.GetByLabel("Child’s number").FillAsync("no such number");
        await LookAsync(administrator, "audit-choose");
        await administrator.Button("Show").ClickAsync();
        await LookAsync(administrator, "audit-none");
    }

    private static async Task<string> OptionAsync(IPage page, string name) =>
        (await page.Locator("select option").AllTextContentsAsync()).Single(o => o.Contains(name, StringComparison.Ordinal));

    /// <summary>Wide and narrow.</summary>
    private static async Task LookAsync(Visitor visitor, string picture)
    {
        await visitor.LookAsync($"admin-{picture}");
        await visitor.Page.SetViewportSizeAsync(320, 700);
        await visitor.LookAsync($"admin-{picture}-320");
        await visitor.Page.SetViewportSizeAsync(1200, 900);
    }
}
