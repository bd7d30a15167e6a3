using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The largest pixel in each window; NaN if there is one; padding counts as minus infinity. First the largest of each column of a row of
/// windows is found, for all channels side by side, then the largest of the columns.
/// </summary>
internal sealed unsafe class MaxPoolKernel<T>(PoolGeometry geometry, T* x, T* y) : PoolKernel(geometry, overInput: false)
    where T : unmanaged
{
    readonly T* x = x;
    readonly T* y = y;

    public override long ScratchBytes(int workers) => workers * WorkerBytes;

    /// <summary>A row, and what a vector reads beyond its end.</summary>
    long WorkerBytes => NativeBuffer.Lines(((long)Geometry.InWidth * Geometry.Channels + Vector<T>.Count) * sizeof(T));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Do(int image, int first, int end, int worker)
    {
        var g = Geometry;
        var largest = (T*)(Scratch + worker * WorkerBytes);
        var source = x + (long)image * g.InHeight * g.InWidth * g.Channels;
        var row = (long)g.OutWidth * g.OutputPitch;
        var target = y + ((long)image * g.OutHeight + first) * row;
        for (var h = first; h < end; h++, target += row)
        {
            Down(source, Rows.Begin(h), Rows.End(h), largest);
            Across(largest, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Down(T* image, int top, int bottom, T* largest)
    {
        var row = (long)Geometry.InWidth * Geometry.Channels;
        var i = 0L;
        var from = image + top * row;
        for (; i <= row - Vector<T>.Count; i += Vector<T>.Count)
        {
            var keys = PoolLanes.Lowest<T>();
            var pixel = from + i;
            for (var h = top; h < bottom; h++, pixel += row) keys = PoolLanes.Max(keys, PoolLanes.Keys(Vector.Load(pixel)));
            keys.Store(largest + i);
        }
        if (i == row) return;
        var last = PoolLanes.Lowest<T>();
        from += i;
        for (var h = top; h < bottom; h++, from += row) last = PoolLanes.Max(last, PoolLanes.Keys(PoolLanes.Load(from, row - i)));
        last.Store(largest + i);
    }

    /// <summary>A vector may write beyond its pixel's channels: what follows is written afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Across(T* largest, T* target)
    {
        var channels = Geometry.Channels;
        var width = Geometry.OutWidth;
        var left = (long)width * channels;
        for (var w = 0; w < width; w++, target += Geometry.OutputPitch, left -= channels)
        {
            // Between pixels with gaps lies what is written by others.
            var room = Geometry.OutputPitch > channels ? channels : left;
            int begin = Columns.Begin(w), end = Columns.End(w);
            for (var c = 0; c < channels; c += Vector<T>.Count)
            {
                var keys = PoolLanes.Lowest<T>();
                var from = largest + (long)begin * channels + c;
                for (var j = begin; j < end; j++, from += channels) keys = PoolLanes.Max(keys, Vector.Load(from));
                PoolLanes.Store(PoolLanes.Elements(keys), target + c, room - c);
            }
        }
    }
}
