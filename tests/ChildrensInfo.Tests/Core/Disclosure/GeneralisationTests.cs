using ChildrensInfo.Core.Disclosure;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

public class GeneralisationTests
{
    /// <summary>Rows, hierarchies and rules small enough to try every combination of levels.</summary>
    private sealed record Case(string[][][] Hierarchies, int[][] Rows, string[] Sensitive, double Limit, bool HasSensitive, bool HasHarmful)
    {
        public IEnumerable<string> Harmful => HasHarmful ? ["s0"] : [];

        public CodedRows Coded()
        {
            var rows = new CodedRows(
                Hierarchies.Select((h, q) => new Hierarchy($"q{q}", h)).ToArray(),
                HasSensitive ? ["s"] : []);
            for (var i = 0; i < Rows.Length; i++)
            {
                for (var q = 0; q < Hierarchies.Length; q++) rows.SetQuasiIdentifier(q, Hierarchies[q][Rows[i][q]][0]);
                if (HasSensitive) rows.SetSensitive(0, Sensitive[i]);
                rows.Add();
            }

            return rows;
        }

        public ClassRules Rules(int k) => new(k, 2, Limit, Harmful.Select(h => ("s", h)).ToArray());

        public override string ToString() =>
            string.Join(" | ", Hierarchies.Select(h => string.Join(',', h.Select(r => string.Join(';', r))))) + " ## "
            + string.Join(' ', Rows.Select((r, i) => string.Join(',', r) + (HasSensitive ? ":" + Sensitive[i] : ""))) + $" ## {Limit} {HasHarmful}";
    }

    private static readonly Gen<string[][]> SomeHierarchy =
        from leaves in Gen.Int[1, 6]
        from middle in Gen.Int[0, 2]
        from cuts in Gen.Int[1, 3].Array[2]
        select Enumerable.Range(0, leaves).Select(leaf =>
        {
            var row = new List<string> { $"v{leaf}" };
            var parent = leaf;
            for (var m = 0; m < middle; m++)
            {
                parent /= cuts[m];
                row.Add($"g{m}.{parent}");
            }

            row.Add("*");
            return row.ToArray();
        }).ToArray();

    // Leaves are drawn squared, so that some are rare: evenly spread rows need no generalising.
    private static readonly Gen<Case> SomeCase =
        from columns in Gen.Int[1, 4]
        from hierarchies in SomeHierarchy.Array[columns]
        from count in Gen.Int[12, 90]
        from rows in Gen.Int[0, 1_000].Array[columns].Array[count]
        from sensitive in Gen.Frequency((6, Gen.Const("s1")), (3, Gen.Const("s2")), (2, Gen.Const("s0"))).Array[count]
        from limit in Gen.Int[0, 3].Select(i => new[] { 0, 0.03, 0.05, 0.1 }[i])
        from kind in Gen.Int[0, 2]
        select new Case(
            hierarchies,
            rows.Select(r => r.Select((n, q) => (int)(n / 1_001.0 * (n / 1_001.0) * hierarchies[q].Length)).ToArray()).ToArray(),
            sensitive, limit, kind > 0, kind > 1);

    [Fact]
    public void The_loss_is_the_least_of_the_whole_lattice() =>
        SomeCase.Sample(
            c =>
            {
                var best = TryEverything(c, 5);
                if (best is not { } expected)
                {
                    Assert.Throws<DisclosureRefusedException>(() => Generalisation.Find(c.Coded(), c.Rules(5)));
                    return;
                }

                var found = Generalisation.Find(c.Coded(), c.Rules(5));
                Assert.Equal(expected.Loss, found.Loss, 1e-9);
                Assert.Equal(expected.Suppressed, found.Suppressed);
                Assert.Equal(expected.Levels, found.Levels);
            },
            iter: 600, threads: 2);

    [Fact]
    public void What_is_let_out_satisfies_every_rule_as_text() =>
        SomeCase.Sample(
            c =>
            {
                var rows = c.Coded();
                if (TryEverything(c, 6) is null) return;
                var found = Generalisation.Find(rows, c.Rules(6));
                var kept = Enumerable.Range(0, rows.Count).Where(found.IsKept).ToList();
                Assert.Equal(found.Suppressed, rows.Count - kept.Count);
                Assert.True(found.Suppressed <= c.Limit * rows.Count);
                var classes = kept.GroupBy(row => string.Join('|', c.Hierarchies.Select((_, q) => found.Text(q, rows.LeafOf(row, q))))).ToList();
                Assert.Equal(classes.Count, found.ClassCount);
                Assert.Equal(classes.Min(g => g.Count()), found.After.SmallestClass);
                foreach (var one in classes)
                {
                    Assert.True(one.Count() >= 6);
                    if (c.HasSensitive) Assert.True(one.Select(row => c.Sensitive[row]).Distinct().Count() >= 2);
                    foreach (var harmful in c.Harmful)
                        Assert.True(one.Count(row => c.Sensitive[row] == harmful) <= Cap(c, harmful, one.Count()));
                }

                Assert.Equal(found.Suppressed, found.LeftOutByGroup().Where(g => g.Column == "q0").Sum(g => g.LeftOut));
            },
            iter: 300, threads: 2);

