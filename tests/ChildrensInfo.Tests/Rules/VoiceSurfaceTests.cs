using System.Text.RegularExpressions;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>
/// Nothing a child said reaches anybody past the decision. Words, interpretations, transcripts and media are sealed under the child's key, so whoever opens
/// them holds a <c>KeyRing</c> or a <c>FileStore</c>. Every such file is in voice-surfaces.txt with the surfaces it is and the decision it asks for, and
/// holds the call it names. A new one fails here until somebody says which decision lets it.
/// </summary>
public partial class VoiceSurfaceTests(TestSite site)
{
    private const string Core = "src/ChildrensInfo.Core/";

    /// <summary>What a line may name, and what must then stand in the file.</summary>
    private static readonly Dictionary<string, Regex> Decisions = new()
    {
        // Asked for that purpose, now, in this file.
        ["decide"] = new(@"\b(Decide(Now|Many|Everybody|All|AllNow)?Async|population\.DecideAsync)\("),
        // What the decision says of a recording or picture.
        ["hold"] = new(@"\bVoiceHolds\.Of\("),
        // Keeping what a child says is the council's duty, told and not asked (KEEP_RECORD): who may read it is a matter of access and of do-not-tell. What is said of one record begins with one that ReadableBy lets.
        ["keep-record"] = new(@"\b(ReadableBy|FreeOfRules|StandingAsync|db\.Children|db\.VoiceRecords|SayOfRecord<\w+>)"),
        // What the law gives whoever asks for what is held (UK GDPR article 15) rests on no permission: one person looks through it and another releases it.
        ["right"] = new(@"\b(Capability\.AnswerRights|AccessState\.Building)\b"),
        // Invented words of invented children, never outside development.
        ["demo"] = new(@"\bclass Demo"),
        // Opens no word, interpretation, transcript or recording of a child: it seals only, or what it opens is something else.
        ["none"] = new(@""),
    };

    private static IReadOnlyList<(string Path, string[] Surfaces, string[] Decisions)> Listed { get; } =
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Rules/voice-surfaces.txt")).Where(l => l.Length > 0 && !l.StartsWith('#'))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries)).Select(c => (c[0], c[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), c[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    private static IEnumerable<(string Path, string Text)> Sources() =>
        new[] { "*.cs", "*.cshtml" }.SelectMany(pattern => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), pattern, SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/Migrations/", StringComparison.Ordinal) && !f.StartsWith($"{Core}Keys/", StringComparison.Ordinal))
            .Select(f => (f, File.ReadAllText(Path.Combine(Repository.Root, f))));

    [Fact]
    public void Every_place_that_can_open_what_a_child_said_names_the_decision_that_lets_it() =>
        Assert.Equal(Sources().Where(f => CanOpen().IsMatch(f.Text)).Select(f => f.Path).Order(), Listed.Select(l => l.Path).Order());

    [Fact]
    public void Each_of_them_asks_for_the_decision_it_names()
    {
        var texts = Sources().ToDictionary(f => f.Path, f => f.Text);
        foreach (var (path, surfaces, decisions) in Listed)
        {
            Assert.True(decisions.Length > 0 && surfaces.Length > 0, path);
            foreach (var decision in decisions) Assert.True(Decisions[decision].IsMatch(texts[path]), $"{path} names {decision} and does not ask for it");
            // What opens words cannot say that it opens none.
            if (decisions.Contains("none")) Assert.False(OpensVoice().IsMatch(texts[path]), $"{path} opens what a child said");
            Assert.Equal(decisions.Contains("none"), surfaces is ["-"]);
            // To read a record is one thing; whatever leaves the team who works with the child asks for a purpose of its own.
            if (surfaces.Any(s => s is not ("-" or nameof(VoiceSurface.Page) or nameof(VoiceSurface.Search)))) Assert.True(decisions.Any(d => d is "decide" or "hold" or "right"), path);
        }
    }

    [Fact]
    public void Every_surface_is_accounted_for()
    {
        var there = Listed.SelectMany(l => l.Surfaces).Where(s => s != "-").Select(Enum.Parse<VoiceSurface>).ToHashSet();
        // What does not exist asks nobody. It is built when a place that opens voice names it.
        Assert.Equal([VoiceSurface.Network, VoiceSurface.CommandLine], Enum.GetValues<VoiceSurface>().Except(there));
        Assert.DoesNotContain(Sources(), f => f.Path.StartsWith("src/ChildrensInfo.Cli/", StringComparison.Ordinal) && CanOpen().IsMatch(f.Text));
    }

