using System.Buffers;
using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Web.Shared;
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
        app.MapGet("/hear/offline/token", Token).RequireAuthorization(nameof(Capability.HearChildren));
        app.MapGet("/hear/{childId:guid}/take-along", TakeAsync).RequireAuthorization(nameof(Capability.HearChildren));
        app.MapPut("/hear/{childId:guid}/offline/{itemId:guid}", ReceiveAsync).RequireAuthorization(nameof(Capability.HearChildren))
            .WithMetadata(new RequestSizeLimitAttribute(2 * OfflineService.ItemMaxBytes));
    }

    /// <summary>Who is signed in, and a fresh token to send with: one kept since this morning would not be taken.</summary>
    private sealed record SendingAs(Guid Person, string Token);

    private sealed record Receipt(Guid Id, string Sha256, IReadOnlyList<DevicePart> Parts, bool Held);

    private sealed record Refused(string Reason);

    /// <param name="Says">Where the permission stands, in the words of every page.</param>
    /// <param name="SaidStop">Somebody said no: recording is not offered at all.</param>
    private sealed record Permission(string State, bool Allowed, bool SaidStop, DateOnly? ExpiresOn, DateOnly? AskAgainFrom, string Says);

    private sealed record Adult(Guid Id, string Who, DecidedBy By);

    private sealed record Shown(Guid Id, string Language, bool ForAdults, IReadOnlyList<string> Lines);

    private sealed record Taken(
        Guid ChildId, string Name, int? Age, string Language, Permission Recording, IReadOnlyList<Adult> Adults, IReadOnlyList<string> DoNotTell, IReadOnlyList<Shown> Wordings, DateTime TakenAt, DateTime ExpiresAt);

    private static IResult Token(HttpContext context, IAntiforgery antiforgery, ICurrentActor current) =>
        TypedResults.Json(new SendingAs(current.Actor!.PersonId, antiforgery.GetAndStoreTokens(context).RequestToken!));

    private static async Task<IResult> TakeAsync(Guid childId, OfflineService offline, AppDbContext db, ICurrentActor current, CancellationToken cancel)
    {
        if (await offline.TakeAsync(childId, current.Actor!, cancel) is not { } taken) return TypedResults.NotFound();
        var council = await CouncilNames.OfActorAsync(db, cancel);
        var recording = taken.Recording;
        return TypedResults.Json(new Taken(
            taken.ChildId, taken.Name, taken.Age, taken.Language,
            new(recording.State.ToString(), recording.Allowed, recording.SaidStop, recording.ExpiresOn, taken.AskAgainFrom, Words.Of(recording, taken.Name)),
            [.. taken.Adults.Select(a => new Adult(a.RelationshipId, Words.Of(a.Kind) + (a.FirstName is null ? "" : $" ({a.FirstName})"), a.By))],
            [.. taken.DoNotTell.Select(Says)],
            [.. taken.Wordings.Select(w => new Shown(w.Id, w.Language, w.AgeBand == AgeBand.Adult, [.. WordingShown.Of(w, council).Lines]))],
            taken.TakenAt, taken.ExpiresAt));
    }

    private static string Says(DoNotTell rule) =>
        $"{(rule.Relationship is { } person ? Words.Of(person.Kind) : Words.Of(rule.Role!.Value))}: {(rule.SubjectMatter is { } subject ? $"nothing about {Words.Of(subject).ToLowerInvariant()}" : "nothing that was said")}";

    private static async Task<IResult> ReceiveAsync(
        Guid childId, Guid itemId, HttpContext context, OfflineService offline, IAntiforgery antiforgery, ICurrentActor current, CancellationToken cancel)
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
            var answer = await offline.ReceiveAsync(childId, itemId, buffer.AsMemory(0, length), sentAt, current.Actor!, cancel);
            if (answer.Fault is null) return TypedResults.Json(new Receipt(itemId, Convert.ToHexStringLower(answer.Sha256), answer.Parts, answer.Held), statusCode: StatusCodes.Status201Created);
            return Refuse(
                answer.Fault switch
                {
                    DeviceFault.NotThere => StatusCodes.Status404NotFound,
                    DeviceFault.Different => StatusCodes.Status409Conflict,
                    DeviceFault.Incomplete => StatusCodes.Status424FailedDependency,
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
