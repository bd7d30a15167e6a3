using ResNetSharp.Imaging.Bmp;
using ResNetSharp.Imaging.Jpeg;
using ResNetSharp.Imaging.Png;

namespace ResNetSharp.Imaging;

/// <summary>
/// The library's own decoder, for JPEG (baseline, extended and progressive, 8 bits), PNG (all of it) and BMP. It goes by the content,
/// not by names. Pixels are equal, bit for bit, to those of Pillow 9.4 with libjpeg-turbo 2.1: alpha is dropped, colour profiles are
/// ignored. It may be used from many threads at once.
/// </summary>
/// <remarks>
/// Damaged files are refused, with one exception that Pillow makes too: wrong bits or restart markers within the data of a JPEG file
/// that is otherwise whole give a picture with wrong parts.
/// </remarks>
public sealed class ImageDecoder : IImageDecoder
{
    readonly ImageLoadOptions options;

    /// <summary>Makes a decoder.</summary>
    /// <param name="options">What to do beyond decoding, or null for <see cref="ImageLoadOptions"/> as they are.</param>
    public ImageDecoder(ImageLoadOptions? options = null) => this.options = options ?? new ImageLoadOptions();

    /// <summary>The decoder with default options.</summary>
    public static ImageDecoder Default { get; } = new();

    /// <inheritdoc/>
    public Image Decode(ReadOnlySpan<byte> encoded)
    {
        var image = Decode(encoded, out var orientation);
        return options.ApplyOrientation ? image.ApplyOrientation(orientation) : image;
    }

    Image Decode(ReadOnlySpan<byte> encoded, out int orientation) => Detect(encoded) switch
    {
        ImageFormat.Jpeg => JpegDecoder.DecodeShared(encoded, options.MaxPixels, out orientation),
        ImageFormat.Png => PngDecoder.Decode(encoded, options.MaxPixels, out orientation),
        _ => BmpDecoder.Decode(encoded, options.MaxPixels, out orientation),
    };

    /// <summary>Decodes with alpha, which only PNG has.</summary>
    internal static RgbaImage DecodeRgba(ReadOnlySpan<byte> encoded, long maxPixels) => Detect(encoded) == ImageFormat.Png
        ? PngDecoder.DecodeRgba(encoded, maxPixels)
        : RgbaImage.FromOpaque(new ImageDecoder(new ImageLoadOptions { MaxPixels = maxPixels }).Decode(encoded));

    /// <summary>Reads the size and orientation of a picture without decoding it.</summary>
    /// <param name="encoded">The file; its head is enough.</param>
    /// <exception cref="InvalidDataException">The bytes are no picture of a known kind, or its head is damaged.</exception>
    public static ImageInfo Identify(ReadOnlySpan<byte> encoded) => Detect(encoded) switch
    {
        ImageFormat.Jpeg => JpegDecoder.Identify(encoded),
        ImageFormat.Png => PngDecoder.Identify(encoded),
        _ => BmpDecoder.Identify(encoded),
    };

    static ImageFormat Detect(ReadOnlySpan<byte> encoded)
    {
        if (encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return ImageFormat.Jpeg;
        if (encoded.StartsWith(PngFile.Signature)) return ImageFormat.Png;
        if (encoded.StartsWith("BM"u8)) return ImageFormat.Bmp;
        throw new InvalidDataException(encoded.IsEmpty
            ? "the file is empty, not a picture"
            : "the file is no JPEG, PNG or BMP picture: it has none of their signatures at byte 0");
    }
}
