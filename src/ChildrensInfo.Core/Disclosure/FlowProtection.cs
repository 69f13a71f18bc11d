namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// The figures of a table as flows round a network, and the search for which to hide. A table with its totals is a
/// flow (total → row → column → total), so what an attacker can deduce about a hidden figure by linear programming
/// is how far its flow can be raised or lowered by sending more or less round the other hidden figures: maximum flows in
/// the residual network, which are exact in whole numbers.
/// </summary>
/// <remarks>
/// Noughts are always published, so the attacker knows that every hidden figure is at least 1. Hence a hidden small figure
/// is safe only if it could be larger than the threshold; "it might be nought" is no protection. Noughts are not edges here.
/// </remarks>
internal sealed class FlowProtection(int nodeCount, int threshold)
{
    private const double TotalsLast = 1_000;
    private const long Unlimited = long.MaxValue / 4;

    private readonly List<Edge> edges = [];
    private readonly List<int>[] arcsAt = Enumerable.Range(0, nodeCount).Select(_ => new List<int>()).ToArray();
    private readonly double[] distance = new double[nodeCount];
    private readonly int[] arrivedBy = new int[nodeCount];
    private readonly bool[] done = new bool[nodeCount];
    private readonly int[] queue = new int[nodeCount];
    private long[] moved = [];

    private sealed class Edge
    {
        public required int From { get; init; }
        public required int To { get; init; }
        public required long Value { get; init; }
        public required double Cost { get; init; }
        public required bool MayHide { get; init; }
        public bool Hidden { get; set; }
        public bool Primary { get; set; }
    }

    /// <summary>A hidden figure that must stay unknown, with the hidden figures whose movement shows that it does.</summary>
    private sealed class Guarded(int edge)
    {
        public int Edge { get; } = edge;
        public HashSet<int> Proof { get; set; } = [];
    }

    /// <returns>The number by which to ask of the figure later, or -1 for a nought, which is always shown.</returns>
    public int Add(int from, int to, long value, bool isTotal, bool mayHide, bool primary)
    {
        if (value == 0) return -1;
        var index = edges.Count;
        edges.Add(new Edge
        {
            From = from,
            To = to,
            Value = value,
            Cost = Math.Log(1 + value) + (isTotal ? TotalsLast : 0),
            MayHide = mayHide,
            Hidden = primary,
            Primary = primary,
        });
        if (mayHide)
        {
            arcsAt[from].Add(index << 1);
            arcsAt[to].Add((index << 1) | 1);
        }

        return index;
    }

    public bool IsHidden(int edge) => edge >= 0 && edges[edge].Hidden;

    /// <summary>Hides what must be hidden besides the primary figures.</summary>
    /// <returns>False when hiding everything that may be hidden would not be enough.</returns>
    public bool Protect()
    {
        moved = new long[edges.Count];
        var guarded = Enumerable.Range(0, edges.Count).Where(e => edges[e].Primary)
            .OrderBy(e => edges[e].Value).ThenBy(e => e).Select(e => new Guarded(e)).ToList();
        foreach (var figure in guarded)
            if (!Prove(figure, mayHideMore: true)) return false;

        ShowWhatNeedNotBeHidden(guarded);

        // Once more from nothing: what is published rests on this and not on the proofs kept along the way.
        return guarded.TrueForAll(figure => Prove(new Guarded(figure.Edge), mayHideMore: false));
    }

    private void ShowWhatNeedNotBeHidden(List<Guarded> guarded)
    {
        var secondary = Enumerable.Range(0, edges.Count).Where(e => edges[e].Hidden && !edges[e].Primary)
            .OrderByDescending(e => edges[e].Cost).ThenBy(e => e).ToList();
        foreach (var candidate in secondary)
        {
            edges[candidate].Hidden = false;
            var before = new List<(Guarded Figure, HashSet<int> Proof)>();
            var safe = true;
            foreach (var figure in guarded.Where(g => g.Proof.Contains(candidate)))
            {
                before.Add((figure, figure.Proof));
                if (Prove(figure, mayHideMore: false)) continue;
                safe = false;
                break;
            }

            if (safe) continue;
            edges[candidate].Hidden = true;
            foreach (var (figure, proof) in before) figure.Proof = proof;
        }
    }

    /// <summary>
    /// Shows that the figure could be larger than the threshold, and that someone who is the only child counted in another
    /// figure, and so knows that one, still could not work this one out.
    /// </summary>
    private bool Prove(Guarded figure, bool mayHideMore)
    {
        var edge = edges[figure.Edge];
        var small = edge.Value <= threshold;
        var main = small ? Raise(figure.Edge, threshold + 1 - edge.Value, -1, mayHideMore) : Move(figure.Edge, -1, mayHideMore);
        if (main is null) return false;
        var proof = new HashSet<int>(main);
        if (small)
        {
            foreach (var insider in main.Where(e => edges[e].Value == 1))
            {
                var still = Move(figure.Edge, insider, mayHideMore);
                if (still is null) return false;
                proof.UnionWith(still);
            }
        }

        figure.Proof = proof;
        return true;
    }

