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
}
