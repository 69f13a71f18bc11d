using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

/// <summary>
/// The record that a finding is about: all that the returns have brought of one child, under the names the fields have there, with what the rules found beside it.
/// By the finding, because a child's number must not stand in an address.
/// </summary>
public class LoadedModel(AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    [FromRoute]
    public int Finding { get; set; }

    public string LaChildId { get; private set; } = "";

    public IReadOnlyList<Found> Findings { get; private set; } = [];

    public IReadOnlyList<Section> Sections { get; private set; } = [];

    /// <summary>The fields that a rule speaks of.</summary>
    public IReadOnlySet<string> Spoken { get; private set; } = new HashSet<string>();

    public sealed record Found(string Code, string Severity, IReadOnlyList<string> Fields, string? Value, string Message);

    /// <summary>Rows of one table, each of what is filled in.</summary>
    public sealed record Section(string Title, IReadOnlyList<IReadOnlyList<(string Field, string Value)>> Rows);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await db.Returns.AnyAsync(r => r.Id == Id && r.State == ReturnState.Loaded, cancel)) return NotFound();
        if (await db.ReturnFindings.Where(f => f.ReturnId == Id && f.Ordinal == Finding).Select(f => f.LaChildId).SingleOrDefaultAsync(cancel) is not { Length: > 0 } number) return NotFound();
        LaChildId = number;
        Findings = await (from f in db.ReturnFindings
                          join r in db.ReturnRuleResults on new { f.ReturnId, Ordinal = f.RuleOrdinal } equals new { r.ReturnId, r.Ordinal }
                          where f.ReturnId == Id && f.LaChildId == number
                          orderby r.Severity, r.Code, f.Ordinal
                          select new Found(r.Code, r.Severity.ToString(), r.Fields, f.Value, r.Message)).ToListAsync(cancel);
        Spoken = Findings.SelectMany(f => f.Fields).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.LaChildId == number, cancel) is { } child) Sections = await SectionsAsync(child, cancel);
        await db.AuditReturnReadAsync(Id, "record", [number], current.Actor, clock, cancel);
        return Page();
    }

    private async Task<IReadOnlyList<Section>> SectionsAsync(Child child, CancellationToken cancel)
    {
        var sections = new List<Section>();
        Add("The child", [child],
            ("LAchildID", c => c.LaChildId), ("UPN", c => c.Upn), ("PersonBirthDate", c => c.BornOn), ("ExpectedPersonBirthDate", c => c.ExpectedBirthOn), ("PersonDeathDate", c => c.DiedOn),
            ("Sex", c => c.Sex), ("Ethnicity", c => c.EthnicityCode), ("Disability", c => c.DisabilityCodes));
        await OfAsync("Being looked after: the child", db.CareDetails.OrderBy(d => d.Id), ("MOTHER", d => d.IsMother), ("MC_DOB", d => d.MotherSinceOn), ("UASC", d => d.IsUasc), ("DUC", d => d.UascCeasedOn));
        await OfAsync("Episodes of need", db.NeedEpisodes.OrderBy(e => e.ReferredOn).ThenBy(e => e.Ordinal),
            ("CINreferralDate", e => e.ReferredOn), ("ReferralSource", e => e.ReferralSource), ("PrimaryNeedCode", e => e.PrimaryNeedCode), ("CINclosureDate", e => e.ClosedOn),
            ("ReasonForClosure", e => e.ReasonForClosure), ("DateOfInitialCPC", e => e.InitialConferenceOn), ("ReferralNFA", e => e.ReferralNfa));
        await OfAsync("Assessments", db.NeedAssessments.OrderBy(a => a.StartedOn).ThenBy(a => a.Ordinal),
            ("AssessmentActualStartDate", a => a.StartedOn), ("AssessmentInternalReviewDate", a => a.InternalReviewOn), ("AssessmentAuthorisationDate", a => a.AuthorisedOn), ("AssessmentFactors", a => a.FactorCodes));
        await OfAsync("Child in need plans", db.CinPlans.OrderBy(p => p.StartedOn).ThenBy(p => p.Ordinal), ("CINPlanStartDate", p => p.StartedOn), ("CINPlanEndDate", p => p.EndedOn));
        await OfAsync("Section 47 enquiries", db.Section47s.OrderBy(s => s.StartedOn).ThenBy(s => s.Ordinal),
            ("S47ActualStartDate", s => s.StartedOn), ("InitialCPCtarget", s => s.ConferenceTargetOn), ("DateOfInitialCPC", s => s.ConferenceOn), ("ICPCnotRequired", s => s.ConferenceNotRequired));
        await OfAsync("Child protection plans", db.ProtectionPlans.OrderBy(p => p.StartedOn).ThenBy(p => p.Ordinal),
            ("CPPstartDate", p => p.StartedOn), ("CPPendDate", p => p.EndedOn), ("InitialCategoryOfAbuse", p => p.InitialCategoryOfAbuse), ("LatestCategoryOfAbuse", p => p.LatestCategoryOfAbuse),
            ("NumberOfPreviousCPP", p => p.PreviousPlans), ("CPPreviewDate", p => p.ReviewedOn));
        await OfAsync("Work before care proceedings", db.PreProceedings.OrderBy(p => p.StartedOn).ThenBy(p => p.Ordinal),
            ("PPStartDate", p => p.StartedOn), ("LBPSentDate", p => p.LetterSentOn), ("FGDMMeetingOffer", p => p.FamilyMeetingOffered), ("FGDMMeetingFac", p => p.FamilyMeetingHeld),
            ("InitialPPMeetingDate", p => p.FirstMeetingOn), ("ReviewMeetingsCount", p => p.ReviewMeetings), ("StepDecisionDate", p => p.DecidedOn), ("PPOutcome", p => p.Outcome),
            ("CourtAppDate", p => p.CourtAppliedOn), ("LetterInitCPDate", p => p.CourtLetterSentOn));
        await OfAsync("Episodes of being looked after", db.CareEpisodes.OrderBy(e => e.StartedOn).ThenBy(e => e.Ordinal),
            ("DECOM", e => e.StartedOn), ("RNE", e => e.ReasonStarted), ("LS", e => e.LegalStatus), ("CIN", e => e.NeedCode), ("PLACE", e => e.Placement), ("PLACE_PROVIDER", e => e.PlacementProvider),
            ("DEC", e => e.EndedOn), ("REC", e => e.ReasonEnded), ("REASON_PLACE_CHANGE", e => e.ReasonPlacementChanged), ("HOME_POST", e => e.HomePostcode), ("PL_POST", e => e.PlacementPostcode), ("URN", e => e.ProviderUrn));
        await OfAsync("Reviews of a looked-after child", db.CareReviews.OrderBy(r => r.ReviewedOn).ThenBy(r => r.Ordinal), ("REVIEW", r => r.ReviewedOn), ("REVIEW_CODE", r => r.ParticipationCode));
        await OfAsync("Outcomes of a year in care (OC2)", db.CareOutcomes.OrderBy(o => o.Year),
            ("Year", o => o.Year), ("SDQ_SCORE", o => o.SdqScore), ("SDQ_REASON", o => o.SdqReason), ("CONVICTED", o => o.Convicted), ("HEALTH_CHECK", o => o.HealthChecked), ("IMMUNISATIONS", o => o.Immunised),
            ("TEETH_CHECK", o => o.TeethChecked), ("HEALTH_ASSESSMENT", o => o.HealthAssessed), ("SUBSTANCE_MISUSE", o => o.SubstanceMisuse), ("INTERVENTION_RECEIVED", o => o.InterventionReceived),
            ("INTERVENTION_OFFERED", o => o.InterventionOffered));
        await OfAsync("Care leaver’s years (OC3)", db.CareLeavers.OrderBy(l => l.Year), ("Year", l => l.Year), ("IN_TOUCH", l => l.InTouch), ("ACTIV", l => l.Activity), ("ACCOM", l => l.Accommodation));
        await OfAsync("Adoption (AD1)", db.CareAdoptions.OrderBy(a => a.Year),
            ("Year", a => a.Year), ("DATE_INT", a => a.DecidedOn), ("DATE_MATCH", a => a.MatchedOn), ("FOSTER_CARE", a => a.ByFosterCarer), ("NB_ADOPTR", a => a.Adopters), ("SEX_ADOPTR", a => a.AdoptersSex),
            ("LS_ADOPTR", a => a.AdoptersLegalStatus));
        await OfAsync("Plans for adoption", db.AdoptionPlans.OrderBy(p => p.DecidedOn).ThenBy(p => p.Ordinal), ("DATE_PLACED", p => p.DecidedOn), ("DATE_PLACED_CEASED", p => p.CeasedOn), ("REASON_PLACED_CEASED", p => p.ReasonCeased));
        await OfAsync("Permanence before", db.PreviousPermanences.OrderBy(p => p.OrderedOn).ThenBy(p => p.Ordinal), ("DATE_PERM", p => p.OrderedOn), ("PREV_PERM", p => p.Kind), ("LA_PERM", p => p.Authority));
        await OfAsync("Times missing or away", db.MissingEpisodes.OrderBy(m => m.StartedOn).ThenBy(m => m.Ordinal), ("MIS_START", m => m.StartedOn), ("MISSING", m => m.Kind), ("MIS_END", m => m.EndedOn));
        await OfAsync("Times with a social worker", db.CareWorkers.OrderBy(w => w.StartedOn).ThenBy(w => w.Ordinal), ("SW_DECOM", w => w.StartedOn), ("SW_ID", w => w.WorkerId), ("SW_DEC", w => w.EndedOn), ("SW_REASON", w => w.ReasonStarted));
        var rows = await db.SafeguardingRows.AsNoTracking().Where(r => r.ChildId == child.Id).OrderBy(r => r.TableName).ThenBy(r => r.RowKey).ToListAsync(cancel);
        sections.AddRange(rows.GroupBy(r => r.TableName).Select(t => new Section(t.Key, [.. t.Select(r => (IReadOnlyList<(string, string)>)[.. r.Content.EnumerateObject().Select(p => (p.Name, p.Value.ToString()))])])));
        return sections;

        async Task OfAsync<T>(string title, IQueryable<T> query, params (string Field, Func<T, object?> Value)[] fields) where T : class, IAboutChild =>
            Add(title, await query.AsNoTracking().Where(r => r.ChildId == child.Id).ToListAsync(cancel), fields);

        void Add<T>(string title, IReadOnlyList<T> found, params (string Field, Func<T, object?> Value)[] fields)
        {
            if (found.Count == 0) return;
            sections.Add(new(title, [.. found.Select(row => (IReadOnlyList<(string, string)>)[.. fields.Select(f => (f.Field, Told(f.Value(row)))).Where(f => f.Item2.Length > 0)])]));
        }
    }

    /// <summary>As the return would have it, but for days, which are written out.</summary>
    private static string Told(object? value) => value switch
    {
        null => "",
        DateOnly day => Words.Of(day),
        bool yes => yes ? "1" : "0",
        IEnumerable<DateOnly> days => string.Join(", ", days.Select(Words.Of)),
        IEnumerable<string> codes => string.Join(", ", codes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
