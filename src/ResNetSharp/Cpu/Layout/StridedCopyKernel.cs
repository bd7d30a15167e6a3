using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// Copies a block of a source to a block of a destination, each with its own stride per axis; offsets are in the pointers.
/// With it come slices (also with steps, also negative ones), concatenation, transposition, broadcasting (a source stride of 0), and the
/// gradients of all but the last.
/// </summary>
internal sealed unsafe class StridedCopyKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly StridedLoops loops;
    readonly T* source;
    readonly T* destination;

    /// <param name="extents">The extents of the block, at most six.</param>
    /// <param name="source">Its first element in the source.</param>
    /// <param name="sourceStrides">Strides in elements.</param>
    /// <param name="destination">Its first element in the destination.</param>
    /// <param name="destinationStrides">Strides in elements; none may be 0 where the extent is not 1.</param>
    public StridedCopyKernel(
        ReadOnlySpan<int> extents, T* source, long[] sourceStrides, T* destination, long[] destinationStrides)
    {
        loops = new StridedLoops(extents, destinationStrides, sourceStrides);
        this.source = source;
        this.destination = destination;
    }

    public override void Run(Workers workers) => workers.Run(this, loops.Parts);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int part, int worker)
    {
        var to = loops.InnerStride(0);
        var from = loops.InnerStride(1);
        var cursor = loops.Start(part, out var rows);
        for (; rows > 0; rows--, cursor.Next()) Row(destination + cursor.Offset(0), to, source + cursor.Offset(1), from, cursor.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Row(T* y, long to, T* x, long from, int count)
    {
        if (to == 1 && from == 1) new ReadOnlySpan<T>(x, count).CopyTo(new Span<T>(y, count));
        else if (to == 1 && from == 0) new Span<T>(y, count).Fill(*x);
        else
            for (var i = 0; i < count; i++) y[i * to] = x[i * from];
    }
}
