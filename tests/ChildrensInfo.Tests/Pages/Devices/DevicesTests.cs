using System.Net;
using System.Net.Http.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Devices;

/// <summary>How much waits on devices, for those who answer for a team: numbers and times, and nothing of any child.</summary>
public class DevicesTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.InformationGovernance)]
    public async Task Who_answers_for_nobodys_visits_does_not_see_it(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/devices")).StatusCode);
        using var nobody = site.ClientFor(null);
        Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync("/devices")).StatusCode);
    }

    [Fact]
    public async Task What_waits_longest_stands_first_marked_for_the_team_only_and_without_a_child()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var world = hearing.World;
        using var colleague = site.ClientFor(world.OtherPractitioner);
        var (old, calm, empty) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await SaysAsync(hearing.Client, new() { DeviceId = empty, Sent = true });
        await SaysAsync(colleague, new() { DeviceId = calm, OnDevice = 3, OldestAt = DateTime.UtcNow.AddHours(-2) });
        await SaysAsync(hearing.Client, new() { DeviceId = old, OnDevice = 1, Sending = 2, NeedsYou = 4, OldestAt = DateTime.UtcNow.AddHours(-(Device.LateAfterHours + 1)) });

        // Nobody else's device, and no nonsense.
        Assert.Equal(HttpStatusCode.Conflict, await SaysAsync(colleague, new() { DeviceId = old, OnDevice = 0 }, expectSaid: false));
        foreach (var wrong in new DeviceCounts[] { new(), new() { DeviceId = old, OnDevice = -1 }, new() { DeviceId = old, NeedsYou = DeviceCounts.Most + 1 } })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await SaysAsync(hearing.Client, wrong, expectSaid: false));
        }

        using var manager = site.ClientFor(world.TeamManager);
        using var administrator = site.ClientFor(world.Administrator);
        foreach (var client in new[] { manager, administrator })
        {
            var page = await client.PageAsync("/devices");
            var rows = page.QuerySelectorAll("tbody tr").Select(r => System.Text.RegularExpressions.Regex.Replace(r.TextContent, "\\s+", " ").Trim()).ToList();
            Assert.Equal(3, rows.Count);
            Assert.StartsWith($"Perry Wren, device {old.ToString("N")[..8]}. More than 24 hours Never", rows[0]);
            Assert.Contains(" 1 2 4 ", rows[0]);
            Assert.StartsWith($"Olive Marsh, device {calm.ToString("N")[..8]} Never", rows[1]);
            Assert.StartsWith($"Perry Wren, device {empty.ToString("N")[..8]}", rows[2]);
            Assert.DoesNotContain("Never", rows[2]);
            Assert.Contains("On 1 device something has waited", page.Body!.TextContent);
            Assert.DoesNotContain("Sam", page.Body!.TextContent);
        }

        Assert.Equal(2, (await world.AuditAsync(AuditActions.DevicesRead)).Count(a => a.Detail == "3 devices"));
        Assert.Equal(2, (await hearing.Client.PageAsync("/devices")).QuerySelectorAll("tbody tr").Length);

        // One on which nothing waits, and which was not seen for a month, stands in nobody's way; one on which something waits stays.
        foreach (var (person, device) in new[] { (world.Practitioner, empty), (world.OtherPractitioner, calm) })
        {
            using var later = site.As(World.ActorOf(person));
            await later.Db.Devices.Where(d => d.Id == device).ExecuteUpdateAsync(d => d.SetProperty(x => x.SeenAt, DateTime.UtcNow.AddDays(-Device.ForgottenAfterDays - 1)), Cancel);
        }

        Assert.Equal(2, (await manager.PageAsync("/devices")).QuerySelectorAll("tbody tr").Length);
        await SaysAsync(hearing.Client, new() { DeviceId = empty });
        Assert.Equal(3, (await manager.PageAsync("/devices")).QuerySelectorAll("tbody tr").Length);

        // Another team's manager and another council see none of it, and a manager cannot say what is on somebody's device.
        var other = await World.CreateAsync(site);
        using var elsewhere = site.ClientFor(other.TeamManager);
        Assert.Empty((await elsewhere.PageAsync("/devices")).QuerySelectorAll("tbody tr"));
        using (var moved = site.As(World.ActorOf(world.TeamManager) with { TeamId = Guid.NewGuid() })) Assert.Empty(await moved.Db.Devices.ToListAsync(Cancel));
        using (var forging = site.As(World.ActorOf(world.TeamManager)))
        {
            (await forging.Db.Devices.SingleAsync(d => d.Id == old, Cancel)).NeedsYou = 0;
            Assert.IsType<PostgresException>((await Assert.ThrowsAsync<DbUpdateException>(() => forging.Db.SaveChangesAsync(Cancel))).InnerException);
        }

        // A name that stands twice: one reader would take the one, another the other.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SendsAsync(hearing.Client, new StringContent($$"""{"deviceId":"{{old}}","onDevice":7,"onDevice":0}""", System.Text.Encoding.UTF8, "application/json"), expectSaid: false));

        // Not theirs any more: off the list, until it says something of itself again.
        using (var no = await GoneAsync(elsewhere, old)) Assert.Equal(HttpStatusCode.NotFound, no.StatusCode);
        using (var no = await GoneAsync(colleague, old)) Assert.Equal(HttpStatusCode.NotFound, no.StatusCode);
        using (var gone = await GoneAsync(manager, old)) Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
        Assert.Equal("7 not sent", Assert.Single(await world.AuditAsync(AuditActions.DeviceGone)).Detail);
        Assert.Equal(2, (await manager.PageAsync("/devices")).QuerySelectorAll("tbody tr").Length);
        await SaysAsync(hearing.Client, new() { DeviceId = old, OnDevice = 7 });
        Assert.Equal(3, (await manager.PageAsync("/devices")).QuerySelectorAll("tbody tr").Length);
    }

    private static async Task<HttpResponseMessage> GoneAsync(TestClient client, Guid id) =>
        await client.Http.PostAsync("/devices", new FormUrlEncodedContent(new Dictionary<string, string> { ["id"] = $"{id}", ["__RequestVerificationToken"] = await client.AntiforgeryTokenAsync("/devices") }), Cancel);

    private static Task<HttpStatusCode> SaysAsync(TestClient client, DeviceCounts counts, bool expectSaid = true) => SendsAsync(client, JsonContent.Create(counts), expectSaid);

    private static async Task<HttpStatusCode> SendsAsync(TestClient client, HttpContent counts, bool expectSaid)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/hear/offline/device") { Content = counts };
        request.Headers.Add("RequestVerificationToken", await client.AntiforgeryTokenAsync("/hear"));
        using var answer = await client.Http.SendAsync(request, Cancel);
        if (expectSaid) Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return answer.StatusCode;
    }
}
