using System.Net;
using AngleSharp.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Govern;

/// <summary>The record of processing and the impact assessment, made from what they describe.</summary>
public class ProcessingTests(TestSite site, Browser browser)
{
    private const string Record = "/govern/processing";

    private const string Assessment = "/govern/assessment";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Information_governance_reads_both_and_nobody_else_and_each_reading_is_written_down()
    {
        var world = await World.CreateAsync(site);
        foreach (var path in new[] { Record, Assessment })
        {
            using (var nobody = site.ClientFor(null))
            using (var answer = await nobody.GetAsync(path)) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            foreach (var role in Enum.GetValues<Role>())
            {
                using var client = site.ClientFor(world.PersonOf(role));
                using var answer = await client.GetAsync(path);
                Assert.Equal(role == Role.InformationGovernance ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
            }
        }

        Assert.Equal(["record of processing", "impact assessment"], (await world.AuditAsync(AuditActions.RegisterRead)).Select(a => a.Detail));
        // Past the pages too.
        using var scope = site.As(World.ActorOf(world.DataLead));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => scope.Get<ProcessingRecords>().OfCouncilAsync(World.ActorOf(world.DataLead), _ => true, Cancel));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => scope.Get<ProcessingRecords>().AssessAsync(World.ActorOf(world.DataLead), _ => true, Cancel));
    }

    [Fact]
    public async Task The_record_changes_when_what_it_describes_changes_and_with_nothing_of_another_council()
    {
        var (world, other) = (await World.CreateAsync(site), await World.CreateAsync(site));
        using var client = site.ClientFor(world.InformationGovernance);
        using var stranger = site.ClientFor(other.InformationGovernance);
        var before = await MainAsync(client, Record);
        var elsewhere = Parts(await MainAsync(stranger, Record));
        Assert.Contains(world.Authority.Name, before.TextContent, StringComparison.Ordinal);
        Assert.Contains("practitioner 2", Part(before, "people"), StringComparison.Ordinal);
        Assert.Contains("None.", Part(before, "outside"), StringComparison.Ordinal);
        Assert.Contains("sends nothing about anybody", Part(before, "outside"), StringComparison.Ordinal);
        Assert.DoesNotContain("Set by your council", Part(before, "retention"), StringComparison.Ordinal);

        using (var scope = site.As(World.ActorOf(world.InformationGovernance)))
        {
            var actor = World.ActorOf(world.InformationGovernance);
            await scope.Get<PurposeService>().SetAsync(Purpose.Audio, new() { Basis = PurposeBasis.Permission, MonthsValid = 9, MonthsValidForYoungChild = 4, CoolingDays = 90, Reason = "Minute 12" }, actor, Cancel);
            await scope.Get<RetentionService>().SetAsync("protection", new() { Id = Guid.CreateVersion7(), Years = 41, Reason = "Schedule of 2026" }, actor, Cancel);
        }

        await world.AddPersonAsync(Role.Practitioner, "Nell Ames");
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        site.Services.GetRequiredService<TranscriberCatalogue>().Set(world.Authority.Code, new(new Uri("https://speech.council.example/v1/audio/transcriptions"), "m", "Speech machine 3", "json", null, TimeSpan.FromMinutes(1)));

        var after = await MainAsync(client, Record);
        Assert.Contains("9 months, 4 under", Part(after, "purposes"), StringComparison.Ordinal);
        Assert.Contains("41 years from the last contact", Part(after, "retention"), StringComparison.Ordinal);
        Assert.Contains("practitioner 3", Part(after, "people"), StringComparison.Ordinal);
        Assert.Contains(project.Title, Part(after, "outside"), StringComparison.Ordinal);
        Assert.Contains("Speech machine 3, at speech.council.example", Part(after, "outside"), StringComparison.Ordinal);
        Assert.Equal(elsewhere, Parts(await MainAsync(stranger, Record)));
    }

    [Fact]
    public async Task An_account_service_is_named_to_the_councils_whose_people_it_lets_in_and_to_no_other()
    {
        var (world, other) = (await World.CreateAsync(site), await World.CreateAsync(site));
        var settings = new Dictionary<string, string?> { ["Oidc:SiteAddress"] = "https://portal.council.example" };
        foreach (var (number, council) in new[] { (0, world), (1, other) })
        {
            foreach (var (key, value) in new[]
            {
                ("Key", $"p{number}"), ("Name", $"Account service {number}"), ("Authority", $"https://accounts{number}.council.example"), ("ClientId", "portal"), ("ClientSecret", "a secret of the provider"), ("AuthorityClaim", "council"),
                ("RoleClaim", "role"), ("Councils:0:Value", "here"), ("Councils:0:Code", council.Authority.Code), ("Roles:0:Value", "worker"), ("Roles:0:Role", "Practitioner"),
            }) settings[$"Oidc:Providers:{number}:{key}"] = value;
        }

        var governance = World.ActorOf(world.InformationGovernance);
        using var scope = site.As(governance);
        var record = await RecordsOf(scope.Db, IdentityProviders.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), isLocal: false)).OfCouncilAsync(governance, _ => true, Cancel);
        Assert.Equal([("Account service 0", "accounts0.council.example")], record.Outside.Select(o => (o.Name, o.Host)));
    }

    [Fact]
    public async Task What_is_sealed_and_what_a_role_does_are_read_off_the_program()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.InformationGovernance);
        var page = await MainAsync(client, Record);
        var kinds = page.QuerySelectorAll("#data tbody tr").ToDictionary(r => r.QuerySelector("th")!.TextContent.Trim(), r => r.QuerySelectorAll("td").Select(c => c.TextContent.Trim()).ToList());
        using (var scope = site.As(world.Whole))
        {
            // Every table about children is there, and every field that is sealed; nothing is said to be sealed that is not.
            var model = scope.Db.Model;
            Assert.Empty(HeldRecords.TablesOf(model).Select(t => HeldRecords.TitleOf(t.ClrType)).Except(kinds.Keys));
            Assert.Equal(HeldRecords.Sealed.Count, ProcessingRecords.KindsOf(model).Sum(k => k.Sealed.Count) - 3);
        }

        Assert.Equal("Prompt; What it says", string.Join("; ", kinds["The words"][0].Split("; ").Order(StringComparer.Ordinal)));
        Assert.Equal("is, or may be", kinds["About the child"][2]);
        Assert.Contains("Born on", kinds["About the child"][1], StringComparison.Ordinal);

        // One place says what a role does, and it is true: whoever can come to read words is not said to see none.
        using var administrator = site.ClientFor(world.Administrator);
        var giving = (await administrator.PageAsync("/admin/people/new")).QuerySelector("main")!.TextContent;
        var roles = Part(page, "roles");
        foreach (var role in Enum.GetValues<Role>())
        {
            Assert.Contains(Words.WhatTheyDo(role), giving, StringComparison.Ordinal);
            Assert.Contains(Words.WhatTheyDo(role), roles, StringComparison.Ordinal);
            if (new[] { Capability.ReadVoice, Capability.AnswerRights, Capability.ReviewWords }.Any(c => Roles.Has(role, c))) Assert.DoesNotContain("no words", Words.WhatTheyDo(role), StringComparison.OrdinalIgnoreCase);
            foreach (var capability in Enum.GetValues<Capability>().Where(c => Roles.Has(role, c))) Assert.Contains(Words.Of(capability), roles, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_measure_is_on_only_when_it_runs_and_a_risk_that_rests_on_it_says_so()
    {
        var world = await World.CreateAsync(site);
        using (var scope = site.As(Actor.Runner)) await scope.Get<AuditChain>().SealAsync(Cancel);
        // Tests let everybody in with a password alone.
        using var client = site.ClientFor(world.InformationGovernance);
        var page = await MainAsync(client, Assessment);
        var states = page.QuerySelectorAll("#risks .govuk-summary-list__row").ToDictionary(r => r.QuerySelector("dt")!.TextContent.Trim(), r => r.QuerySelector("dd")!.TextContent.Trim());
        Assert.StartsWith("Not switched on.", states["A second step to sign in"], StringComparison.Ordinal);
        foreach (var on in new[] { "Words are sealed", "Each council’s rows are kept apart", "A log that nobody changes" }) Assert.StartsWith("On.", states[on], StringComparison.Ordinal);
        Assert.StartsWith("High", Left(page, "stolen-sign-in"), StringComparison.Ordinal);
        Assert.Contains("Not switched on here: Those who reach a whole council", page.QuerySelector("#risk-stolen-sign-in")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1 risk is high", Part(page, "outcome"), StringComparison.Ordinal);

        using (var scope = site.As(World.ActorOf(world.InformationGovernance)))
        {
            var with = await scope.Get<ProcessingRecords>().OfCouncilAsync(World.ActorOf(world.InformationGovernance), new SecondFactorRule(SecondFactorRule.Wanted.Roles).Requires, Cancel);
            Assert.All(with.Security, s => Assert.True(s.IsOn, s.Says));
            Assert.All(ShippedRisks.All.Risks, r => Assert.Equal(r.After, r.LeftWith(with.Security)));
        }

        // Had the site come in as the database's owner of everything, it would be told so.
        var governance = World.ActorOf(world.InformationGovernance);
        await using var super = new AppDbContext(new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(site.SuperuserConnectionString).UsePortalConventions().Options, new FixedActor(governance));
        var passed = await RecordsOf(super, IdentityProviders.None).OfCouncilAsync(governance, _ => true, Cancel);
        Assert.Equal([SecurityMeasure.RowSecurity, SecurityMeasure.AuditLog], passed.Security.Where(s => !s.IsOn).Select(s => s.Measure));
    }

    [Fact]
    public async Task Numbers_are_of_this_council_and_small_ones_are_hidden()
    {
        var (world, other) = (await NeedWorld.CreateAsync(site), await NeedWorld.CreateAsync(site));
        await world.AddAsync(23, heard: 12);
        await other.AddAsync(60, heard: 40);
        var governance = World.ActorOf(world.World.InformationGovernance);
        using (var scope = site.As(world.World.Whole))
        {
            for (var n = 0; n < 14; n++) scope.Db.Add(AuditEntry.For(AuditActions.VoiceCopied, world.World.Whole, null, null, TimeProvider.System));
            for (var n = 0; n < 3; n++) scope.Db.Add(AuditEntry.For(AuditActions.BreakGlassOpened, world.World.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using var client = site.ClientFor(world.World.InformationGovernance);
        await BreachTests.LogAsync(client, DateTime.UtcNow.AddDays(-1), "A letter went to the wrong house");
        var page = await MainAsync(client, Assessment);
        string Figure(string name) => page.QuerySelector($"[data-figure='{name}']")!.TextContent.Trim();
        Assert.Equal(("25", "10", "10", "0", "15", "c", "1", "0"),
            (Figure("children"), Figure("heard"), Figure($"{VoiceKind.TypedText}"), Figure($"{VoiceKind.Audio}"), Figure(AuditActions.VoiceCopied), Figure(AuditActions.BreakGlassOpened), Figure("breaches"), Figure("told-ico")));
        Assert.DoesNotContain("letter", page.TextContent, StringComparison.Ordinal);

        // One child more changes nothing that anybody could read one child from.
        await world.AddAsync(1, heard: 1);
        var again = await MainAsync(client, Assessment);
        Assert.Equal("25", again.QuerySelector("[data-figure='children']")!.TextContent.Trim());
        Assert.Contains("Data protection officer", (await MainAsync(client, Record)).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_measure_of_a_risk_is_where_it_is_said_to_be()
    {
        var risks = ShippedRisks.All.Risks;
        Assert.Equal(risks.Count, risks.Select(r => r.Key).Distinct().Count());
        Assert.All(risks.SelectMany(r => r.Measures), m => Assert.True(File.Exists(Path.Combine(Repository.Root, "src", $"{m.Where}.cs")), m.Where));
        Assert.All(risks, r => Assert.True(r.Measures.Count > 0 && r.After.Level <= r.Before.Level, r.Key));
        // What is switched on or off is told of by some risk, or nobody would be warned.
        Assert.Equal(Enum.GetValues<SecurityMeasure>(), risks.SelectMany(r => r.Measures).Select(m => m.RestsOn).OfType<SecurityMeasure>().Distinct().Order());
    }

    [Fact]
    public async Task Both_are_accessible_fit_a_small_screen_and_print_with_their_blanks()
    {
        var world = await World.CreateAsync(site);
        await using var visitor = await browser.OpenAsync(site, world.InformationGovernance);
        foreach (var path in new[] { Record, Assessment })
        {
            await visitor.GoAsync(path);
            await visitor.LookWideAndNarrowAsync(path[1..].Replace('/', '-'));
            await visitor.Page.EmulateMediaAsync(new() { Media = Media.Print });
            Assert.True(await visitor.Page.Locator(".to-fill-in__line").First.IsVisibleAsync());
            Assert.Equal("visible", await visitor.Page.Locator(".wide-table").First.EvaluateAsync<string>("e => getComputedStyle(e).overflowX"));
            await visitor.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        }
    }

    /// <summary>On a database, and with providers, that are not the site's own.</summary>
    private ProcessingRecords RecordsOf(AppDbContext db, IdentityProviders providers) =>
        new(db, new(db, TimeProvider.System), new(db, TimeProvider.System), new(db, TimeProvider.System), null!, providers, new(), site.Services.GetRequiredService<IKeyProvider>(), TimeProvider.System);

    private static async Task<IElement> MainAsync(TestClient client, string path) => (await client.PageAsync(path)).QuerySelector("main")!;

    private static string Part(IElement main, string id) => main.QuerySelector($"#{id}")!.TextContent;

    private static string Left(IElement main, string risk) => main.QuerySelector($"#risk-{risk} td:last-child")!.TextContent.Trim();

    /// <summary>All that does not change by the minute.</summary>
    private static string Parts(IElement main) => string.Join('\n', new[] { "purposes", "people", "data", "roles", "outside", "retention" }.Select(id => Part(main, id)));
}
