using AngleSharp.Dom;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

public class CaseloadTests(TestSite site)
{
    [Fact]
    public async Task The_list_has_my_children_only_and_those_not_heard_for_long_first()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Never");
        var world = hearing.World;
        var lately = await world.AddChildAsync(world.Practitioner, givenName: "Lately");
        var longAgo = await world.AddChildAsync(world.Practitioner, givenName: "Longago");
        var parentOnly = await world.AddChildAsync(world.Practitioner, givenName: "Parentonly");
        await world.AddChildAsync(world.OtherPractitioner, givenName: "Colleagues");
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTime.UtcNow, "Europe/London"));
        await AddRecordAsync(world, lately.Id, today.AddDays(-84), Speaker.Child);
        await AddRecordAsync(world, longAgo.Id, today.AddDays(-85), Speaker.YoungPerson);
        await AddRecordAsync(world, longAgo.Id, today.AddDays(-300), Speaker.Child);
        await AddRecordAsync(world, parentOnly.Id, today.AddDays(-1), Speaker.ParentOrCarer);

        var page = await hearing.Client.PageAsync("/hear");
        Assert.Equal(["Never Thistlebrook", "Parentonly Thistlebrook", "Longago Thistlebrook"], page.QuerySelectorAll("#not-heard + .entries .entry__title").Select(e => e.TextContent.Trim()));
        Assert.Equal(["Lately Thistlebrook"], page.QuerySelectorAll("#heard + .entries .entry__title").Select(e => e.TextContent.Trim()));
        var longAgoText = page.QuerySelectorAll(".entry").Single(e => e.TextContent.Contains("Longago")).TextContent;
        Assert.Contains("Heard 12 weeks ago", longAgoText);
        Assert.Contains("2 records", longAgoText);
        Assert.Contains("9 years old", longAgoText);
        Assert.Contains("Not heard yet", page.QuerySelectorAll(".entry").Single(e => e.TextContent.Contains("Parentonly")).TextContent);
        Assert.DoesNotContain("Colleagues", page.Body!.TextContent);
        var line = Assert.Single(await world.AuditAsync(AuditActions.ChildListed));
        Assert.Equal("4 children", line.Detail);
    }

    [Fact]
    public async Task Nobody_allocated_says_what_to_wait_for()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Practitioner);
        Assert.Equal("No children yet", (await client.PageAsync("/hear")).QuerySelector(".empty__title")!.TextContent);
    }

    /// <summary>A record of a day in the past, as it would stand after being sealed then.</summary>
    private async Task AddRecordAsync(World world, Guid childId, DateOnly on, Speaker speaker)
    {
        using var scope = site.As(world.Whole);
        var session = new VoiceSession { AuthorityId = world.Authority.Id, ChildId = childId, PractitionerId = world.Practitioner.Id, OccurredOn = on, RecordedAt = DateTime.UtcNow };
        var record = new VoiceRecord
        {
            AuthorityId = world.Authority.Id,
            ChildId = childId,
            SessionId = session.Id,
            Speaker = speaker,
            Kind = VoiceKind.TypedText,
            Subjects = [SubjectMatter.MyLife],
            HeardOn = on,
            SealedAt = DateTime.UtcNow,
            SealedById = world.Practitioner.Id,
            ContentSeal = await scope.Get<KeyRing>().FingerprintAsync(childId, [1], CancellationToken.None),
        };
        scope.Db.AddRange(session, record, AuditEntry.For(AuditActions.VoiceRecorded, world.Whole, childId, record.Id, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
    }
}
