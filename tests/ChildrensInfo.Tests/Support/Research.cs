using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Tests.Core.Need;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Tests.Support;

/// <summary>Projects, extracts and many invented children, for tests of research.</summary>
public static class ResearchWorld
{
    public static readonly string[] Described = [VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.EthnicityGroup, VariableCatalogue.Disability, VariableCatalogue.PrimaryNeed];

    /// <summary>A second researcher of the same authority.</summary>
    public static async Task<AppUser> AddResearcherAsync(this World world, TestSite site)
    {
        var email = $"second.{Guid.NewGuid():N}@researcher.example";
        var person = new AppUser
        {
            Id = Guid.CreateVersion7(),
            AuthorityId = world.Authority.Id,
            Role = Role.Researcher,
            DisplayName = "Sena Quill",
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString("N"),
            EmailConfirmed = true,
            LockoutEnabled = true,
        };
        using var scope = site.As(world.Whole);
        scope.Db.Add(person);
        await scope.Db.SaveChangesAsync();
        return person;
    }

    public static async Task<ResearchProject> AddProjectAsync(
        this World world, TestSite site, ProjectState state = ProjectState.Draft, AppUser? owner = null, DateOnly? expiresOn = null, AnalysisPlace place = AnalysisPlace.SafeSetting, string? wordsWhy = null, IReadOnlyList<ResearchPopulation>? populations = null, params string[] variables)
    {
        var isDecided = state is ProjectState.Approved or ProjectState.Refused or ProjectState.Suspended or ProjectState.Closed;
        var day = expiresOn ?? World.Today.AddYears(1);
        var project = new ResearchProject
        {
            AuthorityId = world.Authority.Id,
            OwnerId = (owner ?? world.Researcher).Id,
            Title = "Who is heard soonest?",
            Question = "Are younger children heard as soon as older ones?",
            WordsWhy = wordsWhy,
            Populations = [.. (populations ?? [ResearchPopulation.Usual]).Select(p => p.Key)],
            PlainWords = "We look at who is heard first, and who has to wait.",
            PublicBenefit = "Teams learn whom they miss.",
            EthicsReference = "None needed: the council’s own service",
            People = "Reza Holt, University of Testshire",
            Place = place,
            PlaceName = "The safe room",
            ShapedBy = "The young people’s group asked for it.",
            HowTheyHear = "At the group’s next meeting.",
            Retention = "Nothing is kept.",
            ExpiresOn = day,
            DestroyOn = day.AddMonths(1),
            State = state,
            Round = state == ProjectState.Draft ? 0 : 1,
            CreatedAt = DateTime.UtcNow,
            SubmittedAt = state == ProjectState.Draft ? null : DateTime.UtcNow,
            DecidedAt = isDecided ? DateTime.UtcNow : null,
            SteppedAt = DateTime.UtcNow,
            Variables = [.. (variables.Length > 0 ? variables : [.. Described, VariableCatalogue.HeardLately]).Select(k => new WantedVariable { Key = k, Why = "To compare groups." })],
        };
        using var scope = site.As(world.Whole);
        scope.Db.Add(project);
        if (isDecided)
        {
            foreach (var reviewer in new[] { world.DataLead, world.InformationGovernance }) scope.Db.Add(YesOf(project, reviewer, state == ProjectState.Refused ? ProjectStepKind.Refused : ProjectStepKind.Approved));
        }

        if (state == ProjectState.Suspended) scope.Db.Add(YesOf(project, world.DataLead, ProjectStepKind.Suspended));
        await scope.Db.SaveChangesAsync();
        return project;
    }

    /// <summary>Ticks all five questions of a review.</summary>
    public static void TickAllSafes(this IHtmlDocument review)
    {
        foreach (var box in review.QuerySelectorAll("input[name='Input.Safes']").OfType<IHtmlInputElement>()) box.IsChecked = true;
    }

    /// <summary>A reviewer's step on a project, with all five questions answered.</summary>
    public static ProjectStep YesOf(ResearchProject project, AppUser reviewer, ProjectStepKind kind = ProjectStepKind.Approved) => new()
    {
        AuthorityId = project.AuthorityId,
        ProjectId = project.Id,
        OwnerId = project.OwnerId,
        Round = project.Round,
        Kind = kind,
        ById = reviewer.Id,
        ByRole = reviewer.Role,
        At = DateTime.UtcNow,
        Reason = "It is no more than the question needs.",
        Safes = [.. Enum.GetValues<Safe>()],
    };

    public static Task<Extract> AddExtractAsync(this World world, TestSite site, ResearchProject project, ExtractState state = ExtractState.Requested, params string[] variables) =>
        world.AskAsync(site, project, variables.Length > 0 ? variables : [.. project.Variables.Select(v => v.Key)], state);

