namespace ChildrensInfo.Cli;

/// <summary>Writes a file that appears under its name only when it is whole: a failure half way leaves nothing behind.</summary>
public static class FinishedFile
{
    public static void Write(string path, Action<Stream> write)
    {
        var partial = path + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
                write(stream);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
