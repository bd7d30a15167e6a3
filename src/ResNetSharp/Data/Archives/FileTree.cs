namespace ResNetSharp.Data.Archives;

/// <summary>The files below a folder or inside an archive, for reading by any thread. Nothing is ever unpacked to disk.</summary>
abstract class FileTree
{
    /// <summary>No file that is read whole may be larger.</summary>
    public const long MostBytes = 1L << 28;

    /// <summary>No deflate stream holds more than this many times its own size.</summary>
    protected const long LargestExpansion = 1032;

    /// <summary>The folder or the archive.</summary>
    public required string Location { get; init; }

    /// <summary>The paths of the files below it, with <c>/</c> between the parts; no two alike.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The paths of the folders below it that are recorded on their own; others follow from the files.</summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>Opens a folder, or an archive by its name: <c>.zip</c>, <c>.tar</c>, <c>.tar.gz</c>, <c>.tgz</c>.</summary>
    /// <param name="path">The folder or the archive.</param>
    /// <param name="wanted">Which files matter, by path; the others are left out.</param>
    /// <exception cref="FileNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="InvalidDataException">Not an archive, or a damaged one.</exception>
    public static FileTree Open(string path, Func<string, bool> wanted)
    {
        if (Directory.Exists(path)) return FolderTree.Scan(path, wanted);
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no folder or file {path}");
        if (HasEnding(path, ".zip")) return ZipTree.Scan(path, wanted);
        if (HasEnding(path, ".tar")) return TarTree.Scan(path, wanted);
        if (HasEnding(path, ".tar.gz") || HasEnding(path, ".tgz")) return MemoryTree.Scan(path, wanted);
        throw new InvalidDataException($"{path} is not an archive that can be read; .tar, .tar.gz, .tgz and .zip can");
    }

    /// <summary>Whether a path names an archive.</summary>
    public static bool IsArchive(string path) =>
        HasEnding(path, ".zip") || HasEnding(path, ".tar") || HasEnding(path, ".tar.gz") || HasEnding(path, ".tgz");

    /// <summary>The length of a file in bytes.</summary>
    /// <exception cref="InvalidDataException">More than <see cref="MostBytes"/>, or more than the archive can hold.</exception>
    public int GetLength(int file)
    {
        var length = Length(file);
        if (length is < 0 or > MostBytes) throw new InvalidDataException($"{FullName(file)} has {length} bytes; at most {MostBytes} can be read");
        return (int)length;
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">Which one.</param>
    /// <param name="destination">Takes as many bytes as <see cref="GetLength"/> says.</param>
    /// <exception cref="InvalidDataException">The archive is damaged there.</exception>
    public abstract void Read(int file, Span<byte> destination);

    /// <summary>Reads a whole file.</summary>
    public byte[] ReadAll(int file)
    {
        var bytes = new byte[GetLength(file)];
        Read(file, bytes);
        return bytes;
    }

    /// <summary>What a file is called in messages.</summary>
    public string FullName(int file) => Location + "/" + Files[file];

    /// <summary>The recorded length of a file.</summary>
    protected abstract long Length(int file);

    /// <summary>
    /// The usable form of a path from an archive: without <c>.</c> parts; null for one that leaves the archive, is absolute, or is hidden.
    /// </summary>
    protected static string? Normalize(string path)
    {
        if (path.StartsWith('/')) return null;
        var parts = path.Split('/').Where(part => part is not ("" or ".")).ToArray();
        var usable = parts.Length > 0 && !parts.Any(part => part.StartsWith('.') || part.Contains('\0') || part == "__MACOSX");
        return usable ? string.Join('/', parts) : null;
    }

    static bool HasEnding(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
