using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>Copies of short runs of numbers that must cost as little as their loads and stores.</summary>
internal static unsafe class VectorCopy
{
    /// <summary>Copies a run from each of several places of a pixel to places at a fixed distance.</summary>
    /// <param name="from">The pixel.</param>
    /// <param name="starts">The places in it.</param>
    /// <param name="to">The first place to write to.</param>
    /// <param name="pitch">The distance to the next.</param>
    /// <param name="length">The length of a run, a multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* from, ReadOnlySpan<int> starts, float* to, long pitch, int length)
    {
        if (length == 16)
        {
            foreach (var start in starts)
            {
                Vector512.Load(from + start).Store(to);
                to += pitch;
            }
            return;
        }
        foreach (var start in starts)
        {
            Copy(from + start, to, length);
            to += pitch;
        }
    }

    /// <summary>Copies rows that lie apart to rows without gaps, filled up with zeros.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="pitch">The distance to the next.</param>
    /// <param name="to">The result.</param>
    /// <param name="width">The length of its rows, a multiple of four.</param>
    /// <param name="rows">How many.</param>
    /// <param name="used">Numbers of a row that exist.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* from, long pitch, float* to, int width, int rows, int used)
    {
        if (used == width && width == 32)
        {
            for (var i = 0; i < rows; i++, from += pitch, to += 32)
            {
                Vector512.Load(from).Store(to);
                Vector512.Load(from + 16).Store(to + 16);
            }
        }
        else if (used == width)
        {
            for (var i = 0; i < rows; i++, from += pitch, to += width) Copy(from, to, width);
        }
        else
        {
            for (var i = 0; i < rows; i++, from += pitch, to += width) CopyPadded(from, to, used, width);
        }
    }

    /// <summary>Copies some numbers and fills up with zeros.</summary>
    public static void CopyPadded(float* from, float* to, int count, int length)
    {
        Unsafe.CopyBlockUnaligned(to, from, (uint)(count * sizeof(float)));
        if (count < length) new Span<float>(to + count, length - count).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy(float* from, float* to, int count)
    {
        var i = 0;
        for (; i <= count - 16; i += 16) Vector512.Load(from + i).Store(to + i);
        if ((count & 8) != 0)
        {
            Vector256.Load(from + i).Store(to + i);
            i += 8;
        }
        if ((count & 4) != 0) Vector128.Load(from + i).Store(to + i);
    }
}
