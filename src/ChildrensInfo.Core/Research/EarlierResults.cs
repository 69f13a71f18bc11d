using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Files;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>What results tell beside something that was released before.</summary>
public enum EarlierRisk
{
    /// <summary>The children counted here and those counted there differ by a few: one came, one group was left off, or one count is all but a few of the other.</summary>
    FewApart,

    /// <summary>It is shown here and hidden there, where it may protect another.</summary>
    HiddenBefore,

    /// <summary>It is hidden here and shown there, so that it protects nothing.</summary>
    ShownBefore,
}

/// <param name="Title">Of the results, or the project that an extract was made for.</param>
/// <param name="Form">What kind of extract it is; null when it is results.</param>
public sealed record EarlierRelease(Guid Id, ExtractForm? Form, string Title, string Project, DateTime ReleasedAt);

/// <param name="Row">As of an <see cref="OutputCount"/>.</param>
/// <param name="IsSum">Whether it is of what several cells add up to.</param>
/// <param name="Beside">Which of the releases it is found beside.</param>
public sealed record EarlierFinding(int Row, int Column, bool IsSum, EarlierRisk Risk, EarlierRelease Beside);

/// <param name="Compared">How many releases could be set beside the results.</param>
/// <param name="NotCompared">How many could not: pictures, texts, and tables of which nothing is left.</param>
public sealed record EarlierComparison(int Compared, int NotCompared, IReadOnlyList<EarlierFinding> Findings);

/// <summary>
/// Sets a table of results beside everything that was released before, of its own project and of others: results, tables, and files of rows, which are counted by what the
/// results count by. Counts are known by their labels, whatever the shape of the table they stand in.
/// </summary>
/// <remarks>It finds what two releases tell together, not what only three do; and it takes labels at their word. So it never says that a table is safe.</remarks>
public sealed class EarlierResults(AppDbContext db, ReleasedCounts released)
{
    /// <summary>How far a figure of a released table may be from what it was rounded from.</summary>
    private const int Rounded = 2;

    /// <summary>More labels than a count of people has.</summary>
    private const int MostLabels = 6;

    /// <param name="output">Its own release, and those after it was decided on, are left aside.</param>
    public async Task<EarlierComparison> CompareAsync(ResearchOutput output, IReadOnlyList<string[]> table, DateTime now, CancellationToken cancel)
    {
        var until = output.DecidedAt ?? now;
        var labels = new Labels(new VariableCatalogue(DateOnly.FromDateTime(now)));
        var counts = new Counts(OutputCheck.CountsOf(table, labels.IsVariable), labels, null, 0);
        var (findings, compared, notCompared) = (new List<EarlierFinding>(), 0, 0);

        var results = await db.ResearchOutputs.AsNoTracking().Where(o => o.State == OutputState.Released && o.Id != output.Id && o.DecidedAt < until).OrderBy(o => o.DecidedAt)
            .Select(o => new { o.Id, o.Title, Project = o.Project!.Title, o.Kind, o.FileId, o.DecidedAt }).ToListAsync(cancel);
        // Results are counts, and of words there are none.
        var extracts = await db.Extracts.AsNoTracking().Where(e => e.ReleasedAt != null && e.ReleasedAt < until && e.Form != ExtractForm.Words).OrderBy(e => e.ReleasedAt)
            .Select(e => new { e.Id, e.Form, Project = e.Project!.Title, e.FileId, e.ReportJson, e.ReleasedAt, e.Variables, e.OnlyKey, e.OnlyCode }).ToListAsync(cancel);
        Guid[] ids = [.. results.Select(r => r.FileId), .. extracts.Select(e => e.FileId).OfType<Guid>()];
        var stored = await db.Files.AsNoTracking().Where(f => ids.Contains(f.Id) && (f.Kind == FileKind.Output || f.Kind == FileKind.Extract) && f.CompletedAt != null).ToDictionaryAsync(f => f.Id, cancel);
        foreach (var one in results)
        {
            if (one.Kind != OutputKind.Table)
            {
                notCompared++;
                continue;
            }

            var earlier = new Counts(await released.OfResultsAsync(stored[one.FileId], labels.IsVariable, cancel), labels, null, 0);
            Note(counts.Beside(earlier), new EarlierRelease(one.Id, null, one.Title, one.Project, one.DecidedAt!.Value));
        }

        foreach (var one in extracts)
        {
            var release = new EarlierRelease(one.Id, one.Form, one.Project, one.Project, one.ReleasedAt!.Value);
            if (one.Form == ExtractForm.Table)
            {
                if (one.FileId is not { } fileId)
                {
                    notCompared++;
                    continue;
                }

                Note(counts.Beside(new Counts(await released.OfTableAsync(stored[fileId], one.Variables.Count, labels.IsVariable, cancel), labels, one.OnlyKey is null ? null : $"{one.OnlyKey}={one.OnlyCode}", Rounded)), release);
                continue;
            }

            // Of rows that are destroyed it is still known how many there were.
            var file = one.FileId is { } id ? await released.OfRowsAsync(stored[id], cancel) : new RowCounts([], [], ExtractReport.Read(one.ReportJson)!.Rows);
            Note(counts.Beside(file), release);
        }

        return new EarlierComparison(compared, notCompared, findings);

        void Note(IEnumerable<(OutputCount Here, EarlierRisk Risk)> found, EarlierRelease release)
        {
            compared++;
            findings.AddRange(found.Select(f => new EarlierFinding(f.Here.Row, f.Here.Column, f.Here.IsSum, f.Risk, release)).Distinct());
        }
    }

