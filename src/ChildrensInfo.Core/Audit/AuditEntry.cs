using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Access;

namespace ChildrensInfo.Core.Audit;

/// <summary>
/// One line of the audit log: who, when, what, on whose record. It holds ids and codes, never names or words. The database
/// takes inserts only. <see cref="Hash"/> covers every other field, so that a line altered later shows.
/// </summary>
public class AuditEntry
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Null for what happens before anybody is known: a failed sign-in.</summary>
    public Guid? AuthorityId { get; init; }

    public Guid? ActorId { get; init; }

    public Role? ActorRole { get; init; }

    public required string Action { get; init; }

    public Guid? ChildId { get; init; }

    public Guid? SubjectId { get; init; }

    /// <summary>A code or a count that helps to understand the line; never personal data.</summary>
    public string? Detail { get; init; }

    public DateTime At { get; init; }

    public required byte[] Hash { get; init; }

    /// <param name="detail">A code or a count; never a name, a word or anything a person typed.</param>
    public static AuditEntry For(string action, Actor? actor, Guid? childId, Guid? subjectId, TimeProvider clock, string? detail = null)
    {
        var id = Guid.CreateVersion7();
        // PostgreSQL keeps microseconds; the hash must be of what it will give back.
        var at = new DateTime(clock.GetUtcNow().UtcTicks / 10 * 10, DateTimeKind.Utc);
        return new AuditEntry
        {
            Id = id,
            AuthorityId = actor?.AuthorityId,
            ActorId = actor?.PersonId,
            ActorRole = actor?.Role,
            Action = action,
            ChildId = childId,
            SubjectId = subjectId,
            Detail = detail,
            At = at,
            Hash = HashOf(id, actor?.AuthorityId, actor?.PersonId, actor?.Role, action, childId, subjectId, detail, at),
        };
    }

    /// <summary>Whether the line still says what it said when it was written.</summary>
    public bool IsIntact() =>
        CryptographicOperations.FixedTimeEquals(Hash, HashOf(Id, AuthorityId, ActorId, ActorRole, Action, ChildId, SubjectId, Detail, At));

    private static byte[] HashOf(
        Guid id, Guid? authorityId, Guid? actorId, Role? role, string action, Guid? childId, Guid? subjectId, string? detail, DateTime at) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{id:N}|{authorityId:N}|{actorId:N}|{role}|{action}|{childId:N}|{subjectId:N}|{(at - DateTime.UnixEpoch).Ticks / 10}|{detail}")));
}
