using System.Numerics;
using System.Runtime.CompilerServices;

namespace ResNetSharp.Cpu;

/// <summary>
/// The gradient of <see cref="MaxPoolKernel{T}"/>: it goes to the first of the largest pixels of a window, row by row, as in PyTorch and
/// Keras. Which one that was is seen again from input and output, so that no indices are kept between the passes. A part owns rows of the
/// input: it numbers the places of the windows that see them, and each pixel collects from the windows whose place it is.
/// </summary>
internal sealed unsafe class MaxPoolGradientKernel<T> : PoolKernel where T : unmanaged
{
    /// <summary>Rows of windows that a part sees at least, since windows across its borders are numbered by both neighbours.</summary>
    const int WindowRows = 8;

    /// <summary>The place of a window that has none; all windows have fewer.</summary>
    const int Nowhere = ushort.MaxValue;

    readonly T* x;
    readonly T* y;
    readonly T* dy;
    readonly T* dx;
    readonly int outHeight;
    readonly int outWidth;
    readonly int keptRows;

    /// <summary>Places of a row of windows, and what a vector writes beyond.</summary>
    readonly long placesOfRow;

    /// <summary>Fixes geometry and addresses.</summary>
    /// <exception cref="ArgumentException">A window has too many places to number.</exception>
    public MaxPoolGradientKernel(PoolGeometry geometry, T* x, T* y, T* dy, T* dx)
        : base(geometry, overInput: true, WindowRows * geometry.StrideHeight)
    {
        if ((long)geometry.PoolHeight * geometry.PoolWidth >= Nowhere)
        {
            throw new ArgumentException(
                $"A window of {geometry.PoolHeight}x{geometry.PoolWidth} is too large for the gradient of max pooling; fewer than {Nowhere} pixels are possible.");
        }
        this.x = x;
        this.y = y;
        this.dy = dy;
        this.dx = dx;
        outHeight = geometry.OutHeight;
        outWidth = geometry.OutWidth;
        keptRows = Math.Min((geometry.PoolHeight + geometry.StrideHeight - 1) / geometry.StrideHeight, Math.Max(1, outHeight));
        placesOfRow = (long)outWidth * geometry.Channels + Vector<T>.Count;
    }

    public override long ScratchBytes(int workers) => workers * WorkerBytes;

    long WorkerBytes => NativeBuffer.Lines(keptRows * placesOfRow * sizeof(T));

    protected override void Do(int image, int first, int end, int worker)
    {
        if (Geometry.Channels % Vector<T>.Count == 0) Do<Yes>(image, first, end, worker);
        else Do<No>(image, first, end, worker);
    }

    /// <summary>Does some rows, with a call for the last of a row only where vectors do not fill the channels: it costs all registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Do<TWhole>(int image, int first, int end, int worker) where TWhole : struct, IFlag
    {
        var places = (T*)(Scratch + worker * WorkerBytes);
        var next = Rows.FirstOutput(first);
        for (var row = first; row < end; row++)
        {
            for (; next <= Rows.LastOutput(row); next++) Number<TWhole>(image, next, places + next % keptRows * placesOfRow);
            Collect<TWhole>(image, row, places);
        }
    }

    /// <summary>Finds the place of each window of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Number<TWhole>(int image, int h, T* places) where TWhole : struct, IFlag
    {
        var g = Geometry;
        long channels = g.Channels, row = g.InWidth * channels;
        int top = Rows.Begin(h), bottom = Rows.End(h);
        var largest = y + ((long)image * outHeight + h) * outWidth * channels;
        var left = outWidth * channels;
        var lastRow = x + ((long)image * g.InHeight + bottom - 1) * row;
        for (var w = 0; w < outWidth; w++, largest += channels, places += channels, left -= channels)
        {
            int begin = Columns.Begin(w), end = Columns.End(w);
            var lastPlace = Place(bottom - 1, h, end - 1, w);
            for (var c = 0; c < channels; c += Vector<T>.Count)
            {
                var keys = PoolLanes.Keys(Load<TWhole>(largest + c, left - c));
                var found = PoolLanes.Integer<T>(Nowhere);
                // From the last to the first, which so remains.
                var pixels = lastRow + c;
                var firstOfRow = lastPlace - (end - 1 - begin);
                for (var i = bottom; i > top; i--, pixels -= row, firstOfRow -= g.PoolWidth)
                {
                    for (var j = end - 1; j >= begin; j--)
                    {
                        var hit = PoolLanes.Same(PoolLanes.Keys(Load<TWhole>(pixels + j * channels, row - j * channels - c)), keys);
                        found = Vector.ConditionalSelect(hit, PoolLanes.Integer<T>(firstOfRow + j - begin), found);
                    }
                }
                found.Store(places + c);
            }
        }
    }

    /// <summary>What the pixels of a row get.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Collect<TWhole>(int image, int row, T* places) where TWhole : struct, IFlag
    {
        var g = Geometry;
        long channels = g.Channels, windowRow = outWidth * channels;
        int top = Rows.FirstOutput(row), bottom = Rows.LastOutput(row);
        var left = g.InWidth * channels;
        var target = dx + ((long)image * g.InHeight + row) * left;
        var gradients = dy + ((long)image * outHeight + top) * windowRow;
        for (var column = 0; column < g.InWidth; column++, target += channels, left -= channels)
        {
            int begin = Columns.FirstOutput(column), end = Columns.LastOutput(column);
            var firstPlace = Place(row, top, column, begin);
            for (var c = 0; c < channels; c += Vector<T>.Count)
            {
                var sums = (Vector<float>.Zero, Vector<float>.Zero);
                var gradient = gradients + c;
                var placeOfRow = firstPlace;
                for (var h = top; h <= bottom; h++, gradient += windowRow, placeOfRow -= g.StrideHeight * g.PoolWidth)
                {
                    var kept = places + h % keptRows * placesOfRow + c;
                    var place = placeOfRow;
                    for (var w = begin; w <= end; w++, place -= g.StrideWidth)
                    {
                        var hit = PoolLanes.SameIntegers(Vector.Load(kept + w * channels), PoolLanes.Integer<T>(place));
                        sums = PoolLanes.Add(sums, hit & Load<TWhole>(gradient + w * channels, windowRow - w * channels - c));
                    }
                }
                var rounded = PoolLanes.Round<T>(sums);
                if (TWhole.On) rounded.Store(target + c);
                else PoolLanes.Store(rounded, target + c, left - c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Load<TWhole>(T* elements, long left) where TWhole : struct, IFlag => TWhole.On ? Vector.Load(elements) : PoolLanes.Load(elements, left);

    /// <summary>The place of a pixel in a window, padding included.</summary>
    int Place(int row, int h, int column, int w)
    {
        var g = Geometry;
        return (row - h * g.StrideHeight + g.PadTop) * g.PoolWidth + column - w * g.StrideWidth + g.PadLeft;
    }
}
