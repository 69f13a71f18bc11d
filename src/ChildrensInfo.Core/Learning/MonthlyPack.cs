using System.Text.Json;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Need;

namespace ChildrensInfo.Core.Learning;

/// <summary>Views of the figures that are put together on the first of each month, for people who read on paper.</summary>
public class MonthlyPack : IBelongToAuthority
{
    public const int TitleMaxLength = 120;

    /// <summary>Words are looked for beside each of them when an edition is opened.</summary>
    public const int MostViews = 12;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public required string Title { get; init; }

    /// <summary>Who made it or changed it last: editions are made in this person's name.</summary>
    public Guid KeptById { get; set; }

    public DateTime CreatedAt { get; init; }

    /// <summary>From when no more editions are made.</summary>
    public DateTime? StoppedAt { get; set; }

    /// <summary>The first day of the newest month it was put together for.</summary>
    public DateOnly? MadeFor { get; set; }

    public List<PackView> Views { get; init; } = [];

    public static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>Whether this month's edition has still to be made: the first of the month, in London, has come since the pack was made.</summary>
    public bool IsDue(DateTime now)
    {
        var month = MonthOf(ConsentRules.LocalDay(now));
        return StoppedAt is null && ConsentRules.LocalDay(CreatedAt) < month && (MadeFor is null || MadeFor < month);
    }
}

/// <summary>One view of a pack: an indicator and filters, on the newest day there is when an edition is made.</summary>
public class PackView : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid PackId { get; init; }

    public MonthlyPack? Pack { get; init; }

    public required string Title { get; init; }

    public required string IndicatorKey { get; init; }

    /// <summary>As the address of the view has it.</summary>
    public string? By { get; init; }

    /// <summary>As the address of the view has it.</summary>
    public string? Group { get; init; }

    public int Position { get; set; }

    public NeedView View => new(IndicatorKey, null, By, Group);
}

/// <summary>Why there is nothing to see of a view.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ViewGone>))]
public enum ViewGone
{
    /// <summary>The indicator was retired.</summary>
    Retired,

    /// <summary>The indicator is not worked out from what the portal holds any more.</summary>
    NotCounted,

    /// <summary>A dimension or group is not there any more, such as a team that was dissolved.</summary>
    NoSuchGroup,

    /// <summary>Nothing is worked out.</summary>
    NoFigures,
}

/// <summary>One view as an edition holds it: the picture, and what the figure meant then.</summary>
/// <param name="Picture">Null when there was nothing to see, and then <paramref name="Gone"/> says why.</param>
/// <param name="Line">Over three years; empty of one group by itself. Null of an edition from before it was kept.</param>
/// <param name="Themes">What those heard spoke of, as far as it was shown. Null of an edition from before it was kept.</param>
public sealed record EditionView(
    string Title, string Key, string? By, string? Group, ViewPicture? Picture, IndicatorDefinition? Definition, ViewGone? Gone, IReadOnlyList<LinePoint>? Line = null, IReadOnlyList<NamedFigure>? Themes = null);

/// <summary>
/// A pack of one month. What it shows was made once and never changes, and is of figures as they were shown: no small number, and nobody's words. The foreword can be
/// written until it is published.
/// </summary>
public class PackEdition : IBelongToAuthority
{
    public const int ForewordMaxLength = 4_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid PackId { get; init; }

    /// <summary>The first day of the month.</summary>
    public DateOnly Month { get; init; }

    /// <summary>The pack's, as it was.</summary>
    public required string Title { get; init; }

    /// <summary>Its <see cref="EditionView"/>s in their order.</summary>
    public required string ViewsJson { get; init; }

    public DateTime MadeAt { get; init; }

    public Guid AuthorityKeyId { get; init; }

    /// <summary>The edition's own key, which seals its foreword, wrapped by the council's.</summary>
    public required byte[] WrappedKey { get; init; }

    /// <summary>Sealed; null when there is none.</summary>
    public byte[]? Foreword { get; set; }

    public Guid? ForewordById { get; set; }

    public DateTime? ForewordAt { get; set; }

    public Guid? PublishedById { get; set; }

    public DateTime? PublishedAt { get; set; }

    public static string Write(IEnumerable<EditionView> views) => JsonSerializer.Serialize(views, JsonSerializerOptions.Web);

    public IReadOnlyList<EditionView> ReadViews() => JsonSerializer.Deserialize<List<EditionView>>(ViewsJson, JsonSerializerOptions.Web) ?? throw new JsonException("Not an edition.");
}
