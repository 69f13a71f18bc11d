using System.Text.Json;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Learning;

/// <summary>A project, or its next version, about to be written.</summary>
public class WriteInformationUse
{
    /// <summary>Made with the form, so that a double click writes one.</summary>
    public Guid Id { get; set; }

    /// <summary>Of a next version: the one it is made from; 0 for a new project.</summary>
    public int Seen { get; set; }

    public Guid? ReflectionId { get; set; }

    /// <summary>An <see cref="InformationUseSubject"/>’s key.</summary>
    public string? About { get; set; }

    public string? Question { get; set; }

    public string? VoiceShaped { get; set; }

    public string? VoiceMissing { get; set; }

    public string? WillTry { get; set; }

    public string? TakesPart { get; set; }

    public DateOnly? StartsOn { get; set; }

    public DateOnly? ReviewOn { get; set; }

    /// <summary>Of a next version: why it is changed.</summary>
    public string? Reason { get; set; }
}

public sealed class WriteInformationUseValidator : AbstractValidator<WriteInformationUse>
{
    public WriteInformationUseValidator(TimeProvider clock)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        RuleFor(p => p.Id).NotEmpty();
        RuleFor(p => p.About).NotEmpty().When(p => p.Seen == 0).WithMessage("Choose what it is about");
        RuleFor(p => p.Question).Written("Enter the question", "the question", InformationUseProject.TextMaxLength);
        RuleFor(p => p.VoiceShaped).Written("Say whose voice shaped it, or that nobody’s did yet", "this", InformationUseProject.TextMaxLength);
        RuleFor(p => p.VoiceMissing).Written("Say whose voice is missing, or that nobody’s is", "this", InformationUseProject.TextMaxLength);
        RuleFor(p => p.WillTry).Written("Say what will be tried", "this", InformationUseProject.TextMaxLength);
        RuleFor(p => p.TakesPart).Written("Say who takes part, by role", "this", InformationUseProject.TextMaxLength);
        RuleFor(p => p.StartsOn).NotNull().WithMessage("Enter the day it starts")
            .Must(day => day is null || (day >= today.AddYears(-1) && day <= today.AddYears(1))).WithMessage("The day must be within a year of today");
        ReviewDays.Soon(RuleFor(p => p.ReviewOn).NotNull().WithMessage("Enter the day to look at it again"), clock);
        RuleFor(p => p.ReviewOn).Must((p, day) => day is null || p.StartsOn is null || day > p.StartsOn).WithMessage("The day to look at it again must be after the day it starts");
        When(p => p.Seen > 0, () => RuleFor(p => p.Reason).Written("Say why it is changed", "this", IndicatorVersion.ReasonMaxLength));
    }
}

/// <summary>A step about to be taken.</summary>
public class AddInformationUseStep
{
    public Guid Id { get; set; }

    public InformationUseStepKind? Kind { get; set; }

    /// <summary>What is done, or what was learned.</summary>
    public string? Text { get; set; }

    public DateOnly? ReviewOn { get; set; }

    public string? Data { get; set; }

    public string? Information { get; set; }

    public string? Use { get; set; }

    public bool? WereTold { get; set; }

    public DateOnly? ToldOn { get; set; }

    public string? Told { get; set; }

    public string? WhyNotTold { get; set; }

    /// <summary>What other councils may read.</summary>
    public string? ForOthers { get; set; }

    /// <summary>That the text for other councils holds no words of a child and nothing that points to one.</summary>
    public bool HoldsNoWords { get; set; }
}

