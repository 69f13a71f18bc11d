using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>A research project as its owner writes it.</summary>
public class DraftProject
{
    /// <summary>How far ahead a project may run before it has to be asked for again.</summary>
    public const int MostYears = 3;

    /// <summary>How long after its end a project may keep its files.</summary>
    public const int MostYearsKept = 1;

    /// <summary>Made with the form, so that a double click drafts one project.</summary>
    public Guid Id { get; set; }

    /// <summary>Which version was on the screen; zero for a new one.</summary>
    public uint Version { get; set; }

    public string? Title { get; set; }

    public string? Question { get; set; }

    public string? PlainWords { get; set; }

    public string? PublicBenefit { get; set; }

    /// <summary>Keys of the variables that were ticked.</summary>
    public List<string> Chosen { get; set; } = [];

    /// <summary>By key, why a variable is needed. Only those of ticked variables are kept.</summary>
    public Dictionary<string, string?> Why { get; set; } = [];

    /// <summary>Keys of the populations that were ticked.</summary>
    public List<string> Populations { get; set; } = [];

    public bool WantsWords { get; set; }

    /// <summary>Why what children said is wanted. Kept only when it is.</summary>
    public string? WordsWhy { get; set; }

    public string? EthicsReference { get; set; }

    public string? People { get; set; }

    public AnalysisPlace? Place { get; set; }

    public string? PlaceName { get; set; }

    public string? ShapedBy { get; set; }

    public string? HowTheyHear { get; set; }

    public string? Retention { get; set; }

    public DateOnly? ExpiresOn { get; set; }

    public DateOnly? DestroyOn { get; set; }
}

public sealed class DraftProjectValidator : AbstractValidator<DraftProject>
{
    public DraftProjectValidator(TimeProvider clock)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var catalogue = new VariableCatalogue(today);
        RuleFor(p => p.Id).NotEmpty();
        RuleFor(p => p.Title).Written("Enter a title", "the title", ResearchProject.TitleMaxLength);
        RuleFor(p => p.Title).NoExactDates();
        RuleFor(p => p.Question).Written("Enter the question", "the question", ResearchProject.TextMaxLength);
        RuleFor(p => p.Question).NoExactDates();
        // What anybody can read in the register.
        RuleFor(p => p.PlainWords).NoExactDates();
        RuleFor(p => p.PublicBenefit).NoExactDates();
        RuleFor(p => p.ShapedBy).NoExactDates();
        RuleFor(p => p.HowTheyHear).NoExactDates();
        RuleFor(p => p.PlainWords).Written("Say what it is about in words a young person understands", "this", ResearchProject.PlainMaxLength);
        RuleFor(p => p.PublicBenefit).Written("Say who is better off when the question is answered", "this", ResearchProject.TextMaxLength);
        RuleFor(p => p.EthicsReference).Written("Enter the reference of the ethics opinion, or why none is needed", "this", ResearchProject.LineMaxLength);
        RuleFor(p => p.People).Written("Say who will work with the data", "this", ResearchProject.TextMaxLength);
        RuleFor(p => p.Place).NotNull().WithMessage("Choose where the data will be worked with");
        RuleFor(p => p.Place).Equal(AnalysisPlace.SafeSetting).When(p => p.WantsWords && p.Place is not null).WithMessage("What children said is read in a safe setting only");
        When(p => p.WantsWords, () => RuleFor(p => p.WordsWhy).Written("Say why you need what children said", "this", ResearchProject.PlainMaxLength));
        RuleFor(p => p.PlaceName).Written("Say which place that is", "this", ResearchProject.LineMaxLength);
        RuleFor(p => p.ShapedBy).Written("Say how children and families shaped this, or that they did not", "this", ResearchProject.TextMaxLength);
        RuleFor(p => p.HowTheyHear).Written("Say how children and families will hear what came of it", "this", ResearchProject.TextMaxLength);
        RuleFor(p => p.Retention).Written("Say what is kept when the project ends", "this", ResearchProject.TextMaxLength);
        RuleFor(p => p.ExpiresOn).NotNull().WithMessage("Enter the day on which the project ends")
            .Must(day => day is null || day > today).WithMessage("The project must end after today")
            .Must(day => day is null || day <= today.AddYears(DraftProject.MostYears)).WithMessage($"The project must end within {DraftProject.MostYears} years");
        RuleFor(p => p.DestroyOn).NotNull().WithMessage("Enter the day by which every copy is destroyed")
            .Must((p, day) => day is null || p.ExpiresOn is null || day >= p.ExpiresOn).WithMessage("Copies are destroyed on the day the project ends or after it")
            .Must((p, day) => day is null || p.ExpiresOn is null || day <= p.ExpiresOn.Value.AddYears(DraftProject.MostYearsKept)).WithMessage("Copies must be destroyed within a year of the project’s end");
        RuleFor(p => p.Populations).Must(p => p.Count > 0 && p.TrueForAll(key => ResearchPopulation.Find(key) is not null)).WithMessage("Choose at least one group of children");
        RuleFor(p => p.Chosen).Custom((chosen, context) =>
        {
            if (chosen.Exists(key => catalogue.All.All(v => v.Key != key))) context.AddFailure("Choose from the variables on this page only");
            else if (!chosen.Exists(key => catalogue.Find(key)!.Role == VariableRole.QuasiIdentifier)) context.AddFailure("Choose at least one variable that describes the child, such as age band");
            foreach (var variable in catalogue.All.Where(v => chosen.Contains(v.Key)))
            {
                var why = context.InstanceToValidate.Why.GetValueOrDefault(variable.Key);
                if (string.IsNullOrWhiteSpace(why)) context.AddFailure($"Why[{variable.Key}]", $"Say why you need “{variable.Title}”");
                else if (why.Length > WantedVariable.WhyMaxLength) context.AddFailure($"Why[{variable.Key}]", $"Keep the reason for “{variable.Title}” to {WantedVariable.WhyMaxLength} characters or fewer");
            }
        });
    }
}

