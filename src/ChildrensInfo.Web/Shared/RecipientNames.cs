using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Shared;

/// <summary>Whom or what something is asked for, by name: somebody in the child's life, a service, one training or report, one research project, one visit or one thing that was said.</summary>
public sealed class RecipientNames(AppDbContext db, NamedRecipientService named, DoNotTellService doNotTell)
{
    private (Guid ChildId, IReadOnlyDictionary<Guid, (Purpose Purpose, string Name)> Names)? last;

    /// <returns>Null when it is for nobody in particular, or the child has no such recipient.</returns>
    public async Task<string?> OfAsync(Guid childId, Purpose purpose, Guid? scopeId, CancellationToken cancel, bool welsh = false)
    {
        if (scopeId is not { } id) return null;
        if (Purposes.MayBeForOneVisit(purpose))
        {
            return await db.VoiceSessions.Where(s => s.Id == id && s.ChildId == childId).Select(s => (DateOnly?)s.OccurredOn).SingleOrDefaultAsync(cancel) is not { } met ? null
                : welsh ? $"yr ymweliad ar {Short(met)} yn unig" : $"only the visit on {Words.Day(met)}";
        }

        if (Purposes.MayBeForOneRecord(purpose))
        {
            // Whom a rule keeps it from does not learn when it was said.
            var said = await doNotTell.ReadableBy(db.Actor!, db.VoiceRecords).Where(r => r.Id == id && r.ChildId == childId).Select(r => (DateOnly?)r.HeardOn).SingleOrDefaultAsync(cancel);
            return (welsh, said) switch
            {
                (true, { } on) => $"un peth a ddywedwyd ar {Short(on)} yn unig",
                (false, { } on) => $"only one thing said on {Words.Day(on)}",
                (true, null) => "un peth a ddywedwyd yn unig",
                _ => "only one thing that was said",
            };
        }

        if (Purposes.MayBeForOneProject(purpose)) return await db.ResearchProjects.Where(p => p.Id == id).Select(p => p.Title).SingleOrDefaultAsync(cancel);
        if (!Purposes.IsForOneRecipient(purpose)) return null;
        if (purpose == Purpose.ShareParent) return await db.Relationships.Where(r => r.Id == id && r.ChildId == childId).Select(r => r.Name).SingleOrDefaultAsync(cancel);
        if (purpose == Purpose.SharePro && CopyRecipient.ServiceOf(id) is { } service) return Words.Of(service);
        if (last?.ChildId != childId) last = (childId, await named.OfAsync(childId, cancel));
        return last.Value.Names.TryGetValue(id, out var name) && name.Purpose == purpose ? name.Name : null;
    }

    /// <summary>The part of the address of the page that asks for it.</summary>
    public static string QueryOf(Purpose purpose, Guid? scopeId) => scopeId is not { } id ? ""
        : Purposes.MayBeForOneVisit(purpose) ? $"&visit={id}" : Purposes.MayBeForOneRecord(purpose) ? $"&record={id}" : Purposes.MayBeForOneProject(purpose) ? $"&project={id}" : $"&recipient={id}";

    private static string Short(DateOnly day) => day.ToString("dd/MM/yyyy", System.Globalization.CultureInfo.InvariantCulture);
}
