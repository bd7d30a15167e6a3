namespace ResNetSharp.Imaging;

/// <summary>A picture with transparency: 8-bit red, green, blue and alpha (not multiplied in), row after row from the top.</summary>
public sealed class RgbaImage
{
    internal RgbaImage(int width, int height, byte[] pixels) => (Width, Height, Pixels) = (width, height, pixels);

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The samples, four bytes a pixel; alpha 255 is opaque.</summary>
    public byte[] Pixels { get; }

    /// <summary>Loads a PNG picture with its alpha channel or transparent colours; pictures of other kinds are opaque.</summary>
    /// <param name="encoded">The file's content.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <exception cref="InvalidDataException">The content is no picture, or a damaged one; the message says what and where.</exception>
    public static RgbaImage Load(ReadOnlySpan<byte> encoded, long maxPixels = ImageLoadOptions.DefaultMaxPixels) =>
        ImageDecoder.DecodeRgba(encoded, maxPixels);

    /// <summary>A picture without transparency as one that is opaque throughout.</summary>
    internal static RgbaImage FromOpaque(Image image)
    {
        var pixels = new byte[checked(image.Width * image.Height * 4)];
        for (var (from, to) = (0, 0); to < pixels.Length; from += 3, to += 4)
        {
            image.Pixels.AsSpan(from, 3).CopyTo(pixels.AsSpan(to));
            pixels[to + 3] = 255;
        }
        return new RgbaImage(image.Width, image.Height, pixels);
    }
}
