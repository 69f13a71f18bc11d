using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Core.Returns;
using ChildrensInfo.Tests.Pages.Act;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Pages.Understand;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>
/// One journey through the whole site with a word of its own in every field a person can type and in the returns, every page opened by
/// everybody. Afterwards each word is searched for where it must not be: logs, addresses, answers to others, and the rows of the database.
/// </summary>
public partial class CanaryTests(TestSite site)
{
    private readonly string mark = string.Concat(Guid.NewGuid().ToByteArray().Take(4).SelectMany(b => new[] { (char)('a' + (b >> 4)), (char)('a' + (b & 15)) }));
    private readonly List<string> typed = [];
    private readonly ConcurrentQueue<Answer> answers = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed record Answer(Role? To, string Address, string Text);

    [Fact]
    public async Task What_is_typed_stays_where_it_belongs()
    {
        var world = await World.CreateAsync(site);
        var clients = Enum.GetValues<Role>().ToDictionary(r => r, r => Listening(site.ClientFor(world.PersonOf(r)), r));
        var (administrator, practitioner, lead, researcher) = (clients[Role.Administrator], clients[Role.Practitioner], clients[Role.DataLead], clients[Role.Researcher]);

        // The administrator adds a person and a child, finds them, and allocates the child.
        var (number, given, family, known) = (Word("Number"), Word("Given"), Word("Family"), Word("Known"));
        await DoneAsync(administrator, "/admin/people/new", ("Input.Name", Word("Person")), ("Input.Email", Word("Email") + "@council.example"), ("Input.Role", "Practitioner"));
        var person = await site.ReadAsync(world, db => db.Users.SingleAsync(u => u.AuthorityId == world.Authority.Id && u.DisplayName.StartsWith("Person" + mark), Cancel));
        await DoneAsync(administrator, $"/admin/people/{person.Id}", ("Input.Name", Word("Renamed")), ("Input.Email", Word("Moved") + "@council.example"));
        await DoneAsync(administrator, "/admin/allocations/new-child", ("Input.LaChildId", number), ("Input.GivenName", given), ("Input.FamilyName", family), ("Input.KnownAs", known), ("Input.BornOn.Day", "10"), ("Input.BornOn.Month", "6"), ("Input.BornOn.Year", "2015"));
        var child = await site.ReadAsync(world, db => db.Children.SingleAsync(c => c.LaChildId == number, Cancel));
        foreach (var (page, field, text) in new[] { ("/admin/people", "Search", Word("Searched")), ("/admin/allocations", "Search", given), ("/admin/allocations", "Search", Word("Sought")), ("/admin/audit", "ChildNumber", number), ("/admin/audit", "ChildNumber", Word("Nobody")) })
        {
            using var found = await administrator.SubmitAsync(page, new Dictionary<string, string?> { [field] = text });
        }

        await DoneAsync(administrator, $"/admin/allocations/{child.Id}", "form.allocate", ("PractitionerId", world.Practitioner.Id.ToString()));

        // The practitioner hears the child.
        var (present, words, meaning, said, rationale, relative) = (Word("Present"), Word("Words"), Word("Meaning"), Word("Said"), Word("Rationale"), Word("Relative"));
        var home = $"/hear/{child.Id}";
        await DoneAsync(practitioner, $"{home}/people", ("Input.Name", relative), ("Input.Kind", "Mother"), ("Input.HoldsParentalResponsibility", "true"));
        foreach (var purpose in new[] { "Audio", "ResearchExtract" })
        {
            await DoneAsync(practitioner, $"{home}/permissions/ask?purpose={purpose}", ("Input.Decision", "Given"), ("Input.Competence", "Competent"), ("Input.CompetenceRationale", $"Said back what it is for: {rationale}"), ("Input.Words", said));
        }

        var visit = await DoneAsync(practitioner, $"{home}/visits/new", ("Input.Place", "Home"), ("Input.SeenAlone", "No"), ("Input.Present[0].Who", present), ("Input.Present[0].Role", "ParentOrCarer"), ("Input.Present[0].InEarshot", "Yes"));
        await DoneAsync(practitioner, visit, [.. Hearing.Said(words).Select(f => (f.Key, f.Value!))]);
        var record = await site.ReadAsync(world, db => db.VoiceRecords.SingleAsync(r => r.ChildId == child.Id, Cancel));
        await DrawAsync(practitioner, child.Id, record.SessionId);
        var drawing = await site.ReadAsync(world, db => db.Files.Where(f => f.ChildId == child.Id).Select(f => f.Id).SingleAsync(Cancel));
        await DoneAsync(practitioner, $"{home}/records/{record.Id}/interpretation", ("Input.Text", meaning), ("Input.Kind", "Observation"));
        // The child types and speaks on their own screen; who else is heard with them is said afterwards, and what is heard is written down. Somebody is to be told without permission.
        var (own, heard, tell, whom, otherwise) = (Word("Alone"), Word("Listened"), Word("Tell"), Word("Whom"), Word("Otherwise"));
        using (var lent = await practitioner.SubmitAsync($"{visit[..visit.IndexOf("/words", StringComparison.Ordinal)]}/hand-over", new Dictionary<string, string?> { ["Input.NewPin"] = ParticipationTests.Pin })) Assert.Equal(Web.Access.ChildModeGate.Home, lent.Headers.Location?.OriginalString);
        using (var typing = await practitioner.SubmitAsync("/hear/my-say/say?as=TypedText", new Dictionary<string, string?> { ["Input.Text"] = own, ["Input.Meant"] = "Yes" }, "main form")) Assert.Equal(HttpStatusCode.Redirect, typing.StatusCode);
        const string speak = "/hear/my-say/say?as=Audio";
        var sound = Guid.CreateVersion7();
        using (var received = await practitioner.RecordAsync($"{home}/visits/{record.SessionId}/recording/{sound}", Hearing.Webm(), await practitioner.AntiforgeryTokenAsync(speak))) Assert.Equal(HttpStatusCode.Created, received.StatusCode);
        string spoken;
        using (var speaking = await practitioner.SubmitAsync(speak, new Dictionary<string, string?> { ["Input.FileId"] = $"{sound}", ["Input.DurationMs"] = "4000", ["Input.Meant"] = "Yes" }, "main form")) spoken = $"{home}/records/{speaking.Headers.Location!.OriginalString.Split('=')[1]}";
        await ParticipationTests.TakeBackAsync(practitioner, home);
        var (friend, cousin, allows) = (Word("Friend"), Word("Cousin"), Word("Allows"));
        await DoneAsync(practitioner, $"{spoken}/others", "#heard", ("Heard.AnybodyElseHeard", "true"), ("Heard.OthersDescribed", friend));
        var alsoHeard = await site.ReadAsync(world, db => db.ThirdPartyVoices.SingleAsync(v => v.ChildId == child.Id, Cancel));
        await DoneAsync(practitioner, $"{spoken}/others", "main form[method=post]:not([id])", ("Input.VoiceId", alsoHeard.Id.ToString()), ("Input.Allowed", "true"), ("Input.SaidBy", allows));
        await DoneAsync(practitioner, $"{spoken}/transcript", ("Input.Text", heard));
        await DoneAsync(practitioner, $"{spoken}/others", "#name", ("Named.Described", cousin));
        await DoneAsync(practitioner, $"{home}/disclosures", "#propose", ("Input.What", tell), ("Input.ToWhom", whom), ("Input.Why", otherwise), ("Input.Basis", "SignificantHarm"), ("Input.ChildInformed", "Yes"), ("Input.ReviewOn.Day", "1"), ("Input.ReviewOn.Month", "2"), ("Input.ReviewOn.Year", $"{DateTime.UtcNow.Year + 1}"));
        // Somebody asks about a letter, and is answered.
        var (letter, looked, answered) = (Word("Letter"), Word("Looked"), Word("Answered"));
        var ask = await DoneAsync(practitioner, $"{home}/asks/new?record={record.Id}", ("Input.Wanted", "DoSomething"), ("Input.Thing", "Elsewhere"), ("Input.Elsewhere", letter));
        await DoneAsync(practitioner, $"{ask}/steps/new?kind=Considered", ("Input.Words", looked));
        await DoneAsync(practitioner, $"{ask}/steps/new?kind=Decided", ("Input.Decision", "NotChanged"), ("Input.Words", answered));
        // The child takes part in something.
        var (aim, can, cannot, came) = (Word("Aim"), Word("Can"), Word("Cannot"), Word("Came"));
        var part = await DoneAsync(practitioner, $"{home}/taking-part/new", ("Input.Purpose", aim), ("Input.Negotiable", can), ("Input.NotNegotiable", cannot), ("Input.Layer", "Data"));
        await ParticipationTests.LendAsync(practitioner, part);
        await DoneAsync(practitioner, Web.Access.ChildModeGate.Part, "main form");
        await ParticipationTests.TakeBackAsync(practitioner, part);
        await DoneAsync(practitioner, part, "#held", ("Input.Came", came), ("Input.Missing", "Nobody"), ("Input.Degree", "ConsultedInformed"), ("Input.Evidence", "Asked"), ("Input.Thanks", "Said"));
        // It is put right, kept from somebody, and joined by a record that stood under the wrong child.
        var (righted, secret, basis, whyNot, astray, happened, mended) = (Word("Righted"), Word("Secret"), Word("Basis"), Word("Whynot"), Word("Astray"), Word("Happened"), Word("Mended"));
        await DoneAsync(practitioner, $"{home}/records/{record.Id}/correct", ("Input.Text", righted), ("Input.Reason", "ChangedMind"), ("Input.Provenance", "OwnHand"));
        var thought = await site.ReadAsync(world, db => db.Interpretations.SingleAsync(i => i.ChildId == child.Id, Cancel));
        await DoneAsync(practitioner, $"{home}/records/{record.Id}/interpretation?supersedes={thought.Id}", ("Input.Text", meaning), ("Input.Kind", "Analysis"), ("Input.BasedOn", basis), ("Input.Alternative", basis));
        await DoneAsync(practitioner, $"{home}/interpretations/{thought.Id}/shown", ("Input.Saw", "NotAppropriate"), ("Input.Why", whyNot));
        await DoneAsync(practitioner, $"{home}/do-not-tell", "form#add", ("Input.Who", "Family"), ("Input.Scope", "Everything"), ("Input.Reason", "Afraid"), ("Input.SaidBy", "Child"), ("Input.Words", secret));
        var sibling = await world.AddChildAsync(world.Practitioner);
        await DoneAsync(practitioner, await DoneAsync(practitioner, $"/hear/{sibling.Id}/visits/new", ("Input.Place", "Home"), ("Input.SeenAlone", "Yes")), [.. Hearing.Said(astray).Select(f => (f.Key, f.Value!))]);
        var wrong = await site.ReadAsync(world, db => db.VoiceRecords.SingleAsync(r => r.ChildId == sibling.Id, Cancel));
        var breach = await DoneAsync(practitioner, $"/hear/{sibling.Id}/records/{wrong.Id}/wrong-child", ("Input.ToChildId", child.Id.ToString()));
        await DoneAsync(practitioner, breach, ("Input.WhatHappened", happened), ("Input.WhatWasDone", mended), ("Input.ChildTold", "true"));
        // On paper, and among what is found, they stand as on the pages. What somebody looks for is a word like any other.
        var lookedFor = new[] { words, righted }.First(w => !char.IsLetterOrDigit(w[Bare(w).Length]));
        foreach (var (page, sign, fields) in new (string, string, Dictionary<string, string?>)[]
                 {
                     ($"{home}/booklet", Bare(lookedFor), new() { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false" }), ($"{home}/copy/read?to=child", Bare(lookedFor), []), ("/hear/search", "found__mark", new() { ["Input.Words"] = Bare(lookedFor) }),
                 })
        {
            using var shown = await practitioner.SubmitAsync(page, fields);
            Assert.Contains(sign, await shown.Content.ReadAsStringAsync(Cancel), StringComparison.OrdinalIgnoreCase);
        }

        // Answers with a mistake come back with what was typed.
        using (await practitioner.SubmitAsync(visit, Hearing.Said(words, ("Input.Speaker", null)))) { }
        using (await practitioner.SubmitAsync($"{home}/visits/new", new Dictionary<string, string?> { ["Input.Present[0].Who"] = present, ["Input.Place"] = null })) { }

        // The data lead loads a return about the same child, and one that breaks off.
        var file = new CinFile().Set("LEA", world.Authority.Code).Set("LAchildID", number).Set("Ethnicity", Word("Wrong")).AddChild(id: Word("Other"));
        var broken = new CinFile().Set("LEA", world.Authority.Code).Set("LAchildID", Word("Broken")).Xml;
        var returns = new List<string>();
        foreach (var xml in new[] { file.Xml, broken[..broken.IndexOf("<ChildCharacteristics>", StringComparison.Ordinal)] })
        {
            using var sent = await lead.UploadAsync("/understand/returns/upload", "ReturnFile", Encoding.UTF8.GetBytes(xml), Word("File") + ".xml");
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
            returns.Add(sent.Headers.Location!.OriginalString);
            for (var i = 0; i < 600 && (await lead.PageAsync(returns[^1])).QuerySelector("[data-progress-url]") is not null; i++) await Task.Delay(100, Cancel);
        }

        var group = await DoneAsync(lead, "/act/taking-part/new", ("Input.Purpose", Word("Group")), ("Input.Negotiable", Word("Open")), ("Input.NotNegotiable", Word("Shut")), ("Input.Invited", Word("Invited")), ("Input.Layer", "Data"));
        var groupAnswer = await DoneAsync(lead, "/act/answers/new", ("Input.Themes", Word("Theme")), ("Input.GroupSize", "12"), ("Input.HowCounted", Word("Counted")), ("Input.YouSaid", Word("Theirs")), ("Input.WeDid", Word("Wedid")), ("Input.PublishedWhere", Word("Where")));

        // The figures of the return are worked out beside this; then somebody thinks about them.
        for (var i = 0; i < 600 && (await lead.PageAsync("/understand/indicators/N01/reflect")).QuerySelector("main form") is null; i++) await Task.Delay(100, Cancel);
        var reflection = await DoneAsync(lead, "/understand/indicators/N01/reflect", ("Input.Noticed", Word("Noticed")), ("Input.NotKnown", Word("Puzzled")), ("Input.VoiceMissing", Word("Missing")), ("Input.WillDo", Word("Will")));
        await DoneAsync(lead, reflection, ("Input.Kind", "Answered"), ("Input.Text", Word("Reply")));
        var domain = "/understand/map/say?domain=" + Uri.EscapeDataString((await site.ReadAsync(world, db => IndicatorService.CurrentAsync(db, Cancel)))[0].Definition.Domain);
        await DoneAsync(lead, domain, ("Input.WrittenWhere", Word("Elsewhere")), ("Input.UsedFor", Word("Usedfor")));

        var use = await DoneAsync(lead, "/understand/information-use/new?about=N01", ("Input.Question", Word("Asked")), ("Input.VoiceShaped", Word("Shapedby")), ("Input.VoiceMissing", Word("Unheard")), ("Input.WillTry", Word("Try")), ("Input.TakesPart", Word("Roles")));
        await DoneAsync(lead, use, ("Input.Kind", "Doing"), ("Input.Text", Word("Doing")));
        var pack = Guid.Parse((await DoneAsync(lead, "/understand/indicators/N01/pack", ("Input.Title", Word("View")), ("Input.PackTitle", Word("Pack")))).Split('/')[^1]);
        var edition = await PackTests.MakeAsync(site, world, pack);
        await DoneAsync(lead, $"/understand/packs/editions/{edition.Id}", ("Input.Text", Word("Foreword")));

        // The researcher asks, the data lead decides, and a file is built in which the child may be.
        var end = World.Today.AddMonths(6);
        await DoneAsync(researcher, "/use/projects/new", ("Input.Title", Word("Title")), ("Input.Question", Word("Question")), ("Input.PublicBenefit", Word("Benefit")), ("Input.Chosen", VariableCatalogue.Sex), ($"Input.Why[{VariableCatalogue.Sex}]", Word("Why")), ("Input.ExpiresOn.Day", $"{end.Day}"), ("Input.ExpiresOn.Month", $"{end.Month}"), ("Input.ExpiresOn.Year", $"{end.Year}"), ("Input.DestroyOn.Day", $"{end.Day}"), ("Input.DestroyOn.Month", $"{end.Month}"), ("Input.DestroyOn.Year", $"{end.Year}"),
            ("Input.PlainWords", Word("Plain")), ("Input.EthicsReference", Word("Ethics")), ("Input.People", Word("Team")), ("Input.Place", "SafeSetting"), ("Input.PlaceName", Word("Place")), ("Input.ShapedBy", Word("Shaped")), ("Input.HowTheyHear", Word("Hear")), ("Input.Retention", Word("Retained")));
        var project = await site.ReadAsync(world, db => db.ResearchProjects.SingleAsync(Cancel));
        await DoneAsync(researcher, $"/use/projects/{project.Id}", "form[action*=Submit]");
        foreach (var reviewer in new[] { lead, clients[Role.InformationGovernance] })
        {
            var review = await reviewer.PageAsync($"/use/decisions/projects/{project.Id}");
            review.TickAllSafes();
            using var reviewed = await reviewer.SubmitAsync(review, $"/use/decisions/projects/{project.Id}", new Dictionary<string, string?> { ["Input.Answer"] = "Approved", ["Input.Reason"] = Word("Reason"), ["Input.Conditions"] = Word("Condition") }, "#review");
            Assert.Equal(HttpStatusCode.Redirect, reviewed.StatusCode);
        }

        await DoneAsync(researcher, $"/use/projects/{project.Id}/request", ("Input.Purpose", Word("Purpose")), ("Input.Variables", VariableCatalogue.Sex));
        var refused = await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel));
        await DoneAsync(lead, $"/use/decisions/extracts/{refused.Id}", ("Input.Approve", "false"), ("Input.Reason", Word("No")));
        var extract = await world.AddReadyExtractAsync(site, project);
        var once = await DoneAsync(researcher, $"/use/projects/{project.Id}/extracts/{extract.Id}", "#link");

        // Results with words in them are sent, looked at, released and fetched.
        using (var sent = await researcher.UploadAsync($"/use/projects/{project.Id}/outputs/new", "Results", Encoding.UTF8.GetBytes($"{Cell(Word("Heading"))},n\n{Cell(Word("Cell"))},40\n"), Word("File") + ".csv", new Dictionary<string, string?> { ["Input.Title"] = Word("Results"), ["Input.How"] = Word("Made"), ["Input.Kind"] = "Table" }))
        {
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }

        var output = await site.ReadAsync(world, db => db.ResearchOutputs.SingleAsync(Cancel));
        await DoneAsync(lead, $"/use/decisions/outputs/{output.Id}", ("Input.Answer", "Released"), ("Input.Reason", Word("Released")));
        var onceMore = await DoneAsync(researcher, $"/use/projects/{project.Id}/outputs/{output.Id}", "#link");

        // Everybody signs in wrongly once, and opens every page there is.
        using (var nobody = Listening(new TestClient(new UriBuilder(site.Address) { Host = "127.0.0.1" }.Uri, IPAddress.Parse("127.0.0.77")), null))
        {
            var emails = Enum.GetValues<Role>().Select(r => world.PersonOf(r).Email!).Append(Word("Guess") + "@council.example");
            foreach (var email in emails)
            {
                using var mistaken = await nobody.SubmitAsync("/Account/SignIn", new Dictionary<string, string?> { ["Input.Email"] = email, ["Input.Password"] = Word("Password") });
                Assert.Equal(HttpStatusCode.OK, mistaken.StatusCode);
            }
        }

        // Information governance answers somebody who asks for everything held, and says that it takes longer.
        var (proof, longer) = (Word("Proof"), Word("Longer"));
        var access = await DoneAsync(clients[Role.InformationGovernance], "/govern/requests/new", ("Input.ChildNumber", number), ("Input.Requester", "Child"), ("Input.Identity", "Documents"), ("Input.IdentityNote", proof));
        await DoneAsync(clients[Role.InformationGovernance], access, "form#extend", ("ExtensionReason", longer));

        // Somebody's words are read before they leave.
        var (toRead, _) = await world.AddWordsExtractAsync(site, await NeedWorld.InAsync(site, world), Word("Piece"));
        // It holds the child's record for a court, and answers that it is not erased; of another child everything is erased, by two people.
        var (court, forget, because) = (Word("Court"), Word("Forget"), Word("Because"));
        var governor = clients[Role.InformationGovernance];
        await DoneAsync(governor, $"/govern/duties/{child.Id}", "#erasure", ("Erasure.Requester", "Child"), ("Erasure.Asked", forget));
        var erasure = await site.ReadAsync(world, db => db.ErasureRequests.SingleAsync(Cancel));
        await DoneAsync(governor, $"/govern/duties/{child.Id}", "#answer", ("Answer.Id", erasure.Id.ToString()), ("Answer.Ground", "PublicTask"), ("Answer.Answer", because));
        // Somebody asks for something to be put right: one request takes longer and is refused, and a statement answers another.
        var stated = Word("Stated");
        async Task<string> AskedAsync()
        {
            await DoneAsync(governor, $"/govern/duties/{child.Id}", "#rectification", ("Rectification.Requester", "Child"), ("Rectification.Who", proof), ("Rectification.Asked", forget));
            return $"{await site.ReadAsync(world, db => db.RectificationRequests.Where(r => r.Answer == null).Select(r => r.Id).SingleAsync(Cancel))}";
        }

        var rectification = await AskedAsync();
        await DoneAsync(governor, $"/govern/duties/{child.Id}", "#later", ("Later.Id", rectification), ("Later.Reason", longer));
        await DoneAsync(governor, $"/govern/duties/{child.Id}", "#righted", ("Righted.Id", rectification), ("Righted.Answer", "Refused"), ("Righted.Told", because));
        await DoneAsync(governor, $"/govern/duties/{child.Id}", "#statement", ("Statement.RequestId", await AskedAsync()), ("Statement.RecordId", record.Id.ToString()), ("Statement.Provenance", "OwnHand"), ("Statement.Text", stated));
        await DoneAsync(governor, $"/govern/duties/{child.Id}", "#hold", ("Hold.Cause", "Court"), ("Hold.Reason", court));
        await DoneAsync(governor, "/govern/retention/in-need", ("Input.Years", "9"), ("Input.Reason", Word("Schedule")));
        await DoneAsync(governor, $"/govern/duties/{sibling.Id}", "#erasure", ("Erasure.Requester", "Child"), ("Erasure.Asked", forget));
        var granted = await site.ReadAsync(world, db => db.ErasureRequests.SingleAsync(e => e.ChildId == sibling.Id, Cancel));
        await DoneAsync(governor, $"/govern/duties/{sibling.Id}", "#answer", ("Answer.Id", granted.Id.ToString()), ("Answer.Ground", "NoLongerNeeded"), ("Answer.Answer", because));
        using (var colleague = Listening(site.ClientFor(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand")), Role.InformationGovernance)) await DoneAsync(colleague, $"/govern/duties/{sibling.Id}", "#decide", ("Decide.Agree", "true"), ("Decide.Reason", because));
        await DoneAsync(governor, $"/govern/duties/{sibling.Id}", "#restrict", ("Restrict.Ground", "TheirClaim"), ("Restrict.Reason", because));
        await DoneAsync(governor, $"/govern/duties/{sibling.Id}", "#unrestrict", ("Unrestrict.Reason", because));
        var breachLogged = await DoneAsync(governor, "/govern/breaches/new", ("Input.KnownOn.Day", "1"), ("Input.KnownOn.Month", "2"), ("Input.KnownOn.Year", "2026"), ("Input.KnownTime", "09:00"), ("Input.Data", "Words"), ("Input.People", "3"), ("Input.Happened", because));
        var disposal = await site.ReadAsync(world, db => db.Disposals.SingleAsync(Cancel));

        var tool = await site.ReadAsync(world, db => db.Tools.OrderBy(t => t.Key).FirstAsync(Cancel));
        var wording = await site.ReadAsync(world, db => db.Wordings.OrderBy(w => w.Id).FirstAsync(Cancel));
        var decided = await site.ReadAsync(world, db => db.ConsentEvents.Where(e => e.ChildId == child.Id).OrderBy(e => e.Id).FirstAsync(Cancel));
        var returnId = Guid.Parse(returns[0].Split('/')[^1]);
        var finding = await site.ReadAsync(world, db => db.ReturnFindings.Where(f => f.ReturnId == returnId && f.LaChildId != null).Select(f => f.Ordinal).Order().FirstAsync(Cancel));
        string IdAfter(string before) => before switch
        {
            _ when before.EndsWith("/govern/purposes/", StringComparison.Ordinal) => nameof(Purpose.Audio),
            _ when before.EndsWith("/govern/words/", StringComparison.Ordinal) => toRead.Id.ToString(),
            _ when before.EndsWith("/govern/wordings/", StringComparison.Ordinal) => wording.Id.ToString(),
            _ when before.EndsWith("/certificates/", StringComparison.Ordinal) => disposal.Id.ToString(),
            "/govern/retention/" => "in-need",
            "/govern/breaches/" => breachLogged.Split('/')[^1],
            "/govern/duties/" => sibling.Id.ToString(),
            _ when before.EndsWith("/permissions/", StringComparison.Ordinal) => decided.Id.ToString(),
            _ when before.EndsWith("/loaded/", StringComparison.Ordinal) => $"{finding}",
            _ when before.Contains("/returns/", StringComparison.Ordinal) => returns[0].Split('/')[^1],
            _ when before.EndsWith("/research/", StringComparison.Ordinal) => world.Authority.Code,
            _ when before.Contains("/outputs/", StringComparison.Ordinal) && before.EndsWith("/download/", StringComparison.Ordinal) => onceMore.Split('/')[^1],
            _ when before.EndsWith("/outputs/", StringComparison.Ordinal) => output.Id.ToString(),
            _ when before.EndsWith("/download/", StringComparison.Ordinal) => once.Split('/')[^1],
            _ when before.EndsWith("/extracts/", StringComparison.Ordinal) => extract.Id.ToString(),
            _ when before.EndsWith("/projects/", StringComparison.Ordinal) => project.Id.ToString(),
            _ when before.EndsWith("/people/", StringComparison.Ordinal) => world.Practitioner.Id.ToString(),
            _ when before.EndsWith("/visits/", StringComparison.Ordinal) => record.SessionId.ToString(),
            _ when before.EndsWith("/records/", StringComparison.Ordinal) => record.Id.ToString(),
            _ when before.EndsWith("/breaches/", StringComparison.Ordinal) => breach.Split('/')[^1],
            _ when before.EndsWith("/interpretations/", StringComparison.Ordinal) => thought.Id.ToString(),
            _ when before.EndsWith("/tools/", StringComparison.Ordinal) => tool.Id.ToString(),
            _ when before.EndsWith("/asks/", StringComparison.Ordinal) => ask.Split('/')[^1],
            _ when before.StartsWith("/hear/", StringComparison.Ordinal) && before.EndsWith("/taking-part/", StringComparison.Ordinal) => part.Split('/')[^1],
            _ when before.EndsWith("/taking-part/", StringComparison.Ordinal) => group.Split('/')[^1],
            _ when before.StartsWith("/govern/requests/", StringComparison.Ordinal) && before.Count(c => c == '/') == 4 => access.Split('/')[^1],
            "/understand/reflections/" => reflection.Split('/')[^1],
            "/understand/information-use/" => use.Split('/')[^1],
            "/understand/packs/" => pack.ToString(),
            "/understand/packs/editions/" => edition.Id.ToString(),
            "/understand/" => "flow",
            "/understand/indicators/" => "N01",
            _ when before.EndsWith("/answers/", StringComparison.Ordinal) => groupAnswer.Split('/')[^1],
            _ => child.Id.ToString(),
        };
        var pages = Pages(IdAfter);
        var opened = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (role, client) in clients.Append(new(default, site.ClientFor(null))))
        {
            if (client.Heard is null) Listening(client, null);
            var asked = pages.Concat(returns).ToHashSet(StringComparer.OrdinalIgnoreCase);
            async Task<string> OpenAsync(string address)
            {
                using var answer = await client.GetAsync(address);
                Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, address);
                var isLedAway = answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString.Contains("SignIn", StringComparison.OrdinalIgnoreCase);
                if (!isLedAway && answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect) opened.Add(address.Split('?')[0]);
                return await answer.Content.ReadAsStringAsync(Cancel);
            }

            // Every page, and whatever a page leads to.
            foreach (var address in asked.ToList())
            {
                foreach (var link in Links(await OpenAsync(address)).Where(asked.Add).ToList()) await OpenAsync(link);
            }
        }

        // Only a recording has a transcript and others who can be heard on it, and the record whose pages are opened here is typed; only of a photo it is said who is on it, and none is taken; nobody said stop, no two answers are in doubt, no wording waits, nobody is between their password and a code, and no provider is set up.
        string[] nothingThere = ["/transcript", "/others", "/person", "/stopped", "/account/code", "/account/not-opened"];
        Assert.Empty(pages.Where(p => !nothingThere.Any(end => p.EndsWith(end, StringComparison.Ordinal)) && !p.Contains("/drafts/", StringComparison.Ordinal) && !p.Contains("/order/", StringComparison.Ordinal)).Except(opened, StringComparer.OrdinalIgnoreCase));
        var asks = await AsksAsync(IdAfter, drawing, tool.Id, wording.Id);
        await NobodyElseIsLetInAsync(world, asks);
        using (var fetched = await researcher.SubmitAsync(once, new Dictionary<string, string?>())) Assert.Equal(HttpStatusCode.OK, fetched.StatusCode);
        await FillInWhatIsLeftAsync(clients);
        await NoFileLiesAboutAsync(clients, (Role.Practitioner, $"{home}/visits/{record.SessionId}/words/new?as=TypedText", "Photo"), (Role.Practitioner, $"{home}/permissions/ask?purpose=Audio", "Paper"));
        await EveryFieldIsPlantedAsync();
        string[] childs = [own, heard, friend, cousin, allows, tell, whom, otherwise, words, meaning, present, said, rationale, letter, looked, answered, aim, can, cannot, came, proof, longer, court, forget, because, righted, secret, basis, whyNot, astray, happened, mended, stated];
        await NothingIsShownWithoutItsLineAsync(world, clients, childs, asks);
        foreach (var client in clients.Values) client.Dispose();

        // The words are where they belong, so the search below can find them at all.
        foreach (var word in new[] { words, meaning, present, relative }) Assert.Contains(answers, a => a.To == Role.Practitioner && Holds(a.Text, word));
        foreach (var word in new[] { given, family }) Assert.Contains(answers, a => a.To == Role.Administrator && Holds(a.Text, word));
        Assert.Contains(answers, a => a.To == Role.DataLead && Holds(a.Text, number));
        Assert.Contains(answers, a => a.To == Role.Researcher && a.Address.Contains("/download/", StringComparison.Ordinal) && Holds(a.Text, "data.csv"));

        await NothingTypedIsMoreThanTextAsync();
        await LogsHoldNoneOfItAsync();
        Assert.DoesNotContain(answers.SelectMany(Addresses), a => typed.Any(w => Holds(a, w)));

        // What each of them, and whoever is signed out, is never told, wherever they look. Information governance writes and answers requests, and reads words only in one for everything held.
        string[] everything = [.. childs, given, family, known, relative, number];
        string[] governs = [proof, longer, court, forget, because];
        foreach (var (role, hidden) in new (Role?, string[])[]
                 {
                     (Role.Administrator, [.. childs, relative]), (Role.DataLead, [.. everything.Except([number])]), (Role.Researcher, everything), (Role.ReviewingOfficer, everything), (Role.Advocate, everything), (null, everything),
                     (Role.Practitioner, governs), (Role.TeamManager, governs), (Role.InformationGovernance, [.. childs.Except([.. governs, happened, mended, stated])]),
                 })
        {
            var told = answers.Where(a => a.To == role && (role != Role.InformationGovernance || !a.Address.StartsWith("/govern/requests/", StringComparison.Ordinal))).ToList();
            Assert.NotEmpty(told);
            var sought = SearchValues.Create([.. hidden.Select(Bare)], StringComparison.OrdinalIgnoreCase);
            Assert.Empty(told.Where(a => a.Text.AsSpan().ContainsAny(sought)).SelectMany(a => hidden.Where(w => Holds(a.Text, w)).Select(w => $"{role} {w} {a.Address}")));
        }

        Assert.NotEmpty(await ColumnsWithAsync(given));
        // What people of the council think about figures, and what is in results and in pieces to be read, is sealed under the council's key.
        string[] councils =
        [
            .. new[] { "Noticed", "Puzzled", "Missing", "Will", "Reply", "Usedfor", "Asked", "Shapedby", "Unheard", "Try", "Roles", "Doing", "Group", "Open", "Shut", "Invited", "Heading", "Cell", "Piece", "Foreword" }.Select(kind => kind + mark),
        ];
        Assert.Empty(councils.Except(typed));
        // Whatever was typed anywhere in the journey stands in the clear in no column but those that are named; and there, nothing that a child or the council said.
        var inTheClear = await ColumnsWithAsync(mark);
        var named = Named("canary-columns.txt");
        Assert.True(inTheClear.ToHashSet().SetEquals(named), "\n" + string.Join('\n', inTheClear.Except(named).Select(c => "in the clear: " + c).Concat(named.Except(inTheClear).Select(c => "sealed, or there no more: " + c))));
        foreach (var word in childs.Concat(councils)) Assert.Empty((await ColumnsWithAsync(word, inTheClear)).Select(column => $"{word} {column}"));
    }

    /// <summary>A word that stands nowhere else, and behind it something that a page must show as it is (CanaryTests.Scripts).</summary>
    private string Word(string kind)
    {
        var word = $"{kind}{mark}";
        typed.Add(word);
        return WithPayload(kind, word);
    }

    private bool Holds(string text, string word) => text.Contains(Bare(word), StringComparison.OrdinalIgnoreCase);

    private TestClient Listening(TestClient client, Role? role)
    {
        client.Heard = (request, response, bytes) =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            if (bytes.AsSpan().StartsWith("PK"u8))
            {
                using var zip = new ZipArchive(new MemoryStream(bytes));
                foreach (var entry in zip.Entries)
                {
                    using var content = new StreamReader(entry.Open());
                    text += $"\n{entry.FullName}\n{content.ReadToEnd()}";
                }
            }

            Remember(request);
            answers.Enqueue(new(role, request.RequestUri!.PathAndQuery, $"{response.Headers}\n{response.Content.Headers}\n{text}"));
        };
        return client;
    }

