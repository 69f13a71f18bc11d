using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Access;

/// <summary>What an administrator says of a person: never a password.</summary>
public class PersonDetails
{
    public const int EmailMaxLength = 254;

    public string Name { get; set; } = "";

    public string Email { get; set; } = "";

    public Role? Role { get; set; }

    public Guid? TeamId { get; set; }
}

public class CreatePerson : PersonDetails
{
    /// <summary>Made with the form, so that a double click makes one person.</summary>
    public Guid Id { get; set; }
}

public class ChangePerson : PersonDetails
{
    /// <summary>What the person was when the form was opened, so that two tabs do not undo each other.</summary>
    public string Version { get; set; } = "";
}

/// <summary>Somebody cannot use their second factor any more, and an administrator knows that it is them who says so.</summary>
public class TakeOffSecondFactor
{
    public TakeOffReason? Reason { get; set; }

    /// <summary>They met, or rang back on a number that the council has: a letter or a message could be anybody's.</summary>
    public bool KnowsThem { get; set; }
}

public sealed class TakeOffSecondFactorValidator : AbstractValidator<TakeOffSecondFactor>
{
    public TakeOffSecondFactorValidator()
    {
        RuleFor(i => i.Reason).Must(r => r is { } reason && Enum.IsDefined(reason)).WithMessage("Choose what happened");
        RuleFor(i => i.KnowsThem).Equal(true).WithMessage("Make sure first that it is them: meet them, or ring them on a number you already have");
    }
}

public abstract class PersonDetailsValidator<T> : AbstractValidator<T> where T : PersonDetails
{
    protected PersonDetailsValidator()
    {
        RuleFor(i => i.Name).Must(n => !string.IsNullOrWhiteSpace(n)).WithMessage("Enter their name")
            .MaximumLength(AppUser.DisplayNameMaxLength).WithMessage($"Name must be {AppUser.DisplayNameMaxLength} characters or fewer");
        RuleFor(i => i.Email).Cascade(CascadeMode.Stop)
            .Must(e => !string.IsNullOrWhiteSpace(e)).WithMessage("Enter their email address")
            .MaximumLength(PersonDetails.EmailMaxLength).WithMessage($"Email address must be {PersonDetails.EmailMaxLength} characters or fewer")
            .Must(IsAddress).WithMessage("Enter an email address in the right form, like name@example.com");
        RuleFor(i => i.Role).Must(r => r is { } role && Enum.IsDefined(role)).WithMessage("Choose what they do here");
        // Without one they would manage nobody and see nobody.
        RuleFor(i => i.TeamId).NotNull().When(i => i.Role == Role.TeamManager).WithMessage("Choose the team they manage");
    }

    private static bool IsAddress(string email)
    {
        var text = email.Trim();
        return text.Length > 2 && text.Count(c => c == '@') == 1 && text[0] != '@' && text[^1] != '@'
            && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or ',' or ';' or '"');
    }
}

public sealed class CreatePersonValidator : PersonDetailsValidator<CreatePerson>
{
    public CreatePersonValidator()
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
    }
}

public sealed class ChangePersonValidator : PersonDetailsValidator<ChangePerson>;

/// <summary>
/// The people of one authority. Whatever takes away access (a new role, leaving) renews the security stamp, which is compared at each
/// request, and ends the person's allocations and assignments in the same save.
/// </summary>
public sealed class PeopleService(AppDbContext db, UserManager<AppUser> users, ProviderRule rule, Hashing hashing, TimeProvider clock)
{
    /// <summary>The token provider of the link by which somebody chooses a password: once, within 24 hours for somebody new, within one for whoever had one.</summary>
    public const string LinkProvider = "Welcome";

    private const string ChooseAnother = "Somebody else changed this person after you opened the page. Check what it says now, then try again.";

    public async Task<Outcome> CreateAsync(CreatePerson input, Actor actor, CancellationToken cancel)
    {
        if (await OfAuthority(actor).AnyAsync(p => p.Id == input.Id, cancel)) return Outcome.Done;
        if (await TeamRefusalAsync(input, cancel) is { } refusal) return refusal;
        var person = NewPerson(input.Id, actor.AuthorityId, input.TeamId, input.Role!.Value, input.Name.Trim(), input.Email.Trim());
        db.Add(person);
        db.Add(AuditEntry.For(AuditActions.PersonCreated, actor, null, person.Id, clock, person.Role.ToString()));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violated)
        {
            db.ChangeTracker.Clear();
            // The same form sent twice at once: the other one made the person.
            return violated.ConstraintName == "pk_people" && await OfAuthority(actor).AnyAsync(p => p.Id == input.Id, cancel)
                ? Outcome.Done
                : Outcome.Refused(nameof(input.Email), "Somebody already signs in with that email address");
        }

