using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// Before what a borrowed screen must not do, whoever is signed in shows again that it is them, if they last did so more than ten minutes ago
/// (<see cref="SignIn.FreshFor"/>). What they had typed goes on with the answer, in the same form.
/// </summary>
public sealed class StepUp(
    SignInManager<AppUser> signIn, SecondFactorService factors, SignInLimits limits, StepUpPace pace, KnownDevices devices, Hashing hashing, IdentityProviders providers, ProviderRule rule, AppDbContext db, IModelMetadataProvider metadata, ICurrentActor current, TimeProvider clock) : IAsyncPageFilter
{
    private const string Field = nameof(ProveAgain.StepUp) + "." + nameof(ProveAgain.Input.Proof);

    /// <summary>What a browser signed with a passkey.</summary>
    private const string Passkey = nameof(ProveAgain.StepUp) + "." + nameof(ProveAgain.Input.Passkey);

    /// <summary>Sent along by whoever was asked to show it at their provider.</summary>
    private const string GoOn = nameof(ProveAgain.StepUp) + ".GoOn";

    private const string Token = "__RequestVerificationToken";

    /// <summary>Each by its page and handler. docs/access.md lists them, and a test keeps them equal and each of them real.</summary>
    public static readonly IReadOnlySet<string> Handlers = new HashSet<string>
    {
        // How one signs in.
        "/Account/SecondFactor/App",
        "/Account/SecondFactor/Index Codes",
        "/Account/SecondFactor/Index RemoveApp",
        "/Account/SecondFactor/Index RemovePasskey",
        "/Account/SecondFactor/Passkey",
        "/Account/SecondFactor/Password",
        // How others do, and what they may.
        "/Admin/People/New",
        "/Admin/People/Person",
        "/Admin/People/Person Link",
        "/Admin/People/Person Return",
        "/Admin/People/Person TakeOff",
        "/Admin/People/Person Allow",
        "/Admin/People/Person Disallow",
        // Files that leave the council.
        "/Use/Decisions/Extract",
        "/Use/Decisions/Output",
        "/Use/Projects/Download",
        "/Use/Projects/OutputDownload",
        "/Govern/Requests/Detail Release",
        "/Govern/Requests/Detail Download",
        "/Admin/Audit/Index Download",
        "/Hear/Copy/Read",
        "/Hear/Booklet",
        "/Hear/Permissions/Export Fhir",
        "/Hear/Permissions/Export Receipt",
        // What lies closed: a file of others' words, a record that nobody works in.
        "/Devices/Prove",
        "/Govern/Duties/Child Open",
        // What nothing brings back.
        "/Govern/Duties/Child Decide",
        "/Govern/Duties/Child Lift",
        // A child who is a colleague's.
        "/Hear/Cover",
    };

    /// <summary>Files that whoever may open the page takes away by a link. They are not asked again; but nobody takes them by the hundred either.</summary>
    public static readonly IReadOnlySet<string> Taken = new HashSet<string>
    {
        "/Govern/Register Overrides",
        "/Govern/Register Purposes",
        "/Govern/Register PutRight",
        "/Govern/Register Uses",
        "/Govern/Register Wordings",
        "/Understand/Indicators/View Csv",
        "/Understand/Indicators/View Svg",
        "/Understand/Indicators/View Xlsx",
        "/Understand/Returns/Detail LeftOut",
        "/Understand/Returns/Findings File",
    };

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (context.HandlerMethod is not { } handler || current.Actor is not { } actor || !(handler.HttpMethod == "Post" ? Handlers : Taken).Contains(NameOf(context.ActionDescriptor, handler.Name)))
        {
            await next();
            return;
        }

        if (!pace.Allows(actor.PersonId))
        {
            context.HttpContext.Response.Headers.RetryAfter = "60";
            context.Result = new StatusCodeResult(StatusCodes.Status429TooManyRequests);
            return;
        }

        if (handler.HttpMethod != "Post" || IsFresh(context.HttpContext, clock))
        {
            await next();
            return;
        }

        var form = await context.HttpContext.Request.ReadFormAsync(context.HttpContext.RequestAborted);
        var has = await factors.StateAsync(actor, context.HttpContext.RequestAborted);
        var byCode = has.HasApp;
        var elsewhere = byCode ? null : await ElsewhereAsync(context.HttpContext, actor);
        var byPasskey = elsewhere is null && has.Passkeys.Count > 0;
        string? fault = null;
        if (elsewhere is not null)
        {
            fault = form.ContainsKey(GoOn) ? $"Show first with {elsewhere.Name}’s account that it is you, then choose “Go on”." : null;
        }
        else if (form.TryGetValue(Field, out var proof))
        {
            var signed = byPasskey ? form[Passkey].ToString() : "";
            var person = await signIn.UserManager.FindByIdAsync(actor.PersonId.ToString());
            var device = devices.Of(context.HttpContext, person);
            if (limits.Begin(context.HttpContext.Connection.RemoteIpAddress, $"proof {person?.NormalizedEmail}", out var wait, device) is not { } attempt)
            {
                // What was typed still goes on, once they have waited.
                context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                context.Result = Ask(context.HttpContext, form, byCode, byPasskey, elsewhere, $"Too many tries. Wait {Math.Ceiling(wait.TotalMinutes):0} minutes, then try again.", StatusCodes.Status429TooManyRequests);
                return;
            }

            bool? shown = person is null ? false : await IsProofAsync(person, actor, proof.ToString(), signed, byCode, device is not null, context.HttpContext.RequestAborted);
            if (shown is null)
            {
                attempt.NotMade();
                context.Result = Ask(context.HttpContext, form, byCode, byPasskey, elsewhere, Hashing.Busy, StatusCodes.Status503ServiceUnavailable);
                return;
            }

            if (shown == true)
            {
                attempt.Succeeded();
                await SignInGate.RenewAsync(context.HttpContext, actor, endOthers: false);
                context.ModelState.Remove(Field);
                context.ModelState.Remove(Passkey);
                await next();
                return;
            }

            fault = signed.Length > 0 ? "That passkey did not work here." : byCode ? "That code does not work. Enter the one that your app shows now; each works once." : "That is not your password.";
        }

        context.Result = Ask(context.HttpContext, form, byCode, byPasskey, elsewhere, fault);
    }

    /// <summary>Whether whoever is signed in here showed lately who they are.</summary>
    public static bool IsFresh(HttpContext http, TimeProvider clock) => (http.Items[typeof(SignIn)] as SignIn)?.IsFreshAt(clock.GetUtcNow().UtcDateTime) == true;

    public static string NameOf(PageActionDescriptor page, string? handler) => string.IsNullOrEmpty(handler) ? page.ViewEnginePath : $"{page.ViewEnginePath} {handler}";

    /// <param name="known">On a device of their own the lock that others can bring about does not count: its few tries do.</param>
    /// <returns>Null when it could not be looked at now.</returns>
    private async Task<bool?> IsProofAsync(AppUser person, Actor actor, string proof, string signed, bool byCode, bool known, CancellationToken cancel)
    {
        var users = signIn.UserManager;
        var open = known || !await users.IsLockedOutAsync(person);
        bool shown;
        if (signed.Length > 0)
        {
            shown = open && await IsOwnPasskeyAsync(person, signed);
        }
        else if (!byCode)
        {
            using var turn = await hashing.TurnAsync(cancel);
            if (turn is null) return null;
            shown = known ? await users.CheckPasswordAsync(person, proof) : (await signIn.CheckPasswordSignInAsync(person, proof, lockoutOnFailure: true)).Succeeded;
        }
        else
        {
            shown = open && await factors.UseCodeAsync(person, proof, cancel);
            if (shown) await SignInGate.UnlockAsync(users, person);
            else await users.AccessFailedAsync(person);
        }

        if (shown) return true;
        db.Add(AuditEntry.For(AuditActions.SignInRefused, actor, null, actor.PersonId, clock, "asked again"));
        await db.SaveChangesAsync(cancel);
        return false;
    }

    private async Task<bool> IsOwnPasskeyAsync(AppUser person, string signed)
    {
        try
        {
            if (await signIn.PerformPasskeyAssertionAsync(signed) is not { Succeeded: true, User: { } holder, Passkey: { } passkey } || holder.Id != person.Id) return false;
            // How often it has been used stands with it, so that a copy of it is noticed.
            await signIn.UserManager.AddOrUpdatePasskeyAsync(person, passkey);
            return true;
        }
        catch (InvalidOperationException)
        {
            // No question stands open: its cookie is gone, altered or too old.
            return false;
        }
    }

    /// <summary>Whoever came by a provider and has no password here shows it there; so does whoever may use it only.</summary>
    private async Task<IdentityProvider?> ElsewhereAsync(HttpContext http, Actor actor)
    {
        if (providers.Find((http.Items[typeof(SignIn)] as SignIn)?.Provider) is not { } provider || await signIn.UserManager.FindByIdAsync(actor.PersonId.ToString()) is not { } person) return null;
        return person.PasswordHash is null || await rule.OnlyOfAsync(person, http.RequestAborted) is not null ? provider : null;
    }

    private ViewResult Ask(HttpContext http, IFormCollection form, bool byCode, bool byPasskey, IdentityProvider? elsewhere, string? fault, int status = StatusCodes.Status200OK)
    {
        var data = new ViewDataDictionary<ProveAgain>(metadata, new ModelStateDictionary())
        {
            Model = new ProveAgain
            {
                Address = http.Request.Path + http.Request.QueryString,
                ByCode = byCode,
                ByPasskey = byPasskey,
                Elsewhere = elsewhere,
                // A password is never sent back to the browser: it is typed again.
                Fields = [.. form.Where(f => f.Key is not (Token or Field or Passkey or GoOn) && !f.Key.EndsWith("Password", StringComparison.OrdinalIgnoreCase)).SelectMany(f => f.Value.Select(v => new KeyValuePair<string, string>(f.Key, v ?? "")))],
            },
        };
        if (fault is not null) data.ModelState.AddModelError(Field, fault);
        return new ViewResult { ViewName = "/Pages/Shared/_ProveAgain.cshtml", ViewData = data, StatusCode = status };
    }
}

/// <summary>What is asked again, and the form that goes on with it.</summary>
public sealed class ProveAgain
{
    public required string Address { get; init; }

    public required bool ByCode { get; init; }

    /// <summary>Whether a passkey does too.</summary>
    public required bool ByPasskey { get; init; }

    /// <summary>The provider at which it is shown, in a tab of its own.</summary>
    public IdentityProvider? Elsewhere { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    public Input StepUp { get; init; } = new();

    public sealed class Input
    {
        public string? Proof { get; init; }

        public string? Passkey { get; init; }
    }
}
