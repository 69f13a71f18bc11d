using System.Collections.Frozen;
using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using CrossProtection = ChildrensInfo.Core.Disclosure.CrossProtection;
using DisclosureRefusedException = ChildrensInfo.Core.Disclosure.DisclosureRefusedException;

namespace ChildrensInfo.Core.Research;

/// <summary>An extract as it is asked for.</summary>
public class RequestExtract
{
    /// <summary>Made with the form, so that a double click asks once.</summary>
    public Guid Id { get; set; }

    public string? Purpose { get; set; }

    public List<string> Variables { get; set; } = [];

    public ExtractForm? Form { get; set; } = ExtractForm.Rows;

    public string? Population { get; set; }

    public string? Period { get; set; }

    /// <summary>Of a table: a variable and its code, as in "sex=F", that every child counted has; nothing for all.</summary>
    public string? Only { get; set; }

    /// <summary>Of a table: the variable whose mean is wanted.</summary>
    public string? Measure { get; set; }

    /// <summary>The released extract in whose place it is asked for.</summary>
    public Guid? Replaces { get; set; }
}

public sealed class RequestExtractValidator : AbstractValidator<RequestExtract>
{
    public RequestExtractValidator()
    {
        RuleFor(r => r.Id).NotEmpty();
        RuleFor(r => r.Purpose).NotEmpty().WithMessage("Say what this extract is for")
            .MaximumLength(Extract.PurposeMaxLength).WithMessage($"Keep this to {Extract.PurposeMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
        RuleFor(r => r.Purpose).NoExactDates();
        RuleFor(r => r.Form).NotNull().WithMessage("Choose what you ask for").IsInEnum().WithMessage("Choose what you ask for");
        RuleFor(r => r.Population).NotEmpty().WithMessage("Choose which children it is of");
        RuleFor(r => r.Period).Must(p => ResearchPeriod.Find(p) is not null).WithMessage("Choose the period in which what happened is counted");
        RuleFor(r => r.Variables).NotEmpty().When(r => r.Form != ExtractForm.Words).WithMessage("Choose at least one variable");
        When(r => r.Form == ExtractForm.Table, () =>
        {
            RuleFor(r => r.Variables).Must((r, v) => v.Distinct().Count() <= (string.IsNullOrEmpty(r.Only) ? CrossProtection.MostDimensions : CrossProtection.MostDimensions - 1))
                .WithMessage("A table has four variables or fewer, and one fewer when you choose which children to count");
        });
    }
}

/// <summary>A yes or a no to an extract, with the reason that stays on record.</summary>
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

/// <summary>A certificate that every copy of a file is gone.</summary>
public class CertifyDestruction
{
    public uint Version { get; set; }

    public DateOnly? On { get; set; }

    public string? How { get; set; }

    public bool IsEveryCopy { get; set; }
}

public sealed class CertifyDestructionValidator : AbstractValidator<CertifyDestruction>
{
    public CertifyDestructionValidator(TimeProvider clock)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        RuleFor(c => c.On).NotNull().WithMessage("Enter the day on which it was destroyed")
            .Must(day => day is null || day <= today).WithMessage("The day must be today or before");
        RuleFor(c => c.How).NotEmpty().WithMessage("Say how it was destroyed")
            .MaximumLength(Extract.ReasonMaxLength).WithMessage($"Keep this to {Extract.ReasonMaxLength.ToString("#,0", CultureInfo.InvariantCulture)} characters or fewer");
        RuleFor(c => c.IsEveryCopy).Equal(true).WithMessage("Confirm that no copy is left, backups and results with rows included");
    }
}

/// <summary>Why a released file is called back. Whose yes it was, and how many, is told to nobody.</summary>
[Flags]
public enum RecallCauses
{
    None = 0,

    /// <summary>Somebody said stop or no, or wants to think, of all or of one thing they said.</summary>
    Stop = 1,

    /// <summary>A yes was found that should not have been relied on.</summary>
    NeverHeld = 2,

