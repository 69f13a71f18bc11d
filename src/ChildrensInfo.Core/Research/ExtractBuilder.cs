using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// Makes the file of an approved extract. It is prepared from one consistent view of the database; it is stored, read back, checked and released
/// in one transaction that asks for every child's permission again. Whatever fails leaves no file behind.
/// </summary>
public sealed class ExtractBuilder(AppDbContext db, ExtractPopulation population, ExtractWords words, FileStore files, ResearchLimits limits, TimeProvider clock)
{
    /// <summary>How often it begins again because a family said no while it was being made.</summary>
    private const int Tries = 5;

    /// <summary>How often children are held back before it is said that the file cannot stand beside earlier ones.</summary>
    private const int TriesApart = 20;

    /// <summary>What is told of how far it is.</summary>
    private const int Steps = 5;

    private const long LargestPackage = 512L * 1024 * 1024;

    private static readonly (ConsentState State, string Words)[] States =
    [
        (ConsentState.NotAsked, "Nobody has been asked yet"), (ConsentState.Asked, "Asked, and not yet answered"), (ConsentState.Deferred, "Wanted to decide later"),
        (ConsentState.Refused, "Said no"), (ConsentState.Withdrawn, "Said yes and then no"), (ConsentState.Expired, "The yes has run out"),
        (ConsentState.NeedsRefresh, "The yes has to be asked for again"), (ConsentState.Invalidated, "The permission was found not to be valid"),
    ];

    /// <summary>What a package is made of when it is released, and what its release relies on.</summary>
    /// <param name="Holds">Its rows, each made when it is written and kept by nobody.</param>
    /// <param name="ChildIds">Who is in it.</param>
    /// <param name="Tells">Of each of them, what it tells (<see cref="Told"/>).</param>
    public sealed record Prepared(
        ExtractData Holds, IReadOnlyList<ExtractColumn> Columns, IReadOnlyList<HarmfulValue> Harmful, ExtractReport Report, ExtractProvenance From, IReadOnlyList<Guid> ChildIds, IReadOnlyList<string> Tells, IReadOnlyList<DateOnly> Written)
    {
        /// <summary>The records whose words are in it.</summary>
        public IReadOnlyList<Guid> Pieces { get; init; } = [];
    }

    /// <summary>What is the same for rows and tables: from one view of the database.</summary>
    /// <param name="Day">On which everything in it is said of the children.</param>
    /// <param name="Snapshot">Which view that is, by the database's own name for it.</param>
    private sealed record Seen(string Snapshot, Extract Extract, DateOnly Today, DateOnly Day, ResearchPopulation Of, ResearchPeriod Over, IReadOnlyList<Variable> Variables, PermittedChildren Children, EarlierReleases Earlier, ExtractProvenance From, JobProgress? Progress)
    {
        public NewRows Rows(IReadOnlyList<ExtractColumn> columns) => RowsOf(Extract, columns, From.Place);
    }

    private static NewRows RowsOf(Extract extract, IReadOnlyList<ExtractColumn> columns, AnalysisPlace place) =>
        new(ResearchPopulation.GroupOf(extract.Population, extract.Period), [.. columns.Where(c => c.Variable.Role == VariableRole.QuasiIdentifier)], ResearchLimits.KFor(place));

    public async Task RunAsync(Guid extractId, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        try
        {
            for (var i = 0; i < Tries; i++)
            {
                await ReportAsync(progress, 0, "Choosing the children whose permission is valid", cancel);
                if (await words.GatherAsync(extractId, actor, cancel)) return;
                var prepared = await PrepareAsync(extractId, cancel, progress);
                if (prepared is null) return;
                if (await ReleaseAsync(extractId, prepared, actor, cancel, progress)) return;
            }

            await FailAsync(extractId, "Permissions changed while the file was being made. Nothing was kept. Ask again later.", "permissions", actor);
        }
        catch (DisclosureRefusedException refused)
        {
            await FailAsync(extractId, refused.Message, refused is DifferencingRefusedException ? "differencing" : "disclosure", actor, (refused as TableRefusedException)?.Offer);
        }
        catch (PackageRefusedException refused)
        {
            await FailAsync(extractId, "The finished file did not pass its last check, so it was destroyed. The council has been told why.", refused.Message, actor);
        }
        catch (Exception error) when (error is not (OperationCanceledException or JobCancelledException) && !LostConnection.IsBehind(error))
        {
            await FailAsync(extractId, "Something went wrong on our side, and nothing was kept. Ask for another extract.", "error", actor);
            throw;
        }
    }

