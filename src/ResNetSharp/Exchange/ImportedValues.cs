using ResNetSharp.Formats;

namespace ResNetSharp.Exchange;

/// <summary>What a name in an ONNX graph stands for while the graph is read.</summary>
internal abstract class ImportedValue
{
    /// <summary>The extents in the file's order of axes; an open batch is <see cref="Shape.Unknown"/>.</summary>
    public abstract Shape Shape { get; }
}

/// <summary>Something that depends on the model's input.</summary>
/// <param name="tensor">The tensor in this library's order of axes.</param>
/// <param name="order">How its axes lie in the file.</param>
internal sealed class ImportedTensor(Tensor tensor, AxisOrder order) : ImportedValue
{
    public Tensor Tensor { get; } = tensor;

    public AxisOrder Order { get; } = order;

    public override Shape Shape => Order.ShapeOf(Tensor.Shape);
}

/// <summary>Numbers that the file has, or that follow from such.</summary>
/// <param name="name">The name they had in the file.</param>
/// <param name="shape">Their extents, in the file's order.</param>
/// <param name="read">Reads them.</param>
/// <param name="type">How the file has them.</param>
internal sealed class ImportedNumbers(string name, Shape shape, Func<float[]> read, TensorType type = TensorType.Float32) : ImportedValue
{
    public string Name => name;

    public override Shape Shape => shape;

    public TensorType Type => type;

    /// <summary>For numbers that are integers from -127 to 127 times a step: the steps along an axis of the file; null for others.</summary>
    public (int Axis, float[] Numbers)? Steps { get; init; }

    public float[] Read() => read();

    public ImportedNumbers WithShape(Shape other) => new(name, other, read);

    /// <summary>The numbers as a tensor that does not change.</summary>
    public ImportedTensor Lift() => new(Tensor.From(read(), shape), AxisOrder.Identity(shape.Rank));
}

/// <summary>Bytes that stand for numbers which depend on the model's input.</summary>
/// <param name="bytes">The tensor, in this library's order of axes, unsigned.</param>
/// <param name="order">How its axes lie in the file.</param>
/// <param name="type">How the file has them: signed bytes are those here less 128.</param>
internal sealed class ImportedBytes(Tensor bytes, AxisOrder order, TensorType type) : ImportedValue
{
    public Tensor Bytes => bytes;

    public AxisOrder Order => order;

    public TensorType Type => type;

    public override Shape Shape => order.ShapeOf(bytes.Shape);
}

/// <summary>Whole numbers that describe shapes; those that depend on an open extent are null.</summary>
/// <param name="values">The numbers.</param>
/// <param name="isScalar">Whether it is one number and no row.</param>
internal sealed class ImportedIntegers(long?[] values, bool isScalar) : ImportedValue
{
    /// <summary>More numbers than any description of a shape has.</summary>
    public const int MaxCount = 1000;

    public long?[] Values => values;

    public bool IsScalar => isScalar;

    public override Shape Shape => isScalar ? new Shape() : new Shape(values.Length);
}
