using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>The tools every authority starts with, in English and Welsh.</summary>
public sealed record ShippedTools(string Note, IReadOnlyList<ShippedTool> Tools)
{
    public static ShippedTools Load() => EmbeddedJson.Read<ShippedTools>("tools.json");

    /// <summary>Adds the shipped tools and versions that are not in the database yet. One that is there is never changed: a change is a new version.</summary>
    public static async Task AddMissingAsync(AppDbContext db, TimeProvider clock, CancellationToken cancel)
    {
        var tools = await db.Tools.Include(t => t.Versions).Where(t => t.AuthorityId == null).ToDictionaryAsync(t => t.Key, cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var shipped in Load().Tools)
        {
            if (!tools.TryGetValue(shipped.Key, out var tool))
            {
                tool = new() { Key = shipped.Key, Kind = Enum.Parse<ToolKind>(shipped.Kind), CreatedAt = now };
                db.Add(tool);
            }

            foreach (var wording in shipped.Wordings)
            {
                if (tool.Versions.Any(v => v.Number == shipped.Version && v.Language == wording.Language)) continue;
                db.Add(new ToolVersion
                {
                    ToolId = tool.Id,
                    Number = shipped.Version,
                    Language = wording.Language,
                    Title = wording.Title,
                    AgeFrom = shipped.AgeFrom,
                    AgeTo = shipped.AgeTo,
                    DefinitionJson = new ToolDefinition(wording.Ask, wording.Scale, wording.Items).Write(),
                    CreatedAt = now,
                });
            }
        }

        await db.SaveChangesAsync(cancel);
    }
}

/// <param name="Kind">Faces, Scale, Houses or Symbols.</param>
public sealed record ShippedTool(string Key, string Kind, int AgeFrom, int AgeTo, int Version, IReadOnlyList<ToolWording> Wordings);

public sealed record ToolWording(string Language, string Title, string Ask, ScaleShown? Scale, IReadOnlyList<ToolItem> Items);
