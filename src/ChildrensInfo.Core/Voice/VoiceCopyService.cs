using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>Services and meetings a copy can be for.</summary>
public enum OutsideService
{
    School,
    Health,
    Police,
    ReviewMeeting,
    ProtectionConference,
    Court,
    Advocate,

    /// <summary>One that has a name instead of a kind (<see cref="NamedRecipient"/>).</summary>
    OtherService,
}

/// <summary>Whom a copy is for: the child, one person in their life, or a service, and then who of those in the child's life will be there.</summary>
/// <param name="NamedId">The service, when it is one by name.</param>
public sealed record CopyRecipient(ListenerKind Kind, Guid? RelationshipId, OutsideService? Service, Guid? NamedId, IReadOnlyList<Guid> Present)
{
    public static readonly CopyRecipient TheChild = new(ListenerKind.Child, null, null, null, []);

    public static CopyRecipient Person(Guid relationshipId) => new(ListenerKind.Relation, relationshipId, null, null, []);

    public static CopyRecipient To(OutsideService service, params IReadOnlyList<Guid> present) => new(ListenerKind.Service, null, service, null, present);

    public static CopyRecipient ToNamed(Guid namedId, params IReadOnlyList<Guid> present) => new(ListenerKind.Service, null, OutsideService.OtherService, namedId, present);

    /// <summary>Everybody who would read it.</summary>
    public IReadOnlyList<Listener> Listeners => Kind switch
    {
        ListenerKind.Child => [Listener.TheChild],
        ListenerKind.Relation => [Listener.Relation(RelationshipId!.Value)],
        _ => [Listener.AService, .. Present.Select(Listener.Relation)],
    };

    /// <summary>What the permission for this service is kept under.</summary>
    public Guid ServiceScope => NamedId ?? ScopeOf(Service!.Value);

