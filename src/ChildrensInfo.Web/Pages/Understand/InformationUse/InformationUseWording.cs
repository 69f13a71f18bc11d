using ChildrensInfo.Core.Learning;
using ChildrensInfo.Web.Shared;

namespace ChildrensInfo.Web.Pages.Understand.InformationUse;

/// <summary>How far a project is, in words.</summary>
public static class InformationUseWording
{
    public static string Of(InformationUseStage stage) => stage switch
    {
        InformationUseStage.Planned => "Planned",
        InformationUseStage.Doing => "Being done",
        InformationUseStage.Reviewed => "Looked at, and going on",
        _ => "Ended",
    };

    public static string Of(InformationUseStep step) => step.Kind switch
    {
        InformationUseStepKind.Doing => "What is being done",
        InformationUseStepKind.Reviewed => $"Looked at again; next on {Words.Of(step.ReviewOn!.Value)}",
        InformationUseStepKind.Ended => "It ended",
        InformationUseStepKind.Told => "Children were told",
        InformationUseStepKind.Shared => "May be shared with the Learning Network",
        _ => "Not shared any more",
    };
}
