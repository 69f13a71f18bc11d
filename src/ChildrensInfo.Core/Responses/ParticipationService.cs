using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Responses;

/// <summary>An activity about to be planned. Lists are one line each.</summary>
public class PlanParticipation
{
    public Guid Id { get; set; }

    public Layer? Layer { get; set; }

    public DateOnly? PlannedFor { get; set; }

    public string? Purpose { get; set; }

    public string? Negotiable { get; set; }

    public string? NotNegotiable { get; set; }

    public string? Invited { get; set; }
}

public sealed class PlanParticipationValidator : AbstractValidator<PlanParticipation>
{
    public PlanParticipationValidator()
    {
        RuleFor(p => p.Id).NotEmpty();
        RuleFor(p => p.Layer).NotNull().WithMessage("Choose which part it is about").IsInEnum().WithMessage("Choose which part it is about");
        RuleFor(p => p.PlannedFor).NotNull().WithMessage("Enter the day it is planned for");
        RuleFor(p => p.Purpose).Written("Enter what it is for", "what it is for", ParticipationActivity.TextMaxLength);
        RuleFor(p => p.Negotiable).Written("Enter what can change", "what can change", ParticipationActivity.TextMaxLength);
        RuleFor(p => p.NotNegotiable).Written("Enter what cannot change", "what cannot change", ParticipationActivity.TextMaxLength);
        RuleFor(p => p.Negotiable).Must(IsShort).WithMessage($"List {ParticipationActivity.MostLines} things or fewer");
        RuleFor(p => p.NotNegotiable).Must(IsShort).WithMessage($"List {ParticipationActivity.MostLines} things or fewer");
        RuleFor(p => p.Invited).Written("Enter who is invited", "who is invited", ParticipationActivity.TextMaxLength);
    }

    private static bool IsShort(string? lines) => ParticipationService.Lines(lines).Count <= ParticipationActivity.MostLines;
}

/// <summary>How it went, or what came of it.</summary>
public class AccountForParticipation
{
    public Guid Id { get; set; }

    public ParticipationStepKind Kind { get; set; }

    public Degree? Degree { get; set; }

    public DateOnly? FeedbackDueOn { get; set; }

    public string? Came { get; set; }

    public string? Missing { get; set; }

    public string? Evidence { get; set; }

    public string? Thanks { get; set; }

    public string? Outcome { get; set; }
}

public sealed class AccountForParticipationValidator : AbstractValidator<AccountForParticipation>
{
    public AccountForParticipationValidator()
    {
        RuleFor(a => a.Id).NotEmpty();
        RuleFor(a => a.Kind).IsInEnum();
        RuleFor(a => a.Degree).NotNull().When(a => a.Kind == ParticipationStepKind.Felt).WithMessage("Choose a picture").IsInEnum().WithMessage("Choose a picture");
        When(a => a.Kind == ParticipationStepKind.Held, () =>
        {
            RuleFor(a => a.Degree).NotNull().WithMessage("Choose how much of a say they had");
            RuleFor(a => a.FeedbackDueOn).NotNull().WithMessage("Enter the day by which they hear what came of it");
            RuleFor(a => a.Came).Written("Enter who came", "who came", ParticipationActivity.TextMaxLength);
            RuleFor(a => a.Missing).Written("Enter who is missing and why, or that nobody is", "who is missing and why, or that nobody is", ParticipationActivity.TextMaxLength);
            RuleFor(a => a.Evidence).Written("Enter how one can see that they had this much of a say", "how one can see that they had this much of a say", ParticipationActivity.TextMaxLength);
            RuleFor(a => a.Thanks).Written("Enter how they were thanked", "how they were thanked", ParticipationActivity.TextMaxLength);
        });
        When(a => a.Kind == ParticipationStepKind.Outcome, () => RuleFor(a => a.Outcome).Written("Enter what came of it and how they were told", "what came of it and how they were told", ParticipationActivity.TextMaxLength));
    }
}

/// <summary>An activity, opened.</summary>
public sealed record ParticipationOpened(ParticipationActivity Activity, ParticipationPlan Plan, IReadOnlyList<(ParticipationStep Step, ParticipationAccount Account)> Steps)
{
    public IReadOnlyList<ParticipationStepKind> Taken => [.. Steps.Select(s => s.Step.Kind)];

    public IReadOnlyList<ParticipationStepKind> Next => ParticipationRules.Next(Taken, Activity.ChildId is null);

    public (ParticipationStep Step, ParticipationAccount Account)? Of(ParticipationStepKind kind) => Steps.Where(s => s.Step.Kind == kind).Select(s => ((ParticipationStep, ParticipationAccount)?)s).LastOrDefault();
}