    /// <summary>What a permission for one kind of service is kept under: the same in every council.</summary>
    public static Guid ScopeOf(OutsideService service) => new((int)service + 1, 0x5e7, 0x1ce, [0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>Which kind of service is kept under it; null when it is none.</summary>
    public static OutsideService? ServiceOf(Guid scopeId) => Array.Find(Enum.GetValues<OutsideService>(), s => ScopeOf(s) == scopeId) is var service && ScopeOf(service) == scopeId ? service : null;
}

/// <summary>Why something is not in a copy, the strongest first.</summary>
public enum LeftOutBecause
{
    /// <summary>Somebody who would read it must not be told.</summary>
    DoNotTell,

    /// <summary>It says that somebody is not safe: told by a person who knows how, never on paper.</summary>
    Disclosure,

    /// <summary>Words of somebody else, which are theirs to give.</summary>
    SomebodyElsesWords,

    /// <summary>Nobody has said yes to showing it to them.</summary>
    NotPermitted,

    /// <summary>A voice is heard, not printed, and says more than its words.</summary>
    Recording,
}

/// <summary>What decides whether a record may be in a copy: pure, so that it can be tried with everything that can happen.</summary>
public static class CopyRules
{
    /// <param name="rules">The child's rules about who must not be told.</param>
    /// <param name="shared">For each person and for the service who would read it: whether showing it to them is permitted now.</param>
    /// <returns>Null when it may be in the copy.</returns>
    public static LeftOutBecause? Against(VoiceRecord record, CopyRecipient recipient, IReadOnlyList<DoNotTell> rules, Func<Listener, bool> shared, DateOnly today)
    {
        if (recipient.Listeners.Any(l => DoNotTellRules.Against(rules, l, record, today) is not null)) return LeftOutBecause.DoNotTell;
        if (record.Sensitivity == Sensitivity.Disclosure) return LeftOutBecause.Disclosure;
        if (record.Speaker == Speaker.ParentOrCarer)
        {
            // Somebody's own voice is always theirs; for everybody else it is not the child's to give.
            return recipient.Kind == ListenerKind.Relation && recipient.RelationshipId == record.SpeakerRelationshipId ? null : LeftOutBecause.SomebodyElsesWords;
        }

        if (recipient.Kind == ListenerKind.Child) return null;
        // What children said together is not one child's to give: the others were not asked.
        if (record.Speaker == Speaker.Group) return LeftOutBecause.SomebodyElsesWords;
        if (!recipient.Listeners.All(shared)) return LeftOutBecause.NotPermitted;
        return record.Kind == VoiceKind.Audio ? LeftOutBecause.Recording : null;
    }

    /// <summary>What workers think goes to services; to the child when nobody found that it is not right to show; to nobody else.</summary>
    public static bool HasInterpretations(CopyRecipient recipient) => recipient.Kind is ListenerKind.Service or ListenerKind.Child;
}

/// <summary>Something that is not in the copy. It holds nothing of what was said.</summary>
public sealed record LeftOut(Guid RecordId, DateOnly HeardOn, VoiceKind Kind, Speaker Speaker, LeftOutBecause Because);

/// <param name="Records">What is in it, oldest first, with corrections beside the first; nothing of it is opened yet.</param>
/// <param name="Interpretations">What workers think that is in it, under each record it rests on: only where all of them are in it.</param>
/// <param name="InterpretationsLeftOut">How many of what workers think are not in it.</param>
/// <param name="StandAgain">Those of them of which a newer version is gone.</param>
/// <param name="Sharing">For a person or a service: where permission to show it to each of them stands.</param>
public sealed record CopyPlan(
    Child Child, CopyRecipient Recipient, IReadOnlyList<VoiceRecord> Records, IReadOnlyList<LeftOut> LeftOut, ILookup<Guid, Interpretation> Interpretations, int InterpretationsLeftOut, IReadOnlySet<Guid> StandAgain,
    IReadOnlyList<(Listener Listener, Relationship? Person, ConsentDecision Decision)> Sharing);

/// <summary>One thing in a copy, opened.</summary>
/// <param name="Asked">What they were asked, word for word.</param>
/// <param name="Written">What a recording says, when somebody has listened and accepted it.</param>
/// <param name="SaidOf">What was said about it, or about what of a worker's stands under it, where every record in which that was said is in the copy.</param>
public sealed record CopiedRecord(
    VoiceRecord Record, string? Text, string? Asked, AcceptedTranscript? Written, HoldState Hold, IReadOnlyList<(VoiceRecord Record, string Text)> Corrections, IReadOnlyList<CopiedInterpretation> Interpretations,
    IReadOnlyList<SaidOf> SaidOf);

public sealed record CopiedInterpretation(Interpretation Interpretation, bool NewerIsGone, string Text, string? BasedOn, string? Alternative);

/// <summary>What may be a passage about somebody else, told apart from all others of the child by its key.</summary>
/// <param name="Key">The id of what it is part of, and which part: it says nothing of what was said.</param>
/// <param name="Found">What the portal would leave out of it: a suggestion.</param>
public sealed record CopyPassage(string Key, string Text, string Language, IReadOnlyList<RedactionSpan> Found);

/// <summary>A copy as its worker reads it through before it is made.</summary>
public sealed record CopyReading(CopyPlan Plan, IReadOnlyList<CopiedRecord> Records, IReadOnlyDictionary<string, CopyPassage> Passages)
{
    /// <summary>What was read, without a word of it: when it differs, something came or went meanwhile.</summary>
    public string Read => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', Passages.Keys.Order(StringComparer.Ordinal)))));
}

/// <summary>What its worker leaves out of a copy after reading it through.</summary>
/// <param name="Read">What was read, <see cref="CopyReading.Read"/>.</param>
/// <param name="Spans">Places in passages, by the passage's key.</param>
/// <param name="Phrases">Words left out wherever they stand.</param>
public sealed record LeaveOut(string? Read, ILookup<string, RedactionSpan> Spans, IReadOnlyList<string> Phrases);

/// <param name="Hidden">How many places are left out of what is in it.</param>
public sealed record MadeCopy(CopyPlan Plan, IReadOnlyList<CopiedRecord> Records, int Hidden);

/// <summary>What came of asking for a copy: the copy, or why it is to be read through again.</summary>
public sealed record CopyAnswer(MadeCopy? Made, CopyReading Reading, Refusal? Refusal);

/// <summary>Makes copies of what was said for somebody: the only way in which it leaves on paper. What they may not have is left out here.</summary>
public sealed class VoiceCopyService(AppDbContext db, KeyRing keys, ConsentService consent, DoNotTellService doNotTell, TranscriptService transcripts, ResponseService responses, TimeProvider clock)
{
    // The parts of a record that have words of their own.
    private const string Words = "words";
    private const string Asked = "asked";
    private const string Written = "written";
    private const string Thought = "thought";
    private const string BasedOn = "based-on";
    private const string OtherReading = "other-reading";
    private const string About = "about";

    /// <summary>What would be in a copy and what would not, and why.</summary>
    /// <returns>Null when the child is not one the actor may see, or the recipient is nobody in this child's life.</returns>
    public async Task<CopyPlan?> PlanAsync(Guid childId, CopyRecipient recipient, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        // "Another service" without its name is nobody.
        if (recipient.Service == OutsideService.OtherService && !(recipient.NamedId is { } service && await NamedRecipientService.IsThereAsync(db, childId, Purpose.SharePro, service, cancel))) return null;
        var named = recipient.Listeners.Where(l => l.Kind == ListenerKind.Relation).Select(l => l.Id!.Value).Distinct().ToList();
        var people = await db.Relationships.AsNoTracking().Where(r => r.ChildId == childId && named.Contains(r.Id)).ToListAsync(cancel);
        if (people.Count != named.Count) return null;

        var sharing = new List<(Listener Listener, Relationship? Person, ConsentDecision Decision)>();
        foreach (var listener in recipient.Listeners.Where(l => l.Kind != ListenerKind.Child))
        {
            var decision = listener.Kind == ListenerKind.Relation
                ? await consent.DecideNowAsync(childId, Purpose.ShareParent, listener.Id, cancel)
                : await consent.DecideNowAsync(childId, Purpose.SharePro, recipient.ServiceScope, cancel);
            sharing.Add((listener, people.Find(p => p.Id == listener.Id), decision));
        }

        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var rules = await doNotTell.StandingAsync(childId, cancel);
        var records = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking().AsSplitQuery()).Where(r => r.ChildId == childId)
            .Include(r => r.Session).ThenInclude(s => s!.Present.OrderBy(p => p.Position)).Include(r => r.SpeakerRelationship).Include(r => r.Words).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers)
            .Include(r => r.ToolVersion)
            .OrderBy(r => r.HeardOn).ThenBy(r => r.SealedAt).ThenBy(r => r.Id).ToListAsync(cancel);

        bool Shared(Listener listener) => sharing.Exists(s => s.Listener == listener && s.Decision.Allowed);
        var why = records.ToDictionary(r => r.Id, r => CopyRules.Against(r, recipient, rules, Shared, today));
        var byId = records.ToDictionary(r => r.Id);
        // What corrects or explains something stands beside it or not at all: a drawing that may not leave does not leave in words either.
        LeftOutBecause? Why(VoiceRecord r) => why[r.Id] ?? BesideWhy(r.CorrectsId) ?? BesideWhy(r.ExplainsId);
        LeftOutBecause? BesideWhy(Guid? id) => id is null ? null : byId.TryGetValue(id.Value, out var beside) ? Why(beside) : LeftOutBecause.DoNotTell;
        var included = records.Where(r => Why(r) is null).ToList();
        var inCopy = included.Select(r => r.Id).ToHashSet();
        var readings = await doNotTell.ReadingsAsync(childId, actor, cancel);
        var interpretations = included.SelectMany(r => readings.Of(r.Id).Select(i => (RecordId: r.Id, Interpretation: i))).ToList();
        var shown = interpretations.Where(i => CopyRules.HasInterpretations(recipient) && (recipient.Kind != ListenerKind.Child || i.Interpretation.IsForTheChild) && i.Interpretation.Under().All(r => inCopy.Contains(r.Id))).ToList();
        return new(
            child, recipient, included,
            [.. records.Where(r => Why(r) is not null).Select(r => new LeftOut(r.Id, r.HeardOn, r.Kind, r.Speaker, Why(r)!.Value))],
            shown.ToLookup(i => i.RecordId, i => i.Interpretation), interpretations.Except(shown).Select(i => i.Interpretation.Id).Distinct().Count(),
            shown.Select(i => i.Interpretation).Where(readings.StandsAgain).Select(i => i.Id).ToHashSet(), sharing);
    }

