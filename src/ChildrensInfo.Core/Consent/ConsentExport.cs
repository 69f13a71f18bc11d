using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>
/// One child's permissions as other systems read them: HL7 FHIR R4 Consent resources, and records in the structure of ISO/IEC TS 27560:2023. The
/// mapping, field by field, is docs/consent-exchange.md. It holds what was decided and the words as they were shown, with the names in them; nothing anybody said.
/// </summary>
public sealed class ConsentExport(AppDbContext db, ConsentService consent, KeyRing keys, TimeProvider clock)
{
    /// <summary>Stands before the portal's own codes. It names them and leads nowhere.</summary>
    public const string Codes = "urn:childrens-information-portal:";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record Loaded(Child Child, LocalAuthority Authority, IReadOnlyList<ConsentEvent> Events, IReadOnlyDictionary<(Purpose, Guid?), ConsentDecision> Decisions)
    {
        /// <summary>The words with the names in them, of each event of which they were kept.</summary>
        public required IReadOnlyDictionary<Guid, string> Shown { get; init; }

        /// <summary>The titles of the research projects that were asked about by themselves.</summary>
        public required IReadOnlyDictionary<Guid, string> Projects { get; init; }

        /// <summary>The days of the visits that were asked about by themselves.</summary>
        public required IReadOnlyDictionary<Guid, DateOnly> Visits { get; init; }

        public DateOnly? LastDay(ConsentEvent e) => e.ExpiresOn is null ? null : ConsentRules.LastDay(e.Scope, e.ExpiresOn, e.ScopeId is { } id && Visits.TryGetValue(id, out var day) ? day : null, e.OccurredAt);

        /// <summary>The words of an event: as they were shown, or where that was not kept, as they were written.</summary>
        public string WordsOf(ConsentEvent e) => Shown.GetValueOrDefault(e.Id) ?? e.Wording!.Body;

        public HashSet<Guid> Mistakes { get; } = [.. Events.Select(e => e.CorrectsEventId).OfType<Guid>()];
    }

