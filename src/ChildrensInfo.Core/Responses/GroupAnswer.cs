using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Responses;

public enum GroupAnswerState
{
    /// <summary>Written, and waiting for a second person.</summary>
    Waiting,

    /// <summary>Sent back with a reason; its writer may write it again.</summary>
    SentBack,
    Published,
    Withdrawn,
}

/// <summary>
/// You said, we did: what a group of children said, as somebody sums it up, and what became of it. It holds no child's words and names nobody. Its
/// text never changes: what is written again is a new answer.
/// </summary>
public class GroupAnswer : IBelongToAuthority
{
    public const int TextMaxLength = 1_000;
    public const int ShortMaxLength = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>What it is about, in a few words, such as "Contact with brothers and sisters".</summary>
    public required string Themes { get; init; }

    /// <summary>How many children said so.</summary>
    public int GroupSize { get; init; }

    /// <summary>How they were counted.</summary>
    public required string HowCounted { get; init; }

    public required string YouSaid { get; init; }

    public required string WeDid { get; init; }

    public string? CouldNot { get; init; }

    public string? CouldNotWhy { get; init; }

    public required string PublishedWhere { get; init; }

    public Guid WrittenById { get; init; }

    public DateTime WrittenAt { get; init; }

    public GroupAnswerState State { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    /// <summary>Why it was sent back or withdrawn.</summary>
    public string? Reason { get; set; }

    public uint Version { get; init; }
}

public class WriteGroupAnswer
{
    public Guid Id { get; set; }

    public string? Themes { get; set; }

    public int? GroupSize { get; set; }

    public string? HowCounted { get; set; }

    public string? YouSaid { get; set; }

    public string? WeDid { get; set; }

    public string? CouldNot { get; set; }

    public string? CouldNotWhy { get; set; }

    public string? PublishedWhere { get; set; }
}

public sealed class WriteGroupAnswerValidator : AbstractValidator<WriteGroupAnswer>
{
    public WriteGroupAnswerValidator()
    {
        RuleFor(a => a.Id).NotEmpty();
        Text(a => a.Themes, "what it is about", GroupAnswer.ShortMaxLength);
        RuleFor(a => a.GroupSize).NotNull().WithMessage("Enter how many children said so").InclusiveBetween(0, 1_000_000).WithMessage("Enter how many children said so, as a number");
        Text(a => a.HowCounted, "how they were counted", GroupAnswer.ShortMaxLength);
        Text(a => a.YouSaid, "what they said", GroupAnswer.TextMaxLength);
        Text(a => a.WeDid, "what was done", GroupAnswer.TextMaxLength);
        Text(a => a.CouldNot, "what could not change", GroupAnswer.TextMaxLength, isNeeded: false);
        Text(a => a.CouldNotWhy, "why it could not change", GroupAnswer.TextMaxLength, isNeeded: false);
        RuleFor(a => a.CouldNotWhy).NotEmpty().When(a => !string.IsNullOrWhiteSpace(a.CouldNot)).WithMessage("Say why it could not change");
        Text(a => a.PublishedWhere, "where children can read it", GroupAnswer.ShortMaxLength);
    }

    private void Text(System.Linq.Expressions.Expression<Func<WriteGroupAnswer, string?>> field, string what, int most, bool isNeeded = true)
    {
        var rule = RuleFor(field).Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept).Must(t => WrittenText.Length(t) <= most).WithMessage($"Keep {what} to {most:N0} characters or fewer");
        if (isNeeded) rule.Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage($"Enter {what}");
    }
}

/// <summary>Answers to groups: written by one person, published by another, and only about more children than the small-number threshold.</summary>
public sealed class GroupAnswerService(AppDbContext db, TimeProvider clock)
{
    /// <summary>The smallest group that can be answered in public.</summary>
    public static int SmallestGroup => Disclosure.SmallNumbers.Council.Threshold + 1;

