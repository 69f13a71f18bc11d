using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.CinCensus.Rules;
using ChildrensInfo.Core.Returns.Safeguarding;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Core.Returns.Ssda903.Rules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Core.Returns;

/// <summary>
/// Reads a return that was handed in, checks it against the Department's rules and puts it in place, whole or not at all: one transaction holds what
/// is loaded, the findings, the counts and the audit line. The same return read again changes nothing. An older return read after a newer one only
/// adds what was not known.
/// </summary>
public sealed class ReturnImporter(AppDbContext db, KeyRing keys, IServiceScopeFactory scopes, NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How many children or rows are held in memory at a time.</summary>
    private const int AtOnce = 1_000;

    /// <summary>Reading is the larger part of the work; what follows it is shown as the rest.</summary>
    private const int PercentForReading = 70;

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>Does the job of a return that was just handed in here and now. A site may have seen the job and taken it; then this waits for it to end.</summary>
    public async Task RunNowAsync(Guid returnId, Actor actor, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var job = await db.Jobs.AsNoTracking().SingleAsync(j => j.SubjectId == returnId && j.Kind == JobKind.LoadReturn, cancel);
        await using var ours = await JobLock.TakeAsync(database, job.Id, cancel);
        var progress = new JobProgress(scopes, actor, job.Id);
        await RunAsync(returnId, actor, progress, cancel);
        await progress.FinishAsync(JobState.Done, null, clock, cancel);
        db.ChangeTracker.Clear();
    }

    public async Task RunAsync(Guid returnId, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        var handedIn = await db.Returns.SingleAsync(r => r.Id == returnId, cancel);
        // Finished before, and the site stopped before the job could say so.
        if (handedIn.State is ReturnState.Loaded or ReturnState.Refused or ReturnState.Stopped or ReturnState.Undone) return;
        var again = handedIn.State == ReturnState.Reading;
        handedIn.State = ReturnState.Reading;
        await db.SaveChangesAsync(cancel);
        try
        {
            await progress.ReportAsync(0, 100, again ? "It was broken off while it read the file. Nothing was loaded, and it begins again" : "Opening the file", cancel);
            await LoadAsync(handedIn, actor, progress, cancel);
        }
        catch (ReturnRefusedException refused)
        {
            await EndAsync(returnId, actor, ReturnState.Refused, refused.Message, AuditActions.ReturnRefused, cancel);
        }
        catch (JobCancelledException)
        {
            await EndAsync(returnId, actor, ReturnState.Stopped, null, AuditActions.ReturnStopped, cancel);
            throw;
        }
    }

    private async Task LoadAsync(Return handedIn, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        // The file is read through a context of its own: this one's connection is busy taking in what was read.
        await using var scope = scopes.CreateAsyncScope();
        var reading = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        using var acting = reading.ActingAs(actor);
        var files = scope.ServiceProvider.GetRequiredService<FileStore>();
        var file = await reading.Files.AsNoTracking().SingleAsync(f => f.Id == handedIn.FileId, cancel);
        await using var content = await files.OpenAsync(file, cancel);
        // Said at once, so that whoever waits sees what kind of return it is taken for.
        handedIn.Kind = ReturnFile.Recognise(content);
        await db.SaveChangesAsync(cancel);

        var codes = await CodeMap.LoadAsync(reading, cancel);
        handedIn.RejectionCount = 0;
        await (handedIn.Kind switch
        {
            ReturnKind.LookedAfter => LoadLookedAfterAsync(handedIn, content, year => LastYearAsync(year, reading, files, cancel), codes, actor, progress, cancel),
            ReturnKind.Safeguarding => LoadSafeguardingAsync(handedIn, content, actor, progress, cancel),
            _ => LoadCensusAsync(handedIn, content, codes, actor, progress, cancel),
        });
    }

    private async Task LoadCensusAsync(Return handedIn, Stream content, CodeMap codes, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        using var reader = new CinCensusReader(content);
        await RefuseOthersAsync(reader.Header, actor, cancel);
        var check = new CinCensusCheck(reader.Header, clock, codes);
        var validator = new CinValidator(reader.Header);
        handedIn.Year = reader.Header.YearEnd?.Year;
        handedIn.RulesYear = validator.Year.Year;
        handedIn.ReferenceOn = reader.Header.ReferenceDate.Value ?? reader.Header.YearEnd;
        handedIn.PreparedAt = reader.Header.PreparedAt is { } prepared && prepared < clock.GetUtcNow().UtcDateTime.AddDays(1) ? prepared : null;

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var staging = new CinStaging(db, handedIn, clock.GetUtcNow().UtcDateTime);
        await staging.CreateAsync(cancel);
        var rejections = new List<Rejection>();
        var batch = new List<(CinChild Child, bool Whole)>(AtOnce);
        while (true)
        {
            // The reader waits for its bytes; this is a job's thread, not a request's.
            var child = reader.TryRead();
            if (child is not null)
            {
                validator.Check(child);
                var before = rejections.Count;
                var accepted = check.Check(child, rejections);
                var whole = !rejections.Skip(before).Any(r => r.LeftOut is LeftOut.Event or LeftOut.Episode);
                if (accepted is not null) batch.Add((accepted, whole));
            }
            else
            {
                validator.Finish();
            }

            if (batch.Count == AtOnce || rejections.Count >= AtOnce || validator.Findings.Count >= AtOnce || child is null)
            {
                await staging.AddAsync(batch, cancel);
                await staging.AddAsync(rejections, cancel);
                await staging.AddAsync(validator.TakeFindings(), cancel);
                batch.Clear();
                rejections.Clear();
                var percent = (int)(PercentForReading * reader.BytesRead / Math.Max(1, content.Length));
                await progress.ReportAsync(percent, 100, string.Create(English, $"{reader.ChildrenRead:N0} children read and checked"), cancel);
            }

            if (child is null) break;
        }

        handedIn.ChildrenRead = reader.ChildrenRead;
        handedIn.Warnings = Warnings(reader);
        await FinishAsync(handedIn, staging, validator.Rules, validator.NotChecked, actor, progress, cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task LoadLookedAfterAsync(Return handedIn, Stream content, Func<int, Task<Ssda903Return?>> lastYear, CodeMap codes, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        var read = Ssda903Reader.Read(content);
        handedIn.Year ??= Ssda903Year.Of(read, Today);
        var year = new Ssda903Year(handedIn.Year.Value);
        handedIn.ReferenceOn = year.End < Today ? year.End : Today;
        await progress.ReportAsync(20, 100, string.Create(English, $"{read.ChildCount:N0} children read"), cancel);
        var validator = Ssda903Validator.Run(read, Ssda903Year.RulesFor(year.Year), await lastYear(year.Year));
        handedIn.RulesYear = validator.Year.Year;
        await progress.ReportAsync(40, 100, string.Create(English, $"{read.ChildCount:N0} children checked"), cancel);

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var staging = new LookedAfterStaging(db, handedIn, clock.GetUtcNow().UtcDateTime);
        await staging.CreateAsync(cancel);
        await staging.AddAsync(validator.Findings, cancel);
        var check = new LookedAfterCheck(handedIn.ReferenceOn.Value, codes);
        foreach (var some in read.Children.Chunk(AtOnce))
        {
            await staging.AddAsync(read, [.. some.Select(check.Check).OfType<StagedLookedAfter>()], cancel);
            await staging.AddAsync(check.TakeRejections(), cancel);
            await progress.ReportAsync(50, 100, string.Create(English, $"{read.ChildCount:N0} children read and checked"), cancel);
        }

        handedIn.ChildrenRead = read.ChildCount;
        handedIn.Warnings = [.. read.Notes, .. Ssda903Tables.All.Where(t => !read.Tables.Contains(t)).Select(t => $"There is no {Ssda903Tables.Name(t)} table. What was loaded of it before stays.")];
        await FinishAsync(handedIn, staging, validator.Rules, validator.NotChecked, actor, progress, cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task LoadSafeguardingAsync(Return handedIn, Stream content, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        handedIn.ReferenceOn = Today;
        handedIn.Year = Today.Month > 3 ? Today.Year + 1 : Today.Year;
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var staging = new SafeguardingStaging(db, handedIn, clock.GetUtcNow().UtcDateTime);
        await staging.CreateAsync(cancel);
        var reader = new SafeguardingReader(content);
        var (rows, children) = (0, 0);
        foreach (var some in reader.Read().Chunk(AtOnce))
        {
            rows += some.Length;
            children += some.Count(r => r.Table.Name == SafeguardingTables.PersonTable);
            await staging.AddAsync(some, cancel);
            await staging.AddAsync(reader.TakeRejections(), cancel);
            var percent = (int)(PercentForReading * content.Position / Math.Max(1, content.Length));
            await progress.ReportAsync(percent, 100, string.Create(English, $"{rows:N0} rows read"), cancel);
        }

        await staging.AddAsync(reader.TakeRejections(), cancel);
        if (rows == 0) throw new ReturnRefusedException("The tables hold no row that can be loaded.");
        handedIn.ChildrenRead = children;
        handedIn.Warnings = [.. reader.Notes];
        await FinishAsync(handedIn, staging, [], [], actor, progress, cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task FinishAsync(
        Return handedIn, ReturnStaging staging, IReadOnlyList<ReturnRule> rules, IReadOnlyList<NotChecked> notChecked, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        await staging.MergeAsync(
            keys, rules, notChecked, (share, message) => progress.ReportAsync(PercentForReading + (int)((100 - PercentForReading) * share), 100, message, cancel), cancel);
        handedIn.State = ReturnState.Loaded;
        handedIn.FinishedAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(
            AuditActions.ReturnLoaded, actor, null, handedIn.Id, clock,
            string.Create(CultureInfo.InvariantCulture, $"read {handedIn.ChildrenRead} added {handedIn.ChildrenAdded} changed {handedIn.ChildrenChanged} rejected {handedIn.RejectionCount}")));
        // What is new in it shows in the figures as soon as they are worked out again.
        await IndicatorService.AddJobAsync(db, actor, clock, cancel);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>The return of the year before as it was last loaded, for the rules that compare with it; null when none was.</summary>
    private static async Task<Ssda903Return?> LastYearAsync(int year, AppDbContext reading, FileStore files, CancellationToken cancel)
    {
        var before = await (from r in reading.Returns
                            where r.Kind == ReturnKind.LookedAfter && r.State == ReturnState.Loaded && r.Year == year - 1
                            orderby r.FinishedAt descending
                            join f in reading.Files on r.FileId equals f.Id
                            select f).AsNoTracking().FirstOrDefaultAsync(cancel);
        if (before is null) return null;
        await using var last = await files.OpenAsync(before, cancel);
        return Ssda903Reader.Read(last);
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>A return of another council would put its children among ours.</summary>
    private async Task RefuseOthersAsync(CinHeader header, Actor actor, CancellationToken cancel)
    {
        var own = await db.Authorities.Where(a => a.Id == actor.AuthorityId).Select(a => new { a.Code, a.Name }).SingleAsync(cancel);
        if (header.LEA.Value is not { } code)
            throw new ReturnRefusedException($"The return does not say which council it is from (LEA in its header is empty). For {own.Name} it must be {own.Code}.");
        if (code != own.Code)
            throw new ReturnRefusedException($"The return is from another council: LEA in its header is not {own.Code}, the code of {own.Name}.");
    }

    private static List<string> Warnings(CinCensusReader reader)
    {
        var warnings = new List<string>();
        foreach (var (name, count) in reader.UnknownElements)
            warnings.Add($"The census has no element {name} at that place. It was passed over{Times(count)}.");
        foreach (var (name, count) in reader.PaddedFields)
            warnings.Add($"{name} had spaces or line breaks around its value{Times(count)}. They were taken off.");
        if (reader.StrayText > 0) warnings.Add($"There was text between elements{Times(reader.StrayText)}. It was passed over.");
        return warnings;

        static string Times(int count) => count == 1 ? "" : string.Create(English, $", {count:N0} times");
    }

    private async Task EndAsync(Guid returnId, Actor actor, ReturnState state, string? because, string action, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var handedIn = await db.Returns.SingleAsync(r => r.Id == returnId, cancel);
        handedIn.State = state;
        handedIn.RefusedBecause = because;
        handedIn.FinishedAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(action, actor, null, returnId, clock));
        await db.SaveChangesAsync(cancel);
    }
}
