using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNetSharp.Cpu;

/// <summary>Copies of short runs of numbers, in single precision or bfloat16 (as <see cref="ushort"/>), to single precision, that must cost as little as their loads and stores.</summary>
internal static unsafe class VectorCopy
{
    const int HalfBits = 16;

    /// <summary>Copies a run from each of several places of a pixel to places at a fixed distance.</summary>
    /// <param name="from">The pixel.</param>
    /// <param name="starts">The places in it.</param>
    /// <param name="to">The first place to write to.</param>
    /// <param name="pitch">The distance to the next.</param>
    /// <param name="length">The length of a run, a multiple of four.</param>
    /// <param name="ahead">Numbers from the pixel to one that is wanted later, and is fetched from memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter<TNumber>(TNumber* from, ReadOnlySpan<int> starts, float* to, long pitch, int length, long ahead) where TNumber : unmanaged
    {
        var next = from + ahead;
        if (length == 16)
        {
            foreach (var start in starts)
            {
                Line(from + start, to);
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
    public static void Panels<TNumber>(TNumber* from, long pitch, int rows, float* to, int width, int panels, long panelPitch, int ahead) where TNumber : unmanaged
    {
        var next = ahead * pitch;
        for (var row = 0; row < rows; row++, from += pitch, to += width)
        {
            var source = from;
            var target = to;
            for (var panel = 0; panel < panels; panel++, source += width, target += panelPitch)
            {
                Copy(source, target, width);
                for (var line = 0; line < width; line += NativeBuffer.Alignment / sizeof(TNumber)) Fetch(source + next + line);
            }
        }
    }

    /// <summary>Copies rows.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="pitch">The distance to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="to">The first row of the result.</param>
    /// <param name="toPitch">The distance to the next.</param>
    /// <param name="length">Numbers of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<TNumber>(TNumber* from, long pitch, long rows, float* to, long toPitch, int length) where TNumber : unmanaged
    {
        const int Step = 4;
        var whole = length - length % Step;
        for (; rows > 0; rows--, from += pitch, to += toPitch)
        {
            Copy(from, to, whole);
            for (var i = whole; i < length; i++) to[i] = Lanes.Number(from[i]);
        }
    }

    /// <summary>Copies rows that lie apart to rows without gaps, filled up with zeros.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="pitch">The distance to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="to">The result.</param>
    /// <param name="width">The length of its rows.</param>
    /// <param name="used">Numbers of a row that exist.</param>
    public static void Padded<TNumber>(TNumber* from, long pitch, int rows, float* to, int width, int used) where TNumber : unmanaged
    {
        for (var row = 0; row < rows; row++, from += pitch, to += width)
        {
            for (var i = 0; i < used; i++) to[i] = Lanes.Number(from[i]);
            new Span<float>(to + used, width - used).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(void* place)
    {
        if (Sse.IsSupported) Sse.Prefetch0(place);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy<TNumber>(TNumber* from, float* to, int count) where TNumber : unmanaged
    {
        var i = 0;
        for (; i <= count - 16; i += 16) Line(from + i, to + i);
        if ((count & 8) != 0)
        {
            HalfLine(from + i, to + i);
            i += 8;
        }
        if ((count & 4) == 0) return;
        if (typeof(TNumber) == typeof(float)) Vector128.Load((float*)from + i).Store(to + i);
        else for (var end = i + 4; i < end; i++) to[i] = BFloat16.ToFloat(((ushort*)from)[i]);
    }

    /// <summary>Sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Line<TNumber>(TNumber* from, float* to) where TNumber : unmanaged
    {
        if (typeof(TNumber) == typeof(float)) Vector512.Load((float*)from).Store(to);
        else if (Avx512F.IsSupported) (Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)from)) << HalfBits).AsSingle().Store(to);
        else
        {
            HalfLine(from, to);
            HalfLine(from + 8, to + 8);
        }
    }

    /// <summary>Eight numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void HalfLine<TNumber>(TNumber* from, float* to) where TNumber : unmanaged
    {
        if (typeof(TNumber) == typeof(float)) Vector256.Load((float*)from).Store(to);
        else if (Avx2.IsSupported) (Avx2.ConvertToVector256Int32(Vector128.Load((ushort*)from)) << HalfBits).AsSingle().Store(to);
        else
        {
            var (low, high) = Vector128.Widen(Vector128.Load((ushort*)from));
            (low << HalfBits).AsSingle().Store(to);
            (high << HalfBits).AsSingle().Store(to + 4);
        }
    }
}
