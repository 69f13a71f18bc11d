using System.Text.Json.Serialization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ChildrensInfo.Core.Rights;

/// <summary>One kind of data about children, read off the model of the database.</summary>
/// <param name="Sealed">What of it is encrypted under the child’s own key or the council’s, in words.</param>
/// <param name="Clear">What of it is not, and rests on row-level security alone.</param>
/// <param name="IsSpecial">Whether some of it is of the special categories of UK GDPR article 9, or likely to be.</param>
/// <param name="AboutOthers">Whether it is about somebody else than the child.</param>
public sealed record DataKind(string Title, IReadOnlyList<string> Sealed, IReadOnlyList<string> Clear, bool IsSpecial, bool AboutOthers);

[JsonConverter(typeof(JsonStringEnumConverter<SecurityMeasure>))]
public enum SecurityMeasure
{
    /// <summary>What is said is sealed by a key of the child’s, wrapped by the council’s, wrapped by one outside the database.</summary>
    Keys,
    SecondFactor,
    RowSecurity,
    AuditLog,
}

/// <param name="IsOn">Asked of what runs, not of what was meant.</param>
public sealed record SecurityState(SecurityMeasure Measure, bool IsOn, string Says);

/// <summary>Who outside the council the portal itself sends something to.</summary>
/// <param name="Host">Where: what is set up on the server.</param>
public sealed record ConnectedService(string Name, string Host, string Gets);

/// <summary>What a council does with personal data in the portal (UK GDPR article 30), as it stands at one moment.</summary>
/// <param name="People">How many people of each role have not left.</param>
public sealed record ProcessingRecord(
    string Council, DateTime At, IReadOnlyDictionary<Purpose, PurposeRules> Purposes, IReadOnlyList<DataKind> Kinds, IReadOnlyList<string> AboutWork, IReadOnlyDictionary<Role, int> People,
    IReadOnlyList<RegisterEntry> Research, IReadOnlyList<ConnectedService> Outside, IReadOnlyList<RetentionInForce> Retention, IReadOnlyList<SecurityState> Security);

/// <summary>What happened here, as numbers. Those that count children, or acts on a child’s record, are rounded and hide small ones.</summary>
/// <param name="Kinds">Of how many children something of each kind is kept.</param>
/// <param name="Breaches">In the year: all, and those of which the Information Commissioner’s Office was told. They are no counts of children.</param>
/// <param name="Acts">In the year, by what was done.</param>
public sealed record ProcessingCounts(
    Figure Children, Figure Heard, IReadOnlyDictionary<VoiceKind, Figure> Kinds, IReadOnlyList<PurposeStates> Permissions, (int All, int ToldIco) Breaches,
    IReadOnlyList<(string Action, Figure Times)> Acts, Figure Restricted, Figure Held);

