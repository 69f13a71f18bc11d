using System.Globalization;
using FluentValidation;

namespace ChildrensInfo.Core.Shared;

public static class WrittenRules
{
    /// <summary>A text that has to be there, that can be kept as it was typed, and that is not too long.</summary>
    /// <param name="missing">What to say when nothing is there.</param>
    /// <param name="what">What it is called when it is too long: "the title", or "this".</param>
    /// <param name="most">In characters as people count them.</param>
    public static void Written<T>(this IRuleBuilderInitial<T, string?> rule, string missing, string what, int most) => rule.Cascade(CascadeMode.Stop)
        .Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage(missing)
        .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
        .Must(t => WrittenText.Length(t) <= most).WithMessage(string.Create(CultureInfo.InvariantCulture, $"Keep {what} to {most:#,0} characters or fewer"));
}