    /// <summary>Why a group of this size cannot be answered in public; null when it can.</summary>
    public static string? TooFew(int groupSize) => groupSize < SmallestGroup
        ? $"From fewer than {SmallestGroup} children, an answer in public would point to who said it. Answer each of them on their own page"
        : null;

    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    /// <summary>What children may read, the newest first. Its size is looked at again on the way out: nothing small is ever shown, however it got in.</summary>
    public IQueryable<GroupAnswer> Published() =>
        db.GroupAnswers.AsNoTracking().Where(a => a.State == GroupAnswerState.Published && a.GroupSize >= SmallestGroup).OrderByDescending(a => a.DecidedAt);

    public async Task<Outcome> WriteAsync(WriteGroupAnswer input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.AnswerGroups)) return Outcome.Refused("", "This is for somebody else to do");
        Task<bool> IsThere() => db.GroupAnswers.AnyAsync(a => a.Id == input.Id && a.WrittenById == actor.PersonId, cancel);
        if (await IsThere()) return Outcome.Done;
        if (TooFew(input.GroupSize!.Value) is { } tooFew) return Outcome.Refused(nameof(input.GroupSize), tooFew);
        db.Add(new GroupAnswer
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            Themes = input.Themes!.Trim(),
            GroupSize = input.GroupSize.Value,
            HowCounted = input.HowCounted!.Trim(),
            YouSaid = input.YouSaid!.Trim(),
            WeDid = input.WeDid!.Trim(),
            CouldNot = Given(input.CouldNot),
            CouldNotWhy = Given(input.CouldNotWhy),
            PublishedWhere = input.PublishedWhere!.Trim(),
            WrittenById = actor.PersonId,
            WrittenAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.GroupAnswerWritten, actor, null, input.Id, clock));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>A second person publishes it or sends it back.</summary>
    /// <returns>Null when there is no such answer.</returns>
    public async Task<Outcome?> DecideAsync(Guid id, bool? publish, string? reason, Actor actor, CancellationToken cancel)
    {
        var answer = await db.GroupAnswers.SingleOrDefaultAsync(a => a.Id == id, cancel);
        if (answer is null || !actor.Can(Capability.AnswerGroups)) return null;
        if (answer.State != GroupAnswerState.Waiting) return Outcome.Refused("", "It was decided already. Look at how it stands");
        if (answer.WrittenById == actor.PersonId) return Outcome.Refused("", "Somebody else has to read what you wrote before children do");
        if (publish is null) return Outcome.Refused("Publish", "Choose whether children can read it");
        if (publish == false && string.IsNullOrWhiteSpace(reason)) return Outcome.Refused("Reason", "Say what has to be written another way");
        if (publish == true && TooFew(answer.GroupSize) is { } tooFew) return Outcome.Refused("Publish", tooFew);
        return await ChangeAsync(answer, publish == true ? GroupAnswerState.Published : GroupAnswerState.SentBack, Given(reason), actor, cancel);
    }

    /// <summary>Takes an answer off the children's page. Either of the two people, or anybody who answers groups: a mistake does not wait.</summary>
    /// <returns>Null when there is no such answer.</returns>
    public async Task<Outcome?> WithdrawAsync(Guid id, string? reason, Actor actor, CancellationToken cancel)
    {
        var answer = await db.GroupAnswers.SingleOrDefaultAsync(a => a.Id == id, cancel);
        if (answer is null || !actor.Can(Capability.AnswerGroups)) return null;
        if (answer.State is not (GroupAnswerState.Published or GroupAnswerState.Waiting)) return Outcome.Refused("", "It was withdrawn already");
        if (string.IsNullOrWhiteSpace(reason)) return Outcome.Refused("Reason", "Say why it is taken away");
        // Who published it stays written in the log; here stands who acted last.
        return await ChangeAsync(answer, GroupAnswerState.Withdrawn, Given(reason), actor, cancel);
    }

    private async Task<Outcome> ChangeAsync(GroupAnswer answer, GroupAnswerState state, string? reason, Actor actor, CancellationToken cancel)
    {
        (answer.State, answer.Reason) = (state, reason);
        if (state != GroupAnswerState.Withdrawn) (answer.DecidedById, answer.DecidedAt) = (actor.PersonId, clock.GetUtcNow().UtcDateTime);
        db.Add(AuditEntry.For(AuditActions.GroupAnswerDecided, actor, null, answer.Id, clock, $"{state}"));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", "Somebody decided meanwhile. Look at how it stands");
        }

        return Outcome.Done;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
