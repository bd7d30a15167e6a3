using System.Runtime.Intrinsics;

namespace ResNetSharp.Imaging.Jpeg;

/// <summary>
/// Brings the rows of a subsampled component to full size, as libjpeg does: with a triangle filter ("fancy upsampling") for factors
/// of two, by repetition for others. Each method has a portable path; the wide one gives the same samples.
/// </summary>
internal static unsafe class Upsampling
{
    // The triangle filter is not used for planes so narrow.
    const int NarrowestFancyWidth = 3;

    /// <summary>One row of a component at the picture's width.</summary>
    /// <param name="component">The component.</param>
    /// <param name="horizontal">The picture's samples for one of the component, across.</param>
    /// <param name="vertical">The same, down.</param>
    /// <param name="y">The row of the picture.</param>
    /// <param name="sums">Room for the row and one value before and behind it.</param>
    /// <param name="target">Room for the row.</param>
    /// <param name="vectorised">Whether to take the wide path.</param>
    /// <returns>The row: <paramref name="target"/>, or the component's own memory.</returns>
    public static byte* Row(JpegComponent component, int horizontal, int vertical, int y, ushort* sums, byte* target, bool vectorised)
    {
        var near = component.Plane + (long)(y / vertical) * component.Stride;
        if (horizontal == 1 && vertical == 1) return near;
        var far = FarRow(component, vertical, y);
        var width = component.Width;
        if (horizontal == 1 && vertical == 2)
        {
            Blend(near, far, width, y % 2 == 0 ? 1 : 2, target, vectorised);
            return target;
        }
        if (horizontal != 2 || vertical > 2 || width < NarrowestFancyWidth)
        {
            Repeat(near, width, horizontal, target);
            return target;
        }
        if (vertical == 1)
        {
            Widen(near, width, sums, vectorised);
            Spread(sums, width, 1, 2, 2, target, vectorised);
        }
        else
        {
            Add(near, far, width, sums, vectorised);
            Spread(sums, width, 8, 7, 4, target, vectorised);
        }
        return target;
    }

    // The second nearest row, which at the picture's edge is the nearest one.
    static byte* FarRow(JpegComponent component, int vertical, int y)
    {
        var row = y / vertical + (y % vertical == 0 ? -1 : 1);
        return component.Plane + (long)Math.Clamp(row, 0, component.Height - 1) * component.Stride;
    }

    static void Repeat(byte* source, int width, int times, byte* target)
    {
        for (var x = 0; x < width; x++)
        {
            for (var i = 0; i < times; i++) *target++ = source[x];
        }
    }

    static void Blend(byte* near, byte* far, int width, int bias, byte* target, bool vectorised)
    {
        var x = 0;
        if (vectorised)
        {
            for (; x < width; x += 16)
            {
                var sum = Words(near + x) * 3 + Words(far + x) + Vector256.Create((ushort)bias);
                Vector256.Narrow(sum >>> 2, Vector256<ushort>.Zero).GetLower().Store(target + x);
            }
        }
        for (; x < width; x++) target[x] = (byte)((near[x] * 3 + far[x] + bias) >> 2);
    }

    static void Widen(byte* row, int width, ushort* sums, bool vectorised)
    {
        var x = 0;
        if (vectorised)
        {
            for (; x < width; x += 16) Words(row + x).Store(sums + x);
        }
        for (; x < width; x++) sums[x] = row[x];
        RepeatEdges(sums, width);
    }

    static void Add(byte* near, byte* far, int width, ushort* sums, bool vectorised)
    {
        var x = 0;
        if (vectorised)
        {
            for (; x < width; x += 16) (Words(near + x) * 3 + Words(far + x)).Store(sums + x);
        }
        for (; x < width; x++) sums[x] = (ushort)(near[x] * 3 + far[x]);
        RepeatEdges(sums, width);
    }

    static void RepeatEdges(ushort* sums, int width)
    {
        sums[-1] = sums[0];
        sums[width] = sums[width - 1];
    }

    // Two samples from each sum: three parts of it and one part of the neighbour on that side.
    static void Spread(ushort* sums, int width, int leftBias, int rightBias, int shift, byte* target, bool vectorised)
    {
        var x = 0;
        if (vectorised)
        {
            var (left, right) = (Vector256.Create((ushort)leftBias), Vector256.Create((ushort)rightBias));
            for (; x < width; x += 16)
            {
                var three = Vector256.Load(sums + x) * 3;
                var even = (three + Vector256.Load(sums + x - 1) + left) >>> shift;
                var odd = (three + Vector256.Load(sums + x + 1) + right) >>> shift;
                (even | odd << 8).Store((ushort*)(target + 2 * x));
            }
        }
        for (; x < width; x++)
        {
            target[2 * x] = (byte)((3 * sums[x] + sums[x - 1] + leftBias) >> shift);
            target[2 * x + 1] = (byte)((3 * sums[x] + sums[x + 1] + rightBias) >> shift);
        }
    }

    static Vector256<ushort> Words(byte* samples)
    {
        var (low, high) = Vector128.Widen(Vector128.Load(samples));
        return Vector256.Create(low, high);
    }
}
