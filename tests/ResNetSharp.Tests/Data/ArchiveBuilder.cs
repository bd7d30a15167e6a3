using System.Formats.Tar;
using System.IO.Compression;

namespace ResNetSharp.Tests.Data;

/// <summary>Writes archives with the runtime's own writers, which share no code with the readers under test.</summary>
static class ArchiveBuilder
{
    public static byte[] Tar(TarEntryFormat format, params (string Name, byte[]? Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var writer = new TarWriter(memory, format, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                var type = content is null ? TarEntryType.Directory
                    : format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(type, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                    _ => new PaxTarEntry(type, name),
                };
                if (content is not null) entry.DataStream = new MemoryStream(content);
                writer.WriteEntry(entry);
            }
        }
        return memory.ToArray();
    }

    public static byte[] Tar(params (string Name, byte[]? Content)[] entries) => Tar(TarEntryFormat.Pax, entries);

    public static byte[] Zip(params (string Name, byte[]? Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                var entry = archive.CreateEntry(name);
                if (content is null) continue;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }
        return memory.ToArray();
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal)) gzip.Write(bytes);
        return memory.ToArray();
    }
}
