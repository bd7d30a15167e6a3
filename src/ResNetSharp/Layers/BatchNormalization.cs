using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Layers;

/// <summary>
/// Batch normalization (Ioffe and Szegedy, 2015): y = weight * (x - mean) / sqrt(variance + epsilon) + bias, for each channel. Training
/// takes mean and variance from the batch and keeps running ones; prediction, and a frozen layer, use the running ones.
/// </summary>
/// <remarks>
/// Input and output (..., channels). Parameters, each (channels): <c>weight</c> (Keras' gamma), <c>bias</c> (beta), <c>running_mean</c>,
/// <c>running_var</c>. The defaults are Keras'; PyTorch's are <c>epsilon: 1e-5f, momentum: 0.9f, unbiasedVariance: true</c>.
/// </remarks>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">The part of the old running statistics that is kept at each step (1 - PyTorch's momentum).</param>
/// <param name="unbiasedVariance">Whether the running variance takes n / (n - 1) of the batch variance, as PyTorch does.</param>
/// <param name="gammaInitializer">First weights; ones by default.</param>
public sealed class BatchNormalization(float epsilon = 1e-3f, float momentum = 0.99f, bool unbiasedVariance = false, Initializer? gammaInitializer = null) : Layer
{
    Parameter? weight;
    Parameter? bias;
    Parameter? runningMean;
    Parameter? runningVariance;

    /// <summary>Batch normalization with PyTorch's constants: epsilon 1e-5, nine tenths of the old statistics kept, unbiased running variance.</summary>
    public static BatchNormalization Torch(Initializer? gammaInitializer = null) => new(1e-5f, 0.9f, true, gammaInitializer);

    /// <summary>Added to the variance.</summary>
    public float Epsilon => epsilon;

    /// <summary>The part of the old running statistics that is kept at each step.</summary>
    public float Momentum => momentum;

    /// <inheritdoc/>
    protected override void Build(Shape input)
    {
        if (weight is not null) return;
        if (input.Rank < 2 || input[-1] == Shape.Unknown)
            throw new ShapeException($"BatchNormalization needs an input of shape (batch, ..., channels), but got {input}");
        var channels = new Shape(input[-1]);
        weight = NewParameter("weight", channels, gammaInitializer ?? Initializer.Ones);
        bias = NewParameter("bias", channels, Initializer.Zeros);
        runningMean = NewParameter("running_mean", channels, Initializer.Zeros, ParameterKind.Statistic);
        runningVariance = NewParameter("running_var", channels, Initializer.Ones, ParameterKind.Statistic);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor inputs) => new BatchNorm(new BatchNormSettings(epsilon, momentum, unbiasedVariance))
        .Apply(inputs, weight!.Read(), bias!.Read(), runningMean!.Read(), runningVariance!.Read());

    /// <inheritdoc/>
    protected override string Describe() => $"{(weight is null ? "?" : weight.Shape[0])}, eps={epsilon}, momentum={momentum}";
}
