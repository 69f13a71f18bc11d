using ChildrensInfo.Core.Data;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>Outside Development the site refuses to start half protected, and says which half is missing.</summary>
public class StartGuardTests(TestSite site, StartGuardTests.EmptyDatabase empty) : IClassFixture<StartGuardTests.EmptyDatabase>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_everything_in_place_it_starts() => Assert.Empty(await FaultsAsync());

    [Theory]
    [InlineData("AllowedHosts", "*", "AllowedHosts")]
    [InlineData("AllowedHosts", "portal.example;*", "AllowedHosts")]
    [InlineData("AllowedHosts", null, "AllowedHosts")]
    [InlineData("Proxy:Networks", null, "neither ends TLS itself")]
    [InlineData("Proxy:Networks", "127.0.0.1, the proxy", "takes addresses and networks")]
    [InlineData("Keys:CertificatePath", null, "Keys__CertificatePath")]
    [InlineData("Keys:CertificatePath", "/nowhere/keys.pfx", "is not there")]
    [InlineData("Keys:CertificatePassword", "wrong", "cannot be opened")]
    [InlineData("Keys:CookieKeysFolder", null, "Keys__CookieKeysFolder")]
    [InlineData("Keys:CookieKeysFolder", "/nowhere/cookies", "does not exist")]
    [InlineData("Keys:CookieKeysFolder", "/proc", "Keys__CookieKeysFolder cannot be written")]
    [InlineData("Logs:Folder", "/proc/logs", "Logs__Folder cannot be written")]
    [InlineData("Jobs:Run", "sometimes", "Jobs__Run")]
    [InlineData("Research:SmallestPopulation", "-1", "Research__SmallestPopulation")]
    [InlineData("Stopping:WaitSeconds", "soon", "Stopping__WaitSeconds")]
    [InlineData("Passwords:BreachedList", "/nowhere/list.txt", "Passwords__BreachedList is not there")]
    [InlineData("SecondFactor:RequiredOf", "Nobody", "SecondFactor__RequiredOf is Nobody")]
    [InlineData("SecondFactor:RequiredOf", "some", "SecondFactor__RequiredOf")]
    [InlineData("SecondFactor:RequiredOf", "7", "SecondFactor__RequiredOf")]
    [InlineData("Telemetry:OtlpEndpoint", "http://collector.example:4318", "Telemetry__OtlpEndpoint")]
    [InlineData("Telemetry:OtlpEndpoint", "collector", "Telemetry__OtlpEndpoint")]
    [InlineData("Telemetry:MetricsToken", "short", "Telemetry__MetricsToken")]
    public async Task A_missing_setting_is_one_line(string setting, string? value, string says)
    {
        // Where nobody can write, not even root.
        Assert.SkipUnless(value?.StartsWith("/proc", StringComparison.Ordinal) != true || OperatingSystem.IsLinux(), "Only Linux has such a folder.");
        Assert.Contains(says, Assert.Single(await FaultsAsync(change: (setting, value))));
    }

    [Fact]
    public async Task A_provider_that_is_half_set_up_is_a_line_for_each_thing_that_is_missing() =>
        Assert.Contains("Oidc__Providers__0__ClientSecret is not set", string.Join('\n', await FaultsAsync(change: ("Oidc:Providers:0:Key", "harrowmere"))));

    [Theory]
    [InlineData("urls", "http://+:8080;https://+:8443")]
    [InlineData("https_ports", "8443")]
    [InlineData("Kestrel:Endpoints:Main:Url", "https://+:8443")]
    public async Task A_site_that_ends_TLS_itself_needs_no_proxy(string setting, string value) =>
        Assert.Empty(await FaultsAsync(change: (setting, value), without: "Proxy:Networks"));

    [Fact]
    public async Task A_superuser_the_owner_and_a_role_above_row_security_are_refused()
    {
        Assert.Contains("superuser", Assert.Single(await FaultsAsync(empty.Superuser)));
        Assert.Contains(await FaultsAsync(empty.Migrator), f => f.Contains("owns its tables", StringComparison.Ordinal));
        var role = $"bypass_{Guid.NewGuid():N}";
        await ExecuteAsync(empty.Superuser, $"create role {role} login bypassrls password 'x{role}'; grant usage on schema public to {role}; grant select on people to {role}");
        var connection = new NpgsqlConnectionStringBuilder(empty.Site) { Username = role, Password = "x" + role };
        Assert.Contains("BYPASSRLS", Assert.Single(await FaultsAsync(connection.ConnectionString)));
    }

    [Fact]
    public async Task An_unreachable_or_empty_database_and_demonstration_people_are_refused()
    {
        Assert.Contains("does not answer", Assert.Single(await FaultsAsync(new NpgsqlConnectionStringBuilder(empty.Site) { Port = 1, Timeout = 2 }.ConnectionString)));
        var name = $"guard_{Guid.NewGuid():N}";
        await ExecuteAsync(empty.Superuser, $"create database {name}");
        var connection = new NpgsqlConnectionStringBuilder(empty.Site) { Database = name, Pooling = false }.ConnectionString;
        Assert.Contains("no tables", Assert.Single(await FaultsAsync(connection)));
        var super = new NpgsqlConnectionStringBuilder(empty.Superuser) { Database = name, Pooling = false }.ConnectionString;
        await ExecuteAsync(super, $"create table people (email text); grant select on people to portal_app; insert into people values ('a{DemoData.EmailSuffix}')");
        Assert.Contains("demonstration people", Assert.Single(await FaultsAsync(connection)));
    }

    [Fact]
    public async Task A_database_of_an_earlier_version_is_refused_and_one_of_a_later_is_not()
    {
        var (here, _, superuser) = await site.NewDatabaseAsync(Cancel);
        await ExecuteAsync(superuser, "insert into \"__EFMigrationsHistory\" values ('99990101000000_Later', '10.0.0')");
        Assert.Empty(await FaultsAsync(here));
        await ExecuteAsync(superuser, "delete from \"__EFMigrationsHistory\" where migration_id = (select max(migration_id) from \"__EFMigrationsHistory\" where migration_id < '9999')");
        Assert.Contains("of an earlier version", Assert.Single(await FaultsAsync(here)));
    }

    /// <summary>The site as a council starts it: nothing but one line for each thing.</summary>
    [Fact]
    public async Task In_production_the_process_ends_with_a_line_for_each_thing()
    {
        using var command = new CommandLine();
        async Task<string[]> StartAsync(params (string Name, string Value)[] more)
        {
            var settings = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Production", ["ConnectionStrings__Portal"] = empty.Site };
            foreach (var (name, value) in more) settings[name] = value;
            var (exitCode, output, error) = await command.RunAsync(settings, [], "ChildrensInfo.Web.dll");
            Assert.Equal((1, ""), (exitCode, output));
            return error.Trim().Split('\n');
        }

        Assert.Equal("Not started: the folder in Settings__Folder does not exist.", Assert.Single(await StartAsync(("Settings__Folder", "/nowhere/settings"))).Trim());
        var said = await StartAsync(("Jobs__Run", "sometimes"));
        Assert.All(said, line => Assert.StartsWith("Not started: ", line, StringComparison.Ordinal));
        foreach (var setting in new[] { "AllowedHosts", "Keys__CertificatePath", "Keys__CookieKeysFolder", "Jobs__Run" }) Assert.Contains(said, line => line.Contains(setting, StringComparison.Ordinal));
    }

    /// <summary>With the database of a council, the names of the two environments that guard less start nothing.</summary>
    [Fact]
    public async Task Development_and_tests_take_invented_people_on_this_machine_and_no_others()
    {
        Assert.Empty(await LocalAsync(null));
        Assert.Empty(await LocalAsync(empty.Site));
        Assert.Contains("does not answer", Assert.Single(await LocalAsync(new NpgsqlConnectionStringBuilder(empty.Site) { Port = 1, Timeout = 2 }.ConnectionString)));
        foreach (var host in new[] { "db.portal.example", "10.0.0.5", "127.0.0.1,10.0.0.5", "10.0.0.5:5432" })
        {
            Assert.Contains("on another machine", Assert.Single(await LocalAsync(new NpgsqlConnectionStringBuilder(empty.Site) { Host = host }.ConnectionString)));
        }

        var name = $"guard_{Guid.NewGuid():N}";
        await ExecuteAsync(empty.Superuser, $"create database {name}");
        var connection = new NpgsqlConnectionStringBuilder(empty.Site) { Database = name, Pooling = false }.ConnectionString;
        Assert.Empty(await LocalAsync(connection));
        await ExecuteAsync(new NpgsqlConnectionStringBuilder(empty.Superuser) { Database = name, Pooling = false }.ConnectionString, $"create table people (email text); grant select on people to portal_app; insert into people values ('a{DemoData.EmailSuffix}'), ('LEA@NOWHERE.EXAMPLE')");
        Assert.Empty(await LocalAsync(connection));
        await ExecuteAsync(new NpgsqlConnectionStringBuilder(empty.Superuser) { Database = name, Pooling = false }.ConnectionString, "insert into people values ('lea@portal.example.gov')");
        Assert.Contains("not invented", Assert.Single(await LocalAsync(connection)));

        // And the site as it is started.
        using var command = new CommandLine();
        foreach (var environment in new[] { "Development", "Testing" })
        {
            var (exitCode, _, error) = await command.RunAsync(new() { ["ASPNETCORE_ENVIRONMENT"] = environment, ["ConnectionStrings__Portal"] = connection }, [], "ChildrensInfo.Web.dll");
            Assert.Equal(1, exitCode);
            Assert.Contains($"the environment is {environment}", error, StringComparison.Ordinal);
        }

        static Task<IReadOnlyList<string>> LocalAsync(string? connection) =>
            StartGuard.LocalFaultsAsync(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Portal"] = connection }).Build(), "Development", Cancel);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_one_line_too()
    {
        using var second = new CommandLine();
        var settings = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Testing", ["ConnectionStrings__Portal"] = empty.Site, ["Keys__CertificatePath"] = second.PathOf("keys.pfx"), ["Keys__CookieKeysFolder"] = second.PathOf("cookies"), ["Logs__Folder"] = second.PathOf("logs") };
        ChildrensInfo.Core.Keys.CertificateKeyProvider.CreateFile(second.PathOf("keys.pfx"), TimeProvider.System);

        var (exitCode, output, error) = await second.RunAsync(settings, ["--urls", $"http://127.0.0.1:{site.Address.Port}"], "ChildrensInfo.Web.dll");

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("AddressInUse", output, StringComparison.Ordinal);
        Assert.Contains("something else on this machine already answers there", Assert.Single(error.Trim().Split('\n')));
    }

    private async Task<IReadOnlyList<string>> FaultsAsync(string? connectionString = null, (string Setting, string? Value)? change = null, string without = "")
    {
        var folder = Path.Combine(Path.GetTempPath(), $"portal-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            var settings = new Dictionary<string, string?> { ["AllowedHosts"] = "portal.example", ["Proxy:Networks"] = "127.0.0.1, 10.4.0.0/16", ["Keys:CertificatePath"] = empty.Certificate, ["Keys:CookieKeysFolder"] = folder };
            settings.Remove(without);
            if (change is { } c) settings[c.Setting] = c.Value;
            return await StartGuard.FaultsAsync(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), connectionString ?? empty.Site, Cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>A database of their own: another test may be loading demonstration people into the shared one, which the guard would rightly refuse.</summary>
    public sealed class EmptyDatabase(TestSite site) : IAsyncLifetime
    {
        public string Site { get; private set; } = "";

        public string Migrator { get; private set; } = "";

        public string Superuser { get; private set; } = "";

        /// <summary>Of the site: making one takes a second.</summary>
        public string Certificate => site.Settings["Keys:CertificatePath"];

        public async ValueTask InitializeAsync() => (Site, Migrator, Superuser) = await site.NewDatabaseAsync(Cancel);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