/// <summary>What children are asked to take part in, honestly: what can change is said first, and what the adult claims stands beside what the child felt.</summary>
public sealed class ParticipationService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    public static IReadOnlyList<string> Lines(string? text) => [.. (text ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];

    /// <param name="childId">The child it is with; null for a group.</param>
    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> PlanAsync(Guid? childId, PlanParticipation input, Actor actor, CancellationToken cancel)
    {
        if (!await MayAsync(childId, actor, cancel)) return null;
        Task<bool> IsThere() => db.ParticipationActivities.AnyAsync(a => a.Id == input.Id && a.ChildId == childId, cancel);
        if (await IsThere()) return Outcome.Done;
        var plan = new ParticipationPlan(input.Purpose!.Trim(), Lines(input.Negotiable), Lines(input.NotNegotiable), input.Invited!.Trim());
        Guid? keyId = childId is null ? (await keys.ForAuthorityAsync(actor.AuthorityId, cancel)).Id : null;
        db.Add(new ParticipationActivity
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            Layer = input.Layer!.Value,
            PlannedFor = input.PlannedFor!.Value,
            AuthorityKeyId = keyId,
            Sealed = await SealAsync(childId, keyId, plan, input.Id, cancel),
            PlannedById = actor.PersonId,
            PlannedAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.ParticipationPlanned, actor, childId, input.Id, clock));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", "This was written down before. Look at how it stands");
    }

    /// <returns>Null when there is no such activity that the actor may see.</returns>
    public async Task<Outcome?> TakeAsync(Guid? childId, Guid activityId, AccountForParticipation input, Actor actor, CancellationToken cancel)
    {
        if (!await MayAsync(childId, actor, cancel)) return null;
        var activity = await db.ParticipationActivities.AsNoTracking().Include(a => a.Steps).SingleOrDefaultAsync(a => a.Id == activityId && a.ChildId == childId, cancel);
        if (activity is null) return null;
        if (activity.Steps.Exists(s => s.Id == input.Id)) return Outcome.Done;
        if (ParticipationRules.WhyNot(input.Kind, [.. activity.Steps.Select(s => s.Kind)], childId is null) is { } whyNot) return Outcome.Refused("", whyNot);
        var account = input.Kind switch
        {
            ParticipationStepKind.Held => new ParticipationAccount(input.Came!.Trim(), input.Missing!.Trim(), input.Evidence!.Trim(), input.Thanks!.Trim()),
            ParticipationStepKind.Outcome => new ParticipationAccount(Outcome: input.Outcome!.Trim()),
            _ => null,
        };
        Guid? keyId = childId is null && account is not null ? (await keys.ForAuthorityAsync(actor.AuthorityId, cancel)).Id : null;
        db.Add(new ParticipationStep
        {
            Id = input.Id,
            AuthorityId = activity.AuthorityId,
            ChildId = childId,
            ActivityId = activityId,
            Kind = input.Kind,
            Degree = input.Kind is ParticipationStepKind.Felt or ParticipationStepKind.Held ? input.Degree : null,
            FeedbackDueOn = input.Kind == ParticipationStepKind.Held ? input.FeedbackDueOn : null,
            AuthorityKeyId = keyId,
            Sealed = account is null ? null : await SealAsync(childId, keyId, account, input.Id, cancel),
            At = clock.GetUtcNow().UtcDateTime,
            ById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.ParticipationStepTaken, actor, childId, activityId, clock, $"{input.Kind}"));
        return await db.SaveOnceAsync(() => db.ParticipationSteps.AnyAsync(s => s.Id == input.Id && s.ActivityId == activityId, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", "This was written down before. Look at how it stands");
    }

    /// <summary>The activities with a child, or with groups, newest first and opened.</summary>
    public async Task<IReadOnlyList<ParticipationOpened>> OpenAsync(Guid? childId, CancellationToken cancel, Guid? only = null)
    {
        var activities = await db.ParticipationActivities.AsNoTracking().Include(a => a.Steps).Where(a => a.ChildId == childId && (only == null || a.Id == only))
            .OrderByDescending(a => a.PlannedFor).ThenByDescending(a => a.Id).ToListAsync(cancel);
        var opened = new List<ParticipationOpened>(activities.Count);
        foreach (var activity in activities)
        {
            var steps = new List<(ParticipationStep, ParticipationAccount)>();
            foreach (var step in activity.Steps.OrderBy(s => s.At).ThenBy(s => s.Id))
            {
                steps.Add((step, step.Sealed is { } text ? await OpenAsync<ParticipationAccount>(step.ChildId, step.AuthorityKeyId, text, step.Id, cancel) : new()));
            }

            opened.Add(new(activity, await OpenAsync<ParticipationPlan>(activity.ChildId, activity.AuthorityKeyId, activity.Sealed, activity.Id, cancel), steps));
        }

        return opened;
    }

    private async Task<bool> MayAsync(Guid? childId, Actor actor, CancellationToken cancel) =>
        childId is null ? actor.Can(Capability.InvolveChildren) : actor.Can(Capability.HearChildren) && await db.Children.AnyAsync(c => c.Id == childId, cancel);

    private async Task<byte[]> SealAsync<T>(Guid? childId, Guid? keyId, T value, Guid owner, CancellationToken cancel) =>
        Seal.Close(childId is { } child ? await keys.ToSealForAsync(child, cancel) : await KeyAsync(null, keyId, cancel), JsonSerializer.SerializeToUtf8Bytes(value), owner, SealPart.Participation);

    private async Task<T> OpenAsync<T>(Guid? childId, Guid? keyId, byte[] text, Guid owner, CancellationToken cancel) =>
        JsonSerializer.Deserialize<T>(Seal.Open(await KeyAsync(childId, keyId, cancel), text, owner, SealPart.Participation))!;

    private Task<byte[]> KeyAsync(Guid? childId, Guid? keyId, CancellationToken cancel) =>
        childId is { } child ? keys.ForChildAsync(child, cancel) : keys.AuthorityKeyAsync(keyId!.Value, cancel);
}
