using System.Globalization;

#pragma warning disable CA1707 // The fields are called what the statutory return calls them.

namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>A row of a table: its values by statutory column name.</summary>
public abstract class Ssda903Row(Func<string, string?> cell)
{
    public TextField CHILD { get; } = Text(cell("CHILD"));
    public Field<DateOnly> DOB { get; } = Date(cell("DOB"));

    protected static TextField Text(string? raw) => new(raw, string.IsNullOrWhiteSpace(raw) ? null : raw.Trim());

    /// <summary>Only dd/mm/yyyy, or its beginning as some systems write it, dd/mm/yyyy 00:00:00.</summary>
    protected static Field<DateOnly> Date(string? raw)
    {
        var text = raw.AsSpan().Trim();
        if (text.Length == 19 && text[10..] is " 00:00:00") text = text[..10];
        return new(raw, DateOnly.TryParseExact(text, "dd/MM/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null);
    }
}

public sealed class HeaderRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public TextField SEX { get; } = Text(cell("SEX"));
    public TextField ETHNIC { get; } = Text(cell("ETHNIC"));
    public TextField UPN { get; } = Text(cell("UPN"));
    public TextField MOTHER { get; } = Text(cell("MOTHER"));
    public Field<DateOnly> MC_DOB { get; } = Date(cell("MC_DOB"));
    /// <summary>Only the XML form has it.</summary>
    public TextField UASC { get; } = Text(cell("UASC"));

    public bool IsMale => SEX.Value is "1" or "M";
    public bool IsFemale => SEX.Value is "2" or "F";
}

public sealed class EpisodeRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public Field<DateOnly> DECOM { get; } = Date(cell("DECOM"));
    public TextField RNE { get; } = Text(cell("RNE"));
    public TextField LS { get; } = Text(cell("LS"));
    public TextField CIN { get; } = Text(cell("CIN"));
    public TextField PLACE { get; } = Text(cell("PLACE"));
    public TextField PLACE_PROVIDER { get; } = Text(cell("PLACE_PROVIDER"));
    public Field<DateOnly> DEC { get; } = Date(cell("DEC"));
    public TextField REC { get; } = Text(cell("REC"));
    public TextField REASON_PLACE_CHANGE { get; } = Text(cell("REASON_PLACE_CHANGE"));
    public TextField HOME_POST { get; } = Text(cell("HOME_POST"));
    public TextField PL_POST { get; } = Text(cell("PL_POST"));
    public TextField URN { get; } = Text(cell("URN"));

    /// <summary>The child's episode before this one and after it, by date begun.</summary>
    public EpisodeRow? Previous { get; internal set; }
    public EpisodeRow? Next { get; internal set; }

    public bool IsShortBreak => LS.Value is "V3" or "V4";
    public bool IsTemporary => PLACE.Value is "T0" or "T1" or "T2" or "T3" or "T4";
    public bool IsFoster => PLACE.Value is "U1" or "U2" or "U3" or "U4" or "U5" or "U6";
    public bool IsForAdoption => PLACE.Value is "A3" or "A4" or "A5" or "A6";
    public bool EndsInAdoption => REC.Value is "E11" or "E12";
    /// <summary>The child ceased to be looked after when it ended.</summary>
    public bool EndsCare => REC.IsGiven && REC.Value != "X1";
}

public sealed class ReviewRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public Field<DateOnly> REVIEW { get; } = Date(cell("REVIEW"));
    public TextField REVIEW_CODE { get; } = Text(cell("REVIEW_CODE"));
}

public sealed class UascRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public TextField SEX { get; } = Text(cell("SEX"));
    public Field<DateOnly> DUC { get; } = Date(cell("DUC"));
}

public sealed class Oc2Row(Func<string, string?> cell) : Ssda903Row(cell)
{
    public TextField SDQ_SCORE { get; } = Text(cell("SDQ_SCORE"));
    public TextField SDQ_REASON { get; } = Text(cell("SDQ_REASON"));
    public TextField CONVICTED { get; } = Text(cell("CONVICTED"));
    public TextField HEALTH_CHECK { get; } = Text(cell("HEALTH_CHECK"));
    public TextField IMMUNISATIONS { get; } = Text(cell("IMMUNISATIONS"));
    public TextField TEETH_CHECK { get; } = Text(cell("TEETH_CHECK"));
    public TextField HEALTH_ASSESSMENT { get; } = Text(cell("HEALTH_ASSESSMENT"));
    public TextField SUBSTANCE_MISUSE { get; } = Text(cell("SUBSTANCE_MISUSE"));
    public TextField INTERVENTION_RECEIVED { get; } = Text(cell("INTERVENTION_RECEIVED"));
    public TextField INTERVENTION_OFFERED { get; } = Text(cell("INTERVENTION_OFFERED"));

