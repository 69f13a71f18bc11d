using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern;

/// <summary>What was told without permission, what was put right about permissions, what was used under which purpose, and every part of the register as a file.</summary>
public class RegisterModel(AppDbContext db, GovernanceRegister register, PurposeService purposes, ICurrentActor current) : PageModel
{
    public IReadOnlyList<OverrideRow> Overrides { get; private set; } = [];

    public IReadOnlyList<PutRightRow> PutRight { get; private set; } = [];

    public IReadOnlyList<UseRow> Uses { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Overrides = await register.OverridesAsync(current.Actor!, cancel);
        PutRight = await register.PutRightAsync(current.Actor!, cancel);
        Uses = await register.UsesAsync(cancel);
        await register.AuditAsync(AuditActions.RegisterRead, "overrides, put right and uses", 0, current.Actor!, cancel);
    }

    public async Task<IActionResult> OnGetPurposesAsync(CancellationToken cancel) => await FileAsync(
        "purposes", ["purpose", "basis", "months_valid", "months_valid_under_8", "days_after_a_no", "set_at"],
        (await purposes.AllRulesAsync(cancel)).Select(p => (IEnumerable<string?>)[$"{p.Key}", $"{p.Value.Basis}", Number(p.Value.MonthsValid), Number(p.Value.MonthsValidForYoungChild), Number(p.Value.CoolingDays), Instant(p.Value.Since)]), cancel);

    public async Task<IActionResult> OnGetWordingsAsync(CancellationToken cancel)
    {
        var names = await db.Users.ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        string? NameOf(Guid? id) => id is { } person ? names.GetValueOrDefault(person) : null;
        return await FileAsync(
            "wordings", ["purpose", "age", "format", "language", "version", "owner", "in_force_from", "retired_at", "says_something_else", "what_changed", "helped_by", "written_by", "approved_by", "sha256", "words"],
            (await db.Wordings.AsNoTracking().OrderBy(w => w.Purpose).ThenBy(w => w.AgeBand).ThenBy(w => w.Format).ThenBy(w => w.Language).ThenBy(w => w.Number).ToListAsync(cancel)).Select(w => (IEnumerable<string?>)[
                $"{w.Purpose}", $"{w.AgeBand}", $"{w.Format}", w.Language, Number(w.Number), w.AuthorityId is null ? "shipped" : "own", Instant(w.EffectiveFrom), Instant(w.RetiredAt), w.MaterialChange ? "yes" : "no",
                w.ChangeReason, w.CoDesignedWith, NameOf(w.WrittenById), NameOf(w.ApprovedById), Convert.ToHexStringLower(w.BodyHash), w.Body]), cancel);
    }

    public async Task<IActionResult> OnGetOverridesAsync(CancellationToken cancel) => await FileAsync(
        "overrides", ["id", "child_number", "records", "basis", "state", "child_informed", "proposed_at", "proposed_by", "decided_at", "decided_by", "review_on"],
        (await register.OverridesAsync(current.Actor!, cancel)).Select(o => (IEnumerable<string?>)[
            $"{o.Id}", o.ChildNumber, Number(o.Records), $"{o.Basis}", $"{o.State}", $"{o.Informed}", Instant(o.ProposedAt), o.ProposedBy, Instant(o.DecidedAt), o.DecidedBy, o.ReviewOn.ToString("O", CultureInfo.InvariantCulture)]), cancel);

    public async Task<IActionResult> OnGetPutRightAsync(CancellationToken cancel) => await FileAsync(
        "put-right", ["id", "child_number", "purpose", "put_right_as", "what_was_marked", "at", "by", "uses_before"],
        (await register.PutRightAsync(current.Actor!, cancel)).Select(r => (IEnumerable<string?>)[$"{r.Id}", r.ChildNumber, $"{r.Purpose}", $"{r.Type}", $"{r.Of}", Instant(r.At), r.By, Number(r.Uses)]), cancel);

    public async Task<IActionResult> OnGetUsesAsync(CancellationToken cancel) => await FileAsync(
        "uses", ["purpose", "used_as", "month", "uses", "children"],
        (await register.UsesAsync(cancel)).Select(u => (IEnumerable<string?>)[$"{u.Purpose}", $"{u.Surface}", string.Create(CultureInfo.InvariantCulture, $"{u.Year}-{u.Month:00}"), Number(u.Uses), Number(u.Children)]), cancel);

    private async Task<FileContentResult> FileAsync(string part, string[] head, IEnumerable<IEnumerable<string?>> rows, CancellationToken cancel)
    {
        var lines = rows.Select(r => SafeCsv.Line(r)).ToList();
        await register.AuditAsync(AuditActions.RegisterExported, part, lines.Count, current.Actor!, cancel);
        // With its mark, so that a spreadsheet reads Welsh letters as they are.
        return File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(SafeCsv.Line(head) + string.Concat(lines))], "text/csv; charset=utf-8", $"{part}.csv");
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Instant(DateTime? utc) => utc?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
