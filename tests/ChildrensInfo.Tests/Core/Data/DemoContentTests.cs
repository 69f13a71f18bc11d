using System.Text.RegularExpressions;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Xunit;

namespace ChildrensInfo.Tests.Core.Data;

public sealed partial class DemoContentTests
{
    private static readonly DemoContent Demo = DemoContent.Load();

    private static readonly ShippedWordings Wordings = ShippedWordings.Load();

    [Fact]
    public void There_are_about_four_hundred_different_voices()
    {
        Assert.InRange(Demo.Voices.Count, 380, 1000);
        Assert.Equal(Demo.Voices.Count, Demo.Voices.Select(v => v.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Every_voice_uses_the_words_of_the_record() => Assert.All(Demo.Voices, v =>
    {
        Assert.False(string.IsNullOrWhiteSpace(v.Text));
        Assert.Contains(v.Speaker, new[] { "Child", "YoungPerson", "ParentOrCarer", "Practitioner" });
        Assert.Contains(v.Kind, new[] { "TypedText", "VerbatimQuote", "SymbolChoice", "SignOrGesture", "ObservedNonVerbal", "Declined" });
        Assert.Contains(v.Layer, new[] { "Data", "Information", "InformationUse" });
        Assert.NotEmpty(v.Subjects);
        Assert.Subset(new HashSet<string> { "MyLife", "MyHelp", "APlan", "MyInformation" }, v.Subjects.ToHashSet());
        Assert.Contains(v.Provenance, new[] { "ChildsHand", "VerbatimAtTheTime", "WrittenUpLater", "ViaInterpreter", "ReportedByOther" });
        Assert.Contains(v.Language, new[] { "en", "cy", "ar", "pl" });
        Assert.NotEmpty(v.Themes);
        Assert.NotEmpty(v.Needs);
        Assert.All(v.Needs, n => Assert.Matches("^N[1-9]$", n));
        Assert.All(v.Themes, t => Assert.Matches("^[a-zI' ]+$", t));
    });

    [Fact]
    public void Ages_suit_the_speaker() => Assert.All(Demo.Voices, v =>
    {
        Assert.InRange(v.AgeFrom, 0, v.AgeTo);
        Assert.InRange(v.AgeTo, v.AgeFrom, 24);
        if (v.Speaker == "Child") Assert.InRange(v.AgeTo, 0, 15);
        if (v.Speaker == "YoungPerson") Assert.InRange(v.AgeFrom, 11, 24);
        // A child under three is seen, not quoted; nobody under five typed it.
        if (v.Speaker == "Child" && v.AgeFrom < 3) Assert.Equal("ObservedNonVerbal", v.Kind);
        if (v.Speaker is "Child" or "YoungPerson" && v.Kind == "TypedText") Assert.InRange(v.AgeFrom, 5, 24);
    });

    [Fact]
    public void What_is_not_in_English_has_its_meaning_beside_it_and_what_is_English_has_none()
    {
        Assert.All(Demo.Voices, v => Assert.Equal(v.Language != "en", !string.IsNullOrWhiteSpace(v.Meaning)));
        Assert.All(Demo.Voices.Where(v => v.Language is "ar" or "pl"), v => Assert.Equal("ViaInterpreter", v.Provenance));
        Assert.True(Demo.Voices.Count(v => v.Language == "cy") >= 15);
    }

    [Fact]
    public void Many_speak_about_information_itself_and_most_of_those_words_are_answered()
    {
        var about = Demo.Voices.Where(v => v.Subjects.Contains("MyInformation")).ToList();
        Assert.True(about.Count >= 60);
        Assert.True(about.Count(v => v.Response is not null) * 2 > about.Count);
    }

    [Fact]
    public void About_a_third_are_interpreted_and_always_with_another_reading()
    {
        var interpreted = Demo.Voices.Where(v => v.Interpretation is not null).ToList();
        Assert.InRange(interpreted.Count, Demo.Voices.Count * 3 / 10, Demo.Voices.Count / 2);
        Assert.All(interpreted, v => Assert.True(
            v.Interpretation!.Text.Length > 10 && v.Interpretation.AlternativeReading.Length > 10, v.Text));
    }

    [Fact]
    public void Every_age_and_every_need_has_voices_to_draw_from()
    {
        for (var age = 0; age <= 21; age++)
            Assert.True(Demo.Voices.Count(v => v.Speaker is "Child" or "YoungPerson" && v.AgeFrom <= age && age <= v.AgeTo) >= 6, $"age {age}");
        for (var need = 1; need <= 9; need++)
            Assert.True(Demo.Voices.Count(v => v.Needs.Contains($"N{need}")) >= 15, $"N{need}");
    }

    [Fact]
    public void No_demo_name_appears_in_the_words()
    {
        var names = Demo.Names.Given.Concat(Demo.Names.Family).ToHashSet(StringComparer.Ordinal);
        // The one invented name a child uses on purpose, saying that it is invented.
        names.Remove("Bramblewick");
        Assert.All(Demo.Voices, v => Assert.DoesNotContain(Word().Matches(v.Text).Select(m => m.Value), names.Contains));
    }

    [Fact]
    public void There_are_enough_different_names()
    {
        Assert.True(Demo.Names.Given.Count >= 150 && Demo.Names.Family.Count >= 150);
        Assert.Distinct(Demo.Names.Given);
        Assert.Distinct(Demo.Names.Family);
        Assert.All(Demo.Names.Given.Concat(Demo.Names.Family), n => Assert.Matches(@"^[\p{L}'-]{3,24}$", n));
    }

    [Fact]
    public void Three_authorities_with_unused_codes_teams_and_one_of_each_role()
    {
        // Codes from 900 that published children in need tables use for real councils.
        string[] used = ["908", "909", "916", "919", "921", "925", "926", "928", "929", "931", "933", "935", "936", "937", "938", "940", "941", "942", "943"];
        var authorities = Demo.Names.Authorities;
        Assert.Equal(3, authorities.Count);
        Assert.Distinct(authorities.Select(a => a.Code));
        Assert.All(authorities, a =>
        {
            Assert.Matches("^9[0-9]{2}$", a.Code);
            Assert.DoesNotContain(a.Code, used);
            Assert.Equal(a.Country == "Wales", a.Name.Cy is not null);
            Assert.Equal(4, a.Teams.Distinct().Count());
            // What one of information governance writes, another approves.
            Assert.Equal(2, a.Staff.Count(s => s.Role == "InformationGovernance"));
            Assert.All(["DataLead", "Researcher", "Administrator", "TeamManager"], role => Assert.Single(a.Staff, s => s.Role == role));
            Assert.All(["ReviewingOfficer", "Advocate"], role => Assert.Equal(a == authorities[0] ? 1 : 0, a.Staff.Count(s => s.Role == role)));
            var practitioners = a.Staff.Where(s => s.Role == "Practitioner").ToList();
            Assert.NotEqual(practitioners[0].Team, practitioners[1].Team);
            Assert.All(practitioners, p => Assert.Contains(p.Team, a.Teams));
        });
        Assert.Equal(["England", "England", "Wales"], authorities.Select(a => a.Country).Order());
        Assert.Distinct(authorities.SelectMany(a => a.Staff).Select(s => s.Name));
    }

    [Fact]
    public void Every_age_has_places_and_presence_to_draw_from()
    {
        for (var age = 0; age <= 21; age++)
        {
            Assert.Contains(Demo.Sessions.Places, p => p.AgeFrom <= age && age <= p.AgeTo);
            Assert.Contains(Demo.Sessions.Presence, p => p.AgeFrom <= age && age <= p.AgeTo);
        }

        Assert.All(Demo.Sessions.Presence, p => Assert.True(p.SeenAlone != "Yes" || p.Present.All(w => w is "Child" or "Advocate" or "Interpreter")));
        Assert.True(Demo.Sessions.Notes.Count >= 30 && Demo.Sessions.Purposes.Count >= 8);
    }

    [Fact]
    public void Each_purpose_is_worded_for_each_age_in_English_and_Welsh()
    {
        (string Key, string Basis)[] expected =
        [
            ("KEEP_RECORD", "NoticeOnly"), ("AUDIO", "Permission"), ("IMAGE_WORK", "Permission"), ("IMAGE_PERSON", "Permission"),
            ("TRANSCRIBE_MACHINE", "Permission"), ("SHARE_PARENT", "Permission"), ("SHARE_PRO", "Permission"), ("STATS", "NoticeOnly"),
            ("QUOTE_SERVICE", "Permission"), ("RESEARCH_EXTRACT", "Permission"), ("RESEARCH_WORDS", "Permission"), ("RESEARCH_CONTACT", "Permission"), ("TRAIN_PUBLISH", "Permission"),
        ];
        Assert.Equal(expected, Wordings.Purposes.Select(p => (p.Key, p.Basis)));
        Assert.All(Wordings.Purposes, p => Assert.Equal(
            ["12-17 cy", "12-17 en", "4-7 cy", "4-7 en", "8-11 cy", "8-11 en", "adult cy", "adult en"],
            p.Wordings.Where(w => w.Format == WordingFormat.Text).Select(w => $"{w.AgeBand} {w.Language}").Order(StringComparer.Ordinal)));
        Assert.All(Wordings.Purposes, p => Assert.Equal(
            ["12-17 cy", "12-17 en", "8-11 cy", "8-11 en", "adult cy", "adult en"],
            p.Wordings.Where(w => w.Format == WordingFormat.EasyRead).Select(w => $"{w.AgeBand} {w.Language}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Each_wording_says_who_asks_that_no_is_fine_and_that_a_mind_can_change()
    {
        foreach (var purpose in Wordings.Purposes)
        {
            Assert.All(purpose.Wordings, w =>
            {
                Assert.Contains("{council}", w.Body);
                Assert.Equal(purpose.Key is "SHARE_PARENT" or "SHARE_PRO", w.Body.Contains("{person}"));
                Assert.Equal(purpose.Key == "TRAIN_PUBLISH", w.Body.Contains("{use}"));
                Assert.DoesNotMatch(@"\{(?!council\}|person\}|use\})", w.Body);
                Assert.InRange(w.Body.Split(' ').Length, 25, w.AgeBand == "4-7" ? 100 : 200);
                if (purpose.Basis != "Permission") return;
                Assert.Contains(w.Language == "en" ? "no" : "na", Word().Matches(w.Body).Select(m => m.Value));
                Assert.Matches(w.Language == "en" ? "change your mind" : "newid (dy|eich) (f|m)eddwl", w.Body);
            });
        }
    }

    [GeneratedRegex(@"[\p{L}'-]+")]
    private static partial Regex Word();
}