public sealed partial class AddInformationUseStepValidator : AbstractValidator<AddInformationUseStep>
{
    public AddInformationUseStepValidator(TimeProvider clock)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        const int Most = InformationUseProject.TextMaxLength;
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.Kind).NotNull().WithMessage("Choose what you are adding").IsInEnum().WithMessage("Choose what you are adding");
        When(s => s.Kind == InformationUseStepKind.Doing, () => RuleFor(s => s.Text).Written("Say what is being done", "this", Most));
        When(s => s.Kind is InformationUseStepKind.Reviewed or InformationUseStepKind.Ended, () => RuleFor(s => s.Text).Written("Say what was learned", "this", Most));
        When(s => s.Kind == InformationUseStepKind.NotShared, () => RuleFor(s => s.Text).Written("Say why it is not shared any more", "this", Most));
        When(s => s.Kind == InformationUseStepKind.Reviewed, () => ReviewDays.Soon(RuleFor(s => s.ReviewOn).NotNull().WithMessage("Enter the day to look at it again"), clock));
        When(s => s.Kind == InformationUseStepKind.Ended, () =>
        {
            RuleFor(s => s.Data).Written("Say what changed in what is recorded, or that nothing did", "this", Most);
            RuleFor(s => s.Information).Written("Say what changed in what is made of it, or that nothing did", "this", Most);
            RuleFor(s => s.Use).Written("Say what changed in what is done with it, or that nothing did", "this", Most);
            RuleFor(s => s.WereTold).NotNull().WithMessage("Say whether children were told");
            When(s => s.WereTold == false, () => RuleFor(s => s.WhyNotTold).Written("Say why children are not told yet, and when they will be", "this", Most));
        });
        When(s => s.Kind == InformationUseStepKind.Told || (s.Kind == InformationUseStepKind.Ended && s.WereTold == true), () =>
        {
            RuleFor(s => s.Told).Written("Say what children were told", "this", Most);
            RuleFor(s => s.ToldOn).NotNull().WithMessage("Enter the day they were told").Must(day => day is null || day <= today).WithMessage("The day they were told cannot be after today");
        });
        When(s => s.Kind == InformationUseStepKind.Shared, () =>
        {
            RuleFor(s => s.ForOthers).Written("Write what other councils may read", "this", Most);
            RuleFor(s => s.ForOthers).Custom((text, context) =>
            {
                if (SmallNumber().Match(text ?? "") is { Success: true } found) context.AddFailure($"The number {found.Value} is so small that it could point to a child. Say it without a number");
            });
            RuleFor(s => s.HoldsNoWords).Equal(true).WithMessage("Read it again, and confirm that it holds no child’s words and nothing that points to a child");
        });
    }

    /// <summary>A number below ten in figures that is no part of a longer one, of a date, of a share or of a name such as N1.</summary>
    [GeneratedRegex(@"(?<![\w.,/:-])[0-9](?![\w%/:]|[.,-]\d)")]
    private static partial Regex SmallNumber();
}

/// <summary>What a project can be about: a domain of the information map, or one indicator of it.</summary>
public sealed record InformationUseSubject(string Key, string Domain, CurrentIndicator? Indicator);

/// <summary>A project, opened.</summary>
/// <param name="Indicator">The name of the indicator it is about, its key where it is no more; null for a whole domain.</param>
public sealed record InformationUseOpened(
    InformationUseProject Project, InformationUseWords Words, string? Indicator, string By, IReadOnlyList<(InformationUseVersion Version, InformationUseWords Words, string By)> Versions,
    IReadOnlyList<(InformationUseStep Step, InformationUseAccount Account, string By)> Steps);

/// <summary>Information Use Projects, for those who may see figures.</summary>
public sealed class InformationUseService(AppDbContext db, KeyRing keys, IndicatorService indicators, TimeProvider clock)
{
    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    /// <summary>What there is that a project can be about, by domain, each domain before its indicators.</summary>
    public async Task<IReadOnlyList<InformationUseSubject>> SubjectsAsync(CancellationToken cancel) =>
        [.. (await indicators.CurrentAsync(cancel)).GroupBy(i => i.Definition.Domain).SelectMany(g => g.Select(i => new InformationUseSubject(i.Key, g.Key, i)).Prepend(new($"domain:{g.Key}", g.Key, null)))];

