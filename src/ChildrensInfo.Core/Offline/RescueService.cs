using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Offline;

public enum RescueState
{
    TakenIn,
    AlreadyThere,

    /// <summary>Its author does not work with the child now.</summary>
    NotAllowed,
    Refused,
}

/// <summary>What became of one thing of a file: its kind and when it was sealed, and never what it holds or of whom.</summary>
public sealed record RescuedItem(DeviceItemKind Kind, DateTime SealedAt, RescueState State, string Reason);

/// <param name="Author">Whose device it was.</param>
public sealed record Rescued(string Author, Guid DeviceId, DateTime SavedAt, IReadOnlyList<RescuedItem> Items);

/// <summary>What a file says of itself, in the clear: random numbers, kinds, times and sizes.</summary>
internal sealed record RescueManifest(Guid Pair, Guid Device, Guid Person, DateTime SavedAt, IReadOnlyList<RescueEntry> Items);

/// <param name="PutWith">The visit its author put it with, and the visit's child.</param>
internal sealed record RescueEntry(Guid Id, DeviceItemKind Kind, DateTime SealedAt, RescuePart Box, long Total, Guid? FileId, IReadOnlyList<RescuePart> Pieces, RescueVisit? PutWith);

internal sealed record RescuePart(int Length, string Sha256);

internal sealed record RescueVisit(Guid ChildId, Guid SessionId);

/// <summary>
/// Takes in what a device saved to a file because it could not send it. Nothing is written before the whole file was looked at: it is of this council, was made by a device its
/// author had opened while signed in (its mark), and is whole. Then each thing goes through what it would go through if its author sent it, as its author: the same checks, the same
/// answers, kept once however often it comes. Whoever brings the file learns kinds, times and reasons. Scripts/offline/rescue.js writes the file.
/// </summary>
public sealed class RescueService(AppDbContext db, DeviceKeys keys, OfflineService offline, VoiceMediaService media, TimeProvider clock)
{
    public const long FileMaxBytes = 768L * 1024 * 1024;
    public const string TooLarge = "The file is larger than 768 MB. Send what there is from the device in parts";
    public const string NothingChosen = "Choose the file that was saved on the device";
    public const string NoSuchFile = "This is not a file of visits that were not sent";
    public const string OtherVersion = "This file is of another version than this portal can read. Nothing was taken in";
    public const string OtherCouncil = "This file is for another council. Nothing was taken in";
    public const string NotWhole = "The file is not whole. Copy it from the device again; nothing was taken in";
    public const string Changed = "The file was changed after it was saved. Copy it from the device again; nothing was taken in";
    public const string NobodyHere = "Whoever saved this file does not work here any more. Nothing was taken in; keep the file";
    private const int ManifestMaxBytes = 4 * 1024 * 1024;
    private const int ItemsMost = 5_000;
    private const int MarkBytes = 32;
    private static readonly byte[] Format = "CIPFILE"u8.ToArray();
    private const byte Version = (byte)'1';

    private static readonly JsonSerializerOptions Json = new(SentJson.Options)
    {
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <param name="file">On a disk, as it came.</param>
    public async Task<(Rescued? Rescued, Refusal? Refusal)> TakeInAsync(Stream file, Actor actor, CancellationToken cancel)
    {
        var (manifest, bodiesAt, refusal) = await ReadAsync(file, cancel);
        if (manifest is null) return (null, new("", refusal!));
        var person = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == manifest.Person && u.AuthorityId == actor.AuthorityId && u.LeftAt == null, cancel);
        if (person is null || !Roles.Has(person.Role, Capability.HearChildren)) return (null, new("", NobodyHere));

        var items = new List<RescuedItem>();
        using (db.ActingAs(Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName)))
        {
            var author = db.Actor!;
            file.Position = bodiesAt;
            foreach (var entry in manifest.Items)
            {
                var next = file.Position + entry.Box.Length + entry.Pieces.Sum(p => (long)p.Length);
                var (state, reason) = await TakeInAsync(file, entry, author, cancel);
                items.Add(new(entry.Kind, entry.SealedAt, state, reason));
                db.ChangeTracker.Clear();
                file.Position = next;
            }
        }

