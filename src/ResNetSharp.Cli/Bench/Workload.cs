using System.Diagnostics;
using ResNetSharp.Layers;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Bench;

/// <summary>Something whose speed is measured: whole training steps, or predictions, on a fixed batch of random numbers in memory.</summary>
/// <param name="Name">The name, which other frameworks' benchmarks use as well.</param>
/// <param name="Create">Makes the model.</param>
/// <param name="Input">The shape of one input: (height, width, channels).</param>
/// <param name="Batch">Inputs in a step.</param>
/// <param name="Optimizer">Makes the optimizer; null measures prediction.</param>
sealed record Workload(string Name, Func<Model> Create, Shape Input, int Batch, Func<Optimizer>? Optimizer)
{
    const int Classes = 10;
    const int Warmups = 2;

    public bool IsTraining => Optimizer is not null;

    /// <summary>Measures the median time of a step, and counts its multiply-adds.</summary>
    /// <param name="repetitions">Steps measured, after two others.</param>
    /// <param name="seed">Decides the numbers.</param>
    public (double Seconds, long MultiplyAdds) Measure(int repetitions, ulong seed)
    {
        var model = Create();
        var shape = new Shape([Batch, .. Input]);
        var plan = Plan(model, shape);
        var random = new RandomSource(seed);
        var images = new float[shape.Size];
        foreach (ref var value in images.AsSpan()) value = (float)random.NextNormal();
        var labels = new int[Batch];
        foreach (ref var label in labels.AsSpan()) label = random.NextInt(Classes);
        plan.Fill(images, labels);
        var times = new double[repetitions];
        for (var i = -Warmups; i < repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Step(model, plan, i);
            if (i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(times);
        return (times[repetitions / 2], plan.Plan.Nodes.Sum(node => node.Operation.MultiplyAdds(node)));
    }

    StepPlan Plan(Model model, Shape shape)
    {
        model.Compile(Optimizer?.Invoke() ?? new Sgd(), new SparseCategoricalCrossentropy(fromLogits: true), new Accuracy());
        return IsTraining ? model.Compiled!.Training(shape) : new CompiledModel(model, null, null, new Planning.ArenaPool()).Evaluation(shape);
    }

    void Step(Model model, StepPlan plan, int number)
    {
        if (!IsTraining)
        {
            plan.Plan.Run();
            return;
        }
        model.Compiled!.OptimizerState.Advance();
        plan.Plan.Run((ulong)number);
        foreach (var parameter in model.Compiled.ChangedByTraining) parameter.MarkChanged();
    }
}
