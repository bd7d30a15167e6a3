using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The geometry of nested loops over up to six axes, in which each of several operands has its own stride per axis (0 repeats it).
/// Neighbouring axes that are one for every operand are merged, and the last axis is cut into chunks, so that a part of a parallel loop
/// is a run of chunks: rows of at most <see cref="ElementwiseKernel.PartSize"/> elements.
/// </summary>
internal sealed class StridedLoops
{
    public const int MaximumRank = 6;
    public const int MaximumOperands = 3;

    readonly List<long> extents = [];
    readonly List<long>[] strides;
    readonly int chunk;
    readonly long chunksPerRow;
    readonly long rows;
    readonly long rowsPerPart;

    /// <param name="extents">The extents, outermost first.</param>
    /// <param name="strides">For each operand one stride per axis, in elements.</param>
    public StridedLoops(ReadOnlySpan<int> extents, params long[][] strides)
    {
        if (extents.Length > MaximumRank) throw new ArgumentException($"At most {MaximumRank} axes are possible, not {extents.Length}.");
        foreach (var s in strides)
            if (s.Length != extents.Length) throw new ArgumentException($"There are {extents.Length} extents but {s.Length} strides.");
        this.strides = [.. strides.Select(_ => new List<long>())];
        for (var axis = 0; axis < extents.Length; axis++) Append(extents[axis], strides, axis);
        if (this.extents.Count == 0)
        {
            this.extents.Add(1);
            foreach (var s in this.strides) s.Add(0);
        }
        chunk = (int)Math.Min(ElementwiseKernel.PartSize, Math.Max(1, Inner));
        chunksPerRow = (Inner + chunk - 1) / chunk;
        rows = this.extents.SkipLast(1).Aggregate(1L, (a, b) => a * b) * chunksPerRow;
        rowsPerPart = Math.Max(1, ElementwiseKernel.PartSize / chunk);
        Parts = checked((int)((rows + rowsPerPart - 1) / rowsPerPart));
    }

    /// <summary>The number of parts of the parallel loop.</summary>
    public int Parts { get; }

    /// <summary>The number of axes after merging, at least 1.</summary>
    public int Rank => extents.Count;

    /// <summary>The extent of the innermost axis.</summary>
    public long Inner => extents[^1];

    /// <summary>The stride of an operand along the innermost axis.</summary>
    public long InnerStride(int operand) => strides[operand][^1];

    /// <summary>The strides of a dense array.</summary>
    public static long[] DenseStrides(ReadOnlySpan<int> extents)
    {
        var strides = new long[extents.Length];
        long stride = 1;
        for (var axis = extents.Length - 1; axis >= 0; stride *= extents[axis], axis--) strides[axis] = stride;
        return strides;
    }

    /// <summary>The first row of a part, and the number of rows.</summary>
    public Cursor Start(int part, out int count)
    {
        var row = part * rowsPerPart;
        count = (int)Math.Min(rowsPerPart, rows - row);
        return new Cursor(this, row);
    }

    void Append(int extent, long[][] given, int axis)
    {
        if (extent == 1) return;
        var mergeable = extents.Count > 0;
        for (var i = 0; mergeable && i < given.Length; i++) mergeable = strides[i][^1] == given[i][axis] * extent;
        if (mergeable) extents[^1] *= extent;
        else extents.Add(extent);
        for (var i = 0; i < given.Length; i++)
            if (mergeable) strides[i][^1] = given[i][axis];
            else strides[i].Add(given[i][axis]);
    }

    /// <summary>One row of the loops: where it begins in each operand, and how long it is.</summary>
    public unsafe ref struct Cursor
    {
        readonly StridedLoops loops;
        fixed long index[MaximumRank];
        fixed long offsets[MaximumOperands];
        long chunkIndex;

        internal Cursor(StridedLoops loops, long row)
        {
            this.loops = loops;
            chunkIndex = row % loops.chunksPerRow;
            row /= loops.chunksPerRow;
            for (var axis = loops.Rank - 2; axis >= 0; row /= loops.extents[axis], axis--)
            {
                index[axis] = row % loops.extents[axis];
                for (var i = 0; i < loops.strides.Length; i++) offsets[i] += index[axis] * loops.strides[i][axis];
            }
        }

        /// <summary>The number of elements in this row.</summary>
        public readonly int Count => (int)Math.Min(loops.chunk, loops.Inner - chunkIndex * loops.chunk);

        /// <summary>Where the row begins in an operand.</summary>
        public readonly long Offset(int operand) => offsets[operand] + chunkIndex * loops.chunk * loops.strides[operand][^1];

        /// <summary>Goes to the next row.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Next()
        {
            if (++chunkIndex < loops.chunksPerRow) return;
            chunkIndex = 0;
            for (var axis = loops.Rank - 2; axis >= 0; axis--)
            {
                var wrapped = ++index[axis] == loops.extents[axis];
                for (var i = 0; i < loops.strides.Length; i++)
                    offsets[i] += wrapped ? -(loops.extents[axis] - 1) * loops.strides[i][axis] : loops.strides[i][axis];
                if (!wrapped) return;
                index[axis] = 0;
            }
        }
    }
}
