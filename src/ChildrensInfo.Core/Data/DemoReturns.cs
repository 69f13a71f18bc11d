using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.Ssda903;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// Three years of invented returns, on children in need and on children looked after, handed in and read by the same importer as a council's own, a few faults
/// included: so that what the demo shows is what the portal does.
/// </summary>
public sealed class DemoReturns(AppDbContext db, ReturnService returns, ReturnImporter importer, TimeProvider clock)
{
    private const int Years = 3;
    private const double DefectShare = 0.01;

    /// <summary>One child in so many is or was looked after.</summary>
    private const int OneIn = 6;

    public async Task LoadAsync(LocalAuthority authority, int children, Actor actor, CancellationToken cancel)
    {
        var seed = int.Parse(authority.Code, System.Globalization.CultureInfo.InvariantCulture);
        var asOf = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var generator = new CinGenerator(new CinGeneratorOptions
        {
            Children = children,
            Seed = seed,
            AsOf = asOf,
            Years = Years,
            Authority = authority.Code,
            DefectShare = DefectShare,
        });
        foreach (var reference in generator.ReferenceDates)
        {
            if (await db.Returns.AnyAsync(r => r.Kind == ReturnKind.CinCensus && r.ReferenceOn == reference && r.State == ReturnState.Loaded, cancel)) continue;
            using var content = new MemoryStream();
            generator.Write(content, reference);
            await LoadAsync(content, null, actor, cancel);
        }

        await LoadLookedAfterAsync(seed, asOf, actor, cancel);
    }

    /// <summary>Some of the same children are looked after, so that need and care can be seen side by side.</summary>
    private async Task LoadLookedAfterAsync(int seed, DateOnly asOf, Actor actor, CancellationToken cancel)
    {
        var known = await db.Children.AsNoTracking().Where(c => c.BornOn != null && c.EthnicityCode != null && (c.Sex == "M" || c.Sex == "F")).OrderBy(c => c.LaChildId)
            .Select(c => new LookedAfterPerson(c.LaChildId, c.BornOn!.Value, c.Sex!, c.EthnicityCode!, c.Upn)).ToListAsync(cancel);
        var generator = new Ssda903Generator([.. known.Where((_, i) => i % OneIn == 0)], seed, asOf, DefectShare);
        var last = asOf.Month > 3 ? asOf.Year + 1 : asOf.Year;
        for (var year = last - Years + 1; year <= last; year++)
        {
            if (await db.Returns.AnyAsync(r => r.Kind == ReturnKind.LookedAfter && r.Year == year && r.State == ReturnState.Loaded, cancel)) continue;
            using var content = new MemoryStream();
            generator.Write(content, year);
            await LoadAsync(content, year, actor, cancel);
        }
    }

    private async Task LoadAsync(MemoryStream content, int? year, Actor actor, CancellationToken cancel)
    {
        content.Position = 0;
        var (id, refusal) = await returns.ReceiveAsync(Guid.CreateVersion7(), content, year, actor, cancel);
        if (id is null) throw new InvalidOperationException($"The demo return was refused: {refusal?.Message}");
        await importer.RunNowAsync(id.Value, actor, cancel);
    }
}
