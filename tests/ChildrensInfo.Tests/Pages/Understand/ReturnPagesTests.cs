using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Tests.Core.Returns;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class ReturnPagesTests(TestSite site)
{
    internal const string Upload = "/understand/returns/upload";

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Other_roles_are_refused(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        foreach (var path in new[] { "/understand/returns", Upload, "/understand/returns/absent", "/understand/returns/codes", $"/understand/returns/{Guid.NewGuid()}", $"/understand/returns/{Guid.NewGuid()}/findings", $"/understand/returns/{Guid.NewGuid()}?handler=LeftOut" })
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
        foreach (var handler in new[] { "", "?handler=LeftOut", "?handler=Progress", "/findings", "/findings?handler=File", "/loaded/1" })
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
        // What was left out is one child's, and it is beside them that it was read.
        Assert.All(await world.AuditAsync(AuditActions.ReturnRead), a => Assert.NotNull(a.ChildId));

        // One reason alone.
        var one = await client.PageAsync(path + "?reason=1");
        Assert.Single(one.QuerySelectorAll("#left-out-list tbody tr"));

        // What begins like a formula is text for a spreadsheet.
        using var csv = await client.GetAsync(path + "?handler=LeftOut");
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        var lines = (await csv.Content.ReadAsStringAsync()).TrimStart('\uFEFF').Split("\r\n");
        Assert.Equal("LAchildID,Field,Value,Reason", lines[0]);
        Assert.Contains(lines, l => l.Contains(",'=HYPERLINK(1),", StringComparison.Ordinal));
        Assert.Contains("no-store", csv.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        // Again, with a double click: nothing changes, and the page says so.
        var twice = new List<string>();
        var next = Guid.CreateVersion7();
        for (var click = 0; click < 2; click++)
        {
            using var sent = await PostAsync(client, new StringContent(file.Xml), "return.xml", await client.AntiforgeryTokenAsync(Upload), next: next);
            twice.Add(sent.Headers.Location!.ToString());
        }

        Assert.All(twice, address => Assert.EndsWith($"/{next}", address, StringComparison.Ordinal));
        Assert.Equal(2, await site.ReadAsync(world, db => db.Files.CountAsync()));
        var again = await FinishedAsync(client, twice[0]);
        Assert.Contains("changed nothing", again.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, (await client.PageAsync("/understand/returns")).QuerySelectorAll("main tbody tr").Length);
    }

    [Fact]
    public async Task What_the_rules_found_is_listed_filtered_downloaded_and_shrinks_with_the_next_edition()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var file = new CinFile().Set("LEA", world.Authority.Code).Set("PrimaryNeedCode", "=N77").Set("Ethnicity", "QQQQ").Set("UPN", "A823000000001");
        var first = await SendAsync(client, file.Xml);
        var page = await FinishedAsync(client, first);
        Assert.Contains("109 rules were checked", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var findings = await client.PageAsync(first + "/findings");
        Assert.Contains("8650", findings.QuerySelector("#rules")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("4220", findings.QuerySelector("#rules")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("judged by the rules of 2025-26", findings.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("no rules here", findings.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await site.ReadAsync(world, db => db.Returns.ExecuteUpdateAsync(r => r.SetProperty(x => x.Year, 2022)));
        Assert.Contains("The return is for 2021-22, for which there are no rules here. It was judged by the rules of 2025-26", (await client.PageAsync(first + "/findings")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await site.ReadAsync(world, db => db.Returns.ExecuteUpdateAsync(r => r.SetProperty(x => x.Year, 2026)));
        var one = await client.PageAsync(first + "/findings?rule=8650&severity=Error");
        var row = Assert.Single(one.QuerySelectorAll("#each tbody tr"));
        Assert.Contains("Invented1", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("=N77", row.TextContent, StringComparison.Ordinal);
        // Everything about one child, without their number in the address.
        var ofOne = row.QuerySelector("a")!.GetAttribute("href")!;
        Assert.DoesNotContain("Invented1", ofOne, StringComparison.Ordinal);
        var ofChild = await client.PageAsync(ofOne);
        Assert.All(ofChild.QuerySelectorAll("#each tbody th"), cell => Assert.Equal("Invented1", cell.TextContent.Trim()));
        // And the record itself, with each field that a rule speaks of marked.
        var loaded = ofChild.QuerySelectorAll("main a").Single(a => a.TextContent.StartsWith("What was loaded", StringComparison.Ordinal)).GetAttribute("href")!;
        Assert.DoesNotContain("Invented1", loaded, StringComparison.Ordinal);
        var record = await client.PageAsync(loaded);
        Assert.Contains("8650", record.QuerySelector("#found")!.TextContent, StringComparison.Ordinal);
        var fields = record.QuerySelectorAll(".govuk-summary-list__row").ToLookup(r => r.QuerySelector("dt")!.TextContent.Trim(), r => r.QuerySelector("dd")!.TextContent);
        Assert.Equal("Invented1", Assert.Single(fields["LAchildID"]).Trim());
        Assert.Contains(Words.Of(DateOnly.Parse(file.First("CINreferralDate").Value, CultureInfo.InvariantCulture)), fields["CINreferralDate"].First(), StringComparison.Ordinal);
        Assert.Contains("A rule speaks of this", Assert.Single(fields["UPN"]), StringComparison.Ordinal);
        // What was left out was not loaded.
        Assert.Empty(fields["Ethnicity"]);
        Assert.DoesNotContain("A rule speaks", fields["CINreferralDate"].First(), StringComparison.Ordinal);
        using (var none = await client.GetAsync(first + "/loaded/999999")) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("There is nothing to show", (await client.PageAsync(first + "/findings?childOf=999999")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        using (var csv = await client.GetAsync(first + "/findings?handler=File&rule=8650"))
        {
            var lines = (await csv.Content.ReadAsStringAsync()).TrimStart('\uFEFF').Split("\r\n");
            Assert.Equal("Rule,Severity,Child,Fields,Value,Message", lines[0]);
            Assert.StartsWith("8650,Error,Invented1,PrimaryNeedCode,'=N77,", lines[1], StringComparison.Ordinal);
        }

        var child = await site.ReadAsync(world, db => db.Children.Select(c => c.Id).SingleAsync());
        Assert.Equal(["findings", "findings file", "record"], (await world.AuditAsync(AuditActions.ReturnRead)).Where(a => a.ChildId == child && (a.Detail == "record" || a.Detail!.StartsWith("findings", StringComparison.Ordinal))).Select(a => a.Detail!).Distinct().Order());

        // The next edition mends one, keeps one and brings one.
        var second = await SendAsync(client, file.Set("PrimaryNeedCode", "N1").Set("ReferralSource", "99").Xml);
        await FinishedAsync(client, second);
        var now = (await client.PageAsync(second + "/findings")).QuerySelector("main")!.TextContent;
        Assert.DoesNotContain("8650", now, StringComparison.Ordinal);
        Assert.Contains("4220", now, StringComparison.Ordinal);
        Assert.Contains("8650", (await client.PageAsync(second + "/findings?show=Mended")).QuerySelector("#rules")!.TextContent, StringComparison.Ordinal);
        var fresh = (await client.PageAsync(second + "/findings?show=New")).QuerySelector("#rules")!.TextContent;
        Assert.Contains("8866", fresh, StringComparison.Ordinal);
        Assert.DoesNotContain("4220", fresh, StringComparison.Ordinal);

        // A code of the council's own is given its meaning, however many were given theirs before, and the same file is read again.
        using (var scope = site.As(world.Whole))
        {
            for (var i = 0; i < 100; i++)
            {
                scope.Db.Add(new CodeMapping { AuthorityId = world.Authority.Id, Field = "Disability", LocalCode = $"OWN{i}", Code = "AUT", MappedById = world.DataLead.Id, MappedAt = DateTime.UtcNow });
                scope.Db.Add(new ReturnRejection { AuthorityId = world.Authority.Id, ReturnId = Guid.Parse(first.Split('/')[^1]), Ordinal = 1000 + i, Field = "Disability", Value = $"OWN{i}", Reason = Rejection.UnknownCode });
            }

            scope.Db.Add(AuditEntry.For(AuditActions.CodeMapped, world.Whole, null, null, TimeProvider.System, "before"));
            await scope.Db.SaveChangesAsync();
        }

        var codes = await client.PageAsync("/understand/returns/codes");
        var field = codes.QuerySelectorAll("#unknown tbody tr").ToList().FindIndex(tr => tr.TextContent.Contains("QQQQ", StringComparison.Ordinal));
        using (var mapped = await client.SubmitAsync(codes, "/understand/returns/codes", new Dictionary<string, string?> { [$"Codes[{field}].Code"] = "WBRI" }))
            Assert.Equal(HttpStatusCode.Redirect, mapped.StatusCode);
        Assert.Contains("QQQQ", (await client.PageAsync("/understand/returns/codes")).QuerySelector("#known")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await world.AuditAsync(AuditActions.CodeMapped), a => a.Detail != "before");
        var next = (await client.PageAsync(second)).QuerySelector("form[action*=Again] input[name=next]")!.GetAttribute("value")!;
        using (var again = await AskAsync(client, second + "?handler=Again", ("next", next)))
        using (var twice = await AskAsync(client, second + "?handler=Again", ("next", next)))
        {
            Assert.Equal(again.Headers.Location, twice.Headers.Location);
            await FinishedAsync(client, again.Headers.Location!.ToString());
        }

        Assert.Equal(3, await site.ReadAsync(world, db => db.Returns.CountAsync()));
        using (var scope = site.As(world.Whole)) Assert.Equal("WBRI", (await scope.Db.Children.SingleAsync()).EthnicityCode);

        // Only the load made last can be undone.
        Assert.Null((await client.PageAsync(first)).QuerySelector("form[action*=Undo]"));
        var newest = (await client.PageAsync("/understand/returns")).QuerySelector("main tbody a")!.GetAttribute("href")!;
        using (await AskAsync(client, newest + "?handler=Undo"))
            Assert.Contains("What it brought was taken back", (await FinishedAsync(client, newest)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        using (var scope = site.As(world.Whole)) Assert.Null((await scope.Db.Children.SingleAsync()).EthnicityCode);
        Assert.Single(await world.AuditAsync(AuditActions.ReturnUndoAsked));
    }

    [Fact]
    public async Task Tables_sent_together_are_one_return_and_what_it_no_longer_contains_is_decided_on()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var path = await SendTablesAsync(Ssda903File.Valid());
        var page = await FinishedAsync(client, path);
        Assert.Contains("Return on children looked after (SSDA903), year to 31 March 2026", page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("4 children are new here", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var notChecked = (await client.PageAsync(path + "/findings")).QuerySelector("#not-checked-list")!.TextContent;
        Assert.Contains("219", notChecked, StringComparison.Ordinal);
        Assert.Contains("Ofsted", notChecked, StringComparison.Ordinal);

        await FinishedAsync(client, await SendTablesAsync(Ssda903File.Valid().Change("-m1").Change("-r2")));
        var absent = await client.PageAsync("/understand/returns/absent");
        Assert.Equal(2, absent.QuerySelectorAll("main tbody tr").Length);
        using (var nothing = await AskAsync(client, "/understand/returns/absent?handler=Remove"))
            Assert.Contains("Choose at least one", (await TestClient.ParseAsync(nothing)).QuerySelector("#Chosen-error")!.TextContent, StringComparison.Ordinal);
        var chosen = absent.QuerySelector("main tbody input")!.GetAttribute("value")!;
        using (await AskAsync(client, "/understand/returns/absent?handler=Remove", ("Chosen", chosen)))
            Assert.Single((await client.PageAsync("/understand/returns/absent")).QuerySelectorAll("main tbody tr"));
        Assert.Single(await world.AuditAsync(AuditActions.AbsenceRemoved));

        // Another council's are not there to decide on.
        var other = await World.CreateAsync(site);
        using var elsewhere = site.ClientFor(other.DataLead);
        var left = (await client.PageAsync("/understand/returns/absent")).QuerySelector("main tbody input")!.GetAttribute("value")!;
        using (await AskAsync(elsewhere, "/understand/returns/absent?handler=Remove", ("Chosen", left)))
            Assert.Single((await client.PageAsync("/understand/returns/absent")).QuerySelectorAll("main tbody tr"));

        // Tables and another kind of file do not go together.
        using var form = new MultipartFormDataContent { { new StringContent(await client.AntiforgeryTokenAsync(Upload)), "__RequestVerificationToken" } };
        form.Add(new StringContent("CHILD"), "ReturnFile", "header.csv");
        form.Add(new StringContent("<Message/>"), "ReturnFile", "return.xml");
        using (var refused = await client.Http.PostAsync(Upload, form))
            Assert.Contains("or one XML file or zip alone", (await TestClient.ParseAsync(refused)).QuerySelector("#ReturnFile-error")!.TextContent, StringComparison.Ordinal);

        async Task<string> SendTablesAsync(Ssda903File file)
        {
            using var form = new MultipartFormDataContent { { new StringContent(await client.AntiforgeryTokenAsync(Upload)), "__RequestVerificationToken" }, { new StringContent("2026"), "CollectionYear" } };
            foreach (var (name, open) in file.Files()) form.Add(new StreamContent(open()), "ReturnFile", name);
            using var response = await client.Http.PostAsync(Upload, form);
            Assert.True(response.StatusCode == HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
            return response.Headers.Location!.ToString();
        }
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
    [InlineData("PK\u0003\u0004 an archive", "zip file is damaged")]
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

    private static async Task<HttpResponseMessage> AskAsync(TestClient client, string path, params (string Name, string Value)[] values) =>
        await client.Http.PostAsync(path, new FormUrlEncodedContent(
            [new("__RequestVerificationToken", await client.AntiforgeryTokenAsync(Upload)), .. values.Select(v => new KeyValuePair<string, string>(v.Name, v.Value))]));

    private static Task<string> SendAsync(TestClient client, string content) => SendAsync(client, new StringContent(content));

    /// <summary>Sends a file as the page's form does, and gives the address it led to.</summary>
    internal static async Task<string> SendAsync(TestClient client, HttpContent content)
    {
        using var response = await PostAsync(client, content, "return.xml", await client.AntiforgeryTokenAsync(Upload));
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.ToString();
    }

    internal static async Task<HttpResponseMessage> PostAsync(TestClient client, HttpContent file, string fileName, string? token, bool tokenFirst = true, Guid? next = null)
    {
        using var form = new MultipartFormDataContent();
        if (token is not null && tokenFirst) form.Add(new StringContent(token), "__RequestVerificationToken");
        if (next is not null) form.Add(new StringContent($"{next}"), "Next");
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"ReturnFile\"", FileName = $"\"{fileName}\"" };
        form.Add(file);
        if (token is not null && !tokenFirst) form.Add(new StringContent(token), "__RequestVerificationToken");
        return await client.Http.PostAsync(Upload, form);
    }

    /// <summary>The return's page once the job is over.</summary>
    internal static async Task<AngleSharp.Html.Dom.IHtmlDocument> FinishedAsync(TestClient client, string path)
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
    internal sealed class Junk(long length, Action watch, bool breaksOff = false) : Stream
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