    /// <summary>An extract as it was asked for, and approved unless <paramref name="state"/> says otherwise.</summary>
    public static async Task<Extract> AskAsync(
        this World world, TestSite site, ResearchProject project, string[] variables, ExtractState state = ExtractState.Approved, ExtractForm form = ExtractForm.Rows, ResearchPopulation? population = null,
        (string Key, string Code)? only = null, string? measure = null)
    {
        var extract = new Extract
        {
            AuthorityId = world.Authority.Id,
            ProjectId = project.Id,
            RequestedById = project.OwnerId,
            RequestedAt = DateTime.UtcNow,
            Purpose = "A first look.",
            Form = form,
            State = state,
            Population = (population ?? ResearchPopulation.Usual).Key,
            Variables = [.. variables],
            OnlyKey = only?.Key,
            OnlyCode = only?.Code,
            Measure = measure,
            DecidedById = state == ExtractState.Requested ? null : world.DataLead.Id,
            DecidedAt = state == ExtractState.Requested ? null : DateTime.UtcNow,
        };
        using var scope = site.As(world.Whole);
        scope.Db.Add(extract);
        await scope.Db.SaveChangesAsync();
        return extract;
    }

    /// <summary>A table of girls by age with a mean, which could not be released beside others and for which one without the mean is offered.</summary>
    public static async Task<Extract> AddRefusedTableAsync(this World world, TestSite site, ResearchProject project)
    {
        var refused = new Extract
        {
            AuthorityId = world.Authority.Id,
            ProjectId = project.Id,
            RequestedById = project.OwnerId,
            RequestedAt = DateTime.UtcNow,
            Purpose = "A second look.",
            Form = ExtractForm.Table,
            State = ExtractState.Failed,
            Variables = [VariableCatalogue.AgeBand],
            OnlyKey = VariableCatalogue.Sex,
            OnlyCode = "F",
            Measure = VariableCatalogue.Referrals,
            FailedBecause = "Means of the same thing were released of the same children by other variables. With these beside them, a hidden one could be worked out. Ask for counts only.",
            Offer = new TableOffer { Variables = [VariableCatalogue.AgeBand], KeepsGroup = true },
            DecidedById = world.DataLead.Id,
            DecidedAt = DateTime.UtcNow,
        };
        using var scope = site.As(world.Whole);
        scope.Db.Add(refused);
        await scope.Db.SaveChangesAsync();
        return refused;
    }

    /// <summary>An extract that was built by the real builder from sixty children.</summary>
    public static async Task<Extract> AddReadyExtractAsync(this World world, TestSite site, ResearchProject project)
    {
        await world.AddChildrenInNeedAsync(site, 60);
        var extract = await world.AddExtractAsync(site, project, ExtractState.Approved, VariableCatalogue.Sex);
        await world.ReleaseAsync(site, extract.Id, TimeProvider.System);
        return extract;
    }

    /// <summary>Builds and releases an extract as the job does.</summary>
    public static async Task ReleaseAsync(this World world, TestSite site, Guid extractId, TimeProvider clock)
    {
        using var scope = site.As(world.Whole);
        var builder = new ExtractBuilder(scope.Db, scope.Get<ExtractPopulation>(), scope.Get<ExtractWords>(), scope.Get<FileStore>(), new ResearchLimits(50), clock);
        if (!await builder.ReleaseAsync(extractId, (await builder.PrepareAsync(extractId, CancellationToken.None))!, world.Whole, CancellationToken.None)) throw new InvalidOperationException("It was not released.");
    }

