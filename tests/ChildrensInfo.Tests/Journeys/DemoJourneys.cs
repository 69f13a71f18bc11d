using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>
/// A newcomer's look round: signs in as the demo's people with the password the sign-in page shows, and finds each section alive. Makes the
/// README's pictures: SCREENSHOTS=docs/screenshots ./test '*DemoJourneys'
/// </summary>
[Collection("demo")]
public class DemoJourneys(TestSite site, Browser browser)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("SCREENSHOTS");

    [Fact]
    public async Task Every_section_is_alive_for_the_person_whose_it_is()
    {
        var cancel = TestContext.Current.CancellationToken;
        List<AppUser> people;
        using (var scope = site.As(null))
        {
            await scope.Get<DemoData>().EnsureAsync(_ => { }, cancel);
            var authority = await scope.Db.Authorities.SingleAsync(a => a.Code == "991", cancel);
            people = await scope.Db.Users.AsNoTracking().Where(u => u.AuthorityId == authority.Id && u.PasswordHash != null).ToListAsync(cancel);
        }

        AppUser Of(Role role) => people.First(p => p.Role == role);
        Guid childId;
        using (var own = site.As(World.ActorOf(Of(Role.Practitioner))))
        {
            // The child who said most in words of their own, some of which somebody also tried to understand.
            childId = await own.Db.VoiceRecords.Where(r => (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.Provenance != WordsProvenance.Observed)
                .GroupBy(r => r.ChildId).OrderByDescending(g => g.Count() + own.Db.Interpretations.Count(i => i.ChildId == g.Key)).Select(g => g.Key).FirstAsync(cancel);
        }

        await using (var visitor = await SignInAsync(Of(Role.Practitioner)))
        {
            await OpenAsync(visitor, "/", "Children you work with", "demo-hear");
            await OpenAsync(visitor, $"/hear/{childId}", null, "demo-child");
            await Assertions.Expect(visitor.Page.Locator("blockquote").First).ToBeVisibleAsync();
            await KeepAsync(visitor, "hear");
        }

        await using (var visitor = await SignInAsync(Of(Role.DataLead)))
        {
            await OpenAsync(visitor, "/", "Understand need", "demo-understand");
            await KeepAsync(visitor, "understand");
        }

        await using (var visitor = await SignInAsync(Of(Role.Researcher)))
        {
            await OpenAsync(visitor, "/", "Research projects", "demo-use");
            await KeepAsync(visitor, "use");
            await OpenAsync(visitor, "/act", null, "demo-act");
            await Assertions.Expect(visitor.Page.GetByText("Who is asked, and who is not")).ToBeVisibleAsync();
            await KeepAsync(visitor, "act");
        }

        await using (var visitor = await SignInAsync(Of(Role.Administrator)))
        {
            foreach (var page in new[] { "people", "allocations", "audit" })
            {
                await OpenAsync(visitor, $"/admin/{page}", null, $"demo-admin-{page}");
            }
        }
    }

    private async Task<Visitor> SignInAsync(AppUser person)
    {
        var visitor = await browser.OpenAsync(site, null);
        await visitor.GoAsync("/account/signin");
        await visitor.Page.GetByLabel("Email address").FillAsync(person.Email!);
        await visitor.Page.GetByLabel("Password").FillAsync(DemoData.Password);
        await visitor.Button("Sign in").ClickAsync();
        await Assertions.Expect(visitor.Button("Sign out")).ToBeVisibleAsync();
        return visitor;
    }

    /// <summary>Opens a page that must be there, under a heading that says so, and looks at it.</summary>
    private static async Task OpenAsync(Visitor visitor, string path, string? heading, string picture)
    {
        var answer = await visitor.Page.GotoAsync(path);
        Assert.Equal(200, answer!.Status);
        if (heading is not null) await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(heading);
        await visitor.LookAsync(picture);
    }

    private static async Task KeepAsync(Visitor visitor, string section)
    {
        if (Pictures is null) return;
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, Pictures, section + ".png") });
    }
}
