namespace ResNetSharp.Data;

/// <summary>
/// Cuts a random window out of a picture and enlarges it to the picture's size with bilinear interpolation, as is usual in training
/// networks for photographs (Szegedy et al., "Going deeper with convolutions", 2015).
/// </summary>
/// <param name="leastArea">The smallest share of the area that a window may have; 0.08 by default.</param>
/// <param name="mostStretch">How much wider than high, or higher than wide, it may be; 4/3 by default.</param>
public sealed class RandomResizedCrop(float leastArea = 0.08f, float mostStretch = 4f / 3) : Augmentation
{
    readonly float leastArea = leastArea is > 0 and <= 1 ? leastArea
        : throw new ArgumentOutOfRangeException(nameof(leastArea), leastArea, "a share of the area is above 0 and at most 1");

    readonly float mostStretch = mostStretch >= 1 ? mostStretch
        : throw new ArgumentOutOfRangeException(nameof(mostStretch), mostStretch, "a stretch is at least 1");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> destination, Shape shape, ref RandomSource random)
    {
        var (height, width, channels) = (shape[0], shape[1], shape[2]);
        if (RandomWindow.Choose(height, width, leastArea, 1, mostStretch, ref random) is not { } window)
        {
            source.CopyTo(destination);
            return;
        }
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, down) = Between(y, height, window.Top, window.Height);
            var upper = source.Slice(top * width * channels, width * channels);
            var lower = source.Slice(bottom * width * channels, width * channels);
            for (var x = 0; x < width; x++)
            {
                var (left, right, along) = Between(x, width, window.Left, window.Width);
                for (var c = 0; c < channels; c++)
                {
                    var above = Mix(upper[left * channels + c], upper[right * channels + c], along);
                    var below = Mix(lower[left * channels + c], lower[right * channels + c], along);
                    destination[(y * width + x) * channels + c] = Mix(above, below, down);
                }
            }
        }
    }

    // The two source pixels around the centre of a new one, within the window, and the weight of the second.
    static (int First, int Second, float Weight) Between(int place, int extent, int start, int length)
    {
        var centre = Math.Max((place + 0.5f) * length / extent - 0.5f, 0);
        var first = Math.Min((int)centre, length - 1);
        return (start + first, start + Math.Min(first + 1, length - 1), centre - first);
    }

    static float Mix(float first, float second, float weight) => first + (second - first) * weight;
}
