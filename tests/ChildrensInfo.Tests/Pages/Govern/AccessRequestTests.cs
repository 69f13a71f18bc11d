using System.IO.Compression;
using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Govern;

/// <summary>Everything held on a child, for those who may have it: looked through by one person, released by another, given once, destroyed.</summary>
public class AccessRequestTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_children_said_together_is_somebody_elses_words_too()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await SayAsync(hearing, "We all want bikes", ("Input.Speaker", "Group"), ("Input.GroupSize", "3"));
        using var first = site.ClientFor(hearing.World.InformationGovernance);
        var page = await LogAsync(first, hearing.Child, Requester.Child);
        Assert.Contains("We all want bikes", (await first.PageAsync(page)).QuerySelector("#choose")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_held_is_looked_through_by_one_person_released_by_another_and_given_as_it_was_said()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var world = hearing.World;
        var mother = await world.AddRelationshipAsync(hearing.Child);
        var wording = await site.ReadAsync(world, db => db.Wordings.Where(w => w.Purpose == Purpose.Audio && w.Language == "en").OrderBy(w => w.Id).FirstAsync(Cancel));
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given, change: c => c.WordingId = wording.Id);
        await SayAsync(hearing, "I like the  red door,\nand the <b>dog</b>. 🐕");
        await SayAsync(hearing, "She never sleeps", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", mother.Id.ToString()));
        var sound = Hearing.Webm(150_000);
        await hearing.SealFileAsync(sound, VoiceKind.Audio);
        var said = await site.ReadAsync(world, db => db.VoiceRecords.SingleAsync(r => r.Kind == VoiceKind.TypedText && r.Speaker == Speaker.Child, Cancel));
        await DoneAsync(hearing.Client, $"{hearing.ChildPage}/records/{said.Id}/interpretation", ("Input.Text", "The door stands for home"), ("Input.Kind", "Hypothesis"), ("Input.BasedOn", "What was drawn"));
        await DoneAsync(hearing.Client, $"{hearing.ChildPage}/records/{said.Id}/interpretation", ("Input.Text", "Marigold paints it"), ("Input.Kind", "Observation"));
        using var first = site.ClientFor(world.InformationGovernance);
        var duties = $"/govern/duties/{hearing.Child.Id}";
        await DoneAsync(first, duties, "form#rectification", ("Rectification.RecordId", $"{said.Id}"), ("Rectification.Requester", "Child"), ("Rectification.Who", "Came in person"), ("Rectification.Asked", "Say what the door was"));
        var asked = await site.ReadAsync(world, db => db.RectificationRequests.Select(r => r.Id).SingleAsync(Cancel));
        await DoneAsync(first, duties, "form#statement", ("Statement.RequestId", $"{asked}"), ("Statement.RecordId", $"{said.Id}"), ("Statement.Provenance", "OwnHand"), ("Statement.Text", "The door was  green"));
        var page = await LogAsync(first, hearing.Child, Requester.Child);
        // What is about somebody else waits to be chosen about, and cannot be passed over.
        var shown = await first.PageAsync(page);
        Assert.Contains("Marigold", shown.QuerySelector("#choose")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("She never sleeps", shown.QuerySelector("#choose")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("red door", shown.QuerySelector("#choose")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("red door", shown.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await RefusedAsync(first, page, "form#send", "Choose first about everything that is marked", ("Send.HarmFound", "false"), ("Send.HarmNote", "Her worker: no"));
        await RefusedAsync(first, page, "form#choose", "Tick at least one", ("Choose.Reason", "TheyAgreed"));
        await RefusedAsync(first, page, "form#send", "Say whether anything was left out", ("Send.HarmNote", "Her worker: no"));
        var listened = shown.QuerySelectorAll<IHtmlAnchorElement>("a[href*='handler=Media']").Select(a => a.GetAttribute("href")!).Single();
        using (var answer = await first.Http.GetAsync(listened, Cancel))
        {
            Assert.Equal(sound, await answer.Content.ReadAsByteArrayAsync(Cancel));
            Assert.Equal("default-src 'none'; sandbox", answer.Headers.GetValues("Content-Security-Policy").Single());
        }


        var theirs = shown.QuerySelectorAll<IHtmlInputElement>("#choose input[type=checkbox]").Select(i => (i.Value, Text: i.ParentElement!.TextContent)).ToList();
        await ChooseAsync(first, page, AccessReason.SomebodyElses, theirs.Where(t => t.Text.Contains("words", StringComparison.Ordinal)).Select(t => t.Value));
        await ChooseAsync(first, page, AccessReason.ReasonableWithout, theirs.Where(t => !t.Text.Contains("words", StringComparison.Ordinal)).Select(t => t.Value));
        await RefusedAsync(first, page, "form#send", "Nothing is left out because of serious harm", ("Send.HarmFound", "true"), ("Send.HarmNote", "Her worker: no"));
        await DoneAsync(first, page, "form#send", ("Send.HarmFound", "false"), ("Send.HarmNote", "Her worker: no"));

        // Whoever chose does not release, by button or by hand; the database would refuse it too.
        Assert.Null((await first.PageAsync(page)).QuerySelector("form#release"));
        await RefusedAsync(first, page, "form#return", "somebody else releases it", "?handler=Release");
        await using (var connection = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var alone = new NpgsqlCommand($"update access_requests set state = 'Building', released_by_id = sent_by_id, released_at = now() where child_id = '{hearing.Child.Id}'", connection);
            Assert.Equal("ck_access_requests_second_person", (await Assert.ThrowsAsync<PostgresException>(() => alone.ExecuteNonQueryAsync(Cancel))).ConstraintName);
        }

        var colleague = await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand");
        using var second = site.ClientFor(colleague);
        await DoneAsync(second, page, "form#release");
        var (story, data, readMe, media) = await FetchAsync(second, page);

        Assert.Contains("<blockquote>I like the  red door,\nand the &lt;b&gt;dog&lt;/b&gt;. 🐕</blockquote>", WithPlainEmoji(story), StringComparison.Ordinal);
        Assert.Contains("<blockquote>The door was  green</blockquote>", story, StringComparison.Ordinal);
        Assert.Matches("(?s)<div class=\"thinks\"><strong>What a worker thinks</strong>[^<]*The door stands for home", story);
        Assert.Contains("I like the  red door,\\nand the", data, StringComparison.Ordinal);
        Assert.Contains("Marigold paints it", story, StringComparison.Ordinal);
        Assert.Contains("(WBRI)", story, StringComparison.Ordinal);
        Assert.Contains($"<dt>The words that were shown</dt><dd>{WebUtility.HtmlEncode(wording.Body.Replace("{council}", world.Authority.Name, StringComparison.Ordinal))}", WithPlainEmoji(story), StringComparison.Ordinal);
        Assert.Contains(world.Practitioner.DisplayName, story[story.IndexOf("Who has looked", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("never sleeps", story + data + readMe, StringComparison.Ordinal);
        Assert.Contains("could cause somebody serious harm: ", readMe, StringComparison.Ordinal);
        Assert.Equal(sound, Assert.Single(media));

        var lines = (await world.AuditAsync(childId: hearing.Child.Id)).Select(a => a.Action).ToList();
        foreach (var action in new[] { AuditActions.AccessLogged, AuditActions.AccessRead, AuditActions.AccessChosen, AuditActions.AccessSent, AuditActions.AccessReleased, AuditActions.AccessBuilt, AuditActions.AccessDownloaded, AuditActions.VoiceHeard })
        {
            Assert.Contains(action, lines);
        }

        // It stands encrypted, and after its time there is nothing left of it.
        Assert.DoesNotContain("red door", await PiecesAsync(hearing.Child.Id), StringComparison.Ordinal);
        await using (var connection = new NpgsqlConnection(site.SuperuserConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var later = new NpgsqlCommand($"update access_requests set destroy_on = current_date - 2 where child_id = '{hearing.Child.Id}'", connection);
            await later.ExecuteNonQueryAsync(Cancel);
        }

        using (var late = await second.SubmitAsync(page, new Dictionary<string, string?>(), "form#download")) Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        using (var keeper = site.As(null)) await keeper.Get<AccessRequestService>().DestroyDueAsync(Actor.ServiceOf(world.Authority.Id), Cancel);
        Assert.Equal("", await PiecesAsync(hearing.Child.Id));
        Assert.Contains("destroyed", (await second.PageAsync(page)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains((await world.AuditAsync(AuditActions.AccessDestroyed)), a => a.Detail == "its time was up" && a.ChildId == hearing.Child.Id);
    }

    [Fact]
    public async Task Whoever_must_not_be_told_is_not_told_and_not_told_that_there_is_anything()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var world = hearing.World;
        var mother = await world.AddRelationshipAsync(hearing.Child);
        await SayAsync(hearing, "Swimming is good");
        await SayAsync(hearing, "I hide in the tent");
        var secret = await site.ReadAsync(world, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderByDescending(r => r.SealedAt).FirstAsync(Cancel));
        await DoneAsync(hearing.Client, $"{hearing.ChildPage}/records/{secret.Id}/interpretation", ("Input.Text", "The tent is a safe place"), ("Input.Kind", "Analysis"), ("Input.BasedOn", "The tent"));
        await DoneAsync(hearing.Client, $"{hearing.ChildPage}/asks/new?record={secret.Id}", ("Input.Wanted", "DoSomething"), ("Input.Thing", "Elsewhere"), ("Input.Elsewhere", "A lock on the tent"));
        await DoneAsync(hearing.Client, $"{hearing.ChildPage}/do-not-tell?record={secret.Id}", "form#add", ("Input.Who", mother.Id.ToString()), ("Input.Scope", "Record"), ("Input.Reason", "Afraid"), ("Input.SaidBy", "Child"), ("Input.Words", "Never tell her"));

        using var first = site.ClientFor(world.InformationGovernance);
        var page = await LogAsync(first, hearing.Child, Requester.Relation, mother.Name);
        var shown = (await first.PageAsync(page)).QuerySelector("main")!.TextContent;
        Assert.Contains("What must not be told to them", shown, StringComparison.Ordinal);
        foreach (var word in new[] { "I hide in the tent", "safe place", "lock on the tent", "Never tell her" }) Assert.DoesNotContain(word, shown, StringComparison.Ordinal);
        // Nor by hand.
        await RefusedAsync(first, page, "form#choose", "not marked", "", ("Choose.Items", $"{nameof(VoiceRecord)}:{secret.Id}"), ("Choose.Reason", "TheyAgreed"));

        var marked = (await first.PageAsync(page)).QuerySelectorAll<IHtmlInputElement>("#choose input[type=checkbox]").Select(i => i.Value).ToList();
        if (marked.Count > 0) await ChooseAsync(first, page, AccessReason.ReasonableWithout, marked);
        await DoneAsync(first, page, "form#send", ("Send.HarmFound", "false"), ("Send.HarmNote", "Her worker: no"));
        using var second = site.ClientFor(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand"));
        // Something marked came to be held since: it has to be looked at again.
        await SayAsync(hearing, "Tell Marigold", ("Input.Speaker", "Child"));
        var gran = await world.AddRelationshipAsync(hearing.Child, RelationshipKind.Grandparent, holdsResponsibility: false, change: r => r.Name = "Clover Hale");
        await RefusedAsync(second, page, "form#release", "Something new is held");
        await DoneAsync(second, page, "form#return");
        await ChooseAsync(first, page, AccessReason.SomebodyElses, [$"{nameof(Relationship)}:{gran.Id}"]);
        await DoneAsync(first, page, "form#send", ("Send.HarmFound", "false"), ("Send.HarmNote", "Her worker: no"));
        await DoneAsync(second, page, "form#release");
        var (story, data, readMe, _) = await FetchAsync(second, page);

        Assert.Contains("Swimming is good", story, StringComparison.Ordinal);
        foreach (var word in new[] { "in the tent", "safe place", "lock on", "Never tell her", "Who must not be told", "Clover", "Who has looked" }) Assert.DoesNotContain(word, story + data, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("serious harm: 1.", readMe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_answers_rights_reaches_it_and_a_mistake_is_said_beside_its_field()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        using var governor = site.ClientFor(world.InformationGovernance);
        await RefusedAsync(governor, "/govern/requests/new", "main form[method=post]", "Choose who asks", ("Input.ChildNumber", child.LaChildId), ("Input.Identity", "Documents"), ("Input.IdentityNote", "A passport"));
        await RefusedAsync(governor, "/govern/requests/new", "main form[method=post]", "There is no child with that number", ("Input.ChildNumber", "nobody"), ("Input.Requester", "Child"), ("Input.Identity", "Documents"), ("Input.IdentityNote", "A passport"));
        await RefusedAsync(governor, "/govern/requests/new", "main form[method=post]", "Nobody in this child’s life", ("Input.ChildNumber", child.LaChildId), ("Input.Requester", "Relation"), ("Input.RelationName", "Nobody"), ("Input.Identity", "Documents"), ("Input.IdentityNote", "A passport"));
        var page = await LogAsync(governor, child, Requester.Solicitor);
        await RefusedAsync(governor, page, "form#extend", "Say why it is complex");
        await DoneAsync(governor, page, "form#extend", ("ExtensionReason", "Forty years of files"));
        Assert.Contains("Forty years of files", (await governor.PageAsync(page)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var elsewhere = await World.CreateAsync(site);
        using var stranger = site.ClientFor(elsewhere.InformationGovernance);
        using (var answer = await stranger.GetAsync(page)) Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        foreach (var role in new[] { Role.Administrator, Role.DataLead, Role.Practitioner, Role.Researcher, Role.TeamManager })
        {
            using var client = site.ClientFor(world.PersonOf(role));
            using var answer = await client.GetAsync(page);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        // The database alone: who counts need sees no request, and a choice is never taken back.
        using var lead = site.As(World.ActorOf(world.DataLead));
        Assert.Empty(await lead.Db.AccessRequests.IgnoreQueryFilters().ToListAsync(Cancel));
    }

    [Fact]
    public void A_month_is_a_calendar_month_and_an_extension_two_more()
    {
        AccessRequest Received(int month, int day, DateTime? extended = null) => new() { Identity = IdentityCheck.Documents, IdentityNoteSealed = [], ReceivedOn = new DateOnly(2026, month, day), ExtendedAt = extended };
        Assert.Equal(new DateOnly(2026, 2, 28), Received(1, 31).DueOn);
        Assert.Equal(new DateOnly(2026, 4, 30), Received(1, 31, new DateTime(2026, 2, 3, 0, 0, 0, DateTimeKind.Utc)).DueOn);
    }

    [Fact]
    public void Nothing_that_is_sealed_about_a_child_is_forgotten()
    {
        using var scope = site.As(null);
        var tables = HeldRecords.TablesOf(scope.Db.Model).ToList();
        Assert.Contains(tables, t => t.ClrType == typeof(VoiceWords));
        var sealedFields = tables.SelectMany(t => t.GetProperties().Where(p => p.ClrType == typeof(byte[]) && !HeldRecords.Fingerprints.Contains(p.Name)).Select(p => (t.ClrType, p.Name))).ToList();
        Assert.Equal(sealedFields.Select(f => f.ToString()).Order(), HeldRecords.Sealed.Keys.Select(k => k.ToString()).Order());
        // Whoever leaves a table out says why.
        Assert.All(HeldRecords.NotGiven, n => Assert.True(n.Value.Length > 10 && !tables.Exists(t => t.ClrType == n.Key)));
    }

    /// <summary>All that is held on a child, asked for by the child, looked through by one person, released by another and fetched.</summary>
    internal static async Task<(string Story, string Data)> GiveAsync(TestSite site, World world, Child child)
    {
        using var first = site.ClientFor(world.InformationGovernance);
        var page = await LogAsync(first, child, Requester.Child);
        var marked = (await first.PageAsync(page)).QuerySelectorAll<IHtmlInputElement>("#choose input[type=checkbox]").Select(i => i.Value).ToList();
        if (marked.Count > 0) await ChooseAsync(first, page, AccessReason.ReasonableWithout, marked);
        await DoneAsync(first, page, "form#send", ("Send.HarmFound", "false"), ("Send.HarmNote", "Her worker: no"));
        using var second = site.ClientFor(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand"));
        await DoneAsync(second, page, "form#release");
        var (story, data, _, _) = await FetchAsync(second, page);
        return (story, data);
    }

    private static async Task<string> LogAsync(TestClient client, Child child, Requester requester, string? name = null) => await DoneAsync(client, "/govern/requests/new",
        ("Input.ChildNumber", child.LaChildId), ("Input.Requester", $"{requester}"), ("Input.RelationName", name ?? ""), ("Input.Identity", "SeenInPerson"), ("Input.IdentityNote", "A passport"));

    private static async Task SayAsync(Hearing hearing, string text, params (string Name, string? Value)[] instead)
    {
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said(text, instead));
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(answer)).QuerySelector(".govuk-error-summary")?.TextContent);
    }

    private static async Task ChooseAsync(TestClient client, string page, AccessReason reason, IEnumerable<string> items)
    {
        var shown = await client.PageAsync(page);
        var fields = new List<KeyValuePair<string, string>> { new("__RequestVerificationToken", shown.QuerySelector<IHtmlInputElement>("#choose input[name=__RequestVerificationToken]")!.Value), new("Choose.Reason", $"{reason}") };
        fields.AddRange(items.Select(i => new KeyValuePair<string, string>("Choose.Items", i)));
        using var answer = await client.Http.PostAsync(page + "?handler=Choose", new FormUrlEncodedContent(fields), Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(answer)).QuerySelector(".govuk-error-summary")?.TextContent);
    }

    private static Task<string> DoneAsync(TestClient client, string path, params (string Name, string Value)[] fields) => DoneAsync(client, path, "main form[method=post]", fields);

    private static async Task<string> DoneAsync(TestClient client, string path, string form, params (string Name, string Value)[] fields)
    {
        using var response = await client.SubmitAsync(path, fields.ToDictionary(f => f.Name, f => (string?)f.Value), form);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, $"{response.StatusCode} {form}: {(await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent}");
        return response.Headers.Location!.OriginalString;
    }

    private static Task RefusedAsync(TestClient client, string path, string form, string says, params (string Name, string Value)[] fields) => RefusedAsync(client, path, form, says, "", fields);

    private static async Task RefusedAsync(TestClient client, string path, string form, string says, string query, params (string Name, string Value)[] fields)
    {
        var page = await client.PageAsync(path);
        if (query.Length > 0) page.QuerySelector(form)!.SetAttribute("action", path + query);
        using var response = await client.SubmitAsync(page, path, fields.ToDictionary(f => f.Name, f => (string?)f.Value), form);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(says, (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent ?? "", StringComparison.Ordinal);
    }

    /// <summary>Waits for the file, fetches it once and reads what is in it.</summary>
    private static async Task<(string Story, string Data, string ReadMe, IReadOnlyList<byte[]> Media)> FetchAsync(TestClient client, string page)
    {
        for (var i = 0; i < 600 && (await client.PageAsync(page)).QuerySelector("form#download") is null; i++) await Task.Delay(100, Cancel);
        using var answer = await client.SubmitAsync(page, new Dictionary<string, string?>(), "form#download");
        Assert.Equal((HttpStatusCode.OK, AccessPack.ContentType, true), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.NoStore));
        using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync(Cancel)));
        byte[] Bytes(ZipArchiveEntry entry)
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        }

        string Text(string name) => Encoding.UTF8.GetString(Bytes(zip.GetEntry(name)!));
        return (Text(AccessPack.Story), Text(AccessPack.Data), Text(AccessPack.ReadMe), [.. zip.Entries.Where(e => e.FullName.StartsWith("media/", StringComparison.Ordinal)).Select(Bytes)]);
    }

    /// <summary>HTML may write a sign outside the basic plane as its number.</summary>
    private static string WithPlainEmoji(string html) => html.Replace("&#128021;", "🐕", StringComparison.Ordinal);

    private async Task<string> PiecesAsync(Guid childId)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var pieces = new NpgsqlCommand($"select coalesce(string_agg(encode(p.sealed, 'escape'), ''), '') from file_pieces p join files f on f.id = p.file_id where f.kind = 'AccessPack' and f.child_id = '{childId}'", connection);
        return (string)(await pieces.ExecuteScalarAsync(Cancel))!;
    }
}
