using System.Linq.Expressions;
using System.Reflection;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// The database as one actor may see it. Two locks stand one above the other: the named query filters here, and the row-level
/// security of PostgreSQL set from the same actor (<see cref="RowSecurity"/>).
/// </summary>
public class AppDbContext : IdentityUserContext<AppUser, Guid>
{
    /// <summary>The filter that keeps authorities apart.</summary>
    public const string AuthorityLock = "authority";

    /// <summary>The filter that keeps people to what their role may reach.</summary>
    public const string ReachLock = "reach";

    /// <summary>The filter that leaves out records of which nothing is left.</summary>
    public const string DestroyedLock = "destroyed";

    /// <summary>The filter that keeps what is restricted from everybody to whom it was not opened.</summary>
    public const string RestrictionLock = "restriction";

    /// <summary>The filters that stand between a record and whoever reads it, for those who only need to know that it is there. Each who passes them is named in tests/…/Rules.</summary>
    public static readonly string[] ReadingLocks = [DestroyedLock, RestrictionLock];

    private readonly ICurrentActor current;
    private readonly TimeProvider clock;
    private Actor? instead;

    public AppDbContext(DbContextOptions<AppDbContext> options, ICurrentActor current, TimeProvider? clock = null) : base(options)
    {
        this.current = current;
        this.clock = clock ?? TimeProvider.System;
        // A single insert would otherwise run outside any transaction, and then row-level security would have no setting.
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    /// <summary>Who this context answers to now.</summary>
    public Actor? Actor => instead ?? current.Actor;

    /// <summary>Actions of the audit lines in a save that is under way, counted once it is done.</summary>
    internal IReadOnlyList<string> ActsBeingSaved { get; set; } = [];

    public DbSet<LocalAuthority> Authorities => Set<LocalAuthority>();
    public DbSet<Team> Teams => Set<Team>();
    public DbSet<Child> Children => Set<Child>();
    public DbSet<Allocation> Allocations => Set<Allocation>();
    public DbSet<Assignment> Assignments => Set<Assignment>();
    public DbSet<BreakGlass> BreakGlasses => Set<BreakGlass>();
    public DbSet<Notice> Notices => Set<Notice>();
    public DbSet<Relationship> Relationships => Set<Relationship>();
    public DbSet<ParentalResponsibility> ParentalResponsibilities => Set<ParentalResponsibility>();
    public DbSet<DelegatedAuthority> DelegatedAuthorities => Set<DelegatedAuthority>();
    public DbSet<LegalStatus> LegalStatuses => Set<LegalStatus>();
    public DbSet<DoNotTell> DoNotTells => Set<DoNotTell>();
    public DbSet<PlannedVisit> PlannedVisits => Set<PlannedVisit>();

    public DbSet<DeviceReceipt> DeviceReceipts => Set<DeviceReceipt>();
    public DbSet<Device> Devices => Set<Device>();
    public DbSet<DeviceKey> DeviceKeys => Set<DeviceKey>();
    public DbSet<TakenBack> TakenBacks => Set<TakenBack>();

    public DbSet<SensitivityMark> SensitivityMarks => Set<SensitivityMark>();

    public DbSet<PhotoAnswer> PhotoAnswers => Set<PhotoAnswer>();

    public DbSet<RecordingAnswer> RecordingAnswers => Set<RecordingAnswer>();
    public DbSet<VoiceSession> VoiceSessions => Set<VoiceSession>();

    public DbSet<PresentPerson> PresentPersons => Set<PresentPerson>();
    public DbSet<ChildMode> ChildModes => Set<ChildMode>();
    public DbSet<VoiceRecord> VoiceRecords => Set<VoiceRecord>();
    public DbSet<VoiceWords> VoiceWords => Set<VoiceWords>();
    public DbSet<Tool> Tools => Set<Tool>();
    public DbSet<ToolVersion> ToolVersions => Set<ToolVersion>();
    public DbSet<ToolPicture> ToolPictures => Set<ToolPicture>();
    public DbSet<Interpretation> Interpretations => Set<Interpretation>();
    public DbSet<InterpretationVoice> InterpretationVoices => Set<InterpretationVoice>();
    public DbSet<InterpretationShowing> InterpretationShowings => Set<InterpretationShowing>();
    public DbSet<VoiceCoding> VoiceCodings => Set<VoiceCoding>();
    public DbSet<ThirdPartyVoice> ThirdPartyVoices => Set<ThirdPartyVoice>();
    public DbSet<ThirdPartyAnswer> ThirdPartyAnswers => Set<ThirdPartyAnswer>();
    public DbSet<BreachReport> BreachReports => Set<BreachReport>();
    public DbSet<Transcript> Transcripts => Set<Transcript>();
    public DbSet<TranscriptAcceptance> TranscriptAcceptances => Set<TranscriptAcceptance>();
    public DbSet<Ask> Asks => Set<Ask>();
    public DbSet<AskVoice> AskVoices => Set<AskVoice>();
    public DbSet<AskStep> AskSteps => Set<AskStep>();
    public DbSet<GroupAnswer> GroupAnswers => Set<GroupAnswer>();
    public DbSet<ParticipationActivity> ParticipationActivities => Set<ParticipationActivity>();
    public DbSet<ParticipationStep> ParticipationSteps => Set<ParticipationStep>();
    public DbSet<ConsentEvent> ConsentEvents => Set<ConsentEvent>();
    public DbSet<CompetenceAssessment> CompetenceAssessments => Set<CompetenceAssessment>();
    public DbSet<Wording> Wordings => Set<Wording>();
    public DbSet<ConsentOrder> ConsentOrders => Set<ConsentOrder>();
    public DbSet<NamedRecipient> NamedRecipients => Set<NamedRecipient>();
    public DbSet<ConsentReceipt> ConsentReceipts => Set<ConsentReceipt>();
    public DbSet<ConsentUse> ConsentUses => Set<ConsentUse>();
    public DbSet<WithdrawalOutcome> WithdrawalOutcomes => Set<WithdrawalOutcome>();
    public DbSet<MediaErasure> MediaErasures => Set<MediaErasure>();
    public DbSet<DisclosureDecision> DisclosureDecisions => Set<DisclosureDecision>();
    public DbSet<WordingDraft> WordingDrafts => Set<WordingDraft>();
    public DbSet<PurposeSetting> PurposeSettings => Set<PurposeSetting>();
    public DbSet<Indicator> Indicators => Set<Indicator>();
    public DbSet<IndicatorVersion> IndicatorVersions => Set<IndicatorVersion>();
    public DbSet<IndicatorRelease> IndicatorReleases => Set<IndicatorRelease>();
    public DbSet<Population> Populations => Set<Population>();
    public DbSet<EthnicPopulation> EthnicPopulations => Set<EthnicPopulation>();
    public DbSet<PostcodePlace> PostcodePlaces => Set<PostcodePlace>();
    public DbSet<PostcodeDirectory> PostcodeDirectories => Set<PostcodeDirectory>();

    public DbSet<Reflection> Reflections => Set<Reflection>();

    public DbSet<ReflectionStep> ReflectionSteps => Set<ReflectionStep>();
    public DbSet<MonthlyPack> MonthlyPacks => Set<MonthlyPack>();
    public DbSet<PackView> PackViews => Set<PackView>();
    public DbSet<PackEdition> PackEditions => Set<PackEdition>();
    public DbSet<InformationUseProject> InformationUseProjects => Set<InformationUseProject>();
    public DbSet<InformationUseVersion> InformationUseVersions => Set<InformationUseVersion>();
    public DbSet<InformationUseStep> InformationUseSteps => Set<InformationUseStep>();
    public DbSet<DomainUse> DomainUses => Set<DomainUse>();
    public DbSet<NeedEpisode> NeedEpisodes => Set<NeedEpisode>();
    public DbSet<NeedAssessment> NeedAssessments => Set<NeedAssessment>();
    public DbSet<CinPlan> CinPlans => Set<CinPlan>();
    public DbSet<Section47> Section47s => Set<Section47>();
    public DbSet<ProtectionPlan> ProtectionPlans => Set<ProtectionPlan>();
    public DbSet<PreProceedings> PreProceedings => Set<PreProceedings>();
    public DbSet<CareDetails> CareDetails => Set<CareDetails>();
    public DbSet<CareEpisode> CareEpisodes => Set<CareEpisode>();
    public DbSet<CareReview> CareReviews => Set<CareReview>();
    public DbSet<CareOutcome> CareOutcomes => Set<CareOutcome>();
    public DbSet<CareLeaver> CareLeavers => Set<CareLeaver>();
    public DbSet<CareAdoption> CareAdoptions => Set<CareAdoption>();
    public DbSet<AdoptionPlan> AdoptionPlans => Set<AdoptionPlan>();
    public DbSet<PreviousPermanence> PreviousPermanences => Set<PreviousPermanence>();
    public DbSet<MissingEpisode> MissingEpisodes => Set<MissingEpisode>();
    public DbSet<CareWorker> CareWorkers => Set<CareWorker>();
    public DbSet<SafeguardingRow> SafeguardingRows => Set<SafeguardingRow>();
    public DbSet<Return> Returns => Set<Return>();
    public DbSet<ReturnRuleResult> ReturnRuleResults => Set<ReturnRuleResult>();
    public DbSet<ReturnFinding> ReturnFindings => Set<ReturnFinding>();
    public DbSet<ReturnChange> ReturnChanges => Set<ReturnChange>();
    public DbSet<ReturnAbsence> ReturnAbsences => Set<ReturnAbsence>();
    public DbSet<CodeMapping> CodeMappings => Set<CodeMapping>();
    public DbSet<ReturnRejection> ReturnRejections => Set<ReturnRejection>();
    public DbSet<StoredFile> Files => Set<StoredFile>();
    public DbSet<StoredFilePiece> FilePieces => Set<StoredFilePiece>();
    public DbSet<AuthorityKey> AuthorityKeys => Set<AuthorityKey>();
    public DbSet<ChildKey> ChildKeys => Set<ChildKey>();
    public DbSet<Job> Jobs => Set<Job>();
    public DbSet<ResearchProject> ResearchProjects => Set<ResearchProject>();
    public DbSet<ProjectStep> ProjectSteps => Set<ProjectStep>();
    public DbSet<ProjectPreview> ProjectPreviews => Set<ProjectPreview>();
    public DbSet<Extract> Extracts => Set<Extract>();
    public DbSet<ResearchOutput> ResearchOutputs => Set<ResearchOutput>();
    public DbSet<ExtractLink> ExtractLinks => Set<ExtractLink>();
    public DbSet<ExtractChild> ExtractChildren => Set<ExtractChild>();

    public DbSet<ExtractItem> ExtractItems => Set<ExtractItem>();
    public DbSet<AccessRequest> AccessRequests => Set<AccessRequest>();
    public DbSet<AccessChoice> AccessChoices => Set<AccessChoice>();
    public DbSet<RetentionSetting> RetentionSettings => Set<RetentionSetting>();
    public DbSet<DutyNote> DutyNotes => Set<DutyNote>();
    public DbSet<LegalHold> LegalHolds => Set<LegalHold>();
    public DbSet<Disposal> Disposals => Set<Disposal>();
    public DbSet<ErasureRequest> ErasureRequests => Set<ErasureRequest>();

    public DbSet<RectificationRequest> RectificationRequests => Set<RectificationRequest>();
    public DbSet<Restriction> Restrictions => Set<Restriction>();
    public DbSet<RestrictionOpening> RestrictionOpenings => Set<RestrictionOpening>();
    public DbSet<DataBreach> DataBreaches => Set<DataBreach>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<SignIn> SignIns => Set<SignIn>();

    public DbSet<PersonIdentity> PersonIdentities => Set<PersonIdentity>();

    public DbSet<SecondFactor> SecondFactors => Set<SecondFactor>();

    public DbSet<IdentityUserPasskey<Guid>> Passkeys => Set<IdentityUserPasskey<Guid>>();

    public DbSet<AuditSeal> AuditSeals => Set<AuditSeal>();

    /// <summary>The children whom somebody works with now. Whoever only covers for a day is not asked what waits to be said or done.</summary>
    public IQueryable<Guid> AllocatedTo(Guid personId) => Allocations.Where(a => a.PractitionerId == personId && a.EndedOn == null).Select(a => a.ChildId);

    // The filters below read these for each query; a missing actor makes every one of them deny.
    private Guid? AuthorityId => Actor?.AuthorityId;
    private Guid? ActorId => Actor?.PersonId;
    private DateTime Now => clock.GetUtcNow().UtcDateTime;
    private Guid? CaseloadOf => Actor?.Reach == Reach.Caseload ? ActorId : null;
    private Guid? CaseloadOfTeam => Actor?.Reach == Reach.Team ? Actor.TeamId : null;
    private Guid? AssignedTo => Actor?.Reach == Reach.Assigned ? ActorId : null;
    private bool ReachesRegister => Actor?.Reach is Reach.Register or Reach.Need or Reach.Whole;
    private bool LooksAfterPeople => Actor?.Reach is Reach.Register;
    private bool ReachesNeed => Actor?.Reach is Reach.Need or Reach.Whole;
    private bool ReachesWhole => Actor?.Reach is Reach.Whole;
    private bool IsRunner => Actor?.Reach is Reach.Runner;

    /// <summary>
    /// Answers to another actor until disposed: for jobs and for preparing permitted quotations. Every caller is named in
    /// tests/…/Rules, because this is how a wall is walked around.
    /// </summary>
    public IDisposable ActingAs(Actor actor)
    {
        if (Database.CurrentTransaction is not null) throw new InvalidOperationException("The actor is fixed when a transaction starts.");
        var before = instead;
        instead = actor;
        return new Restore(() => instead = before);
    }

    /// <summary>With which key something was sealed for a child and not saved yet.</summary>
    internal Dictionary<Guid, Guid> Seals { get; } = [];

    /// <summary>
    /// Something was sealed for a child under this key: the transaction it is saved in makes sure that the key stands until it ends, and fails if it was destroyed
    /// (KeysThatStand.sql).
    /// </summary>
    internal async Task SealedUnderAsync(Guid childId, Guid keyId, CancellationToken cancel)
    {
        if (!Seals.TryAdd(childId, keyId)) return;
        if (Database.CurrentTransaction is not null) await Database.ExecuteSqlRawAsync(RowSecurity.SealsOf(childId, keyId), cancel);
    }

    /// <summary>Waits for whoever is saving something sealed for the child, and keeps others from it until the transaction ends.</summary>
    internal async Task NobodySealsAsync(Guid childId, CancellationToken cancel)
    {
        Seals.Remove(childId);
        await Database.ExecuteSqlAsync($"select nobody_seals({childId})", cancel);
    }

    // What the filters ask of allocations and restrictions stands in functions of the database (ReadingFilters.sql, Assignments.sql): written out in each filter,
    // which stand one within another, a question about one child came to more than a hundred sub-queries, and PostgreSQL took
    // twenty times as long to plan it as to answer it. They know nothing of row-level security and are told who asks.
    private IQueryable<ReachedChild> ChildrenReached(Guid? authority, Guid? person, Guid? team, DateTime at, Guid? assigned) => FromExpression(() => ChildrenReached(authority, person, team, at, assigned));

    private IQueryable<FrozenVoice> VoiceFrozen(Guid? authority, Guid? person, DateTime at) => FromExpression(() => VoiceFrozen(authority, person, at));

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<ReachedChild>().HasNoKey().ToTable((string?)null);
        builder.Entity<FrozenVoice>().HasNoKey().ToTable((string?)null);
        foreach (var (method, name) in new[] { (nameof(ChildrenReached), "children_reached"), (nameof(VoiceFrozen), "voice_frozen") })
        {
            builder.HasDbFunction(typeof(AppDbContext).GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!).HasName(name);
        }

        builder.Entity<AppUser>().ToTable("people");
        builder.ApplyConfigurationsFromAssembly(typeof(AppDbContext).Assembly);

        LockToAuthority<Team>(builder);
        LockToAuthority<SignIn>(builder);
        LockToAuthority<PersonIdentity>(builder);
        builder.Entity<PersonIdentity>().HasQueryFilter(ReachLock, i => i.PersonId == ActorId || LooksAfterPeople);
        LockToAuthority<SecondFactor>(builder);
        LockToAuthority<DeviceKey>(builder);
        LockToAuthority<Device>(builder);
        builder.Entity<Device>().HasQueryFilter(ReachLock, d => d.PersonId == ActorId || LooksAfterPeople || ReachesWhole
            || (CaseloadOfTeam != null && Users.Any(u => u.Id == d.PersonId && u.TeamId == CaseloadOfTeam)));
        builder.Entity<SecondFactor>().HasQueryFilter(ReachLock, f => f.PersonId == ActorId || LooksAfterPeople || ReachesWhole);
        LockToAuthority<Return>(builder);
        LockToAuthority<ReturnRejection>(builder);
        LockToAuthority<ReturnRuleResult>(builder);
        LockToAuthority<ReturnFinding>(builder);
        LockToAuthority<ReturnChange>(builder);
        LockToAuthority<CodeMapping>(builder);
        LockToAuthority<AuthorityKey>(builder);
        LockToAuthority<ResearchProject>(builder);
        LockToAuthority<ProjectStep>(builder);
        LockToAuthority<ProjectPreview>(builder);
        LockToAuthority<Extract>(builder);
        LockToAuthority<ResearchOutput>(builder);
        LockToAuthority<ExtractLink>(builder);
        LockToAuthority<GroupAnswer>(builder);
        LockToAuthority<WordingDraft>(builder);
        LockToAuthority<PurposeSetting>(builder);
        LockToAuthority<RetentionSetting>(builder);
        builder.Entity<Wording>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == null || e.AuthorityId == AuthorityId);
        LockToAuthority<IndicatorRelease>(builder);
        LockToAuthority<Population>(builder);
        LockToAuthority<EthnicPopulation>(builder);
        LockToAuthority<Reflection>(builder);
        LockToAuthority<ReflectionStep>(builder);
        LockToAuthority<DomainUse>(builder);
        builder.Entity<MonthlyPack>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == AuthorityId || IsRunner);
        LockToAuthority<PackView>(builder);
        LockToAuthority<InformationUseProject>(builder);
        LockToAuthority<InformationUseVersion>(builder);
        LockToAuthority<InformationUseStep>(builder);
        LockToAuthority<PackEdition>(builder);
        builder.Entity<Indicator>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == null || e.AuthorityId == AuthorityId);
        builder.Entity<IndicatorVersion>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == null || e.AuthorityId == AuthorityId);
        builder.Entity<Tool>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == null || e.AuthorityId == AuthorityId);
        builder.Entity<ToolVersion>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == null || e.AuthorityId == AuthorityId);
        LockToAuthority<ToolPicture>(builder);
        builder.Entity<Job>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == AuthorityId || IsRunner);
        builder.Entity<AuditEntry>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == AuthorityId);

        // Who reaches what. The same table stands in RowSecurity.sql.
        Lock<Child>(builder, _ => ReachesRegister, c => c.Id, assignedRead: true);
        builder.Entity<Allocation>().HasQueryFilter(AuthorityLock, a => a.AuthorityId == AuthorityId);
        builder.Entity<Allocation>().HasQueryFilter(ReachLock, a => ReachesRegister || a.PractitionerId == CaseloadOf
            || (CaseloadOfTeam != null && Users.Any(u => u.Id == a.PractitionerId && u.TeamId == CaseloadOfTeam))
            || (AssignedTo != null && ChildrenReached(AuthorityId, null, null, Now, AssignedTo).Any(r => r.ChildId == a.ChildId)));
        Lock<Assignment>(builder, a => ReachesRegister || a.PersonId == AssignedTo, a => a.ChildId);
        builder.Entity<BreakGlass>().HasQueryFilter(AuthorityLock, b => b.AuthorityId == AuthorityId);
        builder.Entity<BreakGlass>().HasQueryFilter(ReachLock, b => ReachesWhole || b.PersonId == ActorId);
        builder.Entity<Notice>().HasQueryFilter(AuthorityLock, n => n.AuthorityId == AuthorityId);
        builder.Entity<Notice>().HasQueryFilter(ReachLock, n => ReachesWhole || n.PersonId == ActorId);
        LockWhole<Relationship>(builder, assignedRead: true);
        LockWhole<PlannedVisit>(builder);
        LockWhole<DeviceReceipt>(builder);
        LockWhole<TakenBack>(builder);
        LockWhole<SensitivityMark>(builder);
        LockWhole<PhotoAnswer>(builder);
        LockWhole<RecordingAnswer>(builder);
        LockNeed<VoiceSession>(builder, assignedRead: true);
        LockWhole<PresentPerson>(builder, assignedRead: true);
        LockNeed<VoiceRecord>(builder, assignedRead: true);
        LockNeed<VoiceCoding>(builder, assignedRead: true);
        LockNeed<Ask>(builder, assignedRead: true);
        LockNeed<AskVoice>(builder, assignedRead: true);
        LockNeed<AskStep>(builder, assignedRead: true);
        LockNeed<ConsentEvent>(builder, assignedRead: true);
        // Whoever may count answers must see what makes a yes count no longer, or they would count too many.
        LockNeed<CompetenceAssessment>(builder, assignedRead: true);
        LockNeed<ParentalResponsibility>(builder, assignedRead: true);
        LockNeed<DelegatedAuthority>(builder, assignedRead: true);
        LockNeed<LegalStatus>(builder, assignedRead: true);
        LockNeed<ConsentOrder>(builder, assignedRead: true);
        LockNeed<WithdrawalOutcome>(builder, assignedRead: true);
        LockNeed<ConsentUse>(builder, assignedRead: true);
        LockNeed<NeedEpisode>(builder);
        LockNeed<NeedAssessment>(builder);
        LockNeed<CinPlan>(builder);
        LockNeed<Section47>(builder);
        LockNeed<ProtectionPlan>(builder);
        LockNeed<PreProceedings>(builder);
        LockNeed<CareDetails>(builder);
        LockNeed<CareEpisode>(builder);
        LockNeed<CareReview>(builder);
        LockNeed<CareOutcome>(builder);
        LockNeed<CareLeaver>(builder);
        LockNeed<CareAdoption>(builder);
        LockNeed<AdoptionPlan>(builder);
        LockNeed<PreviousPermanence>(builder);
        LockNeed<MissingEpisode>(builder);
        LockNeed<CareWorker>(builder);
        LockNeed<ReturnAbsence>(builder);
        Lock<SafeguardingRow>(builder, _ => ReachesNeed, r => r.ChildId);
        LockNeed<ExtractChild>(builder);
        // Lent to a group it is about no child, and whoever lent it takes it back.
        Lock<ChildMode>(builder, m => ReachesWhole || (m.ChildId == null && m.PractitionerId == ActorId), m => m.ChildId);
        LockWhole<VoiceWords>(builder, assignedRead: true);
        LockWhole<Interpretation>(builder, assignedRead: true);
        LockWhole<InterpretationVoice>(builder, assignedRead: true);
        LockWhole<InterpretationShowing>(builder, assignedRead: true);
        LockWhole<ThirdPartyVoice>(builder, assignedRead: true);
        LockWhole<ThirdPartyAnswer>(builder, assignedRead: true);
        LockWhole<BreachReport>(builder);
        LockWhole<DoNotTell>(builder, assignedRead: true);
        LockWhole<Transcript>(builder);
        LockWhole<TranscriptAcceptance>(builder);
        LockWhole<ConsentReceipt>(builder);
        LockWhole<NamedRecipient>(builder, assignedRead: true);
        LockWhole<MediaErasure>(builder, assignedRead: true);
        LockWhole<DisclosureDecision>(builder);
        LockWhole<ChildKey>(builder, assignedRead: true);
        LockWhole<AccessRequest>(builder);
        LockWhole<AccessChoice>(builder);
        LockWhole<ExtractItem>(builder);
        LockNeed<Disposal>(builder, assignedRead: true);
        LockWhole<ErasureRequest>(builder);
        LockWhole<RectificationRequest>(builder);
        Lock<LegalHold>(builder, h => h.ChildId == null || ReachesNeed, h => h.ChildId);
        LockToAuthority<DutyNote>(builder);
        LockToAuthority<DataBreach>(builder);
        builder.Entity<DataBreach>().HasQueryFilter(ReachLock, b => ReachesNeed);
        builder.Entity<DutyNote>().HasQueryFilter(ReachLock, n => ReachesWhole);
        LockNeed<Restriction>(builder, assignedRead: true);
        LockNeed<RestrictionOpening>(builder, assignedRead: true);
        builder.Entity<VoiceRecord>().HasQueryFilter(DestroyedLock, r => r.DestroyedAt == null);
        // What is frozen with a record is what corrects and explains it too.
        Freeze<VoiceRecord>(builder, r => r.ChildId, (r, frozen) => frozen == r.Id || frozen == r.CorrectsId || frozen == r.ExplainsId);
        Freeze<VoiceWords>(builder, w => w.ChildId, (w, frozen) => frozen == w.VoiceRecordId);
        Freeze<Interpretation>(builder, i => i.ChildId, (i, frozen) => frozen == i.VoiceRecordId || i.Further.Any(v => v.VoiceRecordId == frozen));
        Freeze<Transcript>(builder, t => t.ChildId, (t, frozen) => frozen == t.VoiceRecordId);
        Freeze<Ask>(builder, a => a.ChildId, (a, frozen) => AskVoices.Any(v => v.AskId == a.Id && v.VoiceRecordId == frozen));
        Lock<StoredFile>(builder, f => f.ChildId == null || ReachesWhole, f => f.ChildId, assignedRead: true);
        Lock<StoredFilePiece>(builder, f => f.ChildId == null || ReachesWhole, f => f.ChildId, assignedRead: true);
        Lock<ParticipationActivity>(builder, a => a.ChildId == null || ReachesWhole, a => a.ChildId);
        Lock<ParticipationStep>(builder, s => s.ChildId == null || ReachesWhole, s => s.ChildId);
    }

    private void LockNeed<T>(ModelBuilder builder, bool assignedRead = false) where T : class, IAboutChild => Lock<T>(builder, _ => ReachesNeed, e => e.ChildId, assignedRead);

    private void LockWhole<T>(ModelBuilder builder, bool assignedRead = false) where T : class, IAboutChild => Lock<T>(builder, _ => ReachesWhole, e => e.ChildId, assignedRead);

    /// <summary>Opens a row to whom <paramref name="wide"/> lets in, and to whoever works with the child it is about.</summary>
    /// <param name="assignedRead">Whether whoever is assigned to the child reads it too (Assignments.sql).</param>
    private void Lock<T>(ModelBuilder builder, Expression<Func<T, bool>> wide, Expression<Func<T, Guid?>> child, bool assignedRead = false) where T : class, IBelongToAuthority
    {
        LockToAuthority<T>(builder);
        Expression<Func<Guid?, bool>> mine = assignedRead
            ? id => ChildrenReached(AuthorityId, CaseloadOf, CaseloadOfTeam, Now, AssignedTo).Any(r => r.ChildId == id)
            : id => ChildrenReached(AuthorityId, CaseloadOf, CaseloadOfTeam, Now, null).Any(r => r.ChildId == id);
        var row = wide.Parameters[0];
        var ofRow = ReplacingExpressionVisitor.Replace(mine.Parameters[0], ReplacingExpressionVisitor.Replace(child.Parameters[0], row, child.Body), mine.Body);
        builder.Entity<T>().HasQueryFilter(ReachLock, Expression.Lambda<Func<T, bool>>(Expression.OrElse(wide.Body, ofRow), row));
    }

    /// <summary>Keeps a row from everybody while what it belongs to is restricted and was not opened to them.</summary>
    /// <param name="with">Whether it belongs to the one record that is.</param>
    private void Freeze<T>(ModelBuilder builder, Expression<Func<T, Guid>> child, Expression<Func<T, Guid?, bool>> with) where T : class
    {
        var row = with.Parameters[0];
        var frozen = Expression.Parameter(typeof(FrozenVoice), "x");
        Expression<Func<FrozenVoice, Guid, bool>> ofChild = (x, id) => x.ChildId == id;
        var record = Expression.Property(frozen, nameof(FrozenVoice.VoiceRecordId));
        var stands = Expression.AndAlso(
            ReplacingExpressionVisitor.Replace(ofChild.Parameters[1], ReplacingExpressionVisitor.Replace(child.Parameters[0], row, child.Body), ReplacingExpressionVisitor.Replace(ofChild.Parameters[0], frozen, ofChild.Body)),
            Expression.OrElse(Expression.Equal(record, Expression.Constant(null, typeof(Guid?))), ReplacingExpressionVisitor.Replace(with.Parameters[1], record, with.Body)));
        Expression<Func<Expression<Func<FrozenVoice, bool>>, bool>> none = any => !VoiceFrozen(AuthorityId, ActorId, Now).Any(any);
        var body = ReplacingExpressionVisitor.Replace(none.Parameters[0], Expression.Quote(Expression.Lambda<Func<FrozenVoice, bool>>(stands, frozen)), none.Body);
        builder.Entity<T>().HasQueryFilter(RestrictionLock, Expression.Lambda<Func<T, bool>>(body, row));
    }

    private void LockToAuthority<T>(ModelBuilder builder) where T : class, IBelongToAuthority =>
        builder.Entity<T>().HasQueryFilter(AuthorityLock, e => e.AuthorityId == AuthorityId);

    private sealed class Restore(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}

/// <summary>A child whom who is asking works with, or their team does or they are assigned (children_reached in Assignments.sql).</summary>
internal sealed class ReachedChild
{
    public Guid ChildId { get; init; }
}

/// <summary>A restriction that stands and was not opened to who is asking: of all that is held of a child, or of one record (voice_frozen in ReadingFilters.sql).</summary>
internal sealed class FrozenVoice
{
    public Guid ChildId { get; init; }
    public Guid? VoiceRecordId { get; init; }
}
