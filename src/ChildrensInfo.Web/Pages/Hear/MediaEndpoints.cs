using System.Buffers;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>
/// Where drawings come in, a piece at a time, and recordings, as they are made, and are played back, a range at a time. A piece is answered with a receipt
/// that names it and its SHA-256; a refusal with its reason, for the script to show.
/// </summary>
public static class MediaEndpoints
{
    public static void MapMedia(this IEndpointRouteBuilder app)
    {
        foreach (var (segment, kind, fromDevice) in new[] { ("media", FileKind.VoiceMedia, false), ("proof", FileKind.ConsentEvidence, false), ("offline-media", FileKind.VoiceMedia, true) })
        {
            app.MapPut($"/hear/{{childId:guid}}/{segment}/{{fileId:guid}}/{{index:int}}", (
                    Guid childId, Guid fileId, int index, HttpContext context, VoiceMediaService media, DeviceKeys keys, ICurrentActor current, IAntiforgery antiforgery, CancellationToken cancel) =>
                    ReceiveAsync(childId, fileId, kind, fromDevice, index, context, media, keys, current, antiforgery, cancel))
                .RequireAuthorization(nameof(Capability.HearChildren))
                // Twice what is taken: a piece only somewhat too large is still drawn in, so that the sender hears why instead of losing the line.
                .WithMetadata(new RequestSizeLimitAttribute(2 * StoredFile.ChunkBytes));
        }

        app.MapPut("/hear/{childId:guid}/visits/{sessionId:guid}/recording/{fileId:guid}/{offset:long}", AppendAsync)
            .RequireAuthorization(nameof(Capability.HearChildren))
            .WithMetadata(new RequestSizeLimitAttribute(2 * StoredFile.ChunkBytes));
        app.MapGet("/hear/{childId:guid}/visits/{sessionId:guid}/recording/{fileId:guid}", OpenUnsealedAsync)
            .RequireAuthorization(nameof(Capability.HearChildren))
            .WithMetadata(new SecurityHeaders.SandboxedAttribute());
        app.MapPost("/hear/{childId:guid}/visits/{sessionId:guid}/recording/{fileId:guid}/discard", DiscardAsync)
            .RequireAuthorization(nameof(Capability.HearChildren));
        app.MapGet("/hear/{childId:guid}/media/permission", MayRecordAsync)
            .RequireAuthorization(nameof(Capability.HearChildren));
        app.MapGet("/hear/{childId:guid}/media/{fileId:guid}", PlayAsync)
            .RequireAuthorization(nameof(Capability.ReadVoice))
            .WithMetadata(new SecurityHeaders.SandboxedAttribute());
        app.MapGet("/hear/{childId:guid}/permissions/{eventId:guid}/proof", ProofAsync)
            .RequireAuthorization(nameof(Capability.HearChildren))
            .WithMetadata(new SecurityHeaders.SandboxedAttribute());
    }

    private sealed record Receipt(Guid Id, int Index, string Sha256);

    private sealed record PartReceipt(Guid Id, long Offset, string Sha256);

    private sealed record Refused(string Reason);

    private static Task<IResult> ReceiveAsync(
        Guid childId, Guid fileId, FileKind kind, bool fromDevice, int index, HttpContext context, VoiceMediaService media, DeviceKeys keys, ICurrentActor current, IAntiforgery antiforgery, CancellationToken cancel)
    {
        var isClosed = fromDevice && OfflineEndpoints.IsClosed(context.Request);
        _ = long.TryParse(context.Request.Headers["X-Total-Length"], out var total);
        return WithPieceAsync(context, StoredFile.ChunkBytes + (isClosed ? DeviceKeys.Overhead : 0), antiforgery, async piece =>
        {
            byte[]? opened = null;
            try
            {
                if (isClosed)
                {
                    if ((opened = await keys.OpenAsync(piece, DeviceKeys.PlaceOf(fileId, index), cancel)) is null) return Refuse(StatusCodes.Status422UnprocessableEntity, OfflineEndpoints.DoesNotOpen);
                    piece = opened;
                }

                var receipt = await media.ReceiveAsync(childId, fileId, kind, index, total, piece, current.Actor!, cancel, fromDevice);
                return receipt.Sha256 is { } hash ? TypedResults.Json(new Receipt(fileId, index, Convert.ToHexStringLower(hash)), statusCode: StatusCodes.Status201Created) : Refuse(receipt);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(opened);
            }
        }, cancel);
    }

