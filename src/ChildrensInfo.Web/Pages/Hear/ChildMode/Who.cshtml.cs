using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>Whom the child does not want told: of one thing they said just now, or of everything. It becomes a rule, with the child as who said so.</summary>
public class WhoModel(AppDbContext db, ChildAsks asks, DoNotTellService doNotTell, ICurrentActor current) : ChildModePage
{
    public class Choice
    {
        /// <summary>Made with the form, so that a double tap makes one rule.</summary>
        public Guid Id { get; set; }

        public string? Who { get; set; }

        public bool Chosen { get; set; }

        internal string Shown { get; set; } = "";
    }

    /// <summary>What was said just now; null for everything.</summary>
    [FromQuery]
    public Guid? Record { get; set; }

    [BindProperty]
    public List<Choice> Choices { get; set; } = [];

    /// <summary>What stands in the way, as a key of the child's words.</summary>
    public string? Problem { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var chosen = Choices.Where(c => c.Chosen && c.Id != Guid.Empty).ToList();
        await LoadAsync(cancel);
        var offered = Choices.Select(c => c.Who).ToHashSet();
        chosen.RemoveAll(c => !offered.Contains(c.Who));
        if (chosen.Count == 0) return Again("who-empty");

        foreach (var choice in chosen)
        {
            var rule = new RecordDoNotTell
            {
                Id = choice.Id,
                Who = choice.Who,
                Scope = Record is null ? DoNotTellScope.Everything : DoNotTellScope.Record,
                VoiceRecordId = Record,
                // Why is the child's own business; the worker may ask, the screen does not.
                Reason = DoNotTellReason.Private,
                SaidBy = DoNotTellSaidBy.Child,
            };
            // A child is told that it is kept from somebody when it is, and not before.
            if (await doNotTell.RecordAsync(ChildId, rule, current.Actor!, cancel) is not { IsDone: true }) return Again("trouble");
        }

        return Redirect($"{Access.ChildModeGate.Home}?told=true");
    }

    private PageResult Again(string problem)
    {
        Problem = problem;
        ModelState.Clear();
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        if (Record is { } id && !await MadeNow(db).AnyAsync(r => r.Id == id, cancel)) Record = null;
        Choices = [.. (await asks.WhoAsync(ChildId, Words, cancel)).Select(w => new Choice { Id = Guid.CreateVersion7(), Who = w.Who, Shown = w.Shown })];
    }
}
