using ResNetSharp.Exchange;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Tests.Formats;
using ResNetSharp.Tests.Graph;

namespace ResNetSharp.Tests.Exchange;

public sealed class OnnxRoundTripTests
{
    [Theory]
    [InlineData("cifar-resnet20", 32)]
    [InlineData("cifar-preact-resnet20", 32)]
    [InlineData("plain-cifar-resnet20", 32)]
    [InlineData("highway-cifar19", 32)]
    [InlineData("highway-dense10", 28)]
    [InlineData("resnet18d", 64)]
    [InlineData("seresnet18", 64)]
    [InlineData("densenet121", 64)]
    [InlineData("keras-resnet50v2", 64)]
    public void A_network_comes_back_with_the_same_weights_and_results(string name, int size)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        var channels = Architectures.Find(name).InputShape[2];
        var model = Architectures.Create(name, 5, (size, size, channels));
        Stir(model);
        var images = Tensor.RandomNormal(2, size, size, channels);
        var expected = model.Predict(images).ToArray();
        foreach (var fold in new[] { false, true })
        {
            Onnx.Export(model, path, fold);
            var back = Onnx.Import(path);
            Tolerance.Near([.. expected.Select(v => (double)v)], back.Predict(images).ToArray(), 1e-5, $"{name}, folded: {fold}");
            if (fold) continue;
            var parameters = back.Parameters.ToDictionary(p => p.Name);
            foreach (var parameter in model.Parameters) Tolerance.SameBits(parameter.Values, parameters[parameter.Name].Values, parameter.Name);
            var other = Architectures.Create(name, 5, (size, size, channels));
            Assert.True(other.LoadWeights(path).IsComplete);
            foreach (var (a, b) in model.Parameters.Zip(other.Parameters)) Tolerance.SameBits(a.Values, b.Values, a.Name);
        }
    }

    [Theory]
    // Standardised weights are computed at each run in the one, and once in the other, which then chooses other algorithms for its 49 convolutions.
    [InlineData("resnetv2_50x1_bit", Tolerance.Gradient)]
    [InlineData("ECA", 1e-5)]
    public void Unusual_weights_are_read_from_the_file_as_they_were(string name, double level)
    {
        if (name == "ECA") name = Architectures.All.First(a => a.Name.StartsWith("ecaresnet", StringComparison.Ordinal)).Name;
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        var model = Architectures.Create(name, 5, (64, 64, 3));
        Stir(model);
        Onnx.Export(model, path);
        var images = Tensor.RandomNormal(1, 64, 64, 3);
        var expected = model.Predict(images).ToArray();
        var back = Onnx.Import(path);
        Tolerance.Near([.. expected.Select(v => (double)v)], back.Predict(images).ToArray(), level, name);
        if (name.EndsWith("bit", StringComparison.Ordinal)) Assert.Contains(back.Layers, l => l.TypeName == "GroupNormalization");
        var other = Architectures.Create(name, 5, (64, 64, 3));
        other.LoadWeights(path);
        foreach (var (a, b) in model.Parameters.Zip(other.Parameters)) Tolerance.SameBits(a.Values, b.Values, a.Name);
    }

    [Fact]
    public void Names_and_preprocessing_come_back()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        var model = Architectures.Create("cifar-resnet20", 2);
        model.ClassNames = ["cat", "dög"];
        model.Preprocessing = ResNetSharp.Imaging.Preprocessing.FromName("cifar");
        Onnx.Export(model, path);
        var back = ModelFile.Load(path);
        Assert.Equal(["cat", "dög"], back.ClassNames);
        Assert.Equal(model.Preprocessing.Mean, back.Preprocessing!.Mean);
    }

    [Fact]
    public void Models_of_ones_own_are_written_so_that_the_reference_computes_the_same()
    {
        foreach (var (input, output) in OwnModels())
        {
            var model = new Model(input, output);
            Stir(model);
            using var onnx = Onnx.Export(model);
            OnnxExportTests.AssertSound(onnx.Graph);
            OnnxCheck.Compare(model, onnx.Graph, 2);
            using var folded = Onnx.Export(model, fold: true);
            OnnxCheck.Compare(model, folded.Graph, 3);
        }
    }

    [Fact]
    public void Architectures_are_written_so_that_the_reference_computes_the_same()
    {
        foreach (var name in new[] { "cifar-resnet20", "highway-dense10" })
        {
            var model = Architectures.Create(name);
            Stir(model);
            using var onnx = Onnx.Export(model);
            OnnxCheck.Compare(model, onnx.Graph, 1);
        }
    }

    static IEnumerable<(Tensor Input, Tensor Output)> OwnModels()
    {
        var x = Tensor.Input(6, 5, 4);
        var c = x.Conv2D(8, 3, Padding.Same, strides: 2).BatchNorm().Gelu();
        yield return (x, (c * c.Mean([1, 2], keepAxes: true).Sigmoid() - 0.5f).Flatten().Dense(3).Softmax());
        yield return (x, new GroupNormalization(2).Apply(c).HardSwish().Transpose(0, 2, 1, 3).MaxPooling2D(2).Flatten().Dense(4));
        yield return (x, Tensor.Concatenate([c.Silu(), c.Relu6(), c.Elu(0.5f)]).Slice([0, 1, 0, 2], [int.MaxValue, 3, int.MaxValue, 20], [1, 1, 2, 3]).Sum([3]));
        yield return (x, c.Pad([0, 1, 0, 2], [0, 0, 2, 1], 0.25f).AveragePooling2D(2, 1, Padding.Same).Reshape(Shape.Unknown, 20, 11).Max([2]).LogSoftmax());
        yield return (x, x.Conv2D(3, 1).ZeroPadding2D(1).MaxPooling2D(3, 2));
        yield return (x, (c.Softplus() / (c.Square() + 1)).LeakyRelu(0.1f).Selu());
        yield return (x, x.AveragePooling2D(3, 2, 1, countPadding: true).BatchNorm().Dropout(0.5f).HardSigmoid().GlobalMaxPooling2D());
        var rows = Tensor.Input(new Shape(Shape.Unknown, 7));
        yield return (rows, -rows.Dense(5, Activation.Tanh).BatchNorm().Softmax());
        var open = Tensor.Input(Shape.Unknown, Shape.Unknown, 3);
        yield return (open, open.Conv2D(4, 3, Padding.Same, strides: 2).BatchNorm().Relu().MaxPooling2D(3, 2, Padding.Same).GlobalAveragePooling2D().Dense(2));
    }

    /// <summary>Gives normalizations and biases other numbers than they begin with.</summary>
    static void Stir(Layer model)
    {
        var random = new RandomSource(9);
        foreach (var parameter in model.Parameters)
        {
            if (parameter.Shape.Rank != 1) continue;
            foreach (ref var value in parameter.Values) value += 0.2f * (random.NextSingle() - 0.5f);
            parameter.MarkChanged();
        }
    }
}
