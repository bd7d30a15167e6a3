namespace ResNetSharp.Layers;

/// <summary>The mean over height and width: (batch, height, width, channels) to (batch, channels).</summary>
public sealed class GlobalAveragePooling2D : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => inputs.GlobalAveragePooling2D();
}
