using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Core.Need;

public class IndicatorCalculationTests(TestSite site)
{
    [Fact]
    public async Task A_spell_of_need_counts_from_the_referral_until_the_closure_unless_it_led_to_nothing()
    {
        var need = await NeedWorld.CreateAsync(site);
        var day = NeedWorld.Day;
        await need.AddAsync(20, referred: day);
        await need.AddAsync(7, closed: day.AddDays(1));
        await need.AddAsync(30, closed: day);
        await need.AddAsync(10, referred: day.AddDays(1));
        await need.AddAsync(10, nfa: true);
        await need.AddAsync(11, closed: day.AddDays(5), reason: "RC8");
        await need.AddAsync(12, closed: day.AddDays(5), reason: "RC9");
        await need.AddAsync(13, need: "N4", closed: day.AddDays(5), reason: "RC7");
        await need.CalculateAsync();
        var open = await need.ViewAsync();
        Assert.Equal(Figure.Of(20 + 7 + 13), open.Total(null).Count);
        // Ended in the year: 30. At any time: those and the open ones. The identity of the Department's table B1.
        Assert.Equal(Figure.Of(30), (await need.ViewAsync("N03")).Total(null).Count);
        Assert.Equal(Figure.Of(70), (await need.ViewAsync("N02")).Total(null).Count);
        // Referrals: all but the one of tomorrow; of them 10 with no further action (11%) and 23 not in need.
        var referrals = await need.ViewAsync("N07");
        Assert.Equal((Figure.Of(10), Figure.Of(105)), (referrals.Total(null).Count, referrals.Total(null).Whole));
        Assert.Equal(10m, NeedValue.Of(IndicatorUnit.Percent, referrals.Total(null), null));
        Assert.Equal(Figure.Of(25), (await need.ViewAsync("N08")).Total(null).Count);
        Assert.Equal(Figure.Of(15), open.By.Single(v => v.Key == "N4").Figure);
    }

