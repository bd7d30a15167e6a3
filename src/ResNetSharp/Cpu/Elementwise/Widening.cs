using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>Vectors of <see cref="BFloat16"/> numbers, widened as they are read and rounded as they are written.</summary>
internal static unsafe class Widening
{
    const int HalfBits = 16;

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
        var rounded = BFloat16.Upper(Vector.AsVectorUInt32(vector));
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
}