    /// <summary>Reads and generalises. What is held in memory of each child is said at <see cref="PermittedChildren"/> and <see cref="InOrderOfCodes"/>; everything else is passed on as it comes.</summary>
    /// <returns>Null when the extract is not waiting to be built, or its project is held: then it waits.</returns>
    /// <exception cref="DisclosureRefusedException">It cannot be made without giving somebody away.</exception>
    public async Task<Prepared?> PrepareAsync(Guid extractId, CancellationToken cancel, JobProgress? progress = null)
    {
        db.ChangeTracker.Clear();
        // One view of the database for everything that is read: a child cannot be counted before a change and read after it.
        await using var view = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var extract = await db.Extracts.AsNoTracking().Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == extractId, cancel);
        if (extract is not { State: ExtractState.Approved or ExtractState.Reviewing, Project: { State: not ProjectState.Suspended } project }) return null;
        var now = clock.GetUtcNow().UtcDateTime;
        var today = ConsentRules.LocalDay(now);
        if (!project.IsOpenOn(today)) throw new DisclosureRefusedException("The project has ended, so nothing was made.");
        var day = ExtractPopulation.DayOf(today);
        var catalogue = new VariableCatalogue(day);
        var (of, over) = (ResearchPopulation.Find(extract.Population), ResearchPeriod.Find(extract.Period));
        if (of is null || over is null || !project.Populations.Contains(of.Key) || extract.Scope.Append(extract.Measure).OfType<string>().Select(key => catalogue.Find(key)?.ApprovedAs ?? key).Except(project.Variables.Select(v => v.Key)).Any())
        {
            throw new InvalidOperationException("An extract asks for more than its project.");
        }

        var variables = catalogue.Choose(extract.Variables);

        var among = await population.IdsAsync(of, over, day, cancel);
        var known = catalogue.Choose(extract.Form == ExtractForm.Words ? [VariableCatalogue.AgeBand] : [.. extract.Scope, .. extract.Measure is { } measured ? [measured] : Array.Empty<string>()]);
        var children = await population.ReadAsync(among, extract.Form, project.Id, now, known, catalogue.Find(extract.Measure)?.Measure, day, cancel);
        RequireEnough(extract.Form, children.Count);
        var earlier = await EarlierReleases.ReadAsync(db, extract.Form, extract.RequestedById, extract.Id, catalogue, cancel);
        if (extract.Form == ExtractForm.Rows && variables.FirstOrDefault(v => v.Role == VariableRole.QuasiIdentifier && earlier.FloorOf(v.Key) is null) is { } other)
        {
            throw new DisclosureRefusedException($"The researcher still holds a file without “{other.Title}”. With both, children could be told apart who look alike in each. Certify that the earlier one is destroyed, or ask for no more than is in it.");
        }

