using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Shared;

/// <summary>Something that a child is told or asked, in the child's own words for it.</summary>
/// <param name="For">Whom or what it is for, of a purpose that is asked for one person, service, training or report.</param>
/// <param name="Called">Whom it is for, as the words call them.</param>
public sealed record ChildAsk(Purpose Purpose, Guid? For, string Name, string? Called, ConsentState State);

/// <summary>An ask with the words it is put in, as they go along where there is no connection.</summary>
/// <param name="IsTold">The child is told, and may not want it; otherwise they are asked.</param>
/// <param name="Wordings">Each way in which it can be put, the one to begin with first.</param>
public sealed record TakenAsk(ChildAsk Ask, bool IsTold, IReadOnlyList<(Wording Wording, WordingShown Shown)> Wordings);

/// <summary>What stands on a child's own screen about permissions and about whom they do not want told: with a connection, and taken along for where there is none.</summary>
public sealed class ChildAsks(AppDbContext db, ConsentService consent, PurposeService rules, WordingService wordings, RecipientNames recipients, TimeProvider clock)
{
    /// <summary>What the child was told and asked, and where each answer stands, with each service, training and report they were asked about: what is given by one tap is stopped by one.</summary>
    /// <param name="sessionId">The visit, for which alone a yes may be; null where none is known yet.</param>
    public async Task<IReadOnlyList<ChildAsk>> OfAsync(Guid childId, string language, ChildModeLook look, Guid? sessionId, CancellationToken cancel)
    {
        var named = await NamedAsync(look, cancel);
        var decisions = await consent.DecideAllNowAsync(childId, cancel);
        string NameOf(Purpose purpose) => WordingService.Choose([.. named[purpose]], language)!.Name;
        var asks = Purposes.AskedInGeneral.Where(p => named[p].Any()).Select(p => new ChildAsk(p, null, NameOf(p), null, decisions.Of(p, Purposes.MayBeForOneVisit(p) ? sessionId : null).State)).ToList();
        var asked = await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == childId && (e.Purpose == Purpose.SharePro || e.Purpose == Purpose.TrainPublish) && e.ScopeId != null)
            .Select(e => new { e.Purpose, e.ScopeId }).Distinct().ToListAsync(cancel);
        foreach (var one in asked.Where(a => named[a.Purpose].Any()))
        {
            if (await recipients.OfAsync(childId, one.Purpose, one.ScopeId, cancel) is not { } name) continue;
            asks.Add(new(one.Purpose, one.ScopeId, $"{NameOf(one.Purpose)}: {name}", name, (await consent.DecideNowAsync(childId, one.Purpose, one.ScopeId, cancel)).State));
        }

        return [.. asks.OrderBy(a => a.For is not null).ThenBy(a => a.For is null ? "" : a.Name, StringComparer.CurrentCulture)];
    }

    /// <summary>Whom what the child says may be shown to: each person in their life, with where it stands. Nobody who must not be in contact with them.</summary>
    public async Task<IReadOnlyList<ChildAsk>> PeopleAsync(Guid childId, ChildWords words, ChildModeLook look, CancellationToken cancel)
    {
        if (!(await NamedAsync(look, cancel))[Purpose.ShareParent].Any()) return [];
        var people = new List<ChildAsk>();
        foreach (var (person, shown) in await KinAsync(db, childId, words, cancel))
        {
            if (person.NoContactSince is null) people.Add(new(Purpose.ShareParent, person.Id, shown, shown, (await consent.DecideNowAsync(childId, Purpose.ShareParent, person.Id, cancel)).State));
        }

        return people;
    }

    /// <summary>All of it with its words, for a device.</summary>
    public async Task<IReadOnlyList<TakenAsk>> TakeAsync(Guid childId, string language, ChildModeLook look, CouncilNames council, CancellationToken cancel)
    {
        var asks = (await OfAsync(childId, language, look, null, cancel)).Concat(await PeopleAsync(childId, new(language, look), look, cancel)).ToList();
        var taken = new List<TakenAsk>();
        foreach (var purpose in asks.Select(a => a.Purpose).Distinct())
        {
            var offered = (await wordings.OfferedAsync(purpose, BandOf(look), cancel)).Where(w => w.Link is null).ToList();
            if (WordingService.Choose(offered, language) is not { } first) continue;
            var ways = offered.Where(o => o.Language == first.Language).OrderByDescending(o => o.Format == first.Format).ToList();
            var isTold = (await rules.RulesAsync(purpose, clock.GetUtcNow().UtcDateTime, cancel)).Basis == PurposeBasis.NoticeOnly;
            taken.AddRange(asks.Where(a => a.Purpose == purpose).Select(a => new TakenAsk(a, isTold, ways.ConvertAll(w => (w, WordingShown.Of(w, council, a.Called))))));
        }

        return [.. taken.OrderBy(t => asks.IndexOf(t.Ask))];
    }

    /// <summary>Whoever a child may not want told, as <see cref="RecordDoNotTell.Who"/> has it: those in their life, and others by what they are.</summary>
    public async Task<IReadOnlyList<(string Who, string Shown)>> WhoAsync(Guid childId, ChildWords words, CancellationToken cancel)
    {
        var assigned = await db.Assignments.Where(a => a.ChildId == childId && a.EndedOn == null).Select(a => a.Role).Distinct().ToListAsync(cancel);
        return
        [
            .. (await KinAsync(db, childId, words, cancel)).Select(k => (k.Person.Id.ToString(), k.Shown)),
            .. new[] { DoNotTellRole.Family, DoNotTellRole.OtherServices, DoNotTellRole.OtherPractitioners }
                .Concat(assigned.Order().Select(r => r == Role.Advocate ? DoNotTellRole.Advocate : DoNotTellRole.ReviewingOfficer))
                .Select(role => (role.ToString(), words["role-" + role])),
        ];
    }

    /// <summary>Whoever is in the child's life, by what they are to the child, and by no more of a name than it takes to tell two apart.</summary>
    public static async Task<IReadOnlyList<(Relationship Person, string Shown)>> KinAsync(AppDbContext db, Guid childId, ChildWords words, CancellationToken cancel)
    {
        var kin = await db.Relationships.AsNoTracking().Where(r => r.ChildId == childId).OrderBy(r => r.Kind).ThenBy(r => r.Name).ToListAsync(cancel);
        return kin.ConvertAll(r => (r, r.NameNeeded(kin) is { } name ? $"{words["kin-" + r.Kind]}, {name}" : words["kin-" + r.Kind]));
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
        Purpose.SharePro or Purpose.ShareParent or Purpose.TrainPublish => "people",
        _ => "study",
    };

    private async Task<ILookup<Purpose, Wording>> NamedAsync(ChildModeLook look, CancellationToken cancel)
    {
        var band = BandOf(look);
        return WordingService.InForce(await db.Wordings.AsNoTracking().Where(w => w.AgeBand == band).ToListAsync(cancel), clock.GetUtcNow().UtcDateTime).ToLookup(w => w.Purpose);
    }
}
