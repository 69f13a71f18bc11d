using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Govern;

/// <summary>The one log of breaches of personal data.</summary>
public class BreachTests(TestSite site)
{
    private const string Form = "main form[method=post]";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_breach_is_logged_looked_at_told_and_closed_by_somebody_else()
    {
        var world = await World.CreateAsync(site);
        using var first = site.ClientFor(world.InformationGovernance);
        using var second = site.ClientFor(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand"));
        var nothing = await first.RefusedAsync("/govern/breaches/new", Form);
        foreach (var said in new[] { "Enter the day it became known", "such as 14:30", "Tick what it is about", "about how many people", "Say what happened" }) Assert.Contains(said, nothing, StringComparison.Ordinal);
        var page = await LogAsync(first, DateTime.UtcNow.AddDays(-1), "A letter went to the wrong house");
        Assert.Contains("hours left", (await first.PageAsync("/govern/breaches")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        Assert.Contains("Choose how likely harm is", await first.RefusedAsync(page, "#look", ("Look.ToldIco", "true"), ("Look.ToldPeople", "false"), ("Look.Why", "Names"), ("Look.Done", "Fetched it")), StringComparison.Ordinal);
        await first.DoneAsync(page, "#look", ("Look.Risk", "High"), ("Look.ToldIco", "true"), ("Look.ToldPeople", "false"), ("Look.Why", "An address of somebody in hiding"), ("Look.Done", "Fetched it back"));
        Assert.Contains("The people it is about are still to be told", (await second.PageAsync(page)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await first.DoneAsync(page, "#look", ("Look.ToldIco", "true"), ("Look.ToldPeople", "true"), ("Look.Why", "As before"), ("Look.Done", "They moved"));
        // Whoever dealt with it does not close it, on the page or past it.
        Assert.Null((await first.PageAsync(page)).QuerySelector("#close"));
        using (var scope = site.As(null))
        {
            var id = Guid.Parse(page.Split('/')[^1]);
            var alone = await scope.Get<BreachService>().CloseAsync(id, new() { Id = id, Reason = "Done" }, World.ActorOf(world.InformationGovernance), Cancel);
            Assert.Contains("somebody else closes it", alone!.Refusal!.Message, StringComparison.Ordinal);
        }

        Assert.Contains("Say why", await second.RefusedAsync(page, "#close"), StringComparison.Ordinal);
        await second.DoneAsync(page, "#close", ("Close.Reason", "I read it all"));
        var shown = (await first.PageAsync(page)).QuerySelector("main")!.TextContent;
        foreach (var text in new[] { "A letter went to the wrong house", "An address of somebody in hiding", "They moved", "I read it all", "Closed by" }) Assert.Contains(text, shown, StringComparison.Ordinal);
        Assert.Null((await first.PageAsync(page)).QuerySelector("#look"));
        Assert.Equal([AuditActions.BreachLogged, AuditActions.BreachLookedAt, AuditActions.BreachLookedAt, AuditActions.BreachClosed], (await world.AuditAsync()).Select(a => a.Action).Where(a => a.StartsWith("breach.", StringComparison.Ordinal) && a != AuditActions.BreachesRead));
        using (var closed = site.As(world.Whole)) await Assert.ThrowsAsync<PostgresException>(() => closed.Db.Database.ExecuteSqlAsync($"update data_breaches set people = 1", Cancel));

        // After 72 hours a likely risk is not left untold.
        var late = await LogAsync(first, DateTime.UtcNow.AddDays(-4), "Found late");
        Assert.Contains("the 72 hours were over", (await first.PageAsync(late)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("tell them now", await first.RefusedAsync(late, "#look", ("Look.Risk", "Likely"), ("Look.ToldIco", "false"), ("Look.ToldPeople", "false"), ("Look.Why", "Names"), ("Look.Done", "Nothing yet")), StringComparison.Ordinal);
        await first.DoneAsync(late, "#look", ("Look.Risk", "Unlikely"), ("Look.ToldIco", "false"), ("Look.ToldPeople", "false"), ("Look.Why", "It was encrypted"), ("Look.Done", "Keys changed"));
        Assert.Contains("not told: no risk is likely", (await first.PageAsync(late)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        using var stranger = site.ClientFor((await World.CreateAsync(site)).InformationGovernance);
        using (var answer = await stranger.GetAsync(page)) Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var practitioner = site.ClientFor(world.Practitioner);
        using (var answer = await practitioner.GetAsync(page)) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Words_that_stood_under_the_wrong_child_are_in_the_log_when_they_are_moved_and_their_practitioner_sees_none_of_it()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var right = await hearing.AnotherChildAsync();
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said("Not mine"))) { }
        var wrong = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(Cancel));
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/records/{wrong.Id}/wrong-child", Form, ("Input.ToChildId", $"{right.Id}"));

        var breach = await site.ReadAsync(hearing.World, db => db.DataBreaches.SingleAsync(Cancel));
        Assert.Equal((hearing.World.Practitioner.Id, 1), (breach.LoggedById, breach.People));
        using var governor = site.ClientFor(hearing.World.InformationGovernance);
        Assert.Contains("Words under the wrong child", (await governor.PageAsync("/govern/breaches")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        using (var own = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            Assert.Empty(await own.Db.DataBreaches.IgnoreQueryFilters().ToListAsync(Cancel));
            // Nor can they write others into it.
            await Assert.ThrowsAsync<PostgresException>(() => own.Db.Database.ExecuteSqlAsync($"insert into data_breaches (id, authority_id, known_at, people, data, not_told, logged_by_id, logged_at) values (gen_random_uuid(), {hearing.World.Authority.Id}, now(), 1, array['Words'], false, {hearing.World.Practitioner.Id}, now())", Cancel));
        }
    }

    [Fact]
    public void Seventy_two_hours_are_hours_when_the_clocks_change()
    {
        // Known at 12:00 on the Friday before the clocks go back: by 11:00 on the Monday.
        var known = BreachService.InstantOf(new(2026, 10, 23), new(12, 0));
        var breach = new DataBreach { KnownAt = known };
        Assert.Equal(new DateTime(2026, 10, 26, 11, 0, 0, DateTimeKind.Utc), breach.TellBy);
        // 01:30 on the day they go forward is no time at all: the hour after.
        Assert.Equal(new DateTime(2026, 3, 29, 1, 30, 0, DateTimeKind.Utc), BreachService.InstantOf(new(2026, 3, 29), new(1, 30)));
        Assert.Null(BreachService.TimeOf("25:00"));
    }

    internal static async Task<string> LogAsync(TestClient client, DateTime known, string happened)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(known, TimeZoneInfo.FindSystemTimeZoneById("Europe/London"));
        return await client.DoneAsync("/govern/breaches/new", Form, ("Input.KnownOn.Day", $"{local.Day}"), ("Input.KnownOn.Month", $"{local.Month}"), ("Input.KnownOn.Year", $"{local.Year}"), ("Input.KnownTime", $"{local:HH:mm}"), ("Input.Data", "FamilyOrAddress"), ("Input.People", "4"), ("Input.Happened", happened));
    }
}
