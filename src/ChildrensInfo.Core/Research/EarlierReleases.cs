using System.Collections;
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

/// <summary>A file of rows that was released: of which group of children it is (<see cref="ResearchPopulation.GroupOf"/>), and how coarse each of its columns is that describes a child.</summary>
public sealed record EarlierRows(string Group, IReadOnlyDictionary<string, int> Levels);

/// <summary>A file of rows as it would be: besides the same, how many rows are alike in it.</summary>
public sealed record NewRows(string Group, IReadOnlyList<ExtractColumn> Columns, int K);

/// <summary>A table that was released: the variables it counts by, the one of its choice of whom to count among them, and the one whose mean it gives.</summary>
public sealed record EarlierTable(IReadOnlyList<string> Scope, string? Measure);

/// <summary>
/// What left the council before, so that two files laid side by side tell no more than each alone: they differ by nobody or by many, what they tell of those who are in both differs of nobody or of many,
/// and the same person never holds the same children in more detail than one file gave. Rows and tables are held against each other, and words against words. Of the same children there are, whoever asked for them, only tables that hide the same together as each
/// alone (<see cref="WhyNotBeside"/>).
/// </summary>
public sealed class EarlierReleases
{
    /// <summary>Two files differ by no child, or by at least this many who came, this many who went and this many of whom they tell something else.</summary>
    public const int Apart = 10;

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
        var rows = released.Where(e => e.Form == ExtractForm.Rows).ToDictionary(e => e.Id, e => new EarlierRows(
            ResearchPopulation.GroupOf(e.Population, e.Period), ExtractReport.Read(e.ReportJson)!.Columns.Where(c => c.Role == nameof(VariableRole.QuasiIdentifier)).ToDictionary(c => c.Key, c => c.Level)));
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
    /// some who are in both, drawn by lot, beside the few who went.
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
            if (went is 0 or >= Apart)
            {
                if (asRows is null || !rows.TryGetValue(before, out var other) || other.Group == asRows.Group) continue;
                if (await AloneAsync(now, tells, before, other, asRows, cancel) is { Count: > 0 } alone) return alone;
                continue;
            }

