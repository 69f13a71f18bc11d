using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Data;

/// <summary>Asks in several states, an answer to a group and what children took part in, invented for the demo's children. The caller saves.</summary>
public sealed class DemoAnswers(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <summary>What happens to an ask, each step so many days after it was said.</summary>
    private sealed record Told(int Day, StepKind Kind, string? Words = null, Decision? Decision = null, Reaction? Reaction = null, int? Review = null, bool ByManager = false);

    /// <summary>In turn: closed, reopened, late, waiting for a manager, told and not closed, just heard. None names what was asked, so each suits any words.</summary>
    private static readonly (bool About, Told[] Steps)[] Stories =
    [
        (false,
        [
            new(2, StepKind.Considered, "Talked about it with the family and the team."), new(5, StepKind.Decided, null, Decision.Done), new(9, StepKind.Acted, "It is arranged, and it has begun."),
            new(11, StepKind.Told, "You asked, and the answer is yes. It starts this week."), new(11, StepKind.Responded, null, null, Reaction.Happy), new(12, StepKind.Closed),
        ]),
        (false,
        [
            new(3, StepKind.Considered, "Asked the school and read the plan again."), new(6, StepKind.Decided, "Not this term. The room is in use. We will ask again in spring.", Decision.NotDone),
            new(8, StepKind.Told, "Not yet. The room is in use. I will ask again in spring."), new(8, StepKind.Responded, null, null, Reaction.NotHappy),
            new(10, StepKind.Reopened, "Spring is too long to wait. Another room has to be looked for."),
        ]),
        (false, [new(4, StepKind.Considered, "The manager of the home was asked, and has not answered.")]),
        (false,
        [
            new(2, StepKind.Considered, "The court decides on this next month."), new(4, StepKind.Decided, "The judge has to say first.", Decision.Waiting),
            new(5, StepKind.CannotTell, "Telling half of it now would raise a hope that the court may take away.", Review: 40),
        ]),
        (false,
        [
            new(1, StepKind.Considered), new(3, StepKind.Decided, "Part of it can start now. The rest needs more money.", Decision.Partly), new(9, StepKind.Acted, "The first part has begun."),
            new(10, StepKind.Told, "We can do some of it now. The rest will take more time."),
        ]),
        (false, []),
        (true, [new(2, StepKind.Considered, "Read the record together."), new(4, StepKind.Decided, "Your own words now stand next to what we wrote.", Decision.StatementAdded)]),
        (true, [new(3, StepKind.Considered, "Looked up who has opened it."), new(5, StepKind.Decided, "Only your worker and one manager can see it. I will show you.", Decision.Explained),
            new(7, StepKind.Told, "Two people can see it. Here are their names."), new(7, StepKind.Responded, null, null, Reaction.Ok), new(8, StepKind.Closed)]),
        (true, []),
    ];

    /// <summary>Answers some of what was just said in this authority and is not saved yet.</summary>
    public async Task AddAsync(LocalAuthority authority, CancellationToken cancel)
    {
        var voices = new List<(VoiceRecord Record, string Text)>();
        foreach (var record in db.ChangeTracker.Entries<VoiceRecord>().Select(e => e.Entity).Where(r => r.AuthorityId == authority.Id && ResponseService.IsProse(r)))
        {
            voices.Add((record, await keys.OpenAsync(record.ChildId, record.Words!.Sealed, record.Id, SealPart.Words, cancel)));
        }

        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var people = await db.Users.AsNoTracking().Where(u => u.AuthorityId == authority.Id).OrderBy(u => u.Email).ToListAsync(cancel);
        var managers = people.Where(p => p.Role == Role.TeamManager).ToList();
        // The two who can sign in find every story among their own children; the newest words first, so that days are near.
        foreach (var practitioner in people.Where(p => p.Role == Role.Practitioner && p.PasswordHash is not null))
        {
            var own = voices.Where(v => v.Record.SealedById == practitioner.Id && v.Record.Speaker is Speaker.Child or Speaker.YoungPerson && v.Record.Provenance != WordsProvenance.Observed)
                .OrderByDescending(v => v.Record.HeardOn).ToList();
            foreach (var (about, steps) in Stories)
            {
                var length = steps.Length == 0 ? 0 : steps.Max(s => s.Day);
                var found = own.FindIndex(v => v.Record.Subjects.Contains(SubjectMatter.MyInformation) == about && v.Record.HeardOn.AddDays(length) <= today
                    // The one that is late has to have been said long enough ago.
                    && (steps.Length != 1 || about || v.Record.HeardOn.AddDays(ResponseRules.DaysToAnswer + 2) <= today));
                if (found < 0) continue;
                await AskAsync(own[found].Record, own[found].Text, about, steps, practitioner, managers.Find(m => m.TeamId == practitioner.TeamId), cancel);
                own.RemoveAt(found);
            }
        }

        await TakePartAsync(authority, people, today, cancel);
        AnswerGroup(authority, people, today);
    }

    private async Task AskAsync(VoiceRecord record, string text, bool about, Told[] steps, AppUser practitioner, AppUser? manager, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        DateTime At(int day) => record.HeardOn.AddDays(day).ToDateTime(new TimeOnly(15, 0), DateTimeKind.Utc);
        var progress = ResponseRules.Begin(about, about && steps.Length == 0, about && steps.Length == 0 ? ResponseRules.DueForRights(record.HeardOn) : record.HeardOn.AddDays(ResponseRules.DaysToAnswer));
        var ask = new Ask
        {
            Id = id,
            AuthorityId = record.AuthorityId,
            ChildId = record.ChildId,
            Speaker = record.Speaker,
            Wanted = about ? Wanted.DoSomething : (Wanted)(record.Id.ToByteArray()[15] % 4),
            About = record.Subjects,
            WordsSealed = await keys.SealAsync(record.ChildId, text, id, SealPart.Ask, cancel),
            WordsAreQuoted = true,
            Language = record.Language,
            ThingKind = about ? ThingKind.Elsewhere : null,
            ElsewhereSealed = about ? await keys.SealAsync(record.ChildId, "the assessment of this spring", id, SealPart.AskElsewhere, cancel) : null,
            IsRightsRequest = progress.IsRightsRequest,
            SaidOn = record.HeardOn,
            RaisedAt = At(0),
            RaisedById = practitioner.Id,
        };
        ask.Voices.Add(new AskVoice { AskId = id, VoiceRecordId = record.Id, AuthorityId = record.AuthorityId, ChildId = record.ChildId });
        ask.Steps.Add(new AskStep { AuthorityId = record.AuthorityId, ChildId = record.ChildId, AskId = id, Kind = StepKind.Heard, State = progress.State, DueOn = progress.DueOn, On = record.HeardOn, At = At(0), ById = practitioner.Id });
        var number = 0;
        foreach (var told in steps)
        {
            var by = told.ByManager ? manager : practitioner;
            if (by is null) break;
            var step = new Step(told.Kind, by.Id, record.HeardOn.AddDays(told.Day), told.Decision, told.Reaction, told.Review is { } review ? record.HeardOn.AddDays(review) : null, told.Words is not null);
            progress = ResponseRules.Take(progress, step) is { After: { } after } ? after : throw new InvalidOperationException($"The demo's ask cannot take {told.Kind}.");
            var stepId = Guid.CreateVersion7();
            ask.Steps.Add(new AskStep
            {
                Id = stepId,
                AuthorityId = record.AuthorityId,
                ChildId = record.ChildId,
                AskId = id,
                Number = ++number,
                Kind = told.Kind,
                State = progress.State,
                DueOn = progress.DueOn,
                On = step.On,
                Decision = told.Decision,
                HowTold = told.Kind == StepKind.Told ? HowTold.FaceToFace : null,
                Reaction = told.Reaction,
                ReviewOn = step.ReviewOn,
                WordsSealed = told.Words is null ? null : await keys.SealAsync(record.ChildId, told.Words, stepId, SealPart.AskStep, cancel),
                At = At(told.Day),
                ById = by.Id,
            });
        }

        db.Add(ask);
    }

    private async Task TakePartAsync(LocalAuthority authority, List<AppUser> people, DateOnly today, CancellationToken cancel)
    {
        var lead = people.Find(p => p.Role == Role.DataLead)!;
        var (keyId, key) = await keys.ForAuthorityAsync(authority.Id, cancel);
        byte[] Closed<T>(T value, Guid owner) => Seal.Close(key, JsonSerializer.SerializeToUtf8Bytes(value), owner, SealPart.Participation);
        var at = today.AddDays(-38).ToDateTime(new TimeOnly(16, 30), DateTimeKind.Utc);
        var id = Guid.CreateVersion7();
        var activity = new ParticipationActivity
        {
            Id = id,
            AuthorityId = authority.Id,
            Layer = Layer.Information,
            PlannedFor = today.AddDays(-38),
            AuthorityKeyId = keyId,
            Sealed = Closed(new ParticipationPlan(
                "To make the letter about your review easier to read", ["The words", "The pictures", "How long it is"], ["That a letter is sent", "The date and the name of your worker on it"],
                "All children in foster care aged 8 to 12, with their letters"), id),
            PlannedById = lead.Id,
            PlannedAt = at.AddDays(-10),
        };
        void Add(ParticipationStepKind kind, int minutes, Degree? degree = null, ParticipationAccount? account = null, DateOnly? due = null)
        {
            var step = Guid.CreateVersion7();
            activity.Steps.Add(new ParticipationStep
            {
                Id = step,
                AuthorityId = authority.Id,
                ActivityId = id,
                Kind = kind,
                Degree = degree,
                FeedbackDueOn = due,
                AuthorityKeyId = account is null ? null : keyId,
                Sealed = account is null ? null : Closed(account, step),
                At = at.AddMinutes(minutes),
                ById = lead.Id,
            });
        }

        Add(ParticipationStepKind.Shown, 0);
        foreach (var degree in Enumerable.Repeat(Degree.AdultBegunShared, 5).Concat(Enumerable.Repeat(Degree.ConsultedInformed, 3)).Append(Degree.AssignedInformed)) Add(ParticipationStepKind.Felt, 70, degree);
        Add(ParticipationStepKind.Held, 90, Degree.AdultBegunShared, new ParticipationAccount(
            "Nine children, aged 8 to 12", "Two who sign, because no interpreter came; those who live far away, because there was no bus back",
            "They crossed out words and chose the pictures, and the letter changed while they watched", "A book voucher each, and a card with what they changed"), today.AddDays(-10));
        Add(ParticipationStepKind.Outcome, 60 * 24 * 20, null, new ParticipationAccount(Outcome: "The letter is one page, with pictures. Each child was sent the new one with a note of what they changed."));
        db.Add(activity);
    }

    private void AnswerGroup(LocalAuthority authority, List<AppUser> people, DateOnly today)
    {
        var lead = people.Find(p => p.Role == Role.DataLead)!;
        var at = today.AddDays(-20).ToDateTime(new TimeOnly(11, 0), DateTimeKind.Utc);
        // Two people, as ever: without a second one it waits.
        var second = people.Find(p => p.Role == Role.TeamManager);
        db.Add(new GroupAnswer
        {
            AuthorityId = authority.Id,
            Themes = "Letters about your review",
            GroupSize = 42,
            HowCounted = "What children said on visits and at one meeting, from April to June, each child once",
            YouSaid = "The letters are too long.\nWe do not know some of the words.",
            WeDid = "The letter is one page now.\nIt has pictures.\nChildren chose the words.",
            CouldNot = "The letter from the judge is still long.",
            CouldNotWhy = "The court writes that one. We told the court what you said.",
            PublishedWhere = "On the wall of the family hub, and here",
            WrittenById = lead.Id,
            WrittenAt = at.AddDays(-3),
            State = second is null ? GroupAnswerState.Waiting : GroupAnswerState.Published,
            DecidedById = second?.Id,
            DecidedAt = second is null ? null : at,
        });
        db.Add(new GroupAnswer
        {
            AuthorityId = authority.Id,
            Themes = "Seeing brothers and sisters",
            GroupSize = 17,
            HowCounted = "Asks written down since the summer, each child once",
            YouSaid = "We want to see our brothers and sisters more.",
            WeDid = "There is a family day each month now.",
            CouldNot = "Some of you live too far apart for each month.",
            CouldNotWhy = "It is a long way by train. Video calls are free at the hub.",
            PublishedWhere = "Only here",
            WrittenById = lead.Id,
            WrittenAt = at.AddDays(15),
        });
    }
}
