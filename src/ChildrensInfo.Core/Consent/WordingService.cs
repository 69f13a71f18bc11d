using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Consent;

/// <summary>Words about to be proposed for one purpose, in one language and format, for one age.</summary>
public class WriteWording
{
    /// <summary>Made with the form, so that a double click writes one draft; a draft's own when it is written on.</summary>
    public Guid Id { get; set; }

    public Purpose? Purpose { get; set; }

    public string? Language { get; set; }

    public WordingFormat? Format { get; set; }

    public AgeBand? AgeBand { get; set; }

    public string? Name { get; set; }

    public string? Body { get; set; }

    public string? Link { get; set; }

    public bool? MaterialChange { get; set; }

    public string? ChangeReason { get; set; }

    public string? CoDesignedWith { get; set; }
}

public sealed partial class WriteWordingValidator : AbstractValidator<WriteWording>
{
    /// <summary>The most words in one line of easy read.</summary>
    public const int EasyLineWords = 20;

    public WriteWordingValidator()
    {
        RuleFor(w => w.Id).NotEmpty();
        RuleFor(w => w.Purpose).NotNull().WithMessage("Choose what it is for").IsInEnum().WithMessage("Choose what it is for");
        RuleFor(w => w.Language).Must(l => l is not null && Languages.Names.ContainsKey(l) && l != "und").WithMessage("Choose the language");
        RuleFor(w => w.Format).NotNull().WithMessage("Choose the format").IsInEnum().WithMessage("Choose the format");
        RuleFor(w => w.AgeBand).NotNull().WithMessage("Choose who it is for").IsInEnum().WithMessage("Choose who it is for");
        Kept(RuleFor(w => w.Name), "a name", Wording.NameMaxLength);
        Kept(RuleFor(w => w.Body), "the words", Wording.BodyMaxLength);
        RuleFor(w => w.Body).Custom((body, context) =>
        {
            if (string.IsNullOrWhiteSpace(body)) return;
            var input = context.InstanceToValidate;
            if (Filling().Matches(body).Select(m => m.Value).FirstOrDefault(m => !Allowed(input.Purpose, m)) is { } wrong) context.AddFailure($"{wrong} cannot be filled in for this purpose");
            else if (!body.Contains("{council}", StringComparison.Ordinal)) context.AddFailure("Say who is asking: put {council} where the council’s name belongs");
            else if (input.Format == WordingFormat.EasyRead && Lines(body).FirstOrDefault(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > EasyLineWords) is not null) context.AddFailure($"Easy read has one short sentence on each line: {EasyLineWords} words or fewer");
            else if (input.Format == WordingFormat.Symbols && Lines(body).FirstOrDefault(l => SymbolLine.Of(l) is not { } s || Pictures.Find(s.Picture) is null) is not null) context.AddFailure("Each line is the name of a picture, a bar and what it says, such as: no | You can say no");
        });
        RuleFor(w => w.Link).Must(l => Uri.TryCreate(l, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && l!.Length <= Wording.LinkMaxLength)
            .When(w => NeedsLink(w.Format)).WithMessage("Enter where it can be seen or heard: an address that begins with https://");
        RuleFor(w => w.MaterialChange).NotNull().WithMessage("Say whether it changes what people agree to");
        Kept(RuleFor(w => w.ChangeReason), "what changed and why", WordingDraft.NoteMaxLength);
        RuleFor(w => w.CoDesignedWith).Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= WordingDraft.NoteMaxLength).WithMessage($"Keep this to {WordingDraft.NoteMaxLength} characters or fewer");
    }

    public static bool NeedsLink(WordingFormat? format) => format is WordingFormat.Audio or WordingFormat.BslVideo;

