using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Responses;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <param name="Age">A band, never the age.</param>
public sealed record Quote(string Words, string Age, string Language, WordsProvenance Provenance);

/// <param name="Children">How many children's records hold something, rounded; null when so few do that it would point to them.</param>
/// <param name="SomeWait">Whether some of it has not been answered.</param>
public sealed record SaidAbout(int? Children, bool SomeWait, IReadOnlyList<Quote> Quotes)
{
    public static readonly SaidAbout Nothing = new(null, false, []);
}

/// <summary>Which records hold a child's own words as the child put them, and nothing that must not leave.</summary>
public static class OwnWords
{
    private static readonly WordsProvenance[] Closest = [WordsProvenance.OwnHand, WordsProvenance.VerbatimAtTheTime, WordsProvenance.Recorded, WordsProvenance.ViaInterpreter];

    /// <summary>Those whose words may be read by somebody who does not work with the child, when permission stands. What was put right would be quoted wrong.</summary>
    public static IQueryable<VoiceRecord> Among(IQueryable<VoiceRecord> records) => records
        .Where(r => r.Kind == VoiceKind.TypedText && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson)
            && Closest.Contains(r.Provenance) && r.Words != null && r.Sensitivity == Sensitivity.Normal && r.CorrectsId == null && r.Corrections.Count == 0);
}

/// <summary>
/// Prepares the few words that may be shown to people who may not open a child's record: a child's or young person's own typed words, where permission
/// to quote stands at this moment. The one place outside jobs that acts across the council; it gives out no name, no id and no day.
/// </summary>
public sealed class QuoteService(AppDbContext db, ConsentService consent, DoNotTellService doNotTell, IndicatorCalculation calculation, KeyRing keys, TimeProvider clock)
{
    /// <summary>From fewer children than these, words would point to who said them.</summary>
    public const int FewestHeard = 6;

    public const int LongestQuote = 280;

    /// <summary>How many records are looked at to find the few.</summary>
    private const int Candidates = 200;