/// <summary>What one of the two reviewers answers.</summary>
public class ReviewProject
{
    public uint Version { get; set; }

    public List<Safe> Safes { get; set; } = [];

    /// <summary>Approved, AskedBack or Refused.</summary>
    public ProjectStepKind? Answer { get; set; }

    public string? Reason { get; set; }

    public string? Conditions { get; set; }
}

public sealed class ReviewProjectValidator : AbstractValidator<ReviewProject>
{
    public ReviewProjectValidator()
    {
        RuleFor(r => r.Answer).Must(a => a is ProjectStepKind.Approved or ProjectStepKind.AskedBack or ProjectStepKind.Refused).WithMessage("Choose what you decide");
        RuleFor(r => r.Safes).Must(s => Enum.GetValues<Safe>().All(s.Contains)).When(r => r.Answer == ProjectStepKind.Approved)
            .WithMessage("To approve, all five have to be safe. Ask the researcher about what is not");
        RuleFor(r => r.Safes).Must(s => s.TrueForAll(Enum.IsDefined)).WithMessage("Choose from these only");
        RuleFor(r => r.Reason).NotEmpty().WithMessage("Give the reason for your decision")
            .MaximumLength(ProjectStep.ReasonMaxLength).WithMessage(string.Create(CultureInfo.InvariantCulture, $"Keep the reason to {ProjectStep.ReasonMaxLength:#,0} characters or fewer"));
        RuleFor(r => r.Conditions).NoExactDates();
        RuleFor(r => r.Conditions).MaximumLength(ProjectStep.ReasonMaxLength).WithMessage(string.Create(CultureInfo.InvariantCulture, $"Keep the conditions to {ProjectStep.ReasonMaxLength:#,0} characters or fewer"));
    }
}

/// <summary>Why a running project is held, let go on, or ended.</summary>
public class HoldProject
{
    public uint Version { get; set; }

    public string? Reason { get; set; }
}

public sealed class HoldProjectValidator : AbstractValidator<HoldProject>
{
    public HoldProjectValidator() => RuleFor(h => h.Reason).NotEmpty().WithMessage("Give the reason")
        .MaximumLength(ProjectStep.ReasonMaxLength).WithMessage(string.Create(CultureInfo.InvariantCulture, $"Keep the reason to {ProjectStep.ReasonMaxLength:#,0} characters or fewer"));
}

