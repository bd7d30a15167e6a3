namespace ResNetSharp.Cpu;

/// <summary>
/// dx = f'(x) dy. <paramref name="dx"/> may be <paramref name="dy"/>. Of <paramref name="x"/> and <paramref name="y"/> only one is
/// read, see <see cref="NeedsInput"/>; the other may be null or overwritten.
/// </summary>
internal sealed unsafe class UnaryGradientKernel(UnaryFunction function, float parameter, float* x, float* y, float* dy, float* dx, long n)
    : ElementwiseKernel(n)
{
    readonly UnaryLoops loops = UnaryLoops.Of(function);

    /// <summary>Whether a function's gradient is computed from its argument x; otherwise from its value y.</summary>
    public static bool NeedsInput(UnaryFunction function) => !UnaryLoops.Of(function).GradientFromOutput;

    protected override void Apply(long begin, int count) =>
        loops.Backward((loops.GradientFromOutput ? y : x) + begin, dy + begin, dx + begin, count, parameter);
}
