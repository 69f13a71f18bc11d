using System.Globalization;
using System.Security.Cryptography;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Need;

/// <summary>Reads how many children of each ethnic group live here from a file, a line a year: what each line says, or what is wrong with it.</summary>
public static class EthnicPopulationFile
{
    public const int MostLines = 100;

    public const int MaxBytes = 100_000;

    public static readonly IReadOnlyList<string> Headings = ["year", "asian", "black", "mixed", "white", "other", "source", "reason"];

    /// <param name="id">Of which each line's own is made.</param>
    public static (IReadOnlyList<(int Line, KeepEthnicPopulation Input)> Lines, List<string> Faults) Read(Guid id, string text)
    {
        try
        {
            return ReadLines(id, new DelimitedReader(new StringReader(text), ','));
        }
        catch (InvalidDataException)
        {
            return ([], ["A quotation mark in the file is not closed. Close it, or take it out"]);
        }
    }

    private static (IReadOnlyList<(int Line, KeepEthnicPopulation Input)> Lines, List<string> Faults) ReadLines(Guid id, DelimitedReader reader)
    {
        var (lines, faults, years) = (new List<(int, KeepEthnicPopulation)>(), new List<string>(), new Dictionary<int, int>());
        if (!reader.Read()) return ([], ["The file is empty"]);
        var given = Fields(reader).ConvertAll(h => h.ToLowerInvariant());
        faults.AddRange(Headings.Where(h => given.Count(g => g == h) != 1).Select(h => given.Contains(h) ? $"Line 1: there are two headings “{h}”" : $"Line 1: there is no heading “{h}”. The headings are {string.Join(", ", Headings)}"));
        if (faults.Count > 0) return ([], faults);
        while (reader.Read())
        {
            var (line, fields) = ((int)reader.Row, Fields(reader));
            if (fields.TrueForAll(f => f.Length == 0)) continue;
            if (lines.Count == MostLines)
            {
                faults.Add($"Line {line}: a file has {MostLines} lines or fewer");
                break;
            }

            if (fields.Count != given.Count)
            {
                faults.Add($"Line {line}: there are {fields.Count} values under {given.Count} headings. Put a text that has a comma in it in quotation marks");
                continue;
            }

            string Of(string heading) => fields[given.IndexOf(heading)];
            int? Number(string heading)
            {
                if (Of(heading).Length == 0) return null;
                if (int.TryParse(Of(heading), NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
                faults.Add($"Line {line}: “{heading}” is not a whole number");
                // So that it is not said to be missing too.
                return heading == "year" ? 2000 : 0;
            }

            var input = new KeepEthnicPopulation
            {
                Id = new Guid(SHA256.HashData([.. id.ToByteArray(), .. BitConverter.GetBytes(line)]).AsSpan(0, 16)),
                Year = Number("year"),
                Asian = Number("asian"),
                Black = Number("black"),
                Mixed = Number("mixed"),
                White = Number("white"),
                Other = Number("other"),
                Source = Of("source"),
                Reason = Of("reason"),
            };
            if (input.Year is { } year && !years.TryAdd(year, line)) faults.Add($"Line {line}: the year {year} is in line {years[year]} already");
            lines.Add((line, input));
        }

        if (lines.Count == 0 && faults.Count == 0) faults.Add("There is no line under the headings");
        return (lines, faults);
    }

    private static List<string> Fields(DelimitedReader reader) => [.. Enumerable.Range(0, reader.FieldCount).Select(f => reader[f].Trim().TrimStart('\uFEFF').ToString())];
}