    /// <summary>A yes had been recorded in error: there was none.</summary>
    RecordedInError = 4,

    /// <summary>A piece was put right, moved or kept from somebody, or there is no yes to it by itself any more.</summary>
    Piece = 8,
}

/// <summary>A released file that is called back.</summary>
/// <param name="IsReplaced">Whether another one was asked for in its place.</param>
public sealed record Recall(Guid ExtractId, Guid ProjectId, string Title, string Researcher, DateTime ReleasedAt, bool IsReplaced, RecallCauses Because);

/// <summary>What came of opening a link.</summary>
/// <param name="FileId">The file, when it may be fetched.</param>
public sealed record LinkAnswer(Guid? FileId, Refusal? Refusal);

/// <summary>
/// Extracts of approved projects: asked for by one person, decided on by another, fetched by the first and destroyed in the end. Who asked sees their
/// own; whoever decides sees all; to anybody else they are not there.
/// </summary>
public sealed class ExtractService(AppDbContext db, ExtractPopulation population, ExtractWords words, ExtractLinks links, ReleasedCountsCache counts, ResearchLimits limits, TimeProvider clock)
{
    public DateOnly Today => ConsentRules.LocalDay(Now);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The extracts an actor may see.</summary>
    public IQueryable<Extract> ExtractsFor(Actor actor) =>
        actor.Can(Capability.ApproveExtracts) ? db.Extracts
        : actor.Can(Capability.UseExtracts) ? db.Extracts.Where(e => e.RequestedById == actor.PersonId)
        : db.Extracts.Where(e => false);

    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<Outcome?> RequestAsync(Guid projectId, RequestExtract input, Actor actor, CancellationToken cancel)
    {
        if (await OwnAsync(projectId, actor, cancel) is not { } project) return null;
        if (await db.Extracts.AnyAsync(e => e.Id == input.Id && e.ProjectId == projectId && e.RequestedById == actor.PersonId, cancel)) return Outcome.Done;
        if (!project.IsOpenOn(Today)) return Outcome.Refused("", "Extracts can be asked for only while a project is approved and has not ended");
        if (ExactDates.IsIn(project.Title) || ExactDates.IsIn(project.Question)) return Outcome.Refused("", "The project’s title or question holds an exact date, which could be somebody’s birthday and would stop the file. Draft the project anew without it");
        var isWords = input.Form == ExtractForm.Words;
        if (isWords && (project.WordsWhy is null || project.Place != AnalysisPlace.SafeSetting)) return Outcome.Refused(nameof(RequestExtract.Form), "This project was not approved to read what children said");
        if (ResearchPopulation.Find(input.Population) is not { } of || !project.Populations.Contains(of.Key)) return Outcome.Refused(nameof(RequestExtract.Population), "Choose only from the groups of children that were approved for this project");
        var period = ResearchPeriod.Find(input.Period)!;
        List<string> wanted = isWords ? [] : [.. input.Variables.Distinct()];
        var catalogue = new VariableCatalogue(Today);
        if (wanted.Exists(key => project.Variables.TrueForAll(v => v.Key != key) || catalogue.Find(key) is null))
        {
            return Outcome.Refused(nameof(RequestExtract.Variables), "Choose only from the variables that were approved for this project");
        }

        var isTable = input.Form == ExtractForm.Table;
        var only = isTable ? input.Only?.Split('=', 2) : null;
        if (only is [""]) only = null;
        if (only is not null && (only.Length < 2 || wanted.Contains(only[0]) || project.Variables.TrueForAll(v => v.Key != only[0]) || catalogue.Find(only[0])?.Codes.Any(c => c.Value == only[1]) != true))
        {
            return Outcome.Refused(nameof(RequestExtract.Only), "Choose a group of a variable that was approved and is not one of those counted by");
        }

        var measure = isTable && !string.IsNullOrEmpty(input.Measure) ? input.Measure : null;
        if (measure is not null && (wanted.Contains(measure) || only?[0] == measure || project.Variables.TrueForAll(v => v.Key != measure) || catalogue.Find(measure)?.Measure is null))
        {
            return Outcome.Refused(nameof(RequestExtract.Measure), "Choose a mean of a variable that was approved and is not one of those counted by");
        }

        if (!isTable && !isWords && !wanted.Exists(key => catalogue.Find(key)!.Role == VariableRole.QuasiIdentifier))
        {
            return Outcome.Refused(nameof(RequestExtract.Variables), "Choose at least one variable that describes the child, such as age band");
        }

        // Only what was released to the same person for the same project has a place to be taken.
        if (input.Replaces is { } replaced && !await db.Extracts.AnyAsync(e => e.Id == replaced && e.ProjectId == projectId && e.RequestedById == actor.PersonId && e.ReleasedAt != null, cancel))
        {
            return Outcome.Refused("", "There is no such extract to take the place of");
        }

        var extract = new Extract
        {
            Id = input.Id,
            ReplacesId = input.Replaces,
            AuthorityId = actor.AuthorityId,
            ProjectId = project.Id,
            RequestedById = actor.PersonId,
            RequestedAt = Now,
            Purpose = input.Purpose!.Trim(),
            Variables = wanted.ConvertAll(key => catalogue.In(key, period)),
            Form = input.Form!.Value,
            Population = of.Key,
            Period = period.Key,
            OnlyKey = only is null ? null : catalogue.In(only[0], period),
            OnlyCode = only?[1],
            Measure = measure is null ? null : catalogue.In(measure, period),
        };
        db.Add(extract);
        db.Add(AuditEntry.For(AuditActions.ExtractRequested, actor, null, extract.Id, clock));
        return await db.SaveOrRefuseAsync(cancel);
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
        // Whoever asks is not told: that a name they tried is on record would tell them that the child is.
        if (input.Approve == true && await TellsAsync(extract, actor, cancel))
        {
            return Outcome.Refused(nameof(Decide.Approve), "The project’s title or question, a condition of it, or what this extract is for holds the full name or a number of somebody on record, so the finished file would not pass its last check. Refuse it, and ask for other words");
        }

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
        return await db.SaveOrRefuseAsync(cancel);
    }

