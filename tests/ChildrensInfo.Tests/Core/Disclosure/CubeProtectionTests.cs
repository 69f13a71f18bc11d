using ChildrensInfo.Core.Disclosure;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

/// <summary>Somebody who takes every view there is and sets them against each other.</summary>
public class CubeProtectionTests
{
    [Fact]
    public void No_small_number_is_shown_and_none_can_be_had_by_taking_views_from_each_other()
    {
        var random = new Random(11);
        var (hiddenSmall, shownInside) = (0, 0);
        for (var run = 0; run < 80; run++)
        {
            var isShare = run % 2 == 0;
            var (people, hubs, others) = (random.Next(20, 400), random.Next(2, 8), random.Next(2, 6));
            var at = Enumerable.Range(0, people).Select(_ => new Person(
                Math.Min(random.Next(hubs), random.Next(hubs)), Math.Min(random.Next(others), random.Next(others)), random.Next(3), !isShare || random.Next(3) > 0, random.Next(3) == 0, random.Next(4) > 0, random.Next(2) == 0)).ToList();
            CubeCount Of(Func<Person, bool> where) => at.Where(where).Aggregate(default(CubeCount), (sum, p) => sum + new CubeCount(p.In ? 1 : 0, p.In ? 0 : 1, p.In ? 1 : 0, p.In ? 0 : 1, p.In && p.Heard ? 1 : 0, p.In && p.Heard && p.Own ? 1 : 0, p.In && p.Heard && p.Lately ? 1 : 0, 0));
            CubeCount[,] Pair(int width, Func<Person, int> of)
            {
                var counts = new CubeCount[hubs, width];
                for (var h = 0; h < hubs; h++)
                    for (var g = 0; g < width; g++) counts[h, g] = Of(p => p.Hub == h && of(p) == g);
                return counts;
            }

            var (pairA, pairB) = (Pair(others, p => p.A), Pair(3, p => p.B));
            var lists = new[]
            {
                new CubeList("hub", [.. Enumerable.Range(0, hubs).Select(h => Of(p => p.Hub == h))]), new CubeList("a", [.. Enumerable.Range(0, others).Select(g => Of(p => p.A == g))]), new CubeList("b", [.. Enumerable.Range(0, 3).Select(g => Of(p => p.B == g))]),
            };
            var cube = CubeProtection.Protect(isShare, false, "hub", lists, [new("a", pairA), new("b", pairB)]);

            var attacker = new Attacker();
            (Func<Slice, Figure> Shown, Func<CubeCount, long> Truth)[] measures =
                [(s => s.Count, c => c.Count), (s => s.Whole, c => c.Count + (isShare ? c.Rest : 0)), (s => s.Children, c => c.Children), (s => s.Heard, c => c.Heard), (s => s.OwnWords, c => c.OwnWords), (s => s.Lately, c => c.Lately)];
            int[] Know(Slice slice, CubeCount count, IReadOnlyList<bool> noughtsShown)
            {
                var known = measures.Select((m, i) =>
                {
                    var (figure, truth) = (m.Shown(slice), m.Truth(count));
                    if (figure.TryGet(out var shown)) Assert.True(shown % 5 == 0 && (truth == 0 ? shown == 0 : truth > 7) && Math.Abs(shown - truth) <= 2, $"run {run}: {truth} is shown as {shown}");
                    // Children are hidden with their count, who was heard with the children: then nought is hidden too.
                    var with = i switch { 2 => slice.Count, 3 => slice.Children, 4 or 5 => slice.Heard, _ => Figure.Of(0) };
                    return attacker.Add(figure, truth, noughtsShown[i] && !with.IsSuppressed ? 1 : 0);
                }).ToArray();
                // What is left of one shown figure beside another may not be few; and the children go with their number, who was heard with the children.
                var (n, children, heard) = (slice.Count, slice.Children, slice.Heard);
                foreach (var (part, of, left) in new[] { (n, slice.Whole, isShare ? count.Rest : 0), (heard, children, count.Children - count.Heard), (slice.OwnWords, heard, count.Heard - count.OwnWords), (slice.Lately, heard, count.Heard - count.Lately) })
                    Assert.True(part.IsSuppressed || of.IsSuppressed || left is 0 or > 5, $"run {run}: {left} are left of {of}");
                foreach (var (part, of) in new[] { (children, n), (heard, children), (slice.OwnWords, heard), (slice.Lately, heard) })
                    Assert.True(part.IsSuppressed || !of.IsSuppressed, $"run {run}: {part} is shown of a hidden figure");
                // What is shown nowhere follows from what is: the rest of a share, who was not heard, whose own words there are not. And each person here is one event.
                attacker.Sum(known[1], [known[0], attacker.Add(Figure.Suppressed, isShare ? count.Rest : 0)]);
                attacker.Sum(known[0], [known[2]]);
                attacker.Sum(known[2], [known[3], attacker.Add(Figure.Suppressed, count.Children - count.Heard)]);
                attacker.Sum(known[3], [known[4], attacker.Add(Figure.Suppressed, count.Heard - count.OwnWords)]);
                attacker.Sum(known[3], [known[5], attacker.Add(Figure.Suppressed, count.Heard - count.Lately)]);
                return known;
            }

            void Sum(int[] whole, IEnumerable<int[]> parts)
            {
                foreach (var m in Enumerable.Range(0, measures.Length)) attacker.Sum(whole[m], parts.Select(p => p[m]));
            }

            // Where anything of a list is shown, its noughts are: what is hidden there is one at least. Of a table the same holds in rows and columns of which anything is shown,
            // and not of a share, where nought is hidden with the few who are not in it.
            bool[] Noughts(IEnumerable<Slice> of) => [.. measures.Select(m => of.Any(s => !m.Shown(s).IsSuppressed))];
            var total = Know(cube.Total, Of(_ => true), new bool[measures.Length]);
            var ids = lists.ToDictionary(l => l.Key, l => l.Groups.Select((count, g) => Know(cube.Lists[l.Key][g], count, Noughts(cube.Lists[l.Key]))).ToArray());
            foreach (var list in ids.Values) Sum(total, list);
            foreach (var (key, counts, width) in new[] { ("a", pairA, others), ("b", pairB, 3) })
            {
                var cells = new int[hubs, width][];
                for (var h = 0; h < hubs; h++)
                    for (var g = 0; g < width; g++) cells[h, g] = Know(cube.Pairs[key][h][g], counts[h, g], [.. Noughts(cube.Pairs[key][h]).Zip(Noughts(cube.Pairs[key].Select(r => r[g])), (row, column) => row && column).Select((both, i) => both && !isShare && i == 0)]);
                for (var h = 0; h < hubs; h++) Sum(ids["hub"][h], [.. Enumerable.Range(0, width).Select(g => cells[h, g])]);
                for (var g = 0; g < width; g++) Sum(ids[key][g], [.. Enumerable.Range(0, hubs).Select(h => cells[h, g])]);
            }

            shownInside += cube.Pairs.Values.SelectMany(p => p).SelectMany(r => r).Count(s => s.Count.TryGet(out var n) && n > 0);
            hiddenSmall += attacker.CheckSmall($"run {run}");
        }

        Assert.True(hiddenSmall > 500, "Hardly anything was hidden, so this tried nothing.");
        Assert.True(shownInside > 500, $"Only {shownInside} cells of tables are shown: a table that hides everything is safe and of no use.");
    }

