using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// A number that may be shown, or the fact that there is one which may not. A suppressed figure does not hold its number,
/// so no page, log, chart or serialiser can give it away; an unset figure is suppressed.
/// </summary>
[JsonConverter(typeof(FigureJsonConverter))]
public readonly struct Figure : IEquatable<Figure>
{
    /// <summary>One symbol, whether the number is small itself or hidden to protect another.</summary>
    public const string Symbol = "c";

    /// <summary>A shown figure stands for numbers up to so much below or above it.</summary>
    private const int RoundedBy = 2;

    private readonly long number;
    private readonly bool shown;

    private Figure(long number)
    {
        this.number = number;
        shown = true;
    }

    public static Figure Suppressed => default;

    public bool IsSuppressed => !shown;

    public static Figure Of(long number) => new(number);

    /// <summary>
    /// Between which numbers the true one lies of a shown one, which is rounded to the nearest 5: what is worked out from figures is told with that much room. Nought is nought.
    /// Null when it is hidden.
    /// </summary>
    public (long Least, long Most)? StandsFor => !shown ? null : number == 0 ? (0, 0) : (Math.Max(0, number - RoundedBy), number + RoundedBy);

    public bool TryGet(out long value)
    {
        value = number;
        return shown;
    }

    /// <summary>
    /// The share of <paramref name="whole"/> that this figure is, from the two shown numbers only. Hidden when either is
    /// hidden, when the rest of the whole is a small number, or when the whole is too small to speak of shares.
    /// </summary>
    public Percentage ShareOf(Figure whole, SmallNumbers rule) =>
        shown && whole.shown && !rule.IsSmall(number) && !rule.IsSmall(whole.number - number)
            && number >= 0 && number <= whole.number && whole.number >= rule.SmallestBase
            ? Percentage.Of(100.0 * number / whole.number)
            : Percentage.Suppressed;

    public override string ToString() => shown ? number.ToString(CultureInfo.InvariantCulture) : Symbol;

    /// <summary>The number written for people, with a comma at each thousand.</summary>
    public string ToDisplay() => shown ? number.ToString("#,0", CultureInfo.InvariantCulture) : Symbol;

    public bool Equals(Figure other) => shown == other.shown && number == other.number;

    public override bool Equals(object? obj) => obj is Figure other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(shown, number);

    public static bool operator ==(Figure left, Figure right) => left.Equals(right);

    public static bool operator !=(Figure left, Figure right) => !left.Equals(right);
}

/// <summary>A percentage made from shown figures, or suppressed. See <see cref="Figure.ShareOf"/>.</summary>
public readonly struct Percentage : IEquatable<Percentage>
{
    private readonly double value;
    private readonly bool shown;

    private Percentage(double value)
    {
        this.value = value;
        shown = true;
    }

    public static Percentage Suppressed => default;

    public bool IsSuppressed => !shown;

    internal static Percentage Of(double value) => new(value);

    public bool TryGet(out double percent)
    {
        percent = value;
        return shown;
    }

    public override string ToString() =>
        shown ? Math.Round(value, MidpointRounding.AwayFromZero).ToString("0", CultureInfo.InvariantCulture) + "%" : Figure.Symbol;

    public bool Equals(Percentage other) => shown == other.shown && value.Equals(other.value);

    public override bool Equals(object? obj) => obj is Percentage other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(shown, value);

    public static bool operator ==(Percentage left, Percentage right) => left.Equals(right);

    public static bool operator !=(Percentage left, Percentage right) => !left.Equals(right);
}

/// <summary>A number as a number, a suppressed figure as "c".</summary>
public sealed class FigureJsonConverter : JsonConverter<Figure>
{
    public override Figure Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => Figure.Of(reader.GetInt64()),
            JsonTokenType.String when reader.ValueTextEquals(Figure.Symbol) => Figure.Suppressed,
            _ => throw new JsonException($"A figure is a whole number or \"{Figure.Symbol}\"."),
        };

    public override void Write(Utf8JsonWriter writer, Figure value, JsonSerializerOptions options)
    {
        if (value.TryGet(out var number)) writer.WriteNumberValue(number);
        else writer.WriteStringValue(Figure.Symbol);
    }
}
