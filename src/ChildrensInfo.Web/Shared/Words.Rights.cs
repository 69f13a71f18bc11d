using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Rights;

namespace ChildrensInfo.Web.Shared;

public static partial class Words
{
    public static string Of(Requester requester) => requester switch
    {
        Requester.Child => "The child or young person",
        Requester.Relation => "Somebody in the child’s life",
        _ => "A solicitor or advocate who acts for the child",
    };

    public static string Of(IdentityCheck check) => check switch
    {
        IdentityCheck.KnownToWorker => "Their worker knows them",
        IdentityCheck.SeenInPerson => "Seen in person, with proof",
        IdentityCheck.Documents => "Copies of documents",
        _ => "Written authority to act for the child",
    };

    public static string Of(AccessState state) => state switch
    {
        AccessState.Open => "Being looked through",
        AccessState.ForRelease => "Waits for a second person",
        AccessState.Building => "Being built",
        AccessState.Ready => "Ready to give",
        _ => "Given, and our copy destroyed",
    };

    public static string ColourOf(AccessState state) => state switch
    {
        AccessState.Open => "yellow",
        AccessState.ForRelease => "purple",
        AccessState.Ready => "green",
        _ => "grey",
    };

    public static string Of(AccessReason reason) => reason switch
    {
        AccessReason.TheyAgreed => "Let in: whoever it is about said yes",
        AccessReason.ReasonableWithout => "Let in: reasonable without asking them",
        AccessReason.Professional => "Let in: a worker’s name or work",
        AccessReason.SomebodyElses => "Leave out: it is somebody else’s",
        _ => "Leave out: likely to cause serious harm",
    };

    public static string Of(HeldMark mark) => mark switch
    {
        HeldMark.SomebodyElse => "about somebody else, or names them",
        HeldMark.SomebodyElsesWords => "somebody else’s words",
        HeldMark.SomebodyElsesVoice => "somebody else can be heard",
        _ => "says that somebody may not be safe",
    };

    public static string Of(RetainedStatus status) => status switch
    {
        RetainedStatus.LookedAfter => "Looked after",
        RetainedStatus.Adopted => "Adopted",
        RetainedStatus.Protected => "On a child protection plan",
        RetainedStatus.InNeed => "In need",
        RetainedStatus.EarlyHelp => "Early help",
        _ => "No legal status known",
    };

    public static string Of(RetainedType type) => type switch
    {
        RetainedType.AdoptionRecord => "Adoption record",
        _ => "Child’s record",
    };

    /// <summary>How long, as part of a sentence: "kept …".</summary>
    public static string Period(RetentionRule rule) => $"{Count(rule.Years, "year", "years")} from " + rule.Anchor switch
    {
        RetentionAnchor.Birth => "birth",
        RetentionAnchor.Death => "the death of somebody under 18",
        RetentionAnchor.Adoption => "the adoption order",
        RetentionAnchor.Eighteen => "the eighteenth birthday",
        _ => "the last contact",
    };

    public static string Of(HoldCause cause) => cause switch
    {
        HoldCause.Inquiry => "A public inquiry",
        HoldCause.Court => "A court case",
        HoldCause.Police => "A police investigation",
        HoldCause.Complaint => "A complaint",
        HoldCause.TheirClaim => "A claim of the child’s own",
        _ => "Something else",
    };

    public static string Of(DisposalCause cause) => cause switch
    {
        DisposalCause.Retention => "Its time is over",
        _ => "Erasure was granted",
    };

    public static string Of(DisposalState state) => state switch
    {
        DisposalState.Proposed => "Waits for a second person",
        DisposalState.Refused => "Kept",
        _ => "Destroyed",
    };

    public static string ColourOf(DisposalState state) => state switch
    {
        DisposalState.Proposed => "purple",
        DisposalState.Refused => "green",
        _ => "grey",
    };

    public static string Of(ErasureGround ground) => ground switch
    {
        ErasureGround.NoLongerNeeded => "it is not needed any more for what it was written down for",
        ErasureGround.PermissionTakenBack => "it rested on their permission alone, and that is taken back",
        ErasureGround.Objected => "they object, and nothing weighs more",
        ErasureGround.Unlawful => "it should not have been kept",
        ErasureGround.LawSaysErase => "the law says to erase it",
        ErasureGround.LegalObligation => "the law says to keep it",
        ErasureGround.PublicTask => "the council needs it to look after children",
        ErasureGround.LegalClaim => "it may be needed for a claim in law",
        ErasureGround.Archiving => "it is kept as an archive or for research in the public interest",
        _ => "freedom of expression and information",
    };

