using System.Net;
using System.Text;
using System.Text.Json;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Pages.Account;
using ChildrensInfo.Tests.Support;
using Firely.Fhir.Validation;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Specification.Source;
using Hl7.Fhir.Specification.Terminology;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class ConsentExportTests(TestSite site)
{
    [Fact]
    public async Task The_childs_own_worker_downloads_what_was_decided_and_nobody_else()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var page = $"{hearing.ChildPage}/permissions/export";
        string Ask(Purpose purpose) => $"{hearing.ChildPage}/permissions/ask?purpose={purpose}";
        foreach (var (purpose, decision) in new[] { (Purpose.Audio, "Given"), (Purpose.Audio, "Withdrawn"), (Purpose.ResearchExtract, "Given"), (Purpose.QuoteService, "Deferred"), (Purpose.ImageWork, "Refused"), (Purpose.Stats, "Told") })
        {
            using var sent = await hearing.Client.SubmitAsync(Ask(purpose), new Dictionary<string, string?> { ["Input.Decision"] = decision, ["Input.Words"] = "Marzipan tortoise." });
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }

        // What was asked for one person, project, visit and record says for which, in the words as they were shown.
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var project = await hearing.World.AddProjectAsync(site, ProjectState.Approved);
        var visit = await hearing.VisitAsync();
        var record = Guid.CreateVersion7();
        using (var said = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said("Marzipan tortoise.", ("Input.Id", record.ToString())))) Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        foreach (var (purpose, more) in new[] { (Purpose.ShareParent, $"&recipient={mother.Id}"), (Purpose.ResearchWords, $"&project={project.Id}"), (Purpose.ImageWork, $"&visit={visit}&raised=true"), (Purpose.QuoteService, $"&record={record}"), (Purpose.ImagePerson, $"&visit={visit}") })
        {
            using var sent = await hearing.Client.SubmitAsync(Ask(purpose) + more, new Dictionary<string, string?> { ["Input.Decision"] = "Given", ["Lasts"] = purpose is Purpose.ImageWork or Purpose.ImagePerson ? "Visit" : "Usual" });
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }

        using (var colleague = site.ClientFor(hearing.World.OtherPractitioner))
        using (var form = new FormUrlEncodedContent([new("__RequestVerificationToken", await colleague.AntiforgeryTokenAsync("/hear"))]))
        using (var refused = await colleague.Http.PostAsync($"{page}?handler=Fhir", form)) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.ConsentExported));

        // By a link nothing is given out, and from a screen that was left alone neither.
        foreach (var handler in new[] { "Fhir", "Receipt" }) Assert.Equal("text/html", (await hearing.Client.GetAsync($"{page}?handler={handler}")).Content.Headers.ContentType!.MediaType);
        await StepUpTests.AgeAsync(site, hearing.World.Practitioner);
        foreach (var form in new[] { "#fhir", "#receipt" }) Assert.Equal("Show that it is you", (await TestClient.ParseAsync(await hearing.Client.SubmitAsync(page, new Dictionary<string, string?>(), form))).QuerySelector("h1")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.ConsentExported));
        await StepUpTests.AgeAsync(site, hearing.World.Practitioner, minutes: 0);
        using var fhir = await hearing.Client.SubmitAsync(page, new Dictionary<string, string?>(), "#fhir");
        Assert.Equal("application/fhir+json", fhir.Content.Headers.ContentType!.MediaType);
        var text = await fhir.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Marzipan", text);
        Assert.DoesNotContain(hearing.Child.FamilyName!, text);
        AssertIsR4(text);
        using var bundle = JsonDocument.Parse(text);
        Assert.Equal("Bundle", bundle.RootElement.GetProperty("resourceType").GetString());
        var resources = bundle.RootElement.GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("resource")).ToList();
        Assert.Equal(11, resources.Count);
        string Words(JsonElement resource) => Encoding.UTF8.GetString(resource.GetProperty("sourceAttachment").GetProperty("data").GetBytesFromBase64());
        foreach (var resource in resources)
        {
            Assert.Equal(hearing.Child.LaChildId, resource.GetProperty("patient").GetProperty("identifier").GetProperty("value").GetString());
            Assert.Contains(hearing.World.Authority.Name, resource.GetProperty("organization")[0].GetProperty("display").GetString());
            Assert.DoesNotContain("{", Words(resource), StringComparison.Ordinal);
        }

        JsonElement For(string purpose, int which = 0) => resources.Where(r => r.GetProperty("provision").GetProperty("purpose")[0].GetProperty("code").GetString() == purpose).ElementAt(which).GetProperty("provision");
        Assert.Contains(hearing.World.Authority.Name, Words(resources[0]), StringComparison.Ordinal);
        Assert.Contains(mother.Name, Words(resources[6]), StringComparison.Ordinal);
        Assert.Equal(("urn:childrens-information-portal:purpose", $"urn:childrens-information-portal:project:{project.Id}:purpose", project.Title), (
            For("ResearchExtract").GetProperty("purpose")[0].GetProperty("system").GetString(), For("ResearchWords").GetProperty("purpose")[0].GetProperty("system").GetString(), For("ResearchWords").GetProperty("purpose")[0].GetProperty("display").GetString()));
        Assert.Equal([(false, null), (true, $"{visit}"), (true, $"{visit}"), (false, null), (true, $"{record}")], new[] { For("ImageWork"), For("ImageWork", 1), For("ImagePerson"), For("QuoteService"), For("QuoteService", 1) }
            .Select(p => p.TryGetProperty("data", out var data) ? (true, data[0].GetProperty("reference").GetProperty("identifier").GetProperty("value").GetString()) : (false, null)));

        (string?, string?) Of(string purpose, int which = 0)
        {
            var one = resources.Where(r => r.GetProperty("provision").GetProperty("purpose")[0].GetProperty("code").GetString() == purpose).ElementAt(which);
            return (one.GetProperty("status").GetString(), one.GetProperty("provision").GetProperty("type").GetString());
        }

        Assert.Equal(("inactive", "permit"), Of("Audio"));
        Assert.Equal(("inactive", "deny"), Of("Audio", 1));
        Assert.Equal(("active", "permit"), Of("ResearchExtract"));
        Assert.Equal(("proposed", "deny"), Of("QuoteService"));
        Assert.Equal(("rejected", "deny"), Of("ImageWork"));
        Assert.Equal(("active", "permit"), Of("Stats"));

        using var receiptFile = await hearing.Client.SubmitAsync(page, new Dictionary<string, string?>(), "#receipt");
        using var receipt = JsonDocument.Parse(await receiptFile.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var records = receipt.RootElement.GetProperty("consent_records").EnumerateArray().ToList();
        Assert.Equal(10, records.Count);
        Assert.Equal([$"visit_id {visit}", $"visit_id {visit}", $"recipient_id {mother.Id}", $"record_id {record}", $"project_id {project.Id}"], records
            .Select(r => r.GetProperty("pii_processing").GetProperty("purposes")[0]).SelectMany(p => p.EnumerateObject()).Where(p => p.Name.EndsWith("_id", StringComparison.Ordinal) && p.Value.ValueKind != JsonValueKind.Null).Select(p => $"{p.Name} {p.Value.GetString()}"));
        Assert.Contains(records, r => r.GetProperty("pii_processing").GetProperty("privacy_notice").GetProperty("text").GetString()!.Contains(mother.Name, StringComparison.Ordinal));
        var audio = records.Single(r => r.GetProperty("pii_processing").GetProperty("purposes")[0].GetProperty("purpose").GetString() == "Audio");
        Assert.Equal("Withdrawn", audio.GetProperty("current_state").GetString());
        Assert.Equal(["consent_given", "consent_withdrawn"], audio.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event_state").GetString()));
        Assert.Equal(64, audio.GetProperty("pii_processing").GetProperty("privacy_notice").GetProperty("sha256").GetString()!.Length);
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.ConsentExported, hearing.Child.Id)).Count);
    }

    /// <summary>By HL7's own definitions: elements and how many of each, codes, and what has to hold between them (ppc-1, bdl-7 and the like).</summary>
    private static void AssertIsR4(string json)
    {
        var resource = new FhirJsonDeserializer(new DeserializerSettings().UsingMode(DeserializationMode.Strict)).DeserializeResource(json);
        var definitions = new CachedResolver(ZipSource.CreateValidationSource());
        var outcome = new Validator(definitions, LocalTerminologyService.CreateDefaultForCore(definitions)).Validate(resource);
        Assert.Empty(outcome.Issue.Select(i => $"{i.Details?.Text} at {string.Join(' ', i.Expression)}"));
    }
}
