using System.Numerics;

namespace ResNetSharp.Cpu;

/// <summary>The gradient of <see cref="AveragePoolKernel"/>: each pixel collects its share from the windows that see it.</summary>
internal sealed unsafe class AveragePoolGradientKernel(PoolGeometry geometry, float* dy, float* dx) : PoolKernel(geometry, overInput: true)
{
    readonly float* dy = dy;
    readonly float* dx = dx;

    protected override void Do(int image, int first, int end)
    {
        var g = Geometry;
        var source = dy + (long)image * g.OutHeight * g.OutWidth * g.Channels;
        var target = dx + ((long)image * g.InHeight + first) * g.InWidth * g.Channels;
        for (var h = first; h < end; h++)
            for (var w = 0; w < g.InWidth; w++, target += g.Channels) Pixel(source, h, w, target);
    }

    void Pixel(float* windows, int h, int w, float* target)
    {
        var g = Geometry;
        int top = Rows.FirstOutput(h), bottom = Rows.LastOutput(h), left = Columns.FirstOutput(w), right = Columns.LastOutput(w);
        for (var c = 0; c < g.Channels; c += Vector<float>.Count)
        {
            var rest = g.Channels - c;
            var sum = Vector<float>.Zero;
            for (var i = top; i <= bottom; i++)
                for (var j = left; j <= right; j++)
                {
                    var window = windows + ((long)i * g.OutWidth + j) * g.Channels + c;
                    var factor = new Vector<float>(1f / (Rows.Count(i, g.CountIncludePad) * Columns.Count(j, g.CountIncludePad)));
                    sum += factor * (rest >= Vector<float>.Count ? Vector.Load(window) : Lanes.Load(window, rest));
                }
            if (rest >= Vector<float>.Count) sum.Store(target + c);
            else Lanes.Store(sum, target + c, rest);
        }
    }
}
