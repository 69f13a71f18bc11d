using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

public static class BeforeSealingForm
{
    /// <summary>"Change it" leads back to the words, with everything that was filled in, and with the question open again.</summary>
    public static void GoBack(this BeforeSealing before, ModelStateDictionary state)
    {
        if (before.ReadBack != ReadBackAnswer.ChangeIt) return;
        before.Changed = true;
        before.ReadBack = null;
        const string changed = $"Input.Before.{nameof(BeforeSealing.Changed)}";
        state.Remove(changed);
        // The message stays; the answer that led here does not, or the next press would lead here again.
        state.SetModelValue($"Input.Before.{nameof(BeforeSealing.ReadBack)}", null, null);
    }
}
