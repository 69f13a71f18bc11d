using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What tests of asks begin with: something said, and an ask made from it.</summary>
public static class Asking
{
    /// <summary>Seals words in a visit of today, through the pages.</summary>
    public static Task<Guid> SayAsync(this Hearing hearing, string words, params (string Name, string? Value)[] instead) => hearing.SayAboutAsync(null, words, instead);

    /// <summary>The same, of words that explain a drawing.</summary>
    public static async Task<Guid> SayAboutAsync(this Hearing hearing, Guid? drawing, string words, params (string Name, string? Value)[] instead)
    {
        var id = Guid.CreateVersion7();
        var fields = Hearing.Said(words, instead);
        fields["Input.Id"] = id.ToString();
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()) + (drawing is null ? "" : $"&about={drawing}"), fields);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return id;
    }

    /// <summary>Puts other words beside a record.</summary>
    public static async Task<Guid> CorrectAsync(this Hearing hearing, Guid record, string words, string provenance = "OwnHand")
    {
        var id = Guid.CreateVersion7();
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/correct", new Dictionary<string, string?> { ["Input.Id"] = id.ToString(), ["Input.Text"] = words, ["Input.Reason"] = "ChangedMind", ["Input.Provenance"] = provenance });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return id;
    }

    /// <summary>Writes what a worker thinks of a record, and what the child answered to it.</summary>
    public static async Task InterpretAsync(this Hearing hearing, Guid record, string words, Guid? answer = null)
    {
        var id = Guid.CreateVersion7();
        using var thought = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Id"] = id.ToString(), ["Input.Text"] = words, ["Input.Kind"] = "Observation" });
        Assert.Equal(HttpStatusCode.Redirect, thought.StatusCode);
        if (answer is null) return;
        using var shown = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/interpretations/{id}/shown", new Dictionary<string, string?> { ["Input.Saw"] = "Yes", ["Input.ResponseRecordId"] = answer.ToString() });
        Assert.Equal(HttpStatusCode.Redirect, shown.StatusCode);
    }

    /// <summary>A good form of an ask; the day comes with the form.</summary>
    public static Dictionary<string, string?> Asked(string? words, Guid record, params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?> { ["Input.Words"] = words, ["Input.Records"] = record.ToString(), ["Input.Wanted"] = "DoSomething" };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    /// <returns>The page of the new ask.</returns>
    public static async Task<string> AskAsync(this Hearing hearing, string words, params (string Name, string? Value)[] instead)
    {
        var record = await hearing.SayAsync(words, instead.Any(i => i.Name == "Input.Thing") ? [("Input.Subjects", "MyInformation")] : []);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", Asked(words, record, instead));
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(answer)).QuerySelector(".govuk-error-summary")?.TextContent);
        return answer.Headers.Location!.OriginalString;
    }

    public static async Task<HttpResponseMessage> TryStepAsync(this Hearing hearing, string ask, StepKind kind, params (string Name, string? Value)[] fields) =>
        await hearing.Client.SubmitAsync($"{ask}/steps/new?kind={kind}", fields.ToDictionary(f => "Input." + f.Name, f => f.Value));

    public static async Task StepAsync(this Hearing hearing, string ask, StepKind kind, params (string Name, string? Value)[] fields)
    {
        using var answer = await hearing.TryStepAsync(ask, kind, fields);
        Assert.True(answer.Headers.Location?.OriginalString == ask, (await TestClient.ParseAsync(answer)).QuerySelector(".govuk-error-summary")?.TextContent);
    }

    /// <summary>The ask and its steps, as they are kept.</summary>
    public static async Task<Ask> KeptAsync(this Hearing hearing, TestSite site, string ask)
    {
        using var scope = site.As(hearing.World.Whole);
        var id = Guid.Parse(ask.Split('/')[^1]);
        return await scope.Db.Asks.AsNoTracking().Include(a => a.Steps).Include(a => a.Voices).SingleAsync(a => a.Id == id);
    }

    public static AskState StateOf(Ask ask) => ask.Steps.MaxBy(s => s.Number)!.State;
}
