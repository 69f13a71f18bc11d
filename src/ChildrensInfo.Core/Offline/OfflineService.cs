using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Offline;

/// <summary>Something that was sealed on a device, as it was sealed: one visit, one record or one decision.</summary>
public sealed record DeviceItem
{
    public Guid Id { get; init; }

    public DeviceItemKind Kind { get; init; }

    /// <summary>Bound to the item when it was begun: an item cannot come to another child by a wrong address.</summary>
    public Guid ChildId { get; init; }

    public Guid PersonId { get; init; }

    public Guid DeviceId { get; init; }

    public DateTime SealedAt { get; init; }

    /// <summary>How far the device's time zone is from UTC.</summary>
    public short OffsetMinutes { get; init; }

    /// <summary>Its number among what was sealed on the device; none from a form of the page that did not count.</summary>
    public int? Sequence { get; init; }

    public StartSession? Visit { get; init; }

    public RecordConsent? Consent { get; init; }

    public RecordVoice? Record { get; init; }

    public TakeBack? TakenBack { get; init; }

    /// <summary>What a child answered on their own screen, in the place of a decision that their worker took down.</summary>
    public ChildAnswer? Answer { get; init; }

    /// <summary>Whom a child does not want told: what comes with it, or, by itself, anything they say. There was none in an earlier form of the page, in which a child was not asked.</summary>
    public IReadOnlyList<KeptFrom> KeptFrom { get; init; } = [];

    /// <summary>The visit in which a record was made, or for which alone something was decided.</summary>
    public Guid SessionId { get; init; }

    /// <summary>The pieces of a recording or a picture, in their order, as they were when it was sealed.</summary>
    public IReadOnlyList<DevicePart> Parts { get; init; } = [];

    private static readonly JsonSerializerOptions Json = new(SentJson.Options)
    {
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
        // What says nothing where something must stand is refused here, and not a fault further in.
        RespectNullableAnnotations = true,
    };

    /// <returns>Null when it is none.</returns>
    public static DeviceItem? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var item = JsonNode.Parse(bytes, documentOptions: SentJson.Document);
            BringUp(item as JsonObject);
            return HasHole(item) ? null : item.Deserialize<DeviceItem>(Json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second is of a name that is no text: half of a sign, or bytes that are none.
            return null;
        }
    }

    /// <summary>Whether a list in it has a place with nothing in it, which the page makes none of.</summary>
    private static bool HasHole(JsonNode? node) => node switch
    {
        JsonArray list => list.Any(one => one is null || HasHole(one)),
        JsonObject named => named.Any(one => HasHole(one.Value)),
        _ => false,
    };

    /// <summary>What was sealed in an earlier form of the page keeps its bytes for as long as it waits, and is read as what it would be today.</summary>
    private static void BringUp(JsonObject? item)
    {
        // Who else was there was one text, and whether they could hear was not asked.
        if (item?["visit"] is JsonObject visit && visit["present"] is JsonValue there && there.GetValueKind() == JsonValueKind.String)
        {
            visit["present"] = new JsonArray(new JsonObject { ["who"] = there.DeepClone(), ["role"] = nameof(PresentAs.SomebodyElse), ["inEarshot"] = nameof(InEarshot.NotKnown) });
        }
        else if (item?["visit"] is JsonObject alone && alone["present"] is null)
        {
            alone.Remove("present");
        }

        // There was one subject.
        if (item?["record"] is JsonObject record && !record.ContainsKey("subjects") && record["subjectMatter"] is { } subject) record["subjects"] = new JsonArray(subject.DeepClone());
    }
}

/// <summary>Somebody whom a child does not want told.</summary>
/// <param name="Who">As in <see cref="RecordDoNotTell.Who"/>.</param>
public sealed record KeptFrom(Guid Id, string Who);

/// <param name="Sha256">In hexadecimal.</param>
public sealed record DevicePart(int Index, long Length, string Sha256);

public enum DeviceFault
{
    /// <summary>The child, or the visit, is not one the actor may see.</summary>
    NotThere,

    /// <summary>It is not what was sealed: other bytes, another child, another person.</summary>
    Altered,

    /// <summary>Something else was sealed under this id.</summary>
    Different,

    /// <summary>Some of a recording is missing here; it is sent again.</summary>
    Incomplete,

    /// <summary>A rule refuses it, and would again.</summary>
    Refused,

