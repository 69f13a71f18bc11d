using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>Who was there while something was recorded and is not known to have been out of earshot.</summary>
/// <param name="Near">With who they were, in the practitioner's words.</param>
/// <param name="Known">Those of the people in the child's life that they are, as far as it can be told: where it is asked who can be heard these are ticked, to be looked at.</param>
public sealed record Earshot(IReadOnlyList<(PresentPerson Person, string? Who)> Near, IReadOnlyList<Guid> Known);

/// <summary>Who else can be heard on a recording: who was near enough at the visit, and writing down who is. It is held until each of them has said yes.</summary>
public sealed class OtherVoices(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    public async Task<Earshot> NearAsync(Guid childId, Guid sessionId, IReadOnlyList<Relationship> people, CancellationToken cancel)
    {
        var near = new List<(PresentPerson Person, string? Who)>();
        // Whether they could hear was not always asked: what is not known is not “no”.
        foreach (var present in await db.PresentPersons.AsNoTracking().Where(p => p.SessionId == sessionId && p.ChildId == childId && p.InEarshot != InEarshot.No).OrderBy(p => p.Position).ToListAsync(cancel))
        {
            near.Add((present, present.WhoSealed is { } who ? await keys.OpenAsync(childId, who, present.Id, SealPart.Present, cancel) : null));
        }

        return new(near, [.. near.SelectMany(n => KnownAs(n.Person.Role, n.Who, people)).Distinct()]);
    }

    /// <summary>By what they are called, or because there is one such person in the child's life and nobody said more. <c>app.js</c> does the same where there is no connection.</summary>
    private static IEnumerable<Guid> KnownAs(PresentAs role, string? who, IReadOnlyList<Relationship> people)
    {
        var such = people.Where(p => RoleOf(p.Kind) == role).ToList();
        var said = (who ?? "").ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => w.Trim('.', ',', '(', ')')).ToList();
        return said.Count > 0 ? such.Where(p => CalledBy(p.Kind, p.Name).Any(said.Contains)).Select(p => p.Id) : such.Count == 1 ? [such[0].Id] : [];
    }

    /// <summary>What somebody in the child's life is among those who are at a visit.</summary>
    public static PresentAs RoleOf(RelationshipKind kind) => kind switch
    {
        RelationshipKind.Sibling => PresentAs.BrotherOrSister,
        RelationshipKind.Grandparent or RelationshipKind.OtherRelative => PresentAs.OtherFamily,
        _ => PresentAs.ParentOrCarer,
    };

    /// <summary>In small letters, the words by which they may be meant.</summary>
    public static IReadOnlyList<string> CalledBy(RelationshipKind kind, string? name)
    {
        string[] called = kind switch
        {
            RelationshipKind.Mother => ["mother", "mum", "mummy", "mam"],
            RelationshipKind.Father => ["father", "dad", "daddy"],
            _ => [],
        };
        return name is null ? called : [.. called, name.Trim().Split(' ')[0].ToLowerInvariant()];
    }

    /// <summary>The caller saves.</summary>
    /// <param name="field">Of the form, for what is said of it.</param>
    /// <param name="besides">Others who are on it whether or not anybody wrote them down.</param>
    /// <returns>Why they cannot be kept; then nothing else of the caller is, either.</returns>
    public async Task<Outcome?> AddAsync(Guid childId, Guid recordId, OthersOnRecording others, string field, IEnumerable<string> besides, Actor actor, CancellationToken cancel)
    {
        var known = others.OthersHeard.Distinct().ToList();
        if (await db.Relationships.CountAsync(r => known.Contains(r.Id) && r.ChildId == childId, cancel) != known.Count)
        {
            db.ChangeTracker.Clear();
            return await db.RefuseForgedAsync(childId, known[0], actor, field, "Choose people in this child’s life", "other voice", clock, cancel);
        }

        foreach (var id in known) db.Add(new ThirdPartyVoice { AuthorityId = actor.AuthorityId, ChildId = childId, VoiceRecordId = recordId, RelationshipId = id });
        foreach (var described in others.Described.Concat(besides))
        {
            var id = Guid.CreateVersion7();
            db.Add(new ThirdPartyVoice
            {
                Id = id,
                AuthorityId = actor.AuthorityId,
                ChildId = childId,
                VoiceRecordId = recordId,
                DescribedSealed = await keys.SealAsync(childId, described, id, SealPart.ThirdParty, cancel),
            });
        }

        return null;
    }
}
