using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Need;

/// <summary>An indicator in its newest definition.</summary>
public sealed record CurrentIndicator(Indicator Indicator, IndicatorVersion Version, IndicatorDefinition Definition)
{
    public string Key => Indicator.Key;

    public bool IsOwn => Indicator.AuthorityId is not null;
}

/// <summary>An indicator, or its next version, about to be made.</summary>
public class MakeIndicator
{
    /// <summary>Made with the form, so that a double click makes one version.</summary>
    public Guid Id { get; set; }

    public string? Name { get; set; }

    public string? Domain { get; set; }

    public IndicatorUnit? Unit { get; set; }

    public Polarity? Polarity { get; set; }

    /// <summary>In plain words, what is counted.</summary>
    public string? Numerator { get; set; }

    /// <summary>In plain words, of what.</summary>
    public string? Denominator { get; set; }

    public string? DefinedBy { get; set; }

    public string? Source { get; set; }

    public string? VoiceShaped { get; set; }

    public string? CannotTell { get; set; }

    public string? Fact { get; set; }

    public CountWindow? Window { get; set; }

    /// <summary>Rows without a field are left out.</summary>
    public List<MakeCondition> Of { get; set; } = [];

    /// <summary>Rows without a field are left out.</summary>
    public List<MakeCondition> Where { get; set; } = [];

    public string? By { get; set; }

    public string? Value { get; set; }

    /// <summary>Why it is made or changed.</summary>
    public string? Reason { get; set; }

    public IndicatorCount Count() => new(
        Fact ?? "", Window ?? CountWindow.OpenOnDay, Conditions(Of), Conditions(Where), string.IsNullOrEmpty(By) ? null : By, string.IsNullOrEmpty(Value) ? null : Value);

    private static List<CountCondition> Conditions(IEnumerable<MakeCondition> rows) =>
        [.. rows.Where(r => !string.IsNullOrWhiteSpace(r.Field)).Select(r => new CountCondition(r.Field!, r.Test ?? CountTest.Is, [.. (r.Values ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]))];
}

public class MakeCondition
{
    public string? Field { get; set; }

    public CountTest? Test { get; set; }

    /// <summary>One value or several with commas between, as the list of values writes them.</summary>
    public string? Values { get; set; }
}

public sealed class MakeIndicatorValidator : AbstractValidator<MakeIndicator>
{
    public MakeIndicatorValidator()
    {
        RuleFor(i => i.Id).NotEmpty();
        RuleFor(i => i.Name).Written("Enter the name", "the name", IndicatorDefinition.NameMaxLength);
        RuleFor(i => i.Domain).Written("Enter the domain of need it belongs to", "the domain of need it belongs to", IndicatorDefinition.NameMaxLength);
        RuleFor(i => i.Numerator).Written("Enter what is counted, in plain words", "what is counted, in plain words", IndicatorDefinition.TextMaxLength);
        RuleFor(i => i.Denominator).Written("Enter what it is out of, in plain words", "what it is out of, in plain words", IndicatorDefinition.TextMaxLength);
        RuleFor(i => i.DefinedBy).Written("Enter who says what it means", "who says what it means", IndicatorDefinition.TextMaxLength);
        RuleFor(i => i.Source).Written("Enter where the definition is written down", "where the definition is written down", IndicatorDefinition.TextMaxLength);
        RuleFor(i => i.VoiceShaped).Written("Enter whose voice shaped it, or that nobody’s did yet", "whose voice shaped it, or that nobody’s did yet", IndicatorDefinition.TextMaxLength);
        RuleFor(i => i.CannotTell).Written("Enter what it cannot tell", "what it cannot tell", IndicatorDefinition.TextMaxLength);
        RuleFor(i => i.Reason).Written("Enter why it is made or changed", "why it is made or changed", IndicatorVersion.ReasonMaxLength);
        RuleFor(i => i.Unit).NotNull().WithMessage("Choose how it is counted").IsInEnum().WithMessage("Choose how it is counted");
        RuleFor(i => i.Polarity).NotNull().WithMessage("Choose whether high or low is good, or neither").IsInEnum().WithMessage("Choose whether high or low is good, or neither");
        RuleFor(i => i.Window).NotNull().WithMessage("Choose when").IsInEnum().WithMessage("Choose when");
        RuleFor(i => i.Fact).Must(f => NeedFacts.Find(f) is not null).WithMessage("Choose what is counted")
            .DependentRules(() => RuleFor(i => i).Custom((input, context) =>
            {
                if (input.Unit is { } unit && input.Window is not null && NeedFacts.WrongWith(input.Count(), unit) is { } wrong) context.AddFailure(nameof(input.Fact), wrong);
            }));
    }
}

/// <summary>The catalogue of what is measured: shipped indicators, an authority's own, and their versions.</summary>
public sealed class IndicatorService(AppDbContext db, TimeProvider clock)
{
    private const int MostAttempts = 5;

