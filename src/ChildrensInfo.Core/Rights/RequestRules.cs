using ChildrensInfo.Core.Consent;
using FluentValidation;

namespace ChildrensInfo.Core.Rights;

/// <summary>What holds for every request that somebody makes of the council by right: who asks, when it came, and by when they are answered.</summary>
public static class RequestRules
{
    /// <summary>The day by which the law wants an answer (UK GDPR article 12(3)): one calendar month after it came, three when it was said within the first that it takes longer.</summary>
    public static DateOnly DueOn(DateOnly receivedOn, DateTime? extendedAt) => receivedOn.AddMonths(extendedAt is null ? 1 : 3);

    /// <returns>Null when it can still be said that the answer takes longer.</returns>
    internal static string? WhyNotLater(DateOnly dueOn, DateTime? extendedAt, DateOnly today) =>
        extendedAt is not null ? "It was extended already" : today > dueOn ? "The first month is over: it can no longer be extended" : null;

    internal static void WhoAsks<T>(this IRuleBuilderInitial<T, Requester?> rule) => rule.NotNull().WithMessage("Choose who asks").IsInEnum().WithMessage("Choose who asks");

    internal static void NameOfRelation<T>(this IRuleBuilderInitial<T, string?> rule, Func<T, Requester?> requester) =>
        rule.Must((input, name) => requester(input) != Requester.Relation || !string.IsNullOrWhiteSpace(name)).WithMessage("Enter their name as it is on the child’s record");

    internal static void DayItCame<T>(this IRuleBuilderInitial<T, DateOnly?> rule, TimeProvider clock) => rule.Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter the day it came")
        .Must(on => on <= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The day it came must be today or in the past");
}
