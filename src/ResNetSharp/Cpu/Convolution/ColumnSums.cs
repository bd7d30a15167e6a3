using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The sum of every column of a matrix, in chunks of rows whose number follows from the shape alone.</summary>
internal sealed unsafe class ColumnSums(long rows, int columns, float* matrix, float* result) : IParallelBody
{
    const int MinChunkRows = 64;
    const int MaxChunks = 128;

    readonly int chunks = (int)Math.Clamp(rows / MinChunkRows, 1, MaxChunks);
    float* partials;

    /// <summary>Bytes of scratch memory.</summary>
    public long ScratchBytes => (long)chunks * columns * sizeof(float);

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
        for (var row = rows * part / chunks; row < last; row++) Add(sums, matrix + row * columns);
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
