using System.Text;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.Safeguarding;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>Returns that come as tables: on children looked after, and the Standard Safeguarding Dataset.</summary>
public class TableReturnTests(TestSite site)
{
    [Fact]
    public async Task A_return_on_children_looked_after_is_loaded_and_checked_and_its_next_edition_updates_it_and_each_can_be_undone()
    {
        var world = await World.CreateAsync(site);
        var first = await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid()));

        Assert.Equal((ReturnState.Loaded, ReturnKind.LookedAfter, 2026, 4, 4, 5), (first.State, first.Kind, first.Year, first.ChildrenRead, first.ChildrenAdded, first.EpisodesAdded));
        Assert.Equal((new DateOnly(2026, 3, 31), 0, 0), (first.ReferenceOn, first.RejectionCount, first.ErrorCount));
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            var child = await scope.Db.Children.SingleAsync(c => c.LaChildId == "K1");
            Assert.Equal(("F", "WBRI", new DateOnly(2013, 6, 10)), (child.Sex, child.EthnicityCode, child.BornOn!.Value));
            var episode = await scope.Db.CareEpisodes.SingleAsync(e => e.ChildId == child.Id && e.EndedOn != null);
            Assert.Equal(
                (new(2024, 2, 5), "S", "C2", "N1", "U6", "PR1", new(2025, 9, 10), "X1", "CARPL", "CM1 1AA", "CM2 2BB", "SC000001"),
                (episode.StartedOn, episode.ReasonStarted, episode.LegalStatus, episode.NeedCode, episode.Placement, episode.PlacementProvider, episode.EndedOn!.Value, episode.ReasonEnded,
                    episode.ReasonPlacementChanged, episode.HomePostcode, episode.PlacementPostcode, episode.ProviderUrn));
            Assert.Equal("PN1", (await scope.Db.CareReviews.SingleAsync(r => r.ChildId == child.Id)).ParticipationCode);
            var outcome = await scope.Db.CareOutcomes.SingleAsync();
            Assert.Equal((2026, 12, false, true, false), (outcome.Year, outcome.SdqScore, outcome.Convicted, outcome.Immunised, outcome.SubstanceMisuse));
            Assert.Null(outcome.HealthChecked);
            Assert.Equal(("YES", "F2", "U1"), await scope.Db.CareLeavers.Select(l => new ValueTuple<string?, string?, string?>(l.InTouch, l.Activity, l.Accommodation)).SingleAsync());
            Assert.Equal((2, true, "L11"), await scope.Db.CareAdoptions.Select(a => new ValueTuple<int?, bool?, string?>(a.Adopters, a.ByFosterCarer, a.AdoptersLegalStatus)).SingleAsync());
            Assert.Equal(new DateOnly(2024, 5, 20), (await scope.Db.AdoptionPlans.SingleAsync()).DecidedOn);
            Assert.Equal(("M", new DateOnly(2025, 6, 3)), await scope.Db.MissingEpisodes.Select(m => new ValueTuple<string?, DateOnly>(m.Kind, m.EndedOn!.Value)).SingleAsync());
            Assert.Equal((2, 2), (await scope.Db.PreviousPermanences.CountAsync(), await scope.Db.CareWorkers.CountAsync()));
            Assert.Equal(new DateOnly(2027, 8, 15), (await scope.Db.CareDetails.SingleAsync(d => d.IsUasc == true)).UascCeasedOn);
            Assert.False((await scope.Db.CareDetails.SingleAsync(d => d.ChildId == child.Id)).IsMother);
            // Every rule stands there: checked, or by name with the reason why not.
            var rules = await scope.Db.ReturnRuleResults.ToListAsync();
            Assert.Equal(311, rules.Count);
            Assert.Contains("Ofsted", rules.Single(r => r.Code == "219").NotCheckedBecause, StringComparison.Ordinal);
            Assert.Contains("last year", rules.Single(r => r.Code == "202").NotCheckedBecause, StringComparison.Ordinal);
            // Nor is it the want of a directory of postcodes that keeps some from being checked: one that was loaded is for other things.
            Assert.All(new[] { "392c", "406" }, code => Assert.Contains("not for rules yet", rules.Single(r => r.Code == code).NotCheckedBecause, StringComparison.Ordinal));
            Assert.Null(rules.Single(r => r.Code == "141").NotCheckedBecause);
        }

        var versions = await Loading.FingerprintAsync(site, world, withVersions: true);
        var again = await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid()));
        Assert.Equal((0, 0, 0, 0), (again.ChildrenAdded, again.ChildrenChanged, again.EpisodesAdded, again.EpisodesChanged));
        Assert.Equal(versions, await Loading.FingerprintAsync(site, world, withVersions: true));
        var atFirst = await Loading.FingerprintAsync(site, world, withVersions: false);

        // The next edition: a review coded otherwise, one more, an episode whose beginning was put right, a code of the council's own, a time missing that is gone, another one the
        // day after it, and in the place of a review one alike of half a year later.
        var next = Ssda903File.Valid().Change("r1.REVIEW_CODE=PN2").Change("+r CHILD=K1,DOB=10/06/2013,REVIEW=01/11/2025,REVIEW_CODE=PN3").Change("e4.DECOM=02/06/2024").Change("e3.PLACE=FOST").Change("-m1")
            .Change("+m CHILD=K1,DOB=10/06/2013,MISSING=M,MIS_START=02/06/2025,MIS_END=09/06/2025").Change("r2.REVIEW=10/02/2026");
        var second = await Loading.LoadAsync(site, world, Loading.Zip(next));
        Assert.Equal((0, 2, 1, true), (second.ChildrenAdded, second.ChildrenChanged, second.RejectionCount, second.ErrorCount > 0));
        Assert.Equal(again.Id, second.EditionBeforeId);
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            Assert.Equal(["PN2", "PN3"], await scope.Db.CareReviews.Where(r => r.ParticipationCode != "PN0").OrderBy(r => r.ReviewedOn).Select(r => r.ParticipationCode).ToListAsync());
            Assert.Equal(new DateOnly(2024, 6, 2), (await scope.Db.CareEpisodes.SingleAsync(e => e.LegalStatus == "E1" && e.ReasonStarted == "L")).StartedOn);
            Assert.Equal(5, await scope.Db.CareEpisodes.CountAsync());
            // What is not known to be untrue stays.
            Assert.Equal("U4", (await scope.Db.CareEpisodes.SingleAsync(e => e.LegalStatus == "V2")).Placement);
            Assert.Equal((2, 4), (await scope.Db.MissingEpisodes.CountAsync(), await scope.Db.CareReviews.CountAsync()));
            var absences = await scope.Db.ReturnAbsences.OrderBy(a => a.StartedOn).ToListAsync();
            Assert.All(absences, a => Assert.Equal((AbsenceState.Open, second.Id), (a.State, a.ReturnId)));
            Assert.Equal([("missing_episodes", new DateOnly(2025, 6, 1)), ("care_reviews", new(2025, 8, 10))], absences.Select(a => (a.TableName, a.StartedOn!.Value)));
            Assert.Equal(Rejection.UnknownCode, (await scope.Db.ReturnRejections.SingleAsync(r => r.ReturnId == second.Id)).Reason);
            await scope.Get<CodeMappingService>().MapAsync([new MapCode { Field = "PLACE", LocalCode = "FOST", Code = "U6" }, new MapCode { Field = "PLACE", LocalCode = "X", Code = "no code" }], World.ActorOf(world.DataLead), default);
        }

        var atSecond = await Loading.FingerprintAsync(site, world, withVersions: false);
        // With a score left blank: it goes, and is told.
        var third = await Loading.LoadAsync(site, world, Loading.Zip(next.Change("c1.SDQ_SCORE=")));
        Assert.Equal((1, 1), (third.RejectionCount, third.EpisodesChanged));
        using (var scope = site.As(world.Whole))
        {
            Assert.Equal("U6", (await scope.Db.CareEpisodes.SingleAsync(e => e.LegalStatus == "V2")).Placement);
            Assert.Single(await scope.Db.CodeMappings.ToListAsync());
            Assert.Equal(("K1", "SDQ_SCORE", "12", Rejection.GoneAndTakenBack), await scope.Db.ReturnRejections.Where(r => r.ReturnId == third.Id).Select(r => new ValueTuple<string?, string, string?, string>(r.LaChildId, r.Field, r.Value, r.Reason)).SingleAsync());
        }

        // Back, one load after the other, the newest first.
        await Assert.ThrowsAsync<JobRefusedException>(() => Loading.UndoAsync(site, world, second));
        await Loading.UndoAsync(site, world, third);
        Assert.Equal(atSecond, await Loading.FingerprintAsync(site, world, withVersions: false));
        await Loading.UndoAsync(site, world, second);
        Assert.Equal(atFirst, await Loading.FingerprintAsync(site, world, withVersions: false));
        await Loading.UndoAsync(site, world, again);
        using (var scope = site.As(world.Whole))
        {
            // Something has been kept about one of the children since.
            var kept = await scope.Db.Children.SingleAsync(c => c.LaChildId == "K1");
            scope.Db.Add(new Allocation { AuthorityId = world.Authority.Id, ChildId = kept.Id, PractitionerId = world.Practitioner.Id, StartedOn = new(2026, 1, 5) });
            scope.Db.Add(AuditEntry.For(AuditActions.ChildAllocated, world.Whole, kept.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync();
        }

        await Loading.UndoAsync(site, world, first);
        using (var scope = site.As(world.Whole))
        {
            Assert.Equal(["K1"], await scope.Db.Children.Select(c => c.LaChildId).ToListAsync());
            Assert.Equal((1, 0, 0), (await scope.Db.ChildKeys.CountAsync(), await scope.Db.CareEpisodes.CountAsync(), await scope.Db.ReturnChanges.CountAsync()));
            Assert.All(await scope.Db.Returns.ToListAsync(), r => Assert.Equal(ReturnState.Undone, r.State));
        }

        Assert.Equal(4, (await world.AuditAsync(AuditActions.ReturnUndone)).Count);
    }

    [Fact]
    public async Task A_load_that_brought_or_changed_something_about_a_child_under_a_legal_hold_is_not_undone_until_it_is_lifted()
    {
        var world = await World.CreateAsync(site);
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid()));
        // It makes a line about one child: that something of theirs is missing.
        var second = await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid().Change("-m1")));
        Guid touched, another;
        int children;
        using (var scope = site.As(world.Whole))
        {
            touched = (await scope.Db.ReturnAbsences.SingleAsync()).ChildId;
            another = await scope.Db.Children.Where(c => c.Id != touched).Select(c => c.Id).FirstAsync();
            children = await scope.Db.Children.CountAsync();
        }

        var before = await Loading.FingerprintAsync(site, world, withVersions: false);
        var hold = await HoldAsync(touched);
        await RefusedAsync(second, "on 1 child about whom");
        await LiftAsync(touched, hold);
        // A hold on somebody this load did not touch stops nothing of it, and stops the load that brought them.
        hold = await HoldAsync(another);
        await Loading.UndoAsync(site, world, second);
        var first = await site.ReadAsync(world, db => db.Returns.SingleAsync(r => r.State == ReturnState.Loaded));
        before = await Loading.FingerprintAsync(site, world, withVersions: false);
        await RefusedAsync(first, "on 1 child about whom");
        var all = await HoldAsync(null);
        await RefusedAsync(first, $"on {children} children about whom");
        await LiftAsync(null, all);

        // Its page says so too, without saying who, and offers no button.
        using var lead = site.ClientFor(world.DataLead);
        var page = (await lead.PageAsync($"/understand/returns/{first.Id}")).QuerySelector("main")!;
        Assert.Contains("A legal hold stands on 1 child", page.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("form[action*=Undo]"));
        using (var scope = site.As(World.ActorOf(world.DataLead))) Assert.Contains("A legal hold stands", await scope.Get<ReturnService>().AskUndoAsync(first.Id, World.ActorOf(world.DataLead), default), StringComparison.Ordinal);
        Assert.Empty(await world.AuditAsync(AuditActions.ReturnUndoAsked));

        await LiftAsync(another, hold);
        await Loading.UndoAsync(site, world, first);
        using (var scope = site.As(world.Whole)) Assert.Equal(0, await scope.Db.CareEpisodes.CountAsync());

        async Task RefusedAsync(Return loaded, string says)
        {
            var refused = await Assert.ThrowsAsync<JobRefusedException>(() => Loading.UndoAsync(site, world, loaded));
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("K1", refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, await Loading.FingerprintAsync(site, world, withVersions: false));
        }

        async Task<Guid> HoldAsync(Guid? childId)
        {
            using var scope = site.As(World.ActorOf(world.InformationGovernance));
            var id = Guid.CreateVersion7();
            Assert.True((await scope.Get<LegalHoldService>().PlaceAsync(childId, new() { Id = id, Cause = HoldCause.Court, Reason = "The court asked" }, World.ActorOf(world.InformationGovernance), default))!.IsDone);
            return id;
        }

        async Task LiftAsync(Guid? childId, Guid id)
        {
            using var scope = site.As(World.ActorOf(world.InformationGovernance));
            Assert.True((await scope.Get<LegalHoldService>().LiftAsync(childId, new() { Id = id, Reason = "It is over" }, World.ActorOf(world.InformationGovernance), default))!.IsDone);
        }
    }

    [Fact]
    public async Task What_is_no_longer_in_a_return_stays_while_a_legal_hold_stands_on_its_child()
    {
        var world = await World.CreateAsync(site);
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid()));
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid().Change("-m1")));
        var absent = await site.ReadAsync(world, db => db.ReturnAbsences.SingleAsync());
        var another = await site.ReadAsync(world, db => db.Children.Where(c => c.Id != absent.ChildId).Select(c => c.Id).FirstAsync());
        using var lead = site.ClientFor(world.DataLead);
        // One on somebody else stops nothing of it; one on this child does, and so does one on every child.
        await PlaceAsync(another);
        foreach (var childId in new Guid?[] { absent.ChildId, null })
        {
            var hold = await PlaceAsync(childId);

            using var refused = await RemoveAsync();

            var main = (await TestClient.ParseAsync(refused)).QuerySelector("main")!;
            Assert.Contains("A legal hold stands on 1 child", main.QuerySelector("#Chosen-error")!.TextContent, StringComparison.Ordinal);
            Assert.NotNull(main.QuerySelector($"input[value='{absent.Id}'][checked]"));
            Assert.Equal(1, await site.ReadAsync(world, db => db.MissingEpisodes.CountAsync(m => m.Id == absent.RecordId)));
            Assert.Empty(await world.AuditAsync(AuditActions.AbsenceRemoved));
            using var scope = site.As(World.ActorOf(world.InformationGovernance));
            Assert.True((await scope.Get<LegalHoldService>().LiftAsync(childId, new() { Id = hold, Reason = "It is over" }, World.ActorOf(world.InformationGovernance), default))!.IsDone);
        }

        using var removed = await RemoveAsync();
        Assert.Equal(0, await site.ReadAsync(world, db => db.MissingEpisodes.CountAsync(m => m.Id == absent.RecordId)));

        async Task<HttpResponseMessage> RemoveAsync() =>
            await lead.SubmitAsync(await lead.PageAsync("/understand/returns/absent"), "/understand/returns/absent?handler=Remove", new Dictionary<string, string?> { ["Chosen"] = $"{absent.Id}" });

        async Task<Guid> PlaceAsync(Guid? childId)
        {
            using var scope = site.As(World.ActorOf(world.InformationGovernance));
            var id = Guid.CreateVersion7();
            Assert.True((await scope.Get<LegalHoldService>().PlaceAsync(childId, new() { Id = id, Cause = HoldCause.Court, Reason = "The court asked" }, World.ActorOf(world.InformationGovernance), default))!.IsDone);
            return id;
        }
    }

    [Fact]
    public async Task What_is_no_longer_in_a_return_goes_when_the_data_lead_agrees_and_not_before()
    {
        var world = await World.CreateAsync(site);
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid()));
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid().Change("-m1").Change("-r2")));
        var actor = World.ActorOf(world.DataLead);
        Guid missing;
        using (var scope = site.As(actor))
        {
            var open = await scope.Db.ReturnAbsences.AsNoTracking().ToListAsync();
            Assert.Equal(["care_reviews", "missing_episodes"], open.Select(a => a.TableName).Order(StringComparer.Ordinal));
            Assert.Equal((1, 2), (await scope.Db.MissingEpisodes.CountAsync(), await scope.Db.CareReviews.CountAsync()));
            missing = open.Single(a => a.TableName == "missing_episodes").Id;
            await scope.Get<AbsenceService>().RemoveAsync([missing], actor, default);
            await scope.Get<AbsenceService>().KeepAsync([.. open.Select(a => a.Id)], actor, default);
        }

        using (var scope = site.As(actor))
        {
            Assert.Equal((0, 2), (await scope.Db.MissingEpisodes.CountAsync(), await scope.Db.CareReviews.CountAsync()));
            Assert.Equal(AbsenceState.Kept, (await scope.Db.ReturnAbsences.SingleAsync()).State);
            Assert.Single(await world.AuditAsync(AuditActions.AbsenceRemoved));
        }

        // A review that is there again is not missed any more; and what was kept is not asked about again until then.
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid().Change("-m1").Change("-r2")));
        using (var scope = site.As(actor)) Assert.Equal(AbsenceState.Kept, (await scope.Db.ReturnAbsences.SingleAsync()).State);
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid().Change("-m1")));
        using (var scope = site.As(actor)) Assert.Empty(await scope.Db.ReturnAbsences.ToListAsync());
    }

    [Fact]
    public async Task Last_years_return_is_looked_up_for_the_rules_that_compare_and_a_table_that_is_not_sent_takes_nothing_away()
    {
        var world = await World.CreateAsync(site);
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.LastYear().Change("+r CHILD=K1,DOB=10/06/2013,REVIEW=01/05/2024,REVIEW_CODE=PN1")));
        await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid()));
        var part = await Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid(), table => table is not (Ssda903Table.Missing or Ssda903Table.OC2)));

        using var scope = site.As(world.Whole);
        Assert.Equal(2025, (await scope.Db.Returns.OrderBy(r => r.FinishedAt).FirstAsync()).Year);
        var rules = await scope.Db.ReturnRuleResults.Where(r => r.ReturnId == part.Id).ToDictionaryAsync(r => r.Code, r => r.NotCheckedBecause);
        Assert.Null(rules["202"]);
        Assert.Contains("OC2", rules["191"], StringComparison.Ordinal);
        Assert.Contains(part.Warnings, w => w.Contains("no missing table", StringComparison.Ordinal));
        Assert.Equal((1, 1, 0), (await scope.Db.MissingEpisodes.CountAsync(), await scope.Db.CareOutcomes.CountAsync(), await scope.Db.ReturnAbsences.CountAsync()));
    }

    [Fact]
    public async Task Tables_of_the_safeguarding_dataset_are_kept_by_their_keys_beside_the_child_they_are_about()
    {
        var world = await World.CreateAsync(site);
        MemoryStream Dataset(string seen = "Y", bool review = true) => Loading.Zip(
            Loading.Table("people.csv", "pers_person_id,pers_sex,pers_ethnicity,pers_dob,pers_forename,pers_surname,pers_gender,pers_common_child_id", "P1,F,WBRI,2015-06-10,Ash,Vale,,", "P2,M,,01/02/1980,Rowan,Vale,,"),
            Loading.Table("visits.csv", "cinv_cin_visit_id,cinv_person_id,cinv_cin_visit_date,cinv_cin_visit_seen,cinv_cin_visit_seen_alone,cinv_cin_visit_bedroom", $"V1,p1,2026-02-03 00:00:00,{seen},N,", "V2,P1,soon,Y,Y,", ",P1,,,,", $"{new string('V', SafeguardingReader.MaxKeyLength + 1)},P1,2026-02-03,Y,N,"),
            Loading.Table("care.csv", "clae_cla_episode_id,clae_person_id,clae_cla_episode_start_date,clae_cla_episode_start_reason,clae_cla_primary_need_code,clae_cla_id,clae_referral_id", "E1,P1,2025-05-01,S,N1,C1,"),
            Loading.Table("reviews.csv", ["clar_cla_review_id,clar_cla_id,clar_cla_review_due_date,clar_cla_review_date,clar_cla_review_cancelled,clar_cla_review_participation", .. review ? new[] { "R1,C1,2025-06-01,2025-06-02,N,PN1" } : []]),
            Loading.Table("teams.csv", "dept_team_id,dept_team_name,dept_team_parent_id,dept_team_parent_name", "T1,North,,"),
            Loading.Table("voice.csv", "voch_table_id,voch_person_id,voch_explained_worries,voch_story_help_understand,voch_agree_worker,voch_plan_safe,voch_tablet_help_explain", "1,P1,Y,Y,Y,Y,Y"));
        var loaded = await Loading.LoadAsync(site, world, Dataset());

        Assert.Equal((ReturnState.Loaded, ReturnKind.Safeguarding, 1, 7), (loaded.State, loaded.Kind, loaded.ChildrenAdded, loaded.EpisodesAdded));
        Assert.Contains(loaded.Warnings, w => w.Contains("ssd_voice_of_child was passed over", StringComparison.Ordinal));
        // A day that is none, a row without a key, and one whose key is longer than an index takes.
        Assert.Equal(3, loaded.RejectionCount);
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            var child = await scope.Db.Children.SingleAsync();
            // However the number is written.
            var rows = await scope.Db.SafeguardingRows.ToDictionaryAsync(r => r.RowKey);
            Assert.Equal(child.Id, rows["V1"].ChildId);
            Assert.Equal("2026-02-03", rows["V1"].Content.GetProperty("cinv_cin_visit_date").GetString());
            // Known only through the time in care it is a review of.
            Assert.Equal(child.Id, rows["R1"].ChildId);
            Assert.Null(rows["T1"].ChildId);
            Assert.Null(rows["P2"].ChildId);
            Assert.Equal(1, await scope.Db.SafeguardingRows.CountAsync(r => r.Content.GetProperty("cinv_cin_visit_seen").GetString() == "Y" && r.RowKey == "V1"));
        }

        var before = await Loading.FingerprintAsync(site, world, withVersions: false);
        var again = await Loading.LoadAsync(site, world, Dataset());
        Assert.Equal((0, 0, 0), (again.ChildrenAdded + again.ChildrenChanged, again.EpisodesAdded, again.EpisodesChanged));
        var next = await Loading.LoadAsync(site, world, Dataset("N", review: false));
        Assert.Equal((1, 0, 1), (next.ChildrenChanged, next.EpisodesAdded, next.EpisodesChanged));
        await Loading.UndoAsync(site, world, next);
        Assert.Equal(before, await Loading.FingerprintAsync(site, world, withVersions: false));

        // A column that is not there and a day that cannot be read take nothing away; what is left blank goes, and stands on the page of the load.
        var less = await Loading.LoadAsync(site, world, Loading.Zip(
            Loading.Table("visits.csv", "cinv_cin_visit_id,cinv_person_id,cinv_cin_visit_date,cinv_cin_visit_seen", "V1,P1,soon,"),
            Loading.Table("teams.csv", "dept_team_id,dept_team_name,dept_team_parent_id,dept_team_parent_name", "T1,North,,")));
        using (var scope = site.As(World.ActorOf(world.DataLead)))
        {
            var visit = (await scope.Db.SafeguardingRows.SingleAsync(r => r.RowKey == "V1")).Content;
            Assert.Equal(("2026-02-03", "N", false), (visit.GetProperty("cinv_cin_visit_date").GetString(), visit.GetProperty("cinv_cin_visit_seen_alone").GetString(), visit.TryGetProperty("cinv_cin_visit_seen", out _)));
            var gone = await scope.Db.ReturnRejections.SingleAsync(r => r.ReturnId == less.Id && r.Reason == Rejection.GoneAndTakenBack);
            Assert.Equal(("P1", "ssd_cin_visits.cinv_cin_visit_seen", "Y"), (gone.LaChildId, gone.Field, gone.Value));
        }

        await Loading.UndoAsync(site, world, less);
        Assert.Equal(before, await Loading.FingerprintAsync(site, world, withVersions: false));
        // Another practitioner sees nothing of the child, nor of anybody who is no child.
        using var outside = site.As(World.ActorOf(world.Practitioner));
        Assert.Empty(await outside.Db.SafeguardingRows.IgnoreQueryFilters().ToListAsync());
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "semicolons", "separated by semicolons" },
        { "tabs", "separated by tabs" },
        { "utf16", "not UTF-8" },
        { "latin1", "not UTF-8" },
        { "doubled header", "repeats the names of the columns" },
        { "no header table", "There is no header table" },
        { "no episodes", "There is no episodes table" },
        { "twice", "are the header table" },
        { "short row", "values where the first row names" },
        { "unknown", "none of the tables of the return" },
        { "empty", "nothing in its first row" },
        { "no table", "holds no CSV table" },
        { "damaged", "zip file is damaged" },
        { "dataset doubled", "repeats the names of the columns" },
        { "dataset without key", "by which a row is known again" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Tables_that_cannot_be_trusted_are_refused_in_plain_words_and_nothing_is_loaded(string fault, string words)
    {
        var world = await World.CreateAsync(site);
        var file = Ssda903File.Valid();
        var header = file.Csv(Ssda903Table.Header);
        var episodes = ("episodes.csv", Encoding.UTF8.GetBytes(file.Csv(Ssda903Table.Episodes)));
        (string, byte[]) Header(string text, Encoding? encoding = null) => ("header.csv", [.. (encoding ?? Encoding.UTF8).GetPreamble(), .. (encoding ?? Encoding.UTF8).GetBytes(text)]);
        const string Teams = "dept_team_id,dept_team_name,dept_team_parent_id,dept_team_parent_name";
        using var content = fault switch
        {
            "semicolons" => Loading.Zip(Header(header.Replace(',', ';')), episodes),
            "tabs" => Loading.Zip(Header(header.Replace(',', '\t')), episodes),
            "utf16" => Loading.Zip(Header(header, Encoding.Unicode), episodes),
            "latin1" => Loading.Zip(Header(header.Replace("WBRI", "WBRÏ", StringComparison.Ordinal), Encoding.Latin1), episodes),
            "doubled header" => Loading.Zip(Header(header + header), episodes),
            "no header table" => Loading.Zip(episodes),
            "no episodes" => Loading.Zip(Header(header)),
            "twice" => Loading.Zip(Header(header), ("other.csv", Encoding.UTF8.GetBytes(header)), episodes),
            "short row" => Loading.Zip(Header(header + "K9,F\r\n"), episodes),
            "unknown" => Loading.Zip(Header("A,B\r\n1,2\r\n"), episodes),
            "empty" => Loading.Zip(Header(""), episodes),
            "no table" => Loading.Zip(("readme.pdf", [1, 2, 3])),
            "damaged" => new MemoryStream([.. Loading.Zip(Header(header), episodes).ToArray()[..200]]),
            "dataset doubled" => Loading.Zip(Loading.Table("teams.csv", Teams, "T1,North,,", Teams)),
            _ => Loading.Zip(Loading.Table("teams.csv", "dept_team_name,dept_team_parent_id,dept_team_parent_name", "North,,")),
        };

        var refused = await Loading.LoadAsync(site, world, content);

        Assert.Equal(ReturnState.Refused, refused.State);
        Assert.Contains(words, refused.RefusedBecause, StringComparison.Ordinal);
        Assert.DoesNotContain("K1", refused.RefusedBecause, StringComparison.Ordinal);
        using var scope = site.As(world.Whole);
        Assert.Equal((0, 0, 0), (await scope.Db.Children.CountAsync(), await scope.Db.SafeguardingRows.CountAsync(), await scope.Db.ReturnRuleResults.CountAsync()));
    }

    [Fact]
    public async Task Two_people_load_at_once_while_another_reads_the_dashboard()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var loads = new[]
        {
            Loading.LoadAsync(site, world, CinFile.Of(new CinFile().Set("LEA", world.Authority.Code).Set("LAchildID", "K1").Xml)),
            Loading.LoadAsync(site, world, Loading.Zip(Ssda903File.Valid())),
        };
        while (!loads.All(l => l.IsCompleted))
        {
            using var page = await client.GetAsync("/understand");
            Assert.Equal(System.Net.HttpStatusCode.OK, page.StatusCode);
        }

        Assert.All(await Task.WhenAll(loads), r => Assert.Equal(ReturnState.Loaded, r.State));
        using var scope = site.As(world.Whole);
        // K1 is in both, and is one child.
        Assert.Equal((4, 4), (await scope.Db.Children.CountAsync(), await scope.Db.ChildKeys.CountAsync()));
        Assert.Equal(4, (await scope.Db.Returns.ToListAsync()).Sum(r => r.ChildrenAdded));
    }
}
