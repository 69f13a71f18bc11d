using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Shared;

/// <summary>Whom or what something is asked for, by name: somebody in the child's life, a service, one training or report, or one research project.</summary>
public sealed class RecipientNames(AppDbContext db, NamedRecipientService named)
{
    private (Guid ChildId, IReadOnlyDictionary<Guid, (Purpose Purpose, string Name)> Names)? last;

    /// <returns>Null when it is for nobody in particular, or the child has no such recipient.</returns>
    public async Task<string?> OfAsync(Guid childId, Purpose purpose, Guid? scopeId, CancellationToken cancel)
    {
        if (scopeId is not { } id) return null;
        if (Purposes.MayBeForOneProject(purpose)) return await db.ResearchProjects.Where(p => p.Id == id).Select(p => p.Title).SingleOrDefaultAsync(cancel);
        if (!Purposes.IsForOneRecipient(purpose)) return null;
        if (purpose == Purpose.ShareParent) return await db.Relationships.Where(r => r.Id == id && r.ChildId == childId).Select(r => r.Name).SingleOrDefaultAsync(cancel);
        if (purpose == Purpose.SharePro && CopyRecipient.ServiceOf(id) is { } service) return Words.Of(service);
        if (last?.ChildId != childId) last = (childId, await named.OfAsync(childId, cancel));
        return last.Value.Names.TryGetValue(id, out var name) && name.Purpose == purpose ? name.Name : null;
    }
}
