using System.Text;
using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Learning;

public class WriteReflection
{
    /// <summary>Made with the form, so that a double click writes one.</summary>
    public Guid Id { get; set; }

    /// <summary>When the figures were worked out that stood beside the form, in ticks.</summary>
    public long Seen { get; set; }

    public string? Noticed { get; set; }

    public string? NotKnown { get; set; }

    public string? VoiceMissing { get; set; }

    public string? WillDo { get; set; }

    public DateOnly? ReviewOn { get; set; }
}

public sealed class WriteReflectionValidator : AbstractValidator<WriteReflection>
{
    public WriteReflectionValidator(TimeProvider clock)
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.Noticed).Written("Say what you noticed", "this", Reflection.TextMaxLength);
        RuleFor(r => r.NotKnown).Written("Say what you do not know", "this", Reflection.TextMaxLength);
        RuleFor(r => r.VoiceMissing).Written("Say whose voice is missing, or that nobody’s is", "this", Reflection.TextMaxLength);
        RuleFor(r => r.WillDo).Written("Say what you will do", "this", Reflection.TextMaxLength);
        ReviewDays.Soon(RuleFor(r => r.ReviewOn).NotNull().WithMessage("Enter the day to look at it again"), clock);
    }
}

/// <summary>What is added to a reflection.</summary>
public class AddToReflection
{
    public Guid Id { get; set; }

    public ReflectionStepKind? Kind { get; set; }

    public string? Text { get; set; }

    /// <summary>Of a review: whether it is done with.</summary>
    public bool? IsClosed { get; set; }

    public DateOnly? ReviewOn { get; set; }

    public Guid? ActivityId { get; set; }

    public Guid? VersionId { get; set; }
}

public sealed class AddToReflectionValidator : AbstractValidator<AddToReflection>
{
    public AddToReflectionValidator(TimeProvider clock)
    {
        RuleFor(a => a.Id).NotEmpty();
        RuleFor(a => a.Kind).NotNull().WithMessage("Choose what you are adding").IsInEnum().WithMessage("Choose what you are adding");
        RuleFor(a => a.Text).Written("Say what you want to say", "this", Reflection.TextMaxLength);
        RuleFor(a => a.IsClosed).NotNull().When(a => a.Kind == ReflectionStepKind.Reviewed).WithMessage("Say whether it is done with");
        When(a => a.Kind == ReflectionStepKind.Reviewed && a.IsClosed == false, () => ReviewDays.Soon(RuleFor(a => a.ReviewOn).NotNull().WithMessage("Enter the day to look at it again"), clock));
        RuleFor(a => a.ActivityId).NotNull().When(a => a.Kind == ReflectionStepKind.BecameTakingPart).WithMessage("Choose what children are asked to take part in");
        RuleFor(a => a.VersionId).NotNull().When(a => a.Kind == ReflectionStepKind.BecameDefinition).WithMessage("Choose the version of the definition");
    }
}

internal static class ReviewDays
{
    /// <summary>A day that is still to come and not so far off that nobody will be there.</summary>
    public static void Soon<T>(IRuleBuilder<T, DateOnly?> rule, TimeProvider clock)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        rule.Must(day => day is null || day > today).WithMessage("The day must be after today").Must(day => day is null || day <= today.AddYears(1)).WithMessage("The day must be within a year");
    }
}

/// <summary>A reflection, opened.</summary>
public sealed record ReflectionOpened(Reflection Reflection, ReflectionWords Words, string By, IReadOnlyList<(ReflectionStep Step, string Text, string By)> Steps);