    /// <returns>A FHIR R4 Bundle, UTF-8; null when the child is not allocated to the actor.</returns>
    public async Task<byte[]?> FhirAsync(Guid childId, Actor actor, CancellationToken cancel)
    {
        if (await LoadAsync(childId, cancel) is not { } loaded) return null;
        var bundle = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "collection",
            ["timestamp"] = Instant(clock.GetUtcNow().UtcDateTime),
            ["entry"] = new JsonArray([.. loaded.Events.Where(e => e.Type != ConsentEventType.EnteredInError)
                .Select(e => (JsonNode)new JsonObject { ["fullUrl"] = $"urn:uuid:{e.Id}", ["resource"] = Resource(loaded, e) })]),
        };
        return await WriteAsync(bundle, loaded, "FHIR R4", actor, cancel);
    }

    /// <returns>A receipt for the child, UTF-8; null when the child is not allocated to the actor.</returns>
    public async Task<byte[]?> ReceiptAsync(Guid childId, Actor actor, CancellationToken cancel)
    {
        if (await LoadAsync(childId, cancel) is not { } loaded) return null;
        var receipt = new JsonObject
        {
            ["receipt_metadata"] = new JsonObject
            {
                ["schema_version"] = "ISO/IEC TS 27560:2023",
                ["receipt_id"] = Guid.CreateVersion7(),
                ["pii_principal_id"] = loaded.Child.LaChildId,
                ["created_at"] = Instant(clock.GetUtcNow().UtcDateTime),
            },
            ["consent_records"] = new JsonArray([.. loaded.Events.GroupBy(e => (e.Purpose, e.ScopeId)).OrderBy(g => g.Key.Purpose).Select(g => (JsonNode)Record(loaded, g.Key, [.. g]))]),
        };
        return await WriteAsync(receipt, loaded, "ISO/IEC TS 27560", actor, cancel);
    }

    /// <summary>draft | proposed | active | rejected | inactive | entered-in-error: http://hl7.org/fhir/R4/valueset-consent-state-codes.html</summary>
    public static string StatusOf(ConsentEventType type, bool isMistake, bool stands) => isMistake ? "entered-in-error" : type switch
    {
        ConsentEventType.Asked or ConsentEventType.Deferred => stands ? "proposed" : "inactive",
        ConsentEventType.Refused => "rejected",
        ConsentEventType.Withdrawn or ConsentEventType.Invalidated => "inactive",
        _ => stands ? "active" : "inactive",
    };

    /// <summary>The names of the Data Privacy Vocabulary for the states of ISO/IEC TS 27560.</summary>
    public static string EventStateOf(ConsentEventType type) => type switch
    {
        ConsentEventType.Told => "notice_given",
        ConsentEventType.Asked => "consent_requested",
        ConsentEventType.Given => "consent_given",
        ConsentEventType.Refused => "consent_refused",
        ConsentEventType.Deferred => "consent_request_deferred",
        ConsentEventType.Withdrawn => "consent_withdrawn",
        ConsentEventType.Renewed => "renewed_consent_given",
        ConsentEventType.Objected => "objection_raised",
        ConsentEventType.Invalidated => "consent_invalidated",
        ConsentEventType.EnteredInError => "entered_in_error",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static JsonObject Resource(Loaded loaded, ConsentEvent e)
    {
        var decision = loaded.Decisions[(e.Purpose, e.ScopeId)];
        var stands = decision.EventId == e.Id;
        // A yes that ran out or has to be asked for anew is no longer one to act on.
        var counts = stands && (e.Type is not (ConsentEventType.Given or ConsentEventType.Renewed) || decision.State == ConsentState.Given);
        var isPermit = e.Type is ConsentEventType.Given or ConsentEventType.Renewed or ConsentEventType.Told;
        var isResearch = e.Purpose is Purpose.ResearchExtract or Purpose.ResearchWords or Purpose.ResearchContact;
        var provision = new JsonObject
        {
            ["type"] = isPermit ? "permit" : "deny",
            ["period"] = loaded.LastDay(e) is { } until
                // As an instant too: FHIR cannot tell whether a day ends after an instant within it.
                ? new JsonObject { ["start"] = Instant(e.OccurredAt), ["end"] = Instant(ConsentRules.StartOf(until.AddDays(1)).AddSeconds(-1)) }
                : new JsonObject { ["start"] = Instant(e.OccurredAt) },
            ["purpose"] = new JsonArray(PurposeCoding(loaded, e)),
        };
        if (e.Scope is ConsentScope.Session or ConsentScope.VoiceRecord)
        {
            var isVisit = e.Scope == ConsentScope.Session;
            provision["data"] = new JsonArray(new JsonObject
            {
                ["meaning"] = isVisit ? "related" : "instance",
                ["reference"] = new JsonObject { ["type"] = isVisit ? "Encounter" : "DocumentReference", ["identifier"] = new JsonObject { ["system"] = Codes + (isVisit ? "visit" : "record"), ["value"] = e.ScopeId } },
            });
        }

        if (e.Scope == ConsentScope.Recipient)
        {
            provision["actor"] = new JsonArray(new JsonObject
            {
                ["role"] = Concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient"),
                ["reference"] = new JsonObject { ["identifier"] = new JsonObject { ["system"] = Codes + "recipient", ["value"] = e.ScopeId } },
            });
        }

        var resource = new JsonObject
        {
            ["resourceType"] = "Consent",
            ["id"] = e.Id,
            ["status"] = StatusOf(e.Type, loaded.Mistakes.Contains(e.Id), counts),
            ["scope"] = isResearch
                ? Concept("http://terminology.hl7.org/CodeSystem/consentscope", "research", "Research")
                : Concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent"),
            ["category"] = new JsonArray(Concept("http://loinc.org", "59284-0", "Consent Document")),
            ["patient"] = new JsonObject { ["type"] = "Patient", ["identifier"] = new JsonObject { ["system"] = $"{Codes}authority:{loaded.Authority.Code}:child", ["value"] = loaded.Child.LaChildId } },
            ["dateTime"] = Instant(e.OccurredAt),
        };
        if (Performer(loaded, e) is { } performer) resource["performer"] = new JsonArray(performer);
        resource["organization"] = new JsonArray(new JsonObject { ["type"] = "Organization", ["display"] = loaded.Authority.Name });
        if (e.Wording is { } wording)
        {
            resource["sourceAttachment"] = new JsonObject
            {
                ["contentType"] = "text/plain; charset=utf-8",
                ["language"] = wording.Language,
                ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(loaded.WordsOf(e))),
                ["title"] = $"{wording.Name}, version {wording.Number}",
            };
        }

        // Either a policy or a rule must be there (invariant ppc-1): what the purpose rests on, and in which words it was put.
        resource["policyRule"] = new JsonObject
        {
            ["coding"] = new JsonArray(new JsonObject { ["system"] = Codes + "basis", ["code"] = $"{(e.Type is ConsentEventType.Told or ConsentEventType.Objected ? PurposeBasis.NoticeOnly : Purposes.BasisOf(e.Purpose))}" }),
            ["text"] = e.WordingHash is { } hash ? $"Asked in the words with SHA-256 {Convert.ToHexStringLower(hash)}" : "The words used were not kept",
        };
        resource["provision"] = provision;
        return resource;
    }

    private static JsonObject? Performer(Loaded loaded, ConsentEvent e) => e.DecidedBy switch
    {
        null => null,
        DecidedBy.ChildForSelf => new() { ["type"] = "Patient", ["identifier"] = new JsonObject { ["system"] = $"{Codes}authority:{loaded.Authority.Code}:child", ["value"] = loaded.Child.LaChildId } },
        DecidedBy.LocalAuthority => new() { ["type"] = "Organization", ["display"] = loaded.Authority.Name },
        // What they are to the child, and no name.
        _ => new() { ["type"] = "RelatedPerson", ["identifier"] = new JsonObject { ["system"] = Codes + "relationship", ["value"] = e.DecidedByRelationshipId }, ["display"] = $"{e.DecidedByRelationship?.Kind}" },
    };

    private static JsonObject Record(Loaded loaded, (Purpose Purpose, Guid? ScopeId) key, IReadOnlyList<ConsentEvent> events)
    {
        var latest = events.Where(e => e.Wording is not null && !loaded.Mistakes.Contains(e.Id)).MaxBy(e => e.OccurredAt);
        var isNotice = events.MaxBy(e => e.OccurredAt)!.Type is ConsentEventType.Told or ConsentEventType.Objected || Purposes.BasisOf(key.Purpose) == PurposeBasis.NoticeOnly;
        return new()
        {
            ["record_header"] = new JsonObject
            {
                ["schema_version"] = "ISO/IEC TS 27560:2023",
                ["record_id"] = events.MinBy(e => e.OccurredAt)!.Id,
                ["pii_principal_id"] = loaded.Child.LaChildId,
            },
            ["pii_processing"] = new JsonObject
            {
                ["privacy_notice"] = latest is null ? null : new JsonObject
                {
                    ["id"] = latest.WordingId,
                    ["version"] = latest.Wording!.Number,
                    ["language"] = latest.Wording.Language,
                    ["format"] = $"{latest.Wording.Format}",
                    ["sha256"] = Convert.ToHexStringLower(latest.WordingHash ?? latest.Wording.BodyHash),
                    ["text"] = loaded.WordsOf(latest),
                },
                ["purposes"] = new JsonArray(new JsonObject
                {
                    ["purpose"] = $"{key.Purpose}",
                    ["lawful_basis"] = "public task (UK GDPR article 6(1)(e))",
                    ["permission_asked"] = !isNotice,
                    ["recipient_id"] = For(ConsentScope.Recipient),
                    ["project_id"] = For(ConsentScope.Project),
                    ["visit_id"] = For(ConsentScope.Session),
                    ["record_id"] = For(ConsentScope.VoiceRecord),
                    ["jurisdiction"] = loaded.Authority.Nation == Nation.Wales ? "GB-WLS" : "GB-ENG",
                    ["withdrawal_method"] = "by telling any worker of the council, or on the child’s own screen",
                }),
            },
            ["party_identification"] = new JsonArray(new JsonObject { ["party_id"] = loaded.Authority.Code, ["party_name"] = loaded.Authority.Name, ["party_role"] = "controller" }),
            ["current_state"] = $"{loaded.Decisions[key].State}",
            ["events"] = new JsonArray([.. events.Select(e => (JsonNode)new JsonObject
            {
                ["event_id"] = e.Id,
                ["event_time"] = Instant(e.OccurredAt),
                ["event_type"] = isNotice ? "notice" : "expressed",
                ["event_state"] = EventStateOf(e.Type),
                ["validity_until"] = loaded.LastDay(e)?.ToString("O", CultureInfo.InvariantCulture),
                ["entity"] = e.DecidedBy?.ToString(),
                ["method"] = $"{e.Method}",
                ["entered_in_error"] = loaded.Mistakes.Contains(e.Id),
                ["corrects_event_id"] = e.CorrectsEventId,
            })]),
        };

        Guid? For(ConsentScope scope) => events.Any(e => e.Scope == scope) ? key.ScopeId : null;
    }

    private async Task<Loaded?> LoadAsync(Guid childId, CancellationToken cancel)
    {
        var actorId = db.Actor?.PersonId;
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId && db.Allocations.Any(a => a.ChildId == c.Id && a.PractitionerId == actorId && a.EndedOn == null), cancel);
        if (child is null) return null;
        var authority = await db.Authorities.AsNoTracking().SingleAsync(a => a.Id == child.AuthorityId, cancel);
        var events = await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == childId).Include(e => e.Wording).Include(e => e.DecidedByRelationship).OrderBy(e => e.OccurredAt).ThenBy(e => e.Id).ToListAsync(cancel);
        var decisions = new Dictionary<(Purpose, Guid?), ConsentDecision>();
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        foreach (var key in events.Select(e => (e.Purpose, e.ScopeId)).Distinct()) decisions[key] = permissions.Of(key.Purpose, key.ScopeId);
        var shown = new Dictionary<Guid, string>();
        foreach (var e in events)
        {
            if (e is { ShownSealed: { } words, Wording: not null }) shown.Add(e.Id, await keys.OpenAsync(childId, words, e.Id, SealPart.ConsentShown, cancel));
        }

        var asked = events.Where(e => e.Scope == ConsentScope.Project).Select(e => e.ScopeId!.Value).Distinct().ToList();
        var projects = await db.ResearchProjects.AsNoTracking().Where(p => asked.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Title, cancel);
        var visited = events.Where(e => e.Scope == ConsentScope.Session).Select(e => e.ScopeId!.Value).Distinct().ToList();
        var visits = await db.VoiceSessions.AsNoTracking().Where(s => s.ChildId == childId && visited.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.OccurredOn, cancel);
        return new(child, authority, events, decisions) { Shown = shown, Projects = projects, Visits = visits };
    }

    private async Task<byte[]> WriteAsync(JsonObject document, Loaded loaded, string form, Actor actor, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.ConsentExported, actor, loaded.Child.Id, null, clock, $"{form}, {loaded.Events.Count} events"));
        await db.SaveChangesAsync(cancel);
        return Encoding.UTF8.GetBytes(document.ToJsonString(Indented));
    }

    private static JsonObject Concept(string system, string code, string display) =>
        new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code, ["display"] = display }) };

    /// <summary>What was asked about for one project is in a system of its own: a reader that does not know it takes it for no permission, and never for one to all research.</summary>
    private static JsonObject PurposeCoding(Loaded loaded, ConsentEvent e)
    {
        if (e.Scope != ConsentScope.Project) return new() { ["system"] = Codes + "purpose", ["code"] = $"{e.Purpose}" };
        var coding = new JsonObject { ["system"] = $"{Codes}project:{e.ScopeId}:purpose", ["code"] = $"{e.Purpose}" };
        if (loaded.Projects.TryGetValue(e.ScopeId!.Value, out var title)) coding["display"] = title;
        return coding;
    }

    private static string Instant(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
