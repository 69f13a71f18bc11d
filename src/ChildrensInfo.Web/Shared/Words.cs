using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Shared;

/// <summary>What a code is called on a page. One place, so that it is called the same everywhere.</summary>
public static partial class Words
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>A child's name for a list, or null when none is known: returns bring numbers only.</summary>
    public static string? NameOf(string? givenName, string? familyName, string? knownAs)
    {
        var name = $"{(string.IsNullOrEmpty(knownAs) ? givenName : knownAs)} {familyName}".Trim();
        return name.Length == 0 ? null : name;
    }

    public static string Of(Role role) => role switch
    {
        Role.Practitioner => "Practitioner",
        Role.DataLead => "Data lead",
        Role.Researcher => "Researcher",
        Role.Administrator => "Administrator",
        Role.TeamManager => "Team manager",
        Role.InformationGovernance => "Information governance",
        Role.ReviewingOfficer => "Reviewing officer",
        Role.Advocate => "Advocate",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>What somebody in a role does here and what they see, wherever it is said: where a role is given, and in the record of processing.</summary>
    public static string WhatTheyDo(Role role) => role switch
    {
        Role.Practitioner => "Hears children who are allocated to them. Sees nobody else.",
        Role.TeamManager => "Reads what the children of their own team said, agrees where a second person is needed. Sees no other team.",
        Role.DataLead => "Loads returns, reads need dashboards, decides on requests for extracts. Sees no words but permitted quotations.",
        Role.Researcher => "Asks for anonymised extracts. Sees no child, and words only where families said yes and somebody has read them first.",
        Role.Administrator => "Looks after people and allocations, reads the audit log. Sees no words.",
        Role.InformationGovernance => "Answers for what information is used for: reads the audit log, decides beside those who ask. Sees what a child said only to answer a request for it, and before it leaves for research.",
        Role.ReviewingOfficer => "Independent reviewing officer or conference chair. Reads what the children they are assigned to said, what workers think of it and the permissions. Writes down a stop they are told, nothing else, and plays no recording.",
        Role.Advocate => "Reads the same of a child who wants them as their advocate, for as long as the child does, but not what says that somebody may not be safe. Writes down a stop they are told, nothing else, and plays no recording.",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>What a capability lets somebody do, as docs/access.md says it.</summary>
    public static string Of(Capability capability) => capability switch
    {
        Capability.ReadVoice => "Open the page of a child one reaches and read what was said there",
        Capability.FollowVoice => "Follow up what was said: search it, see which asks wait, who has looked and what was told without permission",
        Capability.HearChildren => "Record what a child says and what one thinks it means, play recordings, ask for permission",
        Capability.TakeStops => "Write down that somebody said stop, or no, when one sees the child without working with them. Nothing is asked, and no yes is taken",
        Capability.AgreeForTeam => "Agree to what needs a second person in a team: that an ask can wait before the child is told",
        Capability.SeeTeamCoverage => "See who of one's own team's children has not been heard",
        Capability.SeeDevices => "See how much waits on devices, in numbers: on one's own, on those of one's team, or of everybody one looks after",
        Capability.InvolveChildren => "Plan what groups of children are asked to take part in, and write down how it went",
        Capability.AnswerGroups => "Write answers to groups of children, and publish those that somebody else wrote",
        Capability.UnderstandNeed => "Load returns and read need dashboards",
        Capability.KeepTools => "Make the tools children answer with: what is asked, and on which scale it is counted. The data lead answers for how things are counted; an administrator looks after people and never what children are asked",
        Capability.UseExtracts => "Draft research projects, ask for extracts and download them",
        Capability.ReviewProjects => "Review research projects that somebody else asks for: one of two yeses that each needs",
        Capability.ApproveExtracts => "Approve or refuse extracts that somebody else asked for, and see what became of them",
        Capability.ActAndLearn => "See the section on action and learning",
        Capability.LookAfterPeople => "Create people, give roles, allocate children",
        Capability.AssignPeople => "Assign a reviewing officer to a child, or an advocate whom the child wants",
        Capability.ReadAudit => "Read the audit log of one's own council",
        Capability.GovernInformation => "Answer for what information is used for: the register of purposes and uses, and second decisions on what others propose. No words",
        Capability.AnswerRights => "Deal with requests for everything held on a child. Opens the words of that one child while the request is open; a second person releases",
        Capability.ReviewWords => "Read what children said before it leaves in an extract of words that somebody else approved",
        Capability.KeepDuties => "Say how long records are kept, hold, dispose of, erase and restrict them, each destruction with a second person, and keep the log of breaches. No words",
        _ => throw new ArgumentOutOfRangeException(nameof(capability)),
    };

    public static string Of(TakeOffReason reason) => reason switch
    {
        TakeOffReason.Lost => "They lost their phone or key",
        TakeOffReason.Stolen => "It was stolen, or somebody else may have it",
        TakeOffReason.Replaced => "They have a new phone and the old one is gone",
        TakeOffReason.CodesUsedUp => "It does not work, and they have no recovery code left",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Of(RelationshipKind kind) => kind switch
    {
        RelationshipKind.Mother => "Mother",
        RelationshipKind.Father => "Father",
        RelationshipKind.StepParent => "Step-parent",
        RelationshipKind.Grandparent => "Grandparent",
        RelationshipKind.Sibling => "Brother or sister",
        RelationshipKind.FosterCarer => "Foster carer",
        RelationshipKind.OtherRelative => "Another relative",
        RelationshipKind.OtherCarer => "Another carer",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>What a project's state is called on a day: an approved one that has ended says so.</summary>
    public static string Of(ProjectState state, DateOnly expiresOn, DateOnly today) => state switch
    {
        ProjectState.Draft => "Draft",
        ProjectState.Submitted => "Waiting for a decision",
        ProjectState.AskedBack => "Asked about",
        ProjectState.Approved => expiresOn < today ? "Ended" : "Approved",
        ProjectState.Refused => "Refused",
        ProjectState.Suspended => "Held",
        ProjectState.Closed => "Closed",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string ColourOf(ProjectState state, DateOnly expiresOn, DateOnly today) => state switch
    {
        ProjectState.Submitted or ProjectState.AskedBack => "yellow",
        ProjectState.Suspended => "orange",
        ProjectState.Approved when expiresOn >= today => "green",
        ProjectState.Refused => "red",
        ProjectState.Draft => "blue",
        _ => "grey",
    };

    public static string Of(OutputKind kind) => kind switch
    {
        OutputKind.Table => "A table",
        OutputKind.Picture => "A figure or picture",
        OutputKind.Text => "A text",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Of(OutputState state) => state switch
    {
        OutputState.Submitted => "Waiting",
        OutputState.Released => "Released",
        OutputState.AskedBack => "Asked for another way",
        OutputState.Refused => "Refused",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string ColourOf(OutputState state) => state switch
    {
        OutputState.Submitted => "yellow",
        OutputState.Released => "green",
        OutputState.Refused => "red",
        _ => "orange",
    };

    public static string Of(OutputRisk risk) => risk switch
    {
        OutputRisk.SmallCount => "Fewer than 10 children",
        OutputRisk.WorkedOut => "Can be worked out from its total, and is fewer than 10",
        OutputRisk.AllInOne => "All in one place: to know the group is to know this",
        OutputRisk.Dominance => "One or two make up most of it",
        OutputRisk.NearLargest => "Close to what the largest has",
        OutputRisk.NoBase => "From fewer than 10 children, or it does not say from how many",
        OutputRisk.Saturated => "Nearly as many parameters as observations",
        OutputRisk.Formula => "A spreadsheet would run it as a formula",
        OutputRisk.FromFormula => "A formula worked it out: only its value was kept",
        OutputRisk.WasHidden => "Hidden in the workbook",
        OutputRisk.RowOfPerson => "Looks like the row of one person",
        _ => throw new ArgumentOutOfRangeException(nameof(risk)),
    };

    /// <param name="release">Its number in the list of what was released.</param>
    public static string Of(EarlierRisk risk, int release) => risk switch
    {
        EarlierRisk.FewApart => $"Fewer than 10 children apart from release {release}",
        EarlierRisk.HiddenBefore => $"Hidden in release {release}",
        EarlierRisk.ShownBefore => $"Shown in release {release}",
        _ => throw new ArgumentOutOfRangeException(nameof(risk)),
    };

    /// <summary>What it tells to have both.</summary>
    public static string ReasonOf(EarlierRisk risk) => risk switch
    {
        EarlierRisk.FewApart => "Whoever has both takes one from the other and is left with a few children: those who came, or a group that was left off.",
        EarlierRisk.HiddenBefore => "What is hidden there may hide a small number, and with this one it can be worked out.",
        EarlierRisk.ShownBefore => "What is hidden here is known from there, so that it no longer hides the small number beside it.",
        _ => throw new ArgumentOutOfRangeException(nameof(risk)),
    };

    public static string Of(EarlierRelease release) => release.Form switch
    {
        null => $"Results “{release.Title}” of “{release.Project}”",
        ExtractForm.Table => $"A table of counts for “{release.Project}”",
        _ => $"A file of rows for “{release.Project}”",
    };

    /// <summary>How much a finished extract holds, as it may be told.</summary>
    public static string HeldIn(ExtractReport? report) => report switch
    {
        null => "Nothing yet",
        { Table: { } table } => $"{table.Children} children",
        { Words: { } words } => string.Create(CultureInfo.InvariantCulture, $"{report.Rows:#,0} pieces of {words.Children.ToLowerInvariant()} children"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{report.Rows:#,0} children"),
    };

    /// <summary>What an extract is, in one line.</summary>
    public static string FormOf(Extract extract, DateOnly today)
    {
        if (extract.Form == ExtractForm.Rows) return "Rows, one for each child";
        if (extract.Form == ExtractForm.Words) return "What children said, with names and places taken out";
        var catalogue = new VariableCatalogue(today);
        var only = catalogue.Find(extract.OnlyKey) is { } v ? $", of {v.Title}: {v.Codes.FirstOrDefault(c => c.Value == extract.OnlyCode)?.Label}" : "";
        return $"A table of counts{only}{(catalogue.Find(extract.Measure)?.Measure is { } m ? $". {m.Title}" : "")}";
    }

    public static string PopulationOf(Extract extract) =>
        $"{ResearchPopulation.Find(extract.Population)?.Title}. What happened is counted over: {ResearchPeriod.Find(extract.Period)?.Title.ToLowerInvariant()}";

    /// <summary>The table that is offered in the place of one that could not be released, as the end of a sentence.</summary>
    public static string Of(TableOffer offer, Extract asked, DateOnly today)
    {
        var catalogue = new VariableCatalogue(today);
        var only = offer.KeepsGroup && catalogue.Find(asked.OnlyKey) is { } v ? $"of {v.Title}: {v.Codes.FirstOrDefault(c => c.Value == asked.OnlyCode)?.Label}" : "of all children";
        return $"a table by “{string.Join("”, “", catalogue.Known(offer.Variables).Select(k => k.Title))}”, {only}{(asked.Measure is null ? "" : offer.KeepsMean ? ", with the mean" : ", with counts only")}";
    }

    /// <summary>Why a file is called back, one after the other; whose yes it was is said nowhere.</summary>
    public static IReadOnlyList<string> Of(RecallCauses because) =>
    [
        .. new[]
        {
            (RecallCauses.Stop, "somebody in it has said stop"),
            (RecallCauses.NeverHeld, "it rested on a yes that should not have been relied on"),
            (RecallCauses.RecordedInError, "it rested on a yes that had been recorded in error"),
            (RecallCauses.Piece, "something that was said, which is in it, was put right or moved, is kept from somebody, or is not for this any more"),
        }.Where(cause => because.HasFlag(cause.Item1)).Select(cause => cause.Item2),
    ];

    public static string Of(ExtractState state) => state switch
    {
        ExtractState.Requested => "Waiting for a decision",
        ExtractState.Refused => "Refused",
        ExtractState.Approved => "Being built",
        ExtractState.Reviewing => "Being read through",
        ExtractState.Ready => "Ready",
        ExtractState.Failed => "Could not be built",
        ExtractState.Destroyed => "Destroyed",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string ColourOf(ExtractState state) => state switch
    {
        ExtractState.Requested => "yellow",
        ExtractState.Approved or ExtractState.Reviewing => "blue",
        ExtractState.Ready => "green",
        ExtractState.Destroyed => "grey",
        _ => "red",
    };

    public static string Of(AnalysisPlace place) => place switch
    {
        AnalysisPlace.SafeSetting => "A safe setting: a room or system from which nothing leaves without a check",
        AnalysisPlace.Outside => "Outside a safe setting",
        _ => throw new ArgumentOutOfRangeException(nameof(place)),
    };

    public static string Of(PreviewDetail detail) => detail switch
    {
        PreviewDetail.Whole => "Likely as detailed as the register allows",
        PreviewDetail.Coarser => "Likely coarser",
        PreviewDetail.None => "Likely not given",
        PreviewDetail.AfterDestruction => "Not before you have destroyed the file you hold",
        _ => throw new ArgumentOutOfRangeException(nameof(detail)),
    };

    public static string Of(ProjectStepKind kind) => kind switch
    {
        ProjectStepKind.Sent => "Sent for a decision",
        ProjectStepKind.Approved => "Approved",
        ProjectStepKind.AskedBack => "Asked",
        ProjectStepKind.Refused => "Refused",
        ProjectStepKind.Suspended => "Held",
        ProjectStepKind.Resumed => "Let go on",
        ProjectStepKind.Closed => "Closed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>One of the five questions, and what a yes to it means.</summary>
    public static (string Label, string Means) Of(Safe safe) => safe switch
    {
        Safe.Project => ("Safe project", "The question is right to ask, somebody is better off when it is answered, and children and families are told"),
        Safe.People => ("Safe people", "Those who work with the data are named, trained and bound to keep it to themselves"),
        Safe.Data => ("Safe data", "Each variable is needed for the question, and none more is asked for"),
        Safe.Setting => ("Safe setting", "The place is what it says, and copies are destroyed in time"),
        Safe.Output => ("Safe output", "What is published will be checked, and no small number will be in it"),
        _ => throw new ArgumentOutOfRangeException(nameof(safe)),
    };

    public static string Of(RegisterState state) => state switch
    {
        RegisterState.Running => "Going on now",
        RegisterState.Held => "Stopped for now",
        RegisterState.Ended => "Ended",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string ColourOf(RegisterState state) => state switch
    {
        RegisterState.Running => "green",
        RegisterState.Held => "orange",
        _ => "grey",
    };

    public static string Of(VariableRole role) => role switch
    {
        VariableRole.QuasiIdentifier => "Describes the child. It may be made coarser so that nobody stands out",
        VariableRole.Sensitive => "Kept as it is. Children who look alike never all have the same value",
        VariableRole.Harmless => "Kept as it is",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static string Of(DateOnly day) => day.ToString("d MMMM yyyy", English);

    /// <summary>The day it was in England and Wales.</summary>
    public static string DayOf(DateTime utc) => Of(ConsentRules.LocalDay(utc));

    /// <summary>What became of a return, and the colour of its tag. A job that failed leaves its return unread.</summary>
    public static (string Text, string Colour) Of(ReturnState state, JobState? job) => (state, job) switch
    {
        (ReturnState.Loaded, _) => ("Loaded", "green"),
        (ReturnState.Refused, _) => ("Not loaded", "red"),
        (ReturnState.Stopped, _) => ("Stopped", "grey"),
        (ReturnState.Undone, _) => ("Undone", "grey"),
        (_, JobState.Failed or JobState.Cancelled) => ("Not loaded", "red"),
        (ReturnState.Waiting, _) => ("Waiting", "grey"),
        (ReturnState.Reading, _) => ("Being read", "blue"),
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Of(ReturnKind? kind) => kind switch
    {
        ReturnKind.CinCensus => "Children in need census",
        ReturnKind.LookedAfter => "Return on children looked after (SSDA903)",
        ReturnKind.Safeguarding => "Standard Safeguarding Dataset",
        _ => "Return",
    };

    /// <summary>What a record of a table that returns load is called.</summary>
    public static string OfTable(string table) => AbsenceService.Tables.GetValueOrDefault(table, table);

    public static string Number(long number) => number.ToString("N0", English);

    /// <summary>Such as "1 child" or "1,204 children".</summary>
    public static string Count(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    public static string Day(DateOnly day) => day.ToString("d MMMM yyyy", English);

    /// <summary>The time of day it was in England and Wales.</summary>
    public static string Time(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), ConsentRules.London).ToString("d MMMM yyyy, HH:mm", English);

    /// <summary>How long ago a day was, counted in days.</summary>
    public static string Ago(DateOnly day, DateOnly today) => (today.DayNumber - day.DayNumber) switch
    {
        <= 0 => "today",
        1 => "yesterday",
        var days => $"{days.ToString("N0", English)} days ago",
    };

    /// <summary>How long ago, in the largest unit that still says something: days, then weeks, months and years.</summary>
    public static string Since(DateOnly day, DateOnly today) => (today.DayNumber - day.DayNumber) switch
    {
        < 14 => Ago(day, today),
        < 92 and var days => $"{days / 7} weeks ago",
        < 730 and var days => $"{days * 12 / 365} months ago",
        var days => $"{days / 365} years ago",
    };

    /// <summary>A day to come or just gone, as somebody planning would say it.</summary>
    public static string Coming(DateOnly day, DateOnly today) => (day.DayNumber - today.DayNumber) switch
    {
        < 0 => $"{char.ToUpperInvariant(Since(day, today)[0])}{Since(day, today)[1..]}",
        0 => "Today",
        1 => "Tomorrow",
        var days => $"In {days} days",
    };

    /// <summary>A length of sound: "1 hour 4 minutes", "2 minutes 5 seconds".</summary>
    public static string Length(int seconds)
    {
        static string Count(int number, string one) => $"{number} {one}{(number == 1 ? "" : "s")}";
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        if (hours > 0) return minutes == 0 ? Count(hours, "hour") : $"{Count(hours, "hour")} {Count(minutes, "minute")}";
        return minutes == 0 ? Count(seconds, "second") : seconds % 60 == 0 ? Count(minutes, "minute") : $"{Count(minutes, "minute")} {Count(seconds % 60, "second")}";
    }

    public static string Age(int? years) => years switch
    {
        null => "age not known",
        0 => "under 1",
        1 => "1 year old",
        _ => $"{years} years old",
    };

    public static string Of(Place place) => place switch
    {
        Place.Home => "at home",
        Place.School => "at school or nursery",
        Place.Car => "in the car",
        Place.Office => "at an office or family hub",
        Place.Online => "online or by phone",
        _ => "somewhere else",
    };

    public static string Of(SeenAlone alone) => alone switch
    {
        SeenAlone.Yes => "seen alone",
        SeenAlone.PartOfTheTime => "seen alone part of the time",
        _ => "not seen alone",
    };

    public static string Capital(string text) => text.Length == 0 ? text : char.ToUpper(text[0], English) + text[1..];

    /// <summary>Who may have interpreted, to choose from.</summary>
    public static IReadOnlyList<SelectListItem> Interpreters => [.. Enum.GetValues<InterpreterRole>().Select(r => new SelectListItem(Capital(Of(r)), r.ToString()))];

    /// <summary>Who may have told of it, to choose from.</summary>
    public static IReadOnlyList<SelectListItem> Tellers => [.. Enum.GetValues<Observer>().Where(o => o != Observer.Practitioner).Select(o => new SelectListItem(Capital(Of(o)), o.ToString()))];

    public static IReadOnlyList<SelectListItem> Places => [.. Enum.GetValues<Place>().Select(p => new SelectListItem(Capital(Of(p)), p.ToString()))];

    public static IReadOnlyList<SelectListItem> SeenAlones => [.. Enum.GetValues<SeenAlone>().Select(s => new SelectListItem(Capital(Of(s)), s.ToString()))];

    public static IReadOnlyList<SelectListItem> WrittenUps => [.. Enum.GetValues<WrittenUp>().Select(w => new SelectListItem(Of(w), w.ToString()))];

    /// <summary>A way of saying it, as it stands in a list: "photo of something made".</summary>
    public static string WayOf(VoiceKind kind) => kind switch
    {
        VoiceKind.TypedText => "talking or writing",
        VoiceKind.Audio => "recording",
        VoiceKind.Drawing => "drawing",
        VoiceKind.Photo => "a photo of something made",
        VoiceKind.ScaleAnswer => "a scale",
        VoiceKind.ToolAnswer => "pictures of feelings or Three Houses",
        VoiceKind.SymbolChoice => "symbols",
        VoiceKind.SignOrGesture => "signs or gestures",
        VoiceKind.ObservedNonVerbal => "being watched with care",
        _ => "nothing",
    };

    /// <summary>Who named a theme, and how: "worker’s label, a worry".</summary>
    public static string Of(VoiceCoding coding) => string.Join(", ", new[]
    {
        coding.CodedBy == CodedBy.Child ? "named by the child" : "worker’s label",
        Of(coding.Direction).ToLowerInvariant(),
        coding.Priority == ChildPriority.NotSaid ? null : Of(coding.Priority).ToLowerInvariant(),
        coding.Views == ViewsCompared.Differ ? "the worker sees it differently" : null,
        coding.SecondCoderId is null ? null : "read so by a second worker",
    }.OfType<string>());

    public static string Of(ThemeDirection direction) => direction switch
    {
        ThemeDirection.Good => "Something good",
        ThemeDirection.Worry => "A worry",
        _ => "A wish",
    };

    public static string Of(ChildPriority priority) => priority switch
    {
        ChildPriority.Most => "It matters most",
        ChildPriority.Lot => "It matters a lot",
        ChildPriority.Bit => "It matters a bit",
        _ => "Not said",
    };

    public static string Of(ViewsCompared views) => views switch
    {
        ViewsCompared.Agree => "Yes, the same",
        ViewsCompared.Differ => "No, differently",
        _ => "Not talked about",
    };

    public static string Of(NotHeardReason reason) => reason switch
    {
        NotHeardReason.DidNotWantTo => "They did not want to",
        NotHeardReason.NotAbleThisTime => "They were not able to this time",
        NotHeardReason.StoppedByChild => "They stopped it",
        NotHeardReason.StoppedForSafety => "It was stopped to keep them safe",
        _ => "They were not asked",
    };

    public static string Of(Observer observer) => observer switch
    {
        Observer.Practitioner => "the practitioner",
        Observer.ParentOrCarer => "a parent or carer",
        Observer.SchoolOrNursery => "somebody at school or nursery",
        Observer.HealthWorker => "a health worker",
        _ => "another worker",
    };

    public static string Of(InterpreterRole role) => role switch
    {
        InterpreterRole.ProfessionalInterpreter => "a professional interpreter",
        InterpreterRole.SignLanguageInterpreter => "a sign language interpreter",
        InterpreterRole.Intermediary => "somebody who knows how they communicate",
        InterpreterRole.AnotherWorker => "another worker",
        InterpreterRole.FamilyMember => "somebody in the family",
        _ => "a machine",
    };

    /// <summary>Where a record came from, with who stood in between.</summary>
    public static string HowItCame(VoiceRecord record) => record switch
    {
        { Interpreter: { } role } => $"Through {Of(role)}{(record.SpokenLanguage is { } spoken ? $", from {Languages.NameOf(spoken)}" : "")}",
        { Provenance: WordsProvenance.ReportedByOther, Kind: not VoiceKind.ObservedNonVerbal, Observer: { } teller } => $"Told to the worker by {Of(teller)}",
        { WrittenUp: { } after } => $"{Of(WordsProvenance.WrittenUpLater)}, {Of(after).ToLowerInvariant()}",
        { Observer: { } observer } => $"Seen by {Of(observer)}, not said",
        { Kind: VoiceKind.Photo } => "Made by their own hand",
        { Kind: VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer or VoiceKind.SymbolChoice, ToolVersionId: not null, Provenance: WordsProvenance.OwnHand } => "Chosen by them",
        _ => Of(record.Provenance),
    };

    public static string Of(PromptedBy prompted) => prompted switch
    {
        PromptedBy.Nobody => "Nobody asked: they spoke of it themselves",
        PromptedBy.OpenQuestion => "An open question",
        PromptedBy.ClosedQuestion => "A closed question: yes or no, or a choice",
        _ => "A leading question: the answer was in it",
    };

    public static string Of(WrittenUp after) => after switch
    {
        WrittenUp.WithinTheHour => "Within the hour",
        WrittenUp.SameDay => "The same day",
        WrittenUp.NextDay => "The next day",
        _ => "Later still",
    };

    /// <summary>A hole in a recording: "Nothing was heard from 0:05 to 0:09: the microphone was muted".</summary>
    /// <summary>How a record came to be kept, for whoever has to say how true it is: a reader, a complaint, a court. It names nobody.</summary>
    public static IReadOnlyList<string> HowItWasKept(VoiceRecord record, StoredFile? file)
    {
        var lines = new List<string>();
        if (record.DeviceTime is { } on)
        {
            lines.Add($"Sealed without a connection{(record.DeviceSequence is { } number ? $", as number {number}" : "")} on device {record.DeviceId!.Value.ToString("N")[..8]}, on {Clock(on, record.DeviceOffsetMinutes)} by the device’s clock.");
            lines.Add($"The council had it on {Clock(record.SealedAt, 0)} by its server’s clock. {(record.ClockSkewMs is { } skew ? $"When it was sent, the device’s clock was {Skew(skew)}." : "It came in a file, which cannot tell how far the device’s clock was wrong.")}");
        }
        else
        {
            lines.Add($"Sealed here on {Clock(record.SealedAt, 0)}, by the clock of the council’s server.");
        }

        if (file?.Sha256 is { } sha256) lines.Add($"{file.ContentType}, {file.Length.ToString("#,0", English)} bytes, SHA-256 {Convert.ToHexStringLower(sha256)}.");
        return lines;

        static string Skew(long ms) => Math.Abs(ms) < 1000 ? "within a second of the server’s" : $"{Length((int)(Math.Abs(ms) / 1000))} {(ms < 0 ? "behind" : "ahead of")} the server’s";
    }

    /// <summary>A moment to the second as a clock showed it that was so far from UTC.</summary>
    private static string Clock(DateTime utc, short? offsetMinutes)
    {
        var offset = offsetMinutes ?? 0;
        var apart = offset == 0 ? "UTC" : $"UTC{(offset < 0 ? "−" : "+")}{Math.Abs(offset) / 60}{(offset % 60 == 0 ? "" : $":{Math.Abs(offset) % 60:00}")}";
        return $"{utc.AddMinutes(offset).ToString("d MMMM yyyy, HH:mm:ss", English)} ({apart})";
    }

    public static string Of(RecordingGap gap)
    {
        static string At(long ms) => $"{ms / 60_000}:{ms / 1000 % 60:00}";
        return gap.ToMs is { } to
            ? $"Nothing was heard from {At(gap.FromMs)} to {At(to)}: {(gap.Why == "muted" ? "the microphone was muted" : "the recording stood still")}."
            : $"It broke off at {At(gap.FromMs)}: the microphone was lost, or the page that recorded it.";
    }

    public static string Unfinished(UnfinishedRecording left) =>
        $"A recording of {Length(Math.Max(1, left.Ms / 1000))} from this visit was not {(left.HasEnded ? "sealed" : "finished")}";

    public static string UnfinishedDetail(UnfinishedRecording left, bool isPermitted) =>
        $"Begun on {Time(left.BegunAt)}. {(isPermitted ? left.HasEnded ? "" : "If another page of yours is still recording it, go on there. " : "There is no permission to record any more, so it can be neither heard nor sealed. ")}"
        + $"Nobody else can open it. It is removed by itself on {Day(left.GoesOn)}.";

    public static string Of(NotUsedReason why) => why switch
    {
        NotUsedReason.ChoseAnotherWay => "They chose another way",
        NotUsedReason.DidNotWantIt => "They did not want it",
        NotUsedReason.CouldNotUseIt => "It was not in a form they can use",
        NotUsedReason.DidNotWork => "Something did not work",
        _ => "There was no time or quiet for it",
    };

    public static string Of(VisitOutcome outcome, string name) => outcome switch
    {
        VisitOutcome.TookPart => $"{name} took part",
        VisitOutcome.TookPartABit => $"{name} took part a bit",
        VisitOutcome.DidNotWantTo => $"{name} did not want to",
        VisitOutcome.NotAbleThisTime => $"{name} was not able to this time",
        VisitOutcome.StoppedByChild => $"{name} stopped it",
        _ => "It was stopped to keep somebody safe",
    };

    /// <summary>How a visit was, as far as it was written down: what a reader has to know to weigh the words. Null when nothing was.</summary>
    public static string? HowItWas(VoiceSession visit, string name)
    {
        string?[] parts =
        [
            visit.SpokeFreely switch
            {
                SpokeFreely.ChildSaysYes => $"{name} says they could speak freely",
                SpokeFreely.ChildSaysNo => $"{name} says they could not speak freely",
                SpokeFreely.WorkerThinksYes => $"The worker thinks {name} could speak freely",
                SpokeFreely.WorkerThinksNo => $"The worker thinks {name} could not speak freely",
                SpokeFreely.NotKnown => $"Not known whether {name} could speak freely",
                _ => null,
            },
            visit.DeviceHeldBy switch { DeviceHeldBy.Child => $"{name} held the device", DeviceHeldBy.Worker => "The worker held the device", DeviceHeldBy.Shared => "They shared the device", _ => null },
            visit.ToldHow switch
            {
                ToldHow.Spoken => "Told aloud what it is for",
                ToldHow.EasyRead => "Told with an easy-read page what it is for",
                ToldHow.Symbols => "Told with symbols what it is for",
                ToldHow.Video => "Told with a film what it is for",
                ToldHow.InSign => "Told in sign language what it is for",
                ToldHow.NotTold => "Not told this time what it is for",
                _ => null,
            },
            visit.Understanding switch { Understanding.SaidItBack => $"{name} could say it back", Understanding.CouldNot => $"{name} could not say it back yet", _ => null },
            visit.NotUsedReason is { } why ? $"Offered {string.Join(", ", visit.Offered.Select(WayOf))}, and not all of it was used: {Of(why).ToLowerInvariant()}" : null,
            visit.Outcome is { } outcome ? Of(outcome, name) : null,
        ];
        var written = parts.OfType<string>().ToList();
        return written.Count == 0 ? null : string.Join(". ", written) + ".";
    }

    public static string Of(PresentAs role) => role switch
    {
        PresentAs.ParentOrCarer => "a parent or carer",
        PresentAs.BrotherOrSister => "a brother or sister",
        PresentAs.OtherFamily => "somebody else in the family",
        PresentAs.OtherChild => "another child",
        PresentAs.SchoolOrNursery => "somebody from school or nursery",
        PresentAs.HealthWorker => "a health worker",
        PresentAs.Interpreter => "an interpreter",
        PresentAs.AnotherWorker => "another worker",
        _ => "somebody else",
    };

    public static IReadOnlyList<SelectListItem> PresentRoles { get; } = [.. Enum.GetValues<PresentAs>().Select(r => new SelectListItem(Capital(Of(r)), r.ToString()))];

    /// <summary>Somebody who was there, and whether they could hear: who reads the words has to know.</summary>
    /// <param name="who">As the worker wrote it down; null where only what they are to the child is told.</param>
    public static string Of(PresentPerson present, string? who)
    {
        var named = who?.Trim().TrimEnd('.') is not { Length: > 0 } text ? Of(present.Role) : present.Role == PresentAs.SomebodyElse ? text : $"{text} ({Of(present.Role)})";
        return named + present.InEarshot switch
        {
            InEarshot.Yes => ", who could hear",
            InEarshot.Partly => ", who could hear part of the time",
            InEarshot.No => ", who could not hear",
            _ => "",
        };
    }

    public static string Of(ToolKind kind) => kind switch
    {
        ToolKind.Faces => "Pictures of feelings",
        ToolKind.Scale => "Scale",
        ToolKind.Houses => "Houses to put things in",
        _ => "Board of symbols",
    };

    public static string Of(SubjectMatter subject) => subject switch
    {
        SubjectMatter.MyLife => "Their life",
        SubjectMatter.MyHelp => "The help they get",
        SubjectMatter.APlan => "A plan or a decision",
        _ => "Their information",
    };

    /// <summary>All that something is about, within a sentence.</summary>
    public static string Of(IReadOnlyList<SubjectMatter> subjects) => subjects.Count == 0 ? "nothing" : List([.. subjects.Order().Select(s => Of(s).ToLowerInvariant())]);

    /// <summary>Things one after another: a, b and c.</summary>
    public static string List(IReadOnlyList<string> words) => words.Count < 2 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";

    public static string Of(Layer layer) => layer switch
    {
        Layer.Data => "What is so",
        Layer.Information => "How it is written about and understood",
        _ => "What is done with it",
    };

    public static string Of(WordsProvenance provenance) => provenance switch
    {
        WordsProvenance.OwnHand => "By their own hand",
        WordsProvenance.VerbatimAtTheTime => "Written down word for word as they spoke",
        WordsProvenance.EnteredAsSaid => "Tapped or written by the worker, as they said it",
        WordsProvenance.EnteredAsPointed => "Tapped by the worker, as they pointed",
        WordsProvenance.Recorded => "Recorded in their own voice",
        WordsProvenance.ViaInterpreter => "Through an interpreter",
        WordsProvenance.WrittenUpLater => "Written up later, from memory",
        WordsProvenance.ReportedByOther => "Told to us by somebody else",
        _ => "Seen by a worker, not said",
    };

    /// <summary>How near a record is to what the person themselves said.</summary>
    public static string ClosenessOf(WordsProvenance provenance) => provenance switch
    {
        WordsProvenance.OwnHand or WordsProvenance.Recorded => "nothing in between",
        WordsProvenance.VerbatimAtTheTime or WordsProvenance.EnteredAsSaid or WordsProvenance.EnteredAsPointed => "very close",
        WordsProvenance.ViaInterpreter => "one step away",
        WordsProvenance.WrittenUpLater => "some of it may be lost",
        WordsProvenance.ReportedByOther => "two steps away",
        _ => "a worker’s eyes, not their words",
    };

    /// <summary>The same to the person themselves, who reads it in their booklet: how it came to stand there, and how near it is to what they said. Written down means of a recording that a person listened to it.</summary>
    public static string InMyBooklet(VoiceKind kind, WordsProvenance provenance, bool isWrittenDown = true) => (provenance, kind) switch
    {
        (WordsProvenance.OwnHand, VoiceKind.Drawing) => "I drew this.",
        (WordsProvenance.OwnHand, VoiceKind.Photo) => "I made this.",
        (WordsProvenance.OwnHand, VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer or VoiceKind.SymbolChoice) => "I chose this myself. It is just as I did it.",
        (WordsProvenance.OwnHand, _) => "I wrote this myself. It is just as I wrote it.",
        (WordsProvenance.Recorded, _) => isWrittenDown ? "A person listened to my voice and wrote this down. My voice is kept too." : "My voice is kept, just as I said it.",
        (WordsProvenance.VerbatimAtTheTime, VoiceKind.SignOrGesture) => "A worker saw this and wrote it down right away. It is very close to what I showed.",
        (WordsProvenance.VerbatimAtTheTime, _) => "A worker wrote this down while I said it. It is very close to what I said.",
        (WordsProvenance.EnteredAsSaid, _) => "I said it, and a worker put it in. It is very close to what I said.",
        (WordsProvenance.EnteredAsPointed, _) => "I pointed, and a worker put it in. It is very close to what I chose.",
        (WordsProvenance.ViaInterpreter, _) => "Somebody helped to put what I said into these words. I may have said it another way.",
        (WordsProvenance.WrittenUpLater, _) => "A worker wrote this down later. Some of what I said may be lost.",
        (WordsProvenance.ReportedByOther, _) => "Somebody else told a worker that I said this. I may have said it another way.",
        _ => "A worker saw this. These are not my words.",
    };

    public static string Of(TranscriptMethod method) => method switch
    {
        TranscriptMethod.TypedByPerson => "Typed by a person who listened",
        TranscriptMethod.Machine => "Drafted by a machine",
        _ => "Drafted by a machine, put right by a person",
    };

    /// <summary>The same as a scale of five, for those who see it at a glance: filled is close.</summary>
    public static int StepsOf(WordsProvenance provenance) => provenance switch
    {
        WordsProvenance.OwnHand or WordsProvenance.Recorded => 5,
        WordsProvenance.VerbatimAtTheTime or WordsProvenance.EnteredAsSaid or WordsProvenance.EnteredAsPointed => 4,
        WordsProvenance.ViaInterpreter => 3,
        WordsProvenance.WrittenUpLater => 2,
        WordsProvenance.ReportedByOther => 1,
        _ => 0,
    };

    /// <summary>How it was read back, to choose from.</summary>
    public static IReadOnlyList<SelectListItem> ReadBackHows => [.. Enum.GetValues<ReadBackHow>().Select(h => new SelectListItem(OfAsking(h), h.ToString()))];

    private static string OfAsking(ReadBackHow how) => how switch
    {
        ReadBackHow.ReadAloud => "I read it aloud",
        ReadBackHow.ReadThemselves => "They read it, or looked at it, themselves",
        ReadBackHow.PlayedBack => "They listened to the recording",
        ReadBackHow.InPictures => "I showed it in pictures or symbols",
        ReadBackHow.InSigns => "I signed it",
        _ => "Somebody else read or signed it to them",
    };

    /// <param name="how">Null when nobody said how.</param>
    public static string Of(ReadBack readBack, ReadBackHow? how) => readBack switch
    {
        ReadBack.Yes => $"{OfHow(how)}: yes, that is what they meant",
        ReadBack.YesAfterChange => $"{OfHow(how)}: they changed it, and then it was what they meant",
        ReadBack.NotSure => $"{OfHow(how)}: not sure it is what they meant",
        ReadBack.DidNotWant => "They did not want it read back",
        _ => "Not read back to them",
    };

    private static string OfHow(ReadBackHow? how) => how switch
    {
        ReadBackHow.ReadAloud => "Read aloud to them by the worker",
        ReadBackHow.ReadThemselves => "They read it, or looked at it, themselves",
        ReadBackHow.PlayedBack => "Played back to them",
        ReadBackHow.InPictures => "Shown to them in pictures or symbols",
        ReadBackHow.InSigns => "Signed to them by the worker",
        ReadBackHow.BySomebodyElse => "Read or signed to them by somebody else",
        _ => "Read back to them",
    };

    public static string Of(DeviceItemKind kind) => kind switch
    {
        DeviceItemKind.Consent => "A decision",
        DeviceItemKind.Visit => "A visit",
        DeviceItemKind.Record => "Something said",
        DeviceItemKind.DoNotTell => "Whom a child does not want told",
        _ => "That something was deleted",
    };

    public static string Of(RescueState state) => state switch
    {
        RescueState.TakenIn => "Taken in",
        RescueState.AlreadyThere => "Already there",
        RescueState.NotAllowed => "Not allowed",
        _ => "Refused",
    };

    public static string Of(TakenBackReason reason) => reason switch
    {
        TakenBackReason.ChildChangedMind => "the child changed their mind",
        TakenBackReason.WrongChild => "it was under the wrong child",
        _ => "it was recorded by mistake",
    };

    /// <summary>What was deleted, without a word of it.</summary>
    public static string Deleted(DeviceItemKind kind, DateOnly? visitOn) =>
        kind == DeviceItemKind.Visit ? "a visit" : visitOn is { } on ? $"something from the visit on {Day(on)}" : "something from a visit";

    public static string Of(CorrectionReason reason) => reason switch
    {
        CorrectionReason.WorkerTypo => "The worker had written it down wrongly",
        CorrectionReason.ChangedMind => "They changed their mind",
        CorrectionReason.Statement => "Whoever says this asked the council for the record to be put right. It is theirs, in their own words",
        _ => "They asked for it to be put right",
    };

    /// <summary>What stands beside a record, by who says it.</summary>
    public static string Beside(CorrectionReason reason, Speaker speaker) => reason == CorrectionReason.Statement ? Statement(speaker) : "Put right";

    public static string Statement(Speaker speaker) => speaker == Speaker.ParentOrCarer ? "Statement of a parent or carer" : "Statement of the child or young person";

    public static string Of(Sensitivity sensitivity) => sensitivity switch
    {
        Sensitivity.Normal => "Nothing special",
        Sensitivity.Sensitive => "Sensitive",
        _ => "Somebody may not be safe",
    };

    public static string Of(CommunicationWay way) => way switch
    {
        CommunicationWay.Speech => "Speech",
        CommunicationWay.BritishSignLanguage => "British Sign Language (BSL)",
        CommunicationWay.SignSupportedEnglish => "Sign Supported English (SSE)",
        CommunicationWay.Makaton => "Makaton",
        CommunicationWay.Symbols => "Pictures, symbols or objects (such as PECS)",
        CommunicationWay.TalkingMats => "Talking Mats",
        CommunicationWay.SpeechDevice => "A device or aid that speaks for them (AAC)",
        CommunicationWay.EyePointing => "Looking and eye pointing",
        CommunicationWay.GesturesAndBehaviour => "Gestures and behaviour",
        CommunicationWay.Writing => "Writing or typing",
        CommunicationWay.ReadAloud => "Having it read aloud",
        CommunicationWay.LargePrint => "Large print",
        CommunicationWay.Interpreter => "An interpreter",
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    /// <summary>How a child best says things and takes them in, on one line; null when nobody has asked them.</summary>
    public static string? Communicates(IReadOnlyList<CommunicationWay> ways, string? more) =>
        string.Join(". ", new[] { ways.Count == 0 ? null : string.Join("; ", ways.Select(Of)), more }.Where(p => !string.IsNullOrWhiteSpace(p))) is { Length: > 0 } said ? said : null;

    /// <summary>Beside what a worker thinks, where a newer version of it was moved away or destroyed with what it rested on.</summary>
    public const string NewerIsGone = "A newer one is gone, with words that it rested on. This one stands again.";

    public static string Of(InterpretationKind kind) => kind switch
    {
        InterpretationKind.Observation => "What was noticed",
        InterpretationKind.Hypothesis => "What it might mean",
        InterpretationKind.Analysis => "What it means with what else is known",
        _ => "Summary for a plan",
    };

    public static string Of(Confidence sure) => sure switch
    {
        Confidence.Guess => "A guess, to be asked about",
        Confidence.FairlySure => "Fairly sure",
        _ => "Sure: more than one thing says so",
    };

    public static string Of(ChildSaw saw, string name) => saw switch
    {
        ChildSaw.Yes => $"{name} has seen this",
        ChildSaw.NotYet => $"{name} has not seen this yet",
        _ => $"It is not right to show this to {name}",
    };

    public static string Of(DoNotTellRole role) => role switch
    {
        DoNotTellRole.Family => "Anybody in the family or looking after them",
        DoNotTellRole.OtherServices => "School, health, police and other services",
        DoNotTellRole.CoveringPractitioners => "Workers who cover for theirs, and managers",
        DoNotTellRole.ReviewingOfficer => "Their reviewing officer",
        DoNotTellRole.Advocate => "Their advocate",
        _ => "Every other worker but the one they told",
    };

    public static string Of(AssignmentReason reason) => reason switch
    {
        AssignmentReason.ReviewsCare => "Reviews how they are looked after",
        AssignmentReason.ChairsConference => "Chairs their child protection conference",
        AssignmentReason.ChildWantsOne => "The child wants an advocate",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Of(ToldTo told) => told switch
    {
        ToldTo.Worker => "Their worker",
        ToldTo.ReviewingOfficer => "Their reviewing officer",
        ToldTo.AdvocacyService => "The advocate, or the advocacy service",
        ToldTo.Carer => "Whoever looks after them",
        ToldTo.Family => "Somebody in their family",
        ToldTo.SomebodyElse => "Somebody else",
        _ => throw new ArgumentOutOfRangeException(nameof(told)),
    };

    public static string Of(AssignmentEnd end) => end switch
    {
        AssignmentEnd.NotNeeded => "not needed any more",
        AssignmentEnd.ChildTookItBack => "the child took it back",
        AssignmentEnd.LeftRole => "left, or does something else here",
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    public static string Of(DoNotTellReason reason) => reason switch
    {
        DoNotTellReason.Afraid => "Afraid of what would happen",
        DoNotTellReason.WantsToTellThemselves => "Wants to tell them themselves",
        DoNotTellReason.Private => "It is private",
        _ => "Another reason",
    };

    public static string Of(DoNotTellSaidBy saidBy) => saidBy switch
    {
        DoNotTellSaidBy.Child => "The child",
        DoNotTellSaidBy.ParentOrCarer => "A parent or carer",
        _ => "A worker, to keep the child safe",
    };

    public static string Of(OutsideService service) => service switch
    {
        OutsideService.School => "School or nursery",
        OutsideService.Health => "Health service",
        OutsideService.Police => "Police",
        OutsideService.ReviewMeeting => "Review meeting",
        OutsideService.ProtectionConference => "Child protection conference",
        OutsideService.Court => "Family court",
        OutsideService.Advocate => "Advocate",
        _ => "Another service",
    };

    public static string Of(LeftOutBecause because) => because switch
    {
        LeftOutBecause.DoNotTell => "Somebody who would read it must not be told",
        LeftOutBecause.Disclosure => "It says that somebody may not be safe: tell it in person, with a decision of its own",
        LeftOutBecause.SomebodyElsesWords => "These are somebody else’s words, and theirs to give",
        LeftOutBecause.NotPermitted => "Nobody has said yes to showing it to them",
        _ => "A recording is listened to, not printed",
    };

    /// <summary>What stands in a place of a text, as far as a first look can tell.</summary>
    public static string Of(RedactionType type) => type switch
    {
        RedactionType.Name => "a name",
        RedactionType.Place => "a place",
        RedactionType.School => "a school",
        RedactionType.Address => "an address",
        RedactionType.Postcode => "a postcode",
        RedactionType.Phone => "a phone number",
        RedactionType.Email => "an email address",
        RedactionType.Link => "a web address",
        RedactionType.Date => "a date",
        RedactionType.Id => "a number",
        _ => "words",
    };

    /// <summary>Who spoke together, within a sentence.</summary>
    public static string Group(VoiceRecord record) => $"a group of {record.GroupSize}";

    /// <summary>What a record is called in a list that shows nothing of it.</summary>
    public static string Of(VoiceKind kind, Speaker speaker) => (kind, speaker) switch
    {
        (VoiceKind.Audio, _) => "A recording",
        (VoiceKind.Drawing, _) => "A drawing",
        (VoiceKind.Photo, _) => "A photo of something made",
        (VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer or VoiceKind.SymbolChoice, _) => "Answers with a tool",
        (VoiceKind.SignOrGesture, _) => "Signs or gestures",
        (VoiceKind.ObservedNonVerbal, _) => "What was seen",
        (VoiceKind.Declined, _) => "Nothing said, and why",
        (_, Speaker.ParentOrCarer) => "Words of a parent or carer",
        (_, Speaker.Practitioner) => "A worker’s own words",
        (_, Speaker.Group) => "Words of a group of children",
        _ => "The child’s own words",
    };

    /// <summary>Stands with the question whether a person can be recognised on a photo.</summary>
    public const string RecognisedHint = "By a face, or by anything else that tells somebody who it is.";

    /// <summary>Stands with the question whether anybody else can be heard on a recording.</summary>
    public const string HeardHint = "Besides whoever speaks and you. Each of them, or somebody who may decide for them, has to say yes. Until then nobody can play it.";

    public static string ShowsPerson(bool? showsPerson) => showsPerson switch
    {
        true => "A person can be recognised on it.",
        false => "Nobody can be recognised on it.",
        null => "Nobody has said yet whether a person can be recognised on it. Until then it counts as yes.",
    };

    public static string Of(Purpose purpose) => purpose switch
    {
        Purpose.KeepRecord => "Write down what they tell you",
        Purpose.Audio => "Record their voice",
        Purpose.ImageWork => "Photograph their drawings",
        Purpose.ImagePerson => "Photograph them",
        Purpose.TranscribeMachine => "Let a computer turn speech into writing",
        Purpose.ShareParent => "Show it to somebody in their family",
        Purpose.SharePro => "Tell another worker or a meeting",
        Purpose.Stats => "Count answers like theirs, without names",
        Purpose.QuoteService => "Use their words, without their name, to make services better",
        Purpose.ResearchExtract => "Let researchers study it, without knowing who it is",
        Purpose.ResearchWords => "Let researchers read what they said, with names and places taken out",
        Purpose.ResearchContact => "Let a researcher ask to talk to them",
        _ => "Show it in training or a report",
    };

    public static string Of(DisclosureState state) => state switch
    {
        DisclosureState.Proposed => "Waiting for a manager",
        DisclosureState.Agreed => "Agreed: they are told",
        _ => "Not agreed: they are not told",
    };

    public static string Of(DisclosureBasis basis) => basis switch
    {
        DisclosureBasis.SignificantHarm => "Somebody may come to significant harm (Children Act 1989, section 47)",
        DisclosureBasis.Welfare => "A child’s welfare (Children Act 1989, section 17; Children Act 2004, section 11)",
        DisclosureBasis.Crime => "To prevent or detect a crime (Data Protection Act 2018, schedule 2)",
        DisclosureBasis.CourtOrder => "A court has ordered it",
        _ => "To protect somebody’s life (UK GDPR, article 6)",
    };

    public static string Of(ChildInformed informed) => informed switch
    {
        ChildInformed.Yes => "Yes, they know",
        ChildInformed.NotYet => "Not yet; they will be told before it happens",
        _ => "No, it is not safe to tell them",
    };

    public static string Of(ResponsibilityEvidence evidence) => evidence switch
    {
        ResponsibilityEvidence.ToldOnly => "Told only, nothing seen",
        ResponsibilityEvidence.BirthCertificate => "Birth certificate",
        ResponsibilityEvidence.MarriageOrPartnership => "Marriage or civil partnership",
        ResponsibilityEvidence.Agreement => "Agreement on parental responsibility",
        ResponsibilityEvidence.CourtOrder => "Order of a court",
        ResponsibilityEvidence.Adoption => "Adoption order",
        _ => "Placement plan",
    };

    public static string Of(LegalStatusKind status) => status switch
    {
        LegalStatusKind.None => "None",
        LegalStatusKind.EarlyHelp => "Early help",
        LegalStatusKind.ChildInNeed => "Child in need (section 17)",
        LegalStatusKind.ChildProtection => "On a child protection plan",
        LegalStatusKind.Accommodated => "Looked after by agreement (section 20, in Wales section 76)",
        LegalStatusKind.InterimCareOrder => "Interim care order (section 38)",
        LegalStatusKind.CareOrder => "Care order (section 31)",
        _ => "Care leaver",
    };

    public static string Of(VoiceSurface surface) => surface switch
    {
        VoiceSurface.Page => "read on a page",
        VoiceSurface.Media or VoiceSurface.Thumbnail => "played or shown",
        VoiceSurface.Search => "found by searching",
        VoiceSurface.Print => "copied for somebody",
        VoiceSurface.Share => "shown to somebody",
        VoiceSurface.Dashboard => "counted",
        VoiceSurface.Quote => "quoted",
        VoiceSurface.Transcriber => "turned into writing by a computer",
        VoiceSurface.Extract => "in a file for researchers",
        VoiceSurface.Network => "shared with another council",
        _ => "exported",
    };

    public static string Of(PurposeBasis basis) => basis switch
    {
        PurposeBasis.NoticeOnly => "People are told",
        PurposeBasis.Permission => "People are asked",
        _ => throw new ArgumentOutOfRangeException(nameof(basis)),
    };

    public static string Of(WordingFormat format) => format switch
    {
        WordingFormat.Text => "Plain text",
        WordingFormat.EasyRead => "Easy read",
        WordingFormat.Symbols => "Symbols",
        WordingFormat.Audio => "Recording",
        WordingFormat.BslVideo => "British Sign Language",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    public static string Of(AgeBand band) => band switch
    {
        AgeBand.From4To7 => "Children of 4 to 7",
        AgeBand.From8To11 => "Children of 8 to 11",
        AgeBand.From12To17 => "Young people of 12 to 17",
        AgeBand.Adult => "Parents and carers",
        _ => throw new ArgumentOutOfRangeException(nameof(band)),
    };

    public static string Of(WordingDraftState state) => state switch
    {
        WordingDraftState.Draft => "Draft",
        WordingDraftState.Waiting => "Waits for a second person",
        WordingDraftState.SentBack => "Sent back",
        WordingDraftState.Approved => "Approved",
        WordingDraftState.Discarded => "Given up",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string ColourOf(WordingDraftState state) => state switch
    {
        WordingDraftState.Waiting => "yellow",
        WordingDraftState.SentBack => "red",
        WordingDraftState.Approved => "green",
        _ => "grey",
    };

    public static string Of(ConsentState state) => state switch
    {
        ConsentState.NotAsked => "Not asked yet",
        ConsentState.Told => "Told",
        ConsentState.Objected => "Does not want this",
        ConsentState.Asked => "Asked, no answer yet",
        ConsentState.Deferred => "Thinking about it",
        ConsentState.Given => "Yes",
        ConsentState.Refused => "No",
        ConsentState.Withdrawn => "Changed to no",
        ConsentState.Expired => "The yes has run out",
        ConsentState.NeedsRefresh => "Needs asking again",
        _ => "Should not have been relied on",
    };

    /// <summary>What happened, as one line of a history.</summary>
    public static string Of(ConsentEventType type) => type switch
    {
        ConsentEventType.Told => "Told",
        ConsentEventType.Asked => "Asked",
        ConsentEventType.Given => "Said yes",
        ConsentEventType.Refused => "Said no",
        ConsentEventType.Deferred => "Wants to think about it",
        ConsentEventType.Withdrawn => "Said stop",
        ConsentEventType.Renewed => "Said yes again",
        ConsentEventType.Objected => "Does not want this",
        ConsentEventType.Invalidated => "Found that it should not have been relied on",
        ConsentEventType.EnteredInError => "Marked as a mistake",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The answer on the copy of whoever gave it.</summary>
    public static string OnReceipt(ConsentEventType type, bool welsh) => type switch
    {
        ConsentEventType.Told => welsh ? "rwy’n gwybod" : "I know about it",
        ConsentEventType.Asked => welsh ? "gofynnwyd i fi" : "I was asked",
        ConsentEventType.Given or ConsentEventType.Renewed => welsh ? "dywedais i ie" : "I said yes",
        ConsentEventType.Refused => welsh ? "dywedais i na" : "I said no",
        ConsentEventType.Deferred => welsh ? "rwy’n meddwl amdano" : "I am thinking about it",
        ConsentEventType.Withdrawn => welsh ? "dywedais i stop" : "I said stop",
        ConsentEventType.Objected => welsh ? "dydw i ddim eisiau hyn" : "I do not want this",
        ConsentEventType.Invalidated => welsh ? "nid yw’n cyfrif mwyach" : "it does not count any more",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static string Month(int year, int month) => new DateOnly(year, month, 1).ToString("MMMM yyyy", English);

    public static string Of(DecisionGrade grade) => grade switch
    {
        DecisionGrade.SocialWorker => "A social worker",
        DecisionGrade.TeamManager => "A team manager",
        DecisionGrade.ServiceManager => "A service manager",
        DecisionGrade.HeadOfService => "A head of service",
        DecisionGrade.Director => "A director",
        _ => throw new ArgumentOutOfRangeException(nameof(grade)),
    };

    public static string Of(Understands understands) => understands switch
    {
        Understands.Yes => "They understand it",
        Understands.WithSupport => "They understand it with help",
        Understands.No => "They do not understand it yet",
        _ => throw new ArgumentOutOfRangeException(nameof(understands)),
    };

    public static string Of(FreeFromPressure free) => free switch
    {
        FreeFromPressure.Yes => "Yes",
        FreeFromPressure.No => "No, somebody pressed for an answer",
        FreeFromPressure.NotSure => "I am not sure",
        _ => throw new ArgumentOutOfRangeException(nameof(free)),
    };

    public static string Of(WithdrawWants wants) => wants switch
    {
        WithdrawWants.StopFromNow => "what is there may stay",
        WithdrawWants.TakeOut => "what is there is not to be used any more",
        WithdrawWants.DeleteRecording => "the recording or picture is to be deleted, what was written stays",
        _ => throw new ArgumentOutOfRangeException(nameof(wants)),
    };

    public static string Of(ConsentMethod method) => method switch
    {
        ConsentMethod.Spoken => "by saying so",
        ConsentMethod.TappedByChild => "by tapping the screen",
        ConsentMethod.Signature => "in writing",
        ConsentMethod.SymbolOrSign => "with a sign or symbol",
        ConsentMethod.SignLanguage => "in sign language",
        ConsentMethod.AudioClip => "by saying so in a recording",
        ConsentMethod.PaperScan => "on paper",
        ConsentMethod.Inferred => "concluded from what they did",
        _ => "by phone",
    };

    /// <summary>Where a permission stands, in a sentence about this child.</summary>
    public static string Of(ConsentDecision decision, string name) => decision.State switch
    {
        ConsentState.Given => $"The answer is yes{(decision.ExpiresOn is { } until ? $", until {Day(until)}" : "")}.",
        ConsentState.Refused => $"The answer is no. What {name} says can still be written down.",
        ConsentState.Withdrawn => $"We were asked to stop. What {name} says can still be written down.",
        ConsentState.Deferred => $"{name} is thinking about it. Until there is a yes, the answer is no.",
        ConsentState.Expired when decision.EndedWithVisitOn is { } visit => $"The yes ended with the visit on {Day(visit)}. Ask again first.",
        ConsentState.Expired => $"The yes ran out{(decision.ExpiresOn is { } until ? $" on {Day(until)}" : "")}. Ask again first.",
        ConsentState.NeedsRefresh => decision.Because switch
        {
            RefreshCause.WordingChanged => "What it is for is now said in other words. Ask again first.",
            RefreshCause.TurnedSixteen or RefreshCause.CompetenceChanged => $"It is now for {name} to decide. Ask first.",
            RefreshCause.TurnedEighteen => $"{name} is now an adult. Ask again first.",
            RefreshCause.ResponsibilityOrStatusChanged => "Who may decide has changed since the yes. Ask whoever may decide now.",
            RefreshCause.NoContact => "This person must have no contact, so nothing is shown to them.",
            _ => "The yes did not come from somebody who may decide. Ask whoever may.",
        },
        ConsentState.Asked => "Asked, and no answer yet. Until there is a yes, the answer is no.",
        ConsentState.Told => "Told.",
        ConsentState.Objected => $"{name} does not want this.",
        ConsentState.Invalidated => "The yes should not have been relied on. Ask again first.",
        _ => "Not asked yet.",
    };
}
