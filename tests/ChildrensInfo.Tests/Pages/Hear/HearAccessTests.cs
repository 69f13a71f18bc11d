using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>Who may open the pages where children are heard.</summary>
public class HearAccessTests(TestSite site)
{
    private static string[] Addresses(Guid child, Guid visit, Guid record, Guid file) =>
    [
        "/hear", $"/hear/{child}", $"/hear/{child}/visits/new", $"/hear/{child}/visits/{visit}/words/new", $"/hear/{child}/visits/{visit}/too", $"/hear/{child}/records/{record}/interpretation",
        $"/hear/{child}/permissions", $"/hear/{child}/permissions/ask?purpose=Audio", $"/hear/{child}/media/{file}",
    ];

    [Theory]
    [InlineData(Role.DataLead)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Other_roles_are_told_no_everywhere(Role role)
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var client = site.ClientFor(hearing.World.PersonOf(role));
        foreach (var address in Addresses(hearing.Child.Id, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()))
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        var token = await client.AntiforgeryTokenAsync("/Accessibility");
        using var put = await hearing.PutAsync(Guid.NewGuid(), 0, Hearing.Png(), token: token, client: client);
        Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        Assert.Equal(10, (await hearing.World.AuditAsync(AuditActions.AccessRefused)).Count);
    }

    [Fact]
    public async Task Somebody_signed_out_is_sent_to_sign_in()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var client = site.ClientFor(null);
        foreach (var address in Addresses(hearing.Child.Id, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()))
        {
            using var answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal("/Account/SignIn", answer.Headers.Location!.AbsolutePath, ignoreCase: true);
        }
    }

    [Fact]
    public async Task A_child_of_another_council_or_another_worker_is_not_there_and_the_try_is_written_down()
    {
        using var mine = await Hearing.BeginAsync(site);
        using var elsewhere = await Hearing.BeginAsync(site);
        var colleagues = await mine.World.AddChildAsync(mine.World.OtherPractitioner);
        foreach (var child in new[] { elsewhere.Child, colleagues })
        {
            foreach (var address in Addresses(child.Id, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()).Skip(1))
            {
                using var answer = await mine.Client.GetAsync(address);
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }

            using var put = await mine.PutAsync(Guid.NewGuid(), 0, Hearing.Png(), childId: child.Id);
            Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
        }

        var refused = await mine.World.AuditAsync(AuditActions.AccessRefused);
        Assert.Equal(18, refused.Count);
        Assert.All(refused, r => Assert.Equal(mine.World.Practitioner.Id, r.ActorId));
        Assert.Empty(await mine.World.AuditAsync(AuditActions.ChildRead));
    }
}
