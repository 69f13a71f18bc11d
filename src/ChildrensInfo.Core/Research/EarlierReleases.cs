using System.Security.Cryptography;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>A table that cannot stand beside those released before, and the nearest to it that can; null when none can.</summary>
public sealed class TableRefusedException(string message, TableOffer? offer) : DifferencingRefusedException(message)
{
    public TableOffer? Offer { get; } = offer;
}

/// <summary>A file of rows that was released: of which group of children it is (<see cref="ResearchPopulation.GroupOf"/>), how coarse each of its columns is that describes a child, and how many rows are alike in it.</summary>
public sealed record EarlierRows(string Group, IReadOnlyDictionary<string, int> Levels, int K);

/// <summary>A file of rows as it would be.</summary>
public sealed record NewRows(string Group, IReadOnlyList<ExtractColumn> Columns, int K);

/// <summary>A table that was released: the variables it counts by, the one of its choice of whom to count among them, and the one whose mean it gives.</summary>
public sealed record EarlierTable(IReadOnlyList<string> Scope, string? Measure);

/// <summary>
/// What left the council before, so that files laid side by side tell no more than each alone: they differ by nobody or by many, what they tell of those who are in both differs of nobody or of many,
/// all files of rows together part nobody from others who look alike in them (<see cref="NotAlike"/>), and the same person never holds the same children in more detail than one file gave. Rows and tables are held
/// against each other, and words against words. Of the same children there are, whoever asked for them, only tables that hide the same together as each alone (<see cref="WhyNotBeside"/>).
/// </summary>
public sealed class EarlierReleases
{
    /// <summary>Two files differ by no child, or by at least this many who came, this many who went and this many of whom they tell something else.</summary>
    public const int Apart = 10;

    /// <summary>What stands for what a file told that was released before that was kept.</summary>
    private const string NotKept = "?";

    private readonly AppDbContext db;
    private readonly IReadOnlyList<Guid> releases;
    private readonly IReadOnlyList<IReadOnlyDictionary<string, int>> levels;
    private readonly IReadOnlyDictionary<Guid, EarlierTable> tables;
    private readonly IReadOnlyDictionary<Guid, EarlierRows> rows;
    private readonly VariableCatalogue catalogue;
    private readonly Told told;

    private EarlierReleases(
        AppDbContext db, IReadOnlyList<Guid> releases, IReadOnlyList<IReadOnlyDictionary<string, int>> levels, IReadOnlyDictionary<Guid, EarlierTable> tables, IReadOnlyDictionary<Guid, EarlierRows> rows, VariableCatalogue catalogue) =>
        (this.db, this.releases, this.levels, this.tables, this.rows, this.catalogue, told) = (db, releases, levels, tables, rows, catalogue, new Told(catalogue));

    /// <summary>Finds every release of the authority that a file of a form can be laid beside, and the detail of those that the person who asks still holds.</summary>
    public static async Task<EarlierReleases> ReadAsync(AppDbContext db, ExtractForm form, Guid personId, Guid? except, VariableCatalogue catalogue, CancellationToken cancel)
    {
        // Nothing leads from a piece to a row: of words only other words show who is missing.
        var ofWords = form == ExtractForm.Words;
        var released = await db.Extracts.AsNoTracking().Where(e => e.ReleasedAt != null && e.Id != except && (e.Form == ExtractForm.Words) == ofWords).OrderBy(e => e.ReleasedAt).ThenBy(e => e.Id)
            .Select(e => new { e.Id, e.State, e.RequestedById, e.ReportJson, e.Form, e.Variables, e.OnlyKey, e.Measure, e.Population, e.Period }).ToListAsync(cancel);
        var rows = released.Where(e => e.Form == ExtractForm.Rows).Select(e => (e.Id, Group: ResearchPopulation.GroupOf(e.Population, e.Period), Report: ExtractReport.Read(e.ReportJson)!))
            .ToDictionary(e => e.Id, e => new EarlierRows(e.Group, e.Report.Columns.Where(c => c.Role == nameof(VariableRole.QuasiIdentifier)).ToDictionary(c => c.Key, c => c.Level), e.Report.K));
        var held = released.Where(e => e.Form == ExtractForm.Rows && e.State == ExtractState.Ready && e.RequestedById == personId).Select(e => rows[e.Id].Levels);
        // A table is told of and published: of one that is destroyed, what it said is still known.
        var tables = released.Where(e => e.Form == ExtractForm.Table).ToDictionary(e => e.Id, e => new EarlierTable(e.OnlyKey is null ? e.Variables : [.. e.Variables, e.OnlyKey], e.Measure));
        return new EarlierReleases(db, [.. released.Select(e => e.Id)], [.. held], tables, rows, catalogue);
    }

