using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

/// <summary>What a note says of the thing it stands with.</summary>
public enum DutyNoteKind
{
    HoldPlaced,
    HoldLifted,

    /// <summary>What whoever reviewed the record found.</summary>
    DisposalProposed,
    DisposalDecided,

    /// <summary>What was asked to be erased, in the words of whoever asked.</summary>
    ErasureAsked,

    /// <summary>The answer as it is told to them.</summary>
    ErasureAnswered,

    /// <summary>Who asked for a record to be put right, and how it is known who they are. Before requests were logged it stood with the statement.</summary>
    StatementAsked,

    /// <summary>What was asked to be put right, in the words of whoever asked.</summary>
    RectificationAsked,

    /// <summary>Why the answer takes longer, as it is told to them.</summary>
    RectificationLater,

    /// <summary>The answer as it is told to them.</summary>
    RectificationAnswered,
    RestrictionPlaced,
    RestrictionOpened,
    RestrictionLifted,
    BreachHappened,
    BreachRisk,
    BreachDone,
    BreachClosed,
}

/// <summary>
/// What somebody wrote about a duty: the reason of a hold, of a disposal, of an answer. Sealed under the council's key and not the child's, since it has to outlive what is destroyed
/// for that very reason. Written once.
/// </summary>
public class DutyNote : IMayBeAboutChild
{
    public const int TextMaxLength = 2_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid? ChildId { get; init; }

    /// <summary>The hold, disposal, request, restriction or breach it stands with.</summary>
    public Guid AboutId { get; init; }

    public DutyNoteKind Kind { get; init; }

    public Guid AuthorityKeyId { get; init; }

    public required byte[] Sealed { get; init; }

    public Guid ById { get; init; }

    public DateTime At { get; init; }
}

/// <param name="Text">Opened.</param>
public sealed record DutyNoteRead(DutyNoteKind Kind, string Text, Guid ById, DateTime At);

/// <summary>Writes and opens notes. Whoever calls has asked whether they may.</summary>
public sealed class DutyNotes(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <summary>Adds a note, for the caller to save with what it is about.</summary>
    public async Task AddAsync(Guid? childId, Guid aboutId, DutyNoteKind kind, string text, Actor actor, CancellationToken cancel)
    {
        var key = await keys.ForAuthorityAsync(actor.AuthorityId, cancel);
        var id = Guid.CreateVersion7();
        db.Add(new DutyNote
        {
            Id = id,
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            AboutId = aboutId,
            Kind = kind,
            AuthorityKeyId = key.Id,
            Sealed = Seal.Close(key.Key, Encoding.UTF8.GetBytes(text.Trim()), id, SealPart.DutyNote),
            ById = actor.PersonId,
            At = clock.GetUtcNow().UtcDateTime,
        });
    }

    /// <summary>The notes of some things, opened, oldest first.</summary>
    public async Task<ILookup<Guid, DutyNoteRead>> ReadAsync(IReadOnlyCollection<Guid> about, CancellationToken cancel)
    {
        var notes = await db.DutyNotes.AsNoTracking().Where(n => about.Contains(n.AboutId)).OrderBy(n => n.At).ThenBy(n => n.Id).ToListAsync(cancel);
        var opened = new List<(Guid AboutId, DutyNoteRead Note)>(notes.Count);
        foreach (var note in notes) opened.Add((note.AboutId, new(note.Kind, await keys.OpenUnderAuthorityAsync(note.AuthorityKeyId, note.Sealed, note.Id, SealPart.DutyNote, cancel), note.ById, note.At)));
        return opened.ToLookup(o => o.AboutId, o => o.Note);
    }
}
