using System.Security.Cryptography;
using ResNetSharp.Data;
using ResNetSharp.Imaging;
using ResNetSharp.Models;
using ResNetSharp.Tests.Data;

namespace ResNetSharp.Tests.Models;

/// <summary>How files of weights come from a server into the cache, with a server on this machine.</summary>
public sealed class WeightsDownloadTests : IDisposable
{
    static readonly byte[] Content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i >> 7))];
    static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));

    readonly TemporaryFolder folder = new();
    readonly FileServer server = new();

    string Cached => Path.Combine(folder.Path, "weights", "tiny-0123.pth");

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_fetched_once_and_checked_by_the_beginning_of_its_hash()
    {
        var weights = Entry(Hash[..8]);
        Assert.Equal(Cached, await Find(weights));
        Assert.Equal(Cached, await Find(weights));
        Assert.Equal(Content, File.ReadAllBytes(Cached));
        Assert.Equal(["/tiny-0123.pth"], server.Requests);
    }

    [Fact]
    public async Task A_file_with_another_hash_is_not_kept()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Find(Entry("00112233")));
        Assert.Contains("SHA256 does not begin with 00112233", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Cached));
        error = await Assert.ThrowsAsync<InvalidDataException>(() => Find(Entry(null, md5: new string('0', 32))));
        Assert.Contains("MD5 is not 0000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_cache_that_was_damaged_is_fetched_again()
    {
        var weights = Entry(Hash);
        await Find(weights);
        File.WriteAllBytes(Cached, Content[..^1]);
        await Find(weights);
        Assert.Equal(Content, File.ReadAllBytes(Cached));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_broken_download_says_how_to_go_on_and_does()
    {
        var weights = Entry(Hash);
        server.CutAfter = 70_000;
        var error = await Assert.ThrowsAsync<IOException>(() => Find(weights));
        Assert.Contains($"put it into {Path.GetDirectoryName(Cached)}", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Cached));
        server.CutAfter = null;
        await Find(weights);
        Assert.Equal(Content, File.ReadAllBytes(Cached));
        Assert.Contains("bytes=", server.Requests[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_server_does_not_have_is_named()
    {
        var weights = Entry(Hash) with { Source = new Uri(server.Address + "nothing.pth") };
        var error = await Assert.ThrowsAsync<IOException>(() => Find(weights));
        Assert.Contains($"{server.Address}nothing.pth: the server answered 404", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_fetch_a_file_once()
    {
        var weights = Entry(Hash);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Find(weights))));
        Assert.Equal(Content, File.ReadAllBytes(Cached));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_download_can_be_cancelled_and_tells_its_progress()
    {
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            WeightsCache.FindOrFetchAsync(Entry(Hash), folder.Path, false, new Canceller(source), source.Token));
        Assert.False(File.Exists(Cached));
    }

    [Fact]
    public async Task Offline_nothing_is_asked_for_and_the_error_says_what_to_put_where()
    {
        var weights = Entry(Hash);
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => Find(weights, offline: true));
        Assert.Equal($"tiny is not on this machine and downloads are off; fetch {weights.Source} and put it into {Path.GetDirectoryName(Cached)}", error.Message);
        Directory.CreateDirectory(Path.GetDirectoryName(Cached)!);
        File.WriteAllBytes(Cached, Content[..100]);
        var damaged = await Assert.ThrowsAsync<InvalidDataException>(() => Find(weights, offline: true));
        Assert.Contains(Cached, damaged.Message, StringComparison.Ordinal);
        File.WriteAllBytes(Cached, Content);
        Assert.Equal(Cached, await Find(weights, offline: true));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Fetched_weights_fill_a_network_that_then_says_what_it_sees()
    {
        var original = Architectures.Create("cifar-resnet20");
        original.Initialize(5);
        original.Save(Path.Combine(folder.Path, "original.safetensors"));
        var content = File.ReadAllBytes(Path.Combine(folder.Path, "original.safetensors"));
        var weights = Entry(Convert.ToHexStringLower(SHA256.HashData(content))) with { Source = server.Add("tiny-0123.pth", content) };
        var model = Architectures.Create("cifar-resnet20");
        WeightsChoice.Fill(model, weights, await Find(weights));
        original.Preprocessing = Preprocessing.Cifar;
        original.ClassNames = Cifar10.ClassNames;
        var picture = new Image(32, 32, new byte[32 * 32 * 3]);
        Assert.Equal(original.Classify(picture), model.Classify(picture));
    }

    [SharedTheory("data/weights/pytorch-legacy")]
    [InlineData("cifar-resnet20.akamaster", "resnet20-12fca82f.th")]
    [InlineData("cifar-resnet32.akamaster", "resnet32-d509ac18.th")]
    public void A_published_file_that_was_put_into_the_cache_by_hand_is_what_the_list_says(string name, string file)
    {
        folder.Write($"weights/{file}", File.ReadAllBytes(SharedData.Find($"data/weights/pytorch-legacy/{file}")!));
        var model = Weights.Load(name, folder.Path, offline: true);
        Assert.Equal(Cifar10.ClassNames, model.ClassNames);
        Assert.Equal(new FileInfo(Weights.Download(name, folder.Path, offline: true)).Length, Weights.Find(name).Bytes!.Value, 600.0);
    }

    Task<string> Find(PretrainedWeights weights, bool offline = false) => WeightsCache.FindOrFetchAsync(weights, folder.Path, offline, null, CancellationToken.None);

    PretrainedWeights Entry(string? sha256, string? md5 = null) => new()
    {
        Name = "tiny",
        Architecture = "cifar-resnet20",
        TrainedOn = "cifar10",
        Source = server.Add("tiny-0123.pth", Content),
        Sha256 = sha256,
        Md5 = md5,
        Preprocessing = Preprocessing.Cifar,
    };

    sealed class Canceller(CancellationTokenSource source) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            Assert.Equal("tiny-0123.pth", value.File);
            source.Cancel();
        }
    }
}
