using System.IO.Compression;

namespace ResNetSharp.Data.Archives;

/// <summary>A zip archive. One thread at a time unpacks; the pictures in it are hardly compressed, so that is no bottleneck.</summary>
sealed class ZipTree : FileTree
{
    const int UnixTypeMask = 0xF000;
    const int UnixLink = 0xA000;

    readonly Lock gate = new();
    readonly IReadOnlyList<ZipArchiveEntry> entries;

    readonly long archiveLength;

    ZipTree(IReadOnlyList<ZipArchiveEntry> entries, long archiveLength) => (this.entries, this.archiveLength) = (entries, archiveLength);

    public static ZipTree Scan(string path, Func<string, bool> wanted)
    {
        try
        {
            // The archive stays open as long as its entries are in use.
            var archive = new ZipArchive(File.OpenRead(path), ZipArchiveMode.Read);
            return Read(path, archive, wanted);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is not a sound zip archive: {e.Message}", e);
        }
    }

    public override void Read(int file, Span<byte> destination)
    {
        lock (gate)
        {
            try
            {
                using var stream = entries[file].Open();
                stream.ReadExactly(destination);
                if (stream.ReadByte() >= 0) throw new InvalidDataException("it is longer than it claims");
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException)
            {
                throw new InvalidDataException($"{FullName(file)} is damaged: {e.Message}", e);
            }
        }
    }

    protected override long Length(int file)
    {
        var entry = entries[file];
        return entry.CompressedLength <= archiveLength && entry.Length <= (entry.CompressedLength + 1) * LargestExpansion
            ? entry.Length
            : throw new InvalidDataException($"{FullName(file)} claims to have {entry.Length} bytes, which it cannot");
    }

    static ZipTree Read(string path, ZipArchive archive, Func<string, bool> wanted)
    {
        var files = new OrderedDictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            var isLink = ((entry.ExternalAttributes >> 16) & UnixTypeMask) == UnixLink;
            var raw = entry.FullName.Replace('\\', '/');
            if (isLink || Normalize(raw) is not { } name) continue;
            if (raw.EndsWith('/')) folders.Add(name);
            else if (wanted(name)) files[name] = entry;
        }
        return new ZipTree([.. files.Values], new FileInfo(path).Length) { Location = path, Files = [.. files.Keys], Folders = [.. folders] };
    }
}
