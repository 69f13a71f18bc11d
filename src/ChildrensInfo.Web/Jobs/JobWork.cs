using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Jobs;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Which class does which kind of job.</summary>
public static class JobWork
{
    public static Task RunAsync(IServiceProvider services, Job job, Actor actor, JobProgress progress, CancellationToken cancel) => job.Kind switch
    {
        _ => throw new InvalidOperationException($"No work is known for a job of kind {job.Kind}."),
    };
}
