using System.Xml.Linq;
using ResNetSharp.Tests.Data;

namespace ResNetSharp.Tests.Cli;

public sealed class TrainingTests
{
    [Fact]
    public void A_trained_model_is_evaluated_and_predicts_as_it_was_trained()
    {
        using var folder = new TemporaryFolder();
        var data = PictureFolder.Create(folder);
        var run = Train(folder, data, "run", "--epochs", "4", "--augment", "none");
        Assert.Equal("", run.Error);
        Assert.Equal(4, run.Json.GetProperty("epochs").GetArrayLength());
        var model = run.Json.GetProperty("model").GetString()!;
        foreach (var file in new[] { "best.safetensors", "last.safetensors", "history.json", "train.json" })
            Assert.True(File.Exists(Path.Combine(folder.Path, "run", file)), file);
        Assert.Equal("svg", XDocument.Load(Path.Combine(folder.Path, "run", "curves.svg")).Root!.Name.LocalName);

        var predictions = Path.Combine(folder.Path, "predictions.txt");
        var evaluation = CommandRun.Of("evaluate", "--model", model, "--data", data, "--predictions", predictions, "--json");
        Assert.Equal(48, evaluation.Json.GetProperty("images").GetInt32());
        Assert.True(evaluation.Json.GetProperty("top1").GetDouble() > 0.9, evaluation.Output);
        Assert.Equal(1, evaluation.Json.GetProperty("top5").GetDouble());

        string[] pictures = [.. Directory.GetFiles(data, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var named = CommandRun.Of(["predict", .. pictures, "--model", model, "--json"]).Json.GetProperty("predictions").EnumerateArray();
        Assert.Equal(File.ReadAllLines(predictions), named.Select(prediction => $"{prediction.GetProperty("top")[0].GetProperty("id").GetInt32()}"));
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("bf16")]
    public void A_stopped_training_goes_on_as_if_nothing_had_happened(string precision)
    {
        using var folder = new TemporaryFolder();
        var data = PictureFolder.Create(folder);
        Train(folder, data, "whole", "--epochs", "3", "--precision", precision);
        using var stop = new CancellationTokenSource();
        var stopped = CommandRun.Of(new StoppingWriter(stop, "epoch 1/3"), stop.Token, "train", "--data", data, "--epochs", "3", "--precision", precision, "--out", Path.Combine(folder.Path, "parts"));
        stopped.AssertFails(130, "--resume");
        var resumed = CommandRun.Of("train", "--resume", "--out", Path.Combine(folder.Path, "parts"), "--json");
        Assert.Equal(3, resumed.Json.GetProperty("epochs").GetArrayLength());
        Assert.Equal(Sums(Path.Combine(folder.Path, "whole", "last.safetensors")), Sums(Path.Combine(folder.Path, "parts", "last.safetensors")));
    }

    [Fact]
    public void A_trained_model_is_fine_tuned_with_frozen_layers_that_stay()
    {
        using var folder = new TemporaryFolder();
        var data = PictureFolder.Create(folder);
        Train(folder, data, "first", "--epochs", "1");
        var first = Path.Combine(folder.Path, "first", "best.safetensors");
        Train(folder, data, "second", "--epochs", "1", "--model", first, "--freeze", "conv1,bn1,layer?");
        var (before, after) = (Sums(first), Sums(Path.Combine(folder.Path, "second", "best.safetensors")));
        Assert.Equal(before.Where(tensor => !tensor.StartsWith("linear", StringComparison.Ordinal)), after.Where(tensor => !tensor.StartsWith("linear", StringComparison.Ordinal)));
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void A_training_that_diverges_fails_and_says_what_to_try()
    {
        using var folder = new TemporaryFolder();
        var run = CommandRun.Of("train", "--data", PictureFolder.Create(folder, 8), "--lr", "1e30", "--epochs", "5", "--out", Path.Combine(folder.Path, "run"));
        run.AssertFails(1, "lower learning rate");
    }

    [Fact]
    public void A_finished_training_is_not_overwritten()
    {
        using var folder = new TemporaryFolder();
        var data = PictureFolder.Create(folder, 8);
        Train(folder, data, "run", "--epochs", "1");
        CommandRun.Of("train", "--data", data, "--out", Path.Combine(folder.Path, "run")).AssertFails(2, "--resume");
    }

    static CommandRun Train(TemporaryFolder folder, string data, string name, params string[] more)
    {
        var run = CommandRun.Of(["train", "--data", data, "--out", Path.Combine(folder.Path, name), "--json", .. more]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    /// <summary>The tensors of a file with the check sums of their values.</summary>
    static string[] Sums(string file) =>
    [
        .. CommandRun.Of("inspect", file, "--checksums", "--json").Json.GetProperty("tensors").EnumerateArray()
            .Select(tensor => $"{tensor.GetProperty("name")} {tensor.GetProperty("sha256_f32le")}"),
    ];

    /// <summary>Stops a command once it prints a line that begins with some words.</summary>
    sealed class StoppingWriter(CancellationTokenSource stop, string words) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(words, StringComparison.Ordinal) == true) stop.Cancel();
        }
    }
}
