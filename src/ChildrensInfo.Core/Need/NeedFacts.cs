using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.Ssda903;
using Npgsql;

namespace ChildrensInfo.Core.Need;

public enum FieldKind
{
    Code,

    /// <summary>Several codes at once, such as factors.</summary>
    Codes,
    YesNo,
    Number,
}

/// <param name="Sql">From a row f of the fact, and a day d with first_on and day.</param>
/// <param name="Values">The values it can have, with their labels; empty for numbers, and for codes that the council's own tools bring.</param>
/// <param name="Table">The table of a return without which it is known of nobody, where that is another than the fact's.</param>
public sealed record FactField(string Key, string Name, FieldKind Kind, string Sql, IReadOnlyList<(string Value, string Label)> Values, string? Table = null)
{
    public string LabelOf(string value) => Kind == FieldKind.YesNo ? (value == "yes" ? "Yes" : "No") : Values.Where(v => v.Value == value).Select(v => v.Label).FirstOrDefault() ?? value;
}

/// <summary>Something that there is one of for each thing counted.</summary>
/// <param name="Sql">Its rows, of one authority: child_id, from_on, to_on (the same day for what happens on one) and what its fields need.</param>
/// <param name="IsSpell">It lasts; otherwise it happens on one day.</param>
/// <param name="Hub">The dimension that can be seen together with each of the others.</param>
/// <param name="BeganOn">The day it began, from a row f: null of one that was there before what is known begins.</param>
public sealed record NeedFact(string Key, string Name, bool IsSpell, string Hub, string Sql, IReadOnlyList<FactField> Fields, string BeganOn = "f.from_on")
{
    /// <summary>The return it is known from, and the table of it without which nothing is; null of what the portal records itself.</summary>
    public (ReturnKind Kind, string Table)? From => Key switch
    {
        "need" or "referral" or "assessment" or "enquiry" or "conference" or "protection-plan" => (ReturnKind.CinCensus, "need_episodes"),
        "care" => (ReturnKind.LookedAfter, "care_episodes"),
        "care-leaver" => (ReturnKind.LookedAfter, "care_leavers"),
        "review" => (ReturnKind.LookedAfter, "care_reviews"),
        _ => null,
    };

    /// <summary>The tables of returns that a definition is counted from: where one is empty its figures are not nought but not known.</summary>
    public IEnumerable<string> TablesOf(IndicatorCount count) => Fields.Where(f => f.Table is not null && count.Uses(f.Key)).Select(f => f.Table!).Concat(From is { } from ? [from.Table] : []).Distinct();

    public FactField? Field(string? key) => Fields.FirstOrDefault(f => f.Key == key);
}

/// <summary>
/// The fixed words that definitions are made of. A definition names facts, fields and values from here and holds no SQL; values travel as parameters.
/// </summary>
public static class NeedFacts
{
    private static readonly IReadOnlyList<(string, string)> YesNo = [("yes", "Yes"), ("no", "No")];

    private static readonly IReadOnlyList<(string, string)> Bands =
        [("3m", "3 months or less"), ("6m", "More than 3 months to 6 months"), ("1y", "More than 6 months and less than 1 year"), ("2y", "1 year and less than 2 years"), ("over", "2 years or more")];

    /// <summary>From a first day to a last: the Department's bands.</summary>
    private static string Band(string from, string to) =>
        $"case when {to} <= {from} + interval '3 months' then '3m' when {to} <= {from} + interval '6 months' then '6m' when {to} < {from} + interval '1 year' then '1y' when {to} < {from} + interval '2 years' then '2y' else 'over' end";

    private static IReadOnlyList<(string, string)> Of(CodeList list) => [.. list.Codes.Select(c => (c.Value, list.Label(c.Value)))];

    private static readonly IReadOnlyList<(string, string)> Sources =
    [
        ("1", "Individual"), ("2A", "Schools"), ("2B", "Education services"), ("3", "Health services"), ("4", "Housing"), ("5", "Council services"), ("6", "Police"), ("7", "Other legal agency"), ("8", "Other"), ("9", "Anonymous"), ("10", "Unknown"),
    ];

    // Of a child who was not born on the day, or whose birth nobody wrote down, there is none.
    private const string AgeOnDay = "case when f.born_on <= d.day then date_part('year', age(d.day, f.born_on))::int else -1 end";

    // What came after the day is not known on it, or a figure of a day long past would still change.
    private const string In30Days = "least(f.from_on + 30, d.day)";

