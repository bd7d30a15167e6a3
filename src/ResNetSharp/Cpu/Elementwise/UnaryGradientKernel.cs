namespace ResNetSharp.Cpu;

/// <summary>
/// dx = f'(x) dy. <paramref name="dx"/> may be <paramref name="dy"/>. Of <paramref name="x"/> and <paramref name="y"/> only one is
/// read, see <see cref="NeedsInput"/>; the other may be null or overwritten.
/// </summary>
internal sealed unsafe class UnaryGradientKernel<T>(UnaryFunction function, float parameter, T* x, T* y, T* dy, T* dx, long n)
    : ElementwiseKernel(n) where T : unmanaged
{
    readonly UnaryLoops<T> loops = UnaryLoops<T>.Of(function);

    /// <summary>Whether a function's gradient is computed from its argument x; otherwise from its value y.</summary>
    public static bool NeedsInput(UnaryFunction function) => !UnaryLoops<T>.Of(function).GradientFromOutput;

    protected override void Apply(long begin, int count) =>
        loops.Backward((loops.GradientFromOutput ? y : x) + begin, dy + begin, dx + begin, count, parameter);
}
