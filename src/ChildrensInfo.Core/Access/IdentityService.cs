using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// Turns what a provider says of somebody into one of our people, or into nobody. Council and role are the provider's word at each sign-in; who the person is stands bound to issuer and
/// subject, and is never guessed from an address that no administrator wrote down for this very provider.
/// </summary>
public sealed class IdentityService(AppDbContext db, UserManager<AppUser> users, PeopleService people, IdentityProviders providers, TimeProvider clock)
{
    /// <param name="Refusal">In a code why nobody was found; null when somebody was.</param>
    public sealed record Entry(AppUser? Person, ProviderSays? Says, string? Refusal);

    /// <summary>The service itself in one council, before anybody is known; it reaches what an administrator of that council does, and no words.</summary>
    public static Actor ServiceOf(Guid authorityId) => Actor.ServiceOf(authorityId) with { Reach = Reach.Register };

    /// <summary>Finds who has signed in with a provider; binds, makes them and takes over their role where that is due. A refusal is in the audit log.</summary>
    public async Task<Entry> EnterAsync(IdentityProvider provider, System.Security.Claims.ClaimsPrincipal claims, CancellationToken cancel)
    {
        var (says, why, code) = provider.Read(claims);
        var authorityId = code is null ? null : await db.Authorities.Where(a => a.Code == code).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancel);
        var service = authorityId is { } id ? ServiceOf(id) : null;
        if (says is null || service is null) return await RefuseAsync(provider, null, service, why ?? "council", cancel);
        using var acting = db.ActingAs(service);
        if (await FindAsync(provider, says, cancel) is { } known && await PersonAsync(known, cancel) is { LeftAt: null } same && same.Role == says.Role) return new Entry(same, says, null);
        return await ChangeAsync(provider, says, service, cancel);
    }

    /// <summary>Whether it is the person who is signed in that has shown again at the provider who they are. Changes nothing.</summary>
    public async Task<bool> IsAsync(IdentityProvider provider, System.Security.Claims.ClaimsPrincipal claims, Actor actor, CancellationToken cancel)
    {
        if (provider.Read(claims).Says is not { } says || says.Role != actor.Role) return false;
        using var acting = db.ActingAs(actor);
        return await FindAsync(provider, says, cancel) is { } identity && identity.PersonId == actor.PersonId
            && await db.Authorities.AnyAsync(a => a.Id == actor.AuthorityId && a.Code == says.CouncilCode, cancel);
    }

    public async Task<List<PersonIdentity>> OfAsync(Guid personId, CancellationToken cancel) =>
        await db.PersonIdentities.AsNoTracking().Where(i => i.PersonId == personId).OrderBy(i => i.AddedAt).ToListAsync(cancel);

    /// <summary>An administrator writes down under which name a provider knows somebody: that account, and no other, becomes theirs when it is first used.</summary>
    /// <returns>Null when nobody of the actor's authority who is still here has that id.</returns>
    public async Task<Outcome?> AllowAsync(Guid personId, AllowProvider input, Actor actor, CancellationToken cancel)
    {
        var code = await db.Authorities.Where(a => a.Id == actor.AuthorityId).Select(a => a.Code).SingleAsync(cancel);
        if (!await db.Users.AnyAsync(u => u.Id == personId && u.AuthorityId == actor.AuthorityId && u.LeftAt == null, cancel)) return null;
        if (providers.Find(input.Provider) is not { } provider || !provider.Councils.Values.Contains(code)) return Outcome.Refused(nameof(input.Provider), "Choose which account");
        db.RemoveRange(await db.PersonIdentities.Where(i => i.PersonId == personId && i.Provider == provider.Key && i.Subject == null).ToListAsync(cancel));
        if (await db.PersonIdentities.AnyAsync(i => i.PersonId == personId && i.Provider == provider.Key && i.Subject != null, cancel))
        {
            return Outcome.Refused(nameof(input.Address), "They sign in with an account there already. Take it away first.");
        }

        db.Add(new PersonIdentity { AuthorityId = actor.AuthorityId, PersonId = personId, Provider = provider.Key, Address = PersonIdentity.Normal(input.Address), AddedAt = Now });
        db.Add(AuditEntry.For(AuditActions.IdentityAllowed, actor, null, personId, clock, provider.Key));
        return await SaveAsync(cancel) ? Outcome.Done : Outcome.Refused(nameof(input.Address), "Somebody else of your council is to sign in with that name");
    }

    /// <summary>Takes somebody's account at a provider away from them: it opens nothing any more, and they are signed out everywhere.</summary>
    /// <returns>Null when nobody of the actor's authority has that id, or no such account.</returns>
    public async Task<Outcome?> RemoveAsync(Guid personId, Guid identityId, Actor actor, CancellationToken cancel)
    {
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == personId && u.AuthorityId == actor.AuthorityId, cancel) is not { } person) return null;
        if (await db.PersonIdentities.SingleOrDefaultAsync(i => i.Id == identityId && i.PersonId == personId, cancel) is not { } identity) return null;
        db.Remove(identity);
        PeopleService.Renew(person);
        db.Add(AuditEntry.For(AuditActions.IdentityRemoved, actor, null, personId, clock, identity.Provider));
        return await SaveAsync(cancel) ? Outcome.Done : Outcome.Refused("", "Somebody else changed this person in this very moment. Try again.");
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private Task<PersonIdentity?> FindAsync(IdentityProvider provider, ProviderSays says, CancellationToken cancel) =>
        db.PersonIdentities.SingleOrDefaultAsync(i => i.Provider == provider.Key && i.Issuer == says.Issuer && i.Subject == says.Subject, cancel);

    private Task<AppUser?> PersonAsync(PersonIdentity identity, CancellationToken cancel) =>
        db.Users.SingleOrDefaultAsync(u => u.Id == identity.PersonId && u.AuthorityId == identity.AuthorityId, cancel);

    /// <summary>Whatever this sign-in changes: whose account it is, that there is such a person, their role.</summary>
    private async Task<Entry> ChangeAsync(IdentityProvider provider, ProviderSays says, Actor service, CancellationToken cancel)
    {
        await using var transaction = await people.BeginAsync(service, cancel);
        var identity = await FindAsync(provider, says, cancel);
        var person = identity is null ? null : await PersonAsync(identity, cancel);
        if (identity is null)
        {
            identity = says.Address is null ? null : await db.PersonIdentities.SingleOrDefaultAsync(i => i.Provider == provider.Key && i.Subject == null && i.Address == says.Address, cancel);
            person = identity is null ? null : await PersonAsync(identity, cancel);
            if (identity is null && provider.CreatesPeople)
            {
                if (says.Address is not { } address || !address.Contains('@')) return await RefuseAsync(provider, null, service, "address", cancel);
                // Somebody who is here already is not taken over by an account that has the same address: an administrator says that it is theirs.
                if (await db.Users.AnyAsync(u => u.NormalizedEmail == users.NormalizeEmail(address), cancel)) return await RefuseAsync(provider, null, service, "address taken", cancel);
                person = people.NewPerson(Guid.CreateVersion7(), service.AuthorityId, null, says.Role, NameOf(says.Name ?? address), address);
                identity = new PersonIdentity { AuthorityId = service.AuthorityId, PersonId = person.Id, Provider = provider.Key, AddedAt = Now };
                db.AddRange(person, identity, AuditEntry.For(AuditActions.PersonCreated, ActorOf(person), null, person.Id, clock, $"{provider.Key}: {person.Role}"));
            }

            if (identity is null || person is null) return await RefuseAsync(provider, null, service, "unknown", cancel);
            (identity.Issuer, identity.Subject, identity.Address, identity.BoundAt) = (says.Issuer, says.Subject, null, Now);
            db.Add(AuditEntry.For(AuditActions.IdentityBound, ActorOf(person), null, person.Id, clock, provider.Key));
        }

        if (person is null or { LeftAt: not null }) return await RefuseAsync(provider, person, service, "left", cancel);
        if (person.Role != says.Role)
        {
            if (await people.IsLastAdministratorAsync(person, cancel)) return await RefuseAsync(provider, person, service, "last administrator", cancel);
            await people.TakeRoleAsync(person, says.Role, ActorOf(person), cancel);
            person.ConcurrencyStamp = Guid.NewGuid().ToString("N");
            db.Add(AuditEntry.For(AuditActions.RoleFromProvider, ActorOf(person), null, person.Id, clock, $"{provider.Key}: {says.Role}"));
        }

        if (!await SaveAsync(cancel)) return await RefuseAsync(provider, null, service, "at once", cancel);
        await transaction.CommitAsync(cancel);
        return new Entry(person, says, null);
    }

    private async Task<Entry> RefuseAsync(IdentityProvider provider, AppUser? person, Actor? service, string why, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        db.Add(AuditEntry.For(AuditActions.SignInRefused, person is null ? service : ActorOf(person), null, person?.Id, clock, $"{provider.Key}: {why}"));
        await db.SaveChangesAsync(cancel);
        if (db.Database.CurrentTransaction is { } transaction) await transaction.CommitAsync(cancel);
        return new Entry(null, null, why);
    }

    /// <returns>False when somebody else did the same, or something to the same person, in this very moment.</returns>
    private async Task<bool> SaveAsync(CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            return true;
        }
        catch (DbUpdateException error) when (error is DbUpdateConcurrencyException || error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return false;
        }
    }

    private static Actor ActorOf(AppUser person) => Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName);

    /// <summary>What another system calls them, without what could not be kept or shown.</summary>
    private static string NameOf(string said)
    {
        var name = new string([.. said.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(AppUser.DisplayNameMaxLength)]).Trim();
        return name.Length == 0 ? "Without a name" : name;
    }
}
