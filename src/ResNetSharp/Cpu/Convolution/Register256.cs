using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>A register of 256 bits.</summary>
internal readonly unsafe struct Register256(Vector256<float> value) : IRegister<Register256>
{
    readonly Vector256<float> value = value;

    public static int Lanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => value.Store(to);

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
    public static Register256 Relu(Register256 x) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(x.value, Vector256<float>.Zero), Vector256<float>.Zero, x.value));
}
