using ResNetSharp.Data;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Training;

/// <summary>A small residual network with everything that could break a training's repeatability, and pictures for it.</summary>
static class TinyTask
{
    public const int Classes = 3;

    public static Model Model(bool dropout = true, bool softmax = false)
    {
        var input = Tensor.Input(6, 6, 2);
        var x = input.Conv2D(17, 3, name: "stem").BatchNorm().Relu();
        x = (x.Conv2D(17, 3).BatchNorm() + x).Relu();
        if (dropout) x = x.Dropout(0.3f);
        x = x.Conv2D(5, 3, Padding.Same, 2).BatchNorm().Relu();
        x = x.GlobalAveragePooling2D();
        if (dropout) x = x.Dropout(0.2f);
        return new Model(input, x.Dense(Classes, softmax ? Activation.Softmax : Activation.Linear, name: "head"));
    }

    /// <summary>Pictures whose class shows in one channel; their count is no multiple of a batch.</summary>
    public static Dataset Data(int count = 37)
    {
        var images = Tensor.RandomNormal(count, 6, 6, 2).ToArray();
        var labels = Enumerable.Range(0, count).Select(i => i % Classes).ToArray();
        for (var i = 0; i < images.Length; i += 2) images[i] += labels[i / 72];
        return Dataset.FromArrays(images, (6, 6, 2), labels, ["a", "b", "c"]);
    }

    public static Dataset Augmented() => Data().Augment(new RandomHorizontalFlip(), new RandomCrop(1));

    public static Model Compiled(Optimizer? optimizer = null, bool dropout = true)
    {
        var model = Model(dropout);
        model.Compile(optimizer ?? new Adam(new CosineDecay(0.01f, 12, warmupSteps: 2), weightDecay: 0.01f),
            new CategoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1f), new Accuracy(), new TopKAccuracy(2));
        return model;
    }

    public static float[][] Values(Model model) => [.. model.Parameters.Select(p => p.Values.ToArray())];

    /// <summary>All that training changes: weights, statistics, the optimizer's memory.</summary>
    public static float[][] State(Model model)
    {
        var optimizer = model.Compiled!.OptimizerState;
        return
        [
            .. Values(model),
            .. optimizer.Parameters.SelectMany(p => optimizer.Optimizer.Slots.Select((_, slot) => optimizer.Slot(p, slot).ToArray())),
        ];
    }

    public static void SameState(Model expected, Model actual)
    {
        var (left, right) = (State(expected), State(actual));
        Assert.Equal(left.Length, right.Length);
        for (var i = 0; i < left.Length; i++) Graph.Tolerance.SameBits(left[i], right[i], $"array {i} of the state");
        Assert.Equal(expected.Compiled!.OptimizerState.Steps, actual.Compiled!.OptimizerState.Steps);
    }
}
