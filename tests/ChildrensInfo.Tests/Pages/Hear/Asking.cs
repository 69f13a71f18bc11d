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
    public static async Task<Guid> SayAsync(this Hearing hearing, string words, params (string Name, string? Value)[] instead)
    {
        var id = Guid.CreateVersion7();
        var fields = Hearing.Said(words, instead);
        fields["Input.Id"] = id.ToString();
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), fields);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return id;
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
