using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// A dense highway layer (Srivastava et al., 2015): y = T(x) H(x) + (1 - T(x)) x. The gate T is learned; where it is 0 the input is carried
/// through, where it is 1 the layer is an ordinary one. A residual block is the case in which both ways stay open.
/// </summary>
/// <remarks>Input and output (batch, units). Parameters: <c>transform.*</c> (H) and <c>gate.*</c> (T).</remarks>
/// <param name="units">Numbers in a row of the input and of the output.</param>
/// <param name="activation">What H ends in.</param>
/// <param name="gateBias">The first bias of the gate; negative, so that a deep stack begins by carrying its input through.</param>
public sealed class HighwayDense(int units, Activation activation = Activation.Relu, float gateBias = -2) : Layer
{
    readonly Dense transform = new(units, activation, kernelInitializer: Initializer.KaimingNormalFanIn);
    readonly Dense gate = new(units, Activation.Sigmoid, biasInitializer: Initializer.ConstantOf(gateBias));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        if (inputs.Shape.Rank != 2 || inputs.Shape[1] != units)
            throw new ShapeException($"a highway layer of {units} units needs rows of as many numbers, but got shape {inputs.Shape}");
        var open = gate.Apply(inputs);
        return open * transform.Apply(inputs) + (1 - open) * inputs;
    }
}

/// <summary>
/// A convolutional highway layer (Srivastava et al., 2015): y = T(x) H(x) + (1 - T(x)) x with convolutions for H and T; see
/// <see cref="HighwayDense"/>.
/// </summary>
/// <remarks>Input and output (batch, height, width, filters). Parameters: <c>transform.*</c> (H) and <c>gate.*</c> (T).</remarks>
/// <param name="filters">Channels of the input and of the output.</param>
/// <param name="kernelSize">Height and width of a window, in pixels.</param>
/// <param name="activation">What H ends in.</param>
/// <param name="gateBias">The first bias of the gate; negative, so that a deep stack begins by carrying its input through.</param>
public sealed class HighwayConv2D(int filters, int kernelSize = 3, Activation activation = Activation.Relu, float gateBias = -2) : Layer
{
    readonly Conv2D transform =
        new(filters, kernelSize, padding: Padding.Same, activation: activation, kernelInitializer: Initializer.KaimingNormalFanIn);
    readonly Conv2D gate =
        new(filters, kernelSize, padding: Padding.Same, activation: Activation.Sigmoid, biasInitializer: Initializer.ConstantOf(gateBias));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        if (inputs.Shape.Rank != 4 || inputs.Shape[3] != filters)
            throw new ShapeException($"a highway layer of {filters} filters needs images of as many channels, but got shape {inputs.Shape}");
        var open = gate.Apply(inputs);
        return open * transform.Apply(inputs) + (1 - open) * inputs;
    }
}
