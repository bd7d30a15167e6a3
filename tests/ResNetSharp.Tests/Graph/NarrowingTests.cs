using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Planning;
using ResNetSharp.Tests.Models;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Graph;

/// <summary>Which tensors are kept as bfloat16, and what becomes of the numbers.</summary>
public sealed class NarrowingTests
{
    /// <summary>Between the picture and the pooled features nothing is widened and narrowed again.</summary>
    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnext50_32x4d")]
    [InlineData("densenet121")]
    [InlineData("cifar-resnet20")]
    [InlineData("cifar-preact-resnet20")]
    [InlineData("resnetv2_50")]
    public void Only_the_picture_is_cast(string architecture)
    {
        foreach (var nodes in new[] { TrainingNodes(architecture), InferenceNodes(architecture) })
        {
            var cast = Assert.Single(nodes, n => n.Operation is Cast);
            Assert.IsType<Input>(cast.Inputs[0].Producer.Operation);
            foreach (var node in nodes.Where(n => n.Operation is Convolution or FoldedConvolution or BatchNormTraining or MaxPool))
            {
                // A classifier may be a convolution of the pooled features.
                var images = node.Inputs[0];
                Assert.Equal(images.Shape[1] * images.Shape[2] == 1 ? images.ElementType : ElementType.BFloat16, node.Outputs[0].ElementType);
            }
        }
    }

    [Fact]
    public void Parameters_gradients_and_statistics_stay_32_bit()
    {
        foreach (var node in TrainingNodes("resnet18"))
        {
            if (node.Operation is ParameterUpdate or ConvolutionWeightGradient or MatrixProduct or ClassificationLoss or GlobalAveragePool)
                Assert.All(node.Outputs, t => Assert.Equal(ElementType.Float32, t.ElementType));
            if (node.Operation is BatchNormTraining or BatchNormGradient)
                Assert.All(node.Outputs[1..3], t => Assert.Equal(ElementType.Float32, t.ElementType));
            if (node.Operation is ParameterUpdate) Assert.Equal(ElementType.Float32, node.Inputs[0].ElementType);
        }
    }

    [Fact]
    public void Memory_of_a_training_step_is_about_half()
    {
        var shape = new Shape(4, 64, 64, 3);
        var model = Compiled("resnet50", shape);
        var wide = model.Compiled!.Training(shape).Plan.ArenaBytes;
        model.Precision = Precision.BFloat16;
        var narrow = model.Compiled.Training(shape).Plan.ArenaBytes;
        Assert.InRange(narrow, 0.45 * wide, 0.75 * wide);
    }

    [Fact]
    public void What_comes_out_is_32_bit_even_of_a_network_that_ends_in_a_convolution()
    {
        var input = Tensor.Input(8, 8, 3);
        var model = new Model(input, input.Conv2D(5, 3).Relu());
        var images = Tensor.RandomNormal(2, 8, 8, 3);
        var expected = model.Predict(images).ToArray();
        model.Precision = Precision.BFloat16;
        var got = model.Predict(images);
        Assert.Equal(ElementType.Float32, got.ElementType);
        Tolerance.Near([.. expected.Select(v => (double)v)], got.ToArray(), 0.01, "output");
    }