    /// <summary>What is told with every refusal (UK GDPR article 12(4)).</summary>
    public const string HowToComplain = "If you do not agree, you can complain to the Information Commissioner’s Office (ico.org.uk/make-a-complaint, 0303 123 1113), and you can go to court.";

    public static string Of(RequestKind kind) => kind switch
    {
        RequestKind.Access => "Everything held",
        RequestKind.Erasure => "Erasure",
        _ => "Putting right",
    };

    public static string Of(RectificationAnswer answer) => answer switch
    {
        RectificationAnswer.PutRight => "It is put right",
        RectificationAnswer.StatementBeside => "A statement stands beside the record",
        _ => "Refused",
    };

    public static string Of(RestrictionGround ground) => ground switch
    {
        RestrictionGround.SaidToBeWrong => "They say it is wrong, and that is being looked into",
        RestrictionGround.UnlawfulButKept => "It should not have been kept, and they want it frozen rather than destroyed",
        RestrictionGround.TheirClaim => "They need it for a claim of their own",
        _ => "They object, and that is being looked into",
    };

    public static string Of(RestrictedReading purpose) => purpose switch
    {
        RestrictedReading.TheyAgreed => "They agreed to it",
        RestrictedReading.LegalClaim => "A claim in law",
        RestrictedReading.ProtectSomebody => "To protect somebody",
        _ => "An important public interest",
    };

    public static string Of(BreachData data) => data switch
    {
        BreachData.Words => "what children said",
        BreachData.Recordings => "recordings or pictures",
        BreachData.Names => "names",
        BreachData.HealthOrNeeds => "health or needs",
        BreachData.FamilyOrAddress => "family or where somebody lives",
        BreachData.Permissions => "permissions",
        _ => "something else",
    };

    public static string Of(BreachRisk risk) => risk switch
    {
        BreachRisk.Unlikely => "Not likely",
        BreachRisk.Likely => "Likely: the Information Commissioner’s Office is told",
        _ => "High: the people it is about are told too",
    };

    /// <summary>Where the 72 hours stand.</summary>
    public static string Clock(DataBreach breach, DateTime now) =>
        breach.ToldIcoAt is { } told ? $"told on {Time(told)}{(told > breach.TellBy ? ", late" : "")}"
        : breach.NotTold ? "not told: no risk is likely"
        : now > breach.TellBy ? $"the 72 hours were over on {Time(breach.TellBy)}"
        : $"to be told by {Time(breach.TellBy)}, {Count((long)(breach.TellBy - now).TotalHours, "hour", "hours")} left";

    public static string Of(DutyNoteKind kind) => kind switch
    {
        DutyNoteKind.BreachHappened => "What happened",
        DutyNoteKind.BreachRisk => "The risk, and who was told",
        DutyNoteKind.BreachDone => "What was done",
        DutyNoteKind.BreachClosed => "Closed",
        _ => "Note",
    };

    public static string Of(RiskLikelihood likelihood) => likelihood switch
    {
        RiskLikelihood.Remote => "remote",
        RiskLikelihood.Possible => "possible",
        _ => "probable",
    };

    public static string Of(RiskSeverity severity) => severity switch
    {
        RiskSeverity.Minimal => "minimal harm",
        RiskSeverity.Significant => "significant harm",
        _ => "severe harm",
    };

    public static string Of(RiskLevel level) => level switch
    {
        RiskLevel.Low => "Low",
        RiskLevel.Medium => "Medium",
        _ => "High",
    };

    public static string Of(SecurityMeasure measure) => measure switch
    {
        SecurityMeasure.Keys => "Words are sealed",
        SecurityMeasure.SecondFactor => "A second step to sign in",
        SecurityMeasure.RowSecurity => "Each council’s rows are kept apart",
        _ => "A log that nobody changes",
    };

    /// <summary>On what the council does it. The yes of a family is a condition of the portal’s beside that, and not the consent that data protection law speaks of.</summary>
    public static string LawOf(PurposeBasis basis) => basis switch
    {
        PurposeBasis.NoticeOnly => "The council’s public task for children: people are told, and may object.",
        _ => "The council’s public task for children, and only while a yes of those who may decide stands: they are asked, and may take it back.",
    };
}