/// <summary>
/// Research projects: written by one person, approved by a data lead and by information governance, who are two others. The owner sees their
/// own; whoever reviews sees what was sent; to anybody else they are not there.
/// </summary>
public sealed class ProjectService(AppDbContext db, ExtractPopulation population, TimeProvider clock)
{
    public DateOnly Today => ConsentRules.LocalDay(Now);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The projects an actor may see.</summary>
    public IQueryable<ResearchProject> ProjectsFor(Actor actor) =>
        actor.Can(Capability.ReviewProjects) ? db.ResearchProjects.Where(p => p.State != ProjectState.Draft)
        : actor.Can(Capability.UseExtracts) ? db.ResearchProjects.Where(p => p.OwnerId == actor.PersonId)
        : db.ResearchProjects.Where(p => false);

    /// <summary>What was done about a project, the newest first. Nothing unless the actor may see the project.</summary>
    public async Task<IReadOnlyList<(ProjectStep Step, string By)>> StepsAsync(Guid projectId, Actor actor, CancellationToken cancel)
    {
        if (!await ProjectsFor(actor).AnyAsync(p => p.Id == projectId, cancel)) return [];
        var steps = await db.ProjectSteps.AsNoTracking().Where(s => s.ProjectId == projectId).OrderByDescending(s => s.At).ThenByDescending(s => s.Id).ToListAsync(cancel);
        var names = await db.Users.Where(u => steps.Select(s => s.ById).Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return [.. steps.Select(s => (s, names[s.ById]))];
    }

    public async Task<Outcome> DraftAsync(DraftProject input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UseExtracts)) return Outcome.Refused("", "Only researchers draft projects");
        if (await db.ResearchProjects.AnyAsync(p => p.Id == input.Id && p.OwnerId == actor.PersonId, cancel)) return Outcome.Done;
        var project = new ResearchProject
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            OwnerId = actor.PersonId,
            Title = "",
            Question = "",
            PlainWords = "",
            PublicBenefit = "",
            EthicsReference = "",
            People = "",
            PlaceName = "",
            ShapedBy = "",
            HowTheyHear = "",
            Retention = "",
            CreatedAt = Now,
        };
        Write(input, project);
        db.Add(project);
        db.Add(AuditEntry.For(AuditActions.ProjectCreated, actor, null, project.Id, clock));
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>Changes a project that is with nobody for review. One that was refused or asked about becomes a draft again.</summary>
    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<Outcome?> ChangeAsync(DraftProject input, Actor actor, CancellationToken cancel)
    {
        if (await OwnAsync(input.Id, actor, cancel) is not { } project) return null;
        if (!project.IsWithOwner) return Outcome.Refused("", "This project was sent for a decision and can no longer be changed");
        Write(input, project);
        project.State = ProjectState.Draft;
        db.Add(AuditEntry.For(AuditActions.ProjectChanged, actor, null, project.Id, clock));
        return await SaveAsync(project, input.Version, cancel);
    }

    /// <summary>Hands it to the reviewers, for a new round: what they said of an earlier text counts no more.</summary>
    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<Outcome?> SubmitAsync(Guid projectId, uint version, Actor actor, CancellationToken cancel)
    {
        if (await OwnAsync(projectId, actor, cancel) is not { } project) return null;
        if (project.State == ProjectState.Submitted) return Outcome.Done;
        if (project.State != ProjectState.Draft) return Outcome.Refused("", "Only a draft can be sent for a decision");
        if (project.ExpiresOn <= Today) return Outcome.Refused("", "The project’s end has passed. Change it, then send it");
        project.State = ProjectState.Submitted;
        project.SubmittedAt = Now;
        project.DecidedAt = null;
        project.Round++;
        Step(project, ProjectStepKind.Sent, actor, AuditActions.ProjectSubmitted);
        return await SaveAsync(project, version, cancel);
    }

    /// <summary>One of the two reviews. It is approved when a data lead and information governance have both said yes to the same text.</summary>
    /// <returns>Null when the actor may not review, or there is no such project before them.</returns>
    public async Task<Outcome?> ReviewAsync(Guid projectId, ReviewProject input, Actor actor, CancellationToken cancel)
    {
        if (await BeforeReviewerAsync(projectId, actor, cancel) is not { } project) return null;
        if (project.OwnerId == actor.PersonId) return Outcome.Refused("", "Nobody decides on their own project");
        if (project.State != ProjectState.Submitted) return Outcome.Refused("", "This project is not waiting for a decision");
        var said = await db.ProjectSteps.AsNoTracking().Where(s => s.ProjectId == projectId && s.Round == project.Round && s.Kind == ProjectStepKind.Approved).ToListAsync(cancel);
        // Who moved from one role to the other in between is still one person.
        if (said.Exists(s => s.ById == actor.PersonId || s.ByRole == actor.Role)) return Outcome.Refused("", "Your side has approved it. It waits for the other one");
        if (input.Answer == ProjectStepKind.Approved)
        {
            if (project.ExpiresOn <= Today) return Outcome.Refused(nameof(ReviewProject.Answer), "The project’s end has passed, so it cannot be approved");
            if (said.Count > 0 && await NamedInRegisterAsync(project, actor, cancel) is { } field)
            {
                return Outcome.Refused(nameof(ReviewProject.Answer), $"What stands under “{field}” holds the full name or a number of somebody on record, and anybody could read it in the register. Ask the researcher about it");
            }

            if (said.Count > 0) (project.State, project.DecidedAt) = (ProjectState.Approved, Now);
        }
        else if (input.Answer == ProjectStepKind.AskedBack)
        {
            project.State = ProjectState.AskedBack;
        }
        else
        {
            (project.State, project.DecidedAt) = (ProjectState.Refused, Now);
        }

        Step(project, input.Answer!.Value, actor, AuditActions.ProjectDecided, input.Reason, input.Answer == ProjectStepKind.Approved ? input.Conditions : null, input.Safes);
        return await SaveAsync(project, input.Version, cancel);
    }

    /// <summary>Holds a running project at once: nothing is asked for, built or downloaded until somebody else lets it go on.</summary>
    /// <returns>Null when the actor may not review, or there is no such project before them.</returns>
    public async Task<Outcome?> SuspendAsync(Guid projectId, HoldProject input, Actor actor, CancellationToken cancel)
    {
        if (await BeforeReviewerAsync(projectId, actor, cancel) is not { } project) return null;
        if (project.State == ProjectState.Suspended) return Outcome.Done;
        if (project.State != ProjectState.Approved) return Outcome.Refused("", "Only an approved project can be held");
        project.State = ProjectState.Suspended;
        Step(project, ProjectStepKind.Suspended, actor, AuditActions.ProjectSuspended, input.Reason);
        return await SaveAsync(project, input.Version, cancel);
    }

    /// <returns>Null when the actor may not review, or there is no such project before them.</returns>
    public async Task<Outcome?> ResumeAsync(Guid projectId, HoldProject input, Actor actor, CancellationToken cancel)
    {
        if (await BeforeReviewerAsync(projectId, actor, cancel) is not { } project) return null;
        if (project.State != ProjectState.Suspended) return Outcome.Refused("", "This project is not held");
        if (project.OwnerId == actor.PersonId) return Outcome.Refused("", "Nobody decides on their own project");
        var held = await db.ProjectSteps.AsNoTracking().Where(s => s.ProjectId == projectId && s.Kind == ProjectStepKind.Suspended).OrderByDescending(s => s.At).FirstAsync(cancel);
        if (held.ById == actor.PersonId) return Outcome.Refused("", "Somebody else than the person who held it lets it go on");
        project.State = ProjectState.Approved;
        await QueueWhatWaitsAsync(project, cancel);
        Step(project, ProjectStepKind.Resumed, actor, AuditActions.ProjectResumed, input.Reason);
        return await SaveAsync(project, input.Version, cancel);
    }

    /// <summary>Ends a project for good, by its owner or by whoever reviews: nothing more is built or downloaded for it.</summary>
    /// <returns>Null when the project is not one the actor may see.</returns>
    public async Task<Outcome?> CloseAsync(Guid projectId, HoldProject input, Actor actor, CancellationToken cancel)
    {
        var project = await ProjectsFor(actor).SingleOrDefaultAsync(p => p.Id == projectId, cancel);
        if (project is null) return null;
        if (project.State == ProjectState.Closed) return Outcome.Done;
        if (project.State is not (ProjectState.Approved or ProjectState.Suspended)) return Outcome.Refused("", "Only an approved project can be closed");
        // What waited while it was held is told that nothing will come.
        if (project.State == ProjectState.Suspended) await QueueWhatWaitsAsync(project, cancel);
        project.State = ProjectState.Closed;
        Step(project, ProjectStepKind.Closed, actor, AuditActions.ProjectClosed, input.Reason);
        return await SaveAsync(project, input.Version, cancel);
    }

    /// <summary>Extracts whose turn came while the project was held, and went by.</summary>
    private async Task QueueWhatWaitsAsync(ResearchProject project, CancellationToken cancel)
    {
        var waiting = await db.Extracts.AsNoTracking().Where(e => e.ProjectId == project.Id && e.State == ExtractState.Approved && !db.Jobs.Any(j => j.Kind == JobKind.BuildExtract && j.SubjectId == e.Id && j.State == JobState.Waiting))
            .Select(e => new { e.Id, e.DecidedById }).ToListAsync(cancel);
        foreach (var extract in waiting) db.Add(new Job { AuthorityId = project.AuthorityId, Kind = JobKind.BuildExtract, SubjectId = extract.Id, RequestedById = extract.DecidedById!.Value, RequestedAt = Now });
    }

    private static void Write(DraftProject input, ResearchProject project)
    {
        project.Title = input.Title!.Trim();
        project.Question = input.Question!.Trim();
        project.PlainWords = input.PlainWords!.Trim();
        project.PublicBenefit = input.PublicBenefit!.Trim();
        project.Populations = [.. ResearchPopulation.All.Select(p => p.Key).Where(input.Populations.Contains)];
        project.WordsWhy = input.WantsWords ? input.WordsWhy!.Trim() : null;
        project.EthicsReference = input.EthicsReference!.Trim();
        project.People = input.People!.Trim();
        project.Place = input.Place!.Value;
        project.PlaceName = input.PlaceName!.Trim();
        project.ShapedBy = input.ShapedBy!.Trim();
        project.HowTheyHear = input.HowTheyHear!.Trim();
        project.Retention = input.Retention!.Trim();
        project.ExpiresOn = input.ExpiresOn!.Value;
        project.DestroyOn = input.DestroyOn!.Value;
        project.Variables = [.. input.Chosen.Distinct().Select(key => new WantedVariable { Key = key, Why = input.Why[key]!.Trim() })];
    }

    private void Step(ResearchProject project, ProjectStepKind kind, Actor actor, string action, string? reason = null, string? conditions = null, IEnumerable<Safe>? safes = null)
    {
        project.SteppedAt = Now;
        db.Add(new ProjectStep
        {
            AuthorityId = project.AuthorityId,
            ProjectId = project.Id,
            OwnerId = project.OwnerId,
            Round = project.Round,
            Kind = kind,
            ById = actor.PersonId,
            ByRole = actor.Role,
            At = Now,
            Reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(),
            Conditions = string.IsNullOrWhiteSpace(conditions) ? null : conditions.Trim(),
            Safes = [.. (safes ?? []).Distinct().Order()],
        });
        db.Add(AuditEntry.For(action, actor, null, project.Id, clock, kind.ToString()));
    }

    /// <summary>Of what anybody will read of a project, where a child on record is named. Whoever approves is told, and the researcher by them.</summary>
    private async Task<string?> NamedInRegisterAsync(ResearchProject project, Actor actor, CancellationToken cancel)
    {
        (string Field, string Text)[] read =
        [
            ("Title", project.Title), ("For a young person", project.PlainWords), ("Who is better off", project.PublicBenefit), ("How children and families shaped it", project.ShapedBy), ("How they will hear of it", project.HowTheyHear),
        ];
        using var acting = db.ActingAs(actor.AsJob());
        return await PackageGate.TellsAsync([.. read.Select(r => r.Text)], population.ForbiddenAsync(ExtractForm.Rows, cancel), cancel) is { } told ? read[told.Text].Field : null;
    }

    private Task<ResearchProject?> OwnAsync(Guid id, Actor actor, CancellationToken cancel) =>
        db.ResearchProjects.SingleOrDefaultAsync(p => p.Id == id && p.OwnerId == actor.PersonId, cancel);

    private async Task<ResearchProject?> BeforeReviewerAsync(Guid id, Actor actor, CancellationToken cancel) =>
        actor.Can(Capability.ReviewProjects) ? await ProjectsFor(actor).SingleOrDefaultAsync(p => p.Id == id, cancel) : null;

    private Task<Outcome> SaveAsync(ResearchProject project, uint version, CancellationToken cancel)
    {
        db.Entry(project).Property(p => p.Version).OriginalValue = version;
        return db.SaveOrRefuseAsync(cancel);
    }
}
