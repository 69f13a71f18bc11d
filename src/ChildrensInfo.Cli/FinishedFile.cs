namespace ChildrensInfo.Cli;

/// <summary>Writes files that appear under their names only when all of them are whole: a failure half way leaves nothing behind.</summary>
public static class FinishedFile
{
    public static string PartialOf(string path) => path + ".partial";

    public static void Write(string path, Action<Stream> write) => Write((path, write));

    public static void Write(params (string Path, Action<Stream> Write)[] files)
    {
        try
        {
            foreach (var (path, write) in files)
            {
                // Where there is a folder of that name it could not be put, and the others would stand without it.
                if (Directory.Exists(path)) throw new IOException($"{path} is a folder.");
                using var stream = new FileStream(PartialOf(path), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
                write(stream);
            }

            foreach (var (path, _) in files) File.Move(PartialOf(path), path, overwrite: true);
        }
        finally
        {
            foreach (var (path, _) in files.Where(f => File.Exists(PartialOf(f.Path)))) File.Delete(PartialOf(path));
        }
    }
}
