using System.IO.Compression;
using System.IO.Pipelines;

namespace ChildrensInfo.Core.Returns;

/// <summary>Makes one file of the tables of a return that are sent apart, a zip, while they arrive: nothing of them stands in memory whole.</summary>
public static class ReturnPackage
{
    /// <summary>Is it a table, which is sent with the others of its return? Anything else is a return by itself.</summary>
    public static bool IsTable(string fileName) => ReturnFile.IsTable(fileName);

    /// <summary>Reads the tables one after the other into a zip that can be read as it is made.</summary>
    /// <param name="take">Reads a table at a time and calls what it is given with its name and content.</param>
    public static (Stream Zip, Task Packing) Pack(Func<Func<string, Stream, Task>, Task> take)
    {
        var pipe = new Pipe();
        return (pipe.Reader.AsStream(), PackAsync(pipe.Writer, take));
    }

    private static async Task PackAsync(PipeWriter writer, Func<Func<string, Stream, Task>, Task> take)
    {
        // Not on the thread that reads what is written here.
        await Task.Yield();
        Exception? fault = null;
        try
        {
            await using var output = writer.AsStream(leaveOpen: true);
            await using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
            await take(async (name, content) =>
            {
                await using var entry = await zip.CreateEntry(Path.GetFileName(name), CompressionLevel.Fastest).OpenAsync();
                await content.CopyToAsync(entry);
            });
        }
#pragma warning disable CA1031 // Whoever reads the zip is told, in place of the end of it.
        catch (Exception error)
        {
            fault = error;
        }
#pragma warning restore CA1031
        await writer.CompleteAsync(fault);
    }
}
