using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Which class does which kind of job.</summary>
public static class JobWork
{
    public static Task RunAsync(IServiceProvider services, Job job, Actor actor, JobProgress progress, CancellationToken cancel) => job.Kind switch
    {
        JobKind.LoadReturn => services.GetRequiredService<ReturnImporter>().RunAsync(job.SubjectId, actor, progress, cancel),
        JobKind.UndoReturn => services.GetRequiredService<ReturnUndo>().RunAsync(job.SubjectId, actor, progress, cancel),
        JobKind.BuildExtract => services.GetRequiredService<ExtractBuilder>().RunAsync(job.SubjectId, actor, progress, cancel),
        JobKind.DraftTranscript => services.GetRequiredService<TranscriptService>().DraftAsync(job.Id, job.SubjectId, actor, progress, cancel),
        JobKind.CalculateIndicators => services.GetRequiredService<IndicatorCalculation>().RunAsync(actor, progress, cancel),
        JobKind.MakeEdition => services.GetRequiredService<PackService>().MakeAsync(job.SubjectId, actor, progress, cancel),
        JobKind.BuildAccessPack => services.GetRequiredService<AccessPackBuilder>().RunAsync(job.SubjectId, actor, progress, cancel),
        _ => throw new InvalidOperationException($"No work is known for a job of kind {job.Kind}."),
    };

    /// <summary>Tells of what a job was for, where something waits for it by itself, that the job is given up.</summary>
    public static Task GiveUpAsync(IServiceProvider services, Job job, Actor actor) =>
        job.Kind == JobKind.BuildExtract ? services.GetRequiredService<ExtractBuilder>().GiveUpAsync(job.SubjectId, actor) : Task.CompletedTask;
}