    /// <summary>The four that every child looked after for twelve months must have.</summary>
    public IEnumerable<TextField> Health => [IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT, SUBSTANCE_MISUSE];
    public IEnumerable<TextField> Others => [CONVICTED, HEALTH_CHECK, INTERVENTION_RECEIVED, INTERVENTION_OFFERED];
    public IEnumerable<TextField> YesNo => Others.Concat(Health);
    public bool LacksHealth => Health.Any(f => !f.IsGiven);
}

public sealed class Oc3Row(Func<string, string?> cell) : Ssda903Row(cell)
{
    public TextField IN_TOUCH { get; } = Text(cell("IN_TOUCH"));
    public TextField ACTIV { get; } = Text(cell("ACTIV"));
    public TextField ACCOM { get; } = Text(cell("ACCOM"));

    public bool IsGiven => IN_TOUCH.IsGiven || ACTIV.IsGiven || ACCOM.IsGiven;
}

public sealed class AdoptionRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public Field<DateOnly> DATE_INT { get; } = Date(cell("DATE_INT"));
    public Field<DateOnly> DATE_MATCH { get; } = Date(cell("DATE_MATCH"));
    public TextField FOSTER_CARE { get; } = Text(cell("FOSTER_CARE"));
    public TextField NB_ADOPTR { get; } = Text(cell("NB_ADOPTR"));
    public TextField SEX_ADOPTR { get; } = Text(cell("SEX_ADOPTR"));
    public TextField LS_ADOPTR { get; } = Text(cell("LS_ADOPTR"));

    private bool[] Given => [DATE_INT.IsGiven, DATE_MATCH.IsGiven, FOSTER_CARE.IsGiven, NB_ADOPTR.IsGiven, SEX_ADOPTR.IsGiven, LS_ADOPTR.IsGiven];
    public bool IsGiven => Given.Contains(true);
    public bool IsComplete => !Given.Contains(false);
    public bool IsCouple => SEX_ADOPTR.Value is "MM" or "FF" or "MF";
}

public sealed class PlacedRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public Field<DateOnly> DATE_PLACED { get; } = Date(cell("DATE_PLACED"));
    public Field<DateOnly> DATE_PLACED_CEASED { get; } = Date(cell("DATE_PLACED_CEASED"));
    public TextField REASON_PLACED_CEASED { get; } = Text(cell("REASON_PLACED_CEASED"));
}

public sealed class PrevPermRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public TextField PREV_PERM { get; } = Text(cell("PREV_PERM"));
    public TextField LA_PERM { get; } = Text(cell("LA_PERM"));
    /// <summary>A date of which day, month or all may be ZZ.</summary>
    public TextField DATE_PERM { get; } = Text(cell("DATE_PERM"));
}

public sealed class MissingRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public TextField MISSING { get; } = Text(cell("MISSING"));
    public Field<DateOnly> MIS_START { get; } = Date(cell("MIS_START"));
    public Field<DateOnly> MIS_END { get; } = Date(cell("MIS_END"));
}

public sealed class SocialWorkerRow(Func<string, string?> cell) : Ssda903Row(cell)
{
    public TextField SW_ID { get; } = Text(cell("SW_ID"));
    public Field<DateOnly> SW_DECOM { get; } = Date(cell("SW_DECOM"));
    public Field<DateOnly> SW_DEC { get; } = Date(cell("SW_DEC"));
    public TextField SW_REASON { get; } = Text(cell("SW_REASON"));
}

/// <summary>An unbroken time of being looked after: episodes each of which begins by the day the one before ended.</summary>
public sealed record PeriodOfCare(EpisodeRow First, EpisodeRow Last)
{
    public DateOnly Start => First.DECOM.Value!.Value;
    public DateOnly? End => Last.DEC.Value;
    /// <summary>Not ended, and not ended on a date that cannot be read.</summary>
    public bool IsOpen => !Last.DEC.IsGiven;
}

/// <summary>All that one return says of one child.</summary>
public sealed class LookedAfterChild
{
    private List<PeriodOfCare>? periods;

    /// <param name="id">The authority's own id; null when rows give none, which then stand alone.</param>
    /// <param name="position">The child's place in the return, 1 for the first.</param>
    public LookedAfterChild(string? id, int position)
    {
        Id = id;
        Position = position;
    }

