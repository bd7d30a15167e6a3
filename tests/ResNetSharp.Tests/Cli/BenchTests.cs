using System.Text.Json;

namespace ResNetSharp.Tests.Cli;

public sealed class BenchTests
{
    [Fact]
    public void Layers_of_a_training_step_are_named_and_add_up()
    {
        var json = CommandRun.Of("bench", "cifar-resnet20", "--layers", "--train", "--batch", "2", "--reps", "1", "--json", "--quiet").Json;
        var layers = json.GetProperty("layers").EnumerateArray().ToList();
        Assert.Equal(2, json.GetProperty("batch").GetInt32());
        Assert.Equal(layers.Sum(Flops), json.GetProperty("flops").GetInt64());
        Assert.Equal(layers.Sum(layer => layer.GetProperty("seconds").GetDouble()), json.GetProperty("seconds").GetDouble(), 1e-9);
        var operations = layers.Where(layer => Layer(layer) == "layer2.1.conv1").Select(Operation);
        Assert.Equal(["Conv2D", "Conv2DInputGradient", "Conv2DWeightGradient", "ParameterUpdate"], operations.Order(StringComparer.Ordinal));
        Assert.Equal(2, layers.Count(layer => Layer(layer) == "layer2.1.bn1" && Operation(layer) == "ParameterUpdate"));
        Assert.Equal(["forward", "backward", "update"], layers.Select(layer => layer.GetProperty("phase").GetString()).Distinct());
    }

    [Fact]
    public void Layers_of_a_prediction_are_all_forward()
    {
        var run = CommandRun.Of("bench", "cifar-resnet20", "--layers", "--batch", "1", "--reps", "1", "--sort", "--json");
        Assert.Contains("layer3.2.conv2", run.Output, StringComparison.Ordinal);
        Assert.All(run.Json.GetProperty("layers").EnumerateArray(), layer => Assert.Equal("forward", layer.GetProperty("phase").GetString()));
        Assert.All(run.Json.GetProperty("layers").EnumerateArray(), layer => Assert.True(layer.GetProperty("bytes").GetInt64() > 0));
    }

    [Theory]
    [InlineData("fp32-recompute", "--recompute")]
    [InlineData("bf16", "--precision", "bf16")]
    public void Workload_is_measured_in_a_mode(string mode, params string[] options)
    {
        var json = CommandRun.Of(["bench", "train/seed-functional-28", "--reps", "1", .. options]).Json;
        Assert.Equal(mode, json.GetProperty("mode").GetString());
        Assert.True(json.GetProperty("images_per_second").GetDouble() > 0);
    }

    [Fact]
    public void Steps_can_be_asked_for_in_turn_with_other_programs()
    {
        var before = Console.In;
        Console.SetIn(new StringReader("1\n2\n"));
        try
        {
            var lines = CommandRun.Of("bench", "train/seed-functional-28", "--turns").Output.TrimEnd().Split('\n');
            Assert.Equal(3, lines.Length);
            Assert.Contains("\"batch\":32", lines[0], StringComparison.Ordinal);
            Assert.All(lines[1..], line => Assert.True(JsonDocument.Parse(line).RootElement.GetProperty("seconds").GetDouble() > 0));
        }
        finally
        {
            Console.SetIn(before);
        }
    }

    [Fact]
    public void Layers_of_a_quantized_prediction_can_be_measured()
    {
        var layers = CommandRun.Of("bench", "cifar-resnet20", "--layers", "--precision", "int8", "--batch", "2", "--reps", "1", "--json", "--quiet").Json.GetProperty("layers");
        Assert.Contains(layers.EnumerateArray(), layer => Operation(layer).Contains("Quantized", StringComparison.Ordinal));
    }

    [Fact]
    public void Training_in_8_bits_is_refused() => CommandRun.Of("bench", "train/seed-functional-28", "--precision", "int8").AssertFails(2, "int8", "train/seed-functional-28");

    [Fact]
    public void Layers_need_a_model() => CommandRun.Of("bench", "--layers").AssertFails(2, "--layers", "model");

    [Fact]
    public void An_unknown_workload_is_answered_with_the_nearest_names() => CommandRun.Of("bench", "train/resnte50-224").AssertFails(2, "train/resnte50-224", "train/resnet50-224");

    static string Layer(JsonElement row) => row.GetProperty("layer").GetString()!;

    static string Operation(JsonElement row) => row.GetProperty("operation").GetString()!;

    static long Flops(JsonElement row) => row.GetProperty("flops").GetInt64();
}
