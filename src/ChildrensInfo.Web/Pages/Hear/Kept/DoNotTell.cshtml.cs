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

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>Who must not be told what a child said.</summary>
public class DoNotTellModel(
    AppDbContext db, KeyRing keys, DoNotTellService doNotTell, IValidator<RecordDoNotTell> validator, IValidator<EndDoNotTell> ending, ICurrentActor current) : PageModel
{
    /// <param name="Words">How it was put; null for whom the rule keeps something from.</param>
    public sealed record Row(DoNotTell Rule, string Who, string What, string? Words);

    [FromRoute]
    public Guid ChildId { get; set; }

    /// <summary>The record that the page was opened from.</summary>
    [FromQuery]
    public Guid? Record { get; set; }

    [BindProperty]
    public RecordDoNotTell Input { get; set; } = new();

    [BindProperty]
    public EndDoNotTell Ended { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public DateOnly? RecordHeardOn { get; private set; }

    public IReadOnlyList<Row> Rules { get; private set; } = [];

    public IReadOnlyList<SelectListItem> People { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Subjects { get; } = [.. Enum.GetValues<SubjectMatter>().Select(s => new SelectListItem(Words.Of(s), s.ToString()))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), VoiceRecordId = Record, Scope = Record is null ? null : DoNotTellScope.Record };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Remove("Ended.RuleId");
        Input.Words = FormText.AsTyped(Input.Words);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await doNotTell.RecordAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Kept from them from now on.";
        return Redirect($"/hear/{ChildId}/do-not-tell");
    }

    public async Task<IActionResult> OnPostEndAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Clear();
        Ended.EndReason = FormText.AsTyped(Ended.EndReason);
        Input = new() { Id = Guid.CreateVersion7() };
        if (!await ModelState.ValidateAsync(ending, Ended, nameof(Ended), cancel)) return Page();
        var outcome = await doNotTell.EndAsync(ChildId, Ended, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Ended))) return Page();
        TempData["Success"] = "Ended. The reason is kept.";
        return Redirect($"/hear/{ChildId}/do-not-tell");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return false;
        Child = child;
        if (Record is { } id)
        {
            RecordHeardOn = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords).Where(r => r.Id == id && r.ChildId == ChildId).Select(r => (DateOnly?)r.HeardOn).SingleOrDefaultAsync(cancel);
            if (RecordHeardOn is null) return false;
        }

        var people = await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId).OrderBy(r => r.Name).ToListAsync(cancel);
        People =
        [
            .. people.Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString())),
            .. Enum.GetValues<DoNotTellRole>().Select(r => new SelectListItem(Words.Of(r), r.ToString())),
        ];
        var rules = new List<Row>();
        var me = Listener.Worker(current.Actor!.PersonId, await db.Allocations.AnyAsync(a => a.ChildId == ChildId && a.PractitionerId == current.Actor!.PersonId && a.EndedOn == null, cancel));
        foreach (var rule in await doNotTell.StandingAsync(ChildId, cancel))
        {
            // Whom it keeps something from learns that there is a rule, and neither what it was about nor how it was put.
            var heard = rule.VoiceRecordId is { } record ? await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords).Where(r => r.Id == record && r.ChildId == ChildId).Select(r => (DateOnly?)r.HeardOn).SingleOrDefaultAsync(cancel) : null;
            rules.Add(new(
                rule, rule.Relationship is { } person ? $"{person.Name}, {Words.Of(person.Kind).ToLowerInvariant()}" : Words.Of(rule.Role!.Value),
                rule.Scope switch
                {
                    DoNotTellScope.Record => heard is { } on ? $"what was said on {Words.Day(on)}" : "one thing that was said",
                    DoNotTellScope.Subject => $"anything about {Words.Of(rule.SubjectMatter!.Value).ToLowerInvariant()}",
                    _ => "anything",
                },
                rule.WordsSealed is { } words && !DoNotTellRules.Names(rule, me) ? await keys.OpenAsync(ChildId, words, rule.Id, SealPart.DoNotTellWords, cancel) : null));
        }

        Rules = rules;
        return true;
    }
}
