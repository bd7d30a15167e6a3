using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>The gradient of <see cref="AveragePoolKernel{TIn, TOut}"/>: each pixel collects its share from the windows that see it.</summary>
internal sealed unsafe class AveragePoolGradientKernel<T>(PoolGeometry geometry, T* dy, T* dx) : PoolKernel(geometry, overInput: true)
    where T : unmanaged
{
    readonly T* dy = dy;
    readonly T* dx = dx;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end, int worker)
    {
        var g = Geometry;
        var source = dy + (long)image * g.OutHeight * g.OutWidth * g.Channels;
        var target = dx + ((long)image * g.InHeight + first) * g.InWidth * g.Channels;
        for (var h = first; h < end; h++)
            for (var w = 0; w < g.InWidth; w++, target += g.Channels) Pixel(source, h, w, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Pixel(T* windows, int h, int w, T* target)
    {
        var channels = Geometry.Channels;
        int left = Columns.FirstOutput(w), right = Columns.LastOutput(w);
        for (var c = 0; c < channels; c += Vector<float>.Count)
        {
            var rest = channels - c;
            var sum = Vector<float>.Zero;
            for (var i = Rows.FirstOutput(h); i <= Rows.LastOutput(h); i++)
                for (var j = left; j <= right; j++)
                {
                    var window = windows + ((long)i * Geometry.OutWidth + j) * channels + c;
                    var share = new Vector<float>(1f / (Rows.Count(i, Geometry.CountIncludePad) * Columns.Count(j, Geometry.CountIncludePad)));
                    sum = Vector.FusedMultiplyAdd(rest >= Vector<float>.Count ? Lanes.Load(window) : Lanes.Load(window, rest), share, sum);
                }
            if (rest >= Vector<float>.Count) Lanes.Store(sum, target + c);
            else Lanes.Store(sum, target + c, rest);
        }
    }
}
