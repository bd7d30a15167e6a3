using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>A register of 512 bits.</summary>
internal readonly unsafe struct Register512(Vector512<float> value) : IRegister<Register512>
{
    readonly Vector512<float> value = value;

    public static int Lanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => value.Store(to);

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
    public static Register512 Relu(Register512 x) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(x.value, Vector512<float>.Zero), Vector512<float>.Zero, x.value));
}
