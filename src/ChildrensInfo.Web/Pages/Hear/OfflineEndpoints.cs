using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>
/// What a device asks before a visit without a connection, and where it sends what was sealed there. Each item is answered with a receipt that names it
/// and its SHA-256; a device believes nothing else.
/// </summary>
public static class OfflineEndpoints
{
    public static void MapOffline(this IEndpointRouteBuilder app)
    {
        // For everybody, as the page itself is.
        app.MapGet("/offline/version", () => TypedResults.Text($"self.site = '{Version}';", "text/javascript")).AllowAnonymous().ShortCircuit();
        app.MapGet("/hear/offline/token", TokenAsync).RequireAuthorization(nameof(Capability.HearChildren));
        app.MapPut("/hear/offline/device", SaysAsync).RequireAuthorization(nameof(Capability.HearChildren)).WithMetadata(new RequestSizeLimitAttribute(4 * 1024));
        app.MapGet("/hear/{childId:guid}/take-along", TakeAsync).RequireAuthorization(nameof(Capability.HearChildren));
        app.MapPut("/hear/{childId:guid}/offline/{itemId:guid}", ReceiveAsync).RequireAuthorization(nameof(Capability.HearChildren))
            .WithMetadata(new RequestSizeLimitAttribute(2 * OfflineService.ItemMaxBytes));
    }

    /// <summary>Of the site as it was built: what a device keeps of the page for visits is of this, and is fetched anew when it is another (service-worker.js).</summary>
    public static string Version { get; } = $"{typeof(OfflineEndpoints).Module.ModuleVersionId:N}{typeof(OfflineService).Module.ModuleVersionId:N}";

    public const string DoesNotOpen = "It does not open here: it was sealed for another council, or is not what was sealed. It stays on the device.";

    /// <summary>Whether the body is a box for the council. What was sealed in an earlier form of the page, and has waited, comes open.</summary>
    public static bool IsClosed(HttpRequest request) => request.Headers.ContainsKey("X-Sealed");

    /// <summary>Who is signed in, and a fresh token to send with: one kept since this morning would not be taken.</summary>
    private sealed record SendingAs(Guid Person, string Token, CouncilKey Council);

    /// <summary>What a device closes with what it seals.</summary>
    /// <param name="Mark">With what this person's devices mark a file of what they cannot send.</param>
    private sealed record CouncilKey(Guid Id, string Key, string Mark)
    {
        public static CouncilKey Of(DeviceKey pair, byte[] mark) => new(pair.Id, Convert.ToBase64String(pair.PublicKey), Convert.ToBase64String(mark));
    }

    /// <param name="HeldFor">"others" when those who are heard beside the child have not said yes, "answer" when nobody has said whether there are any.</param>
    private sealed record Receipt(Guid Id, string Sha256, IReadOnlyList<DevicePart> Parts, bool Held, string? HeldFor, bool HadArrived);

    private sealed record Refused(string Reason);

    /// <param name="Says">Where the permission stands, in the words of every page.</param>
    /// <param name="SaidStop">Somebody said no: it is not offered at all.</param>
    /// <param name="IsTold">They are told, and may mind: nobody is asked.</param>
    private sealed record Permission(string State, bool IsTold, bool Allowed, bool SaidStop, DateOnly? ExpiresOn, DateOnly? AskAgainFrom, string Says, IReadOnlyList<Adult> Adults, IReadOnlyList<Shown> Wordings)
    {
        public static Permission Of(TakenConsent taken, string name, CouncilNames council)
        {
            var decision = taken.Decision;
            return new(
                decision.State.ToString(), taken.IsTold, decision.Allowed, decision.SaidStop, decision.ExpiresOn, taken.AskAgainFrom, Words.Of(decision, name),
                [.. taken.Adults.Select(a => new Adult(a.Person.RelationshipId, Who(a.Person), a.By.ToString()))],
                [.. taken.Wordings.Select(w => new Shown(w.Id, w.Language, w.AgeBand == AgeBand.Adult, [.. WordingShown.Of(w, council).Lines]))]);
        }
    }

