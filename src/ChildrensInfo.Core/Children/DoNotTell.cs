using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Core.Children;

/// <summary>Whom a child can name without naming a person.</summary>
public enum DoNotTellRole
{
    /// <summary>Anybody in the family or looking after the child.</summary>
    Family,

    /// <summary>Schools, health, police, meetings: whoever is not this council's worker for the child.</summary>
    OtherServices,

    /// <summary>Workers who open the record without being allocated to the child: cover, managers.</summary>
    CoveringPractitioners,

    /// <summary>Every worker but the one who was told.</summary>
    OtherPractitioners,

    /// <summary>The independent reviewing officer, or the chair of a conference.</summary>
    ReviewingOfficer,

    /// <summary>The child's advocate.</summary>
    Advocate,
}

public enum DoNotTellScope
{
    /// <summary>One record, what corrects it and what explains it.</summary>
    Record,

    /// <summary>Everything about one subject, said before or after, whatever else it is about; and what explains it.</summary>
    Subject,

    /// <summary>Everything that is kept about what was said.</summary>
    Everything,
}

public enum DoNotTellReason
{
    Afraid,
    WantsToTellThemselves,
    Private,
    Other,
}

public enum DoNotTellSaidBy
{
    Child,
    ParentOrCarer,
    Worker,
}

/// <summary>
/// That somebody must not be told what a child said: a person in the child's life, or a role. No note but a rule: the server leaves it out
/// for them on every page, list, count, copy and file (<see cref="DoNotTellRules"/>).
/// </summary>
public class DoNotTell : IAboutChild
{
    public const int WordsMaxLength = 1_000;

    public const int EndReasonMinLength = 10;

    /// <summary>Made with the form, so that a double click makes one.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>The person who must not be told; null when it is a role.</summary>
    public Guid? RelationshipId { get; init; }

    public Relationship? Relationship { get; init; }

    public DoNotTellRole? Role { get; init; }

    public DoNotTellScope Scope { get; init; }

    /// <summary>The record, always the first of those that correct one another.</summary>
    public Guid? VoiceRecordId { get; init; }

    public SubjectMatter? SubjectMatter { get; init; }

    public DoNotTellReason Reason { get; init; }

    public DoNotTellSaidBy SaidBy { get; init; }

    /// <summary>How it was put, sealed under the child's key.</summary>
    public byte[]? WordsSealed { get; init; }

    public DateOnly FromOn { get; init; }

    /// <summary>The last day it stands; null when it stands until it is ended.</summary>
    public DateOnly? UntilOn { get; init; }

    /// <summary>Who was told: the one worker whom "every other worker" leaves.</summary>
    public Guid RecordedById { get; init; }

    public DateTime RecordedAt { get; init; }

    public DateTime? EndedAt { get; set; }

    public Guid? EndedById { get; set; }

    /// <summary>Why it no longer stands, sealed under the child's key.</summary>
    public byte[]? EndReasonSealed { get; set; }
}

public enum ListenerKind
{
    /// <summary>Somebody of the council who signs in.</summary>
    Worker,

    /// <summary>Assigned to the child as the reviewing officer.</summary>
    ReviewingOfficer,

    /// <summary>Assigned to the child as their advocate.</summary>
    Advocate,

    /// <summary>Somebody in the child's life.</summary>
    Relation,

    /// <summary>A school, a meeting, another service.</summary>
    Service,

    /// <summary>The child themselves.</summary>
    Child,
}

/// <summary>Who would come to know what was said, by reading it here or on paper.</summary>
/// <param name="Id">The worker or the relationship; null for a service and the child.</param>
/// <param name="IsAllocated">Of a worker: whether they work with this child now.</param>
public sealed record Listener(ListenerKind Kind, Guid? Id, bool IsAllocated = false)
{
    public static readonly Listener TheChild = new(ListenerKind.Child, null);

    public static readonly Listener AService = new(ListenerKind.Service, null);

    public static Listener Worker(Guid personId, bool isAllocated) => new(ListenerKind.Worker, personId, isAllocated);

    /// <param name="role">The role of somebody who is assigned to the child.</param>
    public static Listener Assigned(Guid personId, Access.Role role) => new(role == Access.Role.Advocate ? ListenerKind.Advocate : ListenerKind.ReviewingOfficer, personId);

    public static Listener Relation(Guid relationshipId) => new(ListenerKind.Relation, relationshipId);
}

/// <summary>
/// Whether a rule keeps a record from somebody: pure, so that the same answer comes for a page and for a copy. What
/// <see cref="DoNotTellService"/> asks of the database says the same in SQL, and a test holds the two together.
/// </summary>
public static class DoNotTellRules
{
    public static bool Stands(DoNotTell rule, DateOnly today) =>
        rule.EndedAt is null && rule.FromOn <= today && (rule.UntilOn is null || rule.UntilOn >= today);

    public static bool Names(DoNotTell rule, Listener listener) => rule.Role switch
    {
        null => listener.Kind == ListenerKind.Relation && listener.Id == rule.RelationshipId,
        DoNotTellRole.Family => listener.Kind == ListenerKind.Relation,
        // Whoever is assigned is neither a colleague who works with the child nor of another service, and may be thought of as either: each keeps it from them.
        DoNotTellRole.OtherServices => listener.Kind == ListenerKind.Service || IsAssigned(listener),
        DoNotTellRole.CoveringPractitioners => listener is { Kind: ListenerKind.Worker, IsAllocated: false } || IsAssigned(listener),
        DoNotTellRole.OtherPractitioners => (listener.Kind == ListenerKind.Worker && listener.Id != rule.RecordedById) || IsAssigned(listener),
        // What goes to a meeting or to a service may reach them there.
        DoNotTellRole.ReviewingOfficer => listener.Kind is ListenerKind.ReviewingOfficer or ListenerKind.Service,
        DoNotTellRole.Advocate => listener.Kind is ListenerKind.Advocate or ListenerKind.Service,
        _ => true,
    };

    private static bool IsAssigned(Listener listener) => listener.Kind is ListenerKind.ReviewingOfficer or ListenerKind.Advocate;

    /// <param name="explained">The drawing or photo that the record explains, when whoever asks does not ask about it too: a rule about what that shows reaches what is said about it.</param>
    public static bool Covers(DoNotTell rule, VoiceRecord record, VoiceRecord? explained = null) => rule.ChildId == record.ChildId && rule.Scope switch
    {
        DoNotTellScope.Record => rule.VoiceRecordId is { } id && (id == record.Id || id == record.CorrectsId || id == record.ExplainsId),
        DoNotTellScope.Subject => rule.SubjectMatter is { } subject && (record.Subjects.Contains(subject) || explained?.Subjects.Contains(subject) == true),
        _ => true,
    };

    /// <summary>What says that somebody is not safe is never kept from those whose duty it is to act: who works with the child, and their manager.</summary>
    public static bool MustKnow(Listener listener, VoiceRecord record) => listener.Kind == ListenerKind.Worker && record.Sensitivity == Sensitivity.Disclosure;

    /// <returns>The rule that keeps the record from them; null when none does.</returns>
    public static DoNotTell? Against(IEnumerable<DoNotTell> rules, Listener listener, VoiceRecord record, DateOnly today, VoiceRecord? explained = null) =>
        MustKnow(listener, record) ? null : rules.FirstOrDefault(r => Stands(r, today) && Names(r, listener) && Covers(r, record, explained));
}