    internal static IEnumerable<string> Lines(string body) => body.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);

    private static bool Allowed(Purpose? purpose, string filling) => filling switch
    {
        "{council}" => true,
        "{person}" => purpose is Purpose.ShareParent or Purpose.SharePro,
        "{use}" => purpose == Purpose.TrainPublish,
        _ => false,
    };

    private static void Kept(IRuleBuilderInitial<WriteWording, string?> rule, string what, int most) => rule.Cascade(CascadeMode.Stop)
        .Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage($"Enter {what}")
        .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
        .Must(t => WrittenText.Length(t) <= most).WithMessage($"Keep {what} to {most} characters or fewer");

    [GeneratedRegex(@"\{[^}\n]*\}?", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Filling();
}

/// <summary>One line of a wording in symbols.</summary>
/// <param name="Picture">The name of one of the portal's own pictures.</param>
public sealed record SymbolLine(string Picture, string Says)
{
    /// <returns>Null when the line has no bar.</returns>
    public static SymbolLine? Of(string line) =>
        line.IndexOf('|', StringComparison.Ordinal) is > 0 and var bar ? new(line[..bar].Trim(), line[(bar + 1)..].Trim()) : null;

    public static IEnumerable<SymbolLine> AllOf(string body) => WriteWordingValidator.Lines(body).Select(Of).OfType<SymbolLine>();
}

/// <summary>Which words there are to ask with, and how an authority gets its own: one person writes, another approves.</summary>
public sealed class WordingService(AppDbContext db, TimeProvider clock)
{
    private const string Moved = "Somebody else changed this just now. Open the page again";

    /// <summary>The wordings in force at an instant: an authority's own before the shipped one, and of each the newest.</summary>
    public static IEnumerable<Wording> InForce(IEnumerable<Wording> wordings, DateTime at) => wordings
        .Where(w => w.EffectiveFrom <= at && (w.RetiredAt is null || w.RetiredAt > at))
        .GroupBy(w => (w.Purpose, w.Language, w.Format, w.AgeBand))
        .Select(g => g.OrderBy(w => w.AuthorityId is null).ThenByDescending(w => w.Number).First());

    /// <summary>The ways in which a purpose can be put to somebody of that age now: one wording for each language and format.</summary>
    public async Task<IReadOnlyList<Wording>> OfferedAsync(Purpose purpose, AgeBand band, CancellationToken cancel) =>
        [.. InForce(await db.Wordings.AsNoTracking().Where(w => w.Purpose == purpose && w.AgeBand == band).ToListAsync(cancel), clock.GetUtcNow().UtcDateTime)
            .OrderBy(w => w.Format).ThenBy(w => w.Language, StringComparer.Ordinal)];

    /// <summary>The one to begin with: plain text in their language, or else in English.</summary>
    public static Wording? Choose(IReadOnlyList<Wording> offered, string? language, WordingFormat format = WordingFormat.Text) => offered
        .OrderByDescending(w => w.Format == format).ThenByDescending(w => w.Format == WordingFormat.Text)
        .ThenByDescending(w => w.Language == language).ThenByDescending(w => w.Language == "en").FirstOrDefault();

    /// <summary>Writes a draft, or on at one that is still in its writer's hands.</summary>
    /// <param name="send">Hands it to a second person, and out of the writer's hands.</param>
    public async Task<Outcome> WriteAsync(WriteWording input, bool send, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var draft = await db.WordingDrafts.SingleOrDefaultAsync(d => d.Id == input.Id, cancel);
        if (draft is not null && draft.WrittenById != actor.PersonId) return Outcome.Refused("", "Only whoever wrote this can write on at it. Write your own from it instead");
        if (draft is not null && draft.State is not (WordingDraftState.Draft or WordingDraftState.SentBack)) return Outcome.Refused("", "This is not in your hands any more");
        if (draft is null)
        {
            draft = new()
            {
                Id = input.Id,
                AuthorityId = actor.AuthorityId,
                Purpose = input.Purpose!.Value,
                Language = input.Language!,
                Format = input.Format!.Value,
                AgeBand = input.AgeBand!.Value,
                Name = "",
                Body = "",
                WrittenById = actor.PersonId,
            };
            db.Add(draft);
        }
        else if ((draft.Purpose, draft.Language, draft.Format, draft.AgeBand) != (input.Purpose, input.Language, input.Format, input.AgeBand))
        {
            return Outcome.Refused("", "A draft stays for one purpose, language, format and age. Write a new one");
        }

        draft.Name = input.Name!.Trim();
        draft.Body = input.Body!.Trim().ReplaceLineEndings("\n");
        draft.Link = WriteWordingValidator.NeedsLink(draft.Format) ? input.Link : null;
        draft.MaterialChange = input.MaterialChange!.Value;
        draft.ChangeReason = input.ChangeReason!.Trim();
        draft.CoDesignedWith = string.IsNullOrWhiteSpace(input.CoDesignedWith) ? null : input.CoDesignedWith.Trim();
        draft.State = send ? WordingDraftState.Waiting : WordingDraftState.Draft;
        draft.WrittenAt = now;
        db.Add(AuditEntry.For(send ? AuditActions.WordingSent : AuditActions.WordingDrafted, actor, null, draft.Id, clock, LineOf(draft)));
        return await SaveAsync(cancel);
    }

    /// <summary>The second person's decision. What they approve is in force from now on.</summary>
    /// <param name="saysAll">They have found in the words the least that whoever is asked has to be told, as the ICO has it: who asks, why, what will be done, and that it can be stopped.</param>
    /// <returns>Null when there is no such draft.</returns>
    public async Task<Outcome?> DecideAsync(Guid draftId, bool? approve, bool saysAll, string? reason, Actor actor, CancellationToken cancel)
    {
        if (await db.WordingDrafts.SingleOrDefaultAsync(d => d.Id == draftId, cancel) is not { } draft) return null;
        if (draft.State != WordingDraftState.Waiting) return Outcome.Refused("", "This does not wait for a decision any more");
        if (draft.WrittenById == actor.PersonId) return Outcome.Refused("", "Somebody else has to read what you wrote");
        if (approve is null) return Outcome.Refused("Approve", "Choose whether people may be asked with these words");
        if (approve == true && !saysAll) return Outcome.Refused("SaysAll", "Confirm that the words say all of this, or send them back");
        if (approve == false && string.IsNullOrWhiteSpace(reason)) return Outcome.Refused("Reason", "Say what has to be written another way");
        if (!WrittenText.CanBeKept(reason)) return Outcome.Refused("Reason", WrittenText.CannotBeKept);
        if (WrittenText.Length(reason) > WordingDraft.NoteMaxLength) return Outcome.Refused("Reason", $"Keep this to {WordingDraft.NoteMaxLength} characters or fewer");
        var now = clock.GetUtcNow().UtcDateTime;
        (draft.DecidedById, draft.DecidedAt) = (actor.PersonId, now);
        if (approve == false)
        {
            (draft.State, draft.DecisionReason) = (WordingDraftState.SentBack, reason!.Trim());
        }
        else
        {
            var last = await db.Wordings.Where(w => w.Purpose == draft.Purpose && w.Language == draft.Language && w.Format == draft.Format && w.AgeBand == draft.AgeBand)
                .MaxAsync(w => (int?)w.Number, cancel);
            var wording = new Wording
            {
                AuthorityId = draft.AuthorityId,
                Purpose = draft.Purpose,
                Number = (last ?? 0) + 1,
                Language = draft.Language,
                Format = draft.Format,
                AgeBand = draft.AgeBand,
                Name = draft.Name,
                Body = draft.Body,
                Link = draft.Link,
                BodyHash = Wording.HashOf(draft.Body, draft.Link),
                EffectiveFrom = now,
                MaterialChange = draft.MaterialChange && last is not null,
                ChangeReason = draft.ChangeReason,
                CoDesignedWith = draft.CoDesignedWith,
                WrittenById = draft.WrittenById,
                ApprovedById = actor.PersonId,
            };
            db.Add(wording);
            (draft.State, draft.DecisionReason, draft.WordingId) = (WordingDraftState.Approved, null, wording.Id);
        }

        db.Add(AuditEntry.For(AuditActions.WordingDecided, actor, null, draft.Id, clock, $"{(approve == true ? "approved" : "sent back")}, {LineOf(draft)}"));
        return await SaveAsync(cancel);
    }

    /// <summary>Gives up a draft of one's own.</summary>
    /// <returns>Null when there is no such draft.</returns>
    public async Task<Outcome?> DiscardAsync(Guid draftId, Actor actor, CancellationToken cancel)
    {
        if (await db.WordingDrafts.SingleOrDefaultAsync(d => d.Id == draftId, cancel) is not { } draft) return null;
        if (draft.WrittenById != actor.PersonId || draft.State is WordingDraftState.Approved or WordingDraftState.Discarded) return Outcome.Refused("", "This is not in your hands any more");
        draft.State = WordingDraftState.Discarded;
        db.Add(AuditEntry.For(AuditActions.WordingDiscarded, actor, null, draft.Id, clock, LineOf(draft)));
        return await SaveAsync(cancel);
    }

    /// <summary>Asks nobody with a wording of the authority's own any more; the one before it, or the shipped one, stands again.</summary>
    /// <returns>False when it is not there, or not the authority's.</returns>
    public async Task<bool> RetireAsync(Guid wordingId, Actor actor, CancellationToken cancel)
    {
        if (await db.Wordings.SingleOrDefaultAsync(w => w.Id == wordingId && w.AuthorityId == actor.AuthorityId, cancel) is not { } wording) return false;
        if (wording.RetiredAt is not null) return true;
        wording.RetiredAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(AuditActions.WordingRetired, actor, null, wording.Id, clock, $"{wording.Purpose} {wording.Number}"));
        await db.SaveChangesAsync(cancel);
        return true;
    }

    private static string LineOf(WordingDraft draft) => $"{draft.Purpose} {draft.Language} {draft.Format} {draft.AgeBand}";

    private async Task<Outcome> SaveAsync(CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", Moved);
        }
    }
}