    /// <summary>When it becomes known late who could not decide, the uses since are listed, and who opened what the child said is read from the audit log by page.</summary>
    [Fact]
    public void Each_page_that_shows_what_a_child_said_is_among_the_uses_that_are_listed()
    {
        // These are in the audit log by a name of their own, only write, or ask of those services nothing that was said.
        string[] otherwise = ["/Hear/Booklet", "/Hear/Copy/Check", "/Hear/Copy/Read", "/Hear/Kept/Breach", "/Hear/Records/New", "/Hear/Visits/New"];
        const string pages = "src/ChildrensInfo.Web/Pages";
        var onPages = Listed.Where(l => l.Surfaces.Contains(nameof(VoiceSurface.Page)) || l.Path.EndsWith("VoiceCopyService.cs", StringComparison.Ordinal)).Select(l => l.Path).ToList();
        var opens = new Regex($@"\b({string.Join('|', onPages.Where(p => !p.EndsWith(".cshtml.cs", StringComparison.Ordinal)).Select(p => Path.GetFileNameWithoutExtension(p)))})\b");
        var found = Sources().Where(f => f.Path.StartsWith(pages, StringComparison.Ordinal) && f.Path.EndsWith(".cshtml.cs", StringComparison.Ordinal) && (onPages.Contains(f.Path) || opens.IsMatch(f.Text)))
            .Select(f => f.Path[..^".cs".Length]).Where(page => File.ReadLines(Path.Combine(Repository.Root, page)).First().Contains("{childId", StringComparison.Ordinal))
            .Select(page => page[pages.Length..^".cshtml".Length]);
        Assert.Equal(found.Order(StringComparer.Ordinal), ConsentService.PagesWithWords.Concat(otherwise).Order(StringComparer.Ordinal)!);
    }

    [Fact]
    public void What_a_child_said_stands_behind_the_lock_of_restrictions_wherever_it_is_read()
    {
        using var scope = site.As(null);
        foreach (var entity in new[] { typeof(VoiceRecord), typeof(VoiceWords), typeof(Interpretation), typeof(Transcript), typeof(Ask) })
        {
            Assert.Contains(AppDbContext.RestrictionLock, scope.Db.Model.FindEntityType(entity)!.GetDeclaredQueryFilters().Select(f => f.Key));
        }

        // Who passes it, and opens no word by it but what the law gives whoever asks for what is held, or seals anew what is moved to the child whose it is; or reads which version follows which, ids alone, where the newer was destroyed. A new one is added here by somebody who has thought about it.
        Assert.Equal(
            [
                $"{Core}Children/DoNotTellService.cs", $"{Core}Rights/DisposalService.cs", $"{Core}Rights/DutyService.cs", $"{Core}Rights/HeldRecords.cs", $"{Core}Rights/RectificationService.cs", $"{Core}Rights/Restriction.cs", $"{Core}Voice/CoverageService.cs",
                $"{Core}Voice/UnsealedMedia.cs", $"{Core}Voice/WrongChildService.cs",
            ],
            Sources().Where(f => f.Path != $"{Core}Data/AppDbContext.cs" && f.Text.Contains("IgnoreQueryFilters", StringComparison.Ordinal)).Select(f => f.Path).Order());
    }

    [Fact]
    public void A_restricted_record_is_denied_to_every_purpose_on_every_surface()
    {
        var now = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var purpose in Enum.GetValues<Purpose>())
        {
            foreach (var type in new[] { ConsentEventType.Given, ConsentEventType.Told })
            {
                var before = ConsentRules.Decide(purpose, [new ConsentFact(Guid.NewGuid(), type, ConsentScope.Purpose, null, DecidedBy.ChildForSelf, null, ChildPosition.DecidedThemselves, new DateOnly(2027, 1, 1), now.AddDays(-1), null)], new ConsentFacts(new DateOnly(2010, 1, 1)), null, now);
                var restricted = before.Restricted;
                Assert.False(restricted.Allowed, $"{purpose}");
                Assert.Equal((CaptureEffect.Off, ViewEffect.Quarantined, ShareEffect.No), (restricted.Effects.Capture, restricted.Effects.View, restricted.Effects.Share));
                Assert.DoesNotContain(restricted.Effects.Dashboard, new[] { DashboardEffect.Counted, DashboardEffect.Quoted });
                Assert.NotNull(restricted.Effects.ExtractCode);
            }
        }
    }

    [GeneratedRegex(@"\b(KeyRing|FileStore)\s+\w+|<(KeyRing|FileStore)>\(\)(?<!AddScoped<\w+>\(\))|\bSeal\.Open\(")]
    private static partial Regex CanOpen();

    [GeneratedRegex(@"OpenAsync\([^;]*SealPart\.(Words|Interpretation|Transcript|Alternative|BasedOn)\b|\bSaidInAsync\(")]
    private static partial Regex OpensVoice();
}
