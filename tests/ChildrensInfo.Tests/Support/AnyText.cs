using CsCheck;

namespace ChildrensInfo.Tests.Support;

/// <summary>What anybody might type, in whatever script, with what machines trip over.</summary>
public static class AnyText
{
    private static readonly string[] Hard =
    [
        "\u0001\u0002\u001F", "\uFFFE\uFFFF", "in\uFFFEside", "&amp;&#0;&lt;", "e\u0301é", "\u2028\u2029\u0085", "</blockquote><script>x</script>", "\u202Eabc\u202C", "\n\n a \n", "🏴󠁧󠁢󠁷󠁬󠁳󠁿👩‍👧", "=1+1", "a,\"b\";\r\nc\t",
    ];

    private static readonly Gen<string> Rune = Gen.OneOf(
        Gen.Int[1, 0xD7FF], Gen.Int[0xE000, 0xFFFD], Gen.Int[0x1F300, 0x1FAFF], Gen.Int[0x10000, 0x10FFFF], Gen.Int[0x200B, 0x202E], Gen.Int[0x300, 0x36F], Gen.Int[0x590, 0x6FF], Gen.Int[1, 0x7F])
        .Select(c => char.ConvertFromUtf32(c));

    /// <summary>The hard ones, and so many more as they come.</summary>
    public static List<string> Some(int more) => [.. Hard.Concat(Rune.Array[1, 60].Select(string.Concat).Array[more].Single()).Where(t => !string.IsNullOrWhiteSpace(t))];
}
