using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Models;
using ResNetSharp.Planning;
using ResNetSharp.Tests.Training;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Graph;

/// <summary>A training that computes activations a second time gives the same bits in less memory.</summary>
public sealed class RecomputationTests
{
    [Theory]
    [InlineData("cifar-resnet20", 32, 3)]
    [InlineData("cifar-preact-resnet20", 32, 3)]
    [InlineData("d2l-resnet18", 32, 1)]
    [InlineData("densenet121", 32, 3)]
    [InlineData("resnet50", 32, 3)]
    [InlineData("resnet50_gn", 32, 3)]
    [InlineData("seresnet50", 32, 3)]
    public void Training_is_bitwise_the_same(string architecture, int size, int channels)
    {
        var (kept, repeated) = (Trained(architecture, size, channels, false), Trained(architecture, size, channels, true));
        TinyTask.SameState(kept.Model, repeated.Model);
        Assert.True(repeated.Plan.ArenaBytes < kept.Plan.ArenaBytes, $"{repeated.Plan.ArenaBytes} bytes against {kept.Plan.ArenaBytes}");
    }

    [Fact]
    public void Narrow_training_is_bitwise_the_same()
    {
        var models = new[] { false, true }.Select(recompute =>
        {
            var model = TinyTask.Model();
            model.Precision = Precision.BFloat16;
            model.Compile(new Adam(0.01f), new CategoricalCrossentropy(fromLogits: true), [], recompute);
            model.Fit(TinyTask.Augmented(), batchSize: 10, seed: 5);
            return model;
        }).ToList();
        TinyTask.SameState(models[0], models[1]);
    }

    [Fact]
    public void Dropout_draws_the_same_mask_again()
    {
        var (kept, repeated) = (TinyTask.Model(), TinyTask.Model());
        kept.Compile(new Adam(0.01f), new CategoricalCrossentropy(fromLogits: true), [], recompute: false);
        repeated.Compile(new Adam(0.01f), new CategoricalCrossentropy(fromLogits: true), [], recompute: true);
        foreach (var model in new[] { kept, repeated }) model.Fit(TinyTask.Augmented(), epochs: 2, batchSize: 10, seed: 5);
        TinyTask.SameState(kept, repeated);
        Assert.Contains(repeated.Compiled!.Training((10, 6, 6, 2)).Plan.Nodes.GroupBy(node => node.Operation), uses => uses is { Key: ResNetSharp.Graph.Operations.Dropout } && uses.Count() > 2);
    }

    [Theory]
    [MemberData(nameof(RandomNetworks.Seeds), MemberType = typeof(RandomNetworks))]
    public void Random_training_steps_are_bitwise_the_same(int seed)
    {
        var roots = RandomNetworks.TrainingStep((ulong)(500 + seed), steps: 12, out var statistics);
        var before = statistics.Select(s => s.Values.ToArray()).ToList();
        var expected = Run(roots, statistics, before);
        foreach (var all in new[] { false, true })
        {
            var actual = Run(Recomputation.Apply(roots, all), statistics, before);
            for (var i = 0; i < expected.Count; i++) Tolerance.SameBits(expected[i], actual[i], $"result {i}, all {all}");
        }
    }

    [Fact]
    public void Batch_statistics_are_taken_once_and_big_convolutions_are_computed_once()
    {
        var nodes = Compiled("resnet50", 64, 3, true).Compiled!.Training((2, 64, 64, 3)).Plan.Nodes;
        Assert.Equal(53, nodes.Count(node => node.Operation is BatchNormTraining));
        Assert.True(nodes.Count(node => node.Operation is BatchNormRepeat) > 30);
        // The 3x3 convolutions cost too much; those that widen 64 channels to 256 do not.
        Assert.Equal(16, nodes.Count(node => node.Operation is Convolution && node.Inputs[1].Shape[0] == 3));
        Assert.Equal(2 * 4, nodes.Count(node => node.Operation is Convolution && node.Inputs[1].Shape is [1, 1, 64, 256]));
    }

