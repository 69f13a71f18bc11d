using System.Collections.Concurrent;
using System.Collections.Frozen;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Consent;

/// <summary>
/// Everything that decisions about some purposes rest on, for one child or for everybody, in one question. One row for each thing known; what kind of
/// thing, and whose, is in the row. Under row-level security: what the actor may not see is not there, and a child who is not there is denied.
/// </summary>
internal sealed class ConsentFactsReader(AppDbContext db)
{
    private const string Everybody = "";

    /// <summary>Handing every row of a council from one process of the database to another takes longer than reading it there: for 200,000 people 3.2 times a plain scan, and 2.9 without.</summary>
    private const string ReadAlone = "select set_config('max_parallel_workers_per_gather', '0', true); ";
    private const string Some = " and {0} = any(@ids)";

    // With one id the plan for any child is as good as the plan for this one, so PostgreSQL keeps it: planning takes longer than reading.
    private const string One = " and {0} = @id";

    private static readonly Purpose[] ForProjects = [Purpose.ResearchExtract, Purpose.ResearchWords, Purpose.ResearchContact];
    private static readonly string SharedStatuses = string.Join(", ", Enum.GetValues<LegalStatusKind>().Where(LegalStatus.SharesResponsibility).Select(k => $"'{k}'"));

    /// <summary>By whom it is about and which kinds of purposes: what cannot matter to them is not asked, because each part costs something however little it finds.</summary>
    private static readonly ConcurrentDictionary<(string Which, bool Parents, bool Research, bool MayBeTold), string> Questions = new();

    private enum Row
    {
        Child,
        Event,
        Assessment,
        Parent,
        Delegation,
        Status,
        Order,
        Outcome,
        WordsReplaced,
        NoContact,
        CaseClosed,
        ProjectEnds,
        Restricted,
        Basis,
    }

    /// <summary>What is known of one child, for the purposes asked about.</summary>
    public sealed class Known(IReadOnlyDictionary<Guid, ReplacedFact> wordsReplaced, IReadOnlyDictionary<Guid, DateOnly> projectEnds, IReadOnlyList<(Purpose Purpose, BasisFact Fact)> bases)
    {
        private DateOnly? bornOn;
        private List<(Purpose Purpose, ConsentFact Fact)>? events;
        private List<(Purpose Purpose, AssessmentFact Fact)>? assessments;
        private List<(Purpose? Purpose, AuthorityFact Fact)>? authorities;
        private List<ChangeFact>? changes;
        private List<OrderFact>? orders;
        private List<OutcomeFact>? outcomes;
        private Dictionary<Guid, DateTime>? noContact;

        public DateOnly? CaseClosedOn { get; set; }

        private List<Guid?>? restricted;

        /// <param name="recordId">Null when everything is.</param>
        public void Restrict(Guid? recordId) => (restricted ??= []).Add(recordId);

        /// <summary>Whether the actor may see the child at all.</summary>
        public bool IsThere { get; private set; }

        public void Is(DateOnly? born) => (IsThere, bornOn) = (true, born);

        public void Add(Purpose purpose, ConsentFact fact) => (events ??= []).Add((purpose, fact));

        public void Add(Purpose purpose, AssessmentFact fact) => (assessments ??= []).Add((purpose, fact));

        /// <param name="purpose">Null for authority over every purpose.</param>
        public void Add(Purpose? purpose, AuthorityFact fact) => (authorities ??= []).Add((purpose, fact));

        public void Add(ChangeFact fact) => (changes ??= []).Add(fact);

        public void Add(OrderFact fact) => (orders ??= []).Add(fact);

        public void Add(OutcomeFact fact) => (outcomes ??= []).Add(fact);

        public void NoContact(Guid person, DateTime since) => (noContact ??= [])[person] = since;

