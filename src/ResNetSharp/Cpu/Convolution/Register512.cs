using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>A register of 512 bits.</summary>
internal readonly unsafe struct Register512(Vector512<float> value) : IRegister<Register512>
{
    const int HalfBits = 16;

    readonly Vector512<float> value = value;

    public static int Lanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 Load<TNumber>(TNumber* from) where TNumber : unmanaged =>
        new(typeof(TNumber) == typeof(float) ? Vector512.Load((float*)from) : (Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)from)) << HalfBits).AsSingle());

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
        var rounded = bits + Vector512.Create(BFloat16.LessThanHalf) + (upper & Vector512<uint>.One) >> HalfBits;
        rounded = Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, upper | Vector512.Create(BFloat16.QuietBit));
        Avx512F.ConvertToVector256UInt16(rounded).Store((ushort*)to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStreaming(float* to) => value.StoreAlignedNonTemporal(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 operator +(Register512 a, Register512 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 operator -(Register512 a, Register512 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 operator *(Register512 a, float b) => new(a.value * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 MultiplyAdd(float a, Register512 b, Register512 c) =>
        new(Vector512.MultiplyAddEstimate(Vector512.Create(a), b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 MultiplyAdd(Register512 a, Register512 b, Register512 c) =>
        new(Vector512.MultiplyAddEstimate(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 Relu(Register512 x) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(x.value, Vector512<float>.Zero), Vector512<float>.Zero, x.value));
}
