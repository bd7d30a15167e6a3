using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Planning;
using ResNetSharp.Tests.Graph;

namespace ResNetSharp.Tests.Planning;

/// <summary>Memory of plans: tensors share it only where that changes nothing.</summary>
[Collection(Training.ThreadCount.Name)]
public sealed unsafe class PlanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void Random_training_steps_are_bitwise_those_of_a_plan_that_shares_no_memory(int seed)
    {
        var roots = RandomNetworks.TrainingStep((ulong)(300 + seed), steps: 9, out var statistics);
        var all = Node.Reachable(roots).Where(n => n.Operation is not Leaf).SelectMany(n => n.Outputs).ToList();
        var expected = Run([.. roots, .. all], roots, statistics, 0);
        var shared = Run(roots, roots, statistics, 0);
        var poisoned = Run(roots, roots, statistics, float.NaN);
        for (var i = 0; i < roots.Length; i++)
        {
            Tolerance.SameBits(expected[i], shared[i], $"root {i}");
            Tolerance.SameBits(expected[i], poisoned[i], $"root {i} in dirty memory");
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    public void Tensors_that_are_alive_together_lie_apart(int seed)
    {
        var roots = RandomNetworks.TrainingStep((ulong)(300 + seed), steps: 9, out _);
        var plan = new Plan(roots, [], new ArenaPool());
        var lives = Lives(plan, roots);
        long sum = 0;
        for (var i = 0; i < lives.Count; i++)
        {
            sum += lives[i].Tensor.Shape.Size * sizeof(float);
            for (var k = 0; k < i; k++)
                if (lives[i].Overlaps(lives[k]) && lives[i].MeetsInTime(lives[k]) && !MayShare(plan, lives[i], lives[k]) && !MayShare(plan, lives[k], lives[i]))
                    Assert.Fail($"{lives[i]} and {lives[k]} share memory while both are needed");
        }
        Assert.True(plan.ArenaBytes < sum, "the plan shares no memory at all");
    }

    [Fact]
    public void Repeated_runs_are_bitwise_equal()
    {
        var roots = RandomNetworks.TrainingStep(400, steps: 9, out var statistics);
        var plan = new Plan(roots, [], new ArenaPool());
        var before = statistics.Select(s => s.Values.ToArray()).ToList();
        var results = new List<float[]>();
        for (var run = 0; run < 3; run++)
        {
            foreach (var (statistic, values) in statistics.Zip(before)) statistic.SetValues(values);
            plan.Run(5);
            results.Add(plan.Floats(roots[0]).ToArray());
        }
        Tolerance.SameBits(results[0], results[1], "second run");
        Tolerance.SameBits(results[0], results[2], "third run");
    }

    [Fact]
    public void Chain_of_activations_takes_the_memory_of_one()
    {
        var x = Tensor.RandomNormal(new Shape(4, 64), 1);
        var y = (x * 2).Sigmoid().Tanh().Exp().Square();
        var plan = new Plan([y], [], new ArenaPool());
        Assert.Equal(4 * 64 * sizeof(float), plan.ArenaBytes);
        plan.Run();
        Tolerance.Near(new NaiveInterpreter(training: false).Evaluate(y)[0], plan.Floats(y), Tolerance.Rounding, "chain");
    }

    [Fact]
    public void Result_that_is_read_later_is_not_overwritten()
    {
        var y = Tensor.RandomNormal(new Shape(4, 64), 1) * 2;
        var (exp, sum) = (y.Exp(), y.Sigmoid());
        var plan = new Plan([exp + sum, y], [], new ArenaPool());
        plan.Run();
        Tolerance.Near(new NaiveInterpreter(training: false).Evaluate(y)[0], plan.Floats(y), Tolerance.Rounding, "y");
    }

    [Fact]
    public void Optimizer_changes_a_parameter_only_after_its_last_reader_seen_through_views()
    {
        var weights = new Parameter("w", new Shape(4, 3), Initializer.Ones);
        var read = weights.Read();
        var view = read.Reshape(3, 4);
        var early = (Tensor.RandomNormal(new Shape(4, 3), 1) * 1).Square();
        var state = new ResNetSharp.Training.OptimizerState(new ResNetSharp.Training.Sgd(1), [weights]);
        var update = new ParameterUpdate(weights, state).Apply(early);
        var late = (Tensor.RandomNormal(new Shape(3, 4), 2) * 1).Exp() * view;
        var nodes = new Plan([late], [update], new ArenaPool()).Nodes;
        Assert.True(nodes.ToList().IndexOf(update.Producer) > nodes.ToList().IndexOf(late.Producer));
    }

    [Fact]
    public void Plan_runs_with_more_threads_than_it_was_made_with()
    {
        var threads = Processor.Threads;
        try
        {
            Processor.Threads = 1;
            var roots = RandomNetworks.TrainingStep(401, steps: 9, out var statistics);
            var plan = new Plan(roots, [], new ArenaPool());
            var before = statistics.Select(s => s.Values.ToArray()).ToList();
            plan.Run();
            var expected = plan.Floats(roots[0]).ToArray();
            Processor.Threads = 8;
            foreach (var (statistic, values) in statistics.Zip(before)) statistic.SetValues(values);
            plan.Run();
            Tolerance.SameBits(expected, plan.Floats(roots[0]), "eight threads");
            Assert.True(plan.ScratchBytes >= plan.Steps.Max(k => k.ScratchBytes(8)));
        }
        finally
        {
            Processor.Threads = threads;
        }
    }

    static float[][] Run(Tensor[] outputs, Tensor[] wanted, List<Parameter> statistics, float content)
    {
        var pool = new ArenaPool();
        pool.Lend(1 << 22).Floats.Fill(content);
        var plan = new Plan(outputs, [], pool);
        var before = statistics.Select(s => s.Values.ToArray()).ToList();
        plan.Run(9);
        float[][] results = [.. wanted.Select(t => plan.Floats(t).ToArray())];
        foreach (var (statistic, values) in statistics.Zip(before)) statistic.SetValues(values);
        GC.KeepAlive(plan);
        return results;
    }

    /// <summary>Where each computed tensor lies, and from which step to which it is needed, views of it included.</summary>
    static List<Life> Lives(Plan plan, Tensor[] outputs)
    {
        var steps = plan.Nodes.Select((node, step) => (node, step)).ToDictionary(p => p.node, p => p.step);
        var lives = new List<Life>();
        foreach (var node in plan.Nodes)
            foreach (var output in node.Outputs)
            {
                if (Source(output).Producer.Operation is Leaf) continue;
                fixed (float* address = plan.Floats(output)) lives.Add(new Life(output, (long)address, steps[Source(output).Producer], LastUse(output)));
            }
        return lives;

        int LastUse(Tensor tensor)
        {
            if (outputs.Contains(tensor)) return int.MaxValue;
            var last = steps[tensor.Producer];
            foreach (var reader in plan.Nodes.Where(n => n.Inputs.Contains(tensor)))
                last = Math.Max(last, reader.Operation.ViewOf >= 0 ? LastUse(reader.Outputs[0]) : steps[reader]);
            return last;
        }
    }

    static Tensor Source(Tensor tensor) => tensor.Producer.Operation is { ViewOf: >= 0 and var input } ? Source(tensor.Producer.Inputs[input]) : tensor;

    /// <summary>Whether the later tensor is a view of the earlier one, or is computed over it by the step that reads it last.</summary>
    static bool MayShare(Plan plan, Life earlier, Life later)
    {
        if (Source(earlier.Tensor) == Source(later.Tensor)) return true;
        if (earlier.Address != later.Address || earlier.Last != later.First) return false;
        var node = plan.Nodes[later.First];
        return InPlace.Choices(node).Any(c => Source(node.Inputs[c.Input]) == Source(earlier.Tensor) && node.Outputs[c.Output] == Source(later.Tensor));
    }

    sealed record Life(Tensor Tensor, long Address, int First, int Last)
    {
        public bool Overlaps(Life other) => Address < other.Address + other.Tensor.Shape.Size * sizeof(float)
            && other.Address < Address + Tensor.Shape.Size * sizeof(float);

        public bool MeetsInTime(Life other) => First <= other.Last && other.First <= Last;
    }
}
