namespace ChildrensInfo.Core.Returns;

public enum Severity
{
    /// <summary>The return is wrong and must be mended.</summary>
    Error,
    /// <summary>To be looked at: mended, or explained.</summary>
    Query,
}

/// <summary>A rule of a return as its owner words it.</summary>
/// <param name="Code">Such as 8500, or 8670Q.</param>
/// <param name="Module">The block of the return it is listed under.</param>
/// <param name="Fields">The fields it speaks about, the first being the one whose value a finding quotes.</param>
public sealed record ReturnRule(string Code, Severity Severity, string Module, IReadOnlyList<string> Fields, string Message);

/// <summary>One place where a return breaks a rule.</summary>
/// <param name="Child">The authority's own id of the child; null when the rule is about the whole return or the id is missing.</param>
/// <param name="Position">The child's place in the file, 1 for the first; null for the whole return.</param>
/// <param name="Value">What the return says there; null when it says nothing.</param>
public sealed record Finding(ReturnRule Rule, string? Child, int? Position, string? Value);

/// <summary>A rule of which it is not known whether the return keeps it, and why.</summary>
public sealed record NotChecked(string Rule, string Reason);
