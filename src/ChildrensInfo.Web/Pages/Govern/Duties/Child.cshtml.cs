using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Duties;

/// <summary>What is to be decided about one child's record: until when it is kept, what holds it, who asks for it to be erased or put right, and its destruction.</summary>
public class ChildModel(DutyService duties, LegalHoldService holds, DisposalService disposals, RestrictionService restrictions, RectificationService rectifications, RetentionService retention, AppDbContext db, IServiceProvider services, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public PlaceHold Hold { get; set; } = new();

    [BindProperty]
    public GiveReason Lift { get; set; } = new();

    [BindProperty]
    public GiveReason Propose { get; set; } = new();

    [BindProperty]
    public DecideDisposal Decide { get; set; } = new();

    [BindProperty]
    public LogErasure Erasure { get; set; } = new();

    [BindProperty]
    public AnswerErasure Answer { get; set; } = new();

    [BindProperty]
    public LogRectification Rectification { get; set; } = new();

    [BindProperty]
    public GiveReason Later { get; set; } = new();

    [BindProperty]
    public AnswerRectification Righted { get; set; } = new();

    [BindProperty]
    public PutStatement Statement { get; set; } = new();

    [BindProperty]
    public PlaceRestriction Restrict { get; set; } = new();

    [BindProperty]
    public OpenRestriction Open { get; set; } = new();

    [BindProperty]
    public GiveReason Unrestrict { get; set; } = new();

    public DutiesOfChild Duties { get; private set; } = null!;

    public IReadOnlyDictionary<Guid, string> People { get; private set; } = new Dictionary<Guid, string>();

    public DateOnly Today => retention.Today;

    public bool IsDue => Duties.Retained.IsDueOn(Today);

    /// <summary>The one that waits.</summary>
    public Disposal? Proposed => Duties.Disposals.FirstOrDefault(d => d.State == DisposalState.Proposed);

    /// <summary>Whether somebody else has to agree, because it was this person who proposed it.</summary>
    public bool IsMine => Proposed?.ProposedById == current.Actor!.PersonId;

    public IEnumerable<SelectListItem> Said => Duties.Said.Select(s => new SelectListItem($"{Words.Day(s.HeardOn)}: {Words.Of(s.Kind, s.Speaker)}", s.Id.ToString()));

    /// <summary>The requests for something to be put right that are not answered.</summary>
    public IEnumerable<RectificationRequest> ToPutRight => Duties.Rectifications.Where(r => r.Answer is null);

    public IEnumerable<SelectListItem> LanguageItems => Languages.Names.Select(l => new SelectListItem(l.Value, l.Key));

    public IEnumerable<SelectListItem> Restricted => Duties.Restrictions.Where(r => r.LiftedAt is null).Select(r => new SelectListItem($"{(r.VoiceRecordId is null ? "Everything" : "One record")}, since {Words.DayOf(r.PlacedAt)}", r.Id.ToString()));

    public IEnumerable<SelectListItem> Workers => Duties.Workers.Select(w => new SelectListItem(w.Name, w.Id.ToString()));

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        (Hold, Propose, Erasure) = (new() { Id = Guid.CreateVersion7() }, new() { Id = Guid.CreateVersion7() }, new() { Id = Guid.CreateVersion7(), ReceivedOn = Today });
        (Rectification, Statement) = (new() { Id = Guid.CreateVersion7(), ReceivedOn = Today }, new() { Id = Guid.CreateVersion7(), Language = "en" });
        (Restrict, Open) = (new() { Id = Guid.CreateVersion7() }, new() { Id = Guid.CreateVersion7() });
        return await ShowAsync(cancel);
    }

    public Task<IActionResult> OnPostRectificationAsync(CancellationToken cancel)
    {
        (Rectification.Who, Rectification.Asked) = (FormText.AsTyped(Rectification.Who), FormText.AsTyped(Rectification.Asked));
        return DoAsync(Rectification, nameof(Rectification), () => rectifications.LogAsync(ChildId, Rectification, current.Actor!, cancel), "Logged. The answer is due one month after it came.", cancel);
    }

    public Task<IActionResult> OnPostLaterAsync(CancellationToken cancel)
    {
        Later.Reason = FormText.AsTyped(Later.Reason);
        return DoAsync(Later, nameof(Later), () => rectifications.ExtendAsync(ChildId, Later, current.Actor!, cancel), "The answer is due two months later. Tell whoever asked, with the reason.", cancel);
    }

    public Task<IActionResult> OnPostRightedAsync(CancellationToken cancel)
    {
        Righted.Told = FormText.AsTyped(Righted.Told);
        return DoAsync(Righted, nameof(Righted), () => rectifications.AnswerAsync(ChildId, Righted, current.Actor!, cancel), "Answered. Tell whoever asked, and how they can complain.", cancel);
    }

    public Task<IActionResult> OnPostStatementAsync(CancellationToken cancel)
    {
        Statement.Text = FormText.AsTyped(Statement.Text);
        return DoAsync(Statement, nameof(Statement), () => rectifications.PutAsync(ChildId, Statement, current.Actor!, cancel), "It stands beside the record, and those who work with the child are told. Tell whoever asked, and how they can complain.", cancel);
    }

    public Task<IActionResult> OnPostRestrictAsync(CancellationToken cancel)
    {
        Restrict.Reason = FormText.AsTyped(Restrict.Reason);
        return DoAsync(Restrict, nameof(Restrict), () => restrictions.PlaceAsync(ChildId, Restrict, current.Actor!, cancel), "It is restricted. Nobody reads it until that is lifted.", cancel);
    }

    public Task<IActionResult> OnPostOpenAsync(CancellationToken cancel)
    {
        Open.Reason = FormText.AsTyped(Open.Reason);
        return DoAsync(Open, nameof(Open), () => restrictions.OpenAsync(ChildId, Open, current.Actor!, cancel), "They can read it for 24 hours.", cancel);
    }

    public Task<IActionResult> OnPostUnrestrictAsync(CancellationToken cancel)
    {
        Unrestrict.Reason = FormText.AsTyped(Unrestrict.Reason);
        return DoAsync(Unrestrict, nameof(Unrestrict), () => restrictions.LiftAsync(ChildId, Unrestrict, current.Actor!, cancel), "The restriction is lifted.", cancel);
    }

    public Task<IActionResult> OnPostHoldAsync(CancellationToken cancel)
    {
        Hold.Reason = FormText.AsTyped(Hold.Reason);
        return DoAsync(Hold, nameof(Hold), () => holds.PlaceAsync(ChildId, Hold, current.Actor!, cancel), "Nothing of this record is destroyed until the hold is lifted.", cancel);
    }

    public Task<IActionResult> OnPostLiftAsync(CancellationToken cancel)
    {
        Lift.Reason = FormText.AsTyped(Lift.Reason);
        return DoAsync(Lift, nameof(Lift), () => holds.LiftAsync(ChildId, Lift, current.Actor!, cancel), "The hold is lifted.", cancel);
    }

    public Task<IActionResult> OnPostProposeAsync(CancellationToken cancel)
    {
        Propose.Reason = FormText.AsTyped(Propose.Reason);
        return DoAsync(Propose, nameof(Propose), () => disposals.ProposeAsync(ChildId, Propose, current.Actor!, cancel), "Proposed. A second person decides.", cancel);
    }

    public Task<IActionResult> OnPostDecideAsync(CancellationToken cancel)
    {
        Decide.Reason = FormText.AsTyped(Decide.Reason);
        return DoAsync(Decide, nameof(Decide), () => disposals.DecideAsync(ChildId, Decide, current.Actor!, cancel), Decide.Agree == true ? "It is destroyed." : "It is not destroyed.", cancel);
    }

    public Task<IActionResult> OnPostErasureAsync(CancellationToken cancel)
    {
        Erasure.Asked = FormText.AsTyped(Erasure.Asked);
        return DoAsync(Erasure, nameof(Erasure), () => disposals.LogErasureAsync(ChildId, Erasure, current.Actor!, cancel), "Logged. The answer is due one month after it came.", cancel);
    }

    public Task<IActionResult> OnPostAnswerAsync(CancellationToken cancel)
    {
        Answer.Answer = FormText.AsTyped(Answer.Answer);
        return DoAsync(Answer, nameof(Answer), () => disposals.AnswerErasureAsync(ChildId, Answer, current.Actor!, cancel), "Answered. Tell whoever asked, and that they can complain to the Information Commissioner’s Office.", cancel);
    }

    /// <summary>What a request to put something right is about.</summary>
    public string AboutOf(RectificationRequest request) =>
        request.VoiceRecordId is null ? "something else that is held" : Duties.Said.FirstOrDefault(s => s.Id == request.VoiceRecordId) is { } said ? $"the record of {Words.Day(said.HeardOn)}" : "a record that is kept no longer";

    private async Task<IActionResult> DoAsync<T>(T input, string prefix, Func<Task<Outcome?>> act, string said, CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(services.GetRequiredService<IValidator<T>>(), input, prefix, cancel)) return await ShowAsync(cancel);
        if (await act() is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, prefix)) return await ShowAsync(cancel);
        TempData["Success"] = said;
        return Redirect($"/govern/duties/{ChildId}");
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        if (await duties.OfChildAsync(ChildId, current.Actor!, cancel) is not { } opened) return NotFound();
        Duties = opened;
        People = await db.Users.Where(u => u.AuthorityId == current.Actor!.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return Page();
    }
}
