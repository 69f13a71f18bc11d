using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Shared;

/// <summary>What a council calls itself in a wording.</summary>
public sealed record CouncilNames(string English, string? Welsh)
{
    public string In(string language) => language == "cy" ? Welsh ?? English : English;

    public static async Task<CouncilNames> OfActorAsync(AppDbContext db, CancellationToken cancel)
    {
        var authorityId = db.Actor?.AuthorityId;
        return await db.Authorities.Where(a => a.Id == authorityId).Select(a => new CouncilNames(a.Name, a.WelshName)).SingleAsync(cancel);
    }
}

/// <summary>A wording as it stands before somebody: with the names in it. The same wherever it is shown, so that what is opened later is what was shown.</summary>
/// <param name="Use">The one training or report it is asked for.</param>
public sealed record WordingShown(WordingFormat Format, string Language, string Body, string? Link, CouncilNames Council, string? Person = null, string? Use = null)
{
    public static WordingShown Of(Wording wording, CouncilNames council, string? person = null, string? use = null) =>
        new(wording.Format, wording.Language, wording.Body, wording.Link, council, person, use);

    public static WordingShown Of(WordingDraft draft, CouncilNames council) => new(draft.Format, draft.Language, draft.Body, draft.Link, council);

    public string Filled(string text) => text
        .Replace("{council}", Council.In(Language), StringComparison.Ordinal)
        .Replace("{person}", Person ?? "…", StringComparison.Ordinal)
        .Replace("{use}", Use ?? "…", StringComparison.Ordinal);

    public IEnumerable<string> Lines => Filled(Body).Split('\n').Where(l => l.Length > 0);
}
