using System.Numerics.Tensors;

namespace ResNetSharp.Quantization;

/// <summary>
/// Counts numbers in bins of equal width around 0. The width is a power of two and doubles when a number does not fit: neighbouring bins
/// then become one, so the result is the same as if the last width had been known from the start.
/// </summary>
internal sealed class Histogram
{
    /// <summary>Bins on either side of 0.</summary>
    public const int Half = 4096;

    // A width below this would be lost in rounding; numbers that small are zeros.
    const float SmallestWidth = 1e-30f;

    long[] counts = new long[2 * Half];

    /// <summary>The width of a bin.</summary>
    public float Width { get; private set; } = MathF.ScaleB(1, MathF.ILogB(SmallestWidth));

    /// <summary>How many numbers there were.</summary>
    public long Total { get; private set; }

    /// <summary>How many of them were exactly 0.</summary>
    public long Zeros { get; private set; }

    /// <summary>How many numbers are in [i * width, (i + 1) * width), for i from -<see cref="Half"/> to <see cref="Half"/> - 1.</summary>
    public long this[int bin] => counts[bin + Half];

    /// <summary>Counts finite numbers.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(values));
        while (largest >= Half * Width) Widen();
        // Dividing by a power of two is exact, and so is multiplying with its inverse.
        var inverse = 1 / Width;
        var zeros = 0;
        foreach (var value in values)
        {
            counts[(int)MathF.Floor(value * inverse) + Half]++;
            if (value == 0) zeros++;
        }
        Zeros += zeros;
        Total += values.Length;
    }

    /// <summary>The lowest edge of a bin above which at most so many numbers are.</summary>
    public float UpperEdge(long beyond)
    {
        var bin = Half - 1;
        for (var above = 0L; bin >= -Half; bin--)
            if ((above += this[bin]) > beyond) break;
        return (bin + 1) * Width;
    }

    /// <summary>The highest edge of a bin below which at most so many numbers are.</summary>
    public float LowerEdge(long beyond)
    {
        var bin = -Half;
        for (var below = 0L; bin < Half; bin++)
            if ((below += this[bin]) > beyond) break;
        return bin * Width;
    }

    void Widen()
    {
        var wider = new long[2 * Half];
        for (var bin = -Half; bin < Half; bin++) wider[(bin >> 1) + Half] += this[bin];
        counts = wider;
        Width *= 2;
    }
}
