using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>Where something went before it was stopped, in words: whoever is to be told.</summary>
/// <param name="To">Whom it was for; null when it was for the child, or for nobody in particular.</param>
public sealed record ShareShown(VoiceSurface Surface, string? To, DateOnly On, string By)
{
    public static async Task<IReadOnlyList<ShareShown>> OfAsync(AppDbContext db, ConsentService consent, RecipientNames recipients, Guid childId, Purpose purpose, Guid? scopeId, CancellationToken cancel)
    {
        var shares = await consent.SharedBeforeAsync(childId, purpose, scopeId, cancel);
        var people = shares.Select(s => s.ById).Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var shown = new List<ShareShown>();
        foreach (var share in shares)
        {
            var to = share.Project ?? (share.For is { } under ? await recipients.OfAsync(childId, under, share.RecipientId, cancel) : null);
            shown.Add(new(share.Surface, to, share.On, names.GetValueOrDefault(share.ById, "")));
        }

        return shown;
    }
}
