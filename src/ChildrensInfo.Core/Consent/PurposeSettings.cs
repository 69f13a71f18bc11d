using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>How a purpose is asked for in one authority at some instant: its own setting, or what the catalogue says.</summary>
/// <param name="Since">Null while the catalogue's own hold.</param>
public sealed record PurposeRules(PurposeBasis Basis, int MonthsValid, int MonthsValidForYoungChild, int CoolingDays, string? LocalText, DateTime? Since)
{
    public static PurposeRules Of(Purpose purpose, PurposeSetting? setting) => setting is null
        ? new(Purposes.BasisOf(purpose), Purposes.MonthsValid, Purposes.MonthsValidForYoungChild, Purposes.DaysBeforeAskingAgain, null, null)
        : new(setting.Basis, setting.MonthsValid, setting.MonthsValidForYoungChild, setting.CoolingDays, setting.LocalText, setting.SetAt);

    /// <summary>The first day on which somebody may be asked again after they said no or stop at an instant.</summary>
    public DateOnly AskAgainFrom(DateTime saidNoAt) => ConsentRules.LocalDay(saidNoAt).AddDays(CoolingDays);
}

public class SetPurpose
{
    public PurposeBasis? Basis { get; set; }

    public int? MonthsValid { get; set; }

    public int? MonthsValidForYoungChild { get; set; }

    public int? CoolingDays { get; set; }

    public string? LocalText { get; set; }

    public string? Reason { get; set; }
}

public sealed class SetPurposeValidator : AbstractValidator<SetPurpose>
{
    public SetPurposeValidator()
    {
        RuleFor(s => s.Basis).NotNull().WithMessage("Choose whether people are told or asked").IsInEnum();
        foreach (var months in new[] { RuleFor(s => s.MonthsValid), RuleFor(s => s.MonthsValidForYoungChild) })
        {
            months.NotNull().WithMessage("Enter how many months").InclusiveBetween(1, PurposeSetting.MostMonths).WithMessage($"From 1 to {PurposeSetting.MostMonths} months");
        }

        RuleFor(s => s.MonthsValidForYoungChild).LessThanOrEqualTo(s => s.MonthsValid).When(s => s.MonthsValid is not null).WithMessage("A young child’s yes cannot last longer than an older one’s");
        RuleFor(s => s.CoolingDays).NotNull().WithMessage("Enter how many days").InclusiveBetween(PurposeSetting.LeastCoolingDays, PurposeSetting.MostCoolingDays)
            .WithMessage($"From {PurposeSetting.LeastCoolingDays} to {PurposeSetting.MostCoolingDays} days: a no is not asked about again and again");
        RuleFor(s => s.LocalText).Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= PurposeSetting.TextMaxLength).WithMessage($"Keep this to {PurposeSetting.TextMaxLength} characters or fewer");
        RuleFor(s => s.Reason).Cascade(CascadeMode.Stop).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage("Say what this rests on: the assessment or the minute, and why")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => WrittenText.Length(t) <= PurposeSetting.TextMaxLength).WithMessage($"Keep this to {PurposeSetting.TextMaxLength} characters or fewer");
    }
}

/// <summary>What an authority may set of a purpose, within what the catalogue leaves to it.</summary>
public sealed class PurposeService(AppDbContext db, TimeProvider clock)
{
    public async Task<PurposeRules> RulesAsync(Purpose purpose, DateTime at, CancellationToken cancel) =>
        PurposeRules.Of(purpose, await db.PurposeSettings.AsNoTracking().Where(s => s.Purpose == purpose && s.SetAt <= at).OrderByDescending(s => s.SetAt).FirstOrDefaultAsync(cancel));

    public async Task<IReadOnlyDictionary<Purpose, PurposeRules>> AllRulesAsync(CancellationToken cancel)
    {
        var latest = (await db.PurposeSettings.AsNoTracking().ToListAsync(cancel)).GroupBy(s => s.Purpose).ToDictionary(g => g.Key, g => g.MaxBy(s => s.SetAt));
        return Enum.GetValues<Purpose>().ToDictionary(p => p, p => PurposeRules.Of(p, latest.GetValueOrDefault(p)));
    }

    public async Task<Outcome> SetAsync(Purpose purpose, SetPurpose input, Actor actor, CancellationToken cancel)
    {
        var basis = input.Basis!.Value;
        if (basis != Purposes.BasisOf(purpose) && !Purposes.MayBeTold(purpose))
        {
            return Outcome.Refused(nameof(input.Basis), "This is the same in every council: people are " + (Purposes.BasisOf(purpose) == PurposeBasis.Permission ? "asked" : "told"));
        }

        db.Add(new PurposeSetting
        {
            AuthorityId = actor.AuthorityId,
            Purpose = purpose,
            Basis = basis,
            MonthsValid = input.MonthsValid!.Value,
            MonthsValidForYoungChild = input.MonthsValidForYoungChild!.Value,
            CoolingDays = input.CoolingDays!.Value,
            LocalText = string.IsNullOrWhiteSpace(input.LocalText) ? null : input.LocalText.Trim(),
            Reason = input.Reason!.Trim(),
            SetById = actor.PersonId,
            SetAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.PurposeSet, actor, null, null, clock, $"{purpose} {basis}, {input.MonthsValid} and {input.MonthsValidForYoungChild} months, {input.CoolingDays} days"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }
}
