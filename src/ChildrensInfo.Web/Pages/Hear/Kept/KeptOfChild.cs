using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>What stands around the records on a child's page and keeps them true: who must not be told, what was moved away, corrections, others on a recording, what workers think.</summary>
public sealed class KeptOfChild(AppDbContext db, KeyRing keys, DoNotTellService doNotTell, DutyService duties)
{
    public sealed record Around(
        Child Child, bool MayRecord, IReadOnlyList<DoNotTell> Rules, bool KeepsFromMe, IReadOnlyList<Moved> Moved, IReadOnlyList<TakenBackMark> TakenBack, IReadOnlyList<string> Destroyed, IReadOnlyList<BreachReport> OpenReports,
        IReadOnlyDictionary<Guid, OfRecord> Records);

    /// <summary>What is left of a record that was moved away.</summary>
    public sealed record Moved(DateOnly HeardOn, DateOnly MovedOn, string By);

    /// <summary>What is left of something that was deleted on a device before it was sent.</summary>
    /// <param name="VisitOn">The visit in which it was made, if that came.</param>
    public sealed record TakenBackMark(DeviceItemKind Kind, TakenBackReason Reason, string? Why, DateOnly On, DateOnly? VisitOn, string By, bool HadArrived);

    public sealed record OfRecord(
        VoiceRecord Record, HoldState Hold, IReadOnlyList<Correction> Corrections, IReadOnlyList<Other> Others, IReadOnlyList<Thought> Thoughts, bool HasRule, IReadOnlyList<VoiceCoding> Named);

    public sealed record Correction(Guid Id, CorrectionReason Reason, Speaker Speaker, string Text, string Language, WordsProvenance Provenance, string HowItCame, DateOnly HeardOn, DateOnly SealedOn, string By, ReadBack ReadBack, ReadBackHow? ReadBackHow);

    public sealed record Other(Guid Id, string Who, bool? Allowed);

    /// <param name="RecordId">The record under which it was written.</param>
    /// <param name="Under">All that it rests on, the first said first.</param>
    /// <param name="NewerIsGone">Whether a newer version of it is gone.</param>
    /// <param name="Before">The versions it replaced, newest first.</param>
    public sealed record Thought(
        Guid Id, Guid RecordId, IReadOnlyList<(Guid Id, DateOnly HeardOn)> Under, InterpretationKind Kind, Confidence? Confidence, string Text, string? BasedOn, string? Alternative, string By, DateOnly On, ChildSaw? Saw, string? Why, Guid? AnswerId, DateOnly? AnsweredOn,
        bool NewerIsGone, IReadOnlyList<Thought> Before);

