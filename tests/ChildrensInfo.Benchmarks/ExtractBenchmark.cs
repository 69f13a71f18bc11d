using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// The job that builds a file of rows, from the database to the released package: how long it takes and the most managed memory that is in use after a collection while it runs. What
/// grows with the children is their ids and codes; the bytes a child are told from the two last sizes, and everything else is the same however many there are. Then each stage by itself, on the
/// same children, as a ratio to two floors: the database writing the file's own columns of the file's own rows as CSV, which is what writing data.csv is to be measured by; and the
/// database writing the columns that those are read from.
/// </summary>
internal static class ExtractBenchmark
{
    private static readonly string[] Variables =
    [
        VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.EthnicityGroup, VariableCatalogue.Disability, VariableCatalogue.PrimaryNeed, VariableCatalogue.EpisodeLength, VariableCatalogue.HeardLately,
    ];

    private const string SourceSql =
        """
        copy (select c.id, c.born_on, c.sex, c.ethnicity_code, c.disability_codes, e.primary_need_code, e.referred_on, e.closed_on,
            exists (select from voice_records r where r.child_id = c.id and r.heard_on > current_date - 84)
        from children c join need_episodes e on e.child_id = c.id) to stdout (format csv)
        """;

    private const string Written = "Writing data.csv";

