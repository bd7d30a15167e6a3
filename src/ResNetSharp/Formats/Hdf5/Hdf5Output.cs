using System.Buffers.Binary;

namespace ResNetSharp.Formats;

/// <summary>Metadata under construction, and the codes of the datatypes that are written.</summary>
internal sealed class Hdf5Output(long start)
{
    readonly List<byte> bytes = [];

    /// <summary>The address of the next byte.</summary>
    public long Position => start + bytes.Count;

    public ReadOnlySpan<byte> Bytes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);

    /// <summary>A piece made apart.</summary>
    public static byte[] Make(Action<Hdf5Output> write)
    {
        var piece = new Hdf5Output(0);
        write(piece);
        return piece.Bytes.ToArray();
    }

    public void U8(int value) => bytes.Add((byte)value);

    public void U16(int value)
    {
        if (value is < 0 or > ushort.MaxValue) throw new ArgumentException($"a part of the file would take {value} bytes; HDF5 headers allow {ushort.MaxValue}", nameof(value));
        U8(value & 0xFF);
        U8(value >> 8);
    }

    public void U32(int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        bytes.AddRange(four);
    }

    public void U64(long value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        bytes.AddRange(eight);
    }

    public void Bytes8(params ReadOnlySpan<int> values)
    {
        foreach (var value in values) U8(value);
    }

    public void Raw(ReadOnlySpan<byte> values) => bytes.AddRange(values);

    public void Zeros(int count)
    {
        for (int i = 0; i < count; i++) bytes.Add(0);
    }

    public void Align8() => Zeros((int)(-Position & 7));

    public static byte[] DoubleType => FloatType(8, 52, 11, 1023);

    /// <summary>A text in the global heap: of variable length, UTF-8, over bytes.</summary>
    public static byte[] VariableTextType => [0x19, 0x01, 0x01, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0];

    /// <summary>A text of a fixed length, padded with zeros, UTF-8.</summary>
    public static byte[] FixedTextType(int width) => Make(m =>
    {
        m.Raw([0x13, 0x11, 0, 0]);
        m.U32(width);
    });

    public static byte[] NumberType(StoredTensor tensor) => tensor.Type switch
    {
        TensorType.Float32 => FloatType(4, 23, 8, 127),
        TensorType.Float64 => DoubleType,
        TensorType.Float16 => FloatType(2, 10, 5, 15),
        TensorType.Int64 => IntegerType(8, true),
        TensorType.Int32 => IntegerType(4, true),
        TensorType.Int16 => IntegerType(2, true),
        TensorType.Int8 => IntegerType(1, true),
        TensorType.UInt64 => IntegerType(8, false),
        TensorType.UInt32 => IntegerType(4, false),
        TensorType.UInt16 => IntegerType(2, false),
        TensorType.UInt8 => IntegerType(1, false),
        _ => throw new ArgumentException($"tensor '{tensor.Name}' has elements of type {tensor.Type}, which are not written to HDF5 files here"),
    };

    static byte[] FloatType(int size, int mantissa, int exponent, int bias) => Make(m =>
    {
        m.Raw([0x11, 0x20, (byte)(8 * size - 1), 0]);
        m.U32(size);
        m.U16(0);
        m.U16(8 * size);
        m.Raw([(byte)mantissa, (byte)exponent, 0, (byte)mantissa]);
        m.U32(bias);
    });

    static byte[] IntegerType(int size, bool isSigned) => Make(m =>
    {
        m.Raw([0x10, (byte)(isSigned ? 8 : 0), 0, 0]);
        m.U32(size);
        m.U16(0);
        m.U16(8 * size);
    });
}
