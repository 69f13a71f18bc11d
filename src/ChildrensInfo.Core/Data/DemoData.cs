using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// Invented authorities, people, children and words for development and training: from a fixed seed, dated back from today. Needs come
/// in through the importer, as they would in life; names, visits, words and permissions are laid over them by <see cref="DemoLives"/>.
/// </summary>
public sealed class DemoData(AppDbContext db, AuthorityKeyCache authorityKeys, DemoReturns returns, DemoLives lives, IndicatorCalculation calculation, IPasswordHasher<AppUser> hasher, TimeProvider clock)
{
    public const string EmailSuffix = ".demo.example";

    /// <summary>Shown on the sign-in page of a development site, and known nowhere else.</summary>
    public const string Password = "kind words matter";

    /// <summary>About as many practitioners as an authority of the size would have, at some eighteen open children each.</summary>
    private const int ChildrenPerPractitioner = 55;

    /// <summary>Children in each authority's three years of returns: 2,500 in all.</summary>
    private static readonly int[] Sizes = [1_200, 800, 500];

    /// <summary>Loads what is not there yet. An authority that was interrupted half-way is finished.</summary>
    public async Task EnsureAsync(Action<string> say, CancellationToken cancel)
    {
        var content = DemoContent.Load();
        for (var i = 0; i < content.Names.Authorities.Count; i++)
        {
            var demo = content.Names.Authorities[i];
            var authority = await db.Authorities.AsNoTracking().SingleOrDefaultAsync(a => a.Code == demo.Code, cancel)
                ?? await AddAuthorityAsync(demo, Sizes[i], content.Names, cancel);
            var lead = await db.Users.AsNoTracking().FirstAsync(u => u.AuthorityId == authority.Id && u.Role == Role.DataLead, cancel);
            var actor = Actor.For(lead.Id, authority.Id, lead.Role, null, lead.DisplayName).AsJob();
            using (db.ActingAs(actor))
            {
                if (await db.AuditEntries.AnyAsync(a => a.Action == AuditActions.DemoLoaded, cancel)) continue;
                say($"Making demo data for {authority.Name} (once, about ten seconds)");
                await returns.LoadAsync(authority, Sizes[i], actor, cancel);
                await lives.AddAsync(authority, content, actor, cancel);
                await calculation.RunAsync(actor, null, cancel);
            }
        }
    }

    private async Task<LocalAuthority> AddAuthorityAsync(DemoAuthority demo, int children, DemoNames names, CancellationToken cancel)
    {
        var authority = new LocalAuthority
        {
            Code = demo.Code,
            Name = demo.Name.En,
            WelshName = demo.Name.Cy,
            Nation = demo.Country == "Wales" ? Nation.Wales : Nation.England,
        };
        var teams = demo.Teams.Select(name => new Team { AuthorityId = authority.Id, Name = name }).ToList();
        var key = authorityKeys.Make(authority.Id, clock);
        // One hash for all: they share the password, and each would cost a fifth of a second.
        var hash = hasher.HashPassword(new AppUser(), Password);

        var people = new List<AppUser>();
        foreach (var staff in demo.Staff)
        {
            var role = Enum.Parse<Role>(staff.Role);
            var signsIn = people.Count(p => p.Role == role) < (role == Role.Practitioner ? 2 : 1);
            people.Add(Person(authority, demo.Key, staff.Name, role, teams.SingleOrDefault(t => t.Name == staff.Team), signsIn ? hash : null));
        }

        var random = new Random(int.Parse(demo.Code, System.Globalization.CultureInfo.InvariantCulture));
        while (people.Count(p => p.Role == Role.Practitioner) < children / ChildrenPerPractitioner)
        {
            var name = $"{names.Given[random.Next(names.Given.Count)]} {names.Family[random.Next(names.Family.Count)]}";
            if (people.Exists(p => p.DisplayName == name)) continue;
            people.Add(Person(authority, demo.Key, name, Role.Practitioner, teams[random.Next(teams.Count)], null));
        }

        using (db.ActingAs(Actor.For(people[0].Id, authority.Id, people[0].Role, null, people[0].DisplayName).AsJob()))
        {
            db.AddRange([authority, key, .. teams, .. people]);
            await db.SaveChangesAsync(cancel);
        }

        db.ChangeTracker.Clear();
        return authority;
    }

    private static AppUser Person(LocalAuthority authority, string place, string name, Role role, Team? team, string? passwordHash)
    {
        var email = $"{name.ToLowerInvariant().Replace(' ', '.')}@{place}{EmailSuffix}";
        return new AppUser
        {
            Id = Guid.CreateVersion7(),
            AuthorityId = authority.Id,
            TeamId = team?.Id,
            DisplayName = name,
            Role = role,
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            EmailConfirmed = true,
            LockoutEnabled = true,
            PasswordHash = passwordHash,
            SecurityStamp = Guid.NewGuid().ToString("N"),
        };
    }
}
