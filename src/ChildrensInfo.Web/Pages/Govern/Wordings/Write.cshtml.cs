using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Wordings;

public enum WriteThen
{
    Keep,
    Preview,
    Send,
}

/// <summary>A new wording, the next version of one, or a draft to write on at, with a look at it before anybody else reads it.</summary>
public class WriteModel(AppDbContext db, WordingService wordings, IValidator<WriteWording> validator, ICurrentActor current) : PageModel
{
    /// <summary>The wording whose next version it is.</summary>
    [FromQuery]
    public Guid? From { get; set; }

    /// <summary>A draft of one's own, or somebody's that is written anew.</summary>
    [FromQuery]
    public Guid? Draft { get; set; }

    [FromQuery]
    public Purpose? Purpose { get; set; }

    /// <summary>Which of the buttons was pressed.</summary>
    [BindProperty]
    public WriteThen Then { get; set; }

    [BindProperty]
    public WriteWording Input { get; set; } = new();

    public WordingShown? Preview { get; private set; }

    /// <summary>What is fixed because a version or a draft of it is there.</summary>
    public bool IsLineFixed { get; private set; }

    public string? SentBackBecause { get; private set; }

    public static IReadOnlyList<SelectListItem> PurposeItems { get; } = [.. Enum.GetValues<Purpose>().Select(p => new SelectListItem(Words.Of(p), p.ToString()))];

    public static IReadOnlyList<SelectListItem> LanguageItems { get; } = [.. Languages.Names.Where(l => l.Key != "und").Select(l => new SelectListItem(l.Value, l.Key))];

    public static IReadOnlyList<SelectListItem> FormatItems { get; } = [.. Enum.GetValues<WordingFormat>().Select(f => new SelectListItem(Words.Of(f), f.ToString()))];

    public static IReadOnlyList<SelectListItem> AgeItems { get; } = [.. Enum.GetValues<AgeBand>().Select(a => new SelectListItem(Words.Of(a), a.ToString()))];

    public string Address => Draft is not null ? $"/govern/wordings/write?draft={Draft}" : From is not null ? $"/govern/wordings/write?from={From}" : "/govern/wordings/write";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (Draft is { } draftId)
        {
            if (await db.WordingDrafts.AsNoTracking().SingleOrDefaultAsync(d => d.Id == draftId, cancel) is not { } draft || draft.WrittenById != current.Actor!.PersonId) return NotFound();
            SentBackBecause = draft.DecisionReason;
            IsLineFixed = true;
            Input = new()
            {
                Id = draft.Id,
                Purpose = draft.Purpose,
                Language = draft.Language,
                Format = draft.Format,
                AgeBand = draft.AgeBand,
                Name = draft.Name,
                Body = draft.Body,
                Link = draft.Link,
                MaterialChange = draft.MaterialChange,
                ChangeReason = draft.ChangeReason,
                CoDesignedWith = draft.CoDesignedWith,
            };
            return Page();
        }

        Input = new() { Id = Guid.CreateVersion7(), Purpose = Purpose, Language = "en", Format = WordingFormat.Text };
        if (From is not { } from) return Page();
        if (await db.Wordings.AsNoTracking().SingleOrDefaultAsync(w => w.Id == from, cancel) is not { } before) return NotFound();
        IsLineFixed = true;
        (Input.Purpose, Input.Language, Input.Format, Input.AgeBand) = (before.Purpose, before.Language, before.Format, before.AgeBand);
        (Input.Name, Input.Body, Input.Link) = (before.Name, before.Body, before.Link);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        IsLineFixed = From is not null || Draft is not null;
        (Input.Body, Input.ChangeReason, Input.CoDesignedWith) = (FormText.AsTyped(Input.Body), FormText.AsTyped(Input.ChangeReason), FormText.AsTyped(Input.CoDesignedWith));
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (Then == WriteThen.Preview)
        {
            var council = (await CouncilNames.OfActorAsync(db, cancel)).In(Input.Language!);
            Preview = new(Input.Format!.Value, Input.Language!, Wording.Fill(Input.Body!, council, null), WriteWordingValidator.NeedsLink(Input.Format) ? Input.Link : null);
            return Page();
        }

        if (!ModelState.Accept(await wordings.WriteAsync(Input, Then == WriteThen.Send, current.Actor!, cancel), nameof(Input))) return Page();
        TempData["Success"] = Then == WriteThen.Send ? "Sent. Nobody is asked with it before somebody else has approved it." : "Kept as a draft.";
        return Redirect($"/govern/wordings/drafts/{Input.Id}");
    }
}
