using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Core.Consent;

/// <summary>
/// Who may say yes, and the rule by which everybody else is refused. A no never needs proof of anything. Sources: Gillick [1986] AC 112; Children Act 1989,
/// sections 2, 3, 20, 31, 33 and 38; Mental Capacity Act 2005, sections 1 to 3 for those aged 16 and over.
/// </summary>
internal static class WhoDecides
{
    /// <summary>The council's yes comes from somebody at least this senior.</summary>
    public const DecisionGrade LowestGrade = DecisionGrade.TeamManager;

    public static Refusal? Refuse(RecordConsent input, ConsentFacts facts, IReadOnlyCollection<LegalStatusKind> statuses, DateOnly day, DateTime at)
    {
        var age = Child.AgeOn(facts.BornOn, day);
        if (input.Method == ConsentMethod.Inferred) return new(nameof(input.Method), "A yes is said, signed or shown. It is never concluded from what somebody did");
        if (input.Purpose == Purpose.ShareParent && input.RecipientId is { } person && facts.NoContact.ContainsKey(person))
        {
            return new("", "This person must have no contact with the child, so nothing can be shown to them");
        }

        if (input.DecidedBy is null or DecidedBy.SomebodyElse)
        {
            return new(nameof(input.DecidedBy), "Only the child, somebody who holds parental responsibility, the council under a care order, a carer with delegated authority or a court can say yes");
        }

        if (input.DecidedBy != DecidedBy.ChildForSelf && RefuseAdult(input, facts, statuses, age, day) is { } refusal) return refusal;
        return RefuseForCompetence(input, facts, age, at);
    }

    private static Refusal? RefuseAdult(RecordConsent input, ConsentFacts facts, IReadOnlyCollection<LegalStatusKind> statuses, int? age, DateOnly day)
    {
        bool Holds(DecidedBy by) => facts.Authorities.Any(a => a.By == by && (by == DecidedBy.LocalAuthority || a.RelationshipId == input.DecidedByRelationshipId) && a.Covers(day));
        switch (input.DecidedBy)
        {
            case DecidedBy.ParentalResponsibility when !Holds(DecidedBy.ParentalResponsibility):
                return new(nameof(input.DecidedByRelationshipId), "Only somebody who holds parental responsibility can say yes for a child");
            case DecidedBy.DelegatedAuthority when !Holds(DecidedBy.DelegatedAuthority):
                return new(nameof(input.DecidedBy), "No delegated authority for this decision is on record, so a carer cannot say yes");
            case DecidedBy.LocalAuthority when !Holds(DecidedBy.LocalAuthority):
                return new(nameof(input.DecidedBy), statuses.Contains(LegalStatusKind.Accommodated)
                    ? "The child is looked after by agreement (section 20), not under a care order: parents keep parental responsibility and the council has none"
                    : "No care order is on record, so the council cannot say yes for this child");
            case DecidedBy.LocalAuthority when input.Grade is null or < LowestGrade:
                return new(nameof(input.Grade), "Under a care order a team manager, or somebody more senior, says yes for the council. Say who did");
            case DecidedBy.CourtOrAttorney when string.IsNullOrWhiteSpace(input.Reason):
                return new(nameof(input.Reason), "Say which order of a court, or which power, lets them decide");
        }

        return age >= Purposes.DecidesFromAge && input.DecidedBy != DecidedBy.CourtOrAttorney
            ? new(nameof(input.DecidedBy), "From 16, young people decide this for themselves")
            : null;
    }

    private static Refusal? RefuseForCompetence(RecordConsent input, ConsentFacts facts, int? age, DateTime at)
    {
        if (age >= Purposes.DecidesFromAge) return null;
        if (input.DecidedBy == DecidedBy.ChildForSelf)
        {
            if (input.Competence != CompetenceOutcome.Competent) return new(nameof(input.Competence), "A child under 16 can say yes only if they understand what it means. Say whether they do");
            foreach (var (field, part) in new (string, Understands?)[]
            {
                (nameof(input.WhatItIs), input.WhatItIs), (nameof(input.WhatFor), input.WhatFor), (nameof(input.WhoWillSee), input.WhoWillSee),
                (nameof(input.CanSayNo), input.CanSayNo), (nameof(input.WhatMayHappen), input.WhatMayHappen),
            })
            {
                if (part == Understands.No) return new(field, "A child who does not understand this part cannot decide it yet. Explain it again, or ask who may decide for them");
            }

            if (input.FreeFromPressure is FreeFromPressure.No) return new(nameof(input.FreeFromPressure), "A yes that somebody pressed for is no yes. Ask again when they can speak freely");
        }
        else
        {
            var found = facts.Assessments.Where(a => a.At <= at && a.Outcome != CompetenceOutcome.NotAssessed).OrderBy(a => a.At).LastOrDefault();
            if (input.Competence == CompetenceOutcome.Competent || (input.Competence is null && found?.Outcome == CompetenceOutcome.Competent))
            {
                return new(nameof(input.DecidedBy), "The child can decide this, so it is the child’s decision");
            }

            // Of a child whose age nobody knows it is said too.
            if (age < Purposes.AssessFromAge) return null;
            if (input.Competence is null or CompetenceOutcome.NotAssessed) return new(nameof(input.Competence), "Say whether the child could decide this themselves");
        }

        return (input.CompetenceRationale?.Trim().Length ?? 0) < CompetenceAssessment.RationaleMinLength
            ? new(nameof(input.CompetenceRationale), $"Say what they understood, in at least {CompetenceAssessment.RationaleMinLength} characters")
            : null;
    }
}
