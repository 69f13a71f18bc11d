using ChildrensInfo.Core.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ChildrensInfo.Web.Access;

/// <summary>The codes in links by which people choose a password. A code dies when it is used, since that renews the security stamp.</summary>
public sealed class WelcomeLinks(
    IDataProtectionProvider protection, IOptions<WelcomeLinks.Lifespan> lifespan, IOptions<WelcomeLinks.ResetLifespan> resetLifespan, ILogger<DataProtectorTokenProvider<AppUser>> log)
    : DataProtectorTokenProvider<AppUser>(protection, lifespan, log)
{
    private readonly DataProtectorTokenProvider<AppUser> resets = new(protection, resetLifespan, log);

    /// <summary>Somebody new may open their link tomorrow; whoever lost a password waits for it now, and until then the old one may be somebody else's too.</summary>
    public override Task<string> GenerateAsync(string purpose, UserManager<AppUser> manager, AppUser user) =>
        user.PasswordHash is null ? base.GenerateAsync(purpose, manager, user) : resets.GenerateAsync(purpose, manager, user);

    public override Task<bool> ValidateAsync(string purpose, string token, UserManager<AppUser> manager, AppUser user) =>
        user.PasswordHash is null ? base.ValidateAsync(purpose, token, manager, user) : resets.ValidateAsync(purpose, token, manager, user);

    /// <summary>Options of its own, so that nothing else that uses such codes can lengthen its life.</summary>
    public sealed class Lifespan : DataProtectionTokenProviderOptions
    {
        public Lifespan()
        {
            Name = PeopleService.LinkProvider;
            TokenLifespan = TimeSpan.FromHours(24);
        }
    }

    public sealed class ResetLifespan : DataProtectionTokenProviderOptions
    {
        public ResetLifespan()
        {
            Name = PeopleService.LinkProvider + "Again";
            TokenLifespan = TimeSpan.FromHours(1);
        }
    }
}
