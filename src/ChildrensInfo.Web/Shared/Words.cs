using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns;

namespace ChildrensInfo.Web.Shared;

/// <summary>What a code is called on a page. One place, so that it is called the same everywhere.</summary>
public static class Words
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

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

    /// <summary>What a project's state is called on a day: an approved one that has ended says so.</summary>
    public static string Of(ProjectState state, DateOnly expiresOn, DateOnly today) => state switch
    {
        ProjectState.Draft => "Draft",
        ProjectState.Submitted => "Waiting for a decision",
        ProjectState.Approved => expiresOn < today ? "Ended" : "Approved",
        ProjectState.Refused => "Refused",
        ProjectState.Closed => "Closed",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string ColourOf(ProjectState state, DateOnly expiresOn, DateOnly today) => state switch
    {
        ProjectState.Submitted => "yellow",
        ProjectState.Approved when expiresOn >= today => "green",
        ProjectState.Refused => "red",
        ProjectState.Draft => "blue",
        _ => "grey",
    };

    public static string Of(ExtractState state) => state switch
    {
        ExtractState.Requested => "Waiting for a decision",
        ExtractState.Refused => "Refused",
        ExtractState.Approved => "Being built",
        ExtractState.Ready => "Ready",
        ExtractState.Failed => "Could not be built",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string ColourOf(ExtractState state) => state switch
    {
        ExtractState.Requested => "yellow",
        ExtractState.Approved => "blue",
        ExtractState.Ready => "green",
        _ => "red",
    };

    public static string Of(VariableRole role) => role switch
    {
        VariableRole.QuasiIdentifier => "Describes the child. It may be made coarser so that nobody stands out",
        VariableRole.Sensitive => "Kept as it is. Children who look alike never all have the same value",
        VariableRole.Harmless => "Kept as it is",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static string Of(DateOnly day) => day.ToString("d MMMM yyyy", English);

    /// <summary>The day it was in England and Wales.</summary>
    public static string DayOf(DateTime utc) => Of(ConsentRules.LocalDay(utc));

    /// <summary>What became of a return, and the colour of its tag. A job that failed leaves its return unread.</summary>
    public static (string Text, string Colour) Of(ReturnState state, JobState? job) => (state, job) switch
    {
        (ReturnState.Loaded, _) => ("Loaded", "green"),
        (ReturnState.Refused, _) => ("Not loaded", "red"),
        (ReturnState.Stopped, _) => ("Stopped", "grey"),
        (_, JobState.Failed or JobState.Cancelled) => ("Not loaded", "red"),
        (ReturnState.Waiting, _) => ("Waiting", "grey"),
        (ReturnState.Reading, _) => ("Being read", "blue"),
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Number(long number) => number.ToString("N0", English);

    /// <summary>Such as "1 child" or "1,204 children".</summary>
    public static string Count(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    /// <summary>The time of day it was in England and Wales.</summary>
    public static string Time(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), London).ToString("d MMMM yyyy, HH:mm", English);
}
