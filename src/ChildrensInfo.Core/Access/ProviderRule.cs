using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Access;

/// <summary>Who may no longer sign in by a password, link or passkey of ours, because their council's own account decides.</summary>
public sealed class ProviderRule(AppDbContext db, IdentityProviders providers)
{
    /// <summary>Asked before anybody is signed in too, so it answers for the service and not for whoever asks.</summary>
    /// <returns>The provider that is the only way in; null when there is none.</returns>
    public async Task<IdentityProvider?> OnlyOfAsync(AppUser person, CancellationToken cancel)
    {
        var only = providers.All.Where(p => p.Only).Select(p => p.Key).ToList();
        if (only.Count == 0) return null;
        using var acting = db.ActingAs(IdentityService.ServiceOf(person.AuthorityId));
        return providers.Find(await db.PersonIdentities.Where(i => i.PersonId == person.Id && i.Subject != null && only.Contains(i.Provider)).Select(i => i.Provider).FirstOrDefaultAsync(cancel));
    }
}
