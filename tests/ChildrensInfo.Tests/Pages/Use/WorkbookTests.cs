using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static ChildrensInfo.Tests.Support.Workbooks;

namespace ChildrensInfo.Tests.Pages.Use;

/// <summary>Results sent as an Excel workbook: read as what they show, or refused in words.</summary>
public class WorkbookTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workbook_is_kept_as_the_values_of_its_one_sheet_with_what_it_hid_said_to_who_reviews()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        var sheet = Sheet(
            """<row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="inlineStr"><is><t>n</t></is></c><c r="D3" t="inlineStr"><is><t>percent</t></is></c><c r="E3" t="inlineStr"><is><t>seen</t></is></c></row>""" +
            """<row r="5" hidden="1"><c r="B5" t="s"><v>1</v></c><c r="C5"><v>40</v></c><c r="D5" s="1"><f>C5/(C5+C6)</f><v>0.66666666666666663</v></c><c r="E5" s="2"><v>45991</v></c></row>""" +
            """<row r="6"><c r="B6" t="str"><f>CONCATENATE("Ill","ness")</f><v>Illness</v></c><c r="C6" s="3"><v>20</v></c><c r="D6" s="1"><v>0.33</v></c><c r="E6" s="2"><v>45992</v></c></row><row r="9"><c r="H9" s="1"/></row>""",
            """<cols><col min="5" max="9" width="9" hidden="1"/></cols>""");
        using (var response = await SendAsync(researcher, project, Of([("Table", "", sheet), ("Working", """state="hidden" """, Sheet(Row("Sorrel", "Thistlebrook"))), ("Names", """state="veryHidden" """, Sheet(Row("Sorrel"))), ("Empty", "", Sheet(""))])))
        {
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        }

        var output = Assert.Single(await site.ReadAsync(world, db => db.ResearchOutputs.ToListAsync(Cancel)));
        using var reviewer = site.ClientFor(world.DataLead);
        var page = await reviewer.PageAsync($"/use/decisions/outputs/{output.Id}");
        Assert.Contains("2 hidden sheets, which were not kept", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var rows = page.QuerySelectorAll("main tr").Select(r => r.Children.Select(c => (Text: c.FirstChild!.TextContent.Trim(), Found: string.Join(", ", c.QuerySelectorAll("strong").Select(s => s.TextContent)))).ToList()).ToList();
        Assert.Equal(["need", "n", "percent", "seen"], rows[0].Select(c => c.Text));
        Assert.Equal(["Neglect", "40", "66.6666666666667%", "2025-11-30"], rows[1].Select(c => c.Text));
        Assert.Equal(["Illness", "20", "33%", "2025-12-01"], rows[2].Select(c => c.Text));
        Assert.Equal(["", "", "", "Hidden in the workbook"], rows[0].Select(c => c.Found));
        Assert.Equal("Hidden in the workbook", rows[1][0].Found);
        Assert.Equal("A formula worked it out: only its value was kept", rows[1][2].Found);
        Assert.Equal("A formula worked it out: only its value was kept", rows[2][0].Found);

        // What leaves is what was looked at and nothing else.
        using (var released = await reviewer.SubmitAsync(page, $"/use/decisions/outputs/{output.Id}", new Dictionary<string, string?> { ["Input.Answer"] = "Released", ["Input.Reason"] = "Nobody can be found in it." }))
        {
            Assert.Equal(HttpStatusCode.Redirect, released.StatusCode);
        }

        using var made = await researcher.SubmitAsync($"/use/projects/{project.Id}/outputs/{output.Id}", new Dictionary<string, string?>(), "#link");
        using var file = await researcher.SubmitAsync(made.Headers.Location!.OriginalString, new Dictionary<string, string?>());
        Assert.EndsWith(".csv", file.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        var fetched = await file.Content.ReadAsStringAsync(Cancel);
        Assert.StartsWith("need,n,percent,seen\r\nNeglect,40,66.6", fetched, StringComparison.Ordinal);
        Assert.DoesNotContain("Sorrel", fetched, StringComparison.Ordinal);
        Assert.DoesNotContain("C5", fetched, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_small_in_a_workbook_is_found_as_in_any_table()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        using (await SendAsync(researcher, project, Of(["need", "n"], ["N1", "3"], ["=1+1", "40"])))
        {
        }

        var output = Assert.Single(await site.ReadAsync(world, db => db.ResearchOutputs.ToListAsync(Cancel)));
        using var reviewer = site.ClientFor(world.DataLead);
        var page = await reviewer.PageAsync($"/use/decisions/outputs/{output.Id}");
        Assert.Equal("Fewer than 10 children", page.QuerySelector("main tbody tr:first-child td:nth-child(2) strong")!.TextContent);
        Assert.DoesNotContain("hidden sheet", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "macros", "has macros in it" },
        { "macro file", "has macros in it" },
        { "macro sheet", "has macros in it" },
        { "bomb", "unpacks to more than a table of results does" },
        { "many parts", "unpacks to more than a table of results does" },
        { "entities", "cannot be read" },
        { "outside entity", "cannot be read" },
        { "old or locked", "old or locked workbook" },
        { "two sheets", "several sheets" },
        { "only hidden", "has anything in it that is shown" },
        { "title", "is not a row of headings" },
        { "far cell", "500 rows and 40 columns or fewer" },
        { "many rows", "500 rows and 40 columns or fewer" },
        { "headings only", "at least one row below" },
        { "no workbook", "cannot be read" },
        { "cut short", "cannot be read" },
        { "missing text", "cannot be read" },
        { "as text", "another packed file" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_workbook_that_cannot_be_taken_is_refused_beside_the_field_with_what_to_do(string which, string message)
    {
        var plain = Sheet(Row("need", "n") + Row("N1", "40"));
        var doctype = """<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>""";
        var outside = """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>""";
        var office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        byte[] file = which switch
        {
            "macros" => Of([("T", "", plain)], [("xl/vbaProject.bin", "x"), ("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="v" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>""")]),
            "macro file" => Of([("T", "", plain)], main: "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
            "macro sheet" => Of([("T", "", plain)], [("xl/macrosheets/m.xml", """<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>"""), ("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="m" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="macrosheets/m.xml"/></Relationships>""")]),
            "bomb" => Of([("T", "", Sheet(Row("need", "n") + new string(' ', 40 * 1024 * 1024)))]),
            "many parts" => Of([("T", "", plain)], [.. Enumerable.Range(0, 300).Select(i => ($"xl/media/{i}.txt", ""))]),
            "entities" => Of([("T", "", doctype + plain.Replace("N1", "&b;", StringComparison.Ordinal))]),
            "outside entity" => Of([("T", "", outside + plain.Replace("N1", "&a;", StringComparison.Ordinal))]),
            "old or locked" => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0],
            "two sheets" => Of([("T", "", plain), ("U", "", plain)]),
            "only hidden" => Of([("T", """state="hidden" """, plain), ("U", "", Sheet(""))]),
            "title" => Of([("T", "", Sheet(Row("How many children are heard") + Row("need", "n") + Row("N1", "40")))]),
            "far cell" => Of([("T", "", Sheet(Row("need", "n") + Row("N1", "40") + """<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"""))]),
            "many rows" => Of([("T", "", Sheet(Row("need", "n") + string.Concat(Enumerable.Range(0, 501).Select(i => Row($"N{i}", "40")))))]),
            "headings only" => Of([("T", "", Sheet(Row("need", "n")))]),
            "no workbook" => Zip([("data.csv", Encoding.UTF8.GetBytes("need,n\nN1,40"))]),
            "cut short" => Of([("T", "", plain)])[..^200],
            "missing text" => Of([("T", "", Sheet(Row("need", "n") + """<row><c t="s"><v>99</v></c><c><v>40</v></c></row>"""))]),
            _ => Of([("T", "", plain)]),
        };
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using var researcher = site.ClientFor(world.Researcher);
        using var response = await SendAsync(researcher, project, file, which == "as text" ? "Text" : "Table");
        var page = await TestClient.ParseAsync(response);
        Assert.Contains(page.QuerySelectorAll("main .govuk-form-group .govuk-error-message"), e => e.TextContent.Contains(message, StringComparison.Ordinal));
        // Nothing typed is lost.
        Assert.Equal("Who is heard", page.QuerySelector<IHtmlInputElement>("#Input_Title")!.Value);
        Assert.Empty(await site.ReadAsync(world, db => db.ResearchOutputs.ToListAsync(Cancel)));
        Assert.Empty(await site.ReadAsync(world, db => db.Files.Where(f => f.Kind == FileKind.Output).ToListAsync(Cancel)));
    }

    private static Task<HttpResponseMessage> SendAsync(TestClient client, ResearchProject project, byte[] content, string kind = "Table") =>
        client.UploadAsync($"/use/projects/{project.Id}/outputs/new", "Results", content, "results.xlsx", new Dictionary<string, string?> { ["Input.Title"] = "Who is heard", ["Input.How"] = "Counted from the first extract.", ["Input.Kind"] = kind });
}
