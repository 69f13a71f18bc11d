using System.Text;
using Microsoft.AspNetCore.Identity;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// Refuses passwords that guessers try first: those on a list of common ones, those on the list of stolen ones that the council named, and those that are little more than the product, the
/// council or the person. Otherwise anything goes, in any script, as long as it is long enough; there are no rules about digits or capitals.
/// </summary>
public sealed class PasswordRules(BreachedPasswords breached) : IPasswordValidator<AppUser>
{
    public const int MinLength = 15;

    /// <summary>Far beyond what anybody types; keeps hashing from being used to tire the site.</summary>
    public const int MaxLength = 256;

    /// <summary>How many characters must be the person's own when the product's words and digits are taken away.</summary>
    private const int OwnCharacters = 8;

    private static readonly Lazy<HashSet<string>> Common = new(() =>
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("ChildrensInfo.Core.Data.Reference.common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is not in the assembly.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    });

    private static readonly string[] ProductWords =
    [
        "childrens", "children", "child", "information", "portal", "voice", "hear", "understand", "council", "county", "borough", "social", "worker", "services",
        "service", "practitioner", "administrator", "admin", "researcher", "safeguarding", "password", "welcome", "letmein", "secret", "kind", "words", "matter",
    ];

    public Task<IdentityResult> ValidateAsync(UserManager<AppUser> manager, AppUser user, string? password) =>
        Task.FromResult(WhyNot(user, password ?? "") is { } reason
            ? IdentityResult.Failed(new IdentityError { Code = "PasswordTooEasy", Description = reason })
            : IdentityResult.Success);

    internal static int CommonCount => Common.Value.Count;

    private string? WhyNot(AppUser user, string password)
    {
        if (password.Length > MaxLength) return $"Password must be {MaxLength} characters or fewer";
        var plain = Plain(password);
        if (Common.Value.Contains(plain)) return "That password is one of the first that a guesser would try. Choose another, for example four words that do not belong together.";
        if (breached.Contains(password)) return "That password is on a list of passwords that were stolen somewhere, so guessers have it too. Choose another, and change it wherever else you use it.";
        var own = user.DisplayName.Split(' ').Concat((user.Email ?? "").Split('@', '.')).Select(Plain).Where(w => w.Length >= 3);
        foreach (var word in ProductWords.Concat(own).OrderByDescending(w => w.Length)) plain = plain.Replace(word, "", StringComparison.Ordinal);
        // Beyond ASCII, what is neither letter nor digit (emoji, letters of rare scripts) is nobody's first guess.
        return plain.Count(c => !char.IsAsciiDigit(c)) + password.Count(c => !char.IsAscii(c) && !char.IsLetterOrDigit(c)) < OwnCharacters
            ? "That password is mostly words that anybody here could guess, such as names, the portal’s own words or numbers. Choose another."
            : null;
    }

    /// <summary>Lower case, without spaces and punctuation: "Pass-word 123" and "password123" are guessed alike.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (char.IsLetterOrDigit(letter)) plain.Append(char.ToLowerInvariant(letter));
        }

        return plain.ToString();
    }
}
