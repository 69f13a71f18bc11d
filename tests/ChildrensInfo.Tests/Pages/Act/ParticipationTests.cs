using System.Net;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Act;

public class ParticipationTests(TestSite site)
{
    internal const string Pin = "4827";
    private const string FeltPage = "/hear/my-say/felt";

    public static Dictionary<string, string?> Planned(params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?>
        {
            ["Input.Purpose"] = "To make the letter easier to read",
            ["Input.Negotiable"] = "The words\nThe pictures",
            ["Input.NotNegotiable"] = "That a letter is sent",
            ["Input.Invited"] = "Everybody in the Tuesday group",
            ["Input.Layer"] = "Information",
        };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    public static Dictionary<string, string?> Held() => new()
    {
        ["Input.Came"] = "Nine, aged 8 to 12",
        ["Input.Missing"] = "Two who sign: no interpreter came",
        ["Input.Degree"] = "AdultBegunShared",
        ["Input.Evidence"] = "They chose the pictures and crossed out words",
        ["Input.Thanks"] = "A voucher each",
    };

    /// <returns>The page of the activity, shown or not.</returns>
    public static async Task<string> PlanAsync(TestClient client, string home, bool shown = true)
    {
        using var answer = await client.SubmitAsync($"{home}/new", Planned());
        var one = answer.Headers.Location!.OriginalString;
        if (!shown) return one;
        await LendAsync(client, one);
        using (var seen = await client.SubmitAsync(ChildModeGate.Part, new Dictionary<string, string?>(), "main form")) Assert.Equal(ChildModeGate.Part, seen.Headers.Location?.OriginalString);
        await TakeBackAsync(client, one);
        return one;
    }

    /// <summary>Hands the device over for an activity, at one tap once there is a PIN.</summary>
    internal static async Task LendAsync(TestClient client, string one)
    {
        using var lent = await client.SubmitAsync(one, new Dictionary<string, string?>(), "#hand-over");
        if (lent.Headers.Location?.OriginalString == $"{one}/hand-over")
        {
            using var first = await client.SubmitAsync($"{one}/hand-over", new Dictionary<string, string?> { ["Input.NewPin"] = Pin });
            Assert.Equal(ChildModeGate.Home, first.Headers.Location?.OriginalString);
        }
        else
        {
            Assert.Equal(ChildModeGate.Home, lent.Headers.Location?.OriginalString);
        }

        using var home = await client.GetAsync(ChildModeGate.Home);
        Assert.Equal(ChildModeGate.Part, home.Headers.Location?.OriginalString);
    }

    internal static async Task TakeBackAsync(TestClient client, string one)
    {
        using var back = await client.SubmitAsync("/hear/my-say/give-back", new Dictionary<string, string?> { ["pin"] = Pin }, "main form");
        Assert.Equal(one, back.Headers.Location?.OriginalString);
    }

    [Fact]
    public void Nothing_is_asked_before_it_was_shown_and_nothing_comes_of_what_was_not_held() =>
        Gen.Select(Gen.Bool, Gen.Enum<ParticipationStepKind>().Array[0, 30]).Sample((isGroup, tried) =>
        {
            var taken = new List<ParticipationStepKind>();
            foreach (var kind in tried)
            {
                var offered = ParticipationRules.Next(taken, isGroup).Contains(kind);
                Assert.Equal(offered, ParticipationRules.WhyNot(kind, taken, isGroup) is null);
                if (offered) taken.Add(kind);
            }

            if (taken.Count > 0) Assert.Equal(ParticipationStepKind.Shown, taken[0]);
            if (taken.Contains(ParticipationStepKind.Outcome)) Assert.True(taken.IndexOf(ParticipationStepKind.Held) < taken.IndexOf(ParticipationStepKind.Outcome) && taken.Contains(ParticipationStepKind.Held));
            foreach (var once in new[] { ParticipationStepKind.Shown, ParticipationStepKind.Held, ParticipationStepKind.Outcome }) Assert.True(taken.Count(k => k == once) <= 1);
            if (!isGroup) Assert.True(taken.Count(k => k == ParticipationStepKind.Felt) <= 1);
        });

    [Theory]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Other_roles_are_told_no(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var address in new[] { "", "/new", $"/{Guid.NewGuid()}", $"/{Guid.NewGuid()}/hand-over" }.SelectMany(a => new[] { "/act/taking-part" + a, $"/hear/{Guid.NewGuid()}/taking-part{a}" }))
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Signed_out_leads_to_sign_in()
    {
        using var client = site.ClientFor(null);
        foreach (var address in new[] { "/act/taking-part", $"/hear/{Guid.NewGuid()}/taking-part" })
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_anothers_is_not_there_and_a_childs_activity_is_no_groups()
    {
        using var mine = await Hearing.BeginAsync(site);
        using var elsewhere = await Hearing.BeginAsync(site);
        var theirs = await PlanAsync(elsewhere.Client, $"{elsewhere.ChildPage}/taking-part");
        var group = await PlanAsync(elsewhere.Client, "/act/taking-part");
        var own = await PlanAsync(mine.Client, $"{mine.ChildPage}/taking-part");
        foreach (var address in new[] { theirs, group, $"/act/taking-part/{own.Split('/')[^1]}", $"{mine.ChildPage}/taking-part/{group.Split('/')[^1]}" })
        {
            using var answer = await mine.Client.GetAsync(address);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Equal(4, (await mine.World.AuditAsync(AuditActions.AccessRefused)).Count);
        // Nor through the database: a data lead reaches groups, and no child's activity.
        using var lead = site.As(World.ActorOf(mine.World.DataLead));
        Assert.Empty(await lead.Db.ParticipationActivities.IgnoreQueryFilters().ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Input.NotNegotiable", "", "Enter what cannot change")]
    [InlineData("Input.Negotiable", null, "Enter what can change")]
    [InlineData("Input.Layer", null, "Choose which part it is about")]
    public async Task A_plan_without_what_can_and_cannot_change_is_refused(string field, string? value, string message)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        using var answer = await client.SubmitAsync("/act/taking-part/new", Planned((field, value)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains((await TestClient.ParseAsync(answer)).QuerySelectorAll(".govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        Assert.Empty(await site.ReadAsync(world, db => db.ParticipationActivities.ToListAsync()));
    }

    [Fact]
    public async Task With_one_child_the_claim_stands_beside_what_the_child_felt_sealed_and_audited()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var home = $"{hearing.ChildPage}/taking-part";
        var one = await PlanAsync(hearing.Client, home, shown: false);
        // Before it was shown, nothing else is offered and nothing else is taken.
        Assert.Null((await hearing.Client.PageAsync(one)).QuerySelector("#held"));
        await LendAsync(hearing.Client, one);
        using (var early = await hearing.Client.GetAsync(FeltPage)) Assert.Equal(ChildModeGate.Part, early.Headers.Location?.OriginalString);
        // Their own screen says what is asked, and nothing else opens: neither the worker's pages nor what a child does on a visit.
        var shown = await hearing.Client.PageAsync(ChildModeGate.Part);
        Assert.Equal(["The words", "The pictures", "That a letter is sent"], shown.QuerySelectorAll(".told__list li").Select(l => l.TextContent));
        Assert.Null(shown.QuerySelector("nav, a[href='/'], form[action*=SignOut]"));
        Assert.DoesNotContain("Thistlebrook", shown.DocumentElement.OuterHtml, StringComparison.Ordinal);
        foreach (var address in new[] { "/hear", one, hearing.ChildPage, "/hear/my-say", "/hear/my-say/say?as=TypedText", "/hear/my-say/who", "/hear/my-say/permissions" })
        {
            using var led = await hearing.Client.GetAsync(address);
            Assert.Equal(ChildModeGate.Part, led.Headers.Location?.OriginalString);
        }

        using (await hearing.Client.SubmitAsync(shown, ChildModeGate.Part, new Dictionary<string, string?>(), "main form")) { }
        using (var none = await hearing.Client.SubmitAsync(FeltPage, new Dictionary<string, string?>(), "main form")) Assert.NotNull((await TestClient.ParseAsync(none)).QuerySelector(".own__problem"));
        using (var felt = await hearing.Client.SubmitAsync(FeltPage, new Dictionary<string, string?> { ["Input.Degree"] = "AssignedInformed" }, "main form")) Assert.Equal($"{ChildModeGate.Part}?told=true", felt.Headers.Location?.OriginalString);
        using (var again = await hearing.Client.GetAsync(FeltPage)) Assert.Equal(ChildModeGate.Part, again.Headers.Location?.OriginalString);
        await TakeBackAsync(hearing.Client, one);
        Assert.Null((await hearing.Client.PageAsync(one)).QuerySelector("#hand-over"));
        using (var held = await hearing.Client.SubmitAsync(one, Held(), "#held")) Assert.Equal(one, held.Headers.Location?.OriginalString);
        var page = await hearing.Client.PageAsync(one);
        var sides = page.QuerySelectorAll(".told__part").Select(p => p.TextContent).ToList();
        Assert.Contains("Children and adults decided together", sides[0], StringComparison.Ordinal);
        Assert.Contains("Children took part and knew why", sides[1], StringComparison.Ordinal);
        Assert.Contains("They do not say the same", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // Until the child has heard what came of it, it waits on the first page of whoever works with them.
        async Task<string?> WaitsAsync() => (await hearing.Client.PageAsync("/hear")).QuerySelector("#to-hear + .entries .entry a")?.GetAttribute("href");
        Assert.Equal(one, await WaitsAsync());
        using (var colleague = site.ClientFor(hearing.World.OtherPractitioner)) Assert.Null((await colleague.PageAsync("/hear")).QuerySelector("#to-hear"));
        using (var told = await hearing.Client.SubmitAsync(one, new Dictionary<string, string?> { ["Input.Outcome"] = "The letter has pictures now. I showed it." }, "#outcome")) Assert.Equal(one, told.Headers.Location?.OriginalString);
        Assert.Null(await WaitsAsync());

        Assert.Single(await hearing.World.AuditAsync(AuditActions.ParticipationPlanned, hearing.Child.Id));
        Assert.Equal(4, (await hearing.World.AuditAsync(AuditActions.ParticipationStepTaken, hearing.Child.Id)).Count);
        var rows = await site.ReadAsync(hearing.World, db => db.ParticipationActivities.Include(a => a.Steps).ToListAsync());
        Assert.DoesNotContain(rows.Select(a => a.Sealed).Concat(rows[0].Steps.Where(s => s.Sealed is not null).Select(s => s.Sealed!)), s => Encoding.UTF8.GetString(s).Contains("letter", StringComparison.Ordinal));
        Assert.All(rows, a => Assert.Null(a.AuthorityKeyId));
    }

    [Fact]
    public async Task On_a_visit_the_childs_own_screen_leads_to_what_they_are_asked_to_take_part_in_and_to_nobody_elses()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var other = await hearing.AnotherChildAsync();
        var mine = (await PlanAsync(hearing.Client, $"{hearing.ChildPage}/taking-part", shown: false)).Split('/')[^1];
        var theirs = (await PlanAsync(hearing.Client, $"/hear/{other.Id}/taking-part", shown: false)).Split('/')[^1];
        using (var lent = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/{await hearing.VisitAsync()}/hand-over", new Dictionary<string, string?> { ["Input.NewPin"] = Pin, ["Input.Language"] = "cy" })) Assert.Equal(ChildModeGate.Home, lent.Headers.Location?.OriginalString);
        var tile = Assert.Single((await hearing.Client.PageAsync(ChildModeGate.Home)).QuerySelectorAll("a[href*='/part']"));
        Assert.Equal($"{ChildModeGate.Part}?of={mine}", tile.GetAttribute("href"));
        Assert.Contains("Beth hoffwn i ei ofyn i ti", tile.TextContent, StringComparison.Ordinal);
        foreach (var address in new[] { $"{ChildModeGate.Part}?of={theirs}", ChildModeGate.Part, $"{FeltPage}?of={theirs}" })
        {
            using var none = await hearing.Client.GetAsync(address);
            Assert.Equal(ChildModeGate.Home, none.Headers.Location?.OriginalString);
        }

        using (var seen = await hearing.Client.SubmitAsync($"{ChildModeGate.Part}?of={mine}", new Dictionary<string, string?>(), "main form")) Assert.Equal($"{ChildModeGate.Part}?of={mine}", seen.Headers.Location?.OriginalString);
        using (var felt = await hearing.Client.SubmitAsync($"{FeltPage}?of={mine}", new Dictionary<string, string?> { ["Input.Degree"] = "ConsultedInformed" }, "main form")) Assert.Equal($"{ChildModeGate.Part}?of={mine}&told=true", felt.Headers.Location?.OriginalString);
        Assert.Empty((await hearing.Client.PageAsync(ChildModeGate.Home)).QuerySelectorAll("a[href*='/part']"));
        Assert.Equal([ParticipationStepKind.Shown, ParticipationStepKind.Felt], await site.ReadAsync(hearing.World, db => db.ParticipationSteps.OrderBy(s => s.At).Select(s => s.Kind).ToListAsync()));
    }

    [Fact]
    public async Task In_a_group_each_says_once_more_and_few_voices_are_shown_only_to_who_was_there()
    {
        var world = await World.CreateAsync(site);
        using var lead = site.ClientFor(world.DataLead);
        using var manager = site.ClientFor(world.TeamManager);
        var one = await PlanAsync(lead, "/act/taking-part");
        // Nothing is lent: whoever comes by the back button is the worker.
        using (var none = await lead.GetAsync(ChildModeGate.Part)) Assert.Equal("/act/taking-part", none.Headers.Location?.OriginalString);
        await LendAsync(lead, one);
        // A row about no child is read by whoever lent it, even where the first of the two locks is open.
        using (var scope = site.As(World.ActorOf(world.TeamManager))) Assert.Empty(await scope.Db.ChildModes.IgnoreQueryFilters().ToListAsync());
        using (var scope = site.As(World.ActorOf(world.DataLead))) Assert.Equal(2, await scope.Db.ChildModes.IgnoreQueryFilters().CountAsync());
        for (var i = 0; i < 6; i++)
        {
            using var felt = await lead.SubmitAsync(FeltPage, new Dictionary<string, string?> { ["Input.Degree"] = i == 0 ? "ChildBegunChildLed" : "ConsultedInformed" }, "main form");
            Assert.Equal($"{FeltPage}?told=true", felt.Headers.Location?.OriginalString);
            var others = (await manager.PageAsync(one)).QuerySelector("#felt")!.ParentElement!.TextContent;
            if (i < 5) Assert.Contains("Too few", others, StringComparison.Ordinal);
            else Assert.Contains("5 children", others, StringComparison.Ordinal);
        }

        await TakeBackAsync(lead, one);
        Assert.DoesNotContain("Too few", (await lead.PageAsync(one)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        using (var held = await lead.SubmitAsync(one, Held(), "#held")) Assert.Equal(one, held.Headers.Location?.OriginalString);
        // A form that asks to be shown again, or for something else, is refused.
        var form = await lead.PageAsync(one);
        var fields = new Dictionary<string, string?> { ["Input.Kind"] = "Shown", ["Input.Outcome"] = "x" };
        using (var forged = await lead.SubmitAsync(form, one, fields, "#outcome")) Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }
}
