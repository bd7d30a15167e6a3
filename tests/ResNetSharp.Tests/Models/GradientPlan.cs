using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Training;

namespace ResNetSharp.Tests.Models;

/// <summary>The loss of a batch while training, and its gradients with respect to all parameters.</summary>
sealed class GradientPlan
{
    readonly List<Tensor> reads;
    readonly Tensor[] roots;
    readonly Plan plan;

    public GradientPlan(Model model, Tensor batch, int[] batchLabels, Precision precision = Precision.Float32)
    {
        var images = Tensor.Input(batch.Shape);
        var labels = new Input(new Shape(batch.Shape[0]), ElementType.Int32).Apply();
        var loss = new SparseCategoricalCrossentropy(fromLogits: true).Apply(model.Describe(images), labels);
        var forward = Passes.ForTraining([loss]);
        reads = [.. Node.Reachable(forward).Select(n => n.Outputs[0])
            .Where(t => ParameterRead.Of(t) is { Trainable: true }).DistinctBy(ParameterRead.Of)];
        var gradients = Autodiff.Gradients(forward[0], reads);
        roots = new BackwardFusion().Rewrite([forward[0], .. gradients.Select(g => g!)]);
        if (precision == Precision.BFloat16) roots = Narrowing.Of(roots);
        plan = new Plan(roots, [], new ArenaPool());
        batch.ToArray().CopyTo(plan.Floats(images));
        batchLabels.CopyTo(plan.Labels(labels));
    }

    /// <summary>The parameters that the loss depends on.</summary>
    public IEnumerable<Parameter> Parameters => reads.Select(r => ParameterRead.Of(r)!);

    /// <summary>Computes loss and gradients anew; returns the loss.</summary>
    public float Run()
    {
        plan.Run();
        return plan.Floats(roots[0])[0];
    }

    /// <summary>The last gradient with respect to a parameter.</summary>
    public float[] Gradient(Parameter parameter) => plan.Floats(roots[1 + reads.FindIndex(r => ParameterRead.Of(r) == parameter)]).ToArray();

    /// <summary>The Euclidean length.</summary>
    public static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));
}