            var both = (await db.ExtractChildren.Where(c => c.ExtractId == before).Select(c => c.ChildId).ToListAsync(cancel)).FindAll(id => Array.BinarySearch(now, id) >= 0).ToArray();
            RandomNumberGenerator.Shuffle<Guid>(both);
            return both[..Math.Min(both.Length, Apart - went)];
        }

        return releases.Count > 1 ? await LeftByAllAsync(now, cancel) : [];
    }

    /// <summary>
    /// Of two files of rows of different groups of children it is known who is in one and not in the other (whom the council looks after, whose case was closed), and the rows of the one less those of the other are
    /// exactly theirs. So they too must look alike, in what both files tell: as many as in the file, and with two values of what nobody should learn.
    /// </summary>
    /// <returns>Those who came and do not, or, where those who went do not, some who look like them and would go too.</returns>
    private async Task<IReadOnlyCollection<Guid>> AloneAsync(Guid[] now, string[] tells, Guid before, EarlierRows other, NewRows mine, CancellationToken cancel)
    {
        // A level of a variable is coarser the higher it is: what both tell is told by the coarser.
        var shared = mine.Columns.Where(c => other.Levels.ContainsKey(c.Variable.Key)).Select(c => (c.Variable, Mine: c.LevelUsed, Other: other.Levels[c.Variable.Key])).ToList();
        var classes = new Dictionary<(string Line, bool IsMine), string>();
        var (came, went, both, at) = (new Dictionary<string, Few>(), new Dictionary<string, Few>(), new Dictionary<string, List<Guid>>(), 0);
        await foreach (var child in db.ExtractChildren.AsNoTracking().Where(c => c.ExtractId == before).OrderBy(c => c.ChildId).Select(c => new { c.ChildId, c.Told }).AsAsyncEnumerable().WithCancellation(cancel))
        {
            for (; at < now.Length && now[at].CompareTo(child.ChildId) < 0; at++) Note(came, tells[at], isMine: true, now[at]);
            // Of a file from before it was kept what it told, nothing is known but who is in it.
            if (child.Told is null) throw new DifferencingRefusedException("A file of another group of children was released before it was kept what each file tells, so the two cannot be compared. Ask for the group that was released before.");
            if (at == now.Length || now[at] != child.ChildId)
            {
                Note(went, child.Told, isMine: false, child.ChildId);
                continue;
            }

            var alike = ClassOf(child.Told, isMine: false);
            if (!both.TryGetValue(alike, out var ids)) both[alike] = ids = [];
            ids.Add(now[at]);
            at++;
        }

        for (; at < now.Length; at++) Note(came, tells[at], isMine: true, now[at]);
        var held = came.Values.Where(f => !f.AreAlike(mine.K)).SelectMany(f => f.Ids).ToList();
        foreach (var (alike, few) in went.Where(f => !f.Value.AreAlike(mine.K)))
        {
            if (!both.TryGetValue(alike, out var candidates)) continue;
            var some = candidates.ToArray();
            RandomNumberGenerator.Shuffle<Guid>(some);
            held.AddRange(some.Take(Math.Max(mine.K - few.Ids.Count, 1)));
        }

        return held;

        void Note(Dictionary<string, Few> into, string line, bool isMine, Guid id)
        {
            var alike = ClassOf(line, isMine);
            if (!into.TryGetValue(alike, out var few)) into[alike] = few = new Few();
            few.Ids.Add(id);
            foreach (var part in line.Split(' ').Select(p => p.Split('=', 2)).Where(p => catalogue.Find(p[0])?.Role == VariableRole.Sensitive))
            {
                if (!few.Values.TryGetValue(part[0], out var values)) few.Values[part[0]] = values = [];
                values.Add(part[1]);
            }
        }

        // There are few lines, however many children have each.
        string ClassOf(string line, bool isMine)
        {
            if (classes.TryGetValue((line, isMine), out var alike)) return alike;
            var codes = line.Split(' ').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
            return classes[(line, isMine)] = string.Join(' ', shared.Select(s =>
            {
                var leaf = s.Variable.Levels[isMine ? s.Mine : s.Other].FromFinest.First(f => f.Value == codes[s.Variable.Key]).Key;
                return s.Variable.Levels[Math.Max(s.Mine, s.Other)].FromFinest[leaf];
            }));
        }
    }

    /// <summary>Children who look alike in what two files tell, and the values they have of what nobody should learn.</summary>
    private sealed class Few
    {
        public List<Guid> Ids { get; } = [];

        public Dictionary<string, HashSet<string>> Values { get; } = [];

        public bool AreAlike(int k) => Ids.Count >= k && Values.Values.All(v => v.Count >= ClassRules.LowestL);
    }

    /// <summary>
    /// Those few whom all releases together would leave by themselves, though no two of them do (<see cref="GroupEquations"/>). It asks for more memory than the rest: some 40 bytes
    /// of each child who was in any of them.
    /// </summary>
    /// <exception cref="DifferencingRefusedException">They are not in what is to be released, so holding back helps nobody; or there are too many releases to say.</exception>
    private async Task<IReadOnlyCollection<Guid>> LeftByAllAsync(Guid[] now, CancellationToken cancel)
    {
        // Everybody begins in the part of those who are in nothing; each release parts off those who are in it.
        var (partOf, parts) = (new Dictionary<Guid, int>(now.Length), new List<(BitArray In, int Children)> { (new BitArray(releases.Count + 1), 0) });
        for (var r = 0; r <= releases.Count; r++)
        {
            var moves = new Dictionary<int, int>();
            if (r == releases.Count) foreach (var id in now) Move(id, r, moves);
            else await foreach (var id in db.ExtractChildren.AsNoTracking().Where(c => c.ExtractId == releases[r]).Select(c => c.ChildId).AsAsyncEnumerable().WithCancellation(cancel)) Move(id, r, moves);
        }

        var some = Enumerable.Range(1, parts.Count - 1).Where(p => parts[p].Children > 0).ToList();
        var left = GroupEquations.LeftAlone([.. some.Select(p => new GroupPart([.. parts[p].In.Cast<bool>()], parts[p].Children))], Apart)
            ?? throw new DifferencingRefusedException($"More than {GroupEquations.MostGroups} different groups of children were released before, or too many that overlap in many ways. Whether all of them together would point to a few children cannot be worked out, so nothing more of this kind is released.");
        if (left.Count == 0) return [];
        var alone = left.Select(l => some[l]).Where(p => parts[p].Children < Apart).ToHashSet();
        var few = now.Where(id => alone.Contains(partOf[id])).ToList();
        return few.Count > 0 ? few : throw new DifferencingRefusedException(
            "Together with several files released before it would leave a few children by themselves, though beside each of them it would not: the numbers of one file, less those of the others, would be theirs. Ask again when more permissions have changed.");

        void Move(Guid id, int release, Dictionary<int, int> moves)
        {
            var from = partOf.GetValueOrDefault(id);
            if (!moves.TryGetValue(from, out var to))
            {
                moves[from] = to = parts.Count;
                parts.Add((new BitArray(parts[from].In) { [release] = true }, 0));
            }

            if (from > 0) parts[from] = (parts[from].In, parts[from].Children - 1);
            parts[to] = (parts[to].In, parts[to].Children + 1);
            partOf[id] = to;
        }
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
