using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Admin;

public class PeopleTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    public async Task Another_role_is_refused(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var path in new[] { "/admin/people", "/admin/people/new", $"/admin/people/{world.Practitioner.Id}" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Signed_out_leads_to_sign_in()
    {
        using var client = site.ClientFor(null);
        var response = await client.GetAsync("/admin/people");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/Account/SignIn", response.Headers.Location!.AbsolutePath);
    }

    [Fact]
    public async Task People_of_another_authority_are_not_there()
    {
        var here = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        using var client = site.ClientFor(here.Administrator);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/admin/people/{there.Practitioner.Id}")).StatusCode);
        var own = await client.PageAsync($"/admin/people/{here.Practitioner.Id}");
        foreach (var handler in new[] { "Leave", "Link", "Return" })
        {
            var response = await client.SubmitAsync(own, "", new Dictionary<string, string?>(), "main form[action*='Link' i]");
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            var token = await client.AntiforgeryTokenAsync($"/admin/people/{here.Practitioner.Id}");
            var forged = await client.Http.PostAsync($"/admin/people/{there.Practitioner.Id}?handler={handler}", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]), Cancel);
            Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        }

        var list = (await client.PageAsync("/admin/people")).Body!.TextContent;
        Assert.Contains(here.Practitioner.Email!, list);
        Assert.DoesNotContain(there.Practitioner.Email!, list);
        using var scope = site.As(null);
        var untouched = await scope.Db.Users.SingleAsync(u => u.Id == there.Practitioner.Id, Cancel);
        Assert.Null(untouched.LeftAt);
        Assert.Equal(there.Practitioner.SecurityStamp, untouched.SecurityStamp);
    }

    [Fact]
    public async Task An_address_that_somebody_gets_in_this_very_moment_is_refused_beside_the_field()
    {
        var world = await World.CreateAsync(site);
        var elsewhere = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Administrator);
        var page = await client.PageAsync($"/admin/people/{world.Practitioner.Id}");
        var wanted = $"wanted.{Guid.NewGuid():N}@council.example";
        await using var owner = new NpgsqlConnection(site.SuperuserConnectionString);
        await owner.OpenAsync(Cancel);
        await using var both = await owner.BeginTransactionAsync(Cancel);
        await using (var first = new NpgsqlCommand($"update people set email = '{wanted}', normalized_email = '{wanted.ToUpperInvariant()}', user_name = '{wanted}', normalized_user_name = '{wanted.ToUpperInvariant()}' where id = '{elsewhere.Practitioner.Id}'", owner)) await first.ExecuteNonQueryAsync(Cancel);
        var second = client.SubmitAsync(page, $"/admin/people/{world.Practitioner.Id}", new Dictionary<string, string?> { ["Input.Email"] = wanted });
        // It waits for the other, who has it now and lets it go or keeps it.
        for (var i = 0; i < 200 && !second.IsCompleted; i++)
        {
            await using var waits = new NpgsqlCommand("select count(*) from pg_locks where not granted and locktype = 'transactionid'", owner);
            if ((long)(await waits.ExecuteScalarAsync(Cancel))! > 0) break;
            await Task.Delay(50, Cancel);
        }

        await both.CommitAsync(Cancel);
        using var answer = await second;
        Assert.Contains("already signs in", (await TestClient.ParseAsync(answer)).GetElementById("Input_Email-error")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_shows_its_message_by_the_field()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Administrator);
        var page = await TestClient.ParseAsync(await client.SubmitAsync("/admin/people/new", new Dictionary<string, string?> { ["Input.Email"] = "not an address" }));
        Assert.Contains("Enter their name", page.GetElementById("Input_Name-error")!.TextContent);
        Assert.Contains("right form", page.GetElementById("Input_Email-error")!.TextContent);
        Assert.Contains("Choose what they do", page.GetElementById("Input_Role-error")!.TextContent);

        page = await TestClient.ParseAsync(await client.SubmitAsync("/admin/people/new", New("Copy Cat", world.Practitioner.Email!.ToUpperInvariant())));
        Assert.Contains("already signs in", page.GetElementById("Input_Email-error")!.TextContent);
        page = await TestClient.ParseAsync(await client.SubmitAsync("/admin/people/new", new Dictionary<string, string?>
        {
            ["Input.Name"] = "No Team",
            ["Input.Email"] = $"manager@{world.Authority.Code}.example",
            ["Input.Role"] = "TeamManager",
        }));
        Assert.Contains("Choose the team they manage", page.GetElementById("Input_TeamId-error")!.TextContent);
        var other = await World.CreateAsync(site);
        page = await TestClient.ParseAsync(await client.SubmitAsync("/admin/people/new", New("Wrong Team", $"team@{world.Authority.Code}.example", team: other.Team.Id)));
        Assert.Contains("Choose a team", page.GetElementById("Input_TeamId-error")!.TextContent);
    }

    [Fact]
    public async Task A_new_person_is_saved_once_audited_and_their_link_is_shown_once()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Administrator);
        var form = await client.PageAsync("/admin/people/new");
        var email = $"niamh.o'connor@{world.Authority.Code.ToLowerInvariant()}.example";
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.SubmitAsync(form, "/admin/people/new", New("Niamh O’Connor", email, team: world.Team.Id))));
        Assert.All(both, r => Assert.Equal(HttpStatusCode.Redirect, r.StatusCode));

        var shown = await client.PageAsync(both[0].Headers.Location!.ToString());
        Assert.Contains("/account/welcome?", shown.QuerySelector(".handover code")!.TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.Null((await client.PageAsync(both[0].Headers.Location!.ToString())).QuerySelector(".handover"));
        using var scope = site.As(world.Whole);
        var made = await scope.Db.Users.SingleAsync(u => u.Email == email, Cancel);
        Assert.Equal((world.Authority.Id, Role.Practitioner, world.Team.Id, null), (made.AuthorityId, made.Role, made.TeamId!.Value, made.PasswordHash));
        var line = Assert.Single(await world.AuditAsync(AuditActions.PersonCreated));
        Assert.Equal((world.Administrator.Id, made.Id), (line.ActorId, line.SubjectId));
        Assert.NotEmpty(await world.AuditAsync(AuditActions.LinkMade));
    }

    [Fact]
    public async Task Who_leaves_is_out_at_the_next_click_and_their_allocations_end_with_it()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        using var practitioner = site.ClientFor(world.Practitioner);
        Assert.Equal(HttpStatusCode.OK, (await practitioner.GetAsync($"/hear/{child.Id}/people")).StatusCode);

        using var client = site.ClientFor(world.Administrator);
        var path = $"/admin/people/{world.Practitioner.Id}";
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(path, new Dictionary<string, string?>(), "main form[action*='Leave' i]")).StatusCode);

        var next = await practitioner.GetAsync($"/hear/{child.Id}/people");
        Assert.Equal(HttpStatusCode.Redirect, next.StatusCode);
        Assert.Equal("/Account/SignIn", next.Headers.Location!.AbsolutePath);
        using var scope = site.As(world.Whole);
        Assert.All(await scope.Db.Allocations.Where(a => a.PractitionerId == world.Practitioner.Id).ToListAsync(Cancel), a => Assert.NotNull(a.EndedOn));
        Assert.Equal(world.Practitioner.Id, Assert.Single(await world.AuditAsync(AuditActions.PersonLeft)).SubjectId);
        Assert.Equal(child.Id, Assert.Single(await world.AuditAsync(AuditActions.AllocationEnded)).ChildId);
        Assert.Null((await client.PageAsync(path)).QuerySelector("form[action*='Leave' i]"));
    }

    [Fact]
    public async Task A_new_role_ends_what_the_old_one_gave()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildAsync(world.Practitioner);
        using var practitioner = site.ClientFor(world.Practitioner);
        using var client = site.ClientFor(world.Administrator);
        var response = await client.SubmitAsync($"/admin/people/{world.Practitioner.Id}", new Dictionary<string, string?> { ["Input.Role"] = "Researcher", ["Input.Name"] = "Perry Wren-Hill" });
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await practitioner.GetAsync("/act")).StatusCode);
        using var scope = site.As(world.Whole);
        var changed = await scope.Db.Users.SingleAsync(u => u.Id == world.Practitioner.Id, Cancel);
        Assert.Equal((Role.Researcher, "Perry Wren-Hill"), (changed.Role, changed.DisplayName));
        Assert.False(await scope.Db.Allocations.AnyAsync(a => a.PractitionerId == world.Practitioner.Id && a.EndedOn == null, Cancel));
        Assert.Single(await world.AuditAsync(AuditActions.PersonChanged));
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Administrator);
        var path = $"/admin/people/{world.Administrator.Id}";
        var left = await TestClient.ParseAsync(await client.SubmitAsync(path, new Dictionary<string, string?>(), "main form[action*='Leave' i]"));
        Assert.Contains("only administrator", left.QuerySelector(".govuk-error-summary")!.TextContent);
        var changed = await TestClient.ParseAsync(await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Role"] = "Researcher" }));
        Assert.Contains("only administrator", changed.GetElementById("Input_Role-error")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.PersonLeft));
    }

    [Fact]
    public async Task Two_administrators_who_remove_each_other_at_once_leave_one()
    {
        var world = await World.CreateAsync(site);
        using (var scope = site.As(world.Whole))
        {
            (await scope.Db.Users.SingleAsync(u => u.Id == world.DataLead.Id, Cancel)).Role = Role.Administrator;
            await scope.Db.SaveChangesAsync(Cancel);
        }

        async Task<bool> Leave(AppUser who, AppUser by)
        {
            using var scope = site.As(World.ActorOf(by));
            return (await scope.Get<PeopleService>().LeaveAsync(who.Id, World.ActorOf(by), Cancel))!.IsDone;
        }

        var done = await Task.WhenAll(Leave(world.DataLead, world.Administrator), Leave(world.Administrator, world.DataLead));
        Assert.Single(done, true);
    }

    [Fact]
    public async Task A_form_opened_before_somebody_elses_change_undoes_nothing()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Administrator);
        var path = $"/admin/people/{world.Researcher.Id}";
        var first = await client.PageAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Name"] = "Newer Name" }, "main form:not([action*='handler' i])")).StatusCode);
        var second = await client.SubmitAsync(first, path, new Dictionary<string, string?> { ["Input.Name"] = "Older Name" }, "main form:not([action*='handler' i])");
        Assert.Contains("Somebody else changed", (await TestClient.ParseAsync(second)).QuerySelector(".govuk-error-summary")!.TextContent);
        using var scope = site.As(null);
        Assert.Equal("Newer Name", (await scope.Db.Users.SingleAsync(u => u.Id == world.Researcher.Id, Cancel)).DisplayName);
    }

    [Fact]
    public async Task A_search_finds_by_name_and_email_and_takes_signs_as_signs()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Administrator);
        async Task<string> Find(string text) => (await TestClient.ParseAsync(await client.SubmitAsync("/admin/people", new Dictionary<string, string?> { ["Search"] = text }))).QuerySelector("main")!.TextContent;
        var found = await Find("wREN");
        Assert.Contains("Perry Wren", found);
        Assert.DoesNotContain("Olive Marsh", found);
        Assert.Contains("Olive Marsh", await Find("olive.marsh@"));
        Assert.Contains("Nobody found", await Find("%"));
        Assert.Contains("Nobody found", await Find("Perry_Wren"));
        Assert.NotEmpty(await world.AuditAsync(AuditActions.PersonListed));
    }

    private static Dictionary<string, string?> New(string name, string email, Guid? team = null) => new()
    {
        ["Input.Name"] = name,
        ["Input.Email"] = email,
        ["Input.Role"] = "Practitioner",
        ["Input.TeamId"] = team?.ToString() ?? "",
    };
}