    /// <summary>The least coarse level a variable may have beside the files the person still holds.</summary>
    /// <returns>Null when one of them does not have the variable: with it, rows could be told apart that look alike in either.</returns>
    public int? FloorOf(string variable) => levels.Any(l => !l.ContainsKey(variable)) ? null : levels.Select(l => l[variable]).DefaultIfEmpty().Max();

    /// <summary>
    /// Whom to leave out of a file with these children, so that no earlier one differs from it by a few: those few who came since, those few of whom it would tell something else, or
    /// some who are in both, drawn by lot, beside the few who went; and then whoever all together would leave by themselves or part from those who look like them.
    /// </summary>
    /// <param name="lines">By child, what the file tells (<see cref="Told"/>).</param>
    /// <param name="asRows">When it is a file of rows.</param>
    /// <returns>Nobody when the file can stand beside all of them.</returns>
    public async Task<IReadOnlyCollection<Guid>> ToHoldBackAsync(IEnumerable<Guid> kept, IEnumerable<string> lines, NewRows? asRows, CancellationToken cancel)
    {
        var (now, tells) = (kept.ToArray(), lines.ToArray());
        Array.Sort(now, tells);
        foreach (var before in releases)
        {
            var (came, went, changed) = await ApartAsync(now, tells, before, cancel);
            if (came.Count is > 0 and < Apart) return came;
            if (changed.Count is > 0 and < Apart) return changed;
            if (went is > 0 and < Apart) return await DrawAsync(now, before, asRows, Apart - went, cancel);
        }

        var asksAlike = asRows is not null && rows.Count > 0;
        if (releases.Count < 2 && !asksAlike) return [];
        var (partOf, parts) = await PartsAsync(now, asksAlike, cancel);
        if (releases.Count > 1 && LeftByAll(now, partOf, parts) is { Count: > 0 } left) return left;
        return asksAlike ? NotAlike(now, tells, partOf, parts, asRows!) : [];
    }

    /// <summary>Some who are in both, by lot. Of rows those go first who look like somebody who went, so that those who went are not parted from others.</summary>
    private async Task<IReadOnlyCollection<Guid>> DrawAsync(Guid[] now, Guid before, NewRows? asRows, int some, CancellationToken cancel)
    {
        var shared = asRows is not null && rows.TryGetValue(before, out var other) ? new SharedDetail(other, asRows) : null;
        var (went, both) = (new HashSet<string>(), new List<(Guid Id, string Alike)>());
        await foreach (var child in db.ExtractChildren.AsNoTracking().Where(c => c.ExtractId == before).Select(c => new { c.ChildId, c.Told }).AsAsyncEnumerable().WithCancellation(cancel))
        {
            var alike = shared is null || child.Told is null ? "" : shared.ClassOf(child.Told, isMine: false);
            if (Array.BinarySearch(now, child.ChildId) >= 0) both.Add((child.ChildId, alike));
            else went.Add(alike);
        }

        var drawn = both.ToArray();
        RandomNumberGenerator.Shuffle<(Guid Id, string Alike)>(drawn);
        return [.. drawn.OrderByDescending(b => went.Contains(b.Alike)).Take(some).Select(b => b.Id)];
    }

