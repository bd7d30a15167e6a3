using ResNetSharp.Cpu;

namespace ResNetSharp.Graph.Operations;

/// <summary>A sum, mean or maximum over some axes.</summary>
internal sealed class Reduce(ReduceFunction function, int[] axes, bool keepAxes) : Operation
{
    public override string Name => $"Reduce{Function}";

    public ReduceFunction Function { get; } = function;

    public int[] Axes { get; } = axes;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var shape = inputs[0];
        if (Axes.Any(a => a < 0 || a >= shape.Rank))
            throw new ShapeException($"{Name} over axes {string.Join(", ", Axes)} is not possible for shape {shape}");
        return [keepAxes ? Kept(shape) : new Shape([.. shape.Where((_, axis) => !Axes.Contains(axis))])];
    }

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        if (outputs[0] is not { } gradient || !wanted[0]) return [null];
        var x = node.Inputs[0];
        if (Function == ReduceFunction.Max) throw new NotSupportedException($"operation {Name} of shape {x.Shape} has no gradient");
        if (!keepAxes) gradient = new Reshape(Kept(x.Shape)).Apply(gradient);
        if (Function == ReduceFunction.Mean) gradient *= (float)((double)gradient.Shape.Size / x.Shape.Size);
        return [new BroadcastTo(x.Shape).Apply(gradient)];
    }

    Shape Kept(Shape shape) => new([.. shape.Select((extent, axis) => Axes.Contains(axis) ? 1 : extent)]);
}

/// <summary>Repeats along axes of extent 1.</summary>
internal sealed class BroadcastTo(Shape shape) : Operation
{
    public override string Name => "BroadcastTo";

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        var input = inputs[0];
        if (input.Rank != shape.Rank || input.Where((extent, axis) => extent != 1 && extent != shape[axis]).Any())
            throw new ShapeException($"shape {input} cannot be repeated to {shape}");
        return [shape];
    }

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        if (outputs[0] is not { } gradient || !wanted[0]) return [null];
        var input = node.Inputs[0].Shape;
        var axes = Enumerable.Range(0, input.Rank).Where(a => input[a] != shape[a]).ToArray();
        return [new Reduce(ReduceFunction.Sum, axes, keepAxes: true).Apply(gradient)];
    }
}
