namespace ResNetSharp.Graph.Operations;

/// <summary>The constants of a batch normalization.</summary>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Momentum">The part of the old running statistics that is kept at each step.</param>
/// <param name="UnbiasedVariance">Whether the running variance takes n / (n - 1) of the batch variance, as PyTorch does.</param>
internal sealed record BatchNormSettings(float Epsilon, float Momentum, bool UnbiasedVariance);

/// <summary>
/// Batch normalization as a layer describes it, before it is known whether the plan trains. Inputs: x (..., channels), then gamma, beta,
/// running mean and running variance, each (channels). A pass replaces it by what the plan needs: see <see cref="Passes"/>.
/// </summary>
internal sealed class BatchNorm(BatchNormSettings settings) : Operation
{
    public override string Name => "BatchNormalization";

    public BatchNormSettings Settings { get; } = settings;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        if (inputs[0].Rank < 2 || inputs[0][-1] != inputs[1][0])
            throw new ShapeException($"BatchNormalization of {inputs[1][0]} channels cannot take an input of shape {inputs[0]}");
        return [inputs[0]];
    }
}

/// <summary>
/// Normalization by the batch's own statistics, with what follows it: y = relu(gamma * (x - mean) / sqrt(variance + epsilon) + beta + residual).
/// Inputs: x, gamma, beta, running mean, running variance (both updated) and, where <c>hasResidual</c>, the residual.
/// Outputs: y, the batch's mean and its inverse standard deviation.
/// </summary>
internal sealed class BatchNormTraining(BatchNormSettings settings, bool hasResidual, bool relu) : Operation
{
    public const int Residual = 5;

    public override string Name => "BatchNormTraining";

    public BatchNormSettings Settings { get; } = settings;

    public bool HasResidual { get; } = hasResidual;

    public bool Relu { get; } = relu;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0], inputs[1], inputs[1]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => output == 0 ? inputs[0] : ElementType.Float32;

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        BatchNormGradient.Of(node, outputs[0], wanted, HasResidual, Relu, frozen: false);
}

/// <summary>
/// The first output of <see cref="BatchNormTraining"/> computed again, bit for bit, from the batch's statistics. Inputs: x, gamma, beta, mean,
/// inverse standard deviation and, where <c>hasResidual</c>, the residual.
/// </summary>
internal sealed class BatchNormRepeat(bool hasResidual, bool relu) : Operation
{
    public override string Name => "BatchNormRepeat";

    public bool HasResidual { get; } = hasResidual;

    public bool Relu { get; } = relu;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];
}

/// <summary>
/// The gradients of <see cref="BatchNormTraining"/> and, with <c>frozen</c> statistics, of <see cref="BatchNormInference"/>. Inputs: x, gamma,
/// beta, mean, inverse standard deviation, gradient of y and, where a ReLU followed a residual, y (without a residual the sign of y is
/// computed again, which is cheaper than reading it). Outputs: gradients of x, gamma, beta and, where asked for, of the residual.
/// </summary>
internal sealed class BatchNormGradient(bool relu, bool residual, bool frozen) : Operation
{
    public override string Name => "BatchNormGradient";

    public bool Relu { get; } = relu;

    public bool Residual { get; } = residual;

    public bool Frozen { get; } = frozen;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) =>
        Residual ? [inputs[0], inputs[1], inputs[1], inputs[0]] : [inputs[0], inputs[1], inputs[1]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => output is 0 or 3 ? inputs[0] : ElementType.Float32;

    /// <summary>The gradients of a normalization's inputs.</summary>
    public static Tensor?[] Of(Node node, Tensor? gradient, bool[] wanted, bool hasResidual, bool relu, bool frozen)
    {
        var result = new Tensor?[node.Inputs.Length];
        if (gradient is null) return result;
        var residual = hasResidual && wanted[BatchNormTraining.Residual];
        // Without a ReLU the residual's gradient is the output's own.
        var operation = new BatchNormGradient(relu, residual && relu, frozen);
        Tensor[] inputs = [.. node.Inputs[..3], node.Outputs[1], node.Outputs[2], gradient];
        var made = operation.ApplyAll(relu && hasResidual ? [.. inputs, node.Outputs[0]] : inputs);
        for (var i = 0; i < 3; i++) result[i] = wanted[i] ? made[i] : null;
        if (residual) result[BatchNormTraining.Residual] = relu ? made[3] : gradient;
        return result;
    }
}

/// <summary>
/// Normalization by stored statistics, with what follows it: y = relu(gamma * (x - mean) / sqrt(variance + epsilon) + beta + residual).
/// Inputs: x, gamma, beta, mean, variance and, where <c>hasResidual</c>, the residual.
/// Outputs: y, the mean and the inverse standard deviation.
/// </summary>
internal sealed class BatchNormInference(BatchNormSettings settings, bool hasResidual, bool relu) : Operation
{
    public override string Name => "BatchNormInference";

    public BatchNormSettings Settings { get; } = settings;

    public bool HasResidual { get; } = hasResidual;

    public bool Relu { get; } = relu;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0], inputs[1], inputs[1]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => output == 0 ? inputs[0] : ElementType.Float32;

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        BatchNormGradient.Of(node, outputs[0], wanted, HasResidual, Relu, frozen: true);
}

/// <summary>
/// A convolution with the batch normalization that follows it folded into its weights, and with what follows that:
/// relu(convolution + residual). Inputs: images, weights, gamma, beta, mean, variance, then the convolution's bias and the residual where
/// there are such. Only for plans in which none of the parameters changes.
/// </summary>
internal sealed class FoldedConvolution(Convolution convolution, BatchNormSettings? normalization, bool hasBias, bool hasResidual, bool relu) : Operation
{
    public override string Name => "FoldedConv2D";

    public Convolution Convolution { get; } = convolution;

    /// <summary>The normalization that is folded in; null for a convolution without one (then gamma to variance are absent from the inputs).</summary>
    public BatchNormSettings? Normalization { get; } = normalization;

    public bool HasBias { get; } = hasBias;

    public bool HasResidual { get; } = hasResidual;

    public bool Relu { get; } = relu;

    /// <summary>The index of the bias among the inputs.</summary>
    public int BiasIndex => Normalization is null ? 2 : 6;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => Convolution.InferShapes(inputs[..2]);

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override long MultiplyAdds(Node node) => Convolution.MultiplyAdds(node);
}
