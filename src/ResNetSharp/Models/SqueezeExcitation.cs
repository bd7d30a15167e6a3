using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// Squeeze and excitation (Hu et al., 2018): y = x * sigmoid(fc2(relu(fc1(mean of each channel)))). Input and output (batch, height, width,
/// channels); fc1 has a sixteenth of the channels, to the nearest multiple of 8.
/// </summary>
internal sealed class SqueezeExcitation : Layer
{
    Conv2D? fc1;
    Conv2D? fc2;

    /// <inheritdoc/>
    protected override void Build(Shape input)
    {
        if (fc1 is not null) return;
        var channels = input[3];
        var middle = Math.Max(8, (channels / 16 + 4) / 8 * 8);
        fc1 = Pointwise(middle);
        fc2 = Pointwise(channels);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var squeezed = inputs.GlobalAveragePooling2D().Reshape(Shape.Unknown, 1, 1, inputs.Shape[3]);
        return inputs * fc2!.Apply(fc1!.Apply(squeezed).Relu()).Sigmoid();
    }

    static Conv2D Pointwise(int channels) =>
        new(channels, 1, kernelInitializer: Initializer.KaimingNormalFanOut, biasInitializer: Initializer.TorchDefault);
}
