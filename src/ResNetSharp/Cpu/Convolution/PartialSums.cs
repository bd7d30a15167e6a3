using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>Sums that are made in chunks at the same time, and then added in the order of the chunks. The first goes to its place at once.</summary>
internal sealed unsafe class PartialSums(long length, int chunks, float* result) : IParallelBody
{
    const int SegmentLength = 8192;

    readonly long pitch = (length + 15) / 16 * 16;

    /// <summary>Bytes for the chunks after the first.</summary>
    public long ScratchBytes => pitch * (chunks - 1) * sizeof(float);

    /// <summary>Memory for them.</summary>
    public float* Scratch { get; set; }

    /// <summary>Where a chunk's sums go.</summary>
    public float* Chunk(int chunk) => chunk == 0 ? result : Scratch + (chunk - 1) * pitch;

    /// <summary>Adds the chunks up.</summary>
    public void Reduce(Workers workers)
    {
        if (chunks > 1) workers.Run(this, (int)((length + SegmentLength - 1) / SegmentLength));
    }

    void IParallelBody.Execute(int part, int worker)
    {
        var first = (long)part * SegmentLength;
        var count = (int)Math.Min(SegmentLength, length - first);
        for (var chunk = 1; chunk < chunks; chunk++) Add(result + first, Chunk(chunk) + first, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Add(float* to, float* from, int count)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<Vector<float>>(to + i) + Unsafe.ReadUnaligned<Vector<float>>(from + i));
        }
        for (; i < count; i++) to[i] += from[i];
    }
}
