namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// The levels at which rows lose least while every class of rows that look alike satisfies the rules, some rows being left
/// out. It is the best of all combinations of levels, not an approximation, and the same for the same rows.
/// </summary>
/// <remarks>
/// Loss is the mean over quasi-identifiers and rows of (leaves(v)/|D| − 1/|D|)/(1 − 1/|D|), a row left out counting 1
/// (the "Loss" metric of ARX). What is left out never grows as levels rise, nor does what leaving it out adds to the
/// loss: a combination that leaves out too many condemns all finer ones, and gives a bound to all finer ones. The cap on
/// harmful values does not have that property, so failing it condemns nothing but the combination itself.
/// </remarks>
public sealed class Generalisation
{
    /// <summary>More combinations of levels than this are refused rather than kept in memory.</summary>
    private const long LargestLattice = 20_000_000;

    // Sums of a million shares differ by far less between the ways of adding them, and real losses by far more.
    private const double Tie = 1e-12;

    private readonly bool[] keyKept;
    private readonly CodedRows rows;

    private Generalisation(CodedRows rows, int[] levels, double[] lossByColumn, Outcome outcome, bool[] keyKept, long lattice, int checkedCount, Risk before, Risk after)
    {
        this.rows = rows;
        this.keyKept = keyKept;
        Levels = levels;
        LossByColumn = lossByColumn;
        Loss = lossByColumn.Average() + outcome.Loss;
        Suppressed = outcome.Failing;
        ClassCount = outcome.Passing;
        Lattice = lattice;
        Checked = checkedCount;
        Before = before;
        After = after;
    }

    /// <summary>By quasi-identifier, 0 for the value itself.</summary>
    public IReadOnlyList<int> Levels { get; }

    public double Loss { get; }

    /// <summary>By quasi-identifier, what its level alone loses over all rows.</summary>
    public IReadOnlyList<double> LossByColumn { get; }

    /// <summary>Rows left out. Told to others only when none or at least k: see <see cref="SuppressedFor"/>.</summary>
    public long Suppressed { get; }

    public int ClassCount { get; }

    /// <summary>How many combinations of levels there are.</summary>
    public long Lattice { get; }

    /// <summary>For how many of them classes had to be counted.</summary>
    public int Checked { get; }

    public Risk Before { get; }

    public Risk After { get; }

    public string SuppressedFor(int k) => Suppressed == 0 || Suppressed >= k
        ? Suppressed.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : $"fewer than {k}";

    public bool IsKept(int row) => keyKept[rows.KeyOf(row)];

    /// <summary>What stands in the file for a leaf of a quasi-identifier.</summary>
    public string Text(int column, int leaf) => rows.QuasiIdentifiers[column].Label(Levels[column], leaf);

    /// <summary>
    /// By quasi-identifier and value, how many rows there were and how many were left out, so that it can be seen whom the
    /// file no longer speaks for. For whoever holds the rows only: the numbers are not protected.
    /// </summary>
    public IEnumerable<(string Column, string Value, long Rows, long LeftOut)> LeftOutByGroup()
    {
        for (var q = 0; q < Levels.Count; q++)
        {
            var hierarchy = rows.QuasiIdentifiers[q];
            // A column generalised away is looked at one level finer, or there would be one group.
            var level = hierarchy.CodesAt(Levels[q]) > 1 ? Levels[q] : Math.Max(0, Levels[q] - 1);
            var groups = new Dictionary<string, (long Rows, long LeftOut)>(StringComparer.Ordinal);
            var codes = rows.KeyCodes(q);
            var sizes = rows.KeySizes.ToArray();
            for (var key = 0; key < codes.Length; key++)
            {
                var label = hierarchy.Label(level, codes[key]);
                var (all, left) = groups.GetValueOrDefault(label);
                groups[label] = (all + sizes[key], left + (keyKept[key] ? 0 : sizes[key]));
            }

            foreach (var (label, (all, left)) in groups.OrderBy(g => g.Key, StringComparer.Ordinal).ToList())
                yield return (hierarchy.Column, label, all, left);
        }
    }

