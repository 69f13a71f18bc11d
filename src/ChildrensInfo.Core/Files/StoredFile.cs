using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Files;

public enum FileKind
{
    VoiceMedia,

    /// <summary>A photograph taken in whole, with what told of the place and the camera taken out.</summary>
    VoicePhoto,
    Return,
    Extract,

    /// <summary>Results that a researcher sent for review, as they were kept.</summary>
    Output,

    /// <summary>A signature, an audio clip or a scan that shows what was decided about a permission.</summary>
    ConsentEvidence,

    /// <summary>Everything held on a child, for whoever asked for it and may have it.</summary>
    AccessPack,
}

/// <summary>
/// A file in the database, in pieces of 64 KB each encrypted under the file's own key, which is wrapped by the child's key (voice)
/// or the authority's (returns, extracts). It has no name: names give people away.
/// </summary>
public class StoredFile : IBelongToAuthority
{
    public const int PieceBytes = 64 * 1024;

    /// <summary>The size of a chunk as browsers send it: a whole number of pieces.</summary>
    public const int ChunkBytes = 4 * 1024 * 1024;

    public const long AudioMaxBytes = 200L * 1024 * 1024;

    public const long ImageMaxBytes = 20L * 1024 * 1024;

    public const long ReturnMaxBytes = 1024L * 1024 * 1024;

    /// <summary>Made by the sender, so that a chunk sent twice is one chunk.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The child whose key protects it; null for returns and extracts.</summary>
    public Guid? ChildId { get; init; }

    public FileKind Kind { get; init; }

    /// <summary>Who sent it. Of a recording that was not sealed, whoever works with the child when they do so no more (<see cref="Voice.UnsealedMedia.PassOnAsync"/>).</summary>
    public Guid OwnerId { get; set; }

    /// <summary>Decided from the first bytes, never from what the sender says.</summary>
    public required string ContentType { get; init; }

    public required byte[] WrappedKey { get; init; }

    /// <summary>Which of the authority's keys wraps it, when no child's does.</summary>
    public Guid? AuthorityKeyId { get; init; }

    /// <summary>The length the sender announced; the file is whole when this many bytes have come.</summary>
    public long Length { get; set; }

    /// <summary>SHA-256 of the whole plaintext; null until the file is whole.</summary>
    public byte[]? Sha256 { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime? CompletedAt { get; set; }

    /// <summary>Of a recording that is sent while it is being made: the visit it belongs to. It has no announced length; <see cref="Length"/> is what has come.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>How long what has come of it runs, as the recorder says.</summary>
    public int? RecordedMs { get; set; }

    /// <summary>The gaps the recorder has noted so far.</summary>
    public string? GapsJson { get; set; }

    /// <summary>The recorder was stopped and all of it came; otherwise something may be missing at the end.</summary>
    public bool RecordingEnded { get; set; }
}

public class StoredFilePiece : IBelongToAuthority
{
    public Guid FileId { get; init; }

    public int Index { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid? ChildId { get; init; }

    public required byte[] Sealed { get; set; }
}
