namespace ResNetSharp.Layers;

/// <summary>The largest element of each window: (batch, height, width, channels) to (batch, height', width', channels); padding never wins.</summary>
/// <param name="poolSize">Height and width of a window, in pixels.</param>
/// <param name="strides">Distance between windows; the window's size if not given.</param>
/// <param name="padding">No padding by default.</param>
public sealed class MaxPooling2D(int poolSize = 2, int? strides = null, Padding padding = default) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => inputs.MaxPooling2D(poolSize, strides, padding);

    /// <inheritdoc/>
    protected override string Describe() => $"kernel_size={poolSize}, stride={strides ?? poolSize}, padding={padding}";
}
