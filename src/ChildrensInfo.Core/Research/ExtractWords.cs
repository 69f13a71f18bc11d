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

/// <summary>What became of the pieces of a file of words.</summary>
/// <param name="ChildIds">Whose pieces leave.</param>
public sealed record WordsFound(IReadOnlyList<Guid> ChildIds, int Read, IReadOnlyDictionary<string, int> LeftOut, IReadOnlyDictionary<string, int> Hidden)
{
    public int Children => ChildIds.Count;
}

/// <summary>
/// The job's part of an extract of words: it gathers the pieces and marks what could show who said them, and when a person has looked at each, reads what may leave. It
/// answers to whoever the database context answers to, and so to nobody but a job.
/// </summary>
public sealed class ExtractWords(AppDbContext db, ExtractPopulation population, DoNotTellService doNotTell, KeyRing keys, TimeProvider clock)
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

    /// <summary>Chooses the pieces of an extract that was approved, and marks them, for a person to read.</summary>
    /// <returns>False when it is not an extract of words that waits for this.</returns>
    /// <exception cref="DisclosureRefusedException">There are too few.</exception>
    public async Task<bool> GatherAsync(Guid extractId, Actor actor, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var extract = await db.Extracts.Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == extractId, cancel);
        if (extract is not { Form: ExtractForm.Words, State: ExtractState.Approved }) return false;
        var now = clock.GetUtcNow().UtcDateTime;
        var today = ConsentRules.LocalDay(now);
        if (!extract.Project!.IsOpenOn(today)) throw new DisclosureRefusedException("The project has ended, so nothing was made.");
        var decisions = await population.DecideAsync(await population.InNeedAsync(today, cancel), ExtractForm.Words, extract.ProjectId, now, cancel);
        var allowed = decisions.Where(d => d.Value.Allowed).Select(d => d.Key).ToList();
        var from = ExtractPopulation.From(today);
        var newest = (await Records.Where(r => allowed.Contains(r.ChildId) && r.HeardOn > from && r.HeardOn <= today)
                .Select(r => new { r.Id, r.ChildId, r.HeardOn, r.SealedAt, r.Words!.Sealed }).ToListAsync(cancel))
            .GroupBy(r => r.ChildId).SelectMany(of => of.OrderByDescending(r => r.HeardOn).ThenByDescending(r => r.SealedAt).ThenBy(r => r.Id).Take(ResearchLimits.MostWordsOfOne)).ToArray();
        RandomNumberGenerator.Shuffle(newest.AsSpan());
        newest = newest[..Math.Min(newest.Length, ResearchLimits.MostWords)];
        if (newest.Select(r => r.ChildId).Distinct().Count() < ResearchLimits.SmallestForWords) throw TooFew();

        Guid[] children = [.. newest.Select(r => r.ChildId).Distinct()];
        var known = await KnownOfAsync(children, cancel);
        await keys.LoadAsync(children, cancel);
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

    /// <summary>The pieces that may leave, as they leave: those that a person kept, of children whose permission stands, and nothing that has been put right, moved or kept from somebody since.</summary>
    /// <param name="allowed">The children whose permission stands now, with their age band.</param>
    public async Task<(IReadOnlyList<ExtractRow> Pieces, WordsFound Found)> ReadAsync(Guid extractId, PermittedChildren allowed, CancellationToken cancel)
    {
        var items = await db.ExtractItems.AsNoTracking().Where(i => i.ExtractId == extractId).OrderBy(i => i.Number).ToListAsync(cancel);
        var spoke = items.Select(i => i.ChildId).ToHashSet();
        var age = allowed.Variables.Single(v => v.Key == VariableCatalogue.AgeBand);
        var ages = Enumerable.Range(0, allowed.Count).Where(c => spoke.Contains(allowed.Ids[c])).ToDictionary(c => allowed.Ids[c], c => allowed.ValueOf(c, allowed.IndexOf(age)));
        if (items.Exists(i => i.Kept is null && ages.ContainsKey(i.ChildId))) throw new InvalidOperationException("A piece that nobody has read cannot leave.");
        var kept = items.FindAll(i => i.Kept == true && ages.ContainsKey(i.ChildId));
        var ids = kept.ConvertAll(i => i.VoiceRecordId);
        var records = await Records.Where(r => ids.Contains(r.Id)).Select(r => new { r.Id, r.Words!.Sealed }).ToDictionaryAsync(r => r.Id, r => r.Sealed, cancel);
        kept.RemoveAll(i => !records.ContainsKey(i.VoiceRecordId));
        await keys.LoadAsync([.. kept.Select(i => i.ChildId).Distinct()], cancel);
        using var codes = new PersonCodes();
        var pieces = new List<ExtractRow>(kept.Count);
        foreach (var item in kept)
        {
            var text = await keys.OpenAsync(item.ChildId, records[item.VoiceRecordId], item.VoiceRecordId, SealPart.Words, cancel);
            var shown = Redactor.Replace(text, [.. item.Hidden.Select(h => h.Span)]).Trim();
            pieces.Add(new ExtractRow(codes.Of(item.Id), [age.Levels[AgeLevel].FromFinest[ages[item.ChildId]], SafeCsv.Inert(shown)]));
        }

        return (pieces, new WordsFound(
            [.. kept.Select(i => i.ChildId).Distinct()], items.Count(i => i.Kept is not null),
            items.Where(i => i.Because is not null).GroupBy(i => i.Because!.Value).OrderBy(g => g.Key).ToDictionary(g => LabelOf(g.Key), g => g.Count()),
            kept.SelectMany(i => i.Hidden).GroupBy(h => h.Type).OrderBy(g => g.Key).ToDictionary(g => g.Key.ToString().ToUpperInvariant(), g => g.Count())));
    }

    /// <summary>What the record knows of each child and of those in their life.</summary>
    public async Task<IReadOnlyDictionary<Guid, KnownDetails>> KnownOfAsync(IReadOnlyCollection<Guid> childIds, CancellationToken cancel)
    {
        var relations = (await db.Relationships.AsNoTracking().Where(r => childIds.Contains(r.ChildId)).Select(r => new { r.ChildId, r.Name }).ToListAsync(cancel)).ToLookup(r => r.ChildId, r => r.Name);
        return (await db.Children.AsNoTracking().Where(c => childIds.Contains(c.Id)).Select(c => new { c.Id, c.GivenName, c.FamilyName, c.KnownAs, c.BornOn, c.LaChildId, c.Upn }).ToListAsync(cancel))
            .ToDictionary(c => c.Id, c => new KnownDetails
            {
                Names = [.. new[] { $"{c.GivenName} {c.FamilyName}".Trim(), c.KnownAs }.OfType<string>().Where(n => n.Length > 0), .. relations[c.Id]],
                Dates = c.BornOn is { } born ? [born] : [],
                Ids = [.. new[] { c.LaChildId, c.Upn }.OfType<string>()],
            });
    }
}
