using System.Globalization;
using ChildrensInfo.Core.Disclosure;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>Where one postcode is, on the grid of Great Britain, in metres. Reference data of the whole site: nothing of a child.</summary>
public class PostcodePlace
{
    /// <summary>In capitals and without its space.</summary>
    public required string Postcode { get; init; }

    public int Easting { get; init; }

    public int Northing { get; init; }
}

/// <summary>A directory of postcodes that was loaded; each takes the place of the one before. The first is what makes distances known.</summary>
public class PostcodeDirectory
{
    public const int EditionMaxLength = 100;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>What it calls itself, such as ONSPD August 2026.</summary>
    public required string Edition { get; init; }

    public int Postcodes { get; init; }

    public DateTime LoadedAt { get; init; }
}

/// <param name="Placed">Postcodes that can be found now.</param>
/// <param name="Unplaced">Those left out: without a place, or on Northern Ireland's grid, which is another.</param>
public sealed record PostcodesLoaded(int Placed, int Unplaced);

/// <summary>
/// Reads the postcode directory of the Office for National Statistics, a row at a time, in one transaction: nobody sees half of one, and what was there stays when it
/// cannot be read to its end.
/// </summary>
public static class PostcodeLoader
{
    private const int LongestPostcode = 8;

    private static readonly string[] Columns = ["pcds", "oseast1m", "osnrth1m"];

    /// <param name="connectionString">Of the role that owns the tables: the site itself may only read them.</param>
    /// <param name="report">Receives how many rows were read, now and then.</param>
    /// <exception cref="InvalidDataException">It is no such directory; its message says why.</exception>
    public static async Task<PostcodesLoaded> LoadAsync(string connectionString, TextReader csv, string edition, DateTime now, Action<long>? report, CancellationToken cancel)
    {
        var (placed, unplaced) = (0, 0);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RunAsync("truncate postcode_places", connection, cancel);
        try
        {
            await using var copy = await connection.BeginBinaryImportAsync("copy postcode_places (postcode, easting, northing) from stdin (format binary)", cancel);
            foreach (var place in Read(csv, report))
            {
                if (place is null)
                {
                    unplaced++;
                    continue;
                }

                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(place.Postcode, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(place.Easting, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(place.Northing, NpgsqlDbType.Integer, cancel);
                placed++;
            }

            await copy.CompleteAsync(cancel);
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new InvalidDataException("A postcode stands in the file twice.", twice);
        }

        if (placed == 0) throw new InvalidDataException("No postcode in the file has a place.");
        await using (var note = new NpgsqlCommand("insert into postcode_directories (id, edition, postcodes, loaded_at) values ($1, $2, $3, $4)", connection))
        {
            note.Parameters.Add(new() { Value = Guid.CreateVersion7() });
            note.Parameters.Add(new() { Value = edition });
            note.Parameters.Add(new() { Value = placed });
            note.Parameters.Add(new() { Value = now });
            await note.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        await RunAsync("analyze postcode_places", connection, cancel);
        return new(placed, unplaced);
    }

    /// <summary>The rows of a directory as they come; null for each that is left out.</summary>
    /// <exception cref="InvalidDataException">It is no such directory; its message says why.</exception>
    public static IEnumerable<PostcodePlace?> Read(TextReader csv, Action<long>? report = null)
    {
        var reader = new DelimitedReader(csv, ',');
        if (!reader.Read()) throw new InvalidDataException("The file is empty.");
        var (postcode, east, north) = (Find(reader, Columns[0]), Find(reader, Columns[1]), Find(reader, Columns[2]));
        var last = Math.Max(postcode, Math.Max(east, north));
        while (reader.Read())
        {
            if (reader.Row % 100_000 == 0) report?.Invoke(reader.Row);
            if (reader.FieldCount <= last) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"Row {reader.Row} is too short."));
            var code = Compact(reader[postcode]);
            if (code.Length is 0 or > LongestPostcode || !code.All(char.IsAsciiLetterOrDigit)) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"Row {reader.Row} has no postcode in {Columns[0]}."));
            var isPlaced = reader[east].Trim().Length > 0 && reader[north].Trim().Length > 0 && !code.StartsWith("BT", StringComparison.Ordinal);
            yield return isPlaced ? new() { Postcode = code, Easting = Metres(reader, east), Northing = Metres(reader, north) } : null;
        }
    }

    private static int Find(DelimitedReader header, string column)
    {
        for (var i = 0; i < header.FieldCount; i++)
            if (header[i].Trim().Trim('\uFEFF').Equals(column, StringComparison.OrdinalIgnoreCase)) return i;
        throw new InvalidDataException($"The file has no column {column}. It needs {string.Join(", ", Columns)}, as the postcode directory of the Office for National Statistics has them.");
    }

    private static int Metres(DelimitedReader row, int field) =>
        int.TryParse(row[field].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var metres) && metres <= 2_000_000
            ? metres : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"Row {row.Row} has no place on the grid: {Columns[1]} and {Columns[2]} are whole metres."));

    private static string Compact(ReadOnlySpan<char> written)
    {
        Span<char> kept = stackalloc char[LongestPostcode + 1];
        var length = 0;
        foreach (var c in written)
        {
            if (c == ' ') continue;
            if (length == kept.Length) break;
            kept[length++] = char.ToUpperInvariant(c);
        }

        return new(kept[..length]);
    }

    private static async Task RunAsync(string sql, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
