using ResNetSharp.Quantization;

namespace ResNetSharp.Tests.Quantization;

public sealed class ObserverTests
{
    [Fact]
    public void A_histogram_is_the_same_whatever_the_order_and_size_of_the_batches()
    {
        var values = Normal(5000, 1);
        values[4711] = 900;
        var (whole, pieces) = (new Histogram(), new Histogram());
        whole.Add(values);
        foreach (var piece in values.Reverse().Chunk(7)) pieces.Add(piece);
        Assert.Equal(whole.Width, pieces.Width);
        Assert.Equal(values.Length, pieces.Total);
        for (var bin = -Histogram.Half; bin < Histogram.Half; bin++) Assert.Equal(whole[bin], pieces[bin]);
    }

    [Fact]
    public void A_bin_counts_the_numbers_between_its_edges()
    {
        var values = Normal(3000, 2);
        var histogram = new Histogram();
        histogram.Add(values);
        for (var bin = -Histogram.Half; bin < Histogram.Half; bin++)
            Assert.Equal(values.Count(v => v >= (double)bin * histogram.Width && v < (bin + 1.0) * histogram.Width), histogram[bin]);
    }

    [Fact]
    public void The_smallest_and_largest_numbers_of_all_batches_are_the_range()
    {
        var observer = Observed(CalibrationMethod.MinMax, [1, 5, -2], [0.5f, -3, 4]);
        Assert.Equal(new ActivationRange(-3, 5), observer.Range);
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void Zero_is_always_in_the_range(CalibrationMethod method)
    {
        Assert.Equal(0, Observed(method, [3, 4, 5]).Range.Minimum);
        Assert.Equal(0, Observed(method, [-3, -4, -5]).Range.Maximum);
        Assert.Equal(new ActivationRange(0, 0), Observed(method, new float[100]).Range);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(99)]
    [InlineData(99.9)]
    public void A_percentile_cuts_off_as_many_numbers_at_either_end_as_it_says(double percentile)
    {
        var values = Normal(20_000, 3);
        var observer = RangeObserver.Create(new QuantizationOptions { Method = CalibrationMethod.Percentile, Percentile = percentile });
        observer.Observe(values);
        var sorted = values.Order().ToArray();
        var beyond = (int)((1 - percentile / 100) * values.Length);
        // The cut lies within the bin that holds the sorted number; the largest number is below 8, so a bin is 8/4096 wide.
        Assert.InRange(observer.Range.Maximum - sorted[^(beyond + 1)], 0, 8f / 4096);
        Assert.InRange(sorted[beyond] - observer.Range.Minimum, 0, 8f / 4096);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_divergence_is_that_of_the_definition(bool rectified)
    {
        var values = Normal(4000, 4);
        if (rectified) values = [.. values.Select(v => Math.Max(v, 0))];
        var histogram = new Histogram();
        histogram.Add(values);
        foreach (var threshold in new[] { 128, 300, 700, 1500 })
        {
            var first = rectified ? 0 : -threshold;
            if (threshold - first < 256) continue;
            Assert.Equal(Divergence(values, histogram.Width, first, threshold), EntropyObserver.Divergence(histogram, first, threshold), 1e-9);
        }
    }

    [Fact]
    public void Entropy_keeps_the_bulk_and_gives_up_outliers()
    {
        var values = Normal(50_000, 5).Append(60).ToArray();
        var range = Observed(CalibrationMethod.Entropy, values).Range;
        Assert.InRange(range.Maximum, 2, 20);
        Assert.InRange(range.Minimum, -20, -2);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_no_number_is_refused(float value) =>
        Assert.Contains("cannot be calibrated", Assert.Throws<InvalidDataException>(() => Observed(CalibrationMethod.MinMax, [1, value, 2])).Message, StringComparison.Ordinal);

    /// <summary>The divergence number by number: each bin's probability against that of its level, shared by the level's bins that are not empty.</summary>
    static double Divergence(float[] values, float width, int first, int end)
    {
        var bins = values.Where(v => v != 0).Select(v => (int)Math.Floor(v / (double)width)).ToArray();
        var inside = bins.Where(b => b >= first && b < end).ToLookup(b => b);
        var real = bins.Select(b => Math.Clamp(b, first, end - 1)).GroupBy(b => b).ToDictionary(g => g.Key, g => g.Count());
        var levels = Enumerable.Range(0, 256).Select(l => (From: first + (int)((long)l * (end - first) / 256), To: first + (int)((long)(l + 1) * (end - first) / 256)));
        var quantized = new Dictionary<int, double>();
        foreach (var (from, to) in levels)
        {
            var filled = Enumerable.Range(from, to - from).Where(real.ContainsKey).ToList();
            foreach (var bin in filled) quantized[bin] = Enumerable.Range(from, to - from).Sum(b => inside[b].Count()) / (double)filled.Count;
        }
        var total = quantized.Values.Sum();
        return real.Sum(pair => (double)pair.Value / bins.Length * Math.Log((double)pair.Value / bins.Length / Math.Max(quantized[pair.Key] / total, 1e-10)));
    }

    static RangeObserver Observed(CalibrationMethod method, params float[][] batches)
    {
        var observer = RangeObserver.Create(new QuantizationOptions { Method = method });
        foreach (var batch in batches) observer.Observe(batch);
        return observer;
    }

    static float[] Normal(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
    }
}
