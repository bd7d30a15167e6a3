using ResNetSharp.Data;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Tests;

public sealed class TrainingSmokeTests
{
    [Fact]
    public void A_small_network_learns()
    {
        var random = new RandomSource(1);
        var images = new float[256 * 8 * 8];
        var labels = new int[256];
        for (var i = 0; i < 256; i++)
        {
            labels[i] = i % 4;
            for (var p = 0; p < 64; p++) images[i * 64 + p] = (float)random.NextNormal() * 0.3f + (p / 16 == labels[i] ? 1 : 0);
        }
        var data = Dataset.FromArrays(images, (8, 8, 1), labels);
        var input = Tensor.Input(8, 8, 1);
        var x = input.Conv2D(16, 3, Padding.Same).BatchNorm().Relu();
        x = (x.Conv2D(16, 3, Padding.Same).BatchNorm() + x).Relu();
        var model = new Model(input, x.GlobalAveragePooling2D().Dense(4));
        model.Compile(new Adam(0.01f), new SparseCategoricalCrossentropy(fromLogits: true), new Accuracy());
        var history = model.Fit(data, epochs: 5, batchSize: 48);
        Assert.True(history["loss"][^1] < history["loss"][0]);
        Assert.True(model.Evaluate(data).Metrics["accuracy"] > 0.5, model.Evaluate(data).ToString());
    }
}
