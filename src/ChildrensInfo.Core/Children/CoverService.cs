using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Children;

/// <summary>A child whose record somebody has to open for a colleague.</summary>
public class OpenForCover
{
    /// <summary>Made with the form, so that a double click opens once.</summary>
    public Guid Id { get; set; }

    /// <summary>The child's number, exactly as the council writes it: there is no list to look through.</summary>
    public string Number { get; set; } = "";

    public string Reason { get; set; } = "";
}

public sealed class OpenForCoverValidator : AbstractValidator<OpenForCover>
{
    public OpenForCoverValidator()
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(i => i.Number).Cascade(CascadeMode.Stop)
            .Must(n => !string.IsNullOrWhiteSpace(n)).WithMessage("Enter the child’s number")
            .MaximumLength(Child.LaChildIdMaxLength).WithMessage($"The child’s number must be {Child.LaChildIdMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(i => i.Reason).Cascade(CascadeMode.Stop)
            .Must(r => (r?.Trim().Length ?? 0) >= BreakGlass.ReasonMinLength).WithMessage($"Say why you need to open it, in at least {BreakGlass.ReasonMinLength} characters")
            .Must(r => WrittenText.Length(r) <= BreakGlass.ReasonMaxLength).WithMessage($"Keep the reason to {BreakGlass.ReasonMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
    }
}

/// <param name="Reason">Null to whoever no longer reaches the child.</param>
/// <param name="ChildName">Null to whoever no longer reaches the child.</param>
public sealed record CoverNotice(Guid Id, Guid GrantId, string By, Guid ChildId, string? ChildName, string? Reason, DateTime OpenedAt, DateTime ExpiresAt, bool IsOpen);

/// <summary>
/// Lets somebody in to a child who is not theirs, for a day, and tells those whose child it is. Works across the council, because whoever covers
/// can see neither the child nor who is to be told; it gives out nothing but whether there is a child with that number.
/// </summary>
public sealed class CoverService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <summary>Numbers that are nobody's, in an hour: enough for slips, too few to go looking.</summary>
    public const int WrongNumbersAnHour = 5;

    private const string NoSuchNumber = "cover: no such number";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <returns>The child who may now be opened, or why not.</returns>
    public async Task<(Guid? ChildId, Outcome Outcome)> OpenAsync(OpenForCover input, Actor actor, CancellationToken cancel)
    {
        using var acting = db.ActingAs(actor.AsJob());
        var now = Now;
        var anHourAgo = now.AddHours(-1);
        if (await db.AuditEntries.CountAsync(a => a.ActorId == actor.PersonId && a.Action == AuditActions.AccessRefused && a.Detail == NoSuchNumber && a.At > anHourAgo, cancel) >= WrongNumbersAnHour)
        {
            return (null, Outcome.Refused(nameof(input.Number), "You have tried several numbers that are nobody’s. Ask your manager for the right one, or wait an hour"));
        }

        var number = input.Number.Trim();
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.LaChildId == number, cancel);
        if (child is null)
        {
            db.Add(AuditEntry.For(AuditActions.AccessRefused, actor, null, null, clock, NoSuchNumber));
            await db.SaveChangesAsync(cancel);
            return (null, Outcome.Refused(nameof(input.Number), "Your council has no child with that number. Type it exactly as it is written, capital letters too"));
        }

        var allocated = await db.Allocations.Where(a => a.ChildId == child.Id && a.EndedOn == null).Select(a => a.PractitionerId).ToListAsync(cancel);
        if (allocated.Contains(actor.PersonId) || await IsOpenAsync(child.Id)) return (child.Id, Outcome.Done);

