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
        var channels = Geometry.Channels;
        new Span<float>(target, channels).Clear();
        int left = Columns.FirstOutput(w), right = Columns.LastOutput(w);
        for (var i = Rows.FirstOutput(h); i <= Rows.LastOutput(h); i++)
            for (var j = left; j <= right; j++)
            {
                var count = Rows.Count(i, Geometry.CountIncludePad) * Columns.Count(j, Geometry.CountIncludePad);
                AddScaled(target, windows + ((long)i * Geometry.OutWidth + j) * channels, 1f / count, channels);
            }
    }

    static void AddScaled(float* y, float* x, float factor, int count)
    {
        var f = new Vector<float>(factor);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            Vector.FusedMultiplyAdd(Vector.Load(x + i), f, Vector.Load(y + i)).Store(y + i);
        for (; i < count; i++) y[i] = MathF.FusedMultiplyAdd(x[i], factor, y[i]);
    }
}
