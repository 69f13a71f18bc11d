using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

public class SetRetention
{
    /// <summary>Made with the form, so that a double click sets once.</summary>
    public Guid Id { get; set; }

    public int? Years { get; set; }

    public string? Reason { get; set; }
}

public sealed class SetRetentionValidator : AbstractValidator<SetRetention>
{
    public SetRetentionValidator()
    {
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.Years).NotNull().WithMessage("Enter how many years").InclusiveBetween(1, RetentionSetting.MostYears).WithMessage($"From 1 to {RetentionSetting.MostYears} years");
        RuleFor(s => s.Reason).Written("Say what this rests on: the schedule or the minute, and why", "this", RetentionSetting.ReasonMaxLength);
    }
}

/// <summary>A rule as it is in force, and what it was before.</summary>
/// <param name="Shipped">What the portal comes with.</param>
/// <param name="Since">When the authority set it; null while the portal's own holds.</param>
public sealed record RetentionInForce(RetentionRule Rule, RetentionRule Shipped, DateTime? Since, IReadOnlyList<RetentionSetting> History);

/// <param name="Held">A legal hold stands: it is not disposed of, whatever the rule says.</param>
public sealed record DueRow(Guid ChildId, string ChildNumber, Retained Retained, bool Held);

/// <summary>How long records are kept in an authority, and of whom something is due to be looked at. It disposes of nothing.</summary>
public sealed class RetentionService(AppDbContext db, TimeProvider clock)
{
    /// <summary>Of the return on children looked after: adopted, unopposed or with consent dispensed with.</summary>
    private static readonly string[] AdoptedCodes = ["E11", "E12"];

    private static readonly LegalStatusKind[] LookedAfter = [LegalStatusKind.Accommodated, LegalStatusKind.InterimCareOrder, LegalStatusKind.CareOrder, LegalStatusKind.CareLeaver];

