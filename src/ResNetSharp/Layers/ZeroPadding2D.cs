namespace ResNetSharp.Layers;

/// <summary>Rows and columns of zeros around images: (batch, height, width, channels) to (batch, height', width', channels).</summary>
/// <param name="padding">How many on which side.</param>
public sealed class ZeroPadding2D(Padding padding) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => inputs.ZeroPadding2D(padding);

    /// <inheritdoc/>
    protected override string Describe() => padding.ToString();
}
