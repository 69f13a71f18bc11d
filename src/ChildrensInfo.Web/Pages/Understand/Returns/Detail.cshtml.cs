using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

/// <summary>What became of a return: how far it is, or what was loaded, changed and left out.</summary>
public class DetailModel(AppDbContext db, ReturnService returns, ReturnUndo undo, ICurrentActor current, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    /// <summary>The reasons shown; beyond them the file as a whole is at fault and the list in full can be downloaded.</summary>
    private const int MostReasons = 100;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Which of the reasons to list; null for all.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Reason { get; set; }

    [BindProperty(SupportsGet = true)]
    public int P { get; set; } = 1;

    public int Pages { get; private set; }

    public Return Return { get; private set; } = null!;

    public Job? Job { get; private set; }

    public string? SentBy { get; private set; }

    public IReadOnlyList<ReasonGroup> Reasons { get; private set; } = [];

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public bool IsOpen => Job is { State: JobState.Waiting or JobState.Running } && (Return.State is ReturnState.Waiting or ReturnState.Reading || IsBeingUndone);

    /// <summary>What it brought is being taken back.</summary>
    public bool IsBeingUndone => Job is { Kind: JobKind.UndoReturn, State: JobState.Waiting or JobState.Running };

    /// <summary>Why the load cannot be undone; null when it can.</summary>
    public string? NotUndone { get; private set; }

    /// <summary>How many records the newest returns no longer contain and nobody has decided about.</summary>
    public int Absent { get; private set; }

    /// <summary>Something was left out that could be loaded once it is said what a code means.</summary>
    public bool HasUnknownCodes { get; private set; }

    public int RulesChecked { get; private set; }

    public int RulesNotChecked { get; private set; }

    public bool ChangedNothing => Return is { State: ReturnState.Loaded, ChildrenAdded: 0, ChildrenChanged: 0, EpisodesAdded: 0, EpisodesChanged: 0 };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return NotFound();
        SentBy = await db.Users.Where(u => u.Id == Return.UploadedById).Select(u => u.DisplayName).SingleOrDefaultAsync(cancel);
        if (Return.State == ReturnState.Loaded)
        {
            NotUndone = await undo.WhyNotAsync(Return, cancel);
            Absent = await db.ReturnAbsences.CountAsync(a => a.State == AbsenceState.Open, cancel);
            HasUnknownCodes = await db.ReturnRejections.AnyAsync(r => r.ReturnId == Id && r.Reason == Rejection.UnknownCode, cancel);
            RulesNotChecked = await db.ReturnRuleResults.CountAsync(r => r.ReturnId == Id && r.NotCheckedBecause != null, cancel);
            RulesChecked = await db.ReturnRuleResults.CountAsync(r => r.ReturnId == Id, cancel) - RulesNotChecked;
        }

        if (Return.RejectionCount == 0) return Page();

        // The dates that some reasons name would make a reason of each.
        Reasons = await db.Database.SqlQuery<ReasonGroup>($@"
            select field, regexp_replace(reason, ', \d\d\d\d-\d\d-\d\d', '') as reason, count(*)::int as count
            from return_rejections where return_id = {Id} group by 1, 2 order by 3 desc, 1, 2 limit {MostReasons}").ToListAsync(cancel);
        var listed = Reason is { } number && number >= 0 && number < Reasons.Count ? Reasons[number] : null;
        if (listed is null) Reason = null;
        var rejections = listed is null
            ? db.ReturnRejections.Where(r => r.ReturnId == Id)
            : db.ReturnRejections.FromSql($@"
                select * from return_rejections where return_id = {Id} and field = {listed.Field} and regexp_replace(reason, ', \d\d\d\d-\d\d-\d\d', '') = {listed.Reason}");
        Pages = ((listed?.Count ?? Return.RejectionCount) + PerPage - 1) / PerPage;
        P = Math.Clamp(P, 1, Pages);
        Rows = await rejections.OrderBy(r => r.Ordinal).Skip((P - 1) * PerPage).Take(PerPage)
            .Select(r => new Row(r.LaChildId, r.Field, r.Value, r.Reason)).ToListAsync(cancel);
        await db.AuditReturnReadAsync(Id, "page", Rows.Select(r => r.LaChildId), current.Actor, clock, cancel);
        return Page();
    }

    /// <summary>The part of the page that says how far it is, for the script that keeps it fresh.</summary>
    public async Task<IActionResult> OnGetProgressAsync(CancellationToken cancel) =>
        await FindAsync(cancel) ? Partial("_Progress", this) : NotFound();

    public async Task<IActionResult> OnPostStopAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return NotFound();
        await returns.StopAsync(Id, current.Actor!, cancel);
        return RedirectToPage(new { Id });
    }

    public async Task<IActionResult> OnPostUndoAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return NotFound();
        await returns.AskUndoAsync(Id, current.Actor!, cancel);
        return RedirectToPage(new { Id });
    }

    /// <param name="next">What the return will be known by, so that a double click loads it once.</param>
    public async Task<IActionResult> OnPostAgainAsync(Guid next, CancellationToken cancel)
    {
        if (next == Guid.Empty) return BadRequest();
        return await returns.AgainAsync(Id, next, current.Actor!, cancel) ? RedirectToPage(new { Id = next }) : NotFound();
    }

    public async Task<IActionResult> OnGetLeftOutAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return NotFound();
        var children = await db.ReturnRejections.Where(r => r.ReturnId == Id && r.LaChildId != null).Select(r => r.LaChildId).Distinct().Order().Take(2).ToListAsync(cancel);
        await db.AuditReturnReadAsync(Id, "file", children, current.Actor, clock, cancel);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = "attachment; filename=\"left-out.csv\"";
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await writer.WriteAsync(SafeCsv.Line("LAchildID", "Field", "Value", "Reason"));
        await foreach (var row in db.ReturnRejections.Where(r => r.ReturnId == Id).OrderBy(r => r.Ordinal)
            .Select(r => new Row(r.LaChildId, r.Field, r.Value, r.Reason)).AsAsyncEnumerable().WithCancellation(cancel))
        {
            await writer.WriteAsync(SafeCsv.Line(row.LaChildId, row.Field, row.Value, row.Reason));
        }

        return new EmptyResult();
    }

    private async Task<bool> FindAsync(CancellationToken cancel)
    {
        // The job first: one that has ended has left its return as it stays, while one that ends between the two questions would look broken.
        Job = await db.Jobs.AsNoTracking().Where(j => j.SubjectId == Id).OrderByDescending(j => j.RequestedAt).FirstOrDefaultAsync(cancel);
        if (await db.Returns.AsNoTracking().SingleOrDefaultAsync(r => r.Id == Id, cancel) is not { } found) return false;
        Return = found;
        return true;
    }

    public sealed record ReasonGroup(string Field, string Reason, int Count);

    public sealed record Row(string? LaChildId, string Field, string? Value, string Reason);
}
