using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Need;

/// <summary>A <see cref="NeedView"/> with what there is to see: the one thing that a page, a file and a pinned picture are made from.</summary>
public sealed class NeedLook
{
    public required NeedView View { get; init; }

    public required CurrentIndicator Indicator { get; init; }

    public required FiguresState State { get; init; }

    public DateOnly Day { get; init; }

    /// <summary>Null when nothing is worked out yet.</summary>
    public ReleasedFigures? Released { get; init; }

    /// <summary>The dimension whose groups stand side by side; null when the values of the indicator's own field do.</summary>
    public NeedDimension? Dimension { get; init; }

    public NeedFilter? Filter { get; init; }

    public Slice Slice { get; init; } = Slice.Hidden;

    public (int Year, int Children, string Source)? PopulationOf { get; init; }

    /// <summary>Children of the whole council; null for a group, whose rate would need the population of the group.</summary>
    public int? Population => Filter is null ? PopulationOf?.Children : null;

    /// <summary>Null where the two may not be shown together.</summary>
    public IReadOnlyList<(NeedGroup Group, Slice Slice)>? Rows { get; init; }

    /// <summary>The indicator's own field whose values stand side by side; null when it has none.</summary>
    public string? OwnField => Indicator.Definition.Counts is { By: { } by } count ? NeedFacts.Find(count.Fact)?.Field(by)?.Name : null;

    public bool IsOnDay => Indicator.Definition.Counts?.Window == CountWindow.OpenOnDay;

    public string Suffix => Indicator.Definition.Unit == IndicatorUnit.Percent ? "%" : "";

    /// <summary>What the figures of the rows are.</summary>
    public string FigureName => Indicator.Definition.Unit switch
    {
        IndicatorUnit.Percent => "Percent",
        IndicatorUnit.Mean => "Average",
        _ => "Number",
    };

    public string Value(Slice slice, bool rate)
    {
        var unit = Indicator.Definition.Unit;
        return NeedValue.Show(unit, NeedValue.Of(unit, slice, rate && unit == IndicatorUnit.Rate ? Population : null), rate && Population is not null);
    }
}