    /// <summary>It will be taken in later as it is.</summary>
    TooEarly,
}

/// <param name="Hold">Of a recording or a photo: it is kept and nobody may open it, since there is no permission, or since others are heard who have not said yes.</param>
/// <param name="HadArrived">Of what was deleted on the device: it had come before.</param>
public sealed record DeviceAnswer(byte[] Sha256, IReadOnlyList<DevicePart> Parts, HoldState Hold, bool HadArrived, DeviceFault? Fault, string Reason)
{
    public static DeviceAnswer No(DeviceFault fault, string reason) => new([], [], HoldState.None, false, fault, reason);
}

/// <summary>What a practitioner takes along of one child: as little as hearing them needs.</summary>
/// <param name="Language">The child's own.</param>
/// <param name="CommunicatesWith">How they best say things and take them in, and what else there is to know of that.</param>
/// <param name="Keeping">Of what they say being written down: what they are told of it, and whether they were.</param>
/// <param name="Photographing">Of photographing what they made.</param>
/// <param name="PhotographingPeople">Of photos on which a person can be recognised.</param>
/// <param name="Others">What else is told or asked as such, by its purpose.</param>
/// <param name="Council">What is sealed on the device is closed with its public half.</param>
/// <param name="MarkKey">With what this person's devices mark a file of what they cannot send.</param>
/// <param name="Tools">What there is to answer with, each as it is shown to this child now: an answer names the version it was given on, also when there is a newer one by the time it comes.</param>
/// <param name="Plans">Visits that this person means to make, so that one that is recorded without a connection is not waited for any more.</param>
/// <param name="Stops">What else is done with what the child said, and can be stopped on a visit.</param>
/// <param name="People">Whose words there may be beside the child's, by what they are to the child; by a name only where that leaves two alike.</param>
public sealed record TakenChild(
    Guid ChildId, string Name, int? Age, string Language, IReadOnlyList<CommunicationWay> CommunicatesWith, string? CommunicationNeeds, TakenConsent Keeping, TakenConsent Recording, TakenConsent Photographing, TakenConsent PhotographingPeople, IReadOnlyDictionary<Purpose, TakenConsent> Others, IReadOnlyList<TakenPerson> People, IReadOnlyList<PlannedVisit> Plans, IReadOnlyList<TakenStop> Stops,
    IReadOnlyList<DoNotTell> DoNotTell, IReadOnlyList<OfferedTool> Tools, DeviceKey Council, byte[] MarkKey, DateTime TakenAt, DateTime ExpiresAt);

/// <summary>What it takes to ask for a permission, and to stop it, without a connection.</summary>
/// <param name="Decision">Where it stands now: what governs on the device until there is a newer decision.</param>
/// <param name="Adults">Who may decide it beside the child.</param>
/// <param name="Wordings">What is read with the child, and with an adult.</param>
/// <param name="IsTold">The child is told, and may object: nobody decides it.</param>
public sealed record TakenConsent(ConsentDecision Decision, bool IsTold, DateOnly? AskAgainFrom, IReadOnlyList<(TakenPerson Person, DecidedBy By)> Adults, IReadOnlyList<Wording> Wordings);

/// <param name="Recipient">Whom it is for, when it is for one person; null also when they are nobody in the child's life any more.</param>
/// <param name="Stop">How a no to it is written down: what is told about is objected to.</param>
public sealed record TakenStop(Purpose Purpose, Guid? RecipientId, TakenPerson? Recipient, ConsentEventType Stop)
{
    /// <summary>The service, training, report or research project it is for, when it was named.</summary>
    public string? Named { get; init; }

    /// <summary>The one research project it is for.</summary>
    public Guid? ProjectId { get; init; }
}

public sealed record TakenPerson(Guid RelationshipId, RelationshipKind Kind, string? Name);

