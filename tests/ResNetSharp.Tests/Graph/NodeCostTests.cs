using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Graph;

/// <summary>What a plan's steps cost, against counts of the reference implementations and sums by hand.</summary>
public sealed class NodeCostTests
{
    [Theory]
    [InlineData("resnet18", 1.8141)]
    [InlineData("resnet50", 4.0892)]
    [InlineData("resnet152", 11.5136)]
    [InlineData("resnext50_32x4d", 4.2305)]
    // Three transitions, of 56 * 56 * 256 * 128 multiply-adds each, work on a quarter of the pixels: see EarlyPooling.
    [InlineData("densenet121", 2.8342 - 3 * 0.75 * 0.10276)]
    public void Prediction_costs_two_operations_for_each_multiply_add_of_the_reference(string model, double gigaMultiplyAdds)
    {
        var roots = Passes.ForInference([Architectures.Create(model).BuildFor((3, 224, 224, 3))]);
        Assert.Equal(3 * gigaMultiplyAdds, Node.Reachable(roots).Sum(node => NodeCost.Of(node).Flops) / 2e9, 3e-4);
    }

    [Fact]
    public void Training_costs_three_times_the_forward_pass_but_for_the_gradient_of_the_pictures()
    {
        var model = Architectures.Create("cifar-resnet20");
        model.Compile(new Sgd(), new SparseCategoricalCrossentropy(fromLogits: true));
        var nodes = model.Compiled!.Training((2, 32, 32, 3)).Plan.Nodes;
        var forward = 2 * 2 * ModelProfile.Measure(model, (32, 32, 3)).MultiplyAdds;
        var stem = 2L * 2 * 32 * 32 * 16 * 27;
        Assert.Equal(3 * forward - stem, nodes.Sum(node => NodeCost.Of(node).Flops));
    }

    [Fact]
    public void Every_input_and_output_is_counted_once()
    {
        var image = Tensor.Input((2, 5, 5, 3));
        var node = new Convolution(new Window(3, 3, 1, 1, Padding.Valid), 1).Apply(image, Tensor.Full((3, 3, 3, 4), 1)).Producer;
        Assert.Equal(new NodeCost(2 * 2 * 9 * 4 * 27, 4 * (2 * 25 * 3 + 27 * 4 + 2 * 9 * 4)), NodeCost.Of(node));
        Assert.Equal(4 * (100 + 100), NodeCost.Of(Tensor.Full(new Shape(100), 1).Square().Producer).Bytes);
    }

    [Fact]
    public void Update_reads_the_gradient_and_reads_and_writes_weights_and_moments()
    {
        var parameter = new Parameter("w", new Shape(10), Initializer.Ones);
        var update = new ParameterUpdate(parameter, new OptimizerState(new Adam(), [parameter])).Apply(Tensor.Full(new Shape(10), 1));
        Assert.Equal(new NodeCost(0, 4 * 10 * (1 + 2 * 3)), NodeCost.Of(update.Producer));
    }

    [Theory]
    [InlineData(400, 10, 4, true)]
    [InlineData(100, 30, 3, false)]
    public void Slower_of_arithmetic_and_memory_limits(long flops, long bytes, double seconds, bool compute) =>
        Assert.Equal((seconds, compute), new NodeCost(flops, bytes).Limit(100, 10));
}
