namespace ResNetSharp.Graph.Operations;

/// <summary>Probabilities along the last axis: exp(x) / sum(exp(x)), or their logarithm.</summary>
internal sealed class Softmax(bool logarithm = false) : Operation
{
    public override string Name => Logarithm ? "LogSoftmax" : "Softmax";

    public bool Logarithm { get; } = logarithm;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => inputs[0].Rank > 0
        ? [inputs[0]]
        : throw new ShapeException($"{Name} needs at least one axis, but got a scalar");

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new SoftmaxGradient(Logarithm).Apply(node.Outputs[0], gradient) : null];
}

/// <summary>The gradient of <see cref="Softmax"/>. Inputs: y, gradient of y.</summary>
internal sealed class SoftmaxGradient(bool logarithm) : Operation
{
    public override string Name => "SoftmaxGradient";

    public bool Logarithm { get; } = logarithm;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];
}