    public string? Id { get; }
    public int Position { get; }
    public List<HeaderRow> Headers { get; } = [];
    /// <summary>By date begun, those without a readable date last.</summary>
    public List<EpisodeRow> Episodes { get; private set; } = [];
    public List<ReviewRow> Reviews { get; } = [];
    public List<UascRow> Uasc { get; } = [];
    public List<Oc2Row> Oc2 { get; } = [];
    public List<Oc3Row> Oc3 { get; } = [];
    public List<AdoptionRow> Ad1 { get; } = [];
    /// <summary>By date of decision, those without one last.</summary>
    public List<PlacedRow> Placed { get; private set; } = [];
    public List<PrevPermRow> PrevPerm { get; } = [];
    /// <summary>By date begun, those without one last.</summary>
    public List<MissingRow> Missing { get; private set; } = [];
    /// <summary>By date begun, those without one last.</summary>
    public List<SocialWorkerRow> SocialWorkers { get; private set; } = [];

    /// <summary>The same child in the return of the year before; null when that was not given or has no such child.</summary>
    public LookedAfterChild? LastYear { get; internal set; }

    /// <summary>Another child of the return has the same UPN.</summary>
    internal bool SharesUpn { get; set; }

    public HeaderRow? Header => Headers.Count > 0 ? Headers[0] : null;
    public DateOnly? DOB => Header?.DOB.Value;

    /// <summary>Unaccompanied and asylum-seeking: what the XML form says, or being in the table that only such children are in.</summary>
    public bool IsUasc => Header?.UASC is { IsGiven: true } status ? status.Value == "1" : Uasc.Count > 0;

    public EpisodeRow? FirstEpisode => Episodes.Find(e => e.DECOM.Value is not null);
    public EpisodeRow? LastEpisode => Episodes.FindLast(e => e.DECOM.Value is not null);

    public IReadOnlyList<PeriodOfCare> Periods => periods ??= FindPeriods();

    public IEnumerable<Ssda903Row> Rows(Ssda903Table table) => table switch
    {
        Ssda903Table.Header => Headers,
        Ssda903Table.Episodes => Episodes,
        Ssda903Table.Reviews => Reviews,
        Ssda903Table.UASC => Uasc,
        Ssda903Table.OC2 => Oc2,
        Ssda903Table.OC3 => Oc3,
        Ssda903Table.AD1 => Ad1,
        Ssda903Table.PlacedAdoption => Placed,
        Ssda903Table.PrevPerm => PrevPerm,
        Ssda903Table.Missing => Missing,
        _ => SocialWorkers,
    };

    internal void Add(Ssda903Table table, Func<string, string?> cell)
    {
        switch (table)
        {
            case Ssda903Table.Header: Headers.Add(new HeaderRow(cell)); break;
            case Ssda903Table.Episodes: Episodes.Add(new EpisodeRow(cell)); break;
            case Ssda903Table.Reviews: Reviews.Add(new ReviewRow(cell)); break;
            case Ssda903Table.UASC: Uasc.Add(new UascRow(cell)); break;
            case Ssda903Table.OC2: Oc2.Add(new Oc2Row(cell)); break;
            case Ssda903Table.OC3: Oc3.Add(new Oc3Row(cell)); break;
            case Ssda903Table.AD1: Ad1.Add(new AdoptionRow(cell)); break;
            case Ssda903Table.PlacedAdoption: Placed.Add(new PlacedRow(cell)); break;
            case Ssda903Table.PrevPerm: PrevPerm.Add(new PrevPermRow(cell)); break;
            case Ssda903Table.Missing: Missing.Add(new MissingRow(cell)); break;
            default: SocialWorkers.Add(new SocialWorkerRow(cell)); break;
        }
    }

    /// <summary>To be called once, when all rows are there: puts them in order and links each episode to the next.</summary>
    internal void Order()
    {
        Episodes = [.. Episodes.OrderBy(e => e.DECOM.Value ?? DateOnly.MaxValue).ThenBy(e => e.DEC.Value ?? DateOnly.MaxValue)];
        Placed = [.. Placed.OrderBy(p => p.DATE_PLACED.Value ?? DateOnly.MaxValue)];
        Missing = [.. Missing.OrderBy(m => m.MIS_START.Value ?? DateOnly.MaxValue)];
        SocialWorkers = [.. SocialWorkers.OrderBy(s => s.SW_DECOM.Value ?? DateOnly.MaxValue)];
        for (var i = 1; i < Episodes.Count && Episodes[i].DECOM.Value is not null; i++)
        {
            Episodes[i].Previous = Episodes[i - 1];
            Episodes[i - 1].Next = Episodes[i];
        }
    }

    private List<PeriodOfCare> FindPeriods()
    {
        var found = new List<PeriodOfCare>();
        foreach (var episode in Episodes)
        {
            if (episode.DECOM.Value is not { } start) break;
            if (found.Count > 0 && (found[^1].Last.DEC.Value is not { } end || start <= end)) found[^1] = found[^1] with { Last = episode };
            else found.Add(new PeriodOfCare(episode, episode));
        }
        return found;
    }
}
