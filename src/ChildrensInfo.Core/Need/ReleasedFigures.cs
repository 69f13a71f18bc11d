using System.Text.Json;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Need;

/// <param name="Label">Of a value or a theme.</param>
public sealed record NamedFigure(string Key, string Label, Figure Figure);

/// <summary>One value of an indicator's own field, with the children behind it.</summary>
public sealed record ValueFigure(string Key, string Label, Figure Figure, Figure Children, Figure Heard)
{
    public Percentage HeardShare => Heard.ShareOf(Children, SmallNumbers.Council);
}

/// <summary>Every view there is of one indicator on one day, as it may be shown.</summary>
/// <param name="Dimensions">With their groups as they were when it was made.</param>
/// <param name="Hub">The dimension that can be seen with each of the others.</param>
/// <param name="By">By the values of the indicator's own field.</param>
/// <param name="ByOverlaps">Whether one thing can have several values.</param>
/// <param name="Themes">By dimension and group, of the children heard; those of all children under an empty key.</param>
public sealed record ReleasedFigures(
    IReadOnlyList<NeedDimension> Dimensions, string Hub, bool HeardInYear, ProtectedCube Cube, IReadOnlyList<ValueFigure> By, bool ByOverlaps, IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<NamedFigure>>> Themes)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new SliceJson(), new FigureJsonConverter() } };

    public static ReleasedFigures Read(string json) => JsonSerializer.Deserialize<ReleasedFigures>(json, Options) ?? throw new JsonException("Not released figures.");

    public string Write() => JsonSerializer.Serialize(this, Options);

    public static Slice ReadTotal(string json) => JsonSerializer.Deserialize<Slice>(json, Options) ?? throw new JsonException("Not a slice.");

    public string WriteTotal() => JsonSerializer.Serialize(Cube.Total, Options);

    /// <summary>How many children a view is of.</summary>
    public Slice Total(NeedFilter? filter) => filter is null ? Cube.Total : Cube.Lists.TryGetValue(filter.Dimension.Key, out var list) && filter.At < list.Count ? list[filter.At] : Slice.Hidden;

    /// <summary>The rows of one dimension within a filter; null where the two may not be shown together.</summary>
    public IReadOnlyList<(NeedGroup Group, Slice Slice)>? Rows(NeedDimension dimension, NeedFilter? filter)
    {
        IReadOnlyList<Slice>? slices = null;
        if (filter is null) slices = Cube.Lists.GetValueOrDefault(dimension.Key);
        else if (dimension.Key == filter.Dimension.Key) return null;
        else if (filter.Dimension.Key == Hub) slices = Cube.Pairs.GetValueOrDefault(dimension.Key)?[filter.At];
        else if (dimension.Key == Hub && Cube.Pairs.TryGetValue(filter.Dimension.Key, out var pair)) slices = [.. pair.Select(row => row[filter.At])];
        return slices is null ? null : [.. dimension.Groups.Zip(slices)];
    }

    /// <summary>What those heard spoke of. Nothing where it is hidden how many were heard: whoever spoke of something was.</summary>
    public IReadOnlyList<NamedFigure> ThemesOf(NeedFilter? filter) =>
        !Total(filter).Heard.IsSuppressed && Themes.TryGetValue(filter?.Dimension.Key ?? "", out var lists) && lists.Count > (filter?.At ?? 0) ? lists[filter?.At ?? 0] : [];

    /// <summary>A slice as a short list, null where a figure is hidden.</summary>
    private sealed class SliceJson : JsonConverter<Slice>
    {
        public override Slice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var numbers = JsonSerializer.Deserialize<double?[]>(ref reader) ?? throw new JsonException();
            Figure At(int i) => numbers[i] is { } n ? Figure.Of((long)n) : Figure.Suppressed;
            return new(At(0), At(1), At(2), At(3), At(4), At(5), numbers[6]);
        }

        public override void Write(Utf8JsonWriter writer, Slice value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var figure in (ReadOnlySpan<Figure>)[value.Count, value.Whole, value.Children, value.Heard, value.OwnWords, value.Lately])
            {
                if (figure.TryGet(out var number)) writer.WriteNumberValue(number);
                else writer.WriteNullValue();
            }

            if (value.Mean is { } mean) writer.WriteNumberValue(mean);
            else writer.WriteNullValue();
            writer.WriteEndArray();
        }
    }
}