    /// <exception cref="DisclosureRefusedException">No combination of levels will do; the message says why.</exception>
    public static Generalisation Find(CodedRows rows, ClassRules rules)
    {
        if (rows.Count < rules.K) throw new DisclosureRefusedException($"There are too few rows for classes of {rules.K}.");
        var hierarchies = rows.QuasiIdentifiers;
        var lattice = hierarchies.Aggregate(1L, (n, h) => Math.Min(LargestLattice + 1, n * h.Levels));
        if (lattice > LargestLattice) throw new DisclosureRefusedException("There are too many combinations of levels: use fewer quasi-identifiers or fewer levels.");
        var counter = new ClassCounter(rows, rules);
        return new Search(rows, rules, counter, (int)lattice).Run();
    }

    private sealed class Search
    {
        private readonly CodedRows rows;
        private readonly ClassRules rules;
        private readonly ClassCounter counter;
        private readonly int size;
        private readonly int columns;
        private readonly int[] strides;
        private readonly int[] depths;
        private readonly double[][] marginal;
        private readonly double[] generalisation;
        private readonly bool[] condemned;
        private readonly Dictionary<int, Outcome> outcomes = [];
        private readonly List<(int[] Levels, double Loss)> bounds = [];
        private readonly long allowed;
        private int best = -1;
        private double bestLoss = double.PositiveInfinity;

        public Search(CodedRows rows, ClassRules rules, ClassCounter counter, int size)
        {
            this.rows = rows;
            this.rules = rules;
            this.counter = counter;
            this.size = size;
            columns = rows.QuasiIdentifiers.Count;
            depths = rows.QuasiIdentifiers.Select(h => h.Levels).ToArray();
            strides = new int[columns];
            for (int q = columns - 1, stride = 1; q >= 0; q--)
            {
                strides[q] = stride;
                stride *= depths[q];
            }

            allowed = (long)Math.Floor(rules.Limit * rows.Count + 1e-9);
            marginal = rows.QuasiIdentifiers.Select((h, q) =>
            {
                var perLeaf = new long[h.LeafCount];
                for (var key = 0; key < counter.KeyCount; key++) perLeaf[counter.LeafOf(key, q)] += counter.SizeOf(key);
                return Enumerable.Range(0, h.Levels).Select(level =>
                {
                    var shares = h.SharesAt(level);
                    var sum = 0.0;
                    for (var leaf = 0; leaf < perLeaf.Length; leaf++) sum += perLeaf[leaf] * shares[leaf];
                    return sum / rows.Count;
                }).ToArray();
            }).ToArray();
            generalisation = new double[size];
            for (var node = 0; node < size; node++)
            {
                var sum = 0.0;
                for (var q = 0; q < columns; q++) sum += marginal[q][Level(node, q)];
                generalisation[node] = sum / columns;
            }

            condemned = new bool[size];
        }

        public Generalisation Run()
        {
            var order = Enumerable.Range(0, size).ToArray();
            var keys = (double[])generalisation.Clone();
            Array.Sort(keys, order, null);
            foreach (var node in order)
            {
                if (generalisation[node] > bestLoss + Tie) break;
                if (condemned[node] || outcomes.ContainsKey(node) || Bound(node) > bestLoss + Tie) continue;
                Climb(node);
            }

            if (best < 0) throw Refuse();
            var levels = LevelsOf(best);
            var kept = new bool[counter.KeyCount];
            var classOf = new int[counter.KeyCount];
            var outcome = counter.Evaluate(levels, allowed, kept, classOf);
            var after = Risk.Of(rows, classOf, kept);
            var before = Risk.Of(rows, Enumerable.Range(0, counter.KeyCount).ToArray(), null);
            var lossByColumn = levels.Select((level, q) => marginal[q][level]).ToArray();
            return new Generalisation(rows, levels, lossByColumn, outcome, kept, size, outcomes.Count, before, after);
        }

