using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Returns.CinCensus;

namespace ChildrensInfo.Core.Need;

/// <param name="Key">What stands for it in an address.</param>
public sealed record NeedGroup(string Key, string Label);

/// <summary>
/// One way of grouping children in need. The groups are fixed: an address can name one of them or none, and nothing else, so that nobody
/// can ask for "all but one".
/// </summary>
public sealed class NeedDimension
{
    /// <summary>Grouped with each of the others: see <see cref="NeedSnapshot"/>.</summary>
    public static readonly NeedDimension PrimaryNeed = new(
        "need", "Primary need", [.. CinCodes.PrimaryNeed.Codes.OrderBy(c => c.Value == "N0").ThenBy(c => c.Value, StringComparer.Ordinal).Select(c => new NeedGroup(c.Value, CinCodes.PrimaryNeed.Label(c.Value))), new("none", "Not recorded")],
        "coalesce(o.primary_need_code, 'none')");

    public static readonly NeedDimension Age = new(
        "age", "Age",
        [new("unborn", "Not yet born"), new("0", "Under 1"), new("1", "1 to 4"), new("5", "5 to 9"), new("10", "10 to 15"), new("16", "16 and over"), new("none", "Not recorded")],
        """
        case when c.born_on is null then case when c.expected_birth_on is null then 'none' else 'unborn' end
            when c.born_on > @day then 'unborn'
            when c.born_on > @day - interval '1 year' then '0' when c.born_on > @day - interval '5 years' then '1' when c.born_on > @day - interval '10 years' then '5'
            when c.born_on > @day - interval '16 years' then '10' else '16' end
        """);

    public static readonly NeedDimension Sex = new(
        "sex", "Sex", [new("F", "Girls"), new("M", "Boys"), new("U", "Not known or not recorded")], "coalesce(c.sex, 'U')");

    public static readonly NeedDimension Ethnicity = new(
        "ethnicity", "Ethnic group", [.. EthnicGroup.All.Select(g => new NeedGroup(g.Key, g.Label))],
        $"case {string.Concat(EthnicGroup.All.Where(g => g.Codes.Count > 0).Select(g => $"when c.ethnicity_code in ('{string.Join("', '", g.Codes)}') then '{g.Key}' "))}else '{EthnicGroup.NotKnown.Key}' end");

    public static readonly NeedDimension Disability = new(
        "disability", "Disability", [new("yes", "Disability recorded"), new("no", "Recorded as none"), new("none", "Not recorded")],
        "case when cardinality(c.disability_codes) = 0 then 'none' when c.disability_codes = array['NONE'] then 'no' else 'yes' end");

    public static readonly IReadOnlyList<NeedDimension> All = [PrimaryNeed, Age, Sex, Ethnicity, Disability];

    private NeedDimension(string key, string name, IReadOnlyList<NeedGroup> groups, string sql)
    {
        Key = key;
        Name = name;
        Groups = groups;
        Sql = sql;
    }

    public string Key { get; }

    public string Name { get; }

    public IReadOnlyList<NeedGroup> Groups { get; }

    /// <summary>The group's key, from an open episode o, a child c and @day.</summary>
    internal string Sql { get; }

    internal int IndexOf(string key)
    {
        for (var i = 0; i < Groups.Count; i++)
            if (Groups[i].Key == key) return i;
        return Groups.Count - 1;
    }
}

/// <summary>Which children a view is of: all of them, or one group of one dimension.</summary>
public sealed record NeedFilter(NeedDimension Dimension, NeedGroup Group)
{
    public string Key => $"{Dimension.Key}-{Group.Key}";

    /// <returns>False for anything that is not in the fixed lists.</returns>
    public static bool TryParse(string? key, out NeedFilter? filter)
    {
        filter = null;
        if (string.IsNullOrEmpty(key)) return true;
        filter = NeedDimension.All.SelectMany(d => d.Groups.Select(g => new NeedFilter(d, g))).SingleOrDefault(f => f.Key == key);
        return filter is not null;
    }
}
