using System.Buffers.Binary;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

public class ReturnImporterTests(TestSite site)
{
    /// <summary>The lock under which one return of a council at a time is loaded.</summary>
    private const string CouncilsLock = "hashtextextended('return ' || $1::uuid::text, 0)";

    [Fact]
    public async Task A_return_is_loaded_with_every_event_and_a_key_for_each_child()
    {
        var world = await World.CreateAsync(site);
        var loaded = await LoadAsync(world, Of(world));

        Assert.Equal(ReturnState.Loaded, loaded.State);
        Assert.Equal((1, 1, 0), (loaded.ChildrenRead, loaded.ChildrenAdded, loaded.ChildrenChanged));
        Assert.Equal((1, 1, 0), (loaded.EpisodesRead, loaded.EpisodesAdded, loaded.EpisodesChanged));
        Assert.Equal(0, loaded.RejectionCount);
        Assert.NotNull(loaded.FinishedAt);
        using var scope = site.As(world.Whole);
        var child = await scope.Db.Children.SingleAsync();
        Assert.Equal("F", child.Sex);
        // A key that opens what is sealed under it.
        var keys = scope.Get<KeyRing>();
        var sealedText = await keys.SealAsync(child.Id, "I like it here", child.Id, SealPart.Words, default);
        Assert.Equal("I like it here", await site.As(world.Whole).Get<KeyRing>().OpenAsync(child.Id, sealedText, child.Id, SealPart.Words, default));
        var episode = await scope.Db.NeedEpisodes.SingleAsync();
        Assert.Equal(loaded.Id, episode.ReturnId);
        Assert.Single(await scope.Db.NeedAssessments.ToListAsync());
        Assert.Single(await scope.Db.CinPlans.ToListAsync());
        Assert.Single(await scope.Db.Section47s.ToListAsync());
        Assert.Equal([new(2025, 11, 10), new(2026, 2, 16)], (await scope.Db.ProtectionPlans.SingleAsync()).ReviewedOn);
        var line = Assert.Single(await world.AuditAsync(AuditActions.ReturnLoaded));
        Assert.Equal((loaded.Id, world.DataLead.Id), (line.SubjectId!.Value, line.ActorId!.Value));
    }

    [Theory]
    [InlineData("CIN2rows.xml", "201")]
    [InlineData("CIN_Census_2024.xml", "201")]
    [InlineData("CIN_Census_2026.xml", "201")]
    [InlineData("fake_CIN_data.xml", "975")]
    public async Task Real_files_load_and_the_same_file_again_changes_nothing(string sample, string lea)
    {
        var world = await World.CreateAsync(site);
        using var text = new StreamReader(CinFile.Sample(sample));
        var xml = (await text.ReadToEndAsync()).Replace($"<LEA>{lea}</LEA>", $"<LEA>{world.Authority.Code}</LEA>", StringComparison.Ordinal);

        var first = await LoadAsync(world, xml);
        var before = await Loading.FingerprintAsync(site, world, withVersions: true);
        var second = await LoadAsync(world, xml);

        Assert.Equal(ReturnState.Loaded, first.State);
        Assert.True(first.ChildrenAdded > 0 || first.RejectionCount > 0);
        Assert.Equal((ReturnState.Loaded, first.ChildrenRead, 0, 0, 0, 0), (second.State, second.ChildrenRead, second.ChildrenAdded, second.ChildrenChanged, second.EpisodesAdded, second.EpisodesChanged));
        Assert.Equal(first.RejectionCount, second.RejectionCount);
        Assert.Equal(before, await Loading.FingerprintAsync(site, world, withVersions: true));
    }

