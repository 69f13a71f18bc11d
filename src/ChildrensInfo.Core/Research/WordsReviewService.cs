using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>What a person decides about one piece.</summary>
public class ReviewItem
{
    public uint Version { get; set; }

    public bool? Keep { get; set; }

    /// <summary>Places taken out, each as <see cref="Spans.ValueOf"/> writes it.</summary>
    public List<string> Hide { get; set; } = [];

    /// <summary>Words taken out wherever they stand, a line each.</summary>
    public string? Phrases { get; set; }

    public ItemLeftOut? Because { get; set; }
}

public sealed class ReviewItemValidator : AbstractValidator<ReviewItem>
{
    public ReviewItemValidator()
    {
        RuleFor(r => r.Keep).NotNull().WithMessage("Choose whether it may leave");
        RuleFor(r => r.Because).NotNull().When(r => r.Keep == false).WithMessage("Choose why it does not leave").IsInEnum().WithMessage("Choose why it does not leave");
        RuleFor(r => r.Phrases).Must(p => Spans.PhrasesOf(p) is not null).WithMessage($"Write {Spans.MostPhrases} lines or fewer, of {Spans.LongestPhrase} characters or fewer");
    }
}

/// <param name="Looked">How many of its pieces a person has decided about.</param>
public sealed record WordsToReview(Guid Id, string Title, string Purpose, DateTime RequestedAt, int Pieces, int Looked);

/// <summary>One piece before whoever reads it.</summary>
/// <param name="Text">Null when it may not be read any more: the family has said stop, or the record was put right, moved or kept from somebody.</param>
/// <param name="TakenOutBefore">What was taken out of it when it left before: it stays taken out, or the two files side by side would show it.</param>
public sealed record PieceToReview(ExtractItem Item, string? Text, string Language, IReadOnlyList<RedactionSpan> TakenOutBefore)
{
    /// <summary>What is marked to be taken out: what was found, until somebody has decided.</summary>
    public IReadOnlyList<RedactionSpan> Marked => Text is null ? [] : Spans.Apart(Text, (Item.Kept == true ? Item.Hidden : Item.Found).Select(m => m.Span).Concat(TakenOutBefore));
}

/// <param name="Kept">Whether it may leave; null while nobody has decided.</param>
/// <param name="Waits">Whether somebody has to decide: not where the family has said stop, to all or to this one.</param>
public sealed record PiecePlace(int Number, bool? Kept, bool Waits);

/// <param name="Places">Each piece, by number.</param>
/// <param name="IsBeingMade">Whether the file is on its way.</param>
public sealed record WordsUnderReview(Guid ExtractId, string Title, IReadOnlyList<PiecePlace> Places, PieceToReview? Piece, bool IsBeingMade)
{
    /// <summary>The next that waits after a number, and then from the beginning.</summary>
    public int? NextAfter(int number) => Places.Where(p => p.Waits && p.Number != number).OrderBy(p => p.Number < number).ThenBy(p => p.Number).Select(p => (int?)p.Number).FirstOrDefault();
}

