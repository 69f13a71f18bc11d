using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ChildrensInfo.Web.Forms;

/// <summary>
/// The one file of a form, read as it arrives. The form's antiforgery token must stand before the file, and nothing of the file is
/// read until the token is found good.
/// </summary>
public static class UploadedFile
{
    /// <returns>The file's content, or null when no file was chosen.</returns>
    /// <exception cref="AntiforgeryValidationException">The token is missing, comes too late or is not good.</exception>
    /// <exception cref="InvalidDataException">It is no form with a file.</exception>
    public static async Task<Stream?> OpenAsync(HttpContext context, string field, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new InvalidDataException("Not a form with a file.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 100) throw new InvalidDataException("The form has no usable boundary.");

        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        var options = context.RequestServices.GetRequiredService<IOptions<AntiforgeryOptions>>().Value;
        var checkedToken = false;
        var reader = new MultipartReader(boundary, context.Request.Body);
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) continue;
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value;
            if (name == options.FormFieldName)
            {
                using var text = new StreamReader(section.Body, leaveOpen: true);
                var token = new char[2_000];
                var length = await text.ReadBlockAsync(token, cancel);
                // It is where antiforgery looks first, and keeps it from reading the form.
                context.Request.Headers[options.HeaderName!] = new string(token, 0, length);
                await antiforgery.ValidateRequestAsync(context);
                checkedToken = true;
            }
            else if (name == field && disposition.IsFileDisposition())
            {
                if (!checkedToken) throw new AntiforgeryValidationException("The token does not stand before the file.");
                return HeaderUtilities.RemoveQuotes(disposition.FileName).Length == 0 ? null : section.Body;
            }
        }

        if (!checkedToken) throw new AntiforgeryValidationException("There is no token.");
        return null;
    }
}
