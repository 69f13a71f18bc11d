using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What a record is about, as the child or a worker names it.</summary>
public class ThemesTests(TestSite site)
{
    private static Dictionary<string, string?> Named(params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?> { ["Input.Theme"] = "school", ["Input.CodedBy"] = "Child", ["Input.Direction"] = "Worry", ["Input.Priority"] = "Most", ["Input.Views"] = "Differ" };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    [Fact]
    public async Task The_page_opens_only_for_the_childs_own_worker_and_for_a_record_of_that_child()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("Maths is too loud.");
        await site.OpensOnlyForTheChildsOwnWorkerAsync(hearing, child => $"/hear/{child}/records/{record}/themes");
        var other = await hearing.AnotherChildAsync();
        using var wrong = await hearing.Client.GetAsync($"/hear/{other.Id}/records/{record}/themes");
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        using var form = await colleague.GetAsync($"{hearing.ChildPage}/records/{record}/themes");
        Assert.Equal(HttpStatusCode.NotFound, form.StatusCode);
    }

    [Fact]
    public async Task A_second_worker_who_reads_it_so_too_is_kept_once_and_nobody_seconds_themselves()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.ShareAsync(hearing.World, hearing.Child);
        var third = await hearing.World.AddPersonAsync(Role.Practitioner, "Ines Lark", inTeam: true);
        await site.ShareAsync(hearing.World, hearing.Child, third);
        var record = await hearing.SayAsync("Maths is too loud.");
        var path = $"{hearing.ChildPage}/records/{record}/themes";
        using (await hearing.Client.SubmitAsync(path, Named(), "form#add")) { }
        Assert.Null((await hearing.Client.PageAsync(path)).QuerySelector("form[action*=Second]"));
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        var page = await colleague.PageAsync(path);
        var second = page.QuerySelector("form[action*=Second]")!.GetAttribute("action")!;
        // The address of it, tried by who named it.
        var own = await hearing.Client.PageAsync(path);
        own.QuerySelector("form[action*=Remove]")!.SetAttribute("action", second);
        using (var myself = await hearing.Client.SubmitAsync(own, path, new Dictionary<string, string?>(), "form[action*=Second]")) Assert.Equal(HttpStatusCode.NotFound, myself.StatusCode);
        // Two of them at the same moment: one counts, and the other is told.
        using var another = site.ClientFor(third);
        var theirs = await another.PageAsync(path);
        var both = await AtOnce.SaveAsync(
            site, "voice_codings", () => colleague.SubmitAsync(page, path, new Dictionary<string, string?>(), "form[action*=Second]"), () => another.SubmitAsync(theirs, path, new Dictionary<string, string?>(), "form[action*=Second]"));
        var first = Array.FindIndex(both, b => b.StatusCode == HttpStatusCode.Redirect);
        Assert.Contains("Somebody changed this while you had it open", (await TestClient.ParseAsync(both.Single(b => b.StatusCode == HttpStatusCode.OK))).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        using (var again = await colleague.SubmitAsync(page, path, new Dictionary<string, string?>(), "form[action*=Second]")) Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Contains("read so by a second worker", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(("school", record), Assert.Single((await hearing.World.AuditAsync(AuditActions.VoiceCodingSeconded, hearing.Child.Id)).Select(a => (a.Detail, a.SubjectId!.Value))));
        Assert.Null((await colleague.PageAsync(path)).QuerySelector("form[action*=Second]"));
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(first == 0 ? hearing.World.OtherPractitioner.Id : third.Id, (await scope.Db.VoiceCodings.SingleAsync()).SecondCoderId);
        var fault = await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Database.ExecuteSqlAsync($"update voice_codings set second_coder_id = coder_id"));
        Assert.Equal("ck_voice_codings_second_coder", fault.ConstraintName);
    }

    [Fact]
    public async Task A_theme_is_refused_beside_its_field_or_named_shown_and_audited_and_can_be_taken_away_again()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("Maths is too loud.");
        var path = $"{hearing.ChildPage}/records/{record}/themes";
        foreach (var (fields, field, message) in new[]
        {
            (Named(("Input.Theme", "weather")), "Input_Theme", "Choose what it is about"),
            (Named(("Input.CodedBy", null)), "Input_CodedBy", "Choose who named it"),
            (Named(("Input.Direction", null)), "Input_Direction", "Choose whether it is something good"),
            // How much it matters is the child's to say.
            (Named(("Input.CodedBy", "Worker")), "Input_Priority", "Only the child can say"),
        })
        {
            using var refused = await hearing.Client.SubmitAsync(path, fields, "form#add");
            Assert.Contains(message, (await TestClient.ParseAsync(refused)).QuerySelector($"#{field}-error")!.TextContent, StringComparison.Ordinal);
        }

