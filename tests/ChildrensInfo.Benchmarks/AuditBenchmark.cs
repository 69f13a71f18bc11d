using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Audit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Benchmarks;

/// <summary>Checking the whole audit log, every line's hash and every seal, against only reading the same rows.</summary>
internal static class AuditBenchmark
{
    private const int LinesPerSeal = 5_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var lines = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200_000;
        await using var portal = await BenchmarkPortal.StartAsync("824");
        await using var source = NpgsqlDataSource.Create(portal.ConnectionString);
        for (var written = 0; written < lines; written += LinesPerSeal)
        {
            await WriteAsync(source, portal, Math.Min(LinesPerSeal, lines - written));
            using var scope = portal.Services.CreateScope();
            await scope.ServiceProvider.GetRequiredService<AuditChain>().SealAsync(CancellationToken.None);
        }

        Console.WriteLine("What                          | Lines      | Seconds | Lines a second | Ratio to reading");
        Console.WriteLine("------------------------------|-----------:|--------:|---------------:|----------------:");
        var (read, verify) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 3; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await ReadAsync(source);
            read = Math.Min(read, Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
            using var scope = portal.Services.CreateScope();
            var verdict = await scope.ServiceProvider.GetRequiredService<AuditChain>().VerifyAsync(null, CancellationToken.None);
            verify = Math.Min(verify, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (verdict.Break is { } broken) throw new InvalidOperationException($"The log does not hold: {broken.What}");
            lines = (int)(verdict.Lines + verdict.Unsealed);
        }

        Row("Reading every column", read);
        Row("Verifying lines and seals", verify);
        var figures = new Figures();
        figures.AtLeast("lines verified a second", lines / verify, 50_000, "lines");
        return figures.Ended();

        void Row(string what, double seconds) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-29} | {lines,10:N0} | {seconds,7:F2} | {lines / seconds,14:N0} | {seconds / read,16:F2}"));
    }

    private static async Task WriteAsync(NpgsqlDataSource source, BenchmarkPortal portal, int lines)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync("copy audit_entries (id, authority_id, actor_id, actor_role, action, child_id, subject_id, detail, at, hash) from stdin (format binary)");
        for (var i = 0; i < lines; i++)
        {
            var line = AuditEntry.For(AuditActions.ChildRead, portal.Actor, Guid.CreateVersion7(), null, TimeProvider.System, "/Hear/Child");
            await copy.StartRowAsync();
            await copy.WriteAsync(line.Id);
            await copy.WriteAsync(line.AuthorityId!.Value);
            await copy.WriteAsync(line.ActorId!.Value);
            await copy.WriteAsync(line.ActorRole!.Value.ToString());
            await copy.WriteAsync(line.Action);
            await copy.WriteAsync(line.ChildId!.Value);
            await copy.WriteNullAsync();
            await copy.WriteAsync(line.Detail!);
            await copy.WriteAsync(line.At, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(line.Hash);
        }

        await copy.CompleteAsync();
    }

    private static async Task ReadAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select written_in, id, authority_id, actor_id, actor_role, action, child_id, subject_id, detail, at, hash from audit_entries order by written_in, id");
        await using var reader = await command.ExecuteReaderAsync();
        var values = new object[11];
        while (await reader.ReadAsync()) reader.GetValues(values);
    }
}
