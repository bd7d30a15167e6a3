using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// A convolution whose weights are standardised for each filter before use, (w - mean) / sqrt(variance + 1e-8) (Qiao et al., 2019), as Big
/// Transfer has it; padded so that stride 1 keeps the size, without a bias. Parameter: <c>weight</c> (height, width, channels, filters).
/// </summary>
/// <param name="filters">Channels of the output.</param>
/// <param name="kernelSize">Height and width of a window, in pixels.</param>
/// <param name="stride">Distance between windows, in pixels.</param>
internal sealed class StandardizedConv2D(int filters, int kernelSize, int stride) : Layer
{
    const float Epsilon = 1e-8f;

    readonly Window window = new(kernelSize, kernelSize, stride, stride, kernelSize / 2);
    Parameter? weight;

    /// <inheritdoc/>
    protected override void Build(Shape input) =>
        weight ??= NewParameter("weight", new Shape(kernelSize, kernelSize, input[3], filters), Initializer.KaimingNormalFanOut);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var centred = weight!.Read();
        centred -= centred.Mean([0, 1, 2], keepAxes: true);
        var deviation = (centred.Square().Mean([0, 1, 2], keepAxes: true) + Epsilon).Sqrt();
        return new Convolution(window, groups: 1).Apply(inputs, centred / deviation);
    }

    /// <inheritdoc/>
    protected override string Describe() => $"{(weight is null ? "?" : weight.Shape[2])}, {filters}, kernel_size=({kernelSize}, {kernelSize}), stride=({stride}, {stride}), bias=False";
}
