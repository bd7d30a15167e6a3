using ResNetSharp.Data;
using ResNetSharp.Imaging;
using ResNetSharp.Models;

namespace ResNetSharp.Tests.Models;

public sealed class WeightsTests
{
    [Fact]
    public void Every_entry_says_where_its_file_is_and_how_to_check_it()
    {
        foreach (var weights in Weights.All)
        {
            Assert.Equal(weights.Architecture, Architectures.Find(weights.Architecture).Name);
            Assert.True(weights.ClassNames.Count == Architectures.Find(weights.Architecture).Classes, weights.Name);
            if (weights.Source is null) continue;
            Assert.StartsWith(weights.Architecture + ".", weights.Name, StringComparison.Ordinal);
            Assert.Equal("https", weights.Source.Scheme);
            Assert.True((weights.Sha256 is null) != (weights.Md5 is null), weights.Name);
            if (weights.Md5 is not null) Assert.Equal(32, weights.Md5.Length);
            // torch.hub's rule: the first digits of the hash stand in the name.
            else Assert.Contains($"-{weights.Sha256![..8]}.", weights.FileName, StringComparison.Ordinal);
            Assert.InRange(weights.Top1 ?? 0.8, 0.6, 0.95);
            Assert.InRange(weights.Top5 ?? 0.95, weights.Top1 ?? 0, 1);
        }
        Assert.Equal(Weights.All.Count, Weights.All.Select(weights => weights.Name).Distinct().Count());
        Assert.Equal(Weights.All.Count, Weights.All.Select(weights => weights.FileName).Distinct().Count());
    }

    [Theory]
    [InlineData("resnet50", "resnet50.imagenet1k_v1", 0.7613, 256)]
    [InlineData("ResNet50.IMAGENET1K_V2", "resnet50.imagenet1k_v2", 0.80858, 232)]
    [InlineData("resnext101_64x4d", "resnext101_64x4d.imagenet1k_v1", 0.83246, 232)]
    [InlineData("resnet101d", "resnet101d.ra2_in1k", 0.83016, 320)]
    [InlineData("cifar-resnet20", "cifar10-resnet20", 0.8145, 32)]
    public void Weights_are_found_by_their_own_name_or_their_architectures(string name, string expected, double top1, int side)
    {
        var found = Weights.Find(name);
        Assert.Equal(expected, found.Name);
        Assert.Equal(top1, found.Top1!.Value, 1e-9);
        Assert.Equal(side, found.Preprocessing.ShorterSide);
    }

    [Fact]
    public void A_name_that_is_unknown_is_answered_with_near_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => Weights.Find("resnet50.imagenet1k_v3"));
        Assert.Contains("'resnet50.imagenet1k_v3'", error.Message, StringComparison.Ordinal);
        Assert.Contains("resnet50.imagenet1k_v2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_network_needs_no_file_and_no_net()
    {
        using var folder = new Data.TemporaryFolder();
        var model = Weights.Load("cifar10-resnet20", folder.Path, offline: true);
        Assert.Equal(Cifar10.ClassNames, model.ClassNames);
        Assert.Equal("cifar-resnet20", model.Architecture);
        Assert.Equal(32, model.Preprocessing!.CropSize);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        var pixels = new byte[64 * 48 * 3];
        Assert.Equal(1, model.Classify(new Image(64, 48, pixels), top: 10).Sum(guess => guess.Probability), 1e-6);

        var path = Weights.Download("cifar10-resnet20", folder.Path, offline: true);
        var file = ModelFile.Load(path);
        Assert.Equal(model.Preprocessing.Mean, file.Preprocessing!.Mean);
        Assert.Equal(model.Parameters.Select(p => p.Values.ToArray()), file.Parameters.Select(p => p.Values.ToArray()));
        Assert.Equal(model.Parameters.Count, Architectures.Create("cifar-resnet20", weights: "cifar10").Parameters.Count);
    }

    [SharedFact("data/cifar10-lossless-4k")]
    public void The_shipped_network_knows_the_pictures_it_was_trained_on()
    {
        const int images = 300, record = 3073;
        var model = Weights.Load("cifar10-resnet20");
        var content = File.ReadAllBytes(SharedData.Find("data/cifar10-lossless-4k/data_batch_1_first4000.bin")!);
        var right = 0;
        for (var i = 0; i < images; i++)
        {
            var pixels = new byte[record - 1];
            for (var p = 0; p < pixels.Length; p++) pixels[p] = content[i * record + 1 + p % 3 * 1024 + p / 3];
            if (model.Classify(new Image(32, 32, pixels), 1)[0].Index == content[i * record]) right++;
        }
        Assert.InRange(right, images * 0.78, images);
    }
}
