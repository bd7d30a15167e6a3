namespace ResNetSharp.Graph.Operations;

/// <summary>
/// Normalization by the statistics of each group of channels of each image: y = relu(gamma * (x - mean) / sqrt(variance + epsilon) + beta).
/// Inputs: x (batch, ..., channels), gamma and beta, each (channels). Outputs: y, then mean and inverse standard deviation, each (batch, groups).
/// </summary>
internal sealed class GroupNorm(int groups, float epsilon, bool relu) : Operation
{
    public override string Name => "GroupNormalization";

    public int Groups { get; } = groups;

    public float Epsilon { get; } = epsilon;

    public bool Relu { get; } = relu;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var (images, gamma) = (inputs[0], inputs[1]);
        if (images.Rank < 2 || images[-1] != gamma[0] || gamma[0] % Groups != 0)
            throw new ShapeException($"GroupNormalization of {gamma[0]} channels in {Groups} groups cannot take an input of shape {images}");
        var statistics = new Shape(images[0], Groups);
        return [images, statistics, statistics];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => output == 0 ? inputs[0] : ElementType.Float32;

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        if (outputs[0] is not { } gradient) return new Tensor?[3];
        var made = new GroupNormGradient(this).ApplyAll([.. node.Inputs, node.Outputs[1], node.Outputs[2], gradient]);
        return [.. made.Select((tensor, i) => wanted[i] ? tensor : null)];
    }
}

/// <summary>
/// The gradients of <see cref="GroupNorm"/>. Inputs: x, gamma, beta, mean, inverse standard deviation, gradient of y. Outputs: gradients of x,
/// gamma and beta.
/// </summary>
internal sealed class GroupNormGradient(GroupNorm forward) : Operation
{
    public const int Gradient = 5;

    public override string Name => "GroupNormGradient";

    public GroupNorm Forward { get; } = forward;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0], inputs[1], inputs[2]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => output == 0 ? inputs[0] : ElementType.Float32;
}
