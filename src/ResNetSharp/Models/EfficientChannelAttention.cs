using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Layers;

namespace ResNetSharp.Models;

/// <summary>
/// Efficient channel attention (Wang et al., 2020): y = x * sigmoid(one convolution along the means of the channels). Input and output
/// (batch, height, width, channels); the parameter <c>conv.weight</c> is (1, 1, taps) as in PyTorch, and the taps are the odd number next to
/// (log2(channels) + 1) / 2.
/// </summary>
internal sealed class EfficientChannelAttention : Layer
{
    readonly ChannelConvolution conv = new();

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs)
    {
        var channels = inputs.Shape[3];
        var means = inputs.GlobalAveragePooling2D().Reshape(Shape.Unknown, 1, channels, 1);
        return inputs * conv.Apply(means).Sigmoid().Reshape(Shape.Unknown, 1, 1, channels);
    }

    /// <summary>A convolution along a row of channels, (batch, 1, channels, 1).</summary>
    sealed class ChannelConvolution : Layer
    {
        Parameter? weight;
        int taps;

        protected override void Build(Shape input)
        {
            if (weight is not null) return;
            var half = (int)(Math.Abs(Math.Log2(input[2]) + 1) / 2);
            taps = Math.Max(half % 2 == 1 ? half : half + 1, 3);
            weight = NewParameter("weight", new Shape(1, 1, taps), Initializer.UniformWithin(1 / Math.Sqrt(taps)));
        }

        protected override Tensor Call(Tensor inputs)
        {
            var window = new Window(1, taps, 1, 1, Padding.Of(0, 0, taps / 2, taps / 2));
            return new Convolution(window, groups: 1).Apply(inputs, weight!.Read().Reshape(1, taps, 1, 1));
        }
    }
}