    public static async Task<int> RunAsync(string[] args)
    {
        var sizes = args.Length > 0 ? args.Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray() : [100_000, 1_000_000];
        var measured = new List<(int Children, double Peak)>();
        var figures = new Figures();
        foreach (var size in sizes) measured.Add((size, await RunAsync(size, figures)));
        if (measured is [.., var one, var other]) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(other.Peak - one.Peak) / (other.Children - one.Children):0} bytes a child"));
        return figures.Ended();
    }

    private static async Task<double> RunAsync(int children, Figures figures)
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
        long bytes;
        using (var scope = portal.Services.CreateScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            var built = await db.Extracts.AsNoTracking().SingleAsync(e => e.Id == extract);
            if (built.State != ExtractState.Ready) throw new InvalidOperationException(built.FailedBecause);
            bytes = await db.Files.Where(f => f.Id == built.FileId).Select(f => f.Length).SingleAsync();
        }

        await ForgetAsync(owner);
        var stages = await StagesAsync(portal, owner, extract);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{children:#,0} children: {seconds:0.0} s, at most {(peak - before) / 1e6:0} MB in use, a file of {bytes / 1e6:0.0} MB"));
        Console.WriteLine("  What                                                |  seconds | to COPY of the file | to COPY of the source");
        Console.WriteLine("  ----------------------------------------------------|---------:|--------------------:|---------------------:");
        foreach (var (what, took) in stages.Each) Row(what, took);
        figures.AtLeast($"writing data.csv of {children} children, of the rate of COPY", stages.File / stages.Each.Single(s => s.What == Written).Seconds * 100, 50, "%");
        return peak - before;

        void Row(string what, double took) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-51} | {took,8:0.00} | {took / stages.File,19:0.0} | {took / stages.Source,20:0.0}"));
    }

    /// <param name="File">Seconds of the first floor.</param>
    /// <param name="Source">And of the second.</param>
    private sealed record Stages(double File, double Source, IReadOnlyList<(string What, double Seconds)> Each);

    private static async Task<Stages> StagesAsync(BenchmarkPortal portal, NpgsqlConnection owner, Guid extract)
    {
        using var scope = portal.Services.CreateScope();
        var (population, builder, files) = (scope.ServiceProvider.GetRequiredService<ExtractPopulation>(), scope.ServiceProvider.GetRequiredService<ExtractBuilder>(), scope.ServiceProvider.GetRequiredService<FileStore>());
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var (now, day) = (DateTime.UtcNow, ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow)));
        var project = await db.Extracts.Where(e => e.Id == extract).Select(e => e.ProjectId).SingleAsync();
        var variables = new VariableCatalogue(day).Choose(Variables);
        List<Guid> ids = [];
        var choose = await TimeAsync(async () => ids = await population.IdsAsync(ResearchPopulation.Usual, ResearchPeriod.Year, day, CancellationToken.None));
        var permission = await TimeAsync(async () =>
        {
            foreach (var batch in ids.Chunk(ExtractPopulation.Batch)) await population.DecideAsync(batch, ExtractForm.Rows, project, now, CancellationToken.None);
        });
        var read = await TimeAsync(() => population.ReadAsync(ids, ExtractForm.Rows, project, now, variables, null, day, CancellationToken.None));
        ExtractBuilder.Prepared? prepared = null;
        var prepare = await TimeAsync(async () => prepared = await builder.PrepareAsync(extract, CancellationToken.None));
        using var csv = new MemoryStream();
        await ExtractPackage.WriteCsvAsync(csv, prepared!.Columns, prepared.Holds, CancellationToken.None);
        var write = await BestAsync(() => ExtractPackage.WriteCsvAsync(Stream.Null, prepared.Columns, prepared.Holds, CancellationToken.None));
        using var zip = new MemoryStream();
        var pack = await TimeAsync(() => ExtractPackage.WriteAsync(zip, prepared.Columns, prepared.Holds, prepared.Report, prepared.From, CancellationToken.None));
        zip.Position = 0;
        double store;
        await using (await db.Database.BeginTransactionAsync())
        {
            var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.Extract, null, ExtractPackage.ContentType, 0, portal.Actor, CancellationToken.None);
            store = await TimeAsync(() => files.WriteAsync(file, zip, long.MaxValue, CancellationToken.None));
        }

        db.ChangeTracker.Clear();
        zip.Position = 0;
        var forbidden = await TimeAsync(async () =>
        {
            await foreach (var _ in population.ForbiddenAsync(ExtractForm.Rows, CancellationToken.None))
            {
            }
        });
        var gate = await TimeAsync(() => PackageGate.CheckAsync(
            zip, variables, prepared.ChildIds.Count, ResearchLimits.KFor(AnalysisPlace.SafeSetting), 2, prepared.Harmful, population.ForbiddenAsync(ExtractForm.Rows, CancellationToken.None), prepared.Written, CancellationToken.None));
        var release = await TimeAsync(() => builder.ReleaseAsync(extract, prepared, portal.Actor, CancellationToken.None));
        csv.Position = 0;
        var same = await CopyOfFileAsync(owner, csv);
        var source = await BestAsync(() => CopyAsync(owner, SourceSql));
        return new Stages(same, source,
        [
            ("COPY of the file's own columns and rows", same),
            ("COPY of the columns they are read from", source),
            (Written, write),
            ("Choosing the children", choose),
            ("Permission of each", permission),
            ("Facts of each, coded", read - permission),
            ("Likeness, and what left before", prepare - read - choose),
            ("Package: CSV, Parquet, hashes, zip", pack),
            ("Encrypted and stored", store),
            ("Last look: reading who must not be in it", forbidden),
            ("Last look: the rest", gate - forbidden),
            ("Permission again, and who is in it written down", release - pack - store - gate),
            ("The whole job", prepare + release),
        ]);
    }

    /// <summary>As if nothing had been released: the job can then be done again, by those who have done it.</summary>
    private static async Task ForgetAsync(NpgsqlConnection owner)
    {
        await using var command = new NpgsqlCommand("set session_replication_role = replica; truncate extract_children; update extracts set state = 'Approved', released_at = null, file_id = null, report_json = null", owner) { CommandTimeout = 900 };
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Of several times, as the others on the machine allow.</summary>
    private static async Task<double> BestAsync(Func<Task> work)
    {
        var best = double.MaxValue;
        for (var i = 0; i < 5; i++) best = Math.Min(best, await TimeAsync(work));
        return best;
    }

    /// <summary>Seconds in which the database writes a table that holds the file.</summary>
    private static async Task<double> CopyOfFileAsync(NpgsqlConnection owner, Stream csv)
    {
        await using (var create = new NpgsqlCommand($"create temporary table file_of_rows (person_code text, {string.Join(", ", Variables.Select(v => $"{v} text"))})", owner)) await create.ExecuteNonQueryAsync();
        await using (var into = await owner.BeginTextImportAsync("copy file_of_rows from stdin (format csv, header)"))
        {
            using var text = new StreamReader(csv, leaveOpen: true);
            var buffer = new char[64 * 1024];
            int read;
            while ((read = await text.ReadAsync(buffer)) > 0) await into.WriteAsync(buffer.AsMemory(0, read));
        }

        return await BestAsync(() => CopyAsync(owner, "copy file_of_rows to stdout (format csv, header)"));
    }

    /// <summary>What the database writes as CSV comes here, and nothing is done with it.</summary>
    private static async Task CopyAsync(NpgsqlConnection owner, string sql)
    {
        using var rows = await owner.BeginTextExportAsync(sql);
        var buffer = new char[64 * 1024];
        while (await rows.ReadAsync(buffer) > 0)
        {
        }
    }

    private static async Task<(Guid Extract, Guid Job)> ApproveAsync(BenchmarkPortal portal)
    {
        using var scope = portal.Services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var (now, today) = (DateTime.UtcNow, ConsentRules.LocalDay(DateTime.UtcNow));
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