        using (await hearing.Client.SubmitAsync(path, Named(), "form#add")) { }
        using (await hearing.Client.SubmitAsync(path, Named(("Input.Theme", "listened-to"), ("Input.CodedBy", "Worker"), ("Input.Priority", "NotSaid")), "form#add")) { }
        using var twice = await hearing.Client.SubmitAsync(path, Named(), "form#add");
        Assert.Contains("named already", (await TestClient.ParseAsync(twice)).QuerySelector("#Input_Theme-error")!.TextContent, StringComparison.Ordinal);
        var about = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record")!.TextContent;
        Assert.Contains("School and learning", about, StringComparison.Ordinal);
        Assert.Contains("worker’s label", about, StringComparison.Ordinal);
        Assert.Equal(["listened-to Worker", "school Child"], (await hearing.World.AuditAsync(AuditActions.VoiceCoded, hearing.Child.Id)).Select(a => a.Detail!).Order());

        var page = await hearing.Client.PageAsync(path);
        var remove = page.QuerySelectorAll("form[action*='handler=Remove']")[0].GetAttribute("action")!;
        var other = await hearing.SayAsync("Another thing.");
        page.QuerySelectorAll("form[action*='handler=Remove']")[0].SetAttribute("action", remove.Replace($"{record}", $"{other}", StringComparison.Ordinal));
        using (var elsewhere = await hearing.Client.SubmitAsync(page, remove, new Dictionary<string, string?>(), "form[action*=Remove]")) Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        page = await hearing.Client.PageAsync(path);
        using (await hearing.Client.SubmitAsync(page, remove, new Dictionary<string, string?>(), "form[action*=Remove]")) { }
        using var gone = await hearing.Client.SubmitAsync(page, remove, new Dictionary<string, string?>(), "form[action*=Remove]");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.DoesNotContain("School and learning", (await hearing.Client.PageAsync(hearing.ChildPage)).GetElementById($"record-{record}")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceCodingRemoved, hearing.Child.Id));
        // It stays to be seen that it was there, and nothing else of it may change.
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(2, await scope.Db.VoiceCodings.CountAsync());
        scope.Db.Database.SetCommandTimeout(5);
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Database.ExecuteSqlAsync($"update voice_codings set theme = 'home'"));
        await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Database.ExecuteSqlAsync($"delete from voice_codings"));
    }

    [Fact]
    public async Task Nothing_can_be_named_of_nothing_said_or_of_a_record_the_worker_must_not_read()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var session = await hearing.VisitAsync();
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(session, VoiceKind.Declined), new Dictionary<string, string?> { ["Input.NotHeardReason"] = "StoppedByChild", ["Input.Offered"] = "Drawing" })) { }
        Guid declined;
        using (var scope = site.As(hearing.World.Whole)) declined = (await scope.Db.VoiceRecords.SingleAsync(r => r.Kind == VoiceKind.Declined)).Id;
        using var refused = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{declined}/themes", Named(), "form#add");
        Assert.Contains("Nothing was said", (await TestClient.ParseAsync(refused)).QuerySelector("#Input_Theme-error")!.TextContent, StringComparison.Ordinal);

        var secret = await hearing.SayAsync("Only you may know.");
        await site.ShareAsync(hearing.World, hearing.Child);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        var path = $"{hearing.ChildPage}/records/{secret}/themes";
        using (var before = await colleague.GetAsync(path)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await hearing.KeepFromAsync("OtherPractitioners", DoNotTellScope.Record, secret);
        using var after = await colleague.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
        var actor = World.ActorOf(hearing.World.OtherPractitioner);
        using var working = site.As(actor);
        Assert.Null(await working.Get<VoiceCodingService>().CodeAsync(hearing.Child.Id, secret, new() { Theme = "school", CodedBy = CodedBy.Worker, Direction = ThemeDirection.Worry }, actor, TestContext.Current.CancellationToken));
    }
}
