using ChildrensInfo.Core.Disclosure;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

/// <summary>Tables by up to four characteristics, and somebody who works out by linear programming what each hidden figure can be.</summary>
public class CrossProtectionTests
{
    private static readonly SmallNumbers Rule = SmallNumbers.Research;

    [Theory]
    [InlineData(4)]
    [InlineData(6, 3)]
    [InlineData(3, 2, 3)]
    [InlineData(2, 3, 2, 2)]
    public void No_small_figure_can_be_told_from_a_large_one(params int[] sizes)
    {
        var hidden = 0;
        for (var seed = 1; seed <= 25; seed++)
        {
            var counts = Invent(sizes, seed);
            var cells = CrossProtection.Protect(sizes, counts, new bool[sizes.Length], Rule);
            hidden += AssertSafe(sizes, counts, [(Enumerable.Range(0, sizes.Length).ToArray(), cells)]);
        }

        // The attack is tried on something.
        Assert.True(hidden > 20);
    }

    [Fact]
    public void Two_tables_that_share_a_characteristic_or_a_pair_tell_no_more_together()
    {
        int[] sizes = [2, 3, 2, 2];
        var hidden = 0;
        foreach (var (left, right) in new[] { (new[] { 0, 1, 2 }, new[] { 0, 1, 3 }), ([0, 1, 2], [2, 3]), ([0, 1], [0, 1, 2]), ([1, 2], [1]) })
        {
            for (var seed = 1; seed <= 15; seed++)
            {
                var counts = Invent(sizes, seed);
                hidden += AssertSafe(sizes, counts, [(left, Table(left)), (right, Table(right))]);

                IReadOnlyList<CrossCell> Table(int[] dimensions) =>
                    CrossProtection.Protect([.. dimensions.Select(d => sizes[d])], Marginal(sizes, counts, dimensions), new bool[dimensions.Length], Rule);
            }
        }

        Assert.True(hidden > 40);
    }

    [Fact]
    public void Hiding_the_small_numbers_alone_would_not_do()
    {
        int[] sizes = [6, 3];
        var counts = Invent(sizes, 3);
        var naive = CrossProtection.Protect(sizes, counts, new bool[2], Rule).Select(c => c with { Count = Rule.IsSmall(Truth(sizes, counts, [0, 1], c)) ? Figure.Suppressed : Figure.Of(Truth(sizes, counts, [0, 1], c)) }).ToList();
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertSafe(sizes, counts, [([0, 1], naive)]));
    }

    [Fact]
    public void A_group_whose_children_all_have_one_telling_value_is_taken_together_with_others()
    {
        // Every child of the first group has the second value: with many of them it is no small number, and tells all the same.
        long[] counts = [0, 40, 30, 31, 25, 28, 50, 44];
        var plain = CrossProtection.Protect([4, 2], counts, [false, false], Rule);
        Assert.True(plain.Single(c => c.At.SequenceEqual([0, 1])).Count.TryGet(out var shown) && shown == 40);
        var careful = CrossProtection.Protect([4, 2], counts, [false, true], Rule);
        Assert.All(careful.Where(c => c.At[0] == 0 && c.At[1] is not null), c => Assert.True(c.Count.IsSuppressed));
        // Alone it could be had by taking the others away.
        Assert.Equal(2, careful.Where(c => c.At[1] == 1 && c.At[0] is not null).Count(c => c.Count.IsSuppressed));
        Assert.True(careful.Single(c => c.At.SequenceEqual([0, null])).Count.TryGet(out var group) && group == 40);
    }

    [Fact]
    public void Of_few_children_there_is_no_table_and_the_same_counts_make_the_same_one()
    {
        Assert.Empty(CrossProtection.Protect([2, 2], [3, 3, 2, 1], [false, false], Rule));
        Assert.Empty(CrossProtection.Protect([2], [0, 0], [false], Rule));
        var counts = Invent([5, 4], 9);
        Assert.Equal(CrossProtection.Protect([5, 4], counts, [false, true], Rule).Select(c => c.Count), CrossProtection.Protect([5, 4], counts, [false, true], Rule).Select(c => c.Count));
    }

    /// <summary>Few in some places, many in others, none in some; now and then a whole group of few.</summary>
    private static long[] Invent(int[] sizes, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => (long)(seed % 2 == 0 && Code(sizes, i, 0) == 0 ? random.Next(3) : seed % 3 == 0 && Code(sizes, i, sizes.Length - 1) == 1 ? random.Next(2) : random.Next(5) switch { 0 => 0, 1 => random.Next(1, 10), 2 => random.Next(8, 14), _ => random.Next(15, 90) }))];
    }

    private static long[] Marginal(int[] sizes, long[] counts, int[] dimensions)
    {
        var sums = new long[dimensions.Aggregate(1, (n, d) => n * sizes[d])];
        for (var i = 0; i < counts.Length; i++) sums[dimensions.Aggregate(0, (n, d) => (n * sizes[d]) + Code(sizes, i, d))] += counts[i];
        return sums;
    }

    private static int Code(int[] sizes, int index, int dimension)
    {
        for (var d = sizes.Length - 1; d > dimension; d--) index /= sizes[d];
        return index % sizes[dimension];
    }

    private static bool IsIn(int[] sizes, int index, int[] dimensions, CrossCell cell) => !cell.At.Where((at, i) => at is { } code && Code(sizes, index, dimensions[i]) != code).Any();

    private static long Truth(int[] sizes, long[] counts, int[] dimensions, CrossCell cell) => counts.Where((_, i) => IsIn(sizes, i, dimensions, cell)).Sum();

    /// <summary>For each hidden small figure of any of the tables: from all that is shown in all of them, it may as well be large.</summary>
    /// <returns>How many figures were attacked.</returns>
    private static int AssertSafe(int[] sizes, long[] counts, (int[] Dimensions, IReadOnlyList<CrossCell> Cells)[] tables)
    {
        var attacked = 0;
        var attacker = new LinearProgram(counts.Length);
        foreach (var (dimensions, cells) in tables)
        {
            foreach (var cell in cells)
            {
                if (cell.Count.TryGet(out var shown))
                {
                    Assert.Equal(Truth(sizes, counts, dimensions, cell), shown);
                    attacker.Equal([.. Row(dimensions, cell)], shown);
                }
                else if (IsKnownToBeSome(cells, cell))
                {
                    attacker.AtLeast([.. Row(dimensions, cell)], 1);
                }
            }
        }

        foreach (var (dimensions, cells) in tables)
        {
            foreach (var cell in cells.Where(c => c.Count.IsSuppressed && Rule.IsSmall(Truth(sizes, counts, dimensions, c))))
            {
                attacked++;
                Assert.True(attacker.Most([.. Row(dimensions, cell)]) > Rule.Threshold + 0.999, $"({string.Join(", ", cell.At)}) is at most {attacker.Most([.. Row(dimensions, cell)])}");
            }
        }

        return attacked;

        // A nought is shown wherever anything beside it is: in every direction something is shown.
        static bool IsKnownToBeSome(IReadOnlyList<CrossCell> cells, CrossCell cell) => Enumerable.Range(0, cell.At.Count).Where(d => cell.At[d] is not null).All(d =>
            cells.Any(c => !c.Count.IsSuppressed && c.At.Select(a => a is null).SequenceEqual(cell.At.Select(a => a is null)) && c.At[d] == cell.At[d]));

        IEnumerable<double> Row(int[] dimensions, CrossCell cell) => Enumerable.Range(0, counts.Length).Select(i => IsIn(sizes, i, dimensions, cell) ? 1.0 : 0);
    }
}
