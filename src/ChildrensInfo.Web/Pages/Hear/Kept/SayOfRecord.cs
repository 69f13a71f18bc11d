using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>A form in which something is said of one sealed record that this reader may read. What was sealed stays as it is.</summary>
public abstract class SayOfRecord<TInput>(AppDbContext db, DoNotTellService doNotTell, IValidator<TInput> validator, ICurrentActor current) : PageModel where TInput : new()
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public TInput Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceRecord Record { get; private set; } = null!;

    protected AppDbContext Db => db;

    protected DoNotTellService DoNotTell => doNotTell;

    protected Actor Actor => current.Actor!;

    /// <summary>What is said when it is kept.</summary>
    protected abstract string Done { get; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = Begin();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        TakeAsTyped();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            GoBack();
            return Page();
        }

        if (await KeepAsync(cancel) is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = Done;
        return Redirect(ChildModel.AddressOf(ChildId, RecordId));
    }

    /// <summary>The empty form, with an id of its own.</summary>
    protected abstract TInput Begin();

    protected abstract Task<Outcome?> KeepAsync(CancellationToken cancel);

    /// <summary>Of which records it can be said: of what was said first.</summary>
    protected virtual IQueryable<VoiceRecord> Those(IQueryable<VoiceRecord> records) => records.Where(r => r.CorrectsId == null);

    /// <summary>Words stay as they were typed.</summary>
    protected virtual void TakeAsTyped()
    {
    }

    /// <summary>The form is shown again, because something in it is not as it must be.</summary>
    protected virtual void GoBack()
    {
    }

    /// <summary>What the page shows besides the record.</summary>
    /// <returns>Whether there is what the address names.</returns>
    protected virtual Task<bool> LoadMoreAsync(CancellationToken cancel) => Task.FromResult(true);

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await Those(doNotTell.ReadableBy(Actor, db.VoiceRecords.AsNoTracking())).Include(r => r.Child).Include(r => r.Words)
            .SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId, cancel);
        if (record?.Child is not { } child) return false;
        (Record, Child) = (record, child);
        return await LoadMoreAsync(cancel);
    }
}
