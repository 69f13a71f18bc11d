using System.Threading.RateLimiting;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// How often one person does what they are asked again for (<see cref="StepUp"/>), and takes a file away by a link. By hand nobody does so this often; a program on their screen would. Counted in this
/// process.
/// </summary>
public sealed class StepUpPace : IDisposable
{
    public const int AMinute = 60;

    private readonly PartitionedRateLimiter<Guid> limiter = PartitionedRateLimiter.Create<Guid, Guid>(person => RateLimitPartition.GetFixedWindowLimiter(person, _ => new() { PermitLimit = AMinute, Window = TimeSpan.FromMinutes(1) }));

    public bool Allows(Guid person)
    {
        using var lease = limiter.AttemptAcquire(person);
        return lease.IsAcquired;
    }

    public void Dispose() => limiter.Dispose();
}
