using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ChildrensInfo.Core.Rights;

/// <summary>Why somebody has to look at a thing before it is given.</summary>
public enum HeldMark
{
    /// <summary>It is about somebody else, or names them.</summary>
    SomebodyElse,

    /// <summary>It is somebody else's own words.</summary>
    SomebodyElsesWords,

    /// <summary>Somebody else can be heard.</summary>
    SomebodyElsesVoice,

    /// <summary>It says that somebody may not be safe.</summary>
    Harm,
}

public enum HeldVoice
{
    /// <summary>A fact as it is kept.</summary>
    Fact,

    /// <summary>What somebody said, exactly.</summary>
    OwnWords,

    /// <summary>What a worker thinks.</summary>
    Interpretation,
}

public sealed record HeldLine(string Label, string Text, HeldVoice Voice);

/// <summary>One thing that is held on a child, opened and in words.</summary>
/// <param name="Item">Its kind and id.</param>
/// <param name="Of">What it hangs on, as a transcript hangs on a recording; null when it stands alone.</param>
/// <param name="MustNotBeTold">The requester must not be told: it is left out, and nobody can let it in.</param>
public sealed record HeldItem(
    string Item, string Kind, string? Of, DateOnly? On, IReadOnlyList<HeldLine> Lines, IReadOnlyList<StoredFile> Files, IReadOnlySet<HeldMark> Marks, bool MustNotBeTold);

/// <summary>Who has looked at the record: one line a person and day.</summary>
public sealed record HeldLook(DateOnly On, string Who, string Did);

/// <summary>
/// Everything the portal holds on a child, in words. It goes through every table about children that the database has, so that nothing is forgotten when one is added;
/// what is not information about the child is named here with the reason.
/// </summary>
public sealed partial class HeldRecords(AppDbContext db, KeyRing keys, DoNotTellService doNotTell)
{
    /// <summary>Tables about children that hold nothing to be given, and why.</summary>
    public static readonly IReadOnlyDictionary<Type, string> NotGiven = new Dictionary<Type, string>
    {
        [typeof(ChildKey)] = "A key, without which nothing else could be read",
        [typeof(DeviceReceipt)] = "That parts of a file came from a device; what came is given",
        [typeof(AccessRequest)] = "The request itself, which whoever asked made",
        [typeof(AccessChoice)] = "What is left out and why, which would tell what is left out",
    };

