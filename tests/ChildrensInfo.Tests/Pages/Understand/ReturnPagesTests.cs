using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Tests.Core.Returns;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class ReturnPagesTests(TestSite site)
{
    private const string Upload = "/understand/returns/upload";

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Other_roles_are_refused(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var path in new[] { "/understand/returns", Upload, $"/understand/returns/{Guid.NewGuid()}", $"/understand/returns/{Guid.NewGuid()}?handler=LeftOut" })
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_signed_out_are_led_to_sign_in()
    {
        using var client = site.ClientFor(null);
        foreach (var path in new[] { "/understand/returns", Upload })
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            Assert.Contains("/Account/SignIn", response.Headers.Location!.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Another_councils_return_looks_as_if_it_were_not_there()
    {
        var (world, other) = (await World.CreateAsync(site), await World.CreateAsync(site));
        using var owner = site.ClientFor(other.DataLead);
        var theirs = await SendAsync(owner, new CinFile().Set("LEA", other.Authority.Code).Set("Ethnicity", "QQQQ").Xml);
        using var client = site.ClientFor(world.DataLead);
        foreach (var handler in new[] { "", "?handler=LeftOut", "?handler=Progress" })
        {
            using var response = await client.GetAsync(theirs + handler);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        var token = await client.AntiforgeryTokenAsync(Upload);
        using var stop = await client.Http.PostAsync(theirs + "?handler=Stop", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        Assert.Equal(HttpStatusCode.NotFound, stop.StatusCode);
        Assert.Contains(await world.AuditAsync(AuditActions.AccessRefused), a => a.Detail!.StartsWith("404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_return_is_sent_read_and_told_of()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var file = new CinFile().Set("LEA", world.Authority.Code).Set("Ethnicity", "=HYPERLINK(1)").Set("PrimaryNeedCode", "N77");
        var path = await SendAsync(client, file.Xml);
        var page = await FinishedAsync(client, path);

        Assert.Contains("1 child is new here", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("=HYPERLINK(1)", page.QuerySelector("#left-out-list")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(file.First("LAchildID").Value, page.QuerySelector("#left-out-list")!.TextContent, StringComparison.Ordinal);
        var uploaded = Assert.Single(await world.AuditAsync(AuditActions.ReturnUploaded));
        Assert.Equal(path.Split('/')[^1], uploaded.SubjectId.ToString());
        Assert.NotEmpty(await world.AuditAsync(AuditActions.ReturnRead));

        // One reason alone.
        var one = await client.PageAsync(path + "?reason=1");
        Assert.Single(one.QuerySelectorAll("#left-out-list tbody tr"));

        // What begins like a formula is text for a spreadsheet.
        using var csv = await client.GetAsync(path + "?handler=LeftOut");
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        var lines = (await csv.Content.ReadAsStringAsync()).TrimStart('\uFEFF').Split("\r\n");
        Assert.Equal("LAchildID,Field,Value,Reason", lines[0]);
        Assert.Contains(lines, l => l.Contains("\"'=HYPERLINK(1)\"", StringComparison.Ordinal));
        Assert.Contains("no-store", csv.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        // Again: nothing changes, and the page says so.
        var again = await FinishedAsync(client, await SendAsync(client, file.Xml));
        Assert.Contains("changed nothing", again.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, (await client.PageAsync("/understand/returns")).QuerySelectorAll("main tbody tr").Length);
    }

    [Fact]
    public async Task The_file_is_kept_encrypted()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        await SendAsync(client, new CinFile().Set("LEA", world.Authority.Code).Xml);
        using var scope = site.As(world.Whole);
        var pieces = await scope.Db.FilePieces.AsNoTracking().ToListAsync();
        Assert.NotEmpty(pieces);
        Assert.DoesNotContain(pieces, p => p.Sealed.AsSpan().IndexOf("LAchildID"u8) >= 0);
    }

    [Fact]
    public async Task No_file_or_an_empty_one_is_refused_beside_the_field()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        foreach (var (name, message) in new[] { ("", ReturnService.NothingChosen), ("return.xml", ReturnService.Empty) })
        {
            using var response = await PostAsync(client, new ByteArrayContent([]), name, await client.AntiforgeryTokenAsync(Upload));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var page = await TestClient.ParseAsync(response);
            Assert.Contains(message, page.QuerySelector("#ReturnFile-error")!.TextContent, StringComparison.Ordinal);
            Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        using var scope = site.As(world.Whole);
        Assert.Equal(0, await scope.Db.Files.CountAsync());
        Assert.Equal(0, await scope.Db.Returns.CountAsync());
    }

    [Fact]
    public async Task A_file_said_to_be_too_large_is_refused_before_it_is_read()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var token = await client.AntiforgeryTokenAsync(Upload);
        // The length is announced; what is announced never has to be sent.
        using var socket = new System.Net.Sockets.TcpClient("localhost", site.Address.Port);
        await using var stream = socket.GetStream();
        var cookie = site.CookieFor(world.DataLead);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {Upload} HTTP/1.1\r\nHost: localhost:{site.Address.Port}\r\nCookie: {cookie.Name}={cookie.Value}\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 2000000000\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var head = new char[64];
        await reader.ReadBlockAsync(head);
        var rest = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            rest.AppendLine(line);
            if (line.Contains("</html>", StringComparison.Ordinal)) break;
        }

        Assert.StartsWith("HTTP/1.1 200", new string(head), StringComparison.Ordinal);
        Assert.Contains(ReturnService.TooLarge, rest.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(token);
    }

    [Fact]
    public async Task Without_a_good_token_before_the_file_nothing_is_taken_in()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var xml = new CinFile().Set("LEA", world.Authority.Code).Xml;
        var token = await client.AntiforgeryTokenAsync(Upload);
        foreach (var (value, first) in new[] { (null, true), ("forged", true), (token, false) })
        {
            using var response = await PostAsync(client, new StringContent(xml), "return.xml", value, first);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        using var scope = site.As(world.Whole);
        Assert.Equal(0, await scope.Db.Files.CountAsync());
    }

    [Theory]
    [InlineData("This is no XML at all", "not XML")]
    [InlineData("PK\u0003\u0004 an archive", "zip archive")]
    [InlineData("<?xml version=\"1.0\"?><Report><Item/></Report>", "Message")]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><Message>&c;</Message>", "document type (DTD)")]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Message>&x;</Message>", "document type (DTD)")]
    [InlineData("<?xml version=\"1.0\"?><Message><Header><Coll", "stops in the middle")]
    public async Task A_file_that_cannot_be_read_is_refused_in_plain_words_and_nothing_is_loaded(string content, string words)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var page = await FinishedAsync(client, await SendAsync(client, content));

        Assert.Contains(words, page.QuerySelector(".govuk-warning-text")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Nothing of this file was loaded", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        using var scope = site.As(world.Whole);
        Assert.Equal(0, await scope.Db.Children.CountAsync());
        Assert.Single(await world.AuditAsync(AuditActions.ReturnRefused));
    }

    [Fact]
    public async Task A_file_in_another_encoding_than_it_says_is_refused()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var xml = new CinFile().Set("LEA", world.Authority.Code).Set("SoftwareCode", "Système Ltd").Xml;
        var bytes = Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + xml);
        var page = await FinishedAsync(client, await SendAsync(client, new ByteArrayContent(bytes)));
        Assert.Contains("encoding", page.QuerySelector(".govuk-warning-text")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_megabytes_of_junk_are_refused_in_steady_memory()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var highest = before;
        var path = await SendAsync(client, new StreamContent(new Junk(200L << 20, () => highest = Math.Max(highest, GC.GetTotalMemory(false)))));
        var page = await FinishedAsync(client, path);

        Assert.Contains("Nothing of this file was loaded", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // Other tests use memory beside this one; the file would be 200 MB by itself.
        Assert.True(highest - before < 150L << 20, $"Memory rose by {(highest - before) >> 20} MB.");
    }

    [Fact]
    public async Task A_sending_that_breaks_off_leaves_nothing_behind()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var token = await client.AntiforgeryTokenAsync(Upload);
        await Assert.ThrowsAnyAsync<Exception>(() => PostAsync(client, new StreamContent(new Junk(8L << 20, () => { }, breaksOff: true)), "return.xml", token));
        for (var i = 0; i < 100; i++)
        {
            using var scope = site.As(world.Whole);
            if (!await scope.Db.Files.AnyAsync() && !await scope.Db.FilePieces.AnyAsync()) return;
            await Task.Delay(100);
        }

        Assert.Fail("Pieces of the file are still there.");
    }

    private static Task<string> SendAsync(TestClient client, string content) => SendAsync(client, new StringContent(content));

    /// <summary>Sends a file as the page's form does, and gives the address it led to.</summary>
    private static async Task<string> SendAsync(TestClient client, HttpContent content)
    {
        using var response = await PostAsync(client, content, "return.xml", await client.AntiforgeryTokenAsync(Upload));
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.ToString();
    }

    private static async Task<HttpResponseMessage> PostAsync(TestClient client, HttpContent file, string fileName, string? token, bool tokenFirst = true)
    {
        using var form = new MultipartFormDataContent();
        if (token is not null && tokenFirst) form.Add(new StringContent(token), "__RequestVerificationToken");
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"ReturnFile\"", FileName = $"\"{fileName}\"" };
        form.Add(file);
        if (token is not null && !tokenFirst) form.Add(new StringContent(token), "__RequestVerificationToken");
        return await client.Http.PostAsync(Upload, form);
    }

    /// <summary>The return's page once the job is over.</summary>
    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> FinishedAsync(TestClient client, string path)
    {
        for (var i = 0; i < 600; i++)
        {
            var page = await client.PageAsync(path);
            if (page.QuerySelector("[data-progress-url]") is null) return page;
            await Task.Delay(100);
        }

        throw new TimeoutException("The return was not read.");
    }

    /// <summary>The beginning of a return and then one endless comment, made as it is sent.</summary>
    private sealed class Junk(long length, Action watch, bool breaksOff = false) : Stream
    {
        private static readonly byte[] Start = "<?xml version=\"1.0\"?><Message><Header><!-- "u8.ToArray();
        private long position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (position >= length) return breaksOff ? throw new IOException("The line is down.") : 0;
            count = (int)Math.Min(count, length - position);
            for (var i = 0; i < count; i++) buffer[offset + i] = position + i < Start.Length ? Start[position + i] : (byte)'x';
            if ((position >> 20) != ((position + count) >> 20)) watch();
            position += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