    [Fact]
    public async Task A_closure_in_the_next_edition_is_one_change()
    {
        var world = await World.CreateAsync(site);
        var options = new CinGeneratorOptions { Children = 40, Seed = 7 };
        var xml = Generated(world, options);
        Assert.Equal(40, (await LoadAsync(world, xml)).ChildrenAdded);

        var document = System.Xml.Linq.XDocument.Parse(xml.TrimStart('\uFEFF'));
        var open = document.Descendants("CINdetails").First(d => d.Element("CINclosureDate") is null);
        open.Add(new System.Xml.Linq.XElement("CINclosureDate", "2026-03-30"), new System.Xml.Linq.XElement("ReasonForClosure", "RC7"));
        var next = await LoadAsync(world, document.ToString());

        Assert.Equal((0, 1, 0, 1), (next.ChildrenAdded, next.ChildrenChanged, next.EpisodesAdded, next.EpisodesChanged));
        using var scope = site.As(world.Whole);
        var changed = await scope.Db.NeedEpisodes.SingleAsync(e => e.ReturnId == next.Id);
        Assert.Equal((new DateOnly(2026, 3, 30), "RC7"), (changed.ClosedOn!.Value, changed.ReasonForClosure));
    }

    [Fact]
    public async Task A_closure_taken_back_opens_the_episode_again_and_a_corrected_start_does_not_leave_the_event_twice()
    {
        var world = await World.CreateAsync(site);
        var file = For(world);
        file.First("CINdetails").Add(new System.Xml.Linq.XElement("CINclosureDate", "2026-03-01"), new System.Xml.Linq.XElement("ReasonForClosure", "RC7"));
        await LoadAsync(world, file.Xml);
        // The next system writes the child's number with capitals.
        file.Remove("CINclosureDate").Remove("ReasonForClosure").Set("S47ActualStartDate", "2025-08-05").Set("LAchildID", "INVENTED1").Set("PrimaryNeedCode", "N77");
        var next = await LoadAsync(world, file.Xml);

        Assert.Equal((0, 1, 1), (next.ChildrenAdded, next.ChildrenChanged, next.EpisodesChanged));
        using var scope = site.As(world.Whole);
        Assert.Equal((null, null), await scope.Db.NeedEpisodes.Select(e => new ValueTuple<DateOnly?, string?>(e.ClosedOn, e.ReasonForClosure)).SingleAsync());
        Assert.Equal(new DateOnly(2025, 8, 5), await scope.Db.Section47s.Select(s => s.StartedOn).SingleAsync());
        Assert.All(await scope.Db.ReturnRejections.ToListAsync(), r => Assert.Equal("Invented1", r.LaChildId));
        // What was taken back stands there with what it was.
        Assert.Equal(
            [("PrimaryNeedCode", "N77", Rejection.UnknownCode), ("CINclosureDate", "2026-03-01", Rejection.GoneAndTakenBack), ("ReasonForClosure", "RC7", Rejection.GoneAndTakenBack)],
            (await scope.Db.ReturnRejections.OrderBy(r => r.Ordinal).ToListAsync()).Select(r => (r.Field, r.Value!, r.Reason)));
        Assert.Empty(await scope.Db.ReturnAbsences.ToListAsync());

        // A plan alike three weeks later, and an assessment of the day after that found something else, may be others: whether the first ones go is asked.
        await LoadAsync(world, file.Set("PrimaryNeedCode", "N1").Set("CINPlanStartDate", "2025-07-11").Set("AssessmentActualStartDate", "2025-05-07").Set("AssessmentFactors", "2B").Xml);
        Assert.Equal((2, 2), (await scope.Db.CinPlans.CountAsync(), await scope.Db.NeedAssessments.CountAsync()));
        Assert.Equal(["cin_plans", "need_assessments"], await scope.Db.ReturnAbsences.Select(a => a.TableName).Order().ToListAsync());
    }

