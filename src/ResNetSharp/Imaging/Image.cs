namespace ResNetSharp.Imaging;

/// <summary>A picture in memory: 8-bit red, green, blue, row after row from the top, three bytes a pixel.</summary>
public sealed partial class Image
{
    /// <summary>Wraps pixels.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">width * height * 3 bytes; kept, not copied.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit the size.</exception>
    public Image(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)width * height * 3)
            throw new ArgumentException($"a {width}x{height} picture has {(long)width * height * 3} bytes, not {pixels.LongLength}", nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The samples: red, green, blue of the top left pixel first.</summary>
    public byte[] Pixels { get; }
}