    /// <summary>
    /// About how many children a project's file could hold and what would become of its detail, as permissions stood when the day began. Worked out once a
    /// day for all that was approved together, and kept: neither asking again, nor choosing variables one at a time, nor watching one family's
    /// decision arrive tells more.
    /// </summary>
    /// <returns>Null when the project is not the actor's.</returns>
    public async Task<ProjectPreview?> PreviewAsync(Guid projectId, Actor actor, CancellationToken cancel)
    {
        if (await db.ResearchProjects.AsNoTracking().SingleOrDefaultAsync(p => p.Id == projectId && p.OwnerId == actor.PersonId, cancel) is not { } project) return null;
        var today = Today;
        if (await db.ProjectPreviews.AsNoTracking().SingleOrDefaultAsync(p => p.ProjectId == projectId && p.On == today, cancel) is { } told) return told;
        ProjectPreview preview;
        using (db.ActingAs(actor.AsJob()))
        {
            var day = ExtractPopulation.DayOf(today);
            var variables = new VariableCatalogue(day).Known([.. project.Variables.Select(v => v.Key)]);
            var known = await population.ReadAsync(await population.EverybodyAsync(day, cancel), ExtractForm.Rows, projectId, ConsentRules.StartOf(today), variables, null, day, cancel);
            var (tellable, previewed) = (new List<HashSet<Guid>>(), new List<PreviewedPopulation>());
            // All there are, whichever were approved: or what one project is not told two would be.
            foreach (var (of, over) in ResearchPopulation.Groups)
            {
                var allowed = known.Only((await population.IdsAsync(of, over, day, cancel)).ToHashSet());
                var ids = allowed.Ids.ToHashSet();
                var isTold = ids.Count >= 2 * ResearchLimits.RoundTo && tellable.TrueForAll(before => AreApart(before, ids));
                if (isTold) tellable.Add(ids);
                if (!project.Populations.Contains(of.Key)) continue;
                int? about = isTold ? (int)Math.Round(ids.Count / (double)ResearchLimits.RoundTo, MidpointRounding.AwayFromZero) * ResearchLimits.RoundTo : null;
                // From the rounded figure, or the answer would turn on one child.
                var isEnough = about >= limits.SmallestPopulation;
                previewed.Add(new PreviewedPopulation { Key = of.Key, Period = over.Key, About = about, IsEnough = isEnough, Variables = isEnough && over == ResearchPeriod.Year ? await DetailsAsync(project, allowed, cancel) : [] });
            }

            preview = new ProjectPreview { ProjectId = projectId, On = today, AuthorityId = project.AuthorityId, Populations = previewed };
        }

        db.Add(preview);
        db.Add(AuditEntry.For(AuditActions.ProjectPreviewed, actor, null, projectId, clock));
        // Of two first askers of a day, the one who saved is told to both.
        return (await db.SaveOrRefuseAsync(cancel)).IsDone ? preview : await db.ProjectPreviews.AsNoTracking().SingleAsync(p => p.ProjectId == projectId && p.On == today, cancel);
    }

