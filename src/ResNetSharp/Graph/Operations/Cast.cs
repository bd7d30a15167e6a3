namespace ResNetSharp.Graph.Operations;

/// <summary>The same numbers in another element type, rounded to nearest where that is the shorter one.</summary>
internal sealed class Cast(ElementType type) : Operation
{
    public override string Name => "Cast";

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => type;

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new Cast(node.Inputs[0].ElementType).Apply(gradient) : null];
}