/// <summary>
/// Makes the record of processing and the numbers of the impact assessment from the program and the council’s own rows: no list stands beside the truth, so that neither goes out of date.
/// </summary>
public sealed class ProcessingRecords(
    AppDbContext db, PurposeService purposes, RetentionService retention, ResearchRegister research, ConsentCounts consent, IdentityProviders providers, TranscriberCatalogue transcribers,
    IKeyProvider keys, TimeProvider clock)
{
    /// <summary>What takes something out of the portal, or opens what is closed, and so belongs before whoever assesses the risk.</summary>
    private static readonly string[] ActsCounted =
    [
        AuditActions.BreakGlassOpened, AuditActions.VoiceCopied, AuditActions.BookletMade, AuditActions.ConsentExported, AuditActions.DisclosureDecided, AuditActions.ExtractDownloaded,
        AuditActions.OutputDownloaded, AuditActions.FiguresDownloaded, AuditActions.RegisterExported, AuditActions.AccessLogged, AuditActions.AccessDownloaded, AuditActions.ErasureLogged,
        AuditActions.DisposalDone, AuditActions.ChildTaken, AuditActions.AccessRefused,
    ];

    /// <summary>What is not sealed and is, or may show, health, ethnic origin or a like thing. What somebody said may show anything.</summary>
    private static readonly HashSet<(Type Table, string Field)> Special =
    [
        (typeof(Child), nameof(Child.EthnicityCode)), (typeof(Child), nameof(Child.DisabilityCodes)), (typeof(Child), nameof(Child.CommunicatesWith)), (typeof(Child), nameof(Child.CommunicationNeeds)), (typeof(NeedEpisode), nameof(NeedEpisode.PrimaryNeedCode)),
    ];

    public async Task<ProcessingRecord> OfCouncilAsync(Actor actor, Func<Role, bool> needsSecondFactor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.GovernInformation)) throw new UnauthorizedAccessException("Only for those who may see it.");
        await WriteAsync("record of processing", actor, cancel);
        return await ReadAsync(actor, needsSecondFactor, cancel);
    }

    /// <summary>What the impact assessment is made of: the record of processing and what was counted, opened in one look.</summary>
    public async Task<(ProcessingRecord Record, ProcessingCounts Counts)> AssessAsync(Actor actor, Func<Role, bool> needsSecondFactor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.GovernInformation)) throw new UnauthorizedAccessException("Only for those who may see it.");
        await WriteAsync("impact assessment", actor, cancel);
        return (await ReadAsync(actor, needsSecondFactor, cancel), await CountAsync(cancel));
    }

    private async Task<ProcessingRecord> ReadAsync(Actor actor, Func<Role, bool> needsSecondFactor, CancellationToken cancel)
    {
        var council = await db.Authorities.AsNoTracking().SingleAsync(a => a.Id == actor.AuthorityId, cancel);
        var people = await db.Users.AsNoTracking().Where(u => u.AuthorityId == actor.AuthorityId && u.LeftAt == null).GroupBy(u => u.Role).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        return new(
            council.Name, clock.GetUtcNow().UtcDateTime, await purposes.AllRulesAsync(cancel), KindsOf(db.Model), AboutWorkOf(db.Model), people, await research.EntriesAsync(cancel), OutsideOf(council.Code),
            await retention.RulesAsync(cancel), await SecurityAsync(actor, needsSecondFactor, cancel));
    }

    private async Task<ProcessingCounts> CountAsync(CancellationToken cancel)
    {
        var since = clock.GetUtcNow().UtcDateTime.AddYears(-1);
        var said = db.VoiceRecords.AsNoTracking().Where(r => r.MovedAt == null);
        var kinds = await said.GroupBy(r => r.Kind).Select(g => new { g.Key, Children = g.Select(r => r.ChildId).Distinct().Count() }).ToDictionaryAsync(g => g.Key, g => g.Children, cancel);
        var acts = await db.AuditEntries.AsNoTracking().Where(a => a.At >= since && ActsCounted.Contains(a.Action)).GroupBy(a => a.Action).Select(g => new { g.Key, Times = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Times, cancel);
        var breaches = await db.DataBreaches.AsNoTracking().Where(b => b.KnownAt >= since).Select(b => b.ToldIcoAt != null).ToListAsync(cancel);
        return new(
            Shown(await db.Children.CountAsync(cancel)), Shown(await said.Where(r => r.NotHeardReason == null).Select(r => r.ChildId).Distinct().CountAsync(cancel)),
            Enum.GetValues<VoiceKind>().ToDictionary(k => k, k => Shown(kinds.GetValueOrDefault(k))),
            (await consent.ByPurposeAsync(cancel)).Purposes, (breaches.Count, breaches.Count(told => told)),
            [.. ActsCounted.Select(a => (a, Shown(acts.GetValueOrDefault(a))))],
            Shown(await db.Restrictions.AsNoTracking().Where(r => r.LiftedAt == null).Select(r => r.ChildId).Distinct().CountAsync(cancel)),
            Shown(await db.LegalHolds.AsNoTracking().Where(h => h.LiftedAt == null && h.ChildId != null).Select(h => h.ChildId).Distinct().CountAsync(cancel)));
    }

    /// <summary>The tables about children, with what of each is sealed.</summary>
    public static IReadOnlyList<DataKind> KindsOf(IModel model) =>
    [
        .. HeldRecords.TablesOf(model).Select(table => new DataKind(
            HeldRecords.TitleOf(table.ClrType),
            [.. table.GetProperties().Where(p => IsSealed(table, p)).Select(p => p.Name == "Sealed" ? "What it says" : HeldRecords.LabelOf(p.Name))],
            [.. table.GetProperties().Where(p => !IsSealed(table, p) && IsData(p)).Select(p => HeldRecords.LabelOf(p.Name))],
            table.GetProperties().Any(p => IsSealed(table, p) || Special.Contains((table.ClrType, p.Name))),
            HeldRecords.AboutSomebodyElse.Contains(table.ClrType))),
        .. new[] { FileKind.VoiceMedia, FileKind.VoicePhoto, FileKind.ConsentEvidence }.Select(kind => new DataKind(
            kind switch { FileKind.VoiceMedia => "Recordings and drawings", FileKind.VoicePhoto => "Photos", _ => "Proof of a permission" }, ["The whole file"], [], true, false)),
    ];

    /// <summary>Tables that say who of the council, or of research, did something, and nothing of a child.</summary>
    private static IReadOnlyList<string> AboutWorkOf(IModel model) =>
        [.. model.GetEntityTypes().Where(e => !e.ClrType.IsAbstract && !typeof(IAboutChild).IsAssignableFrom(e.ClrType) && !typeof(IMayBeAboutChild).IsAssignableFrom(e.ClrType)
                && (e.ClrType == typeof(AppUser) || e.GetProperties().Any(p => p.Name is "PersonId" or "ActorId" or "OwnerId" || p.Name.EndsWith("ById", StringComparison.Ordinal))))
            .Select(e => HeldRecords.TitleOf(e.ClrType)).Order(StringComparer.Ordinal)];

    private static bool IsSealed(IEntityType table, IProperty property) => HeldRecords.Sealed.ContainsKey((table.ClrType, property.Name));

    private static bool IsData(IProperty property) =>
        property.PropertyInfo is not null && property.Name != "Version" && !HeldRecords.Fingerprints.Contains(property.Name) && Nullable.GetUnderlyingType(property.ClrType) != typeof(Guid) && property.ClrType != typeof(Guid);

    private List<ConnectedService> OutsideOf(string code)
    {
        var all = providers.All.Where(p => p.Councils.Values.Contains(code, StringComparer.OrdinalIgnoreCase)).Select(p => new ConnectedService(p.Name, p.Authority.Host, "That somebody who works here signs in; nothing about a child")).ToList();
        if (transcribers.Of(code) is { } machine) all.Add(new(machine.Engine, machine.Address.Host, "Recordings of children whose family said yes to that, to be turned into writing"));
        return all;
    }

    private async Task<IReadOnlyList<SecurityState>> SecurityAsync(Actor actor, Func<Role, bool> needsSecondFactor, CancellationToken cancel)
    {
        var own = await db.AuthorityKeys.AsNoTracking().Where(k => k.AuthorityId == actor.AuthorityId).Select(k => k.ProviderKeyId).ToListAsync(cancel);
        var wrapped = own.Count > 0 && own.TrueForAll(k => k == keys.CurrentKeyId);
        var must = Enum.GetValues<Role>().Where(needsSecondFactor).ToList();
        var about = db.Model.GetEntityTypes().Where(e => !e.ClrType.IsAbstract && (typeof(IAboutChild).IsAssignableFrom(e.ClrType) || typeof(IMayBeAboutChild).IsAssignableFrom(e.ClrType))).Select(e => e.GetTableName()!).Append("children").Distinct().ToArray();
        var rows = await db.Database.SqlQuery<RowLocks>($"""
            select count(*)::int as tables, (count(*) filter (where c.relrowsecurity and c.relforcerowsecurity))::int as locked,
                bool_or(r.rolsuper or r.rolbypassrls or pg_has_role(r.oid, c.relowner, 'member')) as passes
            from pg_class c cross join pg_roles r
            where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname = any ({about}) and r.rolname = current_user
            """).SingleAsync(cancel);
        var mayChange = await db.Database.SqlQuery<bool>($"select has_table_privilege('audit_entries', 'UPDATE, DELETE, TRUNCATE') as \"Value\"").SingleAsync(cancel);
        var seal = await db.AuditSeals.AsNoTracking().OrderByDescending(s => s.Number).Select(s => new { s.Number, s.SealedAt }).FirstOrDefaultAsync(cancel);
        return
        [
            new(SecurityMeasure.Keys, own.Count > 0, own.Count == 0 ? "The council has no key." : $"A key for each child, wrapped by the council’s, wrapped by a key outside the database ({keys.Kind}: {keys.CurrentKeyId}){(wrapped ? "." : "; some of the council’s keys are still wrapped by an earlier one.")}"),
            new(SecurityMeasure.SecondFactor, must.Count > 0, must.Count == 0 ? "Nobody has to have a second step to sign in." : $"Nobody signs in with a password alone who is: {string.Join(", ", must.Select(r => HeldRecords.LabelOf($"{r}").ToLowerInvariant()))}. A sign-in ends after {SignIn.Idle.TotalMinutes:0} minutes unused, and after {SignIn.Longest.TotalHours:0} hours in any case."),
            new(SecurityMeasure.RowSecurity, rows.Locked == about.Length && !rows.Passes, $"The database itself keeps each council’s rows from every other in {rows.Locked} of {rows.Tables} tables about children{(rows.Passes ? ", but the site connects as a role for which that does not count." : ", also from the role the site connects as.")}"),
            new(SecurityMeasure.AuditLog, !mayChange && seal is not null, (mayChange ? "The site’s own role could change lines of the audit log." : "Nobody, the site’s own role included, may change or delete a line of the audit log.")
                + (seal is null ? " It is not sealed yet." : $" {seal.Number:N0} seals, each signed and holding the one before it; the last is of {seal.SealedAt:d MMMM yyyy}.")),
        ];
    }

    private async Task WriteAsync(string part, Actor actor, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.RegisterRead, actor, null, null, clock, part));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>A count of children, or of acts each on a child’s record, as it may be shown.</summary>
    private static Figure Shown(int count) => Rounding.Round(SmallNumbers.Council.IsSmall(count) ? Figure.Suppressed : Figure.Of(count));

    private sealed record RowLocks(int Tables, int Locked, bool Passes);
}
