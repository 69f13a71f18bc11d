using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Need;

/// <summary>How many children of each ethnic group live here, about to be kept.</summary>
public class KeepEthnicPopulation
{
    /// <summary>Made with the form, so that a double click keeps one version.</summary>
    public Guid Id { get; set; }

    public int? Year { get; set; }

    public int? Asian { get; set; }

    public int? Black { get; set; }

    public int? Mixed { get; set; }

    public int? White { get; set; }

    public int? Other { get; set; }

    public string? Source { get; set; }

    public string? Reason { get; set; }

    public int All => (Asian ?? 0) + (Black ?? 0) + (Mixed ?? 0) + (White ?? 0) + (Other ?? 0);
}

public sealed class KeepEthnicPopulationValidator : AbstractValidator<KeepEthnicPopulation>
{
    private const int Most = 2_000_000;

    public KeepEthnicPopulationValidator(TimeProvider clock)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        RuleFor(p => p.Id).NotEmpty();
        RuleFor(p => p.Year).NotNull().WithMessage("Enter the year").InclusiveBetween(2000, today.Year).WithMessage($"Enter a year from 2000 to {today.Year}");
        Number(p => p.Asian, "Asian or Asian British children");
        Number(p => p.Black, "Black, Black British, Caribbean or African children");
        Number(p => p.Mixed, "children of mixed or multiple ethnic groups");
        Number(p => p.White, "White children");
        Number(p => p.Other, "children of another ethnic group");
        RuleFor(p => p.Source).Written("Say where the numbers are from", "where the numbers are from", Population.SourceMaxLength);
        RuleFor(p => p.Reason).Written("Enter why they are kept or changed", "why they are kept or changed", EthnicPopulation.ReasonMaxLength);
    }

    private void Number(System.Linq.Expressions.Expression<Func<KeepEthnicPopulation, int?>> of, string whom) =>
        RuleFor(of).NotNull().WithMessage($"Enter how many {whom} there are, 0 if none").InclusiveBetween(0, Most).WithMessage($"Enter how many {whom} there are, from 0 to {Most.ToString("#,0", CultureInfo.InvariantCulture)}");
}

/// <summary>How many children of each ethnic group live in the council's area, as the council keeps it: nobody publishes it by council and year.</summary>
public sealed class EthnicPopulationService(AppDbContext db, NeedFigures figures, TimeProvider clock)
{
    private const int Least = 1_000;

    /// <summary>How far the groups together may be from the children who live here, before somebody is asked to look again.</summary>
    private const decimal Apart = 0.1m;

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>Every version there has been, the newest year and version first, with who kept it.</summary>
    public async Task<IReadOnlyList<(EthnicPopulation Kept, string By)>> VersionsAsync(CancellationToken cancel)
    {
        var versions = await db.EthnicPopulations.AsNoTracking().OrderByDescending(p => p.Year).ThenByDescending(p => p.Number).ToListAsync(cancel);
        var people = versions.Select(v => v.KeptById).Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return [.. versions.Select(v => (v, names.GetValueOrDefault(v.KeptById, "somebody")))];
    }

    /// <summary>Keeps every line of a file of numbers, checked as the form's are, or none of them.</summary>
    /// <param name="id">Made with the form, so that a double click keeps each line once.</param>
    /// <returns>What is wrong, line by line; nothing when all are kept, and null when the actor may not see figures.</returns>
    public async Task<IReadOnlyList<string>?> KeepFileAsync(Guid id, string text, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return null;
        var (lines, faults) = EthnicPopulationFile.Read(id, text);
        var validator = new KeepEthnicPopulationValidator(clock);
        foreach (var (line, input) in lines) faults.AddRange((await validator.ValidateAsync(input, cancel)).Errors.Select(e => $"Line {line}: {e.ErrorMessage}"));
        if (faults.Count > 0) return faults;
        await using var all = await db.Database.BeginTransactionAsync(cancel);
        foreach (var (line, input) in lines)
        {
            if ((await KeepAsync(input, actor, cancel))?.Refusal is not { } refusal) continue;
            faults.Add($"Line {line}: {refusal.Message}");
            return faults;
        }

        await all.CommitAsync(cancel);
        return faults;
    }

    /// <returns>Null when the actor may not see figures.</returns>
    public async Task<Outcome?> KeepAsync(KeepEthnicPopulation input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return null;
        Task<bool> IsThere() => db.EthnicPopulations.AnyAsync(p => p.Id == input.Id && p.KeptById == actor.PersonId, cancel);
        if (await IsThere()) return Outcome.Done;
        var year = input.Year!.Value;
        if (input.All < Least) return Outcome.Refused(nameof(input.Asian), string.Create(English, $"Together these are {input.All:#,0} children. Enter how many children of each group live here, {Least:#,0} or more together"));
        if (await figures.PopulationInAsync(year, actor, cancel) is { } known && Math.Abs(input.All - known.Children) > known.Children * Apart)
        {
            return Outcome.Refused(
                nameof(input.Asian),
                string.Create(English, $"Together these are {input.All:#,0} children, but {known.Children:#,0} lived here in the middle of {year} ({known.Source}). Look whether each number is of children aged 0 to 17"));
        }

        var version = await db.EthnicPopulations.Where(p => p.Year == year).MaxAsync(p => (int?)p.Number, cancel) ?? 0;
        db.Add(new EthnicPopulation
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            Year = year,
            Number = version + 1,
            Asian = input.Asian!.Value,
            Black = input.Black!.Value,
            Mixed = input.Mixed!.Value,
            White = input.White!.Value,
            Other = input.Other!.Value,
            Source = input.Source!.Trim(),
            Reason = input.Reason!.Trim(),
            KeptById = actor.PersonId,
            KeptAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.EthnicPopulationKept, actor, null, input.Id, clock, string.Create(CultureInfo.InvariantCulture, $"{year} version {version + 1}")));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", $"Somebody else kept numbers of {year} while you did. What you typed is still here: open the page in another tab and look at theirs, then send yours again");
    }
}
