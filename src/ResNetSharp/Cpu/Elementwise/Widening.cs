using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>Vectors of bfloat16, which is the upper half of a 32-bit number: widened exactly, narrowed by rounding to nearest, ties to even.</summary>
internal static unsafe class Widening
{
    const int HalfBits = 16;

    /// <summary>One element.</summary>
    public static float Single(ushort x) => BitConverter.UInt32BitsToSingle((uint)x << HalfBits);

    /// <summary>Reads as many elements as a vector of 32-bit numbers has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(ushort* x)
    {
        if (Vector<float>.Count == Vector512<float>.Count)
            return (Vector512.WidenLower(Vector256.Load(x).ToVector512Unsafe()) << HalfBits).AsSingle().AsVector();
        if (Vector<float>.Count == Vector256<float>.Count)
        {
            var wide = Avx2.IsSupported ? Avx2.ConvertToVector256Int32(x).AsUInt32() : Vector256.WidenLower(Vector128.Load(x).ToVector256Unsafe());
            return (wide << HalfBits).AsSingle().AsVector();
        }
        return (Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)x).AsUInt16()) << HalfBits).AsSingle().AsVector();
    }

    /// <summary>Rounds and writes as many elements as a vector of 32-bit numbers has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> vector, ushort* y)
    {
        var rounded = Round(vector);
        if (Vector<float>.Count == Vector512<float>.Count)
        {
            var wide = rounded.AsVector512();
            Vector256.Narrow(wide.GetLower(), wide.GetUpper()).Store(y);
        }
        else if (Vector<float>.Count == Vector256<float>.Count)
        {
            var wide = rounded.AsVector256();
            if (Avx512F.VL.IsSupported) Avx512F.VL.ConvertToVector128UInt16(wide).Store(y);
            else Vector128.Narrow(wide.GetLower(), wide.GetUpper()).Store(y);
        }
        else *(ulong*)y = Vector128.Narrow(rounded.AsVector128(), rounded.AsVector128()).AsUInt64().ToScalar();
    }

    /// <summary>The upper halves, rounded, as 32-bit whole numbers. A NaN stays one: it becomes quiet instead of being rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<uint> Round(Vector<float> vector)
    {
        var bits = Vector.AsVectorUInt32(vector);
        var nearest = bits + new Vector<uint>(0x7FFF) + ((bits >>> HalfBits) & Vector<uint>.One);
        var numbers = Vector.AsVectorUInt32(Vector.Equals(vector, vector));
        return Vector.ConditionalSelect(numbers, nearest, bits | new Vector<uint>(0x400000)) >>> HalfBits;
    }
}
