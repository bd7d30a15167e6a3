using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The mean of each window, over its pixels or over its pixels and the padding, which counts as zeros.</summary>
internal sealed unsafe class AveragePoolKernel<TIn, TOut>(PoolGeometry geometry, TIn* x, TOut* y) : PoolKernel(geometry, overInput: false)
    where TIn : unmanaged where TOut : unmanaged
{
    readonly TIn* x = x;
    readonly TOut* y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end, int worker)
    {
        var g = Geometry;
        var source = x + (long)image * g.InHeight * g.InWidth * g.Channels;
        var target = y + ((long)image * g.OutHeight + first) * g.OutWidth * g.OutputPitch;
        for (var h = first; h < end; h++)
            for (var w = 0; w < g.OutWidth; w++, target += g.OutputPitch)
            {
                var count = Rows.Count(h, g.CountIncludePad) * Columns.Count(w, g.CountIncludePad);
                Window(source, Rows.Begin(h), Rows.End(h), Columns.Begin(w), Columns.End(w), count > 0 ? 1f / count : 0, target);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Window(TIn* image, int top, int bottom, int left, int right, float factor, TOut* target)
    {
        var channels = Geometry.Channels;
        for (var c = 0; c < channels; c += Vector<float>.Count)
        {
            var rest = channels - c;
            var sum = Vector<float>.Zero;
            for (var h = top; h < bottom; h++)
            {
                var pixel = image + ((long)h * Geometry.InWidth + left) * channels + c;
                for (var w = left; w < right; w++, pixel += channels)
                    sum += rest >= Vector<float>.Count ? Lanes.Load(pixel) : Lanes.Load(pixel, rest);
            }
            sum *= new Vector<float>(factor);
            if (rest >= Vector<float>.Count) Lanes.Store(sum, target + c);
            else Lanes.Store(sum, target + c, rest);
        }
    }
}