    /// <summary>The indicators as they stand now: an authority's own in the place of a shipped one, each in the newest version that this portal can work out: a newer portal that takes over from it
    /// has put its own definitions there before this one ends.</summary>
    public static async Task<IReadOnlyList<CurrentIndicator>> CurrentAsync(AppDbContext db, CancellationToken cancel)
    {
        var all = await db.Indicators.AsNoTracking().Include(i => i.Versions).ToListAsync(cancel);
        return [.. all.GroupBy(i => i.Key).Select(Standing).OfType<Indicator>().Where(i => i.RetiredAt is null)
            .SelectMany(i => i.Versions.OrderByDescending(v => v.Number).Select(v => (Version: v, v.Known)).Where(v => v.Known is not null).Take(1).Select(v => new CurrentIndicator(i, v.Version, v.Known!)))
            .OrderBy(i => i.Key, StringComparer.Ordinal)];
    }

    /// <summary>The authority's own, where it has a version or says that the shipped one is not measured; else the shipped one.</summary>
    private static Indicator? Standing(IEnumerable<Indicator> ofKey) => ofKey.Where(i => i.Versions.Count > 0 || i.RetiredAt is not null).OrderBy(i => i.AuthorityId is null).FirstOrDefault();

    /// <summary>What is not measured any more, by key, with the name it had.</summary>
    public async Task<IReadOnlyList<(string Key, string Name)>> RetiredAsync(CancellationToken cancel)
    {
        var all = (await db.Indicators.AsNoTracking().Include(i => i.Versions).ToListAsync(cancel)).GroupBy(i => i.Key);
        return [.. all.Where(g => Standing(g)?.RetiredAt is not null)
            .Select(g => (g.Key, g.OrderBy(i => i.AuthorityId is null).SelectMany(i => i.Versions.OrderByDescending(v => v.Number)).First().Definition.Name)).OrderBy(i => i.Key, StringComparer.Ordinal)];
    }

    /// <summary>Measures an indicator no longer, or again. The figures there are go with the next time they are worked out; its versions stay.</summary>
    /// <returns>False when there is no such indicator.</returns>
    public async Task<bool> RetireAsync(string key, bool retire, Actor actor, CancellationToken cancel)
    {
        var all = await db.Indicators.Include(i => i.Versions).Where(i => i.Key == key).ToListAsync(cancel);
        if (Standing(all) is not { } standing) return false;
        if (retire == standing.RetiredAt is not null) return true;
        var own = all.Find(i => i.AuthorityId is not null);
        if (own is null)
        {
            // A shipped one is for every authority: that this one does not measure it is this one's own.
            own = new Indicator { AuthorityId = actor.AuthorityId, Key = key, CreatedAt = clock.GetUtcNow().UtcDateTime };
            db.Add(own);
        }

        own.RetiredAt = retire ? clock.GetUtcNow().UtcDateTime : null;
        db.Add(AuditEntry.For(retire ? AuditActions.IndicatorRetired : AuditActions.IndicatorReturned, actor, null, own.Id, clock, key));
        await AddJobAsync(db, actor, clock, cancel);
        var saved = await db.SaveOnceAsync(async () => Standing(await db.Indicators.AsNoTracking().Include(i => i.Versions).Where(i => i.Key == key).ToListAsync(cancel))?.RetiredAt is not null == retire, cancel);
        return saved is null;
    }

    public Task<IReadOnlyList<CurrentIndicator>> CurrentAsync(CancellationToken cancel) => CurrentAsync(db, cancel);

    /// <returns>Null when there is none with that key.</returns>
    public async Task<CurrentIndicator?> FindAsync(string key, CancellationToken cancel) => (await CurrentAsync(cancel)).SingleOrDefault(i => i.Key == key);

    /// <summary>Adds an indicator of the authority's own.</summary>
    /// <returns>Its key, whichever of two clicks made it.</returns>
    public async Task<(string? Key, Outcome? Outcome)> AddAsync(MakeIndicator input, Actor actor, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await MadeAsync(input.Id, null, actor, cancel) is { } made) return (made, Outcome.Done);
            var own = await db.Indicators.CountAsync(i => i.AuthorityId == actor.AuthorityId, cancel);
            var taken = await db.Indicators.Select(i => i.Key).ToHashSetAsync(cancel);
            var number = own + 1;
            while (taken.Contains($"L{number:00}")) number++;
            var indicator = new Indicator { AuthorityId = actor.AuthorityId, Key = $"L{number:00}", CreatedAt = clock.GetUtcNow().UtcDateTime };
            db.Add(indicator);
            AddVersion(indicator, 1, input, null, AuditActions.IndicatorAdded, actor);
            // Somebody else may have taken the key meanwhile: then it is the next one.
            if (await db.SaveOnceAsync(async () => await MadeAsync(input.Id, null, actor, cancel) is not null, cancel) is null) return (await MadeAsync(input.Id, null, actor, cancel), Outcome.Done);
        }

