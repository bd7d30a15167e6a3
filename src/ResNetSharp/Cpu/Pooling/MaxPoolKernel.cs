using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The largest pixel in each window; NaN if there is one; padding counts as minus infinity.</summary>
internal sealed unsafe class MaxPoolKernel<T>(PoolGeometry geometry, T* x, T* y) : PoolKernel(geometry, overInput: false)
    where T : unmanaged
{
    readonly T* x = x;
    readonly T* y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end)
    {
        var g = Geometry;
        var channels = g.Channels;
        var source = x + (long)image * g.InHeight * g.InWidth * channels;
        var target = y + ((long)image * g.OutHeight + first) * g.OutWidth * channels;
        for (var h = first; h < end; h++)
            for (var w = 0; w < g.OutWidth; w++, target += channels)
                Window(source, Rows.Begin(h), Rows.End(h), Columns.Begin(w), Columns.End(w), target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Window(T* image, int top, int bottom, int left, int right, T* target)
    {
        var channels = Geometry.Channels;
        var width = Geometry.InWidth;
        for (var c = 0; c < channels; c += Vector<float>.Count)
        {
            var rest = channels - c;
            var largest = new Vector<float>(float.NegativeInfinity);
            for (var h = top; h < bottom; h++)
            {
                var pixel = image + ((long)h * width + left) * channels + c;
                for (var w = left; w < right; w++, pixel += channels)
                    largest = Lanes.Max(largest, rest >= Vector<float>.Count ? Lanes.Load(pixel) : Lanes.Load(pixel, rest));
            }
            if (rest >= Vector<float>.Count) Lanes.Store(largest, target + c);
            else Lanes.Store(largest, target + c, rest);
        }
    }
}
