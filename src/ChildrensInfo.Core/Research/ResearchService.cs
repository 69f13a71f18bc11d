using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Research;

/// <summary>A research project as its owner writes it.</summary>
public class DraftProject
{
    /// <summary>How far ahead a project may run before it has to be asked for again.</summary>
    public const int MostYears = 3;

    /// <summary>Made with the form, so that a double click drafts one project.</summary>
    public Guid Id { get; set; }

    /// <summary>Which version was on the screen; zero for a new one.</summary>
    public uint Version { get; set; }

    public string? Title { get; set; }

    public string? Question { get; set; }

    public string? PublicBenefit { get; set; }

    /// <summary>Keys of the variables that were ticked.</summary>
    public List<string> Chosen { get; set; } = [];

    /// <summary>By key, why a variable is needed. Only those of ticked variables are kept.</summary>
    public Dictionary<string, string?> Why { get; set; } = [];

    public DateOnly? ExpiresOn { get; set; }
}

public sealed class DraftProjectValidator : AbstractValidator<DraftProject>
{
    public DraftProjectValidator(TimeProvider clock)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var catalogue = new VariableCatalogue(today);
        RuleFor(p => p.Id).NotEmpty();
        RuleFor(p => p.Title).NotEmpty().WithMessage("Enter a title")
            .MaximumLength(ResearchProject.TitleMaxLength).WithMessage($"The title must be {ResearchProject.TitleMaxLength} characters or fewer");
        RuleFor(p => p.Question).NotEmpty().WithMessage("Enter the question")
            .MaximumLength(ResearchProject.TextMaxLength).WithMessage($"The question must be {ResearchProject.TextMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
        RuleFor(p => p.PublicBenefit).NotEmpty().WithMessage("Say who is better off when the question is answered")
            .MaximumLength(ResearchProject.TextMaxLength).WithMessage($"Keep this to {ResearchProject.TextMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
        RuleFor(p => p.ExpiresOn).NotNull().WithMessage("Enter the day on which the project ends")
            .Must(day => day is null || day > today).WithMessage("The project must end after today")
            .Must(day => day is null || day <= today.AddYears(DraftProject.MostYears)).WithMessage($"The project must end within {DraftProject.MostYears} years");
        RuleFor(p => p.Chosen).Custom((chosen, context) =>
        {
            if (chosen.Exists(key => catalogue.Find(key) is null)) context.AddFailure("Choose from the variables on this page only");
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

/// <summary>An extract as it is asked for.</summary>
public class RequestExtract
{
    /// <summary>Made with the form, so that a double click asks once.</summary>
    public Guid Id { get; set; }

    public string? Purpose { get; set; }

    public List<string> Variables { get; set; } = [];
}

public sealed class RequestExtractValidator : AbstractValidator<RequestExtract>
{
    public RequestExtractValidator()
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.Purpose).NotEmpty().WithMessage("Say what this extract is for")
            .MaximumLength(Extract.PurposeMaxLength).WithMessage($"Keep this to {Extract.PurposeMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
        RuleFor(r => r.Variables).NotEmpty().WithMessage("Choose at least one variable");
    }
}

/// <summary>A yes or a no to a project or an extract, with the reason that stays on record.</summary>
public class Decide
{
    public uint Version { get; set; }

    public bool? Approve { get; set; }

    public string? Reason { get; set; }
}

public sealed class DecideValidator : AbstractValidator<Decide>
{
    public DecideValidator()
    {
        RuleFor(d => d.Approve).NotNull().WithMessage("Choose whether you approve");
        RuleFor(d => d.Reason).NotEmpty().WithMessage("Give the reason for your decision")
            .MaximumLength(Extract.ReasonMaxLength).WithMessage($"Keep the reason to {Extract.ReasonMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
    }
}

/// <param name="DestroyBy">The last day of the project.</param>
public sealed record Recall(Guid ExtractId, Guid ProjectId, string Title, string Researcher, DateTime ReleasedAt, DateOnly DestroyBy);

/// <summary>How many children a file could hold, as a researcher may be told before anything is built.</summary>
/// <param name="About">Rounded; null when it is too small to tell.</param>
public sealed record PopulationPreview(int? About, bool IsEnough);

/// <summary>
/// Research projects and extracts: asked for by one person, decided by another. The owner sees their own; whoever decides sees what was
/// submitted; to anybody else they are not there.
/// </summary>
public sealed class ResearchService(AppDbContext db, ExtractPopulation population, ResearchLimits limits, TimeProvider clock)
{
    private static readonly Outcome Stale = Outcome.Refused("", "Somebody changed this while you had it open. Look at it as it is now, then try again");

    public DateOnly Today => ConsentRules.LocalDay(Now);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The projects an actor may see.</summary>
    public IQueryable<ResearchProject> ProjectsFor(Actor actor) =>
        actor.Can(Capability.ApproveExtracts) ? db.ResearchProjects.Where(p => p.State != ProjectState.Draft)
        : actor.Can(Capability.UseExtracts) ? db.ResearchProjects.Where(p => p.OwnerId == actor.PersonId)
        : db.ResearchProjects.Where(p => false);

    /// <summary>The extracts an actor may see.</summary>
    public IQueryable<Extract> ExtractsFor(Actor actor) =>
        actor.Can(Capability.ApproveExtracts) ? db.Extracts
        : actor.Can(Capability.UseExtracts) ? db.Extracts.Where(e => e.RequestedById == actor.PersonId)
        : db.Extracts.Where(e => false);

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
            PublicBenefit = "",
            CreatedAt = Now,
        };
        Write(input, project);
        db.Add(project);
        db.Add(AuditEntry.For(AuditActions.ProjectCreated, actor, null, project.Id, clock));
        return await SaveAsync(cancel);
    }

    /// <summary>Changes a project that is not with anybody for decision. One that was refused becomes a draft again.</summary>
    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<Outcome?> ChangeAsync(DraftProject input, Actor actor, CancellationToken cancel)
    {
        if (await OwnAsync(input.Id, actor, cancel) is not { } project) return null;
        if (project.State is not (ProjectState.Draft or ProjectState.Refused)) return Outcome.Refused("", "This project was sent for a decision and can no longer be changed");
        Write(input, project);
        project.State = ProjectState.Draft;
        db.Add(AuditEntry.For(AuditActions.ProjectChanged, actor, null, project.Id, clock));
        return await SaveAsync(project, input.Version, cancel);
    }

    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<Outcome?> SubmitAsync(Guid projectId, uint version, Actor actor, CancellationToken cancel)
    {
        if (await OwnAsync(projectId, actor, cancel) is not { } project) return null;
        if (project.State == ProjectState.Submitted) return Outcome.Done;
        if (project.State != ProjectState.Draft) return Outcome.Refused("", "Only a draft can be sent for a decision");
        if (project.ExpiresOn <= Today) return Outcome.Refused("", "The project’s end has passed. Change it, then send it");
        project.State = ProjectState.Submitted;
        project.SubmittedAt = Now;
        db.Add(AuditEntry.For(AuditActions.ProjectSubmitted, actor, null, project.Id, clock));
        return await SaveAsync(project, version, cancel);
    }

    /// <returns>Null when the actor may not decide, or there is no such project before them.</returns>
    public async Task<Outcome?> DecideProjectAsync(Guid projectId, Decide input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.ApproveExtracts)) return null;
        var project = await db.ResearchProjects.SingleOrDefaultAsync(p => p.Id == projectId && p.State != ProjectState.Draft, cancel);
        if (project is null) return null;
        if (project.OwnerId == actor.PersonId) return Outcome.Refused("", "Nobody decides on their own project");
        if (project.State != ProjectState.Submitted) return Outcome.Refused("", "This project is not waiting for a decision");
        if (input.Approve == true && project.ExpiresOn <= Today) return Outcome.Refused(nameof(Decide.Approve), "The project’s end has passed, so it cannot be approved");
        project.State = input.Approve == true ? ProjectState.Approved : ProjectState.Refused;
        project.DecidedById = actor.PersonId;
        project.DecidedAt = Now;
        project.DecisionReason = input.Reason!.Trim();
        db.Add(AuditEntry.For(AuditActions.ProjectDecided, actor, null, project.Id, clock, project.State.ToString()));
        return await SaveAsync(project, input.Version, cancel);
    }

    /// <summary>Ends an approved project, by its owner or by whoever approves: nothing more is built or downloaded for it.</summary>
    /// <returns>Null when the project is not one the actor may see.</returns>
    public async Task<Outcome?> CloseAsync(Guid projectId, uint version, Actor actor, CancellationToken cancel)
    {
        var project = await ProjectsFor(actor).SingleOrDefaultAsync(p => p.Id == projectId, cancel);
        if (project is null) return null;
        if (project.State == ProjectState.Closed) return Outcome.Done;
        if (project.State != ProjectState.Approved) return Outcome.Refused("", "Only an approved project can be closed");
        project.State = ProjectState.Closed;
        db.Add(AuditEntry.For(AuditActions.ProjectClosed, actor, null, project.Id, clock));
        return await SaveAsync(project, version, cancel);
    }

    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<Outcome?> RequestAsync(Guid projectId, RequestExtract input, Actor actor, CancellationToken cancel)
    {
        if (await OwnAsync(projectId, actor, cancel) is not { } project) return null;
        if (await db.Extracts.AnyAsync(e => e.Id == input.Id && e.ProjectId == projectId && e.RequestedById == actor.PersonId, cancel)) return Outcome.Done;
        if (!project.IsOpenOn(Today)) return Outcome.Refused("", "Extracts can be asked for only while a project is approved and has not ended");
        var wanted = input.Variables.Distinct().ToList();
        var catalogue = new VariableCatalogue(Today);
        if (wanted.Exists(key => project.Variables.TrueForAll(v => v.Key != key) || catalogue.Find(key) is null))
        {
            return Outcome.Refused(nameof(RequestExtract.Variables), "Choose only from the variables that were approved for this project");
        }

        if (!wanted.Exists(key => catalogue.Find(key)!.Role == VariableRole.QuasiIdentifier))
        {
            return Outcome.Refused(nameof(RequestExtract.Variables), "Choose at least one variable that describes the child, such as age band");
        }

        var extract = new Extract
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ProjectId = project.Id,
            RequestedById = actor.PersonId,
            RequestedAt = Now,
            Purpose = input.Purpose!.Trim(),
            Variables = wanted,
        };
        db.Add(extract);
        db.Add(AuditEntry.For(AuditActions.ExtractRequested, actor, null, extract.Id, clock));
        return await SaveAsync(cancel);
    }

