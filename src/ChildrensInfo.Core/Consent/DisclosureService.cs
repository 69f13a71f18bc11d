using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>What somebody wants to tell without permission, to whom and why.</summary>
public class ProposeDisclosure
{
    /// <summary>Made with the form, so that a double click proposes once.</summary>
    public Guid Id { get; set; }

    /// <summary>The records it is about; none when it is not in one.</summary>
    public List<Guid> Records { get; set; } = [];

    public string What { get; set; } = "";

    public string ToWhom { get; set; } = "";

    public string Why { get; set; } = "";

    public DisclosureBasis? Basis { get; set; }

    public ChildInformed? ChildInformed { get; set; }

    public string? NotInformedBecause { get; set; }

    public DateOnly? ReviewOn { get; set; }
}

public sealed class ProposeDisclosureValidator : AbstractValidator<ProposeDisclosure>
{
    public ProposeDisclosureValidator(TimeProvider clock)
    {
        RuleFor(i => i.Id).NotEmpty().WithMessage("Open the form again, then send it");
        foreach (var (text, missing, most) in new (System.Linq.Expressions.Expression<Func<ProposeDisclosure, string?>>, string, int)[]
        {
            (i => i.What, "Say what would be told, and no more than is needed", DisclosureDecision.TextMaxLength),
            (i => i.ToWhom, "Say who would be told", DisclosureDecision.RecipientMaxLength),
            (i => i.Why, "Say what could happen if nobody were told", DisclosureDecision.TextMaxLength),
        })
        {
            RuleFor(text).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage(missing)
                .MaximumLength(most).WithMessage($"Keep this to {most} characters or fewer").Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        }

        RuleFor(i => i.Basis).Must(b => b is { } basis && Enum.IsDefined(basis)).WithMessage("Choose what in the law lets you tell");
        RuleFor(i => i.ChildInformed).Must(c => c is { } informed && Enum.IsDefined(informed)).WithMessage("Say whether the child knows");
        RuleFor(i => i.NotInformedBecause).Must(t => !string.IsNullOrWhiteSpace(t)).When(i => i.ChildInformed == ChildInformed.NotSafe).WithMessage("Say why it is not safe to tell the child")
            .MaximumLength(DisclosureDecision.TextMaxLength).WithMessage($"Keep this to {DisclosureDecision.TextMaxLength} characters or fewer").Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
        RuleFor(i => i.ReviewOn).Must(on => on > ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime)).WithMessage("Choose a day, after today, on which this is looked at again");
    }
}

/// <summary>A proposal as those who work with the child read it.</summary>
public sealed record Disclosure(DisclosureDecision Decision, string What, string ToWhom, string Why, string? NotInformed, string? DecisionReason);

