using System.Security.Cryptography;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// What left the council before, so that two files laid side by side tell no more than each alone: they differ by nobody or by many, and the same
/// person never holds the same children in more detail than one file gave.
/// </summary>
public sealed class EarlierReleases
{
    /// <summary>Two files differ by no child, or by at least this many who came and this many who went.</summary>
    public const int Apart = 10;

    private readonly IReadOnlyList<HashSet<Guid>> children;
    private readonly IReadOnlyList<IReadOnlyDictionary<string, int>> levels;

    private EarlierReleases(IReadOnlyList<HashSet<Guid>> children, IReadOnlyList<IReadOnlyDictionary<string, int>> levels) => (this.children, this.levels) = (children, levels);

    /// <summary>Reads every release of the authority, and the detail of those that the person who asks still holds.</summary>
    public static async Task<EarlierReleases> ReadAsync(AppDbContext db, Guid personId, Guid? except, CancellationToken cancel)
    {
        var released = await db.Extracts.AsNoTracking().Where(e => e.ReleasedAt != null && e.Id != except)
            .Select(e => new { e.Id, e.State, e.RequestedById, e.ReportJson }).ToListAsync(cancel);
        var children = new List<HashSet<Guid>>(released.Count);
        foreach (var one in released) children.Add([.. await db.ExtractChildren.Where(c => c.ExtractId == one.Id).Select(c => c.ChildId).ToListAsync(cancel)]);
        var held = released.Where(e => e.State == ExtractState.Ready && e.RequestedById == personId)
            .Select(e => (IReadOnlyDictionary<string, int>)ExtractReport.Read(e.ReportJson)!.Columns.Where(c => c.Role == nameof(VariableRole.QuasiIdentifier)).ToDictionary(c => c.Key, c => c.Level));
        return new EarlierReleases(children, [.. held]);
    }

    /// <summary>The least coarse level a variable may have beside the files the person still holds.</summary>
    /// <returns>Null when one of them does not have the variable: with it, rows could be told apart that look alike in either.</returns>
    public int? FloorOf(string variable) => levels.Any(l => !l.ContainsKey(variable)) ? null : levels.Select(l => l[variable]).DefaultIfEmpty().Max();

    /// <summary>
    /// Whom to leave out of a file with these children, so that no earlier one differs from it by a few: those few who came since, or some who are in
    /// both, drawn by lot, beside the few who went.
    /// </summary>
    /// <returns>Nobody when the file can stand beside all of them.</returns>
    public IReadOnlyCollection<Guid> ToHoldBack(IReadOnlyCollection<Guid> kept)
    {
        var now = kept.ToHashSet();
        foreach (var before in children)
        {
            var came = now.Where(id => !before.Contains(id)).ToList();
            if (came.Count is > 0 and < Apart) return came;
            var went = before.Count(id => !now.Contains(id));
            if (went is 0 or >= Apart) continue;
            var both = now.Where(before.Contains).ToArray();
            RandomNumberGenerator.Shuffle<Guid>(both);
            return both[..Math.Min(both.Length, Apart - went)];
        }

        return [];
    }
}