    /// <param name="By">As it stands in a decision that comes back.</param>
    private sealed record Adult(Guid Id, string Who, string By);

    /// <param name="As">What they are among those who are at a visit.</param>
    /// <param name="Called">By what they may be meant there.</param>
    private sealed record Person(Guid Id, string Who, string As, IReadOnlyList<string> Called);

    private sealed record Plan(Guid Id, DateOnly On);

    private sealed record Stoppable(string Purpose, Guid? RecipientId, Guid? ProjectId, string Says, string Stop);

    /// <summary>What else is told or asked as such.</summary>
    private sealed record OtherAsk(string Purpose, string Title, Permission Permission);

    private sealed record Shown(Guid Id, string Language, bool ForAdults, IReadOnlyList<string> Lines);

    /// <param name="Id">Of the version.</param>
    /// <param name="Fits">It is made for a child of this age.</param>
    /// <param name="Pictures">The shapes of the portal's own that it shows, by name: it looks as it does now for as long as it is here. The council's own never change, and a device fetches each by its id once.</param>
    private sealed record ToolTaken(Guid Id, string Kind, string Title, string Language, bool Fits, ToolDefinition Asks, IReadOnlyDictionary<string, string> Pictures)
    {
        public static ToolTaken Of(OfferedTool offered, int? age)
        {
            var (version, asks) = (offered.Version, offered.Version.Definition);
            var names = asks.Items.Select(i => i.Picture).Concat(asks.Scale?.Points.Select(p => p.Picture) ?? []);
            return new(
                version.Id, offered.Tool.Kind.ToString(), version.Title, version.Language, version.IsFor(age), asks,
                names.Select(Core.Voice.Pictures.Find).OfType<Picture>().DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Svg));
        }
    }

    /// <summary>What a child may say by themselves besides what they make: whom they do not want told, and yes or no to what they are asked, in the words of their own screen.</summary>
    /// <param name="Pictures">The shapes of those that stand in the words, by name.</param>
    private sealed record OwnTaken(IReadOnlyList<Whom> Who, IReadOnlyList<Ask> Asks, IReadOnlyDictionary<string, string> Pictures)
    {
        public static OwnTaken Of(IReadOnlyList<(string Who, string Shown)> who, IReadOnlyList<TakenAsk> asks)
        {
            var taken = asks.Select(t => new Ask(
                t.Ask.Purpose.ToString(), t.Ask.For, t.Ask.Name, t.Ask.State.ToString(), ChildAsks.PictureOf(t.Ask.Purpose), t.IsTold, Purposes.MayBeForOneVisit(t.Ask.Purpose),
                [.. t.Wordings.Select(w => new AskWords(w.Wording.Id, w.Wording.Name, w.Wording.Format.ToString(), w.Wording.Language, [.. LinesOf(w.Shown)]))])).ToList();
            return new(
                [.. who.Select(w => new Whom(w.Who, w.Shown))], taken,
                taken.SelectMany(a => a.Wordings).SelectMany(w => w.Lines).Select(l => l.Picture).OfType<string>().Select(Core.Voice.Pictures.Find).OfType<Picture>().DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Svg));
        }

        private static IEnumerable<AskLine> LinesOf(WordingShown shown) =>
            shown.Format == WordingFormat.Symbols ? SymbolLine.AllOf(shown.Body).Select(l => new AskLine(l.Picture, l.Says)) : shown.Lines.Select(l => new AskLine(null, l));
    }

    private sealed record Whom(string Who, string Shown);

    /// <param name="IsOfVisits">A yes may be for one visit.</param>
    private sealed record Ask(string Purpose, Guid? To, string Name, string State, string Picture, bool IsTold, bool IsOfVisits, IReadOnlyList<AskWords> Wordings);

    private sealed record AskWords(Guid Id, string Name, string Format, string Language, IReadOnlyList<AskLine> Lines);

    private sealed record AskLine(string? Picture, string Says);

    /// <param name="Adults">Of recording, and so are the wordings: where a page looks for them that is still open from before photos were asked for.</param>
    private sealed record Taken(
        Guid ChildId, string Name, int? Age, string Language, string? Communicates, Permission Keeping, Permission Recording, Permission Photographing, Permission PhotographingPeople, IReadOnlyList<OtherAsk> Others, IReadOnlyList<Adult> Adults, IReadOnlyList<Person> People, IReadOnlyList<Plan> Plans, IReadOnlyList<Stoppable> Stops, IReadOnlyList<string> DoNotTell, IReadOnlyList<Shown> Wordings,
        IReadOnlyList<ToolTaken> Tools, OwnTaken Own, CouncilKey Council,
        DateTime TakenAt, DateTime ExpiresAt);

    private static async Task<IResult> TokenAsync(HttpContext context, IAntiforgery antiforgery, DeviceKeys keys, ICurrentActor current, CancellationToken cancel)
    {
        var pair = await keys.CurrentAsync(current.Actor!.AuthorityId, cancel);
        return TypedResults.Json(new SendingAs(current.Actor!.PersonId, antiforgery.GetAndStoreTokens(context).RequestToken!, CouncilKey.Of(pair, (await keys.MarkKeyAsync(pair.Id, current.Actor.PersonId, cancel))!)));
    }

    /// <summary>A device says how much waits on it: numbers and times.</summary>
    private static async Task<IResult> SaysAsync(
        HttpContext context, DeviceService devices, IValidator<DeviceCounts> validator, IAntiforgery antiforgery, ICurrentActor current, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Refuse(StatusCodes.Status400BadRequest, "The token is too old. A new one is fetched.");
        DeviceCounts? counts;
        try
        {
            counts = await context.Request.ReadFromJsonAsync<DeviceCounts>(SentJson.Options, cancel);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            counts = null;
        }

        if (counts is null || !validator.Validate(counts).IsValid) return Refuse(StatusCodes.Status422UnprocessableEntity, "These are not counts of a device.");
        return await devices.SaysAsync(counts, current.Actor!, cancel) ? TypedResults.NoContent() : Refuse(StatusCodes.Status409Conflict, "This device is somebody else’s.");
    }

    private static async Task<IResult> TakeAsync(Guid childId, OfflineService offline, ChildAsks asks, AppDbContext db, ICurrentActor current, CancellationToken cancel)
    {
        if (await offline.TakeAsync(childId, current.Actor!, cancel) is not { } taken) return TypedResults.NotFound();
        var council = await CouncilNames.OfActorAsync(db, cancel);
        var (language, look) = (Core.Voice.ChildMode.LanguageFor(taken.Language), Core.Voice.ChildMode.LookFor(taken.Age));
        var own = OwnTaken.Of(await asks.WhoAsync(childId, new(language, look), cancel), await asks.TakeAsync(childId, language, look, council, cancel));
        var recording = Permission.Of(taken.Recording, taken.Name, council);
        return TypedResults.Json(new Taken(
            taken.ChildId, taken.Name, taken.Age, taken.Language, Words.Communicates(taken.CommunicatesWith, taken.CommunicationNeeds), Permission.Of(taken.Keeping, taken.Name, council), recording, Permission.Of(taken.Photographing, taken.Name, council), Permission.Of(taken.PhotographingPeople, taken.Name, council),
            [.. taken.Others.Select(o => new OtherAsk(o.Key.ToString(), Words.Of(o.Key), Permission.Of(o.Value, taken.Name, council)))], recording.Adults,
            [.. taken.People.Select(p => new Person(p.RelationshipId, Who(p), OtherVoices.RoleOf(p.Kind).ToString(), OtherVoices.CalledBy(p.Kind, p.Name)))], [.. taken.Plans.Select(p => new Plan(p.Id, p.PlannedOn))],
            [.. taken.Stops.Select(s => new Stoppable(s.Purpose.ToString(), s.RecipientId, s.ProjectId, Words.Of(s.Purpose) + ((s.Recipient is { } one ? Who(one) : s.Named ?? ServiceOf(s.RecipientId)) is { } to ? $": {to}" : ""), s.Stop.ToString()))],
            [.. taken.DoNotTell.Select(Says)], recording.Wordings, [.. taken.Tools.Select(t => ToolTaken.Of(t, taken.Age))], own,
            CouncilKey.Of(taken.Council, taken.MarkKey), taken.TakenAt, taken.ExpiresAt));
    }

    private static string Who(TakenPerson person) => Words.Of(person.Kind) + (person.Name is null ? "" : $" ({person.Name})");

    private static string? ServiceOf(Guid? recipientId) => recipientId is { } id && CopyRecipient.ServiceOf(id) is { } service ? Words.Of(service) : null;

    private static string Says(DoNotTell rule) =>
        $"{(rule.Relationship is { } person ? Words.Of(person.Kind) : Words.Of(rule.Role!.Value))}: {(rule.SubjectMatter is { } subject ? $"nothing about {Words.Of(subject).ToLowerInvariant()}" : "nothing that was said")}";

    private static async Task<IResult> ReceiveAsync(
        Guid childId, Guid itemId, HttpContext context, OfflineService offline, DeviceKeys keys, IAntiforgery antiforgery, ICurrentActor current, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Refuse(StatusCodes.Status400BadRequest, "The token is too old. A new one is fetched.");
        if (!DateTime.TryParse(context.Request.Headers["X-Sent-At"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var sentAt))
        {
            return Refuse(StatusCodes.Status400BadRequest, "It does not say when it was sent.");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(OfflineService.ItemMaxBytes + 1);
        try
        {
            var length = await context.Request.Body.ReadAtLeastAsync(buffer.AsMemory(0, OfflineService.ItemMaxBytes + 1), OfflineService.ItemMaxBytes + 1, throwOnEndOfStream: false, cancel);
            if (length > OfflineService.ItemMaxBytes) return Refuse(StatusCodes.Status413PayloadTooLarge, "It is longer than can be received.");
            Guid? putWith = Guid.TryParse(context.Request.Headers["X-Put-With"], out var visitId) ? visitId : null;
            ReadOnlyMemory<byte> bytes = buffer.AsMemory(0, length);
            if (IsClosed(context.Request))
            {
                if (await keys.OpenAsync(bytes, DeviceKeys.PlaceOf(itemId), cancel) is not { } opened) return Refuse(StatusCodes.Status422UnprocessableEntity, DoesNotOpen);
                bytes = opened;
            }

            var answer = await offline.ReceiveAsync(childId, itemId, bytes, sentAt, current.Actor!, cancel, putWith);
            if (answer.Fault is null) return TypedResults.Json(new Receipt(itemId, Convert.ToHexStringLower(answer.Sha256), answer.Parts, answer.Hold != HoldState.None, answer.Hold switch { HoldState.HeldThirdParty => "others", HoldState.HeldUnanswered => "answer", _ => null }, answer.HadArrived), statusCode: StatusCodes.Status201Created);
            return Refuse(
                answer.Fault switch
                {
                    DeviceFault.NotThere => StatusCodes.Status404NotFound,
                    DeviceFault.Different => StatusCodes.Status409Conflict,
                    DeviceFault.Incomplete => StatusCodes.Status424FailedDependency,
                    DeviceFault.TooEarly => StatusCodes.Status503ServiceUnavailable,
                    _ => StatusCodes.Status422UnprocessableEntity,
                },
                answer.Reason);
        }
        finally
        {
            // The buffer held a child's words; the next to rent it must not find them there.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static JsonHttpResult<Refused> Refuse(int status, string reason) => TypedResults.Json(new Refused(reason), statusCode: status);
}
