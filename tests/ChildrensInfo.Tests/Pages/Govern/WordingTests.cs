using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Govern;

public class WordingTests(TestSite site)
{
    private const string Body = "{council} would like to record you.\nNo is fine. You can change your mind whenever you like.";

    private static Dictionary<string, string?> Written(params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?>
        {
            ["Input.Purpose"] = "Audio",
            ["Input.Language"] = "en",
            ["Input.Format"] = "Text",
            ["Input.AgeBand"] = "From8To11",
            ["Input.Name"] = "Record your voice",
            ["Input.Body"] = Body,
            ["Input.MaterialChange"] = "true",
            ["Input.ChangeReason"] = "The children said it was too long.",
            ["Input.CoDesignedWith"] = "Tuesday group, eight children",
            ["Then"] = "Send",
        };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    [Fact]
    public async Task Only_information_governance_opens_what_information_is_used_for()
    {
        var world = await World.CreateAsync(site);
        var elsewhere = await World.CreateAsync(site);
        foreach (var role in Enum.GetValues<Role>().Where(r => r != Role.InformationGovernance))
        {
            using var wrong = site.ClientFor(world.PersonOf(role));
            foreach (var address in new[] { "", "/wordings", "/wordings/write", $"/wordings/{Guid.Empty}", $"/wordings/drafts/{Guid.Empty}", "/purposes/Audio" })
            {
                using var answer = await wrong.GetAsync("/govern" + address);
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            }
        }

        using (var nobody = site.ClientFor(null))
        using (var answer = await nobody.GetAsync("/govern/wordings")) Assert.Contains("/Account/SignIn", answer.Headers.Location!.OriginalString);

        using var here = site.ClientFor(world.InformationGovernance);
        using var there = site.ClientFor(elsewhere.InformationGovernance);
        var draft = await WriteAsync(here);
        foreach (var address in new[] { draft, draft.Replace("/drafts/", "/write?draft=", StringComparison.Ordinal), "/govern/wordings?purpose=None", "/govern/purposes/None", $"/govern/wordings/{Guid.NewGuid()}" })
        {
            using var answer = await there.GetAsync(address);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        var register = await here.PageAsync("/govern");
        Assert.Equal(Enum.GetValues<Purpose>().Length, register.QuerySelectorAll("tbody tr").Length);
        // English and Welsh ship for every purpose and every age.
        Assert.All(register.QuerySelectorAll("tbody tr"), row => Assert.Equal("Welsh, English", row.QuerySelector("td:last-child")!.TextContent.Trim()));
        Assert.NotEmpty(await world.AuditAsync(AuditActions.RegisterRead));
    }

    [Theory]
    [InlineData("Input.Body", "Can we record you?", "Input_Body", "Say who is asking")]
    [InlineData("Input.Body", "{council} asks for {person}", "Input_Body", "{person} cannot be filled in")]
    [InlineData("Input.Body", " ", "Input_Body", "Enter the words")]
    [InlineData("Input.Format", "BslVideo", "Input_Link", "https://")]
    [InlineData("Input.Format", "Symbols", "Input_Body", "Each line is the name of a picture")]
    [InlineData("Input.MaterialChange", null, "Input_MaterialChange", "Say whether it changes what people agree to")]
    [InlineData("Input.ChangeReason", "", "Input_ChangeReason", "Enter what changed and why")]
    [InlineData("Input.Language", "tlh", "Input_Language", "Choose the language")]
    public async Task What_is_missing_is_said_beside_the_field_and_nothing_is_kept(string field, string? value, string id, string message)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.InformationGovernance);
        using var answer = await client.SubmitAsync("/govern/wordings/write", Written((field, value)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(message, (await TestClient.ParseAsync(answer)).QuerySelector($"#{id}-error")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.WordingSent));
    }

    [Fact]
    public async Task One_person_writes_another_approves_and_from_then_on_children_here_are_asked_with_it_and_nowhere_else()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var hearing = await Hearing.BeginAsync(site);
        using var elsewhere = await Hearing.BeginAsync(site);
        var world = hearing.World;
        var second = await world.AddPersonAsync(Role.InformationGovernance, "Ewan Tarn");
        using var writer = site.ClientFor(world.InformationGovernance);
        using var reader = site.ClientFor(second);
        string Ask(Hearing of) => $"/hear/{of.Child.Id}/permissions/ask?purpose=Audio";
        async Task<string> ShownAsync(Hearing of) => (await of.Client.PageAsync(Ask(of))).QuerySelector(".read-out .wording")!.TextContent;
        var shipped = await ShownAsync(hearing);
        using (var given = await hearing.Client.SubmitAsync(Ask(hearing), new Dictionary<string, string?> { ["Input.Decision"] = "Given", ["Input.Competence"] = "Competent", ["Input.CompetenceRationale"] = "Said back that it is only to remember the words." })) Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);

