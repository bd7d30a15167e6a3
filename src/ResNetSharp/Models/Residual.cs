using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The residual block of "Dive into Deep Learning": y = ReLU(F(x) + x), where F is two 3x3 convolutions, each followed by batch normalization;
/// x passes by, if asked, through a 1x1 convolution that changes its channels and its size.
/// </summary>
/// <remarks>Input (batch, height, width, channels), output (batch, height / strides, width / strides, numChannels).</remarks>
/// <param name="numChannels">Channels of the output.</param>
/// <param name="use1x1Conv">Whether x goes through a 1x1 convolution. Needed where its shape changes.</param>
/// <param name="strides">Distance between the windows of the first convolution and of the 1x1 one, in pixels.</param>
public sealed class Residual(int numChannels, bool use1x1Conv = false, int strides = 1) : Layer
{
    readonly Conv2D conv1 = Conv(numChannels, 3, strides);
    readonly Conv2D conv2 = Conv(numChannels, 3);
    readonly Conv2D? conv3 = use1x1Conv ? Conv(numChannels, 1, strides) : null;
    readonly BatchNormalization bn1 = BatchNormalization.Torch();
    readonly BatchNormalization bn2 = BatchNormalization.Torch();

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var f = bn1.Apply(conv1.Apply(inputs)).Relu();
        f = bn2.Apply(conv2.Apply(f));
        var x = conv3 is null ? inputs : conv3.Apply(inputs);
        return (f + x).Relu();
    }

    /// <summary>A convolution with the book's first values: Xavier's weights, PyTorch's bias.</summary>
    internal static Conv2D Conv(int channels, int kernelSize, int strides = 1, int groups = 1) => new(channels, kernelSize, strides, kernelSize / 2,
        groups: groups, kernelInitializer: Initializer.XavierUniform, biasInitializer: Initializer.TorchDefault);
}
