using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class IdxTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static byte[] Idx(byte[] values, params int[] extents) =>
        [0, 0, 8, (byte)extents.Length, .. extents.SelectMany(e => new[] { (byte)(e >> 24), (byte)(e >> 16), (byte)(e >> 8), (byte)e }), .. values];

    static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) gzip.Write(bytes);
        return memory.ToArray();
    }

    void WriteSet(byte[] images, byte[] labels, string part = "train", string suffix = "")
    {
        folder.Write($"{part}-images-idx3-ubyte{suffix}", images);
        folder.Write($"{part}-labels-idx1-ubyte{suffix}", labels);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Reads_pictures_and_labels_plain_and_compressed(string suffix)
    {
        byte[] pixels = [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 10))];
        byte[] images = Idx(pixels, 2, 3, 4), labels = Idx([7, 2], 2);
        WriteSet(suffix == "" ? images : Gzip(images), suffix == "" ? labels : Gzip(labels), suffix: suffix);
        var (train, test) = IdxFolder.Load(folder.Path, Mnist.ClassNames);
        Assert.Null(test);
        Assert.Equal((3, 4, 1), train.ElementShape);
        Assert.Equal([7, 2], [train.GetLabel(0), train.GetLabel(1)]);
        Assert.Equal(pixels[12..].Select(p => (float)p), TestPictures.Read(train, 1));
    }

    [Fact]
    public void A_wrong_magic_number_is_named()
    {
        WriteSet(Idx([1], 1), Idx([1], 1));
        var e = Assert.Throws<InvalidDataException>(() => IdxFolder.Load(folder.Path, Mnist.ClassNames));
        Assert.Contains("train-images-idx3-ubyte is not an IDX file of bytes with 3 axes: it begins with 00000801, not 00000803", e.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void A_truncated_file_is_refused(string suffix)
    {
        byte[] images = Idx(RandomNumberGenerator.GetBytes(1000), 10, 10, 10), labels = Idx(new byte[10], 10);
        if (suffix != "") (images, labels) = (Gzip(images), Gzip(labels));
        WriteSet(images[..(images.Length / 2)], labels, suffix: suffix);
        var e = Assert.Throws<InvalidDataException>(() => IdxFolder.Load(folder.Path, Mnist.ClassNames));
        Assert.Contains("cut short", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_promises_more_than_the_file_holds_is_refused_before_memory_is_taken()
    {
        WriteSet(Gzip(Idx([1, 2, 3], 60000, 28, 28)), Idx([0], 1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => IdxFolder.Load(folder.Path, Mnist.ClassNames));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Bytes_after_the_values_are_refused()
    {
        WriteSet(Idx([1, 2], 1, 1, 1), Idx([0], 1));
        var e = Assert.Throws<InvalidDataException>(() => IdxFolder.Load(folder.Path, Mnist.ClassNames));
        Assert.Contains("goes on after the 1 values", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Different_numbers_of_pictures_and_labels_are_refused()
    {
        WriteSet(Idx([1, 2], 2, 1, 1), Idx([0, 1, 2], 3));
        var e = Assert.Throws<InvalidDataException>(() => IdxFolder.Load(folder.Path, Mnist.ClassNames));
        Assert.Contains("has 2 pictures", e.Message, StringComparison.Ordinal);
        Assert.Contains("has 3 labels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_out_of_range_is_refused()
    {
        WriteSet(Idx([1, 2], 2, 1, 1), Idx([0, 10], 2));
        var e = Assert.Throws<InvalidDataException>(() => IdxFolder.Load(folder.Path, Mnist.ClassNames));
        Assert.Contains("gives picture 1 the label 10; there are 10 classes", e.Message, StringComparison.Ordinal);
    }

    [SharedFact("data/fashion-mnist")]
    public void Fashion_mnist_has_the_published_pixels_and_labels()
    {
        var (train, test) = FashionMnist.Load(SharedData.Find("data"));
        using var expected = JsonDocument.Parse(File.ReadAllText(SharedData.Find("data/fashion-mnist/expected.json")!));
        foreach (var (data, part) in new[] { (train, "train"), (test, "t10k") })
        {
            var images = expected.RootElement.GetProperty($"{part}-images-idx3-ubyte.gz");
            var labels = expected.RootElement.GetProperty($"{part}-labels-idx1-ubyte.gz");
            Assert.Equal(images.GetProperty("dims")[0].GetInt32(), data.Count);
            Assert.Equal((28, 28, 1), data.ElementShape);
            Assert.Equal(images.GetProperty("sum").GetInt64(), SumOfPixels(data));
            Assert.Equal(labels.GetProperty("first10").EnumerateArray().Select(l => l.GetInt32()), Enumerable.Range(0, 10).Select(data.GetLabel));
            Assert.Equal(labels.GetProperty("class_counts").EnumerateArray().Select(c => c.GetInt32()),
                Enumerable.Range(0, data.Count).CountBy(data.GetLabel).OrderBy(c => c.Key).Select(c => c.Value));
        }
    }

    static long SumOfPixels(Dataset data)
    {
        var picture = new byte[data.ElementShape.Size];
        long sum = 0;
        for (var i = 0; i < data.Count; i++)
        {
            data.ReadBytes(i, picture);
            foreach (var pixel in picture) sum += pixel;
        }
        return sum;
    }
}
