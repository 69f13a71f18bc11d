using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Tests.Support;

/// <summary>One authority of a test's own, with a person of each role. Everything in it is invented.</summary>
public sealed class World
{
    /// <summary>Without I, O and S, which a unique pupil number cannot hold: a generated return makes such numbers from the council's code.</summary>
    private const string Digits = "0123456789ABCDEFGHJKLMNPQRTUVWXYZ";
    private static int made;
    private readonly TestSite site;
    private readonly IServiceProvider services;

    private World(TestSite site, IServiceProvider services) => (this.site, this.services) = (site, services);

    public required LocalAuthority Authority { get; init; }
    public required Team Team { get; init; }
    public required AppUser Practitioner { get; init; }
    public required AppUser OtherPractitioner { get; init; }
    public required AppUser DataLead { get; init; }
    public required AppUser Researcher { get; init; }
    public required AppUser Administrator { get; init; }
    public required AppUser InformationGovernance { get; init; }

    public required AppUser ReviewingOfficer { get; init; }
    public required AppUser Advocate { get; init; }

    /// <summary>Of the same team as both practitioners.</summary>
    public required AppUser TeamManager { get; init; }

    /// <summary>Reaches everything in this authority, for arranging and checking.</summary>
    public Actor Whole => ActorOf(DataLead).AsJob();

    private Scope As(Actor actor) => new(services, actor);

    /// <summary>Today where the children are, as the portal goes by it: an hour of a summer's night it is another day than UTC's.</summary>
    public static DateOnly Today => ConsentRules.LocalDay(DateTime.UtcNow);

