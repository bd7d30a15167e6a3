using System.Diagnostics;
using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Quantization;
using ResNetSharp.Training;

namespace ResNetSharp.Cli.Bench;

/// <summary>A workload made ready: its model, its plan, and a batch in its place.</summary>
sealed class WorkloadRun
{
    readonly Model model;
    readonly StepPlan plan;
    readonly bool trains;
    ulong steps;

    /// <summary>Makes a workload ready.</summary>
    /// <param name="workload">What is measured.</param>
    /// <param name="seed">Decides the numbers of the batch.</param>
    /// <param name="precision">The numbers it computes with.</param>
    /// <param name="quantized">Whether it predicts with 8-bit integers, calibrated on a random picture.</param>
    /// <param name="recompute">Whether training computes cheap activations a second time instead of keeping them.</param>
    /// <exception cref="UsageException">8-bit integers are asked for to train with.</exception>
    public WorkloadRun(Workload workload, ulong seed, Precision precision, bool quantized, bool recompute)
    {
        if (quantized && workload.IsTraining) throw new UsageException($"--precision int8 cannot train, so {workload.Name} is not measured; name a workload of 'infer'");
        model = workload.Create();
        model.Precision = precision;
        trains = workload.IsTraining;
        var shape = new Shape([workload.Batch, .. workload.Input]);
        model.Compile(workload.Optimizer?.Invoke() ?? new Sgd(), new SparseCategoricalCrossentropy(fromLogits: true), [new Accuracy()], recompute);
        if (quantized) model.Quantize([Tensor.RandomNormal(shape.With(0, 1), seed)], new QuantizationOptions { Method = CalibrationMethod.MinMax });
        plan = trains ? model.Compiled!.Training(shape) : new CompiledModel(model, null, null, new ArenaPool()).Evaluation(shape);
        Fill(shape, new RandomSource(seed));
    }

    /// <summary>What it computes with, as benchmarks call it.</summary>
    public string Mode => Has(ElementType.UInt8) ? "int8" : Has(ElementType.BFloat16) ? "bf16" : "fp32";

    /// <summary>Memory for activations and gradients, in bytes, which is most of what a training step needs.</summary>
    public long ArenaBytes => plan.Plan.ArenaBytes;

    /// <summary>Multiply-adds of a step, of convolutions and dense layers.</summary>
    public long MultiplyAdds => plan.Plan.Nodes.Sum(node => node.Operation.MultiplyAdds(node));

    /// <summary>Runs the steps before the first that is measured.</summary>
    public void WarmUp()
    {
        const int Steps = 2;
        for (var i = 0; i < Steps; i++) Step(null);
    }

    /// <summary>The median time of a step in seconds.</summary>
    public double Measure(int repetitions)
    {
        var times = new double[repetitions];
        for (var i = 0; i < repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Step(null);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(times);
        return times[repetitions / 2];
    }

    /// <summary>The time and the cost of each step of the plan.</summary>
    public IReadOnlyList<StepProfile> Profile(int repetitions)
    {
        WarmUp();
        return StepProfile.Measure(plan.Plan, plan.LossTensor, repetitions, Step);
    }

    bool Has(ElementType type) => plan.Plan.Nodes.Any(node => node.Outputs.Any(t => t.ElementType == type));

    void Fill(Shape shape, RandomSource random)
    {
        var images = new float[shape.Size];
        foreach (ref var value in images.AsSpan()) value = (float)random.NextNormal();
        var labels = new int[shape[0]];
        foreach (ref var label in labels.AsSpan()) label = random.NextInt(plan.PredictionShape[1]);
        plan.Fill(images, labels);
    }

    void Step(long[]? ticks)
    {
        if (!trains)
        {
            plan.Plan.Run(0, ticks);
            return;
        }
        model.Compiled!.OptimizerState.Advance();
        plan.Plan.Run(steps++, ticks);
        foreach (var parameter in model.Compiled.ChangedByTraining) parameter.MarkChanged();
    }
}
