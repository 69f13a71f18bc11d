using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Core.Data;

[Collection("demo")]
public class DemoDataTests(TestSite site)
{
    [Fact]
    public async Task Three_councils_come_alive_once_from_their_returns()
    {
        var cancel = TestContext.Current.CancellationToken;
        using (var scope = site.As(null)) await scope.Get<DemoData>().EnsureAsync(_ => { }, cancel);

        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        var children = 0;
        var records = 0;
        using var read = site.As(null);
        var authorities = await read.Db.Authorities.AsNoTracking().Where(a => a.Code.CompareTo("990") > 0 && a.Code.CompareTo("999") < 0).OrderBy(a => a.Code).ToListAsync(cancel);
        Assert.Equal(3, authorities.Count);
        foreach (var authority in authorities)
        {
            var people = await read.Db.Users.AsNoTracking().Where(u => u.AuthorityId == authority.Id).ToListAsync(cancel);
            var signIn = people.Where(p => p.PasswordHash is not null).ToList();
            Assert.Equal(authority == authorities[0] ? 9 : 7, signIn.Count);
            Assert.Equal(2, signIn.Where(p => p.Role == Role.Practitioner).Select(p => p.TeamId).Distinct().Count());
            Assert.Equal(PasswordVerificationResult.Success, read.Get<IPasswordHasher<AppUser>>().VerifyHashedPassword(signIn[0], signIn[0].PasswordHash!, DemoData.Password));

            using var whole = site.As(World.ActorOf(people.First(p => p.Role == Role.DataLead)).AsJob());
            var db = whole.Db;
            children += await db.Children.CountAsync(cancel);
            foreach (var kind in new[] { ReturnKind.CinCensus, ReturnKind.LookedAfter })
            {
                Assert.Equal(3, await db.Returns.CountAsync(r => r.State == ReturnState.Loaded && r.Kind == kind, cancel));
            }

            Assert.True(await db.ReturnRejections.AnyAsync(cancel));
            Assert.False(await db.NeedEpisodes.AnyAsync(e => e.ReferredOn > today, cancel));
            Assert.False(await db.Children.AnyAsync(c => c.GivenName == null && db.NeedEpisodes.Any(e => e.ChildId == c.Id), cancel));

            // The two who sign in find a caseload with words in it.
            foreach (var practitioner in signIn.Where(p => p.Role == Role.Practitioner))
            {
                using var own = site.As(World.ActorOf(practitioner));
                Assert.InRange(await own.Db.Children.CountAsync(cancel), 8, 45);
                Assert.True(await own.Db.VoiceRecords.CountAsync(cancel) >= 8);
            }

            // Whoever is assigned finds their few, with words in them, and nobody else.
            foreach (var assigned in signIn.Where(p => p.Role is Role.ReviewingOfficer or Role.Advocate))
            {
                using var beside = site.As(World.ActorOf(assigned));
                Assert.Equal(assigned.Role == Role.Advocate ? 2 : 3, await beside.Db.Children.CountAsync(cancel));
                Assert.True(await beside.Db.VoiceRecords.AnyAsync(cancel));
            }

            // So does their manager, and of the whole team.
            var manager = signIn.Single(p => p.Role == Role.TeamManager);
            using (var team = site.As(World.ActorOf(manager)))
            {
                Assert.InRange(await team.Db.Children.CountAsync(cancel), 8, 200);
                Assert.True(await team.Db.Allocations.Select(a => a.PractitionerId).Distinct().CountAsync(cancel) >= 2);
            }

            var voices = await db.VoiceRecords.AsNoTracking().Include(r => r.Words).Include(r => r.Child).Include(r => r.Session).ToListAsync(cancel);
            records += voices.Count;
            var keys = whole.Get<KeyRing>();
            await keys.LoadAsync([.. voices.Select(v => v.ChildId).Distinct()], cancel);
            var texts = new HashSet<string>();
            foreach (var voice in voices)
            {
                Assert.True(voice.HeardOn <= today && voice.HeardOn >= voice.Child!.BornOn);
                Assert.Equal(voice.Child.AgeOn(voice.HeardOn), voice.AgeAtTime);
                Assert.True(texts.Add(await keys.OpenAsync(voice.ChildId, voice.Words!.Sealed, voice.Id, SealPart.Words, cancel)), "The same words twice in one council.");
            }

            var ids = await db.Children.Select(c => c.Id).ToListAsync(cancel);
            var research = await whole.Get<ConsentService>().DecideManyAsync(ids, Purpose.ResearchExtract, null, DateTime.UtcNow, cancel);
            Assert.True(research.Values.Count(d => d.Allowed) > 100);
            foreach (var state in new[] { ConsentState.NotAsked, ConsentState.Refused, ConsentState.Withdrawn, ConsentState.Expired, ConsentState.Deferred })
            {
                Assert.Contains(research.Values, d => d.State == state);
            }
        }

        Assert.InRange(children, 2_200, 2_700);
        Assert.InRange(records, 300, 1_000);

        // Again: nothing more.
        using (var scope = site.As(null)) await scope.Get<DemoData>().EnsureAsync(_ => Assert.Fail("It was made twice."), cancel);
        using var log = site.As(Actor.For(Guid.Empty, authorities[0].Id, Role.Administrator, null, ""));
        Assert.Equal(1, await log.Db.AuditEntries.CountAsync(a => a.Action == AuditActions.DemoLoaded, cancel));
    }
}
