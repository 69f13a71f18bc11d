using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Voice;

/// <summary>That a record stands under the wrong child.</summary>
public class MoveRecord
{
    /// <summary>The record where it will stand: made with the form, so that a double click moves once.</summary>
    public Guid Id { get; set; }

    public Guid? ToChildId { get; set; }

    /// <summary>That the other records in which the same was asked of us are the same child's, and go with it.</summary>
    public bool WithAsked { get; set; }
}

public sealed class MoveRecordValidator : AbstractValidator<MoveRecord>
{
    public MoveRecordValidator()
    {
        RuleFor(m => m.Id).NotEmpty();
        RuleFor(m => m.ToChildId).NotNull().WithMessage("Choose whose words these are");
    }
}

/// <summary>What a practitioner says about words that stood under the wrong child.</summary>
public class CompleteBreach
{
    public string? WhatHappened { get; set; }

    public string? WhatWasDone { get; set; }

    public bool? ChildTold { get; set; }
}

public sealed class CompleteBreachValidator : AbstractValidator<CompleteBreach>
{
    public CompleteBreachValidator()
    {
        foreach (var (field, missing) in new (System.Linq.Expressions.Expression<Func<CompleteBreach, string?>> Of, string Missing)[]
            { (b => b.WhatHappened, "Say what happened"), (b => b.WhatWasDone, "Say what was done") })
        {
            RuleFor(field).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage(missing)
                .Must(t => WrittenText.Length(t) <= BreachReport.TextMaxLength).WithMessage($"Keep this to {BreachReport.TextMaxLength:N0} characters or fewer")
                .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        }

        RuleFor(b => b.ChildTold).NotNull().WithMessage("Say whether the child was told");
    }
}

/// <param name="Times">How often they opened the page where it stood, or played it, while it stood there.</param>
public sealed record BreachReader(Guid PersonId, string Name, int Times, DateTime First, DateTime Last);

/// <summary>
/// Moves a record to the child whose words they are. It is sealed anew under the right child's key, with its file; what is left under the wrong child
/// is a mark without words. docs/decisions, "A record under the wrong child".
/// </summary>
public sealed class WrongChildService(AppDbContext db, KeyRing keys, FileStore files, DoNotTellService doNotTell, TimeProvider clock)
{
    public const string SpeakerMissing = "A parent or carer said this. Add them to the people in the right child’s life first, under the same name";

    public const string AskedElsewhere = "What was asked of us in this was asked in other records too. Move them together, if they are the same child’s words";

    /// <summary>Lines of the audit log that mean that somebody may have read or heard it.</summary>
    private static readonly string[] Readings =
    [
        AuditActions.ChildRead, AuditActions.VoiceHeard, AuditActions.VoiceSearched, AuditActions.VoiceCopied, AuditActions.VoiceQuoted, AuditActions.BookletMade, AuditActions.ExtractItemRead, AuditActions.AccessRead,
        AuditActions.AccessDownloaded,
    ];

    /// <summary>Who somebody in another child's life is among these people: of the same name, and the same to the child.</summary>
    public static Relationship? SameIn(List<Relationship> people, Relationship there) => people.Find(p => p.Kind == there.Kind && string.Equals(p.Name, there.Name, StringComparison.OrdinalIgnoreCase));

