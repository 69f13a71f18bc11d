using System.Net;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Admin;

public class AllocationTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    public async Task Another_role_is_refused(Role role)
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var path in new[] { "/admin/allocations", "/admin/allocations/new-child", $"/admin/allocations/{child.Id}" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Signed_out_leads_to_sign_in()
    {
        using var client = site.ClientFor(null);
        Assert.Equal("/Account/SignIn", (await client.GetAsync("/admin/allocations")).Headers.Location!.AbsolutePath);
    }

    [Fact]
    public async Task A_child_of_another_authority_is_not_there()
    {
        var here = await World.CreateAsync(site);
        var there = await World.CreateAsync(site);
        var foreign = await there.AddChildAsync();
        using var client = site.ClientFor(here.Administrator);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/admin/allocations/{foreign.Id}")).StatusCode);
        var token = await client.AntiforgeryTokenAsync("/admin/allocations");
        var forged = await client.Http.PostAsync($"/admin/allocations/{foreign.Id}", new FormUrlEncodedContent([new("PractitionerId", here.Practitioner.Id.ToString()), new("__RequestVerificationToken", token)]), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        Assert.Empty(await there.AuditAsync(AuditActions.ChildAllocated));
    }

    [Fact]
    public async Task Allocating_opens_the_child_and_ending_closes_them_again()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync();
        using var client = site.ClientFor(world.Administrator);
        using var practitioner = site.ClientFor(world.Practitioner);
        var path = $"/admin/allocations/{child.Id}";
        Assert.Equal(HttpStatusCode.NotFound, (await practitioner.GetAsync($"/hear/{child.Id}/people")).StatusCode);

        var form = await client.PageAsync(path);
        var twice = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.SubmitAsync(form, path, new Dictionary<string, string?> { ["PractitionerId"] = world.Practitioner.Id.ToString() }, "form.allocate")));
        Assert.All(twice, r => Assert.Equal(HttpStatusCode.Redirect, r.StatusCode));
        Assert.Equal(child.Id, Assert.Single(await world.AuditAsync(AuditActions.ChildAllocated)).ChildId);
        Assert.Equal(HttpStatusCode.OK, (await practitioner.GetAsync($"/hear/{child.Id}/people")).StatusCode);

        Assert.Equal(HttpStatusCode.Redirect, (await client.SubmitAsync(path, new Dictionary<string, string?>(), "form.entry__action")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await practitioner.GetAsync($"/hear/{child.Id}/people")).StatusCode);
        Assert.Equal(child.Id, Assert.Single(await world.AuditAsync(AuditActions.AllocationEnded)).ChildId);
        Assert.Contains(await world.AuditAsync(AuditActions.ChildRead), a => a.ChildId == child.Id && a.ActorId == world.Administrator.Id);
    }

    [Fact]
    public async Task Only_a_practitioner_of_this_authority_who_is_still_here_can_be_chosen()
    {
        var world = await World.CreateAsync(site);
        var other = await World.CreateAsync(site);
        var child = await world.AddChildAsync();
        using var client = site.ClientFor(world.Administrator);
        foreach (var wrong in new[] { other.Practitioner.Id.ToString(), world.DataLead.Id.ToString(), "", "nonsense", Guid.Empty.ToString() })
        {
            var page = await TestClient.ParseAsync(await client.SubmitAsync($"/admin/allocations/{child.Id}", new Dictionary<string, string?> { ["PractitionerId"] = wrong }, "form.allocate"));
            Assert.NotNull(page.GetElementById("PractitionerId-error"));
        }

        Assert.Empty(await world.AuditAsync(AuditActions.ChildAllocated));
    }

    [Fact]
    public async Task The_list_puts_the_unallocated_first_finds_by_number_and_name_and_is_audited()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildAsync(world.Practitioner, givenName: "Aaron", change: c => c.FamilyName = "Aldous");
        var waiting = await world.AddChildAsync(givenName: "Zora", change: c => c.FamilyName = "Zeal");
        using var client = site.ClientFor(world.Administrator);
        var rows = (await client.PageAsync("/admin/allocations")).QuerySelectorAll("tbody tr");
        Assert.Contains(waiting.LaChildId, rows[0].TextContent);
        Assert.Contains("Nobody yet", rows[0].TextContent);
        Assert.Contains("Perry Wren", rows[1].TextContent);

        async Task<string> Find(string text) => (await TestClient.ParseAsync(await client.SubmitAsync("/admin/allocations", new Dictionary<string, string?> { ["Search"] = text }))).QuerySelector("main")!.TextContent;
        Assert.DoesNotContain("Aaron", await Find("zora zeal"));
        Assert.Contains("Zora", await Find(waiting.LaChildId.ToLowerInvariant()));
        Assert.Contains("No child found", await Find("_____"));
        Assert.All(await world.AuditAsync(AuditActions.ChildListed), a => Assert.Equal(world.Administrator.Id, a.ActorId));
        Assert.Equal(7, (await world.AuditAsync(AuditActions.ChildListed)).Count);
    }

    [Fact]
    public async Task A_new_child_has_a_key_comes_once_and_their_number_is_theirs_alone()
    {
        var world = await World.CreateAsync(site);
        var known = await world.AddChildAsync();
        using var client = site.ClientFor(world.Administrator);
        var form = await client.PageAsync("/admin/allocations/new-child");
        var bad = await TestClient.ParseAsync(await client.SubmitAsync(form, "/admin/allocations/new-child", new Dictionary<string, string?> { ["Input.LaChildId"] = " " }));
        Assert.Contains("Enter the child’s number", bad.GetElementById("Input_LaChildId-error")!.TextContent);
        bad = await TestClient.ParseAsync(await client.SubmitAsync(form, "/admin/allocations/new-child", new Dictionary<string, string?> { ["Input.LaChildId"] = known.LaChildId }));
        Assert.Contains("already a child with that number", bad.GetElementById("Input_LaChildId-error")!.TextContent);

        var good = new Dictionary<string, string?> { ["Input.LaChildId"] = "NEW-1", ["Input.GivenName"] = "Siân", ["Input.BornOn.Day"] = "27", ["Input.BornOn.Month"] = "3", ["Input.BornOn.Year"] = "2017" };
        var twice = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.SubmitAsync(form, "/admin/allocations/new-child", good)));
        Assert.All(twice, r => Assert.Equal(HttpStatusCode.Redirect, r.StatusCode));
        using var scope = site.As(world.Whole);
        var child = await scope.Db.Children.SingleAsync(c => c.LaChildId == "NEW-1", Cancel);
        Assert.Equal(("Siân", new DateOnly(2017, 3, 27)), (child.GivenName, child.BornOn!.Value));
        Assert.Single(await world.AuditAsync(AuditActions.ChildCreated, child.Id));
        // What is sealed with the key that the administrator's save made can be opened by those who may.
        var keys = scope.Get<KeyRing>();
        Assert.Equal("words", await keys.OpenAsync(child.Id, await keys.SealAsync(child.Id, "words", child.Id, 1, Cancel), child.Id, 1, Cancel));
    }

    /// <summary>Whatever a page might ask, the database has no words, keys, needs or family for an administrator.</summary>
    [Fact]
    public async Task An_administrator_gets_no_word_from_the_database_whatever_is_asked()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        await world.AddRelationshipAsync(child);
        await using var connection = new NpgsqlConnection(site.SiteConnectionString);
        await connection.OpenAsync(Cancel);
        NpgsqlCommand Asking(string sql)
        {
            var command = new NpgsqlCommand(sql, connection);
            ChildrensInfo.Core.Data.RowSecurity.PutInFront(command, World.ActorOf(world.Administrator));
            return command;
        }

        async Task<long> Count(string table, string where = "true")
        {
            await using var count = Asking($"select count(*) from {table} where {where}");
            return (long)(await count.ExecuteScalarAsync(Cancel))!;
        }

        foreach (var table in new[] { "relationships", "voice_sessions", "voice_records", "voice_words", "interpretations", "consent_events", "competence_assessments", "child_keys", "need_episodes", "need_assessments", "cin_plans", "section47s", "protection_plans", "returns", "return_rejections", "extract_children" })
        {
            Assert.Equal(0, await Count(table));
        }

        Assert.Equal(0, await Count("files", "child_id is not null"));
        Assert.Equal(1, await Count("children"));
        // The hole through which a new child's key is written is for writing only, and for this authority only.
        var other = await World.CreateAsync(site);
        var foreign = await other.AddChildAsync();
        await using var forged = Asking($"insert into child_keys (child_id, authority_id, authority_key_id, wrapped_key) values ('{foreign.Id}', '{other.Authority.Id}', gen_random_uuid(), '\\x00')");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => forged.ExecuteNonQueryAsync(Cancel));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        await using var changed = Asking("update child_keys set wrapped_key = '\\x00'");
        await changed.ExecuteNonQueryAsync(Cancel);
        using var scope = site.As(world.Whole);
        Assert.NotEqual([0], (await scope.Db.ChildKeys.SingleAsync(k => k.ChildId == child.Id, Cancel)).WrappedKey);
    }
}
