namespace ResNetSharp.Layers;

/// <summary>Layers one after the other; a layer's name in paths is its number: <c>0.weight</c>.</summary>
public sealed class Sequential : Model
{
    readonly Layer[] stack;

    /// <summary>Makes a stack.</summary>
    /// <param name="layers">The layers, first to last.</param>
    public Sequential(params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        stack = [.. layers];
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Layer Layer)> Children => stack.Select((layer, i) => (layer.Name ?? $"{i}", layer));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        foreach (var layer in stack) inputs = layer.Apply(inputs);
        return inputs;
    }
}
