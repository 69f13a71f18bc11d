using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

/// <summary>
/// Whoever may not open a child's record learns nothing by looking twice: when one child says no, and when they say yes again, every figure stays or moves by a
/// whole step of rounding, whoever looks. The numbers of children are chosen so that one child is the difference between two steps.
/// </summary>
public partial class NoFigureMovesByOneTests(TestSite site)
{
    private const int SaidYes = 28;

    private const int SaidSomething = 13;

    private static readonly Purpose[] Asked = [Purpose.Audio, Purpose.QuoteService, Purpose.ResearchExtract];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_one_child_says_no_and_yes_again_no_figure_moves_by_exactly_one()
    {
        var need = await NeedWorld.CreateAsync(site);
        var world = need.World;
        var children = await need.AddAsync(63, heard: 40, words: "I like my room");
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        await PrepareAsync(world, children, project);
        // A project's preview stands for the day; another project of the same person is told what the next day would tell.
        var days = new List<ResearchProject>();
        for (var i = 0; i < 3; i++) days.Add(await world.AddProjectAsync(site, ProjectState.Approved));
        // One of those with the most to tell: heard, spoke of home, asked for something, said yes to everything.
        var child = children[0];

        var before = await LookAsync(need, project, days[0]);
        await DecideAsync(world, [child], ConsentEventType.Withdrawn, ConsentEventType.Objected, 3);
        var without = await LookAsync(need, project, days[1]);
        await DecideAsync(world, [child], ConsentEventType.Given, ConsentEventType.Told, 2);
        var again = await LookAsync(need, project, days[2]);

        foreach (var (one, other) in new[] { (before, without), (without, again) })
        {
            var moved = one.Where(f => other.TryGetValue(f.Key, out var n) && n != f.Value).Select(f => (f.Key, From: f.Value, To: other[f.Key])).ToList();
            Assert.All(moved, m => Assert.True(Math.Abs(m.From - m.To) % 5 == 0, $"{m.Key}: {m.From} became {m.To}"));
            // Each kind of figure that rests on what a child decides is among them, or nothing was tried.
            foreach (var part in new[] { "/understand/permissions", "Home and where I live", "children’s records", "/request" }) Assert.Contains(moved, m => m.Key.Contains(part, StringComparison.Ordinal));
        }

        // Two packs taken from each other tell no more than two looks at a page.
        foreach (var part in new[] { "Home and where I live", "over three years" }) Assert.Contains(before, f => f.Key.StartsWith("pack", StringComparison.Ordinal) && f.Key.Contains(part, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(before, f => f.Key.StartsWith("pack", StringComparison.Ordinal) && without.TryGetValue(f.Key, out var n) && n != f.Value);
        Assert.Equal(before.OrderBy(f => f.Key, StringComparer.Ordinal), again.OrderBy(f => f.Key, StringComparer.Ordinal));
    }

    private async Task PrepareAsync(World world, List<Child> children, ResearchProject project)
    {
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        using (var scope = site.As(world.Whole))
        {
            foreach (var child in children) scope.Db.Add(new Allocation { AuthorityId = world.Authority.Id, ChildId = child.Id, PractitionerId = world.Practitioner.Id, TeamId = world.Team.Id, StartedOn = today.AddDays(-30) });
            var records = await scope.Db.VoiceRecords.AsNoTracking().ToDictionaryAsync(r => r.ChildId, Cancel);
            foreach (var child in children.Take(SaidYes))
            {
                scope.Db.Add(new VoiceCoding { AuthorityId = world.Authority.Id, ChildId = child.Id, VoiceRecordId = records[child.Id].Id, Theme = "home", CodedBy = CodedBy.Child, CoderId = world.Practitioner.Id, CodedAt = DateTime.UtcNow });
            }

            scope.Db.Add(new GroupAnswer
            {
                AuthorityId = world.Authority.Id,
                Themes = "Letters",
                GroupSize = 42,
                HowCounted = "At three meetings",
                YouSaid = "The letters are too long.",
                WeDid = "We made them one page.",
                PublishedWhere = "On the wall",
                WrittenById = world.DataLead.Id,
                WrittenAt = DateTime.UtcNow,
                State = GroupAnswerState.Published,
                DecidedById = world.TeamManager.Id,
                DecidedAt = DateTime.UtcNow,
            });
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            foreach (var child in children.Take(SaidSomething))
            {
                foreach (var thing in new[] { InformationThing.Dashboard, InformationThing.Project(project.Id) })
                {
                    scope.Db.ChangeTracker.Clear();
                    var raised = await scope.Get<ResponseService>().RaiseAsync(
                        child.Id,
                        new() { Id = Guid.CreateVersion7(), Records = [records[child.Id].Id], Words = "I like my room", Wanted = Wanted.DoSomething, Thing = thing.ToString(), DueOn = today.AddDays(9) },
                        world.Whole, Cancel);
                    Assert.True(raised!.IsDone, raised.Refusal?.Message);
                }
            }
        }

        await DecideAsync(world, children.Take(SaidYes), ConsentEventType.Given, ConsentEventType.Told, 40);
        await DecideAsync(world, children.Skip(SaidYes).Take(17), ConsentEventType.Refused, ConsentEventType.Objected, 40);
    }

    private async Task DecideAsync(World world, IEnumerable<Child> children, ConsentEventType decision, ConsentEventType notice, int daysAgo)
    {
        using var scope = site.As(world.Whole);
        var at = DateTime.UtcNow.AddDays(-daysAgo);
        foreach (var child in children)
        {
            foreach (var purpose in Asked.Append(Purpose.Stats))
            {
                var asks = purpose != Purpose.Stats;
                scope.Db.Add(new ConsentEvent
                {
                    AuthorityId = world.Authority.Id,
                    ChildId = child.Id,
                    Purpose = purpose,
                    Scope = ConsentScope.Purpose,
                    Type = asks ? decision : notice,
                    // Whoever objected lets it be themselves: that they are told again would not count.
                    DecidedBy = DecidedBy.CourtOrAttorney,
                    ChildPosition = ChildPosition.Assents,
                    Method = ConsentMethod.Spoken,
                    ExpiresOn = asks && decision == ConsentEventType.Given ? ConsentRules.LocalDay(at).AddMonths(6) : null,
                    OccurredAt = at,
                    RecordedAt = at,
                    RecordedById = world.Practitioner.Id,
                });
            }

            scope.Db.Add(AuditEntry.For(AuditActions.ConsentRecorded, world.Whole, child.Id, null, TimeProvider.System));
        }

        await scope.Db.SaveChangesAsync(Cancel);
    }

    /// <summary>Every number on every page that counts children for people who may not open a record, by where it stands. Figures are worked out anew first, as on another day.</summary>
    private async Task<Dictionary<string, long>> LookAsync(NeedWorld need, ResearchProject project, ResearchProject day)
    {
        await need.CalculateAsync();
        var found = new Dictionary<string, long>();
        var world = need.World;
        string[] dashboards =
        [
            "/understand", "/understand/heard", "/understand/indicators", "/use/decisions", "/use/decisions/extracts", "/act", "/act/you-said-we-did", "/act/answers",
            .. Purposes.AskedInGeneral.Select(p => $"/understand/permissions?purpose={p}"),
            .. new[] { "N01", "N13", "N35", "V01", "V02", "V03", "V05", "C03" }.SelectMany(k => NeedDimension.Fixed.Select(d => $"/understand/indicators/{k}?by={d.Key}")),
        ];
        foreach (var (person, addresses) in new (AppUser?, string[])[]
        {
            (world.DataLead, dashboards),
            (world.Researcher, ["/act", "/act/you-said-we-did", "/use/projects", $"/use/projects/{project.Id}", $"/use/projects/{day.Id}/request"]),
            // The register's front page lists councils and counts nobody.
            (null, [$"/research/{world.Authority.Code}"]),
        })
        {
            using var client = site.ClientFor(person);
            foreach (var address in addresses) Read(await client.PageAsync(address), $"{person?.Role} {address.Replace($"{day.Id}", "any", StringComparison.Ordinal)}", found);
        }

        Read(await EditionAsync(world), "pack", found);
        return found;
    }

    /// <summary>An edition of a new pack, made of the figures as they are now.</summary>
    private async Task<IHtmlDocument> EditionAsync(World world)
    {
        var lead = World.ActorOf(world.DataLead);
        Guid? pack = null;
        using (var scope = site.As(lead))
        {
            foreach (var view in new NeedView[] { new("N01", null, null, null), new("N35", null, "sex", null), new("V05", null, null, "sex-F") })
            {
                var input = new AddPackView { Id = Guid.CreateVersion7(), Title = view.Indicator, Pack = pack?.ToString() ?? AddPackView.NewPack, PackTitle = "Need" };
                Assert.True((await scope.Get<PackService>().AddViewAsync(view, input, lead, Cancel))!.IsDone);
                pack ??= await scope.Db.PackViews.Where(v => v.Id == input.Id).Select(v => v.PackId).SingleAsync(Cancel);
                scope.Db.ChangeTracker.Clear();
            }
        }

        var edition = await PackTests.MakeAsync(site, world, pack!.Value);
        using var client = site.ClientFor(world.DataLead);
        return await client.PageAsync($"/understand/packs/editions/{edition.Id}");
    }

    private static void Read(IHtmlDocument page, string where, Dictionary<string, long> found)
    {
        var main = page.QuerySelector("main") ?? throw new InvalidOperationException($"{where} has no page.");
        // Words of children are no figures, and which of them stand there may change.
        foreach (var quote in main.QuerySelectorAll(".words, script").ToList()) quote.Remove();
        foreach (var element in main.QuerySelectorAll("td, p, li, dd, span, caption, text, .stat__figure, .govuk-inset-text").Where(e => e.QuerySelector("td, p, li, dd") is null))
        {
            var text = element.TextContent;
            var row = element.Closest("tr")?.QuerySelector("th")?.TextContent.Trim();
            var table = element.Closest("table")?.QuerySelector("caption")?.TextContent.Trim();
            var key = $"{where} | {table} | {row} | {(element is IHtmlTableCellElement cell ? cell.Index().ToString(CultureInfo.InvariantCulture) : Spaces().Replace(AnyDigits().Replace(text, "#"), " ").Trim())}";
            foreach (var (number, i) in Number().Matches(text).Select((m, i) => (long.Parse(m.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), i)))
            {
                var name = $"{key} | {i}";
                for (var n = 2; !found.TryAdd(name, number); n++) name = $"{key} | {i} again {n}";
            }
        }
    }

    /// <summary>Whole numbers; no shares, averages or times of day.</summary>
    [GeneratedRegex(@"(?<![\d.,:])\d[\d,]*(?![\d.,:]*[\d%])")]
    private static partial Regex Number();

    /// <summary>What may be another minute, share or average, and is no part of where a number stands.</summary>
    [GeneratedRegex(@"\d[\d.,:]*")]
    private static partial Regex AnyDigits();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
