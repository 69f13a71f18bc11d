using System.Text.Unicode;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.Extensions.WebEncoders;

namespace ChildrensInfo.Web.GovUk;

public static class GovUkServices
{
    /// <summary>Dates from three fields, plain binding messages, and what the layout needs. Called after AddRazorPages.</summary>
    public static IServiceCollection AddGovUk(this IServiceCollection services)
    {
        services.AddScoped<SectionNavigation>();
        services.Configure<MvcOptions>(options =>
        {
            options.ModelBinderProviders.Insert(0, new DateInputModelBinderProvider());
            options.ModelMetadataDetailsProviders.Add(new KeepEmptyText());
            // What must be given is said by the input's validator, in words of its own.
            options.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
            var say = options.ModelBindingMessageProvider;
            say.SetValueMustNotBeNullAccessor(_ => "Enter or choose a value");
            say.SetMissingBindRequiredValueAccessor(_ => "Enter or choose a value");
            say.SetAttemptedValueIsInvalidAccessor((_, name) => $"{name} is not something we recognise");
            say.SetNonPropertyAttemptedValueIsInvalidAccessor(_ => "That is not something we recognise");
            say.SetUnknownValueIsInvalidAccessor(name => $"{name} is not something we recognise");
            say.SetValueIsInvalidAccessor(_ => "That is not something we recognise");
            say.SetValueMustBeANumberAccessor(name => $"{name} must be a number");
            say.SetNonPropertyValueMustBeANumberAccessor(() => "Must be a number");
        });
        // Words in Welsh, Arabic or emoji go out as themselves; only what means something in HTML is escaped.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new(UnicodeRanges.All));
        return services;
    }

    /// <summary>An empty box is empty text for a string that cannot be null, and null for one that can.</summary>
    private sealed class KeepEmptyText : IDisplayMetadataProvider
    {
        private readonly System.Reflection.NullabilityInfoContext nullability = new();

        public void CreateDisplayMetadata(DisplayMetadataProviderContext context)
        {
            if (context.Key.ModelType != typeof(string) || context.Key.PropertyInfo is not { } property) return;
            lock (nullability)
            {
                if (nullability.Create(property).WriteState == System.Reflection.NullabilityState.NotNull)
                    context.DisplayMetadata.ConvertEmptyStringToNull = false;
            }
        }
    }
}