    private List<int>? Move(int edge, int known, bool mayHideMore) =>
        Raise(edge, 1, known, false) ?? Lower(edge, known, false)
        ?? (mayHideMore ? Raise(edge, 1, known, true) ?? Lower(edge, known, true) : null);

    private List<int>? Raise(int edge, long by, int known, bool mayHideMore) =>
        Route(edges[edge].To, edges[edge].From, by, edge, known, mayHideMore);

    private List<int>? Lower(int edge, int known, bool mayHideMore) =>
        edges[edge].Value > 1 ? Route(edges[edge].From, edges[edge].To, 1, edge, known, mayHideMore) : null;

    /// <summary>Sends so much from one node to another round the hidden figures, hiding more of them when allowed and needed.</summary>
    private List<int>? Route(int from, int to, long amount, int self, int known, bool mayHideMore)
    {
        var free = Send(from, to, amount, self, known, false, false);
        if (free is not null || !mayHideMore) return free?.Used;
        // One route wide enough for everything, or several narrow ones: whichever hides less.
        var wide = Send(from, to, amount, self, known, true, true);
        var narrow = Send(from, to, amount, self, known, true, false);
        var best = wide is null || (narrow is not null && narrow.Value.Cost < wide.Value.Cost) ? narrow : wide;
        if (best is null) return null;
        foreach (var used in best.Value.Used) edges[used].Hidden = true;
        return best.Value.Used;
    }

    private (List<int> Used, double Cost)? Send(int from, int to, long amount, int self, int known, bool mayHideMore, bool wide)
    {
        var touched = new List<int>();
        var complete = true;
        while (amount > 0)
        {
            var found = mayHideMore
                ? Cheapest(from, to, wide ? amount : 1, self, known)
                : Any(from, to, self, known);
            if (!found)
            {
                complete = false;
                break;
            }

            var width = amount;
            for (var node = to; node != from; node = Tail(arrivedBy[node])) width = Math.Min(width, Room(arrivedBy[node]));
            for (var node = to; node != from; node = Tail(arrivedBy[node]))
            {
                var arc = arrivedBy[node];
                moved[arc >> 1] += (arc & 1) == 0 ? width : -width;
                touched.Add(arc >> 1);
            }

            amount -= width;
        }

        var used = touched.Distinct().Where(e => moved[e] != 0).Order().ToList();
        var cost = used.Where(e => !edges[e].Hidden).Sum(e => edges[e].Cost);
        foreach (var edge in touched) moved[edge] = 0;
        return complete ? (used, cost) : null;
    }

    private int Tail(int arc) => (arc & 1) == 0 ? edges[arc >> 1].From : edges[arc >> 1].To;

    private int Head(int arc) => (arc & 1) == 0 ? edges[arc >> 1].To : edges[arc >> 1].From;

    // A hidden figure can be any larger (its total, an edge too, sets the limit), and smaller down to 1.
    private long Room(int arc) => (arc & 1) == 0 ? Unlimited : edges[arc >> 1].Value + moved[arc >> 1] - 1;

    private bool Any(int from, int to, int self, int known)
    {
        Array.Fill(done, false);
        int head = 0, tail = 0;
        queue[tail++] = from;
        done[from] = true;
        while (head < tail)
        {
            foreach (var arc in arcsAt[queue[head++]])
            {
                var index = arc >> 1;
                if (!edges[index].Hidden || index == self || index == known) continue;
                var next = Head(arc);
                if (done[next] || Room(arc) < 1) continue;
                done[next] = true;
                arrivedBy[next] = arc;
                if (next == to) return true;
                queue[tail++] = next;
            }
        }

        return false;
    }

    private bool Cheapest(int from, int to, long width, int self, int known)
    {
        Array.Fill(distance, double.PositiveInfinity);
        Array.Fill(done, false);
        distance[from] = 0;
        while (true)
        {
            var node = -1;
            for (var i = 0; i < nodeCount; i++)
                if (!done[i] && distance[i] < double.PositiveInfinity && (node < 0 || distance[i] < distance[node])) node = i;
            if (node < 0) return false;
            if (node == to) return true;
            done[node] = true;
            foreach (var arc in arcsAt[node])
            {
                var index = arc >> 1;
                var next = Head(arc);
                if (done[next] || index == self || index == known || Room(arc) < width) continue;
                var through = distance[node] + (edges[index].Hidden || moved[index] != 0 ? 0 : edges[index].Cost);
                if (through >= distance[next]) continue;
                distance[next] = through;
                arrivedBy[next] = arc;
            }
        }
    }
}
