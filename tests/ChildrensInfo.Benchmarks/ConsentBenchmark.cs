using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// The decision for everybody in one question, beside a plain scan of the same events; and for one child as their practitioner asks it, beside the same
/// child's events read by the tables' owner without row-level security and without deciding anything.
/// </summary>
internal static class ConsentBenchmark
{
    private const int Decisions = 2_000;

    /// <summary>Enough for the compiler to have done with what is called.</summary>
    private const int Warm = 2_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var people = args.Length == 0 ? 200_000 : int.Parse(args[0], CultureInfo.InvariantCulture);
        await using var portal = await BenchmarkPortal.StartAsync("824");
        await using var owner = new NpgsqlConnection(portal.ConnectionString);
        await owner.OpenAsync();
        var practitioner = Actor.For(Guid.CreateVersion7(), portal.Actor.AuthorityId, Role.Practitioner, null, "Perry Wren");
        await ArrangeAsync(owner, people, portal.Actor.AuthorityId, practitioner.PersonId);

        var at = DateTime.UtcNow;
        using var scope = portal.Services.CreateScope();
        var (db, consent) = (scope.ServiceProvider.GetRequiredService<AppDbContext>(), scope.ServiceProvider.GetRequiredService<ConsentService>());
        List<double> ours = [], scans = [];
        var states = "";
        for (var i = 0; i < 6; i++)
        {
            var watch = Stopwatch.StartNew();
            var decisions = await consent.DecideEverybodyAsync(Purpose.ResearchExtract, null, at, CancellationToken.None);
            ours.Add(watch.Elapsed.TotalMilliseconds);
            states = string.Join(", ", decisions.Values.GroupBy(d => (d.State, d.Because)).OrderByDescending(g => g.Count()).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key.State} {g.Key.Because} {g.Count()}")));
            watch.Restart();
            await ScanAsync(owner, "select * from consent_events where authority_id = $1 and purpose = 'ResearchExtract'", portal.Actor.AuthorityId);
            scans.Add(watch.Elapsed.TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{people} people: {states}. Times in ms; the floor is the same events read and nothing decided."));
        Console.WriteLine("what                           | median |   best | floor median | ratio");
        Row("everybody, one question", ours, scans);

        var children = new List<Guid>();
        await using (var rows = await new NpgsqlCommand("select child_id from allocations order by id", owner).ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) children.Add(rows.GetGuid(0));
        }

        List<double> one = [], floor = [];
        using (db.ActingAs(practitioner))
        {
            for (var i = -Warm; i < Decisions; i++)
            {
                var child = children[(i + Warm) % children.Count];
                var start = Stopwatch.GetTimestamp();
                var decision = await consent.DecideAsync(child, Purpose.ResearchExtract, null, at, CancellationToken.None);
                var between = Stopwatch.GetTimestamp();
                await ScanAsync(owner, "select * from consent_events where child_id = $1 and purpose = 'ResearchExtract'", child);
                if (i < 0) continue;
                one.Add(Stopwatch.GetElapsedTime(start, between).TotalMilliseconds);
                floor.Add(Stopwatch.GetElapsedTime(between).TotalMilliseconds);
            }
        }

        Row("one child, as a practitioner", one, floor);
        var figures = new Figures();
        if (people >= 200_000) figures.Under("everybody, one question", Median(ours) / 1_000, 3, "s");
        figures.Under("one child, as a practitioner", Median(one), 1, "ms");
        return figures.Ended();
    }

