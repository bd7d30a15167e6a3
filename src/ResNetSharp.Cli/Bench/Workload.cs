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
    public bool IsTraining => Optimizer is not null;
}