/// <summary>
/// A person reads each piece of an extract of words before it leaves: neither who asked for it nor who approved it. Each opening and each decision is written down, and permission
/// is asked for again whenever a piece is opened.
/// </summary>
public sealed class WordsReviewService(AppDbContext db, ExtractPopulation population, ExtractWords words, KeyRing keys, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    public async Task<IReadOnlyList<WordsToReview>> ListAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.ReviewWords)) return [];
        using var acting = db.ActingAs(actor.AsJob());
        return await ToReview(actor).OrderBy(e => e.RequestedAt).Select(e => new WordsToReview(
            e.Id, e.Project!.Title, e.Purpose, e.RequestedAt, db.ExtractItems.Count(i => i.ExtractId == e.Id), db.ExtractItems.Count(i => i.ExtractId == e.Id && i.Kept != null))).ToListAsync(cancel);
    }

    /// <summary>How far it is; and one piece opened, when one is named.</summary>
    /// <returns>Null when the actor may not, or it does not wait to be read.</returns>
    public async Task<WordsUnderReview?> OpenAsync(Guid extractId, int? number, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.ReviewWords)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await ToReview(actor).Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == extractId, cancel) is not { } extract) return null;
        var open = new WordsUnderReview(extractId, extract.Project!.Title, await PlacesAsync(extract, cancel), null, await IsBeingMadeAsync(extractId, cancel));
        if (number is not { } which) return open;
        if (await db.ExtractItems.AsNoTracking().SingleOrDefaultAsync(i => i.ExtractId == extractId && i.Number == which, cancel) is not { } item) return null;
        var (text, language) = await TextOfAsync(item, extract.ProjectId, cancel);
        db.Add(AuditEntry.For(AuditActions.ExtractItemRead, actor, item.ChildId, item.Id, clock, text is null ? "stopped" : null));
        await db.SaveChangesAsync(cancel);
        return open with { Piece = new PieceToReview(item, text, language, text is null ? [] : [.. (await words.TakenOutBeforeAsync([item.VoiceRecordId], cancel))[item.VoiceRecordId]]) };
    }

    /// <summary>Decides about one piece. It can be decided about anew until the file is made.</summary>
    /// <returns>As <see cref="OpenAsync"/>.</returns>
    public async Task<Outcome?> ReviewAsync(Guid extractId, int number, ReviewItem input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.ReviewWords)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await ToReview(actor).SingleOrDefaultAsync(e => e.Id == extractId, cancel) is not { } extract) return null;
        if (await db.ExtractItems.SingleOrDefaultAsync(i => i.ExtractId == extractId && i.Number == number, cancel) is not { } item) return null;
        if (await IsBeingMadeAsync(extractId, cancel)) return Outcome.Refused("", "The file is being made, so nothing in it can be changed now");
        List<RedactionSpan> hidden = [];
        if (input.Keep == true)
        {
            if ((await TextOfAsync(item, extract.ProjectId, cancel)).Text is not { } text) return Outcome.Refused("", "This may not be read any more, so it does not leave. Go on to the next");
            var phrases = Spans.PhrasesOf(input.Phrases)!;
            if (phrases.Find(p => Spans.Places(text, p).Count == 0) is { } nowhere) return Outcome.Refused(nameof(input.Phrases), $"“{nowhere}” is nowhere in this piece. Write it as it stands there, or take it off this list");
            var before = (await words.TakenOutBeforeAsync([item.VoiceRecordId], cancel))[item.VoiceRecordId];
            hidden = Spans.Apart(text, [.. input.Hide.Select(Spans.Parse).OfType<RedactionSpan>(), .. phrases.SelectMany(p => Spans.Places(text, p)), .. before]);
            var shown = Redactor.Replace(text, hidden);
            if (PackageGate.Tells(shown)) return Outcome.Refused(nameof(input.Hide), "There is still something in it by which somebody could be reached: a number, an address or a postcode. Take it out, or leave the piece out");
            if (await PackageGate.TellsAsync([shown], population.ForbiddenAsync(ExtractForm.Words, cancel), cancel) is { } told)
            {
                return Outcome.Refused(nameof(input.Hide), $"“{told.Found}” stands in it, which is a full name, a place or a number of some child’s record. Take it out, or leave the piece out");
            }
        }

        item.Hidden = [.. hidden.Select(ItemMark.Of)];
        item.Kept = input.Keep;
        item.Because = input.Keep == false ? input.Because : null;
        item.ReviewedById = actor.PersonId;
        item.ReviewedAt = Now;
        db.Entry(item).Property(i => i.Version).OriginalValue = input.Version;
        db.Add(AuditEntry.For(AuditActions.ExtractItemReviewed, actor, item.ChildId, item.Id, clock, item.Because?.ToString() ?? string.Create(CultureInfo.InvariantCulture, $"kept, {hidden.Count} taken out")));
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>When every piece was decided about, the file is made.</summary>
    /// <returns>As <see cref="OpenAsync"/>.</returns>
    public async Task<Outcome?> FinishAsync(Guid extractId, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.ReviewWords)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await ToReview(actor).SingleOrDefaultAsync(e => e.Id == extractId, cancel) is not { } extract) return null;
        if (await IsBeingMadeAsync(extractId, cancel)) return Outcome.Done;
        if ((await PlacesAsync(extract, cancel)).Any(p => p.Waits)) return Outcome.Refused("", "Some pieces have not been read yet");
        db.Add(new Job { AuthorityId = extract.AuthorityId, Kind = JobKind.BuildExtract, SubjectId = extract.Id, RequestedById = actor.PersonId, RequestedAt = Now });
        db.Add(AuditEntry.For(AuditActions.ExtractWordsReviewed, actor, null, extract.Id, clock));
        return await db.SaveOrRefuseAsync(cancel);
    }

    private async Task<IReadOnlyList<PiecePlace>> PlacesAsync(Extract extract, CancellationToken cancel)
    {
        var items = await db.ExtractItems.AsNoTracking().Where(i => i.ExtractId == extract.Id).OrderBy(i => i.Number).Select(i => new { i.Number, i.Kept, i.ChildId, i.VoiceRecordId }).ToListAsync(cancel);
        var decisions = await population.DecideAsync([.. items.Where(i => i.Kept is null).Select(i => i.ChildId).Distinct()], ExtractForm.Words, extract.ProjectId, Now, cancel);
        var still = await words.StillAsync(items.ConvertAll(i => i.VoiceRecordId), isReleased: false, cancel);
        return items.ConvertAll(i => new PiecePlace(i.Number, i.Kept, i.Kept is null && still.Contains(i.VoiceRecordId) && decisions.TryGetValue(i.ChildId, out var decision) && decision.Allowed));
    }

    /// <summary>What this person may read, while the project it is for runs: when it is held, closed or over there is nothing to read it for.</summary>
    private IQueryable<Extract> ToReview(Actor actor)
    {
        var today = ConsentRules.LocalDay(Now);
        return db.Extracts.AsNoTracking().Where(e => e.Form == ExtractForm.Words && e.State == ExtractState.Reviewing && e.RequestedById != actor.PersonId && e.DecidedById != actor.PersonId
            && e.Project!.State == ProjectState.Approved && e.Project.ExpiresOn >= today);
    }

    private Task<bool> IsBeingMadeAsync(Guid extractId, CancellationToken cancel) =>
        db.Jobs.AnyAsync(j => j.Kind == JobKind.BuildExtract && j.SubjectId == extractId && (j.State == JobState.Waiting || j.State == JobState.Running), cancel);

    private async Task<(string? Text, string Language)> TextOfAsync(ExtractItem item, Guid projectId, CancellationToken cancel)
    {
        var decision = (await population.DecideAsync([item.ChildId], ExtractForm.Words, projectId, Now, cancel)).GetValueOrDefault(item.ChildId, ConsentDecision.NothingKnown);
        var may = decision.Allowed && (await words.StillAsync([item.VoiceRecordId], isReleased: false, cancel)).Count > 0;
        var record = may ? await db.VoiceRecords.AsNoTracking().Where(r => r.Id == item.VoiceRecordId).Select(r => new { r.Language, r.Words!.Sealed }).SingleOrDefaultAsync(cancel) : null;
        return record is null ? (null, "en") : (await keys.OpenAsync(item.ChildId, record.Sealed, item.VoiceRecordId, SealPart.Words, cancel), record.Language);
    }
}
