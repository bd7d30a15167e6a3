using Microsoft.Win32.SafeHandles;

namespace ResNetSharp.Data.Archives;

/// <summary>A tar archive that is not compressed: its files are read where they lie.</summary>
sealed class TarTree : FileTree
{
    readonly SafeFileHandle handle;
    readonly IReadOnlyList<(long Offset, long Size)> extents;

    TarTree(SafeFileHandle handle, IReadOnlyList<(long Offset, long Size)> extents) => (this.handle, this.extents) = (handle, extents);

    public static TarTree Scan(string path, Func<string, bool> wanted)
    {
        var files = new OrderedDictionary<string, (long, long)>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        using (var stream = File.OpenRead(path))
        {
            var scanner = new TarScanner(stream, path);
            while (scanner.MoveNext())
            {
                if (Normalize(scanner.Name) is not { } name) continue;
                if (scanner.IsFolder) folders.Add(name);
                // A later entry of the same name replaces an earlier one, as when unpacked.
                else if (scanner.IsFile && wanted(name)) files[name] = (scanner.Offset, scanner.Size);
            }
        }
        return new TarTree(File.OpenHandle(path), [.. files.Values]) { Location = path, Files = [.. files.Keys], Folders = [.. folders] };
    }

    public override void Read(int file, Span<byte> destination)
    {
        for (var offset = extents[file].Offset; destination.Length > 0;)
        {
            var count = RandomAccess.Read(handle, destination, offset);
            if (count == 0) throw new InvalidDataException($"{FullName(file)} is cut short: the archive ends at byte {offset}");
            offset += count;
            destination = destination[count..];
        }
    }

    protected override long Length(int file) => extents[file].Size;
}
