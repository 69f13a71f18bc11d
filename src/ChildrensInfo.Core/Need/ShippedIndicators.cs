using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Need;

/// <summary>The indicators every authority starts with; where they come from is in the README beside the file.</summary>
public sealed record ShippedIndicators(string Note, IReadOnlyList<ShippedIndicator> Indicators)
{
    public static ShippedIndicators Load() => EmbeddedJson.Read<ShippedIndicators>("indicators.json");

    /// <summary>Adds the shipped indicators and versions that are not in the database yet. One that is there is never changed: a change is a new version.</summary>
    public static async Task AddMissingAsync(AppDbContext db, TimeProvider clock, CancellationToken cancel)
    {
        var there = await db.Indicators.Include(i => i.Versions).Where(i => i.AuthorityId == null).ToDictionaryAsync(i => i.Key, cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var shipped in Load().Indicators)
        {
            if (!there.TryGetValue(shipped.Key, out var indicator))
            {
                indicator = new() { Key = shipped.Key, CreatedAt = now };
                db.Add(indicator);
            }

            if (indicator.Versions.Exists(v => v.Number == shipped.Version)) continue;
            db.Add(new IndicatorVersion { IndicatorId = indicator.Id, Number = shipped.Version, DefinitionJson = shipped.Definition.Write(), Reason = shipped.Reason, CreatedAt = now });
        }

        await db.SaveChangesAsync(cancel);
    }
}

public sealed record ShippedIndicator(string Key, int Version, string Reason, IndicatorDefinition Definition);
