using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The residual block of ResNet-50 and deeper, y = ReLU(F(x) + x): F narrows with a 1x1 convolution, works with a 3x3 one, where ResNeXt
/// has its groups and torchvision the stride, and widens again with a 1x1 one.
/// </summary>
/// <param name="design">What kind of network this is.</param>
/// <param name="width">A quarter of the channels of the output.</param>
/// <param name="stride">Distance between the windows of the 3x3 convolution.</param>
/// <param name="dilation">Distance between the taps of the 3x3 convolution.</param>
/// <param name="downsample">What brings x to the shape of F(x); null where they are equal.</param>
internal sealed class BottleneckBlock(ResNetDesign design, int width, int stride, int dilation, Layer? downsample) : Layer
{
    readonly Conv2D conv1 = design.Conv(InnerWidth(design, width), 1);
    readonly Layer bn1 = design.Norm();
    readonly Conv2D conv2 = design.Conv(InnerWidth(design, width), 3, stride, design.Groups, dilation);
    readonly Layer bn2 = design.Norm();
    readonly Conv2D conv3 = design.Conv(width * design.Expansion, 1);
    readonly Layer bn3 = design.Norm(last: true);
    readonly Layer? se = design.AttentionLayer();
    readonly Layer? downsample = downsample;
    readonly bool isPlain = !design.Shortcuts;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var f = bn1.Apply(conv1.Apply(inputs)).Relu();
        f = bn2.Apply(conv2.Apply(f)).Relu();
        f = bn3.Apply(conv3.Apply(f));
        if (se is not null) f = se.Apply(f);
        if (isPlain) return f.Relu();
        var x = downsample is null ? inputs : downsample.Apply(inputs);
        return (f + x).Relu();
    }

    static int InnerWidth(ResNetDesign design, int width) => (int)(width * (design.GroupWidth / 64.0)) * design.Groups;
}