        string Count(RescueState state) => $"{items.Count(i => i.State == state)}";
        db.Add(AuditEntry.For(
            AuditActions.DeviceRescued, actor, null, manifest.Device, clock,
            $"{Count(RescueState.TakenIn)} taken in, {Count(RescueState.AlreadyThere)} there before, {Count(RescueState.NotAllowed)} not allowed, {Count(RescueState.Refused)} refused"));
        await db.SaveChangesAsync(cancel);
        return (new(person.DisplayName, manifest.Device, manifest.SavedAt, items), null);
    }

    /// <summary>Looks at the whole file before anything of it counts.</summary>
    private async Task<(RescueManifest? Manifest, long BodiesAt, string? Refusal)> ReadAsync(Stream file, CancellationToken cancel)
    {
        (RescueManifest?, long, string?) No(string why) => (null, 0, why);
        if (file.Length > FileMaxBytes) return No(TooLarge);
        var head = new byte[Format.Length + 1 + sizeof(int)];
        if (await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancel) < head.Length || !head.AsSpan().StartsWith(Format)) return No(NoSuchFile);
        if (head[Format.Length] != Version) return No(OtherVersion);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(Format.Length + 1));
        if (length is <= 0 or > ManifestMaxBytes) return No(Changed);
        var text = new byte[length + MarkBytes];
        if (await file.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancel) < text.Length) return No(NotWhole);
        RescueManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<RescueManifest>(text.AsSpan(0, length), Json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return No(Changed);
        }

        // The serialiser lets a list have places with nothing in them.
        if (manifest is null || manifest.Items.Count is 0 or > ItemsMost || manifest.Items.Any(i => i is null || i.Pieces.Any(p => p is null))) return No(Changed);
        if (await keys.MarkKeyAsync(manifest.Pair, manifest.Person, cancel) is not { } key) return No(OtherCouncil);
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, text.AsSpan(0, length)), text.AsSpan(length))) return No(Changed);

        // From here on the device itself says what has to follow.
        var parts = manifest.Items.SelectMany(i => i.Pieces.Prepend(i.Box)).ToList();
        if (manifest.Items.Any(i => i.Box.Length > OfflineService.ItemMaxBytes + DeviceKeys.Overhead) || parts.Any(p => p.Length <= 0 || p.Length > StoredFile.ChunkBytes + DeviceKeys.Overhead)) return No(Changed);
        var bodiesAt = file.Position;
        var expected = bodiesAt + parts.Sum(p => (long)p.Length);
        if (file.Length < expected) return No(NotWhole);
        if (file.Length > expected) return No(Changed);
        foreach (var part in parts)
        {
            var bytes = new byte[part.Length];
            await file.ReadExactlyAsync(bytes, cancel);
            if (!string.Equals(Convert.ToHexStringLower(SHA256.HashData(bytes)), part.Sha256, StringComparison.OrdinalIgnoreCase)) return No(Changed);
        }

        return (manifest, bodiesAt, null);
    }

    private async Task<(RescueState State, string Reason)> TakeInAsync(Stream file, RescueEntry entry, Actor author, CancellationToken cancel)
    {
        var box = new byte[entry.Box.Length];
        await file.ReadExactlyAsync(box, cancel);
        if (await keys.OpenAsync(box, DeviceKeys.PlaceOf(entry.Id), cancel) is not { } bytes || DeviceItem.Read(bytes) is not { } item) return (RescueState.Refused, "It does not open here.");
        var childId = entry.PutWith?.ChildId ?? item.ChildId;
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return (RescueState.NotAllowed, "Its author does not work with the child now. When they do, bring the file again.");
        var wasThere = await db.DeviceReceipts.AnyAsync(r => r.Id == entry.Id && r.ChildId == childId, cancel);
        if (!wasThere && entry.FileId is { } fileId)
        {
            for (var index = 0; index < entry.Pieces.Count; index++)
            {
                var piece = new byte[entry.Pieces[index].Length];
                await file.ReadExactlyAsync(piece, cancel);
                if (await keys.OpenAsync(piece, DeviceKeys.PlaceOf(fileId, index), cancel) is not { } sound) return (RescueState.Refused, "Some of it does not open here.");
                var receipt = await media.ReceiveAsync(childId, fileId, FileKind.VoiceMedia, index, entry.Total, sound, author, cancel, fromDevice: true);
                db.ChangeTracker.Clear();
                if (receipt.Sha256 is null) return (RescueState.Refused, receipt.Reason);
            }
        }

        // What the device's clock says now nobody knows here, so it is not believed about what came first.
        var answer = await offline.ReceiveAsync(childId, entry.Id, bytes, null, author, cancel, entry.PutWith?.SessionId);
        return answer.Fault is null ? (wasThere ? RescueState.AlreadyThere : RescueState.TakenIn, answer.Hold switch
        {
            HoldState.HeldConsent => "It is held: there is no permission for it.",
            HoldState.HeldUnanswered => "It is held until its worker says whether anybody else can be heard on it.",
            HoldState.HeldThirdParty => "It is held until everybody else who is heard has said yes.",
            _ => "",
        }) : (RescueState.Refused, answer.Reason);
    }
}
