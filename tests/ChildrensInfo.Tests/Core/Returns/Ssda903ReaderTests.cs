using System.IO.Compression;
using System.Text;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.Ssda903;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>What comes in as a return on children looked after, whole and broken.</summary>
public sealed class Ssda903ReaderTests : IDisposable
{
    private readonly string folder = Ssda903File.Valid().Written();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Table(Ssda903Table table) => Path.Combine(folder, $"table {(int)table}.csv");

    private void Rewrite(Ssda903Table table, Func<string, string> change) => File.WriteAllText(Table(table), change(File.ReadAllText(Table(table))));

    private string Refusal() => Assert.Throws<ReturnRefusedException>(() => Ssda903Reader.Read(folder)).Message;

    [Fact]
    public void Tables_are_known_by_their_columns_in_any_order_and_case_with_or_without_a_byte_order_mark()
    {
        File.WriteAllText(Table(Ssda903Table.OC3), "\uFEFFaccom, Activ,\"IN_TOUCH\",DOB,CHILD,NOTES\r\n\"U1\",F2,YES,10/05/2006,K4,\"said \"\"hello\"\", left\"\r\n\r\n", new UTF8Encoding(false));

        var read = Ssda903Reader.Read(folder);

        Assert.Equal(Ssda903Tables.All, read.Tables.Order());
        Assert.Equal((4, 4), (read.Children.Count, read.ChildCount));
        var leaver = Assert.Single(read.Find("K4")!.Oc3);
        Assert.Equal(("YES", "F2", "U1", new DateOnly(2006, 5, 10)), (leaver.IN_TOUCH.Value, leaver.ACTIV.Value, leaver.ACCOM.Value, leaver.DOB.Value));
        Assert.Contains("passed over 1 column", Assert.Single(read.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(';', "semicolons")]
    [InlineData('\t', "tabs")]
    public void A_wrong_separator_is_refused_by_name(char separator, string called)
    {
        Rewrite(Ssda903Table.Header, text => text.Replace(',', separator));

        Assert.Contains($"table 0.csv looks like the header table but is separated by {called}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_encodings_are_refused()
    {
        File.WriteAllText(Table(Ssda903Table.Header), Ssda903File.Valid().Csv(Ssda903Table.Header), Encoding.Unicode);
        Assert.Contains("is not UTF-8", Refusal(), StringComparison.Ordinal);
        File.WriteAllText(Table(Ssda903Table.Header), Ssda903File.Valid().Csv(Ssda903Table.Header), new UnicodeEncoding(false, byteOrderMark: false));
        Assert.Contains("UTF-16", Refusal(), StringComparison.Ordinal);
        File.WriteAllText(Table(Ssda903Table.Header), Ssda903File.Valid().Csv(Ssda903Table.Header).Replace("K2", "Zoë", StringComparison.Ordinal), Encoding.Latin1);
        Assert.Contains("is not UTF-8", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Ssda903Table.Header, "There is no header table")]
    [InlineData(Ssda903Table.Episodes, "There is no episodes table")]
    public void A_return_needs_its_header_and_its_episodes(Ssda903Table table, string reason)
    {
        File.Delete(Table(table));

        Assert.StartsWith(reason, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_doubled_is_refused()
    {
        var second = Path.Combine(folder, "zz.csv");
        File.Copy(Table(Ssda903Table.Missing), second);
        Assert.Contains("Both table 9.csv and zz.csv are the missing table", Refusal(), StringComparison.Ordinal);
        File.Delete(second);

        Rewrite(Ssda903Table.Missing, text => text + text);
        Assert.Contains("Row 3 of table 9.csv repeats the names of the columns", Refusal(), StringComparison.Ordinal);

        Rewrite(Ssda903Table.Missing, _ => "CHILD,DOB,MISSING,MIS_START,MIS_END,DOB\r\n");
        Assert.Contains("has the column DOB twice", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\r\n", "has nothing in its first row")]
    [InlineData("K1,10/06/2013,M,01/06/2025,03/06/2025\r\n", "is none of the tables")]
    [InlineData("CHILD,DOB,MIS_START,MIS_END\r\n", "lacks the column MISSING")]
    [InlineData("CHILD,DOB,MISSING,MIS_START,MIS_END\r\nK1,10/06/2013,M,01/06/2025\r\n", "Row 2 of table 9.csv has 4 values")]
    [InlineData("CHILD,DOB,MISSING,MIS_START,MIS_END\r\nK1,\"10/06/2013,M,01/06/2025,\r\n", "quotation mark that is not closed")]
    public void A_table_that_cannot_be_trusted_is_refused_without_repeating_what_it_says(string text, string reason)
    {
        Rewrite(Ssda903Table.Missing, _ => text);

        var refusal = Refusal();

        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("10/06/2013", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_without_rows_is_a_table_and_the_next_years_new_one_is_passed_over()
    {
        Rewrite(Ssda903Table.AD1, text => text[..text.IndexOf('\n', StringComparison.Ordinal)]);
        File.WriteAllText(Path.Combine(folder, "DoLo.csv"), "CHILD,DOB,DOLO_START,DOLO_END\r\nK1,10/06/2013,01/05/2025,\r\n");

        var read = Ssda903Reader.Read(folder);

        Assert.Contains(Ssda903Table.AD1, read.Tables);
        Assert.Empty(read.Find("K3")!.Ad1);
        Assert.Contains("2026-27", Assert.Single(read.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_names_nobody_is_refused()
    {
        Rewrite(Ssda903Table.Header, text => text[..text.IndexOf('\n', StringComparison.Ordinal)]);

        Assert.Equal("The header table names no child.", Refusal());
    }

    [Fact]
    public void A_zip_reads_as_its_folder_does()
    {
        var zip = folder + ".zip";
        ZipFile.CreateFromDirectory(folder, zip);
        try
        {
            Assert.Equal(Ssda903Reader.Read(folder).Children.Select(c => c.Id), Ssda903Reader.Read(zip).Children.Select(c => c.Id));
            File.WriteAllBytes(zip, File.ReadAllBytes(zip)[..200]);
            Assert.Throws<ReturnRefusedException>(() => Ssda903Reader.Read(zip));
        }
        finally
        {
            File.Delete(zip);
        }
    }

    [Fact]
    public void A_zip_whose_tables_unfold_to_more_than_a_return_may_is_refused_although_none_does_by_itself()
    {
        var blank = new byte[70 << 20];
        blank.AsSpan().Fill((byte)' ');
        for (var i = 999; i < blank.Length; i += 1000) blank[i] = (byte)'\n';
        using var zip = Loading.Zip([.. new[] { Ssda903Table.Header, Ssda903Table.Episodes }.Select(table => ($"{table}.csv", (byte[])[.. Encoding.UTF8.GetBytes(Ssda903File.Valid().Csv(table)), .. blank]))]);
        Assert.True(zip.Length < 1 << 20);

        Assert.Equal("The tables are together larger than 128 MB.", Assert.Throws<ReturnRefusedException>(() => Ssda903Reader.Read(zip)).Message);
    }

    [Theory]
    [InlineData("<EXPSSDA903><CHILD><HEADER>", "not whole or not well-formed")]
    [InlineData("<EXPSSDA903><CHILD><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A><A>", "nested deeper")]
    [InlineData("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><EXPSSDA903>&a;</EXPSSDA903>", "declares a document type")]
    [InlineData("<Message/>", "outermost element is <Message>")]
    [InlineData("<EXPSSDA903/>", "names no child")]
    [InlineData("", "is empty")]
    [InlineData("CHILD,SEX", "neither a folder of CSV tables")]
    public void A_file_that_is_no_return_is_refused(string text, string reason)
    {
        var path = Path.Combine(folder, "whole.data");
        File.WriteAllText(path, text);

        Assert.Contains(reason, Assert.Throws<ReturnRefusedException>(() => Ssda903Reader.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_XML_form_carries_the_same_tables()
    {
        var path = Path.Combine(folder, "return.xml");
        File.WriteAllText(path, """
            <?xml version='1.0' encoding='us-ascii'?>
            <EXPSSDA903><CHILD><HEADER><CHILDID>907440</CHILDID><UPN>O013219285333</UPN><SEX>2</SEX><DOB>28/07/2010</DOB><ETHNIC>BAFR</ETHNIC><UASC /><AREVIEW><REVIEW>27/09/2015</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW><MOTHER /><MC_DOB />
            <PERMANENCE><PREV_PERM>Z1</PREV_PERM></PERMANENCE><OC2><SDQ_SCORE>21</SDQ_SCORE></OC2><IN_TOUCH>YES</IN_TOUCH><AMISSING><MISSING>M</MISSING><MIS_START>01/05/2016</MIS_START></AMISSING></HEADER>
            <EPISODE><DECOM>06/01/2017</DECOM><RNE>T</RNE><LS>J3</LS><CIN>N4</CIN><PL>R5</PL></EPISODE></CHILD></EXPSSDA903>
            """);

        var child = Assert.Single(Ssda903Reader.Read(path).Children);

        Assert.Equal(("907440", new DateOnly(2010, 7, 28), true), (child.Id, child.DOB, child.Header!.IsFemale));
        Assert.Equal(("R5", new DateOnly(2017, 1, 6)), (child.FirstEpisode!.PLACE.Value, child.FirstEpisode.DECOM.Value));
        Assert.Equal((1, 1, 1, 1, 1, 0, 0), (child.Reviews.Count, child.PrevPerm.Count, child.Oc2.Count, child.Oc3.Count, child.Missing.Count, child.Ad1.Count, child.Uasc.Count));
        Assert.Equal(new DateOnly(2010, 7, 28), child.Oc2[0].DOB.Value);
    }

    [Theory]
    [InlineData("05/02/2024", 2024)]
    [InlineData(" 05/02/2024 ", 2024)]
    [InlineData("05/02/2024 00:00:00", 2024)]
    [InlineData("2024-02-05", 0)]
    [InlineData("5/2/2024", 0)]
    [InlineData("02/13/2024", 0)]
    [InlineData("05/02/24", 0)]
    public void Dates_are_day_month_year(string text, int year)
    {
        var (now, _) = Ssda903File.Changed($"e1.DECOM={text}");

        Assert.Equal(year == 0 ? null : new DateOnly(year, 2, 5), now.Find("K1")!.Episodes.Single(e => e.URN.Value == "SC000001").DECOM.Value);
    }
}
