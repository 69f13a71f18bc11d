using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Learning;

public class SayDomainUse
{
    /// <summary>Made with the form, so that a double click writes one.</summary>
    public Guid Id { get; set; }

    public string? Domain { get; set; }

    public string? WrittenWhere { get; set; }

    public string? UsedFor { get; set; }
}

public sealed class SayDomainUseValidator : AbstractValidator<SayDomainUse>
{
    public SayDomainUseValidator()
    {
        RuleFor(s => s.Id).NotEmpty();
        RuleFor(s => s.WrittenWhere).Written("Say where else it is written down, or that it is not", "this", DomainUse.TextMaxLength);
        RuleFor(s => s.UsedFor).Written("Say what it is used for, or that it is not", "this", DomainUse.TextMaxLength);
    }
}

/// <summary>One domain of need: is it defined, recorded, heard, and what for.</summary>
/// <param name="Heard">Of the children behind the domain's first indicator that has figures, how many were heard; null where that may not be shown.</param>
/// <param name="OwnWords">Of those heard, of how many there are their own words; null where that may not be shown.</param>
/// <param name="Words">What the council says of it; null when nobody did yet.</param>
public sealed record MappedDomain(
    string Name, IReadOnlyList<Trend> Measured, IReadOnlyList<CurrentIndicator> NotMeasured, IReadOnlyList<string> Returns, IReadOnlyList<string> Voices, string? Heard, string? OwnWords, DomainWords? Words, string? By, DateTime? At);

/// <summary>
/// Which domains of need are defined, recorded, in whose words, where, and used for what: the catalogue and the released figures say most of it, people the rest.
/// </summary>
public sealed class InformationMap(AppDbContext db, KeyRing keys, NeedFigures figures, TimeProvider clock)
{
    public async Task<IReadOnlyList<MappedDomain>> ReadAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.UnderstandNeed)) return [];
        var said = (await db.DomainUses.AsNoTracking().OrderBy(u => u.WrittenAt).ThenBy(u => u.Id).ToListAsync(cancel)).GroupBy(u => u.Domain).ToDictionary(g => g.Key, g => g.Last());
        var names = await db.Users.ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var isLacking = await figures.LackingAsync(cancel);
        var domains = new List<MappedDomain>();
        foreach (var domain in (await figures.TrendsAsync(null, cancel)).Values.GroupBy(t => t.Indicator.Definition.Domain))
        {
            var measured = domain.Where(t => t.Newest is not null && !isLacking(t.Indicator.Definition)).ToList();
            var newest = measured.Select(t => t.Newest!.Value.Slice).FirstOrDefault(s => !NeedValue.Heard(s).IsSuppressed);
            var use = said.GetValueOrDefault(domain.Key);
            domains.Add(new(
                domain.Key, measured, [.. domain.Except(measured).Select(t => t.Indicator)], [.. domain.Select(t => t.Indicator.Definition.Returns).Distinct()],
                [.. domain.Select(t => t.Indicator.Definition.VoiceShaped).Distinct()], newest is null ? null : NeedValue.Heard(newest).ToString(),
                newest is null || NeedValue.OwnWords(newest) is not { IsSuppressed: false } own ? null : own.ToString(),
                use is null ? null : JsonSerializer.Deserialize<DomainWords>(Seal.Open(await keys.AuthorityKeyAsync(use.AuthorityKeyId, cancel), use.Sealed, use.Id, SealPart.DomainUse)),
                use is null ? null : names[use.WrittenById], use?.WrittenAt));
        }

        return domains;
    }

    /// <summary>Says what only people know of a domain; what was said before is kept beneath.</summary>
    /// <returns>Null when the actor may not, or there is no such domain.</returns>
    public async Task<Outcome?> SayAsync(SayDomainUse input, Actor actor, CancellationToken cancel)
    {
        if ((await ReadAsync(actor, cancel)).All(d => d.Name != input.Domain)) return null;
        Task<bool> IsThere() => db.DomainUses.AnyAsync(u => u.Id == input.Id && u.Domain == input.Domain, cancel);
        if (await IsThere()) return Outcome.Done;
        var key = await keys.ForAuthorityAsync(actor.AuthorityId, cancel);
        var words = new DomainWords(input.WrittenWhere!.Trim(), input.UsedFor!.Trim());
        db.Add(new DomainUse
        {
            Id = input.Id,
            AuthorityId = actor.AuthorityId,
            Domain = input.Domain!,
            AuthorityKeyId = key.Id,
            Sealed = Seal.Close(key.Key, JsonSerializer.SerializeToUtf8Bytes(words), input.Id, SealPart.DomainUse),
            WrittenById = actor.PersonId,
            WrittenAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.DomainUseSaid, actor, null, input.Id, clock));
        return await db.SaveOnceAsync(IsThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);
    }
}
