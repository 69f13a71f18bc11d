using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>Steps that tests of kept records share: something said and found again.</summary>
public static class Kept
{
    public static Dictionary<string, string?> Rule(string who, DoNotTellScope scope = DoNotTellScope.Everything, params (string Name, string? Value)[] more)
    {
        var fields = new Dictionary<string, string?> { ["Input.Who"] = who, ["Input.Scope"] = $"{scope}", ["Input.Reason"] = "Afraid", ["Input.SaidBy"] = "Child" };
        foreach (var (name, value) in more) fields[name] = value;
        return fields;
    }

    public static async Task KeepFromAsync(this Hearing hearing, string who, DoNotTellScope scope = DoNotTellScope.Everything, Guid? record = null, SubjectMatter? subject = null)
    {
        using var answer = await hearing.Client.SubmitAsync(
            $"{hearing.ChildPage}/do-not-tell{(record is null ? "" : $"?record={record}")}", Rule(who, scope, ("Input.SubjectMatter", subject?.ToString())), "form#add");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Lets the other practitioner, or somebody else, work with the child too.</summary>
    public static async Task ShareAsync(this TestSite site, World world, Child child, AppUser? with = null)
    {
        using var scope = site.As(world.Whole);
        scope.Db.Add(new Allocation { AuthorityId = world.Authority.Id, ChildId = child.Id, PractitionerId = (with ?? world.OtherPractitioner).Id, TeamId = world.Team.Id, StartedOn = World.Today.AddDays(-3) });
        scope.Db.Add(AuditEntry.For(AuditActions.ChildAllocated, world.Whole, child.Id, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync();
    }

    /// <summary>The three openings of every page of the child's: the wrong role, nobody, and a child of another council or worker.</summary>
    public static async Task OpensOnlyForTheChildsOwnWorkerAsync(this TestSite site, Hearing mine, Func<Guid, string> address)
    {
        foreach (var role in new[] { Role.DataLead, Role.Researcher, Role.Administrator, Role.TeamManager })
        {
            using var client = site.ClientFor(mine.World.PersonOf(role));
            using var refused = await client.GetAsync(address(mine.Child.Id));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var nobody = site.ClientFor(null);
        using var led = await nobody.GetAsync(address(mine.Child.Id));
        Assert.Equal("/Account/SignIn", led.Headers.Location!.AbsolutePath, ignoreCase: true);
        using var elsewhere = await Hearing.BeginAsync(site);
        foreach (var child in new[] { elsewhere.Child, await mine.World.AddChildAsync(mine.World.OtherPractitioner) })
        {
            using var absent = await mine.Client.GetAsync(address(child.Id));
            Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        }

        Assert.Equal(6, (await mine.World.AuditAsync(AuditActions.AccessRefused)).Count);
    }

    public static Task<VoiceRecord> RecordAsync(this TestSite site, World world, Guid id) =>
        site.ReadAsync(world, db => db.VoiceRecords.AsNoTracking().Include(r => r.Words).SingleAsync(r => r.Id == id));
}