    /// <summary>Words of children whom a view counts.</summary>
    /// <param name="shown">The view as it is shown: the group must be seen to be large enough, or that there are words at all would say that it is.</param>
    /// <param name="most">How many, each from another child.</param>
    public async Task<IReadOnlyList<Quote>> OfViewAsync(CurrentIndicator indicator, DateOnly day, NeedFilter? filter, Slice shown, int most, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed) || indicator.Definition.Counts is not { } count) return [];
        if (!shown.Heard.TryGet(out var heard) || heard < FewestHeard) return [];
        var job = actor.AsJob();
        using var acting = db.ActingAs(job);
        var now = clock.GetUtcNow().UtcDateTime;
        var since = IndicatorCalculation.HeardInYear(count) ? NeedPeople.FirstOf(day).AddDays(-1) : day.AddDays(-NeedPeople.HeardWithinDays);
        // What somebody must not be told could reach them from a figure's side.
        var records = doNotTell.FreeOfRules(db.VoiceRecords.AsNoTracking()).Where(r => r.HeardOn > since && r.HeardOn <= day);
        // Permission first, asked now: it leaves few, and only of those is it worked out whether the view counts them.
        var spoke = await OwnWords.Among(records).Select(r => r.ChildId).Distinct().ToListAsync(cancel);
        var (children, alone) = await MayBeQuotedAsync(spoke, now, cancel);
        if (children.Count == 0 && alone.Count == 0) return [];
        var counted = await calculation.HeardAsync(indicator, day, filter, [.. children.Union(alone.Values)], job, cancel);
        return await QuotedAsync(records.Where(r => counted.Contains(r.ChildId) && (children.Contains(r.ChildId) || alone.Keys.Contains(r.Id))), day, most, "dashboard", actor, cancel);
    }

    /// <summary>
    /// What was said about a figure, the dashboard, a form or a project itself, for those who see it: how many children's records hold something, when that is no small number and they were
    /// told that answers are counted; and a few of the words, where permission to quote them stands.
    /// </summary>
    public async Task<SaidAbout> AboutAsync(InformationThing thing, int most, Actor actor, CancellationToken cancel)
    {
        var may = thing.Kind switch
        {
            ThingKind.Project => actor.Can(Capability.UseExtracts) || actor.Can(Capability.ReviewProjects),
            ThingKind.Form => actor.Can(Capability.HearChildren),
            _ => actor.Can(Capability.UnderstandNeed),
        };
        if (!may) return SaidAbout.Nothing;
        using var acting = db.ActingAs(actor.AsJob());
        var free = doNotTell.FreeOfRules(db.VoiceRecords);
        var asks = await db.Asks.AsNoTracking().Where(a => a.ThingKind == thing.Kind && a.ThingId == thing.Id && a.ThingKey == thing.Key && a.Voices.All(v => free.Any(r => r.Id == v.VoiceRecordId)))
            .Select(a => new { a.Id, a.ChildId, Waits = a.Steps.OrderByDescending(s => s.Number).First().DueOn != null }).ToListAsync(cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        var children = asks.Select(a => a.ChildId).Distinct().ToList();
        var counted = (await consent.DecideManyAsync(children, Purpose.Stats, null, now, cancel)).Where(d => d.Value.Allowed).Select(d => d.Key).ToHashSet();
        // Where their number may not be seen, that there are words at all would say that it is large enough.
        if (!Rounding.Round(Figure.Of(counted.Count)).TryGet(out var about) || about == 0) return SaidAbout.Nothing;

        var (quotable, alone) = await MayBeQuotedAsync(counted, now, cancel);
        var of = asks.Where(a => counted.Contains(a.ChildId)).Select(a => a.Id).ToList();
        var records = doNotTell.FreeOfRules(db.VoiceRecords.AsNoTracking())
            .Where(r => (quotable.Contains(r.ChildId) || alone.Keys.Contains(r.Id)) && db.AskVoices.Any(v => v.VoiceRecordId == r.Id && of.Contains(v.AskId)));
        var quotes = await QuotedAsync(records, ConsentRules.LocalDay(now), most, "information", actor, cancel);
        return new((int)about, asks.Exists(a => a.Waits && counted.Contains(a.ChildId)), quotes);
    }

    /// <summary>The children whose words may be quoted; and single records that somebody said yes to by themselves, whatever the answer is to the others, with whose they are.</summary>
    private async Task<(HashSet<Guid> Children, Dictionary<Guid, Guid> Alone)> MayBeQuotedAsync(IReadOnlyCollection<Guid> childIds, DateTime at, CancellationToken cancel)
    {
        var children = (await consent.DecideManyAsync(childIds, Purpose.QuoteService, null, at, cancel)).Where(d => d.Value.Allowed).Select(d => d.Key).ToHashSet();
        var alone = await db.ConsentEvents.AsNoTracking()
            .Where(e => e.Purpose == Purpose.QuoteService && e.Scope == ConsentScope.VoiceRecord && e.Type == ConsentEventType.Given && childIds.Contains(e.ChildId) && !children.Contains(e.ChildId))
            .Select(e => new { RecordId = e.ScopeId!.Value, e.ChildId }).Distinct().ToListAsync(cancel);
        var decisions = await consent.DecideEachAsync(alone.ConvertAll(a => (a.ChildId, Purpose.QuoteService, (Guid?)a.RecordId)), at, cancel);
        return (children, alone.Zip(decisions).Where(d => d.Second.Allowed).ToDictionary(d => d.First.RecordId, d => d.First.ChildId));
    }

    /// <summary>The newest few of the records whose words may be quoted, each of another child.</summary>
    private async Task<IReadOnlyList<Quote>> QuotedAsync(IQueryable<VoiceRecord> records, DateOnly day, int most, string beside, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var candidates = await OwnWords.Among(records).OrderByDescending(r => r.HeardOn).ThenBy(r => r.Id).Take(Candidates)
            .Select(r => new { r.Id, r.ChildId, r.Language, r.Provenance, r.Words!.Sealed, Child = r.Child! })
            .ToListAsync(cancel);
        await keys.LoadAsync([.. candidates.Select(r => r.ChildId).Distinct()], cancel);

        var quotes = new List<Quote>();
        var quoted = new HashSet<Guid>();
        foreach (var record in candidates)
        {
            if (quotes.Count == most) break;
            if (quoted.Contains(record.ChildId)) continue;
            // Asked for the record: a no to this one outlives a yes to quoting, and a yes to this one stands beside a no to the others.
            var decision = await consent.DecideAsync(record.ChildId, Purpose.QuoteService, record.Id, now, cancel);
            if (!decision.Allowed) continue;
            var words = (await keys.OpenAsync(record.ChildId, record.Sealed, record.Id, SealPart.Words, cancel)).Trim();
            if (words.Length is 0 or > LongestQuote) continue;
            var relations = await db.Relationships.Where(r => r.ChildId == record.ChildId).Select(r => r.Name).ToListAsync(cancel);
            if (Names(words, [record.Child.GivenName, record.Child.FamilyName, record.Child.KnownAs, .. relations])) continue;
            quoted.Add(record.ChildId);
            quotes.Add(new Quote(words, Band(record.Child.AgeOn(day)), record.Language, record.Provenance));
            consent.Rely(decision, record.ChildId, Purpose.QuoteService, record.Id, VoiceSurface.Quote, record.Id, actor);
            db.Add(AuditEntry.For(AuditActions.VoiceQuoted, actor, record.ChildId, record.Id, clock, beside));
        }

        if (quotes.Count > 0) await db.SaveChangesAsync(cancel);
        return quotes;
    }

    /// <summary>Whether somebody of the child's is named in the words, whole words only.</summary>
    private static bool Names(string words, IEnumerable<string?> names)
    {
        var said = Regex.Split(words, @"[^\p{L}\p{M}]+").ToHashSet(StringComparer.CurrentCultureIgnoreCase);
        return names.Where(n => n is not null).SelectMany(n => Regex.Split(n!, @"[^\p{L}\p{M}]+")).Any(n => n.Length > 1 && said.Contains(n));
    }

    private static string Band(int? age) => age switch
    {
        null => "age not known",
        < 8 => "under 8",
        < 12 => "aged 8 to 11",
        < 16 => "aged 12 to 15",
        _ => "aged 16 or over",
    };
}
