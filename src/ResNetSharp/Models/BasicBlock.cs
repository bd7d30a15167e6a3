using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The residual block of ResNet-18 and -34, y = ReLU(F(x) + x): F is two 3x3 convolutions, and x passes by, through
/// <paramref name="downsample"/> where its shape has to change.
/// </summary>
/// <param name="design">What kind of network this is.</param>
/// <param name="width">Channels of the output.</param>
/// <param name="stride">Distance between the windows of the first convolution.</param>
/// <param name="downsample">What brings x to the shape of F(x); null where they are equal.</param>
internal sealed class BasicBlock(ResNetDesign design, int width, int stride, Layer? downsample) : Layer
{
    readonly Conv2D conv1 = design.Conv(width, 3, stride);
    readonly Layer bn1 = design.Norm();
    readonly Conv2D conv2 = design.Conv(width, 3);
    readonly Layer bn2 = design.Norm(last: true);
    readonly Layer? se = design.AttentionLayer();
    readonly Layer? downsample = downsample;
    readonly bool isPlain = !design.Shortcuts;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var f = bn1.Apply(conv1.Apply(inputs)).Relu();
        f = bn2.Apply(conv2.Apply(f));
        if (se is not null) f = se.Apply(f);
        if (isPlain) return f.Relu();
        var x = downsample is null ? inputs : downsample.Apply(inputs);
        return (f + x).Relu();
    }
}
