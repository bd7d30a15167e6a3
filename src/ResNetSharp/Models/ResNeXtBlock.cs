using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The ResNeXt block of "Dive into Deep Learning": y = ReLU(F(x) + x), where F is a 1x1 convolution, a 3x3 one in groups, and a 1x1 one, each
/// followed by batch normalization.
/// </summary>
/// <remarks>Input (batch, height, width, channels), output (batch, height / strides, width / strides, numChannels).</remarks>
public sealed class ResNeXtBlock : Layer
{
    readonly Conv2D conv1;
    readonly Conv2D conv2;
    readonly Conv2D conv3;
    readonly BatchNormalization bn1 = BatchNormalization.Torch();
    readonly BatchNormalization bn2 = BatchNormalization.Torch();
    readonly BatchNormalization bn3 = BatchNormalization.Torch();
    readonly Conv2D? conv4;
    readonly BatchNormalization? bn4;

    /// <summary>Makes a block.</summary>
    /// <param name="numChannels">Channels of the output.</param>
    /// <param name="groups">Channels of each group of the 3x3 convolution; what the book calls groups.</param>
    /// <param name="botMul">Channels inside F, as a share of those of the output.</param>
    /// <param name="use1x1Conv">Whether x goes through a 1x1 convolution and batch normalization. Needed where its shape changes.</param>
    /// <param name="strides">Distance between the windows of the 3x3 convolution and of the shortcut's, in pixels.</param>
    /// <exception cref="ArgumentException">The channels inside F do not divide into groups.</exception>
    public ResNeXtBlock(int numChannels, int groups, double botMul, bool use1x1Conv = false, int strides = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        var channels = (int)Math.Round(numChannels * botMul);
        if (channels < groups || channels % groups != 0)
            throw new ArgumentException($"{numChannels} * {botMul} = {channels} channels cannot be divided into groups of {groups}", nameof(groups));
        conv1 = Residual.Conv(channels, 1);
        conv2 = Residual.Conv(channels, 3, strides, channels / groups);
        conv3 = Residual.Conv(numChannels, 1);
        if (!use1x1Conv) return;
        conv4 = Residual.Conv(numChannels, 1, strides);
        bn4 = BatchNormalization.Torch();
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var f = bn1.Apply(conv1.Apply(inputs)).Relu();
        f = bn2.Apply(conv2.Apply(f)).Relu();
        f = bn3.Apply(conv3.Apply(f));
        var x = conv4 is null ? inputs : bn4!.Apply(conv4.Apply(inputs));
        return (f + x).Relu();
    }
}