    /// <summary>Opens what would be in the copy, for its worker to read through before anybody else does.</summary>
    /// <returns>As <see cref="PlanAsync"/>.</returns>
    public async Task<CopyReading?> ReadAsync(Guid childId, CopyRecipient recipient, Actor actor, CancellationToken cancel)
    {
        if (await PlanAsync(childId, recipient, actor, cancel) is not { } plan) return null;
        var (reading, _) = await OpenAsync(plan, actor, cancel);
        if (plan.Records.Count == 0) return reading;
        db.Add(AuditEntry.For(AuditActions.ChildRead, actor, childId, recipient.RelationshipId, clock, "before a copy"));
        await db.SaveChangesAsync(cancel);
        return reading;
    }

    /// <summary>Makes the copy and writes down that it was made: for whom, how much is in it and how much is not, and no word of it.</summary>
    /// <param name="leaveOut">What its worker leaves out besides.</param>
    /// <returns>As <see cref="PlanAsync"/>.</returns>
    public async Task<CopyAnswer?> MakeAsync(Guid childId, CopyRecipient recipient, LeaveOut leaveOut, Actor actor, CancellationToken cancel)
    {
        if (await PlanAsync(childId, recipient, actor, cancel) is not { } plan) return null;
        var (reading, written) = await OpenAsync(plan, actor, cancel);
        if (leaveOut.Read != reading.Read) return new(null, reading, new Refusal("", "Something was added or put right since you read this. Read it again before you make the copy"));
        if (leaveOut.Phrases.FirstOrDefault(phrase => reading.Passages.Values.All(p => Spans.Places(p.Text, phrase).Count == 0)) is { } nowhere)
        {
            return new(null, reading, new Refusal(nameof(LeaveOut.Phrases), $"“{nowhere}” is nowhere in the copy. Write it as it stands there, or take it off this list"));
        }

        // What a worker thinks of several records stands under each, and what is left out of it is one place.
        var hidden = new Dictionary<string, int>();
        string Hide(string key, string text)
        {
            var spans = Spans.Apart(text, [.. leaveOut.Spans[key], .. leaveOut.Phrases.SelectMany(phrase => Spans.Places(text, phrase))]);
            hidden[key] = spans.Count;
            return Redactor.Replace(text, spans);
        }

        List<CopiedRecord> records = [.. reading.Records.Select(r => Each(r, Hide))];
        var places = hidden.Values.Sum();
        var kind = recipient.Kind switch { ListenerKind.Relation => $"{plan.Sharing[0].Person!.Kind}", ListenerKind.Service => $"{recipient.Service}", _ => "Child" };
        foreach (var (listener, person, decision) in plan.Sharing)
        {
            var (purpose, scope) = person is null ? (Purpose.SharePro, recipient.ServiceScope) : (Purpose.ShareParent, listener.Id!.Value);
            foreach (var record in plan.Records) consent.Rely(decision, childId, purpose, scope, VoiceSurface.Print, record.Id, actor);
        }

        await transcripts.RelyAsync(childId, written, VoiceSurface.Print, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.VoiceCopied, actor, childId, recipient.RelationshipId, clock,
            string.Create(CultureInfo.InvariantCulture, $"for {kind}: {plan.Records.Count} in, {plan.LeftOut.Count} left out{(places > 0 ? $", {places} places hidden" : "")}")));
        await db.SaveChangesAsync(cancel);
        return new(new MadeCopy(plan, records, places), reading, null);
    }

    private async Task<(CopyReading Reading, IReadOnlyDictionary<Guid, AcceptedTranscript> Written)> OpenAsync(CopyPlan plan, Actor actor, CancellationToken cancel)
    {
        var childId = plan.Child.Id;
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        await keys.LoadAsync([childId], cancel);
        var written = await transcripts.AcceptedAsync(childId, [.. plan.Records.Where(r => r.Kind == VoiceKind.Audio).Select(r => r.Id)], actor, cancel);
        var inCopy = plan.Records.Select(r => r.Id).ToHashSet();
        var saidOf = await responses.SaidOfAsync(
            responses.ReadableBy(actor).Where(a => a.ChildId == childId && a.Voices.Count > 0 && a.Voices.All(v => inCopy.Contains(v.VoiceRecordId))),
            [.. plan.Records.Where(r => r.CorrectsId is null).Select(r => r.Id)], [.. plan.Interpretations.SelectMany(i => i).Select(i => i.Id).Distinct()], cancel);
        var copied = new List<CopiedRecord>();
        foreach (var record in plan.Records.Where(r => r.CorrectsId is null))
        {
            var corrections = new List<(VoiceRecord, string)>();
            foreach (var correction in plan.Records.Where(r => r.CorrectsId == record.Id)) corrections.Add((correction, await TextAsync(correction, cancel) ?? ""));
            var interpretations = new List<CopiedInterpretation>();
            foreach (var i in plan.Interpretations[record.Id])
            {
                interpretations.Add(new(
                    i, plan.StandAgain.Contains(i.Id), await keys.OpenAsync(childId, i.Sealed, i.Id, SealPart.Interpretation, cancel),
                    i.BasedOnSealed is { } based ? await keys.OpenAsync(childId, based, i.Id, SealPart.BasedOn, cancel) : null,
                    i.AlternativeSealed is { } other ? await keys.OpenAsync(childId, other, i.Id, SealPart.Alternative, cancel) : null));
            }

            copied.Add(new(
                record, await TextAsync(record, cancel), record.Words?.PromptSealed is { } prompt ? await keys.OpenAsync(childId, prompt, record.Id, SealPart.Prompt, cancel) : null, plan.Recipient.Kind == ListenerKind.Child ? written.GetValueOrDefault(record.Id)?.AsGivenToTheChild(record) : written.GetValueOrDefault(record.Id)?.AsGiven, VoiceHolds.Of(record, permissions), corrections, interpretations,
                [.. saidOf[record.Id], .. interpretations.SelectMany(i => saidOf[i.Interpretation.Id])]));
        }

        var others = await db.Relationships.AsNoTracking().Where(r => r.ChildId == childId).Select(r => new { r.Id, r.Name }).ToListAsync(cancel);
        var known = new KnownDetails { Names = [.. others.Where(o => o.Id != plan.Recipient.RelationshipId).Select(o => o.Name)] };
        // Whose copy it is knows their own name and the child's.
        var theirs = new[] { plan.Child.GivenName, plan.Child.FamilyName, plan.Child.KnownAs, others.Find(o => o.Id == plan.Recipient.RelationshipId)?.Name }
            .OfType<string>().SelectMany(WordsOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var passages = new Dictionary<string, CopyPassage>();
        foreach (var record in copied)
        {
            Each(record, (key, text) =>
            {
                passages[key] = new(key, text, record.Record.Language, [.. Redactor.Find(text, known).Where(s => s.Type != RedactionType.Name || WordsOf(Spans.Of(text, s)).Any(w => !theirs.Contains(w)))]);
                return text;
            });
        }

        return (new CopyReading(plan, copied, passages), written);
    }

    /// <summary>The keys of a record's passages, in the order in which they are read.</summary>
    public static IReadOnlyList<string> KeysOf(CopiedRecord copied)
    {
        var keys = new List<string>();
        Each(copied, (key, text) =>
        {
            keys.Add(key);
            return text;
        });
        return keys;
    }

    /// <summary>A record with each of its texts put through something, which is told which one it is.</summary>
    private static CopiedRecord Each(CopiedRecord copied, Func<string, string, string> with)
    {
        string? Part(Guid id, string part, string? text) => text is null ? null : with($"{id:N}.{part}", text);
        return copied with
        {
            Text = Part(copied.Record.Id, Words, copied.Text),
            Written = copied.Written is { } written ? written with { Text = Part(written.Id, Written, written.Text)! } : null,
            Asked = Part(copied.Record.Id, Asked, copied.Asked),
            Corrections = [.. copied.Corrections.Select(c => (c.Record, Part(c.Record.Id, Words, c.Text)!))],
            Interpretations =
            [
                .. copied.Interpretations.Select(i => i with
                {
                    Text = Part(i.Interpretation.Id, Thought, i.Text)!,
                    BasedOn = Part(i.Interpretation.Id, BasedOn, i.BasedOn),
                    Alternative = Part(i.Interpretation.Id, OtherReading, i.Alternative),
                }),
            ],
            SaidOf = [.. copied.SaidOf.Select(s => s with { Words = Part(s.AskId, About, s.Words)! })],
        };
    }

    private static IEnumerable<string> WordsOf(string name) => Regex.Split(name, @"[^\p{L}\p{M}]+").Where(w => w.Length > 0);

    private async Task<string?> TextAsync(VoiceRecord record, CancellationToken cancel) => AnswerSheet.TextOf(record, await keys.SaidInAsync(record, cancel));
}
