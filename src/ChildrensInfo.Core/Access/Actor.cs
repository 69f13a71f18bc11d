namespace ChildrensInfo.Core.Access;

/// <summary>What a person does here. One person has one role, so that nobody approves their own request in another hat.</summary>
public enum Role
{
    Practitioner,
    DataLead,
    Researcher,
    Administrator,
    TeamManager,

    /// <summary>Answers to the council for what information is used for, beside and never under those who use it.</summary>
    InformationGovernance,

    /// <summary>Independent reviewing officer, or chair of a child protection conference: beside those who work with the child, and not one of them.</summary>
    ReviewingOfficer,

    /// <summary>Speaks for a child who wants that, and only while they want it.</summary>
    Advocate,
}

/// <summary>Which rows about children a unit of work may touch. The database enforces it; see docs/access.md.</summary>
public enum Reach
{
    /// <summary>No row about any child.</summary>
    None,

    /// <summary>Everything about the children the person is allocated, and nothing about anybody else.</summary>
    Caseload,

    /// <summary>The same of every child who is allocated to somebody of the person's own team.</summary>
    Team,

    /// <summary>To read, and write nothing: what children said to whom the person is assigned now, in the role they have.</summary>
    Assigned,

    /// <summary>The authority's list of children and who is allocated to whom. No needs, no words.</summary>
    Register,

    /// <summary>The list, needs, and the facts that somebody was heard or decided something. No words.</summary>
    Need,

    /// <summary>The whole authority, words included: jobs, and the service that prepares permitted quotations.</summary>
    Whole,

    /// <summary>The queue of jobs of every authority, which monthly packs are due, and the lines and seals of the audit log; nothing else.</summary>
    Runner,
}

/// <summary>Who is asking: copied into audit lines as it was at the time.</summary>
public sealed record Actor(Guid PersonId, Guid AuthorityId, Role Role, Guid? TeamId, string DisplayName, Reach Reach)
{
    public static Actor For(Guid personId, Guid authorityId, Role role, Guid? teamId, string displayName) =>
        new(personId, authorityId, role, teamId, displayName, Roles.ReachOf(role));

    /// <summary>The service itself, between people and councils: see <see cref="Reach.Runner"/>.</summary>
    public static readonly Actor Runner = new(Guid.Empty, Guid.Empty, Role.Administrator, null, "", Reach.Runner);

    /// <summary>The service itself in one council, for what is due whoever asked for it.</summary>
    public static Actor ServiceOf(Guid authorityId) => new(Guid.Empty, authorityId, Role.Administrator, null, "", Reach.Whole);

    /// <summary>A job acting for the person who asked for it, across their authority.</summary>
    public Actor AsJob() => this with { Reach = Reach.Whole };

    public bool Can(Capability capability) => Roles.Has(Role, capability);
}

/// <summary>The person this unit of work is done for. Null when nobody is signed in, and then the database answers nothing.</summary>
public interface ICurrentActor
{
    Actor? Actor { get; }
}

/// <summary>An actor named in code: jobs, the command line, tests.</summary>
public sealed class FixedActor(Actor? actor) : ICurrentActor
{
    public Actor? Actor { get; } = actor;
}
