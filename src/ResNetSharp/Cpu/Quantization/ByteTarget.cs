using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>How results are rounded to the bytes of a tensor.</summary>
/// <param name="zeroPoint">The byte that stands for 0.</param>
/// <param name="relu">Whether negative results become 0.</param>
internal readonly unsafe struct ByteTarget(byte zeroPoint, bool relu = false)
{
    readonly float lower = relu ? 0 : -zeroPoint;
    readonly float upper = byte.MaxValue - zeroPoint;
    readonly int zero = zeroPoint;

    /// <summary>Stores sixteen results, given in steps of the tensor's scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector512<float> values, byte* p) =>
        ByteLanes.Store(values, Vector512.Create(lower), Vector512.Create(upper), Vector512.Create(zero), p);

    /// <summary>The byte of one result, given in steps of the tensor's scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Round(float value) => ByteLanes.Round(value, lower, upper, zero);
}
