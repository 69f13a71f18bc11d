using ChildrensInfo.Tests.Support;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace ChildrensInfo.Tests.Support;

/// <summary>Begins with what takes minutes: begun last, one of them would keep the whole run waiting while all else stands idle.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = ["CanaryTests", "DatabaseCommandTests", "KeyRotationTests", "Journeys", "RestoreDrillTests", "ProductionTests", "DemoDataTests"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Long, name => c.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is var at and >= 0 ? at : Long.Length).ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal)];
}
