namespace ChildrensInfo.Core.Returns.CinCensus.Rules;

/// <summary>
/// The unique pupil number: a check letter, three digits of the local authority, eight digits, and a digit or (in a temporary number) a letter.
/// Source: Department for Education, "Unique pupil numbers: a guide for schools and local authorities".
/// </summary>
public static class Upn
{
    public const int Length = 13;

    /// <summary>In the order of the remainder; I, O and S are left out for looking like digits.</summary>
    private const string Letters = "ABCDEFGHJKLMNPQRTUVWXYZ";

    /// <summary>Local authorities since April 1998 and the recognised pseudo authorities, as rule 1530 lists them.</summary>
    private static readonly (int First, int Last)[] Authorities =
    [
        (1, 5), (201, 213), (301, 320), (330, 336), (340, 344), (350, 359), (370, 373), (380, 384), (390, 394), (420, 420), (660, 681), (701, 708), (800, 803),
        (805, 808), (810, 813), (815, 816), (820, 823), (825, 826), (830, 831), (835, 841), (845, 846), (850, 852), (855, 857), (860, 861), (865, 896),
        (908, 909), (916, 916), (919, 919), (921, 921), (925, 926), (928, 929), (931, 931), (933, 933), (935, 938), (940, 941),
    ];

    /// <param name="body">The twelve characters after the check letter.</param>
    public static char CheckLetter(string body)
    {
        var sum = 0;
        for (var index = 0; index < body.Length; index++) sum += (index + 2) * Worth(body[index]);
        return Letters[sum % Letters.Length];
    }

    /// <returns>Null when the number is so malformed that it has no check letter; other rules say so.</returns>
    public static bool? HasRightCheckLetter(string upn)
    {
        if (upn.Length != Length || !HasDigits(upn) || !upn.AsSpan(1, 3).ContainsOnlyDigits() || !HasKnownEnd(upn)) return null;
        return upn[0] == CheckLetter(upn[1..]);
    }

    public static bool HasKnownAuthority(string upn) =>
        upn.Length >= 4 && upn.AsSpan(1, 3).ContainsOnlyDigits()
        && int.Parse(upn.AsSpan(1, 3), System.Globalization.CultureInfo.InvariantCulture) is var code
        && Authorities.Any(range => code >= range.First && code <= range.Last);

    public static bool HasDigits(string upn) => upn.Length >= 12 && upn.AsSpan(4, 8).ContainsOnlyDigits();

    public static bool HasKnownEnd(string upn) => upn.Length == Length && (char.IsAsciiDigit(upn[12]) || Letters.Contains(upn[12], StringComparison.Ordinal));

    public static bool IsWellFormed(string upn) =>
        upn.Length == Length && char.IsAsciiLetter(upn[0]) && upn.AsSpan(1, 11).ContainsOnlyDigits() && char.IsAsciiLetterOrDigit(upn[12]);

    private static int Worth(char character) => char.IsAsciiDigit(character) ? character - '0' : Letters.IndexOf(character, StringComparison.Ordinal);

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
