namespace ResNetSharp.Cpu;

/// <summary>y += x.</summary>
internal sealed unsafe class AccumulateKernel(float* x, float* y, long n) : ElementwiseKernel(n)
{
    protected override void Apply(long begin, int count) => SumKernel.Add(y + begin, x + begin, y + begin, count);
}
