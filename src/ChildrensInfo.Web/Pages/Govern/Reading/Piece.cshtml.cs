using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Reading;

/// <summary>One piece of an extract of words, read by a person before it leaves.</summary>
public class PieceModel(WordsReviewService review, IValidator<ReviewItem> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ExtractId { get; set; }

    [FromRoute]
    public int? Number { get; set; }

    [BindProperty]
    public ReviewItem Input { get; set; } = new();

    public WordsUnderReview Open { get; private set; } = null!;

    /// <summary>The text in parts: what is marked and what is not.</summary>
    public IReadOnlyList<(string Text, RedactionSpan? Mark, int Number, bool IsOn)> Parts { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (Open.Piece is not { } piece) return Open.NextAfter(0) is { } next ? Redirect($"/govern/words/{ExtractId}/{next}") : Page();
        Input = new ReviewItem { Version = piece.Item.Version, Keep = piece.Item.Kept, Because = piece.Item.Because, Hide = [.. piece.Marked.Select(Spans.ValueOf)] };
        Show();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (Number is not { } number) return NotFound();
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            if (await review.ReviewAsync(ExtractId, number, Input, current.Actor!, cancel) is not { } outcome) return NotFound();
            if (ModelState.Accept(outcome, nameof(Input))) return Redirect($"/govern/words/{ExtractId}");
        }

        if (!await LoadAsync(cancel)) return NotFound();
        Show();
        return Page();
    }

    public async Task<IActionResult> OnPostFinishAsync(CancellationToken cancel)
    {
        if (await review.FinishAsync(ExtractId, current.Actor!, cancel) is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return await LoadAsync(cancel) ? Page() : NotFound();
        TempData["Success"] = "The file is being made. The researcher fetches it from their own page.";
        return Redirect("/govern/words");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await review.OpenAsync(ExtractId, Number, current.Actor!, cancel) is not { } open) return false;
        Open = open;
        return true;
    }

    /// <summary>Marks what was found and what was ticked, so that a mark somebody took off can be put back.</summary>
    private void Show()
    {
        if (Open.Piece is not { Text: { } text } piece) return;
        var ticked = Input.Hide.ToHashSet(StringComparer.Ordinal);
        List<RedactionSpan> marks = [.. piece.Marked];
        foreach (var found in piece.Item.Found.Select(f => f.Span)) if (marks.TrueForAll(m => found.End <= m.Start || found.Start >= m.End)) marks.Add(found);
        var parts = new List<(string, RedactionSpan?, int, bool)>();
        var (at, number) = (0, 0);
        foreach (var mark in marks.OrderBy(m => m.Start))
        {
            if (mark.Start > at) parts.Add((Spans.Of(text, mark with { Start = at, End = mark.Start }), null, 0, false));
            parts.Add((Spans.Of(text, mark), mark, ++number, ticked.Contains(Spans.ValueOf(mark))));
            at = mark.End;
        }

        if (Spans.Of(text, new RedactionSpan(at, int.MaxValue, RedactionType.Words)) is { Length: > 0 } rest) parts.Add((rest, null, 0, false));
        Parts = parts;
    }
}