        return (null, Outcome.Refused("", FormSaving.UsedBefore));
    }

    /// <summary>The key of the indicator whose version was made from a form; null when none was.</summary>
    private Task<string?> MadeAsync(Guid id, string? key, Actor actor, CancellationToken cancel) =>
        db.IndicatorVersions.Where(v => v.Id == id && v.AuthorityId == actor.AuthorityId && (key == null || v.Indicator!.Key == key)).Select(v => (string?)v.Indicator!.Key).SingleOrDefaultAsync(cancel);

    /// <summary>
    /// Adds the next version. A shipped indicator gets a copy of the authority's own, which from then on stands in its place; figures already released name the version
    /// they were worked out with.
    /// </summary>
    /// <returns>Null when there is no such indicator.</returns>
    public async Task<Outcome?> ChangeAsync(string key, MakeIndicator input, Actor actor, CancellationToken cancel)
    {
        if (await FindAsync(key, cancel) is not { } current) return null;
        if (await MadeAsync(input.Id, key, actor, cancel) is not null) return Outcome.Done;
        // There is one without a version where a shipped one was measured no longer for a time.
        var indicator = await db.Indicators.SingleOrDefaultAsync(i => i.Key == key && i.AuthorityId == actor.AuthorityId, cancel);
        if (indicator is null)
        {
            indicator = new Indicator { AuthorityId = actor.AuthorityId, Key = key, CreatedAt = clock.GetUtcNow().UtcDateTime };
            db.Add(indicator);
        }

        AddVersion(indicator, current.Version.Number + 1, input, current.Definition, AuditActions.IndicatorChanged, actor);
        return await db.SaveOnceAsync(async () => await MadeAsync(input.Id, key, actor, cancel) is not null, cancel) is null ? Outcome.Done
            : Outcome.Refused("", "Somebody made another version while you had it open. Look at it as it is now, then try again");
    }

    /// <summary>All definitions there have been, the newest first, the shipped ones too where an own one stands in their place.</summary>
    public async Task<IReadOnlyList<IndicatorVersion>> VersionsAsync(string key, CancellationToken cancel) =>
        await db.IndicatorVersions.AsNoTracking().Where(v => v.Indicator!.Key == key).OrderByDescending(v => v.Number).ThenByDescending(v => v.CreatedAt).ToListAsync(cancel);

    /// <summary>Asks for all figures to be worked out, unless that waits already.</summary>
    public async Task AskToCalculateAsync(Actor actor, CancellationToken cancel)
    {
        if (!await AddJobAsync(db, actor, clock, cancel)) return;
        db.Add(AuditEntry.For(AuditActions.IndicatorsAsked, actor, null, null, clock));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Adds the job that works all figures out, to be saved with what makes it needed.</summary>
    /// <returns>False when one waits already.</returns>
    internal static async Task<bool> AddJobAsync(AppDbContext db, Actor actor, TimeProvider clock, CancellationToken cancel)
    {
        if (await db.Jobs.AnyAsync(j => j.Kind == JobKind.CalculateIndicators && j.State == JobState.Waiting, cancel)) return false;
        db.Add(new Job
        {
            AuthorityId = actor.AuthorityId,
            Kind = JobKind.CalculateIndicators,
            SubjectId = actor.AuthorityId,
            RequestedById = actor.PersonId,
            RequestedAt = clock.GetUtcNow().UtcDateTime,
        });
        return true;
    }

    private void AddVersion(Indicator indicator, int number, MakeIndicator input, IndicatorDefinition? before, string action, Actor actor)
    {
        var count = input.Count();
        var isSame = before?.Counts is { } was && Same(was, count);
        var version = new IndicatorVersion
        {
            Id = input.Id,
            IndicatorId = indicator.Id,
            AuthorityId = indicator.AuthorityId,
            Number = number,
            Reason = input.Reason!.Trim(),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
            CreatedById = actor.PersonId,
            DefinitionJson = new IndicatorDefinition(
                input.Name!.Trim(), input.Domain!.Trim(), input.Unit!.Value, input.Polarity!.Value, input.Numerator!.Trim(), input.Denominator!.Trim(),
                // Of something else it is no longer what comes from those fields of a return.
                before?.Counts?.Fact == count.Fact ? before.Returns : $"{NeedFacts.Find(count.Fact)!.Name}, as this portal holds it",
                input.DefinedBy!.Trim(), input.Source!.Trim(), input.VoiceShaped!.Trim(), input.CannotTell!.Trim(),
                // Counted in another way it is no longer what is published.
                isSame ? before!.Published : null, count, null, isSame ? before!.PublishedBy : null).Write(),
        };
        db.Add(version);
        db.Add(AuditEntry.For(action, actor, null, indicator.Id, clock, $"{indicator.Key} version {number}"));
    }

    private static bool Same(IndicatorCount a, IndicatorCount b) =>
        System.Text.Json.JsonSerializer.Serialize(a) == System.Text.Json.JsonSerializer.Serialize(b);
}
