using System.IO.Compression;
using ResNetSharp.Data.Archives;

namespace ResNetSharp.Tests.Data;

public sealed class ZipTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    FileTree Open(byte[] bytes) => FileTree.Open(folder.Write("x.zip", bytes), path => path.EndsWith(".jpg", StringComparison.Ordinal));

    [Fact]
    public void Files_are_read_by_many_threads()
    {
        var entries = Enumerable.Range(0, 50).Select(i => ($"c{i % 3}/{i:D2}.jpg", (byte[]?)[.. Enumerable.Repeat((byte)i, 100 * i)]));
        var tree = Open(ArchiveBuilder.Zip([("c0/", null), .. entries, ("notes.txt", [1])]));
        Assert.Equal(50, tree.Files.Count);
        Assert.Equal(["c0"], tree.Folders);
        Parallel.For(0, 400, n => Assert.Equal(Enumerable.Repeat((byte)(n % 50), 100 * (n % 50)), tree.ReadAll(n % 50)));
    }

    [Fact]
    public void Paths_that_lead_out_and_links_are_left_out()
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in new[] { "../up.jpg", "..\\up.jpg", "/root.jpg", "a\\fine.jpg", ".hidden.jpg" }) archive.CreateEntry(name);
            archive.CreateEntry("a/link.jpg").ExternalAttributes = unchecked((int)0xA1FF0000);
        }
        Assert.Equal(["a/fine.jpg"], Open(memory.ToArray()).Files);
    }

    [Fact]
    public void A_stored_size_beyond_the_archive_is_refused()
    {
        var bytes = ArchiveBuilder.Zip(("a.jpg", [1, 2, 3]));
        var directory = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        bytes.AsSpan(directory + 20, 8).Fill(0x0A); // packed and unpacked size: 168,430,090
        var tree = Open(bytes);
        Assert.Contains("cannot", Assert.Throws<InvalidDataException>(() => tree.ReadAll(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_the_stream_cannot_have_is_refused_without_taking_memory()
    {
        var bytes = ArchiveBuilder.Zip(("a.jpg", [1, 2, 3]));
        var central = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.GetBytes(0x7FFFFFFF).CopyTo(bytes, central + 24);
        var tree = Open(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<InvalidDataException>(() => tree.ReadAll(0));
        Assert.Contains("a.jpg claims to have 2147483647 bytes", e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_truncated_archive_is_named()
    {
        var bytes = ArchiveBuilder.Zip(("a.jpg", [1, 2, 3]));
        var e = Assert.Throws<InvalidDataException>(() => Open(bytes[..^10]));
        Assert.Contains("x.zip is not a sound zip archive", e.Message, StringComparison.Ordinal);
    }
}
