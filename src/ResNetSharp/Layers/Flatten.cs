namespace ResNetSharp.Layers;

/// <summary>All axes but the batch in one: (batch, ...) to (batch, features).</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => inputs.Flatten();
}