    /// <summary>Begins a project.</summary>
    /// <returns>Null when the actor may not.</returns>
    public async Task<Outcome?> WriteAsync(WriteInformationUse input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return null;
        Task<bool> IsThere() => db.InformationUseProjects.AnyAsync(p => p.Id == input.Id && p.WrittenById == actor.PersonId, cancel);
        if (await IsThere()) return Outcome.Done;
        if ((await SubjectsAsync(cancel)).FirstOrDefault(s => s.Key == input.About) is not { } about) return Outcome.Refused(nameof(input.About), "Choose from the list");
        if (input.ReflectionId is { } reflection && !await db.Reflections.AnyAsync(r => r.Id == reflection, cancel)) return Outcome.Refused("", "There is no such reflection. Open it again and begin from there");
        var (_, keyId, wrapped) = await keys.NewOwnAsync(actor.AuthorityId, input.Id, cancel);
        var project = new InformationUseProject
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            ReflectionId = input.ReflectionId,
            Domain = about.Domain,
            IndicatorKey = about.Indicator?.Key,
            AuthorityKeyId = keyId,
            WrappedKey = wrapped,
            WrittenById = actor.PersonId,
            WrittenAt = clock.GetUtcNow().UtcDateTime,
        };
        db.Add(project);
        await AddVersionAsync(project, input.Id, 1, input, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.InformationUseWritten, actor, null, project.Id, clock, about.Indicator?.Key));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>Adds the next version of the text; the one before is kept.</summary>
    /// <returns>Null when there is no such project before the actor.</returns>
    public async Task<Outcome?> ChangeAsync(Guid id, WriteInformationUse input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed) || await FindAsync(id, cancel) is not { } project) return null;
        if (project.Versions.Exists(v => v.Id == input.Id)) return Outcome.Done;
        if (project.Stage == InformationUseStage.Ended) return Outcome.Refused("", "It has ended, so its text stays as it is. Begin another project");
        const string ChangedMeanwhile = "Somebody else changed it while you wrote. What you typed is still here: copy what you need, then open the page again";
        if (input.Seen != project.Newest.Number) return Outcome.Refused("", ChangedMeanwhile);
        await AddVersionAsync(project, input.Id, input.Seen + 1, input, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.InformationUseChanged, actor, null, id, clock, $"version {input.Seen + 1}"));
        return await db.SaveOnceAsync(() => db.InformationUseVersions.AnyAsync(v => v.Id == input.Id && v.ProjectId == id, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", ChangedMeanwhile);
    }

    /// <summary>Takes a step.</summary>
    /// <returns>Null when there is no such project before the actor.</returns>
    public async Task<Outcome?> AddAsync(Guid id, AddInformationUseStep input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed) || await FindAsync(id, cancel) is not { } project) return null;
        if (project.Steps.Exists(s => s.Id == input.Id)) return Outcome.Done;
        var kind = input.Kind!.Value;
        if (InformationUseRules.WhyNot(kind, project) is { } why) return Outcome.Refused(nameof(input.Kind), why);
        var (isEnd, isShared) = (kind == InformationUseStepKind.Ended, kind == InformationUseStepKind.Shared);
        var isTold = kind == InformationUseStepKind.Told || (isEnd && input.WereTold == true);
        var account = new InformationUseAccount(
            (isShared ? input.ForOthers : kind == InformationUseStepKind.Told ? null : input.Text)?.Trim(), isEnd ? input.Data!.Trim() : null, isEnd ? input.Information!.Trim() : null, isEnd ? input.Use!.Trim() : null,
            (isTold ? input.Told : isEnd ? input.WhyNotTold : null)?.Trim());
        db.Add(new InformationUseStep
        {
            Id = input.Id,
            AuthorityId = project.AuthorityId,
            ProjectId = id,
            Kind = kind,
            Sealed = await SealAsync(project, account, input.Id, cancel),
            ReviewOn = kind == InformationUseStepKind.Reviewed ? input.ReviewOn : null,
            ToldOn = isTold ? input.ToldOn : null,
            IsNotTold = isEnd && !isTold,
            ById = actor.PersonId,
            At = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.InformationUseStepTaken, actor, null, id, clock, $"{kind}"));
        return await db.SaveOnceAsync(() => db.InformationUseSteps.AnyAsync(s => s.Id == input.Id && s.ProjectId == id, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>The projects, those to be looked at again soonest first and the ended ones last.</summary>
    public async Task<IReadOnlyList<InformationUseOpened>> OpenAsync(Actor actor, CancellationToken cancel, Guid? only = null, Guid? reflection = null, string? indicator = null)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return [];
        var projects = await Whole().Where(p => (only == null || p.Id == only) && (reflection == null || p.ReflectionId == reflection) && (indicator == null || p.IndicatorKey == indicator)).ToListAsync(cancel);
        var names = await db.Users.ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var named = (await indicators.CurrentAsync(cancel)).ToDictionary(i => i.Key, i => i.Definition.Name);
        var opened = new List<InformationUseOpened>(projects.Count);
        foreach (var project in projects.OrderBy(p => p.DueOn ?? DateOnly.MaxValue).ThenByDescending(p => p.WrittenAt))
        {
            var key = await KeyOfAsync(project, cancel);
            T Opened<T>(byte[] bytes, Guid owner) => JsonSerializer.Deserialize<T>(Seal.Open(key, bytes, owner, SealPart.InformationUse))!;
            var versions = project.Versions.OrderByDescending(v => v.Number).Select(v => (v, Opened<InformationUseWords>(v.Sealed, v.Id), names[v.WrittenById])).ToList();
            opened.Add(new(
                project, versions[0].Item2, project.IndicatorKey is { } about ? named.GetValueOrDefault(about, about) : null, names[project.WrittenById], versions,
                [.. project.Steps.OrderBy(s => s.At).ThenBy(s => s.Id).Select(s => (s, Opened<InformationUseAccount>(s.Sealed, s.Id), names[s.ById]))]));
        }

        return opened;
    }

    private IQueryable<InformationUseProject> Whole() => db.InformationUseProjects.AsNoTracking().AsSplitQuery().Include(p => p.Versions).Include(p => p.Steps);

    private Task<InformationUseProject?> FindAsync(Guid id, CancellationToken cancel) => Whole().SingleOrDefaultAsync(p => p.Id == id, cancel);

    private async Task AddVersionAsync(InformationUseProject project, Guid id, int number, WriteInformationUse input, Actor actor, CancellationToken cancel) => db.Add(new InformationUseVersion
    {
        Id = id,
        AuthorityId = project.AuthorityId,
        ProjectId = project.Id,
        Number = number,
        StartsOn = input.StartsOn!.Value,
        ReviewOn = input.ReviewOn!.Value,
        Sealed = await SealAsync(
            project, new InformationUseWords(input.Question!.Trim(), input.VoiceShaped!.Trim(), input.VoiceMissing!.Trim(), input.WillTry!.Trim(), input.TakesPart!.Trim(), number == 1 ? null : input.Reason!.Trim()), id, cancel),
        WrittenById = actor.PersonId,
        WrittenAt = clock.GetUtcNow().UtcDateTime,
    });

    private async Task<byte[]> SealAsync<T>(InformationUseProject project, T words, Guid owner, CancellationToken cancel) =>
        Seal.Close(await KeyOfAsync(project, cancel), JsonSerializer.SerializeToUtf8Bytes(words), owner, SealPart.InformationUse);

    private Task<byte[]> KeyOfAsync(InformationUseProject project, CancellationToken cancel) => keys.OpenOwnAsync(project.AuthorityKeyId, project.WrappedKey, project.Id, cancel);
}
