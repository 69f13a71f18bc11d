using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;

namespace ChildrensInfo.Web.Forms;

/// <summary>
/// The page reads the body of its form itself, as it arrives. Whoever else asks for the form gets an empty one: model binding, here or on the page
/// that tells of a problem, would otherwise put the whole of an uploaded file, in the clear, into a temporary one.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReadsOwnBodyAttribute : Attribute, IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        if (HttpMethods.IsPost(context.HttpContext.Request.Method)) context.HttpContext.Features.Set<IFormFeature>(new FormFeature(FormCollection.Empty));
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