    /// <summary>What a recorder has since it sent last. How far it is comes with it; whatever the page loses later, that much is known.</summary>
    private static Task<IResult> AppendAsync(
        Guid childId, Guid sessionId, Guid fileId, long offset, HttpContext context, RecordingService recordings, ICurrentActor current, IAntiforgery antiforgery, CancellationToken cancel)
    {
        var headers = context.Request.Headers;
        _ = int.TryParse(headers["X-Recorded-Ms"], out var ms);
        var soFar = new RecordedSoFar(ms, headers["X-Recorded-Gaps"], headers["X-Recording-Ended"] == "true");
        return WithPieceAsync(context, StoredFile.ChunkBytes, antiforgery, async piece =>
        {
            var receipt = await recordings.AppendAsync(childId, sessionId, fileId, offset, soFar, piece, current.Actor!, cancel);
            return receipt.Sha256 is { } hash ? TypedResults.Json(new PartReceipt(fileId, offset, Convert.ToHexStringLower(hash)), statusCode: StatusCodes.Status201Created) : Refuse(receipt);
        }, cancel);
    }

    private static async Task<IResult> WithPieceAsync(HttpContext context, int most, IAntiforgery antiforgery, Func<ReadOnlyMemory<byte>, Task<IResult>> keep, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Refuse(StatusCodes.Status400BadRequest, "The page was open for a long time. Open it again in another tab, then press the button here once more.");
        }

