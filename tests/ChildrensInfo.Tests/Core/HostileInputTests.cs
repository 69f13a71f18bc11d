using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.Safeguarding;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Returns;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Pages.Account;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core;

/// <summary>
/// Whatever reads what somebody sends reads it to the end or refuses it in words; it throws nothing else. Each case is made from a good file by cutting, doubling, splicing and
/// altering it. HOSTILE_CASES says how many for each reader (the same 300 otherwise): HOSTILE_CASES=100000 ./test '*HostileInputTests'. What once broke a reader is kept in
/// Samples/hostile, named after it, and is tried first; addresses.txt there are addresses of whichever page.
/// </summary>
public class HostileInputTests(TestSite site)
{
    private static readonly bool AskedFor = int.TryParse(Environment.GetEnvironmentVariable("HOSTILE_CASES"), out asked);

    private static readonly int Cases = AskedFor ? asked : 300;

    private static int asked;

    private static readonly string Kept = Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Samples/hostile");

    /// <summary>What stands for itself in one of the formats, or in all of them means more than it seems.</summary>
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "<Child>", "</Child>", "<Reviews>", "</Reviews>", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE a>", "&amp;", "&#0;", "&#x10FFFF;", "<?x?>", "xmlns=\"urn:x\"", "\u0000", "\uFEFF", "2026-02-30", "9999-12-31", "0001-01-01",
            "29/02/2025", "31/12/9999", "true", "-1", "99999999999999999999", "1e400", "NaN", "\"", "\"\"", ",", ";", "\r\n", "\n", "\t", "CHILD,SEX,DOB", "DECOM", "=1+1", "\u202E", "\uD83D\uDC15", "null", "{", "}", "[", "]", "\"id\":", "\\u0000", "00000000-0000-0000-0000-000000000000",
            "RIFF", "WEBP", "IHDR", "IDAT", "IEND", "iTXt", "Exif\0\0", "age-1_4", "sex-F", "'", "%", "%00", "../", "[NAME]", "[?", "?]",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xD8], [0xFF, 0xD9], [0xFF, 0xDA], [0xFF, 0xE1, 0xFF, 0xFF], [0x1A, 0x45, 0xDF, 0xA3], [0x1F, 0x43, 0xB6, 0x75], [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0xC0, 0xAF], [0xED, 0xA0, 0x80], "PK\u0001\u0002"u8.ToArray(),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Readers => [.. Targets.Keys];

    private static readonly Dictionary<string, (Func<IReadOnlyList<byte[]>> Good, Func<byte[], Task> Read)> Targets = new()
    {
        ["census"] = (() => [Xml(new CinFile().Xml), Xml(new CinFile().AddChild(id: "Second").Xml)], bytes =>
        {
            using var reader = new CinCensusReader(new MemoryStream(bytes));
            foreach (var _ in reader.ReadChildren())
            {
            }

            return Task.CompletedTask;
        }
        ),
        ["looked-after"] = (() => [Invented(2026), LookedAfterXml()], bytes =>
        {
            Ssda903Reader.Read(new MemoryStream(bytes));
            return Task.CompletedTask;
        }
        ),
        ["looked-after-table"] = (() => [.. Tables().Where(t => t.Key == Ssda903Table.Episodes).Select(t => Encoding.UTF8.GetBytes(t.Value))], bytes =>
        {
            Ssda903Reader.ReadTables([("spoilt.csv", () => new MemoryStream(bytes)), .. Tables().Where(t => t.Key != Ssda903Table.Episodes).Select(t => ($"{t.Key}.csv", (Func<Stream>)(() => new MemoryStream(Encoding.UTF8.GetBytes(t.Value)))))]);
            return Task.CompletedTask;
        }
        ),
        ["safeguarding"] = (() => [Zip("person.csv", Persons())], bytes =>
        {
            var reader = new SafeguardingReader(new MemoryStream(bytes));
            foreach (var _ in reader.Read()) reader.TakeRejections();
            return Task.CompletedTask;
        }
        ),
        ["which-return"] = (() => [Xml(new CinFile().Xml), Invented(2026)], bytes =>
        {
            ReturnFile.Recognise(new MemoryStream(bytes));
            return Task.CompletedTask;
        }
        ),
        ["picture"] = (() => [PictureFileTests.Jpeg(64, 48), PictureFileTests.Png(64, 48, ("tEXt", "Author")), Hearing.Png()], bytes =>
        {
            PictureFile.Clean(bytes);
            return Task.CompletedTask;
        }
        ),
        ["sound"] = (() => [Hearing.Webm(4_000), Hearing.Webm(4_000, 0, 5_000, 9_000), [0, 0, 0, 24, .. "ftypM4A "u8, 0, 0, 0, 0, .. "M4A mp42"u8, .. new byte[500]]], async bytes =>
        {
            MediaType.Of(bytes);
            await WebmLength.ReadAsync(new MemoryStream(bytes), Cancel);
        }
        ),
        ["ethnic-groups"] = (() => [Encoding.UTF8.GetBytes(string.Join(',', EthnicPopulationFile.Headings) + "\r\n2024,1200,300,400,20000,150,\"ONS, table TS021\",For the dashboard\r\n")], bytes =>
        {
            EthnicPopulationFile.Read(Guid.NewGuid(), Encoding.UTF8.GetString(bytes));
            return Task.CompletedTask;
        }
        ),
        ["postcodes"] = (() => ["pcds,doterm,oseast1m,osnrth1m\r\n\"CM1 1AA\",,570000,207000\r\n\"CM4 4DD\",201905,,\r\nBT1 1AA,,333900,374300\r\n"u8.ToArray()], bytes =>
        {
            try
            {
                // The database takes no text that is not whole, and the type no others.
                foreach (var place in PostcodeLoader.Read(new StringReader(Encoding.UTF8.GetString(bytes)))) Assert.All(place?.Postcode ?? "", c => Assert.True(char.IsAsciiLetterOrDigit(c)));
            }
            catch (InvalidDataException)
            {
            }

            return Task.CompletedTask;
        }
        ),
        ["device-item"] = (() => ["""{"id":"0198c5a0-0000-7000-8000-000000000001","childId":"0198c5a0-0000-7000-8000-000000000002","kind":"Visit","personId":"0198c5a0-0000-7000-8000-000000000004","deviceId":"0198c5a0-0000-7000-8000-000000000005","sealedAt":"2026-03-01T10:00:00Z","visit":{"id":"0198c5a0-0000-7000-8000-000000000001","occurredOn":"2026-03-01","place":"Home","seenAlone":"Yes"}}"""u8.ToArray()], bytes =>
        {
            DeviceItem.Read(bytes);
            return Task.CompletedTask;
        }
        ),
        ["results"] = (() => ["need,children\r\nN1,40\r\nN2,12\r\nall,52\r\n"u8.ToArray(), "Most were heard.\r\n"u8.ToArray(), PictureFileTests.Png(20, 20), Workbooks.Of(["need", "n"], ["N1", "40"])], bytes =>
        {
            foreach (var kind in Enum.GetValues<OutputKind>()) OutputFile.Read(bytes, kind);
            return Task.CompletedTask;
        }
        ),
        ["words"] = (() => ["Sorrel said [?perhaps?] ring 020 7946 0018, or Mum at 12 High Street AB1 2CD on 3 May 2016 \U0001F415 ایران"u8.ToArray()], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            var spans = Redactor.Find(text, new KnownDetails { Names = ["Sorrel Thistlebrook"], Towns = ["Harrowmere"], Dates = [new DateOnly(2016, 5, 3)] });
            Redactor.Replace(text, Spans.Apart(text, [.. spans, .. Spans.Places(text, "Mum")]));
            TranscriptText.Parse(text);
            SoughtWords.Read(text);
            NeedFilter.TryParse(text, [], out _);
            PackageGate.Tells(text);
            return Task.CompletedTask;
        }
        ),
    };

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_reader_reads_to_the_end_or_refuses_in_words(string target)
    {
        var (good, read) = Targets[target];
        var seeds = good();
        foreach (var seed in seeds) await read(seed);
        var (slowest, largest) = (TimeSpan.Zero, 0L);
        async Task TryAsync(byte[] bytes)
        {
            var (begun, held) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            try
            {
                await read(bytes);
            }
            catch (ReturnRefusedException)
            {
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // Only under a name of its own, and only what was invented here.
                File.WriteAllBytes(Path.Combine(Kept, $"{target}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..12]}.bin"), bytes);
                throw;
            }

            if (Stopwatch.GetElapsedTime(begun) is var took && took > slowest) slowest = took;
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - held);
        }

        foreach (var before in Directory.EnumerateFiles(Kept, $"{target}-*.bin").Order(StringComparer.Ordinal)) await TryAsync(await File.ReadAllBytesAsync(before, Cancel));
        bool Try(int seed)
        {
            TryAsync(Spoil(seeds, new Random(seed), target == "words" ? VoiceRecord.WordsMaxLength : 1 << 16)).GetAwaiter().GetResult();
            return true;
        }

        // The same cases each time, so that a change is not refused for what was there before it; others when somebody asks for more.
        if (!AskedFor) for (var seed = 0; seed < Cases; seed++) Try(seed);
        else Gen.Int.Sample(Try, iter: Cases, threads: 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{target}: {Cases} cases, slowest {slowest.TotalMilliseconds:N0} ms, most allocated by one {largest >> 20} MB");
        // Allocated, and not held: what is held is less.
        Assert.True(largest < 200L << 20, $"{largest >> 20} MB");
    }

    [Fact]
    public async Task An_address_with_anything_in_it_is_answered_and_never_with_a_fault()
    {
        var world = await World.CreateAsync(site);
        using var lead = site.ClientFor(world.DataLead);
        using var administrator = site.ClientFor(world.Administrator);
        using var practitioner = site.ClientFor(world.Practitioner);
        // As they are, which no browser would send.
        foreach (var kept in File.ReadLines(Path.Combine(Kept, "addresses.txt")).Where(l => l[0] != '#'))
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{site.Address.Authority}{kept}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            using var answer = await administrator.Http.SendAsync(asked, Cancel);
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError || kept.StartsWith("/problem/", StringComparison.Ordinal), kept);
            // Nobody is led to another site, and no file is given out that is none of the site's own.
            Assert.True(answer.Headers.Location is not { } led || led.OriginalString is "/" or ['/', not ('/' or '\\'), ..] || led.Authority == site.Address.Authority, $"{kept} leads to {answer.Headers.Location}");
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.False(text.Contains("ConnectionStrings", StringComparison.Ordinal) || text.Contains("root:", StringComparison.Ordinal) || answer.Headers.Contains("a"), kept);
        }

        var random = new Random(20_261);
        (TestClient Client, string Path, string[] Names)[] pages =
        [
            (lead, "/understand/indicators/N01", ["on", "by", "group", "against", "rate"]), (lead, "/understand/flow", ["on", "by", "group"]), (lead, "/understand/permissions", ["purpose", "on"]), (lead, "/understand/returns", ["p"]),
            (administrator, "/admin/audit", ["from", "to", "person", "do", "child", "p"]), (administrator, "/admin/people", ["search", "p"]), (practitioner, "/hear/search", ["q", "p"]), (practitioner, "/hear", ["search", "sort", "p"]),
        ];
        for (var i = 0; i < Math.Min(Cases / 10, 20_000); i++)
        {
            var (client, path, names) = pages[random.Next(pages.Length)];
            var value = Encoding.UTF8.GetString(Spoil([.. names.Select(n => Encoding.UTF8.GetBytes(n + "=2026-03-31"))], random, mostLong: 300));
            var address = $"{path}?{names[random.Next(names.Length)]}={Uri.EscapeDataString(value)}&{names[random.Next(names.Length)]}={Uri.EscapeDataString(value[..(value.Length / 2)])}";
            using var answer = await client.GetAsync(address.Length > 4_000 ? address[..4_000] : address);
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, address);
        }
    }

    [Fact]
    public async Task What_a_device_sends_is_received_or_refused_and_never_a_fault()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var token = (await hearing.Client.Http.GetAsync("/hear/offline/token", Cancel)).Content;
        var request = System.Text.Json.JsonDocument.Parse(await token.ReadAsStringAsync(Cancel)).RootElement;
        var random = new Random(20_262);
        var good = Targets["device-item"].Good();
        for (var i = 0; i < Math.Min(Cases / 10, 20_000); i++)
        {
            var id = Guid.CreateVersion7();
            var bytes = Spoil([.. good.Select(g => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(g).Replace("0198c5a0-0000-7000-8000-000000000001", id.ToString(), StringComparison.Ordinal).Replace("0198c5a0-0000-7000-8000-000000000002", hearing.Child.Id.ToString(), StringComparison.Ordinal)
                .Replace("0198c5a0-0000-7000-8000-000000000004", hearing.World.Practitioner.Id.ToString(), StringComparison.Ordinal)))], random);
            using var sent = new HttpRequestMessage(HttpMethod.Put, $"/hear/{hearing.Child.Id}/offline/{id}") { Content = new ByteArrayContent(bytes) };
            sent.Content.Headers.ContentType = new("application/json");
            sent.Headers.Add("X-Sent-At", DateTime.UtcNow.ToString("O"));
            sent.Headers.Add("RequestVerificationToken", request.TryGetProperty("token", out var value) ? value.GetString() : "");
            using var answer = await hearing.Client.Http.SendAsync(sent, Cancel);
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, Encoding.UTF8.GetString(bytes));
        }
    }

    [Fact]
    public async Task What_a_browser_says_of_a_passkey_is_taken_or_refused_and_never_a_fault()
    {
        var world = await World.CreateAsync(site);
        using var passkey = new SoftPasskey();
        using var person = site.ClientFor(world.Practitioner);
        await PasskeyTests.AddAsync(person, passkey);
        var random = new Random(20_263);
        const string adding = "/account/second-factor/passkey";
        var addresses = Math.Min(Cases / 200, 200);
        for (var address = 1; address <= addresses; address++)
        {
            // From one address so many tries are listened to; the first is not spoilt, and signs in.
            using var nobody = new TestClient(new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri, IPAddress.Parse($"127.0.20.{address}"));
            for (var i = 0; i < 20; i++)
            {
                string Spoilt(string good) => i == 0 ? good : Encoding.UTF8.GetString(Spoil([Encoding.UTF8.GetBytes(good)], random, 1 << 16));
                var signed = Spoilt(passkey.Sign(await PasskeyTests.AskAsync(nobody, "/account/signin", "PasskeyOptions"), nobody.Http.BaseAddress!, world.Practitioner.Id));
                using var answer = await nobody.SubmitAsync("/account/signin", new Dictionary<string, string?> { ["Credential"] = signed }, "form[data-passkey]");
                Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, signed);
                if (i == 0) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
                if (answer.StatusCode == HttpStatusCode.Redirect) (await nobody.SubmitAsync("/account/signout", new Dictionary<string, string?>())).Dispose();

                using var another = new SoftPasskey();
                var made = Spoilt(another.Make(await PasskeyTests.AskAsync(person, adding, "Options"), person.Http.BaseAddress!));
                using var added = await person.SubmitAsync(adding, new Dictionary<string, string?> { ["Input.Name"] = "key", ["Input.Credential"] = made });
                Assert.True(added.StatusCode < HttpStatusCode.InternalServerError, made);
            }
        }
    }

    /// <summary>A good file, spoilt in one way or in several.</summary>
    private static byte[] Spoil(IReadOnlyList<byte[]> good, Random random, int mostLong = 1 << 18)
    {
        List<byte> bytes = [.. good[random.Next(good.Count)]];
        for (var ways = random.Next(1, 6); ways > 0; ways--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(bytes.Count - at, random.Next(1, 1 + (1 << random.Next(10))));
            switch (random.Next(9))
            {
                case 0 when bytes.Count > 0:
                    bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                    break;
                case 1 when bytes.Count > 0:
                    bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 5:
                    // Once more and once more again, as deep or as long as a sender likes.
                    var token = Tokens[random.Next(Tokens.Length)];
                    bytes.InsertRange(at, Enumerable.Repeat(token, random.Next(2_000)).SelectMany(t => t).ToArray());
                    break;
                case 6:
                    var other = good[random.Next(good.Count)];
                    var from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..]);
                    break;
                case 7:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Range(0, length + 1).Select(_ => (byte)random.Next(256)));
                    break;
            }

            if (bytes.Count > mostLong) bytes.RemoveRange(mostLong, bytes.Count - mostLong);
        }

        return [.. bytes];
    }

    private static byte[] Xml(string text) => Encoding.UTF8.GetBytes(text);

    private static string Persons()
    {
        string[] columns = [.. File.ReadLines(Path.Combine(Repository.Root, "src/ChildrensInfo.Core/Data/Reference/ssd_fields.csv")).Where(l => l.StartsWith("ssd_person,", StringComparison.Ordinal)).Select(l => l.Split(',')[1])];
        return $"{string.Join(',', columns)}\r\n{string.Join(',', columns.Select((c, i) => c.EndsWith("_dob", StringComparison.Ordinal) ? "2015-06-10" : $"\"{i}, x\""))}\r\n";
    }

    private static readonly DateOnly Asked = new(2026, 3, 31);

    private static Ssda903Generator Generator() => new(Ssda903Generator.Invent(6, 7, Asked), 7, Asked, 0.2);

    private static IReadOnlyDictionary<Ssda903Table, string> Tables() => invented ??= Generator().Tables(2026);

    private static IReadOnlyDictionary<Ssda903Table, string>? invented;

    private static byte[] Invented(int year)
    {
        using var zip = new MemoryStream();
        Generator().Write(zip, year);
        return zip.ToArray();
    }

    private static byte[] LookedAfterXml() => """
        <EXPSSDA903><CHILD>
          <HEADER><CHILDID>K1</CHILDID><SEX>F</SEX><DOB>10/06/2013</DOB><ETHNIC>WBRI</ETHNIC><UASC>0</UASC><MOTHER>0</MOTHER></HEADER>
          <EPISODE><DECOM>05/02/2024</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U6</PL><PLACE_PROVIDER>PR1</PLACE_PROVIDER></EPISODE>
        </CHILD></EXPSSDA903>
        """u8.ToArray();

    private static byte[] Zip(string name, string text)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }
}