    [Fact]
    public async Task What_happened_in_an_earlier_year_stays_and_what_this_year_no_longer_contains_is_asked_about()
    {
        var world = await World.CreateAsync(site);
        var file = For(world).Set("ReferenceDate", "2025-03-31").Set("Year", "2025").Set("CINreferralDate", "2024-05-06").Set("S47ActualStartDate", "2024-06-04").Set("DateOfInitialCPC", "2024-06-20")
            .Add("CINdetails", "<PreProceedingsandFGDM><LBPSentDate>2024-09-02</LBPSentDate><FGDMMeetingOffer>1</FGDMMeetingOffer><PPOutcome>2</PPOutcome></PreProceedingsandFGDM>");
        foreach (var name in new[] { "AssessmentActualStartDate", "CINPlanStartDate", "CPPstartDate" }) file.Set(name, "2024-07-01");
        foreach (var name in new[] { "AssessmentAuthorisationDate", "CINPlanEndDate" }) file.Set(name, "2024-08-01");
        foreach (var name in new[] { "CPPreviewDate" }) file.Set(name, "2024-10-01");
        file.First("CPPstartDate").AddAfterSelf(new System.Xml.Linq.XElement("CPPendDate", "2025-03-01"));
        Assert.Equal(ReturnState.Loaded, (await LoadAsync(world, file.Xml)).State);
        using (var scope = site.As(world.Whole))
        {
            var stage = await scope.Db.PreProceedings.SingleAsync();
            Assert.Equal((null, new(2024, 9, 2), true, "2"), (stage.StartedOn, stage.LetterSentOn!.Value, stage.FamilyMeetingOffered, stage.Outcome));
        }

        // A year later the episode goes on, and the return tells of that year only.
        var later = For(world).Set("CINreferralDate", "2024-05-06").Remove("Section47").Remove("Assessments").Remove("CINPlanDates").Remove("ChildProtectionPlans");
        await LoadAsync(world, later.Xml);
        using (var scope = site.As(world.Whole))
        {
            Assert.Equal((1, 1, 1, 1, 1), (await scope.Db.NeedAssessments.CountAsync(), await scope.Db.CinPlans.CountAsync(), await scope.Db.Section47s.CountAsync(), await scope.Db.ProtectionPlans.CountAsync(), await scope.Db.PreProceedings.CountAsync()));
            Assert.Empty(await scope.Db.ReturnAbsences.ToListAsync());
        }

        // The same year again without the child: the episode is missed, and stays.
        await LoadAsync(world, For(world).Set("LAchildID", "Invented2").Xml);
        using var last = site.As(world.Whole);
        Assert.Equal("need_episodes", (await last.Db.ReturnAbsences.SingleAsync()).TableName);
        Assert.Equal(2, await last.Db.NeedEpisodes.CountAsync());
    }

    [Fact]
    public async Task An_older_return_loaded_later_only_adds_what_was_not_known()
    {
        var world = await World.CreateAsync(site);
        var newer = For(world);
        newer.First("CINdetails").Add(new System.Xml.Linq.XElement("CINclosureDate", "2026-03-01"));
        await LoadAsync(world, newer.Xml);
        var older = For(world).Set("ReferenceDate", "2025-12-31").Set("Ethnicity", "REFU");
        var loaded = await LoadAsync(world, older.Xml);

        Assert.Equal((0, 0), (loaded.ChildrenChanged, loaded.EpisodesChanged));
        Assert.Contains(loaded.Warnings, w => w.Contains("later reference date", StringComparison.Ordinal));
        using var scope = site.As(world.Whole);
        Assert.Equal(new DateOnly(2026, 3, 1), await scope.Db.NeedEpisodes.Select(e => e.ClosedOn).SingleAsync());
    }

