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

/// <summary>A wording as it stands before somebody: with the names in it.</summary>
public sealed record WordingShown(WordingFormat Format, string Language, string Body, string? Link)
{
    /// <param name="recipient">Whom, or which one training or report, it is asked for.</param>
    public static WordingShown Of(Wording wording, CouncilNames council, string? recipient = null) =>
        new(wording.Format, wording.Language, Wording.Fill(wording.Body, council.In(wording.Language), recipient), wording.Link);

    public static WordingShown Of(WordingDraft draft, CouncilNames council) => new(draft.Format, draft.Language, Wording.Fill(draft.Body, council.In(draft.Language), null), draft.Link);

    /// <summary>As it stood before somebody then.</summary>
    public static WordingShown Kept(Wording wording, string shown) => new(wording.Format, wording.Language, shown, wording.Link);

    public IEnumerable<string> Lines => Body.Split('\n').Where(l => l.Length > 0);
}