    private const string ConferenceInTime = "f.conference_on <= least(f.from_on + 45, d.day)";

    /// <summary>Something of the placement a child was in at the end of a day.</summary>
    private static string OnDay(string what) =>
        $"(select {what} from w_placements m where m.child_id = f.child_id and m.from_on <= d.day and (m.to_on is null or m.to_on > d.day) order by m.from_on desc limit 1)";

    /// <summary>The field that is known of nobody before a directory of postcodes was loaded.</summary>
    public const string DistanceKey = "distance";

    /// <summary>Something of the episode a child was in at the end of a day.</summary>
    private static string OfEpisode(string what) =>
        $"(select {what} from w_episodes e where e.child_id = f.child_id and e.started_on <= d.day and (e.ended_on is null or e.ended_on > d.day) order by e.started_on desc, e.ordinal desc limit 1)";

    private static readonly string MilesOnDay = OfEpisode("e.miles_from_home");

    // As it is on the day and not when the placement began: carers who adopt the child they looked after are a placement for adoption from then on, and no move.
    private const string Lives =
        """
        case when e.placement in ('U1', 'U2', 'U3') then 'kin' when e.placement in ('U4', 'U5', 'U6') then 'foster' when left(e.placement, 1) = 'A' then 'adoption' when e.placement = 'P1' then 'parents' when e.placement in ('K1', 'K2', 'R1', 'S1') then 'home' when e.placement in ('H5', 'K3', 'P2', 'P3') then 'supported' else 'other' end
        """;

    /// <summary>The last 31 March by a day that is the end of a quarter: the collection that asks of each child once a year was of it.</summary>
    private const string LastCollection = "make_date(date_part('year', d.day)::int, 3, 31)";

    /// <summary>
    /// Something of what the return of the year said once a year of a child. The days that are asked for are ends of quarters, so the collection that had last ended
    /// by then has the day's own year.
    /// </summary>
    private static string OfYear(string what) => $"(select {what} from w_outcomes o where o.child_id = f.child_id and o.year = date_part('year', d.day))";

    private const string Outcomes = "care_outcomes";

    private const string NeedSpells = """
        select e.id, e.child_id, e.referred_on as from_on, e.closed_on as to_on, e.primary_need_code, e.reason_for_closure, e.referral_source
        from need_episodes e where e.authority_id = @authority and not e.referral_nfa and coalesce(e.reason_for_closure, '') not in ('RC8', 'RC9')
        """;

