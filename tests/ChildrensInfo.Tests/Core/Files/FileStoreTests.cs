using System.Security.Cryptography;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Files;

public class FileStoreTests(TestSite site)
{
    [Fact]
    public async Task Any_part_of_a_file_reads_as_the_same_part_of_what_was_written()
    {
        var (world, child, file, content) = await StoreAsync((StoredFile.PieceBytes * 35) + 777);
        using var scope = site.As(world.Whole);
        await using var stream = await scope.Get<FileStore>().OpenAsync(await scope.Db.Files.SingleAsync(f => f.Id == file), CancellationToken.None);
        Assert.Equal(content.Length, stream.Length);
        var random = new Random(4);
        var edges = new long[] { 0, 1, StoredFile.PieceBytes - 1, StoredFile.PieceBytes, StoredFile.PieceBytes * 16, (StoredFile.PieceBytes * 16) - 3, content.Length - 1, content.Length };
        foreach (var from in edges.Concat(Enumerable.Range(0, 20).Select(_ => random.NextInt64(content.Length))))
        {
            var length = random.Next(1, StoredFile.PieceBytes * 3);
            stream.Seek(from, SeekOrigin.Begin);
            var read = new byte[length];
            var got = await stream.ReadAtLeastAsync(read, length, throwOnEndOfStream: false);
            Assert.True(content.AsSpan((int)from, Math.Min(length, content.Length - (int)from)).SequenceEqual(read.AsSpan(0, got)));
        }

        Assert.Equal(child.Id, (await scope.Db.FilePieces.FirstAsync(p => p.FileId == file)).ChildId);
    }

    [Theory]
    [InlineData("update file_pieces set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) where file_id = $1 and index = 1")]
    [InlineData("update file_pieces a set sealed = b.sealed from file_pieces b where a.file_id = $1 and b.file_id = $1 and a.index = 1 and b.index = 0")]
    [InlineData("delete from file_pieces where file_id = $1 and index = 1")]
    public async Task A_piece_that_was_altered_moved_or_taken_away_fails_instead_of_playing(string harm)
    {
        var (world, _, file, _) = await StoreAsync(StoredFile.PieceBytes * 3);
        await using (var connection = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(harm, connection);
            command.Parameters.Add(new() { Value = file });
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        using var scope = site.As(world.Whole);
        await using var stream = await scope.Get<FileStore>().OpenAsync(await scope.Db.Files.SingleAsync(f => f.Id == file), CancellationToken.None);
        var fault = await Record.ExceptionAsync(() => stream.CopyToAsync(Stream.Null));
        Assert.True(fault is CryptographicException or EndOfStreamException, fault?.ToString());
    }

    [Fact]
    public async Task A_long_recording_is_read_in_little_memory()
    {
        const int length = 48 * 1024 * 1024;
        var (world, _, file, _) = await StoreAsync(length);
        using var scope = site.As(world.Whole);
        await using var stream = await scope.Get<FileStore>().OpenAsync(await scope.Db.Files.SingleAsync(f => f.Id == file), CancellationToken.None);
        var buffer = new byte[64 * 1024];
        long total = 0;
        long held = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            total += read;
            // Other tests run beside this one, so the least of several readings near the end is looked at.
            if (total is > 40L * 1024 * 1024 && total % (1024 * 1024) == 0) held = held == 0 ? GC.GetTotalMemory(true) - before : Math.Min(held, GC.GetTotalMemory(true) - before);
        }

        Assert.Equal(length, total);
        Assert.True(held < 24 * 1024 * 1024, $"{held:N0} bytes held while reading");
    }

    private async Task<(World World, Child Child, Guid File, byte[] Content)> StoreAsync(int length)
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync();
        var content = new byte[length];
        new Random(length).NextBytes(content);
        using var scope = site.As(world.Whole);
        var files = scope.Get<FileStore>();
        var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.VoiceMedia, child.Id, "audio/webm", length, world.Whole, CancellationToken.None);
        scope.Db.Add(AuditEntry.For(AuditActions.MediaReceived, world.Whole, child.Id, file.Id, TimeProvider.System));
        for (var at = 0; at < length; at += StoredFile.ChunkBytes)
        {
            Assert.True(await files.PutChunkAsync(file, at, content.AsMemory(at, Math.Min(StoredFile.ChunkBytes, length - at)), CancellationToken.None));
            await scope.Db.SaveChangesAsync();
        }

        Assert.True(await files.CompleteAsync(file, CancellationToken.None));
        await scope.Db.SaveChangesAsync();
        Assert.Equal(SHA256.HashData(content), file.Sha256);
        return (world, child, file.Id, content);
    }
}
