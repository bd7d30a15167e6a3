using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The gradient of <see cref="MaxPoolKernel{T}"/>: it goes to the first of the largest pixels of a window, row by row, as in PyTorch and
/// Keras. Which one that was is seen again from input and output, so that no indices are stored. A part owns rows of the input; windows
/// across its borders are looked at by both neighbours.
/// </summary>
internal sealed unsafe class MaxPoolGradientKernel<T>(PoolGeometry geometry, T* x, T* y, T* dy, T* dx)
    : PoolKernel(geometry, overInput: true) where T : unmanaged
{
    readonly T* x = x;
    readonly T* y = y;
    readonly T* dy = dy;
    readonly T* dx = dx;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end)
    {
        var g = Geometry;
        var channels = g.Channels;
        var row = (long)g.InWidth * channels;
        var start = image * g.InHeight * row;
        new Span<T>(dx + start + first * row, checked((int)((end - first) * row))).Clear();
        for (var h = Rows.FirstOutput(first); h <= Rows.LastOutput(end - 1); h++)
        {
            var window = ((long)image * g.OutHeight + h) * g.OutWidth * channels;
            for (var w = 0; w < g.OutWidth; w++, window += channels)
            {
                var area = new Area(Rows.Begin(h), Rows.End(h), Columns.Begin(w), Columns.End(w), first, end);
                for (var c = 0; c < channels; c += Vector<float>.Count) Window(area, start + c, window + c, channels - c);
            }
        }
    }

    /// <summary>One window, for one vector of channels, of which <paramref name="lanes"/> (or all) exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Window(in Area area, long image, long window, int lanes)
    {
        var whole = lanes >= Vector<float>.Count;
        var largest = whole ? Lanes.Load(y + window) : Lanes.Load(y + window, lanes);
        var gradient = whole ? Lanes.Load(dy + window) : Lanes.Load(dy + window, lanes);
        var missing = ~Vector.Equals(largest, largest);
        var open = Vector<int>.AllBitsSet;
        for (var h = area.Top; h < Math.Min(area.Bottom, area.End); h++)
        {
            var pixel = image + ((long)h * Geometry.InWidth + area.Left) * Geometry.Channels;
            for (var w = area.Left; w < area.Right; w++, pixel += Geometry.Channels)
            {
                var value = whole ? Lanes.Load(x + pixel) : Lanes.Load(x + pixel, lanes);
                var hit = open & (Vector.Equals(value, largest) | (missing & ~Vector.Equals(value, value)));
                open &= ~hit;
                if (h < area.First) continue;
                var share = Lanes.ZeroWhere(~hit, gradient);
                if (whole) Lanes.Store(Lanes.Load(dx + pixel) + share, dx + pixel);
                else Lanes.Store(Lanes.Load(dx + pixel, lanes) + share, dx + pixel, lanes);
            }
        }
    }

    /// <summary>A window's pixels, and the rows that the part owns.</summary>
    readonly record struct Area(int Top, int Bottom, int Left, int Right, int First, int End);
}