    public static readonly IReadOnlyList<NeedFact> All =
    [
        new("need", "Spell of need", true, NeedDimension.PrimaryNeed.Key, NeedSpells,
        [
            new("primary-need", "Primary need", FieldKind.Code, "coalesce(f.primary_need_code, 'N0')", Of(CinCodes.PrimaryNeed)),
            new("closed-because", "Reason for closing", FieldKind.Code, "coalesce(f.reason_for_closure, 'none')", [.. Of(CinCodes.ReasonForClosure), ("none", "Not recorded")]),
            new("open-for", "How long open", FieldKind.Code, Band("f.from_on", "coalesce(f.to_on, d.day)"), Bands),
            new("days", "Days open", FieldKind.Number, "(least(coalesce(f.to_on, d.day), d.day) - f.from_on)", []),
            new("disability", "A disability is recorded", FieldKind.YesNo, "f.has_disability", YesNo),
            new("communication", "A communication difficulty is recorded", FieldKind.YesNo, "f.has_communication", YesNo),
            new("communication-written", "How they best communicate is written down", FieldKind.YesNo, "f.communication_written", YesNo),
            new("age", "Age on the day", FieldKind.Number, AgeOnDay, []),
            new("heard-half-year", "Something the child said or showed was recorded in six months", FieldKind.YesNo, "exists (select from w_heard h where h.child_id = f.child_id and h.heard_on > d.day - interval '6 months' and h.heard_on <= d.day)", YesNo),
        ]),
        new("referral", "Referral", false, NeedDimension.PrimaryNeed.Key, """
            select e.id, e.child_id, e.referred_on as from_on, e.referred_on as to_on, e.referral_nfa, coalesce(e.reason_for_closure, '') in ('RC8', 'RC9') as not_in_need,
                coalesce(case when e.referral_source like '1%' and e.referral_source <> '10' then '1' when e.referral_source like '3%' then '3' when e.referral_source like '5%' then '5'
                    else e.referral_source end, '10') as source_group, e.closed_on, e.reason_for_closure,
                coalesce(lag(e.referred_on) over (partition by e.child_id order by e.referred_on, e.ordinal) >= e.referred_on - interval '12 months', false) as again,
                (select min(a.started_on) from need_assessments a where a.episode_id = e.id) as assessed_on,
                (select min(s.started_on) from section47s s where s.episode_id = e.id) as enquiry_on,
                (select min(p.started_on) from cin_plans p where p.episode_id = e.id) as plan_on,
                (select min(p.started_on) from protection_plans p where p.episode_id = e.id) as protected_on
            from need_episodes e where e.authority_id = @authority
            """,
        [
            new("no-further-action", "No further action", FieldKind.YesNo, "f.referral_nfa", YesNo),
            new("not-in-need", "Assessed and not in need", FieldKind.YesNo, "f.not_in_need", YesNo),
            new("again", "The same child was referred in the twelve months before", FieldKind.YesNo, "f.again", YesNo),
            new("source", "Who referred", FieldKind.Code, "f.source_group", Sources),
            new("assessed", "An assessment began", FieldKind.YesNo, "f.assessed_on <= d.day", YesNo),
            new("planned", "A child in need plan or a protection plan began", FieldKind.YesNo, "least(f.plan_on, f.protected_on) <= d.day", YesNo),
            new("protected", "A child protection plan began", FieldKind.YesNo, "f.protected_on <= d.day", YesNo),
            new("closed", "Closed by the day", FieldKind.YesNo, "f.closed_on is not null and f.closed_on <= d.day", YesNo),
            new("first-response", "What happened within 30 days", FieldKind.Code,
                $"""
                case when f.referral_nfa then 'nfa' when f.assessed_on <= {In30Days} and f.enquiry_on <= {In30Days} then 'both' when f.assessed_on <= {In30Days} then 'assessment'
                    when f.enquiry_on <= {In30Days} then 'enquiry' when f.from_on > d.day - 30 then 'open' else 'none' end
                """,
                [("assessment", "An assessment"), ("enquiry", "A section 47 enquiry"), ("both", "Both"), ("nfa", "No further action"), ("open", "Too recent to say"), ("none", "Neither within 30 days")]),
        ]),
        new("assessment", "Finished assessment", false, NeedDimension.PrimaryNeed.Key, """
            select a.id, a.child_id, a.authorised_on as from_on, a.authorised_on as to_on, a.factor_codes, wd2.n - wd1.n as working_days,
                lead(a.authorised_on) over (partition by a.episode_id order by a.authorised_on, a.id) as next_on, s.found_on, s.found_codes
            from need_assessments a
                cross join lateral (select array_agg(b.authorised_on) as found_on, array_agg(c.code) as found_codes from need_assessments b cross join unnest(b.factor_codes) c (code)
                    where b.episode_id = a.episode_id and b.authorised_on <= a.authorised_on) s
                left join w_working_days wd1 on wd1.day = a.started_on left join w_working_days wd2 on wd2.day = a.authorised_on
            where a.authority_id = @authority and a.authorised_on is not null
            """,
        [
            new("working-days", "Working days it took", FieldKind.Number, "f.working_days", []),
            new("factors", "Factors found", FieldKind.Codes, "f.factor_codes", Of(CinCodes.AssessmentFactors)),
            new("any-factor", "A factor was found", FieldKind.YesNo, "cardinality(f.factor_codes) > 0", YesNo),
            // By which a spell of need with several is counted once: of each the last up to the day stands for it, with what all of them found in the twelve months.
            new("last-of-spell", "The last one finished in its spell of need", FieldKind.YesNo, "(f.next_on is null or f.next_on > d.day)", YesNo),
            new("spell-factors", "Factors found in its spell of need in the twelve months", FieldKind.Codes,
                "array(select s.code from unnest(f.found_on, f.found_codes) s (on_day, code) where s.on_day >= d.first_on)", Of(CinCodes.AssessmentFactors)),
            new("spell-any-factor", "A factor was found in its spell of need in the twelve months", FieldKind.YesNo, "(exists (select from unnest(f.found_on) s (on_day) where s.on_day >= d.first_on))", YesNo),
        ]),
        new("enquiry", "Section 47 enquiry", false, NeedDimension.PrimaryNeed.Key, """
            select s.id, s.child_id, s.started_on as from_on, s.started_on as to_on, s.conference_on,
                (select min(p.started_on) from protection_plans p where p.child_id = s.child_id and p.started_on between s.conference_on and s.conference_on + 60) as plan_on
            from section47s s where s.authority_id = @authority
            """,
        [
            new("conference-in-time", "A conference within 45 days", FieldKind.YesNo, ConferenceInTime, YesNo),
            new("then", "What followed", FieldKind.Code,
                $"case when {ConferenceInTime} then case when f.plan_on <= d.day then 'plan' when f.conference_on > d.day - 60 then 'open' else 'conference' end when f.from_on > d.day - 45 then 'open' else 'none' end",
                [("plan", "A conference within 45 days, then a protection plan within 60 days"), ("conference", "A conference within 45 days, no plan"), ("open", "Too recent to say"), ("none", "No conference within 45 days")]),
        ]),
        new("conference", "Initial child protection conference", false, NeedDimension.PrimaryNeed.Key, """
            select s.child_id, s.conference_on as from_on, s.conference_on as to_on, w2.n - w1.n as working_days
            from section47s s left join w_working_days w1 on w1.day = s.started_on left join w_working_days w2 on w2.day = s.conference_on
            where s.authority_id = @authority and s.conference_on is not null
            union all
            select e.child_id, e.initial_conference_on, e.initial_conference_on, null from need_episodes e
            where e.authority_id = @authority and e.initial_conference_on is not null
                and not exists (select from section47s s where s.episode_id = e.id and s.conference_on = e.initial_conference_on)
            """,
        [new("working-days", "Working days since the enquiry began", FieldKind.Number, "f.working_days", [])]),
        new("protection-plan", "Child protection plan", true, NeedDimension.PrimaryNeed.Key, """
            select p.id, p.child_id, p.started_on as from_on, p.ended_on as to_on, coalesce(p.latest_category_of_abuse, p.initial_category_of_abuse) as category, p.previous_plans, p.reviewed_on
            from protection_plans p where p.authority_id = @authority
            """,
        [
            new("category", "Latest category of abuse", FieldKind.Code, "coalesce(f.category, 'none')", [.. Of(CinCodes.CategoryOfAbuse), ("none", "Not recorded")]),
            new("earlier-plans", "Protection plans before this one", FieldKind.Number, "coalesce(f.previous_plans, 0)", []),
            new("days", "Days on the plan", FieldKind.Number, "(least(coalesce(f.to_on, d.day), d.day) - f.from_on)", []),
            new("three-months", "Open for three months or more", FieldKind.YesNo, "f.from_on <= d.day - interval '3 months'", YesNo),
            // The first within three months, the others within six of each other, up to the day.
            new("reviewed-in-time", "Every review held in time", FieldKind.YesNo,
                """
                not exists (select from (select r as on_day, lag(r) over (order by r) as before from (select unnest(f.reviewed_on) as r union select d.day) q where r <= d.day) z
                    where z.on_day > coalesce(z.before + interval '6 months', f.from_on + interval '3 months'))
                """, YesNo),
        ]),
        new("care", "Period of being looked after", true, NeedDimension.Age.Key, "select p.child_id, p.from_on, p.to_on, p.began_on from w_periods p",
        [
            new("age", "Age on the day", FieldKind.Number, AgeOnDay, []),
            new("first-in-year", "The first period that began in the twelve months", FieldKind.YesNo, "f.began_on is not null and not exists (select from w_periods p where p.child_id = f.child_id and p.began_on >= d.first_on and p.began_on < f.began_on)", YesNo),
            // What was there before the returns that are known begin has lasted for long.
            new("year-in-care", "Looked after for twelve months or more", FieldKind.YesNo, "coalesce(f.began_on <= d.day - interval '12 months', true)", YesNo),
            // Of others nothing is asked, and before the year's return is here nothing is known of anybody.
            new("asked-of-year", "Looked after for twelve months or more on the last 31 March, of which the return is here", FieldKind.YesNo,
                $"(coalesce(f.began_on <= {LastCollection} - interval '12 months', true) and exists (select from w_outcomes o where o.year = date_part('year', d.day)))", YesNo, Outcomes),
            new("long-in-care", "Looked after for two and a half years or more", FieldKind.YesNo, "coalesce(f.began_on <= d.day - interval '30 months', true)", YesNo),
            new("days", "Days looked after, where the beginning is known", FieldKind.Number, "(least(coalesce(f.to_on, d.day), d.day) - f.began_on)", []),
            new("placement", "Where the child lives", FieldKind.Code, $"coalesce({OfEpisode(Lives)}, 'other')",
                [("kin", "With foster carers who are relatives or friends"), ("foster", "With other foster carers"), ("adoption", "Placed for adoption"), ("parents", "With parents"), ("home", "In a children’s home, secure home or residential school"), ("supported", "In supported accommodation or by themselves"), ("other", "Somewhere else")]),
            // A stay that did not last a day, and temporary ones such as hospital or the carers' holiday, are no placement.
            new("placements", "Placements in the twelve months", FieldKind.Number,
                "(select count(*) from w_placements m where m.child_id = f.child_id and not m.is_temporary and m.from_on <= d.day and (m.to_on is null or (m.to_on >= d.first_on and m.to_on > m.from_on)))", []),
            new("settled", "In the same placement for two years", FieldKind.YesNo, $"coalesce({OnDay("m.settled_since")} <= d.day - interval '2 years', false)", YesNo),
            new(DistanceKey, "How far from home the child lives", FieldKind.Code, $"case when {MilesOnDay} > 20 then 'far' when {MilesOnDay} is not null then 'near' else 'unknown' end",
                [("near", "20 miles or less"), ("far", "More than 20 miles"), ("unknown", "Not known")]),
            new("workers", "Social workers in the twelve months", FieldKind.Number,
                "(select count(distinct w.worker_id) from w_workers w where w.child_id = f.child_id and w.from_on <= d.day and (w.to_on is null or w.to_on >= d.first_on))", [], "care_workers"),
            new("sdq", "Strengths and difficulties score", FieldKind.Number, OfYear("o.sdq_score"), [], Outcomes),
            new("sdq-scored", "There is a strengths and difficulties score", FieldKind.YesNo, $"{OfYear("o.sdq_score")} is not null", YesNo, Outcomes),
            new("sdq-band", "Strengths and difficulties, in bands", FieldKind.Code,
                $"case when {OfYear("o.sdq_score")} <= 13 then 'normal' when {OfYear("o.sdq_score")} <= 16 then 'borderline' when {OfYear("o.sdq_score")} <= 40 then 'concern' else 'none' end",
                [("normal", "0 to 13: normal"), ("borderline", "14 to 16: borderline"), ("concern", "17 to 40: a cause for concern"), ("none", "No score")], Outcomes),
            new("health-assessed", "Health assessed in the year", FieldKind.YesNo, OfYear("o.health_assessed"), YesNo, Outcomes),
            new("teeth-checked", "Teeth checked in the year", FieldKind.YesNo, OfYear("o.teeth_checked"), YesNo, Outcomes),
            new("immunised", "Immunisations up to date", FieldKind.YesNo, OfYear("o.immunised"), YesNo, Outcomes),
        ], "f.began_on"),
        // The return says how it was on a birthday in the year, so the year's end stands for it.
        new("care-leaver", "Care leaver of the year", false, NeedDimension.Sex.Key, """
            select l.child_id, make_date(l.year, 3, 31) as from_on, make_date(l.year, 3, 31) as to_on, l.in_touch, l.activity, l.accommodation
            from care_leavers l where l.authority_id = @authority
            """,
        [
            new("contact", "In touch with the council", FieldKind.Code, "coalesce(f.in_touch, 'none')", [.. Of(Ssda903Codes.InTouch), ("none", "Not recorded")]),
            // How old they became in that year, on whichever day it is asked.
            new("age", "Age at the end of the year", FieldKind.Number, "coalesce(date_part('year', age(f.from_on, f.born_on))::int, -1)", []),
            new("occupied", "In education, work or training", FieldKind.YesNo, "left(f.activity, 1) in ('F', 'P')", YesNo),
            new("suitable", "Lives somewhere suitable", FieldKind.YesNo, "right(f.accommodation, 1) = '1'", YesNo),
        ]),
        new("review", "Review of a looked-after child", false, NeedDimension.Age.Key, """
            select r.child_id, r.reviewed_on as from_on, r.reviewed_on as to_on, r.participation_code from care_reviews r where r.authority_id = @authority
            """,
        [
            new("took-part", "The child took part or their views were told", FieldKind.YesNo, "f.participation_code in ('PN1', 'PN2', 'PN3', 'PN5', 'PN6')", YesNo),
            new("how", "How the child took part", FieldKind.Code, "coalesce(f.participation_code, 'none')",
                [("PN1", "Was there and spoke"), ("PN2", "Was there and an advocate spoke"), ("PN3", "Was there and showed it without words"), ("PN4", "Was there and said nothing"), ("PN5", "Was not there and an advocate spoke"), ("PN6", "Was not there and sent their views another way"), ("PN7", "Was not there and sent nothing"), ("PN0", "Under four"), ("none", "Not recorded")]),
        ]),
        new("answer", "Answer on a scale", false, NeedDimension.Age.Key, "select a.child_id, a.heard_on as from_on, a.heard_on as to_on, a.tool, a.item, a.value, a.lowest, a.highest from w_answers a",
        [
            new("tool", "Tool", FieldKind.Code, "f.tool", []),
            new("item", "Question", FieldKind.Code, "f.item", []),
            new("value", "Number chosen", FieldKind.Number, "f.value", []),
            // So that scales of different lengths can stand together.
            new("position", "Place on the scale, from 0 to 100", FieldKind.Number, "(100 * (f.value - f.lowest) / nullif(f.highest - f.lowest, 0))", []),
        ]),
        new("theme", "Theme in what was said", false, NeedDimension.Age.Key, """
            select t.child_id, t.heard_on as from_on, t.heard_on as to_on, t.theme, t.coded_by, t.priority, t.direction, t.views from w_themes t
            """,
        [
            new("theme", "Theme", FieldKind.Code, "f.theme", [.. Voice.Themes.All.Select(t => (t.Key, t.Label))]),
            new("named-by", "Who named it", FieldKind.Code, "f.coded_by", [("Child", "The child"), ("Worker", "A worker (worker’s label)")]),
            new("priority", "How much it matters to the child", FieldKind.Code, "f.priority", [("Most", "Matters most"), ("Lot", "Matters a lot"), ("Bit", "Matters a bit"), ("NotSaid", "Not said")]),
            new("direction", "Good, worry or wish", FieldKind.Code, "f.direction", [("Good", "Something good"), ("Worry", "A worry"), ("Wish", "A wish")]),
            new("views-compared", "The worker said whether they see it as the child does", FieldKind.YesNo, "f.views <> 'NotCompared'", YesNo),
            new("views-differ", "The child’s and the worker’s views differ", FieldKind.YesNo, "f.views = 'Differ'", YesNo),
        ]),
        new("attempt", "Attempt to hear a child", false, NeedDimension.Age.Key, """
            select r.child_id, r.heard_on as from_on, r.heard_on as to_on, r.not_heard_reason, r.provenance from voice_records r
            where r.authority_id = @authority and r.moved_at is null and r.corrects_id is null and r.speaker in ('Child', 'YoungPerson')
            """,
        [
            new("not-heard", "Nothing was said", FieldKind.YesNo, "f.not_heard_reason is not null", YesNo),
            new("why-not", "Why nothing was said", FieldKind.Code, "coalesce(f.not_heard_reason, 'none')",
                [("DidNotWantTo", "They did not want to"), ("NotAbleThisTime", "They were not able to this time"), ("StoppedByChild", "They stopped it"), ("StoppedForSafety", "It was stopped to keep them safe"), ("NotOffered", "They were not asked"), ("none", "Something was said")]),
            new("own-words", "In the child’s own words", FieldKind.YesNo, "f.not_heard_reason is null and f.provenance in ('OwnHand', 'VerbatimAtTheTime', 'EnteredAsSaid', 'EnteredAsPointed', 'Recorded', 'ViaInterpreter')", YesNo),
        ]),
        // A visit whose records were all moved to another child was not one to this child.
        new("offer", "Visit at which ways of saying it were offered", false, NeedDimension.Age.Key, """
            select s.child_id, s.occurred_on as from_on, s.occurred_on as to_on, s.not_used_reason, coalesce(r.heard, false) as heard
            from voice_sessions s left join (
                select session_id, bool_or(moved_at is null) as stays, bool_or(moved_at is null and corrects_id is null and not_heard_reason is null and speaker in ('Child', 'YoungPerson')) as heard
                from voice_records where authority_id = @authority group by 1) r on r.session_id = s.id
            where s.authority_id = @authority and cardinality(s.offered) > 0 and coalesce(r.stays, true)
            """,
        [
            new("heard", "Something was said or shown", FieldKind.YesNo, "f.heard", YesNo),
            new("only-unusable", "Nothing was heard, and what was offered was in no form the child can use", FieldKind.YesNo, "not f.heard and f.not_used_reason = 'CouldNotUseIt'", YesNo),
        ]),
    ];

