using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ChildrensInfo.Web.Forms;

/// <summary>
/// The files of a form, read as they arrive. The form's antiforgery token must stand before them, and nothing of a file is
/// read until the token is found good.
/// </summary>
public static class UploadedFile
{
    /// <summary>Each file in its turn; what is not read of one is gone when the next is asked for.</summary>
    /// <param name="values">Receives the values of the form's other fields that stand before the files.</param>
    /// <exception cref="AntiforgeryValidationException">The token is missing, comes too late or is not good.</exception>
    /// <exception cref="InvalidDataException">It is no form with a file.</exception>
    public static async IAsyncEnumerable<(string Name, Stream Content)> ReadAsync(
        HttpContext context, string field, Dictionary<string, string> values, [EnumeratorCancellation] CancellationToken cancel)
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
                // It is where antiforgery looks first, and keeps it from reading the form.
                context.Request.Headers[options.HeaderName!] = await TextAsync(section.Body, cancel);
                await antiforgery.ValidateRequestAsync(context);
                checkedToken = true;
            }
            else if (name == field && disposition.IsFileDisposition())
            {
                if (!checkedToken) throw new AntiforgeryValidationException("The token does not stand before the file.");
                if (HeaderUtilities.RemoveQuotes(disposition.FileName).Value is { Length: > 0 } fileName) yield return (fileName, section.Body);
            }
            else if (name is not null && disposition.IsFormDisposition() && values.Count < 20)
            {
                values[name] = await TextAsync(section.Body, cancel);
            }
        }

        if (!checkedToken) throw new AntiforgeryValidationException("There is no token.");
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken cancel)
    {
        using var text = new StreamReader(body, leaveOpen: true);
        var value = new char[2_000];
        return new string(value, 0, await text.ReadBlockAsync(value, cancel));
    }
}