        return Outcome.Done;
    }

    /// <returns>Null when nobody of the actor's authority has that id.</returns>
    public async Task<Outcome?> ChangeAsync(Guid id, ChangePerson input, Actor actor, CancellationToken cancel)
    {
        await using var transaction = await BeginAsync(actor, cancel);
        if (await FindAsync(id, actor, cancel) is not { LeftAt: null } person) return null;
        if (await TeamRefusalAsync(input, cancel) is { } refusal) return refusal;
        if (person.ConcurrencyStamp != input.Version) return Outcome.Refused("", ChooseAnother);
        if (person.Role != input.Role)
        {
            if (await IsLastAdministratorAsync(person, cancel))
            {
                return Outcome.Refused(nameof(input.Role), "This is the only administrator. Make somebody else an administrator first.");
            }

            await TakeRoleAsync(person, input.Role!.Value, actor, cancel);
        }

        var email = input.Email.Trim();
        if (person.Email != email)
        {
            if (await db.Users.AnyAsync(p => p.NormalizedEmail == users.NormalizeEmail(email) && p.Id != id, cancel)) return Outcome.Refused(nameof(input.Email), "Somebody already signs in with that email address");
            (person.Email, person.NormalizedEmail) = (email, users.NormalizeEmail(email));
            (person.UserName, person.NormalizedUserName) = (email, users.NormalizeName(email));
            // Ends links that were sent to the old address, and whoever is signed in by it.
            person.SecurityStamp = NewStamp();
        }

        person.DisplayName = input.Name.Trim();
        person.TeamId = input.TeamId;
        return await SaveAsync(person, AuditActions.PersonChanged, person.Role.ToString(), actor, transaction, cancel);
    }

    /// <summary>The person can do nothing more from their next click on. Their name stays under what they recorded.</summary>
    /// <returns>Null when nobody of the actor's authority has that id.</returns>
    public async Task<Outcome?> LeaveAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        await using var transaction = await BeginAsync(actor, cancel);
        if (await FindAsync(id, actor, cancel) is not { } person) return null;
        if (person.LeftAt is not null) return Outcome.Done;
        if (await IsLastAdministratorAsync(person, cancel))
        {
            return Outcome.Refused("", "This is the only administrator. Make somebody else an administrator first.");
        }

        person.LeftAt = clock.GetUtcNow().UtcDateTime;
        person.PasswordHash = null;
        await RemoveSecondFactorAsync(person, cancel);
        // Whoever is given their account at a provider later, by whomever, finds nothing here.
        db.RemoveRange(await db.PersonIdentities.Where(i => i.PersonId == id).ToListAsync(cancel));
        person.LockoutEnabled = true;
        person.LockoutEnd = DateTimeOffset.MaxValue;
        person.SecurityStamp = NewStamp();
        var ended = await EndAllocationsAsync(person.Id, actor, cancel);
        await EndAssignmentsAsync(person.Id, actor, cancel);
        return await SaveAsync(person, AuditActions.PersonLeft, $"allocations ended: {ended}", actor, transaction, cancel);
    }

    /// <summary>Somebody who left is back. They have no password and no child until they are given a link and allocated again.</summary>
    /// <returns>Null when nobody of the actor's authority has that id.</returns>
    public async Task<Outcome?> ReturnAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        await using var transaction = await BeginAsync(actor, cancel);
        if (await FindAsync(id, actor, cancel) is not { } person) return null;
        if (person.LeftAt is null) return Outcome.Done;
        person.LeftAt = null;
        person.LockoutEnd = null;
        person.SecurityStamp = NewStamp();
        return await SaveAsync(person, AuditActions.PersonChanged, "back", actor, transaction, cancel);
    }

    /// <summary>
    /// Takes off the app, the passkeys and the recovery codes of somebody who lost them. They are signed out everywhere, sign in with their password, and set up anew. Never
    /// one's own: whoever got into an administrator's sign-in must not be able to stay there.
    /// </summary>
    /// <returns>Null when nobody of the actor's authority who is still here has that id.</returns>
    public async Task<Outcome?> TakeOffSecondFactorAsync(Guid id, TakeOffSecondFactor input, Actor actor, CancellationToken cancel)
    {
        await using var transaction = await BeginAsync(actor, cancel);
        if (await FindAsync(id, actor, cancel) is not { LeftAt: null } person) return null;
        if (person.Id == actor.PersonId) return Outcome.Refused("", "You cannot take off your own. Ask another administrator, or use a recovery code.");
        if (!person.TwoFactorEnabled) return Outcome.Done;
        person.AccessFailedCount = 0;
        person.LockoutEnd = null;
        person.SecurityStamp = NewStamp();
        await RemoveSecondFactorAsync(person, cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var signIn in await db.SignIns.Where(s => s.PersonId == id && s.EndedAt == null).ToListAsync(cancel)) signIn.EndedAt = now;
        return await SaveAsync(person, AuditActions.SecondFactorTakenOff, input.Reason.ToString(), actor, transaction, cancel);
    }

    /// <summary>A code by which the person chooses their own password. Only the newest one works, once.</summary>
    /// <returns>Null when nobody of the actor's authority who is still here has that id, or their council's own account is their only way in.</returns>
    public async Task<string?> MakeLinkAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (await FindAsync(id, actor, cancel) is { } found && await rule.OnlyOfAsync(found, cancel) is not null) return null;
        await using var transaction = await BeginAsync(actor, cancel);
        if (await FindAsync(id, actor, cancel) is not { LeftAt: null } person) return null;
        // Ends earlier links, and sessions of whoever made a new link necessary.
        person.SecurityStamp = NewStamp();
        if (!(await SaveAsync(person, AuditActions.LinkMade, null, actor, transaction, cancel)).IsDone) return null;
        return await users.GeneratePasswordResetTokenAsync(person);
    }

    /// <summary>Whether a link still works, so that nobody thinks of a password for nothing.</summary>
    public async Task<bool> LinkWorksAsync(Guid id, string code, CancellationToken cancel) =>
        await db.Users.SingleOrDefaultAsync(p => p.Id == id && p.LeftAt == null, cancel) is { } person && await CodeWorksAsync(person, code, cancel);

    /// <returns>Null when the link does not work: used, too old, altered, or the person left.</returns>
    public async Task<Outcome?> ChoosePasswordAsync(Guid id, string code, string password, CancellationToken cancel)
    {
        if (await db.Users.SingleOrDefaultAsync(p => p.Id == id && p.LeftAt == null, cancel) is not { } person) return null;
        if (!await CodeWorksAsync(person, code, cancel)) return null;
        foreach (var validator in users.PasswordValidators)
        {
            var judged = await validator.ValidateAsync(users, person, password);
            if (!judged.Succeeded) return Outcome.Refused("Password", Say(judged.Errors.First()));
        }

        using var turn = await hashing.TurnAsync(cancel);
        if (turn is null) return Outcome.Refused("Password", Hashing.Busy);
        person.AccessFailedCount = 0;
        person.LockoutEnd = null;
        var actor = Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName);
        // Saved by the next line, together with the password, and only if the code still works then.
        db.Add(AuditEntry.For(AuditActions.PasswordChosen, actor, null, person.Id, clock));
        var result = await users.ResetPasswordAsync(person, code, password);
        if (result.Succeeded) return Outcome.Done;
        db.ChangeTracker.Clear();
        // A second click while the first was saving: the stamp is another one, so the link is used.
        return result.Errors.Any(e => e.Code is nameof(IdentityErrorDescriber.ConcurrencyFailure) or nameof(IdentityErrorDescriber.InvalidToken))
            ? null
            : Outcome.Refused("Password", Say(result.Errors.First()));
    }

    /// <summary>The person chooses another password for themselves. Their other sign-ins and any link end with the old one.</summary>
    public async Task<Outcome> ChangePasswordAsync(string password, Actor actor, CancellationToken cancel)
    {
        var person = await db.Users.SingleAsync(p => p.Id == actor.PersonId, cancel);
        if (await rule.OnlyOfAsync(person, cancel) is { } only) return Outcome.Refused("Password", $"You sign in with {only.Name}’s account, and need no password here");
        foreach (var validator in users.PasswordValidators)
        {
            var judged = await validator.ValidateAsync(users, person, password);
            if (!judged.Succeeded) return Outcome.Refused("Password", Say(judged.Errors.First()));
        }

        using (var turn = await hashing.TurnAsync(cancel))
        {
            if (turn is null) return Outcome.Refused("Password", Hashing.Busy);
            person.PasswordHash = users.PasswordHasher.HashPassword(person, password);
        }

        person.SecurityStamp = NewStamp();
        person.ConcurrencyStamp = NewStamp();
        db.Add(AuditEntry.For(AuditActions.PasswordChosen, actor, null, person.Id, clock));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>The people of the actor's authority. People are not behind row-level security: sign-in has to find them first.</summary>
    private IQueryable<AppUser> OfAuthority(Actor actor) => db.Users.Where(p => p.AuthorityId == actor.AuthorityId);

    private Task<AppUser?> FindAsync(Guid id, Actor actor, CancellationToken cancel) => OfAuthority(actor).SingleOrDefaultAsync(p => p.Id == id, cancel);

    private async Task<bool> CodeWorksAsync(AppUser person, string code, CancellationToken cancel) =>
        await users.VerifyUserTokenAsync(person, LinkProvider, UserManager<AppUser>.ResetPasswordTokenPurpose, code) && await rule.OnlyOfAsync(person, cancel) is null;

    /// <summary>One change of an authority's people at a time: two administrators must not remove each other at once.</summary>
    internal async Task<Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction> BeginAsync(Actor actor, CancellationToken cancel)
    {
        var transaction = await db.Database.BeginTransactionAsync(cancel);
        var key = $"people {actor.AuthorityId}";
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({key}, 0))", cancel);
        return transaction;
    }

    internal async Task<bool> IsLastAdministratorAsync(AppUser person, CancellationToken cancel) =>
        person.Role == Role.Administrator
        && !await db.Users.AnyAsync(p => p.AuthorityId == person.AuthorityId && p.Role == Role.Administrator && p.LeftAt == null && p.Id != person.Id, cancel);

    private async Task<Outcome?> TeamRefusalAsync(PersonDetails input, CancellationToken cancel) =>
        input.TeamId is { } team && !await db.Teams.AnyAsync(t => t.Id == team, cancel)
            ? Outcome.Refused(nameof(input.TeamId), "Choose a team from the list")
            : null;

    private async Task RemoveSecondFactorAsync(AppUser person, CancellationToken cancel)
    {
        person.TwoFactorEnabled = false;
        db.RemoveRange(await db.SecondFactors.Where(f => f.PersonId == person.Id).ToListAsync(cancel));
        db.RemoveRange(await db.Passkeys.Where(p => p.UserId == person.Id).ToListAsync(cancel));
    }

    private async Task<int> EndAllocationsAsync(Guid practitionerId, Actor actor, CancellationToken cancel)
    {
        var open = await db.Allocations.Where(a => a.PractitionerId == practitionerId && a.EndedOn == null).ToListAsync(cancel);
        foreach (var allocation in open)
        {
            allocation.EndedOn = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            db.Add(AuditEntry.For(AuditActions.AllocationEnded, actor, allocation.ChildId, allocation.Id, clock));
        }

        return open.Count;
    }

    private async Task EndAssignmentsAsync(Guid personId, Actor actor, CancellationToken cancel)
    {
        foreach (var open in await db.Assignments.Where(a => a.PersonId == personId && a.EndedOn == null).ToListAsync(cancel)) AssignmentService.End(db, open, AssignmentEnd.LeftRole, actor, clock);
    }

    private async Task<Outcome> SaveAsync(
        AppUser person, string action, string? detail, Actor actor, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken cancel)
    {
        person.ConcurrencyStamp = NewStamp();
        db.Add(AuditEntry.For(action, actor, null, person.Id, clock, detail));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // They signed in, or failed to, in this very moment.
            db.ChangeTracker.Clear();
            return Outcome.Refused("", ChooseAnother);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Somebody else, of whichever council, was given the address in this very moment.
            db.ChangeTracker.Clear();
            return Outcome.Refused(nameof(ChangePerson.Email), "Somebody already signs in with that email address");
        }

        await transaction.CommitAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Somebody who has nothing yet to sign in with.</summary>
    internal AppUser NewPerson(Guid id, Guid authorityId, Guid? teamId, Role role, string name, string email) => new()
    {
        Id = id,
        AuthorityId = authorityId,
        TeamId = teamId,
        Role = role,
        DisplayName = name,
        Email = email,
        NormalizedEmail = users.NormalizeEmail(email),
        UserName = email,
        NormalizedUserName = users.NormalizeName(email),
        EmailConfirmed = true,
        LockoutEnabled = true,
        SecurityStamp = NewStamp(),
    };

    /// <summary>Another role, and with it the end of what the one before gave.</summary>
    internal async Task TakeRoleAsync(AppUser person, Role role, Actor actor, CancellationToken cancel)
    {
        person.SecurityStamp = NewStamp();
        if (person.Role == Role.Practitioner) await EndAllocationsAsync(person.Id, actor, cancel);
        await EndAssignmentsAsync(person.Id, actor, cancel);
        person.Role = role;
    }

    /// <summary>Ends every sign-in of theirs at its next click.</summary>
    internal static void Renew(AppUser person) => (person.SecurityStamp, person.ConcurrencyStamp) = (NewStamp(), NewStamp());

    private static string NewStamp() => Guid.NewGuid().ToString("N");

    private static string Say(IdentityError error) => error.Code switch
    {
        nameof(IdentityErrorDescriber.PasswordTooShort) => $"Password must be {PasswordRules.MinLength} characters or more",
        nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => "Password must have more different characters",
        _ => error.Description,
    };
}
