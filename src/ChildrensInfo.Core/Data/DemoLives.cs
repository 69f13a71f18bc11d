using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// What returns cannot hold, invented for the demo's children: names, families, who works with them, what they were asked, what they said.
/// All of one authority is one save: it is there whole or not at all.
/// </summary>
public sealed class DemoLives(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    /// <summary>How many things were said, for each hundred children whose need is open.</summary>
    private const int VoicesPerHundredOpen = 60;

    private sealed record Life(Child Child, DateOnly ReferredOn, string? Need, bool IsOpen)
    {
        public AppUser? Practitioner { get; set; }

        public Relationship? Parent { get; set; }
    }

    /// <summary>One child of each council has put something right.</summary>
    private bool somebodyPutItRight;

    public async Task AddAsync(LocalAuthority authority, DemoContent content, Actor actor, CancellationToken cancel)
    {
        var random = new Random(int.Parse(authority.Code, System.Globalization.CultureInfo.InvariantCulture) * 7);
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var lives = await LivesAsync(today, cancel);
        await keys.LoadAsync([.. lives.Select(l => l.Child.Id)], cancel);
        var practitioners = await db.Users.AsNoTracking().Where(u => u.AuthorityId == authority.Id && u.Role == Role.Practitioner)
            .OrderBy(u => u.PasswordHash == null).ThenBy(u => u.Email).ToListAsync(cancel);
        var wordings = await db.Wordings.AsNoTracking().Where(w => w.AuthorityId == null && w.Language == "en" && w.Format == WordingFormat.Text).ToListAsync(cancel);

        foreach (var life in lives) Name(life, content.Names, authority, random);
        Allocate(lives, practitioners, authority, today, random);
        await AssignAsync(lives, authority, actor, today, cancel);
        var shown = 0;
        foreach (var life in lives)
        {
            if (life.IsOpen || random.Next(3) > 0) AddParent(life, content.Names, random);
            await DecideAsync(life, wordings, actor, today, random, cancel);
            // For those who can sign in, every state a permission can be in, about pictures, for which nothing else is made up.
            if (shown < 20 && life.IsOpen && life.Practitioner?.PasswordHash is not null && life.Parent?.Responsibilities.Count > 0 && life.Child.AgeOn(today) is >= 2 and < Purposes.AssessFromAge)
            {
                await ShowStateAsync(life, shown++ % 10, wordings, actor, today, cancel);
            }
        }

        somebodyPutItRight = false;
        await SpeakAsync(lives, content, authority, today, random, cancel);
        // About as many for each child in need as in England.
        db.Add(new Population { AuthorityId = authority.Id, Year = today.Year - 1, Children = lives.Count(l => l.IsOpen) * 30 / 100 * 100, Source = "Invented, for the demo" });
        await AskAsync(authority, actor, today, cancel);
        await GovernAsync(authority, wordings, today, cancel);
        await new DemoAnswers(db, keys, clock).AddAsync(authority, cancel);
        db.Add(AuditEntry.For(AuditActions.DemoLoaded, actor, null, authority.Id, clock, $"{lives.Count} children"));
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
    }

    /// <summary>What information governance did: a wording of the council's own, another that waits to be read, and how long a no is left alone.</summary>
    private async Task GovernAsync(LocalAuthority authority, List<Wording> shipped, DateOnly today, CancellationToken cancel)
    {
        var people = await db.Users.AsNoTracking().Where(u => u.AuthorityId == authority.Id && u.Role == Role.InformationGovernance).OrderBy(u => u.PasswordHash == null).ToListAsync(cancel);
        if (people.Count < 2) return;
        var (reads, writes) = (people[0].Id, people[1].Id);
        Wording Shipped(Purpose purpose, AgeBand age) => shipped.First(w => w.Purpose == purpose && w.AgeBand == age);
        var before = Shipped(Purpose.QuoteService, AgeBand.From12To17);
        var since = today.AddDays(-40).ToDateTime(new TimeOnly(9, 30), DateTimeKind.Utc);
        var body = before.Body + " We show you the exact words first, and you can cross out any of them.";
        const string because = "Young people asked to see the words before anybody else does.";
        const string together = "Young people’s panel, nine of them, over two meetings";
        var own = new Wording
        {
            AuthorityId = authority.Id,
            Purpose = before.Purpose,
            Number = before.Number + 1,
            Language = before.Language,
            Format = before.Format,
            AgeBand = before.AgeBand,
            Name = before.Name,
            Body = body,
            BodyHash = Wording.HashOf(body, null),
            EffectiveFrom = since,
            MaterialChange = true,
            ChangeReason = because,
            CoDesignedWith = together,
            WrittenById = writes,
            ApprovedById = reads,
        };
        db.Add(own);
        db.Add(new WordingDraft
        {
            AuthorityId = authority.Id,
            Purpose = own.Purpose,
            Language = own.Language,
            Format = own.Format,
            AgeBand = own.AgeBand,
            Name = own.Name,
            Body = body,
            MaterialChange = true,
            ChangeReason = because,
            CoDesignedWith = together,
            State = WordingDraftState.Approved,
            WrittenById = writes,
            WrittenAt = since.AddDays(-6),
            DecidedById = reads,
            DecidedAt = since,
            WordingId = own.Id,
        });
        var recording = Shipped(Purpose.Audio, AgeBand.From8To11);
        db.Add(new WordingDraft
        {
            AuthorityId = authority.Id,
            Purpose = recording.Purpose,
            Language = recording.Language,
            Format = recording.Format,
            AgeBand = recording.AgeBand,
            Name = recording.Name,
            Body = recording.Body + " You can hold the tablet and press stop yourself.",
            ChangeReason = "Children did not know that they may press stop themselves. It asks for nothing else.",
            CoDesignedWith = "After-school group, seven children",
            State = WordingDraftState.Waiting,
            WrittenById = writes,
            WrittenAt = today.AddDays(-2).ToDateTime(new TimeOnly(14, 10), DateTimeKind.Utc),
        });
        db.Add(new PurposeSetting
        {
            AuthorityId = authority.Id,
            Purpose = Purpose.ResearchContact,
            Basis = PurposeBasis.Permission,
            MonthsValid = 6,
            MonthsValidForYoungChild = 3,
            CoolingDays = 180,
            LocalText = "Ask only when a study that this council has approved is looking for young people.",
            Reason = "Minute 14 of the information board: young people said they were asked too often.",
            SetById = reads,
            SetAt = today.AddDays(-70).ToDateTime(new TimeOnly(11, 0), DateTimeKind.Utc),
        });
    }

    private async Task<List<Life>> LivesAsync(DateOnly today, CancellationToken cancel)
    {
        var children = await db.Children.OrderBy(c => c.LaChildId).ToListAsync(cancel);
        var episodes = (await db.NeedEpisodes.AsNoTracking().OrderBy(e => e.ReferredOn).ThenBy(e => e.Ordinal)
            .Select(e => new { e.ChildId, e.ReferredOn, e.ClosedOn, e.PrimaryNeedCode, e.ReferralNfa }).ToListAsync(cancel)).ToLookup(e => e.ChildId);
        var lives = new List<Life>();
        foreach (var child in children)
        {
            if (!episodes[child.Id].Any()) continue;
            var last = episodes[child.Id].Last();
            lives.Add(new Life(child, episodes[child.Id].First().ReferredOn, last.PrimaryNeedCode, last.ClosedOn is null && !last.ReferralNfa && last.ReferredOn <= today));
        }

        return lives;
    }

    private static void Name(Life life, DemoNames names, LocalAuthority authority, Random random)
    {
        var child = life.Child;
        child.GivenName = names.Given[random.Next(names.Given.Count)];
        child.FamilyName = names.Family[random.Next(names.Family.Count)];
        if (random.Next(6) == 0) child.KnownAs = child.GivenName.Split('-')[0];
        if (authority.Nation == Nation.Wales && random.Next(5) == 0) child.PreferredLanguage = "cy";
        if (child.DisabilityCodes.Contains("HEAR")) child.CommunicatesWith = [CommunicationWay.BritishSignLanguage, CommunicationWay.Writing];
        else if (child.DisabilityCodes.Contains("COMM")) (child.CommunicatesWith, child.CommunicationNeeds) = ([CommunicationWay.Symbols, CommunicationWay.GesturesAndBehaviour], "Objects of reference");
        else if (child.DisabilityCodes.Contains("LD")) (child.CommunicatesWith, child.CommunicationNeeds) = ([CommunicationWay.Speech, CommunicationWay.Symbols], "Short sentences, time to think");
        // The number is as good as a die and leaves the rest of the demo as it is.
        child.Ward = Wards[Die(child, Wards.Length * 2) % Wards.Length];
    }

    private static readonly string[] Wards = ["Alder Brook", "Castle", "Fenside", "Harbour", "Mill Hill", "Northgate", "St Bride's", "Willowdown"];

    private static int Die(Child child, int sides) => child.LaChildId.Aggregate(17, (hash, c) => unchecked((hash * 31) + c) & 0x7fffffff) % sides;

    /// <summary>Open children to practitioners; the two who can sign in get a caseload like anybody else's. A few wait for somebody.</summary>
    private void Allocate(List<Life> lives, List<AppUser> practitioners, LocalAuthority authority, DateOnly today, Random random)
    {
        var next = 0;
        foreach (var life in lives.Where(l => l.IsOpen))
        {
            if (random.Next(40) == 0) continue;
            life.Practitioner = practitioners[next++ % practitioners.Count];
            var earliest = today.AddDays(-700);
            db.Add(new Allocation
            {
                AuthorityId = authority.Id,
                ChildId = life.Child.Id,
                PractitionerId = life.Practitioner.Id,
                TeamId = life.Practitioner.TeamId,
                StartedOn = life.ReferredOn > earliest ? life.ReferredOn : earliest,
            });
        }
    }

    /// <summary>Where there is a reviewing officer, three children of whoever signs in first, two of whom want the advocate too.</summary>
    private async Task AssignAsync(List<Life> lives, LocalAuthority authority, Actor actor, DateOnly today, CancellationToken cancel)
    {
        var beside = await db.Users.AsNoTracking().Where(u => u.AuthorityId == authority.Id && (u.Role == Role.ReviewingOfficer || u.Role == Role.Advocate)).ToListAsync(cancel);
        var theirs = lives.Where(l => l.Practitioner?.PasswordHash is not null && l.Child.AgeOn(today) is >= 10 and < 17).Take(3).ToList();
        foreach (var person in beside)
        {
            var isAdvocate = person.Role == Role.Advocate;
            foreach (var life in theirs.Skip(isAdvocate ? 1 : 0))
            {
                db.Add(new Assignment
                {
                    AuthorityId = authority.Id,
                    ChildId = life.Child.Id,
                    PersonId = person.Id,
                    Role = person.Role,
                    Reason = isAdvocate ? AssignmentReason.ChildWantsOne : AssignmentReason.ReviewsCare,
                    WishedOn = isAdvocate ? today.AddDays(-50) : null,
                    WishToldTo = isAdvocate ? ToldTo.Worker : null,
                    StartedOn = today.AddDays(isAdvocate ? -45 : -90),
                    AssignedAt = clock.GetUtcNow().UtcDateTime,
                    AssignedById = actor.PersonId,
                });
            }
        }
    }

    private void AddParent(Life life, DemoNames names, Random random)
    {
        var kind = random.Next(10) switch
        {
            < 7 => RelationshipKind.Mother,
            < 9 => RelationshipKind.Father,
            _ => RelationshipKind.Grandparent,
        };
        life.Parent = new Relationship
        {
            AuthorityId = life.Child.AuthorityId,
            ChildId = life.Child.Id,
            Name = $"{names.Given[random.Next(names.Given.Count)]} {life.Child.FamilyName}",
            Kind = kind,
        };
        db.Add(life.Parent);
        if (kind == RelationshipKind.Grandparent && random.Next(2) != 0) return;
        life.Parent.Responsibilities.Add(new ParentalResponsibility
        {
            AuthorityId = life.Child.AuthorityId,
            ChildId = life.Child.Id,
            Evidence = kind == RelationshipKind.Grandparent ? ResponsibilityEvidence.CourtOrder : ResponsibilityEvidence.BirthCertificate,
            RecordedAt = clock.GetUtcNow().UtcDateTime,
        });
    }

    private async Task DecideAsync(Life life, List<Wording> wordings, Actor actor, DateOnly today, Random random, CancellationToken cancel)
    {
        if (life.Parent is null) return;
        foreach (var purpose in new[] { Purpose.KeepRecord, Purpose.Stats })
        {
            if (random.Next(12) == 0) continue;
            Add(life, purpose, ConsentEventType.Told, null, null, null, wordings, actor, today.AddDays(-random.Next(20, 300)));
        }

        // Of a hundred asked: so many said yes, no, "let me think", yes and later no, yes so long ago that it lapsed. The rest were not asked.
        foreach (var (purpose, yes, no, thinking, withdrawn, lapsed) in new[]
        {
            (Purpose.Audio, 45, 12, 4, 4, 4), (Purpose.QuoteService, 50, 10, 5, 3, 4), (Purpose.ResearchExtract, 62, 10, 4, 4, 5), (Purpose.ResearchWords, 40, 25, 4, 3, 3),
        })
        {
            if (purpose == Purpose.Audio && !life.IsOpen) continue;
            // Dice of its own: whatever else is invented stays as it was before there was this purpose.
            var dice = purpose == Purpose.ResearchWords ? new Random(life.Child.LaChildId.Aggregate(17, (sum, c) => unchecked((sum * 31) + c))) : random;
            var roll = dice.Next(100);
            var on = today.AddDays(-dice.Next(5, 150));
            if (roll < yes) await DecideAsync(ConsentEventType.Given, on);
            else if (roll < yes + no) await DecideAsync(ConsentEventType.Refused, on);
            else if (roll < yes + no + thinking) await DecideAsync(ConsentEventType.Deferred, on);
            else if (roll < yes + no + thinking + withdrawn)
            {
                await DecideAsync(ConsentEventType.Given, on.AddDays(-60));
                await DecideAsync(ConsentEventType.Withdrawn, on);
            }
            else if (roll < yes + no + thinking + withdrawn + lapsed) await DecideAsync(ConsentEventType.Given, today.AddDays(-dice.Next(420, 600)));

            async Task DecideAsync(ConsentEventType type, DateOnly day)
            {
                var age = life.Child.AgeOn(day);
                var decides = age >= Purposes.DecidesFromAge || (age >= 12 && life.Child.LaChildId[^1] % 3 != 0);
                Guid? assessment = null;
                if (type == ConsentEventType.Given && age < Purposes.DecidesFromAge && age >= Purposes.AssessFromAge)
                {
                    assessment = Guid.CreateVersion7();
                    var rationale = decides
                        ? "Told me in their own words what it is for, who will see it and that they can change their mind."
                        : "Could not yet say who would see it or what might happen after, with pictures and two tries.";
                    db.Add(new CompetenceAssessment
                    {
                        Id = assessment.Value,
                        AuthorityId = life.Child.AuthorityId,
                        ChildId = life.Child.Id,
                        Purpose = purpose,
                        AssessedOn = day,
                        AssessedAt = TimeOf(life, day),
                        AssessorId = (life.Practitioner?.Id) ?? actor.PersonId,
                        Outcome = decides ? CompetenceOutcome.Competent : CompetenceOutcome.NotCompetent,
                        RationaleSealed = await keys.SealAsync(life.Child.Id, rationale, assessment.Value, SealPart.Rationale, cancel),
                    });
                }

                if (!decides && life.Parent.Responsibilities.Count == 0 && type == ConsentEventType.Given) return;
                Add(life, purpose, type, decides ? DecidedBy.ChildForSelf : DecidedBy.ParentalResponsibility,
                    decides ? ChildPosition.DecidedThemselves : age < 4 ? ChildPosition.NoViewExpressed : ChildPosition.Assents, assessment, wordings, actor, day);
            }
        }
    }

    private async Task ShowStateAsync(Life life, int which, List<Wording> wordings, Actor actor, DateOnly today, CancellationToken cancel)
    {
        const Purpose purpose = Purpose.ImageWork;
        var wording = wordings.First(w => w.Purpose == purpose && w.AgeBand == AgeBand.Adult);
        var by = life.Practitioner?.Id ?? actor.PersonId;
        ConsentEvent Said(int daysAgo, ConsentEventType type, DecidedBy? decidedBy = DecidedBy.ParentalResponsibility, Guid? device = null, long? skew = null, WithdrawWants? wants = null, Guid? corrects = null, byte[]? reason = null, Guid? id = null)
        {
            var at = TimeOf(life, today.AddDays(-daysAgo));
            var said = new ConsentEvent
            {
                Id = id ?? Guid.CreateVersion7(),
                AuthorityId = life.Child.AuthorityId,
                ChildId = life.Child.Id,
                Purpose = purpose,
                Type = type,
                DecidedBy = decidedBy,
                DecidedByRelationshipId = decidedBy == DecidedBy.ParentalResponsibility ? life.Parent!.Id : null,
                Grade = decidedBy == DecidedBy.LocalAuthority ? DecisionGrade.TeamManager : null,
                ChildPosition = decidedBy is null ? null : ChildPosition.Assents,
                Method = ConsentMethod.Spoken,
                WordingId = wording.Id,
                WordingHash = wording.BodyHash,
                ExpiresOn = type == ConsentEventType.Given ? today.AddDays(-daysAgo).AddMonths(Purposes.MonthsValidForYoungChild) : null,
                OccurredAt = at,
                RecordedAt = at,
                RecordedById = by,
                ClockSource = device is null ? ClockSource.Server : ClockSource.Device,
                DeviceId = device,
                ClockSkewMs = skew,
                Wants = wants,
                CorrectsEventId = corrects,
                ReasonSealed = reason,
            };
            db.Add(said);
            return said;
        }

        void Order(int daysAgo) => db.Add(new LegalStatus
        {
            AuthorityId = life.Child.AuthorityId,
            ChildId = life.Child.Id,
            Kind = LegalStatusKind.CareOrder,
            FromOn = today.AddDays(-daysAgo),
            RecordedAt = TimeOf(life, today.AddDays(-daysAgo)),
            RecordedById = by,
        });

        async Task BecauseAsync(int daysAgo, ConsentEventType type, Guid? corrects, string reason)
        {
            var id = Guid.CreateVersion7();
            Said(daysAgo, type, null, corrects: corrects, reason: await keys.SealAsync(life.Child.Id, reason, id, SealPart.ConsentReason, cancel), id: id);
        }

        switch (which)
        {
            case 0:
                Said(12, ConsentEventType.Asked, null);
                break;
            case 1:
                Said(20, ConsentEventType.Deferred);
                break;
            case 2:
                Order(200);
                Said(30, ConsentEventType.Given, DecidedBy.LocalAuthority);
                break;
            case 3:
                // The yes was the mother's alone; since the order the council shares responsibility, and it is asked again.
                Said(60, ConsentEventType.Given);
                Order(15);
                break;
            case 4:
                Said(80, ConsentEventType.Given);
                Said(9, ConsentEventType.Withdrawn);
                break;
            case 5:
                Said(80, ConsentEventType.Given);
                Said(9, ConsentEventType.Withdrawn, wants: WithdrawWants.StopFromNow);
                break;
            case 6:
                Said(50, ConsentEventType.Given);
                await BecauseAsync(6, ConsentEventType.Invalidated, null, "It was signed for another child of the family.");
                break;
            case 7:
                var mistake = Said(40, ConsentEventType.Given);
                await BecauseAsync(38, ConsentEventType.EnteredInError, mistake.Id, "Ticked yes and meant no.");
                Said(38, ConsentEventType.Refused);
                break;
            case 8:
                // A tablet whose clock was ten minutes fast: which came last waits for somebody to say.
                Said(25, ConsentEventType.Refused);
                Said(24, ConsentEventType.Given, device: life.Child.Id, skew: 600_000);
                break;
            default:
                Said(250, ConsentEventType.Given);
                break;
        }
    }

    private static DateTime TimeOf(Life life, DateOnly day) => day.ToDateTime(new TimeOnly(10, 0), DateTimeKind.Utc).AddMinutes(life.Child.LaChildId[^1]);

    private void Add(
        Life life, Purpose purpose, ConsentEventType type, DecidedBy? decidedBy, ChildPosition? position, Guid? assessment, List<Wording> wordings, Actor actor, DateOnly day)
    {
        var age = life.Child.AgeOn(day) ?? 0;
        var band = decidedBy == DecidedBy.ParentalResponsibility || age < 4 ? AgeBand.Adult
            : age < 8 ? AgeBand.From4To7 : age < 12 ? AgeBand.From8To11 : AgeBand.From12To17;
        var wording = wordings.First(w => w.Purpose == purpose && w.AgeBand == band);
        var at = TimeOf(life, day);
        db.Add(new ConsentEvent
        {
            AuthorityId = life.Child.AuthorityId,
            ChildId = life.Child.Id,
            Purpose = purpose,
            Scope = ConsentScope.Purpose,
            Type = type,
            DecidedBy = decidedBy,
            DecidedByRelationshipId = decidedBy == DecidedBy.ParentalResponsibility ? life.Parent!.Id : null,
            ChildPosition = position,
            CompetenceAssessmentId = assessment,
            Method = age < 8 ? ConsentMethod.SymbolOrSign : ConsentMethod.Spoken,
            WordingId = wording.Id,
            WordingHash = wording.BodyHash,
            ExpiresOn = type == ConsentEventType.Given ? day.AddMonths(age < Purposes.YoungChildAge ? Purposes.MonthsValidForYoungChild : Purposes.MonthsValid) : null,
            OccurredAt = at,
            RecordedAt = at,
            RecordedById = life.Practitioner?.Id ?? actor.PersonId,
        });
    }

    /// <summary>Each text is said once in an authority, by somebody of the age and need it is believable for.</summary>
    private async Task SpeakAsync(List<Life> lives, DemoContent content, LocalAuthority authority, DateOnly today, Random random, CancellationToken cancel)
    {
        var heard = lives.Where(l => l.Practitioner is not null).ToList();
        // The people who can sign in should find something on most pages: their children come up more often.
        var weighted = heard.Concat(heard.Where(l => l.Practitioner!.PasswordHash is not null)).Concat(heard.Where(l => l.Practitioner!.PasswordHash is not null)).ToList();
        var unsaid = content.Voices.Where(v => (v.Language != "cy" || authority.Nation == Nation.Wales)).OrderBy(_ => random.Next()).ToList();
        var wanted = Math.Min(unsaid.Count - 20, lives.Count(l => l.IsOpen) * VoicesPerHundredOpen / 100);
        for (var tries = 0; wanted > 0 && tries < 20_000; tries++)
        {
            var life = weighted[random.Next(weighted.Count)];
            // Half of all visits in the last ten weeks, the rest thinning out over three years.
            var back = random.Next(2) == 0 ? random.Next(1, 70) : (int)(Math.Pow(random.NextDouble(), 2) * 1_000) + 70;
            var day = today.AddDays(-back);
            if (day < life.ReferredOn || day < life.Child.BornOn || life.Child.AgeOn(day) is not { } age) continue;
            var voice = unsaid.Find(v => age >= v.AgeFrom && age <= v.AgeTo && (life.Need is null || v.Needs.Contains(life.Need)) && (v.Speaker != "ParentOrCarer" || life.Parent is not null) && v.MayBeOf(life.Child.Sex));
            if (voice is null) continue;
            unsaid.Remove(voice);
            await AddVoiceAsync(life, voice, content.Sessions, day, age, random, cancel);
            wanted--;
        }

        foreach (var (key, from, to, given, order) in AnsweredWithTools)
        {
            var life = heard.Find(l => l.Practitioner!.PasswordHash is not null && l.IsOpen && l.Child.AgeOn(today.AddDays(-3)) is { } age && age >= from && age <= to);
            if (life is null) continue;
            var version = await db.ToolVersions.AsNoTracking().Include(v => v.Tool).SingleAsync(v => v.AuthorityId == null && v.Language == "en" && v.Number == 1 && v.Tool!.Key == key, cancel);
            await AnswerAsync(life, version, given, order, today.AddDays(-3), cancel);
        }

        await AnswerScalesAsync(heard, today, cancel);
    }

    /// <summary>The demo's own labels by the theme of the codebook they belong to.</summary>
    private static readonly Dictionary<string, string> ThemeOf = new (string Label, string Theme)[]
    {
        ("being asked", "listened-to"), ("asked again", "listened-to"), ("not talking", "listened-to"), ("family", "family"), ("siblings", "family"), ("contact", "family"),
        ("unfair words", "information"), ("wrong", "information"), ("who can see", "information"), ("how it is counted", "information"), ("good things", "play"), ("play", "play"),
        ("pets", "play"), ("school", "school"), ("home", "home"), ("placement", "home"), ("money", "money"), ("feelings", "feelings"), ("safety", "safe"), ("identity", "who-i-am"),
        ("language", "who-i-am"), ("health", "health"), ("food", "health"), ("sleep", "health"), ("moving", "moving"), ("worker", "worker"), ("meetings", "plans"), ("plan", "plans"),
        ("not told back", "plans"), ("friends", "friends"),
    }.ToDictionary(t => t.Label, t => t.Theme);

    /// <summary>Answers on a scale, a few to each child, so that there is something to count.</summary>
    private async Task AnswerScalesAsync(List<Life> lives, DateOnly today, CancellationToken cancel)
    {
        var answered = new HashSet<string>();
        foreach (var (key, from, to, low) in new[] { ("how-things-are", 4, 11, 1), ("one-to-ten", 8, 15, 1), ("what-matters", 15, 25, 0) })
        {
            var version = await db.ToolVersions.AsNoTracking().Include(v => v.Tool).SingleAsync(v => v.AuthorityId == null && v.Language == "en" && v.Number == 1 && v.Tool!.Key == key, cancel);
            foreach (var life in lives.Where(l => l.IsOpen && l.Practitioner is not null && Die(l.Child, 7) < 5))
            {
                var day = today.AddDays(-30 - Die(life.Child, 200));
                if (day < life.ReferredOn || life.Child.AgeOn(day) is not { } age || age < from || age > to) continue;
                var most = version.Definition.Scale!.Max;
                GivenAnswer[] given = [.. version.Definition.Items.Select((item, i) => new GivenAnswer
                {
                    Item = item.Key,
                    Value = Die(life.Child, 11 + i) == 0 ? GivenAnswer.Skip : (low + ((Die(life.Child, 97 + i) + Die(life.Child, 89 - i)) / 2 % (most - low + 1))).ToString(System.Globalization.CultureInfo.InvariantCulture),
                })];
                // Two children may well answer alike; in the demo nobody says what somebody else said.
                if (answered.Add($"{key} {string.Join(' ', given.Select(g => g.Value))}")) await AnswerAsync(life, version, given, null, day, cancel);
            }
        }
    }

    /// <summary>What children of the people who sign in answered with the shipped tools: by key and age, item by item.</summary>
    private static readonly (string Key, int From, int To, GivenAnswer[] Given, string? Order)[] AnsweredWithTools =
    [
        ("one-to-ten", 10, 17, [new() { Item = "safe", Value = "6" }, new() { Item = "listened-to", Value = "3" }, new() { Item = "altogether", Value = GivenAnswer.Skip }], null),
        ("three-houses", 6, 12,
        [
            new() { Item = "worries", Place = 3, Words = "when the bins get kicked over at night" },
            new() { Item = "good-things", Place = 1, OwnName = "The brilliant house", Words = "Nan. Toast. My bike even if its small" },
            new() { Item = "dreams", Place = 2, Words = "a room with a door that shuts" },
        ], null),
        ("feelings", 5, 9, [new() { Item = "worried", Chosen = true }, new() { Item = "excited", Chosen = true }], null),
        ("symbol-board", 3, 12, [], "home dog happy i outside"),
    ];

    private async Task AnswerAsync(Life life, ToolVersion version, GivenAnswer[] given, string? order, DateOnly day, CancellationToken cancel)
    {
        var child = life.Child;
        var sheet = ToolAnswers.Read(version.Tool!.Key, version.Tool.Kind, version.Number, version.Title, version.Definition, given, order, false, null).Sheet!.Write();
        var at = day.ToDateTime(new TimeOnly(16, 10), DateTimeKind.Utc);
        var (sessionId, id) = (Guid.CreateVersion7(at), Guid.CreateVersion7(at.AddMinutes(1)));
        db.Add(new VoiceSession
        {
            Id = sessionId,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            PractitionerId = life.Practitioner!.Id,
            OccurredOn = day,
            Place = Place.School,
            SeenAlone = SeenAlone.Yes,
            RecordedAt = at,
            Offered = [VoiceKind.TypedText, version.Tool.Kind == ToolKind.Scale ? VoiceKind.ScaleAnswer : VoiceKind.ToolAnswer],
            Outcome = VisitOutcome.TookPart,
            DeviceHeldBy = DeviceHeldBy.Child,
            ToldHow = ToldHow.Spoken,
        });
        db.Add(new VoiceRecord
        {
            Id = id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            SessionId = sessionId,
            Speaker = VoiceService.SpeakerOf(child, day),
            AgeAtTime = child.AgeOn(day),
            Layer = Layer.Data,
            Subjects = [SubjectMatter.MyLife],
            Kind = VoiceService.KindOf(version.Tool.Kind),
            Provenance = WordsProvenance.OwnHand,
            Language = "en",
            ToolVersionId = version.Id,
            HeardOn = day,
            SealedAt = at.AddMinutes(10),
            SealedById = life.Practitioner.Id,
            ContentSeal = await keys.FingerprintAsync(child.Id, System.Text.Encoding.UTF8.GetBytes(sheet), cancel),
        });
        db.Add(new VoiceWords { VoiceRecordId = id, AuthorityId = child.AuthorityId, ChildId = child.Id, Sealed = await keys.SealAsync(child.Id, sheet, id, SealPart.Words, cancel) });
    }

    private async Task AddVoiceAsync(Life life, DemoVoice voice, DemoSessions sessions, DateOnly day, int age, Random random, CancellationToken cancel)
    {
        var child = life.Child;
        var at = day.ToDateTime(new TimeOnly(random.Next(9, 18), random.Next(60)), DateTimeKind.Utc);
        var sessionId = Guid.CreateVersion7(at);
        var place = Pick(sessions.Places.Where(p => age >= p.AgeFrom && age <= p.AgeTo).ToList(), p => p.Weight, random);
        var alone = age < 4 ? SeenAlone.No : (SeenAlone)random.Next(3);
        db.Add(new VoiceSession
        {
            Id = sessionId,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            PractitionerId = life.Practitioner!.Id,
            OccurredOn = day,
            Place = Enum.TryParse<Place>(place.Place, out var known) ? known : Place.Other,
            SeenAlone = alone,
            RecordedAt = at,
        });
        if (alone != SeenAlone.Yes && life.Parent is { } parent)
        {
            var presentId = Guid.CreateVersion7(at);
            db.Add(new PresentPerson
            {
                Id = presentId,
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                SessionId = sessionId,
                WhoSealed = await keys.SealAsync(child.Id, parent.Kind == RelationshipKind.Father ? "Dad" : parent.Kind == RelationshipKind.Mother ? "Mum" : "Nan", presentId, SealPart.Present, cancel),
                Role = parent.Kind is RelationshipKind.Father or RelationshipKind.Mother ? PresentAs.ParentOrCarer : PresentAs.OtherFamily,
                InEarshot = (InEarshot)(at.Minute % 3),
            });
        }

        var id = Guid.CreateVersion7(at.AddMinutes(1));
        var text = voice.Text;
        // Written down word for word is text too; the provenance tells the two apart.
        var kind = Enum.TryParse<VoiceKind>(voice.Kind, out var said) ? said : VoiceKind.TypedText;
        db.Add(new VoiceRecord
        {
            Id = id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            SessionId = sessionId,
            Speaker = Enum.Parse<Speaker>(voice.Speaker),
            SpeakerRelationshipId = voice.Speaker == "ParentOrCarer" ? life.Parent!.Id : null,
            AgeAtTime = age,
            Layer = Enum.Parse<Layer>(voice.Layer),
            Subjects = kind == VoiceKind.Declined ? [] : [.. voice.Subjects.Select(Enum.Parse<SubjectMatter>)],
            Kind = kind,
            Observer = kind == VoiceKind.ObservedNonVerbal ? Observer.Practitioner : null,
            NotHeardReason = kind == VoiceKind.Declined ? NotHeardReason.DidNotWantTo : null,
            Offered = kind == VoiceKind.Declined ? [VoiceKind.TypedText, VoiceKind.Drawing] : [],
            Interpreter = voice.Provenance == "ViaInterpreter" ? InterpreterRole.ProfessionalInterpreter : null,
            SpokenLanguage = voice.Provenance == "ViaInterpreter" ? voice.Language : null,
            Provenance = kind is VoiceKind.ObservedNonVerbal or VoiceKind.Declined ? WordsProvenance.Observed
                : voice.Provenance == "ChildsHand" ? WordsProvenance.OwnHand : Enum.Parse<WordsProvenance>(voice.Provenance),
            Language = voice.Language,
            // As often asked as not, and mostly yes; the minute is as good as a die and leaves the rest of the demo as it is.
            ReadBack = voice.Kind == "ObservedNonVerbal" ? ReadBack.NotOffered : (at.Minute % 6) switch { 0 => ReadBack.NotSure, 1 => ReadBack.YesAfterChange, 2 => ReadBack.DidNotWant, < 5 => ReadBack.Yes, _ => ReadBack.NotOffered },
            HeardOn = day,
            SealedAt = at.AddMinutes(20),
            SealedById = life.Practitioner.Id,
            ContentSeal = await keys.FingerprintAsync(child.Id, System.Text.Encoding.UTF8.GetBytes(text), cancel),
        });
        db.Add(new VoiceWords
        {
            VoiceRecordId = id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            Sealed = await keys.SealAsync(child.Id, text, id, SealPart.Words, cancel),
        });
        if (kind != VoiceKind.Declined && voice.Speaker is "Child" or "YoungPerson")
        {
            foreach (var theme in voice.Themes.Select(t => ThemeOf.GetValueOrDefault(t)).OfType<string>().Distinct())
            {
                var byChild = age >= 5 && at.Minute % 3 > 0;
                db.Add(new VoiceCoding
                {
                    AuthorityId = child.AuthorityId,
                    ChildId = child.Id,
                    VoiceRecordId = id,
                    Theme = theme,
                    CodedBy = byChild ? CodedBy.Child : CodedBy.Worker,
                    Priority = byChild ? (ChildPriority)(at.Minute % 4) : ChildPriority.NotSaid,
                    Direction = theme == "play" ? ThemeDirection.Good : (ThemeDirection)(at.Minute % 3),
                    Views = (at.Minute % 5) switch { 0 => ViewsCompared.Differ, < 3 => ViewsCompared.Agree, _ => ViewsCompared.NotCompared },
                    CoderId = life.Practitioner.Id,
                    CodedAt = at.AddMinutes(35),
                });
            }
        }

        await KeepTrueAsync(life, sessionId, id, voice, at, day, age, cancel);
        if (voice.Interpretation is not { } thought) return;
        var interpretationId = Guid.CreateVersion7(at.AddMinutes(30));
        db.Add(new Interpretation
        {
            Id = interpretationId,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            VoiceRecordId = id,
            AuthorId = life.Practitioner.Id,
            Kind = InterpretationKind.Hypothesis,
            Confidence = string.IsNullOrWhiteSpace(thought.AlternativeReading) ? Confidence.FairlySure : Confidence.Guess,
            Sealed = await keys.SealAsync(child.Id, thought.Text, interpretationId, SealPart.Interpretation, cancel),
            BasedOnSealed = await keys.SealAsync(child.Id, "What was said that day, and how it was said.", interpretationId, SealPart.BasedOn, cancel),
            AlternativeSealed = string.IsNullOrWhiteSpace(thought.AlternativeReading) ? null
                : await keys.SealAsync(child.Id, thought.AlternativeReading, interpretationId, SealPart.Alternative, cancel),
            CreatedAt = at.AddMinutes(30),
        });
    }

    /// <summary>Now and then a child does not want somebody told, and one changes their mind.</summary>
    private async Task KeepTrueAsync(Life life, Guid sessionId, Guid recordId, DemoVoice voice, DateTime at, DateOnly day, int age, CancellationToken cancel)
    {
        var (child, practitioner) = (life.Child, life.Practitioner!);
        if (voice.Speaker is "ParentOrCarer" or "Practitioner" || age < 8) return;
        if (life.Parent is not null && at.Minute % 9 == 4)
        {
            db.Add(new DoNotTell
            {
                AuthorityId = child.AuthorityId,
                ChildId = child.Id,
                RelationshipId = life.Parent.Id,
                Scope = DoNotTellScope.Record,
                VoiceRecordId = recordId,
                Reason = at.Minute % 2 == 0 ? DoNotTellReason.WantsToTellThemselves : DoNotTellReason.Afraid,
                SaidBy = DoNotTellSaidBy.Child,
                FromOn = day,
                RecordedById = practitioner.Id,
                RecordedAt = at.AddMinutes(25),
            });
        }

        if (somebodyPutItRight || practitioner.PasswordHash is null || voice.Kind is "ObservedNonVerbal" or "SignOrGesture") return;
        somebodyPutItRight = true;
        const string text = "I want to say it another way now. I am not cross any more, I am just tired of being asked.";
        var id = Guid.CreateVersion7(at.AddMinutes(40));
        db.Add(new VoiceRecord
        {
            Id = id,
            AuthorityId = child.AuthorityId,
            ChildId = child.Id,
            SessionId = sessionId,
            Speaker = Enum.Parse<Speaker>(voice.Speaker),
            AgeAtTime = age,
            Layer = Enum.Parse<Layer>(voice.Layer),
            Subjects = [.. voice.Subjects.Select(Enum.Parse<SubjectMatter>)],
            Kind = VoiceKind.TypedText,
            Provenance = WordsProvenance.VerbatimAtTheTime,
            Language = "en",
            HeardOn = day,
            SealedAt = at.AddMinutes(40),
            SealedById = practitioner.Id,
            CorrectsId = recordId,
            CorrectionReason = CorrectionReason.ChangedMind,
            ContentSeal = await keys.FingerprintAsync(child.Id, System.Text.Encoding.UTF8.GetBytes(text), cancel),
        });
        db.Add(new VoiceWords { VoiceRecordId = id, AuthorityId = child.AuthorityId, ChildId = child.Id, Sealed = await keys.SealAsync(child.Id, text, id, SealPart.Words, cancel) });
    }

    /// <summary>A project that two people agreed to, and one that waits for them.</summary>
    private async Task AskAsync(LocalAuthority authority, Actor actor, DateOnly today, CancellationToken cancel)
    {
        var researcher = await db.Users.AsNoTracking().FirstAsync(u => u.AuthorityId == authority.Id && u.Role == Role.Researcher, cancel);
        var governance = await db.Users.AsNoTracking().FirstAsync(u => u.AuthorityId == authority.Id && u.Role == Role.InformationGovernance, cancel);
        var asked = clock.GetUtcNow().UtcDateTime.AddDays(-40);
        var agreed = new ResearchProject
        {
            AuthorityId = authority.Id,
            OwnerId = researcher.Id,
            Title = "Who is asked, and who is not",
            Question = "Are children with a disability, and children of some ethnic groups, heard less often than others with the same kind of need?",
            PublicBenefit = "If some children are asked less often, the council can change how visits are planned, and say so to those children.",
            Variables =
            [
                new() { Key = VariableCatalogue.AgeBand, Why = "Young children are heard in other ways than teenagers" },
                new() { Key = VariableCatalogue.Sex, Why = "To see whether girls and boys are heard alike" },
                new() { Key = VariableCatalogue.EthnicityGroup, Why = "The question is about ethnic groups" },
                new() { Key = VariableCatalogue.Disability, Why = "The question is about disability" },
                new() { Key = VariableCatalogue.PrimaryNeed, Why = "To compare children with the same kind of need" },
                new() { Key = VariableCatalogue.TimesHeard, Why = "What the question asks about" },
            ],
            PlainWords = "We look at who gets asked what they think, and who does not. We want to know if some children are missed.",
            EthicsReference = "University committee, reference CH-2031",
            People = "Two researchers of the university, who have signed the council’s agreement and had its training.",
            Place = AnalysisPlace.SafeSetting,
            PlaceName = "The university’s safe room",
            ShapedBy = "The young people’s group read the question and asked us to look at disability too.",
            HowTheyHear = "We bring what we find to the young people’s group, and put it in the council’s newsletter for children.",
            Retention = "Nothing is kept but the published tables.",
            ExpiresOn = today.AddMonths(10),
            DestroyOn = today.AddMonths(12),
            State = ProjectState.Approved,
            Round = 1,
            CreatedAt = asked.AddDays(-5),
            SubmittedAt = asked,
            DecidedAt = asked.AddDays(6),
            SteppedAt = asked.AddDays(6),
        };
        db.Add(agreed);
        db.Add(new ProjectStep { AuthorityId = authority.Id, ProjectId = agreed.Id, OwnerId = researcher.Id, Round = 1, Kind = ProjectStepKind.Sent, ById = researcher.Id, ByRole = Role.Researcher, At = asked });
        foreach (var (id, role, days, why) in new[]
        {
            (actor.PersonId, Role.DataLead, 4, "A fair question, no more detail than it needs, and the young people’s group wants to know the answer."),
            (governance.Id, Role.InformationGovernance, 6, "The room is one we know, and families are told."),
        })
        {
            db.Add(new ProjectStep
            {
                AuthorityId = authority.Id,
                ProjectId = agreed.Id,
                OwnerId = researcher.Id,
                Round = 1,
                Kind = ProjectStepKind.Approved,
                ById = id,
                ByRole = role,
                At = asked.AddDays(days),
                Reason = why,
                Safes = [.. Enum.GetValues<Safe>()],
            });
        }

        var waiting = new ResearchProject
        {
            AuthorityId = authority.Id,
            OwnerId = researcher.Id,
            Title = "Coming back after a case was closed",
            Question = "Which kinds of need bring children back to the council within a year of their case being closed?",
            PublicBenefit = "Families could be offered help that lasts, instead of being sent away and coming back.",
            Variables =
            [
                new() { Key = VariableCatalogue.AgeBand, Why = "Help differs with age" },
                new() { Key = VariableCatalogue.PrimaryNeed, Why = "The question is about kinds of need" },
            ],
            PlainWords = "Sometimes help ends, and then a family needs help again. We look at when that happens.",
            EthicsReference = "None needed: the council’s own review of its services",
            People = "One analyst of the council.",
            Place = AnalysisPlace.Outside,
            PlaceName = "The council’s own computers",
            ShapedBy = "Parents who came back told us that help had ended too soon.",
            HowTheyHear = "A page on the council’s site, and a letter to the parents’ forum.",
            Retention = "Nothing is kept.",
            ExpiresOn = today.AddMonths(11),
            DestroyOn = today.AddMonths(11),
            State = ProjectState.Submitted,
            Round = 1,
            CreatedAt = asked.AddDays(30),
            SubmittedAt = asked.AddDays(33),
            SteppedAt = asked.AddDays(33),
        };
        db.Add(waiting);
        db.Add(new ProjectStep { AuthorityId = authority.Id, ProjectId = waiting.Id, OwnerId = researcher.Id, Round = 1, Kind = ProjectStepKind.Sent, ById = researcher.Id, ByRole = Role.Researcher, At = asked.AddDays(33) });
    }

    private static T Pick<T>(IReadOnlyList<T> from, Func<T, int> weight, Random random)
    {
        var roll = random.Next(from.Sum(weight));
        foreach (var item in from)
        {
            roll -= weight(item);
            if (roll < 0) return item;
        }

        return from[^1];
    }
}