        /// <summary>
        /// Decides on a node by halving a chain from it upwards: a failing node half way up condemns everything below it at
        /// once, a passing one lowers the loss that others have to beat. The chain goes on above the best loss so far,
        /// because what fails up there condemns most.
        /// </summary>
        private void Climb(int node)
        {
            var chain = new List<int> { node };
            while (true)
            {
                var next = -1;
                for (var q = 0; q < columns; q++)
                {
                    if (Level(chain[^1], q) == depths[q] - 1) continue;
                    var above = chain[^1] + strides[q];
                    if (next < 0 || generalisation[above] < generalisation[next]) next = above;
                }

                if (next < 0) break;
                chain.Add(next);
            }

            int low = 0, high = chain.Count - 1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                if (Check(chain[middle]).TooMany) low = middle + 1;
                else high = middle - 1;
            }
        }

        private Outcome Check(int node)
        {
            if (outcomes.TryGetValue(node, out var known)) return known;
            var levels = LevelsOf(node);
            var outcome = counter.Evaluate(levels, allowed);
            outcomes.Add(node, outcome);
            if (outcome.TooMany)
            {
                Condemn(node);
                return outcome;
            }

            if (outcome.LossAlways > 0) bounds.Add((levels, outcome.LossAlways));
            if (outcome.Failing <= allowed && IsBetter(node, outcome))
            {
                best = node;
                bestLoss = generalisation[node] + outcome.Loss;
            }

            return outcome;
        }

        private bool IsBetter(int node, Outcome outcome)
        {
            if (best < 0) return true;
            var loss = generalisation[node] + outcome.Loss;
            if (Math.Abs(loss - bestLoss) > Tie) return loss < bestLoss;
            var other = outcomes[best];
            if (outcome.Failing != other.Failing) return outcome.Failing < other.Failing;
            if (rules.Weights is { } weights)
            {
                double mine = 0, theirs = 0;
                for (var q = 0; q < columns; q++)
                {
                    mine += weights[q] * marginal[q][Level(node, q)];
                    theirs += weights[q] * marginal[q][Level(best, q)];
                }

                if (Math.Abs(mine - theirs) > Tie) return mine < theirs;
            }

            return node < best;
        }

        /// <summary>What is left out above is left out here too, and adds at least as much to the loss.</summary>
        private double Bound(int node)
        {
            var most = 0.0;
            foreach (var (levels, loss) in bounds)
            {
                if (loss <= most) continue;
                var below = true;
                for (var q = 0; below && q < columns; q++) below = Level(node, q) <= levels[q];
                if (below) most = loss;
            }

            return generalisation[node] + most;
        }

        private void Condemn(int from)
        {
            var stack = new Stack<int>();
            Mark(from);
            while (stack.TryPop(out var node))
                for (var q = 0; q < columns; q++)
                    if (Level(node, q) > 0) Mark(node - strides[q]);

            void Mark(int node)
            {
                if (condemned[node]) return;
                condemned[node] = true;
                stack.Push(node);
            }
        }

        private DisclosureRefusedException Refuse()
        {
            var top = LevelsOf(size - 1);
            var outcome = counter.Evaluate(top, allowed);
            var worst = Enumerable.Range(0, columns).MaxBy(q => rows.QuasiIdentifiers[q].CodesAt(depths[q] - 1))!;
            return new DisclosureRefusedException(
                !outcome.TooMany
                    ? "No combination of levels keeps harmful values below their cap in every class: leave a column out."
                    : rows.QuasiIdentifiers[worst].CodesAt(depths[worst] - 1) > 1
                        ? $"Even at the coarsest levels too many rows are alone or alike: give {rows.QuasiIdentifiers[worst].Column} a coarser level or leave it out."
                        : $"Even at the coarsest levels a sensitive column has fewer than {rules.L} different values.");
        }

        private int Level(int node, int column) => node / strides[column] % depths[column];

        private int[] LevelsOf(int node) => Enumerable.Range(0, columns).Select(q => Level(node, q)).ToArray();
    }
}
