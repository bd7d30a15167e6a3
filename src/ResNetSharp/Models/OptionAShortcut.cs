using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The first paper's shortcut without parameters (option A): every second pixel, and channels of zeros, half of them in front and half behind.
/// Input (batch, height, width, channels), output (batch, height / 2, width / 2, <paramref name="width"/>).
/// </summary>
/// <param name="width">Channels of the output.</param>
internal sealed class OptionAShortcut(int width) : Layer
{
    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        const int end = int.MaxValue;
        var missing = width - inputs.Shape[3];
        var pixels = inputs.Slice([0, 0, 0, 0], [end, end, end, end], [1, 2, 2, 1]);
        return pixels.Pad([0, 0, 0, missing / 2], [0, 0, 0, missing - missing / 2]);
    }
}
