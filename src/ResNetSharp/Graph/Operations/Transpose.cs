namespace ResNetSharp.Graph.Operations;

/// <summary>The same elements with their axes in another order.</summary>
/// <param name="axes">For each axis of the output the axis of the input that it is.</param>
internal sealed class Transpose(int[] axes) : Operation
{
    public override string Name => "Transpose";

    public int[] Axes { get; } = axes;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var input = inputs[0];
        if (!Axes.Order().SequenceEqual(Enumerable.Range(0, input.Rank)))
            throw new ShapeException($"Transpose by the axes {string.Join(", ", Axes)} cannot be applied to shape {input}: each axis is needed once");
        return [new Shape([.. Axes.Select(axis => input[axis])])];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new Transpose([.. Axes.Select((_, axis) => Array.IndexOf(Axes, axis))]).Apply(gradient) : null];
}
