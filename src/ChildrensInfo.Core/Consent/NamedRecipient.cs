using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>
/// Whom or what a permission of one child is for, by name: a service that is on no list, or the one training or report something would be shown in. A yes for
/// one is no yes for another. Written once.
/// </summary>
public class NamedRecipient : IAboutChild
{
    public const int NameMaxLength = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary><see cref="Purpose.SharePro"/> or <see cref="Purpose.TrainPublish"/>.</summary>
    public Purpose Purpose { get; init; }

    /// <summary>It may say who somebody is: sealed under the child's key.</summary>
    public required byte[] NameSealed { get; init; }

    public DateTime NamedAt { get; init; }

    public Guid NamedById { get; init; }
}

/// <summary>Names for whom and for what a permission is asked.</summary>
public sealed class NamedRecipientService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <summary>What is named freely: the other purposes are for nobody in particular, or for somebody in the child's life.</summary>
    public static bool MayBeNamed(Purpose purpose) => purpose is Purpose.SharePro or Purpose.TrainPublish;

    /// <summary>Those of one child, by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, (Purpose Purpose, string Name)>> OfAsync(Guid childId, CancellationToken cancel)
    {
        var names = new Dictionary<Guid, (Purpose, string)>();
        foreach (var named in await db.NamedRecipients.AsNoTracking().Where(n => n.ChildId == childId).ToListAsync(cancel))
        {
            names.Add(named.Id, (named.Purpose, await keys.OpenAsync(childId, named.NameSealed, named.Id, SealPart.RecipientName, cancel)));
        }

        return names;
    }

    /// <summary>Names one; a name that is there already is the same one, however it is written.</summary>
    /// <returns>Null when the child is not one the actor may see; its id, or why not.</returns>
    public async Task<(Guid? Id, string? Why)?> NameAsync(Guid childId, Purpose purpose, string? name, Actor actor, CancellationToken cancel)
    {
        if (await db.Children.Where(c => c.Id == childId).Select(c => (Guid?)c.AuthorityId).SingleOrDefaultAsync(cancel) is not { } authorityId || !MayBeNamed(purpose)) return null;
        var said = string.Join(' ', (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (said.Length == 0) return (null, purpose == Purpose.SharePro ? "Enter which service" : "Enter which training or report");
        if (!WrittenText.CanBeKept(said)) return (null, WrittenText.CannotBeKept);
        if (WrittenText.Length(said) > NamedRecipient.NameMaxLength) return (null, $"Keep this to {NamedRecipient.NameMaxLength} characters or fewer");
        foreach (var (there, known) in await OfAsync(childId, cancel))
        {
            if (known.Purpose == purpose && string.Equals(known.Name, said, StringComparison.OrdinalIgnoreCase)) return (there, null);
        }

        var id = Guid.CreateVersion7();
        db.Add(new NamedRecipient
        {
            Id = id,
            AuthorityId = authorityId,
            ChildId = childId,
            Purpose = purpose,
            NameSealed = await keys.SealAsync(childId, said, id, SealPart.RecipientName, cancel),
            NamedAt = clock.GetUtcNow().UtcDateTime,
            NamedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.RecipientNamed, actor, childId, id, clock, $"{purpose}"));
        await db.SaveChangesAsync(cancel);
        return (id, null);
    }

    /// <summary>Whether a permission of this child can be for it: somebody in their life, a service by kind, or what was named for that purpose.</summary>
    internal static async Task<bool> IsThereAsync(AppDbContext db, Guid childId, Purpose purpose, Guid recipientId, CancellationToken cancel) => purpose switch
    {
        Purpose.ShareParent => await db.Relationships.AnyAsync(r => r.Id == recipientId && r.ChildId == childId, cancel),
        Purpose.SharePro when CopyRecipient.ServiceOf(recipientId) is not null => true,
        _ => await db.NamedRecipients.AnyAsync(n => n.Id == recipientId && n.ChildId == childId && n.Purpose == purpose, cancel),
    };
}
