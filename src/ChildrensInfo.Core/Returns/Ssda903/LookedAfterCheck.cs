using System.Globalization;

namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>
/// What keeps a child, a row or a value of a return on children looked after from being loaded. These are not the Department's rules: only what
/// would put something false or meaningless into the records is left out, as little of it as can be, and listed. One instance per return.
/// </summary>
internal sealed class LookedAfterCheck(DateOnly lastDay, CodeMap codes)
{
    /// <summary>The longest id that the portal knows a child by.</summary>
    private const int MaxIdLength = CinCensus.CinCensusCheck.MaxIdLength;

    private const string NotADate = "This is not a date written day/month/year.";

    private readonly List<Rejection> rejections = [];
    private LookedAfterChild child = null!;

    /// <returns>The rejections since the last call.</returns>
    public IReadOnlyList<Rejection> TakeRejections()
    {
        Rejection[] taken = [.. rejections];
        rejections.Clear();
        return taken;
    }

    /// <returns>The child with only what may be loaded, or null when the whole child is left out.</returns>
    public StagedLookedAfter? Check(LookedAfterChild read)
    {
        child = read;
        var before = rejections.Count;
        if (read.Id is not { } id)
        {
            Reject("CHILD", null, "There is no CHILD in this row, so it cannot be matched to a child.", LeftOut.Child);
            return null;
        }

        if (id.Length > MaxIdLength) return Without("CHILD", id, $"CHILD is longer than {MaxIdLength} characters.");
        if (read.Header is not { } header) return Without("CHILD", id, "The header table has no row of this child.");
        if (read.Headers.Count > 1) Reject("CHILD", id, "The header table has more than one row of this child. The first was kept.", LeftOut.Value);
        if (!header.DOB.IsGiven) return Without("DOB", null, "There is no date of birth.");
        if (Fault(header.DOB) is { } fault) return Without("DOB", header.DOB.Raw, fault);

        var rows = new List<(string Table, object?[] Values)>();
        Details(read, header, rows);
        Episodes(read, rows);
        foreach (var (row, day, ordinal) in Dated(read.Reviews, r => r.REVIEW, "REVIEW"))
            rows.Add(("care_reviews", [day, ordinal, Code(row.REVIEW_CODE, "REVIEW_CODE")]));
        Outcomes(read, rows);
        Adoption(read, rows);
        foreach (var (row, day, ordinal) in Dated(read.Missing, r => r.MIS_START, "MIS_START"))
            if (Ends(day, row.MIS_END, "MIS_END", out var end)) rows.Add(("missing_episodes", [day, ordinal, Code(row.MISSING, "MISSING"), end]));
        foreach (var (row, day, ordinal) in Dated(read.SocialWorkers, r => r.SW_DECOM, "SW_DECOM"))
            if (Ends(day, row.SW_DEC, "SW_DEC", out var end)) rows.Add(("care_workers", [day, ordinal, Short(row.SW_ID, "SW_ID"), end, Code(row.SW_REASON, "SW_REASON")]));

        var sex = Code(header.SEX, "SEX") switch { "1" => "M", "2" => "F", var given => given };
        var ethnicity = Code(header.ETHNIC, "ETHNIC");
        var upn = CinCensus.Rules.Upn.IsWellFormed(header.UPN.Value ?? "") ? header.UPN.Value : null;
        // A code that is not known is not taken for a code that was taken back.
        var whole = rejections.Count == before;
        return new(new(id, header.DOB.Value, null, null, sex, ethnicity, [], upn, whole), rows);

        StagedLookedAfter? Without(string field, string? value, string reason)
        {
            Reject(field, value, reason, LeftOut.Child);
            return null;
        }
    }

    private void Details(LookedAfterChild read, HeaderRow header, List<(string, object?[])> rows)
    {
        var uasc = read.Uasc.Count > 0 ? read.Uasc[0] : null;
        rows.Add(("care_details", [YesNo(header.MOTHER, "MOTHER"), Day(header.MC_DOB, "MC_DOB"), read.IsUasc ? true : null, uasc is null ? null : DayToCome(uasc.DUC, "DUC")]));
    }

