using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Layers;

/// <summary>
/// Group normalization (Wu and He, 2018): y = weight * (x - mean) / sqrt(variance + epsilon) + bias, with mean and variance over the pixels and
/// channels of each group of one image, so that training and prediction are the same and the batch does not matter.
/// </summary>
/// <remarks>
/// Input and output (batch, ..., channels). Parameters, each (channels): <c>weight</c>, <c>bias</c>.
/// </remarks>
/// <param name="groups">Groups of neighbouring channels; divides the channels. 32 by default.</param>
/// <param name="epsilon">Added to the variance. 1e-5 by default, as in PyTorch; Keras' is 1e-3.</param>
/// <param name="gammaInitializer">First weights; ones by default.</param>
public sealed class GroupNormalization(int groups = 32, float epsilon = 1e-5f, Initializer? gammaInitializer = null) : Layer
{
    readonly int groups = groups > 0 ? groups : throw new ArgumentOutOfRangeException(nameof(groups), groups, "there is at least one group");
    Parameter? weight;
    Parameter? bias;

    /// <inheritdoc/>
    protected override void Build(Shape input)
    {
        if (weight is not null) return;
        if (input.Rank < 2 || input[-1] == Shape.Unknown || input[-1] % groups != 0)
            throw new ShapeException($"GroupNormalization needs an input of shape (batch, ..., channels) whose channels divide into {groups} groups, but got {input}");
        var channels = new Shape(input[-1]);
        weight = NewParameter("weight", channels, gammaInitializer ?? Initializer.Ones);
        bias = NewParameter("bias", channels, Initializer.Zeros);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => new GroupNorm(groups, epsilon, relu: false).Apply(inputs, weight!.Read(), bias!.Read());

    /// <inheritdoc/>
    protected override string Describe() => $"{groups}, {(weight is null ? "?" : weight.Shape[0])}, eps={epsilon}";
}
