using System.Security.Cryptography;
using ResNetSharp.Data;

namespace ResNetSharp.Tests.Data;

public sealed class DatasetsTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FileServer server = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    static byte[] Images(int count) => ArchiveBuilder.Gzip([0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 2, 0, 0, 0, 2, .. new byte[4 * count]]);

    static byte[] Labels(params byte[] labels) => ArchiveBuilder.Gzip([0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels]);

    DatasetFile Publish(string name, byte[] content) =>
#pragma warning disable CA5351 // publishers of data sets give MD5
        new(name, server.Add(name, content).ToString(), Convert.ToHexString(MD5.HashData(content)));
#pragma warning restore CA5351

    IdxNamedDataset SmallSet() => new("small", ["small"],
    [
        Publish("train-images-idx3-ubyte.gz", Images(3)), Publish("train-labels-idx1-ubyte.gz", Labels(0, 1, 2)),
        Publish("t10k-images-idx3-ubyte.gz", Images(2)), Publish("t10k-labels-idx1-ubyte.gz", Labels(1, 0)),
    ], ["a", "b", "c"]);

    [Fact]
    public void A_published_set_is_downloaded_into_the_cache_and_found_there_afterwards()
    {
        var options = new ResolveOptions { CacheDirectory = folder.Path };
        var first = SmallSet().Resolve(options);
        Assert.Equal((3, 2), (first.Train.Count, first.Test!.Count));
        Assert.Equal($"small (IDX files in {Path.Combine(folder.Path, "small")})", first.Description);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal([1, 0], [first.Test.GetLabel(0), first.Test.GetLabel(1)]);
        SmallSet().Resolve(options with { Offline = true });
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public void A_set_in_the_data_folder_comes_before_the_cache_and_the_net()
    {
        var own = folder.Write("data/small/train-images-idx3-ubyte.gz", Images(1));
        folder.Write("data/small/train-labels-idx1-ubyte.gz", Labels(2));
        folder.Write("data/small/t10k-images-idx3-ubyte.gz", Images(1));
        folder.Write("data/small/t10k-labels-idx1-ubyte.gz", Labels(2));
        var options = new ResolveOptions { CacheDirectory = folder.Path, DataDirectory = Path.Combine(folder.Path, "data") };
        Assert.Equal(1, SmallSet().Resolve(options).Train.Count);
        Assert.Equal(1, SmallSet().Resolve(options with { DataDirectory = Path.GetDirectoryName(own) }).Train.Count);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Offline_says_what_to_fetch_and_where_to_put_it()
    {
        var e = Assert.Throws<FileNotFoundException>(
            () => Datasets.Resolve("CIFAR10", new ResolveOptions { CacheDirectory = folder.Path, Offline = true }));
        Assert.Equal("cifar10 is not on this machine and downloads are off; fetch https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz " +
            $"into {Path.Combine(folder.Path, "cifar10")}", e.Message);
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        var e = Assert.Throws<FileNotFoundException>(() => Datasets.Resolve("no-such-set"));
        Assert.Equal("'no-such-set' is neither a folder or archive nor one of the known data sets: fashion-mnist, mnist, cifar10, cifar100, shapes",
            e.Message);
    }

    [Fact]
    public void A_data_folder_that_does_not_exist_is_named()
    {
        var e = Assert.Throws<DirectoryNotFoundException>(() => Datasets.Resolve("mnist", new ResolveOptions { DataDirectory = "/no/such" }));
        Assert.Contains("/no/such does not exist", e.Message, StringComparison.Ordinal);
    }

    [SharedFact("data/photos")]
    public void Pictures_that_are_left_out_are_counted_and_named()
    {
        foreach (var name in new[] { "a/1.png", "a/2.png", "b/1.png" }) folder.Write(name, File.ReadAllBytes(SharedData.Find("data/photos/horse.png")!));
        var broken = folder.Write("b/2.png", File.ReadAllBytes(SharedData.Find("data/photos/horse.png")!).AsSpan(..500));
        var found = Datasets.Resolve(folder.Path, new ResolveOptions { SkipBroken = true });
        Assert.Equal($"pictures in {folder.Path}, 1 unreadable left out", found.Description);
        Assert.StartsWith($"cannot read {broken}: ", Assert.Single(found.Skipped), StringComparison.Ordinal);
        Assert.Equal(3, found.Train.Count);
    }

    [SharedFact("data/fashion-mnist")]
    public void A_folder_of_idx_files_is_recognised_by_its_path()
    {
        var (train, test, _) = Datasets.Resolve(SharedData.Find("data/fashion-mnist")!);
        Assert.Equal((60_000, 10_000), (train.Count, test!.Count));
        Assert.Equal("Ankle boot", train.ClassNames[train.GetLabel(0)]);
    }
}
