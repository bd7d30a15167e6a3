using ResNetSharp.Graph;

namespace ResNetSharp.Layers;

/// <summary>A model up to one of its layers.</summary>
/// <param name="model">The whole model.</param>
/// <param name="layer">The layer's path or name.</param>
internal sealed class FeatureExtractor(Model model, string layer) : Model
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, Layer Layer)> Children => model.Children;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var output = model.Apply(inputs);
        // Paths follow from the whole model's names, whatever this model is part of.
        model.AssignNames();
        var nodes = Node.Reachable([output]);
        return nodes.LastOrDefault(n => IsInside(n.Scope))?.Outputs[0]
            ?? throw new ArgumentException($"the model has no layer '{layer}' that computes something; its layers are {string.Join(", ", model.Children.Select(c => c.Name))}");
    }

    bool IsInside(LayerScope? scope)
    {
        for (; scope is not null && scope.Layer != model; scope = scope.Outer)
            if (scope.Layer.Path == layer || scope.Layer.Name == layer)
                return true;
        return false;
    }
}