    /// <summary>
    /// Children in need of believable variety, each with a mother's yes to research unless <paramref name="permission"/> says otherwise. The
    /// same for the same numbers.
    /// </summary>
    public static async Task<List<Child>> AddChildrenInNeedAsync(this World world, TestSite site, int count, Func<int, ConsentEventType?>? permission = null, Action<int, Child>? change = null)
    {
        // As of the day on which a file says everything.
        var today = ExtractPopulation.DayOf(ConsentRules.LocalDay(DateTime.UtcNow));
        var random = new Random(count);
        string[] ethnicities = ["WBRI", "WBRI", "WBRI", "WBRI", "WBRI", "MWBC", "APKN", "BAFR", "OOTH", "NOBT"];
        string[] needs = ["N1", "N1", "N1", "N1", "N2", "N4", "N5", "N8"];
        using var scope = site.As(world.Whole);
        var file = new StoredFile { AuthorityId = world.Authority.Id, Kind = FileKind.Return, OwnerId = world.DataLead.Id, ContentType = "application/xml", WrappedKey = [1], CreatedAt = DateTime.UtcNow };
        var loaded = new Return { AuthorityId = world.Authority.Id, FileId = file.Id };
        scope.Db.AddRange(file, loaded);
        var children = new List<Child>();
        for (var i = 0; i < count; i++)
        {
            var child = new Child
            {
                AuthorityId = world.Authority.Id,
                LaChildId = $"{world.Authority.Code}{i:00000}Z{random.Next(100_000, 999_999)}",
                GivenName = $"Sorrel{i}",
                FamilyName = $"Thistlebrook{i}",
                BornOn = today.AddDays(-random.Next(400, 17 * 365)),
                Sex = random.Next(2) == 0 ? "F" : "M",
                EthnicityCode = ethnicities[random.Next(ethnicities.Length)],
                DisabilityCodes = random.Next(8) == 0 ? ["AUT"] : ["NONE"],
                Upn = $"A{random.NextInt64(100_000_000_000, 999_999_999_999)}",
                CreatedAt = DateTime.UtcNow,
            };
            change?.Invoke(i, child);
            if (child.BornOn > today.AddYears(-1) || child.AgeOn(today) >= 16) child.BornOn = today.AddYears(-9).AddDays(-i);
            children.Add(child);
            scope.Db.Add(child);
            scope.Db.Add(new NeedEpisode { AuthorityId = world.Authority.Id, ChildId = child.Id, ReferredOn = today.AddDays(-random.Next(20, 900)), PrimaryNeedCode = needs[random.Next(needs.Length)], ReturnId = loaded.Id });
            if (random.Next(3) == 0)
            {
                scope.Db.Add(new NeedEpisode { AuthorityId = world.Authority.Id, ChildId = child.Id, ReferredOn = today.AddDays(-random.Next(1_000, 1_500)), ClosedOn = today.AddDays(-950), PrimaryNeedCode = "N1", ReturnId = loaded.Id });
            }

            if ((permission is null ? ConsentEventType.Given : permission(i)) is not { } type) continue;
            scope.Db.Add(Decision(world, child.Id, type));
        }

        scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
        return children;
    }

    /// <summary>Twelve children in need who said something and yes to being studied and read, and an extract of their words that waits to be read.</summary>
    /// <param name="change">Told of the children before the words are gathered.</param>
    /// <param name="since">How many more have said something after the period that the extract is of.</param>
    public static async Task<(Extract Extract, List<Child> Children)> AddWordsExtractAsync(this World world, TestSite site, NeedWorld need, string words, Func<List<Child>, Task>? change = null, Func<int, string>? said = null, int since = 0)
    {
        var quarter = ExtractPopulation.DayOf(World.Today);
        var children = await need.AddAsync(12 + since, heard: 12 + since, words: words, said: said, heardOn: i => i < 12 ? quarter.AddDays(-10) : quarter.AddDays(1));
        using (var scope = site.As(world.Whole))
        {
            foreach (var child in children) scope.Db.AddRange(Decision(world, child.Id, ConsentEventType.Given), Decision(world, child.Id, ConsentEventType.Given, purpose: Purpose.ResearchWords));
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync();
        }

        if (change is not null) await change(children);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, wordsWhy: "To learn what they speak of.");
        var extract = await world.AskAsync(site, project, [], form: ExtractForm.Words);
        using (var scope = site.As(world.Whole))
        {
            await scope.Get<ExtractWords>().GatherAsync(extract.Id, world.Whole, CancellationToken.None);
        }

        return (extract, children);
    }

    public static ConsentEvent Decision(World world, Guid childId, ConsentEventType type, Guid? projectId = null, DateTime? at = null, Purpose purpose = Purpose.ResearchExtract) => new()
    {
        AuthorityId = world.Authority.Id,
        ChildId = childId,
        Purpose = purpose,
        Scope = projectId is null ? ConsentScope.Purpose : ConsentScope.Project,
        ScopeId = projectId,
        Type = type,
        // A court's: nothing else has to be arranged for it to count.
        DecidedBy = DecidedBy.CourtOrAttorney,
        ChildPosition = ChildPosition.Assents,
        Method = ConsentMethod.Spoken,
        ExpiresOn = type == ConsentEventType.Given ? World.Today.AddMonths(6) : null,
        OccurredAt = at ?? DateTime.UtcNow.AddDays(-2),
        RecordedAt = DateTime.UtcNow,
        RecordedById = world.Practitioner.Id,
    };

    public static async Task DecideAsync(this World world, TestSite site, Guid childId, ConsentEventType type, Guid? projectId = null, Purpose purpose = Purpose.ResearchExtract)
    {
        using var scope = site.As(world.Whole);
        scope.Db.Add(Decision(world, childId, type, projectId, DateTime.UtcNow.AddMilliseconds(-5), purpose));
        scope.Db.Add(AuditEntry.For(AuditActions.ConsentRecorded, world.Whole, childId, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
    }

    public static async Task<T> ReadAsync<T>(this TestSite site, World world, Func<AppDbContext, Task<T>> read)
    {
        using var scope = site.As(world.Whole);
        return await read(scope.Db);
    }
}
