using System.Runtime.CompilerServices;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// Which children an extract may hold: those of its population (<see cref="ResearchPopulation"/>) whose permission for this project is valid at one instant. It answers to whoever the database
/// context answers to, and so to nobody but a job.
/// </summary>
public sealed class ExtractPopulation(AppDbContext db, ConsentService consent)
{
    /// <summary>How many children are asked about in one question, so that what is read for all of them never stands in memory together.</summary>
    public const int Batch = 1_000;

    /// <summary>
    /// The day on which everything is said of a child, whenever in its quarter a file is made: the first of the quarter. Two files of one quarter are then of the same values, and nobody is found
    /// by having grown older between them.
    /// </summary>
    public static DateOnly DayOf(DateOnly today) => new(today.Year, ((today.Month - 1) / 3 * 3) + 1, 1);

    /// <summary>
    /// The ids of the children of a population, in their own order: what is asked of a thousand of them then lies side by side in every index, and takes half to two thirds of the time. No file says
    /// in which order it was read.
    /// </summary>
    public async Task<List<Guid>> IdsAsync(ResearchPopulation of, ResearchPeriod over, DateOnly day, CancellationToken cancel)
    {
        var ids = await of.Among(db, over.From(day), day).Select(c => c.Id).ToListAsync(cancel);
        ids.Sort();
        return ids;
    }

    /// <summary>Everybody whom any file could be of.</summary>
    public Task<List<Guid>> EverybodyAsync(DateOnly day, CancellationToken cancel) => IdsAsync(ResearchPopulation.Known, ResearchPeriod.Year, day, cancel);

    /// <summary>What each child's permission says for a file of a project at an instant. Words need a yes to being studied and another to being read.</summary>
    public async Task<Dictionary<Guid, ConsentDecision>> DecideAsync(IReadOnlyCollection<Guid> childIds, ExtractForm form, Guid projectId, DateTime at, CancellationToken cancel)
    {
        var studied = await consent.DecideManyAsync(childIds, Purpose.ResearchExtract, projectId, at, cancel);
        if (form != ExtractForm.Words) return studied;
        var read = await consent.DecideManyAsync(childIds, Purpose.ResearchWords, projectId, at, cancel);
        return studied.ToDictionary(s => s.Key, s => s.Value.Allowed ? read.GetValueOrDefault(s.Key, ConsentDecision.NothingKnown) : s.Value);
    }

    /// <summary>Reads those of the children whose permission is valid for a file of a project at an instant, some at a time, and counts the others.</summary>
    /// <param name="day">On which it is said how old they are.</param>
    public async Task<PermittedChildren> ReadAsync(
        IReadOnlyCollection<Guid> childIds, ExtractForm form, Guid projectId, DateTime at, IReadOnlyList<Variable> variables, Measure? measure, DateOnly day, CancellationToken cancel)
    {
        var children = new PermittedChildren(variables, measure, day);
        foreach (var batch in childIds.Chunk(Batch))
        {
            var decisions = await DecideAsync(batch, form, projectId, at, cancel);
            foreach (var decision in decisions.Values.Where(d => !d.Allowed)) children.AddOther(decision);
            foreach (var facts in await FactsAsync([.. batch.Where(id => decisions.TryGetValue(id, out var decision) && decision.Allowed)], day, cancel)) children.Add(facts);
        }

        return children;
    }

    /// <summary>
    /// What of each child must not be found in a file of a form, nor in what people type for it, some children at a time: of every child on record, whoever the file is of, for a brother who died or a
    /// child referred last week stands in what others say as well.
    /// </summary>
    public async IAsyncEnumerable<ForbiddenValues> ForbiddenAsync(ExtractForm form, [EnumeratorCancellation] CancellationToken cancel)
    {
        var isWords = form == ExtractForm.Words;
        var everybody = await db.Children.Select(c => c.Id).ToListAsync(cancel);
        everybody.Sort();
        foreach (var batch in everybody.Chunk(Batch))
        {
            foreach (var child in await db.Children.AsNoTracking().Where(c => batch.Contains(c.Id))
                .Select(c => new ForbiddenValues(c.Id, c.LaChildId, c.Upn, c.GivenName, c.FamilyName, c.KnownAs, c.BornOn)
                {
                    People = isWords ? db.Relationships.Where(r => r.ChildId == c.Id).Select(r => r.Name).ToList() : new List<string>(),
                    Ward = isWords ? c.Ward : null,
                }).ToListAsync(cancel)) yield return child;
        }
    }

    /// <summary>The facts that variables are read from, for the children given and nobody else.</summary>
    private async Task<IEnumerable<ChildFacts>> FactsAsync(Guid[] batch, DateOnly day, CancellationToken cancel)
    {
        var from = ResearchPeriod.Year.From(day);
        var sinceQuarter = ResearchPeriod.Quarter.From(day);
        var children = await db.Children.AsNoTracking().Where(c => batch.Contains(c.Id))
            .Select(c => new { c.Id, c.BornOn, c.ExpectedBirthOn, c.Sex, c.EthnicityCode, c.DisabilityCodes }).ToListAsync(cancel);
        var episodes = (await db.NeedEpisodes.AsNoTracking().Where(e => batch.Contains(e.ChildId) && !e.ReferralNfa && e.PrimaryNeedCode != ResearchPopulation.NotInNeed && e.ReferredOn <= day)
            .Select(e => new { e.ChildId, e.ReferredOn, e.Ordinal, e.ClosedOn, e.PrimaryNeedCode }).ToListAsync(cancel)).ToLookup(e => e.ChildId);
        var heard = (await db.VoiceRecords.AsNoTracking()
            .Where(r => batch.Contains(r.ChildId) && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.NotHeardReason == null && r.CorrectionReason != CorrectionReason.Statement && r.HeardOn > from && r.HeardOn <= day)
            .Select(r => new { r.ChildId, r.HeardOn }).Distinct().ToListAsync(cancel)).ToLookup(r => r.ChildId, r => r.HeardOn);
        return children.Select(c =>
        {
            var latest = episodes[c.Id].OrderBy(e => e.ReferredOn).ThenBy(e => e.Ordinal).Last();
            return new ChildFacts(
                c.Id, c.BornOn, c.ExpectedBirthOn, c.Sex, c.EthnicityCode, c.DisabilityCodes, latest.ReferredOn, latest.ClosedOn, latest.PrimaryNeedCode,
                episodes[c.Id].Count(), heard[c.Id].Count(), heard[c.Id].Select(d => (DateOnly?)d).Max(), heard[c.Id].Count(d => d > sinceQuarter));
        });
    }
}
