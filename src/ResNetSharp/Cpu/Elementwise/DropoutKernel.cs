using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// y = x / (1 - rate) for a random selection, 0 for the fraction <paramref name="rate"/>. Whether an element is kept is a hash of the
/// seed and its index, so the gradient is the same kernel, with the same seed, on dy: no mask is stored.
/// <paramref name="y"/> may be <paramref name="x"/>.
/// </summary>
/// <param name="rate">The fraction dropped, from 0 to 1.</param>
/// <param name="seed">Read when the kernel runs; it has to change from step to step.</param>
/// <param name="x">The input.</param>
/// <param name="y">The output.</param>
/// <param name="n">The number of elements.</param>
internal sealed unsafe class DropoutKernel<T>(float rate, ulong* seed, T* x, T* y, long n) : ElementwiseKernel(n) where T : unmanaged
{
    const int HashBits = 24;

    readonly float scale = rate >= 1 ? 0 : 1 / (1 - rate);
    readonly int threshold = (int)Math.Ceiling(rate * (double)(1 << HashBits));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Apply(long begin, int count)
    {
        T* x1 = x + begin, y1 = y + begin;
        var key = RandomSource.For(*seed, (ulong)(begin / PartSize)).NextUInt64();
        Vector<uint> first = new((uint)key), second = new((uint)(key >> 32));
        Vector<float> factor = new(scale);
        Vector<int> limit = new(threshold);
        var index = Vector<uint>.Indices;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count, index += new Vector<uint>((uint)Vector<float>.Count))
            Lanes.Store(Lanes.ZeroWhere(Vector.LessThan(Hash(index, first, second), limit), Lanes.Load(x1 + i) * factor), y1 + i);
        var rest = count - i;
        if (rest == 0) return;
        var last = Lanes.ZeroWhere(Vector.LessThan(Hash(index, first, second), limit), Lanes.Load(x1 + i, rest) * factor);
        Lanes.Store(last, y1 + i, rest);
    }

    /// <summary>24 bits that depend on all bits of the index and of both keys: multiplications and shifts, three rounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<int> Hash(Vector<uint> index, Vector<uint> first, Vector<uint> second)
    {
        var h = index * new Vector<uint>(0x9E3779B9) + first;
        h ^= h >>> 16;
        h *= new Vector<uint>(0x85EBCA6B);
        h ^= h >>> 13;
        h += second;
        h *= new Vector<uint>(0xC2B2AE35);
        h ^= h >>> 16;
        h *= new Vector<uint>(0x27D4EB2F);
        return Vector.AsVectorInt32(h >>> (32 - HashBits));
    }
}
