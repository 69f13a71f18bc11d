using ChildrensInfo.Core.Audit;

namespace ChildrensInfo.Web.Shared;

/// <summary>What each line of the audit log says in words. docs/audit.md lists them, and a test keeps both complete.</summary>
public static class AuditWords
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        [AuditActions.SignedIn] = "Signed in",
        [AuditActions.SignInRefused] = "Was refused at sign-in",
        [AuditActions.SignedOut] = "Signed out",
        [AuditActions.PasswordChosen] = "Chose a password",
        [AuditActions.AccessRefused] = "Was refused a page",
        [AuditActions.ChildRead] = "Opened a child’s record",
        [AuditActions.ChildListed] = "Read a list of children",
        [AuditActions.ChildCreated] = "Added a child",
        [AuditActions.ChildChanged] = "Changed a child’s details",
        [AuditActions.ChildAllocated] = "Allocated a child",
        [AuditActions.AllocationEnded] = "Ended an allocation",
        [AuditActions.RelationshipAdded] = "Added somebody in a child’s life",
        [AuditActions.DoNotTellRecorded] = "Recorded who must not be told",
        [AuditActions.DoNotTellEnded] = "Ended who must not be told",
        [AuditActions.SessionStarted] = "Started a visit",
        [AuditActions.VoiceRecorded] = "Recorded voice",
        [AuditActions.VoiceCorrected] = "Added a correction beside a record",
        [AuditActions.VoiceMoved] = "Moved a record away from the wrong child",
        [AuditActions.VoiceReceived] = "Moved a record to the right child",
        [AuditActions.BreachCompleted] = "Reported words under the wrong child",
        [AuditActions.ThirdPartyDecided] = "Recorded what somebody else on a recording said",
        [AuditActions.VoiceCopied] = "Made a copy for somebody",
        [AuditActions.VoiceHeard] = "Played a recording",
        [AuditActions.MediaReceived] = "Sent a recording or drawing",
        [AuditActions.MediaRefused] = "Had a recording or drawing refused",
        [AuditActions.VoiceQuoted] = "Showed a child’s words beside a figure",
        [AuditActions.TranscriptTyped] = "Typed what a recording says",
        [AuditActions.TranscriptAsked] = "Asked for a machine’s draft of what a recording says",
        [AuditActions.TranscriptDrafted] = "Had a recording drafted by a machine",
        [AuditActions.TranscriptFailed] = "Had no draft from the machine",
        [AuditActions.TranscriptAccepted] = "Listened and accepted what a recording says",
        [AuditActions.InterpretationAdded] = "Added an interpretation",
        [AuditActions.InterpretationShown] = "Recorded whether a child saw an interpretation",
        [AuditActions.ConsentRecorded] = "Recorded a permission",
        [AuditActions.CompetenceAssessed] = "Recorded whether a child could decide",
        [AuditActions.ReturnUploaded] = "Uploaded a return",
        [AuditActions.ReturnLoaded] = "Had a return loaded",
        [AuditActions.ReturnRefused] = "Had a return refused",
        [AuditActions.ReturnRead] = "Read a return and what was left out",
        [AuditActions.ReturnStopAsked] = "Asked for a return to be stopped",
        [AuditActions.ReturnStopped] = "Had a return stopped",
        [AuditActions.DashboardRead] = "Read a dashboard",
        [AuditActions.ProjectCreated] = "Drafted a research project",
        [AuditActions.ProjectChanged] = "Changed a research project",
        [AuditActions.ProjectSubmitted] = "Sent a research project for a decision",
        [AuditActions.ProjectClosed] = "Closed a research project",
        [AuditActions.ProjectDecided] = "Decided on a research project",
        [AuditActions.ExtractRequested] = "Asked for an extract",
        [AuditActions.ExtractDecided] = "Decided on an extract",
        [AuditActions.ExtractBuilt] = "Had an extract built",
        [AuditActions.ExtractFailed] = "Had an extract fail",
        [AuditActions.ExtractDownloaded] = "Downloaded an extract",
        [AuditActions.PersonListed] = "Read the list of people",
        [AuditActions.PersonCreated] = "Added a person",
        [AuditActions.PersonChanged] = "Changed a person",
        [AuditActions.PersonLeft] = "Marked a person as left",
        [AuditActions.LinkMade] = "Made a link to choose a password",
        [AuditActions.AuditRead] = "Read the audit log",
        [AuditActions.DemoLoaded] = "Loaded demonstration data",
    };

    /// <summary>An action that a newer version wrote is shown as its code, never left out.</summary>
    public static string Of(string action) => All.GetValueOrDefault(action, action);
}
