using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>y = x in another element type, rounded to nearest where that is the shorter one.</summary>
internal sealed unsafe class CastKernel<TFrom, TTo>(TFrom* x, TTo* y, long n) : ElementwiseKernel(n)
    where TFrom : unmanaged where TTo : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        var from = x + begin;
        var to = y + begin;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Lanes.Store(Lanes.Load(from + i), to + i);
        if (i < count) Lanes.Store(Lanes.Load(from + i, count - i), to + i, count - i);
    }
}
