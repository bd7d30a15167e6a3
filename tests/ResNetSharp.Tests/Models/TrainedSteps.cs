using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Models;

/// <summary>Training steps one by one, as Fit does them, with batches of one's own.</summary>
sealed class TrainedSteps(Model model, Optimizer optimizer)
{
    readonly CompiledModel compiled = new(model, optimizer, new SparseCategoricalCrossentropy(fromLogits: true), new ArenaPool());

    /// <summary>One step; returns the loss before the update.</summary>
    public float Step(Shape shape, float[] images, int[] labels)
    {
        var plan = compiled.Training(shape);
        plan.Fill(images, labels);
        compiled.OptimizerState.Advance();
        plan.Plan.Run();
        foreach (var parameter in compiled.ChangedByTraining) parameter.MarkChanged();
        return plan.Loss;
    }
}
