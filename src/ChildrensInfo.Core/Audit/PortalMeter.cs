using System.Diagnostics.Metrics;

namespace ChildrensInfo.Core.Audit;

/// <summary>What the portal does, counted for those who keep it running: how often and how long, never of whom, by whom or for which council.</summary>
public static class PortalMeter
{
    public const string Name = "ChildrensInfo";
    private static readonly Meter Meter = new(Name);

    /// <summary>Lines added to the audit log, by action (docs/audit.md): what is sealed, refused, given out, opened with cover.</summary>
    public static readonly Counter<long> Acts = Meter.CreateCounter<long>("portal.acts", "{line}", "Lines added to the audit log");

    /// <summary>How long a job took, in seconds, by its kind and how it ended.</summary>
    public static readonly Histogram<double> Jobs = Meter.CreateHistogram<double>("portal.job.duration", "s", "How long a job took");

    /// <summary>What browsers say that the policy of a page kept them from, by the rule of it.</summary>
    public static readonly Counter<long> PolicyBroken = Meter.CreateCounter<long>("portal.policy.broken", "{report}", "What the policy of a page kept a browser from");

    /// <summary>When the audit log was last looked through for lines to seal, in seconds since 1970.</summary>
    public static readonly Gauge<long> SealsLookedAt = Meter.CreateGauge<long>("portal.audit.looked_at", "s", "When the audit log was last looked through for lines to seal, since 1970");
}