/// <summary>
/// Visits where there is no connection: what is taken along, and what comes back. It writes nothing itself but its receipts and that something was taken back: visits and words go through
/// <see cref="VoiceService"/>, decisions through <see cref="ConsentService"/>, a child's own answers through <see cref="AskingService"/> and whom they do not want told through <see cref="DoNotTellService"/>, with the rules
/// and audit lines they have everywhere.
/// </summary>
public sealed class OfflineService(
    AppDbContext db, VoiceService voice, VoiceMediaService media, ConsentService consent, AskingService asking, DoNotTellService doNotTell, NamedRecipientService named, WordingService wordings, PurposeService purposes, ToolService tools, FileStore files, KeyRing keys, DeviceKeys deviceKeys, RestrictionService restrictions, TimeProvider clock,
    IValidator<StartSession> visits, IValidator<RecordVoice> records, IValidator<RecordConsent> consents, IValidator<TakeBack> takenBack, IValidator<RecordDoNotTell> doNotTells)
{
    /// <summary>After this what was taken along is gone from the device.</summary>
    public const int HoursTaken = 72;

    /// <summary>The longest text with everything around it; a recording's bytes come by themselves.</summary>
    public const int ItemMaxBytes = 256 * 1024;

    private const string NotExplained = "What it is about is not with this child. Put it with the visit in which that was made, or send that first.";

    private const string Missing = "Some of it has not arrived. It is sent again from the beginning.";

    /// <summary>A child ticks no more than they were offered; what is sent can be longer.</summary>
    private const int KeptFromMost = 100;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>What to take along of a child, written down in the audit log before it leaves. Whoever only covers takes nothing along.</summary>
    /// <returns>Null when the child is not one of the actor's own.</returns>
    public async Task<TakenChild?> TakeAsync(Guid childId, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null || await CoverService.IsCoveringAsync(db, childId, actor, cancel)) return null;
        var now = Now;
        var today = ConsentRules.LocalDay(now);
        var age = child.AgeOn(today);
        var rules = await db.DoNotTells.AsNoTracking().Include(d => d.Relationship).Where(d => d.ChildId == childId && d.EndedAt == null && d.Scope != DoNotTellScope.Record).ToListAsync(cancel);
        var council = await deviceKeys.CurrentAsync(actor.AuthorityId, cancel);
        var people = await PeopleAsync(childId, cancel);
        var others = new Dictionary<Purpose, TakenConsent>();
        foreach (var purpose in Purposes.AskedInGeneral.Where(p => p != Purpose.KeepRecord && !Purposes.MayBeForOneVisit(p))) others[purpose] = await PermissionAsync(child, age, purpose, people, today, cancel);
        var taken = new TakenChild(
            child.Id, child.CalledName, age, child.PreferredLanguage, child.CommunicatesWith, child.CommunicationNeeds, await PermissionAsync(child, age, Purpose.KeepRecord, people, today, cancel), await PermissionAsync(child, age, Purpose.Audio, people, today, cancel),
            await PermissionAsync(child, age, Purpose.ImageWork, people, today, cancel), await PermissionAsync(child, age, Purpose.ImagePerson, people, today, cancel), others, people,
            await db.PlannedVisits.AsNoTracking().Where(p => p.ChildId == childId && p.SessionId == null && p.CalledOffAt == null).OrderBy(p => p.PlannedOn).ToListAsync(cancel),
            await StopsAsync(childId, people, cancel),
            // Who must not be told is written in the record, and goes along with nobody while that is closed; who is asked and who spoke does, as on the pages that stay open (RestrictedGate).
            (await restrictions.ClosedAsync(childId, cancel)).All ? [] : [.. rules.Where(r => DoNotTellRules.Stands(r, today))], await tools.OfferedAsync(child.PreferredLanguage, cancel), council, (await deviceKeys.MarkKeyAsync(council.Id, actor.PersonId, cancel))!, now, now.AddHours(HoursTaken));
        db.Add(AuditEntry.For(AuditActions.ChildTaken, actor, childId, null, clock));
        await db.SaveChangesAsync(cancel);
        return taken;
    }

    /// <summary>Keeps what a device sends. The same bytes again are answered as the first time; anything else under the same id is refused.</summary>
    /// <param name="bytes">As they were sealed, to the letter.</param>
    /// <param name="sentAt">What the device's clock says now; null when nobody knows.</param>
    /// <param name="putWith">A visit its author put it with, and with the visit's child, after it was refused where it was sealed. What it says stays as it was sealed, and nobody read it for that.</param>
    public async Task<DeviceAnswer> ReceiveAsync(Guid childId, Guid itemId, ReadOnlyMemory<byte> bytes, DateTime? sentAt, Actor actor, CancellationToken cancel, Guid? putWith = null)
    {
        var hash = SHA256.HashData(bytes.Span);
        if (DeviceItem.Read(bytes.Span) is not { } item || item.SealedAt == default || item.DeviceId == Guid.Empty) return DeviceAnswer.No(DeviceFault.Altered, "This is not something that was sealed on a device.");
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return DeviceAnswer.No(DeviceFault.NotThere, "This child is not one you work with any more. Your manager can let somebody send it.");
        var from = item.ChildId;
        if (putWith is { } visitId && item.Kind == DeviceItemKind.Record) item = item with { ChildId = childId, SessionId = visitId };
        if (item.ChildId != childId || item.Id != itemId || item.PersonId != actor.PersonId || IdIn(item) != itemId)
        {
            await db.RefuseForgedAsync(childId, itemId, actor, "", "", "sealed item", clock, cancel);
            return DeviceAnswer.No(DeviceFault.Altered, "It was sealed for somebody else, or by somebody else. It stays on the device.");
        }

        if (await AgainAsync(item, hash, cancel) is { } again) return again;
        // A device whose clock runs ahead is in tomorrow already.
        if (item.Visit is { OccurredOn: { } on } && on == ConsentRules.LocalDay(Now).AddDays(1)) return DeviceAnswer.No(DeviceFault.TooEarly, "This visit is dated tomorrow. It is taken in then.");
        if (Invalid(item) is { } invalid) return DeviceAnswer.No(DeviceFault.Refused, invalid);
        // A copy in a file, or a sending that was under way, must not bring back what a child did not want kept.
        if (await db.TakenBacks.AnyAsync(t => t.ItemId == itemId && t.ChildId == childId, cancel))
        {
            if (item.Record?.FileId is { } late)
            {
                await media.ForgetSentAsync(childId, late, actor, cancel);
                db.Add(AuditEntry.For(AuditActions.MediaRefused, actor, childId, late, clock, "deleted before it was sent"));
                await db.SaveChangesAsync(cancel);
            }

            return DeviceAnswer.No(DeviceFault.Refused, TakenBack.NotKept);
        }

        if (from != childId && item.Record is { Speaker: Speaker.ParentOrCarer } said)
        {
            if (await SameInAsync(from, said.SpeakerRelationshipId, childId, cancel) is not { } same) return DeviceAnswer.No(DeviceFault.Refused, WrongChildService.SpeakerMissing);
            said.SpeakerRelationshipId = same;
        }

        if (from != childId && item.KeptFrom.Count > 0) item = item with { KeptFrom = await SameInAsync(from, item.KeptFrom, childId, cancel) };
        if (from != childId && item.Record is { Before.OthersHeard.Count: > 0 } heard) await MeetAsync(from, childId, heard.Before, cancel);
        if (item.Record?.ExplainsId is { } explained && !await db.VoiceRecords.AnyAsync(r => r.Id == explained && r.ChildId == childId && r.SealedById == actor.PersonId && r.MovedAt == null, cancel))
        {
            if (putWith is null && !await db.TakenBacks.AnyAsync(t => t.ItemId == explained && t.ChildId == childId, cancel)) return DeviceAnswer.No(DeviceFault.NotThere, NotExplained);
            // What they made was deleted on the device before it was sent, or stays with another child. What they said about it is kept all the same.
            item.Record.ExplainsId = null;
        }

        Outcome? outcome;
        try
        {
            if (item.Record?.FileId is { } fileId && await PartsFaultAsync(item, fileId, actor, cancel) is { } fault) return await AgainAsync(item, hash, cancel) ?? fault;
            db.Add(new DeviceReceipt
            {
                Id = item.Id,
                AuthorityId = actor.AuthorityId,
                ChildId = childId,
                PersonId = actor.PersonId,
                DeviceId = item.DeviceId,
                Kind = item.Kind,
                Sha256 = hash,
                SealedAt = Utc(item.SealedAt),
                SentAt = Utc(sentAt ?? Now),
                ReceivedAt = Now,
            });
            if (putWith is not null) db.Add(AuditEntry.For(AuditActions.VoicePutWith, actor, childId, itemId, clock, from == childId ? "the same child" : "another child"));
            // Saved with the record itself: nobody from whom it is kept reads it in between.
            await doNotTell.AddAsync(childId, item.KeptFrom.Select(k => RuleOf(item, k)), actor, cancel);
            outcome = await KeepAsync(item, sentAt, actor, cancel);
        }
        catch (Exception error) when (error is DbUpdateConcurrencyException or EndOfStreamException)
        {
            // The same photo came twice at once, and the other has put it in its place: before this one saved, or while it read.
            db.ChangeTracker.Clear();
            return await AgainAsync(item, hash, cancel) ?? DeviceAnswer.No(DeviceFault.Incomplete, Missing);
        }

        db.ChangeTracker.Clear();
        if (outcome is null) return DeviceAnswer.No(DeviceFault.NotThere, "The visit it belongs to has not arrived. Send the visit first.");
        // What is refused because the other of the two was quicker is there.
        if (outcome.Refusal is { } refusal) return await AgainAsync(item, hash, cancel) ?? DeviceAnswer.No(refusal.Message == VoiceService.SealedBefore ? DeviceFault.Different : DeviceFault.Refused, refusal.Message);
        // The receipt was saved with what it is for, or the same id stood there before: then it is the same only if the receipt says so.
        return await AgainAsync(item, hash, cancel) ?? DeviceAnswer.No(DeviceFault.Different, "Something else was saved under this number before.");
    }

    private Task<Outcome?> KeepAsync(DeviceItem item, DateTime? sentAt, Actor actor, CancellationToken cancel) => item.Kind switch
    {
        DeviceItemKind.Visit => voice.StartAsync(item.ChildId, item.Visit!, actor, cancel),
        DeviceItemKind.Record => voice.RecordAsync(item.ChildId, item.SessionId, item.Record!, actor, cancel, ClockOf(item, sentAt)),
        DeviceItemKind.TakenBack => TakeBackAsync(item, actor, cancel),
        DeviceItemKind.DoNotTell => SaveAsync(item, cancel),
        _ when item.Answer is not null => AnswerAsync(item, sentAt, actor, cancel),
        _ => consent.RecordAsync(item.ChildId, WithClock(item, sentAt), actor, cancel),
    };

    private async Task<Outcome?> AnswerAsync(DeviceItem item, DateTime? sentAt, Actor actor, CancellationToken cancel)
    {
        (item.Answer!.Recipient, item.Answer.Device) = (null, ClockOf(item, sentAt));
        return await asking.AnswerAsync(item.ChildId, item.Answer, actor, cancel) is not { } answered ? null
            : answered.Recorded is null ? Outcome.Refused("", answered.Why!) : Outcome.Done;
    }

    /// <summary>What stands with its receipt, ready to be saved.</summary>
    private async Task<Outcome?> SaveAsync(DeviceItem item, CancellationToken cancel) =>
        await db.SaveOnceAsync(() => db.DeviceReceipts.AnyAsync(r => r.Id == item.Id && r.ChildId == item.ChildId, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);

    /// <summary>A child's own word. Why is their business: the worker may ask, their screen does not.</summary>
    private static RecordDoNotTell RuleOf(DeviceItem item, KeptFrom from) => new()
    {
        Id = from.Id,
        Who = from.Who,
        Scope = item.Kind == DeviceItemKind.Record ? DoNotTellScope.Record : DoNotTellScope.Everything,
        VoiceRecordId = item.Kind == DeviceItemKind.Record ? item.Id : null,
        Reason = DoNotTellReason.Private,
        SaidBy = DoNotTellSaidBy.Child,
    };

    /// <summary>Keeps that something was deleted on a device before it was sent; if it had come all the same, that too.</summary>
    private async Task<Outcome?> TakeBackAsync(DeviceItem item, Actor actor, CancellationToken cancel)
    {
        var input = item.TakenBack!;
        var why = string.IsNullOrWhiteSpace(input.Why) ? null : input.Why.Trim();
        await using var oneOf = await db.Database.BeginTransactionAsync(cancel);
        if (input.FileId is { } sent) await media.OneAtATimeAsync(sent, cancel);
        var hadArrived = await db.DeviceReceipts.AnyAsync(r => r.Id == input.ItemId && r.ChildId == item.ChildId, cancel);
        if (input.FileId is { } fileId) await media.ForgetSentAsync(item.ChildId, fileId, actor, cancel);
        db.Add(new TakenBack
        {
            Id = item.Id,
            AuthorityId = actor.AuthorityId,
            ChildId = item.ChildId,
            PersonId = actor.PersonId,
            ItemId = input.ItemId,
            Kind = input.Kind,
            SessionId = input.SessionId,
            FileId = input.FileId,
            Reason = input.Reason!.Value,
            WhySealed = why is null ? null : await keys.SealAsync(item.ChildId, why, item.Id, SealPart.TakenBackWhy, cancel),
            TakenBackAt = Utc(item.SealedAt),
            ReceivedAt = Now,
            HadArrived = hadArrived,
        });
        db.Add(AuditEntry.For(AuditActions.VoiceTakenBack, actor, item.ChildId, item.Id, clock, $"{input.Kind} {input.Reason}{(hadArrived ? " had arrived" : "")}"));
        await db.SaveChangesAsync(cancel);
        await oneOf.CommitAsync(cancel);
        return Outcome.Done;
    }

    private async Task<DeviceAnswer?> AgainAsync(DeviceItem item, byte[] hash, CancellationToken cancel)
    {
        var receipt = await db.DeviceReceipts.AsNoTracking().SingleOrDefaultAsync(r => r.Id == item.Id && r.ChildId == item.ChildId, cancel);
        if (receipt is null) return null;
        if (receipt.PersonId != item.PersonId || !receipt.Sha256.AsSpan().SequenceEqual(hash)) return DeviceAnswer.No(DeviceFault.Different, "Something else was already received under this number.");
        var hadArrived = item.Kind == DeviceItemKind.TakenBack && await db.TakenBacks.AnyAsync(t => t.Id == item.Id && t.HadArrived, cancel);
        return new(hash, item.Parts, await HoldOfAsync(item, cancel), hadArrived, null, "");
    }

    /// <summary>Whether what came is held now, so that its worker hears of it on the device too.</summary>
    private async Task<HoldState> HoldOfAsync(DeviceItem item, CancellationToken cancel)
    {
        if (item.Record is not { } said || VoiceMediaService.PermissionFor(said.Kind, said.ShowsPerson) is null) return HoldState.None;
        var record = await db.VoiceRecords.AsNoTracking().Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).SingleOrDefaultAsync(r => r.Id == item.Id && r.ChildId == item.ChildId, cancel);
        return record is null ? HoldState.None : VoiceHolds.Of(record, await consent.DecideAllNowAsync(item.ChildId, cancel));
    }

    /// <summary>Whether every piece of a recording is here and is, byte for byte, what was sealed.</summary>
    private async Task<DeviceAnswer?> PartsFaultAsync(DeviceItem item, Guid fileId, Actor actor, CancellationToken cancel)
    {
        var file = await db.Files.SingleOrDefaultAsync(f => f.Id == fileId && f.ChildId == item.ChildId && f.OwnerId == actor.PersonId, cancel);
        if (file is null || !await files.CompleteAsync(file, cancel)) return DeviceAnswer.No(DeviceFault.Incomplete, Missing);
        await using var content = await files.OpenAsync(file, cancel);
        var buffer = new byte[StoredFile.ChunkBytes];
        for (var index = 0; ; index++)
        {
            var read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
            if (read == 0) return index == item.Parts.Count ? null : Altered();
            if (index >= item.Parts.Count || item.Parts[index] is not { } part || part.Index != index || part.Length != read
                || !string.Equals(part.Sha256, Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, read))), StringComparison.Ordinal))
            {
                return Altered();
            }
        }

        static DeviceAnswer Altered() => DeviceAnswer.No(DeviceFault.Altered, "What arrived is not what was sealed. It stays on the device.");
    }

    /// <summary>Who a parent or carer of one child is among the people in another's life, when both are children the actor works with.</summary>
    private async Task<Guid?> SameInAsync(Guid from, Guid? relationshipId, Guid to, CancellationToken cancel)
    {
        var there = await db.Relationships.AsNoTracking().SingleOrDefaultAsync(r => r.Id == relationshipId && r.ChildId == from, cancel);
        return there is null ? null : WrongChildService.SameIn(await db.Relationships.AsNoTracking().Where(r => r.ChildId == to).ToListAsync(cancel), there)?.Id;
    }

    /// <summary>From whom something is kept that was put with another child: whoever is in that child's life too.</summary>
    private async Task<IReadOnlyList<KeptFrom>> SameInAsync(Guid from, IReadOnlyList<KeptFrom> kept, Guid to, CancellationToken cancel)
    {
        var there = new List<KeptFrom>();
        foreach (var one in kept) there.Add(Guid.TryParse(one.Who, out var person) && await SameInAsync(from, person, to, cancel) is { } same ? one with { Who = same.ToString() } : one);
        return there;
    }

    /// <summary>Who else is heard on a recording that was put with another child: whoever is in that child's life too, and the others by name, so that nobody is asked less for that.</summary>
    private async Task MeetAsync(Guid from, Guid to, BeforeSealing before, CancellationToken cancel)
    {
        var there = await db.Relationships.AsNoTracking().Where(r => r.ChildId == from && before.OthersHeard.Contains(r.Id)).ToListAsync(cancel);
        var here = await db.Relationships.AsNoTracking().Where(r => r.ChildId == to).ToListAsync(cancel);
        var heard = before.OthersHeard.Distinct().Select(id => there.Find(r => r.Id == id)).Select(r => (Name: r?.Name ?? "Somebody", Same: r is null ? null : WrongChildService.SameIn(here, r))).ToList();
        before.OthersHeard = [.. heard.Select(h => h.Same?.Id).OfType<Guid>()];
        before.OthersDescribed = string.Join('\n', before.Described.Concat(heard.Where(h => h.Same is null).Select(h => h.Name)));
    }

    private string? Invalid(DeviceItem item) => item.KeptFrom.Count > KeptFromMost ? "Nobody is kept from so many."
        : item.KeptFrom.Select(k => doNotTells.Validate(RuleOf(item, k)).Errors.FirstOrDefault()?.ErrorMessage).FirstOrDefault(e => e is not null) ?? InvalidItself(item);

    private string? InvalidItself(DeviceItem item) => item.Kind == DeviceItemKind.DoNotTell ? null : (item.Kind switch
    {
        DeviceItemKind.Visit => visits.Validate(item.Visit!),
        DeviceItemKind.Record => records.Validate(item.Record!),
        DeviceItemKind.TakenBack => takenBack.Validate(item.TakenBack!),
        _ => consents.Validate(item.Consent ?? AskingService.AsDecision(item.Answer!)),
    }).Errors.FirstOrDefault()?.ErrorMessage;

    /// <summary>The id of what the item holds; none when it holds nothing of its kind, or what a device cannot make.</summary>
    private static Guid? IdIn(DeviceItem item) => item.Kind switch
    {
        DeviceItemKind.Visit => item.Visit?.Id,
        DeviceItemKind.Consent => item.Consent?.Id ?? item.Answer?.Id,
        DeviceItemKind.TakenBack => item.TakenBack?.Id,
        // Bears the id of the first of them.
        DeviceItemKind.DoNotTell => item.KeptFrom is [{ Id: var first }, ..] ? first : null,
        // A photo is kept under the id of its record, where what was sent of it must not stand.
        DeviceItemKind.Record when item.Record is { Kind: VoiceKind.Photo } photo && photo.FileId == photo.Id => null,
        DeviceItemKind.Record when item.Record is { Kind: VoiceKind.TypedText or VoiceKind.Audio or VoiceKind.Drawing or VoiceKind.Photo or VoiceKind.SignOrGesture or VoiceKind.ObservedNonVerbal or VoiceKind.Declined } => item.Record.Id,
        DeviceItemKind.Record when item.Record is { Kind: VoiceKind.SymbolChoice, ToolVersionId: null } => item.Record.Id,
        DeviceItemKind.Record when item.Record is { ToolVersionId: not null } answers && answers.Kind.MayUseTool() => answers.Id,
        _ => null,
    };

    private static RecordConsent WithClock(DeviceItem item, DateTime? sentAt)
    {
        // Whose name stood in the words is for the page to say; there is none here.
        (item.Consent!.Recipient, item.Consent.Device) = (null, ClockOf(item, sentAt));
        return item.Consent;
    }

    private static DeviceClock ClockOf(DeviceItem item, DateTime? sentAt) => new(item.DeviceId, Utc(item.SealedAt), sentAt is { } sent ? Utc(sent) : null, item.OffsetMinutes, item.Sequence);

    /// <summary>Holders of parental responsibility, and carers to whom this decision was handed over, decide as of today.</summary>
    private async Task<TakenConsent> PermissionAsync(Child child, int? age, Purpose purpose, IReadOnlyList<TakenPerson> people, DateOnly today, CancellationToken cancel)
    {
        var offered = (await wordings.OfferedAsync(purpose, Purposes.BandOf(age), cancel)).Concat(await wordings.OfferedAsync(purpose, AgeBand.Adult, cancel))
            .Where(w => w.Format == WordingFormat.Text && (w.Language == child.PreferredLanguage || w.Language == "en")).ToList();
        var delegates = await db.DelegatedAuthorities.AsNoTracking()
            .Where(d => d.ChildId == child.Id && d.Purposes.Contains(purpose) && (d.FromOn == null || d.FromOn <= today) && (d.ToOn == null || d.ToOn >= today))
            .Select(d => d.RelationshipId).ToListAsync(cancel);
        var holders = await db.Relationships.AsNoTracking().Where(r => r.ChildId == child.Id && r.Responsibilities.Any(p => (p.FromOn == null || p.FromOn <= today) && (p.ToOn == null || p.ToOn >= today)))
            .Select(r => r.Id).ToListAsync(cancel);
        var isTold = (await purposes.RulesAsync(purpose, Now, cancel)).Basis == PurposeBasis.NoticeOnly;
        var adults = people.Where(p => !isTold && (holders.Contains(p.RelationshipId) || delegates.Contains(p.RelationshipId)))
            .Select(p => (p, holders.Contains(p.RelationshipId) ? DecidedBy.ParentalResponsibility : DecidedBy.DelegatedAuthority)).ToList();
        return new(await consent.DecideNowAsync(child.Id, purpose, null, cancel), isTold, await consent.AskAgainFromAsync(child.Id, purpose, null, cancel), adults, offered);
    }

    /// <summary>Each purpose that stands, but what is asked about on a visit with its words (recording, photos) and what is a duty (the record itself).</summary>
    private async Task<IReadOnlyList<TakenStop>> StopsAsync(Guid childId, IReadOnlyList<TakenPerson> people, CancellationToken cancel)
    {
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        var inGeneral = Enum.GetValues<Purpose>().Where(p => p is not (Purpose.KeepRecord or Purpose.Audio or Purpose.ImageWork or Purpose.ImagePerson) && !Purposes.IsForOneRecipient(p) && permissions[p].Allowed)
            .Select(p => new TakenStop(p, null, null, Purposes.BasisOf(p) == PurposeBasis.NoticeOnly ? ConsentEventType.Objected : ConsentEventType.Withdrawn));
        var narrow = await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == childId && (e.Scope == ConsentScope.Recipient || e.Scope == ConsentScope.Project)).Select(e => new { e.Purpose, e.Scope, e.ScopeId }).Distinct().ToListAsync(cancel);
        var forOne = new List<TakenStop>();
        var names = await named.OfAsync(childId, cancel);
        var asked = narrow.Where(n => n.Scope == ConsentScope.Project).Select(n => n.ScopeId!.Value).ToList();
        var projects = await db.ResearchProjects.AsNoTracking().Where(p => asked.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Title, cancel);
        foreach (var one in narrow)
        {
            if (!permissions.Of(one.Purpose, one.ScopeId).Allowed) continue;
            if (one.Scope == ConsentScope.Project)
            {
                // A yes to all research stops with its own line; by itself a project is stopped even then, and stays so.
                forOne.Add(new(one.Purpose, null, null, ConsentEventType.Withdrawn) { ProjectId = one.ScopeId, Named = projects.GetValueOrDefault(one.ScopeId!.Value) });
                continue;
            }

            forOne.Add(new(one.Purpose, one.ScopeId, people.FirstOrDefault(p => p.RelationshipId == one.ScopeId), ConsentEventType.Withdrawn) { Named = names.GetValueOrDefault(one.ScopeId!.Value).Name });
        }

        return [.. inGeneral.Concat(forOne).OrderBy(s => s.Purpose).ThenBy(s => s.RecipientId).ThenBy(s => s.ProjectId)];
    }

    /// <summary>Everybody in the child's life.</summary>
    private async Task<IReadOnlyList<TakenPerson>> PeopleAsync(Guid childId, CancellationToken cancel)
    {
        var people = await db.Relationships.AsNoTracking().Where(r => r.ChildId == childId).ToListAsync(cancel);
        return [.. people.OrderBy(p => p.Kind).ThenBy(p => p.Id).Select(p => new TakenPerson(p.Id, p.Kind, p.NameNeeded(people)))];
    }

    private static DateTime Utc(DateTime at) => at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc);
}
