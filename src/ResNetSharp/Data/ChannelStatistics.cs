namespace ResNetSharp.Data;

/// <summary>Mean and standard deviation of each channel over a data set, for pixels from 0 to 1.</summary>
/// <param name="Mean">The mean of each channel.</param>
/// <param name="Deviation">The standard deviation of each channel, over all pixels of all pictures.</param>
public sealed record ChannelStatistics(float[] Mean, float[] Deviation)
{
    /// <summary>Measures a data set.</summary>
    /// <param name="data">Pictures with pixels from 0 to 255.</param>
    /// <param name="most">Measures evenly chosen pictures where there are more than these.</param>
    public static ChannelStatistics Measure(Dataset data, int most = 5000)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var channels = data.ElementShape[-1];
        var (sums, squares) = (new double[channels], new double[channels]);
        var values = new float[data.ElementSize];
        var count = Math.Min(most, data.Count);
        for (var i = 0; i < count; i++)
        {
            var index = (int)((long)i * data.Count / count);
            var random = RandomSource.For(0, 0, (ulong)index);
            data.Read(index, ref random, values);
            for (var p = 0; p < values.Length; p++)
            {
                var value = values[p] / 255.0;
                sums[p % channels] += value;
                squares[p % channels] += value * value;
            }
        }
        var pixels = (double)count * values.Length / channels;
        var mean = Array.ConvertAll(sums, sum => sum / pixels);
        var deviation = mean.Select((m, c) => Math.Sqrt(Math.Max(0, squares[c] / pixels - m * m)));
        // Pictures of one colour have no deviation to divide by.
        return new ChannelStatistics(Array.ConvertAll(mean, m => (float)m), [.. deviation.Select(d => d > 1e-6 ? (float)d : 1f)]);
    }
}
