using System.Globalization;
using System.Reflection;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>
/// Every table that says whose it is, taken from the model so that a new one is among them: another council sees none of it, by either lock alone. Every table has rows,
/// made up column by column in a database of their own, and those name the people and the child of whoever asks wherever they can: only whose they are keeps them apart.
/// </summary>
public class EveryTableTests(TestSite site)
{
    /// <summary>Tables that are no council's: what sign-in has to find before anybody is known, and what is the whole service's.</summary>
    private static readonly string[] NoCouncils = ["AspNetUserClaims", "AspNetUserLogins", "AspNetUserTokens", "audit_seals", "authorities", "passkeys", "people", "postcode_directories", "postcode_places"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_entity_of_a_council_has_the_filter_of_the_council_and_every_one_about_a_child_that_of_reach()
    {
        using var scope = site.As(null);
        var bare = OfCouncils(scope.Db).Where(e => e.FindDeclaredQueryFilter(AppDbContext.AuthorityLock) is null || (typeof(IAboutChild).IsAssignableFrom(e.ClrType) && e.FindDeclaredQueryFilter(AppDbContext.ReachLock) is null));
        Assert.Empty(bare.Select(e => e.ClrType.Name));
        Assert.Equal(NoCouncils, scope.Db.Model.GetEntityTypes().Select(e => e.GetTableName()).OfType<string>().Except(OfCouncils(scope.Db).Select(e => e.GetTableName()!)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_row_of_any_table_shows_to_anybody_of_another_council_by_either_lock_alone()
    {
        var database = await site.NewDatabaseAsync(Cancel);
        await using var services = new ServiceCollection().AddLogging().AddSingleton<ICurrentActor>(new FixedActor(null)).AddSingleton(site.Services.GetRequiredService<IKeyProvider>())
            .AddPortalCore(database.Site).BuildServiceProvider();
        var theirs = await World.CreateAsync(site, services);
        var asking = await World.CreateAsync(site, services);
        var child = await asking.AddChildAsync(asking.Practitioner);
        await asking.AssignAsync(child, asking.ReviewingOfficer);
        await asking.AssignAsync(child, asking.Advocate);
        List<Actor> askers = [.. Enum.GetValues<Role>().Select(r => World.ActorOf(asking.PersonOf(r))), asking.Whole];

        AppDbContext Unlocked(Actor? actor) => new(new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(database.Superuser).UsePortalConventions().Options, new FixedActor(actor));
        await using var connection = new NpgsqlConnection(database.Superuser);
        await connection.OpenAsync(Cancel);
        List<IEntityType> entities;
        await using (var model = Unlocked(null))
        {
            entities = [.. OfCouncils(model)];
            await FillAsync(connection, model.Model, entities, theirs, asking, child);
        }

        var tables = entities.Select(e => e.GetTableName()!).ToList();
        var ofTheirs = string.Join(" union all ", tables.Select(t => $"select '{t}' as \"Value\" where exists (select from {t} where authority_id = '{theirs.Authority.Id}')"));
        var empty = tables.Except(await RowsAsync(connection, ofTheirs));
        Assert.Empty(empty);

        // Row-level security alone. A table the site may not read at all is left out of the question, which would fail as a whole.
        var closed = await RowsAsync(connection, string.Join(" union all ", tables.Select(t => $"select '{t}' where not has_column_privilege('{EmbeddedPostgres.SiteRole}', '{t}', 'authority_id', 'select')")));
        Assert.Empty(closed);
        var seen = new List<string>();
        foreach (var asker in askers)
        {
            using var scope = new Scope(services, asker);
            seen.AddRange((await scope.Db.Database.SqlQueryRaw<string>(ofTheirs).ToListAsync(Cancel)).Select(t => $"{asker.Role} {asker.Reach} sees {t} past row-level security"));
        }

        // The query filter alone: the superuser is above row-level security.
        var any = typeof(EveryTableTests).GetMethod(nameof(AnyOfAsync), BindingFlags.Static | BindingFlags.NonPublic)!;
        foreach (var asker in askers)
        {
            await using var db = Unlocked(asker);
            foreach (var entity in entities)
            {
                if (await (Task<bool>)any.MakeGenericMethod(entity.ClrType).Invoke(null, [db, theirs.Authority.Id])!) seen.Add($"{asker.Role} {asker.Reach} sees {entity.ClrType.Name} past the query filter");
            }
        }

        Assert.True(seen.Count == 0, string.Join('\n', seen));
    }

    private static IEnumerable<IEntityType> OfCouncils(AppDbContext db) =>
        db.Model.GetEntityTypes().Where(e => e.GetTableName() is not null && e.FindProperty(nameof(IBelongToAuthority.AuthorityId)) is not null && e.ClrType != typeof(AppUser)).OrderBy(e => e.GetTableName(), StringComparer.Ordinal);

    private static Task<bool> AnyOfAsync<T>(AppDbContext db, Guid authority) where T : class => db.Set<T>().AnyAsync(e => EF.Property<Guid?>(e, nameof(IBelongToAuthority.AuthorityId)) == authority, Cancel);

    private static async Task<List<string>> RowsAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel)) rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>
    /// For each table rows enough that each person who asks is named once with every column filled and once with as few as it takes, and that each word a column of a fixed
    /// list may hold is there. What would refuse such rows (constraints, triggers) is taken off this database; its policies are not.
    /// </summary>
    private static async Task FillAsync(NpgsqlConnection connection, IModel model, List<IEntityType> entities, World theirs, World asking, Child child)
    {
        await using (var off = new NpgsqlCommand(
            """
            do $$ declare c record; begin
                for c in select conrelid::regclass as t, conname from pg_constraint where connamespace = 'public'::regnamespace and contype in ('f', 'c', 'u', 'p', 'x') and conparentid = 0 and conrelid <> 0 order by contype <> 'f' loop
                    execute format('alter table %s drop constraint %I cascade', c.t, c.conname);
                end loop;
                for c in select indexrelid::regclass as i from pg_index join pg_class on pg_class.oid = indexrelid where indisunique and relnamespace = 'public'::regnamespace and not relispartition loop
                    execute format('drop index %s', c.i);
                end loop;
            end $$;
            set session_replication_role = replica;
            """, connection)) await off.ExecuteNonQueryAsync(Cancel);

        var columns = new List<(string Table, string Name, string Type, bool Needed)>();
        await using (var list = new NpgsqlCommand(
            """
            select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = '' order by c.relname, a.attnum
            """, connection))
        await using (var reader = await list.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel)) columns.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)));
        }

        Guid[] people = [.. Enum.GetValues<Role>().Select(r => asking.PersonOf(r).Id)];
        foreach (var entity in entities)
        {
            var table = StoreObjectIdentifier.Table(entity.GetTableName()!);
            var ofTable = columns.Where(c => c.Table == table.Name).ToList();
            var properties = entity.GetProperties().Where(p => p.GetColumnName(table) is not null).ToDictionary(p => p.GetColumnName(table)!);
            var words = ofTable.ToDictionary(c => c.Name, c => properties.GetValueOrDefault(c.Name) is { } p && Nullable.GetUnderlyingType(p.ClrType) is var inner && (inner ?? p.ClrType) is { IsEnum: true } type
                ? [.. Enum.GetValues(type).Cast<object>().Select(v => $"{p.GetTypeMapping().Converter!.ConvertToProvider(v)}")] : Array.Empty<string>());
            var count = Math.Max(2 * people.Length, words.Values.Max(w => w.Length));
            var rows = Enumerable.Range(0, count).Select(k => "(" + string.Join(", ", ofTable.Select(c => Value(c.Name, c.Type, c.Needed, k))) + ")");
            await using var insert = new NpgsqlCommand($"insert into {table.Name} ({string.Join(", ", ofTable.Select(c => $"\"{c.Name}\""))}) values {string.Join(", ", rows)}", connection);
            await insert.ExecuteNonQueryAsync(Cancel);

            string Value(string column, string type, bool needed, int k)
            {
                var to = properties.GetValueOrDefault(column)?.GetContainingForeignKeys().Select(f => f.PrincipalEntityType.ClrType).FirstOrDefault();
                if (column == "authority_id") return $"'{theirs.Authority.Id}'";
                if (column == "child_id") return $"'{child.Id}'";
                if (to == typeof(AppUser) || column.EndsWith("_by_id", StringComparison.Ordinal) || column is "person_id") return $"'{people[k / 2 % people.Length]}'";
                if (k % 2 == 1 && !needed) return "null";
                if (words[column] is { Length: > 0 } possible) return $"'{possible[k % possible.Length]}'";
                return type switch
                {
                    "uuid" => $"'{Guid.NewGuid()}'",
                    "boolean" => k % 4 < 2 ? "true" : "false",
                    "jsonb" or "json" => "'{}'",
                    "bytea" => "'\\x00'",
                    "date" or "timestamp with time zone" => "now()",
                    "time without time zone" => "'12:00'",
                    "interval" => "'1 minute'",
                    "xid8" or "integer" or "bigint" or "smallint" or "double precision" => string.Create(CultureInfo.InvariantCulture, $"'{k + 1}'"),
                    _ when type.EndsWith("[]", StringComparison.Ordinal) => "'{}'",
                    _ when type.StartsWith("numeric", StringComparison.Ordinal) => "1",
                    _ when type.StartsWith("character", StringComparison.Ordinal) || type == "text" => "'x'",
                    _ => throw new InvalidOperationException($"{table.Name}.{column} is of the type {type}: say what its made-up rows hold."),
                };
            }
        }
    }
}