    /// <summary>Whether what one group has and the other has not is nobody or many, both ways.</summary>
    private static bool AreApart(HashSet<Guid> one, HashSet<Guid> other)
    {
        var both = one.Count(other.Contains);
        return new[] { one.Count - both, other.Count - both }.All(n => n is 0 or >= EarlierReleases.Apart);
    }

    private async Task<List<PreviewedVariable>> DetailsAsync(ResearchProject project, PermittedChildren children, CancellationToken cancel)
    {
        var earlier = await EarlierReleases.ReadAsync(db, ExtractForm.Rows, project.OwnerId, null, new VariableCatalogue(ExtractPopulation.DayOf(Today)), cancel);
        var free = children.Variables.Where(v => v.Role != VariableRole.QuasiIdentifier || earlier.FloorOf(v.Key) is not null).ToList();
        var details = children.Variables.Except(free).Select(v => new PreviewedVariable { Key = v.Key, Detail = PreviewDetail.AfterDestruction }).ToList();
        if (!free.Exists(v => v.Role == VariableRole.QuasiIdentifier)) return details;
        try
        {
            var made = ExtractAnonymiser.Anonymise(children, free, FrozenSet<Guid>.Empty, earlier, ResearchLimits.KFor(project.Place));
            details.AddRange(made.Columns.Select(c => new PreviewedVariable { Key = c.Variable.Key, Detail = c.LevelUsed == 0 ? PreviewDetail.Whole : c.IsGone ? PreviewDetail.None : PreviewDetail.Coarser }));
        }
        catch (DisclosureRefusedException)
        {
            details.AddRange(free.Select(v => new PreviewedVariable { Key = v.Key, Detail = PreviewDetail.None }));
        }

        return details;
    }

    /// <summary>
    /// Released extracts in which somebody's family has since said stop or never truly said yes, until it is certified that every copy is gone: whose researcher is to destroy the
    /// file and may ask for another. How many said so, and who, is told to nobody.
    /// </summary>
    public async Task<IReadOnlyList<Recall>> RecallsAsync(Actor actor, CancellationToken cancel)
    {
        var released = await ExtractsFor(actor).AsNoTracking().Where(e => e.State == ExtractState.Ready)
            .Join(db.Users, e => e.RequestedById, u => u.Id, (e, u) => new Recall(
                e.Id, e.ProjectId, e.Project!.Title, u.DisplayName, e.ReleasedAt!.Value, db.Extracts.Any(o => o.ReplacesId == e.Id), RecallCauses.None)).ToListAsync(cancel);
        var recalled = new List<Recall>();
        foreach (var extract in released)
        {
            if (await RecalledBecauseAsync(extract.ExtractId, extract.ProjectId, actor, cancel) is var because and not RecallCauses.None) recalled.Add(extract with { Because = because });
        }

        return recalled;
    }

