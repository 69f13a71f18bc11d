using System.Runtime.InteropServices;
using System.Text;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// Rows to be anonymised, one a child, held as small numbers: every different combination of quasi-identifiers is kept
/// once, and a row is one number. A million rows of seven columns take some tens of megabytes.
/// </summary>
public sealed class CodedRows
{
    /// <summary>The lattice of levels grows exponentially with the columns.</summary>
    public const int MostQuasiIdentifiers = 10;

    private readonly DenseIndex[] prefixes;
    private readonly DenseIndex combinations = new();
    private readonly List<int>[] keyCodes;
    private readonly List<int> keySizes = [];
    private readonly Dictionary<string, int>[] sensitiveCodes;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>[] sensitiveLookups;
    private readonly List<string>[] sensitiveTexts;
    private readonly DenseIndex sensitiveTuples = new();
    private readonly DenseIndex atoms = new();
    private readonly List<int> atomKeys = [];
    private readonly List<int>[] atomSensitive;
    private readonly List<int> atomSizes = [];
    private readonly List<int> rowAtoms = [];
    private readonly int[] current;
    private readonly int[] currentSensitive;

    /// <exception cref="InvalidDataException">No quasi-identifiers, or more than ten.</exception>
    public CodedRows(IReadOnlyList<Hierarchy> quasiIdentifiers, IReadOnlyList<string> sensitive)
    {
        if (quasiIdentifiers.Count is 0 or > MostQuasiIdentifiers)
            throw new InvalidDataException($"There are {quasiIdentifiers.Count} quasi-identifiers; between 1 and {MostQuasiIdentifiers} can be made anonymous.");
        QuasiIdentifiers = quasiIdentifiers;
        SensitiveColumns = sensitive;
        current = new int[quasiIdentifiers.Count];
        currentSensitive = new int[sensitive.Count];
        keyCodes = quasiIdentifiers.Select(_ => new List<int>()).ToArray();
        prefixes = quasiIdentifiers.Select(_ => new DenseIndex()).ToArray();
        sensitiveCodes = sensitive.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal)).ToArray();
        sensitiveLookups = sensitiveCodes.Select(d => d.GetAlternateLookup<ReadOnlySpan<char>>()).ToArray();
        sensitiveTexts = sensitive.Select(_ => new List<string>()).ToArray();
        atomSensitive = sensitive.Select(_ => new List<int>()).ToArray();
    }

    public IReadOnlyList<Hierarchy> QuasiIdentifiers { get; }

    public IReadOnlyList<string> SensitiveColumns { get; }

    public int Count => rowAtoms.Count;

    internal int KeyCount => keySizes.Count;

    internal int AtomCount => atomKeys.Count;

    /// <summary>Sets a quasi-identifier of the row being made.</summary>
    /// <exception cref="InvalidDataException">The value is not in the column's hierarchy. The message does not repeat it.</exception>
    public void SetQuasiIdentifier(int column, ReadOnlySpan<char> value)
    {
        if (!TrySetQuasiIdentifier(column, value)) throw new InvalidDataException($"Row {Count + 1} has a value in {QuasiIdentifiers[column].Column} that is not in its hierarchy.");
    }

    /// <returns>False when the value is not in the column's hierarchy.</returns>
    public bool TrySetQuasiIdentifier(int column, ReadOnlySpan<char> value) => (current[column] = QuasiIdentifiers[column].Find(value)) >= 0;

    public void SetSensitive(int column, ReadOnlySpan<char> value)
    {
        if (!sensitiveLookups[column].TryGetValue(value, out var code))
        {
            var text = WrittenText.InForm(value.ToString(), NormalizationForm.FormC);
            if (!sensitiveCodes[column].TryGetValue(text, out code))
            {
                sensitiveCodes[column].Add(text, code = sensitiveTexts[column].Count);
                sensitiveTexts[column].Add(text);
            }
        }

        currentSensitive[column] = code;
    }

    /// <summary>Adds the row of which every column has been set.</summary>
    public void Add()
    {
        // Leaves packed into one number; where they do not fit, what is packed so far becomes a dense number of its own.
        ulong packed = 0, room = 1;
        for (var q = 0; q < current.Length; q++)
        {
            var leaves = (ulong)QuasiIdentifiers[q].LeafCount;
            if (room > (ulong)long.MaxValue / leaves)
            {
                packed = (ulong)prefixes[q].Add(packed, out _);
                room = int.MaxValue;
            }

            packed = packed * leaves + (ulong)current[q];
            room *= leaves;
        }

        var key = combinations.Add(packed, out var isNew);
        if (isNew)
        {
            for (var q = 0; q < current.Length; q++) keyCodes[q].Add(current[q]);
            keySizes.Add(0);
        }

        keySizes[key]++;
        var tuple = 0;
        foreach (var code in currentSensitive) tuple = sensitiveTuples.Add(((ulong)(uint)tuple << 32) | (uint)code, out _);
        rowAtoms.Add(AtomOf(key, tuple));
    }

    /// <summary>The leaf of a row's quasi-identifier, to ask its <see cref="Hierarchy"/> about.</summary>
    public int LeafOf(int row, int column) => keyCodes[column][KeyOf(row)];

    public int SensitiveCodeOf(int row, int column) => atomSensitive[column][rowAtoms[row]];

    public string SensitiveText(int column, int code) => sensitiveTexts[column][code];

    public int SensitiveCount(int column) => sensitiveTexts[column].Count;

    internal int KeyOf(int row) => atomKeys[rowAtoms[row]];

    internal int SensitiveFind(int column, string value) => sensitiveCodes[column].GetValueOrDefault(WrittenText.InForm(value, NormalizationForm.FormC), -1);

    internal int[] KeyCodes(int column) => keyCodes[column].ToArray();

    internal ReadOnlySpan<int> KeySizes => CollectionsMarshal.AsSpan(keySizes);

    /// <summary>An atom is a combination of quasi-identifiers and sensitive values, with the number of rows that have it.</summary>
    internal (int Key, int Size) Atom(int atom) => (atomKeys[atom], atomSizes[atom]);

    internal int AtomSensitive(int atom, int column) => atomSensitive[column][atom];

    private int AtomOf(int key, int tuple)
    {
        var atom = atoms.Add(((ulong)(uint)key << 32) | (uint)tuple, out var isNew);
        if (isNew)
        {
            atomKeys.Add(key);
            atomSizes.Add(0);
            for (var s = 0; s < currentSensitive.Length; s++) atomSensitive[s].Add(currentSensitive[s]);
        }

        atomSizes[atom]++;
        return atom;
    }
}
