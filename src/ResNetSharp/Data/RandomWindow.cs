namespace ResNetSharp.Data;

/// <summary>A part of a picture.</summary>
readonly record struct RandomWindow(int Top, int Left, int Height, int Width)
{
    const int Attempts = 10;

    /// <summary>Chooses a window whose share of the area and whose width over height (on a logarithmic scale) are uniform.</summary>
    /// <returns>The window, or null where ten attempts have not given one that fits.</returns>
    public static RandomWindow? Choose(int height, int width, float leastArea, float mostArea, float mostStretch, ref RandomSource random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = (leastArea + (mostArea - leastArea) * random.NextSingle()) * height * width;
            var stretch = MathF.Pow(mostStretch, 2 * random.NextSingle() - 1);
            var windowWidth = (int)MathF.Round(MathF.Sqrt(area * stretch));
            var windowHeight = (int)MathF.Round(MathF.Sqrt(area / stretch));
            if (windowWidth < 1 || windowHeight < 1 || windowWidth > width || windowHeight > height) continue;
            return new RandomWindow(random.NextInt(height - windowHeight + 1), random.NextInt(width - windowWidth + 1), windowHeight, windowWidth);
        }
        return null;
    }
}
