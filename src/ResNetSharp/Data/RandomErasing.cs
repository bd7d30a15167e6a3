namespace ResNetSharp.Data;

/// <summary>Paints over a random window (Zhong et al., "Random erasing data augmentation", 2017).</summary>
/// <param name="probability">How often; half of the time by default.</param>
/// <param name="leastArea">The smallest share of the area that a window may have; 0.02 by default.</param>
/// <param name="mostArea">The largest share; 0.33 by default.</param>
/// <param name="fill">The value to paint with; 0 by default.</param>
public sealed class RandomErasing(float probability = 0.5f, float leastArea = 0.02f, float mostArea = 0.33f, float fill = 0) : Augmentation
{
    const float MostStretch = 10f / 3;

    readonly float mostArea = leastArea > 0 && mostArea >= leastArea && mostArea <= 1 ? mostArea
        : throw new ArgumentException($"shares of the area are above 0, at most 1 and in order, not {leastArea} and {mostArea}");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> destination, Shape shape, ref RandomSource random)
    {
        var (height, width, channels) = (shape[0], shape[1], shape[2]);
        source.CopyTo(destination);
        if (random.NextSingle() >= probability
            || RandomWindow.Choose(height, width, leastArea, mostArea, MostStretch, ref random) is not { } window) return;
        for (var y = window.Top; y < window.Top + window.Height; y++)
            destination.Slice((y * width + window.Left) * channels, window.Width * channels).Fill(fill);
    }
}
