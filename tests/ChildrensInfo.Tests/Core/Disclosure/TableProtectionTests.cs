using System.Text.Json;
using ChildrensInfo.Core.Disclosure;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

public class TableProtectionTests
{
    private static readonly SmallNumbers Rule = SmallNumbers.Council;

    private static readonly Gen<long> Count = Gen.Frequency((3, Gen.Const(0L)), (4, Gen.Long[1, 5]), (3, Gen.Long[6, 9]));

    private static readonly Gen<long[,]> SmallTable = Gen.OneOf(
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3]), Gen.Const((2, 4)), Gen.Const((4, 2)), Gen.Const((1, 5)))
        .SelectMany(size => Count.Array[size.Item1 * size.Item2].Select(cells => Shape(cells, size.Item1, size.Item2)));

    [Fact]
    public void Nobody_can_tell_that_a_hidden_count_is_small_whatever_table_they_try() =>
        SmallTable.Sample(
            counts =>
            {
                var table = Protect(counts);
                if (table.Publication != Publication.Table) return;
                var bounds = TableAttacker.TryEverything(table);
                foreach (var (r, c) in Cells(counts))
                {
                    Assert.InRange(counts[r, c], bounds[r, c].Least, bounds[r, c].Most);
                    if (!Rule.IsSmall(counts[r, c])) continue;
                    Assert.True(table[r, c].IsSuppressed);
                    Assert.True(bounds[r, c].Most >= 6, $"cell {r},{c} is at most {bounds[r, c].Most}");
                }
            },
            iter: 3_000, threads: 2, print: Print);

    [Fact]
    public void A_child_who_knows_herself_to_be_the_one_learns_no_other_small_count() =>
        SmallTable.Sample(
            counts =>
            {
                var table = Protect(counts);
                if (table.Publication != Publication.Table) return;
                foreach (var insider in Cells(counts).Where(at => counts[at.Row, at.Column] == 1))
                {
                    var bounds = TableAttacker.TryEverything(table, new Dictionary<(int, int), long> { [insider] = 1 });
                    foreach (var (r, c) in Cells(counts).Where(at => at != insider && Rule.IsSmall(counts[at.Row, at.Column])))
                        Assert.True(bounds[r, c].Least < bounds[r, c].Most, $"cell {r},{c} is known by {insider}");
                }
            },
            iter: 1_000, threads: 2, print: Print);

    [Fact]
    public void What_is_shown_is_true_and_the_same_every_time() =>
        SmallTable.Sample(
            counts =>
            {
                var table = Protect(counts);
                Assert.Equal(Json(table), Json(Protect(counts)));
                foreach (var (r, c) in Cells(counts))
                {
                    if (table[r, c].TryGet(out var shown)) Assert.Equal(counts[r, c], shown);
                    else if (table.Publication == Publication.Table) Assert.NotEqual(0, counts[r, c]);
                }

                for (var r = 0; r < counts.GetLength(0); r++)
                {
                    var total = Enumerable.Range(0, counts.GetLength(1)).Sum(c => counts[r, c]);
                    if (table.RowTotals[r].TryGet(out var shown)) Assert.Equal(total, shown);
                    Assert.False(Rule.IsSmall(total) && !table.RowTotals[r].IsSuppressed);
                }
            },
            iter: 1_000, threads: 2, print: Print);

    [Fact]
    public void Two_attackers_of_different_make_agree() =>
        SmallTable.Sample(
            counts =>
            {
                var table = Protect(counts);
                if (table.Publication != Publication.Table) return;
                var bounds = TableAttacker.TryEverything(table);
                foreach (var (r, c) in Cells(counts).Where(at => table[at.Row, at.Column].IsSuppressed))
                    Assert.Equal(bounds[r, c].Most, TableAttacker.Most(table, counts, r, c));
            },
            iter: 500, threads: 2, print: Print);

    [Fact]
    public void A_larger_table_withstands_the_attack_too()
    {
        var published = 0;
        Gen.Select(Gen.Int[5, 14], Gen.Int[5, 14], Gen.Int[4, 60])
            .SelectMany(size => Gen.Frequency((2, Gen.Const(0L)), (5, Gen.Long[0, size.Item3])).Array[size.Item1 * size.Item2]
                .Select(cells => Shape(cells, size.Item1, size.Item2)))
            .Sample(
                counts =>
                {
                    var table = Protect(counts);
                    // Of next to nothing but small numbers only the total may be left.
                    if (table.Publication != Publication.Table) return;
                    Interlocked.Increment(ref published);
                    foreach (var (r, c) in Cells(counts).Where(at => Rule.IsSmall(counts[at.Row, at.Column])))
                    {
                        Assert.True(table[r, c].IsSuppressed);
                        Assert.True(TableAttacker.Most(table, counts, r, c) >= 6);
                    }
                },
                iter: 60, threads: 2, print: Print);
        Assert.True(published > 40, $"Only {published} of 60 tables were published.");
    }

    [Fact]
    public void A_single_small_cell_takes_three_more_with_it_and_no_total()
    {
        var table = Protect(new long[,] { { 3, 20, 30 }, { 40, 12, 60 }, { 70, 80, 90 } });

        Assert.Equal(4, table.Cells.Sum(row => row.Count(f => f.IsSuppressed)));
        Assert.All([table[0, 0], table[0, 1], table[1, 0], table[1, 1]], f => Assert.True(f.IsSuppressed));
        Assert.All(table.RowTotals.Concat(table.ColumnTotals), f => Assert.False(f.IsSuppressed));
        Assert.Equal(Figure.Of(405), table.Total);
    }

    [Theory]
    [InlineData(0, Publication.Nothing)]
    [InlineData(5, Publication.Nothing)]
    [InlineData(6, Publication.Table)]
    public void With_no_more_children_than_the_threshold_nothing_is_published(long only, Publication expected)
    {
        var table = Protect(new[,] { { only, 0 }, { 0, 0 } });

        Assert.Equal(expected, table.Publication);
        Assert.Equal(expected == Publication.Table ? "6" : "c", table.Total.ToString());
        Assert.Equal(expected == Publication.Table ? "0" : "c", table[1, 1].ToString());
    }

    [Fact]
    public void A_five_takes_the_smallest_row_with_it_that_is_enough()
    {
        var list = TableProtection.Protect(new CountList("age", [("0 to 4", 6), ("5 to 9", 5), ("10 to 15", 50), ("16 and over", 70)]), Rule);

        // The five needs one more hidden; the row that costs the reader least, and is enough, is the six.
        Assert.Equal(["c", "c", "50", "70"], list.Rows.Select(r => r.Count.ToString()));
    }

    [Fact]
    public void All_but_a_few_is_as_telling_as_a_few()
    {
        var list = TableProtection.Protect(new CountList("disability", [("no", 98), ("yes", 2)]), Rule);

        Assert.All(list.Rows, row => Assert.True(row.Count.IsSuppressed && row.Share.IsSuppressed));
        Assert.Equal(Figure.Of(100), list.Total);
    }

    [Fact]
    public void Two_hidden_ones_are_not_given_away_by_noughts_being_shown()
    {
        // 62 − 60 leaves two for two hidden rows that are not nought: one each.
        var list = TableProtection.Protect(new CountList("need", [("A", 30), ("B", 30), ("C", 1), ("D", 1), ("E", 0)]), Rule);

        Assert.Equal(["c", "30", "c", "c", "0"], list.Rows.Select(r => r.Count.ToString()));
    }

    [Fact]
    public void When_nothing_but_the_total_is_safe_noughts_are_hidden_too()
    {
        var list = TableProtection.Protect(new CountList("need", [("A", 3), ("B", 3), ("C", 0)]), Rule);

        Assert.Equal(Publication.TotalOnly, list.Publication);
        Assert.All(list.Rows, row => Assert.True(row.Count.IsSuppressed));
        Assert.Equal(Figure.Of(6), list.Total);
    }

    [Fact]
    public void A_table_without_rows_is_nothing() =>
        Assert.Equal(Publication.Nothing, TableProtection.Protect(new CountTable([], [], new long[0, 0]), Rule).Publication);

    [Fact]
    public void A_row_wholly_in_one_category_is_flagged()
    {
        var table = Protect(new long[,] { { 40, 0, 0 }, { 10, 10, 10 }, { 7, 9, 0 } });

        Assert.Equal([new GroupDisclosure(true, "r0", "c0"), new GroupDisclosure(false, "c2", "r1")], table.GroupDisclosures);
    }

    [Fact]
    public void Lists_published_together_must_count_the_same_children()
    {
        var ages = new CountList("age", [("under 10", 20), ("10 and over", 30)]);

        Assert.Throws<ArgumentException>(() => TableProtection.ProtectTogether([ages, new CountList("sex", [("F", 20), ("M", 31)])], Rule));
        Assert.Equal(2, TableProtection.ProtectTogether([ages, new CountList("sex", [("F", 20), ("M", 30)])], Rule).Count);
    }

    [Fact]
    public void Rows_that_overlap_stand_for_themselves()
    {
        var list = TableProtection.Protect(CountList.Overlapping("disability", 50, [("hearing", 4), ("learning", 30), ("any", 47)]), Rule);

        Assert.Equal(["c", "30", "c"], list.Rows.Select(r => r.Count.ToString()));
    }

    [Fact]
    public void Neither_who_was_heard_nor_who_was_not_can_be_worked_out() =>
        Gen.Int[1, 4].SelectMany(n => Gen.Select(Count, Count).Array[n]).Sample(
            groups =>
            {
                var list = new ShareList("age", groups.Select((g, i) => ($"g{i}", g.Item1 + g.Item2, g.Item1)).ToArray());
                var shares = TableProtection.ProtectShares([list], Rule)[0];
                if (shares.Publication == Publication.Nothing || shares.Total.Having.IsSuppressed)
                {
                    Assert.All(shares.Rows, row => Assert.True(row.Having.IsSuppressed));
                    return;
                }

                // What a reader has: the parts, what is left of each whole when both are shown, and the totals. Say she
                // even knows in which groups nobody was left out.
                if (shares.Rows.All(r => r.Having.IsSuppressed)) return;
                Assert.True(shares.Total.Children.TryGet(out var all));
                Assert.True(shares.Total.Having.TryGet(out var heard));
                var cells = shares.Rows.Select((r, g) => (IReadOnlyList<Figure>)[r.Having, groups[g].Item2 == 0 ? Figure.Of(0) : Rest(r)]).ToArray();
                var published = new ProtectedTable(Publication.Table, groups.Select((_, i) => $"{i}").ToArray(), ["heard", "not"], cells,
                    shares.Rows.Select(r => r.Children).ToArray(), [Figure.Of(heard), Figure.Of(all - heard)], Figure.Of(all), []);
                var bounds = TableAttacker.TryEverything(published);
                for (var g = 0; g < groups.Length; g++)
                {
                    if (Rule.IsSmall(groups[g].Item1)) Assert.True(bounds[g, 0].Most >= 6);
                    if (Rule.IsSmall(groups[g].Item2)) Assert.True(bounds[g, 1].Most >= 6);
                }

                Figure Rest(ProtectedShare row) => row.Children.TryGet(out var whole) && row.Having.TryGet(out var part)
                    ? Figure.Of(whole - part)
                    : Figure.Suppressed;
            },
            iter: 2_000, threads: 2);

    [Fact]
    public void Shares_are_of_shown_figures()
    {
        var shares = TableProtection.ProtectShares(
            [new ShareList("age", [("under 10", 200, 50), ("10 and over", 100, 40), ("not known", 9, 0), ("all heard", 30, 30)])], Rule)[0];

        Assert.Equal(["25%", "40%", "c", "100%"], shares.Rows.Select(r => r.Share.ToString()));
        Assert.Equal("35%", shares.Total.Share.ToString());
        Assert.Equal(["not known", "all heard"], shares.AllOrNone);
    }

    [Fact]
    public void When_hardly_anyone_was_heard_no_group_says_who()
    {
        var shares = TableProtection.ProtectShares([new ShareList("age", [("under 10", 200, 0), ("10 and over", 100, 3)])], Rule)[0];

        Assert.All(shares.Rows, row => Assert.True(row.Having.IsSuppressed && row.Share.IsSuppressed));
        Assert.True(shares.Total.Having.IsSuppressed);
        Assert.Equal(Figure.Of(200), shares.Rows[0].Children);
    }

    [Fact]
    public void A_suppressed_figure_holds_no_number()
    {
        var hidden = default(Figure);

        Assert.False(hidden.TryGet(out var number));
        Assert.Equal(0, number);
        Assert.Equal("c", hidden.ToString());
        Assert.Equal("[\"c\",12]", JsonSerializer.Serialize(new[] { hidden, Figure.Of(12) }));
        Assert.True(hidden.ShareOf(Figure.Of(100), Rule).IsSuppressed);
        Assert.True(Figure.Of(97).ShareOf(Figure.Of(100), Rule).IsSuppressed);
        Assert.True(Figure.Of(0).ShareOf(Figure.Of(9), Rule).IsSuppressed);
        Assert.Equal("33%", Figure.Of(10).ShareOf(Figure.Of(30), Rule).ToString());
    }

    [Fact]
    public void The_threshold_cannot_be_lowered()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmallNumbers(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmallNumbers(5, smallestBase: 9));
        Assert.Throws<ArgumentException>(() => new CountTable(["r"], ["c"], new long[,] { { -1 } }));
        Assert.Throws<ArgumentException>(() => new CountTable(["r"], ["c", "d"], new long[,] { { 1 } }));
    }

    private static ProtectedTable Protect(long[,] counts) => TableProtection.Protect(
        new CountTable(
            Enumerable.Range(0, counts.GetLength(0)).Select(r => $"r{r}").ToArray(),
            Enumerable.Range(0, counts.GetLength(1)).Select(c => $"c{c}").ToArray(),
            counts),
        Rule);

    private static IEnumerable<(int Row, int Column)> Cells(long[,] counts) =>
        from r in Enumerable.Range(0, counts.GetLength(0)) from c in Enumerable.Range(0, counts.GetLength(1)) select (r, c);

    private static long[,] Shape(long[] cells, int height, int width)
    {
        var counts = new long[height, width];
        for (var i = 0; i < cells.Length; i++) counts[i / width, i % width] = cells[i];
        return counts;
    }

    private static string Print(long[,] counts) => string.Join(" / ", Enumerable.Range(0, counts.GetLength(0))
        .Select(r => string.Join(' ', Enumerable.Range(0, counts.GetLength(1)).Select(c => counts[r, c]))));

    private static string Json(ProtectedTable table) => JsonSerializer.Serialize(table);
}
