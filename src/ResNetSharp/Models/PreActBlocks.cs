using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// The pre-activation block with two 3x3 convolutions, y = F(x) + x: normalization and ReLU come before each convolution, and nothing after the
/// addition. Where the shape changes, the shortcut starts behind the first ReLU.
/// </summary>
internal sealed class PreActBasicBlock(PreActDesign design, int width, int stride, bool project) : Layer
{
    readonly Sequential? downsample = project ? design.Downsample(width, stride) : null;
    readonly Layer norm1 = design.Norm();
    readonly Layer conv1 = design.Conv(width, 3, stride);
    readonly Layer norm2 = design.Norm();
    readonly Layer conv2 = design.Conv(width, 3);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var active = norm1.Apply(inputs).Relu();
        var f = conv1.Apply(active);
        f = conv2.Apply(norm2.Apply(f).Relu());
        var x = downsample is null ? inputs : downsample.Apply(active);
        return f + x;
    }
}

/// <summary>The pre-activation block that narrows, works and widens, y = F(x) + x; see <see cref="PreActBasicBlock"/>.</summary>
internal sealed class PreActBottleneck(PreActDesign design, int width, int stride, bool project) : Layer
{
    readonly Sequential? downsample = project ? design.Downsample(4 * width, stride) : null;
    readonly Layer norm1 = design.Norm();
    readonly Layer conv1 = design.Conv(width, 1);
    readonly Layer norm2 = design.Norm();
    readonly Layer conv2 = design.Conv(width, 3, stride);
    readonly Layer norm3 = design.Norm();
    readonly Layer conv3 = design.Conv(4 * width, 1);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var active = norm1.Apply(inputs).Relu();
        var f = conv1.Apply(active);
        f = conv2.Apply(norm2.Apply(f).Relu());
        f = conv3.Apply(norm3.Apply(f).Relu());
        var x = downsample is null ? inputs : downsample.Apply(active);
        return f + x;
    }
}
