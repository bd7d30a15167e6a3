using ResNetSharp.Exchange;
using ResNetSharp.Formats;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;

namespace ResNetSharp.Tests.Cli;

public sealed class ExchangeTests
{
    [Fact]
    public void A_network_goes_through_all_formats()
    {
        using var folder = new TemporaryFolder();
        var (onnx, safe, torch, again) = (folder.File("a.onnx"), folder.File("b.safetensors"), folder.File("c.pth"), folder.File("d.onnx"));
        Assert.Equal(0, CommandRun.Of("export", "cifar-resnet20", "--to", "onnx", "--out", onnx, "--seed", "5").ExitCode);
        Assert.Equal(0, CommandRun.Of("convert", onnx, safe, "--model", "cifar-resnet20").ExitCode);
        Assert.Equal(0, CommandRun.Of("convert", safe, torch).ExitCode);
        var run = CommandRun.Of("convert", torch, again, "--model", "cifar-resnet20", "--json");
        Assert.Equal(0, run.ExitCode);
        using var first = WeightFile.Open(onnx);
        using var last = WeightFile.Open(again);
        Assert.Equal(first.Count, run.Json.GetProperty("tensors").GetInt32());
        foreach (var tensor in first) Assert.Equal(tensor.ToFloats(), last[tensor.Name].ToFloats());
    }

    [Fact]
    public void Lists_of_weights_are_converted_without_an_architecture()
    {
        using var folder = new TemporaryFolder();
        SafeTensors.Write(folder.File("a.safetensors"), [StoredTensor.Create("w", new Shape(2), new[] { 1f, 2 })]);
        Assert.Equal(0, CommandRun.Of("convert", folder.File("a.safetensors"), folder.File("b.pt")).ExitCode);
        using var copy = WeightFile.Open(folder.File("b.pt"));
        Assert.Equal([1, 2], copy["w"].ToFloats());
        CommandRun.Of("convert", folder.File("a.safetensors"), folder.File("b.onnx")).AssertFails(2, "--model");
        CommandRun.Of("convert", folder.File("a.safetensors"), folder.File("b.txt"), "--model", "cifar-resnet20", "--partial").AssertFails(2, "nothing");
    }

    [Fact]
    public void What_does_not_fit_is_listed_in_full_and_taken_in_part_on_request()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("export", "cifar-resnet20", "--out", folder.File("a.onnx"));
        CommandRun.Of("convert", folder.File("a.onnx"), folder.File("b.safetensors"), "--model", "cifar-resnet32", "--classes", "3")
            .AssertFails(2, "--partial", "layer3.4.bn2.running_var", "linear.bias is (10,), not (3,)");
        var run = CommandRun.Of("convert", folder.File("a.onnx"), folder.File("b.safetensors"), "--model", "cifar-resnet32", "--classes", "3", "--partial");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("linear.weight is", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ONNX_file_is_summarised_and_predicts_as_the_network_it_came_from()
    {
        using var folder = new TemporaryFolder();
        var (onnx, safe) = (folder.File("a.onnx"), folder.File("b.safetensors"));
        CommandRun.Of("export", "cifar-resnet20", "--out", onnx);
        CommandRun.Of("convert", onnx, safe, "--model", "cifar-resnet20");
        Assert.Equal(269_722, CommandRun.Of("summary", onnx, "--json", "--quiet").Json.GetProperty("parameters").GetInt64());
        using var pictures = new Data.TemporaryFolder();
        var picture = Directory.EnumerateFiles(PictureFolder.Create(pictures, picturesPerClass: 1, side: 32), "*", SearchOption.AllDirectories).First();
        var there = CommandRun.Of("predict", picture, "--model", onnx, "--json", "--quiet", "--preset", "cifar");
        var here = CommandRun.Of("predict", picture, "--model", safe, "--json", "--quiet", "--preset", "cifar");
        Assert.Equal(0, there.ExitCode);
        Assert.Equal(Best(here), Best(there));
    }

    [Fact]
    public void Pictures_of_any_size_fit_an_ONNX_file_that_does_not_say_how_to_prepare_them()
    {
        using var folder = new TemporaryFolder();
        var (bare, open) = (folder.File("bare.onnx"), folder.File("open.onnx"));
        Onnx.Export(Architectures.Create("cifar-resnet20"), bare);
        var input = Tensor.Input(Shape.Unknown, Shape.Unknown, 3);
        Onnx.Export(new Model(input, input.Conv2D(4, 3).GlobalAveragePooling2D().Dense(2)), open);
        using var pictures = new Data.TemporaryFolder();
        var picture = Directory.EnumerateFiles(PictureFolder.Create(pictures, picturesPerClass: 1, side: 45), "*", SearchOption.AllDirectories).First();

        var assumed = CommandRun.Of("predict", picture, "--model", bare, "--json");
        Assert.Equal(0, assumed.ExitCode);
        Assert.Contains("bare.onnx' does not say how pictures are prepared for it: they are resized to 32x32", assumed.Error, StringComparison.Ordinal);
        Assert.Contains("--preset NAME, one of torchvision, torchvision-v2, timm,", assumed.Error, StringComparison.Ordinal);
        foreach (var preset in new[] { "torchvision", "keras-tf", "cifar", "none" })
        {
            var said = CommandRun.Of("predict", picture, "--model", bare, "--preset", preset, "--json");
            Assert.Equal(0, said.ExitCode);
            Assert.Equal("", said.Error);
        }
        CommandRun.Of("predict", picture, "--model", open).AssertFails(2, "open.onnx", "--preset NAME, one of torchvision");
        Assert.Equal(0, CommandRun.Of("predict", picture, "--model", open, "--preset", "none").ExitCode);
    }

    [Fact]
    public void Converting_says_where_a_quantized_network_loses_its_roundings()
    {
        using var folder = new TemporaryFolder();
        var model = Architectures.Create("cifar-resnet20");
        var (safe, onnx) = (folder.File("q.safetensors"), folder.File("q.onnx"));
        model.Save(folder.File("plain.safetensors"));
        model.Quantize([Tensor.RandomNormal(2, 32, 32, 3)]);
        model.Save(safe);
        Onnx.Export(model, onnx);
        foreach (var (from, to) in new[] { (safe, "kept.safetensors"), (safe, "kept.onnx"), (onnx, "again.onnx"), (folder.File("plain.safetensors"), "plain.pth") })
            Assert.Equal("", Convert(from, to));
        foreach (var (from, to) in new[] { (onnx, "lost.safetensors"), (onnx, "lost.pth"), (safe, "lost.th") })
            Assert.Contains($"'{from}' is of a quantized network, but '{folder.File(to)}' has its weights as 32-bit numbers", Convert(from, to), StringComparison.Ordinal);

        string Convert(string from, string to)
        {
            var run = CommandRun.Of("convert", from, folder.File(to), "--json");
            Assert.True(run.ExitCode == 0, run.Error);
            return run.Error;
        }
    }

    [Fact]
    public void An_exported_network_of_small_pictures_takes_large_ones()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CommandRun.Of("export", "cifar-resnet20", "--out", folder.File("a.onnx")).ExitCode);
        using var pictures = new Data.TemporaryFolder();
        var run = CommandRun.Of("predict", PictureFolder.Create(pictures, picturesPerClass: 2, side: 45), "--model", folder.File("a.onnx"), "--json");
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    static int Best(CommandRun run) => run.Json.GetProperty("predictions")[0].GetProperty("top")[0].GetProperty("id").GetInt32();
}
