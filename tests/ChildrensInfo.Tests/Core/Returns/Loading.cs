using System.IO.Compression;
using System.Text;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>Hands returns in as the site does and runs their jobs in the test.</summary>
internal static class Loading
{
    public static async Task<Return> LoadAsync(TestSite site, World world, Stream content)
    {
        var (handedIn, job) = await HandInAsync(site, world, content);
        await RunAsync(site, world, handedIn, job);
        using var scope = site.As(world.Whole);
        return await scope.Db.Returns.AsNoTracking().SingleAsync(r => r.Id == handedIn);
    }

    /// <summary>Stored and queued as ReturnService does it, but as a job that has ended, so that the site's own runner leaves it to the test.</summary>
    public static async Task<(Guid Return, Guid Job)> HandInAsync(TestSite site, World world, Stream content, Func<Guid, Task>? beforeQueued = null)
    {
        var actor = World.ActorOf(world.DataLead);
        using var scope = site.As(actor);
        var files = scope.Get<FileStore>();
        var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.Return, null, "application/xml", 0, actor, default);
        await files.WriteAsync(file, content, StoredFile.ReturnMaxBytes, default);
        var handedIn = new Return { AuthorityId = actor.AuthorityId, FileId = file.Id, UploadedById = actor.PersonId, UploadedAt = DateTime.UtcNow };
        var job = new Job { AuthorityId = actor.AuthorityId, Kind = JobKind.LoadReturn, SubjectId = handedIn.Id, RequestedById = actor.PersonId, RequestedAt = DateTime.UtcNow, State = JobState.Failed };
        if (beforeQueued is not null) await beforeQueued(job.Id);
        scope.Db.AddRange(handedIn, job);
        await scope.Db.SaveChangesAsync();
        return (handedIn.Id, job.Id);
    }

    public static async Task RunAsync(TestSite site, World world, Guid handedIn, Guid job)
    {
        using var scope = site.As(world.Whole);
        await scope.Get<ReturnImporter>().RunAsync(handedIn, world.Whole, Progress(site, world, job), default);
    }

    public static async Task UndoAsync(TestSite site, World world, Return loaded)
    {
        using var scope = site.As(world.Whole);
        var job = await scope.Db.Jobs.Where(j => j.SubjectId == loaded.Id).Select(j => j.Id).FirstAsync();
        await scope.Get<ReturnUndo>().RunAsync(loaded.Id, world.Whole, Progress(site, world, job), default);
    }

    private static JobProgress Progress(TestSite site, World world, Guid job) => new(site.Services.GetRequiredService<IServiceScopeFactory>(), world.Whole, job);

    public static MemoryStream Zip(Ssda903File file, Func<Ssda903Table, bool>? which = null) => Zip([.. file.Files(which).Select(f => (f.Name, Read(f.Open())))]);

    public static MemoryStream Zip(params (string Name, byte[] Content)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        stream.Position = 0;
        return stream;
    }

    public static (string Name, byte[] Content) Table(string name, params string[] lines) => (name, Encoding.UTF8.GetBytes(string.Join("\r\n", lines) + "\r\n"));

    /// <summary>Every row that returns load for a council, as text; with the version that any change would raise when asked.</summary>
    public static async Task<string> FingerprintAsync(TestSite site, World world, bool withVersions)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync();
        var all = new StringBuilder();
        foreach (var table in (string[])["children", "child_keys", "need_episodes", "need_assessments", "cin_plans", "section47s", "protection_plans", "pre_proceedings", "care_details", "care_episodes",
            "care_reviews", "care_outcomes", "care_leavers", "care_adoptions", "adoption_plans", "previous_permanences", "missing_episodes", "care_workers", "safeguarding_rows", "return_absences"])
        {
            await using var command = new NpgsqlCommand($"select coalesce(string_agg({(withVersions ? "t.xmin::text || " : "")}t::text, chr(10) order by t::text), '') from {table} t where authority_id = $1", connection);
            command.Parameters.Add(new() { Value = world.Authority.Id });
            all.AppendLine(table).AppendLine((string)(await command.ExecuteScalarAsync())!);
        }

        return all.ToString();
    }

    private static byte[] Read(Stream stream)
    {
        using var memory = new MemoryStream();
        using (stream) stream.CopyTo(memory);
        return memory.ToArray();
    }
}
