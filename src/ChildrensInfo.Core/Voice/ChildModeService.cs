using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>Handing the device over.</summary>
public class HandOver
{
    public ChildModeLook? Look { get; set; }

    public string? Language { get; set; }

    /// <summary>Asked for once, when the worker has none yet or wants another.</summary>
    public string? NewPin { get; set; }
}

public sealed class HandOverValidator : AbstractValidator<HandOver>
{
    public const int ShortestPin = 4;
    public const int LongestPin = 8;

    public HandOverValidator()
    {
        RuleFor(h => h.Look).NotNull().WithMessage("Choose how it looks").IsInEnum().WithMessage("Choose how it looks");
        RuleFor(h => h.Language).Must(l => l is "en" or "cy").WithMessage("Choose the language");
        When(h => !string.IsNullOrEmpty(h.NewPin), () =>
            RuleFor(h => h.NewPin).Cascade(CascadeMode.Stop)
                .Must(p => p!.Length is >= ShortestPin and <= LongestPin && p.All(char.IsAsciiDigit)).WithMessage($"The PIN must be {ShortestPin} to {LongestPin} digits")
                .Must(p => !IsFirstGuess(p!)).WithMessage("That PIN is one of the first a child would try. Choose digits that are not all the same and not in a row"));
    }

    /// <summary>One digit again and again, or digits that only count up or down.</summary>
    private static bool IsFirstGuess(string pin)
    {
        var steps = pin.Zip(pin.Skip(1), (a, b) => b - a).Distinct().ToList();
        return steps.Count == 1 && steps[0] is 0 or 1 or -1;
    }
}

public enum PinAnswer
{
    Right,
    Wrong,

    /// <summary>Too soon after wrong ones; it was not looked at.</summary>
    Wait,

    /// <summary>So many wrong ones that the session must end.</summary>
    TooMany,
}

/// <summary>Lends a worker's device to a child, and takes it back with the worker's PIN.</summary>
public sealed class ChildModeService(AppDbContext db, IPasswordHasher<AppUser> hasher, Hashing hashing, KeyRing keys, TimeProvider clock)
{
    public Task<bool> HasPinAsync(Actor actor, CancellationToken cancel) => db.Users.AnyAsync(u => u.Id == actor.PersonId && u.PinHash != null, cancel);

    /// <summary>The time that a browser is lent for, if it lasts and is this person's.</summary>
    public Task<ChildMode?> FindAsync(Guid id, Actor actor, CancellationToken cancel) =>
        db.ChildModes.AsNoTracking().Include(m => m.Child).Include(m => m.Session).SingleOrDefaultAsync(m => m.Id == id && m.PractitionerId == actor.PersonId && m.EndedAt == null, cancel);

    /// <returns>Null when there is no such visit to a child the actor may see; otherwise the id, or why not.</returns>
    public async Task<(Guid Id, Refusal? Refusal)?> StartAsync(Guid childId, Guid sessionId, HandOver input, Actor actor, CancellationToken cancel)
    {
        if (!await db.VoiceSessions.AnyAsync(s => s.Id == sessionId && s.ChildId == childId, cancel)) return null;
        return await StartAsync(childId, sessionId, null, input, actor, cancel);
    }