    [Fact]
    public void Of_small_activations_only_what_a_max_pooling_reads_is_always_computed_again()
    {
        var nodes = Compiled("resnet50", 64, 3, false).Compiled!.Training((2, 64, 64, 3)).Plan.Nodes;
        var repeat = Assert.Single(nodes, node => node.Operation is BatchNormRepeat);
        Assert.Equal(repeat.Outputs[0], Assert.Single(nodes, node => node.Operation is MaxPoolGradient).Inputs[0]);
        Assert.Equal(53, nodes.Count(node => node.Operation is Convolution));
    }

    [Fact]
    public void Large_normalizations_are_computed_again_for_a_hundredth_of_the_work()
    {
        var nodes = Compiled("resnet50", 224, 3, false).Compiled!.Training((16, 224, 224, 3)).Plan.Nodes;
        var repeated = nodes.Where(node => node.Operation is BatchNormRepeat).ToList();
        Assert.Equal(new Shape(16, 112, 112, 64), repeated[^1].Outputs[0].Shape);
        Assert.Equal([new Shape(16, 56, 56, 64), new Shape(16, 56, 56, 128), new Shape(16, 28, 28, 256)], repeated[..^1].Select(node => node.Outputs[0].Shape).Distinct().OrderBy(shape => shape[3]));
        Assert.Equal(115_605_504, repeated[..^1].Sum(node => node.Outputs[0].Shape.Size * sizeof(float)));
        Assert.Equal(53, nodes.Count(node => node.Operation is Convolution));
        Assert.True(repeated[..^1].Sum(Work) < 0.01 * nodes.Sum(Work), $"{repeated[..^1].Sum(Work)} of {nodes.Sum(Work)}");

        static double Work(Node node) => NodeCost.Of(node) is var cost ? cost.Flops + 20.0 * cost.Bytes : 0;
    }

    [Fact]
    public void Half_of_the_memory_of_a_ResNet_50_is_saved_for_a_tenth_more_arithmetic()
    {
        var (kept, repeated) = (Roots(false), Roots(true));
        Assert.True(Arena(repeated) < 0.5 * Arena(kept), $"{Arena(repeated)} bytes against {Arena(kept)}");
        Assert.True(Flops(repeated) < 1.1 * Flops(kept), $"{Flops(repeated)} operations against {Flops(kept)}");

        static IReadOnlyList<Node> Roots(bool recompute) => Compiled("resnet50", 96, 3, recompute).Compiled!.Training((4, 96, 96, 3)).Plan.Nodes;

        static long Arena(IReadOnlyList<Node> nodes) => new PlanMemory([.. nodes], []).ArenaBytes;

        static long Flops(IReadOnlyList<Node> nodes) => nodes.Sum(node => NodeCost.Of(node).Flops);
    }

    static Model Compiled(string architecture, int size, int channels, bool recompute)
    {
        var model = Architectures.Create(architecture, 10, (size, size, channels));
        model.Compile(new Sgd(0.01f, 0.9f), new SparseCategoricalCrossentropy(fromLogits: true), [], recompute);
        return model;
    }

    static (Model Model, Plan Plan) Trained(string architecture, int size, int channels, bool recompute)
    {
        var model = Compiled(architecture, size, channels, recompute);
        var step = model.Compiled!.Training((2, size, size, channels));
        step.Fill(Tensor.RandomNormal(2, size, size, channels).ToArray(), [3, 7]);
        for (ulong i = 0; i < 2; i++)
        {
            model.Compiled.OptimizerState.Advance();
            step.Plan.Run(i);
        }
        return (model, step.Plan);
    }

    /// <summary>Results and statistics after one step from given statistics.</summary>
    static List<float[]> Run(Tensor[] roots, List<Parameter> statistics, List<float[]> before)
    {
        foreach (var (statistic, values) in statistics.Zip(before)) statistic.SetValues(values);
        var plan = new Plan(roots, [], new ArenaPool());
        plan.Run(9);
        List<float[]> results = [.. roots.Select(root => plan.Floats(root).ToArray()), .. statistics.Select(s => s.Values.ToArray())];
        GC.KeepAlive(plan);
        return results;
    }
}
