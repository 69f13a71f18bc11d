using ChildrensInfo.Core.Authorities;
using FluentValidation;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// Whom a provider means by one of its subjects. Either it is still awaited under an address that an administrator wrote down, or it is bound to issuer and subject and the
/// address counts no more: addresses change hands, subjects do not.
/// </summary>
public class PersonIdentity : IBelongToAuthority
{
    public const int SubjectMaxLength = 255;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>The key of the provider in the settings.</summary>
    public required string Provider { get; init; }

    /// <summary>Small letters; null once it is bound.</summary>
    public string? Address { get; set; }

    public string? Issuer { get; set; }

    public string? Subject { get; set; }

    public DateTime AddedAt { get; init; }

    public DateTime? BoundAt { get; set; }

    /// <summary>As addresses are compared: plain ASCII, small letters.</summary>
    public static string Normal(string address) => address.Trim().ToLowerInvariant();
}

/// <summary>Somebody of the council may sign in with their account at a provider, from the first time that it names this address.</summary>
public class AllowProvider
{
    public string Provider { get; set; } = "";

    public string Address { get; set; } = "";
}

public sealed class AllowProviderValidator : AbstractValidator<AllowProvider>
{
    public AllowProviderValidator()
    {
        RuleFor(i => i.Provider).NotEmpty().WithMessage("Choose which account");
        RuleFor(i => i.Address).Cascade(CascadeMode.Stop)
            .Must(a => !string.IsNullOrWhiteSpace(a)).WithMessage("Enter the name they sign in with there")
            .MaximumLength(PersonIdentity.SubjectMaxLength).WithMessage($"The name must be {PersonIdentity.SubjectMaxLength} characters or fewer")
            .Must(a => a.Trim().All(c => c is > ' ' and <= '~')).WithMessage("The name can have letters, digits and signs without spaces or accents");
    }
}
