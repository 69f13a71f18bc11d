using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Web.Shared;

/// <summary>What a code is called on a page. One place, so that it is called the same everywhere.</summary>
public static class Words
{
    /// <summary>A child's name for a list, or null when none is known: returns bring numbers only.</summary>
    public static string? NameOf(string? givenName, string? familyName, string? knownAs)
    {
        var name = $"{(string.IsNullOrEmpty(knownAs) ? givenName : knownAs)} {familyName}".Trim();
        return name.Length == 0 ? null : name;
    }

    public static string Of(Role role) => role switch
    {
        Role.Practitioner => "Practitioner",
        Role.DataLead => "Data lead",
        Role.Researcher => "Researcher",
        Role.Administrator => "Administrator",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static string Of(RelationshipKind kind) => kind switch
    {
        RelationshipKind.Mother => "Mother",
        RelationshipKind.Father => "Father",
        RelationshipKind.StepParent => "Step-parent",
        RelationshipKind.Grandparent => "Grandparent",
        RelationshipKind.Sibling => "Brother or sister",
        RelationshipKind.FosterCarer => "Foster carer",
        RelationshipKind.OtherRelative => "Another relative",
        RelationshipKind.OtherCarer => "Another carer",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
