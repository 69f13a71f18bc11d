using System.Text;
using ChildrensInfo.Core.Returns.Ssda903;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>
/// A whole, valid return on four invented children, and last year's, to be changed in one place by a test. A change is written
/// <c>e1.LS=C1</c> (row 1 of the episodes), <c>+m CHILD=K1,MISSING=A</c> (a further row), <c>-p1</c> (a row less); several are
/// separated by semicolons, and <c>&lt;</c> before one means last year's return.
/// </summary>
public sealed class Ssda903File
{
    private static readonly Dictionary<char, Ssda903Table> Letters = new()
    {
        ['h'] = Ssda903Table.Header,
        ['e'] = Ssda903Table.Episodes,
        ['r'] = Ssda903Table.Reviews,
        ['u'] = Ssda903Table.UASC,
        ['c'] = Ssda903Table.OC2,
        ['l'] = Ssda903Table.OC3,
        ['a'] = Ssda903Table.AD1,
        ['p'] = Ssda903Table.PlacedAdoption,
        ['v'] = Ssda903Table.PrevPerm,
        ['m'] = Ssda903Table.Missing,
        ['s'] = Ssda903Table.SocialWorker,
    };

    /// <summary>K1 looked after all year, K2 unaccompanied, K3 adopted in the year, K4 a care leaver.</summary>
    private readonly Dictionary<Ssda903Table, List<Dictionary<string, string>?>> rows = new()
    {
        [Ssda903Table.Header] = Rows(
            Ssda903Table.Header, "K1,F,10/06/2013,WBRI,A123456789012,0,", "K2,M,15/08/2009,AOTH,B123456789012,,", "K3,M,20/02/2022,WBRI,UN1,,", "K4,M,10/05/2006,WBRI,C123456789012,,"),
        [Ssda903Table.Episodes] = Rows(
            Ssda903Table.Episodes,
            "K1,05/02/2024,S,C2,N1,U6,PR1,10/09/2025,X1,CARPL,CM1 1AA,CM2 2BB,SC000001",
            "K1,10/09/2025,P,C2,N1,U6,PR4,,,,CM1 1AA,CM3 3DD,SC000002",
            "K2,01/06/2025,S,V2,N8,U4,PR4,,,,,,SC000003",
            "K3,01/06/2024,L,E1,N1,U5,PR1,01/07/2025,X1,CARPL,CM1 1AA,CM4 4DD,SC000004",
            "K3,01/07/2025,T,E1,N1,A5,PR1,15/01/2026,E11,,CM1 1AA,CM4 4DD,SC000004"),
        [Ssda903Table.Reviews] = Rows(Ssda903Table.Reviews, "K1,10/06/2013,01/05/2025,PN1", "K3,20/02/2022,10/08/2025,PN0"),
        [Ssda903Table.UASC] = Rows(Ssda903Table.UASC, "K2,M,15/08/2009,15/08/2027"),
        [Ssda903Table.OC2] = Rows(Ssda903Table.OC2, "K1,10/06/2013,12,,0,,1,1,1,0,,"),
        [Ssda903Table.OC3] = Rows(Ssda903Table.OC3, "K4,10/05/2006,YES,F2,U1"),
        [Ssda903Table.AD1] = Rows(Ssda903Table.AD1, "K3,20/02/2022,20/05/2024,01/06/2025,1,2,MF,L11"),
        [Ssda903Table.PlacedAdoption] = Rows(Ssda903Table.PlacedAdoption, "K3,20/02/2022,20/05/2024,,"),
        [Ssda903Table.PrevPerm] = Rows(Ssda903Table.PrevPerm, "K1,10/06/2013,Z1,,", "K2,15/08/2009,Z1,,"),
        [Ssda903Table.Missing] = Rows(Ssda903Table.Missing, "K1,10/06/2013,M,01/06/2025,03/06/2025"),
        [Ssda903Table.SocialWorker] = Rows(Ssda903Table.SocialWorker, "K1,10/06/2013,SW1,05/02/2024,,FCONTA", "K2,15/08/2009,SW2,01/06/2025,,FCONTA"),
    };