    [Fact]
    public void Equal_losses_fall_to_fewer_left_out_and_then_to_the_dearer_column()
    {
        // Two columns that are the same in all but name; one must be given up.
        string[][] hierarchy = [["a", "*"], ["b", "*"]];
        CodedRows Rows()
        {
            var rows = new CodedRows([new Hierarchy("x", hierarchy), new Hierarchy("y", hierarchy)], []);
            foreach (var (x, y, n) in new[] { ("a", "a", 6), ("a", "b", 3), ("b", "a", 3), ("b", "b", 6) })
            {
                for (var i = 0; i < n; i++)
                {
                    rows.SetQuasiIdentifier(0, x);
                    rows.SetQuasiIdentifier(1, y);
                    rows.Add();
                }
            }

            return rows;
        }

        Assert.Equal([0, 1], Generalisation.Find(Rows(), new ClassRules(5, limit: 0)).Levels);
        Assert.Equal([0, 1], Generalisation.Find(Rows(), new ClassRules(5, limit: 0, weights: [2, 1])).Levels);
        Assert.Equal([1, 0], Generalisation.Find(Rows(), new ClassRules(5, limit: 0, weights: [1, 2])).Levels);
    }

    [Fact]
    public void A_star_is_a_value_like_any_other_when_classes_are_counted()
    {
        // Read as a wildcard the four rows would look like the five.
        var rows = new CodedRows([new Hierarchy("x", [["a", "a"], ["*", "*"]])], []);
        foreach (var value in Enumerable.Repeat("a", 96).Concat(Enumerable.Repeat("*", 4)))
        {
            rows.SetQuasiIdentifier(0, value);
            rows.Add();
        }

        var found = Generalisation.Find(rows, new ClassRules(5));

        Assert.Equal(4, found.Suppressed);
        Assert.Equal("fewer than 5", found.SuppressedFor(5));
    }

    [Fact]
    public void Leaves_too_many_to_pack_into_one_number_are_told_apart()
    {
        // Ten columns of 200 leaves: 200^10 is beyond 64 bits. Rows differ in the first or the last column only.
        var hierarchies = Enumerable.Range(0, 10)
            .Select(q => new Hierarchy($"q{q}", Enumerable.Range(0, 200).Select(v => new[] { $"{v}", "*" }).ToArray())).ToArray();
        var rows = new CodedRows(hierarchies, ["s"]);
        for (var i = 0; i < 2_000; i++)
        {
            for (var q = 0; q < 10; q++) rows.SetQuasiIdentifier(q, q is 0 or 9 ? $"{(q == 0 ? i % 20 : i / 20 % 10)}" : "7");
            rows.SetSensitive(0, $"{i % 3}");
            rows.Add();
        }

        var found = Generalisation.Find(rows, new ClassRules(10));

        Assert.Equal(Enumerable.Repeat(0, 10), found.Levels);
        Assert.Equal(200, found.ClassCount);
        Assert.Equal(0, found.Loss);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void So_many_combinations_that_they_are_counted_in_parts_give_the_same(int seed)
    {
        var random = new Random(seed);
        int[] leaves = [60, 50, 40];
        var hierarchies = leaves.Select((n, q) => new Hierarchy(
            $"q{q}",
            Enumerable.Range(0, n).Select(v => new[] { $"{v}", $"a{v / 5}", $"b{v / 20}", "*" }).ToArray())).ToArray();
        var rows = new CodedRows(hierarchies, ["s"]);
        var data = Enumerable.Range(0, 90_000).Select(_ => (Codes: leaves.Select(n => (int)(Math.Pow(random.NextDouble(), seed) * n)).ToArray(), Sensitive: random.Next(5) / 4)).ToArray();
        foreach (var (codes, sensitive) in data)
        {
            for (var q = 0; q < 3; q++) rows.SetQuasiIdentifier(q, $"{codes[q]}");
            rows.SetSensitive(0, $"{sensitive}");
            rows.Add();
        }

        (double Loss, int Suppressed, int[] Levels) best = (double.PositiveInfinity, 0, []);
        foreach (var levels in from a in Enumerable.Range(0, 4) from b in Enumerable.Range(0, 4) from c in Enumerable.Range(0, 4) select new[] { a, b, c })
        {
            int At(int value, int level) => level switch { 0 => value, 1 => value / 5, 2 => value / 20, _ => 0 };
            double Share(int q, int value, int level) =>
                (Enumerable.Range(0, leaves[q]).Count(v => At(v, level) == At(value, level)) - 1.0) / (leaves[q] - 1);
            var shares = leaves.Select((n, q) => Enumerable.Range(0, n).Select(v => Share(q, v, levels[q])).ToArray()).ToArray();
            var failing = data.GroupBy(row => (At(row.Codes[0], levels[0]), At(row.Codes[1], levels[1]), At(row.Codes[2], levels[2])))
                .Where(g => g.Count() < 5 || g.Select(row => row.Sensitive).Distinct().Count() < 2).ToList();
            double Mean((int[] Codes, int Sensitive) row) => (shares[0][row.Codes[0]] + shares[1][row.Codes[1]] + shares[2][row.Codes[2]]) / 3;
            var loss = (data.Sum(Mean) + failing.Sum(g => g.Sum(row => 1 - Mean(row)))) / data.Length;
            var suppressed = failing.Sum(g => g.Count());
            if (suppressed <= data.Length / 20 && loss < best.Loss - 1e-12) best = (loss, suppressed, levels);
        }

        var found = Generalisation.Find(rows, new ClassRules(5));

        Assert.Equal(best.Levels, found.Levels);
        Assert.Equal(best.Suppressed, found.Suppressed);
        Assert.Equal(best.Loss, found.Loss, 1e-9);
        Assert.True(found.After.SmallestClass >= 5);
        Assert.Equal(found.ClassCount, Enumerable.Range(0, rows.Count).Where(found.IsKept)
            .GroupBy(row => (found.Text(0, rows.LeafOf(row, 0)), found.Text(1, rows.LeafOf(row, 1)), found.Text(2, rows.LeafOf(row, 2)))).Count());
    }

    [Fact]
    public void The_floors_hold()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassRules(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassRules(5, l: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassRules(5, limit: 0.11));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassRules(5, limit: double.NaN));
        var hierarchy = new Hierarchy("x", [["a", "*"]]);
        Assert.Throws<InvalidDataException>(() => new CodedRows(Enumerable.Repeat(hierarchy, 11).ToArray(), []));
        Assert.Throws<DisclosureRefusedException>(() => Generalisation.Find(new CodedRows([hierarchy], []), new ClassRules(5)));
    }

