namespace ResNetSharp.Graph.Operations;

/// <summary>A node without inputs: where numbers enter the graph.</summary>
internal abstract class Leaf(Shape shape) : Operation
{
    public Shape Shape { get; } = shape;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape];
}

/// <summary>A place that is filled before each evaluation: a batch of images, or of labels.</summary>
internal sealed class Input(Shape shape, ElementType type = ElementType.Float32) : Leaf(shape)
{
    public override string Name => "Input";

    public override ElementType TypeOf(int output, ReadOnlySpan<ElementType> inputs) => type;
}

/// <summary>Numbers that never change.</summary>
internal sealed class Constant(Shape shape, float[] values) : Leaf(shape)
{
    public override string Name => "Constant";

    public float[] Values { get; } = values;
}

/// <summary>The current numbers of a parameter.</summary>
internal sealed class ParameterRead(Parameter parameter) : Leaf(parameter.Shape)
{
    public override string Name => "Parameter";

    public Parameter Parameter { get; } = parameter;

    /// <summary>The parameter that a tensor reads, if it reads one.</summary>
    public static Parameter? Of(Tensor tensor) => (tensor.Producer.Operation as ParameterRead)?.Parameter;
}
