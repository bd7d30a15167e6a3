using ResNetSharp.Models;
using ResNetSharp.Tests.Data;

namespace ResNetSharp.Tests.Cli;

public sealed class QuantizeTests
{
    [Fact]
    public void A_model_is_quantized_measured_and_exported()
    {
        using var folder = new TemporaryFolder();
        var pictures = PictureFolder.Create(folder, side: 32);
        var model = Architectures.Create("cifar-resnet20", classes: 2);
        model.ClassNames = ["left", "top"];
        var (file, quantized, onnx) = (Path.Combine(folder.Path, "m.safetensors"), Path.Combine(folder.Path, "q.safetensors"), Path.Combine(folder.Path, "q.onnx"));
        model.Save(file);
        var json = CommandRun.Of("quantize", file, "--data", pictures, "--method", "entropy", "--pictures", "8", "--out", quantized, "--quiet", "--json").Json;
        Assert.Equal(8, json.GetProperty("pictures").GetInt64());
        Assert.Equal(20, json.GetProperty("layers").GetInt32());
        Assert.True(json.GetProperty("activations").GetProperty("layer1.0.conv1").GetProperty("scale").GetDouble() > 0);
        Assert.Equal(48, CommandRun.Of("evaluate", "--model", quantized, "--data", pictures, "--quiet", "--json").Json.GetProperty("images").GetInt32());
        Assert.Equal(0, CommandRun.Of("export", quantized, "--out", onnx).ExitCode);
        Assert.True(new FileInfo(onnx).Length < new FileInfo(file).Length / 2);
    }

    [Fact]
    public void Wrong_numbers_are_wrong_usage()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "q.safetensors");
        CommandRun.Of("quantize", "cifar-resnet20", "--data", "shapes", "--out", file).AssertFails(2, "random weights");
        CommandRun.Of("quantize", "cifar-resnet20", "--data", "shapes", "--pictures", "0", "--out", file).AssertFails(2, "--pictures 0");
        CommandRun.Of("quantize", "cifar-resnet20", "--data", "shapes", "--percentile", "20", "--out", file).AssertFails(2, "--percentile 20");
        CommandRun.Of("quantize", "cifar-resnet20", "--data", "shapes", "--out", "no/such/folder/q.safetensors").AssertFails(2, "does not exist");
        CommandRun.Of("bench", "train/cifar-resnet20-32", "--precision", "int8", "--reps", "1").AssertFails(2, "cannot train");
    }
}