    public DateOnly Today => ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);

    public async Task<IReadOnlyList<RetentionInForce>> RulesAsync(CancellationToken cancel)
    {
        var settings = (await db.RetentionSettings.AsNoTracking().ToListAsync(cancel)).ToLookup(s => s.RuleKey);
        return [.. ShippedRetention.All.Select(shipped =>
        {
            var history = settings[shipped.Key].OrderByDescending(s => s.SetAt).ThenByDescending(s => s.Id).ToList();
            return history.Count == 0 ? new RetentionInForce(shipped, shipped, null, []) : new(shipped with { Years = history[0].Years, Source = history[0].Reason }, shipped, history[0].SetAt, history);
        })];
    }

    /// <returns>Null when there is no such rule, or the actor may not.</returns>
    public async Task<Outcome?> SetAsync(string key, SetRetention input, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties) || ShippedRetention.All.FirstOrDefault(r => r.Key == key) is not { } rule) return null;
        if (rule.IsLaw && input.Years < rule.Years) return Outcome.Refused(nameof(input.Years), $"The law says {rule.Years} years or more: {rule.Source}");
        db.Add(new RetentionSetting { Id = input.Id, AuthorityId = actor.AuthorityId, RuleKey = key, Years = input.Years!.Value, Reason = input.Reason!.Trim(), SetById = actor.PersonId, SetAt = clock.GetUtcNow().UtcDateTime });
        db.Add(AuditEntry.For(AuditActions.RetentionSet, actor, null, input.Id, clock, string.Create(CultureInfo.InvariantCulture, $"{key} {input.Years}")));
        Task<bool> IsThere() => db.RetentionSettings.AnyAsync(s => s.Id == input.Id && s.RuleKey == key, cancel);
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }

    /// <summary>The children whose record is due to be looked at, those due longest first. That they were listed is written down.</summary>
    public async Task<IReadOnlyList<DueRow>> DueAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return [];
        using var acting = db.ActingAs(actor.AsJob());
        var rules = (await RulesAsync(cancel)).Select(r => r.Rule).ToList();
        // Whoever is somebody's now is not due; of whom nothing is sealed there is nothing to dispose of.
        var withSomething = await db.Database.SqlQueryRaw<Guid>(SomethingSealed()).ToListAsync(cancel);
        var closed = db.Children.AsNoTracking().Where(c => withSomething.Contains(c.Id) && !db.Allocations.Any(a => a.ChildId == c.Id && a.EndedOn == null));
        var facts = await FactsAsync(closed, cancel);
        var held = await db.LegalHolds.AsNoTracking().Where(h => h.LiftedAt == null).Select(h => h.ChildId).ToListAsync(cancel);
        var today = Today;
        var due = facts.Select(f => new DueRow(f.Key, f.Value.Number, RetentionRules.Of(f.Value.Facts, rules), held.Contains(null) || held.Contains(f.Key)))
            .Where(d => d.Retained.IsDueOn(today)).OrderBy(d => d.Retained.KeepUntil).ThenBy(d => d.ChildNumber, StringComparer.Ordinal).ToList();
        db.Add(AuditEntry.For(AuditActions.RetentionListed, actor, null, null, clock, due.Count.ToString(CultureInfo.InvariantCulture)));
        await db.SaveChangesAsync(cancel);
        return due;
    }

    /// <summary>Until when one child's record is kept, rule by rule. The caller has the reach.</summary>
    public async Task<Retained?> OfChildAsync(Guid childId, CancellationToken cancel) =>
        (await FactsAsync(db.Children.AsNoTracking().Where(c => c.Id == childId), cancel)).Select(f => f.Value.Facts).FirstOrDefault() is { } facts
            ? RetentionRules.Of(facts, [.. (await RulesAsync(cancel)).Select(r => r.Rule)]) : null;

    /// <summary>Of which children anything is sealed that a disposal would destroy: not only what they said, but whatever a worker wrote about them.</summary>
    private string SomethingSealed()
    {
        var fields = HeldRecords.Sealed.Keys.Where(f => f.Table != typeof(DutyNote)).Append((Table: typeof(StoredFile), Field: nameof(StoredFile.WrappedKey))).Select(f =>
        {
            var table = db.Model.FindEntityType(f.Table)!;
            return $"select child_id from {table.GetTableName()} where child_id is not null and length({table.FindProperty(f.Field)!.GetColumnName()}) > 0";
        });
        return $"select child_id as \"Value\" from ({string.Join(" union ", fields)}) as s";
    }

    private async Task<Dictionary<Guid, (string Number, RetentionFacts Facts)>> FactsAsync(IQueryable<Child> children, CancellationToken cancel)
    {
        var today = Today;
        var statuses = (await db.LegalStatuses.AsNoTracking().Where(s => children.Any(c => c.Id == s.ChildId)).Select(s => new { s.ChildId, s.Kind, s.ToOn }).ToListAsync(cancel)).ToLookup(s => s.ChildId);
        var care = (await db.CareEpisodes.AsNoTracking().Where(e => children.Any(c => c.Id == e.ChildId)).Select(e => new { e.ChildId, e.EndedOn, e.ReasonEnded }).ToListAsync(cancel)).ToLookup(e => e.ChildId);
        var need = (await db.NeedEpisodes.AsNoTracking().Where(e => children.Any(c => c.Id == e.ChildId)).Select(e => new { e.ChildId, e.ReferredOn, e.ClosedOn }).ToListAsync(cancel)).ToLookup(e => e.ChildId);
        var plans = (await db.ProtectionPlans.AsNoTracking().Where(p => children.Any(c => c.Id == p.ChildId)).Select(p => new { p.ChildId, p.EndedOn }).ToListAsync(cancel)).ToLookup(p => p.ChildId);
        var visits = await db.VoiceSessions.AsNoTracking().Where(s => children.Any(c => c.Id == s.ChildId)).GroupBy(s => s.ChildId).Select(g => new { g.Key, Last = g.Max(s => s.OccurredOn) }).ToDictionaryAsync(g => g.Key, g => g.Last, cancel);
        var work = (await db.Allocations.AsNoTracking().Where(a => children.Any(c => c.Id == a.ChildId)).Select(a => new { a.ChildId, a.EndedOn }).ToListAsync(cancel)).ToLookup(a => a.ChildId);
        var all = new Dictionary<Guid, (string, RetentionFacts)>();
        foreach (var child in await children.Select(c => new { c.Id, c.LaChildId, c.BornOn, c.DiedOn }).ToListAsync(cancel))
        {
            var were = new HashSet<RetainedStatus>();
            if (care[child.Id].Any() || statuses[child.Id].Any(s => LookedAfter.Contains(s.Kind))) were.Add(RetainedStatus.LookedAfter);
            var adopted = care[child.Id].Where(e => AdoptedCodes.Contains(e.ReasonEnded)).Select(e => e.EndedOn).Max();
            if (adopted is not null) were.Add(RetainedStatus.Adopted);
            if (plans[child.Id].Any() || statuses[child.Id].Any(s => s.Kind == LegalStatusKind.ChildProtection)) were.Add(RetainedStatus.Protected);
            if (need[child.Id].Any() || statuses[child.Id].Any(s => s.Kind == LegalStatusKind.ChildInNeed)) were.Add(RetainedStatus.InNeed);
            if (statuses[child.Id].Any(s => s.Kind == LegalStatusKind.EarlyHelp)) were.Add(RetainedStatus.EarlyHelp);
            var ends = statuses[child.Id].Where(s => s.Kind != LegalStatusKind.None).Select(s => s.ToOn)
                .Concat(care[child.Id].Select(e => e.EndedOn)).Concat(need[child.Id].Select(e => e.ClosedOn)).Concat(plans[child.Id].Select(p => p.EndedOn)).Concat(work[child.Id].Select(a => a.EndedOn)).ToList();
            // Somebody of 25 or more, or who died, whose status nobody ended on paper is no longer worked with; a younger one may be.
            var grown = child.DiedOn is not null || Child.AgeOn(child.BornOn, today) >= 25;
            var isOpen = work[child.Id].Any(a => a.EndedOn is null) || (!grown && ends.Exists(e => e is null || e > today));
            DateOnly? last = visits.TryGetValue(child.Id, out var visit) ? visit : null;
            foreach (var end in ends) last = end is { } on && on <= today && (last is null || on > last) ? on : last;
            all[child.Id] = (child.LaChildId, new(child.BornOn, child.DiedOn, were, adopted, last, isOpen));
        }

        return all;
    }
}
