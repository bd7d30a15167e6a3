using ResNetSharp.Formats;
using ResNetSharp.Graph.Operations;

namespace ResNetSharp.Exchange;

/// <summary>Weights that are written down as integers, and read as numbers: number = scale * integer, with one scale an index of the last axis.</summary>
/// <param name="name">What they are called.</param>
/// <param name="shape">The extents, in our order.</param>
/// <param name="type">How an integer is stored: <see cref="TensorType.Int8"/> or <see cref="TensorType.Int32"/>.</param>
/// <param name="integers">The integers, in our order.</param>
/// <param name="scales">The scales.</param>
internal sealed class QuantizedConstant(string name, Shape shape, TensorType type, int[] integers, float[] scales) : Leaf(shape)
{
    public override string Name => name;

    public float[] Scales => scales;

    /// <summary>The integers as a file has them.</summary>
    /// <param name="title">Their name in the file.</param>
    /// <param name="order">The order of axes in the file.</param>
    public StoredTensor Store(string title, AxisOrder order)
    {
        // Integers are below 2^31, which doubles and not floats hold, so bias vectors, which lie the same in any order, are not turned.
        var arranged = order.KeepsSequence(Shape) ? integers : Array.ConvertAll(order.Arrange(Array.ConvertAll(integers, i => (float)i), Shape), f => (int)f);
        var bytes = type == TensorType.Int8 ? Array.ConvertAll(arranged, i => unchecked((byte)(sbyte)i)) : System.Runtime.InteropServices.MemoryMarshal.AsBytes(arranged.AsSpan()).ToArray();
        return StoredTensor.Create(title, order.ShapeOf(Shape), type, bytes);
    }

    /// <summary>A zero of the integers' type for each scale.</summary>
    /// <param name="title">Their name in the file.</param>
    public StoredTensor Zeros(string title) => StoredTensor.Create(title, new Shape(scales.Length), type, new byte[scales.Length * type.Bytes()]);
}
