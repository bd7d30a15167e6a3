using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Numbers of 16 bits with the exponent of single precision: its upper half. They are kept as <see cref="ushort"/>; rounding is to the
/// nearest, to even where two are equally near, and what is not a number stays one.
/// </summary>
internal static unsafe class BFloat16
{
    const uint Magnitude = 0x7FFF_FFFF;
    const uint Infinity = 0x7F80_0000;

    /// <summary>The bit of a number's upper half that makes a NaN a quiet one.</summary>
    public const uint QuietBit = 0x40;

    /// <summary>What is added, with one more where the upper half is odd, so that cutting off the lower half rounds.</summary>
    public const uint LessThanHalf = 0x7FFF;

    /// <summary>The same number in single precision.</summary>
    public static float ToFloat(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>The nearest number of 16 bits.</summary>
    public static ushort FromFloat(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits & Magnitude) > Infinity ? bits >> 16 | QuietBit : bits + LessThanHalf + (bits >> 16 & 1) >> 16);
    }

    /// <summary>The nearest number of 16 bits, in single precision.</summary>
    public static float Round(float value) => ToFloat(FromFloat(value));

    /// <summary>Widens numbers.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToFloat(ReadOnlySpan<ushort> from, Span<float> to)
    {
        CheckLengths(from.Length, to.Length);
        fixed (ushort* source = from)
        fixed (float* destination = to)
        {
            ToFloat(source, destination, from.Length);
        }
    }

    /// <summary>Rounds numbers.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void FromFloat(ReadOnlySpan<float> from, Span<ushort> to)
    {
        CheckLengths(from.Length, to.Length);
        fixed (float* source = from)
        fixed (ushort* destination = to)
        {
            FromFloat(source, destination, from.Length);
        }
    }

    /// <summary>Widens numbers.</summary>
    public static void ToFloat(ushort* from, float* to, long count)
    {
        var i = 0L;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(from + i), out var low, out var high);
            Unsafe.WriteUnaligned(to + i, low << 16);
            Unsafe.WriteUnaligned(to + i + Vector<float>.Count, high << 16);
        }
        for (; i < count; i++) to[i] = ToFloat(from[i]);
    }

    /// <summary>Rounds numbers.</summary>
    public static void FromFloat(float* from, ushort* to, long count)
    {
        var i = 0L;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            var low = Upper(Unsafe.ReadUnaligned<Vector<uint>>(from + i));
            var high = Upper(Unsafe.ReadUnaligned<Vector<uint>>(from + i + Vector<float>.Count));
            Unsafe.WriteUnaligned(to + i, Vector.Narrow(low, high));
        }
        for (; i < count; i++) to[i] = FromFloat(from[i]);
    }

    /// <summary>Rounds numbers and keeps them in single precision; both places may be the same.</summary>
    public static void Round(float* from, float* to, long count)
    {
        var i = 0L;
        for (; i <= count - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            Unsafe.WriteUnaligned(to + i, Upper(Unsafe.ReadUnaligned<Vector<uint>>(from + i)) << 16);
        }
        for (; i < count; i++) to[i] = Round(from[i]);
    }

    /// <summary>The upper halves of single-precision numbers, rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> Upper(Vector<uint> bits)
    {
        var upper = bits >> 16;
        var rounded = bits + new Vector<uint>(LessThanHalf) + (upper & Vector<uint>.One) >> 16;
        var isNumber = Vector.AsVectorUInt32(Vector.Equals(Vector.AsVectorSingle(bits), Vector.AsVectorSingle(bits)));
        return Vector.ConditionalSelect(isNumber, rounded, upper | new Vector<uint>(QuietBit));
    }

    static void CheckLengths(int from, int to)
    {
        if (from != to) throw new ArgumentException($"{from} numbers cannot become {to}; give spans of one length.");
    }
}
