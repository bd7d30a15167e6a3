namespace ResNetSharp.Cpu;

/// <summary>y = value, everywhere.</summary>
internal sealed unsafe class FillKernel(float* y, float value, long n) : ElementwiseKernel(n)
{
    protected override void Apply(long begin, int count) => new Span<float>(y + begin, count).Fill(value);
}
