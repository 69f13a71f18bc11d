using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

public enum RegisterState
{
    Running,
    Held,
    Ended,
}

/// <summary>What everybody may know of a project.</summary>
public sealed record RegisterEntry(
    Guid Id, string Title, string PlainWords, string PublicBenefit, string ShapedBy, string HowTheyHear, IReadOnlyList<string> Variables, IReadOnlyList<string> Populations, bool ReadsWords, AnalysisPlace Place,
    DateOnly ApprovedOn, DateOnly ExpiresOn, DateOnly DestroyOn, RegisterState State);

/// <summary>The register of research a council has approved, for anybody to read. It names nobody and counts nobody.</summary>
public sealed class ResearchRegister(AppDbContext db, TimeProvider clock)
{
    /// <summary>What a project is in while it stands in the register.</summary>
    internal static readonly ProjectState[] Shown = [ProjectState.Approved, ProjectState.Suspended, ProjectState.Closed];

    /// <summary>The councils there are, for somebody who is not signed in.</summary>
    public async Task<IReadOnlyList<(string Code, string Name)>> CouncilsAsync(CancellationToken cancel) =>
        [.. (await db.Authorities.AsNoTracking().OrderBy(a => a.Name).Select(a => new { a.Code, a.Name }).ToListAsync(cancel)).Select(a => (a.Code, a.Name))];

    /// <summary>One council's register, for somebody who is not signed in.</summary>
    /// <returns>Null when there is no such council.</returns>
    public async Task<(string Council, IReadOnlyList<RegisterEntry> Entries)?> OfAsync(string code, CancellationToken cancel)
    {
        var council = await db.Authorities.AsNoTracking().Where(a => a.Code == code).Select(a => new { a.Id, a.Name }).SingleOrDefaultAsync(cancel);
        if (council is null) return null;
        // Nobody in particular, who reaches no row about any child.
        using (db.ActingAs(Actor.For(Guid.Empty, council.Id, Role.Researcher, null, "")))
        {
            return (council.Name, await EntriesAsync(cancel));
        }
    }

    /// <summary>The register of the council of whoever is signed in, the newest first.</summary>
    public async Task<IReadOnlyList<RegisterEntry>> EntriesAsync(CancellationToken cancel)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var projects = await db.ResearchProjects.AsNoTracking().Where(p => Shown.Contains(p.State))
            .OrderByDescending(p => p.DecidedAt).ToListAsync(cancel);
        var catalogue = new VariableCatalogue(today);
        return [.. projects.Select(p => new RegisterEntry(
            p.Id, p.Title, p.PlainWords, p.PublicBenefit, p.ShapedBy, p.HowTheyHear, [.. catalogue.Known([.. p.Variables.Select(v => v.Key)]).Select(v => v.Title)], [.. ResearchPopulation.All.Where(o => p.Populations.Contains(o.Key)).Select(o => o.Title)], p.WordsWhy is not null, p.Place,
            ConsentRules.LocalDay(p.DecidedAt!.Value), p.ExpiresOn, p.DestroyOn,
            p.State == ProjectState.Closed || p.ExpiresOn < today ? RegisterState.Ended : p.State == ProjectState.Suspended ? RegisterState.Held : RegisterState.Running))];
    }
}
