using System.Text.Json;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;

namespace ChildrensInfo.Core.Learning;

/// <param name="Figure">Null when it was hidden.</param>
/// <param name="Heard">How many of these children were heard, as it was shown; null where that was not said.</param>
/// <param name="Between">Between which two the figure lies, where that was said.</param>
public sealed record PictureRow(string Label, decimal? Figure, string? Heard, string? Between = null);

/// <summary>Who was heard of the children behind a picture and who was not, as it was shown; null where it was hidden.</summary>
/// <param name="InYear">Whether "heard" is of the twelve months, or of the weeks before the day.</param>
/// <param name="HeardAbout">How many were heard, rounded.</param>
/// <param name="NotHeard">The share of those who were not.</param>
/// <param name="Least">Of the rows, the one with the smallest share heard.</param>
/// <param name="Hidden">Of how many rows it could not be said.</param>
public sealed record PictureVoice(bool InYear, long? HeardAbout, string? Lately, string? OwnWords, string? NotHeard, PictureRow? Least, int Hidden)
{
    public static PictureVoice Of(NeedLook look)
    {
        static string? Shown(Percentage share) => share.IsSuppressed ? null : share.ToString();
        var rows = look.Dimension is null ? [.. (look.Released?.By ?? []).Select(v => (v.Label, v.Children, Share: v.HeardShare))]
            : (look.Rows ?? []).Select(r => (r.Group.Label, r.Slice.Children, Share: NeedValue.Heard(r.Slice))).ToList();
        var (label, _, least) = rows.Where(r => !r.Share.IsSuppressed).OrderBy(r => r.Share.TryGet(out var percent) ? percent : 100).FirstOrDefault();
        return new(
            look.Released?.HeardInYear == true, look.Slice.Heard.TryGet(out var about) ? about : null, Shown(NeedValue.Lately(look.Slice)), Shown(NeedValue.OwnWords(look.Slice)),
            NeedValue.Heard(look.Slice).TryGet(out var heard) ? $"{100 - Math.Round(heard, MidpointRounding.AwayFromZero):0}%" : null,
            label is null ? null : new(label, null, Shown(least)),
            // Where nobody is, nobody is missing.
            rows.Count(r => r.Share.IsSuppressed && !(r.Children.TryGet(out var children) && children == 0)));
    }
}

/// <summary>What stood on the screen, small numbers hidden as they were: it stays so when the figures are worked out again.</summary>
/// <param name="IsOnDay">Whether it counts what was open on the day, or what happened in the twelve months to it.</param>
/// <param name="Whose">Which children: a dimension and a group of it; null for all.</param>
/// <param name="By">What the rows are.</param>
/// <param name="Total">As it was shown.</param>
/// <param name="Voice">Null of a picture from before it was kept.</param>
/// <param name="Note">How the figures of the rows were made; null of a picture from before it was kept.</param>
public sealed record ViewPicture(
    string Name, int Version, DateOnly Day, bool IsOnDay, string? Whose, string By, string FigureName, string Suffix, string Total, string? Heard, IReadOnlyList<PictureRow> Rows, PictureVoice? Voice = null, string? Note = null)
{
    public static ViewPicture Read(string json) => JsonSerializer.Deserialize<ViewPicture>(json, JsonSerializerOptions.Web) ?? throw new JsonException("Not a picture.");

    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Of shown figures only.</summary>
    public static ViewPicture Of(NeedLook look) => new(
        look.Indicator.Definition.Name, look.Indicator.Version.Number, look.Day, look.IsOnDay, look.Filter is { } filter ? $"{filter.Dimension.Name}: {filter.Group.Label}" : null,
        look.Dimension?.Name ?? look.OwnField ?? "What was counted", look.FigureName, look.Suffix, look.Value(look.Slice, true), NeedValue.Heard(look.Slice) is { IsSuppressed: false } heard ? heard.ToString() : null,
        look.Dimension is null
            ? [.. look.Released!.By.Select(v => new PictureRow(v.Label, NeedValue.Number(v.Figure), v.HeardShare.ToString()))]
            : [.. (look.Rows ?? []).Select(r => new PictureRow(r.Group.Label, look.RowValue(r.Group, r.Slice), NeedValue.Heard(r.Slice).ToString(), look.Rate(r.Group, r.Slice)?.Between))],
        PictureVoice.Of(look), look.RowsNote);
}