    public static Actor ActorOf(AppUser person) => Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName);

    public AppUser PersonOf(Role role) => role switch
    {
        Role.Practitioner => Practitioner,
        Role.DataLead => DataLead,
        Role.Researcher => Researcher,
        Role.TeamManager => TeamManager,
        Role.InformationGovernance => InformationGovernance,
        Role.ReviewingOfficer => ReviewingOfficer,
        Role.Advocate => Advocate,
        _ => Administrator,
    };

    /// <param name="elsewhere">The services of another database, when it is not to be in the site's own.</param>
    public static async Task<World> CreateAsync(TestSite site, IServiceProvider? elsewhere = null)
    {
        var number = Interlocked.Increment(ref made);
        var code = new string([Digits[number / Digits.Length / Digits.Length % Digits.Length], Digits[number / Digits.Length % Digits.Length], Digits[number % Digits.Length]]);
        var authority = new LocalAuthority { Code = code, Name = $"Testshire {code} Council", Nation = Nation.England };
        var team = new Team { AuthorityId = authority.Id, Name = "Assessment" };

        AppUser Person(Role role, string name) => NewPerson(authority, role, role is Role.Practitioner or Role.TeamManager ? team.Id : null, name);

        var world = new World(site, elsewhere ?? site.Services)
        {
            Authority = authority,
            Team = team,
            Practitioner = Person(Role.Practitioner, "Perry Wren"),
            OtherPractitioner = Person(Role.Practitioner, "Olive Marsh"),
            DataLead = Person(Role.DataLead, "Dara Fenn"),
            Researcher = Person(Role.Researcher, "Reza Holt"),
            Administrator = Person(Role.Administrator, "Ada Moor"),
            InformationGovernance = Person(Role.InformationGovernance, "Ines Garth"),
            TeamManager = Person(Role.TeamManager, "Tamsin Rowe"),
            ReviewingOfficer = Person(Role.ReviewingOfficer, "Rowan Dell"),
            Advocate = Person(Role.Advocate, "Avis Brook"),
        };

        using var scope = world.As(world.Whole);
        scope.Db.AddRange(authority, team, scope.Get<AuthorityKeyCache>().Make(authority.Id, TimeProvider.System));
        scope.Db.AddRange(world.Practitioner, world.OtherPractitioner, world.DataLead, world.Researcher, world.Administrator, world.InformationGovernance, world.TeamManager, world.ReviewingOfficer, world.Advocate);
        await scope.Db.SaveChangesAsync();
        return world;
    }

    private static AppUser NewPerson(LocalAuthority authority, Role role, Guid? teamId, string name)
    {
        var email = $"{name.Replace(' ', '.').ToLowerInvariant()}@{authority.Code.ToLowerInvariant()}.example";
        return new AppUser
        {
            Id = Guid.CreateVersion7(),
            AuthorityId = authority.Id,
            TeamId = teamId,
            Role = role,
            DisplayName = name,
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString("N"),
            EmailConfirmed = true,
            LockoutEnabled = true,
        };
    }

    /// <summary>A child, allocated to a practitioner when one is given.</summary>
    public async Task<Child> AddChildAsync(AppUser? allocatedTo = null, int age = 9, Action<Child>? change = null, string? givenName = null)
    {
        var today = Today;
        var child = new Child
        {
            AuthorityId = Authority.Id,
            LaChildId = $"{Authority.Code}{Guid.NewGuid():N}"[..16],
            GivenName = givenName ?? "Sorrel",
            FamilyName = "Thistlebrook",
            BornOn = today.AddYears(-age).AddDays(-40),
            Sex = "F",
            EthnicityCode = "WBRI",
            CreatedAt = DateTime.UtcNow,
        };
        change?.Invoke(child);
        using var scope = As(Whole);
        scope.Db.Add(child);
        scope.Db.Add(await scope.Get<KeyRing>().NewForChildAsync(child.Id, Authority.Id, CancellationToken.None));
        if (allocatedTo is not null)
        {
            scope.Db.Add(new Allocation { AuthorityId = Authority.Id, ChildId = child.Id, PractitionerId = allocatedTo.Id, TeamId = Team.Id, StartedOn = today.AddDays(-30) });
        }

        scope.Db.Add(AuditEntry.For(AuditActions.ChildCreated, Whole, child.Id, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
        return child;
    }

    /// <summary>Somebody else of a role, of this team or outside teams: a second person.</summary>
    public async Task<AppUser> AddPersonAsync(Role role, string name, bool inTeam = false)
    {
        var person = NewPerson(Authority, role, inTeam ? Team.Id : null, name);
        using var scope = As(Whole);
        scope.Db.Add(person);
        await scope.Db.SaveChangesAsync();
        return person;
    }

    /// <summary>Another team, with a practitioner of its own.</summary>
    public async Task<(Team Team, AppUser Practitioner)> AddTeamAsync(string name, string practitioner)
    {
        var team = new Team { AuthorityId = Authority.Id, Name = name };
        var person = NewPerson(Authority, Role.Practitioner, team.Id, practitioner);
        using var scope = As(Whole);
        scope.Db.AddRange(team, person);
        await scope.Db.SaveChangesAsync();
        return (team, person);
    }

    /// <summary>Assigns somebody as what they are, as of today.</summary>
    public async Task<Assignment> AssignAsync(Child child, AppUser person)
    {
        var isAdvocate = person.Role == Role.Advocate;
        var today = Today;
        var assignment = new Assignment
        {
            AuthorityId = Authority.Id,
            ChildId = child.Id,
            PersonId = person.Id,
            Role = person.Role,
            Reason = isAdvocate ? AssignmentReason.ChildWantsOne : AssignmentReason.ReviewsCare,
            WishedOn = isAdvocate ? today : null,
            WishToldTo = isAdvocate ? ToldTo.Worker : null,
            StartedOn = today,
            AssignedAt = DateTime.UtcNow,
            AssignedById = Administrator.Id,
        };
        using var scope = As(Whole);
        scope.Db.AddRange(assignment, AuditEntry.For(AuditActions.PersonAssigned, Whole, child.Id, assignment.Id, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
        return assignment;
    }

    /// <summary>Cover as it would stand some time after it was opened; written past the database's own clock, which would refuse a past one.</summary>
    public async Task<BreakGlass> CoverAsync(Child child, AppUser by, double openedHoursAgo, double hours = BreakGlass.Hours, double? endedHoursAgo = null)
    {
        var opened = DateTime.UtcNow.AddHours(-openedHoursAgo);
        await using var db = new AppDbContext(
            new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(site.SuperuserConnectionString).UsePortalConventions().Options, new FixedActor(Whole));
        using var scope = As(Whole);
        var id = Guid.CreateVersion7();
        var grant = new BreakGlass
        {
            Id = id,
            AuthorityId = Authority.Id,
            ChildId = child.Id,
            PersonId = by.Id,
            ReasonSealed = await scope.Get<KeyRing>().SealAsync(child.Id, "Their worker is ill today", id, SealPart.CoverReason, CancellationToken.None),
            OpenedAt = opened,
            ExpiresAt = opened.AddHours(hours),
            EndedAt = endedHoursAgo is { } ago ? DateTime.UtcNow.AddHours(-ago) : null,
        };
        db.AddRange(grant, AuditEntry.For(AuditActions.BreakGlassOpened, Whole, child.Id, id, TimeProvider.System));
        await db.SaveChangesAsync();
        return grant;
    }

    public async Task<Relationship> AddRelationshipAsync(Child child, RelationshipKind kind = RelationshipKind.Mother, bool holdsResponsibility = true, Action<Relationship>? change = null)
    {
        var relation = new Relationship { AuthorityId = Authority.Id, ChildId = child.Id, Name = "Marigold Thistlebrook", Kind = kind };
        if (holdsResponsibility)
        {
            relation.Responsibilities.Add(new ParentalResponsibility { AuthorityId = Authority.Id, ChildId = child.Id, Evidence = ResponsibilityEvidence.BirthCertificate, RecordedAt = DateTime.UtcNow });
        }

        change?.Invoke(relation);
        using var scope = As(Whole);
        scope.Db.AddRange(relation, AuditEntry.For(AuditActions.RelationshipAdded, Whole, child.Id, relation.Id, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
        return relation;
    }

    /// <summary>Somebody who signs in by the form gets a password.</summary>
    public static async Task GivePasswordAsync(TestSite site, AppUser who, string password)
    {
        using var scope = site.As(null);
        var person = await scope.Db.Users.SingleAsync(u => u.Id == who.Id);
        person.PasswordHash = scope.Get<IPasswordHasher<AppUser>>().HashPassword(person, password);
        await scope.Db.SaveChangesAsync();
    }

    /// <summary>What the audit log says of this authority, oldest first.</summary>
    public async Task<List<AuditEntry>> AuditAsync(string? action = null, Guid? childId = null)
    {
        using var scope = As(Whole);
        return await scope.Db.AuditEntries.AsNoTracking()
            .Where(a => (action == null || a.Action == action) && (childId == null || a.ChildId == childId)).OrderBy(a => a.At).ToListAsync();
    }
}
