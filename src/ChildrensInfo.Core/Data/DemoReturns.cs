using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// Three years of invented children in need returns, handed in and read by the same importer as a council's own, a few faults
/// included: so that what the demo shows is what the portal does.
/// </summary>
public sealed class DemoReturns(AppDbContext db, ReturnService returns, ReturnImporter importer, IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int Years = 3;
    private const double DefectShare = 0.01;

    public async Task LoadAsync(LocalAuthority authority, int children, Actor actor, CancellationToken cancel)
    {
        var generator = new CinGenerator(new CinGeneratorOptions
        {
            Children = children,
            Seed = int.Parse(authority.Code, System.Globalization.CultureInfo.InvariantCulture),
            AsOf = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime),
            Years = Years,
            Authority = authority.Code,
            DefectShare = DefectShare,
        });
        foreach (var reference in generator.ReferenceDates)
        {
            if (await db.Returns.AnyAsync(r => r.ReferenceOn == reference && r.State == ReturnState.Loaded, cancel)) continue;
            using var content = new MemoryStream();
            generator.Write(content, reference);
            content.Position = 0;
            var (id, refusal) = await returns.ReceiveAsync(content, actor, cancel);
            if (id is null) throw new InvalidOperationException($"The demo return was refused: {refusal?.Message}");
            db.ChangeTracker.Clear();
            var job = await db.Jobs.AsNoTracking().SingleAsync(j => j.SubjectId == id, cancel);
            var progress = new JobProgress(scopes, actor, job.Id);
            await importer.RunAsync(id.Value, actor, progress, cancel);
            await progress.FinishAsync(JobState.Done, null, clock, cancel);
            db.ChangeTracker.Clear();
        }
    }
}
