using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

public class LogBreach
{
    /// <summary>Made with the form, so that a double click logs one.</summary>
    public Guid Id { get; set; }

    public DateOnly? KnownOn { get; set; }

    /// <summary>By the clock on the wall in England and Wales, such as 14:30.</summary>
    public string? KnownTime { get; set; }

    public int? People { get; set; }

    public List<BreachData> Data { get; set; } = [];

    public string? Happened { get; set; }
}

public sealed class LogBreachValidator : AbstractValidator<LogBreach>
{
    public LogBreachValidator(TimeProvider clock)
    {
        RuleFor(b => b.Id).NotEmpty();
        RuleFor(b => b.KnownOn).Cascade(CascadeMode.Stop).NotNull().WithMessage("Enter the day it became known")
            .Must(on => on <= ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("The day must be today or in the past");
        RuleFor(b => b.KnownTime).Must(t => BreachService.TimeOf(t) is not null).WithMessage("Enter the time as 24-hour time, such as 14:30");
        RuleFor(b => b.KnownTime).Must((b, t) => b.KnownOn is not { } on || BreachService.TimeOf(t) is not { } at || BreachService.InstantOf(on, at) <= clock.GetUtcNow().UtcDateTime).WithMessage("That time is still to come");
        RuleFor(b => b.People).NotNull().WithMessage("Enter about how many people it is about").InclusiveBetween(1, DataBreach.MostPeople).WithMessage("Enter a number of 1 or more");
        RuleFor(b => b.Data).NotEmpty().WithMessage("Tick what it is about");
        RuleForEach(b => b.Data).IsInEnum();
        RuleFor(b => b.Happened).Written("Say what happened", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>What somebody found and did about a breach. Each is kept beside those before.</summary>
public class LookAtBreach
{
    public int? People { get; set; }

    public BreachRisk? Risk { get; set; }

    public bool? ToldIco { get; set; }

    public bool? ToldPeople { get; set; }

    /// <summary>Why the risk is what it is, and why somebody was told or not.</summary>
    public string? Why { get; set; }

    public string? Done { get; set; }

    public uint Version { get; set; }
}

public sealed class LookAtBreachValidator : AbstractValidator<LookAtBreach>
{
    public LookAtBreachValidator()
    {
        RuleFor(b => b.People).NotNull().WithMessage("Enter about how many people it is about").InclusiveBetween(1, DataBreach.MostPeople).WithMessage("Enter a number of 1 or more");
        RuleFor(b => b.Risk).NotNull().WithMessage("Choose how likely harm is").IsInEnum().WithMessage("Choose how likely harm is");
        RuleFor(b => b.ToldIco).NotNull().WithMessage("Say whether the Information Commissioner’s Office was told");
        RuleFor(b => b.ToldPeople).NotNull().WithMessage("Say whether the people it is about were told");
        RuleFor(b => b.Why).Written("Say why, also why nobody was told", "this", DutyNote.TextMaxLength);
        RuleFor(b => b.Done).Written("Say what was done", "this", DutyNote.TextMaxLength);
    }
}

/// <summary>Keeps the log of breaches: written down by anybody of information governance or by a record that is moved, looked at, and closed by somebody else.</summary>
public sealed class BreachService(AppDbContext db, DutyNotes notes, TimeProvider clock)
{
    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    public static TimeOnly? TimeOf(string? text) => TimeOnly.TryParseExact(text?.Trim(), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    /// <summary>The instant of a day and time in England and Wales. An hour that the clocks skip is the one after it.</summary>
    public static DateTime InstantOf(DateOnly on, TimeOnly at)
    {
        var wall = on.ToDateTime(at);
        return TimeZoneInfo.ConvertTimeToUtc(ConsentRules.London.IsInvalidTime(wall) ? wall.AddHours(1) : wall, ConsentRules.London);
    }

    /// <summary>All of them, those whose clock runs first.</summary>
    public async Task<IReadOnlyList<DataBreach>> ListAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return [];
        var all = await db.DataBreaches.AsNoTracking().ToListAsync(cancel);
        db.Add(AuditEntry.For(AuditActions.BreachesRead, actor, null, null, clock, all.Count.ToString(CultureInfo.InvariantCulture)));
        await db.SaveChangesAsync(cancel);
        return [.. all.OrderBy(b => b.ClosedAt is not null).ThenBy(b => !b.ClockRuns).ThenBy(b => b.ClosedAt is null ? b.TellBy : DateTime.MaxValue).ThenByDescending(b => b.KnownAt)];
    }

    public async Task<Outcome?> LogAsync(LogBreach input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        Task<bool> IsThere() => db.DataBreaches.AnyAsync(b => b.Id == input.Id, cancel);
        if (await IsThere()) return Outcome.Done;
        db.Add(new DataBreach
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            KnownAt = InstantOf(input.KnownOn!.Value, TimeOf(input.KnownTime)!.Value),
            People = input.People!.Value,
            Data = [.. input.Data.Distinct().Order()],
            LoggedById = actor.PersonId,
            LoggedAt = Now,
        });
        await notes.AddAsync(null, input.Id, DutyNoteKind.BreachHappened, input.Happened!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.BreachLogged, actor, null, input.Id, clock, string.Create(CultureInfo.InvariantCulture, $"{input.People} people")));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>The breach with what was written of it, and whether the actor may close it.</summary>
    public async Task<(DataBreach Breach, IReadOnlyList<DutyNoteRead> Notes, string? WhyNotClose)?> OpenAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.DataBreaches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancel) is not { } breach) return null;
        var written = await notes.ReadAsync([id], cancel);
        db.Add(AuditEntry.For(AuditActions.BreachesRead, actor, null, id, clock));
        await db.SaveChangesAsync(cancel);
        return (breach, [.. written[id]], WhyNotClose(breach, actor));
    }

