using System.Formats.Tar;
using ResNetSharp.Data.Archives;

namespace ResNetSharp.Tests.Data;

public sealed class TarTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static readonly (string Name, byte[]? Content)[] Entries =
    [
        ("a/", null),
        ("a/one.jpg", [1, 2, 3]),
        ("a/empty.jpg", []),
        ("./b/two.jpg", [.. Enumerable.Range(0, 1500).Select(i => (byte)i)]),
        ("b/three.txt", [9]),
    ];

    FileTree Open(string name, byte[] bytes) => FileTree.Open(folder.Write(name, bytes), path => path.EndsWith(".jpg", StringComparison.Ordinal));

    static Dictionary<string, byte[]> Contents(FileTree tree) =>
        Enumerable.Range(0, tree.Files.Count).ToDictionary(i => tree.Files[i], tree.ReadAll);

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public void Files_of_every_dialect_are_read_plain_and_compressed(TarEntryFormat format)
    {
        var bytes = ArchiveBuilder.Tar(format, Entries);
        foreach (var tree in new[] { Open("x.tar", bytes), Open("x.tar.gz", ArchiveBuilder.Gzip(bytes)), Open("y.TGZ", ArchiveBuilder.Gzip(bytes)) })
        {
            var contents = Contents(tree);
            Assert.Equal(["a/one.jpg", "a/empty.jpg", "b/two.jpg"], tree.Files);
            Assert.Equal(["a"], tree.Folders);
            Assert.Equal([1, 2, 3], contents["a/one.jpg"]);
            Assert.Empty(contents["a/empty.jpg"]);
            Assert.Equal(Entries[3].Content, contents["b/two.jpg"]);
        }
    }

    [Theory]
    [InlineData(TarEntryFormat.Ustar, 126)]
    [InlineData(TarEntryFormat.Gnu, 300)]
    [InlineData(TarEntryFormat.Pax, 300)]
    public void Long_names_are_read_in_the_dialects_that_have_them(TarEntryFormat format, int length)
    {
        var name = string.Join('/', Enumerable.Repeat("folder", length / 7)) + "/ü.jpg";
        var tree = Open("x.tar", ArchiveBuilder.Tar(format, (name, [7])));
        Assert.Equal([name], tree.Files);
        Assert.Equal([7], tree.ReadAll(0));
    }

    [Fact]
    public void Links_and_paths_that_lead_out_are_left_out()
    {
        using var memory = new MemoryStream();
        using (var writer = new TarWriter(memory, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "a/link.jpg") { LinkName = "/etc/passwd" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "a/hard.jpg") { LinkName = "../../secret" });
            foreach (var name in new[] { "../up.jpg", "/root.jpg", "a/../../up.jpg", "a/.hidden.jpg", "__MACOSX/a.jpg", "a/fine.jpg" })
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });
        }
        Assert.Equal(["a/fine.jpg"], Open("x.tar", memory.ToArray()).Files);
    }

    [Fact]
    public void The_later_of_two_entries_with_one_name_counts()
    {
        var bytes = ArchiveBuilder.Tar(("a.jpg", [1]), ("a.jpg", [2, 3]));
        foreach (var tree in new[] { Open("x.tar", bytes), Open("x.tgz", ArchiveBuilder.Gzip(bytes)) })
        {
            Assert.Single(tree.Files);
            Assert.Equal([2, 3], tree.ReadAll(0));
        }
    }

    [Fact]
    public void Cutting_an_archive_anywhere_is_noticed()
    {
        var bytes = ArchiveBuilder.Tar(TarEntryFormat.Ustar, Entries);
        var end = bytes.Length - 1024;
        for (var length = 0; length <= end; length += 100)
        {
            var plain = Assert.Throws<InvalidDataException>(() => Open("x.tar", bytes[..length]));
            Assert.Contains("x.tar is cut short", plain.Message, StringComparison.Ordinal);
            var zipped = Assert.Throws<InvalidDataException>(() => Open("x.tgz", ArchiveBuilder.Gzip(bytes[..length])));
            Assert.Contains("x.tgz is cut short", zipped.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_header_is_noticed_and_its_place_named()
    {
        var bytes = ArchiveBuilder.Tar(TarEntryFormat.Ustar, Entries);
        bytes[512 + 3] ^= 1;
        var e = Assert.Throws<InvalidDataException>(() => Open("x.tar", bytes));
        Assert.Contains("check sum is wrong at byte 512", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_absurd_size_is_refused_without_taking_memory()
    {
        var bytes = ArchiveBuilder.Tar(TarEntryFormat.Ustar, ("a.jpg", [1]));
        "77777777777"u8.CopyTo(bytes.AsSpan(124));
        FixCheckSum(bytes);
        var zipped = ArchiveBuilder.Gzip(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Open("x.tar", bytes));
        var e = Assert.Throws<InvalidDataException>(() => Open("x.tgz", zipped));
        Assert.Contains("claims to have 8589934591 bytes", e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_size_may_be_binary_but_not_a_check_sum()
    {
        var bytes = ArchiveBuilder.Tar(TarEntryFormat.Ustar, ("a.jpg", [1, 2]));
        bytes.AsSpan(124, 12).Clear();
        (bytes[124], bytes[135]) = (0x80, 2);
        FixCheckSum(bytes);
        Assert.Equal([1, 2], Open("x.tar", bytes).ReadAll(0));
        bytes[148] = 0x80;
        var e = Assert.Throws<InvalidDataException>(() => Open("x.tar", bytes));
        Assert.Contains("an impossible number at byte 0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_gzip_stream_is_noticed()
    {
        var zipped = ArchiveBuilder.Gzip(ArchiveBuilder.Tar(Entries));
        zipped[zipped.Length / 2] ^= 0xFF;
        var e = Assert.Throws<InvalidDataException>(() => Open("x.tgz", zipped));
        Assert.Contains("x.tgz", e.Message, StringComparison.Ordinal);
    }

    internal static void FixCheckSum(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header[..512]) sum += b;
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header[148..]);
    }
}