    /// <summary>Which field of which table is sealed as what part. A test holds it to the model.</summary>
    public static readonly IReadOnlyDictionary<(Type Table, string Field), int> Sealed = new Dictionary<(Type, string), int>
    {
        [(typeof(PresentPerson), nameof(PresentPerson.WhoSealed))] = SealPart.Present,
        [(typeof(TakenBack), nameof(TakenBack.WhySealed))] = SealPart.TakenBackWhy,
        [(typeof(VoiceWords), nameof(VoiceWords.Sealed))] = SealPart.Words,
        [(typeof(VoiceWords), nameof(VoiceWords.PromptSealed))] = SealPart.Prompt,
        [(typeof(Interpretation), nameof(Interpretation.Sealed))] = SealPart.Interpretation,
        [(typeof(Interpretation), nameof(Interpretation.BasedOnSealed))] = SealPart.BasedOn,
        [(typeof(Interpretation), nameof(Interpretation.AlternativeSealed))] = SealPart.Alternative,
        [(typeof(InterpretationShowing), nameof(InterpretationShowing.WhySealed))] = SealPart.ShowingWhy,
        [(typeof(Transcript), nameof(Transcript.Sealed))] = SealPart.Transcript,
        [(typeof(ThirdPartyVoice), nameof(ThirdPartyVoice.DescribedSealed))] = SealPart.ThirdParty,
        [(typeof(ThirdPartyAnswer), nameof(ThirdPartyAnswer.SaidBySealed))] = SealPart.PermissionSaidBy,
        [(typeof(BreachReport), nameof(BreachReport.WhatHappenedSealed))] = SealPart.BreachHappened,
        [(typeof(BreachReport), nameof(BreachReport.WhatWasDoneSealed))] = SealPart.BreachDone,
        [(typeof(Ask), nameof(Ask.WordsSealed))] = SealPart.Ask,
        [(typeof(Ask), nameof(Ask.ElsewhereSealed))] = SealPart.AskElsewhere,
        [(typeof(AskStep), nameof(AskStep.WordsSealed))] = SealPart.AskStep,
        [(typeof(ParticipationActivity), nameof(ParticipationActivity.Sealed))] = SealPart.Participation,
        [(typeof(ParticipationStep), nameof(ParticipationStep.Sealed))] = SealPart.Participation,
        [(typeof(DoNotTell), nameof(DoNotTell.WordsSealed))] = SealPart.DoNotTellWords,
        [(typeof(DoNotTell), nameof(DoNotTell.EndReasonSealed))] = SealPart.DoNotTellEnd,
        [(typeof(BreakGlass), nameof(BreakGlass.ReasonSealed))] = SealPart.CoverReason,
        [(typeof(ConsentOrder), nameof(ConsentOrder.ReasonSealed))] = SealPart.OrderReason,
        [(typeof(ConsentEvent), nameof(ConsentEvent.ChildPositionReasonSealed))] = SealPart.ConsentPosition,
        [(typeof(ConsentEvent), nameof(ConsentEvent.PresentSealed))] = SealPart.ConsentPresent,
        [(typeof(ConsentEvent), nameof(ConsentEvent.ReasonSealed))] = SealPart.ConsentReason,
        [(typeof(ConsentEvent), nameof(ConsentEvent.WordsSealed))] = SealPart.ConsentWords,
        [(typeof(ConsentEvent), nameof(ConsentEvent.ShownSealed))] = SealPart.ConsentShown,
        [(typeof(NamedRecipient), nameof(NamedRecipient.NameSealed))] = SealPart.RecipientName,
        [(typeof(CompetenceAssessment), nameof(CompetenceAssessment.ChildWordsSealed))] = SealPart.CompetenceWords,
        [(typeof(CompetenceAssessment), nameof(CompetenceAssessment.SupportSealed))] = SealPart.CompetenceSupport,
        [(typeof(CompetenceAssessment), nameof(CompetenceAssessment.RationaleSealed))] = SealPart.Rationale,
        [(typeof(CompetenceAssessment), nameof(CompetenceAssessment.SecondOpinionSealed))] = SealPart.SecondOpinion,
        [(typeof(DisclosureDecision), nameof(DisclosureDecision.WhatSealed))] = SealPart.DisclosureWhat,
        [(typeof(DisclosureDecision), nameof(DisclosureDecision.ToWhomSealed))] = SealPart.DisclosureToWhom,
        [(typeof(DisclosureDecision), nameof(DisclosureDecision.WhySealed))] = SealPart.DisclosureWhy,
        [(typeof(DisclosureDecision), nameof(DisclosureDecision.NotInformedSealed))] = SealPart.DisclosureNotInformed,
        [(typeof(DisclosureDecision), nameof(DisclosureDecision.DecisionReasonSealed))] = SealPart.DisclosureDecision,
        [(typeof(DutyNote), nameof(DutyNote.Sealed))] = SealPart.DutyNote,
    };

    /// <summary>Bytes that are no text: fingerprints, by which a change would show.</summary>
    public static readonly IReadOnlySet<string> Fingerprints = new HashSet<string> { nameof(VoiceRecord.ContentSeal), nameof(ConsentEvent.WordingHash), nameof(ConsentEvent.EvidenceHash) };

    /// <summary>What is written about keeping somebody safe, about who must not be told and about what the child asks of the council: never a parent's or carer's to read here.</summary>
    private static readonly HashSet<Type> NotForRelations = [typeof(DoNotTell), typeof(DisclosureDecision), typeof(BreachReport), typeof(BreakGlass), typeof(DutyNote), typeof(LegalHold), typeof(RectificationRequest)];

    public static readonly IReadOnlySet<Type> AboutSomebodyElse = new HashSet<Type> { typeof(Relationship), typeof(ThirdPartyVoice), typeof(ThirdPartyAnswer), typeof(ParentalResponsibility), typeof(DelegatedAuthority), typeof(PresentPerson), typeof(DutyNote) };

    private const string ShownWords = "The words that were shown";

    private static readonly HashSet<Type> AboutHarm = [typeof(DisclosureDecision)];

    /// <summary>What is no link from one thing to the thing it hangs on: a visit, a person and the child are about more than one.</summary>
    private static readonly HashSet<Type> NotHungOn = [typeof(Child), typeof(Relationship), typeof(VoiceSession)];