    [Fact]
    public void A_value_outside_its_hierarchy_is_refused_and_not_repeated()
    {
        var rows = new CodedRows([new Hierarchy("ethnicity", [["WBRI", "White", "*"], ["caf\u00e9", "Other", "*"]])], []);

        var refused = Assert.Throws<InvalidDataException>(() => rows.SetQuasiIdentifier(0, "Jane"));
        Assert.DoesNotContain("Jane", refused.Message, StringComparison.Ordinal);
        // The same letter made of two code points is the same value; a look-alike from another alphabet is not.
        rows.SetQuasiIdentifier(0, "cafe\u0301");
        Assert.Throws<InvalidDataException>(() => rows.SetQuasiIdentifier(0, "WBR\u0406"));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a;x;*\nb;x", "2 values")]
    [InlineData("a;x;*\na;y;*", "repeats")]
    [InlineData("a;x;p;*\nb;x;q;*", "does not nest")]
    [InlineData("a;\"x", "not closed")]
    public void A_hierarchy_that_is_not_one_is_refused(string text, string reason)
    {
        var refused = Assert.Throws<InvalidDataException>(() => Hierarchy.Read("area", new StringReader(text)));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private static double Cap(Case c, string harmful, int size) =>
        Math.Max(2, Math.Min(0.5, 5.0 * c.Sensitive.Count(s => s == harmful) / c.Rows.Length) * size);

    /// <summary>Every combination of levels, rows compared as text: the definition, spelt out.</summary>
    private static (double Loss, int Suppressed, int[] Levels)? TryEverything(Case c, int k)
    {
        (double Loss, int Suppressed, int[] Levels)? best = null;
        var levels = new int[c.Hierarchies.Length];
        Try(0);
        return best;

        void Try(int column)
        {
            if (column < levels.Length)
            {
                for (levels[column] = 0; levels[column] < c.Hierarchies[column][0].Length; levels[column]++) Try(column + 1);
                levels[column] = 0;
                return;
            }

            double loss = 0;
            var suppressed = 0;
            foreach (var one in Enumerable.Range(0, c.Rows.Length).GroupBy(i => string.Join('|', levels.Select((level, q) => c.Hierarchies[q][c.Rows[i][q]][level]))))
            {
                var members = one.ToList();
                var passes = members.Count >= k
                    && (!c.HasSensitive || members.Select(i => c.Sensitive[i]).Distinct().Count() >= 2)
                    && c.Harmful.All(h => members.Count(i => c.Sensitive[i] == h) <= Cap(c, h, members.Count));
                if (!passes) suppressed += members.Count;
                foreach (var i in members)
                {
                    loss += passes
                        ? levels.Select((level, q) =>
                        {
                            var all = c.Hierarchies[q];
                            var under = all.Count(leaf => leaf[level] == all[c.Rows[i][q]][level]);
                            return all.Length == 1 ? 0 : ((double)under / all.Length - 1.0 / all.Length) / (1 - 1.0 / all.Length);
                        }).Average()
                        : 1;
                }
            }

            loss /= c.Rows.Length;
            if (suppressed > Math.Floor(c.Limit * c.Rows.Length + 1e-9)) return;
            var better = best is null || loss < best.Value.Loss - 1e-10
                || (Math.Abs(loss - best.Value.Loss) <= 1e-10 && suppressed < best.Value.Suppressed);
            if (better) best = (loss, suppressed, (int[])levels.Clone());
        }
    }
}