/// <summary>
/// Telling somebody without permission, to keep somebody safe. One person says what, to whom and why; a manager, never the same person, agrees or does
/// not. No permission is changed by it, and none is needed for the duty to act at once: this is where the reasons are kept.
/// </summary>
public sealed class DisclosureService(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <returns>Null when the child is not one the actor may see.</returns>
    public async Task<Outcome?> ProposeAsync(Guid childId, ProposeDisclosure input, Actor actor, CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        if (child is null) return null;
        var records = input.Records.Distinct().ToList();
        var found = await db.VoiceRecords.Where(r => r.ChildId == childId && r.MovedAt == null && records.Contains(r.Id)).Select(r => r.Id).ToListAsync(cancel);
        if (found.Count != records.Count) return await db.RefuseForgedAsync(childId, records.Except(found).First(), actor, nameof(input.Records), "Choose something this child said", "record", clock, cancel);
        if (await IsThereAsync()) return Outcome.Done;
        db.Add(new DisclosureDecision
        {
            Id = input.Id,
            AuthorityId = child.AuthorityId,
            ChildId = childId,
            VoiceRecordIds = records,
            WhatSealed = await SealAsync(input.What, SealPart.DisclosureWhat),
            ToWhomSealed = await SealAsync(input.ToWhom, SealPart.DisclosureToWhom),
            WhySealed = await SealAsync(input.Why, SealPart.DisclosureWhy),
            Basis = input.Basis!.Value,
            ChildInformed = input.ChildInformed!.Value,
            NotInformedSealed = string.IsNullOrWhiteSpace(input.NotInformedBecause) ? null : await SealAsync(input.NotInformedBecause, SealPart.DisclosureNotInformed),
            ReviewOn = input.ReviewOn!.Value,
            ProposedAt = clock.GetUtcNow().UtcDateTime,
            ProposedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.DisclosureProposed, actor, childId, input.Id, clock, input.Basis.ToString()));
        return await db.SaveOnceAsync(IsThereAsync, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);

        Task<bool> IsThereAsync() => db.DisclosureDecisions.AnyAsync(d => d.Id == input.Id && d.ChildId == childId, cancel);
        Task<byte[]> SealAsync(string text, int part) => keys.SealAsync(childId, text.Trim(), input.Id, part, cancel);
    }

    /// <summary>A second person agrees or does not.</summary>
    /// <returns>Null when the child has no such proposal that the actor may see.</returns>
    public async Task<Outcome?> DecideAsync(Guid childId, Guid id, bool? agree, string? reason, Actor actor, CancellationToken cancel)
    {
        var proposal = await db.DisclosureDecisions.SingleOrDefaultAsync(d => d.Id == id && d.ChildId == childId, cancel);
        if (proposal is null || !actor.Can(Capability.AgreeForTeam)) return null;
        if (proposal.State != DisclosureState.Proposed) return Outcome.Refused("", "This was decided already");
        if (proposal.ProposedById == actor.PersonId) return Outcome.Refused("", "You proposed this, so somebody else decides");
        if (agree is not { } agreed) return Outcome.Refused("Agree", "Choose whether they are told");
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > DisclosureDecision.TextMaxLength || !WrittenText.CanBeKept(reason))
        {
            return Outcome.Refused("Reason", $"Say why, in {DisclosureDecision.TextMaxLength} characters or fewer");
        }

        (proposal.State, proposal.DecidedById, proposal.DecidedAt) = (agreed ? DisclosureState.Agreed : DisclosureState.NotAgreed, actor.PersonId, clock.GetUtcNow().UtcDateTime);
        proposal.DecisionReasonSealed = await keys.SealAsync(childId, reason.Trim(), id, SealPart.DisclosureDecision, cancel);
        db.Add(AuditEntry.For(AuditActions.DisclosureDecided, actor, childId, id, clock, proposal.State.ToString()));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Outcome.Refused("", "Somebody else decided this at the same moment. Look at it again");
        }

        return Outcome.Done;
    }

    /// <summary>Every proposal about a child, the newest first. Reading is audited by the page.</summary>
    public async Task<IReadOnlyList<Disclosure>> OfChildAsync(Guid childId, CancellationToken cancel)
    {
        var rows = await db.DisclosureDecisions.AsNoTracking().Where(d => d.ChildId == childId).OrderByDescending(d => d.ProposedAt).ToListAsync(cancel);
        var opened = new List<Disclosure>(rows.Count);
        foreach (var d in rows)
        {
            opened.Add(new(
                d, (await OpenAsync(d.WhatSealed, SealPart.DisclosureWhat))!, (await OpenAsync(d.ToWhomSealed, SealPart.DisclosureToWhom))!, (await OpenAsync(d.WhySealed, SealPart.DisclosureWhy))!,
                await OpenAsync(d.NotInformedSealed, SealPart.DisclosureNotInformed), await OpenAsync(d.DecisionReasonSealed, SealPart.DisclosureDecision)));

            async Task<string?> OpenAsync(byte[]? text, int part) => text is null ? null : await keys.OpenAsync(childId, text, d.Id, part, cancel);
        }

        return opened;
    }
}
