using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace ChildrensInfo.Web.Forms;

public static class ModelStateExtensions
{
    /// <summary>Runs the input's validator and puts what it says beside the fields.</summary>
    /// <param name="prefix">The name of the page's property that holds the input, usually nameof(Input).</param>
    /// <returns>Whether the whole form, binding included, is good.</returns>
    public static async Task<bool> ValidateAsync<T>(
        this ModelStateDictionary state, IValidator<T> validator, T input, string prefix, CancellationToken cancel = default)
    {
        var result = await validator.ValidateAsync(input, cancel);
        // A field that could not be read at all has its own message; "Enter a date" under "must be a real date" would only confuse.
        var unreadable = state.Where(e => e.Value!.Errors.Count > 0).Select(e => e.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var failure in result.Errors)
        {
            var key = prefix.Length == 0 || failure.PropertyName.Length == 0 ? prefix + failure.PropertyName : $"{prefix}.{failure.PropertyName}";
            if (!unreadable.Contains(key)) state.AddModelError(key, failure.ErrorMessage);
        }
        return state.IsValid;
    }

    /// <summary>Puts what a service refused beside its field.</summary>
    /// <param name="prefix">The name of the page's property that holds the input, usually nameof(Input).</param>
    /// <returns>Whether it was done.</returns>
    public static bool Accept(this ModelStateDictionary state, Outcome outcome, string prefix)
    {
        if (outcome.Refusal is { } refusal)
        {
            state.AddModelError(prefix.Length == 0 || refusal.Field.Length == 0 ? refusal.Field : $"{prefix}.{refusal.Field}", refusal.Message);
        }

        return outcome.IsDone;
    }
}
