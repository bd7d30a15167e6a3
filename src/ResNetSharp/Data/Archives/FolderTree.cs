namespace ResNetSharp.Data.Archives;

/// <summary>Files on disk.</summary>
sealed class FolderTree : FileTree
{
    /// <summary>Deep enough for any collection of pictures, and an end for circles.</summary>
    const int DeepestLevel = 8;

    public static FolderTree Scan(string path, Func<string, bool> wanted)
    {
        var files = new List<string>();
        var folders = new List<string>();
        Walk(new DirectoryInfo(path), "", 0, wanted, files, folders);
        return new FolderTree { Location = Path.TrimEndingDirectorySeparator(path), Files = files, Folders = folders };
    }

    public override void Read(int file, Span<byte> destination)
    {
        using var stream = File.OpenRead(FullName(file));
        stream.ReadExactly(destination);
    }

    protected override long Length(int file) => new FileInfo(FullName(file)).Length;

    static void Walk(DirectoryInfo folder, string prefix, int level, Func<string, bool> wanted, List<string> files, List<string> folders)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (Normalize(entry.Name) is null) continue;
            var path = prefix + entry.Name;
            if (entry is DirectoryInfo below)
            {
                // Links to the folders of classes are common; deeper ones could lead in circles.
                if (level >= DeepestLevel || (level > 1 && entry.LinkTarget is not null)) continue;
                folders.Add(path);
                Walk(below, path + "/", level + 1, wanted, files, folders);
            }
            else if (wanted(path))
            {
                files.Add(path);
            }
        }
    }
}
