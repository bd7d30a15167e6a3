namespace ResNetSharp.Imaging;

/// <summary>Guards against small files that claim huge pictures.</summary>
internal static class ImageLimits
{
    // Three bytes a pixel must fit an array.
    static readonly long MostPixels = Array.MaxLength / 3;

    /// <summary>Refuses a picture that is too large.</summary>
    public static void Check(string format, long width, long height, long maxPixels)
    {
        var limit = Math.Min(maxPixels, MostPixels);
        if (width > limit / height)
            throw new InvalidDataException($"{format}: the picture claims {width}x{height} pixels, more than the limit of {limit}; raise {nameof(ImageLoadOptions)}.{nameof(ImageLoadOptions.MaxPixels)} if it is honest");
    }
}
