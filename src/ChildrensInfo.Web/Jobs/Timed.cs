namespace ChildrensInfo.Web.Jobs;

/// <summary>Work that is done again and again for as long as the site runs.</summary>
internal static class Timed
{
    /// <param name="work">What it throws is its own to say; what it does not finish is done when the site starts again.</param>
    public static async Task EveryAsync(TimeSpan pause, Func<Task> work, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(pause);
        try
        {
            do await work();
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // The site stops.
        }
    }
}
