using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.Audit;

/// <summary>
/// The log of the reader's own authority, newest first. It names staff and gives a child's number, nothing else of anybody. Reading it
/// is itself a line.
/// </summary>
public class IndexModel(AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    public const int PageSize = 50;

    /// <summary>A download of more lines than this says so in its last row: choose fewer days.</summary>
    public const int DownloadMax = 50_000;

    [BindProperty(SupportsGet = true)]
    public DateOnly? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Do { get; set; }

    /// <summary>The child by the portal's own id: the council's number for a child is not put into addresses.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Child { get; set; }

    /// <summary>The child's number as typed; it comes by POST only.</summary>
    [BindProperty]
    public string? ChildNumber { get; set; }

    /// <summary>Where the page before this one ended: microseconds since 1970, then the line's id.</summary>
    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public IReadOnlyList<Row> Lines { get; private set; } = [];

    public string? Next { get; private set; }

    /// <summary>When the last seal over the whole log was made, and how many there are.</summary>
    public DateTime? SealedAt { get; private set; }

    public long Seals { get; private set; }

    public IReadOnlyList<SelectListItem> People { get; private set; } = [];

    public static IReadOnlyList<SelectListItem> Actions { get; } = [.. AuditWords.All.OrderBy(a => a.Value, StringComparer.Ordinal).Select(a => new SelectListItem(a.Value, a.Key))];

    public bool IsFiltered => From is not null || To is not null || Person is not null || Do is not null || Child is not null;

    public sealed record Row(Guid Id, DateTime At, string? Who, string? Role, string What, string? ChildNumber, string? Detail, bool IsIntact);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (Child is { } id) ChildNumber = await db.Children.Where(c => c.Id == id).Select(c => c.LaChildId).SingleOrDefaultAsync(cancel);
        await LoadAsync(cancel);
        return Page();
    }

    /// <summary>Turns the form into an address that holds no personal data, so that pages can be turned and a view kept.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Child = null;
        if (!string.IsNullOrWhiteSpace(ChildNumber) && ModelState.IsValid)
        {
            var number = ChildNumber.Trim();
            Child = await db.Children.Where(c => c.LaChildId == number).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(cancel);
            if (Child is null) ModelState.AddModelError(nameof(ChildNumber), "No child has that number");
        }

        if (From > To) ModelState.AddModelError(nameof(To), "The last day must not be before the first");
        if (ModelState.IsValid) return RedirectToPage(new { From = Day(From), To = Day(To), Person, Do, Child });
        await LoadAsync(cancel);
        return Page();

        static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    public async Task<IActionResult> OnPostDownloadAsync(CancellationToken cancel)
    {
        var lines = await RowsAsync(Filtered().OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(DownloadMax + 1), cancel);
        await WriteReadAsync($"download, lines: {Math.Min(lines.Count, DownloadMax)}", cancel);
        var bytes = new MemoryStream();
        await using (var csv = new StreamWriter(bytes, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true))
        {
            await csv.WriteAsync(SafeCsv.Line("Line", "When (UTC)", "Who", "Role", "What", "Child's number", "Detail", "Intact"));
            foreach (var line in lines.Take(DownloadMax))
            {
                await csv.WriteAsync(SafeCsv.Line(
                    line.Id.ToString(), line.At.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), line.Who, line.Role, line.What,
                    line.ChildNumber, line.Detail, line.IsIntact ? "yes" : "NO: altered after it was written"));
            }

            if (lines.Count > DownloadMax) await csv.WriteAsync(SafeCsv.Line($"There are more than {DownloadMax:N0} lines. Choose fewer days."));
        }

        bytes.Position = 0;
        return File(bytes, "text/csv; charset=utf-8", "audit-log.csv");
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        var lines = Filtered();
        if (Cursor() is { } cursor)
        {
            lines = lines.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.At, e.Id), ValueTuple.Create(cursor.At, cursor.Id)));
        }

        var rows = await RowsAsync(lines.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(PageSize + 1), cancel);
        Lines = [.. rows.Take(PageSize)];
        if (rows.Count > PageSize) Next = $"{(Lines[^1].At - DateTime.UnixEpoch).Ticks / 10}.{Lines[^1].Id:N}";
        People = await db.Users.Where(u => u.AuthorityId == current.Actor!.AuthorityId).OrderBy(u => u.DisplayName)
            .Select(u => new SelectListItem(u.DisplayName, u.Id.ToString())).ToListAsync(cancel);
        if (await db.AuditSeals.OrderByDescending(s => s.Number).Select(s => new { s.Number, s.SealedAt }).FirstOrDefaultAsync(cancel) is { } seal)
        {
            (SealedAt, Seals) = (seal.SealedAt, seal.Number);
        }

        await WriteReadAsync($"lines: {Lines.Count}", cancel);
    }

    private IQueryable<AuditEntry> Filtered()
    {
        var lines = db.AuditEntries.AsNoTracking();
        if (From is { } from)
        {
            var start = StartOf(from);
            lines = lines.Where(e => e.At >= start);
        }

        if (To is { } to && to < DateOnly.MaxValue)
        {
            var end = StartOf(to.AddDays(1));
            lines = lines.Where(e => e.At < end);
        }

        if (Person is { } person) lines = lines.Where(e => e.ActorId == person);
        if (Do is { } action) lines = lines.Where(e => e.Action == action);
        if (Child is { } child) lines = lines.Where(e => e.ChildId == child);
        return lines;
    }

    private async Task<List<Row>> RowsAsync(IQueryable<AuditEntry> lines, CancellationToken cancel)
    {
        var found = await lines.Select(e => new
        {
            Entry = e,
            Who = db.Users.Where(u => u.Id == e.ActorId && u.AuthorityId == e.AuthorityId).Select(u => u.DisplayName).SingleOrDefault(),
            Number = db.Children.Where(c => c.Id == e.ChildId).Select(c => c.LaChildId).SingleOrDefault(),
        }).ToListAsync(cancel);
        return [.. found.Select(f => new Row(
            f.Entry.Id, f.Entry.At, f.Who, f.Entry.ActorRole is { } role ? Words.Of(role) : null, AuditWords.Of(f.Entry.Action), f.Number, f.Entry.Detail, f.Entry.IsIntact()))];
    }

    private async Task WriteReadAsync(string detail, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.AuditRead, current.Actor, Child, null, clock, detail));
        await db.SaveChangesAsync(cancel);
    }

    private (DateTime At, Guid Id)? Cursor() =>
        After?.Split('.') is [var at, var id] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
        && microseconds < (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / 10 && Guid.TryParseExact(id, "N", out var guid)
            ? (DateTime.UnixEpoch.AddTicks(microseconds * 10), guid)
            : null;

    private static DateTime StartOf(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