    [Fact]
    public void Many_events_of_few_children_are_hidden_and_so_is_a_share_that_all_but_a_few_have()
    {
        CubeCount Events(long count, long children, long rest = 0) => new(count, rest, children, rest, 0, 0, 0, 0);
        var cube = CubeProtection.Protect(false, false, "hub", [new("hub", [Events(40, 3), Events(60, 50), Events(80, 70)])], []);
        Assert.True(cube.Lists["hub"][0].Count.IsSuppressed);
        Assert.True(cube.Lists["hub"].Count(s => s.Count.IsSuppressed) >= 2);
        var share = CubeProtection.Protect(true, false, "hub", [new("hub", [Events(40, 40, 3), Events(60, 60, 30), Events(50, 50, 30)])], []);
        Assert.True(share.Lists["hub"][0].Count.IsSuppressed || share.Lists["hub"][0].Whole.IsSuppressed);
        // An average of fewer than ten could be multiplied back.
        Assert.Null(CubeProtection.Protect(false, true, "hub", [new("hub", [Events(9, 9) with { Sum = 90 }, default])], []).Total.Mean);
        Assert.Equal(9.0, CubeProtection.Protect(false, true, "hub", [new("hub", [Events(10, 10) with { Sum = 90 }, default])], []).Total.Mean);
    }

