using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>
/// That everything somebody does leaves exactly its lines in the audit log, no more and no less: some hundred things, each as its role, beside the lines of each in each-line.txt, and at the end the
/// whole log beside all of them.
/// </summary>
public partial class EachLineTests(TestSite site)
{
    private readonly StringBuilder told = new();
    private readonly Dictionary<Guid, string> names = [];
    private readonly HashSet<Guid> seen = [];
    private World world = null!;
    private Dictionary<Role, TestClient> clients = null!;
    private int said;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_thing_that_is_done_leaves_exactly_its_lines()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12);
        world = hearing.World;
        var (child, home) = (hearing.Child, hearing.ChildPage);
        foreach (var role in Enum.GetValues<Role>()) names[world.PersonOf(role).Id] = $"the {role}";
        (names[child.Id], names[world.OtherPractitioner.Id]) = ("the child", "the colleague");
        clients = Enum.GetValues<Role>().ToDictionary(r => r, r => site.ClientFor(world.PersonOf(r)));
        using var colleague = site.ClientFor(world.OtherPractitioner);
        // What was there before anybody did anything here.
        foreach (var line in await LinesAsync()) seen.Add(line.Id);

        // Who works with the child.
        await OpensAsync(Role.Practitioner, "/hear", home, $"{home}/timeline", $"{home}/looked", $"{home}/people", $"{home}/responsibility", $"{home}/facts", $"{home}/permissions", $"{home}/do-not-tell", $"{home}/disclosures", $"{home}/taking-part",
            $"{home}/assigned", $"{home}/booklet", $"{home}/copy", $"{home}/copy/check?to=child", $"{home}/take-along", "/hear/take-along", "/hear/asks", "/hear/search", "/hear/cover", "/devices", "/hear/team", "/admin/people", $"/hear/{Guid.Empty}");
        await SendsAsync(Role.Practitioner, $"{home}/people", "main form[method=post]", ("Input.Name", "Ada Reed"), ("Input.Kind", "Mother"), ("Input.HoldsParentalResponsibility", "true"));
        await SendsAsync(Role.Practitioner, $"{home}/people", "main form[method=post]", ("Input.Kind", "Mother"));
        var mother = await OneAsync("the mother", db => db.Relationships.Select(r => r.Id));
        foreach (var purpose in new[] { "Audio", "ResearchExtract" })
        {
            await SendsAsync(Role.Practitioner, $"{home}/permissions/ask?purpose={purpose}", "main form[method=post]", ("Input.Decision", "Given"), ("Input.Competence", "Competent"), ("Input.CompetenceRationale", "Said back what it is for and that no is fine."), ("Input.Words", "Yes"));
        }

        var decided = await OneAsync("the permission", db => db.ConsentEvents.OrderBy(e => e.RecordedAt).Select(e => e.Id));
        await OpensAsync(Role.Practitioner, $"{home}/permissions/{decided}/copy", $"{home}/permissions/{decided}/put-right", $"{home}/permissions/export");
        await SendsAsync(Role.Practitioner, $"{home}/permissions/{decided}/copy", "main form[method=post]");
        await SendsAsync(Role.Practitioner, $"{home}/permissions/export", "main form[method=post]");
        await SendsAsync(Role.Practitioner, $"{home}/visits/plan", "main form[method=post]", ("Input.PlannedOn.Day", "1"), ("Input.PlannedOn.Month", "1"), ("Input.PlannedOn.Year", $"{DateTime.UtcNow.Year + 1}"), ("Input.Place", "Home"));
        await SendsAsync(Role.Practitioner, "/hear", "form[action*=CallOff]");
        await SendsAsync(Role.Practitioner, $"{home}/visits/new", "main form[method=post]", ("Input.Place", "Home"), ("Input.SeenAlone", "Yes"));
        var visit = await OneAsync("the visit", db => db.VoiceSessions.Select(s => s.Id));
        await OpensAsync(Role.Practitioner, $"{home}/visits/{visit}/words/new?as=TypedText", $"{home}/visits/{visit}/too", $"{home}/visits/{visit}/hand-over");
        await SendsAsync(Role.Practitioner, hearing.WordsPage(visit), "form[data-ask-before-leaving]", [.. Hearing.Said("I like the red door").Select(f => (f.Key, f.Value!))]);
        var record = await OneAsync("the record", db => db.VoiceRecords.Select(r => r.Id));
        var drawing = Guid.CreateVersion7();
        names[drawing] = "the drawing";
        await DoesAsync(Role.Practitioner, "sends a drawing", async client => await hearing.PutAsync(drawing, 0, Hearing.Png(), client: client));
        await SendsAsync(Role.Practitioner, hearing.WordsPage(visit, VoiceKind.Drawing), "form[data-ask-before-leaving]", [.. Hearing.Sent(drawing, null).Select(f => (f.Key, f.Value ?? ""))]);
        var sound = Guid.CreateVersion7();
        names[sound] = "the sound";
        await DoesAsync(Role.Practitioner, "sends a recording", async client => await client.RecordAsync(hearing.Recording(visit, sound), Hearing.Webm(20_000)));
        await SendsAsync(Role.Practitioner, hearing.WordsPage(visit, VoiceKind.Audio), "form[data-ask-before-leaving]", [.. Hearing.Sent(sound).Select(f => (f.Key, f.Value ?? ""))]);
        var recording = await OneAsync("the recording", db => db.VoiceRecords.Where(r => r.FileId == sound).Select(r => r.Id));
        await OneAsync("the drawn record", db => db.VoiceRecords.Where(r => r.FileId == drawing).Select(r => r.Id));
        await OpensAsync(Role.Practitioner, $"{home}/media/{drawing}", $"{home}/media/{sound}", $"{home}/media/{Guid.Empty}", $"{home}/records/{record}/interpretation", $"{home}/records/{record}/correct", $"{home}/records/{record}/themes", $"{home}/records/{record}/mark",
            $"{home}/records/{record}/wrong-child", $"{home}/records/{recording}/transcript", $"{home}/records/{recording}/others", $"{home}/asks/new?record={record}", $"{home}/media/permission?visit={visit}&file={sound}");
        await SendsAsync(Role.Practitioner, $"{home}/records/{record}/interpretation", "main form[method=post]", ("Input.Text", "The door is home"), ("Input.Kind", "Observation"));
        await OneAsync("the interpretation", db => db.Interpretations.Select(i => i.Id));
        await SendsAsync(Role.Practitioner, $"{home}/records/{record}/correct", "main form[method=post]", ("Input.Text", "A blue door"), ("Input.Reason", "ChangedMind"), ("Input.Provenance", "OwnHand"));
        await OneAsync("the correction", db => db.VoiceRecords.Where(r => r.CorrectsId != null).Select(r => r.Id));
        await SendsAsync(Role.Practitioner, $"{home}/records/{record}/mark", "main form[method=post]", ("Input.Sensitivity", "Sensitive"));
        await SendsAsync(Role.Practitioner, $"{home}/records/{recording}/transcript", "main form[method=post]", ("Input.Text", "I said it"));
        await SendsAsync(Role.Practitioner, $"{home}/asks/new?record={record}", "main form[method=post]", ("Input.Wanted", "DoSomething"), ("Input.Thing", "Elsewhere"), ("Input.Elsewhere", "A lock"));
        var ask = await OneAsync("the ask", db => db.Asks.Select(a => a.Id));
        await OpensAsync(Role.Practitioner, $"{home}/asks/{ask}", $"{home}/asks/{ask}/steps/new?kind=Considered");
        await SendsAsync(Role.Practitioner, $"{home}/asks/{ask}/steps/new?kind=Considered", "main form[method=post]", ("Input.Words", "Looked at"));
        await SendsAsync(Role.Practitioner, $"{home}/do-not-tell", "form#add", ("Input.Who", "OtherServices"), ("Input.Scope", "Subject"), ("Input.SubjectMatter", "Contact"), ("Input.Reason", "Private"), ("Input.SaidBy", "Child"), ("Input.Words", "Not them"));
        await OneAsync("the rule", db => db.DoNotTells.Select(d => d.Id));
        await SendsAsync(Role.Practitioner, "/hear/search", "main form[method=post]", ("Input.Words", "door"));
        await SendsAsync(Role.Practitioner, "/hear/search", "main form[method=post]", ("Input.Words", "nothing like it"));
        await OpensAsync(Role.Practitioner, $"{home}/copy/read?to=child");
        await SendsAsync(Role.Practitioner, $"{home}/copy/read?to=child", "main form[method=post]");
        await SendsAsync(Role.Practitioner, $"{home}/booklet", "main form[method=post]", ("Input.For", "TheChild"), ("Input.FamilyMaySee", "false"));
        await SendsAsync(Role.Practitioner, $"{home}/disclosures", "#propose", ("Input.What", "That they are not safe"), ("Input.ToWhom", "The school"), ("Input.Why", "To keep them safe"), ("Input.Basis", "SignificantHarm"), ("Input.ChildInformed", "Yes"), ("Input.ReviewOn.Day", "1"), ("Input.ReviewOn.Month", "2"), ("Input.ReviewOn.Year", $"{DateTime.UtcNow.Year + 1}"));
        await OneAsync("the proposal", db => db.DisclosureDecisions.Select(d => d.Id));
        await SendsAsync(Role.Practitioner, $"{home}/taking-part/new", "main form[method=post]", ("Input.Purpose", "What a leaflet says"), ("Input.Negotiable", "The words"), ("Input.NotNegotiable", "The law"), ("Input.Layer", "Data"));
        await SendsAsync(Role.Practitioner, $"{home}/visits/{visit}/hand-over", "main form[method=post]", ("Input.NewPin", "4827"));
        await OneAsync("the time it was lent", db => db.ChildModes.Select(m => m.Id));
        await OpensAsync(Role.Practitioner, "/hear/my-say", "/hear/my-say/say?as=TypedText", "/hear/my-say/permissions", home);
        await SendsAsync(Role.Practitioner, "/hear/my-say/give-back", "main form", ("pin", "9999"));
        await SendsAsync(Role.Practitioner, "/hear/my-say/give-back", "main form", ("pin", "4827"));

        // A colleague, a manager, and who is assigned.
        await OpensAsync(colleague, "the colleague", home, "/hear");
        await SendsAsync(colleague, "the colleague", "/hear/cover", "main form[method=post]", ("Input.Number", "nobody’s"), ("Input.Reason", "Their worker is ill today"));
        await SendsAsync(colleague, "the colleague", "/hear/cover", "main form[method=post]", ("Input.Number", child.LaChildId), ("Input.Reason", "Their worker is ill today"));
        await OneAsync("the cover", db => db.BreakGlasses.Select(b => b.Id));
        await OpensAsync(colleague, "the colleague", home, $"{home}/media/{sound}");
        await SendsAsync(Role.Practitioner, "/hear", ".govuk-notification-banner form");
        await OpensAsync(Role.TeamManager, "/hear", home, $"{home}/timeline", $"{home}/looked", $"{home}/media/{drawing}", $"{home}/media/{sound}", $"{home}/copy", "/hear/team", "/devices", "/hear/search", "/hear/asks", $"{home}/assigned", "/understand");
        await SendsAsync(Role.TeamManager, "/hear", "form[action*=EndCover]");
        await OpensAsync(colleague, "the colleague", home);
        foreach (var role in new[] { Role.ReviewingOfficer, Role.Advocate })
        {
            await OpensAsync(role, "/hear", home);
            names[(await world.AssignAsync(child, world.PersonOf(role))).Id] = $"the assignment of {role}";
            foreach (var line in await LinesAsync()) seen.Add(line.Id);
            await OpensAsync(role, "/hear", home, $"{home}/timeline", $"{home}/permissions", $"{home}/asks/{ask}", $"{home}/media/{drawing}", $"{home}/media/{sound}", $"{home}/people", "/hear/search");
        }

        // Who looks after people and allocations.
        await OpensAsync(Role.Administrator, "/admin/people", "/admin/people/new", $"/admin/people/{world.Practitioner.Id}", "/admin/allocations", "/admin/allocations/new-child", $"/admin/allocations/{child.Id}", $"/admin/allocations/{child.Id}/assigned", "/admin/audit", "/admin/audit/unusual", "/devices", home, "/hear", "/govern");
        await SendsAsync(Role.Administrator, "/admin/people/new", "main form[method=post]", ("Input.Name", "Wilf Ash"), ("Input.Email", $"{Guid.NewGuid():N}@council.example"), ("Input.Role", "Practitioner"));
        var person = await OneAsync("the person", db => db.Users.Where(u => u.DisplayName == "Wilf Ash" && u.AuthorityId == world.Authority.Id).Select(u => u.Id));
        await SendsAsync(Role.Administrator, $"/admin/people/{person}", "main form[method=post]", ("Input.Name", "Wilf Ashe"));
        await SendsAsync(Role.Administrator, "/admin/people", "main form[method=post]", ("Search", "Wilf"));
        await SendsAsync(Role.Administrator, "/admin/allocations/new-child", "main form[method=post]", ("Input.LaChildId", $"{Guid.NewGuid():N}"[..12]), ("Input.GivenName", "Bryn"), ("Input.FamilyName", "Moss"), ("Input.BornOn.Day", "10"), ("Input.BornOn.Month", "6"), ("Input.BornOn.Year", "2015"));
        var second = await OneAsync("the second child", db => db.Children.Where(c => c.GivenName == "Bryn").Select(c => c.Id));
        await SendsAsync(Role.Administrator, $"/admin/allocations/{second}", "form.allocate", ("PractitionerId", $"{world.Practitioner.Id}"));
        await SendsAsync(Role.Administrator, $"/admin/allocations/{second}", "form[action*=End]");
        await SendsAsync(Role.Administrator, "/admin/audit", "main form[method=post]", ("ChildNumber", child.LaChildId));
        await SendsAsync(Role.Administrator, $"/admin/people/{person}", "form[action*=Leave]");

        // Who answers for information.
        await OpensAsync(Role.InformationGovernance, "/govern", "/govern/register", "/govern/processing", "/govern/assessment", "/govern/wordings", "/govern/purposes/Audio", "/govern/retention", "/govern/retention/in-need", "/govern/breaches", "/govern/requests", "/govern/words", "/govern/duties", $"/govern/duties/{child.Id}", "/admin/audit", home, "/hear");
        var duties = $"/govern/duties/{child.Id}";
        await SendsAsync(Role.InformationGovernance, "/govern/duties", "#find", ("ChildNumber", child.LaChildId));
        await SendsAsync(Role.InformationGovernance, duties, "#hold", ("Hold.Cause", "Court"), ("Hold.Reason", "The court asked"));
        var hold = await OneAsync("the hold", db => db.LegalHolds.Select(h => h.Id));
        await SendsAsync(Role.InformationGovernance, duties, "#lift", ("Lift.Id", $"{hold}"), ("Lift.Reason", "Over"));
        await SendsAsync(Role.InformationGovernance, duties, "#rectification", ("Rectification.Requester", "Child"), ("Rectification.Who", "Came with a passport"), ("Rectification.Asked", "It was green"), ("Rectification.RecordId", $"{record}"));
        var rectification = await OneAsync("the request to put right", db => db.RectificationRequests.Select(r => r.Id));
        await SendsAsync(Role.InformationGovernance, duties, "#later", ("Later.Id", $"{rectification}"), ("Later.Reason", "Many files"));
        await SendsAsync(Role.InformationGovernance, duties, "#statement", ("Statement.RequestId", $"{rectification}"), ("Statement.RecordId", $"{record}"), ("Statement.Provenance", "OwnHand"), ("Statement.Text", "It was green"));
        await OneAsync("the statement", db => db.VoiceRecords.Where(r => r.CorrectionReason == CorrectionReason.Statement).Select(r => r.Id));
        await SendsAsync(Role.InformationGovernance, duties, "#erasure", ("Erasure.Requester", "Child"), ("Erasure.Asked", "All of it"));
        var erasure = await OneAsync("the request for erasure", db => db.ErasureRequests.Select(r => r.Id));
        await SendsAsync(Role.InformationGovernance, duties, "#answer", ("Answer.Id", $"{erasure}"), ("Answer.Ground", "PublicTask"), ("Answer.Answer", "We need it"));
        await SendsAsync(Role.InformationGovernance, duties, "#restrict", ("Restrict.Ground", "TheirClaim"), ("Restrict.Reason", "They asked"));
        var restriction = await OneAsync("the restriction", db => db.Restrictions.Select(r => r.Id));
        await OpensAsync(Role.Practitioner, home);
        await SendsAsync(Role.InformationGovernance, duties, "#unrestrict", ("Unrestrict.Id", $"{restriction}"), ("Unrestrict.Reason", "Over"));
        await SendsAsync(Role.InformationGovernance, "/govern/requests/new", "main form[method=post]", ("Input.ChildNumber", child.LaChildId), ("Input.Requester", "Child"), ("Input.Identity", "Documents"), ("Input.IdentityNote", "A passport"));
        var access = await OneAsync("the request for what is held", db => db.AccessRequests.Select(r => r.Id));
        await OpensAsync(Role.InformationGovernance, $"/govern/requests/{child.Id}/{access}", $"/govern/requests/{child.Id}/{access}?handler=Media&fileId={drawing}");
        await SendsAsync(Role.InformationGovernance, $"/govern/requests/{child.Id}/{access}", "form#extend", ("ExtensionReason", "Many files"));
        await SendsAsync(Role.InformationGovernance, "/govern/breaches/new", "main form[method=post]", ("Input.KnownOn.Day", "1"), ("Input.KnownOn.Month", "2"), ("Input.KnownOn.Year", "2026"), ("Input.KnownTime", "09:00"), ("Input.Data", "Words"), ("Input.People", "3"), ("Input.Happened", "A letter"));
        await OneAsync("the breach", db => db.DataBreaches.Select(b => b.Id));
        await SendsAsync(Role.InformationGovernance, "/govern/retention/in-need", "main form[method=post]", ("Input.Years", "9"), ("Input.Reason", "Minute 12"));
        await OneAsync("the setting", db => db.RetentionSettings.Select(s => s.Id));
        await SendsAsync(Role.InformationGovernance, "/admin/audit", "main form[method=post]", ("ChildNumber", child.LaChildId));
        await SendsAsync(Role.Practitioner, "/hear", ".govuk-notification-banner form");

        // Who counts, and who asks for research.
        await OpensAsync(Role.DataLead, "/understand", "/understand/indicators", "/understand/indicators/N01", "/understand/heard", "/understand/permissions", "/understand/returns", "/understand/tools", "/understand/map", "/understand/packs", "/understand/reflections", "/understand/information-use", "/understand/population", "/act", "/act/answers", "/use/decisions", home, "/hear", "/admin/audit");
        await SendsAsync(Role.DataLead, "/understand/population", "main form[method=post]", ("Input.Year", "2024"), ("Input.Children", "41000"));
        await OpensAsync(Role.Researcher, "/use/projects", "/use/projects/new", "/act", "/research", home, "/hear", "/understand");
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        names[project.Id] = "the project";
        foreach (var line in await LinesAsync()) seen.Add(line.Id);
        await OpensAsync(Role.Researcher, $"/use/projects/{project.Id}", $"/use/projects/{project.Id}/request");
        await SendsAsync(Role.Researcher, $"/use/projects/{project.Id}/request", "main form[method=post]", ("Input.Purpose", "To count"), ("Input.Variables", VariableCatalogue.Sex));
        var extract = await OneAsync("the extract", db => db.Extracts.Select(e => e.Id));
        await OpensAsync(Role.DataLead, $"/use/decisions/extracts/{extract}");
        await SendsAsync(Role.DataLead, $"/use/decisions/extracts/{extract}", "main form[method=post]", ("Input.Approve", "false"), ("Input.Reason", "Not now"));

        // Nobody, another council, and going.
        using (var nobody = site.ClientFor(null)) await OpensAsync(nobody, "somebody signed out", "/hear", home, "/privacy", "/account/signin");
        var elsewhere = await World.CreateAsync(site);
        using (var stranger = site.ClientFor(elsewhere.InformationGovernance)) await OpensAsync(stranger, "information governance of another council", duties, $"/govern/requests/{child.Id}/{access}");
        await OpensAsync(Role.Practitioner, "/account/sign-ins", "/account/second-factor");
        await SendsAsync(Role.Practitioner, "/Account/SignOut", "main form");
        await OpensAsync(Role.Practitioner, home);

        var expected = File.ReadAllText(Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Rules/each-line.txt")).ReplaceLineEndings("\n");
        var found = told.ToString();
        if (Environment.GetEnvironmentVariable("EACH_LINE") is { } path) await File.WriteAllTextAsync(path, found, Cancel);
        Assert.Equal(expected[expected.IndexOf("\n\n", StringComparison.Ordinal)..].Trim('\n').Split('\n'), found.Trim('\n').Split('\n'));
        // Nothing came afterwards, and nothing was counted twice.
        Assert.All(await LinesAsync(), line => Assert.Contains(line.Id, seen));
        Assert.True(said > 200, $"{said} lines");
        foreach (var client in clients.Values) client.Dispose();
    }

    private Task OpensAsync(Role role, params string[] addresses) => OpensAsync(clients[role], $"the {role}", addresses);

    private async Task OpensAsync(TestClient client, string who, params string[] addresses)
    {
        foreach (var address in addresses) await DoesAsync(client, who, $"opens {address}", c => c.GetAsync(address));
    }

    private Task SendsAsync(Role role, string page, string form, params (string Name, string Value)[] fields) => SendsAsync(clients[role], $"the {role}", page, form, fields);

    /// <summary>Opens a page and sends its form, which is two things done.</summary>
    private Task SendsAsync(TestClient client, string who, string page, string form, params (string Name, string Value)[] fields) =>
        DoesAsync(client, who, $"opens and sends {form} of {page}", c => c.SubmitAsync(page, fields.ToDictionary(f => f.Name, f => (string?)f.Value), form));

    private Task DoesAsync(Role role, string what, Func<TestClient, Task<HttpResponseMessage>> act) => DoesAsync(clients[role], $"the {role}", what, act);

    private async Task DoesAsync(TestClient client, string who, string what, Func<TestClient, Task<HttpResponseMessage>> act)
    {
        try
        {
            using var answer = await act(client);
            told.Append(Named($"{who} {what}: {(int)answer.StatusCode}")).Append('\n');
            // A file is sent to its end, so that what is written when it was is written.
            await answer.Content.LoadIntoBufferAsync(Cancel);
        }
        catch (InvalidOperationException notThere)
        {
            // Said in its place, so that all of the list is compared.
            told.Append(Named($"{who} {what}: {notThere.Message}")).Append('\n');
        }

        foreach (var line in await LinesAsync())
        {
            if (!seen.Add(line.Id)) continue;
            said++;
            told.Append(Named($"    {line.Action}{(line.ChildId is { } child ? $" of {child}" : "")}{(line.SubjectId is { } subject ? $", {subject}" : "")}{(line.Detail is { } detail ? $": {detail}" : "")}{(line.ActorId is { } actor && Named($"{actor}") != $"{{{who}}}" ? $" (by {actor})" : "")}")).Append('\n');
        }
    }

    private async Task<List<AuditEntry>> LinesAsync() => await site.ReadAsync(world, db => db.AuditEntries.AsNoTracking().OrderBy(a => a.At).ThenBy(a => a.Id).ToListAsync(Cancel));

    /// <summary>The one thing there is of a kind, with a name for the list.</summary>
    private async Task<Guid> OneAsync(string name, Func<ChildrensInfo.Core.Data.AppDbContext, IQueryable<Guid>> which)
    {
        var id = await site.ReadAsync(world, db => which(db).FirstOrDefaultAsync(Cancel));
        names[id] = name;
        return id;
    }

    private string Named(string text) => Ids().Replace(text, m => names.TryGetValue(Guid.Parse(m.Value), out var name) ? $"{{{name}}}" : Guid.Parse(m.Value) == Guid.Empty ? "{nobody}" : "{an id}");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();
}
