using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Graph;

/// <summary>Averages before 1x1 convolutions instead of after them: where that is done, and that it changes no result.</summary>
public sealed class EarlyPoolingTests
{
    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(2, 2, true)]
    [InlineData(3, 2, true)]
    public void A_pooling_after_a_pixelwise_convolution_comes_before_it(int size, int stride, bool bias)
    {
        var problem = new GradientProblem(3);
        var y = problem.Conv(problem.Variable(2, 9, 8, 5), 32, 1, bias: bias).AveragePooling2D(size, stride);
        Assert.Equal(["AveragePooling2D", "FoldedConv2D"], Names(Passes.ForInference([y])));
        Assert.Equal(["AveragePooling2D", "Conv2D"], Names(Passes.ForTraining([y])));
        Assert.Equal(y.Shape, Passes.ForInference([y])[0].Shape);
        // Value and gradients, by the reference, of the network as it was described.
        problem.Check(y);
    }

    [Fact]
    public void Grouped_convolutions_too()
    {
        var problem = new GradientProblem(4);
        var y = problem.Conv(problem.Variable(1, 4, 4, 8), 32, 1, groups: 4).AveragePooling2D(2, 2);
        Assert.Equal(["AveragePooling2D", "Conv2D"], Names(Passes.ForTraining([y])));
        problem.Check(y);
    }

    [Fact]
    public void The_order_stays_where_it_would_change_results_or_gain_nothing()
    {
        var problem = new GradientProblem(5);
        var x = problem.Variable(1, 8, 8, 4);
        // Windows on padding, which a bias does not reach; windows for each pixel; few filters; kernels that mix pixels; strides.
        Stays(problem.Conv(x, 32, 1).AveragePooling2D(3, 2, 1));
        Stays(problem.Conv(x, 32, 1).AveragePooling2D(2, 1));
        Stays(problem.Conv(x, 8, 1).AveragePooling2D(2, 2));
        Stays(problem.Conv(x, 32, 3, 1, 1).AveragePooling2D(2, 2));
        Stays(problem.Conv(x, 32, 1, stride: 2).AveragePooling2D(2, 2));
        Stays(problem.Conv(x, 32, 1, padding: 1).AveragePooling2D(2, 2));
        // A maximum is no sum.
        Assert.Equal(["Conv2D", "MaxPooling2D"], Names(Passes.ForTraining([problem.Conv(x, 32, 1).MaxPooling2D(2, 2)])));
        // Somebody else reads what is not averaged.
        var read = problem.Conv(x, 32, 1);
        Assert.Equal(["Conv2D", "AveragePooling2D"], Names(Passes.ForTraining([read.AveragePooling2D(2, 2), read])));

        static void Stays(Tensor y) => Assert.Equal(["Conv2D", "AveragePooling2D"], Names(Passes.ForTraining([y])));
    }

    [Fact]
    public void Both_belong_to_the_convolution_so_that_no_calibration_of_the_pooling_behind_it_is_taken_for_the_one_before()
    {
        var model = ResNetSharp.Models.DenseNet.DenseNet121(10);
        var roots = Passes.ForInference([model.Describe(Tensor.Input(new Shape(1, 64, 64, 3)))]);
        var transition = Node.Reachable(roots).Single(n => n.Operation is FoldedConvolution && n.Inputs[0].Producer.Operation is AveragePool && n.Outputs[0].Shape[3] == 128);
        Assert.Equal("features.transition1.conv", transition.Scope!.Layer.Path);
        Assert.Equal("features.transition1.conv", transition.Inputs[0].Producer.Scope!.Layer.Path);
        var names = ResNetSharp.Quantization.ActivationNames.Of(roots).Values;
        Assert.Contains("features.transition1.conv.AveragePooling2D", names);
        Assert.DoesNotContain("features.transition1.pool.AveragePooling2D", names);
        Assert.Equal(3, Node.Reachable(roots).Count(n => n.Operation is AveragePool));
    }

    static string[] Names(Tensor[] roots) => [.. Node.Reachable(roots).Where(n => n.Operation is not Leaf).Select(n => n.Operation.Name)];
}
