using System.Globalization;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>One piece as it may leave.</summary>
/// <param name="Hidden">What stood at the places that were taken out.</param>
public sealed record WordsPiece(Guid ChildId, Guid VoiceRecordId, ExtractRow Row, IReadOnlyList<RedactionType> Hidden);

/// <summary>What may leave of an extract of words, and what became of the rest.</summary>
public sealed record WordsFound(IReadOnlyList<WordsPiece> Pieces, int Read, IReadOnlyDictionary<ItemLeftOut, int> LeftOut)
{
    public IReadOnlyList<Guid> ChildIds => [.. Pieces.Select(p => p.ChildId).Distinct()];

    private const string PiecesAre = " pieces=";

    /// <summary>What the file tells of each child: their age band and which pieces are theirs.</summary>
    public IReadOnlyDictionary<Guid, string> Told => Pieces.GroupBy(p => p.ChildId).ToDictionary(
        of => of.Key, of => $"{VariableCatalogue.AgeBand}={of.First().Row.Values[0]}{PiecesAre}{string.Join('+', of.Select(p => p.VoiceRecordId).Order().Select(id => id.ToString("N")))}");

    /// <summary>Which pieces a file holds of a child, by what it tells of them.</summary>
    public static IEnumerable<Guid> PiecesIn(string told) => told.Split(PiecesAre) is [_, var pieces] ? pieces.Split('+').Select(id => Guid.ParseExact(id, "N")) : [];

    /// <summary>All pieces of a child leave, or none.</summary>
    public WordsFound Without(IReadOnlySet<Guid> held) => this with { Pieces = [.. Pieces.Where(p => !held.Contains(p.ChildId))] };
}

/// <summary>
/// The job's part of an extract of words: it gathers the pieces and marks what could show who said them, and when a person has looked at each, reads what may leave. It
/// answers to whoever the database context answers to, and so to nobody but a job.
/// </summary>
public sealed class ExtractWords(AppDbContext db, ExtractPopulation population, ConsentService consent, DoNotTellService doNotTell, KeyRing keys, TimeProvider clock)
{
    /// <summary>The detail of the age band: two bands, because words tell more than any code.</summary>
    public const int AgeLevel = 1;

    public static DisclosureRefusedException TooFew() => new(string.Create(
        CultureInfo.InvariantCulture, $"Fewer than {ResearchLimits.SmallestForWords} children’s words could be read. From so few, words would point to who said them. Ask again when more families have said yes."));

    public static string LabelOf(ItemLeftOut because) => because switch
    {
        ItemLeftOut.StillTells => "It would still show who it is",
        ItemLeftOut.AboutSomebodyElse => "It is about somebody else",
        ItemLeftOut.SaysNotSafe => "It says that somebody may not be safe",
        _ => "I cannot read it",
    };

    /// <summary>The records whose words may be in such a file, wherever permission stands: a child's own, put right by nobody since, kept from nobody.</summary>
    public IQueryable<VoiceRecord> Records => OwnWords.Among(doNotTell.FreeOfRules(db.VoiceRecords.AsNoTracking()));

    /// <summary>Of some records, those whose words may still be in such a file, wherever permission stands: put right, moved, kept from nobody and said no to by nobody by itself since.</summary>
    /// <param name="isReleased">Whether it is asked of a file that was released: then only a no to one piece calls it back, and no yes that ran out by itself.</param>
    public async Task<HashSet<Guid>> StillAsync(IReadOnlyCollection<Guid> recordIds, bool isReleased, CancellationToken cancel)
    {
        var still = await Records.Where(r => recordIds.Contains(r.Id)).Select(r => r.Id).ToHashSetAsync(cancel);
        var alone = await consent.LeftAloneAsync(recordIds, Purpose.QuoteService, clock.GetUtcNow().UtcDateTime, cancel);
        still.ExceptWith(alone.Where(a => !isReleased || a.Value.State is ConsentState.Refused or ConsentState.Withdrawn or ConsentState.Invalidated).Select(a => a.Key));
        return still;
    }