    /// <summary>
    /// Why a file is called back, and then fetched by nobody any more: somebody in it has said stop since, of all or of one thing they said, the yes it rested on was a mistake, or a piece was put right, moved or kept from somebody. A yes that
    /// ran out by itself calls nothing back: it held when the file was released, and the child is in no later one.
    /// </summary>
    public async Task<RecallCauses> RecalledBecauseAsync(Guid extractId, Guid projectId, Actor actor, CancellationToken cancel)
    {
        if (!await ExtractsFor(actor).AnyAsync(e => e.Id == extractId, cancel)) return RecallCauses.None;
        using (db.ActingAs(actor.AsJob()))
        {
            var inside = await db.ExtractChildren.AsNoTracking().Where(c => c.ExtractId == extractId).Select(c => new { c.ChildId, c.Told }).ToListAsync(cancel);
            var children = inside.ConvertAll(c => c.ChildId);
            var form = await db.Extracts.Where(e => e.Id == extractId).Select(e => e.Form).SingleAsync(cancel);
            var decisions = await population.DecideAsync(children, form, projectId, Now, cancel);
            var because = children.Aggregate(RecallCauses.None, (all, id) => all | CauseOf(decisions.GetValueOrDefault(id, ConsentDecision.NothingKnown)));
            if (form != ExtractForm.Words) return because;
            List<Guid> pieces = [.. inside.Select(c => c.Told).OfType<string>().SelectMany(WordsFound.PiecesIn)];
            return (await words.StillAsync(pieces, isReleased: true, cancel)).Count < pieces.Count ? because | RecallCauses.Piece : because;
        }

        static RecallCauses CauseOf(ConsentDecision decision) => decision switch
        {
            { Allowed: true } or { State: ConsentState.Expired or ConsentState.NeedsRefresh } => RecallCauses.None,
            { State: ConsentState.Invalidated } => RecallCauses.NeverHeld,
            // There was a yes when the file was made: where nobody has said anything since, it is gone because it had never been said.
            { State: ConsentState.NotAsked or ConsentState.Asked } => RecallCauses.RecordedInError,
            _ => RecallCauses.Stop,
        };
    }

    /// <summary>Makes a link by which this person fetches the file once and soon. Earlier ones work no more.</summary>
    /// <returns>The link's words, told this once; null when there is nothing this actor may fetch.</returns>
    public async Task<string?> MakeLinkAsync(Guid projectId, Guid extractId, Actor actor, CancellationToken cancel)
    {
        if (await FetchableAsync(projectId, extractId, actor, cancel) is not { } extract) return null;
        var token = await links.AddAsync(extractId, null, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.ExtractLinkMade, actor, null, extract.Id, clock));
        return (await db.SaveOrRefuseAsync(cancel)).IsDone ? token : null;
    }

    /// <summary>
    /// Opens a link, or uses it up: then the file may be sent, and that is written down before a byte is. A link that is somebody else's, used, too old or of a
    /// project that is not running is refused and written down.
    /// </summary>
    /// <returns>Null when it is nobody's or not this person's: to them it is not there.</returns>
    public async Task<LinkAnswer?> OpenLinkAsync(Guid projectId, Guid extractId, string token, bool use, Actor actor, CancellationToken cancel)
    {
        var (link, code, message) = await links.FindAsync(extractId, null, token, actor, cancel);
        var extract = code.Length == 0 ? await FetchableAsync(projectId, extractId, actor, cancel) : null;
        if (code.Length == 0 && extract is null) (code, message) = ExtractLinks.Stopped;
        if (code.Length > 0)
        {
            db.Add(AuditEntry.For(AuditActions.ExtractLinkRefused, actor, null, extractId, clock, code));
            await db.SaveChangesAsync(cancel);
            return message.Length == 0 ? null : new LinkAnswer(null, new Refusal("", message));
        }

        if (use)
        {
            link!.UsedAt = Now;
            db.Add(AuditEntry.For(AuditActions.ExtractDownloaded, actor, null, extractId, clock));
            // Of two that use it at once, one finds it used.
            if ((await db.SaveOrRefuseAsync(cancel)).Refusal is not null) return await OpenLinkAsync(projectId, extractId, token, use, actor, cancel);
        }

        return new LinkAnswer(extract!.FileId, null);
    }

