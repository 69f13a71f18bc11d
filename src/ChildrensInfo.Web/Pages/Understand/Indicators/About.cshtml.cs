using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Indicators;

/// <summary>Who defined an indicator, from what, with whose voice, and how it changed.</summary>
public class AboutModel(IndicatorService indicators, InformationUseService projects, ICurrentActor current, AppDbContext db) : PageModel
{
    [FromRoute]
    public string Key { get; set; } = "";

    public CurrentIndicator Indicator { get; private set; } = null!;

    public IReadOnlyList<(IndicatorVersion Version, string By)> Versions { get; private set; } = [];

    /// <summary>What is tried about it.</summary>
    public IReadOnlyList<InformationUseOpened> Projects { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await indicators.FindAsync(Key, cancel) is not { } found) return NotFound();
        Indicator = found;
        Projects = await projects.OpenAsync(current.Actor!, cancel, indicator: Key);
        var versions = await indicators.VersionsAsync(Key, cancel);
        var makers = versions.Select(v => v.CreatedById).OfType<Guid>().Distinct().ToList();
        var names = await db.Users.Where(u => makers.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        Versions = [.. versions.Select(v => (v, v.CreatedById is { } id ? names.GetValueOrDefault(id, "somebody") : "the portal"))];
        return Page();
    }

    /// <summary>A condition in words.</summary>
    public static string Of(NeedFact fact, CountCondition condition)
    {
        var field = fact.Field(condition.Field)!;
        var values = string.Join(" or ", condition.Values.Select(field.LabelOf));
        return condition.Test switch
        {
            CountTest.Is => $"{field.Name}: {values}",
            CountTest.IsNot => $"{field.Name}: not {values}",
            CountTest.AtLeast => $"{field.Name}: at least {values}",
            _ => $"{field.Name}: at most {values}",
        };
    }

    public static string Of(CountWindow window) => window switch
    {
        CountWindow.OpenOnDay => "Open on the day",
        CountWindow.BeganInYear => "Began or happened in the 12 months to the day",
        CountWindow.EndedInYear => "Ended in the 12 months to the day",
        _ => "Open at any time in the 12 months to the day",
    };

    public static string Of(IndicatorUnit unit) => unit switch
    {
        IndicatorUnit.Rate => "For each 10,000 children",
        IndicatorUnit.Percent => "Percentage",
        IndicatorUnit.Mean => "Average",
        IndicatorUnit.Ratio => "Each ethnic group beside all children: 1 is as often",
        _ => "Number",
    };

    public static string Of(Polarity polarity) => polarity switch
    {
        Polarity.HighIsGood => "High is good",
        Polarity.LowIsGood => "Low is good",
        _ => "Neither high nor low is good by itself",
    };
}
