namespace ResNetSharp.Layers;

/// <summary>The mean of each window: (batch, height, width, channels) to (batch, height', width', channels).</summary>
/// <param name="poolSize">Height and width of a window, in pixels.</param>
/// <param name="strides">Distance between windows; the window's size if not given.</param>
/// <param name="padding">No padding by default.</param>
/// <param name="countPadding">Whether padding counts as zeros in the mean, as in PyTorch; by default it does not count, as in Keras.</param>
public sealed class AveragePooling2D(int poolSize = 2, int? strides = null, Padding padding = default, bool countPadding = false) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => inputs.AveragePooling2D(poolSize, strides, padding, countPadding);

    /// <inheritdoc/>
    protected override string Describe() => $"kernel_size={poolSize}, stride={strides ?? poolSize}, padding={padding}";
}