    /// <summary>The certificate of whoever held the file; the portal's own copy goes in the same save.</summary>
    /// <returns>Null when the extract is not the actor's.</returns>
    public async Task<Outcome?> CertifyAsync(Guid projectId, Guid extractId, CertifyDestruction input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UseExtracts)) return null;
        var extract = await db.Extracts.SingleOrDefaultAsync(e => e.Id == extractId && e.ProjectId == projectId && e.RequestedById == actor.PersonId, cancel);
        if (extract is null) return null;
        if (extract.State == ExtractState.Destroyed) return Outcome.Done;
        if (extract is not { State: ExtractState.Ready, FileId: { } fileId }) return Outcome.Refused("", "Only a file that was released can be destroyed");
        if (input.On < ConsentRules.LocalDay(extract.ReleasedAt!.Value)) return Outcome.Refused(nameof(CertifyDestruction.On), "It was not yet made on that day");
        extract.State = ExtractState.Destroyed;
        extract.FileId = null;
        extract.DestroyedOn = input.On;
        extract.DestroyedHow = input.How!.Trim();
        extract.CertifiedAt = Now;
        var file = await db.Files.SingleAsync(f => f.Id == fileId && f.Kind == FileKind.Extract, cancel);
        db.Remove(file);
        db.Add(AuditEntry.For(AuditActions.ExtractDestroyed, actor, null, extract.Id, clock));
        db.Entry(extract).Property(e => e.Version).OriginalValue = input.Version;
        var saved = await db.SaveOrRefuseAsync(cancel);
        if (saved.IsDone) counts.Forget(file);
        return saved;
    }

    /// <summary>A finished extract, for the person who asked for it, while its project runs and it has not been called back.</summary>
    private async Task<Extract?> FetchableAsync(Guid projectId, Guid extractId, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UseExtracts)) return null;
        var extract = await db.Extracts.AsNoTracking().Include(e => e.Project)
            .SingleOrDefaultAsync(e => e.Id == extractId && e.ProjectId == projectId && e.RequestedById == actor.PersonId && e.Project!.OwnerId == actor.PersonId, cancel);
        return extract is { State: ExtractState.Ready, FileId: not null } && extract.Project!.IsOpenOn(Today) && await RecalledBecauseAsync(extractId, projectId, actor, cancel) == RecallCauses.None ? extract : null;
    }

    /// <summary>Whether what people typed and the file will repeat holds what must not be found of a child in it.</summary>
    private async Task<bool> TellsAsync(Extract extract, Actor actor, CancellationToken cancel)
    {
        var conditions = await db.ProjectSteps.AsNoTracking().Where(s => s.ProjectId == extract.ProjectId && s.Round == extract.Project!.Round && s.Conditions != null).Select(s => s.Conditions!).ToListAsync(cancel);
        using var acting = db.ActingAs(actor.AsJob());
        return await PackageGate.TellsAsync([.. conditions, extract.Purpose, extract.Project!.Question, extract.Project.Title], population.ForbiddenAsync(extract.Form, cancel), cancel) is not null;
    }

    private Task<ResearchProject?> OwnAsync(Guid id, Actor actor, CancellationToken cancel) =>
        db.ResearchProjects.SingleOrDefaultAsync(p => p.Id == id && p.OwnerId == actor.PersonId, cancel);
}
