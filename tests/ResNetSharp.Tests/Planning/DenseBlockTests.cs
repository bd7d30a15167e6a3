using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Planning;
using ResNetSharp.Tests.Graph;

namespace ResNetSharp.Tests.Planning;

/// <summary>Blocks that concatenate: their layers compute in place, and that changes no bit.</summary>
[Collection(Training.ThreadCount.Name)]
public sealed class DenseBlockTests
{
    [Theory]
    [InlineData(1, 7, 7, 16, 12)]
    [InlineData(2, 9, 5, 20, 32)]
    [InlineData(3, 14, 14, 64, 17)]
    [InlineData(1, 4, 4, 400, 48)]
    public void Predictions_are_bitwise_those_of_a_plan_that_copies(int batch, int height, int width, int channels, int growth)
    {
        var y = Block(new GradientProblem(5), batch, height, width, channels, growth);
        var plain = Passes.ForInference([y]);
        Assert.NotEmpty(Copies(new Plan([.. plain, .. All(plain)], [], new ArenaPool())));
        var expected = Run([.. plain, .. All(plain)]);
        Tolerance.Near(new NaiveInterpreter(training: false).Evaluate(y)[0], expected, Tolerance.Accumulated, "block");
        var fused = new NormalizationFusion().Rewrite(plain);
        Assert.Empty(Copies(new Plan(fused, [], new ArenaPool())));
        Assert.Contains(Node.Reachable(fused), n => n.Operation is NormalizedConvolution);
        Assert.Contains(Node.Reachable(fused), n => n.Operation is NormalizedPool);
        Tolerance.SameBits(expected, Run(plain), "in place");
        SameOnAnyThreads(expected, fused);
    }

    [Theory]
    [InlineData(2, 56, 55, 20, 12)]
    [InlineData(1, 80, 80, 64, 32)]
    public void Narrow_predictions_are_those_of_a_plan_that_copies(int batch, int height, int width, int channels, int growth)
    {
        // A dozen roundings of numbers that are added up, each by half a step of 2^-8 at most.
        const double SomeSteps = 1.0 / 64;
        var plain = Narrowing.Of(Passes.ForInference([Block(new GradientProblem(5), batch, height, width, channels, growth)]));
        var expected = Run([.. plain, .. All(plain)]);
        var fused = new NormalizationFusion().Rewrite(plain);
        Assert.Contains(Node.Reachable(fused), n => n.Operation is NormalizedConvolution);
        var actual = Run(fused);
        // What is multiplied in single precision is not rounded in between.
        if (NarrowArithmetic.HasBFloat16(InstructionSets.Selected)) Tolerance.SameBits(expected, actual, "block");
        else Tolerance.Near([.. expected.Select(v => (double)v)], actual, SomeSteps, "block");
        SameOnAnyThreads(actual, fused);
    }

    [Fact]
    public void Parts_that_somebody_else_reads_are_copied()
    {
        var problem = new GradientProblem(6);
        var x = Tensor.RandomNormal(new Shape(2, 5, 5, 8), 1);
        var (a, b, c) = (problem.Conv(x, 8, 3, 1, 1), problem.Conv(x, 4, 3, 1, 1), problem.Conv(x, 4, 3, 1, 1));
        // One part goes through a function too, one is there twice, one is an output, and one does not come from a kernel.
        var y = Tensor.Concatenate([a, a.Exp(), b, b, c, x]);
        var roots = Passes.ForInference([y, c]);
        // The first of the two that are the same lies in place.
        Assert.Equal(5, Copies(new Plan(roots, [], new ArenaPool())).Count());
        Tolerance.Near(new NaiveInterpreter(training: false).Evaluate(y)[0], Run(roots), Tolerance.Accumulated, "joined");
    }

    [Fact]
    public void Concatenations_of_concatenations_are_in_place()
    {
        var problem = new GradientProblem(7);
        var x = Tensor.RandomNormal(new Shape(2, 5, 5, 8), 1);
        Tensor Part(int channels) => problem.Conv(x, channels, 3, 1, 1);
        var y = Tensor.Concatenate([Part(3), Tensor.Concatenate([Part(16), Tensor.Concatenate([Part(5), Part(2)])]), Part(4)]);
        var roots = Passes.ForInference([y]);
        Assert.Empty(Copies(new Plan(roots, [], new ArenaPool())));
        Tolerance.Near(new NaiveInterpreter(training: false).Evaluate(y)[0], Run(roots), Tolerance.Accumulated, "joined");
    }

    [Fact]
    public void Densenet_copies_nothing()
    {
        var model = ResNetSharp.Models.DenseNet.DenseNet121(10);
        var roots = Passes.ForInference([model.Describe(Tensor.Input(new Shape(1, 64, 64, 3)))]);
        Assert.Empty(Copies(new Plan(roots, [], new ArenaPool())));
    }

    /// <summary>A pooled input, some layers as DenseNet has them, and a transition.</summary>
    static Tensor Block(GradientProblem problem, int batch, int height, int width, int channels, int growth)
    {
        var x = Tensor.RandomNormal(new Shape(batch, 2 * height, 2 * width, channels), 3).MaxPooling2D(2, 2);
        for (var layer = 0; layer < 3; layer++)
        {
            var f = problem.Conv(problem.Norm(x).Relu(), 4 * growth, 1, bias: layer == 1);
            f = problem.Conv(problem.Norm(f).Relu(), growth, 3, 1, 1, bias: false);
            x = Tensor.Concatenate([x, f]);
        }
        return problem.Conv(problem.Norm(x).Relu(), channels / 2 + 32, 1, bias: false).AveragePooling2D(2, 2);
    }

    static void SameOnAnyThreads(float[] expected, Tensor[] roots)
    {
        var threads = Processor.Threads;
        try
        {
            foreach (var count in new[] { 1, 2, 3 })
            {
                Processor.Threads = count;
                Tolerance.SameBits(expected, Run(roots), $"{count} threads");
            }
        }
        finally
        {
            Processor.Threads = threads;
        }
    }

    static IEnumerable<Tensor> All(Tensor[] roots) => Node.Reachable(roots).Where(n => n.Operation is not Leaf).Select(n => n.Outputs[0]);

    static IEnumerable<Kernel> Copies(Plan plan) => plan.Steps.Where(s => s is StridedCopyKernel<float>);

    static float[] Run(Tensor[] roots)
    {
        var pool = new ArenaPool();
        pool.Lend(1 << 24).Floats.Fill(float.NaN);
        var plan = new Plan(roots, [], pool);
        plan.Run();
        var numbers = plan.Floats(roots[0]).ToArray();
        GC.KeepAlive(plan);
        return numbers;
    }
}
