using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Cli;

/// <summary>Brings the database up to date. Safe to run again.</summary>
public static class MigrateCommand
{
    public const string Usage = "  migrate\n      Brings the database named by ConnectionStrings__Migrator up to date.";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        _ = new Arguments(args, Usage, []);
        var (connection, database) = await PortalHost.MigratorConnectionAsync(terminal.Settings);
        await Migrator.MigrateAsync(connection, CancellationToken.None);
        if (database is not null) await database.DisposeAsync();
        terminal.Out.WriteLine("The database is up to date.");
        return 0;
    }
}

/// <summary>Loads the demo authorities. They have a known password, so it must be asked for by name.</summary>
public static class SeedCommand
{
    public const string Usage = "  seed --demo\n      Adds the invented demo authorities, whose password everybody knows. Never where real children are.";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, [], "--demo");
        if (!arguments.Has("--demo")) throw arguments.Bad("Say --demo: the demo people have a password that everybody knows.");
        await using var host = await PortalHost.StartAsync(terminal.Settings);
        await using var scope = host.Scope();
        await scope.ServiceProvider.GetRequiredService<DemoData>().EnsureAsync(terminal.Out.WriteLine, CancellationToken.None);
        terminal.Out.WriteLine("The demo data is there.");
        return 0;
    }
}

/// <summary>Adds a council, with the key that will wrap its children's keys.</summary>
public static class CreateAuthorityCommand
{
    public const string Usage = "  create-authority --code 823 --name \"Name of Council\" [--welsh-name NAME] [--nation England|Wales]\n      Adds a council. The code is the LEA number its returns carry.";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--code", "--name", "--welsh-name", "--nation"]);
        var code = arguments.Required("--code");
        if (code.Length != 3 || !code.All(char.IsAsciiDigit)) throw arguments.Bad("--code takes three digits.");
        var land = arguments.Optional("--nation") ?? "England";
        if (!Enum.GetNames<Nation>().Contains(land)) throw arguments.Bad("--nation is England or Wales.");
        var nation = Enum.Parse<Nation>(land);

        await using var host = await PortalHost.StartAsync(terminal.Settings);
        await using var scope = host.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        if (await db.Authorities.AnyAsync(a => a.Code == code)) throw new BadInputException($"There is already a council with the code {code}.");
        var authority = new LocalAuthority { Code = code, Name = arguments.Required("--name"), WelshName = arguments.Optional("--welsh-name"), Nation = nation };
        using (db.ActingAs(CommandLine.ActorIn(authority.Id)))
        {
            db.AddRange(authority, scope.ServiceProvider.GetRequiredService<AuthorityKeyCache>().Make(authority.Id, TimeProvider.System));
            await db.SaveChangesAsync();
        }

        terminal.Out.WriteLine($"{authority.Name} is there.");
        return 0;
    }
}

/// <summary>Adds a person: the first administrator above all, who then adds the others on the site.</summary>
public static class CreateUserCommand
{
    public const string Usage = "  create-user --authority 823 --email ADDRESS --name NAME --role Practitioner|DataLead|Researcher|Administrator|InformationGovernance|ReviewingOfficer|Advocate\n      Adds a person. The password is read from standard input, at least 15 characters.";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--authority", "--email", "--name", "--role"]);
        var email = arguments.Required("--email").Trim();
        // By name only: a number would parse too, and might be no role at all.
        var named = arguments.Required("--role");
        if (!Enum.GetNames<Role>().Contains(named)) throw arguments.Bad("--role is one of those below.");
        var role = Enum.Parse<Role>(named);
        if (role == Role.TeamManager) throw arguments.Bad("A team manager needs a team: an administrator adds them on the site.");
        if (terminal.IsPersonTyping) await terminal.Error.WriteLineAsync("Type the password and press Enter:");
        var password = (await terminal.In.ReadLineAsync())?.Trim() ?? "";

        await using var host = await PortalHost.StartAsync(terminal.Settings);
        await using var scope = host.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var code = arguments.Required("--authority");
        var authority = await db.Authorities.SingleOrDefaultAsync(a => a.Code == code) ?? throw new BadInputException($"There is no council with the code {code}.");
        if (password.Length < 15) throw new BadInputException("The password must have at least 15 characters.");
        var normalized = email.ToUpperInvariant();
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == normalized)) throw new BadInputException("Somebody has that email address already.");
        var person = new AppUser
        {
            Id = Guid.CreateVersion7(),
            AuthorityId = authority.Id,
            DisplayName = arguments.Required("--name"),
            Role = role,
            Email = email,
            NormalizedEmail = normalized,
            UserName = email,
            NormalizedUserName = normalized,
            EmailConfirmed = true,
            LockoutEnabled = true,
            SecurityStamp = Guid.NewGuid().ToString("N"),
        };
        person.PasswordHash = scope.ServiceProvider.GetRequiredService<IPasswordHasher<AppUser>>().HashPassword(person, password);
        var actor = CommandLine.ActorIn(authority.Id);
        using (db.ActingAs(actor))
        {
            db.AddRange(person, AuditEntry.For(AuditActions.PersonCreated, actor, null, person.Id, TimeProvider.System, $"{role} by command line"));
            await db.SaveChangesAsync();
        }

        terminal.Out.WriteLine("The person is there.");
        return 0;
    }
}

/// <summary>Makes the key that wraps every council's key, where there is none.</summary>
public static class CreateKeyCommand
{
    public const string Usage = "  create-key\n      Makes the key certificate at Keys__CertificatePath, or the key on the token in Keys__Pkcs11__…, if there is none. Back it up: without it nothing sealed can be read.";

    public static int Run(string[] args, Terminal terminal)
    {
        _ = new Arguments(args, Usage, []);
        if (KeySource.From(terminal.Settings) is not [var source, ..]) throw new BadInputException("No place for a key: " + KeySource.NoneIsSet);
        if (source.Create is null) throw new BadInputException($"The key in {source.Setting} is made where it is kept.");
        terminal.Out.WriteLine(source.Create() ? "A key was made. Back it up apart from the database." : "The key is there already.");
        return 0;
    }
}

internal static class CommandLine
{
    /// <summary>Who the audit log names for what is done at the server by hand: nobody's account.</summary>
    public static Actor ActorIn(Guid authorityId) => Actor.For(Guid.Empty, authorityId, Role.Administrator, null, "Command line").AsJob();
}
