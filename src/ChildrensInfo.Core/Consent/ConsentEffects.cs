namespace ChildrensInfo.Core.Consent;

/// <summary>What may be made anew.</summary>
public enum CaptureEffect
{
    On,

    /// <summary>The control is there and off: "ask first". Words can be written down.</summary>
    AskFirst,

    /// <summary>The control is not there at all, and the page says who said no. Words can be written down.</summary>
    Absent,

    /// <summary>Off at once, in the middle of a recording too, until there is a new yes.</summary>
    Off,
}

/// <summary>What the team who works with the child may see of what is there.</summary>
public enum ViewEffect
{
    Shown,

    /// <summary>A recording or picture is neither played nor shown until it is known what they want done with it, or for good when they want it out.</summary>
    Locked,

    /// <summary>Nobody opens it before information governance has looked at it.</summary>
    Quarantined,
}

/// <summary>What others may be shown, on a screen or on paper.</summary>
public enum ShareEffect
{
    No,

    /// <summary>The one person, service or use that was agreed to, and nobody else.</summary>
    NamedRecipient,

    /// <summary>Being told is no permission to show: that is its own purpose.</summary>
    AskedSeparately,

    /// <summary>Nobody new, and those who were shown it before are listed.</summary>
    NoAndListEarlier,
}

/// <summary>What is counted and quoted across children.</summary>
public enum DashboardEffect
{
    /// <summary>Left out, and counted among those not told or not asked.</summary>
    OutNotAsked,
    Counted,

    /// <summary>Left out of what children say; the figures the law asks for are not changed by it.</summary>
    OutObjected,

    /// <summary>Quoted where the group is large enough.</summary>
    Quoted,

    /// <summary>Not quoted; counted among those who said no.</summary>
    OutRefused,

    /// <summary>Out of the next publication, on its day, with figures rounded so that none moves by exactly one.</summary>
    OutAtNextPublication,

    /// <summary>Not quoted any more; counts stay.</summary>
    QuotesDropped,

    /// <summary>Out, with a note that puts the figures right.</summary>
    OutWithCorrection,
}

/// <summary>What is said to whom about asking.</summary>
public enum PromptEffect
{
    None,
    AskGently,
    WhenReady,
    BeforeItExpires,

    /// <summary>Not asked again until some time has passed, unless the child brings it up.</summary>
    CoolingOff,
    TellWhatCanBeUndone,
    Renew,
    AskWhoMayDecideNow,
    AssessBreach,
}

/// <summary>
/// One row of the table of states: what a permission in this state does on each surface. What is there is locked, shared and asked about by its cell; whether something may be made or used
/// is <see cref="ConsentDecision.Allowed"/>. A test asks the site itself for each state, so that what a surface does and what its cell says cannot part.
/// </summary>
/// <param name="ExtractCode">How an extract's manifest counts a child who is left out; null when the child is in, or when the purpose has no extract.</param>
public sealed record ConsentEffects(CaptureEffect Capture, ViewEffect View, ShareEffect Share, DashboardEffect Dashboard, string? ExtractCode, PromptEffect Prompt)
{
    /// <summary>What a restricted record does on each surface, whatever its permission is.</summary>
    public static readonly ConsentEffects Restricted = new(CaptureEffect.Off, ViewEffect.Quarantined, ShareEffect.No, DashboardEffect.OutObjected, "restricted", PromptEffect.None);

    public static ConsentEffects Of(ConsentState state, WithdrawWants? wants) => state switch
    {
        ConsentState.NotAsked => new(CaptureEffect.AskFirst, ViewEffect.Shown, ShareEffect.No, DashboardEffect.OutNotAsked, "not_asked", PromptEffect.AskGently),
        ConsentState.Told => new(CaptureEffect.On, ViewEffect.Shown, ShareEffect.AskedSeparately, DashboardEffect.Counted, null, PromptEffect.None),
        ConsentState.Objected => new(CaptureEffect.On, ViewEffect.Shown, ShareEffect.AskedSeparately, DashboardEffect.OutObjected, "objected", PromptEffect.None),
        ConsentState.Asked => new(CaptureEffect.AskFirst, ViewEffect.Shown, ShareEffect.No, DashboardEffect.OutNotAsked, "asked", PromptEffect.WhenReady),
        ConsentState.Deferred => new(CaptureEffect.AskFirst, ViewEffect.Shown, ShareEffect.No, DashboardEffect.OutNotAsked, "deferred", PromptEffect.WhenReady),
        ConsentState.Given => new(CaptureEffect.On, ViewEffect.Shown, ShareEffect.NamedRecipient, DashboardEffect.Quoted, null, PromptEffect.BeforeItExpires),
        ConsentState.Refused => new(CaptureEffect.Absent, ViewEffect.Shown, ShareEffect.No, DashboardEffect.OutRefused, "refused", PromptEffect.CoolingOff),
        ConsentState.Withdrawn => new(
            CaptureEffect.Off, wants == WithdrawWants.StopFromNow ? ViewEffect.Shown : ViewEffect.Locked, ShareEffect.NoAndListEarlier, DashboardEffect.OutAtNextPublication, "withdrawn", PromptEffect.TellWhatCanBeUndone),
        ConsentState.Expired => new(CaptureEffect.Off, ViewEffect.Shown, ShareEffect.No, DashboardEffect.QuotesDropped, "expired", PromptEffect.Renew),
        ConsentState.NeedsRefresh => new(CaptureEffect.Off, ViewEffect.Shown, ShareEffect.No, DashboardEffect.QuotesDropped, "needs_refresh", PromptEffect.AskWhoMayDecideNow),
        ConsentState.Invalidated => new(CaptureEffect.Off, ViewEffect.Quarantined, ShareEffect.NoAndListEarlier, DashboardEffect.OutWithCorrection, "invalidated", PromptEffect.AssessBreach),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A state without a row would have no rule."),
    };
}
