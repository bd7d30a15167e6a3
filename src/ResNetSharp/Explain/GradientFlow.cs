using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;
using ResNetSharp.Planning;
using ResNetSharp.Training;

namespace ResNetSharp.Explain;

/// <summary>How strongly a loss pulls at each parameter: what the vanishing gradient is, as numbers.</summary>
public static class GradientFlow
{
    /// <summary>The Euclidean norm of the gradient of each trainable parameter, for one batch, as training would compute it.</summary>
    /// <param name="model">The model; it is not changed, except that running statistics take the batch in.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="images">A batch, (batch, height, width, channels).</param>
    /// <param name="labels">One class index a picture.</param>
    /// <returns>Names and norms, in the order of the model's parameters.</returns>
    /// <exception cref="ShapeException">The batch does not fit the model.</exception>
    public static IReadOnlyList<(string Parameter, double Norm)> Norms(Model model, Loss loss, Tensor images, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(images);
        if (labels.Length != images.Shape[0])
            throw new ShapeException($"there are {labels.Length} labels for a batch of shape {images.Shape}");
        var place = new Input(new Shape(labels.Length), ElementType.Int32).Apply();
        var predictions = model.Describe(images);
        var forward = Passes.ForTraining([loss.Apply(predictions, place)]);
        var reads = Node.Reachable(forward).Select(n => n.Outputs[0]).Where(t => ParameterRead.Of(t) is { Trainable: true }).ToList();
        var gradients = Autodiff.Gradients(forward[0], reads);
        var flowing = gradients.OfType<Tensor>().ToList();
        var plan = new Plan(flowing, [], new ArenaPool());
        labels.CopyTo(plan.Labels(place));
        plan.Run();
        var norms = reads.Zip(gradients).ToDictionary(pair => ParameterRead.Of(pair.First)!, pair => pair.Second is null ? 0 : Norm(plan.Floats(pair.Second)));
        return [.. model.TrainableParameters.Select(p => (p.Name, norms.GetValueOrDefault(p)))];
    }

    static double Norm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values) sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
