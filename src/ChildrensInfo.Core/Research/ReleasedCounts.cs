using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Files;
using Microsoft.Extensions.Caching.Memory;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// What was counted in each file that was released, so that it is opened once and not for every page of results it is set beside. Released bytes never change, so what is kept goes
/// by the file and the SHA-256 of what is in it; it is asked for only by who has just found the file in the database, and forgotten when the file is destroyed.
/// </summary>
public sealed class ReleasedCountsCache : IDisposable
{
    /// <summary>How many counts are kept: some tens of megabytes.</summary>
    private const int Most = 500_000;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = Most });

    public async Task<T> GetAsync<T>(StoredFile file, Func<Task<(T Counts, int Size)>> read)
        where T : class
    {
        var key = (file.Id, Convert.ToHexString(file.Sha256!));
        if (kept.TryGetValue(key, out T? known)) return known!;
        var (counts, size) = await read();
        return kept.Set(key, counts, new MemoryCacheEntryOptions { Size = Math.Max(1, size), AbsoluteExpirationRelativeToNow = Longest });
    }

    public void Forget(StoredFile file) => kept.Remove((file.Id, Convert.ToHexString(file.Sha256!)));

    public void Dispose() => kept.Dispose();
}

/// <summary>Reads released files for what they count, each once.</summary>
public sealed class ReleasedCounts(FileStore files, ReleasedCountsCache cache)
{
    /// <summary>More rows than any table that was released has.</summary>
    private const int MostRows = 1_000_000;

    public Task<IReadOnlyList<OutputCount>> OfResultsAsync(StoredFile file, Predicate<string> isLabel, CancellationToken cancel) => cache.GetAsync(file, async () =>
    {
        await using var stored = await files.OpenAsync(file, cancel);
        using var reader = new StreamReader(stored, Encoding.UTF8);
        var counts = OutputCheck.CountsOf(OutputFile.TableOf(await reader.ReadToEndAsync(cancel)), isLabel);
        return (counts, counts.Count);
    });

    /// <param name="variables">How many columns stand before the count. The flags and means beside it are no labels.</param>
    public Task<IReadOnlyList<OutputCount>> OfTableAsync(StoredFile file, int variables, Predicate<string> isLabel, CancellationToken cancel) => cache.GetAsync(file, async () =>
    {
        await using var package = await OpenAsync(file, cancel);
        using var reader = DataOf(package);
        var rows = OutputFile.TableOf(await reader.ReadToEndAsync(cancel), MostRows).Select(row => row[..(variables + 1)]).ToList();
        var counts = OutputCheck.CountsOf(rows, isLabel);
        return (counts, counts.Count);
    });

    /// <summary>A file of rows as the combinations in it and how many have each; read a row at a time.</summary>
    public Task<RowCounts> OfRowsAsync(StoredFile file, CancellationToken cancel) => cache.GetAsync(file, async () =>
    {
        await using var package = await OpenAsync(file, cancel);
        using var text = DataOf(package);
        var reader = new DelimitedReader(text, ',');
        reader.Read();
        string[] header = [.. Enumerable.Range(1, reader.FieldCount - 1).Select(c => reader[c].ToString())];
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        var all = 0L;
        var row = new StringBuilder();
        while (reader.Read())
        {
            row.Clear();
            for (var c = 1; c < reader.FieldCount; c++) row.Append(reader[c]).Append(',');
            var key = row.ToString();
            found[key] = found.GetValueOrDefault(key) + 1;
            all++;
        }

        return (new RowCounts(header, [.. found.Select(f => (f.Key.Split(','), f.Value))], all), found.Count);
    });

    private async Task<ZipArchive> OpenAsync(StoredFile file, CancellationToken cancel) => await ZipArchive.CreateAsync(await files.OpenAsync(file, cancel), ZipArchiveMode.Read, leaveOpen: false, null, cancel);

    private static StreamReader DataOf(ZipArchive package) => new(package.GetEntry(ExtractPackage.Data)!.Open(), Encoding.UTF8);
}

/// <summary>A file of rows, counted by whatever is asked for.</summary>
/// <param name="header">The columns, without what tells rows apart.</param>
/// <param name="rows">Each combination of codes that is in the file, and how many rows have it.</param>
public sealed class RowCounts(string[] header, IReadOnlyList<(string[] Values, long Count)> rows, long all)
{
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, long>> counted = new(StringComparer.Ordinal);

    /// <param name="keyOf">One name for labels, in whatever order they are.</param>
    /// <returns>Null when the file does not have what is counted, at the detail in which it is.</returns>
    public long? Of(IReadOnlyList<string> labels, Func<IEnumerable<string>, string> keyOf)
    {
        if (labels.Count == 0) return all;
        var named = labels.Select(l => l.Split('=', 2)).ToList();
        if (named.Exists(n => n.Length < 2 || Array.IndexOf(header, n[0]) < 0)) return null;
        var columns = named.ConvertAll(n => Array.IndexOf(header, n[0]));
        var counts = counted.GetOrAdd(string.Join(',', columns), _ => rows.GroupBy(row => keyOf(columns.Select(c => $"{header[c]}={row.Values[c]}"))).ToDictionary(g => g.Key, g => g.Sum(r => r.Count), StringComparer.Ordinal));
        return counts.TryGetValue(keyOf(labels), out var n) ? n : null;
    }
}
