namespace ResNetSharp.Quantization;

/// <summary>
/// Chooses the threshold with the smallest Kullback-Leibler divergence: for each candidate, the numbers beyond it are put into the
/// outermost bins, the bins within it are shared out to 256 levels, and the two distributions are compared. Zeros, of which a ReLU makes
/// many, are left out: they are exact with any range, and would only ever speak for the finest steps.
/// </summary>
internal sealed class EntropyObserver : RangeObserver
{
    const int Levels = 256;

    /// <summary>Every so many bins there is a candidate: finer ones make no difference to the accuracy.</summary>
    const int Step = 16;

    readonly Histogram histogram = new();

    public override ActivationRange Range
    {
        get
        {
            // The bins that hold anything, and 0.
            var (low, high) = ((int)MathF.Floor(Minimum / histogram.Width), (int)MathF.Floor(Maximum / histogram.Width) + 1);
            var widest = Math.Max(-low, high);
            var (best, smallest) = (widest, double.PositiveInfinity);
            for (var threshold = Levels / 2; threshold < widest + Step; threshold += Step)
            {
                var (first, end) = (Math.Max(low, -threshold), Math.Min(high, threshold));
                if (end - first < Levels && threshold < widest) continue;
                var divergence = Divergence(histogram, first, end);
                if (divergence < smallest) (best, smallest) = (threshold, divergence);
            }
            return new(Math.Max(Minimum, -best * histogram.Width), Math.Min(Maximum, best * histogram.Width));
        }
    }

    /// <summary>The divergence of the distribution quantized to the bins from <paramref name="first"/> up to <paramref name="end"/> from the real one.</summary>
    public static double Divergence(Histogram histogram, int first, int end)
    {
        var bins = end - first;
        var (real, quantized) = (new double[bins], new double[bins]);
        for (var bin = -Histogram.Half; bin < Histogram.Half; bin++) real[Math.Clamp(bin - first, 0, bins - 1)] += Count(histogram, bin);
        for (var level = 0; level < Levels; level++)
        {
            // Bins share their level's numbers equally, those that are empty left out.
            var (from, to) = ((int)((long)level * bins / Levels), (int)((long)(level + 1) * bins / Levels));
            var (sum, filled) = (0L, 0);
            for (var i = from; i < to; i++)
            {
                sum += Count(histogram, first + i);
                if (real[i] > 0) filled++;
            }
            for (var i = from; i < to; i++)
                if (real[i] > 0) quantized[i] = (double)sum / filled;
        }
        return Divergence(real, quantized);
    }

    static double Divergence(double[] real, double[] quantized)
    {
        // What a distribution gives no room at all costs much, not infinitely much.
        const double tiny = 1e-10;
        var (reals, levels) = (real.Sum(), Math.Max(quantized.Sum(), tiny));
        double divergence = 0;
        for (var i = 0; i < real.Length; i++)
            if (real[i] > 0)
                divergence += real[i] / reals * Math.Log(real[i] / reals / Math.Max(quantized[i] / levels, tiny));
        return divergence;
    }

    static long Count(Histogram histogram, int bin) => bin == 0 ? histogram[0] - histogram.Zeros : histogram[bin];

    protected override void Count(ReadOnlySpan<float> values) => histogram.Add(values);
}
