using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>A layer that is nothing but a function of its input, under a name.</summary>
/// <param name="typeName">What kind of layer summaries call it.</param>
/// <param name="function">What it computes.</param>
internal sealed class FunctionLayer(string typeName, Func<Tensor, Tensor> function) : Layer
{
    /// <inheritdoc/>
    public override string TypeName => typeName;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => function(inputs);
}
