using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>y = max(a + b, 0), the end of a residual block. <paramref name="y"/> may be either input.</summary>
internal sealed unsafe class AddReluKernel(float* a, float* b, float* y, long n) : ElementwiseKernel(n)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        float* a1 = a + begin, b1 = b + begin, y1 = y + begin;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            Lanes.Relu(Vector.Load(a1 + i) + Vector.Load(b1 + i)).Store(y1 + i);
        var rest = count - i;
        if (rest > 0) Lanes.Store(Lanes.Relu(Lanes.Load(a1 + i, rest) + Lanes.Load(b1 + i, rest)), y1 + i, rest);
    }
}
