using ResNetSharp.Data;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

/// <summary>Real pictures are learned in bfloat16 as well as in 32 bits. Whole trainings are in docs/benchmarks.md.</summary>
public sealed class BFloat16AccuracyTests
{
    const int Pictures = 3000, Batch = 50, Epochs = 4;

    [SharedFact("data/fashion-mnist")]
    public void Accuracy_is_that_of_32_bits_within_the_spread_of_seeds()
    {
        var (train, test) = FashionMnist.Load(SharedData.Find("data"));
        train = train.Take(Pictures).Scale(1 / 255f);
        test = test.Take(2000).Scale(1 / 255f);
        double[] wide = [.. Seeds().Select(seed => Accuracy(train, test, seed, Precision.Float32))];
        double[] narrow = [.. Seeds().Select(seed => Accuracy(train, test, seed, Precision.BFloat16))];
        var spread = wide.Max() - wide.Min();
        // The mean of three lies within the spread; two percent are the sampling error of two thousand pictures.
        Assert.True(Math.Abs(narrow.Average() - wide.Average()) <= Math.Max(spread, 0.02), $"32 bits: {string.Join(", ", wide)}; bfloat16: {string.Join(", ", narrow)}");
        Assert.All(narrow, accuracy => Assert.True(accuracy > 0.6, $"accuracy {accuracy}"));
    }

    static IEnumerable<ulong> Seeds() => [1, 2, 3];

    static double Accuracy(Dataset train, Dataset test, ulong seed, Precision precision)
    {
        var input = Tensor.Input(28, 28, 1);
        var x = input.Conv2D(16, 3, Padding.Same, 2).BatchNorm(momentum: 0.9f).Relu();
        x = (x.Conv2D(16, 3, Padding.Same).BatchNorm(momentum: 0.9f).Relu().Conv2D(16, 3, Padding.Same).BatchNorm(momentum: 0.9f) + x).Relu();
        var model = new Model(input, x.GlobalAveragePooling2D().Dense(10));
        model.Initialize(seed);
        model.Compile(new Adam(new CosineDecay(0.01f, Epochs * Pictures / Batch)), new SparseCategoricalCrossentropy(fromLogits: true), precision, new Accuracy());
        model.Fit(train, epochs: Epochs, batchSize: Batch, seed: seed);
        return model.Evaluate(test, batchSize: 100).Metrics["accuracy"];
    }
}
