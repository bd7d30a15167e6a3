namespace ResNetSharp.Cpu;

/// <summary>y = value, everywhere.</summary>
internal sealed unsafe class FillKernel<T>(T* y, float value, long n) : ElementwiseKernel(n) where T : unmanaged
{
    readonly T element = Lanes.Element<T>(value);

    protected override void Apply(long begin, int count) => new Span<T>(y + begin, count).Fill(element);
}
