using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>"My words": what a child said and drew, large and plain, for the child to keep.</summary>
public class BookletModel(AppDbContext db, BookletService booklets, KeyRing keys, IValidator<MakeBooklet> validator, ICurrentActor current) : PageModel
{
    private const int BeginningShown = 60;

    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public MakeBooklet Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    public Booklet? Booklet { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Records = [.. Choices.Select(c => Guid.Parse(c.Value))];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        Booklet = await booklets.MakeAsync(ChildId, Input, current.Actor!, cancel);
        return Booklet is null ? NotFound() : Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        Child = (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel))!;
        if (Child is null) return false;
        await keys.LoadAsync([ChildId], cancel);
        var choices = new List<SelectListItem>();
        foreach (var record in await booklets.OwnRecords(ChildId, current.Actor!).Include(r => r.Words).OrderBy(r => r.HeardOn).ThenBy(r => r.SealedAt).ThenBy(r => r.Id).ToListAsync(cancel))
        {
            var text = AnswerSheet.TextOf(record, await keys.SaidInAsync(record, cancel));
            choices.Add(new($"{Words.Day(record.HeardOn)}: {BeginningOf(record.Kind, text)}", record.Id.ToString()));
        }

        Choices = choices;
        return true;
    }

    private static string BeginningOf(VoiceKind kind, string? text)
    {
        if (text is null) return kind switch { VoiceKind.Audio => "a recording", VoiceKind.Photo => "a photo", _ => "a drawing" };
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= BeginningShown) return line;
        var end = line.LastIndexOf(' ', BeginningShown);
        return line[..(end > 20 ? end : char.IsHighSurrogate(line[BeginningShown - 1]) ? BeginningShown - 1 : BeginningShown)] + " …";
    }
}
