using System.Text.Json;
using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class CifarTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The pixel of channel c at place p of a record is (seed + 7 c + 3 p) mod 256.
    static byte[] Record(int seed, params byte[] labels) =>
        [.. labels, .. Enumerable.Range(0, 3072).Select(i => (byte)(seed + 7 * (i / 1024) + 3 * (i % 1024)))];

    static void AssertPixels(int seed, Dataset data, int index) =>
        Assert.Equal(Enumerable.Range(0, 3072).Select(i => (float)(byte)(seed + 7 * (i % 3) + 3 * (i / 3))), TestPictures.Read(data, index));

    [Fact]
    public void Planes_become_pixels_and_batches_follow_their_names()
    {
        folder.Write("data_batch_2.bin", Record(50, 9));
        folder.Write("data_batch_1.bin", [.. Record(10, 3), .. Record(20, 0)]);
        folder.Write("test_batch.bin", Record(30, 4));
        var (train, test, found) = Datasets.Resolve(folder.Path);
        Assert.Equal($"CIFAR-10 binary files in {folder.Path}", found);
        Assert.Equal(3, train.Count);
        Assert.Equal((32, 32, 3), train.ElementShape);
        Assert.Equal([3, 0, 9], Enumerable.Range(0, 3).Select(train.GetLabel));
        AssertPixels(10, train, 0);
        AssertPixels(20, train, 1);
        AssertPixels(50, train, 2);
        AssertPixels(30, test!, 0);
        Assert.Equal("deer", test!.ClassNames[test.GetLabel(0)]);
    }

    [Fact]
    public void The_published_archive_is_read_where_it_lies()
    {
        folder.Write("cifar-10-binary.tar.gz", ArchiveBuilder.Gzip(ArchiveBuilder.Tar(
            ("cifar-10-batches-bin/", null), ("cifar-10-batches-bin/readme.html", [1]),
            ("cifar-10-batches-bin/data_batch_1.bin", Record(10, 3)), ("cifar-10-batches-bin/test_batch.bin", Record(30, 4)))));
        var (train, test) = Cifar10.Load(folder.Path);
        AssertPixels(10, train, 0);
        AssertPixels(30, test, 0);
    }

    [Fact]
    public void Cifar_100_has_fine_and_coarse_labels()
    {
        folder.Write("cifar-100-binary/train.bin", [.. Record(1, 19, 99), .. Record(2, 0, 51)]);
        folder.Write("cifar-100-binary/test.bin", Record(3, 4, 0));
        var (fine, _) = Cifar100.Load(folder.Path);
        Assert.Equal([99, 51], [fine.GetLabel(0), fine.GetLabel(1)]);
        var (coarse, coarseTest) = Cifar100.Load(folder.Path, coarse: true);
        Assert.Equal([19, 0], [coarse.GetLabel(0), coarse.GetLabel(1)]);
        Assert.Equal("fruit_and_vegetables", coarseTest.ClassNames[coarseTest.GetLabel(0)]);
        AssertPixels(2, coarse, 1);
        Assert.Equal(100, Cifar100.ClassNames.Distinct().Count());
        Assert.Equal(Cifar100.ClassNames.Order(StringComparer.Ordinal), Cifar100.ClassNames);
        Assert.Equal(20, Cifar100.CoarseClassNames.Distinct().Count());
    }

    [Fact]
    public void A_folder_without_the_test_set_is_not_taken_for_the_published_set()
    {
        folder.Write("cifar10/data_batch_1.bin", Record(10, 3));
        var options = new ResolveOptions { DataDirectory = folder.Path, CacheDirectory = Path.Combine(folder.Path, "cache"), Offline = true };
        Assert.Throws<FileNotFoundException>(() => Datasets.Resolve("cifar10", options));
        Assert.Null(Datasets.Resolve(Path.Combine(folder.Path, "cifar10"), options).Test);
    }

    [Fact]
    public void A_file_that_is_no_whole_number_of_records_is_refused()
    {
        folder.Write("data_batch_1.bin", Record(10, 3).AsSpan(..^1));
        var e = Assert.Throws<InvalidDataException>(() => Datasets.Resolve(folder.Path));
        Assert.Contains("data_batch_1.bin has 3072 bytes, which is no whole number of records of 3073", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_out_of_range_is_refused()
    {
        folder.Write("data_batch_1.bin", [.. Record(10, 3), .. Record(20, 10)]);
        var e = Assert.Throws<InvalidDataException>(() => Datasets.Resolve(folder.Path));
        Assert.Contains("data_batch_1.bin has the label 10 at byte 3073; there are 10 classes", e.Message, StringComparison.Ordinal);
    }

    [SharedFact("data/cifar10-lossless-4k")]
    public void The_first_records_of_the_published_file_have_their_counts_labels_and_means()
    {
        var (train, test, _) = Datasets.Resolve("cifar10-lossless-4k", new ResolveOptions { DataDirectory = SharedData.Find("data") });
        using var expected = JsonDocument.Parse(File.ReadAllText(SharedData.Find("data/cifar10-lossless-4k/expected.json")!));
        Assert.Null(test);
        Assert.Equal(expected.RootElement.GetProperty("records").GetInt32(), train.Count);
        Assert.Equal(expected.RootElement.GetProperty("first20_labels").EnumerateArray().Select(l => l.GetInt32()), Enumerable.Range(0, 20).Select(train.GetLabel));
        var sums = new double[3];
        for (var i = 0; i < train.Count; i++)
        {
            var pixels = TestPictures.Read(train, i);
            for (var p = 0; p < pixels.Length; p++) sums[p % 3] += pixels[p];
        }
        var means = expected.RootElement.GetProperty("channel_mean_over_255").EnumerateArray().Select(m => m.GetDouble()).ToArray();
        for (var c = 0; c < 3; c++) Assert.Equal(means[c], sums[c] / (4000.0 * 1024 * 255), 1e-12);
    }
}
