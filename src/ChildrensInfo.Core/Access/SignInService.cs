using System.Linq.Expressions;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Access;

/// <summary>Where people are signed in, and how that ends: by themselves, by an administrator, by not being used, after a working day.</summary>
public sealed class SignInService(AppDbContext db, TimeProvider clock)
{
    /// <summary>How exactly it is known when a sign-in was last used: finer would be a write for every page.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    /// <summary>Begins one, with its line in the audit log.</summary>
    /// <param name="provider">The key of the provider that said who it is.</param>
    public async Task<SignIn> BeginAsync(AppUser person, string device, CancellationToken cancel, string? provider = null, bool secondFactorThere = false)
    {
        var actor = Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName);
        using var acting = db.ActingAs(actor);
        var now = clock.GetUtcNow().UtcDateTime;
        var signIn = new SignIn { AuthorityId = person.AuthorityId, PersonId = person.Id, StartedAt = now, SeenAt = now, ProvenAt = now, Device = device, Provider = provider, SecondFactorThere = secondFactorThere };
        db.AddRange(signIn, AuditEntry.For(AuditActions.SignedIn, actor, null, person.Id, clock, provider));
        await db.SaveChangesAsync(cancel);
        return signIn;
    }

    /// <summary>
    /// Puts a new sign-in in the place of one, as the person has just shown again who they are, or changed how they do: a cookie that somebody copied before is worth nothing
    /// from here on. The working day began with the first one.
    /// </summary>
    /// <returns>Null when that one is no longer open.</returns>
    public async Task<SignIn?> RenewAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        using var acting = db.ActingAs(actor);
        var now = clock.GetUtcNow().UtcDateTime;
        if (await db.SignIns.Where(s => s.Id == id && s.PersonId == actor.PersonId).Where(IsOpen()).SingleOrDefaultAsync(cancel) is not { } before) return null;
        var signIn = new SignIn
        {
            AuthorityId = before.AuthorityId,
            PersonId = before.PersonId,
            StartedAt = before.StartedAt,
            SeenAt = now,
            ProvenAt = now,
            Device = before.Device,
            Provider = before.Provider,
            SecondFactorThere = before.SecondFactorThere,
        };
        before.EndedAt = now;
        db.AddRange(signIn, AuditEntry.For(AuditActions.Proven, actor, null, actor.PersonId, clock));
        await db.SaveChangesAsync(cancel);
        return signIn;
    }

    /// <summary>What a cookie is still worth, and that it was used now.</summary>
    /// <param name="isUse">False when a page only asks: nobody did anything, and it ends as if it had not been asked.</param>
    /// <returns>Null when it is worth nothing: the sign-in has ended, or is somebody else's.</returns>
    public async Task<SignIn?> UseAsync(Guid id, Actor actor, CancellationToken cancel, bool isUse = true)
    {
        using var acting = db.ActingAs(actor);
        var now = clock.GetUtcNow().UtcDateTime;
        var signIn = await db.SignIns.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.PersonId == actor.PersonId, cancel);
        if (signIn is null) return null;
        if (!signIn.IsOpenAt(now))
        {
            if (signIn.EndedAt is null) await EndForGoodAsync(id, now, cancel);
            return null;
        }

        var ahead = now + Grain;
        if (isUse && (now - signIn.SeenAt).Duration() >= Grain) await db.SignIns.Where(s => s.Id == id && s.EndedAt == null && (s.SeenAt < now || s.SeenAt >= ahead)).ExecuteUpdateAsync(s => s.SetProperty(x => x.SeenAt, now), cancel);
        return signIn;
    }

    /// <summary>Ends for good the sign-ins of a council whose time is over.</summary>
    /// <returns>How many ended.</returns>
    public async Task<int> EndOverAsync(Actor service, CancellationToken cancel)
    {
        using var acting = db.ActingAs(service);
        return await EndForGoodAsync(null, clock.GetUtcNow().UtcDateTime, cancel);
    }

    /// <summary>
    /// A clock that is put back brings back nothing that has ended here. Over for good it is when this server's clock and the database's both say so: one of them that is ahead for some minutes ends nobody's
    /// day, though this server lets them in again only when it is set right.
    /// </summary>
    private Task<int> EndForGoodAsync(Guid? id, DateTime now, CancellationToken cancel) => db.Database.ExecuteSqlAsync(
        $"""
        update sign_ins set ended_at = {now} where ended_at is null and ({id}::uuid is null or id = {id}::uuid)
            and (seen_at <= least({now}, now()) - {SignIn.Idle} or started_at <= least({now}, now()) - {SignIn.Longest} or seen_at > greatest({now}, now()) + {SignIn.MostAhead})
        """, cancel);

    public Task<List<SignIn>> OpenAsync(Guid personId, CancellationToken cancel) =>
        db.SignIns.AsNoTracking().Where(s => s.PersonId == personId).Where(IsOpen()).OrderByDescending(s => s.SeenAt).ThenByDescending(s => s.Id).ToListAsync(cancel);

    /// <summary>The person signs out here.</summary>
    public Task<int> EndAsync(Guid id, Actor actor, CancellationToken cancel) => EndAsync(s => s.Id == id && s.PersonId == actor.PersonId, actor, actor.PersonId, AuditActions.SignedOut, cancel);

    /// <summary>The person ends one of their own sign-ins on another device.</summary>
    /// <returns>How many ended: none when there is no such open one of theirs.</returns>
    public Task<int> EndElsewhereAsync(Guid id, Actor actor, CancellationToken cancel) =>
        EndAsync(s => s.Id == id && s.PersonId == actor.PersonId, actor, actor.PersonId, AuditActions.SignInEnded, cancel);

    /// <summary>Ends all of a person's sign-ins, but for the one they do it from.</summary>
    public Task<int> EndAllAsync(Guid personId, Guid? except, Actor actor, CancellationToken cancel) =>
        EndAsync(s => s.PersonId == personId && s.Id != except, actor, personId, AuditActions.SignInEnded, cancel);

    private async Task<int> EndAsync(Expression<Func<SignIn, bool>> which, Actor actor, Guid personId, string action, CancellationToken cancel)
    {
        using var acting = db.ActingAs(actor);
        var now = clock.GetUtcNow().UtcDateTime;
        var open = await db.SignIns.Where(which).Where(IsOpen()).ToListAsync(cancel);
        foreach (var signIn in open) signIn.EndedAt = now;
        if (open.Count == 0) return 0;
        db.Add(AuditEntry.For(action, actor, null, personId, clock, action == AuditActions.SignInEnded ? $"sign-ins: {open.Count}" : null));
        await db.SaveChangesAsync(cancel);
        return open.Count;
    }

    private Expression<Func<SignIn, bool>> IsOpen()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var (seen, started, ahead) = (now - SignIn.Idle, now - SignIn.Longest, now + SignIn.MostAhead);
        return s => s.EndedAt == null && s.SeenAt > seen && s.SeenAt <= ahead && s.StartedAt > started;
    }
}
