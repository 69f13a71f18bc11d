using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;

namespace ChildrensInfo.Tests.Core.Need;

/// <summary>Children in need made by hand, as of the newest day that figures are worked out for.</summary>
public sealed class NeedWorld(TestSite site, World world, Guid returnId)
{
    public World World => world;

    public Guid ReturnId => returnId;

    public static DateOnly Day { get; } = IndicatorCalculation.Days(ConsentRules.LocalDay(DateTime.UtcNow))[0];

    public static async Task<NeedWorld> CreateAsync(TestSite site)
    {
        return await InAsync(site, await World.CreateAsync(site));
    }

    public static async Task<NeedWorld> InAsync(TestSite site, World world)
    {
        using var scope = site.As(world.Whole);
        var file = await scope.Get<FileStore>().BeginAsync(Guid.CreateVersion7(), FileKind.Return, null, "application/xml", 0, world.Whole, default);
        var loaded = new Return { AuthorityId = world.Authority.Id, FileId = file.Id, UploadedById = world.DataLead.Id, UploadedAt = DateTime.UtcNow, State = ReturnState.Loaded };
        scope.Db.Add(loaded);
        await scope.Db.SaveChangesAsync();
        return new NeedWorld(site, world, loaded.Id);
    }

    /// <summary>So many children alike, each with one open episode; the first of them heard.</summary>
    public async Task<List<Child>> AddAsync(
        int children, string need = "N1", int age = 7, string sex = "F", string ethnicity = "WBRI", string[]? disability = null, int heard = 0,
        Action<NeedEpisode>? change = null, string words = "I like my room", bool mayQuote = false, DateOnly? closed = null, DateOnly? referred = null, bool nfa = false, string? reason = null, Func<int, string>? said = null, Func<int, DateOnly>? heardOn = null)
    {
        using var scope = site.As(world.Whole);
        var keys = scope.Get<KeyRing>();
        var made = new List<Child>();
        for (var i = 0; i < children; i++)
        {
            var child = new Child
            {
                AuthorityId = world.Authority.Id,
                LaChildId = Guid.NewGuid().ToString("N")[..16],
                GivenName = "Sorrel",
                FamilyName = "Thistlebrook",
                BornOn = Day.AddYears(-age).AddDays(-40),
                Sex = sex,
                EthnicityCode = ethnicity,
                DisabilityCodes = [.. disability ?? ["NONE"]],
                CreatedAt = DateTime.UtcNow,
            };
            made.Add(child);
            scope.Db.AddRange(child, await keys.NewForChildAsync(child.Id, world.Authority.Id, default));
            var episode = new NeedEpisode
            {
                AuthorityId = world.Authority.Id,
                ChildId = child.Id,
                ReferredOn = referred ?? Day.AddDays(-100),
                PrimaryNeedCode = need,
                ReturnId = returnId,
                ClosedOn = closed,
                ReferralNfa = nfa,
                ReasonForClosure = reason,
            };
            change?.Invoke(episode);
            scope.Db.Add(episode);
            if (i < heard)
            {
                var session = new VoiceSession { AuthorityId = world.Authority.Id, ChildId = child.Id, PractitionerId = world.Practitioner.Id, OccurredOn = heardOn?.Invoke(i) ?? Day.AddDays(-10), RecordedAt = DateTime.UtcNow };
                var record = new VoiceRecord
                {
                    AuthorityId = world.Authority.Id,
                    ChildId = child.Id,
                    SessionId = session.Id,
                    Speaker = Speaker.Child,
                    Kind = VoiceKind.TypedText,
                    Subjects = [SubjectMatter.MyLife],
                    Provenance = WordsProvenance.VerbatimAtTheTime,
                    HeardOn = session.OccurredOn,
                    SealedAt = DateTime.UtcNow,
                    SealedById = world.Practitioner.Id,
                    ContentSeal = [1],
                };
                scope.Db.AddRange(session, record, new VoiceWords
                {
                    VoiceRecordId = record.Id,
                    AuthorityId = world.Authority.Id,
                    ChildId = child.Id,
                    Sealed = await keys.SealAsync(child.Id, said?.Invoke(i) ?? $"{words} {i}", record.Id, SealPart.Words, default),
                });
                if (mayQuote)
                {
                    scope.Db.Add(new ConsentEvent
                    {
                        AuthorityId = world.Authority.Id,
                        ChildId = child.Id,
                        Purpose = Purpose.QuoteService,
                        Scope = ConsentScope.Purpose,
                        Type = ConsentEventType.Given,
                        DecidedBy = DecidedBy.CourtOrAttorney,
                        ChildPosition = ChildPosition.Assents,
                        Method = ConsentMethod.Spoken,
                        ExpiresOn = Day.AddYears(1),
                        OccurredAt = DateTime.UtcNow.AddMinutes(-1),
                        RecordedAt = DateTime.UtcNow,
                        RecordedById = world.Practitioner.Id,
                    });
                }
            }
        }

        scope.Db.Add(AuditEntry.For(AuditActions.ReturnLoaded, world.Whole, null, returnId, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
        return made;
    }

    public async Task AddEpisodeAsync(Child child, string need, DateOnly referred, DateOnly? closed = null)
    {
        using var scope = site.As(world.Whole);
        scope.Db.Add(new NeedEpisode { AuthorityId = world.Authority.Id, ChildId = child.Id, ReferredOn = referred, PrimaryNeedCode = need, ClosedOn = closed, ReturnId = returnId });
        scope.Db.Add(AuditEntry.For(AuditActions.ReturnLoaded, world.Whole, null, returnId, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
    }

    /// <summary>Works all figures out as the job does.</summary>
    public async Task CalculateAsync()
    {
        using var scope = site.As(world.Whole);
        await scope.Get<IndicatorCalculation>().RunAsync(world.Whole, null, default);
    }

    public async Task<ReleasedFigures> ViewAsync(string indicator = "N01")
    {
        using var scope = site.As(World.ActorOf(world.DataLead));
        return await scope.Get<NeedFigures>().ViewAsync(indicator, Day, default) ?? throw new InvalidOperationException("Nothing was released.");
    }

    public async Task SaveAsync(params object[] rows)
    {
        using var scope = site.As(world.Whole);
        scope.Db.AddRange(rows);
        scope.Db.Add(AuditEntry.For(AuditActions.ReturnLoaded, world.Whole, null, returnId, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
    }

    public NeedEpisode Episode(Child child, DateOnly referred, DateOnly? closed = null, bool nfa = false, int ordinal = 0) =>
        new() { AuthorityId = world.Authority.Id, ChildId = child.Id, ReferredOn = referred, PrimaryNeedCode = "N1", ClosedOn = closed, ReferralNfa = nfa, Ordinal = ordinal, ReturnId = returnId };

    public CareEpisode Care(Child child, DateOnly from, DateOnly? to, string reason, string status, string placement, int ordinal = 0) => new()
    {
        AuthorityId = world.Authority.Id,
        ChildId = child.Id,
        ReturnId = returnId,
        StartedOn = from,
        EndedOn = to,
        Ordinal = ordinal,
        ReasonStarted = reason,
        LegalStatus = status,
        Placement = placement,
    };
}
