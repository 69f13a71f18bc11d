using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Returns.CinCensus;

namespace ChildrensInfo.Core.Need;

/// <param name="Key">What stands for it in an address.</param>
public sealed record NeedGroup(string Key, string Label);

/// <summary>
/// One way of grouping children. The groups are fixed: an address can name one of them or none, and nothing else, so that nobody
/// can ask for "all but one". Teams and wards are the council's own and come with its data.
/// </summary>
public sealed record NeedDimension(string Key, string Name, IReadOnlyList<NeedGroup> Groups)
{
    public const string Unknown = "none";

    public static readonly NeedDimension PrimaryNeed = new(
        "need", "Primary need", [.. CinCodes.PrimaryNeed.Codes.OrderBy(c => c.Value == "N0").ThenBy(c => c.Value, StringComparer.Ordinal).Select(c => new NeedGroup(c.Value, CinCodes.PrimaryNeed.Label(c.Value))), new(Unknown, "Not recorded")]);

    public static readonly NeedDimension Age = new(
        "age", "Age",
        [new("unborn", "Not yet born"), new("0", "Under 1"), new("1", "1 to 4"), new("5", "5 to 9"), new("10", "10 to 15"), new("16", "16 and over"), new(Unknown, "Not recorded")]);

    public static readonly NeedDimension Sex = new("sex", "Sex", [new("F", "Girls"), new("M", "Boys"), new("U", "Not known or not recorded")]);

    public static readonly NeedDimension Ethnicity = new(
        "ethnicity", "Ethnic group", [.. EthnicGroup.All.Select(g => new NeedGroup(g.Key, g.Label))]);

    public static readonly NeedDimension Disability = new("disability", "Disability", [new("yes", "Disability recorded"), new("no", "Recorded as none"), new(Unknown, "Not recorded")]);

    /// <summary>How the child stands to the council on the day, the weightiest first.</summary>
    public static readonly NeedDimension Status = new(
        "status", "Legal status",
        [new("order", "Looked after under an order or on remand"), new("agreed", "Looked after by agreement (section 20 or 76)"), new("plan", "On a child protection plan"), new("need", "In need"), new(Unknown, "No open episode on the day")]);

    /// <summary>The dimensions whose groups are the same everywhere.</summary>
    public static readonly IReadOnlyList<NeedDimension> Fixed = [PrimaryNeed, Age, Sex, Ethnicity, Disability, Status];

    public const string TeamKey = "team";

    public const string WardKey = "ward";

    public static NeedDimension Team(IEnumerable<NeedGroup> teams) => new(TeamKey, "Team", [.. teams, new(Unknown, "No team")]);

    public static NeedDimension Ward(IEnumerable<NeedGroup> wards) => new(WardKey, "Ward", [.. wards, new(Unknown, "Not recorded")]);

    public int IndexOf(string? key)
    {
        for (var i = 0; i < Groups.Count; i++)
            if (Groups[i].Key == key) return i;
        return Groups.Count - 1;
    }
}

/// <summary>Which children a view is of: one group of one dimension.</summary>
public sealed record NeedFilter(NeedDimension Dimension, NeedGroup Group)
{
    public string Key => $"{Dimension.Key}-{Group.Key}";

    public int At => Dimension.IndexOf(Group.Key);

    /// <returns>False for anything that is not in the lists.</returns>
    public static bool TryParse(string? key, IEnumerable<NeedDimension> dimensions, out NeedFilter? filter)
    {
        filter = null;
        if (string.IsNullOrEmpty(key)) return true;
        filter = dimensions.SelectMany(d => d.Groups.Select(g => new NeedFilter(d, g))).SingleOrDefault(f => f.Key == key);
        return filter is not null;
    }
}