    [Fact]
    public void Values_and_mentions_leave_no_single_gap_beside_their_total()
    {
        var values = CubeProtection.ProtectValues([(40, 40, 0), (3, 3, 0), (30, 30, 0)], false, Figure.Of(75)).Select(v => v.Count).ToList();
        Assert.True(values.Count(v => v.IsSuppressed) >= 2);
        // One child by themselves hides the next smallest and no more.
        Assert.Equal([false, true, true, false], CubeProtection.ProtectValues([(40, 40, 0), (1, 1, 0), (20, 20, 0), (30, 30, 0)], false, Figure.Of(90)).Select(v => v.Count.IsSuppressed));
        Assert.Equal([false, true, true, false], CubeProtection.Protect(false, false, "hub", [new("hub", [.. new[] { 40, 1, 20, 30 }.Select(n => new CubeCount(n, 0, n, 0, 0, 0, 0, 0))])], []).Lists["hub"].Select(s => s.Count.IsSuppressed));
        // Who was heard of the children behind a value is hidden where it would be known of few, alone or with others; of values that overlap, of each by itself.
        (long, long, long)[] heardOf = [(40, 40, 20), (30, 30, 28), (50, 50, 25), (60, 60, 30)];
        var alone = CubeProtection.ProtectValues(heardOf, false, Figure.Of(180));
        Assert.All(alone, v => Assert.False(v.Count.IsSuppressed || v.Children.IsSuppressed));
        Assert.True(alone[1].Heard.IsSuppressed);
        Assert.Equal(2, alone.Count(v => v.Heard.IsSuppressed));
        Assert.Equal([false, true, false, false], CubeProtection.ProtectValues(heardOf, true, Figure.Of(180)).Select(v => v.Heard.IsSuppressed));
        Assert.Equal((Figure.Of(40), Figure.Of(40), Figure.Of(20)), alone[0] with { Item3 = CubeProtection.ProtectValues(heardOf, true, Figure.Of(180))[0].Heard });
        // A hidden number has no children and no voices beside it either.
        Assert.All(CubeProtection.ProtectValues([(40, 40, 20), (3, 3, 3), (30, 30, 15)], true, Figure.Of(75)).Skip(1).Take(1), v => Assert.Equal(default, v));
        var (total, groups) = CubeProtection.ProtectMentions([(20, 50), (2, 30), (15, 40)]);
        Assert.False(total.IsSuppressed);
        Assert.True(groups.Count(g => g.IsSuppressed) >= 2);
        // All but two of the group said it: that says it of each.
        Assert.True(CubeProtection.ProtectMentions([(28, 30), (15, 40)]).Groups[0].IsSuppressed);
    }

    [Fact]
    public void No_view_taken_from_another_leaves_one_number_only_whatever_the_two_are_views_of()
    {
        // Two indicators, two days, or one child more: nothing links them but that the second is part of the first.
        Figure Shown(long n) => CubeProtection.Protect(false, false, "hub", [new("hub", [Plain(n), Plain(200), Plain(300)])], []).Lists["hub"][0].Count;
        static CubeCount Plain(long n) => new(n, 0, n, 0, 0, 0, 0, 0);
        var shown = Enumerable.Range(0, 80).Select(n => Shown(n)).ToList();
        for (var whole = 0; whole < 60; whole++)
        {
            for (var part = 0; part < whole; part++)
            {
                if (shown[whole].IsSuppressed || shown[part].IsSuppressed) continue;
                var between = Enumerable.Range(0, 80).Where(n => shown[n] == shown[whole]).SelectMany(a => Enumerable.Range(0, 80).Where(n => shown[n] == shown[part]).Select(b => a - b)).Where(d => d >= 1).Distinct();
                Assert.True(between.Count() >= 4, $"{whole} and {part}");
            }
        }
    }