    /// <returns>Null when there is no such record of a child the actor may see; otherwise the report that was opened, or why not.</returns>
    public async Task<(Outcome Outcome, BreachReport? Report)?> MoveAsync(Guid childId, Guid recordId, MoveRecord input, Actor actor, CancellationToken cancel)
    {
        if (await db.BreachReports.AsNoTracking().SingleOrDefaultAsync(b => b.WrongRecordId == recordId && b.WrongChildId == childId, cancel) is { } moved) return (Outcome.Done, moved);
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking());
        // A correction goes with what it corrects: it cannot be moved by itself.
        if (!await readable.AnyAsync(r => r.Id == recordId && r.ChildId == childId && r.CorrectsId == null, cancel)) return null;
        var to = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == input.ToChildId && c.Id != childId, cancel);
        if (to is null)
        {
            db.Add(AuditEntry.For(AuditActions.AccessRefused, actor, childId, input.ToChildId, clock, "not a child to move a record to"));
            await db.SaveChangesAsync(cancel);
            return (Outcome.Refused(nameof(input.ToChildId), "Choose another child whom you work with"), null);
        }

        // With it go what corrects it, what explains it and what was asked in it: nothing of it may stay behind. Rules of "do not tell" hold
        // what the worker reads, not what has to be taken away.
        var (firsts, asks) = await WithAsksAsync(childId, recordId, input.WithAsked, cancel);
        if (firsts is null) return (Outcome.Refused(nameof(input.WithAsked), AskedElsewhere), null);
        var group = await GroupOf(childId, firsts).AsNoTracking().AsSplitQuery()
            .Include(r => r.Session).ThenInclude(s => s!.Present).Include(r => r.SpeakerRelationship).Include(r => r.Words).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Relationship)
            .OrderBy(r => r.SealedAt).ThenBy(r => r.Id).ToListAsync(cancel);
        var people = await db.Relationships.AsNoTracking().Where(r => r.ChildId == to.Id).ToListAsync(cancel);
        Relationship? SameAs(Relationship? there) => there is null ? null : SameIn(people, there);
        if (group.Exists(r => r.SpeakerRelationshipId is not null && SameAs(r.SpeakerRelationship) is null))
        {
            return (Outcome.Refused(nameof(input.ToChildId), SpeakerMissing), null);
        }

        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        var ids = group.ToDictionary(r => r.Id, r => r.Id == recordId ? input.Id : Guid.CreateVersion7());
        var copies = new Dictionary<Guid, StoredFile>();
        foreach (var record in group.Where(r => r.FileId is not null)) copies[record.Id] = await CopyFileAsync(record.FileId!.Value, to.Id, actor, cancel);

        var interpretations = new Dictionary<Guid, Guid>();
        var sessions = new Dictionary<Guid, Guid>();
        foreach (var session in group.Select(r => r.Session!).DistinctBy(s => s.Id)) sessions[session.Id] = await SessionAsync(session, to, actor, cancel);
        foreach (var record in group)
        {
            await AddAsync(record, ids, sessions[record.SessionId], copies.GetValueOrDefault(record.Id), to, SameAs(record.SpeakerRelationship)?.Id, cancel);
            foreach (var voice in record.ThirdPartyVoices) await AddAsync(voice, ids[record.Id], to, SameAs(voice.Relationship)?.Id, cancel);
            await AddTranscriptsAsync(record, ids[record.Id], to, cancel);
            await AddCodingsAsync(record, ids[record.Id], to, cancel);
        }

        await AddInterpretationsAsync(childId, ids, interpretations, to, cancel);
        await AddRulesAsync(childId, ids, to, SameAs, cancel);
        var speakers = group.Where(r => r.SpeakerRelationshipId is not null).DistinctBy(r => r.SpeakerRelationshipId).ToDictionary(r => r.SpeakerRelationshipId!.Value, r => SameAs(r.SpeakerRelationship)!.Id);
        foreach (var ask in asks) await AddAsync(ask, ids, interpretations, speakers, to, actor, cancel);
        var report = new BreachReport
        {
            AuthorityId = to.AuthorityId,
            ChildId = to.Id,
            VoiceRecordId = input.Id,
            WrongChildId = childId,
            WrongRecordId = recordId,
            SealedAt = group.Single(r => r.Id == recordId).SealedAt,
            MovedAt = now,
            MovedById = actor.PersonId,
        };
        db.Add(report);
        // The database puts it into the log of breaches with the report, which its practitioner may not read.
        db.Add(AuditEntry.For(AuditActions.BreachLogged, actor, to.Id, report.Id, clock, "words under the wrong child"));
        db.Add(AuditEntry.For(AuditActions.VoiceReceived, actor, to.Id, input.Id, clock, $"{group.Count}"));
        db.Add(AuditEntry.For(AuditActions.VoiceMoved, actor, childId, recordId, clock, $"{group.Count}"));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // The form came twice at once: the other one moved it.
            await transaction.RollbackAsync(cancel);
            db.ChangeTracker.Clear();
            return await db.BreachReports.AsNoTracking().SingleOrDefaultAsync(b => b.WrongRecordId == recordId && b.WrongChildId == childId, cancel) is { } other
                ? (Outcome.Done, other)
                : (Outcome.Refused("", "This form was used before, so nothing was moved. Open the page again"), null);
        }

        foreach (var record in group) await db.Database.ExecuteSqlAsync($"select move_voice_away({record.Id}, {report.Id})", cancel);
        await transaction.CommitAsync(cancel);
        return (Outcome.Done, report);
    }

    /// <summary>Whether the same was asked of us in other records, so that it can only be moved with them.</summary>
    public async Task<bool> IsAskedElsewhereAsync(Guid childId, Guid recordId, CancellationToken cancel) => (await WithAsksAsync(childId, recordId, false, cancel)).Firsts is null;

    private IQueryable<VoiceRecord> GroupOf(Guid childId, List<Guid> firsts) => db.VoiceRecords
        .Where(r => r.ChildId == childId && r.MovedAt == null && (firsts.Contains(r.Id) || firsts.Contains(r.CorrectsId!.Value) || firsts.Contains(r.ExplainsId!.Value)));

    /// <summary>What was asked in a record, and the first records that must move so that every ask moves whole.</summary>
    /// <param name="with">Whether others may move with it.</param>
    /// <returns>No firsts when others would have to.</returns>
    private async Task<(List<Guid>? Firsts, List<Ask> Asks)> WithAsksAsync(Guid childId, Guid recordId, bool with, CancellationToken cancel)
    {
        List<Guid> firsts = [recordId];
        while (true)
        {
            var ids = await GroupOf(childId, firsts).Select(r => r.Id).ToListAsync(cancel);
            // What is locked to readers is taken away with the rest, so it must come along.
            var asks = await db.Asks.IgnoreQueryFilters(AppDbContext.ReadingLocks).AsNoTracking().AsSplitQuery().Include(a => a.Voices).Include(a => a.Steps)
                .Where(a => a.ChildId == childId && a.Voices.Any(v => ids.Contains(v.VoiceRecordId))).ToListAsync(cancel);
            var asked = asks.SelectMany(a => a.Voices).Select(v => v.VoiceRecordId).Except(ids).ToList();
            var others = await db.VoiceRecords.Where(r => r.ChildId == childId && r.MovedAt == null && asked.Contains(r.Id)).Select(r => r.CorrectsId ?? r.Id).Distinct().ToListAsync(cancel);
            if (others.Count == 0) return (firsts, asks);
            if (!with) return (null, asks);
            firsts.AddRange(others);
        }
    }

    /// <summary>Who opened the page where it stood, or played it, while it stood there: from the audit log, which nobody can change.</summary>
    public async Task<IReadOnlyList<BreachReader>> ReadersAsync(BreachReport report, CancellationToken cancel)
    {
        var lines = await db.AuditEntries.AsNoTracking()
            .Where(a => a.ChildId == report.WrongChildId && a.At >= report.SealedAt && a.At <= report.MovedAt && a.ActorId != null && Readings.Contains(a.Action))
            // Pages of administrators and of information governance hold no word.
            .Where(a => a.Action != AuditActions.ChildRead || a.Detail == null || (!a.Detail.StartsWith("/Govern/") && !a.Detail.StartsWith("/Admin/")))
            .GroupBy(a => a.ActorId!.Value).Select(g => new { PersonId = g.Key, Times = g.Count(), First = g.Min(a => a.At), Last = g.Max(a => a.At) }).ToListAsync(cancel);
        var people = lines.ConvertAll(l => l.PersonId);
        var names = await db.Users.Where(u => people.Contains(u.Id) && u.AuthorityId == report.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return [.. lines.Select(l => new BreachReader(l.PersonId, names.GetValueOrDefault(l.PersonId, "Somebody who is no longer known"), l.Times, l.First, l.Last)).OrderBy(r => r.First)];
    }

    /// <returns>Null when there is no such report about a child the actor may see.</returns>
    public async Task<Outcome?> CompleteAsync(Guid childId, Guid reportId, CompleteBreach input, Actor actor, CancellationToken cancel)
    {
        var report = await db.BreachReports.SingleOrDefaultAsync(b => b.Id == reportId && b.ChildId == childId, cancel);
        if (report is null) return null;
        if (report.CompletedAt is not null) return Outcome.Refused("", "This report is complete and is not changed any more");
        report.WhatHappenedSealed = await keys.SealAsync(childId, input.WhatHappened!, report.Id, SealPart.BreachHappened, cancel);
        report.WhatWasDoneSealed = await keys.SealAsync(childId, input.WhatWasDone!, report.Id, SealPart.BreachDone, cancel);
        report.ChildTold = input.ChildTold;
        report.CompletedAt = clock.GetUtcNow().UtcDateTime;
        report.CompletedById = actor.PersonId;
        db.Add(AuditEntry.For(AuditActions.BreachCompleted, actor, childId, report.Id, clock, input.ChildTold == true ? "child told" : "child not told"));
        try
        {
            await db.SaveChangesAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", "Somebody else completed this report while you were writing");
        }
    }

    /// <summary>Stores the file anew under the right child's key, a megabyte at a time.</summary>
    private async Task<StoredFile> CopyFileAsync(Guid fileId, Guid toChildId, Actor actor, CancellationToken cancel)
    {
        var from = await db.Files.AsNoTracking().SingleAsync(f => f.Id == fileId, cancel);
        var copy = await files.BeginAsync(Guid.CreateVersion7(), from.Kind, toChildId, from.ContentType, from.Length, actor, cancel);
        await using var content = await files.OpenAsync(from, cancel);
        await files.WriteAsync(copy, content, from.Length, cancel);
        if (!copy.Sha256.AsSpan().SequenceEqual(from.Sha256)) throw new InvalidDataException("The copy of a file is not the file.");
        return copy;
    }

    /// <summary>The visit under the right child: one that is there already on that day, or the same visit written down again.</summary>
    private async Task<Guid> SessionAsync(VoiceSession from, Child to, Actor actor, CancellationToken cancel)
    {
        var there = await db.VoiceSessions.Where(s => s.ChildId == to.Id && s.OccurredOn == from.OccurredOn && s.PractitionerId == from.PractitionerId && s.Place == from.Place)
            .OrderBy(s => s.RecordedAt).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(cancel);
        if (there is { } known) return known;
        var id = Guid.CreateVersion7();
        db.Add(new VoiceSession
        {
            Id = id,
            AuthorityId = to.AuthorityId,
            ChildId = to.Id,
            PractitionerId = from.PractitionerId,
            OccurredOn = from.OccurredOn,
            Place = from.Place,
            SeenAlone = from.SeenAlone,
            Offered = from.Offered,
            NotUsedReason = from.NotUsedReason,
            Outcome = from.Outcome,
            DeviceHeldBy = from.DeviceHeldBy,
            SpokeFreely = from.SpokeFreely,
            ToldHow = from.ToldHow,
            Understanding = from.Understanding,
            RecordedAt = clock.GetUtcNow().UtcDateTime,
        });
        foreach (var present in from.Present)
        {
            var presentId = Guid.CreateVersion7();
            db.Add(new PresentPerson
            {
                Id = presentId,
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                SessionId = id,
                Position = present.Position,
                WhoSealed = await ResealAsync(from.ChildId, to.Id, present.WhoSealed, present.Id, presentId, SealPart.Present, cancel),
                Role = present.Role,
                InEarshot = present.InEarshot,
            });
        }

        db.Add(AuditEntry.For(AuditActions.SessionStarted, actor, to.Id, id, clock, "moved"));
        return id;
    }

    private async Task AddAsync(VoiceRecord from, Dictionary<Guid, Guid> ids, Guid sessionId, StoredFile? file, Child to, Guid? speakerId, CancellationToken cancel)
    {
        var id = ids[from.Id];
        var words = await keys.SaidInAsync(from, cancel);
        db.Add(new VoiceRecord
        {
            Id = id,
            AuthorityId = to.AuthorityId,
            ChildId = to.Id,
            SessionId = sessionId,
            Speaker = from.Speaker,
            SpeakerRelationshipId = speakerId,
            GroupSize = from.GroupSize,
            AgeAtTime = to.AgeOn(from.HeardOn),
            Layer = from.Layer,
            Subjects = from.Subjects,
            Kind = from.Kind,
            Provenance = from.Provenance,
            Language = from.Language,
            Interpreter = from.Interpreter,
            SpokenLanguage = from.SpokenLanguage,
            Observer = from.Observer,
            PromptedBy = from.PromptedBy,
            WrittenUp = from.WrittenUp,
            ToolVersionId = from.ToolVersionId,
            // What it explained stays with the other child, and then it explains nothing here.
            ExplainsId = from.ExplainsId is { } explained && ids.TryGetValue(explained, out var here) ? here : null,
            NotHeardReason = from.NotHeardReason,
            Offered = from.Offered,
            FileId = file?.Id,
            ShowsPerson = from.ShowsPerson,
            ShowsPersonSince = from.ShowsPersonSince,
            AnybodyElseHeard = from.AnybodyElseHeard,
            DurationSeconds = from.DurationSeconds,
            GapsJson = from.GapsJson,
            HeardOn = from.HeardOn,
            // When it was sealed and by whom stays true: only where it stands has changed.
            SealedAt = from.SealedAt,
            SealedById = from.SealedById,
            ClockSource = from.ClockSource,
            DeviceId = from.DeviceId,
            DeviceSequence = from.DeviceSequence,
            DeviceTime = from.DeviceTime,
            DeviceOffsetMinutes = from.DeviceOffsetMinutes,
            DeviceBegunAt = from.DeviceBegunAt,
            ClockSkewMs = from.ClockSkewMs,
            ReadBack = from.ReadBack,
            ReadBackHow = from.ReadBackHow,
            Sensitivity = from.Sensitivity,
            CorrectsId = from.CorrectsId is { } corrected ? ids[corrected] : null,
            CorrectionReason = from.CorrectionReason,
            MovedFromId = from.Id,
            ContentSeal = await keys.FingerprintAsync(to.Id, file?.Sha256 ?? Encoding.UTF8.GetBytes(words ?? ""), cancel),
        });
        if (from.Words is not null)
        {
            db.Add(new VoiceWords
            {
                VoiceRecordId = id,
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                Sealed = words is null ? [] : await keys.SealAsync(to.Id, words, id, SealPart.Words, cancel),
                PromptSealed = await ResealAsync(from.ChildId, to.Id, from.Words.PromptSealed, from.Id, id, SealPart.Prompt, cancel),
            });
        }
    }

    /// <summary>Who else is on it goes with it; what they said does not, since they were asked about another child's record.</summary>
    private async Task AddAsync(ThirdPartyVoice from, Guid recordId, Child to, Guid? relationshipId, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        var described = from.DescribedSealed is { } text ? await keys.OpenAsync(from.ChildId, text, from.Id, SealPart.ThirdParty, cancel) : from.Relationship?.Name ?? "Somebody";
        db.Add(new ThirdPartyVoice
        {
            Id = id,
            AuthorityId = to.AuthorityId,
            ChildId = to.Id,
            VoiceRecordId = recordId,
            RelationshipId = relationshipId,
            DescribedSealed = relationshipId is null ? await keys.SealAsync(to.Id, described, id, SealPart.ThirdParty, cancel) : null,
        });
    }

    /// <summary>What it was said to be about is about it wherever it stands.</summary>
    private async Task AddCodingsAsync(VoiceRecord from, Guid recordId, Child to, CancellationToken cancel)
    {
        foreach (var coding in await db.VoiceCodings.AsNoTracking().Where(c => c.VoiceRecordId == from.Id && c.RemovedAt == null).ToListAsync(cancel))
        {
            db.Add(new VoiceCoding
            {
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                VoiceRecordId = recordId,
                CodebookVersion = coding.CodebookVersion,
                Theme = coding.Theme,
                CodedBy = coding.CodedBy,
                Priority = coding.Priority,
                Direction = coding.Direction,
                Views = coding.Views,
                CoderId = coding.CoderId,
                CodedAt = coding.CodedAt,
            });
        }
    }

    /// <summary>What was asked, and what became of it so far. Who may see it, and by when something has to happen, goes on where the words are.</summary>
    private async Task AddAsync(Ask from, Dictionary<Guid, Guid> records, Dictionary<Guid, Guid> interpretations, Dictionary<Guid, Guid> speakers, Child to, Actor actor, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        // What it speaks of may stay with the other child. Then the number leads nowhere here, and only its kind is shown.
        Guid? Here(Guid? thing) => thing is not { } known ? null : records.TryGetValue(known, out var record) ? record : interpretations.TryGetValue(known, out var interpretation) ? interpretation : known;
        var steps = new List<AskStep>();
        foreach (var step in from.Steps)
        {
            var stepId = Guid.CreateVersion7();
            steps.Add(new()
            {
                Id = stepId,
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                AskId = id,
                Number = step.Number,
                Kind = step.Kind,
                State = step.State,
                DueOn = step.DueOn,
                On = step.On,
                Decision = step.Decision,
                HowTold = step.HowTold,
                Reaction = step.Reaction,
                ReviewOn = step.ReviewOn,
                VoiceRecordId = step.VoiceRecordId is { } said && records.TryGetValue(said, out var saidHere) ? saidHere : null,
                WordsSealed = await ResealAsync(from.ChildId, to.Id, step.WordsSealed, step.Id, stepId, SealPart.AskStep, cancel),
                At = step.At,
                ById = step.ById,
            });
        }

        db.Add(new Ask
        {
            Id = id,
            AuthorityId = to.AuthorityId,
            ChildId = to.Id,
            Speaker = from.Speaker,
            SpeakerRelationshipId = from.SpeakerRelationshipId is { } speaker ? speakers[speaker] : null,
            Wanted = from.Wanted,
            About = from.About,
            WordsSealed = (await ResealAsync(from.ChildId, to.Id, from.WordsSealed, from.Id, id, SealPart.Ask, cancel))!,
            WordsAreQuoted = from.WordsAreQuoted,
            Language = from.Language,
            ThingKind = from.ThingKind,
            ThingId = Here(from.ThingId),
            ThingKey = from.ThingKey,
            ElsewhereSealed = await ResealAsync(from.ChildId, to.Id, from.ElsewhereSealed, from.Id, id, SealPart.AskElsewhere, cancel),
            IsRightsRequest = from.IsRightsRequest,
            SaidOn = from.SaidOn,
            RaisedAt = from.RaisedAt,
            RaisedById = from.RaisedById,
            // Those that were moved before it are not in this move.
            Voices = [.. from.Voices.Where(v => records.ContainsKey(v.VoiceRecordId)).Select(v => new AskVoice { AskId = id, VoiceRecordId = records[v.VoiceRecordId], AuthorityId = to.AuthorityId, ChildId = to.Id })],
            Steps = steps,
        });
        db.Add(AuditEntry.For(AuditActions.AskRaised, actor, to.Id, id, clock, "moved"));
    }

    /// <summary>
    /// What workers think of what is moved goes with it. Where a version rests on something that stays, too, it is of two children and no page shows it any more: move_voice_away leaves it, with its other
    /// versions, for the person who looks through all that is held.
    /// </summary>
    private async Task AddInterpretationsAsync(Guid childId, Dictionary<Guid, Guid> records, Dictionary<Guid, Guid> versions, Child to, CancellationToken cancel)
    {
        var moved = records.Keys.ToList();
        var all = await db.Interpretations.AsNoTracking().AsSplitQuery().Include(i => i.Further).Include(i => i.Showings).Where(i => i.ChildId == childId && moved.Contains(i.VoiceRecordId))
            .OrderBy(i => i.CreatedAt).ThenBy(i => i.Id).ToListAsync(cancel);
        var first = new Dictionary<Guid, Guid>();
        foreach (var i in all) first[i.Id] = i.SupersedesId is { } before ? first[before] : i.Id;
        var stay = all.Where(i => i.Further.Exists(v => !records.ContainsKey(v.VoiceRecordId))).Select(i => first[i.Id]).ToHashSet();
        foreach (var i in all.Where(i => !stay.Contains(first[i.Id])))
        {
            var id = versions[i.Id] = Guid.CreateVersion7();
            db.Add(new Interpretation
            {
                Id = id,
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                VoiceRecordId = records[i.VoiceRecordId],
                Further = [.. i.Further.Select(v => new InterpretationVoice { InterpretationId = id, VoiceRecordId = records[v.VoiceRecordId], AuthorityId = to.AuthorityId, ChildId = to.Id })],
                AuthorId = i.AuthorId,
                Kind = i.Kind,
                Confidence = i.Confidence,
                Sealed = (await ResealAsync(childId, to.Id, i.Sealed, i.Id, id, SealPart.Interpretation, cancel))!,
                BasedOnSealed = await ResealAsync(childId, to.Id, i.BasedOnSealed, i.Id, id, SealPart.BasedOn, cancel),
                AlternativeSealed = await ResealAsync(childId, to.Id, i.AlternativeSealed, i.Id, id, SealPart.Alternative, cancel),
                SupersedesId = i.SupersedesId is { } before ? versions[before] : null,
                CreatedAt = i.CreatedAt,
            });
            foreach (var s in i.Showings)
            {
                var showing = Guid.CreateVersion7();
                db.Add(new InterpretationShowing
                {
                    Id = showing,
                    AuthorityId = to.AuthorityId,
                    ChildId = to.Id,
                    InterpretationId = id,
                    Saw = s.Saw,
                    WhySealed = await ResealAsync(childId, to.Id, s.WhySealed, s.Id, showing, SealPart.ShowingWhy, cancel),
                    ResponseRecordId = s.ResponseRecordId is { } response && records.TryGetValue(response, out var here) ? here : null,
                    RecordedAt = s.RecordedAt,
                    RecordedById = s.RecordedById,
                });
            }
        }
    }

    /// <summary>What was written down of a recording: the versions, and which of them was accepted.</summary>
    private async Task AddTranscriptsAsync(VoiceRecord from, Guid recordId, Child to, CancellationToken cancel)
    {
        var versions = new Dictionary<Guid, Guid>();
        foreach (var t in await db.Transcripts.AsNoTracking().Where(t => t.VoiceRecordId == from.Id && t.ChildId == from.ChildId).OrderBy(t => t.CreatedAt).ToListAsync(cancel))
        {
            var id = versions[t.Id] = Guid.CreateVersion7();
            db.Add(new Transcript
            {
                Id = id,
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                VoiceRecordId = recordId,
                Method = t.Method,
                Engine = t.Engine,
                AuthorId = t.AuthorId,
                Sealed = (await ResealAsync(from.ChildId, to.Id, t.Sealed, t.Id, id, SealPart.Transcript, cancel))!,
                CreatedAt = t.CreatedAt,
            });
        }

        foreach (var a in await db.TranscriptAcceptances.AsNoTracking().Where(a => a.VoiceRecordId == from.Id && a.ChildId == from.ChildId).ToListAsync(cancel))
        {
            db.Add(new TranscriptAcceptance
            {
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                VoiceRecordId = recordId,
                TranscriptId = versions[a.TranscriptId],
                Number = a.Number,
                AcceptedById = a.AcceptedById,
                AcceptedAt = a.AcceptedAt,
            });
        }
    }

    /// <summary>What must not be told of it is kept there too: for the same person if they are in the right child's life, and for a role always.</summary>
    private async Task AddRulesAsync(Guid childId, Dictionary<Guid, Guid> ids, Child to, Func<Relationship?, Relationship?> sameAs, CancellationToken cancel)
    {
        var moved = ids.Keys.ToList();
        var rules = await db.DoNotTells.AsNoTracking().Include(d => d.Relationship).Where(d => d.ChildId == childId && d.VoiceRecordId != null && moved.Contains(d.VoiceRecordId.Value) && d.EndedAt == null).ToListAsync(cancel);
        foreach (var rule in rules)
        {
            var person = sameAs(rule.Relationship);
            if (rule.Role is null && person is null) continue;
            var id = Guid.CreateVersion7();
            db.Add(new DoNotTell
            {
                Id = id,
                AuthorityId = to.AuthorityId,
                ChildId = to.Id,
                RelationshipId = rule.Role is null ? person!.Id : null,
                Role = rule.Role,
                Scope = rule.Scope,
                VoiceRecordId = ids[rule.VoiceRecordId!.Value],
                Reason = rule.Reason,
                SaidBy = rule.SaidBy,
                WordsSealed = await ResealAsync(childId, to.Id, rule.WordsSealed, rule.Id, id, SealPart.DoNotTellWords, cancel),
                FromOn = rule.FromOn,
                UntilOn = rule.UntilOn,
                RecordedById = rule.RecordedById,
                RecordedAt = rule.RecordedAt,
            });
        }
    }

    private async Task<byte[]?> ResealAsync(Guid fromChildId, Guid toChildId, byte[]? text, Guid from, Guid to, int part, CancellationToken cancel) =>
        text is null ? null : await keys.SealAsync(toChildId, await keys.OpenAsync(fromChildId, text, from, part, cancel), to, part, cancel);
}