        const string tooLarge = "Each piece can be up to 4 MB.";
        if (context.Request.ContentLength > most) return Refuse(StatusCodes.Status413PayloadTooLarge, tooLarge);
        var buffer = ArrayPool<byte>.Shared.Rent(most + 1);
        try
        {
            var length = await context.Request.Body.ReadAtLeastAsync(buffer.AsMemory(0, most + 1), most + 1, throwOnEndOfStream: false, cancel);
            return length > most ? Refuse(StatusCodes.Status413PayloadTooLarge, tooLarge) : await keep(buffer.AsMemory(0, length));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refuse(StatusCodes.Status413PayloadTooLarge, tooLarge);
        }
        finally
        {
            // The buffer held a child's voice; the next to rent it must not find it there.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static async Task<IResult> OpenUnsealedAsync(Guid childId, Guid sessionId, Guid fileId, HttpContext context, RecordingService recordings, ICurrentActor current, CancellationToken cancel)
    {
        if (await recordings.OpenAsync(childId, sessionId, fileId, current.Actor!, cancel) is not { } opened) return TypedResults.NotFound();
        if (opened.Hold != HoldState.None) return Refuse(StatusCodes.Status403Forbidden, "This recording is locked: there is no permission to play it.");
        context.Response.Headers[HeaderNames.ContentDisposition] = "inline";
        return TypedResults.Stream(opened.Content!, opened.File!.ContentType);
    }

    private static async Task<IResult> DiscardAsync(Guid childId, Guid sessionId, Guid fileId, HttpContext context, RecordingService recordings, ICurrentActor current, IAntiforgery antiforgery, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Refuse(StatusCodes.Status400BadRequest, "The page was open for a long time. Open it again, then press the button once more.");
        return await recordings.DiscardAsync(childId, sessionId, fileId, current.Actor!, cancel) switch
        {
            null => TypedResults.NotFound(),
            { Refusal: { } refusal } => Refuse(StatusCodes.Status409Conflict, refusal.Message),
            _ => TypedResults.NoContent(),
        };
    }

    /// <summary>What a recorder asks while it records: 204 while it may, 409 with the reason from the moment somebody said stop.</summary>
    private static async Task<IResult> MayRecordAsync(Guid childId, Guid? visit, Guid? file, AppDbContext db, RecordingService recordings, ICurrentActor current, HttpContext context, CancellationToken cancel)
    {
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return TypedResults.NotFound();
        context.Response.Headers.CacheControl = "no-store";
        return await recordings.MayRecordAsync(childId, visit, file, current.Actor!, cancel)
            ? TypedResults.NoContent()
            : Refuse(StatusCodes.Status409Conflict, "There is no permission to record any more.");
    }

    private static async Task<IResult> PlayAsync(Guid childId, Guid fileId, HttpContext context, VoiceMediaService media, ICurrentActor current, CancellationToken cancel)
    {
        var ranges = context.Request.GetTypedHeaders().Range?.Ranges;
        var fromStart = ranges is null || ranges.Any(r => r.From is null or 0);
        var opened = await media.OpenAsync(childId, fileId, fromStart, current.Actor!, cancel);
        if (opened is null) return TypedResults.NotFound();
        if (opened.Hold == HoldState.HeldUnanswered) return Refuse(StatusCodes.Status403Forbidden, "Nobody has said yet whether anybody else can be heard on this recording.");
        if (opened.Hold == HoldState.HeldThirdParty) return Refuse(StatusCodes.Status403Forbidden, "Somebody else can be heard on this recording and has not said yes yet.");
        if (opened.Hold == HoldState.Deleted) return Refuse(StatusCodes.Status410Gone, "This was deleted, because somebody asked for it. What was written down of it is kept.");
        if (opened.Hold == HoldState.OnRequest) return Refuse(StatusCodes.Status403Forbidden, "Recordings are played by those who work with the child. Ask them if you need to hear it.");
        if (opened.Hold != HoldState.None) return Refuse(StatusCodes.Status403Forbidden, opened.File!.ContentType.StartsWith("image/", StringComparison.Ordinal) ? "This photo is locked: there is no permission to show it." : "This recording is locked: there is no permission to play it.");
        context.Response.Headers[HeaderNames.ContentDisposition] = "inline";
        return TypedResults.Stream(opened.Content!, opened.File!.ContentType, enableRangeProcessing: true);
    }

    private static async Task<IResult> ProofAsync(Guid childId, Guid eventId, HttpContext context, VoiceMediaService media, ICurrentActor current, CancellationToken cancel)
    {
        var opened = await media.OpenEvidenceAsync(childId, eventId, current.Actor!, cancel);
        if (opened is null) return TypedResults.NotFound();
        if (opened.Hold != HoldState.None) return Refuse(StatusCodes.Status403Forbidden, "This proof is locked.");
        context.Response.Headers[HeaderNames.ContentDisposition] = "inline";
        return TypedResults.Stream(opened.Content!, opened.File!.ContentType, enableRangeProcessing: true);
    }

    private static JsonHttpResult<Refused> Refuse(MediaReceipt receipt) => Refuse(
        receipt.Fault switch
        {
            MediaFault.NotThere => StatusCodes.Status404NotFound,
            MediaFault.NotPermitted => StatusCodes.Status403Forbidden,
            MediaFault.NotMedia => StatusCodes.Status415UnsupportedMediaType,
            MediaFault.TooLarge => StatusCodes.Status413PayloadTooLarge,
            MediaFault.Discarded => StatusCodes.Status410Gone,
            MediaFault.Begin => StatusCodes.Status424FailedDependency,
            // No refusal for good: a device tries again when there is room.
            MediaFault.TooMuch => StatusCodes.Status507InsufficientStorage,
            MediaFault.Different or MediaFault.Sealed => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status422UnprocessableEntity,
        },
        receipt.Reason);

    private static JsonHttpResult<Refused> Refuse(int status, string reason) => TypedResults.Json(new Refused(reason), statusCode: status);
}
