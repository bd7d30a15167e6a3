using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ResNetSharp.Quantization;

namespace ResNetSharp.Cpu;

/// <summary>The mean of each window, summed in integers and rounded once.</summary>
internal sealed unsafe class ByteAveragePoolKernel(PoolGeometry geometry, byte* x, QuantizationParameters from, byte* y, QuantizationParameters to)
    : PoolKernel(geometry, overInput: false)
{
    readonly byte* x = x;
    readonly byte* y = y;
    readonly float ratio = (float)((double)from.Scale / to.Scale);
    readonly ByteTarget target = new(to.ZeroPoint);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end, int worker)
    {
        var g = Geometry;
        var source = x + (long)image * g.InHeight * g.InWidth * g.Channels;
        var pixel = y + ((long)image * g.OutHeight + first) * g.OutWidth * g.Channels;
        for (var h = first; h < end; h++)
            for (var w = 0; w < g.OutWidth; w++, pixel += g.Channels)
            {
                var count = Rows.Count(h, g.CountIncludePad) * Columns.Count(w, g.CountIncludePad);
                Window(source, Rows.Begin(h), Rows.End(h), Columns.Begin(w), Columns.End(w), count > 0 ? ratio / count : 0, pixel);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Window(byte* image, int top, int bottom, int left, int right, float factor, byte* pixel)
    {
        var channels = Geometry.Channels;
        // Padding is zeros, so what has to be taken off again are the zero points of the pixels alone.
        var zeros = Math.Max(0, bottom - top) * Math.Max(0, right - left) * from.ZeroPoint;
        var c = 0;
        for (; c <= channels - ByteLanes.Count; c += ByteLanes.Count)
        {
            var sum = Vector512.Create(-zeros);
            for (var h = top; h < bottom; h++)
            {
                var p = image + ((long)h * Geometry.InWidth + left) * channels + c;
                for (var w = left; w < right; w++, p += channels) sum += ByteLanes.Load(p);
            }
            target.Store(Vector512.ConvertToSingle(sum) * Vector512.Create(factor), pixel + c);
        }
        for (; c < channels; c++)
        {
            var sum = -zeros;
            for (var h = top; h < bottom; h++)
                for (var w = left; w < right; w++) sum += image[((long)h * Geometry.InWidth + w) * channels + c];
            pixel[c] = target.Round(sum * factor);
        }
    }
}