    private void Episodes(LookedAfterChild read, List<(string, object?[])> rows)
    {
        foreach (var (e, day, ordinal) in Dated(read.Episodes, r => r.DECOM, "DECOM"))
        {
            if (!Ends(day, e.DEC, "DEC", out var end)) continue;
            rows.Add(("care_episodes",
            [
                day, ordinal, Code(e.RNE, "RNE"), Code(e.LS, "LS"), Code(e.CIN, "CIN"), Code(e.PLACE, "PLACE"), Code(e.PLACE_PROVIDER, "PLACE_PROVIDER"), end, Code(e.REC, "REC"),
                Code(e.REASON_PLACE_CHANGE, "REASON_PLACE_CHANGE"), Short(e.HOME_POST, "HOME_POST"), Short(e.PL_POST, "PL_POST"), Short(e.URN, "URN"), null,
            ]));
        }
    }

    private void Outcomes(LookedAfterChild read, List<(string, object?[])> rows)
    {
        if (First(read.Oc2, "OC2") is { } oc2)
        {
            rows.Add(("care_outcomes",
            [
                Number(oc2.SDQ_SCORE, "SDQ_SCORE", 40), Code(oc2.SDQ_REASON, "SDQ_REASON"), YesNo(oc2.CONVICTED, "CONVICTED"), YesNo(oc2.HEALTH_CHECK, "HEALTH_CHECK"),
                YesNo(oc2.IMMUNISATIONS, "IMMUNISATIONS"), YesNo(oc2.TEETH_CHECK, "TEETH_CHECK"), YesNo(oc2.HEALTH_ASSESSMENT, "HEALTH_ASSESSMENT"),
                YesNo(oc2.SUBSTANCE_MISUSE, "SUBSTANCE_MISUSE"), YesNo(oc2.INTERVENTION_RECEIVED, "INTERVENTION_RECEIVED"), YesNo(oc2.INTERVENTION_OFFERED, "INTERVENTION_OFFERED"),
            ]));
        }

        if (First(read.Oc3, "OC3") is { IsGiven: true } oc3) rows.Add(("care_leavers", [Code(oc3.IN_TOUCH, "IN_TOUCH"), Code(oc3.ACTIV, "ACTIV"), Code(oc3.ACCOM, "ACCOM")]));
    }

    private void Adoption(LookedAfterChild read, List<(string, object?[])> rows)
    {
        if (First(read.Ad1, "AD1") is { IsGiven: true } ad1)
        {
            rows.Add(("care_adoptions",
            [
                Day(ad1.DATE_INT, "DATE_INT"), Day(ad1.DATE_MATCH, "DATE_MATCH"), YesNo(ad1.FOSTER_CARE, "FOSTER_CARE"), Number(ad1.NB_ADOPTR, "NB_ADOPTR", 2),
                Code(ad1.SEX_ADOPTR, "SEX_ADOPTR"), Code(ad1.LS_ADOPTR, "LS_ADOPTR"),
            ]));
        }

        foreach (var (row, day, ordinal) in Dated(read.Placed, r => r.DATE_PLACED, "DATE_PLACED"))
            if (Ends(day, row.DATE_PLACED_CEASED, "DATE_PLACED_CEASED", out var end)) rows.Add(("adoption_plans", [day, ordinal, end, Code(row.REASON_PLACED_CEASED, "REASON_PLACED_CEASED")]));
        var numbers = new Dictionary<string, int>();
        foreach (var row in read.PrevPerm.Where(r => r.PREV_PERM.IsGiven))
        {
            var on = Short(row.DATE_PERM, "DATE_PERM") ?? "";
            var ordinal = numbers.GetValueOrDefault(on);
            numbers[on] = ordinal + 1;
            rows.Add(("previous_permanences", [on, ordinal, Code(row.PREV_PERM, "PREV_PERM"), Code(row.LA_PERM, "LA_PERM")]));
        }
    }