    /// <summary>The temporary table its rows are put in for a calculation.</summary>
    internal static string TableOf(NeedFact fact) => $"w_{fact.Key.Replace('-', '_')}";

    public static NeedFact? Find(string? key) => All.FirstOrDefault(f => f.Key == key);

    /// <summary>
    /// What the facts about being looked after are counted from. Short breaks (V3, V4) are none of it; a new period is where no episode ended on that day, and a placement
    /// lasts until carers change: a change of status, or a move with the same carers, is none. A child placed for adoption has been settled since they came to the placement before.
    /// That a period began is known only where its first episode says so (S): another one goes on from what no return here holds, and so began before. So it is with a placement.
    /// </summary>
    internal const string CareTables = """
        create temp table w_episodes on commit drop as
            select e.*, count(*) filter (where e.begins) over of_child as period, count(*) filter (where e.begins or e.reason_started in ('P', 'B')) over of_child as stay
            from (select child_id, started_on, ended_on, ordinal, placement, reason_started, miles_from_home,
                    reason_started = 'S' or lag(ended_on) over (partition by child_id order by started_on, ordinal) is distinct from started_on as begins
                from care_episodes where authority_id = @authority and child_id in (select child_id from w_children) and coalesce(legal_status, '') not in ('V3', 'V4')) e
            window of_child as (partition by e.child_id order by e.started_on, e.ordinal);
        create temp table w_periods on commit drop as
            select child_id, min(started_on) as from_on, case when bool_or(ended_on is null) then null else max(ended_on) end as to_on, min(started_on) filter (where begins and reason_started = 'S') as began_on
            from w_episodes group by child_id, period;
        create temp table w_placements on commit drop as
            select s.child_id, s.from_on, s.to_on, left(s.placement, 1) = 'T' as is_temporary,
                case when left(s.placement, 1) = 'A' and lag(s.to_on) over of_child = s.from_on then lag(s.came_on) over of_child else s.came_on end as settled_since
            from (select child_id, min(started_on) as from_on, case when bool_or(ended_on is null) then null else max(ended_on) end as to_on, (array_agg(placement order by started_on, ordinal))[1] as placement,
                    coalesce(min(started_on) filter (where reason_started in ('S', 'P', 'B')), '-infinity') as came_on
                from w_episodes group by child_id, stay) s
            window of_child as (partition by s.child_id order by s.from_on);
        create temp table w_workers on commit drop as select child_id, worker_id, started_on as from_on, ended_on as to_on from care_workers where authority_id = @authority;
        create temp table w_outcomes on commit drop as select child_id, year, sdq_score, health_assessed, teeth_checked, immunised from care_outcomes where authority_id = @authority;
        create index on w_episodes (child_id);
        create index on w_periods (child_id);
        create index on w_placements (child_id);
        create index on w_workers (child_id);
        create index on w_outcomes (child_id);
        create index on w_outcomes (year);
        analyze w_episodes;
        analyze w_periods;
        analyze w_placements;
        analyze w_workers;
        analyze w_outcomes;
        """;