    /// <summary>Of the year 2025-26.</summary>
    public static Ssda903File Valid() => new();

    /// <summary>What the same council returned a year earlier.</summary>
    public static Ssda903File LastYear()
    {
        var file = new Ssda903File();
        foreach (var table in file.rows.Keys) file.rows[table] = [];
        file.rows[Ssda903Table.Header] = Rows(Ssda903Table.Header, "K1,F,10/06/2013,WBRI,A123456789012,0,", "K3,M,20/02/2022,WBRI,UN1,,", "K4,M,10/05/2006,WBRI,C123456789012,,");
        file.rows[Ssda903Table.Episodes] = Rows(
            Ssda903Table.Episodes,
            "K1,05/02/2024,S,C2,N1,U6,PR1,,,,CM1 1AA,CM2 2BB,SC000001",
            "K3,01/06/2024,L,E1,N1,U5,PR1,,,,CM1 1AA,CM4 4DD,SC000004",
            "K4,01/02/2022,S,C2,N1,U6,PR1,10/05/2024,E5,,CM1 1AA,CM5 5EE,SC000005");
        file.rows[Ssda903Table.PlacedAdoption] = Rows(Ssda903Table.PlacedAdoption, "K3,20/02/2022,20/05/2024,,");
        return file;
    }

    /// <returns>This year's and last year's return, changed.</returns>
    public static (Ssda903Return Now, Ssda903Return Last) Changed(string changes)
    {
        var (now, last) = (Valid(), LastYear());
        foreach (var change in changes.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            (change[0] == '<' ? last : now).Change(change.TrimStart('<'));
        return (now.Read(), last.Read());
    }

    public Ssda903File Change(string change)
    {
        if (change[0] == '+')
        {
            var table = Letters[change[1]];
            rows[table].Add(change[3..].Split(',').Select(cell => cell.Split('=', 2)).ToDictionary(cell => Column(table, cell[0]), cell => cell[1]));
            return this;
        }
        if (change[0] == '-')
        {
            rows[Letters[change[1]]][int.Parse(change[2..], System.Globalization.CultureInfo.InvariantCulture) - 1] = null;
            return this;
        }
        var dot = change.IndexOf('.', StringComparison.Ordinal);
        var equals = change.IndexOf('=', StringComparison.Ordinal);
        var which = Letters[change[0]];
        rows[which][int.Parse(change[1..dot], System.Globalization.CultureInfo.InvariantCulture) - 1]![Column(which, change[(dot + 1)..equals])] = change[(equals + 1)..];
        return this;
    }

    public string Csv(Ssda903Table table)
    {
        var columns = Ssda903Tables.Columns(table);
        var text = new StringBuilder().AppendJoin(',', columns).Append("\r\n");
        foreach (var row in rows[table])
            if (row is not null) text.AppendJoin(',', columns.Select(column => row.GetValueOrDefault(column, ""))).Append("\r\n");
        return text.ToString();
    }

    public IEnumerable<(string Name, Func<Stream> Open)> Files(Func<Ssda903Table, bool>? which = null) =>
        Ssda903Tables.All.Where(table => which?.Invoke(table) ?? true).Select(table => (Name: $"{table}.csv", (Func<Stream>)(() => Bytes(Csv(table)))));

    public Ssda903Return Read(Func<Ssda903Table, bool>? which = null) => Ssda903Reader.ReadTables(Files(which));

    /// <summary>As a folder, to be taken away by the test.</summary>
    public string Written()
    {
        var folder = Directory.CreateTempSubdirectory("ssda903").FullName;
        foreach (var table in Ssda903Tables.All) File.WriteAllText(Path.Combine(folder, $"table {(int)table}.csv"), Csv(table));
        return folder;
    }

    public static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A wrong name in a test must not pass as a valid file.</summary>
    private static string Column(Ssda903Table table, string name) => Ssda903Tables.Columns(table).Contains(name) ? name : throw new ArgumentException($"{table} has no {name}");

    private static List<Dictionary<string, string>?> Rows(Ssda903Table table, params string[] lines) =>
        [.. lines.Select(line => Ssda903Tables.Columns(table).Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second))];
}
