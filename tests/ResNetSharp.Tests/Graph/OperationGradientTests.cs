using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Graph;

/// <summary>Each operation's value and gradients, against naive double arithmetic and differences of it.</summary>
public sealed class OperationGradientTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, 1, 1, 1, 0)] // one pixel, one channel
    [InlineData(2, 5, 4, 3, 5, 3, 1, 1, 1, 1)]
    [InlineData(1, 6, 7, 4, 6, 3, 2, 1, 2, 1)] // groups
    [InlineData(2, 7, 6, 17, 19, 3, 1, 2, 1, 2)] // dilation, channels that fill no register
    [InlineData(1, 9, 8, 2, 3, 2, 3, 1, 1, 0)] // stride beyond the kernel
    [InlineData(3, 5, 5, 4, 4, 1, 2, 1, 4, 0)] // 1x1 with stride, depthwise
    [InlineData(1, 1, 1, 33, 5, 3, 1, 1, 1, 1)] // the window is larger than the image
    public void Convolution(int batch, int height, int width, int channels, int filters, int kernel, int stride, int dilation, int groups, int padding)
    {
        var problem = new GradientProblem(1);
        var x = problem.Variable(batch, height, width, channels);
        problem.Check(problem.Conv(x, filters, kernel, stride, padding, groups, dilation));
    }

    [Theory]
    [InlineData(4, 3, 2)]
    [InlineData(5, 3, 2)]
    [InlineData(6, 2, 1)]
    [InlineData(7, 1, 3)]
    [InlineData(3, 5, 2)]
    public void Convolution_with_padding_same(int size, int kernel, int stride)
    {
        var problem = new GradientProblem(2);
        var x = problem.Variable(2, size, size + 1, 3);
        problem.Check(problem.Conv(x, 4, kernel, stride, Padding.Same, bias: false));
    }

    [Fact]
    public void Convolution_with_another_padding_on_each_side()
    {
        var problem = new GradientProblem(3);
        problem.Check(problem.Conv(problem.Variable(2, 4, 5, 2), 3, 3, 2, Padding.Of(0, 2, 3, 1)));
    }

    [Fact]
    public void Convolution_that_skips_a_whole_stripe_of_the_image_gives_it_no_gradient()
    {
        var problem = new GradientProblem(4);
        problem.Check(problem.Conv(problem.Variable(1, 7, 7, 1), 2, 1, 4));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 17, 5)]
    [InlineData(5, 4, 33)]
    public void Dense(int batch, int inputs, int units)
    {
        var problem = new GradientProblem(5);
        problem.Check(problem.Dense(problem.Variable(batch, inputs), units));
    }

    [Theory]
    [InlineData(2, 3, 3, 5, false)]
    [InlineData(4, 1, 1, 17, false)]
    [InlineData(1, 1, 1, 1, false)] // nothing varies: the batch's variance is 0
    [InlineData(2, 3, 3, 5, true)]
    [InlineData(1, 1, 1, 3, true)]
    public void Batch_normalization(int batch, int height, int width, int channels, bool frozen)
    {
        var problem = new GradientProblem(6);
        problem.Check(problem.Norm(problem.Variable(batch, height, width, channels), frozen));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Batch_normalization_with_all_that_is_joined_to_it(bool frozen, bool relu)
    {
        var problem = new GradientProblem(7);
        var x = problem.Variable(3, 2, 4, 6);
        var y = problem.Norm(x, frozen);
        problem.Check(relu ? y.Relu() : y, "without a residual");
        var again = new GradientProblem(8);
        var sum = again.Norm(again.Variable(3, 2, 4, 6), frozen) + again.Variable(3, 2, 4, 6);
        again.Check(relu ? sum.Relu() : sum, "with a residual");
    }

    [Theory]
    [InlineData(2, 3, 2, 6, 3)]
    [InlineData(1, 1, 1, 8, 2)]
    [InlineData(3, 2, 2, 17, 1)]
    [InlineData(2, 3, 3, 5, 5)]
    public void Group_normalization(int batch, int height, int width, int channels, int groups)
    {
        var problem = new GradientProblem(16);
        problem.Check(problem.GroupNorm(problem.Variable(batch, height, width, channels), groups), "alone");
        var again = new GradientProblem(17);
        again.Check(again.GroupNorm(again.Variable(batch, height, width, channels), groups).Relu(), "before a ReLU");
        var joined = new GradientProblem(18);
        joined.Check(joined.GroupNorm(joined.Variable(batch, height, width, channels), groups, relu: true), "with a ReLU");
    }

    public static TheoryData<string> UnaryFunctions => [.. Enum.GetNames<UnaryFunction>()];

    [Theory]
    [MemberData(nameof(UnaryFunctions))]
    public void Function_of_one_number(string name)
    {
        var function = Enum.Parse<UnaryFunction>(name);
        var problem = new GradientProblem(9);
        var positive = function is UnaryFunction.Log or UnaryFunction.Sqrt or UnaryFunction.Reciprocal;
        var x = problem.Variable(new Shape(3, 19), positive ? 4 : 0, positive ? 0.5 : 3);
        problem.Check(new Unary(function, 0.3f).Apply(x), name);
    }

    [Theory]
    [InlineData(nameof(BinaryFunction.Add))]
    [InlineData(nameof(BinaryFunction.Subtract))]
    [InlineData(nameof(BinaryFunction.Multiply))]
    [InlineData(nameof(BinaryFunction.Divide))]
    public void Function_of_two_numbers_stretched_to_each_other(string name)
    {
        (int[] Left, int[] Right)[] shapes =
        [
            ([2, 3, 5], [2, 3, 5]), ([2, 3, 5], [5]), ([5], [2, 3, 5]), ([2, 3, 5], []), ([2, 1, 5], [1, 3, 1]),
            ([2, 4, 4, 6], [2, 1, 1, 6]), ([2, 1, 1, 6], [2, 4, 4, 6]), ([3, 1], [1, 4]), ([1], [1, 1]), ([2, 3], [1, 1, 3]),
        ];
        foreach (var (left, right) in shapes)
        {
            var problem = new GradientProblem(10);
            var a = problem.Variable(left);
            var b = problem.Variable(new Shape(right), 3, 0.3);
            problem.Check(new Binary(Enum.Parse<BinaryFunction>(name)).Apply(a, b), $"{name} {a.Shape} {b.Shape}");
        }
    }

    [Fact]
    public void Function_of_twice_the_same_tensor()
    {
        var problem = new GradientProblem(11);
        var x = problem.Variable(new Shape(3, 4), 2, 0.2);
        problem.Check((x * x) + (x + x) - (x / x));
    }

    [Theory]
    [InlineData(new[] { 0 }, false)]
    [InlineData(new[] { 1, 2 }, true)]
    [InlineData(new[] { 1, 3 }, false)]
    [InlineData(new[] { 3 }, true)]
    [InlineData(new[] { 0, 1, 2, 3 }, false)]
    [InlineData(new[] { 0, 1, 2, 3 }, true)]
    public void Sum_and_mean(int[] axes, bool keep)
    {
        var problem = new GradientProblem(12);
        var x = problem.Variable(2, 3, 4, 5);
        problem.Check(x.Sum(axes, keep), "sum");
        problem.Check(x.Mean(axes, keep), "mean");
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, 0)]
    [InlineData(2, 6, 5, 3, 2, 2, 0)]
    [InlineData(1, 7, 7, 5, 3, 2, 1)]
    [InlineData(2, 5, 6, 17, 3, 1, 1)]
    [InlineData(1, 8, 8, 2, 2, 5, 0)] // stride beyond the window
    public void Pools(int batch, int height, int width, int channels, int size, int stride, int padding)
    {
        var problem = new GradientProblem(13);
        var x = problem.Variable(batch, height, width, channels);
        problem.Check(x.MaxPooling2D(size, stride, padding), "max");
        problem.Check(x.AveragePooling2D(size, stride, padding), "average");
        problem.Check(x.AveragePooling2D(size, stride, padding, countPadding: true), "average with padding");
        problem.Check(x.MaxPooling2D(size, stride, Padding.Same), "max same");
        problem.Check(x.AveragePooling2D(size, stride, Padding.Same), "average same");
        problem.Check(x.GlobalAveragePooling2D(), "global average");
        problem.Check(x.GlobalMaxPooling2D(), "global max");
    }

    [Fact]
    public void Layout()
    {
        var problem = new GradientProblem(14);
        var x = problem.Variable(2, 5, 4, 3);
        problem.Check(x.Pad([0, 1, 0, 2], [0, 0, 3, 0], 0.5f), "pad");
        problem.Check(x.ZeroPadding2D(Padding.Of(1, 2, 0, 1)), "zero padding");
        problem.Check(x.Slice([0, 1, 0, 2], [2, int.MaxValue, 4, 3], [1, 2, 3, 1]), "slice");
        problem.Check(x.Reshape(6, Shape.Unknown), "reshape");
        problem.Check(x.Transpose(0, 3, 1, 2), "transpose");
        problem.Check(x.Transpose(2, 0, 3, 1), "transpose with the batch");
        problem.Check(x.Flatten(), "flatten");
        problem.Check(new BroadcastTo(new Shape(2, 5, 4, 3)).Apply(problem.Variable(2, 1, 4, 1)), "broadcast");
        problem.Check(Tensor.Concatenate([x, problem.Variable(2, 5, 4, 1), x, problem.Variable(2, 5, 4, 17)]), "concatenate channels");
        problem.Check(Tensor.Concatenate([x, problem.Variable(2, 1, 4, 3)], 1), "concatenate rows");
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(1, 1)]
    [InlineData(2, 37)]
    public void Probabilities_and_losses(int rows, int classes)
    {
        var problem = new GradientProblem(15);
        var logits = problem.Variable(rows, classes);
        var labels = problem.Labels(rows, classes);
        problem.Check(logits.Softmax(), "softmax");
        problem.Check(logits.LogSoftmax(), "log softmax");
        foreach (var smoothing in new[] { 0, 0.1f, 1 })
        {
            problem.Check(new ClassificationLoss(LossFunction.SoftmaxCrossEntropy, smoothing).Apply(logits, labels), $"logits {smoothing}");
            problem.Check(new ClassificationLoss(LossFunction.ProbabilityCrossEntropy, smoothing).Apply(logits.Softmax(), labels), $"probabilities {smoothing}");
            problem.Check(new ClassificationLoss(LossFunction.SoftmaxCrossEntropy, smoothing).Apply(logits, labels) * 3, $"scaled {smoothing}");
        }
    }

    [Fact]
    public void Maximum_has_no_gradient_and_says_so()
    {
        var x = new Parameter("x", new Shape(2, 3), Initializer.Ones).Read();
        Assert.Contains("ReduceMax", Assert.Throws<NotSupportedException>(() => Autodiff.Gradients(x.Max(), [x])).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Autodiff.Gradients(x, [x]));
    }

    [Fact]
    public void Loss_that_does_not_depend_on_a_parameter_gives_it_no_gradient()
    {
        var (x, y) = (new Parameter("x", new Shape(2), Initializer.Ones).Read(), new Parameter("y", new Shape(2), Initializer.Ones).Read());
        var gradients = Autodiff.Gradients(x.Sum(), [x, y]);
        Assert.NotNull(gradients[0]);
        Assert.Null(gradients[1]);
    }
}
