using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>A visit somebody means to make.</summary>
public class PlannedVisit : IAboutChild
{
    public const int DaysAheadMost = 366;

    /// <summary>Made with the form, so that a double click plans one.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public Guid PractitionerId { get; init; }

    public DateOnly PlannedOn { get; init; }

    public Place Place { get; init; }

    public DateTime PlannedAt { get; init; }

    /// <summary>The visit it became.</summary>
    public Guid? SessionId { get; set; }

    public DateTime? CalledOffAt { get; set; }
}

public class PlanVisit
{
    /// <summary>Made with the form, so that a double click plans one.</summary>
    public Guid Id { get; set; }

    public DateOnly? PlannedOn { get; set; }

    public Place? Place { get; set; }
}

public sealed class PlanVisitValidator : AbstractValidator<PlanVisit>
{
    public PlanVisitValidator(TimeProvider clock)
    {
        RuleFor(p => p.Id).NotEmpty().WithMessage("Open the form again, then send it");
        RuleFor(p => p.PlannedOn).Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter the day you mean to meet")
            .Must(on => on >= Today(clock)).WithMessage("The day you mean to meet must be today or later")
            .Must(on => on <= Today(clock).AddDays(PlannedVisit.DaysAheadMost)).WithMessage("The day you mean to meet must be within a year");
        RuleFor(p => p.Place).NotNull().WithMessage("Choose where you mean to meet").IsInEnum().WithMessage("Choose where you mean to meet");
    }

    private static DateOnly Today(TimeProvider clock) => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
}

/// <summary>Visits that are planned, called off, or become a visit on the day.</summary>
public sealed class PlannedVisitService(AppDbContext db, TimeProvider clock)
{
    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> PlanAsync(Guid childId, PlanVisit input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        if (await IsThereAsync()) return Outcome.Done;
        db.Add(new PlannedVisit
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = childId,
            PractitionerId = actor.PersonId,
            PlannedOn = input.PlannedOn!.Value,
            Place = input.Place!.Value,
            PlannedAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.VisitPlanned, actor, childId, input.Id, clock));
        return await db.SaveOnceAsync(IsThereAsync, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);

        Task<bool> IsThereAsync() => db.PlannedVisits.AnyAsync(p => p.Id == input.Id && p.ChildId == childId, cancel);
    }

    /// <summary>The visits nobody has made or called off yet that are the actor's to make, the soonest first.</summary>
    public IQueryable<PlannedVisit> Coming(Actor actor) => MadeBy(actor).Where(p => p.SessionId == null && p.CalledOffAt == null).OrderBy(p => p.PlannedOn).ThenBy(p => p.Id);

    /// <returns>Null when there is no such visit that is the actor's to make.</returns>
    public async Task<Outcome?> CallOffAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        var planned = await MadeBy(actor).SingleOrDefaultAsync(p => p.Id == id, cancel);
        if (planned is null) return null;
        if (planned.CalledOffAt is not null || planned.SessionId is not null) return Outcome.Done;
        planned.CalledOffAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(AuditActions.VisitCalledOff, actor, planned.ChildId, planned.Id, clock));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>To the children somebody works with now, whoever planned them: a worker who has left makes none. Whoever covers makes those they planned.</summary>
    private IQueryable<PlannedVisit> MadeBy(Actor actor)
    {
        var mine = db.AllocatedTo(actor.PersonId);
        return db.PlannedVisits.Where(p => p.PractitionerId == actor.PersonId || mine.Contains(p.ChildId));
    }
}