    [Fact]
    public async Task A_value_of_an_event_that_cannot_be_read_or_is_not_given_wipes_out_none_and_what_is_taken_back_is_told_with_its_value()
    {
        var world = await World.CreateAsync(site);
        await LoadAsync(world, For(world).Died("2026-03-20").Xml);
        var before = await Loading.FingerprintAsync(site, world, withVersions: false);
        var unreadable = For(world).Died("2026-02-30").Set("Disability", "ZZ").Set("AssessmentFactors", "ZZ").Set("InitialCPCtarget", "soon").Set("InitialCategoryOfAbuse", "BAD").Set("NumberOfPreviousCPP", "-1").Set("CPPreviewDate", "10/11/2025");
        var first = await LoadAsync(world, unreadable.Xml);
        Assert.Equal((7, 0, 0), (first.RejectionCount, first.ChildrenChanged, first.EpisodesChanged));
        Assert.Equal(before, await Loading.FingerprintAsync(site, world, withVersions: false));

        var blank = For(world).Remove("Disability").Remove("AssessmentFactors").Remove("InitialCPCtarget").Remove("LatestCategoryOfAbuse").Remove("ICPCnotRequired").Remove("CPPreviewDate").Remove("CINPlanEndDate");
        var second = await LoadAsync(world, blank.Xml);
        Assert.Equal((8, 1, 1), (second.RejectionCount, second.ChildrenChanged, second.EpisodesChanged));
        using (var scope = site.As(world.Whole))
        {
            var told = (await scope.Db.ReturnRejections.Where(r => r.ReturnId == second.Id).OrderBy(r => r.Ordinal).ToListAsync()).Select(r => (r.Field, r.Value!, r.Reason == Rejection.NotGivenAndKept)).ToHashSet();
            Assert.Equal(
                [("PersonDeathDate", "2026-03-20", true), ("Disability", "AUT", false), ("AssessmentFactors", "3B", false), ("InitialCPCtarget", "2025-08-26", false), ("LatestCategoryOfAbuse", "EMO", true),
                    ("ICPCnotRequired", "false", true), ("CPPreviewDate", "2025-11-10", false), ("CINPlanEndDate", "2025-07-15", false)],
                told);
            Assert.Equal(["LD"], await scope.Db.Children.Select(c => c.DisabilityCodes).SingleAsync());
            Assert.Equal(["4B"], await scope.Db.NeedAssessments.Select(a => a.FactorCodes).SingleAsync());
            Assert.Equal("EMO", await scope.Db.ProtectionPlans.Select(p => p.LatestCategoryOfAbuse).SingleAsync());
        }

        using (var client = site.ClientFor(world.DataLead))
        {
            Assert.Contains(Rejection.GoneAndTakenBack, (await client.PageAsync($"/understand/returns/{second.Id}")).QuerySelector("#left-out-list")!.TextContent, StringComparison.Ordinal);
        }

        // What the load took back comes back with it.
        await Loading.UndoAsync(site, world, second);
        Assert.Equal(before, await Loading.FingerprintAsync(site, world, withVersions: false));
    }

