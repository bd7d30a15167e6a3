namespace ResNetSharp.Imaging;

/// <summary>Turns the bytes of a picture file into pixels; implement it to use another imaging library.</summary>
public interface IImageDecoder
{
    /// <summary>Decodes a picture to 8-bit red, green, blue.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="InvalidDataException">The bytes are no picture this decoder knows, or a damaged one; the message says what and where.</exception>
    Image Decode(ReadOnlySpan<byte> encoded);
}
