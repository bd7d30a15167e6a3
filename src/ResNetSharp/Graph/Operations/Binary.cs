using ResNetSharp.Cpu;

namespace ResNetSharp.Graph.Operations;

/// <summary>A function of two elements, with the shapes stretched to each other as NumPy does: extents are equal, or one of them is 1 or absent.</summary>
internal sealed class Binary(BinaryFunction function) : Operation
{
    public override string Name => Function.ToString();

    public BinaryFunction Function { get; } = function;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Broadcast(inputs[0], inputs[1])];

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => inputs[0];

    public override Tensor?[] Gradients(Node node, Tensor?[] outputs, bool[] wanted)
    {
        var result = new Tensor?[2];
        if (outputs[0] is not { } gradient) return result;
        var (a, b) = (node.Inputs[0], node.Inputs[1]);
        if (wanted[0]) result[0] = SumTo(Left(gradient, a, b, node.Outputs[0]), a.Shape);
        if (wanted[1]) result[1] = SumTo(Right(gradient, a, b, node.Outputs[0]), b.Shape);
        return result;
    }

    Tensor Left(Tensor gradient, Tensor a, Tensor b, Tensor y) => Function switch
    {
        BinaryFunction.Add or BinaryFunction.Subtract => gradient,
        BinaryFunction.Multiply => gradient * b,
        BinaryFunction.Divide => gradient / b,
        _ => throw new NotSupportedException($"operation {Name} of {a.Shape} and {b.Shape} giving {y.Shape} has no gradient"),
    };

    Tensor Right(Tensor gradient, Tensor a, Tensor b, Tensor y) => Function switch
    {
        BinaryFunction.Add => gradient,
        BinaryFunction.Subtract => -gradient,
        BinaryFunction.Multiply => gradient * a,
        BinaryFunction.Divide => -(gradient * y / b),
        _ => throw new NotSupportedException($"operation {Name} of {a.Shape} and {b.Shape} giving {y.Shape} has no gradient"),
    };

    Shape Broadcast(Shape a, Shape b)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        var extents = new int[rank];
        for (var axis = 1; axis <= rank; axis++)
        {
            var left = axis <= a.Rank ? a[-axis] : 1;
            var right = axis <= b.Rank ? b[-axis] : 1;
            extents[^axis] = left == right || right == 1 ? left
                : left == 1 ? right
                : throw new ShapeException($"{Name} cannot combine shapes {a} and {b}: extents must be equal or 1");
        }
        return new Shape(extents);
    }

    /// <summary>Adds up what was stretched.</summary>
    static Tensor SumTo(Tensor gradient, Shape shape)
    {
        if (gradient.Shape == shape) return gradient;
        var lead = gradient.Shape.Rank - shape.Rank;
        var axes = Enumerable.Range(0, gradient.Shape.Rank).Where(a => a < lead || (shape[a - lead] == 1 && gradient.Shape[a] != 1)).ToArray();
        return new Reshape(shape).Apply(new Reduce(ReduceFunction.Sum, axes, keepAxes: true).Apply(gradient));
    }
}