    /// <summary>Chooses the pieces of an extract that was approved, and marks them, for a person to read.</summary>
    /// <returns>False when it is not an extract of words that waits for this; true when there is nothing more to do until a person has acted.</returns>
    /// <exception cref="DisclosureRefusedException">There are too few.</exception>
    public async Task<bool> GatherAsync(Guid extractId, Actor actor, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var extract = await db.Extracts.Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == extractId, cancel);
        if (extract is not { Form: ExtractForm.Words, State: ExtractState.Approved }) return false;
        var now = clock.GetUtcNow().UtcDateTime;
        var today = ConsentRules.LocalDay(now);
        // It waits until the project is let go on.
        if (extract.Project!.State == ProjectState.Suspended) return true;
        if (!extract.Project.IsOpenOn(today)) throw new DisclosureRefusedException("The project has ended, so nothing was made.");
        var period = ResearchPeriod.Find(extract.Period)!;
        var day = ExtractPopulation.DayOf(today);
        var decisions = await population.DecideAsync(await population.IdsAsync(ResearchPopulation.Find(extract.Population)!, period, day, cancel), ExtractForm.Words, extract.ProjectId, now, cancel);
        var allowed = decisions.Where(d => d.Value.Allowed).Select(d => d.Key).ToList();
        var from = period.From(day);
        // What was said since is of the next quarter's period, as everything else in a file is.
        var found = await Records.Where(r => allowed.Contains(r.ChildId) && r.HeardOn > from && r.HeardOn <= day)
            .Select(r => new { r.Id, r.ChildId, r.HeardOn, r.SealedAt, r.Words!.Sealed }).ToListAsync(cancel);
        var alone = await consent.LeftAloneAsync([.. found.Select(r => r.Id)], Purpose.QuoteService, now, cancel);
        var newest = found.Where(r => !alone.ContainsKey(r.Id)).GroupBy(r => r.ChildId).SelectMany(of => of.OrderByDescending(r => r.HeardOn).ThenByDescending(r => r.SealedAt).ThenBy(r => r.Id).Take(ResearchLimits.MostWordsOfOne)).ToArray();
        RandomNumberGenerator.Shuffle(newest.AsSpan());
        newest = newest[..Math.Min(newest.Length, ResearchLimits.MostWords)];
        if (newest.Select(r => r.ChildId).Distinct().Count() < ResearchLimits.SmallestForWords) throw TooFew();

        Guid[] children = [.. newest.Select(r => r.ChildId).Distinct()];
        var known = await KnownOfAsync(children, cancel);
        for (var i = 0; i < newest.Length; i++)
        {
            var record = newest[i];
            var text = await keys.OpenAsync(record.ChildId, record.Sealed, record.Id, SealPart.Words, cancel);
            db.Add(new ExtractItem
            {
                ExtractId = extract.Id,
                AuthorityId = extract.AuthorityId,
                ChildId = record.ChildId,
                VoiceRecordId = record.Id,
                Number = i + 1,
                Found = [.. Redactor.Find(text, known[record.ChildId]).Select(ItemMark.Of)],
            });
        }

