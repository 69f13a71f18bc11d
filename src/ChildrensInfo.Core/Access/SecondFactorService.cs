using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// The second factor of one person: an app, passkeys, recovery codes. Whether somebody has one stands with the person (<see cref="IdentityUser{TKey}.TwoFactorEnabled"/>),
/// where sign-in finds it. Whatever changes it renews the security stamp: every sign-in but the one it is done from ends, and so do links for a password.
/// </summary>
public sealed class SecondFactorService(AppDbContext db, KeyRing keys, IUserStore<AppUser> store, TimeProvider clock)
{
    /// <summary>No vowels, so that no word appears, and none of the letters that are taken for digits.</summary>
    private const string CodeLetters = "23456789bcdfghjkmnpqrstvwxz";

    private const int CodeLength = 12;

    private const string WrongCode = "That code does not work. Enter the code that your app shows now.";

    private const string KeepOne = "You need a second step to sign in. Add another passkey or an app first, then take this one away.";

    /// <summary>What the person has now, for their own page.</summary>
    public sealed record State(bool HasApp, DateTime? AppAddedAt, int RecoveryCodesLeft, IReadOnlyList<Passkey> Passkeys)
    {
        public bool IsOn => HasApp || Passkeys.Count > 0;
    }

    public sealed record Passkey(byte[] Id, string? Name, DateTimeOffset AddedAt);

    public async Task<State> StateAsync(Actor actor, CancellationToken cancel)
    {
        var factor = await db.SecondFactors.AsNoTracking().SingleOrDefaultAsync(f => f.PersonId == actor.PersonId, cancel);
        var passkeys = await db.Passkeys.AsNoTracking().Where(p => p.UserId == actor.PersonId).ToListAsync(cancel);
        return new State(factor?.AppKeySealed is not null, factor?.AppAddedAt, factor?.RecoveryCodes.Count ?? 0,
            [.. passkeys.OrderBy(p => p.Data.CreatedAt).Select(p => new Passkey(p.CredentialId, p.Data.Name, p.Data.CreatedAt))]);
    }

    /// <summary>Adds an app, or puts a new one in the place of the old, once it has shown that it knows the key.</summary>
    /// <returns>The recovery codes, when these are the person's first: they can never be shown again.</returns>
    public async Task<(Outcome Outcome, IReadOnlyList<string> RecoveryCodes)> AddAppAsync(byte[] appKey, string code, Actor actor, CancellationToken cancel)
    {
        if (Totp.StepOf(appKey, Digits(code), clock.GetUtcNow(), 0) is not { } step) return (Outcome.Refused("Code", WrongCode), []);
        var person = await db.Users.SingleAsync(u => u.Id == actor.PersonId, cancel);
        var (factor, key) = await FindOrBeginAsync(actor, cancel);
        factor.AppKeySealed = Seal.Close(key, appKey, actor.PersonId, SealPart.AppKey);
        factor.AppAddedAt = clock.GetUtcNow().UtcDateTime;
        factor.LastStep = step;
        return (Outcome.Done, await TurnOnAsync(person, factor, key, AuditActions.AppAdded, actor, cancel));
    }

    /// <summary>Adds a passkey that the browser has just made, under a name its owner knows it by.</summary>
    /// <returns>The recovery codes, when these are the person's first.</returns>
    public async Task<IReadOnlyList<string>> AddPasskeyAsync(UserPasskeyInfo passkey, string name, Actor actor, CancellationToken cancel)
    {
        var person = await db.Users.SingleAsync(u => u.Id == actor.PersonId, cancel);
        var (factor, key) = await FindOrBeginAsync(actor, cancel);
        passkey.Name = name;
        // Identity's store adds the row and may save; in one transaction with the rest either way.
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await ((IUserPasskeyStore<AppUser>)store).AddOrUpdatePasskeyAsync(person, passkey, cancel);
        var codes = await TurnOnAsync(person, factor, key, AuditActions.PasskeyAdded, actor, cancel);
        await transaction.CommitAsync(cancel);
        return codes;
    }

    /// <summary>Takes one of the person's passkeys away. Whoever must have a second factor keeps one way at least.</summary>
    /// <returns>Null when it is not one of theirs.</returns>
    public async Task<Outcome?> RemovePasskeyAsync(byte[] id, bool isRequired, Actor actor, CancellationToken cancel)
    {
        var person = await db.Users.SingleAsync(u => u.Id == actor.PersonId, cancel);
        if (await db.Passkeys.SingleOrDefaultAsync(p => p.UserId == actor.PersonId && p.CredentialId == id, cancel) is not { } passkey) return null;
        var factor = await db.SecondFactors.SingleOrDefaultAsync(f => f.PersonId == actor.PersonId, cancel);
        var others = factor?.AppKeySealed is not null || await db.Passkeys.AnyAsync(p => p.UserId == actor.PersonId && p.CredentialId != id, cancel);
        if (!others && isRequired) return Outcome.Refused("", KeepOne);
        db.Remove(passkey);
        if (!others && factor is not null) db.Remove(factor);
        Change(person, others);
        db.Add(AuditEntry.For(AuditActions.PasskeyRemoved, actor, null, actor.PersonId, clock));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Ten new recovery codes; those before them work no more.</summary>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Actor actor, CancellationToken cancel)
    {
        var (factor, key) = await FindOrBeginAsync(actor, cancel);
        var codes = Renew(factor, key);
        db.Add(AuditEntry.For(AuditActions.RecoveryCodesMade, actor, null, actor.PersonId, clock));
        await db.SaveChangesAsync(cancel);
        return codes;
    }

