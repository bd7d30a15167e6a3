using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>A register of 256 bits.</summary>
internal readonly unsafe struct Register256(Vector256<float> value) : IRegister<Register256>
{
    const int HalfBits = 16;

    readonly Vector256<float> value = value;

    public static int Lanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 Load<TNumber>(TNumber* from) where TNumber : unmanaged =>
        new(typeof(TNumber) == typeof(float) ? Vector256.Load((float*)from) : (Avx2.ConvertToVector256Int32((ushort*)from).AsUInt32() << HalfBits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<TNumber>(TNumber* to) where TNumber : unmanaged
    {
        if (typeof(TNumber) == typeof(float))
        {
            value.Store((float*)to);
            return;
        }
        var bits = value.AsUInt32();
        var upper = bits >> HalfBits;
        var rounded = bits + Vector256.Create(BFloat16.LessThanHalf) + (upper & Vector256<uint>.One) >> HalfBits;
        rounded = Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, upper | Vector256.Create(BFloat16.QuietBit));
        if (Avx512F.VL.IsSupported) Avx512F.VL.ConvertToVector128UInt16(rounded).Store((ushort*)to);
        else Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store((ushort*)to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStreaming(float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 operator +(Register256 a, Register256 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 operator -(Register256 a, Register256 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 operator *(Register256 a, float b) => new(a.value * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 MultiplyAdd(float a, Register256 b, Register256 c) =>
        new(Vector256.MultiplyAddEstimate(Vector256.Create(a), b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 MultiplyAdd(Register256 a, Register256 b, Register256 c) =>
        new(Vector256.MultiplyAddEstimate(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 Relu(Register256 x) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(x.value, Vector256<float>.Zero), Vector256<float>.Zero, x.value));
}
