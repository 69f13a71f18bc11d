using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Files;

/// <summary>
/// Writes and reads encrypted files in the database, a piece at a time: a recording of three hours never stands in memory whole.
/// It checks no permission; the service that calls it does.
/// </summary>
public sealed class FileStore(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <summary>How many pieces are fetched or saved in one question: 1 MB.</summary>
    private const int PiecesAtOnce = 16;

    /// <summary>A new file, added to the context for the caller to save with its audit line.</summary>
    /// <param name="sessionId">The visit, of a recording whose length is not known yet.</param>
    public async Task<StoredFile> BeginAsync(Guid id, FileKind kind, Guid? childId, string contentType, long length, Actor actor, CancellationToken cancel, Guid? sessionId = null)
    {
        var fileKey = Seal.NewKey();
        Guid? authorityKeyId = null;
        byte[] wrapping;
        if (childId is { } child) wrapping = await keys.ToSealForAsync(child, cancel);
        else (authorityKeyId, wrapping) = await keys.ForAuthorityAsync(actor.AuthorityId, cancel);
        var file = new StoredFile
        {
            Id = id,
            AuthorityId = actor.AuthorityId,
            ChildId = childId,
            Kind = kind,
            OwnerId = actor.PersonId,
            ContentType = contentType,
            Length = length,
            WrappedKey = Seal.Close(wrapping, fileKey, id, SealPart.WrappedKey),
            AuthorityKeyId = authorityKeyId,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
            SessionId = sessionId,
        };
        db.Add(file);
        return file;
    }

    /// <summary>
    /// Adds a chunk that starts at a whole number of pieces. The same bytes sent again change nothing; the caller saves.
    /// </summary>
    /// <returns>False when other bytes are already there.</returns>
    public async Task<bool> PutChunkAsync(StoredFile file, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var key = await KeyOfAsync(file, cancel);
        var first = checked((int)(offset / StoredFile.PieceBytes));
        var count = (bytes.Length + StoredFile.PieceBytes - 1) / StoredFile.PieceBytes;
        // A file that is only now being made has no pieces; those that may stand under its id are another's, under another key.
        var there = db.Entry(file).State == EntityState.Added
            ? []
            : await db.FilePieces.AsNoTracking().Where(p => p.FileId == file.Id && p.Index >= first && p.Index < first + count).ToDictionaryAsync(p => p.Index, cancel);
        for (var i = 0; i < count; i++)
        {
            var piece = bytes.Slice(i * StoredFile.PieceBytes, Math.Min(StoredFile.PieceBytes, bytes.Length - (i * StoredFile.PieceBytes)));
            if (there.TryGetValue(first + i, out var before))
            {
                if (!Seal.Open(key, before.Sealed, file.Id, first + i).AsSpan().SequenceEqual(piece.Span)) return false;
                continue;
            }

            db.Add(PieceOf(file, key, first + i, piece.Span));
        }

        return true;
    }

    /// <summary>
    /// Adds what comes next to a file whose length nobody knows yet; the piece at its end grows until it is full. What is there already changes nothing; the caller saves.
    /// </summary>
    /// <param name="offset">Where the bytes begin: not beyond what has come.</param>
    /// <returns>False when other bytes are already there.</returns>
    public async Task<bool> AppendAsync(StoredFile file, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, file.Length);
        var key = await KeyOfAsync(file, cancel);
        var (first, last) = (checked((int)(offset / StoredFile.PieceBytes)), checked((int)((offset + bytes.Length - 1) / StoredFile.PieceBytes)));
        var there = db.Entry(file).State == EntityState.Added ? [] : await db.FilePieces.Where(p => p.FileId == file.Id && p.Index >= first && p.Index <= last).ToDictionaryAsync(p => p.Index, cancel);
        for (var index = first; index <= last; index++)
        {
            var start = (long)index * StoredFile.PieceBytes;
            var skip = (int)Math.Max(0, offset - start);
            var from = (int)(start + skip - offset);
            var coming = bytes.Slice(from, Math.Min(StoredFile.PieceBytes - skip, bytes.Length - from)).Span;
            if (!there.TryGetValue(index, out var piece))
            {
                db.Add(PieceOf(file, key, index, coming));
                continue;
            }

            var before = Seal.Open(key, piece.Sealed, file.Id, index).AsSpan();
            var both = Math.Min(before.Length - skip, coming.Length);
            if (!before.Slice(skip, both).SequenceEqual(coming[..both])) return false;
            if (both < coming.Length) piece.Sealed = Seal.Close(key, [.. before, .. coming[both..]], file.Id, index);
        }

        file.Length = Math.Max(file.Length, offset + bytes.Length);
        return true;
    }

    /// <summary>Stores a whole stream, saving as it goes, and completes the file. Nothing of it is in memory but a megabyte.</summary>
    /// <exception cref="FileTooLargeException">More came than <paramref name="limit"/>.</exception>
    public Task WriteAsync(StoredFile file, Stream content, long limit, CancellationToken cancel) =>
        WriteAsync(file, into => content.CopyToAsync(into, PiecesAtOnce * StoredFile.PieceBytes, cancel), limit, cancel);

    /// <summary>As <see cref="WriteAsync(StoredFile, Stream, long, CancellationToken)"/>, of what is only now being made.</summary>
    public async Task WriteAsync(StoredFile file, Func<Stream, Task> make, long limit, CancellationToken cancel)
    {
        await using var into = new PieceWriter(db, file, await KeyOfAsync(file, cancel), limit);
        await make(into);
        (file.Length, file.Sha256) = await into.FinishAsync(cancel);
        file.CompletedAt = clock.GetUtcNow().UtcDateTime;
    }

    /// <summary>Marks a file sent in chunks as whole once every byte is there. The caller saves.</summary>
    /// <returns>False when some of it has not come.</returns>
    public async Task<bool> CompleteAsync(StoredFile file, CancellationToken cancel)
    {
        if (file.CompletedAt is not null) return true;
        var expected = (file.Length + StoredFile.PieceBytes - 1) / StoredFile.PieceBytes;
        if (await db.FilePieces.CountAsync(p => p.FileId == file.Id, cancel) != expected) return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        await using var content = await OpenAsync(file, cancel);
        var buffer = new byte[StoredFile.PieceBytes];
        int read;
        while ((read = await content.ReadAsync(buffer, cancel)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
        }

        if (length != file.Length) return false;
        file.Sha256 = hash.GetHashAndReset();
        file.CompletedAt = clock.GetUtcNow().UtcDateTime;
        return true;
    }

    /// <summary>A seekable stream of the plaintext, for range requests. Fetches a megabyte at a time.</summary>
    public async Task<Stream> OpenAsync(StoredFile file, CancellationToken cancel) =>
        new PieceStream(db, file, await KeyOfAsync(file, cancel), PiecesAtOnce);

    private async Task<byte[]> KeyOfAsync(StoredFile file, CancellationToken cancel)
    {
        var wrapping = file.ChildId is { } child
            ? await keys.ForChildAsync(child, cancel)
            : await keys.AuthorityKeyAsync(file.AuthorityKeyId!.Value, cancel);
        return Seal.Open(wrapping, file.WrappedKey, file.Id, SealPart.WrappedKey);
    }

    private static StoredFilePiece PieceOf(StoredFile file, byte[] key, int index, ReadOnlySpan<byte> plain) => new()
    {
        FileId = file.Id,
        Index = index,
        AuthorityId = file.AuthorityId,
        ChildId = file.ChildId,
        Sealed = Seal.Close(key, plain, file.Id, index),
    };

    /// <summary>Seals and saves what is written into it, a megabyte at a time.</summary>
    private sealed class PieceWriter(AppDbContext db, StoredFile file, byte[] key, long limit) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] buffer = new byte[PiecesAtOnce * StoredFile.PieceBytes];
        private int filled;
        private int index;
        private long length;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => length; set => throw new NotSupportedException(); }

        public async Task<(long Length, byte[] Sha256)> FinishAsync(CancellationToken cancel)
        {
            await SaveAsync(cancel);
            return (length, hash.GetHashAndReset());
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
        {
            length += bytes.Length;
            if (length > limit) throw new FileTooLargeException();
            while (!bytes.IsEmpty)
            {
                if (filled == buffer.Length) await SaveAsync(cancellationToken);
                var now = Math.Min(bytes.Length, buffer.Length - filled);
                bytes[..now].CopyTo(buffer.AsMemory(filled));
                filled += now;
                bytes = bytes[now..];
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        /// <summary>For writers that only know how to wait.</summary>
        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        private async Task SaveAsync(CancellationToken cancel)
        {
            hash.AppendData(buffer, 0, filled);
            var pieces = new List<StoredFilePiece>(PiecesAtOnce);
            for (var at = 0; at < filled; at += StoredFile.PieceBytes) pieces.Add(PieceOf(file, key, index++, buffer.AsSpan(at, Math.Min(StoredFile.PieceBytes, filled - at))));
            db.AddRange(pieces);
            await db.SaveChangesAsync(cancel);
            foreach (var piece in pieces) db.Entry(piece).State = EntityState.Detached;
            filled = 0;
        }

        protected override void Dispose(bool disposing)
        {
            hash.Dispose();
            base.Dispose(disposing);
        }

        // Only whole megabytes are saved, so there is nothing to hasten.
        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    private sealed class PieceStream(AppDbContext db, StoredFile file, byte[] key, int ahead) : Stream
    {
        private Dictionary<int, byte[]> window = [];
        private long position;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => file.Length;
        public override long Position { get => position; set => position = value; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (position >= file.Length || buffer.IsEmpty) return 0;
            var index = (int)(position / StoredFile.PieceBytes);
            if (!window.TryGetValue(index, out var piece))
            {
                var rows = await db.FilePieces.AsNoTracking().Where(p => p.FileId == file.Id && p.Index >= index && p.Index < index + ahead)
                    .Select(p => new { p.Index, p.Sealed }).ToListAsync(cancellationToken);
                window = rows.ToDictionary(r => r.Index, r => Seal.Open(key, r.Sealed, file.Id, r.Index));
                if (!window.TryGetValue(index, out piece)) throw new EndOfStreamException("A piece of the file is missing.");
            }

            var from = (int)(position % StoredFile.PieceBytes);
            var count = Math.Min(buffer.Length, piece.Length - from);
            if (count <= 0) return 0;
            piece.AsMemory(from, count).CopyTo(buffer);
            position += count;
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        /// <summary>For readers that only know how to wait, such as an XML parser in a job.</summary>
        public override int Read(byte[] buffer, int offset, int count) =>
            ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override long Seek(long offset, SeekOrigin origin)
        {
            var to = origin switch
            {
                SeekOrigin.Begin => offset,
                SeekOrigin.Current => position + offset,
                _ => file.Length + offset,
            };
            // As every stream does it: readers of archives look for their end before the beginning of a file too short to hold one.
            return to < 0 ? throw new IOException("There is nothing before the beginning.") : position = to;
        }

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>More was sent than the limit for its kind.</summary>
public sealed class FileTooLargeException : Exception
{
    public FileTooLargeException() : base("The file is larger than the limit.")
    {
    }
}
