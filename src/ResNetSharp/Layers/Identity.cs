namespace ResNetSharp.Layers;

/// <summary>Hands its input on unchanged.</summary>
public sealed class Identity : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => inputs;
}