    /// <summary>
    /// Gradients of a small network in bfloat16 against those in 32 bits, relative to their length. Each of the about twenty roundings on
    /// the way has an error of at most 2^-9 of a number, evenly distributed: together 0.005 where all functions are smooth. Where a rounding
    /// moves a number past the kink of a ReLU or makes another the largest of a window, which happens to about 2^-8 of them in each of the
    /// four such layers, the error is that of a whole element: the root of their part, 0.12. A batch normalization takes means out of
    /// a gradient but not out of its error, so the errors of some parameters are larger: 0.02 and 0.25 are allowed.
    /// </summary>
    [Theory]
    [InlineData(Activation.Silu, 0.02)]
    [InlineData(Activation.Relu, 0.25)]
    public void Gradients_are_those_of_32_bits_within_the_rounding(Activation activation, double bound)
    {
        var model = Small(activation);
        var images = Tensor.RandomNormal(new Shape(8, 12, 12, 3), 1);
        int[] labels = [0, 1, 2, 3, 3, 2, 1, 0];
        var wide = new GradientPlan(model, images, labels);
        var narrow = new GradientPlan(model, images, labels, Precision.BFloat16);
        Assert.Equal(wide.Run(), narrow.Run(), 0.01f);
        var largest = wide.Parameters.Max(p => GradientPlan.Norm(wide.Gradient(p)));
        foreach (var parameter in wide.Parameters)
        {
            float[] expected = wide.Gradient(parameter), got = narrow.Gradient(parameter);
            var error = GradientPlan.Norm([.. expected.Zip(got, (a, b) => a - b)]);
            // A bias before a batch normalization has no gradient but rounding.
            if (GradientPlan.Norm(expected) < 1e-4 * largest) continue;
            Assert.True(error <= bound * GradientPlan.Norm(expected), $"{parameter.Name}: error {error:G3} of {GradientPlan.Norm(expected):G3}");
        }
    }

    /// <summary>Operations that have no kernels on bfloat16, and those that stretch shapes, within a network that is narrow.</summary>
    [Fact]
    public void Every_kind_of_neighbour_of_a_convolution_is_computed()
    {
        var input = Tensor.Input(9, 9, 4);
        var x = new GroupNormalization(3).Apply(input.Conv2D(6, 3, Padding.Same)).Relu();
        x = Tensor.Concatenate([x, x.Sigmoid() * 0.5f], axis: 3);
        x = x.Dropout(0.2f).AveragePooling2D(3, strides: 2).ZeroPadding2D(1).Conv2D(8, 3);
        x *= x.Mean([1, 2], keepAxes: true).Softmax();
        var model = new Model(input, x.MaxPooling2D(2).Flatten().Dense(5));
        var images = Tensor.RandomNormal(3, 9, 9, 4);
        var expected = model.Predict(images).ToArray();
        model.Precision = Precision.BFloat16;
        var scale = expected.Max(MathF.Abs);
        Tolerance.Near([.. expected.Select(v => (double)v)], model.Predict(images).ToArray(), 0.02, "output", scale);
        model.Compile(new Sgd(0.01f), new SparseCategoricalCrossentropy(fromLogits: true), Precision.BFloat16);
        var steps = new TrainedSteps(model, new Sgd(0.01f));
        Assert.True(float.IsFinite(steps.Step(images.Shape, images.ToArray(), [0, 1, 2])));
    }

    static Model Small(Activation activation)
    {
        var input = Tensor.Input(12, 12, 3);
        var x = input.Conv2D(16, 3, Padding.Same).BatchNorm().Activate(activation);
        x = activation == Activation.Relu ? x.MaxPooling2D(2) : x.AveragePooling2D(2);
        var y = x.Conv2D(16, 3, Padding.Same).BatchNorm().Activate(activation).Conv2D(16, 3, Padding.Same).BatchNorm();
        return new Model(input, (x + y).Activate(activation).GlobalAveragePooling2D().Dense(4));
    }

    static Model Compiled(string architecture, Shape shape)
    {
        var model = Architectures.Create(architecture, 10, new Shape(shape[1], shape[2], shape[3]));
        model.Compile(new Sgd(), new SparseCategoricalCrossentropy(fromLogits: true));
        return model;
    }

    static IReadOnlyList<Node> TrainingNodes(string architecture)
    {
        var shape = new Shape(2, 32, 32, 3);
        var model = Compiled(architecture, shape);
        model.Precision = Precision.BFloat16;
        return model.Compiled!.Training(shape).Plan.Nodes;
    }

    static IReadOnlyList<Node> InferenceNodes(string architecture)
    {
        var shape = new Shape(2, 32, 32, 3);
        var model = Compiled(architecture, shape);
        model.Precision = Precision.BFloat16;
        return new CompiledModel(model, null, null, new ArenaPool()).Evaluation(shape).Plan.Nodes;
    }
}