        extract.State = ExtractState.Reviewing;
        db.Add(AuditEntry.For(AuditActions.ExtractWordsGathered, actor, null, extract.Id, clock, newest.Length.ToString(CultureInfo.InvariantCulture)));
        await db.SaveChangesAsync(cancel);
        return true;
    }

    /// <summary>The pieces that may leave, as they leave: those that a person kept, of children whose permission stands, and nothing that has been put right, moved, kept from somebody or said no to by itself since.</summary>
    /// <param name="allowed">The children whose permission stands now, with their age band.</param>
    public async Task<WordsFound> ReadAsync(Guid extractId, PermittedChildren allowed, CancellationToken cancel)
    {
        var items = await db.ExtractItems.AsNoTracking().Where(i => i.ExtractId == extractId).OrderBy(i => i.Number).ToListAsync(cancel);
        var spoke = items.Select(i => i.ChildId).ToHashSet();
        var age = allowed.Variables.Single(v => v.Key == VariableCatalogue.AgeBand);
        var ages = Enumerable.Range(0, allowed.Count).Where(c => spoke.Contains(allowed.Ids[c])).ToDictionary(c => allowed.Ids[c], c => allowed.ValueOf(c, allowed.IndexOf(age)));
        var still = await StillAsync(items.ConvertAll(i => i.VoiceRecordId), isReleased: false, cancel);
        items.RemoveAll(i => i.Kept is null && !still.Contains(i.VoiceRecordId));
        if (items.Exists(i => i.Kept is null && ages.ContainsKey(i.ChildId))) throw new InvalidOperationException("A piece that nobody has read cannot leave.");
        var kept = items.FindAll(i => i.Kept == true && ages.ContainsKey(i.ChildId) && still.Contains(i.VoiceRecordId));
        var ids = kept.ConvertAll(i => i.VoiceRecordId);
        var records = await db.VoiceRecords.AsNoTracking().Where(r => ids.Contains(r.Id)).Select(r => new { r.Id, r.Words!.Sealed }).ToDictionaryAsync(r => r.Id, r => r.Sealed, cancel);
        await keys.LoadAsync([.. kept.Select(i => i.ChildId).Distinct()], cancel);
        var before = await TakenOutBeforeAsync(ids, cancel);
        using var codes = new PersonCodes();
        var pieces = new List<WordsPiece>(kept.Count);
        foreach (var item in kept)
        {
            var text = await keys.OpenAsync(item.ChildId, records[item.VoiceRecordId], item.VoiceRecordId, SealPart.Words, cancel);
            // Also what another reader took out of it when it left before: side by side, the two files would show it.
            var hidden = Spans.Apart(text, item.Hidden.Select(h => h.Span).Concat(before[item.VoiceRecordId]));
            var row = new ExtractRow(codes.Of(item.Id), [age.Levels[AgeLevel].FromFinest[ages[item.ChildId]], SafeCsv.Inert(Redactor.Replace(text, hidden).Trim())]);
            pieces.Add(new WordsPiece(item.ChildId, item.VoiceRecordId, row, [.. hidden.Select(h => h.Type)]));
        }

        return new WordsFound(pieces, items.Count(i => i.Kept is not null), items.Where(i => i.Because is not null).GroupBy(i => i.Because!.Value).ToDictionary(g => g.Key, g => g.Count()));
    }

    /// <summary>The places that were taken out of pieces when they left before, by the record they are of.</summary>
    public async Task<ILookup<Guid, RedactionSpan>> TakenOutBeforeAsync(IReadOnlyCollection<Guid> recordIds, CancellationToken cancel) =>
        (await db.ExtractItems.AsNoTracking().Where(i => recordIds.Contains(i.VoiceRecordId) && i.Kept == true && db.Extracts.Any(e => e.Id == i.ExtractId && e.ReleasedAt != null)).ToListAsync(cancel))
        .SelectMany(i => i.Hidden, (i, h) => (i.VoiceRecordId, h.Span)).ToLookup(h => h.VoiceRecordId, h => h.Span);

    /// <summary>The names that stand sealed beside a child: who was at a visit, and for whom a permission was asked.</summary>
    private async Task<ILookup<Guid, string>> OthersOfAsync(IReadOnlyCollection<Guid> childIds, CancellationToken cancel)
    {
        var texts = (await db.PresentPersons.AsNoTracking().Where(p => childIds.Contains(p.ChildId) && p.WhoSealed != null).Select(p => new { p.ChildId, p.Id, Sealed = p.WhoSealed!, Part = SealPart.Present }).ToListAsync(cancel))
            .Concat(await db.NamedRecipients.AsNoTracking().Where(n => childIds.Contains(n.ChildId)).Select(n => new { n.ChildId, n.Id, Sealed = n.NameSealed, Part = SealPart.RecipientName }).ToListAsync(cancel));
        await keys.LoadAsync(childIds, cancel);
        var names = new HashSet<(Guid ChildId, string Name)>();
        foreach (var text in texts.Where(t => t.Sealed.Length > 0))
        {
            if (Redactor.NamesIn(await keys.OpenAsync(text.ChildId, text.Sealed, text.Id, text.Part, cancel)) is { Length: > 0 } name) names.Add((text.ChildId, name));
        }

        return names.ToLookup(n => n.ChildId, n => n.Name);
    }

    /// <summary>What the record knows of each child and of those in their life.</summary>
    public async Task<IReadOnlyDictionary<Guid, KnownDetails>> KnownOfAsync(IReadOnlyCollection<Guid> childIds, CancellationToken cancel)
    {
        var relations = (await db.Relationships.AsNoTracking().Where(r => childIds.Contains(r.ChildId)).Select(r => new { r.ChildId, r.Name }).ToListAsync(cancel)).ToLookup(r => r.ChildId, r => r.Name);
        // Who works with the child or did, reviews their care, speaks for them, or only once wrote down a visit.
        var workers = (await db.Allocations.Where(a => childIds.Contains(a.ChildId)).Select(a => new { a.ChildId, PersonId = a.PractitionerId })
            .Union(db.Assignments.Where(a => childIds.Contains(a.ChildId)).Select(a => new { a.ChildId, a.PersonId }))
            .Union(db.VoiceSessions.Where(s => childIds.Contains(s.ChildId)).Select(s => new { s.ChildId, PersonId = s.PractitionerId }))
            .Join(db.Users, w => w.PersonId, u => u.Id, (w, u) => new { w.ChildId, u.DisplayName }).ToListAsync(cancel)).ToLookup(w => w.ChildId, w => w.DisplayName);
        var others = await OthersOfAsync(childIds, cancel);
        var lived = (await db.CareEpisodes.AsNoTracking().Where(e => childIds.Contains(e.ChildId)).Select(e => new { e.ChildId, e.HomePostcode, e.PlacementPostcode }).ToListAsync(cancel)).ToLookup(e => e.ChildId);
        return (await db.Children.AsNoTracking().Where(c => childIds.Contains(c.Id)).Select(c => new { c.Id, c.GivenName, c.FamilyName, c.KnownAs, c.BornOn, c.ExpectedBirthOn, c.LaChildId, c.Upn, c.Ward }).ToListAsync(cancel))
            .ToDictionary(c => c.Id, c => new KnownDetails
            {
                Names = [.. new[] { $"{c.GivenName} {c.FamilyName}".Trim(), c.KnownAs }.OfType<string>().Where(n => n.Length > 0), .. relations[c.Id], .. workers[c.Id], .. others[c.Id]],
                Towns = c.Ward is { Length: > 0 } ward ? [ward] : [],
                Postcodes = [.. lived[c.Id].SelectMany(e => new[] { e.HomePostcode, e.PlacementPostcode }).OfType<string>().Where(p => p.Length > 0).Distinct()],
                Dates = [.. new[] { c.BornOn, c.ExpectedBirthOn }.OfType<DateOnly>()],
                Ids = [.. new[] { c.LaChildId, c.Upn }.OfType<string>()],
            });
    }
}
