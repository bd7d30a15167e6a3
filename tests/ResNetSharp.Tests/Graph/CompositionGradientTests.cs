using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Graph;

/// <summary>Value and gradients of blocks, and of networks put together at random, where the passes join operations.</summary>
public sealed class CompositionGradientTests
{
    [Fact]
    public void Residual_block_with_identity_shortcut()
    {
        var problem = new GradientProblem(1);
        var x = problem.Variable(2, 4, 4, 5);
        problem.Check(Block(problem, x, 5, 1, projection: false));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Residual_block_with_projection_shortcut(int stride)
    {
        var problem = new GradientProblem(2);
        var x = problem.Variable(2, 5, 5, 3);
        problem.Check(Block(problem, x, 6, stride, projection: true));
    }

    [Fact]
    public void Preactivation_block()
    {
        var problem = new GradientProblem(3);
        var x = problem.Variable(2, 4, 3, 4);
        var y = problem.Conv(problem.Norm(x).Relu(), 6, 3, 1, 1, bias: false);
        problem.Check(problem.Conv(problem.Norm(y).Relu(), 4, 3, 1, 1, bias: false) + x);
    }

    [Fact]
    public void Block_without_normalization()
    {
        var problem = new GradientProblem(4);
        var x = problem.Variable(1, 4, 4, 3);
        problem.Check((problem.Conv(problem.Conv(x, 3, 3, 1, 1).Relu(), 3, 1) + x).Relu());
    }

    [Fact]
    public void Attention_over_channels()
    {
        var problem = new GradientProblem(5);
        var x = problem.Conv(problem.Variable(2, 4, 4, 3), 6, 3, 1, 1);
        var gate = problem.Conv(x.Mean([1, 2], keepAxes: true), 2, 1).Relu();
        gate = problem.Conv(gate, 6, 1).Sigmoid();
        problem.Check(((x * gate) + x).Relu());
    }

    [Fact]
    public void Gate_between_input_and_result()
    {
        var problem = new GradientProblem(6);
        var x = problem.Variable(2, 7);
        var gate = problem.Dense(x, 7).Sigmoid();
        problem.Check((problem.Dense(x, 7).Relu() * gate) + (x * (1 - gate)));
    }

    [Fact]
    public void Densely_joined_layers()
    {
        var problem = new GradientProblem(7);
        var x = problem.Variable(2, 4, 4, 3);
        for (var i = 0; i < 2; i++) x = Tensor.Concatenate([x, problem.Conv(problem.Norm(x).Relu(), 2, 3, 1, 1, bias: false)]);
        problem.Check(problem.Conv(problem.Norm(x).Relu(), 3, 1).AveragePooling2D(2));
    }

    [Fact]
    public void Normalization_that_two_read()
    {
        var problem = new GradientProblem(8);
        var y = problem.Norm(problem.Conv(problem.Variable(2, 3, 3, 4), 4, 3, 1, 1));
        problem.Check(y.Relu() + (y * 2) + problem.Conv(y, 4, 1));
    }

    [Fact]
    public void Sum_of_two_normalizations()
    {
        var problem = new GradientProblem(9);
        var x = problem.Variable(3, 3, 2, 4);
        problem.Check((problem.Norm(problem.Conv(x, 5, 1)) + problem.Norm(problem.Conv(x, 5, 3, 1, 1))).Relu());
    }

    [Fact]
    public void Frozen_block_between_trained_ones()
    {
        var problem = new GradientProblem(10);
        var x = problem.Norm(problem.Conv(problem.Variable(2, 4, 4, 3), 4, 3, 1, 1), frozen: true).Relu();
        var y = problem.Norm(problem.Conv(x, 4, 3, 1, 1), frozen: true);
        problem.Check((y + x).Relu());
    }

    [Fact]
    public void Weights_that_are_used_twice()
    {
        var problem = new GradientProblem(11);
        var weights = problem.Variable(3, 3, 2, 2);
        var operation = new Convolution(new ResNetSharp.Graph.Window(3, 3, 1, 1, Padding.Same), 1);
        var x = problem.Variable(1, 4, 4, 2);
        problem.Check(operation.Apply(operation.Apply(x, weights).Relu(), weights));
    }

    [Fact]
    public void Weights_that_are_computed()
    {
        var problem = new GradientProblem(12);
        var weights = problem.Variable(3, 3, 2, 4);
        var centred = weights - weights.Mean([0, 1, 2], keepAxes: true);
        var operation = new Convolution(new ResNetSharp.Graph.Window(3, 3, 1, 1, Padding.Same), 1);
        problem.Check(problem.Norm(operation.Apply(problem.Variable(1, 4, 4, 2), centred)).Relu());
    }

    [Theory]
    [MemberData(nameof(RandomNetworks.Seeds), MemberType = typeof(RandomNetworks))]
    public void Network_put_together_at_random(int seed)
    {
        var problem = new GradientProblem((ulong)(100 + seed)) { Samples = 12 };
        var x = RandomNetworks.Make(problem, steps: 5);
        var logits = problem.Dense(x.GlobalAveragePooling2D(), 3);
        problem.Check(new ClassificationLoss(LossFunction.SoftmaxCrossEntropy, 0.1f).Apply(logits, problem.Labels(logits.Shape[0], 3)));
    }

    static Tensor Block(GradientProblem problem, Tensor x, int filters, int stride, bool projection)
    {
        var y = problem.Norm(problem.Conv(x, filters, 3, stride, 1, bias: false)).Relu();
        y = problem.Norm(problem.Conv(y, filters, 3, 1, 1, bias: false));
        return (y + (projection ? problem.Norm(problem.Conv(x, filters, 1, stride, bias: false)) : x)).Relu();
    }
}