    [Fact]
    public void One_small_group_is_left_out_and_does_not_take_the_whole_table_with_it()
    {
        static CubeCount Plain(long n) => new(n, 0, n, 0, 0, 0, 0, 0);
        // Eight in four groups: none of them can be hidden safely by itself.
        long[,] counts = { { 90, 80, 70, 60 }, { 50, 40, 60, 30 }, { 3, 2, 2, 1 }, { 4, 1, 2, 3 } };
        var pair = new CubeCount[4, 4];
        for (var h = 0; h < 4; h++)
            for (var g = 0; g < 4; g++) pair[h, g] = Plain(counts[h, g]);
        CubeCount Line(Func<int, CubeCount> at) => Enumerable.Range(0, 4).Select(at).Aggregate((a, b) => a + b);
        var cube = CubeProtection.Protect(false, false, "hub", [new("hub", [.. Enumerable.Range(0, 4).Select(h => Line(g => pair[h, g]))]), new("a", [.. Enumerable.Range(0, 4).Select(g => Line(h => pair[h, g]))])], [new("a", pair)]);
        Assert.True(cube.Pairs["a"][0].Count(s => !s.Count.IsSuppressed) >= 2, "Nothing is left of the largest group.");
        Assert.All(cube.Pairs["a"].Skip(2).SelectMany(r => r), s => Assert.True(s.Count.IsSuppressed));
    }

    private readonly record struct Person(int Hub, int A, int B, bool In, bool Heard, bool Own, bool Lately);

    /// <summary>Knows what rounding and hiding mean, and every sum; shares nothing with the code it attacks.</summary>
    private sealed class Attacker
    {
        private readonly List<(Figure Figure, long Truth, long Least)> figures = [];
        private readonly List<(int Total, int[] Parts)> sums = [];

        public int Add(Figure figure, long truth, long least = 0)
        {
            if (figure.IsSuppressed) Assert.True(truth >= least, "The attacker takes something for known that is not so.");
            figures.Add((figure, truth, least));
            return figures.Count - 1;
        }

        public void Sum(int total, IEnumerable<int> parts) => sums.Add((total, [.. parts]));

        public int CheckSmall(string run)
        {
            var low = figures.Select(f => f.Figure.TryGet(out var n) ? n == 0 ? 0 : n - 2 : f.Least).ToArray();
            var high = figures.Select(f => f.Figure.TryGet(out var n) ? n == 0 ? 0 : n + 2 : 1_000_000L).ToArray();
            for (var changed = true; changed;)
            {
                changed = false;
                foreach (var (total, parts) in sums)
                {
                    void Narrow(int i, long from, long to)
                    {
                        if (from > low[i]) (low[i], changed) = (from, true);
                        if (to < high[i]) (high[i], changed) = (to, true);
                    }

                    Narrow(total, parts.Sum(p => low[p]), parts.Sum(p => high[p]));
                    foreach (var part in parts) Narrow(part, low[total] - parts.Where(p => p != part).Sum(p => high[p]), high[total] - parts.Where(p => p != part).Sum(p => low[p]));
                }
            }

            var small = Enumerable.Range(0, figures.Count).Where(i => figures[i].Figure.IsSuppressed && figures[i].Truth is >= 1 and <= 5).ToList();
            Assert.All(small, i => Assert.False(low[i] >= 1 && high[i] <= 5, $"{run}: {figures[i].Truth} must be from {low[i]} to {high[i]}"));
            return small.Count;
        }
    }
}
