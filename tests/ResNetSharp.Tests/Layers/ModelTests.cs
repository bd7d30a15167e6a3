using ResNetSharp.Data;
using ResNetSharp.Layers;
using ResNetSharp.Tests.Models;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Layers;

/// <summary>Whole models: what they say of themselves, and what freezing keeps.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Summary_gives_the_numbers_that_Keras_prints()
    {
        var model = new SeedResNet();
        var text = model.Summary((32, 32, 3));
        foreach (var part in new[]
        {
            "Total params: 4,911,882 (18.74 MB)", "Trainable params: 4,906,122 (18.72 MB)", "Non-trainable params: 5,760 (22.50 KB)",
            " 1,792 ", " 256 ", " 74,368 ", " 231,296 ", " 921,344 ", " 3,677,696 ", " 5,130 ", "(?, 16, 16, 128)", "(?, 4, 4, 512)",
        })
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Equal(74, model.Parameters.Count);
    }

    [Fact]
    public void Summary_and_counting_draw_no_weights()
    {
        var model = new SeedResNet();
        model.Summary((32, 32, 3));
        Assert.Equal(4_906_122, model.ParameterCount);
        Assert.Equal(5_760, model.StatisticCount);
        model.Initialize(3);
        model.Freeze();
        Assert.All(model.Parameters, p => Assert.False(p.IsDrawn));
    }

    [Fact]
    public void Model_that_has_not_seen_an_input_says_what_to_do()
    {
        Assert.Contains("(32, 32, 3)", Assert.Throws<InvalidOperationException>(() => new SeedResNet().Summary()).Message, StringComparison.Ordinal);
        Assert.Contains("Build", Assert.Throws<InvalidOperationException>(() => new SeedResNet().Save("never")).Message, StringComparison.Ordinal);
        Assert.Contains("Compile", Assert.Throws<InvalidOperationException>(() => new SeedResNet().Evaluate(Data())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void First_values_depend_on_seed_and_path_alone()
    {
        var (one, two, other) = (Small(), Small(), Small());
        other.Initialize(1);
        var values = two.Parameters[0].Values.ToArray();
        Assert.Equal(one.Parameters[0].Values.ToArray(), values);
        Assert.NotEqual(other.Parameters[0].Values.ToArray(), values);
        two.Initialize(1);
        Assert.Equal(other.Parameters[0].Values.ToArray(), two.Parameters[0].Values.ToArray());
        Assert.NotEqual(one.Parameters[0].Values.ToArray(), one.Parameters.Single(p => p.Name == "conv2d_1.weight").Values.ToArray());
    }

    [Fact]
    public void Only_what_a_range_unfroze_is_trained()
    {
        var model = Small();
        model.Freeze();
        Assert.Empty(model.TrainableParameters);
        model.Layers[^2..].Unfreeze();
        Assert.Equal(["dense.weight", "dense.bias"], model.TrainableParameters.Select(p => p.Name));
        Assert.Equal(4 * 3 + 3, model.TrainableParameters.Sum(p => p.Shape.Size));
        var before = Values(model);
        model.Compile(new Adam(0.01f), new SparseCategoricalCrossentropy(fromLogits: true));
        model.Fit(Data(), epochs: 2, batchSize: 4);
        var after = Values(model);
        Assert.Equal(["dense.weight", "dense.bias"], before.Keys.Where(name => !before[name].SequenceEqual(after[name])));
    }

    [Fact]
    public void Frozen_normalization_keeps_its_statistics_among_trained_layers()
    {
        var model = Small();
        model.Layers["batch_normalization"].Freeze();
        var before = Values(model);
        model.Compile(new Sgd(0.1f), new SparseCategoricalCrossentropy(fromLogits: true));
        model.Fit(Data(), epochs: 1, batchSize: 4);
        var after = Values(model);
        Assert.Equal(before.Keys.Where(n => n.StartsWith("batch_normalization.", StringComparison.Ordinal)), before.Keys.Where(n => before[n].SequenceEqual(after[n])));
    }

    [Fact]
    public void Model_takes_images_of_another_size_where_its_input_is_open()
    {
        var input = Tensor.Input(Shape.Unknown, Shape.Unknown, 3);
        var model = new Model(input, input.Conv2D(4, 3).GlobalAveragePooling2D().Dense(2));
        Assert.Equal(new Shape(1, 2), model.Predict(Tensor.RandomNormal(1, 5, 9, 3)).Shape);
        Assert.Equal(new Shape(3, 2), model.Predict(Tensor.RandomNormal(3, 8, 4, 3)).Shape);
    }

    [Fact]
    public void Prediction_sees_weights_that_were_set()
    {
        var model = Small();
        var images = Tensor.RandomNormal(1, 6, 6, 3);
        var before = model.Predict(images).ToArray();
        model.Parameters[0].SetValues(new float[model.Parameters[0].Shape.Size]);
        Assert.NotEqual(before, model.Predict(images).ToArray());
        Assert.Throws<ShapeException>(() => model.Parameters[0].SetValues([1]));
    }

    static Model Small()
    {
        var input = Tensor.Input(6, 6, 3);
        var x = input.Conv2D(4, 3).BatchNorm().Relu();
        x = (x.Conv2D(4, 3).BatchNorm() + x).Relu();
        return new Model(input, x.GlobalAveragePooling2D().Dense(3));
    }

    static Dataset Data() => Dataset.FromArrays(Tensor.RandomNormal(10, 6, 6, 3).ToArray(), (6, 6, 3), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);

    static Dictionary<string, float[]> Values(Model model) => model.Parameters.ToDictionary(p => p.Name, p => p.Values.ToArray());
}