    /// <summary>A yes puts the work in the queue in the same save.</summary>
    /// <returns>Null when the actor may not decide, or there is no such extract.</returns>
    public async Task<Outcome?> DecideExtractAsync(Guid extractId, Decide input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.ApproveExtracts)) return null;
        var extract = await db.Extracts.Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == extractId, cancel);
        if (extract is null) return null;
        if (extract.RequestedById == actor.PersonId) return Outcome.Refused("", "Nobody decides on an extract they asked for");
        if (extract.State != ExtractState.Requested) return Outcome.Refused("", "This extract is not waiting for a decision");
        if (input.Approve == true && !extract.Project!.IsOpenOn(Today)) return Outcome.Refused(nameof(Decide.Approve), "The project has ended, so its extracts can no longer be approved");
        extract.State = input.Approve == true ? ExtractState.Approved : ExtractState.Refused;
        extract.DecidedById = actor.PersonId;
        extract.DecidedAt = Now;
        extract.DecisionReason = input.Reason!.Trim();
        if (extract.State == ExtractState.Approved)
        {
            db.Add(new Job { AuthorityId = extract.AuthorityId, Kind = JobKind.BuildExtract, SubjectId = extract.Id, RequestedById = actor.PersonId, RequestedAt = Now });
        }

        db.Add(AuditEntry.For(AuditActions.ExtractDecided, actor, null, extract.Id, clock, extract.State.ToString()));
        db.Entry(extract).Property(e => e.Version).OriginalValue = input.Version;
        return await SaveAsync(cancel);
    }

    /// <summary>
    /// About how many children a project's file could hold, as permissions stood when the day began: asked twice a day it says the same twice,
    /// so that nobody can watch one family's decision arrive.
    /// </summary>
    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<PopulationPreview?> PreviewAsync(Guid projectId, Actor actor, CancellationToken cancel)
    {
        if (!await db.ResearchProjects.AnyAsync(p => p.Id == projectId && p.OwnerId == actor.PersonId, cancel)) return null;
        using (db.ActingAs(actor.AsJob()))
        {
            var decisions = await population.DecideAsync(await population.InNeedAsync(Today, cancel), projectId, Now.Date, cancel);
            var count = decisions.Values.Count(d => d.Allowed);
            int? about = count < 2 * ResearchLimits.RoundTo ? null : (int)Math.Round(count / (double)ResearchLimits.RoundTo, MidpointRounding.AwayFromZero) * ResearchLimits.RoundTo;
            // From the rounded figure, or the answer would turn on one child.
            return new PopulationPreview(about, about >= limits.SmallestPopulation);
        }
    }

    /// <summary>
    /// Released extracts of running projects in which somebody's family has since said stop: whose researcher is to destroy the file and ask for another. How many
    /// said so, and who, is told to nobody.
    /// </summary>
    public async Task<IReadOnlyList<Recall>> RecallsAsync(Actor actor, CancellationToken cancel)
    {
        var released = await ExtractsFor(actor).AsNoTracking().Where(e => e.State == ExtractState.Ready && e.Project!.State == ProjectState.Approved && e.Project.ExpiresOn >= Today)
            .Join(db.Users, e => e.RequestedById, u => u.Id, (e, u) => new Recall(e.Id, e.ProjectId, e.Project!.Title, u.DisplayName, e.ReleasedAt!.Value, e.Project.ExpiresOn)).ToListAsync(cancel);
        if (released.Count == 0) return [];
        var recalled = new List<Recall>();
        using (db.ActingAs(actor.AsJob()))
        {
            foreach (var extract in released)
            {
                var children = await db.ExtractChildren.Where(c => c.ExtractId == extract.ExtractId).Select(c => c.ChildId).ToListAsync(cancel);
                var decisions = await population.DecideAsync(children, extract.ProjectId, Now, cancel);
                if (decisions.Values.Any(d => d.SaidStop)) recalled.Add(extract);
            }
        }

        return recalled;
    }

    /// <summary>The file of a finished extract, for the person who asked for it and while its project runs. Every opening is audited first.</summary>
    /// <returns>Null when there is nothing this actor may download.</returns>
    public async Task<Guid?> DownloadAsync(Guid projectId, Guid extractId, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UseExtracts)) return null;
        var extract = await db.Extracts.AsNoTracking().Include(e => e.Project)
            .SingleOrDefaultAsync(e => e.Id == extractId && e.ProjectId == projectId && e.RequestedById == actor.PersonId && e.Project!.OwnerId == actor.PersonId, cancel);
        if (extract is not { State: ExtractState.Ready, FileId: { } fileId } || !extract.Project!.IsOpenOn(Today)) return null;
        db.Add(AuditEntry.For(AuditActions.ExtractDownloaded, actor, null, extract.Id, clock));
        await db.SaveChangesAsync(cancel);
        return fileId;
    }

    private Task<ResearchProject?> OwnAsync(Guid id, Actor actor, CancellationToken cancel) =>
        db.ResearchProjects.SingleOrDefaultAsync(p => p.Id == id && p.OwnerId == actor.PersonId, cancel);

    private static void Write(DraftProject input, ResearchProject project)
    {
        project.Title = input.Title!.Trim();
        project.Question = input.Question!.Trim();
        project.PublicBenefit = input.PublicBenefit!.Trim();
        project.ExpiresOn = input.ExpiresOn!.Value;
        project.Variables = [.. input.Chosen.Distinct().Select(key => new WantedVariable { Key = key, Why = input.Why[key]!.Trim() })];
    }

    private Task<Outcome> SaveAsync(ResearchProject project, uint version, CancellationToken cancel)
    {
        db.Entry(project).Property(p => p.Version).OriginalValue = version;
        return SaveAsync(cancel);
    }

    private async Task<Outcome> SaveAsync(CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Stale;
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", "This form was sent before. Open it again to send another");
        }
    }
}
