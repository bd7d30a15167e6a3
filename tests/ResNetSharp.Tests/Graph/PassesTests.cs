using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Planning;
using Convolution = ResNetSharp.Graph.Operations.Convolution;
using Dropout = ResNetSharp.Graph.Operations.Dropout;

namespace ResNetSharp.Tests.Graph;

/// <summary>What the passes make of a network: which operations are joined, and what that does to its numbers.</summary>
public sealed class PassesTests
{
    [Fact]
    public void Convolution_normalization_and_relu_are_one_kernel_in_prediction()
    {
        var y = Images().Conv2D(4, 3).BatchNorm().Relu();
        Assert.Equal(["FoldedConv2D"], Names(Passes.ForInference([y])));
        Assert.Equal(1, Kernels(Passes.ForInference([y])));
    }

    [Fact]
    public void Block_with_a_shortcut_is_a_kernel_for_each_convolution_in_prediction()
    {
        var x = Images();
        var y = (x.Conv2D(4, 3).BatchNorm().Relu().Conv2D(3, 3).BatchNorm() + x).Relu();
        Assert.Equal(["FoldedConv2D", "FoldedConv2D"], Names(Passes.ForInference([y])));
        Assert.Equal(2, Kernels(Passes.ForInference([y])));
        var projected = (x.Conv2D(4, 3).BatchNorm() + x.Conv2D(4, 1).BatchNorm()).Relu();
        Assert.Equal(["FoldedConv2D", "FoldedConv2D"], Names(Passes.ForInference([projected])));
    }

    [Fact]
    public void Convolution_normalization_and_relu_are_two_kernels_in_training()
    {
        var y = Images().Conv2D(4, 3).BatchNorm().Relu();
        Assert.Equal(["Conv2D", "BatchNormTraining"], Names(Passes.ForTraining([y])));
        Assert.Equal(2, Kernels(Passes.ForTraining([y])));
    }

    [Fact]
    public void Addition_and_relu_join_the_normalization_in_training()
    {
        var x = Images();
        var y = (x.Conv2D(3, 3).BatchNorm() + x).Relu();
        var passed = Passes.ForTraining([y]);
        Assert.Equal(["Conv2D", "BatchNormTraining"], Names(passed));
        Assert.True(passed[0].Producer.Operation is BatchNormTraining { HasResidual: true, Relu: true });
        Assert.Equal(2, Kernels(passed));
    }

    [Fact]
    public void Relu_stays_where_somebody_else_reads_what_is_before_it()
    {
        var y = Images().Conv2D(3, 3).BatchNorm();
        Assert.Equal(["FoldedConv2D", "Relu"], Names(Passes.ForInference([y.Relu(), y])));
        Assert.Equal(["Conv2D", "BatchNormTraining", "Relu"], Names(Passes.ForTraining([y.Relu(), y])));
    }

    [Fact]
    public void Normalization_is_not_folded_where_somebody_else_reads_the_convolution()
    {
        var y = Images().Conv2D(3, 3);
        Assert.Equal(["FoldedConv2D", "BatchNormInference"], Names(Passes.ForInference([y.BatchNorm(), y])));
    }

    [Fact]
    public void Dropout_disappears_in_prediction_and_stays_in_training()
    {
        var y = Images().Conv2D(3, 3).Dropout(0.5f).Relu();
        Assert.Equal(["FoldedConv2D"], Names(Passes.ForInference([y])));
        Assert.Contains("Dropout", Names(Passes.ForTraining([y])));
    }

    [Fact]
    public void Frozen_part_before_all_trained_ones_is_folded_in_training()
    {
        var (conv, norm, head) = (new Conv2D(4, 3), new BatchNormalization(), new Conv2D(2, 1));
        conv.Freeze();
        norm.Freeze();
        var y = head.Apply(norm.Apply(conv.Apply(Images())).Relu());
        Assert.Equal(["FoldedConv2D", "Conv2D"], Names(Passes.ForTraining([y])));
    }

    [Fact]
    public void Frozen_normalization_behind_a_trained_convolution_keeps_its_statistics_and_is_not_folded()
    {
        var (conv, norm) = (new Conv2D(4, 3), new BatchNormalization());
        norm.Freeze();
        var y = norm.Apply(conv.Apply(Images())).Relu();
        Assert.Equal(["Conv2D", "BatchNormInference"], Names(Passes.ForTraining([y])));
    }