    /// <summary>
    /// Whom all files of rows together would part from others. The worst that somebody can know is every file, who is in which, and all that describes each child; what they lack is what nobody should
    /// learn. Two children who are in the same files, and alike in each in what it and the new one both tell, could change places without a byte of those being another: so nobody is told from the others of
    /// such a group, however many files there are and however rows are added up or taken from each other. A new file parts groups, by who is in it and by what it tells. Each part must be as many as
    /// the files ask for, with two values of what nobody should learn, whether they came, went, changed or stayed.
    /// </summary>
    /// <returns>Those who would be too few; and where those who are not in it would be, some who look like them.</returns>
    private List<Guid> NotAlike(Guid[] now, string[] tells, Dictionary<Guid, int> partOf, List<Part> parts, NewRows mine)
    {
        var beside = Enumerable.Range(0, releases.Count).Where(r => rows.ContainsKey(releases[r])).Select(r => (At: r, Before: rows[releases[r]], Shared: new SharedDetail(rows[releases[r]], mine))).ToList();
        if (beside.Exists(b => b.Before.Group != mine.Group && parts.Exists(p => p.Children > 0 && p.Lines[b.At] is NotKept)))
        {
            throw new DifferencingRefusedException("A file of another group of children was released before it was kept what each file tells, so the two cannot be compared. Ask for the group that was released before.");
        }

        var k = beside.Max(b => Math.Max(b.Before.K, mine.K));
        // By what all earlier files tell of them: those who are not in the new one, and those who are, by what it tells.
        var groups = new Dictionary<string, (Dictionary<int, int> Out, Dictionary<string, List<int>> In)>();
        var earlier = parts.ConvertAll(p => string.Join('|', beside.Select(b => p.Lines[b.At] switch { null => "-", NotKept => NotKept, var line => b.Shared.ClassOf(line, isMine: false) })));
        var nowhere = string.Join('|', beside.Select(_ => "-"));
        for (var part = 1; part < parts.Count; part++)
        {
            if (parts[part].Children > 0 && parts[part].Lines[^1] is null && earlier[part] != nowhere) GroupOf(part).Out.Add(part, parts[part].Children);
        }

        var classes = new Dictionary<string, string>();
        for (var i = 0; i < now.Length; i++)
        {
            var line = tells[i];
            if (!classes.TryGetValue(line, out var alike)) classes[line] = alike = string.Join('|', beside.Select(b => b.Shared.ClassOf(line, isMine: true)));
            var group = GroupOf(partOf[now[i]]).In;
            if (!group.TryGetValue(alike, out var some)) group[alike] = some = [];
            some.Add(i);
        }

        var held = new List<Guid>();
        foreach (var (of, (gone, group)) in groups)
        {
            // Nobody is parted when all who were together are together still, or are all gone.
            while (group.Count > 1 || (group.Count == 1 && (of == nowhere || gone.Count > 0)))
            {
                var few = group.Where(g => !AreAlike(g.Value.Select(i => (partOf[now[i]], (string?)tells[i])), g.Value.Count)).ToList();
                foreach (var (alike, some) in few)
                {
                    Leave(some, some.Count);
                    group.Remove(alike);
                }

                if (few.Count > 0) continue;
                var went = gone.Values.Sum();
                if (of == nowhere || went == 0 || AreAlike(gone.Keys.Select(part => (part, (string?)null)), went)) break;
                Leave(group.Values.MaxBy(g => g.Count)!, Math.Max(k - went, 1));
            }

            void Leave(List<int> some, int count)
            {
                for (; count > 0 && some.Count > 0; count--)
                {
                    var drawn = RandomNumberGenerator.GetInt32(some.Count);
                    var (child, part) = (now[some[drawn]], partOf[now[some[drawn]]]);
                    some[drawn] = some[^1];
                    some.RemoveAt(some.Count - 1);
                    held.Add(child);
                    gone[part] = gone.GetValueOrDefault(part) + 1;
                }
            }
        }

        return held;

        (Dictionary<int, int> Out, Dictionary<string, List<int>> In) GroupOf(int part)
        {
            if (!groups.TryGetValue(earlier[part], out var group)) groups[earlier[part]] = group = ([], []);
            return group;
        }

        // As many as are asked for, and in every file they are in with two values of each column that nobody should learn of them.
        bool AreAlike(IEnumerable<(int Part, string? Line)> some, int count) => count >= k && some.Distinct()
            .SelectMany(s => beside.Select(b => (b.At, Line: parts[s.Part].Lines[b.At])).Append((At: releases.Count, s.Line)))
            .Where(s => s.Line is not (null or NotKept)).Distinct().SelectMany(s => SensitiveIn(s.Line!).Select(v => (s.At, v.Key, v.Value)))
            .GroupBy(s => (s.At, s.Key)).All(g => g.Select(s => s.Value).Distinct().Count() >= ClassRules.LowestL);
    }

