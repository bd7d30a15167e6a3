namespace ResNetSharp.Cpu;

/// <summary>y = f(x). <paramref name="y"/> may be <paramref name="x"/>.</summary>
internal sealed unsafe class UnaryKernel(UnaryFunction function, float parameter, float* x, float* y, long n) : ElementwiseKernel(n)
{
    readonly UnaryLoops loops = UnaryLoops.Of(function);

    protected override void Apply(long begin, int count) => loops.Forward(x + begin, y + begin, count, parameter);
}
