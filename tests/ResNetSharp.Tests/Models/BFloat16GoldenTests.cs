using ResNetSharp.Training;

namespace ResNetSharp.Tests.Models;

/// <summary>
/// Models in bfloat16 against the reference in double precision. A number is kept with a relative error of at most 2^-9, evenly
/// distributed, and errors of different layers add up as random ones do: after L roundings the error of the logits, relative to their
/// typical size, is about sqrt(L) 2^-9 / sqrt(3). The deepest families have about 400 roundings on the way: 0.023.
/// </summary>
public sealed class BFloat16GoldenTests
{
    const double Bound = 0.023;

    /// <summary>
    /// With its random weights this network is badly conditioned: rounding the picture and the weights once, and computing with 32 bits,
    /// moves its logits by 0.04 and 0.08 already, ten times as far as others'.
    /// </summary>
    static readonly Dictionary<string, double> wideBounds = new() { ["timm/resnetv2_50x1_bit"] = 10 * Bound };

    public static TheoryData<string> Entries => EvaluationGoldenTests.Entries;

    [SharedTheory("goldens.json")]
    [MemberData(nameof(Entries))]
    public void A_model_in_bfloat16_computes_about_what_the_reference_computes(string entry)
    {
        var record = Goldens.Root.GetProperty("eval").GetProperty(entry);
        var model = GoldenModel.Create(entry, record);
        model.Precision = Precision.BFloat16;
        var output = model.Predict(GoldenModel.Input(record));
        var logits = output.Shape.Rank == 4 ? output.ToChannelsFirst() : output.ToArray();
        var expected = record.GetProperty("float64");
        var columns = logits.Length / output.Shape[0];
        // The typical size of a logit is what errors are relative to.
        var scale = expected.Double("l2") / Math.Sqrt(logits.Length);
        double squares = 0, count = 0;
        for (var row = 0; row < 2; row++)
        {
            var first = expected.GetProperty($"row{row}_first10").Doubles();
            for (var i = 0; i < first.Length; i++, count++) squares += Math.Pow(first[i] - logits[row * columns + i], 2);
        }
        var error = Math.Sqrt(squares / count) / scale;
        var bound = wideBounds.GetValueOrDefault(entry, Bound);
        Assert.True(error <= bound, $"the first logits differ by {error:G3} of their typical size");
        var length = Math.Sqrt(logits.Sum(v => (double)v * v));
        Assert.True(Math.Abs(length - expected.Double("l2")) <= bound * expected.Double("l2"), $"l2: expected {expected.Double("l2")}, got {length}");
    }

    // The first losses differ by the rounding of one forward pass. Later ones follow where a step does not overshoot: at these
    // learning rates ResNet-18's losses jump from step to step and magnify any difference. A loss near zero is exp(-margin) of the
    // logits, so its relative error is the absolute error of a margin of -ln(loss).
    [SharedTheory("goldens.json")]
    [InlineData("cifar/resnet20", "sgd", 5)]
    [InlineData("cifar/resnet20", "adam", 5)]
    [InlineData("seed/keras_resnet", "sgd", 5)]
    [InlineData("seed/keras_resnet", "adam", 5)]
    [InlineData("torchvision/resnet18_10_classes", "sgd", 1)]
    [InlineData("torchvision/resnet18_10_classes", "adam", 1)]
    public void Training_in_bfloat16_follows_the_reference(string entry, string optimizerName, int steps)
    {
        const double First = 0.005, Later = 0.03;
        var record = Goldens.Root.GetProperty("train").GetProperty(entry);
        var model = GoldenModel.Create(entry, record);
        model.Precision = Precision.BFloat16;
        var input = GoldenModel.Input(record);
        var images = input.ToArray();
        var labels = record.GetProperty("labels").Ints();
        var training = new TrainedSteps(model, optimizerName == "sgd" ? new Sgd(0.05f, momentum: 0.9f, weightDecay: 1e-4f) : new Adam());
        var expected = record.GetProperty(optimizerName).GetProperty("float64_losses").Doubles();
        for (var step = 0; step < steps; step++)
        {
            var loss = training.Step(input.Shape, images, labels);
            var tolerance = (step == 0 ? First : Math.Max(Later, -Math.Log(expected[step]) * Bound)) * expected[step];
            Assert.True(Math.Abs(loss - expected[step]) <= tolerance, $"loss of step {step + 1}: expected {expected[step]}, got {loss}");
        }
    }
}
