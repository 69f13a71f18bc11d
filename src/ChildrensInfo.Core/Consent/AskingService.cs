using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>What a child answered: on their own screen, or, of wanting it, to their worker.</summary>
public class ChildAnswer
{
    /// <summary>Made with the form, so that a double tap answers once.</summary>
    public Guid Id { get; init; }

    public Purpose Purpose { get; init; }

    /// <summary>Whom it is for, when the purpose is asked for one person.</summary>
    public Guid? RecipientId { get; init; }

    /// <summary>The one research project it is about.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>The one thing that was said that it is about.</summary>
    public Guid? VoiceRecordId { get; init; }

    /// <summary>The one visit that a yes is for.</summary>
    public Guid? SessionId { get; init; }

    public Guid? WordingId { get; init; }

    /// <summary>As in <see cref="RecordConsent.Recipient"/>.</summary>
    public string? Recipient { get; set; }

    /// <summary>As in <see cref="RecordConsent.Seen"/>.</summary>
    public string? Seen { get; init; }

    public ConsentEventType? Answer { get; init; }

    public ConsentMethod Method { get; init; } = ConsentMethod.TappedByChild;

    /// <summary>What they said about it to their worker.</summary>
    public string? Words { get; init; }

    /// <summary>What they want done with what is there, when they stop it and say so.</summary>
    public WithdrawWants? Wants { get; init; }

    /// <summary>As in <see cref="RecordConsent.Device"/>.</summary>
    public DeviceClock? Device { get; set; }
}

