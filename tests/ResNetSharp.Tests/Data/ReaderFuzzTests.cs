using ResNetSharp.Data;
using ResNetSharp.Data.Archives;
using ResNetSharp.Tests.Fuzzing;

namespace ResNetSharp.Tests.Data;

/// <summary>Damaged files must give an <see cref="InvalidDataException"/> or a sound result, and take little memory.</summary>
public sealed class ReaderFuzzTests : IDisposable
{
    const long AllocationLimit = 16 << 20;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    static readonly (string Name, byte[]? Content)[] Entries =
    [
        ("a/", null), ("a/1.jpg", Noise(700)), ("a/2.jpg", []), ("b/" + new string('x', 150) + ".jpg", Noise(100)), ("b/2.jpg", Noise(3000)),
    ];

    static void ReadEverything(FileTree tree)
    {
        for (var i = 0; i < tree.Files.Count; i++) tree.ReadAll(i);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Idx_files(int seed)
    {
        byte[] plain = [0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 5, 0, 0, 0, 4, .. Noise(200)];
        FuzzRun.Check([("plain", plain), ("gzip", ArchiveBuilder.Gzip(plain))], 300, seed,
            bytes => IdxFile.Read(folder.Write("x", bytes), 3), AllocationLimit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cifar_files(int seed) =>
        FuzzRun.Check([("cifar", Noise(3073 * 3))], 200, seed, bytes =>
        {
            folder.Write("cifar/data_batch_1.bin", bytes);
            CifarFiles.Open(Path.Combine(folder.Path, "cifar"), isHundred: false).Load();
        }, AllocationLimit);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Tar_archives(int seed)
    {
        (string, byte[])[] corpus =
        [
            ("ustar", ArchiveBuilder.Tar(System.Formats.Tar.TarEntryFormat.Ustar, Entries[..3])),
            ("gnu", ArchiveBuilder.Tar(System.Formats.Tar.TarEntryFormat.Gnu, Entries)),
            ("pax", ArchiveBuilder.Tar(System.Formats.Tar.TarEntryFormat.Pax, Entries)),
        ];
        FuzzRun.Check(corpus, 200, seed, bytes => ReadEverything(FileTree.Open(folder.Write("x.tar", bytes), _ => true)), AllocationLimit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Tar_archives_whose_headers_have_a_right_check_sum(int seed)
    {
        var random = new Random(seed);
        var pax = ArchiveBuilder.Tar(System.Formats.Tar.TarEntryFormat.Pax, Entries);
        var gnu = ArchiveBuilder.Tar(System.Formats.Tar.TarEntryFormat.Gnu, Entries);
        for (var i = 0; i < 400; i++)
        {
            var bytes = (i % 2 == 0 ? pax : gnu).ToArray();
            var header = random.Next(bytes.Length / 512) * 512;
            for (var n = random.Next(1, 6); n > 0; n--) bytes[header + 100 + random.Next(100)] = (byte)random.Next(256);
            TarTests.FixCheckSum(bytes.AsSpan(header, 512));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadEverything(FileTree.Open(folder.Write("x.tar", bytes), _ => true));
            }
            catch (InvalidDataException e)
            {
                Assert.NotEmpty(e.Message);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationLimit);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Compressed_tar_archives(int seed) =>
        FuzzRun.Check([("tgz", ArchiveBuilder.Gzip(ArchiveBuilder.Tar(Entries)))], 300, seed,
            bytes => ReadEverything(FileTree.Open(folder.Write("x.tgz", bytes), _ => true)), AllocationLimit);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Zip_archives(int seed) =>
        FuzzRun.Check([("zip", ArchiveBuilder.Zip(Entries)), ("few", ArchiveBuilder.Zip(Entries[1]))], 300, seed,
            bytes => ReadEverything(FileTree.Open(folder.Write("x.zip", bytes), _ => true)), AllocationLimit);
}