    private static async Task ArrangeAsync(NpgsqlConnection owner, int people, Guid authority, Guid practitioner)
    {
        // Every row refers to what was written just before it: checking each of a million again would take longer than what is measured.
        await using (var skip = new NpgsqlCommand("set session_replication_role = replica", owner)) await skip.ExecuteNonQueryAsync();
        foreach (var sql in new[]
        {
            "insert into people (id, authority_id, role, display_name, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count) values ($3, $2, 'Practitioner', 'Perry Wren', true, false, false, true, 0)",
            "insert into children (id, authority_id, la_child_id, born_on, disability_codes, preferred_language, created_at) select gen_random_uuid(), $2, 'B' || n, current_date - (random() * 6500)::int, '{}', 'en', now() from generate_series(1, $1) n",
            "insert into relationships (id, authority_id, child_id, name, kind) select gen_random_uuid(), authority_id, id, 'Marigold', 'Mother' from children",
            "insert into parental_responsibilities (id, authority_id, child_id, relationship_id, evidence, recorded_at) select gen_random_uuid(), authority_id, child_id, id, 'BirthCertificate', now() from relationships",
            "insert into legal_statuses (id, authority_id, child_id, kind, from_on, recorded_at, recorded_by_id) select gen_random_uuid(), authority_id, id, case when random() < 0.2 then 'CareOrder' else 'ChildInNeed' end, current_date - (random() * 900)::int, now(), $3 from children where random() < 0.3",
            // Without it the rows below would be joined as if there were a handful.
            "analyze children, relationships",
            "insert into competence_assessments (id, authority_id, child_id, purpose, assessed_on, assessed_at, assessor_id, outcome, rationale_sealed) select gen_random_uuid(), authority_id, id, 'ResearchExtract', current_date - 200, now() - interval '200 days', $3, case when random() < 0.7 then 'Competent' else 'NotCompetent' end, '\\x00' from children where born_on < current_date - 3300",
            // Asked, then answered by the child or the mother; one in six said something else later. And the same for another purpose, which is not asked about.
            """
            insert into consent_events (id, authority_id, child_id, purpose, scope, type, decided_by, decided_by_relationship_id, child_position, method, wording_id, wording_hash, expires_on, occurred_at, recorded_at, recorded_by_id)
            select gen_random_uuid(), c.authority_id, c.id, p.purpose, 'Purpose', s.type, case when own then 'ChildForSelf' else 'ParentalResponsibility' end, case when own then null else r.id end,
                case when own then 'DecidedThemselves' else 'Assents' end, 'Spoken', w.id, w.body_hash, case when s.type = 'Given' then current_date + (random() * 330)::int - 60 end, now() - s.back * interval '1 day', now(), $3
            from children c join relationships r on r.child_id = c.id cross join lateral (select c.born_on < current_date - 3300 as own) o
                cross join (values ('ResearchExtract'), ('Audio')) p (purpose) join lateral (select id, body_hash from wordings where purpose = p.purpose and age_band = 'Adult' limit 1) w on true
                cross join lateral (values ('Asked', 190, 0.8), ('Given', 180, 0.7), ('Withdrawn', 30, 0.1), ('Refused', 170, 0.1)) s (type, back, share)
            where abs(hashtext(c.id::text || s.type || p.purpose)::bigint) % 100 < s.share * 100 and $1 > 0
            """,
            "insert into allocations (id, authority_id, child_id, practitioner_id, started_on) select gen_random_uuid(), authority_id, id, $3, current_date from children limit 25",
        })
        {
            await using var command = new NpgsqlCommand(sql, owner) { CommandTimeout = 600 };
            if (!sql.StartsWith("analyze", StringComparison.Ordinal))
            {
                command.Parameters.Add(new() { Value = people });
                command.Parameters.Add(new() { Value = authority });
                command.Parameters.Add(new() { Value = practitioner });
            }

            await command.ExecuteNonQueryAsync();
        }

        await using var analyze = new NpgsqlCommand("analyze", owner) { CommandTimeout = 600 };
        await analyze.ExecuteNonQueryAsync();
    }

    private static async Task ScanAsync(NpgsqlConnection owner, string sql, Guid parameter)
    {
        await using var command = new NpgsqlCommand(sql, owner) { Parameters = { new() { Value = parameter } } };
        await using var rows = await command.ExecuteReaderAsync();
        var values = new object[rows.FieldCount];
        while (await rows.ReadAsync()) rows.GetValues(values);
    }

    private static void Row(string what, List<double> times, List<double> floor) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-30} | {Median(times),6:F2} | {times.Min(),6:F2} | {Median(floor),12:F2} | {Median(times) / Median(floor),5:F1}"));

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