    /// <summary>Whether a definition is made of these words only.</summary>
    /// <returns>Null when it is; else what is wrong, in words for whoever makes it.</returns>
    public static string? WrongWith(IndicatorCount count, IndicatorUnit unit)
    {
        if (Find(count.Fact) is not { } fact) return "Choose what is counted";
        if (!fact.IsSpell && count.Window != CountWindow.BeganInYear) return $"“{fact.Name}” happens on one day: count what happened in the year";
        if (unit == IndicatorUnit.Percent && count.Where.Count == 0) return "Say which of them are counted: a percentage needs at least one condition";
        if (unit != IndicatorUnit.Percent && count.Where.Count > 0) return "Only a percentage has conditions for what is counted. Put them where it says which are looked at";
        if (unit == IndicatorUnit.Mean != count.Value is not null) return unit == IndicatorUnit.Mean ? "Choose the number that the average is of" : "Only an average has a number that it is of";
        if (count.Value is not null && fact.Field(count.Value)?.Kind != FieldKind.Number) return "Choose a number that the average is of";
        if (count.By is not null && fact.Field(count.By)?.Kind is not (FieldKind.Code or FieldKind.Codes or FieldKind.YesNo)) return "Choose a field with values to show side by side";
        foreach (var condition in count.Of.Concat(count.Where))
        {
            if (fact.Field(condition.Field) is not { } field) return $"“{fact.Name}” has no field “{condition.Field}”";
            if (condition.Values.Count == 0) return $"Choose a value for “{field.Name}”";
            if (field.Kind == FieldKind.Number != condition.Test is CountTest.AtLeast or CountTest.AtMost) return $"“{field.Name}” {(field.Kind == FieldKind.Number ? "is a number: say at least or at most" : "is not a number: say is or is not")}";
            if (field.Kind == FieldKind.Number && (condition.Values.Count != 1 || !int.TryParse(condition.Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))) return $"Enter a whole number for “{field.Name}”";
            if (field.Values.Count > 0 && condition.Values.FirstOrDefault(v => field.Values.All(known => known.Value != v)) is { } unknown) return $"“{field.Name}” has no value “{unknown}”";
        }

        return null;
    }

