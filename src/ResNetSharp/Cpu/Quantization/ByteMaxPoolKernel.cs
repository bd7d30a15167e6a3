using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNetSharp.Cpu;

/// <summary>The largest byte in each window; a window that sees only padding gives 0.</summary>
internal sealed unsafe class ByteMaxPoolKernel(PoolGeometry geometry, byte* x, byte* y) : PoolKernel(geometry, overInput: false)
{
    readonly byte* x = x;
    readonly byte* y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end, int worker)
    {
        var g = Geometry;
        var source = x + (long)image * g.InHeight * g.InWidth * g.Channels;
        var target = y + ((long)image * g.OutHeight + first) * g.OutWidth * g.Channels;
        for (var h = first; h < end; h++)
            for (var w = 0; w < g.OutWidth; w++, target += g.Channels)
                Window(source, Rows.Begin(h), Rows.End(h), Columns.Begin(w), Columns.End(w), target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Window(byte* image, int top, int bottom, int left, int right, byte* target)
    {
        var channels = Geometry.Channels;
        var c = 0;
        for (; c <= channels - Vector512<byte>.Count; c += Vector512<byte>.Count)
        {
            var largest = Vector512<byte>.Zero;
            for (var h = top; h < bottom; h++)
            {
                var pixel = image + ((long)h * Geometry.InWidth + left) * channels + c;
                for (var w = left; w < right; w++, pixel += channels) largest = Vector512.Max(largest, Vector512.Load(pixel));
            }
            largest.Store(target + c);
        }
        for (; c <= channels - Vector128<byte>.Count; c += Vector128<byte>.Count)
        {
            var largest = Vector128<byte>.Zero;
            for (var h = top; h < bottom; h++)
            {
                var pixel = image + ((long)h * Geometry.InWidth + left) * channels + c;
                for (var w = left; w < right; w++, pixel += channels) largest = Vector128.Max(largest, Vector128.Load(pixel));
            }
            largest.Store(target + c);
        }
        for (; c < channels; c++)
        {
            byte largest = 0;
            for (var h = top; h < bottom; h++)
                for (var w = left; w < right; w++) largest = Math.Max(largest, image[((long)h * Geometry.InWidth + w) * channels + c]);
            target[c] = largest;
        }
    }
}