        public ConsentFacts FactsOf(Purpose purpose) => new(bornOn)
        {
            Assessments = assessments is null ? [] : Of(assessments, purpose),
            Authorities = authorities is null ? [] : authorities.FindAll(a => a.Purpose is null || a.Purpose == purpose).ConvertAll(a => a.Fact),
            Changes = changes ?? [],
            Orders = orders ?? [],
            Outcomes = outcomes ?? [],
            NoContact = noContact ?? (IReadOnlyDictionary<Guid, DateTime>)FrozenDictionary<Guid, DateTime>.Empty,
            CaseClosedOn = CaseClosedOn,
            WordsReplaced = wordsReplaced,
            ProjectEnds = projectEnds,
            Bases = bases.Count == 0 ? [] : [.. bases.Where(b => b.Purpose == purpose).Select(b => b.Fact)],
        };

        public ConsentDecision Decide(Purpose purpose, Guid? scopeId, DateTime at) =>
            restricted?.Exists(r => r is null || r == scopeId) == true ? Permission(purpose, scopeId, at).Restricted : Permission(purpose, scopeId, at);

        private ConsentDecision Permission(Purpose purpose, Guid? scopeId, DateTime at) =>
            events is null ? ConsentRules.NothingWritten(purpose) : ConsentRules.Decide(purpose, EventsOf(purpose), FactsOf(purpose), scopeId, at);

        public List<ConsentFact> EventsOf(Purpose purpose) => events is null ? [] : Of(events, purpose);

        private static List<T> Of<T>(List<(Purpose Purpose, T Fact)> known, Purpose purpose)
        {
            var of = new List<T>(known.Count);
            foreach (var (about, fact) in known)
            {
                if (about == purpose) of.Add(fact);
            }

            return of;
        }
    }