    /// <summary>The rows of one definition: day, child, how many count, how many do not, and the sum of the value.</summary>
    internal static string Sql(IndicatorCount count, List<NpgsqlParameter> parameters)
    {
        var fact = Find(count.Fact)!;
        var counted = count.Where.Count == 0 ? "true" : Holds(fact, count.Where, parameters);
        var value = count.Value is null ? "0" : $"coalesce(sum({fact.Field(count.Value)!.Sql}) filter (where {counted}), 0)";
        return $"""
            select d.i::int as day, f.idx as child, count(*) filter (where {counted}) as count, count(*) filter (where not ({counted})) as rest, {value}::float8 as sum
            from {TableOf(fact)} f join w_days d on {Window(fact, count.Window)}
            where {Holds(fact, count.Of, parameters)}{HasValue(fact, count)} group by 1, 2
            """;
    }

    /// <summary>By the values of a field: day, value, how many, how many children and how many of these were heard.</summary>
    internal static string BySql(IndicatorCount count, List<NpgsqlParameter> parameters)
    {
        var fact = Find(count.Fact)!;
        var by = fact.Field(count.By)!;
        var value = by.Kind switch
        {
            FieldKind.YesNo => $"case when {by.Sql} then 'yes' else 'no' end",
            FieldKind.Codes => "v.code",
            _ => by.Sql,
        };
        return $"""
            select d.i::int as day, {value} as value, count(*) as count, count(distinct f.idx) as children,
                count(distinct f.idx) filter (where {(IndicatorCalculation.HeardInYear(count) ? "h.idx is not null" : "h.in_weeks")}) as heard
            from {TableOf(fact)} f join w_days d on {Window(fact, count.Window)} {(by.Kind == FieldKind.Codes ? $"cross join lateral (select distinct unnest({by.Sql})) v (code)" : "")}
                left join w_heard_by h on h.i = d.i and h.idx = f.idx
            where {Holds(fact, [.. count.Of, .. count.Where], parameters)}{HasValue(fact, count)} group by 1, 2
            """;
    }

