using Microsoft.AspNetCore.Identity;

namespace ChildrensInfo.Core.Access;

/// <summary>A person who signs in. Not a child: children have no account.</summary>
public class AppUser : IdentityUser<Guid>
{
    public const int DisplayNameMaxLength = 100;

    public Guid AuthorityId { get; set; }

    public Guid? TeamId { get; set; }

    public string DisplayName { get; set; } = "";

    public Role Role { get; set; }

    /// <summary>Of the PIN by which a practitioner takes a device back from a child; null until they choose one.</summary>
    public string? PinHash { get; set; }

    /// <summary>When the person left. Nobody is deleted: their name stands under what they recorded.</summary>
    public DateTime? LeftAt { get; set; }
}
