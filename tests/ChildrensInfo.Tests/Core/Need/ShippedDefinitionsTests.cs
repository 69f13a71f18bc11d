using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Core.Need;

/// <summary>
/// One small population, made once and counted by hand: each shipped definition that no other test works out is held here to its value, with children on either side of each of its
/// lines. Every group is of ten, so that rounding and suppression leave it as it is.
/// </summary>
public class ShippedDefinitionsTests(TestSite site)
{
    private static readonly string[] OneToTen = ["safe", "listened-to", "altogether"];
    private static readonly string[] HowThingsAre = ["home", "school", "friends", "sleep"];
    private static readonly string[] WhatMatters = ["home", "people", "money", "health", "feelings", "doing", "say", "me"];

    [Fact]
    public async Task Each_shipped_definition_counts_what_its_words_say_to_the_day_and_to_the_number()
    {
        var need = await NeedWorld.CreateAsync(site);
        var day = NeedWorld.Day;
        // The twelve months begin here; three months of a spell are counted from here.
        var (first, early) = (day.AddYears(-1).AddDays(1), day.AddDays(-100));
        Task<List<Child>> SpellAsync(DateOnly referred, DateOnly? closed = null, string? source = null, string? reason = null, bool nfa = false, string primary = "N1") =>
            need.AddAsync(10, primary, referred: referred, closed: closed, reason: reason, nfa: nfa, change: e => e.ReferralSource = source);

        var onFirst = await SpellAsync(first, source: "1A");
        await SpellAsync(first.AddDays(-1), source: "2A", primary: "N2");
        await SpellAsync(day, source: "2A");
        await SpellAsync(day.AddDays(-60), source: "1B", nfa: true);
        var three = await SpellAsync(early, early.AddMonths(3), "6", "RC1");
        var more = await SpellAsync(early, early.AddMonths(3).AddDays(1), "6", "RC1");
        var onDay = await SpellAsync(early, day, "3A", "RC1");
        await SpellAsync(early, day.AddDays(1), "3A", "RC1");
        await SpellAsync(first.AddDays(-100), first, reason: "RC1");
        await SpellAsync(first.AddDays(-100), first.AddDays(-1), reason: "RC1");
        await SpellAsync(day.AddDays(-50), day.AddDays(-20), "5A", "RC8");
        // Referred long ago, and open: they stand in no line above.
        var old = new List<List<Child>>();
        for (var i = 0; i < 12; i++) old.Add(await need.AddAsync(10, "N3", referred: day.AddYears(-5)));
        foreach (var (age, disability, heard) in new[] { (2, "COMM", 0), (2, "NONE", 10), (3, "COMM", 10), (4, "NONE", 0) }) old.Add(await need.AddAsync(10, "N3", age: age, disability: [disability], heard: heard, referred: day.AddYears(-5)));

        Dictionary<Guid, Guid> episodes;
        Guid version;
        using (var scope = site.As(need.World.Whole))
        {
            episodes = await scope.Db.NeedEpisodes.ToDictionaryAsync(e => e.ChildId, e => e.Id, TestContext.Current.CancellationToken);
            version = await scope.Db.ToolVersions.Where(v => v.Tool!.Key == "one-to-ten" && v.Tool.AuthorityId == null && v.Language == "en").Select(v => v.Id).FirstAsync(TestContext.Current.CancellationToken);
        }

        async Task EachAsync(List<Child> children, Func<Child, object> row) => await need.SaveAsync([.. children.Select(row)]);
        Task AssessedAsync(List<Child> children, DateOnly on) =>
            EachAsync(children, c => new NeedAssessment { AuthorityId = c.AuthorityId, ChildId = c.Id, EpisodeId = episodes[c.Id], StartedOn = on, FactorCodes = [] });
        Task EnquiredAsync(List<Child> children, DateOnly on, DateOnly? met = null) =>
            EachAsync(children, c => new Section47 { AuthorityId = c.AuthorityId, ChildId = c.Id, EpisodeId = episodes[c.Id], StartedOn = on, ConferenceOn = met });
        Task ProtectedAsync(List<Child> children, DateOnly from, DateOnly? to, string firstCategory, string? latest) =>
            EachAsync(children, c => new ProtectionPlan { AuthorityId = c.AuthorityId, ChildId = c.Id, EpisodeId = episodes[c.Id], StartedOn = from, EndedOn = to, InitialCategoryOfAbuse = firstCategory, LatestCategoryOfAbuse = latest, ReviewedOn = [] });

        // Within 30 days, and a day later.
        await AssessedAsync(onFirst, first.AddDays(30));
        await AssessedAsync(three, early.AddDays(31));
        await AssessedAsync(more, early.AddDays(30));
        await EnquiredAsync(more, early.AddDays(30), After(early.AddDays(30), 16));
        await EnquiredAsync(onDay, early.AddDays(5));
        // An enquiry the day before the twelve months, with its conference in them; and one on the first day of them, with its conference on the last day for it.
        await EnquiredAsync(old[0], first.AddDays(-1), first);
        await EnquiredAsync(old[1], first, After(first, 15));
        await ProtectedAsync(old[0], day.AddDays(-730), null, "EMO", "NEG");
        await ProtectedAsync(old[1], day.AddDays(-729), null, "NEG", "EMO");
        await ProtectedAsync(old[2], day.AddDays(-730), day, "PHY", "PHY");
        await ProtectedAsync(old[3], day.AddDays(-729), day, "PHY", "PHY");
        await ProtectedAsync(old[4], first.AddDays(-900), first.AddDays(-1), "PHY", "PHY");
        await ProtectedAsync(old[5], day.AddDays(-10), null, "NEG", null);
        foreach (var (children, teeth) in new[] { (old[2], true), (old[3], false) })
        {
            await EachAsync(children, c => need.Care(c, day.AddYears(-3), null, "S", "C2", "U4"));
            await EachAsync(children, c => new CareOutcome { AuthorityId = c.AuthorityId, ChildId = c.Id, ReturnId = need.ReturnId, Year = day.Year, TeethChecked = teeth, Immunised = !teeth });
        }

        // On either side of each line of the scales; then one who was not told that answers are counted, and one who answered the day before the twelve months.
        var halfYear = day.AddMonths(-6);
        await AnswerAsync(old[6], halfYear.AddDays(1), safe: 5, altogether: 4, face: 2, matters: 4);
        await AnswerAsync(old[7], halfYear, safe: 6, altogether: 5, face: 3, matters: 5);
        await AnswerAsync(old[8], day, safe: 9, altogether: 9);
        await AnswerAsync(old[9], day, safe: 8, altogether: 8);
        await AnswerAsync(old[10], day, safe: 1, altogether: 1, told: false, provenance: WordsProvenance.WrittenUpLater);
        await AnswerAsync(old[11], first.AddDays(-1), safe: 1, altogether: 1);
        await EachAsync(old[15], c =>
        {
            var session = new VoiceSession { AuthorityId = c.AuthorityId, ChildId = c.Id, PractitionerId = need.World.Practitioner.Id, OccurredOn = day, RecordedAt = DateTime.UtcNow };
            return new VoiceRecord
            {
                AuthorityId = c.AuthorityId,
                ChildId = c.Id,
                Session = session,
                Speaker = Speaker.Child,
                Kind = VoiceKind.Declined,
                NotHeardReason = NotHeardReason.DidNotWantTo,
                Provenance = WordsProvenance.Observed,
                HeardOn = day,
                SealedAt = DateTime.UtcNow,
                SealedById = need.World.Practitioner.Id,
                ContentSeal = [1],
            };
        });
        await need.CalculateAsync();

        // Of how many, and how many of them.
        var shares = new List<(string Key, int Count, int Whole)>
        {
            // Referred in the twelve months: 80, of whom 40 are closed by the day (one of these on it; one will be closed tomorrow).
            ("F03", 40, 80),
            // A conference the day after the enquiry and one 15 working days after it; one after 16 is late.
            ("N17", 20, 30),
            // Open for 730 days, 729 and 10.
            ("N20", 10, 30),
            // Ended on the day after 730 days and after 729; not the one that ended before the twelve months.
            ("N21", 10, 20),
            ("H01", 10, 20), ("H02", 10, 20),
            // Two years old, not three; with COMM; heard ten days ago.
            ("C01", 0, 20), ("C02", 10, 20), ("C03", 10, 20),
            // Open and four or older: 40 of the first eleven groups, twelve old ones, and one of four. Heard in the six months: the day after they began, and three on the day.
            ("N35", 40, 170),
            // Answers of the told: 5 of 10 is the lower half and 6 is not; 4 is badly and 5 is not; 9 is very well and 8 is not.
            ("W01", 10, 40), ("W02", 10, 40), ("N36", 10, 40), ("W07", 10, 40), ("W08", 10, 40), ("W09", 10, 40),
            // Tries in the twelve months: 3 each of two groups, one each of three, two of small children and one in which nothing was said; of those heard, one was written up later.
            ("V01", 10, 120), ("V03", 100, 110),
        };
        // Faces from 1 to 5: 2 is the lower half, 3 is not. From 0 to 10: 4 is, 5 is not.
        shares.AddRange(new[] { "W03", "W04", "W05", "W06", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08" }.Select(k => (k, 10, 20)));
        foreach (var (key, count, whole) in shares)
        {
            var slice = (await need.ViewAsync(key)).Total(null);
            Assert.Equal((key, Figure.Of(count), Figure.Of(whole)), (key, slice.Count, slice.Whole));
        }

        var numbers = new (string Key, int Count, (string Value, int Count)[] By)[]
        {
            ("N01", 200, []),
            // On the first day, on the day, five in between; not without further action, not in need of nothing.
            ("N04", 60, [("N1", 60)]),
            ("N05", 80, [("1", 20), ("2A", 10), ("3", 20), ("5", 10), ("6", 20)]),
            ("N09", 80, [("1", 20), ("2A", 10), ("3", 20), ("5", 10), ("6", 20)]),
            ("N12", 200, [("N1", 30), ("N2", 10), ("N3", 160)]),
            // Since today, for a hundred days, for a year but a day, for a year to the day, for five years.
            ("N14", 200, [("3m", 10), ("6m", 10), ("1y", 10), ("2y", 10), ("over", 160)]),
            ("N15", 30, [("yes", 20), ("no", 10)]),
            ("N16", 30, []),
            // The latest category, and the first where there is no later one.
            ("N23", 30, [("NEG", 20), ("EMO", 10)]),
            ("N40", 80, [("assessment", 10), ("both", 10), ("enquiry", 10), ("nfa", 10), ("open", 10), ("none", 30)]),
            // Three months to the day; a day more, and a hundred days twice.
            ("F05", 40, [("3m", 10), ("6m", 30)]),
            ("V02", 10, [("DidNotWantTo", 10)]),
        };
        foreach (var (key, count, by) in numbers)
        {
            var view = await need.ViewAsync(key);
            Assert.Equal((key, Figure.Of(count)), (key, view.Total(null).Count));
            foreach (var (value, expected) in by) Assert.Equal((key, value, Figure.Of(expected)), (key, value, view.By.Single(v => v.Key == value).Figure));
        }

        // Days of the four that ended: three months, a day more, and a hundred twice.
        var months = early.AddMonths(3).DayNumber - early.DayNumber;
        var days = (await need.ViewAsync("F06")).Total(null);
        Assert.Equal(Figure.Of(40), days.Count);
        Assert.InRange(days.Mean!.Value, ((2 * months) + 201) / 4.0 - 0.06, ((2 * months) + 201) / 4.0 + 0.06);

        async Task AnswerAsync(List<Child> children, DateOnly on, int safe, int altogether, int? face = null, int? matters = null, bool told = true, WordsProvenance provenance = WordsProvenance.EnteredAsPointed)
        {
            using var scope = site.As(need.World.Whole);
            var keys = scope.Get<KeyRing>();
            await keys.LoadAsync([.. children.Select(c => c.Id)], TestContext.Current.CancellationToken);
            var rows = new List<object>();
            foreach (var child in children)
            {
                if (told)
                {
                    rows.Add(new ConsentEvent
                    {
                        AuthorityId = child.AuthorityId,
                        ChildId = child.Id,
                        Purpose = Purpose.Stats,
                        Scope = ConsentScope.Purpose,
                        Type = ConsentEventType.Told,
                        Method = ConsentMethod.Spoken,
                        OccurredAt = DateTime.UtcNow.AddMinutes(-1),
                        RecordedAt = DateTime.UtcNow,
                        RecordedById = need.World.Practitioner.Id,
                    });
                }

                var session = new VoiceSession { AuthorityId = child.AuthorityId, ChildId = child.Id, PractitionerId = need.World.Practitioner.Id, OccurredOn = on, RecordedAt = DateTime.UtcNow };
                rows.Add(session);
                await SheetAsync("one-to-ten", 1, 10, OneToTen.Select(i => (i, i == "altogether" ? altogether : safe)));
                if (face is { } point) await SheetAsync("how-things-are", 1, 5, HowThingsAre.Select(i => (i, point)));
                if (matters is { } mattering) await SheetAsync("what-matters", 0, 10, WhatMatters.Select(i => (i, mattering)));

                async Task SheetAsync(string tool, int min, int max, IEnumerable<(string Item, int Value)> answers)
                {
                    var sheet = new AnswerSheet(tool, 1, "a", "b", ToolKind.Scale, [.. answers.Select(a => new ToolAnswer(a.Item, a.Item, a.Value, min, max, null, false, null, null))], null);
                    var record = new VoiceRecord
                    {
                        AuthorityId = child.AuthorityId,
                        ChildId = child.Id,
                        SessionId = session.Id,
                        Speaker = Speaker.Child,
                        Kind = VoiceKind.ScaleAnswer,
                        ToolVersionId = version,
                        Subjects = [SubjectMatter.MyLife],
                        Provenance = provenance,
                        HeardOn = on,
                        SealedAt = DateTime.UtcNow,
                        SealedById = need.World.Practitioner.Id,
                        ContentSeal = [1],
                    };
                    rows.Add(record);
                    rows.Add(new VoiceWords { VoiceRecordId = record.Id, AuthorityId = child.AuthorityId, ChildId = child.Id, Sealed = await keys.SealAsync(child.Id, sheet.Write(), record.Id, SealPart.Words, TestContext.Current.CancellationToken) });
                }
            }

            await need.SaveAsync([.. rows]);
        }
    }

    /// <summary>So many working days later.</summary>
    private static DateOnly After(DateOnly date, int days)
    {
        while (days > 0)
        {
            date = date.AddDays(1);
            if (WorkingDays.IsWorkingDay(date)) days--;
        }

        return date;
    }
}