    [Fact]
    public async Task Groups_heard_and_own_words_are_counted_of_the_very_children_in_the_number()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, age: 7, sex: "F", ethnicity: "CHNE", disability: ["AUT"], heard: 15);
        await need.AddAsync(20, age: 16, sex: "M", ethnicity: "REFU", disability: [], heard: 10, need: "N4");
        await need.AddAsync(40, closed: NeedWorld.Day.AddDays(-100), heard: 40);
        await need.CalculateAsync();
        var view = await need.ViewAsync();
        Slice At(NeedDimension dimension, string group) => view.Rows(dimension, null)!.Single(r => r.Group.Key == group).Slice;
        Assert.Equal((Figure.Of(50), Figure.Of(50), Figure.Of(25)), (view.Total(null).Count, view.Total(null).Children, view.Total(null).Heard));
        Assert.Equal("50%", NeedValue.Heard(At(NeedDimension.Age, "5")).ToString());
        Assert.Equal(Figure.Of(20), At(NeedDimension.Age, "16").Count);
        Assert.Equal(Figure.Of(30), At(NeedDimension.Ethnicity, "asian").Count);
        Assert.Equal(Figure.Of(20), At(NeedDimension.Ethnicity, NeedDimension.Unknown).Count);
        Assert.Equal(Figure.Of(30), At(NeedDimension.Disability, "yes").Count);
        Assert.Equal(Figure.Of(50), At(NeedDimension.Status, "need").Count);
        Assert.True(NeedFilter.TryParse("need-N4", view.Dimensions, out var filter));
        Assert.Equal(Figure.Of(20), view.Rows(NeedDimension.Sex, filter)!.Single(r => r.Group.Key == "M").Slice.Count);
        Assert.Equal(Figure.Of(20), view.Total(filter).Count);
        // Whichever way leads there, it is the same figure.
        Assert.True(NeedFilter.TryParse("sex-M", view.Dimensions, out var boys));
        Assert.Equal(view.Rows(NeedDimension.Sex, filter)!.Single(r => r.Group.Key == "M").Slice, view.Rows(NeedDimension.PrimaryNeed, boys)!.Single(r => r.Group.Key == "N4").Slice);
        Assert.Null(view.Rows(NeedDimension.Ethnicity, boys));
        // A percentage counts those who meet it.
        Assert.Equal(60m, NeedValue.Of(IndicatorUnit.Percent, (await need.ViewAsync("N13")).Total(null), null));
        // Of the year, those who were heard in it count although their need was over.
        Assert.Equal(Figure.Of(65), (await need.ViewAsync("N02")).Total(null).Heard);
    }

    [Fact]
    public async Task Coming_back_time_taken_reviews_and_plans_are_measured_as_they_are_defined()
    {
        var need = await NeedWorld.CreateAsync(site);
        var day = NeedWorld.Day;
        var back = await need.AddAsync(20, referred: day.AddDays(-40));
        var late = await need.AddAsync(20, referred: day.AddDays(-40), change: e => e.InitialConferenceOn = day.AddDays(-35));
        foreach (var child in back) await need.SaveAsync(need.Episode(child, day.AddDays(-400), day.AddDays(-390)));
        foreach (var child in late) await need.SaveAsync(need.Episode(child, day.AddDays(-420), day.AddDays(-415)));
        // A Friday and the Monday after it are one working day apart.
        var friday = day.AddDays(-70);
        while (friday.DayOfWeek != DayOfWeek.Friday) friday = friday.AddDays(-1);
        foreach (var (child, i) in back.Select((c, i) => (c, i)))
        {
            var episode = await EpisodeOfAsync(child.Id, day.AddDays(-40));
            await need.SaveAsync(
                new NeedAssessment { AuthorityId = need.World.Authority.Id, ChildId = child.Id, EpisodeId = episode, StartedOn = day.AddDays(i < 10 ? -200 : -40), AuthorisedOn = day.AddDays(-1), FactorCodes = i < 10 ? ["4B", "3B"] : ["4B"] },
                new ProtectionPlan
                {
                    AuthorityId = need.World.Authority.Id,
                    ChildId = child.Id,
                    EpisodeId = episode,
                    StartedOn = day.AddMonths(-5),
                    LatestCategoryOfAbuse = "NEG",
                    PreviousPlans = i < 10 ? 1 : 0,
                    ReviewedOn = i < 10 ? [day.AddMonths(-3)] : [day.AddMonths(-1)],
                });
        }

        // Ten spells with three assessments, one slow and one quick in the year and one before it.
        foreach (var child in late.Take(10))
        {
            var episode = await EpisodeOfAsync(child.Id, day.AddDays(-40));
            NeedAssessment Finished(int began, int ended, params string[] found) => new() { AuthorityId = child.AuthorityId, ChildId = child.Id, EpisodeId = episode, StartedOn = day.AddDays(began), AuthorisedOn = day.AddDays(ended), FactorCodes = [.. found] };
            await need.SaveAsync(Finished(-500, -450, "5A"), Finished(-200, -20, "3B"), Finished(-40, -10, "3B", "4B"));
        }

        // An enquiry whose conference and plan came in time, one whose conference came late and led to a plan, and one whose conference was lately: the plan came after the day.
        foreach (var (child, i) in back.Concat(late).Select((c, i) => (c, i)))
        {
            var episode = await EpisodeOfAsync(child.Id, day.AddDays(-40));
            var (began, met, planned) = i < 20 ? (-170, -160, (int?)null) : i < 30 ? (-200, -100, -90) : (-80, -50, 5);
            await need.SaveAsync(new Section47 { AuthorityId = child.AuthorityId, ChildId = child.Id, EpisodeId = episode, StartedOn = day.AddDays(began), ConferenceOn = day.AddDays(met) });
            if (planned is not { } on) continue;
            await need.SaveAsync(
                new ProtectionPlan { AuthorityId = child.AuthorityId, ChildId = child.Id, EpisodeId = episode, StartedOn = day.AddDays(on), EndedOn = day.AddDays(on + 60), PreviousPlans = i % 2, ReviewedOn = [] },
                new NeedAssessment { AuthorityId = child.AuthorityId, ChildId = child.Id, EpisodeId = episode, StartedOn = day.AddDays(3), FactorCodes = [] });
        }

        string mean;
        using (var scope = site.As(World.ActorOf(need.World.DataLead)))
        {
            mean = (await scope.Get<IndicatorService>().AddAsync(
                new() { Id = Guid.CreateVersion7(), Name = "a", Domain = "b", Unit = IndicatorUnit.Mean, Polarity = Polarity.Neutral, Numerator = "c", Denominator = "d", DefinedBy = "e", Source = "f", VoiceShaped = "g", CannotTell = "h", Fact = "conference", Window = CountWindow.BeganInYear, Value = "working-days", Reason = "i" },
                World.ActorOf(need.World.DataLead), default)).Key!;
        }

        await need.CalculateAsync();
        var then = await need.ViewAsync("F04");
        Assert.Equal([Figure.Of(20), Figure.Of(0), Figure.Of(10), Figure.Of(10)], new[] { "plan", "conference", "open", "none" }.Select(k => then.By.Single(v => v.Key == k).Figure));
        // What began after the day is not known on it.
        var (assessed, led) = ((await need.ViewAsync("F01")).Total(null), (await need.ViewAsync("F02")).Total(null));
        Assert.Equal((Figure.Of(30), Figure.Of(30), Figure.Of(40)), (assessed.Count, led.Count, led.Whole));
        // Twenty conferences have no enquiry from which days could be counted: the average is not of them.
        Assert.Equal(Figure.Of(60), (await need.ViewAsync("N16")).Total(null).Count);
        Assert.Equal(Figure.Of(40), (await need.ViewAsync(mean)).Total(null).Count);
        // Within twelve months to the day: 20 of the 40 referrals of the year; the others came back after 380 days.
        var again = (await need.ViewAsync("N06")).Total(null);
        Assert.Equal((Figure.Of(20), Figure.Of(40)), (again.Count, again.Whole));
        Assert.Equal(50m, NeedValue.Of(IndicatorUnit.Percent, (await need.ViewAsync("N10")).Total(null), null));
        var factors = await need.ViewAsync("N11");
        Assert.True(factors.ByOverlaps);
        // A spell with several is one, with what was found in the year: 50 assessments found 3B or 4B, in 30 spells.
        Assert.Equal(Figure.Of(30), factors.Total(null).Count);
        Assert.Equal([Figure.Of(30), Figure.Of(20), Figure.Of(0)], new[] { "4B", "3B", "5A" }.Select(f => factors.By.Single(v => v.Key == f).Figure));
        // Beside each what part of the spells it was found in, and of England's.
        using (var client = site.ClientFor(need.World.DataLead))
        {
            var page = await client.PageAsync("/understand/indicators/N11");
            Assert.Contains("come to more than 100", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Contains(page.QuerySelectorAll("section.chart tbody tr"), tr => tr.QuerySelectorAll("td").Select(td => td.TextContent.Trim()).Take(2).SequenceEqual(["20", "67%"]));
            var beside = page.QuerySelectorAll("section.chart").Single(c => c.QuerySelector("h2")!.TextContent.StartsWith("Beside published", StringComparison.Ordinal));
            // 162,890 and 171,780 of 513,250.
            Assert.Equal([("67%", "31.7%"), ("100%", "33.5%")], beside.QuerySelectorAll("tbody tr").Select(tr => (tr.QuerySelectorAll("td")[0].TextContent.Trim(), tr.QuerySelectorAll("td")[^1].TextContent.Trim())));
        }

        Assert.Equal(Figure.Of(20), (await need.ViewAsync("N18")).Total(null).Count);
        Assert.Equal(50m, NeedValue.Of(IndicatorUnit.Percent, (await need.ViewAsync("N19")).Total(null), null));
        // First review due at three months: held after two, or after four.
        Assert.Equal(50m, NeedValue.Of(IndicatorUnit.Percent, (await need.ViewAsync("N22")).Total(null), null));
        Assert.Equal(Figure.Of(20), (await need.ViewAsync()).Rows(NeedDimension.Status, null)!.Single(r => r.Group.Key == "plan").Slice.Count);

        async Task<Guid> EpisodeOfAsync(Guid childId, DateOnly referred)
        {
            using var scope = site.As(need.World.Whole);
            return await scope.Db.NeedEpisodes.Where(e => e.ChildId == childId && e.ReferredOn == referred).Select(e => e.Id).SingleAsync();
        }
    }

    [Fact]
    public async Task Care_is_counted_by_periods_and_placements_not_by_episodes_and_without_short_breaks()
    {
        var need = await NeedWorld.CreateAsync(site);
        var day = NeedWorld.Day;
        var settled = await need.AddAsync(20, age: 10);
        var moved = await need.AddAsync(10, age: 10);
        // 18 and 21 at the end of the return's year, and a birthday later on the day.
        var since = day.Month == 3 ? 0 : 1;
        var (younger, older) = (await need.AddAsync(15, age: 18 + since), await need.AddAsync(15, age: 21 + since));
        foreach (var child in settled)
        {
            // Three years with the same carers: a change of status, a move of the whole family and two weeks in hospital are no new placement.
            var began = day.AddYears(-3);
            await need.SaveAsync(
                need.Care(child, began, day.AddDays(-300), "S", "C1", "U4"), need.Care(child, day.AddDays(-300), day.AddDays(-200), "L", "C2", "U4"), need.Care(child, day.AddDays(-200), null, "T", "C2", "U4"),
                new CareOutcome { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, Year = day.Year, SdqScore = 20, HealthAssessed = true },
                new CareOutcome { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, Year = day.Year - 1, SdqScore = 2, HealthAssessed = false });
        }

        foreach (var child in moved)
        {
            // A period of long ago is another one. Then four homes in the year, one of them for no night, one of them a hospital.
            await need.SaveAsync(
                need.Care(child, day.AddYears(-4), day.AddYears(-4).AddDays(30), "S", "V2", "K2"),
                need.Care(child, day.AddDays(-100), day.AddDays(-80), "S", "V2", "U6"), need.Care(child, day.AddDays(-80), day.AddDays(-60), "P", "V2", "T1"), need.Care(child, day.AddDays(-60), day.AddDays(-60), "P", "V2", "U6"),
                need.Care(child, day.AddDays(-60), day.AddDays(-30), "P", "V2", "K2", 1), need.Care(child, day.AddDays(-30), null, "P", "V2", "K2"));
            foreach (var worker in new[] { "SW1", "SW2", "SW3" }) await need.SaveAsync(new CareWorker { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, StartedOn = day.AddDays(-90), WorkerId = worker, Ordinal = worker[2] });
            await need.SaveAsync(
                new CareReview { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, ReviewedOn = day.AddDays(-20), ParticipationCode = "PN3" },
                new CareReview { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, ReviewedOn = day.AddDays(-10), ParticipationCode = "PN4" },
                new CareReview { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, ReviewedOn = day.AddDays(-5), ParticipationCode = "PN0" },
                new CareLeaver { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, Year = day.Year, InTouch = "YES", Activity = "F2", Accommodation = "Z1" });
        }

        // Of ten no more is known than that something changed a hundred days ago: they were looked after before, and lived there.
        foreach (var child in await need.AddAsync(10, age: 10)) await need.SaveAsync(need.Care(child, day.AddDays(-100), null, "L", "C1", "U4"));
        foreach (var child in younger.Concat(older))
        {
            await need.SaveAsync(
                need.Care(child, day.AddDays(-50), null, "S", "V3", "U6"),
                new CareLeaver { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, Year = day.Year, InTouch = "NO", Activity = "G5", Accommodation = "X2" });
        }

        await need.CalculateAsync();
        async Task<Slice> TotalAsync(string key) => (await need.ViewAsync(key)).Total(null);
        var care = await need.ViewAsync("N24");
        Assert.Equal(Figure.Of(40), care.Total(null).Count);
        Assert.Equal([Figure.Of(30), Figure.Of(10)], new[] { "foster", "home" }.Select(k => care.By.Single(v => v.Key == k).Figure));
        Assert.Equal(Figure.Of(10), (await TotalAsync("N25")).Count);
        // Three of the five count: not the hospital, nor the home of no night.
        var placements = await TotalAsync("N26");
        Assert.Equal((Figure.Of(10), Figure.Of(40)), (placements.Count, placements.Whole));
        var stable = await TotalAsync("N27");
        Assert.Equal((Figure.Of(30), Figure.Of(30)), (stable.Count, stable.Whole));
        // The score of the collection that ended last, not of the one before.
        Assert.Equal(20, (await TotalAsync("N29")).Mean);
        foreach (var key in new[] { "N30", "N31" })
        {
            var done = await TotalAsync(key);
            Assert.Equal((Figure.Of(20), Figure.Of(30)), (done.Count, done.Whole));
        }

        var workers = await TotalAsync("N32");
        Assert.Equal((Figure.Of(10), Figure.Of(40)), (workers.Count, workers.Whole));
        // Ten reviews of twenty: under fours are not asked.
        var reviews = await TotalAsync("N34");
        Assert.Equal((Figure.Of(10), Figure.Of(20)), (reviews.Count, reviews.Whole));
        foreach (var key in new[] { "N33", "H03", "H04" })
        {
            var leavers = await TotalAsync(key);
            Assert.Equal((Figure.Of(10), Figure.Of(40)), (leavers.Count, leavers.Whole));
        }

        foreach (var key in new[] { "H06", "H07", "H08", "H09", "H10", "H11" })
        {
            var leavers = await TotalAsync(key);
            Assert.Equal((Figure.Of(0), Figure.Of(15)), (leavers.Count, leavers.Whole));
        }

        var status = (await need.ViewAsync()).Rows(NeedDimension.Status, null)!.ToDictionary(r => r.Group.Key, r => r.Slice.Count);
        Assert.Equal([Figure.Of(30), Figure.Of(10), Figure.Of(30)], new[] { "order", "agreed", "need" }.Select(k => status[k]));
    }

    [Fact]
    public async Task Nobody_is_counted_of_whom_nothing_was_asked_and_what_was_never_loaded_is_not_known_rather_than_nought()
    {
        var need = await NeedWorld.CreateAsync(site);
        var day = NeedWorld.Day;
        var collected = new DateOnly(day.Year, 3, 31);
        foreach (var child in await need.AddAsync(20, age: 1)) await need.SaveAsync(need.Care(child, collected.AddMonths(-11), null, "S", "C1", "U6"));
        await need.AddAsync(10, age: -1);
        await need.CalculateAsync();

        // The unborn are not among the small children; and of them who were looked after for less than a year on 31 March the return asks nothing.
        Assert.Equal(Figure.Of(20), (await need.ViewAsync("C01")).Total(null).Whole);
        using (var scope = site.As(World.ActorOf(need.World.DataLead)))
        {
            var figures = scope.Get<NeedFigures>();
            foreach (var key in new[] { "N30", "N31", "N32", "N33", "N34", "H01", "H02" }) Assert.Null(await figures.ViewAsync(key, day, TestContext.Current.CancellationToken));
        }

        // They live with carers who then adopt them: no move, and a placement for adoption from then on.
        foreach (var child in await need.AddAsync(15, age: 8))
        {
            await need.SaveAsync(
                need.Care(child, day.AddYears(-3), day.AddDays(-60), "S", "E1", "U4"), need.Care(child, day.AddDays(-60), null, "T", "E1", "A3"),
                new CareOutcome { AuthorityId = child.AuthorityId, ChildId = child.Id, ReturnId = need.ReturnId, Year = day.Year, HealthAssessed = true });
        }

        await need.CalculateAsync();
        var assessed = (await need.ViewAsync("N31")).Total(null);
        Assert.Equal((Figure.Of(15), Figure.Of(15)), (assessed.Count, assessed.Whole));
        Assert.Equal([Figure.Of(20), Figure.Of(15)], new[] { "foster", "adoption" }.Select(k => need.ViewAsync("N24").GetAwaiter().GetResult().By.Single(v => v.Key == k).Figure));

        // A figure of a day that no loaded return covers says so.
        using (var scope = site.As(need.World.Whole))
        {
            await scope.Db.Returns.Where(r => r.Id == need.ReturnId).ExecuteUpdateAsync(r => r.SetProperty(x => x.Kind, ReturnKind.CinCensus).SetProperty(x => x.ReferenceOn, day.AddDays(-30)), TestContext.Current.CancellationToken);
        }

        using var client = site.ClientFor(need.World.DataLead);
        foreach (var page in new[] { "/understand", "/understand/indicators/N01" }) Assert.Contains($"until {ChildrensInfo.Web.Shared.Words.Of(day.AddDays(-30))}", (await client.PageAsync(page)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("that is loaded", (await client.PageAsync("/understand/indicators/N24")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("not nought", (await client.PageAsync("/understand/indicators/N32")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        // A number of children stands beside no rate; and each point of a line is by the children of its own year.
        var beside = await client.PageAsync("/understand/indicators/N01");
        Assert.DoesNotContain("Your council,", beside.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(beside.QuerySelectorAll("main .govuk-inset-text a"), a => a.GetAttribute("href") == "/understand/population");
        using (var scope = site.As(need.World.Whole))
        {
            var figures = scope.Get<NeedFigures>();
            foreach (var (year, children) in new[] { (day.Year - 4, 10_000), (day.Year - 1, 20_000) }) Assert.True((await figures.KeepPopulationAsync(year, children, "ONS", World.ActorOf(need.World.DataLead), TestContext.Current.CancellationToken)).IsDone);
            var trend = (await figures.TrendsAsync(["N01"], TestContext.Current.CancellationToken))["N01"];
            Assert.Equal((10_000, 20_000), (trend.Points[0].Population, trend.Points[^1].Population));
            Assert.Equal("22.5", trend.Line()[^1].Text);
        }

        Assert.Contains("Your council,", (await client.PageAsync("/understand/indicators/N01")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_said_is_counted_only_of_children_who_were_told_so_and_do_not_object()
    {
        var need = await NeedWorld.CreateAsync(site);
        var children = await need.AddAsync(40, age: 12, heard: 40);
        using (var scope = site.As(need.World.Whole))
        {
            foreach (var record in await scope.Db.VoiceRecords.AsNoTracking().ToListAsync(TestContext.Current.CancellationToken))
            {
                var i = children.FindIndex(c => c.Id == record.ChildId);
                await need.SaveAsync(new VoiceCoding
                {
                    AuthorityId = record.AuthorityId,
                    ChildId = record.ChildId,
                    VoiceRecordId = record.Id,
                    Theme = "school",
                    CodedBy = i % 2 == 0 ? CodedBy.Child : CodedBy.Worker,
                    Direction = ThemeDirection.Worry,
                    Views = i < 10 ? ViewsCompared.Differ : i < 20 ? ViewsCompared.Agree : ViewsCompared.NotCompared,
                    CoderId = need.World.Practitioner.Id,
                    CodedAt = DateTime.UtcNow,
                });
                if (i >= 25) continue;
                await need.SaveAsync(new ConsentEvent
                {
                    AuthorityId = record.AuthorityId,
                    ChildId = record.ChildId,
                    Purpose = Purpose.Stats,
                    Scope = ConsentScope.Purpose,
                    Type = ConsentEventType.Told,
                    Method = ConsentMethod.Spoken,
                    OccurredAt = DateTime.UtcNow.AddMinutes(-1),
                    RecordedAt = DateTime.UtcNow,
                    RecordedById = need.World.Practitioner.Id,
                });
            }
        }

        await need.CalculateAsync();
        var themes = (await need.ViewAsync()).ThemesOf(null);
        Assert.Equal(Figure.Of(25), themes.Single(t => t.Key == "school").Figure);
        Assert.Equal(Figure.Of(15), themes.Single(t => t.Key == IndicatorCalculation.ByChildPrefix + "school").Figure);
        Assert.Equal(Figure.Of(10), themes.Single(t => t.Key == IndicatorCalculation.ViewsDifferKey).Figure);
        Assert.Equal(Figure.Of(25), (await need.ViewAsync("V04")).Total(null).Count);
        // 10 of the 20 for which the worker said so.
        Assert.Equal(50m, NeedValue.Of(IndicatorUnit.Percent, (await need.ViewAsync("V05")).Total(null), null));
        // Heard they all were: that somebody was listened to is counted whatever they said.
        Assert.Equal(Figure.Of(40), (await need.ViewAsync()).Total(null).Heard);

        // Of three of them somebody must not be told: their words are not in the figure either.
        foreach (var child in children.Take(3))
        {
            await need.SaveAsync(new DoNotTell
            {
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                Role = DoNotTellRole.Family,
                Scope = DoNotTellScope.Everything,
                Reason = DoNotTellReason.Afraid,
                SaidBy = DoNotTellSaidBy.Child,
                FromOn = NeedWorld.Day,
                RecordedAt = DateTime.UtcNow,
                RecordedById = need.World.Practitioner.Id,
            });
        }

        await need.CalculateAsync();
        Assert.Equal(Figure.Of(20), (await need.ViewAsync()).ThemesOf(null).Single(t => t.Key == "school").Figure);
        Assert.Equal(Figure.Of(40), (await need.ViewAsync()).Total(null).Heard);
    }

    [Fact]
    public async Task An_authority_defines_its_own_and_changes_a_shipped_one_without_a_release_and_no_other_authority_sees_it()
    {
        var (need, other) = (await NeedWorld.CreateAsync(site), await NeedWorld.CreateAsync(site));
        await need.AddAsync(30, age: 12);
        await need.AddAsync(20, age: 4);
        await other.AddAsync(50, age: 12);
        var input = new MakeIndicator
        {
            Id = Guid.CreateVersion7(),
            Name = "Teenagers in need",
            Domain = "Ours",
            Unit = IndicatorUnit.Percent,
            Polarity = Polarity.Neutral,
            Numerator = "a",
            Denominator = "b",
            DefinedBy = "us",
            Source = "here",
            VoiceShaped = "theirs",
            CannotTell = "why",
            Fact = "need",
            Window = CountWindow.OpenOnDay,
            Where = [new() { Field = "age", Test = CountTest.AtLeast, Values = "10" }],
            Reason = "They asked for it",
        };
        Assert.True((await new MakeIndicatorValidator().ValidateAsync(input, TestContext.Current.CancellationToken)).IsValid);
        string key;
        using (var scope = site.As(World.ActorOf(need.World.DataLead)))
        {
            var service = scope.Get<IndicatorService>();
            key = (await service.AddAsync(input, World.ActorOf(need.World.DataLead), default)).Key!;
            input.Id = Guid.CreateVersion7();
            input.Where[0].Values = "5";
            input.Reason = "Younger ones too";
            Assert.True((await service.ChangeAsync("N01", input, World.ActorOf(need.World.DataLead), default))!.IsDone);
            Assert.Equal([2, 1], (await service.VersionsAsync("N01", default)).Select(v => v.Number));
        }

        // One that is of no use is measured no longer, here and nowhere else; it comes back as it was shipped, and can be changed then too.
        foreach (var retire in new[] { true, false })
        {
            using var scope = site.As(World.ActorOf(need.World.DataLead));
            var service = scope.Get<IndicatorService>();
            foreach (var gone in new[] { "N02", key }) Assert.True(await service.RetireAsync(gone, retire, World.ActorOf(need.World.DataLead), default));
            Assert.Equal(retire ? [key, "N02"] : Array.Empty<string>(), (await service.RetiredAsync(default)).Select(r => r.Key));
            Assert.Equal(retire, await service.FindAsync("N02", default) is null);
            Assert.Equal(retire, await service.FindAsync(key, default) is null);
            if (!retire) Assert.False((await service.FindAsync("N02", default))!.IsOwn);
            using var elsewhere = site.As(World.ActorOf(other.World.DataLead));
            Assert.NotNull(await elsewhere.Get<IndicatorService>().FindAsync("N02", default));
            Assert.False(await service.RetireAsync("X99", true, World.ActorOf(need.World.DataLead), default));
            if (!retire) continue;
            await need.CalculateAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(() => need.ViewAsync("N02"));
        }

        using (var scope = site.As(World.ActorOf(need.World.DataLead)))
        {
            input.Id = Guid.CreateVersion7();
            Assert.True((await scope.Get<IndicatorService>().ChangeAsync("N02", input, World.ActorOf(need.World.DataLead), default))!.IsDone);
        }

        Assert.Equal(2, (await need.World.AuditAsync(AuditActions.IndicatorRetired)).Count);
        Assert.Equal(2, (await need.World.AuditAsync(AuditActions.IndicatorReturned)).Count);
        await need.CalculateAsync();
        await other.CalculateAsync();
        Assert.Equal(60m, NeedValue.Of(IndicatorUnit.Percent, (await need.ViewAsync(key)).Total(null), null));
        Assert.Equal(IndicatorUnit.Percent, await UnitAsync(need));
        Assert.Equal(IndicatorUnit.Rate, await UnitAsync(other));
        Assert.Equal(Figure.Of(50), (await other.ViewAsync()).Total(null).Count);
        await Assert.ThrowsAsync<InvalidOperationException>(() => other.ViewAsync(key));
        Assert.Contains(await need.World.AuditAsync(AuditActions.IndicatorAdded), a => a.Detail == $"{key} version 1");
        Assert.Contains(await need.World.AuditAsync(AuditActions.IndicatorChanged), a => a.Detail == "N01 version 2");
        Assert.NotEmpty(await need.World.AuditAsync(AuditActions.IndicatorsCalculated));

        // A newer portal that takes over from this one has its definitions there already, of words that this one has not: it goes on with those that it knows, and with all others.
        using (var scope = site.As(need.World.Whole))
        {
            var newest = await scope.Db.IndicatorVersions.Where(v => v.Indicator!.Key == key).SingleAsync(default);
            foreach (var (number, json) in new[] { (2, newest.DefinitionJson.Replace("\"age\"", "\"of-a-later-portal\"", StringComparison.Ordinal)), (3, newest.DefinitionJson.Replace("\"Percent\"", "\"OfALaterPortal\"", StringComparison.Ordinal)) })
            {
                Assert.NotEqual(newest.DefinitionJson, json);
                scope.Db.Add(new IndicatorVersion { AuthorityId = need.World.Authority.Id, IndicatorId = newest.IndicatorId, Number = number, DefinitionJson = json, Reason = "Later", CreatedAt = DateTime.UtcNow });
            }

            await scope.Db.SaveChangesAsync(default);
        }

        await need.CalculateAsync();
        Assert.Equal(60m, NeedValue.Of(IndicatorUnit.Percent, (await need.ViewAsync(key)).Total(null), null));

        async Task<IndicatorUnit> UnitAsync(NeedWorld of)
        {
            using var scope = site.As(World.ActorOf(of.World.DataLead));
            return (await scope.Get<IndicatorService>().FindAsync("N01", default))!.Definition.Unit;
        }
    }

    [Fact]
    public void Every_shipped_definition_is_made_of_the_fixed_words_or_says_why_it_is_not_worked_out()
    {
        var shipped = ShippedIndicators.Load().Indicators;
        Assert.Equal(Enumerable.Range(1, 40).Select(n => $"N{n:00}"), shipped.Where(i => i.Key[0] == 'N').Select(i => i.Key));
        Assert.All(shipped, i => Assert.True(i.Definition.Counts is null == i.Definition.NotHere is not null, i.Key));
        Assert.All(shipped.Where(i => i.Definition.Counts is not null), i => Assert.Null(NeedFacts.WrongWith(i.Definition.Counts!, i.Definition.Unit)));
        // What is written as conditions can only be words of the list: never SQL.
        Assert.NotNull(NeedFacts.WrongWith(new("need", CountWindow.OpenOnDay, [new("primary-need", CountTest.Is, ["N1') or true --"])], []), IndicatorUnit.Number));
        Assert.NotNull(NeedFacts.WrongWith(new("need; drop table children", CountWindow.OpenOnDay, [], []), IndicatorUnit.Number));
        Assert.NotNull(NeedFacts.WrongWith(new("referral", CountWindow.OpenOnDay, [], []), IndicatorUnit.Number));
    }
}
