namespace ResNetSharp.Graph.Operations;

/// <summary>The same elements in the same order under another shape.</summary>
/// <param name="target">The new extents; one of them may be <see cref="Shape.Unknown"/> and follows from the others.</param>
internal sealed class Reshape(Shape target) : Operation
{
    public override string Name => "Reshape";

    public override int ViewOf => 0;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var input = inputs[0];
        var open = target.Count(e => e == Shape.Unknown);
        if (!input.IsKnown || open == 0 && input == target) return [target];
        long known = 1;
        foreach (var extent in target) known *= extent == Shape.Unknown ? 1 : extent;
        if (open > 1 || (open == 0 ? known != input.Size : known == 0 || input.Size % known != 0))
            throw new ShapeException($"shape {input} of {input.Size} elements cannot be reshaped to {target}");
        return [open == 0 ? target : new Shape([.. target.Select(e => e == Shape.Unknown ? (int)(input.Size / known) : e)])];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new Reshape(node.Inputs[0].Shape).Apply(gradient) : null];
}

/// <summary>All axes but the batch in one: (batch, ...) to (batch, features).</summary>
internal sealed class Flatten : Operation
{
    public override string Name => "Flatten";

    public override int ViewOf => 0;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var input = inputs[0];
        if (input.Rank == 0) throw new ShapeException("Flatten needs a batch axis, but got a scalar");
        long features = 1;
        foreach (var extent in input.AsSpan()[1..]) features = extent == Shape.Unknown || features < 0 ? Shape.Unknown : features * extent;
        return [new Shape(input[0], checked((int)features))];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new Reshape(node.Inputs[0].Shape).Apply(gradient) : null];
}
