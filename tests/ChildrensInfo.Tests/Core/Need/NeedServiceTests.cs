using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Core.Need;

public class NeedServiceTests(TestSite site)
{
    [Fact]
    public async Task A_child_is_in_need_from_the_referral_until_the_closure_unless_it_led_to_nothing()
    {
        var need = await NeedWorld.CreateAsync(site);
        var day = NeedWorld.Day;
        await need.AddAsync(20, referred: day);
        await need.AddAsync(7, closed: day.AddDays(1));
        await need.AddAsync(8, closed: day);
        await need.AddAsync(9, referred: day.AddDays(1));
        await need.AddAsync(10, nfa: true);
        await need.AddAsync(11, closed: day.AddDays(5), reason: "RC8");
        await need.AddAsync(12, closed: day.AddDays(5), reason: "RC9");
        await need.AddAsync(13, change: null, need: "N4", closed: day.AddDays(5), reason: "RC7");
        Assert.Equal(Figure.Of(20 + 7 + 13), (await need.SnapshotAsync()).Children);
    }

    [Fact]
    public async Task A_child_with_two_open_episodes_counts_once_under_the_later_need()
    {
        var need = await NeedWorld.CreateAsync(site);
        var twice = await need.AddAsync(8, need: "N4");
        await need.AddAsync(10, need: "N1");
        foreach (var child in twice) await need.AddEpisodeAsync(child, "N1", NeedWorld.Day.AddDays(-3));
        var snapshot = await need.SnapshotAsync();
        Assert.Equal(Figure.Of(18), snapshot.Children);
        Assert.Equal(Figure.Of(18), Row(snapshot, NeedDimension.PrimaryNeed, "N1").Children);
        Assert.Equal(Figure.Of(0), Row(snapshot, NeedDimension.PrimaryNeed, "N4").Children);
    }

