using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>Lends the device to the child of a visit.</summary>
public class HandOverModel(
    AppDbContext db, ChildModeService modes, IValidator<HandOver> validator, UserManager<AppUser> users, SignInManager<AppUser> signIn, ICurrentActor current) : LendPage(modes, validator, users, signIn, current)
{
    private readonly ChildModeService modes = modes;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid SessionId { get; set; }

    public VoiceSession Session { get; private set; } = null!;

    protected override string Here => $"/hear/{ChildId}/visits/{SessionId}/hand-over";

    protected override int? Age => Child!.AgeOn(Session.OccurredOn);

    protected override async Task<bool> FindAsync(CancellationToken cancel)
    {
        if (await db.VoiceSessions.AsNoTracking().Include(s => s.Child).SingleOrDefaultAsync(s => s.Id == SessionId && s.ChildId == ChildId, cancel) is not { Child: { } child } session) return false;
        (Session, Child) = (session, child);
        return true;
    }

    protected override Task<(Guid Id, Refusal? Refusal)?> StartAsync(Actor actor, CancellationToken cancel) => modes.StartAsync(ChildId, SessionId, Input, actor, cancel);
}
