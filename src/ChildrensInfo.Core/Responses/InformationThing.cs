using System.Text.RegularExpressions;
using ChildrensInfo.Core.Need;

namespace ChildrensInfo.Core.Responses;

/// <summary>What words about information can speak of.</summary>
public enum ThingKind
{
    /// <summary>Something sealed here: a voice record, with how and where it was heard.</summary>
    Record,

    /// <summary>What a worker wrote down as the meaning of a record.</summary>
    Interpretation,

    /// <summary>A file, letter or report that is kept somewhere else.</summary>
    Elsewhere,

    /// <summary>One grouping of children, or one indicator, on the dashboards of need.</summary>
    Figure,
    Dashboard,
    Form,
    Project,
}

/// <summary>One thing that words about information are filed against, and beside which they are shown.</summary>
/// <param name="Id">Of a record, an interpretation or a project.</param>
/// <param name="Key">Of a figure, a dashboard or a form: one of the lists below.</param>
public sealed partial record InformationThing(ThingKind Kind, Guid? Id, string? Key)
{
    public const string NeedDashboard = "need";

    public const string VisitForm = "visit";
    public const string WordsForm = "words";
    public const string PermissionForm = "permission";

    public static readonly IReadOnlyList<string> Forms = [VisitForm, WordsForm, PermissionForm];

    public static readonly InformationThing Dashboard = new(ThingKind.Dashboard, null, NeedDashboard);

    public static readonly InformationThing Elsewhere = new(ThingKind.Elsewhere, null, null);

    public static InformationThing Figure(NeedDimension dimension) => new(ThingKind.Figure, null, dimension.Key);

    public static InformationThing Figure(string indicator) => new(ThingKind.Figure, null, indicator);

    /// <param name="form">One of <see cref="Forms"/>.</param>
    public static InformationThing Form(string form) => new(ThingKind.Form, null, form);

    public static InformationThing Project(Guid id) => new(ThingKind.Project, id, null);

    /// <summary>What stands for it in a form.</summary>
    public override string ToString() => Kind == ThingKind.Elsewhere ? $"{Kind}" : $"{Kind}:{Id?.ToString() ?? Key}";

    /// <summary>Only things that can exist; whether a record or a project does is for the database to say.</summary>
    public static bool TryParse(string? text, out InformationThing? thing)
    {
        thing = null;
        var parts = (text ?? "").Split(':', 2);
        if (!Enum.TryParse<ThingKind>(parts[0], out var kind) || !Enum.IsDefined(kind)) return false;
        var rest = parts.Length > 1 ? parts[1] : "";
        thing = kind switch
        {
            ThingKind.Elsewhere => rest.Length == 0 ? Elsewhere : null,
            ThingKind.Figure => NeedDimension.Fixed.Any(d => d.Key == rest) || IndicatorKey().IsMatch(rest) ? new(kind, null, rest) : null,
            ThingKind.Dashboard => rest == NeedDashboard ? Dashboard : null,
            ThingKind.Form => Forms.Contains(rest) ? Form(rest) : null,
            _ => Guid.TryParse(rest, out var id) ? new(kind, id, null) : null,
        };
        return thing is not null;
    }

    [GeneratedRegex("^[A-Z][0-9]{2,3}$")]
    private static partial Regex IndicatorKey();
}
