namespace ResNetSharp.Imaging;

/// <summary>How to load a picture.</summary>
public sealed record ImageLoadOptions
{
    /// <summary>The limit of <see cref="MaxPixels"/> where nothing else is said, 178,956,970 (half a gigabyte of RGB).</summary>
    public const long DefaultMaxPixels = 178_956_970;

    /// <summary>Turns the picture upright by its Exif orientation. Off by default, as in most training pipelines.</summary>
    public bool ApplyOrientation { get; init; }

    /// <summary>
    /// Larger pictures are refused before memory is allocated for them; <see cref="DefaultMaxPixels"/> by default. Whatever the limit, a
    /// file that is too short to hold the pixels it claims is refused as well.
    /// </summary>
    public long MaxPixels { get; init; } = DefaultMaxPixels;
}