    private static Task<string> DoneAsync(TestClient client, string path, params (string Name, string Value)[] fields) => DoneAsync(client, path, "main form[method=post]", fields);

    private static async Task DrawAsync(TestClient client, Guid childId, Guid visit)
    {
        var (fileId, bytes) = (Guid.CreateVersion7(), Hearing.Png());
        using (var piece = new HttpRequestMessage(HttpMethod.Put, $"/hear/{childId}/media/{fileId}/0") { Content = new ByteArrayContent(bytes) })
        {
            piece.Headers.Add("X-Total-Length", $"{bytes.Length}");
            piece.Headers.Add("RequestVerificationToken", await client.AntiforgeryTokenAsync("/hear"));
            using var received = await client.Http.SendAsync(piece, Cancel);
            Assert.Equal(HttpStatusCode.Created, received.StatusCode);
        }

        await DoneAsync(client, $"/hear/{childId}/visits/{visit}/words/new?as=Drawing", [.. Hearing.Sent(fileId).Select(f => (f.Key, f.Value!))]);
    }

    /// <returns>Where it led.</returns>
    private static async Task<string> DoneAsync(TestClient client, string path, string form, params (string Name, string Value)[] fields)
    {
        using var response = await client.SubmitAsync(path, fields.ToDictionary(f => f.Name, f => (string?)f.Value), form);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, $"{path}: {(await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent}");
        return response.Headers.Location!.OriginalString;
    }

    /// <summary>Every page that can be asked for; what stands for an id is chosen by the path before it. endpoints.txt is held to the same list.</summary>
    private List<string> Pages(Func<string, string> idAfter)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null)) paths.Add(PathOf(endpoint, idAfter));

        // A page about what has gone wrong answers so too.
        paths.RemoveWhere(p => p.StartsWith("/problem", StringComparison.Ordinal));
        return [.. paths];
    }

    private static string PathOf(RouteEndpoint endpoint, Func<string, string> idAfter)
    {
        var path = "";
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            path += "/";
            path += string.Concat(segment.Parts.Select(part => part switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { IsOptional: true } => "",
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "code" } when path.StartsWith("/problem", StringComparison.OrdinalIgnoreCase) => "404",
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "index" or "offset" } => "0",
                _ => idAfter(path),
            }));
        }

        return path.Length > 1 ? path.TrimEnd('/') : "/";
    }

    private static IEnumerable<string> Links(string html) =>
        Address().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).Where(l => l.StartsWith('/') && !l.Contains("/lib/", StringComparison.Ordinal)).Distinct();

    private static IEnumerable<string> Addresses(Answer answer) =>
        Address().Matches(answer.Text).Select(m => m.Groups[1].Value).Concat(answer.Text.Split('\n').Where(l => l.StartsWith("Location:", StringComparison.Ordinal))).Append(answer.Address);

    private async Task LogsHoldNoneOfItAsync()
    {
        // Once this line has arrived, what was written before it has.
        var last = $"last-{Guid.NewGuid():N}";
        site.Services.GetRequiredService<ILoggerFactory>().CreateLogger<CanaryTests>().Log(LogLevel.Error, default, last, null, (state, _) => state);
        var logs = "";
        for (var i = 0; i < 100 && !Holds(logs, last); i++)
        {
            if (i > 0) await Task.Delay(100, Cancel);
            logs = "";
            foreach (var path in Directory.EnumerateFiles(site.LogFolder, "*", SearchOption.AllDirectories))
            {
                using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                logs += await reader.ReadToEndAsync(Cancel);
            }
        }

        Assert.True(Holds(logs, last), "The log was not written.");
        Assert.DoesNotContain(typed, w => Holds(logs, w));
    }

    /// <summary>Every column of every table that holds the word, asked by somebody from whom the database hides nothing.</summary>
    /// <param name="among">Looks in no others.</param>
    private async Task<List<string>> ColumnsWithAsync(string word, IReadOnlyCollection<string>? among = null)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        var columns = new List<(string Name, string Query)>();
        await using (var list = new NpgsqlCommand(
            """
            select table_name, column_name, data_type from information_schema.columns join information_schema.tables using (table_schema, table_name)
            where table_schema = 'public' and table_type = 'BASE TABLE' and data_type in ('text', 'character varying', 'character', 'bytea', 'json', 'jsonb', 'ARRAY')
            """, connection))
        await using (var reader = await list.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
            {
                var (table, column, type) = (reader.GetString(0), reader.GetString(1), reader.GetString(2));
                var holds = type == "bytea" ? $"position(convert_to($1, 'UTF8') in \"{column}\") > 0" : $"position(lower($1) in lower(\"{column}\"::text)) > 0";
                columns.Add(($"{table}.{column}", $"select exists (select from \"{table}\" where {holds})"));
            }
        }

        Assert.Contains(columns, c => c.Query.Contains("convert_to", StringComparison.Ordinal));
        var found = new List<string>();
        foreach (var (name, query) in columns.Where(c => among is null || among.Contains(c.Name)))
        {
            await using var command = new NpgsqlCommand(query, connection);
            command.Parameters.Add(new() { Value = Bare(word) });
            if ((bool)(await command.ExecuteScalarAsync(Cancel))!) found.Add(name);
        }

        return found;
    }

    [GeneratedRegex("(?:href|src|action|data-progress-url)=\"([^\"#]+)\"")]
    private static partial Regex Address();
}
