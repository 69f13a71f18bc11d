using ChildrensInfo.Core.Access;

namespace ChildrensInfo.Web.Shared;

/// <summary>What a code is called on a page. One place, so that it is called the same everywhere.</summary>
public static class Words
{
    public static string Of(Role role) => role switch
    {
        Role.Practitioner => "Practitioner",
        Role.DataLead => "Data lead",
        Role.Researcher => "Researcher",
        Role.Administrator => "Administrator",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
