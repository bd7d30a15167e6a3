using System.Text.Json;
using ResNetSharp.Layers;

namespace ResNetSharp.Tests.Models;

public sealed class EvaluationGoldenTests
{
    public static TheoryData<string> Entries => Goldens.Exist
        ? [.. Goldens.Root.GetProperty("eval").EnumerateObject().Select(e => e.Name)]
        : ["none"];

    [SharedTheory("goldens.json")]
    [MemberData(nameof(Entries))]
    public void A_model_computes_what_the_reference_computes(string entry)
    {
        var record = Goldens.Root.GetProperty("eval").GetProperty(entry);
        var model = GoldenModel.Create(entry, record);
        Assert.Equal(record.GetProperty("param_count").GetInt64(), model.ParameterCount);
        Assert.Equal(record.GetProperty("buffer_count").GetInt64(), model.StatisticCount);
        Assert.Equal(record.GetProperty("param_tensors").GetInt32(), model.Parameters.Count(p => p.Kind == ParameterKind.Weight));
        CheckWeights(model, record);
        var output = model.Predict(GoldenModel.Input(record));
        var rows = output.Shape[0];
        CheckLogits(output.Shape.Rank == 4 ? output.ToChannelsFirst() : output.ToArray(), rows, record.GetProperty("float64"));
    }

    [SharedTheory("goldens.json")]
    [InlineData("torchvision/resnet18")]
    [InlineData("torchvision/densenet121")]
    [InlineData("cifar/resnet20")]
    [InlineData("d2l/resnet18")]
    [InlineData("seed/keras_resnet")]
    [InlineData("keras/resnet50")]
    [InlineData("keras/resnet50v2")]
    [InlineData("timm/resnetv2_50")]
    public void Every_stage_of_a_model_computes_what_the_reference_computes(string entry)
    {
        var record = Goldens.Root.GetProperty("eval").GetProperty(entry);
        var model = GoldenModel.Create(entry, record);
        var input = GoldenModel.Input(record);
        foreach (var stage in record.GetProperty("stages_float64").EnumerateObject())
        {
            // Where the reference noted a stage behind a ReLU that is no layer here.
            if ((entry, stage.Name) is ("cifar/resnet20", "bn1") or ("seed/keras_resnet", "stem")) continue;
            var output = model.Features(LayerOf(model, stage.Name)).Predict(input);
            var (batch, channels, height, width) = Extents(stage.Value.GetProperty("shape").Ints());
            Assert.Equal(new Shape(batch, height, width, channels), output.Shape);
            var values = output.ToArray();
            Near(stage.Value.Double("l2"), Math.Sqrt(values.Sum(v => (double)v * v)), 1e-5 * stage.Value.Double("l2"), $"l2 of {stage.Name}");
            Near(stage.Value.Double("mean"), values.Average(v => (double)v), 2e-5, $"mean of {stage.Name}");
        }
    }

    /// <summary>Keras' stages are named by their last block here.</summary>
    static string LayerOf(Model model, string stage) =>
        model.Layers.LastOrDefault(l => l.Name is { } name && name.StartsWith($"{stage}_block", StringComparison.Ordinal))?.Name ?? stage;

    static (int, int, int, int) Extents(int[] shape) => (shape[0], shape[1], shape[2], shape[3]);

    static void CheckWeights(Model model, JsonElement record)
    {
        var sums = new (double Sum, double Absolute)[model.Parameters.Count];
        Parallel.For(0, sums.Length, i =>
        {
            foreach (var value in model.Parameters[i].Values) sums[i] = (sums[i].Sum + value, sums[i].Absolute + Math.Abs(value));
        });
        var scale = 1e-10 * record.Double("weights_abs_sum");
        Near(record.Double("weights_sum"), sums.Sum(s => s.Sum), scale, "sum of weights");
        Near(record.Double("weights_abs_sum"), sums.Sum(s => s.Absolute), scale, "sum of the weights' sizes");
    }

    static void CheckLogits(float[] logits, int rows, JsonElement expected)
    {
        var columns = logits.Length / rows;
        for (var row = 0; row < 2; row++)
        {
            var first = expected.GetProperty($"row{row}_first10").Doubles();
            for (var i = 0; i < first.Length; i++)
                Near(first[i], logits[row * columns + i], 2e-4 + 2e-5 * Math.Abs(first[i]), $"logit {i} of row {row}");
        }
        var sum = expected.Double("sum");
        Near(sum, logits.Sum(v => (double)v), 1e-4 * Math.Sqrt(logits.Length) + 2e-5 * Math.Abs(sum), "sum of logits");
        Near(expected.Double("l2"), Math.Sqrt(logits.Sum(v => (double)v * v)), 2e-5 * expected.Double("l2"), "l2 of logits");
        var best = Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, columns).MaxBy(c => logits[r * columns + c]));
        Assert.Equal(expected.GetProperty("argmax").Ints(), best);
    }

    static void Near(double expected, double actual, double tolerance, string what) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: expected {expected}, got {actual}, difference {Math.Abs(expected - actual):G3} above {tolerance:G3}");
}
