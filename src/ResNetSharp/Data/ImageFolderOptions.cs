using ResNetSharp.Imaging;

namespace ResNetSharp.Data;

/// <summary>How <see cref="ImageFolder"/> reads pictures.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>
    /// Height and width of the pictures: each is resized to cover this size, and what hangs over is cut off evenly. By default none is
    /// resized, and all must have the size of the first.
    /// </summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>The filter of resizing; bilinear, as torchvision uses, by default.</summary>
    public Resampling Filter { get; init; } = Resampling.Bilinear;

    /// <summary>3 for red, green, blue (the default; grey pictures get three equal channels), or 1 for brightness alone.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>
    /// Whether pictures that cannot be read are left out, and listed in <see cref="ImageFolder.Skipped"/>; every picture is then read once
    /// while loading. By default they are errors when their turn comes.
    /// </summary>
    public bool SkipBroken { get; init; }

    /// <summary>What decodes the files, on many threads at once; by default the decoder of this library.</summary>
    public IImageDecoder? Decoder { get; init; }
}
