namespace ResNetSharp.Data;

/// <summary>Mirrors a picture left to right, at random.</summary>
/// <param name="probability">How often; half of the time by default.</param>
public sealed class RandomHorizontalFlip(float probability = 0.5f) : Augmentation
{
    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> destination, Shape shape, ref RandomSource random)
    {
        if (random.NextSingle() >= probability)
        {
            source.CopyTo(destination);
            return;
        }
        var (width, channels) = (shape[1], shape[2]);
        for (var row = 0; row < source.Length; row += width * channels)
        {
            for (var x = 0; x < width; x++)
            {
                var from = row + x * channels;
                var to = row + (width - 1 - x) * channels;
                for (var c = 0; c < channels; c++) destination[to + c] = source[from + c];
            }
        }
    }
}
