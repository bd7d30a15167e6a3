using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The sum of every column of a matrix, in chunks of rows whose number follows from the shape alone.</summary>
internal sealed unsafe class ColumnSums : IParallelBody
{
    const int MinChunkRows = 64;
    const int MaxChunks = 128;

    readonly long rows;
    readonly int columns;
    readonly float* matrix;
    readonly ushort* narrowMatrix;
    readonly float* result;
    readonly int chunks;
    float* partials;

    /// <summary>Fixes shape and addresses.</summary>
    public ColumnSums(long rows, int columns, float* matrix, float* result)
        : this(rows, columns, result) => this.matrix = matrix;

    /// <summary>Fixes shape and addresses of a matrix of bfloat16 numbers.</summary>
    public ColumnSums(long rows, int columns, ushort* matrix, float* result)
        : this(rows, columns, result) => narrowMatrix = matrix;

    ColumnSums(long rows, int columns, float* result)
    {
        this.rows = rows;
        this.columns = columns;
        this.result = result;
        chunks = (int)Math.Clamp(rows / MinChunkRows, 1, MaxChunks);
    }

    /// <summary>Bytes of scratch memory: sums for each chunk, and a widened row where rows have to be widened.</summary>
    public long ScratchBytes => (long)chunks * columns * sizeof(float) * (narrowMatrix == null ? 1 : 2);

    /// <summary>Adds up.</summary>
    public void Run(Workers workers, byte* scratch)
    {
        partials = (float*)scratch;
        workers.Run(this, chunks);
        for (var c = 0; c < columns; c++)
        {
            var sum = 0.0;
            for (var chunk = 0; chunk < chunks; chunk++) sum += partials[(long)chunk * columns + c];
            result[c] = (float)sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void IParallelBody.Execute(int part, int worker)
    {
        var sums = partials + (long)part * columns;
        new Span<float>(sums, columns).Clear();
        var last = rows * (part + 1) / chunks;
        for (var row = rows * part / chunks; row < last; row++) Add(sums, Row(row, part));
    }

    float* Row(long row, int part)
    {
        if (narrowMatrix == null) return matrix + row * columns;
        var wide = partials + (long)(chunks + part) * columns;
        BFloat16.ToFloat(narrowMatrix + row * columns, wide, columns);
        return wide;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add(float* to, float* from)
    {
        var i = 0;
        for (; i <= columns - Vector<float>.Count; i += Vector<float>.Count)
        {
            Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<Vector<float>>(to + i) + Unsafe.ReadUnaligned<Vector<float>>(from + i));
        }
        for (; i < columns; i++) to[i] += from[i];
    }
}
