using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

/// <summary>Measured when no other test runs: what those hold for themselves stands in the same process.</summary>
[Collection(nameof(Alone))]
public class SteadyMemoryTests(TestSite site)
{
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    [Fact]
    public async Task Two_hundred_megabytes_of_junk_are_refused_in_steady_memory()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.DataLead);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var held = 0L;
        var sent = 0;
        var path = await ReturnPagesTests.SendAsync(client, new StreamContent(new ReturnPagesTests.Junk(200L << 20, () =>
        {
            if (++sent % 40 == 0) held = Math.Max(held, GC.GetTotalMemory(forceFullCollection: true) - before);
        })));
        var page = await ReturnPagesTests.FinishedAsync(client, path);

        Assert.Contains("Nothing of this file was loaded", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.True(held < 50L << 20, $"{held >> 20} MB of 200 were held.");
    }
}
