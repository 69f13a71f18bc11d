using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using ChildrensInfo.Web.GovUk;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace ChildrensInfo.Tests.Pages.GovUk;

public enum SeenAlone { Yes, Partly, No }

public class VisitInput
{
    [Display(Name = "Date of visit")]
    public DateOnly? OccurredOn { get; set; }

    public string Place { get; set; } = "";

    public string? Note { get; set; }

    public SeenAlone? Alone { get; set; }

    public List<string> Present { get; set; } = [];

    public bool Told { get; set; }
}

public class VisitPage
{
    public VisitInput Input { get; set; } = new();
}

/// <summary>One form drawn by the tag helpers, with the same binding and the same model state a page has.</summary>
public sealed class FormInTest
{
    private static readonly IServiceProvider Services = BuildServices();

    private readonly ViewContext view;

    public FormInTest(VisitInput? input = null)
    {
        var http = new DefaultHttpContext { RequestServices = Services };
        var data = new ViewDataDictionary<VisitPage>(Services.GetRequiredService<IModelMetadataProvider>(), new ModelStateDictionary())
        {
            Model = new VisitPage { Input = input ?? new() },
        };
        view = new ViewContext { HttpContext = http, ViewData = data, RouteData = new RouteData(), ActionDescriptor = new ActionDescriptor() };
    }

    public ModelStateDictionary State => view.ViewData.ModelState;

    public ViewContext View => view;

    /// <summary>Binds the fields as a page does, into the model state that this form then shows.</summary>
    public async Task<VisitInput> BindAsync(params (string Name, string Value)[] fields)
    {
        var metadata = Services.GetRequiredService<IModelMetadataProvider>().GetMetadataForType(typeof(VisitInput));
        var values = new FormValueProvider(BindingSource.Form,
            new FormCollection(fields.ToDictionary(f => "Input." + f.Name, f => new StringValues(f.Value))), null);
        var context = DefaultModelBindingContext.CreateBindingContext(
            new ActionContext(view.HttpContext, new RouteData(), new ActionDescriptor(), State), values, metadata, null, "Input");
        var binder = Services.GetRequiredService<IModelBinderFactory>().CreateBinder(new ModelBinderFactoryContext { Metadata = metadata, CacheToken = metadata });
        await binder.BindModelAsync(context);
        var bound = (VisitInput)context.Result.Model!;
        ((ViewDataDictionary<VisitPage>)view.ViewData).Model.Input = bound;
        return bound;
    }

    public ModelExpression For(string expression) => Services.GetRequiredService<IModelExpressionProvider>() is ModelExpressionProvider provider
        ? provider.CreateModelExpression((ViewDataDictionary<VisitPage>)view.ViewData, expression)
        : throw new InvalidOperationException();

    public T Field<T>(string expression) where T : FormFieldTagHelper, new() => new() { For = For(expression), ViewContext = view };

    public async Task<string> HtmlAsync(TagHelper helper, Func<TagHelperContext, Task<IHtmlContent>>? children = null, params TagHelperAttribute[] attributes)
    {
        var context = new TagHelperContext(new TagHelperAttributeList(attributes), new Dictionary<object, object>(), Guid.NewGuid().ToString("N"));
        helper.Init(context);
        // A tag written as <x /> must still come out with its end tag.
        var output = new TagHelperOutput("written", new TagHelperAttributeList(attributes), async (_, _) =>
        {
            var content = new DefaultTagHelperContent();
            if (children is not null) content.AppendHtml(await children(context));
            return content;
        })
        {
            TagMode = TagMode.SelfClosing,
        };
        await helper.ProcessAsync(context, output);
        await using var writer = new StringWriter();
        output.WriteTo(writer, HtmlEncoder.Default);
        return writer.ToString();
    }

    public async Task<IDocument> DrawAsync(TagHelper helper, Func<TagHelperContext, Task<IHtmlContent>>? children = null, params TagHelperAttribute[] attributes) =>
        await new HtmlParser().ParseDocumentAsync(await HtmlAsync(helper, children, attributes));

    public static async Task<IHtmlContent> Choices(TagHelperContext group, params (ChoiceTagHelper Choice, string Content)[] choices)
    {
        foreach (var (choice, content) in choices)
        {
            var output = new TagHelperOutput("choice", [], (_, _) => Task.FromResult(new DefaultTagHelperContent().SetHtmlContent(content)));
            await choice.ProcessAsync(new TagHelperContext([], group.Items, Guid.NewGuid().ToString("N")), output);
        }
        return HtmlString.Empty;
    }

    private static ServiceProvider BuildServices()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRazorPages();
        services.AddGovUk();
        return services.BuildServiceProvider();
    }
}
