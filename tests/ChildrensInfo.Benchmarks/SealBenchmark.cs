using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// Sealing a voice record as a page does it (a fresh unit of work, rules, encryption, record, words and audit line in one commit) against a bare
/// insert and commit of as many bytes; and, to tell what the portal adds from what EF Core costs anybody, against the same bare row saved through
/// a context that has nothing else in it. One after the other in turn, so that noise falls on all. It is done for the children of a small council in turn, and the database knows how many
/// records a child has: with one child of some thousands in a database that has counted nothing, each seal read all of them.
/// </summary>
internal static class SealBenchmark
{
    /// <summary>Enough for the compiler to have done with what is called, and for the database to keep its plans.</summary>
    private const int Warm = 1_500;

    private const int Children = 200;

    public static async Task<int> RunAsync(string[] args)
    {
        var times = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
        await using var portal = await BenchmarkPortal.StartAsync("821");
        var children = await ArrangeAsync(portal);
        await using var source = NpgsqlDataSource.Create(portal.ConnectionString);
        await using (var create = source.CreateCommand("create table bare (id uuid primary key, bytes bytea not null)")) await create.ExecuteNonQueryAsync();

        var options = new DbContextOptionsBuilder<BareContext>().UseNpgsql(source).Options;
        Console.WriteLine("What                                   | Characters | Median ms | 95th ms | Ratio to bare");
        Console.WriteLine("---------------------------------------|-----------:|----------:|--------:|--------------:");
        var figures = new Figures();
        foreach (var characters in new[] { 200, 10_000 })
        {
            var words = string.Concat(Enumerable.Repeat("I like it when Nan comes. ", (characters / 26) + 1))[..characters];
            var bare = new List<double>(times);
            var plain = new List<double>(times);
            var seal = new List<double>(times);
            for (var i = -Warm; i < times; i++)
            {
                if (i == -Warm / 2)
                {
                    await using var analyze = source.CreateCommand("analyze");
                    await analyze.ExecuteNonQueryAsync();
                }

                var (childId, sessionId) = children[(i + Warm) % Children];
                var start = Stopwatch.GetTimestamp();
                await using (var insert = source.CreateCommand("insert into bare values ($1, $2)"))
                {
                    insert.Parameters.Add(new() { Value = Guid.CreateVersion7() });
                    insert.Parameters.Add(new() { Value = RandomNumberGenerator.GetBytes(characters + Seal.Overhead) });
                    await insert.ExecuteNonQueryAsync();
                }

                var first = Stopwatch.GetTimestamp();
                await using (var context = new BareContext(options))
                {
                    context.Add(new Bare { Id = Guid.CreateVersion7(), Bytes = RandomNumberGenerator.GetBytes(characters + Seal.Overhead) });
                    await context.SaveChangesAsync();
                }

                var second = Stopwatch.GetTimestamp();
                using (var scope = portal.Services.CreateScope())
                {
                    var outcome = await scope.ServiceProvider.GetRequiredService<VoiceService>().RecordAsync(childId, sessionId, Words(words), portal.Actor, CancellationToken.None);
                    if (outcome is not { IsDone: true }) throw new InvalidOperationException("It was not sealed.");
                }

                if (i < 0) continue;
                seal.Add(Stopwatch.GetElapsedTime(second).TotalMilliseconds);
                plain.Add(Stopwatch.GetElapsedTime(first, second).TotalMilliseconds);
                bare.Add(Stopwatch.GetElapsedTime(start, first).TotalMilliseconds);
            }

            Row("Bare insert and commit", characters, bare, bare);
            Row("The same row through EF Core", characters, plain, bare);
            Row("Sealing through VoiceService", characters, seal, bare);
            figures.Under(string.Create(CultureInfo.InvariantCulture, $"sealing {characters} characters, to a bare insert and commit"), At(seal, 0.5) / At(bare, 0.5), 3, "times");
        }

        return figures.Ended();
    }

    private static RecordVoice Words(string text) => new()
    {
        Id = Guid.CreateVersion7(),
        Kind = VoiceKind.TypedText,
        Speaker = Speaker.Child,
        Subjects = [SubjectMatter.MyLife],
        Layer = Layer.Data,
        Provenance = WordsProvenance.VerbatimAtTheTime,
        Language = "en",
        Text = text,
    };

    private static void Row(string what, int characters, List<double> times, List<double> floor) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-38} | {characters,10} | {At(times, 0.5),9:F2} | {At(times, 0.95),7:F2} | {At(times, 0.5) / At(floor, 0.5),13:F1}"));

    private static double At(List<double> times, double share) => times.Order().ElementAt((int)(share * (times.Count - 1)));

    private static async Task<List<(Guid ChildId, Guid SessionId)>> ArrangeAsync(BenchmarkPortal portal)
    {
        using var scope = portal.Services.CreateScope();
        var (db, keys) = (scope.ServiceProvider.GetRequiredService<AppDbContext>(), scope.ServiceProvider.GetRequiredService<KeyRing>());
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        var made = new List<(Guid, Guid)>();
        for (var i = 0; i < Children; i++)
        {
            var child = new Child { AuthorityId = portal.Actor.AuthorityId, LaChildId = string.Create(CultureInfo.InvariantCulture, $"821C{i}"), GivenName = "Sorrel", BornOn = today.AddYears(-9), CreatedAt = DateTime.UtcNow };
            var session = new VoiceSession
            {
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                PractitionerId = portal.Actor.PersonId,
                OccurredOn = today,
                Place = Place.Home,
                SeenAlone = SeenAlone.Yes,
                RecordedAt = DateTime.UtcNow,
            };
            db.AddRange(child, session, await keys.NewForChildAsync(child.Id, child.AuthorityId, CancellationToken.None));
            db.Add(AuditEntry.For(AuditActions.ChildCreated, portal.Actor, child.Id, null, TimeProvider.System));
            made.Add((child.Id, session.Id));
        }

        await db.SaveChangesAsync();
        return made;
    }

    private sealed class Bare
    {
        public Guid Id { get; init; }

        public required byte[] Bytes { get; init; }
    }

    private sealed class BareContext(DbContextOptions<BareContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder builder)
        {
            builder.Entity<Bare>(row =>
            {
                row.ToTable("bare");
                row.Property(b => b.Id).HasColumnName("id").ValueGeneratedNever();
                row.Property(b => b.Bytes).HasColumnName("bytes");
            });
        }
    }
}
