using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Copies a tensor into a larger one and fills the rest with a constant, writing each element once.</summary>
internal sealed unsafe class PadKernel<T> : Kernel, IParallelBody where T : unmanaged
{
    readonly T* x;
    readonly T* y;
    readonly T value;
    readonly long[] inExtents;
    readonly long[] outExtents;
    readonly long[] before;
    readonly long rows;
    readonly long rowsPerPart;

    /// <param name="extents">The extents of the input, at most six.</param>
    /// <param name="before">How many elements come before it along each axis.</param>
    /// <param name="after">How many come after it.</param>
    /// <param name="value">The constant.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    public PadKernel(ReadOnlySpan<int> extents, ReadOnlySpan<int> before, ReadOnlySpan<int> after, float value, T* x, T* y)
    {
        if (before.Length != extents.Length || after.Length != extents.Length)
            throw new ArgumentException($"A tensor of {extents.Length} axes needs as many paddings, not {before.Length} and {after.Length}.");
        this.x = x;
        this.y = y;
        this.value = Lanes.Element<T>(value);
        List<long> inner = [], outer = [], start = [];
        // From the innermost axis outwards: an axis is merged into the one inside it if that one is not padded.
        for (var axis = extents.Length - 1; axis >= 0; axis--)
        {
            long size = extents[axis], padded = size + before[axis] + after[axis];
            if (inner.Count > 0 && inner[0] == outer[0])
                (inner[0], outer[0], start[0]) = (size * inner[0], padded * outer[0], before[axis] * outer[0]);
            else
            {
                inner.Insert(0, size);
                outer.Insert(0, padded);
                start.Insert(0, before[axis]);
            }
        }
        if (inner.Count > StridedLoops.MaximumRank)
            throw new ArgumentException($"At most {StridedLoops.MaximumRank} axes are possible, not {inner.Count}.");
        (inExtents, outExtents, this.before) = ([.. inner], [.. outer], [.. start]);
        rows = outer.SkipLast(1).Aggregate(1L, (a, b) => a * b);
        rowsPerPart = Math.Max(1, ElementwiseKernel.PartSize / Math.Max(1, outer.Count == 0 ? 1 : outer[^1]));
    }

    public override void Run(Workers workers) => workers.Run(this, checked((int)((rows + rowsPerPart - 1) / rowsPerPart)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int part, int worker)
    {
        var first = part * rowsPerPart;
        var last = Math.Min(first + rowsPerPart, rows);
        var width = outExtents[^1];
        for (var row = first; row < last; row++)
        {
            var target = new Span<T>(y + row * width, checked((int)width));
            var source = SourceRow(row);
            if (source < 0)
            {
                target.Fill(value);
                continue;
            }
            var (start, length) = ((int)before[^1], (int)inExtents[^1]);
            target[..start].Fill(value);
            new ReadOnlySpan<T>(x + source * length, length).CopyTo(target[start..]);
            target[(start + length)..].Fill(value);
        }
    }

    /// <summary>The row of the input that belongs to a row of the output, or -1 in the padding.</summary>
    long SourceRow(long row)
    {
        long source = 0, size = 1;
        for (var axis = outExtents.Length - 2; axis >= 0; row /= outExtents[axis], size *= inExtents[axis], axis--)
        {
            var index = row % outExtents[axis] - before[axis];
            if (index < 0 || index >= inExtents[axis]) return -1;
            source += index * size;
        }
        return source;
    }
}
