using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>Everything of Core that a host needs, whichever host it is. The host brings ICurrentActor and IKeyProvider.</summary>
public static class CoreServices
{
    /// <summary>
    /// Row-level security makes questions that take longer to plan than to answer, so their plans are kept. Nothing is ever set on a connection
    /// (<see cref="RowSecurity"/>), so nothing needs resetting, which would throw the plans away. What a host writes itself wins.
    /// </summary>
    private const string ConnectionDefaults = "Max Auto Prepare=100;No Reset On Close=true;";

    public static IServiceCollection AddPortalCore(this IServiceCollection services, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new BreachedPasswords(null));
        services.TryAddSingleton(IdentityProviders.None);
        services.AddScoped<ProviderRule>();
        services.AddScoped<IdentityService>();
        // Whoever was the primary a moment ago is asked again soon, so that a standby that was promoted is found.
        services.AddSingleton(_ => new DatabaseServers(ConnectionDefaults + "Host Recheck Seconds=2;" + connectionString));
        services.AddSingleton(provider => provider.GetRequiredService<DatabaseServers>().Primary);
        services.AddScoped<StandbyReads>();
        services.AddDbContext<AppDbContext>((provider, options) => options.UsePortal(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<AuthorityKeyCache>();
        services.AddIdentityCore<AppUser>(options =>
            {
                options.Password.RequiredLength = PasswordRules.MinLength;
                options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = 5;
                options.Lockout.MaxFailedAccessAttempts = 6;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
                options.User.RequireUniqueEmail = true;
                // Any: an address such as o'brien@… is a sign-in name too.
                options.User.AllowedUserNameCharacters = "";
                options.Tokens.PasswordResetTokenProvider = PeopleService.LinkProvider;
            })
            .AddEntityFrameworkStores<AppDbContext>()
            .AddPasswordValidator<PasswordRules>();
        services.AddSingleton<Hashing>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = 210_000);
        services.AddScoped<AccessRequestService>();
        services.AddScoped<AccessPackBuilder>();
        services.AddScoped<HeldRecords>();
        services.AddScoped<AskingService>();
        services.AddScoped<AssignmentService>();
        services.AddScoped<AuditChain>();
        services.AddScoped<ReadingWatch>();
        services.AddScoped<RestoreCheck>();
        services.AddScoped<BookletService>();
        services.AddScoped<BreachService>();
        services.AddScoped<ChildModeService>();
        services.AddScoped<ChildService>();
        services.AddScoped<ConsentCorrections>();
        services.AddScoped<ConsentCounts>();
        services.AddScoped<ConsentExport>();
        services.AddScoped<WithdrawalService>();
        services.AddScoped<ConsentService>();
        services.AddScoped<NamedRecipientService>();
        services.AddScoped<CoverService>();
        services.AddScoped<CoverageService>();
        services.AddScoped<DemoData>();
        services.AddScoped<DisclosureService>();
        services.AddScoped<DisposalService>();
        services.AddScoped<DutyNotes>();
        services.AddScoped<DutyService>();
        services.AddScoped<DemoLives>();
        services.AddScoped<DemoReturns>();
        services.AddScoped<DoNotTellService>();
        services.AddScoped<ExtractBuilder>();
        services.AddScoped<ExtractPopulation>();
        services.AddScoped<ExtractWords>();
        services.AddScoped<WordsReviewService>();
        services.AddScoped<ExtractService>();
        services.AddScoped<ExtractLinks>();
        services.AddScoped<EarlierResults>();
        services.AddScoped<ReleasedCounts>();
        services.AddSingleton<ReleasedCountsCache>();
        services.AddScoped<OutputService>();
        services.AddScoped<ProjectService>();
        services.AddScoped<ResearchRegister>();
        services.AddScoped<FileStore>();
        services.AddScoped<GovernanceRegister>();
        services.AddScoped<GroupAnswerService>();
        services.AddScoped<LegalHoldService>();
        services.AddScoped<KeptTrueService>();
        services.AddScoped<OtherVoices>();
        services.AddScoped<KeyRing>();
        services.AddScoped<KeyRotation>();
        services.AddScoped<IndicatorCalculation>();
        services.AddScoped<IndicatorService>();
        services.AddScoped<NeedFigures>();
        services.AddScoped<EthnicPopulationService>();
        services.AddScoped<ParticipationService>();
        services.AddScoped<ReflectionService>();
        services.AddScoped<InformationMap>();
        services.AddScoped<InformationUseService>();
        services.AddScoped<PackCalendar>();
        services.AddScoped<PackService>();
        services.AddScoped<PeopleService>();
        services.AddScoped<PlannedVisitService>();
        services.AddScoped<OfflineService>();
        services.AddScoped<DeviceKeys>();
        services.AddScoped<DeviceService>();
        services.AddScoped<RescueService>();
        services.AddScoped<ProcessingRecords>();
        services.AddScoped<PurposeService>();
        services.AddScoped<QuoteService>();
        services.AddScoped<ResponseService>();
        services.TryAddSingleton(new ResearchLimits());
        services.AddScoped<ResponsibilityService>();
        services.AddScoped<RestrictionService>();
        services.AddScoped<RectificationService>();
        services.AddScoped<RetentionService>();
        services.AddScoped<ReturnImporter>();
        services.AddScoped<ReturnService>();
        services.AddScoped<ReturnUndo>();
        services.AddScoped<AbsenceService>();
        services.AddScoped<CodeMappingService>();
        services.TryAddSingleton(new TranscriberCatalogue());
        services.AddSingleton<ITranscriber, OpenAiTranscriber>();
        services.AddScoped<TranscriptService>();
        services.AddScoped<SecondFactorService>();
        services.AddScoped<SignInService>();
        services.AddScoped<ToolService>();
        services.AddScoped<VoiceCodingService>();
        services.AddScoped<VoiceCopyService>();
        services.AddScoped<UnsealedMedia>();
        services.AddScoped<VoiceMediaService>();
        services.AddScoped<RecordingService>();
        services.AddScoped<VoiceSearchService>();
        services.AddScoped<VoiceService>();
        services.AddScoped<WordingService>();
        services.AddScoped<WrongChildService>();
        return services;
    }

    /// <summary>
    /// A connection, not the source it comes from: Entity Framework makes its model and compiles every question anew for each source it is given, and there is one for each
    /// way of asking the database's servers.
    /// </summary>
    public static DbContextOptionsBuilder UsePortal(this DbContextOptionsBuilder options, NpgsqlDataSource database) => options
        .UseNpgsql(database.CreateConnection(), contextOwnsConnection: true)
        .UsePortalConventions();

    public static DbContextOptionsBuilder UsePortalConventions(this DbContextOptionsBuilder options) => options
        .UseSnakeCaseNamingConvention()
        .AddInterceptors(RowSecurity.Instance, AuditGuard.Instance);

    public static DbContextOptionsBuilder<AppDbContext> UsePortalConventions(this DbContextOptionsBuilder<AppDbContext> options)
    {
        ((DbContextOptionsBuilder)options).UsePortalConventions();
        return options;
    }
}
