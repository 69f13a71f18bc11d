using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Research;

public enum OutputKind
{
    Table,
    Picture,
    Text,
}

public enum OutputState
{
    Submitted,
    Released,

    /// <summary>Whoever looked at it asks for it another way: the researcher sends another.</summary>
    AskedBack,
    Refused,
}

/// <summary>Results that a researcher wants to take out of a project. What was sent is never changed, and leaves only as one person sent it and another released it.</summary>
public class ResearchOutput : IBelongToAuthority
{
    public const int TitleMaxLength = 200;

    public const int HowMaxLength = 2_000;

    public const int ReasonMaxLength = 1_000;

    public const int FileMaxBytes = 5 * 1024 * 1024;

    /// <summary>So that every cell of a table can be looked at by a person.</summary>
    public const int MostRows = 500;

    public const int MostColumns = 40;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ProjectId { get; init; }

    public ResearchProject? Project { get; init; }

    public Guid SubmittedById { get; init; }

    public DateTime SubmittedAt { get; init; }

    public required string Title { get; init; }

    /// <summary>How it was made, and what each number counts.</summary>
    public required string How { get; init; }

    public OutputKind Kind { get; init; }

    public Guid FileId { get; init; }

    /// <summary>What the workbook it came in did with cells of the table; of the workbook nothing else is kept.</summary>
    public List<OutputFinding> Marks { get; init; } = [];

    /// <summary>How many sheets of that workbook were hidden.</summary>
    public int HiddenSheets { get; init; }

    public OutputState State { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public string? DecisionReason { get; set; }

    public uint Version { get; init; }

    /// <summary>A name that says nothing, whatever the file was called when it was sent.</summary>
    public string FileName(string contentType) => $"output-{Id.ToString("N")[^8..]}." + contentType switch
    {
        OutputFile.Csv => "csv",
        OutputFile.PlainText => "txt",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        _ => "png",
    };
}
