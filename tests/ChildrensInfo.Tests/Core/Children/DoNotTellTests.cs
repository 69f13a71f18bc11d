using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Core.Children;

/// <summary>Who must not be told: the rules by themselves, and that the database is asked the same.</summary>
public class DoNotTellTests(TestSite site)
{
    private static readonly Guid Child = Guid.NewGuid();
    private static readonly Guid[] People = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
    private static readonly DateOnly Today = new(2026, 3, 9);

    private static readonly Gen<VoiceRecord> Records = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 3], Gen.Enum<SubjectMatter>().Array[1, 3], Gen.Enum<Sensitivity>(),
        (id, first, subjects, sensitivity) => new VoiceRecord
        {
            Id = new Guid(id, 0, 0, new byte[8]),
            CorrectsId = first == 0 || first == id ? null : new Guid(first, 0, 0, new byte[8]),
            ChildId = Child,
            Subjects = [.. subjects.Distinct()],
            Sensitivity = sensitivity,
            ContentSeal = [],
        });

    private static readonly Gen<DoNotTell> Rules = Gen.Select(
        Gen.Int[-1, 5], Gen.Int[0, 2], Gen.Enum<DoNotTellScope>(), Gen.Int[0, 3], Gen.Enum<SubjectMatter>(), Gen.Int[-3, 3], Gen.Int[-3, 6], Gen.Bool,
        (role, person, scope, record, subject, from, until, ended) => new DoNotTell
        {
            ChildId = Child,
            Role = role < 0 ? null : (DoNotTellRole)role,
            RelationshipId = role < 0 ? People[person] : null,
            Scope = scope,
            VoiceRecordId = scope == DoNotTellScope.Record ? new Guid(record, 0, 0, new byte[8]) : null,
            SubjectMatter = scope == DoNotTellScope.Subject ? subject : null,
            FromOn = Today.AddDays(from),
            UntilOn = until > 3 ? null : Today.AddDays(until),
            EndedAt = ended ? new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc) : null,
            RecordedById = People[person],
        });

    [Fact]
    public void A_person_named_for_everything_is_told_nothing_whatever_else_stands() =>
        Gen.Select(Rules.Array[0, 6], Records).Sample((others, record) =>
        {
            var rule = new DoNotTell { ChildId = Child, RelationshipId = People[0], Scope = DoNotTellScope.Everything, FromOn = Today };
            Assert.NotNull(DoNotTellRules.Against([.. others, rule], Listener.Relation(People[0]), record, Today));
        });

    [Fact]
    public void A_rule_about_one_subject_covers_what_is_about_others_too() =>
        Gen.Select(Gen.Enum<SubjectMatter>().Array[1, 4], Gen.Enum<SubjectMatter>()).Sample((subjects, kept) =>
        {
            var record = new VoiceRecord { ChildId = Child, Subjects = [.. subjects], ContentSeal = [] };
            var rule = new DoNotTell { ChildId = Child, RelationshipId = People[0], Scope = DoNotTellScope.Subject, SubjectMatter = kept, FromOn = Today };
            Assert.Equal(subjects.Contains(kept), DoNotTellRules.Against([rule], Listener.Relation(People[0]), record, Today) is not null);
        });

    [Fact]
    public void The_child_is_told_everything_and_who_must_act_is_told_of_danger() =>
        Gen.Select(Rules.Array[0, 6], Records).Sample((rules, record) =>
        {
            Assert.Null(DoNotTellRules.Against(rules, Listener.TheChild, record, Today));
            if (record.Sensitivity == Sensitivity.Disclosure) Assert.Null(DoNotTellRules.Against(rules, Listener.Worker(People[1], false), record, Today));
        });

    [Fact]
    public void Another_rule_never_tells_more_and_a_rule_that_ended_keeps_nothing() =>
        Gen.Select(Rules.Array[0, 5], Rules, Records, Gen.Int[0, 5]).Sample((rules, more, record, who) =>
        {
            var listener = who switch { 0 => Listener.Relation(People[0]), 1 => Listener.AService, 2 => Listener.Worker(People[1], true), 3 => Listener.Assigned(People[1], Role.Advocate), 4 => Listener.Assigned(People[1], Role.ReviewingOfficer), _ => Listener.Worker(People[1], false) };
            var kept = DoNotTellRules.Against(rules, listener, record, Today);
            if (kept is not null)
            {
                Assert.NotNull(DoNotTellRules.Against([.. rules, more], listener, record, Today));
                Assert.True(DoNotTellRules.Stands(kept, Today));
                Assert.Null(kept.EndedAt);
            }
        });

    /// <summary>Every role, scope and life of a rule against every record, for a worker who is allocated, one who is not, and the one who was told.</summary>
    [Fact]
    public async Task The_database_keeps_back_exactly_what_the_rules_keep_back()
    {
        var world = await World.CreateAsync(site);
        var cancel = TestContext.Current.CancellationToken;
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        var random = new Random(11);
        for (var round = 0; round < 12; round++)
        {
            var child = await world.AddChildAsync(world.Practitioner);
            using var scope = site.As(world.Whole);
            var relation = new Relationship { AuthorityId = world.Authority.Id, ChildId = child.Id, Name = "Marigold", Kind = RelationshipKind.Mother };
            var session = new VoiceSession { AuthorityId = world.Authority.Id, ChildId = child.Id, PractitionerId = world.Practitioner.Id, OccurredOn = today, RecordedAt = DateTime.UtcNow };
            var records = new List<VoiceRecord>();
            for (var i = 0; i < 8; i++)
            {
                var corrects = i > 5 ? records[i - 6] : null;
                records.Add(new VoiceRecord
                {
                    AuthorityId = world.Authority.Id,
                    ChildId = child.Id,
                    SessionId = session.Id,
                    // Some are about two things: a rule about either holds.
                    Subjects = i % 2 == 0 ? [(SubjectMatter)(i % 4), (SubjectMatter)((i + 1) % 4)] : [(SubjectMatter)(i % 4)],
                    Sensitivity = i == 4 ? Sensitivity.Disclosure : Sensitivity.Normal,
                    CorrectsId = corrects?.Id,
                    CorrectionReason = corrects is null ? null : CorrectionReason.ChangedMind,
                    ExplainsId = i == 5 ? records[2].Id : null,
                    ContentSeal = [1],
                    HeardOn = today,
                    SealedAt = DateTime.UtcNow,
                    SealedById = world.Practitioner.Id,
                });
            }

            var rules = Enumerable.Range(0, 1 + (round % 3)).Select(_ =>
            {
                var role = random.Next(-1, 6);
                var what = (DoNotTellScope)random.Next(3);
                return new DoNotTell
                {
                    AuthorityId = world.Authority.Id,
                    ChildId = child.Id,
                    Role = role < 0 ? null : (DoNotTellRole)role,
                    RelationshipId = role < 0 ? relation.Id : null,
                    Scope = what,
                    VoiceRecordId = what == DoNotTellScope.Record ? records[random.Next(4)].Id : null,
                    SubjectMatter = what == DoNotTellScope.Subject ? (SubjectMatter)random.Next(4) : null,
                    FromOn = today.AddDays(random.Next(-2, 2)),
                    UntilOn = random.Next(2) == 0 ? null : today.AddDays(random.Next(-1, 2)),
                    RecordedById = random.Next(2) == 0 ? world.Practitioner.Id : world.OtherPractitioner.Id,
                    RecordedAt = DateTime.UtcNow,
                    EndedAt = random.Next(5) == 0 ? DateTime.UtcNow : null,
                };
            }).ToList();
            // Every subject is kept back in some round, whatever else a record is about.
            rules.Add(new DoNotTell
            {
                AuthorityId = world.Authority.Id,
                ChildId = child.Id,
                Role = DoNotTellRole.OtherPractitioners,
                Scope = DoNotTellScope.Subject,
                SubjectMatter = (SubjectMatter)(round % 4),
                FromOn = today,
                RecordedById = world.Practitioner.Id,
                RecordedAt = DateTime.UtcNow,
            });
            scope.Db.Add(relation);
            scope.Db.Add(session);
            scope.Db.AddRange(records);
            scope.Db.AddRange(rules);
            scope.Db.Add(AuditEntry.For(AuditActions.VoiceRecorded, world.Whole, child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(cancel);

            VoiceRecord? Explained(VoiceRecord record) => records.Find(r => r.Id == record.ExplainsId);
            foreach (var (reader, allocated) in new[] { (world.Practitioner, true), (world.OtherPractitioner, false), (world.DataLead, false) })
            {
                var actor = World.ActorOf(reader).AsJob();
                using var reading = site.As(actor);
                var service = reading.Get<DoNotTellService>();
                var readable = await service.ReadableBy(actor, reading.Db.VoiceRecords).Where(r => r.ChildId == child.Id).Select(r => r.Id).ToListAsync(cancel);
                var expected = records.Where(r => DoNotTellRules.Against(rules, Listener.Worker(reader.Id, allocated), r, today, Explained(r)) is null).Select(r => r.Id);
                Assert.Equal(expected.Order(), readable.Order());
                Assert.Equal(readable.Count < records.Count, await service.KeepsFromAsync(child.Id, actor, cancel));
                var free = await service.FreeOfRules(reading.Db.VoiceRecords).Where(r => r.ChildId == child.Id).Select(r => r.Id).ToListAsync(cancel);
                Assert.Equal(records.Where(r => !rules.Exists(d => DoNotTellRules.Stands(d, today) && DoNotTellRules.Covers(d, r, Explained(r)))).Select(r => r.Id).Order(), free.Order());
            }

            // With the rules of both, and what says that somebody may not be safe, which is no advocate's to know.
            foreach (var reader in new[] { world.ReviewingOfficer, world.Advocate })
            {
                var actor = World.ActorOf(reader);
                await world.AssignAsync(child, reader);
                using var reading = site.As(actor);
                var readable = await reading.Get<DoNotTellService>().ReadableBy(actor, reading.Db.VoiceRecords).Where(r => r.ChildId == child.Id).Select(r => r.Id).ToListAsync(cancel);
                var expected = records.Where(r => DoNotTellRules.Against(rules, Listener.Assigned(reader.Id, reader.Role), r, today, Explained(r)) is null && (reader.Role != Role.Advocate || r.Sensitivity != Sensitivity.Disclosure)).Select(r => r.Id);
                Assert.Equal(expected.Order(), readable.Order());
            }
        }
    }

    /// <summary>A drawing, what the child says it means, and what puts that right: whom the drawing is kept from learns nothing of any of them.</summary>
    [Theory]
    [InlineData(DoNotTellScope.Record)]
    [InlineData(DoNotTellScope.Subject)]
    public async Task A_rule_about_a_drawing_reaches_what_explains_it_and_what_puts_the_explanation_right(DoNotTellScope what)
    {
        var world = await World.CreateAsync(site);
        var cancel = TestContext.Current.CancellationToken;
        var child = await world.AddChildAsync(world.Practitioner);
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        var actor = World.ActorOf(world.Practitioner);
        using var scope = site.As(world.Whole);
        VoiceSession session = new() { AuthorityId = world.Authority.Id, ChildId = child.Id, PractitionerId = world.Practitioner.Id, OccurredOn = today, RecordedAt = DateTime.UtcNow };
        VoiceRecord Said(Guid? explains, params SubjectMatter[] subjects) => new()
        {
            AuthorityId = world.Authority.Id,
            ChildId = child.Id,
            SessionId = session.Id,
            Subjects = [.. subjects],
            ExplainsId = explains,
            ContentSeal = [1],
            HeardOn = today,
            SealedAt = DateTime.UtcNow,
            SealedById = world.Practitioner.Id,
        };
        // Whoever wrote down what the child said about it chose another subject for that.
        var (drawing, other) = (Said(null, SubjectMatter.MyLife, SubjectMatter.MyHelp), Said(null, SubjectMatter.MyLife));
        var explanation = Said(drawing.Id, SubjectMatter.MyLife);
        scope.Db.Add(session);
        scope.Db.AddRange(drawing, other, explanation);
        scope.Db.Add(AuditEntry.For(AuditActions.VoiceRecorded, world.Whole, child.Id, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync(cancel);
        using var working = site.As(actor);
        var correction = Guid.CreateVersion7();
        Assert.True((await working.Get<KeptTrueService>().CorrectAsync(child.Id, explanation.Id, new() { Id = correction, Text = "It is my uncle.", Reason = CorrectionReason.ChangedMind, Provenance = WordsProvenance.OwnHand }, actor, cancel))!.IsDone);
        var rule = new RecordDoNotTell { Id = Guid.CreateVersion7(), Who = "OtherPractitioners", Scope = what, VoiceRecordId = drawing.Id, SubjectMatter = SubjectMatter.MyHelp, Reason = DoNotTellReason.Afraid, SaidBy = DoNotTellSaidBy.Child };
        Assert.True((await working.Get<DoNotTellService>().RecordAsync(child.Id, rule, actor, cancel))!.IsDone);

        var reader = World.ActorOf(world.OtherPractitioner).AsJob();
        using var reading = site.As(reader);
        var service = reading.Get<DoNotTellService>();
        Assert.Equal([other.Id], await service.ReadableBy(reader, reading.Db.VoiceRecords).Where(r => r.ChildId == child.Id).Select(r => r.Id).ToListAsync(cancel));
        Assert.Equal([other.Id], await service.FreeOfRules(reading.Db.VoiceRecords).Where(r => r.ChildId == child.Id).Select(r => r.Id).ToListAsync(cancel));
        var rules = await service.StandingAsync(child.Id, cancel);
        var all = await scope.Db.VoiceRecords.AsNoTracking().Where(r => r.ChildId == child.Id).ToListAsync(cancel);
        Guid[] kept = [drawing.Id, explanation.Id, correction];
        Assert.Equal(kept.Order(), all.Where(r => DoNotTellRules.Against(rules, Listener.Worker(reader.PersonId, false), r, today, all.Find(e => e.Id == r.ExplainsId)) is not null).Select(r => r.Id).Order());
    }
}