    /// <summary>An average is of those whose number is known: of no other is it nought.</summary>
    private static string HasValue(NeedFact fact, IndicatorCount count) => count.Value is null ? "" : $" and {fact.Field(count.Value)!.Sql} is not null";

    private static string Window(NeedFact fact, CountWindow window) => window switch
    {
        CountWindow.OpenOnDay => "f.from_on <= d.day and (f.to_on is null or f.to_on > d.day)",
        CountWindow.BeganInYear => $"{fact.BeganOn} between d.first_on and d.day",
        CountWindow.EndedInYear => "f.to_on between d.first_on and d.day",
        _ => "f.from_on <= d.day and (f.to_on is null or f.to_on >= d.first_on)",
    };

    private static string Holds(NeedFact fact, IReadOnlyList<CountCondition> conditions, List<NpgsqlParameter> parameters)
    {
        if (conditions.Count == 0) return "true";
        var sql = new StringBuilder();
        foreach (var condition in conditions)
        {
            var field = fact.Field(condition.Field)!;
            var name = $"v{parameters.Count}";
            if (sql.Length > 0) sql.Append(" and ");
            if (field.Kind == FieldKind.Number)
            {
                parameters.Add(new(name, int.Parse(condition.Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)));
                sql.Append(CultureInfo.InvariantCulture, $"coalesce({field.Sql} {(condition.Test == CountTest.AtLeast ? ">=" : "<=")} @{name}, false)");
                continue;
            }

            parameters.Add(new(name, condition.Values.ToArray()));
            var test = field.Kind switch
            {
                FieldKind.Codes => $"{field.Sql} && @{name}",
                FieldKind.YesNo => $"(case when {field.Sql} then 'yes' else 'no' end) = any (@{name})",
                _ => $"{field.Sql} = any (@{name})",
            };
            sql.Append(condition.Test == CountTest.Is ? test : $"not coalesce({test}, false)");
        }

        return sql.ToString();
    }
}