    /// <param name="childIds">Null for everybody the actor may see.</param>
    public async Task<Dictionary<Guid, Known>> ReadAsync(IReadOnlyCollection<Guid>? childIds, IReadOnlyCollection<Purpose> purposes, CancellationToken cancel)
    {
        if (db.Actor is not { } actor) return [];
        await db.Database.OpenConnectionAsync(cancel);
        try
        {
            await using var command = ((NpgsqlConnection)db.Database.GetDbConnection()).CreateCommand();
            command.Transaction = (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction();
            command.CommandText = Questions.GetOrAdd(
                (childIds is null ? Everybody : childIds.Count == 1 ? One : Some, purposes.Contains(Purpose.ShareParent), purposes.Any(ForProjects.Contains), purposes.Any(Purposes.MayBeTold)),
                key => Question(key.Which, key.Parents, key.Research, key.MayBeTold));
            if (childIds is null) command.CommandText = ReadAlone + command.CommandText;
            if (command.Transaction is null) RowSecurity.PutInFront(command, actor);
            if (childIds?.Count == 1) command.Parameters.Add(new NpgsqlParameter<Guid>("id", NpgsqlDbType.Uuid) { TypedValue = childIds.First() });
            else if (childIds is not null) command.Parameters.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { TypedValue = [.. childIds] });
            command.Parameters.Add(new NpgsqlParameter<Guid>("authority", actor.AuthorityId));
            command.Parameters.Add(new NpgsqlParameter<Guid>("actor", actor.PersonId));
            command.Parameters.Add(new NpgsqlParameter<string[]>("purposes", NpgsqlDbType.Array | NpgsqlDbType.Text) { TypedValue = [.. purposes.Select(p => p.ToString())] });
            await using var rows = await command.ExecuteReaderAsync(cancel);
            if (childIds is null) await rows.NextResultAsync(cancel);
            return await CollectAsync(rows, cancel);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task<Dictionary<Guid, Known>> CollectAsync(NpgsqlDataReader rows, CancellationToken cancel)
    {
        var known = new Dictionary<Guid, Known>();
        var replaced = new Dictionary<Guid, ReplacedFact>();
        var projectEnds = new Dictionary<Guid, DateOnly>();
        var bases = new List<(Purpose, BasisFact)>();
        // In any order: the parts of the question may be answered side by side.
        while (await rows.ReadAsync(cancel))
        {
            var kind = (Row)rows.GetInt32(0);
            if (kind == Row.WordsReplaced)
            {
                replaced[rows.GetGuid(2)] = new(rows.GetDateTime(12), Time(13));
                continue;
            }

            if (kind == Row.ProjectEnds)
            {
                projectEnds[rows.GetGuid(2)] = rows.GetFieldValue<DateOnly>(15);
                continue;
            }

            if (kind == Row.Basis)
            {
                bases.Add(((Purpose)Code(7)!.Value, new((PurposeBasis)Code(8)!.Value, rows.GetDateTime(12))));
                continue;
            }

            var childId = rows.GetGuid(1);
            if (!known.TryGetValue(childId, out var child)) known.Add(childId, child = new Known(replaced, projectEnds, bases));
            switch (kind)
            {
                case Row.Child:
                    child.Is(Day(14));
                    break;
                case Row.Event:
                    child.Add((Purpose)Code(7)!.Value, new ConsentFact(
                        rows.GetGuid(2), (ConsentEventType)Code(8)!.Value, (ConsentScope)Code(9)!.Value, Id(3), (DecidedBy?)Code(10), Id(4), (ChildPosition?)Code(11),
                        Day(15), rows.GetDateTime(12), Id(5))
                    {
                        ValidFrom = Time(13),
                        VisitOn = Day(14),
                        WordingId = Id(6),
                        DeviceId = Id(16),
                        ClockSkewMs = rows.IsDBNull(17) ? null : rows.GetInt64(17),
                        Wants = (WithdrawWants?)Code(18),
                        EndsWithCase = !rows.IsDBNull(19) && rows.GetBoolean(19),
                        EndsWithProject = !rows.IsDBNull(20) && rows.GetBoolean(20),
                    });
                    break;
                case Row.Assessment:
                    child.Add((Purpose)Code(7)!.Value, new AssessmentFact((CompetenceOutcome)Code(8)!.Value, rows.GetDateTime(12)));
                    break;
                case Row.Parent:
                    child.Add(null, new AuthorityFact(DecidedBy.ParentalResponsibility, Id(4), Day(14), Day(15)));
                    AddChanges(child);
                    break;
                case Row.Delegation:
                    child.Add((Purpose)Code(7)!.Value, new AuthorityFact(DecidedBy.DelegatedAuthority, Id(4), Day(14), Day(15)));
                    break;
                case Row.Status:
                    if (Code(8) is not null) child.Add(null, new AuthorityFact(DecidedBy.LocalAuthority, null, Day(14), Day(15)));
                    AddChanges(child);
                    break;
                case Row.Order:
                    child.Add(new OrderFact(rows.GetGuid(2), rows.GetGuid(3), rows.GetDateTime(12)));
                    break;
                case Row.Outcome:
                    child.Add(new OutcomeFact(rows.GetGuid(2), (WithdrawWants)Code(8)!.Value, rows.GetDateTime(12)));
                    break;
                case Row.NoContact:
                    child.NoContact(rows.GetGuid(2), rows.GetDateTime(12));
                    break;
                case Row.Restricted:
                    child.Restrict(Id(3));
                    break;
                case Row.CaseClosed:
                    child.CaseClosedOn = Day(15);
                    break;
            }
        }

        foreach (var (id, child) in known)
        {
            if (!child.IsThere) known.Remove(id);
        }

        return known;

        Guid? Id(int column) => rows.IsDBNull(column) ? null : rows.GetGuid(column);
        DateTime? Time(int column) => rows.IsDBNull(column) ? null : rows.GetDateTime(column);
        DateOnly? Day(int column) => rows.IsDBNull(column) ? null : rows.GetFieldValue<DateOnly>(column);
        int? Code(int column) => rows.IsDBNull(column) ? null : rows.GetInt32(column) - 1;
        void AddChanges(Known child)
        {
            if (Day(14) is { } from) child.Add(new ChangeFact(from, rows.GetDateTime(12)));
            if (Day(15) is { } to && to < DateOnly.MaxValue) child.Add(new ChangeFact(to.AddDays(1), Time(13) ?? rows.GetDateTime(12)));
        }
    }

    /// <summary>
    /// Codes travel as their place among the names, from one: reading a text half a million times takes longer than finding it. Wordings are gone through once:
    /// joined to themselves, they took longer than all the rest; and only where one was changed materially at all. Others stand in the place of a wording until they are retired, and whatever came after them too.
    /// </summary>
    private static string Question(string which, bool parents, bool research, bool mayBeTold)
    {
        // One comparison after another: looking for it in an array takes longer.
        static string CodeOf<T>(string column) where T : struct, Enum => $"case {column}{string.Concat(Enum.GetNames<T>().Select((name, i) => $" when '{name}' then {i + 1}"))} end";
        string Of(string child) => string.Format(System.Globalization.CultureInfo.InvariantCulture, which, child);
        // Only an adult's yes needs to know who may decide; most children of a council have none. They are found once, into a table of their own: looked for from each row of responsibility
        // and status, as the planner would have it if this were a plain condition, they took longer than all the rest.
        var (adults, adult) = which == Everybody
            ? (", adults as materialized (select x.child_id from consent_events x where x.authority_id = @authority and x.purpose = any(@purposes) and x.decided_by <> 'ChildForSelf')", " and ({0}.child_id in (select child_id from adults)) is true") : ("", "");
        string Adult(string table) => string.Format(System.Globalization.CultureInfo.InvariantCulture, adult, table);
        var noContact = !parents ? "" : $"""
            union all
            select {(int)Row.NoContact}, r.child_id, r.id, null, null, null, null, null, null, null, null, null, r.no_contact_since, null, null, null, null, null, null, null, null
            from relationships r where r.authority_id = @authority and r.no_contact_since is not null{Of("r.child_id")}

            """;
        var projectEnds = !research ? "" : $"""
            union all
            select {(int)Row.ProjectEnds}, null, p.id, null, null, null, null, null, null, null, null, null, null, null, null, p.expires_on, null, null, null, null, null
            from research_projects p where p.authority_id = @authority and p.expires_on is not null

            """;
        var bases = !mayBeTold ? "" : $"""
            union all
            select {(int)Row.Basis}, null, s.id, null, null, null, null, {CodeOf<Purpose>("s.purpose")}, case s.basis when '{PurposeBasis.NoticeOnly}' then {(int)PurposeBasis.NoticeOnly + 1} else {(int)PurposeBasis.Permission + 1} end, null, null, null, s.set_at, null, null, null, null, null, null, null, null
            from purpose_settings s where s.authority_id = @authority and s.purpose = any(@purposes)

            """;
        // Whose yes ends when work with them ends is found once too: as a plain condition it was looked for from each child's need, and among all the ids each time.
        return $"""
            with closing as materialized (select x.child_id from consent_events x where x.authority_id = @authority and x.purpose = any(@purposes) and x.expires_when @> array['CaseClosed']{Of("x.child_id")}){adults}
            select {(int)Row.Child} as kind, c.id as child_id, null::uuid as id, null::uuid as scope_id, null::uuid as relationship_id, null::uuid as corrects_id, null::uuid as wording_id,
                null::int as purpose, null::int as code, null::int as scope, null::int as decider, null::int as position, null::timestamptz as at, null::timestamptz as until,
                c.born_on as from_on, null::date as to_on, null::uuid as device_id, null::bigint as skew, null::int as wants, null::bool as with_case, null::bool as with_project
            from children c where c.authority_id = @authority{Of("c.id")}
            union all
            select {(int)Row.WordsReplaced}, null, w.id, null, null, null, null, null, null, null, null, null, w.replaced_at, nullif(w.until, 'infinity'), null, null, null, null, null, null, null
            from (select id, min(effective_from) filter (where material_change) over later as replaced_at, max(stands_until) filter (where material_change) over later as until
                from (select id, purpose, language, format, age_band, number, effective_from, material_change,
                        max(coalesce(retired_at, 'infinity')) over (partition by purpose, language, format, age_band order by number groups between current row and unbounded following) as stands_until
                    from wordings where purpose = any(@purposes)
                        and (purpose, language, format, age_band) in (select m.purpose, m.language, m.format, m.age_band from wordings m where m.material_change)) w
                window later as (partition by purpose, language, format, age_band order by number groups between 1 following and unbounded following)) w where w.replaced_at is not null
            {projectEnds}{bases}union all
            select {(int)Row.Event}, e.child_id, e.id, e.scope_id, e.decided_by_relationship_id, e.corrects_event_id, e.wording_id,
                {CodeOf<Purpose>("e.purpose")}, {CodeOf<ConsentEventType>("e.type")}, {CodeOf<ConsentScope>("e.scope")}, {CodeOf<DecidedBy>("e.decided_by")}, {CodeOf<ChildPosition>("e.child_position")},
                e.occurred_at, e.valid_from, case e.scope when 'Session' then (select v.occurred_on from voice_sessions v where v.child_id = e.child_id and v.id = e.scope_id) end, e.expires_on, e.device_id, e.clock_skew_ms, {CodeOf<WithdrawWants>("e.wants")}, 'CaseClosed' = any(e.expires_when), 'ProjectEnds' = any(e.expires_when)
            from consent_events e where e.authority_id = @authority and e.purpose = any(@purposes){Of("e.child_id")}
            union all
            select {(int)Row.Assessment}, a.child_id, a.id, null, null, null, null, {CodeOf<Purpose>("a.purpose")}, {CodeOf<CompetenceOutcome>("a.outcome")}, null, null, null, a.assessed_at, null, null, null, null, null, null, null, null
            from competence_assessments a where a.authority_id = @authority and a.purpose = any(@purposes){Of("a.child_id")}
            union all
            select {(int)Row.Parent}, r.child_id, r.id, null, r.relationship_id, null, null, null, null, null, null, null, r.recorded_at, r.end_recorded_at, r.from_on, r.to_on, null, null, null, null, null
            from parental_responsibilities r where r.authority_id = @authority{Of("r.child_id")}{Adult("r")}
            union all
            select {(int)Row.Delegation}, d.child_id, d.id, null, d.relationship_id, null, null, {CodeOf<Purpose>("p")}, null, null, null, null, d.recorded_at, null, d.from_on, d.to_on, null, null, null, null, null
            from delegated_authorities d cross join unnest(d.purposes) p where d.authority_id = @authority and p = any(@purposes){Of("d.child_id")}
            union all
            select {(int)Row.Status}, s.child_id, s.id, null, null, null, null, null, case when s.kind in ({SharedStatuses}) then 1 end, null, null, null, s.recorded_at, s.end_recorded_at, s.from_on, s.to_on, null, null, null, null, null
            from legal_statuses s where s.authority_id = @authority{Of("s.child_id")}{Adult("s")}
            union all
            select {(int)Row.Order}, o.child_id, o.first_event_id, o.last_event_id, null, null, null, null, null, null, null, null, o.resolved_at, null, null, null, null, null, null, null, null
            from consent_orders o where o.authority_id = @authority{Of("o.child_id")}
            union all
            select {(int)Row.Outcome}, o.child_id, o.event_id, null, null, null, null, null, {CodeOf<WithdrawWants>("o.wants")}, null, null, null, o.decided_at, null, null, null, null, null, null, null, null
            from withdrawal_outcomes o where o.authority_id = @authority{Of("o.child_id")}
            {noContact}union all
            select {(int)Row.Restricted}, r.child_id, r.id, r.voice_record_id, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
            from restrictions r where r.authority_id = @authority and r.lifted_at is null{Of("r.child_id")}
                and not exists (select from restriction_openings o where o.restriction_id = r.id and o.person_id = @actor and o.until > now())
            union all
            select {(int)Row.CaseClosed}, n.child_id, null, null, null, null, null, null, null, null, null, null, null, null, null, max(n.closed_on), null, null, null, null, null
            from need_episodes n where n.authority_id = @authority{Of("n.child_id")} and n.child_id in (select child_id from closing)
            group by n.child_id having bool_and(n.closed_on is not null)
            """;
    }
}
