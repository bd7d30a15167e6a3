using System.IO.Compression;

namespace ResNetSharp.Data.Archives;

/// <summary>The wanted files of a compressed tar archive, in memory as they are, because such an archive can only be read from its start.</summary>
sealed class MemoryTree : FileTree
{
    readonly IReadOnlyList<byte[]> contents;

    MemoryTree(IReadOnlyList<byte[]> contents) => this.contents = contents;

    public static MemoryTree Scan(string path, Func<string, bool> wanted)
    {
        using var file = File.OpenRead(path);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        try
        {
            var tree = Read(path, new TarScanner(unzipped, path), wanted, file.Length);
            // The check sum of all the bytes comes last.
            unzipped.CopyTo(Stream.Null);
            return tree;
        }
        catch (InvalidDataException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path} is not a sound gzip file: {e.Message}", e);
        }
    }

    public override void Read(int file, Span<byte> destination) => contents[file].CopyTo(destination);

    protected override long Length(int file) => contents[file].Length;

    static MemoryTree Read(string path, TarScanner scanner, Func<string, bool> wanted, long fileLength)
    {
        var files = new OrderedDictionary<string, byte[]>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var budget = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        while (scanner.MoveNext())
        {
            if (Normalize(scanner.Name) is not { } name) continue;
            if (scanner.IsFolder) folders.Add(name);
            if (!scanner.IsFile || !wanted(name)) continue;
            if (scanner.Size > Math.Min(MostBytes, fileLength * LargestExpansion))
                throw new InvalidDataException($"{path}/{name} claims to have {scanner.Size} bytes, which it cannot");
            budget -= scanner.Size;
            if (budget < 0) throw new InvalidDataException($"{path} does not fit in memory; unpack it to a folder or a plain .tar");
            var content = new byte[scanner.Size];
            scanner.Read(content);
            files[name] = content;
        }
        return new MemoryTree([.. files.Values]) { Location = path, Files = [.. files.Keys], Folders = [.. folders] };
    }
}
