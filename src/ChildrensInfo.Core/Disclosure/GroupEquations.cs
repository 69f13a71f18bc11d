namespace ChildrensInfo.Core.Disclosure;

/// <summary>Children who are in the same of several groups, and how many they are.</summary>
/// <param name="In">By group, whether they are in it.</param>
public sealed record GroupPart(IReadOnlyList<bool> In, int Children);

/// <summary>
/// Whether anybody who is told something of several groups of children could, by adding the groups and taking them from each other in whatever way, be left with a few children by
/// themselves: two groups of which one holds the other and a few more, three of which two make up all but a few of the third, and so on for all of them together.
/// </summary>
/// <remarks>
/// Each child is a line of noughts and ones: which groups they are in. A sum of groups, each taken any number of times, leaves nothing of a child when their line gives nought, and one
/// that gives nought for enough lines to make up all others (a base) gives nought for every child. So where as many bases as children must stay together can be found that share no
/// child, whatever leaves somebody leaves one of each base at least. That is looked for, and it is the side of caution: groups that cannot be shown to be safe so are said not to be.
/// Lines are reckoned with modulo a prime, in which whatever is a base is one in whole numbers too.
/// </remarks>
public static class GroupEquations
{
    /// <summary>More groups than this are not reckoned with.</summary>
    public const int MostGroups = 100;

    /// <summary>Nor more work than a few seconds' worth.</summary>
    private const long MostSteps = 2_000_000_000;

    private const long Prime = 2_147_483_647;

    /// <param name="few">A sum must leave nobody, or so many children at least.</param>
    /// <returns>The parts that could be left by themselves or a part of what could; empty when there are none, and null when there are too many groups to say.</returns>
    public static IReadOnlyList<int>? LeftAlone(IReadOnlyList<GroupPart> parts, int few)
    {
        if (parts.Count == 0) return [];
        // Groups of the same children say the same.
        var groups = Enumerable.Range(0, parts[0].In.Count).DistinctBy(g => string.Concat(parts.Select(p => p.In[g] ? '1' : '0'))).ToArray();
        if (groups.Length > MostGroups || (long)parts.Count * groups.Length * groups.Length > MostSteps / few) return null;
        var lines = parts.Select(p => Array.ConvertAll(groups, g => p.In[g] ? 1L : 0L)).ToList();
        var left = parts.Select(p => Math.Min(p.Children, few)).ToArray();
        var all = new Base(groups.Length);
        foreach (var line in lines)
        {
            if (all.IsWhole) break;
            all.Add(line);
        }

        for (var i = 0; i < few; i++)
        {
            var one = new Base(groups.Length);
            foreach (var part in Enumerable.Range(0, parts.Count).Where(p => left[p] > 0).OrderByDescending(p => left[p]).ThenByDescending(p => parts[p].Children).ToList())
            {
                if (one.Size == all.Size) break;
                if (one.Add(lines[part])) left[part]--;
            }

            if (one.Size < all.Size) return [.. Enumerable.Range(0, parts.Count).Where(p => !one.Holds(lines[p]))];
        }

        return [];
    }

    /// <summary>Lines none of which the others make up.</summary>
    private sealed class Base(int width)
    {
        // By the place of its first number, which is 1.
        private readonly long[]?[] lines = new long[]?[width];

        public int Size { get; private set; }

        public bool IsWhole => Size == width;

        /// <returns>False when the others make it up already.</returns>
        public bool Add(long[] line)
        {
            var (rest, first) = Rest(line);
            if (first < 0) return false;
            var by = Inverse(rest[first]);
            lines[first] = Array.ConvertAll(rest, n => n * by % Prime);
            Size++;
            return true;
        }

        public bool Holds(long[] line) => Rest(line).First < 0;

        private (long[] Line, int First) Rest(long[] line)
        {
            var rest = (long[])line.Clone();
            for (var c = 0; c < width; c++)
            {
                if (rest[c] == 0) continue;
                if (lines[c] is not { } known) return (rest, c);
                var times = Prime - rest[c];
                for (var d = c; d < width; d++) rest[d] = (rest[d] + (times * known[d])) % Prime;
            }

            return (rest, -1);
        }

        private static long Inverse(long number)
        {
            var (result, power) = (1L, number);
            for (var left = Prime - 2; left > 0; left >>= 1, power = power * power % Prime)
            {
                if ((left & 1) == 1) result = result * power % Prime;
            }

            return result;
        }
    }
}