/// <summary>Thinking space beside the figures, for those who may see them.</summary>
public sealed class ReflectionService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    private const string SaidBefore = "This was written down before. Look at how it stands";

    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    /// <summary>Keeps a reflection with the picture of the view as it stands.</summary>
    /// <returns>Null when the actor may not see figures, or there are none.</returns>
    public async Task<Outcome?> WriteAsync(NeedLook look, WriteReflection input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed) || look.Released is null) return null;
        Task<bool> IsThere() => db.Reflections.AnyAsync(r => r.Id == input.Id && r.WrittenById == actor.PersonId, cancel);
        if (await IsThere()) return Outcome.Done;
        // What was noticed is about what was seen, not about what has been worked out since.
        if (input.Seen != look.State.CalculatedAt?.Ticks) return Outcome.Refused("", "The figures were worked out again while you wrote. What you typed is still here: look at them once more, then keep it");
        var key = await keys.ForAuthorityAsync(actor.AuthorityId, cancel);
        var words = new ReflectionWords(input.Noticed!.Trim(), input.NotKnown!.Trim(), input.VoiceMissing!.Trim(), input.WillDo!.Trim());
        db.Add(new Reflection
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            IndicatorKey = look.View.Indicator,
            Address = (look.View with { Day = look.Day }).Address,
            PictureJson = ViewPicture.Of(look).Write(),
            AuthorityKeyId = key.Id,
            Sealed = Seal.Close(key.Key, JsonSerializer.SerializeToUtf8Bytes(words), input.Id, SealPart.Reflection),
            ReviewOn = input.ReviewOn!.Value,
            WrittenById = actor.PersonId,
            WrittenAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.ReflectionWritten, actor, null, input.Id, clock, look.View.Detail));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", SaidBefore);
    }

    /// <summary>Adds an answer, a review, or what the reflection became.</summary>
    /// <returns>Null when there is no such reflection before the actor.</returns>
    public async Task<Outcome?> AddAsync(Guid reflectionId, AddToReflection input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed) || await db.Reflections.AsNoTracking().Include(r => r.Steps).SingleOrDefaultAsync(r => r.Id == reflectionId, cancel) is not { } reflection) return null;
        if (reflection.Steps.Exists(s => s.Id == input.Id)) return Outcome.Done;
        var isReview = input.Kind == ReflectionStepKind.Reviewed;
        var activity = input.Kind == ReflectionStepKind.BecameTakingPart ? input.ActivityId : null;
        var version = input.Kind == ReflectionStepKind.BecameDefinition ? input.VersionId : null;
        if (isReview && reflection.DueOn is null) return Outcome.Refused(nameof(input.Kind), "It is closed. Write another reflection");
        if (activity is not null && !await db.ParticipationActivities.AnyAsync(a => a.Id == activity && a.ChildId == null, cancel)) return Outcome.Refused(nameof(input.ActivityId), "Choose from the list");
        if (version is not null && !await VersionsSince(reflection).AnyAsync(v => v.Id == version, cancel)) return Outcome.Refused(nameof(input.VersionId), "Choose from the list");
        var key = await keys.ForAuthorityAsync(actor.AuthorityId, cancel);
        db.Add(new ReflectionStep
        {
            Id = input.Id,
            AuthorityId = reflection.AuthorityId,
            ReflectionId = reflectionId,
            Kind = input.Kind!.Value,
            AuthorityKeyId = key.Id,
            Sealed = Seal.Close(key.Key, Encoding.UTF8.GetBytes(input.Text!.Trim()), input.Id, SealPart.Reflection),
            ReviewOn = isReview && input.IsClosed == false ? input.ReviewOn : null,
            ActivityId = activity,
            VersionId = version,
            ById = actor.PersonId,
            At = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.ReflectionAddedTo, actor, null, reflectionId, clock, $"{input.Kind}"));
        return await db.SaveOnceAsync(() => db.ReflectionSteps.AnyAsync(s => s.Id == input.Id && s.ReflectionId == reflectionId, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", SaidBefore);
    }

    /// <summary>The reflections, those to be looked at again soonest first and the closed ones last.</summary>
    /// <param name="indicator">Of one indicator; null for all.</param>
    public async Task<IReadOnlyList<ReflectionOpened>> OpenAsync(Actor actor, CancellationToken cancel, string? indicator = null, Guid? only = null)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return [];
        var reflections = await db.Reflections.AsNoTracking().Include(r => r.Steps).Where(r => (indicator == null || r.IndicatorKey == indicator) && (only == null || r.Id == only)).ToListAsync(cancel);
        var names = await db.Users.ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var opened = new List<ReflectionOpened>(reflections.Count);
        foreach (var reflection in reflections.OrderBy(r => r.DueOn ?? DateOnly.MaxValue).ThenByDescending(r => r.WrittenAt))
        {
            var key = await keys.AuthorityKeyAsync(reflection.AuthorityKeyId, cancel);
            var words = JsonSerializer.Deserialize<ReflectionWords>(Seal.Open(key, reflection.Sealed, reflection.Id, SealPart.Reflection))!;
            var steps = new List<(ReflectionStep, string, string)>(reflection.Steps.Count);
            foreach (var step in reflection.Steps.OrderBy(s => s.At).ThenBy(s => s.Id))
            {
                var text = Seal.Open(await keys.AuthorityKeyAsync(step.AuthorityKeyId, cancel), step.Sealed, step.Id, SealPart.Reflection);
                steps.Add((step, Encoding.UTF8.GetString(text), names[step.ById]));
            }

            opened.Add(new(reflection, words, names[reflection.WrittenById], steps));
        }

        return opened;
    }

    /// <summary>How many are due to be looked at again.</summary>
    public async Task<int> CountDueAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return 0;
        var today = Today;
        return await db.Reflections.CountAsync(r => (r.Steps.Any(s => s.Kind == ReflectionStepKind.Reviewed)
            ? r.Steps.Where(s => s.Kind == ReflectionStepKind.Reviewed).OrderByDescending(s => s.At).Select(s => s.ReviewOn).First() : r.ReviewOn) <= today, cancel);
    }

    /// <summary>The versions of its indicator that were made since.</summary>
    public async Task<IReadOnlyList<IndicatorVersion>> VersionsSinceAsync(Reflection reflection, CancellationToken cancel) =>
        await VersionsSince(reflection).AsNoTracking().OrderByDescending(v => v.CreatedAt).ToListAsync(cancel);

    private IQueryable<IndicatorVersion> VersionsSince(Reflection reflection) =>
        db.IndicatorVersions.Where(v => v.Indicator!.Key == reflection.IndicatorKey && v.AuthorityId != null && v.CreatedAt >= reflection.WrittenAt);
}
