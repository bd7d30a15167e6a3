namespace ResNetSharp.Data;

/// <summary>
/// Adds a border and cuts a window of the picture's own size out at a random place, so that the picture moves by up to the border's width.
/// </summary>
/// <param name="padding">The width of the border in pixels; 4 is usual for pictures of 32x32.</param>
/// <param name="fill">The value of the border; black, 0, by default.</param>
public sealed class RandomCrop(int padding = 4, float fill = 0) : Augmentation
{
    readonly int padding = padding >= 0 ? padding : throw new ArgumentOutOfRangeException(nameof(padding), padding, "a border cannot be negative");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> destination, Shape shape, ref RandomSource random)
    {
        var (height, width, channels) = (shape[0], shape[1], shape[2]);
        var down = random.NextInt(2 * padding + 1) - padding;
        var right = random.NextInt(2 * padding + 1) - padding;
        var from = Math.Max(right, 0);
        var to = Math.Max(-right, 0);
        var length = Math.Max(width - Math.Abs(right), 0) * channels;
        for (var y = 0; y < height; y++)
        {
            var row = destination.Slice(y * width * channels, width * channels);
            var sourceRow = y + down;
            if ((uint)sourceRow >= (uint)height || length == 0)
            {
                row.Fill(fill);
                continue;
            }
            row[..(to * channels)].Fill(fill);
            source.Slice((sourceRow * width + from) * channels, length).CopyTo(row[(to * channels)..]);
            row[(to * channels + length)..].Fill(fill);
        }
    }
}
