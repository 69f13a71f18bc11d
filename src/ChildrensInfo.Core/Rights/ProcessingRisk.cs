using System.Text.Json.Serialization;
using ChildrensInfo.Core.Data;

namespace ChildrensInfo.Core.Rights;

[JsonConverter(typeof(JsonStringEnumConverter<RiskLikelihood>))]
public enum RiskLikelihood
{
    Remote,
    Possible,
    Probable,
}

[JsonConverter(typeof(JsonStringEnumConverter<RiskSeverity>))]
public enum RiskSeverity
{
    Minimal,
    Significant,
    Severe,
}

public enum RiskLevel
{
    Low,
    Medium,
    High,
}

/// <param name="What">In words.</param>
/// <param name="Where">The source file that does it, below src and without its ending: a test holds that it is there.</param>
/// <param name="RestsOn">What has to be switched on for it; null when it always is.</param>
public sealed record RiskMeasure(string What, string Where, SecurityMeasure? RestsOn);

public sealed record RiskWeight(RiskLikelihood Likelihood, RiskSeverity Severity)
{
    /// <summary>As the Information Commissioner’s Office puts the two together: nothing minimal is more than low, and what is remote is high for nobody.</summary>
    [JsonIgnore]
    public RiskLevel Level => (Likelihood, Severity) switch
    {
        (RiskLikelihood.Remote, _) or (_, RiskSeverity.Minimal) => RiskLevel.Low,
        (RiskLikelihood.Possible, RiskSeverity.Significant) => RiskLevel.Medium,
        _ => RiskLevel.High,
    };
}

/// <summary>What could harm the people the data is about, and what the portal does against it.</summary>
/// <param name="Before">With nothing done.</param>
/// <param name="After">With every measure on.</param>
public sealed record ProcessingRisk(string Key, string What, RiskWeight Before, RiskWeight After, IReadOnlyList<RiskMeasure> Measures)
{
    /// <summary>The measures that are not on here.</summary>
    public IReadOnlyList<RiskMeasure> MissingFrom(IReadOnlyList<SecurityState> security) =>
        [.. Measures.Where(m => m.RestsOn is { } needed && !security.Any(s => s.Measure == needed && s.IsOn))];

    /// <summary>What is left of it here: as if nothing were done while one of its measures is off.</summary>
    public RiskWeight LeftWith(IReadOnlyList<SecurityState> security) => MissingFrom(security).Count == 0 ? After : Before;
}

/// <summary>The risks that come with the portal (risks.json), with the version of the file.</summary>
public sealed record ShippedRisks(string Note, int Version, DateOnly ChangedOn, IReadOnlyList<ProcessingRisk> Risks)
{
    private static readonly Lazy<ShippedRisks> Loaded = new(() => EmbeddedJson.Read<ShippedRisks>("risks.json"));

    public static ShippedRisks All => Loaded.Value;
}
