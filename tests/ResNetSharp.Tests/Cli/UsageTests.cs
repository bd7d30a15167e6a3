using ResNetSharp.Tests.Data;

namespace ResNetSharp.Tests.Cli;

public sealed class UsageTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("train", "--help")]
    [InlineData("evaluate", "--help")]
    [InlineData("predict", "--help")]
    [InlineData("summary", "--help")]
    [InlineData("models", "--help")]
    [InlineData("inspect", "--help")]
    [InlineData("bench", "--help")]
    public void Help_says_how_a_verb_is_used(params string[] arguments)
    {
        var run = CommandRun.Of(arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--threads", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_verb_is_answered_with_the_one_that_was_meant() => CommandRun.Of("trian").AssertFails(2, "'trian'", "'train'");

    [Fact]
    public void An_unknown_model_is_answered_with_the_nearest_names() => CommandRun.Of("summary", "resnte50").AssertFails(2, "'resnte50'", "'resnet50'");

    [Fact]
    public void A_word_in_place_of_a_number_is_refused() => CommandRun.Of("train", "--epochs", "many").AssertFails(2, "--epochs", "'many'");

    [Fact]
    public void An_unknown_optimizer_is_refused() => CommandRun.Of("train", "--optimizer", "magic").AssertFails(2, "magic", "adamw");

    [Theory]
    [InlineData("--epochs", "0")]
    [InlineData("--batch", "0")]
    [InlineData("--lr", "-1")]
    [InlineData("--momentum", "1")]
    [InlineData("--validation-split", "1")]
    [InlineData("--augment", "spin")]
    [InlineData("--freeze", "nothing")]
    [InlineData("--threads", "0")]
    public void A_value_out_of_range_is_refused(string option, string value)
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("train", "--data", PictureFolder.Create(folder, 4), "--out", Path.Combine(folder.Path, "run"), option, value).AssertFails(2, option, value);
    }

    [Fact]
    public void Data_that_is_nowhere_is_named() => CommandRun.Of("train", "--data", "no-such-folder").AssertFails(2, "no-such-folder", "fashion-mnist");

    [Fact]
    public void A_folder_without_classes_is_refused()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("train", "--data", folder.Path).AssertFails(2, folder.Path, "classes");
    }

    [Fact]
    public void A_folder_with_one_class_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.Delete(Path.Combine(PictureFolder.Create(folder, 4), "top"), recursive: true);
        CommandRun.Of("train", "--data", Path.Combine(folder.Path, "pictures")).AssertFails(2, "one class");
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_named_and_can_be_left_out()
    {
        using var folder = new TemporaryFolder();
        var data = PictureFolder.Create(folder, 8);
        var broken = folder.Write("pictures/top/99.png", File.ReadAllBytes(Path.Combine(data, "top", "00.png")).AsSpan()[..100]);
        string[] arguments = ["train", "--data", data, "--epochs", "1", "--json", "--out"];
        CommandRun.Of([.. arguments, Path.Combine(folder.Path, "a")]).AssertFails(2, broken.Replace('\\', '/').Split('/')[^1]);
        var run = CommandRun.Of([.. arguments, Path.Combine(folder.Path, "b"), "--skip-broken"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1, run.Json.GetProperty("skipped").GetInt32());
    }

    [Fact]
    public void Random_weights_are_not_used_for_predictions()
    {
        using var folder = new TemporaryFolder();
        var picture = Path.Combine(PictureFolder.Create(folder, 1), "top", "00.png");
        CommandRun.Of("predict", picture, "--model", "cifar-resnet20").AssertFails(2, "--weights");
    }

    [Fact]
    public void A_file_that_is_no_picture_is_refused()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Of("inspect", folder.Write("weights.bin", "no weights"u8)).AssertFails(2, "weights.bin");
    }
}