    private IEnumerable<(string Key, string Value)> SensitiveIn(string line) =>
        line.Split(' ').Select(p => p.Split('=', 2)).Where(p => catalogue.Find(p[0])?.Role == VariableRole.Sensitive).Select(p => (p[0], p[1]));

    /// <summary>What two files of rows both tell of a child, at the coarser of the two details.</summary>
    private sealed class SharedDetail(EarlierRows other, NewRows mine)
    {
        // A level of a variable is coarser the higher it is.
        private readonly List<(Variable Variable, int Mine, int Other)> shared =
            [.. mine.Columns.Where(c => other.Levels.ContainsKey(c.Variable.Key)).Select(c => (c.Variable, c.LevelUsed, other.Levels[c.Variable.Key]))];

        // There are few lines, however many children have each.
        private readonly Dictionary<(string Line, bool IsMine), string> classes = [];

        public string ClassOf(string line, bool isMine)
        {
            if (classes.TryGetValue((line, isMine), out var alike)) return alike;
            var codes = line.Split(' ').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
            return classes[(line, isMine)] = string.Join(' ', shared.Select(s =>
            {
                var code = codes[s.Variable.Key];
                // A code that has since left the register, such as a year long past, stands for itself.
                var leaf = s.Variable.Levels[isMine ? s.Mine : s.Other].FromFinest.FirstOrDefault(f => f.Value == code).Key;
                return leaf is null ? code : s.Variable.Levels[Math.Max(s.Mine, s.Other)].FromFinest[leaf];
            }));
        }
    }

    /// <summary>Children of whom all releases and the new file tell the same.</summary>
    /// <param name="lines">By release, and at the end for the new file, what it tells: null when they are not in it, and nothing when no more is asked than who is in it.</param>
    private sealed class Part(string?[] lines)
    {
        public string?[] Lines => lines;

        public int Children { get; set; }
    }

    /// <summary>Parts all children who are in any release or in the new file. It asks for more memory than the rest: some 40 bytes of each.</summary>
    /// <param name="withLines">Whether by what rows tell of them, and not by who is in them alone.</param>
    private async Task<(Dictionary<Guid, int> PartOf, List<Part> Parts)> PartsAsync(Guid[] now, bool withLines, CancellationToken cancel)
    {
        // Everybody begins in the part of those who are in nothing; each release parts off those who are in it.
        var (partOf, parts) = (new Dictionary<Guid, int>(now.Length), new List<Part> { new(new string?[releases.Count + 1]) });
        for (var r = 0; r <= releases.Count; r++)
        {
            var moves = new Dictionary<(int From, string Line), int>();
            if (r == releases.Count) foreach (var id in now) Move(id, "", r, moves);
            else
            {
                var reads = withLines && rows.ContainsKey(releases[r]);
                await foreach (var child in db.ExtractChildren.AsNoTracking().Where(c => c.ExtractId == releases[r]).Select(c => new { c.ChildId, c.Told }).AsAsyncEnumerable().WithCancellation(cancel))
                {
                    Move(child.ChildId, reads ? child.Told ?? NotKept : "", r, moves);
                }
            }
        }

        return (partOf, parts);

        void Move(Guid id, string line, int release, Dictionary<(int From, string Line), int> moves)
        {
            var from = partOf.GetValueOrDefault(id);
            if (!moves.TryGetValue((from, line), out var to))
            {
                moves[(from, line)] = to = parts.Count;
                string?[] lines = [.. parts[from].Lines];
                lines[release] = line;
                parts.Add(new Part(lines));
            }

            if (from > 0) parts[from].Children--;
            parts[to].Children++;
            partOf[id] = to;
        }
    }

