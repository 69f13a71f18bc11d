using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Offline;

/// <summary>
/// One person's store on one device, as that device last said of itself: how many things are where, and since when the oldest waits. Numbers and times only; it knows of no child and
/// of no content.
/// </summary>
public class Device : IBelongToAuthority
{
    /// <summary>After this, what waits on a device is marked: a device that is lost or broken loses it.</summary>
    public const int LateAfterHours = 24;

    /// <summary>After this, a device on which nothing waits is not shown until it says something again.</summary>
    public const int ForgottenAfterDays = 30;

    /// <summary>Made by the device for one person's store: on a shared tablet each has another.</summary>
    public Guid Id { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>When it last said anything.</summary>
    public DateTime SeenAt { get; set; }

    /// <summary>When it last sent what it had; null when it never has.</summary>
    public DateTime? SentAt { get; set; }

    public int OnDevice { get; set; }

    public int Sending { get; set; }

    public int NeedsYou { get; set; }

    /// <summary>When the oldest that waits was sealed, by the device's clock.</summary>
    public DateTime? OldestAt { get; set; }

    /// <summary>Somebody said that the person has this device no longer. It is shown again when it says something of itself again.</summary>
    public DateTime? GoneAt { get; set; }

    public Guid? GoneById { get; set; }

    public int Unsent => OnDevice + Sending + NeedsYou;

    /// <summary>Whether something has waited for longer than it should; a device that was not seen for as long may hold more than it said.</summary>
    public bool IsLate(DateTime now) => Unsent > 0 && ((OldestAt ?? SeenAt) < now.AddHours(-LateAfterHours) || SeenAt < now.AddHours(-LateAfterHours));
}

/// <summary>What a device says of itself.</summary>
public class DeviceCounts
{
    public const int Most = 100_000;

    public Guid DeviceId { get; set; }

    public int OnDevice { get; set; }

    public int Sending { get; set; }

    public int NeedsYou { get; set; }

    public DateTime? OldestAt { get; set; }

    /// <summary>It has just sent what it could.</summary>
    public bool Sent { get; set; }
}

public sealed class DeviceCountsValidator : AbstractValidator<DeviceCounts>
{
    public DeviceCountsValidator()
    {
        RuleFor(c => c.DeviceId).NotEmpty();
        RuleFor(c => c.OnDevice).InclusiveBetween(0, DeviceCounts.Most);
        RuleFor(c => c.Sending).InclusiveBetween(0, DeviceCounts.Most);
        RuleFor(c => c.NeedsYou).InclusiveBetween(0, DeviceCounts.Most);
    }
}

/// <summary>Keeps what devices say of themselves, for whoever answers for a team.</summary>
public sealed class DeviceService(AppDbContext db, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <returns>False when the number is that of somebody else's device.</returns>
    public async Task<bool> SaysAsync(DeviceCounts counts, Actor actor, CancellationToken cancel)
    {
        var now = Now;
        var device = await db.Devices.SingleOrDefaultAsync(d => d.Id == counts.DeviceId, cancel);
        if (device is not null && device.PersonId != actor.PersonId) return false;
        if (device is null) db.Add(device = new Device { Id = counts.DeviceId, AuthorityId = actor.AuthorityId, PersonId = actor.PersonId });
        device.SeenAt = now;
        if (counts.Sent) device.SentAt = now;
        (device.OnDevice, device.Sending, device.NeedsYou) = (counts.OnDevice, counts.Sending, counts.NeedsYou);
        device.OldestAt = counts.OldestAt is not { } oldest ? null : oldest.Kind == DateTimeKind.Local ? oldest.ToUniversalTime() : DateTime.SpecifyKind(oldest, DateTimeKind.Utc);
        (device.GoneAt, device.GoneById) = (null, null);
        try
        {
            await db.SaveChangesAsync(cancel);
            return true;
        }
        catch (DbUpdateException)
        {
            // Its number is taken, by another council's or by itself a moment ago: the next time it says more is soon enough.
            return false;
        }
    }

    /// <summary>Says that its person has a device no longer, so that it is not shown. Nothing on it goes by that.</summary>
    /// <returns>Null when it is not one the actor sees.</returns>
    public async Task<Outcome?> GoneAsync(Guid deviceId, Actor actor, CancellationToken cancel)
    {
        var device = await db.Devices.SingleOrDefaultAsync(d => d.Id == deviceId, cancel);
        if (device is null) return null;
        if (device.GoneAt is not null) return Outcome.Done;
        (device.GoneAt, device.GoneById) = (Now, actor.PersonId);
        db.Add(AuditEntry.For(AuditActions.DeviceGone, actor, null, device.Id, clock, $"{device.Unsent} not sent"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }
}