        var approvals = await db.ProjectSteps.AsNoTracking().Where(s => s.ProjectId == project.Id && s.Round == project.Round && s.Kind == ProjectStepKind.Approved)
            .OrderBy(s => s.At).Select(s => new ProjectApproval(s.ById, s.ByRole, s.At, s.Conditions)).ToListAsync(cancel);
        var council = await db.Authorities.Where(a => a.Id == extract.AuthorityId).Select(a => a.Name).SingleAsync(cancel);
        var snapshot = await SnapshotAsync(cancel);
        var provenance = new ExtractProvenance(extract.Id, project.Id, approvals, extract.DecidedById, extract.DecidedAt, council, project.Title, project.Question, extract.Purpose, project.ExpiresOn, project.DestroyOn, project.Place);
        var seen = new Seen(snapshot, extract, today, day, of, over, variables, children, earlier, provenance, progress);
        await ReportAsync(progress, 1, extract.Form == ExtractForm.Rows ? "Making children look alike" : "Putting it together", cancel);
        var prepared = extract.Form switch
        {
            ExtractForm.Table => await TableAsync(seen, cancel),
            ExtractForm.Words => await WordsAsync(seen, cancel),
            _ => await RowsAsync(seen, cancel),
        };
        await view.CommitAsync(cancel);
        return prepared;
    }

    /// <summary>What the database calls the view that is open; with letters between its numbers, or one might be some child's.</summary>
    private async Task<string> SnapshotAsync(CancellationToken cancel) =>
        await db.Database.SqlQuery<string>($"select 'x' || regexp_replace(pg_current_snapshot()::text, '[:,]+', 'x', 'g') as \"Value\"").SingleAsync(cancel);

    private int LeastFor(ExtractForm form) => form switch { ExtractForm.Table => ResearchLimits.SmallestForTable, ExtractForm.Words => ResearchLimits.SmallestForWords, _ => limits.SmallestPopulation };

    private void RequireEnough(ExtractForm form, int children)
    {
        var least = LeastFor(form);
        if (children >= least) return;
        if (form == ExtractForm.Words) throw ExtractWords.TooFew();
        throw new DisclosureRefusedException(form == ExtractForm.Table
            ? string.Create(CultureInfo.InvariantCulture, $"Fewer than {least} children could be counted. That is too few for a table, because nearly every number in it would be small. Ask again when more families have said yes.")
            : string.Create(CultureInfo.InvariantCulture, $"Fewer than {least} children could be included. That is too few for a file of rows, because somebody could be found. Ask again when more families have said yes, or ask for a table."));
    }

    /// <summary>The children who can be counted or listed beside what was released before; those held back come to the set given.</summary>
    /// <param name="all">How many they are before any is held back.</param>
    /// <param name="make">Makes the file of the children who are not held back.</param>
    /// <param name="whoIsIn">Says who is in what was made, and what it tells of each.</param>
    private async Task<T> HoldBackAsync<T>(Seen seen, int all, HashSet<Guid> held, Func<T> make, Func<T, (IEnumerable<Guid> Ids, IEnumerable<string> Tells, NewRows? Rows)> whoIsIn, CancellationToken cancel)
    {
        var (made, tries) = (make(), 0);
        await ReportAsync(seen.Progress, 2, "Comparing it with what left before", cancel);
        while (true)
        {
            var (ids, tells, asRows) = whoIsIn(made);
            if (await seen.Earlier.ToHoldBackAsync(ids, tells, asRows, cancel) is not { Count: > 0 } few) return made;
            held.UnionWith(few);
            if (++tries > TriesApart || all - held.Count < LeastFor(seen.Extract.Form))
            {
                throw new DifferencingRefusedException("It would differ from a file released before by a few children only, and by comparing the two, those could be found. Ask again when more permissions have changed.");
            }

            made = make();
        }
    }

    private async Task<Prepared> TableAsync(Seen seen, CancellationToken cancel)
    {
        var (extract, children) = (seen.Extract, seen.Children);
        var catalogue = new VariableCatalogue(seen.Day);
        var table = new ExtractTable(seen.Variables, catalogue.Find(extract.OnlyKey), extract.OnlyCode, catalogue.Find(extract.Measure)?.Measure);
        var held = new HashSet<Guid>();
        // All who may be counted are compared, and not those of the choice alone: otherwise each choice would be another file beside the last.
        var tells = Told.Of(children, [.. children.Variables.Select(v => new ExtractColumn(v, 0))], extract.Measure);
        var counted = await HoldBackAsync(
            seen, children.Count, held, () => Enumerable.Range(0, children.Count).Where(child => !held.Contains(children.Ids[child])).ToList(), made => (made.Select(child => children.Ids[child]), made.Select(tells), null), cancel);
        var ids = counted.ConvertAll(child => children.Ids[child]);
        var beside = await seen.Earlier.OfTheSameAsync(ids, cancel);
        if (EarlierReleases.WhyNotBeside(beside, extract.Scope, extract.Measure, catalogue) is { } why) throw new TableRefusedException(why, EarlierReleases.Nearest(beside, extract, catalogue));

        var rows = table.RowsOf(children, held);
        var columns = seen.Variables.Select(v => new ExtractColumn(v, 0)).ToList();
        var report = new ExtractReport(
            ExtractReport.TierOne, seen.Today, seen.Over.From(seen.Day), Software, SmallNumbers.Research.Threshold + 1, null, 0, rows.Count, 0, 0, 0, "None", "Not kept", 0, seen.From.Place, [],
            [.. columns.Select(c => new ReportColumn(c.Variable.Key, c.Variable.Title, c.Variable.Role.ToString(), DetailOf(c), 0, c.Variable.Levels.Count))],
            NotIncluded(children, held.Count),
            new ReportTable(
                ToldOf(rows[0][seen.Variables.Count]), SmallNumbers.Research.Threshold + 1, 5, rows.Count, rows.Count(r => r[seen.Variables.Count].Length == 0),
                table.Only is { } only ? $"{only.Title}: {only.Codes.First(c => c.Value == extract.OnlyCode).Label}" : null, table.Measure?.Title), ValuesOn: seen.Day, Population: seen.Of.Title, Period: seen.Over.Title, Snapshot: seen.Snapshot);
        return new Prepared(ExtractData.OfTable(table, rows), columns, [], report, seen.From, ids, counted.ConvertAll(child => tells(child)), WrittenIn(report, seen.From));
    }

    private async Task<Prepared> RowsAsync(Seen seen, CancellationToken cancel)
    {
        var (variables, children, provenance) = (seen.Variables, seen.Children, seen.From);
        var k = ResearchLimits.KFor(provenance.Place);
        var held = new HashSet<Guid>();
        IReadOnlyList<ExtractColumn>? before = null;
        var (columns, kept, found) = await HoldBackAsync(
            seen, children.Count, held,
            () =>
            {
                var made = ExtractAnonymiser.Anonymise(children, variables, held, seen.Earlier, k, before);
                before = made.Columns;
                return made;
            },
            made => (made.Kept.Select(child => children.Ids[child]), made.Kept.Select(Told.Of(children, made.Columns)), seen.Rows(made.Columns)), cancel);
        // As common as among those the file was chosen from, who are not held back: what the engine went by.
        var harmful = ExtractAnonymiser.HarmfulIn(children, variables, held);
        var sensitive = variables.Any(v => v.Role == VariableRole.Sensitive);
        var report = new ExtractReport(
            ExtractReport.TierTwo, seen.Today, seen.Over.From(seen.Day), Software, k, sensitive ? ClassRules.LowestL : null, ResearchLimits.Limit, kept.Count, found.ClassCount,
            (int)found.After.SmallestClass, Math.Round(found.After.Mean, 4), found.Suppressed < k ? Capital(found.SuppressedFor(k)) : ExtractReport.Told((int)found.Suppressed),
            ExtractReport.Told((int)found.Before.Alone), (int)Math.Round(100.0 * found.After.InClassesBelowTen / kept.Count), provenance.Place, LeftOutOf(found, variables, k),
            [.. columns.Select(c => new ReportColumn(c.Variable.Key, c.Variable.Title, c.Variable.Role.ToString(), DetailOf(c), c.LevelUsed, c.Variable.Levels.Count))],
            NotIncluded(children, held.Count), ValuesOn: seen.Day, Alike: AlikeOf(found, variables, children, kept, columns), Population: seen.Of.Title, Period: seen.Over.Title, Snapshot: seen.Snapshot);
        var rows = InOrderOfCodes(children, kept, columns);
        var tells = Told.Of(children, columns);
        return new Prepared(
            ExtractData.OfChildren(rows), columns, harmful, report, provenance, kept.ConvertAll(child => children.Ids[child]), kept.ConvertAll(child => tells(child)), WrittenIn(report, provenance));
    }

    /// <summary>What was read and kept, in an order that says nothing and with nothing that leads from one piece to another.</summary>
    private async Task<Prepared> WordsAsync(Seen seen, CancellationToken cancel)
    {
        var (extract, today) = (seen.Extract, seen.Today);
        var all = await words.ReadAsync(extract.Id, seen.Children, cancel);
        RequireEnough(extract.Form, all.ChildIds.Count);
        var held = new HashSet<Guid>();
        var tells = all.Told;
        var found = await HoldBackAsync(seen, tells.Count, held, () => all.Without(held), made => (made.ChildIds, made.ChildIds.Select(id => tells[id]), null), cancel);
        var (ids, pieces) = (found.ChildIds, found.Pieces.ToList());
        var age = new ExtractColumn(seen.Children.Variables[0], ExtractWords.AgeLevel);
        var report = new ExtractReport(
            ExtractReport.TierThree, today, seen.Over.From(seen.Day), Software, ResearchLimits.SmallestForWords, null, 0, pieces.Count, 0, 0, 0, "None", "Not kept", 0, seen.From.Place, [],
            [new ReportColumn(age.Variable.Key, age.Variable.Title, age.Variable.Role.ToString(), DetailOf(age), age.LevelUsed, age.Variable.Levels.Count)],
            NotIncluded(seen.Children, held.Count), null,
            new ReportWords(
                ExtractReport.Told(ids.Count), ExtractReport.Told(found.Read), found.LeftOut.OrderBy(l => l.Key).ToDictionary(l => ExtractWords.LabelOf(l.Key), l => ExtractReport.Told(l.Value)),
                pieces.SelectMany(p => p.Hidden).GroupBy(h => h).OrderBy(g => g.Key).ToDictionary(g => g.Key.ToString().ToUpperInvariant(), g => g.Count())),
            seen.Day, Population: seen.Of.Title, Period: seen.Over.Title, Snapshot: seen.Snapshot);
        return new Prepared(ExtractData.OfWords(pieces.Select(p => p.Row)), [age], [], report, seen.From, ids, [.. ids.Select(id => tells[id])], WrittenIn(report, seen.From)) { Pieces = pieces.ConvertAll(p => p.VoiceRecordId) };
    }

    private static IReadOnlyList<ReportExclusion> NotIncluded(PermittedChildren children, int held) =>
    [
        .. States.Select(s => new ReportExclusion(s.Words, ExtractReport.Told(children.OthersIn(s.State)), ConsentEffects.Of(s.State, null).ExtractCode)),
        new ReportExclusion("The record is restricted", ExtractReport.Told(children.Restricted), ConsentEffects.Restricted.ExtractCode),
        new ReportExclusion("Said yes, and held back so that nobody is found by comparing two files", ExtractReport.Told(held), "held_back"),
    ];

    /// <summary>The days that the package speaks of itself.</summary>
    private static IReadOnlyList<DateOnly> WrittenIn(ExtractReport report, ExtractProvenance from) =>
        [
            report.MadeOn, report.From, from.ExpiresOn, from.DestroyOn, .. report.ValuesOn is { } day ? [day] : Array.Empty<DateOnly>(),
            .. from.Approvals.Select(a => a.At).Concat(from.ExtractApprovedAt is { } at ? [at] : []).Select(ConsentRules.LocalDay),
        ];

    /// <summary>The total as it stands in the table, and nothing nearer to the truth.</summary>
    private static string ToldOf(string count) => count.Length == 0 ? "Not shown" : "About " + int.Parse(count, CultureInfo.InvariantCulture).ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Stores the package, reads it back and checks it, asks for every permission again, and only then lets it out.</summary>
    /// <returns>False when a permission or the approval no longer stands: nothing was kept.</returns>
    /// <exception cref="PackageRefusedException">The stored bytes are not what they must be: nothing was kept.</exception>
    public async Task<bool> ReleaseAsync(Guid extractId, Prepared prepared, Actor actor, CancellationToken cancel, JobProgress? progress = null)
    {
        await ReportAsync(progress, 3, "Writing the file", cancel);
        db.ChangeTracker.Clear();
        // Disposed without a commit, it takes every stored piece with it.
        await using var release = await db.Database.BeginTransactionAsync(cancel);
        var extract = await db.Extracts.Include(e => e.Project).SingleAsync(e => e.Id == extractId, cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        if (extract.State != (extract.Form == ExtractForm.Words ? ExtractState.Reviewing : ExtractState.Approved) || !extract.Project!.IsOpenOn(ConsentRules.LocalDay(now))) return false;

        var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.Extract, null, ExtractPackage.ContentType, 0, actor, cancel);
        await files.WriteAsync(file, into => ExtractPackage.WriteAsync(into, prepared.Columns, prepared.Holds, prepared.Report, prepared.From, cancel), LargestPackage, cancel);
        await ReportAsync(progress, 4, "Checking the finished file", cancel);
        await using (var stored = await files.OpenAsync(file, cancel))
        {
            IReadOnlyList<Variable> variables = [.. prepared.Columns.Select(c => c.Variable)];
            var forbidden = population.ForbiddenAsync(extract.Form, cancel);
            await (extract.Form switch
            {
                ExtractForm.Table => PackageGate.CheckTableAsync(stored, variables, extract.Measure is not null, prepared.Report.Rows, SmallNumbers.Research.Threshold + 1, forbidden, prepared.Written, cancel),
                ExtractForm.Words => PackageGate.CheckWordsAsync(stored, prepared.Columns[0], prepared.Report.Rows, forbidden, prepared.Written, cancel),
                _ => PackageGate.CheckAsync(stored, variables, prepared.ChildIds.Count, ResearchLimits.KFor(extract.Project.Place), ClassRules.LowestL, prepared.Harmful, forbidden, prepared.Written, cancel),
            });
        }

        // One release of an authority at a time: what it must stand beside is then all there.
        var key = $"release {extract.AuthorityId}";
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({key}, 0))", cancel);
        var catalogue = new VariableCatalogue(ExtractPopulation.DayOf(prepared.Report.MadeOn));
        var earlier = await EarlierReleases.ReadAsync(db, extract.Form, extract.RequestedById, extract.Id, catalogue, cancel);
        if ((await earlier.ToHoldBackAsync(prepared.ChildIds, prepared.Tells, extract.Form == ExtractForm.Rows ? RowsOf(extract, prepared.Columns, extract.Project.Place) : null, cancel)).Count > 0) return false;
        if (extract.Form == ExtractForm.Table && EarlierReleases.WhyNotBeside(await earlier.OfTheSameAsync(prepared.ChildIds, cancel), extract.Scope, extract.Measure, catalogue) is not null) return false;
        if (extract.Form == ExtractForm.Rows && prepared.Columns.Any(c => c.Variable.Role == VariableRole.QuasiIdentifier && !(earlier.FloorOf(c.Variable.Key) <= c.LevelUsed))) return false;

        now = clock.GetUtcNow().UtcDateTime;
        foreach (var both in prepared.ChildIds.Zip(prepared.Tells).Chunk(ExtractPopulation.Batch))
        {
            var (batch, tells) = (Array.ConvertAll(both, b => b.First), Array.ConvertAll(both, b => b.Second));
            var decisions = await population.DecideAsync(batch, extract.Form, extract.ProjectId, now, cancel);
            if (batch.Any(id => !decisions.TryGetValue(id, out var decision) || !decision.Allowed)) return false;
            var events = Array.ConvertAll(batch, id => decisions[id].EventId ?? throw new InvalidOperationException("A permission rests on nothing."));
            // Without an object for each of them. That it was built, and of how many, is written down below in the same transaction.
            await db.Database.ExecuteSqlAsync(
                $"insert into extract_children (extract_id, child_id, authority_id, consent_event_id, told) select {extract.Id}, c, {extract.AuthorityId}, e, w from unnest({batch}, {events}, {tells}) as t (c, e, w)", cancel);
        }

        // A no to one piece, and what was put right or kept from somebody, counts as one to all of them does.
        if (prepared.Pieces.Count > 0 && (await words.StillAsync(prepared.Pieces, isReleased: false, cancel)).Count < prepared.Pieces.Count) return false;

        extract.State = ExtractState.Ready;
        extract.FileId = file.Id;
        extract.ReportJson = prepared.Report.ToJson();
        extract.ReleasedAt = now;
        db.Add(AuditEntry.For(AuditActions.ExtractBuilt, actor, null, extract.Id, clock, prepared.ChildIds.Count.ToString(CultureInfo.InvariantCulture)));
        await db.SaveChangesAsync(cancel);
        await release.CommitAsync(cancel);
        return true;
    }

    /// <summary>Whom the file no longer speaks for, rounded; nothing when so few were left out that a group would point at them.</summary>
    private static IReadOnlyList<ReportLeftOut> LeftOutOf(Generalisation found, IReadOnlyList<Variable> variables, int k) => found.Suppressed < k ? [] :
    [
        .. found.LeftOutByGroup().Where(g => g.LeftOut > 0).Select(g => (Variable: variables.First(v => v.Key == g.Column), g.Value, g.LeftOut))
            .Select(g => new ReportLeftOut(g.Variable.Title, g.Variable.Levels.SelectMany(l => l.Codes).First(c => c.Value == g.Value).Label, ExtractReport.Told((int)g.LeftOut))),
    ];

    /// <summary>How many groups of rows that look alike have how many rows, from the smallest.</summary>
    private static IReadOnlyList<ReportSize> SizesOf(PermittedChildren children, List<int> kept, IReadOnlyList<ExtractColumn> columns)
    {
        var sizes = kept.CountBy(GroupOf(children, columns)).Select(c => c.Value).ToList();
        (int From, int? To)[] bands = [(ResearchLimits.KInSafeSetting, 9), (10, 19), (20, 49), (50, 99), (100, null)];
        return [.. bands.Select(b => new ReportSize(b.From, b.To, sizes.Count(n => n >= b.From && !(n > b.To))))];
    }

    /// <summary>
    /// By column that nobody should learn, the main need and a disability among them though rows are alike in these too, the largest part in percent of any group that has one and the same value: of
    /// rows alike in everything else.
    /// </summary>
    private static Dictionary<string, int> MostOf(PermittedChildren children, List<int> kept, IReadOnlyList<ExtractColumn> columns) =>
        columns.Where(c => !c.IsGone && (c.Variable.Role == VariableRole.Sensitive || c.Variable.IsTelling)).ToDictionary(c => c.Variable.Key, c =>
        {
            var (group, value) = (GroupOf(children, [.. columns.Where(o => o != c)]), PlaceOf(children, c));
            var sizes = kept.CountBy(group).ToDictionary();
            return (int)Math.Ceiling(kept.CountBy(child => (Group: group(child), Value: value(child))).Max(n => 100.0 * n.Value / sizes[n.Key.Group]));
        });

    /// <summary>The number of the group of rows that a child's looks like, in those of the columns that describe them.</summary>
    private static Func<int, long> GroupOf(PermittedChildren children, IReadOnlyList<ExtractColumn> columns)
    {
        var quasi = columns.Where(c => c.Variable.Role == VariableRole.QuasiIdentifier).Select(c => (Place: PlaceOf(children, c), c.Level.Codes.Count)).ToList();
        return child => quasi.Aggregate(0L, (key, q) => (key * q.Count) + q.Place(child));
    }

    /// <summary>Which of a column's codes a child has, at the detail of the file.</summary>
    private static Func<int, int> PlaceOf(PermittedChildren children, ExtractColumn column)
    {
        var at = children.IndexOf(column.Variable);
        var places = column.Variable.Codes.Select(code => column.Level.Codes.ToList().FindIndex(l => l.Value == column.Level.FromFinest[code.Value])).ToArray();
        return child => places[children.CodeOf(child, at)];
    }

    private static ReportAlike AlikeOf(Generalisation found, IReadOnlyList<Variable> variables, PermittedChildren children, List<int> kept, IReadOnlyList<ExtractColumn> columns) => new(
        (int)found.Before.SmallestClass, Math.Round(found.Before.Mean, 2), SizesOf(children, kept, columns),
        variables.Where(v => v.Role == VariableRole.QuasiIdentifier).Zip(found.LossByColumn).ToDictionary(c => c.First.Key, c => (int)Math.Round(100 * c.Second)),
        MostOf(children, kept, columns));

    /// <summary>The rows in the order of new codes under a new key, which is gone when this returns. Of each child a code and a place are held, 20 bytes; a row is made whenever it is written.</summary>
    private static IEnumerable<ExtractRow> InOrderOfCodes(PermittedChildren children, List<int> kept, IReadOnlyList<ExtractColumn> columns)
    {
        var (order, numbers) = (kept.ToArray(), new UInt128[kept.Count]);
        do
        {
            using var codes = new PersonCodes();
            for (var i = 0; i < order.Length; i++) numbers[i] = codes.NumberOf(children.Ids[order[i]]);
            Array.Sort(numbers, order);
        }
        while (Enumerable.Range(1, numbers.Length - 1).Any(i => numbers[i] == numbers[i - 1]));
        var places = columns.Select(c => children.IndexOf(c.Variable)).ToArray();
        var texts = columns.Select(c => c.Variable.Codes.Select(code => c.Level.FromFinest[code.Value]).ToArray()).ToArray();
        return order.Select((child, i) => new ExtractRow(PersonCodes.TextOf(numbers[i]), [.. texts.Select((text, c) => text[children.CodeOf(child, places[c])])]));
    }

    private static string DetailOf(ExtractColumn column) =>
        column.LevelUsed == 0 ? "As detailed as the register allows"
        : column.IsGone ? "Not given: no detail could be kept without somebody standing out"
        : $"Made coarser: {string.Join("; ", column.Level.Codes.Select(c => c.Label))}";

    /// <summary>The job was broken off too often: whoever asked is told, and can ask again.</summary>
    /// <remarks>Pieces that were read stay read, and the file can be made from them again.</remarks>
    public async Task GiveUpAsync(Guid extractId, Actor actor)
    {
        if (await db.Extracts.AnyAsync(e => e.Id == extractId && e.State == ExtractState.Approved)) await FailAsync(extractId, "The work was broken off several times, and nothing was kept. Ask for another extract.", "given-up", actor);
    }

    private static Task ReportAsync(JobProgress? progress, int done, string message, CancellationToken cancel) => progress?.ReportAsync(done, Steps, message, cancel) ?? Task.CompletedTask;

    private async Task FailAsync(Guid extractId, string because, string code, Actor actor, TableOffer? offer = null)
    {
        db.ChangeTracker.Clear();
        var extract = await db.Extracts.SingleAsync(e => e.Id == extractId);
        if (extract.State is not (ExtractState.Approved or ExtractState.Reviewing)) return;
        extract.State = ExtractState.Failed;
        extract.FailedBecause = because;
        extract.Offer = offer;
        db.Add(AuditEntry.For(AuditActions.ExtractFailed, actor, null, extract.Id, clock, code));
        await db.SaveChangesAsync();
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Software => $"Children's Information Portal {typeof(ExtractBuilder).Assembly.GetName().Version?.ToString(3)}";
}
