using System.Net;
using System.Security.Cryptography;
using AngleSharp;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Rules;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Account;

/// <summary>What a screen on which somebody is signed in is not enough for.</summary>
public class StepUpTests(TestSite site)
{
    private const string Password = "heron lantern biscuit velvet";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cover_asks_for_the_password_again_after_ten_minutes_and_keeps_what_was_typed()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.OtherPractitioner);
        await WithPasswordAsync(world.Practitioner);
        var cookie = site.CookieFor(world.Practitioner);
        using var client = new TestClient(site.Address, cookie);
        using var copy = new TestClient(site.Address, cookie);
        await AgeAsync(site, world.Practitioner);
        var typed = new Dictionary<string, string?> { ["Input.Number"] = child.LaChildId, ["Input.Reason"] = "Their worker is ill\r\n& \"away\" <today>" };
        var page = await client.PageAsync("/hear/cover");
        foreach (var name in typed.Keys) Assert.NotNull(page.QuerySelector($"[name='{name}']"));

        var asked = await TestClient.ParseAsync(await client.SubmitAsync(page, "/hear/cover", typed));
        Assert.Equal("Show that it is you", asked.QuerySelector("h1")!.TextContent);
        var wrong = await TestClient.ParseAsync(await client.SubmitAsync(asked, "/hear/cover", Proof("not " + Password), "#prove-again"));
        Assert.Equal("Error: That is not your password.", wrong.GetElementById("StepUp_Proof-error")!.TextContent.Trim());
        Assert.Empty(await world.AuditAsync(AuditActions.BreakGlassOpened));
        Assert.Equal("asked again", Assert.Single(await world.AuditAsync(AuditActions.SignInRefused)).Detail);

        var done = await client.SubmitAsync(wrong, "/hear/cover", Proof(Password), "#prove-again");
        Assert.Equal($"/hear/{child.Id}", done.Headers.Location!.OriginalString);
        var reason = Assert.Single(await site.ReadAsync(world, db => db.BreakGlasses.AsNoTracking().Where(b => b.ChildId == child.Id).ToListAsync(Cancel))).ReasonSealed;
        using (var scope = site.As(world.Whole))
        {
            var opened = await site.ReadAsync(world, db => db.BreakGlasses.AsNoTracking().SingleAsync(b => b.ChildId == child.Id, Cancel));
            Assert.Equal("Their worker is ill\n& \"away\" <today>", (await scope.Get<ChildrensInfo.Core.Keys.KeyRing>().OpenAsync(child.Id, reason, opened.Id, ChildrensInfo.Core.Keys.SealPart.CoverReason, Cancel)).ReplaceLineEndings("\n"));
        }

        // The cookie from before is worth nothing, wherever a copy of it is.
        Assert.Equal(world.Practitioner.Id, Assert.Single(await world.AuditAsync(AuditActions.Proven)).SubjectId);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/hear")).StatusCode);
        Assert.Equal("/Account/SignIn", (await copy.GetAsync("/hear")).Headers.Location?.AbsolutePath);
        // And for ten minutes nothing is asked.
        using var second = await client.SubmitAsync("/hear/cover", typed);
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);

        // A password that was typed is never sent back: it is typed again.
        await AgeAsync(site, world.Practitioner);
        const string path = "/account/second-factor/password";
        var carried = await TestClient.ParseAsync(await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Password"] = "otter " + Password }));
        Assert.DoesNotContain("otter", carried.ToHtml(), StringComparison.Ordinal);
        var typedAgain = await TestClient.ParseAsync(await client.SubmitAsync(carried, path, Proof(Password), "#prove-again"));
        Assert.Contains("Enter a password", typedAgain.GetElementById("Input_Password-error")!.TextContent);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(typedAgain, path, new Dictionary<string, string?> { ["Input.Password"] = "otter " + Password })).StatusCode);
    }

    [Fact]
    public async Task Whatever_others_guess_somebody_who_is_signed_in_shows_again_who_they_are_and_keeps_what_was_typed()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.OtherPractitioner);
        await WithPasswordAsync(world.Practitioner);
        TestClient From(string address) => new(new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri, IPAddress.Parse(address));
        Task<HttpResponseMessage> SignInAsync(TestClient by, string email, string password) => by.SubmitAsync("/account/signin", new Dictionary<string, string?> { ["Input.Email"] = email, ["Input.Password"] = password });
        using var own = From("127.0.16.1");
        Assert.Equal(HttpStatusCode.Redirect, (await SignInAsync(own, world.Practitioner.Email!, Password)).StatusCode);
        await AgeAsync(site, world.Practitioner);
        // The account is locked from elsewhere, and every try of their own address is used up.
        for (var i = 0; i < 6; i++)
        {
            using var guesser = From($"127.0.16.{i + 10}");
            (await SignInAsync(guesser, world.Practitioner.Email!, $"guess {i}")).Dispose();
        }

        using (var beside = From("127.0.16.1"))
        {
            for (var i = 0; i <= SignInLimits.TriesFromAddress; i++) (await SignInAsync(beside, $"spray{i}@nowhere.example", "summer")).Dispose();
        }

        var asked = await TestClient.ParseAsync(await own.SubmitAsync("/hear/cover", new Dictionary<string, string?> { ["Input.Number"] = child.LaChildId, ["Input.Reason"] = "Their worker is ill" }));
        Assert.Equal($"/hear/{child.Id}", (await own.SubmitAsync(asked, "/hear/cover", Proof(Password), "#prove-again")).Headers.Location?.OriginalString);

        // Who guesses on that screen is stopped, and what its owner had typed is still there.
        await AgeAsync(site, world.Practitioner);
        asked = await TestClient.ParseAsync(await own.SubmitAsync("/hear/cover", new Dictionary<string, string?> { ["Input.Number"] = child.LaChildId, ["Input.Reason"] = "A long reason" }));
        for (var i = 0; i < SignInLimits.TriesAtAccount; i++) asked = await TestClient.ParseAsync(await own.SubmitAsync(asked, "/hear/cover", Proof($"guess {i}"), "#prove-again"));
        using var stopped = await own.SubmitAsync(asked, "/hear/cover", Proof(Password), "#prove-again");
        Assert.Equal(HttpStatusCode.TooManyRequests, stopped.StatusCode);
        Assert.NotNull(stopped.Headers.RetryAfter);
        var page = await TestClient.ParseAsync(stopped);
        Assert.Contains("Too many tries", page.GetElementById("StepUp_Proof-error")!.TextContent);
        Assert.Equal("A long reason", page.QuerySelector("#prove-again [name='Input.Reason']")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Whoever_has_an_app_is_asked_for_its_code_before_somebody_s_role_changes()
    {
        var world = await World.CreateAsync(site);
        var key = RandomNumberGenerator.GetBytes(Totp.KeyBytes);
        using (var own = site.As(World.ActorOf(world.Administrator)))
        {
            await own.Get<SecondFactorService>().AddAppAsync(key, AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(DateTimeOffset.UtcNow)), World.ActorOf(world.Administrator), Cancel);
        }

        using var fresh = site.As(null);
        using var client = site.ClientFor(await fresh.Db.Users.AsNoTracking().SingleAsync(u => u.Id == world.Administrator.Id, Cancel));
        await AgeAsync(site, world.Administrator);
        var path = $"/admin/people/{world.Researcher.Id}";
        var asked = await TestClient.ParseAsync(await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Role"] = "DataLead" }));
        Assert.Contains("6 digits", asked.QuerySelector("#prove-again")!.TextContent);
        Assert.Equal(HttpStatusCode.OK, (await client.SubmitAsync(asked, path, Proof("000000"), "#prove-again")).StatusCode);
        Assert.Empty(await world.AuditAsync(AuditActions.PersonChanged));
        await AsSuperuserAsync(site, $"update second_factors set last_step = 0 where person_id = '{world.Administrator.Id}'");
        var done = await client.SubmitAsync(asked, path, Proof(AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(DateTimeOffset.UtcNow))), "#prove-again");
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal("DataLead", Assert.Single(await world.AuditAsync(AuditActions.PersonChanged)).Detail);

        // What is asked again and then changes how they sign in leaves them signed in.
        await AgeAsync(site, world.Administrator);
        await AsSuperuserAsync(site, $"update second_factors set last_step = 0 where person_id = '{world.Administrator.Id}'");
        asked = await TestClient.ParseAsync(await client.SubmitAsync("/account/second-factor", new Dictionary<string, string?>(), "form[action*=RemoveApp]"));
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(asked, "/account/second-factor", Proof(AuthenticatorApp.CodeAt(key, AuthenticatorApp.StepAt(DateTimeOffset.UtcNow))), "#prove-again")).StatusCode);
        Assert.Single(await world.AuditAsync(AuditActions.AppRemoved));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/admin/people")).StatusCode);
    }

    [Fact]
    public async Task The_list_is_the_one_in_the_document_and_each_of_it_is_there()
    {
        var said = File.ReadLines(Path.Combine(Repository.Root, "docs/access.md")).SkipWhile(l => l != "| Asked again before | Page | Handler |").Skip(2).TakeWhile(l => l.StartsWith('|'))
            .Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries)).Select(r => r[2].Length == 0 ? r[1] : $"{r[1]} {r[2]}");
        Assert.Equal(StepUp.Handlers.Order(), said.Order());
        var loader = site.Services.GetRequiredService<PageLoader>();
        var (real, links) = (new HashSet<string>(), new HashSet<string>());
        foreach (var endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null))
        {
            var page = await loader.LoadAsync(endpoint.Metadata.GetMetadata<PageActionDescriptor>()!, endpoint.Metadata);
            foreach (var handler in page.HandlerMethods.Where(h => h.HttpMethod == "Post")) real.Add(StepUp.NameOf(page, handler.Name));
            foreach (var handler in page.HandlerMethods.Where(h => h.HttpMethod == "Get" && !string.IsNullOrEmpty(h.Name))) links.Add(StepUp.NameOf(page, handler.Name));
        }

        Assert.Empty(StepUp.Handlers.Except(real));
        // Every link that answers with a file is counted; what else a page is asked for by name is a part of the page.
        Assert.Equal(StepUp.Taken.Concat(["/Govern/Requests/Detail Media", "/Hear/Records/Transcript Progress", "/Understand/Returns/Detail Progress", "/Use/Decisions/Output Picture"]).Order(StringComparer.Ordinal), links.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_of_the_list_asks_whoever_showed_it_a_while_ago()
    {
        var world = await World.CreateAsync(site);
        var people = new List<(TestClient Client, string Token)>();
        foreach (var role in Enum.GetValues<Role>())
        {
            var client = site.ClientFor(world.PersonOf(role));
            people.Add((client, await client.AntiforgeryTokenAsync("/account/second-factor")));
            await AgeAsync(site, world.PersonOf(role));
        }

        var silent = new SortedSet<string>(StepUp.Handlers, StringComparer.Ordinal);
        var loader = site.Services.GetRequiredService<PageLoader>();
        foreach (var endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null))
        {
            var page = await loader.LoadAsync(endpoint.Metadata.GetMetadata<PageActionDescriptor>()!, endpoint.Metadata);
            foreach (var handler in page.HandlerMethods.Where(h => h.HttpMethod == "Post" && silent.Contains(StepUp.NameOf(page, h.Name))))
            {
                var address = EndpointTableTests.Fill(endpoint, Guid.Empty) + (string.IsNullOrEmpty(handler.Name) ? "" : $"?handler={handler.Name}");
                foreach (var (client, token) in people)
                {
                    using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
                    using var answer = await client.Http.PostAsync(address, form, Cancel);
                    if ((await TestClient.ParseAsync(answer)).QuerySelector("h1")?.TextContent != "Show that it is you") continue;
                    silent.Remove(StepUp.NameOf(page, handler.Name));
                    break;
                }
            }
        }

        foreach (var (client, _) in people) client.Dispose();
        Assert.Empty(silent);
    }

    [Fact]
    public async Task Nobody_does_it_by_the_hundred_and_one_persons_haste_stops_nobody_else()
    {
        var (world, other) = (await World.CreateAsync(site), await World.CreateAsync(site));
        using var client = site.ClientFor(world.Administrator);
        using var elsewhere = site.ClientFor(other.Administrator);
        const string path = "/devices/rescue/prove";
        async Task<HttpResponseMessage> ShowAsync(TestClient by, string token) => await by.Http.PostAsync(path, new FormUrlEncodedContent([new("__RequestVerificationToken", token)]), Cancel);
        var (token, theirs) = (await client.AntiforgeryTokenAsync("/admin/people"), await elsewhere.AntiforgeryTokenAsync("/admin/people"));
        var done = 0;
        // A minute may end meanwhile.
        for (; done < 2 * StepUpPace.AMinute; done++)
        {
            using var answer = await ShowAsync(client, token);
            if (answer.StatusCode == HttpStatusCode.Redirect) continue;
            Assert.Equal((HttpStatusCode.TooManyRequests, "60"), (answer.StatusCode, answer.Headers.GetValues("Retry-After").Single()));
            break;
        }

        Assert.InRange(done, StepUpPace.AMinute, (2 * StepUpPace.AMinute) - 1);
        using var let = await ShowAsync(elsewhere, theirs);
        Assert.Equal(HttpStatusCode.Redirect, let.StatusCode);
        // Files that are taken by a link are counted with them.
        using var governor = site.ClientFor(world.InformationGovernance);
        for (done = 0; done < 2 * StepUpPace.AMinute; done++)
        {
            using var file = await governor.GetAsync("/govern/register?handler=Overrides");
            if (file.StatusCode == HttpStatusCode.TooManyRequests) break;
            Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        }

        Assert.InRange(done, StepUpPace.AMinute, (2 * StepUpPace.AMinute) - 1);
    }

    private static Dictionary<string, string?> Proof(string proof) => new() { ["StepUp.Proof"] = proof };

    private Task WithPasswordAsync(AppUser who) => World.GivePasswordAsync(site, who, Password);

    /// <summary>They last showed who they are a while ago.</summary>
    internal static Task AgeAsync(TestSite site, AppUser person, int minutes = 11) => AsSuperuserAsync(site, $"update sign_ins set proven_at = now() - interval '{minutes} minutes' where person_id = '{person.Id}'");

    private static async Task AsSuperuserAsync(TestSite site, string sql)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