    /// <param name="recordIds">The first records on the page.</param>
    /// <param name="permissions">What the child’s page was decided by.</param>
    public async Task<Around> LoadAsync(Child child, IReadOnlyCollection<Guid> recordIds, ChildPermissions permissions, Actor actor, CancellationToken cancel)
    {
        var rules = await doNotTell.StandingAsync(child.Id, cancel);
        // Whoever is assigned knows whom they must not tell, and not what is kept from themselves.
        if (actor.Reach == Reach.Assigned) rules.RemoveAll(d => DoNotTellRules.Names(d, Listener.Assigned(actor.PersonId, actor.Role)));
        var keepsFromMe = await doNotTell.KeepsFromAsync(child.Id, actor, cancel);
        var moved = await db.VoiceRecords.AsNoTracking().Where(r => r.ChildId == child.Id && r.MovedAt != null && r.CorrectsId == null)
            .OrderByDescending(r => r.MovedAt).Select(r => new { r.HeardOn, MovedAt = r.MovedAt!.Value, r.MovedById }).ToListAsync(cancel);
        // Whom a rule keeps something from does not learn either that there was something.
        var back = keepsFromMe ? [] : await db.TakenBacks.AsNoTracking().Where(t => t.ChildId == child.Id).OrderByDescending(t => t.TakenBackAt)
            .Select(t => new { Row = t, VisitOn = db.VoiceSessions.Where(s => s.Id == t.SessionId && s.ChildId == t.ChildId).Select(s => (DateOnly?)s.OccurredOn).FirstOrDefault() }).ToListAsync(cancel);
        var open = await db.BreachReports.AsNoTracking().Where(b => b.ChildId == child.Id && b.CompletedAt == null).OrderBy(b => b.MovedAt).ToListAsync(cancel);
        var records = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking().AsSplitQuery())
            .Where(r => r.ChildId == child.Id && (recordIds.Contains(r.Id) || (r.CorrectsId != null && recordIds.Contains(r.CorrectsId.Value))))
            .Include(r => r.Words).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Relationship).ToListAsync(cancel);
        var readings = await doNotTell.ReadingsAsync(child.Id, actor, cancel);
        var here = recordIds.SelectMany(readings.Of).SelectMany(i => readings.Before(i).Prepend(i)).DistinctBy(i => i.Id).ToList();

        var workers = records.Select(r => r.SealedById).Concat(here.Select(i => i.AuthorId)).Concat(moved.Select(m => m.MovedById ?? Guid.Empty)).Concat(back.Select(b => b.Row.PersonId)).Distinct().ToList();
        var names = await db.Users.Where(u => workers.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var answers = here.SelectMany(i => i.Showings).Select(s => s.ResponseRecordId).OfType<Guid>().Distinct().ToList();
        var answered = await doNotTell.ReadableBy(actor, db.VoiceRecords).Where(r => answers.Contains(r.Id) && r.ChildId == child.Id).ToDictionaryAsync(r => r.Id, r => r.HeardOn, cancel);
        await keys.LoadAsync([child.Id], cancel);

        var named = await NamedAsync(recordIds, cancel);
        var byRecord = new Dictionary<Guid, OfRecord>();
        foreach (var record in records.Where(r => r.CorrectsId is null))
        {
            var corrections = new List<Correction>();
            foreach (var c in records.Where(r => r.CorrectsId == record.Id).OrderBy(r => r.SealedAt).ThenBy(r => r.Id))
            {
                var text = await keys.OpenAsync(child.Id, c.Words!.Sealed, c.Id, SealPart.Words, cancel);
                corrections.Add(new(c.Id, c.CorrectionReason!.Value, c.Speaker, text, c.Language, c.Provenance, Words.HowItCame(c), c.HeardOn, ConsentRules.LocalDay(c.SealedAt), names.GetValueOrDefault(c.SealedById, "a worker"), c.ReadBack, c.ReadBackHow));
            }

            var others = new List<Other>();
            foreach (var voice in record.ThirdPartyVoices.OrderBy(v => v.Id)) others.Add(await OtherAsync(voice, cancel));
            byRecord[record.Id] = new(record, VoiceHolds.Of(record, permissions), corrections, others, await ThoughtsAsync(record.Id), rules.Exists(d => DoNotTellRules.Covers(d, record, records.Find(r => r.Id == record.ExplainsId))), named.GetValueOrDefault(record.Id, []));
        }

        var marks = new List<TakenBackMark>();
        foreach (var (row, visitOn) in back.Select(b => (b.Row, b.VisitOn)))
        {
            var why = row.WhySealed is { } text ? await keys.OpenAsync(child.Id, text, row.Id, SealPart.TakenBackWhy, cancel) : null;
            marks.Add(new(row.Kind, row.Reason, why, ConsentRules.LocalDay(row.TakenBackAt), visitOn, names.GetValueOrDefault(row.PersonId, "a worker"), row.HadArrived));
        }

        return new(
            child, actor.Can(Capability.HearChildren), rules, keepsFromMe,
            [.. moved.Select(m => new Moved(m.HeardOn, ConsentRules.LocalDay(m.MovedAt), names.GetValueOrDefault(m.MovedById ?? Guid.Empty, "a worker")))], marks, await DestroyedAsync(child.Id, keepsFromMe, cancel), open, byRecord);

        async Task<IReadOnlyList<Thought>> ThoughtsAsync(Guid recordId)
        {
            var thoughts = new List<Thought>();
            foreach (var current in readings.Of(recordId))
            {
                var before = new List<Thought>();
                foreach (var i in readings.Before(current)) before.Add(await ThoughtAsync(i, []));
                thoughts.Add(await ThoughtAsync(current, before));
            }

            return thoughts;
        }

        async Task<Thought> ThoughtAsync(Interpretation i, IReadOnlyList<Thought> before)
        {
            var showing = i.LastShowing;
            async Task<string?> OpenAsync(byte[]? text, Guid owner, int part) => text is null ? null : await keys.OpenAsync(child.Id, text, owner, part, cancel);
            return new(
                i.Id, i.VoiceRecordId, [.. i.Under().Select(r => (r.Id, r.HeardOn))], i.Kind, i.Confidence, await keys.OpenAsync(child.Id, i.Sealed, i.Id, SealPart.Interpretation, cancel), await OpenAsync(i.BasedOnSealed, i.Id, SealPart.BasedOn),
                await OpenAsync(i.AlternativeSealed, i.Id, SealPart.Alternative), names.GetValueOrDefault(i.AuthorId, "A worker"), ConsentRules.LocalDay(i.CreatedAt), showing?.Saw,
                showing is null ? null : await OpenAsync(showing.WhySealed, showing.Id, SealPart.ShowingWhy), showing?.ResponseRecordId,
                showing?.ResponseRecordId is { } id && answered.TryGetValue(id, out var on) ? on : null, readings.StandsAgain(i), before);
        }
    }

    /// <summary>What of the record was destroyed, newest first. Whom a rule keeps something from learns that all of it was, and not what or how much there had been.</summary>
    private async Task<IReadOnlyList<string>> DestroyedAsync(Guid childId, bool keepsFromMe, CancellationToken cancel)
    {
        var done = await duties.DestroyedAsync(childId, cancel);
        return [.. done.Where(d => !keepsFromMe || d.Disposal.VoiceRecordId is null).Select(d => d.Disposal.InWords(keepsFromMe ? [] : [.. d.Kinds.Select(Words.WayOf)]))];
    }

    /// <summary>What records are about, as it was named and still stands.</summary>
    public async Task<Dictionary<Guid, List<VoiceCoding>>> NamedAsync(IReadOnlyCollection<Guid> recordIds, CancellationToken cancel) =>
        (await db.VoiceCodings.AsNoTracking().Where(c => recordIds.Contains(c.VoiceRecordId) && c.RemovedAt == null).OrderBy(c => c.CodedAt).ThenBy(c => c.Id).ToListAsync(cancel))
            .GroupBy(c => c.VoiceRecordId).ToDictionary(g => g.Key, g => g.ToList());

    /// <summary>Somebody else on a recording, by the name or words they are known under.</summary>
    public async Task<Other> OtherAsync(ThirdPartyVoice voice, CancellationToken cancel) => new(
        voice.Id,
        voice.Relationship is { } person ? $"{person.Name}, {Words.Of(person.Kind).ToLowerInvariant()}"
            : await keys.OpenAsync(voice.ChildId, voice.DescribedSealed!, voice.Id, SealPart.ThirdParty, cancel),
        voice.Answers.OrderBy(a => a.RecordedAt).ThenBy(a => a.Id).LastOrDefault()?.Allowed);
}
