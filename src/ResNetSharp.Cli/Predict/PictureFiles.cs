namespace ResNetSharp.Cli.Predict;

/// <summary>Finds the pictures that a user means.</summary>
static class PictureFiles
{
    static readonly string[] extensions = [".jpg", ".jpeg", ".png", ".bmp"];

    /// <summary>Files as they are given, and for a folder all pictures in it and below it, in the order of their paths.</summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="UsageException">A folder has no pictures.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths) =>
    [
        .. paths.SelectMany(path => Directory.Exists(path) ? Below(path)
            : File.Exists(path) ? [path]
            : throw new FileNotFoundException($"there is no picture '{path}'")),
    ];

    static List<string> Below(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true };
        var found = Directory.EnumerateFiles(folder, "*", options).Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).ToList();
        if (found.Count == 0) throw new UsageException($"there are no pictures ({string.Join(", ", extensions)}) in '{folder}'");
        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