    public async Task<Outcome?> LookAsync(Guid id, LookAtBreach input, Actor actor, CancellationToken cancel) => await ChangeAsync(id, actor, async breach =>
    {
        if (breach.ClosedAt is not null) return Outcome.Refused("", "It is closed");
        if (breach.Version != input.Version) return Outcome.Refused("", "Somebody else wrote about this meanwhile. Look at it again");
        if (input.Risk != BreachRisk.Unlikely && input.ToldIco == false && Now > breach.TellBy && breach.ToldIcoAt is null) return Outcome.Refused(nameof(input.ToldIco), "The 72 hours are over and a risk is likely: tell them now, with the reason for the delay");
        if (input.Risk == BreachRisk.High && input.ToldPeople == false && breach.ToldPeopleAt is null && input.ToldIco == false) return Outcome.Refused(nameof(input.ToldPeople), "The risk is high: tell the people it is about and the Information Commissioner’s Office");
        (breach.People, breach.Risk, breach.LookedAtById) = (input.People!.Value, input.Risk, actor.PersonId);
        breach.ToldIcoAt ??= input.ToldIco == true ? Now : null;
        breach.ToldPeopleAt ??= input.ToldPeople == true ? Now : null;
        // Not to tell is decided, not left to be; with a risk it is still to be done.
        breach.NotTold = breach.ToldIcoAt is null && input.Risk == BreachRisk.Unlikely;
        await notes.AddAsync(null, id, DutyNoteKind.BreachRisk, input.Why!, actor, cancel);
        await notes.AddAsync(null, id, DutyNoteKind.BreachDone, input.Done!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.BreachLookedAt, actor, null, id, clock, $"{input.Risk}{(breach.ToldIcoAt is null ? "" : " ICO told")}{(breach.ToldPeopleAt is null ? "" : " people told")}"));
        return Outcome.Done;
    }, cancel);

    /// <summary>Closes it: by somebody who neither logged nor last looked at it, once it is decided who is told.</summary>
    public async Task<Outcome?> CloseAsync(Guid id, GiveReason input, Actor actor, CancellationToken cancel) => await ChangeAsync(id, actor, async breach =>
    {
        if (breach.ClosedAt is not null) return Outcome.Done;
        if (WhyNotClose(breach, actor) is { } why) return Outcome.Refused("", why);
        (breach.ClosedById, breach.ClosedAt) = (actor.PersonId, Now);
        await notes.AddAsync(null, id, DutyNoteKind.BreachClosed, input.Reason!, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.BreachClosed, actor, null, id, clock, $"{breach.Risk}"));
        return Outcome.Done;
    }, cancel);

    private static string? WhyNotClose(DataBreach breach, Actor actor) =>
        breach.Risk is null ? "Nobody has looked at it yet"
        : breach.ClockRuns ? "The Information Commissioner’s Office is still to be told"
        : breach.Risk == BreachRisk.High && breach.ToldPeopleAt is null ? "The people it is about are still to be told"
        : breach.LookedAtById == actor.PersonId || breach.LoggedById == actor.PersonId ? "You dealt with this yourself, so somebody else closes it" : null;

    private async Task<Outcome?> ChangeAsync(Guid id, Actor actor, Func<DataBreach, Task<Outcome>> change, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.DataBreaches.SingleOrDefaultAsync(b => b.Id == id, cancel) is not { } breach) return null;
        var outcome = await change(breach);
        if (outcome.IsDone) return await db.SaveOrRefuseAsync(cancel);
        db.ChangeTracker.Clear();
        return outcome;
    }
}
