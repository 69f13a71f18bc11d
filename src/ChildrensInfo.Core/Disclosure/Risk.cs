namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// How easily a row is found by somebody who knows its quasi-identifiers. A council's file holds every child it is about,
/// so a row alone in the file is a child alone in the population, and no estimate makes that smaller.
/// </summary>
/// <param name="Rows">Rows in the file.</param>
/// <param name="Classes">Different rows as far as quasi-identifiers go.</param>
/// <param name="SmallestClass">Rows in the smallest class.</param>
/// <param name="Highest">The chance of picking the right row in the smallest class.</param>
/// <param name="Mean">The mean of that chance over rows.</param>
/// <param name="Alone">Rows that no other row looks like.</param>
/// <param name="InClassesBelowTen">Rows in classes of fewer than ten.</param>
/// <param name="LargestShare">By sensitive column, the largest part of any class that has one and the same value.</param>
public sealed record Risk(long Rows, int Classes, long SmallestClass, double Highest, double Mean, long Alone, long InClassesBelowTen, IReadOnlyDictionary<string, double> LargestShare)
{
    /// <param name="rows">The rows.</param>
    /// <param name="of">For each combination of quasi-identifiers the number of its class.</param>
    /// <param name="kept">Which combinations are let out; all, when not given.</param>
    internal static Risk Of(CodedRows rows, int[] of, bool[]? kept)
    {
        var sizes = new long[of.Length];
        for (var key = 0; key < of.Length; key++)
            if (kept is null || kept[key]) sizes[of[key]] += rows.KeySizes[key];
        var filled = sizes.Where(n => n > 0).ToList();
        var all = filled.Sum();
        var shares = new Dictionary<string, double>();
        for (var s = 0; s < rows.SensitiveColumns.Count; s++)
        {
            var index = new DenseIndex(1 << 12);
            var together = new List<long>();
            var highest = 0.0;
            for (var atom = 0; atom < rows.AtomCount; atom++)
            {
                var (key, size) = rows.Atom(atom);
                if (kept is not null && !kept[key]) continue;
                var pair = index.Add(((ulong)(uint)of[key] << 32) | (uint)rows.AtomSensitive(atom, s), out var isNew);
                if (isNew) together.Add(0);
                together[pair] += size;
                highest = Math.Max(highest, (double)together[pair] / sizes[of[key]]);
            }

            shares[rows.SensitiveColumns[s]] = highest;
        }

        return all == 0
            ? new Risk(0, 0, 0, 0, 0, 0, 0, shares)
            : new Risk(all, filled.Count, filled.Min(), 1.0 / filled.Min(), (double)filled.Count / all, filled.LongCount(n => n == 1), filled.Where(n => n < 10).Sum(), shares);
    }
}
