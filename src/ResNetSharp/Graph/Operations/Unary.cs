using ResNetSharp.Cpu;

namespace ResNetSharp.Graph.Operations;

/// <summary>A function of each element. Input and output: any shape.</summary>
/// <param name="function">Which.</param>
/// <param name="parameter">The function's constant, such as the slope of a leaky ReLU.</param>
internal sealed class Unary(UnaryFunction function, float parameter = 0) : Operation
{
    public override string Name => Function.ToString();

    public UnaryFunction Function { get; } = function;

    public float Parameter { get; } = parameter;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new UnaryGradient(this).Apply(node.Inputs[0], node.Outputs[0], gradient) : null];
}

/// <summary>The gradient of <see cref="Unary"/>. Inputs: x, y, gradient of y.</summary>
internal sealed class UnaryGradient(Unary forward) : Operation
{
    public override string Name => $"{Forward.Name}Gradient";

    public Unary Forward { get; } = forward;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];
}
