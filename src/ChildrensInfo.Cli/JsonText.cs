using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ChildrensInfo.Cli;

/// <summary>A text in JSON as it stands there: JSON can hold half of a character ("\ud83d"), which the platform's own reader refuses.</summary>
public static class JsonText
{
    public static string Of(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescaped(text.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static string Unescaped(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            var escape = raw[++i];
            text.Append(escape switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)ushort.Parse(raw.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                _ => escape,
            });
            if (escape == 'u') i += 4;
        }

        return text.ToString();
    }
}
