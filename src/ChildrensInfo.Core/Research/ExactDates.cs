using System.Text.RegularExpressions;
using FluentValidation;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// Exact dates in what people type into a file that leaves. One may be the birthday of somebody in it, and the last look destroys the file without saying so; to say so only then would tell that it
/// is one. So none is let in, whoever's it is.
/// </summary>
public static partial class ExactDates
{
    public const string Message = "Leave exact dates out: one could be somebody’s birthday. Write the month or the year";

    public static IRuleBuilderOptions<T, string?> NoExactDates<T>(this IRuleBuilder<T, string?> rule) => rule.Must(text => !IsIn(text)).WithMessage(Message);

    public static bool IsIn(string? text) => text is not null && Date().IsMatch(text);

    [GeneratedRegex(
        @"(?<!\p{N})(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d[\s./-]{1,2}(?:0?[1-9]|1[0-2])[\s./-]{1,2}(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[\s./-]{1,2}(?:0?[1-9]|1[0-2])[\s./-]{1,2}(?:19|20)\d\d)(?!\p{N})"
        + @"|(?<!\p{N})(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*[\s,.]+(?:19|20)\d\d(?!\p{N})"
        + @"|(?<!\p{L})(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*\s+(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[\s,.]+(?:19|20)\d\d(?!\p{N})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
