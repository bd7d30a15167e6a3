using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>y = scale * (x - zero point).</summary>
internal sealed unsafe class DequantizeKernel(QuantizationParameters parameters, byte* x, float* y, long n) : ElementwiseKernel(n)
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        var scale = Vector512.Create(parameters.Scale);
        var zero = Vector512.Create((int)parameters.ZeroPoint);
        var from = x + begin;
        var to = y + begin;
        var i = 0;
        for (; i <= count - ByteLanes.Count; i += ByteLanes.Count)
            (Vector512.ConvertToSingle(ByteLanes.Load(from + i) - zero) * scale).Store(to + i);
        for (; i < count; i++) to[i] = (from[i] - parameters.ZeroPoint) * parameters.Scale;
    }
}
