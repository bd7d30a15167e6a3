using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>y = min(max(x, lowest), highest), a NaN staying one. <paramref name="y"/> may be <paramref name="x"/>.</summary>
internal sealed unsafe class ClampKernel(float lowest, float highest, float* x, float* y, long n) : ElementwiseKernel(n)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        float* x1 = x + begin, y1 = y + begin;
        Vector<float> low = new(lowest), high = new(highest);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Lanes.Min(Lanes.Max(low, Vector.Load(x1 + i)), high).Store(y1 + i);
        for (; i < count; i++) y1[i] = MathF.Min(MathF.Max(x1[i], lowest), highest);
    }
}
