using ChildrensInfo.Core.Disclosure;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

public class GroupEquationsTests
{
    private const int Few = 10;

    [Theory]
    // One holds the other and a few more; or many more.
    [InlineData("11:50 10:9", "1")]
    [InlineData("11:50 10:10", "")]
    // Two make up all but a few of the third, and no two of the three differ by a few.
    [InlineData("110:40 101:50 100:3", "2")]
    [InlineData("110:40 101:50 100:10", "")]
    // The same few who are in two of three that overlap otherwise by many: no sum leaves them.
    [InlineData("100:40 010:40 001:40 110:3", "")]
    // One and another, less two that hold the same but for a few, whom they hold twice.
    [InlineData("1010:40 1001:40 0110:40 0101:40 1000:4", "4")]
    // Groups of the same children are one.
    [InlineData("1110:40 1101:50 1100:3", "2")]
    [InlineData("111:60", "")]
    // A few in two places, each by itself few, together fewer than ten.
    [InlineData("110:40 101:50 100:4 111:5", "2 3")]
    public void A_few_whom_groups_together_leave_by_themselves_are_found(string parts, string left) =>
        Assert.Equal(left, string.Join(' ', GroupEquations.LeftAlone(Parse(parts), Few)!));

    /// <summary>Whatever somebody finds who tries all sums of the groups up to three times each is found; and what is called safe is safe from them.</summary>
    [Fact]
    public void Nobody_who_tries_every_sum_is_left_with_a_few_where_none_is_said_to_be()
    {
        var random = new Random(20_261);
        var (safe, unsafely) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var groups = random.Next(2, 5);
            var lines = Enumerable.Range(1, (1 << groups) - 1).Where(_ => random.Next(3) > 0).ToList();
            GroupPart[] parts = [.. lines.Select(l => new GroupPart([.. Enumerable.Range(0, groups).Select(g => (l & (1 << g)) != 0)], random.Next(3) == 0 ? random.Next(1, 9) : random.Next(10, 40)))];
            if (parts.Length == 0) continue;
            var found = TryEverySum(parts, groups);
            if (GroupEquations.LeftAlone(parts, Few)!.Count == 0)
            {
                Assert.False(found);
                safe++;
            }
            else
            {
                unsafely += found ? 1 : 0;
            }
        }

        Assert.True(safe > 50 && unsafely > 50);
    }

    [Fact]
    public void More_groups_than_can_be_reckoned_with_are_not_called_safe()
    {
        GroupPart[] parts = [.. Enumerable.Range(0, GroupEquations.MostGroups + 1).Select(p => new GroupPart([.. Enumerable.Range(0, GroupEquations.MostGroups + 1).Select(g => g == p)], 50))];
        Assert.Null(GroupEquations.LeftAlone(parts, Few));
        Assert.Empty(GroupEquations.LeftAlone([.. parts[1..].Select(p => p with { In = [.. p.In.Skip(1)] })], Few)!);
    }

    private static bool TryEverySum(GroupPart[] parts, int groups)
    {
        for (var sum = 0; sum < (int)Math.Pow(7, groups); sum++)
        {
            var times = Enumerable.Range(0, groups).Select(g => (sum / (int)Math.Pow(7, g) % 7) - 3).ToArray();
            var left = parts.Where(p => p.In.Select((isIn, g) => isIn ? times[g] : 0).Sum() != 0).Sum(p => p.Children);
            if (left is > 0 and < Few) return true;
        }

        return false;
    }

    private static GroupPart[] Parse(string parts) => [.. parts.Split(' ').Select(p => p.Split(':')).Select(p => new GroupPart([.. p[0].Select(c => c == '1')], int.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture)))];
}
