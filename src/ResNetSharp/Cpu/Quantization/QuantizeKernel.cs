using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>y = clamp(round(x / scale) + zero point), halves to the even number. No number becomes the smallest.</summary>
internal sealed unsafe class QuantizeKernel(QuantizationParameters parameters, float* x, byte* y, long n) : ElementwiseKernel(n)
{
    readonly ByteTarget target = new(parameters.ZeroPoint);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        var scale = Vector512.Create(parameters.Scale);
        var from = x + begin;
        var to = y + begin;
        var i = 0;
        for (; i <= count - ByteLanes.Count; i += ByteLanes.Count) target.Store(Vector512.Load(from + i) / scale, to + i);
        for (; i < count; i++) to[i] = target.Round(from[i] / parameters.Scale);
    }
}
