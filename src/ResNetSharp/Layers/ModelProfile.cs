using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Layers;

/// <summary>What a network consists of and costs, layer by layer. Measuring draws no weights.</summary>
public sealed class ModelProfile
{
    ModelProfile(IReadOnlyList<LayerProfile> layers, Model model, Shape outputShape)
    {
        Layers = layers;
        OutputShape = outputShape;
        Parameters = model.ParameterCount;
        Statistics = model.StatisticCount;
        Trainable = model.TrainableParameters.Sum(p => p.Shape.Size);
    }

    /// <summary>The innermost layers in the order of their use, those without parameters included; one that is used twice occurs once.</summary>
    public IReadOnlyList<LayerProfile> Layers { get; }

    /// <summary>The shape of the result, with the batch first.</summary>
    public Shape OutputShape { get; }

    /// <summary>Numbers that are learned, frozen ones included.</summary>
    public long Parameters { get; }

    /// <summary>Numbers that training changes by gradients.</summary>
    public long Trainable { get; }

    /// <summary>Numbers that are measured: batch normalization's running means and variances.</summary>
    public long Statistics { get; }

    /// <summary>
    /// Multiply-adds for one input, of convolutions and dense layers only. This is the number that torchvision and the papers call FLOPs.
    /// </summary>
    public long MultiplyAdds => Layers.Sum(layer => layer.MultiplyAdds);

    /// <summary>Looks a model over.</summary>
    /// <param name="model">The model.</param>
    /// <param name="elementShape">The shape of one input: (height, width, channels).</param>
    /// <exception cref="ShapeException">The model does not take such inputs.</exception>
    public static ModelProfile Measure(Model model, Shape elementShape)
    {
        ArgumentNullException.ThrowIfNull(model);
        var output = model.BuildFor(new Shape([1, .. elementShape]));
        var found = new Dictionary<Layer, Counts>();
        foreach (var node in Node.Reachable([output]))
        {
            if (node.Inputs.Length == 0 || node.Scope?.Layer is not { } layer) continue;
            if (!found.TryGetValue(layer, out var counts)) found[layer] = counts = new Counts();
            counts.Output = node.Outputs[0].Shape;
            counts.MultiplyAdds += node.Operation.MultiplyAdds(node);
            counts.Parameters.UnionWith(node.Inputs.Select(ParameterRead.Of).OfType<Parameter>());
        }
        // A block that adds a shortcut is none of the innermost layers, and has nothing of its own.
        var innermost = found.Where(pair => pair.Value.Parameters.Count > 0 || !pair.Key.Children.Any());
        return new ModelProfile([.. innermost.Select(pair => pair.Value.Row(pair.Key))], model, output.Shape);
    }

    /// <summary>What belongs to a layer itself, and not to those inside it.</summary>
    sealed class Counts
    {
        public Shape Output { get; set; }

        public long MultiplyAdds { get; set; }

        public HashSet<Parameter> Parameters { get; } = [];

        public LayerProfile Row(Layer layer) =>
            new(layer.Path, layer.TypeName, Output, Count(ParameterKind.Weight), Count(ParameterKind.Statistic), MultiplyAdds);

        long Count(ParameterKind kind) => Parameters.Where(p => p.Kind == kind).Sum(p => p.Shape.Size);
    }
}
