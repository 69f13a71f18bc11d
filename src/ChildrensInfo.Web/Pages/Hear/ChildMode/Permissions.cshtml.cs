using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>What the child was told and asked, and where each answer stands, in the child's own words for it.</summary>
public class PermissionsModel(AppDbContext db, ConsentService consent, RecipientNames recipients, TimeProvider clock) : ChildModePage
{
    /// <summary>With each service, training and report they were asked about: what is given by one tap is stopped by one.</summary>
    public IReadOnlyList<(Purpose Purpose, Guid? For, string Name, ConsentState State)> Purposes { get; private set; } = [];

    /// <summary>Whom what the child says may be shown to: each person in their life, with where it stands. Nobody who must not be in contact with them.</summary>
    public IReadOnlyList<(Guid Id, string Name, ConsentState State)> People { get; private set; } = [];

    /// <summary>What was answered just now.</summary>
    public ConsentEventType? Answered { get; private set; }

    public async Task OnGetAsync(ConsentEventType? answered, CancellationToken cancel)
    {
        Answered = answered is ConsentEventType.Given or ConsentEventType.Asked or ConsentEventType.Refused or ConsentEventType.Deferred or ConsentEventType.Withdrawn or ConsentEventType.Objected ? answered : null;
        var band = BandOf(Mode.Look);
        var named = WordingService.InForce(await db.Wordings.AsNoTracking().Where(w => w.AgeBand == band).ToListAsync(cancel), clock.GetUtcNow().UtcDateTime).ToLookup(w => w.Purpose);
        var decisions = await consent.DecideAllNowAsync(ChildId, cancel);
        string NameOf(Purpose purpose) => WordingService.Choose([.. named[purpose]], Mode.Language)!.Name;
        var purposes = Core.Consent.Purposes.AskedInGeneral.Where(p => named[p].Any()).Select(p => (p, (Guid?)null, NameOf(p), decisions.Of(p, Core.Consent.Purposes.MayBeForOneVisit(p) ? SessionId : null).State)).ToList();
        var asked = await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == ChildId && (e.Purpose == Purpose.SharePro || e.Purpose == Purpose.TrainPublish) && e.ScopeId != null)
            .Select(e => new { e.Purpose, e.ScopeId }).Distinct().ToListAsync(cancel);
        foreach (var one in asked.Where(a => named[a.Purpose].Any()))
        {
            if (await recipients.OfAsync(ChildId, one.Purpose, one.ScopeId, cancel) is not { } name) continue;
            purposes.Add((one.Purpose, one.ScopeId, $"{NameOf(one.Purpose)}: {name}", (await consent.DecideNowAsync(ChildId, one.Purpose, one.ScopeId, cancel)).State));
        }

        Purposes = [.. purposes.OrderBy(p => p.Item2 is not null).ThenBy(p => p.Item2 is null ? "" : p.Item3, StringComparer.CurrentCulture)];
        if (!named[Purpose.ShareParent].Any()) return;
        var people = new List<(Guid, string, ConsentState)>();
        foreach (var (person, shown) in await KinAsync(db, cancel))
        {
            if (person.NoContactSince is null) people.Add((person.Id, shown, (await consent.DecideNowAsync(ChildId, Purpose.ShareParent, person.Id, cancel)).State));
        }

        People = people;
    }

    public static AgeBand BandOf(ChildModeLook look) => look switch
    {
        ChildModeLook.From4To7 => AgeBand.From4To7,
        ChildModeLook.From8To11 => AgeBand.From8To11,
        _ => AgeBand.From12To17,
    };

    /// <summary>The picture of a purpose on the child's own screen.</summary>
    public static string PictureOf(Purpose purpose) => purpose switch
    {
        Purpose.KeepRecord => "pencil",
        Purpose.Audio or Purpose.TranscribeMachine => "voice",
        Purpose.ImageWork => "brush",
        Purpose.ImagePerson => "faces",
        Purpose.Stats => "count",
        Purpose.QuoteService => "quote",
        Purpose.SharePro or Purpose.TrainPublish => "people",
        _ => "study",
    };
}