    [Fact]
    public void Gradients_that_meet_at_a_convolution_are_added_by_it()
    {
        var problem = new GradientProblem(1);
        var x = problem.Norm(problem.Variable(2, 3, 3, 4));
        var loss = (problem.Conv(x, 4, 3, 1, 1).Relu() + x).Sum();
        var reads = Node.Reachable([loss]).Select(n => n.Outputs[0]).Where(t => ParameterRead.Of(t) is { Trainable: true }).ToList();
        var forward = Passes.ForTraining([loss]);
        var gradients = Autodiff.Gradients(forward[0], reads).OfType<Tensor>().ToList();
        var before = Names(gradients);
        var after = Names(new BackwardFusion().Rewrite(gradients));
        Assert.Equal(before.Count(n => n == "Add") - 1, after.Count(n => n == "Add"));
        Assert.Contains(Node.Reachable(new BackwardFusion().Rewrite(gradients)), n => n is { Operation: ConvolutionInputGradient, Inputs.Length: 3 });
    }

    [Fact]
    public void Folding_changes_the_outputs_by_rounding_only()
    {
        var problem = new GradientProblem(2);
        var x = Tensor.RandomNormal(new Shape(2, 5, 6, 3), 7);
        var y = problem.Norm(problem.Conv(x, 5, 3, 1, 1)).Relu();
        y = (problem.Norm(problem.Conv(y, 5, 3, 1, 1, bias: false)) + y).Relu();
        var expected = new NaiveInterpreter(training: false).Evaluate(y)[0];
        Tolerance.Near(expected, y.ToArray(), Tolerance.Accumulated, "folded");
    }

    [Fact]
    public void Weights_that_are_computed_are_right_under_a_normalization_in_prediction()
    {
        var problem = new GradientProblem(3);
        var weights = problem.Variable(3, 3, 3, 4);
        var doubled = weights * 2 - weights.Mean([0, 1, 2], keepAxes: true);
        var y = problem.Norm(new Convolution(new Window(3, 3, 1, 1, Padding.Same), 1).Apply(Tensor.RandomNormal(new Shape(2, 5, 6, 3), 7), doubled)).Relu();
        var expected = new NaiveInterpreter(training: false).Evaluate(y)[0];
        Tolerance.Near(expected, y.ToArray(), Tolerance.Accumulated, "folded");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Random_networks_predict_what_their_description_says(int seed)
    {
        var problem = new GradientProblem((ulong)(200 + seed));
        var y = RandomNetworks.Make(problem, steps: 8);
        var expected = new NaiveInterpreter(training: false).Evaluate(y)[0];
        Tolerance.Near(expected, y.ToArray(), Tolerance.Accumulated, $"seed {seed}");
    }

    [Fact]
    public void Dropout_and_its_gradient_use_one_mask()
    {
        var parameter = new Parameter("x", new Shape(40, 50), Initializer.Ones);
        var y = new Dropout(0.25f, () => "d").Apply(parameter.Read());
        var forward = Passes.ForTraining([(y * y).Sum(), y]);
        var gradient = Autodiff.Gradients(forward[0], [Node.Reachable(forward).Single(n => n.Operation is ParameterRead).Outputs[0]])[0]!;
        var plan = new Plan([forward[1], gradient], [], new ArenaPool());
        float[]? first = null;
        for (ulong step = 0; step < 2; step++)
        {
            plan.Run(step);
            var (value, slope) = (plan.Floats(forward[1]).ToArray(), plan.Floats(gradient).ToArray());
            Assert.All(value, v => Assert.True(v is 0 or 4f / 3));
            Assert.InRange(value.Count(v => v == 0), 400, 600);
            // d(y^2) / dx = 2 y * mask, and the mask is y itself where x is 1.
            Tolerance.Near([.. value.Select(v => 2.0 * v * v)], slope, Tolerance.Rounding, "gradient");
            Assert.NotEqual(first, value);
            first = value;
        }
    }

    [Fact]
    public void Two_uses_of_one_dropout_layer_have_masks_of_their_own()
    {
        var layer = new ResNetSharp.Layers.Dropout(0.5f);
        var x = new Parameter("x", new Shape(40, 50), Initializer.Ones).Read();
        var outputs = Passes.ForTraining([layer.Apply(x), layer.Apply(x)]);
        var plan = new Plan(outputs, [], new ArenaPool());
        plan.Run(3);
        var (first, second) = (plan.Floats(outputs[0]).ToArray(), plan.Floats(outputs[1]).ToArray());
        // Half of the elements of two independent masks of one half differ.
        Assert.InRange(first.Zip(second).Count(pair => pair.First != pair.Second), 900, 1100);
    }

    static Tensor Images() => Tensor.RandomNormal(new Shape(2, 6, 6, 3), 1);

    static List<string> Names(IEnumerable<Tensor> outputs) =>
        [.. Node.Reachable(outputs).Where(n => n.Operation is not Leaf).Select(n => n.Operation.Name)];

    static int Kernels(Tensor[] outputs) => new Plan(outputs, [], new ArenaPool()).Steps.Count;
}
