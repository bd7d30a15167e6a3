namespace ResNetSharp.Cpu;

/// <summary>
/// Reduces any set of axes. Neighbouring axes that share a fate are one; each group of reduced axes, innermost first, is one
/// <see cref="ReduceMiddleKernel"/>, with what is between two steps in scratch memory.
/// </summary>
internal sealed unsafe class ReduceKernel : Kernel
{
    readonly List<ReduceMiddleKernel> steps = [];
    readonly List<long> sizes = [];

    /// <param name="function">How.</param>
    /// <param name="shape">The shape of the input.</param>
    /// <param name="axes">The axes to reduce, in any order; negative ones count from the end.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The output, dense, with the other axes.</param>
    public ReduceKernel(ReduceFunction function, Shape shape, ReadOnlySpan<int> axes, float* x, float* y)
    {
        var reduced = new bool[shape.Rank];
        foreach (var axis in axes) reduced[axis < 0 ? axis + shape.Rank : axis] = true;
        long inner = 1;
        var outer = shape.Size;
        for (var axis = shape.Rank - 1; axis >= 0;)
        {
            long group = 1;
            var fate = reduced[axis];
            for (; axis >= 0 && reduced[axis] == fate; axis--) group *= shape[axis];
            if (group == 0) throw new ArgumentException($"A tensor of shape {shape} has nothing to reduce.");
            outer /= group;
            if (fate) Add(function, outer, group, checked((int)inner));
            else inner *= group;
        }
        if (steps.Count == 0) Add(function, 1, 1, checked((int)inner));
        steps[0].X = x;
        steps[^1].Y = y;
    }

    public override long ScratchBytes(int workers) => Between + steps.Max(s => s.ScratchBytes(workers));

    /// <summary>Bytes of the results between the steps.</summary>
    long Between => sizes.SkipLast(1).Sum(Aligned);

    public override void Run(Workers workers)
    {
        var between = Scratch;
        var own = Scratch;
        for (var i = 0; i < sizes.Count - 1; i++) own += Aligned(sizes[i]);
        for (var i = 0; i < steps.Count; i++)
        {
            if (i < steps.Count - 1)
            {
                steps[i].Y = steps[i + 1].X = (float*)between;
                between += Aligned(sizes[i]);
            }
            steps[i].Scratch = own;
            steps[i].Run(workers);
        }
    }

    static long Aligned(long elements) => (elements * sizeof(float) + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    void Add(ReduceFunction function, long outer, long group, int inner)
    {
        // Squares are taken once, in the first step; later ones add up what it made.
        if (steps.Count > 0 && function == ReduceFunction.SumOfSquares) function = ReduceFunction.Sum;
        steps.Add(new ReduceMiddleKernel(function, outer, group, inner, null, null));
        sizes.Add(outer * inner);
    }
}