    private static bool IsFew(long apart) => apart is >= 1 and < EarlierReleases.Apart;

    /// <summary>One name for what people write in several ways: a code of the register or its label, in capitals or not.</summary>
    private sealed class Labels
    {
        private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Variable, string Text), string> codes = [];
        private readonly Dictionary<string, string?> anywhere = new(StringComparer.Ordinal);

        public Labels(VariableCatalogue catalogue)
        {
            foreach (var variable in catalogue.All)
            {
                variables[Plain(variable.Key)] = variable.Key;
                variables[Plain(variable.Title)] = variable.Key;
                foreach (var code in variable.Levels.SelectMany(l => l.Codes))
                {
                    foreach (var text in new[] { Plain(code.Value), Plain(code.Label) })
                    {
                        codes[(variable.Key, text)] = $"{variable.Key}={code.Value}";
                        // What two variables have in common says nothing without its heading.
                        anywhere[text] = anywhere.TryGetValue(text, out var other) && other != $"{variable.Key}={code.Value}" ? null : $"{variable.Key}={code.Value}";
                    }
                }
            }
        }

        public bool IsVariable(string heading) => variables.ContainsKey(Plain(heading));

        public string Of((string Heading, string Label) label)
        {
            var text = Plain(label.Label);
            return variables.TryGetValue(Plain(label.Heading), out var variable) && codes.TryGetValue((variable, text), out var code) ? code : anywhere.GetValueOrDefault(text) ?? text;
        }

        private static string Plain(string text) => string.Join(' ', text.Split([' ', '_', '\t', '\u00A0'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
    }

    /// <summary>What is counted, as the names of its labels in one order.</summary>
    private static string KeyOf(IEnumerable<string> labels) => string.Join('\u001f', labels.Distinct().Order(StringComparer.Ordinal));

    private static string[] LabelsOf(string key) => key.Length == 0 ? [] : key.Split('\u001f');

    /// <summary>The counts of one table by what they count. What it counts twice is left aside: nobody can say which is meant.</summary>
    /// <param name="only">A label that all of its children have.</param>
    /// <param name="rounded">How far each may be from what it was rounded from.</param>
    private sealed class Counts(IReadOnlyList<OutputCount> counts, Labels labels, string? only, int rounded)
    {
        private readonly int rounded = rounded;
        private readonly Dictionary<string, OutputCount> byKey = counts.GroupBy(c => KeyOf(c.Labels.Select(labels.Of).Concat(only is null ? [] : [only])))
            .Where(g => g.Select(c => c.Count).Distinct().Count() == 1).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

        public IEnumerable<(OutputCount Here, EarlierRisk Risk)> Beside(Counts earlier)
        {
            foreach (var (key, here) in byKey)
            {
                if (earlier.byKey.TryGetValue(key, out var there))
                {
                    if (here.Count is null && there.Count is not null) yield return (here, EarlierRisk.ShownBefore);
                    if (here.Count is not null && there.Count is null) yield return (here, EarlierRisk.HiddenBefore);
                    if (IsFew(Math.Abs(here.Count - there.Count ?? 0) - earlier.rounded)) yield return (here, EarlierRisk.FewApart);
                }

                // All but a few of a group that was counted before.
                if (Wider(key).Any(wider => earlier.byKey.TryGetValue(wider, out var whole) && IsFew((whole.Count - here.Count ?? 0) - earlier.rounded))) yield return (here, EarlierRisk.FewApart);
            }

            foreach (var (key, there) in earlier.byKey)
            {
                foreach (var wider in Wider(key))
                {
                    if (byKey.TryGetValue(wider, out var here) && IsFew((here.Count - there.Count ?? 0) - earlier.rounded)) yield return (here, EarlierRisk.FewApart);
                }
            }
        }

        public IEnumerable<(OutputCount Here, EarlierRisk Risk)> Beside(RowCounts earlier) =>
            byKey.Where(c => earlier.Of(LabelsOf(c.Key), KeyOf) is { } there && IsFew(Math.Abs(c.Value.Count - there ?? 0))).Select(c => (c.Value, EarlierRisk.FewApart));

        private static IEnumerable<string> Wider(string key)
        {
            var parts = LabelsOf(key);
            if (parts.Length > MostLabels) yield break;
            for (var some = 0; some < (1 << parts.Length) - 1; some++) yield return KeyOf(parts.Where((_, i) => (some & (1 << i)) != 0));
        }
    }
}
