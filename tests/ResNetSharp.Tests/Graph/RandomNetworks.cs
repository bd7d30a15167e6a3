using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Tests.Graph;

/// <summary>Small networks of random structure: each step takes a tensor made before, so that some are read often and some never.</summary>
static class RandomNetworks
{
    /// <summary>How many of them a test looks at.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    public static Tensor Make(GradientProblem problem, int steps)
    {
        int[] channelChoices = [1, 3, 4, 17];
        var channels = channelChoices[problem.Choose(4)];
        var made = new List<Tensor> { problem.Variable(1 + problem.Choose(3), 2 + problem.Choose(3), 2 + problem.Choose(3), channels) };
        for (var i = 0; i < steps; i++)
        {
            var x = made[Math.Max(0, made.Count - 1 - problem.Choose(3))];
            var y = made[problem.Choose(made.Count)];
            made.Add(Step(problem, x, y));
        }
        // The last tensor joins the one before it, so that both matter.
        return made[^1] + made[^2] * 0.5f;
    }

    /// <summary>Value, logits and gradients of a random network, with what a training plan joins.</summary>
    public static Tensor[] TrainingStep(ulong seed, int steps, out List<Parameter> statistics)
    {
        var problem = new GradientProblem(seed);
        var logits = problem.Dense(Make(problem, steps).GlobalAveragePooling2D(), 3);
        var forward = Passes.ForTraining([(logits.LogSoftmax() * Tensor.RandomNormal(logits.Shape, seed)).Sum(), logits]);
        var reads = Node.Reachable(forward).Select(n => n.Outputs[0]).Where(t => ParameterRead.Of(t) is not null).ToList();
        statistics = [.. reads.Select(t => ParameterRead.Of(t)!).Where(p => p.Kind == ParameterKind.Statistic)];
        var gradients = Autodiff.Gradients(forward[0], [.. reads.Where(t => ParameterRead.Of(t)!.Trainable)]).OfType<Tensor>();
        return new BackwardFusion().Rewrite([.. forward, .. gradients]);
    }

    static Tensor Step(GradientProblem problem, Tensor x, Tensor y)
    {
        var channels = x.Shape[3];
        return problem.Choose(11) switch
        {
            0 => problem.Norm(problem.Conv(x, channels, 3, 1, 1, bias: false)).Relu(),
            1 => (problem.Norm(problem.Conv(x, channels, 3, 1, 1, bias: false)) + y).Relu(),
            2 => problem.Conv(x, channels, 1) + y,
            3 => (problem.Norm(x, frozen: true) + y).Relu(),
            4 => x * problem.Conv(y.Mean([1, 2], keepAxes: true), channels, 1).Sigmoid(),
            5 => problem.Conv(Tensor.Concatenate([x, y]), channels, 1).Silu(),
            6 => x.MaxPooling2D(3, 1, Padding.Same) - y,
            7 => problem.GroupNorm(x, channels == 4 ? 2 : 1).Relu() + y,
            8 => problem.Norm(x).Relu() + x,
            9 => problem.Conv(x.ZeroPadding2D(1), channels, 3, bias: false).Tanh() * y,
            _ => x + y,
        };
    }
}
