using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Voice;

/// <summary>
/// A picture that a council made for its own tools, without what told of the place, the camera and the time. Kept once and never changed: an old answer must look as it did. One that no tool ever named goes after a day. It is about no child, so
/// it is not sealed; whoever works with the council's tools sees it.
/// </summary>
public class ToolPicture : IBelongToAuthority
{
    /// <summary>A tool is made of up to forty, and a child may look at them over a telephone's line.</summary>
    public const int MaxBytes = 500_000;

    /// <summary>Little more than any screen has: a few bytes can be so many dots of one colour that a tablet has no room for them.</summary>
    public const int MaxPixels = 8_000_000;

    /// <summary>How long one that no version of a tool names is kept: as long as somebody may still be making the tool.</summary>
    public static readonly TimeSpan UnusedFor = TimeSpan.FromDays(1);

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>Of the bytes as they are kept: what is sent twice is one picture.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>What the bytes are, and never what the sender said they are.</summary>
    public required string ContentType { get; init; }

    public required byte[] Bytes { get; init; }

    public DateTime CreatedAt { get; init; }

    public Guid CreatedById { get; init; }

    /// <summary>Which of the council's pictures a tool names; null when it is one of the portal's own, or none.</summary>
    public static Guid? IdOf(string? picture) => Guid.TryParseExact(picture, "D", out var id) ? id : null;
}
