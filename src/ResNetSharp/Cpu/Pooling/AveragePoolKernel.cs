using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The mean of each window, over its pixels or over its pixels and the padding, which counts as zeros. Pixels can be normalized on the way: the rows
/// that a row of windows sees, in scratch memory.
/// </summary>
internal sealed unsafe class AveragePoolKernel<TIn, TOut>(PoolGeometry geometry, TIn* x, TOut* y) : PoolKernel(geometry, overInput: false)
    where TIn : unmanaged where TOut : unmanaged
{
    /// <summary>Vectors of channels whose sums are made together: one alone would wait for each addition.</summary>
    const int Together = 4;

    readonly TIn* x = x;
    readonly TOut* y = y;

    /// <summary>What is done to the pixels first, if anything.</summary>
    public NormalizedRows<TIn>? Normalization { get; init; }

    public override long ScratchBytes(int workers) => Normalization is null ? 0 : workers * WorkerBytes;

    long WorkerBytes => NativeBuffer.Lines((long)Geometry.PoolHeight * Geometry.InWidth * Geometry.Channels * sizeof(TIn));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end, int worker)
    {
        var g = Geometry;
        var source = x + (long)image * g.InHeight * g.InWidth * g.InputPitch;
        var normalized = (TIn*)(Scratch + worker * WorkerBytes);
        var target = y + ((long)image * g.OutHeight + first) * g.OutWidth * g.OutputPitch;
        for (var h = first; h < end; h++)
        {
            var (top, bottom) = (Rows.Begin(h), Rows.End(h));
            var pixels = source + (long)top * g.InWidth * g.InputPitch;
            if (Normalization is { } norm)
            {
                norm.Apply(pixels, g.InputPitch, normalized, g.Channels, (long)(bottom - top) * g.InWidth);
                pixels = normalized;
            }
            for (var w = 0; w < g.OutWidth; w++, target += g.OutputPitch)
            {
                var count = Rows.Count(h, g.CountIncludePad) * Columns.Count(w, g.CountIncludePad);
                Window(pixels, bottom - top, Columns.Begin(w), Columns.End(w), count > 0 ? 1f / count : 0, target);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Window(TIn* pixels, int rows, int left, int right, float factor, TOut* target)
    {
        var channels = Geometry.Channels;
        var c = 0;
        for (; c <= channels - Together * Vector<float>.Count; c += Together * Vector<float>.Count)
        {
            Vector<float> first = default, second = default, third = default, fourth = default;
            for (var h = 0; h < rows; h++)
            {
                var pixel = pixels + ((long)h * Geometry.InWidth + left) * channels + c;
                for (var w = left; w < right; w++, pixel += channels)
                {
                    first += Lanes.Load(pixel);
                    second += Lanes.Load(pixel + Vector<float>.Count);
                    third += Lanes.Load(pixel + 2 * Vector<float>.Count);
                    fourth += Lanes.Load(pixel + 3 * Vector<float>.Count);
                }
            }
            Lanes.Store(first * factor, target + c);
            Lanes.Store(second * factor, target + c + Vector<float>.Count);
            Lanes.Store(third * factor, target + c + 2 * Vector<float>.Count);
            Lanes.Store(fourth * factor, target + c + 3 * Vector<float>.Count);
        }
        for (; c < channels; c += Vector<float>.Count)
        {
            var rest = channels - c;
            var sum = Vector<float>.Zero;
            for (var h = 0; h < rows; h++)
            {
                var pixel = pixels + ((long)h * Geometry.InWidth + left) * channels + c;
                for (var w = left; w < right; w++, pixel += channels)
                    sum += rest >= Vector<float>.Count ? Lanes.Load(pixel) : Lanes.Load(pixel, rest);
            }
            sum *= new Vector<float>(factor);
            if (rest >= Vector<float>.Count) Lanes.Store(sum, target + c);
            else Lanes.Store(sum, target + c, rest);
        }
    }
}
