using ChildrensInfo.Core.Data;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Data;

/// <summary>What stood in a database before a change of its form stands there afterwards, as what it means now.</summary>
public class EarlierDataTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_heard_before_records_had_several_subjects_people_present_and_a_clock_is_kept()
    {
        var database = await site.EmptyDatabaseAsync(Cancel);
        await using var before = Migrator.Create(database.Migrator);
        await before.GetService<IMigrator>().MigrateAsync("InformationUseProjects", Cancel);
        Guid[] visits = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        Guid[] records = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        var (council, child) = (("authority_id", (object)Guid.NewGuid()), ("child_id", (object)Guid.NewGuid()));
        var (ask, device, sealedAt) = (Guid.CreateVersion7(), Guid.NewGuid(), new DateTime(2026, 3, 9, 10, 0, 0, DateTimeKind.Utc));
        var heard = new[] { "somebody named", "somebody near", "somebody, and not known", "nobody near", "by the child", "on a device", "on a device that is lent" }.ToDictionary(n => n, _ => Guid.CreateVersion7());
        await using (var earlier = await NpgsqlDataSource.Create(database.Superuser).OpenConnectionAsync(Cancel))
        {
            // Only the rows that change are there: what they hang on is not looked for.
            await ExecuteAsync(earlier, "set session_replication_role = replica");
            await AddAsync(earlier, "authorities", ("id", council.Item2), ("nation", "England"));
            await AddAsync(earlier, "children", ("id", child.Item2), council);
            await AddAsync(earlier, "voice_sessions", council, child, ("id", visits[0]), ("present_sealed", new byte[] { 1, 2, 3 }), ("earshot", "PartOfTheTime"));
            await AddAsync(earlier, "voice_sessions", council, child, ("id", visits[1]), ("earshot", "Somebody"));
            await AddAsync(earlier, "voice_sessions", council, child, ("id", visits[2]), ("present_sealed", new byte[] { 4 }));
            await AddAsync(earlier, "voice_sessions", council, child, ("id", visits[3]), ("earshot", "Nobody"));
            await AddAsync(earlier, "voice_records", ("id", records[0]), ("kind", "TypedText"), ("subject_matter", "MyInformation"), ("speaker", "Child"));
            await AddAsync(earlier, "voice_records", ("id", records[1]), ("kind", "Declined"), ("not_heard_reason", "DidNotWantTo"), ("subject_matter", "MyLife"), ("speaker", "Child"));
            async Task SoundAsync(Guid id, int visit, int hour = 12) =>
                await AddAsync(earlier, "voice_records", council, child, ("id", id), ("kind", "Audio"), ("subject_matter", "MyLife"), ("speaker", "Child"), ("session_id", visits[visit]), ("file_id", Guid.NewGuid()), ("sealed_by_id", device), ("sealed_at", sealedAt.AddHours(hour - 10)));
            await SoundAsync(heard["somebody named"], 0);
            await AddAsync(earlier, "third_party_voices", child, ("voice_record_id", heard["somebody named"]), ("described_sealed", new byte[] { 1 }));
            await SoundAsync(heard["somebody near"], 0);
            await SoundAsync(heard["somebody, and not known"], 2);
            await SoundAsync(heard["nobody near"], 3);
            await AddAsync(earlier, "child_modes", council, child, ("session_id", visits[3]), ("practitioner_id", device), ("started_at", sealedAt.AddHours(-1)), ("ended_at", sealedAt.AddHours(1)));
            await SoundAsync(heard["by the child"], 3, 10);
            foreach (var (name, on) in new[] { ("on a device", sealedAt), ("on a device that is lent", new DateTime(2026, 11, 30, 9, 0, 0, DateTimeKind.Utc)) })
            {
                await SoundAsync(heard[name], 3);
                await AddAsync(earlier, "device_receipts", ("id", heard[name]), ("kind", "Record"), ("device_id", device), ("sealed_at", on), ("sent_at", on), ("received_at", on), ("sha256", new byte[32]));
            }

            await AddAsync(earlier, "asks", ("id", ask), ("about", "APlan"));
            await AddAsync(
                earlier, "device_receipts", ("id", records[0]), ("kind", "Record"), ("device_id", device), ("sealed_at", sealedAt), ("sent_at", sealedAt.AddHours(2)), ("received_at", sealedAt.AddHours(2).AddSeconds(3)),
                ("sha256", new byte[32]));
        }

        await using var now = Migrator.Create(database.Migrator);
        await now.Database.MigrateAsync(Cancel);
        await using var connection = await NpgsqlDataSource.Create(database.Superuser).OpenConnectionAsync(Cancel);
        Assert.Equal(["MyInformation"], await OneAsync<string[]>(connection, $"select subjects from voice_records where id = '{records[0]}'"));
        Assert.Empty(await OneAsync<string[]>(connection, $"select subjects from voice_records where id = '{records[1]}'"));
        Assert.Equal(["APlan"], await OneAsync<string[]>(connection, $"select about from asks where id = '{ask}'"));
        Assert.Equal(
            ["SomebodyElse Partly 010203", "SomebodyElse Yes -", "SomebodyElse NotKnown 04", "-"],
            await Task.WhenAll(visits.Select(v => TextAsync(database.Superuser, $"select coalesce((select role || ' ' || in_earshot || ' ' || coalesce(encode(who_sealed, 'hex'), '-') from present_persons where session_id = '{v}' and id = session_id), '-')"))));
        Assert.Equal($"Device {device} -3000 2026-03-09 10:00", await OneAsync<string>(connection, $"select clock_source || ' ' || device_id || ' ' || clock_skew_ms || ' ' || to_char(device_time at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from voice_records where id = '{records[0]}'"));
        Assert.Equal("Server", await OneAsync<string>(connection, $"select clock_source from voice_records where id = '{records[1]}'"));
        // Of a recording nobody has said whether anybody else is heard where somebody was near enough or a child made it by themselves.
        var others = new Dictionary<string, string>();
        foreach (var (name, id) in heard) others[name] = await OneAsync<string>(connection, $"select coalesce(anybody_else_heard::text, 'not said') from voice_records where id = '{id}'");
        Assert.Equal(["true", "not said", "not said", "false", "not said", "false", "not said"], heard.Keys.Select(n => others[n]));
        // What refuses changes is back in its place.
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(connection, "update voice_records set language = 'cy'"))).SqlState);
    }

    private static async Task<string> TextAsync(string database, string question)
    {
        await using var connection = await NpgsqlDataSource.Create(database).OpenConnectionAsync(Cancel);
        return await OneAsync<string>(connection, question);
    }

    /// <summary>A row with whatever its table insists on, beside what is given.</summary>
    private static async Task AddAsync(NpgsqlConnection connection, string table, params (string Column, object Value)[] given)
    {
        var columns = new List<string>();
        await using (var needed = new NpgsqlCommand("select column_name || ' ' || udt_name from information_schema.columns where table_name = $1 and is_nullable = 'NO' and column_default is null", connection))
        {
            needed.Parameters.AddWithValue(table);
            await using var rows = await needed.ExecuteReaderAsync(Cancel);
            while (await rows.ReadAsync(Cancel)) columns.Add(rows.GetString(0));
        }

        var values = columns.Select(c => c.Split(' ')).ToDictionary(c => c[0], c => (object)(c[1] switch
        {
            "uuid" => Guid.NewGuid(),
            "date" => new DateOnly(2026, 3, 9),
            "timestamptz" => new DateTime(2026, 3, 9, 9, 0, 0, DateTimeKind.Utc),
            "bool" => false,
            "bytea" => new byte[] { 9 },
            "_text" => Array.Empty<string>(),
            "int4" => 1,
            _ => "x",
        }));
        foreach (var (column, value) in given) values[column] = value;
        await using var insert = new NpgsqlCommand($"insert into {table} ({string.Join(", ", values.Keys)}) values ({string.Join(", ", values.Select((_, i) => $"${i + 1}"))})", connection);
        foreach (var value in values.Values) insert.Parameters.AddWithValue(value);
        await insert.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string command)
    {
        await using var execute = new NpgsqlCommand(command, connection);
        await execute.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<T> OneAsync<T>(NpgsqlConnection connection, string question)
    {
        await using var ask = new NpgsqlCommand(question, connection);
        return (T)(await ask.ExecuteScalarAsync(Cancel))!;
    }
}
