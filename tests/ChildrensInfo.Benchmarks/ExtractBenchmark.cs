using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// The job that builds a file of rows, from the database to the released package: how long it takes and the most managed memory that is in use after a collection while it runs. What
/// grows with the children is their ids and codes; the bytes a child are told from the two last sizes, and everything else is the same however many there are. Beside it stands how long the database
/// takes to write the same columns of the same children as CSV, which nothing that writes them can be faster than: the rest is permission, likeness, comparison and the last look.
/// </summary>
internal static class ExtractBenchmark
{
    private static readonly string[] Variables =
    [
        VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.EthnicityGroup, VariableCatalogue.Disability, VariableCatalogue.PrimaryNeed, VariableCatalogue.EpisodeLength, VariableCatalogue.HeardLately,
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var sizes = args.Length > 0 ? args.Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray() : [100_000, 1_000_000];
        Console.WriteLine(" children   seconds   peak MB   file MB   COPY s   ratio");
        var measured = new List<(int Children, double Peak)>();
        foreach (var size in sizes) measured.Add((size, await RunAsync(size)));
        if (measured is [.., var one, var other]) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(other.Peak - one.Peak) / (other.Children - one.Children):0} bytes a child"));
        return 0;
    }

    private static async Task<double> RunAsync(int children)
    {
        await using var portal = await BenchmarkPortal.StartAsync("825");
        await using var owner = new NpgsqlConnection(portal.ConnectionString);
        await owner.OpenAsync();
        await ArrangeAsync(owner, children, portal.Actor);
        var (extract, job) = await ApproveAsync(portal);
        long peak = 0;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() =>
        {
            // What is in use, and not what lies about: the collector is asked for it, as seldom as it takes for the asking not to be what is measured.
            while (!stop.IsCancellationRequested)
            {
                var asked = Stopwatch.StartNew();
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
                stop.Token.WaitHandle.WaitOne(asked.Elapsed * 20);
            }
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        using (var scope = portal.Services.CreateScope())
        {
            await scope.ServiceProvider.GetRequiredService<ExtractBuilder>().RunAsync(
                extract, portal.Actor, new JobProgress(portal.Services.GetRequiredService<IServiceScopeFactory>(), portal.Actor, job), CancellationToken.None);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        await watching;
        using (var scope = portal.Services.CreateScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            var built = await db.Extracts.AsNoTracking().SingleAsync(e => e.Id == extract);
            if (built.State != ExtractState.Ready) throw new InvalidOperationException(built.FailedBecause);
            var bytes = await db.Files.Where(f => f.Id == built.FileId).Select(f => f.Length).SingleAsync();
            var copy = await CopyAsync(owner);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{children,9:#,0} {seconds,9:0.0} {(peak - before) / 1e6,9:0} {bytes / 1e6,9:0.0} {copy,8:0.00} {seconds / copy,7:0.0}"));
        }

        return peak - before;
    }

    /// <summary>Seconds in which the database writes what the columns are read from, and nothing is done with it.</summary>
    private static async Task<double> CopyAsync(NpgsqlConnection owner)
    {
        var watch = Stopwatch.StartNew();
        using var rows = await owner.BeginTextExportAsync(
            """
            copy (select c.id, c.born_on, c.sex, c.ethnicity_code, c.disability_codes, e.primary_need_code, e.referred_on, e.closed_on,
                exists (select from voice_records r where r.child_id = c.id and r.heard_on > current_date - 84)
            from children c join need_episodes e on e.child_id = c.id) to stdout (format csv)
            """);
        var buffer = new char[64 * 1024];
        while (await rows.ReadAsync(buffer) > 0)
        {
        }

        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<(Guid Extract, Guid Job)> ApproveAsync(BenchmarkPortal portal)
    {
        using var scope = portal.Services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var (now, today) = (DateTime.UtcNow, DateOnly.FromDateTime(DateTime.UtcNow));
        var project = new ResearchProject
        {
            AuthorityId = portal.Actor.AuthorityId,
            OwnerId = portal.Actor.PersonId,
            CreatedAt = now,
            SubmittedAt = now,
            DecidedAt = now,
            SteppedAt = now,
            State = ProjectState.Approved,
            Round = 1,
            Place = AnalysisPlace.SafeSetting,
            ExpiresOn = today.AddYears(1),
            DestroyOn = today.AddYears(1),
            Title = "How large a file can be",
            Question = "How large?",
            PublicBenefit = "It is known.",
            PlainWords = "How large?",
            EthicsReference = "None",
            People = "Dara Fenn",
            PlaceName = "Here",
            ShapedBy = "Nobody.",
            HowTheyHear = "They do not.",
            Retention = "None.",
            Variables = [.. Variables.Select(v => new WantedVariable { Key = v, Why = "To measure." })],
        };
        var approver = new AppUser { Id = Guid.CreateVersion7(), AuthorityId = project.AuthorityId, Role = Role.DataLead, DisplayName = "Reza Holt", UserName = "reza@bench.example", NormalizedUserName = "REZA@BENCH.EXAMPLE", SecurityStamp = "x" };
        var governor = new AppUser { Id = Guid.CreateVersion7(), AuthorityId = project.AuthorityId, Role = Role.InformationGovernance, DisplayName = "Ida Marsh", UserName = "ida@bench.example", NormalizedUserName = "IDA@BENCH.EXAMPLE", SecurityStamp = "x" };
        foreach (var person in new[] { approver, governor })
        {
            db.Add(new ProjectStep
            {
                AuthorityId = project.AuthorityId,
                ProjectId = project.Id,
                OwnerId = project.OwnerId,
                Round = project.Round,
                Kind = ProjectStepKind.Approved,
                ById = person.Id,
                ByRole = person.Role,
                At = now,
                Reason = "To measure.",
                Safes = [.. Enum.GetValues<Safe>()],
            });
        }

        var extract = new Extract
        {
            AuthorityId = project.AuthorityId,
            ProjectId = project.Id,
            RequestedById = project.OwnerId,
            RequestedAt = now,
            Purpose = "To measure.",
            Form = ExtractForm.Rows,
            State = ExtractState.Approved,
            Variables = [.. Variables],
            DecidedById = approver.Id,
            DecidedAt = now,
        };
        var job = new Job { AuthorityId = project.AuthorityId, Kind = JobKind.BuildExtract, SubjectId = extract.Id, State = JobState.Done, RequestedById = project.OwnerId, RequestedAt = now };
        db.AddRange(approver, governor, project, extract, job);
        await db.SaveChangesAsync();
        return (extract.Id, job.Id);
    }

    private static async Task ArrangeAsync(NpgsqlConnection owner, int children, Actor actor)
    {
        // Every row refers to what was written just before it: checking each of a million again would take longer than what is measured.
        foreach (var sql in new[]
        {
            "set session_replication_role = replica",
            $"""
            insert into children (id, authority_id, la_child_id, upn, given_name, family_name, born_on, sex, ethnicity_code, disability_codes, preferred_language, created_at)
            select gen_random_uuid(), '{actor.AuthorityId}', 'LA' || (1000000 + n), 'A' || (100000000000 + n), 'Given' || (n % 5000), 'Family' || (n % 70000), current_date - (random() * 6500)::int,
                case when random() < 0.5 then 'F' else 'M' end, (array['WBRI', 'WBRI', 'WBRI', 'APKN', 'BAFR', 'MWBC'])[1 + n % 6], case when random() < 0.2 then array['LD'] else array['NONE'] end, 'en', now()
            from generate_series(1, {children}) n
            """,
            "insert into relationships (id, authority_id, child_id, name, kind) select gen_random_uuid(), authority_id, id, 'Marigold', 'Mother' from children",
            "insert into parental_responsibilities (id, authority_id, child_id, relationship_id, evidence, recorded_at) select gen_random_uuid(), authority_id, child_id, id, 'BirthCertificate', now() - interval '400 days' from relationships",
            """
            insert into need_episodes (id, authority_id, child_id, referred_on, ordinal, referral_nfa, primary_need_code, return_id)
            select gen_random_uuid(), authority_id, id, current_date - (random() * 900)::int, 1, false, 'N' || (1 + abs(hashtext(id::text)) % 8), id from children
            """,
            "analyze children, relationships",
            $"""
            insert into consent_events (id, authority_id, child_id, purpose, scope, type, decided_by, decided_by_relationship_id, child_position, method, wording_id, wording_hash, expires_on, occurred_at, recorded_at, recorded_by_id)
            select gen_random_uuid(), c.authority_id, c.id, 'ResearchExtract', 'Purpose', 'Given', 'ParentalResponsibility', r.id, 'Assents', 'Spoken', w.id, w.body_hash, current_date + 300, now() - interval '3 days', now(), '{actor.PersonId}'
            from children c join relationships r on r.child_id = c.id join lateral (select id, body_hash from wordings where purpose = 'ResearchExtract' and age_band = 'Adult' limit 1) w on true
            """,
            "analyze",
        })
        {
            await using var command = new NpgsqlCommand(sql, owner) { CommandTimeout = 900 };
            await command.ExecuteNonQueryAsync();
        }
    }
}
