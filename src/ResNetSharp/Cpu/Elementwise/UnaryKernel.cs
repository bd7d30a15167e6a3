namespace ResNetSharp.Cpu;

/// <summary>y = f(x). <paramref name="y"/> may be <paramref name="x"/>.</summary>
internal sealed unsafe class UnaryKernel<T>(UnaryFunction function, float parameter, T* x, T* y, long n) : ElementwiseKernel(n)
    where T : unmanaged
{
    readonly UnaryLoops<T> loops = UnaryLoops<T>.Of(function);

    protected override void Apply(long begin, int count) => loops.Forward(x + begin, y + begin, count, parameter);
}
