namespace ResNetSharp.Graph.Operations;

/// <summary>Puts a constant around a tensor; the amounts are rows of (before, after), one an axis.</summary>
internal sealed class Pad(int[] before, int[] after, float value = 0) : Operation
{
    public override string Name => "Pad";

    public int[] Before { get; } = before;

    public int[] After { get; } = after;

    public float Value { get; } = value;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var input = inputs[0];
        if (input.Rank != Before.Length || Before.Concat(After).Any(n => n < 0))
            throw new ShapeException($"Pad with {Before.Length} pairs of amounts, none negative, cannot be applied to shape {input}");
        return [new Shape([.. input.Select((extent, a) => extent == Shape.Unknown ? extent : extent + Before[a] + After[a])])];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        if (outputs[0] is not { } gradient || !wanted[0]) return [null];
        var shape = node.Inputs[0].Shape;
        return [new Slice(Before, [.. shape.Select((extent, a) => Before[a] + extent)], [.. shape.Select(_ => 1)]).Apply(gradient)];
    }
}

/// <summary>Every n-th element between a start and an end, for each axis.</summary>
/// <param name="starts">First index an axis.</param>
/// <param name="ends">The index after the last, an axis; <see cref="int.MaxValue"/> for the end of the axis.</param>
/// <param name="steps">Distance, at least 1, an axis.</param>
internal sealed class Slice(int[] starts, int[] ends, int[] steps) : Operation
{
    public override string Name => "Slice";

    public int[] Starts { get; } = starts;

    public int[] Ends { get; } = ends;

    public int[] Steps { get; } = steps;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var input = inputs[0];
        if (input.Rank != Starts.Length) throw new ShapeException($"Slice over {Starts.Length} axes cannot be applied to shape {input}");
        var extents = new int[input.Rank];
        for (var a = 0; a < extents.Length; a++)
        {
            if (input[a] == Shape.Unknown)
            {
                extents[a] = Shape.Unknown;
                continue;
            }
            var end = Math.Min(Ends[a], input[a]);
            if (Starts[a] < 0 || Starts[a] > end || Steps[a] < 1)
                throw new ShapeException($"Slice from {Starts[a]} to {Ends[a]} in steps of {Steps[a]} is not within axis {a} of shape {input}");
            extents[a] = (end - Starts[a] + Steps[a] - 1) / Steps[a];
        }
        return [new Shape(extents)];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted) =>
        [outputs[0] is { } gradient && wanted[0] ? new SliceGradient(this, node.Inputs[0].Shape).Apply(gradient) : null];
}

/// <summary>Puts elements back to where <see cref="Slice"/> took them, zeros elsewhere. Input: gradient of the slice.</summary>
internal sealed class SliceGradient(Slice forward, Shape shape) : Operation
{
    public override string Name => "SliceGradient";

    public Slice Forward { get; } = forward;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [shape];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];
}

/// <summary>Tensors one after the other along an axis; their other extents are equal.</summary>
internal sealed class Concatenate(int axis) : Operation
{
    public override string Name => "Concatenate";

    public int Axis { get; } = axis;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var first = inputs[0];
        var total = 0;
        foreach (var shape in inputs)
        {
            if (shape.Rank != first.Rank || Axis >= shape.Rank || shape.With(Axis, 1) != first.With(Axis, 1))
                throw new ShapeException($"Concatenate along axis {Axis} cannot join shapes {first} and {shape}");
            total = total == Shape.Unknown || shape[Axis] == Shape.Unknown ? Shape.Unknown : total + shape[Axis];
        }
        return [first.With(Axis, total)];
    }

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        var result = new Tensor?[node.Inputs.Length];
        if (outputs[0] is not { } gradient) return result;
        var start = 0;
        for (var i = 0; i < result.Length; i++)
        {
            var shape = node.Inputs[i].Shape;
            if (wanted[i])
            {
                var starts = new int[shape.Rank];
                starts[Axis] = start;
                int[] ends = [.. shape];
                ends[Axis] += start;
                result[i] = new Slice(starts, ends, [.. shape.Select(_ => 1)]).Apply(gradient);
            }
            start += shape[Axis];
        }
        return result;
    }
}