    [Fact]
    public async Task Groups_and_the_share_heard_are_counted_of_distinct_children()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, age: 7, sex: "F", ethnicity: "CHNE", disability: ["AUT"], heard: 12);
        await need.AddAsync(20, age: 16, sex: "M", ethnicity: "REFU", disability: [], heard: 8, need: "N4");
        var snapshot = await need.SnapshotAsync();
        Assert.Equal("40%", snapshot.Heard.ToString());
        Assert.Equal((Figure.Of(30), "40%"), Shown(Row(snapshot, NeedDimension.Age, "5")));
        Assert.Equal((Figure.Of(20), "40%"), Shown(Row(snapshot, NeedDimension.Age, "16")));
        Assert.Equal(Figure.Of(30), Row(snapshot, NeedDimension.Ethnicity, "asian").Children);
        Assert.Equal(Figure.Of(20), Row(snapshot, NeedDimension.Ethnicity, "none").Children);
        Assert.Equal(Figure.Of(30), Row(snapshot, NeedDimension.Disability, "yes").Children);
        Assert.Equal(Figure.Of(20), Row(snapshot, NeedDimension.Disability, "none").Children);
        Assert.True(NeedFilter.TryParse("need-N4", out var filter));
        Assert.Equal((Figure.Of(20), "40%"), Shown(snapshot.Rows(NeedDimension.Sex, filter)!.Single(r => r.Group.Key == "M")));
        Assert.Equal(Figure.Of(20), snapshot.Total(filter).Children);
    }

    [Fact]
    public async Task The_year_counts_each_child_once_who_was_in_need_on_any_day_of_it_rounded_to_the_nearest_5()
    {
        var need = await NeedWorld.CreateAsync(site);
        var day = NeedWorld.Day;
        var first = day.AddDays(1).AddYears(-1);
        var twice = await need.AddAsync(22, need: "N1");
        foreach (var child in twice.Take(5)) await need.AddEpisodeAsync(child, "N4", day.AddDays(-90), closed: day.AddDays(-80));
        await need.AddAsync(16, need: "N1", sex: "M", referred: first.AddDays(-200), closed: first.AddDays(1), heard: 8);
        await need.AddAsync(40, need: "N1", sex: "M", referred: first.AddDays(-200), closed: first);
        await need.AddAsync(30, need: "N1", sex: "M", referred: day.AddDays(-20), closed: day.AddDays(-20));
        await need.AddAsync(9, need: "N1", sex: "M", referred: day.AddDays(1));
        await need.AddAsync(12, nfa: true);
        var (onDay, year) = (await need.SnapshotAsync(), await need.SnapshotAsync(NeedMeasure.ThroughYear));
        Assert.Equal(Figure.Of(22), onDay.Children);
        // 22 and 16: 38, shown as 40; 22 as 20; 16 as 15. No total is the sum of rounded parts.
        Assert.Equal(Figure.Of(40), year.Children);
        Assert.Equal(Figure.Of(40), Row(year, NeedDimension.PrimaryNeed, "N1").Children);
        Assert.Equal(Figure.Of(0), Row(year, NeedDimension.PrimaryNeed, "N4").Children);
        Assert.Equal(Figure.Of(20), Row(year, NeedDimension.Sex, "F").Children);
        Assert.Equal(Figure.Of(15), Row(year, NeedDimension.Sex, "M").Children);
        // 8 heard is 10 of 40.
        Assert.Equal("25%", year.Heard.ToString());
    }

    [Fact]
    public void Where_nobody_was_heard_yet_the_groups_of_a_need_are_still_shown()
    {
        var day = NeedSnapshot.Of([new NeedCell(0, 3, 0, 0, 0, false, 30), new NeedCell(0, 4, 1, 0, 1, false, 20), new NeedCell(1, 3, 0, 0, 0, false, 25)]);
        Assert.True(NeedFilter.TryParse("need-" + NeedDimension.PrimaryNeed.Groups[0].Key, out var filter));
        Assert.Equal([Figure.Of(30), Figure.Of(20)], day.Rows(NeedDimension.Age, filter)!.Skip(3).Take(2).Select(r => r.Children));
    }

    [Fact]
    public void A_rounded_figure_that_the_others_give_away_is_hidden()
    {
        // Four of 12 are four times 10, but all of them 50: each must be 12, and was 10 on the day.
        var day = NeedSnapshot.Of([.. Enumerable.Range(0, 4).Select(n => new NeedCell(n, 0, 0, 0, 0, false, 10))]);
        var year = NeedSnapshot.ThroughYear([.. Enumerable.Range(0, 4).Select(n => new NeedCell(n, 0, 0, 0, 0, false, 12))], day);
        Assert.Equal(Figure.Of(50), year.Children);
        Assert.Contains(year.Rows(NeedDimension.PrimaryNeed, null)!, r => r.Children.IsSuppressed);
        // Where nobody came or went there is nothing to hide: the day leaves no room above it, and that tells of no child.
        var same = NeedSnapshot.ThroughYear([new NeedCell(0, 0, 0, 0, 0, false, 12)], NeedSnapshot.Of([new NeedCell(0, 0, 0, 0, 0, false, 12)]));
        Assert.Equal(Figure.Of(10), same.Children);
    }

    [Fact]
    public void The_year_less_the_day_never_comes_to_one_number_of_children_from_1_to_5()
    {
        var random = new Random(7);
        var pinned = 0;
        for (var run = 0; run < 400; run++)
        {
            // Few parts with few comers each, where rounding gives most away; one list, so that every possibility can be tried.
            var parts = random.Next(2, 6);
            var onDay = Enumerable.Range(0, parts).Select(_ => (long)random.Next(6, 15)).ToArray();
            var inYear = onDay.Select(n => n + random.Next(0, 6)).ToArray();
            NeedCell[] Cells(long[] counts) => [.. counts.Select((count, n) => new NeedCell(n, 0, 0, 0, 0, false, count))];
            var day = NeedSnapshot.Of(Cells(onDay));
            var year = NeedSnapshot.ThroughYear(Cells(inYear), day);
            var shown = year.Rows(NeedDimension.PrimaryNeed, null)!.Take(parts).Select(r => r.Children.TryGet(out var number) ? number : (long?)null).ToArray();
            Assert.All(shown, number => Assert.True(number is null || number % 5 == 0));
            Assert.True(year.Children.TryGet(out var total) && Math.Abs(total - inYear.Sum()) <= 2);
            foreach (var (figures, counts) in new[] { (shown, true), (inYear.Select(n => (long?)((n + 2) / 5 * 5)).ToArray(), false) })
            {
                var possible = Possible(figures, onDay, total);
                for (var i = 0; i < parts; i++)
                {
                    if (possible[i].Count != 1 || possible[i].Single() - onDay[i] is < 1 or > 5) continue;
                    Assert.False(counts, $"run {run}");
                    pinned++;
                }
            }
        }

        Assert.True(pinned > 0, "Rounding alone gave nothing away in any run, so this tried nothing.");
    }

    /// <summary>Every number that each part can be, by trying all there are.</summary>
    private static HashSet<long>[] Possible(long?[] shown, long[] onDay, long total)
    {
        var possible = shown.Select(_ => new HashSet<long>()).ToArray();
        var chosen = new long[shown.Length];
        void Try(int i, long sum)
        {
            if (i == shown.Length)
            {
                if ((sum + 2) / 5 * 5 == total)
                    for (var k = 0; k < chosen.Length; k++) possible[k].Add(chosen[k]);
                return;
            }

            var (low, high) = shown[i] is { } number ? (Math.Max(number - 2, onDay[i]), number + 2) : (onDay[i], onDay[i] + 12);
            for (chosen[i] = low; chosen[i] <= high; chosen[i]++) Try(i + 1, sum + chosen[i]);
        }

        Try(0, 0);
        return possible;
    }

    [Fact]
    public async Task Another_councils_children_are_not_counted()
    {
        var (need, other) = (await NeedWorld.CreateAsync(site), await NeedWorld.CreateAsync(site));
        await other.AddAsync(50);
        await need.AddAsync(9);
        Assert.Equal(Figure.Of(9), (await need.SnapshotAsync()).Children);
    }

    [Fact]
    public void What_is_hidden_in_one_view_cannot_be_had_by_taking_others_away()
    {
        var random = new Random(41);
        for (var run = 0; run < 60; run++)
        {
            var cells = Enumerable.Range(0, random.Next(5, 120)).Select(_ => new NeedCell(
                Math.Min(random.Next(11), random.Next(11)), random.Next(7), random.Next(3), Math.Min(random.Next(6), random.Next(6)), random.Next(3), random.Next(3) == 0, random.Next(1, 12))).ToList();
            var snapshot = NeedSnapshot.Of(cells);
            foreach (var other in NeedDimension.All.Skip(1))
            {
                foreach (var (by, across) in new[] { (NeedDimension.PrimaryNeed, other), (other, NeedDimension.PrimaryNeed) })
                {
                    foreach (var group in by.Groups)
                    {
                        var filter = new NeedFilter(by, group);
                        var at = by.IndexOf(group.Key);
                        Check(snapshot.Total(filter).Children, snapshot.Rows(across, filter)!, g => cells.Where(c => c.At(by) == at && c.At(across) == g).Sum(c => c.Children));
                    }
                }

                // One group across all the views by need, against the list of all children.
                foreach (var group in other.Groups)
                {
                    var column = other.IndexOf(group.Key);
                    var rows = NeedDimension.PrimaryNeed.Groups.Select(n => snapshot.Rows(other, new NeedFilter(NeedDimension.PrimaryNeed, n))![column]).ToList();
                    Check(snapshot.Rows(other, null)![column].Children, rows, n => cells.Where(c => c.Need == n && c.At(other) == column).Sum(c => c.Children));
                }
            }

            foreach (var dimension in NeedDimension.All)
                Check(snapshot.Children, snapshot.Rows(dimension, null)!, g => cells.Where(c => c.At(dimension) == g).Sum(c => c.Children));
        }
    }

    private static void Check(Figure total, IReadOnlyList<NeedRow> rows, Func<int, long> truth)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Children.TryGet(out var shown)) Assert.True(shown == truth(i) && shown is 0 or > 5);
        }

        if (!total.TryGet(out var whole)) return;
        var hidden = Enumerable.Range(0, rows.Count).Where(i => rows[i].Children.IsSuppressed).ToList();
        var rest = whole - rows.Sum(r => r.Children.TryGet(out var shown) ? shown : 0);
        if (hidden.Count == 1) Assert.False(SmallNumbers.Council.IsSmall(rest), "A small number is the difference of two views.");
        // Noughts are shown where a pattern is, so all that is left must be more than could be small.
        if (hidden.Any(i => truth(i) is >= 1 and <= 5)) Assert.True(rest > 5, "What is left over is itself small.");
    }

    private static NeedRow Row(NeedSnapshot snapshot, NeedDimension dimension, string key) => snapshot.Rows(dimension, null)!.Single(r => r.Group.Key == key);

    private static (Figure, string) Shown(NeedRow row) => (row.Children, row.Heard.ToString());
}
