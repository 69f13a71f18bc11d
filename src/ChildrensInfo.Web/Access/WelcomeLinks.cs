using ChildrensInfo.Core.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ChildrensInfo.Web.Access;

/// <summary>The codes in links by which people choose a password. A code dies when it is used, since that renews the security stamp.</summary>
public sealed class WelcomeLinks(IDataProtectionProvider protection, IOptions<WelcomeLinks.Lifespan> lifespan, ILogger<DataProtectorTokenProvider<AppUser>> log)
    : DataProtectorTokenProvider<AppUser>(protection, lifespan, log)
{
    /// <summary>Options of its own, so that nothing else that uses such codes can lengthen its life.</summary>
    public sealed class Lifespan : DataProtectionTokenProviderOptions
    {
        public Lifespan()
        {
            Name = PeopleService.LinkProvider;
            TokenLifespan = TimeSpan.FromHours(24);
        }
    }
}