    /// <param name="childId">The child the activity is with; null for a group.</param>
    /// <returns>Null when there is no such activity; otherwise the id, or why not.</returns>
    public async Task<(Guid Id, Refusal? Refusal)?> StartForActivityAsync(Guid? childId, Guid activityId, HandOver input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(childId is null ? Capability.InvolveChildren : Capability.HearChildren)) return null;
        if (!await db.ParticipationActivities.AnyAsync(a => a.Id == activityId && a.ChildId == childId, cancel)) return null;
        return await StartAsync(childId, null, activityId, input, actor, cancel);
    }

    private async Task<(Guid Id, Refusal? Refusal)> StartAsync(Guid? childId, Guid? sessionId, Guid? activityId, HandOver input, Actor actor, CancellationToken cancel)
    {
        var person = await db.Users.SingleAsync(u => u.Id == actor.PersonId, cancel);
        if (!string.IsNullOrEmpty(input.NewPin))
        {
            using var turn = await hashing.TurnAsync(cancel);
            if (turn is null) return (Guid.Empty, new Refusal(nameof(input.NewPin), Hashing.Busy));
            person.PinHash = hasher.HashPassword(person, input.NewPin);
            db.Add(AuditEntry.For(AuditActions.PinChosen, actor, null, person.Id, clock));
        }
        else if (person.PinHash is null)
        {
            return (Guid.Empty, new Refusal(nameof(input.NewPin), "Choose a PIN: it is how you take the device back"));
        }

        var mode = new ChildMode
        {
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            SessionId = sessionId,
            ActivityId = activityId,
            PractitionerId = actor.PersonId,
            Look = input.Look!.Value,
            Language = input.Language!,
            StartedAt = clock.GetUtcNow().UtcDateTime,
        };
        db.Add(mode);
        db.Add(AuditEntry.For(AuditActions.ChildModeStarted, actor, childId, mode.Id, clock, mode.Look.ToString()));
        await db.SaveChangesAsync(cancel);
        return (mode.Id, null);
    }

    /// <summary>
    /// The key under which a child's own screen keeps on the device what they began and did not keep, and a name for it there that tells nobody whose it is. Both follow from the child's key, so
    /// that they find it again the next time they hold the device, whoever lends it to them; and nobody else does, since no other page is given it.
    /// </summary>
    /// <returns>Null when the child's key was destroyed.</returns>
    public async Task<(string Name, byte[] Key)?> KeyOfBegunAsync(Guid childId, CancellationToken cancel)
    {
        try
        {
            var key = await keys.ForChildAsync(childId, cancel);
            return (Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 16, info: "begun, its name"u8.ToArray())), HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "begun, its key"u8.ToArray()));
        }
        catch (KeyErasedException)
        {
            return null;
        }
    }

    /// <summary>Looks at a PIN. Each try is counted before it is looked at, so that tries sent all at once gain nothing.</summary>
    public async Task<PinAnswer> TakeBackAsync(Guid id, string? pin, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var mode = await db.ChildModes.SingleOrDefaultAsync(m => m.Id == id && m.PractitionerId == actor.PersonId, cancel);
        if (mode is null) return PinAnswer.TooMany;
        if (mode.EndedAt is not null) return PinAnswer.Right;
        if (mode.WrongPins >= ChildMode.MostWrongPins) return PinAnswer.TooMany;
        if (mode.WaitUntil > now) return PinAnswer.Wait;
        using var turn = await hashing.TurnAsync(cancel);
        if (turn is null) return PinAnswer.Wait;
        mode.WrongPins++;
        mode.WaitUntil = ChildMode.WaitAfter(mode.WrongPins) is { Ticks: > 0 } wait ? now + wait : null;
        var line = AuditEntry.For(AuditActions.PinRefused, actor, mode.ChildId, mode.Id, clock, $"{mode.WrongPins}");
        var person = await db.Users.AsNoTracking().SingleAsync(u => u.Id == actor.PersonId, cancel);
        // Hashing takes as long either way.
        var right = person.PinHash is not null && hasher.VerifyHashedPassword(person, person.PinHash, pin ?? "") != PasswordVerificationResult.Failed;
        if (right)
        {
            mode.EndedAt = now;
            mode.WrongPins--;
            line = AuditEntry.For(AuditActions.ChildModeEnded, actor, mode.ChildId, mode.Id, clock);
        }

        db.Add(line);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another try came at the same moment. Neither answer is given away: this one was not looked at.
            db.ChangeTracker.Clear();
            return PinAnswer.Wait;
        }

        return right ? PinAnswer.Right : mode.WrongPins >= ChildMode.MostWrongPins ? PinAnswer.TooMany : PinAnswer.Wrong;
    }
}
