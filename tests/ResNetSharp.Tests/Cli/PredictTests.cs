using ResNetSharp.Tests.Data;

namespace ResNetSharp.Tests.Cli;

public sealed class PredictTests
{
    [Fact]
    public void A_picture_alone_is_named_by_the_network_that_is_part_of_the_program()
    {
        using var folder = new TemporaryFolder();
        var picture = Path.Combine(PictureFolder.Create(folder, 1), "top", "00.png");
        var run = CommandRun.Of("predict", picture, "--offline", "--json");
        Assert.Equal("", run.Error);
        Assert.Contains("knows ten classes only: airplane", run.Output, StringComparison.Ordinal);
        var top = run.Json.GetProperty("predictions")[0].GetProperty("top");
        Assert.Equal(5, top.GetArrayLength());
        Assert.InRange(top[0].GetProperty("probability").GetDouble(), 0.1, 1);
    }

    [Fact]
    public void A_folder_is_gone_through_and_bad_pictures_do_not_end_it()
    {
        using var folder = new TemporaryFolder();
        var data = PictureFolder.Create(folder, 3);
        var broken = folder.Write("pictures/left/bad.png", [1, 2, 3]);
        folder.Write("pictures/left/notes.txt", [1]);
        var table = Path.Combine(folder.Path, "predictions.csv");
        var run = CommandRun.Of("predict", data, "--batch", "2", "--out", table, "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("bad.png", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Json.GetProperty("broken").GetInt32());
        Assert.Equal(broken, run.Json.GetProperty("errors")[0].GetProperty("file").GetString());
        var files = run.Json.GetProperty("predictions").EnumerateArray().Select(prediction => prediction.GetProperty("file").GetString()!).ToList();
        Assert.Equal(6, files.Count);
        Assert.Equal(files.Order(StringComparer.Ordinal), files);
        var lines = File.ReadAllLines(table);
        Assert.Equal("file,rank,class,id,wordnet,probability,error", lines[0]);
        Assert.Equal(1 + (6 * 5) + 1, lines.Length);
        Assert.StartsWith($"{files[0]},1,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_JSON_is_written_as_well()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "predictions.json");
        Assert.Equal(0, CommandRun.Of("predict", PictureFolder.Create(folder, 1), "--top", "2", "--out", file, "--quiet").ExitCode);
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(file));
        Assert.Equal(2, json.RootElement.GetProperty("predictions").GetArrayLength());
        Assert.Equal(2, json.RootElement.GetProperty("predictions")[0].GetProperty("top").GetArrayLength());
    }

    [Fact]
    public void What_cannot_be_predicted_is_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var bad = folder.Write("bad.png", [1, 2, 3]);
        Directory.CreateDirectory(Path.Combine(folder.Path, "empty"));
        CommandRun.Of("predict", bad).AssertFails(2, bad);
        CommandRun.Of("predict", Path.Combine(folder.Path, "none.jpg")).AssertFails(2, "none.jpg");
        CommandRun.Of("predict", Path.Combine(folder.Path, "empty")).AssertFails(2, "empty", ".jpg");
        CommandRun.Of("predict", bad, "--weights", "imagenet").AssertFails(2, "--model");
        CommandRun.Of("predict", bad, "--out", "predictions.txt").AssertFails(2, "predictions.txt", ".csv");
        CommandRun.Of("predict", bad, "--model", "resnet50", "--weights", "magic").AssertFails(2, "'magic'", "imagenet1k_v2");
        CommandRun.Of("predict", bad, "--model", "seresnet18", "--weights", "imagenet").AssertFails(2, "none are published");
    }

    [Fact]
    public void Published_weights_are_listed_with_what_is_known_of_them()
    {
        var json = CommandRun.Of("models", "--weights", "resnet50.imagenet1k", "--json").Json.GetProperty("weights");
        Assert.Equal(["resnet50.imagenet1k_v1", "resnet50.imagenet1k_v2"], json.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
        Assert.Equal(0.80858, json[1].GetProperty("top1").GetDouble());
        CommandRun.Of("models", "--weights", "nothing-like-it").AssertFails(2, "nothing-like-it");
    }

    [Fact]
    public void A_training_can_begin_with_the_shipped_weights()
    {
        using var folder = new TemporaryFolder();
        var run = CommandRun.Of("train", "--data", PictureFolder.Create(folder, 8), "--model", "cifar10-resnet20", "--epochs", "1", "--offline", "--out", Path.Combine(folder.Path, "run"), "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("cifar10-resnet20: 95 tensors loaded, drawn anew: linear", run.Output, StringComparison.Ordinal);
    }
}
