using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Returns;

/// <summary>What one of the council's own codes is said to mean.</summary>
public sealed record MapCode
{
    public string Field { get; set; } = "";

    public string LocalCode { get; set; } = "";

    public string? Code { get; set; }

    /// <summary>How often returns brought it.</summary>
    public int Times { get; set; }
}

/// <summary>Keeps what the council's own codes mean.</summary>
public sealed class CodeMappingService(AppDbContext db, TimeProvider clock)
{
    /// <summary>Keeps those whose meaning is a code of the field's list; others are passed over, since the page offers no others.</summary>
    public async Task MapAsync(IReadOnlyList<MapCode> codes, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var there = await db.CodeMappings.ToListAsync(cancel);
        foreach (var code in codes)
        {
            if (!CodeMap.Fields.TryGetValue(code.Field, out var list) || !list.Contains(code.Code) || code.LocalCode.Length is 0 or > CodeMapping.CodeMaxLength) continue;
            var mapping = there.Find(m => m.Field == code.Field && m.LocalCode == code.LocalCode);
            if (mapping is null)
            {
                mapping = new CodeMapping { AuthorityId = actor.AuthorityId, Field = code.Field, LocalCode = code.LocalCode, Code = code.Code! };
                there.Add(mapping);
                db.Add(mapping);
            }

            mapping.Code = code.Code!;
            mapping.MappedById = actor.PersonId;
            mapping.MappedAt = now;
            db.Add(AuditEntry.For(AuditActions.CodeMapped, actor, null, mapping.Id, clock, $"{code.Field} {code.Code}"));
        }

        await db.SaveChangesAsync(cancel);
    }

    /// <returns>False when there is no such meaning.</returns>
    public async Task<bool> ForgetAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (await db.CodeMappings.SingleOrDefaultAsync(m => m.Id == id, cancel) is not { } mapping) return false;
        db.Remove(mapping);
        db.Add(AuditEntry.For(AuditActions.CodeForgotten, actor, null, id, clock, mapping.Field));
        await db.SaveChangesAsync(cancel);
        return true;
    }
}