    /// <summary>The rows whose day can be read, each with its number on that day. A row that is the same in all is the same row.</summary>
    private IEnumerable<(T Row, DateOnly Day, int Ordinal)> Dated<T>(List<T> rows, Func<T, Field<DateOnly>> date, string field)
    {
        var numbers = new Dictionary<DateOnly, int>();
        foreach (var row in rows)
        {
            var given = date(row);
            // A row of a child of whom there is nothing to tell: some systems write one for everybody.
            if (!given.IsGiven)
            {
                Reject(field, null, "There is no date.", LeftOut.Event);
                continue;
            }

            if (Fault(given) is { } fault)
            {
                Reject(field, given.Raw, fault, LeftOut.Event);
                continue;
            }

            var day = given.Value!.Value;
            var ordinal = numbers.GetValueOrDefault(day);
            numbers[day] = ordinal + 1;
            yield return (row, day, ordinal);
        }
    }

    private T? First<T>(List<T> rows, string table) where T : class
    {
        if (rows.Count > 1) Reject("CHILD", child.Id, $"The {table} table has more than one row of this child. The first was kept.", LeftOut.Value);
        return rows.Count > 0 ? rows[0] : null;
    }

    private bool Ends(DateOnly start, Field<DateOnly> given, string field, out DateOnly? end)
    {
        end = given.Value;
        var fault = !given.IsGiven ? null : Fault(given) ?? (end < start ? string.Create(CultureInfo.InvariantCulture, $"This is before the beginning, {start:dd/MM/yyyy}.") : null);
        if (fault is not null) Reject(field, given.Raw, fault, LeftOut.Event);
        return fault is null;
    }

    private DateOnly? Day(Field<DateOnly> given, string field)
    {
        if (!given.IsGiven) return null;
        if (Fault(given) is not { } fault) return given.Value;
        Reject(field, given.Raw, fault, LeftOut.Value);
        return null;
    }

    /// <summary>A day that may lie ahead, such as an eighteenth birthday.</summary>
    private DateOnly? DayToCome(Field<DateOnly> given, string field)
    {
        if (given.IsUnreadable) Reject(field, given.Raw, NotADate, LeftOut.Value);
        return given.Value;
    }

    private string? Code(TextField given, string field)
    {
        if (given.Value is not { } code) return null;
        var known = codes.Find(field, code);
        if (known is null) Reject(field, code, Rejection.UnknownCode, LeftOut.Value);
        return known;
    }

    private bool? YesNo(TextField given, string field)
    {
        if (given.Value is null or "0" or "1") return given.Value is null ? null : given.Value == "1";
        Reject(field, given.Value, "This is neither 0 nor 1.", LeftOut.Value);
        return null;
    }

    private int? Number(TextField given, string field, int most)
    {
        if (given.Value is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most) return number;
        Reject(field, text, $"This is not a number from 0 to {most}.", LeftOut.Value);
        return null;
    }

    private string? Short(TextField given, string field)
    {
        if (given.Value is not { Length: > 50 } text) return given.Value;
        Reject(field, text, "This is longer than 50 characters.", LeftOut.Value);
        return null;
    }

    private string? Fault(Field<DateOnly> date) =>
        date.IsUnreadable ? NotADate
        : date.Value < CinCensus.CinCensusCheck.Earliest ? $"The date is before {CinCensus.CinCensusCheck.Earliest.Year}."
        : date.Value > lastDay ? string.Create(CultureInfo.InvariantCulture, $"The date is after the last day the return can tell of, {lastDay:dd/MM/yyyy}.")
        : null;

    private void Reject(string field, string? value, string reason, LeftOut leftOut) => rejections.Add(new Rejection(child.Id, child.Position, field, value, reason, leftOut));
}

/// <summary>A child as it may be loaded, and the rows of each table in the order of <see cref="LookedAfterStaging"/>'s columns.</summary>
internal sealed record StagedLookedAfter(StagedChild Child, IReadOnlyList<(string Table, object?[] Values)> Rows);
