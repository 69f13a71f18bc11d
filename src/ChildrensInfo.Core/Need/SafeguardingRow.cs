using System.Text.Json;
using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// A row of a table of the Standard Safeguarding Dataset, with the columns that the dataset gives it. Its key is the authority, the table and
/// the table's own key. Not a table of its own for each of the 48, because the dataset still changes and what reads it asks for a
/// few columns by name.
/// </summary>
public class SafeguardingRow : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The child it is about, by the person's id; null for rows about teams, workers and people who are not children here.</summary>
    public Guid? ChildId { get; set; }

    /// <summary>Such as ssd_cin_visits.</summary>
    public required string TableName { get; init; }

    /// <summary>The value of the table's key; of several columns, with a line between them.</summary>
    public required string RowKey { get; init; }

    /// <summary>The columns that are filled in, by name, each a text; dates are yyyy-mm-dd.</summary>
    public JsonElement Content { get; set; }

    /// <summary>The return that last said so.</summary>
    public Guid ReturnId { get; set; }
}
