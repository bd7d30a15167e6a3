namespace ResNetSharp.Imaging.Resamplers;

/// <summary>
/// Which source pixels make up each new pixel along one axis, and with which weights: 22 bits of fraction, the form in which Pillow
/// computes ("ImagingResample"). Each weight is also split in two, as 16-bit multipliers need it.
/// </summary>
internal sealed class ResampleWeights
{
    /// <summary>Bits of fraction of a weight.</summary>
    public const int FractionBits = 32 - 8 - 2;

    /// <summary>Bits of a weight that are in <see cref="Low"/>.</summary>
    public const int LowBits = 11;

    /// <summary>Weights are stored in groups of so many, filled up with zeros.</summary>
    public const int Group = 4;

    /// <summary>Computes the weights.</summary>
    /// <param name="source">Pixels there are.</param>
    /// <param name="target">Pixels wanted.</param>
    /// <param name="filter">The filter; not <see cref="Resampling.Nearest"/>.</param>
    public ResampleWeights(int source, int target, Resampling filter)
    {
        var scale = (double)source / target;
        var stretch = Math.Max(scale, 1);
        var support = FilterFunctions.Support(filter) * stretch;
        Stride = ((int)Math.Ceiling(support) * 2 + 1 + Group - 1) / Group * Group;
        First = new int[target];
        Count = new int[target];
        Weights = new int[checked(Stride * target)];
        High = new short[Weights.Length];
        Low = new short[Weights.Length];
        var exact = new double[Stride];
        for (var i = 0; i < target; i++)
        {
            var center = (i + 0.5) * scale;
            First[i] = Math.Max(0, (int)(center - support + 0.5));
            Count[i] = Math.Min(source, (int)(center + support + 0.5)) - First[i];
            Compute(filter, First[i] - center, 1 / stretch, exact.AsSpan(0, Count[i]));
            Round(exact.AsSpan(0, Count[i]), i * Stride);
        }
    }

    /// <summary>Places from one new pixel's weights to the next one's; a multiple of <see cref="Group"/>.</summary>
    public int Stride { get; }

    /// <summary>The first source pixel of each new pixel.</summary>
    public int[] First { get; }

    /// <summary>The number of source pixels of each new pixel.</summary>
    public int[] Count { get; }

    /// <summary>The weights.</summary>
    public int[] Weights { get; }

    /// <summary>The weights' upper bits.</summary>
    public short[] High { get; }

    /// <summary>The weights' lower <see cref="LowBits"/> bits, which are never negative.</summary>
    public short[] Low { get; }

    static void Compute(Resampling filter, double offset, double shrink, Span<double> weights)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = FilterFunctions.Weight(filter, (i + offset + 0.5) * shrink);
            sum += weights[i];
        }
        if (sum == 0) return;
        foreach (ref var weight in weights) weight /= sum;
    }

    void Round(ReadOnlySpan<double> exact, int start)
    {
        for (var i = 0; i < exact.Length; i++)
        {
            var weight = (int)(exact[i] * (1 << FractionBits) + (exact[i] < 0 ? -0.5 : 0.5));
            Weights[start + i] = weight;
            High[start + i] = (short)(weight >> LowBits);
            Low[start + i] = (short)(weight & ((1 << LowBits) - 1));
        }
    }
}
