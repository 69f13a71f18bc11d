using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Requests;

/// <summary>One request from the day it came to the day our copy of the answer is destroyed.</summary>
public class DetailModel(AppDbContext db, AccessRequestService requests, IValidator<ChooseAccess> chooseValidator, IValidator<SendAccess> sendValidator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public ChooseAccess Choose { get; set; } = new();

    [BindProperty]
    public SendAccess Send { get; set; } = new();

    [BindProperty]
    public string? ExtensionReason { get; set; }

    public AccessOpened Opened { get; private set; } = null!;

    public IReadOnlyDictionary<Guid, string> People { get; private set; } = new Dictionary<Guid, string>();

    public DateOnly Today => requests.Today;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await ShowAsync(cancel);

    [SecurityHeaders.Sandboxed]
    public async Task<IActionResult> OnGetMediaAsync(Guid fileId, CancellationToken cancel) =>
        await requests.MediaAsync(ChildId, Id, fileId, current.Actor!, cancel) is { } media ? new FileStreamResult(media.Content, media.ContentType) { EnableRangeProcessing = true } : NotFound();

    public async Task<IActionResult> OnPostExtendAsync(CancellationToken cancel) =>
        await DoneAsync(await requests.ExtendAsync(ChildId, Id, FormText.AsTyped(ExtensionReason), current.Actor!, cancel), "", "The answer is due two months later. Tell whoever asked, with the reason.", cancel);

    public async Task<IActionResult> OnPostChooseAsync(CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(chooseValidator, Choose, nameof(Choose), cancel)) return await ShowAsync(cancel);
        return await DoneAsync(await requests.ChooseAsync(ChildId, Id, Choose, current.Actor!, cancel), nameof(Choose), "Kept.", cancel);
    }

    public async Task<IActionResult> OnPostSendAsync(CancellationToken cancel)
    {
        Send.HarmNote = FormText.AsTyped(Send.HarmNote);
        if (!await ModelState.ValidateAsync(sendValidator, Send, nameof(Send), cancel)) return await ShowAsync(cancel);
        return await DoneAsync(await requests.SendAsync(ChildId, Id, Send, current.Actor!, cancel), nameof(Send), "It waits for a second person.", cancel);
    }

    public async Task<IActionResult> OnPostReturnAsync(CancellationToken cancel) => await DoneAsync(await requests.ReturnAsync(ChildId, Id, current.Actor!, cancel), "", "It is to be looked at again.", cancel);

    public async Task<IActionResult> OnPostReleaseAsync(CancellationToken cancel) => await DoneAsync(await requests.ReleaseAsync(ChildId, Id, current.Actor!, cancel), "", "Released. The file is being built.", cancel);

    public async Task<IActionResult> OnPostDownloadAsync(CancellationToken cancel) =>
        await requests.DownloadAsync(ChildId, Id, current.Actor!, cancel) is { } file ? File(file.Content, AccessPack.ContentType, file.Name) : NotFound();

    public async Task<IActionResult> OnPostDestroyAsync(CancellationToken cancel) => await DoneAsync(await requests.DestroyAsync(ChildId, Id, current.Actor!, cancel), "", "Our copy is destroyed.", cancel);

    private async Task<IActionResult> DoneAsync(ChildrensInfo.Core.Shared.Outcome? outcome, string prefix, string said, CancellationToken cancel)
    {
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, prefix)) return await ShowAsync(cancel);
        TempData["Success"] = said;
        return Redirect($"/govern/requests/{ChildId}/{Id}");
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        if (await requests.OpenAsync(ChildId, Id, current.Actor!, cancel) is not { } opened) return NotFound();
        Opened = opened;
        People = await db.Users.Where(u => u.AuthorityId == current.Actor!.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return Page();
    }
}