        // A preview keeps nothing; a draft is its writer's to change; what is sent is nobody's to change.
        using (var preview = await writer.SubmitAsync("/govern/wordings/write", Written(("Then", "Preview"))))
        {
            var page = await TestClient.ParseAsync(preview);
            Assert.Contains(world.Authority.Name, page.QuerySelector(".wording-preview .wording")!.TextContent);
        }

        Assert.Empty(await world.AuditAsync(AuditActions.WordingDrafted));
        var draft = await WriteAsync(writer, ("Then", "Keep"));
        using (var notMine = await reader.GetAsync(draft.Replace("/drafts/", "/write?draft=", StringComparison.Ordinal))) Assert.Equal(HttpStatusCode.NotFound, notMine.StatusCode);
        Assert.Null((await reader.PageAsync(draft)).QuerySelector("#decide"));
        using (var sent = await writer.SubmitAsync(draft.Replace("/drafts/", "/write?draft=", StringComparison.Ordinal), new Dictionary<string, string?> { ["Then"] = "Send" })) Assert.Equal(draft, sent.Headers.Location?.OriginalString);
        Assert.Single(await world.AuditAsync(AuditActions.WordingSent));
        var waiting = await writer.PageAsync(draft);
        Assert.Null(waiting.QuerySelector("#decide"));
        Assert.Equal(4, waiting.QuerySelectorAll(".wording-age").Length);
        Assert.Equal(shipped, await ShownAsync(hearing));

        // Its writer cannot approve it by a forged form, nor can anybody past the program.
        var decide = await reader.PageAsync(draft);
        using (var own = await writer.Http.PostAsync($"{draft}?handler=Decide", new FormUrlEncodedContent(new Dictionary<string, string> { ["Approve"] = "true", ["__RequestVerificationToken"] = await writer.AntiforgeryTokenAsync("/govern/wordings/write") }), cancel))
        {
            Assert.Contains("Somebody else has to read what you wrote", await own.Content.ReadAsStringAsync(cancel));
        }

