using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

/// <summary>Half a minute of a processor for bytes that are thrown away: it runs when it is named.</summary>
public class GigabyteTests(TestSite site)
{
    [Fact]
    public async Task A_file_of_more_than_a_gigabyte_whose_length_nobody_said_is_refused_as_it_comes_and_nothing_of_it_stays()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        // Without a length it goes in chunks; what is sent is made as it is asked for.
        await using var endless = new GeneratedStream(StoredFile.ReturnMaxBytes + (1024 * 1024));
        using var sent = await ReturnPagesTests.PostAsync(client, new StreamContent(endless, 1 << 20), "return.xml", await client.AntiforgeryTokenAsync(ReturnPagesTests.Upload));
        Assert.Contains(ReturnService.TooLarge, await sent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var scope = site.As(world.Whole);
        Assert.Equal((0, 0), (await scope.Db.Files.CountAsync(), await scope.Db.Returns.CountAsync()));
        Assert.False(await scope.Db.Database.SqlQuery<bool>($"select exists (select from file_pieces where authority_id = {world.Authority.Id}) as \"Value\"").SingleAsync());
    }

    /// <summary>So many bytes that are nowhere; its length is not told.</summary>
    private sealed class GeneratedStream(long length) : Stream
    {
        private long left = length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var now = (int)Math.Min(count, left);
            Array.Fill(buffer, (byte)' ', offset, now);
            left -= now;
            return now;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
