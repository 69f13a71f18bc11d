namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

/// <summary>The collection year a return is judged by.</summary>
/// <param name="Year">The year it ends in: 2026 for 2025-26.</param>
public sealed record Ssda903Year(int Year)
{
    public DateOnly Start { get; } = new(Year - 1, 4, 1);
    public DateOnly End { get; } = new(Year, 3, 31);

    public bool Covers(DateOnly? date) => date >= Start && date <= End;
}
