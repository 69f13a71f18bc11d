using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <param name="States">How many children stand in each state, to the nearest 5; "c" where it cannot be shown.</param>
public sealed record PurposeStates(Purpose Purpose, IReadOnlyDictionary<ConsentState, Figure> States);

/// <param name="PutTogether">States that stand in the last column together, because one of them is too small to show.</param>
/// <param name="By">One table for each grouping; its columns are the states that are shown, and then those put together.</param>
public sealed record StatesByGroup(IReadOnlyList<ConsentState> Shown, IReadOnlyList<ConsentState> PutTogether, IReadOnlyList<(string Name, ProtectedTable Table)> By);

/// <summary>
/// Where the permissions of the children whom somebody works with stand, as numbers: not asked, thinking about it and no are three different
/// answers. It tells nothing of any child: small numbers are hidden, and so is what would give them away.
/// </summary>
/// <remarks>
/// Why the tables can stand side by side. For one purpose they share the totals of the states and nothing else. A state that may not be shown by itself
/// is put together with others before anything is grouped, so every total that is shared may be known; then nothing in one table helps to work out
/// what is hidden in another. Then every figure is rounded from its own number (<see cref="Rounding"/>), or whoever looks before and after one child's decision
/// would see one number fall by one and another rise, and know what was decided.
/// </remarks>
public sealed class ConsentCounts(AppDbContext db, ConsentService consent, TimeProvider clock)
{
    private static readonly SmallNumbers Rule = SmallNumbers.Council;

    private static readonly List<EthnicGroup> EthnicGroups = [.. EthnicGroup.All];

    private static readonly string[] Ages = ["Under 4", "4 to 7", "8 to 11", "12 to 15", "16 and over", "Not recorded"];

    private sealed record Row(Guid Id, DateOnly? BornOn, string? EthnicityCode, string Team);

    /// <summary>The states a purpose can stand in.</summary>
    public static IReadOnlyList<ConsentState> StatesOf(PurposeBasis basis) => basis == PurposeBasis.NoticeOnly
        ? [ConsentState.NotAsked, ConsentState.Told, ConsentState.Objected]
        : [.. Enum.GetValues<ConsentState>().Where(s => s is not (ConsentState.Told or ConsentState.Objected))];

    /// <summary>Every purpose that is asked for in general, by state.</summary>
    /// <returns>How many children there are, to the nearest 5, hidden when there are too few to count; and the states of each purpose.</returns>
    public async Task<(Figure Children, IReadOnlyList<PurposeStates> Purposes)> ByPurposeAsync(CancellationToken cancel)
    {
        var children = await ChildrenAsync(cancel);
        var counted = new List<PurposeStates>();
        foreach (var purpose in Purposes.AskedInGeneral)
        {
            var (_, totals) = await StatesAsync(purpose, children, cancel);
            counted.Add(new(purpose, totals.States.Zip(totals.Figures).ToDictionary()));
        }

        return (children.Count > Rule.Threshold ? Rounding.Round(Figure.Of(children.Count)) : Figure.Suppressed, counted);
    }

    /// <returns>Null when there are too few children for any table.</returns>
    public async Task<StatesByGroup?> ByGroupAsync(Purpose purpose, CancellationToken cancel)
    {
        var children = await ChildrenAsync(cancel);
        var (stateOf, totals) = await StatesAsync(purpose, children, cancel);
        if (totals.Publication != Publication.Table) return null;
        var shown = totals.States.Where((_, i) => !totals.Figures[i].IsSuppressed).ToList();
        var together = totals.States.Except(shown).ToList();
        var columns = shown.Count + (together.Count > 0 ? 1 : 0);
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        CountTable Table(IReadOnlyList<string> groups, Func<Row, int> groupOf)
        {
            var counts = new long[groups.Count, columns];
            foreach (var child in children)
            {
                var column = shown.IndexOf(stateOf[child.Id]);
                counts[groupOf(child), column < 0 ? shown.Count : column]++;
            }

            return new(groups, [.. Enumerable.Range(0, columns).Select(c => $"{c}")], counts);
        }

        var teams = children.Select(c => c.Team).Distinct().Order(StringComparer.CurrentCulture).ToList();
        (string Name, CountTable Table)[] tables =
        [
            ("Team", Table(teams, c => teams.IndexOf(c.Team))),
            ("Age", Table(Ages, c => AgeGroup(c.BornOn, today))),
            ("Ethnic group", Table([.. EthnicGroups.Select(g => g.Label)], c => EthnicGroups.IndexOf(EthnicGroup.Of(c.EthnicityCode)))),
        ];
        return new(shown, together, [.. tables.Select(t => t.Name).Zip(TableProtection.ProtectByColumns([.. tables.Select(t => t.Table)], Rule).Select(Rounding.Round))]);
    }

    private async Task<(Dictionary<Guid, ConsentState> StateOf, (IReadOnlyList<ConsentState> States, IReadOnlyList<Figure> Figures, Publication Publication))> StatesAsync(
        Purpose purpose, IReadOnlyCollection<Row> children, CancellationToken cancel)
    {
        var decisions = await consent.DecideManyAsync([.. children.Select(c => c.Id)], purpose, null, clock.GetUtcNow().UtcDateTime, cancel);
        var stateOf = children.ToDictionary(c => c.Id, c => decisions.GetValueOrDefault(c.Id, ConsentDecision.NothingKnown).State);
        var counts = stateOf.Values.CountBy(s => s).ToDictionary();
        // What an authority told before it asks, or asked before it tells, stands in states of the other kind.
        var states = StatesOf(Purposes.BasisOf(purpose)).Union(counts.Keys).Order().ToList();
        var list = TableProtection.Protect(new CountList("State", [.. states.Select(s => ($"{s}", (long)counts.GetValueOrDefault(s)))]), Rule);
        return (stateOf, (states, [.. list.Rows.Select(r => Rounding.Round(r.Count))], list.Publication));
    }

    /// <summary>The children somebody works with now; one with workers of two teams counts in that of the latest.</summary>
    private async Task<List<Row>> ChildrenAsync(CancellationToken cancel)
    {
        var teams = await db.Teams.AsNoTracking().ToDictionaryAsync(t => t.Id, t => t.Name, cancel);
        var allocated = await db.Allocations.AsNoTracking().Where(a => a.EndedOn == null)
            .Join(db.Users, a => a.PractitionerId, u => u.Id, (a, u) => new { a.ChildId, a.StartedOn, a.Id, u.TeamId })
            .Join(db.Children, a => a.ChildId, c => c.Id, (a, c) => new { a.ChildId, a.StartedOn, a.Id, a.TeamId, c.BornOn, c.EthnicityCode }).ToListAsync(cancel);
        return [.. allocated.GroupBy(a => a.ChildId).Select(g => g.OrderBy(a => a.StartedOn).ThenBy(a => a.Id).Last())
            .Select(a => new Row(a.ChildId, a.BornOn, a.EthnicityCode, a.TeamId is { } team && teams.TryGetValue(team, out var name) ? name : "No team"))];
    }

    private static int AgeGroup(DateOnly? born, DateOnly today) => born is not { } day ? 5
        : day > today.AddYears(-4) ? 0 : day > today.AddYears(-8) ? 1 : day > today.AddYears(-12) ? 2 : day > today.AddYears(-16) ? 3 : 4;
}
