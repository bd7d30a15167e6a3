using System.Collections;

namespace ResNetSharp.Layers;

/// <summary>Some layers of a model, in order; ranges of it can be frozen: <c>model.Layers[^10..].Unfreeze()</c>.</summary>
public sealed class LayerList : IReadOnlyList<Layer>
{
    readonly Layer[] layers;

    internal LayerList(IEnumerable<Layer> layers) => this.layers = [.. layers];

    /// <summary>How many there are.</summary>
    public int Count => layers.Length;

    /// <summary>One layer.</summary>
    public Layer this[int index] => layers[index];

    /// <summary>The layer of a name.</summary>
    /// <exception cref="ArgumentException">No layer has the name.</exception>
    public Layer this[string name] => layers.FirstOrDefault(l => l.Name == name)
        ?? throw new ArgumentException($"no layer is called '{name}'; there are {string.Join(", ", layers.Select(l => l.Name))}", nameof(name));

    /// <summary>Some of them, as a range asks for.</summary>
    public LayerList Slice(int start, int length) => new(layers.AsSpan(start, length).ToArray());

    /// <summary>Keeps the parameters of all these layers as they are; to be followed by another Compile.</summary>
    public void Freeze()
    {
        foreach (var layer in layers) layer.Freeze();
    }

    /// <summary>Lets training change the parameters of all these layers again; to be followed by another Compile.</summary>
    public void Unfreeze()
    {
        foreach (var layer in layers) layer.Unfreeze();
    }

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => ((IEnumerable<Layer>)layers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
