using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
    /// <param name="ahead">Numbers from the pixel to one that is wanted later, and is fetched from memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* from, ReadOnlySpan<int> starts, float* to, long pitch, int length, long ahead)
    {
        var next = from + ahead;
        if (length == 16)
        {
            foreach (var start in starts)
            {
                Vector512.Load(from + start).Store(to);
                Fetch(next + start);
                to += pitch;
            }
            return;
        }
        foreach (var start in starts)
        {
            Copy(from + start, to, length);
            Fetch(next + start);
            to += pitch;
        }
    }

    /// <summary>Cuts rows into panels: those of a panel lie one after the other then.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="pitch">The distance to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="to">The first panel.</param>
    /// <param name="width">Numbers of a row in it, a multiple of four.</param>
    /// <param name="panels">How many panels.</param>
    /// <param name="panelPitch">The distance from a panel to the next.</param>
    /// <param name="ahead">The row, from each, that is fetched from memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panels(float* from, long pitch, int rows, float* to, int width, int panels, long panelPitch, int ahead)
    {
        var next = ahead * pitch;
        for (var row = 0; row < rows; row++, from += pitch, to += width)
        {
            float* source = from, target = to;
            for (var panel = 0; panel < panels; panel++, source += width, target += panelPitch)
            {
                Copy(source, target, width);
                for (var line = 0; line < width; line += NativeBuffer.Alignment / sizeof(float)) Fetch(source + next + line);
            }
        }
    }

    /// <summary>Copies rows that lie apart to rows without gaps, filled up with zeros.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="pitch">The distance to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="to">The result.</param>
    /// <param name="width">The length of its rows.</param>
    /// <param name="used">Numbers of a row that exist.</param>
    public static void Padded(float* from, long pitch, int rows, float* to, int width, int used)
    {
        for (var row = 0; row < rows; row++, from += pitch, to += width)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)(used * sizeof(float)));
            new Span<float>(to + used, width - used).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(float* place)
    {
        if (Sse.IsSupported) Sse.Prefetch0(place);
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
