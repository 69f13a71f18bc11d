using System.Text.Json.Serialization;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>The wording, by age and language, with which each purpose is explained or asked. Every authority starts with these.</summary>
public sealed record ShippedWordings(string Note, IReadOnlyList<PurposeWordings> Purposes)
{
    public static ShippedWordings Load() => EmbeddedJson.Read<ShippedWordings>("wordings.json");

    /// <summary>Adds the shipped wordings that are not in the database yet. One that is there is never changed: a change is a new number.</summary>
    public static async Task AddMissingAsync(AppDbContext db, TimeProvider clock, CancellationToken cancel)
    {
        var there = (await db.Wordings.Where(w => w.AuthorityId == null).Select(w => new { w.Purpose, w.Language, w.Format, w.AgeBand, w.Number }).ToListAsync(cancel))
            .Select(w => (w.Purpose, w.Language, w.Format, w.AgeBand, w.Number)).ToHashSet();
        foreach (var purpose in Load().Purposes)
        {
            var key = Enum.Parse<Purpose>(purpose.Key.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
            foreach (var text in purpose.Wordings)
            {
                var band = text.AgeBand switch
                {
                    "4-7" => AgeBand.From4To7,
                    "8-11" => AgeBand.From8To11,
                    "12-17" => AgeBand.From12To17,
                    "adult" => AgeBand.Adult,
                    _ => throw new InvalidDataException($"No age band {text.AgeBand}."),
                };
                if (there.Contains((key, text.Language, text.Format, band, purpose.Version))) continue;
                db.Add(new Wording
                {
                    Purpose = key,
                    Number = purpose.Version,
                    Language = text.Language,
                    Format = text.Format,
                    AgeBand = band,
                    Name = text.Language == "cy" ? purpose.Name.Cy! : purpose.Name.En,
                    Body = text.Body,
                    BodyHash = Wording.HashOf(text.Body, null),
                    EffectiveFrom = clock.GetUtcNow().UtcDateTime,
                });
            }
        }

        await db.SaveChangesAsync(cancel);
    }
}

/// <param name="Basis">NoticeOnly (people are told) or Permission (people are asked, and no answer is a no).</param>
public sealed record PurposeWordings(string Key, string Basis, PurposeName Name, int Version, IReadOnlyList<WordingText> Wordings);

/// <param name="AgeBand">4-7, 8-11, 12-17 or adult.</param>
/// <param name="Format">Text or EasyRead: shipped wordings have no pictures, recordings or films.</param>
/// <param name="Body">May hold {council}, {person} (who it would be shown to) and {use} (the one training or report).</param>
public sealed record WordingText(string AgeBand, string Language, string Body, [property: JsonConverter(typeof(JsonStringEnumConverter<WordingFormat>))] WordingFormat Format = WordingFormat.Text);

public sealed record PurposeName(string En, string Cy);
