using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace ResNetSharp.Formats;

/// <summary>Sizes of the element types and their conversion to <see cref="float"/>.</summary>
internal static class TensorTypes
{
    /// <summary>Bits of one element; a multiple of eight but for the packed types.</summary>
    public static int Bits(this TensorType type) => type switch
    {
        TensorType.Float4E2M1 => 4,
        TensorType.Float6E2M3 or TensorType.Float6E3M2 => 6,
        TensorType.Int8 or TensorType.UInt8 or TensorType.Bool => 8,
        TensorType.Float8E4M3 or TensorType.Float8E5M2 or TensorType.Float8E8M0 => 8,
        TensorType.Float16 or TensorType.BFloat16 or TensorType.Int16 or TensorType.UInt16 => 16,
        TensorType.Float32 or TensorType.Int32 or TensorType.UInt32 => 32,
        TensorType.Float64 or TensorType.Int64 or TensorType.UInt64 or TensorType.Complex64 => 64,
        TensorType.Complex128 => 128,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };

    /// <summary>Whether elements can be read as single numbers.</summary>
    public static bool IsNumber(this TensorType type) => type <= TensorType.Float8E8M0;

    /// <summary>Bytes of one element of a type for which <see cref="IsNumber"/> holds.</summary>
    public static int Bytes(this TensorType type) => type.Bits() / 8;

    /// <summary>The bytes that a number of elements take, or -1 if that is not a whole number or exceeds a long.</summary>
    public static long ByteLength(this TensorType type, long count)
    {
        var bits = (Int128)count * type.Bits();
        return bits % 8 == 0 && bits / 8 <= long.MaxValue ? (long)(bits / 8) : -1;
    }

    /// <summary>Converts elements to the nearest floats.</summary>
    public static void ToFloats(TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case TensorType.Float32: MemoryMarshal.Cast<byte, float>(source).CopyTo(destination); break;
            case TensorType.Float16: TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination); break;
            case TensorType.Float64: Each<double>(source, destination, static x => (float)x); break;
            case TensorType.BFloat16: Each<ushort>(source, destination, static x => BitConverter.UInt32BitsToSingle((uint)x << 16)); break;
            case TensorType.Int64: Each<long>(source, destination, static x => x); break;
            case TensorType.Int32: Each<int>(source, destination, static x => x); break;
            case TensorType.Int16: Each<short>(source, destination, static x => x); break;
            case TensorType.Int8: Numbers(MemoryMarshal.Cast<byte, sbyte>(source), destination); break;
            case TensorType.UInt64: Each<ulong>(source, destination, static x => x); break;
            case TensorType.UInt32: Each<uint>(source, destination, static x => x); break;
            case TensorType.UInt16: Each<ushort>(source, destination, static x => x); break;
            case TensorType.UInt8: Each<byte>(source, destination, static x => x); break;
            case TensorType.Bool: Each<byte>(source, destination, static x => x == 0 ? 0 : 1); break;
            case TensorType.Float8E5M2: Each<byte>(source, destination, static x => (float)BitConverter.UInt16BitsToHalf((ushort)(x << 8))); break;
            case TensorType.Float8E4M3: Each<byte>(source, destination, FromE4M3); break;
            case TensorType.Float8E8M0: Each<byte>(source, destination, static x => x == 255 ? float.NaN : MathF.ScaleB(1, x - 127)); break;
            default: throw new NotSupportedException($"elements of type {type} cannot be read as single numbers");
        }
    }

    static void Each<T>(ReadOnlySpan<byte> source, Span<float> destination, Func<T, float> convert) where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(source);
        for (int i = 0; i < values.Length; i++) destination[i] = convert(values[i]);
    }

    /// <summary>Without a call for each, since quantized networks are made of them.</summary>
    static void Numbers(ReadOnlySpan<sbyte> integers, Span<float> destination)
    {
        for (var i = 0; i < integers.Length; i++) destination[i] = integers[i];
    }

    static float FromE4M3(byte bits)
    {
        int exponent = (bits >> 3) & 15, fraction = bits & 7;
        var magnitude = (bits & 0x7F) == 0x7F ? float.NaN
            : exponent == 0 ? MathF.ScaleB(fraction, -9)
            : MathF.ScaleB(8 + fraction, exponent - 10);
        return bits < 128 ? magnitude : -magnitude;
    }

    /// <summary>Turns big-endian elements around, in place.</summary>
    public static void ReverseElements(Span<byte> elements, int size)
    {
        switch (size)
        {
            case 1: break;
            case 2: { var s = MemoryMarshal.Cast<byte, ushort>(elements); BinaryPrimitives.ReverseEndianness(s, s); break; }
            case 4: { var s = MemoryMarshal.Cast<byte, uint>(elements); BinaryPrimitives.ReverseEndianness(s, s); break; }
            case 8: { var s = MemoryMarshal.Cast<byte, ulong>(elements); BinaryPrimitives.ReverseEndianness(s, s); break; }
            default: throw new ArgumentOutOfRangeException(nameof(size), size, "elements have 1, 2, 4 or 8 bytes");
        }
    }
}
