using ResNetSharp.Imaging.Resamplers;

namespace ResNetSharp.Imaging;

public sealed partial class Image
{
    /// <summary>Resizes the picture, with the pixels that Pillow's <c>Image.resize</c> gives.</summary>
    /// <param name="width">Pixels in a row of the new picture.</param>
    /// <param name="height">Rows of the new picture.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>The new picture, or this one where the size is the same.</returns>
    public Image Resize(int width, int height, Resampling filter = Resampling.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (!Enum.IsDefined(filter)) throw new ArgumentOutOfRangeException(nameof(filter), filter, "no such filter");
        return width == Width && height == Height ? this : Resampler.Resize(this, width, height, filter);
    }

    /// <summary>
    /// Resizes the picture so that its shorter side has an extent, as torchvision's <c>Resize(size)</c> does: the longer side is cut to a
    /// whole number.
    /// </summary>
    /// <param name="size">The new length of the shorter side in pixels.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>The new picture, or this one where the size is the same.</returns>
    public Image ResizeShorterSide(int size, Resampling filter = Resampling.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var (width, height) = ShorterSideSize(Width, Height, size);
        return Resize(width, height, filter);
    }

    /// <summary>The size that <see cref="ResizeShorterSide"/> gives.</summary>
    internal static (int Width, int Height) ShorterSideSize(int width, int height, int size)
    {
        var longer = Math.Max((int)Math.Min((double)size * Math.Max(width, height) / Math.Min(width, height), int.MaxValue), 1);
        return width <= height ? (size, longer) : (longer, size);
    }
}
