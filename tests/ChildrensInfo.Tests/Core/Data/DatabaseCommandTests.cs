using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Data;

/// <summary>A council's first day by the command line, on a database of its own: tables, key, council, people, and a return.</summary>
public class DatabaseCommandTests(TestSite site)
{
    private const string Password = "a password of some length";

    [Fact]
    public async Task A_council_is_set_up_and_its_first_return_loaded()
    {
        var database = await site.EmptyDatabaseAsync(TestContext.Current.CancellationToken);
        using var command = new CommandLine();
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__Portal"] = database.Site,
            ["ConnectionStrings__Migrator"] = database.Migrator,
            ["Keys__CertificatePath"] = command.PathOf("key.pfx"),
        };
        async Task<string> DoneAsync(string typed, params string[] arguments)
        {
            var (exit, output, error) = await CommandLine.RunHereAsync(settings, typed, arguments);
            Assert.True(exit == 0, $"{exit}: {error}{output}");
            return output;
        }

        async Task<string> RefusedAsync(string typed, params string[] arguments)
        {
            var (exit, output, error) = await CommandLine.RunHereAsync(settings, typed, arguments);
            Assert.Equal(2, exit);
            Assert.Equal("", output);
            return error;
        }

        async Task<string> FaultAsync(params string[] arguments)
        {
            var (exit, _, error) = await CommandLine.RunHereAsync(settings, "", arguments);
            Assert.Equal(1, exit);
            return Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Contains("made", await DoneAsync("", "create-key"));
        Assert.Contains("already", await DoneAsync("", "create-key"));
        settings["ConnectionStrings__Migrator"] = new NpgsqlConnectionStringBuilder(database.Migrator) { Port = 1 }.ConnectionString;
        Assert.StartsWith("The database does not answer: ", await FaultAsync("migrate"), StringComparison.Ordinal);
        settings["ConnectionStrings__Migrator"] = database.Migrator;
        Assert.Contains("Was it migrated?", await FaultAsync("create-authority", "--code", "975", "--name", "Nowhere Council"), StringComparison.Ordinal);
        Assert.Contains("up to date", await DoneAsync("", "migrate"));
        Assert.Contains("up to date", await DoneAsync("", "migrate"));
        Assert.Contains("three digits", await RefusedAsync("", "create-authority", "--code", "97x", "--name", "Nowhere Council"));
        await DoneAsync("", "create-authority", "--code", "975", "--name", "Nowhere Council");
        Assert.Contains("already a council", await RefusedAsync("", "create-authority", "--code", "975", "--name", "Nowhere Council"));

        string[] lead = ["create-user", "--authority", "975", "--email", "lead@nowhere.example", "--name", "Lea Moss", "--role"];
        Assert.Contains("at least 15", await RefusedAsync("short", [.. lead, "DataLead"]));
        Assert.Contains("--role", await RefusedAsync(Password, [.. lead, "99"]));
        Assert.Contains("needs a team", await RefusedAsync(Password, [.. lead, "TeamManager"]));
        await DoneAsync(Password, [.. lead, "DataLead"]);
        Assert.Contains("already", await RefusedAsync(Password, [.. lead, "DataLead"]));
        Assert.Contains("Say --demo", await RefusedAsync("", "seed"));

        var census = Path.Combine(AppContext.BaseDirectory, "Samples", "cin", "fake_CIN_data.xml");
        Assert.Contains("No data lead", await RefusedAsync("", "import", "--as", "nobody@nowhere.example", census));
        Assert.DoesNotContain(" 0 added", await DoneAsync("", "import", "--as", "lead@nowhere.example", census));
        Assert.Contains(" 0 added, 0 changed", await DoneAsync("", "import", "--as", "lead@nowhere.example", census));
        Assert.Contains("cut.xml", await RefusedAsync("", "import", "--as", "lead@nowhere.example", command.Write("cut.xml", "<Message><Header>")));

        Assert.Contains("The audit log holds.", await DoneAsync("", "verify-audit"));
        Assert.Contains("--expect takes", await RefusedAsync("", "verify-audit", "--expect", "12"));
        await using (var connection = new NpgsqlConnection(database.Superuser))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var alter = new NpgsqlCommand("set session_replication_role = replica; update audit_entries set detail = 'nothing' where action = 'return.loaded'", connection);
            await alter.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (exitCode, _, broken) = await CommandLine.RunHereAsync(settings, "", "verify-audit");
        Assert.Equal(3, exitCode);
        Assert.StartsWith("BROKEN after the last seal, line ", broken, StringComparison.Ordinal);

        await using var db = new AppDbContext(new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(database.Superuser).UsePortalConventions().Options, new FixedActor(null));
        var person = Assert.Single(await db.Users.IgnoreQueryFilters().ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal((Role.DataLead, "Lea Moss"), (person.Role, person.DisplayName));
        Assert.NotEqual(0, await db.Children.IgnoreQueryFilters().CountAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Password, person.PasswordHash!);
    }
}
