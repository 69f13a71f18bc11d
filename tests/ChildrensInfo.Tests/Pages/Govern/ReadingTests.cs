using System.IO.Compression;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Govern;

/// <summary>What children said, on its way to researchers: chosen by a job, read by a person, released by a check that knows nothing of either.</summary>
public class ReadingTests(TestSite site, Browser browser)
{
    private const string Said = "Sorrel told me to ring 020 7946 0018 about the swings, not";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_piece_is_read_and_what_leaves_is_what_was_kept_without_what_was_taken_out()
    {
        var (world, extract, children) = await BeginAsync(Said);
        var page = $"/govern/words/{extract.Id}";
        using var reader = site.ClientFor(world.InformationGovernance);
        foreach (var other in new[] { world.DataLead, world.Researcher, world.Practitioner, world.Administrator })
        {
            using var client = site.ClientFor(other);
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync($"{page}/1")).StatusCode);
        }

        var elsewhere = await World.CreateAsync(site);
        using (var client = site.ClientFor(elsewhere.InformationGovernance)) Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{page}/1")).StatusCode);
        Assert.Contains("0 of 12", (await reader.PageAsync("/govern/words")).QuerySelector("main table")!.TextContent, StringComparison.Ordinal);

        // The first, with its marks, and what is wrong with an answer beside the field.
        var first = await reader.PageAsync($"{page}/1");
        var marks = first.QuerySelectorAll<IHtmlInputElement>("input[name='Input.Hide']").ToList();
        Assert.Equal(2, marks.Count);
        Assert.All(marks, m => Assert.True(m.IsChecked));
        Assert.Contains("020 7946 0018", first.QuerySelector("[data-reading-words]")!.TextContent, StringComparison.Ordinal);
        await RefusedAsync(reader, $"{page}/1", "Choose whether it may leave");
        await RefusedAsync(reader, $"{page}/1", "Choose why it does not leave", ("Input.Keep", "false"));
        await RefusedAsync(reader, $"{page}/1", "nowhere in this piece", ("Input.Keep", "true"), ("Input.Phrases", "slides"));
        await RefusedAsync(reader, $"{page}/1", "by which somebody could be reached", ("Input.Keep", "true"), ("Input.Hide", marks[0].Value));
        Assert.Null((await ItemAsync(world, 1)).Kept);
        using (var early = await reader.Http.PostAsync($"{page}?handler=Finish", new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = await reader.AntiforgeryTokenAsync($"{page}/1") }), Cancel))
        {
            Assert.Contains("Some pieces have not been read yet", (await TestClient.ParseAsync(early)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }


        // Kept, with more taken out; left out; and one whose family says stop before anybody has read it.
        await DoneAsync(reader, $"{page}/1", ("Input.Keep", "true"), ("Input.Phrases", "the swings"));
        await DoneAsync(reader, $"{page}/2", ("Input.Keep", "false"), ("Input.Because", "StillTells"));
        var stopped = await ItemAsync(world, 3);
        await world.DecideAsync(site, stopped.ChildId, ConsentEventType.Withdrawn, purpose: Purpose.ResearchWords);
        Assert.DoesNotContain("swings", (await reader.PageAsync($"{page}/3")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // And one of whom the family stops being studied at all, after it was kept.
        await DoneAsync(reader, $"{page}/4", ("Input.Keep", "true"));
        var left = await ItemAsync(world, 4);
        for (var i = 5; i <= 12; i++) await DoneAsync(reader, $"{page}/{i}", ("Input.Keep", "true"));
        // Nine are left, which is too few; so the second is looked at again.
        await DoneAsync(reader, $"{page}/2", ("Input.Keep", "true"));
        var all = await reader.PageAsync(page);
        Assert.Contains("All 12 pieces were read", all.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(1, (await ItemAsync(world, 1)).Hidden.Count(h => h.Type == ChildrensInfo.Core.Disclosure.Redaction.RedactionType.Words));
        await world.DecideAsync(site, left.ChildId, ConsentEventType.Withdrawn);
        using (var sent = await reader.SubmitAsync(page, new Dictionary<string, string?>(), "form#finish")) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        await EndedAsync(world, extract.Id);

        var made = await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel));
        Assert.True(made.State == ExtractState.Ready, made.FailedBecause);
        Assert.Equal(10, await site.ReadAsync(world, db => db.ExtractChildren.CountAsync(Cancel)));
        using (var lead = site.ClientFor(world.DataLead))
        {
            var row = (await lead.PageAsync("/use/decisions/extracts")).QuerySelector("tbody tr")!;
            Assert.Equal(("10 pieces of about 10 children", "Not reckoned: words may tell who said them"), (row.QuerySelector("[data-label='In it']")!.TextContent, row.QuerySelector("[data-label='Chance of finding one']")!.TextContent));
        }

        using var researcher = site.ClientFor(world.Researcher);
        using var link = await researcher.SubmitAsync($"/use/projects/{extract.ProjectId}/extracts/{extract.Id}", new Dictionary<string, string?>(), "#link");
        using var fetched = await researcher.SubmitAsync(link.Headers.Location!.OriginalString, new Dictionary<string, string?>());
        var data = await DataAsync(await fetched.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("piece,age_band,words", data[0]);
        Assert.Equal(10, data.Length - 1);
        Assert.Equal(9, data.Count(row => row.Contains("[NAME] told me to ring [PHONE] about the swings, not", StringComparison.Ordinal)));
        Assert.Single(data, row => row.Contains("about [WORDS], not", StringComparison.Ordinal));
        Assert.DoesNotContain(data, row => row.Contains("Sorrel", StringComparison.Ordinal) || row.Contains("7946", StringComparison.Ordinal));
        Assert.All(data[1..], row => Assert.Equal("0_9", row.Split(',')[1]));

        // Each reading and each decision is written down, of the child it is about, without a word of it.
        Assert.Equal(12, (await world.AuditAsync(AuditActions.ExtractItemReviewed)).Select(a => a.Detail).Count(d => d is "kept, 2 taken out" or "kept, 3 taken out" or "StillTells"));
        Assert.Equal("stopped", Assert.Single(await world.AuditAsync(AuditActions.ExtractItemRead, stopped.ChildId)).Detail);
        Assert.DoesNotContain(await world.AuditAsync(), a => a.Detail?.Contains("swings", StringComparison.Ordinal) == true);

        // Somebody who is in it says stop: it is called back.
        var inside = await site.ReadAsync(world, db => db.ExtractChildren.Select(c => c.ChildId).FirstAsync(Cancel));
        await world.DecideAsync(site, inside, ConsentEventType.Withdrawn, purpose: Purpose.ResearchWords);
        Assert.Contains("A family has said stop", (await researcher.PageAsync($"/use/projects/{extract.ProjectId}/extracts/{extract.Id}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(12, children.Count);
    }

    [Fact]
    public async Task What_was_said_after_the_period_that_an_extract_names_is_not_in_it()
    {
        var world = await World.CreateAsync(site);
        var (extract, children) = await world.AddWordsExtractAsync(site, await NeedWorld.InAsync(site, world), "It rains", since: 3);
        var read = await site.ReadAsync(world, db => db.ExtractItems.Where(i => i.ExtractId == extract.Id).Join(db.VoiceRecords, i => i.VoiceRecordId, r => r.Id, (i, r) => new { r.ChildId, r.HeardOn }).ToListAsync(Cancel));
        Assert.Equal(15, children.Count);
        Assert.Equal(children.Take(12).Select(c => c.Id).Order(), read.Select(r => r.ChildId).Order());
        Assert.All(read, r => Assert.True(r.HeardOn <= ExtractPopulation.DayOf(World.Today)));
    }

    /// <summary>Whatever was typed leaves as it was typed, but for what was taken out: in whatever script, and with whatever a line of CSV is made of.</summary>
    [Fact]
    public async Task Any_text_at_all_leaves_for_research_character_for_character()
    {
        var texts = AnyText.Some(12);
        var world = await World.CreateAsync(site);
        var (extract, _) = await world.AddWordsExtractAsync(site, await NeedWorld.InAsync(site, world), "", said: i => texts[i]);
        var expected = new List<string>();
        using (var read = site.As(world.Whole))
        {
            var records = await read.Db.VoiceRecords.Include(r => r.Words).ToDictionaryAsync(r => r.Id, Cancel);
            foreach (var item in await read.Db.ExtractItems.Where(i => i.ExtractId == extract.Id).ToListAsync(Cancel))
            {
                (item.Kept, item.Hidden, item.ReviewedById, item.ReviewedAt) = (true, [.. item.Found.Select(f => ItemMark.Of(f.Span))], world.InformationGovernance.Id, DateTime.UtcNow);
                read.Db.Add(AuditEntry.For(AuditActions.ExtractItemReviewed, world.Whole, item.ChildId, item.Id, TimeProvider.System));
                expected.Add(SafeCsv.Inert(Redactor.Replace((await read.Get<KeyRing>().SaidInAsync(records[item.VoiceRecordId], Cancel))!, [.. item.Found.Select(f => f.Span)]).Trim()));
            }

            await read.Db.SaveChangesAsync(Cancel);
        }

        using (var reader = site.ClientFor(world.InformationGovernance))
        using (var sent = await reader.SubmitAsync($"/govern/words/{extract.Id}", new Dictionary<string, string?>(), "form#finish")) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        await EndedAsync(world, extract.Id);
        Assert.Null((await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel))).FailedBecause);
        using var researcher = site.ClientFor(world.Researcher);
        using var link = await researcher.SubmitAsync($"/use/projects/{extract.ProjectId}/extracts/{extract.Id}", new Dictionary<string, string?>(), "#link");
        using var fetched = await researcher.SubmitAsync(link.Headers.Location!.OriginalString, new Dictionary<string, string?>());
        await using var zip = new ZipArchive(new MemoryStream(await fetched.Content.ReadAsByteArrayAsync(Cancel)));
        using var data = new StreamReader(await zip.GetEntry(ExtractPackage.Data)!.OpenAsync(Cancel));
        // A cell as RFC 4180 has it: between quotation marks, or up to the next comma or end of line.
        var cells = System.Text.RegularExpressions.Regex.Matches(await data.ReadToEndAsync(Cancel), "(?:\"(?<cell>(?:[^\"]|\"\")*)\"|(?<cell>[^,\"\r\n]*))(?:,|\r\n)").Select(m => m.Groups["cell"].Value.Replace("\"\"", "\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(12, expected.Count);
        Assert.Equal(expected.Order(StringComparer.Ordinal), cells.Chunk(3).Skip(1).Select(row => row[2]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_files_of_words_never_show_one_family_nor_what_either_reader_took_out()
    {
        const string Words = "we like alder brook and marsh, fennelby, hollowgate, wexcombe, garrowby and the swings, not zz97 in 2031";
        var world = await World.CreateAsync(site);
        var (officer, recorder) = (await world.AddPersonAsync(Role.ReviewingOfficer, "Ilse Fennelby"), await world.AddPersonAsync(Role.Practitioner, "Una Hollowgate"));
        async Task ChangeAsync(List<Child> all)
        {
            // The first lives there, with somebody at that postcode, was expected on that day and has a worker of that name.
            using var change = site.As(world.Whole);
            var child = await change.Db.Children.SingleAsync(c => c.Id == all[0].Id, Cancel);
            (child.Ward, child.ExpectedBirthOn) = ("Alder Brook", new DateOnly(2031, 5, 4));
            change.Db.Add(new CareEpisode { AuthorityId = world.Authority.Id, ChildId = child.Id, StartedOn = new DateOnly(2025, 3, 1), PlacementPostcode = "ZZ97 3QX", ReturnId = (await change.Db.NeedEpisodes.FirstAsync(e => e.ChildId == child.Id, Cancel)).ReturnId });
            // Their care is reviewed by one, a visit was written down by another before somebody else who was there, and a service was named for a permission.
            var (presentId, recipientId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            var visit = new VoiceSession { AuthorityId = world.Authority.Id, ChildId = child.Id, PractitionerId = recorder.Id, OccurredOn = World.Today.AddDays(-3) };
            var keys = change.Get<KeyRing>();
            visit.Present.Add(new PresentPerson { Id = presentId, AuthorityId = world.Authority.Id, ChildId = child.Id, SessionId = visit.Id, WhoSealed = await keys.SealAsync(child.Id, "Mum’s friend Dot Wexcombe", presentId, SealPart.Present, Cancel) });
            change.Db.AddRange(
                visit, new NamedRecipient { Id = recipientId, AuthorityId = world.Authority.Id, ChildId = child.Id, Purpose = Purpose.SharePro, NameSealed = await keys.SealAsync(child.Id, "The Garrowby clinic", recipientId, SealPart.RecipientName, Cancel), NamedAt = DateTime.UtcNow, NamedById = world.Practitioner.Id },
                new Assignment { AuthorityId = world.Authority.Id, ChildId = child.Id, PersonId = officer.Id, Role = Role.ReviewingOfficer, Reason = AssignmentReason.ReviewsCare, StartedOn = World.Today.AddDays(-30), AssignedAt = DateTime.UtcNow, AssignedById = world.Administrator.Id });
            change.Db.Add(new Allocation { AuthorityId = world.Authority.Id, ChildId = all[0].Id, PractitionerId = world.OtherPractitioner.Id, TeamId = world.Team.Id, StartedOn = World.Today.AddDays(-30) });
            change.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await change.Db.SaveChangesAsync(Cancel);
        }

        var (first, children) = await world.AddWordsExtractAsync(site, await NeedWorld.InAsync(site, world), Words, ChangeAsync);
        using var scope = site.As(world.Whole);
        var marked = (await scope.Db.ExtractItems.AsNoTracking().Where(i => i.ExtractId == first.Id).ToListAsync(Cancel)).ToLookup(i => i.ChildId, i => i.Found.Select(f => Spans.Of(Words, f.Span)));
        Assert.Equal(["alder brook", "marsh", "fennelby", "hollowgate", "wexcombe", "garrowby", "zz97", "2031"], marked[children[0].Id].Single());
        Assert.Empty(marked[children[1].Id].Single());
        // In most nothing is found, and what a person decides about them is saved all the same. What is of another child's record is said beside the piece, and not when all of it was read.
        var reader = World.ActorOf(world.InformationGovernance);
        using (var own = site.As(reader))
        {
            var item = await scope.Db.ExtractItems.AsNoTracking().FirstAsync(i => i.ExtractId == first.Id && i.ChildId != children[0].Id, Cancel);
            var refused = await own.Get<WordsReviewService>().ReviewAsync(first.Id, item.Number, new ReviewItem { Version = item.Version, Keep = true }, reader, Cancel);
            Assert.Contains("“alder brook” stands in it", refused!.Refusal!.Message, StringComparison.Ordinal);
        }

        async Task<(Extract Extract, Func<Task<ExtractBuilder.Prepared>> Prepare)> ReadThroughAsync(Extract extract, Action<ExtractItem> decide)
        {
            using var read = site.As(world.Whole);
            foreach (var item in await read.Db.ExtractItems.Where(i => i.ExtractId == extract.Id).ToListAsync(Cancel))
            {
                (item.Kept, item.ReviewedById, item.ReviewedAt) = (true, world.InformationGovernance.Id, DateTime.UtcNow);
                item.Hidden = [.. Spans.Places(Words, "alder brook").Select(ItemMark.Of)];
                decide(item);
                read.Db.Add(AuditEntry.For(AuditActions.ExtractItemReviewed, world.Whole, item.ChildId, item.Id, TimeProvider.System));
            }

            await read.Db.SaveChangesAsync(Cancel);
            return (extract, async () => (await BuilderIn(scope).PrepareAsync(extract.Id, Cancel))!);
        }

        async Task<Extract> AgainAsync()
        {
            using var again = site.As(world.Whole);
            var extract = new Extract { AuthorityId = world.Authority.Id, ProjectId = first.ProjectId, RequestedById = first.RequestedById, RequestedAt = DateTime.UtcNow, Purpose = "Once more.", Form = ExtractForm.Words, State = ExtractState.Approved, DecidedById = world.DataLead.Id, DecidedAt = DateTime.UtcNow };
            again.Db.Add(extract);
            await again.Db.SaveChangesAsync(Cancel);
            Assert.True(await again.Get<ExtractWords>().GatherAsync(extract.Id, world.Whole, Cancel));
            return extract;
        }

        async Task SayAsync(Child child, ConsentEventType type)
        {
            using var no = site.As(world.Whole);
            var said = await no.Db.ExtractItems.Where(i => i.ExtractId == first.Id && i.ChildId == child.Id).Select(i => i.VoiceRecordId).SingleAsync(Cancel);
            no.Db.Add(new ConsentEvent
            {
                AuthorityId = world.Authority.Id,
                ChildId = child.Id,
                Purpose = Purpose.QuoteService,
                Scope = ConsentScope.VoiceRecord,
                ScopeId = said,
                Type = type,
                DecidedBy = child == children[4] ? DecidedBy.ChildForSelf : DecidedBy.CourtOrAttorney,
                ChildPosition = child == children[4] ? null : ChildPosition.Assents,
                ExpiresOn = type == ConsentEventType.Given ? World.Today.AddMonths(6) : null,
                Method = ConsentMethod.Spoken,
                OccurredAt = DateTime.UtcNow,
                RecordedAt = DateTime.UtcNow,
                RecordedById = world.Practitioner.Id,
            });
            no.Db.Add(AuditEntry.For(AuditActions.ConsentRecorded, world.Whole, child.Id, null, TimeProvider.System));
            await no.Db.SaveChangesAsync(Cancel);
        }

        // Somebody says no to the one thing they said, after it was gathered: nobody reads or waits for it, it leaves with nothing, and is not gathered again.
        await SayAsync(children[4], ConsentEventType.Refused);
        using (var own = site.As(reader))
        {
            var number = await scope.Db.ExtractItems.AsNoTracking().Where(i => i.ExtractId == first.Id && i.ChildId == children[4].Id).Select(i => i.Number).SingleAsync(Cancel);
            var open = await own.Get<WordsReviewService>().OpenAsync(first.Id, number, reader, Cancel);
            Assert.Equal(((string?)null, false), (open!.Piece!.Text, open.Places.Single(p => p.Number == number).Waits));
        }

        // One piece does not leave, and from another the swings are taken out.
        var (one, prepare) = await ReadThroughAsync(first, item =>
        {
            if (item.ChildId == children[1].Id) (item.Kept, item.Because) = (false, ItemLeftOut.StillTells);
            if (item.ChildId == children[2].Id) item.Hidden.AddRange(Spans.Places(Words, "the swings").Select(ItemMark.Of));
        });
        var made = await prepare();
        Assert.Equal(("About 10", "Fewer than 8"), (made.Report.Words!.Looked, Assert.Single(made.Report.Words.NotKept).Value));
        Assert.DoesNotContain(children[4].Id, made.ChildIds);
        // A child who died and was never in need is on record too: with their full name in it, it is not let out.
        using (var other = site.As(world.Whole))
        {
            var dead = new Child { AuthorityId = world.Authority.Id, LaChildId = $"{world.Authority.Code}-not", GivenName = "Not", FamilyName = "Zz97", DiedOn = World.Today.AddYears(-1), CreatedAt = DateTime.UtcNow };
            other.Db.Add(dead);
            other.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await other.Db.SaveChangesAsync(Cancel);
            await Assert.ThrowsAsync<PackageRefusedException>(() => BuilderIn(scope).ReleaseAsync(one.Id, made, world.Whole, Cancel));
            dead.FamilyName = null;
            other.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await other.Db.SaveChangesAsync(Cancel);
        }

        Assert.True(await BuilderIn(scope).ReleaseAsync(one.Id, made, world.Whole, Cancel));

        // Another reader lets both through: who came since is held back, and what was taken out stays so.
        var (two, prepareTwo) = await ReadThroughAsync(await AgainAsync(), _ => { });
        Assert.DoesNotContain(children[4].Id, await scope.Db.ExtractItems.Where(i => i.ExtractId == two.Id).Select(i => i.ChildId).ToListAsync(Cancel));
        made = await prepareTwo();
        Assert.Equal(children.Select(c => c.Id).Where(id => id != children[1].Id && id != children[4].Id).Order(), made.ChildIds.Order());
        Assert.Equal(1, made.Holds.Rows.Count(r => r[^1].Contains("and [WORDS], not", StringComparison.Ordinal)));
        Assert.Equal(1, made.Report.NotIncluded.Count(n => n.State.StartsWith("Said yes, and held back", StringComparison.Ordinal) && n.Children == "Fewer than 8"));
        // One more says no to their one thing while the file is made: it is not let out with it, and is when they say yes to it.
        await SayAsync(children[5], ConsentEventType.Refused);
        Assert.False(await BuilderIn(scope).ReleaseAsync(two.Id, made, world.Whole, Cancel));
        await SayAsync(children[5], ConsentEventType.Given);
        Assert.True(await BuilderIn(scope).ReleaseAsync(two.Id, made, world.Whole, Cancel));
        // And when they take that back, what was released is called back.
        var lead = World.ActorOf(world.DataLead);
        using (var recalls = site.As(lead)) Assert.Empty(await recalls.Get<ExtractService>().RecallsAsync(lead, Cancel));
        await SayAsync(children[5], ConsentEventType.Withdrawn);
        using (var recalls = site.As(lead)) Assert.Equal(new[] { one.Id, two.Id }.Order(), (await recalls.Get<ExtractService>().RecallsAsync(lead, Cancel)).Select(r => r.ExtractId).Order());
        await SayAsync(children[5], ConsentEventType.Given);

        // A family says stop: with nine others left out there would be too few.
        await world.DecideAsync(site, children[3].Id, ConsentEventType.Withdrawn, purpose: Purpose.ResearchWords);
        var (_, prepareThree) = await ReadThroughAsync(await AgainAsync(), _ => { });
        await Assert.ThrowsAsync<ChildrensInfo.Core.Disclosure.DifferencingRefusedException>(prepareThree);
    }

    [Fact]
    public async Task Only_a_childs_own_words_that_nobody_is_kept_from_are_gathered_and_of_ten_children_at_least()
    {
        var world = await World.CreateAsync(site);
        var need = await NeedWorld.InAsync(site, world);
        async Task ChangeAsync(List<Child> children)
        {
            using var scope = site.As(world.Whole);
            var records = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == children[0].Id || r.ChildId == children[1].Id).ToListAsync(Cancel);
            var keys = scope.Get<ChildrensInfo.Core.Keys.KeyRing>();
            // Four more of the first, and some that must not leave.
            foreach (var change in new Action<VoiceRecordLike>[] { r => { }, r => { }, r => { }, r => { }, r => r.Sensitivity = Sensitivity.Disclosure, r => r.Provenance = WordsProvenance.WrittenUpLater, r => r.Speaker = Speaker.Practitioner })
            {
                var like = new VoiceRecordLike();
                change(like);
                var of = records.First(r => r.ChildId == children[0].Id);
                var record = new VoiceRecord
                {
                    AuthorityId = of.AuthorityId,
                    ChildId = of.ChildId,
                    SessionId = of.SessionId,
                    Speaker = like.Speaker,
                    Kind = VoiceKind.TypedText,
                    Provenance = like.Provenance,
                    Sensitivity = like.Sensitivity,
                    HeardOn = of.HeardOn,
                    SealedAt = DateTime.UtcNow,
                    SealedById = of.SealedById,
                    Subjects = [SubjectMatter.MyLife],
                    ContentSeal = [1],
                };
                scope.Db.AddRange(record, new VoiceWords { VoiceRecordId = record.Id, AuthorityId = of.AuthorityId, ChildId = of.ChildId, Sealed = await keys.SealAsync(of.ChildId, "more", record.Id, SealPartOfWords, Cancel) });
            }

            // The second child has told somebody not to tell.
            scope.Db.Add(new DoNotTell { AuthorityId = world.Authority.Id, ChildId = children[1].Id, Role = DoNotTellRole.Family, Scope = DoNotTellScope.Everything, Reason = DoNotTellReason.Private, SaidBy = DoNotTellSaidBy.Child, FromOn = World.Today.AddDays(-2), RecordedById = world.Practitioner.Id, RecordedAt = DateTime.UtcNow });
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            // The third may be studied and not be read.
            await world.DecideAsync(site, children[2].Id, ConsentEventType.Refused, purpose: Purpose.ResearchWords);
        }

        var (extract, all) = await world.AddWordsExtractAsync(site, need, "I like it here", ChangeAsync);
        var items = await site.ReadAsync(world, db => db.ExtractItems.ToListAsync(Cancel));
        Assert.Equal(ResearchLimits.MostWordsOfOne, items.Count(i => i.ChildId == all[0].Id));
        Assert.DoesNotContain(items, i => i.ChildId == all[1].Id || i.ChildId == all[2].Id);
        var left = await site.ReadAsync(world, db => db.VoiceRecords.Where(r => items.Select(i => i.VoiceRecordId).Contains(r.Id)).ToListAsync(Cancel));
        Assert.All(left, r => Assert.Equal((Speaker.Child, Sensitivity.Normal, WordsProvenance.VerbatimAtTheTime), (r.Speaker, r.Sensitivity, r.Provenance)));

        // With one family fewer there are nine.
        await world.DecideAsync(site, all[3].Id, ConsentEventType.Refused, purpose: Purpose.ResearchWords);
        using var again = site.As(world.Whole);
        var second = new Extract { AuthorityId = world.Authority.Id, ProjectId = extract.ProjectId, RequestedById = world.Researcher.Id, RequestedAt = DateTime.UtcNow, Purpose = "More.", Form = ExtractForm.Words, State = ExtractState.Approved, DecidedById = world.DataLead.Id, DecidedAt = DateTime.UtcNow };
        again.Db.Add(second);
        await again.Db.SaveChangesAsync(Cancel);
        await Assert.ThrowsAsync<ChildrensInfo.Core.Disclosure.DisclosureRefusedException>(() => again.Get<ExtractWords>().GatherAsync(second.Id, world.Whole, Cancel));
        Assert.Equal(ExtractState.Approved, (await site.ReadAsync(world, db => db.Extracts.SingleAsync(e => e.Id == second.Id, Cancel))).State);
    }

    [Fact]
    public async Task Words_are_asked_for_only_where_that_was_approved_and_read_by_nobody_who_asked_or_approved()
    {
        var (world, extract, _) = await BeginAsync("I like it here");
        using var researcher = site.ClientFor(world.Researcher);
        var plain = await world.AddProjectAsync(site, ProjectState.Approved);
        using (var answer = await researcher.SubmitAsync($"/use/projects/{plain.Id}/request", new Dictionary<string, string?> { ["Input.Form"] = "Rows", ["Input.Purpose"] = "To listen" }))
        {
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }

        var request = await researcher.PageAsync($"/use/projects/{plain.Id}/request");
        Assert.Null(request.QuerySelector("input[name='Input.Form'][value=Words]"));
        var radio = request.QuerySelector<IHtmlInputElement>("input[name='Input.Form'][value=Rows]")!;
        radio.Value = "Words";
        radio.IsChecked = true;
        using (var forged = await researcher.SubmitAsync(request, $"/use/projects/{plain.Id}/request", new Dictionary<string, string?> { ["Input.Purpose"] = "To listen" }))
        {
            Assert.Contains("not approved to read what children said", (await TestClient.ParseAsync(forged)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        }

        using (var asked = await researcher.SubmitAsync($"/use/projects/{extract.ProjectId}/request", new Dictionary<string, string?> { ["Input.Form"] = "Words", ["Input.Purpose"] = "To listen" })) Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        var draft = await researcher.PageAsync("/use/projects/new");
        using (var outside = await researcher.SubmitAsync(draft, "/use/projects/new", new Dictionary<string, string?> { ["Input.WantsWords"] = "true", ["Input.Place"] = "Outside" }))
        {
            var errors = (await TestClient.ParseAsync(outside)).QuerySelector(".govuk-error-summary")!.TextContent;
            Assert.Contains("read in a safe setting only", errors, StringComparison.Ordinal);
            Assert.Contains("Say why you need what children said", errors, StringComparison.Ordinal);
        }

        // While the project is held nobody reads for it.
        using var reader = site.ClientFor(world.InformationGovernance);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync($"/govern/words/{extract.Id}/1")).StatusCode);
        foreach (var (state, status) in new[] { (ProjectState.Suspended, HttpStatusCode.NotFound), (ProjectState.Approved, HttpStatusCode.OK) })
        {
            using var scope = site.As(world.Whole);
            (await scope.Db.ResearchProjects.SingleAsync(p => p.Id == extract.ProjectId, Cancel)).State = state;
            await scope.Db.SaveChangesAsync(Cancel);
            Assert.Equal(status, (await reader.GetAsync($"/govern/words/{extract.Id}/1")).StatusCode);
        }

        // Whoever approved it and has since become a governor does not read it, and the database refuses that too.
        using (var scope = site.As(world.Whole))
        {
            var approver = await scope.Db.Users.SingleAsync(u => u.Id == world.DataLead.Id, Cancel);
            approver.Role = Role.InformationGovernance;
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, world.Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            world.DataLead.Role = Role.InformationGovernance;
        }

        using var moved = site.ClientFor(world.DataLead);
        Assert.Equal(HttpStatusCode.NotFound, (await moved.GetAsync($"/govern/words/{extract.Id}/1")).StatusCode);
        Assert.DoesNotContain("To listen", (await moved.PageAsync("/govern/words")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await using var owner = new NpgsqlConnection(site.SuperuserConnectionString);
        await owner.OpenAsync(Cancel);
        await using var update = new NpgsqlCommand($"update extract_items set kept = true, reviewed_by_id = '{world.DataLead.Id}', reviewed_at = now() where extract_id = '{extract.Id}'", owner);
        Assert.Contains("somebody else", (await Assert.ThrowsAsync<PostgresException>(() => update.ExecuteNonQueryAsync(Cancel))).MessageText, StringComparison.Ordinal);
        // Nor does anybody change what was found.
        await using var marks = new NpgsqlCommand($"update extract_items set found = '[{{}}]' where extract_id = '{extract.Id}'", owner);
        Assert.Contains("is not changed", (await Assert.ThrowsAsync<PostgresException>(() => marks.ExecuteNonQueryAsync(Cancel))).MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_goes_through_them_by_keyboard_alone()
    {
        var (world, extract, _) = await BeginAsync(Said);
        await using var reading = await browser.OpenAsync(site, world.InformationGovernance);
        var page = reading.Page;
        await page.GotoAsync($"/govern/words/{extract.Id}");
        await reading.LookWideAndNarrowAsync("govern-words-piece");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Sorrel" }).UncheckAsync();
        await Assertions.Expect(page.Locator("[data-reading-mark='1']")).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("--off"));
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Sorrel" }).CheckAsync();
        await Assertions.Expect(page.Locator("[data-reading='keys']")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("F8");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Piece 2 of 12");
        await Assertions.Expect(page.Locator("[data-reading='keys']")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("F9");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Piece 3 of 12");
        Assert.Equal((true, false, ItemLeftOut.StillTells), ((await ItemAsync(world, 1)).Kept, (await ItemAsync(world, 2)).Kept, (await ItemAsync(world, 2)).Because));
        Assert.Equal(2, (await ItemAsync(world, 1)).Hidden.Count);
        await page.GotoAsync("/govern/words");
        await reading.LookWideAndNarrowAsync("govern-words");
    }

    private static ExtractBuilder BuilderIn(Scope scope) =>
        new(scope.Db, scope.Get<ExtractPopulation>(), scope.Get<ExtractWords>(), scope.Get<ChildrensInfo.Core.Files.FileStore>(), new ResearchLimits(50), TimeProvider.System);

    private const int SealPartOfWords = ChildrensInfo.Core.Keys.SealPart.Words;

    private sealed class VoiceRecordLike
    {
        public Speaker Speaker { get; set; } = Speaker.Child;

        public WordsProvenance Provenance { get; set; } = WordsProvenance.VerbatimAtTheTime;

        public Sensitivity Sensitivity { get; set; }
    }

    private async Task<(World World, Extract Extract, List<Child> Children)> BeginAsync(string words)
    {
        var world = await World.CreateAsync(site);
        var (extract, children) = await world.AddWordsExtractAsync(site, await NeedWorld.InAsync(site, world), words);
        return (world, extract, children);
    }

    private Task<ExtractItem> ItemAsync(World world, int number) => site.ReadAsync(world, db => db.ExtractItems.SingleAsync(i => i.Number == number, Cancel));

    private static async Task DoneAsync(TestClient client, string path, params (string Name, string Value)[] fields)
    {
        using var response = await client.SubmitAsync(path, fields.ToDictionary(f => f.Name, f => (string?)f.Value), "form[data-reading]");
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, $"{path}: {(await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent}");
    }

    private static async Task RefusedAsync(TestClient client, string path, string message, params (string Name, string Value)[] fields)
    {
        using var response = await client.SubmitAsync(path, fields.ToDictionary(f => f.Name, f => (string?)f.Value), "form[data-reading]");
        Assert.Contains(message, (await TestClient.ParseAsync(response)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
    }

    private async Task EndedAsync(World world, Guid extractId)
    {
        for (var i = 0; i < 600 && await site.ReadAsync(world, db => db.Jobs.AnyAsync(j => j.SubjectId == extractId && (j.State == JobState.Waiting || j.State == JobState.Running), Cancel)); i++) await Task.Delay(100, Cancel);
    }

    private static async Task<string[]> DataAsync(byte[] bytes)
    {
        await using var zip = new ZipArchive(new MemoryStream(bytes));
        using var reader = new StreamReader(await zip.GetEntry(ExtractPackage.Data)!.OpenAsync(Cancel));
        return (await reader.ReadToEndAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
