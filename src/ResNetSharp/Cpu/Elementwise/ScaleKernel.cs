using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// y = factor x, the factor being read when the kernel runs, so that it may change from step to step.
/// <paramref name="y"/> may be <paramref name="x"/>.
/// </summary>
internal sealed unsafe class ScaleKernel(float* x, float* factor, float* y, long n) : ElementwiseKernel(n)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        float* x1 = x + begin, y1 = y + begin;
        var f = new Vector<float>(*factor);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) (Vector.Load(x1 + i) * f).Store(y1 + i);
        for (; i < count; i++) y1[i] = x1[i] * *factor;
    }
}