    /// <summary>Those few whom all releases together would leave by themselves, though no two of them do (<see cref="GroupEquations"/>).</summary>
    /// <exception cref="DifferencingRefusedException">They are not in what is to be released, so holding back helps nobody; or there are too many releases to say.</exception>
    private static List<Guid> LeftByAll(Guid[] now, Dictionary<Guid, int> partOf, List<Part> parts)
    {
        static string Of(Part part) => string.Concat(part.Lines.Select(l => l is null ? '0' : '1'));
        var some = parts.Skip(1).Where(p => p.Children > 0).GroupBy(Of).Select(g => (Of: g.Key, Children: g.Sum(p => p.Children))).ToList();
        var left = GroupEquations.LeftAlone([.. some.Select(p => new GroupPart([.. p.Of.Select(c => c == '1')], p.Children))], Apart)
            ?? throw new DifferencingRefusedException($"More than {GroupEquations.MostGroups} different groups of children were released before, or too many that overlap in many ways. Whether all of them together would point to a few children cannot be worked out, so nothing more of this kind is released.");
        if (left.Count == 0) return [];
        var alone = left.Select(l => some[l]).Where(p => p.Children < Apart).Select(p => p.Of).ToHashSet();
        var isAlone = parts.ConvertAll(p => alone.Contains(Of(p)));
        var few = now.Where(id => isAlone[partOf[id]]).ToList();
        return few.Count > 0 ? few : throw new DifferencingRefusedException(
            "Together with several files released before it would leave a few children by themselves, though beside each of them it would not: the numbers of one file, less those of the others, would be theirs. Ask again when more permissions have changed.");
    }

    /// <summary>How many releases stand in the way of the next one of rows or of a table: of the very same children they count as one, so it may be fewer.</summary>
    public static Task<int> CountAsync(AppDbContext db, CancellationToken cancel) => db.Extracts.CountAsync(e => e.ReleasedAt != null && e.Form != ExtractForm.Words, cancel);

    /// <summary>The tables that were released of these very children.</summary>
    public async Task<IReadOnlyList<EarlierTable>> OfTheSameAsync(IEnumerable<Guid> kept, CancellationToken cancel)
    {
        Guid[] now = [.. kept.Order()];
        var same = new List<EarlierTable>();
        foreach (var before in releases.Where(tables.ContainsKey))
        {
            if (await ApartAsync(now, null, before, cancel) is { Came.Count: 0, Went: 0 }) same.Add(tables[before]);
        }

        return same;
    }

    /// <summary>
    /// Who came since a release and of whom something else is told, each as far as they are few, and how many went. Both lists are gone through side by side in one order, so that no release
    /// stands in memory.
    /// </summary>
    private async Task<(List<Guid> Came, int Went, List<Guid> Changed)> ApartAsync(Guid[] now, string[]? tells, Guid before, CancellationToken cancel)
    {
        var (came, went, changed, at) = (new List<Guid>(), 0, new List<Guid>(), 0);
        await foreach (var child in db.ExtractChildren.AsNoTracking().Where(c => c.ExtractId == before).OrderBy(c => c.ChildId).Select(c => new { c.ChildId, c.Told }).AsAsyncEnumerable().WithCancellation(cancel))
        {
            for (; at < now.Length && now[at].CompareTo(child.ChildId) < 0; at++) Note(came, now[at]);
            if (at == now.Length || now[at] != child.ChildId)
            {
                went++;
                continue;
            }

            if (tells is not null && !told.Agree(child.Told, tells[at])) Note(changed, now[at]);
            at++;
        }

        for (; at < now.Length; at++) Note(came, now[at]);
        return (came, went, changed);

        static void Note(List<Guid> few, Guid id)
        {
            if (few.Count < Apart) few.Add(id);
        }
    }

    /// <summary>
    /// Why a table cannot be released beside those of the same children: it shares with one of them variables whose combinations are not shown in both, or all together
    /// go round in a ring. Otherwise their figures could be set off against each other, and a hidden one be worked out from two tables that each hide it.
    /// </summary>
    /// <returns>Null when it can.</returns>
    public static string? WhyNotBeside(IReadOnlyList<EarlierTable> beside, IReadOnlyCollection<string> scope, string? measure, VariableCatalogue catalogue)
    {
        if (beside.FirstOrDefault(t => !IsSame(t.Scope, scope) && !ShareOnlyParts(catalogue, t.Scope, scope)) is { Scope: { } other })
        {
            return $"A table of {Named(catalogue, other)} was released of the same children. With this one beside it, hidden numbers could be worked out. Ask for the same variables, or for a table that has no more than one of them.";
        }

        if (!HaveNoRing([.. beside.Select(t => t.Scope), scope]))
        {
            return "Tables released of the same children have pairs of these variables already, and with this one they would close a ring by which hidden numbers could be worked out. Ask for fewer of the variables.";
        }

        // Means of a group and of its parts, and their numbers, would give the mean of a part that is hidden.
        return measure is not null && beside.Any(t => t.Measure == measure && !IsSame(t.Scope, scope))
            ? "Means of the same thing were released of the same children by other variables. With these beside them, a hidden one could be worked out. Ask for counts only."
            : null;
    }