        var grant = new BreakGlass
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ChildId = child.Id,
            PersonId = actor.PersonId,
            ReasonSealed = await keys.SealAsync(child.Id, input.Reason.Trim(), input.Id, SealPart.CoverReason, cancel),
            OpenedAt = now,
            ExpiresAt = now.AddHours(BreakGlass.Hours),
        };
        db.Add(grant);
        var told = await ToBeToldAsync(allocated, actor, cancel);
        db.AddRange(told.Select(person => NoticeOf(grant.Id, actor.AuthorityId, child.Id, person, now)));
        db.Add(AuditEntry.For(AuditActions.BreakGlassOpened, actor, child.Id, grant.Id, clock, $"told: {told.Count}"));
        var taken = await db.SaveOnceAsync(() => db.BreakGlasses.AnyAsync(b => b.Id == input.Id && b.ChildId == child.Id && b.PersonId == actor.PersonId, cancel), cancel);
        if (taken is not null) return (null, Outcome.Refused("", FormSaving.UsedBefore));
        return (child.Id, Outcome.Done);

        Task<bool> IsOpenAsync(Guid childId) =>
            db.BreakGlasses.AnyAsync(b => b.ChildId == childId && b.PersonId == actor.PersonId && b.EndedAt == null && b.ExpiresAt > now, cancel);
    }

    /// <summary>Whether somebody sees the child for a day only, and is not the child's own worker.</summary>
    public static async Task<bool> IsCoveringAsync(AppDbContext db, Guid childId, Actor actor, CancellationToken cancel) =>
        actor.Reach == Reach.Caseload && !await db.Allocations.AnyAsync(a => a.ChildId == childId && a.PractitionerId == actor.PersonId && a.EndedOn == null, cancel);

    /// <summary>Ends it before its time: whoever covered is done, or a manager of those who were told does not agree.</summary>
    /// <returns>Null when there is no such open access that the actor opened or was told of as a manager.</returns>
    public async Task<Outcome?> EndAsync(Guid grantId, Actor actor, CancellationToken cancel)
    {
        using var acting = db.ActingAs(actor.AsJob());
        var grant = await db.BreakGlasses.SingleOrDefaultAsync(b => b.Id == grantId, cancel);
        if (grant is null) return null;
        var mayEnd = grant.PersonId == actor.PersonId
            || (actor.Can(Capability.AgreeForTeam) && await db.Notices.AnyAsync(n => n.SubjectId == grantId && n.PersonId == actor.PersonId, cancel));
        if (!mayEnd) return null;
        if (grant.EndedAt is not null || grant.ExpiresAt <= Now) return Outcome.Done;
        grant.EndedAt = Now;
        grant.EndedById = actor.PersonId;
        db.Add(AuditEntry.For(AuditActions.BreakGlassEnded, actor, grant.ChildId, grant.Id, clock));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>What the actor is to know and has not said they have read, newest first.</summary>
    public async Task<IReadOnlyList<CoverNotice>> UnreadAsync(Actor actor, CancellationToken cancel)
    {
        var unread = await db.Notices.AsNoTracking().Where(n => n.PersonId == actor.PersonId && n.ReadAt == null && n.Kind == NoticeKind.BreakGlass)
            .OrderByDescending(n => n.CreatedAt).Take(50).ToListAsync(cancel);
        if (unread.Count == 0) return [];
        var ids = unread.Select(n => n.SubjectId).ToList();
        Dictionary<Guid, BreakGlass> grants;
        using (db.ActingAs(actor.AsJob()))
        {
            grants = await db.BreakGlasses.AsNoTracking().Where(b => ids.Contains(b.Id)).ToDictionaryAsync(b => b.Id, cancel);
        }

        var people = grants.Values.Select(g => g.PersonId).ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var childIds = unread.Select(n => n.ChildId).ToList();
        // As the actor: a child who has moved on to somebody else is not named, and the reason stays closed.
        var children = await db.Children.AsNoTracking().Where(c => childIds.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancel);
        await keys.LoadAsync([.. children.Keys], cancel);
        var notices = new List<CoverNotice>();
        foreach (var notice in unread)
        {
            var grant = grants[notice.SubjectId];
            var child = children.GetValueOrDefault(notice.ChildId);
            notices.Add(new(
                notice.Id, grant.Id, names.GetValueOrDefault(grant.PersonId, "A colleague"), notice.ChildId, child?.DisplayName,
                child is null ? null : await keys.OpenAsync(child.Id, grant.ReasonSealed, grant.Id, SealPart.CoverReason, cancel),
                grant.OpenedAt, grant.EndedAt ?? grant.ExpiresAt, grant.EndedAt is null && grant.ExpiresAt > Now));
        }

        return notices;
    }

    /// <returns>Null when it is not one the actor is to read.</returns>
    public async Task<Outcome?> ReadAsync(Guid noticeId, Actor actor, CancellationToken cancel)
    {
        var notice = await db.Notices.SingleOrDefaultAsync(n => n.Id == noticeId && n.PersonId == actor.PersonId, cancel);
        if (notice is null) return null;
        if (notice.ReadAt is not null) return Outcome.Done;
        notice.ReadAt = Now;
        db.Add(AuditEntry.For(AuditActions.NoticeRead, actor, notice.ChildId, notice.SubjectId, clock));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>
    /// Tells whoever is given a child, and their manager, who has the record open to cover just now: those who were told when it was opened may not work with the child any more. The caller saves it with the
    /// allocation, and answers to the whole council as this does.
    /// </summary>
    /// <returns>How many colleagues cover.</returns>
    public static async Task<int> TellAsync(AppDbContext db, Guid childId, AppUser practitioner, DateTime now, CancellationToken cancel)
    {
        var open = await db.BreakGlasses.Where(b => b.ChildId == childId && b.PersonId != practitioner.Id && b.EndedAt == null && b.ExpiresAt > now).Select(b => new { b.Id, b.PersonId }).ToListAsync(cancel);
        foreach (var grant in open)
        {
            var people = await db.Users.Where(u => u.AuthorityId == practitioner.AuthorityId && u.LeftAt == null && u.Id != grant.PersonId
                    && (u.Id == practitioner.Id || (u.Role == Role.TeamManager && u.TeamId != null && u.TeamId == practitioner.TeamId)) && !db.Notices.Any(n => n.SubjectId == grant.Id && n.PersonId == u.Id))
                .Select(u => u.Id).ToListAsync(cancel);
            db.AddRange(people.Select(person => NoticeOf(grant.Id, practitioner.AuthorityId, childId, person, now)));
        }

        return open.Count;
    }

    private static Notice NoticeOf(Guid grantId, Guid authorityId, Guid childId, Guid personId, DateTime now) =>
        new() { AuthorityId = authorityId, ChildId = childId, PersonId = personId, Kind = NoticeKind.BreakGlass, SubjectId = grantId, CreatedAt = now };

    /// <summary>Those who work with the child, their managers, and the manager of whoever covers: that one knows even when the child is nobody's.</summary>
    private async Task<List<Guid>> ToBeToldAsync(List<Guid> allocated, Actor actor, CancellationToken cancel)
    {
        var ofTeams = allocated.Append(actor.PersonId).ToList();
        var teams = await db.Users.Where(u => ofTeams.Contains(u.Id) && u.TeamId != null).Select(u => u.TeamId).Distinct().ToListAsync(cancel);
        return await db.Users.Where(u => u.AuthorityId == actor.AuthorityId && u.LeftAt == null && u.Id != actor.PersonId
                && (allocated.Contains(u.Id) || (u.Role == Role.TeamManager && teams.Contains(u.TeamId))))
            .Select(u => u.Id).ToListAsync(cancel);
    }
}