        using (var unexplained = await reader.SubmitAsync(decide, draft, new Dictionary<string, string?> { ["Approve"] = "false" }, "#decide")) Assert.Contains("Say what has to be written another way", (await TestClient.ParseAsync(unexplained)).QuerySelector("#Reason-error")!.TextContent);
        using (var unread = await reader.SubmitAsync(draft, new Dictionary<string, string?> { ["Approve"] = "true" }, "#decide")) Assert.Contains("Confirm that the words say all of this", (await TestClient.ParseAsync(unread)).QuerySelector("#SaysAll-error")!.TextContent);
        using (var back = await reader.SubmitAsync(draft, new Dictionary<string, string?> { ["Approve"] = "false", ["Reason"] = "Say that they can ask for it to be deleted." }, "#decide")) Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        Assert.Contains("deleted", (await writer.PageAsync(draft)).QuerySelector(".govuk-inset-text")!.TextContent);
        using (var again = await writer.SubmitAsync(draft.Replace("/drafts/", "/write?draft=", StringComparison.Ordinal), new Dictionary<string, string?> { ["Input.Body"] = Body + " You can ask us to delete it.", ["Then"] = "Send" })) Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        // Two of them at the same moment: one approves it, and the other is told.
        var third = await world.AddPersonAsync(Role.InformationGovernance, "Nia Sorrel");
        using var another = site.ClientFor(third);
        var (mine, theirs) = (await reader.PageAsync(draft), await another.PageAsync(draft));
        Task<HttpResponseMessage> ApproveAsync(TestClient who, AngleSharp.Html.Dom.IHtmlDocument form) => who.SubmitAsync(form, draft, new Dictionary<string, string?> { ["Approve"] = "true", ["SaysAll"] = "true" }, "#decide");
        var both = await AtOnce.SaveAsync(site, "wording_drafts", () => ApproveAsync(reader, mine), () => ApproveAsync(another, theirs));
        Assert.Equal(draft, both.Single(b => b.StatusCode == HttpStatusCode.Redirect).Headers.Location?.OriginalString);
        Assert.Contains("Somebody else changed this just now", (await TestClient.ParseAsync(both.Single(b => b.StatusCode == HttpStatusCode.OK))).QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal(2, (await world.AuditAsync(AuditActions.WordingDecided)).Count);

        Assert.Contains("You can ask us to delete it", await ShownAsync(hearing));
        Assert.DoesNotContain("You can ask us to delete it", await ShownAsync(elsewhere));
        // Who agreed before is shown to have agreed to what they saw.
        Assert.Equal(shipped, (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio .govuk-details .wording")!.TextContent);
        using var scope = site.As(World.ActorOf(world.InformationGovernance));
        var made = await scope.Db.Wordings.SingleAsync(w => w.AuthorityId == world.Authority.Id, cancel);
        Assert.Equal((2, true, both[0].StatusCode == HttpStatusCode.Redirect ? second.Id : third.Id), (made.Number, made.MaterialChange, made.ApprovedById));
        Assert.Equal(Wording.HashOf(made.Body, null), made.BodyHash);

        async Task<string> StateAsync() => (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio .govuk-tag")!.TextContent;
        Assert.Equal("Needs asking again", await StateAsync());
        using (var retired = await reader.SubmitAsync($"/govern/wordings/{made.Id}", new Dictionary<string, string?>(), "form[action*=Retire]")) Assert.Equal(HttpStatusCode.Redirect, retired.StatusCode);
        Assert.Single(await world.AuditAsync(AuditActions.WordingRetired));
        Assert.Equal(shipped, await ShownAsync(hearing));
        // Nobody is asked with the other words any more, so what was said yes to is what everybody is asked again.
        Assert.Equal("Yes", await StateAsync());
    }

    [Fact]
    public async Task Symbols_a_recording_and_a_film_in_sign_language_are_shown_and_pinned_and_a_small_change_asks_nobody_again()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        using var writer = site.ClientFor(hearing.World.InformationGovernance);
        using var reader = site.ClientFor(await hearing.World.AddPersonAsync(Role.InformationGovernance, "Ewan Tarn"));
        async Task ApproveAsync(params (string, string?)[] instead)
        {
            using var approved = await reader.SubmitAsync(await WriteAsync(writer, [("Input.AgeBand", "From12To17"), .. instead]), new Dictionary<string, string?> { ["Approve"] = "true", ["SaysAll"] = "true" }, "#decide");
            Assert.Equal(HttpStatusCode.Redirect, approved.StatusCode);
        }

        const string film = "https://films.example/record-your-voice";
        await ApproveAsync(("Input.Format", "Symbols"), ("Input.Body", "yes | {council} would like to record you\nno | You can say no"));
        await ApproveAsync(("Input.Format", "BslVideo"), ("Input.Link", film));
        const string spoken = "https://films.example/record-your-voice.mp3";
        await ApproveAsync(("Input.Format", "Audio"), ("Input.Link", spoken));
        var ask = $"{hearing.ChildPage}/permissions/ask?purpose=Audio";
        var offered = (await hearing.Client.PageAsync(ask)).QuerySelectorAll("main a").ToDictionary(a => a.TextContent, a => a.GetAttribute("href")!);
        var symbols = (await hearing.Client.PageAsync(offered["Symbols"])).QuerySelectorAll(".read-out .wording__symbol");
        Assert.Equal([$"{hearing.World.Authority.Name} would like to record you", "You can say no"], symbols.Select(s => s.TextContent.Trim()));
        Assert.All(symbols, s => Assert.NotNull(s.QuerySelector("svg, img")));
        var signed = await hearing.Client.PageAsync(offered["British Sign Language"]);
        Assert.Equal("noopener noreferrer", signed.QuerySelector($".read-out a[href='{film}']")!.GetAttribute("rel"));
        var heard = await hearing.Client.PageAsync(offered["Recording"]);
        Assert.Equal("noopener noreferrer", heard.QuerySelector($".read-out a[href='{spoken}']")!.GetAttribute("rel"));
        using (var given = await hearing.Client.SubmitAsync(signed, offered["British Sign Language"], new Dictionary<string, string?> { ["Input.Decision"] = "Given" })) Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        // Which film they saw is pinned with what is signed in it.
        using (var scope = site.As(hearing.World.Whole)) Assert.Equal(Wording.HashOf(Body, film), await scope.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).Select(e => e.WordingHash).SingleAsync(TestContext.Current.CancellationToken));
        async Task<string> StateAsync() => (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio .govuk-tag")!.TextContent;
        foreach (var (material, state) in new[] { ("false", "Yes"), ("true", "Needs asking again") })
        {
            await ApproveAsync(("Input.Format", "BslVideo"), ("Input.Link", $"{film}-{material}"), ("Input.MaterialChange", material));
            Assert.Equal(state, await StateAsync());
        }
    }

    [Fact]
    public async Task The_database_lets_nobody_change_a_wording_or_approve_their_own()
    {
        var cancel = TestContext.Current.CancellationToken;
        var world = await World.CreateAsync(site);
        using var writer = site.ClientFor(world.InformationGovernance);
        var draftId = Guid.Parse((await WriteAsync(writer)).Split('/')[^1]);
        async Task RefusedAsync(Actor actor, string sql, string state)
        {
            using var scope = site.As(actor);
            await using var transaction = await scope.Db.Database.BeginTransactionAsync(cancel);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Database.ExecuteSqlRawAsync(sql, cancel));
            Assert.Equal(state, refused.SqlState);
        }

        var governance = World.ActorOf(world.InformationGovernance);
        await RefusedAsync(governance, $"update wording_drafts set body = 'other' where id = '{draftId}'", PostgresErrorCodes.InsufficientPrivilege);
        await RefusedAsync(governance, $"update wording_drafts set state = 'Approved', decided_by_id = written_by_id where id = '{draftId}'", PostgresErrorCodes.CheckViolation);
        await RefusedAsync(governance, "update wordings set body = 'other'", PostgresErrorCodes.InsufficientPrivilege);
        await RefusedAsync(World.ActorOf(world.Practitioner), $"insert into purpose_settings (id, authority_id, purpose, basis, months_valid, months_valid_for_young_child, cooling_days, reason, set_by_id, set_at) values (gen_random_uuid(), '{world.Authority.Id}', 'Audio', 'Permission', 12, 6, 90, 'r', '{world.Practitioner.Id}', now())", PostgresErrorCodes.InsufficientPrivilege);
        await RefusedAsync(governance, $"insert into purpose_settings (id, authority_id, purpose, basis, months_valid, months_valid_for_young_child, cooling_days, reason, set_by_id, set_at) values (gen_random_uuid(), '{world.Authority.Id}', 'Audio', 'NoticeOnly', 12, 6, 90, 'r', '{world.Practitioner.Id}', now())", PostgresErrorCodes.CheckViolation);
    }

    [Fact]
    public async Task A_council_sets_of_a_purpose_what_is_left_to_it_with_its_reason_and_nothing_else()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.InformationGovernance);
        using (var tooShort = await client.SubmitAsync("/govern/purposes/Audio", new Dictionary<string, string?> { ["Input.CoolingDays"] = "7", ["Input.Reason"] = "Minute 12" })) Assert.Contains("30 to 365 days", (await TestClient.ParseAsync(tooShort)).QuerySelector("#Input_CoolingDays-error")!.TextContent);
        using (var without = await client.SubmitAsync("/govern/purposes/TranscribeMachine", new Dictionary<string, string?> { ["Input.CoolingDays"] = "120" })) Assert.Contains("Say what this rests on", (await TestClient.ParseAsync(without)).QuerySelector("#Input_Reason-error")!.TextContent);
        using (var forged = await client.SubmitAsync("/govern/purposes/Audio", new Dictionary<string, string?> { ["Input.Basis"] = "NoticeOnly", ["Input.Reason"] = "Minute 12" })) Assert.Contains("same in every council", (await TestClient.ParseAsync(forged)).QuerySelector("#Input_Basis-error")!.TextContent);
        Assert.Empty(await world.AuditAsync(AuditActions.PurposeSet));
        using (var set = await client.SubmitAsync("/govern/purposes/TranscribeMachine", new Dictionary<string, string?> { ["Input.CoolingDays"] = "120", ["Input.Reason"] = "DPIA 2026/4, machine in the council's own building" })) Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        Assert.Single(await world.AuditAsync(AuditActions.PurposeSet));
        var page = await client.PageAsync("/govern/purposes/TranscribeMachine");
        Assert.Equal("120", page.QuerySelector("#Input_CoolingDays")!.GetAttribute("value"));
        Assert.Contains("DPIA 2026/4", page.QuerySelector(".entries")!.TextContent);
    }

    /// <returns>The page of the draft.</returns>
    private static async Task<string> WriteAsync(TestClient client, params (string Name, string? Value)[] instead)
    {
        using var answer = await client.SubmitAsync("/govern/wordings/write", Written(instead));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }
}
