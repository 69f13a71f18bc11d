using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Returns;

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

    /// <summary>What ethnic groups are compared by; null when nobody has said, and of an indicator that compares none.</summary>
    public EthnicPopulation? EthnicPopulation { get; init; }

    /// <summary>Null where the two may not be shown together.</summary>
    public IReadOnlyList<(NeedGroup Group, Slice Slice)>? Rows { get; init; }

    /// <summary>The indicator's own field whose values stand side by side; null when it has none.</summary>
    public string? OwnField => Indicator.Definition.Counts is { By: { } by } count ? NeedFacts.Find(count.Fact)?.Field(by)?.Name : null;

    /// <summary>Whether a share can stand beside each value of the own field: which part of all that is counted has it.</summary>
    public bool HasShares => Dimension is null && Released is { By.Count: > 0 } && Indicator.Definition.Unit is IndicatorUnit.Number or IndicatorUnit.Rate;

    /// <summary>Which part of all it is; from shown figures only.</summary>
    public Percentage Share(ValueFigure value) => value.Figure.ShareOf(Slice.Count, SmallNumbers.Council);

    public bool IsOnDay => Indicator.Definition.Counts?.Window == CountWindow.OpenOnDay;

    public string Suffix => Indicator.Definition.Unit == IndicatorUnit.Percent ? "%" : "";

    /// <summary>Whether it compares ethnic groups and nobody has said how many children of each live here.</summary>
    public bool LacksPopulation => Indicator.Definition.Unit == IndicatorUnit.Ratio && EthnicPopulation is null;

    /// <summary>Whether it counts how far children live from home, and no directory of postcodes was ever loaded.</summary>
    public bool LacksPostcodes { get; init; }

    /// <summary>The return it is counted from; null of what the portal records itself.</summary>
    public ReturnKind? Return => NeedFacts.Find(Indicator.Definition.Counts?.Fact)?.From?.Kind;

    /// <summary>From which day to which the loaded returns say how it was; null where it is from none.</summary>
    public (DateOnly From, DateOnly To)? KnownDays => Return is { } kind && State.Known.TryGetValue(kind, out var known) ? known : null;

    /// <summary>Whether the rows are ethnic groups set beside all children.</summary>
    public bool Compares => EthnicPopulation is not null && Dimension?.Key == NeedDimension.Ethnicity.Key;

    /// <summary>The relative rate of a row; null where rows are not compared, or it is hidden.</summary>
    public RelativeRate? Rate(NeedGroup group, Slice slice) =>
        Compares && EthnicPopulation!.Of(group.Key) is { } children ? RelativeRate.Of(slice.Count, children, Known, EthnicPopulation.All) : null;

    /// <summary>What a row says, in the unit of the indicator; null when it is hidden.</summary>
    public decimal? RowValue(NeedGroup group, Slice slice) => Compares ? Rate(group, slice)?.Value : NeedValue.Of(Indicator.Definition.Unit, slice, null);

    /// <summary>How the figures of the rows were made.</summary>
    public string RowsNote => Indicator.Definition.Unit switch
    {
        IndicatorUnit.Ratio when Compares =>
            $"1 is as often as all children whose ethnic group is recorded, 2 twice as often, by how many of each live here ({EthnicPopulation!.Year}: {EthnicPopulation.Source}). From rounded numbers. The true one lies between the two ends 19 times in 20: where 1 is between them, it may be chance.{(NotKnown is { Count.IsSuppressed: true } ? " Children whose group is not recorded are among all children here, since how many they are is hidden." : "")}",
        IndicatorUnit.Ratio when LacksPopulation => "Numbers, not comparisons: nobody has said yet how many children of each ethnic group live here. Rounded to the nearest 5.",
        IndicatorUnit.Ratio => "Numbers, not comparisons: only of ethnic groups it is known how many children live here. Rounded to the nearest 5.",
        IndicatorUnit.Rate when Dimension is not null => "Numbers, not rates: how many children of each group live here is not known. Rounded to the nearest 5.",
        _ when HasShares && Released!.ByOverlaps => "Rounded to the nearest 5. One can have several, so the percents of all come to more than 100.",
        _ => "Rounded to the nearest 5.",
    };

    private Slice? NotKnown => (Rows ?? []).Where(r => r.Group.Key == NeedDimension.Unknown).Select(r => r.Slice).FirstOrDefault();

    /// <summary>All whose ethnic group is recorded; where the others are hidden, all.</summary>
    private Figure Known => Slice.Count.TryGet(out var all) ? Figure.Of(all - (NotKnown is { } others && others.Count.TryGet(out var unknown) ? unknown : 0)) : default;

    /// <summary>What the figures of the rows are.</summary>
    public string FigureName => Indicator.Definition.Unit switch
    {
        IndicatorUnit.Ratio when Compares => "Beside all children",
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