    /// <summary>
    /// The nearest table to one that cannot be released beside the others which can: without its mean, with fewer of its variables, or of all children. It follows from what
    /// the tables are of and from no number in them, so that to be offered one says nothing about any: not even that something could be shown in it.
    /// </summary>
    /// <returns>Null when there is none.</returns>
    public static TableOffer? Nearest(IReadOnlyList<EarlierTable> beside, Extract asked, VariableCatalogue catalogue)
    {
        var variables = catalogue.Choose(asked.Variables).Select(v => v.Key).ToList();
        var some = Enumerable.Range(1, (1 << variables.Count) - 1).Select(chosen => variables.Where((_, i) => (chosen & (1 << i)) != 0).ToList());
        return some.SelectMany(v => new[] { true, false }, (v, group) => (v, group)).SelectMany(o => new[] { true, false }, (o, mean) => new TableOffer { Variables = o.v, KeepsGroup = o.group, KeepsMean = mean })
            .Where(o => (asked.OnlyKey is not null || !o.KeepsGroup) && (asked.Measure is not null || !o.KeepsMean))
            // A mean is less to lose than a variable, and a variable less than whom it is about.
            .OrderBy(o => (asked.Measure is not null && !o.KeepsMean ? 1 : 0) + (2 * (variables.Count - o.Variables.Count)) + (asked.OnlyKey is not null && !o.KeepsGroup ? 3 : 0))
            .FirstOrDefault(o => WhyNotBeside(beside, o.KeepsGroup ? [.. o.Variables, asked.OnlyKey!] : o.Variables, o.KeepsMean ? asked.Measure : null, catalogue) is null);
    }

    private static bool IsSame(IReadOnlyCollection<string> one, IReadOnlyCollection<string> other) => one.Count == other.Count && one.All(other.Contains);

    private static bool ShareOnlyParts(VariableCatalogue catalogue, IReadOnlyCollection<string> one, IReadOnlyCollection<string> other)
    {
        var shared = one.Where(other.Contains).ToList();
        return shared.Count <= 1 || (IsPart(one) && IsPart(other));

        bool IsPart(IReadOnlyCollection<string> scope)
        {
            var order = ExtractTable.InOrder(catalogue.Choose(scope)).Select(v => v.Key).ToList();
            return CrossProtection.IsPart(scope.Count, [.. shared.Select(key => order.IndexOf(key))]);
        }
    }

    /// <summary>
    /// Whether the tables can be laid out as a tree in which each touches the next in what they share: a variable that is in one table only is taken away, and a table
    /// that is within another, until nothing is left.
    /// </summary>
    private static bool HaveNoRing(IEnumerable<IReadOnlyCollection<string>> scopes)
    {
        var left = scopes.Select(s => s.ToHashSet(StringComparer.Ordinal)).ToList();
        var moved = true;
        while (moved)
        {
            moved = left.RemoveAll(s => s.Count == 0) > 0;
            foreach (var scope in left) moved |= scope.RemoveWhere(key => left.Count(s => s.Contains(key)) == 1) > 0;
            for (var i = left.Count - 1; i >= 0; i--)
            {
                if (!left.Where((_, j) => j != i).Any(left[i].IsSubsetOf)) continue;
                left.RemoveAt(i);
                moved = true;
            }
        }

        return left.Count == 0;
    }

    private static string Named(VariableCatalogue catalogue, IReadOnlyCollection<string> scope) => $"“{string.Join("”, “", catalogue.Known(scope).Select(v => v.Title))}”";
}