    private static readonly Lazy<HashSet<string>> Lists = new(() =>
        [.. typeof(CodeList).Assembly.GetManifestResourceNames().Where(n => n.Contains(".codelists.", StringComparison.Ordinal)).Select(n => n.Split(".codelists.")[1].Replace(".csv", "", StringComparison.Ordinal))]);

    private readonly Dictionary<string, CodeList> loaded = [];

    /// <summary>The tables about children, in the order in which they are given.</summary>
    public static IEnumerable<IEntityType> TablesOf(IModel model) => model.GetEntityTypes()
        .Where(e => !e.ClrType.IsAbstract && (typeof(IAboutChild).IsAssignableFrom(e.ClrType) || typeof(IMayBeAboutChild).IsAssignableFrom(e.ClrType)) && !NotGiven.ContainsKey(e.ClrType))
        .OrderBy(e => e.ClrType == typeof(Child) ? 0 : e.ClrType.Namespace!.EndsWith(".Voice", StringComparison.Ordinal) ? 1 : 2).ThenBy(e => e.ClrType.Name, StringComparer.Ordinal);

    /// <summary>Everything held on the child, for whoever asks. The caller has taken the whole authority's reach and writes down that it was read.</summary>
    public async Task<IReadOnlyList<HeldItem>> ReadAsync(Guid childId, Requester requester, Guid? relationshipId, DateOnly today, CancellationToken cancel)
    {
        await keys.LoadAsync([childId], cancel);
        var people = await db.Users.AsNoTracking().ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var wordings = await db.Wordings.AsNoTracking().ToDictionaryAsync(w => w.Id, w => (w.Body, IsWelsh: w.Language == "cy"), cancel);
        var relations = await db.Relationships.AsNoTracking().Where(r => r.ChildId == childId).ToListAsync(cancel);
        var council = await db.Authorities.Where(a => db.Children.Any(c => c.Id == childId && c.AuthorityId == a.Id)).Select(a => new { a.Name, a.WelshName }).SingleAsync(cancel);
        var rules = await doNotTell.StandingAsync(childId, cancel);
        var child = await db.Children.AsNoTracking().SingleAsync(c => c.Id == childId, cancel);
        var own = PartsOf($"{child.GivenName} {child.FamilyName} {child.KnownAs}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var files = await db.Files.AsNoTracking().Where(f => f.ChildId == childId && f.CompletedAt != null && f.WrappedKey.Length > 0 && f.Kind != FileKind.AccessPack).ToDictionaryAsync(f => f.Id, cancel);
        var rows = new List<(IEntityType Table, object Row)>();
        foreach (var table in TablesOf(db.Model))
        {
            var read = (Task<IReadOnlyList<object>>)Read.MakeGenericMethod(table.ClrType).Invoke(this, [childId, cancel])!;
            rows.AddRange((await read).Select(row => (table, row)));
        }

        var records = rows.Select(r => r.Row).OfType<VoiceRecord>().ToDictionary(r => r.Id);
        var restsOn = rows.Select(r => r.Row).OfType<InterpretationVoice>().ToLookup(v => v.InterpretationId, v => v.VoiceRecordId);
        var items = new List<HeldItem>(rows.Count);
        foreach (var (table, row) in rows)
        {
            var lines = new List<HeldLine>();
            var marks = new HashSet<HeldMark>();
            var given = new List<StoredFile>();
            if (row is Disposal { State: DisposalState.Done } done)
            {
                // Somebody in the child's life from whom something is kept does not learn what there was.
                var gone = requester == Requester.Relation && rules.Count > 0 ? [] : records.Values.Where(r => r.DestroyedAt == done.DecidedAt).Select(r => LabelOf($"{r.Kind}").ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal).ToList();
                lines.Add(new("What was destroyed", done.InWords(gone), HeldVoice.Fact));
            }

            foreach (var property in table.GetProperties().Where(p => !p.IsShadowProperty() && p.PropertyInfo is not null))
            {
                var value = property.PropertyInfo!.GetValue(row);
                if (value is null || property.Name is nameof(IAboutChild.AuthorityId) or nameof(IAboutChild.ChildId) or "Id" or "Version" || Fingerprints.Contains(property.Name)) continue;
                if (value is Guid id)
                {
                    if (files.TryGetValue(id, out var file)) given.Add(file);
                    else if (people.TryGetValue(id, out var person)) lines.Add(new(LabelOf(property.Name), person, HeldVoice.Fact));
                    else if (relations.Find(r => r.Id == id) is { } relation) lines.Add(new(LabelOf(property.Name), relation.Name, HeldVoice.Fact));
                    else if (property.Name == nameof(ConsentEvent.WordingId) && row is not ConsentEvent { ShownSealed: not null } && wordings.TryGetValue(id, out var wording)) lines.Add(new(ShownWords, wording.Body.Replace("{council}", (wording.IsWelsh ? council.WelshName : null) ?? council.Name, StringComparison.Ordinal), HeldVoice.Fact));
                }
                else if (value is byte[] bytes)
                {
                    var part = Sealed[(table.ClrType, property.Name)];
                    // What was destroyed is not held any more.
                    if (bytes.Length == 0) continue;
                    var text = row is DutyNote note ? await keys.OpenUnderAuthorityAsync(note.AuthorityKeyId, bytes, note.Id, part, cancel) : await keys.OpenAsync(childId, bytes, OwnerOf(row), part, cancel);
                    if (row is VoiceWords words && part == SealPart.Words && records.TryGetValue(words.VoiceRecordId, out var of)) text = AnswerSheet.TextOf(of.Kind, of.ToolVersionId, text);
                    if (part == SealPart.Transcript)
                    {
                        var whole = TranscriptText.WithoutTimes(text);
                        text = TranscriptText.Given(whole);
                        if (text != whole) marks.Add(HeldMark.SomebodyElse);
                    }

                    var voice = part is SealPart.Words or SealPart.Ask or SealPart.ConsentWords or SealPart.CompetenceWords or SealPart.DoNotTellWords or SealPart.Transcript ? HeldVoice.OwnWords
                        : row is Interpretation ? HeldVoice.Interpretation : HeldVoice.Fact;
                    lines.Add(new(property.Name switch { "Sealed" => TitleOf(table.ClrType), nameof(ConsentEvent.ShownSealed) => ShownWords, _ => LabelOf(property.Name) }, text, voice));
                }
                else if (TextOf(property.Name, value) is { Length: > 0 } text)
                {
                    lines.Add(new(LabelOf(property.Name), text, row is Interpretation && property.Name == nameof(Interpretation.Kind) ? HeldVoice.Interpretation : HeldVoice.Fact));
                }
            }

            if (AboutSomebodyElse.Contains(table.ClrType)) marks.Add(HeldMark.SomebodyElse);
            if (AboutHarm.Contains(table.ClrType) || row is VoiceRecord { Sensitivity: Sensitivity.Disclosure }) marks.Add(HeldMark.Harm);
            if (row is VoiceRecord { Speaker: Speaker.ParentOrCarer } said && (requester != Requester.Relation || said.SpeakerRelationshipId != relationshipId)) marks.Add(HeldMark.SomebodyElsesWords);
            // Others said it too, and nobody can say which words are theirs.
            if (row is VoiceRecord { Speaker: Speaker.Group }) marks.Add(HeldMark.SomebodyElsesWords);
            // Where nobody has said whether there is anybody else, somebody looks before it is given.
            if (row is VoiceRecord spoken && (spoken is { Kind: VoiceKind.Audio, AnybodyElseHeard: null } || rows.Exists(r => r.Row is ThirdPartyVoice other && other.VoiceRecordId == spoken.Id))) marks.Add(HeldMark.SomebodyElsesVoice);
            // It rests on words that were another child's, too.
            if (row is Interpretation thought && restsOn[thought.Id].Append(thought.VoiceRecordId).Any(id => records.GetValueOrDefault(id)?.MovedAt is not null)) marks.Add(HeldMark.SomebodyElse);
            if (relations.Exists(r => r.Id != relationshipId && PartsOf(r.Name).Except(own, StringComparer.OrdinalIgnoreCase).Any(part => Names(lines, part)))) marks.Add(HeldMark.SomebodyElse);
            var kept = requester == Requester.Relation && (NotForRelations.Contains(table.ClrType)
                || (row is VoiceRecord record && DoNotTellRules.Against(rules, Listener.Relation(relationshipId!.Value), record, today) is not null));
            items.Add(new(ItemOf(row), TitleOf(table.ClrType), HangsOn(table, row), DayOf(row), lines, given, marks, kept));
        }

        return Together(items, rows);
    }

    /// <summary>Who has looked at the child's record, and what they did, by day.</summary>
    public async Task<IReadOnlyList<HeldLook>> LooksAsync(Guid childId, CancellationToken cancel)
    {
        var people = await db.Users.AsNoTracking().ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var lines = await db.AuditEntries.AsNoTracking().Where(a => a.ChildId == childId).OrderBy(a => a.At).Select(a => new { a.At, a.ActorId, a.ActorRole, a.Action }).ToListAsync(cancel);
        return [.. lines.Select(l => new HeldLook(
            ConsentRules.LocalDay(l.At), (l.ActorId is { } id && people.TryGetValue(id, out var name) ? name : "The council’s own server") + (l.ActorRole is { } role ? $" ({LabelOf(role.ToString()).ToLowerInvariant()})" : ""), AuditWords.Of(l.Action))).Distinct()];
    }

    /// <summary>What hangs on something stands and falls with it: its marks are the marks of both, and what must not be told takes all with it.</summary>
    private static List<HeldItem> Together(List<HeldItem> items, List<(IEntityType Table, object Row)> rows)
    {
        var all = items.ToDictionary(i => i.Item);
        // Whatever was asked for in a record that must not be told would tell it too, and so would what a worker thinks of it beside others.
        var tied = rows.Select(r => r.Row).OfType<AskVoice>().Select(v => (Item: $"{nameof(Ask)}:{v.AskId}", v.VoiceRecordId))
            .Concat(rows.Select(r => r.Row).OfType<InterpretationVoice>().Select(v => (Item: $"{nameof(Interpretation)}:{v.InterpretationId}", v.VoiceRecordId)));
        foreach (var heard in tied.GroupBy(t => t.Item, t => $"{nameof(VoiceRecord)}:{t.VoiceRecordId}"))
        {
            var from = heard.Where(all.ContainsKey).Select(h => all[h]).ToList();
            if (all.TryGetValue(heard.Key, out var item)) all[heard.Key] = item with { Marks = item.Marks.Union(from.SelectMany(f => f.Marks)).ToHashSet(), MustNotBeTold = item.MustNotBeTold || from.Exists(f => f.MustNotBeTold) };
        }

        // What only ties two things together says nothing by itself.
        return [.. items.Where(i => i.Lines.Count + i.Files.Count > 0).Select(i => Fallen(all[i.Item], 0))];

        HeldItem Fallen(HeldItem item, int depth)
        {
            if (item.Of is null || depth > 8 || !all.TryGetValue(item.Of, out var above)) return item;
            var over = Fallen(above, depth + 1);
            return item with { Marks = item.Marks.Union(over.Marks).ToHashSet(), MustNotBeTold = item.MustNotBeTold || over.MustNotBeTold };
        }
    }

    private static readonly MethodInfo Read = typeof(HeldRecords).GetMethod(nameof(RowsAsync), BindingFlags.NonPublic | BindingFlags.Instance)!;

    private async Task<IReadOnlyList<object>> RowsAsync<T>(Guid childId, CancellationToken cancel) where T : class
    {
        // That something was said is held still when its words are destroyed.
        var rows = db.Set<T>().IgnoreQueryFilters(AppDbContext.ReadingLocks).AsNoTracking();
        if (typeof(T) == typeof(Child)) return await rows.Where(c => EF.Property<Guid>(c, nameof(Child.Id)) == childId).ToListAsync(cancel);
        return typeof(IAboutChild).IsAssignableFrom(typeof(T))
            ? await rows.Where(r => EF.Property<Guid>(r, nameof(IAboutChild.ChildId)) == childId).ToListAsync(cancel)
            : await rows.Where(r => EF.Property<Guid?>(r, nameof(IAboutChild.ChildId)) == childId).ToListAsync(cancel);
    }

    private static Guid OwnerOf(object row) => row is VoiceWords words ? words.VoiceRecordId : IdOf(row);

    private static Guid IdOf(object row) => row is VoiceWords words ? words.VoiceRecordId : row.GetType().GetProperty("Id")?.GetValue(row) as Guid? ?? Guid.Empty;

    /// <summary>Rows without an id of their own are told apart by all their ids.</summary>
    private static string ItemOf(object row) => IdOf(row) is var id && id != Guid.Empty ? $"{row.GetType().Name}:{id}"
        : $"{row.GetType().Name}:{string.Join('.', row.GetType().GetProperties().Where(p => p.PropertyType == typeof(Guid) && p.Name is not ("AuthorityId" or "ChildId")).Select(p => ((Guid)p.GetValue(row)!).ToString("N")[^12..]))}";

    /// <summary>By the database's own links: a transcript on its recording, an answer on its question.</summary>
    private static string? HangsOn(IEntityType table, object row)
    {
        foreach (var key in table.GetForeignKeys().Where(k => !NotHungOn.Contains(k.PrincipalEntityType.ClrType) && typeof(IAboutChild).IsAssignableFrom(k.PrincipalEntityType.ClrType)))
        {
            foreach (var property in key.Properties.Where(p => p.Name is not ("AuthorityId" or "ChildId")))
            {
                if (property.PropertyInfo?.GetValue(row) is Guid id) return $"{key.PrincipalEntityType.ClrType.Name}:{id}";
            }
        }

        return row is VoiceRecord { CorrectsId: { } first } ? $"{nameof(VoiceRecord)}:{first}" : row is VoiceRecord { ExplainsId: { } explained } ? $"{nameof(VoiceRecord)}:{explained}"
            : row.GetType().GetProperty("VoiceRecordId")?.GetValue(row) is Guid record && row is not VoiceRecord ? $"{nameof(VoiceRecord)}:{record}" : null;
    }

    private static DateOnly? DayOf(object row)
    {
        var properties = row.GetType().GetProperties();
        if (properties.FirstOrDefault(p => p.PropertyType == typeof(DateOnly) && p.Name.EndsWith("On", StringComparison.Ordinal))?.GetValue(row) is DateOnly on) return on;
        return properties.FirstOrDefault(p => p.PropertyType == typeof(DateTime) && p.Name.EndsWith("At", StringComparison.Ordinal))?.GetValue(row) is DateTime at ? ConsentRules.LocalDay(at) : null;
    }

    private string TextOf(string name, object value) => value switch
    {
        string text => Coded(name, text),
        bool yes => yes ? "Yes" : "No",
        Enum one => LabelOf(one.ToString()),
        DateOnly day => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
        DateTime at => TimeZoneInfo.ConvertTimeBySystemTimeZoneId(at, ConsentRules.TimeZone).ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture),
        IEnumerable many => string.Join("; ", many.Cast<object>().Where(o => o is not Guid).Select(o => TextOf(name, o))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A statutory code with what it means, when the reference data has a list of that name.</summary>
    private string Coded(string name, string text)
    {
        var stem = Snake().Replace(name, "_$1").TrimStart('_').ToLowerInvariant();
        stem = stem.EndsWith("_codes", StringComparison.Ordinal) ? stem[..^6] : stem.EndsWith("_code", StringComparison.Ordinal) ? stem[..^5] : stem;
        foreach (var list in new[] { $"cin_{stem}", $"ssda903_{CareLists.GetValueOrDefault(name, stem)}" }.Where(Lists.Value.Contains))
        {
            if (!loaded.TryGetValue(list, out var codes)) loaded[list] = codes = CodeList.Load(list);
            if (codes.Contains(text) && codes.Label(text) is var label && label != text) return $"{label} ({text})";
        }

        return text;
    }

    /// <summary>Columns of the return on children looked after whose names here are not those of its lists.</summary>
    private static readonly Dictionary<string, string> CareLists = new()
    {
        ["ReasonStarted"] = "rne",
        ["ReasonEnded"] = "rec",
        ["ReasonCeased"] = "rec",
        ["LegalStatus"] = "ls",
        ["Placement"] = "place",
        ["PlacementProvider"] = "place_provider",
        ["Provider"] = "place_provider",
        ["NeedCode"] = "cin",
    };

    /// <summary>What things are called for those who never saw the program; what is not here goes by the program's own name for it.</summary>
    private static readonly Dictionary<Type, string> Titles = new()
    {
        [typeof(Child)] = "About the child",
        [typeof(Relationship)] = "Somebody in the child’s life",
        [typeof(Allocation)] = "Worker",
        [typeof(DoNotTell)] = "Who must not be told",
        [typeof(Assignment)] = "A reviewing officer or an advocate",
        [typeof(BreakGlass)] = "Somebody stood in for a worker",
        [typeof(VoiceSession)] = "Visit",
        [typeof(PresentPerson)] = "Somebody who was at a visit",
        [typeof(PlannedVisit)] = "Planned visit",
        [typeof(TakenBack)] = "Something deleted on a device before it was sent",
        [typeof(VoiceRecord)] = "What was said",
        [typeof(VoiceWords)] = "The words",
        [typeof(VoiceCoding)] = "What it is about",
        [typeof(Interpretation)] = "What a worker thinks it means",
        [typeof(InterpretationVoice)] = "What else a worker’s thought rests on",
        [typeof(InterpretationShowing)] = "Whether the child was shown what a worker thinks",
        [typeof(Transcript)] = "A recording in writing",
        [typeof(TranscriptAcceptance)] = "Somebody listened, and took the writing as right",
        [typeof(SensitivityMark)] = "It was marked to be handled with more care",
        [typeof(PhotoAnswer)] = "Whether a person can be recognised on a photo",
        [typeof(RecordingAnswer)] = "Whether anybody else can be heard on a recording",
        [typeof(ThirdPartyVoice)] = "Somebody else on a recording",
        [typeof(ThirdPartyAnswer)] = "What they said about being on it",
        [typeof(BreachReport)] = "Words that stood under the wrong child",
        [typeof(ChildMode)] = "The child held the device",
        [typeof(Ask)] = "What was asked of us",
        [typeof(AskStep)] = "What we did about it",
        [typeof(AskVoice)] = "In which words it was asked",
        [typeof(MediaErasure)] = "A recording was deleted",
        [typeof(ParticipationActivity)] = "Taking part",
        [typeof(ParticipationStep)] = "How taking part went",
        [typeof(ConsentEvent)] = "Permission",
        [typeof(ConsentUse)] = "A permission was relied on",
        [typeof(NamedRecipient)] = "Whom or what a permission was asked for",
        [typeof(ConsentReceipt)] = "A copy of a decision was given",
        [typeof(ConsentOrder)] = "Which of two decisions came first",
        [typeof(WithdrawalOutcome)] = "What followed when a permission was taken back",
        [typeof(CompetenceAssessment)] = "Whether the child could decide",
        [typeof(DisclosureDecision)] = "Telling somebody without permission",
        [typeof(Need.NeedEpisode)] = "Time as a child in need",
        [typeof(Need.NeedAssessment)] = "Assessment",
        [typeof(Need.CinPlan)] = "Child in need plan",
        [typeof(Need.Section47)] = "Child protection enquiry",
        [typeof(Need.ProtectionPlan)] = "Child protection plan",
        [typeof(Need.CareEpisode)] = "Time of being looked after",
        [typeof(Research.ExtractItem)] = "Words looked at before they could leave for research",
        [typeof(DutyNote)] = "Why something of this was decided",
        [typeof(LegalHold)] = "Nothing may be destroyed",
        [typeof(Disposal)] = "Something was to be destroyed",
        [typeof(Restriction)] = "It is restricted",
        [typeof(RestrictionOpening)] = "Somebody was let read it while it was restricted",
        [typeof(RectificationRequest)] = "Somebody asked for it to be put right",
        [typeof(ErasureRequest)] = "Somebody asked for it to be erased",
        [typeof(ReturnAbsence)] = "No longer in a return",
        [typeof(Research.ExtractChild)] = "In a file for research, without a name",
    };

    public static string TitleOf(Type table) => Titles.GetValueOrDefault(table) ?? LabelOf(table.Name);

    /// <summary>A name of the program's, as words: SeenAlone becomes "Seen alone".</summary>
    public static string LabelOf(string name)
    {
        foreach (var ending in new[] { "Sealed", "ById", "Id" })
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal)) name = name[..^ending.Length] + (ending == "ById" ? "By" : "");
        }

        var words = Snake().Replace(name, " $1").Trim().ToLowerInvariant();
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static IEnumerable<string> PartsOf(string name) => name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length > 2);

    private static bool Names(List<HeldLine> lines, string name) =>
        lines.Exists(l => Regex.IsMatch(l.Text, $@"\b{Regex.Escape(name)}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Snake();
}
