using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.People;

public class PersonModel(PeopleService people, SignInService signIns, IdentityService identities, IdentityProviders providers, ProviderRule rule, IValidator<ChangePerson> validator, IValidator<AllowProvider> allowValidator, IValidator<TakeOffSecondFactor> takeOffValidator, AppDbContext db, ICurrentActor current) : PageModel
{
    private const string LinkKey = "WelcomeLink";

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public ChangePerson Input { get; set; } = new();

    [BindProperty]
    public TakeOffSecondFactor TakeOff { get; set; } = new();

    [BindProperty]
    public AllowProvider Allow { get; set; } = new();

    /// <summary>The accounts they sign in with, or are awaited under.</summary>
    public IReadOnlyList<PersonIdentity> Identities { get; private set; } = [];

    /// <summary>Whose account is their only way in; then there is no link for a password.</summary>
    public string? OnlyWith { get; private set; }

    /// <summary>Of this council, and not theirs yet.</summary>
    public IReadOnlyList<IdentityProvider> Allowable { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Teams { get; private set; } = [];

    public string Name { get; private set; } = "";

    public string? Email { get; private set; }

    public Role Role { get; private set; }

    public bool HasPassword { get; private set; }

    public bool HasSecondFactor { get; private set; }

    public DateTime? LeftAt { get; private set; }

    public int OpenAllocations { get; private set; }

    public int OpenSignIns { get; private set; }

    /// <summary>Shown once: the next time the page is opened it is gone.</summary>
    public string? Link { get; private set; }

    public bool IsSelf => Id == current.Actor!.PersonId;

    public static void KeepLink(ITempDataDictionary notices, Guid id, string code) => notices[LinkKey] = $"{id}|{code}";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(fill: true, cancel)) return NotFound();
        if ((TempData[LinkKey] as string)?.Split('|') is [var of, var code] && of == Id.ToString())
        {
            Link = Url.PageLink("/Account/Welcome", values: new { person = Id, code });
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            var outcome = await people.ChangeAsync(Id, Input, current.Actor!, cancel);
            if (outcome is null) return NotFound();
            if (ModelState.Accept(outcome, nameof(Input)))
            {
                TempData["Success"] = "The changes are saved.";
                return RedirectToPage("Index");
            }
        }

        return await LoadAsync(fill: false, cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostLinkAsync(CancellationToken cancel)
    {
        if (await people.MakeLinkAsync(Id, current.Actor!, cancel) is not { } code) return NotFound();
        KeepLink(TempData, Id, code);
        return RedirectToPage(new { Id });
    }

    public async Task<IActionResult> OnPostSignOutAsync(CancellationToken cancel)
    {
        if (!await db.Users.AnyAsync(u => u.Id == Id && u.AuthorityId == current.Actor!.AuthorityId, cancel)) return NotFound();
        await signIns.EndAllAsync(Id, SignInGate.Of(User), current.Actor!, cancel);
        TempData["Success"] = "They are signed out.";
        return RedirectToPage(new { Id });
    }

    public async Task<IActionResult> OnPostTakeOffAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (await ModelState.ValidateAsync(takeOffValidator, TakeOff, nameof(TakeOff), cancel))
        {
            var outcome = await people.TakeOffSecondFactorAsync(Id, TakeOff, current.Actor!, cancel);
            if (outcome is null) return NotFound();
            if (ModelState.Accept(outcome, nameof(TakeOff)))
            {
                TempData["Success"] = "Their second step is taken off. They are signed out everywhere, and set it up again when they next sign in.";
                return RedirectToPage(new { Id });
            }
        }

        return await LoadAsync(fill: true, cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAllowAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (await ModelState.ValidateAsync(allowValidator, Allow, nameof(Allow), cancel))
        {
            var outcome = await identities.AllowAsync(Id, Allow, current.Actor!, cancel);
            if (outcome is null) return NotFound();
            if (ModelState.Accept(outcome, nameof(Allow)))
            {
                TempData["Success"] = "The first time they sign in with that account, it becomes theirs.";
                return RedirectToPage(new { Id });
            }
        }

        return await LoadAsync(fill: true, cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostDisallowAsync(Guid identity, CancellationToken cancel)
    {
        ModelState.Clear();
        if (await identities.RemoveAsync(Id, identity, current.Actor!, cancel) is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Allow))) return await LoadAsync(fill: true, cancel) ? Page() : NotFound();
        TempData["Success"] = "The account opens nothing here any more, and they are signed out everywhere.";
        return RedirectToPage(new { Id });
    }

    public Task<IActionResult> OnPostLeaveAsync(CancellationToken cancel) =>
        AnswerAsync(people.LeaveAsync, "They have left. They can no longer sign in, and their allocations have ended.", cancel);

    public Task<IActionResult> OnPostReturnAsync(CancellationToken cancel) =>
        AnswerAsync(people.ReturnAsync, "They are back. Make a link for them so that they can choose a password.", cancel);

    private async Task<IActionResult> AnswerAsync(Func<Guid, Actor, CancellationToken, Task<Outcome?>> doAsync, string done, CancellationToken cancel)
    {
        ModelState.Clear();
        var outcome = await doAsync(Id, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return await LoadAsync(fill: true, cancel) ? Page() : NotFound();
        TempData["Success"] = done;
        return RedirectToPage(new { Id });
    }

    public string NameOf(PersonIdentity identity) => providers.Find(identity.Provider)?.Name ?? identity.Provider;

    private async Task<bool> LoadAsync(bool fill, CancellationToken cancel)
    {
        var person = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == Id && u.AuthorityId == current.Actor!.AuthorityId, cancel);
        if (person is null) return false;
        (Name, Email, Role, HasPassword, LeftAt) = (person.DisplayName, person.Email, person.Role, person.PasswordHash is not null, person.LeftAt);
        HasSecondFactor = person.TwoFactorEnabled;
        Identities = await identities.OfAsync(Id, cancel);
        OnlyWith = (await rule.OnlyOfAsync(person, cancel))?.Name;
        var code = await db.Authorities.Where(a => a.Id == person.AuthorityId).Select(a => a.Code).SingleAsync(cancel);
        Allowable = [.. providers.All.Where(p => p.Councils.Values.Contains(code) && !Identities.Any(i => i.Provider == p.Key))];
        if (Allow.Address.Length == 0) Allow.Address = person.Email ?? "";
        OpenAllocations = await db.Allocations.CountAsync(a => a.PractitionerId == Id && a.EndedOn == null, cancel);
        OpenSignIns = (await signIns.OpenAsync(Id, cancel)).Count;
        Teams = await TeamChoices.Async(db, cancel);
        if (fill) Input = new ChangePerson { Name = person.DisplayName, Email = person.Email ?? "", Role = person.Role, TeamId = person.TeamId, Version = person.ConcurrencyStamp ?? "" };
        return true;
    }
}
