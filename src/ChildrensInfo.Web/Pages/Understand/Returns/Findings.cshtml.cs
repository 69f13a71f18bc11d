using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

/// <summary>Where a return breaks the Department's rules: by rule, then one by one, and what was mended since the edition before.</summary>
public class FindingsModel(AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Only errors, only queries, or null for both.</summary>
    [BindProperty(SupportsGet = true)]
    public Severity? Severity { get; set; }

    /// <summary>One rule's code.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Rule { get; set; }

    /// <summary>Only the child of one finding, by its ordinal: a child's number must not stand in an address.</summary>
    [BindProperty(SupportsGet = true)]
    public int? ChildOf { get; set; }

    /// <summary>The council's own number of that child; null when everybody is shown, empty when the finding is of no child.</summary>
    public string? Child { get; private set; }

    [BindProperty(SupportsGet = true)]
    public FindingsShown Show { get; set; }

    [BindProperty(SupportsGet = true)]
    public int P { get; set; } = 1;

    public int Pages { get; private set; }

    public Return Return { get; private set; } = null!;

    /// <summary>When the edition it is compared with was sent; null when there is none.</summary>
    public DateTime? EditionBefore { get; private set; }

    public IReadOnlyDictionary<FindingsShown, int> Counts { get; private set; } = new Dictionary<FindingsShown, int>();

    public IReadOnlyList<RuleGroup> Rules { get; private set; } = [];

    public IReadOnlyList<NotCheckedRule> NotChecked { get; private set; } = [];

    public IReadOnlyList<FindingRow> Rows { get; private set; } = [];

    /// <summary>The address of this list with something in it changed; paging begins anew.</summary>
    public string Address(Severity? severity, string? rule, int? childOf, FindingsShown show) =>
        Url.Page("Findings", new { Id, severity, rule, childOf, show = show == FindingsShown.Now ? null : (FindingsShown?)show })!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return NotFound();
        if (!ModelState.IsValid) return RedirectToPage(new { Id });
        if (Return.EditionBeforeId is { } edition)
        {
            EditionBefore = await db.Returns.Where(r => r.Id == edition).Select(r => (DateTime?)r.UploadedAt).SingleOrDefaultAsync(cancel);
            var mended = await Of(FindingsShown.Mended).CountAsync(cancel);
            var fresh = await Of(FindingsShown.New).CountAsync(cancel);
            Counts = new Dictionary<FindingsShown, int> { [FindingsShown.Mended] = mended, [FindingsShown.New] = fresh };
        }

        Rules = await (from f in Filtered(byRule: false)
                       group f by new { f.Code, f.Severity, f.Fields, f.Message } into g
                       orderby g.Key.Severity, g.Count() descending, g.Key.Code
                       select new RuleGroup(g.Key.Code, g.Key.Severity, g.Key.Fields, g.Key.Message, g.Count())).ToListAsync(cancel);
        NotChecked = await db.ReturnRuleResults.Where(r => r.ReturnId == Id && r.NotCheckedBecause != null).OrderBy(r => r.Code)
            .Select(r => new NotCheckedRule(r.Code, r.NotCheckedBecause!)).ToListAsync(cancel);
        var total = await Filtered(byRule: true).CountAsync(cancel);
        Pages = (total + PerPage - 1) / PerPage;
        P = Math.Clamp(P, 1, Math.Max(1, Pages));
        Rows = await Filtered(byRule: true).OrderBy(f => f.Severity).ThenBy(f => f.Code).ThenBy(f => f.Ordinal).Skip((P - 1) * PerPage).Take(PerPage).ToListAsync(cancel);
        await db.AuditReturnReadAsync(Id, "findings", Rows.Select(r => r.LaChildId), current.Actor, clock, cancel);
        return Page();
    }

    public async Task<IActionResult> OnGetFileAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return NotFound();
        if (!ModelState.IsValid) return RedirectToPage(new { Id });
        var children = await Filtered(byRule: true).Where(f => f.LaChildId != null).Select(f => f.LaChildId).Distinct().Order().Take(2).ToListAsync(cancel);
        await db.AuditReturnReadAsync(Id, "findings file", children, current.Actor, clock, cancel);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = "attachment; filename=\"findings.csv\"";
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await writer.WriteAsync(SafeCsv.Line("Rule", "Severity", "Child", "Fields", "Value", "Message"));
        await foreach (var row in Filtered(byRule: true).OrderBy(f => f.Severity).ThenBy(f => f.Code).ThenBy(f => f.Ordinal).AsAsyncEnumerable().WithCancellation(cancel))
            await writer.WriteAsync(SafeCsv.Line(row.Code, row.Severity, row.LaChildId, row.Fields, row.Value, row.Message));
        foreach (var rule in await db.ReturnRuleResults.Where(r => r.ReturnId == Id && r.NotCheckedBecause != null).OrderBy(r => r.Code).ToListAsync(cancel))
            await writer.WriteAsync(SafeCsv.Line(rule.Code, "Not checked", null, null, null, rule.NotCheckedBecause));
        return new EmptyResult();
    }

    private IQueryable<FindingRow> Filtered(bool byRule)
    {
        var rows = Of(Show);
        if (Severity is { } severity) rows = rows.Where(f => f.Severity == severity.ToString());
        if (byRule && !string.IsNullOrEmpty(Rule)) rows = rows.Where(f => f.Code == Rule);
        if (Child is not null) rows = rows.Where(f => f.LaChildId == Child);
        return rows;
    }

    /// <summary>The findings of this return, or those that it and the edition before do not share. A finding is the same when rule, child and value are.</summary>
    private IQueryable<FindingRow> Of(FindingsShown shown)
    {
        var (here, there) = shown switch
        {
            FindingsShown.Mended => (Return.EditionBeforeId, (Guid?)Id),
            FindingsShown.New => (Id, Return.EditionBeforeId),
            _ => (Id, null),
        };
        return db.Database.SqlQuery<FindingRow>($"""
            select r.code, r.severity, array_to_string(r.fields, ', ') as fields, r.message, f.la_child_id, f.value, f.ordinal
            from return_findings f join return_rule_results r on r.return_id = f.return_id and r.ordinal = f.rule_ordinal
            left join (
                select distinct rr.code, coalesce(ff.la_child_id, '') as child, coalesce(ff.value, '') as value
                from return_findings ff join return_rule_results rr on rr.return_id = ff.return_id and rr.ordinal = ff.rule_ordinal where ff.return_id = {there}) o
                on o.code = r.code and o.child = coalesce(f.la_child_id, '') and o.value = coalesce(f.value, '')
            where f.return_id = {here} and o.code is null
            """);
    }

    private async Task<bool> FindAsync(CancellationToken cancel)
    {
        if (await db.Returns.AsNoTracking().SingleOrDefaultAsync(r => r.Id == Id && r.State == ReturnState.Loaded, cancel) is not { } found) return false;
        Return = found;
        if (ChildOf is { } ordinal)
        {
            var edition = Show == FindingsShown.Mended ? found.EditionBeforeId : Id;
            Child = await db.ReturnFindings.Where(f => f.ReturnId == edition && f.Ordinal == ordinal).Select(f => f.LaChildId).SingleOrDefaultAsync(cancel) ?? "";
        }

        return true;
    }

    public sealed record RuleGroup(string Code, string Severity, string Fields, string Message, int Count);

    public sealed record NotCheckedRule(string Code, string Because);

    public sealed record FindingRow(string Code, string Severity, string Fields, string Message, string? LaChildId, string? Value, int Ordinal);
}

public enum FindingsShown
{
    /// <summary>All of the return's.</summary>
    Now,

    /// <summary>Those that the edition before did not have.</summary>
    New,

    /// <summary>Those of the edition before that are gone.</summary>
    Mended,
}
