using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Binders;

namespace ChildrensInfo.Web.Forms;

/// <summary>
/// Refuses text that PostgreSQL cannot keep or that is no text at all: the NUL character, and half a surrogate pair. The field says so,
/// and the service never sees it. (A NUL in a form's body is refused by the framework before, with 400; one in an address comes here.)
/// </summary>
public sealed class CleanTextBinder(IModelBinder inner) : IModelBinder
{
    public static void Use(MvcOptions options)
    {
        var providers = options.ModelBinderProviders;
        var simple = providers.OfType<SimpleTypeModelBinderProvider>().Single();
        providers.Insert(providers.IndexOf(simple), new Provider());
    }

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var values = bindingContext.ValueProvider.GetValue(bindingContext.ModelName);
        if (values.All(IsClean)) return inner.BindModelAsync(bindingContext);
        bindingContext.ModelState.SetModelValue(bindingContext.ModelName, new ValueProviderResult(""));
        bindingContext.ModelState.TryAddModelError(bindingContext.ModelName, "This holds characters that cannot be kept. Type it again, or paste it as plain text.");
        bindingContext.Result = ModelBindingResult.Failed();
        return Task.CompletedTask;
    }

    public static bool IsClean(string? text)
    {
        if (text is null) return true;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private sealed class Provider : IModelBinderProvider
    {
        public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
            context.Metadata.ModelType == typeof(string)
                ? new CleanTextBinder(new SimpleTypeModelBinder(typeof(string), context.Services.GetRequiredService<ILoggerFactory>()))
                : null;
    }
}