    /// <summary>Takes the app away. Whoever must have a second factor keeps one way at least.</summary>
    public async Task<Outcome> RemoveAppAsync(bool isRequired, Actor actor, CancellationToken cancel)
    {
        var person = await db.Users.SingleAsync(u => u.Id == actor.PersonId, cancel);
        if (await db.SecondFactors.SingleOrDefaultAsync(f => f.PersonId == actor.PersonId, cancel) is not { AppKeySealed: not null } factor) return Outcome.Done;
        var others = await db.Passkeys.AnyAsync(p => p.UserId == actor.PersonId, cancel);
        if (!others && isRequired) return Outcome.Refused("", KeepOne);
        factor.AppKeySealed = null;
        factor.AppAddedAt = null;
        Change(person, others);
        if (!others) db.Remove(factor);
        db.Add(AuditEntry.For(AuditActions.AppRemoved, actor, null, actor.PersonId, clock));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Uses up a code of somebody who has given their password: of their app, or one of their recovery codes.</summary>
    public async Task<bool> UseCodeAsync(AppUser person, string typed, CancellationToken cancel)
    {
        var actor = Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName);
        using var acting = db.ActingAs(actor);
        if (await db.SecondFactors.SingleOrDefaultAsync(f => f.PersonId == person.Id, cancel) is not { } factor) return false;
        var key = await KeyOfAsync(factor, cancel);
        var code = Digits(typed);
        if (code.Length == Totp.Digits && code.All(char.IsAsciiDigit))
        {
            if (factor.AppKeySealed is null) return false;
            if (Totp.StepOf(Seal.Open(key, factor.AppKeySealed, person.Id, SealPart.AppKey), code, clock.GetUtcNow(), factor.LastStep) is not { } step) return false;
            factor.LastStep = step;
        }
        else
        {
            var hash = Hash(key, code);
            if (factor.RecoveryCodes.Find(c => CryptographicOperations.FixedTimeEquals(c, hash)) is not { } used) return false;
            factor.RecoveryCodes.Remove(used);
            db.Add(AuditEntry.For(AuditActions.RecoveryCodeUsed, actor, null, person.Id, clock, $"left: {factor.RecoveryCodes.Count}"));
        }

        try
        {
            await db.SaveChangesAsync(cancel);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            // The same code, sent twice at once: the other one was first.
            db.ChangeTracker.Clear();
            return false;
        }
    }

    private async Task<(SecondFactor Factor, byte[] Key)> FindOrBeginAsync(Actor actor, CancellationToken cancel)
    {
        if (await db.SecondFactors.SingleOrDefaultAsync(f => f.PersonId == actor.PersonId, cancel) is { } factor) return (factor, await KeyOfAsync(factor, cancel));
        var (key, keyId, wrapped) = await keys.NewOwnAsync(actor.AuthorityId, actor.PersonId, cancel);
        factor = new SecondFactor { PersonId = actor.PersonId, AuthorityId = actor.AuthorityId, AuthorityKeyId = keyId, WrappedKey = wrapped };
        db.Add(factor);
        return (factor, key);
    }

    private Task<byte[]> KeyOfAsync(SecondFactor factor, CancellationToken cancel) => keys.OpenOwnAsync(factor.AuthorityKeyId, factor.WrappedKey, factor.PersonId, cancel);

    private async Task<IReadOnlyList<string>> TurnOnAsync(AppUser person, SecondFactor factor, byte[] key, string action, Actor actor, CancellationToken cancel)
    {
        IReadOnlyList<string> codes = person.TwoFactorEnabled && factor.RecoveryCodes.Count > 0 ? [] : Renew(factor, key);
        Change(person, isOn: true);
        db.Add(AuditEntry.For(action, actor, null, actor.PersonId, clock));
        await db.SaveChangesAsync(cancel);
        return codes;
    }

    private static void Change(AppUser person, bool isOn)
    {
        person.TwoFactorEnabled = isOn;
        person.SecurityStamp = Guid.NewGuid().ToString("N");
        person.ConcurrencyStamp = Guid.NewGuid().ToString("N");
    }

    private static List<string> Renew(SecondFactor factor, byte[] key)
    {
        var codes = Enumerable.Range(0, SecondFactor.RecoveryCodeCount).Select(_ => RandomNumberGenerator.GetString(CodeLetters, CodeLength)).ToList();
        factor.RecoveryCodes.Clear();
        factor.RecoveryCodes.AddRange(codes.Select(c => Hash(key, c)));
        return [.. codes.Select(c => $"{c[..4]}-{c[4..8]}-{c[8..]}")];
    }

    private static byte[] Hash(byte[] key, string code) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("recovery " + code));

    /// <summary>As it was meant: without the spaces and dashes by which it is read out.</summary>
    private static string Digits(string typed) => new([.. typed.Where(char.IsLetterOrDigit).Take(40).Select(char.ToLowerInvariant)]);
}
