using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Returns.Ssda903;

namespace ChildrensInfo.Benchmarks;

/// <summary>Returns on invented children looked after, of any size, the same for the same seed; some rows are wrong, as in life.</summary>
public sealed class Ssda903Generator(int children, int seed)
{
    private static readonly DateOnly Start = new(2025, 4, 1);
    private static readonly DateOnly End = new(2026, 3, 31);
    private static readonly string[] Ethnicities = ["WBRI", "WBRI", "WBRI", "WBRI", "WOTH", "MWBC", "MOTH", "BAFR", "APKN", "OOTH"];
    private static readonly string[] Needs = ["N1", "N1", "N1", "N4", "N5", "N8"];
    private static readonly string[] Places = ["U4", "U6", "U6", "U1", "K2", "U3"];

#pragma warning disable CA5394 // Invented children need no secrecy, and the same seed must give the same return.
    private readonly Random random = new(seed);

    public void Write(string folder)
    {
        var tables = Ssda903Tables.All.ToDictionary(table => table, table => new StringBuilder().AppendJoin(',', Ssda903Tables.Columns(table)).Append('\n'));
        for (var i = 0; i < children; i++) Child(i, (table, cells) => tables[table].AppendJoin(',', cells).Append('\n'));
        foreach (var (table, text) in tables) File.WriteAllText(Path.Combine(folder, $"{table}.csv"), text.ToString());
    }

    private void Child(int number, Action<Ssda903Table, string[]> add)
    {
        var id = $"L{number:0000000}";
        var birth = End.AddDays(-random.Next(200, 17 * 365));
        var girl = random.Next(2) == 0;
        add(Ssda903Table.Header, [id, girl ? "F" : "M", On(birth), Pick(Ethnicities), $"A{random.NextInt64(100_000_000_000, 999_999_999_999)}", girl ? "0" : "", ""]);
        var from = Later(birth, End.AddDays(-random.Next(5, 1500)));
        var start = from;
        var home = Postcode();
        var need = Pick(Needs);
        for (var part = 0; ; part++)
        {
            var stop = start.AddDays(random.Next(60, 500));
            var isLast = stop >= End || part == 4;
            var ceases = isLast && random.Next(4) == 0 && start < End.AddDays(-10);
            if (ceases) stop = Later(start.AddDays(5), Start.AddDays(5));
            if (!(isLast && !ceases) && stop < Start)
            {
                start = stop;
                continue;
            }
            add(Ssda903Table.Episodes,
            [
                id, On(start), part == 0 ? "S" : "P", "C2", random.Next(40) == 0 ? "N9" : need, Pick(Places), random.Next(2) == 0 ? "PR1" : "PR4",
                isLast && !ceases ? "" : On(stop), ceases ? "E4A" : isLast ? "" : "X1", isLast ? "" : "CARPL", home, Postcode(), $"SC{random.Next(1, 999_999):000000}",
            ]);
            if (isLast) break;
            start = stop;
        }
        for (var review = Later(from.AddDays(20), Start); review < End; review = review.AddDays(random.Next(90, 180)))
            add(Ssda903Table.Reviews, [id, On(birth), On(review), birth.AddYears(4) <= review ? $"PN{random.Next(1, 8)}" : "PN0"]);
        if (from <= Start) add(Ssda903Table.OC2, [id, On(birth), random.Next(0, 41).ToString(CultureInfo.InvariantCulture), "", "0", "", "1", "1", "1", "0", "", ""]);
        for (var away = 0; away < random.Next(0, 3); away++)
        {
            var left = Start.AddDays(random.Next(0, 350));
            add(Ssda903Table.Missing, [id, On(birth), random.Next(2) == 0 ? "M" : "A", On(left), On(left.AddDays(random.Next(0, 5)))]);
        }
        add(Ssda903Table.PrevPerm, [id, On(birth), "Z1", "", ""]);
        add(Ssda903Table.SocialWorker, [id, On(birth), $"SW{random.Next(1, 300):00000}", On(Later(from, Start)), "", "FCONTA"]);
        if (birth.AddYears(14) < Start && random.Next(10) == 0) add(Ssda903Table.UASC, [id, girl ? "F" : "M", On(birth), On(birth.AddYears(18))]);
    }

    private string Postcode() => $"CM{random.Next(1, 24)} {random.Next(1, 9)}{Pick("AA", "BB", "DD", "EH")}";

    private string Pick(params string[] of) => of[random.Next(of.Length)];
#pragma warning restore CA5394

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private static string On(DateOnly date) => date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
}
