namespace ChildrensInfo.Core.Access;

public enum Capability
{
    /// <summary>Open the page of a child one reaches and read what was said there.</summary>
    ReadVoice,

    /// <summary>Follow up what was said: search it, see which asks wait, who has looked and what was told without permission.</summary>
    FollowVoice,

    /// <summary>Record what a child says and what one thinks it means, ask for permission.</summary>
    HearChildren,

    /// <summary>Write down that somebody said stop, or no, to whoever sees the child without working with them. Nothing is asked, and no yes is taken.</summary>
    TakeStops,

    /// <summary>Agree to what needs a second person in a team: that an ask can wait before the child is told.</summary>
    AgreeForTeam,

    /// <summary>See who of one's own team's children has not been heard.</summary>
    SeeTeamCoverage,

    /// <summary>See how much waits on devices, in numbers: on one's own, on those of one's team, or of everybody one looks after.</summary>
    SeeDevices,

    /// <summary>Plan what groups of children are asked to take part in, and write down how it went.</summary>
    InvolveChildren,

    /// <summary>Write answers to groups of children, and publish those that somebody else wrote.</summary>
    AnswerGroups,

    /// <summary>Load returns and read need dashboards.</summary>
    UnderstandNeed,

    /// <summary>Make the tools children answer with: what is asked, and on which scale it is counted.</summary>
    KeepTools,

    /// <summary>Draft research projects, ask for extracts and download them.</summary>
    UseExtracts,

    /// <summary>Review research projects that somebody else asks for: one of two yeses that each needs.</summary>
    ReviewProjects,

    /// <summary>Approve or refuse extracts that somebody else asked for, and see what became of them.</summary>
    ApproveExtracts,

    /// <summary>See the section on action and learning.</summary>
    ActAndLearn,

    /// <summary>Create people, give roles, allocate children.</summary>
    LookAfterPeople,

    /// <summary>Assign a reviewing officer to a child, or an advocate whom the child wants.</summary>
    AssignPeople,

    /// <summary>Read the audit log of one's own authority.</summary>
    ReadAudit,

    /// <summary>Answer for what information is used for: the register of purposes and uses, and second decisions on what others propose. No words.</summary>
    GovernInformation,

    /// <summary>Deal with requests for everything held on a child. Opens the words of that one child while the request is open.</summary>
    AnswerRights,

    /// <summary>Read what children said before it leaves in an extract of words that somebody else approved.</summary>
    ReviewWords,

    /// <summary>Say how long records are kept, hold, dispose of, erase and restrict them with a second person, and keep the log of breaches. No words.</summary>
    KeepDuties,
}

/// <summary>The whole access table. docs/access.md is this table in words, and a test keeps them equal.</summary>
public static class Roles
{
    private static readonly Dictionary<Role, (Reach Reach, Capability[] Capabilities)> Table = new()
    {
        [Role.Practitioner] = (Reach.Caseload, [Capability.ReadVoice, Capability.FollowVoice, Capability.HearChildren, Capability.SeeDevices, Capability.InvolveChildren, Capability.ActAndLearn]),
        [Role.DataLead] = (Reach.Need, [Capability.UnderstandNeed, Capability.KeepTools, Capability.ReviewProjects, Capability.ApproveExtracts, Capability.InvolveChildren, Capability.AnswerGroups, Capability.ActAndLearn]),
        [Role.Researcher] = (Reach.None, [Capability.UseExtracts, Capability.ActAndLearn]),
        [Role.Administrator] = (Reach.Register, [Capability.LookAfterPeople, Capability.AssignPeople, Capability.SeeDevices, Capability.ReadAudit, Capability.ActAndLearn]),
        [Role.TeamManager] = (Reach.Team, [Capability.ReadVoice, Capability.FollowVoice, Capability.TakeStops, Capability.AgreeForTeam, Capability.AssignPeople, Capability.SeeTeamCoverage, Capability.SeeDevices, Capability.InvolveChildren, Capability.AnswerGroups, Capability.ActAndLearn]),
        [Role.InformationGovernance] = (Reach.Need, [Capability.ReadAudit, Capability.GovernInformation, Capability.AnswerRights, Capability.ReviewWords, Capability.KeepDuties, Capability.ReviewProjects, Capability.ActAndLearn]),
        [Role.ReviewingOfficer] = (Reach.Assigned, [Capability.ReadVoice, Capability.TakeStops]),
        [Role.Advocate] = (Reach.Assigned, [Capability.ReadVoice, Capability.TakeStops]),
    };

    public static Reach ReachOf(Role role) => Table.TryGetValue(role, out var row) ? row.Reach : Reach.None;

    /// <summary>Those who reach the needs or the people of a whole council, and those who take files away.</summary>
    public static bool MustHaveSecondFactor(Role role) => role is Role.DataLead or Role.Researcher or Role.InformationGovernance or Role.Administrator;

    public static bool Has(Role role, Capability capability) =>
        Table.TryGetValue(role, out var row) && row.Capabilities.Contains(capability);
}