/// <summary>A child's own answer on their own screen, and the copy of whoever decided.</summary>
public sealed class AskingService(AppDbContext db, KeyRing keys, ConsentService consent, TimeProvider clock)
{
    /// <summary>
    /// A child's own tap. A yes of a child under 16 is kept as what it is: that the child wants it. It opens nothing; whether they can decide it themselves, or who
    /// decides for them, is for the worker to find out. A no needs no proof of anything.
    /// </summary>
    /// <returns>Null when the child is not one the actor may see; otherwise what was kept, or null when it was not.</returns>
    public async Task<(ConsentEventType? Recorded, string? Why)?> AnswerAsync(Guid childId, ChildAnswer input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        if (input.Answer == ConsentEventType.Given && !(child.AgeOn(ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)) >= Purposes.DecidesFromAge)) return await WantAsync(childId, input, actor, cancel);
        var outcome = await consent.RecordAsync(childId, AsDecision(input), actor, cancel);
        if (outcome is null) return null;
        return outcome.IsDone ? (input.Answer, null) : (null, outcome.Refusal!.Message);
    }

    /// <summary>The child's own tap, as it is kept where they decide it themselves.</summary>
    internal static RecordConsent AsDecision(ChildAnswer input) => new()
    {
        Id = input.Id,
        Purpose = input.Purpose,
        RecipientId = input.RecipientId,
        SessionId = input.SessionId,
        Decision = input.Answer,
        DecidedBy = DecidedBy.ChildForSelf,
        Method = input.Method,
        WordingId = input.WordingId,
        Recipient = input.Recipient,
        Seen = input.Seen,
        Wants = input.Wants,
        Device = input.Device,
        // The child opened this by themselves.
        RaisedByChild = true,
    };

    /// <summary>
    /// That a child wants it: their own word, on their own screen or to their worker. It is no yes; of a child who does not decide alone it ends their no, so that whoever decides for them may
    /// say yes.
    /// </summary>
    /// <returns>As <see cref="AnswerAsync"/>.</returns>
    public async Task<(ConsentEventType? Recorded, string? Why)?> WantAsync(Guid childId, ChildAnswer input, Actor actor, CancellationToken cancel)
    {
        if (await db.Children.Where(c => c.Id == childId).Select(c => (Guid?)c.AuthorityId).SingleOrDefaultAsync(cancel) is not { } authorityId) return null;
        var now = clock.GetUtcNow().UtcDateTime;
        if (await db.ConsentEvents.AnyAsync(e => e.Id == input.Id && e.ChildId == childId, cancel)) return (ConsentEventType.Asked, null);
        var wording = await db.Wordings.AsNoTracking().SingleOrDefaultAsync(w => w.Id == input.WordingId && w.Purpose == input.Purpose, cancel);
        if (wording is null)
        {
            var refused = await db.RefuseForgedAsync(childId, input.WordingId, actor, "", "Choose the words that were used", "wording", clock, cancel);
            return (null, refused.Refusal!.Message);
        }

        if (input.RecipientId is not null != Purposes.IsForOneRecipient(input.Purpose) || (input.RecipientId is { } recipient && !await NamedRecipientService.IsThereAsync(db, childId, input.Purpose, recipient, cancel)))
        {
            var refused = await db.RefuseForgedAsync(childId, input.RecipientId, actor, "", "Choose whom it is for", "recipient", clock, cancel);
            return (null, refused.Refusal!.Message);
        }

        var shown = await ConsentService.ShownAsync(db, authorityId, wording, input.Recipient, cancel);
        if (input.Seen is { } seen && seen != ConsentService.MarkOf(shown)) return (null, ConsentService.NamesChanged);
        db.Add(new ConsentEvent
        {
            Id = input.Id,
            AuthorityId = authorityId,
            ChildId = childId,
            Purpose = input.Purpose,
            Scope = input.RecipientId is not null ? ConsentScope.Recipient : input.ProjectId is not null ? ConsentScope.Project
                : input.VoiceRecordId is not null ? ConsentScope.VoiceRecord : input.SessionId is not null ? ConsentScope.Session : ConsentScope.Purpose,
            ScopeId = input.RecipientId ?? input.ProjectId ?? input.VoiceRecordId ?? input.SessionId,
            Type = ConsentEventType.Asked,
            // Their own word: what an adult says of a child's wishes with their own yes carries the adult's name.
            DecidedBy = DecidedBy.ChildForSelf,
            ChildPosition = ChildPosition.Assents,
            Method = input.Method,
            WordsSealed = input.Words is { Length: > 0 } words ? await keys.SealAsync(childId, words, input.Id, SealPart.ConsentWords, cancel) : null,
            WordingId = wording.Id,
            WordingHash = wording.BodyHash,
            ShownSealed = shown is null ? null : await keys.SealAsync(childId, shown, input.Id, SealPart.ConsentShown, cancel),
            LanguageUsed = wording.Language,
            RaisedByChild = true,
            OccurredAt = input.Device?.SaidAt is { } said && said < now ? said : now,
            RecordedAt = now,
            ClockSource = input.Device is null ? ClockSource.Server : ClockSource.Device,
            DeviceId = input.Device?.DeviceId,
            DeviceTime = input.Device?.SaidAt,
            DeviceOffsetMinutes = input.Device?.OffsetMinutes,
            ClockSkewMs = input.Device?.SkewAt(now),
            RecordedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.ConsentRecorded, actor, childId, input.Id, clock, $"{input.Purpose} {ConsentEventType.Asked}, the child wants it"));
        return await db.SaveOnceAsync(() => db.ConsentEvents.AnyAsync(e => e.Id == input.Id && e.ChildId == childId, cancel), cancel) is null
            ? (ConsentEventType.Asked, null)
            : (null, FormSaving.UsedBefore);
    }

    /// <summary>That somebody was given their copy of what was decided.</summary>
    /// <returns>False when there is no such decision of a child the actor may see.</returns>
    public async Task<bool> IssueAsync(Guid childId, Guid eventId, ReceiptForm form, Actor actor, CancellationToken cancel)
    {
        if (!Enum.IsDefined(form)) return false;
        var about = await db.ConsentEvents.AsNoTracking().SingleOrDefaultAsync(e => e.Id == eventId && e.ChildId == childId, cancel);
        if (about is null) return false;
        db.Add(new ConsentReceipt { AuthorityId = about.AuthorityId, ChildId = childId, EventId = eventId, Form = form, IssuedAt = clock.GetUtcNow().UtcDateTime, IssuedById = actor.PersonId });
        db.Add(AuditEntry.For(AuditActions.ReceiptIssued, actor, childId, eventId, clock, $"{form}"));
        await db.SaveChangesAsync(cancel);
        return true;
    }
}
