using ResNetSharp.Cpu;
using ResNetSharp.Graph;
using ResNetSharp.Graph.Operations;
using ResNetSharp.Planning;

namespace ResNetSharp;

/// <summary>
/// A value that is computed when asked: its shape is known at once, its numbers exist after somebody reads them. Operators and layers
/// describe new tensors from old ones; <see cref="ToArray"/> computes. Images are (batch, height, width, channels).
/// </summary>
public sealed partial class Tensor
{
    internal Tensor(Node producer, int index, Shape shape, ElementType type)
    {
        Producer = producer;
        Index = index;
        Shape = shape;
        ElementType = type;
    }

    /// <summary>The extents, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>What the elements are.</summary>
    public ElementType ElementType { get; }

    /// <summary>The node that makes it.</summary>
    internal Node Producer { get; }

    /// <summary>Which of the node's outputs it is.</summary>
    internal int Index { get; }

    /// <summary>A place for images in a network under construction; the batch stays open.</summary>
    /// <param name="height">Rows; <see cref="Shape.Unknown"/> leaves them open.</param>
    /// <param name="width">Columns; <see cref="Shape.Unknown"/> leaves them open.</param>
    /// <param name="channels">Channels of a pixel.</param>
    public static Tensor Input(int height, int width, int channels) => Input(new Shape(Shape.Unknown, height, width, channels));

    /// <summary>A place for numbers of any shape in a network under construction.</summary>
    /// <param name="shape">The whole shape, with the batch first (<see cref="Shape.Unknown"/> leaves an extent open).</param>
    public static Tensor Input(Shape shape) => new Input(shape).Apply();

    /// <summary>A tensor of given numbers, the last axis running fastest.</summary>
    /// <exception cref="ShapeException">The count differs from that of the shape.</exception>
    public static Tensor From(ReadOnlySpan<float> values, Shape shape) => values.Length == shape.Size
        ? new Constant(shape, values.ToArray()).Apply()
        : throw new ShapeException($"shape {shape} has {shape.Size} elements, but {values.Length} were given");

    /// <summary>A tensor of images in PyTorch's order, (batch, channels, height, width), turned to channels-last.</summary>
    /// <exception cref="ShapeException">The shape is not of four axes, or the count differs.</exception>
    public static Tensor FromChannelsFirst(ReadOnlySpan<float> values, Shape shape)
    {
        if (shape.Rank != 4 || values.Length != shape.Size)
            throw new ShapeException($"channels-first images need a shape (batch, channels, height, width) of as many elements as there are values; got {shape} and {values.Length} values");
        var (batch, channels, pixels) = (shape[0], shape[1], shape[2] * shape[3]);
        var turned = new float[values.Length];
        for (var n = 0; n < batch; n++)
            for (var c = 0; c < channels; c++)
                for (var p = 0; p < pixels; p++)
                    turned[(n * pixels + p) * channels + c] = values[(n * channels + c) * pixels + p];
        return From(turned, new Shape(batch, shape[2], shape[3], channels));
    }

    /// <summary>A tensor of one number everywhere.</summary>
    public static Tensor Full(Shape shape, float value)
    {
        var values = new float[shape.Size];
        Array.Fill(values, value);
        return new Constant(shape, values).Apply();
    }

    /// <summary>A tensor of normally distributed numbers with mean 0 and standard deviation 1.</summary>
    /// <param name="extents">The shape.</param>
    public static Tensor RandomNormal(params ReadOnlySpan<int> extents) => RandomNormal(new Shape(extents), seed: 0);

    /// <summary>A tensor of normally distributed numbers with mean 0 and standard deviation 1.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="seed">Equal seeds give equal numbers.</param>
    public static Tensor RandomNormal(Shape shape, ulong seed)
    {
        var random = new RandomSource(seed);
        var values = new float[shape.Size];
        foreach (ref var value in values.AsSpan()) value = (float)random.NextNormal();
        return new Constant(shape, values).Apply();
    }

    /// <summary>Computes the numbers, the last axis running fastest. Layers work as in prediction: stored statistics, no dropout.</summary>
    /// <exception cref="InvalidOperationException">The tensor depends on an input that has no numbers.</exception>
    public float[] ToArray() => Plan.Evaluate(this);

    /// <summary>Computes the numbers in PyTorch's order, (batch, channels, height, width).</summary>
    /// <exception cref="ShapeException">The tensor is not of four axes.</exception>
    public float[] ToChannelsFirst()
    {
        if (Shape.Rank != 4) throw new ShapeException($"only images (batch, height, width, channels) can be turned to channels-first, not shape {Shape}");
        var values = ToArray();
        var (batch, pixels, channels) = (Shape[0], Shape[1] * Shape[2], Shape[3]);
        var turned = new float[values.Length];
        for (var n = 0; n < batch; n++)
            for (var p = 0; p < pixels; p++)
                for (var c = 0; c < channels; c++)
                    turned[(n * channels + c) * pixels + p] = values[(n * pixels + p) * channels + c];
        return turned;
    }

    /// <summary>The shape and how the tensor is made.</summary>
    public override string ToString() => $"Tensor {Shape} = {Producer.Operation.Name}";

    /// <summary>The sum, element by element; shapes stretch as in NumPy.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor operator +(Tensor left, Tensor right) => new Binary(BinaryFunction.Add).Apply(left, right);

    /// <summary>The difference, element by element; shapes stretch as in NumPy.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor operator -(Tensor left, Tensor right) => new Binary(BinaryFunction.Subtract).Apply(left, right);

    /// <summary>The product, element by element; shapes stretch as in NumPy.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor operator *(Tensor left, Tensor right) => new Binary(BinaryFunction.Multiply).Apply(left, right);

    /// <summary>The quotient, element by element; shapes stretch as in NumPy.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor operator /(Tensor left, Tensor right) => new Binary(BinaryFunction.Divide).Apply(left, right);

    /// <summary>Each element and a number.</summary>
    public static Tensor operator +(Tensor left, float right) => left + Full(new Shape(), right);

    /// <summary>Each element less a number.</summary>
    public static Tensor operator -(Tensor left, float right) => left - Full(new Shape(), right);

    /// <summary>A number less each element.</summary>
    public static Tensor operator -(float left, Tensor right) => Full(new Shape(), left) - right;

    /// <summary>Each element times a number.</summary>
    public static Tensor operator *(Tensor left, float right) => left * Full(new Shape(), right);

    /// <summary>Each element times a number.</summary>
    public static Tensor operator *(float left, Tensor right) => right * left;

    /// <summary>Each element divided by a number.</summary>
    public static Tensor operator /(Tensor left, float right) => left / Full(new Shape(), right);

    /// <summary>Each element with its sign changed.</summary>
    public static Tensor operator -(Tensor operand) => new Unary(UnaryFunction.Negate).Apply(operand);
}
