using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>y = a + b for the numbers that bytes stand for, rounded once. <paramref name="y"/> may be either input.</summary>
internal sealed unsafe class ByteAddKernel(byte* a, QuantizationParameters ofA, byte* b, QuantizationParameters ofB, byte* y, QuantizationParameters ofY, long n)
    : ElementwiseKernel(n)
{
    readonly ByteTarget target = new(ofY.ZeroPoint);
    readonly float factorA = (float)((double)ofA.Scale / ofY.Scale);
    readonly float factorB = (float)((double)ofB.Scale / ofY.Scale);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        var (zeroA, zeroB) = (Vector512.Create((int)ofA.ZeroPoint), Vector512.Create((int)ofB.ZeroPoint));
        var (vectorA, vectorB) = (Vector512.Create(factorA), Vector512.Create(factorB));
        byte* a1 = a + begin, b1 = b + begin, y1 = y + begin;
        var i = 0;
        for (; i <= count - ByteLanes.Count; i += ByteLanes.Count)
        {
            var left = Vector512.ConvertToSingle(ByteLanes.Load(a1 + i) - zeroA) * vectorA;
            var right = Vector512.ConvertToSingle(ByteLanes.Load(b1 + i) - zeroB) * vectorB;
            target.Store(left + right, y1 + i);
        }
        for (; i < count; i++) y1[i] = target.Round((a1[i] - ofA.ZeroPoint) * factorA + (b1[i] - ofB.ZeroPoint) * factorB);
    }
}