    [Fact]
    public async Task Of_two_editions_that_tell_of_one_day_the_one_that_was_made_later_stands_whichever_is_loaded_last()
    {
        var world = await World.CreateAsync(site);
        await LoadAsync(world, For(world).Set("DateTime", "2026-05-01T09:00:00").Closed("2026-03-01").Xml);
        var older = await LoadAsync(world, For(world).Set("DateTime", "2026-04-30T17:00:00").Set("LatestCategoryOfAbuse", "PHY").Xml);
        Assert.Equal((0, 0), (older.ChildrenChanged, older.EpisodesChanged));
        Assert.Contains(older.Warnings, w => w.Contains("same reference date, made later", StringComparison.Ordinal));
        using (var scope = site.As(world.Whole))
        {
            Assert.Equal(new DateOnly(2026, 3, 1), await scope.Db.NeedEpisodes.Select(e => e.ClosedOn).SingleAsync());
            Assert.Equal("EMO", await scope.Db.ProtectionPlans.Select(p => p.LatestCategoryOfAbuse).SingleAsync());
        }

        using (var client = site.ClientFor(world.DataLead))
        {
            Assert.Contains("made later", (await client.PageAsync($"/understand/returns/{older.Id}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }

        var newer = await LoadAsync(world, For(world).Set("DateTime", "2026-05-02T09:00:00").Closed("2026-03-02").Xml);
        Assert.Equal(1, newer.EpisodesChanged);
        Assert.Empty(newer.Warnings);
    }

    [Fact]
    public async Task What_cannot_be_right_is_left_out_and_listed_with_child_field_value_and_reason()
    {
        var world = await World.CreateAsync(site);
        var file = For(world).Set("PrimaryNeedCode", "N77").Set("Ethnicity", "=CMD()").Set("S47ActualStartDate", "2036-01-01");
        var loaded = await LoadAsync(world, file.Xml);

        Assert.Equal((ReturnState.Loaded, 3), (loaded.State, loaded.RejectionCount));
        using var scope = site.As(world.Whole);
        var rejections = await scope.Db.ReturnRejections.OrderBy(r => r.Ordinal).ToListAsync();
        Assert.Equal([1, 2, 3], rejections.Select(r => r.Ordinal));
        Assert.Equal(["Ethnicity", "PrimaryNeedCode", "S47ActualStartDate"], rejections.Select(r => r.Field).Order());
        Assert.Contains(rejections, r => r is { Value: "N77", Field: "PrimaryNeedCode" } && r.LaChildId == file.First("LAchildID").Value && r.Reason.Length > 0);
        Assert.Empty(await scope.Db.Section47s.ToListAsync());
        Assert.Null((await scope.Db.NeedEpisodes.SingleAsync()).PrimaryNeedCode);
    }

    [Theory]
    [InlineData("999")]
    [InlineData("")]
    public async Task Another_councils_return_is_refused(string lea)
    {
        var world = await World.CreateAsync(site);
        var refused = await LoadAsync(world, For(world).Set("LEA", lea).Xml);

        Assert.Equal(ReturnState.Refused, refused.State);
        Assert.Contains("LEA", refused.RefusedBecause, StringComparison.Ordinal);
        await AssertNothingLoadedAsync(world);
        Assert.Single(await world.AuditAsync(AuditActions.ReturnRefused));
    }

    [Fact]
    public async Task A_file_cut_after_many_children_loads_none_of_them()
    {
        var world = await World.CreateAsync(site);
        var xml = Generated(world, new CinGeneratorOptions { Children = 2_500, Seed = 3 });
        var refused = await LoadAsync(world, xml[..(xml.Length * 9 / 10)]);

        Assert.Equal(ReturnState.Refused, refused.State);
        Assert.Contains("stops in the middle", refused.RefusedBecause, StringComparison.Ordinal);
        await AssertNothingLoadedAsync(world);
    }

    [Fact]
    public async Task Stopping_it_loads_nothing()
    {
        var world = await World.CreateAsync(site);
        await using var owner = new NpgsqlConnection(site.SiteConnectionString + ";Pooling=false");
        await owner.OpenAsync();
        var (handedIn, job) = await Loading.HandInAsync(site, world, CinFile.Of(Of(world)), id => HoldAsync(owner, id));
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            (await scope.Db.Jobs.SingleAsync(j => j.Id == job)).State = JobState.Running;
            await scope.Db.SaveChangesAsync();
            Assert.True(await scope.Get<ReturnService>().StopAsync(handedIn, World.ActorOf(world.DataLead), default));
        }

        await Assert.ThrowsAsync<JobCancelledException>(() => Loading.RunAsync(site, world, handedIn, job));
        using var after = site.As(world.Whole);
        Assert.Equal(ReturnState.Stopped, (await after.Db.Returns.SingleAsync(r => r.Id == handedIn)).State);
        await AssertNothingLoadedAsync(world);
        Assert.Single(await world.AuditAsync(AuditActions.ReturnStopped));
    }

    [Fact]
    public async Task When_the_site_is_killed_nothing_is_half_loaded_and_the_job_is_begun_again()
    {
        var world = await World.CreateAsync(site);
        var xml = Generated(world, new CinGeneratorOptions { Children = 3_000, Seed = 5 });

        // A site that holds the job, as JobRunner would; then its database connections are cut in the middle of its transaction.
        await using var owner = new NpgsqlConnection(site.SiteConnectionString + ";Pooling=false");
        await owner.OpenAsync();
        var (handedIn, job) = await Loading.HandInAsync(site, world, CinFile.Of(xml), id => HoldAsync(owner, id));
        await using var killer = new NpgsqlConnection(site.SuperuserConnectionString + ";Pooling=false");
        await killer.OpenAsync();
        var work = RunAsync(world, handedIn, job, JobState.Running);
        while (!work.IsCompleted)
        {
            // The one that holds this council's lock of loading: other tests load too.
            await using var kill = new NpgsqlCommand(
                "select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l on l.pid = a.pid and l.locktype = 'advisory'"
                + $" and ((l.classid::bigint << 32) | l.objid::bigint) = {CouncilsLock} where a.datname = current_database() and a.state like 'active%' and a.query like 'copy in_%'", killer)
            { Parameters = { new() { Value = world.Authority.Id } } };
            if (await kill.ExecuteScalarAsync() is true) break;
        }

        await Assert.ThrowsAnyAsync<Exception>(() => work);
        await AssertNothingLoadedAsync(world);
        using (var scope = site.As(world.Whole)) Assert.Equal(JobState.Running, (await scope.Db.Jobs.SingleAsync(j => j.Id == job)).State);

        await owner.CloseAsync();
        Assert.Equal(JobState.Done, (await WaitAsync(world, job)).State);
        using var after = site.As(world.Whole);
        Assert.Equal(3_000, (await after.Db.Returns.SingleAsync()).ChildrenAdded);
        Assert.Equal(3_000, await after.Db.Children.CountAsync());
        Assert.Equal(3_000, await after.Db.ChildKeys.CountAsync());
        Assert.Single(await world.AuditAsync(AuditActions.ReturnLoaded));
    }

    [Fact]
    public async Task A_job_that_loses_the_database_is_begun_again_by_the_same_site_and_done()
    {
        var world = await World.CreateAsync(site);
        var (_, job) = await Loading.HandInAsync(site, world, CinFile.Of(Of(world)));
        await using (await WaitingLoadAsync(world, job))
        {
            await BreakOffAsync(world, 1);
        }

        var done = await WaitAsync(world, job);
        Assert.Equal((JobState.Done, 2), (done.State, done.TimesBegun));
        Assert.Single(await world.AuditAsync(AuditActions.ReturnLoaded));
    }

    [Fact]
    public async Task A_job_that_is_broken_off_again_and_again_is_given_up_and_says_so()
    {
        var world = await World.CreateAsync(site);
        var (_, job) = await Loading.HandInAsync(site, world, CinFile.Of(Of(world)));
        await using (await WaitingLoadAsync(world, job))
        {
            await BreakOffAsync(world, Job.MostBeginnings);
            var given = await WaitAsync(world, job);
            Assert.Equal((JobState.Failed, Job.MostBeginnings), (given.State, given.TimesBegun));
            Assert.Contains("broken off several times", given.Message, StringComparison.Ordinal);
        }

        await AssertNothingLoadedAsync(world);
    }

    [Fact]
    public async Task A_job_that_finished_before_its_site_stopped_is_not_done_twice()
    {
        var world = await World.CreateAsync(site);
        var loaded = await LoadAsync(world, Of(world));
        using var scope = site.As(world.Whole);
        var job = await scope.Db.Jobs.SingleAsync(j => j.SubjectId == loaded.Id);
        await Loading.RunAsync(site, world, loaded.Id, job.Id);
        Assert.Single(await world.AuditAsync(AuditActions.ReturnLoaded));
    }

    [Fact]
    public async Task A_return_that_a_site_has_begun_is_waited_for_and_not_loaded_beside_it()
    {
        var world = await World.CreateAsync(site);
        await using var owner = new NpgsqlConnection(site.SiteConnectionString + ";Pooling=false");
        await owner.OpenAsync();
        var (handedIn, _) = await Loading.HandInAsync(site, world, CinFile.Of(Of(world)), id => HoldAsync(owner, id));

        using var scope = site.As(world.Whole);
        var here = scope.Get<ReturnImporter>().RunNowAsync(handedIn, world.Whole, default);
        await using var looking = new NpgsqlConnection(site.SuperuserConnectionString);
        await looking.OpenAsync();
        await using var waiters = new NpgsqlCommand(
            "select exists (select 1 from pg_locks w join pg_locks h using (classid, objid, database) where w.locktype = 'advisory' and h.locktype = 'advisory' and not w.granted and h.granted and h.pid = $1)", looking);
        waiters.Parameters.Add(new() { Value = owner.ProcessID });
        while (await waiters.ExecuteScalarAsync() is false) Assert.False(here.IsCompleted, "It was loaded while another held the job.");
        await AssertNothingLoadedAsync(world);

        await owner.CloseAsync();
        await here;
        Assert.Single(await world.AuditAsync(AuditActions.ReturnLoaded));
    }

    private static CinFile For(World world) => new CinFile().Set("LEA", world.Authority.Code);

    private static string Of(World world) => For(world).Xml;

    private static string Generated(World world, CinGeneratorOptions options)
    {
        using var stream = new MemoryStream();
        new CinGenerator(options).Write(stream);
        return Encoding.UTF8.GetString(stream.ToArray()).Replace($"<LEA>{options.Authority}</LEA>", $"<LEA>{world.Authority.Code}</LEA>", StringComparison.Ordinal);
    }

    private Task<Return> LoadAsync(World world, string xml) => Loading.LoadAsync(site, world, CinFile.Of(xml));

    /// <summary>Puts the job in the site's queue while somebody else is loading for this council, so that it stands still in the middle.</summary>
    private async Task<NpgsqlConnection> WaitingLoadAsync(World world, Guid job)
    {
        var other = new NpgsqlConnection(site.SuperuserConnectionString + ";Pooling=false");
        await other.OpenAsync();
        await using (var hold = new NpgsqlCommand($"select pg_advisory_lock({CouncilsLock})", other) { Parameters = { new() { Value = world.Authority.Id } } }) await hold.ExecuteNonQueryAsync();
        using var scope = site.As(world.Whole);
        (await scope.Db.Jobs.SingleAsync(j => j.Id == job)).State = JobState.Waiting;
        await scope.Db.SaveChangesAsync();
        return other;
    }

    /// <summary>Ends the connection on which the load waits, so many times.</summary>
    private async Task BreakOffAsync(World world, int times)
    {
        await using var killer = new NpgsqlConnection(site.SuperuserConnectionString + ";Pooling=false");
        await killer.OpenAsync();
        for (var (broken, i) = (0, 0); broken < times; i++)
        {
            Assert.True(i < 600, $"It was broken off {broken} times only.");
            await using var kill = new NpgsqlCommand(
                $"select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted and ((classid::bigint << 32) | objid::bigint) = {CouncilsLock}", killer)
            { Parameters = { new() { Value = world.Authority.Id } } };
            if (await kill.ExecuteScalarAsync() is true) broken++;
            await Task.Delay(100);
        }
    }

    /// <summary>Takes the job as another site's JobRunner would.</summary>
    private static async Task HoldAsync(NpgsqlConnection owner, Guid job)
    {
        await using var hold = new NpgsqlCommand("select pg_advisory_lock($1)", owner);
        hold.Parameters.Add(new() { Value = BinaryPrimitives.ReadInt64LittleEndian(job.ToByteArray().AsSpan(8)) });
        await hold.ExecuteNonQueryAsync();
    }

    private async Task RunAsync(World world, Guid handedIn, Guid job, JobState state)
    {
        using (var scope = site.As(world.Whole))
        {
            (await scope.Db.Jobs.SingleAsync(j => j.Id == job)).State = state;
            await scope.Db.SaveChangesAsync();
        }

        await Loading.RunAsync(site, world, handedIn, job);
    }

    private async Task<Job> WaitAsync(World world, Guid id)
    {
        for (var i = 0; i < 600; i++)
        {
            using var scope = site.As(world.Whole);
            var job = await scope.Db.Jobs.AsNoTracking().SingleAsync(j => j.Id == id);
            if (job.State is not (JobState.Waiting or JobState.Running)) return job;
            await Task.Delay(100);
        }

        throw new TimeoutException("The job did not end.");
    }

    private async Task AssertNothingLoadedAsync(World world)
    {
        using var scope = site.As(world.Whole);
        Assert.Equal(0, await scope.Db.Children.CountAsync());
        Assert.Equal(0, await scope.Db.ChildKeys.CountAsync());
        Assert.Equal(0, await scope.Db.NeedEpisodes.CountAsync());
        Assert.Equal(0, await scope.Db.ReturnRejections.CountAsync());
        Assert.Empty(await world.AuditAsync(AuditActions.ReturnLoaded));
    }
}
